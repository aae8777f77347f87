//! What every verb needs: the files, the connection, and where the history table is.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::shared::{Lane, SharedFiles};

use crate::database::Connection;
use crate::database::url::{ConnectionUrl, SqliteLocation, SqliteUrl};
use crate::dialect::flyway::config::{
    FlywayConfig, Location as ConfiguredLocation, parse_location,
};
use crate::dialect::flyway::{
    AppliedRow, Event as Moment, FlywayCatalog, FlywayTable, Info, NamingRules, Pattern,
    Placeholders, ReadFiles, ReadOptions, Scope, Source, StatePolicy, Target, decode, info,
    is_relevant, prepare,
};
use crate::engine::{Event, EventSink, ExecutePolicy, LockPolicy, Script};
use crate::error::{Error, ErrorKind};
use crate::model::Backend;
use crate::project::disk::{Listing, Location, list_locations};
use crate::sql::SplitOptions;

/// What the process brings along.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Environment variables.
    pub variables: BTreeMap<String, String>,
    /// The directory that relative paths are below.
    pub directory: PathBuf,
    /// Local time at the start, `yyyy-MM-dd HH:mm:ss`.
    pub timestamp: String,
    /// The local time zone's name.
    pub time_zone: Option<String>,
    /// Folders inside the locations whose files are others' migrations.
    pub foreign: Vec<PathBuf>,
    /// Whether what is in the schemas may be the work of others, so that a new history needs no
    /// baseline.
    pub has_neighbours: bool,
    /// SQLite files to attach, by the schema that they stand for.
    pub attach: BTreeMap<String, String>,
}

impl Environment {
    /// Whether a variable says yes.
    fn flag(&self, name: &str) -> bool {
        self.variables
            .get(name)
            .is_some_and(|value| matches!(value.as_str(), "1" | "true" | "yes"))
    }
}

/// Which files a verb needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Migrations and callbacks.
    Everything,
    /// Callbacks; migrations may even be unreadable.
    Callbacks,
}

impl Reading {
    /// What Flyway's verb of this name reads.
    pub fn of_verb(verb: &str) -> Self {
        match verb {
            "baseline" | "clean" => Self::Callbacks,
            _ => Self::Everything,
        }
    }
}

/// An open session of a verb.
pub struct Session<'s> {
    pub(super) config: FlywayConfig,
    pub(super) connection: Connection,
    pub(super) options: ReadOptions,
    pub(super) catalog: FlywayCatalog,
    pub(super) table: FlywayTable,
    pub(super) schemas: Vec<String>,
    pub(super) sink: &'s mut dyn EventSink,
    environment: Environment,
    /// What was read for many databases, when this is one of them.
    shared: Option<Arc<SharedFiles>>,
    /// The history as it was when the session began, until somebody asks for it.
    known_rows: KnownRows,
}

impl<'s> Session<'s> {
    /// Reads the files while the connection is made.
    pub fn open(
        config: FlywayConfig,
        environment: Environment,
        sink: &'s mut dyn EventSink,
    ) -> Result<Self, Error> {
        Self::open_for(Reading::Everything, config, environment, sink)
    }

    /// Opens a session that reads no more files than its verb needs.
    ///
    /// # Panics
    ///
    /// Only when the thread that reads the files does.
    pub fn open_for(
        reading: Reading,
        config: FlywayConfig,
        environment: Environment,
        sink: &'s mut dyn EventSink,
    ) -> Result<Self, Error> {
        let migration_locations = locations(&config.locations, &environment)?;
        let callback_locations = locations(&config.callback_locations, &environment)?;
        let mut offline = offline_options(&config, &environment)?;
        let (connected, read) = std::thread::scope(|scope| {
            // Files are read, decoded and summed while the server is asked.
            let reader = scope.spawn(|| {
                let both = [&migration_locations, &callback_locations];
                read_files(&config, &environment, &mut offline, both, reading)
            });
            let connected = connect(&config, &environment, sink)
                .and_then(|connection| first_questions(&config, &environment, connection));
            let read = reader.join().expect("reading files does not panic");
            (connected, read)
        });
        let (files, callback_files, listing) = read?;
        report(&listing, sink);
        let read = (files, callback_files);
        Self::on(connected?, read, offline, config, environment, sink, None)
    }

