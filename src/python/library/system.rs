//! `os`, `os.path`, `sys`, `time` and `math`.

use std::rc::Rc;

use super::files::path_of;
use super::support::random_bytes;
use crate::python::arguments::Arguments;
use crate::python::error::Failure;
use crate::python::number::{big_of, float_of};
use crate::python::object::Object;
use crate::python::value::Value;
use crate::python::vm::{Vm, key_error};

type Members = Vec<(&'static str, Value)>;

/// `os.environ`: variables the host lets the program see.
struct Environment;

fn variable(vm: &mut Vm, name: &str) -> Result<Option<Rc<str>>, Failure> {
    let host = vm.host();
    host.environment(name).map_err(|()| {
        vm.refuse(
            "os.environ",
            format!("The environment variable '{name}' may not be read."),
            format!("Allow it with --allow-env {name}."),
        )
    })
}

fn name_of(value: &Value) -> Result<Rc<str>, Failure> {
    value
        .to_text()
        .ok_or_else(|| Failure::type_error(format!("str expected, not {}", Vm::type_name(value))))
}

impl Object for Environment {
    fn type_name(&self) -> Rc<str> {
        Rc::from("_Environ")
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "get" | "setdefault" | "keys" | "items" | "values" | "copy" | "update" | "pop"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        if name != "get" {
            return Err(vm.refuse(
                format!("os.environ.{name}"),
                format!("os.environ.{name}() is not available: only single variables are read."),
                "Read the variable with os.environ.get().",
            ));
        }
        let bound = arguments.bind("get", "key, default=")?;
        let name = name_of(&bound.value("key"))?;
        Ok(match variable(vm, &name)? {
            Some(text) => Value::Str(text),
            None => bound.value("default"),
        })
    }

    fn item(self: Rc<Self>, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        let name = name_of(key)?;
        match variable(vm, &name)? {
            Some(text) => Ok(Some(Value::Str(text))),
            None => Err(key_error(key)),
        }
    }

    fn contains(self: Rc<Self>, vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        let name = name_of(value)?;
        variable(vm, &name).map(|found| Some(found.is_some()))
    }

    fn set_item(self: Rc<Self>, vm: &mut Vm, _key: &Value, _value: Value) -> Result<bool, Failure> {
        Err(vm.refuse("os.environ", "Environment variables cannot be set.", ""))
    }

    fn iterate(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Err(vm.refuse("os.environ", "The environment cannot be listed.", ""))
    }
}

/// The members of `os`.
pub(super) fn os(vm: &mut Vm) -> Members {
    let path = super::import(vm, "os.path")
        .ok()
        .flatten()
        .unwrap_or(Value::None);
    vec![
        ("environ", Value::object(Environment)),
        (
            "getenv",
            Value::native("getenv", |vm, arguments| {
                let bound = arguments.bind("getenv", "key, default=")?;
                let name = name_of(&bound.value("key"))?;
                Ok(match variable(vm, &name)? {
                    Some(text) => Value::Str(text),
                    None => bound.value("default"),
                })
            }),
        ),
        ("path", path),
        ("sep", Value::str("/")),
        ("linesep", Value::str("\n")),
        ("name", Value::str("posix")),
        ("curdir", Value::str(".")),
        ("pardir", Value::str("..")),
        ("devnull", Value::str("/dev/null")),
        (
            "fspath",
            Value::native("fspath", |vm, arguments| {
                let bound = arguments.bind("fspath", "path")?;
                path_of(vm, &bound.value("path")).map(Value::Str)
            }),
        ),
        (
            "urandom",
            Value::native("urandom", |vm, arguments| {
                let bound = arguments.bind("urandom", "size")?;
                let count = usize::try_from(bound.int("size")?.unwrap_or(0))
                    .map_err(|_| Failure::value_error("negative argument not allowed"))?;
                random_bytes(vm, count).map(Value::bytes)
            }),
        ),
        (
            "PathLike",
            Value::Class(crate::python::class::Class::native(
                "PathLike",
                "os",
                &[],
                None,
            )),
        ),
        (
            "error",
            Value::Class(crate::python::types::types().exception("OSError")),
        ),
    ]
}

fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let absolute = path.starts_with('/');
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&"..") | None if !absolute => parts.push(".."),
                None => {}
                Some(_) => {
                    parts.pop();
                }
            },
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".into(),
        (false, false) => joined,
    }
}

