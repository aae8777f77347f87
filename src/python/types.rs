//! The built-in classes.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::class::{Class, Layout};
use super::function::{Callee, DescriptorKind};
use super::value::Value;

/// The built-in classes of this thread. They cannot be changed by programs, so all share them.
pub(crate) struct Types {
    named: HashMap<&'static str, Rc<Class>>,
    pub(crate) object: Rc<Class>,
    pub(crate) r#type: Rc<Class>,
    pub(crate) exception: Rc<Class>,
    pub(crate) stop_iteration: Rc<Class>,
}

thread_local! {
    static TYPES: OnceCell<Rc<Types>> = const { OnceCell::new() };
}

/// The built-in classes.
pub(crate) fn types() -> Rc<Types> {
    TYPES.with(|types| types.get_or_init(|| Rc::new(Types::new())).clone())
}

const PLAIN: &[&str] = &[
    "type",
    "int",
    "float",
    "complex",
    "str",
    "bytes",
    "bytearray",
    "list",
    "tuple",
    "dict",
    "set",
    "frozenset",
    "range",
    "slice",
    "function",
    "builtin_function_or_method",
    "method",
    "module",
    "generator",
    "coroutine",
    "async_generator",
    "NoneType",
    "ellipsis",
    "NotImplementedType",
    "property",
    "classmethod",
    "staticmethod",
    "cached_property",
    "super",
    "iterator",
];

/// Exceptions with their bases, bases first.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("Exception", "BaseException"),
    ("SystemExit", "BaseException"),
    ("KeyboardInterrupt", "BaseException"),
    ("GeneratorExit", "BaseException"),
    ("StopIteration", "Exception"),
    ("StopAsyncIteration", "Exception"),
    ("ArithmeticError", "Exception"),
    ("FloatingPointError", "ArithmeticError"),
    ("OverflowError", "ArithmeticError"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("BufferError", "Exception"),
    ("EOFError", "Exception"),
    ("ImportError", "Exception"),
    ("ModuleNotFoundError", "ImportError"),
    ("LookupError", "Exception"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("OSError", "Exception"),
    ("BlockingIOError", "OSError"),
    ("ChildProcessError", "OSError"),
    ("ConnectionError", "OSError"),
    ("BrokenPipeError", "ConnectionError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("ConnectionResetError", "ConnectionError"),
    ("FileExistsError", "OSError"),
    ("FileNotFoundError", "OSError"),
    ("InterruptedError", "OSError"),
    ("IsADirectoryError", "OSError"),
    ("NotADirectoryError", "OSError"),
    ("PermissionError", "OSError"),
    ("ProcessLookupError", "OSError"),
    ("TimeoutError", "OSError"),
    ("ReferenceError", "Exception"),
    ("RuntimeError", "Exception"),
    ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"),
    ("SyntaxError", "Exception"),
    ("IndentationError", "SyntaxError"),
    ("TabError", "IndentationError"),
    ("SystemError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("UnicodeTranslateError", "UnicodeError"),
    ("Warning", "Exception"),
    ("BytesWarning", "Warning"),
    ("DeprecationWarning", "Warning"),
    ("EncodingWarning", "Warning"),
    ("FutureWarning", "Warning"),
    ("ImportWarning", "Warning"),
    ("PendingDeprecationWarning", "Warning"),
    ("ResourceWarning", "Warning"),
    ("RuntimeWarning", "Warning"),
    ("SyntaxWarning", "Warning"),
    ("UnicodeWarning", "Warning"),
    ("UserWarning", "Warning"),
];

impl Types {
    fn new() -> Self {
        let mut object = Class::assemble("object", "builtins", Vec::new(), Layout::Plain);
        object.fixed = true;
        super::builtins::equip(&mut object);
        let object = Rc::new(object);
        let mut named: HashMap<&'static str, Rc<Class>> = HashMap::new();
        named.insert("object", object.clone());
        let make = |name: &'static str, base: &Rc<Class>, layout: Layout| {
            let mut class = Class::assemble(name, "builtins", vec![base.clone()], layout);
            class.fixed = true;
            super::builtins::equip(&mut class);
            Rc::new(class)
        };
        for name in PLAIN {
            named.insert(name, make(name, &object, Layout::Builtin));
        }
        if let Some(int) = named.get("int") {
            let class = make("bool", int, Layout::Builtin);
            named.insert("bool", class);
        }
        let base_exception = make("BaseException", &object, Layout::Exception);
        named.insert("BaseException", base_exception.clone());
        for (name, base) in EXCEPTIONS {
            let base = named.get(base).unwrap_or(&base_exception).clone();
            named.insert(name, make(name, &base, Layout::Exception));
        }
        let get = |name: &str| named.get(name).unwrap_or(&object).clone();
        Self {
            r#type: get("type"),
            exception: get("Exception"),
            stop_iteration: get("StopIteration"),
            object: object.clone(),
            named,
        }
    }

    /// The names of all built-in classes.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self.named.keys().copied().collect();
        names.sort_unstable();
        names
    }

    /// A built-in class by name.
    pub(crate) fn get(&self, name: &str) -> Option<Rc<Class>> {
        match name {
            "EnvironmentError" | "IOError" => self.named.get("OSError").cloned(),
            _ => self.named.get(name).cloned(),
        }
    }

    /// A built-in class that certainly exists; `object` if it does not.
    pub(crate) fn of(&self, name: &str) -> Rc<Class> {
        self.get(name).unwrap_or_else(|| self.object.clone())
    }

    /// A built-in exception class; `Exception` when there is none of that name.
    pub(crate) fn exception(&self, name: &str) -> Rc<Class> {
        match self.get(name) {
            Some(class) if class.layout == Layout::Exception => class,
            _ => self.exception.clone(),
        }
    }
}

/// The name of the built-in class of a value that has one.
pub(crate) fn builtin_name(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::None => "NoneType",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Big(_) => "int",
        Value::Float(_) => "float",
        Value::Str(_) => "str",
        Value::Bytes(_) => "bytes",
        Value::List(_) => "list",
        Value::Tuple(_) => "tuple",
        Value::Dict(_) => "dict",
        Value::Set(_) => "set",
        Value::FrozenSet(_) => "frozenset",
        Value::Range(_) => "range",
        Value::Slice(_) => "slice",
        Value::Function(_) => "function",
        Value::Native(_) => "builtin_function_or_method",
        Value::Method(method) => match method.callee {
            Callee::Value(_) => "method",
            _ => "builtin_function_or_method",
        },
        Value::Class(_) => "type",
        Value::Module(_) => "module",
        Value::Generator(generator) => match (generator.coroutine, generator.asynchronous) {
            (true, _) => "coroutine",
            (false, true) => "async_generator",
            (false, false) => "generator",
        },
        Value::Descriptor(descriptor) => match descriptor.kind {
            DescriptorKind::Property { .. } => "property",
            DescriptorKind::ClassMethod(_) => "classmethod",
            DescriptorKind::StaticMethod(_) => "staticmethod",
            DescriptorKind::CachedProperty { .. } => "cached_property",
        },
        Value::Super(_) => "super",
        Value::Ellipsis => "ellipsis",
        Value::NotImplemented => "NotImplementedType",
        Value::Iterator(_) | Value::Instance(_) | Value::Object(_) => return None,
    })
}

