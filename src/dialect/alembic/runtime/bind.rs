//! `op.get_bind()`: a connection, or what stands for one while statements are only printed.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use super::Runtime;
use super::names;
use super::run::Run;
use super::session::SessionObject;
use super::statement::is_callable;
use super::statement::{StatementForm, StatementObject};
use crate::dialect::alembic::sqlalchemy::compiler::{Binds, Options, compile_statement};
use crate::dialect::alembic::sqlalchemy::dml::{
    Assignments, Dml, DmlKey, DmlKind, Insert, InsertValues,
};
use crate::dialect::alembic::sqlalchemy::expression::{self as sa, Element, Expr, Operand};
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::Statement;
use crate::dialect::alembic::sqlalchemy::types::SqlType;
use crate::engine::Reply;
use crate::python::{Arguments, Failure, Object, Value, Vm};

/// A connection that runs what revisions send.
pub trait Connection {
    /// Runs one statement, or several in one text.
    ///
    /// # Errors
    ///
    /// The server's error as an exception of SQLAlchemy's.
    fn execute(self: Rc<Self>, run: &Run, vm: &mut Vm, sql: &str) -> Result<Reply, Failure>;

    /// Runs one statement whose answer nobody looks at.
    ///
    /// # Errors
    ///
    /// The server's error as an exception of SQLAlchemy's.
    fn perform(self: Rc<Self>, run: &Run, vm: &mut Vm, sql: &str) -> Result<(), Failure> {
        self.execute(run, vm, sql).map(drop)
    }

    /// Whether somebody answers questions.
    fn answers(&self) -> bool {
        true
    }

    /// What supposes answers, where nobody gives them.
    fn explorer(self: Rc<Self>) -> Option<Rc<super::explorer::Explorer>> {
        None
    }

    /// Commits and leaves the transaction, or opens another one.
    ///
    /// # Errors
    ///
    /// The server's error as an exception of SQLAlchemy's.
    fn autocommit(self: Rc<Self>, run: &Run, vm: &mut Vm, begins: bool) -> Result<(), Failure>;
}

/// `op.get_bind()`.
pub(crate) struct BindObject {
    pub(crate) runtime: Runtime,
    pub(crate) role: BindRole,
}

/// Whether it is a connection or an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindRole {
    Connection,
    Engine,
}

/// `begin_nested()`: a savepoint. Without a name it is the run's own transaction, which ends with
/// the run.
pub(crate) struct TransactionObject {
    runtime: Runtime,
    savepoint: Option<String>,
    open: Cell<bool>,
}

impl Runtime {
    /// `op.get_bind()`.
    pub(crate) fn bind(&self) -> Value {
        self.bind_value(BindRole::Connection)
    }

    fn bind_value(&self, role: BindRole) -> Value {
        Value::object(BindObject {
            runtime: self.clone(),
            role,
        })
    }

    /// Whether a value is a connection or engine of ours.
    pub(crate) fn is_bind(value: &Value) -> bool {
        value.downcast::<BindObject>().is_some()
    }

    /// The error of inspecting what is no connection.
    pub(crate) fn no_inspection(&self) -> Failure {
        self.run.raise(
            "NoInspectionAvailable",
            "No inspection system is available for object of type <class \
             'sqlalchemy.engine.mock.MockConnection'>",
        )
    }

    /// Runs a statement with its parameters. Offline it is printed and gives `None`.
    pub(crate) fn execute_value(
        &self,
        vm: &mut Vm,
        value: &Value,
        parameters: Option<&Value>,
    ) -> Result<Value, Failure> {
        self.executed(vm, value, parameters, true)
    }

