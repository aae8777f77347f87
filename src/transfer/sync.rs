//! Triggers on the source that carry each change over at once, while both schemas are written
//! (phase 1). PostgreSQL only: SQLite's triggers cannot call the functions that clean values.
//!
//! A trigger does for one row what a run does for a batch. Whatever cannot be carried over (a conflict,
//! a value that does not fit) is noted and left to the next run: the application's own statement never
//! fails because of it.

use std::time::Duration;

use super::batch::Batches;
use super::error::TransferError;
use super::fingerprint::legacy_tables;
use super::mapping::Request;
use super::phase::change_state;
use super::resolve::run;
use super::run::take_lock;
use super::session::{Purpose, Ready, begin, finish, settle_session};
use super::{Declaration, Deleted, Source, TableName};
use crate::engine::Database;
use crate::model::Backend;

/// Installs the triggers, or removes them.
///
/// # Errors
/// When the backend has no such triggers, the target leads already, or the server refuses a statement.
pub fn synchronise(
    declaration: &Declaration,
    database: &mut dyn Database,
    install: bool,
    lock_timeout: Duration,
) -> Result<Vec<String>, TransferError> {
    if database.backend() != Backend::Postgres {
        return Err(TransferError::refused(
            "SQLite's triggers cannot clean and map values as a transfer does",
            "run the transfer again, as often as changes are to be carried over",
        ));
    }
    let status = super::status(declaration, database)?;
    if install && status.phase > 1 {
        return Err(TransferError::refused(
            format!(
                "the transfer is in phase {}: the target leads, and nothing is taken from the source any more",
                status.phase
            ),
            "go back to phase 1 first, if the source is to lead again",
        ));
    }
    let ready = Ready::make(declaration, database, Purpose::Work)?;
    let lock = take_lock(&ready, database)?;
    settle_session(database, Some(lock_timeout))?;
    let doing = "changing the triggers of the source";
    begin(database).map_err(|error| TransferError::server(doing, error))?;
    let outcome = change(&ready, database, install);
    let outcome = finish(database, doing, outcome);
    if let Some(key) = lock
        && let Err(error) = database.unlock(key)
    {
        log::debug!("giving the lock back: {error}");
    }
    outcome
}

fn change(
    ready: &Ready<'_>,
    database: &mut dyn Database,
    install: bool,
) -> Result<Vec<String>, TransferError> {
    let doing = "changing the triggers of the source";
    for statement in remove(ready, database)? {
        run(database, doing, &statement)?;
    }
    let mut named = Vec::new();
    if install {
        run(database, doing, &errors_table(ready))?;
        for at in 0..ready.plan.tables.len() {
            let triggers = Triggers { ready, at };
            for statement in triggers.install(&mut named) {
                run(database, doing, &statement)?;
            }
        }
    }
    let kept = named.clone();
    change_state(ready, database, |state| state.synchronised = kept)?;
    Ok(named)
}

/// The table of changes that could not be carried over.
fn errors_table(ready: &Ready<'_>) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, table_name text NOT NULL, key text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), code text NOT NULL, message text NOT NULL)",
        ready.shared("sync_error")
    )
}

fn trigger_name(ready: &Ready<'_>, table: &str) -> String {
    super::work::shorten(format!(
        "stillway_sync_{}_{table}",
        ready.plan.declaration.name
    ))
}

fn function_name(ready: &Ready<'_>, table: &str, what: &str) -> String {
    let name = super::work::shorten(format!("{}__{table}__{what}", ready.plan.declaration.name));
    ready.plan.text.table(&ready.work.shared(&name))
}

/// Statements that remove all triggers of the transfer.
fn remove(ready: &Ready<'_>, database: &mut dyn Database) -> Result<Vec<String>, TransferError> {
    let text = ready.plan.text;
    let mut statements = Vec::new();
    for table in legacy_tables(ready, database)? {
        for declared in &ready.plan.declaration.tables {
            statements.push(format!(
                "DROP TRIGGER IF EXISTS {} ON {}",
                text.name(&trigger_name(ready, &declared.name)),
                text.table(&table)
            ));
        }
    }
    Ok(statements)
}

struct Triggers<'r, 'a> {
    ready: &'r Ready<'a>,
    at: usize,
}

impl Triggers<'_, '_> {
    fn batches(&self) -> Batches<'_, '_> {
        Batches {
            ready: self.ready,
            at: self.at,
            catching_up: true,
        }
    }

