//! How built-in types make values.

use std::rc::Rc;

use num_bigint::{BigInt, Sign};
use num_traits::Num;

use super::index;
use crate::python::Arguments;
use crate::python::class::{Class, Constructor, Exception, Instance, Layout, Payload};
use crate::python::dict::Dict;
use crate::python::error::Failure;
use crate::python::function::{Descriptor, DescriptorKind, Super};
use crate::python::number::float_of;
use crate::python::types::type_name;
use crate::python::value::{Range, Set, Slice, Value};
use crate::python::vm::Vm;

/// The constructor of a built-in class.
pub(super) fn constructor(name: &str) -> Option<Constructor> {
    Some(match name {
        "str" => |vm, _, args| {
            let bound = args.bind("str", "object=, encoding=, errors=")?;
            let Some(object) = bound.get("object") else {
                return Ok(Value::str(""));
            };
            if let Value::Bytes(bytes) = &object
                && (bound.given("encoding") || bound.given("errors"))
            {
                let encoding = bound.text("encoding")?.unwrap_or_else(|| "utf-8".into());
                let errors = bound.text("errors")?.unwrap_or_else(|| "strict".into());
                return decode(vm, bytes, &encoding, &errors).map(Value::from);
            }
            vm.str(&object).map(Value::Str)
        },
        "int" => |vm, _, args| {
            let bound = args.bind("int", "x=, base=")?;
            match (bound.get("x"), bound.get("base")) {
                (None, _) => Ok(Value::Int(0)),
                (Some(value), None) => int_of(vm, &value),
                (Some(value), Some(base)) => {
                    let base = index(vm, &base)?;
                    let Some(text) = value.to_text() else {
                        return Err(Failure::type_error(
                            "int() can't convert non-string with explicit base",
                        ));
                    };
                    parse_int(&text, base)
                }
            }
        },
        "bool" => |vm, _, args| {
            let bound = args.bind("bool", "object=, /")?;
            match bound.get("object") {
                Some(value) => vm.truth(&value).map(Value::Bool),
                None => Ok(Value::Bool(false)),
            }
        },
        "float" => |vm, _, args| {
            let bound = args.bind("float", "x=, /")?;
            let Some(value) = bound.get("x") else {
                return Ok(Value::Float(0.0));
            };
            match value.plain() {
                Value::Str(text) => parse_float(&text),
                number @ (Value::Int(_) | Value::Big(_) | Value::Bool(_) | Value::Float(_)) => {
                    float_of(&number).map(Value::Float)
                }
                other => match special_conversion(vm, &value, "__float__")? {
                    Some(result) => Ok(result),
                    None => Err(Failure::type_error(format!(
                        "float() argument must be a string or a real number, not '{}'",
                        type_name(&other)
                    ))),
                },
            }
        },
        "complex" => |vm, _, _| Err(vm.refuse("complex", "Complex numbers are not supported.", "")),
        "bytes" | "bytearray" => {
            |vm, _, args| {
                let bound = args.bind("bytes", "source=, encoding=, errors=")?;
                match bound.get("source").map(|source| source.plain()) {
                    None => Ok(Value::bytes([])),
                    Some(Value::Bytes(bytes)) => Ok(Value::Bytes(bytes)),
                    Some(Value::Str(text)) => {
                        let Some(encoding) = bound.text("encoding")? else {
                            return Err(Failure::type_error("string argument without an encoding"));
                        };
                        let errors = bound.text("errors")?.unwrap_or_else(|| "strict".into());
                        encode(vm, &text, &encoding, &errors).map(Value::bytes)
                    }
                    Some(Value::Int(count)) => {
                        let count = usize::try_from(count)
                            .map_err(|_| Failure::value_error("negative count"))?;
                        vm.charge(count)?;
                        Ok(Value::bytes(vec![0; count]))
                    }
                    Some(other) => {
                        if let Some(converted) = special_conversion(vm, &other, "__bytes__")? {
                            return Ok(converted);
                        }
                        let mut bytes = Vec::new();
                        for item in vm.collect(&other)? {
                            let number = index(vm, &item)?;
                            bytes.push(u8::try_from(number).map_err(|_| {
                                Failure::value_error("bytes must be in range(0, 256)")
                            })?);
                        }
                        Ok(Value::bytes(bytes))
                    }
                }
            }
        }
        "list" => |vm, _, args| {
            let bound = args.bind("list", "iterable=, /")?;
            match bound.get("iterable") {
                Some(source) => match vm.copied(&source)? {
                    Some(copy) => Ok(copy),
                    None => vm.collect(&source).map(Value::list),
                },
                None => Ok(Value::list(Vec::new())),
            }
        },
        "tuple" => |vm, _, args| {
            let bound = args.bind("tuple", "iterable=, /")?;
            match bound.get("iterable") {
                Some(value @ Value::Tuple(_)) => Ok(value),
                Some(source) => match vm.copied(&source)? {
                    Some(copy) => Ok(copy),
                    None => vm.collect(&source).map(Value::tuple),
                },
                None => Ok(Value::tuple(Vec::new())),
            }
        },
        "dict" => |vm, _, args| {
            let dict = Value::dict();
            if args.positional.len() > 1 {
                return Err(Failure::type_error(format!(
                    "dict expected at most 1 argument, got {}",
                    args.positional.len()
                )));
            }
            vm.charge(64 + 72 * args.keywords.len())?;
            vm.fill(&dict, args)?;
            Ok(dict)
        },
        "set" => |vm, _, args| {
            let bound = args.bind("set", "iterable=, /")?;
            let source = bound.get("iterable");
            if let Some(source) = &source
                && let Some(copy) = vm.copied(source)?
            {
                return Ok(copy);
            }
            set_of(vm, source).map(|set| Value::Set(Rc::new(set)))
        },
        "frozenset" => |vm, _, args| {
            let bound = args.bind("frozenset", "iterable=, /")?;
            let source = bound.get("iterable");
            if let Some(source) = &source
                && let Some(copy) = vm.copied(source)?
            {
                return Ok(copy);
            }
            set_of(vm, source).map(|set| Value::FrozenSet(Rc::new(set)))
        },
        "range" => |vm, _, args| {
            let mut numbers = Vec::new();
            for argument in &args.positional {
                numbers.push(index(vm, argument)?);
            }
            let (start, stop, step) = match numbers.as_slice() {
                [stop] => (0, *stop, 1),
                [start, stop] => (*start, *stop, 1),
                [start, stop, step] => (*start, *stop, *step),
                _ => {
                    return Err(Failure::type_error(format!(
                        "range expected at least 1 argument, got {}",
                        numbers.len()
                    )));
                }
            };
            if step == 0 {
                return Err(Failure::value_error("range() arg 3 must not be zero"));
            }
            Ok(Value::Range(Rc::new(Range { start, stop, step })))
        },
        "slice" => |_, _, args| {
            let mut parts = args.positional.into_iter();
            let (start, stop, step) = match (parts.next(), parts.next(), parts.next()) {
                (Some(stop), None, _) => (Value::None, stop, Value::None),
                (Some(start), Some(stop), step) => (start, stop, step.unwrap_or(Value::None)),
                _ => {
                    return Err(Failure::type_error(
                        "slice expected at least 1 argument, got 0",
                    ));
                }
            };
            Ok(Value::Slice(Rc::new(Slice { start, stop, step })))
        },
        "object" => |_, class, args| {
            if !args.positional.is_empty() || !args.keywords.is_empty() {
                return Err(Failure::type_error("object() takes no arguments"));
            }
            Ok(Value::Instance(Rc::new(Instance::new(class.clone()))))
        },
        "type" => |vm, _, args| {
            if let [value] = args.positional.as_slice() {
                let value = value.clone();
                return Ok(vm.class_value(&value));
            }
            let bound = args.bind("type", "name, bases, dict, /, **keywords")?;
            let name = bound.text("name")?.unwrap_or_default();
            let bases = vm.collect(&bound.value("bases"))?;
            let namespace = match bound.value("dict").plain() {
                Value::Dict(dict) => Rc::new(dict.copy()),
                _ => return Err(Failure::type_error("type() argument 3 must be dict")),
            };
            vm.build_class(&name, &bases, &namespace, bound.keywords)
        },
        "property" => |_, _, args| {
            let bound = args.bind("property", "fget=, fset=, fdel=, doc=")?;
            Ok(descriptor(DescriptorKind::Property {
                getter: bound.value("fget"),
                setter: bound.value("fset"),
                deleter: bound.value("fdel"),
                doc: bound.value("doc"),
            }))
        },
        "classmethod" => |_, _, args| {
            let bound = args.bind("classmethod", "function, /")?;
            Ok(descriptor(DescriptorKind::ClassMethod(
                bound.value("function"),
            )))
        },
        "staticmethod" => |_, _, args| {
            let bound = args.bind("staticmethod", "function, /")?;
            Ok(descriptor(DescriptorKind::StaticMethod(
                bound.value("function"),
            )))
        },
        "cached_property" => |_, _, args| {
            let bound = args.bind("cached_property", "func")?;
            Ok(descriptor(DescriptorKind::CachedProperty {
                function: bound.value("func"),
                name: std::cell::RefCell::new(None),
            }))
        },
        "super" => |_, _, args| {
            let bound = args.bind("super", "type=, object=, /")?;
            match (bound.get("type"), bound.get("object")) {
                (Some(Value::Class(after)), Some(receiver)) => {
                    Ok(Value::Super(Rc::new(Super { after, receiver })))
                }
                (None, None) => Err(Failure::raise("RuntimeError", "super(): no arguments")),
                _ => Err(Failure::type_error("super() argument 1 must be a type")),
            }
        },
        "NoneType" => |_, _, _| Ok(Value::None),
        "BaseException" => exception,
        _ if types_is_exception(name) => exception,
        _ => return None,
    })
}

