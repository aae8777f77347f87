//! Alembic's use cases.

pub mod render;
