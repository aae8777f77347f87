//! A connection to the database whose versions are kept, and what is done on it.

use std::cell::{RefCell, RefMut};
use std::rc::Rc;
use std::time::Duration;

use super::failure::Failure;
use super::project::{Loaded, LogLevel, Project, Reporter, required, version_table};
use super::sink::LiveSink;
use crate::database::Connection;
use crate::database::url::{ConnectionUrl, SqlAlchemyUrl, SqliteLocation};
use crate::dialect::alembic::graph::RowChange;
use crate::dialect::alembic::native::TableName;
use crate::dialect::alembic::run_history::{self, Interrupted, RunRecord};
use crate::dialect::alembic::settings::{Mode, Settings};
use crate::dialect::alembic::version_table::{Keeper, VersionTable};
use crate::engine::{Event, EventSink, LockGuard, LockPolicy, Rows, acquire, begin_alone};
use crate::model::Backend;
use crate::sql::quote;

/// How long to wait for other runs.
const PATIENCE: LockPolicy = LockPolicy {
    retries: 600,
    pause: Duration::from_secs(1),
};

/// The logger of migrations.
pub(super) const LOGGER: &str = "alembic.runtime.migration";

/// An open connection with what `env.py` sets.
pub(super) struct Session {
    connection: Rc<RefCell<Connection>>,
    pub(super) settings: Settings,
    pub(super) table: VersionTable,
    pub(super) url: SqlAlchemyUrl,
    /// Statements that `env.py` runs first in each session.
    preamble: Vec<String>,
    /// The schema that this is about, where there are many of them in one database.
    home: Option<String>,
}

/// The URL that settings name.
pub(super) fn url(settings: &Settings) -> Result<SqlAlchemyUrl, Failure> {
    if let Some(place) = &settings.engines {
        return Err(Failure::uncaught(format!(
            "{place}: migrations run on several databases, and the option `databases` does not name them"
        ))
        .with_hint("name them in the ini file, `databases = first, second`, with a section and a sqlalchemy.url for each"));
    }
    let text = required(&settings.url, "the database URL", "--url or STILLWAY_URL")?;
    let Some(text) = text else {
        return Err(Failure::uncaught("no database URL is configured").with_hint(
            "set sqlalchemy.url in the ini file, the variable that env.py reads, STILLWAY_URL, or --url",
        ));
    };
    Ok(SqlAlchemyUrl::parse_any(&text)?)
}

/// Whether statements that change the schema can be rolled back.
pub(super) fn transactional_ddl(settings: &Settings, backend: Backend) -> Result<bool, Failure> {
    let set = required(
        &settings.transactional_ddl,
        "transactional_ddl",
        "a literal value",
    )?;
    Ok(set.unwrap_or(backend == Backend::Postgres))
}

/// Announces what the migrations will run on.
pub(super) fn announce(
    settings: &Settings,
    url: &SqlAlchemyUrl,
    mode: Mode,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let implementation = match url.backend {
        Backend::Postgres => "PostgresqlImpl",
        Backend::Sqlite => "SQLiteImpl",
        Backend::Mysql if url.is_mariadb() => "MariaDBImpl",
        Backend::Mysql => "MySQLImpl",
    };
    reporter.log(
        LogLevel::Info,
        LOGGER,
        &format!("Context impl {implementation}."),
    );
    if mode == Mode::Offline {
        reporter.log(LogLevel::Info, LOGGER, "Generating static SQL");
    }
    let word = if transactional_ddl(settings, url.backend)? {
        "transactional"
    } else {
        "non-transactional"
    };
    reporter.log(LogLevel::Info, LOGGER, &format!("Will assume {word} DDL."));
    Ok(())
}

/// What is known before connecting.
struct Prepared {
    settings: Settings,
    table: VersionTable,
    url: SqlAlchemyUrl,
    preamble: Vec<String>,
}

impl Prepared {
    fn new(project: &Project, reporter: &mut dyn Reporter) -> Result<Self, Failure> {
        let settings = project.settings(Mode::Online)?;
        project.start_log(&settings, reporter);
        Self::of(project, settings, reporter)
    }

