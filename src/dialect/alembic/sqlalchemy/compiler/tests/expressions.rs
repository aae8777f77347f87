//! Expressions of every kind.

use super::check;
use super::documents::{collections, documents};
use super::fixtures::*;
use crate::dialect::alembic::sqlalchemy::expression::Operator as O;
use crate::dialect::alembic::sqlalchemy::expression::*;
use crate::dialect::alembic::sqlalchemy::literal::{Literal, Time};
use crate::dialect::alembic::sqlalchemy::select::{Query, Statement};
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::{SqlType, TypeArguments, TypeClass as C};

fn comparisons() -> Vec<(&'static str, Expr)> {
    let (a, b, c) = (t("a"), t("b"), t("c"));
    vec![
        ("eq_int", eq(&b, 5)),
        ("eq_str", eq(&a, "it's")),
        ("eq_none", eq(&a, NONE)),
        ("ne_none", op(&a, O::Ne, NONE)),
        ("is_none", op(&a, O::Is, NONE)),
        ("eq_true", eq(&c, boolean(true))),
        ("is_false", op(&c, O::Is, boolean(false))),
        ("ne_false", op(&c, O::Ne, boolean(false))),
        ("is_not_true", op(&c, O::IsNot, boolean(true))),
        ("eq_null", eq(&a, null())),
        ("eq_sqltrue", eq(&c, true_())),
        ("lt_col", op(&b, O::Lt, u("b"))),
        ("not_lt", op(&b, O::Lt, 3).negate()),
        ("reverse_gt", rop(5, O::Gt, &b)),
        ("str_col_int", eq(&a, 5)),
        ("is_distinct", op(&b, O::IsDistinctFrom, 3)),
        ("is_not_distinct", op(&b, O::IsNotDistinctFrom, 3)),
        ("is_distinct_none", op(&b, O::IsDistinctFrom, NONE)),
        (
            "between",
            b.between(&O::Between, &arg(1), &arg(2), false).unwrap(),
        ),
        (
            "not_between",
            b.between(&O::Between, &arg(1), &arg(2), false)
                .unwrap()
                .negate(),
        ),
        (
            "between_sym",
            b.between(&O::Between, &arg(1), &arg(2), true).unwrap(),
        ),
        (
            "between_and",
            and_(&[
                b.between(&O::Between, &arg(1), &arg(2), false).unwrap(),
                eq(&a, "x"),
            ]),
        ),
        ("not_eq", eq(&a, "x").negate()),
        ("not_is", eq(&a, NONE).negate()),
        ("eq_eq", eq(&eq(&a, "x"), eq(&b, 1))),
        ("cmp_sub", op(&op(&b, O::Sub, 1), O::Gt, op(&b, O::Mul, 2))),
        (
            "tuple_eq",
            eq(
                &tuple(&[arg(&a), arg(&b)]).unwrap(),
                lit(Literal::Tuple([Literal::text("x"), Literal::Int(1)].into())),
            ),
        ),
    ]
}

