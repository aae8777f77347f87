//! Follows the statements of `env.py` and of modules beside it.

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use ruff_python_ast::{Expr, Operator, Stmt};
use ruff_text_size::Ranged;

use super::value::{Class, Function, Source, Unknown, Value};
use super::{Inferred, Mode, Settings, Surroundings};
use crate::dialect::alembic::constant::Constant;
use crate::dialect::alembic::source::place;
use crate::model::Place;

/// How many statements and expressions are looked at in all.
const BUDGET: usize = 50_000;
/// How deep calls and expressions may go.
const DEPTH: usize = 40;

/// How a block of statements ended.
pub(super) enum Flow {
    On,
    Return(Value),
    /// It raised, or jumps.
    Away,
}

/// Names of one function or module.
pub(super) type Names = HashMap<String, Value>;

/// Where an expression stands: its module's text, and the names of the function around it.
pub(super) struct Scope {
    pub(super) source: Rc<Source>,
    pub(super) module: usize,
    pub(super) names: Names,
    /// Whether this is the module's own level.
    pub(super) top: bool,
}

impl Scope {
    pub(super) fn place(&self, node: &impl Ranged) -> Place {
        place(
            &self.source.path,
            &self.source.text,
            node.range().start().to_usize(),
        )
    }

    pub(super) fn unknown(&self, node: &impl Ranged, reason: impl Into<String>) -> Value {
        Value::Unknown(Unknown {
            place: self.place(node),
            reason: reason.into(),
        })
    }
}

pub(super) struct Follower<'f> {
    pub(super) around: &'f Surroundings<'f>,
    pub(super) mode: Mode,
    pub(super) modules: Vec<Names>,
    module_names: HashMap<String, usize>,
    pub(super) settings: Settings,
    /// Options that the file sets itself, by section and name.
    pub(super) options: HashMap<(String, String), (Value, Place)>,
    /// URLs handed to engines, the last one counts.
    pub(super) engine_url: Option<(Value, Place)>,
    pub(super) dotenv: bool,
    budget: usize,
    pub(super) depth: usize,
}

pub(super) fn follow(path: &Path, text: &str, mode: Mode, around: &Surroundings<'_>) -> Settings {
    let mut follower = Follower {
        around,
        mode,
        modules: Vec::new(),
        module_names: HashMap::new(),
        settings: Settings {
            url: Inferred::Default(None),
            version_table: Inferred::Default("alembic_version".to_owned()),
            version_table_schema: Inferred::Default(None),
            version_table_pk: Inferred::Default(true),
            transaction_per_migration: Inferred::Default(false),
            transactional_ddl: Inferred::Default(None),
            literal_binds: Inferred::Default(false),
            paramstyle: Inferred::Default(None),
            include_schemas: Inferred::Default(false),
            render_as_batch: Inferred::Default(false),
            compare_type: Inferred::Default(true),
            compare_server_default: Inferred::Default(false),
            naming_convention: Inferred::Default(Vec::new()),
            statements: Vec::new(),
            remarks: Vec::new(),
            lookups: Vec::new(),
            configured: false,
            engines: None,
            output_buffer: false,
            logs: false,
        },
        options: HashMap::new(),
        engine_url: None,
        dotenv: false,
        budget: BUDGET,
        depth: 0,
    };
    follower.module(path, text);
    follower.finish()
}

