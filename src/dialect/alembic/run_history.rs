//! Stillway's own record of what ran, beside the version table; Alembic never needs to know it.
//!
//! A revision that commits before its end is announced: its row is there from the first commit on,
//! says how many statements are committed, and becomes a usual row when the revision is done.

use md5::{Digest as _, Md5};

use super::version_table::{VersionTable, name};
use crate::model::Backend;
use crate::sql::quote;

/// The action of a revision that was recorded without running.
pub const SKIPPED: &str = "skip_upgrade";

/// The action of a way down that was not run, because the way up was not either.
pub const SKIPPED_DOWN: &str = "skip_downgrade";

/// The action of a revision that ran before Stillway kept the history.
pub const ADOPTED: &str = "adopt";

/// The action of a repeatable revision.
pub const REPEATED: &str = "repeat";

/// Whether an action ran the revision's body, rather than only recording it.
pub fn has_run(action: &str) -> bool {
    matches!(action, "upgrade" | "downgrade" | REPEATED)
}

/// One run of a revision's body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunRecord {
    /// The revision.
    pub revision: String,
    /// `upgrade`, `downgrade`, `stamp_revision`, or one of the words of this module.
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

/// A revision that was announced and has not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interrupted {
    /// The row's number.
    pub row: String,
    /// The revision.
    pub revision: String,
    /// `upgrade` or `downgrade`.
    pub action: String,
    /// Sum of the revision's source.
    pub source_md5: Option<String>,
    /// How many statements are committed, questions included.
    pub statements: u64,
    /// Sum of these.
    pub sql_md5: String,
}

impl Interrupted {
    /// Reads the answer to [`last`]; nothing when the last run of all came to its end, or when the
    /// version table has changed since.
    pub fn read(row: &[Option<String>]) -> Option<Self> {
        let [
            row,
            revision,
            action,
            source_md5,
            sql_md5,
            statements,
            unchanged,
        ] = row
        else {
            return None;
        };
        let unchanged = matches!(unchanged.as_deref(), Some("t" | "1"));
        unchanged.then_some(Self {
            row: row.clone()?,
            revision: revision.clone()?,
            action: action.clone()?,
            source_md5: source_md5.clone(),
            statements: statements.as_ref()?.parse().ok()?,
            sql_md5: sql_md5.clone()?,
        })
    }
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
    let own = table.keeper.history();
    match &table.schema {
        Some(schema) => format!("{}.{own}", name(backend, schema)),
        None => own.to_owned(),
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
        "CREATE TABLE IF NOT EXISTS {} (id {key}, version_table varchar(255) NOT NULL, revision varchar(255) NOT NULL, action varchar(20) NOT NULL, ran_at {time}, ran_by varchar(255) NOT NULL, milliseconds bigint NOT NULL, source_md5 varchar(32), sql_md5 varchar(32), tool varchar(60) NOT NULL, statements bigint, version_rows text)",
        qualified(table, backend)
    )
}

/// The statement that adds a record.
pub fn insert(table: &VersionTable, backend: Backend, record: &RunRecord) -> String {
    insertion(
        table,
        backend,
        record,
        &record.milliseconds.to_string(),
        "NULL",
        "NULL",
    )
}

/// The statement that announces a revision of which so many statements are about to be committed;
/// it gives the row's number.
pub fn announce(
    table: &VersionTable,
    backend: Backend,
    record: &RunRecord,
    statements: u64,
) -> String {
    let rows = fingerprint(table, backend);
    let insertion = insertion(table, backend, record, "-1", &statements.to_string(), &rows);
    format!("{insertion} RETURNING id")
}

/// The statement that says how many statements of an announced revision are committed with it.
pub fn advance(
    table: &VersionTable,
    backend: Backend,
    row: &str,
    statements: u64,
    sql_md5: &str,
) -> String {
    format!(
        "UPDATE {} SET statements = {statements}, sql_md5 = '{sql_md5}' WHERE id = {row}",
        qualified(table, backend)
    )
}

