//! Names, nesting and frames where SQLAlchemy's text is least obvious.

use super::check;
use super::fixtures::*;
use crate::dialect::alembic::sqlalchemy::dml::{Insert, InsertValues, Update};
use crate::dialect::alembic::sqlalchemy::expression::Operator as O;
use crate::dialect::alembic::sqlalchemy::expression::*;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{
    Compound, Query, QueryKind, Select, Statement, Tail,
};
use crate::dialect::alembic::sqlalchemy::selectable::{Cte, FromClause, Source};
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

fn columns(columns: Vec<Expr>) -> Statement {
    query(select(columns))
}

fn one(column: Expr) -> Query {
    Query::from(select(vec![column]))
}

fn union_of(queries: Vec<Query>) -> Query {
    Query::compound("UNION", queries)
}

fn texts() -> Cases {
    let a = t("a");
    let dashed = add(&u("a"), "-");
    vec![
        (
            "sw_autoescape",
            statement(like_with(&a, O::StartsWith, "a_b", None, true)),
        ),
        (
            "sw_expr",
            statement(like(&a, O::StartsWith, call("lower", &[arg("X")]))),
        ),
        ("sw_concat", statement(like(&a, O::StartsWith, &dashed))),
        ("ct_concat", statement(like(&a, O::Contains, &dashed))),
    ]
}

fn compounds() -> Cases {
    let both = || vec![one(u("a")), one(s("a"))];
    let limited = Query::from(Compound {
        keyword: "UNION",
        queries: both(),
        group_by: vec![],
        tail: Tail {
            limit: Some(literal(Literal::Int(1), None)),
            ..Tail::default()
        },
        ctes: vec![],
    });
    let x = one(u("a")).cte(name("x"), false, false);
    let joined =
        Query::compound("UNION ALL", vec![one(t("a")), one(u("a"))]).cte(name("x"), false, false);
    let nesting = one(t("a")).cte(name("x"), false, true);
    let nested = one(of(&nesting, "a")).subquery(None);
    let plain = one(t("a")).cte(name("x"), false, false);
    let Source::Cte(cte) = plain.source() else {
        panic!("a CTE is a CTE")
    };
    let materialized = FromClause::new(Source::Cte(Cte {
        element: cte.element.clone(),
        name: cte.name.clone(),
        recursive: false,
        nesting: false,
        prefixes: vec![(text("MATERIALIZED"), Some("postgresql".into()))],
        suffixes: vec![],
        aliased: None,
        restates: None,
    }));
    let highest = Query::from(select(vec![
        call("max", &[arg(t("b"))]),
        call("max", &[arg(u("b"))]),
    ]))
    .subquery(name("x"));
    vec![
        (
            "in_sub_union",
            statement(t("a").in_(&arg(union_of(both()))).unwrap()),
        ),
        (
            "in_cte",
            Statement::Query(filtered(
                vec![t("a")],
                t("a").in_(&arg(one(of(&x, "a")))).unwrap(),
            )),
        ),
        ("scalar_union", statement(limited.scalar())),
        ("ex_union", statement(exists(&union_of(both())))),
        ("cte_of_union", columns(vec![of(&joined, "a")])),
        ("cte_nesting", columns(vec![of(&nested, "a")])),
        ("cte_prefix", columns(vec![of(&materialized, "a")])),
        ("sub_dupe_func", columns(highest.columns())),
    ]
}

fn value_lists() -> Cases {
    let number = || TableColumn::new("x", SqlType::integer());
    let numbers = FromClause::values(
        vec![number()],
        name("v"),
        vec![vec![arg(1)], vec![arg(2)]],
        false,
    );
    let cte = Query::new(QueryKind::Values(numbers)).cte(name("c"), false, false);
    let pairs = FromClause::values(
        vec![number(), TableColumn::new("y", SqlType::string())],
        name("v"),
        vec![vec![arg(1), arg("a")], vec![arg(2), arg("b")]],
        false,
    );
    let literal_values = FromClause::values(vec![number()], name("v"), vec![vec![arg(1)]], true);
    let update = Update {
        values: Some(vec![("a".into(), arg(of(&pairs, "y")))]),
        conditions: vec![eq(&t("b"), of(&pairs, "x"))],
        ..Update::new(table_t())
    };
    vec![
        ("values_cte", columns(vec![of(&cte, "x")])),
        ("values_upd", Statement::Dml(update.into())),
        ("values_literal", columns(vec![of(&literal_values, "x")])),
    ]
}

