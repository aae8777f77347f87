//! The rows of the version table: how each step changes them.

use super::{Edges, GraphError, Node, NodeSet, RevisionGraph, Spot, Step, StepKind};

/// One change of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// A new row.
    Insert(String),
    /// A row that goes.
    Delete(String),
    /// A row that changes.
    Update {
        /// What it says now.
        from: String,
        /// What it will say.
        to: String,
    },
}

/// The rows as they are after the steps so far.
#[derive(Debug, Clone)]
pub struct VersionRows<'g> {
    graph: &'g RevisionGraph,
    /// Without repetition, in the order in which they came.
    rows: Vec<String>,
    /// Everything that the rows imply, while it is known.
    applied: Option<NodeSet>,
}

impl<'g> VersionRows<'g> {
    /// Rows as they were read.
    pub fn new(graph: &'g RevisionGraph, rows: &[String]) -> Self {
        let mut distinct: Vec<String> = Vec::with_capacity(rows.len());
        for row in rows {
            if !distinct.contains(row) {
                distinct.push(row.clone());
            }
        }
        Self {
            graph,
            rows: distinct,
            applied: None,
        }
    }

    /// The rows.
    pub fn rows(&self) -> &[String] {
        &self.rows
    }

    /// What a step changes. The rows are changed along.
    pub fn apply(&mut self, step: &Step) -> Result<Vec<RowChange>, GraphError> {
        let changes = match &step.kind {
            StepKind::Upgrade(node) => self.upgrade(*node)?,
            StepKind::Downgrade(node) => self.downgrade(*node)?,
            StepKind::Stamp {
                from,
                to,
                up,
                branch,
            } => {
                self.applied = None;
                self.stamp(from, to, *up, *branch)?
            }
        };
        for change in &changes {
            self.change(change)?;
        }
        Ok(changes)
    }

    fn has(&self, id: &str) -> bool {
        self.rows.iter().any(|row| row == id)
    }

    fn change(&mut self, change: &RowChange) -> Result<(), GraphError> {
        match change {
            RowChange::Insert(id) => self.insert(id),
            RowChange::Delete(id) => self.remove(id),
            RowChange::Update { from, to } => {
                if self.has(to) {
                    return Err(GraphError::assertion());
                }
                self.remove(from)?;
                self.insert(to)
            }
        }
    }

    fn insert(&mut self, id: &str) -> Result<(), GraphError> {
        if self.has(id) {
            return Err(GraphError::assertion());
        }
        self.rows.push(id.to_owned());
        Ok(())
    }

    fn remove(&mut self, id: &str) -> Result<(), GraphError> {
        let at = self.rows.iter().position(|row| row == id);
        self.rows.remove(at.ok_or_else(|| GraphError::key(id))?);
        Ok(())
    }

    fn upgrade(&mut self, node: Node) -> Result<Vec<RowChange>, GraphError> {
        let graph = self.graph;
        let needed = graph.needed(node);
        let present: Vec<&str> = needed
            .iter()
            .map(|node| graph.id(*node))
            .filter(|id| self.has(id))
            .collect();
        let to = graph.id(node).to_owned();
        let changes = if present.is_empty() {
            vec![RowChange::Insert(to)]
        } else if present.len() > 1 {
            let merged = self.merged(needed)?;
            let Some((last, others)) = merged.split_last() else {
                return Err(GraphError::uncaught(
                    "IndexError",
                    "list index out of range",
                ));
            };
            let mut changes: Vec<RowChange> = others
                .iter()
                .map(|node| RowChange::Delete(graph.id(*node).to_owned()))
                .collect();
            changes.push(RowChange::Update {
                from: graph.id(*last).to_owned(),
                to,
            });
            changes
        } else {
            let from = match needed {
                [only] => graph.id(*only),
                _ => present[0],
            };
            vec![RowChange::Update {
                from: from.to_owned(),
                to,
            }]
        };
        if let Some(applied) = &mut self.applied {
            applied.insert(node);
        }
        Ok(changes)
    }

    /// Which rows a merge replaces: those needed that no other row implies.
    fn merged(&self, needed: &[Node]) -> Result<Vec<Node>, GraphError> {
        let others: Vec<String> = self
            .rows
            .iter()
            .filter(|row| !needed.iter().any(|node| self.graph.id(*node) == **row))
            .cloned()
            .collect();
        if others.is_empty() {
            return Ok(needed.to_vec());
        }
        let implied = self.implied_by(&others)?;
        Ok(needed
            .iter()
            .copied()
            .filter(|node| !implied.contains(*node))
            .collect())
    }

    fn implied_by(&self, rows: &[String]) -> Result<NodeSet, GraphError> {
        let nodes: Vec<Node> = self
            .graph
            .revisions_of(rows)?
            .into_iter()
            .map(Spot::expected)
            .collect::<Result<_, _>>()?;
        Ok(self.graph.ancestors(nodes, Edges::Dependencies))
    }

