//! Takes over databases whose histories others have kept: marks what is there, and runs nothing.

use super::failure::Failure;
use super::legacy::{metadata_of, nothing_to_run};
use super::project::{Project, Reporter};
use super::run::same;
use super::scripts::source_sum;
use super::session::Session;
use crate::convert::{Decisions, Hindrance, Mapping, map_onto};
use crate::dialect::alembic::graph::{RevisionGraph, VersionRows};
use crate::dialect::alembic::revision::Revision;
use crate::dialect::alembic::run_history::{ADOPTED, REPEATED, RunRecord};
use crate::model::{Backend, LegacyHistory};

/// What is to be taken over.
#[derive(Debug, Clone, Default)]
pub struct AdoptRequest {
    /// The histories that others have kept.
    pub histories: Vec<LegacyHistory>,
    /// What the person in charge has decided.
    pub decisions: Decisions,
    /// Whether nothing is written, and only told.
    pub dry_run: bool,
}

/// What was taken over.
#[derive(Debug, Clone, Default)]
pub struct Adoption {
    /// Ids of the revisions that the database has, and why that is known.
    pub applied: Vec<(String, String)>,
    /// The rows of the version table.
    pub heads: Vec<String>,
    /// Ids of the revisions that wait to run.
    pub pending: Vec<String>,
    /// Histories that were read.
    pub read: Vec<String>,
    /// Rows that count for nothing, in words.
    pub ignored: Vec<String>,
    /// Whether it was taken over before.
    pub already: bool,
}

/// How taking over fails.
#[derive(Debug)]
pub enum AdoptError {
    /// Histories and chain do not go together.
    Hindered(Vec<Hindrance>),
    /// Anything else.
    Failure(Failure),
}

impl From<Failure> for AdoptError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Takes a database over in one transaction.
///
/// # Errors
///
/// Everything that stands in the way; then nothing is written.
pub fn adopt(
    project: &Project,
    request: &AdoptRequest,
    reporter: &mut dyn Reporter,
) -> Result<Adoption, AdoptError> {
    let (mut session, loaded) = Session::open_and_load(project, reporter)?;
    let guard = session.lock(reporter)?;
    let result = loaded
        .report(reporter)
        .map_err(|error| AdoptError::Failure(error.into()))
        .and_then(|graph| {
            session.begin(reporter)?;
            let adoption = if request.histories.is_empty() {
                in_place(project, &mut session, &graph, request)
            } else {
                take_over(project, &mut session, &graph, request, reporter)
            }?;
            if request.dry_run {
                session.rollback();
            } else {
                session.commit()?;
            }
            Ok(adoption)
        });
    if result.is_err() {
        session.rollback();
    }
    session.unlock(guard);
    result
}

/// The chain keeps its version table: what ran before is noted with the text that it has now.
fn in_place(
    project: &Project,
    session: &mut Session,
    graph: &RevisionGraph,
    request: &AdoptRequest,
) -> Result<Adoption, AdoptError> {
    if !session.has_table()? {
        return Err(Failure::uncaught(format!(
            "there is no {} in this database: nothing is there to be adopted",
            session.table.qualified(session.backend())
        ))
        .with_hint("`stillway upgrade` runs the migrations; `stillway stamp` records what is there")
        .into());
    }
    session.lock_table()?;
    let rows = session.rows_of_table()?;
    if let Some(unknown) = rows.iter().find(|row| graph.find(row).is_none()) {
        return Err(AdoptError::Hindered(vec![Hindrance {
            message: format!(
                "the version table names the revision `{unknown}`, and no file has it"
            ),
            remedy: "check out the version of the files that has it".to_owned(),
        }]));
    }
    let nodes = graph.upgrade_of_rows(&rows).map_err(Failure::from)?;
    let known = session.of_history(crate::dialect::alembic::run_history::select)?;
    let known: Vec<&str> = known
        .iter()
        .filter_map(|row| row.first()?.as_deref())
        .collect();
    let mut adoption = Adoption {
        heads: rows.clone(),
        read: vec![session.table.qualified(session.backend())],
        already: true,
        ..Adoption::default()
    };
    if !request.dry_run {
        session.ensure_history()?;
    }
    for node in nodes {
        let revision = graph.revision(node);
        adoption
            .applied
            .push((revision.id.clone(), "the version table".to_owned()));
        if known.contains(&revision.id.as_str()) {
            continue;
        }
        adoption.already = false;
        if !request.dry_run {
            record(project, session, revision, ADOPTED)?;
        }
    }
    adoption.pending = pending(graph, &rows)?;
    Ok(adoption)
}

