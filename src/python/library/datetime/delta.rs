//! `timedelta` and `timezone` as values.

use std::rc::Rc;

use super::classes::classes;
use super::{DateTime, TimeDelta, TimeZone, delta, order};
use crate::python::arguments::Arguments;
use crate::python::error::Failure;
use crate::python::number::float_of;
use crate::python::object::{BinaryOperator, CompareOperator, Object, UnaryOperator};
use crate::python::value::Value;
use crate::python::vm::Vm;

impl Object for TimeDelta {
    fn type_name(&self) -> Rc<str> {
        Rc::from("datetime.timedelta")
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(Value::Class(classes().timedelta))
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let (days, seconds, micro) = self.parts();
        Ok(match name {
            "days" => Some(Value::Int(days)),
            "seconds" => Some(Value::Int(seconds)),
            "microseconds" => Some(Value::Int(micro)),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "total_seconds" | "__abs__")
    }

    fn call_method(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        _arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "__abs__" => delta(self.microseconds.abs()),
            _ => Ok(Value::Float(self.seconds())),
        }
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Ok(self.microseconds != 0)
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(self.text().into())
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let (days, seconds, micro) = self.parts();
        let mut parts = Vec::new();
        for (name, value) in [
            ("days", days),
            ("seconds", seconds),
            ("microseconds", micro),
        ] {
            if value != 0 {
                parts.push(format!("{name}={value}"));
            }
        }
        if parts.is_empty() {
            parts.push("0".into());
        }
        Ok(format!("datetime.timedelta({})", parts.join(", ")).into())
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        vm.hash(&Value::big(self.microseconds.into())).map(Some)
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(other.downcast::<TimeDelta>().map(|other| *other == *self))
    }

    fn compare(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        Ok(other
            .downcast::<TimeDelta>()
            .and_then(|other| order(operator, (*self).cmp(&*other))))
    }

    fn unary(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: UnaryOperator,
    ) -> Result<Option<Value>, Failure> {
        match operator {
            UnaryOperator::Negative => delta(-self.microseconds).map(Some),
            UnaryOperator::Positive => delta(self.microseconds).map(Some),
            UnaryOperator::Invert => Ok(None),
        }
    }

    fn binary(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: BinaryOperator,
        other: &Value,
        reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        use BinaryOperator as Op;
        if let Some(other) = other.downcast::<TimeDelta>() {
            let (a, b) = if reflected {
                (other.microseconds, self.microseconds)
            } else {
                (self.microseconds, other.microseconds)
            };
            let zero = || Failure::raise("ZeroDivisionError", "division by zero");
            return match operator {
                Op::Add => delta(a + b).map(Some),
                Op::Subtract => delta(a - b).map(Some),
                #[allow(clippy::cast_precision_loss)]
                Op::Divide if b != 0 => Ok(Some(Value::Float(a as f64 / b as f64))),
                Op::FloorDivide if b != 0 => Ok(Some(Value::big(
                    num_integer::Integer::div_floor(&a, &b).into(),
                ))),
                Op::Modulo if b != 0 => delta(num_integer::Integer::mod_floor(&a, &b)).map(Some),
                Op::Divide | Op::FloorDivide | Op::Modulo => Err(zero()),
                _ => Ok(None),
            };
        }
        match (operator, other) {
            (Op::Multiply, Value::Int(factor)) => {
                delta(self.microseconds.saturating_mul(i128::from(*factor))).map(Some)
            }
            #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
            (Op::Multiply, Value::Float(factor)) => {
                delta((self.microseconds as f64 * factor).round_ties_even() as i128).map(Some)
            }
            (Op::Divide | Op::FloorDivide, Value::Int(0)) if !reflected => Err(Failure::raise(
                "ZeroDivisionError",
                "integer division or modulo by zero",
            )),
            (Op::FloorDivide, Value::Int(divisor)) if !reflected => delta(
                num_integer::Integer::div_floor(&self.microseconds, &i128::from(*divisor)),
            )
            .map(Some),
            #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
            (Op::Divide, Value::Int(_) | Value::Float(_)) if !reflected => {
                let divisor = float_of(other)?;
                if divisor == 0.0 {
                    return Err(Failure::raise("ZeroDivisionError", "division by zero"));
                }
                delta((self.microseconds as f64 / divisor).round_ties_even() as i128).map(Some)
            }
            _ => Ok(None),
        }
    }
}

impl Object for TimeZone {
    fn type_name(&self) -> Rc<str> {
        Rc::from("datetime.timezone")
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(Value::Class(classes().timezone))
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match (name, &self.name) {
            ("key" | "zone", Some(name)) => Some(Value::Str(name.clone())),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "utcoffset" | "tzname" | "dst" | "localize")
    }

    fn call_method(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "utcoffset" => delta(i128::from(self.offset)),
            "tzname" => Ok(Value::from(self.text())),
            "localize" => match arguments
                .positional
                .first()
                .and_then(Value::downcast::<DateTime>)
            {
                Some(moment) => Ok(Value::object(DateTime {
                    microseconds: moment.microseconds,
                    zone: Some(self),
                })),
                None => Ok(Value::None),
            },
            _ => Ok(Value::None),
        }
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(self.text().into())
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        if self.offset == 0 && self.name.is_none() {
            return Ok("datetime.timezone.utc".into());
        }
        let offset = delta(i128::from(self.offset))?;
        let offset = vm.repr(&offset)?;
        Ok(match &self.name {
            Some(name) => format!(
                "datetime.timezone({offset}, {})",
                crate::python::text::quote(name)
            ),
            None => format!("datetime.timezone({offset})"),
        }
        .into())
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        vm.hash(&Value::Int(self.offset)).map(Some)
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(other
            .downcast::<TimeZone>()
            .map(|other| other.offset == self.offset))
    }
}
