//! What `env.py` sets, read from its text.
//!
//! The file is never executed. Its statements are followed with the values that can be told:
//! literals, environment variables, options of the ini file, helpers of the file itself and of
//! modules beside it. Everything else is unknown, and stays harmless as long as nothing that
//! matters depends on it.

mod call;
mod expression;
mod follow;
mod model;
mod object;
mod text;
mod value;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::config::AlembicConfig;
use crate::model::Place;

pub use value::Unknown;

/// Whether a run is carried out or written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Against a database.
    Online,
    /// As text.
    Offline,
}

/// Finds the text of modules that `env.py` imports.
pub trait Modules {
    /// The file of a dotted name, and its text; nothing when it is not beside the project.
    fn find(&self, name: &str) -> Option<(PathBuf, String)>;
}

/// No modules at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoModules;

impl Modules for NoModules {
    fn find(&self, _name: &str) -> Option<(PathBuf, String)> {
        None
    }
}

/// What following the file depends on.
pub struct Surroundings<'s> {
    /// The configuration files.
    pub config: &'s AlembicConfig,
    /// Environment variables.
    pub variables: &'s BTreeMap<String, String>,
    /// Variables of a `.env` file, which count only where the file loads it.
    pub dotenv: &'s BTreeMap<String, String>,
    /// Values of `-x`.
    pub x: &'s [String],
    /// The value of `--tag`.
    pub tag: Option<&'s str>,
    /// Modules beside the project.
    pub modules: &'s dyn Modules,
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Inferred<T> {
    /// Nothing sets it.
    Default(T),
    /// It is set there.
    Set(T, Place),
    /// It is set there, but to what cannot be told.
    Unknown(Unknown),
}

impl<T> Inferred<T> {
    /// The value, where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Default(value) | Self::Set(value, _) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

/// An environment variable that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// Its name.
    pub name: String,
    /// Where.
    pub place: Place,
    /// Whether it is set.
    pub found: bool,
}

/// What `env.py` sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The connection URL, with its password.
    pub url: Inferred<Option<String>>,
    /// `version_table`.
    pub version_table: Inferred<String>,
    /// `version_table_schema`.
    pub version_table_schema: Inferred<Option<String>>,
    /// `version_table_pk`.
    pub version_table_pk: Inferred<bool>,
    /// `transaction_per_migration`.
    pub transaction_per_migration: Inferred<bool>,
    /// `transactional_ddl`.
    pub transactional_ddl: Inferred<Option<bool>>,
    /// `literal_binds`.
    pub literal_binds: Inferred<bool>,
    /// `paramstyle` of `dialect_opts`.
    pub paramstyle: Inferred<Option<String>>,
    /// `include_schemas`.
    pub include_schemas: Inferred<bool>,
    /// `render_as_batch`.
    pub render_as_batch: Inferred<bool>,
    /// `compare_type`.
    pub compare_type: Inferred<bool>,
    /// `compare_server_default`.
    pub compare_server_default: Inferred<bool>,
    /// The naming convention of `target_metadata`.
    pub naming_convention: Inferred<Vec<(String, String)>>,
    /// SQL that the file runs itself, such as `CREATE SCHEMA` or `SET search_path`.
    pub statements: Vec<(String, Place)>,
    /// Arguments that cannot be honoured, such as callbacks.
    pub remarks: Vec<(String, Place)>,
    /// Environment variables, in the order in which they were asked for.
    pub lookups: Vec<Lookup>,
    /// Whether a call of `context.configure` was found.
    pub configured: bool,
    /// Where migrations are run with the name of an engine, once for each of several databases.
    pub engines: Option<Place>,
    /// Whether what is printed goes to a file of `env.py`'s choice.
    pub output_buffer: bool,
    /// Whether the ini file's logging section is put to use.
    pub logs: bool,
}

impl Settings {
    /// What holds for a chain without `env.py`, where everything is said by the project itself: each
    /// revision in a transaction of its own.
    pub fn without_file(
        url: Option<String>,
        version_table: String,
        version_table_schema: Option<String>,
    ) -> Self {
        Self {
            url: Inferred::Default(url),
            version_table: Inferred::Default(version_table),
            version_table_schema: Inferred::Default(version_table_schema),
            version_table_pk: Inferred::Default(true),
            transaction_per_migration: Inferred::Default(true),
            transactional_ddl: Inferred::Default(Some(true)),
            literal_binds: Inferred::Default(true),
            paramstyle: Inferred::Default(None),
            include_schemas: Inferred::Default(false),
            render_as_batch: Inferred::Default(false),
            compare_type: Inferred::Default(true),
            compare_server_default: Inferred::Default(false),
            naming_convention: Inferred::Default(Vec::new()),
            statements: Vec::new(),
            remarks: Vec::new(),
            lookups: Vec::new(),
            configured: true,
            engines: None,
            output_buffer: false,
            logs: true,
        }
    }
}

/// Reads what `env.py` sets.
pub fn read(path: &Path, source: &str, mode: Mode, surroundings: &Surroundings<'_>) -> Settings {
    follow::follow(path, source, mode, surroundings)
}
