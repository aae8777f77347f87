//! Constraints, foreign keys and indexes.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::Runtime;
use super::column::ColumnObject;
use super::names;
use super::options::{self, Construct};
use super::table::TableObject;
use crate::dialect::alembic::sqlalchemy::naming::ConstraintName;
use crate::dialect::alembic::sqlalchemy::schema::{
    Constraint, ConstraintCommon, ConstraintKind, ExcludeElement, ForeignKey, Index, IndexElement,
    ReferenceRules,
};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::python::{Arguments, Bound, Failure, Object, Value, Vm};

/// A constraint.
pub(crate) struct ConstraintObject {
    pub(crate) data: RefCell<Constraint>,
    pub(crate) table: RefCell<Weak<TableObject>>,
}

/// `ForeignKey`.
pub(crate) struct ForeignKeyObject {
    pub(crate) data: RefCell<ForeignKey>,
    /// The column it points to, where it was given as an object.
    pub(crate) column: Option<Rc<ColumnObject>>,
}

/// An index.
pub(crate) struct IndexObject {
    pub(crate) data: RefCell<Index>,
    pub(crate) columns: RefCell<Vec<Rc<ColumnObject>>>,
}

/// Which constraint a class makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConstraintClass {
    PrimaryKey,
    Unique,
    Check,
    ForeignKey,
    Exclude,
}

impl Runtime {
    /// What any constraint may be given.
    pub(crate) fn constraint_common(
        &self,
        vm: &mut Vm,
        construct: Construct,
        bound: &Bound,
    ) -> Result<ConstraintCommon, Failure> {
        Ok(ConstraintCommon {
            deferrable: match bound.some("deferrable") {
                Some(value) => Some(vm.truth(&value)?),
                None => None,
            },
            initially: names::text(&bound.value("initially")),
            created: self.run.next_created(),
            only_on: None,
            options: options::dialect_options(self, vm, construct, &bound.keywords)?,
        })
    }

    /// Makes a constraint from the arguments of its class.
    pub(crate) fn make_constraint(
        &self,
        vm: &mut Vm,
        class: ConstraintClass,
        arguments: Arguments,
    ) -> Result<Rc<ConstraintObject>, Failure> {
        let mut columns = Vec::new();
        let (name, kind, common) = match class {
            ConstraintClass::PrimaryKey | ConstraintClass::Unique => {
                let bound = arguments.bind(
                    if class == ConstraintClass::Unique {
                        "UniqueConstraint.__init__"
                    } else {
                        "PrimaryKeyConstraint.__init__"
                    },
                    "*columns, name=, deferrable=, initially=, info=, comment=, _autoattach=, \
                     _column_flag=, _implicit_generated=, **kw",
                )?;
                let mut keys = Vec::new();
                for value in &bound.rest {
                    keys.push(self.column_key(vm, value, &mut columns)?);
                }
                let (construct, kind) = if class == ConstraintClass::Unique {
                    (Construct::Unique, ConstraintKind::Unique { columns: keys })
                } else {
                    let kind = ConstraintKind::PrimaryKey { columns: keys };
                    (Construct::PrimaryKey, kind)
                };
                let common = self.constraint_common(vm, construct, &bound)?;
                (bound.value("name"), kind, common)
            }
            ConstraintClass::Check => {
                let bound = arguments.bind(
                    "CheckConstraint.__init__",
                    "sqltext, name=, deferrable=, initially=, table=, info=, _create_rule=, \
                     _autoattach=, _type_bound=, comment=, **kw",
                )?;
                let condition = self.text_or_expression(vm, &bound.value("sqltext"))?;
                let common = self.constraint_common(vm, Construct::Check, &bound)?;
                (
                    bound.value("name"),
                    ConstraintKind::Check { condition },
                    common,
                )
            }
            ConstraintClass::ForeignKey => {
                let bound = arguments.bind(
                    "ForeignKeyConstraint.__init__",
                    "columns, refcolumns, name=, onupdate=, ondelete=, deferrable=, initially=, \
                     use_alter=, link_to_name=, match=, table=, info=, comment=, **kw",
                )?;
                let mut keys = Vec::new();
                for value in vm.collect(&bound.value("columns"))? {
                    keys.push(self.column_key(vm, &value, &mut columns)?);
                }
                let mut targets = Vec::new();
                for value in vm.collect(&bound.value("refcolumns"))? {
                    targets.push(self.reference_target(vm, &value)?);
                }
                if keys.len() != targets.len() {
                    return Err(self.run.raise(
                        "ArgumentError",
                        format!(
                            "ForeignKeyConstraint number of constrained columns must match the \
                             number of referenced columns, got {} constrained columns and {} \
                             referenced columns.",
                            keys.len(),
                            targets.len()
                        ),
                    ));
                }
                let rules = reference_rules(vm, &bound)?;
                let common = self.constraint_common(vm, Construct::ForeignKey, &bound)?;
                (
                    bound.value("name"),
                    ConstraintKind::ForeignKey {
                        columns: keys,
                        targets,
                        rules,
                    },
                    common,
                )
            }
            ConstraintClass::Exclude => {
                let bound = arguments.bind(
                    "ExcludeConstraint.__init__",
                    "*elements, name=, deferrable=, initially=, using=, where=, ops=, info=, \
                     comment=, **kw",
                )?;
                let kind = self.exclusion(vm, &bound)?;
                let common = self.constraint_common(vm, Construct::Exclude, &bound)?;
                (bound.value("name"), kind, common)
            }
        };
        Ok(Rc::new(ConstraintObject {
            data: RefCell::new(Constraint {
                name: names::constraint_name(&name),
                kind,
                common,
            }),
            table: RefCell::new(Weak::new()),
        }))
    }