/// Exceptions end in one of these words; their constructor is the same for all.
fn types_is_exception(name: &str) -> bool {
    name.ends_with("Error")
        || name.ends_with("Warning")
        || matches!(
            name,
            "Exception"
                | "SystemExit"
                | "KeyboardInterrupt"
                | "GeneratorExit"
                | "StopIteration"
                | "StopAsyncIteration"
                | "Warning"
        )
}

fn exception(vm: &mut Vm, class: &Rc<Class>, args: Arguments) -> Result<Value, Failure> {
    vm.charge(300)?;
    let instance = Instance::new(class.clone());
    *instance.payload.borrow_mut() = Payload::Exception(Exception::new(Vec::new()));
    let instance = Rc::new(instance);
    vm.initialize_builtin(&instance, args, false)?;
    Ok(Value::Instance(instance))
}

fn descriptor(kind: DescriptorKind) -> Value {
    Value::Descriptor(Rc::new(Descriptor {
        kind,
        attributes: Rc::new(Dict::default()),
    }))
}

fn set_of(vm: &mut Vm, source: Option<Value>) -> Result<Set, Failure> {
    let set = Set::default();
    if let Some(source) = source {
        for item in vm.collect(&source)? {
            vm.charge(48)?;
            set.members.insert(vm, item, Value::None)?;
        }
    }
    Ok(set)
}

