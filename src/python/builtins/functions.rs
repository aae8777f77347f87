//! Built-in functions.

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::Signed;

use super::{index, one};
use crate::python::Arguments;
use crate::python::dict::Dict;
use crate::python::error::Failure;
use crate::python::iterator::{Iterate, Iteration};
use crate::python::number::big_of;
use crate::python::object::BinaryOperator;
use crate::python::trash;
use crate::python::types::type_name;
use crate::python::value::Value;
use crate::python::vm::{Vm, is_callable};

/// Whether a built-in class has a name that every module sees.
pub(super) fn is_public(name: &str) -> bool {
    !matches!(
        name,
        "function"
            | "builtin_function_or_method"
            | "method"
            | "module"
            | "generator"
            | "coroutine"
            | "async_generator"
            | "NoneType"
            | "ellipsis"
            | "NotImplementedType"
            | "cached_property"
            | "iterator"
    )
}

/// Built-in functions that are refused when they are called, with the name they show.
pub(crate) fn refused(name: &str) -> Option<&'static str> {
    const NAMES: &[&str] = &[
        "eval",
        "exec",
        "compile",
        "input",
        "breakpoint",
        "help",
        "memoryview",
        "exit",
        "quit",
        "aiter",
        "anext",
    ];
    NAMES.iter().find(|known| **known == name).copied()
}

/// A value inside a native iterator: dropped without recursion.
struct Held(Value);

impl Drop for Held {
    fn drop(&mut self) {
        trash::bury_one(std::mem::replace(&mut self.0, Value::None));
    }
}

struct Enumerate {
    inner: Held,
    next: Value,
}

impl Iterate for Enumerate {
    fn next(&mut self, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        let Some(value) = vm.next(&self.inner.0)? else {
            return Ok(None);
        };
        let place = self.next.clone();
        self.next = vm.binary(BinaryOperator::Add, &place, &Value::Int(1))?;
        Ok(Some(Value::tuple(vec![place, value])))
    }

    fn type_name(&self) -> &'static str {
        "enumerate"
    }
}

struct Zip {
    inner: Vec<Held>,
    strict: bool,
}

impl Iterate for Zip {
    fn next(&mut self, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        if self.inner.is_empty() {
            return Ok(None);
        }
        let mut values = Vec::with_capacity(self.inner.len());
        for (place, inner) in self.inner.iter().enumerate() {
            if let Some(value) = vm.next(&inner.0)? {
                values.push(value);
                continue;
            }
            if self.strict {
                if place > 0 {
                    return Err(uneven(place, "shorter"));
                }
                for (place, inner) in self.inner.iter().enumerate().skip(1) {
                    if vm.next(&inner.0)?.is_some() {
                        return Err(uneven(place, "longer"));
                    }
                }
            }
            return Ok(None);
        }
        vm.charge(24 * values.len())?;
        Ok(Some(Value::tuple(values)))
    }

    fn type_name(&self) -> &'static str {
        "zip"
    }
}

fn uneven(place: usize, what: &str) -> Failure {
    let others = if place == 1 {
        "argument 1".to_owned()
    } else {
        format!("arguments 1-{place}")
    };
    Failure::value_error(format!(
        "zip() argument {} is {what} than {others}",
        place + 1
    ))
}

struct Map {
    function: Held,
    inner: Vec<Held>,
}

impl Iterate for Map {
    fn next(&mut self, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        let mut values = Vec::with_capacity(self.inner.len());
        for inner in &self.inner {
            match vm.next(&inner.0)? {
                Some(value) => values.push(value),
                None => return Ok(None),
            }
        }
        vm.call(&self.function.0, Arguments::of(values)).map(Some)
    }

    fn type_name(&self) -> &'static str {
        "map"
    }
}

struct Filter {
    function: Held,
    inner: Held,
}

