//! What a name stands for: ids and their beginnings, labels, `head`, `heads`, `base`.

use super::{Edges, GraphError, Node, NodeSet, RevisionGraph, Spot};

/// A name after its symbols are resolved: what to look up, and the branch in front of `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resolved<'n> {
    pub(super) ids: Vec<String>,
    pub(super) branch: Option<&'n str>,
}

impl RevisionGraph {
    /// Takes a name apart and replaces `head`, `heads` and `base`.
    pub(super) fn symbols<'n>(&self, name: Option<&'n str>) -> Result<Resolved<'n>, GraphError> {
        let (branch, symbol) = match name {
            None => (None, None),
            Some(name) => match name.split_once('@') {
                Some((branch, symbol)) => (Some(branch), Some(symbol)),
                None => (None, Some(name)),
            },
        };
        // An empty branch counts as none.
        let within = branch.filter(|branch| !branch.is_empty());
        let ids = match symbol {
            None | Some("base") => Vec::new(),
            Some("heads") => match within {
                Some(branch) => self.ids(self.kin_only(&self.heads, branch, Edges::Parents)?),
                None => self.ids(self.real_heads.iter().copied()),
            },
            Some("head") => self
                .only_head(within)?
                .map(|head| self.id(head).to_owned())
                .into_iter()
                .collect(),
            Some(symbol) => vec![symbol.to_owned()],
        };
        Ok(Resolved { ids, branch })
    }

    /// The only head, of all or of a branch; nothing when there are no revisions.
    pub fn only_head(&self, branch: Option<&str>) -> Result<Option<Node>, GraphError> {
        let heads = match branch {
            Some(branch) => self.kin_only(&self.heads, branch, Edges::Parents)?,
            None => self.heads.clone(),
        };
        if heads.len() > 1 {
            return Err(GraphError::MultipleHeads {
                heads: self.ids(heads),
                argument: branch.map_or("head".to_owned(), |branch| format!("{branch}@head")),
            });
        }
        Ok(heads.first().copied())
    }

    /// The revisions a name stands for.
    pub fn revisions(&self, name: &str) -> Result<Vec<Spot>, GraphError> {
        self.revisions_or_base(Some(name))
    }

    /// The revisions several names stand for.
    pub fn revisions_of(&self, names: &[String]) -> Result<Vec<Spot>, GraphError> {
        let mut found = Vec::new();
        for name in names {
            found.extend(self.revisions(name)?);
        }
        Ok(found)
    }

    pub(super) fn revisions_or_base(&self, name: Option<&str>) -> Result<Vec<Spot>, GraphError> {
        let resolved = self.symbols(name)?;
        if let [only] = resolved.ids.as_slice()
            && let Some(steps) = python_int(only).filter(|steps| *steps < 0)
        {
            return self.below_heads(steps, resolved.branch);
        }
        resolved
            .ids
            .iter()
            .map(|id| self.lookup(Some(id), resolved.branch))
            .collect()
    }

    /// `-N` by itself: so many steps below each head.
    fn below_heads(&self, steps: i64, branch: Option<&str>) -> Result<Vec<Spot>, GraphError> {
        self.real_heads
            .iter()
            .filter(|head| {
                branch.is_none_or(|branch| self.labels(**head).any(|label| label == branch))
            })
            .map(|head| self.walk(Spot::At(*head), steps, None, true))
            .collect()
    }

    /// The one revision a name stands for.
    pub fn one(&self, name: &str) -> Result<Spot, GraphError> {
        let resolved = self.symbols(Some(name))?;
        if resolved.ids.len() > 1 {
            return Err(GraphError::MultipleHeads {
                heads: resolved.ids,
                argument: name.to_owned(),
            });
        }
        let id = resolved.ids.first().map(String::as_str);
        self.lookup(id, resolved.branch)
    }

    /// Finds an id, a label, or the only key that begins so; with a branch, on that branch.
    pub(super) fn lookup(
        &self,
        id: Option<&str>,
        branch: Option<&str>,
    ) -> Result<Spot, GraphError> {
        let branch = branch.filter(|branch| !branch.is_empty());
        let member = branch.map(|branch| self.branch(branch)).transpose()?;
        let Some(id) = id else {
            return Ok(Spot::Nothing);
        };
        let node = match self.find(id) {
            Some(node) => node,
            None => self.by_beginning(id, member)?,
        };
        if let (Some(branch), Some(member)) = (branch, member)
            && !self.kin(&[member], Edges::Parents).contains(node)
        {
            return Err(GraphError::Resolution {
                message: format!(
                    "Revision {} is not a member of branch '{branch}'",
                    self.id(node)
                ),
                argument: id.to_owned(),
            });
        }
        Ok(Spot::At(node))
    }

    fn by_beginning(&self, id: &str, branch: Option<Node>) -> Result<Node, GraphError> {
        if id.is_empty() {
            return Err(GraphError::assertion());
        }
        let kin = branch.map(|member| self.kin(&[member], Edges::Parents));
        let candidates: Vec<&(String, Node)> = self
            .keys
            .iter()
            .filter(|(key, _)| key.starts_with(id) && key.chars().nth(3).is_some())
            .filter(|(_, node)| kin.as_ref().is_none_or(|kin| kin.contains(*node)))
            .collect();
        let message = match candidates.as_slice() {
            [(_, node)] => return Ok(*node),
            [] => {
                let short = if id.chars().count() < 4 {
                    "; please ensure at least four characters are present for partial revision identifier matches"
                } else {
                    ""
                };
                format!("No such revision or branch '{id}'{short}")
            }
            several => {
                let shown: Vec<String> = several
                    .iter()
                    .take(3)
                    .map(|(key, _)| format!("'{key}'"))
                    .collect();
                format!(
                    "Multiple revisions start with '{id}': {}...",
                    shown.join(", ")
                )
            }
        };
        Err(GraphError::Resolution {
            message,
            argument: id.to_owned(),
        })
    }

    /// The revision that a branch name stands for.
    pub(super) fn branch(&self, name: &str) -> Result<Node, GraphError> {
        if let Some(node) = self.find(name) {
            return Ok(node);
        }
        match self.lookup(Some(name), None) {
            Ok(Spot::At(node)) => Ok(node),
            Err(GraphError::Resolution { .. }) => Err(GraphError::Resolution {
                message: format!("No such branch: '{name}'"),
                argument: name.to_owned(),
            }),
            Err(error) => Err(error),
            Ok(_) => Err(GraphError::assertion()),
        }
    }

    /// Everything that shares a line with what a name stands for; nothing when it stands for base,
    /// with which everything does.
    pub(super) fn lineage(&self, name: &str, edges: Edges) -> Result<Lineage<'_>, GraphError> {
        let resolved = self.symbols(Some(name))?;
        let mut against: Vec<String> = resolved
            .branch
            .filter(|branch| !branch.is_empty())
            .map(str::to_owned)
            .into_iter()
            .collect();
        against.extend(resolved.ids);
        Ok(Lineage {
            graph: self,
            against,
            edges,
            kin: None,
        })
    }

    /// Of the nodes, those on a line with what a name stands for.
    pub(super) fn kin_only(
        &self,
        nodes: &[Node],
        name: &str,
        edges: Edges,
    ) -> Result<Vec<Node>, GraphError> {
        let mut lineage = self.lineage(name, edges)?;
        let mut kin = Vec::with_capacity(nodes.len());
        for node in nodes {
            if lineage.has(*node)? {
                kin.push(*node);
            }
        }
        Ok(kin)
    }
}

