//! From syntax trees to the machine's operations.

mod expression;
mod pattern;
mod scope;
mod statement;

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use self::scope::{Place, ScopeKind, Scopes};
use super::code::{Code, Flavor, Name, Op, Source};
use super::value::Value;

/// Below so much stack, a recursion continues on a new segment.
const RED_ZONE: usize = 128 * 1024;
const SEGMENT: usize = 2 * 1024 * 1024;

/// Dropping a syntax tree takes at most so much stack for a byte of source.
const STACK_PER_BYTE: usize = 512;

/// So deep may functions, classes and comprehensions nest.
const NESTING: usize = 100;

/// Sources larger than this are not parsed.
const LARGEST: usize = 4 * 1024 * 1024;

/// A source that does not compile.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    pub(crate) offset: u32,
    /// Correct Python, but not done here.
    pub(crate) refused: bool,
}

impl Mistake {
    fn syntax(message: impl Into<String>, offset: u32) -> Self {
        Self {
            message: message.into(),
            offset,
            refused: false,
        }
    }
}

/// A source with every line end as `\n`.
pub(crate) fn plain_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Compiles a module.
pub(crate) fn compile(
    path: &str,
    text: &str,
    library: bool,
) -> (Rc<Source>, Result<Rc<Code>, Mistake>) {
    // Python reads every line end of a source as `\n`, those inside of strings, too.
    let plain = plain_line_ends(text);
    let text = plain.as_ref();
    let source = Rc::new(Source::new(Rc::from(path), Rc::from(text)));
    if text.len() > LARGEST {
        let mistake = Mistake {
            message: format!("The file is larger than {LARGEST} bytes."),
            offset: 0,
            refused: true,
        };
        return (source, Err(mistake));
    }
    let needed = text.len() * STACK_PER_BYTE + 512 * 1024;
    let code = stacker::maybe_grow(needed, needed, || parse(&source, text, library));
    (source, code)
}

fn parse(source: &Rc<Source>, text: &str, library: bool) -> Result<Rc<Code>, Mistake> {
    let parsed = ruff_python_parser::parse_module(text).map_err(|error| Mistake {
        message: error.error.to_string(),
        offset: error.location.start().to_u32(),
        refused: false,
    })?;
    let body: &[Stmt] = parsed.suite();
    let scopes = scope::analyse(body)?;
    let mut compiler = Compiler {
        source: source.clone(),
        scopes: &scopes,
        units: Vec::new(),
        library,
        lazy_annotations: false,
    };
    compiler.open(0, "<module>", "<module>".into(), 0)?;
    compiler.unit().flavor.namespace = true;
    if let Some(doc) = docstring(body) {
        compiler.constant(Value::str(doc));
        compiler.store("__doc__")?;
    }
    compiler.body(body)?;
    compiler.emit(Op::None);
    compiler.emit(Op::Return);
    Ok(Rc::new(compiler.close()))
}

/// The text a body begins with.
fn docstring(body: &[Stmt]) -> Option<&str> {
    match body.first() {
        Some(Stmt::Expr(statement)) => match &*statement.value {
            Expr::StringLiteral(literal) => Some(literal.value.to_str()),
            _ => None,
        },
        _ => None,
    }
}

/// A loop being compiled.
struct Loop {
    start: u32,
    breaks: Vec<usize>,
    blocks: u32,
}

/// A code being built.
struct Unit {
    scope: usize,
    name: Rc<str>,
    qualified: Rc<str>,
    ops: Vec<Op>,
    offsets: Vec<u32>,
    constants: Vec<Value>,
    texts: HashMap<Rc<str>, u32>,
    names: Vec<Name>,
    name_places: HashMap<Rc<str>, u32>,
    codes: Vec<Rc<Code>>,
    name_lists: Vec<Vec<Rc<str>>>,
    locals: Vec<Rc<str>>,
    local_places: HashMap<Rc<str>, u32>,
    cells: Vec<Rc<str>>,
    cell_places: HashMap<Rc<str>, u32>,
    own_cells: usize,
    captures: Vec<u32>,
    cell_parameters: Vec<(u32, u32)>,
    positional: usize,
    positional_only: usize,
    keyword_only: usize,
    rest: bool,
    keywords: bool,
    flavor: Flavor,
    doc: Option<Rc<str>>,
    loops: Vec<Loop>,
    /// Blocks the machine has open here.
    blocks: u32,
    offset: u32,
    start: u32,
    temporaries: u32,
    class: Option<Rc<str>>,
}

struct Compiler<'a> {
    source: Rc<Source>,
    scopes: &'a Scopes,
    units: Vec<Unit>,
    library: bool,
    /// `from __future__ import annotations`.
    lazy_annotations: bool,
}

type Done = Result<(), Mistake>;

