//! Sets revisions into a graph and checks that it holds together.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::{CycleKind, Edges, GraphError, Member, Node, NodeSet, RevisionGraph};
use crate::dialect::alembic::revision::Revision;

impl RevisionGraph {
    /// Builds the graph of revisions in the order in which their files were read.
    ///
    /// On failure the warnings given so far come along, as Alembic prints them first.
    pub fn new(revisions: Vec<Revision>) -> Result<Self, (GraphError, Vec<String>)> {
        let mut graph = Self {
            nodes: Vec::with_capacity(revisions.len()),
            keys: Vec::with_capacity(revisions.len()),
            index: HashMap::with_capacity(revisions.len()),
            labels: Vec::new(),
            heads: Vec::new(),
            real_heads: Vec::new(),
            bases: Vec::new(),
            repeatables: Vec::new(),
            warnings: Vec::new(),
        };
        match graph.build(revisions) {
            Ok(()) => Ok(graph),
            Err(error) => Err((error, graph.warnings)),
        }
    }

    fn build(&mut self, revisions: Vec<Revision>) -> Result<(), GraphError> {
        for revision in revisions {
            if revision.repeatable {
                self.repeatables.push(revision);
            } else {
                self.add(revision);
            }
        }
        self.order_repeatables()?;
        let ids = self.keys.len();
        let labelled = self.declare_labels()?;
        self.resolve_dependencies()?;
        self.connect(ids)?;
        self.find_ends();
        self.check_cycles(ids)?;
        self.check_hidden_cycles()?;
        self.drop_implied_dependencies();
        self.spread_labels(&labelled);
        Ok(())
    }

    /// Orders repeatable revisions by their ids, which nobody else may have.
    fn order_repeatables(&mut self) -> Result<(), GraphError> {
        self.repeatables
            .sort_by(|left, right| left.id.cmp(&right.id));
        let twins = self.repeatables.array_windows();
        let twin = twins.into_iter().find(|[one, other]| one.id == other.id);
        let of_chain = |revision: &&Revision| self.find(&revision.id).is_some();
        let taken = twin.map(|[_, other]| other);
        match taken.or_else(|| self.repeatables.iter().find(of_chain)) {
            None => Ok(()),
            Some(revision) => Err(GraphError::Rule(format!(
                "{}: the id '{}' of this repeatable revision is another revision's as well",
                revision.path.display(),
                revision.id
            ))),
        }
    }

    fn add(&mut self, revision: Revision) {
        let node = self.nodes.len();
        let id = revision.id.clone();
        self.nodes.push(Member {
            revision,
            parents: Vec::new(),
            dependencies: Vec::new(),
            needed: Vec::new(),
            children: Vec::new(),
            dependents: Vec::new(),
            labels: Vec::new(),
        });
        if let Some(at) = self.index.get(&id) {
            self.keys[*at].1 = node;
            self.warnings
                .push(format!("Revision {id} is present more than once"));
        } else {
            self.index.insert(id.clone(), self.keys.len());
            self.keys.push((id, node));
        }
    }

    /// Makes labels keys of the map; returns who declares some.
    fn declare_labels(&mut self) -> Result<Vec<Node>, GraphError> {
        let mut labelled = Vec::new();
        for node in 0..self.nodes.len() {
            let revision = &self.nodes[node].revision;
            if revision.branch_labels.is_empty() {
                continue;
            }
            labelled.push(node);
            let id = revision.id.clone();
            for label in revision.branch_labels.clone() {
                if let Some(other) = self.find(&label) {
                    return Err(GraphError::Rule(format!(
                        "Branch name '{label}' in revision {id} already used by revision {}",
                        self.id(other)
                    )));
                }
                self.index.insert(label.clone(), self.keys.len());
                self.keys.push((label.clone(), node));
                self.nodes[node].labels.push(self.labels.len());
                self.labels.push(label);
            }
        }
        Ok(labelled)
    }

    fn resolve_dependencies(&mut self) -> Result<(), GraphError> {
        for node in 0..self.nodes.len() {
            let mut resolved = Vec::new();
            for name in &self.nodes[node].revision.depends_on {
                if name.is_empty() && self.nodes[node].revision.depends_on.len() == 1 {
                    continue;
                }
                let target = self.find(name).ok_or_else(|| GraphError::key(name))?;
                // An id that two files carry means the later one.
                let target = self.find(self.id(target)).unwrap_or(target);
                if !resolved.contains(&target) {
                    resolved.push(target);
                }
            }
            self.nodes[node].dependencies = resolved;
        }
        Ok(())
    }

