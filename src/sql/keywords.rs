//! The first keywords of a statement, from which its kind is told.
//!
//! What counts as a keyword follows Flyway: unquoted, outside parentheses, letters and
//! underscores only, and no part of a qualified name.

/// How many keywords say what a statement is.
const LIMIT: usize = 10;
/// Signs that count as words are not limited by Flyway; here they are, to stay small.
const LIMIT_WITH_SIGNS: usize = 16;

/// Collects the keywords of one statement; the buffer is used again for the next.
#[derive(Debug, Default)]
pub(super) struct Keywords {
    joined: String,
    words: usize,
    entries: usize,
}

impl Keywords {
    pub(super) fn clear(&mut self) {
        self.joined.clear();
        self.words = 0;
        self.entries = 0;
    }

    /// Whether further words are left out.
    pub(super) fn is_full(&self) -> bool {
        self.words >= LIMIT || self.entries >= LIMIT_WITH_SIGNS
    }

    /// Takes in the word at `start..end` of the text if it is a keyword.
    pub(super) fn take_word(&mut self, text: &str, start: usize, end: usize) {
        if !is_keyword(text, start, end) {
            return;
        }
        self.separate();
        for character in text[start..end].chars() {
            if character.is_ascii() {
                self.joined.push(character.to_ascii_uppercase());
            } else {
                self.joined.extend(character.to_uppercase());
            }
        }
        self.words += 1;
    }

    /// Takes in a sign: an `@` counts as a word of its own, others do not.
    pub(super) fn take_sign(&mut self, sign: u8) {
        if sign == b'@' {
            self.separate();
            self.joined.push('@');
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.joined
    }

    fn separate(&mut self) {
        if self.entries > 0 {
            self.joined.push(' ');
        }
        self.entries += 1;
    }
}

fn is_keyword(text: &str, start: usize, end: usize) -> bool {
    if text.as_bytes().get(end) == Some(&b'.') {
        return false;
    }
    if let Some(qualifier) = text[..start].strip_suffix('.') {
        let last = qualifier.chars().next_back();
        let part_of_name = |last: char| last.is_alphanumeric() || matches!(last, '_' | '"' | '`');
        if last.is_some_and(part_of_name) {
            return false;
        }
    }
    text[start..end]
        .chars()
        .all(|character| character == '_' || character.is_alphabetic())
}

/// The keywords in the growing prefixes `A`, `A B`, `A B C`.
pub(super) fn prefixes(keywords: &str) -> impl Iterator<Item = &str> {
    let ends = keywords.match_indices(' ').map(|(at, _)| at);
    ends.chain(std::iter::once(keywords.len()))
        .map(|end| &keywords[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_keywords_from_names() {
        for (text, word, expected) in [
            ("select x", 0..6, true),
            ("a.b", 0..1, false),
            ("a.b", 2..3, false),
            ("a .b", 3..4, true),
            ("\"a\".b", 4..5, false),
            ("a1", 0..2, false),
            ("a$", 0..2, false),
            ("ünter", 0..6, true),
        ] {
            assert_eq!(is_keyword(text, word.start, word.end), expected, "{text}");
        }
    }

    #[test]
    fn joins_a_limited_number_of_words() {
        let mut keywords = Keywords::default();
        while !keywords.is_full() {
            keywords.take_word("go", 0, 2);
        }
        assert_eq!(keywords.as_str(), "GO GO GO GO GO GO GO GO GO GO");
        keywords.clear();
        keywords.take_word("create", 0, 6);
        keywords.take_sign(b'@');
        keywords.take_sign(b'+');
        assert_eq!(keywords.as_str(), "CREATE @");
        assert_eq!(prefixes("A B C").collect::<Vec<_>>(), ["A", "A B", "A B C"]);
    }
}
