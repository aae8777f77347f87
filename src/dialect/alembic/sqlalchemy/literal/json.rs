//! Values as Python's `json.dumps` writes them, which is what a JSON column receives on a live connection.

use super::{Literal, python_repr};
use crate::python::float_repr;
use std::fmt::Write as _;

/// A value as a JSON document, or `None` where Python cannot serialise it.
pub fn json_text(value: &Literal) -> Option<String> {
    let mut out = String::new();
    write(value, &mut out, 0)?;
    Some(out)
}

fn write(value: &Literal, out: &mut String, depth: usize) -> Option<()> {
    if depth > 200 {
        return None;
    }
    match value {
        Literal::None => out.push_str("null"),
        Literal::Bool(true) => out.push_str("true"),
        Literal::Bool(false) => out.push_str("false"),
        Literal::Int(_) | Literal::BigInt(_) => out.push_str(&python_repr(value)),
        Literal::Float(number) => out.push_str(&number_text(*number)),
        Literal::Str(text) => string(text, out),
        Literal::EnumMember(member) if member.is_value => write(&member.value, out, depth + 1)?,
        Literal::List(items) | Literal::Tuple(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(item, out, depth + 1)?;
            }
            out.push(']');
        }
        Literal::Dict(pairs) => {
            out.push('{');
            for (index, (key, value)) in pairs.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                string(&key_text(key)?, out);
                out.push_str(": ");
                write(value, out, depth + 1)?;
            }
            out.push('}');
        }
        _ => return None,
    }
    Some(())
}

fn key_text(key: &Literal) -> Option<String> {
    Some(match key {
        Literal::Str(text) => text.to_string(),
        Literal::None => "null".into(),
        Literal::Bool(flag) => flag.to_string(),
        Literal::Int(_) | Literal::BigInt(_) => python_repr(key),
        Literal::Float(number) => number_text(*number),
        _ => return None,
    })
}

fn number_text(number: f64) -> String {
    if number.is_nan() {
        "NaN".into()
    } else if number.is_infinite() {
        if number > 0.0 {
            "Infinity".into()
        } else {
            "-Infinity".into()
        }
    } else {
        float_repr(number)
    }
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    let mut units = [0; 2];
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            _ => {
                for unit in character.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}
