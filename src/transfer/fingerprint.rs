//! A number for everything that lies in the tables that a transfer takes rows from, so that a later
//! change of any of them is noticed.

use std::collections::BTreeMap;

use super::error::TransferError;
use super::report::number;
use super::resolve::query;
use super::session::Ready;
use super::shape::inspect;
use super::{Source, TableName};
use crate::engine::Database;

/// For each table: how many rows, and the sum of their hashes.
pub(super) type Fingerprints = BTreeMap<String, String>;

/// The tables that a transfer is about on the side of the source: those that rows come from, lookups,
/// and those that stay behind; only those that exist.
pub(super) fn legacy_tables(
    ready: &Ready<'_>,
    database: &mut dyn Database,
) -> Result<Vec<TableName>, TransferError> {
    let declaration = ready.plan.declaration;
    let mut all: Vec<TableName> = Vec::new();
    let mut add = |name: &TableName| {
        if !all.contains(name) {
            all.push(name.clone());
        }
    };
    for table in &declaration.tables {
        if let Source::Table(name) = &table.source {
            add(name);
        }
        table
            .lookups
            .values()
            .for_each(|lookup| add(&lookup.source));
    }
    declaration.left_behind.keys().for_each(&mut add);
    let mut there = Vec::new();
    for name in all {
        if inspect(database, &name)?.is_some() {
            there.push(name);
        }
    }
    Ok(there)
}

/// Takes the fingerprints of all of them as they are now.
pub(super) fn fingerprints(
    ready: &Ready<'_>,
    database: &mut dyn Database,
) -> Result<Fingerprints, TransferError> {
    let text = ready.plan.text;
    let mut all = Fingerprints::new();
    for name in legacy_tables(ready, database)? {
        let Some(shape) = inspect(database, &name)? else {
            continue;
        };
        let hash = text.hash("s", &shape.columns);
        let sum = if text.is_postgres() {
            format!("sum({hash})")
        } else {
            // Sums stay within 64 bits for far more rows than a file holds.
            format!("sum({hash} >> 24)")
        };
        let sql = format!("SELECT count(*), {sum} FROM {} s", text.table(&name));
        let rows = query(database, "taking a fingerprint of the source", &sql)?;
        let row = rows.rows.into_iter().next().unwrap_or_default();
        let mut values = row.into_iter();
        let count = number(values.next().flatten().as_deref());
        let sum = values.next().flatten().unwrap_or_default();
        all.insert(name.to_string(), format!("{count} {sum}"));
    }
    Ok(all)
}

/// Names of tables whose fingerprints are not the same.
pub(super) fn changed(before: &Fingerprints, now: &Fingerprints) -> Vec<String> {
    let names = before.keys().chain(now.keys());
    let mut changed: Vec<String> = names
        .filter(|name| before.get(*name) != now.get(*name))
        .cloned()
        .collect();
    changed.sort();
    changed.dedup();
    changed
}
