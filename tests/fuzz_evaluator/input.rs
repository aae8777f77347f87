//! What becomes of an input: its first byte says what the rest is taken for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use stillway::dialect::alembic::config::{AlembicConfig, ConfigFiles};
use stillway::dialect::alembic::constant::Constant;
use stillway::dialect::alembic::ops;
use stillway::dialect::alembic::render::{Body, SharedSink, Sink};
use stillway::dialect::alembic::runtime::{
    Evaluation, Files, Run, RunSettings, SinkConnection, evaluated_variables, may_extend,
};
use stillway::dialect::alembic::settings::{self, Mode, Modules, Surroundings};
use stillway::dialect::alembic::sqlalchemy::naming::NamingConvention;
use stillway::dialect::alembic::sqlalchemy::target::Target;
use stillway::dialect::alembic::template::{self, TemplateValues};
use stillway::dialect::alembic::{revision, source};
use stillway::engine::{Datum, Reply, Rows, ServerError, StatementResult};
use stillway::model::Backend;
use stillway::python::{Host, Limits, Vm};

/// What a text is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A program for the evaluator alone.
    Program,
    /// A revision that is written down for a backend.
    Offline(Backend),
    /// A revision that asks a server.
    Live(Backend),
    /// A revision of which only the variables are wanted.
    Variables,
    /// An `env.py`.
    Environment,
    /// An `alembic.ini` or `pyproject.toml`.
    Configuration,
    /// A `script.py.mako`.
    Template,
}

/// Every kind and the byte that stands for it.
pub(crate) const KINDS: [(u8, Kind); 10] = [
    (b'p', Kind::Program),
    (b'g', Kind::Offline(Backend::Postgres)),
    (b's', Kind::Offline(Backend::Sqlite)),
    (b'm', Kind::Offline(Backend::Mysql)),
    (b'G', Kind::Live(Backend::Postgres)),
    (b'S', Kind::Live(Backend::Sqlite)),
    (b'v', Kind::Variables),
    (b'e', Kind::Environment),
    (b'i', Kind::Configuration),
    (b't', Kind::Template),
];

/// Bounds that keep one input short. The depth is that of real runs, since it is the stack that
/// has to stand it.
const LIMITS: Limits = Limits {
    steps: 200_000,
    allocation: 64 << 20,
    depth: 400,
};

/// Takes an input through the code it is for. Whatever it is, this comes back.
pub(crate) fn run(input: &[u8]) {
    let Some((first, bytes)) = input.split_first() else {
        return;
    };
    let kind = KINDS
        .iter()
        .find(|(byte, _)| byte == first)
        .unwrap_or(&KINDS[usize::from(*first) % KINDS.len()])
        .1;
    let Ok(text) = source::decode(bytes) else {
        return;
    };
    match kind {
        Kind::Program => program(&text),
        Kind::Offline(backend) => revision(backend, false, &text),
        Kind::Live(backend) => revision(backend, true, &text),
        Kind::Variables => variables(&text),
        Kind::Environment => environment(&text),
        Kind::Configuration => configuration(&text),
        Kind::Template => mako(&text),
    }
}

struct ProgramHost;

impl Host for ProgramHost {
    fn source_of(&self, name: &str) -> Option<(Rc<str>, Rc<str>)> {
        let (path, text) = Beside.module(name)?;
        Some((path.into(), text.into()))
    }

    fn unknown_module(
        &self,
        _vm: &mut Vm,
        name: &str,
    ) -> Result<Option<stillway::python::Value>, stillway::python::Failure> {
        Ok(Some(Vm::absent(name)))
    }

    fn environment(&self, name: &str) -> Result<Option<Rc<str>>, ()> {
        Beside.environment(name).map(|value| value.map(Into::into))
    }

    fn read_file(&self, path: &str) -> Option<Vec<u8>> {
        Beside.read(path)
    }

    fn now(&self) -> Option<i64> {
        Some(1_700_000_000_123_456)
    }

    fn random(&self, buffer: &mut [u8]) -> bool {
        buffer.fill(0x5a);
        true
    }
}

fn program(text: &str) {
    let mut vm = Vm::new(Rc::new(ProgramHost), LIMITS);
    if let Err(failure) = vm.load_module("__main__", "/project/versions/test.py", text) {
        let _ = (failure.to_string(), failure.position(), failure.message());
    }
}

/// The files around a revision.
struct Beside;

