//! INSERT, UPDATE and DELETE.

use super::check;
use super::fixtures::*;
use crate::dialect::alembic::sqlalchemy::dml::{
    Assignments, Conflict, ConflictTarget, Delete, DmlKey, IndexElement, Insert, InsertValues,
    Update,
};
use crate::dialect::alembic::sqlalchemy::expression::Operator as O;
use crate::dialect::alembic::sqlalchemy::expression::*;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::select::{Query, Select, Statement, Tail};
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::dialect::alembic::sqlalchemy::target::Name;

type Cases = Vec<(&'static str, Statement)>;

fn s(name: &str) -> Expr {
    table_s().column(name).unwrap()
}

fn set(pairs: &[(&str, Operand)]) -> Assignments {
    pairs
        .iter()
        .map(|(key, operand)| (DmlKey::from(*key), operand.clone()))
        .collect()
}

fn row(table: FromClause, pairs: &[(&str, Operand)]) -> Insert {
    Insert {
        values: InsertValues::Row(set(pairs)),
        ..Insert::new(table)
    }
}

fn insert(insert: Insert) -> Statement {
    Statement::Dml(insert.into())
}

fn from_query(table: FromClause, columns: &[&str], query: Query) -> Statement {
    let columns = columns.iter().map(|column| DmlKey::from(*column)).collect();
    insert(Insert {
        values: InsertValues::Query {
            columns,
            query,
            include_defaults: true,
        },
        ..Insert::new(table)
    })
}

fn inserts() -> Cases {
    let t_row = |pairs: &[(&str, Operand)]| insert(row(table_t(), pairs));
    let rows = |table: FromClause, rows: &[&[(&str, Operand)]]| {
        insert(Insert {
            values: InsertValues::Rows(rows.iter().map(|pairs| set(pairs)).collect()),
            ..Insert::new(table)
        })
    };
    let highest = scalar(select(vec![call("max", &[arg(u("b"))])]));
    let dict = Literal::Dict([(Literal::text("a"), Literal::Int(1))].into());
    let keyed = vec![
        (DmlKey::from("a"), arg("it's")),
        (DmlKey::Column(t("b")), arg(2)),
    ];
    vec![
        ("ins", t_row(&[("a", arg("x")), ("b", arg(1))])),
        ("ins_order", t_row(&[("b", arg(1)), ("a", arg("x"))])),
        (
            "ins_dict",
            insert(Insert {
                values: InsertValues::Row(keyed),
                ..Insert::new(table_t())
            }),
        ),
        (
            "ins_multi",
            rows(
                table_t(),
                &[
                    &[("a", arg("x")), ("b", arg(1))],
                    &[("a", arg("y")), ("b", arg(2))],
                ],
            ),
        ),
        (
            "ins_none",
            t_row(&[("a", NONE), ("b", arg(call("coalesce", &[NONE, arg(1)])))]),
        ),
        ("ins_expr", t_row(&[("b", arg(add(&u("b"), 1)))])),
        ("ins_scalar", t_row(&[("b", arg(highest))])),
        ("ins_bare", insert(Insert::new(table_u()))),
        ("ins_empty", insert(row(table_u(), &[]))),
        (
            "ins_select",
            from_query(
                table_t(),
                &["a", "b"],
                filtered(vec![u("a"), u("b")], op(&u("b"), O::Gt, 1)),
            ),
        ),
        (
            "ins_select_lit",
            from_query(
                table_t(),
                &["a", "b"],
                select(vec![u("a"), literal(Literal::Int(5), None)]).into(),
            ),
        ),
        (
            "ins_union",
            from_query(
                table_t(),
                &["a"],
                Query::compound(
                    "UNION",
                    vec![select(vec![u("a")]).into(), select(vec![s("a")]).into()],
                ),
            ),
        ),
        ("ins_unknown", t_row(&[("zz", arg(1))])),
        (
            "ins_returning",
            insert(Insert {
                returning: vec![t("a"), t("b").label(Some(Name::new("q"))), call("now", &[])],
                ..row(table_t(), &[("a", arg("x"))])
            }),
        ),
        (
            "ins_prefix",
            insert(Insert {
                prefixes: vec![(text("OR REPLACE"), None)],
                ..row(table_t(), &[("a", arg("x"))])
            }),
        ),
        (
            "ins_types",
            insert(row(
                table_p(),
                &[
                    ("u", lit(id())),
                    ("e", arg("one")),
                    ("i", span(3600)),
                    ("dt", lit(Literal::Date(day()))),
                    ("f", float(1.5)),
                    ("arr", list(&[arg(1), arg(2)])),
                ],
            )),
        ),
        ("ins_json", t_row(&[("j", lit(dict))])),
        (
            "ins_json_null",
            t_row(&[("j", arg(null())), ("x", arg(text("'{}'")))]),
        ),
        ("ins_untyped", t_row(&[("x", arg(1))])),
        (
            "ins_schema",
            insert(row(
                table_q(),
                &[("firstName", arg("a")), ("order", arg(5))],
            )),
        ),
        (
            "ins_bool",
            t_row(&[
                ("c", boolean(true)),
                ("d", moment()),
                ("n", decimal("1.50")),
            ]),
        ),
        (
            "ins_bind",
            t_row(&[(
                "a",
                arg(bind(Some("zz"), Some(Literal::text("v")), None, false)),
            )]),
        ),
        ("T_ins", insert(row(table_users(), &[("name", arg("x"))]))),
        (
            "T_ins_id",
            insert(row(table_users(), &[("id", arg(5)), ("name", arg("x"))])),
        ),
        (
            "T_ins_expr",
            insert(row(
                table_users(),
                &[
                    ("id", arg(call("nextval", &[arg("s")]))),
                    ("name", arg("x")),
                    ("role", arg("r")),
                ],
            )),
        ),
        (
            "T_ins_inline",
            insert(Insert {
                inline: true,
                ..row(table_users(), &[("name", arg("x"))])
            }),
        ),
        ("T_ins_empty", insert(row(table_users(), &[]))),
        (
            "T_ins_multi",
            rows(
                table_users(),
                &[&[("name", arg("a"))], &[("name", arg("b"))]],
            ),
        ),
        (
            "T_ins_select",
            from_query(table_users(), &["name"], select(vec![u("a")]).into()),
        ),
        ("T_ins_bare", insert(Insert::new(table_users()))),
        (
            "V_ins",
            insert(row(
                table_version(),
                &[("num", arg(literal_column("'0001'", None)))],
            )),
        ),
        (
            "V_ins_bind",
            insert(row(table_version(), &[("num", arg("0001"))])),
        ),
    ]
}

fn conflicts() -> Cases {
    let x = || row(table_t(), &[("a", arg("x"))]);
    let on_a = || ConflictTarget::Index(vec![IndexElement::Name(Name::new("a"))], None);
    let on_a_where = || {
        ConflictTarget::Index(
            vec![IndexElement::Name(Name::new("a"))],
            Some(op(&t("b"), O::Gt, 1)),
        )
    };
    let with = |conflict: Conflict| {
        insert(Insert {
            conflict: Some(conflict),
            ..x()
        })
    };
    let update = |target, set, condition| Conflict::DoUpdate {
        target,
        set,
        condition,
    };
    let excluded = |target: ConflictTarget, values: &dyn Fn(&FromClause) -> Assignments| {
        let mut statement = x();
        let proposed = statement.proposed("excluded");
        statement.conflict = Some(update(target, values(&proposed), None));
        insert(statement)
    };
    let of = |source: &FromClause, name: &str| source.column(name).unwrap();
    let duplicate = |set, ordered| Conflict::DuplicateKey { set, ordered };
    vec![
        ("pg_nothing", with(Conflict::DoNothing(ConflictTarget::Any))),
        (
            "pg_nothing_cols",
            with(Conflict::DoNothing(ConflictTarget::Index(
                vec![
                    IndexElement::Name(Name::new("a")),
                    IndexElement::Expr(t("b")),
                ],
                None,
            ))),
        ),
        (
            "pg_nothing_constraint",
            with(Conflict::DoNothing(ConflictTarget::Constraint(Name::new(
                "uq_T",
            )))),
        ),
        (
            "pg_update",
            with(update(on_a(), set(&[("b", arg(3))]), None)),
        ),
        (
            "pg_update_excluded",
            excluded(on_a(), &|excluded| {
                set(&[
                    ("b", arg(of(excluded, "b"))),
                    ("a", arg(add(&of(excluded, "a"), "x"))),
                ])
            }),
        ),
        (
            "pg_update_where",
            with(update(
                on_a_where(),
                set(&[("b", arg(add(&t("b"), 1)))]),
                Some(op(&t("b"), O::Lt, 5)),
            )),
        ),
        (
            "pg_update_returning",
            insert(Insert {
                conflict: Some(update(
                    ConflictTarget::Constraint(Name::new("uq")),
                    set(&[("b", arg(3)), ("a", NONE)]),
                    None,
                )),
                returning: vec![t("a")],
                ..x()
            }),
        ),
        ("my_dup", with(duplicate(set(&[("b", arg(5))]), false))),
        ("my_dup_inserted", {
            let mut statement = row(table_t(), &[("a", arg("x")), ("b", arg(1))]);
            let inserted = statement.proposed("inserted");
            let joined = call("concat", &[arg(of(&inserted, "a")), arg("x")]);
            statement.conflict = Some(duplicate(
                set(&[("b", arg(of(&inserted, "b"))), ("a", arg(joined))]),
                false,
            ));
            insert(statement)
        }),
        (
            "my_dup_ordered",
            with(duplicate(set(&[("b", arg(1)), ("a", arg("z"))]), true)),
        ),
    ]
}

fn update(table: FromClause, pairs: &[(&str, Operand)], conditions: Vec<Expr>) -> Update {
    Update {
        values: Some(set(pairs)),
        conditions,
        ..Update::new(table)
    }
}

fn updates() -> Cases {
    let (a, b, c) = (t("a"), t("b"), t("c"));
    let all = |pairs: &[(&str, Operand)]| Statement::Dml(update(table_t(), pairs, vec![]).into());
    let some = |pairs: &[(&str, Operand)], conditions| {
        Statement::Dml(update(table_t(), pairs, conditions).into())
    };
    let dml = |update: Update| Statement::Dml(update.into());
    let of = |source: &FromClause, name: &str| source.column(name).unwrap();
    let same_b = || eq(&u("b"), t("b"));
    let sub = |tail: Tail| {
        scalar(Select {
            conditions: vec![same_b()],
            tail,
            ..select(vec![u("a")])
        })
    };
    let one = Tail {
        limit: Some(literal(Literal::Int(1), None)),
        ..Tail::default()
    };
    let x = table_u().alias(Some(Name::new("x")));
    let own = table_t().alias(Some(Name::new("x")));
    let grouped = Query::from(Select {
        group_by: vec![u("b")],
        ..select(vec![
            u("b"),
            call("max", &[arg(u("a"))]).label(Some(Name::new("m"))),
        ])
    })
    .subquery(Some(Name::new("x")));
    let several = vec![
        (DmlKey::Column(t("a")), arg("x")),
        (DmlKey::Column(u("a")), arg("y")),
    ];
    let choice = case(&[(arg(eq(&b, 1)), arg("x"))], None, Some(&arg(&a))).unwrap();
    vec![
        ("upd", all(&[("a", arg("x"))])),
        (
            "upd_where",
            some(&[("a", arg("it's")), ("b", NONE)], vec![eq(&b, 5)]),
        ),
        ("upd_order", all(&[("b", arg(1)), ("a", arg("x"))])),
        (
            "upd_ordered",
            dml(Update {
                ordered: true,
                ..update(table_t(), &[("b", arg(2)), ("a", arg("x"))], vec![])
            }),
        ),
        (
            "upd_expr",
            all(&[
                ("b", arg(add(&b, 1))),
                ("a", arg(call("lower", &[arg(&a)]))),
            ]),
        ),
        ("upd_case", all(&[("a", arg(choice))])),
        ("upd_bare", dml(Update::new(table_u()))),
        (
            "upd_schema",
            dml(update(table_s(), &[("a", NONE)], vec![eq(&s("b"), NONE)])),
        ),
        (
            "upd_quoted",
            dml(update(
                table_q(),
                &[("firstName", arg("x"))],
                vec![eq(&table_q().column("firstName").unwrap(), "y")],
            )),
        ),
        (
            "upd_from",
            some(&[("a", arg(u("a")))], vec![eq(&b, u("b"))]),
        ),
        (
            "upd_from_two",
            some(
                &[("a", arg("x"))],
                vec![eq(&b, u("b")), eq(&u("a"), s("a"))],
            ),
        ),
        ("upd_sub", all(&[("a", arg(sub(Tail::default())))])),
        (
            "upd_sub_limit",
            some(
                &[("a", arg(sub(one)))],
                vec![exists(&filtered(vec![u("a")], same_b()))],
            ),
        ),
        (
            "upd_in",
            some(
                &[("c", boolean(true))],
                vec![a.in_(&list(&[arg("x"), arg("y")])).unwrap()],
            ),
        ),
        ("upd_bool", some(&[("c", arg(c.negate()))], vec![c.clone()])),
        (
            "upd_text",
            some(&[("a", arg(text("upper(a)")))], vec![text("b > 5")]),
        ),
        (
            "upd_returning",
            dml(Update {
                returning: vec![a.clone()],
                ..update(table_t(), &[("a", arg("x"))], vec![])
            }),
        ),
        ("upd_unknown", all(&[("zz", arg("x"))])),
        (
            "upd_bind",
            some(
                &[(
                    "a",
                    arg(bind(Some("na"), Some(Literal::text("q")), None, false)),
                )],
                vec![eq(&b, bind(Some("ob"), Some(Literal::Int(3)), None, false))],
            ),
        ),
        (
            "upd_alias",
            some(&[("a", arg(of(&x, "a")))], vec![eq(&b, of(&x, "b"))]),
        ),
        (
            "upd_subq",
            some(
                &[("a", arg(of(&grouped, "m")))],
                vec![eq(&b, of(&grouped, "b"))],
            ),
        ),
        (
            "upd_self_alias",
            some(&[("a", arg(of(&own, "a")))], vec![eq(&b, of(&own, "b"))]),
        ),
        ("upd_json", all(&[("j", arg(text("'{}'::jsonb")))])),
        (
            "upd_cast",
            all(&[("n", arg(cast(&arg(&a), &numeric(5, 2)).unwrap()))]),
        ),
        ("upd_dt", all(&[("d", arg(call("now", &[])))])),
        ("upd_true_where", some(&[("a", arg("x"))], vec![true_()])),
        (
            "my_upd_multi",
            dml(Update {
                values: Some(several),
                conditions: vec![eq(&b, u("b"))],
                ..Update::new(table_t())
            }),
        ),
        (
            "T_upd",
            dml(update(
                table_users(),
                &[("name", arg("x"))],
                vec![eq(&users("id"), 5)],
            )),
        ),
        (
            "T_upd_role",
            dml(update(
                table_users(),
                &[("role", arg("x")), ("updated", NONE)],
                vec![],
            )),
        ),
    ]
}

fn deletes() -> Cases {
    let (a, b) = (t("a"), t("b"));
    let delete = |conditions: Vec<Expr>| {
        Statement::Dml(
            Delete {
                conditions,
                ..Delete::new(table_t())
            }
            .into(),
        )
    };
    let own = table_t().alias(Some(Name::new("x")));
    let of = |name: &str| own.column(name).unwrap();
    let star = literal_column("*", None);
    vec![
        ("del_", delete(vec![])),
        (
            "del_where",
            delete(vec![
                a.in_(&list(&[arg("x"), arg("y")])).unwrap(),
                or_(&[op(&b, O::Ne, 3), op(&b, O::Ne, NONE)]),
            ]),
        ),
        ("del_using", delete(vec![eq(&b, u("b")), eq(&u("a"), "x")])),
        (
            "del_not_exists",
            delete(vec![
                exists(&filtered(vec![star], eq(&u("a"), &a))).negate(),
            ]),
        ),
        (
            "del_returning",
            Statement::Dml(
                Delete {
                    returning: vec![a.clone()],
                    ..Delete::new(table_t())
                }
                .into(),
            ),
        ),
        (
            "del_schema",
            Statement::Dml(
                Delete {
                    conditions: vec![eq(&s("a"), "x")],
                    ..Delete::new(table_s())
                }
                .into(),
            ),
        ),
        (
            "del_self",
            delete(vec![eq(&a, of("a")), op(&b, O::Lt, of("b"))]),
        ),
        (
            "del_sub",
            delete(vec![eq(
                &b,
                scalar(select(vec![call("max", &[arg(u("b"))])])),
            )]),
        ),
        (
            "T_del",
            Statement::Dml(
                Delete {
                    conditions: vec![eq(&users("id"), 1)],
                    ..Delete::new(table_users())
                }
                .into(),
            ),
        ),
    ]
}

#[test]
fn changes_print_as_recorded() {
    let cases = [inserts(), conflicts(), updates(), deletes()].concat();
    check(include_str!("changes.json"), &cases);
}
