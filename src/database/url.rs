//! Connection URLs: what a user writes after `-url=`, as typed connection settings.
//!
//! Text in, values out: nothing here opens a connection. JDBC URLs are translated to what the
//! native libraries understand, native URLs are handed on. Every kind can be shown with
//! [`ConnectionUrl::redacted`], which never contains a password.

use thiserror::Error;

pub use self::postgres::{DEFAULT_APPLICATION_NAME, PostgresUrl};
pub use self::redaction::redact;
pub use self::sqlalchemy::SqlAlchemyUrl;
pub use self::sqlite::{SqliteLocation, SqliteUrl};
pub use crate::model::Secret;

mod parameters;
mod postgres;
mod redaction;
mod sqlalchemy;
mod sqlite;

/// A connection URL, sorted by the database it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionUrl {
    /// PostgreSQL, from a JDBC or a native URL.
    Postgres(PostgresUrl),
    /// SQLite, from a JDBC URL or a path.
    Sqlite(SqliteUrl),
    /// MySQL or MariaDB: recognised, so that the refusal can name it.
    Mysql(MysqlUrl),
}

/// A MySQL or MariaDB URL, kept unread.
#[derive(Clone, PartialEq, Eq)]
pub struct MysqlUrl {
    redacted: String,
}

impl MysqlUrl {
    /// The error to report when somebody wants to connect.
    #[must_use]
    pub fn refusal(&self) -> UrlError {
        UrlError::UnsupportedDatabase {
            database: "MySQL and MariaDB".to_owned(),
        }
    }

    /// The URL without its secrets.
    #[must_use]
    pub fn redacted(&self) -> String {
        self.redacted.clone()
    }
}

impl std::fmt::Debug for MysqlUrl {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("MysqlUrl")
            .field(&self.redacted)
            .finish()
    }
}

/// Why a connection URL cannot be used. No variant carries the URL itself: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UrlError {
    /// Neither a JDBC URL nor one of the native forms.
    #[error("the connection URL does not start with a known scheme")]
    UnknownScheme,
    /// A database this program does not speak to.
    #[error("{database} cannot be migrated by this program yet")]
    UnsupportedDatabase {
        /// The database, as the URL names it.
        database: String,
    },
    /// A wrapper driver whose work cannot be replaced.
    #[error("URLs with the prefix `{prefix}` need a Java driver")]
    UnsupportedWrapper {
        /// The prefix that names the wrapper.
        prefix: String,
    },
    /// A port that is no number from 1 to 65535.
    #[error("the port after host number {position} is not a number from 1 to 65535")]
    InvalidPort {
        /// Counting from 1; the text itself may be half of a password.
        position: usize,
    },
    /// More than one slash after the hosts.
    #[error("the connection URL has more than one `/` after the host")]
    TooManySlashes,
    /// A `%` that two hexadecimal digits do not follow, or bytes that are not UTF-8.
    #[error("the {part} in the connection URL is not percent-encoded correctly")]
    InvalidEncoding {
        /// Which part it is.
        part: &'static str,
    },
    /// A parameter whose value makes no sense.
    #[error("the connection parameter `{name}` has a value that cannot be used")]
    InvalidParameter {
        /// Its name.
        name: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A parameter that asks for something impossible here.
    #[error("the connection parameter `{name}` is not supported")]
    UnsupportedParameter {
        /// Its name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
}

impl UrlError {
    /// What to do about it, if anything is known to help.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownScheme => Some(
                "use `jdbc:postgresql://host:port/database`, `postgres://…`, `jdbc:sqlite:path` or `sqlite:path`"
                    .to_owned(),
            ),
            Self::UnsupportedDatabase { .. } => {
                Some("PostgreSQL and SQLite are supported".to_owned())
            }
            Self::UnsupportedWrapper { prefix } => Some(format!(
                "write the plain URL without `{prefix}`; secrets can come from environment variables"
            )),
            Self::InvalidPort { .. } | Self::InvalidEncoding { .. } => Some(
                "characters such as `:`, `/`, `@`, `?`, `&` and `%` inside a value must be percent-encoded"
                    .to_owned(),
            ),
            Self::TooManySlashes => {
                Some("write `%2F` for a slash in the name of the database".to_owned())
            }
            Self::InvalidParameter { expected, .. } => Some(format!("expected {expected}")),
            Self::UnsupportedParameter { reason, .. } => Some((*reason).to_owned()),
        }
    }
}

/// Driver prefixes that only watch or fail over; the plain driver does the same migrations.
const TRANSPARENT_WRAPPERS: [&str; 3] = ["jdbc:p6spy:", "jdbc:aws-wrapper:", "jdbc:otel:"];

/// Driver prefixes that start servers or fetch credentials.
const REFUSED_WRAPPERS: [&str; 2] = ["jdbc-secretsmanager:", "jdbc:tc:"];

