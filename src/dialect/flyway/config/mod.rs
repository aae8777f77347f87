//! The configuration of a Flyway project: files, environment variables and command line, merged
//! as Flyway 13 merges them, into one typed value.
//!
//! Nothing here touches the system: files, variables and standard input are handed in.

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use self::error::{ConfigError, UnknownKey};
pub use self::filter::{MIGRATION_STATES, Minute};
pub use self::load::{FileReader, Invocation, LoadContext, Source, load};
pub use self::location::{Location, is_bare, parse_location};
pub use self::setting::Origin;
pub use crate::model::Secret;

mod arguments;
mod assign;
mod environment;
mod error;
mod files;
mod filter;
pub mod keys;
mod load;
mod location;
mod merge;
mod properties;
mod resolver;
mod setting;
mod toml_file;

/// Whether output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// When it goes to a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// All settings, typed, with the defaults of Flyway 13 where nothing was said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own, named by Flyway"
)]
pub struct FlywayConfig {
    /// The name of the environment in use.
    pub environment: String,
    /// The connection URL; a secret because it may hold a password.
    pub url: Option<Secret>,
    /// The database user; a user in the URL wins.
    pub user: Option<String>,
    /// The password; a password in the URL wins.
    pub password: Option<Secret>,
    /// Schemas to create, clean and test for emptiness.
    pub schemas: Vec<String>,
    /// The schema of the history table; the first of `schemas` when absent.
    pub default_schema: Option<String>,
    /// How often a failed connection is tried again.
    pub connect_retries: u32,
    /// The longest pause between two tries, in seconds.
    pub connect_retries_interval: u32,
    /// SQL to run on every new connection.
    pub init_sql: Option<String>,
    /// Properties for the driver, such as `ApplicationName`.
    pub jdbc_properties: BTreeMap<String, Secret>,

    /// Where migrations are, as written; see [`parse_location`].
    pub locations: Vec<String>,
    /// Where callbacks are; in `locations` when empty.
    pub callback_locations: Vec<String>,
    /// The encoding of the scripts.
    pub encoding: String,
    /// Whether the encoding of each script is found out.
    pub detect_encoding: bool,
    /// The first letters of a versioned migration.
    pub sql_migration_prefix: String,
    /// The first letters of a repeatable migration.
    pub repeatable_sql_migration_prefix: String,
    /// The first letters of a baseline migration.
    pub baseline_migration_prefix: String,
    /// The first letters of an undo migration.
    pub undo_sql_migration_prefix: String,
    /// What stands between version and description.
    pub sql_migration_separator: String,
    /// What the names of scripts end with.
    pub sql_migration_suffixes: Vec<String>,
    /// Whether a script with a wrong name is an error.
    pub validate_migration_naming: bool,
    /// Whether a location that does not exist is an error.
    pub fail_on_missing_locations: bool,
    /// Whether callbacks in the locations are left out.
    pub skip_default_callbacks: bool,
    /// Whether SQL migrations are left out.
    pub skip_default_resolvers: bool,

    /// The name of the history table.
    pub table: String,
    /// The tablespace of the history table.
    pub tablespace: Option<String>,
    /// Whether missing schemas are created.
    pub create_schemas: bool,
    /// Who is noted as the one who ran a migration; the database user when absent.
    pub installed_by: Option<String>,

    /// How far to migrate, as written; up to the latest version when absent.
    pub target: Option<String>,
    /// The migrations to pick, as written.
    pub cherry_pick: Vec<String>,
    /// Whether older migrations may run after newer ones.
    pub out_of_order: bool,
    /// Whether `migrate` validates first.
    pub validate_on_migrate: bool,
    /// Which states validation overlooks, as written.
    pub ignore_migration_patterns: Vec<String>,
    /// Whether migrations are only recorded.
    pub skip_executing_migrations: bool,
    /// Whether a filled schema without history gets a baseline.
    pub baseline_on_migrate: bool,
    /// The version of the baseline, as written.
    pub baseline_version: String,
    /// The description of the baseline.
    pub baseline_description: String,
    /// Whether `clean` is forbidden.
    pub clean_disabled: bool,

