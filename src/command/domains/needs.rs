//! What the SQL of a plan uses and nobody declares, nobody makes, or somebody has made already.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use super::error::DomainError;
use super::observer::Observer;
use super::schedule::{Schedule, needs_of};
use super::workspace::{Workspace, identity};
use crate::command::alembic::{NATIVE_TABLE, RevisionText};
use crate::engine::Script;
use crate::lint::cross_domain::{self, MISSING_SOURCE};
use crate::model::{Catalog, Dialect, Domain, Finding, Place};
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
    let Some(schema) = domain.schema.as_ref().filter(|schema| *schema != "main") else {
        return Ok(());
    };
    if !url.is_some_and(is_sqlite) {
        return Ok(());
    }
    Err(DomainError::words(format!(
        "SQLite has no schemas, and the domain's history is to be in `{schema}`"
    ))
    .with_hint(format!(
        "write history_table = {:?} in place of `schema` in [domains.{}] of stillway.toml",
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

/// Checks the migrations that a schedule runs against all that the project's files make.
pub(super) fn findings(
    workspace: &Workspace,
    schedule: &Schedule,
    observer: &mut dyn Observer,
) -> Result<Vec<Finding>, DomainError> {
    if schedule.segments.is_empty() {
        return Ok(Vec::new());
    }
    let mut read = Vec::new();
    for domain in &workspace.domains {
        let (driver, database) = match schedule.participant(&domain.name) {
            Some(participant) => (None, identity(&participant.standing.database)),
            None => (Some(workspace.domain_driver(domain)?), String::new()),
        };
        let driver = match (&driver, schedule.participant(&domain.name)) {
            (Some(driver), _) => driver,
            (None, Some(participant)) => &participant.driver,
            (None, None) => continue,
        };
        let of = |error: DomainError| error.of(&domain.name);
        let texts = driver.texts(&|_| true, observer).map_err(of)?.into_iter();
        read.push(Read {
            domain: domain.clone(),
            catalog: driver.catalog().map_err(of)?,
            texts: texts.map(|(key, text)| (key, Text::of(text))).collect(),
            database,
        });
    }
    // A database that was not asked is taken for the one of the others.
    let common = read
        .iter()
        .map(|read| read.database.clone())
        .find(|name| !name.is_empty());
    for read in &mut read {
        if read.database.is_empty() {
            read.database = common.clone().unwrap_or_default();
        }
    }
    let existing: HashSet<String> = schedule
        .participants
        .iter()
        .filter_map(|participant| participant.driver.objects(observer).ok())
        .flatten()
        .collect();
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
    let domains: Vec<cross_domain::Domain<'_>> = read
        .iter()
        .map(|read| domain(workspace, read, &existing))
        .collect();
    let mut findings = cross_domain::check(&domains);
    findings
        .retain(|finding| pending.contains(&(finding.domain.as_str(), finding.migration.as_str())));
    for finding in &mut findings {
        if finding.code == MISSING_SOURCE && schedule.left_out.contains(&finding.domain) {
            finding.hint = None;
        }
    }
    Ok(findings)
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
