//! `alembic.op`: the operations as functions.

use std::rc::Rc;

use super::Runtime;
use super::batch::BatchObject;
use super::column::{ColumnObject, DefaultKind, DefaultObject};
use super::constraint::reference_rules;
use super::names::{self, NameObject};
use super::options::{self, Construct};
use super::types::TypeClassObject;
use crate::dialect::alembic::ops::{
    self, AddColumn, AlterColumn, ConstraintType, CreateTable, DefaultChange, DropColumn,
    DropConstraint, NewConstraint,
};
use crate::dialect::alembic::sqlalchemy::ddl::Guard;
use crate::dialect::alembic::sqlalchemy::schema::{
    Constraint, ConstraintKind, Index, ServerDefault, Table,
};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::python::{Arguments, Bound, Failure, Object, Value, Vm};

/// `alembic.op`, and what `Operations` objects offer.
pub(crate) struct OperationsObject {
    pub(crate) runtime: Runtime,
}

/// One change of a table, as `op` sends it at once and a batch keeps it.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    AddColumn(Box<AddColumn>),
    DropColumn(DropColumn),
    AlterColumn(Box<AlterColumn>),
    CreateIndex(Index, Guard),
    DropIndex(Index, Guard),
    AddConstraint(NewConstraint),
    DropConstraint(DropConstraint),
    TableComment(Name, Option<Name>, Option<String>),
    DropTableComment(Name, Option<Name>),
}

impl Change {
    /// Writes its statements.
    pub(crate) fn write(
        self,
        context: &ops::Context,
        statements: &mut Vec<String>,
    ) -> Result<(), crate::dialect::alembic::sqlalchemy::error::CompileError> {
        match self {
            Self::AddColumn(change) => change.write(context, statements),
            Self::DropColumn(change) => {
                change.write(context, statements);
                Ok(())
            }
            Self::AlterColumn(change) => change.write(context, statements),
            Self::CreateIndex(index, guard) => ops::create_index(context, index, guard, statements),
            Self::DropIndex(index, guard) => ops::drop_index(context, index, guard, statements),
            Self::AddConstraint(change) => change.write(context, statements),
            Self::DropConstraint(change) => change.write(context, statements),
            Self::TableComment(table, schema, comment) => {
                statements.push(context.ddl().table_comment(
                    schema.as_ref(),
                    &table,
                    comment.as_deref(),
                )?);
                Ok(())
            }
            Self::DropTableComment(table, schema) => {
                statements.push(context.ddl().drop_table_comment(schema.as_ref(), &table));
                Ok(())
            }
        }
    }
}

/// A table that an operation is about: given with each call, or once for a batch.
pub(crate) struct Place {
    pub(crate) table: Name,
    pub(crate) schema: Option<Name>,
}

fn guard(vm: &mut Vm, bound: &Bound, name: &str) -> Result<bool, Failure> {
    match bound.some(name) {
        Some(value) => vm.truth(&value),
        None => Ok(false),
    }
}

/// The operations that change one table, which batches offer too.
pub(crate) const TABLE_OPERATIONS: &[&str] = &[
    "add_column",
    "drop_column",
    "alter_column",
    "create_index",
    "drop_index",
    "create_unique_constraint",
    "create_primary_key",
    "create_check_constraint",
    "create_foreign_key",
    "create_exclude_constraint",
    "drop_constraint",
    "create_table_comment",
    "drop_table_comment",
];

