//! Dialect options and other keyword arguments.

use std::rc::Rc;

use super::Runtime;
use super::names::text;
use crate::dialect::alembic::sqlalchemy::schema::{OptionValue, Options};
use crate::python::{Failure, Value, Vm};

/// Dialects whose options are known; others are warned about.
const DIALECTS: [&str; 12] = [
    "postgresql",
    "mysql",
    "mariadb",
    "sqlite",
    "mssql",
    "oracle",
    "snowflake",
    "redshift",
    "cockroachdb",
    "clickhouse",
    "bigquery",
    "duckdb",
];

/// Dialect options out of the keyword arguments that a construct does not know itself.
pub(crate) fn dialect_options(
    runtime: &Runtime,
    vm: &mut Vm,
    construct: &str,
    keywords: &[(Rc<str>, Value)],
) -> Result<Options, Failure> {
    let mut options = Options::default();
    for (key, value) in keywords {
        let Some((dialect, _)) = key.split_once('_') else {
            return Err(Failure::type_error(format!(
                "Additional arguments should be named <dialectname>_<argument>, got '{key}'"
            )));
        };
        if dialect.is_empty() {
            continue;
        }
        if !DIALECTS.contains(&dialect) {
            runtime.run.context.warn(format!(
                "Can't validate argument '{key}'; can't locate any SQLAlchemy dialect named \
                 '{dialect}'"
            ));
        }
        let _ = construct;
        let value = if key.ends_with("_where") && text(value).is_some() {
            OptionValue::Expr(runtime.text_or_expression(vm, value)?)
        } else {
            option_value(runtime, vm, value)?
        };
        options.insert(key.clone(), value);
    }
    Ok(options)
}

/// A value as an option.
pub(crate) fn option_value(
    runtime: &Runtime,
    vm: &mut Vm,
    value: &Value,
) -> Result<OptionValue, Failure> {
    if let Some(text) = text(value) {
        return Ok(OptionValue::Text(text));
    }
    Ok(match value {
        Value::None => OptionValue::None,
        Value::Bool(truth) => OptionValue::Bool(*truth),
        Value::Int(_) | Value::Big(_) | Value::Float(_) => OptionValue::Number(vm.str(value)?),
        Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::FrozenSet(_) => {
            let mut items = Vec::new();
            for item in vm.collect(value)? {
                items.push(option_value(runtime, vm, &item)?);
            }
            OptionValue::List(items)
        }
        Value::Dict(dict) => {
            let mut entries = Vec::new();
            for (key, value) in dict.items() {
                let value = option_value(runtime, vm, &value)?;
                entries.push((vm.str(&key)?, value));
            }
            OptionValue::Map(entries)
        }
        _ => match runtime.clause(vm, value)? {
            Some(expression) => OptionValue::Expr(expression),
            None => OptionValue::Text(vm.str(value)?),
        },
    })
}
