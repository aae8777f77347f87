//! Stillway reads what Flyway left behind, runs it, verifies it and carries it on.
//!
//! The crate is layered: [`model`] holds plain data; [`sql`] cuts scripts into statements;
//! [`engine`] is the one way to change a database; [`dialect`] knows Flyway's files, checksums and
//! history; [`convert`] turns the files of one dialect into those of another; [`database`] connects;
//! [`command`] holds one use case a file; [`cli`] talks to people.
//!
//! ```
//! use stillway::command::flyway::{Environment, MigrateResult, Session, migrate};
//! use stillway::dialect::flyway::config::FlywayConfig;
//! use stillway::engine::Silent;
//!
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("V1__person.sql"), "CREATE TABLE person (name TEXT);")?;
//! let config = FlywayConfig {
//!     url: Some("jdbc:sqlite::memory:".into()),
//!     locations: vec![format!("filesystem:{}", folder.path().display())],
//!     ..FlywayConfig::default()
//! };
//! let mut sink = Silent;
//! let mut session = Session::open(config, Environment::default(), &mut sink)?;
//! let mut result = MigrateResult::default();
//! migrate(&mut session, &mut result)?;
//! assert_eq!(result.target_version.as_deref(), Some("1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod cli;
pub mod command;
pub mod convert;
pub mod database;
pub mod dialect;
pub mod engine;
mod error;
pub mod lint;
pub mod model;
pub mod project;
pub mod python;
pub mod report;
pub mod sql;
pub mod transfer;
pub mod verify;

pub use error::{Error, ErrorKind};
