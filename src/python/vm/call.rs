//! Calls.

use std::rc::Rc;

use super::Vm;
use super::run::Exit;
use crate::python::Arguments;
use crate::python::arguments::{missing_arguments, too_many};
use crate::python::class::{Class, Exception, Instance, Layout, Payload};
use crate::python::dict::Dict;
use crate::python::error::Failure;
use crate::python::frame::Frame;
use crate::python::function::{Callee, DescriptorKind, Function, Generator, Method, Variable};
use crate::python::types::{type_name, types};
use crate::python::value::Value;

impl Vm {
    /// Calls a value.
    pub fn call(&mut self, callee: &Value, arguments: Arguments) -> Result<Value, Failure> {
        match callee {
            Value::Function(function) => self.call_function(function, arguments),
            Value::Native(native) => {
                let native = native.clone();
                self.native(|vm| (native.function)(vm, arguments))
            }
            Value::Method(method) => {
                let method = method.clone();
                self.call_bound(&method, arguments)
            }
            Value::Class(class) => self.nested(|vm| vm.instantiate(class, arguments)),
            Value::Instance(instance) => {
                if let Some(method) = self.special(callee, "__call__")? {
                    return self.nested(|vm| vm.call(&method, arguments));
                }
                let hosts: Vec<_> = instance.class.lookup_order_hosts().cloned().collect();
                for host in hosts {
                    if let Some(method) = host.instance_attribute(self, instance, "__call__")? {
                        return self.nested(|vm| vm.call(&method, arguments));
                    }
                }
                Err(not_callable(callee))
            }
            Value::Object(object) => {
                let object = object.clone();
                match self.native(|vm| object.call(vm, arguments))? {
                    Some(value) => Ok(value),
                    None => Err(not_callable(callee)),
                }
            }
            Value::Descriptor(descriptor) => match &descriptor.kind {
                DescriptorKind::StaticMethod(function) => self.call(function, arguments),
                _ => Err(not_callable(callee)),
            },
            _ => Err(not_callable(callee)),
        }
    }

    fn call_bound(&mut self, method: &Rc<Method>, arguments: Arguments) -> Result<Value, Failure> {
        match &method.callee {
            Callee::Value(function) => {
                let arguments = arguments.with_receiver(method.receiver.clone());
                self.nested(|vm| vm.call(function, arguments))
            }
            Callee::Builtin(_, function) => {
                self.native(|vm| function(vm, &method.receiver, arguments))
            }
            Callee::Host(name) => match &method.receiver {
                Value::Object(object) => {
                    let object = object.clone();
                    self.native(|vm| object.call_method(vm, name, arguments))
                }
                _ => Err(not_callable(&Value::None)),
            },
        }
    }

    /// Calls a method of a value.
    pub fn call_method(
        &mut self,
        receiver: &Value,
        name: &str,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        self.call_method_hashed(
            receiver,
            name,
            crate::python::dict::hash_str(name),
            arguments,
        )
    }

    pub(crate) fn call_method_hashed(
        &mut self,
        receiver: &Value,
        name: &str,
        hash: u64,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        match receiver {
            Value::Instance(instance) => {
                let hooks = instance.class.hooks.get();
                if !hooks.getattribute
                    && !hooks.data_descriptors
                    && instance.attributes.get_str_hashed(name, hash).is_none()
                    && let Some(Value::Function(function)) =
                        instance.class.lookup_hashed(name, hash)
                {
                    let arguments = arguments.with_receiver(receiver.clone());
                    return self.call_function(&function, arguments);
                }
            }
            Value::Object(object) => {
                if object.has_method(name) {
                    let object = object.clone();
                    return self.native(|vm| object.call_method(vm, name, arguments));
                }
            }
            Value::Class(_) | Value::Module(_) | Value::Super(_) | Value::Function(_) => {}
            builtin => {
                if let Some(method) = crate::python::builtins::method_of(builtin, name) {
                    return self.native(|vm| method(vm, receiver, arguments));
                }
            }
        }
        let method = self.attribute_hashed(receiver, name, hash)?;
        self.call(&method, arguments)
    }

