//! The SQL files of a native revision, made ready and run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Guards, Metadata};
use crate::dialect::alembic::render::{Body, RevisionScript, ScriptError, SharedSink, Sink};
use crate::dialect::flyway::{PlaceholderError, Placeholders};
use crate::engine::{Origin, Script};
use crate::model::{Backend, Place};
use crate::sql::{SplitOptions, TransactionControl, line_and_column, offset_of, split};

/// The names under which a body may lie, the most particular first.
pub fn file_names(body: Body, backend: Backend) -> [String; 2] {
    let stem = match body {
        Body::Upgrade => "up",
        Body::Downgrade => "down",
    };
    let backend = match backend {
        Backend::Postgres => "postgres",
        Backend::Sqlite => "sqlite",
        Backend::Mysql => "mysql",
    };
    [format!("{stem}.{backend}.sql"), format!("{stem}.sql")]
}

/// A native revision that is ready to run. Copies share what was read and cut, so that one revision
/// may run on many databases.
#[derive(Debug, Clone)]
pub struct NativeScript {
    content: Arc<Content>,
    /// The body that was cut ahead of its turn.
    ready: Option<(Body, Backend, Arc<Script>)>,
}

/// What the files of a revision say.
#[derive(Debug)]
struct Content {
    /// The SQL files by name.
    files: BTreeMap<String, String>,
    /// Whether it runs in a transaction.
    run_in_transaction: bool,
    guards: Guards,
    /// Values for the text's placeholders, where it has some.
    placeholders: Option<Placeholders>,
    /// The text that is summed.
    source: Vec<u8>,
    /// The directory.
    directory: PathBuf,
    /// Bodies that were cut.
    cut: Mutex<Vec<(Body, Backend, Arc<Script>)>>,
}

impl NativeScript {
    /// Takes the files of a revision, in the order of their names. `values` are those of
    /// placeholders.
    ///
    /// # Errors
    ///
    /// A placeholder of a repeatable revision that has no value: what is summed of these is the text
    /// that runs.
    pub fn new(
        directory: PathBuf,
        metadata: &Metadata,
        files: BTreeMap<String, String>,
        bytes: Vec<u8>,
        values: &BTreeMap<String, String>,
    ) -> Result<Self, ScriptError> {
        let values = values.iter().map(|(name, value)| (&**name, &**value));
        let placeholders = Placeholders::new(values, "${", "}");
        let mut content = Content {
            files,
            run_in_transaction: metadata.run_in_transaction,
            guards: metadata.guards(),
            placeholders: metadata.placeholders.then_some(placeholders),
            source: bytes,
            directory,
            cut: Mutex::default(),
        };
        if metadata.repeatable && metadata.placeholders {
            content.source = content.replaced_source()?;
        }
        Ok(Self {
            content: Arc::new(content),
            ready: None,
        })
    }

    /// Cuts a body into its statements, once for all copies.
    fn cut(&self, body: Body, backend: Backend) -> Result<Arc<Script>, ScriptError> {
        let known = || {
            let cut = self.content.cut.lock();
            cut.unwrap_or_else(PoisonError::into_inner)
        };
        let same = |(of, on, _): &&(Body, Backend, Arc<Script>)| (*of, *on) == (body, backend);
        if let Some((.., script)) = known().iter().find(same) {
            return Ok(script.clone());
        }
        let script = Arc::new(self.prepare(body, backend)?);
        known().push((body, backend, script.clone()));
        Ok(script)
    }

    /// Cuts a body into its statements.
    ///
    /// # Errors
    ///
    /// A file that is not there, that cannot be cut, or that holds what is refused.
    pub fn prepare(&self, body: Body, backend: Backend) -> Result<Script, ScriptError> {
        self.content.prepare(body, backend)
    }
}

impl Content {
    fn replaced_source(&self) -> Result<Vec<u8>, ScriptError> {
        let mut source = Vec::new();
        for (name, text) in &self.files {
            source.extend_from_slice(name.as_bytes());
            source.push(0);
            source.extend_from_slice(self.replace(name, text)?.text.as_bytes());
        }
        Ok(source)
    }

    /// The text of a file with its placeholders replaced.
    fn replace(&self, name: &str, text: &str) -> Result<Script, ScriptError> {
        let path = self.directory.join(name);
        let replaced = match &self.placeholders {
            None => None,
            Some(placeholders) => {
                let replaced = placeholders.replace(text);
                let replaced = replaced.map_err(|errors| without_value(&path, text, &errors))?;
                replaced.text.map(|text| (text, replaced.edits))
            }
        };
        let (text, origin) = match replaced {
            None => (
                text.to_owned(),
                Origin {
                    path,
                    ..Origin::default()
                },
            ),
            Some((new, edits)) => (
                new,
                Origin {
                    path,
                    stages: vec![edits],
                    file_text: Some(Arc::new(text.to_owned())),
                },
            ),
        };
        Ok(Script {
            text: Arc::new(text),
            statements: Vec::new(),
            origin,
        })
    }