    /// Opens a session on one of many databases, with files that were read for all of them, on the
    /// connection that is kept where that leads there.
    pub fn open_shared(
        shared: &Arc<SharedFiles>,
        config: FlywayConfig,
        environment: Environment,
        lane: &mut Lane,
        sink: &'s mut dyn EventSink,
    ) -> Result<Self, Error> {
        let offline = offline_options(&config, &environment)?;
        let connection = match lane.take(&config) {
            Some(connection) => connection,
            None => connect(&config, &environment, sink)?,
        };
        let connected = first_questions(&config, &environment, connection)?;
        let read = shared.files();
        let own = Some(shared.clone());
        Self::on(connected, read, offline, config, environment, sink, own)
    }

    /// Gives the connection back, to be used again.
    pub fn into_connection(self) -> Connection {
        self.connection
    }

    fn on(
        connected: (Connection, FlywayTable, Vec<String>, KnownRows),
        (files, callback_files): (ReadFiles, Option<ReadFiles>),
        offline: ReadOptions,
        config: FlywayConfig,
        environment: Environment,
        sink: &'s mut dyn EventSink,
        shared: Option<Arc<SharedFiles>>,
    ) -> Result<Self, Error> {
        let (connection, table, schemas, known_rows) = connected;
        let options = read_options(&config, offline, &connection, &table);
        let mut catalog = FlywayCatalog::new(files, &options)?;
        if let Some(files) = callback_files {
            catalog.callbacks = FlywayCatalog::new(files, &options)?.callbacks;
        }
        if shared.is_none() {
            report_names(&catalog, sink);
        }
        let mut session = Self {
            config,
            connection,
            options,
            catalog,
            table,
            schemas,
            sink,
            environment,
            shared,
            known_rows,
        };
        session.connection.use_schema(&session.table.schema);
        if session.connection.is_pooled() {
            session.note(
                "connected through a pooler: the lock is taken in each migration's own transaction",
            );
        }
        if session
            .catalog
            .callbacks_of(Moment::AFTER_CONNECT)
            .next()
            .is_some()
        {
            session.fire(Moment::AFTER_CONNECT)?;
            session.known_rows = None;
        }
        Ok(session)
    }

    /// The database's product and version.
    pub fn product(&self) -> String {
        self.connection.product()
    }

    /// The database's name as results show it.
    pub fn database_name(&self) -> String {
        self.connection
            .database_name()
            .unwrap_or_default()
            .to_owned()
    }

    /// The schema of the history table, as results show it.
    pub fn schema_name(&self) -> &str {
        &self.table.schema
    }

    /// The connection URL without secrets.
    pub(super) fn shown_url(&self) -> String {
        let url = self.config.url.as_ref();
        let parsed = url.and_then(|url| ConnectionUrl::parse(url.expose()).ok());
        parsed.map(|url| url.redacted()).unwrap_or_default()
    }

    /// The settings.
    pub fn config(&self) -> &FlywayConfig {
        &self.config
    }

    /// Which server.
    pub fn backend(&self) -> Backend {
        self.connection.backend()
    }

    /// Whether what is in the schemas may be the work of others.
    pub(super) fn has_neighbours(&self) -> bool {
        self.environment.has_neighbours
    }

    /// The directory that relative paths are below.
    pub(super) fn directory(&self) -> &std::path::Path {
        &self.environment.directory
    }

    /// The history table's quoted name.
    pub fn table_name(&self) -> String {
        self.table.qualified()
    }

    /// What the files say.
    pub fn catalog(&self) -> &FlywayCatalog {
        &self.catalog
    }

    /// Whether the history table exists.
    pub(super) fn table_exists(&mut self) -> Result<bool, Error> {
        let (schema, table) = (self.table.schema.clone(), self.table.table.clone());
        self.connection
            .table_exists(&schema, &table)
            .map_err(|error| Error::server("looking for the history table", error))
    }

    /// The history is read anew the next time it is needed.
    pub(super) fn forget_rows(&mut self) {
        self.known_rows = None;
    }

