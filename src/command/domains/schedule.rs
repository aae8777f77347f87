//! What is to run, in which order over all domains: made before anything runs.

use std::collections::{BTreeMap, BTreeSet};

use super::driver::{DomainDriver, UpTo};
use super::error::DomainError;
use super::observer::Observer;
use super::workspace::Workspace;
use crate::dialect::flyway::Version;
use crate::model::{
    Catalog, CatalogMigration, Dialect, Domain, MigrationKind, MigrationState, Need, Standing,
};
use crate::project::order::{Queue, Segment, Waiting, interleave};

/// Which domains a command is about, and how far it goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Names of domains; all that are not deprecated when empty.
    pub domains: Vec<String>,
    /// How far: a key, `domain@key`, `+2`, or nothing for everything.
    pub target: Option<String>,
}

/// A domain that takes part.
pub struct Participant {
    /// The domain.
    pub domain: Domain,
    /// What carries out commands on it.
    pub driver: DomainDriver,
    /// What its files say.
    pub catalog: Catalog,
    /// Where its database stands.
    pub standing: Standing,
    /// Whether it takes part only because others need it.
    pub needed_only: bool,
}

/// What is to run.
pub struct Schedule {
    /// The domains that take part, in order.
    pub participants: Vec<Participant>,
    /// Deprecated domains that were left out.
    pub left_out: Vec<String>,
    /// What runs, in order.
    pub segments: Vec<Segment>,
}

/// How much of a domain is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    All,
    Keys(BTreeSet<String>),
}

impl Scope {
    fn widen(&mut self, other: Self) -> bool {
        match (&mut *self, other) {
            (Self::All, _) => false,
            (_, Self::All) => {
                *self = Self::All;
                true
            }
            (Self::Keys(own), Self::Keys(more)) => {
                let before = own.len();
                own.extend(more);
                own.len() > before
            }
        }
    }
}

impl Schedule {
    /// Reads the files and asks the databases of all that takes part, and orders what is pending.
    pub fn make(
        workspace: &Workspace,
        selection: &Selection,
        observer: &mut dyn Observer,
    ) -> Result<Self, DomainError> {
        let mut maker = Maker {
            workspace,
            participants: BTreeMap::new(),
            scopes: BTreeMap::new(),
        };
        let mut left_out = Vec::new();
        if selection.domains.is_empty() {
            let all = ["head", "heads", "latest"];
            let target = selection.target.as_ref();
            if let Some(target) = target.filter(|target| !all.contains(&target.as_str())) {
                let (domain, _) = target
                    .split_once('@')
                    .filter(|(domain, key)| !domain.is_empty() && !key.is_empty())
                    .ok_or_else(|| {
                        DomainError::misuse(format!("`{target}` could be of any domain")).with_hint(
                            format!("name the domain with -d, or write `DOMAIN@{target}`"),
                        )
                    })?;
                workspace.domain(domain)?;
                maker.want(domain, selection.target.as_deref(), observer)?;
            } else {
                let wanted: Vec<&Domain> = workspace
                    .domains
                    .iter()
                    .filter(|domain| domain.deprecated.is_none())
                    .collect();
                maker.ask(&wanted, observer)?;
                for domain in &workspace.domains {
                    if domain.deprecated.is_some() {
                        left_out.push(domain.name.clone());
                    } else {
                        maker.want(&domain.name, None, observer)?;
                    }
                }
            }
        } else {
            if selection.domains.len() > 1 && selection.target.is_some() {
                return Err(DomainError::misuse(
                    "a target goes with one domain; name one with -d",
                ));
            }
            let named: Vec<&Domain> = selection
                .domains
                .iter()
                .map(|name| workspace.domain(name))
                .collect::<Result<_, _>>()?;
            maker.ask(&named, observer)?;
            for name in &selection.domains {
                maker.want(name, selection.target.as_deref(), observer)?;
            }
        }
        let explicit: BTreeSet<String> = maker.scopes.keys().cloned().collect();
        let queues = maker.queues(observer)?;
        let segments = interleave(&queues)?;
        left_out.retain(|name| !maker.scopes.contains_key(name));
        let mut participants = Vec::new();
        for domain in &workspace.domains {
            if let Some(mut participant) = maker.participants.remove(&domain.name) {
                participant.needed_only = !explicit.contains(&domain.name);
                participants.push(participant);
            }
        }
        Ok(Self {
            participants,
            left_out,
            segments,
        })
    }

    /// The participant of a name.
    pub fn participant(&self, name: &str) -> Option<&Participant> {
        self.participants.iter().find(|p| p.domain.name == name)
    }
}

struct Maker<'w> {
    workspace: &'w Workspace,
    participants: BTreeMap<String, Participant>,
    scopes: BTreeMap<String, Scope>,
}

