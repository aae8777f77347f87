//! A value as the literal or the parameter of a type, as SQLAlchemy's processors write it.

use std::fmt::Write as _;
use std::rc::Rc;

use super::repr::{shortened, uuid};
use super::{DateTime, EnumMember, Literal, Time};
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::dialect::alembic::sqlalchemy::types::{
    EnumDefinition, Family, Module, SqlType, TypeClass, describe,
};
use crate::python::float_repr;

/// Why a value has no text.
enum Refusal {
    /// The type writes no literals at all.
    NoRenderer,
    /// The type's processor raised on this value.
    Failed,
    /// A hook of the migrations' own refused.
    Hook(CompileError),
}

type Rendered = Result<String, Refusal>;

/// A value as literal text of a type.
pub fn literal_text(
    value: &Literal,
    type_: &SqlType,
    target: &Target,
) -> Result<String, CompileError> {
    let evaluates_none = type_.family() == Family::Json && !type_.arguments().none_as_null;
    if value.is_none() && !evaluates_none {
        return Ok("NULL".into());
    }
    let mut text = render(value, type_, target, 0).map_err(|refusal| match refusal {
        Refusal::NoRenderer => CompileError::new(format!(
            "No literal value renderer is available for literal value \"{}\" with datatype {}",
            shortened(value),
            describe(type_)
        )),
        Refusal::Failed => CompileError::new(format!(
            "Could not render literal value \"{}\" with datatype {}; see parent stack trace for more detail.",
            shortened(value),
            describe(type_)
        )),
        Refusal::Hook(error) => error,
    })?;
    if target.is_mysql() && text.contains('\\') {
        text = text.replace('\\', "\\\\");
    }
    Ok(text)
}

fn quoted(text: &str, target: &Target) -> String {
    format!("'{}'", target.escape_percents(&text.replace('\'', "''")))
}

fn render(value: &Literal, type_: &SqlType, target: &Target, depth: u8) -> Rendered {
    if depth > 32 {
        return Err(Refusal::Failed);
    }
    let variant = type_.variant_for(target);
    if let Some(hooks) = variant.hooks() {
        let bound = hooks.bind(value, target).map_err(Refusal::Hook)?;
        let inner = variant.resolve(target).map_err(Refusal::Hook)?;
        if inner.hooks().is_some() {
            return Err(Refusal::NoRenderer);
        }
        let value = bound.as_ref().unwrap_or(value);
        return if value.is_none() {
            Err(Refusal::Failed)
        } else {
            render(value, &inner, target, depth + 1)
        };
    }
    let arguments = variant.arguments();
    match variant.class().family() {
        Family::String => text_of(value)
            .map(|text| quoted(&text, target))
            .ok_or(Refusal::Failed),
        Family::Enum => match variant.enumeration() {
            Some(definition) => enum_label(value, definition)
                .map(|label| quoted(&label, target))
                .ok_or(Refusal::Failed),
            None => text_of(value)
                .map(|text| quoted(&text, target))
                .ok_or(Refusal::Failed),
        },
        Family::Integer => integer(value).ok_or(Refusal::Failed),
        Family::Numeric | Family::Float => numeric(value).ok_or(Refusal::Failed),
        Family::Boolean => match truth(value) {
            Some(flag) => Ok(boolean(flag, target).to_owned()),
            None => Err(Refusal::Failed),
        },
        Family::Date | Family::DateTime | Family::Time => moment(value, variant, target),
        Family::Interval => interval(value, variant, target),
        Family::Uuid => uuid_literal(value, variant, target),
        Family::Binary if variant.class() == TypeClass::PickleType => {
            match &arguments.implementation {
                Some(inner) => render(value, inner, target, depth + 1),
                None => bytes(value),
            }
        }
        Family::Binary => bytes(value),
        Family::JsonPath => json_step(value, variant, target).ok_or(Refusal::Failed),
        Family::Array => array(value, variant, target, depth),
        _ => Err(Refusal::NoRenderer),
    }
}

/// `true` and `false` in a target's words.
pub(in crate::dialect::alembic::sqlalchemy) fn boolean(
    flag: bool,
    target: &Target,
) -> &'static str {
    match (target.is_sqlite(), flag) {
        (true, true) => "1",
        (true, false) => "0",
        (false, true) => "true",
        (false, false) => "false",
    }
}

/// What has a string's methods.
pub(super) fn text_of(value: &Literal) -> Option<Rc<str>> {
    match value {
        Literal::Str(text) => Some(text.clone()),
        Literal::EnumMember(member) if member.is_value => text_of(&member.value),
        _ => None,
    }
}

