//! Making classes, and asking values for theirs.

use std::rc::Rc;

use super::Vm;
use crate::python::Arguments;
use crate::python::absent::Absent;
use crate::python::class::{Class, Hooks, Layout, linearize};
use crate::python::code::Code;
use crate::python::dict::Dict;
use crate::python::error::Failure;
use crate::python::frame::Frame;
use crate::python::function::{Descriptor, DescriptorKind, Variable};
use crate::python::object::{NewClass, Object};
use crate::python::types::{builtin_name, type_name, types};
use crate::python::value::Value;

/// Built-in classes that no program class may derive from.
const FINAL: &[&str] = &[
    "bool",
    "range",
    "slice",
    "function",
    "builtin_function_or_method",
    "method",
    "generator",
    "coroutine",
    "async_generator",
    "NoneType",
    "ellipsis",
    "NotImplementedType",
];

impl Vm {
    /// Executes a class statement.
    pub(crate) fn class_statement(
        &mut self,
        frame: &Frame,
        body: &Rc<Code>,
        name: &Value,
        bases: &Value,
        keywords: &Value,
    ) -> Result<Value, Failure> {
        self.charge(1000)?;
        let name = name.to_text().unwrap_or_default();
        let given = match bases {
            Value::List(list) => list.borrow().clone(),
            _ => Vec::new(),
        };
        let mut bases = Vec::new();
        for base in given {
            match self.base_entries(&base)? {
                Some(entries) => {
                    for entry in entries {
                        if !bases.iter().any(|base: &Value| base.is(&entry)) {
                            bases.push(entry);
                        }
                    }
                }
                None => bases.push(base),
            }
        }
        if let Some(absent) = bases.iter().find_map(Value::downcast::<Absent>) {
            return Ok(Value::object(absent.derived(&name)));
        }
        let keywords = match keywords {
            Value::Dict(dict) => dict.text_items(),
            _ => Vec::new(),
        };
        let namespace = Rc::new(Dict::default());
        let module = frame.globals.get_str("__name__").unwrap_or(Value::None);
        namespace.set_str("__module__", module);
        namespace.set_str("__qualname__", Value::Str(body.qualified.clone()));
        let enumeration = bases.iter().find_map(|base| match base {
            Value::Class(class) if class.enumeration.borrow().is_some() => Some(class.clone()),
            _ => None,
        });
        let mut inner = Frame {
            code: body.clone(),
            globals: frame.globals.clone(),
            namespace: Some(namespace.clone()),
            enumeration,
            locals: vec![None; body.locals.len()],
            cells: (0..body.own_cells).map(|_| Variable::new(None)).collect(),
            stack: Vec::new(),
            blocks: Vec::new(),
            pc: 0,
        };
        inner.cells.extend(self.captured(frame, body));
        self.run_body(&mut inner)?;
        let class = self.build_class(&name, &bases, &namespace, keywords)?;
        let own = body.cells.iter().position(|cell| &**cell == "__class__");
        if let Some(place) = own
            && place < body.own_cells
            && let Some(cell) = inner.cells.get(place)
        {
            *cell.value.borrow_mut() = Some(class.clone());
        }
        Ok(class)
    }

    /// What a base that is no class stands for (`Generic[T]`, a call that makes named tuples).
    fn base_entries(&mut self, base: &Value) -> Result<Option<Vec<Value>>, Failure> {
        let Value::Object(object) = base else {
            return Ok(None);
        };
        match object.clone().attribute(self, "__mro_entries__")? {
            Some(method) => {
                let entries = self.call(&method, Arguments::one(Value::tuple(Vec::new())))?;
                self.collect(&entries).map(Some)
            }
            None => Ok(None),
        }
    }

