//! `Table` and `MetaData`.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use indexmap::IndexMap;

use super::Runtime;
use super::column::ColumnObject;
use super::constraint::{ConstraintObject, IndexObject};
use super::names;
use super::options::{self, Construct};
use crate::dialect::alembic::ops;
use crate::dialect::alembic::sqlalchemy::ddl::Guard;
use crate::dialect::alembic::sqlalchemy::naming::NamingConvention;
use crate::dialect::alembic::sqlalchemy::schema::{Constraint, ConstraintKind, Index, Table};
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::SchemaSource;
use crate::python::{Arguments, Failure, Object, Value, Vm};

/// A table.
pub(crate) struct TableObject {
    pub(crate) runtime: Runtime,
    /// Its name and options. Columns and constraints are kept apart, since they may still change.
    pub(crate) table: RefCell<Table>,
    pub(crate) columns: RefCell<Vec<Rc<ColumnObject>>>,
    pub(crate) constraints: RefCell<Vec<Rc<ConstraintObject>>>,
    pub(crate) indexes: RefCell<Vec<Rc<IndexObject>>>,
    /// The table as statements refer to it.
    pub(crate) from: RefCell<Option<FromClause>>,
}

/// `MetaData`.
pub(crate) struct MetaDataObject {
    pub(crate) runtime: Runtime,
    pub(crate) schema: Option<Name>,
    pub(crate) convention: Rc<NamingConvention>,
    pub(crate) tables: RefCell<IndexMap<String, Rc<TableObject>>>,
}

/// The columns of a table, by name or by attribute.
pub(crate) struct ColumnsObject {
    table: Rc<TableObject>,
}

/// What `Table()` and `op.create_table()` take besides columns.
#[derive(Default)]
pub(crate) struct TableParts {
    pub(crate) columns: Vec<Rc<ColumnObject>>,
    pub(crate) constraints: Vec<Rc<ConstraintObject>>,
    pub(crate) indexes: Vec<Rc<IndexObject>>,
}

impl Runtime {
    /// Sorts columns, constraints and indexes out of arguments.
    pub(crate) fn table_parts(&self, vm: &mut Vm, items: &[Value]) -> Result<TableParts, Failure> {
        let mut parts = TableParts::default();
        for item in items {
            if let Some(column) = item.downcast::<ColumnObject>() {
                parts.columns.push(column);
            } else if let Some(constraint) = item.downcast::<ConstraintObject>() {
                parts.constraints.push(constraint);
            } else if let Some(index) = item.downcast::<IndexObject>() {
                parts.indexes.push(index);
            } else if !item.is_none() && item.downcast::<MetaDataObject>().is_none() {
                // A MetaData is a SchemaItem too, and adds nothing.
                return Err(self.run.raise(
                    "ArgumentError",
                    format!(
                        "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got \
                         {}",
                        vm.repr(item)?
                    ),
                ));
            }
        }
        Ok(parts)
    }

    /// A table out of its parts.
    pub(crate) fn table_object(&self, table: Table, parts: TableParts) -> Rc<TableObject> {
        let object = Rc::new(TableObject {
            runtime: self.clone(),
            table: RefCell::new(table),
            columns: RefCell::default(),
            constraints: RefCell::default(),
            indexes: RefCell::default(),
            from: RefCell::default(),
        });
        for column in parts.columns {
            object.add_column(&column);
        }
        for constraint in parts.constraints {
            object.add_constraint(constraint);
        }
        for index in parts.indexes {
            object.place_index(&index);
            object.indexes.borrow_mut().push(index);
        }
        object
    }

    /// Takes the keywords of `Table()` and `op.create_table()`.
    pub(crate) fn table_keywords(
        &self,
        vm: &mut Vm,
        table: &mut Table,
        keywords: Vec<(Rc<str>, Value)>,
    ) -> Result<(), Failure> {
        let mut rest = Vec::new();
        for (key, value) in keywords {
            match &*key {
                "schema" => table.schema = names::name(&value),
                "comment" => table.comment = names::text(&value),
                "prefixes" => {
                    for prefix in vm.collect(&value)? {
                        table.prefixes.push(vm.str(&prefix)?);
                    }
                }
                "quote" => {
                    if let Value::Bool(quote) = value {
                        table.name = Name::quoted(table.name.as_str(), Some(quote));
                    }
                }
                "quote_schema" => {
                    if let (Value::Bool(quote), Some(schema)) = (value, &table.schema) {
                        table.schema = Some(Name::quoted(schema.as_str(), Some(quote)));
                    }
                }
                "info"
                | "listeners"
                | "implicit_returning"
                | "include_columns"
                | "extend_existing"
                | "keep_existing"
                | "must_exist"
                | "resolve_fks"
                | "_constraints_included" => {}
                _ => rest.push((key, value)),
            }
        }
        table.options = options::dialect_options(self, vm, Construct::Table, &rest)?;
        Ok(())
    }

