//! The real Flyway, run by the program `Verbs` in `compat-fixtures/oracle`.
//!
//! `compat-fixtures/record.sh` builds it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::answering::{Answering, Idle};

/// The time zone of both programs: one in which a mistaken time shows.
pub const TIME_ZONE: &str = "Asia/Seoul";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("compat-fixtures/oracle/target")
}

/// Whether it has been built.
pub fn is_built() -> bool {
    folder().join("flyway-oracle.jar").is_file()
}

/// A Java machine with Flyway in it that answers one request after the other.
pub struct Flyway(Answering);

impl Flyway {
    /// Starts one.
    pub fn start() -> Self {
        Self(start())
    }

    /// Asks for verbs to be run; the settings hold for all of them.
    pub fn send(&mut self, arguments: &[String]) {
        self.0.send(&arguments.join("\t"));
    }

    /// The entries for the verbs of the last request.
    pub fn answer(&mut self, limit: Duration) -> Result<Vec<Value>, String> {
        let text = self.0.answer(limit)?;
        serde_json::from_str(&text).map_err(|error| format!("Flyway: {error}: {text}"))
    }

    /// Lets it end and tells whether it did so well.
    pub fn finish(self) -> Result<(), String> {
        self.0.finish()
    }

    /// Takes one that is idle, or starts one.
    pub fn take() -> Self {
        Self(IDLE.take(start))
    }

    /// Puts it back for the next one who needs it.
    pub fn give_back(self) {
        IDLE.give_back(self.0);
    }
}

fn start() -> Answering {
    let folder = folder();
    let class_path = format!(
        "{}:{}/lib/*",
        folder.join("flyway-oracle.jar").display(),
        folder.display()
    );
    Answering::start(
        "Flyway",
        Command::new("java")
            .args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
            .args(["-Duser.language=en", "-Duser.country=US"])
            .arg(format!("-Duser.timezone={TIME_ZONE}"))
            // File names are decoded by the locale.
            .args(["-Dfile.encoding=UTF-8", "-Dsun.jnu.encoding=UTF-8"])
            .env("LC_ALL", "C.UTF-8")
            .args(["-cp", &class_path, "Verbs"]),
    )
}

static IDLE: Idle = Idle::new();

/// Runs verbs and tells their entries.
pub fn run(arguments: &[String]) -> Result<Vec<Value>, String> {
    let mut flyway = Flyway::take();
    flyway.send(arguments);
    let entries = flyway.answer(Duration::from_mins(1))?;
    flyway.give_back();
    Ok(entries)
}

/// Whether a verb did what it was asked to; a validation that finds something did not.
pub fn went_well(entry: &Value) -> bool {
    let findings = entry["result"]["validationSuccessful"].as_bool();
    entry.get("error").is_none() && findings.unwrap_or(true)
}