    /// Makes the class of a class statement or of a call of `type`.
    pub(crate) fn build_class(
        &mut self,
        name: &Rc<str>,
        bases: &[Value],
        namespace: &Rc<Dict>,
        mut keywords: Vec<(Rc<str>, Value)>,
    ) -> Result<Value, Failure> {
        let host = bases.iter().find_map(|base| match base {
            Value::Object(object) => Some(object.clone()),
            Value::Class(class) if class.hooks.get().host => {
                class.lookup_order_hosts().next().cloned()
            }
            _ => None,
        });
        if let Some(host) = host {
            let new = NewClass {
                name,
                bases,
                namespace,
                keywords: &keywords,
            };
            let type_name = host.type_name();
            let made = self.native(|vm| host.subclass(vm, new))?;
            let Some(made) = made else {
                return Err(self.refuse(
                    format!("class {name}"),
                    format!("A class cannot derive from '{type_name}' here."),
                    "Write the revision without the class.",
                ));
            };
            if let Value::Class(class) = &made {
                self.finish_class(class, Vec::new())?;
            }
            return Ok(made);
        }
        if let Some(place) = keywords.iter().position(|(key, _)| &**key == "metaclass") {
            let (_, metaclass) = keywords.remove(place);
            let harmless = matches!(&metaclass, Value::Class(class)
                if matches!(&*class.name, "type" | "ABCMeta" | "EnumMeta" | "EnumType"));
            if !harmless {
                return Err(self.refuse(
                    "metaclass",
                    format!("The metaclass of class {name} is not supported."),
                    "Write the class without a metaclass.",
                ));
            }
        }
        if let Some(special) = self.special_class(name, bases, namespace)? {
            return Ok(special);
        }
        let enumeration = bases.iter().any(
            |base| matches!(base, Value::Class(class) if class.enumeration.borrow().is_some()),
        );
        if enumeration {
            return self.new_enumeration(name, bases, namespace);
        }
        let class = self.new_class(name, bases, namespace)?;
        self.finish_class(&class, keywords)?;
        Ok(Value::Class(class))
    }

    /// Tells descriptors their names and parents of the new class.
    pub(crate) fn finish_class(
        &mut self,
        class: &Rc<Class>,
        keywords: Vec<(Rc<str>, Value)>,
    ) -> Result<(), Failure> {
        let value = Value::Class(class.clone());
        for (name, member) in class.namespace.text_items() {
            match &member {
                Value::Descriptor(descriptor) => {
                    if let DescriptorKind::CachedProperty { name: known, .. } = &descriptor.kind {
                        known.borrow_mut().get_or_insert(name);
                    }
                }
                Value::Instance(instance) => {
                    if let Some(hook) = instance.class.lookup("__set_name__") {
                        let bound = self.bind(&hook, &member, &instance.class)?;
                        self.call(&bound, Arguments::of(vec![value.clone(), Value::Str(name)]))?;
                    }
                }
                _ => {}
            }
        }
        let hook = class
            .ancestors
            .iter()
            .find_map(|class| class.namespace.get_str("__init_subclass__"));
        if let Some(hook) = hook {
            let function = match &hook {
                Value::Descriptor(descriptor) => match &descriptor.kind {
                    DescriptorKind::ClassMethod(function) => function.clone(),
                    _ => hook.clone(),
                },
                other => other.clone(),
            };
            self.call(
                &function,
                Arguments {
                    positional: vec![value],
                    keywords,
                },
            )?;
        } else if let Some((keyword, _)) = keywords.first() {
            // `total=False` and the like belong to classes that ignore them.
            if !matches!(&**keyword, "total" | "frozen" | "order") {
                return Err(Failure::type_error(format!(
                    "{}.__init_subclass__() takes no keyword arguments",
                    class.name
                )));
            }
        }
        Ok(())
    }

