//! What the embedding program grants.

use std::rc::Rc;

use super::Failure;
use super::value::Value;
use super::vm::Vm;

/// Bounds of one evaluation.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Operations of the machine.
    pub steps: u64,
    /// Bytes allocated in all (not at one time).
    pub allocation: u64,
    /// Frames that call one another.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 200_000_000,
            allocation: 2 << 30,
            depth: 400,
        }
    }
}

/// What the embedding program grants to the evaluated one. Every method has a default that grants
/// nothing.
pub trait Host {
    /// A module that is not part of Python's own library: `sqlalchemy.dialects`. `None` when the
    /// host does not know it either. Asked for every dotted prefix, outermost first.
    fn import(&self, _vm: &mut Vm, _name: &str) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// The source of a module of the project: its path and text. A path that ends in
    /// `__init__.py` is a package.
    fn source_of(&self, _name: &str) -> Option<(Rc<str>, Rc<str>)> {
        None
    }

    /// A module nobody knows: a value to stand for it (see [`Vm::absent`]), `None` to refuse the
    /// import, or an error of the host's own (`ModuleNotFoundError`).
    fn unknown_module(&self, _vm: &mut Vm, _name: &str) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    /// An environment variable: `Err` when the program may not ask for it.
    #[allow(clippy::result_unit_err)]
    fn environment(&self, _name: &str) -> Result<Option<Rc<str>>, ()> {
        Err(())
    }

    /// The bytes of a file the program may read; `None` when it may not or there is none.
    fn read_file(&self, _path: &str) -> Option<Vec<u8>> {
        None
    }

    /// The time now, in microseconds since 1970 UTC; `None` when the program may not ask.
    fn now(&self) -> Option<i64> {
        None
    }

    /// Minutes east of UTC of the local time zone.
    fn local_offset(&self) -> i32 {
        0
    }

    /// Fills a buffer with random bytes; `false` when the program may not ask.
    fn random(&self, _buffer: &mut [u8]) -> bool {
        false
    }

    /// Text that the program printed, line ends included.
    fn print(&self, _text: &str) {}

    /// A line that the program logged.
    fn log(&self, _text: &str) {}
}

/// A host that grants nothing.
pub struct NoHost;

impl Host for NoHost {}