fn special_conversion(vm: &mut Vm, value: &Value, name: &str) -> Result<Option<Value>, Failure> {
    match value {
        Value::Instance(_) => match vm.special(value, name)? {
            Some(method) => vm.call(&method, Arguments::none()).map(Some),
            None => Ok(None),
        },
        Value::Object(object) if object.has_method(name) => {
            vm.call_method(value, name, Arguments::none()).map(Some)
        }
        _ => Ok(None),
    }
}

/// `int(value)`.
pub(crate) fn int_of(vm: &mut Vm, value: &Value) -> Result<Value, Failure> {
    match value.plain() {
        Value::Bool(truth) => Ok(Value::Int(i64::from(truth))),
        number @ (Value::Int(_) | Value::Big(_)) => Ok(number),
        Value::Float(number) => super::number::truncate(number),
        Value::Str(text) => parse_int(&text, 10),
        Value::Bytes(bytes) => parse_int(&String::from_utf8_lossy(&bytes), 10),
        other => {
            for name in ["__int__", "__index__", "__trunc__"] {
                if let Some(result) = special_conversion(vm, value, name)? {
                    return Ok(result);
                }
            }
            Err(Failure::type_error(format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                type_name(&other)
            )))
        }
    }
}

/// An integer from text.
pub(crate) fn parse_int(text: &str, base: i64) -> Result<Value, Failure> {
    let invalid = || {
        Failure::value_error(format!(
            "invalid literal for int() with base {base}: {}",
            crate::python::text::quote(text)
        ))
    };
    if base != 0 && !(2..=36).contains(&base) {
        return Err(Failure::value_error(
            "int() base must be >= 2 and <= 36, or 0",
        ));
    }
    let trimmed = text.trim_matches(crate::python::text::is_space);
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let lower = digits.to_ascii_lowercase();
    let prefixed = |prefix: &str, wanted: i64| {
        (base == 0 || base == wanted)
            .then(|| {
                lower
                    .strip_prefix(prefix)
                    .map(|rest| (rest.to_owned(), wanted))
            })
            .flatten()
    };
    let (digits, radix) = prefixed("0x", 16)
        .or_else(|| prefixed("0o", 8))
        .or_else(|| prefixed("0b", 2))
        .map(|(digits, radix)| {
            (
                digits
                    .strip_prefix('_')
                    .map_or(digits.clone(), str::to_owned),
                radix,
            )
        })
        .unwrap_or((lower, if base == 0 { 10 } else { base }));
    if digits.is_empty()
        || digits.starts_with('_')
        || digits.ends_with('_')
        || digits.contains("__")
    {
        return Err(invalid());
    }
    let digits: String = digits
        .chars()
        .filter(|one| *one != '_')
        .map(|one| match decimal_digit(one) {
            Some(digit) if !one.is_ascii() => char::from_digit(digit, 10).unwrap_or(one),
            _ => one,
        })
        .collect();
    if base == 0
        && radix == 10
        && digits.len() > 1
        && digits.starts_with('0')
        && digits.chars().any(|one| one != '0')
    {
        return Err(invalid());
    }
    if digits.len() > 4300 && !matches!(radix, 2 | 4 | 8 | 16 | 32) {
        return Err(Failure::value_error(format!(
            "Exceeds the limit (4300 digits) for integer string conversion: value has {} digits; use sys.set_int_max_str_digits() to increase the limit",
            digits.len()
        )));
    }
    if !digits.chars().all(|one| one.is_ascii_alphanumeric()) {
        return Err(invalid());
    }
    let radix = u32::try_from(radix).map_err(|_| invalid())?;
    let number = match i64::from_str_radix(&digits, radix) {
        Ok(number) => BigInt::from(number),
        Err(_) => BigInt::from_str_radix(&digits, radix).map_err(|_| invalid())?,
    };
    Ok(Value::big(if negative { -number } else { number }))
}

