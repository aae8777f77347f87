//! Who wrote the migrations: each dialect turns files and history rows into what the engine runs.

pub mod alembic;
pub mod flyway;
