//! The order of steps.
//!
//! Walks from the tops downwards, one line after the other: a revision is given out when none of
//! the other open ones lies above it, and its parents take its place. That is Alembic's own rule;
//! the work is to find out cheaply which open revision lies above another.

use std::collections::{BTreeMap, HashMap};

use super::collect::Collected;
use super::{GraphError, Node, NodeSet, RevisionGraph};

/// Whether every revision between two wanted ones is wanted as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gaps {
    None,
    Possible,
}

/// Open revisions by place in Alembic's list. A place is handed on to a parent; new ones come at
/// the end; gaps do not matter.
struct Open {
    by_place: BTreeMap<usize, Node>,
    place_of: HashMap<Node, usize>,
    next: usize,
}

impl Open {
    fn put(&mut self, place: usize, node: Node) {
        self.by_place.insert(place, node);
        self.place_of.insert(node, place);
    }

    fn append(&mut self, node: Node) {
        self.put(self.next, node);
        self.next += 1;
    }

    fn take(&mut self, place: usize) {
        if let Some(node) = self.by_place.remove(&place) {
            self.place_of.remove(&node);
        }
    }

    /// The place before, else the first one.
    fn before(&self, place: usize) -> Option<usize> {
        let before = self.by_place.range(..place).next_back();
        before
            .or_else(|| self.by_place.iter().next())
            .map(|(place, _)| *place)
    }

    /// The first place that is not this one.
    fn first_other(&self, place: usize) -> Option<usize> {
        self.by_place.keys().copied().find(|other| *other != place)
    }
}

impl RevisionGraph {
    /// Puts revisions into order, children before parents.
    pub(super) fn sort(&self, collected: &Collected, gaps: Gaps) -> Result<Vec<Node>, GraphError> {
        let mut left = collected.wanted.clone();
        let mut tops: Vec<Node> = collected
            .tops
            .iter()
            .copied()
            .filter(|node| left.contains(*node))
            .collect();
        tops.sort_by_key(|node| self.index.get(self.id(*node)));
        tops.dedup();
        let mut open = Open {
            by_place: BTreeMap::new(),
            place_of: HashMap::new(),
            next: 0,
        };
        for node in tops {
            open.append(node);
        }
        let mut sorted = Vec::with_capacity(left.len());
        let mut cursor = 0;
        while let Some(candidate) = open.by_place.get(&cursor).copied() {
            if let Some(above) = self.open_above(candidate, &open, &left, gaps) {
                cursor = above;
                continue;
            }
            if left.remove(candidate) {
                sorted.push(candidate);
            }
            let mut parents = self
                .needed(candidate)
                .iter()
                .copied()
                .filter(|node| left.contains(*node) && !open.place_of.contains_key(node))
                .collect::<Vec<_>>()
                .into_iter();
            open.take(cursor);
            match parents.next() {
                Some(first) => {
                    open.put(cursor, first);
                    parents.for_each(|node| open.append(node));
                }
                None => match open.before(cursor) {
                    Some(place) => cursor = place,
                    None => break,
                },
            }
        }
        if left.is_empty() {
            Ok(sorted)
        } else {
            Err(GraphError::assertion())
        }
    }

    /// The first place of an open revision that lies above the candidate.
    fn open_above(
        &self,
        candidate: Node,
        open: &Open,
        left: &NodeSet,
        gaps: Gaps,
    ) -> Option<usize> {
        let own = open.place_of.get(&candidate).copied()?;
        let best = open.first_other(own)?;
        let counts = |node: Node| gaps == Gaps::Possible || left.contains(node);
        let mut seen: Vec<Node> = Vec::new();
        let mut known = std::collections::HashSet::new();
        let mut found: Option<usize> = None;
        let mut stack: Vec<Node> = self.nodes[candidate].dependents.clone();
        while let Some(node) = stack.pop() {
            if !counts(node) || !known.insert(node) {
                continue;
            }
            if let Some(place) = open.place_of.get(&node) {
                if *place == best {
                    return Some(best);
                }
                found = Some(found.map_or(*place, |other| other.min(*place)));
            }
            seen.push(node);
            stack.extend(&self.nodes[node].dependents);
        }
        found
    }
}
