//! The values a program computes with.

use std::cell::{Ref, RefCell, RefMut};
use std::ops::Deref;
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::class::{Class, Instance};
use super::dict::Dict;
use super::function::{Descriptor, Function, Generator, Method, Module, Native, Super};
use super::iterator::Iteration;
use super::object::Object;
use super::trash;
use super::vm::Vm;
use super::{Arguments, Failure};

/// A value of the program. Cloning never copies more than a pointer.
#[derive(Clone)]
pub enum Value {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer that fits 64 bits.
    Int(i64),
    /// An integer that does not fit 64 bits (never one that does).
    Big(Rc<BigInt>),
    /// A floating point number.
    Float(f64),
    /// Text.
    Str(Rc<str>),
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// A list.
    List(Rc<List>),
    /// A tuple.
    Tuple(Rc<Tuple>),
    /// A dictionary, in insertion order.
    Dict(Rc<Dict>),
    /// A set, in insertion order.
    Set(Rc<Set>),
    /// An immutable set.
    FrozenSet(Rc<Set>),
    /// A `range`.
    Range(Rc<Range>),
    /// A `slice`.
    Slice(Rc<Slice>),
    /// A function or lambda of the program.
    Function(Rc<Function>),
    /// A function of the host or of the evaluator.
    Native(Rc<Native>),
    /// A callable with its receiver.
    Method(Rc<Method>),
    /// A class, built in or of the program.
    Class(Rc<Class>),
    /// An instance of a class that has attributes of its own; exceptions are instances too.
    Instance(Rc<Instance>),
    /// A module.
    Module(Rc<Module>),
    /// An object of the host.
    Object(Rc<dyn Object>),
    /// A generator or coroutine.
    Generator(Rc<Generator>),
    /// Any other iterator.
    Iterator(Rc<Iteration>),
    /// `property`, `classmethod` and `staticmethod` objects.
    Descriptor(Rc<Descriptor>),
    /// What `super()` gives.
    Super(Rc<Super>),
    /// `...`.
    Ellipsis,
    /// `NotImplemented`.
    NotImplemented,
}

/// A list.
#[derive(Default)]
pub struct List {
    items: RefCell<Vec<Value>>,
}

impl List {
    /// A list of these items.
    pub fn new(items: Vec<Value>) -> Self {
        Self {
            items: RefCell::new(items),
        }
    }

    /// The items, for reading. Do not call into the program while this is held.
    pub fn borrow(&self) -> Ref<'_, Vec<Value>> {
        self.items.borrow()
    }

    /// The items, for changing. Do not call into the program while this is held.
    pub fn borrow_mut(&self) -> RefMut<'_, Vec<Value>> {
        self.items.borrow_mut()
    }
}

impl Drop for List {
    fn drop(&mut self) {
        trash::bury(std::mem::take(self.items.get_mut()));
    }
}

/// A tuple.
pub struct Tuple {
    items: Vec<Value>,
}

impl Tuple {
    /// A tuple of these items.
    pub fn new(items: Vec<Value>) -> Self {
        Self { items }
    }
}

impl Deref for Tuple {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.items
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        trash::bury(std::mem::take(&mut self.items));
    }
}

/// The members of a `set` or `frozenset`, in insertion order.
#[derive(Default)]
pub struct Set {
    /// The members are the keys.
    pub(crate) members: Dict,
}

impl Set {
    /// A copy of the members.
    pub fn members(&self) -> Vec<Value> {
        self.members.keys()
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.members.len() == 0
    }
}

/// A `range`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// First number.
    pub start: i64,
    /// The number before which it ends.
    pub stop: i64,
    /// Difference of neighbours, never zero.
    pub step: i64,
}

impl Range {
    /// How many numbers there are.
    pub fn len(&self) -> i64 {
        let (start, stop, step) = (
            i128::from(self.start),
            i128::from(self.stop),
            i128::from(self.step),
        );
        let count = if step > 0 {
            (stop - start + step - 1) / step
        } else {
            (start - stop - step - 1) / -step
        };
        i64::try_from(count.max(0)).unwrap_or(i64::MAX)
    }

    /// Whether there is no number.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at a place below [`Range::len`].
    pub fn at(&self, index: i64) -> i64 {
        self.start.wrapping_add(self.step.wrapping_mul(index))
    }
}

/// A `slice`.
pub struct Slice {
    /// Before the first colon.
    pub start: Value,
    /// Before the second colon.
    pub stop: Value,
    /// After the second colon.
    pub step: Value,
}

