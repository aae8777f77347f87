//! Arguments of calls, and how native functions take them apart.

use std::rc::Rc;

use super::Failure;
use super::value::Value;

/// The arguments of a call.
#[derive(Clone, Default, Debug)]
pub struct Arguments {
    /// Positional ones.
    pub positional: Vec<Value>,
    /// Keyword ones in their order; names are distinct.
    pub keywords: Vec<(Rc<str>, Value)>,
}

impl Arguments {
    /// No arguments.
    pub fn none() -> Self {
        Self::default()
    }

    /// Positional arguments only.
    pub fn of(positional: Vec<Value>) -> Self {
        Self {
            positional,
            keywords: Vec::new(),
        }
    }

    /// One positional argument.
    pub fn one(value: Value) -> Self {
        Self::of(vec![value])
    }

    /// Adds a keyword argument.
    #[must_use]
    pub fn keyword(mut self, name: &str, value: Value) -> Self {
        self.keywords.push((Rc::from(name), value));
        self
    }

    /// Puts a receiver before the positional arguments.
    #[must_use]
    pub fn with_receiver(mut self, receiver: Value) -> Self {
        self.positional.insert(0, receiver);
        self
    }

    /// A keyword argument, taken out.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        let index = self.keywords.iter().position(|(key, _)| &**key == name)?;
        Some(self.keywords.remove(index).1)
    }

    /// Takes the arguments apart by a signature written as in Python, without parentheses:
    /// `"table_name, *columns, schema=, if_not_exists=, **kw"`. A parameter with `=` may be missing.
    /// `/` ends the positional-only ones, a lone `*` begins the keyword-only ones. What does not
    /// fit raises `TypeError` in Python's own words.
    pub fn bind(self, function: &str, signature: &'static str) -> Result<Bound, Failure> {
        bind(self, function, signature)
    }
}

/// Arguments by the names of a signature.
#[derive(Debug, Default)]
pub struct Bound {
    slots: Vec<(&'static str, Option<Value>)>,
    /// What `*rest` took.
    pub rest: Vec<Value>,
    /// What `**keywords` took.
    pub keywords: Vec<(Rc<str>, Value)>,
}

impl Bound {
    fn slot(&self, name: &str) -> Option<&Value> {
        let found = self.slots.iter().find(|(slot, _)| *slot == name);
        debug_assert!(found.is_some(), "{name} is not in the signature");
        found.and_then(|(_, value)| value.as_ref())
    }

    /// An argument, `None` when it was not given.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.slot(name).cloned()
    }

    /// An argument, Python's `None` when it was not given.
    pub fn value(&self, name: &str) -> Value {
        self.slot(name).cloned().unwrap_or(Value::None)
    }

    /// An argument that was given and is not Python's `None`.
    pub fn some(&self, name: &str) -> Option<Value> {
        self.slot(name).filter(|value| !value.is_none()).cloned()
    }

    /// Whether the argument was given.
    pub fn given(&self, name: &str) -> bool {
        self.slot(name).is_some()
    }

    /// A text that was given and is not Python's `None`.
    pub fn text(&self, name: &str) -> Result<Option<Rc<str>>, Failure> {
        match self.slot(name) {
            None | Some(Value::None) => Ok(None),
            Some(value) => value.to_text().map(Some).ok_or_else(|| {
                Failure::type_error(format!(
                    "{name} must be str, not {}",
                    super::types::type_name(value)
                ))
            }),
        }
    }

    /// An integer that was given and is not Python's `None`.
    pub fn int(&self, name: &str) -> Result<Option<i64>, Failure> {
        match self.slot(name) {
            None | Some(Value::None) => Ok(None),
            Some(value) => value.as_int().map(Some).ok_or_else(|| {
                Failure::type_error(format!(
                    "'{}' object cannot be interpreted as an integer",
                    super::types::type_name(value)
                ))
            }),
        }
    }

