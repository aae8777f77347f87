//! `undo`: takes applied versions back with their undo scripts.

use std::path::PathBuf;
use std::time::Duration;

use super::migrate::program_refusal;
use super::record::{Announcement, FlywayRecord, fingerprint_of, row_for};
use super::session::Session;
use crate::dialect::flyway::{
    AppliedRow, Event as Moment, FlywayMigration, State, StatePolicy, Target, Version,
};
use crate::engine::{Candidate, PlanPolicy, execute, plan};
use crate::error::{Error, ErrorKind};
use crate::model::{Direction, MigrationId};

/// One migration that was undone.
#[derive(Debug, Clone)]
pub struct UndoItem {
    /// Version text.
    pub version: String,
    /// Description of the undo file.
    pub description: String,
    /// Path of the undo file.
    pub path: PathBuf,
    /// How long it took.
    pub took: Duration,
}

/// What an undo has done.
#[derive(Debug, Default)]
pub struct UndoResult {
    /// Version before.
    pub initial_version: Option<String>,
    /// Version after.
    pub target_version: Option<String>,
    /// What was undone, in order.
    pub undone: Vec<UndoItem>,
}

/// Undoes the last applied version, or all down to and including the target.
pub fn undo(session: &mut Session<'_>, result: &mut UndoResult) -> Result<(), Error> {
    session.refuse_dry_run("undo")?;
    session.fire(Moment::BEFORE_UNDO)?;
    let guard = session.acquire()?;
    let done = run(session, result);
    session.release(guard);
    match done {
        Ok(()) => session.fire(Moment::AFTER_UNDO),
        Err(error) => {
            session.fire_error(Moment::AFTER_UNDO_ERROR);
            Err(error)
        }
    }
}

fn run(session: &mut Session<'_>, result: &mut UndoResult) -> Result<(), Error> {
    // Where the history changes before a step holds the lock, it is looked at again.
    while attempt(session, result)? {}
    Ok(())
}

/// Undoes what is to be undone; true when that has to be found out anew.
fn attempt(session: &mut Session<'_>, result: &mut UndoResult) -> Result<bool, Error> {
    let rows = session.history_if_any()?.unwrap_or_default();
    let (announcement, changed) = session.settle(&rows)?;
    if changed {
        return Ok(true);
    }
    let policy = StatePolicy {
        target: Target::Latest,
        ..session.policy()?
    };
    let (chosen, current) = choose(session, &rows, &policy)?;
    let text = |version: Version| (version != Version::Empty).then(|| version.to_string());
    if result.undone.is_empty() {
        result.initial_version = text(current);
    }
    if !chosen.is_empty() {
        let plan = plan_undo(session, &rows, &chosen, &announcement)?;
        let hooks = session.undo_hooks()?;
        let execution = session.execute_policy(fingerprint_of(&rows));
        let database = session.connection.database();
        let outcome = execute(database, &plan, &hooks, &execution, session.sink);
        for (file, done) in chosen.iter().zip(&outcome.done) {
            result.undone.push(UndoItem {
                version: done.id.key.clone(),
                description: file.description.clone(),
                path: file.source.path.clone(),
                took: done.took,
            });
        }
        if let Some(failure) = outcome.failure {
            return Err(Error::step(failure));
        }
        // Without a target one undone migration is all that was asked for.
        let satisfied = session.config.target.is_none() && !result.undone.is_empty();
        if outcome.plan_again && !satisfied {
            return Ok(true);
        }
    }
    let rows = session.history_if_any()?.unwrap_or_default();
    result.target_version = text(session.info(&rows, &policy)?.current_version());
    Ok(false)
}

/// The undo files to run, newest application first.
fn choose(
    session: &Session<'_>,
    rows: &[AppliedRow],
    policy: &StatePolicy,
) -> Result<(Vec<FlywayMigration>, Version), Error> {
    let info = session.info(rows, policy)?;
    if let Some(failed) = info.entries.iter().find(|entry| entry.state.is_failed()) {
        return Err(Error::new(
            ErrorKind::History,
            "ERROR",
            format!(
                "Schema \"{}\" contains a failed migration ({}): an undo script assumes that the migration has succeeded",
                session.schema_name(),
                failed.description()
            ),
        )
        .with_hint("remove what the migration left behind, then run repair"));
    }
    let target = match session
        .config
        .target
        .as_deref()
        .map(Target::parse)
        .transpose()?
    {
        Some(Target::Version { version, .. }) => Some(version),
        _ => None,
    };
    let applied = info.entries.iter().rev().filter(|entry| {
        let real = entry.row.is_some_and(|row| {
            !row.row_type.is_synthetic() && !row.row_type.is_baseline() && row.version.is_some()
        });
        real && entry.state.is_applied() && !matches!(entry.state, State::Deleted | State::Undone)
    });
    let mut chosen = Vec::new();
    for entry in applied {
        let Some(version) = entry.version() else {
            continue;
        };
        if target.as_ref().is_some_and(|target| version < target) {
            break;
        }
        let file = session
            .catalog
            .undo
            .iter()
            .find(|file| file.version.as_ref() == Some(version));
        match file {
            Some(file) if file.program => return Err(program_refusal(file)),
            Some(file) => chosen.push(file.clone()),
            None if chosen.is_empty() => {
                return Err(Error::new(
                    ErrorKind::Refused,
                    "ERROR",
                    format!("unable to undo version {version}: there is no undo migration for it"),
                )
                .with_hint(format!(
                    "write {}{version}{}{}{}",
                    session.config.undo_sql_migration_prefix,
                    session.config.sql_migration_separator,
                    entry.description().replace(' ', "_"),
                    session
                        .config
                        .sql_migration_suffixes
                        .first()
                        .map_or(".sql", String::as_str)
                )));
            }
            None => break,
        }
        if target.is_none() {
            break;
        }
    }
    Ok((chosen, info.current_version()))
}

fn plan_undo(
    session: &Session<'_>,
    rows: &[AppliedRow],
    chosen: &[FlywayMigration],
    announcement: &Announcement,
) -> Result<crate::engine::Plan, Error> {
    let known_rank = rows.iter().map(|row| row.installed_rank).max().unwrap_or(0);
    let mut candidates = Vec::new();
    for file in chosen {
        let script = session.prepare(&file.source)?;
        candidates.push(Candidate {
            id: MigrationId {
                domain: session.table.schema.clone(),
                key: file
                    .version
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                description: file.description.clone(),
            },
            script_name: file.source.script.clone(),
            direction: Direction::Revert,
            touches_history: false,
            script,
            execute_in_transaction: file.source.config.execute_in_transaction,
            record: Box::new(FlywayRecord {
                table: session.table.clone(),
                row: row_for(file, session.config.installed_by.as_ref()),
                known_rank,
                announcement: announcement.clone(),
            }),
            remark: None,
        });
    }
    let policy = PlanPolicy {
        group: session.config.group,
        mixed: session.config.mixed,
        execute_in_transaction: session.config.execute_in_transaction,
    };
    Ok(plan(candidates, policy)?)
}