    /// Reads the history; nothing when the table does not exist.
    pub(super) fn history(&mut self) -> Result<Vec<AppliedRow>, Error> {
        if let Some(rows) = self.known_rows.take() {
            return Ok(rows);
        }
        let sql = self.table.select();
        match self.connection.database().query(&sql) {
            Ok(rows) => Ok(decode(&rows.rows)?),
            Err(error) => {
                // Asking whether the table exists first would cost everybody a round trip.
                drop(self.connection.database().rollback());
                if !error.connection_lost && !self.table_exists()? {
                    return Ok(Vec::new());
                }
                // Another run may have created it since.
                let action = format!("reading the history table {}", self.table.qualified());
                let rows = self.connection.database().query(&sql);
                Ok(decode(
                    &rows.map_err(|error| Error::server(action, error))?.rows,
                )?)
            }
        }
    }

    /// What decides about states: the settings, with other ignored states where a verb wants them.
    pub(super) fn policy(&self) -> Result<StatePolicy, Error> {
        let target = self.config.target.as_deref().unwrap_or("latest");
        let ignore = self
            .config
            .ignore_migration_patterns
            .iter()
            .filter(|text| !text.trim().is_empty())
            .map(|text| Pattern::parse(text))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(StatePolicy {
            target: Target::parse(target)?,
            out_of_order: self.config.out_of_order,
            cherry_pick: self.config.cherry_pick.clone(),
            ignore,
        })
    }

    /// Sets files against history.
    pub(super) fn info<'a>(
        &'a self,
        rows: &'a [AppliedRow],
        policy: &StatePolicy,
    ) -> Result<Info<'a>, Error> {
        Ok(info(&self.catalog, rows, policy)?)
    }

    /// Makes a script ready to run.
    pub(super) fn prepare(&self, source: &Source) -> Result<Script, Error> {
        let backend = self.connection.backend();
        let cut = || {
            let flavor = backend.flavor();
            Ok(prepare(
                source,
                &self.options,
                flavor,
                &self.split_options(),
            )?)
        };
        match &self.shared {
            Some(shared) => shared.script(&source.path, backend, cut),
            None => cut(),
        }
    }

    fn split_options(&self) -> SplitOptions {
        SplitOptions {
            alter_type_add_value_in_transaction: self.connection.adds_enum_values_in_transaction(),
        }
    }

    /// How plans are carried out on this session.
    pub(super) fn execute_policy(&self, fingerprint: String) -> ExecutePolicy {
        ExecutePolicy {
            lock_key: self.table.lock_key(),
            lock: self.lock_policy(),
            conflict_budget: self.conflict_budget(),
            fingerprint,
        }
    }

    /// How long something is tried again after losing against other sessions' locks.
    pub(super) fn conflict_budget(&self) -> Duration {
        duration_setting(
            &self.environment,
            "STILLWAY_LOCK_RETRY_SECONDS",
            Duration::from_mins(10),
            Duration::from_secs,
        )
    }

    pub(super) fn lock_policy(&self) -> LockPolicy {
        LockPolicy {
            retries: self.config.lock_retry_count,
            pause: Duration::from_secs(1),
        }
    }

    /// Tells something worth knowing.
    pub fn note(&mut self, words: impl Into<String>) {
        self.sink.event(Event::Note(words.into()));
    }

    /// Tells something worth a warning.
    pub(super) fn warn(&mut self, words: impl Into<String>) {
        self.sink.event(Event::Warning(words.into()));
    }
}

/// Reads the files of all locations, without a database.
pub(super) fn read_catalog(
    config: &FlywayConfig,
    environment: &Environment,
    mut options: ReadOptions,
) -> Result<FlywayCatalog, Error> {
    let migration_locations = locations(&config.locations, environment)?;
    let callback_locations = locations(&config.callback_locations, environment)?;
    let both = [&migration_locations, &callback_locations];
    let (files, callback_files, _) =
        read_files(config, environment, &mut options, both, Reading::Everything)?;
    options.scope = Scope::ALL;
    let mut catalog = FlywayCatalog::new(files, &options)?;
    if let Some(files) = callback_files {
        catalog.callbacks = FlywayCatalog::new(files, &options)?.callbacks;
    }
    Ok(catalog)
}

