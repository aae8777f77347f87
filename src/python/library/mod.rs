//! Python's standard library, as far as it is harmless.

use std::rc::Rc;

use super::Arguments;
use super::class::Class;
use super::dict::Dict;
use super::error::Failure;
use super::value::Value;
use super::vm::Vm;

/// What library modules keep for the machine.
#[derive(Default)]
pub(crate) struct State {}

/// Imports a module of the standard library.
pub(crate) fn import(_vm: &mut Vm, _name: &str) -> Result<Option<Value>, Failure> {
    Ok(None)
}

/// A member of a library module that is only made when somebody wants it.
pub(crate) fn lazy_member(
    _vm: &mut Vm,
    _module: &str,
    _name: &str,
) -> Result<Option<Value>, Failure> {
    Ok(None)
}

/// `a | b` among annotations.
pub(crate) fn union(_vm: &mut Vm, _a: &Value, _b: &Value) -> Result<Option<Value>, Failure> {
    Ok(None)
}

/// `list[int]` and the like.
pub(crate) fn generic_alias(
    _vm: &mut Vm,
    class: &Rc<Class>,
    _key: &Value,
) -> Result<Value, Failure> {
    Ok(Value::Class(class.clone()))
}

/// The class of what `auto()` gives.
pub(crate) fn auto_class() -> Rc<Class> {
    Class::native("auto", "enum", &[], None)
}

/// `open()`.
pub(crate) fn open(vm: &mut Vm, _args: Arguments) -> Result<Value, Failure> {
    Err(vm.refuse("open", "open() is not available.", ""))
}

impl Vm {
    /// Classes that special bases make: named tuples, typed dictionaries.
    pub(crate) fn special_class(
        &mut self,
        _name: &Rc<str>,
        _bases: &[Value],
        _namespace: &Rc<Dict>,
    ) -> Result<Option<Value>, Failure> {
        Ok(None)
    }
}
