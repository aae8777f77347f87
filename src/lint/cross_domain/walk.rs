//! The walk over all migrations in the order in which they run.

use std::collections::HashMap;

use rayon::prelude::*;

use super::Found;
use super::database::{Database, Key, Origin, Space, candidates, target};
use super::known::is_known;
use super::needs::Needs;
use super::pattern::fits;
use super::project::Domain;
use super::report::{Problem, Report, Use};
use crate::sql::summary::{Action, Moment, ObjectKind, Session, Summary, Touch, summarize};

/// Goes through all migrations and tells what is wrong with them.
pub(super) fn walk(domains: &[Domain<'_>]) -> Vec<Found> {
    let summaries = read(domains);
    let mut walk = Walk {
        domains,
        needs: Needs::new(domains),
        databases: HashMap::new(),
        creators: creators(domains, &summaries),
        plain: HashMap::new(),
        report: Report::new(domains),
    };
    for (domain, migrations) in summaries.iter().enumerate() {
        for (migration, summaries) in migrations.iter().enumerate() {
            if domains[domain].migrations[migration].does_more {
                walk.may_create_anything(domain, migration, 0);
            }
            for summary in summaries {
                walk.statement(domain, migration, summary);
            }
        }
    }
    walk.report.finish()
}

/// The summaries of each migration of each domain.
fn read(domains: &[Domain<'_>]) -> Vec<Vec<Vec<Summary>>> {
    let read_domain = |domain: &Domain<'_>| {
        let (flavor, path) = (domain.flavor, &domain.search_path);
        let scripts: Vec<&str> = domain
            .migrations
            .iter()
            .map(|migration| &*migration.script)
            .collect();
        scripts
            .into_par_iter()
            .map(|script| summarize(script, flavor, &mut Session::new(path.iter().cloned())))
            .collect()
    };
    domains.iter().map(read_domain).collect()
}

/// Who creates what in each database, in the order of the run.
type Creators<'a> = HashMap<&'a str, HashMap<Key, Vec<Origin>>>;

fn creators<'a>(domains: &'a [Domain<'_>], summaries: &[Vec<Vec<Summary>>]) -> Creators<'a> {
    let mut creators = Creators::new();
    for (domain, migrations) in summaries.iter().enumerate() {
        let found = creators
            .entry(domains[domain].database.as_str())
            .or_default();
        for (migration, summaries) in migrations.iter().enumerate() {
            for touch in summaries.iter().flat_map(|summary| &summary.touches) {
                let key = match &touch.action {
                    Action::Creates { .. } => target(touch),
                    Action::Renames { to } => renamed(touch, to),
                    Action::Moves { to } => moved(touch, to),
                    _ => None,
                };
                if let Some(key) = key {
                    found
                        .entry(key)
                        .or_default()
                        .push(origin(domain, migration, touch));
                }
            }
        }
    }
    creators
}

fn origin(domain: usize, migration: usize, touch: &Touch) -> Origin {
    Origin {
        domain,
        migration,
        offset: touch.offset,
        sure: touch.moment == Moment::Now,
    }
}

/// The name that an object gets when it is renamed.
fn renamed(touch: &Touch, to: &str) -> Option<Key> {
    let key = target(touch)?;
    Some(Key {
        name: to.to_owned(),
        ..key
    })
}

/// The name that an object gets when it is moved to another schema.
fn moved(touch: &Touch, to: &str) -> Option<Key> {
    let key = target(touch)?;
    Some(Key {
        schema: to.to_owned(),
        ..key
    })
}

struct Walk<'a> {
    domains: &'a [Domain<'a>],
    needs: Needs,
    databases: HashMap<&'a str, Database>,
    creators: Creators<'a>,
    /// Creations that fail when the object is there already, by database.
    plain: HashMap<(&'a str, Key), Use>,
    report: Report<'a>,
}

impl<'a> Walk<'a> {
    fn statement(&mut self, domain: usize, migration: usize, summary: &Summary) {
        if summary.runs_unknown_sql && self.may_create(domain, migration, summary) {
            self.may_create_anything(domain, migration, summary.code_start);
        }
        let mut created: Option<Key> = None;
        let mut used: Vec<Key> = Vec::new();
        for touch in &summary.touches {
            let at = origin(domain, migration, touch);
            match &touch.action {
                Action::Creates { .. } => {
                    self.create(touch, at);
                    if created.is_none() && touch.moment != Moment::Deferred {
                        created = target(touch);
                    }
                }
                _ => used.extend(self.uses(touch, at)),
            }
        }
        // What a view reads or a function takes, it goes with.
        if let Some(created) = created {
            let database = self.database(domain);
            for key in used {
                database.depend(key, created.clone());
            }
        }
    }

    /// Takes note that from here on anything may be there.
    fn may_create_anything(&mut self, domain: usize, migration: usize, offset: usize) {
        let at = Origin {
            domain,
            migration,
            offset,
            sure: false,
        };
        self.database(domain).conjures.get_or_insert(at);
    }

    /// Whether SQL that the statement puts together seems to create or rename something.
    fn may_create(&self, domain: usize, migration: usize, summary: &Summary) -> bool {
        let script = &self.domains[domain].migrations[migration].script;
        let text = script[summary.code_start..summary.span.end].to_ascii_lowercase();
        // The statement's own first word says nothing.
        let text = text.strip_prefix("create").unwrap_or(&text);
        ["create ", "rename ", "set schema", " into "]
            .iter()
            .any(|words| text.contains(words))
    }

    fn database(&mut self, domain: usize) -> &mut Database {
        self.databases
            .entry(self.domains[domain].database.as_str())
            .or_default()
    }

    fn create(&mut self, touch: &Touch, at: Origin) {
        let Action::Creates {
            if_not_exists,
            or_replace,
            temporary,
        } = touch.action
        else {
            return;
        };
        let wanted = matches!(
            touch.kind,
            ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Type
        );
        let plain = wanted && at.sure && !if_not_exists && !or_replace && !temporary;
        if plain && let Some(key) = target(touch) {
            let first = self
                .database(at.domain)
                .get(&key)
                .filter(|object| object.sure)
                .and_then(|object| object.origins.first().copied())
                .filter(|first| !first.same_migration(&at));
            if let Some(first) = first.filter(|first| !self.may_be_gone(*first, at)) {
                self.report
                    .add(Use::new(touch, at), Problem::CreatedTwice(first));
            }
            let database: &'a str = &self.domains[at.domain].database;
            let usage = Use::new(touch, at);
            self.plain.entry((database, key)).or_insert(usage);
        } else if wanted && if_not_exists {
            self.judge_rival(touch, at);
        }
        self.database(at.domain).create(touch, at);
    }

    /// Whether a migration of either domain may have dropped between the two what the first has made.
    fn may_be_gone(&self, first: Origin, at: Origin) -> bool {
        let range = (first.domain, first.migration)..=(at.domain, at.migration);
        [first.domain, at.domain].into_iter().any(|domain| {
            let mut migrations = self.domains[domain].migrations.iter().enumerate();
            migrations
                .any(|(index, migration)| migration.does_more && range.contains(&(domain, index)))
        })
    }

    /// Who creates an object where it is missing may come before who creates it in any case.
    fn judge_rival(&mut self, touch: &Touch, at: Origin) {
        let database: &'a str = &self.domains[at.domain].database;
        let Some(key) = target(touch) else {
            return;
        };
        let Some(plain) = self.plain.get(&(database, key)) else {
            return;
        };
        let first = plain.at();
        let declared = self.needs.declared(at.domain, at.migration, first.domain);
        if first.domain != at.domain && !declared.covers(first.migration) {
            self.report.add(plain.clone(), Problem::Rival(at));
        }
    }

    /// Looks at an object that a statement uses; gives the name under which it is there.
    fn uses(&mut self, touch: &Touch, at: Origin) -> Option<Key> {
        if touch.moment == Moment::Deferred {
            self.judge_deferred(touch, at);
            return None;
        }
        let keys = candidates(touch);
        let found = self.database(at.domain).find(&keys);
        let found = found.map(|(object, key)| (object.origins.clone(), key));
        match found {
            Some((origins, key)) => {
                if !is_tolerant(touch) {
                    self.judge_owner(touch, at, &origins);
                }
                self.change(at.domain, touch, &key);
                Some(key)
            }
            None => {
                self.judge_absent(touch, at, &keys);
                None
            }
        }
    }

    /// Carries out what the touch does to the object.
    fn change(&mut self, domain: usize, touch: &Touch, key: &Key) {
        let database = self.database(domain);
        match &touch.action {
            Action::Drops { cascade, .. } => database.drop(key, touch.moment, *cascade),
            Action::Renames { to } => {
                let new = Key {
                    name: to.clone(),
                    ..key.clone()
                };
                database.rename(key, new, touch.moment);
            }
            Action::Moves { to } => {
                let new = Key {
                    schema: to.clone(),
                    ..key.clone()
                };
                database.rename(key, new, touch.moment);
            }
            _ => {}
        }
    }

    /// The object is there: may the domain count on that?
    fn judge_owner(&mut self, touch: &Touch, at: Origin, origins: &[Origin]) {
        if is_plain_call(touch) || origins.iter().any(|origin| origin.domain == at.domain) {
            return;
        }
        let declared = origins.iter().any(|origin| {
            self.needs
                .declared(at.domain, at.migration, origin.domain)
                .covers(origin.migration)
        });
        if declared || self.is_external(touch, at.domain) {
            return;
        }
        if let Some(owner) = origins.first() {
            let declared = self.needs.declared(at.domain, at.migration, owner.domain);
            self.report
                .add(Use::new(touch, at), Problem::Undeclared(*owner, declared));
        }
    }

    /// The object is not there.
    fn judge_absent(&mut self, touch: &Touch, at: Origin, keys: &[Key]) {
        let tolerant = matches!(
            touch.action,
            Action::Drops {
                if_exists: true,
                ..
            }
        );
        if tolerant || self.is_known(touch, at.domain) || keys.is_empty() {
            return;
        }
        let creators = self.creators.get(self.domains[at.domain].database.as_str());
        let mut created = keys
            .iter()
            .filter_map(|key| creators?.get(key))
            .flatten()
            .copied()
            .peekable();
        if created.peek().is_none() {
            if has_to_be_created(touch) && !self.is_implied(touch, at.domain) {
                self.missing(touch, at);
            }
            return;
        }
        // What was there and is gone may have been followed wrongly.
        if is_plain_call(touch) {
            return;
        }
        let later = created
            .clone()
            .all(|origin| !origin.not_after(&at))
            .then(|| created.find(|origin| origin.sure))
            .flatten();
        if let Some(later) = later {
            self.report.add(Use::new(touch, at), Problem::Later(later));
        }
    }

    fn missing(&mut self, touch: &Touch, at: Origin) {
        let conjurer = self.database(at.domain).conjures;
        self.report
            .add(Use::new(touch, at), Problem::Missing(conjurer));
    }

    /// What a routine uses has to be there when it is called, and nobody knows when that is.
    fn judge_deferred(&mut self, touch: &Touch, at: Origin) {
        if self.is_known(touch, at.domain) {
            return;
        }
        let keys = candidates(touch);
        let creators = self.creators.get(self.domains[at.domain].database.as_str());
        let origins = keys.iter().find_map(|key| creators?.get(key)).cloned();
        match origins {
            Some(origins) => self.judge_owner(touch, at, &origins),
            // A routine may have tables of its own: only a name with a schema says enough.
            None if touch.name.schema.is_some() && has_to_be_created(touch) => {
                self.missing(touch, at);
            }
            None => {}
        }
    }

    fn is_known(&mut self, touch: &Touch, domain: usize) -> bool {
        let name = &touch.name;
        let unknown_place = name.schema.is_none() && touch.search_path.is_none();
        unknown_place
            || is_known(
                name.schema.as_deref(),
                &name.name,
                self.domains[domain].flavor,
            )
            || self.is_external(touch, domain)
            || self.exists(touch, domain)
            || self.database(domain).is_unplaced(&name.name)
    }

    /// Whether the object is in the database already.
    fn exists(&self, touch: &Touch, domain: usize) -> bool {
        let existing = &self.domains[domain].existing;
        let qualified = |schema: &str| format!("{schema}.{}", touch.name.name);
        !existing.is_empty()
            && touch
                .schemas()
                .any(|schema| existing.contains(&qualified(schema)))
    }

    /// Whether the domain says that others make the object.
    fn is_external(&self, touch: &Touch, domain: usize) -> bool {
        let Domain {
            external, given, ..
        } = &self.domains[domain];
        let qualified = |schema: &str| format!("{schema}.{}", touch.name.name);
        external.iter().chain(given).any(|pattern| {
            fits(pattern, &touch.name.name)
                || touch
                    .schemas()
                    .any(|schema| fits(pattern, &qualified(schema)))
        })
    }

    /// Whether a table brings the relation along: the sequence of a column, the index of a key.
    fn is_implied(&self, touch: &Touch, domain: usize) -> bool {
        const ENDINGS: [&str; 7] = ["_seq", "_pkey", "_key", "_idx", "_pk", "_index", "_excl"];
        let name = &touch.name.name;
        let creators = self.creators.get(self.domains[domain].database.as_str());
        ENDINGS.iter().any(|ending| name.ends_with(ending))
            && touch.action != Action::Writes
            && creators.is_some_and(|creators| {
                creators.keys().any(|key| {
                    key.space == Space::Relation
                        && name
                            .strip_prefix(key.name.as_str())
                            .is_some_and(|rest| rest.starts_with('_'))
                })
            })
    }
}

/// Whether an object of this kind is there only when somebody creates it by name.
fn has_to_be_created(touch: &Touch) -> bool {
    matches!(
        touch.kind,
        ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Type
    )
}

/// Whether the statement does not mind when the object is not there.
fn is_tolerant(touch: &Touch) -> bool {
    matches!(
        touch.action,
        Action::Drops {
            if_exists: true,
            ..
        }
    )
}

/// Whether a function is called without a schema: it may be the server's own of the same name.
fn is_plain_call(touch: &Touch) -> bool {
    touch.action == Action::Calls && touch.name.schema.is_none()
}