    /// Runs a statement. Where nobody `reads` what it gives, it is `None` if nobody answers either.
    pub(super) fn executed(
        &self,
        vm: &mut Vm,
        value: &Value,
        parameters: Option<&Value>,
        reads: bool,
    ) -> Result<Value, Failure> {
        if let Some(ddl) = value.downcast::<super::schema_ddl::DdlObject>() {
            if let Some(text) = self.own_statement_text(vm, ddl.class, value)? {
                self.run.emit(vm, &text)?;
                return Ok(Value::None);
            }
            for statement in ddl.statements(self)? {
                self.run.emit(vm, &statement)?;
            }
            return Ok(Value::None);
        }
        if let Value::Instance(_) | Value::Class(_) = value {
            return self.execute_own_element(vm, value);
        }
        // Many rows of parameters are one statement each.
        if let Some(Value::List(_) | Value::Tuple(_)) = parameters {
            let rows = match parameters {
                Some(rows) => vm.collect(rows)?,
                None => Vec::new(),
            };
            let rows = match bare_insert(value) {
                Some(insert) => self.like_the_first(vm, &insert.table, rows)?,
                None => rows,
            };
            let mut results = Vec::with_capacity(rows.len());
            for row in rows {
                results.push(self.executed(vm, value, Some(&row), reads)?);
            }
            return Ok(self.many_results(&results));
        }
        if let Some(row @ Value::Dict(_)) = parameters
            && let Some(mut insert) = bare_insert(value)
        {
            insert.values = InsertValues::Row(self.row_assignments(vm, &insert.table, row)?);
            insert.inline |= self.run.is_offline();
            let filled = self.dml_value(insert);
            return self.executed(vm, &filled, None, reads);
        }
        let Some(statement) = self.statement(vm, value)? else {
            return Err(self.run.raise(
                "ObjectNotExecutableError",
                format!("Not an executable object: {}", vm.repr(value)?),
            ));
        };
        let parameters = match parameters {
            Some(values) => self.parameters(vm, values)?,
            None => HashMap::new(),
        };
        self.check_bound(vm, &statement, &parameters)?;
        let options = Options {
            binds: if self.run.is_offline() {
                Binds::Literal
            } else {
                Binds::Inline
            },
            parameters,
            ..Options::default()
        };
        let Some(connection) = self.run.connection.clone() else {
            let compiled = compile_statement(&statement, self.run.target(), &options);
            let sql = self.run.failed(compiled)?.sql;
            self.run.emit(vm, &sql)?;
            return Ok(Value::None);
        };
        let statement = self.with_called_defaults(vm, statement)?;
        let (statement, asked) = self.asking_for_key(statement);
        let compiled = compile_statement(&statement, self.run.target(), &options);
        let sql = self.run.failed(compiled)?.sql;
        if !reads && !connection.answers() {
            connection.perform(&self.run, vm, &sql)?;
            return Ok(Value::None);
        }
        let mut reply = connection.execute(&self.run, vm, &sql)?;
        let types = result_types(&statement);
        let inserted = self.inserted_key(vm, &statement, &reply, asked)?;
        if self.run.target().is_postgres()
            && let Statement::Dml(dml) = &statement
            && let DmlKind::Insert(insert) = dml.kind()
            && (asked || insert.returning.is_empty())
        {
            // The driver's count is gone by the time it is asked for.
            reply.changed = None;
        }
        if asked {
            // The file did not ask for the key, so it gets no rows.
            reply.rows.clear();
        }
        self.result(vm, &reply, &types, inserted)
    }

    /// Fills in what functions give for columns that an INSERT leaves out.
    fn with_called_defaults(
        &self,
        vm: &mut Vm,
        statement: Statement,
    ) -> Result<Statement, Failure> {
        let Statement::Dml(dml) = &statement else {
            return Ok(statement);
        };
        let DmlKind::Insert(insert) = dml.kind() else {
            return Ok(statement);
        };
        let Some(table) = self.extensions.borrow().table_of(&insert.table) else {
            return Ok(statement);
        };
        let mut insert = insert.clone();
        let rows: Vec<&mut Assignments> = match &mut insert.values {
            InsertValues::Row(row) => vec![row],
            InsertValues::Rows(rows) => rows.iter_mut().collect(),
            InsertValues::Unspecified | InsertValues::Query { .. } => Vec::new(),
        };
        let columns = table.columns.borrow().clone();
        for row in rows {
            for column in &columns {
                let default = column.default.borrow().clone();
                let data = column.column();
                if !is_callable(&default) || row.iter().any(|(key, _)| *key.key() == *data.key()) {
                    continue;
                }
                let value = SessionObject::made_default(vm, &default)?;
                let literal = self.literal(vm, &value)?;
                row.push((
                    DmlKey::from(data.key()),
                    Operand::Expr(sa::bind(
                        Some(data.key()),
                        Some(literal),
                        Some(data.sql_type.clone()),
                        false,
                    )),
                ));
            }
        }
        Ok(Statement::Dml(Dml::from(insert)))
    }

