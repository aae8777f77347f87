//! Objects the host adds to the language.

use std::any::Any;
use std::rc::Rc;

use super::class::{Class, Instance};
use super::dict::Dict;
use super::value::Value;
use super::vm::Vm;
use super::{Arguments, Failure};

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `@`
    MatrixMultiply,
    /// `/`
    Divide,
    /// `//`
    FloorDivide,
    /// `%`
    Modulo,
    /// `**`
    Power,
    /// `<<`
    LeftShift,
    /// `>>`
    RightShift,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
}

impl BinaryOperator {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::MatrixMultiply => "@",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Modulo => "%",
            Self::Power => "**",
            Self::LeftShift => "<<",
            Self::RightShift => ">>",
            Self::And => "&",
            Self::Or => "|",
            Self::Xor => "^",
        }
    }

    /// The names of its method, of the reflected one and of the one in place.
    pub(crate) fn methods(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Add => ("__add__", "__radd__", "__iadd__"),
            Self::Subtract => ("__sub__", "__rsub__", "__isub__"),
            Self::Multiply => ("__mul__", "__rmul__", "__imul__"),
            Self::MatrixMultiply => ("__matmul__", "__rmatmul__", "__imatmul__"),
            Self::Divide => ("__truediv__", "__rtruediv__", "__itruediv__"),
            Self::FloorDivide => ("__floordiv__", "__rfloordiv__", "__ifloordiv__"),
            Self::Modulo => ("__mod__", "__rmod__", "__imod__"),
            Self::Power => ("__pow__", "__rpow__", "__ipow__"),
            Self::LeftShift => ("__lshift__", "__rlshift__", "__ilshift__"),
            Self::RightShift => ("__rshift__", "__rrshift__", "__irshift__"),
            Self::And => ("__and__", "__rand__", "__iand__"),
            Self::Or => ("__or__", "__ror__", "__ior__"),
            Self::Xor => ("__xor__", "__rxor__", "__ixor__"),
        }
    }
}

/// An operator before one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    /// `-`
    Negative,
    /// `+`
    Positive,
    /// `~`
    Invert,
}

impl UnaryOperator {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Negative => "-",
            Self::Positive => "+",
            Self::Invert => "~",
        }
    }

    /// The name of its method.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Negative => "__neg__",
            Self::Positive => "__pos__",
            Self::Invert => "__invert__",
        }
    }
}

/// A comparison that classes can define (`is`, `in` and `not` they cannot).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOperator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

impl CompareOperator {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
        }
    }

    /// The name of its method.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Equal => "__eq__",
            Self::NotEqual => "__ne__",
            Self::Less => "__lt__",
            Self::LessEqual => "__le__",
            Self::Greater => "__gt__",
            Self::GreaterEqual => "__ge__",
        }
    }

    /// The comparison that says the same with the sides exchanged.
    #[must_use]
    pub fn reflected(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
        }
    }

    /// Whether an order of the two sides satisfies it.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
        }
    }
}

/// An object the host adds to the language. Only the name of its type is required; what else it
/// does not define behaves as it does for a plain object of Python: attributes are missing, calls,
/// items and iteration raise `TypeError`, equality is identity, truth is true.
///
/// A host object may stand for a class as well: then it answers [`Object::call`] (construction),
/// [`Object::is_instance`] and [`Object::subclass`].
pub trait Object: Any {
    /// The name of its type in messages (`'Column' object has no attribute 'x'`).
    fn type_name(&self) -> Rc<str>;

