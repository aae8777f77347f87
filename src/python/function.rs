//! Things that can be called, and modules.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::class::{Class, MethodFn};
use super::code::Code;
use super::dict::Dict;
use super::frame::Frame;
use super::object::Object;
use super::trash;
use super::value::Value;
use super::vm::Vm;
use super::{Arguments, Failure};

/// A variable shared by functions.
pub(crate) struct Variable {
    pub(crate) value: RefCell<Option<Value>>,
}

impl Variable {
    pub(crate) fn new(value: Option<Value>) -> Rc<Self> {
        Rc::new(Self {
            value: RefCell::new(value),
        })
    }
}

impl Drop for Variable {
    fn drop(&mut self) {
        if let Some(value) = self.value.get_mut().take() {
            trash::bury_one(value);
        }
    }
}

/// A function of the program.
pub struct Function {
    pub(crate) code: Rc<Code>,
    pub(crate) globals: Rc<Dict>,
    /// Defaults of the last positional parameters.
    pub(crate) defaults: Vec<Value>,
    /// Defaults of keyword-only parameters, by their place among them.
    pub(crate) keyword_defaults: Vec<Option<Value>>,
    pub(crate) closure: Vec<Rc<Variable>>,
    /// What the program sets: `__doc__`, `__name__`, `__wrapped__`, anything.
    pub(crate) attributes: Rc<Dict>,
}

impl Function {
    /// Its name.
    pub fn name(&self) -> Rc<str> {
        match self.attributes.get_str("__name__") {
            Some(Value::Str(name)) => name,
            _ => self.code.name.clone(),
        }
    }

    /// The names of its positional parameters.
    pub fn parameters(&self) -> &[Rc<str>] {
        self.code
            .locals
            .get(..self.code.positional)
            .unwrap_or_default()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let mut values = std::mem::take(&mut self.defaults);
        values.extend(
            std::mem::take(&mut self.keyword_defaults)
                .into_iter()
                .flatten(),
        );
        for variable in std::mem::take(&mut self.closure) {
            if let Ok(mut variable) = Rc::try_unwrap(variable)
                && let Some(value) = variable.value.get_mut().take()
            {
                values.push(value);
            }
        }
        trash::bury(values);
    }
}

/// A function that calls into Rust.
pub struct Native {
    /// Its name.
    pub name: Rc<str>,
    #[allow(clippy::type_complexity)]
    pub(crate) function: Box<dyn Fn(&mut Vm, Arguments) -> Result<Value, Failure>>,
    /// Becomes a method when it is looked up on an instance.
    pub(crate) binds: bool,
}

impl Native {
    /// A native function.
    pub fn new(
        name: impl Into<Rc<str>>,
        function: impl Fn(&mut Vm, Arguments) -> Result<Value, Failure> + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            function: Box::new(function),
            binds: false,
        }
    }

    /// A native function that receives the instance it is looked up on, as methods do: for the
    /// namespaces of classes.
    pub fn method(
        name: impl Into<Rc<str>>,
        function: impl Fn(&mut Vm, Arguments) -> Result<Value, Failure> + 'static,
    ) -> Self {
        Self {
            binds: true,
            ..Self::new(name, function)
        }
    }
}

/// What a bound method calls.
#[derive(Clone)]
pub(crate) enum Callee {
    /// A function, with the receiver as its first argument.
    Value(Value),
    /// A method of a built-in type.
    Builtin(Rc<str>, MethodFn),
    /// A method of a host object.
    Host(Rc<str>),
}

/// A callable with its receiver.
pub struct Method {
    pub(crate) receiver: Value,
    pub(crate) callee: Callee,
}

impl Method {
    /// The value it was looked up on.
    pub fn receiver(&self) -> &Value {
        &self.receiver
    }

    /// The function it calls, when it is a value.
    pub fn function(&self) -> Option<&Value> {
        match &self.callee {
            Callee::Value(function) => Some(function),
            _ => None,
        }
    }
}

impl Drop for Method {
    fn drop(&mut self) {
        let mut values = vec![std::mem::replace(&mut self.receiver, Value::None)];
        if let Callee::Value(value) = &mut self.callee {
            values.push(std::mem::replace(value, Value::None));
        }
        trash::bury(values);
    }
}

/// A module.
pub struct Module {
    /// Its full name.
    pub name: Rc<str>,
    /// Its globals.
    pub namespace: Rc<Dict>,
    /// What it does not define is refused by name instead of missing.
    pub(crate) closed: bool,
}

impl Module {
    /// A module of the host with these members. Members it does not have raise `AttributeError`
    /// or `ImportError`; a host that would rather refuse uses an [`Object`].
    pub fn new<'a>(
        name: impl Into<Rc<str>>,
        members: impl IntoIterator<Item = (&'a str, Value)>,
    ) -> Self {
        let name = name.into();
        let namespace = Dict::of(members);
        namespace.set_str("__name__", Value::Str(name.clone()));
        Self {
            name,
            namespace: Rc::new(namespace),
            closed: false,
        }
    }
}

/// A property, class method or static method.
pub struct Descriptor {
    pub(crate) kind: DescriptorKind,
    pub(crate) attributes: Rc<Dict>,
}

/// What a [`Descriptor`] is.
pub(crate) enum DescriptorKind {
    Property {
        getter: Value,
        setter: Value,
        deleter: Value,
        doc: Value,
    },
    ClassMethod(Value),
    StaticMethod(Value),
    /// Computed once, then kept among the instance's attributes.
    CachedProperty {
        function: Value,
        name: RefCell<Option<Rc<str>>>,
    },
}

/// What `super()` gives.
pub struct Super {
    /// The class after which lookup starts.
    pub(crate) after: Rc<Class>,
    /// The instance or class it is bound to.
    pub(crate) receiver: Value,
}

/// A generator or coroutine.
pub struct Generator {
    /// Its frame, while it neither runs nor is done.
    pub(crate) frame: RefCell<Option<Box<Frame>>>,
    pub(crate) name: Rc<str>,
    pub(crate) running: Cell<bool>,
    pub(crate) started: Cell<bool>,
    pub(crate) coroutine: bool,
    pub(crate) asynchronous: bool,
}

impl From<Rc<dyn Object>> for Value {
    fn from(object: Rc<dyn Object>) -> Self {
        Value::Object(object)
    }
}