/// Reads the files of all locations for many databases.
pub(super) fn read_shared(
    config: &FlywayConfig,
    environment: &Environment,
    sink: &mut dyn EventSink,
) -> Result<(ReadFiles, Option<ReadFiles>), Error> {
    let mut options = offline_options(config, environment)?;
    let migration_locations = locations(&config.locations, environment)?;
    let callback_locations = locations(&config.callback_locations, environment)?;
    let both = [&migration_locations, &callback_locations];
    let (files, callback_files, listing) =
        read_files(config, environment, &mut options, both, Reading::Everything)?;
    report(&listing, sink);
    options.scope = Scope::ALL;
    // What only a database knows is missing here, and missed where it matters.
    if let Ok(catalog) = FlywayCatalog::new(files.clone(), &options) {
        report_names(&catalog, sink);
    }
    Ok((files, callback_files))
}

/// Reads the files, leaving out what settings or the verb leave out; callbacks from locations of
/// their own where there are such.
fn read_files(
    config: &FlywayConfig,
    environment: &Environment,
    options: &mut ReadOptions,
    [locations, callback_locations]: [&Vec<Location>; 2],
    reading: Reading,
) -> Result<(ReadFiles, Option<ReadFiles>, Listing), Error> {
    let naming = options.naming.clone();
    let relevant = |name: &str| is_relevant(&naming, name);
    let mut listing = list_locations(locations, config.fail_on_missing_locations, &relevant)?;
    let is_foreign = |path: &PathBuf| environment.foreign.iter().any(|f| path.starts_with(f));
    listing.tree.files.retain(|file| !is_foreign(&file.path));
    let own_callbacks = !config.callback_locations.is_empty();
    options.scope = Scope {
        migrations: reading == Reading::Everything && !config.skip_default_resolvers,
        callbacks: !config.skip_default_callbacks && !own_callbacks,
    };
    let files = ReadFiles::read(&listing.tree, options)?;
    let mut callback_files = None;
    if own_callbacks && !config.skip_default_callbacks {
        options.scope = Scope {
            migrations: false,
            callbacks: true,
        };
        let listing = list_locations(callback_locations, false, &relevant)?;
        callback_files = Some(ReadFiles::read(&listing.tree, options)?);
    }
    Ok((files, callback_files, listing))
}

/// The rows of a history that is there; nothing says that there is none.
type KnownRows = Option<Vec<AppliedRow>>;

/// Finds out where the history table is, and reads it if it is there.
fn first_questions(
    config: &FlywayConfig,
    environment: &Environment,
    mut connection: Connection,
) -> Result<(Connection, FlywayTable, Vec<String>, KnownRows), Error> {
    let (table, schemas) = placement(config, environment, &connection)?;
    let database = connection.database();
    // Any trouble here comes up again, with words, when a verb needs the rows.
    let rows = match database.query(&table.select()) {
        Ok(rows) => decode(&rows.rows).ok(),
        Err(_) => None,
    };
    drop(database.rollback());
    Ok((connection, table, schemas, rows))
}

fn duration_setting(
    environment: &Environment,
    name: &str,
    default: Duration,
    unit: fn(u64) -> Duration,
) -> Duration {
    environment
        .variables
        .get(name)
        .and_then(|text| text.parse().ok())
        .map_or(default, unit)
}

fn naming_rules(config: &FlywayConfig) -> NamingRules {
    NamingRules {
        versioned: config.sql_migration_prefix.clone(),
        repeatable: config.repeatable_sql_migration_prefix.clone(),
        baseline: config.baseline_migration_prefix.clone(),
        undo: config.undo_sql_migration_prefix.clone(),
        separator: config.sql_migration_separator.clone(),
        suffixes: config.sql_migration_suffixes.clone(),
    }
}

