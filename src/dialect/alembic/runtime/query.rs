//! `session.query(...)`.

use std::rc::Rc;

use super::column::ColumnObject;
use super::session::SessionObject;
use crate::python::{Arguments, Class, CompareOperator, Failure, Object, Value, Vm};

/// A query of a session.
pub(crate) struct QueryObject {
    session: Rc<SessionObject>,
    entities: Vec<Value>,
    statement: Value,
    /// The conditions, for updates and deletions.
    conditions: Vec<Value>,
}

/// Methods that a SELECT has under the same or another name.
const PASSED: &[(&str, &str)] = &[
    ("order_by", "order_by"),
    ("limit", "limit"),
    ("offset", "offset"),
    ("join", "join"),
    ("outerjoin", "outerjoin"),
    ("group_by", "group_by"),
    ("having", "having"),
    ("distinct", "distinct"),
    ("select_from", "select_from"),
    ("with_for_update", "with_for_update"),
    ("correlate", "correlate"),
    ("slice", "slice"),
];

/// Methods that say nothing about which rows are found.
const IDLE: &[&str] = &[
    "options",
    "execution_options",
    "populate_existing",
    "yield_per",
    "enable_eagerloads",
    "autoflush",
    "enable_assertions",
];

const METHODS: &[&str] = &[
    "filter",
    "where",
    "filter_by",
    "with_entities",
    "add_columns",
    "add_entity",
    "count",
    "first",
    "one",
    "one_or_none",
    "all",
    "get",
    "update",
    "delete",
    "scalar",
    "exists",
    "subquery",
    "scalar_subquery",
    "as_scalar",
    "label",
    "cte",
];

impl QueryObject {
    /// A query of entities: mapped classes, columns, expressions.
    pub(crate) fn of(
        session: &SessionObject,
        vm: &mut Vm,
        entities: Vec<Value>,
    ) -> Result<Value, Failure> {
        let sqlalchemy = vm.import("sqlalchemy")?;
        let statement = vm.call_method(&sqlalchemy, "select", Arguments::of(entities.clone()))?;
        let Some(session) = session.shared().upgrade() else {
            return Err(Failure::raise("RuntimeError", "the session is gone"));
        };
        Ok(Value::object(Self {
            session,
            entities,
            statement,
            conditions: Vec::new(),
        }))
    }

    fn with(&self, statement: Value) -> Value {
        Value::object(Self {
            session: self.session.clone(),
            entities: self.entities.clone(),
            statement,
            conditions: self.conditions.clone(),
        })
    }

    fn filtered(&self, vm: &mut Vm, conditions: Vec<Value>) -> Result<Value, Failure> {
        let statement =
            vm.call_method(&self.statement, "where", Arguments::of(conditions.clone()))?;
        let mut all = self.conditions.clone();
        all.extend(conditions);
        Ok(Value::object(Self {
            session: self.session.clone(),
            entities: self.entities.clone(),
            statement,
            conditions: all,
        }))
    }

    /// The mapped class that the query is about.
    fn mapped_class(&self) -> Option<Rc<Class>> {
        self.entities.iter().find_map(|entity| match entity {
            Value::Class(class) => Some(class.clone()),
            _ => None,
        })
    }

    /// A column of the class, or of the table of a column, that the query is about.
    fn column(&self, vm: &mut Vm, name: &str) -> Result<Value, Failure> {
        if let Some(class) = self.mapped_class() {
            return vm.attribute(&Value::Class(class), name);
        }
        let table = self.entities.iter().find_map(|entity| {
            let column = entity.downcast::<ColumnObject>()?;
            column.owner()
        });
        match table.and_then(|table| table.column(name)) {
            Some(column) => Ok(Value::Object(column)),
            None => Err(self.session.runtime.run.raise(
                "InvalidRequestError",
                format!("Entity namespace has no property \"{name}\""),
            )),
        }
    }

    fn result(&self, vm: &mut Vm, statement: &Value) -> Result<Value, Failure> {
        self.session.run(vm, statement, None, &self.entities)
    }

    /// The rows: objects where the query is about one class, else rows.
    fn rows(&self, vm: &mut Vm, statement: &Value) -> Result<Vec<Value>, Failure> {
        let mut result = self.result(vm, statement)?;
        if matches!(self.entities.as_slice(), [Value::Class(_)]) {
            result = vm.call_method(&result, "scalars", Arguments::none())?;
        }
        let all = vm.call_method(&result, "all", Arguments::none())?;
        let found = vm.collect(&all)?;
        if !matches!(self.entities.as_slice(), [Value::Class(_)]) {
            return Ok(found);
        }
        // One object may come in several rows of a join.
        let mut unique: Vec<Value> = Vec::with_capacity(found.len());
        let mut seen = std::collections::HashSet::new();
        for value in found {
            let address = match &value {
                Value::Instance(instance) => Rc::as_ptr(instance) as usize,
                _ => 0,
            };
            if address == 0 || seen.insert(address) {
                unique.push(value);
            }
        }
        Ok(unique)
    }

    fn limited(&self, vm: &mut Vm, count: i64) -> Result<Value, Failure> {
        vm.call_method(&self.statement, "limit", Arguments::one(Value::Int(count)))
    }

