//! Attributes.

use std::rc::Rc;

use super::Vm;
use crate::python::Arguments;
use crate::python::builtins;
use crate::python::class::{Class, Instance, Payload};
use crate::python::dict::hash_str;
use crate::python::error::Failure;
use crate::python::function::{Callee, DescriptorKind, Method, Native, Super};
use crate::python::types::{type_name, types};
use crate::python::value::Value;

impl Vm {
    /// An attribute; `AttributeError` when there is none.
    pub fn attribute(&mut self, value: &Value, name: &str) -> Result<Value, Failure> {
        self.attribute_hashed(value, name, hash_str(name))
    }

    pub(crate) fn attribute_hashed(
        &mut self,
        value: &Value,
        name: &str,
        hash: u64,
    ) -> Result<Value, Failure> {
        if let Some(found) = self.find_hashed(value, name, hash)? {
            return Ok(found);
        }
        // A project's own environment has imported more of its modules than the revision does.
        if let Value::Module(module) = value {
            let full = format!("{}.{name}", module.name);
            if self.host().source_of(&full).is_some() {
                return self.import(&full);
            }
        }
        Err(self.missing_attribute(value, name))
    }

    /// The `AttributeError` for a value without the attribute.
    fn missing_attribute(&mut self, value: &Value, name: &str) -> Failure {
        let message = match value {
            Value::Module(module) => {
                if module.closed {
                    return self.refuse(
                        format!("{}.{name}", module.name),
                        format!("{}.{name} is not available.", module.name),
                        "Compute the value in the file, or write the revision without it.",
                    );
                }
                format!("module '{}' has no attribute '{name}'", module.name)
            }
            Value::Class(class) => {
                format!("type object '{}' has no attribute '{name}'", class.name)
            }
            Value::Super(_) => format!("'super' object has no attribute '{name}'"),
            other => return self.no_attribute(&type_name(other), name),
        };
        let failure = Failure::raise("AttributeError", message);
        if let Failure::Raised(instance) = &failure {
            instance.attributes.set_str("name", Value::str(name));
            instance.attributes.set_str("obj", value.clone());
        }
        failure
    }

    /// An attribute; `None` when there is none.
    pub fn find_attribute(&mut self, value: &Value, name: &str) -> Result<Option<Value>, Failure> {
        self.find_hashed(value, name, hash_str(name))
    }

