//! `migrate`: brings the database to the target.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::record::{Announcement, FlywayRecord, fingerprint_of, is_interrupted, row_for};
use super::session::Session;
use super::validate;
use crate::dialect::flyway::{
    AppliedRow, Entry, Event as Moment, FlywayMigration, Info, Pattern, State, StatePolicy, Target,
    Version, covers,
};
use crate::engine::{
    Candidate, Failure, Hooks, Outcome, Plan, PlanPolicy, Script, WhatRemains, execute, plan,
};
use crate::error::{Error, ErrorKind};
use crate::model::{Direction, MigrationId};

/// One migration that was run.
#[derive(Debug, Clone)]
pub struct MigrateItem {
    /// Versioned, Repeatable or Baseline.
    pub category: &'static str,
    /// Version text, empty for repeatables.
    pub version: String,
    /// Description.
    pub description: String,
    /// Type.
    pub type_text: &'static str,
    /// Path of the file.
    pub path: PathBuf,
    /// How long it took.
    pub took: Duration,
    /// Whether it was rolled back; `None` when it succeeded.
    pub rolled_back: Option<bool>,
}

/// What a migrate has done.
#[derive(Debug, Default)]
pub struct MigrateResult {
    /// Version before, `None` on a database without one.
    pub initial_version: Option<String>,
    /// Version of the last versioned migration that was run.
    pub target_version: Option<String>,
    /// The migrations that were run.
    pub migrations: Vec<MigrateItem>,
    /// What was left to run when it began.
    pub pending: Vec<MigrateItem>,
    /// The migration that failed.
    pub failed: Option<MigrateItem>,
    /// How long the migrations took together.
    pub total_time: Duration,
    /// Warnings for the result.
    pub warnings: Vec<String>,
}

/// Runs what is pending. The result is told also when it fails half way.
pub fn migrate(session: &mut Session<'_>, result: &mut MigrateResult) -> Result<(), Error> {
    let policy = session.policy()?;
    session.check_callbacks()?;
    let mut rows = session.history_if_any()?;
    settle_rows(session, &mut rows)?;
    if session.config.validate_on_migrate {
        validate_before(session, rows.as_deref(), &policy)?;
    }
    if session.config.dry_run_output.is_some() {
        return super::dry_run::migrate(session, rows.as_deref(), &policy, result);
    }
    session.create_schemas(&mut rows)?;
    if rows.is_none() {
        create_table(session)?;
        rows = session.history_if_any()?;
    }
    session.fire(Moment::BEFORE_MIGRATE)?;
    let ran = run_all(session, &rows.unwrap_or_default(), &policy, result);
    if let Err(error) = ran {
        session.fire_error(Moment::AFTER_MIGRATE_ERROR);
        return Err(error);
    }
    if !result.migrations.is_empty() {
        session.fire(Moment::AFTER_MIGRATE_APPLIED)?;
    }
    session.fire(Moment::AFTER_MIGRATE)?;
    session.fire(Moment::AFTER_MIGRATE_OPERATION_FINISH)
}

/// A row that says "begun" is settled before the validation that would trip over it. The lock comes
/// first: the row may belong to a run that is still at work.
fn settle_rows(session: &mut Session<'_>, rows: &mut Option<Vec<AppliedRow>>) -> Result<(), Error> {
    let begun = rows.iter().flatten().any(is_interrupted);
    if !begun || session.config.dry_run_output.is_some() {
        return Ok(());
    }
    let guard = session.acquire()?;
    let settled = session.history_if_any().and_then(|now| {
        *rows = now;
        session.settle(rows.as_deref().unwrap_or_default())
    });
    session.release(guard);
    settled?;
    *rows = session.history_if_any()?;
    Ok(())
}

/// Validates as the verb does, but without minding what is still pending.
fn validate_before(
    session: &mut Session<'_>,
    rows: Option<&[AppliedRow]>,
    policy: &StatePolicy,
) -> Result<(), Error> {
    let mut policy = policy.clone();
    policy.ignore.push(Pattern::pending());
    let start = Instant::now();
    let schema = session.schema_name().to_owned();
    if rows.is_none() && !session.schema_exists(&schema)? {
        // There is nothing to validate, and nowhere for callbacks to look.
        return Ok(());
    }
    let rows = rows.unwrap_or_default();
    let (count, problems) = validate::check(session, rows, &policy)?;
    if !problems.is_empty() {
        return Err(Error::invalid(problems));
    }
    session.note(format!(
        "Successfully validated {count} migration{} (execution time {:02}:{:06.3}s)",
        if count == 1 { "" } else { "s" },
        start.elapsed().as_secs() / 60,
        start.elapsed().as_secs_f64() % 60.0
    ));
    Ok(())
}

