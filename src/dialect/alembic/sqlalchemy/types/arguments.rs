//! What a type object is constructed with.

use std::rc::Rc;

use super::SqlType;
use crate::dialect::alembic::sqlalchemy::expression::Expr;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::target::Name;

/// Every argument a type class takes; a class looks at its own and ignores the rest.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent keyword of SQLAlchemy's"
)]
pub struct TypeArguments {
    /// `length`.
    pub length: Option<i64>,
    /// `precision`.
    pub precision: Option<i64>,
    /// `scale`.
    pub scale: Option<i64>,
    /// `collation`.
    pub collation: Option<String>,
    /// `collation_schema`.
    pub collation_schema: Option<String>,
    /// `timezone`.
    pub timezone: bool,
    /// `fsp`, MySQL's fractional seconds.
    pub fractional_seconds: Option<i64>,
    /// `display_width`.
    pub display_width: Option<i64>,
    /// `unsigned`.
    pub unsigned: bool,
    /// `zerofill`.
    pub zerofill: bool,
    /// `charset`.
    pub charset: Option<String>,
    /// `ascii`.
    pub ascii: bool,
    /// `unicode`.
    pub unicode: bool,
    /// `binary`.
    pub binary: bool,
    /// `national`.
    pub national: bool,
    /// `varying`, of PostgreSQL's `BIT`.
    pub varying: bool,
    /// `fields`, of PostgreSQL's `INTERVAL`.
    pub fields: Option<String>,
    /// `second_precision`, of `Interval`.
    pub second_precision: Option<i64>,
    /// The opposite of `native` of `Interval`, `native_uuid` of `Uuid`.
    pub emulated: bool,
    /// The opposite of `as_uuid`.
    pub uuid_as_text: bool,
    /// `none_as_null`, of JSON.
    pub none_as_null: bool,
    /// `astext_type`, of PostgreSQL's JSON.
    pub astext_type: Option<SqlType>,
    /// `text_type`, of `HSTORE`.
    pub text_type: Option<SqlType>,
    /// `create_constraint`, of `Boolean`.
    pub create_constraint: bool,
    /// `name`, of `Boolean`.
    pub name: Option<Name>,
    /// `item_type`, of arrays.
    pub item: Option<SqlType>,
    /// `dimensions`, of arrays.
    pub dimensions: Option<u32>,
    /// `zero_indexes`, of arrays.
    pub zero_indexes: bool,
    /// The values of `SET`.
    pub values: Vec<String>,
    /// `retrieve_as_bitwise`, of `SET`.
    pub retrieve_as_bitwise: bool,
    /// The members of `Enum` and `ENUM`.
    pub enumeration: Option<Rc<EnumDefinition>>,
    /// The definition of `DOMAIN`.
    pub domain: Option<Rc<DomainDefinition>>,
    /// `impl`, of `PickleType`.
    pub implementation: Option<SqlType>,
    /// `storage_format`, of SQLite's dates and times.
    pub storage_format: Option<String>,
    /// `truncate_microseconds`, of SQLite's dates and times.
    pub truncate_microseconds: bool,
    /// The types of a tuple.
    pub types: Vec<SqlType>,
}

/// The members and switches of `Enum` and the backends' `ENUM`.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent keyword of SQLAlchemy's"
)]
pub struct EnumDefinition {
    /// What is stored, in order.
    pub labels: Vec<String>,
    /// The members behind the labels, one for each, when a Python enum was given.
    pub members: Vec<Literal>,
    /// The Python enum's class name.
    pub class: Option<String>,
    /// `name`; of a Python enum its class name in lower case.
    pub name: Option<Name>,
    /// `schema`.
    pub schema: Option<Name>,
    /// Where the schema comes from.
    pub schema_source: SchemaSource,
    /// The opposite of `native_enum`.
    pub emulated: bool,
    /// `create_constraint`.
    pub create_constraint: bool,
    /// The opposite of `create_type`.
    pub skip_create_type: bool,
    /// `length`, when it was given: `Some(None)` for an explicit `None`.
    pub length: Option<Option<i64>>,
    /// `validate_strings`.
    pub validate_strings: bool,
}

/// Where the schema of a named type comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SchemaSource {
    /// From the metadata of the first table it stands in, if that has one.
    #[default]
    Metadata,
    /// From that table (`inherit_schema=True`).
    Table,
    /// It is settled.
    Settled,
}

impl EnumDefinition {
    /// The length of the `VARCHAR` that takes the place of a native enum.
    pub fn effective_length(&self) -> Option<i64> {
        let longest = self
            .labels
            .iter()
            .map(|label| label.chars().count())
            .max()
            .unwrap_or(0);
        self.length.unwrap_or_else(|| i64::try_from(longest).ok())
    }
}

/// A PostgreSQL `DOMAIN`.
#[derive(Debug, Clone)]
pub struct DomainDefinition {
    /// `name`.
    pub name: Name,
    /// `schema`.
    pub schema: Option<Name>,
    /// `data_type`.
    pub data_type: SqlType,
    /// `collation`.
    pub collation: Option<String>,
    /// `default`.
    pub default: Option<Expr>,
    /// `constraint_name`.
    pub constraint_name: Option<Name>,
    /// `not_null`.
    pub not_null: bool,
    /// `check`.
    pub check: Option<Expr>,
    /// The opposite of `create_type`.
    pub skip_create_type: bool,
}
