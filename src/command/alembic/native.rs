//! What native revisions have of their own in a run: guards, which may let a revision be recorded
//! without running, and repeatable revisions.

use std::collections::{HashMap, HashSet};

use super::failure::Failure;
use super::files::text;
use super::run::{Ready, Run};
use super::scripts::NativeScripts;
use super::session::Session;
use crate::dialect::alembic::graph::{RevisionGraph, Step, StepKind};
use crate::dialect::alembic::native::{self, Decision, NativeScript, TableName};
use crate::dialect::alembic::render::{Body, RevisionScript};
use crate::dialect::alembic::revision::{Form, Revision};
use crate::dialect::alembic::run_history::{self, SKIPPED, SKIPPED_DOWN, md5};
use crate::dialect::alembic::source::place;
use crate::model::Place;

/// The repeatable revisions whose text is not the one that ran last.
pub(super) fn due<'g>(
    session: &mut Session,
    graph: &'g RevisionGraph,
    natives: &NativeScripts,
) -> Result<Vec<(&'g Revision, NativeScript)>, Failure> {
    if graph.repeatables().is_empty() {
        return Ok(Vec::new());
    }
    let rows = session.of_history(run_history::repeated)?.into_iter();
    let last: HashMap<String, Option<String>> = rows
        .filter_map(|row| match <[_; 2]>::try_from(row) {
            Ok([Some(revision), sum]) => Some((revision, sum)),
            _ => None,
        })
        .collect();
    let mut due = Vec::new();
    for revision in graph.repeatables() {
        let script = natives.script(revision)?;
        if last.get(&revision.id) != Some(&Some(md5(script.source()))) {
            due.push((revision, script));
        }
    }
    Ok(due)
}

/// Refuses revisions that only a database could tell to run or not to run.
pub(super) fn refuse_guards(graph: &RevisionGraph, steps: &[Step]) -> Result<(), Failure> {
    for step in steps {
        let StepKind::Upgrade(node) = step.kind else {
            continue;
        };
        let revision = graph.revision(node);
        if revision.form != Form::Native {
            continue;
        }
        for key in ["skip_if_exists", "skip_if_missing"] {
            if let Some(place) = key_of_metadata(revision, key) {
                return Err(Failure::uncaught(format!(
                    "{place}: whether {} runs depends on the tables that there are, and there is no database to ask while SQL is only written down",
                    revision.id
                ))
                .with_hint("run the upgrade on the database itself"));
            }
        }
    }
    Ok(())
}

/// Where a key stands in a revision's metadata, if it does.
fn key_of_metadata(revision: &Revision, key: &str) -> Option<Place> {
    let path = revision.path.join(native::METADATA);
    let text = text(&path)?;
    let metadata = native::metadata(&path, &text).ok()?;
    let tables = match key {
        "skip_if_exists" => metadata.skip_if_exists,
        _ => metadata.skip_if_missing,
    };
    let offset = text.find(key).unwrap_or_default();
    (!tables.is_empty()).then(|| place(&path, &text, offset))
}

impl Run<'_> {
    /// Refuses before anything runs what no step of the run can bring in order, and finds out which
    /// ways down have nothing to undo.
    pub(super) fn look_ahead(
        &mut self,
        graph: &RevisionGraph,
        ready: &[Ready<'_>],
    ) -> Result<(), Failure> {
        for (at, (step, script)) in ready.iter().enumerate() {
            let (StepKind::Upgrade(node), Some(script)) = (&step.kind, script) else {
                continue;
            };
            let revision = graph.revision(*node);
            let decision = self.decide(&revision.id, &**script)?;
            if let Decision::Partly { there, missing } = decision
                && !missing
                    .iter()
                    .all(|table| may_come(table, graph, &ready[..at]))
            {
                return Err(partly(revision, &there, &missing, "nothing was run"));
            }
        }
        let down = ready
            .iter()
            .any(|(step, script)| step.body() == Body::Downgrade && script.is_some());
        if down {
            let rows = self.session.of_history(run_history::skipped)?;
            self.skipped = rows.into_iter().flatten().flatten().collect::<HashSet<_>>();
        }
        Ok(())
    }

    /// What the guards of a revision say now.
    fn decide(&mut self, id: &str, script: &dyn RevisionScript) -> Result<Decision, Failure> {
        // What an interrupted run has begun is brought to its end.
        let is_begun = self
            .interrupted
            .as_ref()
            .is_some_and(|left| left.revision == id && left.action == "upgrade");
        match script.guards() {
            Some(guards) if !is_begun => guards.decide(|table| self.session.has(table)),
            _ => Ok(Decision::Run),
        }
    }

    /// Why a step is only recorded, and as what.
    pub(super) fn reason_to_skip(
        &mut self,
        graph: &RevisionGraph,
        step: &Step,
        script: &dyn RevisionScript,
    ) -> Result<Option<(&'static str, String)>, Failure> {
        let (StepKind::Upgrade(node) | StepKind::Downgrade(node)) = step.kind else {
            return Ok(None);
        };
        let revision = graph.revision(node);
        if step.body() == Body::Downgrade {
            let is_skipped = self.skipped.remove(&revision.id);
            let reason = "the way up was only recorded, so there is nothing to undo";
            return Ok(is_skipped.then(|| (SKIPPED_DOWN, reason.to_owned())));
        }
        match self.decide(&revision.id, script)? {
            Decision::Run => Ok(None),
            Decision::Skip { reason } => Ok(Some((SKIPPED, reason))),
            Decision::Partly { there, missing } => {
                let state = "nothing of it was run";
                Err(partly(revision, &there, &missing, state))
            }
        }
    }
}

/// Whether a step before may create a table: where its text names it, or where the text that will
/// run is not known.
fn may_come(table: &TableName, graph: &RevisionGraph, before: &[Ready<'_>]) -> bool {
    before.iter().any(|(step, script)| {
        let (Some(node), Some(script)) = (step.node(), script) else {
            return false;
        };
        let text = String::from_utf8_lossy(script.source()).to_lowercase();
        graph.revision(node).form == Form::Python
            || text.contains("${")
            || text.contains(&table.table(crate::model::Backend::Sqlite).to_lowercase())
    })
}

fn partly(revision: &Revision, there: &[TableName], missing: &[TableName], state: &str) -> Failure {
    let list = |tables: &[TableName]| {
        let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
        names.join(", ")
    };
    let place = key_of_metadata(revision, "skip_if_exists").map_or_else(
        || revision.path.display().to_string(),
        |place| place.to_string(),
    );
    Failure::uncaught(format!(
        "{place}: a part of what {} creates is there already: {} exists, {} does not; {state}",
        revision.id,
        list(there),
        list(missing),
    ))
    .with_hint(format!(
        "look where these tables come from; then create the missing ones or drop the others, or stamp {} if all that matters is there",
        revision.id
    ))
}
