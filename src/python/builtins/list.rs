//! Methods of `list`, `tuple` and `range`.

use std::rc::Rc;

use super::{index, none, one};
use crate::python::class::MethodFn;
use crate::python::error::Failure;
use crate::python::types::type_name;
use crate::python::value::{List, Value};
use crate::python::vm::{Vm, place};

fn this(value: &Value) -> Result<Rc<List>, Failure> {
    match value.plain() {
        Value::List(list) => Ok(list),
        other => Err(Failure::type_error(format!(
            "descriptor requires a 'list' object but received a '{}'",
            type_name(&other)
        ))),
    }
}

/// A method of lists by name.
pub(super) fn method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "append" => |vm, me, args| {
            let item = one(args, "append")?;
            vm.charge(24)?;
            this(me)?.borrow_mut().push(item);
            Ok(Value::None)
        },
        "extend" => |vm, me, args| {
            let items = one(args, "extend")?;
            let items = vm.collect(&items)?;
            vm.charge(24 * items.len())?;
            this(me)?.borrow_mut().extend(items);
            Ok(Value::None)
        },
        "insert" => |vm, me, args| {
            let bound = args.bind("insert", "index, object, /")?;
            let at = index(vm, &bound.value("index"))?;
            let list = this(me)?;
            let length = list.borrow().len();
            let at = if at < 0 {
                usize::try_from(at.saturating_add(i64::try_from(length).unwrap_or(i64::MAX)))
                    .unwrap_or(0)
            } else {
                usize::try_from(at).unwrap_or(usize::MAX).min(length)
            };
            vm.charge(24)?;
            vm.steps(length / 64)?;
            list.borrow_mut().insert(at, bound.value("object"));
            Ok(Value::None)
        },
        "pop" => |vm, me, args| {
            let bound = args.bind("pop", "index=, /")?;
            let at = match bound.get("index") {
                Some(at) => index(vm, &at)?,
                None => -1,
            };
            let list = this(me)?;
            let length = list.borrow().len();
            if length == 0 {
                return Err(Failure::raise("IndexError", "pop from empty list"));
            }
            let Some(at) = place(at, length) else {
                return Err(Failure::raise("IndexError", "pop index out of range"));
            };
            vm.steps((length - at) / 64)?;
            let item = list.borrow_mut().remove(at);
            Ok(item)
        },
        "remove" => |vm, me, args| {
            let item = one(args, "remove")?;
            let list = this(me)?;
            match find(vm, &list, &item)? {
                Some(at) => {
                    vm.steps(list.borrow().len().saturating_sub(at) / 64)?;
                    let old = list.borrow_mut().remove(at);
                    drop(old);
                    Ok(Value::None)
                }
                None => Err(Failure::value_error("list.remove(x): x not in list")),
            }
        },
        "clear" => |_, me, args| {
            none(&args, "clear")?;
            let old = std::mem::take(&mut *this(me)?.borrow_mut());
            drop(old);
            Ok(Value::None)
        },
        "copy" => |vm, me, args| {
            none(&args, "copy")?;
            let items = this(me)?.borrow().clone();
            vm.charge(24 * items.len())?;
            Ok(Value::list(items))
        },
        "reverse" => |vm, me, args| {
            none(&args, "reverse")?;
            let list = this(me)?;
            vm.steps(list.borrow().len() / 16)?;
            list.borrow_mut().reverse();
            Ok(Value::None)
        },
        "sort" => |vm, me, args| {
            let bound = args.bind("sort", "*, key=, reverse=")?;
            let list = this(me)?;
            let items = std::mem::take(&mut *list.borrow_mut());
            let reverse = match bound.get("reverse") {
                Some(reverse) => vm.truth(&reverse)?,
                None => false,
            };
            let sorted = super::sort_values(vm, items.clone(), bound.some("key").as_ref(), reverse);
            match sorted {
                Ok(sorted) => {
                    *list.borrow_mut() = sorted;
                    Ok(Value::None)
                }
                Err(failure) => {
                    *list.borrow_mut() = items;
                    Err(failure)
                }
            }
        },
        "index" | "count" => return tuple_method(name),
        _ => return None,
    })
}

fn find(vm: &mut Vm, list: &Rc<List>, item: &Value) -> Result<Option<usize>, Failure> {
    let mut at = 0;
    loop {
        let candidate = list.borrow().get(at).cloned();
        let Some(candidate) = candidate else {
            return Ok(None);
        };
        vm.step()?;
        if vm.equals(&candidate, item)? {
            return Ok(Some(at));
        }
        at += 1;
    }
}

/// A method of any sequence by name.
pub(super) fn tuple_method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "index" => |vm, me, args| {
            let bound = args.bind("index", "value, start=, stop=, /")?;
            let item = bound.value("value");
            let items = vm.collect(&me.plain())?;
            let slice = crate::python::Slice {
                start: bound.value("start"),
                stop: bound.value("stop"),
                step: Value::None,
            };
            let (from, to, _) = vm.slice_bounds(&slice, items.len())?;
            let from = usize::try_from(from).unwrap_or(0);
            let to = usize::try_from(to).unwrap_or(0);
            for (at, candidate) in items.iter().enumerate().take(to).skip(from) {
                vm.step()?;
                if vm.equals(candidate, &item)? {
                    return Ok(Value::from(at));
                }
            }
            let text = match me.plain() {
                Value::Tuple(_) => "tuple.index(x): x not in tuple".to_owned(),
                _ => format!("{} is not in {}", vm.repr(&item)?, type_name(&me.plain())),
            };
            Err(Failure::value_error(text))
        },
        "count" => |vm, me, args| {
            let item = one(args, "count")?;
            let mut count = 0usize;
            for candidate in vm.collect(&me.plain())? {
                vm.step()?;
                if vm.equals(&candidate, &item)? {
                    count += 1;
                }
            }
            Ok(Value::from(count))
        },
        _ => return None,
    })
}
