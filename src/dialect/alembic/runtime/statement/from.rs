//! What statements read from, as revisions see it.

use std::rc::Rc;

use super::{FromColumns, FromObject, compound_keyword};
use crate::dialect::alembic::runtime::names;
use crate::dialect::alembic::sqlalchemy::dml::{Delete, Insert, Update};
use crate::dialect::alembic::sqlalchemy::expression::{Expr, TableColumn};
use crate::python::{Arguments, Failure, Object, Value, Vm};

impl Object for FromObject {
    fn type_name(&self) -> Rc<str> {
        if self.from.as_table().is_some() {
            "TableClause".into()
        } else {
            "FromClause".into()
        }
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "c" | "columns" => Some(Value::object(FromColumns {
                runtime: self.runtime.clone(),
                from: self.from.clone(),
            })),
            "name" | "fullname" | "description" => {
                self.from.table_name().map(|(_, name)| Value::str(name))
            }
            "schema" => Some(
                self.from
                    .table_name()
                    .and_then(|(schema, _)| schema)
                    .map_or(Value::None, Value::str),
            ),
            _ => None,
        })
    }

    fn set_attribute(
        self: Rc<Self>,
        _vm: &mut Vm,
        _name: &str,
        _value: Value,
    ) -> Result<bool, Failure> {
        Ok(false)
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "insert"
                | "update"
                | "delete"
                | "select"
                | "alias"
                | "join"
                | "outerjoin"
                | "union"
                | "union_all"
                | "data"
                | "tablesample"
                | "append_column"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let runtime = &self.runtime;
        Ok(match name {
            "insert" => {
                no_arguments(name, arguments)?;
                runtime.dml_value(Insert::new(self.from.clone()))
            }
            "update" => {
                no_arguments(name, arguments)?;
                runtime.dml_value(Update::new(self.from.clone()))
            }
            "delete" => {
                no_arguments(name, arguments)?;
                runtime.dml_value(Delete::new(self.from.clone()))
            }
            "select" => {
                no_arguments(name, arguments)?;
                runtime.query_value(self.from.select())
            }
            "alias" => {
                let bound = arguments.bind(name, "name=, flat=")?;
                runtime.from_value(self.from.alias(names::name(&bound.value("name"))))
            }
            "join" | "outerjoin" => {
                let bound = arguments.bind(name, "right, onclause=, isouter=, full=")?;
                let outer = name == "outerjoin" || bound.flag("isouter").unwrap_or(false);
                runtime.join(vm, &self.from, &bound, outer)?
            }
            "union" | "union_all" => {
                let bound = arguments.bind(name, "*other")?;
                let queries = runtime.queries(vm, &bound.rest)?;
                let made = self.from.cte_compound(compound_keyword(name), queries);
                runtime.from_value(runtime.run.failed(made)?)
            }
            "append_column" => {
                let bound = arguments.bind(name, "column")?;
                if let Some(table) = self.from.as_table() {
                    let expression = runtime.expression(vm, &bound.value("column"))?;
                    if let Some(column) = expression.as_column() {
                        table.columns.borrow_mut().push(TableColumn::new(
                            column.name.clone(),
                            expression.type_().clone(),
                        ));
                    }
                }
                Value::None
            }
            _ => {
                return Err(vm.refuse(
                    name,
                    format!("{name}() of a FROM clause is not supported."),
                    "Write the statement with sa.text().",
                ));
            }
        })
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(Some(
            other
                .downcast::<Self>()
                .is_some_and(|other| other.from.is_same(&self.from)),
        ))
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Err(Failure::type_error(
            "Boolean value of this clause is not defined",
        ))
    }
}

fn no_arguments(name: &str, arguments: Arguments) -> Result<(), Failure> {
    arguments.bind(name, "").map(|_| ())
}

impl Object for FromColumns {
    fn type_name(&self) -> Rc<str> {
        "ReadOnlyColumnCollection".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(self
            .from
            .column(name)
            .map(|column| self.runtime.expression_value(column)))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "keys" | "values" | "items" | "get") && self.from.column(name).is_none()
    }

    fn call_method(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let columns = self.from.columns();
        let key = |column: &Expr| {
            column
                .as_column()
                .map_or(Value::None, |column| Value::str(&*column.key))
        };
        Ok(match name {
            "keys" => Value::list(columns.iter().map(key).collect()),
            "values" => Value::list(
                columns
                    .iter()
                    .map(|column| self.runtime.expression_value(column.clone()))
                    .collect(),
            ),
            "items" => Value::list(
                columns
                    .iter()
                    .map(|column| {
                        Value::tuple(vec![
                            key(column),
                            self.runtime.expression_value(column.clone()),
                        ])
                    })
                    .collect(),
            ),
            _ => {
                let bound = arguments.bind(name, "key, default=")?;
                names::text(&bound.value("key"))
                    .and_then(|key| self.from.column(&key))
                    .map_or_else(
                        || bound.value("default"),
                        |column| self.runtime.expression_value(column),
                    )
            }
        })
    }

    fn item(self: Rc<Self>, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        let found = match key.as_int() {
            Some(index) => usize::try_from(index)
                .ok()
                .and_then(|index| self.from.columns().into_iter().nth(index)),
            None => names::text(key).and_then(|key| self.from.column(&key)),
        };
        match found {
            Some(column) => Ok(Some(self.runtime.expression_value(column))),
            None => Err(Failure::raise("KeyError", vm.str(key)?)),
        }
    }

    fn iterate(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::list(
            self.from
                .columns()
                .into_iter()
                .map(|column| self.runtime.expression_value(column))
                .collect(),
        )))
    }

    fn length(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Ok(Some(self.from.columns().len()))
    }

    fn contains(self: Rc<Self>, _vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        Ok(Some(
            names::text(value).is_some_and(|key| self.from.column(&key).is_some()),
        ))
    }
}
