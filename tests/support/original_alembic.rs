//! The real Alembic, run by `compat-fixtures/oracle-alembic/answer.py`.
//!
//! `compat-fixtures/oracle-alembic/install.sh` makes its environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::alembic::fixtures;
use super::answering::{Answering, Idle};

/// What a command has left.
#[derive(Debug, Deserialize)]
pub struct Told {
    /// Its exit code.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// The lines on standard error that are not warnings.
    pub log: Vec<String>,
    /// Warnings, as `Category: text`.
    pub warnings: Vec<String>,
}

fn folder() -> PathBuf {
    fixtures().join("oracle-alembic")
}

/// Where the environment keeps its programs, `alembic` among them.
pub fn programs() -> PathBuf {
    folder().join("target/venv/bin")
}

/// Whether the environment is there, with the packages that are asked for.
pub fn is_installed() -> bool {
    let read = |path: &Path| std::fs::read(path).ok();
    let installed = read(&folder().join("target/venv/installed"));
    installed.is_some() && installed == read(&folder().join("requirements.txt"))
}

/// Runs one command in a folder, in an environment of these variables.
pub fn run(
    arguments: &[String],
    folder: &Path,
    environment: &BTreeMap<String, String>,
) -> Result<Told, String> {
    let request = json!({
        "arguments": arguments, "folder": folder, "environment": environment
    });
    let mut alembic = IDLE.take(start);
    alembic.send(&request.to_string());
    let text = alembic.answer(Duration::from_mins(1))?;
    IDLE.give_back(alembic);
    serde_json::from_str(&text).map_err(|error| format!("Alembic: {error}: {text}"))
}

fn start() -> Answering {
    let program = folder().join("answer.py");
    Answering::start(
        "Alembic",
        Command::new(programs().join("python"))
            .arg(program)
            // Where the order of a set shows, always the same one, which the recordings have.
            .env("PYTHONHASHSEED", "0"),
    )
}

static IDLE: Idle = Idle::new();
