//! `Column` and the things given to it.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::Runtime;
use super::constraint::{ConstraintObject, ForeignKeyObject};
use super::names;
use super::options::{self, Construct};
use super::sequence;
use super::table::TableObject;
use crate::dialect::alembic::sqlalchemy::expression::Expr;
use crate::dialect::alembic::sqlalchemy::schema::{
    Autoincrement, Column, Computed, Identity, Sequence, SequenceOptions, ServerDefault,
};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::SqlType;
use crate::python::{
    Arguments, BinaryOperator, Bound, CompareOperator, Failure, Object, UnaryOperator, Value, Vm,
};

/// A column.
pub(crate) struct ColumnObject {
    pub(crate) runtime: Runtime,
    /// What it is.
    pub(crate) data: RefCell<Column>,
    /// The table it is part of.
    pub(crate) table: RefCell<Weak<TableObject>>,
    /// What Python fills in.
    pub(crate) default: RefCell<Value>,
    /// What Python fills in on changes.
    pub(crate) onupdate: RefCell<Value>,
    /// The objects it was made with.
    pub(crate) references: RefCell<Vec<Rc<ForeignKeyObject>>>,
}

/// Something given to a column as its server default, computed value or identity.
pub(crate) struct DefaultObject {
    pub(crate) runtime: Runtime,
    pub(crate) kind: DefaultKind,
}

/// What it is.
#[derive(Debug, Clone)]
pub(crate) enum DefaultKind {
    /// `DefaultClause`, `FetchedValue`.
    Server(ServerDefault),
    /// `Computed`.
    Computed(Computed),
    /// `Identity`.
    Identity(Identity),
    /// `Sequence`.
    Sequence(Sequence),
}

impl Runtime {
    /// `Column(...)`.
    pub(crate) fn make_column(
        &self,
        vm: &mut Vm,
        arguments: Arguments,
    ) -> Result<Rc<ColumnObject>, Failure> {
        let bound = arguments.bind(
            "Column.__init__",
            "*args, name=, type_=, autoincrement=, default=, insert_default=, default_factory=, \
             doc=, key=, index=, unique=, info=, nullable=, onupdate=, primary_key=, \
             server_default=, server_onupdate=, quote=, system=, comment=, insert_sentinel=, \
             _proxies=, **kw",
        )?;
        let mut positional = bound.rest.iter().peekable();
        let mut column_name = bound.some("name");
        if let Some(first) = positional.peek() {
            if names::name(first).is_some() {
                if column_name.is_some() {
                    return Err(self.run.raise(
                        "ArgumentError",
                        "May not pass name positionally and as a keyword.",
                    ));
                }
                column_name = positional.next().cloned();
            } else if first.is_none() {
                positional.next();
            }
        }
        let mut sql_type = match bound.some("type_") {
            Some(value) => Some(self.required_type(vm, &value)?),
            None => None,
        };
        if let Some(first) = positional.peek() {
            if let Some(found) = self.sql_type(vm, first)? {
                if sql_type.is_some() {
                    return Err(self.run.raise(
                        "ArgumentError",
                        "May not pass type_ positionally and as a keyword.",
                    ));
                }
                sql_type = Some(found);
                positional.next();
            } else if first.is_none() {
                positional.next();
            }
        }
        let column_name = match column_name {
            Some(value) => {
                let name = names::required_name(&value, "name")?;
                match bound.flag("quote") {
                    Some(quote) => Name::quoted(name.as_str(), Some(quote)),
                    None => name,
                }
            }
            None => Name::new(""),
        };
        let mut column = Column::new(column_name, sql_type.unwrap_or_else(SqlType::null));
        column.key = names::text(&bound.value("key"));
        column.primary_key = self.flag(vm, &bound, "primary_key")?;
        column.unique = self.flag(vm, &bound, "unique")?;
        column.index = self.flag(vm, &bound, "index")?;
        column.system = self.flag(vm, &bound, "system")?;
        column.nullable = match bound.some("nullable") {
            Some(value) => Some(vm.truth(&value)?),
            None => None,
        };
        column.comment = names::text(&bound.value("comment"));
        column.autoincrement = autoincrement(vm, bound.get("autoincrement"))?;
        column.options = options::dialect_options(self, vm, Construct::Column, &bound.keywords)?;
        let mut references = Vec::new();
        let mut python_default = bound
            .some("default")
            .or_else(|| bound.some("insert_default"))
            .unwrap_or(Value::None);
        if bound.some("default_factory").is_some() {
            column.python_default = true;
        }
        for item in positional {
            self.column_item(vm, &mut column, &mut references, item)?;
        }
        if let Some(value) = bound.get("server_default") {
            self.set_server_default(vm, &mut column, &value)?;
        }
        if let Some(object) = python_default.downcast::<DefaultObject>()
            && let DefaultKind::Sequence(sequence) = &object.kind
        {
            column.sequence = Some(sequence.clone());
            python_default = Value::None;
        }
        column.python_default |= !python_default.is_none();
        Ok(Rc::new(ColumnObject {
            runtime: self.clone(),
            data: RefCell::new(column),
            table: RefCell::new(Weak::new()),
            default: RefCell::new(python_default),
            onupdate: RefCell::new(bound.value("onupdate")),
            references: RefCell::new(references),
        }))
    }

