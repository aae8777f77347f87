//! What an inspector gives when nobody answers it: collections of which only can be decided whether
//! something of a name is among them. Whatever else a body wants to know of them is refused, so that
//! it never goes on with an answer that is not the only one.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::explorer::Explorer;
use super::inspect::InspectorObject;
use super::names;
use crate::dialect::alembic::reflect::{Existing, Listing, Part};
use crate::python::{
    Arguments, BinaryOperator, CompareOperator, Failure, Iteration, Object, UnaryOperator, Value,
    Vm,
};

/// What is listed, at a moment.
struct Subject {
    explorer: Rc<Explorer>,
    moment: String,
    kind: Kind,
    schema: Option<String>,
}

enum Kind {
    Listed(Listing),
    Part(Part, String),
}

impl Subject {
    fn has(&self, name: &str) -> bool {
        let schema = self.schema.as_deref();
        let existing = match &self.kind {
            Kind::Listed(listing) => Existing::Listed {
                listing: *listing,
                name,
                schema,
            },
            Kind::Part(part, table) => Existing::Part {
                part: *part,
                name,
                table,
                schema,
            },
        };
        self.explorer.decide(&self.moment, &existing)
    }
}

impl InspectorObject {
    /// Calls a method of an inspector whose answers are supposed.
    pub(super) fn supposed(
        &self,
        vm: &mut Vm,
        explorer: &Rc<Explorer>,
        method: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let listing = match method {
            "get_table_names" => Listing::Tables,
            "get_view_names" => Listing::Views,
            "get_materialized_view_names" => Listing::MaterializedViews,
            "get_temp_table_names" => Listing::TemporaryTables,
            "get_temp_view_names" => Listing::TemporaryViews,
            "get_sequence_names" => Listing::Sequences,
            "get_schema_names" => Listing::Schemas,
            _ => return self.supposed_about(vm, explorer, method, arguments),
        };
        let bound = arguments.bind(method, "schema=, **kw")?;
        let schema = names::text(&bound.value("schema")).map(|schema| schema.to_string());
        self.remembered(method, "", schema.as_deref(), vm, |_, _| {
            let moment = explorer.ask(&format!("{method} {}", schema.as_deref().unwrap_or("")));
            let subject = Subject {
                explorer: explorer.clone(),
                moment,
                kind: Kind::Listed(listing),
                schema: schema.clone(),
            };
            Ok(Collection::of(subject, Shape::Names))
        })
    }

    fn supposed_about(
        &self,
        vm: &mut Vm,
        explorer: &Rc<Explorer>,
        method: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let (signature, parameter) = match method {
            "has_table"
            | "get_columns"
            | "get_unique_constraints"
            | "get_foreign_keys"
            | "get_check_constraints"
            | "get_indexes" => ("table_name, schema=, **kw", "table_name"),
            "has_index" => ("table_name, index_name, schema=, **kw", "table_name"),
            "has_sequence" => ("sequence_name, schema=, **kw", "sequence_name"),
            "has_schema" => ("schema_name, **kw", "schema_name"),
            "has_type" => ("type_name, schema=, **kw", "type_name"),
            _ => {
                return Err(vm.refuse(
                    method,
                    format!("What it does depends on what the database answers to {method}()."),
                    "",
                ));
            }
        };
        let bound = arguments.bind(method, signature)?;
        let subject = names::required_text(&bound.value(parameter), parameter)?.to_string();
        let schema = match method {
            "has_schema" => None,
            _ => names::text(&bound.value("schema")).map(|schema| schema.to_string()),
        };
        let within = schema.as_deref();
        let once = |existing: Existing<'_>| {
            let moment = explorer.ask(&format!("{method} {subject} {}", within.unwrap_or("")));
            Value::Bool(explorer.decide(&moment, &existing))
        };
        let part = match method {
            "has_table" => {
                return self.remembered(method, &subject, within, vm, |_, _| {
                    Ok(Value::Bool(explorer.has_table(&subject, within)))
                });
            }
            "has_index" => {
                let index = names::required_text(&bound.value("index_name"), "index_name")?;
                return Ok(once(Existing::Part {
                    part: Part::Index,
                    name: &index,
                    table: &subject,
                    schema: within,
                }));
            }
            "has_sequence" | "has_schema" => {
                return Ok(once(Existing::Listed {
                    listing: match method {
                        "has_schema" => Listing::Schemas,
                        _ => Listing::Sequences,
                    },
                    name: &subject,
                    schema: within,
                }));
            }
            "has_type" => {
                return Ok(once(Existing::Type {
                    name: &subject,
                    schema: within,
                }));
            }
            "get_columns" => Part::Column,
            "get_unique_constraints" => Part::Unique,
            "get_foreign_keys" => Part::ForeignKey,
            "get_check_constraints" => Part::Check,
            _ => Part::Index,
        };
        self.remembered(method, &subject, within, vm, |runtime, _| {
            if !explorer.requires_table(&subject, within) {
                return Err(runtime.no_such_table(&subject, within));
            }
            let moment = explorer.ask(&format!("{method} {subject} {}", within.unwrap_or("")));
            let subject = Subject {
                explorer: explorer.clone(),
                moment,
                kind: Kind::Part(part, subject.clone()),
                schema: schema.clone(),
            };
            Ok(Collection::of(subject, Shape::Entries))
        })
    }
}

