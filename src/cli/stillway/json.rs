//! Results of commands over domains, for programs. The form is described in docs/json.md.

use serde_json::{Value, json};

use super::targets;
use crate::command::domains::{
    Cause, DomainError, DomainHistory, DomainStatus, InitResult, PlanResult, RunResult, Workspace,
};
use crate::model::{CatalogMigration, Domain, Place, Standing};

/// The version of the form; it grows when something is taken away or changes its meaning.
const FORMAT: u32 = 1;

pub(super) fn document(command: &str, fields: Value) -> String {
    let mut object = json!({ "format": FORMAT, "command": command });
    if let (Value::Object(object), Value::Object(fields)) = (&mut object, fields) {
        object.extend(fields);
    }
    let mut text = serde_json::to_string_pretty(&object).unwrap_or_default();
    text.push('\n');
    text
}

pub(super) fn error_value(error: &DomainError) -> Value {
    let kind = match &error.cause {
        Cause::Misuse(_) => "misuse",
        Cause::File(_) => "configuration",
        Cause::Order(_) => "order",
        _ if error.is_unreachable() => "unreachable",
        _ => "failure",
    };
    json!({
        "kind": kind,
        "domain": error.domain,
        "message": super::text::message(error),
        "hint": error.hint(),
    })
}

/// A command that failed before it could begin.
pub(super) fn failure(error: &DomainError) -> String {
    document("error", json!({ "error": error_value(error) }))
}

fn domain_value(domain: &Domain) -> Value {
    let needs = domain.depends_on.iter();
    let needs: Vec<String> = needs.map(|declared| declared.need.to_string()).collect();
    json!({
        "name": domain.name,
        "dialect": domain.dialect,
        "directory": domain.directory,
        "depends_on": needs,
        "deprecated": domain.deprecated,
    })
}

pub(super) fn standing_value(standing: &Standing) -> Value {
    let pending: Vec<&str> = standing.pending().collect();
    json!({
        "database": standing.database,
        "has_history": standing.has_history,
        "current": standing.current,
        "pending": pending,
        "problems": standing.problems,
        "not_adopted": standing.not_adopted,
    })
}

/// Where every domain stands.
pub(super) fn status(workspace: &Workspace, found: &[DomainStatus], all_targets: bool) -> String {
    let domains: Vec<Value> = found
        .iter()
        .map(|status| {
            let mut value = domain_value(&status.domain);
            match &status.found {
                Err(error) => value["error"] = error_value(error),
                Ok((catalog, standing)) => {
                    value["heads"] = json!(catalog.heads);
                    value["migrations"] = json!(catalog.migrations.len());
                    match standing {
                        Ok(standing) => value["standing"] = standing_value(standing),
                        Err(error) => value["error"] = error_value(error),
                    }
                    if let Some(targets) = &status.targets {
                        value["targets"] = targets::standings_value(targets, all_targets);
                    }
                }
            }
            value
        })
        .collect();
    document(
        "status",
        json!({ "discovered": workspace.file.is_none(), "domains": domains }),
    )
}

/// What a run has done.
pub(super) fn run(action: &str, result: &RunResult) -> String {
    let domains: Vec<Value> = result
        .domains
        .iter()
        .map(|run| {
            let mut value = json!({
                "name": run.domain,
                "state": run.state,
                "ran": run.ran,
                "left": run.left,
                "needed_only": run.needed_only,
            });
            if let Some(runs) = &run.targets {
                value["targets"] = targets::runs_value(runs);
            }
            value
        })
        .collect();
    document(
        action,
        json!({
            "domains": domains,
            "left_out": result.left_out,
            "findings": result.findings,
            "error": result.failure.as_ref().map(error_value),
        }),
    )
}

fn migration_value(migration: &CatalogMigration) -> Value {
    let needs: Vec<String> = migration.needs.iter().map(ToString::to_string).collect();
    json!({
        "key": migration.key,
        "kind": migration.kind,
        "description": migration.description,
        "parents": migration.parents,
        "depends_on": migration.depends_on,
        "needs": needs,
        "labels": migration.labels,
        "path": migration.path,
        "reversible": migration.reversible,
    })
}

/// What an upgrade would run.
pub(super) fn plan(result: &PlanResult, sql: bool) -> String {
    let segments: Vec<Value> = result
        .segments
        .iter()
        .map(|segment| {
            let migrations = segment.migrations.iter().map(|migration| {
                let mut value = json!({
                    "key": migration.key,
                    "kind": migration.kind,
                    "description": migration.description,
                    "path": migration.path,
                    "transactions": migration.transactions,
                    "statement_count": migration.statements.len(),
                    "unknown": migration.unknown,
                });
                if sql {
                    let statements = migration.statements.iter();
                    value["statements"] = statements
                        .map(|statement| {
                            json!({ "sql": statement.sql, "place": place_value(&statement.place) })
                        })
                        .collect();
                }
                value
            });
            json!({
                "domain": segment.domain,
                "database": segment.database,
                "needed_only": segment.needed_only,
                "migrations": migrations.collect::<Vec<_>>(),
            })
        })
        .collect();
    document(
        "plan",
        json!({
            "segments": segments,
            "left_out": result.left_out,
            "findings": result.findings,
        }),
    )
}

fn place_value(place: &Place) -> Value {
    json!({ "path": place.path, "line": place.line, "column": place.column })
}

/// The migrations of domains.
pub(super) fn history(_workspace: &Workspace, found: &[DomainHistory]) -> String {
    let domains: Vec<Value> = found
        .iter()
        .map(|history| {
            let mut value = domain_value(&history.domain);
            let migrations = history.catalog.migrations.iter().map(|migration| {
                let mut value = migration_value(migration);
                let placed = history.standing.as_ref().and_then(|standing| {
                    standing
                        .migrations
                        .iter()
                        .find(|placed| placed.key == migration.key)
                });
                if let Some(placed) = placed {
                    value["state"] = json!(placed.state);
                    value["applied_at"] = json!(placed.applied_at);
                }
                value
            });
            value["migrations"] = migrations.collect();
            value
        })
        .collect();
    document("history", json!({ "domains": domains }))
}

/// What `init` has written.
pub(super) fn init(result: &InitResult) -> String {
    let domains: Vec<Value> = result.domains.iter().map(domain_value).collect();
    document("init", json!({ "path": result.path, "domains": domains }))
}

/// Domains.
pub(super) fn domains(command: &str, domains: &[Domain]) -> String {
    let domains: Vec<Value> = domains.iter().map(domain_value).collect();
    document(command, json!({ "domains": domains }))
}

/// Files that were written.
pub(super) fn written(command: &str, paths: &[std::path::PathBuf]) -> String {
    document(command, json!({ "written": paths }))
}
