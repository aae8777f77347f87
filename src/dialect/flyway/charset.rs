//! Decoding of files by Java charset name. Malformed input is an error, never a replacement.

use encoding_rs::Encoding;

/// The bytes are not valid in the encoding, or the encoding is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The charset name is not known.
    #[error("unknown encoding `{name}`")]
    UnknownEncoding {
        /// The name as configured.
        name: String,
    },
    /// A byte sequence is not valid in the charset.
    #[error("byte {offset} (line {line}) is not valid {encoding}")]
    Malformed {
        /// Offset of the first bad byte, counted from 0.
        offset: usize,
        /// Line of the bad byte, counted from 1.
        line: usize,
        /// The charset that was tried.
        encoding: String,
    },
}

impl DecodeError {
    /// What the reader of the message can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::UnknownEncoding { .. } => {
                "use a name such as UTF-8, ISO-8859-1, UTF-16, EUC-KR or windows-1252"
            }
            Self::Malformed { .. } => {
                "save the file in the configured encoding, set `encoding` (for this file in its .conf), or set detectEncoding=true"
            }
        }
    }
}

/// Decodes the bytes of a file.
///
/// `detect` lets the content decide between UTF-16, UTF-8 and ISO-8859-1, as `detectEncoding` does.
pub fn decode(bytes: Vec<u8>, name: &str, detect: bool) -> Result<String, DecodeError> {
    if detect {
        return decode(bytes.clone(), detected(&bytes), false);
    }
    match name.to_ascii_uppercase().replace('_', "-").as_str() {
        "UTF-8" | "UTF8" => String::from_utf8(bytes)
            .map_err(|error| malformed(error.as_bytes(), error.utf8_error().valid_up_to(), name)),
        "US-ASCII" | "ASCII" => match bytes.iter().position(|byte| !byte.is_ascii()) {
            Some(offset) => Err(malformed(&bytes, offset, name)),
            None => Ok(bytes.iter().copied().map(char::from).collect()),
        },
        "ISO-8859-1" | "ISO8859-1" | "LATIN1" | "ISO-LATIN-1" => {
            Ok(bytes.iter().copied().map(char::from).collect())
        }
        "UTF-16" => match bytes.as_slice() {
            [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes, name),
            [0xfe, 0xff, rest @ ..] | rest => utf16(rest, u16::from_be_bytes, name),
        },
        "UTF-16LE" => utf16(&bytes, u16::from_le_bytes, name),
        "UTF-16BE" => utf16(&bytes, u16::from_be_bytes, name),
        _ => decode_other(&bytes, name),
    }
}

fn decode_other(bytes: &[u8], name: &str) -> Result<String, DecodeError> {
    let encoding =
        Encoding::for_label(name.as_bytes()).ok_or_else(|| DecodeError::UnknownEncoding {
            name: name.to_owned(),
        })?;
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text.into_owned());
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut scratch = String::with_capacity(bytes.len() * 3 + 16);
    let (_, read) = decoder.decode_to_string_without_replacement(bytes, &mut scratch, true);
    Err(malformed(bytes, read.saturating_sub(1), name))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, name: &str) -> Result<String, DecodeError> {
    if !bytes.len().is_multiple_of(2) {
        return Err(malformed(bytes, bytes.len() - 1, name));
    }
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    let mut offset = 0;
    let mut text = String::with_capacity(bytes.len());
    for decoded in char::decode_utf16(units) {
        let character = decoded.map_err(|_| malformed(bytes, offset, name))?;
        offset += character.len_utf16() * 2;
        text.push(character);
    }
    Ok(text)
}

fn malformed(bytes: &[u8], offset: usize, encoding: &str) -> DecodeError {
    let before = &bytes[..offset.min(bytes.len())];
    let line = before.split(|byte| *byte == b'\n').count();
    DecodeError::Malformed {
        offset,
        line,
        encoding: encoding.to_owned(),
    }
}

/// Guesses the encoding of a file from its bytes.
fn detected(bytes: &[u8]) -> &'static str {
    let even = bytes.len().is_multiple_of(2);
    if even && (bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])) {
        return "UTF-16";
    }
    let zeros_at = |parity: usize| {
        bytes
            .iter()
            .skip(parity)
            .step_by(2)
            .filter(|&&byte| byte == 0)
            .count()
    };
    // ASCII text in UTF-16 without a mark has a zero in nearly every other byte.
    if even && bytes.len() >= 2 {
        let half = bytes.len() / 2;
        if zeros_at(1) * 10 > half * 7 {
            return "UTF-16LE";
        }
        if zeros_at(0) * 10 > half * 7 {
            return "UTF-16BE";
        }
    }
    if std::str::from_utf8(bytes).is_ok() {
        "UTF-8"
    } else {
        "ISO-8859-1"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes() {
        for (bytes, encoding, expected) in [
            (&b"abc"[..], "utf-8", "abc"),
            (b"\xef\xbb\xbfa", "UTF-8", "\u{feff}a"),
            (b"\xc7\xd1\xb1\xdb", "EUC-KR", "한글"),
            (b"\xff", "ISO-8859-1", "ÿ"),
            (b"\x80", "ISO-8859-1", "\u{80}"),
            (b"\x80", "windows-1252", "€"),
            (b"a\0b\0", "UTF-16LE", "ab"),
            (b"\xff\xfea\0", "UTF-16LE", "\u{feff}a"),
            (b"\xff\xfea\0", "UTF-16", "a"),
            (b"\0a", "UTF-16", "a"),
        ] {
            assert_eq!(decode(bytes.to_vec(), encoding, false).unwrap(), expected);
        }
    }

    #[test]
    fn refuses() {
        for (bytes, encoding) in [
            (&b"SELECT '\xff';"[..], "UTF-8"),
            (b"\xed\xa0\x80", "UTF-8"),
            (b"\xc0\x80", "UTF-8"),
            (b"\xe2\x82", "UTF-8"),
            (b"\x80", "US-ASCII"),
            (b"\x00\xd8", "UTF-16LE"),
            (b"abc", "UTF-16BE"),
            (b"\xc7", "EUC-KR"),
        ] {
            assert!(
                matches!(
                    decode(bytes.to_vec(), encoding, false),
                    Err(DecodeError::Malformed { .. })
                ),
                "{encoding}"
            );
        }
        assert!(matches!(
            decode(Vec::new(), "klingon", false),
            Err(DecodeError::UnknownEncoding { .. })
        ));
    }

    #[test]
    fn detects() {
        for (bytes, expected) in [
            (&b"abc"[..], "abc"),
            (b"\xff\xfea\0", "a"),
            (b"a\0b\0", "ab"),
            (b"\xe9t\xe9", "été"),
            ("한글".as_bytes(), "한글"),
        ] {
            assert_eq!(decode(bytes.to_vec(), "UTF-8", true).unwrap(), expected);
        }
    }
}
