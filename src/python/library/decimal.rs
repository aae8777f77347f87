//! `decimal`: exact decimal numbers with 28 digits, rounded half to even.

use std::cmp::Ordering;
use std::rc::Rc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::python::arguments::Arguments;
use crate::python::class::Class;
use crate::python::error::Failure;
use crate::python::number::big_of;
use crate::python::object::{BinaryOperator, CompareOperator, Object, UnaryOperator};
use crate::python::types::type_name;
use crate::python::value::Value;
use crate::python::vm::Vm;

const DIGITS: usize = 28;
const LARGEST: i64 = 100_000;

/// A `Decimal` that is a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    /// The number without its point.
    pub coefficient: BigInt,
    /// The power of ten it is multiplied with.
    pub exponent: i64,
}

thread_local! {
    static CLASS: Rc<Class> = {
        let mut class = Class::native("Decimal", "decimal", &[], None);
        if let Some(class) = Rc::get_mut(&mut class) {
            class.constructor = Some(construct);
        }
        class
    };
    static INVALID: Rc<Class> = Class::exception(
        "InvalidOperation",
        "decimal",
        &[&Class::builtin_exception("ArithmeticError")],
    );
}

fn construct(vm: &mut Vm, _class: &Rc<Class>, arguments: Arguments) -> Result<Value, Failure> {
    let bound = arguments.bind("Decimal", "value=, context=")?;
    let Some(value) = bound.get("value") else {
        return Ok(Value::object(Decimal::whole(BigInt::zero())));
    };
    if value.downcast::<Decimal>().is_some() {
        return Ok(value);
    }
    let made = match value.plain() {
        Value::Str(text) => Decimal::parse(text.trim()).ok_or_else(|| {
            let lower = text.trim().to_ascii_lowercase();
            if lower.contains("nan") || lower.contains("inf") {
                vm.refuse(
                    "decimal",
                    "Infinity and NaN of decimal are not supported.",
                    "",
                )
            } else {
                Failure::with(
                    &INVALID.with(Rc::clone),
                    vec![Value::list(vec![Value::str(
                        "<class 'decimal.ConversionSyntax'>",
                    )])],
                )
            }
        })?,
        Value::Float(number) => {
            let (top, bottom) = crate::python::builtins::ratio(number)?;
            // A power of two divides a power of ten.
            let power = bottom.bits().saturating_sub(1);
            let power = i64::try_from(power).unwrap_or(0);
            Decimal {
                coefficient: top * BigInt::from(5).pow(u32::try_from(power).unwrap_or(0)),
                exponent: -power,
            }
        }
        other => match big_of(&other) {
            Some(number) => Decimal::whole(number),
            None => {
                return Err(Failure::type_error(format!(
                    "conversion from {} to Decimal is not supported",
                    type_name(&other)
                )));
            }
        },
    };
    Ok(Value::object(made))
}

fn power(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent.clamp(0, 4 * LARGEST)).unwrap_or(0))
}

impl Decimal {
    fn whole(coefficient: BigInt) -> Self {
        Self {
            coefficient,
            exponent: 0,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.replace('_', "");
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(place) => {
                let (mantissa, exponent) = text.split_at(place);
                (mantissa.to_owned(), exponent.get(1..)?.parse::<i64>().ok()?)
            }
            None => (text, 0),
        };
        if mantissa.len() > 10_000 || exponent.abs() > LARGEST {
            return None;
        }
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((&mantissa, ""));
        let sign = whole.starts_with('-');
        let whole = whole.strip_prefix(['+', '-']).unwrap_or(whole);
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let digits = format!("{whole}{fraction}");
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: BigInt = digits.parse().ok()?;
        Some(Self {
            coefficient: if sign { -number } else { number },
            exponent: exponent - i64::try_from(fraction.len()).ok()?,
        })
    }

