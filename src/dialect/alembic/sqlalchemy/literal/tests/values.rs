//! The Python values of the record.

use super::members;
use crate::dialect::alembic::sqlalchemy::literal::{Date, DateTime, Literal, Time, Timedelta};

fn day() -> Date {
    Date {
        year: 2020,
        month: 1,
        day: 2,
    }
}

fn moment(microsecond: u32, offset: Option<i32>) -> Literal {
    Literal::DateTime(DateTime {
        date: day(),
        time: Time {
            hour: 3,
            minute: 4,
            second: 5,
            microsecond,
            offset,
        },
    })
}

fn time(microsecond: u32) -> Literal {
    Literal::Time(Time {
        hour: 1,
        minute: 2,
        second: 3,
        microsecond,
        offset: None,
    })
}

fn list(items: &[Literal]) -> Literal {
    Literal::List(items.into())
}

/// The value that a Python expression of the record stands for.
pub(super) fn value(written: &str) -> Literal {
    if let Some(text) = written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        return Literal::text(text.replace("\\\\", "\\"));
    }
    if let Some(text) = written
        .strip_prefix("Dec(\"")
        .and_then(|rest| rest.strip_suffix("\")"))
    {
        return Literal::Decimal(text.into());
    }
    if let Ok(number) = written.parse() {
        return Literal::Int(number);
    }
    if let Ok(number) = written.parse() {
        return Literal::Float(number);
    }
    let mut id = [0; 16];
    id[15] = 5;
    let text = Literal::text;
    match written {
        "None" => Literal::None,
        "True" => Literal::Bool(true),
        "2**40" => Literal::Int(1 << 40),
        "float(\"nan\")" => Literal::Float(f64::NAN),
        "float(\"-inf\")" => Literal::Float(f64::NEG_INFINITY),
        "b\"x\"" => Literal::Bytes(b"x".as_slice().into()),
        "b\"a'b\"" => Literal::Bytes(b"a'b".as_slice().into()),
        "b\"\\xff\"" => Literal::Bytes([0xff].into()),
        "SE.a" => members("SE")[0].clone(),
        "E.one" => members("E")[0].clone(),
        "u5" => Literal::Uuid(id),
        "dt.date(2020,1,2)" => Literal::Date(day()),
        "dt.datetime(2020,1,2,3,4,5)" => moment(0, None),
        "dt.datetime(2020,1,2,3,4,5,678)" => moment(678, None),
        "dt.datetime(2020,1,2,3,4,5,9)" => moment(9, None),
        "dt.datetime(2020,1,2,3,4,5,tzinfo=UTC)" => moment(0, Some(0)),
        "dt.datetime(2020,1,2,3,4,5,tzinfo=P2)" => moment(0, Some(7200)),
        "dt.datetime(2020,1,2,3,4,5,9,tzinfo=M)" => moment(9, Some(-12_600)),
        "dt.datetime(1,1,1)" => Literal::DateTime(DateTime {
            date: Date {
                year: 1,
                month: 1,
                day: 1,
            },
            time: Time::default(),
        }),
        "dt.time(1,2,3)" => time(0),
        "dt.time(1,2,3,4)" => time(4),
        "dt.timedelta(hours=1)" => Literal::Timedelta(Timedelta(3_600_000_000)),
        "dt.timedelta(days=-1,microseconds=5)" => {
            Literal::Timedelta(Timedelta(-86_400_000_000 + 5))
        }
        "dt.timedelta(seconds=1.5)" => Literal::Timedelta(Timedelta(1_500_000)),
        "[]" => list(&[]),
        "[1, 2]" => list(&[Literal::Int(1), Literal::Int(2)]),
        "(1, 2)" => Literal::Tuple([Literal::Int(1), Literal::Int(2)].into()),
        "[[1], [2]]" => list(&[list(&[Literal::Int(1)]), list(&[Literal::Int(2)])]),
        "[\"it's\", \"b\"]" => list(&[text("it's"), text("b")]),
        "[\"a\", \"b\"]" => list(&[text("a"), text("b")]),
        "[1, \"x\"]" => list(&[Literal::Int(1), text("x")]),
        "[\"x\"]" => list(&[text("x")]),
        "[{}]" => list(&[Literal::Dict([].into())]),
        "{\"a\": 1}" => Literal::Dict([(text("a"), Literal::Int(1))].into()),
        "{\"a\": \"b\"}" => Literal::Dict([(text("a"), text("b"))].into()),
        other => panic!("no value {other}"),
    }
}