    fn install(&self, named: &mut Vec<String>) -> Vec<String> {
        let batches = self.batches();
        let table = batches.table();
        let (Source::Table(source), Some(_)) = (&table.declared.source, &table.source) else {
            return Vec::new();
        };
        let mut statements = vec![self.apply()];
        let text = self.ready.plan.text;
        let keys: Vec<_> = table
            .declared
            .key
            .iter()
            .map(|key| text.name(key))
            .collect();
        let row = |alias: &str| {
            let values: Vec<_> = keys.iter().map(|key| format!("{alias}.{key}")).collect();
            format!(
                "PERFORM {}({});",
                function_name(self.ready, &table.declared.name, "apply"),
                values.join(", ")
            )
        };
        let differ: Vec<_> = keys
            .iter()
            .map(|key| format!("NEW.{key} IS DISTINCT FROM OLD.{key}"))
            .collect();
        let body = format!(
            "IF TG_OP <> 'DELETE' THEN {} END IF; IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ({})) THEN {} END IF;",
            row("NEW"),
            differ.join(" OR "),
            row("OLD"),
        );
        statements.extend(self.trigger(source, "source", &body));
        named.push(source.to_string());
        for lookup in table.lookups.iter().filter(|lookup| lookup.shape.is_some()) {
            let on = |alias: &str| {
                let all: Vec<_> = lookup
                    .declared
                    .on
                    .iter()
                    .map(|(own, outer)| {
                        format!("s.{} = {alias}.{}", text.name(outer), text.name(own))
                    })
                    .collect();
                let keys: Vec<_> = keys.iter().map(|key| format!("s.{key}")).collect();
                format!(
                    "PERFORM {}({}) FROM {} s WHERE {};",
                    function_name(self.ready, &table.declared.name, "apply"),
                    keys.join(", "),
                    text.table(source),
                    all.join(" AND ")
                )
            };
            let body = format!(
                "IF TG_OP <> 'DELETE' THEN {} END IF; IF TG_OP <> 'INSERT' THEN {} END IF;",
                on("NEW"),
                on("OLD")
            );
            statements.extend(self.trigger(&lookup.declared.source, lookup.name, &body));
            named.push(lookup.declared.source.to_string());
        }
        statements
    }

    fn trigger(&self, table: &TableName, what: &str, body: &str) -> [String; 2] {
        let text = self.ready.plan.text;
        let own = &self.batches().table().declared.name;
        let function = function_name(self.ready, own, &format!("on_{what}"));
        [
            format!(
                "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $stillway$ BEGIN {body} RETURN NULL; END $stillway$"
            ),
            format!(
                "CREATE TRIGGER {} AFTER INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION {function}()",
                text.name(&trigger_name(self.ready, own)),
                text.table(table)
            ),
        ]
    }

    /// The function that brings one row up to date.
    fn apply(&self) -> String {
        let batches = self.batches();
        let table = batches.table();
        let text = self.ready.plan.text;
        let mapping = batches.mapping();
        let types: Vec<String> = self
            .ready
            .work
            .keys(table)
            .into_iter()
            .map(|(_, kind)| kind)
            .collect();
        let own: Vec<_> = table
            .declared
            .key
            .iter()
            .enumerate()
            .map(|(at, key)| format!("source.{} = ${}", text.name(key), at + 1))
            .collect();
        let moving = mapping.moving(&Request {
            filter: Some(own.join(" AND ")),
            ..Request::default()
        });
        let into = |sql: String| {
            sql.replacen(
                "SELECT count(*) FROM noted",
                "SELECT count(*) INTO stillway_rows FROM noted",
                1,
            )
        };
        let mut steps = String::new();
        let moved = self.ready.work.moved(table);
        let target = text.table(&table.declared.target);
        let ledger: Vec<_> = (1..=table.declared.key.len())
            .map(|at| format!("l.k{at} = ${at}"))
            .collect();
        let ledger = ledger.join(" AND ");
        if table.declared.deleted == Deleted::Remove {
            // What is not to be there any more goes, where nobody has changed it.
            steps.push_str(&into(format!(
                "WITH gone AS (DELETE FROM {target} t USING {moved} l WHERE {} AND {ledger} AND {} = l.hash AND NOT EXISTS ({moving}) RETURNING {}), noted AS (DELETE FROM {moved} l USING gone WHERE {} RETURNING 1) SELECT count(*) FROM noted",
                mapping.on_ledger("t", "l"),
                batches.hash("t"),
                batches.keys("l"),
                batches.same_keys("l", "gone"),
            )));
            steps.push_str("; ");
        }
        if let Some(update) = batches.update_statement(&moving) {
            steps.push_str(&into(update));
            steps.push_str("; ");
        }
        steps.push_str(&into(batches.insert_statement(&moving)));
        let keys: Vec<_> = (1..=types.len()).map(|at| format!("${at}::text")).collect();
        format!(
            "CREATE OR REPLACE FUNCTION {}({}) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, YMD' SET extra_float_digits = 3 AS $stillway$ #variable_conflict use_column\nDECLARE stillway_rows bigint; BEGIN {steps}; EXCEPTION WHEN OTHERS THEN INSERT INTO {} (name, table_name, key, code, message) VALUES ({}, {}, concat_ws(', ', {}), SQLSTATE, SQLERRM); END $stillway$",
            function_name(self.ready, &table.declared.name, "apply"),
            types.join(", "),
            self.ready.shared("sync_error"),
            self.ready.own_row(),
            text.literal(&table.declared.name),
            keys.join(", "),
        )
    }
}
