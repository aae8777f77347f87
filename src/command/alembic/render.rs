//! `render`: what each revision would do, without a database.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rayon::prelude::*;

use super::files::{ModuleFolders, ProjectFiles, VisibleVariables, text};
use super::load;
use super::scripts::read_native;
use crate::dialect::alembic::graph::{GraphError, Node, RevisionGraph, Step, StepKind};
use crate::dialect::alembic::offline::{
    OfflineError, OfflineOptions, StatementSink, TextSink, write_down,
};
use crate::dialect::alembic::ops;
use crate::dialect::alembic::render::{
    Body, RevisionScript, ScriptError, ScriptSource, SharedSink,
};
use crate::dialect::alembic::revision::{self, Form, Revision, RevisionFileError};
use crate::dialect::alembic::runtime::{
    Evaluation, PrintedScript, Rendered, RevisionError, Run, RunSettings, may_extend,
};
use crate::dialect::alembic::sqlalchemy::naming::NamingConvention;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::dialect::alembic::version_table::{Keeper, VersionTable};

/// What rendering needs to know besides the revisions.
#[derive(Debug, Clone)]
pub struct RenderOptions {
    /// The backend.
    pub target: Target,
    /// The templates by which unnamed constraints are named; none for `SQLAlchemy`'s own.
    pub convention: Vec<(String, String)>,
    /// Folders in which modules of the project's own are looked for.
    pub roots: Vec<PathBuf>,
    /// Environment variables that are set.
    pub environment: BTreeMap<String, String>,
    /// Names of those that revisions may read; `*` for all.
    pub allowed_variables: Vec<String>,
    /// The name that the multidb template hands to the functions.
    pub engine: Option<String>,
    /// `-x` arguments.
    pub x_arguments: Vec<String>,
    /// Values of placeholders in native revisions.
    pub placeholders: BTreeMap<String, String>,
}

/// What a chain looks like as a graph, and the orders that follow from it.
#[derive(Debug, Clone)]
pub struct Orders {
    /// Revisions that nothing comes after.
    pub heads: Vec<String>,
    /// Revisions that nothing comes before.
    pub bases: Vec<String>,
    /// What `upgrade heads` runs on an empty database, first to last.
    pub upgrade: Vec<String>,
    /// What `downgrade base` runs from the heads, first to last.
    pub downgrade: Vec<String>,
}

/// The orders of a chain.
///
/// # Errors
///
/// Revisions that make no graph, or no order.
pub fn orders(chain: Vec<Revision>) -> Result<Orders, GraphError> {
    let graph = RevisionGraph::new(chain).map_err(|(error, _)| error)?;
    let names = |steps: Vec<Step>| graph.ids(steps.iter().filter_map(Step::node));
    let heads = graph.ids(graph.heads().iter().copied());
    Ok(Orders {
        upgrade: names(graph.upgrade("heads", &[])?),
        downgrade: names(graph.downgrade("base", &heads)?),
        bases: graph.ids(graph.bases().iter().copied()),
        heads,
    })
}

/// One body of one revision.
pub type Outcome = Result<Rendered, Box<RevisionError>>;

/// Both bodies of a revision.
#[derive(Debug, Clone)]
pub struct RenderedRevision {
    /// Its id.
    pub id: String,
    /// Its file.
    pub path: PathBuf,
    /// The way up.
    pub up: Outcome,
    /// The way down.
    pub down: Outcome,
    /// What `upgrade PARENT:REVISION --sql` prints, where the body can be printed.
    pub up_sql: Option<String>,
    /// What `downgrade REVISION:PARENT --sql` prints.
    pub down_sql: Option<String>,
}

impl RenderOptions {
    /// The project's files as the revisions of `folders` may see them.
    pub(super) fn files(&self, folders: impl IntoIterator<Item = PathBuf>) -> ProjectFiles {
        let mut roots = self.roots.clone();
        roots.extend(folders);
        ProjectFiles {
            modules: ModuleFolders::new(roots.clone()),
            readable: roots,
            variables: VisibleVariables {
                all: self.environment.clone(),
                allowed: self.allowed_variables.clone(),
            },
        }
    }

