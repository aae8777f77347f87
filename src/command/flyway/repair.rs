//! `repair`: makes the history fit the files.

use super::session::Session;
use crate::dialect::flyway::{
    AppliedRow, Entry, Event as Moment, Kind, NewRow, Pattern, State, StatePolicy, Target,
};
use crate::error::Error;

/// One row that was touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairItem {
    /// Version text, empty for repeatables.
    pub version: String,
    /// Description.
    pub description: String,
    /// Path of the file.
    pub path: String,
}

/// What a repair has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepairResult {
    /// Failed rows that were removed.
    pub removed: Vec<RepairItem>,
    /// Rows whose file is gone, marked as deleted.
    pub deleted: Vec<RepairItem>,
    /// Rows that were given the file's checksum, description and type.
    pub aligned: Vec<RepairItem>,
}

impl RepairResult {
    /// The actions in Flyway's words.
    pub fn actions(&self) -> Vec<&'static str> {
        [
            (!self.removed.is_empty(), "Removed failed migrations"),
            (
                !self.deleted.is_empty(),
                "Marked missing migrations as deleted",
            ),
            (
                !self.aligned.is_empty(),
                "Aligned applied migration checksums",
            ),
        ]
        .into_iter()
        .filter_map(|(done, words)| done.then_some(words))
        .collect()
    }
}

/// Removes failed rows, marks vanished ones as deleted, and aligns the others with the files.
pub fn repair(session: &mut Session<'_>) -> Result<RepairResult, Error> {
    session.refuse_dry_run("repair")?;
    session.fire(Moment::BEFORE_REPAIR)?;
    match repair_rows(session) {
        Ok(result) => {
            session.fire(Moment::AFTER_REPAIR)?;
            Ok(result)
        }
        Err(error) => {
            session.fire_error(Moment::AFTER_REPAIR_ERROR);
            Err(error)
        }
    }
}

fn repair_rows(session: &mut Session<'_>) -> Result<RepairResult, Error> {
    // Wrong settings are refused also where there is nothing to repair.
    session.policy()?;
    if session.history_if_any()?.is_none() {
        return Ok(RepairResult::default());
    }
    let action = "repairing the history table";
    session.in_locked_transaction(action, |session| {
        // Read under the lock: a run that was at work has changed the rows meanwhile.
        let rows = session.history_if_any()?.unwrap_or_default();
        let (mut result, mut statements) = plan_repair(session, rows)?;
        if let Some((script, forget)) = session.forget_interrupted()? {
            statements.push(forget);
            result.removed.push(RepairItem {
                version: String::new(),
                description: script,
                path: String::new(),
            });
        }
        let database = session.connection.database();
        for statement in &statements {
            let queued = database.enqueue(statement);
            queued.map_err(|error| Error::server(action, error))?;
        }
        Ok(result)
    })
}

/// What is to be done to the rows, and the statements that do it.
fn plan_repair(
    session: &Session<'_>,
    mut rows: Vec<AppliedRow>,
) -> Result<(RepairResult, Vec<String>), Error> {
    let ignore = session.policy()?.ignore;
    let policy = StatePolicy {
        target: Target::Latest,
        out_of_order: true,
        cherry_pick: session.config.cherry_pick.clone(),
        ignore: vec![Pattern::everything()],
    };
    let mut result = RepairResult::default();
    let mut statements = Vec::new();
    // Failed rows go first: what is left of the history decides about the rest.
    for row in rows.iter().filter(|row| !row.success) {
        statements.push(session.table.delete(row.installed_rank));
        result.removed.push(RepairItem {
            version: row
                .version
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            description: row.description.clone(),
            path: String::new(),
        });
    }
    rows.retain(|row| row.success);
    let info = session.info(&rows, &policy)?;
    for entry in &info.entries {
        if let Some(statement) = deletion(session, entry, &ignore, info.last_rank) {
            statements.push(statement);
            result.deleted.push(repair_item(entry));
        }
    }
    for entry in &info.entries {
        if let Some(statement) = alignment(session, entry) {
            statements.push(statement);
            result.aligned.push(repair_item(entry));
        }
    }
    Ok((result, statements))
}

fn repair_item(entry: &Entry<'_>) -> RepairItem {
    RepairItem {
        version: entry.version().map(ToString::to_string).unwrap_or_default(),
        description: entry.description().to_owned(),
        path: entry
            .file
            .map(|file| file.source.path.display().to_string())
            .unwrap_or_default(),
    }
}

/// The DELETE row for an entry whose file is gone.
fn deletion(
    session: &Session<'_>,
    entry: &Entry<'_>,
    ignore: &[Pattern],
    last_rank: i64,
) -> Option<String> {
    let row = entry.row?;
    let gone = matches!(
        entry.state,
        State::MissingSuccess | State::MissingFailed | State::FutureSuccess | State::FutureFailed
    );
    let ignored = ignore
        .iter()
        .any(|pattern| pattern.matches(entry.version().is_some(), entry.state));
    if !gone || ignored || row.row_type.is_synthetic() || row.row_type.is_undo() {
        return None;
    }
    let marker = NewRow {
        version: row.version.as_ref().map(ToString::to_string),
        description: row.description.clone(),
        row_type: "DELETE".to_owned(),
        script: row.script.clone(),
        checksum: row.checksum,
        installed_by: session.config.installed_by.clone(),
    };
    Some(session.table.insert(&marker, 0, row.success, last_rank))
}

/// The update for a row that says something else than its file.
fn alignment(session: &Session<'_>, entry: &Entry<'_>) -> Option<String> {
    let (file, row) = (entry.file?, entry.row?);
    if row.row_type.is_synthetic() || matches!(entry.state, State::Undone | State::Ignored) {
        return None;
    }
    let differs = if file.kind == Kind::Repeatable {
        // Only a row with the checksum of the text before replacement is rewritten.
        file.checksum_matches(row.checksum) && row.checksum != Some(file.checksum)
    } else {
        let same_description =
            crate::dialect::flyway::abbreviate_description(&file.description) == row.description;
        !file.checksum_matches(row.checksum)
            || !same_description
            || file.type_text() != row.row_type.text()
    };
    differs.then(|| {
        session.table.update(
            row.installed_rank,
            &file.description,
            file.type_text(),
            file.checksum,
        )
    })
}
