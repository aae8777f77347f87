//! What library modules written in Python need from the machine.

use crate::python::class::Class;
use crate::python::error::Failure;
use crate::python::types::types;
use crate::python::value::Value;
use crate::python::vm::Vm;

/// Random bytes, if the host gives them.
pub(super) fn random_bytes(vm: &mut Vm, count: usize) -> Result<Vec<u8>, Failure> {
    vm.charge(count)?;
    let mut bytes = vec![0; count];
    if vm.host().random(&mut bytes) {
        Ok(bytes)
    } else {
        Err(vm.refuse(
            "randomness",
            "Random values are not available to the program.",
            "Let the database compute them.",
        ))
    }
}

/// The members of the module.
pub(super) fn members() -> Vec<(&'static str, Value)> {
    vec![
        (
            "cached_property",
            Value::Class(types().of("cached_property")),
        ),
        (
            "annotations",
            Value::native("annotations", |_, arguments| {
                let bound = arguments.bind("annotations", "namespace")?;
                let Value::Dict(namespace) = bound.value("namespace") else {
                    return Ok(Value::list(Vec::new()));
                };
                // A class without a name carries the namespace to where annotations are read.
                let mut carrier =
                    Class::assemble("", "", Vec::new(), crate::python::class::Layout::Plain);
                carrier.namespace = namespace;
                Ok(Value::list(
                    Vm::annotated(&carrier)
                        .into_iter()
                        .map(|(name, text, _)| {
                            Value::tuple(vec![Value::Str(name), Value::Str(text)])
                        })
                        .collect(),
                ))
            }),
        ),
        (
            "log",
            Value::native("log", |vm, arguments| {
                let bound = arguments.bind("log", "text")?;
                let text = bound.text("text")?.unwrap_or_default();
                vm.host().log(&text);
                Ok(Value::None)
            }),
        ),
        (
            "random",
            Value::native("random", |vm, arguments| {
                let bound = arguments.bind("random", "count")?;
                let count = usize::try_from(bound.int("count")?.unwrap_or(0))
                    .map_err(|_| Failure::value_error("negative argument not allowed"))?;
                random_bytes(vm, count).map(Value::bytes)
            }),
        ),
        (
            "handled",
            Value::native("handled", |vm, _| {
                Ok(vm.handled.clone().map_or(Value::None, Value::Instance))
            }),
        ),
        (
            "refuse",
            Value::native("refuse", |vm, arguments| {
                let bound = arguments.bind("refuse", "construct, message, advice")?;
                let text = |name: &str| bound.text(name).map(Option::unwrap_or_default);
                Err(vm.refuse(text("construct")?, text("message")?, text("advice")?))
            }),
        ),
        (
            "index",
            Value::native("index", |vm, arguments| {
                let bound = arguments.bind("index", "a")?;
                let value = bound.value("a");
                vm.index(&value)?.map(Value::Int).ok_or_else(|| {
                    Failure::type_error(format!(
                        "'{}' object cannot be interpreted as an integer",
                        Vm::type_name(&value)
                    ))
                })
            }),
        ),
        (
            "import_module",
            Value::native("import_module", |vm, arguments| {
                let bound = arguments.bind("import_module", "name, package=")?;
                let name = bound.text("name")?.unwrap_or_default();
                let bare = name.trim_start_matches('.');
                if bare.len() == name.len() {
                    return vm.import(&name);
                }
                let package = bound.text("package")?.unwrap_or_default();
                let mut parts: Vec<&str> = package.split('.').collect();
                let up = name.len() - bare.len() - 1;
                parts.truncate(parts.len().saturating_sub(up));
                parts.push(bare);
                vm.import(&parts.join("."))
            }),
        ),
    ]
}
