//! Compiled functions.

use std::rc::Rc;

use super::error::Position;
use super::object::{BinaryOperator, CompareOperator, UnaryOperator};
use super::value::Value;

/// A name with the hash it is looked up by.
pub(crate) struct Name {
    pub(crate) text: Rc<str>,
    pub(crate) hash: u64,
}

impl Name {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: Rc::from(text),
            hash: super::dict::hash_str(text),
        }
    }
}

/// Where lines start in a source, to tell line and column of an offset.
pub(crate) struct Source {
    pub(crate) path: Rc<str>,
    text: Rc<str>,
    lines: Vec<u32>,
}

impl Source {
    pub(crate) fn new(path: Rc<str>, text: Rc<str>) -> Self {
        let mut lines = vec![0];
        let bytes = text.as_bytes();
        for place in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let next = bytes.get(place + 1).copied();
            if bytes.get(place) == Some(&b'\r') && next == Some(b'\n') {
                continue;
            }
            lines.push(u32::try_from(place + 1).unwrap_or(u32::MAX));
        }
        Self { path, text, lines }
    }

    pub(crate) fn position(&self, offset: u32) -> Position {
        let line = self.lines.partition_point(|&start| start <= offset);
        let start = self
            .lines
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let column = self
            .text
            .get(start as usize..offset as usize)
            .map_or(0, |text| text.chars().count());
        Position {
            path: self.path.clone(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }

    pub(crate) fn slice(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or("")
    }
}

/// What a function is besides ordinary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flavor {
    pub(crate) generator: bool,
    pub(crate) coroutine: bool,
    /// The body of a class or module: names are looked up in a namespace.
    pub(crate) namespace: bool,
}

/// A compiled function, class body or module.
pub(crate) struct Code {
    pub(crate) name: Rc<str>,
    pub(crate) qualified: Rc<str>,
    pub(crate) source: Rc<Source>,
    pub(crate) ops: Vec<Op>,
    /// The offset in the source of every operation.
    pub(crate) offsets: Vec<u32>,
    pub(crate) constants: Vec<Value>,
    pub(crate) names: Vec<Name>,
    pub(crate) codes: Vec<Rc<Code>>,
    /// Keyword names of calls, and keys of other operations.
    pub(crate) name_lists: Vec<Vec<Rc<str>>>,
    /// Local variables: parameters first.
    pub(crate) locals: Vec<Rc<str>>,
    /// Positional parameters, those before `/`, keyword-only parameters.
    pub(crate) positional: usize,
    pub(crate) positional_only: usize,
    pub(crate) keyword_only: usize,
    pub(crate) rest: bool,
    pub(crate) keywords: bool,
    /// Names of cells: own ones first, then those of enclosing functions.
    pub(crate) cells: Vec<Rc<str>>,
    pub(crate) own_cells: usize,
    /// Parameters that live in a cell: place among the locals, place among the cells.
    pub(crate) cell_parameters: Vec<(u32, u32)>,
    /// For every cell of an enclosing function, its place in the frame that makes the function.
    pub(crate) captures: Vec<u32>,
    pub(crate) flavor: Flavor,
    pub(crate) doc: Option<Rc<str>>,
    /// Library code, which tracebacks pass over.
    pub(crate) library: bool,
    /// The offset of the definition.
    pub(crate) offset: u32,
}

impl Code {
    pub(crate) fn position(&self, pc: usize) -> Position {
        self.source
            .position(self.offsets.get(pc).copied().unwrap_or(self.offset))
    }
}

