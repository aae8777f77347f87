//! The cases of `compat-fixtures/alembic`: working copies of them, and commands run in these.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use libtest_mimic::Failed;
use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use stillway::database::Connection;
use stillway::database::sqlite::{SqliteDatabase, SqliteOptions};

use super::servers::ScratchDatabase;

/// What `case.toml` says.
#[derive(Debug, Deserialize)]
pub struct Case {
    pub backends: Vec<String>,
    #[serde(default)]
    pub step: Vec<Step>,
    pub compare: Option<String>,
    #[serde(default = "yes")]
    template: bool,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    configure: toml::Table,
    #[serde(default)]
    ini: toml::Table,
    metadata: Option<String>,
    version_table: Option<String>,
    #[serde(default)]
    mask: Vec<String>,
    #[serde(default)]
    any_order: Vec<String>,
    #[serde(default)]
    any_order_lines: Vec<String>,
    #[serde(default)]
    tables_in_any_order: bool,
}

fn yes() -> bool {
    true
}

/// One thing that is done in a case.
#[derive(Debug, Deserialize)]
pub struct Step {
    run: Option<Vec<String>>,
    query: Option<String>,
    sql: Option<String>,
    versions: Option<Vec<String>>,
    write: Option<String>,
    text: Option<String>,
    remove: Option<String>,
    on: Option<String>,
    r#in: Option<String>,
    version_table: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    names_only: bool,
    #[serde(default)]
    lines_in_any_order: bool,
}

impl Case {
    /// Reads it.
    pub fn load(folder: &Path) -> Self {
        let path = folder.join("case.toml");
        toml::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// The folder of all fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("compat-fixtures")
}

/// The text of a file that has to be there.
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn failed(error: impl std::fmt::Display) -> Failed {
    error.to_string().into()
}

type Files = BTreeMap<String, Vec<u8>>;

/// A working copy of a case, with a database.
pub struct Working<'a> {
    case: &'a Case,
    backend: String,
    _directory: tempfile::TempDir,
    root: PathBuf,
    url: String,
    scratch: Option<ScratchDatabase>,
    masks: Vec<Regex>,
    any_order: Vec<Regex>,
    any_order_lines: Vec<Regex>,
}

impl<'a> Working<'a> {
    /// Copies the files and puts the settings of the case into them.
    pub fn create(folder: &Path, case: &'a Case, backend: &str) -> Result<Self, Failed> {
        let directory = tempfile::Builder::new()
            .prefix("stillway")
            .tempdir()
            .map_err(failed)?;
        let root = directory.path().canonicalize().map_err(failed)?;
        let online = !case.step.is_empty() && backend == "postgresql";
        let scratch = online
            .then(|| ScratchDatabase::create().ok_or("no PostgreSQL server"))
            .transpose()?;
        let url = match (&scratch, backend) {
            (Some(scratch), _) => {
                let (_, rest) = scratch.url.split_once("://").unwrap_or_default();
                format!("postgresql+psycopg2://{rest}")
            }
            (None, "sqlite") => format!("sqlite:///{}/database.db", root.display()),
            (None, "postgresql") => "postgresql+psycopg2://stillway@localhost/stillway".to_owned(),
            (None, other) => format!("{other}+pymysql://stillway@localhost/stillway"),
        };
        let patterns = |list: &[String]| -> Result<Vec<Regex>, Failed> {
            let compiled = list.iter().map(|pattern| Regex::new(pattern));
            compiled.collect::<Result<_, _>>().map_err(failed)
        };
        let working = Self {
            case,
            backend: backend.to_owned(),
            _directory: directory,
            root,
            url,
            scratch,
            masks: patterns(&case.mask)?,
            any_order: patterns(&case.any_order)?,
            any_order_lines: patterns(&case.any_order_lines)?,
        };
        if case.template {
            copy_tree(&fixtures().join("oracle-alembic/project"), &working.root)?;
            std::fs::create_dir(working.root.join("versions")).map_err(failed)?;
        }
        for part in ["project".to_owned(), format!("project.{backend}")] {
            copy_tree(&folder.join(part), &working.root)?;
        }
        working.fill()?;
        Ok(working)
    }

