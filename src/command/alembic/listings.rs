//! Commands that only look: heads, history, branches, show.

use super::failure::Failure;
use super::project::{Project, Reporter};
use crate::dialect::alembic::graph::{HistoryEnd, Node, RevisionGraph, Spot, Wording};
use crate::dialect::alembic::listing::{self, Parts};

fn print(
    reporter: &mut dyn Reporter,
    graph: &RevisionGraph,
    node: Node,
    verbose: bool,
    parts: Parts,
) {
    let text = if verbose {
        listing::block(graph, node, parts.current)
    } else {
        listing::line(graph, node, parts)
    };
    reporter.print(&text);
}

/// The revisions that a name stands for, as a command needs them.
pub(super) fn nodes(graph: &RevisionGraph, name: &str) -> Result<Vec<Node>, Failure> {
    let spots = graph.revisions(name)?;
    spots
        .into_iter()
        .map(|spot| match spot {
            Spot::At(node) => Ok(node),
            _ => Err(Failure::uncaught(
                "AttributeError: 'NoneType' object has no attribute 'log_entry'",
            )),
        })
        .collect()
}

/// Lists the heads.
pub fn heads(
    project: &Project,
    verbose: bool,
    resolve_dependencies: bool,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let graph = project.graph(reporter);
    let graph = if resolve_dependencies {
        graph?
    } else {
        graph.map_err(super::project::LoadError::raw)?
    };
    let heads = if resolve_dependencies {
        graph.real_heads()
    } else {
        graph.heads()
    };
    let parts = Parts {
        labels: true,
        ..Parts::default()
    };
    for head in heads {
        print(reporter, &graph, *head, verbose, parts);
    }
    Ok(())
}

/// What to list of the history.
#[derive(Debug, Clone, Default)]
pub struct HistoryOptions {
    /// `start:end`.
    pub range: Option<String>,
    /// Several lines for each revision.
    pub verbose: bool,
    /// Marks revisions that are in the version table.
    pub indicate_current: bool,
}

/// Lists revisions, newest first.
pub fn history(
    project: &Project,
    options: &HistoryOptions,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let (base, head) = match &options.range {
        None => (String::new(), String::new()),
        Some(range) => match range.trim().split(':').collect::<Vec<_>>().as_slice() {
            [base, head] => ((*base).to_owned(), (*head).to_owned()),
            [_] => {
                return Err(Failure::command(
                    "History range requires [start]:[end], [start]:, or :[end]",
                ));
            }
            _ => {
                return Err(Failure::uncaught(
                    "ValueError: too many values to unpack (expected 2)",
                ));
            }
        },
    };
    let graph = project.graph(reporter)?;
    let asks = options.indicate_current || base == "current" || head == "current";
    let rows = if asks {
        super::current::rows(project, reporter)?
    } else {
        Vec::new()
    };
    let end = |name: &'_ str, default: &str| -> (bool, String) {
        if name == "current" && !rows.is_empty() {
            (true, python_tuple(&rows))
        } else if name.is_empty() || name == "current" {
            (false, default.to_owned())
        } else {
            (false, name.to_owned())
        }
    };
    // Only one end may be the current revisions.
    let (head_rows, head_name) = end(&head, "heads");
    let (base_rows, base_name) = if head == "current" && base == "current" {
        (false, base.clone())
    } else {
        end(&base, "base")
    };
    let lower = if base_rows {
        HistoryEnd::Rows(&rows)
    } else {
        HistoryEnd::Name(&base_name)
    };
    let upper = if head_rows {
        HistoryEnd::Rows(&rows)
    } else {
        HistoryEnd::Name(&head_name)
    };
    let found = graph.history(lower, upper).map_err(|error| {
        error.worded(Wording {
            start: Some(&base_name),
            end: Some(&head_name),
            ..Wording::default()
        })
    })?;
    for node in found {
        let parts = Parts {
            labels: true,
            message: true,
            parents: true,
            tree: true,
            current: options.indicate_current && rows.iter().any(|row| row == graph.id(node)),
        };
        print(reporter, &graph, node, options.verbose, parts);
    }
    Ok(())
}

fn python_tuple(items: &[String]) -> String {
    match items {
        [only] => format!("('{only}',)"),
        several => format!("('{}')", several.join("', '")),
    }
}

/// Lists revisions that more than one follows.
pub fn branches(
    project: &Project,
    verbose: bool,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let graph = project.graph(reporter)?;
    for node in graph.history(HistoryEnd::Open, HistoryEnd::Open)? {
        if graph.is_branch_point(node) {
            reporter.print(&listing::branch_point(&graph, node, verbose));
        }
    }
    Ok(())
}

/// Shows revisions in full.
pub fn show(project: &Project, name: &str, reporter: &mut dyn Reporter) -> Result<(), Failure> {
    let graph = project.graph(reporter)?;
    let found = if name == "current" {
        let mut found = Vec::new();
        for row in super::current::rows(project, reporter)? {
            found.extend(nodes(&graph, &row)?);
        }
        found
    } else {
        nodes(&graph, name)?
    };
    for node in found {
        reporter.print(&listing::block(&graph, node, false));
    }
    Ok(())
}