    /// `str()` of it.
    pub fn text(&self) -> String {
        let digits = self.coefficient.magnitude().to_string();
        let sign = if self.coefficient.is_negative() {
            "-"
        } else {
            ""
        };
        let count = i64::try_from(digits.len()).unwrap_or(i64::MAX);
        let adjusted = self.exponent + count - 1;
        if self.exponent <= 0 && adjusted >= -6 {
            let places = usize::try_from(-self.exponent).unwrap_or(0);
            if places == 0 {
                return format!("{sign}{digits}");
            }
            let missing = (places + 1).saturating_sub(digits.len());
            let padded = "0".repeat(missing) + &digits;
            let (whole, fraction) = padded.split_at(padded.len() - places);
            return format!("{sign}{whole}.{fraction}");
        }
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        format!("{sign}{first}{point}{rest}E{adjusted:+}")
    }

    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        (
            &self.coefficient * power(self.exponent - exponent),
            &other.coefficient * power(other.exponent - exponent),
            exponent,
        )
    }

    /// Rounded to the digits of the context.
    fn rounded(self) -> Self {
        let count = self.coefficient.magnitude().to_string().len();
        if count <= DIGITS {
            return self;
        }
        let drop = i64::try_from(count - DIGITS).unwrap_or(0);
        let exponent = self.exponent + drop;
        self.at_exponent(exponent, "ROUND_HALF_EVEN").rounded()
    }

    fn at_exponent(&self, exponent: i64, rounding: &str) -> Self {
        if exponent <= self.exponent {
            return Self {
                coefficient: &self.coefficient * power(self.exponent - exponent),
                exponent,
            };
        }
        let unit = power(exponent - self.exponent);
        let (quotient, rest) = self.coefficient.div_rem(&unit);
        let twice: BigInt = rest.abs() * 2;
        let order = twice.cmp(&unit);
        let negative = self.coefficient.is_negative();
        let away = !rest.is_zero()
            && match rounding {
                "ROUND_UP" => true,
                "ROUND_DOWN" => false,
                "ROUND_CEILING" => !negative,
                "ROUND_FLOOR" => negative,
                "ROUND_HALF_UP" => order != Ordering::Less,
                "ROUND_HALF_DOWN" => order == Ordering::Greater,
                _ => order == Ordering::Greater || (order == Ordering::Equal && quotient.is_odd()),
            };
        let step = if negative { -1 } else { 1 };
        Self {
            coefficient: if away { quotient + step } else { quotient },
            exponent,
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        let (a, b, _) = self.aligned(other);
        a.cmp(&b)
    }

    fn divide(&self, other: &Self) -> Self {
        let shift = i64::try_from(other.coefficient.magnitude().to_string().len()).unwrap_or(0)
            + i64::try_from(DIGITS).unwrap_or(0)
            + 2;
        let top = &self.coefficient * power(shift);
        let (mut quotient, rest) = top.div_rem(&other.coefficient);
        let mut exponent = self.exponent - other.exponent - shift;
        if rest.is_zero() {
            // Exact: as few digits as the operands ask for.
            let ideal = self.exponent - other.exponent;
            let ten = BigInt::from(10);
            while exponent < ideal {
                let (next, digit) = quotient.div_rem(&ten);
                if !digit.is_zero() {
                    break;
                }
                quotient = next;
                exponent += 1;
            }
        } else {
            // A digit that stands for the rest keeps the rounding right.
            let last = if quotient.is_negative() { -1 } else { 1 };
            quotient = quotient * 10 + last;
            exponent -= 1;
        }
        Self {
            coefficient: quotient,
            exponent,
        }
        .rounded()
    }

    fn number(&self) -> f64 {
        format!("{}e{}", self.coefficient, self.exponent)
            .parse()
            .unwrap_or(0.0)
    }

    fn integer(&self) -> BigInt {
        self.at_exponent(0, "ROUND_DOWN").coefficient
    }
}

fn operand(value: &Value) -> Option<Rc<Decimal>> {
    match value {
        Value::Int(_) | Value::Big(_) | Value::Bool(_) => {
            big_of(value).map(|number| Rc::new(Decimal::whole(number)))
        }
        other => other.downcast::<Decimal>(),
    }
}

/// The members of the module.
pub(super) fn members() -> Vec<(&'static str, Value)> {
    let mut members = vec![
        ("Decimal", Value::Class(CLASS.with(Rc::clone))),
        ("InvalidOperation", Value::Class(INVALID.with(Rc::clone))),
    ];
    for name in [
        "ROUND_UP",
        "ROUND_DOWN",
        "ROUND_CEILING",
        "ROUND_FLOOR",
        "ROUND_HALF_UP",
        "ROUND_HALF_DOWN",
        "ROUND_HALF_EVEN",
    ] {
        members.push((name, Value::str(name)));
    }
    members
}

