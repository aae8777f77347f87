//! Iterators that are not generators.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::Failure;
use super::dict::Dict;
use super::trash;
use super::value::{List, Range, Tuple, Value};
use super::vm::Vm;

/// A native iterator.
pub trait Iterate {
    /// The next value, `None` at the end.
    fn next(&mut self, vm: &mut Vm) -> Result<Option<Value>, Failure>;

    /// The name of its type.
    fn type_name(&self) -> &'static str {
        "iterator"
    }
}

/// What of a dictionary is iterated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Keys,
    Values,
    Items,
}

/// An iterator: those that loops use most are told apart, so that a step costs no call.
pub struct Iteration {
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    List(RefCell<Option<Rc<List>>>, Cell<usize>),
    Tuple(Rc<Tuple>, Cell<usize>),
    Range(Range, Cell<i64>),
    Str(Rc<str>, Cell<usize>),
    Dict {
        dict: Rc<Dict>,
        part: Part,
        place: Cell<usize>,
        length: usize,
    },
    Native(RefCell<Box<dyn Iterate>>),
    Values(RefCell<std::vec::IntoIter<Value>>),
}

impl Iteration {
    /// An iterator of the host.
    pub fn new(iterate: impl Iterate + 'static) -> Self {
        Self {
            kind: Kind::Native(RefCell::new(Box::new(iterate))),
        }
    }

    /// An iterator over values that are known.
    pub fn over(values: Vec<Value>) -> Self {
        Self {
            kind: Kind::Values(RefCell::new(values.into_iter())),
        }
    }

    /// The next value, `None` at the end.
    pub fn next(&self, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        match &self.kind {
            Kind::List(list, place) => {
                let at = place.get();
                let item = list
                    .borrow()
                    .as_ref()
                    .and_then(|list| list.borrow().get(at).cloned());
                if item.is_some() {
                    place.set(at + 1);
                } else {
                    // An exhausted iterator stays so when the list grows.
                    list.borrow_mut().take();
                }
                Ok(item)
            }
            Kind::Tuple(tuple, place) => {
                let at = place.get();
                place.set(at + 1);
                Ok(tuple.get(at).cloned())
            }
            Kind::Range(range, place) => {
                let at = place.get();
                if at >= range.len() {
                    return Ok(None);
                }
                place.set(at + 1);
                Ok(Some(Value::Int(range.at(at))))
            }
            Kind::Str(text, place) => {
                let at = place.get();
                let next = text.get(at..).and_then(|rest| rest.chars().next());
                Ok(next.map(|one| {
                    place.set(at + one.len_utf8());
                    Value::str(one.encode_utf8(&mut [0; 4]))
                }))
            }
            Kind::Dict {
                dict,
                part,
                place,
                length,
            } => {
                if dict.len() != *length && place.get() != usize::MAX {
                    place.set(usize::MAX);
                    return Err(Failure::raise(
                        "RuntimeError",
                        "dictionary changed size during iteration",
                    ));
                }
                let Some((next, key, value)) = dict.next_from(place.get()) else {
                    return Ok(None);
                };
                place.set(next);
                Ok(Some(match part {
                    Part::Keys => key,
                    Part::Values => value,
                    Part::Items => Value::tuple(vec![key, value]),
                }))
            }
            Kind::Values(values) => Ok(values.borrow_mut().next()),
            Kind::Native(native) => match native.try_borrow_mut() {
                Ok(mut native) => {
                    vm.step()?;
                    native.next(vm)
                }
                Err(_) => Err(Failure::value_error("iterator already executing")),
            },
        }
    }

    pub(crate) fn type_name(&self) -> &'static str {
        match &self.kind {
            Kind::List(..) => "list_iterator",
            Kind::Tuple(..) => "tuple_iterator",
            Kind::Range(..) => "range_iterator",
            Kind::Str(..) => "str_ascii_iterator",
            Kind::Dict { part, .. } => match part {
                Part::Keys => "dict_keyiterator",
                Part::Values => "dict_valueiterator",
                Part::Items => "dict_itemiterator",
            },
            Kind::Values(_) => "iterator",
            Kind::Native(native) => native
                .try_borrow()
                .map_or("iterator", |native| native.type_name()),
        }
    }
}

impl Drop for Iteration {
    fn drop(&mut self) {
        if let Kind::Values(values) = &mut self.kind {
            trash::bury(std::mem::take(values.get_mut()).collect());
        }
    }
}
