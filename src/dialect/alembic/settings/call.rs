//! What calls do: of Alembic's context, of the environment, of engines, of helpers.

use ruff_python_ast::{Expr, ExprCall};

use super::follow::{Follower, Scope, texts, url_of};
use super::text::{build_url, method, quote};
use super::value::{Unknown, Value};
use super::{Inferred, Mode};
use crate::dialect::alembic::constant::Constant;
use crate::model::Place;

/// Evaluated arguments.
struct Given {
    positional: Vec<Value>,
    keywords: Vec<(String, Value)>,
}

impl Given {
    fn get(&self, at: usize, name: &str) -> Option<&Value> {
        let named = self.keywords.iter().find(|(known, _)| known == name);
        named
            .map(|(_, value)| value)
            .or_else(|| self.positional.get(at))
    }

    fn text(&self, at: usize, name: &str) -> Option<&str> {
        self.get(at, name).and_then(Value::text)
    }
}

impl Follower<'_> {
    pub(super) fn call(&mut self, call: &ExprCall, scope: &mut Scope) -> Value {
        let callee = self.value(&call.func, scope);
        let mut given = Given {
            positional: Vec::new(),
            keywords: Vec::new(),
        };
        for argument in &call.arguments.args {
            let value = self.value(argument, scope);
            given.positional.push(value);
        }
        for keyword in &call.arguments.keywords {
            let value = self.value(&keyword.value, scope);
            match (&keyword.arg, value) {
                (Some(name), value) => given.keywords.push((name.to_string(), value)),
                (None, Value::Dict(items)) => given.keywords.extend(items),
                (None, _) => {}
            }
        }
        let place = scope.place(call);
        match callee {
            Value::Library(name) => self.library(&name, given, call, place, scope),
            Value::Function(function) => self.invoke(&function, given.positional, given.keywords),
            Value::Method(function, object) => {
                let mut arguments = vec![*object];
                arguments.extend(given.positional);
                self.invoke(&function, arguments, given.keywords)
            }
            Value::Class(class) => Value::Object(class),
            Value::Builtin(object, name) => builtin(&object, &name, &given, call, scope),
            Value::Unknown(unknown) => {
                self.callbacks(call, &given);
                self.statement_text(call, &given, place);
                Value::Unknown(unknown)
            }
            _ => scope.unknown(call, "a call"),
        }
    }

    /// A function handed on, as to `connection.run_sync`, is called sooner or later.
    fn callbacks(&mut self, call: &ExprCall, given: &Given) {
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            return;
        };
        if attribute.attr.as_str() == "run_sync"
            && let Some(Value::Function(function)) = given.positional.first()
        {
            let function = function.clone();
            self.invoke(&function, Vec::new(), Vec::new());
        }
    }

    /// SQL that the file runs on its connection.
    fn statement_text(&mut self, call: &ExprCall, given: &Given, place: Place) {
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            return;
        };
        let runs = matches!(
            attribute.attr.as_str(),
            "execute" | "exec_driver_sql" | "scalar"
        );
        if runs && let Some(sql) = given.positional.first().and_then(Value::text) {
            self.settings.statements.push((sql.to_owned(), place));
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each function, side by side"
    )]
    fn library(
        &mut self,
        name: &str,
        given: Given,
        call: &ExprCall,
        place: Place,
        scope: &mut Scope,
    ) -> Value {
        let last = name.rsplit('.').next().unwrap_or(name);
        match name {
            "alembic.context.configure" => {
                self.configure(&given, &place);
                return Value::none();
            }
            "alembic.context.run_migrations" => {
                let engine = given.keywords.iter().any(|(name, _)| name == "engine_name");
                if engine {
                    self.settings.engines.get_or_insert(place);
                }
                return Value::none();
            }
            "alembic.context.is_offline_mode" => return Value::of_bool(self.mode == Mode::Offline),
            "alembic.context.get_x_argument" => return self.x_arguments(&given),
            "alembic.context.get_tag_argument" => {
                return self.around.tag.map_or_else(Value::none, Value::of_text);
            }
            "alembic.context.execute" => {
                if let Some(sql) = given.text(0, "sql") {
                    self.settings.statements.push((sql.to_owned(), place));
                }
                return Value::none();
            }
            "alembic.context.config.get_main_option" => {
                let section = self.around.config.section.clone();
                return self.option(&section, given.text(0, "name"), given.get(1, "default"));
            }
            "alembic.context.config.get_section_option" => {
                let section = given.text(0, "section").unwrap_or_default().to_owned();
                return self.option(&section, given.text(1, "name"), given.get(2, "default"));
            }
            "alembic.context.config.set_main_option" => {
                let section = self.around.config.section.clone();
                self.set_option(section, given.text(0, "name"), given.get(1, "value"), place);
                return Value::none();
            }
            "alembic.context.config.set_section_option" => {
                let section = given.text(0, "section").unwrap_or_default().to_owned();
                self.set_option(section, given.text(1, "name"), given.get(2, "value"), place);
                return Value::none();
            }
            "alembic.context.config.get_section" => {
                let section = given.text(0, "name").unwrap_or_default().to_owned();
                return self.section(&section);
            }
            "os.getenv" | "os.environ.get" => {
                let Some(variable) = given.text(0, "key").map(str::to_owned) else {
                    return scope.unknown(call, "a call");
                };
                return match self.variable(&variable, call, scope) {
                    Some(found) => Value::of_text(found),
                    None => given.get(1, "default").cloned().unwrap_or_else(Value::none),
                };
            }
            "str" | "int" | "bool" => {
                let Some(value) = given.positional.first() else {
                    return scope.unknown(call, "a call");
                };
                let made = match name {
                    "str" => value.shown().map(Value::of_text),
                    "bool" => value.truth().map(Value::of_bool),
                    _ => value
                        .shown()
                        .and_then(|text| text.parse().ok())
                        .map(|number| Value::Constant(Constant::Int(number))),
                };
                return made.unwrap_or_else(|| value.clone());
            }
            "dict" => return Value::Dict(given.keywords),
            _ => {}
        }
        match last {
            "fileConfig" => {
                self.settings.logs = true;
                Value::none()
            }
            "load_dotenv" => {
                self.dotenv = true;
                Value::of_bool(true)
            }
            "quote_plus" | "quote" => match given.text(0, "string") {
                Some(text) => Value::of_text(quote(text, last == "quote_plus")),
                None => scope.unknown(call, "a call"),
            },
            // Wrappers that hand their text on.
            "text" | "make_url" | "PostgresDsn" | "SecretStr" | "MultiHostUrl" | "AnyUrl"
            | "DDL" | "Path" | "cast" => given
                .positional
                .last()
                .cloned()
                .unwrap_or_else(|| scope.unknown(call, "a call")),
            "create" | "build" | "URL"
                if given
                    .keywords
                    .iter()
                    .any(|(key, _)| key == "host" || key == "drivername") =>
            {
                let mut parts = given.keywords;
                if let Some(scheme) = given.positional.into_iter().next() {
                    parts.push(("drivername".to_owned(), scheme));
                }
                match build_url(&parts) {
                    Some(url) => Value::of_text(url),
                    None => parts
                        .into_iter()
                        .find_map(|(_, value)| matches!(value, Value::Unknown(_)).then_some(value))
                        .unwrap_or_else(|| scope.unknown(call, "a URL put together")),
                }
            }
            "create_engine" | "create_async_engine" => {
                if let Some(url) = given.get(0, "url") {
                    self.engine_url = Some((url.clone(), place));
                }
                scope.unknown(call, "an engine")
            }
            "engine_from_config" | "async_engine_from_config" => {
                if let Some(url) = given.get(usize::MAX, "url") {
                    self.engine_url = Some((url.clone(), place));
                } else if let Some(Value::Dict(items)) = given.positional.first() {
                    let prefix = given.text(1, "prefix").unwrap_or("sqlalchemy.");
                    let key = format!("{prefix}url");
                    let url = items.iter().find(|(known, _)| *known == key);
                    if let Some((_, url)) = url {
                        self.engine_url = Some((url.clone(), place));
                    }
                }
                scope.unknown(call, "an engine")
            }
            "MetaData" => {
                let convention = match given.get(usize::MAX, "naming_convention") {
                    Some(Value::Dict(items)) => texts(items),
                    _ => None,
                };
                let schema = given.text(usize::MAX, "schema").map(str::to_owned);
                Value::Metadata(convention, schema)
            }
            _ => {
                self.callbacks(call, &given);
                self.statement_text(call, &given, place);
                scope.unknown(call, format!("a call of `{name}`"))
            }
        }
    }

    fn x_arguments(&mut self, given: &Given) -> Value {
        let pairs = self.around.x.iter();
        let as_dictionary = given.get(0, "as_dictionary").and_then(Value::truth) == Some(true);
        if as_dictionary {
            let items = pairs.map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (name.to_owned(), Value::of_text(value))
            });
            Value::Dict(items.collect())
        } else {
            let items = pairs.map(|pair| Constant::Text(pair.clone()));
            Value::Constant(Constant::Sequence(items.collect()))
        }
    }

    fn set_option(
        &mut self,
        section: String,
        name: Option<&str>,
        value: Option<&Value>,
        place: Place,
    ) {
        if let (Some(name), Some(value)) = (name, value) {
            // The ini file's reader will put the doubled signs together again.
            let value = match value.text() {
                Some(text) => Value::of_text(text.replace("%%", "%")),
                None => value.clone(),
            };
            self.options
                .insert((section, name.to_lowercase()), (value, place));
        }
    }

    fn option(&mut self, section: &str, name: Option<&str>, default: Option<&Value>) -> Value {
        let name = name.unwrap_or_default().to_lowercase();
        if let Some((value, _)) = self.options.get(&(section.to_owned(), name.clone())) {
            return value.clone();
        }
        match self.around.config.ini.get(section, &name) {
            Ok(Some(value)) => Value::of_text(value),
            _ => default.cloned().unwrap_or_else(Value::none),
        }
    }

    fn section(&mut self, section: &str) -> Value {
        let items = self.around.config.ini.items(section).unwrap_or_default();
        let mut items: Vec<(String, Value)> = items
            .into_iter()
            .map(|(name, value)| (name, Value::of_text(value)))
            .collect();
        for ((of, name), (value, _)) in &self.options {
            if of == section {
                items.retain(|(known, _)| known != name);
                items.push((name.clone(), value.clone()));
            }
        }
        Value::Dict(items)
    }

    fn configure(&mut self, given: &Given, place: &Place) {
        let settings = &mut self.settings;
        settings.configured = true;
        for (name, value) in &given.keywords {
            let place = place.clone();
            match name.as_str() {
                "url" => settings.url = url_of(value.clone(), place),
                "version_table" => settings.version_table = text(value, place),
                "version_table_schema" => settings.version_table_schema = optional(value, place),
                "version_table_pk" => settings.version_table_pk = flag(value, place),
                "transaction_per_migration" => {
                    settings.transaction_per_migration = flag(value, place);
                }
                "transactional_ddl" => {
                    settings.transactional_ddl = if value.is_none() {
                        Inferred::Set(None, place)
                    } else {
                        match flag(value, place) {
                            Inferred::Set(value, place) => Inferred::Set(Some(value), place),
                            Inferred::Unknown(unknown) => Inferred::Unknown(unknown),
                            Inferred::Default(value) => Inferred::Default(Some(value)),
                        }
                    };
                }
                "literal_binds" => settings.literal_binds = flag(value, place),
                "include_schemas" => settings.include_schemas = flag(value, place),
                "render_as_batch" => settings.render_as_batch = flag(value, place),
                "compare_type" => settings.compare_type = flag(value, place),
                "compare_server_default" => settings.compare_server_default = flag(value, place),
                "dialect_opts" => {
                    if let Value::Dict(items) = value
                        && let Some((_, style)) = items.iter().find(|(key, _)| key == "paramstyle")
                    {
                        settings.paramstyle = optional(style, place);
                    }
                }
                "target_metadata" => {
                    settings.naming_convention = match value {
                        Value::Metadata(Some(convention), _) => {
                            Inferred::Set(convention.clone(), place)
                        }
                        Value::Metadata(None, _) => Inferred::Default(Vec::new()),
                        value if value.is_none() => Inferred::Default(Vec::new()),
                        Value::Unknown(unknown) => Inferred::Unknown(unknown.clone()),
                        _ => Inferred::Unknown(Unknown {
                            place,
                            reason: "metadata of the application".to_owned(),
                        }),
                    };
                }
                "output_buffer" => settings.output_buffer = !value.is_none(),
                "on_version_apply" => settings
                    .remarks
                    .push(("`on_version_apply` callbacks are not run".to_owned(), place)),
                _ => {}
            }
        }
    }
}

