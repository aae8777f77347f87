//! A table as a whole, ready to be written again.

use std::rc::Rc;

use super::{ColumnFacts, IndexFacts, IndexOption, Reflector, RuleValue};
use crate::dialect::alembic::sqlalchemy::expression as sa;
use crate::dialect::alembic::sqlalchemy::naming::ConstraintName;
use crate::dialect::alembic::sqlalchemy::schema::{
    Autoincrement, Column, Computed, Constraint, ConstraintCommon, ConstraintKind, Index,
    IndexElement, OptionValue, Options, ReferenceRules, ServerDefault,
};
use crate::dialect::alembic::sqlalchemy::target::Name;

/// The parts of a table as the database has them, not yet named by any convention.
#[derive(Debug, Clone, Default)]
pub struct Described {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its constraints, the primary key among them.
    pub constraints: Vec<Constraint>,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// Its comment.
    pub comment: Option<Rc<str>>,
}

/// Describes a table; `None` when it is not there. `default` gives what is taken for the default of
/// a column.
///
/// # Errors
///
/// The database's.
pub fn describe<E>(
    reflector: &mut Reflector<'_, E>,
    table: &str,
    schema: Option<&str>,
    default: &dyn Fn(&ColumnFacts) -> Option<String>,
) -> Result<Option<Described>, E> {
    let Some(mut columns) = reflector.columns(table, schema)? else {
        return Ok(None);
    };
    for column in &mut columns {
        column.default = default(column);
    }
    let mut described = Described {
        columns: columns.into_iter().map(column).collect(),
        ..Described::default()
    };
    let constraint = |name: Option<String>, kind| Constraint::named(constraint_name(name), kind);
    if let Some(key) = reflector.primary_key(table, schema)?
        && !key.columns.is_empty()
    {
        for column in &mut described.columns {
            column.primary_key = key.columns.iter().any(|name| name == column.name.as_str());
        }
        described.constraints.push(constraint(
            key.name,
            ConstraintKind::PrimaryKey {
                columns: names(&key.columns),
            },
        ));
    }
    for key in reflector.foreign_keys(table, schema)?.unwrap_or_default() {
        let prefix = match &key.schema {
            Some(schema) => format!("{schema}.{}", key.table),
            None => key.table.clone(),
        };
        let mut rules = ReferenceRules::default();
        let mut common = ConstraintCommon::default();
        for (option, value) in key.options {
            match (option, value) {
                ("ondelete", RuleValue::Text(word)) => rules.ondelete = Some(word.into()),
                ("onupdate", RuleValue::Text(word)) => rules.onupdate = Some(word.into()),
                ("match", RuleValue::Text(word)) => rules.match_ = Some(word.into()),
                ("initially", RuleValue::Text(word)) => common.initially = Some(word.into()),
                ("deferrable", RuleValue::Flag(flag)) => common.deferrable = Some(flag),
                _ => {}
            }
        }
        described.constraints.push(Constraint {
            name: constraint_name(key.name),
            kind: ConstraintKind::ForeignKey {
                columns: names(&key.columns),
                targets: key
                    .referred
                    .iter()
                    .map(|column| format!("{prefix}.{column}").into())
                    .collect(),
                rules,
            },
            common,
        });
    }
    for index in reflector.indexes(table, schema)?.unwrap_or_default() {
        if !index.is_constraint {
            described
                .indexes
                .push(described_index(index, table, schema));
        }
    }
    for key in reflector
        .unique_constraints(table, schema)?
        .unwrap_or_default()
    {
        let mut unique = constraint(
            key.name,
            ConstraintKind::Unique {
                columns: names(&key.columns),
            },
        );
        if let Some(include) = key.include.filter(|include| !include.is_empty()) {
            unique
                .common
                .options
                .insert("postgresql_include".into(), list(&include));
        }
        if key.nulls_not_distinct == Some(true) {
            unique.common.options.insert(
                "postgresql_nulls_not_distinct".into(),
                OptionValue::Bool(true),
            );
        }
        described.constraints.push(unique);
    }
    for check in reflector.checks(table, schema)?.unwrap_or_default() {
        described.constraints.push(constraint(
            check.name,
            ConstraintKind::Check {
                condition: sa::text(&check.text),
            },
        ));
    }
    described.comment = reflector
        .comment(table, schema)?
        .and_then(|comment| comment.0)
        .map(Into::into);
    Ok(Some(described))
}

fn constraint_name(name: Option<String>) -> ConstraintName {
    name.map_or(ConstraintName::Missing, |name| {
        ConstraintName::Given(Name::new(name))
    })
}

fn names(names: &[String]) -> Vec<Name> {
    names.iter().map(Name::new).collect()
}

fn list(items: &[String]) -> OptionValue {
    OptionValue::List(
        items
            .iter()
            .map(|item| OptionValue::Text(item.as_str().into()))
            .collect(),
    )
}

fn column(facts: ColumnFacts) -> Column {
    let mut column = Column::new(Name::new(&facts.name), facts.sql_type);
    column.nullable = Some(facts.nullable);
    column.autoincrement = match facts.autoincrement {
        None => Autoincrement::Auto,
        Some(true) => Autoincrement::Yes,
        Some(false) => Autoincrement::No,
    };
    column.comment = facts.comment.flatten().map(Into::into);
    column.server_default = facts
        .default
        .map(|default| ServerDefault::Expr(sa::text(&default)));
    column.computed = facts.computed.map(|(expression, persisted)| Computed {
        expression: sa::text(&expression),
        persisted: Some(persisted),
    });
    column.identity = facts.identity;
    column
}

fn described_index(facts: IndexFacts, table: &str, schema: Option<&str>) -> Index {
    let expressions = facts.expressions.unwrap_or_default();
    let elements = facts
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| match column {
            Some(name) => {
                let sorting = facts.sorting.iter().find(|(sorted, _)| sorted == name);
                match sorting {
                    None => IndexElement::Column(Name::new(name)),
                    Some((_, words)) => {
                        let mut expression = sa::column(Name::new(name), None);
                        for word in words {
                            expression = match *word {
                                "desc" => expression.desc(),
                                "nulls_first" => expression.nulls_first(),
                                _ => expression.nulls_last(),
                            };
                        }
                        IndexElement::Expr(expression)
                    }
                }
            }
            None => IndexElement::Text(sa::text(expressions.get(at).map_or("", String::as_str))),
        })
        .collect();
    let mut options = Options::default();
    for (key, value) in facts.options {
        let value = match value {
            IndexOption::Text(text) => OptionValue::Text(text.into()),
            IndexOption::Sql(text) => OptionValue::Expr(sa::text(&text)),
            IndexOption::List(items) if items.is_empty() => continue,
            IndexOption::List(items) => list(&items),
            IndexOption::Map(entries) => OptionValue::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.into(), OptionValue::Text(value.into())))
                    .collect(),
            ),
            IndexOption::Flag(flag) => OptionValue::Bool(flag),
        };
        options.insert(key.into(), value);
    }
    Index {
        name: constraint_name(Some(facts.name)),
        table: Name::new(table),
        schema: schema.map(Name::new),
        elements,
        unique: facts.unique,
        options,
    }
}
