//! Replays the recordings of the original Alembic through the command line: the same commands have
//! to print the same, leave the same rows, write the same files and end with the same code.
//!
//! Where Stillway differs on purpose, `compat-fixtures/alembic-differences.toml` says why, and what
//! it does instead is kept in `expected/stillway.<backend>.json`; `STILLWAY_BLESS=1` writes that file.
//! What is still to be built stands in `compat-fixtures/alembic-gaps.toml`; a case there has to fail, so
//! that the list only holds what is missing.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use support::alembic::{Case, Working, cases};
use support::recording::{arguments_of, compare, is_listed, listed, recorded_steps, simplified};
use support::servers::{must_have_everything, postgres_url};

fn main() {
    let arguments = Arguments::from_args();
    let differences = listed("alembic-differences.toml");
    let gaps = listed("alembic-gaps.toml");
    let mut trials = Vec::new();
    for (name, folder) in cases() {
        let case = Case::load(&folder);
        for backend in &case.backends {
            let differs = is_listed(&differences, &name, backend);
            let missing_yet = is_listed(&gaps, &name, backend);
            let needs_server = backend == "postgresql" && !case.step.is_empty();
            let missing = needs_server && postgres_url().is_none();
            let (folder, backend) = (folder.clone(), backend.clone());
            let trial = Trial::test(format!("{name}::{backend}"), move || {
                let replayed = replay(&folder, &backend, differs);
                match (missing_yet, replayed) {
                    (false, replayed) => replayed,
                    (true, Err(_)) => Ok(()),
                    (true, Ok(())) => Err("listed as a gap, but it is none".into()),
                }
            });
            trials.push(trial.with_ignored_flag(missing && !must_have_everything()));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn failed(error: impl std::fmt::Display) -> Failed {
    error.to_string().into()
}

fn replay(folder: &Path, backend: &str, differs: bool) -> Result<(), Failed> {
    let case = Case::load(folder);
    let recorded = recorded_steps(&folder.join(format!("expected/{backend}.json")));
    let mut working = Working::create(folder, &case, backend)?;
    let ours = if case.step.is_empty() {
        let commands: Vec<Vec<String>> = recorded.iter().map(arguments_of).collect();
        working.commands(&commands)?
    } else {
        working.steps()?
    };
    let crashed = |step: &&Value| matches!(step["code"].as_i64(), Some(101 | 134 | -1));
    if let Some(step) = ours.iter().find(crashed) {
        return Err(format!("crashed: {step}").into());
    }
    let problems = compare(&case, &recorded, &ours);
    if !differs {
        return problems.map_err(Failed::from);
    }
    if problems.is_ok() {
        return Err("listed as different, but it is not".into());
    }
    let own = folder.join(format!("expected/stillway.{backend}.json"));
    let ours: Vec<Value> = ours.iter().map(|step| simplified(&case, step)).collect();
    if std::env::var_os("STILLWAY_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&json!({ "steps": ours })).map_err(failed)?;
        std::fs::write(&own, text + "\n").map_err(failed)?;
    }
    compare(&case, &recorded_steps(&own), &ours).map_err(Failed::from)
}
