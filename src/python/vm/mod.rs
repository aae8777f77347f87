//! The machine.

mod attribute;
mod call;
mod classes;
mod compare;
mod generator;
mod import;
mod matching;
mod operate;
mod protocol;
mod run;
mod unwind;

use std::collections::HashMap;
use std::rc::{Rc, Weak};

use super::builtins;
use super::class::{Class, Instance};
use super::code::Code;
use super::dict::Dict;
use super::error::{Failure, Position, Refusal, TraceEntry};
use super::host::{Host, Limits};
use super::types::type_name;
use super::value::Value;

pub(crate) use call::is_callable;
pub(crate) use protocol::{key_error, place};
pub(crate) use run::Exit;

/// Below so much stack, a call continues on a new segment.
const RED_ZONE: usize = 256 * 1024;
const SEGMENT: usize = 4 * 1024 * 1024;

/// A frame that runs, or that called another one.
struct Caller {
    code: Rc<Code>,
    pc: usize,
    globals: Rc<Dict>,
    /// The namespace of a class body, or a copy of the local variables made before a call that
    /// asks for them.
    locals: Option<Rc<Dict>>,
}

/// The machine that evaluates modules.
pub struct Vm {
    host: Rc<dyn Host>,
    limits: Limits,
    steps: u64,
    allocated: u64,
    /// The frames, innermost last.
    callers: Vec<Caller>,
    /// The operation the innermost frame executes.
    pc: usize,
    /// How deep the evaluator's own recursion is.
    nesting: usize,
    /// The exception being handled.
    pub(crate) handled: Option<Rc<Instance>>,
    pub(crate) builtins: Rc<Dict>,
    /// `sys.modules`.
    pub(crate) modules: Rc<Dict>,
    host_classes: Vec<Rc<Class>>,
    synthetic: HashMap<Rc<str>, Rc<Class>>,
    /// Classes and namespaces of the program, emptied at the end: they refer to one another.
    classes: Vec<Weak<Class>>,
    namespaces: Vec<Weak<Dict>>,
}

impl Vm {
    /// A machine without modules.
    pub fn new(host: Rc<dyn Host>, limits: Limits) -> Self {
        Self {
            host,
            limits,
            steps: 0,
            allocated: 0,
            callers: Vec::new(),
            pc: 0,
            nesting: 0,
            handled: None,
            builtins: builtins::namespace(),
            modules: Rc::new(Dict::default()),
            host_classes: Vec::new(),
            synthetic: HashMap::new(),
            classes: Vec::new(),
            namespaces: Vec::new(),
        }
    }

    /// What the embedding program grants.
    pub fn host(&self) -> Rc<dyn Host> {
        self.host.clone()
    }

    /// A value that stands for a module nobody knows: whatever is taken from it can be imported,
    /// and refuses, by its full name, to be used.
    pub fn absent(name: &str) -> Value {
        Value::object(super::absent::Absent::new(name))
    }

    /// Starts counting steps and bytes from zero again.
    pub fn reset_limits(&mut self) {
        self.steps = 0;
        self.allocated = 0;
    }

    /// The members of an enumeration of the program in their order (names and member instances),
    /// without aliases; `None` when the value is no enumeration class.
    pub fn enumeration(value: &Value) -> Option<Vec<(Rc<str>, Value)>> {
        match value {
            Value::Class(class) => {
                let enumeration = class.enumeration.borrow();
                enumeration
                    .as_ref()
                    .map(|enumeration| enumeration.members.borrow().clone())
            }
            _ => None,
        }
    }

    /// The name of a value's type, as messages tell it.
    pub fn type_name(value: &Value) -> Rc<str> {
        type_name(value)
    }

    /// An exception of a built-in class, by name.
    pub fn raise(&self, class: &str, message: impl AsRef<str>) -> Failure {
        Failure::raise(class, message)
    }

    /// The `AttributeError` for a missing attribute.
    pub fn no_attribute(&self, type_name: &str, name: &str) -> Failure {
        let failure = Failure::raise(
            "AttributeError",
            format!("'{type_name}' object has no attribute '{name}'"),
        );
        if let Failure::Raised(instance) = &failure {
            instance.attributes.set_str("name", Value::str(name));
        }
        failure
    }

