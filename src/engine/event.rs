//! What happens during a run, as data. The only way out of the loop besides its outcome.

use std::path::PathBuf;
use std::time::Duration;

use super::database::{Blocker, Rows, ServerMessage};
use crate::model::{Direction, MigrationId, Place};

/// Something that happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The plan is made.
    PlanReady {
        /// How many steps it has.
        steps: usize,
    },
    /// Somebody else holds the lock.
    WaitingForLock {
        /// Who holds it, if that can be told.
        holder: Option<Blocker>,
        /// How long we have been waiting.
        waited: Duration,
    },
    /// A step begins.
    StepStarted {
        /// Position in the plan, counted from 1.
        number: usize,
        /// How many steps the plan has.
        total: usize,
        /// The migration.
        id: MigrationId,
        /// Its script's name.
        script: String,
        /// What is done with it.
        direction: Direction,
        /// How many statements it has.
        statements: usize,
        /// Whether it runs in a transaction.
        transactional: bool,
        /// Words its dialect adds for people, such as `out of order`.
        remark: Option<&'static str>,
    },
    /// A statement begins.
    StatementStarted {
        /// Position in the script, counted from 1.
        number: usize,
        /// How many statements the script has.
        total: usize,
    },
    /// A statement is done.
    StatementFinished {
        /// Position in the script, counted from 1.
        number: usize,
        /// How many statements the script has.
        total: usize,
        /// Rows it changed.
        changed: Option<u64>,
        /// Rows it returned.
        rows: Option<Rows>,
    },
    /// The server said something.
    Notice {
        /// The statement it belongs to.
        place: Option<Place>,
        /// What it said.
        message: ServerMessage,
    },
    /// A statement waits for a lock.
    Blocked {
        /// The statement.
        place: Place,
        /// How long it has been waiting.
        waited: Duration,
        /// Who is in the way.
        blockers: Vec<Blocker>,
    },
    /// A step was rolled back because of a lock and will be tried again.
    Retrying {
        /// The migration.
        id: MigrationId,
        /// How often it was tried.
        attempt: u32,
        /// How long we wait before.
        pause: Duration,
        /// What the server said.
        reason: String,
        /// Who was in the way when last looked.
        blockers: Vec<Blocker>,
    },
    /// A project's own script runs between the steps.
    HookStarted {
        /// The script.
        path: PathBuf,
    },
    /// A step is done.
    StepFinished {
        /// The migration.
        id: MigrationId,
        /// How long it took.
        took: Duration,
    },
    /// Something worth knowing, in words.
    Note(String),
    /// Something worth a warning, in words.
    Warning(String),
}

/// Learns of events.
pub trait EventSink {
    /// Takes one event.
    fn event(&mut self, event: Event);
}

/// Takes no notice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl EventSink for Silent {
    fn event(&mut self, _event: Event) {}
}
