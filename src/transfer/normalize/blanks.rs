//! Which characters are blanks, the same for every backend.

use std::sync::LazyLock;

/// White space of Unicode.
const WIDE: [char; 25] = [
    ' ', '\t', '\n', '\u{b}', '\u{c}', '\r', '\u{85}', '\u{a0}', '\u{1680}', '\u{2000}',
    '\u{2001}', '\u{2002}', '\u{2003}', '\u{2004}', '\u{2005}', '\u{2006}', '\u{2007}', '\u{2008}',
    '\u{2009}', '\u{200a}', '\u{2028}', '\u{2029}', '\u{202f}', '\u{205f}', '\u{3000}',
];

/// Characters without a width, which are as invisible at the ends of a text.
const NARROW: [char; 4] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{feff}'];

/// Whether a character is white space.
pub(super) fn is_wide(letter: char) -> bool {
    WIDE.contains(&letter)
}

/// Whether a character is removed at the ends of a text.
pub(super) fn is_blank(letter: char) -> bool {
    is_wide(letter) || NARROW.contains(&letter)
}

/// A text without blanks at its ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// All blanks.
pub(super) fn all() -> impl Iterator<Item = char> {
    WIDE.into_iter().chain(NARROW)
}

/// A literal of PostgreSQL with these characters, written so that they can be seen.
pub(super) fn postgres_literal(letters: impl IntoIterator<Item = char>) -> String {
    let mut literal = "E'".to_owned();
    for letter in letters {
        match letter {
            '\'' => literal.push_str("''"),
            '\\' => literal.push_str("\\\\"),
            ' '..='~' => literal.push(letter),
            _ => literal.push_str(&format!("\\u{:04x}", u32::from(letter))),
        }
    }
    literal.push('\'');
    literal
}

/// All blanks, for PostgreSQL.
pub(super) fn postgres() -> &'static str {
    static LITERAL: LazyLock<String> = LazyLock::new(|| postgres_literal(all()));
    &LITERAL
}

/// White space, for PostgreSQL.
pub(super) fn postgres_wide() -> &'static str {
    static LITERAL: LazyLock<String> = LazyLock::new(|| postgres_literal(WIDE));
    &LITERAL
}

/// All blanks, for SQLite.
pub(super) fn sqlite() -> &'static str {
    static LITERAL: LazyLock<String> = LazyLock::new(|| {
        let codes: Vec<String> = all().map(|letter| u32::from(letter).to_string()).collect();
        format!("char({})", codes.join(","))
    });
    &LITERAL
}
