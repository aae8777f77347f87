//! How a difference between what is settled and what is there is told.

use std::path::PathBuf;

use super::lockfile::LockedMigration;
use super::migration::Migration;
use crate::model::{Finding, Place, Severity};

/// What the files are held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// A lock file, by its path.
    Lock(PathBuf),
    /// A state of the repository, by the name it was asked for.
    Base(String),
}

impl Against {
    pub(super) fn is_lock(&self) -> bool {
        matches!(self, Self::Lock(_))
    }

    /// Who says so, at the beginning of a sentence's second half.
    pub(super) fn holder(&self) -> String {
        match self {
            Self::Lock(path) => path.display().to_string(),
            Self::Base(name) => format!("`{name}`"),
        }
    }
}

/// Makes the findings of one domain.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a> {
    pub(super) domain: &'a str,
    pub(super) against: &'a Against,
}

impl Teller<'_> {
    /// A finding in a migration's file.
    pub(super) fn file(
        self,
        code: &'static str,
        severity: Severity,
        migration: &Migration,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Finding {
        self.finding(
            code,
            severity,
            &migration.label(),
            Some(first_line(&migration.path)),
            message,
            hint,
        )
    }

    /// A finding in a line of the lock file, or in the file that is gone.
    pub(super) fn line(
        self,
        code: &'static str,
        severity: Severity,
        locked: &LockedMigration,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Finding {
        let label = locked.migration.label();
        self.finding(
            code,
            severity,
            &label,
            self.place(locked.line),
            message,
            hint,
        )
    }

    pub(super) fn place(self, line: u32) -> Option<Place> {
        match self.against {
            Against::Lock(path) => Some(Place {
                path: path.clone(),
                line,
                column: 1,
            }),
            Against::Base(_) => None,
        }
    }

    pub(super) fn finding(
        self,
        code: &'static str,
        severity: Severity,
        migration: &str,
        place: Option<Place>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Finding {
        let hint = hint.into();
        Finding {
            code,
            severity,
            domain: self.domain.to_owned(),
            migration: migration.to_owned(),
            place,
            message: message.into(),
            hint: (!hint.is_empty()).then_some(hint),
        }
    }

    /// What to do about a change that should not be there, or that somebody wants.
    pub(super) fn undo_or_accept(self, migration: &Migration, undo: &str) -> String {
        match self.against {
            Against::Lock(_) => format!(
                "{undo}; if the change is wanted and no database has run it yet, `stillway lock -d {} --accept {}`",
                shell_word(self.domain),
                shell_word(&migration.label()),
            ),
            Against::Base(_) => format!("{undo}; what is released stays as it is"),
        }
    }
}

/// A word as a shell takes it.
pub(super) fn shell_word(word: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "-_./@+:,".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn first_line(path: &str) -> Place {
    Place {
        path: PathBuf::from(path),
        line: 1,
        column: 1,
    }
}

impl Teller<'_> {
    /// A new migration where it may be.
    pub(super) fn not_locked(self, migration: &Migration) -> Option<Finding> {
        self.against.is_lock().then(|| {
            self.file(
                "not-locked",
                Severity::Warning,
                migration,
                format!("is new and not in {}", self.against.holder()),
                "settle it with `stillway lock`, and commit the lock file with it",
            )
        })
    }

    /// Who the files are held against, in words.
    pub(super) fn holder(self) -> String {
        self.against.holder()
    }
}
