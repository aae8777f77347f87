//! Names that carry more than their text: `op.f()` and `quoted_name`.

use std::rc::Rc;

use crate::dialect::alembic::sqlalchemy::naming::ConstraintName;
use crate::dialect::alembic::sqlalchemy::target::Name;
use crate::python::{BinaryOperator, CompareOperator, Failure, Object, Value, Vm};

/// A name with a quoting flag, or one that no convention changes any more.
pub(crate) struct NameObject {
    pub(crate) name: Name,
}

impl NameObject {
    pub(crate) fn value(name: Name) -> Value {
        Value::object(Self { name })
    }

    fn text(&self) -> Value {
        Value::str(self.name.as_str())
    }
}

/// To Python these are strings, so whatever is not about quoting is answered by the text.
impl Object for NameObject {
    fn type_name(&self) -> Rc<str> {
        if self.name.is_shortenable() {
            "conv".into()
        } else {
            "quoted_name".into()
        }
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        if name == "quote" {
            return Ok(Some(Value::from(self.name.quote_flag())));
        }
        vm.attribute(&self.text(), name).map(Some)
    }

    fn item(self: Rc<Self>, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        vm.item(&self.text(), key).map(Some)
    }

    fn length(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Ok(Some(self.name.as_str().chars().count()))
    }

    fn str(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(self.name.as_str().into())
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        vm.repr(&self.text())
    }

    fn hash(self: Rc<Self>, vm: &mut Vm) -> Result<Option<u64>, Failure> {
        vm.hash(&self.text()).map(Some)
    }

    fn equals(self: Rc<Self>, vm: &mut Vm, other: &Value) -> Result<Option<bool>, Failure> {
        vm.equals(&self.text(), &plain_text(other)).map(Some)
    }

    fn binary(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: BinaryOperator,
        other: &Value,
        reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        let (own, other) = (self.text(), plain_text(other));
        if reflected {
            vm.binary(operator, &other, &own).map(Some)
        } else {
            vm.binary(operator, &own, &other).map(Some)
        }
    }

    fn compare(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        vm.compare(operator, &self.text(), &plain_text(other))
            .map(Some)
    }
}

fn plain_text(value: &Value) -> Value {
    value
        .downcast::<NameObject>()
        .map_or_else(|| value.clone(), |name| name.text())
}

/// A name from an argument; `None` for Python's `None` and for what is no text.
pub(crate) fn name(value: &Value) -> Option<Name> {
    if let Some(object) = value.downcast::<NameObject>() {
        return Some(object.name.clone());
    }
    value.to_text().map(|text| Name::new(&*text))
}

/// A constraint's name from an argument.
pub(crate) fn constraint_name(value: &Value) -> ConstraintName {
    match name(value) {
        None => ConstraintName::Missing,
        Some(name) if name.is_shortenable() => ConstraintName::Final(name),
        Some(name) => ConstraintName::Given(name),
    }
}

/// A text from an argument, of a string or a name.
pub(crate) fn text(value: &Value) -> Option<Rc<str>> {
    if let Some(object) = value.downcast::<NameObject>() {
        return Some(object.name.as_str().into());
    }
    value.to_text()
}

/// A text that must be there.
pub(crate) fn required_text(value: &Value, argument: &str) -> Result<Rc<str>, Failure> {
    text(value)
        .ok_or_else(|| Failure::type_error(format!("{argument} must be a string, not {value:?}")))
}

/// A name that must be there.
pub(crate) fn required_name(value: &Value, argument: &str) -> Result<Name, Failure> {
    name(value)
        .ok_or_else(|| Failure::type_error(format!("{argument} must be a string, not {value:?}")))
}
