//! What each domain has declared to need, also by way of others.

use std::collections::HashMap;

use super::project::Domain;
use crate::model::Need;

/// The declared needs of all domains.
pub(super) struct Needs {
    /// For each domain what it needs itself.
    direct: Vec<Vec<Direct>>,
}

/// One need of a domain: from which of its migrations on, of which other domain, how much.
#[derive(Debug, Clone, Copy)]
struct Direct {
    from: usize,
    other: usize,
    declared: Declared,
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

impl Needs {
    pub(super) fn new(domains: &[Domain<'_>]) -> Self {
        let indexes: HashMap<&str, usize> = domains
            .iter()
            .enumerate()
            .map(|(index, domain)| (domain.name.as_str(), index))
            .collect();
        let resolve = |from: usize, need: &Need| {
            let other = *indexes.get(need.domain.as_str())?;
            let declared = match &need.key {
                None => Declared::All,
                Some(key) => {
                    let mut migrations = domains[other].migrations.iter();
                    Declared::DownTo(migrations.position(|migration| migration.key == *key)?)
                }
            };
            Some(Direct {
                from,
                other,
                declared,
            })
        };
        let direct = domains.iter().map(|domain| {
            let whole = domain.depends_on.iter().map(|need| (0, need));
            let migrations = domain.migrations.iter().enumerate();
            let own = migrations.flat_map(|(from, migration)| {
                migration.depends_on.iter().map(move |need| (from, need))
            });
            whole
                .chain(own)
                .filter_map(|(from, need)| resolve(from, need))
                .collect()
        });
        Self {
            direct: direct.collect(),
        }
    }

    /// How much of `other` has to be there before the migration of the domain runs.
    pub(super) fn declared(&self, domain: usize, migration: usize, other: usize) -> Declared {
        let mut reached = vec![Declared::Nothing; self.direct.len()];
        let mut open = vec![(domain, migration)];
        while let Some((domain, migration)) = open.pop() {
            for need in self.direct[domain]
                .iter()
                .filter(|need| need.from <= migration)
            {
                let more = reached[need.other].or(need.declared);
                if more == reached[need.other] {
                    continue;
                }
                reached[need.other] = more;
                open.push(match more {
                    Declared::DownTo(last) => (need.other, last),
                    _ => (need.other, usize::MAX),
                });
            }
        }
        reached[other]
    }
}