    fn find_hashed(
        &mut self,
        value: &Value,
        name: &str,
        hash: u64,
    ) -> Result<Option<Value>, Failure> {
        match value {
            Value::Instance(instance) => self.instance_attribute(instance, value, name, hash),
            Value::Object(object) => {
                if let Some(found) = object.clone().attribute(self, name)? {
                    return Ok(Some(found));
                }
                if object.has_method(name) {
                    return Ok(Some(host_method(value, name)));
                }
                match name {
                    "__class__" => Ok(Some(self.class_value(value))),
                    "__doc__" => Ok(Some(Value::None)),
                    "__dict__" => Ok(None),
                    _ => self.class_of_object(value, name, hash),
                }
            }
            Value::Module(module) => {
                if let Some(found) = module.namespace.get_str_hashed(name, hash) {
                    return Ok(Some(found));
                }
                if name == "__dict__" {
                    return Ok(Some(Value::Dict(module.namespace.clone())));
                }
                if name == "__class__" {
                    return Ok(Some(self.class_value(value)));
                }
                if let Some(getter) = module.namespace.get_str("__getattr__") {
                    let found = self.call(&getter, Arguments::one(Value::str(name)));
                    return match found {
                        Err(failure) if failure.is("AttributeError") => Ok(None),
                        other => other.map(Some),
                    };
                }
                Ok(None)
            }
            Value::Class(class) => self.class_attribute(class, name, hash),
            Value::Super(bound) => self.super_attribute(bound, name),
            Value::Function(function) => {
                if let Some(found) = function.attributes.get_str_hashed(name, hash) {
                    return Ok(Some(found));
                }
                Ok(match name {
                    "__name__" => Some(Value::Str(function.code.name.clone())),
                    "__qualname__" => Some(Value::Str(function.code.qualified.clone())),
                    "__doc__" => Some(function.code.doc.clone().into()),
                    "__module__" => function.globals.get_str("__name__").or(Some(Value::None)),
                    "__dict__" => Some(Value::Dict(function.attributes.clone())),
                    "__annotations__" => {
                        let annotations = Value::dict();
                        function
                            .attributes
                            .set_str("__annotations__", annotations.clone());
                        Some(annotations)
                    }
                    "__defaults__" => Some(if function.defaults.is_empty() {
                        Value::None
                    } else {
                        Value::tuple(function.defaults.clone())
                    }),
                    "__globals__" | "__code__" | "__closure__" | "__builtins__" => {
                        return Err(self.refuse(
                            name,
                            format!("{name} of a function is not available."),
                            "",
                        ));
                    }
                    "__get__" => Some(self.function_getter(value)),
                    _ => self.builtin_attribute(value, name),
                })
            }
            Value::Native(native) => Ok(match name {
                "__name__" | "__qualname__" => Some(Value::Str(native.name.clone())),
                "__doc__" => Some(Value::None),
                "__module__" => Some(Value::str("builtins")),
                _ => self.builtin_attribute(value, name),
            }),
            Value::Method(method) => match (name, &method.callee) {
                ("__self__", _) => Ok(Some(method.receiver.clone())),
                ("__func__", Callee::Value(function)) => Ok(Some(function.clone())),
                ("__name__" | "__qualname__", Callee::Builtin(name, _) | Callee::Host(name)) => {
                    Ok(Some(Value::Str(name.clone())))
                }
                (_, Callee::Value(function)) => {
                    let function = function.clone();
                    self.find_hashed(&function, name, hash)
                }
                _ => Ok(self.builtin_attribute(value, name)),
            },
            Value::Descriptor(descriptor) => {
                if let Some(found) = descriptor.attributes.get_str_hashed(name, hash) {
                    return Ok(Some(found));
                }
                Ok(match (&descriptor.kind, name) {
                    (DescriptorKind::Property { getter, .. }, "fget") => Some(getter.clone()),
                    (DescriptorKind::Property { setter, .. }, "fset") => Some(setter.clone()),
                    (DescriptorKind::Property { deleter, .. }, "fdel") => Some(deleter.clone()),
                    (DescriptorKind::Property { doc, .. }, "__doc__") => Some(doc.clone()),
                    (
                        DescriptorKind::ClassMethod(function)
                        | DescriptorKind::StaticMethod(function),
                        "__func__" | "__wrapped__",
                    ) => Some(function.clone()),
                    (
                        DescriptorKind::ClassMethod(function)
                        | DescriptorKind::StaticMethod(function),
                        "__name__" | "__qualname__" | "__doc__" | "__module__",
                    ) => {
                        let function = function.clone();
                        return self.find_hashed(&function, name, hash);
                    }
                    _ => self.builtin_attribute(value, name),
                })
            }
            Value::Slice(slice) => Ok(match name {
                "start" => Some(slice.start.clone()),
                "stop" => Some(slice.stop.clone()),
                "step" => Some(slice.step.clone()),
                _ => self.builtin_attribute(value, name),
            }),
            Value::Range(range) => Ok(match name {
                "start" => Some(Value::Int(range.start)),
                "stop" => Some(Value::Int(range.stop)),
                "step" => Some(Value::Int(range.step)),
                _ => self.builtin_attribute(value, name),
            }),
            Value::Int(_) | Value::Big(_) | Value::Bool(_)
                if name == "real" || name == "numerator" =>
            {
                Ok(Some(value.clone()))
            }
            Value::Int(_) | Value::Big(_) | Value::Bool(_) if name == "imag" => {
                Ok(Some(Value::Int(0)))
            }
            Value::Int(_) | Value::Big(_) | Value::Bool(_) if name == "denominator" => {
                Ok(Some(Value::Int(1)))
            }
            Value::Float(_) if name == "real" => Ok(Some(value.clone())),
            Value::Generator(generator) if name == "__name__" => {
                Ok(Some(Value::Str(generator.name.clone())))
            }
            _ => Ok(self.builtin_attribute(value, name)),
        }
    }

    /// A method of a built-in type, or what every object has.
    fn builtin_attribute(&mut self, value: &Value, name: &str) -> Option<Value> {
        if name == "__class__" {
            return Some(self.class_value(value));
        }
        if name == "__doc__" {
            return Some(Value::None);
        }
        let method =
            builtins::method_of(value, name).or_else(|| builtins::generic_method(value, name))?;
        Some(Value::Method(Rc::new(Method {
            receiver: value.clone(),
            callee: Callee::Builtin(Rc::from(name), method),
        })))
    }

