//! `typing`: forms that annotations are made of. Nothing is checked.

use std::rc::Rc;

use crate::python::arguments::Arguments;
use crate::python::class::Class;
use crate::python::error::Failure;
use crate::python::object::{BinaryOperator, Object};
use crate::python::trash;
use crate::python::value::Value;
use crate::python::vm::Vm;

/// A form such as `Optional`, or one with arguments such as `Optional[int]`.
pub struct TypeForm {
    /// `Optional`, `list`, `Annotated` …
    pub name: Rc<str>,
    /// What it was made of: a class for `list[int]`, `None` for forms of `typing`.
    pub origin: Value,
    /// What stands in the brackets.
    pub arguments: Vec<Value>,
}

impl TypeForm {
    pub(crate) fn plain(name: &str) -> Value {
        Value::object(Self {
            name: Rc::from(name),
            origin: Value::None,
            arguments: Vec::new(),
        })
    }

    pub(crate) fn of(name: &str, origin: Value, key: &Value) -> Value {
        let arguments = match key {
            Value::Tuple(items) => items.to_vec(),
            one => vec![one.clone()],
        };
        Value::object(Self {
            name: Rc::from(name),
            origin,
            arguments,
        })
    }
}

impl Drop for TypeForm {
    fn drop(&mut self) {
        let mut values = std::mem::take(&mut self.arguments);
        values.push(std::mem::replace(&mut self.origin, Value::None));
        trash::bury(values);
    }
}

impl Object for TypeForm {
    fn type_name(&self) -> Rc<str> {
        Rc::from("_GenericAlias")
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "__args__" => Some(Value::tuple(self.arguments.clone())),
            "__origin__" => Some(match &self.origin {
                Value::None => self.arguments.first().cloned().unwrap_or(Value::None),
                origin => origin.clone(),
            }),
            "__metadata__" if &*self.name == "Annotated" => Some(Value::tuple(
                self.arguments.iter().skip(1).cloned().collect(),
            )),
            "__name__" | "_name" | "__qualname__" => Some(Value::Str(self.name.clone())),
            "__module__" => Some(Value::str("typing")),
            "__mro_entries__" => {
                let origin = self.origin.clone();
                let name = self.name.clone();
                Some(Value::native("__mro_entries__", move |vm, _| {
                    let base = match (&origin, &*name) {
                        (Value::Class(_), _) => origin.clone(),
                        (_, "Dict" | "DefaultDict" | "OrderedDict" | "Mapping") => builtin("dict"),
                        (_, "List") => builtin("list"),
                        (_, "Set") => builtin("set"),
                        (_, "Tuple") => builtin("tuple"),
                        (_, "Callable" | "Iterable" | "Iterator" | "Sequence" | "Any") => {
                            return Ok(Value::tuple(Vec::new()));
                        }
                        _ => {
                            return Err(vm.refuse(
                                format!("typing.{name}"),
                                format!("A class cannot derive from {name} here."),
                                "Write the class without that base.",
                            ));
                        }
                    };
                    Ok(Value::tuple(vec![base]))
                }))
            }
            _ => {
                if let Value::Class(_) = &self.origin {
                    let origin = self.origin.clone();
                    return vm.find_attribute(&origin, name);
                }
                None
            }
        })
    }

    fn call(self: Rc<Self>, vm: &mut Vm, arguments: Arguments) -> Result<Option<Value>, Failure> {
        let origin = match (&self.origin, &*self.name) {
            (origin @ Value::Class(_), _) => origin.clone(),
            (_, "Dict") => builtin("dict"),
            (_, "List") => builtin("list"),
            (_, "Set") => builtin("set"),
            (_, "Tuple") => builtin("tuple"),
            _ => return Ok(None),
        };
        vm.call(&origin, arguments).map(Some)
    }

    fn item(self: Rc<Self>, _vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        Ok(Some(Self::of(&self.name, self.origin.clone(), key)))
    }

    fn binary(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: BinaryOperator,
        other: &Value,
        reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        if operator != BinaryOperator::Or {
            return Ok(None);
        }
        let me = Value::Object(self);
        if reflected {
            super::union(vm, other, &me)
        } else {
            super::union(vm, &me, other)
        }
    }

    fn equals(self: Rc<Self>, vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        let Some(other) = other.downcast::<TypeForm>() else {
            return Ok(None);
        };
        if self.name != other.name || self.arguments.len() != other.arguments.len() {
            return Ok(Some(false));
        }
        for (a, b) in self.arguments.iter().zip(&other.arguments) {
            if !vm.equals(a, b)? {
                return Ok(Some(false));
            }
        }
        Ok(Some(true))
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        vm.hash(&Value::Str(self.name.clone())).map(Some)
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let mut parts = Vec::new();
        for argument in &self.arguments {
            parts.push(match argument {
                Value::Class(class) => class.display_name(),
                Value::None => "None".to_owned(),
                other => vm.repr(other)?.to_string(),
            });
        }
        if &*self.name == "Union" && !parts.is_empty() && self.origin.is_none() {
            return Ok(parts.join(" | ").into());
        }
        let name = match &self.origin {
            Value::Class(class) => class.display_name(),
            _ => format!("typing.{}", self.name),
        };
        Ok(if parts.is_empty() {
            name.into()
        } else {
            format!("{name}[{}]", parts.join(", ")).into()
        })
    }

    fn is_instance(self: Rc<Self>, vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        if matches!(&*self.name, "Union" | "Optional") {
            for argument in &self.arguments {
                let class = match argument {
                    Value::None => builtin("NoneType"),
                    other => other.clone(),
                };
                if vm.is_instance(value, &class)? {
                    return Ok(Some(true));
                }
            }
            return Ok(Some(&*self.name == "Optional" && value.is_none()));
        }
        let plain = match &*self.name {
            "List" => "list",
            "Dict" => "dict",
            "Set" => "set",
            "Tuple" => "tuple",
            "Callable" => return Ok(Some(crate::python::vm::is_callable(value))),
            _ => return Ok(None),
        };
        vm.is_instance(value, &builtin(plain)).map(Some)
    }
}

