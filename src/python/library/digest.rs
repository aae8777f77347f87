//! `hashlib`, `base64` and `binascii`.

use std::cell::RefCell;
use std::rc::Rc;

use ::base64::Engine;
use ::base64::engine::DecodePaddingMode;
use ::base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE};
use md5::Digest;

use crate::python::arguments::Arguments;
use crate::python::class::Class;
use crate::python::error::Failure;
use crate::python::object::Object;
use crate::python::types::type_name;
use crate::python::value::Value;
use crate::python::vm::Vm;

/// The digest of data by the name of the function.
pub(super) fn compute(name: &str, data: &[u8]) -> Option<Vec<u8>> {
    Some(match name {
        "md5" => md5::Md5::digest(data).to_vec(),
        "sha1" => sha1::Sha1::digest(data).to_vec(),
        "sha224" => sha2::Sha224::digest(data).to_vec(),
        "sha256" => sha2::Sha256::digest(data).to_vec(),
        "sha384" => sha2::Sha384::digest(data).to_vec(),
        "sha512" => sha2::Sha512::digest(data).to_vec(),
        _ => return None,
    })
}

struct Hash {
    name: &'static str,
    data: RefCell<Vec<u8>>,
}

impl Object for Hash {
    fn type_name(&self) -> Rc<str> {
        Rc::from("_hashlib.HASH")
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "name" => Some(Value::str(self.name)),
            "digest_size" => compute(self.name, &[]).map(|digest| Value::from(digest.len())),
            "block_size" => Some(Value::Int(match self.name {
                "sha384" | "sha512" => 128,
                _ => 64,
            })),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "update" | "digest" | "hexdigest" | "copy")
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        vm.steps(self.data.borrow().len() / 64)?;
        match name {
            "update" => {
                let bound = arguments.bind("update", "data")?;
                let data = bytes_of(&bound.value("data"))?;
                vm.charge(data.len())?;
                self.data.borrow_mut().extend_from_slice(&data);
                Ok(Value::None)
            }
            "copy" => Ok(Value::object(Hash {
                name: self.name,
                data: RefCell::new(self.data.borrow().clone()),
            })),
            _ => {
                let digest = compute(self.name, &self.data.borrow()).unwrap_or_default();
                Ok(if name == "digest" {
                    Value::bytes(digest)
                } else {
                    Value::from(hex::encode(digest))
                })
            }
        }
    }
}

fn bytes_of(value: &Value) -> Result<Rc<[u8]>, Failure> {
    match value.plain() {
        Value::Bytes(bytes) => Ok(bytes),
        Value::Str(_) => Err(Failure::type_error(
            "Strings must be encoded before hashing",
        )),
        other => Err(Failure::type_error(format!(
            "a bytes-like object is required, not '{}'",
            type_name(&other)
        ))),
    }
}

const NAMES: [&str; 6] = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];

fn start(vm: &mut Vm, name: &'static str, data: Option<Value>) -> Result<Value, Failure> {
    let data = match data {
        Some(data) => bytes_of(&data)?.to_vec(),
        None => Vec::new(),
    };
    vm.charge(data.len())?;
    Ok(Value::object(Hash {
        name,
        data: RefCell::new(data),
    }))
}

