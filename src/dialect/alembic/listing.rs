//! Revisions as listings show them.

use std::fmt::Write as _;

use super::graph::{Node, RevisionGraph};

/// What a short line tells besides the id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent parts of a line")]
pub struct Parts {
    /// Labels.
    pub labels: bool,
    /// The message.
    pub message: bool,
    /// Parents and dependencies, in front.
    pub parents: bool,
    /// Whether it is a branch point or merge point.
    pub tree: bool,
    /// Whether it is in the version table.
    pub current: bool,
}

fn parents(graph: &RevisionGraph, node: Node) -> String {
    let names = &graph.revision(node).down_revisions;
    if names.is_empty() {
        "<base>".to_owned()
    } else {
        names.join(", ")
    }
}

/// One line for a revision.
pub fn line(graph: &RevisionGraph, node: Node, parts: Parts) -> String {
    let revision = graph.revision(node);
    let mut text = String::new();
    if parts.parents {
        text.push_str(&parents(graph, node));
        if !revision.depends_on.is_empty() {
            let _ = write!(text, " ({})", revision.depends_on.join(", "));
        }
        text.push_str(" -> ");
    }
    text.push_str(&revision.id);
    let labels: Vec<&str> = graph.labels(node).collect();
    if parts.labels && !labels.is_empty() {
        let _ = write!(text, " ({})", labels.join(", "));
    }
    let real_head = graph.is_real_head(node);
    for (holds, words) in [
        (real_head, " (head)"),
        (graph.is_head(node) && !real_head, " (effective head)"),
        (parts.current, " (current)"),
        (parts.tree && graph.is_branch_point(node), " (branchpoint)"),
        (parts.tree && graph.is_merge_point(node), " (mergepoint)"),
    ] {
        if holds {
            text.push_str(words);
        }
    }
    if parts.message {
        let _ = write!(text, ", {}", revision.message());
    }
    text
}

/// Everything about a revision, in several lines.
pub fn block(graph: &RevisionGraph, node: Node, current: bool) -> String {
    let revision = graph.revision(node);
    let mut text = format!("Rev: {}", revision.id);
    for (holds, words) in [
        (graph.is_head(node), " (head)"),
        (graph.is_branch_point(node), " (branchpoint)"),
        (graph.is_merge_point(node), " (mergepoint)"),
        (current, " (current)"),
    ] {
        if holds {
            text.push_str(words);
        }
    }
    let title = if graph.is_merge_point(node) {
        "Merges"
    } else {
        "Parent"
    };
    let _ = writeln!(text, "\n{title}: {}", parents(graph, node));
    if !revision.depends_on.is_empty() {
        let _ = writeln!(text, "Also depends on: {}", revision.depends_on.join(", "));
    }
    if graph.is_branch_point(node) {
        let children = graph.ids(graph.children(node).iter().copied());
        let _ = writeln!(text, "Branches into: {}", children.join(", "));
    }
    let labels: Vec<&str> = graph.labels(node).collect();
    if !labels.is_empty() {
        let _ = writeln!(text, "Branch names: {}", labels.join(", "));
    }
    let _ = writeln!(text, "Path: {}", revision.path.display());
    let doc: Vec<String> = revision
        .doc
        .lines()
        .map(|line| format!("    {line}"))
        .collect();
    let _ = write!(text, "\n{}\n", doc.join("\n"));
    text
}

/// A branch point and what follows it.
pub fn branch_point(graph: &RevisionGraph, node: Node, verbose: bool) -> String {
    let head = if verbose {
        block(graph, node, false)
    } else {
        line(
            graph,
            node,
            Parts {
                labels: true,
                tree: true,
                ..Parts::default()
            },
        )
    };
    let indent = " ".repeat(graph.id(node).chars().count());
    let children: Vec<String> = graph
        .children(node)
        .iter()
        .map(|child| {
            let parts = Parts {
                labels: true,
                message: verbose,
                tree: true,
                ..Parts::default()
            };
            format!("{indent} -> {}", line(graph, *child, parts))
        })
        .collect();
    format!("{head}\n{}\n", children.join("\n"))
}