    /// Draws the edges, in map order, up to the first missing parent.
    fn connect(&mut self, ids: usize) -> Result<(), GraphError> {
        for at in 0..ids {
            let node = self.keys[at].1;
            let names = std::mem::take(&mut self.nodes[node].revision.down_revisions);
            let mut missing = None;
            for name in &names {
                match self.index.get(name) {
                    Some(found) if *found < ids => {
                        let parent = self.keys[*found].1;
                        if !self.nodes[node].parents.contains(&parent) {
                            self.nodes[node].parents.push(parent);
                            self.nodes[parent].children.push(node);
                            self.nodes[parent].dependents.push(node);
                        }
                    }
                    // A label is a key of the map, but no parent.
                    found => {
                        missing = Some((name.clone(), found.is_none()));
                        break;
                    }
                }
            }
            self.nodes[node].revision.down_revisions = names;
            if let Some((name, unknown)) = missing {
                if unknown {
                    let shown = self.in_words(node);
                    self.warnings.push(format!(
                        "Revision {name} referenced from {shown} is not present"
                    ));
                }
                return Err(GraphError::key(&name));
            }
            for target in self.nodes[node].dependencies.clone() {
                if !self.nodes[target].dependents.contains(&node) {
                    self.nodes[target].dependents.push(node);
                }
            }
        }
        Ok(())
    }

    /// A revision as Alembic shows it in a warning.
    fn in_words(&self, node: Node) -> String {
        let revision = self.revision(node);
        let mut text = if revision.down_revisions.is_empty() {
            "<base>".to_owned()
        } else {
            revision.down_revisions.join(", ")
        };
        let _ = write!(text, " -> {}", revision.id);
        for (holds, words) in [
            (self.is_head(node), " (head)"),
            (self.is_branch_point(node), " (branchpoint)"),
            (self.is_merge_point(node), " (mergepoint)"),
        ] {
            if holds {
                text.push_str(words);
            }
        }
        let _ = write!(text, ", {}", revision.message());
        text
    }

    /// Finds heads and bases. A file hidden by a later one with its id stands for that one.
    fn find_ends(&mut self) {
        for node in 0..self.nodes.len() {
            let member = &self.nodes[node];
            let shown = self.find(&member.revision.id).unwrap_or(node);
            let hidden = shown != node;
            if hidden || member.children.is_empty() {
                self.heads.push(shown);
            }
            if hidden || member.dependents.is_empty() {
                self.real_heads.push(shown);
            }
            if self.nodes[node].revision.down_revisions.is_empty() {
                self.bases.push(shown);
            }
        }
    }

    fn check_cycles(&self, ids: usize) -> Result<(), GraphError> {
        if ids == 0 {
            return Ok(());
        }
        let real_bases: Vec<Node> = (0..self.nodes.len())
            .filter(|node| {
                let revision = &self.nodes[*node].revision;
                revision.down_revisions.is_empty() && revision.depends_on.is_empty()
            })
            .collect();
        let checks = [
            (CycleKind::Parents, Edges::Parents, &self.heads, &self.bases),
            (
                CycleKind::Dependencies,
                Edges::Dependencies,
                &self.real_heads,
                &real_bases,
            ),
        ];
        let all = || self.keys[..ids].iter();
        for (kind, edges, heads, bases) in checks {
            if heads.is_empty() || bases.is_empty() {
                let revisions = all().map(|(id, _)| id.clone()).collect();
                return Err(GraphError::Cycle { kind, revisions });
            }
            let mut reached = self.ancestors_as_declared(heads, edges);
            reached.intersect(&self.descendants(bases.iter().copied(), edges));
            let mut outside: Vec<String> = all()
                .filter(|(_, node)| !reached.contains(*node))
                .map(|(id, _)| id.clone())
                .collect();
            if !outside.is_empty() {
                outside.sort_unstable();
                let revisions = outside;
                return Err(GraphError::Cycle { kind, revisions });
            }
        }
        Ok(())
    }

