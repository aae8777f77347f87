//! Files that are read once for many databases or schemas, and connections that are used again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::session::{Environment, Session, read_shared};
use crate::database::Connection;
use crate::dialect::flyway::ReadFiles;
use crate::dialect::flyway::config::FlywayConfig;
use crate::engine::{EventSink, Rows, Script};
use crate::error::Error;
use crate::model::{Backend, Secret};

/// Files that are read once for many databases.
#[derive(Debug)]
pub struct SharedFiles {
    files: ReadFiles,
    callback_files: Option<ReadFiles>,
    /// Scripts in which nothing is replaced, so that they are the same everywhere.
    scripts: Mutex<HashMap<(PathBuf, Backend), Script>>,
}

impl SharedFiles {
    /// Reads the files of all locations.
    pub fn read(
        config: &FlywayConfig,
        environment: &Environment,
        sink: &mut dyn EventSink,
    ) -> Result<Arc<Self>, Error> {
        let (files, callback_files) = read_shared(config, environment, sink)?;
        Ok(Arc::new(Self {
            files,
            callback_files,
            scripts: Mutex::default(),
        }))
    }

    pub(super) fn files(&self) -> (ReadFiles, Option<ReadFiles>) {
        (self.files.clone(), self.callback_files.clone())
    }

    /// A script as it was cut before, or else cuts it.
    pub(super) fn script(
        &self,
        path: &Path,
        backend: Backend,
        cut: impl FnOnce() -> Result<Script, Error>,
    ) -> Result<Script, Error> {
        let known = || self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (path.to_owned(), backend);
        if let Some(script) = known().get(&key) {
            return Ok(script.clone());
        }
        let script = cut()?;
        if script.origin.stages.is_empty() {
            known().insert(key, script.clone());
        }
        Ok(script)
    }
}

/// A connection that is kept for the next of many schemas.
#[derive(Debug, Default)]
pub struct Lane {
    kept: Option<(Secret, Connection)>,
}

impl Lane {
    /// The connection that is kept, if it leads to the database of these settings and is as new.
    pub(super) fn take(&mut self, config: &FlywayConfig) -> Option<Connection> {
        let (url, mut connection) = self.kept.take()?;
        let leads_there = config.url.as_ref() == Some(&url);
        (leads_there && matches!(connection.renew(), Ok(true))).then_some(connection)
    }

    /// Keeps the connection of a session that has come to a good end.
    pub fn keep(&mut self, session: Session<'_>) {
        if let Some(url) = session.config().url.clone() {
            self.kept = Some((url, session.into_connection()));
        }
    }
}

/// The rows that a query gives in the database of a session.
pub fn ask(session: &mut Session<'_>, sql: &str) -> Result<Rows, Error> {
    let database = session.connection.database();
    let rows = database.query(sql);
    rows.map_err(|error| Error::server("sending the query for the targets", error))
}
