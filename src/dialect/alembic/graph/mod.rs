//! The graph of revisions: who follows whom, what a name stands for, which steps lead where.
//!
//! Every answer, order and refusal is the one Alembic gives. Nothing here recurses, and building,
//! searching and ordering take time in proportion to the number of revisions and edges.

mod build;
mod collect;
mod error;
mod lineage;
mod node_set;
mod order;
mod resolve;
mod rows;
mod stamp;
mod step;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::HashMap;

pub use error::{CommandError, CycleKind, GraphError, OffLine, Wording};
pub use node_set::{Node, NodeSet};
pub use rows::{RowChange, VersionRows};
pub use stamp::StampError;
pub use step::{HistoryEnd, Step, StepKind};
pub use walk::Spot;

use super::revision::Revision;

/// All revisions of a chain and the edges between them.
#[derive(Debug)]
pub struct RevisionGraph {
    /// In the order in which the files were read; a later file with the same id hides an earlier.
    nodes: Vec<Member>,
    /// Ids in the order of their first appearance, then labels: what can be named, in map order.
    keys: Vec<(String, Node)>,
    /// From key to position in `keys`.
    index: HashMap<String, usize>,
    /// Labels in the order in which they were declared.
    labels: Vec<String>,
    heads: Vec<Node>,
    real_heads: Vec<Node>,
    bases: Vec<Node>,
    /// Repeatable revisions, which no edge leads to, in the order of their ids.
    repeatables: Vec<Revision>,
    /// What was odd while the graph was built.
    warnings: Vec<String>,
}

/// A revision and its neighbours.
#[derive(Debug)]
struct Member {
    revision: Revision,
    /// Parents without repetition.
    parents: Vec<Node>,
    /// Dependencies, resolved, without repetition.
    dependencies: Vec<Node>,
    /// Parents, then the dependencies that no ancestor has declared already.
    needed: Vec<Node>,
    /// Children by parenthood.
    children: Vec<Node>,
    /// Children by parenthood or dependency.
    dependents: Vec<Node>,
    /// Labels that reach it, as positions in the graph's list.
    labels: Vec<usize>,
}

/// Which edges count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edges {
    /// Parenthood only.
    Parents,
    /// Dependencies as well.
    Dependencies,
}

impl RevisionGraph {
    /// How many files there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no revisions.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A revision.
    pub fn revision(&self, node: Node) -> &Revision {
        &self.nodes[node].revision
    }

    /// A revision's id.
    pub fn id(&self, node: Node) -> &str {
        &self.nodes[node].revision.id
    }

    /// Heads by parenthood, in map order.
    pub fn heads(&self) -> &[Node] {
        &self.heads
    }

    /// Heads that nothing depends on either.
    pub fn real_heads(&self) -> &[Node] {
        &self.real_heads
    }

    /// Revisions without a parent.
    pub fn bases(&self) -> &[Node] {
        &self.bases
    }

    /// Repeatable revisions, which are no part of the chain, in the order in which they run.
    pub fn repeatables(&self) -> &[Revision] {
        &self.repeatables
    }

    /// What was odd while the graph was built.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Every revision once, in map order.
    pub fn iter(&self) -> impl Iterator<Item = Node> + '_ {
        let ids = self.keys.len() - self.labels.len();
        self.keys[..ids].iter().map(|(_, node)| *node)
    }

    /// The node with exactly this id or label.
    pub fn find(&self, key: &str) -> Option<Node> {
        self.index.get(key).map(|at| self.keys[*at].1)
    }

    /// Children by parenthood, in the order in which their files were read.
    pub fn children(&self, node: Node) -> &[Node] {
        &self.nodes[node].children
    }

    /// Parents and the dependencies that are not implied by an ancestor.
    pub fn needed(&self, node: Node) -> &[Node] {
        &self.nodes[node].needed
    }

    /// Labels that reach a revision, in the order in which they were declared.
    pub fn labels(&self, node: Node) -> impl Iterator<Item = &str> {
        self.nodes[node]
            .labels
            .iter()
            .map(|label| self.labels[*label].as_str())
    }

    /// Whether nothing follows by parenthood.
    pub fn is_head(&self, node: Node) -> bool {
        self.nodes[node].children.is_empty()
    }

    /// Whether nothing follows or depends on it.
    pub fn is_real_head(&self, node: Node) -> bool {
        self.nodes[node].dependents.is_empty()
    }

    /// Whether more than one revision follows.
    pub fn is_branch_point(&self, node: Node) -> bool {
        self.nodes[node].children.len() > 1
    }

    /// Whether it has more than one parent.
    pub fn is_merge_point(&self, node: Node) -> bool {
        self.nodes[node].revision.down_revisions.len() > 1
    }

    /// Ids of several nodes.
    pub fn ids(&self, nodes: impl IntoIterator<Item = Node>) -> Vec<String> {
        nodes
            .into_iter()
            .map(|node| self.id(node).to_owned())
            .collect()
    }

    fn empty_set(&self) -> NodeSet {
        NodeSet::new(self.nodes.len())
    }

    fn set(&self, nodes: impl IntoIterator<Item = Node>) -> NodeSet {
        let mut set = self.empty_set();
        set.extend(nodes);
        set
    }
}
