//! What a database says of a domain, as plain data.

use super::migration::{Kind, Sum};

/// How a recorded migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// It ran, or was marked as if it had.
    Applied,
    /// It ran after a later one.
    OutOfOrder,
    /// It failed.
    Failed,
    /// It began, and its end is not recorded.
    Interrupted,
    /// It ran, and it is newer than all files.
    Future,
    /// The database stands at it, and nobody knows what it is.
    Unknown,
}

/// A migration that a database has a record of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is for.
    pub kind: Kind,
    /// Its key.
    pub key: String,
    /// The description that is recorded, where one is.
    pub description: Option<String>,
    /// The description that the file would be recorded with, where there is a file.
    pub file_description: Option<String>,
    /// How it stands.
    pub state: RowState,
    /// The dialect's own checksum, where one is recorded.
    pub checksum: Option<i32>,
    /// Sum of the source that ran, where it is recorded.
    pub sum: Option<Sum>,
}

/// A migration that a database has no record of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What it is for.
    pub kind: Kind,
    /// Its key.
    pub key: String,
    /// Whether an upgrade would run it.
    pub will_run: bool,
}

/// What a database says of a domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DomainHistory {
    /// What is recorded.
    pub rows: Vec<Row>,
    /// What is not recorded and matters.
    pub waiting: Vec<Waiting>,
}
