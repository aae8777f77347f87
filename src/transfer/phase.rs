//! The phases of a move: 1 side by side, 2 the target leads, 3 the source is dropped.
//!
//! What has to be true before a phase is checked while the source is locked, so that nothing can come
//! in between.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::TransferError;
use super::fingerprint::{Fingerprints, changed, fingerprints, legacy_tables};
use super::report::number;
use super::resolve::{query, run};
use super::run::take_lock;
use super::session::{Purpose, Ready, begin, finish, settle_session};
use super::{Declaration, TableName};
use crate::engine::Database;

/// What the database remembers of a transfer beside its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// The last backup.
    pub(super) backup: Option<Backup>,
    /// Tables that the transfer keeps writers out of.
    pub(super) frozen: Vec<String>,
    /// Tables whose changes the transfer's triggers carry over.
    pub(super) synchronised: Vec<String>,
}

/// A backup that was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// The file.
    pub path: String,
    /// MD5 of its bytes.
    pub digest: String,
    /// When it was taken, as the server says.
    pub at: String,
    /// What lay in the tables.
    pub fingerprints: BTreeMap<String, String>,
}

/// Where a transfer stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TransferStatus {
    /// The transfer.
    pub transfer: String,
    /// Whether it has ever run here.
    pub known: bool,
    /// 1, 2 or 3.
    pub phase: u64,
    /// Since when.
    pub phase_since: Option<String>,
    /// The state of the last run: `moving` where it was stopped, `done`, `undone`.
    pub last_run: Option<String>,
    /// When it ended.
    pub last_run_at: Option<String>,
    /// Whether the last verification held.
    pub verified: Option<bool>,
    /// When it was made.
    pub verified_at: Option<String>,
    /// The last backup.
    pub backup: Option<Backup>,
    /// Source tables that are read-only.
    pub frozen: Vec<String>,
    /// Source tables whose changes are carried over at once.
    pub synchronised: Vec<String>,
}

/// What a change of phase needs to know of the world outside.
#[derive(Debug, Clone, Default)]
pub struct PhaseRequest {
    /// The phase to be reached.
    pub phase: u64,
    /// Whether tables may be dropped.
    pub drop: bool,
    /// MD5 of the last backup's file as it is now; nothing where it is gone.
    pub backup_digest: Option<String>,
    /// How long to wait for the locks.
    pub lock_timeout: Duration,
}

/// The name of the triggers that keep writers out.
const FREEZE: &str = "stillway_read_only";

/// Tells where a transfer stands.
///
/// # Errors
/// When the server refuses a question.
pub fn status(
    declaration: &Declaration,
    database: &mut dyn Database,
) -> Result<TransferStatus, TransferError> {
    settle_session(database, None)?;
    let work = super::work::Work::bare(declaration, database.backend());
    let mut status = TransferStatus {
        transfer: declaration.name.clone(),
        phase: 1,
        ..TransferStatus::default()
    };
    if super::shape::inspect(database, &work.shared("transfer"))?.is_none() {
        return Ok(status);
    }
    let text = super::text::Text::new(database.backend());
    let own = text.literal(&declaration.name);
    let table = |name: &str| text.table(&work.shared(name));
    let doing = "asking where the transfer stands";
    let rows = query(
        database,
        doing,
        &format!(
            "SELECT phase, phase_since, state FROM {} WHERE name = {own}",
            table("transfer")
        ),
    )?;
    let Some(row) = rows.rows.first() else {
        return Ok(status);
    };
    status.known = true;
    status.phase = number(row[0].as_deref());
    status.phase_since.clone_from(&row[1]);
    let state = parse(row[2].as_deref());
    status.backup = state.backup;
    status.frozen = state.frozen;
    status.synchronised = state.synchronised;
    let rows = query(
        database,
        doing,
        &format!(
            "SELECT state, finished_at FROM {} WHERE name = {own} ORDER BY id DESC LIMIT 1",
            table("pass")
        ),
    )?;
    if let Some(row) = rows.rows.first() {
        status.last_run.clone_from(&row[0]);
        status.last_run_at.clone_from(&row[1]);
    }
    let rows = query(
        database,
        doing,
        &format!(
            "SELECT verified, at FROM {} WHERE name = {own} ORDER BY id DESC LIMIT 1",
            table("verification")
        ),
    )?;
    if let Some(row) = rows.rows.first() {
        status.verified = Some(is_true(row[0].as_deref()));
        status.verified_at.clone_from(&row[1]);
    }
    Ok(status)
}

fn is_true(value: Option<&str>) -> bool {
    matches!(value, Some("t" | "true" | "1"))
}

fn parse(state: Option<&str>) -> State {
    let state = state.and_then(|text| serde_json::from_str(text).ok());
    state.unwrap_or_default()
}

