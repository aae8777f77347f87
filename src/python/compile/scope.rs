//! Which variable a name means: local, shared with an inner function, of an outer one, or global.

use std::collections::HashMap;
use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, ExprContext, Pattern, Stmt};

use super::Mistake;

/// What encloses names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function,
    /// A comprehension: a function of its own, except that `:=` binds outside of it.
    Comprehension,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Symbol {
    pub(super) bound: bool,
    pub(super) parameter: bool,
    pub(super) global: bool,
    pub(super) nonlocal: bool,
    /// An inner function uses it.
    pub(super) captured: bool,
    /// It belongs to an outer function, or is passed on from there.
    pub(super) free: bool,
}

#[derive(Debug)]
pub(super) struct Scope {
    pub(super) kind: ScopeKind,
    pub(super) parent: Option<usize>,
    /// In the order of first appearance.
    pub(super) names: Vec<Rc<str>>,
    pub(super) symbols: HashMap<Rc<str>, Symbol>,
    pub(super) generator: bool,
    /// The innermost class around it, for private names.
    pub(super) class: Option<Rc<str>>,
}

/// How a name is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Local,
    Cell,
    /// In a class body: namespace, then cell.
    ClassCell,
    Global,
    /// In a class body.
    Name,
}

pub(super) struct Scopes {
    pub(super) list: Vec<Scope>,
    /// Scopes by the address of the node that opens them.
    by_node: HashMap<usize, usize>,
}

/// Identifies a node while its tree stands still.
pub(super) fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node) as usize
}

/// Private names of classes carry the name of the class.
pub(super) fn mangle(class: Option<&Rc<str>>, name: &str) -> Rc<str> {
    match class {
        Some(class) if name.starts_with("__") && !name.ends_with("__") && !name.contains('.') => {
            let stripped = class.trim_start_matches('_');
            if stripped.is_empty() {
                Rc::from(name)
            } else {
                Rc::from(format!("_{stripped}{name}"))
            }
        }
        _ => Rc::from(name),
    }
}

impl Scopes {
    pub(super) fn of(&self, address: usize) -> usize {
        self.by_node.get(&address).copied().unwrap_or(0)
    }

    pub(super) fn scope(&self, index: usize) -> Option<&Scope> {
        self.list.get(index)
    }

    pub(super) fn place(&self, index: usize, name: &str) -> Place {
        let Some(scope) = self.list.get(index) else {
            return Place::Global;
        };
        let symbol = scope.symbols.get(name).copied().unwrap_or_default();
        match scope.kind {
            ScopeKind::Module => Place::Global,
            ScopeKind::Class => {
                if symbol.global {
                    Place::Global
                } else if symbol.nonlocal {
                    Place::Cell
                } else if symbol.free && !symbol.bound {
                    Place::ClassCell
                } else {
                    Place::Name
                }
            }
            ScopeKind::Function | ScopeKind::Comprehension => {
                if symbol.global {
                    Place::Global
                } else if symbol.free || symbol.captured {
                    Place::Cell
                } else if symbol.bound {
                    Place::Local
                } else {
                    Place::Global
                }
            }
        }
    }
}

pub(super) fn analyse(body: &[Stmt]) -> Result<Scopes, Mistake> {
    let mut builder = Builder {
        scopes: Scopes {
            list: Vec::new(),
            by_node: HashMap::new(),
        },
        current: 0,
        mistake: None,
    };
    builder.open(ScopeKind::Module, 0, None);
    builder.visit_body(body);
    if let Some(mistake) = builder.mistake {
        return Err(mistake);
    }
    let mut scopes = builder.scopes;
    resolve(&mut scopes)?;
    Ok(scopes)
}

/// Finds the owners of names that inner functions use.
fn resolve(scopes: &mut Scopes) -> Result<(), Mistake> {
    for index in 0..scopes.list.len() {
        let Some(scope) = scopes.list.get(index) else {
            continue;
        };
        if scope.kind == ScopeKind::Module {
            continue;
        }
        let kind = scope.kind;
        let wanted: Vec<(Rc<str>, Symbol)> = scope
            .names
            .iter()
            .filter_map(|name| {
                scope
                    .symbols
                    .get(name)
                    .map(|symbol| (name.clone(), *symbol))
            })
            .filter(|(_, symbol)| !symbol.global && (symbol.nonlocal || !symbol.bound))
            .collect();
        for (name, symbol) in wanted {
            let mut path = vec![index];
            let mut at = scope_parent(scopes, index);
            let mut owner = None;
            while let Some(outer) = at {
                let Some(scope) = scopes.list.get(outer) else {
                    break;
                };
                let found = scope.symbols.get(&name);
                match scope.kind {
                    ScopeKind::Module => break,
                    ScopeKind::Class => {
                        // Only `__class__` is seen through a class body.
                        if &*name == "__class__" {
                            owner = Some(outer);
                            break;
                        }
                    }
                    ScopeKind::Function | ScopeKind::Comprehension => {
                        if found.is_some_and(|symbol| symbol.global) {
                            break;
                        }
                        if found.is_some_and(|symbol| symbol.bound && !symbol.nonlocal) {
                            owner = Some(outer);
                            break;
                        }
                    }
                }
                path.push(outer);
                at = scope.parent;
            }
            let Some(owner) = owner else {
                if symbol.nonlocal && kind != ScopeKind::Comprehension {
                    return Err(Mistake::syntax(
                        format!("no binding for nonlocal '{name}' found"),
                        0,
                    ));
                }
                if symbol.nonlocal {
                    // `:=` in a comprehension of the module.
                    if let Some(symbol) = symbol_mut(scopes, index, &name) {
                        symbol.nonlocal = false;
                        symbol.global = true;
                    }
                }
                continue;
            };
            if let Some(symbol) = symbol_mut(scopes, owner, &name) {
                symbol.captured = true;
            }
            for scope in path {
                if let Some(symbol) = symbol_mut(scopes, scope, &name) {
                    symbol.free = true;
                }
            }
        }
    }
    Ok(())
}

