//! What a server returned, as values of Python.

use std::rc::Rc;

use num_bigint::BigInt;

use super::Runtime;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType};
use crate::engine::Datum;
use crate::python::{Arguments, BinaryOperator, Failure, Value, Vm};

impl Runtime {
    /// A value of a result. A statement that knows the column's type gets what that type makes of
    /// it; others get what the driver gives.
    pub(crate) fn datum_value(
        &self,
        vm: &mut Vm,
        datum: &Datum,
        sql_type: Option<&SqlType>,
    ) -> Result<Value, Failure> {
        if matches!(datum, Datum::Null) {
            return Ok(Value::None);
        }
        let Some(sql_type) = sql_type else {
            return plain(vm, datum);
        };
        let resolved = self.run.failed(sql_type.resolve(self.run.target()))?;
        typed(vm, datum, &resolved)
    }

    /// A value of a statement as Python has it.
    pub(crate) fn python_value(&self, vm: &mut Vm, value: &Literal) -> Result<Value, Failure> {
        Ok(match value {
            Literal::None | Literal::Object { .. } => Value::None,
            Literal::Bool(truth) => Value::Bool(*truth),
            Literal::Int(number) => Value::Int(*number),
            Literal::BigInt(digits) => whole(digits),
            Literal::Float(number) => Value::Float(*number),
            Literal::Decimal(digits) => made(vm, "decimal", "Decimal", vec![Value::str(digits)])?,
            Literal::Str(text) => Value::Str(text.clone()),
            Literal::Bytes(bytes) => Value::Bytes(bytes.clone()),
            Literal::Uuid(bytes) => {
                let hex = format!("{:032x}", u128::from_be_bytes(*bytes));
                made(vm, "uuid", "UUID", vec![Value::from(hex)])?
            }
            Literal::Date(date) => date_value(
                vm,
                i64::from(date.year),
                i64::from(date.month),
                i64::from(date.day),
            )?,
            Literal::Time(_) | Literal::DateTime(_) | Literal::Timedelta(_) => {
                return Err(vm.refuse(
                    "inserted_primary_key",
                    "A key that is a time cannot be read back from the statement.",
                    "Select it.",
                ));
            }
            Literal::EnumMember(member) => Value::str(&member.name),
            Literal::List(items) => Value::list(self.python_values(vm, items)?),
            Literal::Tuple(items) => Value::tuple(self.python_values(vm, items)?),
            Literal::Dict(entries) => {
                let dict = Value::dict();
                for (key, value) in entries.iter() {
                    let (key, value) = (self.python_value(vm, key)?, self.python_value(vm, value)?);
                    vm.set_item(&dict, &key, value)?;
                }
                dict
            }
        })
    }

    fn python_values(&self, vm: &mut Vm, items: &[Literal]) -> Result<Vec<Value>, Failure> {
        items
            .iter()
            .map(|item| self.python_value(vm, item))
            .collect()
    }
}

/// An object of a class of Python's library.
fn made(vm: &mut Vm, module: &str, class: &str, arguments: Vec<Value>) -> Result<Value, Failure> {
    let module = vm.import(module)?;
    let class = vm.attribute(&module, class)?;
    vm.call(&class, Arguments::of(arguments))
}

fn whole(digits: &str) -> Value {
    digits.parse::<BigInt>().map_or(Value::None, Value::big)
}

/// A value as the driver gives it.
fn plain(vm: &mut Vm, datum: &Datum) -> Result<Value, Failure> {
    Ok(match datum {
        Datum::Null => Value::None,
        Datum::Text(text) => Value::str(text),
        Datum::Bool(truth) => Value::Bool(*truth),
        Datum::Integer(number) => Value::Int(*number),
        Datum::Float(number) => Value::Float(*number),
        Datum::Decimal(digits) => made(vm, "decimal", "Decimal", vec![Value::str(digits)])?,
        Datum::Bytes(bytes) => Value::bytes(bytes),
        Datum::Date(text) => date(vm, text)?.unwrap_or_else(|| Value::str(text)),
        Datum::Time(text) => time(vm, text)?.unwrap_or_else(|| Value::str(text)),
        Datum::Timestamp(text) => timestamp(vm, text)?.unwrap_or_else(|| Value::str(text)),
        Datum::Interval(text) => interval(vm, text)?.unwrap_or_else(|| Value::str(text)),
        Datum::Uuid(text) => made(vm, "uuid", "UUID", vec![Value::str(text)])?,
        Datum::Json(text) => json(vm, text)?,
        Datum::Array(items) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(plain(vm, item)?);
            }
            Value::list(values)
        }
    })
}

