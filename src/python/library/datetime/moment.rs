//! `datetime` as a value.

use std::rc::Rc;

use super::classes::{classes, zone_of};
use super::date::date_method;
use super::text::format;
use super::{
    DAY, DateTime, SECOND, Time, TimeDelta, TimeZone, checked_days, checked_time, clock_part,
    delta, order, push_zone, second_parts, zone_offset,
};
use crate::python::arguments::Arguments;
use crate::python::error::Failure;
use crate::python::object::{BinaryOperator, CompareOperator, Object};
use crate::python::value::Value;
use crate::python::vm::Vm;

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