    fn class_of_object(
        &mut self,
        value: &Value,
        name: &str,
        hash: u64,
    ) -> Result<Option<Value>, Failure> {
        let Value::Class(class) = self.class_value(value) else {
            return Ok(None);
        };
        if let Some(found) = class.lookup_hashed(name, hash) {
            return self.bind(&found, value, &class).map(Some);
        }
        Ok(builtins::generic_method(value, name).map(|method| {
            Value::Method(Rc::new(Method {
                receiver: value.clone(),
                callee: Callee::Builtin(Rc::from(name), method),
            }))
        }))
    }

    fn instance_attribute(
        &mut self,
        instance: &Rc<Instance>,
        value: &Value,
        name: &str,
        hash: u64,
    ) -> Result<Option<Value>, Failure> {
        let hooks = instance.class.hooks.get();
        if hooks.getattribute
            && let Some(method) = instance.class.lookup("__getattribute__")
        {
            let bound = self.bind(&method, value, &instance.class)?;
            let found = self.call(&bound, Arguments::one(Value::str(name)));
            return match found {
                Err(failure) if failure.is("AttributeError") => {
                    if hooks.getattr {
                        self.fallback(instance, value, name)
                    } else {
                        Err(failure)
                    }
                }
                other => other.map(Some),
            };
        }
        let found = match self.ordinary(instance, value, name, hash) {
            Err(failure) if hooks.getattr && failure.is("AttributeError") => None,
            other => other?,
        };
        if found.is_none() && hooks.getattr {
            return self.fallback(instance, value, name);
        }
        Ok(found)
    }

    fn fallback(
        &mut self,
        instance: &Rc<Instance>,
        value: &Value,
        name: &str,
    ) -> Result<Option<Value>, Failure> {
        let Some(method) = instance.class.lookup("__getattr__") else {
            return Ok(None);
        };
        let bound = self.bind(&method, value, &instance.class)?;
        self.nested(|vm| vm.call(&bound, Arguments::one(Value::str(name))))
            .map(Some)
    }

    /// What `object.__getattribute__` does.
    pub(crate) fn ordinary(
        &mut self,
        instance: &Rc<Instance>,
        value: &Value,
        name: &str,
        hash: u64,
    ) -> Result<Option<Value>, Failure> {
        let class = &instance.class;
        if class.hooks.get().data_descriptors {
            let found = class.lookup_hashed(name, hash);
            if let Some(descriptor) = &found
                && is_data_descriptor(descriptor)
            {
                return self.bind(descriptor, value, class).map(Some);
            }
            if let Some(found) = instance.attributes.get_str_hashed(name, hash) {
                return Ok(Some(found));
            }
            if let Some(found) = found {
                return self.bind(&found, value, class).map(Some);
            }
        } else {
            if let Some(found) = instance.attributes.get_str_hashed(name, hash) {
                return Ok(Some(found));
            }
            if let Some(found) = class.lookup_hashed(name, hash) {
                return self.bind(&found, value, class).map(Some);
            }
        }
        match name {
            "__class__" => return Ok(Some(Value::Class(class.clone()))),
            "__dict__" => return Ok(Some(Value::Dict(instance.attributes.clone()))),
            "__module__" => return Ok(Some(Value::Str(class.module.clone()))),
            "__doc__" => return Ok(Some(Value::None)),
            _ => {}
        }
        if let Some(found) = self.exception_attribute(instance, name) {
            return Ok(Some(found));
        }
        if class.hooks.get().host {
            let hosts: Vec<_> = class.lookup_order_hosts().cloned().collect();
            for host in hosts {
                if let Some(found) = host.instance_attribute(self, instance, name)? {
                    return Ok(Some(found));
                }
            }
        }
        let payload = value.plain();
        if !matches!(payload, Value::Instance(_))
            && let Some(method) = builtins::method_of(&payload, name)
        {
            return Ok(Some(Value::Method(Rc::new(Method {
                receiver: payload,
                callee: Callee::Builtin(Rc::from(name), method),
            }))));
        }
        if let Some(method) = class
            .builtin_method(name)
            .or_else(|| builtins::generic_method(value, name))
        {
            return Ok(Some(Value::Method(Rc::new(Method {
                receiver: value.clone(),
                callee: Callee::Builtin(Rc::from(name), method),
            }))));
        }
        Ok(None)
    }

