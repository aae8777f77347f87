//! Operators.

use std::rc::Rc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use super::Vm;
use crate::python::Arguments;
use crate::python::dict::Dict;
use crate::python::error::Failure;
use crate::python::number::{big_of, float_of};
use crate::python::object::{BinaryOperator, UnaryOperator};
use crate::python::types::type_name;
use crate::python::value::{Set, Value};

impl Vm {
    /// An operator before a value.
    pub fn unary(&mut self, operator: UnaryOperator, value: &Value) -> Result<Value, Failure> {
        match (operator, value) {
            (UnaryOperator::Negative, Value::Int(number)) => {
                return Ok(match number.checked_neg() {
                    Some(number) => Value::Int(number),
                    None => Value::big(-BigInt::from(*number)),
                });
            }
            (UnaryOperator::Negative, Value::Bool(truth)) => {
                return Ok(Value::Int(-i64::from(*truth)));
            }
            (UnaryOperator::Negative, Value::Big(number)) => {
                return Ok(Value::big(-number.as_ref()));
            }
            (UnaryOperator::Negative, Value::Float(number)) => return Ok(Value::Float(-number)),
            (UnaryOperator::Positive, Value::Int(_) | Value::Big(_) | Value::Float(_)) => {
                return Ok(value.clone());
            }
            (UnaryOperator::Positive, Value::Bool(truth)) => {
                return Ok(Value::Int(i64::from(*truth)));
            }
            (UnaryOperator::Invert, Value::Int(number)) => return Ok(Value::Int(!number)),
            (UnaryOperator::Invert, Value::Bool(truth)) => {
                return Ok(Value::Int(!i64::from(*truth)));
            }
            (UnaryOperator::Invert, Value::Big(number)) => {
                return Ok(Value::big(-number.as_ref() - 1));
            }
            (_, Value::Object(object)) => {
                if let Some(result) = object.clone().unary(self, operator)? {
                    return Ok(result);
                }
            }
            (_, Value::Instance(instance)) => {
                if let Some(method) = self.special(value, operator.method())? {
                    return self.nested(|vm| vm.call(&method, Arguments::none()));
                }
                if operator == UnaryOperator::Invert
                    && let Some(result) = self.flag_invert(instance)?
                {
                    return Ok(result);
                }
                let plain = value.plain();
                if !matches!(plain, Value::Instance(_)) {
                    return self.unary(operator, &plain);
                }
            }
            _ => {}
        }
        Err(Failure::type_error(format!(
            "bad operand type for unary {}: '{}'",
            operator.symbol(),
            type_name(value)
        )))
    }