impl ConnectionUrl {
    /// Reads a connection URL in any of the supported forms.
    ///
    /// # Errors
    ///
    /// When the scheme is unknown, the database is not supported or a part cannot be read.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        if let Some(prefix) = REFUSED_WRAPPERS.iter().find(|p| text.starts_with(**p)) {
            return Err(UrlError::UnsupportedWrapper {
                prefix: (*prefix).to_owned(),
            });
        }
        let inner = TRANSPARENT_WRAPPERS
            .iter()
            .find_map(|wrapper| text.strip_prefix(wrapper))
            .map_or_else(|| text.to_owned(), |rest| format!("jdbc:{rest}"));
        Self::parse_unwrapped(&inner)
    }

    fn parse_unwrapped(text: &str) -> Result<Self, UrlError> {
        if let Some(rest) = text.strip_prefix("jdbc:postgresql:") {
            return PostgresUrl::parse_jdbc(rest).map(Self::Postgres);
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return PostgresUrl::parse_native(text).map(Self::Postgres);
        }
        for prefix in ["jdbc:sqlite:", "jdbc:sqldroid:"] {
            if let Some(rest) = text.strip_prefix(prefix) {
                return SqliteUrl::parse_jdbc(rest).map(Self::Sqlite);
            }
        }
        if let Some(rest) = text.strip_prefix("sqlite:") {
            return SqliteUrl::parse_native(rest).map(Self::Sqlite);
        }
        let mysql = [
            "jdbc:mysql:",
            "jdbc:mysql+srv:",
            "jdbc:mariadb:",
            "jdbc:google:",
            "mysql://",
            "mariadb://",
        ];
        if mysql.iter().any(|prefix| text.starts_with(prefix)) {
            let redacted = redact(text);
            return Ok(Self::Mysql(MysqlUrl { redacted }));
        }
        Err(unknown_scheme(text))
    }

    /// The URL as it may be shown: passwords replaced by `****`.
    #[must_use]
    pub fn redacted(&self) -> String {
        match self {
            Self::Postgres(url) => url.redacted(),
            Self::Sqlite(url) => url.redacted(),
            Self::Mysql(url) => url.redacted(),
        }
    }

    /// Remarks about parts of the URL that have no effect here.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        match self {
            Self::Postgres(url) => url.warnings(),
            Self::Sqlite(url) => url.warnings(),
            Self::Mysql(_) => &[],
        }
    }
}

/// Names the database when the text at least has the shape of a JDBC URL.
fn unknown_scheme(text: &str) -> UrlError {
    let name = text.strip_prefix("jdbc:").and_then(|r| r.split(':').next());
    match name {
        Some(name) if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()) => {
            UrlError::UnsupportedDatabase {
                database: format!("the database of `jdbc:{name}:` URLs"),
            }
        }
        _ => UrlError::UnknownScheme,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_lead_to_databases() {
        let cases = [
            ("jdbc:postgresql://h/d", "postgres"),
            ("jdbc:p6spy:postgresql://h/d", "postgres"),
            ("jdbc:aws-wrapper:postgresql://h/d", "postgres"),
            ("postgres://h/d", "postgres"),
            ("postgresql://h/d", "postgres"),
            ("jdbc:sqlite:x.db", "sqlite"),
            ("jdbc:sqldroid:x.db", "sqlite"),
            ("sqlite:x.db", "sqlite"),
            ("sqlite://x.db", "sqlite"),
            ("jdbc:mysql://h/d", "mysql"),
            ("jdbc:p6spy:mysql://h/d", "mysql"),
            ("jdbc:mariadb://h/d", "mysql"),
            ("  jdbc:sqlite:x.db ", "sqlite"),
        ];
        for (text, expected) in cases {
            let found = match ConnectionUrl::parse(text) {
                Ok(ConnectionUrl::Postgres(_)) => "postgres",
                Ok(ConnectionUrl::Sqlite(_)) => "sqlite",
                Ok(ConnectionUrl::Mysql(_)) => "mysql",
                Err(_) => "error",
            };
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn other_schemes_are_refused_by_name() {
        let cases = [
            ("", "the connection URL does not start with a known scheme"),
            (
                "localhost",
                "the connection URL does not start with a known scheme",
            ),
            (
                "jdbc:oracle:thin:@//h/x",
                "the database of `jdbc:oracle:` URLs cannot be migrated by this program yet",
            ),
            (
                "jdbc-secretsmanager:postgresql://h/d",
                "URLs with the prefix `jdbc-secretsmanager:` need a Java driver",
            ),
            (
                "jdbc:tc:postgresql:15:///d",
                "URLs with the prefix `jdbc:tc:` need a Java driver",
            ),
        ];
        for (text, expected) in cases {
            let error = ConnectionUrl::parse(text).expect_err(text);
            assert_eq!(error.to_string(), expected);
            assert!(error.hint().is_some(), "{text}");
        }
    }

    #[test]
    fn mysql_is_recognised_and_hides_its_password() {
        let url =
            ConnectionUrl::parse("jdbc:mysql://u:pw@h:3306/d?password=pw2&x=1").expect("read");
        assert_eq!(
            url.redacted(),
            "jdbc:mysql://u:****@h:3306/d?password=****&x=1"
        );
        let ConnectionUrl::Mysql(url) = url else {
            panic!("not MySQL")
        };
        assert!(url.refusal().to_string().starts_with("MySQL and MariaDB"));
    }
}