fn arithmetic() -> Vec<(&'static str, Expr)> {
    let (a, b, n) = (t("a"), t("b"), t("n"));
    vec![
        ("add", add(&b, 1)),
        ("add_chain", add(&add(&b, 1), 2)),
        ("sub_chain", op(&op(&b, O::Sub, 1), O::Sub, 2)),
        ("sub_right", op(&b, O::Sub, op(&u("b"), O::Sub, 2))),
        ("add_mul", op(&add(&b, 1), O::Mul, 2)),
        ("mul_add", add(&op(&b, O::Mul, 2), 1)),
        ("div", op(&b, O::TrueDiv, 2)),
        ("div_num", op(&n, O::TrueDiv, 2)),
        ("div_float", op(&b, O::TrueDiv, float(2.5))),
        ("floordiv", op(&b, O::FloorDiv, 2)),
        ("floordiv_num", op(&n, O::FloorDiv, 2)),
        ("mod", op(&b, O::Mod, 3)),
        ("neg", b.negative()),
        ("neg_add", add(&b, 1).negative()),
        ("neg_mul", op(&b.negative(), O::Mul, 2)),
        ("pow", b.power(&arg(2), false).unwrap()),
        ("rpow", b.power(&arg(2), true).unwrap()),
        ("radd", rop(1, O::Add, &b)),
        ("rsub", rop(1, O::Sub, &b)),
        ("str_add", add(&a, "x")),
        ("str_radd", rop("x", O::Add, &a)),
        ("str_add_chain", add(&add(&a, "x"), u("a"))),
        ("concat", a.concat(&arg("x")).unwrap()),
        ("null_add", add(&t("x"), "s")),
        ("null_add_int", add(&t("x"), 1)),
        ("bit_and", op(&b, O::BitwiseAnd, 4)),
        ("bit_or", op(&b, O::BitwiseOr, 4)),
        ("bit_xor", op(&b, O::BitwiseXor, 4)),
        ("bit_xor_eq", eq(&op(&b, O::BitwiseXor, 4), 1)),
        ("bit_not", b.bitwise_not()),
        ("bit_shl", op(&b, O::BitwiseLshift, 4)),
        ("bit_shr_add", add(&op(&b, O::BitwiseRshift, 4), 1)),
        ("op", op(&a, O::custom("->>"), "k")),
        ("op_add", add(&op(&a, O::custom("->>"), "k"), "x")),
        ("op_eq", eq(&op(&a, O::custom("->>"), "k"), "v")),
        ("op_pct", op(&a, O::custom("%"), "k")),
        (
            "bool_op",
            op(&op(&a, custom("@>", 0, true), "k"), O::And, eq(&b, 1)),
        ),
        ("op_prec", eq(&op(&a, custom("^", 5, false), "k"), "v")),
        ("concat_eq", eq(&add(&a, "x"), "y")),
        ("concat_like", like(&add(&a, "x"), O::Like, "y")),
        ("add_in", add(&b, 1).in_(&list(&[arg(1)])).unwrap()),
        ("dt_add", add(&t("d"), span(86_400))),
        ("date_sub", op(&p("dt"), O::Sub, lit(Literal::Date(day())))),
    ]
}

fn custom(text: &str, precedence: i32, comparison: bool) -> O {
    O::Custom(std::rc::Rc::new(CustomOperator {
        precedence,
        is_comparison: comparison,
        ..CustomOperator::new(text)
    }))
}

fn texts() -> Vec<(&'static str, Expr)> {
    let a = t("a");
    let flags = |flags: &str| BinaryModifiers {
        flags: Some(flags.into()),
        ..BinaryModifiers::default()
    };
    vec![
        ("like", like(&a, O::Like, "x%")),
        ("not_like", like(&a, O::NotLike, "x%")),
        ("inv_like", like(&a, O::Like, "x%").negate()),
        (
            "like_escape",
            like_with(&a, O::Like, "x%", Some("/"), false),
        ),
        ("ilike", like(&a, O::Ilike, "x%")),
        ("not_ilike", like(&a, O::NotIlike, "x%")),
        ("startswith", like(&a, O::StartsWith, "q")),
        ("not_startswith", like(&a, O::StartsWith, "q").negate()),
        ("istartswith", like(&a, O::IstartsWith, "q")),
        ("endswith", like(&a, O::EndsWith, "q")),
        ("contains", like(&a, O::Contains, "q")),
        (
            "contains_autoescape",
            like_with(&a, O::Contains, "50%_/", None, true),
        ),
        (
            "contains_escape",
            like_with(&a, O::Contains, "50%", Some("^"), false),
        ),
        ("icontains", like(&a, O::Icontains, "q")),
        ("contains_col", like(&a, O::Contains, u("a"))),
        ("not_contains", like(&a, O::Contains, "q").negate()),
        ("match", op(&a, O::Match, "x")),
        ("regexp", op(&a, O::RegexpMatch, "^a")),
        (
            "regexp_i",
            a.operate_with(&O::RegexpMatch, &arg("^a"), flags("i"))
                .unwrap(),
        ),
        (
            "regexp_g",
            a.operate_with(&O::RegexpMatch, &arg("^a"), flags("ig"))
                .unwrap(),
        ),
        ("not_regexp", op(&a, O::RegexpMatch, "^a").negate()),
        (
            "regexp_replace",
            a.regexp_replace(&arg("^a"), &arg("b"), None).unwrap(),
        ),
        (
            "regexp_replace_flags",
            a.regexp_replace(&arg("^a"), &arg("b"), Some("g")).unwrap(),
        ),
        ("collate", a.collate("C")),
        ("collate_eq", eq(&a.collate("de_DE"), "x")),
        ("collate_lower", a.collate("nocase").asc()),
        ("backslash", eq(&a, "a\\b")),
        ("percent", eq(&a, "50%")),
        ("newline", eq(&a, "a\nb")),
        ("unicode", eq(&a, "é😀")),
        ("text_plain", text("SELECT 1 WHERE a = ':x' AND b::int = 5")),
        (
            "text_bind",
            bound("a = :foo", &[("foo", Literal::text("it's"))]),
        ),
        (
            "text_bind_int",
            bound(
                "a = :foo AND b = :bar AND c = :foo",
                &[("foo", Literal::Int(1)), ("bar", Literal::None)],
            ),
        ),
        (
            "text_escape",
            text("a = '\\:foo' AND b = 'x:y' AND c = '{\"a\":1}' \\:: x"),
        ),
        (
            "text_typed",
            typed_text(
                "a = :foo",
                &bind(
                    Some("foo"),
                    Some(Literal::text("x")),
                    Some(SqlType::string()),
                    false,
                ),
            ),
        ),
        (
            "text_in",
            typed_text(
                "a IN :ids",
                &expanding_bind(Some("ids"), Some(ints(&[1, 2])), None, false),
            ),
        ),
        ("text_and_col", text("a")),
        ("text_unicode", text("a = :é AND 12:30 AND :a: AND ::b")),
    ]
}

