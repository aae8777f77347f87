//! The cases of `compat-fixtures/alembic`: working copies of them, and commands run in these.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use libtest_mimic::Failed;
use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::database::{Backend, TestDatabase};
use super::original_alembic::{self, Told};

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

/// Which program runs a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The one under test.
    Stillway,
    /// The real Alembic.
    Original,
}

impl Program {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Stillway => Self::Original,
            Self::Original => Self::Stillway,
        }
    }
}

impl Step {
    /// Whether it is one of this backend's.
    pub fn is_for(&self, backend: &str) -> bool {
        self.on.as_deref().is_none_or(|on| on == backend)
    }

    /// Whether it puts rows in the version table by hand.
    pub fn sets_versions(&self) -> bool {
        self.versions.is_some()
    }

    /// Whether it runs a command that may change the database.
    pub fn is_change(&self) -> bool {
        let verb = self.run.iter().flatten().next();
        let verbs = ["upgrade", "downgrade", "stamp", "ensure_version"];
        verb.is_some_and(|verb| verbs.contains(&verb.as_str()))
    }
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

/// All cases by name, with their folders.
pub fn cases() -> BTreeMap<String, PathBuf> {
    std::fs::read_dir(fixtures().join("alembic"))
        .expect("fixtures")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                entry.path(),
            )
        })
        .collect()
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
    database: TestDatabase,
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
        let place = if online {
            Backend::Postgres
        } else {
            Backend::Sqlite
        };
        let database = TestDatabase::create(place, root.join("database.db"))?;
        let url = match backend {
            "postgresql" if !online => "postgresql+psycopg2://stillway@localhost/stillway".into(),
            "postgresql" | "sqlite" => database.sqlalchemy_url(),
            other => format!("{other}+pymysql://stillway@localhost/stillway"),
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
            database,
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
                self.database.scratch.as_ref().map_or("", |it| &it.name),
            )
            .replace("@port@", port)
    }

    /// Runs commands one after the other, as a case without steps wants it.
    pub fn commands(&mut self, list: &[Vec<String>]) -> Result<Vec<Value>, Failed> {
        let environment = self.case.env.clone();
        list.iter()
            .map(|arguments| self.run(Program::Stillway, arguments, &environment, "."))
            .collect()
    }

    /// Does all steps of the case.
    pub fn steps(&mut self) -> Result<Vec<Value>, Failed> {
        let mut entries = Vec::new();
        let case = self.case;
        for step in case.step.iter().filter(|step| step.is_for(&self.backend)) {
            entries.extend(self.step(step, Program::Stillway)?);
        }
        Ok(entries)
    }

    /// Does one step; gives its entry, when it is of a kind that leaves one.
    pub fn step(&self, step: &Step, program: Program) -> Result<Option<Value>, Failed> {
        if let Some(arguments) = &step.run {
            return self.command(step, program, arguments).map(Some);
        } else if let Some(query) = &step.query {
            return Ok(Some(self.query(query, step.lines_in_any_order)));
        } else if let Some(sql) = &step.sql {
            self.database.statements(sql).map_err(failed)?;
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
        Ok(None)
    }

    /// The database of the copy.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    fn command(
        &self,
        step: &Step,
        program: Program,
        arguments: &[String],
    ) -> Result<Value, Failed> {
        let before = self.files();
        let mut environment = self.case.env.clone();
        environment.extend(step.env.clone());
        let place = step.r#in.as_deref().unwrap_or(".");
        let mut entry = self.run(program, arguments, &environment, place)?;
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
        program: Program,
        arguments: &[String],
        environment: &BTreeMap<String, String>,
        place: &str,
    ) -> Result<Value, Failed> {
        let filled: Vec<String> = arguments.iter().map(|it| self.insert(it)).collect();
        let environment = environment
            .iter()
            .map(|(name, value)| (name.clone(), self.insert(value)))
            .collect();
        let folder = self.root.join(place);
        let told = match program {
            Program::Stillway => stillway(&filled, &folder, &environment).map_err(failed)?,
            Program::Original => original_alembic::run(&filled, &folder, &environment)?,
        };
        let mut entry = Map::new();
        entry.insert("run".to_owned(), json!(arguments));
        entry.insert("code".to_owned(), told.code.into());
        let stdout = self.plain(&told.stdout);
        if !stdout.is_empty() {
            let stdout = if self.case.tables_in_any_order {
                tables_in_any_order(&stdout)
            } else {
                stdout
            };
            let lines = stdout.split('\n').map(str::to_owned).collect();
            entry.insert("stdout".to_owned(), self.sorted(lines).into());
        }
        let lines = |lines: &[String]| -> Vec<String> {
            let text = self.plain(&lines.join("\n"));
            text.lines().map(str::to_owned).collect()
        };
        let (log, said) = (lines(&told.log), lines(&told.warnings));
        if told.code != 0 && told.code != 255 {
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
        if let Some(scratch) = &self.database.scratch {
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

    fn table<'b>(&'b self, given: Option<&'b str>) -> &'b str {
        given
            .or(self.case.version_table.as_deref())
            .unwrap_or("alembic_version")
    }

    /// The rows of the version table, null when there is none.
    fn rows(&self, table: Option<&str>) -> Value {
        if self.database.backend() == Backend::Sqlite && !self.database.file().exists() {
            return Value::Null;
        }
        let sql = format!("SELECT version_num FROM {}", self.table(table));
        match self.database.connect().database().query(&sql) {
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
        match self.database.connect().database().query(query) {
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
        self.database.statements(&sql).map_err(failed)
    }
}

/// Runs one command of Stillway's in a folder, in an environment of these variables.
pub fn stillway(
    arguments: &[String],
    folder: &Path,
    environment: &BTreeMap<String, String>,
) -> std::io::Result<Told> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stillway"));
    command
        .arg("alembic")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .stdin(Stdio::null());
    for name in ["PATH", "HOME"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let output = command.envs(environment).output()?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    let (warnings, log) = stderr
        .lines()
        .map(str::to_owned)
        .partition(|line| WARNINGS.iter().any(|prefix| line.starts_with(prefix)));
    Ok(Told {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        log,
        warnings,
    })
}

/// The place before the words of an error.
static POSITION: LazyLock<Regex> = LazyLock::new(|| {
    let before = r"(?m)^(FAILED: |ERROR \[alembic\.util\.messaging\] )";
    Regex::new(&format!(r"{before}<root>/[^\n]*?\.py:\d+:\d+: ")).expect("a pattern")
});

/// How lines begin that are warnings rather than log.
const WARNINGS: [&str; 4] = ["UserWarning: ", "SAWarning: ", "WARN ", "hint: "];

/// Sorts all lines but the first; what separates them goes.
pub fn in_any_order(text: &str) -> String {
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

/// Copies a folder with all in it.
pub fn copy_tree(from: &Path, to: &Path) -> Result<(), Failed> {
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
