//! Schema statements as objects: `CreateTable`, `CreateSequence`, `DDL` and their like.

use std::rc::Rc;

use super::Runtime;
use super::column::{DefaultKind, DefaultObject};
use super::constraint::{ConstraintObject, IndexObject};
use super::names;
use super::table::TableObject;
use crate::dialect::alembic::sqlalchemy::ddl::Guard;
use crate::dialect::alembic::sqlalchemy::schema::{Constraint, Index, Sequence, Table};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::python::{Arguments, Failure, Object, Value, Vm};

/// A schema statement.
pub(crate) struct DdlObject {
    pub(crate) class: &'static str,
    statement: DdlStatement,
}

enum DdlStatement {
    CreateTable(Box<Table>, Guard),
    DropTable(Option<Name>, Name, Guard),
    CreateIndex(Box<Index>, Guard),
    DropIndex(Box<Index>, Guard),
    AddConstraint(Box<Constraint>, Box<Table>),
    DropConstraint(Box<Constraint>, Box<Table>, Guard),
    CreateSequence(Box<Sequence>, Guard),
    DropSequence(Box<Sequence>, Guard),
    CreateSchema(Name, bool),
    DropSchema(Name, bool, bool),
    /// `DDL(...)`, formatted.
    Text(String),
}

/// The classes that make them.
pub(crate) const CLASSES: &[&str] = &[
    "CreateTable",
    "DropTable",
    "CreateIndex",
    "DropIndex",
    "AddConstraint",
    "DropConstraint",
    "CreateSequence",
    "DropSequence",
    "CreateSchema",
    "DropSchema",
    "DDL",
];

impl Runtime {
    /// Makes a schema statement from the arguments of its class.
    pub(crate) fn schema_statement(
        &self,
        vm: &mut Vm,
        class: &'static str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind(
            class,
            match class {
                "CreateSchema" => "name, if_not_exists=",
                "DropSchema" => "name, cascade=, if_exists=",
                "DDL" => "statement, context=",
                "DropConstraint" => "element, *, cascade=, if_exists=, **kw",
                _ => {
                    "element, *, if_not_exists=, if_exists=, include_foreign_key_constraints=, \
                     isolate_from_table=, bind=, on=, **kw"
                }
            },
        )?;
        if matches!(class, "CreateSchema" | "DropSchema") {
            let name = names::required_name(&bound.value("name"), "name")?;
            let statement = if class == "CreateSchema" {
                DdlStatement::CreateSchema(name, bound.flag("if_not_exists").unwrap_or(false))
            } else {
                DdlStatement::DropSchema(
                    name,
                    bound.flag("if_exists").unwrap_or(false),
                    bound.flag("cascade").unwrap_or(false),
                )
            };
            return Ok(Value::object(DdlObject { class, statement }));
        }
        if class == "DDL" {
            let text = bound.value("statement");
            let context = bound.some("context").unwrap_or_else(Value::dict);
            let formatted = vm.binary(crate::python::BinaryOperator::Modulo, &text, &context)?;
            let text = vm.str(&formatted)?.to_string();
            return Ok(Value::object(DdlObject {
                class,
                statement: DdlStatement::Text(text),
            }));
        }
        let element = bound.value("element");
        let guard = Guard::when(["if_not_exists", "if_exists"].iter().any(|name| {
            class != "DropConstraint" && bound.flag(name).unwrap_or(false)
                || class == "DropConstraint"
                    && *name == "if_exists"
                    && bound.flag(name).unwrap_or(false)
        }));
        let statement = match class {
            "CreateTable" | "DropTable" => {
                let table = match element.downcast::<TableObject>() {
                    Some(table) => Some(table),
                    None => match vm.find_attribute(&element, "__table__")? {
                        Some(table) => table.downcast::<TableObject>(),
                        None => None,
                    },
                };
                let Some(table) = table else {
                    return Err(Failure::type_error(format!("{class}() takes a Table")));
                };
                if class == "CreateTable" {
                    DdlStatement::CreateTable(Box::new(table.assembled(self)?), guard)
                } else {
                    let table = table.table.borrow();
                    DdlStatement::DropTable(table.schema.clone(), table.name.clone(), guard)
                }
            }
            "CreateIndex" | "DropIndex" => {
                let Some(index) = element.downcast::<IndexObject>() else {
                    return Err(Failure::type_error(format!("{class}() takes an Index")));
                };
                let index = Box::new(index.data.borrow().clone());
                if class == "CreateIndex" {
                    DdlStatement::CreateIndex(index, guard)
                } else {
                    DdlStatement::DropIndex(index, guard)
                }
            }
            "AddConstraint" | "DropConstraint" => {
                let Some(constraint) = element.downcast::<ConstraintObject>() else {
                    return Err(Failure::type_error(format!("{class}() takes a Constraint")));
                };
                let Some(table) = constraint.table.borrow().upgrade() else {
                    return Err(self.run.raise(
                        "InvalidRequestError",
                        "This constraint is not bound to a table.",
                    ));
                };
                let table = Box::new(table.assembled(self)?);
                let constraint = Box::new(constraint.constraint());
                if class == "AddConstraint" {
                    DdlStatement::AddConstraint(constraint, table)
                } else {
                    DdlStatement::DropConstraint(constraint, table, guard)
                }
            }
            _ => {
                let Some(object) = element.downcast::<DefaultObject>() else {
                    return Err(Failure::type_error(format!("{class}() takes a Sequence")));
                };
                let DefaultKind::Sequence(sequence) = &object.kind else {
                    return Err(Failure::type_error(format!("{class}() takes a Sequence")));
                };
                let sequence = Box::new(sequence.clone());
                if class == "CreateSequence" {
                    DdlStatement::CreateSequence(sequence, guard)
                } else {
                    DdlStatement::DropSequence(sequence, guard)
                }
            }
        };
        Ok(Value::object(DdlObject { class, statement }))
    }
}

