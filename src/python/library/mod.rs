//! Python's standard library, as far as it is harmless.
//!
//! What computes with values of its own is native; what only arranges others is written in Python.

mod datetime;
mod decimal;
mod digest;
mod enums;
mod files;
mod json;
mod pattern;
mod support;
mod system;
mod typing;
mod uuid;

use std::rc::Rc;

use super::Arguments;
use super::class::Class;
use super::dict::Dict;
use super::error::Failure;
use super::function::Module;
use super::value::Value;
use super::vm::Vm;

pub use datetime::{Date, DateTime, Time, TimeDelta, TimeZone};
pub use decimal::Decimal;
pub use typing::TypeForm;
pub use uuid::Uuid;

pub(crate) use enums::auto_class;
pub(crate) use files::open;

/// Modules written in Python.
const SOURCES: &[(&str, &str)] = &[
    ("collections", include_str!("collections.py")),
    ("contextlib", include_str!("contextlib.py")),
    ("copy", include_str!("copy.py")),
    ("dataclasses", include_str!("dataclasses.py")),
    ("functools", include_str!("functools.py")),
    ("itertools", include_str!("itertools.py")),
    ("logging", include_str!("logging.py")),
    ("operator", include_str!("operator.py")),
    ("pathlib", include_str!("pathlib.py")),
    ("random", include_str!("random.py")),
    ("secrets", include_str!("secrets.py")),
    ("string", include_str!("string.py")),
    ("textwrap", include_str!("textwrap.py")),
];

/// Short modules written in Python, each after a line with its name.
const SMALL: &str = include_str!("small.txt");

/// Modules that may be imported, but not used.
const DANGEROUS: &[&str] = &[
    "subprocess",
    "socket",
    "shutil",
    "tempfile",
    "threading",
    "multiprocessing",
    "ctypes",
    "asyncio",
    "concurrent",
    "concurrent.futures",
    "signal",
    "pickle",
    "marshal",
    "shelve",
    "sqlite3",
    "urllib",
    "urllib.request",
    "http",
    "http.client",
    "ssl",
    "select",
    "selectors",
    "gc",
    "builtins",
    "importlib.util",
    "importlib.metadata",
    "importlib.resources",
    "pkgutil",
    "runpy",
    "code",
    "codecs",
    "glob",
    "fnmatch",
    "zipfile",
    "tarfile",
    "gzip",
    "zlib",
    "bz2",
    "lzma",
    "struct",
    "array",
    "locale",
    "gettext",
    "getpass",
    "platform",
    "argparse",
    "configparser",
    "email",
    "smtplib",
    "ftplib",
    "xml",
    "queue",
    "weakref",
    "atexit",
    "resource",
    "pwd",
    "grp",
    "fcntl",
    "mmap",
    "pdb",
    "cProfile",
    "timeit",
    "unittest",
    "doctest",
    "calendar",
    "fractions",
    "difflib",
    "pprint",
    "ast",
    "dis",
    "tokenize",
    "unicodedata",
    "ipaddress",
    "logging.config",
    "logging.handlers",
];

fn source(name: &str) -> Option<&'static str> {
    if let Some((_, source)) = SOURCES.iter().find(|(known, _)| *known == name) {
        return Some(source);
    }
    SMALL
        .split("=== ")
        .filter_map(|part| part.split_once('\n'))
        .find(|(known, _)| *known == name)
        .map(|(_, source)| source)
}

/// Imports a module of the standard library.
pub(crate) fn import(vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
    if let Some(known) = vm.modules.get_str(name) {
        return Ok(Some(known));
    }
    if let Some(source) = source(name) {
        let path = format!("<{name}>");
        return vm.load(name, &path, source, "", true).map(Some);
    }
    let members = match name {
        "typing" | "typing_extensions" => typing::members(),
        "datetime" => datetime::members(),
        "decimal" => decimal::members(),
        "json" | "json.decoder" | "json.encoder" => json::members(),
        "re" => pattern::members(),
        "enum" => enums::members(),
        "_uuid" => uuid::members(),
        "_support" => support::members(),
        "os" => system::os(vm),
        "os.path" | "posixpath" => system::path(),
        "sys" => system::sys(vm),
        "time" => system::time(),
        "math" => system::math(),
        "hashlib" => digest::hashlib(),
        "base64" => digest::base64(),
        "binascii" => digest::binascii(),
        "__future__" => [
            "annotations",
            "division",
            "print_function",
            "absolute_import",
            "unicode_literals",
            "with_statement",
            "generator_stop",
            "generators",
            "nested_scopes",
        ]
        .into_iter()
        .map(|name| (name, Value::Bool(true)))
        .collect(),
        "urllib" => vec![("parse", import(vm, "urllib.parse")?.unwrap_or(Value::None))],
        _ if DANGEROUS.contains(&name) => return Ok(Some(Vm::absent(name))),
        _ => return Ok(None),
    };
    let namespace = Dict::of(members);
    namespace.set_str("__name__", Value::str(name));
    let module = Value::Module(Rc::new(Module {
        name: Rc::from(name),
        namespace: Rc::new(namespace),
        closed: true,
    }));
    vm.modules.set_str(name, module.clone());
    Ok(Some(module))
}

/// A member of a library module that is a module of its own.
pub(crate) fn lazy_member(vm: &mut Vm, module: &str, name: &str) -> Result<Option<Value>, Failure> {
    match (module, name) {
        ("collections", "abc") | ("importlib", "util" | "metadata") => {
            import(vm, &format!("{module}.{name}"))
        }
        _ => Ok(None),
    }
}

/// `a | b` among annotations.
pub(crate) fn union(_vm: &mut Vm, a: &Value, b: &Value) -> Result<Option<Value>, Failure> {
    Ok(typing::union(a, b))
}

/// `list[int]` and the like.
pub(crate) fn generic_alias(
    _vm: &mut Vm,
    class: &Rc<Class>,
    key: &Value,
) -> Result<Value, Failure> {
    let generic = class.fixed
        && matches!(
            &*class.name,
            "list" | "dict" | "set" | "frozenset" | "tuple" | "type"
        );
    let library = ["collections", "contextlib", "itertools", "re", "os"].contains(&&*class.module);
    if generic || library {
        return Ok(TypeForm::of(&class.name, Value::Class(class.clone()), key));
    }
    Err(Failure::type_error(format!(
        "type '{}' is not subscriptable",
        class.name
    )))
}

impl Vm {
    /// Classes that special bases make: named tuples.
    pub(crate) fn special_class(
        &mut self,
        name: &Rc<str>,
        bases: &[Value],
        namespace: &Rc<Dict>,
    ) -> Result<Option<Value>, Failure> {
        let is = |value: &Value, wanted: &str| {
            matches!(value, Value::Class(class)
                if &*class.name == wanted && &*class.module == "typing")
        };
        if let [base] = bases {
            if is(base, "NamedTuple") {
                let module = self.import("collections")?;
                let maker = self.attribute(&module, "_class_of_annotations")?;
                let arguments = Arguments::of(vec![
                    Value::Str(name.clone()),
                    Value::Dict(namespace.clone()),
                ]);
                return self.call(&maker, arguments).map(Some);
            }
            if is(base, "TypedDict") {
                let class = Value::Class(super::types::types().of("dict"));
                return self
                    .new_class(name, &[class], namespace)
                    .map(|class| Some(Value::Class(class)));
            }
        }
        Ok(None)
    }
}
