//! Counted steps through the graph, and destinations written as such.

use std::sync::LazyLock;

use regex::Regex;

use super::{Edges, GraphError, Node, RevisionGraph};

/// Where a walk has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// Below all revisions, or nowhere.
    Nothing,
    /// Below all revisions, reached step by step.
    Base,
    /// At a revision.
    At(Node),
}

impl Spot {
    /// The revision, where there is one.
    pub fn node(self) -> Option<Node> {
        match self {
            Self::At(node) => Some(node),
            _ => None,
        }
    }

    /// The revision, where Alembic takes it for granted that there is one.
    pub(super) fn expected(self) -> Result<Node, GraphError> {
        self.node().ok_or_else(GraphError::assertion)
    }
}

/// `[BRANCH@][SYMBOL](+N|-N)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Relative<'d> {
    pub(super) branch: Option<&'d str>,
    pub(super) symbol: Option<&'d str>,
    pub(super) steps: i64,
    /// The steps as written.
    pub(super) text: &'d str,
}

impl<'d> Relative<'d> {
    pub(super) fn parse(destination: &'d str) -> Option<Self> {
        static FORM: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"^(?:(.+?)@)?(\w+)?([+-]\d+)").expect("the expression is fixed")
        });
        // Most destinations are names, for which the expression need not even be compiled.
        if !destination.contains(['+', '-']) {
            return None;
        }
        let captures = FORM.captures(destination)?;
        let text = captures.get(3)?.as_str();
        let digits: String = text
            .chars()
            .map(|c| {
                c.to_digit(10)
                    .and_then(|d| char::from_digit(d, 10))
                    .unwrap_or(c)
            })
            .collect();
        let steps = digits.parse().unwrap_or(if text.starts_with('-') {
            i64::MIN + 1
        } else {
            i64::MAX
        });
        Some(Self {
            branch: captures.get(1).map(|found| found.as_str()),
            symbol: captures.get(2).map(|found| found.as_str()),
            steps,
            text,
        })
    }

    pub(super) fn too_far(&self) -> GraphError {
        GraphError::Rule(format!(
            "Relative revision {} didn't produce {} migrations",
            self.text,
            self.steps.abs()
        ))
    }
}

impl RevisionGraph {
    /// Walks up or down. Where the graph ends early, the walk leads nowhere, or, when that is
    /// allowed, stays where it is.
    pub(super) fn walk(
        &self,
        start: Spot,
        steps: i64,
        branch: Option<&str>,
        no_further: bool,
    ) -> Result<Spot, GraphError> {
        let mut here = start;
        let mut lineage = match branch.filter(|branch| !branch.is_empty() && steps > 0) {
            Some(branch) => Some(self.lineage(branch, Edges::Parents)?),
            None => None,
        };
        for _ in 0..steps.unsigned_abs() {
            let next: Vec<Spot> = if steps > 0 {
                let candidates = match here {
                    Spot::Base => return Err(GraphError::assertion()),
                    Spot::Nothing => &self.bases,
                    Spot::At(node) => self.children(node),
                };
                let mut next = Vec::new();
                for node in candidates {
                    let fits = match &mut lineage {
                        Some(lineage) => lineage.has(*node)?,
                        None => true,
                    };
                    if fits {
                        next.push(Spot::At(*node));
                    }
                }
                next
            } else {
                match here {
                    Spot::Base => Vec::new(),
                    Spot::Nothing => or_base(&self.heads),
                    Spot::At(node) => or_base(&self.parents_as_written(node)),
                }
            };
            here = match next.as_slice() {
                [] if no_further => return Ok(Spot::Nothing),
                [] => return Ok(here),
                [only] => *only,
                _ => return Err(GraphError::Rule("Ambiguous walk".to_owned())),
            };
        }
        Ok(here)
    }

    /// Parents, as often as the file names them.
    fn parents_as_written(&self, node: Node) -> Vec<Node> {
        let names = &self.revision(node).down_revisions;
        names.iter().filter_map(|name| self.find(name)).collect()
    }
}

fn or_base(nodes: &[Node]) -> Vec<Spot> {
    if nodes.is_empty() {
        return vec![Spot::Base];
    }
    nodes.iter().map(|node| Spot::At(*node)).collect()
}
