//! Follows the statements of `env.py` and of modules beside it.

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use ruff_python_ast::{
    BoolOp, CmpOp, Expr, FStringPart, InterpolatedStringElement, Operator, Stmt, UnaryOp,
};
use ruff_text_size::Ranged;

use super::model::{field, last_name, prefix, reads_environment};
use super::value::{Class, Function, Source, Unknown, Value};
use super::{Inferred, Lookup, Mode, Settings, Surroundings};
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

    pub(super) fn place(&self, scope: &Scope, node: &impl Ranged) -> Place {
        place(
            &scope.source.path,
            &scope.source.text,
            node.range().start().to_usize(),
        )
    }

    pub(super) fn unknown(
        &self,
        scope: &Scope,
        node: &impl Ranged,
        reason: impl Into<String>,
    ) -> Value {
        Value::Unknown(Unknown {
            place: self.place(scope, node),
            reason: reason.into(),
        })
    }

    fn spend(&mut self) -> bool {
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
                            _ => self.unknown(scope, assign, "an operator"),
                        }
                    }
                    _ => self.unknown(scope, assign, "an operator"),
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
                    let (name, full) = match &alias.asname {
                        Some(name) => (name.as_str(), alias.name.as_str()),
                        None => {
                            let first = alias.name.split('.').next().unwrap_or_default();
                            (first, first)
                        }
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
                            .unwrap_or_else(|| {
                                self.unknown(scope, alias, format!("`{}`", alias.name))
                            }),
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
                    let value = self.unknown(scope, alias, "a relative import");
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
                let value = self.unknown(scope, for_loop, "a loop");
                self.assign(&for_loop.target, value, scope);
                if let Flow::Return(_) = self.block(&for_loop.body, scope) {
                    let value = self.unknown(scope, for_loop, "a loop");
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
                    self.forget_changes(before, branch, scope);
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

    fn forget_changes(&mut self, before: Names, node: &impl Ranged, scope: &mut Scope) {
        let after = self.visible(scope);
        for (name, value) in after {
            let same = match (before.get(&name), &value) {
                (Some(Value::Constant(old)), Value::Constant(new)) => old == new,
                (Some(Value::Constant(_)), _) | (_, Value::Constant(_)) => false,
                _ => true,
            };
            if !same {
                let unknown = self.unknown(scope, node, "a condition that cannot be told");
                self.bind(scope, &name, unknown);
            }
        }
    }

    fn assign(&mut self, target: &Expr, value: Value, scope: &mut Scope) {
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
                        None => self.unknown(scope, target, "an unpacking"),
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

    pub(super) fn value(&mut self, expression: &Expr, scope: &mut Scope) -> Value {
        if !self.spend() {
            return self.unknown(scope, expression, "too much to follow");
        }
        self.depth += 1;
        let value = self.value_inside(expression, scope);
        self.depth -= 1;
        value
    }

    fn value_inside(&mut self, expression: &Expr, scope: &mut Scope) -> Value {
        match expression {
            Expr::Name(name) => match self.name(&name.id, scope) {
                Some(value) => value,
                None => Value::Library(name.id.to_string()),
            },
            Expr::Attribute(attribute) => {
                let value = self.value(&attribute.value, scope);
                self.attribute(value, &attribute.attr, expression, scope)
            }
            Expr::Call(call) => self.call(call, scope),
            Expr::Await(wait) => self.value(&wait.value, scope),
            Expr::Subscript(subscript) => {
                let value = self.value(&subscript.value, scope);
                let key = self.value(&subscript.slice, scope);
                self.subscript(&value, &key, expression, scope)
            }
            Expr::BoolOp(operation) => {
                let mut last = Value::none();
                for operand in &operation.values {
                    last = self.value(operand, scope);
                    match (operation.op, last.truth()) {
                        (BoolOp::Or, Some(true)) | (BoolOp::And, Some(false)) | (_, None) => {
                            return last;
                        }
                        _ => {}
                    }
                }
                last
            }
            Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => {
                match self.value(&operation.operand, scope).truth() {
                    Some(truth) => Value::of_bool(!truth),
                    None => self.unknown(scope, expression, "a condition that cannot be told"),
                }
            }
            Expr::If(choice) => match self.value(&choice.test, scope).truth() {
                Some(true) => self.value(&choice.body, scope),
                Some(false) => self.value(&choice.orelse, scope),
                None => self.unknown(scope, expression, "a condition that cannot be told"),
            },
            Expr::Compare(compare) => self.compare(compare, scope),
            Expr::BinOp(operation) => {
                let left = self.value(&operation.left, scope);
                let right = self.value(&operation.right, scope);
                match (operation.op, &left, &right) {
                    (_, Value::Unknown(_), _) => left,
                    (_, _, Value::Unknown(_)) => right,
                    (Operator::Add, left, right) => match (left.text(), right.text()) {
                        (Some(left), Some(right)) => Value::of_text(format!("{left}{right}")),
                        _ => self.unknown(scope, expression, "an operator"),
                    },
                    (Operator::Mod, Value::Constant(Constant::Text(form)), right) => {
                        percent(form, right)
                            .unwrap_or_else(|| self.unknown(scope, expression, "an operator"))
                    }
                    _ => self.unknown(scope, expression, "an operator"),
                }
            }
            Expr::FString(format) => {
                let mut text = String::new();
                for part in format.value.iter() {
                    match part {
                        FStringPart::Literal(literal) => text.push_str(&literal.value),
                        FStringPart::FString(format) => {
                            for element in format.elements.iter() {
                                match element {
                                    InterpolatedStringElement::Literal(literal) => {
                                        text.push_str(&literal.value);
                                    }
                                    InterpolatedStringElement::Interpolation(part) => {
                                        let value = self.value(&part.expression, scope);
                                        match value.shown() {
                                            Some(shown) => text.push_str(&shown),
                                            None if matches!(value, Value::Unknown(_)) => {
                                                return value;
                                            }
                                            None => {
                                                return self.unknown(scope, part, "an f-string");
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                Value::of_text(text)
            }
            Expr::Dict(dict) => {
                let mut items = Vec::new();
                for item in &dict.items {
                    let value = self.value(&item.value, scope);
                    match &item.key {
                        Some(key) => {
                            if let Some(key) = self.value(key, scope).text() {
                                items.push((key.to_owned(), value));
                            }
                        }
                        None => {
                            if let Value::Dict(more) = value {
                                items.extend(more);
                            }
                        }
                    }
                }
                Value::Dict(items)
            }
            Expr::Tuple(tuple) => self.sequence(&tuple.elts, expression, scope),
            Expr::List(list) => self.sequence(&list.elts, expression, scope),
            Expr::Set(set) => self.sequence(&set.elts, expression, scope),
            Expr::Named(named) => {
                let value = self.value(&named.value, scope);
                self.assign(&named.target, value.clone(), scope);
                value
            }
            other => match crate::dialect::alembic::constant::constant(other, &HashMap::new()) {
                Ok(constant) => Value::Constant(constant),
                Err(error) => self.unknown(scope, expression, error.construct),
            },
        }
    }

    fn sequence(&mut self, items: &[Expr], whole: &Expr, scope: &mut Scope) -> Value {
        let mut constants = Vec::new();
        for item in items {
            match self.value(item, scope) {
                Value::Constant(constant) => constants.push(constant),
                _ => return self.unknown(scope, whole, "a list"),
            }
        }
        Value::Constant(Constant::Sequence(constants))
    }

    fn compare(&mut self, compare: &ruff_python_ast::ExprCompare, scope: &mut Scope) -> Value {
        let left = self.value(&compare.left, scope);
        let [operator] = &compare.ops[..] else {
            return self.unknown(scope, compare, "a comparison");
        };
        let Some(right) = compare.comparators.first() else {
            return self.unknown(scope, compare, "a comparison");
        };
        let right = self.value(right, scope);
        let truth = match (operator, &left, &right) {
            (CmpOp::In | CmpOp::NotIn, left, right) => {
                let found = match (left.text(), right) {
                    (Some(part), Value::Constant(Constant::Text(whole))) => {
                        Some(whole.contains(part))
                    }
                    (Some(key), Value::Dict(items)) => {
                        Some(items.iter().any(|(known, _)| known == key))
                    }
                    (Some(key), Value::Library(name)) if name == "os.environ" => {
                        Some(self.variable(key, compare, scope).is_some())
                    }
                    (Some(item), Value::Constant(Constant::Sequence(items))) => {
                        Some(items.iter().any(|known| known.text() == Some(item)))
                    }
                    _ => None,
                };
                found.map(|found| found == (*operator == CmpOp::In))
            }
            (CmpOp::Eq | CmpOp::Is, Value::Constant(left), Value::Constant(right)) => {
                Some(left == right)
            }
            (CmpOp::NotEq | CmpOp::IsNot, Value::Constant(left), Value::Constant(right)) => {
                Some(left != right)
            }
            (CmpOp::Is, Value::Unknown(_), _) | (CmpOp::IsNot, Value::Unknown(_), _) => None,
            (CmpOp::Is, _, right) if right.is_none() => Some(false),
            (CmpOp::IsNot, _, right) if right.is_none() => Some(true),
            // A script's guard: the file is run by the migration tool, not by itself.
            (CmpOp::Eq, Value::Library(name), _) if name == "__name__" => Some(false),
            _ => None,
        };
        match truth {
            Some(truth) => Value::of_bool(truth),
            None => self.unknown(scope, compare, "a comparison"),
        }
    }

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
            place: self.place(scope, node),
            found: found.is_some(),
        });
        found
    }

    fn attribute(&mut self, value: Value, name: &str, node: &Expr, scope: &mut Scope) -> Value {
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
                None => self.unknown(scope, node, format!("the name `{name}`")),
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
        self.unknown(scope, node, format!("the attribute `{name}`"))
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
            return self.unknown(scope, node, format!("the attribute `{name}`"));
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
                return self.unknown(
                    scope,
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
            None => self.unknown(scope, node, format!("the attribute `{name}`")),
        }
    }

    fn subscript(&mut self, value: &Value, key: &Value, node: &Expr, scope: &mut Scope) -> Value {
        match (value, key) {
            (Value::Library(name), key) if name == "os.environ" => match key.text() {
                Some(key) => match self.variable(key, node, scope) {
                    Some(found) => Value::of_text(found),
                    None => self.unknown(
                        scope,
                        node,
                        format!("the environment variable {key}, which is not set"),
                    ),
                },
                None => self.unknown(scope, node, "a subscript"),
            },
            (Value::Dict(items), key) => {
                let found = key.text().and_then(|key| {
                    items
                        .iter()
                        .find(|(known, _)| known == key)
                        .map(|(_, value)| value.clone())
                });
                found.unwrap_or_else(|| self.unknown(scope, node, "a subscript"))
            }
            (Value::Constant(Constant::Sequence(items)), Value::Constant(Constant::Int(at))) => {
                let at = usize::try_from(*at).unwrap_or(usize::MAX);
                match items.get(at) {
                    Some(item) => Value::Constant(item.clone()),
                    None => self.unknown(scope, node, "a subscript"),
                }
            }
            (Value::Unknown(unknown), _) => Value::Unknown(unknown.clone()),
            _ => self.unknown(scope, node, "a subscript"),
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
                (None, None, None) => self.unknown(&scope, parameter, "a parameter"),
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
            Flow::Away => self.unknown(&scope, definition.as_ref(), "a function that raises"),
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

/// Old formatting, of texts by name or in order.
fn percent(form: &str, value: &Value) -> Option<Value> {
    let mut text = String::new();
    let mut rest = form;
    let mut next = 0;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            text.push('%');
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix('s').or_else(|| rest.strip_prefix('d')) {
            let shown = match value {
                Value::Constant(Constant::Sequence(items)) => {
                    Value::Constant(items.get(next)?.clone()).shown()?
                }
                value => value.shown()?,
            };
            next += 1;
            text.push_str(&shown);
            rest = behind;
        } else {
            let (key, behind) = rest.strip_prefix('(')?.split_once(')')?;
            let Value::Dict(items) = value else {
                return None;
            };
            let (_, value) = items.iter().find(|(known, _)| known == key)?;
            text.push_str(&value.shown()?);
            rest = behind.strip_prefix(['s', 'd'])?;
        }
    }
    text.push_str(rest);
    Some(Value::of_text(text))
}