/// A value as its type has it.
fn typed(vm: &mut Vm, datum: &Datum, sql_type: &SqlType) -> Result<Value, Failure> {
    let arguments = sql_type.arguments();
    match (sql_type.family(), datum) {
        (Family::Boolean, Datum::Integer(number)) => Ok(Value::Bool(*number != 0)),
        (Family::Date, Datum::Text(text)) => {
            Ok(date(vm, text)?.unwrap_or_else(|| Value::str(text)))
        }
        (Family::Time, Datum::Text(text)) => {
            Ok(time(vm, text)?.unwrap_or_else(|| Value::str(text)))
        }
        (Family::DateTime, Datum::Text(text)) => {
            Ok(timestamp(vm, text)?.unwrap_or_else(|| Value::str(text)))
        }
        (Family::Interval, Datum::Text(text)) => {
            // Kept as the moment that lies so far behind 1970.
            let Some(moment) = timestamp(vm, text)? else {
                return Ok(Value::str(text));
            };
            let start = [1970, 1, 1].map(Value::Int).to_vec();
            let start = made(vm, "datetime", "datetime", start)?;
            vm.binary(BinaryOperator::Subtract, &moment, &start)
        }
        (Family::Numeric, Datum::Float(_) | Datum::Integer(_)) => {
            // SQLite keeps no exact numbers; the scale says how many digits count.
            let scale = usize::try_from(arguments.scale.unwrap_or(10)).unwrap_or(10);
            let digits = match datum {
                Datum::Float(number) => format!("{number:.scale$}"),
                Datum::Integer(number) => format!("{number}.{}", "0".repeat(scale))
                    .trim_end_matches('.')
                    .to_owned(),
                _ => String::new(),
            };
            made(vm, "decimal", "Decimal", vec![Value::from(digits)])
        }
        (Family::Float, Datum::Decimal(digits)) => Ok(digits
            .parse()
            .map_or_else(|_| Value::str(digits), Value::Float)),
        (Family::Json, Datum::Text(text)) => json(vm, text),
        (Family::Uuid, Datum::Text(text) | Datum::Uuid(text)) => {
            if arguments.uuid_as_text {
                let hex: String = text.chars().filter(|letter| *letter != '-').collect();
                Ok(match hex.len() {
                    32 => Value::from(format!(
                        "{}-{}-{}-{}-{}",
                        &hex[..8],
                        &hex[8..12],
                        &hex[12..16],
                        &hex[16..20],
                        &hex[20..]
                    )),
                    _ => Value::str(text),
                })
            } else {
                made(vm, "uuid", "UUID", vec![Value::str(text)])
            }
        }
        (Family::Enum, Datum::Text(_)) if has_members(sql_type) => Err(vm.refuse(
            "Enum",
            "A value of a column with a Python enum cannot be read back as a member.",
            "Describe the column with the names as texts, or select it as sa.String.",
        )),
        (Family::Array, Datum::Array(items)) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(match (&arguments.item, item) {
                    (_, Datum::Null) => Value::None,
                    (Some(inner), Datum::Array(_)) if inner.family() != Family::Array => {
                        typed(vm, item, sql_type)?
                    }
                    (Some(inner), item) => typed(vm, item, inner)?,
                    (None, item) => plain(vm, item)?,
                });
            }
            Ok(Value::list(values))
        }
        _ => plain(vm, datum),
    }
}

fn has_members(sql_type: &SqlType) -> bool {
    sql_type
        .enumeration()
        .is_some_and(|enumeration| !enumeration.members.is_empty())
}

