//! What syntax and built-in functions ask of every value: iteration, items, length, truth, text.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use num_traits::Signed;

use super::Vm;
use super::run::Exit;
use crate::python::Arguments;
use crate::python::class::{Instance, Payload};
use crate::python::error::Failure;
use crate::python::function::Callee;
use crate::python::iterator::{Iteration, Kind, Part};
use crate::python::text;
use crate::python::types::{simple_repr, type_name, types};
use crate::python::value::{Range, Set, Slice, Value};

/// How deep a repr may nest.
const REPR_DEPTH: usize = 300;

impl Vm {
    /// An iterator over a value; `TypeError` when it has none.
    pub fn iterator(&mut self, value: &Value) -> Result<Value, Failure> {
        let kind = match value {
            Value::List(list) => Kind::List(RefCell::new(Some(list.clone())), Cell::new(0)),
            Value::Tuple(items) => Kind::Tuple(items.clone(), Cell::new(0)),
            Value::Range(range) => Kind::Range(**range, Cell::new(0)),
            Value::Str(text) => Kind::Str(text.clone(), Cell::new(0)),
            Value::Dict(dict) => Kind::Dict {
                dict: dict.clone(),
                part: Part::Keys,
                place: Cell::new(0),
                length: dict.len(),
            },
            Value::Set(set) | Value::FrozenSet(set) => {
                self.charge(24 * set.len())?;
                Kind::Values(RefCell::new(set.members().into_iter()))
            }
            Value::Bytes(bytes) => {
                self.charge(24 * bytes.len())?;
                let values: Vec<Value> = bytes
                    .iter()
                    .map(|&byte| Value::Int(i64::from(byte)))
                    .collect();
                Kind::Values(RefCell::new(values.into_iter()))
            }
            Value::Generator(generator) => {
                if generator.coroutine {
                    return Err(not_iterable(value));
                }
                return Ok(value.clone());
            }
            Value::Iterator(_) => return Ok(value.clone()),
            Value::Object(object) => {
                let object = object.clone();
                match self.native(|vm| object.iterate(vm))? {
                    Some(Value::Object(inner)) => return Ok(Value::Object(inner)),
                    Some(inner) => return self.iterator(&inner),
                    None => {}
                }
                if let Value::Object(object) = value
                    && self.is_object_iterator(object)
                {
                    return Ok(value.clone());
                }
                return Err(not_iterable(value));
            }
            Value::Class(class) => {
                if class.enumeration.borrow().is_some() {
                    let members = Self::enumeration(value).unwrap_or_default();
                    let members = members.into_iter().map(|(_, member)| member).collect();
                    return Ok(Value::Iterator(Rc::new(Iteration::over(members))));
                }
                let hosts: Vec<_> = class.lookup_order_hosts().cloned().collect();
                for host in hosts {
                    if let Some(method) = host.class_attribute(self, class, "__iter__")? {
                        let inner = self.call(&method, Arguments::none())?;
                        return self.nested(|vm| vm.iterator(&inner));
                    }
                }
                return Err(Failure::type_error("'type' object is not iterable"));
            }
            Value::Instance(instance) => {
                if let Some(method) = self.special(value, "__iter__")? {
                    let inner = self.nested(|vm| vm.call(&method, Arguments::none()))?;
                    return match &inner {
                        Value::Generator(_) | Value::Iterator(_) | Value::Object(_) => Ok(inner),
                        Value::Instance(one) if one.class.lookup("__next__").is_some() => Ok(inner),
                        other => Err(Failure::type_error(format!(
                            "iter() returned non-iterator of type '{}'",
                            type_name(other)
                        ))),
                    };
                }
                let plain = value.plain();
                if !matches!(plain, Value::Instance(_)) {
                    return self.iterator(&plain);
                }
                if instance.class.lookup("__getitem__").is_some() {
                    return Ok(Value::Iterator(Rc::new(Iteration::new(ByIndex {
                        value: value.clone(),
                        place: 0,
                    }))));
                }
                if instance.class.enumeration.borrow().is_some()
                    && let Some(members) = self.flag_parts(instance)?
                {
                    return Ok(Value::Iterator(Rc::new(Iteration::over(members))));
                }
                let hosts: Vec<_> = instance.class.lookup_order_hosts().cloned().collect();
                for host in hosts {
                    if let Some(method) = host.instance_attribute(self, instance, "__iter__")? {
                        let inner = self.call(&method, Arguments::none())?;
                        return self.nested(|vm| vm.iterator(&inner));
                    }
                }
                return Err(not_iterable(value));
            }
            _ => return Err(not_iterable(value)),
        };
        Ok(Value::Iterator(Rc::new(Iteration { kind })))
    }

    fn is_object_iterator(&mut self, object: &Rc<dyn crate::python::Object>) -> bool {
        object.has_method("__next__")
    }

    /// The next value of an iterator; also drives generators.
    pub fn next(&mut self, iterator: &Value) -> Result<Option<Value>, Failure> {
        match iterator {
            Value::Iterator(iterator) => match &iterator.kind {
                Kind::Native(_) => {
                    let iterator = iterator.clone();
                    self.nested(|vm| iterator.next(vm))
                }
                _ => iterator.next(self),
            },
            Value::Generator(generator) => {
                match self.nested(|vm| vm.resume(generator, Value::None, None))? {
                    Exit::Yield(value) => Ok(Some(value)),
                    Exit::Return(_) => Ok(None),
                }
            }
            Value::Object(object) => {
                let object = object.clone();
                match self.native(|vm| object.next(vm))? {
                    Some(next) => Ok(next),
                    None => Err(not_an_iterator(iterator)),
                }
            }
            Value::Instance(_) => {
                let Some(method) = self.special(iterator, "__next__")? else {
                    return Err(not_an_iterator(iterator));
                };
                match self.nested(|vm| vm.call(&method, Arguments::none())) {
                    Ok(value) => Ok(Some(value)),
                    Err(failure) if failure.is("StopIteration") => Ok(None),
                    Err(failure) => Err(failure),
                }
            }
            other => Err(not_an_iterator(other)),
        }
    }

