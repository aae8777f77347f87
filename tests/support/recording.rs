//! Recordings of the original Alembic, and what is compared of them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::alembic::{Case, fixtures, read};

/// Cases, and on which backends.
pub type Listed = BTreeMap<String, Vec<String>>;

/// The cases of a list in `compat-fixtures`.
pub fn listed(file: &str) -> Listed {
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

/// Whether a case is on a list for a backend.
pub fn is_listed(list: &Listed, name: &str, backend: &str) -> bool {
    let backends = list.get(name).into_iter().flatten();
    backends.into_iter().any(|listed| listed == backend)
}

/// The steps of a recording.
pub fn recorded_steps(file: &Path) -> Vec<Value> {
    let recorded: Value = serde_json::from_str(&read(file))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    recorded["steps"].as_array().cloned().unwrap_or_default()
}

/// The arguments of a recorded command.
pub fn arguments_of(step: &Value) -> Vec<String> {
    step["run"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Each of our steps has to be one of the answers that the original gave.
pub fn compare(case: &Case, recorded: &[Value], ours: &[Value]) -> Result<(), String> {
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
pub fn simplified(case: &Case, step: &Value) -> Value {
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
