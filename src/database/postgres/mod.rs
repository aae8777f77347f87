//! PostgreSQL through libpq.

mod libpq;
mod session;
mod values;

pub use session::{PostgresDatabase, PostgresOptions};
