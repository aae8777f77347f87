//! A small, sandboxed Python: syntax from `ruff_python_parser`, its own evaluation, no way out but
//! through the host that embeds it.
//!
//! A [`Vm`] evaluates modules whose sources the [`Host`] hands over. What the program sees of the
//! outside (modules that are not Python's own, files, the environment, the clock) are values the
//! host makes: native functions ([`Value::native`]) and host objects ([`Object`]). An error is
//! either an exception, which the program may catch, or a [`Refusal`], which it may not.

mod absent;
mod arguments;
mod builtins;
mod class;
mod code;
mod compile;
mod dict;
mod enumeration;
mod error;
mod format;
mod frame;
mod function;
mod host;
mod iterator;
mod library;
mod number;
mod object;
mod text;
mod trash;
mod types;
mod value;
mod vm;

pub use arguments::{Arguments, Bound};
pub use class::{Class, Exception, Instance, Payload};
pub use dict::Dict;
pub use error::{Failure, Position, Refusal, TraceEntry};
pub use function::{Function, Generator, Method, Module, Native};
pub use host::{Host, Limits, NoHost};
pub use iterator::{Iterate, Iteration};
pub use object::{BinaryOperator, CompareOperator, NewClass, Object, UnaryOperator};
pub use value::{List, Range, Set, Slice, Tuple, Value};
pub use vm::Vm;

#[cfg(test)]
mod tests;