    /// An operator between values.
    pub fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &Value,
        right: &Value,
    ) -> Result<Value, Failure> {
        if let Some(result) = self.binary_builtin(operator, left, right)? {
            return Ok(result);
        }
        let (name, reflected, _) = operator.methods();
        // The right side goes first when its class derives from the left one's.
        let right_first = match (left, right) {
            (Value::Instance(a), Value::Instance(b)) => {
                !Rc::ptr_eq(&a.class, &b.class)
                    && b.class.is_subclass_of(&a.class)
                    && b.class.lookup(reflected).is_some()
            }
            _ => false,
        };
        let mut turns = [(left, right, name, false), (right, left, reflected, true)];
        if right_first {
            turns.reverse();
        }
        for (receiver, other, method, reflected) in turns {
            match receiver {
                Value::Object(object) => {
                    let object = object.clone();
                    let result = self.native(|vm| object.binary(vm, operator, other, reflected))?;
                    if let Some(result) = result {
                        return Ok(result);
                    }
                }
                Value::Instance(instance) => {
                    if let Some(method) = self.special(receiver, method)? {
                        let result =
                            self.nested(|vm| vm.call(&method, Arguments::one(other.clone())))?;
                        if !matches!(result, Value::NotImplemented) {
                            return Ok(result);
                        }
                    }
                    if instance.class.hooks.get().host {
                        let hosts: Vec<_> = instance.class.lookup_order_hosts().cloned().collect();
                        for host in hosts {
                            let result =
                                host.instance_binary(self, instance, operator, other, reflected)?;
                            if let Some(result) = result {
                                return Ok(result);
                            }
                        }
                    }
                    if let Some(result) = self.flag_binary(instance, operator, other)? {
                        return Ok(result);
                    }
                }
                Value::Class(_) if operator == BinaryOperator::Or => {
                    if let Some(result) = crate::python::library::union(self, left, right)? {
                        return Ok(result);
                    }
                }
                _ => {}
            }
        }
        let (a, b) = (left.plain(), right.plain());
        if (matches!(left, Value::Instance(_)) || matches!(right, Value::Instance(_)))
            && let Some(result) = self.binary_builtin(operator, &a, &b)?
        {
            return Ok(result);
        }
        Err(unsupported(operator, left, right))
    }

    /// An operator with an assignment.
    pub(crate) fn in_place(
        &mut self,
        operator: BinaryOperator,
        left: Value,
        right: &Value,
    ) -> Result<Value, Failure> {
        match (&left, operator) {
            (Value::List(list), BinaryOperator::Add) => {
                let items = self.collect(right)?;
                self.charge(24 * items.len())?;
                list.borrow_mut().extend(items);
                return Ok(left);
            }
            (Value::List(list), BinaryOperator::Multiply) => {
                if let Some(count) = right.as_int() {
                    let items = list.borrow().clone();
                    let repeated = self.repeat(&items, count)?;
                    let old = std::mem::replace(&mut *list.borrow_mut(), repeated);
                    drop(old);
                    return Ok(left);
                }
            }
            (Value::Dict(dict), BinaryOperator::Or) => {
                for (key, value) in self.pairs(right)? {
                    self.charge(64)?;
                    dict.insert(self, key, value)?;
                }
                return Ok(left);
            }
            (Value::Set(set), _) => {
                if let Value::Set(other) | Value::FrozenSet(other) = right {
                    let Some(result) = self.set_operation(operator, set, other)? else {
                        return Err(unsupported(operator, &left, right));
                    };
                    set.members.replace_with(result.members);
                    return Ok(left);
                }
            }
            (Value::Instance(_), _) => {
                let (_, _, name) = operator.methods();
                if let Some(method) = self.special(&left, name)? {
                    let result =
                        self.nested(|vm| vm.call(&method, Arguments::one(right.clone())))?;
                    if !matches!(result, Value::NotImplemented) {
                        return Ok(result);
                    }
                }
            }
            _ => {}
        }
        self.binary(operator, &left, right)
    }

    /// Operators between built-in values; `None` when there is none.
    #[allow(clippy::too_many_lines)]
    fn binary_builtin(
        &mut self,
        operator: BinaryOperator,
        left: &Value,
        right: &Value,
    ) -> Result<Option<Value>, Failure> {
        use BinaryOperator as Op;
        match (left, right) {
            (Value::Int(a), Value::Int(b)) => {
                return self.int_operation(operator, *a, *b).map(Some);
            }
            (Value::Bool(a), Value::Bool(b)) => match operator {
                Op::And => return Ok(Some(Value::Bool(a & b))),
                Op::Or => return Ok(Some(Value::Bool(a | b))),
                Op::Xor => return Ok(Some(Value::Bool(a ^ b))),
                _ => {
                    return self
                        .int_operation(operator, i64::from(*a), i64::from(*b))
                        .map(Some);
                }
            },
            (
                Value::Int(_) | Value::Bool(_) | Value::Big(_),
                Value::Int(_) | Value::Bool(_) | Value::Big(_),
            ) => {
                if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
                    return self.int_operation(operator, a, b).map(Some);
                }
                let (Some(a), Some(b)) = (big_of(left), big_of(right)) else {
                    return Ok(None);
                };
                return self.big_operation(operator, &a, &b).map(Some);
            }
            (
                Value::Float(_) | Value::Int(_) | Value::Bool(_) | Value::Big(_),
                Value::Float(_) | Value::Int(_) | Value::Bool(_) | Value::Big(_),
            ) => {
                let a = float_of(left)?;
                let b = float_of(right)?;
                return float_operation(operator, a, b).map(|result| result.map(Value::Float));
            }
            (Value::Str(a), Value::Str(b)) if operator == Op::Add => {
                self.charge(a.len() + b.len())?;
                let mut text = String::with_capacity(a.len() + b.len());
                text.push_str(a);
                text.push_str(b);
                return Ok(Some(Value::from(text)));
            }
            (Value::Str(text), _) if operator == Op::Modulo => {
                let text = text.clone();
                return self.percent_format(&text, right).map(Some);
            }
            (Value::Bytes(a), Value::Bytes(b)) if operator == Op::Add => {
                self.charge(a.len() + b.len())?;
                return Ok(Some(Value::bytes([&**a, &**b].concat())));
            }
            (Value::List(a), Value::List(b)) if operator == Op::Add => {
                let mut items = a.borrow().clone();
                self.charge(24 * (items.len() + b.borrow().len()))?;
                items.extend(b.borrow().iter().cloned());
                return Ok(Some(Value::list(items)));
            }
            (Value::Tuple(a), Value::Tuple(b)) if operator == Op::Add => {
                self.charge(24 * (a.len() + b.len()))?;
                return Ok(Some(Value::tuple([&***a, &***b].concat())));
            }
            (Value::Dict(a), Value::Dict(b)) if operator == Op::Or => {
                self.charge(64 * (a.len() + b.len()))?;
                let merged = a.copy();
                for (key, value) in b.items() {
                    merged.insert(self, key, value)?;
                }
                return Ok(Some(Value::Dict(Rc::new(merged))));
            }
            (Value::Set(a) | Value::FrozenSet(a), Value::Set(b) | Value::FrozenSet(b)) => {
                let Some(result) = self.set_operation(operator, a, b)? else {
                    return Ok(None);
                };
                let result = Rc::new(result);
                return Ok(Some(if matches!(left, Value::Set(_)) {
                    Value::Set(result)
                } else {
                    Value::FrozenSet(result)
                }));
            }
            _ => {}
        }
        if operator == Op::Multiply {
            let pair = match (left, right) {
                (Value::Str(_) | Value::Bytes(_) | Value::List(_) | Value::Tuple(_), count) => {
                    Some((left, count))
                }
                (count, Value::Str(_) | Value::Bytes(_) | Value::List(_) | Value::Tuple(_)) => {
                    Some((right, count))
                }
                _ => None,
            };
            if let Some((sequence, count)) = pair {
                let count = match count {
                    Value::Int(count) => *count,
                    Value::Bool(truth) => i64::from(*truth),
                    Value::Big(_) => i64::MAX,
                    Value::Instance(_) | Value::Object(_) => return Ok(None),
                    other => {
                        return Err(Failure::type_error(format!(
                            "can't multiply sequence by non-int of type '{}'",
                            type_name(other)
                        )));
                    }
                };
                return self.repeat_sequence(sequence, count).map(Some);
            }
        }
        if operator == Op::Or && (matches!(left, Value::None) || matches!(right, Value::None)) {
            // `None | X` among annotations.
            return crate::python::library::union(self, left, right);
        }
        if let (Value::Bytes(_), Value::Str(_), Op::Add) = (left, right, operator) {
            return Err(Failure::type_error("can't concat str to bytes"));
        }
        if operator == Op::Add {
            let wanted = match left {
                Value::Str(_) => Some("str"),
                Value::List(_) => Some("list"),
                Value::Tuple(_) => Some("tuple"),
                _ => None,
            };
            if let Some(wanted) = wanted
                && !matches!(right, Value::Instance(_) | Value::Object(_))
            {
                return Err(Failure::type_error(format!(
                    "can only concatenate {wanted} (not \"{}\") to {wanted}",
                    type_name(right)
                )));
            }
        }
        Ok(None)
    }

    fn repeat_sequence(&mut self, sequence: &Value, count: i64) -> Result<Value, Failure> {
        let times = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
        match sequence {
            Value::Str(text) => {
                self.charge(text.len().saturating_mul(times))?;
                Ok(Value::from(text.repeat(times)))
            }
            Value::Bytes(bytes) => {
                self.charge(bytes.len().saturating_mul(times))?;
                Ok(Value::bytes(bytes.repeat(times)))
            }
            Value::List(list) => {
                let items = list.borrow().clone();
                self.repeat(&items, count).map(Value::list)
            }
            Value::Tuple(items) => self.repeat(items, count).map(Value::tuple),
            _ => Ok(Value::NotImplemented),
        }
    }

    fn repeat(&mut self, items: &[Value], count: i64) -> Result<Vec<Value>, Failure> {
        let times = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
        let total = items.len().saturating_mul(times);
        self.charge(total.saturating_mul(24))?;
        self.steps(total)?;
        let mut result = Vec::with_capacity(total);
        for _ in 0..times {
            if items.is_empty() {
                break;
            }
            result.extend_from_slice(items);
        }
        Ok(result)
    }

    fn set_operation(
        &mut self,
        operator: BinaryOperator,
        a: &Rc<Set>,
        b: &Rc<Set>,
    ) -> Result<Option<Set>, Failure> {
        self.steps(a.len() + b.len())?;
        self.charge(48 * (a.len() + b.len()))?;
        let members = Dict::default();
        match operator {
            BinaryOperator::Or => {
                for item in a.members().into_iter().chain(b.members()) {
                    members.insert(self, item, Value::None)?;
                }
            }
            BinaryOperator::And => {
                for item in a.members() {
                    if b.members.contains(self, &item)? {
                        members.insert(self, item, Value::None)?;
                    }
                }
            }
            BinaryOperator::Subtract => {
                for item in a.members() {
                    if !b.members.contains(self, &item)? {
                        members.insert(self, item, Value::None)?;
                    }
                }
            }
            BinaryOperator::Xor => {
                for (from, other) in [(a, b), (b, a)] {
                    for item in from.members() {
                        if !other.members.contains(self, &item)? {
                            members.insert(self, item, Value::None)?;
                        }
                    }
                }
            }
            _ => return Ok(None),
        }
        Ok(Some(Set { members }))
    }

    fn int_operation(
        &mut self,
        operator: BinaryOperator,
        a: i64,
        b: i64,
    ) -> Result<Value, Failure> {
        use BinaryOperator as Op;
        let small = match operator {
            Op::Add => a.checked_add(b),
            Op::Subtract => a.checked_sub(b),
            Op::Multiply => a.checked_mul(b),
            Op::Divide => {
                if b == 0 {
                    return Err(Failure::raise("ZeroDivisionError", "division by zero"));
                }
                return Ok(Value::Float(divide(&BigInt::from(a), &BigInt::from(b))?));
            }
            Op::FloorDivide => {
                if b == 0 {
                    return Err(zero_division());
                }
                (a != i64::MIN || b != -1).then(|| Integer::div_floor(&a, &b))
            }
            Op::Modulo => {
                if b == 0 {
                    return Err(Failure::raise(
                        "ZeroDivisionError",
                        "integer modulo by zero",
                    ));
                }
                if b == -1 {
                    Some(0)
                } else {
                    Some(a.mod_floor(&b))
                }
            }
            Op::And => Some(a & b),
            Op::Or => Some(a | b),
            Op::Xor => Some(a ^ b),
            Op::LeftShift => {
                if b < 0 {
                    return Err(Failure::value_error("negative shift count"));
                }
                if a == 0 {
                    Some(0)
                } else if b < 63 && (a << b) >> b == a {
                    Some(a << b)
                } else {
                    None
                }
            }
            Op::RightShift => {
                if b < 0 {
                    return Err(Failure::value_error("negative shift count"));
                }
                Some(a >> b.min(63))
            }
            Op::Power => {
                if b < 0 {
                    if a == 0 {
                        return Err(Failure::raise(
                            "ZeroDivisionError",
                            "0.0 cannot be raised to a negative power",
                        ));
                    }
                    #[allow(clippy::cast_precision_loss)]
                    return Ok(Value::Float((a as f64).powf(b as f64)));
                }
                u32::try_from(b).ok().and_then(|b| a.checked_pow(b))
            }
            Op::MatrixMultiply => {
                return Err(unsupported(operator, &Value::Int(a), &Value::Int(b)));
            }
        };
        match small {
            Some(number) => Ok(Value::Int(number)),
            None => self.big_operation(operator, &BigInt::from(a), &BigInt::from(b)),
        }
    }

    fn big_operation(
        &mut self,
        operator: BinaryOperator,
        a: &BigInt,
        b: &BigInt,
    ) -> Result<Value, Failure> {
        use BinaryOperator as Op;
        let bits = a.bits().saturating_add(b.bits());
        self.charge(usize::try_from(bits / 4).unwrap_or(usize::MAX))?;
        // Multiplication and division of huge numbers take more than linear time.
        let work = (a.bits() / 64 + 1).saturating_mul(b.bits() / 64 + 1);
        Ok(Value::big(match operator {
            Op::Add => a + b,
            Op::Subtract => a - b,
            Op::Multiply => {
                self.steps(usize::try_from(work).unwrap_or(usize::MAX))?;
                a * b
            }
            Op::Divide => {
                if b.is_zero() {
                    return Err(Failure::raise("ZeroDivisionError", "division by zero"));
                }
                return Ok(Value::Float(divide(a, b)?));
            }
            Op::FloorDivide | Op::Modulo => {
                if b.is_zero() {
                    return Err(zero_division());
                }
                self.steps(usize::try_from(work).unwrap_or(usize::MAX))?;
                if operator == Op::Modulo {
                    a.mod_floor(b)
                } else {
                    a.div_floor(b)
                }
            }
            Op::And => a & b,
            Op::Or => a | b,
            Op::Xor => a ^ b,
            Op::LeftShift => {
                let count = match b.to_u64() {
                    Some(count) => count,
                    None if b.is_negative() => {
                        return Err(Failure::value_error("negative shift count"));
                    }
                    None => u64::MAX,
                };
                self.charge(
                    usize::try_from(a.bits().saturating_add(count) / 8).unwrap_or(usize::MAX),
                )?;
                a << count
            }
            Op::RightShift => match b.to_u64() {
                Some(count) => a >> count,
                None if b.is_negative() => {
                    return Err(Failure::value_error("negative shift count"));
                }
                None => BigInt::from(if a.is_negative() { -1 } else { 0 }),
            },
            Op::Power => return self.big_power(a, b),
            Op::MatrixMultiply => {
                return Err(unsupported(
                    operator,
                    &Value::big(a.clone()),
                    &Value::big(b.clone()),
                ));
            }
        }))
    }

    fn big_power(&mut self, a: &BigInt, b: &BigInt) -> Result<Value, Failure> {
        if b.is_negative() {
            let (a, b) = (
                a.to_f64().unwrap_or(f64::INFINITY),
                b.to_f64().unwrap_or(f64::NEG_INFINITY),
            );
            if a == 0.0 {
                return Err(Failure::raise(
                    "ZeroDivisionError",
                    "0.0 cannot be raised to a negative power",
                ));
            }
            return Ok(Value::Float(a.powf(b)));
        }
        if a.is_zero() || a.magnitude() == &1u32.into() {
            let even = !b.bit(0);
            return Ok(if b.is_zero() || (even && !a.is_zero()) {
                Value::Int(1)
            } else {
                Value::big(a.clone())
            });
        }
        let exponent = b.to_u64().unwrap_or(u64::MAX);
        let bits = a.bits().saturating_mul(exponent);
        self.charge(usize::try_from(bits / 8).unwrap_or(usize::MAX))?;
        let words = bits / 64 + 1;
        self.steps(usize::try_from(words.saturating_mul(words) / 16).unwrap_or(usize::MAX))?;
        let Ok(exponent) = u32::try_from(exponent) else {
            return Err(self.refuse("power", "The power is too large.", ""));
        };
        Ok(Value::big(a.pow(exponent)))
    }

    /// `pow` with a modulus.
    pub(crate) fn modular_power(
        &mut self,
        base: &Value,
        exponent: &Value,
        modulus: &Value,
    ) -> Result<Value, Failure> {
        let (Some(base), Some(exponent), Some(modulus)) =
            (big_of(base), big_of(exponent), big_of(modulus))
        else {
            return Err(Failure::type_error(
                "pow() 3rd argument not allowed unless all arguments are integers",
            ));
        };
        if modulus.is_zero() {
            return Err(Failure::value_error("pow() 3rd argument cannot be 0"));
        }
        let words = (modulus.bits() / 64 + 1).saturating_mul(modulus.bits() / 64 + 1);
        let work = words.saturating_mul(exponent.bits().max(1));
        self.steps(usize::try_from(work).unwrap_or(usize::MAX))?;
        if exponent.is_negative() {
            let Some(inverse) = base.modinv(&modulus) else {
                return Err(Failure::value_error(
                    "base is not invertible for the given modulus",
                ));
            };
            return Ok(Value::big(inverse.modpow(&-exponent, &modulus)));
        }
        Ok(Value::big(base.modpow(&exponent, &modulus)))
    }
}

