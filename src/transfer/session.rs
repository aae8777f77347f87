//! A transfer at work on a database: what it knows, and its work tables.

use std::time::Duration;

use super::Declaration;
use super::error::TransferError;
use super::plan::Plan;
use super::resolve::{Before, query, run};
use super::shape::inspect;
use super::work::Work;
use crate::engine::{Database, ServerError};
use crate::model::Backend;

/// A plan with its work tables and what was there before.
pub(super) struct Ready<'a> {
    pub(super) plan: Plan<'a>,
    pub(super) work: Work,
    pub(super) before: Vec<Before>,
    /// Columns that hashes cover, for each table.
    pub(super) hashed: Vec<Vec<String>>,
}

/// Whether anything may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Only temporary tables are made.
    Look,
    /// Work tables are made where they are missing.
    Work,
}

impl<'a> Ready<'a> {
    /// Prepares session, plan and work tables.
    pub(super) fn make(
        declaration: &'a Declaration,
        database: &mut dyn Database,
        purpose: Purpose,
    ) -> Result<Self, TransferError> {
        settle_session(database, None)?;
        let plan = Plan::make(declaration, database)?;
        let work = Work::new(&plan, purpose == Purpose::Look);
        if purpose == Purpose::Work {
            create(&plan, &work, database)?;
        }
        let mut ready = Self {
            hashed: Vec::new(),
            before: Vec::new(),
            plan,
            work,
        };
        ready.hashed = ready.hashed_columns(database)?;
        if purpose == Purpose::Work {
            ready.register(database)?;
        }
        ready.before = ready.look(database)?;
        Ok(ready)
    }

    /// The transfer's row in the table of transfers.
    pub(super) fn own_row(&self) -> String {
        self.plan.text.literal(&self.plan.declaration.name)
    }

    pub(super) fn shared(&self, name: &str) -> String {
        self.plan.text.table(&self.work.shared(name))
    }

    /// Columns that hashes cover: those there were when the transfer first ran here, so that a column
    /// that is added later changes no hash.
    fn hashed_columns(
        &self,
        database: &mut dyn Database,
    ) -> Result<Vec<Vec<String>>, TransferError> {
        let mut known = serde_json::Value::Null;
        if inspect(database, &self.work.shared("transfer"))?.is_some() {
            let sql = format!(
                "SELECT hashed FROM {} WHERE name = {}",
                self.shared("transfer"),
                self.own_row()
            );
            let rows = query(database, "asking what is known of the transfer", &sql)?;
            known = rows
                .single()
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default();
        }
        let tables = self.plan.tables.iter();
        Ok(tables
            .map(|table| {
                let names = known
                    .get(&table.declared.name)
                    .and_then(|names| names.as_array());
                match names {
                    Some(names) => names
                        .iter()
                        .filter_map(|name| name.as_str().map(str::to_owned))
                        .filter(|name| table.target.columns.contains_key(name))
                        .collect(),
                    None => table.target.columns.keys().cloned().collect(),
                }
            })
            .collect())
    }

    fn register(&self, database: &mut dyn Database) -> Result<(), TransferError> {
        let hashed: serde_json::Map<String, serde_json::Value> = self
            .plan
            .tables
            .iter()
            .zip(&self.hashed)
            .map(|(table, names)| (table.declared.name.clone(), names.clone().into()))
            .collect();
        let literal = |text: &str| self.plan.text.literal(text);
        let sql = format!(
            "INSERT INTO {} AS t (name, digest, phase, phase_since, hashed) VALUES ({}, {}, 1, {}, {hashed}) ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, hashed = excluded.hashed",
            self.shared("transfer"),
            self.own_row(),
            literal(&self.plan.declaration.digest),
            self.plan.text.now(),
            hashed = literal(&serde_json::Value::Object(hashed).to_string()),
        );
        run(database, "noting the transfer", &sql)
    }

    /// What ledgers and targets hold.
    pub(super) fn look(&self, database: &mut dyn Database) -> Result<Vec<Before>, TransferError> {
        let mut all = Vec::new();
        for table in &self.plan.tables {
            let ledger = table.source.is_some()
                && inspect(database, &self.work.moved_name(table))?.is_some()
                && exists(database, &self.work.moved(table))?;
            let target = exists(database, &self.plan.text.table(&table.declared.target))?;
            all.push(Before { ledger, target });
        }
        Ok(all)
    }
}

fn exists(database: &mut dyn Database, table: &str) -> Result<bool, TransferError> {
    let rows = query(
        database,
        "looking for rows",
        &format!("SELECT 1 FROM {table} LIMIT 1"),
    )?;
    Ok(!rows.rows.is_empty())
}

fn create(plan: &Plan<'_>, work: &Work, database: &mut dyn Database) -> Result<(), TransferError> {
    let doing = "creating the work tables";
    begin(database).map_err(|error| TransferError::server(doing, error))?;
    let mut statements = work.create_shared();
    for table in plan.tables.iter().filter(|table| table.source.is_some()) {
        statements.extend(work.create_lasting(table));
    }
    let mut outcome = Ok(());
    for statement in &statements {
        outcome = outcome.and_then(|()| run(database, doing, statement));
    }
    finish(database, doing, outcome)
}

/// Makes the session one whose texts and hashes depend on nobody's settings.
pub(super) fn settle_session(
    database: &mut dyn Database,
    lock_timeout: Option<Duration>,
) -> Result<(), TransferError> {
    if database.backend() != Backend::Postgres {
        return Ok(());
    }
    let mut settings = vec![
        "SET TimeZone = 'UTC'".to_owned(),
        "SET DateStyle = 'ISO, YMD'".to_owned(),
        "SET extra_float_digits = 3".to_owned(),
        "SET client_min_messages = 'warning'".to_owned(),
        // The statements are long and run often on few rows: compiling them would cost more.
        "SET jit = off".to_owned(),
        "SELECT set_config('work_mem', '64MB', false) WHERE pg_size_bytes(current_setting('work_mem')) < 67108864".to_owned(),
    ];
    if let Some(timeout) = lock_timeout {
        settings.push(format!("SET lock_timeout = '{}ms'", timeout.as_millis()));
    }
    for setting in &settings {
        let queued = database.enqueue(setting);
        queued.map_err(|error| TransferError::server("preparing the session", error))?;
    }
    Ok(())
}

/// Opens a transaction of our own.
pub(super) fn begin(database: &mut dyn Database) -> Result<(), ServerError> {
    match database.backend() {
        Backend::Postgres => database.enqueue("BEGIN"),
        _ => database.begin(),
    }
}

/// Commits what went well and rolls back what did not.
pub(super) fn finish<T>(
    database: &mut dyn Database,
    doing: &str,
    outcome: Result<T, TransferError>,
) -> Result<T, TransferError> {
    match outcome {
        Ok(value) => {
            let committed = database.commit();
            committed.map_err(|error| TransferError::server(doing, error))?;
            Ok(value)
        }
        Err(error) => {
            // The first error says more than that of a rollback on a connection that is gone.
            if let Err(second) = database.rollback() {
                log::debug!("rolling back: {second}");
            }
            Err(error)
        }
    }
}
