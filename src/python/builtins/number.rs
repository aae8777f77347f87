//! Methods of `int` and `float`.

use num_bigint::{BigInt, Sign};
use num_traits::Signed;

use super::none;
use crate::python::class::MethodFn;
use crate::python::error::Failure;
use crate::python::number::{big_of, float_of};
use crate::python::value::Value;

fn this(value: &Value) -> BigInt {
    big_of(value).unwrap_or_default()
}

/// Numerator and denominator of a float.
pub(crate) fn ratio(number: f64) -> Result<(BigInt, BigInt), Failure> {
    if number.is_nan() {
        return Err(Failure::value_error("cannot convert NaN to integer ratio"));
    }
    if number.is_infinite() {
        return Err(Failure::raise(
            "OverflowError",
            "cannot convert Infinity to integer ratio",
        ));
    }
    let bits = number.to_bits();
    let exponent = i64::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
    let fraction = bits & ((1 << 52) - 1);
    let (mut mantissa, mut power) = if exponent == 0 {
        (fraction, -1074)
    } else {
        (fraction | (1 << 52), exponent - 1075)
    };
    if mantissa == 0 {
        return Ok((BigInt::from(0), BigInt::from(1)));
    }
    while mantissa & 1 == 0 && power < 0 {
        mantissa >>= 1;
        power += 1;
    }
    let mut top = BigInt::from(mantissa);
    let mut bottom = BigInt::from(1);
    if power >= 0 {
        top <<= power.unsigned_abs();
    } else {
        bottom <<= power.unsigned_abs();
    }
    Ok((if number < 0.0 { -top } else { top }, bottom))
}

/// A method of integers by name.
pub(super) fn int_method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "bit_length" => |_, me, args| {
            none(&args, "bit_length")?;
            Ok(Value::big(BigInt::from(this(me).bits())))
        },
        "bit_count" => |_, me, args| {
            none(&args, "bit_count")?;
            Ok(Value::big(BigInt::from(this(me).magnitude().count_ones())))
        },
        "to_bytes" => |vm, me, args| {
            let bound = args.bind("to_bytes", "length=, byteorder=, *, signed=")?;
            let length = usize::try_from(bound.int("length")?.unwrap_or(1))
                .map_err(|_| Failure::value_error("length argument must be non-negative"))?;
            vm.charge(length)?;
            let signed = bound.flag("signed").unwrap_or(false);
            let number = this(me);
            if number.is_negative() && !signed {
                return Err(Failure::raise(
                    "OverflowError",
                    "can't convert negative int to unsigned",
                ));
            }
            let mut bytes = if signed {
                number.to_signed_bytes_le()
            } else {
                number.magnitude().to_bytes_le()
            };
            if number.sign() == Sign::NoSign {
                bytes.clear();
            }
            if bytes.len() > length {
                return Err(Failure::raise("OverflowError", "int too big to convert"));
            }
            bytes.resize(length, if number.is_negative() { 0xff } else { 0 });
            if bound.text("byteorder")?.as_deref() != Some("little") {
                bytes.reverse();
            }
            Ok(Value::bytes(bytes))
        },
        "conjugate" | "__trunc__" | "__floor__" | "__ceil__" => |_, me, _| Ok(Value::big(this(me))),
        "as_integer_ratio" => {
            |_, me, _| Ok(Value::tuple(vec![Value::big(this(me)), Value::Int(1)]))
        }
        "is_integer" => |_, _, _| Ok(Value::Bool(true)),
        _ => return None,
    })
}

/// A method of floats by name.
pub(super) fn float_method(name: &str) -> Option<MethodFn> {
    Some(match name {
        "is_integer" => |_, me, args| {
            none(&args, "is_integer")?;
            let number = float_of(me)?;
            Ok(Value::Bool(number.is_finite() && number.fract() == 0.0))
        },
        "as_integer_ratio" => |_, me, args| {
            none(&args, "as_integer_ratio")?;
            let (top, bottom) = ratio(float_of(me)?)?;
            Ok(Value::tuple(vec![Value::big(top), Value::big(bottom)]))
        },
        "conjugate" => |_, me, _| Ok(me.clone()),
        "hex" => |_, me, _| {
            let number = float_of(me)?;
            if number == 0.0 {
                return Ok(Value::str(if number.is_sign_negative() {
                    "-0x0.0p+0"
                } else {
                    "0x0.0p+0"
                }));
            }
            let bits = number.to_bits();
            let exponent = i64::try_from((bits >> 52) & 0x7ff).unwrap_or(0) - 1023;
            let sign = if number < 0.0 { "-" } else { "" };
            Ok(Value::from(format!(
                "{sign}0x1.{:013x}p{exponent:+}",
                bits & ((1 << 52) - 1)
            )))
        },
        "__trunc__" => |_, me, _| {
            let whole: Option<BigInt> = num_traits::FromPrimitive::from_f64(float_of(me)?.trunc());
            Ok(Value::big(whole.unwrap_or_default()))
        },
        _ => return None,
    })
}

/// `round(number, digits)` for floats: half to even on the decimal value.
pub(crate) fn round_float(number: f64, digits: i64) -> f64 {
    if !number.is_finite() || digits > 320 {
        return number;
    }
    if digits >= 0 {
        let places = usize::try_from(digits).unwrap_or(0);
        // Formatting rounds the exact value, half to even.
        return format!("{number:.places$}").parse().unwrap_or(number);
    }
    if digits < -320 {
        return 0.0 * number.signum();
    }
    let scale = 10f64.powi(i32::try_from(-digits).unwrap_or(0));
    (number / scale).round_ties_even() * scale
}

/// A float as an integer, towards zero.
pub(crate) fn truncate(number: f64) -> Result<Value, Failure> {
    if number.is_nan() {
        return Err(Failure::value_error("cannot convert float NaN to integer"));
    }
    if number.is_infinite() {
        return Err(Failure::raise(
            "OverflowError",
            "cannot convert float infinity to integer",
        ));
    }
    let whole: Option<BigInt> = num_traits::FromPrimitive::from_f64(number.trunc());
    Ok(Value::big(whole.unwrap_or_default()))
}