    fn exception_attribute(&mut self, instance: &Rc<Instance>, name: &str) -> Option<Value> {
        let class = instance.class.clone();
        let named = |base: &str| class.is_subclass_of(&types().exception(base));
        match &*instance.payload.borrow() {
            Payload::Exception(exception) => {
                let first = || exception.args.first().cloned().unwrap_or(Value::None);
                Some(match name {
                    "args" => Value::tuple(exception.args.clone()),
                    "__cause__" => exception.cause.clone(),
                    "__context__" => exception.context.clone(),
                    "__suppress_context__" => Value::Bool(exception.suppress),
                    "__traceback__" => Value::None,
                    "value" if named("StopIteration") => first(),
                    "code" if named("SystemExit") => first(),
                    "errno" if named("OSError") && exception.args.len() > 1 => first(),
                    "strerror" if named("OSError") && exception.args.len() > 1 => {
                        exception.args.get(1).cloned().unwrap_or(Value::None)
                    }
                    "filename" if named("OSError") => {
                        exception.args.get(2).cloned().unwrap_or(Value::None)
                    }
                    "errno" | "strerror" if named("OSError") => Value::None,
                    "msg" if named("ImportError") => first(),
                    "name" | "path" if named("ImportError") => Value::None,
                    _ => return None,
                })
            }
            _ => None,
        }
    }

    /// Turns what a class holds into what an instance gives.
    pub(crate) fn bind(
        &mut self,
        found: &Value,
        receiver: &Value,
        class: &Rc<Class>,
    ) -> Result<Value, Failure> {
        match found {
            Value::Function(_) => Ok(method(receiver, found)),
            Value::Native(native) if native.binds => Ok(method(receiver, found)),
            Value::Descriptor(descriptor) => match &descriptor.kind {
                DescriptorKind::Property { getter, .. } => {
                    if getter.is_none() {
                        return Err(Failure::raise("AttributeError", "unreadable attribute"));
                    }
                    let getter = getter.clone();
                    self.nested(|vm| vm.call(&getter, Arguments::one(receiver.clone())))
                }
                DescriptorKind::ClassMethod(function) => {
                    Ok(method(&Value::Class(class.clone()), function))
                }
                DescriptorKind::StaticMethod(function) => Ok(function.clone()),
                DescriptorKind::CachedProperty { function, name } => {
                    let function = function.clone();
                    let name = name.borrow().clone();
                    let value =
                        self.nested(|vm| vm.call(&function, Arguments::one(receiver.clone())))?;
                    if let (Value::Instance(instance), Some(name)) = (receiver, name) {
                        instance.attributes.set_str(&name, value.clone());
                    }
                    Ok(value)
                }
            },
            Value::Instance(descriptor) => match descriptor.class.lookup("__get__") {
                Some(getter) => {
                    let bound = self.bind(&getter, found, &descriptor.class)?;
                    self.nested(|vm| {
                        vm.call(
                            &bound,
                            Arguments::of(vec![receiver.clone(), Value::Class(class.clone())]),
                        )
                    })
                }
                None => Ok(found.clone()),
            },
            other => Ok(other.clone()),
        }
    }

