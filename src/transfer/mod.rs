//! Moving rows from one schema into another: declared in a file, checked before, run in batches that
//! can be resumed, reconciled afterwards.

mod declaration;
pub mod normalize;
mod read;

pub use declaration::{
    Column, ConflictAction, Declaration, Deleted, Existing, Limit, Lookup, MergeValue, Misfit,
    Normalizer, Order, Settings, Source, Sql, Table, TableName, UniqueRule, Value,
};
pub use read::{DeclarationError, read};
