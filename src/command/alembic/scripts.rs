//! Makes revisions ready to run.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::failure::Failure;
use super::files::{ProjectFiles, bytes, text};
use super::project::{Project, required};
use super::render::Outcome;
use super::session::transactional_ddl;
use crate::database::url::SqlAlchemyUrl;
use crate::dialect::alembic::graph::{Node, RevisionGraph, Step};
use crate::dialect::alembic::native::{self, NativeScript};
use crate::dialect::alembic::ops;
use crate::dialect::alembic::render::{
    Body, RevisionScript, ScriptError, ScriptSource, SharedSink,
};
use crate::dialect::alembic::revision::{Form, Revision};
use crate::dialect::alembic::run_history::md5;
use crate::dialect::alembic::runtime::{
    Evaluation, PrintedScript, PythonScripts, Run, RunSettings, SinkConnection, may_extend,
    may_share_state,
};
use crate::dialect::alembic::settings::{Inferred, Settings};
use crate::dialect::alembic::source::decode;
use crate::dialect::alembic::sqlalchemy::naming::NamingConvention;
use crate::dialect::alembic::sqlalchemy::target::{PostgresDriver, Target};
use crate::model::Backend;
use crate::project::disk;

/// Native revisions by their files; Python revisions evaluated.
pub(super) struct Scripts {
    python: PythonScripts,
    circumstances: Circumstances,
    files: ProjectFiles,
    natives: Arc<NativeScripts>,
    /// Bodies that were evaluated ahead of their turn, by file.
    printed: HashMap<PathBuf, Outcome>,
}

/// Fewer revisions than this are evaluated one after the other.
const WORTH_SHARING: usize = 16;

impl Scripts {
    /// Revisions that run on a connection.
    pub(super) fn live(
        project: &Project,
        settings: &Settings,
        url: &SqlAlchemyUrl,
        sink: SharedSink,
        natives: Arc<NativeScripts>,
    ) -> Result<Self, Failure> {
        let circumstances = Circumstances::new(project, settings, url)?;
        let run = Run::live(
            circumstances.context(),
            circumstances.run_settings.clone(),
            Rc::new(SinkConnection::new(sink)),
        );
        Ok(Self::new(project, settings, circumstances, run, natives))
    }

    /// Revisions whose statements are written down.
    pub(super) fn offline(
        project: &Project,
        settings: &Settings,
        url: &SqlAlchemyUrl,
    ) -> Result<Self, Failure> {
        let mut circumstances = Circumstances::new(project, settings, url)?;
        // Without named parameters the text is what the driver would be given.
        circumstances.target.double_percents =
            url.backend != Backend::Sqlite && !is_named(&settings.paramstyle);
        circumstances.target.driver = PostgresDriver::named(url.driver.as_deref());
        let run = circumstances.offline_run();
        let natives = Arc::new(NativeScripts::of(project));
        Ok(Self::new(project, settings, circumstances, run, natives))
    }

    fn new(
        project: &Project,
        settings: &Settings,
        circumstances: Circumstances,
        run: Rc<Run>,
        natives: Arc<NativeScripts>,
    ) -> Self {
        let files = project.visible_files(&settings.lookups);
        let engine = circumstances.engine.clone();
        Self {
            python: PythonScripts::new(run, Rc::new(files.clone()), engine, bytes),
            circumstances,
            files,
            natives,
            printed: HashMap::new(),
        }
    }

    /// Reads the chain and loads the files that may change what others mean.
    pub(super) fn preload<'g>(&mut self, graph: &'g RevisionGraph) -> ChainTexts<'g> {
        let texts = ChainTexts::read(graph);
        self.python.preload(texts.extending());
        texts
    }

    /// Evaluates the bodies of steps ahead of their turn, on all processors. What is printed is the
    /// same as one after the other: where revisions may depend on each other, nothing is done here.
    pub(super) fn print_ahead(
        &mut self,
        graph: &RevisionGraph,
        texts: &ChainTexts<'_>,
        steps: &[Step],
    ) {
        let jobs: Vec<Job<'_>> = steps
            .iter()
            .filter_map(|step| {
                let node = step.node()?;
                Some(Job {
                    revision: graph.revision(node),
                    text: texts.by_node.get(&node)?,
                    body: step.body(),
                })
            })
            .collect();
        let is_shared = |job: &Job<'_>| may_share_state(job.text);
        if jobs.len() < WORTH_SHARING
            || self.python.share_modules()
            || jobs.par_iter().any(is_shared)
        {
            return;
        }
        let size = jobs.len().div_ceil(rayon::current_num_threads() * 2);
        let failed = AtomicUsize::new(usize::MAX);
        let chunks: Vec<Chunk> = jobs
            .par_chunks(size)
            .enumerate()
            .map(|(number, jobs)| self.circumstances.print(&self.files, jobs, number, &failed))
            .collect();
        if depend_on_each_other(&chunks) {
            return;
        }
        self.printed = chunks.into_iter().flat_map(|chunk| chunk.printed).collect();
    }
}

