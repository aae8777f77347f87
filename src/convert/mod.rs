//! Conversion of migrations from one dialect to another: values in, files to be written out, and a
//! line for each source file.
//!
//! Nothing here reads or writes a disk. SQL keeps its bytes; what cannot be carried over exactly is
//! kept where it is or refused, with the reason.

mod alembic_file;
mod chain;
mod flyway_versions;
mod from_alembic;
mod from_flyway;
mod guards;
mod history;
mod join;
mod name;
mod to_alembic;
mod to_flyway;

use std::path::PathBuf;

use serde::Serialize;

use crate::model::Place;

pub use chain::{Chain, ChainError, Member, NativeRevision, PythonRevision};
pub use from_alembic::{AlembicRevision, AlembicSource, from_alembic};
pub use from_flyway::{FlywaySource, from_flyway};
pub use history::{Decisions, Hindrance, LegacyRows, Mapping, map_onto};
pub use join::{Elsewhere, JoinSource, join};
pub use to_alembic::{AlembicTarget, to_alembic};
pub use to_flyway::{FlywayTarget, to_flyway};

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Its path below the target directory, with `/` between the parts.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What became of a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It was converted, exactly.
    Converted,
    /// It goes on as it is, or has no part in the target.
    Kept,
    /// It cannot be converted, and nothing can be without it.
    Refused,
}

/// What is to be said of a source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// The source file, or the directory of a native revision.
    pub source: PathBuf,
    /// What became of it.
    pub fate: Fate,
    /// What it has become, below the target directory.
    pub target: Option<String>,
    /// Why it was not converted.
    pub reason: Option<String>,
    /// Where that stands.
    pub place: Option<Place>,
    /// What else is to be known.
    pub notes: Vec<String>,
}

impl FileReport {
    pub(crate) fn converted(source: impl Into<PathBuf>, target: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            fate: Fate::Converted,
            target: Some(target.into()),
            reason: None,
            place: None,
            notes: Vec::new(),
        }
    }

    pub(crate) fn kept(source: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            fate: Fate::Kept,
            target: None,
            reason: Some(reason.into()),
            place: None,
            notes: Vec::new(),
        }
    }

    pub(crate) fn refused(source: impl Into<PathBuf>, obstacle: Obstacle) -> Self {
        Self {
            source: source.into(),
            fate: Fate::Refused,
            target: None,
            reason: Some(obstacle.reason),
            place: obstacle.place,
            notes: Vec::new(),
        }
    }

    pub(crate) fn noting(mut self, notes: Vec<String>) -> Self {
        self.notes.extend(notes);
        self
    }
}

/// Why something cannot be carried over exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Obstacle {
    reason: String,
    place: Option<Place>,
}

impl Obstacle {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            place: None,
        }
    }

    fn at(place: Place, reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            place: Some(place),
        }
    }
}

/// Files of the target, and what became of each source file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversion {
    /// What is to be written.
    pub files: Vec<OutputFile>,
    /// A line for each source file.
    pub report: Vec<FileReport>,
}

impl Conversion {
    /// Whether nothing was refused, so that the target stands for the source.
    pub fn is_complete(&self) -> bool {
        self.report.iter().all(|file| file.fate != Fate::Refused)
    }
}