    fn flag(&self, vm: &mut Vm, bound: &Bound, name: &str) -> Result<bool, Failure> {
        match bound.some(name) {
            Some(value) => vm.truth(&value),
            None => Ok(false),
        }
    }

    fn column_item(
        &self,
        vm: &mut Vm,
        column: &mut Column,
        references: &mut Vec<Rc<ForeignKeyObject>>,
        item: &Value,
    ) -> Result<(), Failure> {
        if item.is_none() {
            return Ok(());
        }
        if let Some(reference) = item.downcast::<ForeignKeyObject>() {
            column.foreign_keys.push(reference.data.borrow().clone());
            references.push(reference);
        } else if let Some(constraint) = item.downcast::<ConstraintObject>() {
            column.checks.push(constraint.data.borrow().clone());
        } else if let Some(object) = item.downcast::<DefaultObject>() {
            set_default(column, &object.kind);
        } else {
            return Err(self.run.raise(
                "ArgumentError",
                format!(
                    "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {}",
                    vm.repr(item)?
                ),
            ));
        }
        Ok(())
    }

    /// `server_default=` of a column.
    pub(crate) fn set_server_default(
        &self,
        vm: &mut Vm,
        column: &mut Column,
        value: &Value,
    ) -> Result<(), Failure> {
        if value.is_none() {
            column.server_default = None;
            return Ok(());
        }
        if let Some(object) = value.downcast::<DefaultObject>() {
            set_default(column, &object.kind);
            return Ok(());
        }
        column.server_default = Some(self.server_default(vm, value)?);
        Ok(())
    }

    /// A server default from an argument that is neither computed nor an identity.
    pub(crate) fn server_default(
        &self,
        vm: &mut Vm,
        value: &Value,
    ) -> Result<ServerDefault, Failure> {
        if let Some(text) = names::text(value) {
            return Ok(ServerDefault::Text(text));
        }
        match self.clause(vm, value)? {
            Some(expression) => Ok(ServerDefault::Expr(expression)),
            None => Err(self.run.raise(
                "ArgumentError",
                format!(
                    "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class \
                     'sqlalchemy.sql.elements.ClauseElement'>' or '<class \
                     'sqlalchemy.sql.elements.TextClause'>', got '{}'",
                    type_repr(value)
                ),
            )),
        }
    }

    /// `Identity(...)`.
    pub(crate) fn identity(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind(
            "Identity.__init__",
            "*, always=, on_null=, start=, increment=, minvalue=, maxvalue=, nominvalue=, \
             nomaxvalue=, cycle=, cache=, order=, **kw",
        )?;
        options::dialect_options(self, vm, Construct::Identity, &bound.keywords)?;
        Ok(Value::object(DefaultObject {
            runtime: self.clone(),
            kind: DefaultKind::Identity(Identity {
                always: bound.flag("always").unwrap_or(false),
                options: sequence_options(&bound)?,
            }),
        }))
    }

    /// `Computed(...)`.
    pub(crate) fn computed(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind("Computed.__init__", "sqltext, persisted=")?;
        Ok(Value::object(DefaultObject {
            runtime: self.clone(),
            kind: DefaultKind::Computed(Computed {
                expression: self.text_or_expression(vm, &bound.value("sqltext"))?,
                persisted: match bound.some("persisted") {
                    Some(value) => Some(vm.truth(&value)?),
                    None => None,
                },
            }),
        }))
    }

