//! The classes of the module and their functions.

use std::rc::Rc;

use super::text::{parse_format, parse_iso, parse_iso_date, parse_iso_time};
use super::{
    DAY, Date, DateTime, FIRST_DAY, LAST_DAY, SECOND, Time, TimeDelta, TimeZone, checked_days,
    checked_time,
};
use crate::python::arguments::Arguments;
use crate::python::class::Class;
use crate::python::error::Failure;
use crate::python::function::{Descriptor, DescriptorKind, Native};
use crate::python::number::float_of;
use crate::python::types::type_name;
use crate::python::value::Value;
use crate::python::vm::Vm;

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

pub(super) fn classes() -> Classes {
    CLASSES.with(Clone::clone)
}

pub(super) fn make(
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

pub(super) fn class_function(
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

pub(super) fn timestamp(value: &Value) -> Result<i128, Failure> {
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

pub(super) fn zone_of(value: &Value) -> Result<Option<Rc<TimeZone>>, Failure> {
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