impl Follower<'_> {
    /// Follows a module's statements; returns its position.
    fn module(&mut self, path: &Path, text: &str) -> usize {
        let module = self.modules.len();
        self.modules.push(Names::new());
        let source = Rc::new(Source {
            path: path.to_owned(),
            text: text.to_owned(),
        });
        match ruff_python_parser::parse_module(text) {
            Ok(parsed) => {
                let mut scope = Scope {
                    source,
                    module,
                    names: Names::new(),
                    top: true,
                };
                self.block(&parsed.into_syntax().body, &mut scope);
            }
            Err(error) => {
                let at = place(path, text, error.location.start().to_usize());
                let words = format!("cannot be read: {}", error.error);
                self.settings.remarks.push((words, at));
            }
        }
        module
    }

    /// The URL that everything before leads to.
    fn finish(mut self) -> Settings {
        let config = self.around.config;
        let option = self
            .options
            .get(&(config.section.clone(), "sqlalchemy.url".to_owned()))
            .cloned();
        if matches!(self.settings.url, Inferred::Default(_)) {
            let found = self.engine_url.take().or(option).or_else(|| {
                let url = config.main_option("sqlalchemy.url").ok().flatten()?;
                let line = config
                    .ini
                    .line(&config.section, "sqlalchemy.url")
                    .unwrap_or(0);
                let place = Place {
                    path: config.ini_path.clone(),
                    line: u32::try_from(line).unwrap_or(0),
                    column: 1,
                };
                Some((Value::of_text(url), place))
            });
            if let Some((value, place)) = found {
                self.settings.url = url_of(value, place);
            }
        }
        self.settings
    }

    pub(super) fn spend(&mut self) -> bool {
        self.budget = self.budget.saturating_sub(1);
        self.budget > 0 && self.depth < DEPTH
    }

    pub(super) fn block(&mut self, body: &[Stmt], scope: &mut Scope) -> Flow {
        for statement in body {
            if !self.spend() {
                return Flow::Away;
            }
            match self.statement(statement, scope) {
                Flow::On => {}
                other => return other,
            }
        }
        Flow::On
    }

    fn bind(&mut self, scope: &mut Scope, name: &str, value: Value) {
        if scope.top {
            self.modules[scope.module].insert(name.to_owned(), value);
        } else {
            scope.names.insert(name.to_owned(), value);
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each kind of statement, side by side"
    )]
    fn statement(&mut self, statement: &Stmt, scope: &mut Scope) -> Flow {
        match statement {
            Stmt::Assign(assign) => {
                let value = self.value(&assign.value, scope);
                for target in &assign.targets {
                    self.assign(target, value.clone(), scope);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let value = self.value(value, scope);
                    self.assign(&assign.target, value, scope);
                }
            }
            Stmt::AugAssign(assign) => {
                let value = match (self.value(&assign.target, scope), assign.op) {
                    (left, Operator::Add) => {
                        let right = self.value(&assign.value, scope);
                        match (left.text(), right.text()) {
                            (Some(left), Some(right)) => Value::of_text(format!("{left}{right}")),
                            _ => scope.unknown(assign, "an operator"),
                        }
                    }
                    _ => scope.unknown(assign, "an operator"),
                };
                self.assign(&assign.target, value, scope);
            }
            Stmt::FunctionDef(definition) => {
                let function = Value::Function(Function {
                    source: Rc::clone(&scope.source),
                    module: scope.module,
                    definition: Rc::new(definition.clone()),
                });
                self.bind(scope, &definition.name, function);
            }
            Stmt::ClassDef(definition) => {
                let class = Value::Class(Class {
                    source: Rc::clone(&scope.source),
                    module: scope.module,
                    definition: Rc::new(definition.clone()),
                });
                self.bind(scope, &definition.name, class);
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let (name, full) = if let Some(name) = &alias.asname {
                        (name.as_str(), alias.name.as_str())
                    } else {
                        let first = alias.name.split('.').next().unwrap_or_default();
                        (first, first)
                    };
                    let value = self.import(full);
                    self.bind(scope, name, value);
                }
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    let value = match self.import(module) {
                        Value::Module(module) => self.modules[module]
                            .get(alias.name.as_str())
                            .cloned()
                            .unwrap_or_else(|| scope.unknown(alias, format!("`{}`", alias.name))),
                        _ => Value::Library(format!("{module}.{}", alias.name)),
                    };
                    let value = match value {
                        Value::Unknown(_) => {
                            let full = format!("{module}.{}", alias.name);
                            match self.import(&full) {
                                found @ Value::Module(_) => found,
                                _ => value,
                            }
                        }
                        value => value,
                    };
                    self.bind(scope, name, value);
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    let value = scope.unknown(alias, "a relative import");
                    self.bind(scope, name, value);
                }
            }
            Stmt::Expr(expression) => {
                self.value(&expression.value, scope);
            }
            Stmt::If(branch) => return self.branch(branch, scope),
            Stmt::With(with) => {
                for item in &with.items {
                    let value = self.value(&item.context_expr, scope);
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, value, scope);
                    }
                }
                return self.block(&with.body, scope);
            }
            Stmt::Try(attempt) => {
                if let Flow::Return(value) = self.block(&attempt.body, scope) {
                    return Flow::Return(value);
                }
                self.block(&attempt.orelse, scope);
                return self.block(&attempt.finalbody, scope);
            }
            Stmt::For(for_loop) => {
                let value = scope.unknown(for_loop, "a loop");
                self.assign(&for_loop.target, value, scope);
                if let Flow::Return(_) = self.block(&for_loop.body, scope) {
                    let value = scope.unknown(for_loop, "a loop");
                    return Flow::Return(value);
                }
            }
            Stmt::Return(result) => {
                let value = match &result.value {
                    Some(value) => self.value(value, scope),
                    None => Value::none(),
                };
                return Flow::Return(value);
            }
            Stmt::Raise(_) | Stmt::Continue(_) | Stmt::Break(_) => return Flow::Away,
            _ => {}
        }
        Flow::On
    }

    fn branch(&mut self, branch: &ruff_python_ast::StmtIf, scope: &mut Scope) -> Flow {
        let mut arms = vec![(Some(branch.test.as_ref()), branch.body.as_slice())];
        for clause in &branch.elif_else_clauses {
            arms.push((clause.test.as_ref(), clause.body.as_slice()));
        }
        for (test, body) in arms {
            let truth = match test {
                None => Some(true),
                Some(test) => self.value(test, scope).truth(),
            };
            match truth {
                Some(true) => return self.block(body, scope),
                Some(false) => {}
                None => {
                    // It may or may not run: what it changes is unknown behind it.
                    let before = self.visible(scope);
                    self.block(body, scope);
                    self.forget_changes(&before, branch, scope);
                }
            }
        }
        Flow::On
    }

    fn visible(&self, scope: &Scope) -> Names {
        if scope.top {
            self.modules[scope.module].clone()
        } else {
            scope.names.clone()
        }
    }

    fn forget_changes(&mut self, before: &Names, node: &impl Ranged, scope: &mut Scope) {
        let after = self.visible(scope);
        for (name, value) in after {
            let same = match (before.get(&name), &value) {
                (Some(Value::Constant(old)), Value::Constant(new)) => old == new,
                (Some(Value::Constant(_)), _) | (_, Value::Constant(_)) => false,
                _ => true,
            };
            if !same {
                let unknown = scope.unknown(node, "a condition that cannot be told");
                self.bind(scope, &name, unknown);
            }
        }
    }

    pub(super) fn assign(&mut self, target: &Expr, value: Value, scope: &mut Scope) {
        match target {
            Expr::Name(name) => self.bind(scope, &name.id, value),
            Expr::Subscript(subscript) => {
                let key = self.value(&subscript.slice, scope);
                if let (Some(key), Expr::Name(name)) = (key.text(), subscript.value.as_ref()) {
                    let mut items = match self.name(&name.id, scope) {
                        Some(Value::Dict(items)) => items,
                        _ => Vec::new(),
                    };
                    items.retain(|(known, _)| known != key);
                    items.push((key.to_owned(), value));
                    self.bind(scope, &name.id, Value::Dict(items));
                }
            }
            Expr::Attribute(attribute) => self.assign_attribute(attribute, value, scope),
            Expr::Tuple(tuple) => {
                let items = match value {
                    Value::Constant(Constant::Sequence(items)) => items,
                    _ => Vec::new(),
                };
                for (at, target) in tuple.elts.iter().enumerate() {
                    let value = match items.get(at) {
                        Some(item) => Value::Constant(item.clone()),
                        None => scope.unknown(target, "an unpacking"),
                    };
                    self.assign(target, value, scope);
                }
            }
            _ => {}
        }
    }

    fn assign_attribute(
        &mut self,
        attribute: &ruff_python_ast::ExprAttribute,
        value: Value,
        scope: &mut Scope,
    ) {
        let Expr::Name(name) = attribute.value.as_ref() else {
            return;
        };
        if attribute.attr.as_str() == "naming_convention"
            && let Value::Dict(items) = value
        {
            let convention = texts(&items);
            self.bind(scope, &name.id, Value::Metadata(convention, None));
        }
    }

    pub(super) fn name(&self, name: &str, scope: &Scope) -> Option<Value> {
        scope
            .names
            .get(name)
            .or_else(|| self.modules[scope.module].get(name))
            .cloned()
    }

    /// A module, followed when it lies beside the project.
    fn import(&mut self, name: &str) -> Value {
        if let Some(module) = self.module_names.get(name) {
            return Value::Module(*module);
        }
        if name.is_empty() || self.modules.len() >= 24 {
            return Value::Library(name.to_owned());
        }
        match self.around.modules.find(name) {
            Some((path, text)) => {
                let module = self.modules.len();
                self.module_names.insert(name.to_owned(), module);
                self.depth += 4;
                let module = self.module(&path, &text);
                self.depth -= 4;
                Value::Module(module)
            }
            None => Value::Library(name.to_owned()),
        }
    }

    /// Follows a function's body with arguments.
    pub(super) fn invoke(
        &mut self,
        function: &Function,
        arguments: Vec<Value>,
        keywords: Vec<(String, Value)>,
    ) -> Value {
        let definition = Rc::clone(&function.definition);
        let mut scope = Scope {
            source: Rc::clone(&function.source),
            module: function.module,
            names: Names::new(),
            top: false,
        };
        let mut arguments = arguments.into_iter();
        let parameters = &definition.parameters;
        for parameter in parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .chain(&parameters.kwonlyargs)
        {
            let name = parameter.parameter.name.as_str();
            let given = keywords.iter().find(|(known, _)| known == name);
            let value = match (given, arguments.next(), &parameter.default) {
                (Some((_, value)), _, _) => value.clone(),
                (None, Some(value), _) => value,
                (None, None, Some(default)) => self.value(default, &mut scope),
                (None, None, None) => scope.unknown(parameter, "a parameter"),
            };
            scope.names.insert(name.to_owned(), value);
        }
        if let Some(rest) = &parameters.kwarg {
            let known = |name: &str| scope.names.contains_key(name);
            let more = keywords
                .into_iter()
                .filter(|(name, _)| !known(name))
                .collect();
            scope.names.insert(rest.name.to_string(), Value::Dict(more));
        }
        self.depth += 1;
        let flow = self.block(&definition.body, &mut scope);
        self.depth -= 1;
        match flow {
            Flow::Return(value) => value,
            Flow::On => Value::none(),
            Flow::Away => scope.unknown(definition.as_ref(), "a function that raises"),
        }
    }
}

/// Pairs of texts.
pub(super) fn texts(items: &[(String, Value)]) -> Option<Vec<(String, String)>> {
    items
        .iter()
        .map(|(key, value)| Some((key.clone(), value.text()?.to_owned())))
        .collect()
}

pub(super) fn url_of(value: Value, place: Place) -> Inferred<Option<String>> {
    match value {
        Value::Unknown(unknown) => Inferred::Unknown(unknown),
        value if value.is_none() => Inferred::Set(None, place),
        value => match value.shown() {
            Some(url) if url.is_empty() || url == "driver://user:pass@localhost/dbname" => {
                Inferred::Set(None, place)
            }
            Some(url) => Inferred::Set(Some(url), place),
            None => Inferred::Unknown(Unknown {
                place,
                reason: "a value that is no text".to_owned(),
            }),
        },
    }
}