fn split(path: &str) -> (&str, &str) {
    match path.rfind('/') {
        Some(place) => {
            let (head, tail) = path.split_at(place + 1);
            let trimmed = head.trim_end_matches('/');
            (if trimmed.is_empty() { head } else { trimmed }, tail)
        }
        None => ("", path),
    }
}

/// The members of `os.path`.
pub(super) fn path() -> Members {
    let one = |name: &'static str, function: fn(&mut Vm, &str) -> Result<Value, Failure>| {
        let function = Value::native(name, move |vm, arguments| {
            let bound = arguments.bind(name, "path")?;
            let path = path_of(vm, &bound.value("path"))?;
            function(vm, &path)
        });
        (name, function)
    };
    vec![
        one("basename", |_, path| Ok(Value::str(split(path).1))),
        one("dirname", |_, path| Ok(Value::str(split(path).0))),
        one("split", |_, path| {
            let (head, tail) = split(path);
            Ok(Value::tuple(vec![Value::str(head), Value::str(tail)]))
        }),
        one("splitext", |_, path| {
            let name = split(path).1;
            let stem = name.trim_start_matches('.');
            let suffix = stem
                .rfind('.')
                .and_then(|place| stem.get(place..))
                .unwrap_or("");
            let root = path.get(..path.len() - suffix.len()).unwrap_or(path);
            Ok(Value::tuple(vec![Value::str(root), Value::str(suffix)]))
        }),
        one("normpath", |_, path| Ok(Value::from(normal(path)))),
        one("isabs", |_, path| Ok(Value::Bool(path.starts_with('/')))),
        one("abspath", absolute),
        one("realpath", absolute),
        one("expanduser", |_, path| Ok(Value::str(path))),
        one("exists", |vm, path| {
            Ok(Value::Bool(vm.host().read_file(path).is_some()))
        }),
        one("isfile", |vm, path| {
            Ok(Value::Bool(vm.host().read_file(path).is_some()))
        }),
        (
            "join",
            Value::native("join", |vm, arguments| {
                let mut out = String::new();
                for part in &arguments.positional {
                    let part = path_of(vm, part)?;
                    if part.starts_with('/') {
                        out.clear();
                    } else if !out.is_empty() && !out.ends_with('/') {
                        out.push('/');
                    }
                    vm.charge(part.len())?;
                    out.push_str(&part);
                }
                Ok(Value::from(out))
            }),
        ),
        ("sep", Value::str("/")),
    ]
}

fn absolute(vm: &mut Vm, path: &str) -> Result<Value, Failure> {
    if path.starts_with('/') {
        return Ok(Value::from(normal(path)));
    }
    Err(vm.refuse(
        "os.path.abspath",
        "A path relative to the working directory is not available.",
        "Build the path from __file__.",
    ))
}

/// A text file that goes to the host's log.
struct Stream;

impl Object for Stream {
    fn type_name(&self) -> Rc<str> {
        Rc::from("TextIOWrapper")
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "write" | "flush" | "isatty")
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "write" => {
                let bound = arguments.bind("write", "text")?;
                let text = bound.text("text")?.unwrap_or_default();
                vm.host().print(&text);
                Ok(Value::from(crate::python::text::length(&text)))
            }
            "isatty" => Ok(Value::Bool(false)),
            _ => Ok(Value::None),
        }
    }
}

