//! JSON documents, arrays, ranges and key-value pairs.

use super::expressions::ints;
use super::fixtures::*;
use crate::dialect::alembic::sqlalchemy::expression::Operator as O;
use crate::dialect::alembic::sqlalchemy::expression::*;
use crate::dialect::alembic::sqlalchemy::literal::Literal;
use crate::dialect::alembic::sqlalchemy::types::{SqlType, TypeClass as C};

pub(super) fn documents() -> Vec<(&'static str, Expr)> {
    let j = t("j");
    let k = key(&j, "k");
    let steps = [Literal::text("a"), Literal::Int(1), Literal::text("b")];
    let dict = Literal::Dict([(Literal::text("a"), Literal::Int(1))].into());
    let jsonb = || arg(cast(&arg("{}"), &SqlType::new(C::Jsonb)).unwrap());
    let (pj, jb) = (p("j"), p("jb"));
    let method =
        |name: &str, operand: Operand| jb.postgres_operator(name, &operand).unwrap().unwrap();
    let strings = arg(array(&[arg("a"), arg("b")], None).unwrap());
    vec![
        ("json_eq", eq(&j, lit(dict))),
        ("json_none", eq(&j, NONE)),
        ("json_item", k.clone()),
        ("json_item_int", key(&j, 5)),
        ("json_item_str", k.json_as(JsonCast::String).unwrap()),
        (
            "json_item_integer",
            eq(&k.json_as(JsonCast::Integer).unwrap(), 5),
        ),
        ("json_item_bool", k.json_as(JsonCast::Boolean).unwrap()),
        ("json_item_float", k.json_as(JsonCast::Float).unwrap()),
        (
            "json_item_num",
            k.json_as(JsonCast::Numeric(10, 2)).unwrap(),
        ),
        ("json_path", path(&j, &steps)),
        (
            "json_path_str",
            path(&j, &steps).json_as(JsonCast::String).unwrap(),
        ),
        ("json_nested", key(&key(&j, "a"), "b")),
        ("json_cast", cast(&arg(&k), &SqlType::integer()).unwrap()),
        ("pj_item", key(&pj, "k")),
        ("pj_astext", key(&pj, "k").astext().unwrap()),
        (
            "pj_astext_cast",
            eq(
                &cast(&arg(key(&pj, "k").astext().unwrap()), &SqlType::integer()).unwrap(),
                5,
            ),
        ),
        (
            "pj_path_astext",
            path(&pj, &[Literal::text("a"), Literal::text("b")])
                .astext()
                .unwrap(),
        ),
        ("pjb_item", key(&jb, "k")),
        (
            "pjb_nested_astext",
            key(&key(&jb, "k"), "l").astext().unwrap(),
        ),
        ("pjb_astext_eq", eq(&key(&jb, "k").astext().unwrap(), "v")),
        (
            "pjb_path",
            path(&jb, &[Literal::text("a"), Literal::Int(0)]),
        ),
        ("pjb_has_key", method("has_key", arg("k"))),
        ("pjb_has_any", method("has_any", strings)),
        ("pjb_contains_col", like(&jb, O::Contains, &jb)),
        ("pjb_contained_cast", method("contained_by", jsonb())),
        ("pjb_concat", jb.concat(&jsonb()).unwrap()),
        ("pjb_add", add(&jb, jsonb())),
        (
            "pjb_delete_path",
            method("delete_path", list(&[arg("a"), arg("b")])),
        ),
        (
            "pjb_func_item",
            key(
                &function(
                    &[],
                    "jsonb_build",
                    &[arg(&jb)],
                    Some(SqlType::new(C::Jsonb)),
                )
                .unwrap(),
                "k",
            ),
        ),
    ]
}

pub(super) fn collections() -> Vec<(&'static str, Expr)> {
    let (arr, arr2) = (p("arr"), p("arr2"));
    let numbers = |numbers: &[i64]| arg(lit(ints(numbers)));
    let make = |operands: &[Operand]| array(operands, None).unwrap();
    let method = |column: &str, name: &str, operand: Operand| {
        p(column)
            .postgres_operator(name, &operand)
            .unwrap()
            .unwrap()
    };
    vec![
        ("arr_item", key(&arr, 1)),
        (
            "arr_slice",
            arr.subscript(&Subscript::Slice(arg(1), arg(2))).unwrap(),
        ),
        ("arr2_item", key(&key(&arr2, 1), 2)),
        ("arr_contains", like(&arr, O::Contains, numbers(&[1, 2]))),
        (
            "arr_contained",
            method("arr", "contained_by", numbers(&[1, 2])),
        ),
        ("arr_overlap", method("arr", "overlap", numbers(&[1]))),
        ("arr_eq", eq(&arr, numbers(&[1, 2]))),
        ("arr_empty", eq(&arr, numbers(&[]))),
        (
            "arr_nested",
            eq(
                &arr2,
                lit(Literal::List([ints(&[1, 2]), ints(&[3, 4])].into())),
            ),
        ),
        ("arr_concat", add(&arr, make(&[arg(3)]))),
        ("arr_any", eq(&any_(&arr), 5)),
        ("arr_all", op(&all_(&arr), O::Lt, 5)),
        ("arr_any_rev", eq(&any_(&arr), 5)),
        ("arr_any_method", eq(&any_(&arr), 5)),
        ("garr_eq", eq(&p("ga"), list(&[arg("a"), arg("b")]))),
        ("garr_item", eq(&key(&p("ga"), 1), "x")),
        ("array_lit", make(&[arg(1), arg(2), arg(3)])),
        ("array_empty", array(&[], Some(SqlType::integer())).unwrap()),
        (
            "array_nested",
            make(&[arg(make(&[arg(1)])), arg(make(&[arg(2)]))]),
        ),
        ("array_item", key(&make(&[arg(1), arg(2)]), 1)),
        (
            "array_strs",
            call("foo", &[arg(make(&[arg("a"), arg(t("a"))]))]),
        ),
        ("h_item", key(&p("h"), "k")),
        (
            "h_has_key",
            op(&method("h", "has_key", arg("k")), O::And, eq(&t("b"), 1)),
        ),
        ("h_contains", like(&p("h"), O::Contains, p("h"))),
        ("range_contains", like(&p("r"), O::Contains, 5)),
        ("range_overlaps", method("r", "overlaps", arg(p("r")))),
        ("range_left", method("r", "strictly_left_of", arg(p("r")))),
    ]
}