    /// `DefaultClause(...)`.
    pub(crate) fn default_clause(
        &self,
        vm: &mut Vm,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind("DefaultClause.__init__", "arg, for_update=, _reflected=")?;
        let default = self.server_default(vm, &bound.value("arg"))?;
        Ok(Value::object(DefaultObject {
            runtime: self.clone(),
            kind: DefaultKind::Server(default),
        }))
    }
}

fn set_default(column: &mut Column, kind: &DefaultKind) {
    match kind.clone() {
        DefaultKind::Server(default) => column.server_default = Some(default),
        DefaultKind::Computed(computed) => column.computed = Some(computed),
        DefaultKind::Identity(identity) => column.identity = Some(identity),
        DefaultKind::Sequence(sequence) => column.sequence = Some(sequence),
    }
}

fn autoincrement(vm: &mut Vm, value: Option<Value>) -> Result<Autoincrement, Failure> {
    Ok(match value {
        None => Autoincrement::Auto,
        Some(value) => match value.as_str() {
            Some("auto") => Autoincrement::Auto,
            Some("ignore_fk") => Autoincrement::IgnoreForeignKey,
            _ if vm.truth(&value)? => Autoincrement::Yes,
            _ => Autoincrement::No,
        },
    })
}

pub(super) fn sequence_options(bound: &Bound) -> Result<SequenceOptions, Failure> {
    let flag = |name: &str| bound.some(name).and_then(|_| bound.flag(name));
    Ok(SequenceOptions {
        start: bound.int("start")?,
        increment: bound.int("increment")?,
        minvalue: bound.int("minvalue")?,
        maxvalue: bound.int("maxvalue")?,
        nominvalue: flag("nominvalue"),
        nomaxvalue: flag("nomaxvalue"),
        cycle: flag("cycle"),
        cache: bound.int("cache")?,
    })
}

/// The class of a value as messages show it.
pub(crate) fn type_repr(value: &Value) -> String {
    format!("<class '{}'>", Vm::type_name(value))
}

impl ColumnObject {
    /// What it is now, with its name.
    pub(crate) fn column(&self) -> Column {
        self.data.borrow().clone()
    }

    /// The table it is part of.
    pub(crate) fn owner(&self) -> Option<Rc<TableObject>> {
        self.table.borrow().upgrade()
    }

    /// `schema.table.column`, as references name it.
    pub(crate) fn full_name(&self) -> Option<String> {
        let table = self.owner()?;
        let table = table.table.borrow();
        let name = self.data.borrow().name.to_string();
        Some(match &table.schema {
            Some(schema) => format!("{schema}.{}.{name}", table.name),
            None => format!("{}.{name}", table.name),
        })
    }

    /// The column as an expression.
    pub(crate) fn expression(self: &Rc<Self>, vm: &mut Vm) -> Result<Expr, Failure> {
        self.runtime.clone().column_expression(vm, self)
    }
}

impl Object for ColumnObject {
    fn type_name(&self) -> Rc<str> {
        "Column".into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let data = self.data.borrow().clone();
        Ok(match name {
            "name" => Some(Value::str(data.name.as_str())),
            "key" => Some(Value::str(data.key())),
            "type" => Some(self.runtime.type_value(data.sql_type)),
            "nullable" => Some(Value::Bool(data.is_nullable())),
            "primary_key" => Some(Value::Bool(data.primary_key)),
            "unique" => Some(Value::Bool(data.unique)),
            "index" => Some(Value::Bool(data.index)),
            "comment" => Some(Value::from(data.comment)),
            "default" => Some(self.default.borrow().clone()),
            "onupdate" => Some(self.onupdate.borrow().clone()),
            "server_default" => Some(match data.server_default {
                Some(default) => Value::object(DefaultObject {
                    runtime: self.runtime.clone(),
                    kind: DefaultKind::Server(default),
                }),
                None => Value::None,
            }),
            "table" => Some(
                self.owner()
                    .map_or(Value::None, |table| Value::Object(table)),
            ),
            "foreign_keys" => Some(Value::list(
                self.references
                    .borrow()
                    .iter()
                    .map(|reference| Value::Object(reference.clone()))
                    .collect(),
            )),
            "autoincrement" => Some(match data.autoincrement {
                Autoincrement::Auto => Value::str("auto"),
                Autoincrement::IgnoreForeignKey => Value::str("ignore_fk"),
                Autoincrement::Yes => Value::Bool(true),
                Autoincrement::No => Value::Bool(false),
            }),
            "info" => Some(Value::dict()),
            _ => {
                let expression = self.expression(vm)?;
                let value = self.runtime.expression_value(expression);
                vm.find_attribute(&value, name)?
            }
        })
    }

