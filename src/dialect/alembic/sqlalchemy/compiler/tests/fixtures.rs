//! The tables the cases use, and short ways to build expressions.

use std::rc::Rc;

use crate::dialect::alembic::sqlalchemy::expression::{
    Expr, Operand, Operator, Subscript, TableColumn, function, label_reference, literal,
};
use crate::dialect::alembic::sqlalchemy::literal::{Date, DateTime, Literal, Time, Timedelta};
use crate::dialect::alembic::sqlalchemy::select::{Query, Select, Statement};
use crate::dialect::alembic::sqlalchemy::selectable::FromClause;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::dialect::alembic::sqlalchemy::types::{
    EnumDefinition, SqlType, TypeArguments, TypeClass,
};

thread_local! {
    static T: FromClause = table("t", None, &[
        ("a", SqlType::string()), ("b", SqlType::integer()), ("c", SqlType::boolean()),
        ("d", SqlType::new(TypeClass::DateTime)), ("n", numeric(10, 2)), ("j", SqlType::new(TypeClass::Json)),
        ("x", SqlType::null()),
    ]);
    static U: FromClause = table("u", None, &[("a", SqlType::string()), ("b", SqlType::integer())]);
    static S: FromClause = table("t2", Some("s"), &[("a", SqlType::string()), ("b", SqlType::integer())]);
    static Q: FromClause = table("User", Some("My"), &[("firstName", SqlType::string()), ("order", SqlType::integer())]);
    static P: FromClause = table("p", None, &[
        ("j", SqlType::new(TypeClass::PostgresJson)), ("jb", SqlType::new(TypeClass::Jsonb)),
        ("arr", pg_array(SqlType::integer(), None)), ("h", SqlType::new(TypeClass::Hstore)),
        ("r", SqlType::new(TypeClass::Int4Range)), ("u", SqlType::new(TypeClass::Uuid)), ("e", enum_type(&["one", "two"])),
        ("i", SqlType::new(TypeClass::Interval)), ("bin", SqlType::new(TypeClass::LargeBinary)),
        ("ga", SqlType::array(TypeClass::Array, SqlType::string(), None)), ("arr2", pg_array(SqlType::integer(), Some(2))),
        ("inet", SqlType::new(TypeClass::Inet)), ("dt", SqlType::new(TypeClass::Date)),
        ("tm", SqlType::new(TypeClass::Time)), ("f", SqlType::new(TypeClass::Float)),
        ("bi", SqlType::new(TypeClass::BigInteger)),
    ]);
    static USERS: FromClause = FromClause::schema_table("users", None, users_columns());
    static VERSION: FromClause = FromClause::schema_table(
        "ver",
        None,
        vec![TableColumn { primary_key: true, ..TableColumn::new("num", sized(TypeClass::String, 32)) }],
    );
}

fn users_columns() -> Vec<TableColumn> {
    let now = function(&[], "now", &[], None).unwrap();
    let moment = || SqlType::new(TypeClass::DateTime);
    vec![
        TableColumn {
            primary_key: true,
            autoincrement: true,
            ..TableColumn::new("id", SqlType::integer())
        },
        TableColumn::new("name", sized(TypeClass::String, 50)),
        TableColumn {
            default: Some(literal(Literal::text("user"), None)),
            ..TableColumn::new("role", sized(TypeClass::String, 20))
        },
        TableColumn {
            has_server_default: true,
            ..TableColumn::new("created", moment())
        },
        TableColumn {
            default: Some(now.clone()),
            on_update: Some(now),
            ..TableColumn::new("updated", moment())
        },
    ]
}

fn table(name: &str, schema: Option<&str>, columns: &[(&str, SqlType)]) -> FromClause {
    let columns = columns
        .iter()
        .map(|(name, type_)| TableColumn::new(*name, type_.clone()))
        .collect();
    FromClause::table(name, schema.map(Name::new), columns)
}

pub(super) fn numeric(precision: i64, scale: i64) -> SqlType {
    let arguments = TypeArguments {
        precision: Some(precision),
        scale: Some(scale),
        ..TypeArguments::default()
    };
    SqlType::with(TypeClass::Numeric, arguments)
}

pub(super) fn sized(class: TypeClass, length: i64) -> SqlType {
    SqlType::with(
        class,
        TypeArguments {
            length: Some(length),
            ..TypeArguments::default()
        },
    )
}

pub(super) fn pg_array(item: SqlType, dimensions: Option<u32>) -> SqlType {
    SqlType::array(TypeClass::PostgresArray, item, dimensions)
}

pub(super) fn enum_type(labels: &[&str]) -> SqlType {
    let definition = EnumDefinition {
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        name: Some(Name::new("e1")),
        ..EnumDefinition::default()
    };
    SqlType::with(
        TypeClass::Enum,
        TypeArguments {
            enumeration: Some(Rc::new(definition)),
            ..TypeArguments::default()
        },
    )
}

