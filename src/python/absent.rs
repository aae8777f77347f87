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
    /// The class of the file's own that derives from it.
    class: Option<Rc<str>>,
}

impl Absent {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: Rc::from(name),
            class: None,
        }
    }

    /// A class that derives from what nobody knows: nobody knows what it is either.
    pub(crate) fn derived(&self, class: &Rc<str>) -> Self {
        Self {
            name: self.name.clone(),
            class: Some(class.clone()),
        }
    }

    fn refuse(&self, vm: &Vm) -> Failure {
        let base = match &self.class {
            Some(class) => format!("'{class}' derives from '{}', which", self.name),
            None => format!("'{}'", self.name),
        };
        vm.refuse(
            &*self.name,
            format!("{base} is code that is not evaluated here."),
            "Copy what is needed into the revision.",
        )
    }
}

impl Object for Absent {
    fn type_name(&self) -> Rc<str> {
        self.name.clone()
    }

    fn attribute(self: Rc<Self>, vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
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
        if self.class.is_some() {
            return Err(self.refuse(vm));
        }
        let full = format!("{}.{name}", self.name);
        Ok(Some(match vm.known_module(&full)? {
            Some(module) => module,
            None => Vm::absent(&full),
        }))
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
