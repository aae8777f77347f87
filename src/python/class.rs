//! Classes and their instances.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::dict::Dict;
use super::error::TraceEntry;
use super::object::Object;
use super::trash;
use super::types::types;
use super::value::Value;
use super::vm::Vm;
use super::{Arguments, Failure};

/// Calls a method of a built-in type: the receiver, then the arguments.
pub(crate) type MethodFn = fn(&mut Vm, &Value, Arguments) -> Result<Value, Failure>;

/// Makes a value of a built-in class.
pub(crate) type Constructor = fn(&mut Vm, &Rc<Class>, Arguments) -> Result<Value, Failure>;

/// What instances of a class hold besides attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Nothing.
    Plain,
    /// Exceptions: arguments, cause, trace.
    Exception,
    /// A value of the built-in type the class derives from.
    Builtin,
}

/// A class.
pub struct Class {
    /// Its name.
    pub name: Rc<str>,
    /// Its module.
    pub module: Rc<str>,
    /// Its direct bases.
    pub bases: Vec<Rc<Class>>,
    /// What its body defined, and what was set later.
    pub namespace: Rc<Dict>,
    /// The host object it stands for as a base of program classes.
    pub host: Option<Rc<dyn Object>>,
    /// All classes after it in the order of lookup.
    pub(crate) ancestors: Vec<Rc<Class>>,
    pub(crate) layout: Layout,
    /// Methods of built-in types.
    pub(crate) methods: Option<fn(&str) -> Option<MethodFn>>,
    /// How built-in types make values.
    pub(crate) constructor: Option<Constructor>,
    /// Cannot be changed by the program.
    pub(crate) fixed: bool,
    /// What the host keeps with it.
    pub data: RefCell<Option<Rc<dyn Any>>>,
    /// Members, when it is an enumeration.
    pub(crate) enumeration: RefCell<Option<Rc<super::enumeration::Enumeration>>>,
    /// Qualified name, `Outer.Inner`.
    pub(crate) qualified: RefCell<Rc<str>>,
    /// Classes that derive from it ask for `__getattr__` and the like only if somebody defines them.
    pub(crate) hooks: Cell<Hooks>,
}

/// Which special methods a program class or one of its ancestors defines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hooks {
    pub(crate) getattribute: bool,
    pub(crate) getattr: bool,
    pub(crate) setattr: bool,
    pub(crate) data_descriptors: bool,
    pub(crate) host: bool,
}

impl Class {
    /// An exception class of a host module: `Class::exception("OperationalError", "sqlalchemy.exc",
    /// &[&base])`. Without bases it derives from `Exception`.
    pub fn exception(name: &str, module: &str, bases: &[&Rc<Class>]) -> Rc<Class> {
        let bases = if bases.is_empty() {
            vec![types().exception("Exception")]
        } else {
            bases.iter().map(|&base| base.clone()).collect()
        };
        Rc::new(Self::assemble(name, module, bases, Layout::Exception))
    }

    /// A built-in exception class by name (`"ValueError"`).
    pub fn builtin_exception(name: &str) -> Rc<Class> {
        types().exception(name)
    }

    /// Parts shared by all ways to make a class.
    pub(crate) fn assemble(
        name: &str,
        module: &str,
        bases: Vec<Rc<Class>>,
        layout: Layout,
    ) -> Class {
        let ancestors = linearize(&bases).unwrap_or_default();
        let mut hooks = Hooks::default();
        for base in &bases {
            let inherited = base.hooks.get();
            hooks.getattribute |= inherited.getattribute;
            hooks.getattr |= inherited.getattr;
            hooks.setattr |= inherited.setattr;
            hooks.data_descriptors |= inherited.data_descriptors;
            hooks.host |= inherited.host;
        }
        Class {
            name: Rc::from(name),
            module: Rc::from(module),
            bases,
            namespace: Rc::new(Dict::default()),
            host: None,
            ancestors,
            layout,
            methods: None,
            constructor: None,
            fixed: false,
            data: RefCell::new(None),
            enumeration: RefCell::new(None),
            qualified: RefCell::new(Rc::from(name)),
            hooks: Cell::new(hooks),
        }
    }