    /// With settings that are known already.
    fn of(
        project: &Project,
        settings: Settings,
        reporter: &mut dyn Reporter,
    ) -> Result<Self, Failure> {
        let url = url(&settings)?;
        let table = version_table(project.keeper(), &settings, &url)?;
        announce(&settings, &url, Mode::Online, reporter)?;
        for name in &url.ignored {
            reporter.log(
                LogLevel::Debug,
                "stillway",
                &format!("the URL's parameter {name} is for a Python driver and has no effect"),
            );
        }
        for (words, place) in &settings.remarks {
            reporter.warn(&format!("{place}: {words}"));
        }
        let mut preamble = Vec::new();
        for (sql, place) in &settings.statements {
            let upper = sql.trim_start().to_uppercase();
            if upper.starts_with("SET ") || upper.starts_with("CREATE SCHEMA IF NOT EXISTS ") {
                preamble.push(sql.clone());
            } else if !upper.contains("LOCK") {
                reporter.warn(&format!("{place}: this statement of env.py is not run"));
            }
        }
        Ok(Self {
            settings,
            table,
            url,
            preamble,
        })
    }

    fn connect(self, project: &Project) -> Result<Session, Failure> {
        let connection = connect(&self.url, project)?;
        Ok(self.on(Rc::new(RefCell::new(connection)), project, None))
    }

    fn on(
        self,
        connection: Rc<RefCell<Connection>>,
        project: &Project,
        home: Option<String>,
    ) -> Session {
        let mut table = self.table;
        let first = home
            .as_deref()
            .or(project.session_options().schema.as_deref());
        {
            let mut connection = connection.borrow_mut();
            if let Some(schema) = first {
                connection.use_schema(schema);
            }
            // A script may take the search path away.
            if table.keeper == Keeper::Stillway
                && table.schema.is_none()
                && connection.backend() == Backend::Postgres
            {
                table.schema = first.or(connection.current_schema()).map(str::to_owned);
            }
        }
        Session {
            connection,
            settings: self.settings,
            table,
            url: self.url,
            preamble: self.preamble,
            home,
        }
    }
}

/// A connection that is kept for the next of many databases or schemas.
#[derive(Debug, Default)]
pub struct Lane {
    kept: Option<(String, Rc<RefCell<Connection>>)>,
}

impl Lane {
    /// Gives the connection up, because nobody knows what state it is in.
    pub fn forget(&mut self) {
        self.kept = None;
    }

    /// A connection to a database, the one that is kept if it leads there.
    fn connection(
        &mut self,
        url: &SqlAlchemyUrl,
        text: &str,
        project: &Project,
    ) -> Result<Rc<RefCell<Connection>>, Failure> {
        if let Some((kept, connection)) = self.kept.take()
            && kept == text
        {
            let renewed = connection.borrow_mut().renew();
            if matches!(renewed, Ok(true)) {
                self.kept = Some((kept, connection.clone()));
                return Ok(connection);
            }
        }
        let connection = Rc::new(RefCell::new(connect(url, project)?));
        self.kept = Some((text.to_owned(), connection.clone()));
        Ok(connection)
    }
}

impl Session {
    /// Connects to the database that the directory names.
    pub(super) fn open(project: &Project, reporter: &mut dyn Reporter) -> Result<Self, Failure> {
        Prepared::new(project, reporter)?.connect(project)
    }

    /// A session for one of many databases or schemas, on the connection that is kept where that
    /// leads there.
    pub(super) fn on_target(
        project: &Project,
        settings: Settings,
        home: Option<String>,
        lane: &mut Lane,
        reporter: &mut dyn Reporter,
    ) -> Result<Self, Failure> {
        let text = settings.url.known().cloned().flatten().unwrap_or_default();
        let prepared = Prepared::of(project, settings, reporter)?;
        if home.is_some() {
            check_home(&prepared)?;
        }
        let connection = lane.connection(&prepared.url, &text, project)?;
        Ok(prepared.on(connection, project, home))
    }

    /// The schema that this is about, where there are many of them in one database.
    pub(super) fn home(&self) -> Option<&str> {
        self.home.as_deref()
    }