    /// What `type(x)` gives; without one, a class made up from the type name.
    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        None
    }

    /// An attribute, `None` when there is none of that name. Methods need not be answered here,
    /// see [`Object::has_method`].
    fn attribute(self: Rc<Self>, _vm: &mut Vm, _name: &str) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// Whether [`Object::call_method`] knows the method: asked when an attribute is not found.
    fn has_method(&self, _name: &str) -> bool {
        false
    }

    /// Calls a method that [`Object::has_method`] knows.
    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        _arguments: Arguments,
    ) -> Result<Value, Failure> {
        Err(vm.no_attribute(&self.type_name(), name))
    }

    /// Sets an attribute; `false` when the object takes none.
    fn set_attribute(
        self: Rc<Self>,
        _vm: &mut Vm,
        _name: &str,
        _value: Value,
    ) -> Result<bool, Failure> {
        Ok(false)
    }

    /// Deletes an attribute; `false` when it cannot.
    fn delete_attribute(self: Rc<Self>, _vm: &mut Vm, _name: &str) -> Result<bool, Failure> {
        Ok(false)
    }

    /// The names `dir()` lists.
    fn attribute_names(&self) -> Vec<Rc<str>> {
        Vec::new()
    }

    /// Whether `callable()` says yes.
    fn is_callable(&self) -> bool {
        false
    }

    /// Calls the object; `None` when it cannot be called.
    fn call(self: Rc<Self>, _vm: &mut Vm, _arguments: Arguments) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// `x[key]`; `None` when it takes no keys.
    fn item(self: Rc<Self>, _vm: &mut Vm, _key: &Value) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// `x[key] = value`; `false` when it cannot.
    fn set_item(
        self: Rc<Self>,
        _vm: &mut Vm,
        _key: &Value,
        _value: Value,
    ) -> Result<bool, Failure> {
        Ok(false)
    }

    /// `del x[key]`; `false` when it cannot.
    fn delete_item(self: Rc<Self>, _vm: &mut Vm, _key: &Value) -> Result<bool, Failure> {
        Ok(false)
    }

    /// What a loop over it runs over: a list, a tuple, or an iterator ([`Value::Iterator`]).
    fn iterate(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// What a comprehension makes whose first source is the object, for one that does not know all of
    /// its values. The body is called with an iterator, and gives a list, a dictionary or a generator.
    fn comprehend(self: Rc<Self>, _vm: &mut Vm, _body: &Value) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// What `list(x)`, `tuple(x)`, `set(x)` and `frozenset(x)` give, for an object that does not know
    /// all of its values.
    fn copied(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// What `any(x)` or `all(x)` gives, for an object that does not know all of its values.
    fn quantified(self: Rc<Self>, _vm: &mut Vm, _all: bool) -> Result<Option<bool>, Failure> {
        Ok(None)
    }

    /// What `next(x)` gives, when the object is an iterator itself: `None` for "not an iterator",
    /// `Some(None)` for the end.
    fn next(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Option<Value>>, Failure> {
        Ok(None)
    }

    /// `len(x)`.
    fn length(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Ok(None)
    }

    /// `value in x`; `None` to search by iteration.
    fn contains(self: Rc<Self>, _vm: &mut Vm, _value: &Value) -> Result<Option<bool>, Failure> {
        Ok(None)
    }

    /// `bool(x)`; may raise, as SQL expressions do.
    fn truth(self: Rc<Self>, vm: &mut Vm) -> Result<bool, Failure> {
        Ok(self.length(vm)?.is_none_or(|length| length != 0))
    }

    /// `str(x)`; the repr unless defined.
    fn str(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        self.repr(vm)
    }

    /// `repr(x)`.
    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let name = self.type_name();
        Ok(format!(
            "<{name} object at 0x{:012x}>",
            Rc::as_ptr(&self).cast::<u8>() as usize
        )
        .into())
    }

    /// `format(x, specification)`; `None` to format `str(x)`.
    fn format(
        self: Rc<Self>,
        _vm: &mut Vm,
        _specification: &str,
    ) -> Result<Option<Rc<str>>, Failure> {
        Ok(None)
    }

    /// A hash consistent with [`Object::equals`]; `None` for identity. `Err` for unhashable ones.
    fn hash(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<u64>, Failure> {
        Ok(None)
    }

    /// Equality as dictionaries, sets and `in` need it. Not the `==` operator, which is
    /// [`Object::compare`].
    fn equals(self: Rc<Self>, _vm: &mut Vm, _other: &Value) -> Result<Option<bool>, Failure> {
        Ok(None)
    }

    /// An operator before the object; `None` when it has none.
    fn unary(
        self: Rc<Self>,
        _vm: &mut Vm,
        _operator: UnaryOperator,
    ) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// An operator between the object and another value, which stands on the left when
    /// `reflected`. `None` stands for `NotImplemented`.
    fn binary(
        self: Rc<Self>,
        _vm: &mut Vm,
        _operator: BinaryOperator,
        _other: &Value,
        _reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// A comparison with another value on the right. The result need not be a truth value. `None`
    /// stands for `NotImplemented`: then `==` and `!=` go by [`Object::equals`] and identity.
    fn compare(
        self: Rc<Self>,
        _vm: &mut Vm,
        _operator: CompareOperator,
        _other: &Value,
    ) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// Enters the object as a context manager, giving the value after `as`; `None` when it is
    /// none.
    fn enter(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// Leaves the context with the exception that ended it. `true` swallows the exception.
    fn exit(self: Rc<Self>, _vm: &mut Vm, _exception: Option<&Value>) -> Result<bool, Failure> {
        Ok(false)
    }

    /// `isinstance(value, x)` for an object that stands for a class; `None` when it does not.
    /// Instances of program classes that derive from it are recognised without asking.
    fn is_instance(self: Rc<Self>, _vm: &mut Vm, _value: &Value) -> Result<Option<bool>, Failure> {
        Ok(None)
    }

    /// `issubclass(value, x)` for an object that stands for a class; `None` when it does not.
    fn is_subclass(self: Rc<Self>, _vm: &mut Vm, _value: &Value) -> Result<Option<bool>, Failure> {
        Ok(None)
    }

    /// A class statement of the program derives from the object, or from a class that does. Gives
    /// the new class: usually what [`Vm::new_class`] made of the same parts, which then has this
    /// object as a base, sometimes a host object of its own. `None` (the default) refuses.
    ///
    /// Of a class made by [`Vm::new_class`] the object is asked again for what the program does
    /// not define: [`Object::class_attribute`], [`Object::instance_attribute`] and
    /// [`Object::initialize`].
    fn subclass(
        self: Rc<Self>,
        _vm: &mut Vm,
        _new: NewClass<'_>,
    ) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// An attribute of a program class that derives from the object, when the program does not
    /// define it. By default the object's own attribute.
    fn class_attribute(
        self: Rc<Self>,
        vm: &mut Vm,
        _class: &Rc<Class>,
        name: &str,
    ) -> Result<Option<Value>, Failure> {
        self.attribute(vm, name)
    }

    /// An attribute of an instance of a program class that derives from the object, when neither
    /// the instance nor the program's classes have it. Asked for methods too.
    fn instance_attribute(
        self: Rc<Self>,
        _vm: &mut Vm,
        _instance: &Rc<Instance>,
        _name: &str,
    ) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// `__init__` of a program class that derives from the object, when the program defines none
    /// or calls `super().__init__`. The default sets the keyword arguments as attributes and drops
    /// the positional ones.
    fn initialize(
        self: Rc<Self>,
        vm: &mut Vm,
        instance: &Rc<Instance>,
        arguments: Arguments,
    ) -> Result<(), Failure> {
        let _ = vm;
        for (name, value) in arguments.keywords {
            instance.attributes.set_str(&name, value);
        }
        Ok(())
    }

    /// An operator on an instance of a program class that derives from the object, when the
    /// program defines none; as [`Object::binary`].
    fn instance_binary(
        self: Rc<Self>,
        _vm: &mut Vm,
        _instance: &Rc<Instance>,
        _operator: BinaryOperator,
        _other: &Value,
        _reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// A comparison of an instance of a program class that derives from the object; as
    /// [`Object::compare`].
    fn instance_compare(
        self: Rc<Self>,
        _vm: &mut Vm,
        _instance: &Rc<Instance>,
        _operator: CompareOperator,
        _other: &Value,
    ) -> Result<Option<Value>, Failure> {
        Ok(None)
    }
}

/// The parts of a class statement that derives from a host object.
pub struct NewClass<'a> {
    /// The name after `class`.
    pub name: &'a Rc<str>,
    /// The bases in their order, host objects among them.
    pub bases: &'a [Value],
    /// What the body defined.
    pub namespace: &'a Rc<Dict>,
    /// Keyword arguments of the statement (`table=True`); `metaclass` among them.
    pub keywords: &'a [(Rc<str>, Value)],
}