/// An operation of the machine. Numbers are places in the tables of the code unless they count
/// values on the stack.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    Nop,
    Constant(u32),
    None,
    Pop,
    Duplicate,
    DuplicateTwo,
    /// Exchanges the two topmost values.
    Swap,
    /// Moves the topmost value below the next two.
    RotateThree,

    LoadLocal(u32),
    StoreLocal(u32),
    DeleteLocal(u32),
    LoadCell(u32),
    StoreCell(u32),
    DeleteCell(u32),
    /// In a class body: the namespace first, then the cell.
    LoadClassCell(u32, u32),
    LoadGlobal(u32),
    StoreGlobal(u32),
    DeleteGlobal(u32),
    LoadName(u32),
    StoreName(u32),
    DeleteName(u32),

    LoadAttribute(u32),
    StoreAttribute(u32),
    DeleteAttribute(u32),
    LoadItem,
    StoreItem,
    DeleteItem,
    BuildSlice,

    Unary(UnaryOperator),
    Not,
    Binary(BinaryOperator),
    InPlace(BinaryOperator),
    Compare(CompareOperator),
    Is(bool),
    In(bool),

    Jump(u32),
    JumpIfFalse(u32),
    JumpIfTrue(u32),
    JumpIfFalseOrPop(u32),
    JumpIfTrueOrPop(u32),

    BuildList(u32),
    BuildTuple(u32),
    BuildSet(u32),
    BuildDict(u32),
    BuildString(u32),
    /// Appends the topmost value to the list so many places below it.
    ListAppend(u32),
    SetAdd(u32),
    MapAdd(u32),
    ListExtend,
    SetUpdate,
    DictUpdate,
    /// As `DictUpdate` for keyword arguments: keys are texts and distinct.
    DictMerge,
    ListToTuple,

    Iterator,
    /// Calls a comprehension's function with an iterator over the topmost value; a set is made of the
    /// list that it gives.
    Comprehend {
        set: bool,
    },
    /// Pushes the next value, or pops the iterator and jumps.
    ForNext(u32),
    UnpackSequence(u32),
    /// Before and after the starred one.
    UnpackStarred(u16, u16),

    /// Positional arguments; names of keyword arguments, or `NO_NAMES`.
    Call(u16, u16),
    /// A list and a dictionary.
    CallSpread,
    /// The name of a method of the value below the arguments, then as `Call`.
    CallMethod(u16, u16, u16),
    /// Code, with bits for what lies on the stack: 1 defaults, 2 keyword defaults.
    MakeFunction(u32, u32),
    /// Code of the body: keyword dictionary on top, below it the list of bases, below the name.
    MakeClass(u32),
    /// Keeps the function on top as the annotation of a name of the class body.
    Annotate(u32),
    Return,
    /// Return out of blocks.
    ReturnBlocks,
    Yield,
    YieldFrom,
    Await,

    /// Begins a block with its handler.
    Except(u32),
    Finally(u32),
    With(u32),
    AsyncWith(u32),
    PopBlock,
    /// Begins the `finally` clause after the body ended by itself.
    BeginFinally,
    EndFinally,
    /// Ends an except handler: restores the exception being handled.
    EndHandler,
    /// Pops the classes, pushes whether the exception below matches.
    Matches,
    /// Leaves a `with` block whose body ended by itself.
    LeaveWith,
    /// Leaves blocks until so many remain, then jumps (`break` and `continue`).
    JumpBlocks(u32, u32),
    /// 0: again, 1: an exception, 2: with a cause.
    Raise(u32),
    AssertionFailed(u32),

    /// Pushes the module of a dotted name: with level and whether the first or the last part.
    Import(u32, u32),
    ImportFrom(u32),
    ImportStar,

    /// Conversion 0 none, 1 str, 2 repr, 3 ascii; and whether a specification lies on top.
    Format(u8, bool),

    /// Pattern: whether the subject on top is a sequence.
    IsSequence,
    IsMapping,
    /// Whether the sequence on top has exactly or at least so many items.
    LengthIs(u32),
    LengthAtLeast(u32),
    /// Takes a tuple of keys, pushes the tuple of values or `None`.
    MatchKeys,
    /// A copy of the mapping without the keys.
    MapWithout,
    /// Class on top, subject below: pushes the tuple of attributes or `None`. Positional count,
    /// list of names.
    MatchClass(u16, u16),

    /// A refusal that is only due when it is reached.
    Refuse(u32),
}

/// No keyword arguments.
pub(crate) const NO_NAMES: u16 = u16::MAX;
