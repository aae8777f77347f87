//! PostgreSQL through libpq.

mod libpq;
mod session;

pub use session::{PostgresDatabase, PostgresOptions};
