//! Results for people, in Flyway's words where scripts may look for them.

use std::time::Duration;

use crate::cli::process;
use crate::cli::style::{natural_width, table};
use crate::command::flyway::{
    BaselineResult, CleanResult, InfoResult, MigrateResult, RepairResult, Session, UndoResult,
    ValidateResult,
};
use crate::engine::{Failure, FailureCause, ServerError, WhatRemains};
use crate::error::Error;
use crate::model::Direction;

/// A duration as Flyway writes it: `00:01.234s`.
fn time(took: Duration) -> String {
    let seconds = took.as_secs();
    format!(
        "{:02}:{:02}.{:03}s",
        seconds / 60,
        seconds % 60,
        took.subsec_millis()
    )
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

pub(super) fn info(session: &Session<'_>, result: &InfoResult) -> Vec<String> {
    if session.config().migration_ids {
        let ids: Vec<&str> = result
            .lines
            .iter()
            .map(|line| {
                if line.version.is_empty() {
                    line.description.as_str()
                } else {
                    line.version.as_str()
                }
            })
            .collect();
        return vec![ids.join(",")];
    }
    let version = result
        .schema_version
        .as_deref()
        .unwrap_or("<< Empty Schema >>");
    let mut rows: Vec<Vec<String>> = result
        .lines
        .iter()
        .map(|line| {
            vec![
                line.category.to_owned(),
                line.version.clone(),
                line.description.clone(),
                line.type_text.clone(),
                line.installed_on.chars().take(19).collect(),
                line.state.text().to_owned(),
                line.undoable.to_owned(),
            ]
        })
        .collect();
    let body = if rows.is_empty() {
        "No migrations found".to_owned()
    } else {
        let mut header = [
            "Category",
            "Version",
            "Description",
            "Type",
            "Installed On",
            "State",
            "Undoable",
        ];
        let width = process::width();
        if width.is_some_and(|width| natural_width(&header, &rows) > usize::from(width)) {
            // The day has to do where the time has no room.
            header[4] = "Installed";
            for row in &mut rows {
                row[4] = row[4].chars().take(10).collect();
            }
        }
        table(&header, rows, width, 2)
    };
    vec![
        format!("Schema version: {version}"),
        String::new(),
        body,
        String::new(),
    ]
}

pub(super) fn validate(result: &ValidateResult, took: Duration) -> Vec<String> {
    if let Some(schema) = &result.missing_schema {
        return vec![format!("ERROR: Schema \"{schema}\" doesn't exist yet")];
    }
    if !result.problems.is_empty() {
        let mut lines =
            vec!["ERROR: Validate failed: Migrations have failed validation".to_owned()];
        lines.extend(
            result
                .problems
                .iter()
                .map(|problem| problem.message.clone()),
        );
        return lines;
    }
    let mut lines = vec![format!(
        "Successfully validated {} migration{} (execution time {})",
        result.count,
        plural(result.count),
        time(took)
    )];
    lines.extend(
        result
            .warnings
            .iter()
            .map(|warning| format!("WARNING: {warning}")),
    );
    lines
}

pub(super) fn migrate(
    session: &Session<'_>,
    result: &MigrateResult,
    succeeded: bool,
) -> Vec<String> {
    let schema = session.schema_name();
    let mut lines: Vec<String> = result
        .warnings
        .iter()
        .map(|warning| format!("WARNING: {warning}"))
        .collect();
    let count = result.migrations.len();
    if session.config().dry_run_output.is_some() {
        lines.push(format!(
            "{} migration{} would run; nothing was changed",
            result.pending.len(),
            plural(result.pending.len())
        ));
    } else if succeeded && count == 0 {
        lines.push(format!(
            "Schema \"{schema}\" is up to date. No migration necessary."
        ));
    } else if count > 0 {
        let version = result
            .target_version
            .as_ref()
            .map(|version| format!(", now at version v{version}"))
            .unwrap_or_default();
        let words = if succeeded {
            "Successfully applied"
        } else {
            "Before the failure, applied"
        };
        lines.push(format!(
            "{words} {count} migration{} to schema \"{schema}\"{version} (execution time {})",
            plural(count),
            time(result.total_time)
        ));
    }
    lines
}

pub(super) fn undo(session: &Session<'_>, result: &UndoResult, succeeded: bool) -> Vec<String> {
    let schema = session.schema_name();
    let count = result.undone.len();
    match (count, succeeded) {
        (0, true) => vec![format!("Schema \"{schema}\" has no migration to undo.")],
        (0, false) => Vec::new(),
        _ => vec![format!(
            "Undid {count} migration{} of schema \"{schema}\", now at version {}",
            plural(count),
            result.target_version.as_ref().map_or_else(
                || "<< Empty Schema >>".to_owned(),
                |version| format!("v{version}")
            )
        )],
    }
}

pub(super) fn baseline(session: &Session<'_>, result: &BaselineResult) -> Vec<String> {
    let version = &result.version;
    vec![if result.already_there {
        format!(
            "Schema history table {} already initialized with ({version},{}). Skipping.",
            session.table_name(),
            session.config().baseline_description
        )
    } else {
        format!("Successfully baselined schema with version: {version}")
    }]
}

pub(super) fn clean(result: &CleanResult, took: Duration) -> Vec<String> {
    let line = |words: &str, schema: &String| {
        format!(
            "Successfully {words} schema \"{schema}\" (execution time {})",
            time(took)
        )
    };
    let cleaned = result.cleaned.iter().map(|schema| line("cleaned", schema));
    let dropped = result.dropped.iter().map(|schema| line("dropped", schema));
    cleaned.chain(dropped).collect()
}

pub(super) fn repair(session: &Session<'_>, result: &RepairResult, took: Duration) -> Vec<String> {
    let mut lines = Vec::new();
    let groups = [
        ("Removed failed migration", &result.removed),
        ("Marked missing migration as deleted", &result.deleted),
        ("Aligned migration with its file", &result.aligned),
    ];
    for (words, items) in groups {
        for item in items {
            let key = if item.version.is_empty() {
                ""
            } else {
                &item.version
            };
            let dash = if key.is_empty() || item.description.is_empty() {
                ""
            } else {
                " - "
            };
            lines.push(format!("{words}: {key}{dash}{}", item.description));
        }
    }
    lines.push(format!(
        "Successfully repaired schema history table {} (execution time {}).",
        session.table_name(),
        time(took)
    ));
    if !result.deleted.is_empty() {
        lines.push("Please ensure the previous contents of the deleted migrations are removed from the database, or moved into an existing migration.".to_owned());
    }
    lines
}

/// An error, several lines: what failed, where, the server's words, what is now true, what to do.
pub(in crate::cli) fn error(error: &Error) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(failure) = error.failure() {
        lines.extend(failed_step(failure));
    } else {
        lines.push(error.to_string());
        if let Some(cause) = error.callback_cause() {
            lines.extend(failed_cause(cause));
        } else if let Some(server) = error.server_error() {
            lines.extend(server_words(server));
        }
    }
    lines.extend(error.hint().map(|hint| format!("Hint       : {hint}")));
    lines
}

