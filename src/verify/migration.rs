//! What verification knows of a migration: who it is, where it lies and what is in it, as plain data.

use std::collections::BTreeMap;
use std::fmt;

use crate::model::Dialect;

/// What a migration is for, which decides how often it may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Runs once: a version or a revision.
    Versioned,
    /// Stands for all versions up to its own on a fresh database.
    Baseline,
    /// Takes a version back.
    Undo,
    /// Runs whenever it has changed.
    Repeatable,
    /// Runs at moments of a command and has no history.
    Callback,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Versioned,
        Self::Baseline,
        Self::Undo,
        Self::Repeatable,
        Self::Callback,
    ];

    /// The word in the lock file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Versioned => "versioned",
            Self::Baseline => "baseline",
            Self::Undo => "undo",
            Self::Repeatable => "repeatable",
            Self::Callback => "callback",
        }
    }

    /// Whether its place among the others matters.
    pub fn is_ordered(self) -> bool {
        !matches!(self, Self::Repeatable | Self::Callback)
    }

    /// Whether it may change once it is locked.
    pub fn may_change(self) -> bool {
        matches!(self, Self::Repeatable | Self::Callback)
    }
}

/// How the migrations of a domain follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By version: each has a place in one row.
    Versions,
    /// By parents: a graph with heads.
    Graph,
}

/// An MD5 sum.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sum(pub [u8; 16]);

impl Sum {
    /// Reads 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// What is in a migration's source, seen in several ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// Sum of the bytes.
    pub bytes: Sum,
    /// Sum of the bytes without byte order mark and with every line end as `\n`.
    pub text: Sum,
    /// Sum of what is run: SQL without comments and formatting, or the SQL that a program writes.
    /// Nothing where it is not known.
    pub sql: Option<Sum>,
    /// The checksum that the dialect's own history holds, where it holds one.
    pub checksum: Option<i32>,
}

/// What a migration was converted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file, relative to the project.
    pub path: String,
    /// Sum of its bytes when that was done; nothing when it is not known.
    pub sum: Option<Sum>,
}

/// What stands before the names of modules among the values that a migration uses.
pub const MODULE: &str = "module ";

/// One migration at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// What it is for.
    pub kind: Kind,
    /// Its key among those of its kind: a version, a revision, a description.
    pub key: String,
    /// Its file or directory, relative to the project, with `/` separators.
    pub path: String,
    /// Keys of those it follows; empty where versions give the order.
    pub parents: Vec<String>,
    /// Keys of those it needs besides.
    pub needs: Vec<String>,
    /// What is in it.
    pub sums: Sums,
    /// The placeholders it uses, and a short digest of the value of each; modules beside it that it
    /// imports, too, with [`MODULE`] before their names.
    pub values: BTreeMap<String, String>,
    /// A short digest of the settings that say how it runs; empty for none.
    pub settings: String,
    /// What it was converted from.
    pub origin: Option<Origin>,
}

impl Migration {
    /// What tells it from all others of its domain.
    pub fn id(&self) -> (Kind, &str) {
        (self.kind, &self.key)
    }

    /// The last part of its path.
    pub fn file_name(&self) -> &str {
        self.path
            .rsplit_once('/')
            .map_or(self.path.as_str(), |(_, name)| name)
    }

    /// What people call it: the key, with its kind where it is not the usual one.
    pub fn label(&self) -> String {
        match self.kind {
            Kind::Versioned => self.key.clone(),
            kind => format!("{} {}", kind.word(), self.key),
        }
    }
}

/// A domain's migrations as its files say now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainFiles {
    /// The domain's name.
    pub name: String,
    /// Who wrote the migrations.
    pub dialect: Dialect,
    /// How they follow each other.
    pub order: Order,
    /// Whether line ends and byte order marks make no difference to the dialect's own history, but
    /// every comment does.
    pub comments_count: bool,
    /// The migrations in the domain's own order.
    pub migrations: Vec<Migration>,
    /// Sums of the files that migrations were converted from, as they are now and with other line
    /// ends, by path.
    pub sources: BTreeMap<String, Vec<Sum>>,
}

/// A domain that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Its name.
    pub name: String,
    /// How many migrations it has.
    pub migrations: usize,
}