    /// Connects, and reads the revisions at the same time.
    pub(super) fn open_and_load(
        project: &Project,
        reporter: &mut dyn Reporter,
    ) -> Result<(Self, Loaded), Failure> {
        let prepared = Prepared::new(project, reporter)?;
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| project.load());
            let session = prepared.connect(project)?;
            // A thread that panicked has said why.
            let loaded = reading.join().unwrap_or_else(|_| project.load());
            Ok((session, loaded))
        })
    }

    pub(super) fn backend(&self) -> Backend {
        self.connection.borrow().backend()
    }

    /// The connection, which the bodies of revisions share while they run.
    pub(super) fn connection(&self) -> RefMut<'_, Connection> {
        self.connection.borrow_mut()
    }

    /// Takes what the bodies of revisions do.
    pub(super) fn sink(&self) -> LiveSink {
        // Behind a pooler the search path ends with the transaction.
        let keeps_path = self.home.is_none() || !self.connection.borrow().is_pooled();
        LiveSink::new(
            self.connection.clone(),
            self.table.clone(),
            self.lock_statement(),
            keeps_path,
        )
    }

    pub(super) fn query(&mut self, action: &str, sql: &str) -> Result<Rows, Failure> {
        let result = self.connection().database().query(sql);
        result.map_err(|error| Failure::server(action, &error))
    }

    fn is_true(&mut self, action: &str, sql: &str) -> Result<bool, Failure> {
        let rows = self.query(action, sql)?;
        Ok(matches!(rows.single(), Some("t" | "1")))
    }

    /// Whether the version table is there.
    pub(super) fn has_table(&mut self) -> Result<bool, Failure> {
        let sql = self.table.exists(self.backend());
        self.is_true("looking for the version table", &sql)
    }

    /// Whether a table is there that a revision names.
    pub(super) fn has(&mut self, table: &TableName) -> Result<bool, Failure> {
        let backend = self.backend();
        let named = VersionTable {
            schema: table.schema(backend).or_else(|| self.home.clone()),
            table: table.table(backend),
            ..self.table.clone()
        };
        if backend == Backend::Sqlite
            && let Some(schema) = &named.schema
        {
            let exists = self.connection().schema_exists(schema);
            if !exists.map_err(|e| Failure::server("looking for the schema", &e))? {
                return Ok(false);
            }
        }
        self.is_true("looking for a table", &named.exists(backend))
    }

    /// The answer to a query of the history; nothing where there is no history yet.
    pub(super) fn of_history(
        &mut self,
        query: fn(&VersionTable, Backend) -> String,
    ) -> Result<Vec<Vec<Option<String>>>, Failure> {
        let backend = self.backend();
        let exists = run_history::exists(&self.table, backend);
        if !self.is_true("looking for the history", &exists)? {
            return Ok(Vec::new());
        }
        let sql = query(&self.table, backend);
        Ok(self.query("reading the history", &sql)?.rows)
    }

    /// The rows of the version table at the first look; nothing when there are none to be had.
    pub(super) fn rows_at_once(&mut self) -> Option<Vec<String>> {
        let sql = self.table.is_readable(self.backend());
        let is_readable = self.is_true("looking for the version table", &sql).ok()?;
        if is_readable {
            self.rows_of_table().ok()
        } else {
            None
        }
    }

    /// The rows of the version table; none when it is not there.
    pub(super) fn rows(&mut self) -> Result<Vec<String>, Failure> {
        if !self.has_table()? {
            return Ok(Vec::new());
        }
        self.rows_of_table()
    }

    /// The rows of a version table that is there.
    pub(super) fn rows_of_table(&mut self) -> Result<Vec<String>, Failure> {
        let sql = self.table.select(self.backend());
        let rows = self.query("reading the version table", &sql)?;
        let rows = rows.rows.into_iter();
        Ok(rows
            .filter_map(|row| row.into_iter().next().flatten())
            .collect())
    }

    /// Whether statements of `env.py` come before all others, which may change what names mean.
    pub(super) fn has_preamble(&self) -> bool {
        !self.preamble.is_empty()
    }

    /// Refuses an id that does not fit into the version table, before anything runs.
    pub(super) fn check_width(&mut self, longest: &str) -> Result<(), Failure> {
        let length = longest.chars().count();
        // Alembic's own width; most tables have it.
        if length <= 32 || self.backend() != Backend::Postgres {
            return Ok(());
        }
        let table = self.table.qualified(self.backend());
        let sql = format!(
            "SELECT atttypmod - 4 FROM pg_catalog.pg_attribute WHERE attrelid = {}::regclass AND attname = 'version_num' AND atttypmod > 4",
            quote::literal(&table, self.backend().flavor())
        );
        let rows = self.query("looking at the version table", &sql)?;
        match rows.single().and_then(|width| width.parse::<usize>().ok()) {
            Some(width) if width < length => Err(Failure::uncaught(format!(
                "the revision id '{longest}' has {length} characters, but {table}.version_num holds only {width}"
            ))
            .with_hint(format!(
                "widen it: ALTER TABLE {table} ALTER COLUMN version_num TYPE varchar(255)"
            ))),
            _ => Ok(()),
        }
    }

    /// Opens a transaction, as `env.py` leaves its session. Where the transaction is the lock,
    /// waits until nobody else has it.
    pub(super) fn begin(&mut self, reporter: &mut dyn Reporter) -> Result<(), Failure> {
        let preamble = self.preamble.clone();
        let mut connection = self.connection.borrow_mut();
        let database = connection.database();
        let mut waiting = Waiting { reporter };
        begin_alone(database, PATIENCE, &mut waiting)?;
        for sql in preamble {
            database
                .execute(&sql)
                .map_err(|error| Failure::server("running a statement of env.py", &error))?;
        }
        Ok(())
    }

    pub(super) fn commit(&mut self) -> Result<(), Failure> {
        let result = self.connection().database().commit();
        result.map_err(|error| Failure::server("committing", &error))
    }

    pub(super) fn rollback(&mut self) {
        if let Err(error) = self.connection().database().rollback() {
            log::warn!("rolling back failed: {error}");
        }
    }

    /// Takes the lock that keeps other runs of this program away.
    pub(super) fn lock(&mut self, reporter: &mut dyn Reporter) -> Result<LockGuard, Failure> {
        let key = self.table.lock_key();
        let mut sink = Waiting { reporter };
        Ok(acquire(
            self.connection().database(),
            key,
            PATIENCE,
            &mut sink,
        )?)
    }

    /// Gives the lock back.
    pub(super) fn unlock(&mut self, guard: LockGuard) {
        guard.release(self.connection().database());
    }

    /// Keeps Alembic itself away until the transaction ends.
    pub(super) fn lock_table(&mut self) -> Result<(), Failure> {
        if let Some(sql) = self.lock_statement() {
            let result = self.connection().database().execute(&sql);
            result.map_err(|error| Failure::server("locking the version table", &error))?;
        }
        Ok(())
    }

    fn lock_statement(&self) -> Option<String> {
        let backend = self.backend();
        (backend == Backend::Postgres).then(|| {
            let table = self.table.qualified(backend);
            format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        })
    }

    /// The rows in a transaction that has just begun, with Alembic kept away: all in one message.
    pub(super) fn locked_rows(&mut self) -> Result<Vec<String>, Failure> {
        if let Some(sql) = self.lock_statement() {
            let queued = self.connection().database().enqueue(&sql);
            queued.map_err(|error| Failure::server("locking the version table", &error))?;
            return self.rows_of_table();
        }
        self.rows()
    }

    /// Lets the open transaction's commit return before it is on the disk, where later ones will
    /// take it there.
    pub(super) fn relax_durability(&mut self) -> Result<(), Failure> {
        let relaxed = self.connection().database().relax_durability();
        relaxed.map_err(|error| Failure::server("beginning a transaction", &error))
    }

    /// Brings what was committed to the disk.
    pub(super) fn make_durable(&mut self) {
        if let Err(error) = self.connection().database().make_durable() {
            log::debug!("earlier commits reach the disk on their own time: {error}");
        }
    }

    /// Creates the version table, and the schema it lies in, where they are missing.
    pub(super) fn ensure_table(&mut self, reporter: &mut dyn Reporter) -> Result<(), Failure> {
        if self.has_table()? {
            return Ok(());
        }
        self.create_table(reporter)
    }

    /// Creates the version table, which is missing, and the schema it lies in where that is missing
    /// too.
    pub(super) fn create_table(&mut self, reporter: &mut dyn Reporter) -> Result<(), Failure> {
        if let Some(schema) = self.table.schema.clone()
            && self.backend() == Backend::Postgres
        {
            let exists = self.connection().schema_exists(&schema);
            let exists = exists.map_err(|e| Failure::server("looking for the schema", &e))?;
            let create = self.connection().create_schema(&schema);
            if !exists && let Some(sql) = create {
                let result = self.connection().database().execute(&sql);
                result.map_err(|e| Failure::server("creating the schema", &e))?;
                reporter.log(
                    LogLevel::Info,
                    "stillway",
                    &format!("Created schema {schema} for the version table"),
                );
            }
        }
        let sql = self.table.create(self.backend());
        let result = self.connection().database().execute(&sql);
        result.map_err(|error| Failure::server("creating the version table", &error))
    }

    /// Changes a row, and checks that it was exactly one.
    pub(super) fn change_row(&mut self, change: &RowChange) -> Result<(), Failure> {
        let backend = self.backend();
        let mut sql = self.table.change(backend, change);
        if !matches!(change, RowChange::Insert(_)) {
            sql.push_str(" RETURNING 1");
        }
        let rows = self.query("changing the version table", &sql)?;
        let found = rows.rows.len() as u64;
        match self.table.mismatch(change, found) {
            Some(words) if found != 1 => Err(Failure::command(words)),
            _ => Ok(()),
        }
    }

    /// Writes down what ran, in the row where it was announced if there is one; together with the
    /// commit, when that comes next.
    pub(super) fn record(
        &mut self,
        record: &RunRecord,
        announced: Option<&str>,
        commits_next: bool,
    ) -> Result<(), Failure> {
        let backend = self.backend();
        let sql = match announced {
            Some(row) => run_history::finish(&self.table, backend, row, record),
            None => run_history::insert(&self.table, backend, record),
        };
        if commits_next {
            let queued = self.connection().database().enqueue(&sql);
            return queued.map_err(|error| Failure::server("writing the history", &error));
        }
        self.query("writing the history", &sql).map(drop)
    }

    /// Creates the history where it is missing, and tells what an earlier run has left half way.
    pub(super) fn ensure_history(&mut self) -> Result<Option<Interrupted>, Failure> {
        let backend = self.backend();
        let exists = run_history::exists(&self.table, backend);
        if !self.is_true("looking for the history", &exists)? {
            let sql = run_history::create(&self.table, backend);
            self.query("creating the history", &sql)?;
            return Ok(None);
        }
        let sql = run_history::last(&self.table, backend);
        let rows = self.query("reading the history", &sql)?;
        let last = rows.rows.first();
        Ok(last.and_then(|row| Interrupted::read(row)))
    }
}