impl Iterate for Filter {
    fn next(&mut self, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        while let Some(value) = vm.next(&self.inner.0)? {
            vm.step()?;
            let keep = if self.function.0.is_none() {
                vm.truth(&value)?
            } else {
                let result = vm.call(&self.function.0, Arguments::one(value.clone()))?;
                vm.truth(&result)?
            };
            if keep {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn type_name(&self) -> &'static str {
        "filter"
    }
}

struct Until {
    function: Held,
    sentinel: Held,
    done: bool,
}

impl Iterate for Until {
    fn next(&mut self, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        if self.done {
            return Ok(None);
        }
        let value = vm.call(&self.function.0, Arguments::none())?;
        if vm.equals(&value, &self.sentinel.0)? {
            self.done = true;
            return Ok(None);
        }
        Ok(Some(value))
    }

    fn type_name(&self) -> &'static str {
        "callable_iterator"
    }
}

fn iteration(iterate: impl Iterate + 'static) -> Value {
    Value::Iterator(Rc::new(Iteration::new(iterate)))
}

fn iterators(vm: &mut Vm, values: &[Value]) -> Result<Vec<Held>, Failure> {
    let mut held = Vec::with_capacity(values.len());
    for value in values {
        held.push(Held(vm.iterator(value)?));
    }
    Ok(held)
}

/// Values in order, by an optional key.
pub(crate) fn sort_values(
    vm: &mut Vm,
    items: Vec<Value>,
    key: Option<&Value>,
    reverse: bool,
) -> Result<Vec<Value>, Failure> {
    vm.charge(48 * items.len())?;
    let mut pairs = Vec::with_capacity(items.len());
    for item in items {
        let key = match key {
            Some(key) => vm.call(key, Arguments::one(item.clone()))?,
            None => item.clone(),
        };
        pairs.push((key, item));
    }
    vm.sort(&mut pairs, reverse)?;
    Ok(pairs.into_iter().map(|(_, item)| item).collect())
}

/// `reversed(value)`.
pub(super) fn reversed(vm: &mut Vm, value: &Value) -> Result<Value, Failure> {
    if let Some(method) = vm.special(value, "__reversed__")? {
        return vm.call(&method, Arguments::none());
    }
    let sequence = matches!(
        value.plain(),
        Value::List(_)
            | Value::Tuple(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Range(_)
            | Value::Dict(_)
            | Value::Class(_)
    );
    let object = match value {
        Value::Object(object) => {
            if object.has_method("__reversed__") {
                return vm.call_method(value, "__reversed__", Arguments::none());
            }
            object.clone().length(vm)?.is_some()
        }
        Value::Instance(instance) => {
            instance.class.lookup("__getitem__").is_some()
                && instance.class.lookup("__len__").is_some()
        }
        _ => false,
    };
    if !sequence && !object {
        return Err(Failure::type_error(format!(
            "'{}' object is not reversible",
            type_name(value)
        )));
    }
    let mut values = vm.collect(value)?;
    values.reverse();
    Ok(Value::Iterator(Rc::new(Iteration::over(values))))
}

/// `abs(value)`.
pub(super) fn absolute(vm: &mut Vm, value: &Value) -> Result<Value, Failure> {
    match value.plain() {
        Value::Float(number) => Ok(Value::Float(number.abs())),
        Value::Int(_) | Value::Big(_) | Value::Bool(_) => {
            Ok(Value::big(big_of(value).unwrap_or_default().abs()))
        }
        _ => match value {
            Value::Instance(_) if vm.special(value, "__abs__")?.is_some() => {
                vm.call_method(value, "__abs__", Arguments::none())
            }
            Value::Object(object) if object.has_method("__abs__") => {
                vm.call_method(value, "__abs__", Arguments::none())
            }
            _ => Err(Failure::type_error(format!(
                "bad operand type for abs(): '{}'",
                type_name(value)
            ))),
        },
    }
}

/// `hash(value)`.
pub(super) fn hash(vm: &mut Vm, value: &Value) -> Result<Value, Failure> {
    match value {
        // CPython reduces modulo the prime 2**61 - 1.
        Value::Int(_) | Value::Bool(_) | Value::Big(_) => {
            let number = big_of(value).unwrap_or_default();
            let modulus = BigInt::from((1i64 << 61) - 1);
            let hash = number.magnitude() % modulus.magnitude();
            let hash = BigInt::from(hash);
            let hash = if number.is_negative() { -hash } else { hash };
            Ok(if hash == BigInt::from(-1) {
                Value::Int(-2)
            } else {
                Value::big(hash)
            })
        }
        #[allow(clippy::cast_possible_truncation)]
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9.0e18 => {
            hash(vm, &Value::Int(*number as i64))
        }
        other => {
            let hash = vm.hash(other)?;
            Ok(Value::Int(i64::from_ne_bytes(hash.to_ne_bytes()) >> 3))
        }
    }
}

/// The names `dir(value)` lists.
pub(super) fn directory(vm: &mut Vm, value: &Value) -> Result<Value, Failure> {
    let mut names: Vec<Rc<str>> = Vec::new();
    let add = |names: &mut Vec<Rc<str>>, dict: &Dict| {
        names.extend(dict.text_items().into_iter().map(|(name, _)| name));
    };
    match value {
        Value::Module(module) => add(&mut names, &module.namespace),
        Value::Class(class) => {
            for class in class.lookup_order() {
                add(&mut names, &class.namespace);
            }
        }
        Value::Instance(instance) => {
            add(&mut names, &instance.attributes);
            for class in instance.class.lookup_order() {
                add(&mut names, &class.namespace);
            }
        }
        Value::Object(object) => names = object.attribute_names(),
        _ => {}
    }
    names.sort();
    names.dedup();
    vm.charge(40 * names.len())?;
    Ok(Value::list(names.into_iter().map(Value::Str).collect()))
}

fn extreme(
    vm: &mut Vm,
    args: Arguments,
    name: &'static str,
    largest: bool,
) -> Result<Value, Failure> {
    let bound = args.bind(name, "*values, key=, default=")?;
    let values = match bound.rest.as_slice() {
        [] => {
            return Err(Failure::type_error(format!(
                "{name} expected at least 1 argument, got 0"
            )));
        }
        [only] => vm.collect(only)?,
        many => many.to_vec(),
    };
    let key = bound.some("key");
    let mut best: Option<(Value, Value)> = None;
    for value in values {
        vm.step()?;
        let weight = match &key {
            Some(key) => vm.call(key, Arguments::one(value.clone()))?,
            None => value.clone(),
        };
        let better = match &best {
            None => true,
            Some((other, _)) if largest => {
                let greater =
                    vm.compare(crate::python::CompareOperator::Greater, &weight, other)?;
                vm.truth(&greater)?
            }
            Some((other, _)) => vm.less(&weight, other)?,
        };
        if better {
            best = Some((weight, value));
        }
    }
    match (best, bound.get("default")) {
        (Some((_, value)), _) => Ok(value),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(Failure::value_error(format!(
            "{name}() arg is an empty sequence"
        ))),
    }
}

fn attribute_name(value: &Value) -> Result<Rc<str>, Failure> {
    value
        .to_text()
        .ok_or_else(|| Failure::type_error("attribute name must be string"))
}

/// `print`.
fn print(vm: &mut Vm, args: Arguments) -> Result<Value, Failure> {
    let bound = args.bind("print", "*values, sep=, end=, file=, flush=, **other")?;
    if let Some((name, _)) = bound.keywords.first() {
        return Err(Failure::type_error(format!(
            "'{name}' is an invalid keyword argument for print()"
        )));
    }
    let separator = bound.text("sep")?.unwrap_or_else(|| " ".into());
    let end = bound.text("end")?.unwrap_or_else(|| "\n".into());
    let mut text = String::new();
    for (place, value) in bound.rest.iter().enumerate() {
        if place > 0 {
            text.push_str(&separator);
        }
        text.push_str(&vm.str(value)?);
    }
    text.push_str(&end);
    vm.charge(text.len())?;
    match bound.some("file") {
        Some(file) => {
            vm.call_method(&file, "write", Arguments::one(Value::from(text)))?;
        }
        None => vm.host().print(&text),
    }
    Ok(Value::None)
}

fn sum(vm: &mut Vm, args: Arguments) -> Result<Value, Failure> {
    let bound = args.bind("sum", "iterable, /, start=")?;
    let mut total = bound.get("start").unwrap_or(Value::Int(0));
    if matches!(total, Value::Str(_)) {
        return Err(Failure::type_error(
            "sum() can't sum strings [use ''.join(seq) instead]",
        ));
    }
    let iterator = vm.iterator(&bound.value("iterable"))?;
    while let Some(value) = vm.next(&iterator)? {
        vm.step()?;
        total = vm.binary(BinaryOperator::Add, &total, &value)?;
    }
    Ok(total)
}

fn round(vm: &mut Vm, args: Arguments) -> Result<Value, Failure> {
    let bound = args.bind("round", "number, ndigits=")?;
    let value = bound.value("number");
    let digits = match bound.some("ndigits") {
        Some(digits) => Some(index(vm, &digits)?),
        None => None,
    };
    match (value.plain(), digits) {
        (Value::Float(number), None) => super::number::truncate(number.round_ties_even()),
        (Value::Float(number), Some(digits)) => {
            Ok(Value::Float(super::number::round_float(number, digits)))
        }
        (number @ (Value::Int(_) | Value::Big(_) | Value::Bool(_)), digits) => {
            let number = big_of(&number).unwrap_or_default();
            match digits {
                Some(digits) if digits < 0 => {
                    let places = u32::try_from(digits.unsigned_abs()).unwrap_or(u32::MAX);
                    if u64::from(places) > number.bits() {
                        return Ok(Value::Int(0));
                    }
                    let unit = BigInt::from(10).pow(places);
                    let (quotient, rest) = num_integer::Integer::div_mod_floor(&number, &unit);
                    let twice: BigInt = rest * 2;
                    let up = match twice.cmp(&unit) {
                        std::cmp::Ordering::Less => false,
                        std::cmp::Ordering::Greater => true,
                        std::cmp::Ordering::Equal => quotient.bit(0),
                    };
                    Ok(Value::big((quotient + i32::from(up)) * unit))
                }
                _ => Ok(Value::big(number)),
            }
        }
        _ => {
            let has = match &value {
                Value::Instance(_) => vm.special(&value, "__round__")?.is_some(),
                Value::Object(object) => object.has_method("__round__"),
                _ => false,
            };
            if !has {
                return Err(Failure::type_error(format!(
                    "type {} doesn't define __round__ method",
                    type_name(&value)
                )));
            }
            let arguments = digits.map(Value::Int).into_iter().collect();
            vm.call_method(&value, "__round__", Arguments::of(arguments))
        }
    }
}

fn based(value: &Value, radix: u32, prefix: &str) -> Result<Value, Failure> {
    let Some(number) = big_of(value) else {
        return Err(Failure::type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            type_name(value)
        )));
    };
    let sign = if number.is_negative() { "-" } else { "" };
    Ok(Value::from(format!(
        "{sign}{prefix}{}",
        number.magnitude().to_str_radix(radix)
    )))
}