    /// Refuses cycles between a base and a head, which Alembic overlooks and then walks for ever.
    fn check_hidden_cycles(&self) -> Result<(), GraphError> {
        let mut waiting: Vec<usize> = self.nodes.iter().map(|m| m.dependents.len()).collect();
        let mut free: Vec<Node> = (0..self.nodes.len())
            .filter(|node| waiting[*node] == 0)
            .collect();
        let mut left = self.nodes.len();
        while let Some(node) = free.pop() {
            left -= 1;
            let member = &self.nodes[node];
            if self.find(&member.revision.id) != Some(node) {
                // Hidden by a later file: it has no edges.
                continue;
            }
            let extra = member
                .dependencies
                .iter()
                .filter(|target| !member.parents.contains(target));
            for target in member.parents.iter().chain(extra) {
                waiting[*target] -= 1;
                if waiting[*target] == 0 {
                    free.push(*target);
                }
            }
        }
        if left == 0 {
            return Ok(());
        }
        // What is left lies on a cycle or below one; what leads back to itself is on one.
        let on_cycle = |node: &Node| {
            let above = self.nodes[*node].dependents.iter().copied();
            waiting[*node] > 0 && self.descendants(above, Edges::Dependencies).contains(*node)
        };
        let first = (0..self.nodes.len()).find(on_cycle);
        let around = first.map(|node| {
            let mut around = self.descendants([node], Edges::Dependencies);
            around.intersect(&self.ancestors_as_declared(&[node], Edges::Dependencies));
            around
        });
        let mut revisions = around.map_or(Vec::new(), |around| self.ids(around.iter()));
        revisions.sort_unstable();
        let kind = CycleKind::Dependencies;
        Err(GraphError::Cycle { kind, revisions })
    }

    /// Ancestors before implied dependencies are known.
    fn ancestors_as_declared(&self, targets: &[Node], edges: Edges) -> NodeSet {
        let mut seen = self.empty_set();
        let mut open = targets.to_vec();
        while let Some(node) = open.pop() {
            if seen.insert(node) {
                open.extend(&self.nodes[node].parents);
                if edges == Edges::Dependencies {
                    open.extend(&self.nodes[node].dependencies);
                }
            }
        }
        seen
    }

    /// A dependency that an ancestor by parenthood has declared already is implied.
    fn drop_implied_dependencies(&mut self) {
        let mut declared: HashMap<Node, usize> = HashMap::new();
        for member in &self.nodes {
            for target in &member.dependencies {
                *declared.entry(*target).or_default() += 1;
            }
        }
        let mut repeated: Vec<Node> = declared
            .into_iter()
            .filter(|(_, times)| *times > 1)
            .map(|(target, _)| target)
            .collect();
        repeated.sort_unstable();
        for member in &mut self.nodes {
            member.needed.clone_from(&member.parents);
            for target in &member.dependencies {
                if !member.needed.contains(target) {
                    member.needed.push(*target);
                }
            }
        }
        if repeated.is_empty() {
            return;
        }
        // What ancestors have declared is handed down from parents to children, 64 dependencies
        // at a time.
        let order = self.parents_first();
        for some in repeated.chunks(64) {
            let bit = |target: &Node| {
                some.binary_search(target)
                    .map_or(0_u64, |position| 1 << position)
            };
            let mut inherited = vec![0_u64; self.nodes.len()];
            for node in &order {
                let member = &self.nodes[*node];
                let own: u64 = member.dependencies.iter().map(bit).fold(0, |a, b| a | b);
                let from_above = inherited[*node];
                for child in &member.children {
                    inherited[*child] |= from_above | own;
                }
            }
            for (node, inherited) in inherited.iter().enumerate() {
                let member = &mut self.nodes[node];
                if *inherited != 0 {
                    let parents = member.parents.clone();
                    member
                        .needed
                        .retain(|target| parents.contains(target) || bit(target) & inherited == 0);
                }
            }
        }
    }

    fn parents_first(&self) -> Vec<Node> {
        let mut waiting: Vec<usize> = self.nodes.iter().map(|m| m.parents.len()).collect();
        let mut order: Vec<Node> = (0..self.nodes.len())
            .filter(|node| waiting[*node] == 0)
            .collect();
        let mut next = 0;
        while let Some(node) = order.get(next).copied() {
            next += 1;
            for child in &self.nodes[node].children {
                waiting[*child] -= 1;
                if waiting[*child] == 0 {
                    order.push(*child);
                }
            }
        }
        order
    }

    /// A label reaches all descendants, and downwards the line that ends in the last of them, up
    /// to a branch point or merge point.
    fn spread_labels(&mut self, labelled: &[Node]) {
        for start in labelled {
            let own = self.nodes[*start].labels.clone();
            let mut last = *start;
            let mut seen = self.empty_set();
            let mut open = vec![*start];
            while let Some(node) = open.pop() {
                if seen.insert(node) {
                    last = node;
                    open.extend(&self.nodes[node].children);
                    self.add_labels(node, &own);
                }
            }
            let mut node = last;
            while self.nodes[node].dependents.len() <= 1 && !self.is_merge_point(node) {
                self.add_labels(node, &own);
                match self.nodes[node].parents.first() {
                    Some(parent) => node = *parent,
                    None => break,
                }
            }
        }
    }

    fn add_labels(&mut self, node: Node, labels: &[usize]) {
        let known = &mut self.nodes[node].labels;
        for label in labels {
            if let Err(position) = known.binary_search(label) {
                known.insert(position, *label);
            }
        }
    }
}
