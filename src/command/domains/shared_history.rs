//! Domains that would keep their histories in one table: each would take the other's rows for its own.

use super::driver::Driver;
use super::error::DomainError;
use super::needs::own_table;
use super::workspace::{Workspace, identity};
use crate::model::{Dialect, Domain};

/// Where a domain keeps its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HistoryPlace {
    /// The database, without what differs between URLs of the same one.
    database: String,
    /// The schema; nothing for the usual one.
    schema: Option<String>,
    table: String,
}

impl HistoryPlace {
    /// Where a domain keeps its history, as far as files and environment tell.
    fn of(workspace: &Workspace, domain: &Domain) -> Option<Self> {
        let driver = Driver::open(workspace, domain).ok()?;
        let database = identity(&driver.database()?);
        let (schema, table) = driver.history().ok()?;
        let usual = if database.starts_with("sqlite") {
            "main"
        } else {
            "public"
        };
        Some(Self {
            database,
            schema: schema.filter(|schema| schema != usual),
            table: table?,
        })
    }

    fn words(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.table),
            None => self.table.clone(),
        }
    }
}

/// Refuses to work on a domain whose history would be that of another, too.
pub(super) fn refuse(workspace: &Workspace, domain: &Domain) -> Result<(), DomainError> {
    let Some((other, place)) = sharer(workspace, domain) else {
        return Ok(());
    };
    Err(DomainError::words(format!(
        "it would keep its history in the table of the domain `{other}` ({}): each would take the other's migrations \
         for its own; nothing was run",
        place.words()
    ))
    .with_hint(remedy(domain, &place))
    .of(&domain.name))
}

/// Another domain with its history in the same table, and where that is.
fn sharer<'w>(workspace: &'w Workspace, domain: &Domain) -> Option<(&'w str, HistoryPlace)> {
    // Domains with another kind of table, or other places, cannot meet.
    let kin = |other: &&Domain| {
        other.name != domain.name
            && (other.dialect == domain.dialect
                || other.history_table.is_some()
                || domain.history_table.is_some())
    };
    let mut others = workspace.domains.iter().filter(kin).peekable();
    others.peek()?;
    if domain.targets.is_empty() {
        let own = HistoryPlace::of(workspace, domain)?;
        let same = others
            .filter(|other| other.targets.is_empty())
            .find(|other| HistoryPlace::of(workspace, other).is_some_and(|place| place == own))?;
        return Some((&same.name, own));
    }
    // Targets have the table in each of them; two domains with the same lists meet in all.
    let own = HistoryPlace::of(workspace, domain)?;
    let same = others
        .filter(|other| share_targets(domain, other))
        .find(|other| {
            HistoryPlace::of(workspace, other)
                .is_some_and(|place| place.database == own.database && place.table == own.table)
        })?;
    Some((
        &same.name,
        HistoryPlace {
            schema: None,
            ..own
        },
    ))
}

fn share_targets(left: &Domain, right: &Domain) -> bool {
    let (left, right) = (&left.targets, &right.targets);
    let common = |left: &[String], right: &[String]| left.iter().any(|name| right.contains(name));
    common(&left.schemas, &right.schemas)
        || left.urls.iter().any(|url| right.urls.contains(url))
        || (left.file.is_some() && left.file == right.file)
        || (left.query.is_some() && left.query == right.query)
}

fn remedy(domain: &Domain, place: &HistoryPlace) -> String {
    let table = own_table(domain);
    let heading = format!("[domains.{}] of stillway.toml", domain.name);
    let schema = place.database.starts_with("sqlite") || !domain.targets.is_empty();
    match (domain.dialect, schema) {
        (Dialect::Alembic, _) => {
            format!(
                "write in {heading}: history_table = {table:?}, and the same as version_table in env.py"
            )
        }
        (_, true) => format!("write in {heading}: history_table = {table:?}"),
        (_, false) => format!(
            "write in {heading}: schema = {:?}, or history_table = {table:?}; where that schema or table is new and the \
             migrations have run, `stillway stamp` records them",
            domain.name
        ),
    }
}
