//! `date` as a value.

use std::rc::Rc;

use super::classes::classes;
use super::text::format;
use super::{
    DAY, Date, FIRST_DAY, SECOND, TimeDelta, TimeZone, checked_days, days_of, delta, order,
};
use crate::python::arguments::Arguments;
use crate::python::error::Failure;
use crate::python::object::{BinaryOperator, CompareOperator, Object};
use crate::python::value::Value;
use crate::python::vm::Vm;

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
pub(super) fn date_method(
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
