//! Modules.

use std::rc::Rc;

use super::Vm;
use crate::python::Arguments;
use crate::python::compile::{Mistake, compile};
use crate::python::dict::Dict;
use crate::python::error::{Failure, Refusal};
use crate::python::frame::Frame;
use crate::python::function::Module;
use crate::python::library;
use crate::python::value::Value;

impl Vm {
    /// Evaluates a source as a module, giving the [`Value::Module`]. A syntax error is a
    /// `SyntaxError` exception.
    pub fn load_module(&mut self, name: &str, path: &str, source: &str) -> Result<Value, Failure> {
        let package = match name.rsplit_once('.') {
            _ if path.ends_with("__init__.py") => name,
            Some((package, _)) => package,
            None => "",
        };
        self.load(name, path, source, package, false)
    }

    pub(crate) fn load(
        &mut self,
        name: &str,
        path: &str,
        source: &str,
        package: &str,
        library: bool,
    ) -> Result<Value, Failure> {
        self.charge(source.len() * 4)?;
        let (text, code) = compile(path, source, library);
        let code = match code {
            Ok(code) => code,
            Err(mistake) => return Err(self.mistake(&text, &mistake)),
        };
        let globals = Rc::new(Dict::default());
        for (key, value) in [
            ("__name__", Value::str(name)),
            ("__file__", Value::str(path)),
            ("__doc__", Value::None),
            ("__package__", Value::str(package)),
            ("__spec__", Value::None),
            ("__loader__", Value::None),
        ] {
            globals.set_str(key, value);
        }
        self.namespaces.push(Rc::downgrade(&globals));
        let module = Value::Module(Rc::new(Module {
            name: Rc::from(name),
            namespace: globals.clone(),
            closed: library,
        }));
        self.modules.set_str(name, module.clone());
        let mut frame = Frame {
            locals: vec![None; code.locals.len()],
            code,
            globals: globals.clone(),
            namespace: None,
            enumeration: None,
            cells: Vec::new(),
            stack: Vec::new(),
            blocks: Vec::new(),
            pc: 0,
        };
        if let Err(failure) = self.run_body(&mut frame) {
            self.modules.remove_str(name);
            return Err(failure);
        }
        Ok(module)
    }

    fn mistake(&self, source: &crate::python::code::Source, mistake: &Mistake) -> Failure {
        let position = source.position(mistake.offset);
        if mistake.refused {
            return Failure::Refused(Box::new(Refusal {
                position,
                construct: Rc::from("source"),
                message: Rc::from(mistake.message.as_str()),
                advice: Rc::from(""),
                trace: self.trace(),
            }));
        }
        let failure = Failure::raise("SyntaxError", &mistake.message);
        if let Failure::Raised(instance) = &failure {
            instance
                .attributes
                .set_str("filename", Value::Str(position.path.clone()));
            instance
                .attributes
                .set_str("lineno", Value::Int(i64::from(position.line)));
            instance
                .attributes
                .set_str("offset", Value::Int(i64::from(position.column)));
            instance
                .attributes
                .set_str("msg", Value::str(&mistake.message));
            Self::with_exception(instance, |exception| {
                exception.trace.push(crate::python::error::TraceEntry {
                    position,
                    function: Rc::from("<module>"),
                });
            });
        }
        failure
    }

    /// Imports a module by its full name, as `importlib.import_module` does.
    pub fn import(&mut self, name: &str) -> Result<Value, Failure> {
        let mut module = Value::None;
        let mut parent: Option<(Value, &str)> = None;
        for (place, _) in name.match_indices('.').chain([(name.len(), "")]) {
            let Some(prefix) = name.get(..place) else {
                break;
            };
            module = self.import_one(prefix)?;
            let leaf = prefix.rsplit('.').next().unwrap_or(prefix);
            if let Some((Value::Module(parent), _)) = &parent
                && parent.namespace.get_str(leaf).is_none()
            {
                parent.namespace.set_str(leaf, module.clone());
            }
            parent = Some((module.clone(), prefix));
        }
        Ok(module)
    }

    fn import_one(&mut self, name: &str) -> Result<Value, Failure> {
        if let Some(module) = self.modules.get_str(name) {
            if module.is_none() {
                return Err(module_not_found(name));
            }
            return Ok(module);
        }
        if name.is_empty() {
            return Err(Failure::value_error("Empty module name"));
        }
        let host = self.host();
        if let Some((path, text)) = host.source_of(name) {
            return self.nested(|vm| vm.load_module(name, &path, &text));
        }
        let found = match host.import(self, name)? {
            Some(module) => Some(module),
            None => self.nested(|vm| library::import(vm, name))?,
        };
        let found = match found {
            Some(module) => Some(module),
            None => host.unknown_module(self, name)?,
        };
        let Some(module) = found else {
            return Err(self.refuse(
                name,
                format!("The module '{name}' is not available."),
                "Copy what is needed from it into the revision.",
            ));
        };
        self.modules.set_str(name, module.clone());
        Ok(module)
    }

