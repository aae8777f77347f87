//! Moving rows from one schema into another: declared in a file, checked before, run in batches that
//! can be resumed, reconciled afterwards.

mod backup;
mod batch;
mod check;
mod declaration;
mod error;
mod fingerprint;
mod mapping;
pub mod normalize;
mod phase;
mod plan;
mod read;
mod report;
mod resolve;
mod run;
mod session;
mod settle;
mod shape;
mod sync;
mod text;
mod undo;
mod verify;
mod work;

pub use backup::backup;
pub use check::check;
pub use declaration::{
    Column, ConflictAction, Declaration, Deleted, Existing, Limit, Lookup, MergeValue, Misfit,
    Normalizer, Order, Settings, Source, Sql, Table, TableName, UniqueRule, Value,
};
pub use error::TransferError;
pub use phase::{Backup, PhaseRequest, TransferStatus, change_phase, note_backup, status};
pub use read::{DeclarationError, read};
pub use report::{CheckReport, ReasonSummary, TableSummary};
pub use run::{Lane, RunContext, RunEvent, RunOptions, RunReport, TableWork, run};
pub use sync::synchronise;
pub use undo::{TableUndo, UndoReport, undo};
pub use verify::{ColumnDigest, Difference, TableVerification, VerifyReport, verify};
