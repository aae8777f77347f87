//! Statements over a `Table`, whose columns have defaults and answer comparisons first.

use super::check;
use super::fixtures::*;
use crate::dialect::alembic::sqlalchemy::dml::{DmlKey, Insert, InsertValues, Update};
use crate::dialect::alembic::sqlalchemy::expression::Operator as O;
use crate::dialect::alembic::sqlalchemy::expression::*;
use crate::dialect::alembic::sqlalchemy::select::{LabelStyle, Query, Select, Statement};
use crate::dialect::alembic::sqlalchemy::target::Name;

type Cases = Vec<(&'static str, Statement)>;

fn insert(pairs: &[(&str, Operand)]) -> Insert {
    let row = pairs
        .iter()
        .map(|(key, operand)| (DmlKey::from(*key), operand.clone()))
        .collect();
    Insert {
        values: InsertValues::Row(row),
        ..Insert::new(table_users())
    }
}

fn update(values: Vec<(DmlKey, Operand)>, conditions: Vec<Expr>) -> Statement {
    Statement::Dml(
        Update {
            values: Some(values),
            conditions,
            ..Update::new(table_users())
        }
        .into(),
    )
}

fn comparisons() -> Cases {
    let b = t("b");
    let alias = table_users().alias(Some(Name::new("x")));
    let sub = Query::from(select(vec![users("id")])).subquery(Some(Name::new("x")));
    let lowered = call("lower", &[arg(t("a"))]);
    let filled = call("coalesce", &[arg(t("a")), arg("x")]);
    vec![
        ("T_refl", eq(&b, users("id"))),
        ("T_refl_lt", op(&b, O::Lt, users("id"))),
        ("T_refl_alias", op(&b, O::Ge, alias.column("id").unwrap())),
        ("T_refl_sub", op(&b, O::Ne, sub.column("id").unwrap())),
        ("T_refl_not", eq(&users("id"), t("b"))),
        ("T_refl_add", add(&b, users("id"))),
        ("func_refl", eq(&lowered, filled.clone())),
        ("func_refl2", eq(&filled, lowered)),
    ]
    .into_iter()
    .map(|(name, expression)| (name, statement(expression)))
    .collect()
}

fn statements() -> Cases {
    let alias = table_users().alias(Some(Name::new("x")));
    let columns = vec!["id".into(), "name".into()];
    let source = InsertValues::Query {
        columns,
        query: select(vec![t("b"), t("a")]).into(),
        include_defaults: false,
    };
    let star = literal_column("*", None);
    let same = || eq(&t("b"), users("id"));
    let mut joined = select(vec![users("name"), t("a")]);
    joined.join(table_t(), Some(same()), false, false);
    let named = scalar(Select {
        conditions: vec![same()],
        ..select(vec![t("a")])
    });
    vec![
        ("T_sel_join", Statement::Query(joined.into())),
        (
            "T_ins_from",
            Statement::Dml(
                Insert {
                    values: source,
                    ..Insert::new(table_users())
                }
                .into(),
            ),
        ),
        (
            "T_ins_ret",
            Statement::Dml(
                Insert {
                    returning: vec![users("id")],
                    ..insert(&[("name", arg("x"))])
                }
                .into(),
            ),
        ),
        (
            "T_ins_default",
            Statement::Dml(
                insert(&[
                    ("name", arg("x")),
                    ("role", arg("y")),
                    ("created", arg(call("now", &[]))),
                ])
                .into(),
            ),
        ),
        (
            "T_upd_from",
            update(
                vec![("name".into(), arg(t("a")))],
                vec![eq(&users("id"), t("b"))],
            ),
        ),
        (
            "T_upd_id_expr",
            update(vec![("id".into(), arg(add(&users("id"), 1)))], vec![]),
        ),
        (
            "T_upd_bare",
            Statement::Dml(Update::new(table_users()).into()),
        ),
        (
            "T_exists",
            Statement::Query(
                select(vec![exists(&filtered(vec![star], eq(&users("name"), "x")))]).into(),
            ),
        ),
        (
            "T_alias_cols",
            Statement::Query(select(alias.columns()).into()),
        ),
        (
            "T_count",
            Statement::Query(filtered(
                vec![call("count", &[arg(users("id"))])],
                users("role").in_(&list(&[arg("a")])).unwrap(),
            )),
        ),
        (
            "T_label_style",
            Statement::Query(
                Select {
                    label_style: LabelStyle::TableNamePlusColumn,
                    ..select(table_users().columns())
                }
                .into(),
            ),
        ),
        (
            "T_sub_update",
            update(vec![("name".into(), arg(named))], vec![]),
        ),
    ]
}

#[test]
fn schema_tables_print_as_recorded() {
    check(
        include_str!("schema_tables.json"),
        &[comparisons(), statements()].concat(),
    );
}
