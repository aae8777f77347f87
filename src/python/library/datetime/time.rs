//! `time` as a value.

use std::rc::Rc;

use super::classes::{classes, zone_of};
use super::text::format;
use super::{
    Date, SECOND, Time, checked_time, clock_part, clock_text, days_of, offset_text, order,
    push_zone, second_parts, zone_offset,
};
use crate::python::arguments::Arguments;
use crate::python::error::Failure;
use crate::python::object::{CompareOperator, Object};
use crate::python::value::Value;
use crate::python::vm::Vm;

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
