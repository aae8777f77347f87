//! Moving rows from one schema into another: declared in a file, checked before, run in batches that
//! can be resumed, reconciled afterwards.

mod batch;
mod check;
mod declaration;
mod error;
mod mapping;
pub mod normalize;
mod plan;
mod read;
mod report;
mod resolve;
mod run;
mod session;
mod settle;
mod shape;
mod text;
mod undo;
mod verify;
mod work;

pub use check::check;
pub use declaration::{
    Column, ConflictAction, Declaration, Deleted, Existing, Limit, Lookup, MergeValue, Misfit,
    Normalizer, Order, Settings, Source, Sql, Table, TableName, UniqueRule, Value,
};
pub use error::TransferError;
pub use read::{DeclarationError, read};
pub use report::{CheckReport, ReasonSummary, TableSummary};
pub use run::{Lane, RunContext, RunEvent, RunOptions, RunReport, TableWork, run};
pub use undo::{TableUndo, UndoReport, undo};
pub use verify::{ColumnDigest, Difference, TableVerification, VerifyReport, verify};