    /// `Table(...)`.
    pub(crate) fn make_table(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let mut bound = arguments.bind(
            "Table",
            "name, metadata, *args, autoload_with=, autoload=, **kw",
        )?;
        let name = names::required_name(&bound.value("name"), "name")?;
        let Some(metadata) = bound.value("metadata").downcast::<MetaDataObject>() else {
            return Err(self.run.raise(
                "ArgumentError",
                format!(
                    "expected MetaData instance, got {}",
                    vm.repr(&bound.value("metadata"))?
                ),
            ));
        };
        let mut table = Table::new(name, metadata.schema.clone(), metadata.convention.clone());
        let extend = bound.keywords.iter().any(|(key, value)| {
            matches!(&**key, "extend_existing" | "keep_existing")
                && matches!(value, Value::Bool(true))
        });
        let keywords = std::mem::take(&mut bound.keywords);
        self.table_keywords(vm, &mut table, keywords)?;
        let key = table_key(&table);
        if let Some(known) = metadata.tables.borrow().get(&key).cloned()
            && !extend
        {
            if bound.rest.is_empty() {
                return Ok(Value::Object(known));
            }
            return Err(self.run.raise(
                "InvalidRequestError",
                format!(
                    "Table '{key}' is already defined for this MetaData instance.  Specify \
                     'extend_existing=True' to redefine options and columns on an existing Table \
                     object."
                ),
            ));
        }
        let parts = self.table_parts(vm, &bound.rest)?;
        if metadata.schema.is_some() {
            for column in &parts.columns {
                let mut data = column.data.borrow_mut();
                data.sql_type = data
                    .sql_type
                    .in_schema(SchemaSource::Metadata, metadata.schema.as_ref());
            }
        }
        let object = self.table_object(table, parts);
        let reflect =
            bound.some("autoload_with").is_some() || bound.flag("autoload").unwrap_or(false);
        if reflect {
            self.reflect_table(vm, &object)?;
        }
        metadata.tables.borrow_mut().insert(key, object.clone());
        Ok(Value::Object(object))
    }

    /// `MetaData(...)`.
    pub(crate) fn make_metadata(
        &self,
        vm: &mut Vm,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind(
            "MetaData.__init__",
            "schema=, quote_schema=, naming_convention=, info=",
        )?;
        let convention = match bound.some("naming_convention") {
            Some(value) => Rc::new(naming_convention(vm, &value)?),
            None => Rc::default(),
        };
        Ok(Value::object(MetaDataObject {
            runtime: self.clone(),
            schema: bound.some("schema").as_ref().and_then(names::name),
            convention,
            tables: RefCell::default(),
        }))
    }
}

/// A naming convention from a dictionary.
pub(crate) fn naming_convention(vm: &mut Vm, value: &Value) -> Result<NamingConvention, Failure> {
    let Value::Dict(dict) = value else {
        return Err(Failure::type_error(
            "naming_convention must be a dictionary",
        ));
    };
    let mut templates = Vec::new();
    for (key, template) in dict.items() {
        let (Some(key), Some(template)) = (names::text(&key), names::text(&template)) else {
            return Err(vm.refuse(
                "naming_convention",
                "A naming convention with functions in it cannot be evaluated.",
                "Write its templates as strings.",
            ));
        };
        templates.push((key, template));
    }
    Ok(NamingConvention::new(templates))
}

fn table_key(table: &Table) -> String {
    match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name),
        None => table.name.to_string(),
    }
}

impl TableObject {
    /// Adds a column.
    pub(crate) fn add_column(self: &Rc<Self>, column: &Rc<ColumnObject>) {
        *column.table.borrow_mut() = Rc::downgrade(self);
        let mut columns = self.columns.borrow_mut();
        let key = column.data.borrow().key().to_owned();
        if let Some(known) = columns
            .iter_mut()
            .find(|known| known.data.borrow().key() == key && !Rc::ptr_eq(known, column))
        {
            // The duplicate is reported when the table is written, unless it replaces a column.
            let _ = known;
        }
        columns.push(column.clone());
        *self.from.borrow_mut() = None;
    }

