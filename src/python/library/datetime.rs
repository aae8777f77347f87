//! `datetime`.

mod classes;
mod date;
mod delta;
mod moment;
mod text;
mod time;

pub(crate) use classes::{members, now};

use std::cmp::Ordering;
use std::rc::Rc;

use crate::python::error::Failure;
use crate::python::object::CompareOperator;
use crate::python::value::Value;
use crate::python::vm::Vm;

const DAY: i64 = 86_400_000_000;
const SECOND: i64 = 1_000_000;
/// Days before year 1 counted from 1970.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;
const LONGEST: i64 = 999_999_999;

/// A `timedelta`, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeDelta {
    /// All of it.
    pub microseconds: i128,
}

/// A `timezone`: a fixed offset from UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone {
    /// Microseconds east of UTC.
    pub offset: i64,
    /// The name it was given.
    pub name: Option<Rc<str>>,
}

/// A `date`, in days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// Days since 1970-01-01.
    pub days: i64,
}

/// A `time` of day.
#[derive(Clone)]
pub struct Time {
    /// Microseconds since midnight.
    pub microseconds: i64,
    /// Its time zone.
    pub zone: Option<Rc<TimeZone>>,
}

/// A `datetime`.
#[derive(Clone)]
pub struct DateTime {
    /// Microseconds since 1970-01-01 00:00 on the local clock of the zone.
    pub microseconds: i64,
    /// Its time zone.
    pub zone: Option<Rc<TimeZone>>,
}

/// Year, month and day of a number of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year, month, doy - (153 * mp + 2) / 5 + 1)
}

fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let yoe = year.rem_euclid(400);
    let mp = (month + 9) % 12;
    let doy = (153 * mp + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn checked_days(year: i64, month: i64, day: i64) -> Result<i64, Failure> {
    if !(1..=9999).contains(&year) {
        return Err(Failure::value_error(format!("year {year} is out of range")));
    }
    if !(1..=12).contains(&month) {
        return Err(Failure::value_error("month must be in 1..12"));
    }
    if !(1..=month_length(year, month)).contains(&day) {
        return Err(Failure::value_error("day is out of range for month"));
    }
    Ok(days_of(year, month, day))
}

fn checked_time(hour: i64, minute: i64, second: i64, micro: i64) -> Result<i64, Failure> {
    for (value, limit, name) in [
        (hour, 23, "hour"),
        (minute, 59, "minute"),
        (second, 59, "second"),
        (micro, 999_999, "microsecond"),
    ] {
        if !(0..=limit).contains(&value) {
            return Err(Failure::value_error(format!(
                "{name} must be in 0..{limit}"
            )));
        }
    }
    Ok(((hour * 60 + minute) * 60 + second) * SECOND + micro)
}

fn out_of_range() -> Failure {
    Failure::raise("OverflowError", "date value out of range")
}

impl TimeDelta {
    fn checked(microseconds: i128) -> Result<Self, Failure> {
        let days = microseconds.div_euclid(i128::from(DAY));
        if days.abs() > i128::from(LONGEST) {
            return Err(Failure::raise(
                "OverflowError",
                format!("days={days}; must have magnitude <= 999999999"),
            ));
        }
        Ok(Self { microseconds })
    }

    /// Days, seconds and microseconds, the latter two not negative.
    pub fn parts(self) -> (i64, i64, i64) {
        let days = self.microseconds.div_euclid(i128::from(DAY));
        let rest = self.microseconds.rem_euclid(i128::from(DAY));
        let number = |value: i128| i64::try_from(value).unwrap_or(0);
        (
            number(days),
            number(rest / i128::from(SECOND)),
            number(rest % i128::from(SECOND)),
        )
    }

    /// `str()` of it.
    pub fn text(self) -> String {
        let (days, seconds, micro) = self.parts();
        let mut out = String::new();
        if days != 0 {
            let plural = if days.abs() == 1 { "" } else { "s" };
            out.push_str(&format!("{days} day{plural}, "));
        }
        out.push_str(&format!(
            "{}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ));
        if micro != 0 {
            out.push_str(&format!(".{micro:06}"));
        }
        out
    }

    #[allow(clippy::cast_precision_loss)]
    fn seconds(self) -> f64 {
        self.microseconds as f64 / 1e6
    }
}

fn offset_text(offset: i64, separator: &str) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let seconds = offset.abs() / SECOND;
    let micro = offset.abs() % SECOND;
    let mut out = format!(
        "{sign}{:02}{separator}{:02}",
        seconds / 3600,
        seconds / 60 % 60
    );
    if seconds % 60 != 0 || micro != 0 {
        out.push_str(&format!("{separator}{:02}", seconds % 60));
    }
    if micro != 0 {
        out.push_str(&format!(".{micro:06}"));
    }
    out
}

impl TimeZone {
    /// UTC.
    pub fn utc() -> Rc<Self> {
        Rc::new(Self {
            offset: 0,
            name: None,
        })
    }

    /// What `tzname()` gives.
    pub fn text(&self) -> String {
        match &self.name {
            Some(name) => name.to_string(),
            None if self.offset == 0 => "UTC".into(),
            None => format!("UTC{}", offset_text(self.offset, ":")),
        }
    }
}

fn clock_text(microseconds: i64, precision: &str) -> Result<String, Failure> {
    let seconds = microseconds / SECOND;
    let micro = microseconds % SECOND;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    Ok(match precision {
        "auto" if micro == 0 => format!("{hour:02}:{minute:02}:{second:02}"),
        "auto" | "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{micro:06}"),
        "hours" => format!("{hour:02}"),
        "minutes" => format!("{hour:02}:{minute:02}"),
        "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
        "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", micro / 1000),
        _ => return Err(Failure::value_error("Unknown timespec value")),
    })
}