pub(super) fn ints(numbers: &[i64]) -> Literal {
    Literal::List(numbers.iter().copied().map(Literal::Int).collect())
}

fn bound(sql: &str, values: &[(&str, Literal)]) -> Expr {
    let expression = text(sql);
    let Element::Text(clause) = expression.element() else {
        panic!("text is text")
    };
    let mut clause = clause.clone();
    for (name, value) in values {
        clause.bind_value(name, value.clone()).unwrap();
    }
    Expr::new(Element::Text(clause), SqlType::null())
}

fn typed_text(sql: &str, parameter: &Expr) -> Expr {
    let expression = text(sql);
    let Element::Text(clause) = expression.element() else {
        panic!("text is text")
    };
    let mut clause = clause.clone();
    clause.bind_parameter(parameter).unwrap();
    Expr::new(Element::Text(clause), SqlType::null())
}

fn lists() -> Vec<(&'static str, Expr)> {
    let (a, b) = (t("a"), t("b"));
    let pair = tuple(&[arg(&a), arg(&b)]).unwrap();
    let rows = [("x", 1), ("y", 2)]
        .map(|(text, number)| Literal::Tuple([Literal::text(text), Literal::Int(number)].into()));
    vec![
        ("in_ints", b.in_(&lit(ints(&[1, 2]))).unwrap()),
        ("not_in_ints", b.not_in(&lit(ints(&[1, 2]))).unwrap()),
        ("inv_in", b.in_(&lit(ints(&[1, 2]))).unwrap().negate()),
        ("in_empty", b.in_(&list(&[])).unwrap()),
        ("not_in_empty", b.not_in(&list(&[])).unwrap()),
        ("in_strs", a.in_(&list(&[arg("x"), arg("it's")])).unwrap()),
        ("in_none", b.in_(&list(&[arg(1), NONE])).unwrap()),
        (
            "in_mixed",
            b.in_(&list(&[arg(1), arg(u("b")), arg(call("max", &[arg(2)]))]))
                .unwrap(),
        ),
        (
            "in_select",
            b.in_(&arg(Query::from(select(vec![u("b")])))).unwrap(),
        ),
        (
            "not_in_select",
            b.not_in(&arg(filtered(vec![u("b")], eq(&u("a"), "z"))))
                .unwrap(),
        ),
        (
            "in_tuple",
            pair.in_(&lit(Literal::List(rows.into()))).unwrap(),
        ),
        ("in_tuple_empty", pair.in_(&list(&[])).unwrap()),
        (
            "in_bind",
            b.in_(&arg(expanding_bind(
                Some("ids"),
                Some(ints(&[1, 2])),
                None,
                false,
            )))
            .unwrap(),
        ),
        ("in_text", b.in_(&arg(text("SELECT 1"))).unwrap()),
    ]
}

