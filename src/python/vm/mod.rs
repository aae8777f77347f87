//! The machine.

use std::rc::Rc;

use super::Arguments;
use super::class::{Class, Instance};
use super::code::Code;
use super::dict::Dict;
use super::error::{Failure, Position, Refusal, TraceEntry};
use super::host::{Host, Limits};
use super::object::{BinaryOperator, CompareOperator, UnaryOperator};
use super::types::{type_name, types};
use super::value::Value;

/// A frame that called another one.
struct Caller {
    code: Rc<Code>,
    pc: usize,
}

/// The machine that evaluates modules.
pub struct Vm {
    host: Rc<dyn Host>,
    limits: Limits,
    steps: u64,
    allocated: u64,
    callers: Vec<Caller>,
    handled: Option<Rc<Instance>>,
}

impl Vm {
    /// A machine without modules.
    pub fn new(host: Rc<dyn Host>, limits: Limits) -> Self {
        Self {
            host,
            limits,
            steps: 0,
            allocated: 0,
            callers: Vec::new(),
            handled: None,
        }
    }

    /// What the embedding program grants.
    pub fn host(&self) -> Rc<dyn Host> {
        self.host.clone()
    }

    /// Evaluates a source as a module, giving the [`Value::Module`]. A syntax error is a
    /// `SyntaxError` exception.
    pub fn load_module(&mut self, name: &str, path: &str, source: &str) -> Result<Value, Failure> {
        let _ = (name, path, source);
        Err(self.pending())
    }

    /// Imports a module by its full name, as `importlib.import_module` does.
    pub fn import(&mut self, name: &str) -> Result<Value, Failure> {
        let _ = name;
        Err(self.pending())
    }

    /// A value that stands for a module nobody knows: whatever is taken from it can be imported,
    /// and refuses, by its full name, to be used.
    pub fn absent(name: &str) -> Value {
        let _ = name;
        Value::None
    }

    /// Calls a value.
    pub fn call(&mut self, callee: &Value, arguments: Arguments) -> Result<Value, Failure> {
        let _ = (callee, arguments);
        Err(self.pending())
    }

    /// Calls a method of a value.
    pub fn call_method(
        &mut self,
        receiver: &Value,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let _ = (receiver, name, arguments);
        Err(self.pending())
    }

    /// An attribute; `AttributeError` when there is none.
    pub fn attribute(&mut self, value: &Value, name: &str) -> Result<Value, Failure> {
        let _ = (value, name);
        Err(self.pending())
    }

    /// An attribute; `None` when there is none.
    pub fn find_attribute(&mut self, value: &Value, name: &str) -> Result<Option<Value>, Failure> {
        let _ = (value, name);
        Err(self.pending())
    }

    /// Sets an attribute.
    pub fn set_attribute(&mut self, value: &Value, name: &str, new: Value) -> Result<(), Failure> {
        let _ = (value, name, new);
        Err(self.pending())
    }

    /// `value[key]`.
    pub fn item(&mut self, value: &Value, key: &Value) -> Result<Value, Failure> {
        let _ = (value, key);
        Err(self.pending())
    }

    /// `value[key] = new`.
    pub fn set_item(&mut self, value: &Value, key: &Value, new: Value) -> Result<(), Failure> {
        let _ = (value, key, new);
        Err(self.pending())
    }

    /// An iterator over a value; `TypeError` when it has none.
    pub fn iterator(&mut self, value: &Value) -> Result<Value, Failure> {
        let _ = value;
        Err(self.pending())
    }

    /// The next value of an iterator; also drives generators.
    pub fn next(&mut self, iterator: &Value) -> Result<Option<Value>, Failure> {
        let _ = iterator;
        Err(self.pending())
    }

    /// All values of an iterable.
    pub fn collect(&mut self, value: &Value) -> Result<Vec<Value>, Failure> {
        let _ = value;
        Err(self.pending())
    }

    /// `len(value)`.
    pub fn length(&mut self, value: &Value) -> Result<usize, Failure> {
        let _ = value;
        Err(self.pending())
    }

    /// `item in container`.
    pub fn contains(&mut self, container: &Value, item: &Value) -> Result<bool, Failure> {
        let _ = (container, item);
        Err(self.pending())
    }

    /// `bool(value)`.
    pub fn truth(&mut self, value: &Value) -> Result<bool, Failure> {
        let _ = value;
        Err(self.pending())
    }

    /// `str(value)`.
    pub fn str(&mut self, value: &Value) -> Result<Rc<str>, Failure> {
        let _ = value;
        Err(self.pending())
    }

    /// `repr(value)`.
    pub fn repr(&mut self, value: &Value) -> Result<Rc<str>, Failure> {
        let _ = value;
        Err(self.pending())
    }

    /// Equality as containers need it: identity, or `==` read as a truth value.
    pub fn equals(&mut self, a: &Value, b: &Value) -> Result<bool, Failure> {
        let _ = (a, b);
        Err(self.pending())
    }

