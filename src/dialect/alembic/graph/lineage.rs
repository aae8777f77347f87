//! Ancestors, descendants, and who shares a line with whom.

use super::{Edges, GraphError, Node, NodeSet, RevisionGraph};

impl RevisionGraph {
    /// Revisions that come before, the targets included.
    pub fn ancestors(&self, targets: impl IntoIterator<Item = Node>, edges: Edges) -> NodeSet {
        self.reach(targets, |node| match edges {
            Edges::Parents => &self.nodes[node].parents,
            Edges::Dependencies => &self.nodes[node].needed,
        })
    }

    /// Revisions that come after, the targets included.
    pub fn descendants(&self, targets: impl IntoIterator<Item = Node>, edges: Edges) -> NodeSet {
        self.reach(targets, |node| self.followers(node, edges))
    }

    pub(super) fn followers(&self, node: Node, edges: Edges) -> &[Node] {
        match edges {
            Edges::Parents => &self.nodes[node].children,
            Edges::Dependencies => &self.nodes[node].dependents,
        }
    }

    fn reach<'g>(
        &'g self,
        targets: impl IntoIterator<Item = Node>,
        next: impl Fn(Node) -> &'g [Node],
    ) -> NodeSet {
        let mut seen = self.empty_set();
        let mut open: Vec<Node> = targets.into_iter().collect();
        while let Some(node) = open.pop() {
            if seen.insert(node) {
                open.extend(next(node));
            }
        }
        seen
    }

    /// Ancestors of targets of which none may be an ancestor of another.
    pub(super) fn separate_ancestors(&self, targets: &[Node]) -> Result<NodeSet, GraphError> {
        self.separate(targets, |node| &self.nodes[node].needed)
    }

    /// Descendants of targets of which none may be a descendant of another.
    pub(super) fn separate_descendants(&self, targets: &[Node]) -> Result<NodeSet, GraphError> {
        self.separate(targets, |node| &self.nodes[node].children)
    }

    fn separate<'g>(
        &'g self,
        targets: &[Node],
        next: impl Fn(Node) -> &'g [Node],
    ) -> Result<NodeSet, GraphError> {
        let wanted = self.set(targets.iter().copied());
        let mut seen = self.empty_set();
        for target in targets {
            let mut met = Vec::new();
            let mut open = vec![*target];
            while let Some(node) = open.pop() {
                if wanted.contains(node) && node != *target && !met.contains(&node) {
                    met.push(node);
                }
                if seen.insert(node) {
                    open.extend(next(node));
                }
            }
            if !met.is_empty() {
                return Err(GraphError::Rule(format!(
                    "Requested revision {} overlaps with other requested revisions {}",
                    self.id(*target),
                    self.ids(met).join(", ")
                )));
            }
        }
        Ok(seen)
    }

    /// Everything on a line with one of the nodes, above or below.
    pub(super) fn kin(&self, nodes: &[Node], edges: Edges) -> NodeSet {
        let mut kin = self.descendants(nodes.iter().copied(), edges);
        kin.unite(&self.ancestors(nodes.iter().copied(), edges));
        kin
    }

    /// Of the nodes, those from which no other one can be reached upwards by parenthood.
    pub(super) fn tips(&self, nodes: &NodeSet) -> Vec<Node> {
        // A node is covered when some node of the set lies strictly above it; the sets asked for
        // are closed downwards, but only along all edges, so parents outside the set may carry on.
        let mut covered = self.empty_set();
        let mut open: Vec<Node> = nodes
            .iter()
            .flat_map(|node| &self.nodes[node].parents)
            .copied()
            .collect();
        while let Some(node) = open.pop() {
            if covered.insert(node) {
                open.extend(&self.nodes[node].parents);
            }
        }
        self.iter()
            .filter(|node| nodes.contains(*node) && !covered.contains(*node))
            .collect()
    }
}
