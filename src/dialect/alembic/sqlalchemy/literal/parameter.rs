//! A value as a driver sends it beside the text: a number, text or bytes.

use super::render::{enum_label, json_path_text, python_text, sqlite_moment, text_of, truth};
use super::repr::{shortened, uuid};
use super::{Literal, json_text};
use crate::dialect::alembic::sqlalchemy::error::{CompileError, ErrorClass};
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType, TypeClass, describe};

/// A value as a driver would send it for a parameter of a type: `None`, a truth value, a number, text or bytes.
pub fn parameter_value(
    value: &Literal,
    type_: &SqlType,
    target: &Target,
) -> Result<Literal, CompileError> {
    parameter(value, type_, target, 0)
}

fn parameter(
    value: &Literal,
    type_: &SqlType,
    target: &Target,
    depth: u8,
) -> Result<Literal, CompileError> {
    let variant = type_.variant_for(target);
    if depth > 32 {
        return Err(unsendable(value, variant));
    }
    if let Some(hooks) = variant.hooks() {
        let bound = hooks.bind(value, target)?;
        let inner = variant.resolve(target)?;
        let value = bound.as_ref().unwrap_or(value);
        return if inner.hooks().is_some() {
            plain(value, variant, target)
        } else {
            parameter(value, &inner, target, depth + 1)
        };
    }
    let family = variant.class().family();
    if family == Family::Json && !(value.is_none() && variant.arguments().none_as_null) {
        let text = json_text(value).ok_or_else(|| {
            CompileError::of(
                ErrorClass::Type,
                format!(
                    "Object of type {} is not JSON serializable",
                    class_name(value)
                ),
            )
        })?;
        return Ok(Literal::Str(text.into()));
    }
    if value.is_none() {
        return Ok(Literal::None);
    }
    let refuse = || unsendable(value, variant);
    Ok(match family {
        Family::Boolean => {
            let flag = truth(value).ok_or_else(refuse)?;
            if target.is_postgres() {
                Literal::Bool(flag)
            } else {
                Literal::Int(i64::from(flag))
            }
        }
        Family::Enum => match variant.enumeration() {
            Some(definition) => Literal::Str(enum_label(value, definition).ok_or_else(refuse)?),
            None => plain(value, variant, target)?,
        },
        Family::Date | Family::DateTime | Family::Time if target.is_sqlite() => {
            Literal::Str(sqlite_moment(value, variant).ok_or_else(refuse)?.into())
        }
        Family::Interval if !target.is_postgres() || variant.arguments().emulated => {
            let Literal::Timedelta(span) = value else {
                return Err(refuse());
            };
            let moment = Literal::DateTime(span.after_epoch().ok_or_else(refuse)?);
            return parameter(
                &moment,
                &SqlType::new(TypeClass::DateTime),
                target,
                depth + 1,
            );
        }
        Family::Uuid => match value {
            Literal::Uuid(id) if variant.arguments().emulated || !target.is_postgres() => {
                Literal::Str(uuid(id).replace('-', "").into())
            }
            Literal::Str(text) if variant.arguments().emulated || !target.is_postgres() => {
                Literal::Str(text.replace('-', "").into())
            }
            _ => plain(value, variant, target)?,
        },
        Family::Numeric if target.is_sqlite() => match value {
            Literal::Decimal(text) => Literal::Float(text.parse().map_err(|_| refuse())?),
            Literal::Int(_) | Literal::Float(_) => value.clone(),
            _ => plain(value, variant, target)?,
        },
        Family::Array => Literal::Str(array_text(value, variant, target, depth)?.into()),
        Family::JsonPath => match value {
            Literal::Int(_) if target.is_postgres() => value.clone(),
            _ => Literal::Str(
                json_path_text(value, variant, target)
                    .ok_or_else(refuse)?
                    .into(),
            ),
        },
        _ => plain(value, variant, target)?,
    })
}

