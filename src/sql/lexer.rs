//! Text cut into tokens by the rules of one flavour, without copying any of it.

use super::error::SplitError;
use super::position::line_and_column;
use super::quoted;

/// What a token is. Blanks make no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line or block comment.
    Comment,
    /// MySQL's `/*! … */`, which the server runs.
    Executable,
    /// A keyword or unquoted name.
    Word,
    /// A quoted name.
    Name,
    /// A string literal or a dollar quote.
    Text,
    Number,
    Open,
    Close,
    Delimiter,
    Symbol,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// How the characters of a flavour make up tokens.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent lexing rule"
)]
pub(super) struct Lexis {
    /// `/* /* */ */` is one comment.
    pub(super) nested_comments: bool,
    /// The end of the script also ends a block comment.
    pub(super) comment_may_stay_open: bool,
    /// `/*! … */` is code.
    pub(super) executable_comments: bool,
    /// `#` starts a line comment.
    pub(super) hash_comments: bool,
    /// `--` starts a comment only before a blank.
    pub(super) dashes_need_blank: bool,
    /// A lone carriage return ends a line comment.
    pub(super) carriage_return_ends_comment: bool,
    /// A backslash escapes in every string.
    pub(super) backslash_strings: bool,
    /// A backslash escapes in `E'…'`, and only there.
    pub(super) escape_strings: bool,
    pub(super) dollar_quotes: bool,
    /// `"…"` is a string, not a name.
    pub(super) double_quoted_strings: bool,
    pub(super) backtick_names: bool,
    pub(super) bracket_names: bool,
}