impl DdlObject {
    /// The statements it stands for.
    pub(crate) fn statements(&self, runtime: &Runtime) -> Result<Vec<String>, Failure> {
        let ddl = runtime.run.context.ddl();
        let target = runtime.run.target();
        let text = match &self.statement {
            DdlStatement::CreateTable(table, guard) => ddl.create_table(table, *guard),
            DdlStatement::DropTable(schema, name, guard) => {
                Ok(ddl.drop_table(schema.as_ref(), name, *guard))
            }
            DdlStatement::CreateIndex(index, guard) => ddl.create_index(index, *guard),
            DdlStatement::DropIndex(index, guard) => ddl.drop_index(index, *guard),
            DdlStatement::AddConstraint(constraint, table) => ddl.add_constraint(constraint, table),
            DdlStatement::DropConstraint(constraint, table, guard) => {
                ddl.drop_constraint(constraint, table, *guard)
            }
            DdlStatement::CreateSequence(sequence, guard) => ddl.create_sequence(sequence, *guard),
            DdlStatement::DropSequence(sequence, guard) => Ok(ddl.drop_sequence(sequence, *guard)),
            DdlStatement::CreateSchema(name, guarded) => Ok(format!(
                "CREATE SCHEMA {}{}",
                if *guarded { "IF NOT EXISTS " } else { "" },
                target.quote(name)
            )),
            DdlStatement::DropSchema(name, guarded, cascade) => Ok(format!(
                "DROP SCHEMA {}{}{}",
                if *guarded { "IF EXISTS " } else { "" },
                target.quote(name),
                if *cascade { " CASCADE" } else { "" }
            )),
            DdlStatement::Text(text) => Ok(text.clone()),
        };
        Ok(vec![runtime.run.failed(text)?])
    }
}

impl Object for DdlObject {
    fn type_name(&self) -> Rc<str> {
        self.class.into()
    }
}
