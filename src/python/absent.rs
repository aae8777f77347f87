//! Stand-ins for modules nobody knows.

use std::rc::Rc;

use super::object::{BinaryOperator, Object, UnaryOperator};
use super::value::Value;
use super::vm::Vm;
use super::{Arguments, Failure};

/// A module nobody knows, or something taken from it: it may be imported, passed and named in
/// annotations, but not used.
pub(crate) struct Absent {
    name: Rc<str>,
}

impl Absent {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: Rc::from(name),
        }
    }

    fn refuse(&self, vm: &Vm) -> Failure {
        vm.refuse(
            &*self.name,
            format!("'{}' is code that is not evaluated here.", self.name),
            "Copy what is needed into the revision.",
        )
    }
}

impl Object for Absent {
    fn type_name(&self) -> Rc<str> {
        self.name.clone()
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        // The evaluator itself asks for special names; programs ask for these.
        let own = matches!(
            name,
            "__table__" | "__tablename__" | "__members__" | "__version__"
        );
        if name.starts_with("__") && name.ends_with("__") && !own {
            return Ok(None);
        }
        if self.name.len() > 1000 {
            return Ok(None);
        }
        Ok(Some(Vm::absent(&format!("{}.{name}", self.name))))
    }

    fn set_attribute(
        self: Rc<Self>,
        vm: &mut Vm,
        _name: &str,
        _value: Value,
    ) -> Result<bool, Failure> {
        Err(self.refuse(vm))
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, vm: &mut Vm, _arguments: Arguments) -> Result<Option<Value>, Failure> {
        Err(self.refuse(vm))
    }

    fn item(self: Rc<Self>, vm: &mut Vm, _key: &Value) -> Result<Option<Value>, Failure> {
        Err(self.refuse(vm))
    }

    fn iterate(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Err(self.refuse(vm))
    }

    fn truth(self: Rc<Self>, vm: &mut Vm) -> Result<bool, Failure> {
        Err(self.refuse(vm))
    }

    fn repr(self: Rc<Self>, vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Err(self.refuse(vm))
    }

    fn contains(self: Rc<Self>, vm: &mut Vm, _value: &Value) -> Result<Option<bool>, Failure> {
        Err(self.refuse(vm))
    }

    fn unary(
        self: Rc<Self>,
        vm: &mut Vm,
        _operator: UnaryOperator,
    ) -> Result<Option<Value>, Failure> {
        Err(self.refuse(vm))
    }

    fn binary(
        self: Rc<Self>,
        vm: &mut Vm,
        _operator: BinaryOperator,
        _other: &Value,
        _reflected: bool,
    ) -> Result<Option<Value>, Failure> {
        Err(self.refuse(vm))
    }

    fn compare(
        self: Rc<Self>,
        vm: &mut Vm,
        _operator: super::object::CompareOperator,
        _other: &Value,
    ) -> Result<Option<Value>, Failure> {
        Err(self.refuse(vm))
    }

    fn enter(self: Rc<Self>, vm: &mut Vm) -> Result<Option<Value>, Failure> {
        Err(self.refuse(vm))
    }

    fn is_instance(self: Rc<Self>, vm: &mut Vm, _value: &Value) -> Result<Option<bool>, Failure> {
        Err(self.refuse(vm))
    }

    fn subclass(
        self: Rc<Self>,
        vm: &mut Vm,
        _new: super::object::NewClass<'_>,
    ) -> Result<Option<Value>, Failure> {
        Err(self.refuse(vm))
    }
}
