//! CONF files: Java properties with a few habits of their own.
//!
//! Every line is trimmed and its backslashes are taken literally, so that Windows paths survive;
//! only a backslash at the end of a line may still continue it. `${NAME}` stands for an
//! environment variable, and for nothing when there is no such variable. Because variables are
//! put in before the properties are read, a backslash in a variable is an escape.

use std::collections::BTreeMap;
use std::path::Path;

/// A property and the line it starts on, counting from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Property {
    /// The key, with its `flyway.` prefix.
    pub(super) key: String,
    /// The value.
    pub(super) value: String,
    /// The line.
    pub(super) line: usize,
}

/// Reads a CONF text; a later property of the same name follows the earlier one in the list.
pub(super) fn parse(text: &str, environment: &BTreeMap<String, String>) -> Vec<Property> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = prepare(text, environment);
    let mut properties = Vec::new();
    let mut lines = lines.into_iter().peekable();
    while let Some((number, line)) = lines.next() {
        let mut logical = trim_start(&line).to_owned();
        if logical.is_empty() || logical.starts_with(['#', '!']) {
            continue;
        }
        while ends_in_odd_backslashes(&logical) {
            logical.pop();
            match lines.next() {
                Some((_, next)) => logical.push_str(trim_start(&next)),
                None => break,
            }
        }
        let (key, value) = split_property(&logical);
        properties.push(Property {
            key: unescape(key),
            value: unescape(value),
            line: number,
        });
    }
    properties
}

/// The file or text in bytes, as text in the configured encoding.
///
/// `None` when the bytes are not valid in it, an error text when the encoding is not known.
pub(super) fn decode(bytes: &[u8], encoding: &str) -> Result<Option<String>, ()> {
    let wide = |read: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|two| read([two[0], two[1]]))
            .collect();
        bytes
            .len()
            .is_multiple_of(2)
            .then(|| String::from_utf16(&units).ok())
            .flatten()
    };
    match encoding.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" => Ok(String::from_utf8(bytes.to_vec()).ok()),
        "US-ASCII" | "ASCII" => {
            let ascii = bytes.is_ascii();
            Ok(ascii.then(|| String::from_utf8_lossy(bytes).into_owned()))
        }
        "ISO-8859-1" | "ISO8859_1" | "LATIN1" => {
            Ok(Some(bytes.iter().copied().map(char::from).collect()))
        }
        "UTF-16" => Ok(match bytes {
            [0xff, 0xfe, rest @ ..] => wide(u16::from_le_bytes, rest),
            [0xfe, 0xff, rest @ ..] => wide(u16::from_be_bytes, rest),
            _ => wide(u16::from_be_bytes, bytes),
        }),
        "UTF-16LE" => Ok(wide(u16::from_le_bytes, bytes)),
        "UTF-16BE" => Ok(wide(u16::from_be_bytes, bytes)),
        _ => Err(()),
    }
}

/// Whether a configuration file of this name is a TOML file.
pub(super) fn is_toml(path: &Path) -> bool {
    path.to_string_lossy().ends_with(".toml")
}

/// Trims, protects backslashes and puts variables in; one entry for each line as it then stands.
fn prepare(text: &str, environment: &BTreeMap<String, String>) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut prepared = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let mut protected = line.trim_matches(is_java_blank).replace('\\', "\\\\");
        if protected.ends_with("\\\\") && lines.get(index + 1).is_some_and(|next| continues(next)) {
            protected.pop();
        }
        let expanded = expand(&protected, environment);
        // A variable may hold line ends, and a lone carriage return ends a line as well.
        for part in expanded.split(['\n', '\r']) {
            prepared.push((index + 1, part.to_owned()));
        }
    }
    prepared
}

/// Whether a line after a backslash belongs to the property above it.
fn continues(next: &str) -> bool {
    let next = next.strip_suffix('\r').unwrap_or(next);
    if next.is_empty() {
        return false;
    }
    let is_property = next.trim_matches(is_java_blank).starts_with("flyway.") && next.contains('=');
    // A comparison is taken for the next line of a condition rather than for a property.
    !is_property || next.contains("==") || next.contains("!=")
}

/// Puts environment variables in the place of `${NAME}`.
fn expand(line: &str, environment: &BTreeMap<String, String>) -> String {
    let mut result = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find("${") {
        let (before, candidate) = rest.split_at(start);
        result.push_str(before);
        let name = candidate[2..].split('}').next().unwrap_or_default();
        let closed = candidate.len() > name.len() + 2;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if closed && !name.is_empty() && name.chars().all(plain) {
            result.push_str(environment.get(name).map_or("", String::as_str));
            rest = &candidate[name.len() + 3..];
        } else {
            result.push_str("${");
            rest = &candidate[2..];
        }
    }
    result.push_str(rest);
    result
}

/// What Java trims from a line: everything up to and including the space.
fn is_java_blank(character: char) -> bool {
    character <= ' '
}

fn trim_start(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '\u{c}'])
}

