//! New migrations in a graph: where they may be added, and which heads they make.

use std::collections::{HashMap, HashSet};

use super::lockfile::LockedDomain;
use super::migration::{DomainFiles, Migration};
use super::teller::Teller;
use crate::model::{Finding, Severity};

/// Migrations that no other follows.
fn heads<'a>(migrations: impl Iterator<Item = &'a Migration> + Clone) -> Vec<&'a Migration> {
    let parents: HashSet<&str> = migrations
        .clone()
        .flat_map(|migration| migration.parents.iter().map(String::as_str))
        .collect();
    migrations
        .filter(|migration| {
            migration.kind.is_ordered() && !parents.contains(migration.key.as_str())
        })
        .collect()
}

/// Looks at what is new in a graph.
pub(super) fn check(
    locked: &LockedDomain,
    files: &DomainFiles,
    new: &[&Migration],
    teller: Teller<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let settled: HashSet<&str> = locked
        .migrations
        .iter()
        .map(|locked| locked.migration.key.as_str())
        .collect();
    let mut followers: HashMap<&str, &Migration> = HashMap::new();
    for migration in &files.migrations {
        for parent in &migration.parents {
            if settled.contains(migration.key.as_str()) {
                followers.insert(parent, migration);
            }
        }
    }
    let before = heads(locked.migrations.iter().map(|locked| &locked.migration));
    let now = heads(files.migrations.iter());
    let is_more = now.len() > before.len().max(1);
    let names: Vec<&str> = now.iter().map(|head| head.key.as_str()).collect();
    for migration in new {
        let is_head = names.contains(&migration.key.as_str());
        if let Some(follower) = followers.get(migration.key.as_str()) {
            findings.push(teller.file(
                "added-in-the-middle",
                Severity::Error,
                migration,
                format!(
                    "is new, and `{}`, which {} has, follows it",
                    follower.key,
                    teller.holder()
                ),
                teller.undo_or_accept(migration, "let it follow the head instead"),
            ));
        } else if is_more && is_head {
            findings.push(teller.file(
                "second-head",
                Severity::Error,
                migration,
                format!(
                    "is new and makes another head; the heads are now `{}`",
                    names.join("`, `")
                ),
                teller.undo_or_accept(
                    migration,
                    &format!(
                        "let it follow {}, or join the heads with a merge revision",
                        follow(&before)
                    ),
                ),
            ));
        } else {
            findings.extend(teller.not_locked(migration));
        }
    }
    findings
}

/// The heads that something new should follow.
fn follow(heads: &[&Migration]) -> String {
    let names: Vec<_> = heads.iter().map(|head| format!("`{}`", head.key)).collect();
    match names.as_slice() {
        [] => "the other one".to_owned(),
        names => names.join(" or "),
    }
}
