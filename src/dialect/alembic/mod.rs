//! Alembic's revisions: what they say, what they would do, and the version table they leave.

pub mod sqlalchemy;