    pub(crate) fn call_function(
        &mut self,
        function: &Rc<Function>,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let code = &function.code;
        let locals = bind(function, arguments)?;
        // What the host calls is charged inside, where there is a place to report.
        if !self.callers.is_empty() {
            self.charge(128 + 24 * code.locals.len())?;
        }
        let mut frame = Frame {
            code: code.clone(),
            globals: function.globals.clone(),
            namespace: None,
            enumeration: None,
            locals,
            cells: Vec::new(),
            stack: Vec::new(),
            blocks: Vec::new(),
            pc: 0,
        };
        if !code.cells.is_empty() {
            frame.cells.reserve(code.cells.len());
            for _ in 0..code.own_cells {
                frame.cells.push(Variable::new(None));
            }
            for &(parameter, cell) in &code.cell_parameters {
                if let (Some(slot), Some(cell)) = (
                    frame.locals.get_mut(parameter as usize),
                    frame.cells.get(cell as usize),
                ) {
                    *cell.value.borrow_mut() = slot.take();
                }
            }
            frame.cells.extend(function.closure.iter().cloned());
        }
        if code.flavor.generator || code.flavor.coroutine {
            let generator = Generator {
                name: function.name(),
                frame: std::cell::RefCell::new(Some(Box::new(frame))),
                running: std::cell::Cell::new(false),
                started: std::cell::Cell::new(false),
                coroutine: code.flavor.coroutine && !code.flavor.generator,
                asynchronous: code.flavor.coroutine && code.flavor.generator,
            };
            return Ok(Value::Generator(Rc::new(generator)));
        }
        match self.enter(&mut frame, None)? {
            Exit::Return(value) | Exit::Yield(value) => Ok(value),
        }
    }

    /// Runs the body of a module or class in a namespace.
    pub(crate) fn run_body(&mut self, frame: &mut Frame) -> Result<(), Failure> {
        self.enter(frame, None).map(|_| ())
    }

    /// Makes an instance.
    pub(crate) fn instantiate(
        &mut self,
        class: &Rc<Class>,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        if class.enumeration.borrow().is_some() {
            return self.enumeration_call(class, arguments);
        }
        if class.fixed
            && let Some(constructor) = class.constructor
        {
            return constructor(self, class, arguments);
        }
        if let Some(new) = class.lookup("__new__") {
            let function = match &new {
                Value::Descriptor(descriptor) => match &descriptor.kind {
                    DescriptorKind::StaticMethod(function) => function.clone(),
                    _ => new.clone(),
                },
                other => other.clone(),
            };
            let made = self.call(
                &function,
                arguments.clone().with_receiver(Value::Class(class.clone())),
            )?;
            if let Value::Instance(instance) = &made
                && instance.class.is_subclass_of(class)
            {
                self.initialize(instance, arguments)?;
            }
            return Ok(made);
        }
        if class.layout == Layout::Plain
            && let Some(constructor) = class.constructor
        {
            return constructor(self, class, arguments);
        }
        self.refuse_abstract(class)?;
        let instance = self.new_instance(class, &arguments)?;
        self.initialize(&instance, arguments)?;
        Ok(Value::Instance(instance))
    }

    /// What `object.__new__` and its like make: the instance before `__init__`.
    pub(crate) fn new_instance(
        &mut self,
        class: &Rc<Class>,
        arguments: &Arguments,
    ) -> Result<Rc<Instance>, Failure> {
        self.charge(200)?;
        let instance = Instance::new(class.clone());
        match class.layout {
            Layout::Plain => {}
            Layout::Exception => {
                *instance.payload.borrow_mut() =
                    Payload::Exception(Exception::new(arguments.positional.clone()));
            }
            Layout::Builtin => {
                let base = class
                    .lookup_order()
                    .find(|class| class.fixed && class.layout == Layout::Builtin)
                    .cloned();
                if let Some((base, constructor)) =
                    base.and_then(|base| base.constructor.map(|constructor| (base, constructor)))
                {
                    // Mutable ones are filled by `__init__`.
                    let mutable = matches!(&*base.name, "list" | "dict" | "set");
                    let own = class.lookup("__init__").is_some();
                    let arguments = if mutable {
                        Arguments::none()
                    } else if own {
                        // `__init__` of the program may take more than the value.
                        Arguments::of(arguments.positional.iter().take(1).cloned().collect())
                    } else {
                        arguments.clone()
                    };
                    let value = constructor(self, &base, arguments)?;
                    *instance.payload.borrow_mut() = Payload::Value(value);
                }
            }
        }
        Ok(Rc::new(instance))
    }

