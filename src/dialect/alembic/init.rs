//! The files that a new script directory starts with.

use std::collections::HashMap;

use super::constant::Constant;
use super::template::{TemplateError, TemplateValues, render};

/// A set of files to start with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StarterKit {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub synopsis: &'static str,
    /// `env.py`.
    pub env: &'static str,
    /// `script.py.mako`.
    pub script: &'static str,
    /// Whether settings of the code go to `pyproject.toml`.
    pub pyproject: bool,
    databases: bool,
}

const SCRIPT: &str = include_str!("templates/script.py.mako");
const ENV: &str = include_str!("templates/env.py");
const ASYNC_ENV: &str = include_str!("templates/async_env.py");

/// All sets, by name.
pub const KITS: [StarterKit; 5] = [
    StarterKit {
        name: "async",
        synopsis: "Generic single-database configuration with an async dbapi.",
        env: ASYNC_ENV,
        script: SCRIPT,
        pyproject: false,
        databases: false,
    },
    StarterKit {
        name: "generic",
        synopsis: "Generic single-database configuration.",
        env: ENV,
        script: SCRIPT,
        pyproject: false,
        databases: false,
    },
    StarterKit {
        name: "multidb",
        synopsis: "Rudimentary multi-database configuration.",
        env: include_str!("templates/multidb_env.py"),
        script: include_str!("templates/multidb_script.py.mako"),
        pyproject: false,
        databases: true,
    },
    StarterKit {
        name: "pyproject",
        synopsis: "pyproject configuration, based on the generic configuration.",
        env: ENV,
        script: SCRIPT,
        pyproject: true,
        databases: false,
    },
    StarterKit {
        name: "pyproject_async",
        synopsis: "pyproject configuration, with an async dbapi.",
        env: ASYNC_ENV,
        script: SCRIPT,
        pyproject: true,
        databases: false,
    },
];

impl StarterKit {
    /// The set of this name.
    pub fn find(name: &str) -> Option<Self> {
        KITS.into_iter().find(|kit| kit.name == name)
    }

    /// The ini file for a script directory.
    pub fn ini(&self, location: &str) -> Result<String, TemplateError> {
        // Where pyproject.toml has the paths, the ini file keeps to the connection and the log.
        let location = if self.pyproject { "" } else { location };
        self.fill(include_str!("templates/alembic.ini.mako"), location)
    }

    /// The section of `pyproject.toml` for a script directory.
    pub fn toml(&self, location: &str) -> Result<String, TemplateError> {
        self.fill(include_str!("templates/pyproject.toml.mako"), location)
    }

    fn fill(self, template: &str, location: &str) -> Result<String, TemplateError> {
        let names = HashMap::from([
            (
                "script_location".to_owned(),
                Constant::Text(location.to_owned()),
            ),
            ("databases".to_owned(), Constant::Bool(self.databases)),
        ]);
        render(
            template,
            TemplateValues {
                names,
                option: &|_| None,
                date: &|_| String::new(),
            },
        )
    }
}