/// What a collection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Names.
    Names,
    /// Dictionaries with a name in each.
    Entries,
}

/// All that a subject lists, but for some names.
struct Collection {
    subject: Rc<Subject>,
    shape: Shape,
    without: Vec<String>,
}

impl Collection {
    fn of(subject: Subject, shape: Shape) -> Value {
        Value::object(Self {
            subject: Rc::new(subject),
            shape,
            without: Vec::new(),
        })
    }

    /// Calls a comprehension's function for one value.
    fn one(&self, vm: &mut Vm, body: &Value, item: Value) -> Result<Made, Failure> {
        let before = self.subject.explorer.extent();
        let iterator = Value::Iterator(Rc::new(Iteration::over(vec![item])));
        let made = vm.call(body, Arguments::one(iterator)).map_err(|failure| {
            match failure {
                // What fails for a value that nobody knows may go well for the true ones.
                Failure::Raised(_) => unknown(vm, "one by one"),
                refused @ Failure::Refused(_) => refused,
            }
        })?;
        let lazy = matches!(made, Value::Generator(_));
        if !lazy && !matches!(made, Value::List(_)) {
            return Err(unknown(vm, "as a dictionary"));
        }
        let values = vm.collect(&made)?;
        if self.subject.explorer.extent() != before {
            return Err(unknown(vm, "one by one"));
        }
        Ok(Made { values, lazy })
    }
}

/// What a comprehension made of one value.
struct Made {
    values: Vec<Value>,
    lazy: bool,
}

fn unknown(vm: &Vm, how: &str) -> Failure {
    vm.refuse(
        "the inspector's answer",
        format!(
            "What it does depends on more of the inspector's answer than on whether a name is in it: it is looked at {how}."
        ),
        "",
    )
}

impl Object for Collection {
    fn type_name(&self) -> Rc<str> {
        "list".into()
    }

    fn comprehend(self: Rc<Self>, vm: &mut Vm, body: &Value) -> Result<Option<Value>, Failure> {
        let other = Rc::new(Other {
            active: Cell::new(true),
            compared: RefCell::default(),
        });
        let item = match self.shape {
            Shape::Names => Value::Object(other.clone()),
            Shape::Entries => Value::object(Entry(Value::Object(other.clone()))),
        };
        let made = self.one(vm, body, item.clone());
        other.active.set(false);
        let Made { values, lazy } = made?;
        let mut kept = Vec::new();
        let mut without = self.without.clone();
        for name in other.compared.take() {
            if self.without.contains(&name) || !self.subject.has(&name) {
                continue;
            }
            let value = Value::str(&name);
            let item = match self.shape {
                Shape::Names => value.clone(),
                Shape::Entries => Value::object(Entry(value.clone())),
            };
            let made = self.one(vm, body, item.clone())?.values;
            match made.as_slice() {
                [] => without.push(name),
                [one] => kept.push((
                    one.clone(),
                    one.is(&item) || one.to_text() == value.to_text(),
                )),
                _ => return Err(unknown(vm, "one by one")),
            }
        }
        let rest = match values.as_slice() {
            [] => {
                // The order of several is the database's.
                if kept.len() > 1 {
                    return Err(unknown(vm, "in its order"));
                }
                let values: Vec<Value> = kept.into_iter().map(|(value, _)| value).collect();
                return Ok(Some(if lazy {
                    Value::Iterator(Rc::new(Iteration::over(values)))
                } else {
                    Value::list(values)
                }));
            }
            [one] => one,
            _ => return Err(unknown(vm, "one by one")),
        };
        if let Value::Bool(rest) = rest {
            let mut truths = Vec::new();
            for (value, _) in kept {
                truths.push(vm.truth(&value)?);
            }
            return Ok(Some(Value::object(Truths {
                known: truths,
                rest: *rest,
            })));
        }
        let shape = if rest.downcast::<Other>().is_some() {
            Shape::Names
        } else if rest.is(&item) {
            Shape::Entries
        } else {
            return Err(unknown(vm, "one by one"));
        };
        if !kept.iter().all(|(_, same)| *same) {
            return Err(unknown(vm, "one by one"));
        }
        Ok(Some(Value::object(Self {
            subject: self.subject.clone(),
            shape,
            without,
        })))
    }