pub(super) fn enum_label(value: &Literal, definition: &EnumDefinition) -> Option<Rc<str>> {
    let from_member = |member: &EnumMember| {
        definition
            .members
            .iter()
            .zip(&definition.labels)
            .find_map(|(candidate, label)| match candidate {
                Literal::EnumMember(candidate)
                    if candidate.class == member.class && candidate.value == member.value =>
                {
                    Some(Rc::from(label.as_str()))
                }
                _ => None,
            })
    };
    if let Literal::EnumMember(member) = value
        && let Some(label) = from_member(member)
    {
        return Some(label);
    }
    let text = text_of(value)?;
    let known = definition.labels.iter().any(|label| **label == *text);
    if known {
        return Some(text);
    }
    // A member of a `str` enum equals its value.
    let by_value =
        definition.members.iter().zip(&definition.labels).find_map(
            |(member, label)| match member {
                Literal::EnumMember(member)
                    if member.is_value && member.value == Literal::Str(text.clone()) =>
                {
                    Some(Rc::from(label.as_str()))
                }
                _ => None,
            },
        );
    by_value.or((!definition.validate_strings).then_some(text))
}

fn integer(value: &Literal) -> Option<String> {
    match value {
        Literal::Bool(flag) => Some(u8::from(*flag).to_string()),
        Literal::Int(number) => Some(number.to_string()),
        Literal::BigInt(digits) => Some(digits.to_string()),
        Literal::Float(number) if number.is_finite() => Some(format!("{:.0}", number.trunc())),
        Literal::Decimal(text) => text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(|number| {
                // Digits before the point stand for themselves; an exponent needs the arithmetic.
                match text.split_once('.') {
                    Some((whole, _)) if !text.contains(['e', 'E']) => whole.to_owned(),
                    _ => format!("{:.0}", number.trunc()),
                }
            }),
        Literal::Str(text) => digits(text),
        Literal::EnumMember(member) if member.is_value => integer(&member.value),
        _ => None,
    }
}

/// What `int` makes of a string.
fn digits(text: &str) -> Option<String> {
    let trimmed = text.trim();
    let (negative, body) = match trimmed.as_bytes().first()? {
        b'-' => (true, &trimmed[1..]),
        b'+' => (false, &trimmed[1..]),
        _ => (false, trimmed),
    };
    let underscores = body.starts_with('_') || body.ends_with('_') || body.contains("__");
    if body.is_empty()
        || underscores
        || !body
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
    {
        return None;
    }
    let plain: String = body.chars().filter(|character| *character != '_').collect();
    let significant = plain.trim_start_matches('0');
    let number = if significant.is_empty() {
        "0"
    } else {
        significant
    };
    Some(if negative && number != "0" {
        format!("-{number}")
    } else {
        number.to_owned()
    })
}

fn numeric(value: &Literal) -> Option<String> {
    match value {
        Literal::Bool(flag) => Some(if *flag { "True".into() } else { "False".into() }),
        Literal::Int(number) => Some(number.to_string()),
        Literal::BigInt(digits) => Some(digits.to_string()),
        Literal::Float(number) => Some(float_repr(*number)),
        Literal::Decimal(text) => Some(text.to_string()),
        Literal::Str(text) => is_decimal(text).then(|| text.to_string()),
        _ => None,
    }
}

/// Whether `decimal.Decimal` accepts a string.
fn is_decimal(text: &str) -> bool {
    let plain: String = text
        .trim()
        .chars()
        .filter(|character| *character != '_')
        .collect::<String>()
        .to_lowercase();
    let body = plain.strip_prefix(['-', '+']).unwrap_or(&plain);
    if matches!(body, "inf" | "infinity" | "nan" | "snan") {
        return true;
    }
    let (mantissa, exponent) = body
        .split_once('e')
        .map_or((body, None), |(mantissa, exponent)| {
            (mantissa, Some(exponent))
        });
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_is_sound =
        digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_is_sound = exponent.is_none_or(|exponent| {
        let body = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !body.is_empty() && digits(body)
    });
    mantissa_is_sound && exponent_is_sound
}

pub(super) fn truth(value: &Literal) -> Option<bool> {
    match value {
        Literal::Bool(flag) => Some(*flag),
        Literal::Int(0) => Some(false),
        Literal::Int(1) => Some(true),
        Literal::Float(number) if *number == 0.0 => Some(false),
        Literal::Float(number) if (*number - 1.0).abs() < f64::EPSILON => Some(true),
        _ => None,
    }
}

