//! Python values that stand in statements, and their text on each backend.

mod json;
mod parameter;
mod render;
mod repr;
mod time;

use std::rc::Rc;

pub use json::json_text;
pub use parameter::parameter_value;
pub use render::literal_text;
pub use repr::python_repr;
pub use time::{Date, DateTime, Time, Timedelta};

use super::types::{SqlType, TypeArguments, TypeClass};

/// A Python value.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number too large for a machine word, in decimal digits.
    BigInt(Rc<str>),
    /// A floating-point number.
    Float(f64),
    /// `decimal.Decimal`, as `str` prints it.
    Decimal(Rc<str>),
    /// Text.
    Str(Rc<str>),
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// `datetime.date`.
    Date(Date),
    /// `datetime.time`.
    Time(Time),
    /// `datetime.datetime`.
    DateTime(DateTime),
    /// `datetime.timedelta`.
    Timedelta(Timedelta),
    /// `uuid.UUID`.
    Uuid([u8; 16]),
    /// A member of a Python enum.
    EnumMember(Rc<EnumMember>),
    /// A list.
    List(Rc<[Literal]>),
    /// A tuple.
    Tuple(Rc<[Literal]>),
    /// A dictionary, in order.
    Dict(Rc<[(Literal, Literal)]>),
    /// Any other object, by its class name and `repr`.
    Object {
        /// The class's name.
        class: Rc<str>,
        /// What `repr` prints.
        repr: Rc<str>,
    },
}

/// A member of a Python enum.
#[derive(Debug, Clone, PartialEq)]
pub struct EnumMember {
    /// The enum's class name.
    pub class: String,
    /// The member's name.
    pub name: String,
    /// The member's value.
    pub value: Literal,
    /// Whether the class also derives from the value's type (`class Colour(str, Enum)`).
    pub is_value: bool,
    /// The names of all members of the class.
    pub names: Rc<[String]>,
}

impl Literal {
    /// Text.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self::Str(Rc::from(text.as_ref()))
    }

    /// Whether it is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The type SQLAlchemy infers for a value whose type nobody named.
    pub fn inferred_type(&self) -> SqlType {
        let zoned = |class| {
            SqlType::with(
                class,
                TypeArguments {
                    timezone: true,
                    ..TypeArguments::default()
                },
            )
        };
        match self {
            Self::None | Self::List(_) | Self::Tuple(_) | Self::Dict(_) | Self::Object { .. } => {
                SqlType::null()
            }
            Self::Bool(_) => SqlType::boolean(),
            Self::Int(value) if value.unsigned_abs() < 1 << 31 => SqlType::integer(),
            Self::Int(_) | Self::BigInt(_) => SqlType::new(TypeClass::BigInteger),
            Self::Float(_) => SqlType::new(TypeClass::Double),
            Self::Decimal(_) => SqlType::new(TypeClass::Numeric),
            Self::Str(text) if text.is_ascii() => SqlType::string(),
            Self::Str(_) => SqlType::new(TypeClass::Unicode),
            Self::Bytes(_) => SqlType::new(TypeClass::LargeBinary),
            Self::Date(_) => SqlType::new(TypeClass::Date),
            Self::Time(time) if time.offset.is_some() => zoned(TypeClass::Time),
            Self::Time(_) => SqlType::new(TypeClass::Time),
            Self::DateTime(value) if value.time.offset.is_some() => zoned(TypeClass::DateTime),
            Self::DateTime(_) => SqlType::new(TypeClass::DateTime),
            Self::Timedelta(_) => SqlType::new(TypeClass::Interval),
            Self::Uuid(_) => SqlType::new(TypeClass::Uuid),
            // Only members of a class that SQLAlchemy's type map lists are recognised, and no class of
            // the migrations' own is in it.
            Self::EnumMember(_) => SqlType::null(),
        }
    }
}

#[cfg(test)]
mod tests;
