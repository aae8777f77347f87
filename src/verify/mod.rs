//! Whether anybody changed what was settled: lock file, files and histories set against each other.
//!
//! Plain data in, findings out: nothing here reads a file, asks a server or knows a dialect.

mod accept;
mod around;
mod base;
mod code;
mod content;
mod files;
mod graph;
mod history;
mod lockfile;
mod migration;
mod moved;
mod row;
mod teller;
mod verdict;
mod word;

#[cfg(test)]
mod tests;

pub use accept::{Change, LineChange, Refresh, Refreshed, refresh};
pub use base::frozen;
pub use code::{CODES, Class, Code, code};
pub use files::{check_files, check_lock};
pub use history::check_history;
pub use lockfile::{FORMAT, LockError, LockedDomain, LockedMigration, Lockfile, short_digest};
pub use migration::{DomainFiles, Examined, Kind, MODULE, Migration, Order, Origin, Sum, Sums};
pub use row::{DomainHistory, Row, RowState, Waiting};
pub use teller::Against;
pub use verdict::Verdict;