pub(super) fn table_t() -> FromClause {
    T.with(Clone::clone)
}

pub(super) fn table_u() -> FromClause {
    U.with(Clone::clone)
}

pub(super) fn table_s() -> FromClause {
    S.with(Clone::clone)
}

pub(super) fn table_q() -> FromClause {
    Q.with(Clone::clone)
}

pub(super) fn table_p() -> FromClause {
    P.with(Clone::clone)
}

pub(super) fn t(name: &str) -> Expr {
    table_t().column(name).unwrap()
}

pub(super) fn u(name: &str) -> Expr {
    table_u().column(name).unwrap()
}

pub(super) fn p(name: &str) -> Expr {
    table_p().column(name).unwrap()
}

pub(super) fn table_users() -> FromClause {
    USERS.with(Clone::clone)
}

pub(super) fn table_version() -> FromClause {
    VERSION.with(Clone::clone)
}

pub(super) fn users(name: &str) -> Expr {
    table_users().column(name).unwrap()
}

/// `left operator right`.
pub(super) fn op(left: &Expr, operator: Operator, right: impl Into<Operand>) -> Expr {
    left.operate(&operator, &right.into()).unwrap()
}

/// `right operator left`, with the value on the left.
pub(super) fn rop(left: impl Into<Operand>, operator: Operator, right: &Expr) -> Expr {
    right.operate_reversed(&operator, &left.into()).unwrap()
}

pub(super) fn eq(left: &Expr, right: impl Into<Operand>) -> Expr {
    op(left, Operator::Eq, right)
}

pub(super) fn add(left: &Expr, right: impl Into<Operand>) -> Expr {
    op(left, Operator::Add, right)
}

pub(super) fn like(left: &Expr, operator: Operator, right: impl Into<Operand>) -> Expr {
    left.like(&operator, &right.into(), None, false).unwrap()
}

pub(super) fn like_with(
    left: &Expr,
    operator: Operator,
    right: &str,
    escape: Option<&str>,
    autoescape: bool,
) -> Expr {
    left.like(&operator, &right.into(), escape, autoescape)
        .unwrap()
}

pub(super) fn call(name: &str, arguments: &[Operand]) -> Expr {
    function(&[], name, arguments, None).unwrap()
}

pub(super) fn arg(operand: impl Into<Operand>) -> Operand {
    operand.into()
}

pub(super) fn list(items: &[Operand]) -> Operand {
    Operand::List(items.to_vec())
}

pub(super) fn key(expression: &Expr, key: impl Into<Operand>) -> Expr {
    expression.subscript(&Subscript::Item(key.into())).unwrap()
}

pub(super) fn path(expression: &Expr, keys: &[Literal]) -> Expr {
    expression
        .subscript(&Subscript::Path(keys.to_vec()))
        .unwrap()
}

pub(super) fn lit(value: Literal) -> Operand {
    Operand::Literal(value)
}

pub(super) fn decimal(text: &str) -> Operand {
    Operand::Literal(Literal::Decimal(text.into()))
}

pub(super) fn float(number: f64) -> Operand {
    Operand::Literal(Literal::Float(number))
}

pub(super) fn boolean(flag: bool) -> Operand {
    Operand::Literal(Literal::Bool(flag))
}

pub(super) const NONE: Operand = Operand::Literal(Literal::None);

pub(super) fn day() -> Date {
    Date {
        year: 2020,
        month: 1,
        day: 2,
    }
}

pub(super) fn clock(microsecond: u32, offset: Option<i32>) -> DateTime {
    DateTime {
        date: day(),
        time: Time {
            hour: 3,
            minute: 4,
            second: 5,
            microsecond,
            offset,
        },
    }
}

pub(super) fn moment() -> Operand {
    lit(Literal::DateTime(clock(0, None)))
}

pub(super) fn span(seconds: i64) -> Operand {
    lit(Literal::Timedelta(Timedelta(seconds * 1_000_000)))
}

pub(super) fn id() -> Literal {
    let mut bytes = [0; 16];
    bytes[15] = 5;
    Literal::Uuid(bytes)
}

pub(super) fn select(columns: Vec<Expr>) -> Select {
    Select::new(columns)
}

pub(super) fn filtered(columns: Vec<Expr>, condition: Expr) -> Query {
    Query::from(Select {
        conditions: vec![condition],
        ..Select::new(columns)
    })
}

pub(super) fn statement(expression: Expr) -> Statement {
    Statement::Expression(expression)
}

/// `expression` with a query inside, for `exists(..)` and the like.
pub(super) fn scalar(query: impl Into<Query>) -> Expr {
    query.into().scalar()
}

pub(super) fn reference(name: &str) -> Expr {
    label_reference(name)
}
