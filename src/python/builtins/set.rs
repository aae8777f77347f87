//! Methods of `set` and `frozenset`.

use std::rc::Rc;

use super::{none, one};
use crate::python::Arguments;
use crate::python::class::MethodFn;
use crate::python::dict::Dict;
use crate::python::error::Failure;
use crate::python::object::BinaryOperator;
use crate::python::types::type_name;
use crate::python::value::{Set, Value};
use crate::python::vm::{Vm, key_error};

fn this(value: &Value) -> Result<Rc<Set>, Failure> {
    match value.plain() {
        Value::Set(set) | Value::FrozenSet(set) => Ok(set),
        other => Err(Failure::type_error(format!(
            "descriptor requires a 'set' object but received a '{}'",
            type_name(&other)
        ))),
    }
}

fn set_of(vm: &mut Vm, value: &Value) -> Result<Rc<Set>, Failure> {
    if let Value::Set(set) | Value::FrozenSet(set) = value {
        return Ok(set.clone());
    }
    let set = Set::default();
    for item in vm.collect(value)? {
        vm.charge(48)?;
        set.members.insert(vm, item, Value::None)?;
    }
    Ok(Rc::new(set))
}

fn combine(
    vm: &mut Vm,
    me: &Value,
    args: Arguments,
    operator: BinaryOperator,
) -> Result<Value, Failure> {
    let mut result = match me.plain() {
        Value::Set(set) => Value::Set(Rc::new(Set {
            members: set.members.copy(),
        })),
        other => other,
    };
    for other in args.positional {
        let other = set_of(vm, &other)?;
        result = vm.binary(operator, &result, &Value::Set(other))?;
    }
    Ok(result)
}

fn change(
    vm: &mut Vm,
    me: &Value,
    args: Arguments,
    operator: BinaryOperator,
) -> Result<Value, Failure> {
    let set = this(me)?;
    if let Value::Set(result) = combine(vm, &Value::Set(set.clone()), args, operator)? {
        set.members.replace_with(result.members.copy());
    }
    Ok(Value::None)
}

/// A method of immutable sets by name.
pub(super) fn frozen_method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "union" => |vm, me, args| combine(vm, me, args, BinaryOperator::Or),
        "intersection" => |vm, me, args| combine(vm, me, args, BinaryOperator::And),
        "difference" => |vm, me, args| combine(vm, me, args, BinaryOperator::Subtract),
        "symmetric_difference" => |vm, me, args| combine(vm, me, args, BinaryOperator::Xor),
        "issubset" => |vm, me, args| {
            let other = one(args, "issubset")?;
            let other = set_of(vm, &other)?;
            let set = this(me)?;
            vm.is_subset(&set, &other).map(Value::Bool)
        },
        "issuperset" => |vm, me, args| {
            let other = one(args, "issuperset")?;
            let other = set_of(vm, &other)?;
            let set = this(me)?;
            vm.is_subset(&other, &set).map(Value::Bool)
        },
        "isdisjoint" => |vm, me, args| {
            let other = one(args, "isdisjoint")?;
            let set = this(me)?;
            for item in vm.collect(&other)? {
                if set.members.contains(vm, &item)? {
                    return Ok(Value::Bool(false));
                }
            }
            Ok(Value::Bool(true))
        },
        "copy" => |vm, me, args| {
            none(&args, "copy")?;
            let set = this(me)?;
            vm.charge(48 * set.len())?;
            let copy = Rc::new(Set {
                members: set.members.copy(),
            });
            Ok(match me.plain() {
                Value::FrozenSet(_) => Value::FrozenSet(copy),
                _ => Value::Set(copy),
            })
        },
        _ => return None,
    })
}

/// A method by name.
pub(super) fn method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "add" => |vm, me, args| {
            let item = one(args, "add")?;
            vm.charge(48)?;
            let members: Rc<Set> = this(me)?;
            let dict: &Dict = &members.members;
            if !dict.contains(vm, &item)? {
                dict.insert(vm, item, Value::None)?;
            }
            Ok(Value::None)
        },
        "discard" => |vm, me, args| {
            let item = one(args, "discard")?;
            this(me)?.members.remove(vm, &item)?;
            Ok(Value::None)
        },
        "remove" => |vm, me, args| {
            let item = one(args, "remove")?;
            match this(me)?.members.remove(vm, &item)? {
                Some(_) => Ok(Value::None),
                None => Err(key_error(&item)),
            }
        },
        "pop" => |_, me, args| {
            none(&args, "pop")?;
            match this(me)?.members.pop(false) {
                Some((item, _)) => Ok(item),
                None => Err(key_error(&Value::str("pop from an empty set"))),
            }
        },
        "clear" => |_, me, args| {
            none(&args, "clear")?;
            this(me)?.members.clear();
            Ok(Value::None)
        },
        "update" => |vm, me, args| {
            let set = this(me)?;
            for source in args.positional {
                for item in vm.collect(&source)? {
                    vm.charge(48)?;
                    set.members.insert(vm, item, Value::None)?;
                }
            }
            Ok(Value::None)
        },
        "intersection_update" => |vm, me, args| change(vm, me, args, BinaryOperator::And),
        "difference_update" => |vm, me, args| change(vm, me, args, BinaryOperator::Subtract),
        "symmetric_difference_update" => |vm, me, args| change(vm, me, args, BinaryOperator::Xor),
        _ => return frozen_method(name),
    })
}
