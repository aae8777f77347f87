//! What a database has recorded of a chain, as verification sees it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::failure::Failure;
use super::project::{Project, Reporter};
use super::scripts::source_sum;
use super::session::Session;
use super::standing::last_runs;
use crate::dialect::alembic::graph::RevisionGraph;
use crate::dialect::alembic::revision::Revision;
use crate::dialect::alembic::run_history::{self, Interrupted};
use crate::verify::{DomainFiles, DomainHistory, Kind, Row, RowState, Sum, Waiting};

/// Reads what the database of a chain has recorded; of several databases, one after the other.
pub fn recorded(
    project: &Project,
    files: &DomainFiles,
    reporter: &mut dyn Reporter,
) -> Result<DomainHistory, Failure> {
    let mut all = DomainHistory::default();
    for project in project.databases(reporter)? {
        let one = of_one(&project, files, reporter)?;
        all.rows.extend(one.rows);
        all.waiting.extend(one.waiting);
    }
    Ok(all)
}

fn of_one(
    project: &Project,
    files: &DomainFiles,
    reporter: &mut dyn Reporter,
) -> Result<DomainHistory, Failure> {
    let (mut session, loaded) = Session::open_and_load(project, reporter)?;
    let graph = loaded.report(reporter)?;
    of_session(project, &graph, &mut session, files)
}

/// What the database of a session has recorded.
pub(super) fn of_session(
    project: &Project,
    graph: &RevisionGraph,
    session: &mut Session,
    files: &DomainFiles,
) -> Result<DomainHistory, Failure> {
    let rows = session.rows()?;
    let ran: HashMap<String, Option<String>> = last_runs(session)?
        .into_iter()
        .map(|(revision, run)| (revision, run.sum))
        .collect();
    let last = session.of_history(run_history::last)?;
    let interrupted = last.first().and_then(|row| Interrupted::read(row));
    let known: Vec<String> = rows
        .iter()
        .filter(|row| graph.find(row).is_some())
        .cloned()
        .collect();
    let applied: BTreeSet<&str> = graph
        .upgrade_of_rows(&known)?
        .into_iter()
        .map(|node| graph.id(node))
        .collect();
    let recorder = Recorder {
        files: files
            .migrations
            .iter()
            .map(|migration| (migration.id(), migration.sums.bytes))
            .collect(),
        ran,
        interrupted: interrupted.map(|left| left.revision),
        placeholders: project.placeholders(),
    };
    let mut history = DomainHistory::default();
    for row in rows.iter().filter(|row| graph.find(row).is_none()) {
        history
            .rows
            .push(recorder.row(row, None, Kind::Versioned, RowState::Unknown));
    }
    for (revision, kind) in revisions(graph) {
        let is_applied = match kind {
            Kind::Repeatable => recorder.ran.contains_key(&revision.id),
            _ => applied.contains(revision.id.as_str()),
        };
        let is_interrupted = recorder.interrupted.as_deref() == Some(revision.id.as_str());
        let state = if is_interrupted {
            RowState::Interrupted
        } else {
            RowState::Applied
        };
        if is_applied || is_interrupted {
            history
                .rows
                .push(recorder.row(&revision.id, Some(revision), kind, state));
        } else if known.len() == rows.len() {
            // With a row that nobody knows it cannot be told what is applied.
            history.waiting.push(Waiting {
                kind,
                key: revision.id.clone(),
                will_run: true,
            });
        }
    }
    Ok(history)
}

/// All revisions, those that run again last.
fn revisions(graph: &RevisionGraph) -> impl Iterator<Item = (&Revision, Kind)> {
    let chain = graph
        .iter()
        .map(|node| (graph.revision(node), Kind::Versioned));
    let again = graph.repeatables().iter();
    chain.chain(again.map(|revision| (revision, Kind::Repeatable)))
}

/// Makes rows of what is recorded.
struct Recorder<'r> {
    /// Sums of the files.
    files: HashMap<(Kind, &'r str), Sum>,
    /// Sums of what ran last, where they are known.
    ran: HashMap<String, Option<String>>,
    interrupted: Option<String>,
    placeholders: &'r BTreeMap<String, String>,
}

impl Recorder<'_> {
    fn row(&self, key: &str, revision: Option<&Revision>, kind: Kind, state: RowState) -> Row {
        let recorded = self.ran.get(key).cloned().flatten();
        // With placeholders, the history holds the sum of the text with the values in it.
        let is_file =
            || revision.and_then(|revision| source_sum(revision, self.placeholders)) == recorded;
        let file = self.files.get(&(kind, key)).copied();
        let sum = match (&recorded, file) {
            (None, _) => None,
            (Some(_), Some(file)) if is_file() => Some(file),
            (Some(text), _) => Sum::parse(text),
        };
        Row {
            kind,
            key: key.to_owned(),
            description: None,
            file_description: None,
            state,
            checksum: None,
            sum,
        }
    }
}