/// What shares a line with certain revisions; they are looked up only when there is something to
/// compare.
pub(super) struct Lineage<'g> {
    graph: &'g RevisionGraph,
    against: Vec<String>,
    edges: Edges,
    kin: Option<NodeSet>,
}

impl Lineage<'_> {
    pub(super) fn has(&mut self, node: Node) -> Result<bool, GraphError> {
        if self.against.is_empty() {
            return Ok(true);
        }
        if self.kin.is_none() {
            let mut nodes = Vec::new();
            for name in &self.against {
                match self.graph.lookup(Some(name), None)? {
                    Spot::At(node) => nodes.push(node),
                    _ => return Err(GraphError::assertion()),
                }
            }
            self.kin = Some(self.graph.kin(&nodes, self.edges));
        }
        Ok(self.kin.as_ref().is_some_and(|kin| kin.contains(node)))
    }
}

/// Reads a whole number as Python's `int()` does: blanks around it, one underscore between digits.
fn python_int(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    let digits = digits.replace('_', "");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(sign * digits.parse::<i64>().unwrap_or(i64::MAX))
}

/// Texts as Python prints a tuple of them.
pub(super) fn python_tuple(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("'{item}'")).collect();
    match quoted.as_slice() {
        [only] => format!("({only},)"),
        several => format!("({})", several.join(", ")),
    }
}
