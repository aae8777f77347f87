//! `op.bulk_insert`, and rows of parameters for one INSERT.

use std::rc::Rc;

use super::Runtime;
use crate::dialect::alembic::sqlalchemy::dml::{Assignments, DmlKey, Insert, InsertValues};
use crate::dialect::alembic::sqlalchemy::expression::{self as sa, Element, Expr, Operand};
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::python::{Arguments, Failure, Value, Vm};

/// What the values of a row may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowValues {
    /// Values that are written as literals, and no expressions.
    Literals,
    /// Values that the driver is given beside the statement, and no expressions.
    Parameters,
    /// Values and expressions.
    Expressions,
}

impl Runtime {
    /// `op.bulk_insert(...)`.
    pub(super) fn bulk_insert(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind("bulk_insert", "table, rows, *, multiinsert=")?;
        let rows = bound.value("rows");
        let Value::List(_) = rows else {
            return Err(Failure::type_error("List expected"));
        };
        let mut rows = vm.collect(&rows)?;
        if rows
            .first()
            .is_some_and(|row| !matches!(row, Value::Dict(_)))
        {
            return Err(Failure::type_error("List of dictionaries expected"));
        }
        let from = self.required_from(vm, &bound.value("table"))?;
        let values = if self.run.is_offline() {
            RowValues::Literals
        } else if bound.flag("multiinsert").unwrap_or(true) {
            rows = self.like_the_first(vm, &from, rows)?;
            RowValues::Parameters
        } else {
            RowValues::Expressions
        };
        for row in &rows {
            let assignments = self.assignments_of(vm, &from, row, values)?;
            let mut insert = Insert::new(from.clone());
            insert.inline = true;
            insert.values = InsertValues::Row(assignments);
            let value = self.dml_value(insert);
            self.execute_value(vm, &value, None)?;
        }
        Ok(Value::None)
    }

    /// Rows of parameters for one statement, which is made for the first of them: what later rows
    /// have beyond it is not sent, and what they lack is an error.
    pub(super) fn like_the_first(
        &self,
        vm: &mut Vm,
        from: &FromClause,
        rows: Vec<Value>,
    ) -> Result<Vec<Value>, Failure> {
        let Some(Value::Dict(first)) = rows.first() else {
            return Ok(rows);
        };
        let mut keys = Vec::new();
        for (key, _) in first.items() {
            if from.column(&vm.str(&key)?).is_some() {
                keys.push(key);
            }
        }
        let mut made = Vec::with_capacity(rows.len());
        for (group, row) in rows.iter().enumerate() {
            let Value::Dict(row) = row else {
                return Err(Failure::type_error("List of dictionaries expected"));
            };
            let kept = Value::dict();
            for key in &keys {
                let Some(value) = row.get(vm, key)? else {
                    return Err(self.run.raise(
                        "StatementError",
                        format!(
                            "(sqlalchemy.exc.InvalidRequestError) A value is required for bind \
                             parameter {}, in parameter group {group}",
                            vm.repr(key)?
                        ),
                    ));
                };
                vm.set_item(&kept, key, value)?;
            }
            made.push(kept);
        }
        Ok(made)
    }

    /// A row given as a dictionary, as an INSERT of a table takes it.
    pub(crate) fn row_assignments(
        &self,
        vm: &mut Vm,
        from: &FromClause,
        row: &Value,
    ) -> Result<Assignments, Failure> {
        self.assignments_of(vm, from, row, RowValues::Expressions)
    }

    fn assignments_of(
        &self,
        vm: &mut Vm,
        from: &FromClause,
        row: &Value,
        values: RowValues,
    ) -> Result<Assignments, Failure> {
        let Value::Dict(dict) = row else {
            return Err(Failure::type_error("List of dictionaries expected"));
        };
        let mut assignments = Assignments::new();
        for (key, value) in dict.items() {
            let key = vm.str(&key)?;
            let Some(column) = from.column(&key) else {
                if !self.run.is_offline() {
                    // What a table does not have is not sent.
                    continue;
                }
                return Err(Failure::raise("KeyError", &*key));
            };
            let expression = self.clause(vm, &value)?;
            let operand = match (expression, values) {
                (Some(expression), RowValues::Expressions) => Operand::Expr(expression),
                (Some(expression), RowValues::Literals) if is_inline(&expression) => {
                    Operand::Expr(expression)
                }
                (Some(_), RowValues::Literals) => {
                    let literal = Literal::Object {
                        class: Vm::type_name(&value),
                        repr: vm.repr(&value)?,
                    };
                    parameter(&key, literal, &column)
                }
                (Some(_), RowValues::Parameters) => return Err(self.not_adapted(&value)),
                (None, _) => parameter(&key, self.literal(vm, &value)?, &column),
            };
            assignments.push((DmlKey::Key(key), operand));
        }
        Ok(assignments)
    }

    /// The driver does not know what to do with an expression among the parameters.
    fn not_adapted(&self, value: &Value) -> Failure {
        let class = Vm::type_name(value);
        self.run
            .raise("ProgrammingError", format!("can't adapt type '{class}'"))
    }
}

fn parameter(key: &Rc<str>, literal: Literal, column: &Expr) -> Operand {
    let type_ = column.type_().clone();
    Operand::Expr(sa::bind(Some(key), Some(literal), Some(type_), false))
}

fn is_inline(expression: &Expr) -> bool {
    matches!(expression.element(), Element::Bind(bind) if bind.literal_execute)
}
