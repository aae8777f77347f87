//! `datetime`.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::python::arguments::Arguments;
use crate::python::class::Class;
use crate::python::error::Failure;
use crate::python::function::{Descriptor, DescriptorKind, Native};
use crate::python::number::float_of;
use crate::python::object::{BinaryOperator, CompareOperator, Object, UnaryOperator};
use crate::python::types::type_name;
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

thread_local! {
    static CLASSES: Classes = Classes::new();
}

/// The classes of the module.
#[derive(Clone)]
pub(crate) struct Classes {
    pub(crate) date: Rc<Class>,
    pub(crate) datetime: Rc<Class>,
    pub(crate) time: Rc<Class>,
    pub(crate) timedelta: Rc<Class>,
    pub(crate) timezone: Rc<Class>,
    pub(crate) tzinfo: Rc<Class>,
}

fn classes() -> Classes {
    CLASSES.with(Clone::clone)
}

fn make(
    name: &str,
    bases: &[&Rc<Class>],
    constructor: crate::python::class::Constructor,
) -> Rc<Class> {
    let class = Class::native(name, "datetime", bases, None);
    match Rc::try_unwrap(class) {
        Ok(mut class) => {
            class.constructor = Some(constructor);
            Rc::new(class)
        }
        Err(class) => class,
    }
}

fn class_function(
    class: &Rc<Class>,
    name: &'static str,
    function: fn(&mut Vm, Arguments) -> Result<Value, Failure>,
) {
    class.namespace.set_str(
        name,
        Value::Descriptor(Rc::new(Descriptor {
            kind: DescriptorKind::StaticMethod(Value::Native(Rc::new(Native::new(name, function)))),
            attributes: Rc::default(),
        })),
    );
}

