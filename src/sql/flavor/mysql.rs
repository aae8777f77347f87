//! MySQL and MariaDB: backslashes in strings, comments that run, and the client's
//! `DELIMITER` command. Bodies of stored programs are in `stored_program`.
//!
//! No statement is refused inside a transaction block; many end one.

use super::super::lexer::Lexis;
use super::super::statement::TransactionControl;

pub(in super::super) static LEXIS: Lexis = Lexis {
    nested_comments: false,
    comment_may_stay_open: false,
    executable_comments: true,
    hash_comments: true,
    dashes_need_blank: true,
    carriage_return_ends_comment: false,
    backslash_strings: true,
    escape_strings: false,
    dollar_quotes: false,
    double_quoted_strings: true,
    backtick_names: true,
    bracket_names: false,
};

/// Transaction commands as MySQL spells them.
pub(super) fn control(first: &str, second: &str) -> Option<TransactionControl> {
    match (first, second) {
        // An anonymous block, not a transaction.
        ("BEGIN", "NOT") => None,
        ("BEGIN", _) | ("START", "TRANSACTION") | ("XA", "BEGIN" | "START") => {
            Some(TransactionControl::Begin)
        }
        ("XA", "COMMIT") => Some(TransactionControl::Commit),
        ("XA", "ROLLBACK") => Some(TransactionControl::Rollback),
        _ => None,
    }
}

/// A `DELIMITER` command: the new delimiter, and where the command ends.
pub(in super::super) struct DelimiterCommand<'t> {
    pub(in super::super) delimiter: &'t str,
    pub(in super::super) end: usize,
}

/// Whether the word is the name of the command.
pub(in super::super) fn is_delimiter_word(word: &str) -> bool {
    word.len() == 9 && word.eq_ignore_ascii_case("DELIMITER")
}

/// Reads the command whose name ends at `after`: the first word of the rest of the line,
/// or of the next line that has one, is the delimiter.
pub(in super::super) fn delimiter_command(
    text: &str,
    after: usize,
) -> Option<DelimiterCommand<'_>> {
    let rest = &text[after..];
    let start = after + rest.len() - rest.trim_start().len();
    let line = rest_of_line(text, start);
    let word = line.split_whitespace().next()?;
    let delimiter = ['\'', '"', '`']
        .iter()
        .find_map(|quote| word.strip_prefix(*quote)?.strip_suffix(*quote))
        .filter(|inner| !inner.is_empty())
        .unwrap_or(word);
    Some(DelimiterCommand {
        delimiter,
        end: start + line.len(),
    })
}

/// Whether the word, which stands inside a statement, is meant as a command after all:
/// it starts its line and signs follow. Otherwise it is a name.
pub(in super::super) fn looks_like_delimiter_command(
    text: &str,
    start: usize,
    end: usize,
    current: &str,
) -> bool {
    let rest = rest_of_line(text, end).trim();
    let line_start = text[..start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let is_sign = |byte: u8| byte.is_ascii_punctuation() && !b"'\"`()=.,_".contains(&byte);
    text[line_start..start].trim().is_empty()
        && !rest.is_empty()
        && rest != current
        && rest.bytes().all(is_sign)
}

fn rest_of_line(text: &str, from: usize) -> &str {
    let rest = &text[from..];
    &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())]
}