/// Goes to another phase.
///
/// # Errors
/// When something is missing that the phase asks for, which is said, and nothing is changed; or the
/// server refuses a statement.
pub fn change_phase(
    declaration: &Declaration,
    database: &mut dyn Database,
    request: &PhaseRequest,
) -> Result<TransferStatus, TransferError> {
    let now = status(declaration, database)?;
    if now.phase == 3 {
        return Err(TransferError::refused(
            "the transfer is in phase 3: its source has been dropped, and there is no way back",
            "the backup that was taken before holds the rows",
        ));
    }
    if now.phase == request.phase {
        return Ok(now);
    }
    if request.phase == 3 && now.phase != 2 {
        return Err(TransferError::refused(
            "phase 3 drops the source, and phase 2 comes before it: until then services may still write there",
            "go to phase 2, and let the services run with it for a while",
        ));
    }
    let ready = Ready::make(declaration, database, Purpose::Work)?;
    let lock = take_lock(&ready, database)?;
    settle_session(database, Some(request.lock_timeout))?;
    let outcome = Changer {
        ready: &ready,
        request,
    }
    .change(database, &now);
    if let Some(key) = lock
        && let Err(error) = database.unlock(key)
    {
        log::debug!("giving the lock back: {error}");
    }
    outcome?;
    status(declaration, database)
}

/// Notes a backup that was taken.
///
/// # Errors
/// When the server refuses a statement.
pub fn note_backup(
    declaration: &Declaration,
    database: &mut dyn Database,
    backup: Backup,
) -> Result<(), TransferError> {
    let ready = Ready::make(declaration, database, Purpose::Work)?;
    let doing = "noting the backup";
    begin(database).map_err(|error| TransferError::server(doing, error))?;
    let outcome = change_state(&ready, database, |state| state.backup = Some(backup));
    finish(database, doing, outcome)
}

/// Changes what is remembered, in a transaction of the caller's.
pub(super) fn change_state(
    ready: &Ready<'_>,
    database: &mut dyn Database,
    change: impl FnOnce(&mut State),
) -> Result<(), TransferError> {
    let doing = "noting the state";
    let rows = query(
        database,
        doing,
        &format!(
            "SELECT state FROM {} WHERE name = {}",
            ready.shared("transfer"),
            ready.own_row()
        ),
    )?;
    let mut state = parse(rows.single());
    change(&mut state);
    let json = serde_json::to_string(&state).unwrap_or_default();
    run(
        database,
        doing,
        &format!(
            "UPDATE {} SET state = {} WHERE name = {}",
            ready.shared("transfer"),
            ready.plan.text.literal(&json),
            ready.own_row()
        ),
    )
}

struct Changer<'r, 'a> {
    ready: &'r Ready<'a>,
    request: &'r PhaseRequest,
}

impl Changer<'_, '_> {
    fn change(
        &self,
        database: &mut dyn Database,
        now: &TransferStatus,
    ) -> Result<(), TransferError> {
        let tables = legacy_tables(self.ready, database)?;
        let doing = format!("going to phase {}", self.request.phase);
        begin(database).map_err(|error| TransferError::server(&doing, error))?;
        let outcome = match self.request.phase {
            1 => self.to_first(database, &doing, &tables),
            2 => self.to_second(database, &doing, &tables),
            _ => self.to_third(database, &doing, &tables, now),
        };
        let outcome = outcome.and_then(|()| {
            run(
                database,
                &doing,
                &format!(
                    "UPDATE {} SET phase = {}, phase_since = {} WHERE name = {}",
                    self.ready.shared("transfer"),
                    self.request.phase,
                    self.ready.plan.text.now(),
                    self.ready.own_row()
                ),
            )
        });
        finish(database, &doing, outcome)
    }

    fn lock(
        &self,
        database: &mut dyn Database,
        doing: &str,
        tables: &[TableName],
        mode: &str,
    ) -> Result<(), TransferError> {
        let text = self.ready.plan.text;
        if !text.is_postgres() {
            // The transaction has the file for itself.
            return Ok(());
        }
        let names: Vec<_> = tables.iter().map(|name| text.table(name)).collect();
        run(
            database,
            doing,
            &format!("LOCK TABLE {} IN {mode} MODE", names.join(", ")),
        )
    }

    fn to_first(
        &self,
        database: &mut dyn Database,
        doing: &str,
        tables: &[TableName],
    ) -> Result<(), TransferError> {
        for table in tables {
            for statement in self.thaw(table) {
                run(database, doing, &statement)?;
            }
        }
        change_state(self.ready, database, |state| state.frozen.clear())
    }

    fn to_second(
        &self,
        database: &mut dyn Database,
        doing: &str,
        tables: &[TableName],
    ) -> Result<(), TransferError> {
        self.lock(database, doing, tables, "SHARE ROW EXCLUSIVE")?;
        self.verified_as_it_is(database)?;
        for table in tables {
            for statement in self.freeze(table) {
                run(database, doing, &statement)?;
            }
        }
        change_state(self.ready, database, |state| {
            state.frozen = tables.iter().map(ToString::to_string).collect();
        })
    }

