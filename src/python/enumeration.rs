//! Enumerations.

use std::cell::RefCell;
use std::rc::Rc;

use super::Arguments;
use super::class::{Class, Instance, Layout, Payload};
use super::dict::Dict;
use super::error::Failure;
use super::function::DescriptorKind;
use super::object::BinaryOperator;
use super::value::Value;
use super::vm::Vm;

/// The members of an enumeration class.
pub(crate) struct Enumeration {
    /// In their order, without aliases.
    pub(crate) members: RefCell<Vec<(Rc<str>, Value)>>,
    /// Aliases, by name.
    pub(crate) aliases: RefCell<Vec<(Rc<str>, Value)>>,
    pub(crate) kind: Kind,
}

/// Which class of the `enum` module it derives from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Enum,
    /// `IntEnum`: texts as the number.
    Int,
    /// `StrEnum`: texts as the value.
    Str,
    Flag,
    IntFlag,
}

impl Kind {
    fn is_flag(self) -> bool {
        matches!(self, Self::Flag | Self::IntFlag)
    }
}

impl Enumeration {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            members: RefCell::default(),
            aliases: RefCell::default(),
            kind,
        }
    }
}

fn kind_of(class: &Class) -> Option<Kind> {
    class.enumeration.borrow().as_ref().map(|one| one.kind)
}

/// A member's value.
pub(crate) fn member_value(instance: &Instance) -> Value {
    instance
        .attributes
        .get_str("_value_")
        .unwrap_or(Value::None)
}

fn member_name(instance: &Instance) -> Rc<str> {
    instance
        .attributes
        .get_str("_name_")
        .and_then(|name| name.to_text())
        .unwrap_or_default()
}

/// Marks values that `auto()` leaves to the class.
pub(crate) const AUTO: &str = "auto";

fn is_auto(value: &Value) -> bool {
    matches!(value, Value::Instance(instance)
        if &*instance.class.name == AUTO && &*instance.class.module == "enum")
}

impl Vm {
    /// Makes an enumeration of a class statement.
    pub(crate) fn new_enumeration(
        &mut self,
        name: &Rc<str>,
        bases: &[Value],
        namespace: &Rc<Dict>,
    ) -> Result<Value, Failure> {
        let mut kind = Kind::Enum;
        for base in bases {
            if let Value::Class(base) = base
                && let Some(enumeration) = base.enumeration.borrow().as_ref()
            {
                if !enumeration.members.borrow().is_empty() {
                    return Err(Failure::type_error(format!(
                        "<enum '{name}'> cannot extend <enum '{}'>",
                        base.name
                    )));
                }
                kind = enumeration.kind;
            }
        }
        let entries = namespace.text_items();
        let ignored: Vec<Rc<str>> = match namespace.get_str("_ignore_") {
            Some(Value::Str(names)) => names
                .replace(',', " ")
                .split_whitespace()
                .map(Rc::from)
                .collect(),
            Some(other) => self
                .collect(&other)?
                .iter()
                .filter_map(Value::to_text)
                .collect(),
            None => Vec::new(),
        };
        let candidates: Vec<(Rc<str>, Value)> = entries
            .into_iter()
            .filter(|(name, value)| is_member(name, value) && !ignored.contains(name))
            .collect();
        for (name, _) in &candidates {
            namespace.remove_str(name);
        }
        for name in &ignored {
            namespace.remove_str(name);
        }
        let class = self.new_class(name, bases, namespace)?;
        *class.enumeration.borrow_mut() = Some(Rc::new(Enumeration::new(kind)));
        let mut last: Vec<Value> = Vec::new();
        for (member, given) in candidates {
            self.charge(200)?;
            self.add_member(&class, kind, &member, given, &mut last)?;
        }
        self.finish_class(&class, Vec::new())?;
        Ok(Value::Class(class))
    }

