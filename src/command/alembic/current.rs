//! What the version table says.

use super::failure::Failure;
use super::project::{Project, Reporter};
use super::run::{same, tell_engine};
use super::session::Session;
use crate::dialect::alembic::graph::Node;
use crate::dialect::alembic::listing::{self, Parts};
use crate::dialect::alembic::run_history;

/// The rows of the version table.
pub(super) fn rows(project: &Project, reporter: &mut dyn Reporter) -> Result<Vec<String>, Failure> {
    let mut rows = Vec::new();
    for project in project.databases(reporter)? {
        rows.extend(Session::open(&project, reporter)?.rows()?);
    }
    Ok(rows)
}

/// Shows the current revisions.
pub fn current(
    project: &Project,
    check_heads: bool,
    verbose: bool,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    for project in project.databases(reporter)? {
        tell_engine(&project, reporter);
        current_of(&project, check_heads, verbose, reporter)?;
    }
    Ok(())
}

fn current_of(
    project: &Project,
    check_heads: bool,
    verbose: bool,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let (mut session, loaded) = Session::open_and_load(project, reporter)?;
    let rows = session.rows()?;
    if verbose {
        reporter.print(&format!("Current revision(s) for {}:", session.url.shown));
    }
    let graph = loaded.report(reporter)?;
    if check_heads {
        let heads = graph.ids(graph.heads().iter().copied());
        if !same(&heads, &rows) {
            return Err(Failure::command("Database is not on all head revisions"));
        }
    }
    for node in graph.all_current(&rows)? {
        if verbose {
            reporter.print(&listing::block(&graph, node, false));
        } else {
            let parts = Parts {
                tree: true,
                ..Parts::default()
            };
            reporter.print(&listing::line(&graph, node, parts));
        }
    }
    Ok(())
}

/// How far an applied revision can be vouched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its file is the one that ran.
    Verified,
    /// Its file has changed since.
    Changed,
    /// It was applied by another tool.
    Elsewhere,
}

/// Every applied revision and how far it can be vouched for, oldest first.
pub fn audit(
    project: &Project,
    reporter: &mut dyn Reporter,
) -> Result<Vec<(String, Standing)>, Failure> {
    let mut session = Session::open(project, reporter)?;
    let rows = session.rows()?;
    let graph = project.graph(reporter)?;
    let backend = session.backend();
    let exists = run_history::exists(&session.table, backend);
    let has_history = session.query("looking for the history", &exists)?;
    let mut sums = std::collections::HashMap::new();
    if matches!(has_history.single(), Some("t" | "1")) {
        let sql = run_history::select(&session.table, backend);
        for row in session.query("reading the history", &sql)?.rows {
            if let [Some(revision), Some(action), sum] = row.as_slice() {
                if action == "upgrade" || action == run_history::SKIPPED {
                    sums.insert(revision.clone(), sum.clone());
                } else {
                    sums.remove(revision);
                }
            }
        }
    }
    let mut applied: Vec<Node> = graph.upgrade_of_rows(&rows)?.into_iter().collect();
    applied.dedup();
    let standing = |node: &Node| {
        let revision = graph.revision(*node);
        let now = super::scripts::source_sum(revision, project.placeholders());
        let standing = match sums.get(&revision.id) {
            None => Standing::Elsewhere,
            Some(then) if *then == now => Standing::Verified,
            Some(_) => Standing::Changed,
        };
        (revision.id.clone(), standing)
    };
    Ok(applied.iter().map(standing).collect())
}