fn conditions() -> Vec<(&'static str, Expr)> {
    let (a, b, c) = (t("a"), t("b"), t("c"));
    let (x, one, two) = (eq(&a, "x"), eq(&b, 1), eq(&b, 2));
    let typed = function(&[], "is_ok", &[arg(&a)], Some(SqlType::boolean())).unwrap();
    vec![
        ("and2", and_(&[x.clone(), one.clone()])),
        (
            "and_or",
            and_(&[x.clone(), or_(&[one.clone(), two.clone()])]),
        ),
        (
            "or_and",
            or_(&[and_(&[x.clone(), one.clone()]), two.clone()]),
        ),
        (
            "and_nested",
            and_(&[and_(&[x.clone(), one.clone()]), two.clone()]),
        ),
        ("amp", op(&op(&x, O::And, &one), O::And, op(&b, O::Lt, 9))),
        ("pipe", op(&x, O::Or, &one)),
        ("and_true", and_(&[true_(), x.clone()])),
        ("and_only_true", and_(&[true_()])),
        ("and_false", and_(&[x.clone(), false_()])),
        ("or_false", or_(&[false_(), x.clone()])),
        ("or_true", or_(&[true_(), x.clone()])),
        ("not_and", not_(&and_(&[x.clone(), one.clone()]))),
        ("not_or", op(&x, O::Or, &one).negate()),
        (
            "not_not_and",
            and_(&[x.clone(), one.clone()]).negate().negate(),
        ),
        ("and_bool", and_(&[c.clone(), one.clone()])),
        ("or_not_bool", or_(&[c.negate(), one.clone()])),
        ("not_bool", c.negate()),
        ("and_text", and_(&[text("a = 1 or b = 2"), one.clone()])),
        ("not_func", call("foo", &[arg(&b)]).negate()),
        ("not_true", true_().negate()),
        (
            "func_in_and",
            and_(&[call("is_ok", &[arg(&a)]), one.clone()]),
        ),
        ("func_bool_typed", and_(&[typed, one.clone()])),
        (
            "label_bool",
            and_(&[c.label(Some(Name::new("z"))), one.clone()]),
        ),
        (
            "exists_and",
            and_(&[exists(&Query::from(select(vec![u("a")]))), one]),
        ),
    ]
}

fn casts() -> Vec<(&'static str, Expr)> {
    let (a, b) = (t("a"), t("b"));
    let to = |type_: SqlType| cast(&arg(&a), &type_).unwrap();
    let class = |class| to(SqlType::new(class));
    let zoned = SqlType::with(
        C::Timestamp,
        TypeArguments {
            timezone: true,
            ..TypeArguments::default()
        },
    );
    let collated = SqlType::with(
        C::String,
        TypeArguments {
            length: Some(20),
            collation: Some("C".into()),
            ..TypeArguments::default()
        },
    );
    vec![
        ("cast_str", cast(&arg(&b), &SqlType::string()).unwrap()),
        ("cast_int", to(SqlType::integer())),
        ("cast_num", to(numeric(5, 2))),
        ("cast_bool", to(SqlType::boolean())),
        ("cast_json", class(C::Json)),
        ("cast_dt", class(C::DateTime)),
        ("cast_ts", to(zoned)),
        ("cast_date", class(C::Date)),
        ("cast_float", class(C::Float)),
        ("cast_text", class(C::Text)),
        ("cast_varchar", to(sized(C::String, 20))),
        ("cast_collate", to(collated)),
        ("cast_uuid", class(C::Uuid)),
        ("cast_enum", to(enum_type(&["a", "b"]))),
        ("cast_array", to(pg_array(SqlType::new(C::Text), None))),
        (
            "cast_jsonb",
            cast(&arg("{}"), &SqlType::new(C::Jsonb)).unwrap(),
        ),
        ("cast_lit", cast(&arg("5"), &SqlType::integer()).unwrap()),
        (
            "cast_lit_num",
            cast(&arg(5), &SqlType::new(C::Numeric)).unwrap(),
        ),
        ("cast_none", cast(&NONE, &SqlType::integer()).unwrap()),
        ("cast_bin", class(C::LargeBinary)),
        ("cast_interval", class(C::Interval)),
        ("cast_eq", eq(&to(SqlType::integer()), 5)),
        (
            "cast_add",
            add(&cast(&arg(&b), &SqlType::string()).unwrap(), "x"),
        ),
        (
            "type_coerce",
            add(&type_coerce(&arg(&a), &SqlType::integer()).unwrap(), 1),
        ),
        (
            "type_coerce_lit",
            type_coerce(&arg("5"), &SqlType::string()).unwrap(),
        ),
        ("try_cast", try_cast(&arg(&a), &SqlType::integer()).unwrap()),
    ]
}

