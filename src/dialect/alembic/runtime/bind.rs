//! `op.get_bind()`: a connection, or what stands for one while statements are only printed.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::Runtime;
use super::names;
use super::run::Run;
use super::statement::{StatementForm, StatementObject};
use crate::dialect::alembic::sqlalchemy::compiler::{Binds, Options, compile_statement};
use crate::dialect::alembic::sqlalchemy::dml::DmlKind;
use crate::dialect::alembic::sqlalchemy::expression::{self as sa, Element};
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::Statement;
use crate::python::{Arguments, Failure, Iteration, Object, Value, Vm};

/// What a statement brought.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The columns' names.
    pub columns: Vec<Rc<str>>,
    /// The rows.
    pub rows: Vec<Vec<Literal>>,
    /// How many rows were changed or found.
    pub count: Option<u64>,
    /// Whether it was a query.
    pub returns_rows: bool,
}

/// A connection that runs what revisions send.
pub trait Connection {
    /// Runs one statement, or several in one text.
    ///
    /// # Errors
    ///
    /// The server's error as an exception of `SQLAlchemy`'s.
    fn execute(self: Rc<Self>, run: &Run, vm: &mut Vm, sql: &str) -> Result<Answer, Failure>;

    /// Commits and leaves the transaction, or opens another one.
    ///
    /// # Errors
    ///
    /// The server's error as an exception of `SQLAlchemy`'s.
    fn autocommit(self: Rc<Self>, run: &Run, vm: &mut Vm, begins: bool) -> Result<(), Failure>;
}

/// `op.get_bind()`.
pub(crate) struct BindObject {
    pub(crate) runtime: Runtime,
    pub(crate) role: BindRole,
}

/// Whether it is a connection, an engine, or a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindRole {
    Connection,
    Engine,
    Transaction,
}

