//! Sources as text, and which sources an expression mentions.

use super::Compiler;
use super::context::Context;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::expression::{
    Anonymous, Bind, BindKey, Element, Expr, LabelName, Operand, Operator,
};
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::selectable::{
    Derived, FromClause, Source, TableFunction, Values,
};
use crate::dialect::alembic::sqlalchemy::types::{ColumnContext, ddl};
use std::fmt::Write as _;

/// The sources that an expression's columns come from, in order of mention.
pub(super) fn mentioned(expression: &Expr, into: &mut Vec<FromClause>) {
    match expression.element() {
        Element::Column(column) => into.extend(column.table.clone()),
        Element::TableValued { alias } => into.push(alias.clone()),
        Element::Unary {
            operator: Operator::Exists,
            ..
        } => {}
        other => other.visit_parts(&mut |part| mentioned(part, into)),
    }
}

impl Compiler<'_> {
    /// A source as it stands behind `FROM`.
    pub(super) fn source(
        &mut self,
        from: &FromClause,
        context: &Context,
    ) -> Result<String, CompileError> {
        self.deeper(|compiler| compiler.source_text(from, context))
    }

    fn source_text(
        &mut self,
        from: &FromClause,
        context: &Context,
    ) -> Result<String, CompileError> {
        let context = &Context {
            as_from: true,
            label: None,
            in_label: false,
            in_columns: false,
            ..context.clone()
        };
        Ok(match from.source() {
            Source::Table(table) => {
                let schema = table.schema.as_ref().filter(|_| context.use_schema);
                let name = self.target.format_table(schema, &table.name);
                let ambiguous = context.ambiguous.as_ref().and_then(|names| {
                    names
                        .iter()
                        .find(|(known, _)| known == table.name.as_str())
                        .map(|(_, name)| name.clone())
                });
                match ambiguous {
                    Some(alias) if from.schema().is_none() => {
                        format!(
                            "{name} AS {}",
                            self.alias_text(&LabelName::Anonymous(alias))
                        )
                    }
                    _ => name,
                }
            }
            Source::Alias {
                element,
                name,
                sample,
            } => {
                let inner = match element.source() {
                    Source::Table(table) => {
                        let schema = table.schema.as_ref().filter(|_| context.use_schema);
                        self.target.format_table(schema, &table.name)
                    }
                    _ => self.source(element, context)?,
                };
                let mut out = format!("{inner} AS {}", self.alias_text(name));
                if let Some((sampling, seed)) = sample {
                    out.push_str(" TABLESAMPLE ");
                    out.push_str(&self.expression(sampling, context)?);
                    if let Some(seed) = seed {
                        let _ = write!(out, " REPEATABLE ({})", self.expression(seed, context)?);
                    }
                }
                out
            }
            Source::Subquery {
                query,
                name,
                lateral,
            } => {
                let inner = Context {
                    lateral: *lateral,
                    ..context.clone()
                };
                let text = self.query(query, &inner)?;
                let word = if *lateral { "LATERAL " } else { "" };
                format!("{word}({text}) AS {}", self.alias_text(name))
            }
            Source::Cte(cte) => self.cte_reference(from, cte, context)?,
            Source::Join {
                left,
                right,
                on,
                outer,
                full,
            } => {
                let word = match (full, outer) {
                    (true, _) => " FULL OUTER JOIN ",
                    (false, true) => " LEFT OUTER JOIN ",
                    (false, false) if self.target.is_mysql() => " INNER JOIN ",
                    (false, false) => " JOIN ",
                };
                let left = self.source(left, context)?;
                let right = self.source(right, context)?;
                let on = self.expression(
                    on,
                    &Context {
                        as_from: false,
                        ..context.clone()
                    },
                )?;
                format!("{left}{word}{right} ON {on}")
            }
            Source::Grouping(inner) => format!("({})", self.source(inner, context)?),
            Source::Values(values) => self.values_source(from, values, context)?,
            Source::Function(function) => self.table_function(function, context)?,
            Source::Text(text) => self.expression(text, context)?,
        })
    }

    /// `VALUES (..), (..)`.
    pub(super) fn values_rows(
        &mut self,
        values: &Values,
        context: &Context,
    ) -> Result<String, CompileError> {
        let binds = if values.literal_binds {
            super::Binds::Literal
        } else {
            context.binds
        };
        let context = &Context {
            binds,
            as_from: false,
            ..context.clone()
        };
        let mut rows = Vec::with_capacity(values.rows.len());
        for row in &values.rows {
            let mut cells = Vec::with_capacity(row.len());
            for (index, cell) in row.iter().enumerate() {
                let type_ = values
                    .columns
                    .get(index)
                    .map(|column| column.type_.clone())
                    .filter(|type_| !type_.is_null());
                let expression = match cell {
                    Operand::Literal(value) if !value.is_none() => {
                        let bind = Bind {
                            key: BindKey::Unique(Anonymous::fresh("param")),
                            value: Some(value.clone()),
                            expanding: None,
                            literal_execute: false,
                        };
                        Expr::new(
                            Element::Bind(bind),
                            type_.unwrap_or_else(|| value.inferred_type()),
                        )
                    }
                    Operand::Literal(Literal::None) => {
                        crate::dialect::alembic::sqlalchemy::expression::null()
                    }
                    other => other.as_argument(None)?,
                };
                cells.push(
                    self.expression(&expression.self_group(Some(&Operator::Comma)), context)?,
                );
            }
            rows.push(format!("({})", cells.join(", ")));
        }
        Ok(format!("VALUES {}", rows.join(", ")))
    }

    fn values_source(
        &mut self,
        from: &FromClause,
        values: &Values,
        context: &Context,
    ) -> Result<String, CompileError> {
        let rows = self.values_rows(values, context)?;
        let lateral = if values.lateral { "LATERAL " } else { "" };
        let Some(name) = &values.name else {
            return Ok(format!("{lateral}({rows})"));
        };
        let inner = Context {
            include_table: false,
            ..context.clone()
        };
        let columns = self.joined(&from.columns(), ", ", &inner)?;
        Ok(format!(
            "{lateral}({rows}) AS {} ({columns})",
            self.alias_text(name)
        ))
    }

    fn table_function(
        &mut self,
        function: &TableFunction,
        context: &Context,
    ) -> Result<String, CompileError> {
        let call = self.expression(
            &function.function,
            &Context {
                as_from: false,
                ..context.clone()
            },
        )?;
        let lateral = if function.lateral { "LATERAL " } else { "" };
        let mut out = format!("{lateral}{call} AS {}", self.alias_text(&function.name));
        if let Some(derived) = function.derived {
            let mut columns = Vec::with_capacity(function.columns.len());
            for column in &function.columns {
                let name = self.target.quote(&column.name).into_owned();
                columns.push(match derived {
                    Derived::Names => name,
                    Derived::NamesAndTypes => {
                        format!(
                            "{name} {}",
                            ddl(&column.type_, self.target, ColumnContext::Definition)?
                        )
                    }
                });
            }
            let _ = write!(out, "({})", columns.join(", "));
        }
        Ok(out)
    }
}