fn functions() -> Vec<(&'static str, Expr)> {
    let (a, b) = (t("a"), t("b"));
    let none = |name| call(name, &[]);
    let of_a = |name| call(name, &[arg(&a)]);
    vec![
        ("func_now", none("now")),
        ("func_current_ts", none("current_timestamp")),
        ("func_current_date", none("current_date")),
        ("func_localtime", none("localtime")),
        ("func_localtimestamp", none("localtimestamp")),
        ("func_user", none("current_user")),
        ("func_sysdate", none("sysdate")),
        ("func_random", none("random")),
        ("func_count", none("count")),
        ("func_count_col", of_a("count")),
        ("func_count_distinct", call("count", &[arg(distinct(&a))])),
        ("func_count_dist2", call("count", &[arg(distinct(&a))])),
        (
            "func_concat",
            call("concat", &[arg("a"), arg("b"), arg(&a)]),
        ),
        ("func_coalesce", call("coalesce", &[arg(&a), arg("x")])),
        ("func_upper", of_a("UPPER")),
        (
            "func_mixed",
            call("MyFn", &[arg(1), arg("x"), NONE, boolean(true)]),
        ),
        (
            "func_pkg",
            function(&["pg_catalog"], "setval", &[arg("s"), arg(5)], None).unwrap(),
        ),
        ("func_weird", call("my fn", &[arg(1)])),
        ("func_nested", call("lower", &[arg(of_a("trim"))])),
        ("func_add", add(&of_a("length"), 1)),
        ("func_eq_str", eq(&of_a("lower"), "x")),
        ("func_max_add", add(&call("max", &[arg(&b)]), 1)),
        (
            "func_sum_div",
            op(
                &call("sum", &[arg(&b)]),
                O::TrueDiv,
                call("count", &[arg(&b)]),
            ),
        ),
        ("func_char_length", of_a("char_length")),
        (
            "func_substring",
            call("substring", &[arg(&a), arg(1), arg(2)]),
        ),
        ("func_substring2", call("substring", &[arg(&a), arg(2)])),
        ("func_substr", call("substr", &[arg(&a), arg(2)])),
        ("func_pow", call("pow", &[arg(2), arg(3)])),
        (
            "func_cast",
            call("foo", &[arg(cast(&arg(&a), &SqlType::integer()).unwrap())]),
        ),
        (
            "func_typed",
            add(
                &function(&[], "foo", &[arg(&a)], Some(SqlType::string())).unwrap(),
                "x",
            ),
        ),
        ("func_current_schema", none("current_schema")),
        ("func_uuid", none("gen_random_uuid")),
        ("func_rollup", call("rollup", &[arg(&a), arg(&b)])),
        (
            "func_grouping_sets",
            call(
                "grouping_sets",
                &[
                    arg(tuple(&[arg(&a)]).unwrap()),
                    arg(tuple(&[arg(&b)]).unwrap()),
                ],
            ),
        ),
        (
            "func_agg_strings",
            call("aggregate_strings", &[arg(&a), arg(",")]),
        ),
        ("func_array_agg", of_a("array_agg")),
        (
            "func_datetime",
            call(
                "foo",
                &[
                    moment(),
                    lit(Literal::Date(day())),
                    lit(Literal::Time(Time {
                        hour: 1,
                        minute: 2,
                        second: 3,
                        ..Time::default()
                    })),
                    decimal("1.50"),
                    float(1.5),
                    lit(id()),
                    lit(Literal::Bytes(b"ab".as_slice().into())),
                ],
            ),
        ),
        (
            "ts_match",
            op(
                &call("to_tsvector", &[arg("english"), arg(&a)]),
                O::custom("@@"),
                call("to_tsquery", &[arg("x")]),
            ),
        ),
        (
            "array_func_item",
            key(
                &function(&[], "foo", &[], Some(pg_array(SqlType::integer(), None))).unwrap(),
                1,
            ),
        ),
    ]
}

