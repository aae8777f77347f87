//! The loop that turns tokens into statements.

use std::ops::Range;

use super::draft::Draft;
use super::error::SplitError;
use super::flavor::{Blocks, Flavor, Seen, mysql, postgres, sqlite};
use super::lexer::{Kind, Lexer, Token};
use super::position::LineCursor;
use super::quoted;
use super::statement::Statement;

/// What the cut depends on besides the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitOptions {
    /// Whether the server takes `ALTER TYPE … ADD VALUE` inside a transaction block:
    /// PostgreSQL does from version 12 on.
    pub alter_type_add_value_in_transaction: bool,
}

impl Default for SplitOptions {
    fn default() -> Self {
        Self {
            alter_type_add_value_in_transaction: true,
        }
    }
}

/// Cuts a script into its statements, in order.
///
/// The delimiters, comments that stand alone and blanks between statements belong to
/// none of them. A script that cannot be cut without losing text is refused as a whole.
///
/// # Errors
/// When a string, comment, parenthesis or body is never closed, or when text would
/// silently not be run.
pub fn split(
    text: &str,
    flavor: Flavor,
    options: &SplitOptions,
) -> Result<Vec<Statement>, SplitError> {
    let mut splitter = Splitter {
        text,
        flavor,
        options,
        lexer: Lexer::new(text, flavor.lexis()),
        blocks: Blocks::new(flavor),
        watching: true,
        draft: Draft::default(),
        lines: LineCursor::new(text),
        statements: Vec::new(),
    };
    while let Some(token) = splitter.next()? {
        splitter.take(token)?;
    }
    splitter.finish_at_end()?;
    Ok(splitter.statements)
}

struct Splitter<'t> {
    text: &'t str,
    flavor: Flavor,
    options: &'t SplitOptions,
    lexer: Lexer<'t>,
    blocks: Blocks,
    /// Whether the rest of the statement can still open or close a body.
    watching: bool,
    draft: Draft,
    lines: LineCursor<'t>,
    statements: Vec<Statement>,
}

