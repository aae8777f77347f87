//! The next lock file: what is new is taken down, what is settled stays unless somebody says otherwise.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::code::{Class, code};
use super::files::check_lock;
use super::lockfile::{LockedDomain, LockedMigration, Lockfile};
use super::migration::{DomainFiles, Kind, Migration, Order};
use super::teller::Against;
use crate::model::{Finding, Severity};

/// What is asked of a new lock file.
#[derive(Debug, Clone, Default)]
pub struct Refresh {
    /// The domains whose lines are written anew; empty for all.
    pub domains: BTreeSet<String>,
    /// Migrations, as findings call them, and names of domains, whose changes are wanted.
    pub accepted: BTreeSet<String>,
    /// Domains that have other migrations now than those that were settled, because they were converted.
    pub replaced: BTreeSet<String>,
}

/// A line that is new, other than it was, or gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The domain.
    pub domain: String,
    /// The migration, as findings call it.
    pub migration: String,
    /// What became of its line.
    pub what: LineChange,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineChange {
    /// It is new.
    Added,
    /// It says something else.
    Updated,
    /// It is gone.
    Removed,
}

/// The next lock file, and what stands in its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// The lock file, which must not be written while something is refused.
    pub lock: Lockfile,
    /// How it differs from the old one.
    pub changes: Vec<Change>,
    /// Changes of what is settled that nobody has accepted.
    pub refused: Vec<Finding>,
    /// What was accepted and has not changed.
    pub idle: Vec<String>,
}

/// Makes the next lock file of the old one and the files.
pub fn refresh(
    old: &Lockfile,
    against: &Against,
    domains: &[DomainFiles],
    wanted: &Refresh,
) -> Refreshed {
    let is_wanted = |name: &str| wanted.domains.is_empty() || wanted.domains.contains(name);
    let mut idle = wanted.accepted.clone();
    let mut refused = Vec::new();
    for finding in check_lock(old, against, domains) {
        let is_replaced = wanted.replaced.contains(&finding.domain);
        if is_replaced || !is_wanted(&finding.domain) || !blocks(&finding) {
            continue;
        }
        let name = if finding.migration.is_empty() {
            &finding.domain
        } else {
            &finding.migration
        };
        idle.remove(name);
        if !wanted.accepted.contains(name) || finding.code == "duplicate-migration" {
            refused.push(finding);
        }
    }
    let mut next = Lockfile::default();
    for domain in domains {
        let locked = old.domain(&domain.name);
        match locked {
            Some(locked) if !is_wanted(&domain.name) => next.domains.push(locked.clone()),
            None if !is_wanted(&domain.name) => {}
            _ => next.domains.push(section(locked, domain)),
        }
    }
    for locked in &old.domains {
        let is_there = domains.iter().any(|domain| domain.name == locked.name);
        if !is_there && !is_wanted(&locked.name) {
            next.domains.push(locked.clone());
        }
    }
    next.domains
        .sort_by(|left, right| left.name.cmp(&right.name));
    Refreshed {
        changes: changes(old, &next),
        lock: next,
        refused,
        idle: idle.into_iter().collect(),
    }
}

/// Whether a finding says that something settled was changed.
fn blocks(finding: &Finding) -> bool {
    let class = code(finding.code).map_or(Class::Changed, |code| code.class);
    class >= Class::Changed && finding.severity != Severity::Note
}

/// The lines of a domain.
fn section(locked: Option<&LockedDomain>, files: &DomainFiles) -> LockedDomain {
    let mut migrations: Vec<&Migration> = files.migrations.iter().collect();
    if files.order == Order::Graph {
        migrations = parents_first(locked, migrations);
    }
    let (ordered, mut free): (Vec<_>, Vec<_>) = migrations
        .into_iter()
        .partition(|migration| migration.kind.is_ordered());
    free.sort_by_key(|migration| migration.id());
    let lines = ordered.into_iter().chain(free);
    LockedDomain {
        name: files.name.clone(),
        dialect: files.dialect,
        line: 0,
        migrations: lines
            .map(|migration| LockedMigration {
                migration: migration.clone(),
                line: 0,
                fits: true,
            })
            .collect(),
    }
}

/// The order of a graph's lines: those that are there keep their places, what is new comes behind
/// them, and nothing comes before its parents.
fn parents_first<'a>(
    locked: Option<&LockedDomain>,
    migrations: Vec<&'a Migration>,
) -> Vec<&'a Migration> {
    let places: HashMap<(Kind, &str), usize> = locked
        .into_iter()
        .flat_map(|locked| &locked.migrations)
        .enumerate()
        .map(|(place, locked)| (locked.migration.id(), place))
        .collect();
    let mut sorted = migrations;
    sorted.sort_by_key(|migration| places.get(&migration.id()).copied().unwrap_or(usize::MAX));
    let by_key: HashMap<&str, &Migration> = sorted
        .iter()
        .map(|migration| (migration.key.as_str(), *migration))
        .collect();
    let mut done: HashSet<&str> = HashSet::new();
    let mut result = Vec::with_capacity(sorted.len());
    for migration in &sorted {
        // Deep chains would make recursion deep, so what is open is kept in a list.
        let mut open = vec![(*migration, false)];
        while let Some((migration, parents_are_done)) = open.pop() {
            if parents_are_done {
                if done.insert(&migration.key) {
                    result.push(migration);
                }
                continue;
            }
            if done.contains(migration.key.as_str()) {
                continue;
            }
            open.push((migration, true));
            let parents = migration.parents.iter().rev();
            let parents = parents.filter_map(|parent| by_key.get(parent.as_str()));
            open.extend(
                parents
                    .filter(|parent| !done.contains(parent.key.as_str()))
                    .map(|parent| (*parent, false)),
            );
        }
    }
    result
}

fn changes(old: &Lockfile, next: &Lockfile) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut note = |domain: &str, migration: &Migration, what: LineChange| {
        changes.push(Change {
            domain: domain.to_owned(),
            migration: migration.label(),
            what,
        });
    };
    for domain in &next.domains {
        let before: HashMap<(Kind, &str), &Migration> = lines(old, &domain.name);
        for locked in &domain.migrations {
            match before.get(&locked.migration.id()) {
                None => note(&domain.name, &locked.migration, LineChange::Added),
                Some(before) if **before != locked.migration => {
                    note(&domain.name, &locked.migration, LineChange::Updated);
                }
                Some(_) => {}
            }
        }
    }
    for domain in &old.domains {
        let after = lines(next, &domain.name);
        for locked in &domain.migrations {
            if !after.contains_key(&locked.migration.id()) {
                note(&domain.name, &locked.migration, LineChange::Removed);
            }
        }
    }
    changes
}

fn lines<'a>(lock: &'a Lockfile, domain: &str) -> HashMap<(Kind, &'a str), &'a Migration> {
    let locked = lock
        .domain(domain)
        .into_iter()
        .flat_map(|domain| &domain.migrations);
    locked
        .map(|locked| (locked.migration.id(), &locked.migration))
        .collect()
}
