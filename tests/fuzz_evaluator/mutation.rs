//! Changes to inputs that keep most of them meaningful: words and lines are moved, repeated and
//! taken from other inputs, and values become odd ones.

use fastrand::Rng;

use crate::input::KINDS;

/// Values and words that bounds and conversions are tried with.
const ODD: &[&str] = &[
    "0",
    "-1",
    "1",
    "2**63",
    "-2**63",
    "2**64",
    "10**30",
    "9223372036854775807",
    "1e308",
    "1e-320",
    "float('nan')",
    "float('inf')",
    "-0.0",
    "None",
    "True",
    "''",
    "'%s'",
    "'{}'",
    "'é\u{1f600}'",
    "b'\\xff'",
    "[]",
    "()",
    "{}",
    "set()",
    "...",
    "lambda *a, **k: a",
    "range(0)",
    "range(2**62)",
    "'a' * 1000",
    "[None] * 1000",
    "object()",
    "type",
    "int",
    "NotImplemented",
    "'\\0'",
    "'\\ud800'",
    "slice(None, None, -1)",
    "f'{x!r:>{w}}'",
    "sa.null()",
    "sa.text('x')",
    "sa.literal(1)",
    "sa.Integer()",
    "sa.Enum('a', name='e')",
    "sa.func.now()",
    "op.get_bind()",
    "self",
    "yield",
];

/// Makes another input out of one, with words and lines of a donor. At most `most` bytes long.
pub(crate) fn mutate(input: &[u8], donor: &[u8], most: usize, random: &mut Rng) -> Vec<u8> {
    let mut parts = words(input.get(1..).unwrap_or_default());
    let donated = words(donor.get(1..).unwrap_or_default());
    let mut first = input.first().copied().unwrap_or(b'p');
    for _ in 0..=random.usize(..4) {
        change(&mut parts, &donated, random);
    }
    if random.u8(..) < 8 {
        first = KINDS[random.usize(..KINDS.len())].0;
    }
    let mut made = vec![first];
    for part in parts {
        made.extend_from_slice(&part);
    }
    made.truncate(most.max(1));
    made
}

fn change(parts: &mut Vec<Vec<u8>>, donated: &[Vec<u8>], random: &mut Rng) {
    let at = random.usize(..=parts.len());
    match random.u8(..10) {
        // A word of another input.
        0 => {
            if let (Some(part), Some(word)) = (parts.get_mut(at), pick(donated, random)) {
                part.clone_from(word);
            }
        }
        // A word of this one.
        1 => {
            let word = pick(parts, random).cloned();
            if let (Some(part), Some(word)) = (parts.get_mut(at), word) {
                *part = word;
            }
        }
        2 => {
            if at < parts.len() {
                parts.remove(at);
            }
        }
        // An odd value in place of a value.
        3 | 4 => {
            let values: Vec<usize> = (0..parts.len())
                .filter(|place| {
                    parts[*place]
                        .first()
                        .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"'\"".contains(byte))
                })
                .collect();
            if let Some(place) = pick(&values, random) {
                parts[*place] = ODD[random.usize(..ODD.len())].as_bytes().to_vec();
            }
        }
        // A line of another input, or several.
        5 | 6 => {
            let taken = lines(donated, random);
            let place = line_start(parts, at);
            let indent = indent(parts, place);
            let taken: Vec<Vec<u8>> = if indent.is_empty() {
                taken
            } else {
                std::iter::once(indent)
                    .chain(taken.into_iter().skip_while(|word| is_space(word)))
                    .collect()
            };
            parts.splice(place..place, taken);
        }
        // A line of this one again, elsewhere.
        7 => {
            let taken = lines(parts, random);
            let place = line_start(parts, at);
            parts.splice(place..place, taken);
        }
        // A stretch is lost.
        8 => {
            let end = (at + random.usize(..12)).min(parts.len());
            parts.drain(at..end);
        }
        // A stretch is repeated, perhaps often.
        _ => {
            let end = (at + 1 + random.usize(..4)).min(parts.len());
            let stretch = parts[at..end].to_vec();
            let times = if random.u8(..8) == 0 { 200 } else { 1 };
            for _ in 0..times {
                parts.splice(at..at, stretch.iter().cloned());
            }
        }
    }
}

fn pick<'t, T>(from: &'t [T], random: &mut Rng) -> Option<&'t T> {
    (!from.is_empty()).then(|| &from[random.usize(..from.len())])
}

fn is_space(word: &[u8]) -> bool {
    word.first()
        .is_some_and(|byte| *byte == b' ' || *byte == b'\t')
}

/// Where the line around a word begins.
fn line_start(parts: &[Vec<u8>], at: usize) -> usize {
    let before = parts.get(..at).unwrap_or(parts);
    before
        .iter()
        .rposition(|part| part == b"\n")
        .map_or(0, |end| end + 1)
}

fn indent(parts: &[Vec<u8>], at: usize) -> Vec<u8> {
    parts
        .get(at)
        .filter(|part| is_space(part))
        .cloned()
        .unwrap_or_default()
}

/// One line or several, with their ends.
fn lines(parts: &[Vec<u8>], random: &mut Rng) -> Vec<Vec<u8>> {
    let start = line_start(parts, random.usize(..=parts.len()));
    let mut count = 1 + if random.bool() { 0 } else { random.usize(..6) };
    let mut taken = Vec::new();
    for part in &parts[start..] {
        taken.push(part.clone());
        if part == b"\n" {
            count -= 1;
            if count == 0 {
                break;
            }
        }
    }
    if taken.last().is_some_and(|part| part != b"\n") {
        taken.push(b"\n".to_vec());
    }
    taken
}

/// Cuts a text into names and numbers, quoted texts, spaces, line ends and single signs.
fn words(text: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        let rest = &text[at..];
        let length = if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 {
            run_of(rest, |byte| {
                byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
            })
        } else if byte == b' ' || byte == b'\t' {
            run_of(rest, |byte| byte == b' ' || byte == b'\t')
        } else if byte == b'\'' || byte == b'"' {
            let end = rest[1..]
                .iter()
                .position(|other| *other == byte || *other == b'\n');
            match end {
                Some(end) if rest[end + 1] == byte => end + 2,
                _ => 1,
            }
        } else {
            1
        };
        found.push(rest[..length].to_vec());
        at += length;
    }
    found
}

fn run_of(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes
        .iter()
        .position(|byte| !belongs(*byte))
        .unwrap_or(bytes.len())
}
