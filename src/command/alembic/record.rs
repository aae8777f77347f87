//! What the revisions of a chain would send, written down without a database: one after the other, in
//! the order in which they run.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::rc::Rc;

use super::failure::Failure;
use super::files::{bytes, text};
use super::project::Project;
use super::render::RenderOptions;
use crate::convert::{AlembicRevision, AlembicSource, NativeRevision};
use crate::dialect::alembic::graph::{GraphError, RevisionGraph, Step};
use crate::dialect::alembic::native::METADATA;
use crate::dialect::alembic::render::Body;
use crate::dialect::alembic::revision::{Form, Revision};
use crate::dialect::alembic::runtime::{
    Evaluation, Recorded, Recorder, RevisionError, RevisionFile, Run, explore, may_extend,
    may_share_state,
};
use crate::dialect::alembic::settings::{Inferred, Mode};
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::model::Backend;
use crate::project::disk;

/// What a body does, or why that cannot be told.
pub type Record = Result<Vec<Recorded>, Box<RevisionError>>;

/// Both bodies of a Python revision.
#[derive(Debug, Clone)]
pub struct RecordedRevision {
    /// The way up.
    pub up: Record,
    /// The way down.
    pub down: Record,
}

/// Records all Python revisions of a chain, by id. A body that does something else the second time,
/// because it takes the time or chance into account, counts as one that cannot be told.
///
/// # Errors
///
/// Revisions that make no graph.
pub fn record(
    chain: &[Revision],
    options: &RenderOptions,
) -> Result<HashMap<String, RecordedRevision>, GraphError> {
    let graph = RevisionGraph::new(chain.to_vec()).map_err(|(error, _)| error)?;
    let heads = graph.ids(graph.heads().iter().copied());
    let up = twice(
        &graph,
        &graph.upgrade("heads", &[])?,
        Body::Upgrade,
        options,
    );
    let mut down = twice(
        &graph,
        &graph.downgrade("base", &heads)?,
        Body::Downgrade,
        options,
    );
    Ok(up
        .into_iter()
        .filter_map(|(id, up)| {
            let down = down.remove(&id)?;
            Some((id, RecordedRevision { up, down }))
        })
        .collect())
}

/// All revisions of a directory, with what the Python ones would send. They see no environment
/// variables: what depends on these is not the same everywhere.
///
/// # Errors
///
/// Files that cannot be read, and revisions that make no graph.
pub fn sources(
    project: &Project,
    graph: &RevisionGraph,
    backend: Backend,
) -> Result<Vec<AlembicSource>, Failure> {
    let settings = project.settings(Mode::Online)?;
    let convention = match settings.naming_convention {
        Inferred::Default(templates) | Inferred::Set(templates, _) => templates,
        Inferred::Unknown(_) => Vec::new(),
    };
    let options = RenderOptions {
        target: Target::new(backend),
        convention,
        roots: project.visible_files(&[]).modules.folders().to_vec(),
        environment: BTreeMap::new(),
        allowed_variables: Vec::new(),
        engine: project.engine().map(str::to_owned),
        x_arguments: Vec::new(),
        placeholders: BTreeMap::new(),
    };
    let chain = graph.iter().map(|node| graph.revision(node));
    let chain: Vec<Revision> = chain.chain(graph.repeatables()).cloned().collect();
    let mut recorded = record(&chain, &options)?;
    let mut sources = Vec::new();
    for revision in chain {
        if revision.form == Form::Native {
            let native = read_directory(&revision.path)?;
            sources.push(AlembicSource::Native(Box::new(native)));
            continue;
        }
        let unread =
            |message: String| Failure::uncaught(format!("{}: {message}", revision.path.display()));
        let bytes = bytes(&revision.path).map_err(unread)?;
        let text = text(&revision.path).unwrap_or_default();
        let Some(RecordedRevision { up, down }) = recorded.remove(&revision.id) else {
            continue;
        };
        sources.push(AlembicSource::Python(Box::new(AlembicRevision {
            revision,
            bytes,
            text,
            up,
            down,
        })));
    }
    Ok(sources)
}