    /// The elements of an exclusion constraint.
    pub(crate) fn exclusion(&self, vm: &mut Vm, bound: &Bound) -> Result<ConstraintKind, Failure> {
        let mut elements = Vec::new();
        for element in &bound.rest {
            let parts = vm.collect(element)?;
            let [expression, operator] = parts.as_slice() else {
                return Err(Failure::value_error(
                    "An element of an exclusion constraint is a column and an operator",
                ));
            };
            let key = match names::text(expression) {
                Some(text) => Some(text),
                None => match vm.find_attribute(expression, "key")? {
                    Some(key) => names::text(&key),
                    None => None,
                },
            };
            elements.push(ExcludeElement {
                expression: match names::name(expression) {
                    Some(name) => self.plain_column(name),
                    None => self.text_or_expression(vm, expression)?,
                },
                operator: names::required_text(operator, "operator")?,
                key,
            });
        }
        let mut ops = Vec::new();
        if let Some(Value::Dict(dict)) = bound.some("ops") {
            for (key, value) in dict.items() {
                ops.push((vm.str(&key)?, vm.str(&value)?));
            }
        }
        Ok(ConstraintKind::Exclude {
            elements,
            using: names::text(&bound.value("using")).unwrap_or_else(|| "gist".into()),
            condition: match bound.some("where") {
                Some(value) => Some(self.text_or_expression(vm, &value)?),
                None => None,
            },
            ops,
        })
    }

    /// The key of a column that a constraint names.
    pub(crate) fn column_key(
        &self,
        vm: &mut Vm,
        value: &Value,
        objects: &mut Vec<Rc<ColumnObject>>,
    ) -> Result<Name, Failure> {
        if let Some(name) = names::name(value) {
            return Ok(name);
        }
        if let Some(column) = value.downcast::<ColumnObject>() {
            let key = column.data.borrow().key().to_owned();
            objects.push(column);
            return Ok(Name::from(key));
        }
        match vm.find_attribute(value, "key")? {
            Some(key) if names::name(&key).is_some() => names::required_name(&key, "column"),
            _ => Err(self.run.raise(
                "ArgumentError",
                format!(
                    "Column name expected for table constraint, got {}.",
                    vm.repr(value)?
                ),
            )),
        }
    }

    /// What a reference points to, as text.
    pub(crate) fn reference_target(&self, vm: &mut Vm, value: &Value) -> Result<Rc<str>, Failure> {
        if let Some(text) = names::text(value) {
            return Ok(text);
        }
        if let Some(column) = value.downcast::<ColumnObject>()
            && let Some(name) = column.full_name()
        {
            return Ok(name.into());
        }
        // A mapped attribute or a column of a table expression tells its table.
        if let Some(name) = self.column_full_name(vm, value)? {
            return Ok(name.into());
        }
        Err(self.run.raise(
            "ArgumentError",
            format!(
                "Column expression, FROM clause, or other columns clause element expected, got {}.",
                vm.repr(value)?
            ),
        ))
    }