impl Files for Beside {
    fn module(&self, name: &str) -> Option<(String, String)> {
        let text = match name {
            "helpers" => {
                "import sqlalchemy as sa\nLABEL = 'x'\ndef column(name): return sa.Column(name, sa.Integer())\n"
            }
            "models" => "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n",
            _ => return None,
        };
        Some((format!("/project/{name}.py"), text.to_owned()))
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        path.ends_with(".sql")
            .then(|| b"SELECT 1;\nSELECT ':x';\n".to_vec())
    }

    fn environment(&self, name: &str) -> Result<Option<String>, ()> {
        match name {
            "HOME" => Ok(Some("/home/user".to_owned())),
            "SCHEMA" => Ok(None),
            _ => Err(()),
        }
    }
}

fn revision(backend: Backend, live: bool, text: &str) {
    let convention = NamingConvention::new(vec![
        ("ix".into(), "ix_%(column_0_label)s".into()),
        ("uq".into(), "uq_%(table_name)s_%(column_0_N_name)s".into()),
        (
            "fk".into(),
            "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s".into(),
        ),
        ("ck".into(), "ck_%(table_name)s_%(constraint_name)s".into()),
    ]);
    // A text that says nothing of names gets those of a project with a convention.
    let convention = if text.len().is_multiple_of(2) {
        NamingConvention::default()
    } else {
        convention
    };
    let context = ops::Context::new(Target::new(backend), Rc::new(convention));
    let settings = RunSettings {
        x_arguments: vec!["tenant=a".to_owned()],
        options: vec![("sqlalchemy.url".to_owned(), "sqlite://".to_owned())],
        transactional_ddl: backend == Backend::Postgres,
        ..RunSettings::default()
    };
    let run = if live {
        let sink: SharedSink = Rc::new(RefCell::new(Answers { backend, asked: 0 }));
        Run::live(context, settings, Rc::new(SinkConnection::new(sink)))
    } else {
        Run::offline(context, settings)
    };
    let mut evaluation = Evaluation::with_limits(run, Rc::new(Beside), LIMITS);
    let path = "/project/versions/0001_x.py";
    let Ok(file) = evaluation.load("0001_x", path, text) else {
        return;
    };
    for body in [Body::Upgrade, Body::Downgrade] {
        let _ = evaluation.run(&file, body, None);
    }
}

/// A server that answers anything, each time something else.
struct Answers {
    backend: Backend,
    asked: usize,
}

impl Answers {
    fn rows(&mut self, sql: &str) -> Vec<Vec<Datum>> {
        self.asked += 1;
        let count = (self.asked + sql.len()) % 4;
        let kind = |number: usize| {
            match (self.asked + number + sql.len()) % 13 {
            0 => Datum::Null,
            1 => Datum::Text("name".to_owned()),
            2 => Datum::Bool(number.is_multiple_of(2)),
            3 => Datum::Integer(i64::try_from(number).unwrap_or(0)),
            4 => Datum::Float(1.5),
            5 => Datum::Decimal("12345678901234567890.125".to_owned()),
            6 => Datum::Bytes(vec![0, 255]),
            7 => Datum::Timestamp("2024-02-29 23:59:59.999999+00".to_owned()),
            8 => Datum::Uuid("00000000-0000-0000-0000-000000000000".to_owned()),
            9 => Datum::Json("{\"a\": [1, null]}".to_owned()),
            10 => Datum::Array(vec![Datum::Integer(1), Datum::Null]),
            11 => Datum::Text("CREATE TABLE t (id INTEGER PRIMARY KEY, x VARCHAR(5) DEFAULT 'a' NOT NULL, CONSTRAINT c CHECK (x > 'a'), FOREIGN KEY(x) REFERENCES u (id))".to_owned()),
            _ => Datum::Date("infinity".to_owned()),
        }
        };
        (0..count)
            .map(|row| (0..20).map(|column| kind(row * 7 + column)).collect())
            .collect()
    }

    fn columns() -> Vec<String> {
        let names = ["id", "name", "type", "sql", "notnull", "dflt_value", "pk"];
        (0..20)
            .map(|number| {
                names
                    .get(number)
                    .map_or_else(|| format!("c{number}"), |name| (*name).to_owned())
            })
            .collect()
    }
}

impl Sink for Answers {
    fn backend(&self) -> Backend {
        self.backend
    }

    fn is_offline(&self) -> bool {
        false
    }

    fn execute(&mut self, _sql: &str) -> Result<StatementResult, ServerError> {
        Ok(StatementResult::default())
    }