    /// All values of an iterable.
    pub fn collect(&mut self, value: &Value) -> Result<Vec<Value>, Failure> {
        match value {
            Value::List(list) => {
                let items = list.borrow().clone();
                self.charge(24 * items.len())?;
                self.steps(items.len() / 8)?;
                return Ok(items);
            }
            Value::Tuple(items) => {
                self.charge(24 * items.len())?;
                self.steps(items.len() / 8)?;
                return Ok(items.to_vec());
            }
            _ => {}
        }
        let iterator = self.iterator(value)?;
        let mut items = Vec::new();
        while let Some(item) = self.next(&iterator)? {
            self.step()?;
            self.charge(24)?;
            items.push(item);
        }
        Ok(items)
    }

    /// Calls a comprehension's function for the values of its first source.
    pub(super) fn comprehend(&mut self, source: &Value, body: &Value) -> Result<Value, Failure> {
        if let Value::Object(object) = source {
            let object = object.clone();
            if let Some(made) = self.native(|vm| object.comprehend(vm, body))? {
                return Ok(made);
            }
        }
        let iterator = self.iterator(source)?;
        self.call(body, Arguments::one(iterator))
    }

    /// A set of values.
    pub(super) fn set(&mut self, values: &Value) -> Result<Value, Failure> {
        let set = Set::default();
        for item in self.collect(values)? {
            self.charge(64)?;
            set.members.insert(self, item, Value::None)?;
        }
        Ok(Value::Set(Rc::new(set)))
    }

    /// What a copy of a collection of the host's is, for which its values need not be known.
    pub(crate) fn copied(&mut self, value: &Value) -> Result<Option<Value>, Failure> {
        match value {
            Value::Object(object) => {
                let object = object.clone();
                self.native(|vm| object.copied(vm))
            }
            _ => Ok(None),
        }
    }

    /// Whether any or all of a collection of the host's are true, where it can tell.
    pub(crate) fn quantified(
        &mut self,
        value: &Value,
        all: bool,
    ) -> Result<Option<Value>, Failure> {
        match value {
            Value::Object(object) => {
                let object = object.clone();
                let truth = self.native(|vm| object.quantified(vm, all))?;
                Ok(truth.map(Value::Bool))
            }
            _ => Ok(None),
        }
    }

    /// The pairs of a mapping, or of an iterable of pairs.
    pub(crate) fn pairs(&mut self, value: &Value) -> Result<Vec<(Value, Value)>, Failure> {
        if matches!(value.plain(), Value::Dict(_)) || self.has_keys(value)? {
            return self.mapping_items(value);
        }
        let items = self.collect(value)?;
        let mut pairs = Vec::with_capacity(items.len());
        for (place, item) in items.into_iter().enumerate() {
            let pair = self.collect(&item).map_err(|failure| {
                if failure.is("TypeError") {
                    Failure::type_error(format!(
                        "cannot convert dictionary update sequence element #{place} to a sequence"
                    ))
                } else {
                    failure
                }
            })?;
            let count = pair.len();
            let mut pair = pair.into_iter();
            match (pair.next(), pair.next(), pair.next()) {
                (Some(key), Some(value), None) => pairs.push((key, value)),
                _ => {
                    return Err(Failure::value_error(format!(
                        "dictionary update sequence element #{place} has length {count}; 2 is required"
                    )));
                }
            }
        }
        Ok(pairs)
    }

    fn has_keys(&mut self, value: &Value) -> Result<bool, Failure> {
        match value {
            Value::Instance(_) | Value::Object(_) => {
                Ok(self.find_attribute(value, "keys")?.is_some())
            }
            _ => Ok(false),
        }
    }

    /// The items of a mapping: a dictionary, or anything with `keys()` and items.
    pub(crate) fn mapping_items(&mut self, value: &Value) -> Result<Vec<(Value, Value)>, Failure> {
        if let Value::Dict(dict) = value.plain() {
            self.charge(48 * dict.len())?;
            return Ok(dict.items());
        }
        if !self.has_keys(value)? {
            return Err(Failure::type_error(format!(
                "'{}' object is not a mapping",
                type_name(value)
            )));
        }
        let keys = self.call_method(value, "keys", Arguments::none())?;
        let mut items = Vec::new();
        for key in self.collect(&keys)? {
            let item = self.item(value, &key)?;
            items.push((key, item));
        }
        Ok(items)
    }

    pub(crate) fn not_iterable_after(
        &self,
        failure: Failure,
        value: &Value,
        message: &str,
    ) -> Failure {
        if failure.is("TypeError") && failure.message().ends_with("object is not iterable") {
            Failure::type_error(format!("{message}, not {}", type_name(value)))
        } else {
            failure
        }
    }

