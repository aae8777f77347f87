//! A small, sandboxed Python: syntax from `ruff_python_parser`, its own evaluation, no way out but
//! through the host that embeds it.
//!
//! A [`Vm`] evaluates modules whose sources the [`Host`] hands over. What the program sees of the
//! outside (modules that are not Python's own, files, the environment, the clock) are values the
//! host makes: native functions ([`Value::native`]) and host objects ([`Object`]). An error is
//! either an exception, which the program may catch, or a [`Refusal`], which it may not.

// The evaluator is tables of short arms over many kinds of values: methods by name, operations,
// conversions. Their tables are long, their helpers share one shape whether or not each of them
// needs all of it, and floats are compared as Python compares them.
#![allow(
    clippy::too_many_lines,
    clippy::similar_names,
    clippy::unused_self,
    clippy::unnecessary_wraps,
    clippy::match_same_arms,
    clippy::float_cmp,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::single_match_else,
    clippy::items_after_statements,
    clippy::struct_excessive_bools
)]

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
pub use library::{Date, DateTime, Decimal, Time, TimeDelta, TimeZone, TypeForm, Uuid};
pub(crate) use number::float_repr;
pub use object::{BinaryOperator, CompareOperator, NewClass, Object, UnaryOperator};
pub(crate) use text::{quote, quote_bytes};
pub use value::{List, Range, Set, Slice, Tuple, Value};
pub use vm::Vm;

#[cfg(test)]
mod tests;
