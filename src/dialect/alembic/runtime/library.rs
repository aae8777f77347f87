//! What modules of `sqlalchemy` and `alembic` contain, by name.

use std::rc::Rc;

use super::Runtime;
use super::column::{DefaultKind, DefaultObject};
use super::constraint::ConstraintClass;
use super::environment::{self, ContextRole};
use super::expression::{ExpressionObject, FunctionsObject};
use super::names::{self, NameObject};
use super::operation_objects::{OperationClass, OperationKind};
use super::schema_ddl;
use super::statement::StatementObject;
use super::types::class_value;
use crate::dialect::alembic::sqlalchemy::expression::{Element, Quantifier};
use crate::dialect::alembic::sqlalchemy::schema::ServerDefault;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::Module;
use crate::python::{Arguments, Failure, NewClass, Object, Value, Vm};

/// A class of `SQLAlchemy`'s that is no type: `Column`, `Table`, `TextClause`.
pub(crate) struct LibraryClass {
    pub(crate) runtime: Runtime,
    pub(crate) name: &'static str,
}

/// Functions that make expressions.
const CONSTRUCTS: &[&str] = &[
    "text",
    "literal_column",
    "column",
    "null",
    "true",
    "false",
    "literal",
    "bindparam",
    "and_",
    "or_",
    "not_",
    "cast",
    "try_cast",
    "type_coerce",
    "case",
    "extract",
    "label",
    "collate",
    "distinct",
    "asc",
    "desc",
    "nulls_first",
    "nullsfirst",
    "nulls_last",
    "nullslast",
    "any_",
    "all_",
    "tuple_",
    "between",
    "over",
    "funcfilter",
    "within_group",
];

/// Functions that make statements, and what they read from.
const STATEMENTS: &[&str] = &[
    "table",
    "select",
    "insert",
    "update",
    "delete",
    "union",
    "union_all",
    "intersect",
    "intersect_all",
    "except_",
    "except_all",
    "exists",
    "join",
    "outerjoin",
    "alias",
    "lateral",
    "values",
];

/// Classes that revisions make objects of, or ask objects about.
const CLASSES: &[&str] = &[
    "Column",
    "Table",
    "MetaData",
    "PrimaryKeyConstraint",
    "UniqueConstraint",
    "CheckConstraint",
    "ForeignKeyConstraint",
    "ExcludeConstraint",
    "ForeignKey",
    "Constraint",
    "Index",
    "Identity",
    "Computed",
    "Sequence",
    "DefaultClause",
    "FetchedValue",
    "quoted_name",
    "conv",
    "TextClause",
    "ClauseElement",
    "ColumnElement",
    "ColumnClause",
    "TableClause",
    "Executable",
    "FunctionElement",
    "GenericFunction",
    "DDLElement",
    "ExecutableDDLElement",
    "Select",
    "Insert",
    "Update",
    "Delete",
    "Engine",
    "Connection",
    "Inspector",
    "Operations",
    "BatchOperations",
    "MigrationContext",
    "MigrateOperation",
    "Config",
];

impl Runtime {
    /// A name of a module, `None` when the module does not have it.
    pub(crate) fn library_name(
        &self,
        vm: &mut Vm,
        module: &str,
        name: &str,
    ) -> Result<Option<Value>, Failure> {
        let key = format!("{module}:{name}");
        if let Some(value) = self.library.borrow().get(&key) {
            return Ok(Some(value.clone()));
        }
        let mut found = self.find_library_name(vm, module, name)?;
        if found.is_none() && module == "sqlalchemy.sql.functions" {
            // The functions' own classes are called as `func` calls them.
            if let Some(functions) = self.library_name(vm, "sqlalchemy", "func")? {
                found = vm.find_attribute(&functions, name)?;
            }
        }
        if let Some(value) = &found {
            self.library.borrow_mut().insert(key, value.clone());
        }
        Ok(found)
    }

