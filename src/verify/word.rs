//! The words of a line of the lock file: bare where they may be, quoted where they must be.

use std::borrow::Cow;

/// Writes a word so that [`words`] reads it back.
pub(super) fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |character: char| {
        !character.is_whitespace() && !character.is_control() && !matches!(character, '"' | '\\')
    };
    let is_bare = !word.is_empty() && !word.starts_with('#') && word.chars().all(is_plain);
    if is_bare {
        return Cow::Borrowed(word);
    }
    let mut text = String::with_capacity(word.len() + 2);
    text.push('"');
    for character in word.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            _ if character.is_control() || (character.is_whitespace() && character != ' ') => {
                text.push_str(&format!("\\u{{{:x}}}", u32::from(character)));
            }
            _ => text.push(character),
        }
    }
    text.push('"');
    Cow::Owned(text)
}

/// A word and the byte at which it starts.
pub(super) type Word<'t> = (usize, Cow<'t, str>);

/// What is wrong with a line, and the byte at which it is.
pub(super) type WordError = (usize, &'static str);

/// Cuts a line into its words. A word is bare, quoted, or a bare part with a quoted end, as in
/// `from:"a b"`.
pub(super) fn words(line: &str) -> Result<Vec<Word<'_>>, WordError> {
    let mut found = Vec::with_capacity(8);
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        if rest.starts_with([' ', '\t']) {
            at += 1;
            continue;
        }
        let end = rest.find([' ', '\t', '"']).unwrap_or(rest.len());
        if !rest[end..].starts_with('"') {
            found.push((at, Cow::Borrowed(&rest[..end])));
            at += end;
            continue;
        }
        let mut word = rest[..end].to_owned();
        let length = unquote(&rest[end + 1..], &mut word).map_err(|message| (at, message))?;
        found.push((at, Cow::Owned(word)));
        at += end + 1 + length;
        if !line[at..].is_empty() && !line[at..].starts_with([' ', '\t']) {
            return Err((at, "a blank is missing behind the quotation mark"));
        }
    }
    Ok(found)
}

/// Reads up to the closing quotation mark; gives how many bytes that were.
fn unquote(text: &str, word: &mut String) -> Result<usize, &'static str> {
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok(at + 1),
            '\\' => match characters.next().map(|(_, escaped)| escaped) {
                Some('n') => word.push('\n'),
                Some('r') => word.push('\r'),
                Some('t') => word.push('\t'),
                Some(escaped @ ('"' | '\\')) => word.push(escaped),
                Some('u') => {
                    let digits: String = characters
                        .by_ref()
                        .map(|(_, digit)| digit)
                        .take_while(|digit| *digit != '}')
                        .collect();
                    let code = u32::from_str_radix(digits.trim_start_matches('{'), 16);
                    let character = code.ok().and_then(char::from_u32);
                    word.push(character.ok_or("`\\u{…}` names no character")?);
                }
                _ => return Err("only \\n, \\r, \\t, \\\", \\\\ and \\u{…} are known in quotes"),
            },
            _ => word.push(character),
        }
    }
    Err("the quotation mark is never closed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bare_where_it_may_be() {
        for (word, expected) in [
            ("V1__x.sql", "V1__x.sql"),
            ("", "\"\""),
            ("#1", "\"#1\""),
            ("회원 표.sql", "\"회원 표.sql\""),
            ("a\"b\\c", "\"a\\\"b\\\\c\""),
            ("a\u{3000}b\u{7}", "\"a\\u{3000}b\\u{7}\""),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn lines_that_cannot_be_cut() {
        for (line, at) in [
            ("a \"b", 2),
            ("a \"b\"c", 5),
            ("\"\\x\"", 0),
            ("\"\\u{110000}\"", 0),
        ] {
            assert_eq!(words(line).unwrap_err().0, at, "{line}");
        }
    }

    proptest! {
        #[test]
        fn words_read_back(list in prop::collection::vec(any::<String>(), 0..5)) {
            let line: Vec<_> = list.iter().map(|word| quoted(word)).collect();
            let line = line.join(" ");
            let read: Vec<_> = words(&line).unwrap().into_iter().map(|(_, word)| word.into_owned()).collect();
            prop_assert_eq!(read, list);
        }

        #[test]
        fn no_line_makes_it_stumble(line in any::<String>()) {
            drop(words(&line));
        }
    }
}