fn take_over(
    project: &Project,
    session: &mut Session,
    graph: &RevisionGraph,
    request: &AdoptRequest,
    reporter: &mut dyn Reporter,
) -> Result<Adoption, AdoptError> {
    let metadata = metadata_of(graph)?;
    let mut histories = Vec::new();
    let mut read = Vec::new();
    let mut absent = Vec::new();
    for legacy in &request.histories {
        let name = session.legacy_name(legacy);
        if session.has_legacy(legacy)? {
            histories.push(session.legacy_rows(legacy)?);
            read.push(name);
        } else {
            absent.push(name);
        }
    }
    let current = session.rows()?;
    if histories.is_empty() && current.is_empty() {
        return Err(Failure::uncaught(format!(
            "none of {} is in this database: nothing is there to be adopted",
            absent.join(", ")
        ))
        .with_hint("`stillway upgrade` runs the migrations on a database that has none")
        .into());
    }
    let empty = nothing_to_run(project, graph, session.backend());
    let mapping = map_onto(graph, &metadata, &empty, &histories, &request.decisions)
        .map_err(AdoptError::Hindered)?;
    let mut adoption = Adoption {
        applied: mapping.applied.clone(),
        heads: mapping.tops.clone(),
        read,
        ignored: mapping.ignored.clone(),
        ..Adoption::default()
    };
    if !current.is_empty() && covers(graph, &current, &mapping)? {
        adoption.already = true;
        adoption.heads.clone_from(&current);
        adoption.pending = pending(graph, &current)?;
        return Ok(adoption);
    }
    adoption.pending = pending(graph, &mapping.tops)?;
    if !request.dry_run {
        mark(project, session, graph, &mapping, &current, reporter)?;
    }
    Ok(adoption)
}

/// Whether the rows say already all that the histories say.
fn covers(graph: &RevisionGraph, rows: &[String], mapping: &Mapping) -> Result<bool, AdoptError> {
    if same(rows, &mapping.tops) {
        return Ok(true);
    }
    let implied = graph.upgrade_of_rows(rows).map_err(Failure::from)?;
    let implied: Vec<&str> = implied.iter().map(|node| graph.id(*node)).collect();
    Ok(mapping
        .applied
        .iter()
        .all(|(id, _)| implied.contains(&id.as_str())))
}

fn pending(graph: &RevisionGraph, rows: &[String]) -> Result<Vec<String>, AdoptError> {
    let steps = graph.upgrade("heads", rows).map_err(Failure::from)?;
    let nodes = steps
        .iter()
        .filter_map(crate::dialect::alembic::graph::Step::node);
    Ok(graph.ids(nodes))
}

fn mark(
    project: &Project,
    session: &mut Session,
    graph: &RevisionGraph,
    mapping: &Mapping,
    current: &[String],
    reporter: &mut dyn Reporter,
) -> Result<(), AdoptError> {
    session.ensure_table(reporter)?;
    session.lock_table()?;
    session.ensure_history()?;
    let longest = mapping.tops.iter().max_by_key(|id| id.chars().count());
    if let Some(longest) = longest {
        session.check_width(longest)?;
    }
    let steps = graph
        .stamp(&mapping.tops, current)
        .map_err(|error| Failure::from(error.worded()))?;
    let mut rows = VersionRows::new(graph, current);
    for step in &steps {
        for change in rows.apply(step).map_err(Failure::from)? {
            session.change_row(&change)?;
        }
    }
    for (id, _) in &mapping.applied {
        if let Some(node) = graph.find(id) {
            record(project, session, graph.revision(node), ADOPTED)?;
        }
    }
    let repeatables = graph.repeatables().iter();
    for revision in repeatables.filter(|revision| mapping.repeated.contains(&revision.id)) {
        record(project, session, revision, REPEATED)?;
    }
    Ok(())
}

fn record(
    project: &Project,
    session: &mut Session,
    revision: &Revision,
    action: &str,
) -> Result<(), AdoptError> {
    let by = &project.environment.user;
    let record = RunRecord {
        revision: revision.id.clone(),
        action: action.to_owned(),
        by: (session.backend() == Backend::Sqlite).then(|| by.clone()),
        source_md5: source_sum(revision, project.placeholders()),
        ..RunRecord::default()
    };
    Ok(session.record(&record, None, false)?)
}