    fn find_library_name(
        &self,
        vm: &mut Vm,
        module: &str,
        name: &str,
    ) -> Result<Option<Value>, Failure> {
        if module == "alembic" || module.starts_with("alembic.") {
            return Ok(self.alembic_name(module, name));
        }
        let dialect = module.strip_prefix("sqlalchemy.dialects.");
        let family = match dialect {
            Some(path) if path.starts_with("postgresql") => Module::Postgres,
            Some(path) if path.starts_with("mysql") || path.starts_with("mariadb") => Module::Mysql,
            Some(path) if path.starts_with("sqlite") => Module::Sqlite,
            _ => Module::Generic,
        };
        if let Some(class) = class_value(self, family, name) {
            return Ok(Some(class));
        }
        if let Some("") | None = dialect
            && module == "sqlalchemy.dialects"
            && matches!(name, "mssql" | "oracle" | "firebird" | "sybase")
        {
            // Branches for other databases are never taken; only their imports are.
            return Ok(Some(Vm::absent(&format!("sqlalchemy.dialects.{name}"))));
        }
        if dialect.is_some() {
            match name {
                "insert" => return Ok(Some(self.function("insert"))),
                "Any" | "All" => {
                    let (name, quantifier) = if name == "Any" {
                        ("Any", Quantifier::Any)
                    } else {
                        ("All", Quantifier::All)
                    };
                    let runtime = self.clone();
                    return Ok(Some(Value::native(name, move |vm, arguments| {
                        runtime.quantified(vm, quantifier, arguments)
                    })));
                }
                "hstore"
                | "array_agg"
                | "to_tsvector"
                | "to_tsquery"
                | "plainto_tsquery"
                | "phraseto_tsquery"
                | "websearch_to_tsquery"
                | "ts_headline" => {
                    let Some(functions) = self.library_name(vm, "sqlalchemy", "func")? else {
                        return Ok(None);
                    };
                    return vm.find_attribute(&functions, name);
                }
                "array" | "aggregate_order_by" => return Ok(Some(self.function(name_of(name)))),
                "ExcludeConstraint" => return Ok(Some(self.class("ExcludeConstraint"))),
                "dialect" => {
                    let runtime = self.clone();
                    return Ok(Some(Value::native("dialect", move |_, _| {
                        Ok(runtime.dialect_value())
                    })));
                }
                _ => return Ok(None),
            }
        }
        if module == "sqlalchemy.sql.operators" {
            // Most of them are those of Python's own module.
            let operators = vm.import("operator")?;
            return vm.find_attribute(&operators, name);
        }
        if module.ends_with(".exc") || module == "sqlalchemy" {
            if let Some(class) = self.run.exceptions.class(name)
                && name != "CommandError"
            {
                return Ok(Some(Value::Class(class)));
            }
            if module.ends_with(".exc") {
                return Ok(None);
            }
        }
        if module.starts_with("sqlalchemy.orm") || module.starts_with("sqlalchemy.ext") {
            return self.orm_name(vm, module, name);
        }
        Ok(Some(match name {
            "func" => Value::object(FunctionsObject {
                runtime: self.clone(),
                path: Vec::new(),
            }),
            "inspect" => {
                let runtime = self.clone();
                Value::native("inspect", move |vm, arguments| {
                    let bound = arguments.bind("inspect", "subject, raiseerr=")?;
                    runtime.inspect(vm, &bound.value("subject"))
                })
            }
            "NULLTYPE" => {
                self.type_value(crate::dialect::alembic::sqlalchemy::types::SqlType::null())
            }
            "STRINGTYPE" => {
                self.type_value(crate::dialect::alembic::sqlalchemy::types::SqlType::string())
            }
            "BOOLEANTYPE" => {
                self.type_value(crate::dialect::alembic::sqlalchemy::types::SqlType::boolean())
            }
            "INTEGERTYPE" => {
                self.type_value(crate::dialect::alembic::sqlalchemy::types::SqlType::integer())
            }
            "memoized_property" | "ro_memoized_property" => {
                return vm
                    .import("functools")
                    .and_then(|module| vm.find_attribute(&module, "cached_property"));
            }
            "event" | "create_engine" | "engine_from_config" | "text_type" => {
                Vm::absent(&format!("{module}.{name}"))
            }
            "__version__" => Value::str("2.1.9"),
            _ => {
                if let Some(name) = CONSTRUCTS
                    .iter()
                    .chain(STATEMENTS)
                    .find(|known| **known == name)
                {
                    self.function(name)
                } else if let Some(name) = CLASSES
                    .iter()
                    .chain(schema_ddl::CLASSES)
                    .find(|known| **known == name)
                {
                    self.class(name)
                } else {
                    return Ok(None);
                }
            }
        }))
    }