/// The tokens of one script, in order.
pub(super) struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    lexis: &'static Lexis,
    position: usize,
    /// The delimiter in force; none for the usual `;`.
    delimiter: Option<&'t str>,
    /// Whether no code of the current statement has been read yet.
    leading: bool,
    /// A comment after which Flyway sees nothing but comment.
    ambiguous_comment: Option<usize>,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, lexis: &'static Lexis) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            lexis,
            position: 0,
            delimiter: None,
            leading: true,
            ambiguous_comment: None,
        }
    }

    /// Says whether the next token may be the first code of a statement.
    pub(super) fn set_leading(&mut self, leading: bool) {
        self.leading = leading;
    }

    /// Goes on at `position`, past text that is not SQL.
    pub(super) fn resume_at(&mut self, position: usize) {
        self.position = position;
    }

    pub(super) fn delimiter(&self) -> &'t str {
        self.delimiter.unwrap_or(";")
    }

    pub(super) fn has_custom_delimiter(&self) -> bool {
        self.delimiter.is_some()
    }

    pub(super) fn set_delimiter(&mut self, delimiter: &'t str) {
        self.delimiter = (delimiter != ";").then_some(delimiter);
    }

    /// The next token, or none at the end of the script.
    pub(super) fn next(&mut self) -> Result<Option<Token>, SplitError> {
        self.skip_blanks();
        let start = self.position;
        let Some(&byte) = self.bytes.get(start) else {
            return Ok(None);
        };
        let kind = if self.at_custom_delimiter(start) {
            self.position += self.delimiter().len();
            Kind::Delimiter
        } else {
            self.read(byte, start)?
        };
        if let Some(comment) = self.ambiguous_comment
            && !matches!(kind, Kind::Comment | Kind::Delimiter)
        {
            return Err(
                self.error(comment, |line, column| SplitError::AmbiguousComment {
                    line,
                    column,
                }),
            );
        }
        Ok(Some(Token {
            kind,
            start,
            end: self.position,
        }))
    }

    /// Reads one token that starts with `byte` and moves past it.
    fn read(&mut self, byte: u8, start: usize) -> Result<Kind, SplitError> {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => return self.word(start),
            b'0'..=b'9' => return Ok(self.number()),
            b'\'' => return self.string(start, b'\''),
            b'"' if self.lexis.double_quoted_strings => return self.string(start, b'"'),
            b'"' => return self.name(start, b'"'),
            b'`' if self.lexis.backtick_names => return self.name(start, b'`'),
            b'[' if self.lexis.bracket_names => return self.name(start, b']'),
            b'$' => return self.dollar(start),
            b'-' if self.at_dash_comment(start) => return self.line_comment(start),
            b'#' if self.lexis.hash_comments => return self.line_comment(start),
            b'/' if self.bytes.get(start + 1) == Some(&b'*') => return self.block_comment(start),
            _ => {}
        }
        self.position += 1;
        Ok(match byte {
            b'(' => Kind::Open,
            b')' => Kind::Close,
            b';' if self.delimiter.is_none() => Kind::Delimiter,
            _ => Kind::Symbol,
        })
    }

    fn skip_blanks(&mut self) {
        while let Some(&byte) = self.bytes.get(self.position) {
            if byte <= b' ' {
                self.position += 1;
            } else if byte < 0x80 {
                return;
            } else {
                let rest = self.text[self.position..].chars().next();
                let blank = |character: &char| {
                    // A server takes other blanks beyond ASCII for parts of names. Before
                    // a statement no name can stand, so there they do no harm.
                    *character == '\u{feff}' || (self.leading && character.is_whitespace())
                };
                let Some(character) = rest.filter(blank) else {
                    return;
                };
                self.position += character.len_utf8();
            }
        }
    }

    fn at_custom_delimiter(&self, at: usize) -> bool {
        self.delimiter
            .is_some_and(|delimiter| self.bytes[at..].starts_with(delimiter.as_bytes()))
    }

    fn word(&mut self, start: usize) -> Result<Kind, SplitError> {
        self.position = self.word_end(start);
        let escape = self.lexis.escape_strings
            && self.position == start + 1
            && matches!(self.bytes[start], b'e' | b'E')
            && self.bytes.get(self.position) == Some(&b'\'');
        if escape {
            let end = quoted::escaped_with_continuation(self.bytes, self.position + 1);
            let unterminated = |line, column| SplitError::UnterminatedString { line, column };
            self.position = end.ok_or_else(|| self.error(start + 1, unterminated))?;
            return Ok(Kind::Text);
        }
        Ok(Kind::Word)
    }

    fn word_end(&self, start: usize) -> usize {
        let mut at = start;
        while let Some(&byte) = self.bytes.get(at) {
            let inside = match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' | b'$' => true,
                0xef => !self.bytes[at..].starts_with("\u{feff}".as_bytes()),
                _ => byte >= 0x80,
            };
            // The first byte belongs to the word in any case: a delimiter there has
            // been looked for already.
            if !inside || (at > start && self.at_custom_delimiter(at)) {
                break;
            }
            at += 1;
        }
        at
    }

    fn number(&mut self) -> Kind {
        while self
            .bytes
            .get(self.position)
            .is_some_and(u8::is_ascii_digit)
        {
            self.position += 1;
        }
        Kind::Number
    }

    fn string(&mut self, start: usize, quote: u8) -> Result<Kind, SplitError> {
        let end = if self.lexis.backslash_strings {
            quoted::escaped(self.bytes, start + 1, quote)
        } else {
            quoted::doubled(self.bytes, start + 1, quote)
        };
        let unterminated = |line, column| SplitError::UnterminatedString { line, column };
        self.position = end.ok_or_else(|| self.error(start, unterminated))?;
        Ok(Kind::Text)
    }

    fn name(&mut self, start: usize, closing: u8) -> Result<Kind, SplitError> {
        let end = if closing == b']' {
            quoted::bracketed(self.bytes, start + 1)
        } else {
            quoted::doubled(self.bytes, start + 1, closing)
        };
        let quote = char::from(self.bytes[start]);
        let unterminated = |line, column| SplitError::UnterminatedIdentifier {
            quote,
            line,
            column,
        };
        self.position = end.ok_or_else(|| self.error(start, unterminated))?;
        Ok(Kind::Name)
    }

    fn dollar(&mut self, start: usize) -> Result<Kind, SplitError> {
        if !self.lexis.dollar_quotes {
            return self.word(start);
        }
        let Some(length) = quoted::dollar_tag(self.bytes, start) else {
            self.position += 1;
            return Ok(Kind::Symbol);
        };
        let body = start + length;
        let tag = &self.text[start..body];
        let Some(offset) = self.text[body..].find(tag) else {
            return Err(
                self.error(start, |line, column| SplitError::UnterminatedDollarQuote {
                    tag: tag.to_owned(),
                    line,
                    column,
                }),
            );
        };
        self.position = body + offset + length;
        Ok(Kind::Text)
    }

    fn at_dash_comment(&self, start: usize) -> bool {
        self.bytes.get(start + 1) == Some(&b'-')
            && (!self.lexis.dashes_need_blank
                // No statement starts with a minus: before one, the dashes can only be
                // meant as a comment.
                || self.leading
                || self.bytes.get(start + 2).is_none_or(|byte| *byte <= b' ' || *byte == 0x7f))
    }

    fn line_comment(&mut self, start: usize) -> Result<Kind, SplitError> {
        let at_return = self.lexis.carriage_return_ends_comment;
        self.position = quoted::line_end(self.bytes, start, at_return);
        if !at_return {
            let line = &self.text[start..self.position];
            let hidden = line.trim_end_matches('\r').split_once('\r');
            if hidden.is_some_and(|(_, rest)| rest.contains(self.delimiter())) {
                let hides = |line, column| SplitError::CommentHidesCode { line, column };
                return Err(self.error(start, hides));
            }
        }
        Ok(Kind::Comment)
    }

    fn block_comment(&mut self, start: usize) -> Result<Kind, SplitError> {
        let body = start + 2;
        let nested = self.lexis.nested_comments;
        let (end, kind) = if nested {
            (quoted::nested_comment(self.bytes, body), Kind::Comment)
        } else if self.lexis.executable_comments && self.at_executable_mark(body) {
            (
                quoted::executable_comment(self.bytes, body),
                Kind::Executable,
            )
        } else {
            (quoted::flat_comment(self.bytes, body), Kind::Comment)
        };
        let Some(end) = end else {
            if self.lexis.comment_may_stay_open && !may_hold_code(&self.text[body..]) {
                self.position = self.bytes.len();
                return Ok(Kind::Comment);
            }
            let unterminated = |line, column| SplitError::UnterminatedComment { line, column };
            return Err(self.error(start, unterminated));
        };
        let ambiguous = !nested
            && kind == Kind::Comment
            && self.text[body..end].contains("/*")
            && quoted::nested_comment(self.bytes, body).is_none();
        if ambiguous {
            self.ambiguous_comment.get_or_insert(start);
        }
        self.position = end;
        Ok(kind)
    }

    fn at_executable_mark(&self, body: usize) -> bool {
        let rest = &self.bytes[body..];
        rest.starts_with(b"!") || rest.starts_with(b"M!")
    }

    /// An error at a byte offset.
    pub(super) fn error(&self, at: usize, make: impl FnOnce(u32, u32) -> SplitError) -> SplitError {
        let (line, column) = line_and_column(self.text, at);
        make(line, column)
    }
}

/// Whether the text of a comment that is never closed looks like statements.
fn may_hold_code(text: &str) -> bool {
    const VERBS: [&str; 14] = [
        "ALTER", "ATTACH", "BEGIN", "COMMIT", "CREATE", "DELETE", "DROP", "INSERT", "PRAGMA",
        "REPLACE", "SELECT", "UPDATE", "VACUUM", "WITH",
    ];
    text.contains(';')
        || text.lines().skip(1).any(|line| {
            let word = line
                .trim_start()
                .split(|c: char| !c.is_ascii_alphabetic())
                .next();
            word.is_some_and(|word| VERBS.iter().any(|verb| verb.eq_ignore_ascii_case(word)))
        })
}