impl Runtime {
    /// A change out of the arguments of its operation. In a batch the table is given, and the
    /// parameters for it fall away.
    pub(crate) fn change(
        &self,
        vm: &mut Vm,
        name: &str,
        batch: Option<&Place>,
        arguments: Arguments,
    ) -> Result<Change, Failure> {
        match name {
            "add_column" => self.add_column(vm, batch, arguments),
            "drop_column" => {
                let bound = arguments.bind(
                    name,
                    if batch.is_some() {
                        "column_name, **kw"
                    } else {
                        "table_name, column_name, *, schema=, **kw"
                    },
                )?;
                let place = place(batch, &bound)?;
                let if_exists = bound
                    .keywords
                    .iter()
                    .find(|(key, _)| &**key == "if_exists")
                    .is_some_and(|(_, value)| matches!(value, Value::Bool(true)));
                Ok(Change::DropColumn(DropColumn {
                    table: place.table,
                    schema: place.schema,
                    column: names::required_name(&bound.value("column_name"), "column_name")?,
                    if_exists,
                }))
            }
            "alter_column" => self.alter_column(vm, batch, arguments),
            "create_index" => {
                let bound = arguments.bind(
                    name,
                    if batch.is_some() {
                        "index_name, columns, *, unique=, if_not_exists=, **kw"
                    } else {
                        "index_name, table_name, columns, *, schema=, unique=, if_not_exists=, **kw"
                    },
                )?;
                let place = place(batch, &bound)?;
                let mut elements = Vec::new();
                let columns = bound.value("columns");
                if names::text(&columns).is_some() {
                    // A lone text is taken letter by letter, as any other iterable.
                    for character in vm.collect(&columns)? {
                        elements.push(self.index_element(vm, &character)?);
                    }
                } else {
                    for column in vm.collect(&columns)? {
                        elements.push(self.index_element(vm, &column)?);
                    }
                }
                let guard = Guard::when(guard(vm, &bound, "if_not_exists")?);
                Ok(Change::CreateIndex(
                    Index {
                        name: names::constraint_name(&bound.value("index_name")),
                        table: place.table,
                        schema: place.schema,
                        elements,
                        unique: match bound.some("unique") {
                            Some(value) => vm.truth(&value)?,
                            None => false,
                        },
                        options: self.index_options(vm, &bound)?,
                    },
                    guard,
                ))
            }
            "drop_index" => {
                let bound = arguments.bind(
                    name,
                    if batch.is_some() {
                        "index_name, *, if_exists=, **kw"
                    } else {
                        "index_name, table_name=, *, schema=, if_exists=, **kw"
                    },
                )?;
                let (table, schema) = match batch {
                    Some(place) => (place.table.clone(), place.schema.clone()),
                    None => (
                        names::name(&bound.value("table_name"))
                            .unwrap_or_else(|| Name::new("no_table")),
                        schema_of(&bound),
                    ),
                };
                let guard = Guard::when(guard(vm, &bound, "if_exists")?);
                Ok(Change::DropIndex(
                    Index {
                        name: names::constraint_name(&bound.value("index_name")),
                        table,
                        schema,
                        elements: Vec::new(),
                        unique: false,
                        options: self.index_options(vm, &bound)?,
                    },
                    guard,
                ))
            }
            "drop_constraint" => {
                let bound = arguments.bind(
                    name,
                    if batch.is_some() {
                        "constraint_name, type_="
                    } else {
                        "constraint_name, table_name, type_=, *, schema=, if_exists="
                    },
                )?;
                let place = place(batch, &bound)?;
                let type_ = names::text(&bound.value("type_"));
                let if_exists = batch.is_none() && guard(vm, &bound, "if_exists")?;
                Ok(Change::DropConstraint(DropConstraint {
                    name: names::constraint_name(&bound.value("constraint_name")),
                    table: place.table,
                    schema: place.schema,
                    constraint_type: self.run.failed(ConstraintType::parse(type_.as_deref()))?,
                    if_exists,
                }))
            }
            "create_table_comment" | "drop_table_comment" => {
                let create = name == "create_table_comment";
                let bound = arguments.bind(
                    name,
                    match (batch.is_some(), create) {
                        (true, true) => "comment, *, existing_comment=",
                        (true, false) => "*, existing_comment=",
                        (false, true) => "table_name, comment, *, existing_comment=, schema=",
                        (false, false) => "table_name, *, existing_comment=, schema=",
                    },
                )?;
                let place = place(batch, &bound)?;
                Ok(if create {
                    let comment = names::text(&bound.value("comment"));
                    Change::TableComment(
                        place.table,
                        place.schema,
                        comment.map(|comment| comment.to_string()),
                    )
                } else {
                    Change::DropTableComment(place.table, place.schema)
                })
            }
            _ => self.new_constraint(vm, name, batch, arguments),
        }
    }

