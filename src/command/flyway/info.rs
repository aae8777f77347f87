//! `info`: every migration and its state.

use chrono::Local;

use super::session::Session;
use crate::dialect::flyway::config::Minute;
use crate::dialect::flyway::{Entry, Event as Moment, Kind, State, Version};
use crate::error::Error;
use crate::model::Backend;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InfoLine {
    /// Category column.
    pub category: &'static str,
    /// Version text, empty for repeatables.
    pub version: String,
    /// Version as written, underscores included.
    pub raw_version: String,
    /// Description.
    pub description: String,
    /// Type.
    pub type_text: String,
    /// When it was installed, as the server writes it; empty when it is not.
    pub installed_on: String,
    /// Who installed it.
    pub installed_by: String,
    /// State.
    pub state: State,
    /// `Yes`, `No` or empty.
    pub undoable: &'static str,
    /// Path of the file.
    pub path: String,
    /// Path of the undo file.
    pub undo_path: String,
    /// How long it took, in milliseconds.
    pub execution_time: i64,
    /// Checksum of the row, else of the file.
    pub checksum: Option<i32>,
    /// The script's own condition.
    pub should_execute: Option<String>,
}

/// The lines and what they say together.
#[derive(Debug, Clone, Default)]
pub struct InfoResult {
    /// Current version; `None` on a database without one.
    pub schema_version: Option<String>,
    /// The lines.
    pub lines: Vec<InfoLine>,
    /// Whether nothing is in any configured schema.
    pub all_schemas_empty: bool,
}

/// Lists every migration.
pub fn info(session: &mut Session<'_>) -> Result<InfoResult, Error> {
    session.fire(Moment::BEFORE_INFO)?;
    let result = lines(session);
    if result.is_err() {
        session.fire_error(Moment::AFTER_INFO_ERROR);
        return result;
    }
    session.fire(Moment::AFTER_INFO)?;
    session.fire(Moment::AFTER_INFO_OPERATION_FINISH)?;
    result
}

fn lines(session: &mut Session<'_>) -> Result<InfoResult, Error> {
    let policy = session.policy()?;
    let rows = session.history_if_any()?;
    let mut all_schemas_empty = false;
    if rows.is_none() {
        let table = session.table_name();
        session.note(format!("Schema history table {table} does not exist yet"));
        all_schemas_empty = session.all_schemas_empty()?;
    }
    let rows = rows.unwrap_or_default();
    let info = session.info(&rows, &policy)?;
    let current = info.current_version();
    let lines = info
        .entries
        .iter()
        .map(|entry| line(session, entry))
        .filter(|line| session.is_wanted(line))
        .collect();
    Ok(InfoResult {
        schema_version: (current != Version::Empty).then(|| current.to_string()),
        lines,
        all_schemas_empty,
    })
}

fn line(session: &Session<'_>, entry: &Entry<'_>) -> InfoLine {
    let undo = session
        .catalog
        .undo
        .iter()
        .find(|undo| undo.version.as_ref() == entry.version() && undo.version.is_some());
    let undoable = match (entry.version().is_some(), undo) {
        (false, _) => "",
        (true, Some(_)) => "Yes",
        (true, None) => "No",
    };
    let path = |source: Option<String>| source.unwrap_or_default();
    InfoLine {
        category: entry.category(),
        version: entry.version().map(ToString::to_string).unwrap_or_default(),
        raw_version: entry
            .version()
            .map(|version| version.raw().to_owned())
            .unwrap_or_default(),
        description: entry.description().to_owned(),
        type_text: entry.type_text().to_owned(),
        installed_on: entry
            .row
            .map(|row| row.installed_on.clone())
            .unwrap_or_default(),
        installed_by: entry
            .row
            .map(|row| row.installed_by.clone())
            .unwrap_or_default(),
        state: entry.state,
        undoable,
        path: path(
            entry
                .file
                .map(|file| file.source.path.display().to_string()),
        ),
        undo_path: path(
            undo.filter(|undo| undo.kind == Kind::Undo)
                .map(|undo| undo.source.path.display().to_string()),
        ),
        execution_time: entry.row.map_or(0, |row| row.execution_time),
        checksum: match entry.row {
            Some(row) => row.checksum,
            None => entry.file.map(|file| file.checksum),
        },
        should_execute: entry
            .file
            .and_then(|file| file.source.config.should_execute.clone()),
    }
}

impl Session<'_> {
    /// Whether the filters of `info` let a line through.
    fn is_wanted(&self, line: &InfoLine) -> bool {
        let config = &self.config;
        let version = Version::parse(&line.version).ok();
        let parse =
            |text: &Option<String>| text.as_deref().and_then(|text| Version::parse(text).ok());
        let since = parse(&config.info_since_version);
        let until = parse(&config.info_until_version);
        let in_versions = since
            .is_none_or(|since| version.as_ref().is_some_and(|own| *own >= since))
            && until.is_none_or(|until| version.as_ref().is_some_and(|own| *own <= until));
        let states = &config.info_of_state;
        let in_states = states.is_empty()
            || states
                .iter()
                .any(|name| name.eq_ignore_ascii_case(&line.state.name()));
        in_versions && in_states && self.in_dates(line)
    }

    fn in_dates(&self, line: &InfoLine) -> bool {
        let form = "%Y-%m-%d %H:%M:%S%.f";
        let installed = chrono::NaiveDateTime::parse_from_str(&line.installed_on, form).ok();
        // SQLite's rows are in UTC, the limits in local time.
        let installed = match self.backend() {
            Backend::Sqlite => {
                installed.map(|utc| utc.and_utc().with_timezone(&Local).naive_local())
            }
            Backend::Postgres | Backend::Mysql => installed,
        };
        let limit = |minute: &Minute| {
            chrono::NaiveDate::from_ymd_opt(
                minute.year.into(),
                minute.month.into(),
                minute.day.into(),
            )?
            .and_hms_opt(minute.hour.into(), minute.minute.into(), 0)
        };
        let since = self.config.info_since_date.as_ref().and_then(limit);
        let until = self.config.info_until_date.as_ref().and_then(limit);
        since.is_none_or(|since| installed.is_some_and(|own| own >= since))
            && until.is_none_or(|until| installed.is_some_and(|own| own <= until))
    }
}
