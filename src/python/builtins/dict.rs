//! Methods of `dict`.

use std::rc::Rc;

use super::none;
use super::view::View;
use crate::python::class::MethodFn;
use crate::python::dict::Dict;
use crate::python::error::Failure;
use crate::python::iterator::Part;
use crate::python::types::type_name;
use crate::python::value::Value;
use crate::python::vm::key_error;

fn this(value: &Value) -> Result<Rc<Dict>, Failure> {
    match value.plain() {
        Value::Dict(dict) => Ok(dict),
        other => Err(Failure::type_error(format!(
            "descriptor requires a 'dict' object but received a '{}'",
            type_name(&other)
        ))),
    }
}

/// A method by name.
pub(super) fn method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "get" => |vm, me, args| {
            let bound = args.bind("get", "key, default=, /")?;
            let found = this(me)?.get(vm, &bound.value("key"))?;
            Ok(found.unwrap_or_else(|| bound.value("default")))
        },
        "keys" => |_, me, args| {
            none(&args, "keys")?;
            Ok(Value::object(View::new(this(me)?, Part::Keys)))
        },
        "values" => |_, me, args| {
            none(&args, "values")?;
            Ok(Value::object(View::new(this(me)?, Part::Values)))
        },
        "items" => |_, me, args| {
            none(&args, "items")?;
            Ok(Value::object(View::new(this(me)?, Part::Items)))
        },
        "pop" => |vm, me, args| {
            let bound = args.bind("pop", "key, default=, /")?;
            let key = bound.value("key");
            match this(me)?.remove(vm, &key)? {
                Some(value) => Ok(value),
                None => bound.get("default").ok_or_else(|| key_error(&key)),
            }
        },
        "popitem" => |_, me, args| {
            none(&args, "popitem")?;
            match this(me)?.pop(true) {
                Some((key, value)) => Ok(Value::tuple(vec![key, value])),
                None => Err(key_error(&Value::str("popitem(): dictionary is empty"))),
            }
        },
        "setdefault" => |vm, me, args| {
            let bound = args.bind("setdefault", "key, default=, /")?;
            let dict = this(me)?;
            let key = bound.value("key");
            if let Some(found) = dict.get(vm, &key)? {
                return Ok(found);
            }
            let value = bound.value("default");
            vm.charge(72)?;
            dict.insert(vm, key, value.clone())?;
            Ok(value)
        },
        "update" => |vm, me, mut args| {
            let dict = this(me)?;
            if args.positional.len() > 1 {
                return Err(Failure::type_error(format!(
                    "update expected at most 1 argument, got {}",
                    args.positional.len()
                )));
            }
            if let Some(source) = args.positional.pop() {
                for (key, value) in vm.pairs(&source)? {
                    vm.charge(72)?;
                    dict.insert(vm, key, value)?;
                }
            }
            for (name, value) in args.keywords {
                dict.set_str(&name, value);
            }
            Ok(Value::None)
        },
        "clear" => |_, me, args| {
            none(&args, "clear")?;
            this(me)?.clear();
            Ok(Value::None)
        },
        "copy" => |vm, me, args| {
            none(&args, "copy")?;
            let dict = this(me)?;
            vm.charge(72 * dict.len())?;
            Ok(Value::Dict(Rc::new(dict.copy())))
        },
        _ => return None,
    })
}
