//! Attributes: of modules, of classes, and of settings that the environment fills.

use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::Lookup;
use super::follow::{Follower, Names, Scope};
use super::model::{field, last_name, prefix, reads_environment};
use super::value::{Class, Function, Value};

impl Follower<'_> {
    /// An environment variable.
    pub(super) fn variable(
        &mut self,
        name: &str,
        node: &impl Ranged,
        scope: &Scope,
    ) -> Option<String> {
        let mut found = self.around.variables.get(name).cloned();
        if found.is_none() && self.dotenv {
            found = self.around.dotenv.get(name).cloned();
        }
        self.settings.lookups.push(Lookup {
            name: name.to_owned(),
            place: scope.place(node),
            found: found.is_some(),
        });
        found
    }

    pub(super) fn attribute(
        &mut self,
        value: Value,
        name: &str,
        node: &Expr,
        scope: &mut Scope,
    ) -> Value {
        match value {
            Value::Library(library) => match (library.as_str(), name) {
                ("alembic.context.config", "config_ini_section") => {
                    Value::of_text(self.around.config.section.clone())
                }
                ("alembic.context.config", "config_file_name") => {
                    Value::of_text(self.around.config.ini_path.to_string_lossy())
                }
                ("alembic.context.config", "attributes") => Value::Dict(Vec::new()),
                _ => Value::Library(format!("{library}.{name}")),
            },
            Value::Module(module) => match self.modules[module].get(name) {
                Some(value) => value.clone(),
                None => scope.unknown(node, format!("the name `{name}`")),
            },
            Value::Object(class) => self.field_of(class, name, node, scope),
            Value::Class(class) => self.class_attribute(&class, name, node, scope),
            Value::Metadata(_, schema) if name == "schema" => match schema {
                Some(schema) => Value::of_text(schema),
                None => Value::none(),
            },
            Value::Unknown(unknown) => Value::Unknown(unknown),
            other => Value::Builtin(Box::new(other), name.to_owned()),
        }
    }

    fn class_attribute(
        &mut self,
        class: &Class,
        name: &str,
        node: &Expr,
        scope: &mut Scope,
    ) -> Value {
        let definition = Rc::clone(&class.definition);
        if let Some(field) = field(&definition, name)
            && let Some(default) = field.default
        {
            let mut inner = Scope {
                source: Rc::clone(&class.source),
                module: class.module,
                names: Names::new(),
                top: false,
            };
            return self.value(default, &mut inner);
        }
        scope.unknown(node, format!("the attribute `{name}`"))
    }

    /// An attribute of a settings object: a field that the environment may fill, or a property.
    fn field_of(&mut self, class: Class, name: &str, node: &Expr, scope: &mut Scope) -> Value {
        let definition = Rc::clone(&class.definition);
        for statement in &definition.body {
            if let Stmt::FunctionDef(method) = statement
                && method.name.as_str() == name
            {
                let function = Function {
                    source: Rc::clone(&class.source),
                    module: class.module,
                    definition: Rc::new(method.clone()),
                };
                let is_property = method.decorator_list.iter().any(|decorator| {
                    last_name(&decorator.expression).is_some_and(|name| name.ends_with("property"))
                });
                return if is_property {
                    self.invoke(&function, vec![Value::Object(class)], Vec::new())
                } else {
                    Value::Method(function, Box::new(Value::Object(class)))
                };
            }
        }
        let Some(field) = field(&definition, name) else {
            return scope.unknown(node, format!("the attribute `{name}`"));
        };
        if reads_environment(&definition) {
            let mut candidates = field.names.clone();
            if candidates.is_empty() {
                candidates.push(format!("{}{name}", prefix(&definition)));
            }
            // Settings classes look into their `.env` file by themselves.
            let dotenv = std::mem::replace(&mut self.dotenv, true);
            let mut found = None;
            for candidate in &candidates {
                let known = self
                    .around
                    .variables
                    .keys()
                    .chain(self.around.dotenv.keys());
                let exact = known
                    .filter(|variable| variable.eq_ignore_ascii_case(candidate))
                    .min_by_key(|variable| *variable != candidate)
                    .cloned()
                    .unwrap_or_else(|| candidate.to_uppercase());
                found = self.variable(&exact, node, scope);
                if found.is_some() {
                    break;
                }
            }
            self.dotenv = dotenv;
            if let Some(found) = found {
                return Value::of_text(found);
            }
            if field.default.is_none() {
                let name = candidates.first().map(|name| name.to_uppercase());
                return scope.unknown(
                    node,
                    format!(
                        "the environment variable {}, which is not set",
                        name.unwrap_or_default()
                    ),
                );
            }
        }
        match field.default {
            Some(default) => {
                let mut inner = Scope {
                    source: Rc::clone(&class.source),
                    module: class.module,
                    names: Names::new(),
                    top: false,
                };
                self.value(default, &mut inner)
            }
            None => scope.unknown(node, format!("the attribute `{name}`")),
        }
    }
}