    /// A hash for dictionaries; `TypeError` for unhashable values.
    pub fn hash(&mut self, value: &Value) -> Result<u64, Failure> {
        let _ = value;
        Err(self.pending())
    }

    /// An operator before a value.
    pub fn unary(&mut self, operator: UnaryOperator, value: &Value) -> Result<Value, Failure> {
        let _ = (operator, value);
        Err(self.pending())
    }

    /// An operator between values.
    pub fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &Value,
        right: &Value,
    ) -> Result<Value, Failure> {
        let _ = (operator, left, right);
        Err(self.pending())
    }

    /// A comparison; the result need not be a truth value.
    pub fn compare(
        &mut self,
        operator: CompareOperator,
        left: &Value,
        right: &Value,
    ) -> Result<Value, Failure> {
        let _ = (operator, left, right);
        Err(self.pending())
    }

    /// `isinstance(value, class)`; a tuple of classes too.
    pub fn is_instance(&mut self, value: &Value, class: &Value) -> Result<bool, Failure> {
        let _ = (value, class);
        Err(self.pending())
    }

    /// Makes a class from the parts of a class statement. Host objects among the bases become
    /// ancestors (see [`Object::subclass`](super::Object::subclass)).
    pub fn new_class(
        &mut self,
        name: &Rc<str>,
        bases: &[Value],
        namespace: &Rc<Dict>,
    ) -> Result<Rc<Class>, Failure> {
        let _ = (name, bases, namespace);
        Err(self.pending())
    }

    /// The members of an enumeration of the program in their order (names and member instances),
    /// without aliases; `None` when the value is no enumeration class.
    pub fn enumeration(value: &Value) -> Option<Vec<(Rc<str>, Value)>> {
        match value {
            Value::Class(class) => {
                let enumeration = class.enumeration.borrow();
                enumeration
                    .as_ref()
                    .map(|enumeration| enumeration.members.borrow().clone())
            }
            _ => None,
        }
    }

    /// The name of a value's type, as messages tell it.
    pub fn type_name(value: &Value) -> Rc<str> {
        type_name(value)
    }

    /// An exception of a built-in class, by name.
    pub fn raise(&self, class: &str, message: impl AsRef<str>) -> Failure {
        Failure::raise(class, message)
    }

    /// The `AttributeError` for a missing attribute.
    pub fn no_attribute(&self, type_name: &str, name: &str) -> Failure {
        let failure = Failure::raise(
            "AttributeError",
            format!("'{type_name}' object has no attribute '{name}'"),
        );
        if let Failure::Raised(instance) = &failure {
            instance.attributes.set_str("name", Value::str(name));
        }
        failure
    }

    /// A refusal at the current place: the construct in short, what is refused and why, and what
    /// to do.
    pub fn refuse(
        &self,
        construct: impl AsRef<str>,
        message: impl AsRef<str>,
        advice: impl AsRef<str>,
    ) -> Failure {
        Failure::Refused(Box::new(Refusal {
            position: self.position(),
            construct: Rc::from(construct.as_ref()),
            message: Rc::from(message.as_ref()),
            advice: Rc::from(advice.as_ref()),
            trace: self.trace(),
        }))
    }

    /// The frames that run, outermost first.
    pub fn trace(&self) -> Vec<TraceEntry> {
        self.callers
            .iter()
            .map(|caller| TraceEntry {
                position: caller.code.position(caller.pc),
                function: caller.code.name.clone(),
            })
            .collect()
    }

    /// The innermost place outside library code.
    pub fn position(&self) -> Position {
        self.callers
            .iter()
            .rev()
            .find(|caller| !caller.code.library)
            .map_or_else(
                || Position {
                    path: Rc::from(""),
                    line: 0,
                    column: 0,
                },
                |caller| caller.code.position(caller.pc),
            )
    }

    /// Counts one operation against the limit.
    pub fn step(&mut self) -> Result<(), Failure> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            return Err(self.refuse(
                "step limit",
                format!("The program ran for more than {} steps.", self.limits.steps),
                "Shorten the loop, or raise the limit.",
            ));
        }
        Ok(())
    }

    /// Counts bytes about to be allocated against the limit.
    pub fn charge(&mut self, bytes: usize) -> Result<(), Failure> {
        self.allocated = self.allocated.saturating_add(bytes as u64);
        if self.allocated > self.limits.allocation {
            return Err(self.refuse(
                "memory limit",
                format!(
                    "The program asked for more than {} bytes of memory.",
                    self.limits.allocation
                ),
                "Make the values smaller, or raise the limit.",
            ));
        }
        Ok(())
    }

    fn pending(&self) -> Failure {
        let _ = (&self.handled, types());
        self.refuse("evaluation", "Nothing is evaluated yet.", "")
    }
}
