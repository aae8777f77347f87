//! Where quoted text and comments end. Each function takes the offset just after the
//! opening mark and returns the offset just after the closing one.

/// The end of text that doubles its quote to keep it.
pub(super) fn doubled(bytes: &[u8], from: usize, quote: u8) -> Option<usize> {
    let mut at = from;
    loop {
        at += find_byte(bytes.get(at..)?, quote)? + 1;
        if bytes.get(at) != Some(&quote) {
            return Some(at);
        }
        at += 1;
    }
}

/// The end of text that also keeps whatever follows a backslash.
pub(super) fn escaped(bytes: &[u8], from: usize, quote: u8) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => {
                at += 1;
                if bytes.get(at) != Some(&quote) {
                    return Some(at);
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    None
}

/// The end of a PostgreSQL `E'…'` string, continuations on later lines included.
///
/// A string goes on after a line break, blanks and `--` comments; the next part has
/// no `E` of its own, yet its backslashes escape too.
pub(super) fn escaped_with_continuation(bytes: &[u8], from: usize) -> Option<usize> {
    let mut end = escaped(bytes, from, b'\'')?;
    while let Some(next) = continuation(bytes, end) {
        end = escaped(bytes, next, b'\'')?;
    }
    Some(end)
}

/// Where the next part of a continued string starts, just after its quote.
fn continuation(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let mut broken = false;
    loop {
        match bytes.get(at)? {
            b'\n' | b'\r' => {
                broken = true;
                at += 1;
            }
            b' ' | b'\t' | 0x0b | 0x0c => at += 1,
            b'-' if bytes.get(at + 1) == Some(&b'-') => at = line_end(bytes, at, true),
            b'\'' if broken => return Some(at + 1),
            _ => return None,
        }
    }
}

/// The end of a bracketed name, which has no way to hold a `]`.
pub(super) fn bracketed(bytes: &[u8], from: usize) -> Option<usize> {
    Some(from + find_byte(&bytes[from..], b']')? + 1)
}

/// The dollar quote mark at `from`, `$$` or `$tag$`, as its length.
pub(super) fn dollar_tag(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'$' => return Some(at + 1 - from),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => at += 1,
            b'0'..=b'9' if at > from + 1 => at += 1,
            _ => return None,
        }
    }
    None
}

/// The end of a comment whose inner comments are closed one by one.
pub(super) fn nested_comment(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let mut depth = 1_usize;
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'*', b'/') => {
                at += 2;
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            (b'/', b'*') => {
                at += 2;
                depth += 1;
            }
            _ => at += 1,
        }
    }
    None
}

/// The end of a comment that the first `*/` closes.
pub(super) fn flat_comment(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += find_byte(bytes.get(at..)?, b'*')? + 1;
        if bytes.get(at) == Some(&b'/') {
            return Some(at + 1);
        }
    }
}

/// The end of MySQL's `/*! … */`, taken from behind its `/*`. It holds code, so that a
/// `*/` may stand in its strings and comments; where that reading comes to no end, the
/// first `*/` is the end.
pub(super) fn executable_comment(bytes: &[u8], from: usize) -> Option<usize> {
    let plain = flat_comment(bytes, from)?;
    // No server is that new: for all of them the text is a mere comment.
    if bytes[from..].starts_with(b"!9999") {
        return Some(plain);
    }
    let mut at = from;
    while at + 1 < bytes.len() {
        let next = match (bytes[at], bytes[at + 1]) {
            (b'*', b'/') => return Some(at + 2),
            (b'/', b'*') => flat_comment(bytes, at + 2),
            (quote @ (b'\'' | b'"'), _) => escaped(bytes, at + 1, quote),
            (b'`', _) => doubled(bytes, at + 1, b'`'),
            (b'#', _) => Some(line_comment_inside(bytes, at)),
            (b'-', b'-') if bytes.get(at + 2).is_some_and(|byte| *byte <= b' ') => {
                Some(line_comment_inside(bytes, at))
            }
            _ => Some(at + 1),
        };
        let Some(next) = next else { break };
        at = next;
    }
    Some(plain)
}

/// The end of a line comment in an executable one: the line's end or, as nobody means
/// to hide it, the `*/` that closes the latter.
fn line_comment_inside(bytes: &[u8], from: usize) -> usize {
    let end = line_end(bytes, from, false);
    let closing = bytes[from..end].windows(2).position(|pair| pair == b"*/");
    closing.map_or(end, |length| from + length)
}

/// The end of the line, the line end itself excluded.
pub(super) fn line_end(bytes: &[u8], from: usize, at_carriage_return: bool) -> usize {
    bytes[from..]
        .iter()
        .position(|byte| *byte == b'\n' || (at_carriage_return && *byte == b'\r'))
        .map_or(bytes.len(), |length| from + length)
}

fn find_byte(bytes: &[u8], wanted: u8) -> Option<usize> {
    bytes.iter().position(|byte| *byte == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_end_of_quoted_text() {
        assert_eq!(doubled(b"a''b' c", 0, b'\''), Some(5));
        assert_eq!(doubled(b"a''", 0, b'\''), None);
        assert_eq!(doubled(b"", 0, b'\''), None);
        assert_eq!(escaped(b"a\\'b'' c' d", 0, b'\''), Some(9));
        assert_eq!(escaped(b"a\\", 0, b'\''), None);
        assert_eq!(bracketed(b"a;b] c", 0), Some(4));
    }

    #[test]
    fn an_escape_string_goes_on_after_a_line_break() {
        assert_eq!(escaped_with_continuation(b"a'\n'b\\'c' x", 0), Some(9));
        assert_eq!(escaped_with_continuation(b"a' 'b\\' x", 0), Some(2));
        assert_eq!(
            escaped_with_continuation(b"a' -- it's\n 'b' x", 0),
            Some(15)
        );
    }

    #[test]
    fn a_dollar_tag_is_a_name_without_dollars() {
        for (text, length) in [
            ("$$x", Some(2)),
            ("$a1_$", Some(5)),
            ("$é$", Some(4)),
            ("$1$", None),
            ("$a b$", None),
            ("$a", None),
            ("$", None),
        ] {
            assert_eq!(dollar_tag(text.as_bytes(), 0), length, "{text}");
        }
    }

    #[test]
    fn comments_nest_or_do_not() {
        assert_eq!(nested_comment(b" a /* b */ c */ d", 0), Some(15));
        assert_eq!(nested_comment(b" a /* b */ c", 0), None);
        assert_eq!(flat_comment(b" a /* b **/ c */ d", 0), Some(11));
        assert_eq!(flat_comment(b"/", 0), None);
    }
}
