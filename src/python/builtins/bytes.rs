//! Methods of `bytes`.

use std::fmt::Write;
use std::rc::Rc;

use super::{none, one};
use crate::python::class::MethodFn;
use crate::python::error::Failure;
use crate::python::types::type_name;
use crate::python::value::Value;
use crate::python::vm::Vm;

/// The receiver's bytes, with the work that a method has with all of them.
fn this(vm: &mut Vm, value: &Value) -> Result<Rc<[u8]>, Failure> {
    let bytes = match value.plain() {
        Value::Bytes(bytes) => bytes,
        _ => Rc::from([]),
    };
    vm.scan(bytes.len())?;
    Ok(bytes)
}

fn wanted(value: &Value) -> Result<Rc<[u8]>, Failure> {
    match value.plain() {
        Value::Bytes(bytes) => Ok(bytes),
        other => Err(Failure::type_error(format!(
            "a bytes-like object is required, not '{}'",
            type_name(&other)
        ))),
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, part)
}

fn affixes(value: &Value) -> Result<Vec<Rc<[u8]>>, Failure> {
    match value {
        Value::Tuple(all) => all.iter().map(wanted).collect(),
        one => Ok(vec![wanted(one)?]),
    }
}

fn trimmed(vm: &mut Vm, me: &Value, set: &Value, start: bool, end: bool) -> Result<Value, Failure> {
    let bytes = this(vm, me)?;
    let set: Rc<[u8]> = match set {
        Value::None => Rc::from(*b" \t\n\r\x0b\x0c"),
        other => wanted(other)?,
    };
    let mut members = [false; 256];
    for byte in set.iter() {
        members[usize::from(*byte)] = true;
    }
    let mut part = &*bytes;
    while start
        && let [first, rest @ ..] = part
        && members[usize::from(*first)]
    {
        part = rest;
    }
    while end
        && let [rest @ .., last] = part
        && members[usize::from(*last)]
    {
        part = rest;
    }
    Ok(Value::bytes(part))
}