fn builtin(name: &str) -> Value {
    Value::Class(crate::python::types::types().of(name))
}

/// `a | b`, when both may stand in annotations.
pub(crate) fn union(a: &Value, b: &Value) -> Option<Value> {
    let form = |value: &Value| {
        matches!(value, Value::Class(_) | Value::None | Value::Str(_))
            || value.downcast::<TypeForm>().is_some()
    };
    if !(form(a) && form(b)) || (a.is_none() && b.is_none()) {
        return None;
    }
    if matches!(
        (a, b),
        (Value::Str(_), Value::Str(_) | Value::None) | (Value::None, Value::Str(_))
    ) {
        return None;
    }
    let mut arguments = Vec::new();
    for side in [a, b] {
        match side.downcast::<TypeForm>() {
            Some(inner) if &*inner.name == "Union" => {
                arguments.extend(inner.arguments.iter().cloned());
            }
            _ => arguments.push(side.clone()),
        }
    }
    Some(Value::object(TypeForm {
        name: Rc::from("Union"),
        origin: Value::None,
        arguments,
    }))
}

/// Classes that program classes derive from for the sake of checkers.
pub(crate) fn marker(name: &'static str, module: &'static str) -> Rc<Class> {
    let class = Class::native(name, module, &[], None);
    let made = Value::Class(class.clone());
    class.namespace.set_str(
        "__class_getitem__",
        Value::native("__class_getitem__", move |_, _| Ok(made.clone())),
    );
    class
}