fn scope_parent(scopes: &Scopes, index: usize) -> Option<usize> {
    scopes.list.get(index).and_then(|scope| scope.parent)
}

fn symbol_mut<'a>(scopes: &'a mut Scopes, index: usize, name: &Rc<str>) -> Option<&'a mut Symbol> {
    let scope = scopes.list.get_mut(index)?;
    if !scope.symbols.contains_key(name) {
        scope.names.push(name.clone());
    }
    Some(scope.symbols.entry(name.clone()).or_default())
}

struct Builder {
    scopes: Scopes,
    current: usize,
    mistake: Option<Mistake>,
}

impl Builder {
    fn open(&mut self, kind: ScopeKind, node: usize, class: Option<Rc<str>>) -> usize {
        let index = self.scopes.list.len();
        let class = class.or_else(|| {
            self.scopes
                .list
                .get(self.current)
                .and_then(|scope| scope.class.clone())
        });
        self.scopes.list.push(Scope {
            kind,
            parent: (index > 0).then_some(self.current),
            names: Vec::new(),
            symbols: HashMap::new(),
            generator: false,
            class,
        });
        self.scopes.by_node.insert(node, index);
        std::mem::replace(&mut self.current, index)
    }

    fn symbol(&mut self, index: usize, name: &str) -> Option<&mut Symbol> {
        let class = self.scopes.list.get(index)?.class.clone();
        let name = mangle(class.as_ref(), name);
        symbol_mut(&mut self.scopes, index, &name)
    }

    fn bind(&mut self, name: &str) {
        if let Some(symbol) = self.symbol(self.current, name) {
            symbol.bound = true;
        }
    }

    fn bind_parameter(&mut self, name: &str) {
        if let Some(symbol) = self.symbol(self.current, name) {
            symbol.bound = true;
            symbol.parameter = true;
        }
    }

    fn mention(&mut self, name: &str) {
        let _ = self.symbol(self.current, name);
        if name == "super" {
            let function = matches!(
                self.kind(),
                Some(ScopeKind::Function | ScopeKind::Comprehension)
            );
            if function {
                let _ = self.symbol(self.current, "__class__");
            }
        }
    }

    fn kind(&self) -> Option<ScopeKind> {
        self.scopes.list.get(self.current).map(|scope| scope.kind)
    }

    fn defaults(&mut self, parameters: &ast::Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = parameter.default() {
                self.visit_expr(default);
            }
        }
    }

    fn parameters(&mut self, parameters: &ast::Parameters) {
        // The order of the machine's locals: positional, keyword-only, *rest, **keywords.
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            self.bind_parameter(parameter.name());
        }
        for parameter in &parameters.kwonlyargs {
            self.bind_parameter(parameter.name());
        }
        for parameter in [&parameters.vararg, &parameters.kwarg]
            .into_iter()
            .flatten()
        {
            self.bind_parameter(&parameter.name);
        }
    }

    fn comprehension(&mut self, node: usize, generators: &[ast::Comprehension], parts: &[&Expr]) {
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        let outer = self.open(ScopeKind::Comprehension, node, None);
        self.bind_parameter(".0");
        for (place, generator) in generators.iter().enumerate() {
            if place > 0 {
                self.visit_expr(&generator.iter);
            }
            self.visit_expr(&generator.target);
            for condition in &generator.ifs {
                self.visit_expr(condition);
            }
        }
        for part in parts {
            self.visit_expr(part);
        }
        self.current = outer;
    }

    fn generator(&mut self) {
        if let Some(scope) = self.scopes.list.get_mut(self.current) {
            scope.generator = true;
        }
    }
}