fn zero_division() -> Failure {
    Failure::raise("ZeroDivisionError", "integer division or modulo by zero")
}

/// The quotient of two integers, rounded once.
fn divide(a: &BigInt, b: &BigInt) -> Result<f64, Failure> {
    const EXACT: u64 = 53;
    if a.bits() <= EXACT && b.bits() <= EXACT {
        return Ok(a.to_f64().unwrap_or(0.0) / b.to_f64().unwrap_or(1.0));
    }
    if a.is_zero() {
        return Ok(0.0);
    }
    // Scale so that the quotient has 66 bits or so; a sticky bit stands for the rest.
    let shift = 66i64 + i64::try_from(b.bits()).unwrap_or(i64::MAX)
        - i64::try_from(a.bits()).unwrap_or(i64::MAX);
    if shift < -2000 {
        return Err(too_large());
    }
    if shift > 4000 {
        return Ok(0.0);
    }
    let negative = a.is_negative() != b.is_negative();
    let (mut numerator, mut denominator) = (a.abs(), b.abs());
    if shift >= 0 {
        numerator <<= shift.unsigned_abs();
    } else {
        denominator <<= shift.unsigned_abs();
    }
    let (mut quotient, rest) = numerator.div_rem(&denominator);
    if !rest.is_zero() {
        quotient |= BigInt::from(1);
    }
    let mantissa = quotient.to_f64().unwrap_or(f64::INFINITY);
    let result = if shift >= 0 {
        let half = i32::try_from(shift / 2).unwrap_or(i32::MAX);
        let other = i32::try_from(shift - shift / 2).unwrap_or(i32::MAX);
        mantissa / 2f64.powi(half) / 2f64.powi(other)
    } else {
        mantissa * 2f64.powi(i32::try_from(-shift).unwrap_or(i32::MAX))
    };
    if result.is_infinite() {
        return Err(too_large());
    }
    Ok(if negative { -result } else { result })
}

