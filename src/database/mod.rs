//! Connections to servers. The only layer that knows diesel and libpq.

mod connect;
mod inspect;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod unfinished;
pub mod url;

pub use connect::{ConnectError, Connection};
pub use inspect::objects_query;
