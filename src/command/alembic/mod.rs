//! Alembic's commands.

mod current;
mod explain;
mod failure;
mod files;
mod fingerprint;
mod listings;
mod load;
mod native;
mod new;
mod project;
pub mod record;
mod recorded;
pub mod render;
mod run;
mod scripts;
mod session;
mod sink;
mod standing;
mod texts;

pub use current::current;
pub use explain::explain;
pub use failure::{Failure, FailureKind};
pub use fingerprint::{ChainFingerprints, fingerprints};
pub use listings::{HistoryOptions, branches, heads, history, show};
pub use new::{NewRevision, files_to_edit, init, list_templates, revision};
pub use project::{
    Environment, LogLevel, NATIVE_TABLE, NativeTable, Options, Overrides, Project, Reporter,
    SessionOptions, StepNote,
};
pub use recorded::recorded;
pub use run::{Destination, check, ensure_version, run, write};
pub use standing::{objects, standing};
pub use texts::{RevisionText, texts};
