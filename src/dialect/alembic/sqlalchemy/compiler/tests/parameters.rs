//! Statements with their values beside the text, and the other switches.

use std::collections::HashMap;

use super::super::{Binds, Options, bare_sql, compile_statement, literal_sql};
use super::fixtures::*;
use crate::dialect::alembic::sqlalchemy::dml::{Delete, Insert, InsertValues, Update};
use crate::dialect::alembic::sqlalchemy::expression::Operator as O;
use crate::dialect::alembic::sqlalchemy::expression::*;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{Select, Statement, Tail};
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::dialect::alembic::sqlalchemy::types::{SqlType, TypeClass};
use crate::model::Backend;

/// The text and the values of a statement for execution.
fn numbered(
    statement: &Statement,
    backend: Backend,
    parameters: &[(&str, Literal)],
) -> Result<(String, Vec<Literal>), String> {
    let parameters: HashMap<String, Literal> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    let options = Options {
        binds: Binds::Numbered,
        parameters,
        ..Options::default()
    };
    compile_statement(statement, &Target::new(backend), &options)
        .map(|compiled| {
            (
                compiled.sql,
                compiled
                    .parameters
                    .into_iter()
                    .map(|parameter| parameter.value)
                    .collect(),
            )
        })
        .map_err(|error| error.to_string())
}

fn update() -> Update {
    Update {
        values: Some(vec![("a".into(), arg("x")), ("c".into(), boolean(true))]),
        conditions: vec![
            t("b").in_(&list(&[arg(1), arg(2)])).unwrap(),
            eq(&t("n"), decimal("1.50")),
        ],
        ..Update::new(table_t())
    }
}

#[test]
fn values_stand_beside_the_text() {
    let statement = Statement::Dml(update().into());
    let text = Literal::text;
    assert_eq!(
        numbered(&statement, Backend::Postgres, &[]).unwrap(),
        (
            "UPDATE t SET a=$1::VARCHAR, c=$2 WHERE t.b IN ($3::INTEGER, $4::INTEGER) AND t.n = $5"
                .into(),
            vec![
                text("x"),
                Literal::Bool(true),
                Literal::Int(1),
                Literal::Int(2),
                text("1.50")
            ],
        )
    );
    assert_eq!(
        numbered(&statement, Backend::Sqlite, &[]).unwrap(),
        (
            "UPDATE t SET a=?1, c=?2 WHERE t.b IN (?3, ?4) AND t.n = ?5".into(),
            vec![
                text("x"),
                Literal::Int(1),
                Literal::Int(1),
                Literal::Int(2),
                Literal::Float(1.5)
            ],
        )
    );
}

#[test]
fn one_name_is_one_parameter() {
    let statement = Statement::Expression(text("SELECT :a, :b, :a"));
    let given = [("a", Literal::Int(1)), ("b", Literal::text("y"))];
    assert_eq!(
        numbered(&statement, Backend::Sqlite, &given).unwrap(),
        (
            "SELECT ?1, ?2, ?1".into(),
            vec![Literal::Int(1), Literal::text("y")]
        )
    );
    assert_eq!(
        numbered(&statement, Backend::Sqlite, &given[..1]).unwrap_err(),
        "InvalidRequestError: A value is required for bind parameter 'b'"
    );
}

#[test]
fn executed_values_extend_a_statement() {
    let given = [
        ("a".into(), Literal::text("x")),
        ("zz".into(), Literal::Int(1)),
    ];
    let insert = Statement::Dml(Insert::new(table_u()).with_parameters(&given).into());
    assert_eq!(
        numbered(&insert, Backend::Postgres, &[]).unwrap(),
        (
            "INSERT INTO u (a) VALUES ($1::VARCHAR)".into(),
            vec![Literal::text("x")]
        )
    );
    let condition = eq(
        &t("b"),
        bind(Some("zz"), None, Some(SqlType::integer()), false),
    );
    let update = Update {
        conditions: vec![condition],
        ..Update::new(table_t())
    }
    .with_parameters(&given);
    assert_eq!(
        numbered(
            &Statement::Dml(update.into()),
            Backend::Sqlite,
            &[("zz", Literal::Int(1))]
        )
        .unwrap(),
        (
            "UPDATE t SET a=?1 WHERE t.b = ?2".into(),
            vec![Literal::text("x"), Literal::Int(1)]
        )
    );
}

