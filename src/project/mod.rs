//! Where a project's files are. [`disk`] is the only reader and writer of files.

pub mod disk;