fn windows() -> Vec<(&'static str, Expr)> {
    let (a, b) = (t("a"), t("b"));
    let none = WindowFrames::default;
    let rows = WindowFrames {
        rows: Some(Frame::from_pair(None, Some(0))),
        ..none()
    };
    let range = WindowFrames {
        range: Some(Frame::from_pair(Some(-2), Some(3))),
        ..none()
    };
    let above = op(&b, O::Gt, 1);
    let sum = call("sum", &[arg(&b)]);
    vec![
        ("func_filter", call("count", &[arg(&a)]).filter(&above)),
        (
            "func_over",
            call("row_number", &[])
                .over(vec![a.clone()], vec![b.desc()], none())
                .unwrap(),
        ),
        (
            "func_over_rows",
            sum.over(vec![], vec![a.clone()], rows).unwrap(),
        ),
        (
            "func_over_range",
            sum.over(vec![], vec![a.clone(), b.clone()], range).unwrap(),
        ),
        (
            "func_over_empty",
            call("rank", &[]).over(vec![], vec![], none()).unwrap(),
        ),
        (
            "func_over_filter",
            call("count", &[])
                .filter(&above)
                .over(vec![a.clone()], vec![], none())
                .unwrap(),
        ),
        (
            "func_within",
            call("percentile_cont", &[float(0.5)]).within_group(vec![b.clone()]),
        ),
        (
            "func_within_desc",
            call("mode", &[]).within_group(vec![b.desc(), a.clone()]),
        ),
        (
            "func_agg_order",
            call("string_agg", &[arg(&a), arg(",")]).aggregate_order_by(vec![b.desc()]),
        ),
        (
            "pg_agg_order",
            call(
                "string_agg",
                &[arg(&a), arg(text("','").argument_order_by(vec![b.clone()]))],
            ),
        ),
    ]
}

fn choices() -> Vec<(&'static str, Expr)> {
    let (a, b, c) = (t("a"), t("b"), t("c"));
    let one = || arg(eq(&b, 1));
    let simple = |results: [&str; 2]| {
        case(&[(one(), arg(results[0]))], None, Some(&arg(results[1]))).unwrap()
    };
    vec![
        (
            "case",
            case(
                &[(one(), arg("x")), (arg(op(&b, O::Gt, 2)), arg("y"))],
                None,
                Some(&arg("z")),
            )
            .unwrap(),
        ),
        (
            "case_value",
            case(
                &[(arg(1), arg("x")), (arg(2), arg("y"))],
                Some(&arg(&b)),
                Some(&arg(&a)),
            )
            .unwrap(),
        ),
        (
            "case_no_else",
            case(&[(one(), arg("x"))], None, None).unwrap(),
        ),
        (
            "case_none",
            case(&[(one(), NONE)], None, Some(&NONE)).unwrap(),
        ),
        ("case_eq", eq(&simple(["x", "y"]), "x")),
        (
            "case_bool",
            case(&[(arg(&c), arg(1))], None, Some(&arg(0))).unwrap(),
        ),
        (
            "case_and",
            case(
                &[(arg(and_(&[eq(&b, 1), eq(&a, "x")])), arg(1))],
                None,
                Some(&arg(0)),
            )
            .unwrap(),
        ),
        (
            "case_in_add",
            add(&case(&[(one(), arg(2))], None, Some(&arg(3))).unwrap(), 1),
        ),
        ("extract_year", extract("year", &arg(t("d"))).unwrap()),
        ("extract_epoch", extract("epoch", &arg(t("d"))).unwrap()),
        (
            "extract_dow",
            add(&extract("dow", &arg(t("d"))).unwrap(), 1),
        ),
        ("extract_ms", extract("milliseconds", &arg(t("d"))).unwrap()),
        ("extract_bad", extract("century", &arg(t("d"))).unwrap()),
    ]
}

