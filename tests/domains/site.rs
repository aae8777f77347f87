//! A folder with a project and a database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;

use crate::support::alembic::copy_tree;
use crate::support::database::{Backend, TestDatabase};

/// A project under test.
pub(crate) struct Site {
    folder: tempfile::TempDir,
    pub(crate) database: TestDatabase,
}

/// What the program said and how it ended.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: i32,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Told {
    /// The output as JSON.
    pub(crate) fn json(&self) -> Result<serde_json::Value, Failed> {
        serde_json::from_str(&self.output).map_err(|error| format!("{error}: {self:?}").into())
    }
}

#[allow(dead_code, reason = "each test program uses a part of it")]
impl Site {
    pub(crate) fn new(backend: Backend) -> Result<Self, Failed> {
        let folder = tempfile::Builder::new().prefix("stillway").tempdir()?;
        let database = TestDatabase::create(backend, folder.path().join("own.db"))?;
        Ok(Self { folder, database })
    }

    /// A copy of the project and its database, to which nobody may be connected.
    pub(crate) fn copy(&self) -> Result<Self, Failed> {
        let folder = tempfile::Builder::new().prefix("stillway").tempdir()?;
        let database = self.database.copy(folder.path().join("own.db"))?;
        let copy = Self { folder, database };
        std::fs::create_dir_all(copy.root())?;
        copy_tree(&self.root(), &copy.root())?;
        Ok(copy)
    }

    /// The folder of the project and the database.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The project's root.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), Failed> {
        let path = self.root().join(name);
        std::fs::create_dir_all(path.parent().ok_or("a folder")?)?;
        Ok(std::fs::write(path, text)?)
    }

    pub(crate) fn read(&self, name: &str) -> Result<String, Failed> {
        let path = self.root().join(name);
        std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()).into())
    }

    /// Writes a native revision.
    pub(crate) fn native(
        &self,
        folder: &str,
        metadata: &str,
        up: &str,
        down: &str,
    ) -> Result<(), Failed> {
        self.write(&format!("{folder}/metadata.toml"), metadata)?;
        self.write(&format!("{folder}/up.sql"), up)?;
        self.write(&format!("{folder}/down.sql"), down)
    }

    fn environment(&self) -> BTreeMap<String, String> {
        [("DATABASE_URL".to_owned(), self.database.sqlalchemy_url())].into()
    }

    /// Runs the program in the project's root.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Told, Failed> {
        self.run_with(arguments, &self.root(), &[])
    }

    /// Runs the program in a folder, with further variables.
    pub(crate) fn run_with(
        &self,
        arguments: &[&str],
        folder: &Path,
        variables: &[(&str, &str)],
    ) -> Result<Told, Failed> {
        let output = self.command(arguments, folder, variables)?.output()?;
        Ok(Told {
            code: output.status.code().unwrap_or(-1),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// The program, to be run in a folder.
    pub(crate) fn command(
        &self,
        arguments: &[&str],
        folder: &Path,
        variables: &[(&str, &str)],
    ) -> Result<Command, Failed> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stillway"));
        command
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var("PATH")?)
            .envs(self.environment())
            .envs(variables.iter().copied());
        Ok(command)
    }

    /// Runs the program, which has to succeed.
    pub(crate) fn must(&self, arguments: &[&str]) -> Result<Told, Failed> {
        let told = self.run(arguments)?;
        if told.code == 0 {
            Ok(told)
        } else {
            Err(format!("{arguments:?}: {told:?}").into())
        }
    }

    /// Runs the program, which has to end with a status; its errors have to contain some words.
    pub(crate) fn fails(&self, arguments: &[&str], code: i32, words: &str) -> Result<Told, Failed> {
        let told = self.run(arguments)?;
        if told.code == code && told.errors.contains(words) {
            Ok(told)
        } else {
            Err(format!("{arguments:?}: wanted {code} and `{words}`: {told:?}").into())
        }
    }

    /// What ran, as `domain:key` in order.
    pub(crate) fn ran(&self, arguments: &[&str]) -> Result<String, Failed> {
        let told = self.must(&[arguments, &["--format", "json"]].concat())?;
        let document = told.json()?;
        let domains = document["domains"].as_array().ok_or("domains")?;
        let mut ran = Vec::new();
        for domain in domains {
            for key in domain["ran"].as_array().ok_or("ran")? {
                ran.push(format!(
                    "{}:{}",
                    domain["name"].as_str().unwrap_or_default(),
                    key.as_str().unwrap_or_default()
                ));
            }
        }
        Ok(ran.join(" "))
    }
}

/// Fails unless both are the same.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(found: &T, expected: &T) -> Result<(), Failed> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("found {found:?}, expected {expected:?}").into())
    }
}

/// Fails unless a text contains words.
pub(crate) fn says(text: &str, words: &str) -> Result<(), Failed> {
    if text.contains(words) {
        Ok(())
    } else {
        Err(format!("`{words}` is not in:\n{text}").into())
    }
}