    fn to_third(
        &self,
        database: &mut dyn Database,
        doing: &str,
        tables: &[TableName],
        now: &TransferStatus,
    ) -> Result<(), TransferError> {
        let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
        if !self.request.drop {
            return Err(TransferError::refused(
                format!("phase 3 drops {}; nothing was dropped", names.join(", ")),
                "add --drop when that is meant",
            ));
        }
        self.lock(database, doing, tables, "ACCESS EXCLUSIVE")?;
        let current = self.verified_as_it_is(database)?;
        let Some(backup) = &now.backup else {
            return Err(TransferError::refused(
                "no backup of the source has been taken; nothing was dropped",
                format!(
                    "stillway transfer backup {} --to FILE",
                    self.ready.plan.declaration.name
                ),
            ));
        };
        let differing = changed(&backup.fingerprints, &current);
        if !differing.is_empty() {
            return Err(TransferError::refused(
                format!(
                    "the backup in {} is older than the last change of {}; nothing was dropped",
                    backup.path,
                    differing.join(", ")
                ),
                "take another one",
            ));
        }
        if self.request.backup_digest.as_ref() != Some(&backup.digest) {
            return Err(TransferError::refused(
                format!(
                    "the backup {} is gone, or its content is not what was written; nothing was dropped",
                    backup.path
                ),
                "take another one, or put the file back to where it was",
            ));
        }
        let text = self.ready.plan.text;
        change_state(self.ready, database, |state| {
            state.frozen.clear();
            state.synchronised.clear();
        })?;
        let quoted: Vec<_> = tables.iter().map(|name| text.table(name)).collect();
        if text.is_postgres() {
            return run(
                database,
                doing,
                &format!("DROP TABLE {}", quoted.join(", ")),
            );
        }
        for table in quoted.iter().rev() {
            run(database, doing, &format!("DROP TABLE {table}"))?;
        }
        Ok(())
    }

    /// Refuses to go on unless the last verification held and is of what lies in the source now.
    fn verified_as_it_is(
        &self,
        database: &mut dyn Database,
    ) -> Result<Fingerprints, TransferError> {
        let name = &self.ready.plan.declaration.name;
        let rows = query(
            database,
            "asking for the last verification",
            &format!(
                "SELECT verified, sources, digest FROM {} WHERE name = {} ORDER BY id DESC LIMIT 1",
                self.ready.shared("verification"),
                self.ready.own_row()
            ),
        )?;
        let again = format!("stillway transfer run {name}, then stillway transfer verify {name}");
        let Some(row) = rows.rows.first() else {
            return Err(TransferError::refused(
                "the transfer has never been verified; nothing was changed",
                again,
            ));
        };
        if !is_true(row[0].as_deref()) {
            return Err(TransferError::refused(
                "the last verification found differences; nothing was changed",
                again,
            ));
        }
        if row[2].as_deref() != Some(self.ready.plan.declaration.digest.as_str()) {
            return Err(TransferError::refused(
                "the file of the transfer has changed since the last verification; nothing was changed",
                again,
            ));
        }
        let before: Fingerprints = row[1]
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let now = fingerprints(self.ready, database)?;
        let differing = changed(&before, &now);
        if differing.is_empty() {
            return Ok(now);
        }
        Err(TransferError::refused(
            format!(
                "{} has changed since the last verification; nothing was changed",
                differing.join(", ")
            ),
            again,
        ))
    }

    /// Statements that keep writers out of a table.
    fn freeze(&self, table: &TableName) -> Vec<String> {
        let text = self.ready.plan.text;
        let name = text.table(table);
        let words = format!(
            "{table} is read-only: the transfer {} is in phase 2, and its target leads",
            self.ready.plan.declaration.name
        );
        let mut statements = self.thaw(table);
        if text.is_postgres() {
            let function = format!("{}.{}", text.name(super::work::SCHEMA), text.name(FREEZE));
            statements.push(format!(
                "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $stillway$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'read_only_sql_transaction'; END $stillway$"
            ));
            statements.push(format!(
                "CREATE TRIGGER {} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {name} FOR EACH STATEMENT EXECUTE FUNCTION {function}({})",
                text.name(FREEZE),
                text.literal(&words)
            ));
            return statements;
        }
        let schema = table.schema.as_deref().unwrap_or("main");
        for event in ["INSERT", "UPDATE", "DELETE"] {
            let trigger = format!("{FREEZE}_{}_{}", table.name, event.to_lowercase());
            statements.push(format!(
                "CREATE TRIGGER {}.{} BEFORE {event} ON {} BEGIN SELECT RAISE(ABORT, {}); END",
                text.name(schema),
                text.name(&trigger),
                text.name(&table.name),
                text.literal(&words)
            ));
        }
        statements
    }

    /// Statements that let writers in again.
    fn thaw(&self, table: &TableName) -> Vec<String> {
        let text = self.ready.plan.text;
        if text.is_postgres() {
            return vec![format!(
                "DROP TRIGGER IF EXISTS {} ON {}",
                text.name(FREEZE),
                text.table(table)
            )];
        }
        let schema = text.name(table.schema.as_deref().unwrap_or("main"));
        ["insert", "update", "delete"]
            .iter()
            .map(|event| {
                let trigger = format!("{FREEZE}_{}_{event}", table.name);
                format!("DROP TRIGGER IF EXISTS {schema}.{}", text.name(&trigger))
            })
            .collect()
    }
}