    /// An attribute of a class.
    pub(crate) fn class_attribute(
        &mut self,
        class: &Rc<Class>,
        name: &str,
        hash: u64,
    ) -> Result<Option<Value>, Failure> {
        if name == "__annotations__" {
            return self.annotations(class).map(Some);
        }
        if let Some(found) = class.lookup_hashed(name, hash) {
            return self.unbound(&found, class).map(Some);
        }
        Ok(match name {
            "__name__" => Some(Value::Str(class.name.clone())),
            "__qualname__" => Some(Value::Str(class.qualified.borrow().clone())),
            "__module__" => Some(Value::Str(class.module.clone())),
            "__doc__" => Some(Value::None),
            "__bases__" => Some(Value::tuple(
                class.bases.iter().cloned().map(Value::Class).collect(),
            )),
            "__mro__" => Some(Value::tuple(
                class.lookup_order().cloned().map(Value::Class).collect(),
            )),
            "__dict__" => Some(Value::Dict(class.namespace.clone())),
            "__class__" => Some(self.class_value(&Value::Class(class.clone()))),
            "mro" => {
                let class = class.clone();
                Some(Value::native("mro", move |_, _| {
                    Ok(Value::list(
                        class.lookup_order().cloned().map(Value::Class).collect(),
                    ))
                }))
            }
            "__members__" if class.enumeration.borrow().is_some() => {
                let members = Self::enumeration_names(class);
                let dict = Value::dict();
                if let Value::Dict(dict) = &dict {
                    for (name, member) in members {
                        dict.set_str(&name, member);
                    }
                }
                Some(dict)
            }
            _ => {
                if class.hooks.get().host {
                    let hosts: Vec<_> = class.lookup_order_hosts().cloned().collect();
                    for host in hosts {
                        if let Some(found) = host.class_attribute(self, class, name)? {
                            return Ok(Some(found));
                        }
                    }
                }
                let found = builtins::class_method(class, name);
                if found.is_some() {
                    return Ok(found);
                }
                if let Some(found) = builtins::unbound_special(class, name) {
                    return Ok(Some(found));
                }
                class.builtin_method(name).map(|method| {
                    let text: Rc<str> = Rc::from(name);
                    let label = text.clone();
                    Value::Native(Rc::new(Native::method(text, move |vm, mut arguments| {
                        if arguments.positional.is_empty() {
                            return Err(Failure::type_error(format!(
                                "unbound method {label}() needs an argument"
                            )));
                        }
                        let receiver = arguments.positional.remove(0);
                        let plain = if label.starts_with("__") {
                            receiver
                        } else {
                            receiver.plain()
                        };
                        method(vm, &plain, arguments)
                    })))
                })
            }
        })
    }

    /// Turns what a class holds into what the class itself gives.
    fn unbound(&mut self, found: &Value, class: &Rc<Class>) -> Result<Value, Failure> {
        match found {
            Value::Descriptor(descriptor) => match &descriptor.kind {
                DescriptorKind::ClassMethod(function) => match function {
                    Value::Descriptor(_) => {
                        self.bind(function, &Value::Class(class.clone()), class)
                    }
                    _ => Ok(method(&Value::Class(class.clone()), function)),
                },
                DescriptorKind::StaticMethod(function) => Ok(function.clone()),
                _ => Ok(found.clone()),
            },
            Value::Instance(descriptor)
                if descriptor.class.enumeration.borrow().is_none()
                    && descriptor.class.lookup("__get__").is_some() =>
            {
                let Some(getter) = descriptor.class.lookup("__get__") else {
                    return Ok(found.clone());
                };
                let bound = self.bind(&getter, found, &descriptor.class)?;
                self.nested(|vm| {
                    vm.call(
                        &bound,
                        Arguments::of(vec![Value::None, Value::Class(class.clone())]),
                    )
                })
            }
            other => Ok(other.clone()),
        }
    }

    fn super_attribute(&mut self, bound: &Rc<Super>, name: &str) -> Result<Option<Value>, Failure> {
        let (class, on_class) = match &bound.receiver {
            Value::Instance(instance) => (instance.class.clone(), false),
            Value::Class(class) => (class.clone(), true),
            _ => return Ok(None),
        };
        let order: Vec<Rc<Class>> = class
            .lookup_order()
            .skip_while(|one| !Rc::ptr_eq(one, &bound.after))
            .skip(1)
            .cloned()
            .collect();
        for base in &order {
            if let Some(found) = base.namespace.get_str(name) {
                return match &found {
                    Value::Function(_) if on_class && name == "__new__" => Ok(Some(found)),
                    Value::Function(_) if on_class && name == "__init_subclass__" => {
                        Ok(Some(method(&bound.receiver, &found)))
                    }
                    _ if on_class => self.unbound(&found, &class).map(Some),
                    _ => self.bind(&found, &bound.receiver, &class).map(Some),
                };
            }
            if let Some(host) = &base.host {
                let host = host.clone();
                if name == "__init__"
                    && let Value::Instance(instance) = &bound.receiver
                {
                    let instance = instance.clone();
                    return Ok(Some(Value::native("__init__", move |vm, arguments| {
                        host.clone().initialize(vm, &instance, arguments)?;
                        Ok(Value::None)
                    })));
                }
                let found = match &bound.receiver {
                    Value::Instance(instance) => host.instance_attribute(self, instance, name)?,
                    _ => host.class_attribute(self, &class, name)?,
                };
                if found.is_some() {
                    return Ok(found);
                }
            }
        }
        Ok(builtins::super_method(&bound.receiver, name))
    }

