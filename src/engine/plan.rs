//! Candidates and policy turned into steps. Pure: no connection, no clock, no files.

use super::script::Script;
use super::step::{Record, Step, TransactionMode};
use crate::model::{Direction, MigrationId, Place};
use crate::sql::TransactionControl;

/// A migration that is to run, in order, before it is decided how.
#[derive(Debug)]
pub struct Candidate {
    /// The migration.
    pub id: MigrationId,
    /// The script's name in the history.
    pub script_name: String,
    /// What is done with it.
    pub direction: Direction,
    /// Its script.
    pub script: Script,
    /// What its own settings say about transactions.
    pub execute_in_transaction: Option<bool>,
    /// How it is recorded.
    pub record: Box<dyn Record>,
    /// Words its dialect adds for people.
    pub remark: Option<&'static str>,
    /// Whether its script writes to the history table itself.
    pub touches_history: bool,
}

/// What decides about transactions.
#[derive(Debug, Clone, Copy)]
pub struct PlanPolicy {
    /// All steps in one transaction.
    pub group: bool,
    /// Allow scripts and groups that mix statements which may and which may not run in a
    /// transaction.
    pub mixed: bool,
    /// Whether scripts run in a transaction unless they say otherwise.
    pub execute_in_transaction: bool,
}

/// Steps in order.
#[derive(Debug)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// Whether all steps share one transaction.
    pub grouped: bool,
}

/// What cannot be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A script has statements of both kinds.
    #[error("detected both transactional and non-transactional statements within the same migration (even though mixed is false). Offending statement found at line {}{}", place.line, if *.transactional {""} else {" [non-transactional]"})]
    MixedScript {
        /// The first statement that does not go with those before it.
        place: Place,
        /// Whether that statement may run in a transaction.
        transactional: bool,
        /// The migration.
        id: MigrationId,
    },
    /// A script of a group ends the transaction that the group shares.
    #[error(
        "{place}: the script ends its transaction itself, which it would share with all others of the group"
    )]
    ControlInGroup {
        /// The statement.
        place: Place,
    },
    /// A group has migrations of both kinds.
    #[error(
        "detected both transactional and non-transactional migrations within the same migration group (even though mixed is false). First offending migration: `{id}`"
    )]
    MixedGroup {
        /// The first migration that does not go with those before it.
        id: MigrationId,
    },
}

impl PlanError {
    /// What the reader of the message can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::MixedScript { .. } => {
                "move the statement into a migration of its own, or set mixed=true to run the whole script without a transaction"
            }
            Self::ControlInGroup { .. } => {
                "run without group, or take COMMIT and ROLLBACK out of the script"
            }
            Self::MixedGroup { .. } => {
                "run without group, or set mixed=true to run the whole group without a transaction"
            }
        }
    }
}

/// Decides how each candidate runs.
pub fn plan(candidates: Vec<Candidate>, policy: PlanPolicy) -> Result<Plan, PlanError> {
    let mut steps = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        steps.push(step(candidate, policy)?);
    }
    let grouped = policy.group && !steps.is_empty();
    if grouped {
        refuse_control(&steps)?;
        settle_group(&mut steps, policy)?;
    }
    let grouped = grouped
        && steps
            .iter()
            .all(|step| step.mode == TransactionMode::Transaction);
    Ok(Plan { steps, grouped })
}

fn step(candidate: Candidate, policy: PlanPolicy) -> Result<Step, PlanError> {
    let explicit = candidate
        .execute_in_transaction
        .or((!policy.execute_in_transaction).then_some(false));
    let statements = &candidate.script.statements;
    let mode = match explicit {
        Some(true) => TransactionMode::Transaction,
        Some(false) => TransactionMode::Autocommit,
        None => {
            if !policy.mixed
                && let Some(first) = statements.first()
                && let Some(other) = statements
                    .iter()
                    .find(|statement| statement.transactional != first.transactional)
            {
                return Err(PlanError::MixedScript {
                    place: candidate.script.place(other.code_start),
                    transactional: other.transactional,
                    id: candidate.id,
                });
            }
            if statements.iter().all(|statement| statement.transactional) {
                TransactionMode::Transaction
            } else {
                TransactionMode::Autocommit
            }
        }
    };
    Ok(Step {
        id: candidate.id,
        script_name: candidate.script_name,
        direction: candidate.direction,
        script: candidate.script,
        mode,
        record: candidate.record,
        remark: candidate.remark,
        touches_history: candidate.touches_history,
    })
}

/// A script that commits or rolls back would take work of its neighbours along.
fn refuse_control(steps: &[Step]) -> Result<(), PlanError> {
    for step in steps {
        let ends = |control| {
            matches!(
                control,
                Some(TransactionControl::Commit | TransactionControl::Rollback)
            )
        };
        if let Some(statement) = step.script.statements.iter().find(|one| ends(one.control)) {
            return Err(PlanError::ControlInGroup {
                place: step.script.place(statement.code_start),
            });
        }
    }
    Ok(())
}

/// A group runs in one transaction when all its members can; mixing them has to be asked for.
fn settle_group(steps: &mut [Step], policy: PlanPolicy) -> Result<(), PlanError> {
    let Some(first) = steps.first().map(|step| step.mode) else {
        return Ok(());
    };
    let Some(other) = steps.iter().find(|step| step.mode != first) else {
        return Ok(());
    };
    if !policy.mixed {
        return Err(PlanError::MixedGroup {
            id: other.id.clone(),
        });
    }
    for step in steps {
        step.mode = TransactionMode::Autocommit;
    }
    Ok(())
}
