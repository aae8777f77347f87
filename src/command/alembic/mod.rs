//! Alembic's commands.

mod adopt;
mod current;
mod explain;
mod failure;
mod files;
mod fingerprint;
mod imports;
mod legacy;
mod listings;
mod load;
mod native;
mod new;
mod project;
pub mod record;
mod recorded;
mod release;
pub mod render;
mod run;
mod scripts;
mod session;
mod shared;
mod sink;
mod standing;
mod texts;

pub use adopt::{AdoptError, AdoptRequest, Adoption, adopt};
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
pub use release::{Release, ReleaseTarget, release};
pub use run::{Destination, check, ensure_version, run, write};
pub use session::{Lane, connection};
pub use shared::{ChainTarget, SharedChain};
pub use standing::{ask, objects, standing};
pub use texts::{RevisionText, texts};
