//! Alembic's operations: what each one writes for a backend.
//!
//! An operation adds its statements to a list in the order in which they run. When it fails half
//! way, what stands in the list until then has been sent, as with Alembic.

mod alter_column;
mod batch;
mod column;
mod constraint;
mod index;
mod table;

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

pub use alter_column::{AlterColumn, DefaultChange, ExistingDefault};
pub use batch::{Extras, Position, Rewrite, RewriteStatements, sqlite_default};
pub use column::{AddColumn, DropColumn};
pub use constraint::{ConstraintType, DropConstraint, NewConstraint, drop_type_check};
pub use index::{create_index, drop_index};
pub use table::{CreateTable, create_named_type, drop_named_type, named_types};

use super::sqlalchemy::ddl::Ddl;
use super::sqlalchemy::naming::NamingConvention;
use super::sqlalchemy::schema::Table;
use super::sqlalchemy::target::{Name, Target};

/// What operations share during one run.
#[derive(Debug)]
pub struct Context {
    /// The backend they write for.
    pub target: Target,
    /// How unnamed constraints are named.
    pub convention: Rc<NamingConvention>,
    /// Named types that a CREATE TABLE of this run has brought already.
    created_types: RefCell<HashSet<(Option<String>, String)>>,
    /// Warnings for people.
    warnings: RefCell<Vec<String>>,
}

impl Context {
    /// A fresh run.
    pub fn new(target: Target, convention: Rc<NamingConvention>) -> Self {
        Self {
            target,
            convention,
            created_types: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// The writer of statements.
    pub fn ddl(&self) -> Ddl<'_> {
        Ddl::new(&self.target)
    }

    /// An empty table as a place for constraints and columns.
    pub fn table(&self, name: &Name, schema: Option<&Name>) -> Table {
        Table::new(name.clone(), schema.cloned(), self.convention.clone())
    }

    /// Remembers a warning.
    pub fn warn(&self, text: impl Into<String>) {
        self.warnings.borrow_mut().push(text.into());
    }

    /// Schema and name of the types that a CREATE TABLE of this run has brought. A later table does
    /// not bring them again, so that what a revision prints depends on those before it.
    pub fn created_types(&self) -> HashSet<(Option<String>, String)> {
        self.created_types.borrow().clone()
    }

    /// The warnings so far, taken out.
    pub fn take_warnings(&self) -> Vec<String> {
        self.warnings.take()
    }

    /// A table's name in ALTER statements, where the parts of a schema are quoted one by one.
    pub fn altered_table(&self, name: &Name, schema: Option<&Name>) -> String {
        let quoted = self.target.quote(name);
        match schema {
            Some(schema) if !schema.as_str().is_empty() => {
                if schema.quote_flag().is_some() {
                    format!("{}.{quoted}", self.target.quote(schema))
                } else {
                    let parts: Vec<String> = schema
                        .as_str()
                        .split('.')
                        .map(|part| self.target.quote_text(part).into_owned())
                        .collect();
                    format!("{}.{quoted}", parts.join("."))
                }
            }
            _ => quoted.into_owned(),
        }
    }
}

/// The error of SQLite for constraints outside of batch mode.
fn no_constraints_on_sqlite() -> super::sqlalchemy::error::CompileError {
    super::sqlalchemy::error::CompileError::of(
        super::sqlalchemy::error::ErrorClass::NotImplemented,
        "No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode \
         feature which allows for SQLite migrations using a copy-and-move strategy.",
    )
}

/// Renames a table.
pub fn rename_table(
    context: &Context,
    old: &Name,
    new: &Name,
    schema: Option<&Name>,
    statements: &mut Vec<String>,
) {
    let to = if context.target.is_mysql() {
        context.altered_table(new, schema)
    } else {
        context.target.quote(new).into_owned()
    };
    statements.push(format!(
        "ALTER TABLE {} RENAME TO {to}",
        context.altered_table(old, schema)
    ));
}