/// How files are read when there is no database to ask.
pub(super) fn offline_options(
    config: &FlywayConfig,
    environment: &Environment,
) -> Result<ReadOptions, Error> {
    let reserved = format!("flyway{}", config.placeholder_separator);
    let offender = config
        .placeholders
        .keys()
        .find(|name| name.to_lowercase().starts_with(&reserved));
    if let Some(name) = offender {
        return Err(Error::new(
            ErrorKind::Configuration,
            "ERROR",
            format!(
                "invalid placeholder `{name}`: names that begin with `{reserved}` are reserved"
            ),
        ));
    }
    let values = config
        .placeholders
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let mut placeholders = Placeholders::new(
        values,
        &config.placeholder_prefix,
        &config.placeholder_suffix,
    );
    let separator = &config.placeholder_separator;
    let mut built_in = |name: &str, value: &str| {
        placeholders.set(&format!("flyway{separator}{name}"), value);
    };
    built_in("timestamp", &environment.timestamp);
    built_in(
        "workingDirectory",
        &environment.directory.display().to_string(),
    );
    built_in("table", &config.table);
    built_in("environment", &config.environment);
    Ok(ReadOptions {
        naming: naming_rules(config),
        encoding: config.encoding.clone(),
        detect_encoding: config.detect_encoding,
        placeholders,
        placeholder_replacement: config.placeholder_replacement,
        placeholder_separator: separator.clone(),
        validate_naming: config.validate_migration_naming,
        scope: Scope::ALL,
    })
}

/// Adds the placeholders that only the database knows.
fn read_options(
    config: &FlywayConfig,
    mut options: ReadOptions,
    connection: &Connection,
    table: &FlywayTable,
) -> ReadOptions {
    options.scope = Scope::ALL;
    let separator = &config.placeholder_separator;
    let mut built_in = |name: &str, value: &str| {
        options
            .placeholders
            .set(&format!("flyway{separator}{name}"), value);
    };
    built_in("defaultSchema", &table.schema);
    built_in("user", connection.user());
    if let Some(database) = connection.database_name() {
        built_in("database", database);
    }
    options
}

pub(super) fn locations(
    texts: &[String],
    environment: &Environment,
) -> Result<Vec<Location>, Error> {
    let mut locations = Vec::new();
    for text in texts {
        let ConfiguredLocation::Filesystem { path, pattern } = parse_location(text)?;
        let path = pattern.unwrap_or_else(|| path.to_string_lossy().into_owned());
        locations.push(Location::new(&path, &environment.directory));
    }
    Ok(locations)
}

fn report(read: &Listing, sink: &mut dyn EventSink) {
    for skipped in &read.skipped {
        sink.event(Event::Warning(format!("skipping location: {skipped}")));
    }
    for contained in &read.contained {
        sink.event(Event::Warning(format!(
            "discarding location `{contained}` as it is a sub-location of another one"
        )));
    }
}

fn report_names(catalog: &FlywayCatalog, sink: &mut dyn EventSink) {
    let count = catalog.invalid_names.len();
    if count == 0 {
        return;
    }
    let mut words = format!(
        "{count} {} skipped because the name is not that of a migration or callback:",
        if count == 1 { "file was" } else { "files were" }
    );
    for (path, reason) in catalog.invalid_names.iter().take(10) {
        words.extend(["\n  ", &path.display().to_string(), ": ", reason]);
    }
    if count > 10 {
        words.push_str("\n  …");
    }
    words.push_str("\nset validateMigrationNaming=true to make this an error");
    sink.event(Event::Warning(words));
}

/// Which schema holds the history table, and which schemas are looked after.
fn placement(
    config: &FlywayConfig,
    environment: &Environment,
    connection: &Connection,
) -> Result<(FlywayTable, Vec<String>), Error> {
    let backend = connection.backend();
    let mut schemas: Vec<String> = config
        .schemas
        .iter()
        .filter(|schema| !schema.is_empty())
        .cloned()
        .collect();
    let default = config
        .default_schema
        .clone()
        .filter(|schema| !schema.is_empty())
        .or_else(|| schemas.first().cloned())
        .or_else(|| connection.current_schema().map(str::to_owned));
    let schema = match (default, backend) {
        (Some(schema), _) => schema,
        (None, Backend::Sqlite) => "main".to_owned(),
        (None, _) => {
            return Err(Error::new(
                ErrorKind::Configuration,
                "ERROR",
                "unable to determine schema for the schema history table",
            )
            .with_hint(
                "set a default schema for the connection, or give one with -defaultSchema",
            ));
        }
    };
    if !schemas.contains(&schema) {
        schemas.insert(0, schema.clone());
    }
    let table = FlywayTable {
        schema,
        table: config.table.clone(),
        tablespace: config.tablespace.clone(),
        backend,
        time_zone: environment.time_zone.clone(),
        iso_dates: connection.writes_iso_dates(),
    };
    Ok((table, schemas))
}

