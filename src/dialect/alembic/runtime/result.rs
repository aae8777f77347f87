//! What a statement brought, as the file sees it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::Runtime;
use super::names;
use crate::dialect::alembic::sqlalchemy::types::SqlType;
use crate::engine::Reply;
use crate::python::{
    Arguments, BinaryOperator, CompareOperator, Failure, Iteration, Object, Value, Vm,
};

/// What `execute()` gives on a live connection.
pub(crate) struct ResultObject {
    runtime: Runtime,
    columns: Rc<[Rc<str>]>,
    rows: RefCell<std::vec::IntoIter<Vec<Value>>>,
    count: Option<u64>,
    returns_rows: bool,
    /// How rows are handed out.
    shape: RowShape,
    /// Which column `scalars()` takes.
    scalar: usize,
    /// `inserted_primary_key`.
    inserted: Option<Value>,
    /// `lastrowid`.
    last_row: Option<i64>,
    closed: Cell<bool>,
    /// Whether somebody has seen that no row is left.
    exhausted: Cell<bool>,
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
    /// A reply as the file sees it. `types` are those of the columns, where the statement knows
    /// them.
    pub(crate) fn result(
        &self,
        vm: &mut Vm,
        reply: &Reply,
        types: &[SqlType],
        inserted: Option<Value>,
    ) -> Result<Value, Failure> {
        let mut rows = Vec::with_capacity(reply.rows.len());
        for row in &reply.rows {
            let mut values = Vec::with_capacity(row.len());
            for (at, datum) in row.iter().enumerate() {
                values.push(self.datum_value(vm, datum, types.get(at))?);
            }
            rows.push(values);
        }
        Ok(Value::object(ResultObject {
            runtime: self.clone(),
            columns: reply
                .columns
                .iter()
                .map(|name| name.as_str().into())
                .collect(),
            rows: RefCell::new(rows.into_iter()),
            count: reply.changed,
            returns_rows: reply.returns_rows,
            shape: RowShape::Row,
            scalar: 0,
            inserted,
            last_row: reply.last_row,
            closed: Cell::new(false),
            exhausted: Cell::new(false),
        }))
    }

    /// What a statement brought that ran once for each of several rows of parameters.
    pub(crate) fn many_results(&self, results: &[Value]) -> Value {
        let results: Vec<_> = results
            .iter()
            .filter_map(Value::downcast::<ResultObject>)
            .collect();
        if results.is_empty() {
            return Value::None;
        }
        Value::object(ResultObject {
            runtime: self.clone(),
            columns: Rc::from([]),
            rows: RefCell::default(),
            count: results.iter().map(|result| result.count).sum(),
            returns_rows: false,
            shape: RowShape::Row,
            scalar: 0,
            inserted: None,
            last_row: None,
            closed: Cell::new(false),
            exhausted: Cell::new(false),
        })
    }

    /// A result of rows that are there already.
    pub(crate) fn rows_result(&self, columns: Vec<Rc<str>>, rows: Vec<Vec<Value>>) -> Value {
        Value::object(ResultObject {
            runtime: self.clone(),
            columns: columns.into(),
            rows: RefCell::new(rows.into_iter()),
            count: None,
            returns_rows: true,
            shape: RowShape::Row,
            scalar: 0,
            inserted: None,
            last_row: None,
            closed: Cell::new(false),
            exhausted: Cell::new(false),
        })
    }

    /// A row of its own.
    pub(crate) fn row_value(columns: Vec<Rc<str>>, values: Vec<Value>) -> Value {
        Value::object(RowObject {
            columns: columns.into(),
            values,
            mapping: false,
        })
    }
}

impl ResultObject {
    fn row(&self, values: Vec<Value>) -> Value {
        match self.shape {
            RowShape::Scalar => values.into_iter().nth(self.scalar).unwrap_or(Value::None),
            shape => Value::object(RowObject {
                columns: self.columns.clone(),
                values,
                mapping: shape == RowShape::Mapping,
            }),
        }
    }

    fn next_row(&self) -> Result<Option<Value>, Failure> {
        if !self.returns_rows || self.closed.get() {
            return Err(self.runtime.run.raise(
                "ResourceClosedError",
                if self.returns_rows {
                    "This result object is closed."
                } else {
                    "This result object does not return rows. It has been closed automatically."
                },
            ));
        }
        let row = self.rows.borrow_mut().next();
        if row.is_none() {
            self.exhausted.set(true);
        }
        Ok(row.map(|values| self.row(values)))
    }

    fn remaining(&self, limit: usize) -> Result<Vec<Value>, Failure> {
        let mut rows = Vec::new();
        while rows.len() < limit
            && let Some(row) = self.next_row()?
        {
            rows.push(row);
        }
        Ok(rows)
    }

    fn shaped(&self, shape: RowShape, scalar: usize) -> Value {
        Value::object(Self {
            runtime: self.runtime.clone(),
            columns: self.columns.clone(),
            rows: RefCell::new(self.rows.take()),
            count: self.count,
            returns_rows: self.returns_rows,
            shape,
            scalar,
            inserted: self.inserted.clone(),
            last_row: self.last_row,
            closed: Cell::new(self.closed.get()),
            exhausted: Cell::new(self.exhausted.get()),
        })
    }