    /// Asks for the key of a row that is inserted, where the server tells it no other way.
    fn asking_for_key(&self, statement: Statement) -> (Statement, bool) {
        let Statement::Dml(dml) = &statement else {
            return (statement, false);
        };
        let DmlKind::Insert(insert) = dml.kind() else {
            return (statement, false);
        };
        let keys = key_columns(insert);
        if !self.run.target().is_postgres()
            || !self.run.has_answers()
            || insert.inline
            || !insert.returning.is_empty()
            || insert.conflict.is_some()
            || keys.is_empty()
            || !matches!(&insert.values, InsertValues::Row(given)
            if keys.iter().any(|key| {
                !given.iter().any(|(column, _)| Some(column.key()) == key.key())
            }))
        {
            return (statement, false);
        }
        let mut insert = insert.clone();
        insert.returning = keys;
        (Statement::Dml(Dml::from(insert)), true)
    }

    /// `inserted_primary_key`.
    fn inserted_key(
        &self,
        vm: &mut Vm,
        statement: &Statement,
        reply: &Reply,
        asked: bool,
    ) -> Result<Option<Value>, Failure> {
        let Statement::Dml(dml) = statement else {
            return Ok(None);
        };
        let DmlKind::Insert(insert) = dml.kind() else {
            return Ok(None);
        };
        let InsertValues::Row(assignments) = &insert.values else {
            return Ok(None);
        };
        let keys = key_columns(insert);
        let names: Vec<Rc<str>> = keys.iter().filter_map(Expr::key).collect();
        let mut values = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            if asked {
                let datum = reply.rows.first().and_then(|row| row.get(at));
                values.push(match datum {
                    Some(datum) => self.datum_value(vm, datum, Some(key.type_()))?,
                    None => Value::None,
                });
                continue;
            }
            let name = key.key();
            let given = assignments
                .iter()
                .find(|(column, _)| name.as_deref() == Some(&*column.key()));
            values.push(match given.map(|(_, operand)| operand) {
                Some(Operand::Literal(literal)) => self.python_value(vm, literal)?,
                Some(Operand::Expr(expression)) => match expression.element() {
                    Element::Bind(bind) => match &bind.value {
                        Some(literal) => self.python_value(vm, literal)?,
                        None => Value::None,
                    },
                    _ => Value::None,
                },
                Some(_) => Value::None,
                None => Value::from(reply.last_row),
            });
        }
        Ok((!values.is_empty()).then(|| Self::row_value(names, values)))
    }

    /// Refuses a text whose parameters nobody gave: printed, they would be NULL without a word.
    fn check_bound(
        &self,
        vm: &mut Vm,
        statement: &Statement,
        parameters: &HashMap<String, Literal>,
    ) -> Result<(), Failure> {
        let Statement::Expression(expression) = statement else {
            return Ok(());
        };
        let Element::Text(clause) = expression.element() else {
            return Ok(());
        };
        for (name, bind) in &clause.binds {
            let has_value = match bind.element() {
                Element::Bind(bind) => bind.value.is_some(),
                _ => true,
            };
            if has_value || parameters.contains_key(&**name) {
                continue;
            }
            if self.run.is_offline() {
                return Err(vm.refuse(
                    format!(":{name}"),
                    format!(
                        "The text has a parameter :{name} without a value, which would be printed as \
                         NULL."
                    ),
                    format!("Write \\:{name} if the colon belongs to the text."),
                ));
            }
            return Err(self.run.raise(
                "StatementError",
                format!(
                    "(sqlalchemy.exc.InvalidRequestError) A value is required for bind parameter \
                     '{name}'"
                ),
            ));
        }
        Ok(())
    }
}

/// An INSERT of which nobody has said yet what it inserts.
fn bare_insert(value: &Value) -> Option<Insert> {
    let object = value.downcast::<StatementObject>()?;
    let StatementForm::Dml(dml) = &object.statement else {
        return None;
    };
    match dml.kind() {
        DmlKind::Insert(insert) if matches!(insert.values, InsertValues::Unspecified) => {
            Some(insert.clone())
        }
        _ => None,
    }
}

/// The columns of the primary key of the table that an INSERT is about.
fn key_columns(insert: &Insert) -> Vec<Expr> {
    let Some(table) = insert.table.as_table() else {
        return Vec::new();
    };
    let keys: Vec<Rc<str>> = table
        .columns
        .borrow()
        .iter()
        .filter(|column| column.primary_key)
        .map(|column| column.key.clone())
        .collect();
    keys.iter()
        .filter_map(|key| insert.table.column(key))
        .collect()
}