fn too_large() -> Failure {
    Failure::raise(
        "OverflowError",
        "integer division result too large for a float",
    )
}

fn float_operation(operator: BinaryOperator, a: f64, b: f64) -> Result<Option<f64>, Failure> {
    use BinaryOperator as Op;
    Ok(Some(match operator {
        Op::Add => a + b,
        Op::Subtract => a - b,
        Op::Multiply => a * b,
        Op::Divide => {
            if b == 0.0 {
                return Err(Failure::raise(
                    "ZeroDivisionError",
                    "float division by zero",
                ));
            }
            a / b
        }
        Op::FloorDivide => {
            if b == 0.0 {
                return Err(Failure::raise(
                    "ZeroDivisionError",
                    "float floor division by zero",
                ));
            }
            floor_divide(a, b)
        }
        Op::Modulo => {
            if b == 0.0 {
                return Err(Failure::raise("ZeroDivisionError", "float modulo"));
            }
            modulo(a, b)
        }
        Op::Power => {
            if a == 0.0 && b < 0.0 {
                return Err(Failure::raise(
                    "ZeroDivisionError",
                    "0.0 cannot be raised to a negative power",
                ));
            }
            if a < 0.0 && b.is_finite() && b.fract() != 0.0 {
                return Err(Failure::value_error(
                    "complex results of powers are not supported",
                ));
            }
            let result = a.powf(b);
            if result.is_infinite() && a.is_finite() && b.is_finite() {
                return Err(Failure::with(
                    &crate::python::types::types().exception("OverflowError"),
                    vec![Value::Int(34), Value::str("Numerical result out of range")],
                ));
            }
            result
        }
        _ => return Ok(None),
    }))
}

pub(crate) fn modulo(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest == 0.0 {
        0f64.copysign(b)
    } else if (rest < 0.0) == (b < 0.0) {
        rest
    } else {
        rest + b
    }
}

pub(crate) fn floor_divide(a: f64, b: f64) -> f64 {
    let rest = modulo(a, b);
    let quotient = (a - rest) / b;
    if quotient == 0.0 {
        return 0f64.copysign(a / b);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 {
        floor + 1.0
    } else {
        floor
    }
}

/// The `TypeError` for operands that do not go together.
pub(crate) fn unsupported(operator: BinaryOperator, left: &Value, right: &Value) -> Failure {
    let symbol = match operator {
        BinaryOperator::Power => "** or pow()",
        other => other.symbol(),
    };
    Failure::type_error(format!(
        "unsupported operand type(s) for {symbol}: '{}' and '{}'",
        type_name(left),
        type_name(right)
    ))
}
