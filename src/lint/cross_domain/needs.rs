//! What each domain has declared to need, also by way of others.

use std::collections::HashMap;

use super::project::Domain;
use crate::model::Need;

/// The declared needs of all domains.
pub(super) struct Needs<'a> {
    domains: &'a [Domain<'a>],
    indexes: HashMap<&'a str, usize>,
}

/// How much of another domain is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Declared {
    Nothing,
    /// Its migrations down to the one at this index.
    DownTo(usize),
    All,
}

impl Declared {
    pub(super) fn covers(self, migration: usize) -> bool {
        match self {
            Self::Nothing => false,
            Self::DownTo(last) => migration <= last,
            Self::All => true,
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::DownTo(one), Self::DownTo(two)) => Self::DownTo(one.max(two)),
            (Self::Nothing, other) => other,
            (this, Self::Nothing) => this,
        }
    }
}

impl<'a> Needs<'a> {
    pub(super) fn new(domains: &'a [Domain<'a>]) -> Self {
        let indexes = domains
            .iter()
            .enumerate()
            .map(|(index, domain)| (domain.name.as_str(), index))
            .collect();
        Self { domains, indexes }
    }

    /// How much of `other` has to be there before the migration of the domain runs.
    pub(super) fn declared(&self, domain: usize, migration: usize, other: usize) -> Declared {
        let mut reached = vec![Declared::Nothing; self.domains.len()];
        let mut open = self.direct(domain, migration);
        while let Some((next, declared)) = open.pop() {
            let more = reached[next].or(declared);
            if more == reached[next] {
                continue;
            }
            reached[next] = more;
            let last = match more {
                Declared::DownTo(last) => last,
                _ => self.domains[next].migrations.len(),
            };
            open.extend(self.direct(next, last));
        }
        reached[other]
    }

    /// What a domain needs itself before its migration of this index runs.
    fn direct(&self, domain: usize, migration: usize) -> Vec<(usize, Declared)> {
        let domain = &self.domains[domain];
        let migrations = domain.migrations.iter().take(migration.saturating_add(1));
        domain
            .depends_on
            .iter()
            .chain(migrations.flat_map(|migration| &migration.depends_on))
            .filter_map(|need| self.resolve(need))
            .collect()
    }

    fn resolve(&self, need: &Need) -> Option<(usize, Declared)> {
        let index = *self.indexes.get(need.domain.as_str())?;
        let Some(key) = &need.key else {
            return Some((index, Declared::All));
        };
        let migrations = &self.domains[index].migrations;
        let last = migrations
            .iter()
            .position(|migration| migration.key == *key)?;
        Some((index, Declared::DownTo(last)))
    }
}