    fn query(&mut self, sql: &str) -> Result<Rows, ServerError> {
        let rows = self.rows(sql);
        Ok(Rows {
            columns: Self::columns(),
            rows: rows
                .iter()
                .map(|row| {
                    row.iter()
                        .map(|datum| datum.text().map(str::to_owned))
                        .collect()
                })
                .collect(),
        })
    }

    fn copy(&mut self, _sql: &str, _data: &str) -> Result<(), ServerError> {
        Ok(())
    }

    fn send(&mut self, sql: &str) -> Result<Reply, ServerError> {
        let rows = self.rows(sql);
        if self.asked.is_multiple_of(9) {
            return Err(ServerError::client("no such table"));
        }
        Ok(Reply {
            returns_rows: !self.asked.is_multiple_of(5),
            columns: Self::columns(),
            changed: Some(1),
            last_row: Some(i64::MAX),
            rows,
        })
    }

    fn begin_autocommit(&mut self) -> Result<(), ServerError> {
        Ok(())
    }

    fn end_autocommit(&mut self) -> Result<(), ServerError> {
        Ok(())
    }

    fn warn(&mut self, _words: &str) {}
}

fn variables(text: &str) {
    let path = Path::new("/project/versions/0001_x.py");
    let _ = may_extend(text);
    if let Err(error) = revision::read(path, text) {
        let _ = error.to_string();
    }
    // Real runs have the full bounds here, which would make one input long.
    if !text.contains("while") && !text.contains("for") && !text.contains('*') {
        let _ = evaluated_variables("/project/versions/0001_x.py", text, Rc::new(Beside));
    }
}

impl Modules for Beside {
    fn find(&self, name: &str) -> Option<(PathBuf, String)> {
        let (path, text) = self.module(name)?;
        Some((path.into(), text))
    }
}

fn environment(text: &str) {
    let config = read_configuration(
        Some("[alembic]\nsqlalchemy.url = sqlite:///%(here)s/a.db\n"),
        None,
    );
    let Some(config) = config else { return };
    let variables = BTreeMap::from([("HOME".to_owned(), "/home/user".to_owned())]);
    let surroundings = Surroundings {
        config: &config,
        variables: &variables,
        dotenv: &BTreeMap::from([("DATABASE_URL".to_owned(), "sqlite://".to_owned())]),
        x: &["tenant=a".to_owned()],
        tag: Some("a"),
        modules: &Beside,
    };
    for mode in [Mode::Online, Mode::Offline] {
        let read = settings::read(Path::new("/project/env.py"), text, mode, &surroundings);
        if let Some(Some(url)) = read.url.known() {
            let _ = stillway::database::url::SqlAlchemyUrl::parse(url);
        }
    }
}

fn read_configuration(ini: Option<&str>, toml: Option<&str>) -> Option<AlembicConfig> {
    let files = ConfigFiles::choose(&[], None).ok()?;
    AlembicConfig::read(&files, Path::new("/project"), "alembic", ini, toml).ok()
}

fn configuration(text: &str) {
    for config in [
        read_configuration(Some(text), None),
        read_configuration(None, Some(text)),
    ]
    .into_iter()
    .flatten()
    {
        let _ = config.script_location();
        let _ = config.version_locations();
        let _ = config.prepend_sys_path();
        let _ = config.post_write_hooks();
        let _ = config.boolean("sourceless");
        let _ = config.option("file_template");
        let _ = config.main_option("sqlalchemy.url");
        for section in config.ini.sections() {
            let _ = config.ini.items(section);
        }
    }
}

fn mako(text: &str) {
    let names = HashMap::from([
        ("message".to_owned(), Constant::Text("a\nb".to_owned())),
        ("up_revision".to_owned(), Constant::Text("ae10".to_owned())),
        ("down_revision".to_owned(), Constant::None),
        (
            "branch_labels".to_owned(),
            Constant::Sequence(vec![Constant::Text("x".to_owned())]),
        ),
        ("depends_on".to_owned(), Constant::None),
        ("upgrades".to_owned(), Constant::Text(String::new())),
        ("number".to_owned(), Constant::Int(i64::MAX)),
        ("true".to_owned(), Constant::Bool(true)),
    ]);
    let values = TemplateValues {
        names,
        option: &|name| (name == "databases").then(|| "a, b".to_owned()),
        date: &|form| form.to_owned(),
    };
    if let Err(error) = template::render(text, values) {
        let _ = error.to_string();
    }
}
