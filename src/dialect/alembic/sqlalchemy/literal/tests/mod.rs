//! Literals compared with what SQLAlchemy 2.1.9 printed, and values as drivers receive them.

mod values;

use std::rc::Rc;

use serde_json::Value;

use super::{EnumMember, Literal, json_text, literal_text, parameter_value, python_repr};
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::dialect::alembic::sqlalchemy::types::tests::parse::type_from;
use crate::dialect::alembic::sqlalchemy::types::{
    EnumDefinition, SqlType, TypeArguments, TypeClass,
};
use crate::model::Backend;
use crate::python::float_repr;

/// The members of the enum class of the record: `E` has numbers, `SE` text.
fn members(class: &str) -> Vec<Literal> {
    let (names, values) = match class {
        "E" => (["one", "two"], [Literal::Int(1), Literal::Int(2)]),
        _ => (["a", "b"], [Literal::text("x"), Literal::text("y")]),
    };
    let names: Rc<[String]> = names.map(str::to_owned).into();
    let member = |(name, value): (&String, Literal)| {
        Literal::EnumMember(Rc::new(EnumMember {
            class: class.to_owned(),
            name: name.clone(),
            value,
            is_value: class == "SE",
            names: names.clone(),
        }))
    };
    names.iter().zip(values).map(member).collect()
}

/// The type of a recorded case.
fn recorded_type(call: &str) -> SqlType {
    let class = match call {
        "Enum(E)" => "E",
        "Enum(SE)" => "SE",
        _ => return type_from(call),
    };
    let members = members(class);
    let labels = members
        .iter()
        .filter_map(|member| {
            if let Literal::EnumMember(member) = member {
                Some(member.name.clone())
            } else {
                None
            }
        })
        .collect();
    let definition = EnumDefinition {
        labels,
        members,
        class: Some(class.into()),
        ..EnumDefinition::default()
    };
    SqlType::with(
        TypeClass::Enum,
        TypeArguments {
            enumeration: Some(Rc::new(definition)),
            ..TypeArguments::default()
        },
    )
}

#[test]
fn literals_print_as_recorded() {
    let recorded: Value = serde_json::from_str(include_str!("recorded.json")).unwrap();
    let targets = [
        ("postgres", Target::new(Backend::Postgres)),
        ("sqlite", Target::new(Backend::Sqlite)),
        ("mysql", Target::new(Backend::Mysql)),
        ("mariadb", Target::mariadb()),
    ];
    let mut differences = Vec::new();
    for (case, expected) in recorded.as_object().unwrap() {
        let (call, written) = case.split_once(" | ").unwrap();
        let value = values::value(written);
        for (backend, target) in &targets {
            let wanted = expected
                .get("all")
                .or_else(|| expected.get(backend))
                .or_else(|| expected.get("mysql"))
                .and_then(Value::as_str)
                .unwrap();
            let printed = match literal_text(&value, &recorded_type(call), target) {
                Ok(text) => text,
                Err(error) => format!("!{error}"),
            };
            if wanted != printed {
                differences.push(format!(
                    "{case} on {backend}\n  recorded: {wanted:?}\n  printed:  {printed:?}"
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn floats_print_like_pythons() {
    for (number, expected) in [
        (1.0, "1.0"),
        (0.1, "0.1"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"),
        (1.5e-5, "1.5e-05"),
        (1e100, "1e+100"),
        (123.456, "123.456"),
        (-2.5, "-2.5"),
    ] {
        assert_eq!(float_repr(number), expected);
    }
}

#[test]
fn values_print_like_pythons() {
    for (written, expected) in [
        ("\"it's\"", "\"it's\""),
        ("\"a\"", "'a'"),
        ("[1, \"x\"]", "[1, 'x']"),
        ("{\"a\": 1}", "{'a': 1}"),
        ("(1, 2)", "(1, 2)"),
        ("dt.time(1,2,3,4)", "datetime.time(1, 2, 3, 4)"),
        ("dt.timedelta(hours=1)", "datetime.timedelta(seconds=3600)"),
        ("Dec(\"1.50\")", "Decimal('1.50')"),
        ("E.one", "<E.one: 1>"),
    ] {
        assert_eq!(python_repr(&values::value(written)), expected);
    }
}

#[test]
fn json_is_written_like_pythons() {
    let list = Literal::List(
        [
            Literal::Int(1),
            Literal::None,
            Literal::Bool(true),
            Literal::text("é\"\n"),
            Literal::Float(1.0),
        ]
        .into(),
    );
    let document = Literal::Dict(
        [
            (Literal::text("a"), list),
            (Literal::Int(2), Literal::Dict([].into())),
        ]
        .into(),
    );
    assert_eq!(
        json_text(&document).unwrap(),
        r#"{"a": [1, null, true, "\u00e9\"\n", 1.0], "2": {}}"#
    );
    assert_eq!(
        json_text(&Literal::text("😀")).unwrap(),
        r#""\ud83d\ude00""#
    );
    assert_eq!(json_text(&Literal::Bytes([].into())), None);
}

#[test]
fn drivers_receive_what_sqlalchemy_sends() {
    let lite = Target::new(Backend::Sqlite);
    let postgres = Target::new(Backend::Postgres);
    let text = Literal::text;
    for (call, written, for_lite, for_postgres) in [
        ("Boolean()", "True", Literal::Int(1), Literal::Bool(true)),
        (
            "JSON()",
            "{\"a\": 1}",
            text("{\"a\": 1}"),
            text("{\"a\": 1}"),
        ),
        ("JSON()", "None", text("null"), text("null")),
        ("String()", "None", Literal::None, Literal::None),
        (
            "DateTime()",
            "dt.datetime(2020,1,2,3,4,5)",
            text("2020-01-02 03:04:05.000000"),
            text("2020-01-02 03:04:05"),
        ),
        (
            "Date()",
            "dt.date(2020,1,2)",
            text("2020-01-02"),
            text("2020-01-02"),
        ),
        (
            "Uuid()",
            "u5",
            text("00000000000000000000000000000005"),
            text("00000000-0000-0000-0000-000000000005"),
        ),
        ("Enum(E)", "E.one", text("one"), text("one")),
        (
            "Interval()",
            "dt.timedelta(days=-1,microseconds=5)",
            text("1969-12-31 00:00:00.000005"),
            text("-1 days 0.000005 seconds"),
        ),
        (
            "Numeric(10,2)",
            "Dec(\"1.50\")",
            Literal::Float(1.5),
            text("1.50"),
        ),
        (
            "LargeBinary()",
            "b\"a'b\"",
            Literal::Bytes(b"a'b".as_slice().into()),
            Literal::Bytes(b"a'b".as_slice().into()),
        ),
    ] {
        let value = values::value(written);
        let type_ = recorded_type(call);
        assert_eq!(
            parameter_value(&value, &type_, &lite).unwrap(),
            for_lite,
            "{call} on SQLite"
        );
        assert_eq!(
            parameter_value(&value, &type_, &postgres).unwrap(),
            for_postgres,
            "{call} on PostgreSQL"
        );
    }
    let numbers = values::value("[[1], [2]]");
    let array = recorded_type("pg.ARRAY(Integer())");
    assert_eq!(
        parameter_value(&numbers, &array, &postgres).unwrap(),
        text("{{1},{2}}")
    );
    let strings = values::value("[\"it's\", \"b\"]");
    let array = recorded_type("pg.ARRAY(String())");
    assert_eq!(
        parameter_value(&strings, &array, &postgres).unwrap(),
        text("{\"it's\",\"b\"}")
    );
}