    fn function(&self, name: &'static str) -> Value {
        let runtime = self.clone();
        Value::native(name, move |vm, arguments| {
            let made = if STATEMENTS.contains(&name) {
                runtime.statement_construct(vm, name, arguments)?
            } else {
                runtime.construct(vm, name, arguments)?
            };
            made.ok_or_else(|| Failure::type_error(format!("{name}() cannot be called this way")))
        })
    }

    pub(crate) fn class(&self, name: &'static str) -> Value {
        Value::object(LibraryClass {
            runtime: self.clone(),
            name,
        })
    }

    fn alembic_name(&self, module: &str, name: &str) -> Option<Value> {
        Some(match (module, name) {
            ("alembic", "op") => environment::operations(self),
            ("alembic", "context") => self.context_value(ContextRole::Environment),
            ("alembic", "__version__") => Value::str("1.20.1"),
            (_, "CommandError") => Value::Class(self.run.exceptions.class("CommandError")?),
            ("alembic.operations" | "alembic.operations.base", "Operations") => {
                self.class("Operations")
            }
            ("alembic.operations" | "alembic.operations.base", "BatchOperations") => {
                self.class("BatchOperations")
            }
            ("alembic.operations.ops", name) if OperationKind::find(name).is_some() => {
                Value::object(OperationClass {
                    runtime: self.clone(),
                    kind: OperationKind::find(name)?,
                })
            }
            (_, "MigrateOperation") => self.class("MigrateOperation"),
            (_, "MigrationContext") => self.class("MigrationContext"),
            (_, "Config") => self.class("Config"),
            _ => return None,
        })
    }
}

/// A name with the lifetime of the program, of the few that are looked up by text.
fn name_of(name: &str) -> &'static str {
    match name {
        "array" => "array",
        "aggregate_order_by" => "aggregate_order_by",
        _ => "insert",
    }
}

