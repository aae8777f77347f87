//! Python's built-in functions and types.

mod bytes;
mod construct;
mod dict;
mod exception;
mod functions;
mod list;
mod number;
mod object;
mod set;
mod string;
mod view;

use std::rc::Rc;

use super::class::{Class, MethodFn};
use super::dict::Dict;
use super::types::types;
use super::value::Value;
use super::vm::Vm;
use super::{Arguments, Failure};

pub(crate) use construct::{decode, encode, int_of};
pub(crate) use functions::{refused, sort_values};
pub(crate) use number::ratio;
pub(crate) use object::{generic_method, super_method};

/// Gives a built-in class its methods and constructor.
pub(crate) fn equip(class: &mut Class) {
    class.methods = match &*class.name {
        "object" => Some(object::object_method),
        "str" => Some(string::method),
        "bytes" | "bytearray" => Some(bytes::method),
        "list" => Some(list::method),
        "tuple" | "range" => Some(list::tuple_method),
        "dict" => Some(dict::method),
        "set" => Some(set::method),
        "frozenset" => Some(set::frozen_method),
        "int" | "bool" => Some(number::int_method),
        "float" => Some(number::float_method),
        "generator" | "coroutine" => Some(object::generator_method),
        "property" => Some(object::property_method),
        "slice" => Some(object::slice_method),
        "BaseException" => Some(exception::method),
        _ => None,
    };
    class.constructor = construct::constructor(&class.name);
}

/// A method of a built-in value.
pub(crate) fn method_of(value: &Value, name: &str) -> Option<MethodFn> {
    match value {
        Value::Str(_) => string::method(name),
        Value::Bytes(_) => bytes::method(name),
        Value::List(_) => list::method(name),
        Value::Tuple(_) | Value::Range(_) => list::tuple_method(name),
        Value::Dict(_) => dict::method(name),
        Value::Set(_) => set::method(name),
        Value::FrozenSet(_) => set::frozen_method(name),
        Value::Int(_) | Value::Big(_) | Value::Bool(_) => number::int_method(name),
        Value::Float(_) => number::float_method(name),
        Value::Generator(_) => object::generator_method(name),
        Value::Descriptor(_) => object::property_method(name),
        Value::Slice(_) => object::slice_method(name),
        _ => None,
    }
}

/// A class method or static method of a built-in class.
pub(crate) fn class_method(class: &Rc<Class>, name: &str) -> Option<Value> {
    let base = class.lookup_order().find(|one| one.fixed)?.clone();
    construct::class_method(&base, class, name)
}

/// A special method of a built-in class, not bound: `dict.__setitem__`.
pub(crate) fn unbound_special(class: &Rc<Class>, name: &str) -> Option<Value> {
    if !name.starts_with("__") || object::object_method(name).is_some() {
        return None;
    }
    let base = class.lookup_order().find(|one| one.fixed)?;
    let sample = match &*base.name {
        "str" => Value::str(""),
        "bytes" => Value::bytes([]),
        "list" => Value::list(Vec::new()),
        "tuple" => Value::tuple(Vec::new()),
        "dict" => Value::dict(),
        "int" | "bool" => Value::Int(0),
        "float" => Value::Float(0.0),
        "set" => Value::Set(Rc::default()),
        "frozenset" => Value::FrozenSet(Rc::default()),
        _ => return None,
    };
    generic_method(&sample, name)?;
    let label: Rc<str> = Rc::from(name);
    Some(Value::Native(Rc::new(super::function::Native::method(
        name,
        move |vm, mut arguments| {
            if arguments.positional.is_empty() {
                return Err(Failure::type_error(format!(
                    "unbound method {label}() needs an argument"
                )));
            }
            let receiver = arguments.positional.remove(0).plain();
            match generic_method(&receiver, &label) {
                Some(method) => method(vm, &receiver, arguments),
                None => Err(vm.no_attribute(&super::types::type_name(&receiver), &label)),
            }
        },
    ))))
}

/// The names every module sees.
pub(crate) fn namespace() -> Rc<Dict> {
    thread_local! {
        static NAMESPACE: Rc<Dict> = {
            let dict = Dict::default();
            functions::fill(&dict);
            let types = types();
            for name in types.names() {
                if functions::is_public(name)
                    && let Some(class) = types.get(name)
                {
                    dict.set_str(name, Value::Class(class));
                }
            }
            for name in ["EnvironmentError", "IOError"] {
                dict.set_str(name, Value::Class(types.exception("OSError")));
            }
            dict.set_str("Ellipsis", Value::Ellipsis);
            dict.set_str("NotImplemented", Value::NotImplemented);
            dict.set_str("__debug__", Value::Bool(true));
            Rc::new(dict)
        };
    }
    // A copy: programs may not change what others see.
    NAMESPACE.with(|namespace| Rc::new(namespace.copy()))
}

/// The arguments of a method that takes none.
fn none(arguments: &Arguments, name: &str) -> Result<(), Failure> {
    if arguments.positional.is_empty() && arguments.keywords.is_empty() {
        Ok(())
    } else {
        Err(Failure::type_error(format!(
            "{name}() takes no arguments ({} given)",
            arguments.positional.len() + arguments.keywords.len()
        )))
    }
}

/// The only argument of a method.
fn one(mut arguments: Arguments, name: &str) -> Result<Value, Failure> {
    if arguments.positional.len() == 1 && arguments.keywords.is_empty() {
        Ok(arguments.positional.remove(0))
    } else {
        Err(Failure::type_error(format!(
            "{name}() takes exactly one argument ({} given)",
            arguments.positional.len()
        )))
    }
}

/// An argument as an index.
fn index(vm: &mut Vm, value: &Value) -> Result<i64, Failure> {
    vm.index(value)?.ok_or_else(|| {
        Failure::type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            super::types::type_name(value)
        ))
    })
}
