//! The migrations of domains as a picture has them: with every need named exactly.

use std::collections::HashMap;

use super::error::DomainError;
use super::history::{DomainHistory, history};
use super::observer::Observer;
use super::schedule::find_key;
use super::workspace::Workspace;
use crate::model::{Catalog, Domain, Need};

/// Lists the migrations of domains, all of them when none is named; with `applied` the databases are
/// asked as well.
pub fn graph(
    workspace: &Workspace,
    names: &[String],
    applied: bool,
    observer: &mut dyn Observer,
) -> Result<Vec<DomainHistory>, DomainError> {
    let mut found = history(workspace, names, applied, observer)?;
    let parts = found.iter_mut();
    let parts = parts.map(|history| (&mut history.domain, &mut history.catalog));
    name_exactly(workspace, parts.collect());
    Ok(found)
}

/// Names needs by the keys that the other domain's files have, where they have them, and paths as
/// people of the project write them. What names nothing stays as it is.
pub(super) fn name_exactly(workspace: &Workspace, mut parts: Vec<(&mut Domain, &mut Catalog)>) {
    let mut exact: HashMap<Need, String> = HashMap::new();
    for (domain, catalog) in &parts {
        for need in needs(domain, catalog) {
            if exact.contains_key(need) {
                continue;
            }
            let other = parts.iter().find(|(other, _)| other.name == need.domain);
            if let (Some((other, catalog)), Some(key)) = (other, &need.key)
                && let Ok(found) = find_key(catalog, other.dialect, key)
            {
                exact.insert(need.clone(), found);
            }
        }
    }
    for (domain, catalog) in &mut parts {
        let single = domain.migration_needs.values_mut().flatten();
        let declared = domain.depends_on.iter_mut().chain(single);
        let own = catalog.migrations.iter_mut();
        let own = own.flat_map(|migration| &mut migration.needs);
        for need in declared.map(|declared| &mut declared.need).chain(own) {
            if let Some(key) = exact.get(need) {
                need.key = Some(key.clone());
            }
        }
        for migration in &mut catalog.migrations {
            migration.path = workspace.shown(&migration.path);
        }
    }
}

fn needs<'d>(domain: &'d Domain, catalog: &'d Catalog) -> impl Iterator<Item = &'d Need> {
    let single = domain.migration_needs.values().flatten();
    let declared = domain.depends_on.iter().chain(single);
    let own = catalog.migrations.iter();
    let own = own.flat_map(|migration| &migration.needs);
    declared.map(|declared| &declared.need).chain(own)
}
