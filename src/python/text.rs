//! Text and bytes as Python writes them.

use std::fmt::Write;

use super::value::Value;

/// The repr of a text.
pub(crate) fn quote(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for one in text.chars() {
        match one {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if one == quote => {
                out.push('\\');
                out.push(one);
            }
            ' '..='~' => out.push(one),
            _ if is_printable(one) => out.push(one),
            _ => {
                let code = u32::from(one);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
    out
}

/// Whether `repr` shows the character itself.
pub(crate) fn is_printable(one: char) -> bool {
    if one.is_ascii() {
        return (' '..='~').contains(&one);
    }
    let code = u32::from(one);
    !(one.is_control()
        || one.is_whitespace()
        || matches!(code, 0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f
            | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff0..=0xfffb | 0xe000..=0xf8ff
            | 0xe0000..=0xe0fff | 0xf0000..=0x0010_ffff))
}

/// The repr of bytes.
pub(crate) fn quote_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        b'"'
    } else {
        b'\''
    };
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push('b');
    out.push(char::from(quote));
    for &byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ if byte == quote => {
                out.push('\\');
                out.push(char::from(byte));
            }
            b' '..=b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(char::from(quote));
    out
}

/// How many characters there are.
pub(crate) fn length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

/// One character; negative places count from the end.
pub(crate) fn char_at(text: &str, index: i64) -> Option<Value> {
    let mut buffer = [0; 4];
    if text.is_ascii() {
        let place = super::vm::place(index, text.len())?;
        let byte = text.as_bytes().get(place)?;
        return Some(Value::str(char::from(*byte).encode_utf8(&mut buffer)));
    }
    let one = if index >= 0 {
        text.chars().nth(usize::try_from(index).ok()?)
    } else {
        let back = usize::try_from(index.checked_neg()?).ok()?;
        text.chars().rev().nth(back.checked_sub(1)?)
    }?;
    Some(Value::str(one.encode_utf8(&mut buffer)))
}

/// The byte at which a character begins; the end of the text for places behind it.
pub(crate) fn byte_of(text: &str, place: usize) -> usize {
    if text.is_ascii() {
        return place.min(text.len());
    }
    text.char_indices()
        .nth(place)
        .map_or(text.len(), |(byte, _)| byte)
}

/// A text with everything outside ASCII escaped, as `ascii()` shows a repr.
pub(crate) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        let code = u32::from(one);
        let _ = match code {
            0..=0x7f => {
                out.push(one);
                Ok(())
            }
            0x80..=0xff => write!(out, "\\x{code:02x}"),
            0x100..=0xffff => write!(out, "\\u{code:04x}"),
            _ => write!(out, "\\U{code:08x}"),
        };
    }
    out
}

/// White space as `str.split()` and `str.strip()` see it.
pub(crate) fn is_space(one: char) -> bool {
    one.is_whitespace() || matches!(one, '\x1c'..='\x1f')
}