/// What `execute()` gives on a live connection.
pub(crate) struct ResultObject {
    runtime: Runtime,
    columns: Rc<[Rc<str>]>,
    rows: RefCell<std::vec::IntoIter<Vec<Literal>>>,
    count: Option<u64>,
    returns_rows: bool,
    /// How rows are handed out.
    shape: RowShape,
    inserted: Option<Value>,
    closed: Cell<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowShape {
    Row,
    Mapping,
    Scalar,
}

/// One row of a result.
pub(crate) struct RowObject {
    columns: Rc<[Rc<str>]>,
    values: Vec<Value>,
    /// Whether it is a mapping, whose keys are names.
    mapping: bool,
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
            let mut last = Value::None;
            for row in rows {
                last = self.execute_value(vm, value, Some(&row))?;
            }
            return Ok(last);
        }
        if let Some(object) = value.downcast::<StatementObject>()
            && let (StatementForm::Dml(dml), Some(row @ Value::Dict(_))) =
                (&object.statement, parameters)
            && let DmlKind::Insert(insert) = dml.kind()
            && object.is_bare_insert()
        {
            let table = self.from_value(insert.table.clone());
            return self
                .insert_rows(vm, &table, std::slice::from_ref(row))
                .map(|()| Value::None);
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
        let compiled = compile_statement(&statement, self.run.target(), &options);
        let sql = self.run.failed(compiled)?.sql;
        let Some(connection) = &self.run.connection else {
            self.run.emit(vm, &sql)?;
            return Ok(Value::None);
        };
        let answer = connection.clone().execute(&self.run, vm, &sql)?;
        Ok(self.result(answer))
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

    /// An answer as the file sees it.
    pub(crate) fn result(&self, answer: Answer) -> Value {
        Value::object(ResultObject {
            runtime: self.clone(),
            columns: answer.columns.into(),
            rows: RefCell::new(answer.rows.into_iter()),
            count: answer.count,
            returns_rows: answer.returns_rows,
            shape: RowShape::Row,
            inserted: None,
            closed: Cell::new(false),
        })
    }
}

impl StatementObject {
    /// Whether it is an INSERT that was given no values yet.
    pub(crate) fn is_bare_insert(&self) -> bool {
        match &self.statement {
            StatementForm::Dml(dml) => matches!(
                dml.kind(),
                DmlKind::Insert(insert)
                    if matches!(
                        insert.values,
                        crate::dialect::alembic::sqlalchemy::dml::InsertValues::Unspecified
                    )
            ),
            StatementForm::Query(_) => false,
        }
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
];

impl Object for BindObject {
    fn type_name(&self) -> Rc<str> {
        if self.runtime.run.is_offline() {
            return "MockConnection".into();
        }
        match self.role {
            BindRole::Connection => "Connection",
            BindRole::Engine => "Engine",
            BindRole::Transaction => "RootTransaction",
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
            "connect" | "execution_options" | "detach" => Ok(Value::Object(self)),
            "begin" | "begin_nested" | "get_transaction" => {
                Ok(runtime.bind_value(BindRole::Transaction))
            }
            "in_transaction" => Ok(Value::Bool(true)),
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
            // The transaction is the run's own; a revision's commit waits for the run's.
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

impl ResultObject {
    fn row(&self, values: Vec<Literal>, vm: &mut Vm) -> Result<Value, Failure> {
        let mut made = Vec::with_capacity(values.len());
        for value in &values {
            made.push(self.runtime.python_value(vm, value)?);
        }
        Ok(match self.shape {
            RowShape::Scalar => made.into_iter().next().unwrap_or(Value::None),
            shape => Value::object(RowObject {
                columns: self.columns.clone(),
                values: made,
                mapping: shape == RowShape::Mapping,
            }),
        })
    }

    fn next_row(&self, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        if !self.returns_rows || self.closed.get() {
            return Err(self.runtime.run.raise(
                "ResourceClosedError",
                "This result object does not return rows. It has been closed automatically.",
            ));
        }
        let row = self.rows.borrow_mut().next();
        match row {
            Some(values) => self.row(values, vm).map(Some),
            None => Ok(None),
        }
    }

    fn remaining(&self, vm: &mut Vm, limit: usize) -> Result<Vec<Value>, Failure> {
        let mut rows = Vec::new();
        while rows.len() < limit
            && let Some(row) = self.next_row(vm)?
        {
            rows.push(row);
        }
        Ok(rows)
    }

    fn shaped(&self, shape: RowShape) -> Value {
        Value::object(Self {
            runtime: self.runtime.clone(),
            columns: self.columns.clone(),
            rows: RefCell::new(self.rows.take()),
            count: self.count,
            returns_rows: self.returns_rows,
            shape,
            inserted: self.inserted.clone(),
            closed: Cell::new(self.closed.get()),
        })
    }

    fn first_value(&self, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        match self.next_row(vm)? {
            None => Ok(None),
            Some(row) => Ok(Some(match row.downcast::<RowObject>() {
                Some(row) => row.values.first().cloned().unwrap_or(Value::None),
                None => row,
            })),
        }
    }
}

const RESULT_METHODS: &[&str] = &[
    "fetchall",
    "all",
    "fetchone",
    "first",
    "one",
    "one_or_none",
    "scalar",
    "scalar_one",
    "scalar_one_or_none",
    "scalars",
    "mappings",
    "fetchmany",
    "partitions",
    "keys",
    "close",
    "unique",
    "columns",
    "yield_per",
    "tuples",
    "freeze",
];

impl Object for ResultObject {
    fn type_name(&self) -> Rc<str> {
        match self.shape {
            RowShape::Row => "CursorResult",
            RowShape::Mapping => "MappingResult",
            RowShape::Scalar => "ScalarResult",
        }
        .into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "rowcount" => Some(Value::Int(
                self.count
                    .and_then(|count| i64::try_from(count).ok())
                    .unwrap_or(-1),
            )),
            "returns_rows" => Some(Value::Bool(self.returns_rows)),
            "closed" => Some(Value::Bool(self.closed.get())),
            "inserted_primary_key" => self.inserted.clone(),
            "lastrowid" => None,
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        RESULT_METHODS.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let run = &self.runtime.run;
        Ok(match name {
            "fetchall" | "all" => Value::list(self.remaining(vm, usize::MAX)?),
            "fetchmany" => {
                let bound = arguments.bind(name, "size=")?;
                let size = bound.int("size")?.unwrap_or(1);
                Value::list(self.remaining(vm, usize::try_from(size).unwrap_or(0))?)
            }
            "partitions" => {
                let bound = arguments.bind(name, "size=")?;
                let size = bound.int("size")?.unwrap_or(1000);
                let size = usize::try_from(size).unwrap_or(1000).max(1);
                let mut parts = Vec::new();
                loop {
                    let rows = self.remaining(vm, size)?;
                    if rows.is_empty() {
                        break Value::list(parts);
                    }
                    parts.push(Value::list(rows));
                }
            }
            "fetchone" => self.next_row(vm)?.unwrap_or(Value::None),
            "first" => {
                let row = self.next_row(vm)?.unwrap_or(Value::None);
                self.closed.set(true);
                row
            }
            "one" | "one_or_none" => {
                let first = self.next_row(vm)?;
                if first.is_some() && self.next_row(vm)?.is_some() {
                    return Err(run.raise(
                        "MultipleResultsFound",
                        if name == "one" {
                            "Multiple rows were found when exactly one was required"
                        } else {
                            "Multiple rows were found when one or none was required"
                        },
                    ));
                }
                match first {
                    Some(row) => row,
                    None if name == "one" => {
                        return Err(
                            run.raise("NoResultFound", "No row was found when one was required")
                        );
                    }
                    None => Value::None,
                }
            }
            "scalar" => {
                let value = self.first_value(vm)?.unwrap_or(Value::None);
                self.closed.set(true);
                value
            }
            "scalar_one" | "scalar_one_or_none" => {
                let first = self.first_value(vm)?;
                if first.is_some() && self.next_row(vm)?.is_some() {
                    return Err(run.raise(
                        "MultipleResultsFound",
                        "Multiple rows were found when exactly one was required",
                    ));
                }
                match first {
                    Some(value) => value,
                    None if name == "scalar_one" => {
                        return Err(
                            run.raise("NoResultFound", "No row was found when one was required")
                        );
                    }
                    None => Value::None,
                }
            }
            "scalars" => {
                let bound = arguments.bind(name, "index=")?;
                if bound.int("index")?.unwrap_or(0) != 0 {
                    return Err(vm.refuse(
                        "scalars(index)",
                        "Only the first column can be taken by scalars().",
                        "",
                    ));
                }
                self.shaped(RowShape::Scalar)
            }
            "mappings" => self.shaped(RowShape::Mapping),
            "keys" => Value::list(self.columns.iter().map(Value::str).collect()),
            "close" => {
                self.closed.set(true);
                Value::None
            }
            _ => Value::Object(self),
        })
    }

    fn iterate(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::Iterator(Rc::new(Iteration::new(Rows(self))))))
    }

    fn next(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Option<Value>>, Failure> {
        self.next_row(vm).map(Some)
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Ok(true)
    }
}

/// The rows of a result, one by one.
struct Rows(Rc<ResultObject>);

impl crate::python::Iterate for Rows {
    fn next(&mut self, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        self.0.next_row(vm)
    }
}

impl RowObject {
    fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &**column == name)
    }

