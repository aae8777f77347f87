//! How a migration is named and in which direction it is run.

use std::fmt;

/// Names one migration for people and machines. Says nothing about order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MigrationId {
    /// The set of migrations it belongs to; for Flyway the schema of the history table.
    pub domain: String,
    /// The key inside its domain: a version, a revision, or a repeatable's description.
    pub key: String,
    /// What its author called it.
    pub description: String,
}

impl fmt::Display for MigrationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.key.is_empty(), self.description.is_empty()) {
            (false, false) => write!(formatter, "{} - {}", self.key, self.description),
            (false, true) => formatter.write_str(&self.key),
            (true, _) => formatter.write_str(&self.description),
        }
    }
}

/// What a step does with its migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Run the migration's statements and record it.
    Apply,
    /// Run the statements that take it back and record that.
    Revert,
    /// Record it without running anything.
    Mark,
}