    fn set_attribute(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        value: Value,
    ) -> Result<bool, Failure> {
        match name {
            "nullable" => self.data.borrow_mut().nullable = Some(vm.truth(&value)?),
            "unique" => self.data.borrow_mut().unique = vm.truth(&value)?,
            "index" => self.data.borrow_mut().index = vm.truth(&value)?,
            "primary_key" => self.data.borrow_mut().primary_key = vm.truth(&value)?,
            "name" => {
                let name = names::required_name(&value, "name")?;
                self.data.borrow_mut().name = name;
            }
            "type" => {
                let sql_type = self.runtime.required_type(vm, &value)?;
                self.data.borrow_mut().sql_type = sql_type;
            }
            "comment" => self.data.borrow_mut().comment = names::text(&value),
            "server_default" => {
                let mut column = self.column();
                self.runtime.set_server_default(vm, &mut column, &value)?;
                *self.data.borrow_mut() = column;
            }
            "default" => *self.default.borrow_mut() = value,
            "_creation_order" | "info" | "doc" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "copy" | "_copy" | "references")
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let _ = (vm, arguments);
        match name {
            "copy" | "_copy" => Ok(Value::object(ColumnObject {
                runtime: self.runtime.clone(),
                data: RefCell::new(self.column()),
                table: RefCell::new(Weak::new()),
                default: RefCell::new(self.default.borrow().clone()),
                onupdate: RefCell::new(self.onupdate.borrow().clone()),
                references: RefCell::new(self.references.borrow().clone()),
            })),
            _ => Ok(Value::Bool(false)),
        }
    }

    fn unary(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: UnaryOperator,
    ) -> Result<Option<Value>, Failure> {
        let value = self.expression(vm)?;
        let value = self.runtime.expression_value(value);
        vm.unary(operator, &value).map(Some)
    }

    fn binary(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: BinaryOperator,
        other: &Value,
        reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        let own = self.expression(vm)?;
        let own = self.runtime.expression_value(own);
        if reflected {
            vm.binary(operator, other, &own).map(Some)
        } else {
            vm.binary(operator, &own, other).map(Some)
        }
    }

    fn compare(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        let own = self.expression(vm)?;
        let own = self.runtime.expression_value(own);
        vm.compare(operator, &own, other).map(Some)
    }

    fn item(self: Rc<Self>, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        let own = self.expression(vm)?;
        let own = self.runtime.expression_value(own);
        vm.item(&own, key).map(Some)
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(Some(
            other
                .downcast::<ColumnObject>()
                .is_some_and(|other| Rc::ptr_eq(&self, &other)),
        ))
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Err(Failure::type_error(
            "Boolean value of this clause is not defined",
        ))
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let name = self.data.borrow().name.to_string();
        Ok(match self.owner() {
            Some(table) => format!("{}.{name}", table.table.borrow().name).into(),
            None => name.into(),
        })
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("Column('{}')", self.data.borrow().name).into())
    }
}

impl Object for DefaultObject {
    fn type_name(&self) -> Rc<str> {
        match self.kind {
            DefaultKind::Server(ServerDefault::Fetched) => "FetchedValue",
            DefaultKind::Server(_) => "DefaultClause",
            DefaultKind::Computed(_) => "Computed",
            DefaultKind::Identity(_) => "Identity",
            DefaultKind::Sequence(_) => "Sequence",
        }
        .into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match (&self.kind, name) {
            (DefaultKind::Sequence(sequence), _) => sequence::attribute(sequence, name),
            (DefaultKind::Server(ServerDefault::Text(text)), "arg") => {
                Some(Value::Str(text.clone()))
            }
            (DefaultKind::Server(ServerDefault::Expr(expression)), "arg") => {
                Some(self.runtime.expression_value(expression.clone()))
            }
            (DefaultKind::Computed(computed), "sqltext") => {
                Some(self.runtime.expression_value(computed.expression.clone()))
            }
            (DefaultKind::Computed(computed), "persisted") => Some(Value::from(computed.persisted)),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(self.kind, DefaultKind::Sequence(_)) && sequence::METHODS.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match &self.kind {
            DefaultKind::Sequence(sequence) => {
                self.runtime.sequence_method(vm, sequence, name, arguments)
            }
            _ => Err(vm.no_attribute(&self.type_name(), name)),
        }
    }
}