    fn downgrade(&mut self, node: Node) -> Result<Vec<RowChange>, GraphError> {
        let graph = self.graph;
        let id = graph.id(node).to_owned();
        let needed = graph.needed(node);
        let present = self.has(&id);
        let changes = if present && needed.is_empty() {
            vec![RowChange::Delete(id)]
        } else if present {
            let left = self.left_behind(node)?;
            match (left.split_last(), needed) {
                (None, _) => vec![RowChange::Delete(id)],
                (Some(_), [only]) => vec![RowChange::Update {
                    from: id,
                    to: graph.id(*only).to_owned(),
                }],
                (Some((last, others)), _) => {
                    let mut changes: Vec<RowChange> = others
                        .iter()
                        .map(|node| RowChange::Insert(graph.id(*node).to_owned()))
                        .collect();
                    changes.push(RowChange::Update {
                        from: id,
                        to: graph.id(*last).to_owned(),
                    });
                    changes
                }
            }
        } else {
            let to = if let [only] = needed {
                graph.id(*only).to_owned()
            } else {
                let mut there = needed.iter().map(|n| graph.id(*n)).filter(|i| self.has(i));
                match (there.next(), there.next()) {
                    (Some(only), None) => only.to_owned(),
                    _ => {
                        return Err(GraphError::uncaught(
                            "AssertionError",
                            "Can't do an UPDATE because downrevision is ambiguous",
                        ));
                    }
                }
            };
            vec![RowChange::Update { from: id, to }]
        };
        if let Some(applied) = &mut self.applied {
            applied.remove(node);
        }
        Ok(changes)
    }

    /// What a revision stood on that no row will imply any more once it is gone.
    fn left_behind(&mut self, node: Node) -> Result<Vec<Node>, GraphError> {
        let graph = self.graph;
        let id = graph.id(node);
        let needed = graph.needed(node);
        if self.rows.len() <= 1 {
            if needed.len() == 1 {
                return Ok(needed.to_vec());
            }
            let implied_by_another = |candidate: &Node| {
                needed.iter().any(|other| {
                    other != candidate
                        && graph
                            .ancestors([*other], Edges::Dependencies)
                            .contains(*candidate)
                })
            };
            return Ok(needed
                .iter()
                .copied()
                .filter(|candidate| !implied_by_another(candidate))
                .collect());
        }
        let others: Vec<String> = self.rows.iter().filter(|row| *row != id).cloned().collect();
        if self.applied.is_none() {
            self.applied = Some(self.implied_by(&self.rows)?);
        }
        let tops: Option<Vec<Node>> = others.iter().map(|row| graph.find(row)).collect();
        let (Some(tops), Some(applied)) = (tops, &self.applied) else {
            let implied = self.implied_by(&others)?;
            return Ok(needed
                .iter()
                .copied()
                .filter(|node| !implied.contains(*node))
                .collect());
        };
        Ok(needed
            .iter()
            .copied()
            .filter(|candidate| !leads_to(graph, *candidate, &tops, node, applied))
            .collect())
    }

    fn stamp(
        &self,
        from: &[String],
        to: &[String],
        up: bool,
        branch: bool,
    ) -> Result<Vec<RowChange>, GraphError> {
        let only = |list: &[String]| match list {
            [only] => Ok(only.clone()),
            _ => Err(GraphError::assertion()),
        };
        if !up && branch {
            return Ok(vec![RowChange::Delete(only(from)?)]);
        }
        let leaves = branch || from.iter().any(|id| !self.has(id));
        if up && leaves && to.iter().any(|id| !self.has(id)) {
            return Ok(vec![RowChange::Insert(only(to)?)]);
        }
        if let [others @ .., last] = from
            && !others.is_empty()
        {
            let first = to.first().ok_or_else(GraphError::assertion)?;
            let mut changes: Vec<RowChange> =
                others.iter().cloned().map(RowChange::Delete).collect();
            changes.push(RowChange::Update {
                from: last.clone(),
                to: first.clone(),
            });
            return Ok(changes);
        }
        Ok(vec![RowChange::Update {
            from: only(from)?,
            to: only(to)?,
        }])
    }
}

/// Whether something applied leads from a node up to one of the tops without passing `except`.
fn leads_to(
    graph: &RevisionGraph,
    start: Node,
    tops: &[Node],
    except: Node,
    applied: &NodeSet,
) -> bool {
    let mut seen = std::collections::HashSet::new();
    let mut open = vec![start];
    while let Some(node) = open.pop() {
        if node == except || !seen.insert(node) || !applied.contains(node) {
            continue;
        }
        if tops.contains(&node) {
            return true;
        }
        open.extend(graph.followers(node, Edges::Dependencies));
    }
    false
}