    /// `len(value)`.
    pub fn length(&mut self, value: &Value) -> Result<usize, Failure> {
        match value {
            Value::Str(text) => {
                self.steps(text.len() / 512)?;
                Ok(text::length(text))
            }
            Value::Bytes(bytes) => Ok(bytes.len()),
            Value::List(list) => Ok(list.borrow().len()),
            Value::Tuple(items) => Ok(items.len()),
            Value::Dict(dict) => Ok(dict.len()),
            Value::Set(set) | Value::FrozenSet(set) => Ok(set.len()),
            Value::Range(range) => Ok(usize::try_from(range.len()).unwrap_or(usize::MAX)),
            Value::Class(class) if class.enumeration.borrow().is_some() => {
                Ok(Self::enumeration(value).map_or(0, |members| members.len()))
            }
            Value::Object(object) => {
                let object = object.clone();
                match self.native(|vm| object.length(vm))? {
                    Some(length) => Ok(length),
                    None => Err(no_length(value)),
                }
            }
            Value::Instance(_) => {
                if let Some(method) = self.special(value, "__len__")? {
                    let length = self.nested(|vm| vm.call(&method, Arguments::none()))?;
                    return match length.as_int() {
                        Some(number) => usize::try_from(number)
                            .map_err(|_| Failure::value_error("__len__() should return >= 0")),
                        None => Err(Failure::type_error(format!(
                            "'{}' object cannot be interpreted as an integer",
                            type_name(&length)
                        ))),
                    };
                }
                match value.plain() {
                    Value::Instance(_) => Err(no_length(value)),
                    plain => self.length(&plain),
                }
            }
            other => Err(no_length(other)),
        }
    }