/// Creates the history table; a database that has something in it needs a baseline.
fn create_table(session: &mut Session<'_>) -> Result<(), Error> {
    if wants_baseline(session)? {
        super::baseline::baseline_absent(session)
    } else {
        session.create_table(&[])
    }
}

/// Whether a database without history has something in it that a baseline is to stand for; refuses
/// where that was not asked for.
pub(super) fn wants_baseline(session: &mut Session<'_>) -> Result<bool, Error> {
    let baseline = session.config.baseline_on_migrate;
    if session.has_neighbours() && !baseline {
        return Ok(false);
    }
    let mut filled = Vec::new();
    for schema in session.schemas.clone() {
        if !session.schema_is_empty(&schema)? {
            filled.push(format!("\"{schema}\""));
        }
    }
    if filled.is_empty() && baseline {
        session.note(
            "all configured schemas are empty; no baseline marker is added to the history table",
        );
    }
    if !filled.is_empty() && !session.config.skip_executing_migrations {
        if baseline {
            return Ok(true);
        }
        if !session.table_exists()? {
            return Err(Error::new(
                ErrorKind::History,
                "NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE",
                format!(
                    "Found non-empty schema(s) {} but no schema history table. Use baseline() or set baselineOnMigrate to true to initialize the schema history table.",
                    filled.join(", ")
                ),
            ));
        }
    }
    Ok(false)
}

fn run_all(
    session: &mut Session<'_>,
    rows: &[AppliedRow],
    policy: &StatePolicy,
    result: &mut MigrateResult,
) -> Result<(), Error> {
    // What is already complete needs no lock.
    let quiet = {
        let info = session.info(rows, policy)?;
        first_look(session.schema_name(), &info, policy, result)?;
        info.pending().next().is_none()
    };
    let version = result
        .initial_version
        .clone()
        .unwrap_or_else(|| Version::Empty.to_string());
    let schema = session.schema_name().to_owned();
    session.note(format!("Current version of schema \"{schema}\": {version}"));
    if session.config.out_of_order {
        session.note(format!(
            "outOfOrder mode is active. Migration of schema \"{schema}\" may not be reproducible."
        ));
    }
    if quiet {
        return session.fire(Moment::AFTER_VERSIONED);
    }
    let guard = session.acquire()?;
    let done = run_locked(session, policy, result);
    session.release(guard);
    done
}

/// Notes where the run starts, and refuses to go on after failures.
pub(super) fn first_look(
    schema: &str,
    info: &Info<'_>,
    policy: &StatePolicy,
    result: &mut MigrateResult,
) -> Result<(), Error> {
    let current = info.current_version();
    result.initial_version = (current != Version::Empty).then(|| current.to_string());
    result.pending = info
        .pending()
        .filter_map(|entry| entry.file)
        .map(item)
        .collect();
    check_future(schema, info, &current, result);
    check_failed(schema, info, policy, result)
}

fn check_future(schema: &str, info: &Info<'_>, current: &Version, result: &mut MigrateResult) {
    let is_future =
        |entry: &Entry<'_>| matches!(entry.state, State::FutureSuccess | State::FutureFailed);
    if !info.entries.iter().any(is_future) {
        return;
    }
    let newest = info
        .entries
        .iter()
        .filter_map(|entry| entry.file?.version.as_ref())
        .max();
    result.warnings.push(match newest {
        Some(version) => format!(
            "Schema \"{schema}\" has a version ({current}) that is newer than the latest available migration ({version}) !"
        ),
        None => format!(
            "Schema \"{schema}\" has version {current}, but no migration could be resolved in the configured locations !"
        ),
    });
}

