//! Runs Flyway verbs in process and tells their results in the form of the recordings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stillway::Error;
use stillway::command::flyway::{
    Environment, MigrateResult, Reading, RepairItem, Session, UndoResult, baseline, clean, info,
    migrate, repair, undo, validate,
};
use stillway::dialect::flyway::config::{FileReader, FlywayConfig, LoadContext, load};
use stillway::engine::{Event, EventSink};

/// Collects warnings and notes.
#[derive(Default)]
pub struct Collected {
    pub events: Vec<Event>,
}

impl EventSink for Collected {
    fn event(&mut self, event: Event) {
        self.events.push(event);
    }
}

struct Disk;

impl FileReader for Disk {
    fn read(&self, path: &Path) -> Option<std::io::Result<Vec<u8>>> {
        path.exists().then(|| std::fs::read(path))
    }

    fn is_directory(&self, path: &Path) -> bool {
        path.is_dir()
    }
}

/// Settings as the command line takes them.
pub fn config(
    settings: &BTreeMap<String, String>,
    directory: &Path,
) -> Result<FlywayConfig, Error> {
    let mut arguments: Vec<String> = settings
        .iter()
        .map(|(key, value)| format!("-{key}={value}"))
        .collect();
    arguments.push("info".to_owned());
    let context = LoadContext {
        install_directory: None,
        home_directory: None,
        current_directory: directory.to_owned(),
        standard_input: None,
        files: &Disk,
        extra_commands: &[],
    };
    Ok(load(&arguments, &BTreeMap::new(), &context)?.config)
}

fn environment(directory: &Path) -> Environment {
    Environment {
        variables: BTreeMap::new(),
        directory: PathBuf::from(directory),
        timestamp: "2026-01-01 00:00:00".to_owned(),
        foreign: Vec::new(),
        has_neighbours: false,
        attach: std::collections::BTreeMap::new(),
        time_zone: Some("UTC".to_owned()),
    }
}

/// Runs a verb; the result has the keys of the recordings.
pub fn run(
    verb: &str,
    settings: &BTreeMap<String, String>,
    directory: &Path,
) -> Result<Value, Error> {
    let mut sink = Collected::default();
    let config = config(settings, directory)?;
    let schemas = config.schemas.join(", ");
    let reading = Reading::of_verb(verb);
    let mut session = Session::open_for(reading, config, environment(directory), &mut sink)?;
    match verb {
        "migrate" => {
            let mut result = MigrateResult::default();
            migrate(&mut session, &mut result)?;
            let migrations: Vec<Value> = result
                .migrations
                .iter()
                .map(|item| {
                    json!({"category": item.category, "version": item.version, "description": item.description, "type": item.type_text})
                })
                .collect();
            Ok(json!({
                "success": true,
                "initialSchemaVersion": result.initial_version,
                "targetSchemaVersion": result.target_version,
                "schemaName": schemas,
                "migrationsExecuted": migrations.len(),
                "migrations": migrations,
            }))
        }
        "info" => {
            let result = info(&mut session)?;
            Ok(json!({
                "schemaVersion": result.schema_version,
                "schemaName": schemas,
                "allSchemasEmpty": result.all_schemas_empty,
            }))
        }
        "validate" => {
            let result = validate(&mut session)?;
            let invalid: Vec<Value> = result
                .problems
                .iter()
                .map(|problem| {
                    json!({"version": problem.version, "description": problem.description, "error": {"code": problem.code, "message": problem.message}})
                })
                .collect();
            let error = match &result.missing_schema {
                Some(schema) => {
                    json!({"code": "SCHEMA_DOES_NOT_EXIST", "message": format!("Schema \"{schema}\" doesn't exist yet")})
                }
                None if invalid.is_empty() => Value::Null,
                None => {
                    json!({"code": "VALIDATE_ERROR", "message": "Migrations have failed validation"})
                }
            };
            Ok(json!({
                "validationSuccessful": error.is_null(),
                "validateCount": result.count,
                "error": error,
                "invalidMigrations": invalid,
                "warnings": result.warnings,
            }))
        }
        "repair" => {
            let result = repair(&mut session)?;
            let items = |list: &[RepairItem]| -> Vec<Value> {
                list.iter()
                    .map(|item| json!({"version": item.version, "description": item.description}))
                    .collect()
            };
            Ok(json!({
                "repairActions": result.actions(),
                "migrationsRemoved": items(&result.removed),
                "migrationsDeleted": items(&result.deleted),
                "migrationsAligned": items(&result.aligned),
            }))
        }
        "baseline" => {
            let result = baseline(&mut session)?;
            Ok(json!({"successfullyBaselined": true, "baselineVersion": result.version}))
        }
        "clean" => {
            let result = clean(&mut session)?;
            Ok(json!({"schemasCleaned": result.cleaned, "schemasDropped": result.dropped}))
        }
        "undo" => {
            let mut result = UndoResult::default();
            undo(&mut session, &mut result)?;
            Ok(json!({"migrationsUndone": result.undone.len()}))
        }
        other => panic!("unknown verb {other}"),
    }
}

/// What `info` lists, in the form of the recordings.
pub fn list(settings: &BTreeMap<String, String>, directory: &Path) -> Result<Value, Error> {
    let mut sink = Collected::default();
    let mut settings = settings.clone();
    settings.insert("skipDefaultCallbacks".to_owned(), "true".to_owned());
    let config = config(&settings, directory)?;
    let mut session = Session::open(config, environment(directory), &mut sink)?;
    let lines: Vec<Value> = info(&mut session)?
        .lines
        .iter()
        .map(|line| {
            json!({
                "category": line.category,
                "version": line.version,
                "description": line.description,
                "type": line.type_text,
                "state": line.state.text(),
                "checksum": line.checksum,
                "undoable": line.undoable,
            })
        })
        .collect();
    Ok(Value::from(lines))
}
