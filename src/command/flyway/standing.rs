//! Where a database stands, without callbacks and without changing anything; and the files alone.

use super::session::{Environment, Session, offline_options, read_catalog};
use crate::database::objects_query;
use crate::dialect::flyway::config::FlywayConfig;
use crate::dialect::flyway::{
    Entry, FlywayCatalog, FlywayMigration, Pattern, State, prepare, validate,
};
use crate::engine::Script;
use crate::error::Error;
use crate::model::{Backend, MigrationState, PlacedMigration, Standing};
use crate::sql::SplitOptions;

/// Reads the files, without a database.
pub fn catalog(config: &FlywayConfig, environment: &Environment) -> Result<FlywayCatalog, Error> {
    read_catalog(config, environment, offline_options(config, environment)?)
}

/// The key of a migration: its version, or the name of its script.
pub fn key(file: &FlywayMigration) -> String {
    match &file.version {
        Some(version) => version.to_string(),
        None => file.source.script.clone(),
    }
}

/// Where the database stands.
pub fn standing(session: &mut Session<'_>) -> Result<Standing, Error> {
    let mut policy = session.policy()?;
    let rows = session.history_if_any()?;
    let has_history = rows.is_some();
    let rows = rows.unwrap_or_default();
    policy.ignore.push(Pattern::pending());
    let info = session.info(&rows, &policy)?;
    let problems = validate(&info, &policy.ignore);
    let current = info.current_version();
    let migrations = info.entries.iter().filter_map(placed).collect();
    Ok(Standing {
        migrations,
        current: match current {
            crate::dialect::flyway::Version::Empty => Vec::new(),
            version => vec![version.to_string()],
        },
        has_history,
        database: session.shown_url(),
        problems: problems
            .into_iter()
            .map(|problem| problem.message)
            .collect(),
        not_adopted: None,
    })
}

fn placed(entry: &Entry<'_>) -> Option<PlacedMigration> {
    let key = match (entry.version(), entry.file, entry.row) {
        (Some(version), _, _) => version.to_string(),
        (None, Some(file), _) => file.source.script.clone(),
        (None, None, Some(row)) => row.script.clone(),
        (None, None, None) => return None,
    };
    let changed = match (entry.file, entry.row) {
        (Some(file), Some(row)) => row.checksum.is_some() && !file.checksum_matches(row.checksum),
        _ => false,
    };
    let state = match entry.state {
        State::Pending | State::Outdated => MigrationState::Pending,
        State::AboveTarget | State::BelowBaseline | State::BaselineIgnored | State::Ignored => {
            MigrationState::Skipped
        }
        State::Baseline => MigrationState::Unverified,
        State::Success | State::OutOfOrder if changed => MigrationState::Changed,
        State::Success | State::OutOfOrder => MigrationState::Applied,
        State::Failed | State::MissingFailed | State::FutureFailed => MigrationState::Failed,
        State::MissingSuccess | State::FutureSuccess => MigrationState::Missing,
        State::Undone => MigrationState::Undone,
        // Older runs of the same, and files that only take back.
        State::Superseded | State::Deleted | State::Available => return None,
    };
    let row = entry.row.filter(|_| state != MigrationState::Pending);
    let milliseconds = row.map(|row| u64::try_from(row.execution_time).unwrap_or_default());
    Some(PlacedMigration {
        key,
        description: entry.description().to_owned(),
        state,
        applied_at: row.map(|row| row.installed_on.clone()),
        // A baseline row ran nothing.
        milliseconds: milliseconds.filter(|_| state != MigrationState::Unverified),
    })
}

/// The migrations' scripts by key, ready to be read, without a database. What only a connection
/// would tell, such as its user, is filled in with names that stand for it.
pub fn scripts(
    config: &FlywayConfig,
    environment: &Environment,
    backend: Backend,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Vec<(String, Script)>, Error> {
    let mut options = offline_options(config, environment)?;
    let separator = &config.placeholder_separator;
    let schema = config.default_schema.as_deref();
    let schema = schema.or_else(|| config.schemas.first().map(String::as_str));
    for (name, value) in [
        ("defaultSchema", schema.unwrap_or("public")),
        ("user", config.user.as_deref().unwrap_or("user")),
        ("database", "database"),
    ] {
        options
            .placeholders
            .set(&format!("flyway{separator}{name}"), value);
    }
    let catalog = read_catalog(config, environment, options.clone())?;
    let chosen = catalog.migrations.iter().filter(|file| wanted(&key(file)));
    chosen
        .filter(|file| !file.program)
        .map(|file| {
            let split = SplitOptions::default();
            let script = prepare(&file.source, &options, backend.flavor(), &split)?;
            Ok((key(file), script))
        })
        .collect()
}

/// Tables, views and the like that are there, with their schemas.
pub fn objects(session: &mut Session<'_>) -> Result<Vec<String>, Error> {
    let sql = objects_query(session.backend());
    let found = session.connection.database().query(sql);
    let rows = found.map_err(|error| Error::server("looking for objects", error))?;
    Ok(rows.first_column())
}