fn values() -> Vec<(&'static str, Expr)> {
    let d = t("d");
    vec![
        ("dt_lt", op(&d, O::Lt, moment())),
        ("dt_us", eq(&d, lit(Literal::DateTime(clock(678, None))))),
        ("dt_tz", eq(&d, lit(Literal::DateTime(clock(0, Some(0)))))),
        ("dt_str", eq(&d, "2020-01-01")),
        ("dt_date", eq(&d, lit(Literal::Date(day())))),
        ("date_eq", eq(&p("dt"), lit(Literal::Date(day())))),
        (
            "time_eq",
            eq(
                &p("tm"),
                lit(Literal::Time(Time {
                    hour: 1,
                    minute: 2,
                    second: 3,
                    microsecond: 4,
                    offset: None,
                })),
            ),
        ),
        ("num_dec", eq(&t("n"), decimal("1.50"))),
        ("num_str", eq(&t("n"), "1.5")),
        ("float_lit", op(&p("f"), O::Gt, float(1e20))),
        ("float_small", op(&p("f"), O::Gt, float(1e-7))),
        ("bigint", eq(&p("bi"), 1 << 40)),
        (
            "huge",
            eq(
                &p("bi"),
                lit(Literal::BigInt("1180591620717411303424".into())),
            ),
        ),
        ("enum_str", eq(&p("e"), "one")),
        ("enum_other", eq(&p("e"), "zzz")),
        (
            "enum_in",
            p("e").in_(&list(&[arg("one"), arg("two")])).unwrap(),
        ),
        ("uuid_eq", eq(&p("u"), lit(id()))),
        (
            "uuid_str",
            eq(&p("u"), "00000000-0000-0000-0000-000000000005"),
        ),
        ("interval_eq", eq(&p("i"), span(3600))),
        (
            "bin_eq",
            eq(&p("bin"), lit(Literal::Bytes(b"a'b".as_slice().into()))),
        ),
        ("bin_str", eq(&p("bin"), "ab")),
        ("inet_eq", eq(&p("inet"), "1.2.3.4")),
        ("literal_int", literal(Literal::Int(5), None)),
        ("literal_str", literal(Literal::text("x"), None)),
        ("literal_none", literal(Literal::None, None)),
        ("literal_list", literal(ints(&[1]), None)),
        (
            "literal_typed",
            literal(Literal::text("x"), Some(SqlType::new(C::Text))),
        ),
        ("literal_bool", literal(Literal::Bool(true), None)),
        ("literal_col", literal_column("now() + 'x'", None)),
        ("literal_col_eq", eq(&literal_column("foo", None), 5)),
        (
            "literal_col_typed",
            add(&literal_column("foo", Some(SqlType::string())), "x"),
        ),
        (
            "bindparam",
            bind(Some("p"), Some(Literal::Int(5)), None, false),
        ),
        ("bindparam_none", bind(Some("p"), None, None, false)),
        ("null", null()),
        ("true", true_()),
        ("false", false_()),
    ]
}

fn names_and_queries() -> Vec<(&'static str, Expr)> {
    let (a, b) = (t("a"), t("b"));
    let z = || Some(Name::new("z"));
    let highest = || scalar(select(vec![call("max", &[arg(u("b"))])]));
    let star = || literal_column("*", None);
    vec![
        ("asc", a.asc()),
        ("desc_nulls", a.desc().nulls_last()),
        ("nulls_first", a.nulls_first()),
        ("desc_expr", add(&b, 1).desc()),
        ("desc_label", add(&b, 1).label(z()).desc()),
        ("label", add(&b, 1).label(z())),
        ("label_eq", eq(&add(&b, 1).label(z()), 5)),
        ("quoted", eq(&table_q().column("firstName").unwrap(), "x")),
        ("schema_col", eq(&table_s().column("b").unwrap(), 1)),
        ("plain_col", eq(&column("a", None), column("b", None))),
        ("plain_col_upper", column("A b", None)),
        (
            "col_typed_bare",
            add(&column("a", Some(SqlType::integer())), 5),
        ),
        ("col_untyped_eq", eq(&column("a", None), 1)),
        ("quoted_name", column(Name::quoted("abc", Some(true)), None)),
        ("distinct_expr", distinct(&a)),
        ("exists", exists(&filtered(vec![star()], eq(&b, u("b"))))),
        (
            "exists_sel",
            exists(&filtered(vec![u("a")], eq(&u("b"), &b))),
        ),
        (
            "not_exists",
            exists(&filtered(vec![u("a")], eq(&u("b"), 1))).negate(),
        ),
        ("scalar_sub", highest()),
        ("scalar_sub_eq", eq(&b, highest())),
        ("scalar_sub_add", add(&highest(), 1)),
        (
            "sequence",
            next_value(Name::new("s1"), Some(Name::new("q")), None),
        ),
    ]
}

#[test]
fn expressions_print_as_recorded() {
    let groups = [
        comparisons(),
        arithmetic(),
        texts(),
        lists(),
        conditions(),
        casts(),
        functions(),
        windows(),
        choices(),
        values(),
        documents(),
        collections(),
        names_and_queries(),
    ];
    let cases: Vec<(&str, Statement)> = groups
        .concat()
        .into_iter()
        .map(|(name, expression)| (name, statement(expression)))
        .collect();
    check(include_str!("expressions.json"), &cases);
}