/// The members of `sys`.
pub(super) fn sys(vm: &mut Vm) -> Members {
    let version = Value::tuple(vec![
        Value::Int(3),
        Value::Int(11),
        Value::Int(7),
        Value::str("final"),
        Value::Int(0),
    ]);
    vec![
        ("version_info", version),
        ("version", Value::str("3.11.7")),
        ("platform", Value::str("linux")),
        ("maxsize", Value::Int(i64::MAX)),
        ("byteorder", Value::str("little")),
        ("path", Value::list(Vec::new())),
        ("argv", Value::list(vec![Value::str("alembic")])),
        ("modules", Value::Dict(vm.modules.clone())),
        ("stdout", Value::object(Stream)),
        ("stderr", Value::object(Stream)),
        (
            "exit",
            Value::native("exit", |_, arguments| {
                Err(Failure::with(
                    &crate::python::types::types().exception("SystemExit"),
                    arguments.positional,
                ))
            }),
        ),
        (
            "exc_info",
            Value::native("exc_info", |vm, _| {
                Ok(match &vm.handled {
                    Some(instance) => Value::tuple(vec![
                        Value::Class(instance.class.clone()),
                        Value::Instance(instance.clone()),
                        Value::None,
                    ]),
                    None => Value::tuple(vec![Value::None, Value::None, Value::None]),
                })
            }),
        ),
        (
            "getrecursionlimit",
            Value::native("getrecursionlimit", |_, _| Ok(Value::Int(1000))),
        ),
        (
            "setrecursionlimit",
            Value::native("setrecursionlimit", |_, _| Ok(Value::None)),
        ),
        (
            "getsizeof",
            Value::native("getsizeof", |_, _| Ok(Value::Int(64))),
        ),
        (
            "intern",
            Value::native("intern", |_, mut arguments| {
                Ok(arguments.positional.pop().unwrap_or(Value::None))
            }),
        ),
    ]
}

/// The members of `time`.
pub(super) fn time() -> Members {
    #[allow(clippy::cast_precision_loss)]
    let seconds = |name: &'static str| {
        let function = Value::native(name, |vm, _| {
            Ok(Value::Float(super::datetime::now(vm)? as f64 / 1e6))
        });
        (name, function)
    };
    vec![
        seconds("time"),
        seconds("monotonic"),
        seconds("perf_counter"),
        seconds("process_time"),
        (
            "time_ns",
            Value::native("time_ns", |vm, _| {
                Ok(Value::Int(super::datetime::now(vm)?.saturating_mul(1000)))
            }),
        ),
        (
            "sleep",
            Value::native("sleep", |vm, arguments| {
                let bound = arguments.bind("sleep", "seconds")?;
                let seconds = float_of(&bound.value("seconds"))?;
                // Waiting costs steps, so that a loop of sleeps ends.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                vm.steps((seconds.max(0.0) * 1000.0) as usize)?;
                Ok(Value::None)
            }),
        ),
        (
            "strftime",
            Value::native("strftime", |vm, arguments| {
                let bound = arguments.bind("strftime", "format, t=")?;
                let module = vm.import("datetime")?;
                let class = vm.attribute(&module, "datetime")?;
                let now = vm.call_method(&class, "now", Arguments::none())?;
                vm.call_method(&now, "strftime", Arguments::one(bound.value("format")))
            }),
        ),
    ]
}

