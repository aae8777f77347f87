//! Types compared with what SQLAlchemy 2.1.9 printed for them.

mod custom;
pub(in crate::dialect::alembic::sqlalchemy) mod parse;

use serde_json::Value;

use super::{ColumnContext, ddl, describe};
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::model::Backend;

/// What SQLAlchemy printed, by constructor call.
const RECORDED: &str = include_str!("recorded.json");

fn targets() -> [(&'static str, Target); 4] {
    [
        ("postgres", Target::new(Backend::Postgres)),
        ("sqlite", Target::new(Backend::Sqlite)),
        ("mysql", Target::new(Backend::Mysql)),
        ("mariadb", Target::mariadb()),
    ]
}

#[test]
fn types_print_as_recorded() {
    let recorded: Value = serde_json::from_str(RECORDED).unwrap();
    let mut differences = Vec::new();
    for (call, expected) in recorded.as_object().unwrap() {
        let type_ = parse::type_from(call);
        for (name, target) in targets() {
            let printed = match ddl(&type_, &target, ColumnContext::Definition) {
                Ok(text) => text,
                Err(error) => format!("!{error}"),
            };
            if expected[name] != printed {
                differences.push(format!(
                    "{call} on {name}: {} is recorded, {printed:?} was printed",
                    expected[name]
                ));
            }
        }
        let described = describe(&type_);
        if !expected["str"].as_str().unwrap().starts_with('!') && expected["str"] != described {
            differences.push(format!(
                "{call} in messages: {} is recorded, {described:?} was printed",
                expected["str"]
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