    fn dictionary(&self) -> Value {
        let Value::Dict(dict) = Value::dict() else {
            return Value::None;
        };
        for (column, value) in self.columns.iter().zip(&self.values) {
            dict.set_str(column, value.clone());
        }
        Value::Dict(dict)
    }

    fn tuple(&self) -> Value {
        Value::tuple(self.values.clone())
    }
}

impl Object for RowObject {
    fn type_name(&self) -> Rc<str> {
        if self.mapping { "RowMapping" } else { "Row" }.into()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        if !self.mapping
            && let Some(at) = self.position(name)
        {
            return Ok(self.values.get(at).cloned());
        }
        Ok(match name {
            "_mapping" => Some(Value::object(Self {
                columns: self.columns.clone(),
                values: self.values.clone(),
                mapping: true,
            })),
            "_fields" => Some(Value::tuple(self.columns.iter().map(Value::str).collect())),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        match name {
            "_asdict" | "count" | "index" | "_tuple" | "t" => !self.mapping,
            "keys" | "values" | "items" | "get" => self.mapping,
            _ => false,
        }
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "_asdict" => Ok(self.dictionary()),
            "count" | "index" => vm.call_method(&self.tuple(), name, arguments),
            "_tuple" | "t" => Ok(self.tuple()),
            _ => vm.call_method(&self.dictionary(), name, arguments),
        }
    }

    fn item(self: Rc<Self>, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        if self.mapping {
            let at = match names::text(key) {
                Some(name) => self.position(&name),
                None => match vm.find_attribute(key, "name")? {
                    Some(name) => names::text(&name).and_then(|name| self.position(&name)),
                    None => None,
                },
            };
            return match at.and_then(|at| self.values.get(at)) {
                Some(value) => Ok(Some(value.clone())),
                None => Err(Failure::raise("KeyError", vm.str(key)?)),
            };
        }
        vm.item(&self.tuple(), key).map(Some)
    }

    fn iterate(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(if self.mapping {
            Value::list(self.columns.iter().map(Value::str).collect())
        } else {
            self.tuple()
        }))
    }

    fn length(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Ok(Some(self.values.len()))
    }

    fn contains(self: Rc<Self>, vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        if self.mapping {
            return Ok(Some(
                names::text(value).is_some_and(|name| self.position(&name).is_some()),
            ));
        }
        vm.contains(&self.tuple(), value).map(Some)
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        vm.hash(&self.tuple()).map(Some)
    }

    fn equals(self: Rc<Self>, vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        let other = other
            .downcast::<Self>()
            .map_or_else(|| other.clone(), |other| other.tuple());
        vm.equals(&self.tuple(), &other).map(Some)
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let shown = if self.mapping {
            self.dictionary()
        } else {
            self.tuple()
        };
        vm.repr(&shown)
    }
}
