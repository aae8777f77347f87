//! How a step is written into Flyway's history table.

use crate::dialect::flyway::{AppliedRow, FlywayMigration, FlywayTable, NewRow};
use crate::engine::Record;
use crate::sql::quote;

/// Where it is noted that a migration outside a transaction has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Announcement {
    /// In a row that says "failed" until the outcome is known.
    Row,
    /// In a line of the history table's comment, so that the rows are at every instant those that
    /// the original would have written; holds the comment's other lines.
    Comment(Option<String>),
}

/// One row to be written.
#[derive(Debug, Clone)]
pub(super) struct FlywayRecord {
    pub(super) table: FlywayTable,
    pub(super) row: NewRow,
    /// Highest rank seen when the plan was made.
    pub(super) known_rank: i64,
    pub(super) announcement: Announcement,
}

/// Says that a step has begun and not ended: no migration takes that long.
const BEGUN: i64 = -1;
/// Begins the line of a comment that names the script that has begun.
const MARK: &str = "stillway has begun: ";

impl Record for FlywayRecord {
    fn insert(&self, milliseconds: i64, success: bool) -> String {
        self.table
            .insert(&self.row, milliseconds, success, self.known_rank)
    }

    fn announce(&self) -> Vec<String> {
        match &self.announcement {
            Announcement::Row => vec![self.insert(BEGUN, false)],
            Announcement::Comment(other) => {
                let checksum = self.row.checksum.unwrap_or_default();
                let mark = format!("{MARK}{} [{checksum}]", self.row.script);
                let comment = match other {
                    Some(other) => format!("{other}\n{mark}"),
                    None => mark,
                };
                vec![comment_on(&self.table, Some(&comment))]
            }
        }
    }

    fn finish(&self, milliseconds: i64, success: bool) -> Vec<String> {
        match &self.announcement {
            Announcement::Row => {
                let script = quote::literal(&self.row.script, self.table.backend.flavor());
                let condition = format!(
                    "\"installed_rank\" = (SELECT max(\"installed_rank\") FROM {} WHERE \"execution_time\" = {BEGUN} AND \"script\" = {script})",
                    self.table.qualified()
                );
                // Should somebody have removed the announcement, the outcome is written all the same.
                vec![
                    self.table.delete_where(&condition),
                    self.insert(milliseconds, success),
                ]
            }
            Announcement::Comment(other) => vec![
                self.insert(milliseconds, success),
                comment_on(&self.table, other.as_deref()),
            ],
        }
    }

    fn fingerprint(&self) -> String {
        fingerprint_query(&self.table)
    }
}

/// Sets the history table's comment.
pub(super) fn comment_on(table: &FlywayTable, comment: Option<&str>) -> String {
    let text = comment.map_or_else(
        || "NULL".to_owned(),
        |comment| quote::literal(comment, table.backend.flavor()),
    );
    format!("COMMENT ON TABLE {} IS {text}", table.qualified())
}

/// A migration that has begun: its script's name and checksum.
pub(super) type Begun = (String, Option<i32>);

/// Cuts a comment into its other lines and the migration that has begun.
pub(super) fn read_comment(comment: Option<&str>) -> (Option<String>, Option<Begun>) {
    let lines = comment.unwrap_or_default().lines();
    let (marks, others): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with(MARK));
    let begun = marks.last().map(|mark| {
        let text = &mark[MARK.len()..];
        let (script, checksum) = text.rsplit_once(" [").unwrap_or((text, ""));
        (
            script.to_owned(),
            checksum.trim_end_matches(']').parse().ok(),
        )
    });
    ((!others.is_empty()).then(|| others.join("\n")), begun)
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

#[cfg(test)]
mod tests {
    use super::read_comment;

    #[test]
    fn comments() {
        for (comment, other, begun) in [
            (None, None, None),
            (Some("mine"), Some("mine"), None),
            (
                Some("stillway has begun: V1__a.sql [-12]"),
                None,
                Some(("V1__a.sql", Some(-12))),
            ),
            (
                Some("mine\ntoo\nstillway has begun: a/V1__a b [x].sql [7]"),
                Some("mine\ntoo"),
                Some(("a/V1__a b [x].sql", Some(7))),
            ),
        ] {
            let (found_other, found) = read_comment(comment);
            let found = found
                .as_ref()
                .map(|(script, checksum)| (script.as_str(), *checksum));
            assert_eq!((found_other.as_deref(), found), (other, begun));
        }
    }
}