impl Date {
    /// Year, month and day.
    pub fn parts(self) -> (i64, i64, i64) {
        civil(self.days)
    }

    fn checked(days: i64) -> Result<Self, Failure> {
        if (FIRST_DAY..=LAST_DAY).contains(&days) {
            Ok(Self { days })
        } else {
            Err(out_of_range())
        }
    }

    /// `isoformat()`.
    pub fn text(self) -> String {
        let (year, month, day) = self.parts();
        format!("{year:04}-{month:02}-{day:02}")
    }

    fn weekday(self) -> i64 {
        (self.days + 3).rem_euclid(7)
    }

    fn iso(self) -> (i64, i64, i64) {
        let weekday = self.weekday();
        let thursday = self.days - weekday + 3;
        let (year, _, _) = civil(thursday);
        let week = (thursday - days_of(year, 1, 1)) / 7 + 1;
        (year, week, weekday + 1)
    }
}

impl Time {
    /// `isoformat()`.
    pub fn text(&self) -> String {
        let mut out = clock_text(self.microseconds, "auto").unwrap_or_default();
        if let Some(zone) = &self.zone {
            out.push_str(&offset_text(zone.offset, ":"));
        }
        out
    }
}

impl DateTime {
    /// Its date.
    pub fn date(&self) -> Date {
        Date {
            days: self.microseconds.div_euclid(DAY),
        }
    }

    /// Microseconds since midnight.
    pub fn clock(&self) -> i64 {
        self.microseconds.rem_euclid(DAY)
    }

    /// `isoformat()` with a separator between date and time.
    pub fn text(&self, separator: &str) -> String {
        self.iso(separator, "auto").unwrap_or_default()
    }

    fn iso(&self, separator: &str, precision: &str) -> Result<String, Failure> {
        let mut out = format!(
            "{}{separator}{}",
            self.date().text(),
            clock_text(self.clock(), precision)?
        );
        if let Some(zone) = &self.zone {
            out.push_str(&offset_text(zone.offset, ":"));
        }
        Ok(out)
    }

    fn checked(microseconds: i128, zone: Option<Rc<TimeZone>>) -> Result<Self, Failure> {
        let days = microseconds.div_euclid(i128::from(DAY));
        if days < i128::from(FIRST_DAY) || days > i128::from(LAST_DAY) {
            return Err(out_of_range());
        }
        Ok(Self {
            microseconds: i64::try_from(microseconds).map_err(|_| out_of_range())?,
            zone,
        })
    }

    /// Microseconds since 1970 UTC, naive ones taken as UTC.
    fn instant(&self) -> i64 {
        self.microseconds - self.zone.as_ref().map_or(0, |zone| zone.offset)
    }
}

fn delta(microseconds: i128) -> Result<Value, Failure> {
    TimeDelta::checked(microseconds).map(Value::object)
}

fn order(operator: CompareOperator, order: Ordering) -> Option<Value> {
    Some(Value::Bool(operator.holds(order)))
}

fn zone_offset(zone: Option<&Rc<TimeZone>>) -> Result<Value, Failure> {
    match zone {
        Some(zone) => delta(i128::from(zone.offset)),
        None => Ok(Value::None),
    }
}

fn clock_part(clock: i64, zone: Option<&Rc<TimeZone>>, name: &str) -> Option<Value> {
    let seconds = clock / SECOND;
    Some(match name {
        "hour" => Value::Int(seconds / 3600),
        "minute" => Value::Int(seconds / 60 % 60),
        "second" => Value::Int(seconds % 60),
        "microsecond" => Value::Int(clock % SECOND),
        "tzinfo" => zone.map_or(Value::None, |zone| Value::Object(zone.clone())),
        "fold" => Value::Int(0),
        _ => return None,
    })
}

fn second_parts(clock: i64) -> String {
    let (second, micro) = (clock / SECOND % 60, clock % SECOND);
    match (second, micro) {
        (0, 0) => String::new(),
        (second, 0) => format!(", {second}"),
        (second, micro) => format!(", {second}, {micro}"),
    }
}

fn push_zone(vm: &mut Vm, text: &mut String, zone: Option<&Rc<TimeZone>>) -> Result<(), Failure> {
    if let Some(zone) = zone {
        let zone = vm.repr(&Value::Object(zone.clone()))?;
        text.push_str(&format!(", tzinfo={zone}"));
    }
    text.push(')');
    Ok(())
}
