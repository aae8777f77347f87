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

/// What takes dialect options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Construct {
    Table,
    Column,
    Index,
    PrimaryKey,
    Unique,
    Check,
    ForeignKey,
    Exclude,
    Identity,
    Sequence,
}

impl Construct {
    /// The class as messages show it.
    fn class(self) -> &'static str {
        match self {
            Self::Table => "<class 'sqlalchemy.sql.schema.Table'>",
            Self::Column => "<class 'sqlalchemy.sql.schema.Column'>",
            Self::Index => "<class 'sqlalchemy.sql.schema.Index'>",
            Self::PrimaryKey => "<class 'sqlalchemy.sql.schema.PrimaryKeyConstraint'>",
            Self::Unique => "<class 'sqlalchemy.sql.schema.UniqueConstraint'>",
            Self::Check => "<class 'sqlalchemy.sql.schema.CheckConstraint'>",
            Self::ForeignKey => "<class 'sqlalchemy.sql.schema.ForeignKeyConstraint'>",
            Self::Exclude => "<class 'sqlalchemy.dialects.postgresql.ext.ExcludeConstraint'>",
            Self::Identity => "<class 'sqlalchemy.sql.schema.Identity'>",
            Self::Sequence => "<class 'sqlalchemy.sql.schema.Sequence'>",
        }
    }

    /// The options that a dialect of SQLAlchemy's own takes here; `None` where it takes any.
    fn options(self, dialect: &str) -> Option<&'static [&'static str]> {
        Some(match (dialect, self) {
            // SQLAlchemy's class lets them pass unseen.
            (_, Self::Exclude) | ("mysql" | "mariadb", Self::Table) => return None,
            ("postgresql", Self::Table) => &[
                "ignore_search_path",
                "tablespace",
                "partition_by",
                "with_oids",
                "with",
                "on_commit",
                "inherits",
                "using",
            ],
            ("postgresql", Self::Index) => &[
                "using",
                "include",
                "where",
                "ops",
                "concurrently",
                "with",
                "tablespace",
                "nulls_not_distinct",
                "invalid",
            ],
            ("postgresql", Self::Check | Self::ForeignKey) => &["not_valid"],
            ("postgresql", Self::PrimaryKey) => &["include"],
            ("postgresql", Self::Unique) => &["include", "nulls_not_distinct"],
            ("mysql" | "mariadb", Self::PrimaryKey) => &["using"],
            ("mysql" | "mariadb", Self::Index) => &["using", "length", "prefix", "with_parser"],
            ("sqlite", Self::Table) => &["autoincrement", "with_rowid", "strict"],
            ("sqlite", Self::Index) => &["where"],
            ("sqlite", Self::Column) => &[
                "on_conflict_primary_key",
                "on_conflict_not_null",
                "on_conflict_unique",
            ],
            ("sqlite", Self::PrimaryKey | Self::Unique | Self::Check | Self::ForeignKey) => {
                &["on_conflict"]
            }
            ("mssql", Self::PrimaryKey | Self::Unique) => &["clustered"],
            ("mssql", Self::Index) => &["clustered", "include", "where", "columnstore"],
            ("mssql", Self::Column) => &["identity_start", "identity_increment"],
            ("oracle", Self::Table) => &["resolve_synonyms", "on_commit", "compress", "tablespace"],
            ("oracle", Self::Index) => &["bitmap", "compress", "vector"],
            ("oracle", Self::Sequence) => &["order"],
            ("oracle", Self::Identity) => &["order", "on_null"],
            ("postgresql" | "mysql" | "mariadb" | "sqlite" | "mssql" | "oracle", _) => &[],
            _ => return None,
        })
    }
}

/// Dialect options out of the keyword arguments that a construct does not know itself.
pub(crate) fn dialect_options(
    runtime: &Runtime,
    vm: &mut Vm,
    construct: Construct,
    keywords: &[(Rc<str>, Value)],
) -> Result<Options, Failure> {
    let mut options = Options::default();
    for (key, value) in keywords {
        let Some((dialect, option)) = key.split_once('_') else {
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
        if construct
            .options(dialect)
            .is_some_and(|options| !options.contains(&option))
        {
            return Err(runtime.run.raise(
                "ArgumentError",
                format!(
                    "Argument '{key}' is not accepted by dialect '{dialect}' on behalf of {}",
                    construct.class()
                ),
            ));
        }
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
            vm.nested(|vm| {
                let mut items = Vec::new();
                for item in vm.collect(value)? {
                    items.push(option_value(runtime, vm, &item)?);
                }
                Ok(OptionValue::List(items))
            })?
        }
        Value::Dict(dict) => vm.nested(|vm| {
            let mut entries = Vec::new();
            for (key, value) in dict.items() {
                let value = option_value(runtime, vm, &value)?;
                entries.push((vm.str(&key)?, value));
            }
            Ok(OptionValue::Map(entries))
        })?,
        _ => match runtime.clause(vm, value)? {
            Some(expression) => OptionValue::Expr(expression),
            None => OptionValue::Text(vm.str(value)?),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_take_their_own_options_only() {
        for (construct, dialect, option, taken) in [
            (Construct::Table, "postgresql", "partition_by", true),
            (Construct::Table, "postgresql", "nonsense", false),
            (Construct::Table, "mysql", "nonsense", true),
            (Construct::Column, "postgresql", "using", false),
            (Construct::Unique, "sqlite", "on_conflict", true),
            (Construct::Exclude, "postgresql", "nonsense", true),
            (Construct::Index, "elsewhere", "nonsense", true),
        ] {
            let found = construct
                .options(dialect)
                .is_none_or(|options| options.contains(&option));
            assert_eq!(found, taken, "{dialect}_{option} of {construct:?}");
        }
    }
}
