//! The methods of INSERT, UPDATE and DELETE.

use super::{StatementForm, StatementObject};
use crate::dialect::alembic::runtime::{Runtime, names};
use crate::dialect::alembic::sqlalchemy::dml::{
    Assignments, Conflict, ConflictTarget, DmlKey, DmlKind, IndexElement, Insert, InsertValues,
};
use crate::dialect::alembic::sqlalchemy::select::Select;
use crate::python::{Arguments, Bound, Failure, Value, Vm};

impl StatementObject {
    pub(super) fn dml_method(
        &self,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Option<Value>, Failure> {
        let runtime = &self.runtime;
        let StatementForm::Dml(dml) = &self.statement else {
            return Ok(None);
        };
        if matches!(
            name,
            "execution_options" | "options" | "with_dialect_options"
        ) {
            return Ok(Some(Value::object(Self {
                runtime: runtime.clone(),
                statement: self.statement.clone(),
                entities: std::rc::Rc::from([]),
            })));
        }
        match dml.kind().clone() {
            DmlKind::Insert(insert) => self.insert_method(vm, name, arguments, insert),
            DmlKind::Update(mut update) => {
                match name {
                    "where" => {
                        let bound = arguments.bind(name, "*whereclause")?;
                        update
                            .conditions
                            .extend(runtime.conditions(vm, &bound.rest)?);
                    }
                    "values" => {
                        let given = self.given_values(vm, arguments)?;
                        update.values.get_or_insert_with(Vec::new).extend(given);
                    }
                    "ordered_values" => {
                        let bound = arguments.bind(name, "*args")?;
                        let mut pairs = Assignments::new();
                        for pair in &bound.rest {
                            let parts = vm.collect(pair)?;
                            let [key, value] = parts.as_slice() else {
                                return Err(Failure::value_error("ordered_values() takes pairs"));
                            };
                            let key = runtime.dml_key(vm, key)?;
                            pairs.push((key, runtime.operand(vm, value)?));
                        }
                        update.values = Some(pairs);
                        update.ordered = true;
                    }
                    "returning" => {
                        let bound = arguments.bind(name, "*cols, **kw")?;
                        let mut select = Select::default();
                        runtime.add_entities(vm, &mut select, &bound.rest)?;
                        update.returning.extend(select.columns);
                    }
                    "prefix_with" => {
                        let bound = arguments.bind(name, "*prefixes, dialect=")?;
                        for value in &bound.rest {
                            let prefix = runtime.text_or_expression(vm, value)?;
                            update.prefixes.push((prefix, None));
                        }
                    }
                    _ => return Ok(None),
                }
                Ok(Some(runtime.dml_value(update)))
            }
            DmlKind::Delete(mut delete) => {
                match name {
                    "where" => {
                        let bound = arguments.bind(name, "*whereclause")?;
                        delete
                            .conditions
                            .extend(runtime.conditions(vm, &bound.rest)?);
                    }
                    "returning" => {
                        let bound = arguments.bind(name, "*cols, **kw")?;
                        let mut select = Select::default();
                        runtime.add_entities(vm, &mut select, &bound.rest)?;
                        delete.returning.extend(select.columns);
                    }
                    _ => return Ok(None),
                }
                Ok(Some(runtime.dml_value(delete)))
            }
        }
    }

    /// The values of one row: a dictionary, or keywords.
    pub(super) fn given_values(
        &self,
        vm: &mut Vm,
        arguments: Arguments,
    ) -> Result<Assignments, Failure> {
        let bound = arguments.bind("values", "*args, **kwargs")?;
        let mut assignments = Assignments::new();
        if let Some(first) = bound.rest.first() {
            assignments.extend(self.runtime.assignments(vm, first)?);
        }
        for (key, value) in &bound.keywords {
            let operand = self.runtime.operand(vm, value)?;
            assignments.push((DmlKey::Key(key.clone()), operand));
        }
        Ok(assignments)
    }

    pub(super) fn insert_method(
        &self,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
        mut insert: Insert,
    ) -> Result<Option<Value>, Failure> {
        let runtime = &self.runtime;
        match name {
            "values" => {
                let rows = match arguments.positional.first() {
                    Some(list @ (Value::List(_) | Value::Tuple(_))) => {
                        let items = vm.collect(list)?;
                        match items.first() {
                            Some(Value::Dict(_)) => {
                                let mut rows = Vec::new();
                                for item in &items {
                                    rows.push(runtime.assignments(vm, item)?);
                                }
                                Some(rows)
                            }
                            Some(Value::List(_) | Value::Tuple(_)) => {
                                let mut rows = Vec::new();
                                for item in &items {
                                    rows.push(positional_row(runtime, vm, &insert, item)?);
                                }
                                Some(rows)
                            }
                            _ => {
                                let row = positional_row(runtime, vm, &insert, list)?;
                                insert.values = InsertValues::Row(row);
                                return Ok(Some(runtime.dml_value(insert)));
                            }
                        }
                    }
                    _ => None,
                };
                insert.values = if let Some(rows) = rows {
                    InsertValues::Rows(rows)
                } else {
                    let mut row = match &insert.values {
                        InsertValues::Row(row) => row.clone(),
                        _ => Assignments::new(),
                    };
                    row.extend(self.given_values(vm, arguments)?);
                    InsertValues::Row(row)
                };
            }
            "from_select" => {
                let bound = arguments.bind(name, "names, select, include_defaults=")?;
                let mut columns = Vec::new();
                for value in vm.collect(&bound.value("names"))? {
                    columns.push(runtime.dml_key(vm, &value)?);
                }
                let select = bound.value("select");
                let Some(query) = runtime.queries(vm, &[select])?.pop() else {
                    return Ok(None);
                };
                insert.values = InsertValues::Query {
                    columns,
                    query,
                    include_defaults: bound.flag("include_defaults").unwrap_or(true),
                };
            }
            "returning" => {
                let bound = arguments.bind(name, "*cols, **kw")?;
                let mut select = Select::default();
                runtime.add_entities(vm, &mut select, &bound.rest)?;
                insert.returning.extend(select.columns);
            }
            "inline" => insert.inline = true,
            "prefix_with" => {
                let bound = arguments.bind(name, "*prefixes, dialect=")?;
                let dialect = bound.text("dialect")?.map(|text| text.to_string());
                for value in &bound.rest {
                    let prefix = runtime.text_or_expression(vm, value)?;
                    insert.prefixes.push((prefix, dialect.clone()));
                }
            }
            "on_conflict_do_nothing" => {
                let bound = arguments.bind(name, "constraint=, index_elements=, index_where=")?;
                let target = conflict_target(runtime, vm, &bound)?;
                insert.conflict = Some(Conflict::DoNothing(target));
            }
            "on_conflict_do_update" => {
                let bound = arguments.bind(
                    name,
                    "constraint=, index_elements=, index_where=, set_=, where=",
                )?;
                let target = conflict_target(runtime, vm, &bound)?;
                let set = runtime.assignments(vm, &bound.value("set_"))?;
                let condition = match bound.some("where") {
                    Some(value) => Some(runtime.condition(vm, &value)?),
                    None => None,
                };
                insert.conflict = Some(Conflict::DoUpdate {
                    target,
                    set,
                    condition,
                });
            }
            "on_duplicate_key_update" => {
                let ordered = matches!(arguments.positional.first(), Some(Value::List(_)));
                let set = if ordered {
                    let mut pairs = Assignments::new();
                    for pair in vm.collect(&arguments.positional[0].clone())? {
                        let parts = vm.collect(&pair)?;
                        if let [key, value] = parts.as_slice() {
                            let key = runtime.dml_key(vm, key)?;
                            pairs.push((key, runtime.operand(vm, value)?));
                        }
                    }
                    pairs
                } else {
                    self.given_values(vm, arguments)?
                };
                insert.conflict = Some(Conflict::DuplicateKey { set, ordered });
            }
            _ => return Ok(None),
        }
        Ok(Some(runtime.dml_value(insert)))
    }
}

/// A row given by position, column by column.
fn positional_row(
    runtime: &Runtime,
    vm: &mut Vm,
    insert: &Insert,
    row: &Value,
) -> Result<Assignments, Failure> {
    let columns = insert.table.columns();
    let mut assignments = Assignments::new();
    for (column, value) in columns.iter().zip(vm.collect(row)?) {
        let operand = runtime.operand(vm, &value)?;
        assignments.push((DmlKey::Column(column.clone()), operand));
    }
    Ok(assignments)
}

fn conflict_target(
    runtime: &Runtime,
    vm: &mut Vm,
    bound: &Bound,
) -> Result<ConflictTarget, Failure> {
    if let Some(value) = bound.some("constraint") {
        if let Some(name) = names::name(&value) {
            return Ok(ConflictTarget::Constraint(name));
        }
        if let Some(name) = vm.find_attribute(&value, "name")?
            && let Some(name) = names::name(&name)
        {
            return Ok(ConflictTarget::Constraint(name));
        }
    }
    let Some(elements) = bound.some("index_elements") else {
        return Ok(ConflictTarget::Any);
    };
    let mut made = Vec::new();
    for element in vm.collect(&elements)? {
        made.push(match names::name(&element) {
            Some(name) => IndexElement::Name(name),
            None => IndexElement::Expr(runtime.expression(vm, &element)?),
        });
    }
    let condition = match bound.some("index_where") {
        Some(value) => Some(runtime.condition(vm, &value)?),
        None => None,
    };
    Ok(ConflictTarget::Index(made, condition))
}
