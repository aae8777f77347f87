//! A run written down as SQL instead of being carried out.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use super::graph::{GraphError, RevisionGraph, Step, VersionRows};
use super::render::{Body, ScriptError, ScriptSource, SharedSink, Sink};
use super::revision::{Form, Revision};
use super::version_table::VersionTable;
use crate::engine::{Reply, Rows, ServerError, StatementResult};
use crate::model::Backend;

/// What decides how a run is written down.
#[derive(Debug, Clone)]
pub struct OfflineOptions {
    /// For which server.
    pub backend: Backend,
    /// The version table.
    pub table: VersionTable,
    /// Whether statements that change the schema can be rolled back.
    pub transactional_ddl: bool,
    /// Whether each step has a transaction of its own.
    pub transaction_per_migration: bool,
    /// Whether the repeatable revisions follow. Whether they have to run only a database could tell;
    /// running them again does no harm.
    pub repeat: bool,
}

/// Why a run could not be written down to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfflineError {
    /// The graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A revision's body.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// A revision without the function that is needed.
    #[error("module '{module}' has no attribute '{function}'")]
    NoFunction {
        /// Its module's name.
        module: String,
        /// The function.
        function: &'static str,
    },
    /// A native revision without the file that is needed.
    #[error("{} has no {file}, so it cannot be run this way", path.display())]
    NoWay {
        /// Its directory.
        path: PathBuf,
        /// The file.
        file: &'static str,
    },
}

/// Text in the form in which statements are printed.
pub fn static_statement(sql: &str) -> String {
    format!("{};\n\n", sql.replace('\t', "    ").trim())
}

fn nobody() -> ServerError {
    ServerError::client("there is no database to ask while SQL is only written down")
}

/// Writes statements down instead of running them.
#[derive(Debug)]
pub struct OfflineSink<T> {
    backend: Backend,
    transactional: bool,
    put: fn(&mut T, &str),
    /// Takes a text that is not a statement alone, as it is.
    put_raw: fn(&mut T, &str),
    /// What was written so far.
    pub written: T,
}

/// Writes statements down as one text.
pub type TextSink = OfflineSink<String>;

/// Collects statements, each by itself.
pub type StatementSink = OfflineSink<Vec<String>>;

impl TextSink {
    /// An empty text.
    pub fn new(backend: Backend, transactional: bool) -> Self {
        Self {
            backend,
            transactional,
            put: |text, sql| text.push_str(&static_statement(sql)),
            put_raw: |text, raw| {
                text.push_str(raw);
                text.push('\n');
            },
            written: String::new(),
        }
    }
}

impl StatementSink {
    /// No statements yet.
    pub fn new(backend: Backend, transactional: bool) -> Self {
        Self {
            backend,
            transactional,
            put: |statements, sql| statements.push(sql.to_owned()),
            put_raw: |statements, raw| statements.push(raw.to_owned()),
            written: Vec::new(),
        }
    }
}

impl<T> OfflineSink<T> {
    fn put(&mut self, sql: &str) {
        (self.put)(&mut self.written, sql);
    }
}

impl<T> Sink for OfflineSink<T> {
    fn backend(&self) -> Backend {
        self.backend
    }

    fn is_offline(&self) -> bool {
        true
    }

    fn execute(&mut self, sql: &str) -> Result<StatementResult, ServerError> {
        self.put(sql);
        Ok(StatementResult::default())
    }

    fn query(&mut self, _sql: &str) -> Result<Rows, ServerError> {
        Err(nobody())
    }

    fn copy(&mut self, sql: &str, data: &str) -> Result<(), ServerError> {
        // Blanks and tabs of data are what they are.
        (self.put_raw)(&mut self.written, &format!("{sql};\n{data}\\.\n"));
        Ok(())
    }

    fn send(&mut self, _sql: &str) -> Result<Reply, ServerError> {
        Err(nobody())
    }

    fn begin_autocommit(&mut self) -> Result<(), ServerError> {
        if self.transactional {
            self.put("COMMIT");
        }
        Ok(())
    }

    fn end_autocommit(&mut self) -> Result<(), ServerError> {
        if self.transactional {
            self.put("BEGIN");
        }
        Ok(())
    }
}

/// Writes down steps that start from the given rows. What was written before a failure stands in
/// the sink; `log` is told of each step.
pub fn write_down(
    graph: &RevisionGraph,
    steps: Result<Vec<Step>, OfflineError>,
    rows: &[String],
    options: &OfflineOptions,
    scripts: &mut dyn ScriptSource,
    sink: &Rc<RefCell<TextSink>>,
    log: &mut dyn FnMut(&str),
) -> Result<(), OfflineError> {
    let whole = options.transactional_ddl && !options.transaction_per_migration;
    let each = options.transactional_ddl && options.transaction_per_migration;
    if whole {
        sink.borrow_mut().put("BEGIN");
    }
    let mut version_rows = VersionRows::new(graph, rows);
    for step in steps? {
        if each {
            sink.borrow_mut().put("BEGIN");
        }
        if version_rows.rows().is_empty() {
            sink.borrow_mut()
                .put(&options.table.create(options.backend));
        }
        log(&step.log(graph));
        let comment = format!("-- Running {}\n\n", step.short_log(graph));
        sink.borrow_mut().written.push_str(&comment);
        if let Some(node) = step.node() {
            let revision = graph.revision(node);
            let shared: SharedSink = sink.clone();
            scripts.script(revision)?.run(step.body(), &shared)?;
        }
        for change in version_rows.apply(&step)? {
            let sql = options.table.change(options.backend, &change);
            sink.borrow_mut().put(&sql);
        }
        if each {
            sink.borrow_mut().put("COMMIT");
        }
    }
    let repeatables = graph.repeatables().iter().filter(|_| options.repeat);
    for revision in repeatables {
        if each {
            sink.borrow_mut().put("BEGIN");
        }
        let line = repetition(revision);
        log(&line);
        let comment = format!("-- Running {line}\n\n");
        sink.borrow_mut().written.push_str(&comment);
        let shared: SharedSink = sink.clone();
        scripts.script(revision)?.run(Body::Upgrade, &shared)?;
        if each {
            sink.borrow_mut().put("COMMIT");
        }
    }
    if whole {
        sink.borrow_mut().put("COMMIT");
    }
    Ok(())
}

/// A run of a repeatable revision as logs show it.
pub fn repetition(revision: &Revision) -> String {
    match revision.message() {
        "" => format!("repeat {}", revision.id),
        message => format!("repeat {}, {message}", revision.id),
    }
}

/// Checks that the revisions of all steps have the function that will run.
pub fn check_functions(graph: &RevisionGraph, steps: &[Step]) -> Result<(), OfflineError> {
    for step in steps {
        let Some(node) = step.node() else { continue };
        let revision = graph.revision(node);
        let (present, function) = match step.kind {
            super::graph::StepKind::Downgrade(_) => (revision.has_downgrade, "downgrade"),
            _ => (revision.has_upgrade, "upgrade"),
        };
        if !present && revision.form == Form::Native {
            return Err(OfflineError::NoWay {
                path: revision.path.clone(),
                file: if function == "upgrade" {
                    "up.sql"
                } else {
                    "down.sql"
                },
            });
        }
        if !present {
            return Err(OfflineError::NoFunction {
                module: revision.module_name(),
                function,
            });
        }
    }
    Ok(())
}