    /// The value of a name in the body of an enumeration: what `auto()` left open is filled in.
    pub(crate) fn enumeration_value(
        &mut self,
        base: &Rc<Class>,
        namespace: &Rc<Dict>,
        name: &Rc<str>,
        given: Value,
    ) -> Result<Value, Failure> {
        let open = match &given {
            Value::Tuple(items) => items.iter().any(is_auto),
            value => is_auto(value),
        };
        let Some(kind) = kind_of(base).filter(|_| open && is_member(name, &given)) else {
            return Ok(given);
        };
        let last: Vec<Value> = namespace
            .text_items()
            .into_iter()
            .filter(|(name, value)| is_member(name, value))
            .map(|(_, value)| value)
            .collect();
        let generate = namespace
            .get_str("_generate_next_value_")
            .or_else(|| base.lookup("_generate_next_value_"));
        self.resolve_auto(generate.as_ref(), kind, name, given, &last)
    }

    fn add_member(
        &mut self,
        class: &Rc<Class>,
        kind: Kind,
        name: &Rc<str>,
        given: Value,
        last: &mut Vec<Value>,
    ) -> Result<(), Failure> {
        let generate = class.lookup("_generate_next_value_");
        let given = self.resolve_auto(generate.as_ref(), kind, name, given, last)?;
        let arguments = match &given {
            Value::Tuple(items) => items.to_vec(),
            other => vec![other.clone()],
        };
        let mut instance = Instance::new(class.clone());
        let mut value = given.clone();
        let new = class.lookup("__new__");
        let instance = if let Some(new) = new {
            let function = match &new {
                Value::Descriptor(descriptor) => match &descriptor.kind {
                    DescriptorKind::StaticMethod(function) => function.clone(),
                    _ => new.clone(),
                },
                other => other.clone(),
            };
            let made = self.call(
                &function,
                Arguments::of(arguments.clone()).with_receiver(Value::Class(class.clone())),
            )?;
            match made {
                Value::Instance(instance) => {
                    if let Some(chosen) = instance.attributes.get_str("_value_") {
                        value = chosen;
                    }
                    instance
                }
                _ => return Err(Failure::type_error("__new__ must give an instance")),
            }
        } else {
            if class.layout == Layout::Builtin {
                let base = class
                    .lookup_order()
                    .find(|class| class.fixed && class.layout == Layout::Builtin)
                    .cloned();
                if let Some(base) = base
                    && let Some(constructor) = base.constructor
                {
                    if kind == Kind::Str && !matches!(given, Value::Str(_)) {
                        return Err(Failure::type_error(format!(
                            "{} is not a string",
                            self.repr(&given)?
                        )));
                    }
                    let tuple = &*base.name == "tuple";
                    let arguments = if tuple {
                        Arguments::one(given.clone())
                    } else {
                        Arguments::of(arguments.clone())
                    };
                    let payload = constructor(self, &base, arguments)?;
                    value = payload.clone();
                    *instance.payload.get_mut() = Payload::Value(payload);
                }
            }
            Rc::new(instance)
        };
        instance
            .attributes
            .set_str("_name_", Value::Str(name.clone()));
        instance.attributes.set_str("_value_", value.clone());
        instance
            .attributes
            .set_str("name", Value::Str(name.clone()));
        instance.attributes.set_str("value", value.clone());
        let member = Value::Instance(instance);
        if class.lookup("__init__").is_some() {
            let init = self.attribute(&member, "__init__")?;
            self.call(&init, Arguments::of(arguments))?;
        }
        let value = match &member {
            Value::Instance(instance) => {
                let value = member_value(instance);
                instance.attributes.set_str("value", value.clone());
                value
            }
            _ => value,
        };
        last.push(value.clone());
        let known = Self::enumeration(&Value::Class(class.clone())).unwrap_or_default();
        for (_, other) in known {
            if let Value::Instance(instance) = &other
                && self.equals(&member_value(instance), &value)?
            {
                if let Some(enumeration) = class.enumeration.borrow().as_ref() {
                    enumeration
                        .aliases
                        .borrow_mut()
                        .push((name.clone(), other.clone()));
                }
                class.namespace.set_str(name, other);
                return Ok(());
            }
        }
        // Of flags, only single bits are members; combinations are aliases.
        let canonical = !kind.is_flag()
            || value
                .as_int()
                .is_some_and(|bits| bits > 0 && bits.count_ones() == 1);
        if let Some(enumeration) = class.enumeration.borrow().as_ref() {
            let list = if canonical {
                &enumeration.members
            } else {
                &enumeration.aliases
            };
            list.borrow_mut().push((name.clone(), member.clone()));
        }
        class.namespace.set_str(name, member);
        Ok(())
    }

