//! Stillway's own record of what ran, beside the version table; Alembic never needs to know it.

use md5::{Digest as _, Md5};

use super::version_table::{VersionTable, name};
use crate::model::Backend;
use crate::sql::quote;

/// The table's name.
pub const TABLE: &str = "stillway_alembic_history";

/// One run of a revision's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// The revision.
    pub revision: String,
    /// `upgrade`, `downgrade` or `stamp_revision`.
    pub action: String,
    /// Who ran it; nothing for the database's own user.
    pub by: Option<String>,
    /// How long it took.
    pub milliseconds: u64,
    /// Sum of the revision's source.
    pub source_md5: Option<String>,
    /// Sum of the statements that ran.
    pub sql_md5: Option<String>,
}

/// The sum of a text, in hexadecimal digits.
pub fn md5(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

/// Sums statements as they come.
#[derive(Debug, Clone, Default)]
pub struct StatementSum(Md5);

impl StatementSum {
    /// Takes another statement.
    pub fn add(&mut self, sql: &str) {
        self.0.update(sql.as_bytes());
        self.0.update(b";\n");
    }

    /// The sum so far.
    pub fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

fn qualified(table: &VersionTable, backend: Backend) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{TABLE}", name(backend, schema)),
        None => TABLE.to_owned(),
    }
}

/// The statement that creates the table where it is missing.
pub fn create(table: &VersionTable, backend: Backend) -> String {
    let (key, time) = match backend {
        Backend::Postgres => (
            "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            "timestamptz NOT NULL DEFAULT clock_timestamp()",
        ),
        Backend::Sqlite => (
            "INTEGER PRIMARY KEY AUTOINCREMENT",
            "TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
        ),
        Backend::Mysql => (
            "bigint AUTO_INCREMENT PRIMARY KEY",
            "timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)",
        ),
    };
    format!(
        "CREATE TABLE IF NOT EXISTS {} (id {key}, version_table varchar(255) NOT NULL, revision varchar(255) NOT NULL, action varchar(20) NOT NULL, ran_at {time}, ran_by varchar(255) NOT NULL, milliseconds bigint NOT NULL, source_md5 varchar(32), sql_md5 varchar(32), tool varchar(60) NOT NULL)",
        qualified(table, backend)
    )
}

/// The statement that adds a record.
pub fn insert(table: &VersionTable, backend: Backend, record: &RunRecord) -> String {
    let text = |value: &str| quote::literal(value, backend.flavor());
    let optional =
        |value: &Option<String>| value.as_deref().map_or_else(|| "NULL".to_owned(), text);
    let by = record.by.as_deref().map_or_else(
        || match backend {
            Backend::Postgres | Backend::Mysql => "current_user".to_owned(),
            Backend::Sqlite => "''".to_owned(),
        },
        text,
    );
    format!(
        "INSERT INTO {} (version_table, revision, action, ran_by, milliseconds, source_md5, sql_md5, tool) VALUES ({}, {}, {}, {by}, {}, {}, {}, {})",
        qualified(table, backend),
        text(&table.table),
        text(&record.revision),
        text(&record.action),
        record.milliseconds,
        optional(&record.source_md5),
        optional(&record.sql_md5),
        text(concat!("stillway ", env!("CARGO_PKG_VERSION"))),
    )
}

/// The query for revision, action and source sum of all records, oldest first.
pub fn select(table: &VersionTable, backend: Backend) -> String {
    format!(
        "SELECT revision, action, source_md5 FROM {} WHERE version_table = {} ORDER BY id",
        qualified(table, backend),
        quote::literal(&table.table, backend.flavor()),
    )
}

/// Whether the table is there, as a query for one truth value.
pub fn exists(table: &VersionTable, backend: Backend) -> String {
    let own = VersionTable {
        table: TABLE.to_owned(),
        ..table.clone()
    };
    own.exists(backend)
}
