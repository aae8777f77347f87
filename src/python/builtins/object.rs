//! What every object has, and the methods of generators and properties.

use std::rc::Rc;

use super::{none, one};
use crate::python::Arguments;
use crate::python::class::{Instance, MethodFn, Payload};
use crate::python::dict::{Dict, hash_str};
use crate::python::error::Failure;
use crate::python::function::{Callee, Descriptor, DescriptorKind, Method};
use crate::python::object::{BinaryOperator, CompareOperator, UnaryOperator};
use crate::python::types::type_name;
use crate::python::value::Value;
use crate::python::vm::{Exit, Vm};

/// Special methods of values of built-in types, in terms of the operations themselves.
pub(crate) fn generic_method(value: &Value, name: &str) -> Option<MethodFn> {
    if !name.starts_with("__") {
        return None;
    }
    let sized = value.is_collection();
    let number = matches!(
        value,
        Value::Int(_) | Value::Big(_) | Value::Bool(_) | Value::Float(_)
    );
    let method: MethodFn = match name {
        "__len__" if sized => |vm, me, _| vm.length(me).map(Value::from),
        "__iter__" if sized || matches!(value, Value::Generator(_) | Value::Iterator(_)) => {
            |vm, me, _| vm.iterator(me)
        }
        "__next__" if matches!(value, Value::Generator(_) | Value::Iterator(_)) => {
            |vm, me, _| match vm.next(me)? {
                Some(value) => Ok(value),
                None => Err(Vm::stop_iteration(Value::None)),
            }
        }
        "__contains__" if sized => |vm, me, args| {
            let item = one(args, "__contains__")?;
            vm.contains(me, &item).map(Value::Bool)
        },
        "__getitem__" if sized => |vm, me, args| {
            let key = one(args, "__getitem__")?;
            vm.item(me, &key)
        },
        "__setitem__" if matches!(value, Value::List(_) | Value::Dict(_)) => |vm, me, args| {
            let bound = args.bind("__setitem__", "key, value, /")?;
            vm.set_item(me, &bound.value("key"), bound.value("value"))?;
            Ok(Value::None)
        },
        "__delitem__" if matches!(value, Value::List(_) | Value::Dict(_)) => |vm, me, args| {
            let key = one(args, "__delitem__")?;
            vm.delete_item(me, &key)?;
            Ok(Value::None)
        },
        "__reversed__" if sized => |vm, me, _| super::functions::reversed(vm, me),
        "__add__" if sized || number => |vm, me, args| {
            let other = one(args, "__add__")?;
            vm.binary(BinaryOperator::Add, me, &other)
        },
        "__sub__" if number => |vm, me, args| {
            let other = one(args, "__sub__")?;
            vm.binary(BinaryOperator::Subtract, me, &other)
        },
        "__mul__" if sized || number => |vm, me, args| {
            let other = one(args, "__mul__")?;
            vm.binary(BinaryOperator::Multiply, me, &other)
        },
        "__truediv__" if number => |vm, me, args| {
            let other = one(args, "__truediv__")?;
            vm.binary(BinaryOperator::Divide, me, &other)
        },
        "__mod__" if number || matches!(value, Value::Str(_)) => |vm, me, args| {
            let other = one(args, "__mod__")?;
            vm.binary(BinaryOperator::Modulo, me, &other)
        },
        "__neg__" if number => |vm, me, _| vm.unary(UnaryOperator::Negative, me),
        "__int__" | "__index__" if number => |vm, me, _| super::construct::int_of(vm, me),
        "__float__" if number => |_, me, _| crate::python::number::float_of(me).map(Value::Float),
        "__abs__" if number => |vm, me, _| super::functions::absolute(vm, me),
        "__bool__" if number => |vm, me, _| vm.truth(me).map(Value::Bool),
        "__call__" if crate::python::vm::is_callable(value) => |vm, me, args| vm.call(me, args),
        other => return object_method(other),
    };
    Some(method)
}

fn comparison(
    vm: &mut Vm,
    me: &Value,
    args: Arguments,
    operator: CompareOperator,
) -> Result<Value, Failure> {
    let other = one(args, operator.method())?;
    if let Value::Instance(instance) = me
        && !matches!(&*instance.payload.borrow(), Payload::Value(_))
    {
        return Ok(match operator {
            CompareOperator::Equal if me.is(&other) => Value::Bool(true),
            CompareOperator::NotEqual if me.is(&other) => Value::Bool(false),
            _ => Value::NotImplemented,
        });
    }
    match vm.compare(operator, &me.plain(), &other.plain()) {
        Err(failure) if failure.is("TypeError") => Ok(Value::NotImplemented),
        other => other,
    }
}