impl Maker<'_> {
    /// Reads the files and asks the databases of domains, all at once.
    fn ask(&mut self, domains: &[&Domain], observer: &mut dyn Observer) -> Result<(), DomainError> {
        let new = domains
            .iter()
            .filter(|domain| !self.participants.contains_key(&domain.name));
        let looked = super::look::look(self.workspace, new.copied(), observer);
        for (domain, found) in looked {
            let (driver, catalog, standing) = found.map_err(|error| error.of(&domain.name))?;
            self.participants.insert(
                domain.name.clone(),
                Participant {
                    domain,
                    driver,
                    catalog,
                    standing: standing?,
                    needed_only: false,
                },
            );
        }
        Ok(())
    }

    /// Takes a domain in, up to a target.
    fn want(
        &mut self,
        name: &str,
        target: Option<&str>,
        observer: &mut dyn Observer,
    ) -> Result<(), DomainError> {
        let domain = self.workspace.domain(name)?;
        self.ask(&[domain], observer)?;
        let participant = &self.participants[name];
        let scope = match target.map(|target| target.split_once('@').map_or(target, |(_, key)| key))
        {
            None | Some("head" | "heads" | "latest") => Scope::All,
            Some(target) => Scope::Keys(up_to(participant, target)?),
        };
        match self.scopes.get_mut(name) {
            Some(own) => {
                own.widen(scope);
            }
            None => {
                self.scopes.insert(name.to_owned(), scope);
            }
        }
        Ok(())
    }

    /// What waits in each domain; domains that are needed are taken in on the way.
    fn queues(&mut self, observer: &mut dyn Observer) -> Result<Vec<(String, Queue)>, DomainError> {
        loop {
            let mut more: Vec<Need> = Vec::new();
            for name in self.scopes.keys() {
                let participant = &self.participants[name];
                for migration in self.waiting(name) {
                    more.extend(needs_of(&participant.domain, migration));
                }
            }
            let mut changed = false;
            for need in more {
                if !self.participants.contains_key(&need.domain) {
                    let domain = self.workspace.domain(&need.domain)?;
                    self.ask(&[domain], observer)?;
                }
                let participant = &self.participants[&need.domain];
                let scope = match &need.key {
                    None => Scope::All,
                    Some(key) => {
                        Scope::Keys(closure(&participant.catalog, &canonical(participant, key)?))
                    }
                };
                changed |= match self.scopes.get_mut(&need.domain) {
                    Some(own) => own.widen(scope),
                    None => {
                        self.scopes.insert(need.domain.clone(), scope);
                        true
                    }
                };
            }
            if !changed {
                break;
            }
        }
        let mut queues = Vec::new();
        for domain in &self.workspace.domains {
            let Some(participant) = self.participants.get(&domain.name) else {
                continue;
            };
            super::shared_history::refuse(self.workspace, &participant.domain)?;
            check_standing(&participant.domain, &participant.standing)?;
            let waiting = self.waiting(&domain.name).map(|migration| {
                let needs = needs_of(domain, migration);
                let needs = needs.into_iter().map(|need| self.named_exactly(need));
                Ok(Waiting {
                    key: migration.key.clone(),
                    needs: needs.collect::<Result<_, DomainError>>()?,
                })
            });
            let waiting = waiting.collect::<Result<_, DomainError>>()?;
            let applied = participant.standing.applied().map(str::to_owned).collect();
            queues.push((domain.name.clone(), Queue { waiting, applied }));
        }
        Ok(queues)
    }

    /// A need with its key as the other domain's catalog has it.
    fn named_exactly(&self, need: Need) -> Result<Need, DomainError> {
        let key = match (&need.key, self.participants.get(&need.domain)) {
            (Some(key), Some(other)) => Some(canonical(other, key)?),
            (key, _) => key.clone(),
        };
        Ok(Need { key, ..need })
    }

    /// The pending migrations of a domain that are wanted, in its order.
    fn waiting<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s CatalogMigration> + use<'s> {
        let participant = &self.participants[name];
        let scope = self.scopes.get(name).cloned();
        let pending: BTreeSet<&str> = participant.standing.pending().collect();
        participant
            .catalog
            .migrations
            .iter()
            .filter(move |migration| {
                pending.contains(migration.key.as_str())
                    && match &scope {
                        None => false,
                        Some(Scope::All) => true,
                        Some(Scope::Keys(keys)) => keys.contains(&migration.key),
                    }
            })
    }
}

/// What a migration needs of other domains.
pub(super) fn needs_of(domain: &Domain, migration: &CatalogMigration) -> Vec<Need> {
    let single = domain
        .migration_needs
        .get(&migration.key)
        .into_iter()
        .flatten();
    let declared = domain.depends_on.iter().chain(single);
    let declared = declared.map(|declared| declared.need.clone());
    let mut needs: Vec<Need> = declared.chain(migration.needs.iter().cloned()).collect();
    needs.retain(|need| need.domain != domain.name);
    needs.dedup();
    needs
}

