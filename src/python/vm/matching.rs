//! Unpacking, and what `match` asks of values.

use std::rc::Rc;

use super::Vm;
use crate::python::dict::Dict;
use crate::python::error::Failure;
use crate::python::types::{type_name, types};
use crate::python::value::Value;

impl Vm {
    /// Takes exactly so many values, or at least so many when one of them is starred: then the
    /// result holds a list at its place.
    pub(crate) fn unpack(
        &mut self,
        value: &Value,
        before: usize,
        after: Option<usize>,
    ) -> Result<Vec<Value>, Failure> {
        let mut items = match value {
            Value::Tuple(items) => items.to_vec(),
            Value::List(items) => items.borrow().clone(),
            other => {
                let iterator = self.iterator(other).map_err(|failure| {
                    if failure.is("TypeError") {
                        Failure::type_error(format!(
                            "cannot unpack non-iterable {} object",
                            type_name(other)
                        ))
                    } else {
                        failure
                    }
                })?;
                if after.is_some() {
                    self.collect(&iterator)?
                } else {
                    let mut items = Vec::new();
                    while items.len() <= before {
                        match self.next(&iterator)? {
                            Some(item) => items.push(item),
                            None => break,
                        }
                    }
                    items
                }
            }
        };
        match after {
            None => {
                if items.len() > before {
                    return Err(Failure::value_error(format!(
                        "too many values to unpack (expected {before})"
                    )));
                }
                if items.len() < before {
                    return Err(Failure::value_error(format!(
                        "not enough values to unpack (expected {before}, got {})",
                        items.len()
                    )));
                }
            }
            Some(after) => {
                if items.len() < before + after {
                    return Err(Failure::value_error(format!(
                        "not enough values to unpack (expected at least {}, got {})",
                        before + after,
                        items.len()
                    )));
                }
                let tail = items.split_off(items.len() - after);
                let middle = items.split_off(before);
                self.charge(24 * middle.len())?;
                items.push(Value::list(middle));
                items.extend(tail);
            }
        }
        Ok(items)
    }

    pub(crate) fn is_pattern_sequence(&self, value: &Value) -> bool {
        match value.plain() {
            Value::List(_) | Value::Tuple(_) | Value::Range(_) => true,
            Value::Object(object) => &*object.type_name() == "deque",
            _ => false,
        }
    }

    /// The values of keys, or `None` when one is missing.
    pub(crate) fn match_keys(&mut self, subject: &Value, keys: &Value) -> Result<Value, Failure> {
        let (Value::Dict(dict), Value::Tuple(keys)) = (subject.plain(), keys) else {
            return Ok(Value::None);
        };
        let mut values = Vec::with_capacity(keys.len());
        for key in keys.iter() {
            match dict.get(self, key)? {
                Some(value) => values.push(value),
                None => return Ok(Value::None),
            }
        }
        Ok(Value::tuple(values))
    }

    /// A copy of a mapping without keys.
    pub(crate) fn map_without(&mut self, subject: &Value, keys: &Value) -> Result<Value, Failure> {
        let (Value::Dict(dict), Value::Tuple(keys)) = (subject.plain(), keys) else {
            return Ok(Value::dict());
        };
        self.charge(64 * dict.len())?;
        let rest: Dict = dict.copy();
        for key in keys.iter() {
            rest.remove(self, key)?;
        }
        Ok(Value::Dict(Rc::new(rest)))
    }

    /// The attributes a class pattern asks for, or `None`.
    pub(crate) fn match_class(
        &mut self,
        subject: &Value,
        class: &Value,
        positional: usize,
        names: &[Rc<str>],
    ) -> Result<Value, Failure> {
        if !self.is_instance(subject, class)? {
            return Ok(Value::None);
        }
        let mut values = Vec::with_capacity(positional + names.len());
        if positional > 0 {
            let itself = match class {
                Value::Class(class) => [
                    "bool",
                    "bytes",
                    "dict",
                    "float",
                    "frozenset",
                    "int",
                    "list",
                    "set",
                    "str",
                    "tuple",
                ]
                .iter()
                .any(|name| Rc::ptr_eq(class, &types().of(name))),
                _ => false,
            };
            if itself {
                if positional > 1 {
                    return Err(Failure::type_error(format!(
                        "{}() accepts 1 positional sub-pattern ({positional} given)",
                        self.str(class)?
                    )));
                }
                values.push(subject.clone());
            } else {
                let arguments = match self.find_attribute(class, "__match_args__")? {
                    Some(arguments) => self.collect(&arguments)?,
                    None => Vec::new(),
                };
                if arguments.len() < positional {
                    let name = match class {
                        Value::Class(class) => class.name.clone(),
                        other => type_name(other),
                    };
                    return Err(Failure::type_error(format!(
                        "{name}() accepts {} positional sub-patterns ({positional} given)",
                        arguments.len()
                    )));
                }
                for name in arguments.iter().take(positional).filter_map(Value::to_text) {
                    match self.pattern_attribute(subject, &name)? {
                        Some(value) => values.push(value),
                        None => return Ok(Value::None),
                    }
                }
            }
        }
        for name in names {
            match self.pattern_attribute(subject, name)? {
                Some(value) => values.push(value),
                None => return Ok(Value::None),
            }
        }
        Ok(Value::tuple(values))
    }

    fn pattern_attribute(&mut self, subject: &Value, name: &str) -> Result<Option<Value>, Failure> {
        match self.find_attribute(subject, name) {
            Err(failure) if failure.is("AttributeError") => Ok(None),
            other => other,
        }
    }
}