const FORMS: &[&str] = &[
    "Any",
    "AnyStr",
    "Optional",
    "Union",
    "List",
    "Dict",
    "Set",
    "FrozenSet",
    "Tuple",
    "Type",
    "Callable",
    "Iterable",
    "Iterator",
    "Generator",
    "Sequence",
    "MutableSequence",
    "Mapping",
    "MutableMapping",
    "Collection",
    "Container",
    "Hashable",
    "Sized",
    "Reversible",
    "Literal",
    "Final",
    "ClassVar",
    "Annotated",
    "Awaitable",
    "Coroutine",
    "AsyncIterator",
    "AsyncIterable",
    "AsyncGenerator",
    "NoReturn",
    "Never",
    "Self",
    "LiteralString",
    "Text",
    "Deque",
    "DefaultDict",
    "OrderedDict",
    "Counter",
    "ChainMap",
    "AbstractSet",
    "MutableSet",
    "KeysView",
    "ValuesView",
    "ItemsView",
    "IO",
    "TextIO",
    "BinaryIO",
    "Pattern",
    "Match",
    "SupportsInt",
    "SupportsFloat",
    "Concatenate",
    "TypeAlias",
    "TypeGuard",
    "Required",
    "NotRequired",
    "ReadOnly",
    "Unpack",
    "ContextManager",
    "AsyncContextManager",
    "ByteString",
];

fn identity(name: &'static str) -> Value {
    Value::native(name, |_, mut arguments| {
        Ok(if arguments.positional.is_empty() {
            Value::None
        } else {
            arguments.positional.remove(0)
        })
    })
}

fn decorator_maker(name: &'static str) -> Value {
    Value::native(name, move |_, _| Ok(identity(name)))
}

/// The members of `typing` and `typing_extensions`.
pub(crate) fn members() -> Vec<(&'static str, Value)> {
    let mut members: Vec<(&'static str, Value)> = FORMS
        .iter()
        .map(|&name| (name, TypeForm::plain(name)))
        .collect();
    for name in [
        "TypeVar",
        "ParamSpec",
        "TypeVarTuple",
        "NewType",
        "TypeAliasType",
    ] {
        members.push((
            name,
            Value::native(name, move |_, arguments| {
                let label = arguments
                    .positional
                    .first()
                    .and_then(Value::to_text)
                    .unwrap_or_default();
                if name == "NewType" {
                    return Ok(identity("NewType"));
                }
                Ok(TypeForm::plain(&label))
            }),
        ));
    }
    for name in ["Generic", "Protocol", "NamedTuple", "TypedDict"] {
        members.push((name, Value::Class(marker(name, "typing"))));
    }
    for name in [
        "overload",
        "final",
        "runtime_checkable",
        "no_type_check",
        "override",
    ] {
        members.push((name, identity(name)));
    }
    members.push((
        "dataclass_transform",
        decorator_maker("dataclass_transform"),
    ));
    members.push(("deprecated", decorator_maker("deprecated")));
    members.push((
        "cast",
        Value::native("cast", |_, arguments| {
            let bound = arguments.bind("cast", "typ, val")?;
            Ok(bound.value("val"))
        }),
    ));
    members.push((
        "get_args",
        Value::native("get_args", |vm, arguments| {
            let bound = arguments.bind("get_args", "tp")?;
            Ok(vm
                .find_attribute(&bound.value("tp"), "__args__")?
                .unwrap_or_else(|| Value::tuple(Vec::new())))
        }),
    ));
    members.push((
        "get_origin",
        Value::native("get_origin", |vm, arguments| {
            let bound = arguments.bind("get_origin", "tp")?;
            Ok(vm
                .find_attribute(&bound.value("tp"), "__origin__")?
                .unwrap_or(Value::None))
        }),
    ));
    members.push((
        "get_type_hints",
        Value::native("get_type_hints", |vm, arguments| {
            let object = arguments.positional.first().cloned().unwrap_or(Value::None);
            vm.attribute(&object, "__annotations__")
        }),
    ));
    members.push(("assert_never", identity("assert_never")));
    members.push(("assert_type", identity("assert_type")));
    members.push(("reveal_type", identity("reveal_type")));
    members.push(("TYPE_CHECKING", Value::Bool(false)));
    members
}