    /// Sets an attribute.
    pub fn set_attribute(&mut self, value: &Value, name: &str, new: Value) -> Result<(), Failure> {
        self.charge(48)?;
        match value {
            Value::Instance(instance) => {
                if instance.class.hooks.get().setattr
                    && let Some(method) = instance.class.lookup("__setattr__")
                {
                    let bound = self.bind(&method, value, &instance.class)?;
                    self.nested(|vm| vm.call(&bound, Arguments::of(vec![Value::str(name), new])))?;
                    return Ok(());
                }
                self.set_ordinary(instance, value, name, new)
            }
            Value::Object(object) => {
                if object.clone().set_attribute(self, name, new)? {
                    Ok(())
                } else {
                    Err(self.no_attribute(&type_name(value), name))
                }
            }
            Value::Class(class) => {
                if class.fixed {
                    return Err(Failure::type_error(format!(
                        "cannot set '{name}' attribute of immutable type '{}'",
                        class.name
                    )));
                }
                class.namespace.set_str(name, new);
                if name.starts_with("__") || class.hooks.get().data_descriptors {
                    Self::refresh_hooks(class);
                } else {
                    Self::refresh_descriptors(class);
                }
                Ok(())
            }
            Value::Module(module) => {
                module.namespace.set_str(name, new);
                Ok(())
            }
            Value::Function(function) => {
                function.attributes.set_str(name, new);
                Ok(())
            }
            Value::Descriptor(descriptor) => {
                descriptor.attributes.set_str(name, new);
                Ok(())
            }
            other => {
                if self.find_attribute(other, name)?.is_some() {
                    return Err(Failure::raise(
                        "AttributeError",
                        format!(
                            "'{}' object attribute '{name}' is read-only",
                            type_name(other)
                        ),
                    ));
                }
                Err(self.no_attribute(&type_name(other), name))
            }
        }
    }

