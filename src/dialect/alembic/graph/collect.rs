//! Which revisions lie between what is there and what is asked for.

use super::resolve::python_tuple;
use super::walk::Relative;
use super::{Edges, GraphError, Node, NodeSet, RevisionGraph, Spot};

/// The revisions asked for and those to start sorting from.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) wanted: NodeSet,
    pub(super) tops: Vec<Node>,
}

/// One end of a range: a name, or several names such as rows of the version table.
#[derive(Debug, Clone, Copy)]
pub(super) enum End<'e> {
    Name(&'e str),
    Names(&'e [String]),
}

impl End<'_> {
    /// As Python prints it.
    fn shown(self) -> String {
        match self {
            Self::Name(name) => name.to_owned(),
            Self::Names(names) => python_tuple(names),
        }
    }

    fn names(self) -> Vec<String> {
        match self {
            Self::Name(name) => vec![name.to_owned()],
            Self::Names(names) => names.to_vec(),
        }
    }
}

/// How far a range of an upgrade reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Everything that is missing, wherever it starts from.
    Missing,
    /// What lies above the lower end, which is included.
    Above,
}

impl RevisionGraph {
    pub(super) fn resolve_end(&self, end: End<'_>) -> Result<Vec<Spot>, GraphError> {
        match end {
            End::Name(name) => self.revisions(name),
            End::Names(names) => self.revisions_of(names),
        }
    }

    /// What an upgrade, or a listing, from `lower` to `upper` consists of.
    pub(super) fn collect_upgrade(
        &self,
        upper: End<'_>,
        lower: End<'_>,
        reach: Reach,
    ) -> Result<Collected, GraphError> {
        let exact = reach == Reach::Missing;
        let mut targets = Vec::new();
        for spot in self.upgrade_target(lower, upper, exact)? {
            targets.push(spot.expected()?);
        }
        if let End::Name(name) = lower
            && let Some((branch, _)) = name.split_once('@')
        {
            let label = self.branch_label(branch)?;
            targets.retain(|node| self.labels(*node).any(|own| own == label));
        }
        let mut required = self.separate_ancestors(&targets)?;
        required.extend(targets.iter().copied());
        let mut current = self.resolve_end(lower)?;
        let outside = |spot: &Spot| match spot {
            Spot::At(node) => !required.contains(*node),
            Spot::Base => true,
            Spot::Nothing => false,
        };
        if reach == Reach::Above && current.iter().any(outside) {
            return Err(GraphError::RangeNotAncestor {
                lower: lower.shown(),
                upper: upper.shown(),
            });
        }
        let mut included = None;
        if current.first() == Some(&Spot::Nothing) {
            let End::Name(name) = lower else {
                return Err(GraphError::assertion());
            };
            match self.downgrade_target(upper, name, exact)?.1 {
                Spot::Base => {
                    current = Vec::new();
                    included = Some(Vec::new());
                }
                Spot::At(node) => {
                    current = vec![Spot::At(node)];
                    included = Some(vec![Spot::At(node)]);
                }
                Spot::Nothing => return Err(GraphError::assertion()),
            }
        }
        let current: Vec<Node> = current
            .into_iter()
            .map(Spot::expected)
            .collect::<Result<_, _>>()?;
        let mut done = self.separate_ancestors(&current)?;
        done.extend(current.iter().copied());
        let mut wanted = required;
        wanted.subtract(&done);
        if reach == Reach::Above {
            let lower = match included {
                Some(lower) => lower,
                None => self.resolve_end(lower)?,
            };
            for spot in lower {
                wanted.insert(spot.expected()?);
            }
            if !current.is_empty() {
                wanted.intersect(&self.separate_descendants(&current)?);
            }
        }
        Ok(Collected {
            wanted,
            tops: targets,
        })
    }