/// The files of a native revision.
fn read_directory(path: &Path) -> Result<NativeRevision, Failure> {
    let mut files = BTreeMap::new();
    for entry in disk::revision_entries(path, false, METADATA).map_err(Failure::uncaught)? {
        let is_sql = Path::new(&entry.name)
            .extension()
            .is_some_and(|end| end == "sql");
        if !entry.is_folder && (is_sql || entry.name == METADATA) {
            let bytes = bytes(&entry.path);
            files.insert(entry.name, bytes.map_err(Failure::uncaught)?);
        }
    }
    Ok(NativeRevision::read(path, files)?)
}

fn twice(
    graph: &RevisionGraph,
    steps: &[Step],
    body: Body,
    options: &RenderOptions,
) -> HashMap<String, Record> {
    let mut first = once(graph, steps, body, options, |_| true);
    // What could not be told need not be tried again.
    let told = |id: &str| first.get(id).is_some_and(Result::is_ok);
    for (id, again) in once(graph, steps, body, options, told) {
        let Some(found) = first.get_mut(&id) else {
            continue;
        };
        if let (Ok(once), Ok(again)) = (&*found, &again)
            && once != again
        {
            *found = Err(Box::new(RevisionError {
                class: "refused",
                exception: String::new(),
                message: "What it does depends on the time or on chance.".to_owned(),
                hint: String::new(),
                place: None,
                statements: Vec::new(),
            }));
        }
    }
    first
}

fn once(
    graph: &RevisionGraph,
    steps: &[Step],
    body: Body,
    options: &RenderOptions,
    explores: impl Fn(&str) -> bool,
) -> HashMap<String, Record> {
    let revisions = || {
        let nodes = steps.iter().filter_map(Step::node);
        nodes
            .map(|node| graph.revision(node))
            .filter(|revision| revision.form == Form::Python)
    };
    let folders = revisions().filter_map(|revision| revision.path.parent().map(Path::to_owned));
    let files = options.files(folders.collect::<std::collections::BTreeSet<_>>());
    let recorder = Rc::new(Recorder::default());
    let run = Run::live(options.context(), options.run_settings(), recorder.clone());
    let mut evaluation = Evaluation::new(run, Rc::new(files));
    let extends = |revision: &&Revision| text(&revision.path).is_some_and(|text| may_extend(&text));
    let extending: Vec<&Revision> = revisions().filter(extends).collect();
    for revision in &extending {
        // What cannot be loaded says so when its turn comes.
        drop(load(&mut evaluation, revision));
        recorder.take();
    }
    let extending = if evaluation.is_extended() {
        extending
    } else {
        Vec::new()
    };
    let mut records = HashMap::new();
    for revision in revisions() {
        let outcome = load(&mut evaluation, revision)
            .and_then(|file| evaluation.run(&file, body, options.engine.as_deref()));
        let asked = recorder.was_asked();
        let done = recorder.take();
        let record = match outcome {
            Ok(_) => Ok(done),
            Err(error) if asked && explores(&revision.id) => {
                let explored = explored(revision, &extending, body, options);
                explored.unwrap_or(Err(error))
            }
            Err(error) => Err(error),
        };
        records.insert(revision.id.clone(), record);
    }
    records
}

/// What a revision does for each answer to what it asks an inspector; nothing for one that asks
/// none, or whose answers cannot be asked for in SQL.
fn explored(
    revision: &Revision,
    extending: &[&Revision],
    body: Body,
    options: &RenderOptions,
) -> Option<Record> {
    let source = text(&revision.path)?;
    let asks = source.contains("inspect") || source.contains("has_table");
    if !asks || !options.target.is_postgres() || may_share_state(&source) {
        return None;
    }
    let folders = revision.path.parent().map(Path::to_owned);
    let files = Rc::new(options.files(folders));
    Some(explore(|explorer| {
        let run = Run::live(options.context(), options.run_settings(), explorer);
        let mut evaluation = Evaluation::new(run, files.clone());
        for other in extending {
            drop(load(&mut evaluation, other));
        }
        let file = load(&mut evaluation, revision)?;
        evaluation.run(&file, body, options.engine.as_deref())?;
        Ok(())
    }))
}

fn load(
    evaluation: &mut Evaluation,
    revision: &Revision,
) -> Result<RevisionFile, Box<RevisionError>> {
    let path = revision.path.to_string_lossy().into_owned();
    let text = text(&revision.path).unwrap_or_default();
    evaluation.load(&revision.module_name(), &path, &text)
}