impl Classes {
    #[allow(clippy::too_many_lines)]
    fn new() -> Self {
        let tzinfo = make("tzinfo", &[], |vm, _, _| {
            Err(vm.refuse(
                "datetime.tzinfo",
                "tzinfo objects are not supported.",
                "Use timezone.",
            ))
        });
        let timezone = make("timezone", &[&tzinfo], |_, _, args| {
            let bound = args.bind("timezone", "offset, name=")?;
            let Some(offset) = bound.value("offset").downcast::<TimeDelta>() else {
                return Err(Failure::type_error(
                    "timezone() argument 1 must be datetime.timedelta",
                ));
            };
            if offset.microseconds.abs() >= i128::from(DAY) {
                return Err(Failure::value_error(
                    "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).",
                ));
            }
            Ok(Value::object(TimeZone {
                offset: i64::try_from(offset.microseconds).unwrap_or(0),
                name: bound.text("name")?,
            }))
        });
        let timedelta = make("timedelta", &[], |_, _, args| {
            let bound = args.bind(
                "timedelta",
                "days=, seconds=, microseconds=, milliseconds=, minutes=, hours=, weeks=",
            )?;
            let mut total = 0i128;
            for (name, unit) in [
                ("days", DAY),
                ("seconds", SECOND),
                ("microseconds", 1),
                ("milliseconds", 1000),
                ("minutes", 60 * SECOND),
                ("hours", 3600 * SECOND),
                ("weeks", 7 * DAY),
            ] {
                match bound.get(name) {
                    None => {}
                    Some(Value::Int(number)) => total += i128::from(number) * i128::from(unit),
                    Some(Value::Bool(truth)) => total += i128::from(truth) * i128::from(unit),
                    Some(other) => {
                        let number = float_of(&other).map_err(|_| {
                            Failure::type_error(format!(
                                "unsupported type for timedelta {name} component: {}",
                                type_name(&other)
                            ))
                        })?;
                        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
                        {
                            total += (number * unit as f64).round_ties_even() as i128;
                        }
                    }
                }
            }
            TimeDelta::checked(total).map(Value::object)
        });
        let date = make("date", &[], |_, _, args| {
            let bound = args.bind("date", "year, month, day")?;
            let number = |name: &str| bound.int(name).map(|value| value.unwrap_or(0));
            let days = checked_days(number("year")?, number("month")?, number("day")?)?;
            Ok(Value::object(Date { days }))
        });
        let time = make("time", &[], |_, _, args| {
            let bound = args.bind(
                "time",
                "hour=, minute=, second=, microsecond=, tzinfo=, *, fold=",
            )?;
            let number = |name: &str| bound.int(name).map(|value| value.unwrap_or(0));
            Ok(Value::object(Time {
                microseconds: checked_time(
                    number("hour")?,
                    number("minute")?,
                    number("second")?,
                    number("microsecond")?,
                )?,
                zone: zone_of(&bound.value("tzinfo"))?,
            }))
        });
        let datetime = make("datetime", &[&date], |_, _, args| {
            let bound = args.bind(
                "datetime",
                "year, month, day, hour=, minute=, second=, microsecond=, tzinfo=, *, fold=",
            )?;
            let number = |name: &str| bound.int(name).map(|value| value.unwrap_or(0));
            let days = checked_days(number("year")?, number("month")?, number("day")?)?;
            let clock = checked_time(
                number("hour")?,
                number("minute")?,
                number("second")?,
                number("microsecond")?,
            )?;
            Ok(Value::object(DateTime {
                microseconds: days * DAY + clock,
                zone: zone_of(&bound.value("tzinfo"))?,
            }))
        });
        timezone
            .namespace
            .set_str("utc", Value::Object(TimeZone::utc()));
        class_function(&datetime, "now", |vm, args| {
            let bound = args.bind("now", "tz=")?;
            let zone = zone_of(&bound.value("tz"))?;
            let now = now(vm)?;
            let offset = zone
                .as_ref()
                .map_or(i64::from(vm.host().local_offset()) * 60 * SECOND, |zone| {
                    zone.offset
                });
            Ok(Value::object(DateTime {
                microseconds: now + offset,
                zone,
            }))
        });
        class_function(&datetime, "today", |vm, _| {
            let now = now(vm)? + i64::from(vm.host().local_offset()) * 60 * SECOND;
            Ok(Value::object(DateTime {
                microseconds: now,
                zone: None,
            }))
        });
        class_function(&datetime, "utcnow", |vm, _| {
            Ok(Value::object(DateTime {
                microseconds: now(vm)?,
                zone: None,
            }))
        });
        class_function(&datetime, "fromtimestamp", |vm, args| {
            let bound = args.bind("fromtimestamp", "timestamp, tz=")?;
            let zone = zone_of(&bound.value("tz"))?;
            let offset = zone
                .as_ref()
                .map_or(i64::from(vm.host().local_offset()) * 60 * SECOND, |zone| {
                    zone.offset
                });
            let instant = timestamp(&bound.value("timestamp"))?;
            DateTime::checked(instant + i128::from(offset), zone).map(Value::object)
        });
        class_function(&datetime, "utcfromtimestamp", |_, args| {
            let bound = args.bind("utcfromtimestamp", "timestamp")?;
            DateTime::checked(timestamp(&bound.value("timestamp"))?, None).map(Value::object)
        });
        class_function(&datetime, "fromisoformat", |_, args| {
            let bound = args.bind("fromisoformat", "date_string, /")?;
            let text = bound.text("date_string")?.unwrap_or_default();
            parse_iso(&text).map(Value::object).ok_or_else(|| {
                Failure::value_error(format!(
                    "Invalid isoformat string: {}",
                    crate::python::text::quote(&text)
                ))
            })
        });
        class_function(&datetime, "combine", |_, args| {
            let bound = args.bind("combine", "date, time, tzinfo=")?;
            let days = match (
                bound.value("date").downcast::<Date>(),
                bound.value("date").downcast::<DateTime>(),
            ) {
                (Some(date), _) => date.days,
                (_, Some(moment)) => moment.date().days,
                _ => {
                    return Err(Failure::type_error(
                        "combine() argument 1 must be datetime.date",
                    ));
                }
            };
            let Some(time) = bound.value("time").downcast::<Time>() else {
                return Err(Failure::type_error(
                    "combine() argument 2 must be datetime.time",
                ));
            };
            let zone = match bound.get("tzinfo") {
                Some(zone) => zone_of(&zone)?,
                None => time.zone.clone(),
            };
            Ok(Value::object(DateTime {
                microseconds: days * DAY + time.microseconds,
                zone,
            }))
        });
        class_function(&datetime, "strptime", |_, args| {
            let bound = args.bind("strptime", "date_string, format, /")?;
            let text = bound.text("date_string")?.unwrap_or_default();
            let format = bound.text("format")?.unwrap_or_default();
            parse_format(&text, &format).map(Value::object)
        });
        class_function(&date, "today", |vm, _| {
            let now = now(vm)? + i64::from(vm.host().local_offset()) * 60 * SECOND;
            Ok(Value::object(Date {
                days: now.div_euclid(DAY),
            }))
        });
        class_function(&date, "fromisoformat", |_, args| {
            let bound = args.bind("fromisoformat", "date_string, /")?;
            let text = bound.text("date_string")?.unwrap_or_default();
            parse_iso_date(&text)
                .filter(|(_, rest)| rest.is_empty())
                .map(|(days, _)| Value::object(Date { days }))
                .ok_or_else(|| {
                    Failure::value_error(format!(
                        "Invalid isoformat string: {}",
                        crate::python::text::quote(&text)
                    ))
                })
        });
        class_function(&date, "fromordinal", |_, args| {
            let bound = args.bind("fromordinal", "ordinal, /")?;
            let ordinal = bound.int("ordinal")?.unwrap_or(0);
            Date::checked(ordinal.saturating_add(FIRST_DAY - 1)).map(Value::object)
        });
        class_function(&date, "fromtimestamp", |vm, args| {
            let bound = args.bind("fromtimestamp", "timestamp, /")?;
            let offset = i128::from(vm.host().local_offset()) * 60 * i128::from(SECOND);
            let moment = DateTime::checked(timestamp(&bound.value("timestamp"))? + offset, None)?;
            Ok(Value::object(moment.date()))
        });
        class_function(&time, "fromisoformat", |_, args| {
            let bound = args.bind("fromisoformat", "time_string, /")?;
            let text = bound.text("time_string")?.unwrap_or_default();
            parse_iso_time(&text)
                .map(|(microseconds, zone)| Value::object(Time { microseconds, zone }))
                .ok_or_else(|| {
                    Failure::value_error(format!(
                        "Invalid isoformat string: {}",
                        crate::python::text::quote(&text)
                    ))
                })
        });
        let day = |days: i64| Value::object(Date { days });
        date.namespace.set_str("min", day(FIRST_DAY));
        date.namespace.set_str("max", day(LAST_DAY));
        let moment = |microseconds: i64| {
            Value::object(DateTime {
                microseconds,
                zone: None,
            })
        };
        datetime.namespace.set_str("min", moment(FIRST_DAY * DAY));
        datetime
            .namespace
            .set_str("max", moment((LAST_DAY + 1) * DAY - 1));
        let clock = |microseconds: i64| {
            Value::object(Time {
                microseconds,
                zone: None,
            })
        };
        time.namespace.set_str("min", clock(0));
        time.namespace.set_str("max", clock(DAY - 1));
        Self {
            date,
            datetime,
            time,
            timedelta,
            timezone,
            tzinfo,
        }
    }
}

