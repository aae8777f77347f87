//! What the revisions of a chain would send, written down without a database: one after the other, in
//! the order in which they run.

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use super::files::text;
use super::render::RenderOptions;
use crate::dialect::alembic::graph::{GraphError, RevisionGraph, Step};
use crate::dialect::alembic::render::Body;
use crate::dialect::alembic::revision::{Form, Revision};
use crate::dialect::alembic::runtime::{
    Evaluation, Recorded, Recorder, RevisionError, Run, may_extend,
};

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

fn twice(
    graph: &RevisionGraph,
    steps: &[Step],
    body: Body,
    options: &RenderOptions,
) -> HashMap<String, Record> {
    let mut first = once(graph, steps, body, options);
    for (id, again) in once(graph, steps, body, options) {
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
    let load = |evaluation: &mut Evaluation, revision: &Revision| {
        let path = revision.path.to_string_lossy().into_owned();
        let text = text(&revision.path).unwrap_or_default();
        evaluation.load(&revision.module_name(), &path, &text)
    };
    for revision in revisions() {
        if text(&revision.path).is_some_and(|text| may_extend(&text)) {
            // What cannot be loaded says so when its turn comes.
            drop(load(&mut evaluation, revision));
            recorder.take();
        }
    }
    let mut records = HashMap::new();
    for revision in revisions() {
        let outcome = load(&mut evaluation, revision)
            .and_then(|file| evaluation.run(&file, body, options.engine.as_deref()));
        let done = recorder.take();
        records.insert(revision.id.clone(), outcome.map(|_| done));
    }
    records
}