fn failed_step(failure: &Failure) -> Vec<String> {
    let remark = failure
        .remark
        .map(|remark| format!(" [{remark}]"))
        .unwrap_or_default();
    let mut lines = vec![
        format!(
            "{} of schema \"{}\" {} \"{}\"{remark} failed!",
            if failure.direction == Direction::Revert {
                "Undo"
            } else {
                "Migration"
            },
            failure.id.domain,
            match (failure.direction, failure.id.key.is_empty()) {
                (Direction::Revert, _) => "from version",
                (_, true) => "with repeatable migration",
                (_, false) => "to version",
            },
            failure.id
        ),
        format!("Failed to execute script {}", failure.script_name),
        "-".repeat(25 + failure.script_name.chars().count()),
    ];
    lines.extend(failed_cause(&failure.cause));
    lines.push(format!("Now        : {}", remains(&failure.remains)));
    for (index, remedy) in &failure.invalid_indexes {
        lines.push(format!(
            "Leftover   : index {index} is invalid; remove it with: {remedy}"
        ));
    }
    lines
}

fn failed_cause(cause: &FailureCause) -> Vec<String> {
    match cause {
        FailureCause::Statement {
            number,
            total,
            place,
            statement_place,
            source_line,
            statement,
            error,
        } => {
            let mut lines = server_words(error);
            lines.push(format!("Location   : {place}"));
            lines.push(format!("Line       : {}", place.line));
            lines.push(format!(
                "Statement  : {number} of {total}, from line {}",
                statement_place.line
            ));
            lines.extend(excerpt(source_line, place.line, place.column, statement));
            lines
        }
        FailureCause::Around { action, error } => {
            let mut lines = vec![format!("While      : {action}")];
            lines.extend(server_words(error));
            lines
        }
        FailureCause::Lock(error) => {
            let mut lines = vec![format!("Message    : {error}")];
            lines.extend(error.hint().map(|hint| format!("Hint       : {hint}")));
            lines
        }
    }
}