impl<'a> Visitor<'a> for Builder {
    fn visit_annotation(&mut self, _annotation: &'a Expr) {
        // Annotations of functions are never evaluated.
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                for decorator in &function.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                self.defaults(&function.parameters);
                self.bind(&function.name);
                let outer = self.open(ScopeKind::Function, address(function), None);
                self.parameters(&function.parameters);
                self.visit_body(&function.body);
                self.current = outer;
            }
            Stmt::ClassDef(class) => {
                for decorator in &class.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                if let Some(arguments) = &class.arguments {
                    for argument in &arguments.args {
                        self.visit_expr(argument);
                    }
                    for keyword in &arguments.keywords {
                        self.visit_expr(&keyword.value);
                    }
                }
                self.bind(&class.name);
                let outer = self.open(
                    ScopeKind::Class,
                    address(class),
                    Some(Rc::from(class.name.as_str())),
                );
                self.visit_body(&class.body);
                self.current = outer;
            }
            Stmt::AnnAssign(assignment) => {
                if self.kind() == Some(ScopeKind::Class) {
                    let outer =
                        self.open(ScopeKind::Function, address(&*assignment.annotation), None);
                    self.visit_expr(&assignment.annotation);
                    self.current = outer;
                }
                if let Some(value) = &assignment.value {
                    self.visit_expr(value);
                }
                self.visit_expr(&assignment.target);
            }
            Stmt::AugAssign(assignment) => {
                self.visit_expr(&assignment.value);
                self.visit_expr(&assignment.target);
                if let Expr::Name(name) = &*assignment.target {
                    self.bind(&name.id);
                }
            }
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = &*alias.name {
                    self.bind(&name.id);
                }
            }
            Stmt::Global(global) => {
                for name in &global.names {
                    if let Some(symbol) = self.symbol(self.current, name) {
                        if symbol.parameter {
                            self.mistake = Some(Mistake::syntax(
                                format!("name '{name}' is parameter and global"),
                                name.range.start().to_u32(),
                            ));
                            return;
                        }
                        symbol.global = true;
                    }
                }
            }
            Stmt::Nonlocal(nonlocal) => {
                if self.kind() == Some(ScopeKind::Module) {
                    self.mistake = Some(Mistake::syntax(
                        "nonlocal declaration not allowed at module level",
                        nonlocal.range.start().to_u32(),
                    ));
                    return;
                }
                for name in &nonlocal.names {
                    if let Some(symbol) = self.symbol(self.current, name) {
                        symbol.nonlocal = true;
                    }
                }
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    let top = name.split('.').next().unwrap_or(name);
                    self.bind(top);
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    if name.as_str() != "*" {
                        self.bind(name);
                    }
                }
            }
            other => stacker::maybe_grow(super::RED_ZONE, super::SEGMENT, || {
                visitor::walk_stmt(self, other);
            }),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(handler) = handler;
        if let Some(class) = &handler.type_ {
            self.visit_expr(class);
        }
        if let Some(name) = &handler.name {
            self.bind(name);
        }
        self.visit_body(&handler.body);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::MatchStar(ast::PatternMatchStar {
                name: Some(name), ..
            })
            | Pattern::MatchAs(ast::PatternMatchAs {
                name: Some(name), ..
            })
            | Pattern::MatchMapping(ast::PatternMatchMapping {
                rest: Some(name), ..
            }) => self.bind(name),
            _ => {}
        }
        stacker::maybe_grow(super::RED_ZONE, super::SEGMENT, || {
            visitor::walk_pattern(self, pattern);
        });
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => match name.ctx {
                ExprContext::Load | ExprContext::Invalid => self.mention(&name.id),
                ExprContext::Store | ExprContext::Del => self.bind(&name.id),
            },
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                if let Expr::Name(name) = &*named.target {
                    let mut target = self.current;
                    while let Some(scope) = self.scopes.list.get(target)
                        && scope.kind == ScopeKind::Comprehension
                        && let Some(parent) = scope.parent
                    {
                        if let Some(symbol) = self.symbol(target, &name.id) {
                            symbol.nonlocal = true;
                        }
                        target = parent;
                    }
                    if let Some(symbol) = self.symbol(target, &name.id) {
                        symbol.bound = true;
                    }
                }
            }
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.defaults(parameters);
                }
                let outer = self.open(ScopeKind::Function, address(lambda), None);
                if let Some(parameters) = &lambda.parameters {
                    self.parameters(parameters);
                }
                stacker::maybe_grow(super::RED_ZONE, super::SEGMENT, || {
                    self.visit_expr(&lambda.body);
                });
                self.current = outer;
            }
            Expr::ListComp(comp) => {
                self.comprehension(address(comp), &comp.generators, &[&comp.elt]);
            }
            Expr::SetComp(comp) => {
                self.comprehension(address(comp), &comp.generators, &[&comp.elt]);
            }
            Expr::Generator(comp) => {
                self.comprehension(address(comp), &comp.generators, &[&comp.elt]);
            }
            Expr::DictComp(comp) => {
                let mut parts: Vec<&Expr> = Vec::new();
                parts.extend(comp.key.as_deref());
                parts.push(&comp.value);
                self.comprehension(address(comp), &comp.generators, &parts);
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.generator();
                visitor::walk_expr(self, expression);
            }
            other => stacker::maybe_grow(super::RED_ZONE, super::SEGMENT, || {
                visitor::walk_expr(self, other);
            }),
        }
    }
}