    /// Calls `__init__`.
    fn initialize(&mut self, instance: &Rc<Instance>, arguments: Arguments) -> Result<(), Failure> {
        let class = &instance.class;
        if let Some(init) = class.lookup("__init__") {
            let receiver = Value::Instance(instance.clone());
            let bound = self.bind(&init, &receiver, class)?;
            let result = self.call(&bound, arguments)?;
            if !result.is_none() {
                return Err(Failure::type_error(format!(
                    "__init__() should return None, not '{}'",
                    type_name(&result)
                )));
            }
            return Ok(());
        }
        let made = class.lookup("__new__").is_some();
        self.initialize_builtin(instance, arguments, made)
    }

    /// `__init__` of host objects and built-in types.
    pub(crate) fn initialize_builtin(
        &mut self,
        instance: &Rc<Instance>,
        arguments: Arguments,
        lenient: bool,
    ) -> Result<(), Failure> {
        let class = &instance.class;
        if class.hooks.get().host {
            let host = class.lookup_order_hosts().next().cloned();
            if let Some(host) = host {
                return host.initialize(self, instance, arguments);
            }
        }
        match class.layout {
            Layout::Exception => {
                if let Some((name, _)) = arguments.keywords.first() {
                    let import = types().exception("ImportError");
                    if class.is_subclass_of(&import) {
                        for (name, value) in &arguments.keywords {
                            instance.attributes.set_str(name, value.clone());
                        }
                    } else {
                        return Err(Failure::type_error(format!(
                            "{}() takes no keyword arguments (got '{name}')",
                            class.name
                        )));
                    }
                }
                let positional = arguments.positional;
                let old = Self::with_exception(instance, |exception| {
                    std::mem::replace(&mut exception.args, positional)
                });
                drop(old);
                Ok(())
            }
            Layout::Builtin => {
                let payload = Value::Instance(instance.clone()).plain();
                self.fill(&payload, arguments)
            }
            Layout::Plain => {
                let given = !arguments.positional.is_empty() || !arguments.keywords.is_empty();
                if given && !lenient {
                    return Err(Failure::type_error(format!(
                        "{}() takes no arguments",
                        class.name
                    )));
                }
                Ok(())
            }
        }
    }