    /// Makes a class from the parts of a class statement. Host objects among the bases become
    /// ancestors (see [`Object::subclass`]).
    pub fn new_class(
        &mut self,
        name: &Rc<str>,
        bases: &[Value],
        namespace: &Rc<Dict>,
    ) -> Result<Rc<Class>, Failure> {
        let mut parents: Vec<Rc<Class>> = Vec::new();
        for base in bases {
            match base {
                Value::Class(class) => {
                    if class.fixed && FINAL.contains(&&*class.name) {
                        return Err(Failure::type_error(format!(
                            "type '{}' is not an acceptable base type",
                            class.name
                        )));
                    }
                    if class.layout == Layout::Plain && class.constructor.is_some() && !class.fixed
                    {
                        return Err(self.refuse(
                            format!("class {name}"),
                            format!(
                                "A class cannot derive from '{}' here.",
                                class.display_name()
                            ),
                            "Write the class without that base.",
                        ));
                    }
                    parents.push(class.clone());
                }
                Value::Object(object) => parents.push(self.host_class(object)),
                other => {
                    return Err(Failure::type_error(format!(
                        "bases must be types, not {}",
                        type_name(other)
                    )));
                }
            }
        }
        if parents.is_empty() {
            parents.push(types().object.clone());
        }
        for (place, parent) in parents.iter().enumerate() {
            if parents
                .iter()
                .skip(place + 1)
                .any(|other| Rc::ptr_eq(other, parent))
            {
                return Err(Failure::type_error(format!(
                    "duplicate base class {}",
                    parent.name
                )));
            }
        }
        if parents.iter().map(|parent| parent.ancestors.len()).max() > Some(200) {
            return Err(self.too_deep());
        }
        let Some(ancestors) = linearize(&parents) else {
            let names: Vec<&str> = parents.iter().map(|parent| &*parent.name).collect();
            return Err(Failure::type_error(format!(
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                names.join(", ")
            )));
        };
        let layout = [Layout::Exception, Layout::Builtin]
            .into_iter()
            .find(|layout| parents.iter().any(|parent| parent.layout == *layout))
            .unwrap_or(Layout::Plain);
        let module = namespace
            .get_str("__module__")
            .and_then(|module| module.to_text())
            .unwrap_or_default();
        let mut class = Class::assemble(name, &module, parents, layout);
        class.ancestors = ancestors;
        class.constructor = None;
        class.namespace = namespace.clone();
        if let Some(qualified) = namespace.remove_str("__qualname__") {
            class.qualified = std::cell::RefCell::new(qualified.to_text().unwrap_or_default());
        }
        namespace.remove_str("__classcell__");
        if namespace.get_str("__eq__").is_some() && namespace.get_str("__hash__").is_none() {
            namespace.set_str("__hash__", Value::None);
        }
        for name in ["__init_subclass__", "__class_getitem__"] {
            if let Some(function @ Value::Function(_)) = namespace.get_str(name) {
                namespace.set_str(
                    name,
                    Value::Descriptor(Rc::new(Descriptor {
                        kind: DescriptorKind::ClassMethod(function),
                        attributes: Rc::new(Dict::default()),
                    })),
                );
            }
        }
        let class = Rc::new(class);
        Self::refresh_hooks(&class);
        self.classes.push(Rc::downgrade(&class));
        Ok(class)
    }

    /// The class that stands for a host object among the ancestors of program classes.
    fn host_class(&mut self, object: &Rc<dyn Object>) -> Rc<Class> {
        let known = self.host_classes.iter().find(|class| {
            class
                .host
                .as_ref()
                .is_some_and(|host| std::ptr::addr_eq(Rc::as_ptr(host), Rc::as_ptr(object)))
        });
        if let Some(class) = known {
            return class.clone();
        }
        let name = object.type_name();
        let class = Class::native(&name, "", &[], Some(object.clone()));
        self.host_classes.push(class.clone());
        class
    }

    /// Looks at the special methods of a class again.
    pub(crate) fn refresh_hooks(class: &Rc<Class>) {
        let mut hooks = Hooks {
            host: class.host.is_some(),
            ..Hooks::default()
        };
        for base in &class.ancestors {
            let inherited = base.hooks.get();
            hooks.getattribute |= inherited.getattribute;
            hooks.getattr |= inherited.getattr;
            hooks.setattr |= inherited.setattr;
            hooks.data_descriptors |= inherited.data_descriptors;
            hooks.host |= inherited.host;
        }
        let has = |name: &str| class.namespace.get_str(name).is_some();
        hooks.getattribute |= has("__getattribute__");
        hooks.getattr |= has("__getattr__");
        hooks.setattr |= has("__setattr__");
        class.hooks.set(hooks);
        Self::refresh_descriptors(class);
    }