/// Methods of `object`.
pub(super) fn object_method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "__init__" => |vm, me, args| {
            if let Value::Instance(instance) = me {
                vm.initialize_builtin(instance, args, true)?;
            }
            Ok(Value::None)
        },
        "__repr__" => |vm, me, args| {
            none(&args, "__repr__")?;
            match me {
                Value::Instance(instance) if instance.class.lookup("__repr__").is_some() => {
                    default_repr(vm, me, instance)
                }
                other => vm.repr(other).map(Value::Str),
            }
        },
        "__str__" => |vm, me, args| {
            none(&args, "__str__")?;
            match me {
                Value::Instance(instance) if instance.class.lookup("__str__").is_some() => {
                    if matches!(&*instance.payload.borrow(), Payload::Exception(_)) {
                        return Ok(Value::Str(crate::python::class::exception_text(instance)));
                    }
                    match me.plain() {
                        Value::Instance(_) => vm.repr(me).map(Value::Str),
                        plain => vm.str(&plain).map(Value::Str),
                    }
                }
                other => vm.str(other).map(Value::Str),
            }
        },
        "__eq__" => |vm, me, args| comparison(vm, me, args, CompareOperator::Equal),
        "__ne__" => |vm, me, args| comparison(vm, me, args, CompareOperator::NotEqual),
        "__lt__" => |vm, me, args| comparison(vm, me, args, CompareOperator::Less),
        "__le__" => |vm, me, args| comparison(vm, me, args, CompareOperator::LessEqual),
        "__gt__" => |vm, me, args| comparison(vm, me, args, CompareOperator::Greater),
        "__ge__" => |vm, me, args| comparison(vm, me, args, CompareOperator::GreaterEqual),
        "__hash__" => |vm, me, args| {
            none(&args, "__hash__")?;
            match me {
                Value::Instance(instance) if instance.class.lookup("__hash__").is_some() => {
                    Ok(Value::Int(i64::try_from(me.address()).unwrap_or(0)))
                }
                other => super::functions::hash(vm, other),
            }
        },
        "__format__" => |vm, me, args| {
            let specification = one(args, "__format__")?;
            let specification = specification.to_text().unwrap_or_default();
            match me {
                Value::Instance(instance) if instance.class.lookup("__format__").is_some() => {
                    match me.plain() {
                        Value::Instance(_) => vm.str(me).map(Value::Str),
                        plain => vm.format(&plain, &specification).map(Value::Str),
                    }
                }
                other => vm.format(other, &specification).map(Value::Str),
            }
        },
        "__getattribute__" => |vm, me, args| {
            let name = one(args, "__getattribute__")?.to_text().unwrap_or_default();
            if let Value::Instance(instance) = me {
                return match vm.ordinary(instance, me, &name, hash_str(&name))? {
                    Some(value) => Ok(value),
                    None => Err(vm.no_attribute(&instance.class.name, &name)),
                };
            }
            vm.attribute(me, &name)
        },
        "__setattr__" => |vm, me, args| {
            let bound = args.bind("__setattr__", "name, value, /")?;
            let name = bound.text("name")?.unwrap_or_default();
            match me {
                Value::Instance(instance) => {
                    vm.set_ordinary(instance, me, &name, bound.value("value"))?;
                }
                other => vm.set_attribute(other, &name, bound.value("value"))?,
            }
            Ok(Value::None)
        },
        "__delattr__" => |vm, me, args| {
            let name = one(args, "__delattr__")?.to_text().unwrap_or_default();
            match me {
                Value::Instance(instance) => match instance.attributes.remove_str(&name) {
                    Some(_) => Ok(Value::None),
                    None => Err(vm.no_attribute(&instance.class.name, &name)),
                },
                other => {
                    vm.delete_attribute(other, &name)?;
                    Ok(Value::None)
                }
            }
        },
        "__dir__" => |vm, me, _| super::functions::directory(vm, me),
        "__init_subclass__" => |_, _, _| Ok(Value::None),
        "__reduce__" | "__reduce_ex__" | "__getstate__" => {
            |vm, _, _| Err(vm.refuse("pickle", "Pickling is not supported.", ""))
        }
        _ => return None,
    })
}

fn default_repr(vm: &mut Vm, me: &Value, instance: &Rc<Instance>) -> Result<Value, Failure> {
    if let Payload::Exception(exception) = &*instance.payload.borrow() {
        let parts: Vec<String> = exception
            .args
            .iter()
            .map(crate::python::types::simple_repr)
            .collect();
        return Ok(Value::from(format!(
            "{}({})",
            instance.class.name,
            parts.join(", ")
        )));
    }
    match me.plain() {
        Value::Instance(_) => Ok(Value::from(format!(
            "<{}.{} object at 0x{:012x}>",
            instance.class.module,
            instance.class.qualified.borrow(),
            me.address()
        ))),
        plain => vm.repr(&plain).map(Value::Str),
    }
}

