//! What the SQL of a plan uses and nobody declares, nobody makes, or somebody has made already.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::adopt::metadata_of;
use super::driver::DomainDriver;
use super::error::DomainError;
use super::observer::{Observer, Quiet};
use super::schedule::{Schedule, needs_of};
use super::workspace::{Workspace, identity};
use crate::command::alembic::{NATIVE_TABLE, RevisionText};
use crate::dialect::alembic::native::{Metadata, TableName};
use crate::engine::Script;
use crate::lint::cross_domain::{self, Cause, Found, MISSING_SOURCE};
use crate::model::{Backend, Catalog, Dialect, Domain, Finding, Need, Place, Severity};
use crate::sql::Flavor;

/// The text of a migration, one script with the way back to its file.
enum Text {
    Script(Script),
    /// Statements one behind the other, with the offset and place of each.
    Joined(String, Vec<(usize, Place)>),
    /// Only a database can tell; a place to name.
    Unknown(Option<Place>),
}

impl Text {
    fn of(text: RevisionText) -> Self {
        match text {
            RevisionText::Script(script) => Self::Script(script),
            RevisionText::Statements(statements) => {
                let mut joined = String::new();
                let mut places = Vec::new();
                for (sql, place) in statements {
                    places.push((joined.len(), place));
                    joined.push_str(&sql);
                    joined.push_str(";\n");
                }
                Self::Joined(joined, places)
            }
            // What only a database tells is not looked into.
            RevisionText::Unknown { place, .. } => Self::Unknown(place),
        }
    }

    fn sql(&self) -> &str {
        match self {
            Self::Script(script) => &script.text,
            Self::Joined(text, _) => text,
            Self::Unknown(_) => "",
        }
    }

    fn place(&self, offset: usize) -> Option<Place> {
        match self {
            Self::Script(script) => Some(script.place(offset)),
            Self::Joined(_, places) => {
                let index = places.partition_point(|(start, _)| *start <= offset);
                let (_, place) = places.get(index.checked_sub(1)?)?;
                Some(place.clone())
            }
            Self::Unknown(place) => place.clone(),
        }
    }
}

/// A domain with all its texts.
struct Read {
    domain: Domain,
    catalog: Catalog,
    texts: Vec<(String, Text)>,
    database: String,
}

impl Read {
    fn flavor(&self) -> Flavor {
        if self.database.starts_with("sqlite") {
            Flavor::Sqlite
        } else {
            Flavor::Postgres
        }
    }

    /// Where names without a schema are looked for.
    fn search_path(&self) -> Vec<String> {
        let usual = match self.flavor() {
            Flavor::Sqlite => "main",
            _ => "public",
        };
        // Flyway puts its schema in front.
        let own = self.domain.schema.iter();
        let own = own.filter(|schema| self.domain.dialect == Dialect::Flyway && *schema != usual);
        own.cloned().chain([usual.to_owned()]).collect()
    }

    /// The table that the migrations are recorded in.
    fn history_table(&self) -> &str {
        let named = self.domain.history_table.as_deref();
        named.unwrap_or(usual_table(self.domain.dialect))
    }
}

/// A name for a history table that no other domain has.
pub(super) fn own_table(domain: &Domain) -> String {
    let name = domain.name.replace(['-', '.'], "_");
    format!("{name}_{}", usual_table(domain.dialect))
}

/// Refuses a schema for the history where the server has none.
pub(super) fn refuse_schema_on_sqlite(
    domain: &Domain,
    url: Option<&str>,
) -> Result<(), DomainError> {
    let is_sqlite = |url: &str| {
        url.strip_prefix("jdbc:")
            .unwrap_or(url)
            .starts_with("sqlite")
    };
    let is_there = |schema: &str| schema == "main" || domain.attach.contains_key(schema);
    let Some(schema) = domain.schema.as_ref().filter(|schema| !is_there(schema)) else {
        return Ok(());
    };
    if !url.is_some_and(is_sqlite) {
        return Ok(());
    }
    Err(DomainError::words(format!(
        "SQLite has no schemas, and the domain's history is to be in `{schema}`"
    ))
    .with_hint(format!(
        "write history_table = {:?} in place of `schema` in [domains.{}] of stillway.toml, or attach a file as `{schema}`",
        own_table(domain),
        domain.name
    )))
}

/// What the history table is called where nobody says.
fn usual_table(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Flyway => "flyway_schema_history",
        Dialect::Alembic => "alembic_version",
        Dialect::Native => NATIVE_TABLE,
    }
}