/// Connects, trying again as often as configured with growing pauses.
pub fn connect(
    config: &FlywayConfig,
    environment: &Environment,
    sink: &mut dyn EventSink,
) -> Result<Connection, Error> {
    let Some(text) = config.url.as_ref().filter(|url| !url.is_empty()) else {
        return Err(Error::new(
            ErrorKind::Configuration,
            "CONFIGURATION",
            "unable to connect to the database: no URL is configured",
        )
        .with_hint(
            "set -url, FLYWAY_URL or flyway.url, for instance jdbc:postgresql://host/database or jdbc:sqlite:file.db",
        ));
    };
    let mut url = ConnectionUrl::parse(text.expose())?;
    if let ConnectionUrl::Postgres(postgres) = url {
        url = ConnectionUrl::Postgres(postgres.with_properties(&config.jdbc_properties)?);
    }
    for warning in url.warnings() {
        sink.event(Event::Warning(warning.clone()));
    }
    let limit = Duration::from_secs(u64::from(config.connect_retries_interval.max(1)));
    let mut pause = Duration::from_secs(1);
    let mut left = config.connect_retries;
    let start = Instant::now();
    loop {
        match connect_once(&url, config, environment) {
            Ok(connection) => return Ok(connection),
            Err(error) if left == 0 || error.kind() != ErrorKind::Connection => return Err(error),
            Err(error) => {
                sink.event(Event::Warning(format!(
                    "{error}; trying again in {} s ({left} more, {} s so far)",
                    pause.as_secs(),
                    start.elapsed().as_secs()
                )));
                left -= 1;
                std::thread::sleep(pause);
                pause = (pause * 2).min(limit);
            }
        }
    }
}

fn connect_once(
    url: &ConnectionUrl,
    config: &FlywayConfig,
    environment: &Environment,
) -> Result<Connection, Error> {
    match url {
        #[cfg(feature = "postgres")]
        ConnectionUrl::Postgres(postgres) => {
            use crate::database::postgres::{PostgresDatabase, PostgresOptions};
            let timeout = duration_setting(
                environment,
                "STILLWAY_LOCK_TIMEOUT_MS",
                Duration::from_secs(2),
                Duration::from_millis,
            );
            let options = PostgresOptions {
                parameters: postgres.conninfo(
                    config.user.as_deref(),
                    config.password.as_ref(),
                    None,
                ),
                time_zone: environment.time_zone.clone(),
                lock_timeout: (!timeout.is_zero()).then_some(timeout),
                on_connect: config.init_sql.clone(),
                clean_session: environment.flag("STILLWAY_CLEAN_SESSION"),
            };
            let database = PostgresDatabase::connect(options).map_err(|error| {
                Error::from(error).with_hint(format!("the URL was {}", url.redacted()))
            })?;
            Ok(Connection::Postgres(Box::new(database)))
        }
        #[cfg(feature = "sqlite")]
        ConnectionUrl::Sqlite(sqlite) => {
            use crate::database::sqlite::{SqliteDatabase, SqliteOptions};
            let options = SqliteOptions {
                path: sqlite_path(sqlite),
                pragmas: sqlite.pragmas.clone(),
                busy_timeout: sqlite.busy_timeout,
                attach: environment.attach.clone(),
                on_connect: config.init_sql.clone(),
            };
            Ok(Connection::Sqlite(Box::new(SqliteDatabase::connect(
                &options,
            )?)))
        }
        ConnectionUrl::Mysql(mysql) => Err(mysql.refusal().into()),
        #[cfg(not(all(feature = "postgres", feature = "sqlite")))]
        _ => Err(Error::new(
            ErrorKind::Configuration,
            "CONFIGURATION",
            format!("this build has no support for {}", url.redacted()),
        )),
    }
}

/// What SQLite opens; relative paths are below the process's directory.
#[cfg(feature = "sqlite")]
fn sqlite_path(url: &SqliteUrl) -> String {
    match &url.location {
        SqliteLocation::Memory => ":memory:".to_owned(),
        SqliteLocation::Temporary => String::new(),
        SqliteLocation::File(path) => path.display().to_string(),
        SqliteLocation::Uri(uri) => uri.clone(),
    }
}