    /// `__init__` of the mutable built-in types.
    pub(crate) fn fill(&mut self, payload: &Value, arguments: Arguments) -> Result<(), Failure> {
        match payload {
            Value::List(list) => {
                let items = match arguments.positional.first() {
                    Some(source) => self.collect(source)?,
                    None => Vec::new(),
                };
                let old = std::mem::replace(&mut *list.borrow_mut(), items);
                drop(old);
            }
            Value::Dict(dict) => {
                if let Some(source) = arguments.positional.first() {
                    for (key, value) in self.pairs(source)? {
                        dict.insert(self, key, value)?;
                    }
                }
                for (name, value) in arguments.keywords {
                    dict.set_str(&name, value);
                }
            }
            Value::Set(set) => {
                if let Some(source) = arguments.positional.first() {
                    for item in self.collect(source)? {
                        set.members.insert(self, item, Value::None)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Runs native code that may call back: counts a step and bounds the nesting.
    pub(crate) fn native<T>(
        &mut self,
        action: impl FnOnce(&mut Vm) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.nested(action)
    }

    /// Goes one level deeper in the evaluator's own recursion.
    pub(crate) fn nested<T>(
        &mut self,
        action: impl FnOnce(&mut Vm) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.step()?;
        if self.nesting >= self.limits.depth * 4 {
            return Err(self.too_deep());
        }
        self.nesting += 1;
        let result = stacker::maybe_grow(super::RED_ZONE, super::SEGMENT, || action(self));
        self.nesting -= 1;
        result
    }

    /// Merges `**value` into keyword arguments.
    pub(crate) fn merge_keywords(&mut self, dict: &Rc<Dict>, value: &Value) -> Result<(), Failure> {
        let items = self.mapping_items(value).map_err(|failure| {
            if failure.is("TypeError") {
                Failure::type_error(format!(
                    "argument after ** must be a mapping, not {}",
                    type_name(value)
                ))
            } else {
                failure
            }
        })?;
        for (key, value) in items {
            let Some(name) = key.to_text() else {
                return Err(Failure::type_error("keywords must be strings"));
            };
            if dict.get_str(&name).is_some() {
                return Err(Failure::type_error(format!(
                    "got multiple values for keyword argument '{name}'"
                )));
            }
            self.charge(72)?;
            dict.set_str(&name, value);
        }
        Ok(())
    }
}

/// Whether a call can succeed at all, as `callable` tells.
pub(crate) fn is_callable(value: &Value) -> bool {
    match value {
        Value::Function(_) | Value::Native(_) | Value::Method(_) | Value::Class(_) => true,
        Value::Instance(instance) => instance.class.lookup("__call__").is_some(),
        Value::Object(object) => object.is_callable(),
        Value::Descriptor(descriptor) => {
            matches!(descriptor.kind, DescriptorKind::StaticMethod(_))
        }
        _ => false,
    }
}

fn not_callable(value: &Value) -> Failure {
    Failure::type_error(format!("'{}' object is not callable", type_name(value)))
}

/// The local variables of a call.
fn bind(function: &Function, arguments: Arguments) -> Result<Vec<Option<Value>>, Failure> {
    let code = &function.code;
    let given = arguments.positional.len();
    let places = code.positional;
    let mut locals: Vec<Option<Value>> = Vec::with_capacity(code.locals.len());
    let simple = arguments.keywords.is_empty() && !code.rest && !code.keywords;
    if simple && given == places && code.keyword_only == 0 {
        locals.extend(arguments.positional.into_iter().map(Some));
        locals.resize(code.locals.len(), None);
        return Ok(locals);
    }
    let name = &code.qualified;
    let mut positional = arguments.positional.into_iter();
    locals.extend(positional.by_ref().take(places).map(Some));
    locals.resize(code.locals.len(), None);
    let rest: Vec<Value> = positional.collect();
    let first_optional = places.saturating_sub(function.defaults.len());
    if code.rest {
        if let Some(slot) = locals.get_mut(places + code.keyword_only) {
            *slot = Some(Value::tuple(rest));
        }
    } else if !rest.is_empty() {
        return Err(too_many(name, places, first_optional, given));
    }
    let named = code
        .locals
        .get(..places + code.keyword_only)
        .unwrap_or_default();
    let mut extra = Vec::new();
    for (keyword, value) in arguments.keywords {
        let place = named.iter().position(|parameter| *parameter == keyword);
        match place {
            Some(place) if place >= code.positional_only => {
                if let Some(slot) = locals.get_mut(place) {
                    if slot.is_some() {
                        return Err(Failure::type_error(format!(
                            "{name}() got multiple values for argument '{keyword}'"
                        )));
                    }
                    *slot = Some(value);
                }
            }
            _ if code.keywords => extra.push((keyword, value)),
            Some(_) => {
                return Err(Failure::type_error(format!(
                    "{name}() got some positional-only arguments passed as keyword arguments: '{keyword}'"
                )));
            }
            None => {
                return Err(Failure::type_error(format!(
                    "{name}() got an unexpected keyword argument '{keyword}'"
                )));
            }
        }
    }
    if code.keywords {
        let dict = Dict::default();
        for (keyword, value) in extra {
            dict.set_str(&keyword, value);
        }
        let place = places + code.keyword_only + usize::from(code.rest);
        if let Some(slot) = locals.get_mut(place) {
            *slot = Some(Value::Dict(Rc::new(dict)));
        }
    }
    let mut missing: Vec<&str> = Vec::new();
    for (place, slot) in locals.iter_mut().enumerate().take(places) {
        if slot.is_some() {
            continue;
        }
        match place
            .checked_sub(first_optional)
            .and_then(|place| function.defaults.get(place))
        {
            Some(default) => *slot = Some(default.clone()),
            None => missing.extend(named.get(place).map(|name| &**name)),
        }
    }
    if !missing.is_empty() {
        return Err(missing_arguments(name, "positional", &missing));
    }
    for place in 0..code.keyword_only {
        let Some(slot) = locals.get_mut(places + place) else {
            continue;
        };
        if slot.is_some() {
            continue;
        }
        match function.keyword_defaults.get(place) {
            Some(Some(default)) => *slot = Some(default.clone()),
            _ => missing.extend(named.get(places + place).map(|name| &**name)),
        }
    }
    if !missing.is_empty() {
        return Err(missing_arguments(name, "keyword-only", &missing));
    }
    Ok(locals)
}