/// The line of the file with a mark below the place; very long lines are cut around it.
fn excerpt(source_line: &str, line: u32, column: u32, statement: &str) -> Vec<String> {
    const BEFORE: usize = 60;
    const LENGTH: usize = 120;
    if source_line.trim().is_empty() {
        let first = statement.lines().next().unwrap_or_default();
        return vec![format!("             {first}")];
    }
    let column = usize::try_from(column.saturating_sub(1)).unwrap_or(0);
    let skipped = column.saturating_sub(BEFORE);
    let shown: String = source_line
        .chars()
        .map(|character| if character == '\t' { ' ' } else { character })
        .skip(skipped)
        .take(LENGTH)
        .collect();
    let before: String = shown.chars().take(column - skipped).collect();
    let margin = line.to_string();
    let blank = " ".repeat(margin.len());
    let pad = " ".repeat(unicode_width::UnicodeWidthStr::width(before.as_str()));
    vec![
        format!("  {margin} | {shown}"),
        format!("  {blank} | {pad}^"),
    ]
}

fn server_words(error: &ServerError) -> Vec<String> {
    let message = &error.message;
    let mut lines = Vec::new();
    if !message.code.is_empty() {
        lines.push(format!("SQL State  : {}", message.code));
    }
    lines.push(format!("Message    : {}", message.message));
    let more = [
        ("Detail     ", &message.detail),
        ("Server hint", &message.hint),
        ("Context    ", &message.context),
    ];
    for (name, text) in more {
        if let Some(text) = text {
            lines.push(format!("{name}: {text}"));
        }
    }
    if error.connection_lost {
        lines.push("Connection : lost".to_owned());
    }
    lines
}

fn remains(remains: &WhatRemains) -> String {
    match remains {
        WhatRemains::RolledBack => {
            "Changes successfully rolled back: the database is as it was before this migration."
                .to_owned()
        }
        WhatRemains::PartlyCommitted { statements, place } => format!(
            "the script itself committed at {place}: its first {statements} statement{} cannot be rolled back and stay; only what came after was rolled back. The migration is not recorded and will run from its start again.",
            plural(*statements)
        ),
        WhatRemains::Kept {
            statements,
            recorded,
        } => {
            let what = match statements {
                0 => "none of its statements has succeeded".to_owned(),
                1 => "its first statement has succeeded and stays".to_owned(),
                count => format!("its first {count} statements have succeeded and stay"),
            };
            let record = if *recorded {
                "The history says that it failed: remove what is left, then run repair."
            } else {
                "The failure could not be recorded in the history."
            };
            format!("the migration ran outside a transaction; {what}. {record}")
        }
        WhatRemains::Unknown => {
            "the connection was lost while committing: the migration is either wholly applied and recorded, or not at all. Run info to see which."
                .to_owned()
        }
    }
}
