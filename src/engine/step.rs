//! One step of a plan: a migration, what is done with it, and how it is recorded.

use std::fmt;

use super::script::Script;
use crate::model::{Direction, MigrationId};

/// Whether a step runs inside a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionMode {
    /// All statements and the history row in one transaction.
    Transaction,
    /// Each statement by itself; the history row announces the step before and closes it after.
    Autocommit,
}

/// How a step is written into its dialect's history.
pub trait Record: fmt::Debug {
    /// The statement that records the outcome, in the step's own transaction.
    fn insert(&self, milliseconds: i64, success: bool) -> String;

    /// Statements that say, before anything runs outside a transaction, that the step has begun.
    fn announce(&self) -> Vec<String>;

    /// Statements that turn an announcement into an outcome.
    fn finish(&self, milliseconds: i64, success: bool) -> Vec<String>;

    /// A query whose answer changes whenever the history does.
    fn fingerprint(&self) -> String;
}

/// One step.
#[derive(Debug)]
pub struct Step {
    /// The migration.
    pub id: MigrationId,
    /// The script's name in the history.
    pub script_name: String,
    /// What is done with it.
    pub direction: Direction,
    /// What runs; empty for marks.
    pub script: Script,
    /// Whether it runs in a transaction.
    pub mode: TransactionMode,
    /// How it is recorded.
    pub record: Box<dyn Record>,
    /// Words its dialect adds for people.
    pub remark: Option<&'static str>,
    /// Whether its script writes to the history table itself, so that later steps have to be
    /// planned afresh.
    pub touches_history: bool,
}