/// The texts of a chain's Python revisions.
pub(super) struct ChainTexts<'g> {
    by_node: HashMap<Node, String>,
    /// Those that may change what others mean, in the chain's order.
    extending: Vec<(Node, &'g Revision)>,
}

impl<'g> ChainTexts<'g> {
    fn read(graph: &'g RevisionGraph) -> Self {
        let nodes: Vec<Node> = graph
            .iter()
            .filter(|node| graph.revision(*node).form == Form::Python)
            .collect();
        let read: Vec<(Node, String, bool)> = nodes
            .par_iter()
            .filter_map(|node| {
                let text = text(&graph.revision(*node).path)?;
                let extends = may_extend(&text);
                Some((*node, text, extends))
            })
            .collect();
        let extending = read
            .iter()
            .filter(|(_, _, extends)| *extends)
            .map(|(node, _, _)| (*node, graph.revision(*node)))
            .collect();
        Self {
            by_node: read
                .into_iter()
                .map(|(node, text, _)| (node, text))
                .collect(),
            extending,
        }
    }

    fn extending(&self) -> impl Iterator<Item = (&'g Revision, &str)> {
        self.extending
            .iter()
            .filter_map(|(node, revision)| Some((*revision, self.by_node.get(node)?.as_str())))
    }
}

/// A body to be evaluated.
struct Job<'j> {
    revision: &'j Revision,
    text: &'j str,
    body: Body,
}

/// Bodies that one evaluator has printed.
struct Chunk {
    printed: Vec<(PathBuf, Outcome)>,
    created_types: HashSet<(Option<String>, String)>,
    /// Whether it has done what revisions in other chunks could see.
    shares: bool,
}

/// Whether what some bodies print depends on what others have done in the same run.
fn depend_on_each_other(chunks: &[Chunk]) -> bool {
    let mut seen = HashSet::new();
    let mut types = chunks.iter().flat_map(|chunk| &chunk.created_types);
    types.any(|name| !seen.insert(name)) || chunks.iter().any(|chunk| chunk.shares)
}

/// What operations and revisions need to know of the run.
struct Circumstances {
    target: Target,
    /// Templates of names for unnamed constraints.
    convention: Vec<(String, String)>,
    run_settings: RunSettings,
    /// What the functions are called with, where there are several databases.
    engine: Option<String>,
}

impl Circumstances {
    fn new(project: &Project, settings: &Settings, url: &SqlAlchemyUrl) -> Result<Self, Failure> {
        let convention = match &settings.naming_convention {
            Inferred::Default(templates) | Inferred::Set(templates, _) => templates.clone(),
            // The models' metadata is not here to be asked. Autogenerated revisions carry the names.
            Inferred::Unknown(_) => Vec::new(),
        };
        Ok(Self {
            target: Target {
                mariadb: url.is_mariadb(),
                ..Target::new(url.backend)
            },
            convention,
            run_settings: RunSettings {
                x_arguments: project.x_arguments().to_vec(),
                tag: project.tag().map(str::to_owned),
                options: project.main_options(),
                version_table: Some(required(
                    &settings.version_table,
                    "version_table",
                    "--version-table",
                )?),
                version_table_schema: required(
                    &settings.version_table_schema,
                    "version_table_schema",
                    "--version-table-schema",
                )?,
                transactional_ddl: transactional_ddl(settings, url.backend)?,
                config_file: Some(project.config.ini_path.display().to_string()),
                keeps_places: false,
            },
            engine: project.engine().map(str::to_owned),
        })
    }

    fn context(&self) -> ops::Context {
        let convention = NamingConvention::configured(&self.convention);
        ops::Context::new(self.target.clone(), Rc::new(convention))
    }

    fn offline_run(&self) -> Rc<Run> {
        Run::offline(self.context(), self.run_settings.clone())
    }

