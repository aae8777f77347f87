//! One setting as it was found: its name, its value still unread, and the place it came from.

use std::fmt;
use std::path::PathBuf;

/// Where a setting was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A line of a file, counting from 1.
    File {
        /// The file, as it was asked for.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// A line of the text on standard input.
    StandardInput {
        /// The line.
        line: usize,
    },
    /// An environment variable.
    Variable(String),
    /// An option on the command line, by its name: the value may be a secret.
    Argument(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(formatter, "{}:{line}", path.display()),
            Self::StandardInput { line } => write!(formatter, "standard input:{line}"),
            Self::Variable(name) => write!(formatter, "variable {name}"),
            Self::Argument(name) => write!(formatter, "argument -{name}"),
        }
    }
}

/// The level of the configuration a setting belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Level {
    /// The `flyway` namespace, or a name without any namespace.
    Flyway,
    /// A named environment: `environments.<name>.<key>`.
    Environment(String),
    /// The part of a named environment that overrides the `flyway` namespace.
    Override(String),
    /// The top of a TOML file.
    Root,
}

/// A value before it is turned into the type of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RawValue {
    /// Text from a place that knows only text; a list is separated by commas.
    Text(String),
    /// A TOML string, number, boolean or date, in its spelling; `type_name` is what TOML calls it.
    Scalar {
        text: String,
        type_name: &'static str,
    },
    /// A TOML array of such scalars.
    List(Vec<String>),
    /// A TOML array that holds tables or arrays.
    Nested,
}

impl RawValue {
    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) | Self::Scalar { text, .. } => text.trim().is_empty(),
            Self::List(items) => items.iter().all(|item| item.trim().is_empty()),
            Self::Nested => false,
        }
    }
}

/// A setting as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    /// The level it belongs to.
    pub(super) level: Level,
    /// Its name below that level, dotted, without `flyway.`.
    pub(super) name: String,
    /// The value.
    pub(super) value: RawValue,
    /// Where it was written.
    pub(super) origin: Origin,
}

impl Setting {
    /// A setting from a place that knows only text.
    pub(super) fn text(level: Level, name: &str, value: &str, origin: Origin) -> Self {
        Self {
            level,
            name: name.to_owned(),
            value: RawValue::Text(value.to_owned()),
            origin,
        }
    }

    /// The name with its namespace, as a message shows it.
    pub(super) fn full_name(&self) -> String {
        let name = &self.name;
        match &self.level {
            Level::Flyway => format!("flyway.{name}"),
            Level::Environment(environment) => format!("environments.{environment}.{name}"),
            Level::Override(environment) => format!("environments.{environment}.flyway.{name}"),
            Level::Root => name.clone(),
        }
    }
}

/// Splits a list written as text: at commas, blanks around an item dropped, empty items dropped.
pub(super) fn split_list(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}
