//! What a database has recorded of Flyway's files, as verification sees it.

use std::collections::HashMap;
use std::path::Path;

use super::session::Session;
use crate::command::fingerprint::relative;
use crate::dialect::flyway::{
    AppliedRow, Entry, FlywayMigration, Kind as FileKind, State, abbreviate_description,
};
use crate::error::Error;
use crate::verify::{DomainFiles, DomainHistory, Kind, Migration, Row, RowState, Waiting};

/// How long a step took that was announced and has not come to its end.
const ANNOUNCED: i64 = -1;

/// Reads what the database has recorded.
pub fn recorded(
    session: &mut Session<'_>,
    files: &DomainFiles,
    root: &Path,
) -> Result<DomainHistory, Error> {
    let policy = session.policy()?;
    let rows = session.history_if_any()?.unwrap_or_default();
    let begun = session.begun()?;
    let info = session.info(&rows, &policy)?;
    let checksums: HashMap<(Kind, &str), Option<i32>> = files
        .migrations
        .iter()
        .map(|migration| (migration.id(), migration.sums.checksum))
        .collect();
    let by_path: HashMap<&str, &Migration> = files
        .migrations
        .iter()
        .map(|migration| (migration.path.as_str(), migration))
        .collect();
    let mut history = DomainHistory::default();
    for entry in &info.entries {
        let path = entry.file.map(|file| relative(root, &file.source.path));
        let known = path.and_then(|path| by_path.get(path.as_str()));
        let (kind, key) = match known {
            Some(migration) => (migration.kind, migration.key.clone()),
            None => id(entry),
        };
        let has_begun = |file: &&FlywayMigration| Some(&file.source.script) == begun.as_ref();
        if let Some(file) = entry.file.filter(has_begun)
            && entry.row.is_none()
        {
            history.rows.push(Row {
                description: None,
                file_description: Some(description(file)),
                state: RowState::Interrupted,
                checksum: None,
                sum: None,
                kind,
                key,
            });
            continue;
        }
        if let Some(will_run) = waits(entry.state) {
            history.waiting.push(Waiting {
                kind,
                key,
                will_run,
            });
            continue;
        }
        let (Some(row), Some(state)) = (entry.row, state(entry)) else {
            continue;
        };
        // Markers such as that of created schemas stand for no file.
        if row.version.is_none() && row.row_type.is_synthetic() {
            continue;
        }
        // What Flyway takes for the same is the same.
        let is_file = entry
            .file
            .is_some_and(|file| file.checksum_matches(row.checksum));
        let file_sum = checksums.get(&(kind, key.as_str())).copied().flatten();
        history.rows.push(Row {
            description: Some(row.description.clone()).filter(|_| kind != Kind::Repeatable),
            file_description: entry.file.map(description),
            state,
            checksum: if is_file { file_sum } else { row.checksum },
            sum: None,
            kind,
            key,
        });
    }
    // One that has run before has a row that says more.
    let rows = &history.rows;
    history.waiting.retain(|waiting| {
        let has_row = rows
            .iter()
            .any(|row| (row.kind, &row.key) == (waiting.kind, &waiting.key));
        waiting.kind != Kind::Repeatable || !has_row
    });
    Ok(history)
}

fn description(file: &FlywayMigration) -> String {
    abbreviate_description(&file.description).into_owned()
}

fn id(entry: &Entry<'_>) -> (Kind, String) {
    let of_row = |row: &AppliedRow| match (&row.version, row.row_type.text()) {
        (None, _) => Kind::Repeatable,
        (_, "SQL_BASELINE") => Kind::Baseline,
        (_, kind) if kind.starts_with("UNDO_") => Kind::Undo,
        _ => Kind::Versioned,
    };
    let kind = match (entry.file, entry.row) {
        (Some(file), _) => match file.kind {
            FileKind::Versioned => Kind::Versioned,
            FileKind::Repeatable => Kind::Repeatable,
            FileKind::Baseline => Kind::Baseline,
            FileKind::Undo => Kind::Undo,
        },
        (None, Some(row)) => of_row(row),
        (None, None) => Kind::Versioned,
    };
    let key = match (
        entry.file.and_then(|file| file.version.as_ref()),
        entry.version(),
    ) {
        (Some(version), _) | (None, Some(version)) => version.to_string(),
        (None, None) => match entry.file {
            Some(file) => file.description.clone(),
            None => entry.description().to_owned(),
        },
    };
    (kind, key)
}

/// Whether a migration waits without a row, and if so, whether it will run.
fn waits(state: State) -> Option<bool> {
    match state {
        State::Pending => Some(true),
        State::Ignored => Some(false),
        _ => None,
    }
}

/// How a row stands; nothing for rows that say nothing about a migration.
fn state(entry: &Entry<'_>) -> Option<RowState> {
    let row = entry.row?;
    Some(match entry.state {
        State::Failed | State::MissingFailed | State::FutureFailed => {
            if row.execution_time == ANNOUNCED {
                RowState::Interrupted
            } else {
                RowState::Failed
            }
        }
        State::OutOfOrder => RowState::OutOfOrder,
        State::FutureSuccess => RowState::Future,
        State::Success | State::MissingSuccess | State::Outdated => RowState::Applied,
        // The marker row of a baseline names no file; the others are older runs or taken back.
        State::Baseline
        | State::Superseded
        | State::Deleted
        | State::Undone
        | State::Available
        | State::Pending
        | State::AboveTarget
        | State::BelowBaseline
        | State::BaselineIgnored
        | State::Ignored => return None,
    })
}