/// Refuses to go on where a database is in the way.
pub(super) fn check_standing(domain: &Domain, standing: &Standing) -> Result<(), DomainError> {
    let name = &domain.name;
    if let Some(history) = &standing.not_adopted {
        return Err(DomainError::words(format!(
            "this database has run the originals ({history}), and they were not taken over; nothing was run"
        ))
        .with_hint(format!("`stillway adopt -d {name}` marks what is there"))
        .of(name));
    }
    let is_failed = |state| state == MigrationState::Failed;
    let failed = standing
        .migrations
        .iter()
        .find(|placed| is_failed(placed.state));
    if let Some(failed) = failed {
        return Err(DomainError::words(format!(
            "the migration {} - {} has failed before, and its row says so; nothing was run",
            failed.key, failed.description
        ))
        .with_hint("look at what it has left behind, put that right, then `stillway flyway repair` takes the row away")
        .of(name));
    }
    if domain.dialect != Dialect::Flyway
        && let Some(problem) = standing.problems.first()
    {
        return Err(DomainError::words(format!("{problem}; nothing was run"))
            .with_hint("check out the version of the files that has it, or stamp the database")
            .of(name));
    }
    Ok(())
}

/// The key as the catalog has it, of a key as people write it.
pub(super) fn canonical(participant: &Participant, key: &str) -> Result<String, DomainError> {
    find_key(&participant.catalog, participant.domain.dialect, key)
        .map_err(|error| error.of(&participant.domain.name))
}

/// The key as a catalog has it: exact, another form of the same version, or the beginning of a revision.
pub(super) fn find_key(
    catalog: &Catalog,
    dialect: Dialect,
    key: &str,
) -> Result<String, DomainError> {
    let keys = || catalog.migrations.iter().map(|migration| &migration.key);
    if let Some(exact) = keys().find(|known| *known == key) {
        return Ok(exact.clone());
    }
    let same: Vec<&String> = if dialect == Dialect::Flyway {
        let version = key.strip_prefix(['V', 'v']).unwrap_or(key);
        match Version::parse(version) {
            Ok(wanted) => keys()
                .filter(|known| Version::parse(known).is_ok_and(|known| known == wanted))
                .collect(),
            Err(_) => Vec::new(),
        }
    } else {
        keys().filter(|known| known.starts_with(key)).collect()
    };
    match same.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(
            DomainError::misuse(format!("there is no migration `{key}`"))
                .with_hint("`stillway history` lists the migrations"),
        ),
        several => Err(DomainError::misuse(format!(
            "`{key}` is the beginning of several: {}",
            several
                .iter()
                .map(|key| key.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ))),
    }
}

/// The keys that have to run for a target to be reached.
fn up_to(participant: &Participant, target: &str) -> Result<BTreeSet<String>, DomainError> {
    if let Some(steps) = target.strip_prefix('+') {
        let steps: usize = steps.parse().map_err(|_| {
            DomainError::misuse(format!("`{target}` is no number of steps; write `+2`"))
        })?;
        if matches!(participant.driver, DomainDriver::Many(_)) {
            return Err(DomainError::misuse(format!(
                "`{target}` would be another migration for each target that stands elsewhere"
            ))
            .with_hint("name the migration to go to")
            .of(&participant.domain.name));
        }
        return Ok(participant
            .standing
            .pending()
            .take(steps)
            .map(str::to_owned)
            .collect());
    }
    let key = canonical(participant, target)?;
    Ok(closure(&participant.catalog, &key))
}

/// A migration and all that it builds on.
fn closure(catalog: &Catalog, key: &str) -> BTreeSet<String> {
    let by_key: BTreeMap<&str, &CatalogMigration> = catalog
        .migrations
        .iter()
        .map(|migration| (migration.key.as_str(), migration))
        .collect();
    let labelled = |name: &str| {
        let labels = |m: &&CatalogMigration| m.labels.iter().any(|label| label == name);
        catalog
            .migrations
            .iter()
            .find(labels)
            .map(|m| m.key.clone())
    };
    let mut found = BTreeSet::new();
    let mut open = vec![key.to_owned()];
    while let Some(next) = open.pop() {
        let Some(migration) = by_key.get(next.as_str()) else {
            open.extend(labelled(&next));
            continue;
        };
        if found.insert(next) {
            open.extend(
                migration
                    .parents
                    .iter()
                    .chain(&migration.depends_on)
                    .cloned(),
            );
        }
    }
    found
}

/// How far a segment goes up in its domain.
pub(super) fn reach(participant: &Participant, segment: &Segment) -> UpTo {
    let pending = participant.standing.pending().count();
    let repeatable = |key: &String| {
        let of_key = |m: &&CatalogMigration| m.key == *key;
        participant
            .catalog
            .migrations
            .iter()
            .find(of_key)
            .is_some_and(|migration| migration.kind == MigrationKind::Repeatable)
    };
    if segment.last && (segment.keys.len() == pending || segment.keys.iter().any(repeatable)) {
        return UpTo::Latest;
    }
    UpTo::Keys(
        segment
            .keys
            .iter()
            .filter(|key| !repeatable(key))
            .cloned()
            .collect(),
    )
}