    /// A `True` or `False` that was given; other values that are neither count as false only when
    /// they are `None` or zero.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.slot(name).map(|value| match value {
            Value::Bool(truth) => *truth,
            Value::None => false,
            Value::Int(number) => *number != 0,
            _ => true,
        })
    }
}

struct Parameter {
    name: &'static str,
    optional: bool,
    positional: bool,
    keyword: bool,
}

fn bind(arguments: Arguments, function: &str, signature: &'static str) -> Result<Bound, Failure> {
    let mut parameters: Vec<Parameter> = Vec::new();
    let (mut takes_rest, mut takes_keywords, mut keyword_only) = (false, false, false);
    for part in signature.split(',') {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        if part == "/" {
            for parameter in &mut parameters {
                parameter.keyword = false;
            }
        } else if part.starts_with("**") {
            takes_keywords = true;
        } else if let Some(rest) = part.strip_prefix('*') {
            takes_rest = !rest.is_empty();
            keyword_only = true;
        } else {
            let optional = part.ends_with('=');
            parameters.push(Parameter {
                name: part.trim_end_matches('='),
                optional,
                positional: !keyword_only,
                keyword: true,
            });
        }
    }
    let mut bound = Bound {
        slots: parameters.iter().map(|one| (one.name, None)).collect(),
        ..Bound::default()
    };
    let places = parameters.iter().filter(|one| one.positional).count();
    let given = arguments.positional.len();
    let mut positional = arguments.positional.into_iter();
    for (slot, value) in bound.slots.iter_mut().take(places).zip(positional.by_ref()) {
        slot.1 = Some(value);
    }
    bound.rest = positional.collect();
    if !takes_rest && !bound.rest.is_empty() {
        return Err(too_many(
            function,
            places,
            parameters
                .iter()
                .filter(|one| one.positional && !one.optional)
                .count(),
            given,
        ));
    }
    for (name, value) in arguments.keywords {
        let place = parameters
            .iter()
            .position(|one| one.keyword && one.name == &*name);
        match place.and_then(|place| bound.slots.get_mut(place)) {
            Some((_, Some(_))) => {
                return Err(Failure::type_error(format!(
                    "{function}() got multiple values for argument '{name}'"
                )));
            }
            Some((_, slot)) => *slot = Some(value),
            None if takes_keywords => bound.keywords.push((name, value)),
            None => {
                return Err(Failure::type_error(format!(
                    "{function}() got an unexpected keyword argument '{name}'"
                )));
            }
        }
    }
    for (keyword_only, kind) in [(false, "positional"), (true, "keyword-only")] {
        let missing: Vec<&str> = parameters
            .iter()
            .zip(&bound.slots)
            .filter(|(one, slot)| {
                one.positional != keyword_only && !one.optional && slot.1.is_none()
            })
            .map(|(one, _)| one.name)
            .collect();
        if !missing.is_empty() {
            return Err(missing_arguments(function, kind, &missing));
        }
    }
    Ok(bound)
}

/// The `TypeError` for arguments that are missing.
pub(crate) fn missing_arguments(function: &str, kind: &str, missing: &[&str]) -> Failure {
    let quoted: Vec<String> = missing.iter().map(|name| format!("'{name}'")).collect();
    let names = match quoted.as_slice() {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [all @ .., last] => format!("{}, and {last}", all.join(", ")),
        [] => String::new(),
    };
    let plural = if missing.len() == 1 { "" } else { "s" };
    Failure::type_error(format!(
        "{function}() missing {} required {kind} argument{plural}: {names}",
        missing.len()
    ))
}

/// The `TypeError` for too many positional arguments.
pub(crate) fn too_many(function: &str, places: usize, required: usize, given: usize) -> Failure {
    let takes = if required < places {
        format!("from {required} to {places}")
    } else {
        places.to_string()
    };
    let plural = if places == 1 && required == places {
        ""
    } else {
        "s"
    };
    let were = if given == 1 { "was" } else { "were" };
    Failure::type_error(format!(
        "{function}() takes {takes} positional argument{plural} but {given} {were} given"
    ))
}