/// Refuses what would lead a run out of its schema.
fn check_home(prepared: &Prepared) -> Result<(), Failure> {
    if prepared.url.backend != Backend::Postgres {
        return Err(
            Failure::uncaught("this server has no schemas to choose among")
                .with_hint("name the databases of such a domain by URL, one for each target"),
        );
    }
    let path = |sql: &&String| sql.to_uppercase().contains("SEARCH_PATH");
    match prepared.preamble.iter().find(path) {
        Some(sql) => Err(Failure::uncaught(format!(
            "env.py sets the search path itself (`{sql}`), so that every schema would be the same one"
        ))
        .with_hint("take the statement out of env.py: the search path begins with the target's schema")),
        None => Ok(()),
    }
}

/// Tells of waiting for a lock.
struct Waiting<'w> {
    reporter: &'w mut dyn Reporter,
}

impl EventSink for Waiting<'_> {
    fn event(&mut self, event: Event) {
        if let Event::WaitingForLock { holder, waited } = event {
            let who = holder.map_or_else(|| "another run".to_owned(), |holder| holder.to_string());
            let seconds = waited.as_secs();
            self.reporter.log(
                LogLevel::Info,
                "stillway",
                &format!("Waiting for {who} to end its run ({seconds} s so far)"),
            );
        }
    }
}