    fn run(&self) -> Rc<Run> {
        Run::offline(self.context(), self.run_settings())
    }

    pub(super) fn context(&self) -> ops::Context {
        let convention = NamingConvention::configured(&self.convention);
        ops::Context::new(self.target.clone(), Rc::new(convention))
    }

    pub(super) fn run_settings(&self) -> RunSettings {
        RunSettings {
            x_arguments: self.x_arguments.clone(),
            transactional_ddl: self.target.is_postgres(),
            keeps_places: true,
            ..RunSettings::default()
        }
    }
}

/// Reads the revisions of folders, and says what cannot be told of them. A revision whose labels or
/// dependencies cannot be told goes without.
///
/// # Errors
///
/// A folder that is not there or cannot be listed.
pub fn chain(
    folders: &[PathBuf],
    recursive: bool,
    options: &RenderOptions,
) -> Result<(Vec<Revision>, Vec<RevisionFileError>), String> {
    let mut entries = Vec::new();
    for folder in folders {
        if !folder.is_dir() {
            return Err(format!("{} is no folder", folder.display()));
        }
        entries.extend(load::entries(folder, recursive)?);
    }
    let files = || options.files(folders.iter().cloned());
    let mut revisions = Vec::new();
    let mut unreadable = Vec::new();
    for read in load::revisions(&entries, &files) {
        match read {
            Ok(revision) => revisions.push(revision),
            Err(error) => {
                if let RevisionFileError::NotConstant {
                    place,
                    variable: "branch_labels" | "depends_on",
                    ..
                } = &error
                    && let Some(text) = text(&place.path)
                {
                    revisions.extend(revision::read_known(&place.path, &text).ok());
                }
                unreadable.push(error);
            }
        }
    }
    Ok((revisions, unreadable))
}

/// Renders revisions, each by itself, in parallel. `chain` holds all revisions, which the rows of
/// the version table depend on.
///
/// # Errors
///
/// Revisions that make no graph.
pub fn render(
    chain: &[Revision],
    wanted: &dyn Fn(&Revision) -> bool,
    options: &RenderOptions,
) -> Result<Vec<RenderedRevision>, GraphError> {
    let revisions: Vec<&Revision> = chain.iter().filter(|revision| wanted(revision)).collect();
    let bodies = bodies(chain, &revisions, options);
    let graph = RevisionGraph::new(chain.to_vec()).map_err(|(error, _)| error)?;
    let offline = OfflineOptions {
        backend: options.target.backend,
        table: VersionTable {
            keeper: Keeper::Alembic,
            schema: None,
            table: "alembic_version".to_owned(),
            primary_key: true,
            mariadb: options.target.mariadb,
        },
        transactional_ddl: options.target.is_postgres(),
        transaction_per_migration: false,
        repeat: false,
    };
    revisions
        .into_iter()
        .zip(bodies)
        .map(|(revision, (up, down))| {
            let node = graph.find(&revision.id);
            let whole = |kind: fn(Node) -> StepKind, outcome: &Outcome| match (node, outcome) {
                (Some(node), Ok(rendered)) => {
                    alone(&graph, kind(node), &rendered.statements, &offline).map(Some)
                }
                _ => Ok(None),
            };
            Ok(RenderedRevision {
                id: revision.id.clone(),
                path: revision.path.clone(),
                up_sql: whole(StepKind::Upgrade, &up)?,
                down_sql: whole(StepKind::Downgrade, &down)?,
                up,
                down,
            })
        })
        .collect()
}

/// The way up and the way down of revisions, each by itself, in parallel.
pub(super) fn bodies(
    chain: &[Revision],
    wanted: &[&Revision],
    options: &RenderOptions,
) -> Vec<(Outcome, Outcome)> {
    let extending: Vec<&Revision> = chain
        .par_iter()
        .filter(|revision| extends(revision, options))
        .collect();
    wanted
        .par_iter()
        .map(|revision| {
            (
                body(revision, Body::Upgrade, &extending, options),
                body(revision, Body::Downgrade, &extending, options),
            )
        })
        .collect()
}