    fn prepare(&self, body: Body, backend: Backend) -> Result<Script, ScriptError> {
        let names = file_names(body, backend);
        let Some((name, text)) = names
            .iter()
            .find_map(|name| Some((name, self.files.get(name)?)))
        else {
            return Err(ScriptError::Raised {
                class: "FileNotFoundError".to_owned(),
                message: format!("{} has no {}", self.directory.display(), names[1]),
                place: None,
            });
        };
        let mut script = self.replace(name, text)?;
        let statements = split(&script.text, backend.flavor(), &SplitOptions::default());
        let refused = |place, message, hint| ScriptError::Refused {
            place,
            message,
            hint,
        };
        script.statements = statements.map_err(|error| {
            let offset = offset_of(&script.text, error.line(), error.column());
            refused(script.place(offset), error.to_string(), error.hint())
        })?;
        for statement in &script.statements {
            let words = match statement.control {
                Some(TransactionControl::Rollback) => {
                    "the revision would be recorded although this drops its work"
                }
                Some(TransactionControl::Commit) if statement.keywords.starts_with("PREPARE") => {
                    "nobody would commit what this prepares"
                }
                _ => continue,
            };
            let place = script.place(statement.code_start);
            let words = format!("`{}` is refused: {words}", statement.keywords);
            return Err(refused(place, words, None));
        }
        Ok(script)
    }
}

impl RevisionScript for NativeScript {
    fn run(&mut self, body: Body, sink: &SharedSink) -> Result<(), ScriptError> {
        let mut sink = sink.borrow_mut();
        let backend = sink.backend();
        let script = match self.ready.take() {
            Some((ready, of, script)) if (ready, of) == (body, backend) => script,
            _ => self.cut(body, backend)?,
        };
        let mut run = BodyRun {
            script: &script,
            sink: &mut *sink,
            home: self.content.run_in_transaction,
            inside: true,
        };
        if !self.content.run_in_transaction {
            run.leave()?;
        }
        let mut at = 0;
        while let Some(statement) = script.statements.get(at) {
            if statement.control.is_some() {
                run.control(at)?;
                at += 1;
                continue;
            }
            let others = &script.statements[at..];
            let end = at + others.iter().take_while(|s| s.control.is_none()).count();
            run.statements(at..end)?;
            at = end;
        }
        if !run.inside {
            run.enter()?;
        }
        Ok(())
    }

    fn check(&mut self, body: Body, backend: Backend) -> Result<(), ScriptError> {
        let script = self.cut(body, backend)?;
        self.ready = Some((body, backend, script));
        Ok(())
    }

    fn guards(&self) -> Option<&Guards> {
        let guards = &self.content.guards;
        (!guards.is_empty()).then_some(guards)
    }

    fn source(&self) -> &[u8] {
        &self.content.source
    }
}

/// Tells of placeholders that cannot be replaced.
fn without_value(path: &Path, text: &str, errors: &[PlaceholderError]) -> ScriptError {
    let places = errors.iter().map(|error| {
        let (line, column) = line_and_column(text, error.offset());
        let path = path.to_owned();
        (Place { path, line, column }, error.to_string())
    });
    let mut message = String::new();
    let mut first = None;
    for (place, words) in places {
        match first {
            None => {
                first = Some(place);
                message = words;
            }
            Some(_) => {
                let _ = write!(message, "\n{place}: {words}");
            }
        }
    }
    ScriptError::Refused {
        place: first.unwrap_or_else(|| Place { path: path.to_owned(), line: 1, column: 1 }),
        message,
        hint: Some(
            "give the value in the domain's `placeholders`, or remove `placeholders = true` from metadata.toml where the text stands for itself".to_owned(),
        ),
    }
}

/// A body under way.
struct BodyRun<'r> {
    script: &'r Script,
    sink: &'r mut dyn Sink,
    /// Whether a transaction goes on after the script's own commit.
    home: bool,
    /// Whether a transaction is open.
    inside: bool,
}

impl BodyRun<'_> {
    fn enter(&mut self) -> Result<(), ScriptError> {
        self.inside = true;
        server(self.sink.end_autocommit(), "BEGIN")
    }

    fn leave(&mut self) -> Result<(), ScriptError> {
        self.inside = false;
        server(self.sink.begin_autocommit(), "COMMIT")
    }

    /// A statement that opens or ends a transaction.
    fn control(&mut self, at: usize) -> Result<(), ScriptError> {
        match self.script.statements[at].control {
            Some(TransactionControl::Begin) if !self.inside => self.enter(),
            // What it commits is told to the history, and the version table is locked anew.
            Some(TransactionControl::Commit) => {
                if self.inside {
                    self.leave()?;
                    if self.home {
                        self.enter()?;
                    }
                }
                Ok(())
            }
            _ => self.statements(at..at + 1),
        }
    }

    fn statements(&mut self, range: Range<usize>) -> Result<(), ScriptError> {
        let ran = self.sink.run(self.script, range);
        ran.map_err(|(at, error)| {
            let statement = &self.script.statements[at];
            ScriptError::Server {
                error,
                statement: self.script.statement_text(statement).to_owned(),
                place: Some(self.script.place(statement.code_start)),
            }
        })
    }
}

fn server<T>(result: Result<T, crate::engine::ServerError>, sql: &str) -> Result<T, ScriptError> {
    result.map_err(|error| ScriptError::Server {
        error,
        statement: sql.to_owned(),
        place: None,
    })
}