    /// Options of an index; texts given as conditions are SQL.
    fn index_options(
        &self,
        vm: &mut Vm,
        bound: &Bound,
    ) -> Result<crate::dialect::alembic::sqlalchemy::schema::Options, Failure> {
        options::dialect_options(self, vm, Construct::Index, &bound.keywords)
    }

    fn add_column(
        &self,
        vm: &mut Vm,
        batch: Option<&Place>,
        arguments: Arguments,
    ) -> Result<Change, Failure> {
        let bound = arguments.bind(
            "add_column",
            if batch.is_some() {
                "column, *, insert_before=, insert_after=, if_not_exists=, inline_references=, \
                 inline_primary_key="
            } else {
                "table_name, column, *, schema=, if_not_exists=, inline_references=, \
                 inline_primary_key="
            },
        )?;
        let place = place(batch, &bound)?;
        let value = bound.value("column");
        let Some(column) = value.downcast::<ColumnObject>() else {
            return Err(Failure::raise(
                "AttributeError",
                format!(
                    "'{}' object has no attribute 'table'",
                    Vm::type_name(&value)
                ),
            ));
        };
        Ok(Change::AddColumn(Box::new(AddColumn {
            table: place.table,
            schema: place.schema,
            column: column.column(),
            if_not_exists: guard(vm, &bound, "if_not_exists")?,
            inline_references: guard(vm, &bound, "inline_references")?,
            inline_primary_key: guard(vm, &bound, "inline_primary_key")?,
        })))
    }

    fn default_change(&self, vm: &mut Vm, value: &Value) -> Result<DefaultChange, Failure> {
        if value.is_none() {
            return Ok(DefaultChange::Drop);
        }
        if let Some(object) = value.downcast::<DefaultObject>() {
            return Ok(match object.kind.clone() {
                DefaultKind::Identity(identity) => DefaultChange::Identity(identity),
                DefaultKind::Computed(computed) => DefaultChange::Computed(Box::new(computed)),
                DefaultKind::Server(default) => DefaultChange::Default(default),
                DefaultKind::Sequence(_) => DefaultChange::Default(ServerDefault::Fetched),
            });
        }
        self.server_default(vm, value).map(DefaultChange::Default)
    }

    fn alter_column(
        &self,
        vm: &mut Vm,
        batch: Option<&Place>,
        arguments: Arguments,
    ) -> Result<Change, Failure> {
        let bound = arguments.bind(
            "alter_column",
            if batch.is_some() {
                "column_name, *, nullable=, comment=, server_default=, new_column_name=, type_=, \
                 existing_type=, existing_server_default=, existing_nullable=, existing_comment=, \
                 insert_before=, insert_after=, **kw"
            } else {
                "table_name, column_name, *, nullable=, comment=, server_default=, \
                 new_column_name=, type_=, existing_type=, existing_server_default=, \
                 existing_nullable=, existing_comment=, schema=, **kw"
            },
        )?;
        let place = place(batch, &bound)?;
        let column_name = bound.value("column_name");
        let column_name = match column_name.downcast::<ColumnObject>() {
            // A whole column in place of its name goes unnoticed as long as nothing is changed.
            Some(column) => column.data.borrow().name.clone(),
            None => names::required_name(&column_name, "column_name")?,
        };
        let mut change = AlterColumn::new(place.table, column_name);
        change.schema = place.schema;
        let truth = |vm: &mut Vm, value: Option<Value>| match value {
            Some(value) => vm.truth(&value).map(Some),
            None => Ok(None),
        };
        change.nullable = truth(vm, bound.some("nullable"))?;
        change.existing_nullable = truth(vm, bound.some("existing_nullable"))?;
        change.comment = match bound.get("comment") {
            None | Some(Value::Bool(false)) => None,
            Some(value) => Some(names::text(&value).map(|text| text.to_string())),
        };
        change.existing_comment =
            names::text(&bound.value("existing_comment")).map(|text| text.to_string());
        change.server_default = match bound.get("server_default") {
            None | Some(Value::Bool(false)) => None,
            Some(value) => Some(self.default_change(vm, &value)?),
        };
        change.existing_server_default = match bound.get("existing_server_default") {
            None | Some(Value::Bool(false)) => None,
            Some(Value::None) => Some(None),
            Some(value) => Some(Some(self.default_change(vm, &value)?)),
        };
        change.new_name = names::name(&bound.value("new_column_name"));
        let effective = bound.some("type_").or_else(|| bound.some("existing_type"));
        change.type_is_class = effective.is_some_and(|value| {
            matches!(value, Value::Class(_)) || value.downcast::<TypeClassObject>().is_some()
        });
        if let Some(value) = bound.some("type_") {
            change.sql_type = Some(self.required_type(vm, &value)?);
        }
        if let Some(value) = bound.some("existing_type") {
            change.existing_type = Some(self.required_type(vm, &value)?);
        }
        for (key, value) in &bound.keywords {
            match &**key {
                "autoincrement" => change.autoincrement = truth(vm, not_none(value))?,
                "existing_autoincrement" => {
                    change.existing_autoincrement = truth(vm, not_none(value))?;
                }
                "postgresql_using" if !value.is_none() => {
                    change.postgresql_using = Some(vm.str(value)?.to_string());
                }
                _ => {}
            }
        }
        Ok(Change::AlterColumn(Box::new(change)))
    }

