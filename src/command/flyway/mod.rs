//! Flyway's verbs.

mod baseline;
mod callbacks;
mod checksum;
mod clean;
mod dry_run;
mod fingerprint;
mod info;
mod migrate;
mod record;
mod recorded;
mod repair;
mod resume;
mod session;
mod shared;
mod standing;
mod tables;
mod undo;
mod validate;
mod written;

pub use baseline::{BaselineResult, baseline};
pub use checksum::{FileChecksum, checksums};
pub use clean::{CleanResult, clean};
pub use fingerprint::{fingerprints, sort_by_version};
pub use info::{InfoLine, InfoResult, info};
pub use migrate::{MigrateItem, MigrateResult, migrate};
pub use recorded::recorded;
pub use repair::{RepairItem, RepairResult, repair};
pub use session::{Environment, Reading, Session, connect};
pub use shared::{Lane, SharedFiles, ask};
pub use standing::{catalog, key, objects, scripts, standing};
pub use undo::{UndoItem, UndoResult, undo};
pub use validate::{ValidateResult, validate};
pub use written::{FlywayFiles, files_as_written};
