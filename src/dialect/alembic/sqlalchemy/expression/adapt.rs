//! The type of an operator's result, and the type a bare value takes next to an expression.

use super::operator::Operator;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::types::{Family, SqlType, TypeArguments, TypeClass};

impl SqlType {
    /// The family as SQLAlchemy compares it, where an enum is text.
    fn affinity(&self) -> Family {
        match self.family() {
            Family::Enum => Family::String,
            other => other,
        }
    }

    /// `_compare_type_affinity`.
    pub(super) fn compares_with(&self, other: &Self) -> bool {
        let (one, two) = (self.affinity(), other.affinity());
        one == two
            && (!matches!(one, Family::Other | Family::Network) || self.class() == other.class())
    }

    fn is_concatenable(&self) -> bool {
        matches!(
            self.affinity(),
            Family::String | Family::Json | Family::Array | Family::Hstore
        )
    }

    /// The type of a value next to an expression of this type: `coerce_compared_value`.
    pub(super) fn compared_value_type(&self, operator: Option<&Operator>, value: &Literal) -> Self {
        if let Some(hooks) = self.hooks() {
            return hooks.compared_value(value).unwrap_or_else(|| self.clone());
        }
        let family = self.family();
        let is_text = matches!(value, Literal::Str(_))
            || matches!(value, Literal::EnumMember(member) if member.is_value && matches!(member.value, Literal::Str(_)));
        match self.class() {
            TypeClass::Interval => {
                return Self::new(TypeClass::DateTime).compared_value_type(operator, value);
            }
            TypeClass::Citext | TypeClass::PickleType => return self.clone(),
            TypeClass::Jsonb => {
                if let Some(Operator::Custom(custom)) = operator
                    && matches!(custom.text.as_str(), "@?" | "@@")
                {
                    return Self::new(TypeClass::JsonPath);
                }
            }
            _ => {}
        }
        match family {
            Family::Network => return self.clone(),
            Family::Binary | Family::Uuid | Family::PostgresBit if is_text => return self.clone(),
            Family::Tuple => {
                if let Literal::Tuple(values) | Literal::List(values) = value {
                    let types = self
                        .arguments()
                        .types
                        .iter()
                        .zip(values.iter())
                        .map(|(type_, value)| type_.compared_value_type(operator, value))
                        .collect();
                    return Self::tuple(types);
                }
            }
            _ => {}
        }
        let inferred = value.inferred_type();
        if inferred.is_null() || inferred.compares_with(self) {
            self.clone()
        } else {
            inferred
        }
    }

    /// `TupleType`.
    pub fn tuple(types: Vec<Self>) -> Self {
        Self::with(
            TypeClass::Tuple,
            TypeArguments {
                types,
                ..TypeArguments::default()
            },
        )
    }

    /// The operator and type of `left operator right`: `_adapt_expression`.
    pub(super) fn adapt(&self, operator: Operator, other: &Self) -> (Operator, Self) {
        if self.is_null() {
            if other.is_null() || !operator.is_commutative() {
                return (operator, self.clone());
            }
            return other.adapt(operator, self);
        }
        let plain = self.plain();
        if plain.is_concatenable() {
            let joins =
                operator == Operator::Add && (other.is_null() || other.plain().is_concatenable());
            let operator = if joins { Operator::Concat } else { operator };
            if plain.family() == Family::Enum && operator == Operator::Concat {
                let length = plain
                    .enumeration()
                    .and_then(|definition| definition.effective_length());
                return (
                    operator,
                    Self::with(
                        TypeClass::String,
                        TypeArguments {
                            length,
                            ..TypeArguments::default()
                        },
                    ),
                );
            }
            return (operator, self.clone());
        }
        let type_ = adapted(&plain, &operator, other).unwrap_or_else(|| self.clone());
        (operator, type_)
    }
}

/// The type that arithmetic between two families gives, where it is not the left side's.
fn adapted(left: &SqlType, operator: &Operator, other: &SqlType) -> Option<SqlType> {
    use Family::{Date, DateTime, Float, Integer, Interval, Numeric, Time};
    let right = other.affinity();
    let result = match (left.affinity(), operator) {
        (Integer, Operator::Add) => match right {
            Date => Date,
            Numeric | Float => right,
            _ => return None,
        },
        (Integer, Operator::Mul) => match right {
            Interval | Numeric | Float => right,
            _ => return None,
        },
        (Integer, Operator::TrueDiv) => match right {
            Integer | Numeric => Numeric,
            Float => Float,
            _ => return None,
        },
        (Integer, Operator::FloorDiv) if right == Numeric => Numeric,
        (Integer, Operator::Sub) => match right {
            Numeric | Float => right,
            _ => return None,
        },
        (Numeric | Float, Operator::Mul) if right == Interval => Interval,
        (DateTime, Operator::Sub) if right == DateTime => Interval,
        (Date, Operator::Add) if matches!(right, Interval | Time) => DateTime,
        (Date, Operator::Sub) => match right {
            Date => Integer,
            Interval => DateTime,
            DateTime => Interval,
            _ => return None,
        },
        (Time, Operator::Add) if right == Date => DateTime,
        (Time, Operator::Sub) if right == Time => Interval,
        (Interval, Operator::Add) => match right {
            Date | DateTime => DateTime,
            Time => Time,
            _ => return None,
        },
        _ => return None,
    };
    if result == right {
        return Some(other.clone());
    }
    Some(match result {
        Integer => SqlType::integer(),
        Numeric => SqlType::new(TypeClass::Numeric),
        Float => SqlType::new(TypeClass::Float),
        DateTime => SqlType::new(TypeClass::DateTime),
        Time => SqlType::new(TypeClass::Time),
        Date => SqlType::new(TypeClass::Date),
        _ => SqlType::new(TypeClass::Interval),
    })
}
