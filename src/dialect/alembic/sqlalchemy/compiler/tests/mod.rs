//! Statements and expressions compared with what SQLAlchemy 2.1.9 printed for them.

#![expect(
    clippy::too_many_lines,
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::similar_names,
    reason = "tables of cases, and short ways to write them"
)]

mod changes;
mod combinations;
mod details;
mod documents;
mod expressions;
mod fixtures;
mod nested_queries;
mod parameters;
mod queries;
mod schema_tables;

use serde_json::Value;

use super::{Options, compile_statement};
use crate::dialect::alembic::sqlalchemy::select::Statement;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::model::Backend;

/// Renders every case for every backend and compares it with the record.
fn check(recorded: &str, cases: &[(&str, Statement)]) {
    let recorded: Value = serde_json::from_str(recorded).unwrap();
    let targets = [
        ("postgres", Target::new(Backend::Postgres)),
        ("sqlite", Target::new(Backend::Sqlite)),
        ("mysql", Target::new(Backend::Mysql)),
        ("mariadb", Target::mariadb()),
    ];
    let mut differences = Vec::new();
    for (name, statement) in cases {
        let Some(expected) = recorded.get(name) else {
            differences.push(format!("{name} is not recorded"));
            continue;
        };
        for (backend, target) in &targets {
            let wanted = expected
                .get("all")
                .or_else(|| expected.get(backend))
                .or_else(|| expected.get("mysql"))
                .and_then(Value::as_str)
                .unwrap();
            let printed = match compile_statement(statement, target, &Options::default()) {
                Ok(compiled) => compiled.sql,
                Err(error) => format!("!{error}"),
            };
            if wanted != printed {
                differences.push(format!(
                    "{name} on {backend}\n  recorded: {wanted:?}\n  printed:  {printed:?}"
                ));
            }
        }
    }
    for name in recorded.as_object().unwrap().keys() {
        if !cases.iter().any(|(case, _)| case == name) {
            differences.push(format!("{name} is recorded and has no case"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