/// A connection to the database that the directory names, for whatever is not a migration.
pub fn connection(project: &Project, reporter: &mut dyn Reporter) -> Result<Connection, Failure> {
    let prepared = Prepared::new(project, reporter)?;
    connect(&prepared.url, project)
}

fn connect(url: &SqlAlchemyUrl, project: &Project) -> Result<Connection, Failure> {
    let session = project.session_options();
    match &url.target {
        #[cfg(feature = "postgres")]
        ConnectionUrl::Postgres(postgres) => {
            use crate::database::postgres::{PostgresDatabase, PostgresOptions};
            let options = PostgresOptions {
                parameters: postgres.conninfo(None, None, None),
                lock_timeout: session.lock_timeout,
                on_connect: session
                    .statement_timeout
                    .map(|timeout| format!("SET statement_timeout = {}", timeout.as_millis())),
                ..PostgresOptions::default()
            };
            let database = PostgresDatabase::connect(options).map_err(|error| {
                Failure::from(error).with_hint(format!("the URL was {}", url.shown))
            })?;
            Ok(Connection::Postgres(Box::new(database)))
        }
        #[cfg(feature = "sqlite")]
        ConnectionUrl::Sqlite(sqlite) => {
            use crate::database::sqlite::{SqliteDatabase, SqliteOptions};
            let path = match &sqlite.location {
                SqliteLocation::Memory => ":memory:".to_owned(),
                SqliteLocation::Temporary => String::new(),
                SqliteLocation::File(path) => project
                    .environment
                    .directory
                    .join(path)
                    .display()
                    .to_string(),
                SqliteLocation::Uri(uri) => uri.clone(),
            };
            let options = SqliteOptions {
                path,
                pragmas: sqlite.pragmas.clone(),
                // As long as Python's driver waits.
                busy_timeout: 5000,
                attach: session.attach.clone(),
                on_connect: None,
            };
            let database = SqliteDatabase::connect(&options)?;
            Ok(Connection::Sqlite(Box::new(database)))
        }
        ConnectionUrl::Mysql(mysql) => Err(mysql.refusal().into()),
        #[cfg(not(all(feature = "postgres", feature = "sqlite")))]
        _ => Err(Failure::uncaught(format!(
            "this build has no support for {}",
            url.shown
        ))),
    }
}
