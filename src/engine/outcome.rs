//! What a run has done and, when it failed, what is now true of the database.

use std::time::Duration;

use super::database::ServerError;
use super::lock::LockError;
use crate::model::{Direction, MigrationId, Place};

/// A step that is done and recorded.
#[derive(Debug, Clone)]
pub struct StepDone {
    /// The migration.
    pub id: MigrationId,
    /// The script's name in the history.
    pub script_name: String,
    /// What was done with it.
    pub direction: Direction,
    /// How long it took.
    pub took: Duration,
}

/// What is true of the database after a step failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhatRemains {
    /// The step, or the whole group, left nothing behind.
    RolledBack,
    /// The script itself committed what was before the given statement; only the rest was rolled
    /// back.
    PartlyCommitted {
        /// Statements, counted from the first, whose effects are permanent.
        statements: usize,
        /// Where the script committed.
        place: Place,
    },
    /// The step ran outside a transaction: the statements before the failing one are permanent,
    /// and the history says that it failed.
    Kept {
        /// Statements whose effects are permanent.
        statements: usize,
        /// Whether the failure could be recorded in the history.
        recorded: bool,
    },
    /// The connection was lost while the transaction was being committed, so only the database can
    /// tell.
    Unknown,
}

/// Why a step failed.
#[derive(Debug, Clone)]
pub enum FailureCause {
    /// A statement of the script was refused.
    Statement {
        /// Position in the script, counted from 1.
        number: usize,
        /// How many statements the script has.
        total: usize,
        /// Where the server points, or the start of the statement.
        place: Place,
        /// Where the statement starts.
        statement_place: Place,
        /// The line of the file that `place` is in.
        source_line: String,
        /// The statement's text.
        statement: String,
        /// What the server said.
        error: ServerError,
    },
    /// Something around the script was refused: opening, recording or closing the step.
    Around {
        /// What was tried.
        action: &'static str,
        /// What the server said.
        error: ServerError,
    },
    /// The lock was lost or could not be had.
    Lock(LockError),
}

/// A step that failed.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The migration.
    pub id: MigrationId,
    /// What was being done with it.
    pub direction: Direction,
    /// The script's name in the history, or the path of a hook.
    pub script_name: String,
    /// Whether a hook around the migration failed rather than its own script.
    pub in_hook: bool,
    /// Words its dialect adds for people.
    pub remark: Option<&'static str>,
    /// Why.
    pub cause: FailureCause,
    /// What is now true.
    pub remains: WhatRemains,
    /// Unusable indexes the step left behind and how to remove them.
    pub invalid_indexes: Vec<(String, String)>,
    /// How long the step had been running.
    pub took: Duration,
}

/// What a run has done.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Steps done and recorded, in order.
    pub done: Vec<StepDone>,
    /// The step that failed, if one did.
    pub failure: Option<Box<Failure>>,
    /// Somebody else changed the history, or a script did: what is left has to be planned afresh.
    pub plan_again: bool,
    /// How long all of it took.
    pub took: Duration,
}
