//! Alembic's revisions: what they say, what they would do, and the version table they leave.

pub mod constant;
pub mod graph;
pub mod revision;
pub mod source;
pub mod sqlalchemy;
