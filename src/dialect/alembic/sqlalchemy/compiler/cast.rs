//! The casts that tell PostgreSQL the types of parameters.

use super::Compiler;
use crate::dialect::alembic::sqlalchemy::target::PostgresDriver;
use crate::dialect::alembic::sqlalchemy::types::{
    ColumnContext, Family, SqlType, TypeArguments, TypeClass, ddl,
};

/// A type without arguments.
fn plain(class: TypeClass) -> SqlType {
    SqlType::new(class)
}

/// A date or time of which only the time zone counts.
fn zoned(class: TypeClass, type_: &SqlType) -> SqlType {
    SqlType::with(
        class,
        TypeArguments {
            timezone: type_.arguments().timezone,
            ..TypeArguments::default()
        },
    )
}

/// A number of the general class, with its precision and scale.
fn number(class: TypeClass, type_: &SqlType) -> SqlType {
    let arguments = type_.arguments();
    SqlType::with(
        class,
        TypeArguments {
            precision: arguments.precision,
            scale: arguments.scale,
            ..TypeArguments::default()
        },
    )
}

fn whole_number(class: TypeClass) -> SqlType {
    plain(match class {
        TypeClass::SmallInteger | TypeClass::SmallIntUpper | TypeClass::MysqlSmallInt => {
            TypeClass::SmallInteger
        }
        TypeClass::BigInteger | TypeClass::BigIntUpper | TypeClass::MysqlBigInt => {
            TypeClass::BigInteger
        }
        _ => TypeClass::Integer,
    })
}

/// What a named parameter of a type is cast to. The types that need a cast are each driver's own.
fn named_cast(type_: &SqlType, driver: PostgresDriver) -> Option<SqlType> {
    let class = type_.class();
    let emulated = type_.arguments().emulated;
    match class.family() {
        Family::Json | Family::Array | Family::Range | Family::Multirange | Family::PostgresBit => {
            return Some(type_.clone());
        }
        Family::Uuid if !emulated => return Some(plain(TypeClass::UuidUpper)),
        _ if driver == PostgresDriver::Psycopg2 => return None,
        _ => {}
    }
    let asyncpg = driver == PostgresDriver::Asyncpg;
    let thorough = driver != PostgresDriver::Psycopg;
    match class.family() {
        Family::String if class != TypeClass::Citext => Some(plain(TypeClass::String)),
        Family::Integer => Some(whole_number(class)),
        Family::Date => Some(plain(TypeClass::Date)),
        Family::DateTime => Some(zoned(TypeClass::DateTime, type_)),
        Family::Time => Some(zoned(TypeClass::Time, type_)),
        Family::Interval if class == TypeClass::PostgresInterval => Some(type_.clone()),
        Family::Interval if emulated => Some(plain(TypeClass::DateTime)),
        Family::Interval if thorough => Some(type_.clone()),
        Family::Boolean if thorough => Some(plain(TypeClass::Boolean)),
        Family::Numeric if thorough => Some(number(TypeClass::Numeric, type_)),
        Family::Float if thorough => Some(number(TypeClass::Float, type_)),
        Family::Binary
            if asyncpg && !matches!(class, TypeClass::BinaryUpper | TypeClass::VarbinaryUpper) =>
        {
            Some(plain(TypeClass::Bytea))
        }
        Family::Enum => {
            let native = type_
                .enumeration()
                .is_some_and(|definition| !definition.emulated);
            (asyncpg && native).then(|| type_.clone())
        }
        _ => match class {
            TypeClass::Regconfig if driver != PostgresDriver::Pg8000 => Some(type_.clone()),
            TypeClass::Oid | TypeClass::Regclass if asyncpg => Some(type_.clone()),
            _ => None,
        },
    }
}