/// A method of a text or dictionary.
fn builtin(object: &Value, name: &str, given: &Given, call: &ExprCall, scope: &mut Scope) -> Value {
    let found = match object {
        Value::Constant(Constant::Text(text)) => match name {
            "set" => given.text(usize::MAX, "drivername").and_then(|driver| {
                let (_, rest) = text.split_once("://")?;
                Some(Value::of_text(format!("{driver}://{rest}")))
            }),
            "format" => format_text(text, &given.positional, &given.keywords),
            "join" => match given.positional.first() {
                Some(Value::Constant(Constant::Sequence(items))) => {
                    let items: Option<Vec<&str>> = items.iter().map(Constant::text).collect();
                    items.map(|items| Value::of_text(items.join(text)))
                }
                _ => None,
            },
            _ => method(text, name, &given.positional),
        },
        Value::Dict(items) => match (name, given.text(0, "key")) {
            ("get", Some(key)) => {
                let found = items.iter().find(|(known, _)| known == key);
                Some(match found {
                    Some((_, value)) => value.clone(),
                    None => given.get(1, "default").cloned().unwrap_or_else(Value::none),
                })
            }
            ("copy", _) => Some(object.clone()),
            _ => None,
        },
        _ => None,
    };
    found.unwrap_or_else(|| scope.unknown(call, format!("a call of `{name}`")))
}

