//! Queries, unions, CTEs and the other sources of rows.

use super::check;
use super::fixtures::*;
use super::nested_queries::{ctes, nested, sources, unions};
use crate::dialect::alembic::sqlalchemy::expression::Operator as O;
use crate::dialect::alembic::sqlalchemy::expression::*;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{
    Fetch, ForUpdate, LabelStyle, Query, Select, Statement, Tail,
};
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::SqlType;

pub(super) type Cases = Vec<(&'static str, Statement)>;

pub(super) fn query(select: Select) -> Statement {
    Statement::Query(Query::from(select))
}

pub(super) fn s(name: &str) -> Expr {
    table_s().column(name).unwrap()
}

pub(super) fn of(source: &FromClause, name: &str) -> Expr {
    source.column(name).unwrap()
}

pub(super) fn named(name: &str) -> Option<Name> {
    Some(Name::new(name))
}

pub(super) fn int(number: i64) -> Option<Expr> {
    Some(literal(Literal::Int(number), None))
}

pub(super) fn only(column: Expr) -> Query {
    Query::from(select(vec![column]))
}

fn plain() -> Cases {
    let (a, b, c) = (t("a"), t("b"), t("c"));
    let from_a = || select(vec![a.clone()]);
    let given = |conditions: Vec<Expr>| {
        query(Select {
            conditions,
            ..from_a()
        })
    };
    vec![
        ("sel", query(from_a())),
        ("sel_star", query(select(table_t().columns()))),
        (
            "sel_cols",
            query(select(vec![
                a.clone(),
                b.label(named("zz")),
                call("now", &[]),
                add(&b, 1),
            ])),
        ),
        ("sel_where", given(vec![eq(&b, 5)])),
        (
            "sel_where2",
            given(vec![eq(&b, 5), or_(&[eq(&a, "x"), eq(&a, NONE)])]),
        ),
        ("sel_two", query(select(vec![a.clone(), u("b")]))),
        ("sel_where_from", given(vec![eq(&b, u("b"))])),
        (
            "sel_schema",
            query(Select {
                conditions: vec![eq(&s("b"), 1)],
                ..select(vec![s("a")])
            }),
        ),
        ("sel_quoted", query(select(table_q().columns()))),
        (
            "sel_lit",
            query(select(vec![
                literal(Literal::Int(1), None),
                literal(Literal::text("x"), None).label(named("y")),
                literal_column("1", None),
                text("now()"),
            ])),
        ),
        (
            "sel_text_where",
            given(vec![text("x = 1 OR y = 2"), eq(&b, 1)]),
        ),
        (
            "sel_from_text",
            query(Select {
                from: vec![FromClause::new(
                    crate::dialect::alembic::sqlalchemy::selectable::Source::Text(text("foo")),
                )],
                ..select(vec![text("*")])
            }),
        ),
        (
            "sel_from_table",
            query(Select {
                from: vec![table_t()],
                ..select(vec![call("count", &[])])
            }),
        ),
        (
            "sel_group",
            query(Select {
                group_by: vec![a.clone()],
                having: vec![op(&call("count", &[arg(&b)]), O::Gt, 1)],
                ..select(vec![a.clone(), call("count", &[arg(&b)])])
            }),
        ),
        (
            "sel_group_str",
            query(Select {
                group_by: vec![reference("a")],
                ..from_a()
            }),
        ),
        (
            "sel_distinct",
            query(Select {
                distinct: true,
                ..from_a()
            }),
        ),
        (
            "sel_distinct_on",
            query(Select {
                distinct_on: vec![a.clone(), b.clone()],
                ..from_a()
            }),
        ),
        ("sel_bool_where", given(vec![c.clone()])),
        ("sel_true", given(vec![true_()])),
        ("sel_false", given(vec![false_()])),
        ("sel_noconds", given(vec![and_(&[true_(), true_()])])),
        (
            "sel_nofrom_where",
            query(Select {
                conditions: vec![eq(&literal_column("1", None), 1)],
                ..select(vec![literal(Literal::Int(1), None)])
            }),
        ),
        ("sel_nofrom", query(select(vec![call("now", &[])]))),
        (
            "sel_prefix",
            query(Select {
                prefixes: vec![(text("HIGH_PRIORITY"), None)],
                suffixes: vec![(text("-- x"), None)],
                ..from_a()
            }),
        ),
        (
            "sel_prefix_dialect",
            query(Select {
                prefixes: vec![(text("SQL_X"), Some("mysql".into()))],
                ..from_a()
            }),
        ),
        (
            "sel_hint",
            query(Select {
                hints: vec![(table_t(), "USE INDEX (x)".into(), Some("mysql".into()))],
                statement_hints: vec![("STMT".into(), None)],
                ..from_a()
            }),
        ),
        (
            "T_sel",
            query(Select {
                conditions: vec![eq(&users("role"), "x")],
                ..select(table_users().columns())
            }),
        ),
        ("text_stmt", Statement::Expression(bound_text())),
    ]
}

fn bound_text() -> Expr {
    let expression = text("UPDATE t SET a = :x WHERE b = '\\:y'");
    let Element::Text(clause) = expression.element() else {
        panic!("text is text")
    };
    let mut clause = clause.clone();
    clause.bind_value("x", Literal::text("q")).unwrap();
    Expr::new(Element::Text(clause), SqlType::null())
}

fn tails() -> Cases {
    let (a, b) = (t("a"), t("b"));
    let z = add(&b, 1).label(named("z"));
    let tail = |tail: Tail| {
        query(Select {
            tail,
            ..select(vec![a.clone()])
        })
    };
    let ordered = |order_by: Vec<Expr>| {
        tail(Tail {
            order_by,
            ..Tail::default()
        })
    };
    let locked = |lock: ForUpdate| {
        tail(Tail {
            for_update: Some(lock),
            ..Tail::default()
        })
    };
    vec![
        ("sel_order", ordered(vec![b.desc(), a.clone()])),
        (
            "sel_order_label",
            query(Select {
                tail: Tail {
                    order_by: vec![reference("z")],
                    ..Tail::default()
                },
                ..select(vec![z.clone()])
            }),
        ),
        (
            "sel_order_label_obj",
            query(Select {
                tail: Tail {
                    order_by: vec![z.desc()],
                    ..Tail::default()
                },
                ..select(vec![z.clone()])
            }),
        ),
        ("sel_order_str", ordered(vec![reference("a")])),
        ("sel_order_text", ordered(vec![text("1 desc")])),
        ("sel_order_bad", ordered(vec![reference("nope")])),
        ("sel_order_desc_str", ordered(vec![reference("b").desc()])),
        (
            "sel_limit",
            tail(Tail {
                limit: int(5),
                ..Tail::default()
            }),
        ),
        (
            "sel_limit_offset",
            tail(Tail {
                limit: int(5),
                offset: int(10),
                ..Tail::default()
            }),
        ),
        (
            "sel_offset",
            tail(Tail {
                offset: int(10),
                ..Tail::default()
            }),
        ),
        (
            "sel_fetch",
            tail(Tail {
                fetch: Some(Fetch {
                    count: literal(Literal::Int(5), None),
                    percent: false,
                    with_ties: true,
                }),
                offset: int(2),
                ..Tail::default()
            }),
        ),
        ("sel_for_update", locked(ForUpdate::default())),
        (
            "sel_for_update_opts",
            locked(ForUpdate {
                nowait: true,
                of: vec![table_t()],
                ..ForUpdate::default()
            }),
        ),
        (
            "sel_for_share",
            locked(ForUpdate {
                read: true,
                skip_locked: true,
                ..ForUpdate::default()
            }),
        ),
        (
            "sel_key_share",
            locked(ForUpdate {
                read: true,
                key_share: true,
                ..ForUpdate::default()
            }),
        ),
    ]
}

fn joins() -> Cases {
    let (a, c) = (t("a"), t("c"));
    let on = || eq(&t("a"), u("a"));
    let from = |source: FromClause| {
        query(Select {
            from: vec![source],
            ..select(vec![t("a")])
        })
    };
    let joined = |columns: Vec<Expr>, steps: Vec<(FromClause, Expr)>| {
        let mut select = select(columns);
        for (right, on) in steps {
            select.join(right, Some(on), false, false);
        }
        query(select)
    };
    let x = table_t().alias(named("x"));
    let anonymous = table_t().alias(None);
    let other = table_t().alias(None);
    vec![
        (
            "sel_join",
            joined(vec![a.clone(), u("b")], vec![(table_u(), on())]),
        ),
        ("sel_join_from", {
            let mut select = select(vec![a.clone()]);
            select.join(table_u(), Some(on()), false, false);
            select.joins[0].left = Some(table_t());
            query(select)
        }),
        (
            "sel_outerjoin",
            from(table_t().join(&table_u(), &on(), true, false)),
        ),
        (
            "sel_fulljoin",
            from(table_t().join(&table_u(), &on(), false, true)),
        ),
        (
            "sel_join_and",
            joined(vec![a.clone()], vec![(table_u(), and_(&[on(), c.clone()]))]),
        ),
        (
            "sel_join3",
            joined(
                vec![a.clone()],
                vec![(table_u(), on()), (table_s(), eq(&s("a"), u("a")))],
            ),
        ),
        (
            "sel_join_nested",
            from(table_t().join(
                &table_u().join(&table_s(), &eq(&u("a"), s("a")), false, false),
                &eq(&t("b"), u("b")),
                false,
                false,
            )),
        ),
        (
            "sel_join_bool",
            joined(vec![a.clone()], vec![(table_u(), c)]),
        ),
        (
            "sel_alias",
            Statement::Query(filtered(vec![of(&x, "a")], eq(&of(&x, "b"), 1))),
        ),
        (
            "sel_anon_alias",
            Statement::Query(filtered(
                vec![of(&anonymous, "a"), a],
                eq(&of(&anonymous, "b"), t("b")),
            )),
        ),
        (
            "sel_two_anon",
            query(select(vec![of(&anonymous, "a"), of(&other, "a")])),
        ),
        (
            "sel_schema_alias",
            query(select(vec![of(&table_s().alias(named("x")), "a")])),
        ),
    ]
}

fn names() -> Cases {
    let (a, b, c) = (t("a"), t("b"), t("c"));
    let styled = |label_style, columns| {
        query(Select {
            label_style,
            ..select(columns)
        })
    };
    let other = FromClause::table("t2", None, vec![TableColumn::new("a", SqlType::null())]);
    let exact = Name::new("x".repeat(70));
    vec![
        (
            "sel_dupe",
            query(select(vec![a.clone(), u("a"), a.clone()])),
        ),
        (
            "sel_dupe_func",
            query(select(vec![
                call("now", &[]),
                call("now", &[]),
                call("max", &[arg(&b)]),
                call("max", &[arg(&b)]),
            ])),
        ),
        (
            "sel_tq",
            styled(
                LabelStyle::TableNamePlusColumn,
                vec![a.clone(), u("a"), s("b")],
            ),
        ),
        (
            "sel_none_style",
            styled(LabelStyle::None, vec![a.clone(), u("a")]),
        ),
        (
            "sel_bool_col",
            query(select(vec![
                c.clone(),
                c.negate(),
                eq(&b, 1),
                and_(&[eq(&b, 1), c.clone()]),
            ])),
        ),
        (
            "sel_case_label",
            query(select(vec![
                case(&[(arg(eq(&b, 1)), arg("x"))], None, Some(&arg("y"))).unwrap(),
                cast(&arg(&b), &SqlType::string()).unwrap(),
                type_coerce(&arg(&a), &SqlType::integer()).unwrap(),
                b.negative(),
                a.collate("C"),
                distinct(&a),
            ])),
        ),
        (
            "sel_null",
            query(select(vec![null(), true_(), op(&a, O::Is, NONE)])),
        ),
        (
            "sel_json",
            query(select(vec![
                key(&t("j"), "k"),
                key(&t("j"), "k").json_as(JsonCast::String).unwrap(),
            ])),
        ),
        (
            "sel_over",
            query(select(vec![
                call("row_number", &[])
                    .over(vec![], vec![a.clone()], WindowFrames::default())
                    .unwrap()
                    .label(named("rn")),
                call("rank", &[])
                    .over(vec![], vec![], WindowFrames::default())
                    .unwrap(),
            ])),
        ),
        (
            "sel_extract",
            query(select(vec![
                extract("year", &arg(t("d"))).unwrap(),
                add(&a, "x"),
                tuple(&[arg(&a)]).unwrap(),
            ])),
        ),
        ("sel_ambig", query(select(vec![of(&other, "a"), s("a")]))),
        (
            "long_label",
            query(select(vec![
                a.label(Some(exact)),
                call(
                    "foo_bar_baz_0123456789_0123456789_0123456789_0123456789_0123456789_0123456789",
                    &[],
                ),
            ])),
        ),
    ]
}

pub(super) fn only_pair() -> Query {
    Query::from(select(vec![t("a"), t("b")]))
}

#[test]
fn queries_print_as_recorded() {
    let cases = [
        plain(),
        tails(),
        joins(),
        names(),
        nested(),
        unions(),
        ctes(),
        sources(),
    ]
    .concat();
    check(include_str!("queries.json"), &cases);
}