fn numbers<const COUNT: usize>(text: &str, separator: char) -> Option<[i64; COUNT]> {
    let mut found = [0; COUNT];
    let mut parts = text.split(separator);
    for place in &mut found {
        *place = parts.next()?.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

fn date_value(vm: &mut Vm, year: i64, month: i64, day: i64) -> Result<Value, Failure> {
    let parts = vec![Value::Int(year), Value::Int(month), Value::Int(day)];
    made(vm, "datetime", "date", parts)
}

fn date(vm: &mut Vm, text: &str) -> Result<Option<Value>, Failure> {
    match numbers::<3>(text, '-') {
        Some([year, month, day]) => date_value(vm, year, month, day).map(Some),
        None => Ok(None),
    }
}

/// Hour, minute, second, microsecond, and the offset in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Clock {
    parts: [i64; 4],
    offset: Option<i64>,
}

fn clock(text: &str) -> Option<Clock> {
    let at = text.find(['+', '-', 'Z']);
    let (time, zone) = match at {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [hour, minute, second] = match numbers::<3>(time, ':') {
        Some(parts) => parts,
        None => {
            let [hour, minute] = numbers::<2>(time, ':')?;
            [hour, minute, 0]
        }
    };
    let microsecond = if fraction.is_empty() {
        0
    } else {
        format!("{:0<6}", fraction.get(..fraction.len().min(6))?)
            .parse()
            .ok()?
    };
    let offset = if zone.is_empty() {
        None
    } else if zone == "Z" {
        Some(0)
    } else {
        let mut seconds = 0;
        for (part, factor) in zone.get(1..)?.split(':').zip([3600, 60, 1]) {
            seconds += part.parse::<i64>().ok()? * factor;
        }
        Some(if zone.starts_with('-') {
            -seconds
        } else {
            seconds
        })
    };
    Some(Clock {
        parts: [hour, minute, second, microsecond],
        offset,
    })
}

fn zone(vm: &mut Vm, offset: i64) -> Result<Value, Failure> {
    if offset == 0 {
        let module = vm.import("datetime")?;
        let zone = vm.attribute(&module, "timezone")?;
        return vm.attribute(&zone, "utc");
    }
    let span = made(
        vm,
        "datetime",
        "timedelta",
        vec![Value::Int(0), Value::Int(offset)],
    )?;
    made(vm, "datetime", "timezone", vec![span])
}

fn time(vm: &mut Vm, text: &str) -> Result<Option<Value>, Failure> {
    let Some(clock) = clock(text) else {
        return Ok(None);
    };
    let mut parts: Vec<Value> = clock.parts.into_iter().map(Value::Int).collect();
    if let Some(offset) = clock.offset {
        parts.push(zone(vm, offset)?);
    }
    made(vm, "datetime", "time", parts).map(Some)
}

fn timestamp(vm: &mut Vm, text: &str) -> Result<Option<Value>, Failure> {
    let Some((day, rest)) = text.split_once([' ', 'T']) else {
        return Ok(None);
    };
    let (Some(day), Some(clock)) = (numbers::<3>(day, '-'), clock(rest)) else {
        return Ok(None);
    };
    let mut parts: Vec<Value> = day.into_iter().chain(clock.parts).map(Value::Int).collect();
    if let Some(offset) = clock.offset {
        parts.push(zone(vm, offset)?);
    }
    made(vm, "datetime", "datetime", parts).map(Some)
}

/// Days, seconds and microseconds of a span as PostgreSQL writes it: `1 year 2 mons -3 days
/// 04:05:06.5`. A year counts 365 days and a month 30, as drivers have it.
fn span(text: &str) -> Option<[i64; 3]> {
    let (mut days, mut seconds, mut microseconds) = (0, 0, 0);
    let mut words = text.split_ascii_whitespace();
    while let Some(word) = words.next() {
        if word.contains(':') {
            let negative = word.starts_with('-');
            let clock = clock(word.trim_start_matches(['-', '+']))?;
            let [hour, minute, second, micro] = clock.parts;
            let sign = if negative { -1 } else { 1 };
            seconds += sign * (hour * 3600 + minute * 60 + second);
            microseconds += sign * micro;
            continue;
        }
        let count: i64 = word.parse().ok()?;
        days += count
            * match words.next()?.trim_end_matches('s') {
                "year" => 365,
                "mon" => 30,
                "day" => 1,
                _ => return None,
            };
    }
    Some([days, seconds, microseconds])
}

fn interval(vm: &mut Vm, text: &str) -> Result<Option<Value>, Failure> {
    match span(text) {
        Some(parts) => {
            let parts = parts.into_iter().map(Value::Int).collect();
            made(vm, "datetime", "timedelta", parts).map(Some)
        }
        None => Ok(None),
    }
}

/// A JSON document as Python has it.
fn json(vm: &mut Vm, text: &str) -> Result<Value, Failure> {
    match serde_json::from_str(text) {
        Ok(document) => Ok(json_value(&document)),
        Err(_) => {
            let module = vm.import("json")?;
            vm.call_method(&module, "loads", Arguments::one(Value::str(text)))
        }
    }
}

fn json_value(document: &serde_json::Value) -> Value {
    match document {
        serde_json::Value::Null => Value::None,
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::Int(number),
            (None, Some(number)) => Value::big(BigInt::from(number)),
            (None, None) => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        serde_json::Value::String(text) => Value::str(text),
        serde_json::Value::Array(items) => Value::list(items.iter().map(json_value).collect()),
        serde_json::Value::Object(entries) => Value::Dict(Rc::new(crate::python::Dict::of(
            entries
                .iter()
                .map(|(key, value)| (key.as_str(), json_value(value))),
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks() {
        for (text, parts, offset) in [
            ("10:20:30", [10, 20, 30, 0], None),
            ("10:20:30.5", [10, 20, 30, 500_000], None),
            ("10:20:30.123456+00", [10, 20, 30, 123_456], Some(0)),
            ("10:20:30-03:30", [10, 20, 30, 0], Some(-12_600)),
            ("10:20", [10, 20, 0, 0], None),
        ] {
            assert_eq!(clock(text), Some(Clock { parts, offset }), "{text}");
        }
        assert_eq!(clock("noon"), None);
    }

    #[test]
    fn spans() {
        for (text, expected) in [
            ("1 day", Some([1, 0, 0])),
            (
                "1 year 2 mons -3 days 04:05:06.5",
                Some([422, 14_706, 500_000]),
            ),
            ("-00:00:01.25", Some([0, -1, -250_000])),
            ("P1D", None),
        ] {
            assert_eq!(span(text), expected, "{text}");
        }
    }
}
