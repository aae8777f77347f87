//! A database of a test's own, on either backend.

use std::path::{Path, PathBuf};

use stillway::database::Connection;
use stillway::database::sqlite::{SqliteDatabase, SqliteOptions};

use super::servers::ScratchDatabase;

/// Where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// On the PostgreSQL server for tests.
    Postgres,
    /// In a file.
    Sqlite,
}

/// Rows of a query, every value as text.
pub type Rows = Vec<Vec<Option<String>>>;

/// The database; dropped at the end.
pub struct TestDatabase {
    /// The one on the server, when it is there.
    pub scratch: Option<ScratchDatabase>,
    /// The file, when it is not.
    file: PathBuf,
}

impl TestDatabase {
    /// Creates one; that of SQLite is made in this file as soon as somebody opens it.
    pub fn create(backend: Backend, file: PathBuf) -> Result<Self, &'static str> {
        let scratch = match backend {
            Backend::Postgres => Some(ScratchDatabase::create().ok_or("no PostgreSQL server")?),
            Backend::Sqlite => None,
        };
        Ok(Self { scratch, file })
    }

    /// A copy, to which nobody else may be connected; that of SQLite is this file, with the files
    /// beside the original beside it.
    pub fn copy(&self, file: PathBuf) -> Result<Self, String> {
        let scratch = match &self.scratch {
            Some(own) => {
                let copy = ScratchDatabase::create_like(&own.name);
                Some(copy.ok_or("no PostgreSQL server")?)
            }
            None => {
                copy_files(&self.file, &file).map_err(|error| error.to_string())?;
                None
            }
        };
        Ok(Self { scratch, file })
    }

    /// Which of the two it is.
    pub fn backend(&self) -> Backend {
        match self.scratch {
            Some(_) => Backend::Postgres,
            None => Backend::Sqlite,
        }
    }

    /// The file of an SQLite database.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Its address as SQLAlchemy writes it.
    pub fn sqlalchemy_url(&self) -> String {
        match &self.scratch {
            Some(scratch) => {
                let (_, rest) = scratch.url.split_once("://").unwrap_or_default();
                format!("postgresql+psycopg2://{rest}")
            }
            None => format!("sqlite:///{}", self.file.display()),
        }
    }

    /// A connection of the test's own.
    pub fn connect(&self) -> Connection {
        if let Some(scratch) = &self.scratch {
            return scratch.connect();
        }
        let options = SqliteOptions {
            path: self.file.display().to_string(),
            busy_timeout: 5000,
            pragmas: Vec::new(),
            attach: std::collections::BTreeMap::new(),
            on_connect: None,
        };
        Connection::Sqlite(Box::new(SqliteDatabase::connect(&options).expect("opens")))
    }

    /// Reads.
    pub fn rows(&self, query: &str) -> Rows {
        let rows = self.connect().database().query(query);
        rows.unwrap_or_else(|error| panic!("{error}: {query}")).rows
    }

    /// The one value of a query.
    pub fn value(&self, query: &str) -> String {
        let rows = self.rows(query);
        let value = rows.into_iter().flatten().flatten().next();
        value.unwrap_or_default()
    }

    /// Runs statements.
    pub fn statements(&self, sql: &str) -> Result<(), String> {
        let mut connection = self.connect();
        let flavor = connection.backend().flavor();
        let cut = stillway::sql::split(sql, flavor, &stillway::sql::SplitOptions::default());
        for statement in cut.map_err(|error| error.to_string())? {
            let text = &sql[statement.span];
            let ran = connection.database().query(text);
            ran.map_err(|error| format!("{error}: {text}"))?;
        }
        Ok(())
    }
}

/// Copies an SQLite database and those beside it, which have the same extension.
fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    let (Some(folder), Some(other)) = (from.parent(), to.parent()) else {
        return Ok(());
    };
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let copy = match path.file_name() {
            _ if path == from => to.to_owned(),
            Some(name) => other.join(name),
            None => continue,
        };
        if path.extension() == from.extension() && path.is_file() {
            std::fs::copy(path, copy)?;
        }
    }
    Ok(())
}