/// A method by name.
pub(super) fn method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "decode" => |vm, me, args| {
            let bound = args.bind("decode", "encoding=, errors=")?;
            let encoding = bound.text("encoding")?.unwrap_or_else(|| "utf-8".into());
            let errors = bound.text("errors")?.unwrap_or_else(|| "strict".into());
            let bytes = this(vm, me)?;
            vm.charge(bytes.len())?;
            super::decode(vm, &bytes, &encoding, &errors).map(Value::from)
        },
        "hex" => |vm, me, args| {
            let bound = args.bind("hex", "sep=, bytes_per_sep=")?;
            let bytes = this(vm, me)?;
            vm.charge(bytes.len() * 3)?;
            let separator = bound.text("sep")?;
            let mut out = String::with_capacity(bytes.len() * 2);
            for (place, byte) in bytes.iter().enumerate() {
                if place > 0
                    && let Some(separator) = &separator
                {
                    out.push_str(separator);
                }
                let _ = write!(out, "{byte:02x}");
            }
            Ok(Value::from(out))
        },
        "startswith" => |vm, me, args| {
            let bytes = this(vm, me)?;
            let prefixes = affixes(&one(args, "startswith")?)?;
            Ok(Value::Bool(
                prefixes.iter().any(|prefix| bytes.starts_with(prefix)),
            ))
        },
        "endswith" => |vm, me, args| {
            let bytes = this(vm, me)?;
            let suffixes = affixes(&one(args, "endswith")?)?;
            Ok(Value::Bool(
                suffixes.iter().any(|suffix| bytes.ends_with(suffix)),
            ))
        },
        "find" => |vm, me, args| {
            let part = wanted(&one(args, "find")?)?;
            Ok(position(&this(vm, me)?, &part).map_or(Value::Int(-1), Value::from))
        },
        "index" => |vm, me, args| {
            let part = wanted(&one(args, "index")?)?;
            position(&this(vm, me)?, &part)
                .map(Value::from)
                .ok_or_else(|| Failure::value_error("subsection not found"))
        },
        "count" => |vm, me, args| {
            let part = wanted(&one(args, "count")?)?;
            Ok(Value::from(
                memchr::memmem::find_iter(&this(vm, me)?, &*part).count(),
            ))
        },
        "join" => |vm, me, args| {
            let items = one(args, "join")?;
            let items = vm.collect(&items)?;
            let separator = this(vm, me)?;
            let mut out = Vec::new();
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.extend_from_slice(&separator);
                }
                let part = wanted(item)?;
                vm.charge(part.len() + separator.len())?;
                out.extend_from_slice(&part);
            }
            Ok(Value::bytes(out))
        },
        "replace" => |vm, me, args| {
            let bound = args.bind("replace", "old, new, count=, /")?;
            let (old, new) = (wanted(&bound.value("old"))?, wanted(&bound.value("new"))?);
            let bytes = this(vm, me)?;
            if old.is_empty() {
                return Err(vm.refuse(
                    "bytes.replace",
                    "Replacing empty bytes is not supported.",
                    "",
                ));
            }
            let limit = usize::try_from(bound.int("count")?.unwrap_or(-1)).unwrap_or(usize::MAX);
            let mut out = Vec::new();
            let mut at = 0;
            for place in memchr::memmem::find_iter(&bytes, &*old).take(limit) {
                vm.charge(new.len())?;
                out.extend_from_slice(bytes.get(at..place).unwrap_or_default());
                out.extend_from_slice(&new);
                at = place + old.len();
            }
            out.extend_from_slice(bytes.get(at..).unwrap_or_default());
            vm.charge(out.len())?;
            Ok(Value::bytes(out))
        },
        "split" => |vm, me, args| {
            let bound = args.bind("split", "sep=, maxsplit=")?;
            let bytes = this(vm, me)?;
            let pieces: Vec<Value> = match bound.value("sep") {
                Value::None => bytes
                    .split(u8::is_ascii_whitespace)
                    .filter(|piece| !piece.is_empty())
                    .map(Value::bytes)
                    .collect(),
                separator => {
                    let separator = wanted(&separator)?;
                    if separator.is_empty() {
                        return Err(Failure::value_error("empty separator"));
                    }
                    let limit =
                        usize::try_from(bound.int("maxsplit")?.unwrap_or(-1)).unwrap_or(usize::MAX);
                    let mut pieces = Vec::new();
                    let mut at = 0;
                    for place in memchr::memmem::find_iter(&bytes, &*separator).take(limit) {
                        pieces.push(Value::bytes(bytes.get(at..place).unwrap_or_default()));
                        at = place + separator.len();
                    }
                    pieces.push(Value::bytes(bytes.get(at..).unwrap_or_default()));
                    pieces
                }
            };
            vm.charge(bytes.len() + 40 * pieces.len())?;
            Ok(Value::list(pieces))
        },
        "strip" => |vm, me, args| {
            let bound = args.bind("strip", "bytes=, /")?;
            trimmed(vm, me, &bound.value("bytes"), true, true)
        },
        "lstrip" => |vm, me, args| {
            let bound = args.bind("lstrip", "bytes=, /")?;
            trimmed(vm, me, &bound.value("bytes"), true, false)
        },
        "rstrip" => |vm, me, args| {
            let bound = args.bind("rstrip", "bytes=, /")?;
            trimmed(vm, me, &bound.value("bytes"), false, true)
        },
        "upper" => |vm, me, args| {
            none(&args, "upper")?;
            Ok(Value::bytes(this(vm, me)?.to_ascii_uppercase()))
        },
        "lower" => |vm, me, args| {
            none(&args, "lower")?;
            Ok(Value::bytes(this(vm, me)?.to_ascii_lowercase()))
        },
        "isdigit" => |vm: &mut Vm, me, _| {
            let bytes = this(vm, me)?;
            Ok(Value::Bool(
                !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit),
            ))
        },
        _ => return None,
    })
}