impl Compiler<'_> {
    /// The code being built. There always is one between `open` and `close`.
    fn unit(&mut self) -> &mut Unit {
        match self.units.last_mut() {
            Some(unit) => unit,
            // `parse` opens the first one before anything else.
            None => unreachable!("no code is open"),
        }
    }

    fn open(&mut self, scope: usize, name: &str, qualified: Rc<str>, start: u32) -> Done {
        if self.units.len() > NESTING {
            return Err(Mistake {
                message: format!("Functions nest deeper than {NESTING}."),
                offset: start,
                refused: true,
            });
        }
        let outer = self.units.last();
        let outer_cells: HashMap<Rc<str>, u32> = outer
            .map(|unit| unit.cell_places.clone())
            .unwrap_or_default();
        let mut unit = Unit {
            scope,
            name: Rc::from(name),
            qualified,
            ops: Vec::new(),
            offsets: Vec::new(),
            constants: Vec::new(),
            texts: HashMap::new(),
            names: Vec::new(),
            name_places: HashMap::new(),
            codes: Vec::new(),
            name_lists: Vec::new(),
            locals: Vec::new(),
            local_places: HashMap::new(),
            cells: Vec::new(),
            cell_places: HashMap::new(),
            own_cells: 0,
            captures: Vec::new(),
            cell_parameters: Vec::new(),
            positional: 0,
            positional_only: 0,
            keyword_only: 0,
            rest: false,
            keywords: false,
            flavor: Flavor::default(),
            doc: None,
            loops: Vec::new(),
            blocks: 0,
            offset: start,
            start,
            temporaries: 0,
            class: None,
        };
        if let Some(scope) = self.scopes.scope(scope) {
            unit.class.clone_from(&scope.class);
            let function = matches!(scope.kind, ScopeKind::Function | ScopeKind::Comprehension);
            // Parameters take the first places, whether they live in cells or not.
            for name in &scope.names {
                let Some(symbol) = scope.symbols.get(name) else {
                    continue;
                };
                if symbol.parameter {
                    unit.add_local(name);
                }
            }
            let parameters = unit.locals.clone();
            for name in &scope.names {
                let Some(symbol) = scope.symbols.get(name) else {
                    continue;
                };
                if symbol.captured && !symbol.free {
                    unit.add_cell(name);
                } else if function
                    && symbol.bound
                    && !symbol.global
                    && !symbol.free
                    && !symbol.parameter
                {
                    unit.add_local(name);
                }
            }
            // A class body that is itself asked for `__class__` owns the cell even when it passes
            // the outer one on; the name is never both.
            unit.own_cells = unit.cells.len();
            for name in &scope.names {
                let Some(symbol) = scope.symbols.get(name) else {
                    continue;
                };
                if symbol.free
                    && !unit.cell_places.contains_key(name)
                    && let Some(&outer) = outer_cells.get(name)
                {
                    unit.add_cell(name);
                    unit.captures.push(outer);
                }
            }
            for (place, name) in parameters.iter().enumerate() {
                if let Some(&cell) = unit.cell_places.get(name) {
                    unit.cell_parameters
                        .push((u32::try_from(place).unwrap_or(u32::MAX), cell));
                }
            }
        }
        self.units.push(unit);
        Ok(())
    }

    fn close(&mut self) -> Code {
        let source = self.source.clone();
        let library = self.library;
        let Some(unit) = self.units.pop() else {
            unreachable!("no code is open");
        };
        Code {
            name: unit.name,
            qualified: unit.qualified,
            source,
            ops: unit.ops,
            offsets: unit.offsets,
            constants: unit.constants,
            names: unit.names,
            codes: unit.codes,
            name_lists: unit.name_lists,
            locals: unit.locals,
            positional: unit.positional,
            positional_only: unit.positional_only,
            keyword_only: unit.keyword_only,
            rest: unit.rest,
            keywords: unit.keywords,
            cells: unit.cells,
            own_cells: unit.own_cells,
            cell_parameters: unit.cell_parameters,
            captures: unit.captures,
            flavor: unit.flavor,
            doc: unit.doc,
            library,
            offset: unit.start,
        }
    }

    fn at(&mut self, node: &impl Ranged) -> u32 {
        let offset = node.start().to_u32();
        std::mem::replace(&mut self.unit().offset, offset)
    }

    fn emit(&mut self, op: Op) -> usize {
        let unit = self.unit();
        unit.ops.push(op);
        unit.offsets.push(unit.offset);
        unit.ops.len() - 1
    }

    fn here(&mut self) -> u32 {
        u32::try_from(self.unit().ops.len()).unwrap_or(u32::MAX)
    }

    /// Lets the jump at a place lead to the next operation.
    fn land(&mut self, jump: usize) {
        let target = self.here();
        if let Some(
            Op::Jump(to)
            | Op::JumpIfFalse(to)
            | Op::JumpIfTrue(to)
            | Op::JumpIfFalseOrPop(to)
            | Op::JumpIfTrueOrPop(to)
            | Op::ForNext(to)
            | Op::Except(to)
            | Op::Finally(to)
            | Op::With(to)
            | Op::AsyncWith(to)
            | Op::JumpBlocks(to, _),
        ) = self.unit().ops.get_mut(jump)
        {
            *to = target;
        }
    }

    fn constant(&mut self, value: Value) {
        let unit = self.unit();
        let place = if let Value::Str(text) = &value {
            if let Some(&place) = unit.texts.get(text) {
                place
            } else {
                let place = u32::try_from(unit.constants.len()).unwrap_or(u32::MAX);
                unit.texts.insert(text.clone(), place);
                unit.constants.push(value);
                place
            }
        } else {
            unit.constants.push(value);
            u32::try_from(unit.constants.len() - 1).unwrap_or(u32::MAX)
        };
        self.emit(Op::Constant(place));
    }

    fn name(&mut self, text: &str) -> u32 {
        let unit = self.unit();
        if let Some(&place) = unit.name_places.get(text) {
            return place;
        }
        let name = Name::new(text);
        let place = u32::try_from(unit.names.len()).unwrap_or(u32::MAX);
        unit.name_places.insert(name.text.clone(), place);
        unit.names.push(name);
        place
    }

    /// The name of an attribute, with private names spelled out.
    fn attribute_name(&mut self, text: &str) -> u32 {
        let mangled = scope::mangle(self.unit().class.clone().as_ref(), text);
        self.name(&mangled)
    }

    fn name_list(&mut self, names: Vec<Rc<str>>) -> usize {
        let unit = self.unit();
        unit.name_lists.push(names);
        unit.name_lists.len() - 1
    }

    fn place(&mut self, name: &str) -> (Rc<str>, Place) {
        let class = self.unit().class.clone();
        let scope = self.unit().scope;
        let name = scope::mangle(class.as_ref(), name);
        let place = self.scopes.place(scope, &name);
        (name, place)
    }

    fn load(&mut self, name: &str) {
        let (name, place) = self.place(name);
        let op = match place {
            Place::Local => Op::LoadLocal(self.local(&name)),
            Place::Cell => Op::LoadCell(self.cell(&name)),
            Place::ClassCell => Op::LoadClassCell(self.name(&name), self.cell(&name)),
            Place::Global => Op::LoadGlobal(self.name(&name)),
            Place::Name => Op::LoadName(self.name(&name)),
        };
        self.emit(op);
    }

    fn store(&mut self, name: &str) -> Done {
        if matches!(name, "__debug__") {
            return Err(Mistake::syntax(
                "cannot assign to __debug__",
                self.unit().offset,
            ));
        }
        let (name, place) = self.place(name);
        let op = match place {
            Place::Local => Op::StoreLocal(self.local(&name)),
            Place::Cell => Op::StoreCell(self.cell(&name)),
            Place::Global => Op::StoreGlobal(self.name(&name)),
            Place::Name | Place::ClassCell => Op::StoreName(self.name(&name)),
        };
        self.emit(op);
        Ok(())
    }

    fn delete_name(&mut self, name: &str) {
        let (name, place) = self.place(name);
        let op = match place {
            Place::Local => Op::DeleteLocal(self.local(&name)),
            Place::Cell => Op::DeleteCell(self.cell(&name)),
            Place::Global => Op::DeleteGlobal(self.name(&name)),
            Place::Name | Place::ClassCell => Op::DeleteName(self.name(&name)),
        };
        self.emit(op);
    }

    fn local(&mut self, name: &Rc<str>) -> u32 {
        self.unit().add_local(name)
    }

    fn cell(&mut self, name: &Rc<str>) -> u32 {
        self.unit()
            .cell_places
            .get(name)
            .copied()
            .unwrap_or(u32::MAX)
    }

    /// A local variable that no name means.
    fn temporary(&mut self) -> u32 {
        let unit = self.unit();
        unit.temporaries += 1;
        let name: Rc<str> = Rc::from(format!(".{}", unit.temporaries));
        unit.add_local(&name)
    }

    fn refuse(&mut self, what: &str) {
        let place = self.name(what);
        self.emit(Op::Refuse(place));
    }

    fn qualified(&mut self, name: &str) -> Rc<str> {
        let kind = {
            let scope = self.unit().scope;
            self.scopes.scope(scope).map(|scope| scope.kind)
        };
        let outer = self.unit().qualified.clone();
        match kind {
            None | Some(ScopeKind::Module) => Rc::from(name),
            Some(ScopeKind::Class) => Rc::from(format!("{outer}.{name}")),
            Some(_) => Rc::from(format!("{outer}.<locals>.{name}")),
        }
    }
}

impl Unit {
    fn add_local(&mut self, name: &Rc<str>) -> u32 {
        if let Some(&place) = self.local_places.get(name) {
            return place;
        }
        let place = u32::try_from(self.locals.len()).unwrap_or(u32::MAX);
        self.locals.push(name.clone());
        self.local_places.insert(name.clone(), place);
        place
    }

    fn add_cell(&mut self, name: &Rc<str>) {
        let place = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
        self.cells.push(name.clone());
        self.cell_places.insert(name.clone(), place);
    }
}