fn check_failed(
    schema: &str,
    info: &Info<'_>,
    policy: &StatePolicy,
    result: &mut MigrateResult,
) -> Result<(), Error> {
    let mut failed = info.entries.iter().filter(|entry| entry.state.is_failed());
    let Some(first) = failed.next() else {
        return Ok(());
    };
    let alone = failed.next().is_none();
    if alone && first.state == State::FutureFailed && covers(&policy.ignore, State::FutureSuccess) {
        if let Some(version) = first.version() {
            result.warnings.push(format!(
                "Schema \"{schema}\" contains a failed future migration to version {version} !"
            ));
        }
        return Ok(());
    }
    let message = match first.version() {
        Some(version) => {
            format!("Schema \"{schema}\" contains a failed migration to version {version} !")
        }
        None => format!(
            "Schema \"{schema}\" contains a failed repeatable migration (\"{}\") !",
            first.description()
        ),
    };
    let interrupted = first.row.is_some_and(is_interrupted);
    let hint = if interrupted {
        "the migration runs outside a transaction and was interrupted, or another run is still at it: make sure that none is, look at what it has done, complete or remove that by hand, then run repair, which removes the failed row so that it runs again"
    } else {
        "remove what the migration left behind, then run repair, which removes the failed row so that it runs again"
    };
    Err(Error::new(ErrorKind::History, "ERROR", message).with_hint(hint))
}

/// Plans and runs until nothing is left; plans afresh when the history changed meanwhile.
fn run_locked(
    session: &mut Session<'_>,
    policy: &StatePolicy,
    result: &mut MigrateResult,
) -> Result<(), Error> {
    let mut executed: HashSet<PathBuf> = HashSet::new();
    let mut versioned_over = false;
    loop {
        let rows = session.history_if_any()?.unwrap_or_default();
        let (announcement, changed) = session.settle(&rows)?;
        if changed {
            continue;
        }
        let chosen = choose(session, &rows, policy, &executed, result)?;
        let repeatables = chosen.iter().any(|file| file.version.is_none());
        let only_repeatables = chosen.iter().all(|file| file.version.is_none());
        if !versioned_over && only_repeatables {
            session.fire(Moment::AFTER_VERSIONED)?;
            versioned_over = true;
            if repeatables {
                session.fire(Moment::BEFORE_REPEATABLES)?;
                // Callbacks may have changed the history.
                continue;
            }
        }
        if chosen.is_empty() {
            return Ok(());
        }
        // All that is pending is read and cut here, also what runs in a later round.
        let (plan, batch) = plan_round(session, &rows, chosen, &announcement)?;
        let hooks = session.migrate_hooks()?;
        let outcome = run_batch(session, &rows, &plan, &batch, &hooks, result)?;
        // A plan may have been left half way, to be made afresh.
        let done = batch.iter().take(outcome.done.len());
        executed.extend(done.map(|file| file.source.path.clone()));
        if policy.target == Target::Next && !outcome.plan_again {
            if !versioned_over {
                session.fire(Moment::AFTER_VERSIONED)?;
            }
            return Ok(());
        }
    }
}

/// Plans everything, and keeps what runs together: all of a group, else the versioned migrations,
/// and the repeatable ones in a round of their own.
fn plan_round(
    session: &Session<'_>,
    rows: &[AppliedRow],
    mut chosen: Vec<FlywayMigration>,
    announcement: &Announcement,
) -> Result<(Plan, Vec<FlywayMigration>), Error> {
    let known_rank = rows.iter().map(|row| row.installed_rank).max().unwrap_or(0);
    let current = session.info(rows, &session.policy()?)?.current_version();
    let mut plan = plan_batch(session, &chosen, known_rank, current, announcement)?;
    if !session.config.group {
        let versioned = chosen.first().is_some_and(|file| file.version.is_some());
        let count = chosen
            .iter()
            .take_while(|file| file.version.is_some() == versioned)
            .count();
        chosen.truncate(count);
        plan.steps.truncate(count);
    }
    Ok((plan, chosen))
}

/// What is to run now, in order.
fn choose(
    session: &Session<'_>,
    rows: &[AppliedRow],
    policy: &StatePolicy,
    executed: &HashSet<PathBuf>,
    result: &mut MigrateResult,
) -> Result<Vec<FlywayMigration>, Error> {
    let info = session.info(rows, policy)?;
    check_failed(session.schema_name(), &info, policy, result)?;
    let mut chosen: Vec<&FlywayMigration> = info
        .pending()
        .filter_map(|entry| entry.file)
        .filter(|file| !executed.contains(&file.source.path))
        .collect();
    if policy.target == Target::Next && !session.config.group {
        chosen.truncate(1);
    }
    let program = chosen.iter().find(|file| file.program);
    if let Some(program) = program.filter(|_| !session.config.skip_executing_migrations) {
        return Err(program_refusal(program));
    }
    Ok(chosen.into_iter().cloned().collect())
}