    fn new_constraint(
        &self,
        vm: &mut Vm,
        name: &str,
        batch: Option<&Place>,
        arguments: Arguments,
    ) -> Result<Change, Failure> {
        let in_batch = batch.is_some();
        let signature = match (name, in_batch) {
            ("create_unique_constraint", true) => {
                "constraint_name, columns, *, deferrable=, initially=, **kw"
            }
            ("create_unique_constraint", false) => {
                "constraint_name, table_name, columns, *, schema=, deferrable=, initially=, **kw"
            }
            ("create_primary_key", true) => "constraint_name, columns",
            ("create_primary_key", false) => "constraint_name, table_name, columns, *, schema=",
            ("create_check_constraint", true) => {
                "constraint_name, condition, *, deferrable=, initially=, **kw"
            }
            ("create_check_constraint", false) => {
                "constraint_name, table_name, condition, *, schema=, deferrable=, initially=, **kw"
            }
            ("create_foreign_key", true) => {
                "constraint_name, referent_table, local_cols, remote_cols, *, referent_schema=, \
                 onupdate=, ondelete=, deferrable=, initially=, match=, use_alter=, **kw"
            }
            ("create_foreign_key", false) => {
                "constraint_name, source_table, referent_table, local_cols, remote_cols, *, \
                 onupdate=, ondelete=, deferrable=, initially=, match=, source_schema=, \
                 referent_schema=, use_alter=, **kw"
            }
            (_, true) => {
                "constraint_name, *elements, deferrable=, initially=, using=, where=, ops=, **kw"
            }
            (_, false) => {
                "constraint_name, table_name, *elements, schema=, deferrable=, initially=, using=, \
                 where=, ops=, **kw"
            }
        };
        let bound = arguments.bind(name, signature)?;
        let place = match (name, batch) {
            ("create_foreign_key", None) => Place {
                table: names::required_name(&bound.value("source_table"), "source_table")?,
                schema: bound.some("source_schema").as_ref().and_then(names::name),
            },
            _ => place(batch, &bound)?,
        };
        let columns = |vm: &mut Vm, parameter: &str| -> Result<Vec<Name>, Failure> {
            let value = bound.value(parameter);
            vm.collect(&value)?
                .iter()
                .map(|column| names::required_name(column, parameter))
                .collect()
        };
        let kind = match name {
            "create_unique_constraint" => ConstraintKind::Unique {
                columns: columns(vm, "columns")?,
            },
            "create_primary_key" => ConstraintKind::PrimaryKey {
                columns: columns(vm, "columns")?,
            },
            "create_check_constraint" => ConstraintKind::Check {
                condition: self.text_or_expression(vm, &bound.value("condition"))?,
            },
            "create_foreign_key" => {
                let referent =
                    names::required_text(&bound.value("referent_table"), "referent_table")?;
                let referent = match bound.some("referent_schema").as_ref().and_then(names::text) {
                    Some(schema) => format!("{schema}.{referent}"),
                    None => referent.to_string(),
                };
                ConstraintKind::ForeignKey {
                    columns: columns(vm, "local_cols")?,
                    targets: columns(vm, "remote_cols")?
                        .iter()
                        .map(|column| Rc::from(format!("{referent}.{column}")))
                        .collect(),
                    rules: reference_rules(vm, &bound)?,
                }
            }
            _ => self.exclusion(vm, &bound)?,
        };
        let mut common = if name == "create_primary_key" {
            crate::dialect::alembic::sqlalchemy::schema::ConstraintCommon::default()
        } else {
            let construct = match name {
                "create_unique_constraint" => Construct::Unique,
                "create_check_constraint" => Construct::Check,
                "create_foreign_key" => Construct::ForeignKey,
                _ => Construct::Exclude,
            };
            self.constraint_common(vm, construct, &bound)?
        };
        common.created = self.run.next_created();
        // An ALTER is what `use_alter` asks for.
        let kind = match kind {
            ConstraintKind::ForeignKey {
                columns,
                targets,
                mut rules,
            } => {
                rules.use_alter = false;
                ConstraintKind::ForeignKey {
                    columns,
                    targets,
                    rules,
                }
            }
            kind => kind,
        };
        Ok(Change::AddConstraint(NewConstraint {
            table: place.table,
            schema: place.schema,
            constraint: Constraint {
                name: names::constraint_name(&bound.value("constraint_name")),
                kind,
                common,
            },
        }))
    }