    /// Evaluates bodies one after the other, up to the first that fails here or in an earlier chunk.
    fn print(
        &self,
        files: &ProjectFiles,
        jobs: &[Job<'_>],
        number: usize,
        failed: &AtomicUsize,
    ) -> Chunk {
        let run = self.offline_run();
        let mut evaluation = Evaluation::new(run.clone(), Rc::new(files.clone()));
        let mut printed = Vec::with_capacity(jobs.len());
        for job in jobs {
            if failed.load(Ordering::Relaxed) < number {
                break;
            }
            let path = job.revision.path.to_string_lossy();
            let outcome = evaluation
                .load(&job.revision.module_name(), &path, job.text)
                .and_then(|file| evaluation.run(&file, job.body, self.engine.as_deref()));
            let is_failure = outcome.is_err();
            printed.push((job.revision.path.clone(), outcome));
            if is_failure {
                failed.fetch_min(number, Ordering::Relaxed);
                break;
            }
        }
        Chunk {
            printed,
            created_types: run.context.created_types(),
            // Savepoints are numbered through the run.
            shares: run.has_savepoints()
                || evaluation.has_own_modules()
                || evaluation.is_extended(),
        }
    }
}

impl ScriptSource for Scripts {
    fn script(&mut self, revision: &Revision) -> Result<Box<dyn RevisionScript>, ScriptError> {
        if let Some(outcome) = self.printed.remove(&revision.path) {
            return Ok(Box::new(PrintedScript::new(outcome)));
        }
        match revision.form {
            Form::Python => self.python.script(revision),
            Form::Native => Ok(Box::new(self.natives.script(revision)?)),
        }
    }
}

fn is_named(paramstyle: &Inferred<Option<String>>) -> bool {
    match paramstyle {
        Inferred::Default(value) | Inferred::Set(value, _) => value.as_deref() == Some("named"),
        Inferred::Unknown(_) => true,
    }
}

/// Native revisions that are read once, also for many databases.
#[derive(Debug)]
pub(super) struct NativeScripts {
    /// Values of placeholders.
    placeholders: BTreeMap<String, String>,
    read: Mutex<HashMap<PathBuf, NativeScript>>,
}

impl NativeScripts {
    pub(super) fn of(project: &Project) -> Self {
        Self {
            placeholders: project.placeholders().clone(),
            read: Mutex::default(),
        }
    }

    /// A revision, with what others have read and cut of it.
    pub(super) fn script(&self, revision: &Revision) -> Result<NativeScript, ScriptError> {
        let read = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read().get(&revision.path) {
            return Ok(known.clone());
        }
        let script = read_native(revision, &self.placeholders)?;
        let mut read = read();
        Ok(read.entry(revision.path.clone()).or_insert(script).clone())
    }
}

/// The sum of a revision's source.
pub(super) fn source_sum(
    revision: &Revision,
    placeholders: &BTreeMap<String, String>,
) -> Option<String> {
    match revision.form {
        Form::Python => Some(md5(&bytes(&revision.path).ok()?)),
        Form::Native => Some(md5(read_native(revision, placeholders).ok()?.source())),
    }
}

fn failed(revision: &Revision, message: impl std::fmt::Display) -> ScriptError {
    ScriptError::Raised {
        class: "OSError".to_owned(),
        message: format!("{}: {message}", revision.path.display()),
        place: None,
    }
}

/// Reads the files of a native revision.
pub(super) fn read_native(
    revision: &Revision,
    placeholders: &BTreeMap<String, String>,
) -> Result<NativeScript, ScriptError> {
    let entries = disk::revision_entries(&revision.path, false, native::METADATA)
        .map_err(|message| failed(revision, message))?;
    let mut files = BTreeMap::new();
    let mut source = Vec::new();
    let mut metadata = native::Metadata::default();
    for entry in entries {
        let is_metadata = entry.name == native::METADATA;
        if !is_metadata
            && entry
                .path
                .extension()
                .is_none_or(|extension| extension != "sql")
        {
            continue;
        }
        let bytes = bytes(&entry.path).map_err(|message| failed(revision, message))?;
        let text = decode(&bytes)
            .map_err(|error| failed(revision, format!("{}: {error}", entry.name)))?
            .into_owned();
        if is_metadata {
            metadata = native::metadata(&entry.path, &text)
                .map_err(|error| failed(revision, error.to_string()))?;
        } else {
            source.extend_from_slice(entry.name.as_bytes());
            source.push(0);
            source.extend_from_slice(&bytes);
            files.insert(entry.name, text);
        }
    }
    let directory = revision.path.clone();
    NativeScript::new(directory, &metadata, files, source, placeholders)
}
