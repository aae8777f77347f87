//! Flyway versions: any number of integer parts, compared as numbers, kept as written.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A version as Flyway understands it.
///
/// `1`, `01` and `1.0` are equal; the text is kept as written, because that is what is stored.
#[derive(Debug, Clone)]
pub enum Version {
    /// The highest applied version; only meaningful as a target, and below everything.
    Current,
    /// Below every number: nothing has been applied.
    Empty,
    /// The next pending version; only meaningful as a target.
    Next,
    /// A version with a number.
    Number(NumberedVersion),
    /// Above every number.
    Latest,
}

/// The text of a version and its parts, ready to be compared.
#[derive(Debug, Clone)]
pub struct NumberedVersion {
    /// As written, underscores included.
    raw: String,
    text: String,
    parts: Vec<Part>,
}

/// One part of a version: an integer of any length.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Part {
    negative: bool,
    /// ASCII digits without leading zeros; empty for zero.
    digits: String,
}

/// The text is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid version `{text}`: only digits, dots and underscores are allowed")]
pub struct InvalidVersion {
    /// What was read.
    pub text: String,
}

impl Version {
    /// Reads a version, with `_` standing for `.`, and the words `latest`, `current` and `next`.
    pub fn parse(text: &str) -> Result<Self, InvalidVersion> {
        for (word, version) in [
            ("current", Self::Current),
            ("next", Self::Next),
            ("latest", Self::Latest),
            ("9223372036854775807", Self::Latest),
        ] {
            if text.eq_ignore_ascii_case(word) {
                return Ok(version);
            }
        }
        let raw = text.to_owned();
        let text = text.replace('_', ".");
        let invalid = || InvalidVersion { text: text.clone() };
        let mut parts = split_parts(&text)
            .map(|part| Part::parse(part).ok_or_else(invalid))
            .collect::<Result<Vec<_>, _>>()?;
        // `1.0` equals `1`, so trailing zero parts take no part in comparisons.
        while parts.len() > 1 && parts.last().is_some_and(|part| part.digits.is_empty()) {
            parts.pop();
        }
        Ok(Self::Number(NumberedVersion { raw, text, parts }))
    }

    /// The text as it is stored in the history table.
    pub fn text(&self) -> &str {
        match self {
            Self::Number(number) => &number.text,
            Self::Empty => "<< Empty Schema >>",
            Self::Current => "<< Current Version >>",
            Self::Next => "<< Next Version >>",
            Self::Latest => "9223372036854775807",
        }
    }

    /// The text as written in the file name.
    pub fn raw(&self) -> &str {
        match self {
            Self::Number(number) => &number.raw,
            other => other.text(),
        }
    }

    fn class(&self) -> u8 {
        match self {
            Self::Current => 0,
            Self::Empty => 1,
            Self::Next => 2,
            Self::Number(_) => 3,
            Self::Latest => 4,
        }
    }
}

/// Cuts at each dot that is followed by an ASCII digit, as Flyway does.
fn split_parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let current = rest?;
        let bytes = current.as_bytes();
        let cut = (0..bytes.len())
            .find(|&at| bytes[at] == b'.' && bytes.get(at + 1).is_some_and(u8::is_ascii_digit));
        if let Some(at) = cut {
            rest = Some(&current[at + 1..]);
            Some(&current[..at])
        } else {
            rest = None;
            Some(current)
        }
    })
}

impl Part {
    /// Reads what Java's arbitrary-precision integer parsing accepts: a sign and decimal digits of
    /// any script.
    fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() {
            return None;
        }
        let digits = if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            digits.trim_start_matches('0').to_owned()
        } else {
            let ascii: Option<String> = digits.chars().map(decimal_digit).collect();
            ascii?.trim_start_matches('0').to_owned()
        };
        Some(Self {
            negative: negative && !digits.is_empty(),
            digits,
        })
    }
}

/// First characters of the runs of ten decimal digits (Unicode category Nd) outside ASCII.
const DIGIT_ZEROS: &[u32] = &[
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];

fn decimal_digit(character: char) -> Option<char> {
    if character.is_ascii_digit() {
        return Some(character);
    }
    let code = u32::from(character);
    DIGIT_ZEROS
        .iter()
        .find(|&&zero| (zero..zero + 10).contains(&code))
        .and_then(|zero| char::from_digit(code - zero, 10))
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitude = |part: &Self, with: &Self| {
            (part.digits.len(), &part.digits).cmp(&(with.digits.len(), &with.digits))
        };
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => magnitude(self, other),
            (true, true) => magnitude(other, self),
        }
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let (Self::Number(mine), Self::Number(theirs)) = (self, other) else {
            return self.class().cmp(&other.class());
        };
        let zero = Part {
            negative: false,
            digits: String::new(),
        };
        for index in 0..mine.parts.len().max(theirs.parts.len()) {
            let order = mine
                .parts
                .get(index)
                .unwrap_or(&zero)
                .cmp(theirs.parts.get(index).unwrap_or(&zero));
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.class().hash(state);
        if let Self::Number(number) = self {
            number.parts.hash(state);
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).expect(text)
    }

    #[test]
    fn equal_versions() {
        for (left, right) in [
            ("1", "01"),
            ("1", "1.0"),
            ("1.0.0", "1_0"),
            ("003", "3.0"),
            ("1_2", "1.2"),
            ("１", "1"),
            ("+1", "1"),
            ("-0", "0"),
            ("0", "0.0"),
            ("latest", "LATEST"),
        ] {
            assert_eq!(version(left), version(right), "{left} {right}");
        }
    }

    #[test]
    fn ordered_versions() {
        for (lower, higher) in [
            ("1.2", "1.10"),
            ("1", "1.0.1"),
            ("-1", "0"),
            ("-2", "-1"),
            ("2", "10"),
            ("20240131120000", "20240131120001"),
            ("99999999999999999999998", "99999999999999999999999"),
            ("99999999999999999999999", "latest"),
            ("current", "-5"),
        ] {
            assert!(version(lower) < version(higher), "{lower} {higher}");
        }
        assert!(Version::Empty < version("-99"));
    }

    #[test]
    fn text_is_kept() {
        assert_eq!(version("003").text(), "003");
        assert_eq!(version("1_0").text(), "1.0");
    }

    #[test]
    fn not_versions() {
        for text in ["", "1a", "1-2", "1..2", ".1", "1.", " 1", "1 ", "--1", "+"] {
            assert!(Version::parse(text).is_err(), "{text:?}");
        }
    }
}