fn moment(value: &Literal, type_: &SqlType, target: &Target) -> Rendered {
    let family = type_.class().family();
    let formatted =
        target.is_mysql() && type_.class().module() == Module::Sqlite && family != Family::Time;
    if target.is_sqlite() || formatted {
        return sqlite_moment(value, type_)
            .map(|text| format!("'{text}'"))
            .ok_or(Refusal::Failed);
    }
    let iso = match value {
        Literal::Date(date) => date.iso(),
        Literal::Time(time) => time.iso(),
        Literal::DateTime(moment) => moment.iso('T'),
        _ => return Err(Refusal::Failed),
    };
    Ok(match family {
        Family::Date => format!("'{}'", iso.split('T').next().unwrap_or(&iso)),
        Family::Time => format!("'{}'", iso.rsplit('T').next().unwrap_or(&iso)),
        _ => format!("'{}'", iso.replace('T', " ")),
    })
}

pub(super) fn sqlite_moment(value: &Literal, type_: &SqlType) -> Option<String> {
    let family = type_.class().family();
    let moment = match (family, value) {
        (Family::Date | Family::DateTime, Literal::Date(date)) => DateTime {
            date: *date,
            time: Time::default(),
        },
        (Family::Date | Family::DateTime, Literal::DateTime(moment)) => *moment,
        (Family::Time, Literal::Time(time)) => DateTime {
            date: super::Date {
                year: 1900,
                month: 1,
                day: 1,
            },
            time: *time,
        },
        _ => return None,
    };
    let arguments = type_.arguments();
    let own = type_.class().module() == Module::Sqlite;
    if let Some(format) = arguments.storage_format.as_deref().filter(|_| own) {
        return formatted(format, moment);
    }
    let time = moment.time;
    let mut text = match family {
        Family::Time => String::new(),
        Family::Date => return Some(moment.date.iso()),
        _ => format!("{} ", moment.date.iso()),
    };
    let _ = write!(
        text,
        "{:02}:{:02}:{:02}",
        time.hour, time.minute, time.second
    );
    if !(own && arguments.truncate_microseconds) {
        let _ = write!(text, ".{:06}", time.microsecond);
    }
    Some(text)
}