    fn create_table(&self, vm: &mut Vm, arguments: Arguments) -> Result<Value, Failure> {
        let mut bound =
            arguments.bind("create_table", "table_name, *columns, if_not_exists=, **kw")?;
        let name = names::required_name(&bound.value("table_name"), "table_name")?;
        let mut table = Table::new(name, None, self.run.context.convention.clone()).alone();
        let keywords = std::mem::take(&mut bound.keywords);
        self.table_keywords(vm, &mut table, keywords)?;
        let parts = self.table_parts(vm, &bound.rest)?;
        let object = self.table_object(table, parts);
        let table = object.assembled(self)?;
        let if_not_exists = guard(vm, &bound, "if_not_exists")?;
        self.run.emit_all(vm, |context, statements| {
            CreateTable {
                table,
                if_not_exists,
            }
            .write(context, statements)
        })?;
        Ok(Value::Object(object))
    }

    /// `op.execute` and its like, whose answer nobody can look at: a text, or a statement.
    pub(crate) fn execute_statement(&self, vm: &mut Vm, value: &Value) -> Result<(), Failure> {
        let text = names::text(value).map(|text| {
            self.expression_value(crate::dialect::alembic::sqlalchemy::expression::text(&text))
        });
        self.executed(vm, text.as_ref().unwrap_or(value), None, false)
            .map(drop)
    }
}

fn not_none(value: &Value) -> Option<Value> {
    (!value.is_none()).then(|| value.clone())
}

fn schema_of(bound: &Bound) -> Option<Name> {
    bound.some("schema").as_ref().and_then(names::name)
}

fn place(batch: Option<&Place>, bound: &Bound) -> Result<Place, Failure> {
    Ok(match batch {
        Some(place) => Place {
            table: place.table.clone(),
            schema: place.schema.clone(),
        },
        None => Place {
            table: names::required_name(&bound.value("table_name"), "table_name")?,
            schema: schema_of(bound),
        },
    })
}

pub(crate) const OTHER_OPERATIONS: &[&str] = &[
    "create_table",
    "drop_table",
    "rename_table",
    "bulk_insert",
    "execute",
    "inline_literal",
    "f",
    "get_bind",
    "get_context",
    "batch_alter_table",
    "invoke",
    "run_async",
    "implementation_for",
    "register_operation",
];