/// The decimal value of a digit of any script that has its ten digits in a row.
fn decimal_digit(one: char) -> Option<u32> {
    let code = u32::from(one);
    [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xff10]
        .into_iter()
        .find(|zero| (*zero..*zero + 10).contains(&code))
        .map(|zero| code - zero)
}

/// A float from text.
pub(crate) fn parse_float(text: &str) -> Result<Value, Failure> {
    let trimmed = text.trim_matches(crate::python::text::is_space);
    let lower = trimmed.to_ascii_lowercase();
    let unsigned = lower.trim_start_matches(['+', '-']);
    let word = matches!(unsigned, "inf" | "infinity" | "nan");
    let digits = unsigned
        .chars()
        .all(|one| one.is_ascii_digit() || matches!(one, '.' | 'e' | '+' | '-' | '_'));
    let clean = if lower.contains('_') {
        let bad = lower.starts_with('_') || lower.ends_with('_') || lower.contains("__");
        if bad {
            String::new()
        } else {
            lower.replace('_', "")
        }
    } else {
        lower.clone()
    };
    if (word || digits)
        && let Ok(number) = clean.parse::<f64>()
    {
        return Ok(Value::Float(number));
    }
    Err(Failure::value_error(format!(
        "could not convert string to float: {}",
        crate::python::text::quote(text)
    )))
}

fn encoding_error(class: &str, message: String) -> Failure {
    Failure::raise(class, message)
}