    /// Whether it is the class or derives from it.
    pub fn is_subclass_of(self: &Rc<Self>, other: &Rc<Class>) -> bool {
        Rc::ptr_eq(self, other) || self.ancestors.iter().any(|class| Rc::ptr_eq(class, other))
    }

    /// Whether it derives from a host object.
    pub fn derives_from(&self, host: &Rc<dyn Object>) -> bool {
        self.hooks.get().host
            && self
                .lookup_order_hosts()
                .any(|one| std::ptr::addr_eq(Rc::as_ptr(one), Rc::as_ptr(host)))
    }

    /// The host objects it derives from, nearest first.
    pub fn lookup_order_hosts(&self) -> impl Iterator<Item = &Rc<dyn Object>> {
        self.host.iter().chain(
            self.ancestors
                .iter()
                .filter_map(|class| class.host.as_ref()),
        )
    }

    /// What the class or an ancestor of the program defines under a name; methods as functions,
    /// not bound.
    pub fn lookup(&self, name: &str) -> Option<Value> {
        let hash = super::dict::hash_str(name);
        self.lookup_hashed(name, hash)
    }

    pub(crate) fn lookup_hashed(&self, name: &str, hash: u64) -> Option<Value> {
        if let Some(value) = self.namespace.get_str_hashed(name, hash) {
            return Some(value);
        }
        self.ancestors
            .iter()
            .find_map(|class| class.namespace.get_str_hashed(name, hash))
    }

    /// The classes in the order of lookup, itself first.
    pub fn lookup_order(self: &Rc<Self>) -> impl Iterator<Item = &Rc<Class>> {
        std::iter::once(self).chain(self.ancestors.iter())
    }

    /// A method of the built-in types among its ancestors.
    pub(crate) fn builtin_method(&self, name: &str) -> Option<MethodFn> {
        if let Some(method) = self.methods.and_then(|methods| methods(name)) {
            return Some(method);
        }
        self.ancestors
            .iter()
            .find_map(|class| class.methods.and_then(|methods| methods(name)))
    }
}

impl Drop for Class {
    fn drop(&mut self) {
        // Chains of classes are as long as the program likes.
        let mut values: Vec<Value> = std::mem::take(&mut self.bases)
            .into_iter()
            .map(Value::Class)
            .collect();
        values.extend(
            std::mem::take(&mut self.ancestors)
                .into_iter()
                .map(Value::Class),
        );
        trash::bury(values);
    }
}

/// C3 linearisation of the bases: all ancestors in the order of lookup. `None` when there is no
/// consistent order.
pub(crate) fn linearize(bases: &[Rc<Class>]) -> Option<Vec<Rc<Class>>> {
    if let [base] = bases {
        let mut order = Vec::with_capacity(base.ancestors.len() + 1);
        order.push(base.clone());
        order.extend(base.ancestors.iter().cloned());
        return Some(order);
    }
    let mut sequences: Vec<Vec<Rc<Class>>> = bases
        .iter()
        .map(|base| {
            let mut sequence: Vec<Rc<Class>> = base.ancestors.iter().rev().cloned().collect();
            sequence.push(base.clone());
            sequence
        })
        .collect();
    sequences.push(bases.iter().rev().cloned().collect());
    // Sequences are reversed, so that their heads can be popped.
    let mut order: Vec<Rc<Class>> = Vec::new();
    loop {
        sequences.retain(|sequence| !sequence.is_empty());
        if sequences.is_empty() {
            return Some(order);
        }
        let next = sequences
            .iter()
            .filter_map(|sequence| sequence.last())
            .find(|head| {
                sequences.iter().all(|sequence| {
                    sequence
                        .iter()
                        .rev()
                        .skip(1)
                        .all(|class| !Rc::ptr_eq(class, head))
                })
            })?
            .clone();
        for sequence in &mut sequences {
            if sequence.last().is_some_and(|head| Rc::ptr_eq(head, &next)) {
                sequence.pop();
            }
        }
        order.push(next);
    }
}

/// What an instance holds besides its attributes.
pub enum Payload {
    /// Nothing.
    None,
    /// A value of the built-in type its class derives from (`class X(str)`).
    Value(Value),
    /// An exception's parts.
    Exception(Exception),
    /// What the host keeps with it.
    Host(Rc<dyn Any>),
}