impl Object for LibraryClass {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match (self.name, name) {
            (_, "__name__" | "__qualname__") => Some(Value::str(self.name)),
            ("Inspector", "from_engine") => {
                let runtime = self.runtime.clone();
                Some(Value::native("from_engine", move |vm, arguments| {
                    let bound = arguments.bind("from_engine", "bind")?;
                    runtime.inspect(vm, &bound.value("bind"))
                }))
            }
            ("Operations", "register_operation" | "implementation_for")
            | ("BatchOperations", "register_operation") => {
                let runtime = self.runtime.clone();
                let registers = name == "register_operation";
                Some(Value::native("register_operation", move |vm, arguments| {
                    runtime.register_operation(vm, registers, arguments)
                }))
            }
            _ => None,
        })
    }

    fn call(self: Rc<Self>, vm: &mut Vm, arguments: Arguments) -> Result<Option<Value>, Failure> {
        let runtime = &self.runtime;
        Ok(Some(match self.name {
            "Column" => Value::Object(runtime.make_column(vm, arguments)?),
            "Table" => runtime.make_table(vm, arguments)?,
            "MetaData" => runtime.make_metadata(vm, arguments)?,
            "PrimaryKeyConstraint" => Value::Object(runtime.make_constraint(
                vm,
                ConstraintClass::PrimaryKey,
                arguments,
            )?),
            "UniqueConstraint" => {
                Value::Object(runtime.make_constraint(vm, ConstraintClass::Unique, arguments)?)
            }
            "CheckConstraint" => {
                Value::Object(runtime.make_constraint(vm, ConstraintClass::Check, arguments)?)
            }
            "ForeignKeyConstraint" => Value::Object(runtime.make_constraint(
                vm,
                ConstraintClass::ForeignKey,
                arguments,
            )?),
            "ExcludeConstraint" => {
                Value::Object(runtime.make_constraint(vm, ConstraintClass::Exclude, arguments)?)
            }
            "ForeignKey" => runtime.foreign_key(vm, arguments)?,
            "Index" => runtime.make_index(vm, arguments)?,
            "Identity" => runtime.identity(vm, arguments)?,
            "Computed" => runtime.computed(vm, arguments)?,
            "Sequence" => runtime.sequence(vm, arguments)?,
            "DefaultClause" => runtime.default_clause(vm, arguments)?,
            "FetchedValue" => Value::object(DefaultObject {
                runtime: runtime.clone(),
                kind: DefaultKind::Server(ServerDefault::Fetched),
            }),
            "quoted_name" => {
                let bound = arguments.bind("quoted_name", "value, quote=")?;
                let text = names::required_text(&bound.value("value"), "value")?;
                let quote = bound.some("quote").and_then(|_| bound.flag("quote"));
                NameObject::value(Name::quoted(&*text, quote))
            }
            "conv" => {
                let bound = arguments.bind("conv", "value, quote=")?;
                let text = names::required_text(&bound.value("value"), "value")?;
                NameObject::value(Name::shortenable(&*text))
            }
            "Inspector" => {
                let bound = arguments.bind("Inspector", "bind")?;
                runtime.inspect(vm, &bound.value("bind"))?
            }
            "Operations" => environment::operations(runtime),
            "Select" | "Insert" | "Update" | "Delete" => {
                let lower = match self.name {
                    "Select" => "select",
                    "Insert" => "insert",
                    "Update" => "update",
                    _ => "delete",
                };
                return runtime.statement_construct(vm, lower, arguments);
            }
            name if schema_ddl::CLASSES.contains(&name) => {
                runtime.schema_statement(vm, name, arguments)?
            }
            _ => return Ok(None),
        }))
    }

    fn is_instance(self: Rc<Self>, vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        let _ = vm;
        let Value::Object(object) = value else {
            return Ok(Some(false));
        };
        let type_name = object.type_name();
        Ok(Some(match self.name {
            "TextClause" => value
                .downcast::<ExpressionObject>()
                .is_some_and(|object| matches!(object.expression.element(), Element::Text(_))),
            "ClauseElement" | "Executable" => {
                value.downcast::<ExpressionObject>().is_some()
                    || value.downcast::<StatementObject>().is_some()
            }
            "ColumnElement" => value.downcast::<ExpressionObject>().is_some(),
            "Engine" | "Connection" => Runtime::is_bind(value) && &*type_name == self.name,
            "Constraint" => type_name.ends_with("Constraint"),
            name => &*type_name == name,
        }))
    }

    fn subclass(self: Rc<Self>, vm: &mut Vm, new: NewClass<'_>) -> Result<Option<Value>, Failure> {
        match self.name {
            "DDLElement"
            | "ExecutableDDLElement"
            | "Executable"
            | "ClauseElement"
            | "ColumnElement"
            | "FunctionElement"
            | "GenericFunction"
            | "MigrateOperation" => vm
                .new_class(new.name, new.bases, new.namespace)
                .map(|class| Some(Value::Class(class))),
            _ => Ok(None),
        }
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("<class 'sqlalchemy.{}'>", self.name).into())
    }
}