/// Bytes of a text.
pub(crate) fn encode(
    vm: &mut Vm,
    text: &str,
    encoding: &str,
    errors: &str,
) -> Result<Vec<u8>, Failure> {
    let name = encoding.to_ascii_lowercase().replace('_', "-");
    let limit = match &*name {
        "utf-8" | "utf8" => return Ok(text.as_bytes().to_vec()),
        "utf-8-sig" => return Ok([&[0xef, 0xbb, 0xbf], text.as_bytes()].concat()),
        "utf-16-le" | "utf-16le" => {
            return Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        }
        "utf-16" => {
            let mut bytes = vec![0xff, 0xfe];
            bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            return Ok(bytes);
        }
        "ascii" | "us-ascii" => 0x80,
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => 0x100,
        _ => {
            return Err(vm.refuse(
                format!("encoding {encoding}"),
                format!("The encoding '{encoding}' is not supported."),
                "Use utf-8.",
            ));
        }
    };
    let mut bytes = Vec::with_capacity(text.len());
    for (place, one) in text.chars().enumerate() {
        let code = u32::from(one);
        match u8::try_from(code) {
            Ok(byte) if code < limit => bytes.push(byte),
            _ => match errors {
                "ignore" => {}
                "replace" => bytes.push(b'?'),
                "backslashreplace" => {
                    bytes.extend(crate::python::text::ascii(&one.to_string()).bytes());
                }
                "xmlcharrefreplace" => bytes.extend(format!("&#{code};").bytes()),
                _ => {
                    let codec = if limit == 0x80 { "ascii" } else { "latin-1" };
                    return Err(encoding_error(
                        "UnicodeEncodeError",
                        format!(
                            "'{codec}' codec can't encode character '{}' in position {place}: ordinal not in range({limit})",
                            crate::python::text::ascii(&one.to_string())
                        ),
                    ));
                }
            },
        }
    }
    Ok(bytes)
}

/// The text of bytes.
pub(crate) fn decode(
    vm: &mut Vm,
    bytes: &[u8],
    encoding: &str,
    errors: &str,
) -> Result<String, Failure> {
    let name = encoding.to_ascii_lowercase().replace('_', "-");
    match &*name {
        "utf-8" | "utf8" | "utf-8-sig" => {
            let bytes = if name.ends_with("sig") {
                bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes)
            } else {
                bytes
            };
            match (std::str::from_utf8(bytes), errors) {
                (Ok(text), _) => Ok(text.to_owned()),
                (Err(_), "replace") => Ok(String::from_utf8_lossy(bytes).into_owned()),
                (Err(_), "ignore") => Ok(String::from_utf8_lossy(bytes).replace('\u{fffd}', "")),
                (Err(error), _) => {
                    let place = error.valid_up_to();
                    let byte = bytes.get(place).copied().unwrap_or(0);
                    Err(encoding_error(
                        "UnicodeDecodeError",
                        format!(
                            "'utf-8' codec can't decode byte 0x{byte:02x} in position {place}: invalid start byte"
                        ),
                    ))
                }
            }
        }
        "ascii" | "us-ascii" => match bytes.iter().position(|byte| !byte.is_ascii()) {
            None => Ok(String::from_utf8_lossy(bytes).into_owned()),
            Some(place) => match errors {
                "ignore" => Ok(bytes
                    .iter()
                    .filter(|byte| byte.is_ascii())
                    .map(|&byte| char::from(byte))
                    .collect()),
                "replace" => Ok(bytes
                    .iter()
                    .map(|&byte| {
                        if byte.is_ascii() {
                            char::from(byte)
                        } else {
                            '\u{fffd}'
                        }
                    })
                    .collect()),
                _ => Err(encoding_error(
                    "UnicodeDecodeError",
                    format!(
                        "'ascii' codec can't decode byte 0x{:02x} in position {place}: ordinal not in range(128)",
                        bytes.get(place).copied().unwrap_or(0)
                    ),
                )),
            },
        },
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => {
            Ok(bytes.iter().map(|&byte| char::from(byte)).collect())
        }
        _ => Err(vm.refuse(
            format!("encoding {encoding}"),
            format!("The encoding '{encoding}' is not supported."),
            "Use utf-8.",
        )),
    }
}

/// `__new__` of a class.
pub(crate) fn new_of(class: &Rc<Class>) -> Option<Value> {
    let _ = class;
    Some(Value::native("__new__", |vm, mut arguments| {
        if arguments.positional.is_empty() {
            return Err(Failure::type_error(
                "object.__new__(): not enough arguments",
            ));
        }
        match arguments.positional.remove(0) {
            Value::Class(class) if class.fixed => vm.instantiate(&class, arguments),
            Value::Class(class) => {
                vm.refuse_abstract(&class)?;
                let arguments = if class.layout == Layout::Plain {
                    Arguments::none()
                } else {
                    arguments
                };
                vm.new_instance(&class, &arguments).map(Value::Instance)
            }
            other => Err(Failure::type_error(format!(
                "__new__(X): X is not a type object ({})",
                type_name(&other)
            ))),
        }
    }))
}

