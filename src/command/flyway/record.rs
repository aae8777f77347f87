//! How a step is written into Flyway's history table.

use crate::dialect::flyway::{AppliedRow, FlywayMigration, FlywayTable, NewRow};
use crate::engine::Record;
use crate::sql::quote;

/// One row to be written.
#[derive(Debug, Clone)]
pub(super) struct FlywayRecord {
    pub(super) table: FlywayTable,
    pub(super) row: NewRow,
    /// Highest rank seen when the plan was made.
    pub(super) known_rank: i64,
}

/// Says that a step has begun and not ended: no migration takes that long.
const BEGUN: i64 = -1;

impl Record for FlywayRecord {
    fn insert(&self, milliseconds: i64, success: bool) -> String {
        self.table
            .insert(&self.row, milliseconds, success, self.known_rank)
    }

    fn announce(&self) -> String {
        self.insert(BEGUN, false)
    }

    fn finish(&self, milliseconds: i64, success: bool) -> String {
        let script = quote::literal(&self.row.script, self.table.backend.flavor());
        let condition = format!(
            "\"installed_rank\" = (SELECT max(\"installed_rank\") FROM {} WHERE \"execution_time\" = {BEGUN} AND \"script\" = {script})",
            self.table.qualified()
        );
        self.table.finish(&condition, milliseconds, success)
    }

    fn fingerprint(&self) -> String {
        fingerprint_query(&self.table)
    }
}

/// A query whose one value changes whenever rows come, go, fail or are finished.
pub(super) fn fingerprint_query(table: &FlywayTable) -> String {
    format!(
        "SELECT count(*) || '/' || coalesce(max(\"installed_rank\"), -1) || '/' || coalesce(sum(CASE WHEN \"success\" THEN 1 ELSE 0 END), 0) FROM {}",
        table.qualified()
    )
}

/// What [`fingerprint_query`] answers for rows that have been read.
pub(super) fn fingerprint_of(rows: &[AppliedRow]) -> String {
    let last = rows
        .iter()
        .map(|row| row.installed_rank)
        .max()
        .unwrap_or(-1);
    let succeeded = rows.iter().filter(|row| row.success).count();
    format!("{}/{last}/{succeeded}", rows.len())
}

/// Whether a row says that a migration began outside a transaction and its end is unknown.
pub(super) fn is_interrupted(row: &AppliedRow) -> bool {
    !row.success && row.execution_time == BEGUN
}

/// The row for a migration.
pub(super) fn row_for(file: &FlywayMigration, installed_by: Option<&String>) -> NewRow {
    NewRow {
        version: file.version.as_ref().map(ToString::to_string),
        description: file.description.clone(),
        row_type: file.type_text().to_owned(),
        script: file.source.script.clone(),
        checksum: Some(file.checksum),
        installed_by: installed_by.cloned(),
    }
}