impl Splitter<'_> {
    fn next(&mut self) -> Result<Option<Token>, SplitError> {
        self.lexer.set_leading(self.draft.code_start.is_none());
        self.lexer.next()
    }

    fn take(&mut self, token: Token) -> Result<(), SplitError> {
        match token.kind {
            Kind::Comment => {
                self.draft.start.get_or_insert(token.start);
                return Ok(());
            }
            Kind::Delimiter => return self.take_delimiter(token),
            Kind::Word if self.flavor == Flavor::Mysql && self.take_command(token)? => {
                return Ok(());
            }
            _ => {}
        }
        if self.draft.code_start.is_none() {
            self.draft.start.get_or_insert(token.start);
            self.draft.code_start = Some(token.start);
            // A custom delimiter ends a statement whatever its body looks like.
            self.watching = !self.lexer.has_custom_delimiter();
        }
        self.take_code(token);
        Ok(())
    }

    fn take_code(&mut self, token: Token) {
        let draft = &mut self.draft;
        match token.kind {
            Kind::Close => draft.close_parenthesis(),
            Kind::Word if draft.depth == 0 && !draft.keywords.is_full() => {
                draft.keywords.take_word(self.text, token.start, token.end);
            }
            Kind::Symbol if draft.depth == 0 && !draft.keywords.is_full() => {
                draft.keywords.take_sign(self.text.as_bytes()[token.start]);
            }
            _ => {}
        }
        if self.watching {
            self.watching = self
                .blocks
                .observe(&seen(self.text, self.draft.depth, token));
        }
        if token.kind == Kind::Open {
            self.draft.open_parenthesis(token.start);
        }
    }

    fn take_delimiter(&mut self, token: Token) -> Result<(), SplitError> {
        let Some(code_start) = self.draft.code_start else {
            self.draft.clear();
            return Ok(());
        };
        if self.draft.depth > 0 {
            return Ok(());
        }
        if !self.lexer.has_custom_delimiter() && self.blocks.open().is_some() {
            self.blocks
                .observe(&seen(self.text, self.draft.depth, token));
            return Ok(());
        }
        let copy_data = if self.blocks.copies_from_stdin() {
            Some(self.read_copy_data(code_start, token.end)?)
        } else {
            None
        };
        self.finish(code_start, token.start, copy_data);
        Ok(())
    }

    /// Carries out the client command `DELIMITER`, if the word is one.
    fn take_command(&mut self, word: Token) -> Result<bool, SplitError> {
        let at_start = self.draft.code_start.is_none();
        if !mysql::is_delimiter_word(&self.text[word.start..word.end]) {
            return Ok(false);
        }
        if at_start {
            let Some(command) = mysql::delimiter_command(self.text, word.end) else {
                let missing = |line, column| SplitError::DelimiterMissing { line, column };
                return Err(self.lexer.error(word.start, missing));
            };
            self.lexer.set_delimiter(command.delimiter);
            self.lexer.resume_at(command.end);
            self.draft.clear();
            return Ok(true);
        }
        let misplaced = self.draft.depth == 0
            && mysql::looks_like_delimiter_command(
                self.text,
                word.start,
                word.end,
                self.lexer.delimiter(),
            );
        if misplaced {
            let inside = |line, column| SplitError::DelimiterInsideStatement { line, column };
            return Err(self.lexer.error(word.start, inside));
        }
        Ok(false)
    }

    /// Reads the data after a `COPY … FROM STDIN` whose delimiter ends at `after`.
    fn read_copy_data(
        &mut self,
        code_start: usize,
        after: usize,
    ) -> Result<Range<usize>, SplitError> {
        let bytes = self.text.as_bytes();
        let line_end = quoted::line_end(bytes, after, false);
        let rest = self.text[after..line_end].trim_start();
        let comment =
            rest.starts_with("--") || (rest.starts_with("/*") && rest.trim_end().ends_with("*/"));
        if !rest.is_empty() && !comment {
            let at = line_end - rest.len();
            let between = |line, column| SplitError::TextBeforeCopyData { line, column };
            return Err(self.lexer.error(at, between));
        }
        let start = (line_end + 1).min(bytes.len());
        let mut line = start;
        while line < bytes.len() {
            let end = quoted::line_end(bytes, line, false);
            let next = (end + 1).min(bytes.len());
            if self.text[line..end].trim_matches(|character| character <= ' ') == "\\." {
                self.lexer.resume_at(next);
                return Ok(start..line);
            }
            line = next;
        }
        let endless = |line, column| SplitError::CopyWithoutEnd { line, column };
        Err(self.lexer.error(code_start, endless))
    }

    fn finish_at_end(&mut self) -> Result<(), SplitError> {
        let Some(code_start) = self.draft.code_start else {
            return Ok(());
        };
        if let Some(at) = self.draft.unclosed_parenthesis() {
            let unclosed = |line, column| SplitError::UnclosedParenthesis { line, column };
            return Err(self.lexer.error(at, unclosed));
        }
        if let Some(block) = self
            .blocks
            .open()
            .filter(|_| !self.lexer.has_custom_delimiter())
        {
            let opener = block.opener;
            let unclosed = |line, column| SplitError::UnclosedBlock {
                opener,
                line,
                column,
            };
            return Err(self.lexer.error(block.at, unclosed));
        }
        if self.blocks.copies_from_stdin() {
            let endless = |line, column| SplitError::CopyWithoutEnd { line, column };
            return Err(self.lexer.error(code_start, endless));
        }
        self.finish(code_start, self.text.len(), None);
        Ok(())
    }

    /// Puts the draft, which ends before `end`, among the statements.
    fn finish(&mut self, code_start: usize, end: usize, copy_data: Option<Range<usize>>) {
        let start = self.draft.start.unwrap_or(code_start);
        let trimmed = |character| character <= ' ' || character == '\u{feff}';
        let length = self.text[start..end].trim_end_matches(trimmed).len();
        let span = start..start + length;
        let keywords = self.draft.keywords.as_str();
        let (line, column) = self.lines.advance_to(code_start);
        let batchable = is_batchable(keywords);
        let (transactional, transactional_in_flyway) = if batchable {
            (true, true)
        } else {
            self.transactional(&self.text[code_start..span.end], keywords)
        };
        self.statements.push(Statement {
            span,
            code_start,
            line,
            column,
            keywords: keywords.into(),
            transactional,
            transactional_in_flyway,
            control: if batchable {
                None
            } else {
                self.flavor.control(keywords)
            },
            copy_data,
            batchable,
        });
        self.draft.clear();
        self.blocks.reset();
    }

    /// Whether the server, and whether Flyway, runs the code in a transaction.
    fn transactional(&self, code: &str, keywords: &str) -> (bool, bool) {
        match self.flavor {
            Flavor::Postgres => (
                postgres::transactional(code, keywords, self.options),
                postgres::transactional_in_flyway(keywords, self.options),
            ),
            Flavor::Sqlite => (
                sqlite::transactional(code, keywords),
                sqlite::transactional_in_flyway(keywords),
            ),
            Flavor::Mysql => (true, true),
        }
    }
}

fn seen(text: &str, depth: u32, token: Token) -> Seen<'_> {
    let bytes = text.as_bytes();
    Seen {
        kind: token.kind,
        text: &text[token.start..token.end],
        start: token.start,
        depth,
        before: token.start.checked_sub(1).map_or(0, |at| bytes[at]),
        after: bytes.get(token.end).copied().unwrap_or(0),
    }
}

fn is_batchable(keywords: &str) -> bool {
    let first = keywords.split(' ').next().unwrap_or_default();
    matches!(first, "INSERT" | "UPDATE" | "DELETE" | "UPSERT" | "MERGE")
}