impl Read {
    /// Migrations whose statements were found by evaluating them.
    fn evaluated(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let of_python = self
            .texts
            .iter()
            .filter(|(_, text)| matches!(text, Text::Joined(..)));
        of_python.map(|(key, _)| (self.domain.name.clone(), key.clone()))
    }
}

/// Guards of native revisions, by domain and key.
struct Guards(BTreeMap<(String, String), (Metadata, Backend)>);

impl Guards {
    fn of(all: &[Read]) -> Self {
        let native = all
            .iter()
            .filter(|read| read.domain.dialect == Dialect::Native);
        let guarded = native.flat_map(|read| {
            let backend = match read.flavor() {
                Flavor::Sqlite => Backend::Sqlite,
                _ => Backend::Postgres,
            };
            read.catalog.migrations.iter().filter_map(move |migration| {
                let metadata = metadata_of(&migration.path)?;
                let id = (read.domain.name.clone(), migration.key.clone());
                (!metadata.guards().is_empty()).then_some((id, (metadata, backend)))
            })
        });
        Self(guarded.collect())
    }

    /// Takes away what a guard settles: a revision that is recorded without running does nothing.
    fn heed(&self, found: &mut Vec<Found>) {
        let id = |found: &Found| {
            (
                found.finding.domain.clone(),
                found.finding.migration.clone(),
            )
        };
        let skipped: BTreeSet<(String, String)> = found
            .iter()
            .filter(|found| {
                let Cause::Missing { name, .. } = &found.cause else {
                    return false;
                };
                let guarded = self.0.get(&id(found));
                guarded.is_some_and(|(metadata, backend)| {
                    metadata
                        .skip_if_missing
                        .iter()
                        .any(|table| is_called(table, name, *backend))
                })
            })
            .map(id)
            .collect();
        found.retain(|found| {
            let has_exists =
                |(metadata, _): &(Metadata, Backend)| !metadata.skip_if_exists.is_empty();
            let twice = matches!(found.cause, Cause::Twice(_) | Cause::Rival(_))
                && self.0.get(&id(found)).is_some_and(has_exists);
            !twice && !skipped.contains(&id(found))
        });
    }
}

/// Whether a table has a name such as `users.accounts`.
fn is_called(table: &TableName, name: &str, backend: Backend) -> bool {
    let (schema, last) = name.rsplit_once('.').unwrap_or(("", name));
    table.table(backend) == last && table.schema(backend).is_none_or(|own| own == schema)
}

/// What is found in the migrations that a schedule runs.
pub(super) struct Foreseen {
    pub(super) finding: Finding,
    /// Whether the migration fails in any case.
    pub(super) fails: bool,
}

/// Checks the migrations that a schedule runs against all that the project's files make.
pub(super) fn findings(
    workspace: &Workspace,
    schedule: &Schedule,
    observer: &mut dyn Observer,
) -> Result<Vec<Foreseen>, DomainError> {
    if schedule.segments.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for domain in &workspace.domains {
        let of = |error: DomainError| error.of(&domain.name);
        all.push(match schedule.participant(&domain.name) {
            Some(participant) => {
                let database = identity(&participant.standing.database);
                read(domain, &participant.driver, database, observer).map_err(of)?
            }
            None => {
                let driver = workspace.domain_driver(domain)?;
                read(domain, &driver, String::new(), observer).map_err(of)?
            }
        });
    }
    let mut existing = HashSet::new();
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    for participant in &schedule.participants {
        // Each target may have other objects.
        if let DomainDriver::One(driver) = &participant.driver
            && let Ok(objects) = driver.objects(observer)
        {
            existing.extend(objects);
            asked.insert(&participant.domain.name);
        }
    }
    let pending: BTreeSet<(&str, &str)> = schedule
        .segments
        .iter()
        .flat_map(|segment| {
            segment
                .keys
                .iter()
                .map(|key| (segment.domain.as_str(), key.as_str()))
        })
        .collect();
    let guards = Guards::of(&all);
    let python: BTreeSet<(String, String)> = all.iter().flat_map(Read::evaluated).collect();
    let mut found = check(workspace, all, &existing);
    found.retain(|found| {
        let Finding {
            domain, migration, ..
        } = &found.finding;
        pending.contains(&(domain.as_str(), migration.as_str()))
    });
    guards.heed(&mut found);
    let is_applied = |need: &Need| {
        let participant = schedule.participant(&need.domain);
        participant.is_some_and(|participant| {
            let mut applied = participant.standing.applied();
            applied.any(|key| Some(key) == need.key.as_deref())
        })
    };
    let runs = |need: &Need| {
        let key = need.key.as_deref().unwrap_or_default();
        pending.contains(&(need.domain.as_str(), key))
    };
    Ok(found
        .into_iter()
        .map(|mut found| {
            let id = (
                found.finding.domain.clone(),
                found.finding.migration.clone(),
            );
            // Evaluated without a database, each revision makes what it would leave out with one.
            if python.contains(&id)
                && matches!(found.cause, Cause::Twice(_))
                && found.finding.severity == Severity::Error
            {
                found.finding.severity = Severity::Warning;
            }
            let fails = found.finding.severity == Severity::Error
                && asked.contains(found.finding.domain.as_str())
                && match &found.cause {
                    Cause::Missing { is_relation, .. } => *is_relation,
                    Cause::Needs { owner, .. } => !is_applied(owner),
                    Cause::Twice(first) => is_applied(first) || runs(first),
                    Cause::Rival(other) => is_applied(other),
                };
            let mut finding = found.finding;
            if finding.code == MISSING_SOURCE && schedule.left_out.contains(&finding.domain) {
                finding.hint = None;
            }
            Foreseen { finding, fails }
        })
        .collect())
}