    fn fill(&self) -> Result<(), Failed> {
        let lines = |table: &toml::Table, line: &dyn Fn(&str, &str) -> String, joint: &str| {
            let entry = |(key, value): (&String, &toml::Value)| match value {
                toml::Value::String(text) => line(key, text),
                other => line(key, &other.to_string()),
            };
            table.iter().map(entry).collect::<Vec<_>>().join(joint)
        };
        let configure = |key: &str, value: &str| format!("{key}={value},");
        let configure = lines(&self.case.configure, &configure, "\n        ");
        let ini = lines(
            &self.case.ini,
            &|key, value| format!("{key} = {value}"),
            "\n",
        );
        for (name, bytes) in self.files() {
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            let mut filled = text
                .replace("# @configure@", &configure)
                .replace("# @ini@", &ini);
            if let Some(metadata) = &self.case.metadata {
                let plain = "target_metadata = MetaData()";
                filled = filled.replace(plain, &format!("target_metadata = {metadata}"));
            }
            filled = self.insert(&filled);
            if filled != text {
                std::fs::write(self.root.join(name), filled).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn insert(&self, text: &str) -> String {
        let before = self.url.rsplit_once('/').map_or("", |(before, _)| before);
        let port = before.rsplit_once(':').map_or(before, |(_, port)| port);
        text.replace("@url@", &self.url)
            .replace("@root@", &self.root.display().to_string())
            .replace(
                "@database@",
                self.scratch.as_ref().map_or("", |it| &it.name),
            )
            .replace("@port@", port)
    }

    /// Runs commands one after the other, as a case without steps wants it.
    pub fn commands(&mut self, list: &[Vec<String>]) -> Result<Vec<Value>, Failed> {
        let environment = self.case.env.clone();
        list.iter()
            .map(|arguments| self.run(arguments, &environment, "."))
            .collect()
    }

    /// Does all steps of the case.
    pub fn steps(&mut self) -> Result<Vec<Value>, Failed> {
        let mut entries = Vec::new();
        let case = self.case;
        for step in &case.step {
            if step.on.as_ref().is_some_and(|on| *on != self.backend) {
                continue;
            }
            if let Some(arguments) = &step.run {
                entries.push(self.command(step, arguments)?);
            } else if let Some(query) = &step.query {
                entries.push(self.query(query, step.lines_in_any_order));
            } else if let Some(sql) = &step.sql {
                self.statements(sql)?;
            } else if let Some(versions) = &step.versions {
                self.set_versions(versions)?;
            } else if let Some(target) = &step.write {
                let text = self.insert(step.text.as_deref().unwrap_or_default());
                let target = self.root.join(target);
                std::fs::create_dir_all(target.parent().expect("a folder")).map_err(failed)?;
                std::fs::write(target, text).map_err(failed)?;
            } else if let Some(target) = &step.remove {
                std::fs::remove_file(self.root.join(target)).map_err(failed)?;
            }
        }
        Ok(entries)
    }

    fn command(&self, step: &Step, arguments: &[String]) -> Result<Value, Failed> {
        let before = self.files();
        let mut environment = self.case.env.clone();
        environment.extend(step.env.clone());
        let place = step.r#in.as_deref().unwrap_or(".");
        let mut entry = self.run(arguments, &environment, place)?;
        let files = self.changed(&before, step.names_only);
        if !files.is_empty() {
            entry["files"] = Value::Object(files);
        }
        if self.backend != "mysql" && !arguments.iter().any(|argument| argument == "--sql") {
            entry["rows"] = self.rows(step.version_table.as_deref());
        }
        Ok(entry)
    }

    fn run(
        &self,
        arguments: &[String],
        environment: &BTreeMap<String, String>,
        place: &str,
    ) -> Result<Value, Failed> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stillway"));
        command
            .arg("alembic")
            .args(arguments.iter().map(|argument| self.insert(argument)))
            .current_dir(self.root.join(place))
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        for name in ["PATH", "HOME"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        for (name, value) in environment {
            command.env(name, self.insert(value));
        }
        let output = command.output().map_err(failed)?;
        let mut entry = Map::new();
        entry.insert("run".to_owned(), json!(arguments));
        let code = output.status.code().unwrap_or(-1);
        entry.insert("code".to_owned(), code.into());
        let stdout = self.plain(&String::from_utf8_lossy(&output.stdout));
        if !stdout.is_empty() {
            let stdout = if self.case.tables_in_any_order {
                tables_in_any_order(&stdout)
            } else {
                stdout
            };
            let lines = stdout.split('\n').map(str::to_owned).collect();
            entry.insert("stdout".to_owned(), self.sorted(lines).into());
        }
        let stderr = self.plain(&String::from_utf8_lossy(&output.stderr));
        let (said, log): (Vec<String>, Vec<String>) = stderr
            .lines()
            .map(str::to_owned)
            .partition(|line| WARNINGS.iter().any(|prefix| line.starts_with(prefix)));
        if code != 0 && code != 255 {
            entry.insert("error".to_owned(), log.into());
        } else if !log.is_empty() {
            entry.insert("log".to_owned(), self.sorted(log).into());
        }
        if !said.is_empty() {
            entry.insert("warnings".to_owned(), said.into());
        }
        Ok(Value::Object(entry))
    }

    /// What is the same on every machine and in every run.
    fn plain(&self, text: &str) -> String {
        let mut text = text
            .replace(&self.url, "<url>")
            .replace(&self.root.display().to_string(), "<root>");
        if let Some(scratch) = &self.scratch {
            text = text.replace(&scratch.name, "<database>");
        }
        // Stillway says where in a revision an error of Alembic's comes from.
        text = POSITION.replace_all(&text, "$1").into_owned();
        for mask in &self.masks {
            text = mask.replace_all(&text, "<masked>").into_owned();
        }
        text
    }

    /// Sorts what follows each other and may come in any order: whole paragraphs, or lines.
    fn sorted(&self, lines: Vec<String>) -> Vec<String> {
        let mut lines = lines;
        let inner = lines.split_last().map_or(&[][..], |(_, rest)| rest);
        let by_paragraph = inner.iter().any(String::is_empty);
        let paragraphs = self.any_order.iter().map(|pattern| (pattern, by_paragraph));
        let single = self.any_order_lines.iter().map(|pattern| (pattern, false));
        for (pattern, by_paragraph) in paragraphs.chain(single) {
            let separator = if by_paragraph { "\n\n" } else { "\n" };
            let text = lines.join("\n");
            let (mut out, mut group): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
            for part in text.split(separator) {
                if pattern.is_match(part) {
                    group.push(part);
                    continue;
                }
                group.sort_unstable();
                out.append(&mut group);
                out.push(part);
            }
            group.sort_unstable();
            out.append(&mut group);
            let joined = out.join(separator);
            lines = joined.split('\n').map(str::to_owned).collect();
        }
        lines
    }

    fn files(&self) -> Files {
        let mut files = Files::new();
        collect(&self.root, &self.root, &mut files);
        files
    }

    fn changed(&self, before: &Files, names_only: bool) -> Map<String, Value> {
        let mut out = Map::new();
        for (name, bytes) in self.files() {
            if before.get(&name) == Some(&bytes) {
                continue;
            }
            let text = self.plain(&String::from_utf8_lossy(&bytes));
            let lines = if names_only {
                Value::Null
            } else {
                text.split('\n').collect::<Vec<_>>().into()
            };
            out.insert(self.plain(&name), lines);
        }
        out
    }

    fn connect(&self) -> Connection {
        if let Some(scratch) = &self.scratch {
            return scratch.connect();
        }
        let options = SqliteOptions {
            path: self.root.join("database.db").display().to_string(),
            busy_timeout: 5000,
            pragmas: Vec::new(),
            on_connect: None,
        };
        Connection::Sqlite(Box::new(SqliteDatabase::connect(&options).expect("opens")))
    }

    fn table<'b>(&'b self, given: Option<&'b str>) -> &'b str {
        given
            .or(self.case.version_table.as_deref())
            .unwrap_or("alembic_version")
    }

    /// The rows of the version table, null when there is none.
    fn rows(&self, table: Option<&str>) -> Value {
        if self.scratch.is_none() && !self.root.join("database.db").exists() {
            return Value::Null;
        }
        let sql = format!("SELECT version_num FROM {}", self.table(table));
        match self.connect().database().query(&sql) {
            Ok(found) => {
                let mut rows: Vec<Value> =
                    found.rows.into_iter().map(|row| json!(row[0])).collect();
                rows.sort_by_key(Value::to_string);
                rows.into()
            }
            Err(_) => Value::Null,
        }
    }

    fn query(&self, query: &str, any_order: bool) -> Value {
        match self.connect().database().query(query) {
            Ok(mut found) => {
                let values = found.rows.iter_mut().flatten().flatten();
                for value in values.filter(|_| any_order) {
                    *value = in_any_order(value);
                }
                let text = self.plain(&json!(found.rows).to_string());
                let rows: Value = serde_json::from_str(&text).expect("still JSON");
                json!({ "query": query, "rows": rows })
            }
            Err(_) => json!({ "query": query, "error": true }),
        }
    }

    fn statements(&self, sql: &str) -> Result<(), Failed> {
        let mut connection = self.connect();
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

    /// Puts rows in the version table by hand.
    fn set_versions(&self, versions: &[String]) -> Result<(), Failed> {
        use std::fmt::Write as _;

        let table = self.table(None);
        let mut sql = format!(
            "CREATE TABLE IF NOT EXISTS {table} (version_num VARCHAR(32) NOT NULL, \
             CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));\nDELETE FROM {table};"
        );
        for version in versions {
            write!(sql, "\nINSERT INTO {table} VALUES ('{version}');").map_err(failed)?;
        }
        self.statements(&sql)
    }
}

/// The place before the words of an error.
static POSITION: LazyLock<Regex> = LazyLock::new(|| {
    let before = r"(?m)^(FAILED: |ERROR \[alembic\.util\.messaging\] )";
    Regex::new(&format!(r"{before}<root>/[^\n]*?\.py:\d+:\d+: ")).expect("a pattern")
});

/// How lines begin that are warnings rather than log.
const WARNINGS: [&str; 4] = ["UserWarning: ", "SAWarning: ", "WARN ", "hint: "];

/// Sorts all lines but the first; what separates them goes.
fn in_any_order(text: &str) -> String {
    let mut lines = text
        .split('\n')
        .map(|line| line.trim_end_matches([',', ' ']));
    let first = lines.next().unwrap_or_default();
    let mut rest: Vec<&str> = lines.collect();
    rest.sort_unstable();
    [&[first], rest.as_slice()].concat().join("\n")
}

/// Sorts what stands inside of each CREATE TABLE.
fn tables_in_any_order(text: &str) -> String {
    let sorted = |part: &str| match part.strip_prefix("CREATE TABLE ") {
        Some(_) => in_any_order(part),
        None => part.to_owned(),
    };
    let parts: Vec<String> = text.split("\n\n").map(sorted).collect();
    parts.join("\n\n")
}

fn collect(root: &Path, folder: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
            continue;
        }
        let name = path.strip_prefix(root).expect("inside").to_string_lossy();
        let database = [".db", ".pyc"].iter().any(|end| name.ends_with(end))
            || ["-journal", "-wal", "-shm"]
                .iter()
                .any(|end| name.ends_with(end));
        if !database {
            let bytes = std::fs::read(&path).expect("readable");
            files.insert(name.into_owned(), bytes);
        }
    }
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), Failed> {
    if !from.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).map_err(failed)?;
            copy_tree(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target).map_err(failed)?;
        }
    }
    Ok(())
}
