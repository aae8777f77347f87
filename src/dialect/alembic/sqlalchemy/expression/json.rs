//! `expression[..]` of JSON documents, arrays and key-value pairs, and what JSON values are read as.

use super::construct::unique_bind;
use super::element::{Element, Expr};
use super::operate::{Operand, Subscript};
use super::operator::{CustomOperator, Operator};
use crate::dialect::alembic::sqlalchemy::error::{CompileError, ErrorClass};
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType, TypeArguments, TypeClass};

/// What `as_string` and its siblings read a JSON value as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonCast {
    /// `as_boolean()`.
    Boolean,
    /// `as_string()`.
    String,
    /// `as_integer()`.
    Integer,
    /// `as_float()`.
    Float,
    /// `as_numeric(precision, scale)`.
    Numeric(i64, i64),
    /// `as_json()`.
    Json,
}

fn unsupported(operator: &Operator) -> CompileError {
    CompileError::of(
        ErrorClass::NotImplemented,
        format!(
            "Operator '{}' is not supported on this expression",
            operator.name()
        ),
    )
}

/// PostgreSQL's `->` of key-value pairs, which newer servers write with brackets.
pub(in crate::dialect::alembic::sqlalchemy) const HSTORE_ITEM: &str = "->";

impl Expr {
    /// `expression[..]`.
    pub fn subscript(&self, subscript: &Subscript) -> Result<Self, CompileError> {
        let type_ = self.type_().plain();
        match type_.family() {
            Family::Json => self.json_item(subscript, self.type_().clone()),
            Family::Array => self.array_item(subscript, &type_),
            Family::Hstore => {
                let Subscript::Item(key) = subscript else {
                    return Err(unsupported(&Operator::GetItem));
                };
                let text = type_
                    .arguments()
                    .text_type
                    .clone()
                    .unwrap_or_else(|| SqlType::new(TypeClass::Text));
                let operator = Operator::Custom(std::rc::Rc::new(CustomOperator {
                    precedence: 15,
                    natural_self_precedent: true,
                    eager_grouping: true,
                    return_type: Some(text),
                    ..CustomOperator::new(HSTORE_ITEM)
                }));
                self.operate(&operator, key)
            }
            _ => Err(unsupported(&Operator::GetItem)),
        }
    }

    fn json_item(&self, subscript: &Subscript, type_: SqlType) -> Result<Self, CompileError> {
        let path = |items: Literal| {
            unique_bind(
                &self.key_name(),
                items,
                Some(SqlType::new(TypeClass::JsonPathType)),
            )
        };
        let (operator, right) = match subscript {
            Subscript::Path(items) => (
                Operator::JsonPathGetItem,
                path(Literal::List(items.clone().into())),
            ),
            Subscript::Item(Operand::Literal(items @ (Literal::List(_) | Literal::Tuple(_)))) => {
                (Operator::JsonPathGetItem, path(items.clone()))
            }
            Subscript::Item(Operand::Literal(value)) => {
                let whole = matches!(
                    value,
                    Literal::Int(_) | Literal::Bool(_) | Literal::BigInt(_)
                );
                let class = if whole {
                    TypeClass::JsonIntIndexType
                } else {
                    TypeClass::JsonStrIndexType
                };
                (
                    Operator::JsonGetItem,
                    unique_bind(&self.key_name(), value.clone(), Some(SqlType::new(class))),
                )
            }
            Subscript::Item(operand) => (Operator::JsonGetItem, operand.as_argument(None)?),
            Subscript::Slice(..) => return Err(unsupported(&Operator::GetItem)),
        };
        Ok(self.join_sides(operator, right, false, Some(type_)))
    }

    fn key_name(&self) -> String {
        match self.element() {
            Element::Column(column) => column.key.to_string(),
            Element::Function(function) => function.name.as_str().to_owned(),
            _ => "param".into(),
        }
    }

