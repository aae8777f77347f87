//! The SQL text layer: cuts a script into the statements a server is to receive.
//!
//! Text goes in, values come out. Nothing here opens a file, talks to a server or
//! prints. The lexing rules are those of the server that will read the statements,
//! so a statement the server would accept is never torn apart; on scripts Flyway
//! cuts correctly the cut is the same as Flyway's, byte for byte.
//!
//! [`split()`] is the entry; [`Flavor`] says which server's rules apply.

mod backend;
mod draft;
mod error;
mod essence;
pub mod flavor;
mod keywords;
mod lexer;
mod position;
pub mod quote;
mod quoted;
mod repeatable;
mod split;
mod statement;
pub mod summary;

#[cfg(test)]
mod tests;

pub use error::SplitError;
pub use essence::essence;
pub use flavor::Flavor;
pub use position::{LineIndex, line_and_column, offset_of};
pub use repeatable::{Repeat, repeat};
pub use split::{SplitOptions, split};
pub use statement::{Statement, TransactionControl};
