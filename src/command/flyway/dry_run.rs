//! What a migrate would do, written down as a script that other programs can run.

use std::fmt::Write as _;

use super::baseline::new_row as baseline_row;
use super::migrate::{MigrateResult, first_look, plan_batch, program_refusal, wants_baseline};
use super::record::Announcement;
use super::session::Session;
use crate::dialect::flyway::{AppliedRow, Event as Moment, StatePolicy, Target};
use crate::engine::{Script, Step, TransactionMode};
use crate::error::{Error, ErrorKind};
use crate::model::Backend;
use crate::project::disk::write_file;

/// Writes everything that a migrate would execute; changes nothing.
pub(super) fn migrate(
    session: &mut Session<'_>,
    rows: Option<&[AppliedRow]>,
    policy: &StatePolicy,
    result: &mut MigrateResult,
) -> Result<(), Error> {
    let mut text = header(session);
    if rows.is_none() {
        create(session, &mut text)?;
    }
    let rows = rows.unwrap_or_default();
    let (files, current) = {
        let info = session.info(rows, policy)?;
        first_look(session.schema_name(), &info, policy, result)?;
        let mut files: Vec<_> = info
            .pending()
            .filter_map(|entry| entry.file.cloned())
            .collect();
        if policy.target == Target::Next && !session.config.group {
            files.truncate(1);
        }
        (files, info.current_version())
    };
    let program = files.iter().find(|file| file.program);
    if let Some(program) = program.filter(|_| !session.config.skip_executing_migrations) {
        return Err(program_refusal(program));
    }
    let known_rank = rows.iter().map(|row| row.installed_rank).max().unwrap_or(0);
    let plan = plan_batch(session, &files, known_rank, current, &Announcement::Row)?;
    callbacks(session, &mut text, Moment::BEFORE_MIGRATE)?;
    if plan.grouped {
        line(&mut text, "BEGIN");
    }
    for step in &plan.steps {
        steps(session, &mut text, step, plan.grouped)?;
    }
    if plan.grouped {
        line(&mut text, "COMMIT");
    }
    callbacks(session, &mut text, Moment::AFTER_VERSIONED)?;
    callbacks(session, &mut text, Moment::AFTER_MIGRATE_APPLIED)?;
    callbacks(session, &mut text, Moment::AFTER_MIGRATE)?;
    let file = session.config.dry_run_output.clone().unwrap_or_default();
    let path = session.directory().join(file);
    write_file(&path, &text)
        .map_err(|message| Error::new(ErrorKind::Files, "CONFIGURATION", message))?;
    session.note(format!("wrote what would run to {}", path.display()));
    Ok(())
}

/// Schemas, table and first rows of a database without history.
fn create(session: &mut Session<'_>, text: &mut String) -> Result<(), Error> {
    let missing = if session.config.create_schemas {
        session.missing_schemas()?
    } else {
        Vec::new()
    };
    let baseline = missing.is_empty() && wants_baseline(session)?;
    for schema in &missing {
        if let Some(sql) = session.connection.create_schema(schema) {
            line(text, &sql);
        }
    }
    for sql in session.table.create() {
        line(text, &sql);
    }
    if baseline {
        let row = baseline_row(session);
        line(text, &session.table.insert(&row, 0, true, 0));
    }
    if !missing.is_empty() {
        let marker = session.schema_marker(&missing);
        line(text, &session.table.insert_at("0", &marker, 0, true));
    }
    Ok(())
}

fn steps(
    session: &Session<'_>,
    text: &mut String,
    step: &Step,
    grouped: bool,
) -> Result<(), Error> {
    let path = step.script.origin.path.display();
    writeln!(
        text,
        "\n-- Executing: migrate -> {}\n-- Source: {path}",
        step.id
    )
    .expect("writing to a string succeeds");
    let transaction = step.mode == TransactionMode::Transaction && !grouped;
    if transaction {
        line(text, "BEGIN");
    }
    callbacks(session, text, Moment::BEFORE_EACH_MIGRATE)?;
    script(text, &step.script);
    callbacks(session, text, Moment::AFTER_EACH_MIGRATE)?;
    line(text, &step.record.insert(0, true));
    if transaction {
        line(text, "COMMIT");
    }
    Ok(())
}

fn header(session: &Session<'_>) -> String {
    let mut text = format!(
        "-- What migrate would run on {} ({} of {})\n",
        session.product(),
        session.table.qualified(),
        session.database_name()
    );
    if session.table.backend == Backend::Postgres {
        let flavor = session.table.backend.flavor();
        let schema = crate::sql::quote::identifier(&session.table.schema, flavor);
        let literal = crate::sql::quote::literal(&schema, flavor);
        // The schema in front of whatever path the session has.
        line(
            &mut text,
            &format!(
                "SELECT set_config('search_path', {literal} || ', ' || current_setting('search_path'), false)"
            ),
        );
    }
    text
}

fn callbacks(session: &Session<'_>, text: &mut String, moment: Moment) -> Result<(), Error> {
    for callback in session.catalog.callbacks_of(moment) {
        let prepared = session.prepare(&callback.source)?;
        writeln!(
            text,
            "-- {}: {}",
            moment.id(),
            callback.source.path.display()
        )
        .expect("writing to a string succeeds");
        script(text, &prepared);
    }
    Ok(())
}

fn script(text: &mut String, script: &Script) {
    for statement in &script.statements {
        line(text, script.statement_text(statement));
        if let Some(data) = &statement.copy_data {
            text.push_str(&script.text[data.clone()]);
            text.push_str("\\.\n");
        }
    }
}

fn line(text: &mut String, sql: &str) {
    text.push_str(sql);
    // A line comment at the end would swallow the delimiter.
    text.push_str(
        if sql
            .lines()
            .next_back()
            .is_some_and(|last| last.contains("--"))
        {
            "\n;\n"
        } else {
            ";\n"
        },
    );
}
