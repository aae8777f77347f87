//! What the version table says.

use super::failure::Failure;
use super::project::{Project, Reporter};
use super::run::{same, tell_engine};
use super::session::Session;
use crate::dialect::alembic::listing::{self, Parts};

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