    /// The label of a branch, when a revision's id stands for it.
    fn branch_label(&self, branch: &str) -> Result<String, GraphError> {
        if let Spot::At(node) = self.one(branch)?
            && self.id(node) == branch
        {
            let mut labels = self.labels(node);
            return match (labels.next(), labels.next()) {
                (Some(only), None) => Ok(only.to_owned()),
                _ => Err(GraphError::assertion()),
            };
        }
        Ok(branch.to_owned())
    }

    fn upgrade_target(
        &self,
        current: End<'_>,
        target: End<'_>,
        exact: bool,
    ) -> Result<Vec<Spot>, GraphError> {
        let relative = match target {
            End::Name(name) => Relative::parse(name),
            End::Names(_) => None,
        };
        let Some(relative) = relative else {
            return self.resolve_end(target);
        };
        let found = match (relative.steps > 0, relative.symbol) {
            (true, None) => {
                let start = self.upgrade_start(current, relative.branch)?;
                let spot = self.walk(start, relative.steps, relative.branch, exact)?;
                if spot == Spot::Nothing {
                    return Err(relative.too_far());
                }
                spot
            }
            (true, Some(symbol)) => {
                let start = self.one(symbol)?;
                self.walk(start, relative.steps, relative.branch, exact)?
            }
            (false, None) => {
                return Err(GraphError::Rule(format!(
                    "Relative revision {} didn't produce {} migrations",
                    relative.steps,
                    relative.steps.abs()
                )));
            }
            (false, Some(symbol)) => {
                let start = self.one_on_branch(relative.branch, symbol)?;
                self.walk(start, relative.steps, None, exact)?
            }
        };
        Ok(vec![found])
    }

    fn one_on_branch(&self, branch: Option<&str>, symbol: &str) -> Result<Spot, GraphError> {
        match branch {
            Some(branch) => self.one(&format!("{branch}@{symbol}")),
            None => self.one(symbol),
        }
    }

    /// Where a step up without a symbol starts.
    fn upgrade_start(&self, current: End<'_>, branch: Option<&str>) -> Result<Spot, GraphError> {
        let names = current.names();
        let several =
            || GraphError::Rule("Ambiguous upgrade from multiple current revisions".to_owned());
        let Some(branch) = branch else {
            return match names.as_slice() {
                [] => Ok(Spot::Nothing),
                [only] => self.one(only),
                _ => Err(several()),
            };
        };
        let rows = self.revisions_of(&names)?;
        let mut lineage = self.lineage(branch, Edges::Parents)?;
        let mut starts = Vec::new();
        for spot in rows.iter().filter_map(|spot| spot.node()) {
            if lineage.has(spot)? {
                starts.push(spot);
            }
        }
        if names.is_empty() {
            return Ok(Spot::Nothing);
        }
        if starts.is_empty() {
            // The branch is not among the rows: the tips of what is there of it.
            let nodes: Vec<Node> = rows.iter().filter_map(|spot| spot.node()).collect();
            let mut active = self.empty_set();
            for node in self.ancestors(nodes, Edges::Dependencies).iter() {
                if lineage.has(node)? {
                    active.insert(node);
                }
            }
            let mut covered = self.empty_set();
            for node in active.iter() {
                covered.extend(self.needed(node).iter().copied());
            }
            starts = active.iter().filter(|n| !covered.contains(*n)).collect();
        }
        match starts.as_slice() {
            [] => Ok(Spot::Nothing),
            [only] => Ok(Spot::At(*only)),
            _ => Err(several()),
        }
    }