    /// Adds a constraint.
    pub(crate) fn add_constraint(self: &Rc<Self>, constraint: Rc<ConstraintObject>) {
        *constraint.table.borrow_mut() = Rc::downgrade(self);
        self.constraints.borrow_mut().push(constraint);
        *self.from.borrow_mut() = None;
    }

    /// Adds an index whose columns are of this table.
    pub(crate) fn add_index(
        self: &Rc<Self>,
        runtime: &Runtime,
        index: &Rc<IndexObject>,
    ) -> Result<(), Failure> {
        self.place_index(index);
        let named = self.table.borrow().named_index(index.data.borrow().clone());
        *index.data.borrow_mut() = runtime.run.failed(named)?;
        self.indexes.borrow_mut().push(index.clone());
        Ok(())
    }

    fn place_index(&self, index: &Rc<IndexObject>) {
        let table = self.table.borrow();
        let mut data = index.data.borrow_mut();
        data.table.clone_from(&table.name);
        data.schema.clone_from(&table.schema);
    }

    /// A column by key or name.
    pub(crate) fn column(&self, key: &str) -> Option<Rc<ColumnObject>> {
        let columns = self.columns.borrow();
        columns
            .iter()
            .find(|column| column.data.borrow().key() == key)
            .or_else(|| {
                columns
                    .iter()
                    .find(|column| column.data.borrow().name.as_str() == key)
            })
            .cloned()
    }

    /// The table as a whole, as CREATE TABLE needs it.
    pub(crate) fn assembled(&self, runtime: &Runtime) -> Result<Table, Failure> {
        let columns = self
            .columns
            .borrow()
            .iter()
            .map(|column| column.column())
            .collect();
        let constraints: Vec<Constraint> = self
            .constraints
            .borrow()
            .iter()
            .map(|constraint| constraint.constraint())
            .collect();
        let indexes: Vec<Index> = self
            .indexes
            .borrow()
            .iter()
            .map(|index| index.data.borrow().clone())
            .collect();
        let table = self.table.borrow().clone();
        runtime
            .run
            .failed(table.assemble(runtime.run.target(), columns, constraints, indexes))
    }

    /// The constraints that the table has by now, those of its columns included.
    fn all_constraints(self: &Rc<Self>) -> Result<Vec<Value>, Failure> {
        let table = self.assembled(&self.runtime)?;
        Ok(table
            .constraints
            .into_iter()
            .map(|constraint| {
                Value::object(ConstraintObject {
                    data: RefCell::new(constraint),
                    table: RefCell::new(Rc::downgrade(self)),
                })
            })
            .collect())
    }

    fn create(&self, vm: &mut Vm, arguments: Arguments, create: bool) -> Result<(), Failure> {
        let bound = arguments.bind(
            if create { "create" } else { "drop" },
            "bind=, checkfirst=, **kw",
        )?;
        let check = match bound.get("checkfirst") {
            Some(value) => vm.truth(&value)?,
            None => false,
        };
        let runtime = &self.runtime;
        let unanswered = check && !runtime.run.is_offline() && !runtime.run.has_answers();
        if check && runtime.run.has_answers() {
            let table = self.table.borrow().clone();
            let exists = runtime.table_exists(vm, &table.name, table.schema.as_ref())?;
            if exists == create {
                return Ok(());
            }
        }
        let table = self.assembled(runtime)?;
        if create {
            let made = ops::CreateTable {
                table,
                if_not_exists: unanswered,
            };
            if unanswered {
                let mut statements = Vec::new();
                runtime
                    .run
                    .failed(made.write(&runtime.run.context, &mut statements))?;
                if statements.len() > 1 {
                    return Err(vm.refuse(
                        "Table.create(checkfirst=True)",
                        "Several statements depend on whether the table exists.",
                        "",
                    ));
                }
            }
            runtime
                .run
                .emit_all(vm, |context, statements| made.write(context, statements))
        } else {
            let statement = runtime.run.context.ddl().drop_table(
                table.schema.as_ref(),
                &table.name,
                Guard::when(unanswered),
            );
            runtime.run.emit(vm, &statement)
        }
    }
}

