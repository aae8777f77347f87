//! `check`: decides on all rows without writing anything but temporary tables, and tells.

use std::time::Instant;

use super::Declaration;
use super::error::TransferError;
use super::report::{CheckReport, summarize};
use super::resolve::Resolver;
use super::session::{Purpose, Ready};
use crate::engine::Database;
use crate::model::Backend;

/// Tells what a run would do with every row, from one snapshot of the database.
///
/// # Errors
/// When the declaration does not fit the database, or the server refuses a question.
pub fn check(
    declaration: &Declaration,
    database: &mut dyn Database,
) -> Result<CheckReport, TransferError> {
    let begun = Instant::now();
    let ready = Ready::make(declaration, database, Purpose::Look)?;
    let resolver = Resolver {
        plan: &ready.plan,
        work: &ready.work,
        before: &ready.before,
        hashed: &ready.hashed,
    };
    resolver.prepare(database)?;
    let snapshot = match database.backend() {
        Backend::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        _ => "BEGIN",
    };
    super::resolve::run(database, "taking a snapshot", snapshot)?;
    let outcome = resolver
        .resolve(database)
        .and_then(|()| report(&ready, database));
    // Nothing that lasts was written; temporary tables go with the session.
    let ended = super::resolve::run(database, "ending the snapshot", "ROLLBACK");
    let mut report = outcome?;
    ended?;
    report.elapsed = begun.elapsed();
    Ok(report)
}

/// Puts together what was decided.
pub(super) fn report(
    ready: &Ready<'_>,
    database: &mut dyn Database,
) -> Result<CheckReport, TransferError> {
    let mut report = CheckReport {
        transfer: ready.plan.declaration.name.clone(),
        left_behind: ready
            .plan
            .declaration
            .left_behind
            .iter()
            .map(|(table, reason)| (table.to_string(), reason.clone()))
            .collect(),
        ready: true,
        ..CheckReport::default()
    };
    for at in 0..ready.plan.tables.len() {
        let summary = summarize(ready, database, at)?;
        report.ready &= summary.undecided == 0 && !summary.over_limit;
        report.tables.push(summary);
    }
    Ok(report)
}
