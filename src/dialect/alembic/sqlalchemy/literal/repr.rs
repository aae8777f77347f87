//! Values as Python's `repr` prints them, which messages quote.

use super::{Date, DateTime, Literal, Time, Timedelta};
use std::fmt::Write as _;

use crate::python::{float_repr, quote, quote_bytes};

fn date(value: Date) -> String {
    format!(
        "datetime.date({}, {}, {})",
        value.year, value.month, value.day
    )
}

fn clock(value: Time, always_minute: bool) -> String {
    let mut out = format!("{}, {}", value.hour, value.minute);
    if !always_minute || value.second != 0 || value.microsecond != 0 {
        if value.second != 0 || value.microsecond != 0 {
            let _ = write!(out, ", {}", value.second);
        }
        if value.microsecond != 0 {
            let _ = write!(out, ", {}", value.microsecond);
        }
    }
    match value.offset {
        Some(0) => out.push_str(", tzinfo=datetime.timezone.utc"),
        Some(offset) => {
            let span = timedelta(Timedelta(i64::from(offset) * 1_000_000));
            let _ = write!(out, ", tzinfo=datetime.timezone({span})");
        }
        None => {}
    }
    out
}

fn moment(value: DateTime) -> String {
    let day = value.date;
    format!(
        "datetime.datetime({}, {}, {}, {})",
        day.year,
        day.month,
        day.day,
        clock(value.time, true)
    )
}

fn timedelta(value: Timedelta) -> String {
    let (days, seconds, microseconds) = value.parts();
    let parts: Vec<String> = [
        ("days", days),
        ("seconds", seconds),
        ("microseconds", microseconds),
    ]
    .iter()
    .filter(|(_, amount)| *amount != 0)
    .map(|(name, amount)| format!("{name}={amount}"))
    .collect();
    let inner = if parts.is_empty() {
        "0".to_owned()
    } else {
        parts.join(", ")
    };
    format!("datetime.timedelta({inner})")
}

/// A UUID with dashes.
pub(super) fn uuid(value: &[u8; 16]) -> String {
    let hex = hex::encode(value);
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

fn joined(items: &[Literal], depth: usize) -> String {
    items
        .iter()
        .map(|item| repr(item, depth + 1))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A value as `repr` prints it.
pub fn python_repr(value: &Literal) -> String {
    repr(value, 0)
}

fn repr(value: &Literal, depth: usize) -> String {
    if depth > 64 {
        return "...".into();
    }
    match value {
        Literal::None => "None".into(),
        Literal::Bool(true) => "True".into(),
        Literal::Bool(false) => "False".into(),
        Literal::Int(number) => number.to_string(),
        Literal::BigInt(digits) => digits.to_string(),
        Literal::Float(number) => float_repr(*number),
        Literal::Decimal(text) => format!("Decimal('{text}')"),
        Literal::Str(text) => quote(text),
        Literal::Bytes(value) => quote_bytes(value),
        Literal::Date(value) => date(*value),
        Literal::Time(value) => format!("datetime.time({})", clock(*value, true)),
        Literal::DateTime(value) => moment(*value),
        Literal::Timedelta(value) => timedelta(*value),
        Literal::Uuid(value) => format!("UUID('{}')", uuid(value)),
        Literal::EnumMember(member) => {
            format!(
                "<{}.{}: {}>",
                member.class,
                member.name,
                repr(&member.value, depth + 1)
            )
        }
        Literal::List(items) => format!("[{}]", joined(items, depth)),
        Literal::Tuple(items) if items.len() == 1 => format!("({},)", joined(items, depth)),
        Literal::Tuple(items) => format!("({})", joined(items, depth)),
        Literal::Dict(pairs) => {
            let inner: Vec<String> = pairs
                .iter()
                .map(|(key, value)| format!("{}: {}", repr(key, depth + 1), repr(value, depth + 1)))
                .collect();
            format!("{{{}}}", inner.join(", "))
        }
        Literal::Object { repr, .. } => repr.to_string(),
    }
}

/// A value as messages quote it: `repr`, shortened in the middle.
pub(super) fn shortened(value: &Literal) -> String {
    let text = python_repr(value);
    let length = text.chars().count();
    if length <= 300 {
        return text;
    }
    let head: String = text.chars().take(150).collect();
    let tail: String = text.chars().skip(length - 150).collect();
    format!(
        "{head} ... ({} characters truncated) ... {tail}",
        length - 300
    )
}