/// What an exception holds.
pub struct Exception {
    /// Its arguments.
    pub args: Vec<Value>,
    /// `__cause__`.
    pub cause: Value,
    /// `__context__`.
    pub context: Value,
    /// `__suppress_context__`.
    pub suppress: bool,
    /// The frames it passed, innermost first.
    pub trace: Vec<TraceEntry>,
}

impl Exception {
    /// An exception that was not raised yet.
    pub fn new(args: Vec<Value>) -> Self {
        Self {
            args,
            cause: Value::None,
            context: Value::None,
            suppress: false,
            trace: Vec::new(),
        }
    }
}

impl Drop for Exception {
    fn drop(&mut self) {
        let mut values = std::mem::take(&mut self.args);
        values.push(std::mem::replace(&mut self.cause, Value::None));
        values.push(std::mem::replace(&mut self.context, Value::None));
        trash::bury(values);
    }
}

/// An instance of a class.
pub struct Instance {
    /// Its class.
    pub class: Rc<Class>,
    /// Its attributes (`__dict__`).
    pub attributes: Rc<Dict>,
    /// What it holds besides.
    pub payload: RefCell<Payload>,
}

impl Instance {
    /// An instance without attributes; `__init__` is not called.
    pub fn new(class: Rc<Class>) -> Self {
        Self {
            class,
            attributes: Rc::new(Dict::default()),
            payload: RefCell::new(Payload::None),
        }
    }

    /// What the host keeps with it, when it is a `T`.
    pub fn host_data<T: Any>(&self) -> Option<Rc<T>> {
        match &*self.payload.borrow() {
            Payload::Host(data) => data.clone().downcast::<T>().ok(),
            _ => None,
        }
    }

    /// Keeps something of the host with it.
    pub fn set_host_data(&self, data: Rc<dyn Any>) {
        *self.payload.borrow_mut() = Payload::Host(data);
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Payload::Value(value) = std::mem::replace(self.payload.get_mut(), Payload::None) {
            trash::bury_one(value);
        }
    }
}

/// The text of an exception as far as it can be told without calling into the program.
pub(crate) fn exception_text(instance: &Instance) -> Rc<str> {
    let Payload::Exception(exception) = &*instance.payload.borrow() else {
        return Rc::from("");
    };
    let is_key_error = instance
        .class
        .lookup_order_names()
        .any(|name| name == "KeyError");
    match exception.args.as_slice() {
        [] => Rc::from(""),
        [Value::Str(text)] if !is_key_error => text.clone(),
        [one] => super::types::simple_repr(one).into(),
        many => {
            let parts: Vec<String> = many.iter().map(super::types::simple_repr).collect();
            format!("({})", parts.join(", ")).into()
        }
    }
}

impl Class {
    fn lookup_order_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.name).chain(self.ancestors.iter().map(|class| &*class.name))
    }
}

impl Class {
    /// Its name with its module, as `repr` shows it.
    pub(crate) fn display_name(&self) -> String {
        if &*self.module == "builtins" {
            self.qualified.borrow().to_string()
        } else {
            format!("{}.{}", self.module, self.qualified.borrow())
        }
    }

    /// A class of a host module whose values Rust makes. Its methods go into its namespace with
    /// [`Native::method`](super::Native::method).
    pub fn native(
        name: &str,
        module: &str,
        bases: &[&Rc<Class>],
        host: Option<Rc<dyn Object>>,
    ) -> Rc<Class> {
        let bases: Vec<Rc<Class>> = if bases.is_empty() {
            vec![types().object.clone()]
        } else {
            bases.iter().map(|&base| base.clone()).collect()
        };
        let layout = bases
            .iter()
            .map(|base| base.layout)
            .max_by_key(|layout| *layout as u8);
        let mut class = Self::assemble(name, module, bases, layout.unwrap_or(Layout::Plain));
        if host.is_some() {
            let mut hooks = class.hooks.get();
            hooks.host = true;
            class.hooks.set(hooks);
        }
        class.host = host;
        Rc::new(class)
    }
}