/// The types of the columns that a statement returns, where it knows them.
pub(super) fn result_types(statement: &Statement) -> Vec<SqlType> {
    let types = |columns: &[Expr]| {
        columns
            .iter()
            .map(|column| column.type_().clone())
            .collect()
    };
    match statement {
        Statement::Query(query) => types(&query.selected()),
        Statement::Dml(dml) => match dml.kind() {
            DmlKind::Insert(insert) => types(&insert.returning),
            DmlKind::Update(update) => types(&update.returning),
            DmlKind::Delete(delete) => types(&delete.returning),
        },
        Statement::Expression(_) => Vec::new(),
    }
}

const OFFLINE_METHODS: &[&str] = &["connect", "execute", "execution_options"];

const LIVE_METHODS: &[&str] = &[
    "connect",
    "execute",
    "execution_options",
    "scalar",
    "scalars",
    "exec_driver_sql",
    "begin",
    "begin_nested",
    "commit",
    "rollback",
    "close",
    "in_transaction",
    "run_callable",
    "dispose",
    "detach",
    "invalidate",
    "get_transaction",
    "get_nested_transaction",
    "in_nested_transaction",
];

impl Object for BindObject {
    fn type_name(&self) -> Rc<str> {
        if self.runtime.run.is_offline() {
            return "MockConnection".into();
        }
        match self.role {
            BindRole::Connection => "Connection",
            BindRole::Engine => "Engine",
        }
        .into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let runtime = &self.runtime;
        Ok(match name {
            "dialect" => Some(runtime.dialect_value()),
            "name" => Some(Value::str(runtime.run.target().dialect_name())),
            "engine" if runtime.run.is_offline() => Some(Value::Object(self)),
            "engine" => Some(runtime.bind_value(BindRole::Engine)),
            "connection" if !runtime.run.is_offline() => Some(runtime.bind()),
            "closed" => Some(Value::Bool(false)),
            "is_active" => Some(Value::Bool(true)),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        if self.runtime.run.is_offline() {
            OFFLINE_METHODS.contains(&name)
        } else {
            LIVE_METHODS.contains(&name)
        }
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let runtime = &self.runtime;
        match name {
            "execute" | "scalar" | "scalars" | "exec_driver_sql" => {
                let bound = arguments.bind(
                    name,
                    "statement, parameters=, *multiparams, execution_options=, **kw",
                )?;
                let mut statement = bound.value("statement");
                let mut parameters = bound.some("parameters");
                if !bound.keywords.is_empty() {
                    // The calling style of SQLAlchemy 1.x, parameters as keywords, is gone.
                    return Err(Failure::type_error(format!(
                        "Connection.execute() got an unexpected keyword argument '{}'",
                        bound.keywords[0].0
                    )));
                }
                if let Some(text) = names::text(&statement) {
                    if name != "exec_driver_sql" && !runtime.run.is_offline() {
                        return Err(runtime.run.raise(
                            "ObjectNotExecutableError",
                            format!("Not an executable object: {}", vm.repr(&statement)?),
                        ));
                    }
                    statement = if name == "exec_driver_sql" {
                        if parameters.take().is_some() {
                            return Err(vm.refuse(
                                "exec_driver_sql",
                                "Parameters of the driver's own style cannot be given here.",
                                "Use execute(sa.text(...), {...}).",
                            ));
                        }
                        runtime.expression_value(sa::literal_column(&text, None))
                    } else {
                        runtime.expression_value(sa::text(&text))
                    };
                }
                let result = runtime.execute_value(vm, &statement, parameters.as_ref())?;
                match name {
                    "scalar" => vm.call_method(&result, "scalar", Arguments::none()),
                    "scalars" => vm.call_method(&result, "scalars", Arguments::none()),
                    _ => Ok(result),
                }
            }
            "execution_options" if !runtime.run.is_offline() => {
                let bound = arguments.bind(name, "**opt")?;
                let level = bound
                    .keywords
                    .iter()
                    .find(|(key, _)| &**key == "isolation_level")
                    .and_then(|(_, value)| names::text(value));
                if let Some(level) = level {
                    runtime.set_isolation(vm, &level)?;
                }
                Ok(Value::Object(self))
            }
            "commit" => {
                // The transaction is the run's own; a revision's commit waits for the run's.
                runtime.run.committed.set(true);
                Ok(Value::None)
            }
            "connect" | "execution_options" | "detach" => Ok(Value::Object(self)),
            "begin_nested" => runtime.savepoint(vm),
            "get_transaction" | "get_nested_transaction" => Ok(Value::object(TransactionObject {
                runtime: runtime.clone(),
                savepoint: None,
                open: Cell::new(true),
            })),
            "begin" if self.role == BindRole::Engine => Ok(Value::Object(self)),
            "begin" => Err(runtime.run.raise(
                "InvalidRequestError",
                "This connection has already initialized a SQLAlchemy Transaction() object via \
                 begin() or autobegin; can't call begin() here unless rollback() or commit() is \
                 called first.",
            )),
            "in_transaction" | "in_nested_transaction" => Ok(Value::Bool(name == "in_transaction")),
            "run_callable" => {
                let mut arguments = arguments;
                if arguments.positional.is_empty() {
                    return Err(Failure::type_error("run_callable() takes a callable"));
                }
                let callable = arguments.positional.remove(0);
                vm.call(&callable, arguments.with_receiver(Value::Object(self)))
            }
            "rollback" => Err(vm.refuse(
                "rollback()",
                "A revision that rolls back would undo other revisions with it.",
                "Raise an exception to stop the run.",
            )),
            _ => Ok(Value::None),
        }
    }

    fn enter(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        if self.runtime.run.is_offline() {
            return Ok(None);
        }
        Ok(Some(Value::Object(self)))
    }
}

impl Runtime {
    /// `execution_options(isolation_level=...)`.
    fn set_isolation(&self, vm: &mut Vm, level: &str) -> Result<(), Failure> {
        if !level.eq_ignore_ascii_case("AUTOCOMMIT") {
            return Err(vm.refuse(
                "isolation_level",
                format!("The isolation level {level} cannot be set within a run."),
                "Leave it out, or set it in the server's configuration.",
            ));
        }
        if !self.run.committed.get() {
            return Err(self.run.raise(
                "InvalidRequestError",
                "This connection has already initialized a SQLAlchemy Transaction() object via \
                 begin() or autobegin; isolation_level may not be altered unless rollback() or \
                 commit() is called first.",
            ));
        }
        if !self.run.outside.replace(true) {
            self.run.autocommit(vm, true)?;
        }
        Ok(())
    }

    /// `begin_nested()`.
    pub(crate) fn savepoint(&self, vm: &mut Vm) -> Result<Value, Failure> {
        let name = format!("sa_savepoint_{}", self.run.next_savepoint());
        self.run.emit(vm, &format!("SAVEPOINT {name}"))?;
        Ok(Value::object(TransactionObject {
            runtime: self.clone(),
            savepoint: Some(name),
            open: Cell::new(true),
        }))
    }
}

impl TransactionObject {
    fn end(&self, vm: &mut Vm, commits: bool) -> Result<(), Failure> {
        let Some(name) = &self.savepoint else {
            if commits {
                // The transaction is the run's own and is committed with it.
                return Ok(());
            }
            return Err(vm.refuse(
                "rollback()",
                "A revision that rolls back would undo other revisions with it.",
                "Raise an exception to stop the run.",
            ));
        };
        if !self.open.replace(false) {
            return Ok(());
        }
        let words = if commits {
            "RELEASE SAVEPOINT"
        } else {
            "ROLLBACK TO SAVEPOINT"
        };
        self.runtime.run.emit(vm, &format!("{words} {name}"))
    }
}

impl Object for TransactionObject {
    fn type_name(&self) -> Rc<str> {
        if self.savepoint.is_some() {
            "NestedTransaction"
        } else {
            "RootTransaction"
        }
        .into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "is_active" | "is_valid" => Some(Value::Bool(self.open.get())),
            "nested" => Some(Value::Bool(self.savepoint.is_some())),
            "connection" => Some(self.runtime.bind()),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "commit" | "rollback" | "close")
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        arguments.bind(name, "")?;
        self.end(vm, name == "commit")?;
        Ok(Value::None)
    }

    fn enter(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::Object(self)))
    }

    fn exit(self: Rc<Self>, vm: &mut Vm, exception: Option<&Value>) -> Result<bool, Failure> {
        if self.savepoint.is_some() {
            self.end(vm, exception.is_none())?;
        }
        Ok(false)
    }
}
