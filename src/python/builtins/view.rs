//! What `keys()`, `values()` and `items()` give.

use std::cell::Cell;
use std::rc::Rc;

use crate::python::Arguments;
use crate::python::dict::Dict;
use crate::python::error::Failure;
use crate::python::iterator::{Iteration, Kind, Part};
use crate::python::object::{BinaryOperator, CompareOperator, Object};
use crate::python::value::{Set, Value};
use crate::python::vm::Vm;

/// A view of a dictionary.
pub(crate) struct View {
    dict: Rc<Dict>,
    part: Part,
}

impl View {
    pub(crate) fn new(dict: Rc<Dict>, part: Part) -> Self {
        Self { dict, part }
    }

    fn values(&self) -> Vec<Value> {
        match self.part {
            Part::Keys => self.dict.keys(),
            Part::Values => self.dict.values(),
            Part::Items => self
                .dict
                .items()
                .into_iter()
                .map(|(key, value)| Value::tuple(vec![key, value]))
                .collect(),
        }
    }

    fn as_set(&self, vm: &mut Vm) -> Result<Value, Failure> {
        let set = Set::default();
        for value in self.values() {
            vm.charge(48)?;
            set.members.insert(vm, value, Value::None)?;
        }
        Ok(Value::Set(Rc::new(set)))
    }
}

fn to_set(vm: &mut Vm, value: &Value) -> Result<Value, Failure> {
    let set = Set::default();
    for item in vm.collect(value)? {
        set.members.insert(vm, item, Value::None)?;
    }
    Ok(Value::Set(Rc::new(set)))
}

impl Object for View {
    fn type_name(&self) -> Rc<str> {
        Rc::from(match self.part {
            Part::Keys => "dict_keys",
            Part::Values => "dict_values",
            Part::Items => "dict_items",
        })
    }

    fn iterate(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::Iterator(Rc::new(Iteration {
            kind: Kind::Dict {
                dict: self.dict.clone(),
                part: self.part,
                place: Cell::new(0),
                length: self.dict.len(),
            },
        }))))
    }

    fn length(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<usize>, Failure> {
        Ok(Some(self.dict.len()))
    }

    fn contains(self: Rc<Self>, vm: &mut Vm, value: &Value) -> Result<Option<bool>, Failure> {
        match self.part {
            Part::Keys => self.dict.contains(vm, value).map(Some),
            Part::Items => {
                let Value::Tuple(pair) = value else {
                    return Ok(Some(false));
                };
                let [key, wanted] = &***pair else {
                    return Ok(Some(false));
                };
                match self.dict.get(vm, key)? {
                    Some(found) => vm.equals(&found, wanted).map(Some),
                    None => Ok(Some(false)),
                }
            }
            Part::Values => Ok(None),
        }
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        let values = Value::list(self.values());
        let text = vm.repr(&values)?;
        Ok(format!("{}({text})", self.type_name()).into())
    }

    fn hash(self: Rc<Self>, _vm: &mut Vm) -> Result<Option<u64>, Failure> {
        Err(Failure::type_error(format!(
            "unhashable type: '{}'",
            self.type_name()
        )))
    }

    fn binary(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: BinaryOperator,
        other: &Value,
        reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        let sets = matches!(
            operator,
            BinaryOperator::And
                | BinaryOperator::Or
                | BinaryOperator::Xor
                | BinaryOperator::Subtract
        );
        if !sets || self.part == Part::Values {
            return Ok(None);
        }
        let mine = self.as_set(vm)?;
        let theirs = to_set(vm, other)?;
        let result = if reflected {
            vm.binary(operator, &theirs, &mine)
        } else {
            vm.binary(operator, &mine, &theirs)
        };
        result.map(Some)
    }

    fn compare(
        self: Rc<Self>,
        vm: &mut Vm,
        operator: CompareOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        if self.part == Part::Values {
            return Ok(None);
        }
        let is_set = match other {
            Value::Set(_) | Value::FrozenSet(_) => true,
            other => other.downcast::<View>().is_some(),
        };
        if !is_set {
            return Ok(None);
        }
        let mine = self.as_set(vm)?;
        let theirs = to_set(vm, other)?;
        vm.compare(operator, &mine, &theirs).map(Some)
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "isdisjoint" | "__len__" | "__contains__" | "__reversed__"
        )
    }

    fn call_method(
        self: Rc<Self>,
        vm: &mut Vm,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let first = arguments.positional.first().cloned().unwrap_or(Value::None);
        match name {
            "isdisjoint" => {
                for item in vm.collect(&first)? {
                    if self.clone().contains(vm, &item)? == Some(true) {
                        return Ok(Value::Bool(false));
                    }
                }
                Ok(Value::Bool(true))
            }
            "__len__" => Ok(Value::from(self.dict.len())),
            "__contains__" => vm.contains(&Value::Object(self), &first).map(Value::Bool),
            _ => {
                let mut values = self.values();
                values.reverse();
                Ok(Value::Iterator(Rc::new(Iteration::over(values))))
            }
        }
    }
}
