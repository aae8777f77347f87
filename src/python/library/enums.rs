//! `enum`.

use std::rc::Rc;

use crate::python::class::Class;
use crate::python::enumeration::{AUTO, Enumeration, Kind};
use crate::python::types::types;
use crate::python::value::Value;

thread_local! {
    static AUTO_CLASS: Rc<Class> = Class::native(AUTO, "enum", &[], None);
    static ROOTS: [(&'static str, Rc<Class>); 6] = roots();
}

fn root(name: &str, kind: Kind, bases: &[&Rc<Class>]) -> Rc<Class> {
    let class = Class::native(name, "enum", bases, None);
    *class.enumeration.borrow_mut() = Some(Rc::new(Enumeration::new(kind)));
    class
}

fn roots() -> [(&'static str, Rc<Class>); 6] {
    let (int, str) = (types().of("int"), types().of("str"));
    let plain = root("Enum", Kind::Enum, &[]);
    let flag = root("Flag", Kind::Flag, &[&plain]);
    [
        ("IntEnum", root("IntEnum", Kind::Int, &[&int, &plain])),
        ("StrEnum", root("StrEnum", Kind::Str, &[&str, &plain])),
        ("IntFlag", root("IntFlag", Kind::IntFlag, &[&int, &flag])),
        ("ReprEnum", root("ReprEnum", Kind::Enum, &[&plain])),
        ("Flag", flag),
        ("Enum", plain),
    ]
}

/// The class of what `auto()` gives.
pub(crate) fn auto_class() -> Rc<Class> {
    AUTO_CLASS.with(Rc::clone)
}

/// The members of the module.
pub(super) fn members() -> Vec<(&'static str, Value)> {
    let mut members = vec![
        ("auto", Value::Class(auto_class())),
        (
            "unique",
            Value::native("unique", |vm, arguments| {
                let bound = arguments.bind("unique", "enumeration")?;
                let class = bound.value("enumeration");
                if let Value::Class(inner) = &class
                    && let Some(enumeration) = inner.enumeration.borrow().as_ref()
                    && let Some((alias, member)) = enumeration.aliases.borrow().first()
                {
                    let target = match member {
                        Value::Instance(instance) => {
                            instance.attributes.get_str("_name_").unwrap_or(Value::None)
                        }
                        _ => Value::None,
                    };
                    return Err(vm.raise(
                        "ValueError",
                        format!(
                            "duplicate values found in {}: {alias} -> {}",
                            vm_repr(&class),
                            target.as_str().unwrap_or("")
                        ),
                    ));
                }
                Ok(class)
            }),
        ),
        ("EnumMeta", Value::Class(types().r#type.clone())),
        ("EnumType", Value::Class(types().r#type.clone())),
    ];
    ROOTS.with(|roots| {
        for (name, class) in roots {
            members.push((name, Value::Class(class.clone())));
        }
    });
    members
}

fn vm_repr(class: &Value) -> String {
    match class {
        Value::Class(class) => format!("<enum '{}'>", class.name),
        _ => String::new(),
    }
}
