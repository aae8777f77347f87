//! `baseline`: declares what is there to be a version.

use super::session::Session;
use crate::dialect::flyway::{AppliedRow, Event as Moment, NewRow, Version};
use crate::error::{Error, ErrorKind};

/// What a baseline has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineResult {
    /// The version.
    pub version: String,
    /// Whether there was one of the same version and description already.
    pub already_there: bool,
}

/// Writes the baseline row, creating what it needs.
pub fn baseline(session: &mut Session<'_>) -> Result<BaselineResult, Error> {
    session.refuse_dry_run("baseline")?;
    Version::parse(&session.config.baseline_version)?;
    let mut rows = session.history_if_any()?;
    if session.config.create_schemas {
        let row = new_row(session);
        session.create_schemas_with(&mut rows, &[row])?;
    }
    session.fire(Moment::BEFORE_BASELINE)?;
    let result = match &rows {
        None => baseline_table(session).map(|()| false),
        Some(rows) => compare(session, rows).map(|()| true),
    };
    match result {
        Ok(already_there) => {
            session.fire(Moment::AFTER_BASELINE)?;
            Ok(BaselineResult {
                version: session.config.baseline_version.clone(),
                already_there,
            })
        }
        Err(error) => {
            session.fire_error(Moment::AFTER_BASELINE_ERROR);
            Err(error)
        }
    }
}

/// The baseline of a migrate that found a filled schema without a table.
pub(super) fn baseline_absent(session: &mut Session<'_>) -> Result<(), Error> {
    session.fire(Moment::BEFORE_BASELINE)?;
    baseline_table(session)?;
    session.fire(Moment::AFTER_BASELINE)
}

fn baseline_table(session: &mut Session<'_>) -> Result<(), Error> {
    let row = new_row(session);
    session.create_table(&[row])
}

pub(super) fn new_row(session: &Session<'_>) -> NewRow {
    let version = &session.config.baseline_version;
    let version =
        Version::parse(version).map_or_else(|_| version.clone(), |parsed| parsed.to_string());
    NewRow {
        version: Some(version),
        description: session.config.baseline_description.clone(),
        row_type: "BASELINE".to_owned(),
        script: session.config.baseline_description.clone(),
        checksum: None,
        installed_by: session.config.installed_by.clone(),
    }
}

/// A table that exists already must say the same.
fn compare(session: &Session<'_>, rows: &[AppliedRow]) -> Result<(), Error> {
    let table = session.table.qualified();
    let refuse = |message: String| Err(Error::new(ErrorKind::History, "ERROR", message));
    let version = Version::parse(&session.config.baseline_version)?;
    let description = &session.config.baseline_description;
    let marker = rows
        .iter()
        .take(2)
        .find(|row| row.row_type.text() == "BASELINE");
    if let Some(marker) = marker {
        let same_version = marker.version.as_ref() == Some(&version);
        if same_version && marker.description == *description {
            return Ok(());
        }
        let there = marker
            .version
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        return refuse(format!(
            "Unable to baseline schema history table {table} with ({version},{description}) as it has already been baselined with ({there},{})\nNeed to reset your baseline? Learn more: use repair or a new table",
            marker.description
        ));
    }
    if rows.iter().any(|row| row.row_type.text() == "SCHEMA") && version == Version::parse("0")? {
        return refuse(format!(
            "Unable to baseline schema history table {table} with version 0 as this version was used for schema creation"
        ));
    }
    let real = |row: &AppliedRow| !row.row_type.is_synthetic() && !row.row_type.is_undo();
    if rows.iter().any(real) {
        return refuse(format!(
            "Unable to baseline schema history table {table} as it already contains migrations"
        ));
    }
    if rows.is_empty() {
        return refuse(format!(
            "Unable to baseline schema history table {table} as it already exists, and is empty.\nDelete the schema history table, and run baseline again."
        ));
    }
    refuse(format!(
        "Unable to baseline schema history table {table} as it already contains migrations.\nDelete the schema history table, and run baseline again."
    ))
}