    /// `ForeignKey(...)`.
    pub(crate) fn foreign_key(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind(
            "ForeignKey.__init__",
            "column, _constraint=, use_alter=, name=, onupdate=, ondelete=, deferrable=, \
             initially=, link_to_name=, match=, info=, comment=, _unresolvable=, **kw",
        )?;
        let column = bound.value("column");
        Ok(Value::object(ForeignKeyObject {
            data: RefCell::new(ForeignKey {
                target: self.reference_target(vm, &column)?,
                name: names::constraint_name(&bound.value("name")),
                rules: reference_rules(vm, &bound)?,
                common: ConstraintCommon {
                    // The constraint itself is made when the column joins a table.
                    created: 0,
                    ..self.constraint_common(vm, Construct::ForeignKey, &bound)?
                },
            }),
            column: column.downcast::<ColumnObject>(),
        }))
    }

    /// `Index(...)`.
    pub(crate) fn make_index(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let bound = arguments.bind(
            "Index.__init__",
            "name, *expressions, unique=, quote=, info=, _table=, _column_flag=, **kw",
        )?;
        let mut columns = Vec::new();
        let mut elements = Vec::new();
        for expression in &bound.rest {
            if let Some(column) = expression.downcast::<ColumnObject>() {
                elements.push(IndexElement::Column(column.data.borrow().name.clone()));
                columns.push(column);
            } else {
                elements.push(self.index_element(vm, expression)?);
            }
        }
        let owner = columns.first().and_then(|column| column.owner());
        let object = Rc::new(IndexObject {
            data: RefCell::new(Index {
                name: names::constraint_name(&bound.value("name")),
                table: Name::new(""),
                schema: None,
                elements,
                unique: bound.flag("unique").unwrap_or(false),
                options: options::dialect_options(self, vm, Construct::Index, &bound.keywords)?,
            }),
            columns: RefCell::new(columns),
        });
        if let Some(table) = owner {
            table.add_index(self, &object)?;
        }
        Ok(Value::Object(object))
    }

    /// A column, text or expression that an index covers.
    pub(crate) fn index_element(
        &self,
        vm: &mut Vm,
        value: &Value,
    ) -> Result<IndexElement, Failure> {
        if let Some(name) = names::name(value) {
            return Ok(IndexElement::Column(name));
        }
        if let Some(column) = value.downcast::<ColumnObject>() {
            return Ok(IndexElement::Column(column.data.borrow().name.clone()));
        }
        match self.clause(vm, value)? {
            Some(expression) if expression.is_text() => Ok(IndexElement::Text(expression)),
            Some(expression) => Ok(IndexElement::Expr(expression)),
            None => Err(Failure::value_error("String or text() construct expected")),
        }
    }
}

/// The rules of a reference out of its arguments.
pub(crate) fn reference_rules(vm: &mut Vm, bound: &Bound) -> Result<ReferenceRules, Failure> {
    Ok(ReferenceRules {
        ondelete: names::text(&bound.value("ondelete")),
        onupdate: names::text(&bound.value("onupdate")),
        match_: names::text(&bound.value("match")),
        use_alter: match bound.some("use_alter") {
            Some(value) => vm.truth(&value)?,
            None => false,
        },
    })
}

impl ConstraintObject {
    /// What it is now: columns by the names they have in the meantime.
    pub(crate) fn constraint(&self) -> Constraint {
        self.data.borrow().clone()
    }
}

fn name_value(name: &ConstraintName) -> Value {
    name.text()
        .map_or(Value::None, |name| Value::str(name.as_str()))
}