/// What a numbered parameter of a type is cast to, which the server has to understand without the
/// help of a Python driver.
fn numbered_cast(type_: &SqlType) -> Option<SqlType> {
    match (type_.class().family(), type_.class()) {
        (_, TypeClass::Citext) => Some(plain(TypeClass::Citext)),
        (Family::Interval, _) => (!type_.arguments().emulated).then(|| type_.clone()),
        _ => named_cast(type_, PostgresDriver::Psycopg),
    }
}

impl Compiler<'_> {
    /// A named parameter with the cast that the driver would give it.
    pub(super) fn with_named_cast(&self, mark: String, type_: &SqlType) -> String {
        let driver = self.target.driver;
        let indexes = driver != PostgresDriver::Psycopg2;
        self.with_cast_to(mark, type_, indexes, |type_| named_cast(type_, driver))
    }

    /// A parameter or value with the cast that it needs when it is executed.
    pub(super) fn with_cast(&self, mark: String, type_: &SqlType) -> String {
        self.with_cast_to(mark, type_, true, numbered_cast)
    }

    fn with_cast_to(
        &self,
        mark: String,
        type_: &SqlType,
        indexes: bool,
        cast: impl FnOnce(&SqlType) -> Option<SqlType>,
    ) -> String {
        if !self.target.is_postgres() {
            return mark;
        }
        let Ok(resolved) = type_.resolve(self.target) else {
            return mark;
        };
        let name = match resolved.class() {
            TypeClass::JsonIntIndexType => indexes.then(|| "INT".to_owned()),
            TypeClass::JsonStrIndexType => indexes.then(|| "TEXT".to_owned()),
            _ => cast(&resolved).and_then(|cast| ddl(&cast, self.target, ColumnContext::Cast).ok()),
        };
        match name {
            Some(name) => format!("{mark}::{name}"),
            None => mark,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::alembic::sqlalchemy::target::Target;
    use crate::model::Backend;

    fn text(type_: &SqlType, driver: PostgresDriver) -> String {
        let target = Target::new(Backend::Postgres);
        named_cast(type_, driver).map_or_else(String::new, |cast| {
            ddl(&cast, &target, ColumnContext::Cast).expect("a type")
        })
    }

    #[test]
    fn each_driver_casts_its_own_types() {
        let price = SqlType::with(
            TypeClass::Numeric,
            TypeArguments {
                precision: Some(10),
                scale: Some(2),
                ..TypeArguments::default()
            },
        );
        let numbers = SqlType::array(TypeClass::Array, SqlType::integer(), None);
        for (type_, expected) in [
            (SqlType::string(), ["VARCHAR", "", "VARCHAR", "VARCHAR"]),
            (
                plain(TypeClass::SmallIntUpper),
                ["SMALLINT", "", "SMALLINT", "SMALLINT"],
            ),
            (SqlType::boolean(), ["", "", "BOOLEAN", "BOOLEAN"]),
            (price, ["", "", "NUMERIC(10, 2)", "NUMERIC(10, 2)"]),
            (plain(TypeClass::Double), ["", "", "FLOAT", "FLOAT"]),
            (plain(TypeClass::LargeBinary), ["", "", "BYTEA", ""]),
            (plain(TypeClass::Interval), ["", "", "INTERVAL", "INTERVAL"]),
            (
                plain(TypeClass::Regconfig),
                ["REGCONFIG", "", "REGCONFIG", ""],
            ),
            (plain(TypeClass::Oid), ["", "", "OID", ""]),
            (
                plain(TypeClass::Jsonb),
                ["JSONB", "JSONB", "JSONB", "JSONB"],
            ),
            (plain(TypeClass::Citext), ["", "", "", ""]),
            (
                numbers,
                ["INTEGER[]", "INTEGER[]", "INTEGER[]", "INTEGER[]"],
            ),
        ] {
            let found = [
                PostgresDriver::Psycopg,
                PostgresDriver::Psycopg2,
                PostgresDriver::Asyncpg,
                PostgresDriver::Pg8000,
            ]
            .map(|driver| text(&type_, driver));
            assert_eq!(found, expected, "{type_:?}");
        }
    }
}
