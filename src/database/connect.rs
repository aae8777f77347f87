//! A connection of whichever kind, and what can be asked of all of them.

use crate::engine::{Database, ServerError, ServerMessage};
use crate::model::Backend;

#[cfg(feature = "postgres")]
use super::postgres::PostgresDatabase;
#[cfg(feature = "sqlite")]
use super::sqlite::SqliteDatabase;

/// A connection that could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The server or library refused.
    #[error("unable to connect to {backend}: {message}")]
    Refused {
        /// Its words.
        message: String,
        /// Which server.
        backend: Backend,
    },
    /// The statements for new sessions failed.
    #[error("unable to run the statements for new connections: {}", .0.message)]
    OnConnect(Box<ServerMessage>),
}

/// An open connection.
pub enum Connection {
    /// To PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(Box<PostgresDatabase>),
    /// To SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(Box<SqliteDatabase>),
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Connection({})", self.backend())
    }
}

/// Dispatches to the connection inside.
macro_rules! each {
    ($this:expr, $inner:ident => $body:expr) => {
        match $this {
            #[cfg(feature = "postgres")]
            Connection::Postgres($inner) => $body,
            #[cfg(feature = "sqlite")]
            Connection::Sqlite($inner) => $body,
        }
    };
}

impl Connection {
    /// Which server.
    pub fn backend(&self) -> Backend {
        each!(self, inner => inner.backend())
    }

    /// As what the engine knows it.
    pub fn database(&mut self) -> &mut dyn Database {
        each!(self, inner => inner.as_mut())
    }

    /// The user as the server reports it.
    pub fn user(&self) -> &str {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(inner) => &inner.facts().user,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => "",
        }
    }

    /// The database's name, where there is one.
    pub fn database_name(&self) -> Option<&str> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(inner) => Some(&inner.facts().database),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => None,
        }
    }

    /// The schema that unqualified names go to in a fresh session.
    pub fn current_schema(&self) -> Option<&str> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(inner) => inner.facts().schema.as_deref(),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Some("main"),
        }
    }

    /// Product and version, as in `PostgreSQL 15.18`.
    pub fn product(&self) -> String {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(inner) => format!("PostgreSQL {}", inner.facts().version),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(inner) => format!("SQLite {}", inner.version()),
        }
    }

    /// Whether `ALTER TYPE … ADD VALUE` may run in a transaction.
    pub fn adds_enum_values_in_transaction(&self) -> bool {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(inner) => inner.facts().version_number >= 120_000,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => true,
        }
    }

    /// Whether a pooler hands out server sessions for single transactions.
    pub fn is_pooled(&self) -> bool {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(inner) => inner.facts().pooled,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => false,
        }
    }

    /// Whether dates are written in ISO form, whatever the server is set to.
    pub fn writes_iso_dates(&self) -> bool {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(inner) => inner.writes_iso_dates(),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => true,
        }
    }

    /// Makes unqualified names go to this schema.
    pub fn use_schema(&mut self, schema: &str) {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(inner) => inner.use_schema(schema),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => {
                let _ = schema;
            }
        }
    }

    /// Puts the session back to how it was when it began; tells whether that can be done.
    pub fn renew(&mut self) -> Result<bool, ServerError> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(inner) => inner.renew().map(|()| true),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Ok(false),
        }
    }

    /// Whether a schema exists.
    pub fn schema_exists(&mut self, schema: &str) -> Result<bool, ServerError> {
        let sql = super::inspect::schema_exists(self.backend(), schema);
        is_true(self, &sql)
    }

    /// Whether nothing is in a schema.
    pub fn schema_is_empty(&mut self, schema: &str) -> Result<bool, ServerError> {
        let sql = super::inspect::schema_is_empty(self.backend(), schema);
        is_true(self, &sql)
    }

    /// Whether a table exists.
    pub fn table_exists(&mut self, schema: &str, table: &str) -> Result<bool, ServerError> {
        let sql = super::inspect::table_exists(self.backend(), schema, table);
        is_true(self, &sql)
    }

    /// Statements that create a schema; none where schemas cannot be created.
    pub fn create_schema(&self, schema: &str) -> Option<String> {
        super::inspect::create_schema(self.backend(), schema)
    }

    /// Statements that drop everything in a schema.
    pub fn drop_contents(&mut self, schema: &str) -> Result<Vec<String>, ServerError> {
        super::inspect::drop_contents(self.database(), schema)
    }

    /// The statement that drops a schema, where schemas can be dropped.
    pub fn drop_schema(&self, schema: &str) -> Option<String> {
        super::inspect::drop_schema(self.backend(), schema)
    }
}

fn is_true(connection: &mut Connection, sql: &str) -> Result<bool, ServerError> {
    let rows = connection.database().query(sql)?;
    Ok(matches!(rows.single(), Some("t" | "1")))
}