impl Object for ConstraintObject {
    fn type_name(&self) -> Rc<str> {
        match self.data.borrow().kind {
            ConstraintKind::PrimaryKey { .. } => "PrimaryKeyConstraint",
            ConstraintKind::Unique { .. } => "UniqueConstraint",
            ConstraintKind::Check { .. }
            | ConstraintKind::TypeCheck { .. }
            | ConstraintKind::NamedCheck => "CheckConstraint",
            ConstraintKind::ForeignKey { .. } => "ForeignKeyConstraint",
            ConstraintKind::Exclude { .. } => "ExcludeConstraint",
            ConstraintKind::Named => "Constraint",
        }
        .into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let data = self.data.borrow();
        Ok(match name {
            "name" => Some(name_value(&data.name)),
            "columns" | "column_keys" => match &data.kind {
                ConstraintKind::PrimaryKey { columns }
                | ConstraintKind::Unique { columns }
                | ConstraintKind::ForeignKey { columns, .. } => {
                    let table = self.table.borrow().upgrade();
                    Some(Value::list(
                        columns
                            .iter()
                            .map(|column| {
                                table
                                    .as_ref()
                                    .filter(|_| name == "columns")
                                    .and_then(|table| table.column(column.as_str()))
                                    .map_or_else(
                                        || Value::str(column.as_str()),
                                        |column| Value::Object(column),
                                    )
                            })
                            .collect(),
                    ))
                }
                _ => Some(Value::list(Vec::new())),
            },
            "table" => Some(
                self.table
                    .borrow()
                    .upgrade()
                    .map_or(Value::None, |table| Value::Object(table)),
            ),
            "elements" => match &data.kind {
                ConstraintKind::ForeignKey { targets, rules, .. } => Some(Value::list(
                    targets
                        .iter()
                        .map(|target| {
                            Value::object(ForeignKeyObject {
                                data: RefCell::new(ForeignKey {
                                    target: target.clone(),
                                    name: data.name.clone(),
                                    rules: rules.clone(),
                                    common: data.common.clone(),
                                }),
                                column: None,
                            })
                        })
                        .collect(),
                )),
                _ => None,
            },
            "ondelete" => match &data.kind {
                ConstraintKind::ForeignKey { rules, .. } => {
                    Some(Value::from(rules.ondelete.clone()))
                }
                _ => None,
            },
            _ => None,
        })
    }

    fn iterate(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        vm.find_attribute(&Value::Object(self), "columns")
    }

    fn set_attribute(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        value: Value,
    ) -> Result<bool, Failure> {
        if name == "name" {
            self.data.borrow_mut().name = names::constraint_name(&value);
            return Ok(true);
        }
        Ok(false)
    }

    fn has_method(&self, name: &str) -> bool {
        name == "ddl_if"
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind(name, "dialect=, callable_=, state=")?;
        if bound.some("callable_").is_some() {
            return Err(vm.refuse(
                "ddl_if",
                "A constraint whose creation depends on a callable cannot be evaluated.",
                "Use ddl_if(dialect=...) instead.",
            ));
        }
        let dialects = match bound.some("dialect") {
            Some(value) => {
                if let Some(text) = names::text(&value) {
                    vec![text]
                } else {
                    let mut dialects = Vec::new();
                    for dialect in vm.collect(&value)? {
                        dialects.push(names::required_text(&dialect, "dialect")?);
                    }
                    dialects
                }
            }
            None => Vec::new(),
        };
        self.data.borrow_mut().common.only_on = Some(dialects);
        Ok(Value::Object(self))
    }
}

impl Object for ForeignKeyObject {
    fn type_name(&self) -> Rc<str> {
        "ForeignKey".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let data = self.data.borrow();
        Ok(match name {
            "name" => Some(name_value(&data.name)),
            "target_fullname" => Some(Value::Str(data.target.clone())),
            "ondelete" => Some(Value::from(data.rules.ondelete.clone())),
            "onupdate" => Some(Value::from(data.rules.onupdate.clone())),
            "column" => self.column.clone().map(|column| Value::Object(column)),
            _ => None,
        })
    }
}

impl Object for IndexObject {
    fn type_name(&self) -> Rc<str> {
        "Index".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let data = self.data.borrow();
        Ok(match name {
            "name" => Some(name_value(&data.name)),
            "unique" => Some(Value::Bool(data.unique)),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "create" | "drop" | "ddl_if")
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        // The runtime travels with the columns, which every index that can be created has.
        let runtime = self
            .columns
            .borrow()
            .first()
            .map(|column| column.runtime.clone());
        let (Some(runtime), false) = (runtime, name == "ddl_if") else {
            return Ok(Value::Object(self));
        };
        let bound = arguments.bind(name, "bind=, checkfirst=")?;
        if bound.flag("checkfirst").unwrap_or(false) && !runtime.run.is_offline() {
            return Err(vm.refuse(
                "Index.create(checkfirst=True)",
                "Whether an index exists is not looked up here.",
                "Use op.create_index(..., if_not_exists=True).",
            ));
        }
        let index = self.data.borrow().clone();
        let ddl = runtime.run.context.ddl();
        let guard = crate::dialect::alembic::sqlalchemy::ddl::Guard::None;
        let statement = if name == "create" {
            ddl.create_index(&index, guard)
        } else {
            ddl.drop_index(&index, guard)
        };
        let statement = runtime.run.failed(statement)?;
        runtime.run.emit(vm, &statement)?;
        Ok(Value::None)
    }
}
