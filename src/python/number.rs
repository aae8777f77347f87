//! Numbers as Python computes and writes them.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{FromPrimitive, ToPrimitive};

use super::Failure;
use super::types::type_name;
use super::value::Value;

/// Whether a float is exactly this integer.
pub(crate) fn float_equals_int(float: f64, int: i64) -> bool {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    {
        float == int as f64 && (float as i128) == i128::from(int)
    }
}

/// The repr of a float: the shortest text that reads back the same.
pub(crate) fn float_repr(number: f64) -> String {
    if number.is_nan() {
        return "nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.into();
    }
    if number == 0.0 {
        return if number.is_sign_negative() {
            "-0.0"
        } else {
            "0.0"
        }
        .into();
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.abs())
    }
}

/// An integer of any size.
pub(crate) fn big_of(value: &Value) -> Option<BigInt> {
    match value {
        Value::Int(number) => Some(BigInt::from(*number)),
        Value::Bool(truth) => Some(BigInt::from(u8::from(*truth))),
        Value::Big(number) => Some(number.as_ref().clone()),
        Value::Instance(_) => match value.plain() {
            Value::Instance(_) => None,
            plain => big_of(&plain),
        },
        _ => None,
    }
}

/// A number as a float.
pub(crate) fn float_of(value: &Value) -> Result<f64, Failure> {
    #[allow(clippy::cast_precision_loss)]
    match value {
        Value::Float(number) => Ok(*number),
        Value::Int(number) => Ok(*number as f64),
        Value::Bool(truth) => Ok(f64::from(u8::from(*truth))),
        Value::Big(number) => match number.to_f64() {
            Some(float) if float.is_finite() => Ok(float),
            _ => Err(Failure::raise(
                "OverflowError",
                "int too large to convert to float",
            )),
        },
        Value::Instance(_) if !matches!(value.plain(), Value::Instance(_)) => {
            float_of(&value.plain())
        }
        other => Err(Failure::type_error(format!(
            "must be real number, not {}",
            type_name(other)
        ))),
    }
}

/// The order of two numbers; `None` when one is not a number at all.
pub(crate) fn compare_numbers(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Float(float), other) => compare_with_float(other, *float).map(Ordering::reverse),
        (other, Value::Float(float)) => compare_with_float(other, *float),
        _ => match (a.as_int(), b.as_int()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => Some(big_of(a)?.cmp(&big_of(b)?)),
        },
    }
}

fn compare_with_float(int: &Value, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        });
    }
    let whole = BigInt::from_f64(float.trunc())?;
    let order = big_of(int)?.cmp(&whole);
    if order == Ordering::Equal {
        0f64.partial_cmp(&float.fract())
    } else {
        Some(order)
    }
}
