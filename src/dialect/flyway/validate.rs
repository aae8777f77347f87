//! What is wrong with a history, entry by entry, in Flyway's words.

use super::history::abbreviate_description;
use super::naming::Kind;
use super::pattern::{self, Pattern};
use super::state::{Entry, Info, State};

/// One entry that fails validation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Version text, empty for repeatables.
    pub version: String,
    /// Description.
    pub description: String,
    /// Path of the file, empty when there is none.
    pub path: String,
    /// Flyway's code.
    pub code: &'static str,
    /// Flyway's message, several lines.
    pub message: String,
}

/// Lists what is wrong.
pub fn validate(info: &Info<'_>, ignore: &[Pattern]) -> Vec<Problem> {
    let check = Check { info, ignore };
    info.entries
        .iter()
        .filter_map(|entry| {
            let (code, message) = check.entry(entry)?;
            Some(Problem {
                version: entry.version().map(ToString::to_string).unwrap_or_default(),
                description: entry.description().to_owned(),
                path: entry
                    .file
                    .map(|file| file.source.path.display().to_string())
                    .unwrap_or_default(),
                code,
                message,
            })
        })
        .collect()
}

struct Check<'c, 'a> {
    info: &'c Info<'a>,
    ignore: &'c [Pattern],
}

type Found = Option<(&'static str, String)>;

impl Check<'_, '_> {
    /// Whether a state is ignored for all migrations.
    fn ignores(&self, state: State) -> bool {
        pattern::covers(self.ignore, state)
    }

    /// The first rule that an entry breaks. The order of the rules matters.
    fn entry(&self, entry: &Entry<'_>) -> Found {
        if matches!(
            entry.state,
            State::Undone | State::AboveTarget | State::Deleted
        ) {
            return None;
        }
        let versioned = entry.version().is_some();
        if self
            .ignore
            .iter()
            .any(|pattern| pattern.matches(versioned, entry.state))
        {
            return None;
        }
        let failed = self.failed(entry);
        if failed.is_some() || self.info.is_left_alone(entry) {
            return failed;
        }
        self.not_resolved(entry)
            .or_else(|| self.not_applied(entry))
            .or_else(|| self.outdated(entry))
            .or_else(|| self.mismatch(entry))
    }

    fn failed(&self, entry: &Entry<'_>) -> Found {
        let tolerated = self.ignores(State::FutureSuccess) && entry.state == State::FutureFailed;
        if !entry.state.is_failed() || tolerated {
            return None;
        }
        let advice =
            "Please remove any half-completed changes then run repair to fix the schema history.";
        Some(match entry.version() {
            None => (
                "FAILED_REPEATABLE_MIGRATION",
                format!(
                    "Detected failed repeatable migration: {}.\n{advice}",
                    entry.description()
                ),
            ),
            Some(version) => (
                "FAILED_VERSIONED_MIGRATION",
                format!(
                    "Detected failed migration to version {version} ({}).\n{advice}",
                    entry.description()
                ),
            ),
        })
    }

    fn not_resolved(&self, entry: &Entry<'_>) -> Found {
        let row = entry.row?;
        let tolerated = match entry.state {
            State::MissingSuccess | State::MissingFailed => self.ignores(State::MissingSuccess),
            State::FutureSuccess | State::FutureFailed => self.ignores(State::FutureSuccess),
            State::Superseded => true,
            _ => false,
        };
        if entry.file.is_some()
            || row.row_type.is_synthetic()
            || row.row_type.is_undo()
            || tolerated
        {
            return None;
        }
        let (code, name) = match entry.version() {
            Some(version) => (
                "APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED",
                version.to_string(),
            ),
            None => (
                "APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED",
                entry.description().to_owned(),
            ),
        };
        Some((
            code,
            format!(
                "Detected applied migration not resolved locally: {name}.\nIf you removed this migration intentionally, run repair to mark the migration as deleted."
            ),
        ))
    }

    fn not_applied(&self, entry: &Entry<'_>) -> Found {
        let file = entry.file?;
        let ignored = entry.state == State::Ignored
            && !self.ignores(State::Ignored)
            && !matches!(file.kind, Kind::Baseline | Kind::Undo)
            && file.should_execute;
        let pending = entry.state == State::Pending && !self.ignores(State::Pending);
        let advice = match (ignored, pending, entry.version().is_some()) {
            (true, _, true) => {
                "To ignore this migration, set -ignoreMigrationPatterns='*:ignored'. To allow executing this migration, set -outOfOrder=true."
            }
            (true, _, false) => {
                "To ignore this migration, set -ignoreMigrationPatterns='*:ignored'."
            }
            (_, true, _) => {
                "To fix this error, either run migrate, or set -ignoreMigrationPatterns='*:pending'."
            }
            _ => return None,
        };
        Some(match entry.version() {
            Some(version) => (
                "RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED",
                format!(
                    "Detected resolved migration not applied to database: {version}.\n{advice}"
                ),
            ),
            None => (
                "RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED",
                format!(
                    "Detected resolved repeatable migration not applied to database: {}.\n{advice}",
                    entry.description()
                ),
            ),
        })
    }

    fn outdated(&self, entry: &Entry<'_>) -> Found {
        if self.ignores(State::Pending) || entry.state != State::Outdated {
            return None;
        }
        Some((
            "OUTDATED_REPEATABLE_MIGRATION",
            format!(
                "Detected outdated resolved repeatable migration that should be re-applied to database: {}.\nRun migrate to execute this migration.",
                entry.description()
            ),
        ))
    }

    fn mismatch(&self, entry: &Entry<'_>) -> Found {
        let (file, row) = (entry.file?, entry.row?);
        if row.row_type.text() == "DELETE" || row.row_type.is_undo() {
            return None;
        }
        let covered = match (entry.version(), &self.info.applied_baseline) {
            (Some(version), Some(baseline)) => version <= baseline,
            _ => false,
        };
        if covered {
            return None;
        }
        let message = |what: &str, applied: &str, resolved: &str| {
            let name = match &row.version {
                None => row.script.clone(),
                Some(version) => format!("version {version}"),
            };
            format!(
                "Migration {what} mismatch for migration {name}\n-> Applied to database : {applied}\n-> Resolved locally    : {resolved}\nEither revert the changes to the migration, or run repair to update the schema history."
            )
        };
        if file.type_text() != row.row_type.text() {
            let text = message("type", row.row_type.text(), file.type_text());
            return Some(("TYPE_MISMATCH", text));
        }
        let checked = row.version.is_some()
            || (self.ignores(State::Pending)
                && !matches!(entry.state, State::Outdated | State::Superseded));
        if checked && row.checksum.is_some_and(|applied| applied != file.checksum) {
            let applied = row
                .checksum
                .map_or_else(|| "null".to_owned(), |checksum| checksum.to_string());
            let text = message("checksum", &applied, &file.checksum.to_string());
            return Some(("CHECKSUM_MISMATCH", text));
        }
        if abbreviate_description(&file.description) != row.description {
            let text = message("description", &row.description, &file.description);
            return Some(("DESCRIPTION_MISMATCH", text));
        }
        None
    }
}