    fn copied(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::Object(self)))
    }

    fn contains(self: Rc<Self>, vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        if self.shape == Shape::Entries {
            return Err(unknown(vm, "one by one"));
        }
        if let Value::None = value {
            return Ok(Some(false));
        }
        let Some(name) = names::text(value) else {
            return Err(unknown(vm, "one by one"));
        };
        let is_left_out = self.without.iter().any(|one| **one == *name);
        Ok(Some(!is_left_out && self.subject.has(&name)))
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, &format!("with .{name}")))
    }

    fn call(self: Rc<Self>, vm: &mut Vm, _: Arguments) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "as a function"))
    }

    fn item(self: Rc<Self>, vm: &mut Vm, _: &Value) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "in its order"))
    }

    fn iterate(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "one by one"))
    }

    fn length(self: Rc<Self>, vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Err(unknown(vm, "for its length"))
    }

    fn truth(self: Rc<Self>, vm: &mut Vm) -> Result<bool, Failure> {
        Err(unknown(vm, "for its length"))
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Err(unknown(vm, "as a text"))
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        Err(unknown(vm, "as a whole"))
    }

    fn equals(self: Rc<Self>, vm: &mut Vm, _: &Value) -> Result<Option<bool>, Failure> {
        Err(unknown(vm, "as a whole"))
    }

    fn unary(self: Rc<Self>, vm: &mut Vm, _: UnaryOperator) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "as a whole"))
    }

    fn binary(
        self: Rc<Self>,
        vm: &mut Vm,
        _: BinaryOperator,
        _: &Value,
        _: bool,
    ) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "as a whole"))
    }

    fn compare(
        self: Rc<Self>,
        vm: &mut Vm,
        _: CompareOperator,
        _: &Value,
    ) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "as a whole"))
    }
}

/// Whether each of a collection's values is true: those of known names, and all others.
struct Truths {
    known: Vec<bool>,
    rest: bool,
}

impl Object for Truths {
    fn type_name(&self) -> Rc<str> {
        "generator".into()
    }

    fn quantified(self: Rc<Self>, vm: &mut Vm, all: bool) -> Result<Option<bool>, Failure> {
        // One known value that is decisive is enough; otherwise the others must not be, because
        // there may be none of them.
        if self.known.contains(&!all) {
            return Ok(Some(!all));
        }
        if self.rest == all {
            return Ok(Some(all));
        }
        Err(unknown(vm, "for its length"))
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, &format!("with .{name}")))
    }

    fn item(self: Rc<Self>, vm: &mut Vm, _: &Value) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "in its order"))
    }

    fn iterate(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "one by one"))
    }

    fn length(self: Rc<Self>, vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Err(unknown(vm, "for its length"))
    }

    fn truth(self: Rc<Self>, vm: &mut Vm) -> Result<bool, Failure> {
        Err(unknown(vm, "for its length"))
    }

    fn contains(self: Rc<Self>, vm: &mut Vm, _: &Value) -> Result<Option<bool>, Failure> {
        Err(unknown(vm, "one by one"))
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Err(unknown(vm, "as a text"))
    }

    fn compare(
        self: Rc<Self>,
        vm: &mut Vm,
        _: CompareOperator,
        _: &Value,
    ) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "as a whole"))
    }
}

