//! `undo`: removes what was moved and has not been changed since, and tells what has.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::Declaration;
use super::error::TransferError;
use super::report::{milliseconds, number};
use super::resolve::{key_text, query};
use super::run::take_lock;
use super::session::{Purpose, Ready, begin, finish};
use super::settle::Remover;
use crate::engine::Database;

/// What an undo did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct UndoReport {
    /// The transfer.
    pub transfer: String,
    /// Each table, children first.
    pub tables: Vec<TableUndo>,
    /// How long it took.
    #[serde(serialize_with = "milliseconds")]
    pub elapsed: Duration,
}

/// What was taken back of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TableUndo {
    /// Its name.
    pub table: String,
    /// Rows that were removed.
    pub removed: u64,
    /// Rows that stay: changed since they were written, or needed by rows of others.
    pub kept: u64,
    /// Keys of a few of those.
    pub samples: Vec<String>,
}

/// Removes the rows that this transfer wrote and nobody has changed.
///
/// # Errors
/// When another run is at work, the target leads already, or the server refuses a statement. What was
/// removed stays removed; the next undo goes on from there.
pub fn undo(
    declaration: &Declaration,
    database: &mut dyn Database,
) -> Result<UndoReport, TransferError> {
    let begun = Instant::now();
    let ready = Ready::make(declaration, database, Purpose::Work)?;
    let lock = take_lock(&ready, database)?;
    let outcome = undo_all(&ready, database);
    if let Some(key) = lock
        && let Err(error) = database.unlock(key)
    {
        log::debug!("giving the lock back: {error}");
    }
    let mut report = outcome?;
    report.elapsed = begun.elapsed();
    Ok(report)
}

fn undo_all(ready: &Ready<'_>, database: &mut dyn Database) -> Result<UndoReport, TransferError> {
    let sql = format!(
        "SELECT phase FROM {} WHERE name = {}",
        ready.shared("transfer"),
        ready.own_row()
    );
    let phase = number(query(database, "asking for the phase", &sql)?.single());
    if phase > 1 {
        return Err(TransferError::refused(
            format!(
                "the transfer is in phase {phase}: the target leads, and what it holds may be nowhere else"
            ),
            "go back to phase 1 first, if the source is to lead again",
        ));
    }
    let mut report = UndoReport {
        transfer: ready.plan.declaration.name.clone(),
        ..UndoReport::default()
    };
    // The next run begins anew, whatever stopped the last one.
    let doing = "noting the undo";
    begin(database).map_err(|error| TransferError::server(doing, error))?;
    let noted = super::resolve::run(
        database,
        doing,
        &format!(
            "UPDATE {} SET state = 'undone' WHERE name = {} AND state <> 'undone'",
            ready.shared("pass"),
            ready.own_row()
        ),
    );
    finish(database, doing, noted)?;
    for (at, table) in ready.plan.tables.iter().enumerate().rev() {
        if table.source.is_none() {
            continue;
        }
        let remover = Remover { ready, at };
        let removed = remover.remove_all(database)?;
        let keys: Vec<_> = (1..=table.declared.key.len())
            .map(|at| format!("k{at}"))
            .collect();
        let moved = ready.work.moved(table);
        let kept = query(
            database,
            "counting what stays",
            &format!("SELECT count(*) FROM {moved}"),
        )?;
        let samples = query(
            database,
            "listing what stays",
            &format!(
                "SELECT {0} FROM {moved} ORDER BY {0} LIMIT 10",
                keys.join(", ")
            ),
        )?;
        report.tables.push(TableUndo {
            table: table.declared.name.clone(),
            removed,
            kept: number(kept.single()),
            samples: samples.rows.iter().map(|row| key_text(row)).collect(),
        });
    }
    Ok(report)
}