    /// Whether all pending migrations share one transaction.
    pub group: bool,
    /// Whether one script may mix transactional and other statements.
    pub mixed: bool,
    /// Whether scripts run in transactions at all.
    pub execute_in_transaction: bool,
    /// How often the lock is tried again; below zero, for ever.
    pub lock_retry_count: i64,

    /// Whether placeholders are replaced.
    pub placeholder_replacement: bool,
    /// Placeholders and their values, the names as written.
    pub placeholders: BTreeMap<String, String>,
    /// What a placeholder begins with.
    pub placeholder_prefix: String,
    /// What a placeholder ends with.
    pub placeholder_suffix: String,
    /// What stands inside the names of built-in placeholders.
    pub placeholder_separator: String,

    /// Whether result sets are printed.
    pub output_query_results: bool,
    /// A file for what would be run, instead of running it.
    pub dry_run_output: Option<PathBuf>,
    /// Whether output is coloured.
    pub color: Color,
    /// Whether log lines are JSON.
    pub output_logs_in_json: bool,
    /// The directory that relative paths start from, absolute.
    pub working_directory: Option<PathBuf>,

    /// `info` shows migrations installed at or after this minute.
    pub info_since_date: Option<Minute>,
    /// `info` shows migrations installed at or before this minute.
    pub info_until_date: Option<Minute>,
    /// `info` shows this version and later ones, as written.
    pub info_since_version: Option<String>,
    /// `info` shows this version and earlier ones, as written.
    pub info_until_version: Option<String>,
    /// `info` shows these states, named as in [`MIGRATION_STATES`]; all when empty.
    pub info_of_state: Vec<String>,
    /// `info` prints versions and descriptions only.
    pub migration_ids: bool,
}

impl Default for FlywayConfig {
    fn default() -> Self {
        Self {
            environment: "default".to_owned(),
            url: None,
            user: None,
            password: None,
            schemas: Vec::new(),
            default_schema: None,
            connect_retries: 0,
            connect_retries_interval: 120,
            init_sql: None,
            jdbc_properties: BTreeMap::new(),
            locations: vec!["filesystem:db/migration".to_owned()],
            callback_locations: Vec::new(),
            encoding: "UTF-8".to_owned(),
            detect_encoding: false,
            sql_migration_prefix: "V".to_owned(),
            repeatable_sql_migration_prefix: "R".to_owned(),
            baseline_migration_prefix: "B".to_owned(),
            undo_sql_migration_prefix: "U".to_owned(),
            sql_migration_separator: "__".to_owned(),
            sql_migration_suffixes: vec![".sql".to_owned()],
            validate_migration_naming: false,
            fail_on_missing_locations: false,
            skip_default_callbacks: false,
            skip_default_resolvers: false,
            table: "flyway_schema_history".to_owned(),
            tablespace: None,
            create_schemas: true,
            installed_by: None,
            target: None,
            cherry_pick: Vec::new(),
            out_of_order: false,
            validate_on_migrate: true,
            ignore_migration_patterns: vec!["*:future".to_owned()],
            skip_executing_migrations: false,
            baseline_on_migrate: false,
            baseline_version: "1".to_owned(),
            baseline_description: "<< Flyway Baseline >>".to_owned(),
            clean_disabled: true,
            group: false,
            mixed: false,
            execute_in_transaction: true,
            lock_retry_count: 50,
            placeholder_replacement: true,
            placeholders: BTreeMap::new(),
            placeholder_prefix: "${".to_owned(),
            placeholder_suffix: "}".to_owned(),
            placeholder_separator: ":".to_owned(),
            output_query_results: true,
            dry_run_output: None,
            color: Color::Auto,
            output_logs_in_json: false,
            working_directory: None,
            info_since_date: None,
            info_until_date: None,
            info_since_version: None,
            info_until_version: None,
            info_of_state: Vec::new(),
            migration_ids: false,
        }
    }
}

#[cfg(test)]
mod tests;