/// The name of whatever is listed besides what is asked for by name: it differs from all names that
/// it is compared with.
struct Other {
    /// Only while the comprehension runs.
    active: Cell<bool>,
    compared: RefCell<Vec<String>>,
}

impl Other {
    fn differs(&self, vm: &Vm, other: &Value) -> Result<(), Failure> {
        if !self.active.get() {
            return Err(unknown(vm, "one by one"));
        }
        if matches!(other, Value::None) {
            return Ok(());
        }
        let Some(name) = names::text(other) else {
            return Err(unknown(vm, "one by one"));
        };
        let mut compared = self.compared.borrow_mut();
        if !compared.iter().any(|known| **known == *name) {
            compared.push(name.to_string());
        }
        Ok(())
    }
}

impl Object for Other {
    fn type_name(&self) -> Rc<str> {
        "str".into()
    }

    fn compare(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        let differs = match operator {
            CompareOperator::Equal => false,
            CompareOperator::NotEqual => true,
            _ => return Err(unknown(vm, "in its order")),
        };
        self.differs(vm, other)?;
        Ok(Some(Value::Bool(differs)))
    }

    fn equals(self: Rc<Self>, vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        self.differs(vm, other)?;
        Ok(Some(false))
    }

    fn truth(self: Rc<Self>, vm: &mut Vm) -> Result<bool, Failure> {
        if self.active.get() {
            // No name is empty.
            return Ok(true);
        }
        Err(unknown(vm, "one by one"))
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, &format!("with .{name}")))
    }

    fn item(self: Rc<Self>, vm: &mut Vm, _: &Value) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "letter by letter"))
    }

    fn iterate(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "letter by letter"))
    }

    fn length(self: Rc<Self>, vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Err(unknown(vm, "letter by letter"))
    }

    fn contains(self: Rc<Self>, vm: &mut Vm, _: &Value) -> Result<Option<bool>, Failure> {
        Err(unknown(vm, "letter by letter"))
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Err(unknown(vm, "as a text"))
    }

    fn format(self: Rc<Self>, vm: &mut Vm, _: &str) -> Result<Option<Rc<str>>, Failure> {
        Err(unknown(vm, "as a text"))
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        Err(unknown(vm, "in a set"))
    }

    fn binary(
        self: Rc<Self>,
        vm: &mut Vm,
        _: BinaryOperator,
        _: &Value,
        _: bool,
    ) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "as a text"))
    }
}

/// An entry of which only the name is known.
struct Entry(Value);

impl Entry {
    fn get(&self, vm: &Vm, key: &Value) -> Result<Value, Failure> {
        match names::text(key) {
            Some(key) if &*key == "name" => Ok(self.0.clone()),
            _ => Err(unknown(vm, "for more than names")),
        }
    }
}

impl Object for Entry {
    fn type_name(&self) -> Rc<str> {
        "dict".into()
    }

    fn item(self: Rc<Self>, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        self.get(vm, key).map(Some)
    }

    fn has_method(&self, name: &str) -> bool {
        name == "get"
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind(name, "key, default=, /")?;
        self.get(vm, &bound.value("key"))
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        if self.has_method(name) {
            return Ok(None);
        }
        Err(unknown(vm, &format!("with .{name}")))
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Ok(true)
    }

    fn iterate(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "for more than names"))
    }

    fn length(self: Rc<Self>, vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Err(unknown(vm, "for more than names"))
    }

    fn contains(self: Rc<Self>, vm: &mut Vm, _: &Value) -> Result<Option<bool>, Failure> {
        Err(unknown(vm, "for more than names"))
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Err(unknown(vm, "as a text"))
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        Err(unknown(vm, "in a set"))
    }

    fn equals(self: Rc<Self>, vm: &mut Vm, _: &Value) -> Result<Option<bool>, Failure> {
        Err(unknown(vm, "as a whole"))
    }

    fn compare(
        self: Rc<Self>,
        vm: &mut Vm,
        _: CompareOperator,
        _: &Value,
    ) -> Result<Option<Value>, Failure> {
        Err(unknown(vm, "as a whole"))
    }
}
