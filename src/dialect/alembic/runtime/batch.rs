//! `batch_alter_table`: changes kept until the block ends.

use std::cell::RefCell;
use std::rc::Rc;

use super::Runtime;
use super::names;
use super::operations::{Change, OperationsObject, Place, TABLE_OPERATIONS};
use super::table::TableObject;
use crate::dialect::alembic::sqlalchemy::schema::ServerDefault;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::python::{Arguments, Failure, Object, Value, Vm};

/// Whether a batch makes a new table and copies the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recreate {
    Auto,
    Always,
    Never,
}

/// A batch.
pub(crate) struct BatchObject {
    pub(crate) runtime: Runtime,
    pub(crate) place: Place,
    pub(crate) recreate: Recreate,
    /// `copy_from`.
    pub(crate) copy_from: Option<Rc<TableObject>>,
    /// `table_args`.
    pub(crate) table_args: Vec<Value>,
    /// `table_kwargs`.
    pub(crate) table_keywords: Vec<(Rc<str>, Value)>,
    /// `reflect_args`.
    pub(crate) reflect_args: Vec<Value>,
    /// `naming_convention`.
    pub(crate) naming_convention: Option<Value>,
    /// Where columns go, by the change that brings them.
    pub(crate) placements: RefCell<Vec<Placement>>,
    pub(crate) changes: RefCell<Vec<Change>>,
}

/// Where a batch puts a column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Placement {
    pub(crate) column: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl BatchObject {
    /// `op.batch_alter_table(...)`.
    pub(crate) fn open(
        runtime: &Runtime,
        vm: &mut Vm,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind(
            "batch_alter_table",
            "table_name, schema=, recreate=, partial_reordering=, copy_from=, table_args=, \
             table_kwargs=, reflect_args=, reflect_kwargs=, naming_convention=",
        )?;
        let recreate = match names::text(&bound.value("recreate")).as_deref() {
            None | Some("auto") => Recreate::Auto,
            Some("always") => Recreate::Always,
            Some("never") => Recreate::Never,
            Some(_) => {
                return Err(Failure::value_error(
                    "recreate may be one of 'auto', 'always', or 'never'.",
                ));
            }
        };
        if bound.some("partial_reordering").is_some() {
            return Err(vm.refuse(
                "partial_reordering",
                "batch_alter_table(partial_reordering=...) is not supported.",
                "Use insert_before and insert_after.",
            ));
        }
        let list = |vm: &mut Vm, name: &str| match bound.some(name) {
            Some(value @ (Value::List(_) | Value::Tuple(_))) => vm.collect(&value),
            // Anything else is found to be wrong only when the table is made anew.
            Some(value) => Ok(vec![value]),
            None => Ok(Vec::new()),
        };
        let table_keywords = match bound.some("table_kwargs") {
            Some(Value::Dict(dict)) => dict.text_items(),
            _ => Vec::new(),
        };
        Ok(Value::object(Self {
            runtime: runtime.clone(),
            place: Place {
                table: names::required_name(&bound.value("table_name"), "table_name")?,
                schema: bound.some("schema").as_ref().and_then(names::name),
            },
            recreate,
            copy_from: bound
                .some("copy_from")
                .and_then(|value| value.downcast::<TableObject>()),
            table_args: list(vm, "table_args")?,
            table_keywords,
            reflect_args: list(vm, "reflect_args")?,
            naming_convention: bound.some("naming_convention"),
            placements: RefCell::default(),
            changes: RefCell::default(),
        }))
    }

    /// Whether the changes so far need a new table.
    fn recreates(&self) -> bool {
        match self.recreate {
            Recreate::Always => true,
            Recreate::Never => false,
            Recreate::Auto => {
                self.runtime.run.target().is_sqlite()
                    && self.changes.borrow().iter().any(needs_recreation)
            }
        }
    }

    fn flush(&self, vm: &mut Vm) -> Result<(), Failure> {
        if self.recreates() {
            return self.runtime.recreate_table(vm, self);
        }
        for change in self.changes.take() {
            self.runtime
                .run
                .emit_all(vm, |context, statements| change.write(context, statements))?;
        }
        Ok(())
    }
}

/// Whether SQLite cannot make a change in place.
fn needs_recreation(change: &Change) -> bool {
    match change {
        Change::CreateIndex(..) | Change::DropIndex(..) => false,
        Change::AddColumn(add) => {
            let column = &add.column;
            matches!(column.server_default, Some(ServerDefault::Expr(_)))
                || column
                    .computed
                    .as_ref()
                    .is_some_and(|computed| computed.persisted == Some(true))
                || !column.foreign_keys.is_empty()
                || (column.unique && !column.index)
                || has_type_check(&column.sql_type)
        }
        _ => true,
    }
}

/// Whether a type brings a check of its values.
fn has_type_check(sql_type: &crate::dialect::alembic::sqlalchemy::types::SqlType) -> bool {
    let sqlite =
        crate::dialect::alembic::sqlalchemy::target::Target::new(crate::model::Backend::Sqlite);
    crate::dialect::alembic::sqlalchemy::types::check_values(sql_type, &sqlite).is_some()
}

impl Object for BatchObject {
    fn type_name(&self) -> Rc<str> {
        "BatchOperations".into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        if self.has_method(name) {
            return Ok(None);
        }
        let operations = Value::object(OperationsObject {
            runtime: self.runtime.clone(),
        });
        vm.find_attribute(&operations, name)
    }

    fn has_method(&self, name: &str) -> bool {
        TABLE_OPERATIONS.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let placed = |key: &str| {
            arguments
                .keywords
                .iter()
                .find(|(name, _)| &**name == key)
                .and_then(|(_, value)| names::text(value))
                .map(|text| text.to_string())
        };
        let (before, after) = (placed("insert_before"), placed("insert_after"));
        let change = self
            .runtime
            .change(vm, name, Some(&self.place), arguments)?;
        if before.is_some() || after.is_some() {
            let column = match &change {
                Change::AddColumn(add) => add.column.name.to_string(),
                Change::AlterColumn(alter) => alter.column.to_string(),
                _ => String::new(),
            };
            self.placements.borrow_mut().push(Placement {
                column,
                before,
                after,
            });
            if matches!(change, Change::AddColumn(_)) && !self.recreates() {
                return Err(self.runtime.run.raise(
                    "CommandError",
                    "Can't specify insert_before or insert_after when using ALTER; please specify \
                     recreate='always'",
                ));
            }
        }
        self.changes.borrow_mut().push(change);
        Ok(Value::None)
    }

    fn enter(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::Object(self)))
    }

    fn exit(self: Rc<Self>, vm: &mut Vm, exception: Option<&Value>) -> Result<bool, Failure> {
        if exception.is_none() {
            self.flush(vm)?;
        }
        Ok(false)
    }
}

impl Runtime {
    /// The error of a batch that needs the table as it is, where there is no connection.
    pub(crate) fn batch_needs_connection(&self, table: &Name) -> Failure {
        self.run.raise(
            "CommandError",
            format!(
                "This operation cannot proceed in --sql mode; batch mode with dialect {} requires a \
                 live database connection with which to reflect the table \"{table}\". To generate \
                 a batch SQL migration script using table \"move and copy\", a complete Table \
                 object should be passed to the \"copy_from\" argument of the batch_alter_table() \
                 method so that table reflection can be skipped.",
                self.run.target().dialect_name()
            ),
        )
    }
}