    fn resolve_auto(
        &mut self,
        generate: Option<&Value>,
        kind: Kind,
        name: &Rc<str>,
        given: Value,
        last: &[Value],
    ) -> Result<Value, Failure> {
        if let Value::Tuple(items) = &given
            && items.iter().any(is_auto)
        {
            let mut resolved = Vec::with_capacity(items.len());
            for item in items.iter() {
                resolved.push(self.resolve_auto(generate, kind, name, item.clone(), last)?);
            }
            return Ok(Value::tuple(resolved));
        }
        if !is_auto(&given) {
            return Ok(given);
        }
        if let Some(generate) = generate {
            let function = match generate {
                Value::Descriptor(descriptor) => match &descriptor.kind {
                    DescriptorKind::StaticMethod(function) => function.clone(),
                    _ => generate.clone(),
                },
                other => other.clone(),
            };
            let arguments = vec![
                Value::Str(name.clone()),
                Value::Int(1),
                Value::from(last.len()),
                Value::list(last.to_vec()),
            ];
            return self.call(&function, Arguments::of(arguments));
        }
        Ok(match kind {
            Kind::Str => Value::from(name.to_lowercase()),
            Kind::Flag | Kind::IntFlag => {
                let highest = last.iter().filter_map(Value::as_int).max().unwrap_or(0);
                let next = if highest <= 0 {
                    1
                } else {
                    1i64.checked_shl(64 - highest.leading_zeros())
                        .unwrap_or(i64::MAX)
                };
                Value::Int(next)
            }
            Kind::Enum | Kind::Int => {
                let highest = last.iter().filter_map(Value::as_int).max().unwrap_or(0);
                Value::Int(highest.saturating_add(1))
            }
        })
    }

    /// Names and members, aliases among them.
    pub(crate) fn enumeration_names(class: &Rc<Class>) -> Vec<(Rc<str>, Value)> {
        match class.enumeration.borrow().as_ref() {
            Some(enumeration) => {
                let mut names = enumeration.members.borrow().clone();
                names.extend(enumeration.aliases.borrow().iter().cloned());
                names
            }
            None => Vec::new(),
        }
    }

    /// `Color(value)`, or `Enum("Color", names)`.
    pub(crate) fn enumeration_call(
        &mut self,
        class: &Rc<Class>,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let members = Self::enumeration(&Value::Class(class.clone())).unwrap_or_default();
        let base = members.is_empty() && (class.fixed || &*class.module == "enum");
        if base && arguments.positional.len() >= 2 {
            return self.functional_enumeration(class, arguments);
        }
        let mut arguments = arguments;
        let given = arguments.take("value");
        let Some(value) = given.or_else(|| arguments.positional.first().cloned()) else {
            return Err(Failure::type_error(
                "EnumType.__call__() missing 1 required positional argument: 'value'",
            ));
        };
        let value = if arguments.positional.len() > 1 {
            Value::tuple(arguments.positional)
        } else {
            value
        };
        if let Value::Instance(instance) = &value
            && Rc::ptr_eq(&instance.class, class)
        {
            return Ok(value);
        }
        for (_, member) in Self::enumeration_names(class) {
            if let Value::Instance(instance) = &member
                && self.equals(&member_value(instance), &value)?
            {
                return Ok(member);
            }
        }
        if let Some(missing) = class.lookup("_missing_") {
            let receiver = Value::Class(class.clone());
            let bound = self.bind(&missing, &receiver, class)?;
            let found = self.call(&bound, Arguments::one(value.clone()))?;
            if !found.is_none() {
                return Ok(found);
            }
        }
        if kind_of(class).is_some_and(Kind::is_flag)
            && let Some(number) = value.as_int()
        {
            return self.flag_member(class, number);
        }
        Err(Failure::value_error(format!(
            "{} is not a valid {}",
            self.repr(&value)?,
            class.qualified.borrow()
        )))
    }

