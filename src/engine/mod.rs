//! The one way to change a database: a plan, a loop that carries it out, and events on the way.
//!
//! Knows neither a migration dialect nor a particular server.

mod database;
mod event;
mod execute;
mod lock;
mod outcome;
mod plan;
mod reply;
mod script;
mod step;

pub use database::{
    Blocker, Database, Rows, RunObserver, ServerError, ServerMessage, Severity, StatementResult,
    TransactionState,
};
pub use event::{Event, EventSink, Silent};
pub use execute::{ExecutePolicy, Hooks, execute, run_script};
pub use lock::{LockError, LockGuard, LockPolicy, acquire, begin_alone, poll};
pub use outcome::{Failure, FailureCause, Outcome, StepDone, WhatRemains};
pub use plan::{Candidate, Plan, PlanError, PlanPolicy, plan};
pub use reply::{Datum, Reply};
pub use script::{Edits, Origin, Script};
pub use step::{Record, Step, TransactionMode};
