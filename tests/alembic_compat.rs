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

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Map, Value, json};
use support::alembic::{Case, Working, fixtures, read};
use support::servers::{must_have_everything, postgres_url};

fn main() {
    let arguments = Arguments::from_args();
    let differences = listed("alembic-differences.toml");
    let gaps = listed("alembic-gaps.toml");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(fixtures().join("alembic"))
        .expect("fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let mut trials = Vec::new();
    for folder in folders {
        let name = folder.file_name().expect("a name").to_string_lossy();
        let name = name.into_owned();
        let case = Case::load(&folder);
        for backend in &case.backends {
            let differs = differences
                .get(&name)
                .is_some_and(|backends| backends.contains(backend));
            let missing_yet = gaps
                .get(&name)
                .is_some_and(|backends| backends.contains(backend));
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

/// The cases of a list, and on which backends.
fn listed(file: &str) -> BTreeMap<String, Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Difference {
        case: BTreeMap<String, Backends>,
    }
    #[derive(serde::Deserialize)]
    struct Backends {
        backends: Vec<String>,
    }
    let text = read(&fixtures().join(file));
    let parsed: Difference = toml::from_str(&text).expect(file);
    parsed
        .case
        .into_iter()
        .map(|(name, difference)| (name, difference.backends))
        .collect()
}

fn failed(error: impl std::fmt::Display) -> Failed {
    error.to_string().into()
}

fn replay(folder: &Path, backend: &str, differs: bool) -> Result<(), Failed> {
    let case = Case::load(folder);
    let recorded = read(&folder.join(format!("expected/{backend}.json")));
    let recorded: Value = serde_json::from_str(&recorded).map_err(failed)?;
    let recorded = recorded["steps"].as_array().cloned().unwrap_or_default();
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
    let kept: Value = serde_json::from_str(&read(&own)).map_err(failed)?;
    let kept = kept["steps"].as_array().cloned().unwrap_or_default();
    compare(&case, &kept, &ours).map_err(Failed::from)
}

fn arguments_of(step: &Value) -> Vec<String> {
    step["run"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Each of our steps has to be one of the answers that the original gave.
fn compare(case: &Case, recorded: &[Value], ours: &[Value]) -> Result<(), String> {
    if recorded.len() != ours.len() {
        return Err(format!("{} steps, expected {}", ours.len(), recorded.len()));
    }
    let mut lines = Vec::new();
    for (number, (recorded, ours)) in recorded.iter().zip(ours).enumerate() {
        let single = std::slice::from_ref(recorded);
        let answers = recorded["any_of"].as_array().map_or(single, Vec::as_slice);
        let right = simplified(case, ours);
        if answers.iter().any(|answer| matches(case, answer, &right)) {
            continue;
        }
        let left = simplified(case, &answers[0]);
        let name = match &left["run"] {
            Value::Array(_) => arguments_of(&left).join(" "),
            _ => left["query"].to_string(),
        };
        lines.push(format!("step {}: {name}", number + 1));
        let told = ["code", "stdout", "log", "rows", "files"];
        let told = if left["code"] == right["code"] {
            &told[..]
        } else {
            &told[..1]
        };
        for key in told {
            difference(key, &left[*key], &right[*key], &mut lines);
        }
        if left["code"] != right["code"] {
            let said = |step: &Value| match &step["error"] {
                Value::Array(lines) => lines.iter().find(|line| !is_log(line)).cloned(),
                Value::Null => None,
                other => Some(other.clone()),
            };
            lines.push(format!(
                "    recorded {}",
                said(&answers[0]).unwrap_or_default()
            ));
            lines.push(format!(
                "    ours     {}",
                said(ours).unwrap_or_else(|| right["stdout"].clone())
            ));
        }
    }
    if lines.is_empty() {
        Ok(())
    } else {
        Err(lines.join("\n"))
    }
}

fn is_log(line: &Value) -> bool {
    let line = line.as_str().unwrap_or_default();
    ["INFO ", "WARN", "DEBUG", "ERROR"]
        .iter()
        .any(|level| line.starts_with(level))
}

fn matches(case: &Case, recorded: &Value, ours: &Value) -> bool {
    simplified(case, recorded) == *ours
}

/// Leaves out what is not compared: warnings, and the words of errors that are no answer of
/// Alembic but a Python traceback. What was printed before one depends on when things are printed.
fn simplified(case: &Case, step: &Value) -> Value {
    let mut step: Map<String, Value> = step.as_object().cloned().unwrap_or_default();
    step.remove("warnings");
    step.remove("error");
    let code = step.get("code").and_then(Value::as_i64).unwrap_or(0);
    // A failed run of the original may leave an empty version table where nothing is kept here;
    // both mean the same.
    if code != 0 && step.get("rows").is_some_and(Value::is_null) {
        step.insert("rows".to_owned(), json!([]));
    }
    if case.compare.as_deref() == Some("code") || !matches!(code, 0 | 255) {
        step.remove("stdout");
        step.remove("log");
    }
    Value::Object(step)
}

/// Says where two values differ: the first line that does, when they are lists of lines.
fn difference(key: &str, left: &Value, right: &Value, lines: &mut Vec<String>) {
    if left == right {
        return;
    }
    if let (Value::Array(left), Value::Array(right)) = (left, right)
        && left.iter().chain(right).all(Value::is_string)
    {
        let at = (0..left.len().max(right.len()))
            .find(|&at| left.get(at) != right.get(at))
            .unwrap_or(0);
        let text = |side: &[Value]| {
            side.get(at)
                .map_or("(nothing)".to_owned(), Value::to_string)
        };
        lines.push(format!("  {key}, line {}", at + 1));
        lines.push(format!("    expected {}", text(left)));
        lines.push(format!("    ours     {}", text(right)));
        return;
    }
    if let (Value::Object(left), Value::Object(right)) = (left, right) {
        for name in left
            .keys()
            .chain(right.keys().filter(|name| !left.contains_key(*name)))
        {
            let side = |map: &Map<String, Value>| map.get(name).cloned().unwrap_or(Value::Null);
            difference(&format!("{key} {name}"), &side(left), &side(right), lines);
        }
        return;
    }
    lines.push(format!("  {key}"));
    lines.push(format!("    expected {left}"));
    lines.push(format!("    ours     {right}"));
}