/// Python's `%` formatting for the fields of a storage format.
fn formatted(format: &str, moment: DateTime) -> Option<String> {
    let mut out = String::new();
    let mut rest = format;
    while let Some(start) = rest.find('%') {
        out.push_str(&rest[..start]);
        rest = &rest[start + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let (field, after) = rest.strip_prefix('(')?.split_once(')')?;
        let number = match field {
            "year" => i64::from(moment.date.year),
            "month" => i64::from(moment.date.month),
            "day" => i64::from(moment.date.day),
            "hour" => i64::from(moment.time.hour),
            "minute" => i64::from(moment.time.minute),
            "second" => i64::from(moment.time.second),
            "microsecond" => i64::from(moment.time.microsecond),
            _ => return None,
        };
        let (width, after) = after.split_once(['d', 'i', 's'])?;
        let digits = width.trim_start_matches('0');
        let width_number: usize = if digits.is_empty() {
            0
        } else {
            digits.parse().ok()?
        };
        if width_number > 64 {
            return None;
        }
        if width.starts_with('0') {
            let _ = write!(out, "{number:0width_number$}");
        } else {
            let _ = write!(out, "{number:width_number$}");
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn interval(value: &Literal, type_: &SqlType, target: &Target) -> Rendered {
    let native = type_.class() == TypeClass::PostgresInterval
        || (target.is_postgres() && !type_.arguments().emulated);
    match value {
        Literal::Timedelta(span) if native => Ok(format!(
            "make_interval(secs=>{})",
            float_repr(span.total_seconds())
        )),
        // The type behind an emulated interval is a moment, whose processor meets a span it cannot write.
        _ if native
            || !matches!(
                value,
                Literal::Date(_) | Literal::DateTime(_) | Literal::Time(_)
            ) =>
        {
            Err(Refusal::Failed)
        }
        _ => moment(value, &SqlType::new(TypeClass::DateTime), target),
    }
}

fn uuid_literal(value: &Literal, type_: &SqlType, target: &Target) -> Rendered {
    let arguments = type_.arguments();
    if arguments.uuid_as_text {
        let text = text_of(value).ok_or(Refusal::Failed)?;
        return Ok(format!("'{}'", text.replace('-', "").replace('\'', "''")));
    }
    let as_characters = arguments.emulated || !target.is_postgres();
    match value {
        Literal::Uuid(id) if as_characters => Ok(format!("'{}'", uuid(id).replace('-', ""))),
        Literal::Uuid(id) => Ok(format!("'{}'", uuid(id))),
        _ if as_characters => Err(Refusal::Failed),
        other => Ok(format!("'{}'", python_text(other).replace('\'', "''"))),
    }
}

/// What `str` makes of a value.
pub(super) fn python_text(value: &Literal) -> String {
    match value {
        Literal::Str(text) | Literal::Decimal(text) => text.to_string(),
        Literal::Date(date) => date.iso(),
        Literal::Time(time) => time.iso(),
        Literal::DateTime(moment) => moment.iso(' '),
        Literal::Uuid(id) => uuid(id),
        Literal::EnumMember(member) => format!("{}.{}", member.class, member.name),
        other => super::python_repr(other),
    }
}

/// A key, index or path into a JSON document.
fn json_step(value: &Literal, type_: &SqlType, target: &Target) -> Option<String> {
    let text = json_path_text(value, type_, target)?;
    let bare = target.is_postgres()
        && matches!(
            value,
            Literal::Int(_) | Literal::BigInt(_) | Literal::Bool(_)
        );
    Some(if bare {
        integer(value)?
    } else {
        quoted(&text, target)
    })
}

/// The text of a key, index or path into a JSON document.
pub(super) fn json_path_text(value: &Literal, type_: &SqlType, target: &Target) -> Option<String> {
    if let Literal::List(steps) | Literal::Tuple(steps) = value {
        if target.is_postgres() {
            let steps: Vec<String> = steps.iter().map(python_text).collect();
            return Some(format!("{{{}}}", steps.join(", ")));
        }
        let steps: Vec<String> = steps
            .iter()
            .map(|step| match step {
                Literal::Int(_) | Literal::BigInt(_) => format!("[{}]", python_text(step)),
                step => format!(".\"{}\"", python_text(step)),
            })
            .collect();
        return Some(format!("${}", steps.concat()));
    }
    if target.is_postgres() || type_.class() == TypeClass::JsonPath {
        return match value {
            Literal::Int(_) | Literal::BigInt(_) | Literal::Bool(_) => integer(value),
            value => text_of(value).map(|text| text.to_string()),
        };
    }
    Some(match value {
        Literal::Int(_) | Literal::BigInt(_) => format!("$[{}]", python_text(value)),
        value => format!("$.\"{}\"", python_text(value)),
    })
}

fn bytes(value: &Literal) -> Rendered {
    let Literal::Bytes(bytes) = value else {
        return Err(Refusal::Failed);
    };
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::Failed)?;
    Ok(format!("'{}'", text.replace('\'', "''")))
}

fn array(value: &Literal, type_: &SqlType, target: &Target, depth: u8) -> Rendered {
    let item = type_.arguments().item.clone().unwrap_or_else(SqlType::null);
    if matches!(
        item.family(),
        Family::Json | Family::Null | Family::Range | Family::Other
    ) && item.hooks().is_none()
    {
        return Err(Refusal::NoRenderer);
    }
    let prefix = if target.is_postgres() || type_.class() == TypeClass::PostgresArray {
        "ARRAY"
    } else {
        ""
    };
    let dimensions = type_.arguments().dimensions;
    array_level(value, &item, prefix, dimensions, target, depth)
}

fn array_level(
    value: &Literal,
    item: &SqlType,
    prefix: &str,
    dimensions: Option<u32>,
    target: &Target,
    depth: u8,
) -> Rendered {
    let (Literal::List(items) | Literal::Tuple(items)) = value else {
        return Err(Refusal::Failed);
    };
    let nested = match dimensions {
        Some(dimensions) => dimensions > 1,
        None => matches!(items.first(), Some(Literal::List(_) | Literal::Tuple(_))),
    };
    if depth > 32 {
        return Err(Refusal::Failed);
    }
    let mut parts = Vec::with_capacity(items.len());
    for element in items.iter() {
        parts.push(if nested && !element.is_none() {
            let inner = dimensions.map(|dimensions| dimensions - 1);
            array_level(element, item, prefix, inner, target, depth + 1)?
        } else {
            render(element, item, target, depth + 1).map_err(|_| Refusal::Failed)?
        });
    }
    Ok(format!("{prefix}[{}]", parts.join(", ")))
}
