//! Flyway's checksum: a CRC-32 over the lines of the text, so line ends have no influence.

/// Bytes that are hashed at once.
const RUN: usize = 8192;

/// Computes the checksum of decoded text as Flyway stores it.
///
/// Lines end at `\n`, `\r` or `\r\n` only; one byte order mark at the start is left out; the UTF-8
/// bytes of all lines go into one CRC-32, whose 32 bits are read as a signed number.
pub fn checksum(text: &str) -> i32 {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bytes = text.as_bytes();
    let mut hasher = crc32fast::Hasher::new();
    // Lines are short and the hasher likes long runs, so they are put together first.
    let mut buffer = Vec::with_capacity(RUN.min(bytes.len()));
    let mut start = 0;
    for end in memchr::memchr2_iter(b'\n', b'\r', bytes).chain([bytes.len()]) {
        let line = &bytes[start..end];
        start = end + 1;
        if buffer.len() + line.len() > RUN {
            hasher.update(&buffer);
            buffer.clear();
        }
        if line.len() > RUN {
            hasher.update(line);
        } else {
            buffer.extend_from_slice(line);
        }
    }
    hasher.update(&buffer);
    hasher.finalize().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn vectors() {
        for (text, expected) in [
            ("", 0),
            ("\n", 0),
            ("\r\n\r\n\r\n", 0),
            ("\u{feff}", 0),
            ("\u{feff}\r\n", 0),
            ("SELECT 1;", 78_787_420),
            ("SELECT 1;\n", 78_787_420),
            ("SELECT 1;\r", 78_787_420),
            ("SEL\nECT 1;", 78_787_420),
            ("\u{feff}SELECT 1;\n", 78_787_420),
            ("\u{feff}\u{feff}SELECT 1;\n", -1_606_921_097),
            ("SELECT 1;\n\u{feff}SELECT 2;\n", -737_986_772),
            ("SELECT 1;\n\rSELECT 2;", -1_665_099_012),
            ("SELECT 1;SELECT 2;", -1_665_099_012),
            ("SELECT 1; \n", -1_951_047_511),
            ("\tSELECT 1;\n", -47_946_674),
            (" ", -378_745_019),
            ("-- 한국어 주석\r\nSELECT '안녕하세요';\r\n", 1_461_105_612),
            ("SELECT '한글';\n", -432_547_948),
            (
                "SELECT '\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}';\n",
                1_375_959_217,
            ),
            ("SELECT '😀';\n", -1_517_219_030),
            ("SELECT 1;\u{85}SELECT 2;", 1_212_154_384),
            ("SELECT 1;\u{2028}SELECT 2;", -2_070_585_333),
            ("SELECT 1;\u{c}\u{b}SELECT 2;", 1_129_528_532),
            ("SELECT 1;\0", -1_327_808_415),
            ("SELECT '${name}';\n", -1_228_039_024),
            ("SELECT 'World';\n", 1_173_349_807),
            ("SELECT '\u{fffd}';", 495_938_621),
        ] {
            assert_eq!(checksum(text), expected, "{text:?}");
        }
    }
}
