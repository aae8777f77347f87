//! Alembic's revisions: what they say, what they would do, and the version table they leave.

pub mod config;
pub mod constant;
pub mod graph;
pub mod ini;
pub mod init;
pub mod listing;
pub mod native;
pub mod offline;
pub mod ops;
pub mod reflect;
pub mod render;
pub mod revision;
pub mod run_history;
pub mod runtime;
mod scan;
pub mod settings;
pub mod source;
pub mod sqlalchemy;
pub mod template;
pub mod version_table;