    pub(crate) fn refresh_descriptors(class: &Rc<Class>) {
        let mut hooks = class.hooks.get();
        if !hooks.data_descriptors {
            hooks.data_descriptors = class
                .namespace
                .values()
                .iter()
                .any(super::attribute::is_data_descriptor);
            class.hooks.set(hooks);
        }
    }

    /// `TypeError` for classes with abstract methods.
    pub(crate) fn refuse_abstract(&mut self, class: &Rc<Class>) -> Result<(), Failure> {
        let abstract_base = class
            .ancestors
            .iter()
            .any(|base| &*base.name == "ABC" && &*base.module == "abc");
        if !abstract_base {
            return Ok(());
        }
        let mut missing: Vec<Rc<str>> = Vec::new();
        for one in class.lookup_order() {
            if one.fixed {
                continue;
            }
            for (name, value) in one.namespace.text_items() {
                if is_abstract(&value)
                    && class.lookup(&name).is_some_and(|found| is_abstract(&found))
                    && !missing.contains(&name)
                {
                    missing.push(name);
                }
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        missing.sort();
        let plural = if missing.len() == 1 { "" } else { "s" };
        Err(Failure::type_error(format!(
            "Can't instantiate abstract class {} with abstract method{plural} {}",
            class.name,
            missing.join(", ")
        )))
    }

    /// The class of a value, as `type(value)` gives it.
    pub(crate) fn class_value(&mut self, value: &Value) -> Value {
        match value {
            Value::Instance(instance) => Value::Class(instance.class.clone()),
            Value::Object(object) => {
                if let Some(class) = object.clone().class(self) {
                    return class;
                }
                Value::Class(self.synthetic_class(&object.type_name()))
            }
            Value::Iterator(iterator) => {
                let name = iterator.type_name();
                Value::Class(self.synthetic_class(name))
            }
            other => Value::Class(types().of(builtin_name(other).unwrap_or("object"))),
        }
    }

    /// A class made up for host objects that have none.
    pub(crate) fn synthetic_class(&mut self, name: &str) -> Rc<Class> {
        if let Some(class) = self.synthetic.get(name) {
            return class.clone();
        }
        let class = Class::native(name, "builtins", &[], None);
        self.synthetic.insert(Rc::from(name), class.clone());
        class
    }

    /// `isinstance(value, class)`; a tuple of classes too.
    pub fn is_instance(&mut self, value: &Value, class: &Value) -> Result<bool, Failure> {
        match class {
            Value::Tuple(classes) => {
                for class in classes.iter() {
                    if self.nested(|vm| vm.is_instance(value, class))? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Value::Class(class) => {
                if let Some(check) = class.lookup("__instancecheck__") {
                    let result = self.call(&check, Arguments::one(value.clone()))?;
                    return self.truth(&result);
                }
                if &*class.module == "collections.abc" || &*class.module == "numbers" {
                    return Ok(self.is_abstract_instance(value, &class.name));
                }
                match self.class_value(value) {
                    Value::Class(own) => Ok(own.is_subclass_of(class)),
                    _ => Ok(Rc::ptr_eq(class, &types().object)),
                }
            }
            Value::Object(object) => {
                if let Value::Instance(instance) = value
                    && instance.class.derives_from(object)
                {
                    return Ok(true);
                }
                if let Some(answer) = object.clone().is_instance(self, value)? {
                    return Ok(answer);
                }
                Err(Failure::type_error(
                    "isinstance() arg 2 must be a type, a tuple of types, or a union",
                ))
            }
            _ => Err(Failure::type_error(
                "isinstance() arg 2 must be a type, a tuple of types, or a union",
            )),
        }
    }

    /// `issubclass(value, class)`.
    pub(crate) fn is_subclass(&mut self, value: &Value, class: &Value) -> Result<bool, Failure> {
        if let Value::Tuple(classes) = class {
            for class in classes.iter() {
                if self.nested(|vm| vm.is_subclass(value, class))? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        match (value, class) {
            (Value::Class(value), Value::Class(class)) => Ok(value.is_subclass_of(class)),
            (Value::Class(own), Value::Object(object)) => {
                if own.derives_from(object) {
                    return Ok(true);
                }
                object
                    .clone()
                    .is_subclass(self, value)?
                    .ok_or_else(|| Failure::type_error("issubclass() arg 2 must be a class"))
            }
            (Value::Object(_), Value::Object(object)) => object
                .clone()
                .is_subclass(self, value)?
                .ok_or_else(|| Failure::type_error("issubclass() arg 2 must be a class")),
            (Value::Object(object), Value::Class(_)) if object.is_callable() => Ok(false),
            (Value::Class(_), _) => Err(Failure::type_error(
                "issubclass() arg 2 must be a class, a tuple of classes, or a union",
            )),
            _ => Err(Failure::type_error("issubclass() arg 1 must be a class")),
        }
    }

    /// The abstract classes of `collections.abc` and `numbers`.
    fn is_abstract_instance(&mut self, value: &Value, name: &str) -> bool {
        let plain = value.plain();
        let has = |method: &str| match value {
            Value::Instance(instance) => instance.class.lookup(method).is_some(),
            _ => false,
        };
        let sized = plain.is_collection();
        let iterator = matches!(plain, Value::Generator(_) | Value::Iterator(_));
        let sequence = matches!(
            plain,
            Value::Str(_) | Value::Bytes(_) | Value::List(_) | Value::Tuple(_) | Value::Range(_)
        );
        match name {
            "Callable" => super::call::is_callable(value),
            "Hashable" => self.hash(value).is_ok(),
            "Iterable" => sized || iterator || has("__iter__"),
            "Iterator" => iterator || (has("__iter__") && has("__next__")),
            "Generator" => matches!(plain, Value::Generator(_)),
            "Sized" => sized || has("__len__"),
            "Container" => sized || has("__contains__"),
            "Collection" => sized || (has("__len__") && has("__iter__") && has("__contains__")),
            "Sequence" => sequence || self.inherits(value, name),
            "MutableSequence" => matches!(plain, Value::List(_)) || self.inherits(value, name),
            "ByteString" => matches!(plain, Value::Bytes(_)),
            "Mapping" | "MutableMapping" => {
                matches!(plain, Value::Dict(_)) || self.inherits(value, name)
            }
            "Set" | "AbstractSet" => {
                matches!(plain, Value::Set(_) | Value::FrozenSet(_)) || self.inherits(value, name)
            }
            "MutableSet" => matches!(plain, Value::Set(_)) || self.inherits(value, name),
            "Number" | "Complex" | "Real" => matches!(
                plain,
                Value::Int(_) | Value::Big(_) | Value::Bool(_) | Value::Float(_)
            ),
            "Rational" | "Integral" => {
                matches!(plain, Value::Int(_) | Value::Big(_) | Value::Bool(_))
            }
            "Awaitable" | "Coroutine" => {
                matches!(&plain, Value::Generator(generator) if generator.coroutine)
            }
            _ => self.inherits(value, name),
        }
    }

    fn inherits(&mut self, value: &Value, name: &str) -> bool {
        match value {
            Value::Instance(instance) => instance
                .class
                .ancestors
                .iter()
                .any(|class| &*class.name == name && &*class.module == "collections.abc"),
            _ => false,
        }
    }
}

fn is_abstract(value: &Value) -> bool {
    let marked = |attributes: &Dict| {
        matches!(
            attributes.get_str("__isabstractmethod__"),
            Some(Value::Bool(true))
        )
    };
    match value {
        Value::Function(function) => marked(&function.attributes),
        Value::Descriptor(descriptor) => {
            marked(&descriptor.attributes)
                || match &descriptor.kind {
                    DescriptorKind::Property { getter, .. } => is_abstract(getter),
                    DescriptorKind::ClassMethod(function)
                    | DescriptorKind::StaticMethod(function) => is_abstract(function),
                    DescriptorKind::CachedProperty { .. } => false,
                }
        }
        _ => false,
    }
}
