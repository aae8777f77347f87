//! The migrations as they were settled against the files as they are.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::around::{content, conversions, surroundings};
use super::graph;
use super::lockfile::{LockedDomain, LockedMigration, Lockfile};
use super::migration::{DomainFiles, Kind, Migration, Order};
use super::moved;
use super::teller::{Against, Teller, shell_word};
use crate::model::{Finding, Severity};

/// Holds the files of all domains against a lock file, or against a state of the repository.
pub fn check_lock(lock: &Lockfile, against: &Against, domains: &[DomainFiles]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for domain in domains {
        match lock.domain(&domain.name) {
            Some(locked) => findings.extend(check_files(locked, against, domain)),
            None if against.is_lock() => {
                let teller = Teller {
                    domain: &domain.name,
                    against,
                };
                findings.push(teller.finding(
                    "domain-not-locked",
                    Severity::Warning,
                    "",
                    None,
                    format!(
                        "the domain has {} migrations and is not in {}",
                        domain.migrations.len(),
                        against.holder()
                    ),
                    "settle it with `stillway lock`",
                ));
                findings.extend(duplicates(
                    domain,
                    &by_id(&LockedDomain::empty(domain), domain),
                    teller,
                ));
            }
            None => {}
        }
    }
    for locked in &lock.domains {
        if domains.iter().all(|domain| domain.name != locked.name) {
            let teller = Teller {
                domain: &locked.name,
                against,
            };
            findings.push(teller.finding(
                "domain-missing",
                Severity::Error,
                "",
                teller.place(locked.line),
                format!(
                    "{} has the domain with {} migrations, and the project has no such domain",
                    against.holder(),
                    locked.migrations.len()
                ),
                match against {
                    Against::Lock(_) => format!(
                        "bring its directory and its entry in stillway.toml back; if it is given up, `stillway lock --accept {}`",
                        shell_word(&locked.name)
                    ),
                    Against::Base(_) => "bring its directory and its entry in stillway.toml back".to_owned(),
                },
            ));
        }
    }
    findings
}

/// Holds the files of one domain against what is settled of it.
pub fn check_files(locked: &LockedDomain, against: &Against, files: &DomainFiles) -> Vec<Finding> {
    let teller = Teller {
        domain: &files.name,
        against,
    };
    let mut findings = lines(locked, teller);
    let now = by_id(locked, files);
    findings.extend(duplicates(files, &now, teller));
    let known: HashSet<(Kind, &str)> = locked
        .migrations
        .iter()
        .map(|locked| locked.migration.id())
        .collect();
    let mut new: Vec<&Migration> = files
        .migrations
        .iter()
        .filter(|migration| !known.contains(&migration.id()))
        .collect();
    let pairs: Vec<(&LockedMigration, &Migration)> = locked
        .migrations
        .iter()
        .filter_map(|locked| Some((locked, *now.get(&locked.migration.id())?)))
        .collect();
    let exchanged = moved::exchanged(&pairs);
    for (before, migration) in &pairs {
        if let Some(other) = exchanged.get(&migration.id()) {
            findings.push(teller.file(
                "reordered",
                Severity::Error,
                migration,
                format!(
                    "holds what {} has as `{}`: settled migrations have changed places",
                    against.holder(),
                    other.label()
                ),
                teller.undo_or_accept(migration, "give the files their names back"),
            ));
        } else {
            let content = content(before, migration, files, teller);
            // Who follows whom is said below.
            let is_said = before.migration.parents != migration.parents
                || before.migration.needs != migration.needs;
            findings
                .extend(content.filter(|finding| finding.code != "comment-changed" || !is_said));
        }
        let around = surroundings(&before.migration, migration, files.order, teller);
        findings.extend(around);
    }
    for locked in &locked.migrations {
        if now.contains_key(&locked.migration.id()) {
            continue;
        }
        match moved::renumbered(&locked.migration, &new) {
            Some(index) => {
                let migration = new.remove(index);
                findings.push(renumbered(&locked.migration, migration, teller));
            }
            None => findings.push(missing(locked, teller)),
        }
    }
    findings.extend(conversions(files, teller));
    match files.order {
        Order::Versions => findings.extend(versions(locked, files, &new, teller)),
        Order::Graph => findings.extend(graph::check(locked, files, &new, teller)),
    }
    findings
}

/// Digests of lines and their order.
fn lines(locked: &LockedDomain, teller: Teller<'_>) -> Vec<Finding> {
    if !teller.against.is_lock() {
        return Vec::new();
    }
    let misfits = locked.migrations.iter().filter(|locked| !locked.fits);
    misfits
        .map(|locked| {
            teller.line(
                "lock-edited",
                Severity::Error,
                locked,
                "the digest does not fit: this line or the one before it was edited, added, moved or taken away by hand",
                format!(
                    "take the lock file back from version control and run `stillway lock`; if two branches were joined here and their order is right, `stillway lock -d {} --accept {}`",
                    shell_word(teller.domain),
                    shell_word(&locked.migration.label())
                ),
            )
        })
        .collect()
}