impl Drop for Slice {
    fn drop(&mut self) {
        for value in [&mut self.start, &mut self.stop, &mut self.step] {
            trash::bury_one(std::mem::replace(value, Value::None));
        }
    }
}

impl Value {
    /// Text.
    pub fn str(text: impl AsRef<str>) -> Self {
        Self::Str(Rc::from(text.as_ref()))
    }

    /// Bytes.
    pub fn bytes(bytes: impl AsRef<[u8]>) -> Self {
        Self::Bytes(Rc::from(bytes.as_ref()))
    }

    /// A list.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(Rc::new(List::new(items)))
    }

    /// A tuple.
    pub fn tuple(items: Vec<Value>) -> Self {
        Self::Tuple(Rc::new(Tuple::new(items)))
    }

    /// An empty dictionary.
    pub fn dict() -> Self {
        Self::Dict(Rc::new(Dict::default()))
    }

    /// An integer of any size.
    pub fn big(number: BigInt) -> Self {
        match number.to_i64() {
            Some(small) => Self::Int(small),
            None => Self::Big(Rc::new(number)),
        }
    }

    /// A function that calls into Rust.
    pub fn native(
        name: &'static str,
        function: impl Fn(&mut Vm, Arguments) -> Result<Value, Failure> + 'static,
    ) -> Self {
        Self::Native(Rc::new(Native::new(name, function)))
    }

    /// A host object.
    pub fn object(object: impl Object) -> Self {
        Self::Object(Rc::new(object))
    }

    /// The text of a string; nothing else is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a string, or of an instance of a subclass of `str` (members of `class X(str, Enum)`).
    pub fn to_text(&self) -> Option<Rc<str>> {
        match self.plain() {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The integer of an `int` or `bool` (or of a subclass) that fits 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Bool(truth) => Some(i64::from(*truth)),
            Self::Instance(_) => match self.plain() {
                Self::Int(number) => Some(number),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether dropping it may drop other values.
    pub(crate) fn holds_others(&self) -> bool {
        !matches!(
            self,
            Self::None
                | Self::Bool(_)
                | Self::Int(_)
                | Self::Big(_)
                | Self::Float(_)
                | Self::Str(_)
                | Self::Bytes(_)
                | Self::Range(_)
                | Self::Ellipsis
                | Self::NotImplemented
        )
    }

    /// Whether this is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The host object inside, when it is of type `T`.
    pub fn downcast<T: Object>(&self) -> Option<Rc<T>> {
        match self {
            Self::Object(object) => {
                let any: Rc<dyn std::any::Any> = object.clone();
                any.downcast::<T>().ok()
            }
            _ => None,
        }
    }

    /// Whether it is a value of a built-in type with a length, members and an order of going
    /// through them.
    pub(crate) fn is_collection(&self) -> bool {
        matches!(
            self,
            Self::Str(_)
                | Self::Bytes(_)
                | Self::List(_)
                | Self::Tuple(_)
                | Self::Dict(_)
                | Self::Set(_)
                | Self::FrozenSet(_)
                | Self::Range(_)
        )
    }

    /// An instance of a class that derives from a built-in type (`class X(str)`) as that built-in
    /// type's value; everything else as it is.
    #[must_use]
    pub fn plain(&self) -> Value {
        match self {
            Self::Instance(instance) => match &*instance.payload.borrow() {
                super::class::Payload::Value(value) => value.clone(),
                _ => self.clone(),
            },
            _ => self.clone(),
        }
    }

    /// Whether both are the same object (`is`).
    pub fn is(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::None, Self::None)
            | (Self::Ellipsis, Self::Ellipsis)
            | (Self::NotImplemented, Self::NotImplemented) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Big(a), Self::Big(b)) => Rc::ptr_eq(a, b),
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            // Short equal texts are usually one object in CPython; programs that ask are told so.
            (Self::Str(a), Self::Str(b)) => Rc::ptr_eq(a, b) || a == b,
            (Self::Bytes(a), Self::Bytes(b)) => Rc::ptr_eq(a, b),
            (Self::List(a), Self::List(b)) => Rc::ptr_eq(a, b),
            (Self::Tuple(a), Self::Tuple(b)) => Rc::ptr_eq(a, b) || (a.is_empty() && b.is_empty()),
            (Self::Dict(a), Self::Dict(b)) => Rc::ptr_eq(a, b),
            (Self::Set(a), Self::Set(b)) | (Self::FrozenSet(a), Self::FrozenSet(b)) => {
                Rc::ptr_eq(a, b)
            }
            (Self::Range(a), Self::Range(b)) => Rc::ptr_eq(a, b),
            (Self::Slice(a), Self::Slice(b)) => Rc::ptr_eq(a, b),
            (Self::Function(a), Self::Function(b)) => Rc::ptr_eq(a, b),
            (Self::Native(a), Self::Native(b)) => Rc::ptr_eq(a, b),
            (Self::Method(a), Self::Method(b)) => Rc::ptr_eq(a, b),
            (Self::Class(a), Self::Class(b)) => Rc::ptr_eq(a, b),
            (Self::Instance(a), Self::Instance(b)) => Rc::ptr_eq(a, b),
            (Self::Module(a), Self::Module(b)) => Rc::ptr_eq(a, b),
            (Self::Object(a), Self::Object(b)) => std::ptr::addr_eq(Rc::as_ptr(a), Rc::as_ptr(b)),
            (Self::Generator(a), Self::Generator(b)) => Rc::ptr_eq(a, b),
            (Self::Iterator(a), Self::Iterator(b)) => Rc::ptr_eq(a, b),
            (Self::Descriptor(a), Self::Descriptor(b)) => Rc::ptr_eq(a, b),
            (Self::Super(a), Self::Super(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// A number that tells objects apart while they live.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(crate) fn address(&self) -> usize {
        match self {
            Self::None => 1,
            Self::Ellipsis => 2,
            Self::NotImplemented => 3,
            Self::Bool(truth) => 4 + usize::from(*truth),
            Self::Int(number) => (*number as usize).wrapping_mul(32).wrapping_add(64),
            Self::Float(number) => number.to_bits() as usize,
            Self::Big(rc) => Rc::as_ptr(rc) as usize,
            Self::Str(rc) => Rc::as_ptr(rc).cast::<u8>() as usize,
            Self::Bytes(rc) => Rc::as_ptr(rc).cast::<u8>() as usize,
            Self::List(rc) => Rc::as_ptr(rc) as usize,
            Self::Tuple(rc) => Rc::as_ptr(rc) as usize,
            Self::Dict(rc) => Rc::as_ptr(rc) as usize,
            Self::Set(rc) | Self::FrozenSet(rc) => Rc::as_ptr(rc) as usize,
            Self::Range(rc) => Rc::as_ptr(rc) as usize,
            Self::Slice(rc) => Rc::as_ptr(rc) as usize,
            Self::Function(rc) => Rc::as_ptr(rc) as usize,
            Self::Native(rc) => Rc::as_ptr(rc) as usize,
            Self::Method(rc) => Rc::as_ptr(rc) as usize,
            Self::Class(rc) => Rc::as_ptr(rc) as usize,
            Self::Instance(rc) => Rc::as_ptr(rc) as usize,
            Self::Module(rc) => Rc::as_ptr(rc) as usize,
            Self::Object(rc) => Rc::as_ptr(rc).cast::<u8>() as usize,
            Self::Generator(rc) => Rc::as_ptr(rc) as usize,
            Self::Iterator(rc) => Rc::as_ptr(rc) as usize,
            Self::Descriptor(rc) => Rc::as_ptr(rc) as usize,
            Self::Super(rc) => Rc::as_ptr(rc) as usize,
        }
    }
}

impl std::fmt::Debug for Value {
    /// The repr of plain values; only the type and address of others, since these may call into
    /// the program.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(truth) => f.write_str(if *truth { "True" } else { "False" }),
            Self::Int(number) => write!(f, "{number}"),
            Self::Big(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number:?}"),
            Self::Str(text) => write!(f, "{text:?}"),
            Self::Bytes(bytes) => write!(f, "bytes({bytes:?})"),
            Self::Tuple(items) => f.debug_list().entries(items.iter()).finish(),
            Self::Class(class) => write!(f, "<class {}>", class.name),
            Self::Object(object) => write!(f, "<{}>", object.type_name()),
            other => write!(f, "<value {:x}>", other.address()),
        }
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        i64::try_from(number).map_or_else(|_| Self::big(BigInt::from(number)), Self::Int)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::str(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Str(Rc::from(text))
    }
}

impl From<Rc<str>> for Value {
    fn from(text: Rc<str>) -> Self {
        Self::Str(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::list(items)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}