impl Object for TableObject {
    fn type_name(&self) -> Rc<str> {
        "Table".into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "name" | "description" => Some(Value::str(self.table.borrow().name.as_str())),
            "key" | "fullname" => Some(Value::from(table_key(&self.table.borrow()))),
            "schema" => Some(
                self.table
                    .borrow()
                    .schema
                    .as_ref()
                    .map_or(Value::None, |schema| Value::str(schema.as_str())),
            ),
            "comment" => Some(Value::from(self.table.borrow().comment.clone())),
            "c" | "columns" => Some(Value::object(ColumnsObject { table: self })),
            "constraints" => Some(Value::list(self.all_constraints()?)),
            "foreign_key_constraints" => Some(Value::list(
                self.all_constraints()?
                    .into_iter()
                    .filter(|constraint| {
                        constraint
                            .downcast::<ConstraintObject>()
                            .is_some_and(|constraint| {
                                matches!(
                                    constraint.data.borrow().kind,
                                    ConstraintKind::ForeignKey { .. }
                                )
                            })
                    })
                    .collect(),
            )),
            "primary_key" => self.all_constraints()?.into_iter().find(|constraint| {
                constraint
                    .downcast::<ConstraintObject>()
                    .is_some_and(|constraint| {
                        matches!(
                            constraint.data.borrow().kind,
                            ConstraintKind::PrimaryKey { .. }
                        )
                    })
            }),
            "foreign_keys" => {
                let mut references = Vec::new();
                for column in self.columns.borrow().iter() {
                    for reference in column.references.borrow().iter() {
                        references.push(Value::Object(reference.clone()));
                    }
                }
                Some(Value::list(references))
            }
            "indexes" => Some(Value::list(
                self.indexes
                    .borrow()
                    .iter()
                    .map(|index| Value::Object(index.clone()))
                    .collect(),
            )),
            "info" => Some(Value::dict()),
            "metadata" => None,
            _ => {
                let from = self.runtime.clone().table_from(vm, &self)?;
                let value = self.runtime.from_value(from);
                vm.find_attribute(&value, name)?
            }
        })
    }

    fn set_attribute(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        value: Value,
    ) -> Result<bool, Failure> {
        match name {
            "schema" => self.table.borrow_mut().schema = names::name(&value),
            "name" => self.table.borrow_mut().name = names::required_name(&value, "name")?,
            "comment" => self.table.borrow_mut().comment = names::text(&value),
            _ => return Ok(false),
        }
        *self.from.borrow_mut() = None;
        Ok(true)
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "create"
                | "drop"
                | "append_column"
                | "append_constraint"
                | "tometadata"
                | "to_metadata"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "create" => self.create(vm, arguments, true)?,
            "drop" => self.create(vm, arguments, false)?,
            "append_column" => {
                let bound = arguments.bind(name, "column, replace_existing=")?;
                let column = bound.value("column").downcast::<ColumnObject>();
                let Some(column) = column else {
                    return Err(Failure::type_error("append_column() takes a Column"));
                };
                let key = column.data.borrow().key().to_owned();
                self.columns
                    .borrow_mut()
                    .retain(|known| known.data.borrow().key() != key);
                self.add_column(&column);
            }
            "append_constraint" => {
                let bound = arguments.bind(name, "constraint")?;
                let Some(constraint) = bound.value("constraint").downcast::<ConstraintObject>()
                else {
                    return Err(Failure::type_error(
                        "append_constraint() takes a Constraint",
                    ));
                };
                self.add_constraint(constraint);
            }
            _ => {
                let bound =
                    arguments.bind(name, "metadata, schema=, referred_schema_fn=, name=")?;
                let mut table = self.table.borrow().clone();
                if let Some(schema) = bound.some("schema") {
                    table.schema = names::name(&schema);
                }
                if let Some(new) = bound.some("name") {
                    table.name = names::required_name(&new, "name")?;
                }
                let mut parts = TableParts::default();
                for column in self.columns.borrow().iter() {
                    parts.columns.push(Rc::new(ColumnObject {
                        runtime: self.runtime.clone(),
                        data: RefCell::new(column.column()),
                        table: RefCell::new(Weak::new()),
                        default: RefCell::new(column.default.borrow().clone()),
                        onupdate: RefCell::new(column.onupdate.borrow().clone()),
                        references: RefCell::new(column.references.borrow().clone()),
                    }));
                }
                for constraint in self.constraints.borrow().iter() {
                    parts.constraints.push(Rc::new(ConstraintObject {
                        data: RefCell::new(constraint.constraint()),
                        table: RefCell::new(Weak::new()),
                    }));
                }
                return Ok(Value::Object(self.runtime.table_object(table, parts)));
            }
        }
        Ok(Value::None)
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Err(Failure::type_error(
            "Boolean value of this clause is not defined",
        ))
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(table_key(&self.table.borrow()).into())
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("Table('{}', MetaData())", self.table.borrow().name).into())
    }
}

