//! What stands between a revision's body and the database or the text it is written to.
//!
//! A body hands statements to a [`Sink`]; whether they run or are printed is the sink's affair.
//! Where bodies come from is a [`ScriptSource`]'s affair: native revisions read theirs from SQL
//! files, Python revisions are evaluated.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use crate::engine::{Reply, Rows, Script, ServerError, StatementResult};
use crate::model::{Backend, Place};

use super::native::Guards;
use super::revision::Revision;

/// Which of a revision's two bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// The way up.
    Upgrade,
    /// The way down.
    Downgrade,
}

impl Body {
    /// The name of the function that holds it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
        }
    }
}

/// Takes what a body does.
pub trait Sink {
    /// Which server the statements are for.
    fn backend(&self) -> Backend;

    /// Whether statements are only written down, so that there are no answers.
    fn is_offline(&self) -> bool;

    /// Runs a statement, or writes it down.
    fn execute(&mut self, sql: &str) -> Result<StatementResult, ServerError>;

    /// Asks a question; only where there is somebody to answer.
    fn query(&mut self, sql: &str) -> Result<Rows, ServerError>;

    /// Runs a `COPY … FROM STDIN` with its data.
    fn copy(&mut self, sql: &str, data: &str) -> Result<(), ServerError>;

    /// Runs statements of a script one after the other, together where that saves round trips; on
    /// failure tells which one it was.
    fn run(
        &mut self,
        script: &Script,
        statements: Range<usize>,
    ) -> Result<(), (usize, ServerError)> {
        one_by_one(self, script, statements)
    }

    /// Sends a text as a client program would, several statements in one where the server takes
    /// that, and gives the answer to the first, its values as what they are.
    fn send(&mut self, sql: &str) -> Result<Reply, ServerError>;

    /// Commits what came before and leaves the transaction, for statements that cannot run in one.
    fn begin_autocommit(&mut self) -> Result<(), ServerError>;

    /// Goes back into a transaction.
    fn end_autocommit(&mut self) -> Result<(), ServerError>;

    /// Words worth showing, such as a warning that the original would print.
    fn warn(&mut self, words: &str) {
        log::warn!("{words}");
    }
}

/// Runs statements of a script, each on its own.
pub fn one_by_one<S: Sink + ?Sized>(
    sink: &mut S,
    script: &Script,
    statements: Range<usize>,
) -> Result<(), (usize, ServerError)> {
    for index in statements {
        let statement = &script.statements[index];
        let sql = script.statement_text(statement);
        let ran = match &statement.copy_data {
            Some(data) => sink.copy(sql, &script.text[data.clone()]),
            None => sink.execute(sql).map(drop),
        };
        ran.map_err(|error| (index, error))?;
    }
    Ok(())
}

/// A sink that the run and the bodies share. It is borrowed for the length of one call only, so
/// that a body may come back to it while another body's objects still hold it.
pub type SharedSink = Rc<RefCell<dyn Sink>>;

/// A body that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// The server refused a statement.
    #[error("{error}")]
    Server {
        /// What it said.
        error: ServerError,
        /// The statement.
        statement: String,
        /// Where in the revision it comes from.
        place: Option<Place>,
    },
    /// Something that is not supported, or not allowed.
    #[error("{place}: {message}")]
    Refused {
        /// Where.
        place: Place,
        /// What it is and why it is refused.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The revision raised an exception of its own, or the original would have.
    #[error("{}{class}: {message}", place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
    Raised {
        /// The exception's class.
        class: String,
        /// Its words.
        message: String,
        /// Where.
        place: Option<Place>,
    },
}

/// A revision that is ready to run.
pub trait RevisionScript {
    /// Runs one of its bodies.
    fn run(&mut self, body: Body, sink: &SharedSink) -> Result<(), ScriptError>;

    /// Gets one of its bodies ready, and refuses what can be told before anything runs.
    fn check(&mut self, _body: Body, _backend: Backend) -> Result<(), ScriptError> {
        Ok(())
    }

    /// What decides whether it runs at all, where something does.
    fn guards(&self) -> Option<&Guards> {
        None
    }

    /// The text that the history table keeps a checksum of.
    fn source(&self) -> &[u8];
}

/// Makes revisions ready to run. One source serves one run, so it may remember what earlier
/// revisions of the same run have done.
pub trait ScriptSource {
    /// Reads a revision and checks it as far as that is possible without running it.
    fn script(&mut self, revision: &Revision) -> Result<Box<dyn RevisionScript>, ScriptError>;
}