/// Why a migration that is a program is not run.
pub(super) fn program_refusal(file: &FlywayMigration) -> Error {
    Error::new(
        ErrorKind::Refused,
        "ERROR",
        format!(
            "{} is a program, not SQL: script migrations are not run",
            file.source.path.display()
        ),
    )
    .with_hint(
        "run it yourself and record it with skipExecutingMigrations, turn it into SQL, or rename it if it is no migration",
    )
}

fn run_batch(
    session: &mut Session<'_>,
    rows: &[AppliedRow],
    plan: &Plan,
    batch: &[FlywayMigration],
    hooks: &Hooks,
    result: &mut MigrateResult,
) -> Result<Outcome, Error> {
    let policy = session.execute_policy(fingerprint_of(rows));
    let outcome = execute(
        session.connection.database(),
        plan,
        hooks,
        &policy,
        session.sink,
    );
    note_outcome(batch, &outcome, plan.grouped, result);
    match outcome.failure {
        Some(failure) => Err(Error::step(failure)),
        None => Ok(outcome),
    }
}

/// Everything is read and cut before anything runs.
pub(super) fn plan_batch(
    session: &Session<'_>,
    batch: &[FlywayMigration],
    known_rank: i64,
    mut current: Version,
    announcement: &Announcement,
) -> Result<Plan, Error> {
    let mut candidates = Vec::with_capacity(batch.len());
    let skip = session.config.skip_executing_migrations;
    for file in batch {
        let script = if skip {
            Script::default()
        } else {
            session.prepare(&file.source)?
        };
        let out_of_order = file
            .version
            .as_ref()
            .is_some_and(|version| *version < current);
        if let Some(version) = &file.version
            && *version > current
        {
            current = version.clone();
        }
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
            direction: if skip {
                Direction::Mark
            } else {
                Direction::Apply
            },
            touches_history: script.text.contains(&session.table.table),
            script,
            execute_in_transaction: file.source.config.execute_in_transaction,
            record: Box::new(FlywayRecord {
                table: session.table.clone(),
                row: row_for(file, session.config.installed_by.as_ref()),
                known_rank,
                announcement: announcement.clone(),
            }),
            remark: out_of_order.then_some("out of order"),
        });
    }
    let policy = PlanPolicy {
        group: session.config.group,
        mixed: session.config.mixed,
        execute_in_transaction: session.config.execute_in_transaction,
    };
    Ok(plan(candidates, policy)?)
}

pub(super) fn item(file: &FlywayMigration) -> MigrateItem {
    MigrateItem {
        category: match file.type_text() {
            "SQL_BASELINE" => "Baseline",
            _ if file.version.is_none() => "Repeatable",
            _ => "Versioned",
        },
        version: file
            .version
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        description: file.description.clone(),
        type_text: file.type_text(),
        path: file.source.path.clone(),
        took: Duration::ZERO,
        rolled_back: None,
    }
}

fn note_outcome(
    batch: &[FlywayMigration],
    outcome: &Outcome,
    grouped: bool,
    result: &mut MigrateResult,
) {
    for (file, done) in batch.iter().zip(&outcome.done) {
        result.migrations.push(MigrateItem {
            took: done.took,
            ..item(file)
        });
        if let Some(version) = &file.version {
            result.target_version = Some(version.to_string());
        }
        result.total_time += done.took;
    }
    if let Some(failure) = &outcome.failure {
        let index = if grouped {
            batch
                .iter()
                .position(|file| file.source.script == failure.script_name)
                .unwrap_or(0)
        } else {
            outcome.done.len()
        };
        result.failed = batch.get(index).map(|file| failed_item(file, failure));
    }
}

fn failed_item(file: &FlywayMigration, failure: &Failure) -> MigrateItem {
    MigrateItem {
        took: failure.took,
        rolled_back: Some(failure.remains == WhatRemains::RolledBack),
        ..item(file)
    }
}