/// A name that the original's object may have and this one lacks: a file that looks for it and
/// goes on without it would silently do something else.
pub(super) fn unknown_attribute(vm: &Vm, object: &str, name: &str) -> Failure {
    vm.refuse(
        format!("{object}.{name}"),
        format!("'{name}' of {object} is not known here."),
        "Write the revision without it.",
    )
}

impl Object for OperationsObject {
    fn type_name(&self) -> Rc<str> {
        "Operations".into()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        match name {
            "migration_context" => Ok(Some(self.runtime.migration_context())),
            "__name__" => Ok(Some(Value::str("alembic.op"))),
            "_proxy" => Ok(Some(Value::Object(self))),
            "impl" => Ok(Some(self.runtime.implementation())),
            _ if TABLE_OPERATIONS.contains(&name) || OTHER_OPERATIONS.contains(&name) => Ok(None),
            _ if name.starts_with("__") => Ok(None),
            _ if name.starts_with('_') => Err(unknown_attribute(vm, "alembic.op", name)),
            _ => {
                if let Some(value) = self.runtime.registered_operation(name) {
                    return Ok(Some(value));
                }
                Err(Failure::raise(
                    "AttributeError",
                    format!("module 'alembic.op' has no attribute '{name}'"),
                ))
            }
        }
    }

    fn has_method(&self, name: &str) -> bool {
        TABLE_OPERATIONS.contains(&name) || OTHER_OPERATIONS.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let runtime = &self.runtime;
        if TABLE_OPERATIONS.contains(&name) {
            let change = runtime.change(vm, name, None, arguments)?;
            runtime
                .run
                .emit_all(vm, |context, statements| change.write(context, statements))?;
            return Ok(Value::None);
        }
        match name {
            "create_table" => runtime.create_table(vm, arguments),
            "drop_table" => {
                let bound = arguments.bind(name, "table_name, *, schema=, if_exists=, **kw")?;
                let table = names::required_name(&bound.value("table_name"), "table_name")?;
                let guard = Guard::when(guard(vm, &bound, "if_exists")?);
                let statement =
                    runtime
                        .run
                        .context
                        .ddl()
                        .drop_table(schema_of(&bound).as_ref(), &table, guard);
                runtime.run.emit(vm, &statement)?;
                Ok(Value::None)
            }
            "rename_table" => {
                let bound = arguments.bind(name, "old_table_name, new_table_name, *, schema=")?;
                let old = names::required_name(&bound.value("old_table_name"), "old_table_name")?;
                let new = names::required_name(&bound.value("new_table_name"), "new_table_name")?;
                let schema = schema_of(&bound);
                runtime.run.emit_all(vm, |context, statements| {
                    ops::rename_table(context, &old, &new, schema.as_ref(), statements);
                    Ok(())
                })?;
                Ok(Value::None)
            }
            "bulk_insert" => runtime.bulk_insert(vm, arguments),
            "execute" => {
                let bound = arguments.bind(name, "sqltext, *, execution_options=")?;
                runtime.execute_statement(vm, &bound.value("sqltext"))?;
                Ok(Value::None)
            }
            "inline_literal" => {
                let bound = arguments.bind(name, "value, type_=")?;
                runtime.inline_literal(vm, &bound.value("value"), bound.some("type_"))
            }
            "f" => {
                let bound = arguments.bind(name, "name")?;
                let text = names::required_text(&bound.value("name"), "name")?;
                Ok(NameObject::value(Name::shortenable(&*text)))
            }
            "get_bind" => Ok(runtime.bind()),
            "get_context" => Ok(runtime.migration_context()),
            "batch_alter_table" => BatchObject::open(runtime, vm, arguments),
            "invoke" => runtime.invoke_operation(vm, arguments),
            _ => Err(vm.refuse(
                format!("op.{name}"),
                format!("op.{name}() is not supported."),
                "Write the statements with op.execute().",
            )),
        }
    }

    fn set_attribute(
        self: Rc<Self>,
        _vm: &mut Vm,
        _name: &str,
        _value: Value,
    ) -> Result<bool, Failure> {
        Ok(false)
    }
}
