//! Lock file, files and the history of a database, three ways.

use std::collections::HashMap;

use super::content::{Difference, compare};
use super::lockfile::LockedDomain;
use super::migration::{DomainFiles, Kind, Migration, Sums};
use super::row::{DomainHistory, Row, RowState};
use crate::model::{Finding, Place, Severity};

/// Holds what a database has recorded against files and lock file. What files and lock file have to
/// say to each other is not said again.
pub fn check_history(
    history: &DomainHistory,
    files: &DomainFiles,
    locked: Option<&LockedDomain>,
) -> Vec<Finding> {
    let check = Check {
        domain: &files.name,
        comments_count: files.comments_count,
        files: by_id(files.migrations.iter()),
        locked: locked
            .map(|locked| by_id(locked.migrations.iter().map(|locked| &locked.migration))),
    };
    let mut findings: Vec<Finding> = history.rows.iter().flat_map(|row| check.row(row)).collect();
    findings.extend(check.elsewhere(&history.rows));
    for waiting in &history.waiting {
        let id = (waiting.kind, waiting.key.as_str());
        let (code, severity, message, hint) = if waiting.will_run {
            (
                "not-applied",
                Severity::Note,
                "is not applied yet",
                "`stillway upgrade` runs it",
            )
        } else {
            (
                "will-not-run",
                Severity::Error,
                "is not applied, and no upgrade would run it, because a later one is applied already",
                "give it a later version, or allow it with `outOfOrder = true`",
            )
        };
        findings.push(check.finding(code, severity, id, message, hint));
    }
    findings
}