fn class_name(value: &Literal) -> &str {
    match value {
        Literal::None => "NoneType",
        Literal::Bool(_) => "bool",
        Literal::Int(_) | Literal::BigInt(_) => "int",
        Literal::Float(_) => "float",
        Literal::Decimal(_) => "Decimal",
        Literal::Str(_) => "str",
        Literal::Bytes(_) => "bytes",
        Literal::Date(_) => "date",
        Literal::Time(_) => "time",
        Literal::DateTime(_) => "datetime",
        Literal::Timedelta(_) => "timedelta",
        Literal::Uuid(_) => "UUID",
        Literal::EnumMember(member) => &member.class,
        Literal::List(_) => "list",
        Literal::Tuple(_) => "tuple",
        Literal::Dict(_) => "dict",
        Literal::Object { class, .. } => class,
    }
}

fn unsendable(value: &Literal, type_: &SqlType) -> CompileError {
    CompileError::of(
        ErrorClass::Type,
        format!(
            "a value of type {} cannot be sent as {}: {}",
            class_name(value),
            describe(type_),
            shortened(value)
        ),
    )
}

/// A value whose type has no processor of its own, as text where the driver would format it.
fn plain(value: &Literal, type_: &SqlType, target: &Target) -> Result<Literal, CompileError> {
    Ok(match value {
        Literal::Bool(flag) if !target.is_postgres() => Literal::Int(i64::from(*flag)),
        Literal::None
        | Literal::Bool(_)
        | Literal::Int(_)
        | Literal::BigInt(_)
        | Literal::Float(_)
        | Literal::Str(_)
        | Literal::Bytes(_) => value.clone(),
        Literal::Decimal(_) if target.is_sqlite() => return Err(unsendable(value, type_)),
        Literal::Decimal(text) => Literal::Str(text.clone()),
        Literal::Date(_) | Literal::Time(_) | Literal::DateTime(_) | Literal::Uuid(_) => {
            if target.is_sqlite() && matches!(value, Literal::Uuid(_) | Literal::Time(_)) {
                return Err(unsendable(value, type_));
            }
            Literal::Str(python_text(value).into())
        }
        Literal::Timedelta(span) if target.is_postgres() => {
            let (days, seconds, microseconds) = span.parts();
            Literal::Str(format!("{days} days {seconds}.{microseconds:06} seconds").into())
        }
        Literal::EnumMember(member) if member.is_value => {
            return plain(&member.value, type_, target);
        }
        Literal::List(_) if target.is_postgres() => {
            let array = SqlType::array(TypeClass::PostgresArray, SqlType::null(), None);
            Literal::Str(array_text(value, &array, target, 0)?.into())
        }
        Literal::Dict(pairs) if target.is_postgres() && type_.family() == Family::Hstore => {
            Literal::Str(
                hstore_text(pairs)
                    .ok_or_else(|| unsendable(value, type_))?
                    .into(),
            )
        }
        _ => return Err(unsendable(value, type_)),
    })
}

fn hstore_text(pairs: &[(Literal, Literal)]) -> Option<String> {
    let escaped = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut parts = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        let key = text_of(key)?;
        parts.push(match value {
            Literal::None => format!("{}=>NULL", escaped(&key)),
            value => format!("{}=>{}", escaped(&key), escaped(&text_of(value)?)),
        });
    }
    Some(parts.join(", "))
}

/// A list as the text of a PostgreSQL array.
fn array_text(
    value: &Literal,
    type_: &SqlType,
    target: &Target,
    depth: u8,
) -> Result<String, CompileError> {
    let (Literal::List(items) | Literal::Tuple(items)) = value else {
        return Err(unsendable(value, type_));
    };
    if depth > 16 {
        return Err(unsendable(value, type_));
    }
    let item = type_.arguments().item.clone().unwrap_or_else(SqlType::null);
    let mut parts = Vec::with_capacity(items.len());
    for element in items.iter() {
        parts.push(match element {
            Literal::List(_) | Literal::Tuple(_) if item.family() != Family::Json => {
                array_text(element, type_, target, depth + 1)?
            }
            element => match parameter(element, &item, target, depth + 1)? {
                Literal::None => "NULL".into(),
                Literal::Bool(flag) => if flag { "t" } else { "f" }.to_owned(),
                Literal::Bytes(bytes) => {
                    let hex = hex::encode(&bytes);
                    format!("\"\\\\x{hex}\"")
                }
                Literal::Str(text) => {
                    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
                }
                other => python_text(&other),
            },
        });
    }
    Ok(format!("{{{}}}", parts.join(",")))
}