#[test]
fn defaults_of_python_are_filled_in_for_execution() {
    let insert = Insert {
        values: InsertValues::Row(vec![("name".into(), arg("x"))]),
        ..Insert::new(table_users())
    };
    assert_eq!(
        numbered(&Statement::Dml(insert.into()), Backend::Sqlite, &[]).unwrap(),
        (
            "INSERT INTO users (name, role, updated) VALUES (?1, ?2, CURRENT_TIMESTAMP)".into(),
            vec![Literal::text("x"), Literal::text("user")]
        )
    );
    let rows = vec![
        vec![("name".into(), arg("a"))],
        vec![("name".into(), arg("b"))],
    ];
    let insert = Insert {
        values: InsertValues::Rows(rows),
        ..Insert::new(table_users())
    };
    assert_eq!(
        numbered(&Statement::Dml(insert.into()), Backend::Sqlite, &[])
            .unwrap()
            .0,
        "INSERT INTO users (name, role, updated) VALUES (?1, ?2, CURRENT_TIMESTAMP), (?3, ?4, CURRENT_TIMESTAMP)"
    );
}

#[test]
fn json_documents_are_sent_as_text() {
    let dict = Literal::Dict([(Literal::text("a"), Literal::None)].into());
    let insert = Insert {
        values: InsertValues::Row(vec![("j".into(), lit(dict))]),
        ..Insert::new(table_t())
    };
    assert_eq!(
        numbered(&Statement::Dml(insert.into()), Backend::Postgres, &[]).unwrap(),
        (
            "INSERT INTO t (j) VALUES ($1::JSON)".into(),
            vec![Literal::text("{\"a\": null}")]
        )
    );
}

#[test]
fn names_take_the_place_of_values() {
    let options = Options {
        binds: Binds::Named,
        ..Options::default()
    };
    let statement = Statement::Query(filtered(vec![t("a")], eq(&t("b"), 5)));
    let printed = |backend| {
        compile_statement(&statement, &Target::new(backend), &options)
            .unwrap()
            .sql
    };
    assert_eq!(
        printed(Backend::Postgres),
        "SELECT t.a \nFROM t \nWHERE t.b = :b_1::INTEGER"
    );
    assert_eq!(
        printed(Backend::Sqlite),
        "SELECT t.a \nFROM t \nWHERE t.b = :b_1"
    );
}

#[test]
fn columns_may_stand_alone() {
    let target = Target::new(Backend::Postgres);
    let condition = and_(&[
        op(&t("b"), O::Gt, 0),
        t("a").in_(&list(&[arg("x")])).unwrap(),
    ]);
    assert_eq!(
        bare_sql(&condition, &target).unwrap(),
        "b > 0 AND a IN ('x')"
    );
    assert_eq!(
        literal_sql(&condition, &target).unwrap(),
        "t.b > 0 AND t.a IN ('x')"
    );
}

#[test]
fn percent_signs_are_doubled_for_drivers_that_format() {
    let target = Target {
        double_percents: true,
        ..Target::new(Backend::Postgres)
    };
    let cases = [
        (like(&t("a"), O::Like, "x%"), "t.a LIKE 'x%%'"),
        (op(&t("b"), O::Mod, 2), "t.b %% 2"),
        (op(&t("a"), O::custom("%"), "y"), "t.a %% 'y'"),
        (text("a LIKE '%'"), "a LIKE '%%'"),
        (literal_column("'%'", None), "'%%'"),
        (column("a%b", None), "\"a%%b\""),
    ];
    for (expression, expected) in cases {
        assert_eq!(literal_sql(&expression, &target).unwrap(), expected);
    }
}

