//! What a migrate would do, written down as a script that other programs can run.

use std::fmt::Write as _;

use super::migrate::{MigrateResult, item, plan_batch};
use super::session::Session;
use crate::dialect::flyway::{AppliedRow, Event as Moment, StatePolicy};
use crate::engine::{Script, TransactionMode};
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
    let missing = session.missing_schemas()?;
    let mut text = header(session);
    if rows.is_none() {
        for schema in &missing {
            if let Some(sql) = session.connection.create_schema(schema) {
                line(&mut text, &sql);
            }
        }
        for sql in session.table.create() {
            line(&mut text, &sql);
        }
    }
    let rows = rows.unwrap_or_default();
    let (files, current) = {
        let info = session.info(rows, policy)?;
        let files: Vec<_> = info
            .pending()
            .filter_map(|entry| entry.file.cloned())
            .collect();
        (files, info.current_version())
    };
    let known_rank = rows.iter().map(|row| row.installed_rank).max().unwrap_or(0);
    let plan = plan_batch(session, &files, known_rank, current)?;
    callbacks(session, &mut text, Moment::BEFORE_MIGRATE)?;
    for step in &plan.steps {
        let path = step.script.origin.path.display();
        writeln!(
            text,
            "\n-- Executing: migrate -> {}\n-- Source: {path}",
            step.id
        )
        .expect("writing to a string succeeds");
        let transaction = step.mode == TransactionMode::Transaction;
        if transaction {
            line(&mut text, "BEGIN");
        }
        callbacks(session, &mut text, Moment::BEFORE_EACH_MIGRATE)?;
        script(&mut text, &step.script);
        callbacks(session, &mut text, Moment::AFTER_EACH_MIGRATE)?;
        line(&mut text, &step.record.insert(0, true));
        if transaction {
            line(&mut text, "COMMIT");
        }
    }
    callbacks(session, &mut text, Moment::AFTER_MIGRATE)?;
    result.pending = files.iter().map(item).collect();
    let path = session.config.dry_run_output.clone().unwrap_or_default();
    write_file(&path, &text)
        .map_err(|message| Error::new(ErrorKind::Files, "CONFIGURATION", message))?;
    session.note(format!("wrote what would run to {}", path.display()));
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
        let schema =
            crate::sql::quote::identifier(&session.table.schema, session.table.backend.flavor());
        line(&mut text, &format!("SET search_path = {schema}, public"));
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
    text.push_str(";\n");
}