/// The members of `math`.
pub(super) fn math() -> Members {
    let one = |name: &'static str, function: fn(f64) -> f64| {
        let function = Value::native(name, move |_, arguments| {
            let bound = arguments.bind(name, "x, /")?;
            let x = float_of(&bound.value("x"))?;
            let result = function(x);
            if result.is_nan() && !x.is_nan() {
                return Err(Failure::value_error("math domain error"));
            }
            Ok(Value::Float(result))
        });
        (name, function)
    };
    let whole = |name: &'static str, function: fn(f64) -> f64| {
        let function = Value::native(name, move |vm, arguments| {
            let bound = arguments.bind(name, "x, /")?;
            match bound.value("x") {
                Value::Float(number) => {
                    let number = Value::Float(function(number));
                    crate::python::builtins::int_of(vm, &number)
                }
                other => match big_of(&other) {
                    Some(number) => Ok(Value::big(number)),
                    None => vm.call_method(&other, &format!("__{name}__"), Arguments::none()),
                },
            }
        });
        (name, function)
    };
    let test = |name: &'static str, function: fn(f64) -> bool| {
        let function = Value::native(name, move |_, arguments| {
            let bound = arguments.bind(name, "x, /")?;
            Ok(Value::Bool(function(float_of(&bound.value("x"))?)))
        });
        (name, function)
    };
    let mut members = vec![
        ("pi", Value::Float(std::f64::consts::PI)),
        ("e", Value::Float(std::f64::consts::E)),
        ("tau", Value::Float(std::f64::consts::TAU)),
        ("inf", Value::Float(f64::INFINITY)),
        ("nan", Value::Float(f64::NAN)),
        one("sqrt", f64::sqrt),
        one("exp", f64::exp),
        one("sin", f64::sin),
        one("cos", f64::cos),
        one("tan", f64::tan),
        one("atan", f64::atan),
        one("log2", f64::log2),
        one("log10", f64::log10),
        one("fabs", f64::abs),
        one("degrees", f64::to_degrees),
        one("radians", f64::to_radians),
        whole("floor", f64::floor),
        whole("ceil", f64::ceil),
        whole("trunc", f64::trunc),
        test("isnan", f64::is_nan),
        test("isinf", f64::is_infinite),
        test("isfinite", f64::is_finite),
    ];
    members.push((
        "log",
        Value::native("log", |_, arguments| {
            let bound = arguments.bind("log", "x, base=, /")?;
            let x = float_of(&bound.value("x"))?;
            if x <= 0.0 {
                return Err(Failure::value_error("math domain error"));
            }
            Ok(Value::Float(match bound.get("base") {
                Some(base) => x.ln() / float_of(&base)?.ln(),
                None => x.ln(),
            }))
        }),
    ));
    members.push((
        "pow",
        Value::native("pow", |_, arguments| {
            let bound = arguments.bind("pow", "x, y, /")?;
            let (x, y) = (float_of(&bound.value("x"))?, float_of(&bound.value("y"))?);
            Ok(Value::Float(x.powf(y)))
        }),
    ));
    members.push((
        "hypot",
        Value::native("hypot", |_, arguments| {
            let mut sum = 0.0;
            for value in &arguments.positional {
                sum += float_of(value)?.powi(2);
            }
            Ok(Value::Float(sum.sqrt()))
        }),
    ));
    members.push((
        "isclose",
        Value::native("isclose", |_, arguments| {
            let bound = arguments.bind("isclose", "a, b, *, rel_tol=, abs_tol=")?;
            let (a, b) = (float_of(&bound.value("a"))?, float_of(&bound.value("b"))?);
            let relative = bound
                .get("rel_tol")
                .map_or(Ok(1e-9), |one| float_of(&one))?;
            let fixed = bound.get("abs_tol").map_or(Ok(0.0), |one| float_of(&one))?;
            let bound = (relative * a.abs().max(b.abs())).max(fixed);
            Ok(Value::Bool((a - b).abs() <= bound))
        }),
    ));
    members.push((
        "gcd",
        Value::native("gcd", |_, arguments| {
            let mut result = num_bigint::BigInt::default();
            for value in &arguments.positional {
                let number = big_of(value)
                    .ok_or_else(|| Failure::type_error("gcd() arguments must be integers"))?;
                result = num_integer::Integer::gcd(&result, &number);
            }
            Ok(Value::big(result))
        }),
    ));
    members.push((
        "factorial",
        Value::native("factorial", |vm, arguments| {
            let bound = arguments.bind("factorial", "x, /")?;
            let count = bound.int("x")?.unwrap_or(0);
            if count < 0 {
                return Err(Failure::value_error(
                    "factorial() not defined for negative values",
                ));
            }
            let mut result = num_bigint::BigInt::from(1);
            for factor in 2..=count {
                let size = usize::try_from(result.bits() / 64).unwrap_or(usize::MAX);
                vm.steps(1 + size)?;
                result *= factor;
            }
            Ok(Value::big(result))
        }),
    ));
    members.push((
        "prod",
        Value::native("prod", |vm, arguments| {
            let bound = arguments.bind("prod", "iterable, /, *, start=")?;
            let mut result = bound.get("start").unwrap_or(Value::Int(1));
            for value in vm.collect(&bound.value("iterable"))? {
                result = vm.binary(crate::python::BinaryOperator::Multiply, &result, &value)?;
            }
            Ok(result)
        }),
    ));
    members
}
