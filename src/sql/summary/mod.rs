//! What the statements of a script touch: tables, types, functions and the like.
//!
//! Nothing here fails. What is not understood yields nothing, so that a summary may miss
//! something but names only what is written. Queries are followed through subqueries, joins and
//! `WITH`; bodies of routines and `DO` blocks through their statements.

mod alter;
mod body;
mod create;
mod cursor;
mod query;
mod reader;
mod rows;
mod session;
mod statement;
mod table;
mod tokens;
mod touch;
mod types;

#[cfg(test)]
mod tests;

pub use session::Session;
pub use touch::{Action, Moment, ObjectKind, ObjectName, Summary, Touch};

use super::flavor::Flavor;
use super::split::{SplitOptions, split};
use reader::Reader;
use tokens::Tokens;

/// Says what each statement of a script touches; nothing of a script that cannot be cut.
///
/// The session is that in which the script runs; statements that set its search path change it.
pub fn summarize(script: &str, flavor: Flavor, session: &mut Session) -> Vec<Summary> {
    let statements = split(script, flavor, &SplitOptions::default()).unwrap_or_default();
    statements
        .into_iter()
        .map(|statement| {
            let text = &script[statement.code_start..statement.span.end];
            let tokens = Tokens::new(text, statement.code_start, flavor);
            let mut reader = Reader::new(flavor, session);
            reader.statement(tokens.cursor());
            Summary {
                touches: reader.touches,
                runs_unknown_sql: reader.runs_unknown_sql,
                span: statement.span,
                code_start: statement.code_start,
            }
        })
        .collect()
}
