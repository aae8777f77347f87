//! Steps that change rows without running anything.

use super::{Edges, GraphError, Node, NodeSet, RevisionGraph, Spot, Step, StepKind};

impl RevisionGraph {
    /// Steps that make the rows say that the destinations are applied.
    pub fn stamp(&self, destinations: &[String], rows: &[String]) -> Result<Vec<Step>, StampError> {
        let current = self.revisions_of(rows).map_err(StampError::Rows)?;
        let current: Vec<Node> = current
            .into_iter()
            .map(Spot::expected)
            .collect::<Result<_, _>>()
            .map_err(StampError::Rows)?;
        let mut filtered: Vec<Node> = Vec::new();
        for destination in destinations {
            if destination.is_empty() {
                continue;
            }
            let kin = self
                .kin_only(&current, destination, Edges::Dependencies)
                .map_err(StampError::Destination)?;
            for node in kin {
                if !filtered.contains(&node) {
                    filtered.push(node);
                }
            }
        }
        let found = self.revisions_of(destinations).map_err(StampError::Rows)?;
        self.stamp_steps(&found, &filtered)
            .map_err(StampError::Destination)
    }

    fn stamp_steps(&self, destinations: &[Spot], rows: &[Node]) -> Result<Vec<Step>, GraphError> {
        let mut steps = Vec::new();
        let base = [Spot::Nothing];
        let destinations = if destinations.is_empty() {
            &base
        } else {
            destinations
        };
        let row_set: NodeSet = self.set(rows.iter().copied());
        for destination in destinations {
            let node = match destination {
                Spot::Nothing => {
                    steps.extend(rows.iter().map(|row| Step {
                        kind: StepKind::Stamp {
                            from: vec![self.id(*row).to_owned()],
                            to: Vec::new(),
                            up: false,
                            branch: true,
                        },
                    }));
                    continue;
                }
                Spot::Base => return Err(GraphError::assertion()),
                Spot::At(node) => *node,
            };
            if row_set.contains(node) {
                continue;
            }
            let below = !self
                .ancestors([node], Edges::Dependencies)
                .is_disjoint(&row_set);
            let above = !self
                .descendants([node], Edges::Dependencies)
                .is_disjoint(&row_set);
            if above && below {
                return Err(GraphError::assertion());
            }
            let alone = !above && !below;
            steps.push(Step {
                kind: StepKind::Stamp {
                    from: if alone {
                        Vec::new()
                    } else {
                        self.ids(rows.iter().copied())
                    },
                    to: vec![self.id(node).to_owned()],
                    up: !above,
                    branch: alone,
                },
            });
        }
        Ok(steps)
    }
}

/// What went wrong with a stamp, told apart because commands word them differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StampError {
    /// The rows, or what the destinations stand for.
    Rows(GraphError),
    /// A destination's symbols.
    Destination(GraphError),
}

impl StampError {
    /// The error as the command words it.
    pub fn worded(self) -> super::CommandError {
        match self {
            Self::Rows(error) => error.plain(),
            Self::Destination(error) => error.worded(super::Wording {
                several_heads: Some(
                    "Multiple heads are present; please specify a single target revision",
                ),
                ..super::Wording::default()
            }),
        }
    }
}
