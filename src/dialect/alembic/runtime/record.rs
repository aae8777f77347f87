//! A connection that nobody is behind: what a revision sends is written down as it is, and what it
//! asks is refused, because the answer decides what it does.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::bind::Connection;
use super::explorer::Branch;
use super::run::Run;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::engine::Reply;
use crate::python::{Failure, Vm};
use crate::sql::{SplitOptions, quote, split};

/// What a revision has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// Sent a text, of one statement or several.
    Sent(String),
    /// Committed, and left its transaction.
    Left,
    /// Come back into a transaction.
    Returned,
    /// Asked what is there; the answers to the questions of this moment are as they were then.
    Asked(String),
    /// Gone on by the answer to a question.
    Branch(Box<Branch>),
    /// Failed, with a message.
    Raised(String),
}

/// Writes down what revisions do.
#[derive(Debug, Default)]
pub struct Recorder {
    done: RefCell<Vec<Recorded>>,
    asked: Cell<bool>,
}

impl Recorder {
    /// What was done since the last time.
    pub fn take(&self) -> Vec<Recorded> {
        self.asked.set(false);
        self.done.take()
    }

    /// Whether something was asked, and refused, since the last time.
    pub fn was_asked(&self) -> bool {
        self.asked.get()
    }
}

/// Whether a text gives rows back, as far as its words tell.
fn asks(sql: &str, target: &Target) -> bool {
    let Ok(statements) = split(sql, target.backend.flavor(), &SplitOptions::default()) else {
        return true;
    };
    let gives_rows = |words: &str| {
        let first = words.split(' ').next().unwrap_or_default();
        let sends = ["INSERT", "UPDATE", "DELETE"].contains(&first);
        let asks = [
            "SELECT", "WITH", "VALUES", "TABLE", "SHOW", "EXPLAIN", "PRAGMA", "CALL", "EXECUTE",
            "FETCH",
        ];
        asks.contains(&first) || (sends && sql.to_uppercase().contains("RETURNING"))
    };
    statements.iter().any(|one| gives_rows(&one.keywords))
}

impl Connection for Recorder {
    fn execute(self: Rc<Self>, run: &Run, vm: &mut Vm, sql: &str) -> Result<Reply, Failure> {
        if asks(sql, run.target()) {
            self.asked.set(true);
            let first = sql.trim().lines().next().unwrap_or_default();
            return Err(vm.refuse(
                "a question",
                format!("What it does depends on what the database answers to: {first}"),
                "",
            ));
        }
        self.perform(run, vm, sql)?;
        Ok(Reply::default())
    }

    fn perform(self: Rc<Self>, _run: &Run, vm: &mut Vm, sql: &str) -> Result<(), Failure> {
        vm.charge(sql.len())?;
        self.done.borrow_mut().push(Recorded::Sent(sql.to_owned()));
        Ok(())
    }

    fn answers(&self) -> bool {
        false
    }

    fn autocommit(self: Rc<Self>, _run: &Run, _vm: &mut Vm, begins: bool) -> Result<(), Failure> {
        let done = if begins {
            Recorded::Left
        } else {
            Recorded::Returned
        };
        self.done.borrow_mut().push(done);
        Ok(())
    }
}

/// A statement that creates or drops a type, for the case that the type is there or not.
pub(super) fn guarded(statement: &str, create: bool, name: &str, target: &Target) -> String {
    if !create {
        let words = ["DROP TYPE ", "DROP DOMAIN "];
        let word = words.iter().find(|word| statement.starts_with(**word));
        return word.map_or_else(
            || statement.to_owned(),
            |word| statement.replacen(word, &format!("{word}IF EXISTS "), 1),
        );
    }
    let name = quote::literal(name, target.backend.flavor());
    format!(
        "DO $guard$\nBEGIN\n    IF pg_catalog.to_regtype({name}) IS NULL THEN\n        {statement};\n    END IF;\nEND\n$guard$"
    )
}