/// What domains use of each other and do not declare, by their files alone. Domains that cannot be
/// read are left out.
pub(super) fn undeclared(workspace: &Workspace) -> Vec<(String, Need, Finding)> {
    let mut all = Vec::new();
    for domain in &workspace.domains {
        let Ok(driver) = DomainDriver::open(workspace, domain) else {
            continue;
        };
        let database = match &driver {
            DomainDriver::One(one) => one.database(),
            DomainDriver::Many(_) => None,
        };
        let database = database.map(|shown| identity(&shown)).unwrap_or_default();
        all.extend(read(domain, &driver, database, &mut Quiet));
    }
    let mut needs: Vec<(String, Need, Finding)> = Vec::new();
    for found in check(workspace, all, &HashSet::new()) {
        let Cause::Needs { declare, .. } = found.cause else {
            continue;
        };
        let domain = &found.finding.domain;
        let known = |(user, need, _): &(String, Need, Finding)| user == domain && *need == declare;
        if found.finding.severity != Severity::Note
            && declare.domain != *domain
            && !needs.iter().any(known)
        {
            needs.push((domain.clone(), declare, found.finding));
        }
    }
    needs
}

fn read(
    domain: &Domain,
    driver: &DomainDriver,
    database: String,
    observer: &mut dyn Observer,
) -> Result<Read, DomainError> {
    let texts = driver.texts(&|_| true, observer)?.into_iter();
    Ok(Read {
        domain: domain.clone(),
        catalog: driver.catalog()?,
        texts: texts.map(|(key, text)| (key, Text::of(text))).collect(),
        database,
    })
}

fn check(workspace: &Workspace, mut all: Vec<Read>, existing: &HashSet<String>) -> Vec<Found> {
    // A database that was not asked is taken for the one of the others.
    let common = all
        .iter()
        .map(|read| read.database.clone())
        .find(|name| !name.is_empty());
    for read in &mut all {
        if read.database.is_empty() {
            read.database = common.clone().unwrap_or_default();
        }
    }
    let domains: Vec<cross_domain::Domain<'_>> = all
        .iter()
        .map(|read| domain(workspace, read, existing))
        .collect();
    cross_domain::check(&domains)
}

fn domain<'r>(
    workspace: &'r Workspace,
    read: &'r Read,
    existing: &HashSet<String>,
) -> cross_domain::Domain<'r> {
    let declared = read.domain.depends_on.iter();
    let migrations = read.texts.iter().filter_map(|(key, text)| {
        let migration = read.catalog.migrations.iter().find(|m| m.key == *key)?;
        Some(cross_domain::Migration {
            key: key.clone(),
            script: Cow::Borrowed(text.sql()),
            does_more: matches!(text, Text::Unknown(_)),
            depends_on: needs_of(&read.domain, migration),
            locate: Box::new(|offset| {
                let place = text.place(offset)?;
                Some(Place {
                    path: workspace.shown(&place.path),
                    ..place
                })
            }),
        })
    });
    // In the order in which they run.
    let position = |key: &str| read.catalog.migrations.iter().position(|m| m.key == key);
    let mut migrations: Vec<_> = migrations.collect();
    migrations.sort_by_key(|migration| position(&migration.key));
    cross_domain::Domain {
        name: read.domain.name.clone(),
        flavor: read.flavor(),
        database: read.database.clone(),
        search_path: read.search_path(),
        depends_on: declared.map(|declared| declared.need.clone()).collect(),
        external: read.domain.external.clone(),
        existing: existing.clone(),
        given: vec![read.history_table().to_owned()],
        has_metadata: read.domain.dialect == Dialect::Native,
        migrations,
    }
}