    /// The branch and the revision that a downgrade leads to.
    pub(super) fn downgrade_target(
        &self,
        current: End<'_>,
        target: &str,
        exact: bool,
    ) -> Result<(Option<String>, Spot), GraphError> {
        let Some(relative) = Relative::parse(target) else {
            let (branch, symbol) = match target.rsplit_once('@') {
                Some((branch, symbol)) => (Some(branch), symbol),
                None => (None, target),
            };
            let branch = branch.filter(|branch| !branch.is_empty());
            return Ok((branch.map(str::to_owned), self.one(symbol)?));
        };
        let walked_too_far = || GraphError::Rule("Walked too far".to_owned());
        let mut branch = relative.branch.map(str::to_owned);
        if relative.steps >= 0 {
            let symbol = relative.symbol.ok_or_else(|| relative.too_far())?;
            let start = self.one(symbol)?;
            let found = self.walk(start, relative.steps, relative.branch, exact)?;
            return match found {
                Spot::Nothing => Err(walked_too_far()),
                found => Ok((branch, found)),
            };
        }
        let symbol = if let Some(symbol) = relative.symbol {
            symbol.to_owned()
        } else {
            let symbol = self.downgrade_start(current, &relative)?;
            branch.get_or_insert_with(|| symbol.clone());
            symbol
        };
        let start = self.one_on_branch(branch.as_deref(), &symbol)?;
        match self.walk(start, relative.steps, None, exact)? {
            Spot::Nothing if relative.symbol.is_none() => Err(relative.too_far()),
            Spot::Nothing => Err(walked_too_far()),
            found => Ok((branch, found)),
        }
    }

    /// The row that a step down without a symbol starts from.
    fn downgrade_start(
        &self,
        current: End<'_>,
        relative: &Relative<'_>,
    ) -> Result<String, GraphError> {
        let names = current.names();
        let Some(branch) = relative.branch else {
            return names.into_iter().next().ok_or_else(|| relative.too_far());
        };
        let mut lineage = self.lineage(branch, Edges::Parents)?;
        let mut found = Vec::new();
        for name in &names {
            if lineage.has(self.lookup(Some(name), None)?.expected()?)? {
                found.push(name.clone());
            }
        }
        if found.is_empty() {
            // A branch may be there without a row of its own, when another one depends on it.
            for node in self.all_current(&names)? {
                if lineage.has(node)? {
                    found.push(self.id(node).to_owned());
                }
            }
        }
        match found.as_slice() {
            [only] => Ok(only.clone()),
            _ => Err(GraphError::assertion()),
        }
    }

    /// The tips, by parenthood, of everything that rows imply; in map order.
    pub fn all_current(&self, rows: &[String]) -> Result<Vec<Node>, GraphError> {
        let nodes = self.revisions_of(rows)?;
        let nodes: Vec<Node> = nodes.iter().filter_map(|spot| spot.node()).collect();
        Ok(self.tips(&self.ancestors(nodes, Edges::Dependencies)))
    }

    /// What a downgrade from the rows to a target drops.
    pub(super) fn collect_downgrade(
        &self,
        rows: &[String],
        target: &str,
    ) -> Result<Collected, GraphError> {
        let (branch, target) = self.downgrade_target(End::Names(rows), target, true)?;
        let target = target.node();
        // A revision that declares labels is found under each of them as well.
        let mut roots: Vec<Node> = match target {
            None => self
                .keys
                .iter()
                .map(|(_, node)| *node)
                .filter(|node| self.revision(*node).down_revisions.is_empty())
                .collect(),
            Some(target) => self.children(target).to_vec(),
        };
        if let Some(branch) = branch.filter(|_| roots.len() > 1) {
            let line = self.ancestors([self.branch(&branch)?], Edges::Parents);
            roots.retain(|root| line.contains(*root));
            if roots.is_empty() {
                return Err(GraphError::Rule(
                    "Not a valid downgrade target from current heads".to_owned(),
                ));
            }
        }
        let tops: Vec<Node> = self
            .revisions_of(rows)?
            .into_iter()
            .map(Spot::expected)
            .collect::<Result<_, _>>()?;
        let mut wanted = self.descendants(roots, Edges::Dependencies);
        wanted.intersect(&self.ancestors(tops.iter().copied(), Edges::Dependencies));
        if wanted.is_empty()
            && let Some(target) = target
            && !tops.contains(&target)
        {
            return Err(GraphError::RangeNotAncestor {
                lower: "Nothing to drop".to_owned(),
                upper: python_tuple(rows),
            });
        }
        Ok(Collected { wanted, tops })
    }
}
