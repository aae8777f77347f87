//! Steps of an upgrade or downgrade, and listings, in Alembic's order.

use super::collect::{Collected, End, Reach};
use super::order::Gaps;
use super::{Edges, GraphError, Node, RevisionGraph};
use crate::dialect::alembic::render::Body;

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepKind {
    /// Runs a revision's `upgrade()`.
    Upgrade(Node),
    /// Runs a revision's `downgrade()`.
    Downgrade(Node),
    /// Changes rows without running anything.
    Stamp {
        /// Rows that go.
        from: Vec<String>,
        /// Rows that come.
        to: Vec<String>,
        /// Whether the destination lies above.
        up: bool,
        /// Whether a whole branch comes or goes.
        branch: bool,
    },
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
}

impl Step {
    /// The revision that runs.
    pub fn node(&self) -> Option<Node> {
        match self.kind {
            StepKind::Upgrade(node) | StepKind::Downgrade(node) => Some(node),
            StepKind::Stamp { .. } => None,
        }
    }

    /// Which of the revision's bodies runs.
    pub fn body(&self) -> Body {
        match self.kind {
            StepKind::Downgrade(_) => Body::Downgrade,
            StepKind::Upgrade(_) | StepKind::Stamp { .. } => Body::Upgrade,
        }
    }

    /// Where a stamp leads to.
    pub fn destination(&self) -> String {
        match &self.kind {
            StepKind::Stamp { to, .. } if !to.is_empty() => to.join(", "),
            _ => "base".to_owned(),
        }
    }

    /// What runs: `upgrade`, `downgrade` or `stamp_revision`.
    pub fn name(&self) -> &'static str {
        match self.kind {
            StepKind::Upgrade(_) => "upgrade",
            StepKind::Downgrade(_) => "downgrade",
            StepKind::Stamp { .. } => "stamp_revision",
        }
    }

    /// The step as comments and logs show it, without a message.
    pub fn short_log(&self, graph: &RevisionGraph) -> String {
        let (from, to) = match &self.kind {
            StepKind::Upgrade(node) => (
                graph.revision(*node).down_revisions.join(", "),
                graph.id(*node).to_owned(),
            ),
            StepKind::Downgrade(node) => (
                graph.id(*node).to_owned(),
                graph.revision(*node).down_revisions.join(", "),
            ),
            StepKind::Stamp { from, to, .. } => (from.join(", "), to.join(", ")),
        };
        format!("{} {from} -> {to}", self.name())
    }

    /// The step as logs show it, with its revision's message.
    pub fn log(&self, graph: &RevisionGraph) -> String {
        let message = self
            .node()
            .map(|node| graph.revision(node).message())
            .filter(|message| !message.is_empty());
        match message {
            Some(message) => format!("{}, {message}", self.short_log(graph)),
            None => self.short_log(graph),
        }
    }
}

impl RevisionGraph {
    /// Steps that lead from the rows up to a destination.
    pub fn upgrade(&self, destination: &str, rows: &[String]) -> Result<Vec<Step>, GraphError> {
        let (upper, lower) = (End::Name(destination), End::Names(rows));
        let collected = self.collect_upgrade(upper, lower, Reach::Missing)?;
        let sorted = self.sort(&collected, Gaps::None)?;
        let steps = sorted.into_iter().rev().map(|node| Step {
            kind: StepKind::Upgrade(node),
        });
        Ok(steps.collect())
    }

    /// Steps that lead from the rows down to a destination.
    pub fn downgrade(&self, destination: &str, rows: &[String]) -> Result<Vec<Step>, GraphError> {
        let collected = self.collect_downgrade(rows, destination)?;
        let sorted = self.sort(&collected, Gaps::None)?;
        let steps = sorted.into_iter().map(|node| Step {
            kind: StepKind::Downgrade(node),
        });
        Ok(steps.collect())
    }

    /// Everything that rows imply, parents first.
    pub fn upgrade_of_rows(&self, rows: &[String]) -> Result<Vec<Node>, GraphError> {
        let tops = self.resolve_end(End::Names(rows))?;
        let tops: Vec<Node> = tops.into_iter().filter_map(super::Spot::node).collect();
        let collected = Collected {
            wanted: self.ancestors(tops.iter().copied(), Edges::Dependencies),
            tops,
        };
        let mut sorted = self.sort(&collected, Gaps::None)?;
        sorted.reverse();
        Ok(sorted)
    }

    /// Whether a relative downgrade has more than one row to start from, which Alembic warns of.
    pub fn downgrade_is_ambiguous(&self, destination: &str, rows: &[String]) -> bool {
        super::walk::Relative::parse(destination).is_some_and(|relative| {
            relative.steps < 0 && relative.symbol.is_none() && relative.branch.is_none()
        }) && rows.iter().any(|row| Some(row) != rows.first())
    }

    /// Revisions from `upper` down to `lower`, both included; the ends are names or rows.
    pub fn history(
        &self,
        lower: HistoryEnd<'_>,
        upper: HistoryEnd<'_>,
    ) -> Result<Vec<Node>, GraphError> {
        let (lower, upper) = (lower.end("base"), upper.end("heads"));
        let collected = self.collect_upgrade(upper, lower, Reach::Above)?;
        let gaps = match lower {
            End::Name("base") => Gaps::None,
            _ => Gaps::Possible,
        };
        self.sort(&collected, gaps)
    }
}

/// One end of a listing.
#[derive(Debug, Clone, Copy)]
pub enum HistoryEnd<'e> {
    /// As far as it goes.
    Open,
    /// A name.
    Name(&'e str),
    /// Rows of the version table.
    Rows(&'e [String]),
}

impl<'e> HistoryEnd<'e> {
    fn end(self, default: &'e str) -> End<'e> {
        match self {
            Self::Open | Self::Name("") | Self::Rows([]) => End::Name(default),
            Self::Name(name) => End::Name(name),
            Self::Rows(rows) => End::Names(rows),
        }
    }
}