impl Object for ColumnsObject {
    fn type_name(&self) -> Rc<str> {
        "ReadOnlyColumnCollection".into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(self.table.column(name).map(|column| Value::Object(column)))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "keys" | "values" | "items" | "get" | "contains_column"
        ) && self.table.column(name).is_none()
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let columns = self.table.columns.borrow().clone();
        let key = |column: &Rc<ColumnObject>| Value::str(column.data.borrow().key());
        Ok(match name {
            "keys" => Value::list(columns.iter().map(key).collect()),
            "values" => Value::list(
                columns
                    .iter()
                    .map(|column| Value::Object(column.clone()))
                    .collect(),
            ),
            "items" => Value::list(
                columns
                    .iter()
                    .map(|column| Value::tuple(vec![key(column), Value::Object(column.clone())]))
                    .collect(),
            ),
            _ => {
                let bound = arguments.bind(name, "key, default=")?;
                let found = match names::text(&bound.value("key")) {
                    Some(key) => self.table.column(&key),
                    None => None,
                };
                let _ = vm;
                if name == "contains_column" {
                    Value::Bool(bound.value("key").downcast::<ColumnObject>().is_some_and(
                        |wanted| columns.iter().any(|column| Rc::ptr_eq(column, &wanted)),
                    ))
                } else {
                    found.map_or_else(|| bound.value("default"), |column| Value::Object(column))
                }
            }
        })
    }

    fn item(self: Rc<Self>, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        if let Some(index) = key.as_int() {
            let columns = self.table.columns.borrow();
            let length = i64::try_from(columns.len()).unwrap_or(i64::MAX);
            let at = if index < 0 { index + length } else { index };
            return Ok(usize::try_from(at)
                .ok()
                .and_then(|at| columns.get(at))
                .map(|column| Value::Object(column.clone())));
        }
        match names::text(key).and_then(|key| self.table.column(&key)) {
            Some(column) => Ok(Some(Value::Object(column))),
            None => Err(Failure::raise("KeyError", vm.str(key)?)),
        }
    }

    fn iterate(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::list(
            self.table
                .columns
                .borrow()
                .iter()
                .map(|column| Value::Object(column.clone()))
                .collect(),
        )))
    }

    fn length(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Ok(Some(self.table.columns.borrow().len()))
    }

    fn contains(self: Rc<Self>, _vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        Ok(Some(
            names::text(value).is_some_and(|key| self.table.column(&key).is_some()),
        ))
    }
}

impl Object for MetaDataObject {
    fn type_name(&self) -> Rc<str> {
        "MetaData".into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "tables" => {
                let Value::Dict(dict) = Value::dict() else {
                    return Ok(None);
                };
                for (key, table) in self.tables.borrow().iter() {
                    dict.set_str(key, Value::Object(table.clone()));
                }
                Some(Value::Dict(dict))
            }
            "sorted_tables" => Some(Value::list(
                self.tables
                    .borrow()
                    .values()
                    .map(|table| Value::Object(table.clone()))
                    .collect(),
            )),
            "schema" => Some(
                self.schema
                    .as_ref()
                    .map_or(Value::None, |schema| Value::str(schema.as_str())),
            ),
            "naming_convention" => Some(Value::dict()),
            "info" => Some(Value::dict()),
            _ => {
                let _ = vm;
                None
            }
        })
    }

    fn set_attribute(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        _value: Value,
    ) -> Result<bool, Failure> {
        // SQLAlchemy 1.x bound a connection here.
        Ok(matches!(name, "bind" | "info"))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "create_all" | "drop_all" | "reflect" | "clear" | "remove"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "create_all" | "drop_all" => {
                let bound = arguments.bind(name, "bind=, tables=, checkfirst=")?;
                let mut tables: Vec<Rc<TableObject>> = match bound.some("tables") {
                    Some(tables) => vm
                        .collect(&tables)?
                        .iter()
                        .filter_map(Value::downcast::<TableObject>)
                        .collect(),
                    None => self.tables.borrow().values().cloned().collect(),
                };
                if name == "drop_all" {
                    tables.reverse();
                }
                for table in tables {
                    let check = bound.get("checkfirst").unwrap_or(Value::Bool(true));
                    let arguments = Arguments::none().keyword("checkfirst", check);
                    table.create(vm, arguments, name == "create_all")?;
                }
            }
            "clear" => self.tables.borrow_mut().clear(),
            "remove" => {
                let bound = arguments.bind(name, "table")?;
                if let Some(table) = bound.value("table").downcast::<TableObject>() {
                    self.tables
                        .borrow_mut()
                        .retain(|_, known| !Rc::ptr_eq(known, &table));
                }
            }
            _ => self.runtime.reflect_metadata(vm, &self, arguments)?,
        }
        Ok(Value::None)
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok("MetaData()".into())
    }
}