    /// What `object.__setattr__` does.
    pub(crate) fn set_ordinary(
        &mut self,
        instance: &Rc<Instance>,
        value: &Value,
        name: &str,
        new: Value,
    ) -> Result<(), Failure> {
        let class = &instance.class;
        if class.hooks.get().data_descriptors
            && let Some(found) = class.lookup(name)
        {
            match &found {
                Value::Descriptor(descriptor) => {
                    if let DescriptorKind::Property { setter, .. } = &descriptor.kind {
                        if setter.is_none() {
                            return Err(Failure::raise(
                                "AttributeError",
                                format!(
                                    "property '{name}' of '{}' object has no setter",
                                    class.name
                                ),
                            ));
                        }
                        let setter = setter.clone();
                        self.nested(|vm| {
                            vm.call(&setter, Arguments::of(vec![value.clone(), new]))
                        })?;
                        return Ok(());
                    }
                }
                Value::Instance(descriptor) => {
                    if let Some(setter) = descriptor.class.lookup("__set__") {
                        let bound = self.bind(&setter, &found, &descriptor.class)?;
                        self.nested(|vm| vm.call(&bound, Arguments::of(vec![value.clone(), new])))?;
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        if class.fixed && class.layout != crate::python::class::Layout::Exception {
            return Err(self.no_attribute(&class.name, name));
        }
        if matches!(&*instance.payload.borrow(), Payload::Exception(_)) {
            let special = matches!(
                name,
                "args" | "__cause__" | "__context__" | "__suppress_context__" | "__traceback__"
            );
            if special {
                let args = if name == "args" {
                    self.collect(&new)?
                } else {
                    Vec::new()
                };
                let truth = self.truth(&new)?;
                Self::with_exception(instance, |exception| match name {
                    "args" => exception.args = args,
                    "__cause__" => {
                        exception.cause = new;
                        exception.suppress = true;
                    }
                    "__context__" => exception.context = new,
                    "__suppress_context__" => exception.suppress = truth,
                    _ => {}
                });
                return Ok(());
            }
        }
        if class.enumeration.borrow().is_some() && matches!(name, "name" | "value") {
            return Err(Failure::raise(
                "AttributeError",
                format!("<enum '{}'> cannot set attribute '{name}'", class.name),
            ));
        }
        instance.attributes.set_str(name, new);
        Ok(())
    }

    /// Deletes an attribute.
    pub(crate) fn delete_attribute(&mut self, value: &Value, name: &str) -> Result<(), Failure> {
        let removed = match value {
            Value::Instance(instance) => {
                if let Some(method) = instance.class.lookup("__delattr__") {
                    let bound = self.bind(&method, value, &instance.class)?;
                    self.call(&bound, Arguments::one(Value::str(name)))?;
                    return Ok(());
                }
                if let Some(Value::Descriptor(descriptor)) = instance.class.lookup(name)
                    && let DescriptorKind::Property { deleter, .. } = &descriptor.kind
                    && !deleter.is_none()
                {
                    let deleter = deleter.clone();
                    self.call(&deleter, Arguments::one(value.clone()))?;
                    return Ok(());
                }
                instance.attributes.remove_str(name).is_some()
            }
            Value::Object(object) => object.clone().delete_attribute(self, name)?,
            Value::Class(class) if !class.fixed => class.namespace.remove_str(name).is_some(),
            Value::Module(module) => module.namespace.remove_str(name).is_some(),
            Value::Function(function) => function.attributes.remove_str(name).is_some(),
            _ => false,
        };
        if removed {
            Ok(())
        } else {
            Err(self.missing_attribute(value, name))
        }
    }

    /// A special method of a value, bound: classes of the program and of the evaluator define
    /// them.
    pub(crate) fn special(&mut self, value: &Value, name: &str) -> Result<Option<Value>, Failure> {
        let class = match value {
            Value::Instance(instance) => instance.class.clone(),
            _ => return Ok(None),
        };
        match class.lookup(name) {
            Some(found) => self.bind(&found, value, &class).map(Some),
            None => Ok(None),
        }
    }

    fn function_getter(&self, function: &Value) -> Value {
        let function = function.clone();
        Value::native("__get__", move |_, arguments| {
            match arguments.positional.first() {
                None | Some(Value::None) => Ok(function.clone()),
                Some(receiver) => Ok(method(receiver, &function)),
            }
        })
    }

    /// Annotations of a class body: evaluated when somebody asks.
    fn annotations(&mut self, class: &Rc<Class>) -> Result<Value, Failure> {
        let Some(Value::Dict(kept)) = class.namespace.get_str("__annotations__") else {
            return Ok(Value::dict());
        };
        let result = Value::dict();
        if let Value::Dict(dict) = &result {
            for (name, annotation) in kept.text_items() {
                let value = match &annotation {
                    Value::Function(function) if &*function.code.name == "<annotation>" => {
                        self.call(&annotation, Arguments::none())?
                    }
                    other => other.clone(),
                };
                dict.set_str(&name, value);
            }
        }
        Ok(result)
    }

    /// The annotated names of a class body in their order, with the text of each annotation and
    /// the function that evaluates it.
    pub fn annotated(class: &Class) -> Vec<(Rc<str>, Rc<str>, Value)> {
        let Some(Value::Dict(kept)) = class.namespace.get_str("__annotations__") else {
            return Vec::new();
        };
        kept.text_items()
            .into_iter()
            .map(|(name, annotation)| {
                let text = match &annotation {
                    Value::Function(function) => function.code.doc.clone(),
                    _ => None,
                };
                (name, text.unwrap_or_default(), annotation)
            })
            .collect()
    }
}

/// A function bound to its receiver.
pub(crate) fn method(receiver: &Value, function: &Value) -> Value {
    Value::Method(Rc::new(Method {
        receiver: receiver.clone(),
        callee: Callee::Value(function.clone()),
    }))
}

fn host_method(receiver: &Value, name: &str) -> Value {
    Value::Method(Rc::new(Method {
        receiver: receiver.clone(),
        callee: Callee::Host(Rc::from(name)),
    }))
}

/// Whether a value in a class goes before the instance's own attributes.
pub(crate) fn is_data_descriptor(value: &Value) -> bool {
    match value {
        Value::Descriptor(descriptor) => {
            matches!(descriptor.kind, DescriptorKind::Property { .. })
        }
        Value::Instance(instance) => instance.class.lookup("__set__").is_some(),
        _ => false,
    }
}