/// What `super()` finds when no class of the program has it.
pub(crate) fn super_method(receiver: &Value, name: &str) -> Option<Value> {
    let bound = |receiver: Value, method: MethodFn| {
        Value::Method(Rc::new(Method {
            receiver,
            callee: Callee::Builtin(Rc::from(name), method),
        }))
    };
    match receiver {
        Value::Class(class) => match name {
            "__new__" => super::construct::new_of(class),
            "__init_subclass__" => Some(Value::native("__init_subclass__", |_, _| Ok(Value::None))),
            _ => super::class_method(class, name),
        },
        Value::Instance(instance) => {
            if name == "__new__" {
                return super::construct::new_of(&instance.class);
            }
            let plain = receiver.plain();
            if !matches!(plain, Value::Instance(_)) && name != "__init__" && name != "__setattr__" {
                let method =
                    super::method_of(&plain, name).or_else(|| generic_method(&plain, name));
                if let Some(method) = method {
                    return Some(bound(plain, method));
                }
            }
            instance
                .class
                .builtin_method(name)
                .or_else(|| object_method(name))
                .map(|method| bound(receiver.clone(), method))
        }
        _ => None,
    }
}

/// Methods of generators and coroutines.
pub(super) fn generator_method(name: &str) -> Option<MethodFn> {
    fn outcome(exit: Exit) -> Result<Value, Failure> {
        match exit {
            Exit::Yield(value) => Ok(value),
            Exit::Return(value) => Err(Vm::stop_iteration(value)),
        }
    }
    Some(match name {
        "send" => |vm, me, args| {
            let value = one(args, "send")?;
            let Value::Generator(generator) = me else {
                return Ok(Value::None);
            };
            vm.resume(generator, value, None).and_then(outcome)
        },
        "__next__" => |vm, me, _| {
            let Value::Generator(generator) = me else {
                return Ok(Value::None);
            };
            vm.resume(generator, Value::None, None).and_then(outcome)
        },
        "throw" => |vm, me, args| {
            let bound = args.bind("throw", "type, value=, traceback=, /")?;
            let Value::Generator(generator) = me else {
                return Ok(Value::None);
            };
            let exception = match (bound.value("type"), bound.some("value")) {
                (class @ Value::Class(_), Some(value)) => match value {
                    instance @ Value::Instance(_) => instance,
                    other => vm.call(&class, Arguments::one(other))?,
                },
                (exception, _) => exception,
            };
            let failure = vm.raise_statement(Some(exception), None);
            vm.resume(generator, Value::None, Some(failure))
                .and_then(outcome)
        },
        "close" => |vm, me, args| {
            none(&args, "close")?;
            if let Value::Generator(generator) = me {
                vm.close_generator(generator)?;
            }
            Ok(Value::None)
        },
        _ => return None,
    })
}

/// Methods of properties.
pub(super) fn property_method(name: &str) -> Option<MethodFn> {
    fn with(
        me: &Value,
        change: impl FnOnce(&mut Value, &mut Value, &mut Value),
    ) -> Result<Value, Failure> {
        let Value::Descriptor(descriptor) = me else {
            return Ok(Value::None);
        };
        let DescriptorKind::Property {
            getter,
            setter,
            deleter,
            doc,
        } = &descriptor.kind
        else {
            return Err(Failure::raise(
                "AttributeError",
                format!("'{}' object has no such attribute", type_name(me)),
            ));
        };
        let (mut getter, mut setter, mut deleter) =
            (getter.clone(), setter.clone(), deleter.clone());
        change(&mut getter, &mut setter, &mut deleter);
        Ok(Value::Descriptor(Rc::new(Descriptor {
            kind: DescriptorKind::Property {
                getter,
                setter,
                deleter,
                doc: doc.clone(),
            },
            attributes: Rc::new(Dict::default()),
        })))
    }
    Some(match name {
        "getter" => |_, me, args| {
            let function = one(args, "getter")?;
            with(me, |getter, _, _| *getter = function)
        },
        "setter" => |_, me, args| {
            let function = one(args, "setter")?;
            with(me, |_, setter, _| *setter = function)
        },
        "deleter" => |_, me, args| {
            let function = one(args, "deleter")?;
            with(me, |_, _, deleter| *deleter = function)
        },
        "__get__" => |vm, me, args| {
            let bound = args.bind("__get__", "instance, owner=, /")?;
            let instance = bound.value("instance");
            match vm.class_value(&instance) {
                Value::Class(class) => vm.bind(me, &instance, &class),
                _ => Ok(Value::None),
            }
        },
        _ => return None,
    })
}

/// Methods of slices.
pub(super) fn slice_method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "indices" => |vm, me, args| {
            let length = super::index(vm, &one(args, "indices")?)?;
            let Value::Slice(slice) = me else {
                return Ok(Value::None);
            };
            let length = usize::try_from(length)
                .map_err(|_| Failure::value_error("length should not be negative"))?;
            let (start, stop, step) = vm.slice_bounds(slice, length)?;
            Ok(Value::tuple(vec![
                Value::Int(start),
                Value::Int(stop),
                Value::Int(step),
            ]))
        },
        _ => return None,
    })
}