fn ends_in_odd_backslashes(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// Cuts at the first `=`, `:` or blank that no backslash protects.
fn split_property(line: &str) -> (&str, &str) {
    let mut escaped = false;
    for (index, character) in line.char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if matches!(character, '=' | ':' | ' ' | '\t' | '\u{c}') {
            let (key, rest) = line.split_at(index);
            let rest = trim_start(rest);
            let value = rest.strip_prefix(['=', ':']).unwrap_or(rest);
            return (key, trim_start(value));
        }
    }
    (line, "")
}

/// Resolves the escapes of the properties format.
fn unescape(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        match characters.next() {
            Some('t') => result.push('\t'),
            Some('n') => result.push('\n'),
            Some('r') => result.push('\r'),
            Some('f') => result.push('\u{c}'),
            Some('u') => {
                let digits: String = characters.clone().take(4).collect();
                let code = u32::from_str_radix(&digits, 16)
                    .ok()
                    .filter(|_| digits.len() == 4);
                if let Some(found) = code.and_then(char::from_u32) {
                    result.push(found);
                    characters.nth(3);
                } else {
                    result.push('u');
                }
            }
            Some(other) => result.push(other),
            None => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &[(&str, &str, usize)]) {
        let environment = [
            ("X", "1"),
            ("BACK", "a\\tb"),
            ("LINES", "a\nflyway.y=2"),
            ("DOLLAR", "${X}"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let found = parse(text, &environment);
        let found: Vec<_> = found
            .iter()
            .map(|property| {
                (
                    property.key.as_str(),
                    property.value.as_str(),
                    property.line,
                )
            })
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn lines_become_properties() {
        check("", &[]);
        check("# a=b\n ! c=d\n\n", &[]);
        check("a=b", &[("a", "b", 1)]);
        check("\u{feff}a=b\r\nc = d \r\n", &[("a", "b", 1), ("c", "d", 2)]);
        check(
            "  a : b = c\nd e\nf",
            &[("a", "b = c", 1), ("d", "e", 2), ("f", "", 3)],
        );
        check("a=1\na=2", &[("a", "1", 1), ("a", "2", 2)]);
        check("a=1\rb=2", &[("a", "1", 1), ("b", "2", 1)]);
    }

    #[test]
    fn backslashes_are_literal_except_at_the_end() {
        check("a=C:\\temp\\new", &[("a", "C:\\temp\\new", 1)]);
        check("a=\\u0041", &[("a", "\\u0041", 1)]);
        check("a=x,\\\n  y,\\\n  z", &[("a", "x,y,z", 1)]);
        check("a=x\\\n\nb=y", &[("a", "x\\", 1), ("b", "y", 3)]);
        check(
            "a=x\\\nflyway.b=y",
            &[("a", "x\\", 1), ("flyway.b", "y", 2)],
        );
        check("a=x && \\\nflyway.b==y", &[("a", "x && flyway.b==y", 1)]);
        check("a=x\\", &[("a", "x\\", 1)]);
        check("a=x\\\\\nb", &[("a", "x\\b", 1)]);
        check("# c\\\na=b", &[("a", "b", 2)]);
    }

    #[test]
    fn variables_are_put_in() {
        check("a=<${X}${NOPE}>", &[("a", "<1>", 1)]);
        check("a=${env.X} ${ ${X", &[("a", "${env.X} ${ ${X", 1)]);
        check("a=${${X}}", &[("a", "${1}", 1)]);
        check("a=${BACK}", &[("a", "a\tb", 1)]);
        check("a=${LINES}", &[("a", "a", 1), ("flyway.y", "2", 1)]);
        check("a=${DOLLAR}", &[("a", "${X}", 1)]);
        check("${X}=b", &[("1", "b", 1)]);
    }

    #[test]
    fn encodings() {
        assert_eq!(decode(&[0xe4], "iso-8859-1"), Ok(Some("ä".to_owned())));
        assert_eq!(decode(&[0xe4], "UTF-8"), Ok(None));
        assert_eq!(decode(&[0xe4], "US-ASCII"), Ok(None));
        assert_eq!(decode(b"a", "utf-8"), Ok(Some("a".to_owned())));
        assert_eq!(
            decode(&[0xff, 0xfe, 0x61, 0], "UTF-16"),
            Ok(Some("a".to_owned()))
        );
        assert_eq!(decode(&[0, 0x61], "UTF-16BE"), Ok(Some("a".to_owned())));
        assert_eq!(decode(&[0], "UTF-16LE"), Ok(None));
        assert_eq!(decode(b"a", "EBCDIC"), Err(()));
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "[ -~\\\\\n\r\t=:#$ä{}]{0,120}") {
            let lines = text.split('\n').count();
            for property in parse(&text, &BTreeMap::new()) {
                prop_assert!(property.line >= 1 && property.line <= lines);
            }
        }

        #[test]
        fn plain_values_survive(value in "[a-zA-Z0-9 ,.;/\\\\]{0,40}") {
            let value = format!("x{value}x");
            let found = parse(&format!("flyway.a={value}\nflyway.b=1"), &BTreeMap::new());
            prop_assert_eq!(&found[0].value, &value);
            prop_assert_eq!(found.len(), 2);
        }
    }
}
