//! Alembic's command line against what the original printed, with its exit status and the rows it
//! left; recorded from Alembic 1.20.1 with `SQLAlchemy` 2.1.9.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

use std::path::Path;
use std::process::{Command, Stdio};

use diesel::prelude::*;
use serde_json::{Value, json};

/// The source of a revision whose functions do nothing.
fn revision(fields: &Value) -> String {
    let python = |value: &Value| match value.as_array().map(Vec::as_slice) {
        None if value.is_null() => "None".to_owned(),
        None => format!("'{}'", value.as_str().unwrap_or_default()),
        Some([]) => "None".to_owned(),
        Some([one]) => format!("'{}'", one.as_str().unwrap_or_default()),
        Some(several) => {
            let items: Vec<String> = several
                .iter()
                .map(|item| format!("'{}'", item.as_str().unwrap_or_default()))
                .collect();
            format!("({})", items.join(", "))
        }
    };
    let id = fields[1].as_str().unwrap_or_default();
    format!(
        "\"\"\"msg {id}\n\nmore text\n\"\"\"\nrevision = '{id}'\ndown_revision = {}\nbranch_labels = {}\ndepends_on = {}\ndef upgrade(): pass\ndef downgrade(): pass\n",
        python(&fields[2]),
        python(&fields[3]),
        python(&fields[4]),
    )
}

fn alembic(folder: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_stillway"))
        .current_dir(folder)
        .env_clear()
        .arg("alembic")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("runs")
}

fn prepare(folder: &Path, case: &Value) {
    assert!(alembic(folder, &["init", "m"]).status.success());
    let edit = |name: &str, from: &str, to: &str| {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path).expect("readable");
        std::fs::write(path, text.replace(from, to)).expect("writable");
    };
    let url = case["url"].as_str().unwrap_or_default();
    edit("alembic.ini", "driver://user:pass@localhost/dbname", url);
    let configure = case["configure"].as_str().unwrap_or_default();
    if !configure.is_empty() {
        let more = format!("target_metadata=target_metadata, {configure}");
        edit("m/env.py", "target_metadata=target_metadata", &more);
    }
    for fields in case["revisions"].as_array().into_iter().flatten() {
        let name = format!("m/versions/{}.py", fields[0].as_str().unwrap_or_default());
        std::fs::write(folder.join(name), revision(fields)).expect("writable");
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version_num: String,
}

fn rows(folder: &Path) -> Value {
    let path = folder.join("x.db");
    if !path.exists() {
        return Value::Null;
    }
    let mut connection = SqliteConnection::establish(&path.display().to_string()).expect("opens");
    let sql = "SELECT version_num FROM alembic_version ORDER BY version_num";
    match diesel::sql_query(sql).load::<Row>(&mut connection) {
        Ok(rows) => {
            let rows: Vec<String> = rows.into_iter().map(|row| row.version_num).collect();
            json!(rows)
        }
        Err(error) => json!(error.to_string()),
    }
}

/// Lines of standard error without hints, and of an exception only the last.
fn errors(text: &str, status: Option<i32>) -> Value {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("hint: "))
        .collect();
    match lines.last() {
        Some(last) if status == Some(1) => json!([last]),
        _ => json!(lines),
    }
}

/// What stays the same when the original walks a set in another order.
fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || "(),'".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    words.sort_unstable();
    words
}

fn without_dates(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| match line.split_once("Create Date: ") {
            Some((before, _)) => format!("{before}Create Date: X"),
            None => line.to_owned(),
        });
    let mut joined = lines.collect::<Vec<_>>().join("\n");
    if text.ends_with('\n') {
        joined.push('\n');
    }
    joined
}

#[test]
fn recorded_commands() {
    let recorded =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alembic_commands/recorded.json");
    let text = std::fs::read_to_string(recorded).expect("the recording is there");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let mut differences = Vec::new();
    for case in &cases {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("a path");
        prepare(&root, case);
        for step in case["steps"].as_array().expect("steps") {
            let command = step["command"].as_str().unwrap_or_default();
            let arguments: Vec<&str> = command.split_whitespace().collect();
            let output = alembic(&root, &arguments);
            let place = root.display().to_string();
            let clean = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&place, "DIR");
            let stdout = without_dates(&clean(&output.stdout));
            let stderr = errors(&clean(&output.stderr), output.status.code());
            let any = |key: &str, own: &Value| {
                let recorded = step[key].as_array();
                recorded.is_none_or(|list| list.contains(own))
            };
            let first = step["stdout"][0].as_str().unwrap_or_default();
            // Where the original's own answers differ from run to run, any order is right.
            let unordered = words(first) == words(&stdout);
            let same = any("stdout", &json!(stdout)) || unordered;
            if json!(output.status.code()) != step["status"]
                || !same
                || !any("stderr", &stderr)
                || !any("rows", &rows(&root))
            {
                differences.push(format!(
                    "{} {command}\n  recorded {step}\n  own {} {stdout:?} {stderr} {}",
                    case["name"],
                    json!(output.status.code()),
                    rows(&root),
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
