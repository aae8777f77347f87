//! Creating schemas and the history table.

use std::time::Duration;

use super::session::Session;
use crate::dialect::flyway::{AppliedRow, Event as Moment, NewRow};
use crate::engine::{Database, LockGuard, ServerError, acquire};
use crate::error::Error;
use crate::model::Backend;

impl Session<'_> {
    /// Reads the history; `None` when the table does not exist.
    pub(super) fn history_if_any(&mut self) -> Result<Option<Vec<AppliedRow>>, Error> {
        let rows = self.history()?;
        if rows.is_empty() && !self.table_exists()? {
            return Ok(None);
        }
        Ok(Some(rows))
    }

    /// Takes the lock on the history table.
    pub(super) fn acquire(&mut self) -> Result<LockGuard, Error> {
        let (key, policy) = (self.table.lock_key(), self.lock_policy());
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
        let flavor = self.table.backend.flavor();
        let names: Vec<String> = missing
            .iter()
            .map(|schema| crate::sql::quote::identifier(schema, flavor))
            .collect();
        let marker = NewRow {
            version: None,
            description: "<< Flyway Schema Creation >>".to_owned(),
            row_type: "SCHEMA".to_owned(),
            script: names.join(","),
            checksum: None,
            installed_by: self.config.installed_by.clone(),
        };
        self.in_locked_transaction("creating schemas", |session| {
            let mut created = Vec::new();
            for schema in missing {
                let exists = session.connection.schema_exists(schema)?;
                if let Some(sql) = session.connection.create_schema(schema)
                    && !exists
                {
                    session.connection.database().execute(&sql)?;
                    created.push(schema.clone());
                }
            }
            if created.is_empty() {
                return Ok(());
            }
            session.note(format!("Creating schema {} ...", names.join(", ")));
            let existed = session.create_table_here(rows)?;
            let empty = !existed && rows.is_empty();
            let table = session.table.clone();
            // The marker of a fresh table has rank 0, so that the first migration is number 1.
            let sql = if empty {
                table.insert_at("0", &marker, 0, true)
            } else {
                table.insert(&marker, 0, true, 0)
            };
            session.connection.database().execute(&sql)
        })
    }

    /// Creates the history table with the given rows, unless somebody else just did.
    pub(super) fn create_table(&mut self, rows: &[NewRow]) -> Result<(), Error> {
        self.in_locked_transaction("creating the history table", |session| {
            session.create_table_here(rows).map(drop)
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

    /// Runs something in a transaction that nobody else can be in at the same time.
    pub(super) fn in_locked_transaction(
        &mut self,
        action: &str,
        mut body: impl FnMut(&mut Self) -> Result<(), ServerError>,
    ) -> Result<(), Error> {
        let guard = self.acquire()?;
        let result = self.in_transaction(action, &mut body);
        self.release(guard);
        result
    }

    /// Runs something in a transaction, again while only a lock is in the way.
    fn in_transaction(
        &mut self,
        action: &str,
        body: &mut dyn FnMut(&mut Self) -> Result<(), ServerError>,
    ) -> Result<(), Error> {
        let mut tries = 0;
        loop {
            let begun = self.connection.database().begin();
            let result = begun
                .and_then(|()| self.lock_here())
                .and_then(|()| body(self))
                .and_then(|()| self.connection.database().commit());
            let Err(error) = result else { return Ok(()) };
            drop(self.connection.database().rollback());
            let patient = self.config.lock_retry_count < 0 || tries < self.config.lock_retry_count;
            if !error.is_lock_conflict() || !patient {
                return Err(Error::server(action, error));
            }
            tries += 1;
            std::thread::sleep(Duration::from_millis(200).mul_f64(0.5 + fastrand::f64()));
        }
    }

    /// Where locks end with transactions, takes the lock in the open one.
    fn lock_here(&mut self) -> Result<(), ServerError> {
        let key = self.table.lock_key();
        let database: &mut dyn Database = self.connection.database();
        if database.session_lock() || database.backend() == Backend::Sqlite {
            return Ok(());
        }
        while !database.try_lock(key)? {
            std::thread::sleep(Duration::from_millis(250).mul_f64(0.5 + fastrand::f64()));
        }
        Ok(())
    }
}
