//! `validate`: whether files and history go together.

use super::session::Session;
use crate::dialect::flyway::{
    AppliedRow, Event as Moment, Problem, State, StatePolicy, covers, validate as check_entries,
};
use crate::error::Error;

/// What a validate has found.
#[derive(Debug, Default)]
pub struct ValidateResult {
    /// How many entries were looked at; 0 when something is wrong.
    pub count: usize,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Warnings for the result.
    pub warnings: Vec<String>,
    /// The default schema that does not exist though there are files for it.
    pub missing_schema: Option<String>,
}

/// Validates.
pub fn validate(session: &mut Session<'_>) -> Result<ValidateResult, Error> {
    let policy = session.policy()?;
    let rows = session.history_if_any()?;
    let schema = session.schema_name().to_owned();
    if rows.is_none() && !session.schema_exists(&schema)? {
        let needed =
            !session.catalog.migrations.is_empty() && !covers(&policy.ignore, State::Pending);
        return Ok(ValidateResult {
            missing_schema: needed.then_some(schema),
            ..ValidateResult::default()
        });
    }
    let rows = rows.unwrap_or_default();
    let (count, problems) = check(session, &rows, &policy)?;
    let mut result = ValidateResult {
        problems,
        ..ValidateResult::default()
    };
    if result.problems.is_empty() {
        result.count = count;
        if result.count == 0 {
            let warning = "No migrations found. Are your locations set up correctly?";
            result.warnings.push(warning.to_owned());
        }
    }
    Ok(result)
}

/// Counts the entries and lists what is wrong with them, with the callbacks around it.
pub(super) fn check(
    session: &mut Session<'_>,
    rows: &[AppliedRow],
    policy: &StatePolicy,
) -> Result<(usize, Vec<Problem>), Error> {
    session.fire(Moment::BEFORE_VALIDATE)?;
    let (count, problems) = {
        let info = session.info(rows, policy)?;
        (info.entries.len(), check_entries(&info, &policy.ignore))
    };
    if problems.is_empty() {
        session.fire(Moment::AFTER_VALIDATE)?;
    } else {
        session.fire_error(Moment::AFTER_VALIDATE_ERROR);
    }
    Ok((count, problems))
}