/// The migrations by kind and key. Where several claim to be the same, it is the one whose file is
/// the settled one's, else the first.
fn by_id<'f>(
    locked: &LockedDomain,
    files: &'f DomainFiles,
) -> HashMap<(Kind, &'f str), &'f Migration> {
    let mut found: HashMap<(Kind, &str), &Migration> =
        HashMap::with_capacity(files.migrations.len());
    let mut claims = Vec::new();
    for migration in &files.migrations {
        match found.entry(migration.id()) {
            Entry::Vacant(entry) => drop(entry.insert(migration)),
            Entry::Occupied(_) => claims.push(migration),
        }
    }
    for claim in claims {
        if locked
            .find(claim.id())
            .is_some_and(|locked| locked.migration.path == claim.path)
        {
            found.insert(claim.id(), claim);
        }
    }
    found
}

fn duplicates(
    files: &DomainFiles,
    now: &HashMap<(Kind, &str), &Migration>,
    teller: Teller<'_>,
) -> Vec<Finding> {
    let claims = files.migrations.iter().filter_map(|migration| {
        let first = now.get(&migration.id())?;
        (!std::ptr::eq(*first, migration)).then_some((migration, first))
    });
    claims
        .map(|(migration, first)| {
            teller.file(
                "duplicate-migration",
                Severity::Error,
                migration,
                format!(
                    "is `{}` a second time; the first is {}",
                    migration.label(),
                    first.path
                ),
                "give the newer of the two another version or revision",
            )
        })
        .collect()
}

fn missing(locked: &LockedMigration, teller: Teller<'_>) -> Finding {
    let before = &locked.migration;
    let severity = match before.kind {
        Kind::Callback => Severity::Note,
        Kind::Undo => Severity::Warning,
        _ => Severity::Error,
    };
    let message = format!(
        "{} has it at {}, and no file is it now",
        teller.against.holder(),
        before.path
    );
    let hint = teller.undo_or_accept(
        before,
        &format!("bring {} back from version control", before.path),
    );
    teller.line("migration-missing", severity, locked, message, hint)
}

fn renumbered(before: &Migration, now: &Migration, teller: Teller<'_>) -> Finding {
    let severity = match before.kind {
        Kind::Callback => Severity::Note,
        Kind::Undo => Severity::Warning,
        _ => Severity::Error,
    };
    let mut finding = teller.file(
        "renumbered",
        severity,
        now,
        format!(
            "holds what {} has as `{}` at {}",
            teller.against.holder(),
            before.label(),
            before.path
        ),
        "",
    );
    finding.migration = before.label();
    finding.hint = Some(teller.undo_or_accept(
        before,
        &format!("give it its name {} back", before.file_name()),
    ));
    finding
}

/// New migrations among versions, and the order of the lines.
fn versions(
    locked: &LockedDomain,
    files: &DomainFiles,
    new: &[&Migration],
    teller: Teller<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let position: HashMap<(Kind, &str), usize> = files
        .migrations
        .iter()
        .enumerate()
        .map(|(index, migration)| (migration.id(), index))
        .collect();
    let places = locked
        .migrations
        .iter()
        .filter(|locked| locked.migration.kind.is_ordered());
    let places: Vec<(&LockedMigration, usize)> = places
        .filter_map(|locked| Some((locked, *position.get(&locked.migration.id())?)))
        .collect();
    for [(_, before), (locked, after)] in places.array_windows() {
        if before > after && teller.against.is_lock() {
            findings.push(teller.line(
                "lock-reordered",
                Severity::Error,
                locked,
                "stands behind a later migration",
                "take the lock file back from version control and run `stillway lock`",
            ));
        }
    }
    let last = places
        .iter()
        .filter(|(locked, _)| locked.migration.kind == Kind::Versioned);
    let last = last.max_by_key(|(_, place)| *place);
    for migration in new {
        let place = position.get(&migration.id());
        match last {
            Some((locked, last)) if migration.kind == Kind::Versioned && place < Some(last) => {
                findings.push(teller.file(
                    "added-in-the-middle",
                    Severity::Error,
                    migration,
                    format!(
                        "is new and stands before `{}`, which {} has",
                        locked.migration.key,
                        teller.against.holder()
                    ),
                    teller.undo_or_accept(
                        migration,
                        &format!("give it a version above {}", locked.migration.key),
                    ),
                ));
            }
            _ => findings.extend(teller.not_locked(migration)),
        }
    }
    findings
}