/// Class and static methods of built-in classes.
pub(super) fn class_method(base: &Rc<Class>, class: &Rc<Class>, name: &str) -> Option<Value> {
    if name == "__new__" {
        return new_of(class);
    }
    if name == "__init_subclass__" {
        return Some(Value::native("__init_subclass__", |_, _| Ok(Value::None)));
    }
    if name == "__subclasses__" {
        return Some(Value::native("__subclasses__", |vm, _| {
            Err(vm.refuse("__subclasses__", "__subclasses__() is not available.", ""))
        }));
    }
    let made = class.clone();
    let wrap = move |vm: &mut Vm, value: Value| -> Result<Value, Failure> {
        if made.fixed {
            Ok(value)
        } else {
            vm.call(&Value::Class(made.clone()), Arguments::one(value))
        }
    };
    Some(match (&*base.name, name) {
        ("dict", "fromkeys") => Value::native("fromkeys", move |vm, args| {
            let bound = args.bind("fromkeys", "iterable, value=, /")?;
            let dict = Dict::default();
            for key in vm.collect(&bound.value("iterable"))? {
                vm.charge(72)?;
                dict.insert(vm, key, bound.value("value"))?;
            }
            wrap(vm, Value::Dict(Rc::new(dict)))
        }),
        ("str", "maketrans") => Value::native("maketrans", |vm, args| {
            let bound = args.bind("maketrans", "x, y=, z=, /")?;
            let dict = Dict::default();
            let code = |one: char| Value::Int(i64::from(u32::from(one)));
            match (bound.value("x"), bound.get("y")) {
                (Value::Dict(map), None) => {
                    for (key, value) in map.items() {
                        let key = match &key {
                            Value::Str(text) => text.chars().next().map_or(Value::None, code),
                            other => other.clone(),
                        };
                        dict.insert(vm, key, value)?;
                    }
                }
                (from, Some(to)) => {
                    let from = from.to_text().unwrap_or_default();
                    let to = to.to_text().unwrap_or_default();
                    if from.chars().count() != to.chars().count() {
                        return Err(Failure::value_error(
                            "the first two maketrans arguments must have equal length",
                        ));
                    }
                    for (from, to) in from.chars().zip(to.chars()) {
                        dict.insert(vm, code(from), code(to))?;
                    }
                    for gone in bound.text("z")?.unwrap_or_default().chars() {
                        dict.insert(vm, code(gone), Value::None)?;
                    }
                }
                _ => {
                    return Err(Failure::type_error(
                        "if you give only one argument to maketrans it must be a dict",
                    ));
                }
            }
            Ok(Value::Dict(Rc::new(dict)))
        }),
        ("bytes" | "bytearray", "fromhex") => Value::native("fromhex", move |vm, args| {
            let text = super::one(args, "fromhex")?.to_text().unwrap_or_default();
            let digits: String = text.chars().filter(|one| !one.is_whitespace()).collect();
            let bytes = hex::decode(digits).map_err(|_| {
                Failure::value_error("non-hexadecimal number found in fromhex() arg")
            })?;
            wrap(vm, Value::bytes(bytes))
        }),
        ("int" | "bool", "from_bytes") => Value::native("from_bytes", |_, args| {
            let bound = args.bind("from_bytes", "bytes, byteorder=, *, signed=")?;
            let Value::Bytes(bytes) = bound.value("bytes") else {
                return Err(Failure::type_error("cannot convert to bytes"));
            };
            let mut bytes = bytes.to_vec();
            if bound.text("byteorder")?.as_deref() == Some("little") {
                bytes.reverse();
            }
            Ok(Value::big(if bound.flag("signed").unwrap_or(false) {
                BigInt::from_signed_bytes_be(&bytes)
            } else {
                BigInt::from_bytes_be(Sign::Plus, &bytes)
            }))
        }),
        ("float", "fromhex") => Value::native("fromhex", |vm, _| {
            Err(vm.refuse("float.fromhex", "float.fromhex() is not available.", ""))
        }),
        _ => return None,
    })
}
