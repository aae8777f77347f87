//! `render`: what each revision would do, without a database.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rayon::prelude::*;

use crate::dialect::alembic::graph::{GraphError, Node, RevisionGraph, Step, StepKind};
use crate::dialect::alembic::offline::{OfflineError, OfflineOptions, TextSink, write_down};
use crate::dialect::alembic::ops;
use crate::dialect::alembic::render::{
    Body, RevisionScript, ScriptError, ScriptSource, SharedSink,
};
use crate::dialect::alembic::revision::Revision;
use crate::dialect::alembic::runtime::{
    Evaluation, Files, Rendered, RevisionError, Run, RunSettings, may_extend,
};
use crate::dialect::alembic::source;
use crate::dialect::alembic::sqlalchemy::naming::NamingConvention;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::dialect::alembic::version_table::VersionTable;
use crate::project::disk;

/// What rendering needs to know besides the revisions.
#[derive(Debug, Clone)]
pub struct RenderOptions {
    /// The backend.
    pub target: Target,
    /// The templates by which unnamed constraints are named; none for `SQLAlchemy`'s own.
    pub convention: Vec<(String, String)>,
    /// Folders in which modules of the project's own are looked for.
    pub roots: Vec<PathBuf>,
    /// Environment variables that revisions may read.
    pub variables: Vec<String>,
    /// The name that the multidb template hands to the functions.
    pub engine: Option<String>,
    /// `-x` arguments.
    pub x_arguments: Vec<String>,
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

/// The project's own files, read from disk.
struct ProjectFiles {
    roots: Vec<PathBuf>,
    variables: Vec<String>,
}

impl ProjectFiles {
    fn text(path: &Path) -> Option<String> {
        let bytes = disk::read_file(path)?.ok()?;
        source::decode(&bytes)
            .ok()
            .map(std::borrow::Cow::into_owned)
    }
}

impl Files for ProjectFiles {
    fn module(&self, name: &str) -> Option<(String, String)> {
        let relative: PathBuf = name.split('.').collect();
        self.roots.iter().find_map(|root| {
            let file = root.join(&relative).with_extension("py");
            let package = root.join(&relative).join("__init__.py");
            [file, package].into_iter().find_map(|path| {
                Self::text(&path).map(|text| (path.to_string_lossy().into_owned(), text))
            })
        })
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let path = Path::new(path);
        let inside = path
            .components()
            .all(|part| !matches!(part, std::path::Component::ParentDir))
            && self.roots.iter().any(|root| path.starts_with(root));
        if inside {
            disk::read_file(path)?.ok()
        } else {
            None
        }
    }

    fn environment(&self, name: &str) -> Result<Option<String>, ()> {
        // That a variable is not set is no secret.
        match disk::environment_variable(name) {
            Some(value) if self.variables.iter().any(|known| known == name) => Ok(Some(value)),
            Some(_) => Err(()),
            None => Ok(None),
        }
    }
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
    let extending: Vec<&Revision> = chain
        .par_iter()
        .filter(|revision| extends(revision, options))
        .collect();
    let bodies: Vec<(Outcome, Outcome)> = revisions
        .par_iter()
        .map(|revision| {
            (
                body(revision, Body::Upgrade, &extending, options),
                body(revision, Body::Downgrade, &extending, options),
            )
        })
        .collect();
    let graph = RevisionGraph::new(chain.to_vec()).map_err(|(error, _)| error)?;
    let offline = OfflineOptions {
        backend: options.target.backend,
        table: VersionTable {
            schema: None,
            table: "alembic_version".to_owned(),
            primary_key: true,
            mariadb: options.target.mariadb,
        },
        transactional_ddl: options.target.is_postgres(),
        transaction_per_migration: false,
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
        Ok(()) => Ok(std::mem::take(&mut sink.borrow_mut().text)),
        Err(OfflineError::Graph(error)) => Err(error),
        // Statements that are printed already do not fail.
        Err(OfflineError::Script(_) | OfflineError::NoFunction { .. }) => Ok(String::new()),
    }
}

/// Statements that a body has printed before.
struct Printed(Vec<String>);

impl ScriptSource for Printed {
    fn script(&mut self, _revision: &Revision) -> Result<Box<dyn RevisionScript>, ScriptError> {
        Ok(Box::new(Self(std::mem::take(&mut self.0))))
    }
}

impl RevisionScript for Printed {
    fn run(&mut self, _body: Body, sink: &SharedSink) -> Result<(), ScriptError> {
        for statement in self.0.drain(..) {
            sink.borrow_mut()
                .execute(&statement)
                .map_err(|error| ScriptError::Server {
                    error,
                    statement,
                    place: None,
                })?;
        }
        Ok(())
    }

    fn source(&self) -> &[u8] {
        &[]
    }
}

fn convention(templates: &[(String, String)]) -> NamingConvention {
    if templates.is_empty() {
        return NamingConvention::default();
    }
    NamingConvention::new(
        templates
            .iter()
            .map(|(kind, template)| (kind.as_str().into(), template.as_str().into()))
            .collect(),
    )
}

/// Whether a file changes what other revisions mean, as Alembic, which imports them all, would see.
fn extends(revision: &Revision, options: &RenderOptions) -> bool {
    let Some(text) = ProjectFiles::text(&revision.path) else {
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
    let run = Run::offline(
        ops::Context::new(
            options.target.clone(),
            Rc::new(convention(&options.convention)),
        ),
        RunSettings {
            x_arguments: options.x_arguments.clone(),
            transactional_ddl: options.target.is_postgres(),
            ..RunSettings::default()
        },
    );
    let mut roots = options.roots.clone();
    if let Some(folder) = revision.path.parent() {
        roots.push(folder.to_owned());
    }
    let files = Rc::new(ProjectFiles {
        roots,
        variables: options.variables.clone(),
    });
    Evaluation::new(run, files)
}

fn body(
    revision: &Revision,
    body: Body,
    extending: &[&Revision],
    options: &RenderOptions,
) -> Outcome {
    let path = revision.path.to_string_lossy();
    let Some(text) = ProjectFiles::text(&revision.path) else {
        return Err(Box::new(RevisionError {
            class: "file",
            exception: String::new(),
            message: format!("{path} cannot be read"),
            hint: String::new(),
            place: None,
            statements: Vec::new(),
        }));
    };
    let mut evaluation = evaluation(revision, options);
    for other in extending.iter().filter(|other| other.path != revision.path) {
        if let Some(text) = ProjectFiles::text(&other.path) {
            drop(evaluation.load(&other.module_name(), &other.path.to_string_lossy(), &text));
        }
    }
    let file = evaluation.load(&revision.module_name(), &path, &text)?;
    evaluation.run(&file, body, options.engine.as_deref())
}