    /// The module of an import statement: relative names begin with dots.
    pub(crate) fn import_statement(
        &mut self,
        globals: &Rc<Dict>,
        name: &str,
        leaf: bool,
    ) -> Result<Value, Failure> {
        let bare = name.trim_start_matches('.');
        let level = name.len() - bare.len();
        let full = if level == 0 {
            bare.to_owned()
        } else {
            let package = globals
                .get_str("__package__")
                .and_then(|package| package.to_text())
                .unwrap_or_default();
            if package.is_empty() {
                return Err(Failure::raise(
                    "ImportError",
                    "attempted relative import with no known parent package",
                ));
            }
            let mut parts: Vec<&str> = package.split('.').collect();
            if level > parts.len() {
                return Err(Failure::raise(
                    "ImportError",
                    "attempted relative import beyond top-level package",
                ));
            }
            parts.truncate(parts.len() + 1 - level);
            if !bare.is_empty() {
                parts.push(bare);
            }
            parts.join(".")
        };
        let module = self.import(&full)?;
        if leaf {
            Ok(module)
        } else {
            let top = full.split('.').next().unwrap_or(&full);
            self.import_one(top)
        }
    }

    /// A module of the project's or the host's by its full name.
    pub(crate) fn known_module(&mut self, name: &str) -> Result<Option<Value>, Failure> {
        if let Some(module) = self.modules.get_str(name) {
            return Ok(Some(module));
        }
        let host = self.host();
        if host.source_of(name).is_some() {
            return self.import(name).map(Some);
        }
        let found = host.import(self, name)?;
        if let Some(module) = &found {
            self.modules.set_str(name, module.clone());
        }
        Ok(found)
    }

    /// A name imported from a module: an attribute, or a module below it.
    pub(crate) fn import_from(&mut self, module: &Value, name: &str) -> Result<Value, Failure> {
        let module_name = match module {
            Value::Module(module) => Some(module.name.clone()),
            other => match self.find_attribute(other, "__name__") {
                Ok(Some(Value::Str(name))) => Some(name),
                _ => None,
            },
        };
        if let Some(value) = self.find_attribute(module, name)? {
            return Ok(value);
        }
        if let Value::Module(inner) = module {
            if let Some(value) = library::lazy_member(self, &inner.name, name)? {
                return Ok(value);
            }
            let full = format!("{}.{name}", inner.name);
            let host = self.host();
            if host.source_of(&full).is_some() {
                return self.import(&full);
            }
            if let Some(value) = library::import(self, &full)? {
                return Ok(value);
            }
            if let Some(value) = host.import(self, &full)? {
                self.modules.set_str(&full, value.clone());
                return Ok(value);
            }
            if inner.closed {
                return Err(self.refuse(
                    &full,
                    format!("{full} is not available."),
                    "Write the revision without it.",
                ));
            }
        }
        let module_name = module_name.unwrap_or_else(|| Rc::from("<unknown>"));
        Err(Failure::raise(
            "ImportError",
            format!("cannot import name '{name}' from '{module_name}'"),
        ))
    }

    pub(crate) fn import_star(&mut self, module: &Value, target: &Rc<Dict>) -> Result<(), Failure> {
        let names: Vec<Rc<str>> = match self.find_attribute(module, "__all__")? {
            Some(all) => self
                .collect(&all)?
                .iter()
                .filter_map(Value::to_text)
                .collect(),
            None => match module {
                Value::Module(module) => module
                    .namespace
                    .text_items()
                    .into_iter()
                    .map(|(name, _)| name)
                    .filter(|name| !name.starts_with('_'))
                    .collect(),
                Value::Object(object) => object
                    .attribute_names()
                    .into_iter()
                    .filter(|name| !name.starts_with('_'))
                    .collect(),
                _ => Vec::new(),
            },
        };
        for name in names {
            let value = self.attribute(module, &name)?;
            target.set_str(&name, value);
        }
        Ok(())
    }

    /// A name that is neither global nor built in.
    pub(crate) fn missing_global(&mut self, name: &str) -> Result<Value, Failure> {
        if let Some(reason) = crate::python::builtins::refused(name) {
            let label: Rc<str> = Rc::from(name);
            return Ok(Value::native(reason, move |vm, _: Arguments| {
                Err(vm.refuse(
                    &label,
                    format!("{label}() is not available."),
                    "Write the revision without it.",
                ))
            }));
        }
        Err(super::run::undefined(name))
    }
}

fn module_not_found(name: &str) -> Failure {
    let failure = Failure::raise("ModuleNotFoundError", format!("No module named '{name}'"));
    if let Failure::Raised(instance) = &failure {
        instance.attributes.set_str("name", Value::str(name));
    }
    failure
}
