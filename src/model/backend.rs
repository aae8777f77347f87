//! Which server speaks.

use std::fmt;

/// A kind of database server (or embedded library).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backend {
    /// PostgreSQL and servers that speak its protocol and dialect.
    Postgres,
    /// SQLite, embedded.
    Sqlite,
    /// MySQL and MariaDB.
    Mysql,
}

impl fmt::Display for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
            Self::Mysql => "MySQL",
        })
    }
}