fn tails() -> Cases {
    let (a, b) = (t("a"), t("b"));
    let choice = case(&[(arg(eq(&b, 1)), arg(1))], None, Some(&arg(0)))
        .unwrap()
        .label(name("k"));
    let same = scalar(Select {
        conditions: vec![eq(&u("a"), &a)],
        ..select(vec![u("b")])
    });
    let outer = table_t()
        .join(&table_u(), &eq(&a, u("a")), true, false)
        .join(&table_s(), &eq(&s("a"), &a), true, false);
    let tail = |tail| {
        query(Select {
            tail,
            ..select(vec![t("a")])
        })
    };
    vec![
        (
            "join_left_two",
            query(Select {
                from: vec![outer],
                conditions: vec![eq(&u("a"), NONE)],
                ..select(vec![a.clone()])
            }),
        ),
        (
            "order_sub",
            tail(Tail {
                order_by: vec![same],
                ..Tail::default()
            }),
        ),
        (
            "limit_expr",
            tail(Tail {
                limit: Some(literal_column("5", None)),
                offset: Some(add(&literal(Literal::Int(2), None), 3)),
                ..Tail::default()
            }),
        ),
        (
            "case_label_order",
            query(Select {
                tail: Tail {
                    order_by: vec![choice.clone(), a.clone()],
                    ..Tail::default()
                },
                ..select(vec![a, choice])
            }),
        ),
    ]
}

fn labels() -> Cases {
    let (a, b, c) = (t("a"), t("b"), t("c"));
    let (arr, jb) = (p("arr"), p("jb"));
    let sum = call("sum", &[arg(&b)]);
    let framed = |frames| statement(sum.over(vec![], vec![t("a")], frames).unwrap());
    let number = |number| literal(Literal::Int(number), None);
    vec![
        (
            "over_frame_both",
            framed(WindowFrames {
                rows: Some(Frame::from_pair(Some(-1), Some(1))),
                ..WindowFrames::default()
            }),
        ),
        (
            "over_groups",
            framed(WindowFrames {
                groups: Some(Frame::from_pair(Some(0), None)),
                ..WindowFrames::default()
            }),
        ),
        (
            "within_label",
            columns(vec![
                call("percentile_cont", &[float(0.5)]).within_group(vec![b.desc()]),
            ]),
        ),
        (
            "sel_cast_dupe",
            columns(vec![
                b.clone(),
                cast(&arg(&b), &SqlType::string()).unwrap(),
                cast(&arg(&b), &SqlType::new(TypeClass::Text)).unwrap(),
            ]),
        ),
        (
            "sel_neg_label",
            columns(vec![
                b.negative(),
                b.negative().label(name("n")),
                c.negate(),
            ]),
        ),
        (
            "sel_bind_dupe",
            columns(vec![
                number(1),
                number(1),
                literal(Literal::text("x"), None),
            ]),
        ),
        (
            "sel_grouping",
            columns(vec![
                op(&add(&b, 1), O::Mul, 2),
                b.in_(&list(&[arg(1)])).unwrap(),
                like(&a, O::Like, "x"),
            ]),
        ),
        (
            "sel_json_path",
            columns(vec![
                key(&key(&jb, "a"), "b").astext().unwrap().label(name("v")),
                key(&jb, "a").astext().unwrap(),
            ]),
        ),
        (
            "sel_arr",
            columns(vec![
                key(&arr, 1),
                arr.subscript(&Subscript::Slice(arg(1), arg(2))).unwrap(),
                call("unnest", &[arg(&arr)]),
            ]),
        ),
    ]
}

fn inserts() -> Cases {
    let x = one(s("a")).cte(name("x"), false, false);
    let into = |names: &[&str], query: Query| {
        let columns = names.iter().map(|name| (*name).into()).collect();
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
    let present = exists(&filtered(vec![t("a")], eq(&t("a"), "x")));
    let rows = vec![
        vec![
            ("a".into(), arg(call("lower", &[arg("X")]))),
            ("b".into(), arg(1)),
        ],
        vec![("a".into(), arg("y")), ("b".into(), NONE)],
    ];
    let constants = vec![
        literal(Literal::text("x"), None),
        literal(Literal::Int(1), None),
    ];
    vec![
        (
            "ins_multi_expr",
            Statement::Dml(
                Insert {
                    values: InsertValues::Rows(rows),
                    ..Insert::new(table_t())
                }
                .into(),
            ),
        ),
        (
            "ins_select_union_cte",
            into(&["a"], union_of(vec![one(of(&x, "a")), one(u("a"))])),
        ),
        (
            "ins_select_exists",
            into(&["a", "b"], filtered(constants, present.negate())),
        ),
        (
            "ins_select_null",
            into(&["a", "b"], select(vec![u("a"), null()]).into()),
        ),
    ]
}

#[test]
fn details_print_as_recorded() {
    let cases = [
        texts(),
        compounds(),
        value_lists(),
        tails(),
        labels(),
        inserts(),
    ]
    .concat();
    check(include_str!("details.json"), &cases);
}
