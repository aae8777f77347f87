//! Alembic's revisions: what they say, what they would do, and the version table they leave.

pub mod config;
pub mod constant;
pub mod graph;
pub mod ini;
pub mod ops;
pub mod reflect;
pub mod render;
pub mod revision;
pub mod runtime;
pub mod source;
pub mod sqlalchemy;
