//! What the files of a domain say: its migrations in the order in which they run.

use std::path::PathBuf;

use super::Need;

/// What kind of migration it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MigrationKind {
    /// Runs once.
    Versioned,
    /// Runs again whenever it has changed.
    Repeatable,
    /// Stands for all before it on an empty database.
    Baseline,
    /// Joins branches.
    Merge,
}

/// One migration as its file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogMigration {
    /// Its key: a version, a revision, or the file name of a repeatable one.
    pub key: String,
    /// What kind it is.
    pub kind: MigrationKind,
    /// What its author called it.
    pub description: String,
    /// Keys of those before it; the version below for Flyway.
    pub parents: Vec<String>,
    /// Keys in the same domain that it waits for besides.
    pub depends_on: Vec<String>,
    /// What it needs of other domains.
    pub needs: Vec<Need>,
    /// Branch labels.
    pub labels: Vec<String>,
    /// Its file, or the directory of a native one.
    pub path: PathBuf,
    /// Whether it can be taken back.
    pub reversible: bool,
}

/// All migrations of a domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// In the order in which they run on an empty database.
    pub migrations: Vec<CatalogMigration>,
    /// Keys that nothing comes after.
    pub heads: Vec<String>,
    /// What is remarkable about the files.
    pub warnings: Vec<String>,
}

/// How far a migration has come on a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MigrationState {
    /// It has run, and its file is the one that ran.
    Applied,
    /// It has run, but was recorded by another tool or without running: nothing is known of its text then.
    Unverified,
    /// It has run, and its file has changed since.
    Changed,
    /// It waits to run.
    Pending,
    /// It does not run: a baseline covers it, or newer ones have run.
    Skipped,
    /// It has failed.
    Failed,
    /// It has run, and its file is gone.
    Missing,
    /// It has run and was taken back.
    Undone,
}

impl MigrationState {
    /// Whether what the migration does is there.
    pub fn is_applied(self) -> bool {
        matches!(
            self,
            Self::Applied | Self::Unverified | Self::Changed | Self::Missing
        )
    }
}

/// A migration on a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedMigration {
    /// Its key.
    pub key: String,
    /// What its author called it.
    pub description: String,
    /// How far it has come.
    pub state: MigrationState,
    /// When it ran, as the server writes it.
    pub applied_at: Option<String>,
    /// How many milliseconds it took, where the history says so.
    pub milliseconds: Option<u64>,
}

/// Where a database stands in a domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The migrations in order, those first whose files are gone.
    pub migrations: Vec<PlacedMigration>,
    /// What the history names as current.
    pub current: Vec<String>,
    /// Whether there is a history at all.
    pub has_history: bool,
    /// The database, without secrets.
    pub database: String,
    /// What stands in the way of going on.
    pub problems: Vec<String>,
    /// A history of another tool that was not taken over.
    pub not_adopted: Option<String>,
}

impl Standing {
    /// Keys of the migrations that wait to run, in order.
    pub fn pending(&self) -> impl Iterator<Item = &str> {
        self.migrations
            .iter()
            .filter(|placed| placed.state == MigrationState::Pending)
            .map(|placed| placed.key.as_str())
    }

    /// Keys of the migrations whose work is there.
    pub fn applied(&self) -> impl Iterator<Item = &str> {
        self.migrations
            .iter()
            .filter(|placed| placed.state.is_applied())
            .map(|placed| placed.key.as_str())
    }
}
