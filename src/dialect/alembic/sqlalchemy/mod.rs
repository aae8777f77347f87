//! SQLAlchemy's vocabulary as data, and the text it renders to.

pub mod compiler;
pub mod ddl;
pub mod dml;
pub mod error;
pub mod expression;
pub mod extent;
pub mod joining;
pub mod literal;
pub mod naming;
mod reserved;
pub mod schema;
pub mod select;
pub mod selectable;
pub mod target;
pub mod types;
