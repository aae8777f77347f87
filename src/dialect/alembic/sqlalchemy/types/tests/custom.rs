//! Types of the migrations' own, and the checks that stand in for native types.

use std::rc::Rc;

use crate::dialect::alembic::sqlalchemy::compiler::literal_sql;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::expression::{Operand, Operator, cast, column};
use crate::dialect::alembic::sqlalchemy::literal::{Literal, literal_text};
use crate::dialect::alembic::sqlalchemy::target::{Name, Target};
use crate::dialect::alembic::sqlalchemy::types::{
    CheckValue, ColumnContext, CustomForm, CustomType, EnumDefinition, SqlType, TypeArguments,
    TypeClass, check_values, ddl,
};
use crate::model::Backend;

/// A decorator that is a `UUID` on PostgreSQL and text elsewhere, and writes values in capitals.
struct Guid;

impl CustomType for Guid {
    fn class_name(&self) -> &'static str {
        "GUID"
    }

    fn form(&self, target: &Target) -> Result<CustomForm, CompileError> {
        let arguments = TypeArguments {
            length: Some(36),
            ..TypeArguments::default()
        };
        Ok(CustomForm::Type(if target.is_postgres() {
            SqlType::new(TypeClass::UuidUpper)
        } else {
            SqlType::with(TypeClass::CharUpper, arguments)
        }))
    }

    fn implementation(&self) -> Option<SqlType> {
        Some(SqlType::new(TypeClass::CharUpper))
    }

    fn bind(&self, value: &Literal, target: &Target) -> Result<Option<Literal>, CompileError> {
        Ok(match value {
            Literal::Str(text) if !target.is_postgres() => Some(Literal::text(text.to_uppercase())),
            _ => None,
        })
    }
}

/// A type with a text of its own.
struct Vector;

impl CustomType for Vector {
    fn class_name(&self) -> &'static str {
        "Vector"
    }

    fn form(&self, _target: &Target) -> Result<CustomForm, CompileError> {
        Ok(CustomForm::Text("VECTOR(3)".into()))
    }
}

/// A decorator that never arrives at a type.
struct Endless;

impl CustomType for Endless {
    fn class_name(&self) -> &'static str {
        "Endless"
    }

    fn form(&self, _target: &Target) -> Result<CustomForm, CompileError> {
        Ok(CustomForm::Type(SqlType::custom(Rc::new(Self))))
    }

    fn implementation(&self) -> Option<SqlType> {
        Some(SqlType::custom(Rc::new(Self)))
    }
}

fn printed(type_: &SqlType, backend: Backend) -> String {
    ddl(type_, &Target::new(backend), ColumnContext::Definition).unwrap()
}

#[test]
fn hooks_decide_the_text() {
    let guid = SqlType::custom(Rc::new(Guid));
    assert_eq!(printed(&guid, Backend::Postgres), "UUID");
    assert_eq!(printed(&guid, Backend::Sqlite), "CHAR(36)");
    let vector = SqlType::custom(Rc::new(Vector));
    assert_eq!(printed(&vector, Backend::Mysql), "VECTOR(3)");
    let array = SqlType::array(TypeClass::PostgresArray, guid.clone(), None);
    assert_eq!(printed(&array, Backend::Postgres), "UUID[]");
    let variant = SqlType::integer().with_variant(&guid, &["sqlite"]);
    assert_eq!(printed(&variant, Backend::Sqlite), "CHAR(36)");
    assert!(!variant.is_integer_on(&Target::new(Backend::Sqlite)));
    assert!(variant.is_integer_on(&Target::new(Backend::Postgres)));
}

#[test]
fn hooks_decide_the_literal() {
    let guid = SqlType::custom(Rc::new(Guid));
    let value = Literal::text("ab");
    assert_eq!(
        literal_text(&value, &guid, &Target::new(Backend::Sqlite)).unwrap(),
        "'AB'"
    );
    let vector = SqlType::custom(Rc::new(Vector));
    let refused = literal_text(&value, &vector, &Target::new(Backend::Sqlite)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "CompileError: No literal value renderer is available for literal value \"'ab'\" with datatype Vector"
    );
}

#[test]
fn hooks_that_never_end_are_refused() {
    let endless = SqlType::custom(Rc::new(Endless));
    assert!(
        ddl(
            &endless,
            &Target::new(Backend::Postgres),
            ColumnContext::Definition
        )
        .is_err()
    );
    assert!(literal_text(&Literal::Int(1), &endless, &Target::new(Backend::Postgres)).is_err());
}

#[test]
fn checks_stand_in_for_native_types() {
    let [postgres, lite, mysql] =
        [Backend::Postgres, Backend::Sqlite, Backend::Mysql].map(Target::new);
    let flag = SqlType::with(
        TypeClass::Boolean,
        TypeArguments {
            create_constraint: true,
            name: Some(Name::new("ck")),
            ..TypeArguments::default()
        },
    );
    let numbers = Some((
        Some(Name::new("ck")),
        vec![CheckValue::Number(0), CheckValue::Number(1)],
    ));
    assert_eq!(check_values(&flag, &postgres), None);
    assert_eq!(check_values(&flag, &lite), numbers);
    assert_eq!(check_values(&flag, &mysql), numbers);
    let of = |emulated| {
        let definition = EnumDefinition {
            labels: vec!["a".into()],
            emulated,
            create_constraint: true,
            ..EnumDefinition::default()
        };
        let arguments = TypeArguments {
            enumeration: Some(Rc::new(definition)),
            ..TypeArguments::default()
        };
        SqlType::with(TypeClass::Enum, arguments)
    };
    let labels = Some((None, vec![CheckValue::Text("a".into())]));
    assert_eq!(check_values(&of(false), &postgres), None);
    assert_eq!(check_values(&of(false), &lite), labels);
    assert_eq!(check_values(&of(true), &postgres), labels);
    assert_eq!(check_values(&SqlType::boolean(), &lite), None);
}

#[test]
fn hooks_reach_into_expressions() {
    let column = column("id", Some(SqlType::custom(Rc::new(Guid))));
    let text = |text: &str| Operand::Literal(Literal::text(text));
    let listed = Operand::List(vec![text("a"), text("b")]);
    let cases = [
        (
            column.operate(&Operator::Eq, &text("ab")),
            "id = 'ab'",
            "id = 'AB'",
        ),
        (
            column.operate(&Operator::Add, &text("x")),
            "id || 'x'",
            "id || 'X'",
        ),
        (
            column.like(&Operator::Like, &text("a%"), None, false),
            "id LIKE 'a%'",
            "id LIKE 'A%'",
        ),
        (column.in_(&listed), "id IN ('a', 'b')", "id IN ('A', 'B')"),
        (
            column.like(&Operator::Contains, &text("x"), None, false),
            "id LIKE '%' || 'x' || '%'",
            "id LIKE '%' || 'X' || '%'",
        ),
        (
            cast(&text("x"), &SqlType::custom(Rc::new(Guid))),
            "CAST('x' AS UUID)",
            "CAST('X' AS CHAR(36))",
        ),
    ];
    for (expression, postgres, lite) in cases {
        let expression = expression.unwrap();
        assert_eq!(
            literal_sql(&expression, &Target::new(Backend::Postgres)).unwrap(),
            postgres
        );
        assert_eq!(
            literal_sql(&expression, &Target::new(Backend::Sqlite)).unwrap(),
            lite
        );
    }
}