#[test]
fn endless_growth_is_refused() {
    let target = Target::new(Backend::Postgres);
    let mut sum = t("b");
    let mut difference = t("b");
    for _ in 0..60 {
        sum = op(&sum, O::Add, &sum);
        difference = op(&difference, O::Sub, &difference);
    }
    for expression in [sum, difference] {
        let error = literal_sql(&expression, &target).unwrap_err();
        assert_eq!(
            error.to_string(),
            "CompileError: the expression is too large"
        );
    }
}

#[test]
fn endless_nesting_is_refused() {
    let mut expression = t("b");
    for _ in 0..100_000 {
        expression = op(&expression, O::Sub, 1);
    }
    let error = literal_sql(&expression, &Target::new(Backend::Postgres)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "CompileError: the expression is nested too deeply"
    );
    let mut expression = t("b");
    for _ in 0..120 {
        expression = op(&expression, O::Sub, 1);
    }
    assert!(literal_sql(&expression, &Target::new(Backend::Postgres)).is_ok());
    let mut query = select(vec![literal(Literal::Int(1), None)]);
    for _ in 0..10_000 {
        let inner = crate::dialect::alembic::sqlalchemy::select::Query::from(query).subquery(None);
        query = Select {
            tail: Tail::default(),
            ..select(inner.columns())
        };
    }
    let statement = Statement::Query(query.into());
    assert!(
        compile_statement(
            &statement,
            &Target::new(Backend::Postgres),
            &Options::default()
        )
        .is_err()
    );
}

#[test]
fn endless_chains_are_dropped() {
    use crate::dialect::alembic::sqlalchemy::select::Query;
    let mut union = Query::from(select(vec![t("b")]));
    let mut grouped = union.clone();
    let mut alias = union.subquery(None);
    let (mut array, mut variant) = (SqlType::integer(), SqlType::integer());
    for _ in 0..100_000 {
        union = Query::compound("UNION", vec![union]);
        let value = Expr::new(Element::ScalarQuery(grouped), SqlType::null());
        grouped = Query::from(Select {
            group_by: vec![value],
            ..select(vec![t("b")])
        });
        alias = alias.alias(None);
        array = SqlType::array(TypeClass::PostgresArray, array, None);
        variant = SqlType::integer().with_variant(&variant, &["mysql"]);
    }
    for query in [union, grouped, Query::from(alias.select())] {
        let error = compile_statement(
            &Statement::Query(query),
            &Target::new(Backend::Postgres),
            &Options::default(),
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "CompileError: the expression is nested too deeply"
        );
    }
    drop((array, variant));
}

#[test]
fn values_are_no_conditions() {
    let error = t("b").operate(&O::And, &arg(5)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ArgumentError: SQL expression for WHERE/HAVING role expected, got 5."
    );
    let text = literal_sql(
        &op(&eq(&t("b"), 1), O::And, boolean(true)),
        &Target::new(Backend::Postgres),
    )
    .unwrap();
    assert_eq!(text, "t.b = 1");
}

#[test]
fn a_plain_delete_needs_no_values() {
    let delete = Statement::Dml(Delete::new(table_s()).into());
    assert_eq!(
        numbered(&delete, Backend::Postgres, &[]).unwrap(),
        ("DELETE FROM s.t2".into(), vec![])
    );
}

#[test]
fn parameters_without_a_value_are_refused_in_defaults_and_conditions() {
    let target = Target::new(Backend::Postgres);
    let refused = literal_sql(&text("'{\"b\":1}'"), &target).unwrap_err();
    assert!(refused.to_string().contains(":1"), "{refused}");
    assert_eq!(
        literal_sql(&text("'{\"b\": 1}'"), &target).unwrap(),
        "'{\"b\": 1}'"
    );
    assert_eq!(
        literal_sql(&text("'{\"b\"\\:1}'"), &target).unwrap(),
        "'{\"b\":1}'"
    );
}
