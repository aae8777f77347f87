//! The three families of SQL, one file each, and what the splitter asks of them.

pub(super) mod mysql;
pub(super) mod postgres;
pub(super) mod sqlite;
pub(super) mod stored_program;

use super::lexer::{Kind, Lexis};
use super::statement::TransactionControl;

/// Whose lexing rules a script is cut by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flavor {
    /// PostgreSQL and servers that speak its SQL.
    Postgres,
    /// SQLite.
    Sqlite,
    /// MySQL and MariaDB.
    Mysql,
}

impl Flavor {
    /// How characters make up tokens.
    pub(super) fn lexis(self) -> &'static Lexis {
        match self {
            Self::Postgres => &postgres::LEXIS,
            Self::Sqlite => &sqlite::LEXIS,
            Self::Mysql => &mysql::LEXIS,
        }
    }

    /// What a command with these first keywords does to the transaction.
    pub(super) fn control(self, keywords: &str) -> Option<TransactionControl> {
        let mut words = keywords.split(' ');
        let first = words.next().unwrap_or_default();
        let second = words.next().unwrap_or_default();
        let third = words.next().unwrap_or_default();
        match (first, second) {
            ("SAVEPOINT" | "RELEASE", _) | ("ROLLBACK", "TO") => {
                Some(TransactionControl::Savepoint)
            }
            ("ROLLBACK", "WORK" | "TRANSACTION") if third == "TO" => {
                Some(TransactionControl::Savepoint)
            }
            // These finish a transaction prepared earlier, not the current one.
            ("COMMIT" | "ROLLBACK", "PREPARED") => None,
            ("COMMIT", _) => Some(TransactionControl::Commit),
            ("ROLLBACK", _) => Some(TransactionControl::Rollback),
            _ => match self {
                Self::Postgres => postgres::control(first, second),
                Self::Sqlite => sqlite::control(first),
                Self::Mysql => mysql::control(first, second),
            },
        }
    }
}

/// A token as the block trackers see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    pub(super) start: usize,
    /// Parentheses around the token; for `(` and `)` those outside of them.
    pub(super) depth: u32,
    /// The byte just before and just after the token, 0 at the ends of the text.
    pub(super) before: u8,
    pub(super) after: u8,
}

impl Seen<'_> {
    /// Whether the token is this unquoted word, in any letter case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether the token is this symbol.
    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }
}

/// A body that a delimiter does not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenBlock {
    pub(super) opener: &'static str,
    pub(super) at: usize,
}

/// Follows a statement to tell the delimiters inside its body from the one after it.
#[derive(Debug)]
pub(super) enum Blocks {
    Postgres(postgres::Tracker),
    Sqlite(sqlite::Tracker),
    Mysql(stored_program::Tracker),
}

impl Blocks {
    pub(super) fn new(flavor: Flavor) -> Self {
        match flavor {
            Flavor::Postgres => Self::Postgres(postgres::Tracker::default()),
            Flavor::Sqlite => Self::Sqlite(sqlite::Tracker::default()),
            Flavor::Mysql => Self::Mysql(stored_program::Tracker::default()),
        }
    }

    /// Forgets the statement that just ended.
    pub(super) fn reset(&mut self) {
        match self {
            Self::Postgres(tracker) => *tracker = postgres::Tracker::default(),
            Self::Sqlite(tracker) => *tracker = sqlite::Tracker::default(),
            Self::Mysql(tracker) => tracker.reset(),
        }
    }

    /// Takes in the next token of the statement. False: the rest of the statement
    /// cannot matter any more.
    pub(super) fn observe(&mut self, seen: &Seen<'_>) -> bool {
        match self {
            Self::Postgres(tracker) => tracker.observe(seen),
            Self::Sqlite(tracker) => tracker.observe(seen),
            Self::Mysql(tracker) => tracker.observe(seen),
        }
    }

    /// The outermost body that is still open.
    pub(super) fn open(&self) -> Option<OpenBlock> {
        match self {
            Self::Postgres(tracker) => tracker.open(),
            Self::Sqlite(tracker) => tracker.open(),
            Self::Mysql(tracker) => tracker.open(),
        }
    }

    /// Whether inline data follow the statement.
    pub(super) fn copies_from_stdin(&self) -> bool {
        matches!(self, Self::Postgres(tracker) if tracker.copies_from_stdin())
    }
}