    fn functional_enumeration(
        &mut self,
        class: &Rc<Class>,
        arguments: Arguments,
    ) -> Result<Value, Failure> {
        let bound = arguments.bind(
            "EnumType.__call__",
            "value, names, /, module=, qualname=, type=, start=, boundary=",
        )?;
        let name = bound.text("value")?.unwrap_or_default();
        let start = bound.int("start")?.unwrap_or(1);
        let namespace = Rc::new(Dict::default());
        namespace.set_str("__module__", Value::str("__main__"));
        namespace.set_str("__qualname__", Value::Str(name.clone()));
        let auto = Value::Instance(Rc::new(Instance::new(super::library::auto_class())));
        match bound.value("names") {
            Value::Str(names) => {
                for name in names.replace(',', " ").split_whitespace() {
                    namespace.set_str(name, auto.clone());
                }
            }
            Value::Dict(names) => {
                for (name, value) in names.text_items() {
                    namespace.set_str(&name, value);
                }
            }
            other => {
                for (place, item) in self.collect(&other)?.into_iter().enumerate() {
                    match &item {
                        Value::Str(name) => {
                            let number = start.saturating_add(i64::try_from(place).unwrap_or(0));
                            let value = if start == 1 {
                                auto.clone()
                            } else {
                                Value::Int(number)
                            };
                            namespace.set_str(name, value);
                        }
                        pair => {
                            let pair = self.collect(pair)?;
                            if let [name, value] = pair.as_slice() {
                                let name = name.to_text().unwrap_or_default();
                                namespace.set_str(&name, value.clone());
                            }
                        }
                    }
                }
            }
        }
        let mut bases = Vec::new();
        bases.extend(bound.some("type"));
        bases.push(Value::Class(class.clone()));
        self.new_enumeration(&name, &bases, &namespace)
    }

    pub(crate) fn enumeration_contains(
        &mut self,
        class: &Rc<Class>,
        item: &Value,
    ) -> Result<bool, Failure> {
        if let Value::Instance(instance) = item
            && Rc::ptr_eq(&instance.class, class)
        {
            return Ok(true);
        }
        if !matches!(item, Value::Instance(_)) {
            return Err(Failure::type_error(format!(
                "unsupported operand type(s) for 'in': '{}' and 'EnumType'",
                super::types::type_name(item)
            )));
        }
        Ok(false)
    }

    pub(crate) fn enumeration_str(&mut self, instance: &Rc<Instance>) -> Result<Rc<str>, Failure> {
        if let Some(Kind::Int | Kind::IntFlag | Kind::Str) = kind_of(&instance.class) {
            let value = member_value(instance);
            self.nested(|vm| vm.str(&value))
        } else {
            let name = member_name(instance);
            if name.is_empty() {
                let value = self.repr(&member_value(instance))?;
                return Ok(format!("{}({value})", instance.class.name).into());
            }
            Ok(format!("{}.{name}", instance.class.name).into())
        }
    }

    pub(crate) fn enumeration_repr(&mut self, instance: &Rc<Instance>) -> Result<String, Failure> {
        let value = member_value(instance);
        let value = self.nested(|vm| vm.repr(&value))?;
        let name = member_name(instance);
        let dot = if name.is_empty() { "" } else { "." };
        Ok(format!("<{}{dot}{name}: {value}>", instance.class.name))
    }

    /// Whether `format()` of a member goes by its value.
    pub(crate) fn formats_as_value(&self, instance: &Rc<Instance>) -> bool {
        matches!(
            kind_of(&instance.class),
            Some(Kind::Int | Kind::IntFlag | Kind::Str)
        )
    }

    pub(crate) fn flag_value(instance: &Rc<Instance>) -> Option<i64> {
        if kind_of(&instance.class)?.is_flag() {
            member_value(instance).as_int()
        } else {
            None
        }
    }