fn not_a(kind: &str, value: &Value, place: Place) -> Unknown {
    match value {
        Value::Unknown(unknown) => unknown.clone(),
        _ => Unknown {
            place,
            reason: format!("a value that is no {kind}"),
        },
    }
}

fn text(value: &Value, place: Place) -> Inferred<String> {
    match value.text() {
        Some(text) => Inferred::Set(text.to_owned(), place),
        None => Inferred::Unknown(not_a("text", value, place)),
    }
}

fn optional(value: &Value, place: Place) -> Inferred<Option<String>> {
    if value.is_none() {
        return Inferred::Set(None, place);
    }
    match text(value, place) {
        Inferred::Set(text, place) => Inferred::Set(Some(text), place),
        Inferred::Unknown(unknown) => Inferred::Unknown(unknown),
        Inferred::Default(text) => Inferred::Default(Some(text)),
    }
}

fn flag(value: &Value, place: Place) -> Inferred<bool> {
    match value.truth() {
        Some(truth) => Inferred::Set(truth, place),
        None => Inferred::Unknown(not_a("truth value", value, place)),
    }
}

/// `"…{}…{name}…".format(…)` with plain fields.
fn format_text(form: &str, positional: &[Value], named: &[(String, Value)]) -> Option<Value> {
    let mut text = String::new();
    let mut rest = form;
    let mut next = 0;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let doubled = rest[at..].starts_with("{{") || rest[at..].starts_with("}}");
        if doubled {
            text.push_str(&rest[at..=at]);
            rest = &rest[at + 2..];
            continue;
        }
        let (field, behind) = rest[at..].strip_prefix('{')?.split_once('}')?;
        let value = if field.is_empty() {
            next += 1;
            positional.get(next - 1)?
        } else if let Ok(at) = field.parse::<usize>() {
            positional.get(at)?
        } else {
            &named.iter().find(|(name, _)| name == field)?.1
        };
        text.push_str(&value.shown()?);
        rest = behind;
    }
    text.push_str(rest);
    Some(Value::of_text(text))
}