    /// `item in container`.
    pub fn contains(&mut self, container: &Value, item: &Value) -> Result<bool, Failure> {
        match container {
            Value::Str(text) => match item.to_text() {
                Some(part) => {
                    self.steps(text.len() / 256)?;
                    Ok(text.contains(&*part))
                }
                None => Err(Failure::type_error(format!(
                    "'in <string>' requires string as left operand, not {}",
                    type_name(item)
                ))),
            },
            Value::Dict(dict) => dict.contains(self, item),
            Value::Set(set) | Value::FrozenSet(set) => set.members.contains(self, item),
            Value::Range(range) => match item {
                Value::Int(number) => Ok(in_range(range, *number)),
                Value::Bool(truth) => Ok(in_range(range, i64::from(*truth))),
                #[allow(clippy::cast_possible_truncation)]
                Value::Float(number) if number.fract() == 0.0 => {
                    Ok(in_range(range, *number as i64))
                }
                _ => Ok(false),
            },
            Value::Bytes(bytes) => match item {
                Value::Bytes(part) => Ok(
                    part.is_empty() || bytes.windows(part.len()).any(|window| window == &**part)
                ),
                Value::Int(number) => {
                    Ok(u8::try_from(*number).is_ok_and(|byte| bytes.contains(&byte)))
                }
                other => Err(Failure::type_error(format!(
                    "a bytes-like object is required, not '{}'",
                    type_name(other)
                ))),
            },
            Value::List(list) => {
                let mut place = 0;
                loop {
                    let candidate = list.borrow().get(place).cloned();
                    let Some(candidate) = candidate else {
                        return Ok(false);
                    };
                    self.step()?;
                    if self.equals(&candidate, item)? {
                        return Ok(true);
                    }
                    place += 1;
                }
            }
            Value::Tuple(items) => {
                for candidate in items.iter() {
                    self.step()?;
                    if self.equals(candidate, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Value::Class(class) if class.enumeration.borrow().is_some() => {
                self.enumeration_contains(class, item)
            }
            _ => self.contains_special(container, item),
        }
    }

    fn contains_special(&mut self, container: &Value, item: &Value) -> Result<bool, Failure> {
        match container {
            Value::Object(object) => {
                let object = object.clone();
                if let Some(answer) = self.native(|vm| object.contains(vm, item))? {
                    return Ok(answer);
                }
            }
            Value::Instance(instance) => {
                if let Some(method) = self.special(container, "__contains__")? {
                    let result =
                        self.nested(|vm| vm.call(&method, Arguments::one(item.clone())))?;
                    return self.truth(&result);
                }
                if instance.class.lookup("__iter__").is_none() {
                    let plain = container.plain();
                    if !matches!(plain, Value::Instance(_)) {
                        return self.contains(&plain, item);
                    }
                    if instance.class.enumeration.borrow().is_some()
                        && let Some(answer) = self.flag_contains(instance, item)
                    {
                        return Ok(answer);
                    }
                }
            }
            _ => {}
        }
        let iterator = self.iterator(container).map_err(|failure| {
            if failure.is("TypeError") {
                Failure::type_error(format!(
                    "argument of type '{}' is not iterable",
                    type_name(container)
                ))
            } else {
                failure
            }
        })?;
        while let Some(candidate) = self.next(&iterator)? {
            self.step()?;
            if self.equals(&candidate, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `bool(value)`.
    pub fn truth(&mut self, value: &Value) -> Result<bool, Failure> {
        Ok(match value {
            Value::Bool(truth) => *truth,
            Value::None => false,
            Value::Int(number) => *number != 0,
            Value::Float(number) => *number != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::List(list) => !list.borrow().is_empty(),
            Value::Tuple(items) => !items.is_empty(),
            Value::Dict(dict) => !dict.is_empty(),
            Value::Set(set) | Value::FrozenSet(set) => !set.is_empty(),
            Value::Range(range) => !range.is_empty(),
            Value::Object(object) => {
                let object = object.clone();
                return self.native(|vm| object.truth(vm));
            }
            Value::Instance(instance) => {
                if let Some(method) = self.special(value, "__bool__")? {
                    let result = self.nested(|vm| vm.call(&method, Arguments::none()))?;
                    return match result {
                        Value::Bool(truth) => Ok(truth),
                        other => Err(Failure::type_error(format!(
                            "__bool__ should return bool, returned {}",
                            type_name(&other)
                        ))),
                    };
                }
                if instance.class.lookup("__len__").is_some() {
                    return Ok(self.length(value)? != 0);
                }
                match value.plain() {
                    Value::Instance(_) => {
                        if instance.class.enumeration.borrow().is_some()
                            && let Some(number) = Self::flag_value(instance)
                        {
                            return Ok(number != 0);
                        }
                        true
                    }
                    plain => return self.truth(&plain),
                }
            }
            _ => true,
        })
    }

    /// `str(value)`.
    pub fn str(&mut self, value: &Value) -> Result<Rc<str>, Failure> {
        match value {
            Value::Str(text) => Ok(text.clone()),
            Value::Object(object) => {
                let object = object.clone();
                self.native(|vm| object.str(vm))
            }
            Value::Instance(instance) => {
                if let Some(method) = self.special(value, "__str__")? {
                    let result = self.nested(|vm| vm.call(&method, Arguments::none()))?;
                    return result.to_text().ok_or_else(|| {
                        Failure::type_error(format!(
                            "__str__ returned non-string (type {})",
                            type_name(&result)
                        ))
                    });
                }
                if instance.class.enumeration.borrow().is_some() {
                    return self.enumeration_str(instance);
                }
                if instance.class.lookup("__repr__").is_none() {
                    if let Payload::Value(Value::Str(text)) = &*instance.payload.borrow() {
                        return Ok(text.clone());
                    }
                } else if let Payload::Value(Value::Str(text)) = &*instance.payload.borrow() {
                    // `str` of a subclass of `str` is the text even when it defines `__repr__`.
                    return Ok(text.clone());
                }
                if matches!(&*instance.payload.borrow(), Payload::Exception(_)) {
                    return self.exception_str(instance);
                }
                self.repr(value)
            }
            _ => self.repr(value),
        }
    }

    fn exception_str(&mut self, instance: &Rc<Instance>) -> Result<Rc<str>, Failure> {
        let args =
            Self::with_exception(instance, |exception| exception.args.clone()).unwrap_or_default();
        let named = |name: &str| instance.class.is_subclass_of(&types().exception(name));
        match args.as_slice() {
            [] => Ok(Rc::from("")),
            [one] if named("KeyError") => self.repr(one),
            [one] => self.nested(|vm| vm.str(one)),
            [number, text, rest @ ..] if named("OSError") && rest.len() < 4 => {
                let mut message = format!("[Errno {}] {}", self.str(number)?, self.str(text)?);
                if let Some(file) = rest.first() {
                    message.push_str(": ");
                    message.push_str(&self.repr(file)?);
                }
                Ok(message.into())
            }
            _ => self.repr(&Value::tuple(args)),
        }
    }

    /// `repr(value)`.
    pub fn repr(&mut self, value: &Value) -> Result<Rc<str>, Failure> {
        let mut out = String::new();
        let mut open = Vec::new();
        self.write_repr(value, &mut out, &mut open)?;
        self.charge(out.len())?;
        Ok(out.into())
    }

    #[allow(clippy::too_many_lines)]
    fn write_repr(
        &mut self,
        value: &Value,
        out: &mut String,
        open: &mut Vec<usize>,
    ) -> Result<(), Failure> {
        self.step()?;
        match value {
            Value::List(_)
            | Value::Tuple(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::FrozenSet(_) => {
                let address = value.address();
                if open.contains(&address) && !matches!(value, Value::Tuple(_)) {
                    out.push_str(match value {
                        Value::Dict(_) => "{...}",
                        Value::List(_) => "[...]",
                        _ => "set(...)",
                    });
                    return Ok(());
                }
                if open.len() >= REPR_DEPTH {
                    return Err(self.too_deep());
                }
                open.push(address);
                let result = stacker::maybe_grow(super::RED_ZONE, super::SEGMENT, || {
                    self.write_container(value, out, open)
                });
                open.pop();
                result?;
            }
            Value::Instance(instance) => {
                if let Some(method) = self.special(value, "__repr__")? {
                    let result = self.nested(|vm| vm.call(&method, Arguments::none()))?;
                    match result.to_text() {
                        Some(text) => out.push_str(&text),
                        None => {
                            return Err(Failure::type_error(format!(
                                "__repr__ returned non-string (type {})",
                                type_name(&result)
                            )));
                        }
                    }
                    return Ok(());
                }
                if instance.class.enumeration.borrow().is_some() {
                    let text = self.enumeration_repr(instance)?;
                    out.push_str(&text);
                    return Ok(());
                }
                let plain = value.plain();
                if !matches!(plain, Value::Instance(_)) {
                    return self.nested(|vm| vm.write_repr(&plain, out, open));
                }
                let args = Self::with_exception(instance, |exception| exception.args.clone());
                if let Some(args) = args {
                    out.push_str(&instance.class.name);
                    let text = self.repr(&Value::tuple(args.clone()))?;
                    if args.len() == 1 {
                        // Without the comma of a tuple of one.
                        out.push_str(text.strip_suffix(",)").unwrap_or(&text));
                        out.push(')');
                    } else {
                        out.push_str(&text);
                    }
                    return Ok(());
                }
                let hosts: Vec<_> = instance.class.lookup_order_hosts().cloned().collect();
                for host in hosts {
                    if let Some(method) = host.instance_attribute(self, instance, "__repr__")? {
                        let result = self.call(&method, Arguments::none())?;
                        out.push_str(&result.to_text().unwrap_or_default());
                        return Ok(());
                    }
                }
                out.push_str(&format!(
                    "<{}.{} object at 0x{:012x}>",
                    instance.class.module,
                    instance.class.qualified.borrow(),
                    value.address()
                ));
            }
            Value::Object(object) => {
                let object = object.clone();
                let text = self.native(|vm| object.repr(vm))?;
                out.push_str(&text);
            }
            Value::Range(range) => {
                out.push_str(&format!("range({}, {}", range.start, range.stop));
                if range.step != 1 {
                    out.push_str(&format!(", {}", range.step));
                }
                out.push(')');
            }
            Value::Slice(slice) => {
                out.push_str("slice(");
                for (place, part) in [&slice.start, &slice.stop, &slice.step].iter().enumerate() {
                    if place > 0 {
                        out.push_str(", ");
                    }
                    self.nested(|vm| vm.write_repr(part, out, open))?;
                }
                out.push(')');
            }
            Value::Function(function) => out.push_str(&format!(
                "<function {} at 0x{:012x}>",
                function.code.qualified,
                value.address()
            )),
            Value::Native(native) => out.push_str(&format!("<built-in function {}>", native.name)),
            Value::Method(method) => match &method.callee {
                Callee::Value(Value::Function(function)) => {
                    let receiver = method.receiver.clone();
                    let receiver = self.nested(|vm| vm.repr(&receiver))?;
                    out.push_str(&format!(
                        "<bound method {} of {receiver}>",
                        function.code.qualified
                    ));
                }
                Callee::Builtin(name, _) | Callee::Host(name) => out.push_str(&format!(
                    "<built-in method {name} of {} object at 0x{:012x}>",
                    type_name(&method.receiver),
                    method.receiver.address()
                )),
                Callee::Value(_) => out.push_str("<bound method>"),
            },
            Value::Class(class) => {
                if class.enumeration.borrow().is_some() && class.host.is_none() {
                    out.push_str(&format!("<enum '{}'>", class.qualified.borrow()));
                } else {
                    out.push_str(&format!("<class '{}'>", class.display_name()));
                }
            }
            Value::Module(module) => out.push_str(&format!("<module '{}'>", module.name)),
            Value::Generator(generator) => out.push_str(&format!(
                "<{} object {} at 0x{:012x}>",
                type_name(value),
                generator.name,
                value.address()
            )),
            Value::Iterator(_) | Value::Descriptor(_) | Value::Super(_) => {
                out.push_str(&format!(
                    "<{} object at 0x{:012x}>",
                    type_name(value),
                    value.address()
                ));
            }
            Value::Ellipsis => out.push_str("Ellipsis"),
            Value::NotImplemented => out.push_str("NotImplemented"),
            Value::Big(number) => out.push_str(&self.decimal(number)?),
            simple => out.push_str(&simple_repr(simple)),
        }
        Ok(())
    }

    /// An integer as decimal digits; `CPython` bounds them too.
    pub(crate) fn decimal(&mut self, number: &num_bigint::BigInt) -> Result<Rc<str>, Failure> {
        if number.bits() > 14_300 {
            return Err(Failure::value_error(
                "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
            ));
        }
        Ok(number.to_string().into())
    }

    fn write_container(
        &mut self,
        value: &Value,
        out: &mut String,
        open: &mut Vec<usize>,
    ) -> Result<(), Failure> {
        let before = out.len();
        match value {
            Value::List(list) => {
                let items = list.borrow().clone();
                out.push('[');
                self.write_items(&items, out, open)?;
                out.push(']');
            }
            Value::Tuple(items) => {
                out.push('(');
                self.write_items(items, out, open)?;
                if items.len() == 1 {
                    out.push(',');
                }
                out.push(')');
            }
            Value::Set(set) | Value::FrozenSet(set) => {
                let frozen = matches!(value, Value::FrozenSet(_));
                if set.is_empty() {
                    out.push_str(if frozen { "frozenset()" } else { "set()" });
                    return Ok(());
                }
                out.push_str(if frozen { "frozenset({" } else { "{" });
                self.write_items(&set.members(), out, open)?;
                out.push_str(if frozen { "})" } else { "}" });
            }
            Value::Dict(dict) => {
                out.push('{');
                for (place, (key, value)) in dict.items().iter().enumerate() {
                    if place > 0 {
                        out.push_str(", ");
                    }
                    self.write_repr(key, out, open)?;
                    out.push_str(": ");
                    self.write_repr(value, out, open)?;
                }
                out.push('}');
            }
            _ => {}
        }
        // The same list may appear in itself many times over.
        self.charge(out.len().saturating_sub(before) / 4)
    }

    fn write_items(
        &mut self,
        items: &[Value],
        out: &mut String,
        open: &mut Vec<usize>,
    ) -> Result<(), Failure> {
        for (place, item) in items.iter().enumerate() {
            if place > 0 {
                out.push_str(", ");
            }
            self.write_repr(item, out, open)?;
        }
        Ok(())
    }

    /// `value[key]`.
    pub fn item(&mut self, value: &Value, key: &Value) -> Result<Value, Failure> {
        match (value, key) {
            (Value::Dict(dict), _) => match dict.get(self, key)? {
                Some(found) => Ok(found),
                None => Err(key_error(key)),
            },
            (Value::List(list), Value::Int(index)) => {
                let list = list.borrow();
                place(*index, list.len())
                    .and_then(|place| list.get(place).cloned())
                    .ok_or_else(|| out_of_range("list index"))
            }
            (Value::Tuple(items), Value::Int(index)) => place(*index, items.len())
                .and_then(|place| items.get(place).cloned())
                .ok_or_else(|| out_of_range("tuple index")),
            (Value::Str(text), Value::Int(index)) => {
                self.steps(text.len() / 512)?;
                text::char_at(text, *index).ok_or_else(|| out_of_range("string index"))
            }
            (Value::Bytes(bytes), Value::Int(index)) => place(*index, bytes.len())
                .and_then(|place| bytes.get(place))
                .map(|&byte| Value::Int(i64::from(byte)))
                .ok_or_else(|| out_of_range("index")),
            (Value::Range(range), Value::Int(index)) => {
                let length = usize::try_from(range.len()).unwrap_or(usize::MAX);
                place(*index, length)
                    .map(|place| Value::Int(range.at(i64::try_from(place).unwrap_or(0))))
                    .ok_or_else(|| out_of_range("range object index"))
            }
            (
                Value::List(_)
                | Value::Tuple(_)
                | Value::Str(_)
                | Value::Bytes(_)
                | Value::Range(_),
                Value::Slice(slice),
            ) => self.slice(value, slice),
            (
                Value::List(_)
                | Value::Tuple(_)
                | Value::Str(_)
                | Value::Bytes(_)
                | Value::Range(_),
                _,
            ) => {
                if let Some(index) = self.index(key)? {
                    self.item(value, &Value::Int(index))
                } else {
                    let kind = match value {
                        Value::Str(_) => "string",
                        Value::Bytes(_) => "byte",
                        Value::List(_) => "list",
                        Value::Range(_) => "range",
                        _ => "tuple",
                    };
                    Err(Failure::type_error(format!(
                        "{kind} indices must be integers{}{}",
                        if kind == "string" {
                            ", not "
                        } else {
                            " or slices, not "
                        },
                        if kind == "string" {
                            format!("'{}'", type_name(key))
                        } else {
                            type_name(key).to_string()
                        }
                    )))
                }
            }
            (Value::Object(object), _) => {
                let object = object.clone();
                match self.native(|vm| object.item(vm, key))? {
                    Some(found) => Ok(found),
                    None => Err(not_subscriptable(value)),
                }
            }
            (Value::Class(class), _) => self.class_item(class, key),
            (Value::Instance(instance), _) => {
                if let Some(method) = self.special(value, "__getitem__")? {
                    return self.nested(|vm| vm.call(&method, Arguments::one(key.clone())));
                }
                let plain = value.plain();
                if let Value::Dict(dict) = &plain {
                    if let Some(found) = dict.get(self, key)? {
                        return Ok(found);
                    }
                    if let Some(method) = self.special(value, "__missing__")? {
                        return self.nested(|vm| vm.call(&method, Arguments::one(key.clone())));
                    }
                    return Err(key_error(key));
                }
                if !matches!(plain, Value::Instance(_)) {
                    return self.item(&plain, key);
                }
                let hosts: Vec<_> = instance.class.lookup_order_hosts().cloned().collect();
                for host in hosts {
                    if let Some(method) = host.instance_attribute(self, instance, "__getitem__")? {
                        return self.call(&method, Arguments::one(key.clone()));
                    }
                }
                Err(not_subscriptable(value))
            }
            _ => Err(not_subscriptable(value)),
        }
    }

    fn class_item(
        &mut self,
        class: &Rc<crate::python::Class>,
        key: &Value,
    ) -> Result<Value, Failure> {
        if class.enumeration.borrow().is_some() {
            return match Self::enumeration_names(class)
                .into_iter()
                .find(|(name, _)| Some(&**name) == key.as_str())
            {
                Some((_, member)) => Ok(member),
                None => Err(key_error(key)),
            };
        }
        if let Some(method) = self.class_attribute(
            class,
            "__class_getitem__",
            crate::python::dict::hash_str("__class_getitem__"),
        )? {
            return self.call(&method, Arguments::one(key.clone()));
        }
        crate::python::library::generic_alias(self, class, key)
    }

    /// An integer used as an index: `__index__` counts.
    pub(crate) fn index(&mut self, value: &Value) -> Result<Option<i64>, Failure> {
        if let Some(number) = value.as_int() {
            return Ok(Some(number));
        }
        match value {
            Value::Big(number) => Ok(Some(if number.is_negative() {
                i64::MIN
            } else {
                i64::MAX
            })),
            Value::Instance(_) => match self.special(value, "__index__")? {
                Some(method) => {
                    let number = self.call(&method, Arguments::none())?;
                    Ok(number.as_int())
                }
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// Start, stop and step of a slice for a sequence of a length.
    pub(crate) fn slice_bounds(
        &mut self,
        slice: &Slice,
        length: usize,
    ) -> Result<(i64, i64, i64), Failure> {
        let mut part = |value: &Value| -> Result<Option<i64>, Failure> {
            match value {
                Value::None => Ok(None),
                other => self.index(other)?.map(Some).ok_or_else(|| {
                    Failure::type_error(
                        "slice indices must be integers or None or have an __index__ method",
                    )
                }),
            }
        };
        let (start, stop, step) = (part(&slice.start)?, part(&slice.stop)?, part(&slice.step)?);
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let step = step.unwrap_or(1);
        if step == 0 {
            return Err(Failure::value_error("slice step cannot be zero"));
        }
        let (low, high) = if step > 0 {
            (0, length)
        } else {
            (-1, length - 1)
        };
        let clamp = |value: i64| {
            let value = if value < 0 {
                value.saturating_add(length)
            } else {
                value
            };
            value.clamp(low, high)
        };
        let start = start.map_or(if step > 0 { low } else { high }, clamp);
        let stop = stop.map_or(if step > 0 { high } else { low }, clamp);
        Ok((start, stop, step))
    }

    fn slice(&mut self, value: &Value, slice: &Slice) -> Result<Value, Failure> {
        let length = self.length(value)?;
        let (start, stop, step) = self.slice_bounds(slice, length)?;
        if let Value::Range(range) = value {
            let selected = Range {
                start: range.at(start),
                stop: range.at(stop),
                step: range.step.saturating_mul(step),
            };
            return Ok(Value::Range(Rc::new(selected)));
        }
        let places = Range { start, stop, step };
        let count = usize::try_from(places.len()).unwrap_or(0);
        self.steps(count / 16)?;
        let at = |place: i64| usize::try_from(places.at(place)).unwrap_or(usize::MAX);
        let indices = (0..places.len()).map(at);
        Ok(match value {
            Value::List(list) => {
                self.charge(24 * count)?;
                let list = list.borrow();
                Value::list(
                    indices
                        .filter_map(|place| list.get(place).cloned())
                        .collect(),
                )
            }
            Value::Tuple(items) => {
                self.charge(24 * count)?;
                Value::tuple(
                    indices
                        .filter_map(|place| items.get(place).cloned())
                        .collect(),
                )
            }
            Value::Bytes(bytes) => {
                self.charge(count)?;
                let selected: Vec<u8> = indices
                    .filter_map(|place| bytes.get(place).copied())
                    .collect();
                Value::bytes(selected)
            }
            Value::Str(text) => {
                self.charge(count)?;
                if text.is_ascii() {
                    if step == 1 {
                        let end = start.max(stop);
                        let from = usize::try_from(start).unwrap_or(0);
                        let to = usize::try_from(end).unwrap_or(0);
                        return Ok(Value::str(text.get(from..to).unwrap_or("")));
                    }
                    let bytes = text.as_bytes();
                    let selected: String = indices
                        .filter_map(|place| bytes.get(place))
                        .map(|&byte| char::from(byte))
                        .collect();
                    Value::from(selected)
                } else {
                    let chars: Vec<char> = text.chars().collect();
                    let selected: String = indices.filter_map(|place| chars.get(place)).collect();
                    Value::from(selected)
                }
            }
            _ => Value::None,
        })
    }

    /// `value[key] = new`.
    pub fn set_item(&mut self, value: &Value, key: &Value, new: Value) -> Result<(), Failure> {
        match (value, key) {
            (Value::Dict(dict), _) => {
                self.charge(72)?;
                dict.insert(self, key.clone(), new)
            }
            (Value::List(list), Value::Slice(slice)) => self.set_slice(list, slice, &new),
            (Value::List(list), _) => {
                let Some(index) = self.index(key)? else {
                    return Err(Failure::type_error(format!(
                        "list indices must be integers or slices, not {}",
                        type_name(key)
                    )));
                };
                let old = {
                    let mut list = list.borrow_mut();
                    let length = list.len();
                    let slot = place(index, length).and_then(|place| list.get_mut(place));
                    match slot {
                        Some(slot) => std::mem::replace(slot, new),
                        None => return Err(out_of_range("list assignment index")),
                    }
                };
                drop(old);
                Ok(())
            }
            (Value::Object(object), _) => {
                let object = object.clone();
                if self.native(|vm| object.set_item(vm, key, new))? {
                    Ok(())
                } else {
                    Err(no_assignment(value))
                }
            }
            (Value::Instance(instance), _) => {
                if let Some(method) = self.special(value, "__setitem__")? {
                    self.nested(|vm| vm.call(&method, Arguments::of(vec![key.clone(), new])))?;
                    return Ok(());
                }
                let plain = value.plain();
                if !matches!(plain, Value::Instance(_)) {
                    return self.set_item(&plain, key, new);
                }
                let hosts: Vec<_> = instance.class.lookup_order_hosts().cloned().collect();
                for host in hosts {
                    if let Some(method) = host.instance_attribute(self, instance, "__setitem__")? {
                        self.call(&method, Arguments::of(vec![key.clone(), new]))?;
                        return Ok(());
                    }
                }
                Err(no_assignment(value))
            }
            _ => Err(no_assignment(value)),
        }
    }

    fn set_slice(
        &mut self,
        list: &Rc<crate::python::List>,
        slice: &Slice,
        new: &Value,
    ) -> Result<(), Failure> {
        let items = self.collect(new).map_err(|failure| {
            if failure.is("TypeError") {
                Failure::type_error("can only assign an iterable")
            } else {
                failure
            }
        })?;
        let length = list.borrow().len();
        self.steps(length / 64)?;
        let (start, stop, step) = self.slice_bounds(slice, length)?;
        if step == 1 {
            let from = usize::try_from(start).unwrap_or(0);
            let to = usize::try_from(stop.max(start)).unwrap_or(0);
            let old: Vec<Value> = list.borrow_mut().splice(from..to, items).collect();
            drop(old);
            return Ok(());
        }
        let places = Range { start, stop, step };
        let count = usize::try_from(places.len()).unwrap_or(0);
        if count != items.len() {
            return Err(Failure::value_error(format!(
                "attempt to assign sequence of size {} to extended slice of size {count}",
                items.len()
            )));
        }
        let mut list = list.borrow_mut();
        for (place, item) in (0..places.len()).zip(items) {
            let place = usize::try_from(places.at(place)).unwrap_or(usize::MAX);
            if let Some(slot) = list.get_mut(place) {
                *slot = item;
            }
        }
        Ok(())
    }

    /// `del value[key]`.
    pub(crate) fn delete_item(&mut self, value: &Value, key: &Value) -> Result<(), Failure> {
        match (value, key) {
            (Value::Dict(dict), _) => match dict.remove(self, key)? {
                Some(_) => Ok(()),
                None => Err(key_error(key)),
            },
            (Value::List(list), Value::Slice(slice)) => {
                let length = list.borrow().len();
                let (start, stop, step) = self.slice_bounds(slice, length)?;
                let places = Range { start, stop, step };
                let gone: std::collections::HashSet<i64> =
                    (0..places.len()).map(|place| places.at(place)).collect();
                self.steps(length)?;
                let mut place = -1;
                list.borrow_mut().retain(|_| {
                    place += 1;
                    !gone.contains(&place)
                });
                Ok(())
            }
            (Value::List(list), _) => {
                let Some(index) = self.index(key)? else {
                    return Err(Failure::type_error(format!(
                        "list indices must be integers or slices, not {}",
                        type_name(key)
                    )));
                };
                let length = list.borrow().len();
                self.steps(length / 64)?;
                match place(index, length) {
                    Some(place) => {
                        let old = list.borrow_mut().remove(place);
                        drop(old);
                        Ok(())
                    }
                    None => Err(out_of_range("list assignment index")),
                }
            }
            (Value::Object(object), _) => {
                let object = object.clone();
                if self.native(|vm| object.delete_item(vm, key))? {
                    Ok(())
                } else {
                    Err(no_deletion(value))
                }
            }
            (Value::Instance(_), _) => {
                if let Some(method) = self.special(value, "__delitem__")? {
                    self.call(&method, Arguments::one(key.clone()))?;
                    return Ok(());
                }
                match value.plain() {
                    Value::Instance(_) => Err(no_deletion(value)),
                    plain => self.delete_item(&plain, key),
                }
            }
            _ => Err(no_deletion(value)),
        }
    }

    /// `format(value, specification)`.
    pub(crate) fn format(
        &mut self,
        value: &Value,
        specification: &str,
    ) -> Result<Rc<str>, Failure> {
        match value {
            Value::Str(text) if specification.is_empty() => return Ok(text.clone()),
            Value::Object(object) => {
                let inner = object.clone();
                if let Some(text) = self.native(|vm| inner.format(vm, specification))? {
                    return Ok(text);
                }
            }
            Value::Instance(instance) => {
                if let Some(method) = self.special(value, "__format__")? {
                    let result = self
                        .nested(|vm| vm.call(&method, Arguments::one(Value::str(specification))))?;
                    return result
                        .to_text()
                        .ok_or_else(|| Failure::type_error("__format__ must return a str"));
                }
                if instance.class.enumeration.borrow().is_some() {
                    let text = self.str(value)?;
                    if specification.is_empty() {
                        return Ok(text);
                    }
                    if !self.formats_as_value(instance) {
                        return self.format(&Value::Str(text), specification);
                    }
                }
                let plain = value.plain();
                if !matches!(plain, Value::Instance(_)) && !specification.is_empty() {
                    return self.format(&plain, specification);
                }
            }
            _ => {}
        }
        if specification.is_empty() {
            return self.str(value);
        }
        let text = crate::python::format::format(self, value, specification)?;
        self.charge(text.len())?;
        Ok(text.into())
    }
}

fn in_range(range: &Range, number: i64) -> bool {
    let inside = if range.step > 0 {
        number >= range.start && number < range.stop
    } else {
        number <= range.start && number > range.stop
    };
    inside && (i128::from(number) - i128::from(range.start)) % i128::from(range.step) == 0
}

/// A place in a sequence: negative ones count from the end.
pub(crate) fn place(index: i64, length: usize) -> Option<usize> {
    let place = if index < 0 {
        index.checked_add(i64::try_from(length).ok()?)?
    } else {
        index
    };
    usize::try_from(place).ok().filter(|&place| place < length)
}

fn out_of_range(what: &str) -> Failure {
    Failure::raise("IndexError", format!("{what} out of range"))
}

/// The `KeyError` for a missing key.
pub(crate) fn key_error(key: &Value) -> Failure {
    Failure::with(&types().exception("KeyError"), vec![key.clone()])
}

fn not_iterable(value: &Value) -> Failure {
    Failure::type_error(format!("'{}' object is not iterable", type_name(value)))
}

fn not_an_iterator(value: &Value) -> Failure {
    Failure::type_error(format!("'{}' object is not an iterator", type_name(value)))
}

fn no_length(value: &Value) -> Failure {
    Failure::type_error(format!(
        "object of type '{}' has no len()",
        type_name(value)
    ))
}

fn not_subscriptable(value: &Value) -> Failure {
    Failure::type_error(format!(
        "'{}' object is not subscriptable",
        type_name(value)
    ))
}

fn no_assignment(value: &Value) -> Failure {
    Failure::type_error(format!(
        "'{}' object does not support item assignment",
        type_name(value)
    ))
}

fn no_deletion(value: &Value) -> Failure {
    Failure::type_error(format!(
        "'{}' object doesn't support item deletion",
        type_name(value)
    ))
}

/// Iterates by asking for items 0, 1, 2 …
struct ByIndex {
    value: Value,
    place: i64,
}

impl crate::python::Iterate for ByIndex {
    fn next(&mut self, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        let place = self.place;
        self.place += 1;
        match vm.item(&self.value, &Value::Int(place)) {
            Ok(value) => Ok(Some(value)),
            Err(failure) if failure.is("IndexError") || failure.is("StopIteration") => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}
