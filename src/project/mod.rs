//! A project: its domains and their order, and where its files are. [`disk`] is the only reader and
//! writer of files.

pub mod discover;
pub mod disk;
pub mod file;
pub mod order;