fn vars(vm: &mut Vm, value: &Value) -> Result<Value, Failure> {
    match value {
        Value::Instance(instance) => Ok(Value::Dict(instance.attributes.clone())),
        Value::Class(class) => Ok(Value::Dict(class.namespace.clone())),
        Value::Module(module) => Ok(Value::Dict(module.namespace.clone())),
        Value::Object(_) => match vm.find_attribute(value, "__dict__")? {
            Some(dict) => Ok(dict),
            None => Err(no_dict()),
        },
        _ => Err(no_dict()),
    }
}

fn no_dict() -> Failure {
    Failure::type_error("vars() argument must have __dict__ attribute")
}

/// Puts the functions into a namespace.
#[allow(clippy::too_many_lines)]
pub(super) fn fill(dict: &Dict) {
    let add = |name: &'static str, function: fn(&mut Vm, Arguments) -> Result<Value, Failure>| {
        dict.set_str(name, Value::native(name, function));
    };
    add("print", print);
    add("len", |vm, args| {
        let value = one(args, "len")?;
        vm.length(&value).map(Value::from)
    });
    add("repr", |vm, args| {
        let value = one(args, "repr")?;
        vm.repr(&value).map(Value::Str)
    });
    add("ascii", |vm, args| {
        let value = one(args, "ascii")?;
        Ok(Value::from(crate::python::text::ascii(&vm.repr(&value)?)))
    });
    add("isinstance", |vm, args| {
        let bound = args.bind("isinstance", "object, class, /")?;
        vm.is_instance(&bound.value("object"), &bound.value("class"))
            .map(Value::Bool)
    });
    add("issubclass", |vm, args| {
        let bound = args.bind("issubclass", "class, parent, /")?;
        vm.is_subclass(&bound.value("class"), &bound.value("parent"))
            .map(Value::Bool)
    });
    add("getattr", |vm, args| {
        let bound = args.bind("getattr", "object, name, default=, /")?;
        let name = attribute_name(&bound.value("name"))?;
        let object = bound.value("object");
        match bound.get("default") {
            None => vm.attribute(&object, &name),
            Some(default) => match vm.find_attribute(&object, &name) {
                Ok(found) => Ok(found.unwrap_or(default)),
                Err(failure) if failure.is("AttributeError") => Ok(default),
                Err(failure) => Err(failure),
            },
        }
    });
    add("hasattr", |vm, args| {
        let bound = args.bind("hasattr", "object, name, /")?;
        let name = attribute_name(&bound.value("name"))?;
        match vm.find_attribute(&bound.value("object"), &name) {
            Ok(found) => Ok(Value::Bool(found.is_some())),
            Err(failure) if failure.is("AttributeError") => Ok(Value::Bool(false)),
            Err(failure) => Err(failure),
        }
    });
    add("setattr", |vm, args| {
        let bound = args.bind("setattr", "object, name, value, /")?;
        let name = attribute_name(&bound.value("name"))?;
        vm.set_attribute(&bound.value("object"), &name, bound.value("value"))?;
        Ok(Value::None)
    });
    add("delattr", |vm, args| {
        let bound = args.bind("delattr", "object, name, /")?;
        let name = attribute_name(&bound.value("name"))?;
        vm.delete_attribute(&bound.value("object"), &name)?;
        Ok(Value::None)
    });
    add("callable", |_, args| {
        let value = one(args, "callable")?;
        Ok(Value::Bool(is_callable(&value)))
    });
    add("iter", |vm, args| {
        let bound = args.bind("iter", "object, sentinel=, /")?;
        match bound.get("sentinel") {
            None => vm.iterator(&bound.value("object")),
            Some(sentinel) => Ok(iteration(Until {
                function: Held(bound.value("object")),
                sentinel: Held(sentinel),
                done: false,
            })),
        }
    });
    add("next", |vm, args| {
        let bound = args.bind("next", "iterator, default=, /")?;
        let iterator = bound.value("iterator");
        if let Value::Generator(generator) = &iterator {
            return match vm.resume(generator, Value::None, None)? {
                crate::python::vm::Exit::Yield(value) => Ok(value),
                crate::python::vm::Exit::Return(value) => bound
                    .get("default")
                    .ok_or_else(|| Vm::stop_iteration(value)),
            };
        }
        match vm.next(&iterator)? {
            Some(value) => Ok(value),
            None => bound
                .get("default")
                .ok_or_else(|| Vm::stop_iteration(Value::None)),
        }
    });
    add("enumerate", |vm, args| {
        let bound = args.bind("enumerate", "iterable, start=")?;
        let inner = Held(vm.iterator(&bound.value("iterable"))?);
        Ok(iteration(Enumerate {
            inner,
            next: bound.get("start").unwrap_or(Value::Int(0)),
        }))
    });
    add("zip", |vm, args| {
        let bound = args.bind("zip", "*iterables, strict=")?;
        Ok(iteration(Zip {
            inner: iterators(vm, &bound.rest)?,
            strict: bound.flag("strict").unwrap_or(false),
        }))
    });
    add("map", |vm, args| {
        let bound = args.bind("map", "function, /, *iterables")?;
        if bound.rest.is_empty() {
            return Err(Failure::type_error(
                "map() must have at least two arguments.",
            ));
        }
        Ok(iteration(Map {
            function: Held(bound.value("function")),
            inner: iterators(vm, &bound.rest)?,
        }))
    });
    add("filter", |vm, args| {
        let bound = args.bind("filter", "function, iterable, /")?;
        Ok(iteration(Filter {
            function: Held(bound.value("function")),
            inner: Held(vm.iterator(&bound.value("iterable"))?),
        }))
    });
    add("sorted", |vm, args| {
        let bound = args.bind("sorted", "iterable, /, *, key=, reverse=")?;
        let items = vm.collect(&bound.value("iterable"))?;
        let reverse = match bound.get("reverse") {
            Some(reverse) => vm.truth(&reverse)?,
            None => false,
        };
        sort_values(vm, items, bound.some("key").as_ref(), reverse).map(Value::list)
    });
    add("reversed", |vm, args| {
        let value = one(args, "reversed")?;
        reversed(vm, &value)
    });
    add("sum", sum);
    add("min", |vm, args| extreme(vm, args, "min", false));
    add("max", |vm, args| extreme(vm, args, "max", true));
    add("any", |vm, args| {
        let value = one(args, "any")?;
        if let Some(truth) = vm.quantified(&value, false)? {
            return Ok(truth);
        }
        let iterator = vm.iterator(&value)?;
        while let Some(value) = vm.next(&iterator)? {
            vm.step()?;
            if vm.truth(&value)? {
                return Ok(Value::Bool(true));
            }
        }
        Ok(Value::Bool(false))
    });
    add("all", |vm, args| {
        let value = one(args, "all")?;
        if let Some(truth) = vm.quantified(&value, true)? {
            return Ok(truth);
        }
        let iterator = vm.iterator(&value)?;
        while let Some(value) = vm.next(&iterator)? {
            vm.step()?;
            if !vm.truth(&value)? {
                return Ok(Value::Bool(false));
            }
        }
        Ok(Value::Bool(true))
    });
    add("abs", |vm, args| {
        let value = one(args, "abs")?;
        absolute(vm, &value)
    });
    add("round", round);
    add("divmod", |vm, args| {
        let bound = args.bind("divmod", "x, y, /")?;
        let (x, y) = (bound.value("x"), bound.value("y"));
        let quotient = vm.binary(BinaryOperator::FloorDivide, &x, &y)?;
        let rest = vm.binary(BinaryOperator::Modulo, &x, &y)?;
        Ok(Value::tuple(vec![quotient, rest]))
    });
    add("pow", |vm, args| {
        let bound = args.bind("pow", "base, exp, mod=")?;
        let (base, exponent) = (bound.value("base"), bound.value("exp"));
        match bound.some("mod") {
            Some(modulus) => vm.modular_power(&base, &exponent, &modulus),
            None => vm.binary(BinaryOperator::Power, &base, &exponent),
        }
    });
    add("chr", |vm, args| {
        let value = one(args, "chr")?;
        let code = index(vm, &value)?;
        let one = u32::try_from(code).ok().filter(|code| *code < 0x11_0000);
        match one.map(char::from_u32) {
            Some(Some(one)) => Ok(Value::from(one.to_string())),
            Some(None) => Err(vm.refuse("chr", "Surrogate characters are not supported.", "")),
            None => Err(Failure::value_error("chr() arg not in range(0x110000)")),
        }
    });
    add("ord", |_, args| {
        let value = one(args, "ord")?;
        match value.plain() {
            Value::Str(text) => {
                let mut chars = text.chars();
                match (chars.next(), chars.next()) {
                    (Some(one), None) => Ok(Value::Int(i64::from(u32::from(one)))),
                    _ => Err(Failure::type_error(format!(
                        "ord() expected a character, but string of length {} found",
                        text.chars().count()
                    ))),
                }
            }
            Value::Bytes(bytes) if bytes.len() == 1 => {
                Ok(Value::Int(bytes.first().map_or(0, |&byte| i64::from(byte))))
            }
            other => Err(Failure::type_error(format!(
                "ord() expected string of length 1, but {} found",
                type_name(&other)
            ))),
        }
    });
    add("hex", |_, args| based(&one(args, "hex")?, 16, "0x"));
    add("oct", |_, args| based(&one(args, "oct")?, 8, "0o"));
    add("bin", |_, args| based(&one(args, "bin")?, 2, "0b"));
    add("hash", |vm, args| {
        let value = one(args, "hash")?;
        hash(vm, &value)
    });
    add("id", |_, args| {
        let value = one(args, "id")?;
        Ok(Value::Int(i64::try_from(value.address()).unwrap_or(0)))
    });
    add("format", |vm, args| {
        let bound = args.bind("format", "value, format_spec=, /")?;
        let specification = bound.text("format_spec")?.unwrap_or_default();
        vm.format(&bound.value("value"), &specification)
            .map(Value::Str)
    });
    add("vars", |vm, args| {
        if args.positional.is_empty() {
            return Ok(Value::Dict(vm.local_namespace()));
        }
        let value = one(args, "vars")?;
        vars(vm, &value)
    });
    add("dir", |vm, args| {
        if args.positional.is_empty() {
            let names = vm.local_namespace();
            let mut names = names.keys();
            names.sort_by_key(Value::to_text);
            return Ok(Value::list(names));
        }
        let value = one(args, "dir")?;
        directory(vm, &value)
    });
    add("globals", |vm, _| Ok(Value::Dict(vm.global_namespace())));
    add("locals", |vm, _| Ok(Value::Dict(vm.local_namespace())));
    add("open", crate::python::library::open);
    add("__import__", |vm, args| {
        let bound = args.bind("__import__", "name, globals=, locals=, fromlist=, level=")?;
        let name = bound.text("name")?.unwrap_or_default();
        let module = vm.import(&name)?;
        match bound.some("fromlist") {
            Some(list) if vm.truth(&list)? => Ok(module),
            _ => {
                let top = name.split('.').next().unwrap_or(&name);
                vm.import(top)
            }
        }
    });
    add("__build_class__", |vm, _| {
        Err(vm.refuse("__build_class__", "__build_class__ is not available.", ""))
    });
}
