//! `batch_alter_table`: changes kept until the block ends.

use std::cell::RefCell;
use std::rc::Rc;

use super::Runtime;
use super::names;
use super::operations::{Change, OperationsObject, Place, TABLE_OPERATIONS};
use super::table::{TableObject, naming_convention};
use crate::dialect::alembic::ops::{self, Extras, Position, Rewrite};
use crate::dialect::alembic::reflect::ColumnFacts;
use crate::dialect::alembic::sqlalchemy::naming::ConstraintName;
use crate::dialect::alembic::sqlalchemy::schema::{ServerDefault, Table};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::engine::Datum;
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
    /// `partial_reordering`.
    pub(crate) reordering: Vec<Vec<String>>,
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
        let mut reordering = Vec::new();
        if let Some(orders) = bound.some("partial_reordering") {
            for order in vm.collect(&orders)? {
                let mut columns = Vec::new();
                for column in vm.collect(&order)? {
                    columns.push(names::required_text(&column, "partial_reordering")?.to_string());
                }
                reordering.push(columns);
            }
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
            reordering,
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

impl BatchObject {
    /// The table as it is, and whether it was read from the database.
    fn existing(&self, vm: &mut Vm) -> Result<(Table, bool), Failure> {
        let runtime = &self.runtime;
        if let Some(table) = &self.copy_from {
            let mut assembled = table.assembled(runtime)?;
            // Indexes that belong to a column are not carried over.
            assembled.indexes = table
                .indexes
                .borrow()
                .iter()
                .map(|index| index.data.borrow().clone())
                .collect();
            return Ok((assembled, false));
        }
        if runtime.run.is_offline() {
            return Err(runtime.batch_needs_connection(&self.place.table));
        }
        let target = runtime.run.target();
        let (sqlite, postgres) = (target.is_sqlite(), target.is_postgres());
        let default = |column: &ColumnFacts| {
            let text = column.default.as_deref()?;
            if sqlite {
                Some(ops::sqlite_default(text))
            } else if postgres
                && column.autoincrement == Some(true)
                && text.starts_with("nextval('")
            {
                // The column is written as SERIAL again.
                None
            } else {
                Some(text.to_owned())
            }
        };
        let schema = self.place.schema.as_ref().map(Name::as_str);
        let mut described = runtime.described(vm, self.place.table.as_str(), schema, &default)?;
        let parts = runtime.table_parts(vm, &self.reflect_args)?;
        for given in &parts.columns {
            let given = given.column();
            let place = described
                .columns
                .iter()
                .position(|known| known.name.as_str() == given.name.as_str());
            match place.and_then(|place| described.columns.get_mut(place)) {
                Some(known) => *known = given,
                None => described.columns.push(given),
            }
        }
        let mut order = 0;
        for constraint in &mut described.constraints {
            order += 1;
            constraint.common.created = order;
        }
        for constraint in &parts.constraints {
            let mut constraint = constraint.constraint();
            order += 1;
            constraint.common.created = order;
            described.constraints.push(constraint);
        }
        let convention = match &self.naming_convention {
            None => Rc::default(),
            Some(value) => {
                for constraint in &mut described.constraints {
                    if let ConstraintName::Given(name) = &constraint.name {
                        constraint.name = ConstraintName::Final(name.clone());
                    }
                }
                Rc::new(naming_convention(vm, value)?)
            }
        };
        let mut table = Table::new(
            self.place.table.clone(),
            self.place.schema.clone(),
            convention,
        );
        table.comment = described.comment;
        let table = table.assemble(
            target,
            described.columns,
            described.constraints,
            described.indexes,
        );
        Ok((runtime.run.failed(table)?, true))
    }

    /// What `table_args` and `table_kwargs` bring.
    fn extras(&self, vm: &mut Vm) -> Result<Extras, Failure> {
        let runtime = &self.runtime;
        let parts = runtime.table_parts(vm, &self.table_args)?;
        let mut holder = Table::new(self.place.table.clone(), None, Rc::default());
        runtime.table_keywords(vm, &mut holder, self.table_keywords.clone())?;
        Ok(Extras {
            columns: parts.columns.iter().map(|column| column.column()).collect(),
            constraints: parts
                .constraints
                .iter()
                .map(|constraint| constraint.constraint())
                .collect(),
            options: holder.options,
            prefixes: holder.prefixes,
        })
    }
}

impl Runtime {
    /// Makes a new table with a batch's changes, copies the rows and puts it in the old one's place.
    pub(crate) fn recreate_table(&self, vm: &mut Vm, batch: &BatchObject) -> Result<(), Failure> {
        let (table, reflected) = batch.existing(vm)?;
        let extras = batch.extras(vm)?;
        let context = &self.run.context;
        let placements = batch.placements.take();
        let mut rewrite = Rewrite::new(context, table, reflected, &extras);
        rewrite.reorder(batch.reordering.clone());
        for change in batch.changes.take() {
            let done = match change {
                Change::AddColumn(change) => {
                    let placement = placements
                        .iter()
                        .find(|placement| placement.column == change.column.name.as_str());
                    let position = placement.map_or_else(Position::default, |placement| Position {
                        before: placement.before.clone(),
                        after: placement.after.clone(),
                    });
                    rewrite.add_column(context, *change, &position)
                }
                Change::DropColumn(change) => rewrite.drop_column(change.column.as_str()),
                Change::AlterColumn(change) => rewrite.alter_column(context, &change),
                Change::CreateIndex(index, _) => {
                    rewrite.create_index(index);
                    Ok(())
                }
                Change::DropIndex(index, _) => rewrite.drop_index(index.name.text()),
                Change::AddConstraint(change) => rewrite.new_constraint(context, change),
                Change::DropConstraint(change) => rewrite.drop_constraint(context, &change),
                Change::TableComment(..) | Change::DropTableComment(..) => Ok(()),
            };
            self.run.failed(done)?;
        }
        let statements = self.run.failed(rewrite.statements(context, extras))?;
        self.keep_children(vm, &batch.place)?;
        for statement in &statements.create {
            self.run.emit(vm, statement)?;
        }
        for statement in &statements.replace {
            if let Err(failure) = self.run.emit(vm, statement) {
                // What failed first is what people need to know.
                drop(self.run.emit(vm, &statements.undo));
                return Err(failure);
            }
        }
        for statement in statements.rename.iter().chain(&statements.indexes) {
            self.run.emit(vm, statement)?;
        }
        Ok(())
    }

    /// Refuses to drop a table whose rows others point to in a way that would change them: with
    /// foreign keys on, SQLite deletes the rows of a table before it drops it.
    fn keep_children(&self, vm: &mut Vm, place: &Place) -> Result<(), Failure> {
        let Some(connection) = self.run.connection.clone() else {
            return Ok(());
        };
        if !self.run.target().is_sqlite() {
            return Ok(());
        }
        let on = connection
            .clone()
            .execute(&self.run, vm, "PRAGMA foreign_keys")?;
        if !matches!(
            on.rows.first().and_then(|row| row.first()),
            Some(Datum::Integer(1))
        ) {
            return Ok(());
        }
        let table = place.table.as_str().replace('\'', "''");
        let children = connection.execute(
            &self.run,
            vm,
            &format!(
                "SELECT m.name, f.on_delete FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND lower(f.\"table\") = lower('{table}') AND f.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT')"
            ),
        )?;
        let Some(row) = children.rows.first() else {
            return Ok(());
        };
        let text = |at: usize| row.get(at).and_then(Datum::text).unwrap_or_default();
        Err(vm.refuse(
            "batch_alter_table",
            format!(
                "Making the table {} anew would drop it, and ON DELETE {} would change the rows of \
                 {}.",
                place.table,
                text(1),
                text(0)
            ),
            "Connect with PRAGMA foreign_keys = OFF.",
        ))
    }
}
