//! UPDATE and DELETE as text.

use super::context::{Context, Scope};
use super::insert::{check_names, given, table_columns};
use super::source::mentioned;
use super::{Binds, Compiler};
use crate::dialect::alembic::sqlalchemy::dml::{Assignments, Delete, Update};
use crate::dialect::alembic::sqlalchemy::error::{CompileError, ErrorClass};
use crate::dialect::alembic::sqlalchemy::expression::{Element, Expr, Operand, TableColumn};
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use std::fmt::Write as _;

/// The sources other than the table that conditions and values mention.
fn other_sources(table: &FromClause, expressions: &[&Expr]) -> Vec<FromClause> {
    let mut sources = Vec::new();
    for expression in expressions {
        mentioned(expression, &mut sources);
    }
    let mut others: Vec<FromClause> = Vec::new();
    for source in sources {
        if !source.is_same(table) && !others.iter().any(|known| known.is_same(&source)) {
            others.push(source);
        }
    }
    others
}

fn is_python_value(value: &Expr) -> bool {
    matches!(value.element(), Element::Bind(_))
}

impl Compiler<'_> {
    fn change_scope(&mut self, table: &FromClause, others: &[FromClause]) {
        let mut own = vec![table.clone()];
        own.extend(others.iter().cloned());
        self.scopes.push(Scope {
            correlate: own.clone(),
            own,
            ..Scope::default()
        });
    }

    fn sources(
        &mut self,
        sources: &[FromClause],
        context: &Context,
    ) -> Result<String, CompileError> {
        let mut parts = Vec::with_capacity(sources.len());
        for source in sources {
            parts.push(self.source(source, context)?);
        }
        Ok(parts.join(", "))
    }

    pub(super) fn update(
        &mut self,
        update: &Update,
        context: &Context,
    ) -> Result<String, CompileError> {
        let top = self.scopes.is_empty();
        let mut expressions: Vec<&Expr> = update.conditions.iter().collect();
        for (_, operand) in update.values.iter().flatten() {
            if let Operand::Expr(expression) = operand {
                expressions.push(expression);
            }
        }
        let others = other_sources(&update.table, &expressions);
        self.change_scope(&update.table, &others);
        let result = self.update_text(update, &others, top, context);
        self.scopes.pop();
        result
    }

    fn update_text(
        &mut self,
        update: &Update,
        others: &[FromClause],
        top: bool,
        context: &Context,
    ) -> Result<String, CompileError> {
        let mut text = String::from("UPDATE ");
        text.push_str(&self.prefixes(&update.prefixes, context)?);
        let mut tables = vec![update.table.clone()];
        if self.target.is_mysql() {
            tables.extend(others.iter().cloned());
        }
        text.push_str(&self.sources(&tables, context)?);
        let sets = self.update_sets(update, others, context)?;
        self.independent_ctes(&update.ctes, context)?;
        text.push_str(" SET ");
        text.push_str(&sets.join(", "));
        if !others.is_empty() && !self.target.is_mysql() {
            text.push_str(" FROM ");
            text.push_str(&self.sources(others, context)?);
        }
        let conditions = self.conditions(&update.conditions, context)?;
        if !conditions.is_empty() {
            text.push_str(" WHERE ");
            text.push_str(&conditions);
        }
        if let Some(limit) = update.limit.filter(|_| self.target.is_mysql()) {
            let _ = write!(text, " LIMIT {limit}");
        }
        if !update.returning.is_empty() {
            text.push(' ');
            text.push_str(&self.returning(&update.returning, context)?);
        }
        Ok(format!("{}{text}", self.with_clause(top, false)))
    }

    fn update_sets(
        &mut self,
        update: &Update,
        others: &[FromClause],
        context: &Context,
    ) -> Result<Vec<String>, CompileError> {
        let columns = table_columns(&update.table);
        let Some(values) = &update.values else {
            return Ok(columns
                .iter()
                .map(|column| {
                    let value = self.column_parameter(&column.key, &column.type_);
                    format!("{}={value}", self.target.quote(&column.name))
                })
                .collect());
        };
        let several = self.target.is_mysql() && !others.is_empty();
        let own: Assignments = values
            .iter()
            .filter(|(key, _)| key.table().is_none_or(|table| table.is_same(&update.table)))
            .cloned()
            .collect();
        let mut sets = self.foreign_sets(update, values, others, context)?;
        check_names(&own, &columns)?;
        let in_order: Vec<&TableColumn> = if update.ordered {
            let named: Vec<&TableColumn> = own
                .iter()
                .filter_map(|(key, _)| columns.iter().find(|column| column.key == key.key()))
                .collect();
            let rest = columns
                .iter()
                .filter(|column| given(&own, column).is_none());
            named.iter().copied().chain(rest).collect()
        } else {
            columns.iter().collect()
        };
        for column in in_order {
            let value = match (given(&own, column), &column.on_update) {
                (Some(operand), _) => self.column_value(column, operand, context)?,
                // A value of Python's is only filled in when the statement is executed.
                (None, Some(value))
                    if is_python_value(value) && context.binds == Binds::Literal =>
                {
                    "NULL".into()
                }
                (None, Some(value)) if is_python_value(value) => {
                    self.column_value(column, &Operand::Expr(value.clone()), context)?
                }
                (None, Some(value)) => self.expression(&value.self_group(None), context)?,
                (None, None) => continue,
            };
            let name = self.set_name(&update.table, column, several);
            sets.push(format!("{name}={value}"));
        }
        Ok(sets)
    }

    fn set_name(&mut self, table: &FromClause, column: &TableColumn, with_table: bool) -> String {
        let name = self.target.quote(&column.name).into_owned();
        match table.label_name().filter(|_| with_table) {
            Some(table) => format!("{}.{name}", self.alias_text(&table)),
            None => name,
        }
    }

    /// Columns of other tables that an UPDATE of several tables sets.
    fn foreign_sets(
        &mut self,
        update: &Update,
        values: &Assignments,
        others: &[FromClause],
        context: &Context,
    ) -> Result<Vec<String>, CompileError> {
        let foreign: Vec<&FromClause> = values
            .iter()
            .filter_map(|(key, _)| key.table())
            .filter(|table| !table.is_same(&update.table))
            .collect();
        let Some(first) = foreign.first() else {
            return Ok(Vec::new());
        };
        if !self.target.is_mysql() || others.is_empty() {
            let name = first
                .as_table()
                .map(|table| table.name.to_string())
                .unwrap_or_default();
            let preamble = if self.target.is_mysql() {
                "Statement is not a multi-table UPDATE statement"
            } else {
                "Backend does not support additional tables in the SET clause"
            };
            return Err(CompileError::new(format!(
                "{preamble}; cannot include columns from table(s) '{name}' in SET clause"
            )));
        }
        let mut sets = Vec::new();
        for other in others {
            for column in table_columns(other) {
                let operand = values.iter().find(|(key, _)| {
                    key.table().is_some_and(|table| table.is_same(other)) && key.key() == column.key
                });
                let Some((_, operand)) = operand else {
                    continue;
                };
                let value = self.column_value(&column, operand, context)?;
                let name = match other.column(&column.key) {
                    Some(whole) => self.expression(&whole, context)?,
                    None => self.target.quote(&column.name).into_owned(),
                };
                sets.push(format!("{name}={value}"));
            }
        }
        Ok(sets)
    }

    pub(super) fn delete(
        &mut self,
        delete: &Delete,
        context: &Context,
    ) -> Result<String, CompileError> {
        let top = self.scopes.is_empty();
        let expressions: Vec<&Expr> = delete.conditions.iter().collect();
        let others = other_sources(&delete.table, &expressions);
        self.change_scope(&delete.table, &others);
        let result = self.delete_text(delete, &others, top, context);
        self.scopes.pop();
        result
    }

    fn delete_text(
        &mut self,
        delete: &Delete,
        others: &[FromClause],
        top: bool,
        context: &Context,
    ) -> Result<String, CompileError> {
        let mut text = String::from("DELETE ");
        text.push_str(&self.prefixes(&delete.prefixes, context)?);
        text.push_str("FROM ");
        if self.target.is_mysql() && !others.is_empty() && delete.table.as_table().is_none() {
            text.push_str(
                &delete
                    .table
                    .label_name()
                    .map(|name| self.alias_text(&name))
                    .unwrap_or_default(),
            );
        } else {
            text.push_str(&self.source(&delete.table, context)?);
        }
        self.independent_ctes(&delete.ctes, context)?;
        if !others.is_empty() {
            if self.target.is_sqlite() {
                return Err(CompileError::of(
                    ErrorClass::NotImplemented,
                    "This backend does not support multiple-table criteria within DELETE",
                ));
            }
            let mut using = others.to_vec();
            if self.target.is_mysql() {
                using.insert(0, delete.table.clone());
            }
            text.push_str(" USING ");
            text.push_str(&self.sources(&using, context)?);
        }
        let conditions = self.conditions(&delete.conditions, context)?;
        if !conditions.is_empty() {
            text.push_str(" WHERE ");
            text.push_str(&conditions);
        }
        if let Some(limit) = delete.limit.filter(|_| self.target.is_mysql()) {
            let _ = write!(text, " LIMIT {limit}");
        }
        if !delete.returning.is_empty() {
            text.push(' ');
            text.push_str(&self.returning(&delete.returning, context)?);
        }
        Ok(format!("{}{text}", self.with_clause(top, false)))
    }
}
