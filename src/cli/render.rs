//! `stillway render`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use super::process;
use crate::command::alembic::render::{Outcome, RenderOptions, chain, orders, render};
use crate::dialect::alembic::revision::Revision;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::model::Backend;

/// Arguments of `stillway render`.
#[derive(Debug, Args)]
pub(super) struct RenderArguments {
    /// Folder with revision files; may be given several times.
    #[arg(long = "dir", required = true)]
    dirs: Vec<PathBuf>,
    /// The backend the statements are for.
    #[arg(long, value_enum, default_value_t = BackendName::Postgresql)]
    backend: BackendName,
    /// All revisions.
    #[arg(long)]
    all: bool,
    /// Only these revisions.
    #[arg(value_name = "REVISION")]
    revisions: Vec<String>,
    /// Look into folders below, too.
    #[arg(long)]
    recursive: bool,
    /// Folder in which modules of the project's own are looked for.
    #[arg(long = "path")]
    roots: Vec<PathBuf>,
    /// Environment variable that revisions may read.
    #[arg(long = "allow-env", value_name = "NAME")]
    variables: Vec<String>,
    /// The engine name that the multidb template hands to the functions.
    #[arg(long)]
    engine: Option<String>,
    /// An argument for `context.get_x_argument()`.
    #[arg(short = 'x', value_name = "KEY=VALUE")]
    x_arguments: Vec<String>,
    /// Print heads, bases and the orders of upgrade and downgrade as JSON, and no SQL.
    #[arg(long, conflicts_with_all = ["all", "revisions"])]
    graph: bool,
    /// How to print them.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BackendName {
    /// PostgreSQL.
    Postgresql,
    /// SQLite.
    Sqlite,
    /// MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

fn target(name: BackendName) -> Target {
    match name {
        BackendName::Postgresql => Target::new(Backend::Postgres),
        BackendName::Sqlite => Target::new(Backend::Sqlite),
        BackendName::Mysql => Target::new(Backend::Mysql),
        BackendName::Mariadb => Target::mariadb(),
    }
}

/// Runs the command.
pub(super) fn main(arguments: &RenderArguments) -> ExitCode {
    process::start_log(false);
    let options = RenderOptions {
        target: target(arguments.backend),
        convention: Vec::new(),
        roots: arguments.roots.clone(),
        environment: process::variables(),
        allowed_variables: arguments.variables.clone(),
        engine: arguments.engine.clone(),
        x_arguments: arguments.x_arguments.clone(),
        placeholders: std::collections::BTreeMap::new(),
    };
    let revisions = match chain(&arguments.dirs, arguments.recursive, &options) {
        Ok((revisions, unreadable)) => {
            for error in unreadable {
                process::print_error(&format!("warning: {error}\n"));
            }
            revisions
        }
        Err(message) => {
            process::print_error(&format!("error: {message}\n"));
            return ExitCode::from(process::FAILURE);
        }
    };
    if arguments.graph {
        return print_graph(revisions);
    }
    let wanted = |revision: &Revision| arguments.all || arguments.revisions.contains(&revision.id);
    let unknown: Vec<&str> = arguments
        .revisions
        .iter()
        .filter(|id| revisions.iter().all(|revision| revision.id != **id))
        .map(String::as_str)
        .collect();
    if !unknown.is_empty() {
        process::print_error(&format!("error: no revision {}\n", unknown.join(", ")));
        return ExitCode::from(process::FAILURE);
    }
    let rendered = match render(&revisions, &wanted, &options) {
        Ok(rendered) => rendered,
        Err(error) => {
            process::print_error(&format!("error: {error}\n"));
            return ExitCode::from(process::FAILURE);
        }
    };
    match arguments.format {
        Format::Json => {
            let mut map = Map::new();
            for revision in &rendered {
                map.insert(
                    revision.id.clone(),
                    json!({
                        "file": relative(&arguments.dirs, &revision.path),
                        "up_body": body(&revision.up),
                        "down_body": body(&revision.down),
                        "up_sql": revision.up_sql,
                        "down_sql": revision.down_sql,
                        "error_up": error(&revision.up),
                        "error_down": error(&revision.down),
                    }),
                );
            }
            let mut text = serde_json::to_string_pretty(&Value::Object(map)).unwrap_or_default();
            text.push('\n');
            process::print(&text);
        }
        Format::Text => {
            for revision in &rendered {
                for (label, outcome) in [("up", &revision.up), ("down", &revision.down)] {
                    process::print(&format!("-- {} {label}\n\n", revision.id));
                    match outcome {
                        Ok(_) => process::print(&body(outcome).unwrap_or_default()),
                        Err(error) => process::print(&format!("-- {}\n\n", error.message)),
                    }
                }
            }
        }
    }
    ExitCode::SUCCESS
}

fn print_graph(revisions: Vec<Revision>) -> ExitCode {
    match orders(revisions) {
        Ok(orders) => {
            let map = json!({
                "heads": orders.heads,
                "bases": orders.bases,
                "upgrade_order": orders.upgrade,
                "downgrade_order": orders.downgrade,
            });
            let mut text = serde_json::to_string_pretty(&map).unwrap_or_default();
            text.push('\n');
            process::print(&text);
            ExitCode::SUCCESS
        }
        Err(error) => {
            process::print_error(&format!("error: {error}\n"));
            ExitCode::from(process::FAILURE)
        }
    }
}

fn relative(dirs: &[PathBuf], path: &Path) -> String {
    dirs.iter()
        .find_map(|dir| path.strip_prefix(dir).ok())
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}

fn body(outcome: &Outcome) -> Option<String> {
    outcome.as_ref().ok().map(|rendered| {
        rendered
            .statements
            .iter()
            .fold(String::new(), |text, statement| text + statement + ";\n\n")
    })
}

fn error(outcome: &Outcome) -> Value {
    match outcome {
        Ok(_) => Value::Null,
        Err(error) => {
            let mut message = error.message.clone();
            if !error.hint.is_empty() {
                message.push(' ');
                message.push_str(&error.hint);
            }
            json!({
                "class": error.class,
                "type": error.exception,
                "message": message,
                "line": error.place.as_ref().map(|place| place.line),
                "column": error.place.as_ref().map(|place| place.column),
                "file": error.place.as_ref().map(|place| place.path.to_string_lossy().into_owned()),
            })
        }
    }
}
