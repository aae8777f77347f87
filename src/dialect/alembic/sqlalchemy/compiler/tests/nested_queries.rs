//! Subqueries, unions, CTEs and the other sources of rows.

use super::fixtures::*;
use super::queries::{Cases, int, named, of, only, only_pair, query, s};
use crate::dialect::alembic::sqlalchemy::dml::{Delete, Dml, Insert, InsertValues, Update};
use crate::dialect::alembic::sqlalchemy::expression::Operator as O;
use crate::dialect::alembic::sqlalchemy::expression::*;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{Query, Select, Statement, Tail};
use crate::dialect::alembic::sqlalchemy::selectable::{Derived, FromClause};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::SqlType;

pub(super) fn nested() -> Cases {
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

pub(super) fn unions() -> Cases {
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

pub(super) fn ctes() -> Cases {
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

pub(super) fn sources() -> Cases {
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