    /// A refusal at the current place: the construct in short, what is refused and why, and what
    /// to do.
    pub fn refuse(
        &self,
        construct: impl AsRef<str>,
        message: impl AsRef<str>,
        advice: impl AsRef<str>,
    ) -> Failure {
        Failure::Refused(Box::new(Refusal {
            position: self.position(),
            construct: Rc::from(construct.as_ref()),
            message: Rc::from(message.as_ref()),
            advice: Rc::from(advice.as_ref()),
            trace: self.trace(),
        }))
    }

    /// The frames that run, outermost first.
    pub fn trace(&self) -> Vec<TraceEntry> {
        let last = self.callers.len().saturating_sub(1);
        // Of a deep recursion the ends are enough.
        let shown = |place: usize| place < 50 || place + 50 > last;
        self.callers
            .iter()
            .enumerate()
            .filter(|(place, _)| shown(*place))
            .map(|(place, caller)| TraceEntry {
                position: self.position_of(place, caller),
                function: caller.code.name.clone(),
            })
            .collect()
    }

    fn position_of(&self, place: usize, caller: &Caller) -> Position {
        let pc = if place + 1 == self.callers.len() {
            self.pc
        } else {
            caller.pc
        };
        caller.code.position(pc)
    }

    /// The innermost place outside library code.
    pub fn position(&self) -> Position {
        self.callers
            .iter()
            .enumerate()
            .rev()
            .find(|(_, caller)| !caller.code.library)
            .map_or_else(
                || Position {
                    path: Rc::from(""),
                    line: 0,
                    column: 0,
                },
                |(place, caller)| self.position_of(place, caller),
            )
    }

    /// The globals of the innermost frame outside library code.
    pub(crate) fn global_namespace(&self) -> Rc<Dict> {
        self.callers
            .last()
            .map(|caller| caller.globals.clone())
            .unwrap_or_default()
    }

    /// The local variables of the innermost frame.
    pub(crate) fn local_namespace(&self) -> Rc<Dict> {
        match self.callers.last() {
            Some(caller) => caller
                .locals
                .clone()
                .unwrap_or_else(|| caller.globals.clone()),
            None => Rc::default(),
        }
    }

    /// Counts one operation against the limit.
    pub fn step(&mut self) -> Result<(), Failure> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            return Err(self.too_long());
        }
        Ok(())
    }

    /// Counts many operations at once.
    pub(crate) fn steps(&mut self, count: usize) -> Result<(), Failure> {
        self.steps = self.steps.saturating_add(count as u64);
        if self.steps > self.limits.steps {
            return Err(self.too_long());
        }
        Ok(())
    }

    /// Counts work that goes through so many bytes and allocates nothing.
    pub(crate) fn scan(&mut self, bytes: usize) -> Result<(), Failure> {
        self.steps(bytes / 64)
    }

    fn too_long(&self) -> Failure {
        self.refuse(
            "step limit",
            format!("The program ran for more than {} steps.", self.limits.steps),
            "Shorten the loop, or raise the limit.",
        )
    }

    fn too_deep(&self) -> Failure {
        self.refuse(
            "recursion limit",
            format!("Calls nest deeper than {}.", self.limits.depth),
            "Write the function without so deep a recursion.",
        )
    }

    /// Counts bytes about to be allocated against the limit.
    pub fn charge(&mut self, bytes: usize) -> Result<(), Failure> {
        self.allocated = self.allocated.saturating_add(bytes as u64);
        if self.allocated > self.limits.allocation {
            return Err(self.refuse(
                "memory limit",
                format!(
                    "The program asked for more than {} bytes of memory.",
                    self.limits.allocation
                ),
                "Make the values smaller, or raise the limit.",
            ));
        }
        Ok(())
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        for namespace in self.namespaces.drain(..) {
            if let Some(namespace) = namespace.upgrade() {
                namespace.clear();
            }
        }
        for class in self.classes.drain(..) {
            if let Some(class) = class.upgrade() {
                class.namespace.clear();
            }
        }
    }
}