/// One step by itself, from the rows that it expects.
fn alone(
    graph: &RevisionGraph,
    kind: StepKind,
    statements: &[String],
    options: &OfflineOptions,
) -> Result<String, GraphError> {
    let rows = match kind {
        StepKind::Upgrade(node) => graph.ids(graph.needed(node).iter().copied()),
        StepKind::Downgrade(node) => vec![graph.id(node).to_owned()],
        StepKind::Stamp { .. } => Vec::new(),
    };
    let sink = Rc::new(RefCell::new(TextSink::new(
        options.backend,
        options.transactional_ddl,
    )));
    let mut scripts = Printed(statements.to_vec());
    let steps = Ok(vec![Step { kind }]);
    let written = write_down(
        graph,
        steps,
        &rows,
        options,
        &mut scripts,
        &sink,
        &mut |_| {},
    );
    match written {
        Ok(()) => Ok(std::mem::take(&mut sink.borrow_mut().written)),
        Err(OfflineError::Graph(error)) => Err(error),
        // Statements that are printed already do not fail.
        Err(
            OfflineError::Script(_) | OfflineError::NoFunction { .. } | OfflineError::NoWay { .. },
        ) => Ok(String::new()),
    }
}

/// A revision whose body is printed already.
struct Printed(Vec<String>);

impl ScriptSource for Printed {
    fn script(&mut self, _revision: &Revision) -> Result<Box<dyn RevisionScript>, ScriptError> {
        Ok(Box::new(PrintedScript::new(Ok(Rendered {
            statements: std::mem::take(&mut self.0),
            places: Vec::new(),
            warnings: Vec::new(),
        }))))
    }
}

/// Whether a file changes what other revisions mean, as Alembic, which imports them all, would see.
fn extends(revision: &Revision, options: &RenderOptions) -> bool {
    let Some(text) = text(&revision.path).filter(|_| revision.form == Form::Python) else {
        return false;
    };
    if !may_extend(&text) {
        return false;
    }
    let mut evaluation = evaluation(revision, options);
    // What cannot be loaded may have extended something before it failed.
    drop(evaluation.load(
        &revision.module_name(),
        &revision.path.to_string_lossy(),
        &text,
    ));
    evaluation.is_extended()
}

fn evaluation(revision: &Revision, options: &RenderOptions) -> Evaluation {
    let files = options.files(revision.path.parent().map(Path::to_owned));
    Evaluation::new(options.run(), Rc::new(files))
}

fn body(
    revision: &Revision,
    body: Body,
    extending: &[&Revision],
    options: &RenderOptions,
) -> Outcome {
    if revision.form == Form::Native {
        return native_body(revision, body, options);
    }
    let path = revision.path.to_string_lossy();
    let Some(source) = text(&revision.path) else {
        return Err(failed("file", format!("{path} cannot be read")));
    };
    let mut evaluation = evaluation(revision, options);
    for other in extending.iter().filter(|other| other.path != revision.path) {
        if let Some(text) = text(&other.path) {
            drop(evaluation.load(&other.module_name(), &other.path.to_string_lossy(), &text));
        }
    }
    let file = evaluation.load(&revision.module_name(), &path, &source)?;
    evaluation.run(&file, body, options.engine.as_deref())
}

fn native_body(revision: &Revision, body: Body, options: &RenderOptions) -> Outcome {
    let sink = Rc::new(RefCell::new(StatementSink::new(
        options.target.backend,
        options.target.is_postgres(),
    )));
    let shared: SharedSink = sink.clone();
    let done = read_native(revision, &options.placeholders)
        .and_then(|mut script| script.run(body, &shared));
    match done {
        Ok(()) => Ok(Rendered {
            statements: std::mem::take(&mut sink.borrow_mut().written),
            places: Vec::new(),
            warnings: Vec::new(),
        }),
        Err(error) => Err(failed("file", error.to_string())),
    }
}

fn failed(class: &'static str, message: String) -> Box<RevisionError> {
    Box::new(RevisionError {
        class,
        exception: String::new(),
        message,
        hint: String::new(),
        place: None,
        statements: Vec::new(),
    })
}
