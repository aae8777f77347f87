//! Results for programs, with Flyway's keys.

use serde_json::{Map, Value, json};

use crate::command::flyway::{
    BaselineResult, CleanResult, InfoResult, MigrateItem, MigrateResult, RepairItem, RepairResult,
    Session, UndoResult, ValidateResult,
};
use crate::engine::FailureCause;
use crate::error::Error;
use crate::model::Backend;

/// The version whose results these are; programs look at it.
const FLYWAY_VERSION: &str = "13.0.0";

/// Writes a document as Flyway does: two blanks of indentation, ` : ` between key and value.
pub(super) fn pretty(document: &Value) -> String {
    let mut text = String::new();
    write(&mut text, document, 0);
    text.push('\n');
    text
}

fn write(text: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Array(items) if items.is_empty() => text.push_str("[ ]"),
        Value::Array(items) => {
            text.push_str("[ ");
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                write(text, item, depth);
            }
            text.push_str(" ]");
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (key, member)) in sorted(members).into_iter().enumerate() {
                text.push_str(if index > 0 { ",\n" } else { "\n" });
                text.extend([&indent, "  ", &Value::from(key.as_str()).to_string(), " : "]);
                write(text, member, depth + 1);
            }
            text.extend(["\n", &indent, "}"]);
        }
        other => text.push_str(&other.to_string()),
    }
}

/// Members by name, except that an error keeps the order it is told in.
fn sorted(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut list: Vec<_> = members.iter().collect();
    if !members.contains_key("errorCode") {
        list.sort_by_key(|(key, _)| *key);
    }
    list
}

fn common(session: &Session<'_>, operation: &str) -> Map<String, Value> {
    let name = session.database_name();
    let mut members = Map::new();
    members.insert(
        "database".to_owned(),
        if name.is_empty() {
            Value::Null
        } else {
            Value::from(name)
        },
    );
    members.insert("flywayVersion".to_owned(), FLYWAY_VERSION.into());
    members.insert("operation".to_owned(), operation.into());
    members.insert("warnings".to_owned(), json!([]));
    members
}

fn timed(session: &Session<'_>, operation: &str) -> Map<String, Value> {
    let mut members = common(session, operation);
    let now = chrono::Local::now().format("%Y-%m-%dT%H:%M:%S%.9f");
    members.insert("timestamp".to_owned(), now.to_string().into());
    members.insert("exception".to_owned(), Value::Null);
    members.insert("licenseFailed".to_owned(), false.into());
    members.insert(
        "schemaName".to_owned(),
        session.config().schemas.join(", ").into(),
    );
    members
}

fn with(mut members: Map<String, Value>, more: Value) -> Value {
    if let Value::Object(more) = more {
        members.extend(more);
    }
    Value::Object(members)
}

