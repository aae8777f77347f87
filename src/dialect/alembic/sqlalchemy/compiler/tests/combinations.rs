//! Expressions and statements as migrations combine them.

use super::check;
use super::fixtures::*;
use crate::dialect::alembic::sqlalchemy::dml::{
    Assignments, Delete, DmlKey, Insert, InsertValues, Update,
};
use crate::dialect::alembic::sqlalchemy::expression::Operator as O;
use crate::dialect::alembic::sqlalchemy::expression::*;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{Query, Select, Statement, Tail};
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::{SqlType, TypeClass};

type Cases = Vec<(&'static str, Statement)>;

fn s(name: &str) -> Expr {
    table_s().column(name).unwrap()
}

fn of(source: &FromClause, name: &str) -> Expr {
    source.column(name).unwrap()
}

fn name(text: &str) -> Option<Name> {
    Some(Name::new(text))
}

fn query(select: Select) -> Statement {
    Statement::Query(select.into())
}

fn given(condition: Expr) -> Statement {
    Statement::Query(filtered(vec![t("a")], condition))
}

fn ordered(columns: Vec<Expr>, order_by: Vec<Expr>) -> Statement {
    query(Select {
        tail: Tail {
            order_by,
            ..Tail::default()
        },
        ..select(columns)
    })
}

fn grouped(having: Expr) -> Statement {
    query(Select {
        group_by: vec![t("a")],
        having: vec![having],
        ..select(vec![t("a")])
    })
}

fn in_query(expression: &Expr, query: impl Into<Query>) -> Expr {
    expression.in_(&Operand::Query(query.into())).unwrap()
}

fn star() -> Expr {
    literal_column("*", None)
}

fn text_value(value: &str) -> Expr {
    literal(Literal::text(value), None)
}

fn type_of(class: TypeClass) -> SqlType {
    SqlType::new(class)
}

fn cast_to(operand: impl Into<Operand>, type_: &SqlType) -> Expr {
    cast(&operand.into(), type_).unwrap()
}

fn assignments(pairs: &[(&str, Operand)]) -> Assignments {
    pairs
        .iter()
        .map(|(key, operand)| (DmlKey::from(*key), operand.clone()))
        .collect()
}

fn update(table: FromClause, pairs: &[(&str, Operand)], conditions: Vec<Expr>) -> Statement {
    Statement::Dml(
        Update {
            values: Some(assignments(pairs)),
            conditions,
            ..Update::new(table)
        }
        .into(),
    )
}

fn update_t(pairs: &[(&str, Operand)], conditions: Vec<Expr>) -> Statement {
    update(table_t(), pairs, conditions)
}

fn delete_t(condition: Expr) -> Statement {
    Statement::Dml(
        Delete {
            conditions: vec![condition],
            ..Delete::new(table_t())
        }
        .into(),
    )
}

fn choose(condition: Expr, result: impl Into<Operand>, otherwise: Option<Operand>) -> Expr {
    case(&[(arg(condition), result.into())], None, otherwise.as_ref()).unwrap()
}

fn clauses() -> Cases {
    let (a, b, c) = (t("a"), t("b"), t("c"));
    let lowered = call("lower", &[arg(&a)]).label(name("la"));
    let count = || call("count", &[]);
    let constant = text_value("y");
    let flagged = choose(
        exists(&filtered(vec![star()], eq(&u("a"), &a))),
        constant,
        Some(arg(text_value("n"))),
    );
    let highest_same = scalar(Select {
        conditions: vec![eq(&u("a"), &a)],
        ..select(vec![call("max", &[arg(u("b"))])])
    });
    vec![
        ("label_in_where", given(eq(&add(&b, 1).label(name("z")), 5))),
        (
            "label_group",
            query(Select {
                group_by: vec![lowered.clone()],
                tail: Tail {
                    order_by: vec![lowered.clone()],
                    ..Tail::default()
                },
                ..select(vec![lowered, count()])
            }),
        ),
        (
            "order_func",
            ordered(
                vec![a.clone()],
                vec![call("lower", &[arg(&a)]).desc(), op(&b, O::Is, NONE)],
            ),
        ),
        (
            "order_case",
            ordered(
                vec![a.clone()],
                vec![choose(eq(&b, 1), 0, Some(arg(1))), a.desc().nulls_first()],
            ),
        ),
        (
            "order_by_bool",
            ordered(vec![a.clone()], vec![c.clone(), c.negate()]),
        ),
        (
            "having_or",
            grouped(or_(&[
                op(&count(), O::Gt, 1),
                eq(&call("max", &[arg(&b)]), 2),
            ])),
        ),
        ("having_bool", grouped(c.clone())),
        (
            "scalar_in_case",
            query(Select {
                from: vec![table_t()],
                ..select(vec![flagged.label(name("f"))])
            }),
        ),
        (
            "scalar_func",
            query(Select {
                from: vec![table_t()],
                ..select(vec![call("coalesce", &[arg(highest_same), arg(0)])])
            }),
        ),
        (
            "func_from",
            query(select(vec![
                call("count", &[arg(&a)]),
                call("coalesce", &[arg(call("sum", &[arg(&b)])), arg(0)]).label(name("s")),
            ])),
        ),
        (
            "distinct_count",
            query(select(vec![
                call("count", &[arg(distinct(&a))]).label(name("n")),
            ])),
        ),
        ("not_in_null", given(not_(&a.in_(&list(&[])).unwrap()))),
        ("multi_not", given(not_(&or_(&[eq(&b, 1), not_(&c)])))),
        (
            "and_empty_or",
            given(or_(&[false_(), and_(&[true_(), eq(&b, 1)])])),
        ),
        (
            "between_dates",
            given(
                t("d")
                    .between(&O::Between, &moment(), &arg(call("now", &[])), false)
                    .unwrap(),
            ),
        ),
        ("quoted_alias", {
            let x = table_t().alias(name("My Alias"));
            query(select(vec![of(&x, "a")]))
        }),
        (
            "quoted_label",
            ordered(vec![a.label(name("My Label"))], vec![reference("My Label")]),
        ),
        ("keyword_cols", {
            let column = |name: &str| TableColumn::new(name, SqlType::null());
            let group = TableColumn::new("group", SqlType::integer());
            let k = FromClause::table(
                "table",
                None,
                vec![column("order"), column("user"), column("key"), group],
            );
            Statement::Query(filtered(
                vec![of(&k, "order"), of(&k, "user"), of(&k, "key")],
                eq(&of(&k, "group"), 1),
            ))
        }),
        (
            "func_table",
            query(Select {
                from: vec![table_t()],
                ..select(vec![call("count", &[arg("*")])])
            }),
        ),
    ]
}

fn subqueries() -> Cases {
    let (a, b) = (t("a"), t("b"));
    let one = |column: Expr| Query::from(select(vec![column]));
    let count = || call("count", &[]);
    let counted = Query::from(Select {
        group_by: vec![u("a")],
        ..select(vec![u("a"), count().label(name("cnt"))])
    })
    .subquery(None);
    let x = one(t("a")).subquery(None);
    let y = Query::from(select(vec![u("a"), u("b")])).subquery(None);
    let inner = one(of(&x, "a")).subquery(None);
    let as_text = one(cast_to(&b, &SqlType::string())).subquery(None);
    let sums = Query::from(select(vec![add(&b, 1), add(&b, 2)])).subquery(name("x"));
    let alias = table_t().alias(name("x"));
    let same = |condition: Vec<Expr>, column: Expr| Select {
        conditions: condition,
        ..select(vec![column])
    };
    let s_exists = exists(&filtered(vec![star()], eq(&s("a"), u("a"))));
    let nested = exists(&Query::from(same(
        vec![eq(&s("b"), &b), eq(&s("a"), u("a"))],
        s("a"),
    )));
    let highest = scalar(select(vec![call("max", &[arg(u("b"))])]));
    vec![
        ("sub_join_label", {
            let mut select = select(vec![a.clone(), of(&counted, "cnt")]);
            select.join(
                counted.clone(),
                Some(eq(&of(&counted, "a"), &a)),
                true,
                false,
            );
            query(select)
        }),
        (
            "sub_two_anon",
            Statement::Query(filtered(
                vec![of(&x, "a"), of(&y, "b")],
                eq(&of(&x, "a"), of(&y, "a")),
            )),
        ),
        ("sub_of_sub", query(select(vec![of(&inner, "a")]))),
        ("sub_cast", query(select(vec![of(&as_text, "b")]))),
        ("sub_expr", query(select(sums.columns()))),
        (
            "alias_sub",
            Statement::Query(filtered(
                vec![of(&alias, "a")],
                in_query(
                    &of(&alias, "a"),
                    filtered(vec![u("a")], eq(&u("b"), of(&alias, "b"))),
                ),
            )),
        ),
        (
            "corr_two",
            given(in_query(&b, same(vec![eq(&u("a"), &a), s_exists], u("b")))),
        ),
        (
            "corr_nested",
            given(exists(&Query::from(same(vec![nested], u("a"))))),
        ),
        (
            "tuple_in_select",
            Statement::Expression(in_query(
                &tuple(&[arg(&a), arg(&b)]).unwrap(),
                select(vec![u("a"), u("b")]),
            )),
        ),
        (
            "any_select",
            Statement::Expression(eq(&any_(&scalar(select(vec![u("b")]))), &b)),
        ),
        (
            "all_select",
            Statement::Expression(op(&all_(&scalar(select(vec![u("b")]))), O::Lt, &b)),
        ),
        (
            "case_sub",
            Statement::Expression(choose(eq(&b, 1), highest, None)),
        ),
    ]
}

fn changes() -> Cases {
    let (a, b) = (t("a"), t("b"));
    let insert = |columns: Vec<DmlKey>, query: Query| {
        let values = InsertValues::Query {
            columns,
            query,
            include_defaults: true,
        };
        Statement::Dml(
            Insert {
                values,
                ..Insert::new(table_t())
            }
            .into(),
        )
    };
    let missing = exists(&filtered(vec![star()], eq(&a, u("a")))).negate();
    let mut joined = Select {
        distinct: true,
        ..select(vec![u("a")])
    };
    joined.join(table_s(), Some(eq(&s("a"), u("a"))), false, false);
    let counted = scalar(Select {
        from: vec![table_u()],
        conditions: vec![eq(&u("a"), &a)],
        ..select(vec![call("count", &[])])
    });
    let highest = Query::from(Select {
        group_by: vec![u("b")],
        ..select(vec![u("b"), call("max", &[arg(u("a"))]).label(name("m"))])
    })
    .cte(name("x"), false, false);
    let numbered = Query::from(select(vec![
        b.clone(),
        call("row_number", &[])
            .over(vec![a.clone()], vec![b.clone()], WindowFrames::default())
            .unwrap()
            .label(name("rn")),
    ]))
    .subquery(None);
    let repeated = Select {
        group_by: vec![b.clone()],
        having: vec![op(&call("count", &[]), O::Gt, 1)],
        ..select(vec![b.clone()])
    };
    let columns = vec![
        TableColumn::new("order", SqlType::integer()),
        TableColumn::new("user", SqlType::string()),
    ];
    let keyed = Update {
        values: Some(vec![
            (DmlKey::Column(t("a")), arg("q")),
            ("b".into(), arg(2)),
        ]),
        ..Update::new(table_t())
    };
    vec![
        (
            "insert_exists",
            insert(
                vec!["a".into(), "b".into()],
                filtered(vec![u("a"), u("b")], missing),
            ),
        ),
        (
            "insert_select_join",
            insert(vec!["a".into()], joined.into()),
        ),
        (
            "insert_select_cols",
            insert(
                vec![DmlKey::Column(t("a")), DmlKey::Column(t("b"))],
                select(vec![text_value("x"), call("max", &[arg(u("b"))])]).into(),
            ),
        ),
        (
            "upd_concat",
            update_t(
                &[(
                    "a",
                    arg(add(&add(&a, "-"), cast_to(&b, &SqlType::string()))),
                )],
                vec![],
            ),
        ),
        (
            "upd_coalesce",
            update_t(
                &[("a", arg(call("coalesce", &[arg(&a), arg("")])))],
                vec![op(&op(&a, O::Is, NONE), O::Or, eq(&a, ""))],
            ),
        ),
        (
            "upd_null_where",
            update_t(
                &[("c", boolean(false))],
                vec![
                    op(&t("d"), O::IsNot, NONE),
                    op(&t("d"), O::Lt, call("now", &[])),
                ],
            ),
        ),
        (
            "upd_replace",
            update_t(
                &[("a", arg(call("replace", &[arg(&a), arg("x"), arg("y")])))],
                vec![like(&a, O::Like, "%x%")],
            ),
        ),
        ("upd_sub_from", update_t(&[("b", arg(counted))], vec![])),
        (
            "upd_none_sql",
            update_t(
                &[("a", arg(null())), ("c", arg(true_())), ("j", NONE)],
                vec![],
            ),
        ),
        (
            "upd_num",
            update_t(
                &[("n", arg(op(&op(&t("n"), O::Mul, float(1.5)), O::Sub, 2)))],
                vec![],
            ),
        ),
        ("upd_col_key", Statement::Dml(keyed.into())),
        (
            "upd_dt_add",
            update_t(
                &[("d", arg(add(&call("now", &[]), text("interval '1 day'"))))],
                vec![],
            ),
        ),
        (
            "upd_enum",
            update(table_p(), &[("e", arg("two"))], vec![eq(&p("e"), "one")]),
        ),
        (
            "upd_pg_jsonb",
            update(
                table_p(),
                &[(
                    "jb",
                    arg(call("jsonb_set", &[arg(p("jb")), arg("{a}"), arg("\"x\"")])),
                )],
                vec![eq(&key(&p("jb"), "a").astext().unwrap(), "y")],
            ),
        ),
        (
            "upd_in_sub_update",
            update_t(
                &[("a", arg("x"))],
                vec![in_query(
                    &b,
                    filtered(
                        vec![u("b")],
                        u("a").in_(&list(&[arg("p"), arg("q")])).unwrap(),
                    ),
                )],
            ),
        ),
        ("del_in_sub", delete_t(in_query(&b, repeated))),
        (
            "del_or",
            delete_t(op(&eq(&a, NONE), O::Or, op(&b, O::Lt, 0))),
        ),
        (
            "cte_upd_multi",
            update_t(
                &[("a", arg(of(&highest, "m")))],
                vec![eq(&b, of(&highest, "b"))],
            ),
        ),
        (
            "row_number_dedupe",
            delete_t(in_query(
                &b,
                filtered(vec![of(&numbered, "b")], op(&of(&numbered, "rn"), O::Gt, 1)),
            )),
        ),
        (
            "keyword_update",
            update(
                FromClause::table("order", None, columns),
                &[("order", arg(1)), ("user", arg("x"))],
                vec![],
            ),
        ),
    ]
}

fn operators() -> Vec<(&'static str, Expr)> {
    let (a, b, c) = (t("a"), t("b"), t("c"));
    let plus = O::Custom(std::rc::Rc::new(CustomOperator {
        precedence: 7,
        ..CustomOperator::new("+")
    }));
    let above = || op(&b, O::Gt, 1);
    let lowered = || call("lower", &[arg(&a)]);
    let length = || call("length", &[arg(&a)]);
    let minus = |number: i64| arg(number);
    let inner = choose(eq(&a, "x"), 1, Some(arg(2)));
    let date = || call("date", &[arg(t("d"))]);
    vec![
        (
            "concat_many",
            a.concat(&arg(" ")).unwrap().concat(&arg(u("a"))).unwrap(),
        ),
        (
            "concat_op",
            op(&op(&a, O::custom("||"), " "), O::custom("||"), u("a")),
        ),
        ("op_chain_prec", op(&op(&b, plus, 1), O::Mul, 2)),
        (
            "cast_in",
            cast_to(&a, &SqlType::integer())
                .in_(&list(&[arg(1), arg(2)]))
                .unwrap(),
        ),
        ("func_in", lowered().in_(&list(&[arg("x")])).unwrap()),
        ("func_like", like(&lowered(), O::Like, "x%")),
        (
            "func_is_null",
            op(&call("nullif", &[arg(&a), arg("")]), O::Is, NONE),
        ),
        (
            "func_between",
            length()
                .between(&O::Between, &arg(1), &arg(5), false)
                .unwrap(),
        ),
        ("func_label_eq", eq(&lowered().label(name("l")), "x")),
        ("func_desc", lowered().desc()),
        (
            "func_or",
            or_(&[op(&length(), O::Gt, 5), eq(&length(), NONE)]),
        ),
        ("case_nested", choose(eq(&b, 1), inner, Some(arg(3)))),
        ("case_null_val", choose(eq(&b, 1), null(), Some(arg("x")))),
        ("neg_lit", add(&literal(Literal::Int(-5), None), &b)),
        ("neg_in", b.in_(&list(&[minus(-1), minus(-2)])).unwrap()),
        ("sub_neg", op(&b, O::Sub, -5)),
        ("mul_neg", op(&b, O::Mul, b.negative())),
        ("mod_mul", op(&op(&b, O::Mod, 2), O::Mul, 3)),
        ("div_div", op(&op(&b, O::TrueDiv, 2), O::TrueDiv, 3)),
        ("floordiv_neg", op(&b.negative(), O::FloorDiv, 2)),
        ("bool_eq_cmp", eq(&above(), boolean(true))),
        ("is_cmp", op(&above(), O::Is, boolean(true))),
        (
            "and_is",
            and_(&[
                op(&c, O::Is, boolean(true)),
                op(&c, O::IsNot, boolean(false)),
            ]),
        ),
        ("not_cmp_bool", eq(&c, boolean(true)).negate()),
        ("not_is_true", op(&c, O::Is, boolean(true)).negate()),
        ("not_label", c.label(name("q")).negate()),
        ("collate_order", a.collate("C").desc()),
        (
            "any_func",
            eq(&text_value("x"), call("any", &[arg(p("ga"))])),
        ),
        (
            "exists_not_and",
            and_(&[
                exists(&filtered(vec![star()], eq(&u("a"), "x"))).negate(),
                eq(&b, 1),
            ]),
        ),
        (
            "json_cmp",
            op(
                &key(&t("j"), "a").json_as(JsonCast::Integer).unwrap(),
                O::Gt,
                5,
            ),
        ),
        (
            "json_and",
            and_(&[
                key(&t("j"), "a").json_as(JsonCast::Boolean).unwrap(),
                eq(&b, 1),
            ]),
        ),
        (
            "pg_cast_op",
            like(&cast_to(p("jb"), &type_of(TypeClass::Text)), O::Like, "%x%"),
        ),
        ("pg_arr_cat", call("array_append", &[arg(p("arr")), arg(5)])),
        (
            "pg_arr_len",
            op(&call("array_length", &[arg(p("arr")), arg(1)]), O::Gt, 0),
        ),
        (
            "pg_jsonb_default",
            cast_to(
                literal(Literal::text("{}"), Some(SqlType::string())),
                &type_of(TypeClass::Jsonb),
            ),
        ),
        (
            "pg_array_cast",
            cast_to(
                array(&[], Some(type_of(TypeClass::Text))).unwrap(),
                &pg_array(type_of(TypeClass::Text), None),
            ),
        ),
        (
            "interval_text",
            op(&call("now", &[]), O::Sub, text("INTERVAL '1 day'")),
        ),
        (
            "interval_cast",
            op(
                &call("now", &[]),
                O::Sub,
                cast_to("1 day", &type_of(TypeClass::Interval)),
            ),
        ),
        (
            "extract_cmp",
            eq(&extract("year", &arg(t("d"))).unwrap(), 2020),
        ),
        (
            "date_trunc",
            eq(
                &call("date_trunc", &[arg("day"), arg(t("d"))]),
                call("current_date", &[]),
            ),
        ),
        ("date_func", op(&date(), O::Sub, date())),
        ("str_int_add", add(&a, cast_to(5, &SqlType::string()))),
        ("unicode_cmp", eq(&a, "naïve")),
        (
            "long_in",
            b.in_(&list(&[arg(0), arg(1), arg(2), arg(3), arg(4)]))
                .unwrap(),
        ),
    ]
}

fn values_and_functions() -> Vec<(&'static str, Expr)> {
    let (a, b, c) = (t("a"), t("b"), t("c"));
    let dict = || {
        lit(Literal::Dict(
            [(Literal::text("a"), Literal::Int(1))].into(),
        ))
    };
    let json = type_of(TypeClass::Json);
    let executed = {
        let plain = bind(Some("x"), Some(Literal::Int(5)), None, false);
        let Element::Bind(inner) = plain.element() else {
            panic!("a parameter is a parameter")
        };
        Expr::new(
            Element::Bind(Bind {
                literal_execute: true,
                ..inner.clone()
            }),
            plain.type_().clone(),
        )
    };
    let bound = {
        let expression = text("a = :x");
        let Element::Text(clause) = expression.element() else {
            panic!("text is text")
        };
        let mut clause = clause.clone();
        clause.bind_value("x", Literal::Int(1)).unwrap();
        Expr::new(Element::Text(clause), SqlType::null())
    };
    let both = and_(&[eq(&b, 1), c.clone()]);
    vec![
        ("type_coerce_bind", type_coerce(&dict(), &json).unwrap()),
        (
            "literal_json",
            literal(
                Literal::Dict([(Literal::text("a"), Literal::Int(1))].into()),
                Some(json),
            ),
        ),
        (
            "bindparam_type",
            bind(
                Some("x"),
                Some(Literal::text("5")),
                Some(SqlType::integer()),
                false,
            ),
        ),
        ("literal_execute", eq(&b, executed)),
        ("nested_text", and_(&[bound, or_(&[text("b"), text("c")])])),
        ("text_eq", and_(&[text("a"), eq(&b, 1)])),
        (
            "literal_column_and",
            and_(&[
                literal_column("x", None),
                op(&literal_column("y", None), O::Gt, 1),
            ]),
        ),
        (
            "func_quoted_name",
            function(&["schema"], "MyFunc", &[arg(1)], None).unwrap(),
        ),
        ("func_star", call("count", &[arg(text("*"))])),
        ("func_one", call("count", &[arg(1)])),
        (
            "func_literal_col",
            call("count", &[arg(literal_column("1", None))]),
        ),
        (
            "func_bool_arg",
            call(
                "foo",
                &[arg(eq(&b, 1)), arg(&c), arg(c.negate()), arg(both)],
            ),
        ),
        ("func_case_name", call("Coalesce", &[arg(&a), arg("x")])),
        ("func_current_caps", call("CURRENT_TIMESTAMP", &[])),
        ("func_now_caps", call("NOW", &[])),
        (
            "func_distinct_multi",
            call("count", &[arg(call("distinct", &[arg(&a), arg(&b)]))]),
        ),
        (
            "func_trim_arg",
            call("trim", &[arg(text("both 'x' from a"))]),
        ),
        (
            "func_convert",
            call("convert", &[arg(&a), arg(literal_column("UNSIGNED", None))]),
        ),
        ("func_uuid4", call("uuid_generate_v4", &[])),
        ("func_nextval", call("nextval", &[arg("s")])),
        (
            "func_setval",
            call("setval", &[arg("s"), arg(call("max", &[arg(&b)]))]),
        ),
    ]
}

#[test]
fn combinations_print_as_recorded() {
    let mut cases = [clauses(), subqueries(), changes()].concat();
    let expressions = [operators(), values_and_functions()].concat();
    cases.extend(
        expressions
            .into_iter()
            .map(|(name, expression)| (name, statement(expression))),
    );
    check(include_str!("combinations.json"), &cases);
}