    /// The member with these bits; one without a name is made up.
    fn flag_member(&mut self, class: &Rc<Class>, bits: i64) -> Result<Value, Failure> {
        let names = Self::enumeration_names(class);
        let mut parts: Vec<Rc<str>> = Vec::new();
        let mut known = 0;
        for (name, member) in &names {
            let Value::Instance(instance) = member else {
                continue;
            };
            let Some(value) = member_value(instance).as_int() else {
                continue;
            };
            if value == bits {
                return Ok(member.clone());
            }
            if value.count_ones() == 1 {
                known |= value;
                if bits & value == value {
                    parts.push(name.clone());
                }
            }
        }
        let bits = if bits < 0 { known & bits } else { bits };
        if bits & !known != 0 && kind_of(class) == Some(Kind::Flag) {
            return Err(Failure::value_error(format!(
                "<flag '{}'> invalid value {bits}",
                class.name
            )));
        }
        let mut instance = Instance::new(class.clone());
        if kind_of(class) == Some(Kind::IntFlag) {
            *instance.payload.get_mut() = Payload::Value(Value::Int(bits));
        }
        let name = if parts.is_empty() {
            Value::None
        } else {
            Value::from(parts.join("|"))
        };
        instance.attributes.set_str("_name_", name.clone());
        instance.attributes.set_str("name", name);
        instance.attributes.set_str("_value_", Value::Int(bits));
        instance.attributes.set_str("value", Value::Int(bits));
        let member = Value::Instance(Rc::new(instance));
        if let Some(enumeration) = class.enumeration.borrow().as_ref() {
            let mut aliases = enumeration.aliases.borrow_mut();
            // Kept, so that equal combinations are one object.
            if aliases.len() < 4096 {
                aliases.push((Rc::from(format!("|{bits}")), member.clone()));
            }
        }
        Ok(member)
    }

    pub(crate) fn flag_binary(
        &mut self,
        instance: &Rc<Instance>,
        operator: BinaryOperator,
        other: &Value,
    ) -> Result<Option<Value>, Failure> {
        let Some(a) = Self::flag_value(instance) else {
            return Ok(None);
        };
        let b = match other {
            Value::Instance(other) if Rc::ptr_eq(&other.class, &instance.class) => {
                Self::flag_value(other)
            }
            Value::Int(number) if kind_of(&instance.class) == Some(Kind::IntFlag) => Some(*number),
            _ => None,
        };
        let Some(b) = b else {
            return Ok(None);
        };
        let bits = match operator {
            BinaryOperator::And => a & b,
            BinaryOperator::Or => a | b,
            BinaryOperator::Xor => a ^ b,
            _ => return Ok(None),
        };
        let class = instance.class.clone();
        self.flag_member(&class, bits).map(Some)
    }

    pub(crate) fn flag_invert(
        &mut self,
        instance: &Rc<Instance>,
    ) -> Result<Option<Value>, Failure> {
        let Some(bits) = Self::flag_value(instance) else {
            return Ok(None);
        };
        let class = instance.class.clone();
        self.flag_member(&class, !bits).map(Some)
    }

    pub(crate) fn flag_contains(&self, instance: &Rc<Instance>, item: &Value) -> Option<bool> {
        let whole = Self::flag_value(instance)?;
        match item {
            Value::Instance(other) => Self::flag_value(other).map(|part| part & whole == part),
            _ => None,
        }
    }

    /// The single flags of a combination.
    pub(crate) fn flag_parts(
        &mut self,
        instance: &Rc<Instance>,
    ) -> Result<Option<Vec<Value>>, Failure> {
        let Some(bits) = Self::flag_value(instance) else {
            return Ok(None);
        };
        let members = Self::enumeration(&Value::Class(instance.class.clone())).unwrap_or_default();
        Ok(Some(
            members
                .into_iter()
                .map(|(_, member)| member)
                .filter(|member| match member {
                    Value::Instance(one) => {
                        Self::flag_value(one).is_some_and(|part| part & bits == part)
                    }
                    _ => false,
                })
                .collect(),
        ))
    }
}

/// Whether a name of the class body becomes a member.
fn is_member(name: &str, value: &Value) -> bool {
    if name.starts_with('_') && name.ends_with('_') {
        return false;
    }
    // Private names spelled out by the compiler.
    if name.starts_with('_') && name.contains("__") {
        return false;
    }
    !matches!(
        value,
        Value::Function(_) | Value::Descriptor(_) | Value::Class(_)
    )
}
