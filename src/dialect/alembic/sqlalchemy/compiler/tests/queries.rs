//! Queries, unions, CTEs and the other sources of rows.

use super::check;
use super::fixtures::*;
use crate::dialect::alembic::sqlalchemy::dml::{Delete, Dml, Insert, InsertValues, Update};
use crate::dialect::alembic::sqlalchemy::expression::Operator as O;
use crate::dialect::alembic::sqlalchemy::expression::*;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{
    Fetch, ForUpdate, LabelStyle, Query, Select, Statement, Tail,
};
use crate::dialect::alembic::sqlalchemy::selectable::{Derived, FromClause};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::{SqlType, TypeClass};

type Cases = Vec<(&'static str, Statement)>;

fn query(select: Select) -> Statement {
    Statement::Query(Query::from(select))
}

fn s(name: &str) -> Expr {
    table_s().column(name).unwrap()
}

fn of(source: &FromClause, name: &str) -> Expr {
    source.column(name).unwrap()
}

fn named(name: &str) -> Option<Name> {
    Some(Name::new(name))
}

fn int(number: i64) -> Option<Expr> {
    Some(literal(Literal::Int(number), None))
}

fn only(column: Expr) -> Query {
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

fn nested() -> Cases {
    let (a, b) = (t("a"), t("b"));
    let highest = || select(vec![call("max", &[arg(u("b"))])]);
    let same_a = || eq(&u("a"), t("a"));
    let of_u = |correlate: Option<Vec<FromClause>>, except: Option<Vec<FromClause>>| {
        scalar(Select {
            conditions: vec![same_a()],
            correlate,
            correlate_except: except,
            ..select(vec![u("b")])
        })
    };
    let star = || literal_column("*", None);
    let given = |condition: Expr| Statement::Query(filtered(vec![t("a")], condition));
    let pair = only_pair().subquery(None);
    let grouped = Query::from(Select {
        group_by: vec![a.clone()],
        ..select(vec![a.clone(), call("max", &[arg(&b)]).label(named("m"))])
    })
    .subquery(named("x"));
    let function = only(call("max", &[arg(&b)])).subquery(named("x"));
    let bare = Query::from(Select {
        from: vec![table_t()],
        ..select(vec![
            column("a", None),
            literal_column("b", None),
            text("c"),
        ])
    })
    .subquery(named("x"));
    let repeated = Query::from(select(vec![a.clone(), u("a")])).subquery(named("x"));
    let Element::Text(from_text) = text("SELECT a FROM t").element().clone() else {
        panic!("text is text")
    };
    let textual =
        Query::textual(from_text, vec![(Name::new("a"), SqlType::string())]).subquery(named("x"));
    vec![
        (
            "sel_subq",
            Statement::Query(filtered(
                vec![of(&pair, "a")],
                op(&of(&pair, "b"), O::Gt, 1),
            )),
        ),
        ("sel_subq_named", {
            let mut select = select(grouped.columns());
            select.join(
                table_u(),
                Some(eq(&u("a"), of(&grouped, "a"))),
                false,
                false,
            );
            query(select)
        }),
        ("sel_subq_func", query(select(function.columns()))),
        ("sel_subq_bare", query(select(bare.columns()))),
        ("sel_subq_dupe", query(select(repeated.columns()))),
        ("text_cols", query(select(vec![of(&textual, "a")]))),
        (
            "sel_scalar",
            query(select(vec![
                a.clone(),
                scalar(Select {
                    conditions: vec![same_a()],
                    ..highest()
                })
                .label(named("m")),
            ])),
        ),
        (
            "sel_scalar_nolabel",
            query(select(vec![a.clone(), of_u(None, None)])),
        ),
        (
            "sel_scalar_where",
            given(eq(
                &b,
                scalar(Select {
                    conditions: vec![same_a()],
                    ..highest()
                }),
            )),
        ),
        (
            "sel_exists",
            given(exists(&filtered(vec![star()], same_a()))),
        ),
        (
            "sel_not_exists",
            given(exists(&filtered(vec![u("a")], same_a())).negate()),
        ),
        (
            "sel_sel_exists",
            query(select(vec![exists(&filtered(vec![star()], eq(&a, "x")))])),
        ),
        (
            "sel_correlate",
            given(exists(&Query::from(Select {
                conditions: vec![same_a()],
                correlate: Some(vec![table_t()]),
                ..select(vec![u("a")])
            }))),
        ),
        (
            "sel_correlate_none",
            given(eq(&b, of_u(Some(vec![]), None))),
        ),
        (
            "sel_correlate_except",
            given(eq(&b, of_u(None, Some(vec![table_u()])))),
        ),
        (
            "sel_in_sub",
            given(
                a.in_(&arg(filtered(vec![u("a")], eq(&u("b"), t("b")))))
                    .unwrap(),
            ),
        ),
        (
            "sel_same_sub",
            given(eq(&b, scalar(select(vec![call("max", &[arg(&b)])])))),
        ),
    ]
}

fn only_pair() -> Query {
    Query::from(select(vec![t("a"), t("b")]))
}

fn unions() -> Cases {
    let compound = |keyword, queries| Statement::Query(Query::compound(keyword, queries));
    let limited = Query::from(Select {
        tail: Tail {
            limit: int(1),
            ..Tail::default()
        },
        ..select(vec![t("a")])
    });
    let ordered = Query::from(Select {
        tail: Tail {
            order_by: vec![u("b")],
            ..Tail::default()
        },
        ..select(vec![u("a")])
    });
    let crate::dialect::alembic::sqlalchemy::select::QueryKind::Compound(both) =
        Query::compound("UNION", vec![only(t("a")), only(u("a"))])
            .kind()
            .clone()
    else {
        panic!("a compound is a compound")
    };
    let mut tailed = *both;
    tailed.tail = Tail {
        order_by: vec![reference("a")],
        limit: int(3),
        ..Tail::default()
    };
    let sub = Query::compound("UNION", vec![only(t("a")), only(u("a"))]).subquery(named("x"));
    vec![
        ("union", compound("UNION", vec![only(t("a")), only(u("a"))])),
        (
            "union_all3",
            compound("UNION ALL", vec![only(t("a")), only(u("a")), only(s("a"))]),
        ),
        ("union_order", Statement::Query(Query::from(tailed))),
        ("union_paren", compound("UNION", vec![limited, ordered])),
        (
            "union_nested",
            compound(
                "UNION",
                vec![
                    only(t("a")),
                    Query::compound("INTERSECT", vec![only(u("a")), only(s("a"))]),
                ],
            ),
        ),
        (
            "except_",
            compound("EXCEPT", vec![only(t("a")), only(u("a"))]),
        ),
        ("union_subq", query(select(vec![of(&sub, "a")]))),
        (
            "union_bad",
            compound(
                "UNION",
                vec![only(t("a")), Query::from(select(vec![u("a"), u("b")]))],
            ),
        ),
    ]
}

fn ctes() -> Cases {
    let x_pair = only_pair().cte(named("x"), false, false);
    let x = only(t("a")).cte(named("x"), false, false);
    let y_alias = x.alias(named("y"));
    let y = filtered(vec![of(&x, "a")], eq(&of(&x, "a"), "q")).cte(named("y"), false, false);
    let anonymous = only(t("a")).cte(None, false, false);
    let counter =
        only(literal(Literal::Int(1), None).label(named("n"))).cte(named("c"), true, false);
    let n = of(&counter, "n");
    let counted = counter
        .cte_compound(
            "UNION ALL",
            vec![filtered(vec![add(&n, 1)], op(&n, O::Lt, 10))],
        )
        .unwrap();
    let tree = filtered(vec![t("a"), t("b")], eq(&t("b"), 1)).cte(named("tree"), true, false);
    let mut step = select(vec![u("a"), u("b")]);
    step.join(
        tree.clone(),
        Some(eq(&u("b"), of(&tree, "b"))),
        false,
        false,
    );
    let grown = tree
        .cte_compound("UNION ALL", vec![Query::from(step)])
        .unwrap();
    let u_b = only(u("b")).cte(named("x"), false, false);
    let mut insert = Insert::new(table_u());
    insert.values = InsertValues::Query {
        columns: vec!["a".into()],
        query: only(of(&x, "a")),
        include_defaults: true,
    };
    let update = Update {
        values: Some(vec![("a".into(), arg("z"))]),
        conditions: vec![eq(&t("b"), of(&u_b, "b"))],
        ..Update::new(table_t())
    };
    let delete = Delete {
        conditions: vec![t("b").in_(&arg(only(of(&u_b, "b")))).unwrap()],
        ..Delete::new(table_t())
    };
    let gone = Dml::from(Delete {
        conditions: vec![eq(&t("b"), 1)],
        returning: vec![t("a")],
        ..Delete::new(table_t())
    })
    .cte(named("x"));
    let aside = Dml::from(Delete {
        conditions: vec![eq(&t("b"), 1)],
        ..Delete::new(table_t())
    })
    .cte(named("d"));
    let added = Insert {
        values: InsertValues::Row(vec![("a".into(), arg("x"))]),
        ctes: vec![aside],
        ..Insert::new(table_u())
    };
    vec![
        (
            "cte",
            Statement::Query(filtered(vec![of(&x_pair, "a")], eq(&of(&x_pair, "b"), 1))),
        ),
        ("cte_twice", {
            let mut select = select(vec![of(&x, "a")]);
            select.join(
                y_alias.clone(),
                Some(eq(&of(&x, "a"), of(&y_alias, "a"))),
                false,
                false,
            );
            query(select)
        }),
        ("cte_two", query(select(vec![of(&y, "a")]))),
        ("cte_anon", query(select(vec![of(&anonymous, "a")]))),
        ("cte_recursive", query(select(vec![of(&counted, "n")]))),
        (
            "cte_recursive_join",
            query(select(vec![of(&grown, "a"), of(&grown, "b")])),
        ),
        (
            "cte_in_sub",
            Statement::Query(filtered(
                vec![u("a")],
                u("a").in_(&arg(only(of(&x, "a")))).unwrap(),
            )),
        ),
        ("cte_insert", Statement::Dml(insert.into())),
        ("cte_update", Statement::Dml(update.into())),
        ("cte_delete", Statement::Dml(delete.into())),
        ("cte_dml", query(select(vec![of(&gone, "a")]))),
        ("cte_add", Statement::Dml(added.into())),
    ]
}

fn sources() -> Cases {
    let lateral = filtered(vec![u("a")], eq(&u("b"), t("b"))).lateral(named("x"));
    let columns = vec![
        TableColumn::new("x", SqlType::integer()),
        TableColumn::new("y", SqlType::string()),
    ];
    let rows = vec![vec![arg(1), arg("a")], vec![arg(2), arg("it's")]];
    let values = FromClause::values(columns, named("v"), rows, false);
    let series = FromClause::table_function(
        call("generate_series", &[arg(1), arg(5)]),
        vec![],
        named("g"),
    );
    let numbers = arg(array(&[arg(1), arg(2)], None).unwrap());
    let untyped = |name: &str| TableColumn::new(name, SqlType::null());
    let unnest = FromClause::table_function(call("unnest", &[numbers]), vec![untyped("v")], None);
    let each = FromClause::table_function(
        call("json_each", &[arg("x")]),
        vec![untyped("k"), untyped("v")],
        named("je"),
    );
    let recordset = FromClause::table_function(
        call("json_to_recordset", &[arg("[]")]),
        vec![TableColumn::new("x", SqlType::integer())],
        named("r"),
    )
    .render_derived(None, Derived::NamesAndTypes)
    .unwrap();
    let sample = table_t().tablesample(
        call("bernoulli", &[arg(1)]),
        named("x"),
        Some(call("setseed", &[arg(5)])),
    );
    vec![
        (
            "lateral",
            query(Select {
                from: vec![table_t().join(&lateral, &true_(), false, false)],
                ..select(vec![t("a"), of(&lateral, "a")])
            }),
        ),
        (
            "values_",
            query(select(vec![of(&values, "x"), of(&values, "y")])),
        ),
        ("table_func", query(select(vec![series.as_value()]))),
        ("table_valued", query(select(vec![of(&unnest, "v")]))),
        (
            "table_valued_named",
            query(select(vec![of(&each, "k"), of(&each, "v")])),
        ),
        (
            "table_valued_derived",
            query(select(vec![of(&recordset, "x")])),
        ),
        ("tablesample", query(select(vec![of(&sample, "a")]))),
    ]
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
    let _ = TypeClass::ALL;
    check(include_str!("queries.json"), &cases);
}