/// The members of the module.
pub(crate) fn members() -> Vec<(&'static str, Value)> {
    let classes = classes();
    vec![
        ("date", Value::Class(classes.date)),
        ("datetime", Value::Class(classes.datetime)),
        ("time", Value::Class(classes.time)),
        ("timedelta", Value::Class(classes.timedelta)),
        ("timezone", Value::Class(classes.timezone)),
        ("tzinfo", Value::Class(classes.tzinfo)),
        ("UTC", Value::Object(TimeZone::utc())),
        ("MINYEAR", Value::Int(1)),
        ("MAXYEAR", Value::Int(9999)),
    ]
}

/// The time now, if the host tells.
pub(crate) fn now(vm: &mut Vm) -> Result<i64, Failure> {
    vm.host().now().ok_or_else(|| {
        vm.refuse(
            "clock",
            "The time now is not available to the program.",
            "Let the database compute it.",
        )
    })
}

fn timestamp(value: &Value) -> Result<i128, Failure> {
    if let Some(number) = value.as_int() {
        Ok(i128::from(number) * i128::from(SECOND))
    } else {
        let number = float_of(value)?;
        if !number.is_finite() || number.abs() > 1e14 {
            return Err(Failure::value_error("timestamp out of range"));
        }
        #[allow(clippy::cast_possible_truncation)]
        Ok((number * 1e6).round_ties_even() as i128)
    }
}

fn zone_of(value: &Value) -> Result<Option<Rc<TimeZone>>, Failure> {
    match value {
        Value::None => Ok(None),
        other => other.downcast::<TimeZone>().map(Some).ok_or_else(|| {
            Failure::type_error(format!(
                "tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
                type_name(other)
            ))
        }),
    }
}

fn digits(text: &str, count: usize) -> Option<(i64, &str)> {
    let head = text.get(..count)?;
    if !head.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((head.parse().ok()?, text.get(count..)?))
}

fn parse_iso_date(text: &str) -> Option<(i64, &str)> {
    let (year, rest) = digits(text, 4)?;
    let dashed = rest.starts_with('-');
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let (month, rest) = digits(rest, 2)?;
    let rest = if dashed {
        rest.strip_prefix('-')?
    } else {
        rest
    };
    let (day, rest) = digits(rest, 2)?;
    Some((checked_days(year, month, day).ok()?, rest))
}

fn parse_iso_time(text: &str) -> Option<(i64, Option<Rc<TimeZone>>)> {
    let text = text.strip_prefix('T').unwrap_or(text);
    let split = text.find(['+', '-', 'Z']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(split);
    let (hour, mut rest) = digits(clock, 2)?;
    let colon = rest.starts_with(':');
    let mut parts = [0, 0];
    for part in &mut parts {
        if rest.is_empty() {
            break;
        }
        if colon {
            rest = rest.strip_prefix(':')?;
        }
        let (value, after) = digits(rest, 2)?;
        *part = value;
        rest = after;
        if rest.starts_with(['.', ',']) {
            break;
        }
    }
    let mut micro = 0;
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let padded = format!("{fraction:0<6}");
        micro = padded.get(..6)?.parse().ok()?;
        rest = "";
    }
    if !rest.is_empty() {
        return None;
    }
    let [minute, second] = parts;
    let clock = checked_time(hour, minute, second, micro).ok()?;
    let zone = match zone {
        "" => None,
        "Z" => Some(TimeZone::utc()),
        signed => Some(Rc::new(TimeZone {
            offset: parse_offset(signed)?,
            name: None,
        })),
    };
    Some((clock, zone))
}

fn parse_offset(text: &str) -> Option<i64> {
    let negative = text.starts_with('-');
    let text = text.strip_prefix(['+', '-'])?;
    let (hours, rest) = digits(text, 2)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let (minutes, rest) = if rest.is_empty() {
        (0, "")
    } else {
        digits(rest, 2)?
    };
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let (seconds, rest) = if rest.is_empty() {
        (0, "")
    } else {
        digits(rest, 2)?
    };
    if !rest.is_empty() || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let offset = ((hours * 60 + minutes) * 60 + seconds) * SECOND;
    Some(if negative { -offset } else { offset })
}

