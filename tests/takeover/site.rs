//! A project folder and a database that Stillway and Flyway share.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use serde_json::Value;
use stillway::database::Connection;

pub(crate) use crate::support::database::Backend;
use crate::support::database::{Rows, TestDatabase};
use crate::support::oracle;

/// How long anything may take before it counts as hanging.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);

/// Who runs a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Flyway,
    Stillway,
}

impl Tool {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Flyway => Self::Stillway,
            Self::Stillway => Self::Flyway,
        }
    }
}

/// A project with a database of its own.
pub(crate) struct Site {
    folder: tempfile::TempDir,
    pub(crate) backend: Backend,
    database: TestDatabase,
}

/// What a verb has left.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Whether it did what it was asked to.
    pub(crate) well: bool,
    /// Its result, or its error below `error`.
    pub(crate) result: Value,
    /// Everything that was said.
    pub(crate) text: String,
}

impl Site {
    pub(crate) fn new(backend: Backend) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("stillway")
            .rand_bytes(8)
            .tempdir()
            .expect("a temporary folder");
        std::fs::create_dir(folder.path().join("project")).expect("a folder");
        let file = folder.path().join("database.db");
        let database = TestDatabase::create(backend, file).expect("a database");
        Self {
            folder,
            backend,
            database,
        }
    }

    /// Writes a file of the project.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.project().join(name), content).expect("writable");
    }

    /// Removes a file of the project.
    pub(crate) fn remove(&self, name: &str) {
        std::fs::remove_file(self.project().join(name)).expect(name);
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// A connection of the test's own.
    pub(crate) fn connect(&self) -> Connection {
        self.database.connect()
    }

    /// Reads from the database.
    pub(crate) fn rows(&self, query: &str) -> Rows {
        self.database.rows(query)
    }

    /// The one value of a query.
    pub(crate) fn value(&self, query: &str) -> String {
        self.database.value(query)
    }

    /// What both programs are told: where the database is, and where the project.
    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let mut arguments = match &self.database.scratch {
            None => vec![format!(
                "-url=jdbc:sqlite:{}",
                self.database.file().display()
            )],
            Some(scratch) => {
                let (_, address) = scratch.url.split_once("://").expect("a URL");
                let (login, address) = address.split_once('@').unwrap_or(("postgres", address));
                let (user, password) = login.split_once(':').unwrap_or((login, ""));
                vec![
                    format!("-url=jdbc:postgresql://{address}"),
                    format!("-user={user}"),
                    format!("-password={password}"),
                ]
            }
        };
        arguments.push(format!(
            "-locations=filesystem:{}",
            self.project().display()
        ));
        arguments.extend(more.iter().map(ToString::to_string));
        arguments
    }

    /// Starts Stillway and does not wait.
    pub(crate) fn start_stillway(&self, arguments: &[&str]) -> Process {
        let output = tempfile::tempfile().expect("a file");
        let errors = tempfile::tempfile().expect("a file");
        let child = Command::new(env!("CARGO_BIN_EXE_stillway"))
            .current_dir(self.folder.path())
            .env_clear()
            .env("TZ", oracle::TIME_ZONE)
            .args(["flyway", "-outputType=json"])
            .args(self.arguments(arguments))
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a file"))
            .stderr(errors.try_clone().expect("a file"))
            .spawn()
            .expect("stillway starts");
        Process {
            child,
            output,
            errors,
        }
    }

    /// Runs one verb in Stillway.
    pub(crate) fn stillway(&self, arguments: &[&str]) -> Result<Ran, Failed> {
        self.start_stillway(arguments).wait(LIMIT)
    }

    /// Runs one verb in Flyway.
    pub(crate) fn flyway(&self, arguments: &[&str]) -> Result<Ran, Failed> {
        let mut entries = oracle::run(&self.arguments(arguments))?;
        let entry = entries.pop().ok_or("no answer of Flyway")?;
        Ok(ran(&entry))
    }

    /// Runs several verbs in Flyway.
    pub(crate) fn flyway_verbs(&self, arguments: &[&str]) -> Result<Vec<Ran>, Failed> {
        let entries = oracle::run(&self.arguments(arguments))?;
        Ok(entries.iter().map(ran).collect())
    }

    /// Asks Flyway to run verbs and does not wait.
    pub(crate) fn start_flyway(&self, flyway: &mut oracle::Flyway, arguments: &[&str]) {
        flyway.send(&self.arguments(arguments));
    }

    /// Runs one verb.
    pub(crate) fn run(&self, tool: Tool, arguments: &[&str]) -> Result<Ran, Failed> {
        match tool {
            Tool::Flyway => self.flyway(arguments),
            Tool::Stillway => self.stillway(arguments),
        }
    }

    /// Runs one verb that has to do well.
    pub(crate) fn must(&self, tool: Tool, arguments: &[&str]) -> Result<Ran, Failed> {
        let ran = self.run(tool, arguments)?;
        if ran.well {
            Ok(ran)
        } else {
            Err(format!("{tool:?} {arguments:?}\n{}", ran.text).into())
        }
    }

    /// What a program's `info` lists.
    pub(crate) fn info(&self, tool: Tool, settings: &[&str]) -> Result<Vec<String>, Failed> {
        let arguments = [settings, &["info"]].concat();
        let ran = self.must(tool, &arguments)?;
        let lines = ran.result["migrations"].as_array().ok_or("no list")?;
        let line = |line: &Value| {
            let column = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            ["category", "version", "description", "type", "state"]
                .map(column)
                .join(" | ")
        };
        Ok(lines.iter().map(line).collect())
    }

    /// The history table, except for what differs from run to run; nothing when it is absent.
    ///
    /// SQLite keeps a type with each value, and that has to be the same as well.
    pub(crate) fn history(&self, schema: &str) -> Vec<String> {
        let table = "flyway_schema_history";
        let (exists, select) = match self.backend {
            Backend::Sqlite => (
                format!("SELECT count(*) FROM sqlite_master WHERE name = '{table}'"),
                format!(
                    "SELECT quote(installed_rank), quote(version), quote(description), quote(type), quote(script), quote(checksum), quote(installed_by), quote(success), typeof(installed_on), length(installed_on), typeof(execution_time) FROM {table} ORDER BY installed_rank"
                ),
            ),
            Backend::Postgres => (
                format!(
                    "SELECT count(*) FROM pg_tables WHERE schemaname = '{schema}' AND tablename = '{table}'"
                ),
                format!(
                    "SELECT installed_rank, version, description, type, script, checksum, installed_by, success FROM \"{schema}\".{table} ORDER BY installed_rank"
                ),
            ),
        };
        if self.value(&exists) == "0" {
            return vec!["no table".to_owned()];
        }
        self.rows(&select).into_iter().map(line).collect()
    }

    /// Everything the server knows of the history table's definition.
    pub(crate) fn definition(&self) -> Vec<String> {
        let queries: &[&str] = match self.backend {
            Backend::Sqlite => &[
                "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name = 'flyway_schema_history' ORDER BY type, name",
            ],
            Backend::Postgres => &[
                "SELECT n.nspname, c.relname, c.relkind, c.relpersistence, c.relowner::regrole, c.reltablespace, c.reloptions, c.relacl, c.relreplident FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname LIKE 'flyway%' ORDER BY c.relname",
                "SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation, a.attidentity, a.attstorage, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = 'flyway_schema_history'::regclass AND a.attnum > 0 ORDER BY a.attnum",
                "SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'flyway_schema_history'::regclass ORDER BY conname",
                "SELECT pg_get_indexdef(indexrelid), indisunique, indisprimary, indisclustered FROM pg_index WHERE indrelid = 'flyway_schema_history'::regclass ORDER BY 1",
            ],
        };
        let rows = queries.iter().flat_map(|query| self.rows(query));
        rows.map(line)
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }
}