    fn one(&self, vm: &mut Vm, required: bool) -> Result<Value, Failure> {
        let run = &self.session.runtime.run;
        let mut found = self.rows(vm, &self.statement)?.into_iter();
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(run.raise(
                "MultipleResultsFound",
                if required {
                    "Multiple rows were found when exactly one was required"
                } else {
                    "Multiple rows were found when one or none was required"
                },
            )),
            (Some(only), None) => Ok(only),
            (None, _) if required => {
                Err(run.raise("NoResultFound", "No row was found when one was required"))
            }
            (None, _) => Ok(Value::None),
        }
    }

    /// Updates or deletes the rows of the query, and reads objects again that stand for them.
    fn change(&self, vm: &mut Vm, verb: &str, values: Option<Value>) -> Result<Value, Failure> {
        let class = self.mapped_class();
        let table = match &class {
            Some(class) => vm.attribute(&Value::Class(class.clone()), "__table__")?,
            None => match self.entities.first() {
                Some(table) => table.clone(),
                None => Value::None,
            },
        };
        self.session.needs_connection(vm)?;
        self.session.flush(vm)?;
        let mut statement = vm.call_method(&table, verb, Arguments::none())?;
        if !self.conditions.is_empty() {
            let conditions = Arguments::of(self.conditions.clone());
            statement = vm.call_method(&statement, "where", conditions)?;
        }
        if let Some(values) = values {
            let values = self.by_name(vm, &values)?;
            statement = vm.call_method(&statement, "values", Arguments::one(values))?;
        }
        let result = self.session.runtime.execute_value(vm, &statement, None)?;
        if let Some(class) = class {
            self.session.refresh_class(vm, &class)?;
        }
        vm.attribute(&result, "rowcount")
    }

    /// Values by the names of their columns; the file may give the columns themselves.
    fn by_name(&self, vm: &mut Vm, values: &Value) -> Result<Value, Failure> {
        let Value::Dict(given) = values else {
            return Err(Failure::type_error("update() takes a dictionary"));
        };
        let named = Value::dict();
        for (key, value) in given.items() {
            let key = match key.downcast::<ColumnObject>() {
                Some(column) => Value::str(column.column().key()),
                None => key,
            };
            vm.set_item(&named, &key, value)?;
        }
        Ok(named)
    }
}

impl Object for QueryObject {
    fn type_name(&self) -> Rc<str> {
        "Query".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "statement" | "selectable" => Some(self.statement.clone()),
            "session" => Some(Value::Object(self.session.clone())),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        METHODS.contains(&name)
            || IDLE.contains(&name)
            || PASSED.iter().any(|(own, _)| *own == name)
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        if IDLE.contains(&name) {
            return Ok(Value::Object(self));
        }
        if let Some((_, method)) = PASSED.iter().find(|(own, _)| *own == name) {
            let statement = vm.call_method(&self.statement, method, arguments)?;
            return Ok(self.with(statement));
        }
        match name {
            "filter" | "where" => self.filtered(vm, arguments.positional),
            "filter_by" => {
                let mut conditions = Vec::new();
                for (key, value) in arguments.keywords {
                    let column = self.column(vm, &key)?;
                    conditions.push(vm.compare(CompareOperator::Equal, &column, &value)?);
                }
                self.filtered(vm, conditions)
            }
            "with_entities" => {
                let entities = arguments.positional;
                let statement = vm.call_method(
                    &self.statement,
                    "with_only_columns",
                    Arguments::of(entities.clone()),
                )?;
                Ok(Value::object(Self {
                    session: self.session.clone(),
                    entities,
                    statement,
                    conditions: self.conditions.clone(),
                }))
            }
            "add_columns" | "add_entity" => {
                let mut entities = self.entities.clone();
                entities.extend(arguments.positional.iter().cloned());
                let statement = vm.call_method(&self.statement, "add_columns", arguments)?;
                Ok(Value::object(Self {
                    session: self.session.clone(),
                    entities,
                    statement,
                    conditions: self.conditions.clone(),
                }))
            }
            "count" => {
                let sqlalchemy = vm.import("sqlalchemy")?;
                let functions = vm.attribute(&sqlalchemy, "func")?;
                let count = vm.call_method(&functions, "count", Arguments::none())?;
                let inner = vm.call_method(&self.statement, "subquery", Arguments::none())?;
                let outer = vm.call_method(&sqlalchemy, "select", Arguments::one(count))?;
                let outer = vm.call_method(&outer, "select_from", Arguments::one(inner))?;
                let result = self.session.run(vm, &outer, None, &[])?;
                vm.call_method(&result, "scalar", Arguments::none())
            }
            "first" => {
                let limited = self.limited(vm, 1)?;
                let found = self.rows(vm, &limited)?;
                Ok(found.into_iter().next().unwrap_or(Value::None))
            }
            "one" => self.one(vm, true),
            "one_or_none" => self.one(vm, false),
            "scalar" => {
                let value = self.one(vm, false)?;
                if value.is_none() || matches!(value, Value::Instance(_)) {
                    return Ok(value);
                }
                vm.item(&value, &Value::Int(0))
            }
            "all" => Ok(Value::list(self.rows(vm, &self.statement)?)),
            "get" => {
                let bound = arguments.bind(name, "ident")?;
                match self.mapped_class() {
                    Some(class) => self.session.get(vm, &class, &bound.value("ident")),
                    None => Err(Failure::type_error("get() needs a query of a mapped class")),
                }
            }
            "update" => {
                let bound = arguments.bind(name, "values, synchronize_session=, **kw")?;
                self.change(vm, "update", Some(bound.value("values")))
            }
            "delete" => {
                arguments.bind(name, "synchronize_session=, **kw")?;
                self.change(vm, "delete", None)
            }
            "as_scalar" => vm.call_method(&self.statement, "scalar_subquery", arguments),
            _ => vm.call_method(&self.statement, name, arguments),
        }
    }

    fn iterate(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::list(self.rows(vm, &self.statement)?)))
    }

    fn item(self: Rc<Self>, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        let all = Value::list(self.rows(vm, &self.statement)?);
        vm.item(&all, key).map(Some)
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Ok(true)
    }

    fn str(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        vm.str(&self.statement)
    }
}