fn by_id<'a>(
    migrations: impl Iterator<Item = &'a Migration>,
) -> HashMap<(Kind, &'a str), &'a Migration> {
    migrations
        .map(|migration| (migration.id(), migration))
        .collect()
}

struct Check<'a> {
    domain: &'a str,
    /// Whether the dialect's checksums see comments.
    comments_count: bool,
    files: HashMap<(Kind, &'a str), &'a Migration>,
    /// Nothing where there is no lock file.
    locked: Option<HashMap<(Kind, &'a str), &'a Migration>>,
}

/// Whether a row records this content; nothing when it records no checksum that could be compared.
fn records(row: &Row, sums: &Sums) -> Option<bool> {
    match (row.sum, row.checksum, sums.checksum) {
        (Some(sum), _, _) => Some(sum == sums.bytes),
        (None, Some(row), Some(file)) => Some(row == file),
        _ => None,
    }
}

impl Check<'_> {
    fn finding(
        &self,
        code: &'static str,
        severity: Severity,
        id: (Kind, &str),
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Finding {
        let file = self.files.get(&id);
        let hint = hint.into();
        Finding {
            code,
            severity,
            domain: self.domain.to_owned(),
            migration: match id.0 {
                Kind::Versioned => id.1.to_owned(),
                kind => format!("{} {}", kind.word(), id.1),
            },
            place: file.map(|file| Place {
                path: file.path.clone().into(),
                line: 1,
                column: 1,
            }),
            message: message.into(),
            hint: (!hint.is_empty()).then_some(hint),
        }
    }

    fn row(&self, row: &Row) -> Vec<Finding> {
        let id = (row.kind, row.key.as_str());
        let mut findings = Vec::new();
        let mut tell = |code, severity, message: &str, hint: &str| {
            findings.push(self.finding(code, severity, id, message, hint));
        };
        match row.state {
            RowState::Failed => tell(
                "failed-migration",
                Severity::Error,
                "failed in the database",
                "see what it left behind, mend it, and take the row away with `stillway flyway repair`",
            ),
            RowState::Interrupted => tell(
                "interrupted-migration",
                Severity::Error,
                "began in the database, and its end is not recorded",
                "run `stillway upgrade`, which settles what can be settled and says what cannot",
            ),
            RowState::OutOfOrder => tell(
                "out-of-order",
                Severity::Note,
                "was applied after a later one",
                "",
            ),
            RowState::Applied | RowState::Future | RowState::Unknown => {}
        }
        let Some(file) = self.files.get(&id) else {
            findings.push(self.without_file(row, id));
            return findings;
        };
        if row.state == RowState::Failed {
            return findings;
        }
        let locked = self.locked.as_ref().map(|locked| locked.get(&id).copied());
        if locked == Some(None) {
            findings.push(self.finding(
                "applied-unlocked",
                Severity::Warning,
                id,
                "is applied and not in the lock file",
                "settle it with `stillway lock`",
            ));
        }
        if let (Some(recorded), Some(described)) = (&row.description, &row.file_description)
            && recorded != described
        {
            findings.push(self.finding(
                "description-changed",
                Severity::Error,
                id,
                format!("is recorded as `{recorded}`, and its file says `{described}`"),
                "give the file its name back, or write the new description into the history with `stillway flyway repair`",
            ));
        }
        findings.extend(self.content(row, id, file, locked.flatten()));
        findings
    }

    fn without_file(&self, row: &Row, id: (Kind, &str)) -> Finding {
        let locked = self.locked.as_ref().and_then(|locked| locked.get(&id));
        match (row.state, locked) {
            (RowState::Unknown, _) => self.finding(
                "unknown-revision",
                Severity::Error,
                id,
                "is where the database stands, and no file has this revision",
                "check out the state of the files that the database was upgraded with; if the revision was given up, `stillway stamp` sets the database to one that exists",
            ),
            (RowState::Future, None) => self.finding(
                "future-migration",
                Severity::Note,
                id,
                "is applied and newer than all files: the database is ahead of them",
                "",
            ),
            (_, Some(locked)) => self.finding(
                "applied-missing",
                Severity::Error,
                id,
                format!("is applied, and its file {} is gone", locked.path),
                format!("bring {} back from version control", locked.path),
            ),
            (_, None) => self.finding(
                "applied-missing",
                Severity::Error,
                id,
                "is applied, and no file is it; the lock file has not known it either",
                "bring its file back from version control, or find out who applied it",
            ),
        }
    }

    /// Whether what ran is what the file holds.
    fn content(
        &self,
        row: &Row,
        id: (Kind, &str),
        file: &Migration,
        locked: Option<&Migration>,
    ) -> Option<Finding> {
        if records(row, &file.sums)? {
            return None;
        }
        if file.kind.may_change() {
            return Some(self.finding(
                "not-applied",
                Severity::Note,
                id,
                "has changed since it was last applied",
                "`stillway upgrade` runs it again",
            ));
        }
        let back = format!(
            "take {} back from version control and write a new migration for what is to change",
            file.path
        );
        let Some(locked) = locked else {
            return Some(self.finding(
                "applied-edited",
                Severity::Error,
                id,
                "was edited after it was applied: the history holds another checksum",
                back,
            ));
        };
        let was_locked = records(row, &locked.sums) == Some(true);
        let difference = compare(&locked.sums, &file.sums);
        let (code, severity, message) = match (was_locked, difference) {
            (true, Difference::LineEnds) => (
                "applied-line-ends",
                Severity::Note,
                "has other line ends than when it was applied",
            ),
            (true, Difference::Comments) if self.comments_count => (
                "applied-edited",
                Severity::Error,
                "has other comments or formatting than when it was applied, and its checksum counts them",
            ),
            (true, Difference::Comments) => (
                "applied-comment",
                Severity::Warning,
                "has other comments or formatting than when it was applied",
            ),
            (true, _) => (
                "applied-edited",
                Severity::Error,
                "was edited after it was applied: the history holds the checksum of the lock file",
            ),
            (false, Difference::None | Difference::LineEnds) => {
                return Some(self.finding(
                    "row-edited",
                    Severity::Error,
                    id,
                    "is recorded with a checksum that neither its file nor the lock file has: the row was edited, or something else ran",
                    "compare the database with what the file does before you trust either; if they agree, `stillway flyway repair` or `stillway stamp` records the file's checksum",
                ));
            }
            (false, _) => (
                "applied-edited",
                Severity::Error,
                "was edited, and the history holds a third checksum that neither the file nor the lock file has",
            ),
        };
        Some(self.finding(code, severity, id, message, back))
    }

    /// One note for all that no checksum vouches for.
    fn elsewhere(&self, rows: &[Row]) -> Option<Finding> {
        let unverified: Vec<&str> = rows
            .iter()
            .filter(|row| matches!(row.state, RowState::Applied | RowState::OutOfOrder))
            .filter(|row| {
                let file = self.files.get(&(row.kind, row.key.as_str()));
                file.is_some_and(|file| records(row, &file.sums).is_none())
            })
            .map(|row| row.key.as_str())
            .collect();
        let count = unverified.len();
        let names = match unverified.as_slice() {
            [] => return None,
            names if count <= 5 => format!("`{}`", names.join("`, `")),
            names => format!("`{}` and {} more", names[..4].join("`, `"), count - 4),
        };
        Some(Finding {
            code: "applied-elsewhere",
            severity: Severity::Note,
            domain: self.domain.to_owned(),
            migration: String::new(),
            place: None,
            message: format!(
                "the history keeps no checksum of {names}: whether what ran is what the files hold cannot be told"
            ),
            hint: None,
        })
    }
}
