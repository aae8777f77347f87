//! One use case a file, callable from Rust. Nothing here parses arguments or prints.

pub mod alembic;
pub mod demo;
pub mod domains;
mod fingerprint;
pub mod flyway;
pub mod transfer;

pub use fingerprint::Known;