/// A time of the history as an instant; on PostgreSQL it is local time, on SQLite UTC.
fn instant(session: &Session<'_>, installed_on: &str) -> String {
    use chrono::{Local, NaiveDateTime, TimeZone as _, Utc};
    let Ok(naive) = NaiveDateTime::parse_from_str(installed_on, "%Y-%m-%d %H:%M:%S%.f") else {
        return String::new();
    };
    let time = match session.backend() {
        Backend::Sqlite => Utc.from_utc_datetime(&naive),
        Backend::Postgres | Backend::Mysql => Local
            .from_local_datetime(&naive)
            .earliest()
            .map_or_else(|| Utc.from_utc_datetime(&naive), |local| local.to_utc()),
    };
    time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

pub(super) fn info(session: &Session<'_>, result: &InfoResult) -> Value {
    let migrations: Vec<Value> = result
        .lines
        .iter()
        .map(|line| {
            json!({
                "category": line.category,
                "description": line.description,
                "executionTime": line.execution_time,
                "filepath": line.path,
                "installedBy": line.installed_by,
                "installedOnUTC": instant(session, &line.installed_on),
                "rawVersion": line.raw_version,
                "shouldExecuteExpression": line.should_execute,
                "state": line.state.text(),
                "type": line.type_text,
                "undoFilepath": line.undo_path,
                "undoable": line.undoable,
                "version": line.version,
            })
        })
        .collect();
    let mut members = timed(session, "info");
    members.remove("warnings");
    members.insert("database".to_owned(), session.database_name().into());
    with(
        members,
        json!({
            "allSchemasEmpty": result.all_schemas_empty,
            "migrations": migrations,
            "schemaVersion": result.schema_version,
        }),
    )
}

fn migrate_item(item: &MigrateItem) -> Value {
    let mut members = json!({
        "category": item.category,
        "description": item.description,
        "executionTime": milliseconds(item.took),
        "filepath": item.path.display().to_string(),
        "type": item.type_text,
        "version": item.version,
    });
    if let (Some(rolled_back), Value::Object(members)) = (item.rolled_back, &mut members) {
        members.insert("rolledBack".to_owned(), rolled_back.into());
    }
    members
}

fn milliseconds(took: std::time::Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn migrate(
    session: &Session<'_>,
    result: &MigrateResult,
    error: Option<&Error>,
) -> Value {
    let mut members = timed(session, "migrate");
    members.insert("warnings".to_owned(), json!(result.warnings));
    if let Some(error) = error {
        members.insert("exception".to_owned(), describe(error).into());
        members.insert("error".to_owned(), failed_migration(result, error));
    }
    with(
        members,
        json!({
            "databaseType": session.backend().to_string(),
            "initialSchemaVersion": result.initial_version,
            "migrations": result.migrations.iter().map(migrate_item).collect::<Vec<_>>(),
            "migrationsExecuted": result.migrations.len(),
            "success": error.is_none(),
            "targetSchemaVersion": result.target_version,
            "totalMigrationTime": milliseconds(result.total_time),
        }),
    )
}

/// The failing statement, as Flyway lays it out.
fn describe(error: &Error) -> String {
    super::text::error(error).join("\n")
}

fn failed_migration(result: &MigrateResult, error: &Error) -> Value {
    let repeatable = result
        .failed
        .as_ref()
        .is_some_and(|item| item.version.is_empty());
    let code = if repeatable {
        "FAILED_REPEATABLE_MIGRATION"
    } else {
        "FAILED_VERSIONED_MIGRATION"
    };
    let state = error
        .server_error()
        .map(|error| error.message.code.clone())
        .filter(|code| !code.is_empty());
    let (line, path) = match error.failure().map(|failure| &failure.cause) {
        Some(FailureCause::Statement { place, .. }) => {
            (Some(place.line), Some(place.path.display().to_string()))
        }
        _ => (None, None),
    };
    json!({
        "errorCode": code,
        "sqlState": state,
        "sqlErrorCode": 0,
        "message": describe(error),
        "lineNumber": line,
        "path": path,
        "cause": null,
    })
}

pub(super) fn validate(session: &Session<'_>, result: &ValidateResult) -> Value {
    let problems: Vec<Value> = result
        .problems
        .iter()
        .map(|problem| {
            json!({
                "version": problem.version,
                "description": problem.description,
                "filepath": problem.path,
                "errorDetails": { "errorCode": problem.code, "errorMessage": problem.message },
            })
        })
        .collect();
    let details = match &result.missing_schema {
        Some(schema) => json!({
            "errorCode": "SCHEMA_DOES_NOT_EXIST",
            "errorMessage": format!("Schema \"{schema}\" doesn't exist yet"),
        }),
        None if problems.is_empty() => Value::Null,
        None => json!({
            "errorCode": "VALIDATE_ERROR",
            "errorMessage": "Migrations have failed validation",
        }),
    };
    let messages: Vec<&str> = result
        .problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    let mut members = common(session, "validate");
    members.insert("warnings".to_owned(), json!(result.warnings));
    with(
        members,
        json!({
            "allErrorMessages": messages.join("\n"),
            "errorDetails": details,
            "invalidMigrations": problems,
            "validateCount": result.count,
            "validationSuccessful": result.problems.is_empty() && result.missing_schema.is_none(),
        }),
    )
}

pub(super) fn baseline(session: &Session<'_>, result: &BaselineResult) -> Value {
    with(
        common(session, "baseline"),
        json!({
            "successfullyBaselined": true,
            "baselineVersion": result.version,
        }),
    )
}

pub(super) fn clean(session: &Session<'_>, result: &CleanResult) -> Value {
    with(
        common(session, "clean"),
        json!({
            "schemasCleaned": result.cleaned,
            "schemasDropped": result.dropped,
        }),
    )
}

pub(super) fn repair(session: &Session<'_>, result: &RepairResult) -> Value {
    let items = |list: &[RepairItem]| -> Vec<Value> {
        list.iter()
            .map(|item| {
                json!({
                    "version": item.version,
                    "description": item.description,
                    "filepath": item.path,
                })
            })
            .collect()
    };
    with(
        common(session, "repair"),
        json!({
            "migrationsAligned": items(&result.aligned),
            "migrationsDeleted": items(&result.deleted),
            "migrationsRemoved": items(&result.removed),
            "repairActions": result.actions(),
        }),
    )
}

pub(super) fn undo(session: &Session<'_>, result: &UndoResult) -> Value {
    let undone: Vec<Value> = result
        .undone
        .iter()
        .map(|item| {
            json!({
                "version": item.version,
                "description": item.description,
                "filepath": item.path.display().to_string(),
                "executionTime": milliseconds(item.took),
            })
        })
        .collect();
    with(
        timed(session, "undo"),
        json!({
            "initialSchemaVersion": result.initial_version,
            "targetSchemaVersion": result.target_version,
            "undoneMigrations": undone,
            "migrationsUndone": result.undone.len(),
        }),
    )
}

/// A verb that failed before it had a result.
pub(super) fn failure(error: &Error) -> Value {
    json!({
        "error": {
            "errorCode": error.code(),
            "message": describe(error),
            "cause": null,
        }
    })
}