/// The name of a value's type, as messages tell it.
pub(super) fn type_name(value: &Value) -> Rc<str> {
    match value {
        Value::Instance(instance) => instance.class.name.clone(),
        Value::Object(object) => object.type_name(),
        Value::Iterator(iterator) => Rc::from(iterator.type_name()),
        Value::Class(class) if class.enumeration.borrow().is_some() => Rc::from("EnumType"),
        other => Rc::from(builtin_name(other).unwrap_or("object")),
    }
}

/// Equality of two values when it can be told without calling into program or host.
pub(crate) fn quick_equals(a: &Value, b: &Value) -> Option<bool> {
    use num_traits::ToPrimitive;
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => Some(a == b),
        (Value::Int(a), Value::Int(b)) => Some(a == b),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::Bool(a), Value::Int(b)) | (Value::Int(b), Value::Bool(a)) => {
            Some(i64::from(*a) == *b)
        }
        (Value::Float(a), Value::Float(b)) => Some(a == b),
        (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => {
            Some(super::number::float_equals_int(*b, *a))
        }
        (Value::Bool(a), Value::Float(b)) | (Value::Float(b), Value::Bool(a)) => {
            Some(f64::from(u8::from(*a)) == *b)
        }
        (Value::Big(a), Value::Big(b)) => Some(a == b),
        (Value::Big(a), Value::Float(b)) | (Value::Float(b), Value::Big(a)) => {
            Some(b.is_finite() && b.fract() == 0.0 && a.to_f64() == Some(*b))
        }
        (Value::Bytes(a), Value::Bytes(b)) => Some(a == b),
        (Value::Range(a), Value::Range(b)) => Some(
            a.len() == b.len()
                && (a.is_empty() || (a.start == b.start && (a.len() == 1 || a.step == b.step))),
        ),
        (Value::Tuple(a), Value::Tuple(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            // Only flat tuples are told here: deep ones are compared with a check of depth.
            for (a, b) in a.iter().zip(b.iter()) {
                if matches!(a, Value::Tuple(_)) {
                    return None;
                }
                match quick_equals(a, b) {
                    Some(true) => {}
                    other => return other,
                }
            }
            Some(true)
        }
        (Value::Object(_) | Value::Instance(_), _)
        | (_, Value::Object(_) | Value::Instance(_))
        | (Value::Method(_), Value::Method(_))
        | (Value::Slice(_), Value::Slice(_))
        | (Value::List(_), Value::List(_))
        | (Value::Dict(_), Value::Dict(_))
        | (Value::Set(_) | Value::FrozenSet(_), Value::Set(_) | Value::FrozenSet(_)) => {
            if a.is(b) {
                Some(true)
            } else {
                None
            }
        }
        _ => Some(a.is(b)),
    }
}

/// The repr of a value as far as it can be told without calling into the program.
pub(crate) fn simple_repr(value: &Value) -> String {
    match value {
        Value::None => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(number) => number.to_string(),
        Value::Big(number) => number.to_string(),
        Value::Float(number) => super::number::float_repr(*number),
        Value::Str(text) => super::text::quote(text),
        Value::Bytes(bytes) => super::text::quote_bytes(bytes),
        Value::Class(class) => format!("<class '{}'>", class.display_name()),
        other => format!("<{} object>", type_name(other)),
    }
}