fn parse_iso(text: &str) -> Option<DateTime> {
    let (days, rest) = parse_iso_date(text)?;
    if rest.is_empty() {
        return Some(DateTime {
            microseconds: days * DAY,
            zone: None,
        });
    }
    let mut chars = rest.chars();
    chars.next()?;
    let (clock, zone) = parse_iso_time(chars.as_str())?;
    Some(DateTime {
        microseconds: days * DAY + clock,
        zone,
    })
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

fn name_at(names: &[&'static str], place: i64) -> &'static str {
    usize::try_from(place)
        .ok()
        .and_then(|place| names.get(place))
        .copied()
        .unwrap_or("")
}

/// `strftime`.
fn format(
    vm: &mut Vm,
    pattern: &str,
    date: Date,
    clock: i64,
    zone: Option<&TimeZone>,
) -> Result<String, Failure> {
    let (year, month, day) = date.parts();
    let seconds = clock / SECOND;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let micro = clock % SECOND;
    let yearday = date.days - days_of(year, 1, 1) + 1;
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(one) = chars.next() {
        if one != '%' {
            out.push(one);
            continue;
        }
        let mut code = chars.next();
        let unpadded = code == Some('-');
        if unpadded {
            code = chars.next();
        }
        let two = |value: i64| {
            if unpadded {
                value.to_string()
            } else {
                format!("{value:02}")
            }
        };
        let piece = match code {
            Some('Y') => format!("{year:04}"),
            Some('y') => two(year % 100),
            Some('m') => two(month),
            Some('d') => two(day),
            Some('e') => format!("{day:2}"),
            Some('H') => two(hour),
            Some('I') => two(twelve),
            Some('M') => two(minute),
            Some('S') => two(second),
            Some('f') => format!("{micro:06}"),
            Some('p') => if hour < 12 { "AM" } else { "PM" }.to_owned(),
            Some('j') => format!("{yearday:03}"),
            Some('B') => name_at(&MONTHS, month - 1).to_owned(),
            Some('b' | 'h') => name_at(&MONTHS, month - 1).chars().take(3).collect(),
            Some('A') => name_at(&WEEKDAYS, date.weekday()).to_owned(),
            Some('a') => name_at(&WEEKDAYS, date.weekday()).chars().take(3).collect(),
            Some('w') => ((date.weekday() + 1) % 7).to_string(),
            Some('u') => (date.weekday() + 1).to_string(),
            Some('z') => zone
                .map(|zone| offset_text(zone.offset, ""))
                .unwrap_or_default(),
            Some('Z') => zone.map(TimeZone::text).unwrap_or_default(),
            Some('F') => date.text(),
            Some('T') => format!("{hour:02}:{minute:02}:{second:02}"),
            Some('D') => format!("{month:02}/{day:02}/{:02}", year % 100),
            Some('R') => format!("{hour:02}:{minute:02}"),
            Some('G') => date.iso().0.to_string(),
            Some('V') => format!("{:02}", date.iso().1),
            Some('U') => two((yearday + 6 - (date.weekday() + 1) % 7) / 7),
            Some('W') => two((yearday + 6 - date.weekday()) / 7),
            Some('s') => ((date.days * DAY + clock) / SECOND).to_string(),
            Some('c') => format!(
                "{} {} {day:2} {hour:02}:{minute:02}:{second:02} {year}",
                name_at(&WEEKDAYS, date.weekday()).get(..3).unwrap_or(""),
                name_at(&MONTHS, month - 1).get(..3).unwrap_or("")
            ),
            Some('x') => format!("{month:02}/{day:02}/{:02}", year % 100),
            Some('X') => format!("{hour:02}:{minute:02}:{second:02}"),
            Some('n') => "\n".into(),
            Some('t') => "\t".into(),
            Some('%') => "%".into(),
            Some(other) => format!("%{other}"),
            None => "%".into(),
        };
        vm.charge(piece.len())?;
        out.push_str(&piece);
    }
    Ok(out)
}

/// `strptime`.
fn parse_format(text: &str, pattern: &str) -> Result<DateTime, Failure> {
    let mismatch = || {
        Failure::value_error(format!(
            "time data {} does not match format {}",
            crate::python::text::quote(text),
            crate::python::text::quote(pattern)
        ))
    };
    fn number(rest: &str, most: usize) -> Option<(i64, &str)> {
        let count = rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if count == 0 {
            return None;
        }
        Some((rest.get(..count)?.parse().ok()?, rest.get(count..)?))
    }
    fn set(rest: &mut &str, target: &mut i64, most: usize) -> Option<()> {
        let (value, after) = number(rest, most)?;
        *target = value;
        *rest = after;
        Some(())
    }
    fn word<'a>(rest: &'a str, names: &[&str], short: bool) -> Option<(i64, &'a str)> {
        names.iter().enumerate().find_map(|(place, name)| {
            let name = if short { name.get(..3)? } else { name };
            let head = rest.get(..name.len())?;
            head.eq_ignore_ascii_case(name)
                .then(|| Some((i64::try_from(place).ok()?, rest.get(name.len()..)?)))?
        })
    }
    let (mut year, mut month, mut day) = (1900, 1, 1);
    let (mut hour, mut minute, mut second, mut micro) = (0, 0, 0, 0);
    let (mut afternoon, mut zone, mut yearday) = (None, None, None);
    let mut rest = text;
    let mut chars = pattern.chars();
    while let Some(one) = chars.next() {
        if one.is_whitespace() {
            rest = rest.trim_start();
            continue;
        }
        if one != '%' {
            rest = rest.strip_prefix(one).ok_or_else(mismatch)?;
            continue;
        }
        let done = match chars.next() {
            Some('Y') => set(&mut rest, &mut year, 4),
            Some('y') => set(&mut rest, &mut year, 2).map(|()| {
                year += if year < 69 { 2000 } else { 1900 };
            }),
            Some('m') => set(&mut rest, &mut month, 2),
            Some('d') => set(&mut rest, &mut day, 2),
            Some('H') => set(&mut rest, &mut hour, 2),
            Some('I') => set(&mut rest, &mut hour, 2),
            Some('M') => set(&mut rest, &mut minute, 2),
            Some('S') => set(&mut rest, &mut second, 2),
            Some('j') => {
                let mut value = 0;
                set(&mut rest, &mut value, 3).map(|()| yearday = Some(value))
            }
            Some('f') => {
                let before = rest.len();
                set(&mut rest, &mut micro, 6).map(|()| {
                    for _ in before - rest.len()..6 {
                        micro *= 10;
                    }
                })
            }
            Some('p') => {
                let head = rest.get(..2).map(str::to_ascii_uppercase);
                rest = rest.get(2..).unwrap_or("");
                match head.as_deref() {
                    Some("AM") => {
                        afternoon = Some(false);
                        Some(())
                    }
                    Some("PM") => {
                        afternoon = Some(true);
                        Some(())
                    }
                    _ => None,
                }
            }
            Some(code @ ('B' | 'b' | 'A' | 'a')) => {
                let names: &[&str] = if matches!(code, 'B' | 'b') {
                    &MONTHS
                } else {
                    &WEEKDAYS
                };
                word(rest, names, code.is_lowercase()).map(|(place, after)| {
                    if matches!(code, 'B' | 'b') {
                        month = place + 1;
                    }
                    rest = after;
                })
            }
            Some('z') => {
                if let Some(after) = rest.strip_prefix('Z') {
                    zone = Some(TimeZone::utc());
                    rest = after;
                    Some(())
                } else {
                    let count = rest
                        .char_indices()
                        .take_while(|(place, one)| {
                            (*place == 0 && matches!(one, '+' | '-'))
                                || (*place > 0 && (one.is_ascii_digit() || *one == ':'))
                        })
                        .count();
                    rest.get(..count).and_then(parse_offset).map(|offset| {
                        zone = Some(if offset == 0 {
                            TimeZone::utc()
                        } else {
                            Rc::new(TimeZone { offset, name: None })
                        });
                        rest = rest.get(count..).unwrap_or("");
                    })
                }
            }
            Some('Z') => {
                let found = ["UTC", "GMT"]
                    .into_iter()
                    .find_map(|name| rest.strip_prefix(name));
                found.map(|after| rest = after)
            }
            Some('%') => rest.strip_prefix('%').map(|after| rest = after),
            _ => None,
        };
        done.ok_or_else(mismatch)?;
    }
    if !rest.is_empty() {
        return Err(Failure::value_error(format!(
            "unconverted data remains: {rest}"
        )));
    }
    match afternoon {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    let days = match yearday {
        Some(place) => checked_days(year, 1, 1)? + place - 1,
        None => checked_days(year, month, day).map_err(|_| mismatch())?,
    };
    let clock = checked_time(hour, minute, second, micro).map_err(|_| mismatch())?;
    Ok(DateTime {
        microseconds: days * DAY + clock,
        zone,
    })
}

fn delta(microseconds: i128) -> Result<Value, Failure> {
    TimeDelta::checked(microseconds).map(Value::object)
}

fn order(operator: CompareOperator, order: Ordering) -> Option<Value> {
    Some(Value::Bool(operator.holds(order)))
}

impl Object for TimeDelta {
    fn type_name(&self) -> Rc<str> {
        Rc::from("datetime.timedelta")
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(Value::Class(classes().timedelta))
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let (days, seconds, micro) = self.parts();
        Ok(match name {
            "days" => Some(Value::Int(days)),
            "seconds" => Some(Value::Int(seconds)),
            "microseconds" => Some(Value::Int(micro)),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "total_seconds" | "__abs__")
    }

    fn call_method(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        _arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "__abs__" => delta(self.microseconds.abs()),
            _ => Ok(Value::Float(self.seconds())),
        }
    }

    fn truth(self: Rc<Self>, _vm: &mut Vm) -> Result<bool, Failure> {
        Ok(self.microseconds != 0)
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(self.text().into())
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let (days, seconds, micro) = self.parts();
        let mut parts = Vec::new();
        for (name, value) in [
            ("days", days),
            ("seconds", seconds),
            ("microseconds", micro),
        ] {
            if value != 0 {
                parts.push(format!("{name}={value}"));
            }
        }
        if parts.is_empty() {
            parts.push("0".into());
        }
        Ok(format!("datetime.timedelta({})", parts.join(", ")).into())
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        vm.hash(&Value::big(self.microseconds.into())).map(Some)
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(other.downcast::<TimeDelta>().map(|other| *other == *self))
    }

    fn compare(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        Ok(other
            .downcast::<TimeDelta>()
            .and_then(|other| order(operator, (*self).cmp(&*other))))
    }

    fn unary(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: UnaryOperator,
    ) -> Result<Option<Value>, Failure> {
        match operator {
            UnaryOperator::Negative => delta(-self.microseconds).map(Some),
            UnaryOperator::Positive => delta(self.microseconds).map(Some),
            UnaryOperator::Invert => Ok(None),
        }
    }

    fn binary(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: BinaryOperator,
        other: &Value,
        reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        use BinaryOperator as Op;
        if let Some(other) = other.downcast::<TimeDelta>() {
            let (a, b) = if reflected {
                (other.microseconds, self.microseconds)
            } else {
                (self.microseconds, other.microseconds)
            };
            let zero = || Failure::raise("ZeroDivisionError", "division by zero");
            return match operator {
                Op::Add => delta(a + b).map(Some),
                Op::Subtract => delta(a - b).map(Some),
                #[allow(clippy::cast_precision_loss)]
                Op::Divide if b != 0 => Ok(Some(Value::Float(a as f64 / b as f64))),
                Op::FloorDivide if b != 0 => Ok(Some(Value::big(
                    num_integer::Integer::div_floor(&a, &b).into(),
                ))),
                Op::Modulo if b != 0 => delta(num_integer::Integer::mod_floor(&a, &b)).map(Some),
                Op::Divide | Op::FloorDivide | Op::Modulo => Err(zero()),
                _ => Ok(None),
            };
        }
        match (operator, other) {
            (Op::Multiply, Value::Int(factor)) => {
                delta(self.microseconds.saturating_mul(i128::from(*factor))).map(Some)
            }
            #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
            (Op::Multiply, Value::Float(factor)) => {
                delta((self.microseconds as f64 * factor).round_ties_even() as i128).map(Some)
            }
            (Op::Divide | Op::FloorDivide, Value::Int(0)) if !reflected => Err(Failure::raise(
                "ZeroDivisionError",
                "integer division or modulo by zero",
            )),
            (Op::FloorDivide, Value::Int(divisor)) if !reflected => delta(
                num_integer::Integer::div_floor(&self.microseconds, &i128::from(*divisor)),
            )
            .map(Some),
            #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
            (Op::Divide, Value::Int(_) | Value::Float(_)) if !reflected => {
                let divisor = float_of(other)?;
                if divisor == 0.0 {
                    return Err(Failure::raise("ZeroDivisionError", "division by zero"));
                }
                delta((self.microseconds as f64 / divisor).round_ties_even() as i128).map(Some)
            }
            _ => Ok(None),
        }
    }
}

impl Object for TimeZone {
    fn type_name(&self) -> Rc<str> {
        Rc::from("datetime.timezone")
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(Value::Class(classes().timezone))
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match (name, &self.name) {
            ("key" | "zone", Some(name)) => Some(Value::Str(name.clone())),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "utcoffset" | "tzname" | "dst" | "localize")
    }

    fn call_method(
        self: Rc<Self>,
        _vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "utcoffset" => delta(i128::from(self.offset)),
            "tzname" => Ok(Value::from(self.text())),
            "localize" => match arguments
                .positional
                .first()
                .and_then(super::super::value::Value::downcast::<DateTime>)
            {
                Some(moment) => Ok(Value::object(DateTime {
                    microseconds: moment.microseconds,
                    zone: Some(self),
                })),
                None => Ok(Value::None),
            },
            _ => Ok(Value::None),
        }
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(self.text().into())
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        if self.offset == 0 && self.name.is_none() {
            return Ok("datetime.timezone.utc".into());
        }
        let offset = delta(i128::from(self.offset))?;
        let offset = vm.repr(&offset)?;
        Ok(match &self.name {
            Some(name) => format!(
                "datetime.timezone({offset}, {})",
                crate::python::text::quote(name)
            ),
            None => format!("datetime.timezone({offset})"),
        }
        .into())
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        vm.hash(&Value::Int(self.offset)).map(Some)
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(other
            .downcast::<TimeZone>()
            .map(|other| other.offset == self.offset))
    }
}

impl Object for Date {
    fn type_name(&self) -> Rc<str> {
        Rc::from("datetime.date")
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(Value::Class(classes().date))
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let (year, month, day) = self.parts();
        Ok(match name {
            "year" => Some(Value::Int(year)),
            "month" => Some(Value::Int(month)),
            "day" => Some(Value::Int(day)),
            _ => None,
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "isoformat"
                | "strftime"
                | "weekday"
                | "isoweekday"
                | "isocalendar"
                | "toordinal"
                | "replace"
                | "timetuple"
                | "ctime"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "replace" => {
                let bound = arguments.bind("replace", "year=, month=, day=")?;
                let (year, month, day) = self.parts();
                let days = checked_days(
                    bound.int("year")?.unwrap_or(year),
                    bound.int("month")?.unwrap_or(month),
                    bound.int("day")?.unwrap_or(day),
                )?;
                Ok(Value::object(Date { days }))
            }
            _ => date_method(vm, *self, 0, None, name, arguments),
        }
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(self.text().into())
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let (year, month, day) = self.parts();
        Ok(format!("datetime.date({year}, {month}, {day})").into())
    }

    fn format(
        self: Rc<Self>,
        vm: &mut Vm,
        specification: &str,
    ) -> Result<Option<Rc<str>>, Failure> {
        if specification.is_empty() {
            return Ok(None);
        }
        format(vm, specification, *self, 0, None).map(|text| Some(text.into()))
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        vm.hash(&Value::Int(self.days)).map(Some)
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(other.downcast::<Date>().map(|other| *other == *self))
    }

    fn compare(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        Ok(other
            .downcast::<Date>()
            .and_then(|other| order(operator, (*self).cmp(&*other))))
    }

    fn binary(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: BinaryOperator,
        other: &Value,
        reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        if let Some(step) = other.downcast::<TimeDelta>() {
            let days = step.parts().0;
            return match operator {
                BinaryOperator::Add => {
                    Date::checked(self.days + days).map(|date| Some(Value::object(date)))
                }
                BinaryOperator::Subtract if !reflected => {
                    Date::checked(self.days - days).map(|date| Some(Value::object(date)))
                }
                _ => Ok(None),
            };
        }
        match (operator, other.downcast::<Date>(), reflected) {
            (BinaryOperator::Subtract, Some(other), false) => {
                delta(i128::from(self.days - other.days) * i128::from(DAY)).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// Methods that `date` and `datetime` share.
fn date_method(
    vm: &mut Vm,
    date: Date,
    clock: i64,
    zone: Option<&TimeZone>,
    name: &str,
    arguments: Arguments,
) -> Result<Value, Failure> {
    match name {
        "isoformat" => Ok(Value::from(date.text())),
        "strftime" => {
            let bound = arguments.bind("strftime", "format")?;
            let pattern = bound.text("format")?.unwrap_or_default();
            format(vm, &pattern, date, clock, zone).map(Value::from)
        }
        "weekday" => Ok(Value::Int(date.weekday())),
        "isoweekday" => Ok(Value::Int(date.weekday() + 1)),
        "isocalendar" => {
            let (year, week, day) = date.iso();
            Ok(Value::tuple(vec![
                Value::Int(year),
                Value::Int(week),
                Value::Int(day),
            ]))
        }
        "toordinal" => Ok(Value::Int(date.days - FIRST_DAY + 1)),
        "ctime" => format(vm, "%c", date, clock, zone).map(Value::from),
        "timetuple" => {
            let (year, month, day) = date.parts();
            let seconds = clock / SECOND;
            Ok(Value::tuple(
                [
                    year,
                    month,
                    day,
                    seconds / 3600,
                    seconds / 60 % 60,
                    seconds % 60,
                    date.weekday(),
                    date.days - days_of(year, 1, 1) + 1,
                    -1,
                ]
                .into_iter()
                .map(Value::Int)
                .collect(),
            ))
        }
        other => Err(vm.no_attribute("datetime.date", other)),
    }
}

impl Object for Time {
    fn type_name(&self) -> Rc<str> {
        Rc::from("datetime.time")
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(Value::Class(classes().time))
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(clock_part(self.microseconds, self.zone.as_ref(), name))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "isoformat" | "strftime" | "replace" | "utcoffset" | "tzname"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "strftime" => {
                let bound = arguments.bind("strftime", "format")?;
                let pattern = bound.text("format")?.unwrap_or_default();
                let date = Date {
                    days: days_of(1900, 1, 1),
                };
                format(vm, &pattern, date, self.microseconds, self.zone.as_deref()).map(Value::from)
            }
            "replace" => {
                let bound = arguments.bind(
                    "replace",
                    "hour=, minute=, second=, microsecond=, tzinfo=, *, fold=",
                )?;
                let seconds = self.microseconds / SECOND;
                Ok(Value::object(Time {
                    microseconds: checked_time(
                        bound.int("hour")?.unwrap_or(seconds / 3600),
                        bound.int("minute")?.unwrap_or(seconds / 60 % 60),
                        bound.int("second")?.unwrap_or(seconds % 60),
                        bound
                            .int("microsecond")?
                            .unwrap_or(self.microseconds % SECOND),
                    )?,
                    zone: match bound.get("tzinfo") {
                        Some(zone) => zone_of(&zone)?,
                        None => self.zone.clone(),
                    },
                }))
            }
            "isoformat" => {
                let bound = arguments.bind("isoformat", "timespec=")?;
                let precision = bound.text("timespec")?.unwrap_or_else(|| "auto".into());
                let mut text = clock_text(self.microseconds, &precision)?;
                if let Some(zone) = &self.zone {
                    text.push_str(&offset_text(zone.offset, ":"));
                }
                Ok(Value::from(text))
            }
            "utcoffset" => zone_offset(self.zone.as_ref()),
            _ => Ok(self.zone.as_ref().map(|zone| zone.text()).into()),
        }
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(self.text().into())
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let seconds = self.microseconds / SECOND;
        let mut text = format!(
            "datetime.time({}, {}{}",
            seconds / 3600,
            seconds / 60 % 60,
            second_parts(self.microseconds)
        );
        push_zone(vm, &mut text, self.zone.as_ref())?;
        Ok(text.into())
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        vm.hash(&Value::Int(self.microseconds)).map(Some)
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(other.downcast::<Time>().map(|other| {
            other.microseconds == self.microseconds && other.zone.is_some() == self.zone.is_some()
        }))
    }

    fn compare(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        Ok(other
            .downcast::<Time>()
            .and_then(|other| order(operator, self.microseconds.cmp(&other.microseconds))))
    }
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

impl Object for DateTime {
    fn type_name(&self) -> Rc<str> {
        Rc::from("datetime.datetime")
    }

    fn class(self: Rc<Self>, _vm: &mut Vm) -> Option<Value> {
        Some(Value::Class(classes().datetime))
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        let (year, month, day) = self.date().parts();
        Ok(match name {
            "year" => Some(Value::Int(year)),
            "month" => Some(Value::Int(month)),
            "day" => Some(Value::Int(day)),
            _ => clock_part(self.clock(), self.zone.as_ref(), name),
        })
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "isoformat"
                | "strftime"
                | "weekday"
                | "isoweekday"
                | "isocalendar"
                | "toordinal"
                | "replace"
                | "timetuple"
                | "ctime"
                | "timestamp"
                | "date"
                | "time"
                | "timetz"
                | "astimezone"
                | "utcoffset"
                | "tzname"
                | "utctimetuple"
                | "dst"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match name {
            "isoformat" => {
                let bound = arguments.bind("isoformat", "sep=, timespec=")?;
                let separator = bound.text("sep")?.unwrap_or_else(|| "T".into());
                let precision = bound.text("timespec")?.unwrap_or_else(|| "auto".into());
                self.iso(&separator, &precision).map(Value::from)
            }
            "replace" => {
                let bound = arguments.bind(
                    "replace",
                    "year=, month=, day=, hour=, minute=, second=, microsecond=, tzinfo=, *, fold=",
                )?;
                let (year, month, day) = self.date().parts();
                let clock = self.clock();
                let seconds = clock / SECOND;
                let days = checked_days(
                    bound.int("year")?.unwrap_or(year),
                    bound.int("month")?.unwrap_or(month),
                    bound.int("day")?.unwrap_or(day),
                )?;
                let clock = checked_time(
                    bound.int("hour")?.unwrap_or(seconds / 3600),
                    bound.int("minute")?.unwrap_or(seconds / 60 % 60),
                    bound.int("second")?.unwrap_or(seconds % 60),
                    bound.int("microsecond")?.unwrap_or(clock % SECOND),
                )?;
                Ok(Value::object(DateTime {
                    microseconds: days * DAY + clock,
                    zone: match bound.get("tzinfo") {
                        Some(zone) => zone_of(&zone)?,
                        None => self.zone.clone(),
                    },
                }))
            }
            "timestamp" => {
                let local = match self.zone {
                    Some(_) => 0,
                    None => i64::from(vm.host().local_offset()) * 60 * SECOND,
                };
                #[allow(clippy::cast_precision_loss)]
                Ok(Value::Float((self.instant() - local) as f64 / 1e6))
            }
            "date" => Ok(Value::object(self.date())),
            "time" | "timetz" => Ok(Value::object(Time {
                microseconds: self.clock(),
                zone: if name == "timetz" {
                    self.zone.clone()
                } else {
                    None
                },
            })),
            "astimezone" => {
                let bound = arguments.bind("astimezone", "tz=")?;
                let local = i64::from(vm.host().local_offset()) * 60 * SECOND;
                let zone = zone_of(&bound.value("tz"))?.unwrap_or_else(|| {
                    Rc::new(TimeZone {
                        offset: local,
                        name: None,
                    })
                });
                let instant = match self.zone {
                    Some(_) => self.instant(),
                    None => self.microseconds - local,
                };
                DateTime::checked(i128::from(instant + zone.offset), Some(zone)).map(Value::object)
            }
            "utcoffset" => zone_offset(self.zone.as_ref()),
            "tzname" => Ok(self.zone.as_ref().map(|zone| zone.text()).into()),
            "dst" => Ok(Value::None),
            "utctimetuple" => {
                let moment = DateTime {
                    microseconds: self.instant(),
                    zone: None,
                };
                date_method(
                    vm,
                    moment.date(),
                    moment.clock(),
                    None,
                    "timetuple",
                    arguments,
                )
            }
            _ => date_method(
                vm,
                self.date(),
                self.clock(),
                self.zone.as_deref(),
                name,
                arguments,
            ),
        }
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(self.text(" ").into())
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let (year, month, day) = self.date().parts();
        let clock = self.clock();
        let seconds = clock / SECOND;
        let mut text = format!(
            "datetime.datetime({year}, {month}, {day}, {}, {}{}",
            seconds / 3600,
            seconds / 60 % 60,
            second_parts(clock)
        );
        push_zone(vm, &mut text, self.zone.as_ref())?;
        Ok(text.into())
    }

    fn format(
        self: Rc<Self>,
        vm: &mut Vm,
        specification: &str,
    ) -> Result<Option<Rc<str>>, Failure> {
        if specification.is_empty() {
            return Ok(None);
        }
        format(
            vm,
            specification,
            self.date(),
            self.clock(),
            self.zone.as_deref(),
        )
        .map(|text| Some(text.into()))
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        vm.hash(&Value::Int(self.instant())).map(Some)
    }

    fn equals(self: Rc<Self>, _vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        Ok(other.downcast::<DateTime>().map(|other| {
            other.instant() == self.instant() && other.zone.is_some() == self.zone.is_some()
        }))
    }

    fn compare(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        let Some(other) = other.downcast::<DateTime>() else {
            return Ok(None);
        };
        if self.zone.is_some() != other.zone.is_some() {
            return match operator {
                CompareOperator::Equal => Ok(Some(Value::Bool(false))),
                CompareOperator::NotEqual => Ok(Some(Value::Bool(true))),
                _ => Err(Failure::type_error(
                    "can't compare offset-naive and offset-aware datetimes",
                )),
            };
        }
        Ok(order(operator, self.instant().cmp(&other.instant())))
    }

    fn binary(
        self: Rc<Self>,
        _vm: &mut Vm,
        operator: BinaryOperator,
        other: &Value,
        reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        if let Some(step) = other.downcast::<TimeDelta>() {
            let moved = match operator {
                BinaryOperator::Add => i128::from(self.microseconds) + step.microseconds,
                BinaryOperator::Subtract if !reflected => {
                    i128::from(self.microseconds) - step.microseconds
                }
                _ => return Ok(None),
            };
            return DateTime::checked(moved, self.zone.clone())
                .map(|moment| Some(Value::object(moment)));
        }
        match (operator, other.downcast::<DateTime>(), reflected) {
            (BinaryOperator::Subtract, Some(other), false) => {
                if self.zone.is_some() != other.zone.is_some() {
                    return Err(Failure::type_error(
                        "can't subtract offset-naive and offset-aware datetimes",
                    ));
                }
                delta(i128::from(self.instant()) - i128::from(other.instant())).map(Some)
            }
            _ => Ok(None),
        }
    }
}