impl Object for Decimal {
    fn type_name(&self) -> Rc<str> {
        Rc::from("decimal.Decimal")
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(Value::Class(CLASS.with(Rc::clone)))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "quantize"
                | "__int__"
                | "__float__"
                | "__abs__"
                | "__round__"
                | "normalize"
                | "is_zero"
                | "is_nan"
                | "is_infinite"
                | "is_finite"
                | "is_signed"
                | "to_integral_value"
                | "as_tuple"
                | "__floor__"
                | "__ceil__"
                | "__trunc__"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "quantize" => {
                let bound = arguments.bind("quantize", "exp, rounding=, context=")?;
                let Some(model) = operand(&bound.value("exp")) else {
                    return Err(Failure::type_error("an integer or Decimal is required"));
                };
                let rounding = bound.text("rounding")?.unwrap_or_else(|| "".into());
                let made = self.at_exponent(model.exponent, &rounding);
                if made.coefficient.magnitude().to_string().len() > DIGITS {
                    return Err(Failure::of(
                        &INVALID.with(Rc::clone),
                        "[<class 'decimal.InvalidOperation'>]",
                    ));
                }
                Ok(Value::object(made))
            }
            "__int__" | "__trunc__" => Ok(Value::big(self.integer())),
            "__floor__" => Ok(Value::big(self.at_exponent(0, "ROUND_FLOOR").coefficient)),
            "__ceil__" => Ok(Value::big(self.at_exponent(0, "ROUND_CEILING").coefficient)),
            "__float__" => Ok(Value::Float(self.number())),
            "__abs__" => Ok(Value::object(Decimal {
                coefficient: self.coefficient.abs(),
                exponent: self.exponent,
            })),
            "__round__" => {
                let bound = arguments.bind("__round__", "ndigits=")?;
                Ok(match bound.int("ndigits")? {
                    Some(digits) => {
                        let places = -digits.clamp(-LARGEST, LARGEST);
                        vm.charge(usize::try_from(digits.clamp(0, LARGEST)).unwrap_or(0))?;
                        Value::object(self.at_exponent(places, "ROUND_HALF_EVEN"))
                    }
                    None => Value::big(self.at_exponent(0, "ROUND_HALF_EVEN").coefficient),
                })
            }
            "to_integral_value" => {
                let bound = arguments.bind("to_integral_value", "rounding=, context=")?;
                let rounding = bound.text("rounding")?.unwrap_or_else(|| "".into());
                Ok(Value::object(if self.exponent >= 0 {
                    (*self).clone()
                } else {
                    self.at_exponent(0, &rounding)
                }))
            }
            "normalize" => {
                let mut made = (*self).clone().rounded();
                let ten = BigInt::from(10);
                while !made.coefficient.is_zero() {
                    vm.step()?;
                    let (next, digit) = made.coefficient.div_rem(&ten);
                    if !digit.is_zero() {
                        break;
                    }
                    made.coefficient = next;
                    made.exponent += 1;
                }
                if made.coefficient.is_zero() {
                    made.exponent = 0;
                }
                Ok(Value::object(made))
            }
            "is_zero" => Ok(Value::Bool(self.coefficient.is_zero())),
            "is_signed" => Ok(Value::Bool(self.coefficient.is_negative())),
            "is_finite" => Ok(Value::Bool(true)),
            "as_tuple" => {
                let digits = self
                    .coefficient
                    .magnitude()
                    .to_string()
                    .bytes()
                    .map(|byte| Value::Int(i64::from(byte - b'0')))
                    .collect();
                Ok(Value::tuple(vec![
                    Value::Int(i64::from(self.coefficient.is_negative())),
                    Value::tuple(digits),
                    Value::Int(self.exponent),
                ]))
            }
            _ => Ok(Value::Bool(false)),
        }
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Ok(!self.coefficient.is_zero())
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(self.text().into())
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("Decimal('{}')", self.text()).into())
    }

    fn format(
        self: Rc<Self>,
        vm: &mut Vm,
        specification: &str,
    ) -> Result<Option<Rc<str>>, Failure> {
        if specification.is_empty() {
            return Ok(None);
        }
        let precision = specification
            .rsplit_once('.')
            .and_then(|(_, rest)| rest.trim_end_matches(['f', 'F']).parse::<i64>().ok());
        match precision {
            // Fixed places are exact; what is around them is formatted as text.
            Some(places) if specification.ends_with(['f', 'F']) && places <= 1000 => {
                let text = self.at_exponent(-places, "ROUND_HALF_EVEN").text();
                let around = specification
                    .split_once('.')
                    .map_or("", |(around, _)| around);
                if around.contains([',', '_', '+']) {
                    return vm
                        .format(&Value::Float(self.number()), specification)
                        .map(Some);
                }
                let around = if around.is_empty() || around.contains(['<', '>', '^', '=']) {
                    around.to_owned()
                } else {
                    format!(">{around}")
                };
                vm.format(&Value::from(text), &around).map(Some)
            }
            _ => vm
                .format(&Value::Float(self.number()), specification)
                .map(Some),
        }
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        let integer = self.integer();
        let whole = Decimal::whole(integer.clone());
        let value = if whole.order(&self) == Ordering::Equal {
            Value::big(integer)
        } else {
            Value::Float(self.number())
        };
        vm.hash(&value).map(Some)
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(operand(other).map(|other| self.order(&other) == Ordering::Equal))
    }

    fn compare(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        if let Value::Float(number) = other {
            return Ok(self
                .number()
                .partial_cmp(number)
                .map(|order| Value::Bool(operator.holds(order))));
        }
        Ok(operand(other).map(|other| Value::Bool(operator.holds(self.order(&other)))))
    }

    fn unary(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: UnaryOperator,
    ) -> Result<Option<Value>, Failure> {
        Ok(match operator {
            UnaryOperator::Negative => Some(Value::object(Decimal {
                coefficient: -&self.coefficient,
                exponent: self.exponent,
            })),
            UnaryOperator::Positive => Some(Value::object((*self).clone().rounded())),
            UnaryOperator::Invert => None,
        })
    }

    fn binary(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: BinaryOperator,
        other: &Value,
        reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        use BinaryOperator as Op;
        let Some(other) = operand(other) else {
            return Ok(None);
        };
        vm.steps(
            usize::try_from((self.coefficient.bits() + other.coefficient.bits()) / 64).unwrap_or(0),
        )?;
        if (self.exponent - other.exponent).abs() > LARGEST {
            return Err(vm.refuse("decimal", "The numbers are too far apart.", ""));
        }
        let (a, b) = if reflected {
            (&other, &self)
        } else {
            (&self, &other)
        };
        let zero = || Failure::raise("ZeroDivisionError", "division by zero");
        let made = match operator {
            Op::Add | Op::Subtract => {
                let (x, y, exponent) = a.aligned(b);
                Decimal {
                    coefficient: if operator == Op::Add { x + y } else { x - y },
                    exponent,
                }
            }
            Op::Multiply => Decimal {
                coefficient: &a.coefficient * &b.coefficient,
                exponent: a.exponent + b.exponent,
            },
            Op::Divide if b.coefficient.is_zero() => return Err(zero()),
            Op::Divide => a.divide(b),
            Op::FloorDivide | Op::Modulo => {
                if b.coefficient.is_zero() {
                    return Err(zero());
                }
                let (x, y, exponent) = a.aligned(b);
                let (quotient, rest) = x.div_rem(&y);
                if operator == Op::FloorDivide {
                    Decimal::whole(quotient)
                } else {
                    Decimal {
                        coefficient: rest,
                        exponent,
                    }
                }
            }
            Op::Power => {
                let Some(times) = b
                    .integer()
                    .to_u32()
                    .filter(|times| b.exponent >= 0 && *times < 10_000)
                else {
                    return Err(vm.refuse(
                        "decimal",
                        "Only whole powers of decimals are supported.",
                        "",
                    ));
                };
                vm.charge(
                    usize::try_from(a.coefficient.bits())
                        .unwrap_or(0)
                        .saturating_mul(times as usize),
                )?;
                Decimal {
                    coefficient: a.coefficient.pow(times),
                    exponent: a.exponent * i64::from(times),
                }
            }
            _ => return Ok(None),
        };
        let made = made.rounded();
        if made.exponent.abs() > LARGEST {
            return Err(vm.refuse("decimal", "The exponent of the number is too large.", ""));
        }
        Ok(Some(Value::object(made)))
    }
}
