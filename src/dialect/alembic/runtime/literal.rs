//! Python values as the values of statements.

use std::rc::Rc;

use super::Runtime;
use super::names::NameObject;
use crate::dialect::alembic::sqlalchemy::literal::{
    Date, DateTime, EnumMember, Literal, Time, Timedelta,
};
use crate::python::{Arguments, Failure, Value, Vm};

impl Runtime {
    /// A value as a statement carries it.
    pub(crate) fn literal(&self, vm: &mut Vm, value: &Value) -> Result<Literal, Failure> {
        Ok(match value {
            Value::None => Literal::None,
            Value::Bool(truth) => Literal::Bool(*truth),
            Value::Int(number) => Literal::Int(*number),
            Value::Big(number) => Literal::BigInt(number.to_string().into()),
            Value::Float(number) => Literal::Float(*number),
            Value::Str(text) => Literal::Str(text.clone()),
            Value::Bytes(bytes) => Literal::Bytes(bytes.clone()),
            Value::List(_) | Value::Set(_) | Value::FrozenSet(_) => {
                Literal::List(self.literals(vm, value)?.into())
            }
            Value::Tuple(_) => Literal::Tuple(self.literals(vm, value)?.into()),
            // What contains itself ends at the limit of nesting.
            Value::Dict(dict) => vm.nested(|vm| {
                let mut entries = Vec::new();
                for (key, value) in dict.items() {
                    vm.charge(2 * size_of::<Literal>())?;
                    entries.push((self.literal(vm, &key)?, self.literal(vm, &value)?));
                }
                Ok(Literal::Dict(entries.into()))
            })?,
            _ => {
                if let Some(name) = value.downcast::<NameObject>() {
                    return Ok(Literal::text(name.name.as_str()));
                }
                vm.nested(|vm| self.object_literal(vm, value))?
            }
        })
    }

    fn literals(&self, vm: &mut Vm, value: &Value) -> Result<Vec<Literal>, Failure> {
        vm.nested(|vm| {
            let items = vm.collect(value)?;
            vm.charge(items.len() * size_of::<Literal>())?;
            items.iter().map(|item| self.literal(vm, item)).collect()
        })
    }

    fn object_literal(&self, vm: &mut Vm, value: &Value) -> Result<Literal, Failure> {
        if let Value::Instance(instance) = value
            && let Some(members) = Vm::enumeration(&Value::Class(instance.class.clone()))
        {
            let name = vm.attribute(value, "name")?;
            let inner = vm.attribute(value, "value")?;
            let plain = value.plain();
            let is_value = !matches!(plain, Value::Instance(_));
            return Ok(Literal::EnumMember(Rc::new(EnumMember {
                class: instance.class.name.to_string(),
                name: vm.str(&name)?.to_string(),
                value: self.literal(vm, &inner)?,
                is_value,
                names: members
                    .iter()
                    .map(|(name, _)| name.to_string())
                    .collect::<Vec<_>>()
                    .into(),
            })));
        }
        let plain = value.plain();
        if !matches!(plain, Value::Instance(_) | Value::Object(_)) {
            return self.literal(vm, &plain);
        }
        let type_name = Vm::type_name(value);
        let kind = type_name.rsplit('.').next().unwrap_or_default();
        Ok(match kind {
            "datetime" => Literal::DateTime(DateTime {
                date: date(vm, value)?,
                time: time(vm, value)?,
            }),
            "date" => Literal::Date(date(vm, value)?),
            "time" => Literal::Time(time(vm, value)?),
            "timedelta" => Literal::Timedelta(Timedelta(microseconds(vm, value)?)),
            "Decimal" => Literal::Decimal(vm.str(value)?),
            "UUID" => {
                let hex = vm.attribute(value, "hex")?;
                let hex = vm.str(&hex)?;
                let mut bytes = [0; 16];
                for (byte, digits) in bytes.iter_mut().zip(hex.as_bytes().chunks(2)) {
                    let digits = std::str::from_utf8(digits).unwrap_or_default();
                    *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
                }
                Literal::Uuid(bytes)
            }
            _ => Literal::Object {
                class: type_name.clone(),
                repr: vm.repr(value)?,
            },
        })
    }
}

fn number(vm: &mut Vm, value: &Value, name: &str) -> Result<i64, Failure> {
    Ok(vm.attribute(value, name)?.as_int().unwrap_or_default())
}

fn date(vm: &mut Vm, value: &Value) -> Result<Date, Failure> {
    Ok(Date {
        year: i32::try_from(number(vm, value, "year")?).unwrap_or_default(),
        month: u8::try_from(number(vm, value, "month")?).unwrap_or_default(),
        day: u8::try_from(number(vm, value, "day")?).unwrap_or_default(),
    })
}

fn time(vm: &mut Vm, value: &Value) -> Result<Time, Failure> {
    let offset = vm.call_method(value, "utcoffset", Arguments::none())?;
    let offset = if offset.is_none() {
        None
    } else {
        i32::try_from(microseconds(vm, &offset)? / 1_000_000).ok()
    };
    Ok(Time {
        hour: u8::try_from(number(vm, value, "hour")?).unwrap_or_default(),
        minute: u8::try_from(number(vm, value, "minute")?).unwrap_or_default(),
        second: u8::try_from(number(vm, value, "second")?).unwrap_or_default(),
        microsecond: u32::try_from(number(vm, value, "microsecond")?).unwrap_or_default(),
        offset,
    })
}

fn microseconds(vm: &mut Vm, value: &Value) -> Result<i64, Failure> {
    let days = number(vm, value, "days")?;
    let seconds = number(vm, value, "seconds")?;
    let rest = number(vm, value, "microseconds")?;
    Ok(days
        .saturating_mul(86_400)
        .saturating_add(seconds)
        .saturating_mul(1_000_000)
        .saturating_add(rest))
}