/// The members of `hashlib`.
pub(super) fn hashlib() -> Vec<(&'static str, Value)> {
    let mut members: Vec<(&'static str, Value)> = NAMES
        .into_iter()
        .map(|name| {
            let function = Value::native(name, move |vm, arguments| {
                let bound = arguments.bind(name, "string=, *, usedforsecurity=")?;
                start(vm, name, bound.get("string"))
            });
            (name, function)
        })
        .collect();
    members.push((
        "new",
        Value::native("new", |vm, arguments| {
            let bound = arguments.bind("new", "name, data=, *, usedforsecurity=")?;
            let wanted = bound.text("name")?.unwrap_or_default().to_lowercase();
            match NAMES.into_iter().find(|name| *name == wanted) {
                Some(name) => start(vm, name, bound.get("data")),
                None => Err(vm.refuse(
                    format!("hashlib.{wanted}"),
                    format!("The hash function '{wanted}' is not available."),
                    "",
                )),
            }
        }),
    ));
    members
}

fn input(value: &Value) -> Result<Vec<u8>, Failure> {
    match value.plain() {
        Value::Str(text) if text.is_ascii() => Ok(text.as_bytes().to_vec()),
        Value::Str(_) => Err(Failure::value_error(
            "string argument should contain only ASCII characters",
        )),
        other => bytes_of(&other).map(|bytes| bytes.to_vec()),
    }
}

fn error_class() -> Rc<Class> {
    thread_local! {
        static ERROR: Rc<Class> = Class::exception(
            "Error",
            "binascii",
            &[&Class::builtin_exception("ValueError")],
        );
    }
    ERROR.with(Rc::clone)
}

fn decode(text: &[u8], url: bool) -> Result<Value, Failure> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
    let config = config.with_decode_allow_trailing_bits(true);
    let alphabet = &::base64::alphabet::STANDARD;
    let clean: Vec<u8> = text
        .iter()
        .map(|&byte| match byte {
            b'-' if url => b'+',
            b'_' if url => b'/',
            other => other,
        })
        .filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
        .collect();
    GeneralPurpose::new(alphabet, config)
        .decode(&clean)
        .map(Value::bytes)
        .map_err(|_| Failure::of(&error_class(), "Incorrect padding"))
}

/// The members of `base64`.
pub(super) fn base64() -> Vec<(&'static str, Value)> {
    let encoder = |name: &'static str, engine: &'static GeneralPurpose| {
        let function = Value::native(name, move |vm, arguments| {
            let bound = arguments.bind(name, "s, altchars=")?;
            let data = bytes_of(&bound.value("s")).map_err(|_| {
                Failure::type_error(format!(
                    "a bytes-like object is required, not '{}'",
                    type_name(&bound.value("s"))
                ))
            })?;
            vm.charge(data.len() * 2)?;
            Ok(Value::bytes(engine.encode(&data)))
        });
        (name, function)
    };
    let decoder = |name: &'static str, url: bool| {
        let function = Value::native(name, move |vm, arguments| {
            let bound = arguments.bind(name, "s, altchars=, validate=")?;
            let data = input(&bound.value("s"))?;
            vm.charge(data.len())?;
            decode(&data, url)
        });
        (name, function)
    };
    vec![
        encoder("b64encode", &STANDARD),
        encoder("standard_b64encode", &STANDARD),
        encoder("urlsafe_b64encode", &URL_SAFE),
        decoder("b64decode", false),
        decoder("standard_b64decode", false),
        decoder("urlsafe_b64decode", true),
        (
            "b16encode",
            Value::native("b16encode", |vm, arguments| {
                let bound = arguments.bind("b16encode", "s")?;
                let data = bytes_of(&bound.value("s"))?;
                vm.charge(data.len() * 2)?;
                Ok(Value::bytes(hex::encode_upper(data)))
            }),
        ),
    ]
}

/// The members of `binascii`.
pub(super) fn binascii() -> Vec<(&'static str, Value)> {
    vec![
        ("Error", Value::Class(error_class())),
        (
            "hexlify",
            Value::native("hexlify", |vm, arguments| {
                let bound = arguments.bind("hexlify", "data")?;
                let data = bytes_of(&bound.value("data"))?;
                vm.charge(data.len() * 2)?;
                Ok(Value::bytes(hex::encode(data)))
            }),
        ),
        (
            "unhexlify",
            Value::native("unhexlify", |vm, arguments| {
                let bound = arguments.bind("unhexlify", "hexstr")?;
                let data = input(&bound.value("hexstr"))?;
                vm.charge(data.len())?;
                hex::decode(&data)
                    .map(Value::bytes)
                    .map_err(|_| Failure::of(&error_class(), "Non-hexadecimal digit found"))
            }),
        ),
        (
            "crc32",
            Value::native("crc32", |vm, arguments| {
                let bound = arguments.bind("crc32", "data, value=")?;
                let data = bytes_of(&bound.value("data"))?;
                vm.scan(data.len())?;
                Ok(Value::Int(i64::from(crc32fast::hash(&data))))
            }),
        ),
    ]
}
