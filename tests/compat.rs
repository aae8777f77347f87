//! Replays the recordings of the original Flyway: the same steps have to leave the same history
//! rows, the same info and the same results.
//!
//! Where Stillway differs on purpose, `compat-fixtures/differences.toml` says why, and what it does
//! instead is kept in `expected/stillway.<backend>.json`; `STILLWAY_BLESS=1` writes that file.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use serde_json::{Value, json};
use stillway::database::Connection;
use stillway::database::sqlite::{SqliteDatabase, SqliteOptions};
use stillway::dialect::flyway::FlywayTable;

use support::alembic::copy_tree;
use support::servers::{ScratchDatabase, must_have_everything, postgres_url};

#[derive(Debug, Deserialize)]
struct Case {
    backends: Vec<String>,
    #[serde(default)]
    settings: BTreeMap<String, String>,
    step: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Step {
    run: Option<String>,
    query: Option<String>,
    sql: Option<String>,
    write: Option<String>,
    text: Option<String>,
    base64: Option<String>,
    remove: Option<String>,
    rename: Option<(String, String)>,
    on: Option<String>,
    #[serde(default)]
    settings: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
struct Differences {
    #[serde(default)]
    case: BTreeMap<String, Difference>,
}

#[derive(Debug, Deserialize)]
struct Difference {
    backends: Vec<String>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("compat-fixtures")
}

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    let differences: Differences =
        toml::from_str(&read(&fixtures().join("differences.toml"))).expect("differences.toml");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(fixtures().join("flyway"))
        .expect("fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    for folder in folders {
        let name = folder
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let case: Case = toml::from_str(&read(&folder.join("case.toml"))).expect(&name);
        for backend in &case.backends {
            let differs = differences
                .case
                .get(&name)
                .is_some_and(|difference| difference.backends.contains(backend));
            let (folder, backend) = (folder.clone(), backend.clone());
            let missing = backend == "postgres" && postgres_url().is_none();
            let trial = Trial::test(format!("{name}::{backend}"), move || {
                replay(&folder, &backend, differs)
            });
            trials.push(trial.with_ignored_flag(missing && !must_have_everything()));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn replay(folder: &Path, backend: &str, differs: bool) -> Result<(), Failed> {
    let case: Case = toml::from_str(&read(&folder.join("case.toml"))).map_err(failed)?;
    let recorded = folder.join(format!("expected/{backend}.json"));
    let recorded: Value = serde_json::from_str(&read(&recorded)).map_err(failed)?;
    let copy = Copy::create(folder, backend)?;
    let entries = steps(&case, &copy)?;
    let recorded = simplified(&recorded["steps"]);
    let ours = simplified(&Value::from(entries));
    if !differs {
        return compare(&recorded, &ours);
    }
    if recorded == ours {
        return Err("listed as different, but it is not".into());
    }
    let own = folder.join(format!("expected/stillway.{backend}.json"));
    if std::env::var_os("STILLWAY_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&ours).map_err(failed)?;
        std::fs::write(&own, text + "\n").map_err(failed)?;
    }
    compare(&serde_json::from_str(&read(&own)).map_err(failed)?, &ours)
}

fn failed(error: impl std::fmt::Display) -> Failed {
    error.to_string().into()
}

/// Leaves out what is in words of our own: the messages of errors that stop a verb, and warnings.
fn simplified(steps: &Value) -> Value {
    let mut steps = steps.clone();
    for step in steps.as_array_mut().into_iter().flatten() {
        if let Some(error) = step.get_mut("error") {
            if error.is_object() {
                *error = json!({ "code": error["code"] });
            } else {
                *error = json!("error");
            }
        }
        if let Some(result) = step.get_mut("result").and_then(Value::as_object_mut)
            && step_has_own_warnings(result)
        {
            result.remove("warnings");
        }
    }
    steps
}

fn step_has_own_warnings(result: &serde_json::Map<String, Value>) -> bool {
    !result.contains_key("validationSuccessful")
}

fn compare(expected: &Value, ours: &Value) -> Result<(), Failed> {
    if expected == ours {
        return Ok(());
    }
    let empty = Vec::new();
    let list = |value: &Value| value.as_array().unwrap_or(&empty).clone();
    let (left, right) = (list(expected), list(ours));
    let mut lines = vec![format!("{} steps, expected {}", right.len(), left.len())];
    for (index, (left, right)) in left.iter().zip(&right).enumerate() {
        for key in ["run", "result", "error", "rows", "history", "info"] {
            if left.get(key) != right.get(key) {
                lines.push(format!("step {} {key}", index + 1));
                for (name, side) in [("expected", left), ("ours    ", right)] {
                    let value = side.get(key).unwrap_or(&Value::Null);
                    lines.push(format!("  {name} {value}"));
                }
            }
        }
    }
    Err(lines.join("\n").into())
}

/// A case's files and its database.
struct Copy {
    directory: tempfile::TempDir,
    backend: String,
    scratch: Option<ScratchDatabase>,
}

impl Copy {
    fn create(folder: &Path, backend: &str) -> Result<Self, Failed> {
        let directory = tempfile::Builder::new()
            .prefix("stillway")
            .rand_bytes(8)
            .tempdir()
            .map_err(failed)?;
        let project = directory.path().join("project");
        std::fs::create_dir_all(&project).map_err(failed)?;
        copy_tree(&folder.join("project"), &project)?;
        copy_tree(&folder.join(format!("project.{backend}")), &project)?;
        let scratch = (backend == "postgres")
            .then(|| ScratchDatabase::create().ok_or("no PostgreSQL server"))
            .transpose()?;
        Ok(Self {
            directory,
            backend: backend.to_owned(),
            scratch,
        })
    }

    fn root(&self) -> &Path {
        self.directory.path()
    }

    fn url(&self) -> String {
        self.scratch.as_ref().map_or_else(
            || format!("jdbc:sqlite:{}", self.sqlite_path().display()),
            |scratch| scratch.url.clone(),
        )
    }

    fn sqlite_path(&self) -> PathBuf {
        self.root().join("database.db")
    }

    fn connect(&self) -> Connection {
        if let Some(scratch) = &self.scratch {
            return scratch.connect();
        }
        let options = SqliteOptions {
            path: self.sqlite_path().display().to_string(),
            busy_timeout: 5000,
            pragmas: Vec::new(),
            attach: std::collections::BTreeMap::new(),
            on_connect: None,
        };
        Connection::Sqlite(Box::new(SqliteDatabase::connect(&options).expect("opens")))
    }
}

fn steps(case: &Case, copy: &Copy) -> Result<Vec<Value>, Failed> {
    let mut entries = Vec::new();
    for step in &case.step {
        if step.on.as_ref().is_some_and(|on| *on != copy.backend) {
            continue;
        }
        let path = |relative: &String| copy.root().join(relative);
        if let Some(verb) = &step.run {
            entries.push(verb_entry(case, step, verb, copy)?);
        } else if let Some(query) = &step.query {
            entries.push(query_entry(query, copy));
        } else if let Some(sql) = &step.sql {
            statements(sql, copy)?;
        } else if let Some(target) = &step.write {
            let bytes = match (&step.text, &step.base64) {
                (Some(text), _) => text.clone().into_bytes(),
                (None, Some(text)) => base64(text),
                (None, None) => Vec::new(),
            };
            let target = path(target);
            std::fs::create_dir_all(target.parent().expect("a folder")).map_err(failed)?;
            std::fs::write(target, bytes).map_err(failed)?;
        } else if let Some(target) = &step.remove {
            std::fs::remove_file(path(target)).map_err(failed)?;
        } else if let Some((from, to)) = &step.rename {
            let to = path(to);
            std::fs::create_dir_all(to.parent().expect("a folder")).map_err(failed)?;
            std::fs::rename(path(from), to).map_err(failed)?;
        }
    }
    Ok(entries)
}

/// Runs a script of the case itself, cut by the same rules as migrations.
fn statements(sql: &str, copy: &Copy) -> Result<(), Failed> {
    let mut connection = copy.connect();
    let flavor = connection.backend().flavor();
    let cut = stillway::sql::split(sql, flavor, &stillway::sql::SplitOptions::default());
    for statement in cut.map_err(failed)? {
        let text = &sql[statement.span];
        connection
            .database()
            .query(text)
            .map_err(|error| format!("{error}: {text}"))?;
    }
    Ok(())
}

fn query_entry(query: &str, copy: &Copy) -> Value {
    let mut connection = copy.connect();
    match connection.database().query(query) {
        Ok(rows) => {
            let text = json!({ "rows": rows.rows }).to_string();
            let name = copy.scratch.as_ref().map_or("", |scratch| &scratch.name);
            let text = if name.is_empty() {
                text
            } else {
                text.replace(name, "<database>")
            };
            serde_json::from_str(&text).expect("still JSON")
        }
        Err(error) => json!({ "error": error.to_string() }),
    }
}

fn verb_entry(case: &Case, step: &Step, verb: &str, copy: &Copy) -> Result<Value, Failed> {
    let mut settings = case.settings.clone();
    settings.extend(step.settings.clone());
    settings
        .entry("locations".to_owned())
        .or_insert_with(|| "filesystem:project".to_owned());
    settings.insert("url".to_owned(), copy.url());
    let mut entry = serde_json::Map::new();
    entry.insert("run".to_owned(), verb.into());
    match support::flyway::run(verb, &settings, copy.root()) {
        Ok(result) => entry.insert("result".to_owned(), result),
        Err(error) => entry.insert("error".to_owned(), json!({ "code": error.code() })),
    };
    entry.insert("history".to_owned(), history(&settings, copy)?);
    let info = support::flyway::list(&settings, copy.root());
    entry.insert("info".to_owned(), info.unwrap_or_else(|_| "error".into()));
    Ok(Value::Object(entry))
}

/// The history table as it is, null when there is none.
fn history(settings: &BTreeMap<String, String>, copy: &Copy) -> Result<Value, Failed> {
    let mut connection = copy.connect();
    let first = settings
        .get("schemas")
        .and_then(|list| list.split(',').next());
    let schema = settings
        .get("defaultSchema")
        .map(String::as_str)
        .or(first)
        .map(str::trim)
        .filter(|schema| !schema.is_empty() && copy.scratch.is_some())
        .unwrap_or(if copy.scratch.is_some() {
            "public"
        } else {
            "main"
        });
    let table = FlywayTable {
        schema: schema.to_owned(),
        table: settings
            .get("table")
            .cloned()
            .unwrap_or_else(|| "flyway_schema_history".to_owned()),
        tablespace: None,
        backend: connection.backend(),
        time_zone: None,
        iso_dates: true,
    };
    if !connection
        .table_exists(&table.schema, &table.table)
        .unwrap_or(false)
    {
        return Ok(Value::Null);
    }
    let rows = connection
        .database()
        .query(&table.select())
        .map_err(failed)?;
    let rows: Vec<Value> = rows
        .rows
        .iter()
        .map(|row| {
            let number = |at: usize| row[at].as_ref().and_then(|text| text.parse::<i64>().ok());
            json!([
                number(0),
                row[1],
                row[2],
                row[3],
                row[4],
                number(5),
                row[6],
                matches!(row[9].as_deref(), Some("t" | "1")),
            ])
        })
        .collect();
    Ok(Value::from(rows))
}

fn base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        buffer = buffer << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits).to_le_bytes()[0]);
        }
    }
    bytes
}