fn line(row: Vec<Option<String>>) -> String {
    let values = row
        .into_iter()
        .map(|value| value.unwrap_or("NULL".to_owned()));
    values.collect::<Vec<_>>().join(" | ")
}

/// An entry of the oracle in the form of Stillway's results.
pub(crate) fn ran(entry: &Value) -> Ran {
    let mut result = entry.get("result").cloned().unwrap_or_default();
    if let Some(migrations) = entry.get("migrations") {
        result["migrations"] = migrations.clone();
    }
    if let Some(error) = entry.get("error") {
        result = serde_json::json!({ "error": error });
    }
    Ran {
        well: oracle::went_well(entry),
        text: entry.to_string(),
        result,
    }
}

/// A Stillway under way; it ends with this value.
pub(crate) struct Process {
    child: Child,
    output: File,
    errors: File,
}

impl Process {
    /// Waits for the end, but not for ever.
    pub(crate) fn wait(mut self, limit: Duration) -> Result<Ran, Failed> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return Ok(self.ended(status));
            }
            if start.elapsed() > limit {
                let text = self.said();
                return Err(format!("Stillway hangs for {limit:?}\n{text}").into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether it is still at work.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    fn ended(&mut self, status: ExitStatus) -> Ran {
        let result: Value = serde_json::from_str(&read(&mut self.output)).unwrap_or_default();
        let findings = result["validationSuccessful"].as_bool().unwrap_or(true);
        Ran {
            well: status.success() && findings,
            text: format!("{status}\n{}", self.said()),
            result,
        }
    }

    fn said(&mut self) -> String {
        format!("{}\n{}", read(&mut self.output), read(&mut self.errors))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn read(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.rewind().expect("a file");
    file.read_to_end(&mut bytes).expect("a file");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Two lists that have to be the same.
pub(crate) fn same(what: &str, left: &[String], right: &[String]) -> Result<(), Failed> {
    if left == right {
        return Ok(());
    }
    let none = "(none)".to_owned();
    let mut lines = vec![what.to_owned()];
    for index in 0..left.len().max(right.len()) {
        let (left, right) = (left.get(index), right.get(index));
        if left == right {
            lines.push(format!("    {}", left.unwrap_or(&none)));
        } else {
            lines.push(format!("  - {}", left.unwrap_or(&none)));
            lines.push(format!("  + {}", right.unwrap_or(&none)));
        }
    }
    Err(lines.join("\n").into())
}
