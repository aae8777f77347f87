//! Comparison, equality and hashes.

use std::cmp::Ordering;
use std::hash::Hasher;
use std::rc::Rc;

use num_traits::ToPrimitive;

use super::Vm;
use crate::python::Arguments;
use crate::python::class::Payload;
use crate::python::error::Failure;
use crate::python::number::{big_of, compare_numbers};
use crate::python::object::CompareOperator;
use crate::python::types::{quick_equals, type_name};
use crate::python::value::{Set, Value};

impl Vm {
    /// Equality as containers need it: identity, or `==` read as a truth value.
    pub fn equals(&mut self, a: &Value, b: &Value) -> Result<bool, Failure> {
        self.compared(a, b)?;
        if let Some(equal) = quick_equals(a, b) {
            return Ok(equal || a.is(b));
        }
        if a.is(b) {
            return Ok(true);
        }
        // Host objects have an equality of their own beside the operator.
        for (object, other) in [(a, b), (b, a)] {
            if let Value::Object(object) = object {
                let object = object.clone();
                if let Some(equal) = self.native(|vm| object.equals(vm, other))? {
                    return Ok(equal);
                }
            }
        }
        let result = self.compare(CompareOperator::Equal, a, b)?;
        self.truth(&result)
    }

    /// Counts the work of comparing two long values.
    fn compared(&mut self, a: &Value, b: &Value) -> Result<(), Failure> {
        let length = |value: &Value| match value {
            Value::Str(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::Big(number) => usize::try_from(number.bits() / 8).unwrap_or(usize::MAX),
            _ => 0,
        };
        self.scan(length(a).min(length(b)))
    }

    /// A comparison; the result need not be a truth value.
    pub fn compare(
        &mut self,
        operator: CompareOperator,
        left: &Value,
        right: &Value,
    ) -> Result<Value, Failure> {
        let special = |value: &Value| matches!(value, Value::Instance(_) | Value::Object(_));
        if special(left) || special(right) {
            return self.compare_special(operator, left, right);
        }
        match self.compare_builtin(operator, left, right)? {
            Some(result) => Ok(Value::Bool(result)),
            None => match operator {
                CompareOperator::Equal => Ok(Value::Bool(left.is(right))),
                CompareOperator::NotEqual => Ok(Value::Bool(!left.is(right))),
                _ => Err(incomparable(operator, left, right)),
            },
        }
    }

    fn compare_special(
        &mut self,
        operator: CompareOperator,
        left: &Value,
        right: &Value,
    ) -> Result<Value, Failure> {
        let right_first = match (left, right) {
            (Value::Instance(a), Value::Instance(b)) => {
                !Rc::ptr_eq(&a.class, &b.class) && b.class.is_subclass_of(&a.class)
            }
            _ => false,
        };
        let mut turns = [(left, right, operator), (right, left, operator.reflected())];
        if right_first {
            turns.reverse();
        }
        for (receiver, other, operator) in turns {
            match receiver {
                Value::Object(object) => {
                    let object = object.clone();
                    let result = self.native(|vm| object.compare(vm, operator, other))?;
                    if let Some(result) = result {
                        return Ok(result);
                    }
                }
                Value::Instance(instance) => {
                    if let Some(method) = self.special(receiver, operator.method())? {
                        let result =
                            self.nested(|vm| vm.call(&method, Arguments::one(other.clone())))?;
                        if !matches!(result, Value::NotImplemented) {
                            return Ok(result);
                        }
                    } else if operator == CompareOperator::NotEqual
                        && let Some(method) = self.special(receiver, "__eq__")?
                    {
                        let result =
                            self.nested(|vm| vm.call(&method, Arguments::one(other.clone())))?;
                        if !matches!(result, Value::NotImplemented) {
                            let truth = self.truth(&result)?;
                            return Ok(Value::Bool(!truth));
                        }
                    }
                    if instance.class.hooks.get().host {
                        let hosts: Vec<_> = instance.class.lookup_order_hosts().cloned().collect();
                        for host in hosts {
                            let result = host.instance_compare(self, instance, operator, other)?;
                            if let Some(result) = result {
                                return Ok(result);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        let (a, b) = (left.plain(), right.plain());
        let enumerated = |value: &Value| match value {
            Value::Instance(instance) => instance.class.enumeration.borrow().is_some(),
            _ => false,
        };
        // Members of `class X(str, Enum)` compare as texts, except with members of other such.
        let plain = |value: &Value| !matches!(value, Value::Instance(_) | Value::Object(_));
        if plain(&a)
            && plain(&b)
            && let Some(result) = self.compare_builtin(operator, &a, &b)?
        {
            return Ok(Value::Bool(result));
        }
        let _ = enumerated;
        for (receiver, other) in [(left, right), (right, left)] {
            if let Value::Object(object) = receiver
                && matches!(operator, CompareOperator::Equal | CompareOperator::NotEqual)
            {
                let object = object.clone();
                if let Some(equal) = self.native(|vm| object.equals(vm, other))? {
                    return Ok(Value::Bool(equal == (operator == CompareOperator::Equal)));
                }
            }
        }
        match operator {
            CompareOperator::Equal => Ok(Value::Bool(left.is(right))),
            CompareOperator::NotEqual => Ok(Value::Bool(!left.is(right))),
            _ => Err(incomparable(operator, left, right)),
        }
    }

    /// Comparison of built-in values; `None` when they have no order or are not of one kind.
    fn compare_builtin(
        &mut self,
        operator: CompareOperator,
        left: &Value,
        right: &Value,
    ) -> Result<Option<bool>, Failure> {
        use CompareOperator as Op;
        match (left, right) {
            (
                Value::Int(_) | Value::Bool(_) | Value::Big(_) | Value::Float(_),
                Value::Int(_) | Value::Bool(_) | Value::Big(_) | Value::Float(_),
            ) => {
                self.compared(left, right)?;
                Ok(Some(match compare_numbers(left, right) {
                    Some(order) => operator.holds(order),
                    // NaN differs from everything.
                    None => operator == Op::NotEqual,
                }))
            }
            (Value::Str(a), Value::Str(b)) => {
                self.scan(a.len().min(b.len()))?;
                Ok(Some(operator.holds(a.as_bytes().cmp(b.as_bytes()))))
            }
            (Value::Bytes(a), Value::Bytes(b)) => {
                self.scan(a.len().min(b.len()))?;
                Ok(Some(operator.holds(a.cmp(b))))
            }
            (Value::List(a), Value::List(b)) => {
                let (a, b) = (a.borrow().clone(), b.borrow().clone());
                self.nested(|vm| vm.compare_sequences(operator, &a, &b))
            }
            (Value::Tuple(a), Value::Tuple(b)) => {
                self.nested(|vm| vm.compare_sequences(operator, a, b))
            }
            (Value::Dict(a), Value::Dict(b)) => {
                if !matches!(operator, Op::Equal | Op::NotEqual) {
                    return Ok(None);
                }
                let equal = self.nested(|vm| {
                    if a.len() != b.len() {
                        return Ok(false);
                    }
                    for (key, value) in a.items() {
                        vm.step()?;
                        match b.get(vm, &key)? {
                            Some(other) if vm.equals(&value, &other)? => {}
                            _ => return Ok(false),
                        }
                    }
                    Ok(true)
                })?;
                Ok(Some(equal == (operator == Op::Equal)))
            }
            (Value::Set(a) | Value::FrozenSet(a), Value::Set(b) | Value::FrozenSet(b)) => {
                let result = match operator {
                    Op::Equal => a.len() == b.len() && self.is_subset(a, b)?,
                    Op::NotEqual => !(a.len() == b.len() && self.is_subset(a, b)?),
                    Op::Less => a.len() < b.len() && self.is_subset(a, b)?,
                    Op::LessEqual => self.is_subset(a, b)?,
                    Op::Greater => b.len() < a.len() && self.is_subset(b, a)?,
                    Op::GreaterEqual => self.is_subset(b, a)?,
                };
                Ok(Some(result))
            }
            (Value::Slice(a), Value::Slice(b)) => {
                let parts = |one: &crate::python::value::Slice| {
                    vec![one.start.clone(), one.stop.clone(), one.step.clone()]
                };
                let (a, b) = (parts(a), parts(b));
                self.nested(|vm| vm.compare_sequences(operator, &a, &b))
            }
            (Value::Method(a), Value::Method(b)) => {
                let equal = a.receiver.is(&b.receiver)
                    && match (&a.callee, &b.callee) {
                        (
                            crate::python::function::Callee::Value(a),
                            crate::python::function::Callee::Value(b),
                        ) => a.is(b),
                        (
                            crate::python::function::Callee::Builtin(a, _),
                            crate::python::function::Callee::Builtin(b, _),
                        )
                        | (
                            crate::python::function::Callee::Host(a),
                            crate::python::function::Callee::Host(b),
                        ) => a == b,
                        _ => false,
                    };
                Ok(match operator {
                    Op::Equal => Some(equal),
                    Op::NotEqual => Some(!equal),
                    _ => None,
                })
            }
            _ => Ok(match operator {
                Op::Equal => quick_equals(left, right),
                Op::NotEqual => quick_equals(left, right).map(|equal| !equal),
                _ => None,
            }),
        }
    }

    fn compare_sequences(
        &mut self,
        operator: CompareOperator,
        a: &[Value],
        b: &[Value],
    ) -> Result<Option<bool>, Failure> {
        if a.len() != b.len()
            && matches!(operator, CompareOperator::Equal | CompareOperator::NotEqual)
        {
            return Ok(Some(operator == CompareOperator::NotEqual));
        }
        for (a, b) in a.iter().zip(b) {
            self.step()?;
            if !self.equals(a, b)? {
                return match operator {
                    CompareOperator::Equal => Ok(Some(false)),
                    CompareOperator::NotEqual => Ok(Some(true)),
                    _ => {
                        let result = self.compare(operator, a, b)?;
                        self.truth(&result).map(Some)
                    }
                };
            }
        }
        Ok(Some(operator.holds(a.len().cmp(&b.len()))))
    }

    pub(crate) fn is_subset(&mut self, a: &Rc<Set>, b: &Rc<Set>) -> Result<bool, Failure> {
        self.nested(|vm| {
            for item in a.members() {
                vm.step()?;
                if !b.members.contains(vm, &item)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// `a < b` as sorting asks.
    pub(crate) fn less(&mut self, a: &Value, b: &Value) -> Result<bool, Failure> {
        match (a, b) {
            (Value::Int(a), Value::Int(b)) => Ok(a < b),
            (Value::Str(a), Value::Str(b)) => {
                self.scan(a.len().min(b.len()))?;
                Ok(a < b)
            }
            _ => {
                let result = self.compare(CompareOperator::Less, a, b)?;
                self.truth(&result)
            }
        }
    }

    /// Sorts by a key computed beforehand. Stable; errors end it.
    pub(crate) fn sort(
        &mut self,
        items: &mut [(Value, Value)],
        reverse: bool,
    ) -> Result<(), Failure> {
        let mut failed = None;
        let count = items.len();
        self.steps(count)?;
        let mut compare = |vm: &mut Vm, a: &Value, b: &Value| -> Ordering {
            if failed.is_some() {
                return Ordering::Equal;
            }
            let outcome = vm.step().and_then(|()| {
                if vm.less(a, b)? {
                    Ok(Ordering::Less)
                } else if vm.less(b, a)? {
                    Ok(Ordering::Greater)
                } else {
                    Ok(Ordering::Equal)
                }
            });
            outcome.unwrap_or_else(|failure| {
                failed = Some(failure);
                Ordering::Equal
            })
        };
        merge_sort(self, items, reverse, &mut compare);
        match failed {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    /// A hash for dictionaries; `TypeError` for unhashable values.
    pub fn hash(&mut self, value: &Value) -> Result<u64, Failure> {
        Ok(match value {
            Value::Str(text) => {
                self.scan(text.len())?;
                crate::python::dict::hash_str(text)
            }
            Value::Int(number) => hash_int(*number),
            Value::Bool(truth) => hash_int(i64::from(*truth)),
            Value::Big(number) => {
                let bytes = number.to_signed_bytes_le();
                self.scan(bytes.len())?;
                let mut hasher = std::hash::DefaultHasher::new();
                hasher.write(&bytes);
                hasher.finish()
            }
            Value::Float(number) =>
            {
                #[allow(clippy::cast_possible_truncation)]
                if number.fract() == 0.0 && number.abs() < 9.0e18 {
                    hash_int(*number as i64)
                } else if number.fract() == 0.0
                    && number.is_finite()
                    && let Some(big) = num_traits::FromPrimitive::from_f64(*number)
                {
                    let big: num_bigint::BigInt = big;
                    return self.hash(&Value::big(big));
                } else {
                    hash_int(i64::from_ne_bytes(number.to_bits().to_ne_bytes()))
                }
            }
            Value::Bytes(bytes) => {
                self.scan(bytes.len())?;
                let mut hasher = std::hash::DefaultHasher::new();
                hasher.write(bytes);
                hasher.write_u8(1);
                hasher.finish()
            }
            Value::Tuple(items) => {
                let mut hasher = std::hash::DefaultHasher::new();
                self.nested(|vm| {
                    vm.steps(items.len() / 8)?;
                    for item in items.iter() {
                        hasher.write_u64(vm.hash(item)?);
                    }
                    Ok(())
                })?;
                hasher.finish()
            }
            Value::FrozenSet(set) => {
                let mut sum = 0u64;
                self.nested(|vm| {
                    vm.steps(set.len() / 4)?;
                    for item in set.members() {
                        let hash = vm.hash(&item)?.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                        sum = sum.wrapping_add(hash);
                    }
                    Ok(())
                })?;
                sum
            }
            Value::Range(range) => {
                let key = if range.is_empty() {
                    (0, 0, 0)
                } else if range.len() == 1 {
                    (1, range.start, 0)
                } else {
                    (range.len(), range.start, range.step)
                };
                hash_int(key.0 ^ key.1.rotate_left(17) ^ key.2.rotate_left(34))
            }
            Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Slice(_) => {
                return Err(Failure::type_error(format!(
                    "unhashable type: '{}'",
                    type_name(value)
                )));
            }
            Value::Object(object) => {
                let address = value.address();
                let object = object.clone();
                match self.native(|vm| object.hash(vm))? {
                    Some(hash) => hash,
                    None => address as u64,
                }
            }
            Value::Instance(instance) => {
                match instance.class.lookup("__hash__") {
                    Some(Value::None) => {
                        return Err(Failure::type_error(format!(
                            "unhashable type: '{}'",
                            instance.class.name
                        )));
                    }
                    Some(method) => {
                        let bound = self.bind(&method, value, &instance.class)?;
                        let hash = self.nested(|vm| vm.call(&bound, Arguments::none()))?;
                        return match big_of(&hash) {
                            Some(number) => {
                                Ok(number.to_i64().map_or_else(|| number.bits(), hash_int))
                            }
                            None => Err(Failure::type_error(
                                "__hash__ method should return an integer",
                            )),
                        };
                    }
                    None => {}
                }
                let payload = match &*instance.payload.borrow() {
                    Payload::Value(value) => Some(value.clone()),
                    _ => None,
                };
                match payload {
                    Some(payload) => return self.hash(&payload),
                    None => value.address() as u64,
                }
            }
            Value::Method(method) => {
                let receiver = method.receiver.address() as u64;
                match &method.callee {
                    crate::python::function::Callee::Value(function) => {
                        receiver ^ (function.address() as u64).rotate_left(7)
                    }
                    _ => receiver,
                }
            }
            other => other.address() as u64,
        })
    }
}

fn hash_int(number: i64) -> u64 {
    let mut x = u64::from_ne_bytes(number.to_ne_bytes());
    // Spreads neighbours, as tables want it.
    x = x.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x ^ (x >> 29)
}

fn incomparable(operator: CompareOperator, left: &Value, right: &Value) -> Failure {
    Failure::type_error(format!(
        "'{}' not supported between instances of '{}' and '{}'",
        operator.symbol(),
        type_name(left),
        type_name(right)
    ))
}

/// A stable merge sort: an order that contradicts itself, as programs may define it, does no harm.
fn merge_sort(
    vm: &mut Vm,
    items: &mut [(Value, Value)],
    reverse: bool,
    compare: &mut impl FnMut(&mut Vm, &Value, &Value) -> Ordering,
) {
    let mut width = 1;
    let mut source: Vec<(Value, Value)> = items.to_vec();
    while width < source.len() {
        let mut merged = Vec::with_capacity(source.len());
        for chunk in source.chunks(2 * width) {
            let (left, right) = chunk.split_at(width.min(chunk.len()));
            let (mut a, mut b) = (left.iter().peekable(), right.iter().peekable());
            loop {
                let next = match (a.peek(), b.peek()) {
                    (Some(x), Some(y)) => {
                        let order = compare(vm, &y.0, &x.0);
                        let second = if reverse {
                            order == Ordering::Greater
                        } else {
                            order == Ordering::Less
                        };
                        if second { b.next() } else { a.next() }
                    }
                    (Some(_), None) => a.next(),
                    (None, _) => b.next(),
                };
                match next {
                    Some(item) => merged.push(item.clone()),
                    None => break,
                }
            }
        }
        source = merged;
        width *= 2;
    }
    for (slot, item) in items.iter_mut().zip(source) {
        *slot = item;
    }
}
