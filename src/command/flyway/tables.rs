//! Creating schemas and the history table.

use std::time::Duration;

use super::session::Session;
use crate::dialect::flyway::{AppliedRow, Event as Moment, NewRow};
use crate::engine::{LockGuard, ServerError, acquire, poll};
use crate::error::{Error, ErrorKind};

impl Session<'_> {
    /// Reads the history; `None` when the table does not exist.
    pub(super) fn history_if_any(&mut self) -> Result<Option<Vec<AppliedRow>>, Error> {
        let rows = self.history()?;
        // A table with rows is there; an empty answer may also mean that there is none.
        if rows.is_empty() && !self.table_exists()? {
            return Ok(None);
        }
        Ok(Some(rows))
    }

    /// Takes the lock on the history table.
    pub(super) fn acquire(&mut self) -> Result<LockGuard, Error> {
        let (key, policy) = (self.table.lock_key(), self.lock_policy());
        // What was read before may be old by the time the lock is had.
        self.forget_rows();
        Ok(acquire(self.connection.database(), key, policy, self.sink)?)
    }

    /// Gives the lock back.
    pub(super) fn release(&mut self, guard: LockGuard) {
        guard.release(self.connection.database());
    }

    /// Whether a schema exists.
    pub(super) fn schema_exists(&mut self, schema: &str) -> Result<bool, Error> {
        self.connection
            .schema_exists(schema)
            .map_err(|error| Error::server(format!("looking for schema \"{schema}\""), error))
    }

    /// Whether nothing is in a schema; a schema that does not exist is empty.
    pub(super) fn schema_is_empty(&mut self, schema: &str) -> Result<bool, Error> {
        if !self.schema_exists(schema)? {
            return Ok(true);
        }
        self.connection
            .schema_is_empty(schema)
            .map_err(|error| Error::server(format!("looking into schema \"{schema}\""), error))
    }

    /// Whether nothing is in any configured schema.
    pub(super) fn all_schemas_empty(&mut self) -> Result<bool, Error> {
        for schema in self.schemas.clone() {
            if !self.schema_is_empty(&schema)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The configured schemas that do not exist, where schemas can be created.
    pub(super) fn missing_schemas(&mut self) -> Result<Vec<String>, Error> {
        let mut missing = Vec::new();
        for schema in self.schemas.clone() {
            if self.connection.create_schema(&schema).is_some() && !self.schema_exists(&schema)? {
                missing.push(schema);
            }
        }
        Ok(missing)
    }

    /// Creates missing schemas, with the table and a marker row that names them.
    pub(super) fn create_schemas(
        &mut self,
        rows: &mut Option<Vec<AppliedRow>>,
    ) -> Result<(), Error> {
        if !self.config.create_schemas {
            let schema = self.table.schema.clone();
            if rows.is_none() && !self.schema_exists(&schema)? {
                self.warn(format!(
                    "createSchemas is false, but the history table needs schema \"{schema}\", which does not exist: create it yourself"
                ));
            }
            return Ok(());
        }
        self.create_schemas_with(rows, &[])
    }

    /// Creates missing schemas; a table that is created on the way gets the given rows.
    pub(super) fn create_schemas_with(
        &mut self,
        rows: &mut Option<Vec<AppliedRow>>,
        first_rows: &[NewRow],
    ) -> Result<(), Error> {
        self.fire(Moment::CREATE_SCHEMA)?;
        self.fire(Moment::BEFORE_CREATE_SCHEMA)?;
        // A readable history in the only schema shows that nothing is missing.
        if rows.is_some() && self.schemas.len() == 1 {
            return Ok(());
        }
        let missing = self.missing_schemas()?;
        if missing.is_empty() {
            return Ok(());
        }
        self.create_missing(&missing, first_rows)?;
        *rows = self.history_if_any()?;
        Ok(())
    }

    /// Creates schemas, the table if it is missing with the given rows, and the marker row.
    fn create_missing(&mut self, missing: &[String], rows: &[NewRow]) -> Result<(), Error> {
        let marker = self.schema_marker(missing);
        let action = "creating schemas";
        self.in_locked_transaction(action, |session| {
            let server = |error| Error::server(action, error);
            let mut created = Vec::new();
            for schema in missing {
                let exists = session.schema_exists(schema)?;
                if let Some(sql) = session.connection.create_schema(schema)
                    && !exists
                {
                    session
                        .connection
                        .database()
                        .execute(&sql)
                        .map_err(server)?;
                    created.push(schema.clone());
                }
            }
            if created.is_empty() {
                return Ok(());
            }
            session.note(format!("Creating schema {} ...", marker.script));
            let existed = session.create_table_here(rows).map_err(server)?;
            let empty = !existed && rows.is_empty();
            let table = session.table.clone();
            // The marker of a fresh table has rank 0, so that the first migration is number 1.
            let sql = if empty {
                table.insert_at("0", &marker, 0, true)
            } else {
                table.insert(&marker, 0, true, 0)
            };
            session.connection.database().execute(&sql).map_err(server)
        })
    }

    /// The row that says which schemas were created.
    pub(super) fn schema_marker(&self, created: &[String]) -> NewRow {
        let flavor = self.table.backend.flavor();
        let names: Vec<String> = created
            .iter()
            .map(|schema| crate::sql::quote::identifier(schema, flavor))
            .collect();
        NewRow {
            version: None,
            description: "<< Flyway Schema Creation >>".to_owned(),
            row_type: "SCHEMA".to_owned(),
            script: names.join(","),
            checksum: None,
            installed_by: self.config.installed_by.clone(),
        }
    }

    /// Creates the history table with the given rows, unless somebody else just did.
    pub(super) fn create_table(&mut self, rows: &[NewRow]) -> Result<(), Error> {
        let action = "creating the history table";
        self.in_locked_transaction(action, |session| {
            let created = session.create_table_here(rows);
            created
                .map(drop)
                .map_err(|error| Error::server(action, error))
        })
    }

    /// Creates the table in the open transaction; tells whether it was there already.
    fn create_table_here(&mut self, rows: &[NewRow]) -> Result<bool, ServerError> {
        let (schema, name) = (self.table.schema.clone(), self.table.table.clone());
        if self.connection.table_exists(&schema, &name)? {
            return Ok(true);
        }
        self.note(format!(
            "Creating Schema History table {}{} ...",
            self.table.qualified(),
            if rows.is_empty() {
                ""
            } else {
                " with baseline"
            }
        ));
        let table = self.table.clone();
        let database = self.connection.database();
        for sql in table.create() {
            database.enqueue(&sql)?;
        }
        for row in rows {
            database.enqueue(&table.insert(row, 0, true, 0))?;
        }
        Ok(false)
    }

    /// Runs something in a transaction that nobody else can be in at the same time, again while
    /// only a lock is in the way.
    pub(super) fn in_locked_transaction<T>(
        &mut self,
        action: &str,
        mut body: impl FnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let guard = self.acquire()?;
        let mut tries = 0;
        let result = loop {
            let result = self.one_transaction(action, &mut body);
            let conflict = result
                .as_ref()
                .err()
                .and_then(Error::server_error)
                .is_some_and(ServerError::is_lock_conflict);
            let patient = self.config.lock_retry_count < 0 || tries < self.config.lock_retry_count;
            if !conflict || !patient {
                break result;
            }
            tries += 1;
            std::thread::sleep(Duration::from_millis(200).mul_f64(0.5 + fastrand::f64()));
        };
        self.release(guard);
        result
    }

    fn one_transaction<T>(
        &mut self,
        action: &str,
        body: &mut dyn FnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let server = |error| Error::server(action, error);
        self.connection.database().begin().map_err(server)?;
        let result = self.lock_here().and_then(|()| body(self));
        match result {
            Ok(value) => {
                let committed = self.connection.database().commit();
                if committed.is_err() {
                    drop(self.connection.database().rollback());
                }
                committed.map_err(server)?;
                Ok(value)
            }
            Err(error) => {
                drop(self.connection.database().rollback());
                Err(error)
            }
        }
    }

    /// Where locks end with transactions, takes the lock in the open one.
    fn lock_here(&mut self) -> Result<(), Error> {
        let (key, policy) = (self.table.lock_key(), self.lock_policy());
        let database = self.connection.database();
        if database.session_lock() {
            return Ok(());
        }
        Ok(poll(database, key, policy, self.sink)?)
    }

    /// Other verbs than migrate have nothing that could be written down instead of being done.
    pub(super) fn refuse_dry_run(&self, verb: &str) -> Result<(), Error> {
        if self.config.dry_run_output.is_none() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Refused,
            "CONFIGURATION",
            format!("dryRunOutput is set, but {verb} cannot be run dry"),
        )
        .with_hint("dryRunOutput works with migrate; leave it out to really run this command"))
    }
}
