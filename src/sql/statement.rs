//! What a script is cut into: one value for each statement, pointing into the text.

use std::ops::Range;

/// A statement that starts or ends a transaction, or moves a mark inside one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionControl {
    /// Opens a transaction: `BEGIN`, `START TRANSACTION`.
    Begin,
    /// Ends a transaction and keeps its work: `COMMIT`, `END`, `PREPARE TRANSACTION`.
    Commit,
    /// Ends a transaction and drops its work: `ROLLBACK`, `ABORT`.
    Rollback,
    /// Works on a mark inside a transaction: `SAVEPOINT`, `RELEASE`, `ROLLBACK TO`.
    Savepoint,
}

/// One statement of a script. All offsets are bytes of the script's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The text to send: leading comments included, delimiter excluded, trimmed.
    pub span: Range<usize>,
    /// Where the first token that is not a comment starts.
    pub code_start: usize,
    /// Line of `code_start`, counted from 1.
    pub line: u32,
    /// Column of `code_start` in characters, counted from 1.
    pub column: u32,
    /// The first keywords outside parentheses, upper case, joined by single spaces.
    ///
    /// At most ten keywords; quoted and qualified names, numbers and symbols take no
    /// part, except that `@` counts as a word.
    pub keywords: Box<str>,
    /// Whether the server accepts the statement inside a transaction block.
    pub transactional: bool,
    /// Whether Flyway takes the statement for one that may run in a transaction.
    pub transactional_in_flyway: bool,
    /// What the statement does to the current transaction, if it is such a command.
    pub control: Option<TransactionControl>,
    /// The inline data of a `COPY … FROM STDIN`, without the `\.` line.
    pub copy_data: Option<Range<usize>>,
    /// Whether the first keyword is `INSERT`, `UPDATE`, `DELETE`, `UPSERT` or `MERGE`.
    pub batchable: bool,
}

impl Statement {
    /// The text to send, taken from the script the statement was cut from.
    pub fn text<'t>(&self, script: &'t str) -> &'t str {
        &script[self.span.clone()]
    }
}