    fn first_value(&self) -> Result<Option<Value>, Failure> {
        match self.next_row()? {
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
                    // The driver forgets the count with the last row.
                    .filter(|_| !self.exhausted.get())
                    .and_then(|count| i64::try_from(count).ok())
                    .unwrap_or(-1),
            )),
            "returns_rows" => Some(Value::Bool(self.returns_rows)),
            "closed" => Some(Value::Bool(self.closed.get())),
            "inserted_primary_key" => Some(self.inserted.clone().unwrap_or(Value::None)),
            "lastrowid" => self.last_row.map(Value::Int),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        RESULT_METHODS.contains(&name)
    }

    fn call_method(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let run = &self.runtime.run;
        Ok(match name {
            "fetchall" | "all" => Value::list(self.remaining(usize::MAX)?),
            "fetchmany" => {
                let bound = arguments.bind(name, "size=")?;
                let size = bound.int("size")?.unwrap_or(1);
                Value::list(self.remaining(usize::try_from(size).unwrap_or(0))?)
            }
            "partitions" => {
                let bound = arguments.bind(name, "size=")?;
                let size = bound.int("size")?.unwrap_or(1000);
                let size = usize::try_from(size).unwrap_or(1000).max(1);
                let mut parts = Vec::new();
                loop {
                    let rows = self.remaining(size)?;
                    if rows.is_empty() {
                        break Value::list(parts);
                    }
                    parts.push(Value::list(rows));
                }
            }
            "fetchone" => self.next_row()?.unwrap_or(Value::None),
            "first" => {
                let row = self.next_row()?.unwrap_or(Value::None);
                self.closed.set(true);
                row
            }
            "one" | "one_or_none" => {
                let first = self.next_row()?;
                if first.is_some() && self.next_row()?.is_some() {
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
                let value = self.first_value()?.unwrap_or(Value::None);
                self.closed.set(true);
                value
            }
            "scalar_one" | "scalar_one_or_none" => {
                let first = self.first_value()?;
                if first.is_some() && self.next_row()?.is_some() {
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
                let at = match bound.some("index") {
                    None => 0,
                    Some(value) => match names::text(&value) {
                        Some(name) => self
                            .columns
                            .iter()
                            .position(|column| **column == *name)
                            .ok_or_else(|| {
                                run.raise(
                                    "NoSuchColumnError",
                                    format!("Could not locate column in row for column '{name}'"),
                                )
                            })?,
                        None => usize::try_from(value.as_int().unwrap_or(0)).unwrap_or(0),
                    },
                };
                self.shaped(RowShape::Scalar, at)
            }
            "mappings" => self.shaped(RowShape::Mapping, 0),
            "keys" => Value::object(KeysObject(self.columns.clone())),
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

    fn next(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Option<Value>>, Failure> {
        self.next_row().map(Some)
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Ok(true)
    }
}

/// The names of a result's columns.
struct KeysObject(Rc<[Rc<str>]>);

impl KeysObject {
    fn list(&self) -> Value {
        Value::list(self.0.iter().map(Value::str).collect())
    }
}

impl Object for KeysObject {
    fn type_name(&self) -> Rc<str> {
        "RMKeyView".into()
    }

    fn iterate(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(self.list()))
    }

    fn item(self: Rc<Self>, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        vm.item(&self.list(), key).map(Some)
    }

    fn length(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Ok(Some(self.0.len()))
    }

    fn contains(self: Rc<Self>, vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        vm.contains(&self.list(), value).map(Some)
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("RMKeyView({})", vm.repr(&self.list())?).into())
    }
}

/// The rows of a result, one by one.
struct Rows(Rc<ResultObject>);

impl crate::python::Iterate for Rows {
    fn next(&mut self, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        self.0.next_row()
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
        if !self.mapping && !name.starts_with('_') && !matches!(name, "t") && !self.has_method(name)
        {
            return Err(Failure::raise(
                "AttributeError",
                format!("Could not locate column in row for column '{name}'"),
            ));
        }
        Ok(match name {
            "_mapping" => Some(Value::object(Self {
                columns: self.columns.clone(),
                values: self.values.clone(),
                mapping: true,
            })),
            "t" | "_t" if !self.mapping => Some(self.tuple()),
            "_fields" => Some(Value::tuple(self.columns.iter().map(Value::str).collect())),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        match name {
            "_asdict" | "count" | "index" | "_tuple" | "tuple" => !self.mapping,
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
            "_tuple" | "tuple" => Ok(self.tuple()),
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
                None => {
                    let key = vm.str(key)?;
                    Err(Failure::raise(
                        "KeyError",
                        format!("Could not locate column in row for column '{key}'"),
                    ))
                }
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

    fn compare(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        if self.mapping {
            return Ok(None);
        }
        let other = other
            .downcast::<Self>()
            .map_or_else(|| other.clone(), |other| other.tuple());
        vm.compare(operator, &self.tuple(), &other).map(Some)
    }

    fn binary(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: BinaryOperator,
        other: &Value,
        reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        let other = other
            .downcast::<Self>()
            .map_or_else(|| other.clone(), |other| other.tuple());
        if reflected {
            vm.binary(operator, &other, &self.tuple()).map(Some)
        } else {
            vm.binary(operator, &self.tuple(), &other).map(Some)
        }
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
