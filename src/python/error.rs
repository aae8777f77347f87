//! How evaluation fails.

use std::fmt;
use std::rc::Rc;

use super::class::{Class, Exception, Instance, Payload};
use super::types::types;
use super::value::Value;

/// A place in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The file, as the host named it.
    pub path: Rc<str>,
    /// Line, counted from 1; 0 when unknown.
    pub line: u32,
    /// Column in characters, counted from 1; 0 when unknown.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// One line of a traceback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceEntry {
    /// Where the frame was.
    pub position: Position,
    /// Its function, `<module>` at the top of a file.
    pub function: Rc<str>,
}

/// Something the sandbox does not do. The program cannot catch it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where the program asked for it: the innermost frame that is not library code.
    pub position: Position,
    /// The construct, module, function or limit, short: `os.system`, `metaclass`, `step limit`.
    pub construct: Rc<str>,
    /// What is refused and why, one sentence.
    pub message: Rc<str>,
    /// What the author can do, one sentence; empty when there is nothing to say.
    pub advice: Rc<str>,
    /// The frames at that moment, outermost first.
    pub trace: Vec<TraceEntry>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.message)?;
        if !self.advice.is_empty() {
            write!(f, " {}", self.advice)?;
        }
        Ok(())
    }
}

/// Why evaluation ended.
#[derive(Clone)]
pub enum Failure {
    /// A Python exception, which the program may catch.
    Raised(Rc<Instance>),
    /// A refusal, which it may not.
    Refused(Box<Refusal>),
}

impl Failure {
    /// An exception of a built-in class, by name (`"TypeError"`).
    pub fn raise(class: &str, message: impl AsRef<str>) -> Self {
        let class = types().exception(class);
        Self::of(&class, message)
    }

    /// An exception of a class made by [`Class::exception`].
    pub fn of(class: &Rc<Class>, message: impl AsRef<str>) -> Self {
        Self::with(class, vec![Value::str(message)])
    }

    /// An exception with these `args`.
    pub fn with(class: &Rc<Class>, args: Vec<Value>) -> Self {
        let instance = Instance::new(class.clone());
        *instance.payload.borrow_mut() = Payload::Exception(Exception::new(args));
        Self::Raised(Rc::new(instance))
    }

    /// `TypeError`.
    pub fn type_error(message: impl AsRef<str>) -> Self {
        Self::raise("TypeError", message)
    }

    /// `ValueError`.
    pub fn value_error(message: impl AsRef<str>) -> Self {
        Self::raise("ValueError", message)
    }

    /// The name of the exception's class; `None` for refusals.
    pub fn class_name(&self) -> Option<Rc<str>> {
        match self {
            Self::Raised(instance) => Some(instance.class.name.clone()),
            Self::Refused(_) => None,
        }
    }

    /// The message: of an exception what `str(e)` gives when its arguments are plain.
    pub fn message(&self) -> Rc<str> {
        match self {
            Self::Raised(instance) => super::class::exception_text(instance),
            Self::Refused(refusal) => refusal.message.clone(),
        }
    }

    /// The frames, outermost first.
    pub fn trace(&self) -> Vec<TraceEntry> {
        match self {
            Self::Raised(instance) => match &*instance.payload.borrow() {
                Payload::Exception(exception) => exception.trace.iter().rev().cloned().collect(),
                _ => Vec::new(),
            },
            Self::Refused(refusal) => refusal.trace.clone(),
        }
    }

    /// The innermost place within a file.
    pub fn position_in(&self, path: &str) -> Option<Position> {
        self.trace()
            .into_iter()
            .rev()
            .find(|entry| &*entry.position.path == path)
            .map(|entry| entry.position)
    }

    /// The innermost place outside library code.
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::Refused(refusal) => Some(refusal.position.clone()),
            Self::Raised(_) => self
                .trace()
                .into_iter()
                .rev()
                .find(|entry| !entry.position.path.starts_with('<'))
                .map(|entry| entry.position),
        }
    }

    /// Whether it is an exception of this built-in class or one derived from it.
    pub fn is(&self, class: &str) -> bool {
        match self {
            Self::Raised(instance) => instance.class.is_subclass_of(&types().exception(class)),
            Self::Refused(_) => false,
        }
    }

    /// The exception as a value.
    pub fn value(&self) -> Option<Value> {
        match self {
            Self::Raised(instance) => Some(Value::Instance(instance.clone())),
            Self::Refused(_) => None,
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raised(instance) => {
                if let Some(position) = self.position() {
                    write!(f, "{position}: ")?;
                }
                let text = super::class::exception_text(instance);
                if text.is_empty() {
                    write!(f, "{}", instance.class.name)
                } else {
                    write!(f, "{}: {text}", instance.class.name)
                }
            }
            Self::Refused(refusal) => write!(f, "{refusal}"),
        }
    }
}

impl std::error::Error for Failure {}
