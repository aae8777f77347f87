//! The state of a function that runs, or of a generator that waits.

use std::rc::Rc;

use super::class::{Class, Instance};
use super::code::Code;
use super::dict::Dict;
use super::function::Variable;
use super::trash;
use super::value::Value;

/// Why a `finally` clause runs, and what happens at its end.
pub(crate) enum Pending {
    Nothing,
    Raise(Rc<Instance>),
    Return(Value),
    Jump { target: usize, blocks: usize },
}

/// What a block does when it is left.
pub(crate) enum BlockKind {
    /// An exception jumps to the handler.
    Except,
    /// Everything jumps to the handler.
    Finally,
    /// Leaving calls the manager's exit.
    With { manager: Value, asynchronous: bool },
    /// A `finally` clause runs.
    Pending(Pending),
    /// A handler runs; what was being handled before.
    Handler(Option<Rc<Instance>>),
}

pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    pub(crate) handler: usize,
    pub(crate) depth: usize,
}

pub(crate) struct Frame {
    pub(crate) code: Rc<Code>,
    pub(crate) globals: Rc<Dict>,
    pub(crate) namespace: Option<Rc<Dict>>,
    /// The enumeration a class body derives from: values left to it are filled in at once.
    pub(crate) enumeration: Option<Rc<Class>>,
    pub(crate) locals: Vec<Option<Value>>,
    pub(crate) cells: Vec<Rc<Variable>>,
    pub(crate) stack: Vec<Value>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) pc: usize,
}

impl Drop for Frame {
    fn drop(&mut self) {
        let mut values = std::mem::take(&mut self.stack);
        values.extend(std::mem::take(&mut self.locals).into_iter().flatten());
        if values.iter().any(Value::holds_others) {
            trash::bury(values);
        }
    }
}
