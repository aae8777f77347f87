//! The migrations as they were settled against the files as they are.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::content::{Difference, compare};
use super::graph;
use super::lockfile::{LockedDomain, LockedMigration, Lockfile};
use super::migration::{DomainFiles, Kind, Migration, Order};
use super::moved;
use crate::model::{Finding, Place, Severity};

/// What the files are held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// A lock file, by its path.
    Lock(PathBuf),
    /// A state of the repository, by the name it was asked for.
    Base(String),
}

impl Against {
    fn is_lock(&self) -> bool {
        matches!(self, Self::Lock(_))
    }

    /// Who says so, at the beginning of a sentence's second half.
    fn holder(&self) -> String {
        match self {
            Self::Lock(path) => path.display().to_string(),
            Self::Base(name) => format!("`{name}`"),
        }
    }
}

/// Makes the findings of one domain.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a> {
    pub(super) domain: &'a str,
    pub(super) against: &'a Against,
}

impl Teller<'_> {
    /// A finding in a migration's file.
    pub(super) fn file(
        self,
        code: &'static str,
        severity: Severity,
        migration: &Migration,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Finding {
        self.finding(
            code,
            severity,
            &migration.label(),
            Some(first_line(&migration.path)),
            message,
            hint,
        )
    }

    /// A finding in a line of the lock file, or in the file that is gone.
    fn line(
        self,
        code: &'static str,
        severity: Severity,
        locked: &LockedMigration,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Finding {
        let label = locked.migration.label();
        self.finding(
            code,
            severity,
            &label,
            self.place(locked.line),
            message,
            hint,
        )
    }

    fn place(self, line: u32) -> Option<Place> {
        match self.against {
            Against::Lock(path) => Some(Place {
                path: path.clone(),
                line,
                column: 1,
            }),
            Against::Base(_) => None,
        }
    }

    fn finding(
        self,
        code: &'static str,
        severity: Severity,
        migration: &str,
        place: Option<Place>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Finding {
        let hint = hint.into();
        Finding {
            code,
            severity,
            domain: self.domain.to_owned(),
            migration: migration.to_owned(),
            place,
            message: message.into(),
            hint: (!hint.is_empty()).then_some(hint),
        }
    }

    /// What to do about a change that should not be there, or that somebody wants.
    pub(super) fn undo_or_accept(self, migration: &Migration, undo: &str) -> String {
        match self.against {
            Against::Lock(_) => format!(
                "{undo}; if the change is wanted and no database has run it yet, `stillway lock -d {} --accept {}`",
                shell_word(self.domain),
                shell_word(&migration.label()),
            ),
            Against::Base(_) => format!("{undo}; what is released stays as it is"),
        }
    }
}

/// A word as a shell takes it.
fn shell_word(word: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "-_./@+:,".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn first_line(path: &str) -> Place {
    Place {
        path: PathBuf::from(path),
        line: 1,
        column: 1,
    }
}

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

/// Whether a migration holds what it held.
fn content(
    locked: &LockedMigration,
    now: &Migration,
    files: &DomainFiles,
    teller: Teller<'_>,
) -> Option<Finding> {
    let difference = compare(&locked.migration.sums, &now.sums);
    let holder = teller.against.holder();
    if now.kind.may_change() {
        let changed = !matches!(difference, Difference::None | Difference::LineEnds);
        return (changed && teller.against.is_lock()).then(|| {
            teller.file(
                "repeatable-changed",
                Severity::Note,
                now,
                format!("differs from {holder}, as it may"),
                "`stillway lock` takes the new state down",
            )
        });
    }
    let wanted = match now.kind {
        Kind::Undo => Severity::Warning,
        _ => Severity::Error,
    };
    let back = format!(
        "take {} back from version control and write a new migration instead",
        now.path
    );
    let finding = match difference {
        Difference::None => return None,
        Difference::LineEnds => teller.file(
            "line-ends-changed",
            Severity::Note,
            now,
            format!("differs from {holder} in line ends or the byte order mark only"),
            if teller.against.is_lock() { "`stillway lock` takes the new state down" } else { "" },
        ),
        Difference::LineEndsInValues => teller.file(
            "line-ends-changed",
            if files.comments_count { Severity::Warning } else { wanted },
            now,
            format!("differs from {holder} in line ends, some of which are part of a value or of a body"),
            teller.undo_or_accept(now, "save the file with the line ends it had, and keep them with a line in .gitattributes"),
        ),
        Difference::Comments => {
            let severity = if files.comments_count { wanted } else { Severity::Warning };
            let why = if files.comments_count {
                ", and its checksum counts them"
            } else {
                ""
            };
            teller.file(
                "comment-changed",
                severity,
                now,
                format!("differs from {holder} in comments or formatting only{why}"),
                teller.undo_or_accept(now, &format!("take {} back from version control", now.path)),
            )
        }
        Difference::Sql => teller.file(
            "sql-changed",
            wanted,
            now,
            format!("runs other statements than {holder} knows"),
            teller.undo_or_accept(now, &back),
        ),
        Difference::Unknown => teller.file(
            "sql-changed",
            wanted,
            now,
            format!("differs from {holder}; whether it runs other statements cannot be told"),
            teller.undo_or_accept(now, &back),
        ),
    };
    Some(finding)
}

/// Whether all around the content is as it was.
fn surroundings(
    then: &Migration,
    now: &Migration,
    order: Order,
    teller: Teller<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let holder = teller.against.holder();
    let severity = if now.kind.may_change() || now.kind == Kind::Undo {
        Severity::Note
    } else {
        Severity::Error
    };
    if then.path != now.path {
        let names_matter = order == Order::Versions && !now.kind.may_change();
        if then.file_name() == now.file_name() {
            findings.push(teller.file(
                "moved",
                Severity::Note,
                now,
                format!("lay at {} when it was settled", then.path),
                if teller.against.is_lock() {
                    "`stillway lock` takes the new place down"
                } else {
                    ""
                },
            ));
        } else {
            findings.push(teller.file(
                "renamed",
                if names_matter {
                    severity
                } else {
                    Severity::Note
                },
                now,
                format!("was called {} when it was settled", then.file_name()),
                if names_matter {
                    teller.undo_or_accept(
                        now,
                        "give the file its name back, because histories hold its description",
                    )
                } else {
                    "`stillway lock` takes the new name down".to_owned()
                },
            ));
        }
    }
    let listed = |keys: &[String]| match keys {
        [] => "nothing".to_owned(),
        keys => format!("`{}`", keys.join("`, `")),
    };
    if then.parents != now.parents {
        findings.push(teller.file(
            "parents-changed",
            Severity::Error,
            now,
            format!(
                "follows {}, and {} in {holder}",
                listed(&now.parents),
                listed(&then.parents)
            ),
            teller.undo_or_accept(now, "let it follow what it followed"),
        ));
    }
    if then.needs != now.needs {
        findings.push(teller.file(
            "needs-changed",
            Severity::Error,
            now,
            format!(
                "needs {}, and {} in {holder}",
                listed(&now.needs),
                listed(&then.needs)
            ),
            teller.undo_or_accept(now, "let it need what it needed"),
        ));
    }
    let changed = now.values.iter().filter(|(name, value)| {
        then.values
            .get(*name)
            .is_some_and(|before| before != *value)
    });
    for (name, _) in changed {
        findings.push(teller.file(
            "placeholder-changed",
            severity,
            now,
            format!("uses the placeholder `{name}`, whose value is not the one of {holder}"),
            teller.undo_or_accept(now, &format!("give `{name}` its old value back")),
        ));
    }
    if then.settings != now.settings {
        findings.push(teller.file(
            "settings-changed",
            severity,
            now,
            format!("has other settings than in {holder}: it would run in another way"),
            teller.undo_or_accept(now, "take its settings back from version control"),
        ));
    }
    if then.origin != now.origin && now.origin.is_some() {
        findings.push(teller.file(
            "source-changed",
            severity,
            now,
            format!("names another source of its conversion than {holder}"),
            teller.undo_or_accept(now, "take its metadata back from version control"),
        ));
    }
    findings
}

/// Migrations whose conversion started from a file that has changed since.
fn conversions(files: &DomainFiles, teller: Teller<'_>) -> Vec<Finding> {
    let changed = files.migrations.iter().filter_map(|migration| {
        let origin = migration.origin.as_ref()?;
        let now = files.sources.get(&origin.path)?;
        let is_other = origin.sum.is_some_and(|then| !now.contains(&then));
        is_other.then_some((migration, origin))
    });
    changed
        .map(|(migration, origin)| {
            teller.file(
                "source-changed",
                Severity::Error,
                migration,
                format!("was converted from {}, which has changed since", origin.path),
                format!(
                    "take {} back from version control; if it was changed before any database ran it, convert it again",
                    origin.path
                ),
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

impl Teller<'_> {
    /// A new migration where it may be.
    pub(super) fn not_locked(self, migration: &Migration) -> Option<Finding> {
        self.against.is_lock().then(|| {
            self.file(
                "not-locked",
                Severity::Warning,
                migration,
                format!("is new and not in {}", self.against.holder()),
                "settle it with `stillway lock`, and commit the lock file with it",
            )
        })
    }

    /// Who the files are held against, in words.
    pub(super) fn holder(self) -> String {
        self.against.holder()
    }
}