    fn array_item(&self, subscript: &Subscript, array: &SqlType) -> Result<Self, CompileError> {
        let arguments = array.arguments();
        let shift = i64::from(arguments.zero_indexes);
        let shifted = |operand: &Operand| match operand {
            Operand::Literal(Literal::Int(index)) => {
                Operand::Literal(match index.checked_add(shift) {
                    Some(index) => Literal::Int(index),
                    None => {
                        let index = i128::from(*index) + i128::from(shift);
                        Literal::BigInt(index.to_string().into())
                    }
                })
            }
            other => other.clone(),
        };
        match subscript {
            Subscript::Slice(start, stop) => {
                let bound = |operand: &Operand| match shifted(operand) {
                    Operand::Literal(value) if !value.is_none() => Ok(unique_bind(
                        &self.key_name(),
                        value,
                        Some(SqlType::integer()),
                    )),
                    other => other.as_argument(None),
                };
                let slice = Element::Slice {
                    start: bound(start)?,
                    stop: bound(stop)?,
                };
                let slice = Self::new(slice, SqlType::null());
                Ok(self.join_sides(Operator::GetItem, slice, false, Some(self.type_().clone())))
            }
            Subscript::Item(index) => {
                let item = match arguments.dimensions {
                    Some(dimensions) if dimensions > 1 => SqlType::with(
                        array.class(),
                        TypeArguments {
                            dimensions: Some(dimensions - 1),
                            ..arguments.clone()
                        },
                    ),
                    _ => arguments.item.clone().unwrap_or_else(SqlType::null),
                };
                let right = match shifted(index) {
                    Operand::Literal(value) => self.bind_for(&Operator::GetItem, &value, None),
                    other => other.as_argument(None)?,
                };
                Ok(self.join_sides(Operator::GetItem, right, false, Some(item)))
            }
            Subscript::Path(_) => Err(unsupported(&Operator::GetItem)),
        }
    }

    /// PostgreSQL's `expression[..].astext`.
    pub fn astext(&self) -> Result<Self, CompileError> {
        let Element::Binary(binary) = self.element() else {
            return Err(CompileError::of(
                ErrorClass::Attribute,
                "Neither 'Column' object nor 'Comparator' object has an attribute 'right'",
            ));
        };
        let text = self
            .type_()
            .plain()
            .arguments()
            .astext_type
            .clone()
            .unwrap_or_else(|| SqlType::new(TypeClass::Text));
        let path = matches!(
            binary.right.type_().class(),
            TypeClass::JsonPathType | TypeClass::JsonPath
        );
        let operator = Operator::postgres_path(if path { "#>>" } else { "->>" });
        Ok(binary
            .left
            .join_sides(operator, binary.right.clone(), false, Some(text)))
    }

    /// `expression[..].as_string()` and its siblings.
    pub fn json_as(&self, cast: JsonCast) -> Result<Self, CompileError> {
        let (type_, name) = match cast {
            JsonCast::Boolean => (SqlType::boolean(), "as_boolean"),
            JsonCast::String => (SqlType::new(TypeClass::Unicode), "as_string"),
            JsonCast::Integer => (SqlType::integer(), "as_integer"),
            JsonCast::Float => (SqlType::new(TypeClass::Float), "as_float"),
            JsonCast::Numeric(precision, scale) => {
                let arguments = TypeArguments {
                    precision: Some(precision),
                    scale: Some(scale),
                    ..TypeArguments::default()
                };
                (SqlType::with(TypeClass::Numeric, arguments), "as_numeric")
            }
            JsonCast::Json => return Ok(self.clone()),
        };
        match self.element() {
            Element::Binary(binary)
                if matches!(
                    binary.operator,
                    Operator::JsonGetItem | Operator::JsonPathGetItem
                ) =>
            {
                Ok(self.with_type(type_))
            }
            _ => Err(CompileError::of(
                ErrorClass::InvalidRequest,
                format!(
                    "The JSON cast operator JSON.{name}() only works with a JSON index expression e.g. col['q'].{name}()"
                ),
            )),
        }
    }
}
