//! `uuid`.

use std::rc::Rc;

use num_bigint::{BigInt, Sign};

use super::support::random_bytes;
use crate::python::arguments::Arguments;
use crate::python::class::Class;
use crate::python::error::Failure;
use crate::python::number::big_of;
use crate::python::object::{CompareOperator, Object};
use crate::python::value::Value;
use crate::python::vm::Vm;

/// A `UUID`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uuid {
    /// Its bytes, most significant first.
    pub bytes: [u8; 16],
}

impl Uuid {
    /// 32 hexadecimal digits.
    pub fn hex(&self) -> String {
        hex::encode(self.bytes)
    }

    /// The digits with dashes.
    pub fn text(&self) -> String {
        let hex = self.hex();
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or("");
        [
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32),
        ]
        .join("-")
    }

    fn parse(text: &str) -> Option<Self> {
        let digits: String = text
            .replace("urn:", "")
            .replace("uuid:", "")
            .trim_matches(['{', '}'])
            .replace('-', "");
        if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(&digits, 16).ok().map(|number| Self {
            bytes: number.to_be_bytes(),
        })
    }

    fn number(&self) -> u128 {
        u128::from_be_bytes(self.bytes)
    }

    fn versioned(mut bytes: [u8; 16], version: u8) -> Self {
        if let Some(byte) = bytes.get_mut(6) {
            *byte = (*byte & 0x0f) | (version << 4);
        }
        if let Some(byte) = bytes.get_mut(8) {
            *byte = (*byte & 0x3f) | 0x80;
        }
        Self { bytes }
    }
}

thread_local! {
    static CLASS: Rc<Class> = {
        let mut class = Class::native("UUID", "uuid", &[], None);
        if let Some(class) = Rc::get_mut(&mut class) {
            class.constructor = Some(construct);
        }
        class
    };
}

fn construct(_vm: &mut Vm, _class: &Rc<Class>, arguments: Arguments) -> Result<Value, Failure> {
    let bound = arguments.bind(
        "UUID",
        "hex=, bytes=, bytes_le=, fields=, int=, version=, *, is_safe=",
    )?;
    let uuid = if let Some(hex) = bound.some("hex") {
        let Some(text) = hex.to_text() else {
            return Err(Failure::raise(
                "AttributeError",
                format!(
                    "'{}' object has no attribute 'replace'",
                    Vm::type_name(&hex)
                ),
            ));
        };
        Uuid::parse(&text)
            .ok_or_else(|| Failure::value_error("badly formed hexadecimal UUID string"))?
    } else if let Some(Value::Bytes(bytes)) = bound.some("bytes") {
        Uuid {
            bytes: <[u8; 16]>::try_from(&*bytes)
                .map_err(|_| Failure::value_error("bytes is not a 16-char string"))?,
        }
    } else if let Some(number) = bound.some("int") {
        let number = big_of(&number).unwrap_or_default();
        let number = u128::try_from(number)
            .map_err(|_| Failure::value_error("int is out of range (need a 128-bit value)"))?;
        Uuid {
            bytes: number.to_be_bytes(),
        }
    } else {
        return Err(Failure::type_error(
            "one of the hex, bytes, bytes_le, fields, or int arguments must be given",
        ));
    };
    let uuid = match bound.int("version")? {
        Some(version) => Uuid::versioned(uuid.bytes, u8::try_from(version & 0xf).unwrap_or(4)),
        None => uuid,
    };
    Ok(Value::object(uuid))
}

fn hashed(vm: &mut Vm, arguments: Arguments, name: &str, version: u8) -> Result<Value, Failure> {
    let bound = arguments.bind(name, "namespace, name")?;
    let Some(space) = bound.value("namespace").downcast::<Uuid>() else {
        return Err(Failure::type_error("namespace must be a UUID"));
    };
    let text = match bound.value("name") {
        Value::Bytes(bytes) => bytes.to_vec(),
        other => other.to_text().unwrap_or_default().as_bytes().to_vec(),
    };
    let data = [&space.bytes[..], &text].concat();
    vm.charge(data.len())?;
    let digest = if version == 3 {
        super::digest::compute("md5", &data)
    } else {
        super::digest::compute("sha1", &data)
    };
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest.unwrap_or_default()) {
        *to = from;
    }
    Ok(Value::object(Uuid::versioned(bytes, version)))
}

/// The members of the module.
pub(super) fn members() -> Vec<(&'static str, Value)> {
    let space = |text: &str| match Uuid::parse(text) {
        Some(uuid) => Value::object(uuid),
        None => Value::None,
    };
    vec![
        ("UUID", Value::Class(CLASS.with(Rc::clone))),
        (
            "uuid4",
            Value::native("uuid4", |vm, _| {
                let random = random_bytes(vm, 16)?;
                let bytes = <[u8; 16]>::try_from(&*random).unwrap_or_default();
                Ok(Value::object(Uuid::versioned(bytes, 4)))
            }),
        ),
        (
            "uuid1",
            Value::native("uuid1", |vm, _| {
                let random = random_bytes(vm, 16)?;
                let bytes = <[u8; 16]>::try_from(&*random).unwrap_or_default();
                Ok(Value::object(Uuid::versioned(bytes, 1)))
            }),
        ),
        (
            "uuid5",
            Value::native("uuid5", |vm, arguments| hashed(vm, arguments, "uuid5", 5)),
        ),
        (
            "uuid3",
            Value::native("uuid3", |vm, arguments| hashed(vm, arguments, "uuid3", 3)),
        ),
        (
            "getnode",
            Value::native("getnode", |vm, _| {
                Err(vm.refuse("uuid.getnode", "uuid.getnode() is not available.", ""))
            }),
        ),
        (
            "NAMESPACE_DNS",
            space("6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ),
        (
            "NAMESPACE_URL",
            space("6ba7b811-9dad-11d1-80b4-00c04fd430c8"),
        ),
        (
            "NAMESPACE_OID",
            space("6ba7b812-9dad-11d1-80b4-00c04fd430c8"),
        ),
        (
            "NAMESPACE_X500",
            space("6ba7b814-9dad-11d1-80b4-00c04fd430c8"),
        ),
    ]
}

impl Object for Uuid {
    fn type_name(&self) -> Rc<str> {
        Rc::from("UUID")
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(Value::Class(CLASS.with(Rc::clone)))
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "hex" => Some(Value::from(self.hex())),
            "bytes" => Some(Value::bytes(self.bytes)),
            "int" => Some(Value::big(BigInt::from_bytes_be(Sign::Plus, &self.bytes))),
            "version" => Some(Value::Int(i64::from(self.bytes[6] >> 4))),
            "urn" => Some(Value::from(format!("urn:uuid:{}", self.text()))),
            "variant" => Some(Value::str("specified in RFC 4122")),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        name == "__int__"
    }

    fn call_method(
        self: Rc<Self>,
        _vm: &mut Vm,
        _name: &str,
        _arguments: Arguments,
    ) -> Result<Value, Failure> {
        Ok(Value::big(BigInt::from_bytes_be(Sign::Plus, &self.bytes)))
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(self.text().into())
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("UUID('{}')", self.text()).into())
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        vm.hash(&Value::bytes(self.bytes)).map(Some)
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(other.downcast::<Uuid>().map(|other| *other == *self))
    }

    fn compare(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        Ok(other
            .downcast::<Uuid>()
            .map(|other| Value::Bool(operator.holds(self.number().cmp(&other.number())))))
    }
}