/// The statement that makes the row of an announced revision the record of its run.
pub fn finish(table: &VersionTable, backend: Backend, row: &str, record: &RunRecord) -> String {
    let sum = record.sql_md5.as_deref();
    let sum = sum.map_or_else(|| "NULL".to_owned(), |sum| format!("'{sum}'"));
    format!(
        "UPDATE {} SET milliseconds = {}, sql_md5 = {sum}, statements = NULL, version_rows = NULL WHERE id = {row}",
        qualified(table, backend),
        record.milliseconds,
    )
}

/// The rows of the version table as one text. On PostgreSQL it says when they were written, so that
/// rows which have come back are not those that were there.
fn fingerprint(table: &VersionTable, backend: Backend) -> String {
    let name = table.qualified(backend);
    match backend {
        Backend::Postgres => format!(
            "(SELECT coalesce(string_agg(version_num || ' ' || xmin::text, ',' ORDER BY version_num), '') FROM {name})"
        ),
        Backend::Sqlite => format!(
            "(SELECT coalesce(group_concat(version_num), '') FROM (SELECT version_num FROM {name} ORDER BY 1))"
        ),
        Backend::Mysql => format!(
            "(SELECT coalesce(group_concat(version_num ORDER BY version_num), '') FROM {name})"
        ),
    }
}

fn insertion(
    table: &VersionTable,
    backend: Backend,
    record: &RunRecord,
    milliseconds: &str,
    statements: &str,
    version_rows: &str,
) -> String {
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
        "INSERT INTO {} (version_table, revision, action, ran_by, milliseconds, source_md5, sql_md5, tool, statements, version_rows) VALUES ({}, {}, {}, {by}, {milliseconds}, {}, {}, {}, {statements}, {version_rows})",
        qualified(table, backend),
        text(&table.table),
        text(&record.revision),
        text(&record.action),
        optional(&record.source_md5),
        optional(&record.sql_md5),
        text(concat!("stillway ", env!("CARGO_PKG_VERSION"))),
    )
}

/// The query for the last row of all, to be read by [`Interrupted::read`].
pub fn last(table: &VersionTable, backend: Backend) -> String {
    format!(
        "SELECT id, revision, action, source_md5, sql_md5, statements, version_rows = {} FROM {} WHERE version_table = {} ORDER BY id DESC LIMIT 1",
        fingerprint(table, backend),
        qualified(table, backend),
        quote::literal(&table.table, backend.flavor()),
    )
}

/// The query for revision, action, source sum, time and milliseconds of all runs that came to their end, oldest first.
pub fn select(table: &VersionTable, backend: Backend) -> String {
    format!(
        "SELECT revision, action, source_md5, ran_at, milliseconds FROM {} WHERE version_table = {} AND milliseconds >= 0 ORDER BY id",
        qualified(table, backend),
        quote::literal(&table.table, backend.flavor()),
    )
}

/// The query for id and source sum of all runs of repeatable revisions, oldest first.
pub fn repeated(table: &VersionTable, backend: Backend) -> String {
    format!(
        "SELECT revision, source_md5 FROM {} WHERE version_table = {} AND action = '{REPEATED}' AND milliseconds >= 0 ORDER BY id",
        qualified(table, backend),
        quote::literal(&table.table, backend.flavor()),
    )
}

/// The query for the revisions that were recorded without running and that nothing has happened to
/// since.
pub fn skipped(table: &VersionTable, backend: Backend) -> String {
    let history = qualified(table, backend);
    format!(
        "SELECT revision FROM {history} skipped WHERE version_table = {} AND action = '{SKIPPED}' AND NOT EXISTS (SELECT 1 FROM {history} later WHERE later.version_table = skipped.version_table AND later.revision = skipped.revision AND later.id > skipped.id AND later.milliseconds >= 0)",
        quote::literal(&table.table, backend.flavor()),
    )
}

/// Whether the table is there, as a query for one truth value.
pub fn exists(table: &VersionTable, backend: Backend) -> String {
    let own = VersionTable {
        table: table.keeper.history().to_owned(),
        ..table.clone()
    };
    own.exists(backend)
}
