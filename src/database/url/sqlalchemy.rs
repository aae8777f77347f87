//! `SQLAlchemy`'s URLs: `dialect+driver://user:password@host:port/database?query`.

use std::fmt::Write as _;

use std::sync::LazyLock;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use regex::Regex;

use super::{ConnectionUrl, UrlError};
use crate::model::Backend;

/// A `SQLAlchemy` URL, read but not yet connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlAlchemyUrl {
    /// The kind of server.
    pub backend: Backend,
    /// The driver it names, if any.
    pub driver: Option<String>,
    /// What to connect to.
    pub target: ConnectionUrl,
    /// As Alembic shows it, `***` for a password.
    pub shown: String,
    /// Parameters that only a Python driver understands.
    pub ignored: Vec<String>,
}

/// Parameters that libpq understands.
const LIBPQ: [&str; 40] = [
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "passfile",
    "require_auth",
    "channel_binding",
    "connect_timeout",
    "client_encoding",
    "options",
    "application_name",
    "fallback_application_name",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "replication",
    "gssencmode",
    "sslmode",
    "requiressl",
    "sslcompression",
    "sslcert",
    "sslkey",
    "sslpassword",
    "sslcertmode",
    "sslrootcert",
    "sslcrl",
    "sslcrldir",
    "sslsni",
    "requirepeer",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    "krbsrvname",
    "gsslib",
    "service",
    "target_session_attrs",
    "load_balance_hosts",
];

impl SqlAlchemyUrl {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// When it has not the form of one, or names a database that is not supported.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let (parts, dialect, driver) = Parts::read(text)?;
        let name = driver.map_or_else(
            || dialect.to_owned(),
            |driver| format!("{dialect}+{driver}"),
        );
        let mut ignored = Vec::new();
        let (backend, target) = match dialect {
            "postgresql" | "postgres" | "cockroachdb" => (
                Backend::Postgres,
                ConnectionUrl::parse(&parts.libpq(&mut ignored)?)?,
            ),
            "sqlite" => (
                Backend::Sqlite,
                ConnectionUrl::parse(&parts.sqlite(&mut ignored))?,
            ),
            "mysql" | "mariadb" => (Backend::Mysql, ConnectionUrl::parse(&parts.mysql())?),
            other => {
                return Err(UrlError::UnsupportedDatabase {
                    database: format!("the database of `{other}://` URLs"),
                });
            }
        };
        Ok(Self {
            backend,
            driver: driver.map(str::to_owned),
            target,
            shown: parts.shown(&name),
            ignored,
        })
    }
}

impl SqlAlchemyUrl {
    /// Reads a URL of any form that is known: `SQLAlchemy`'s, JDBC's, or a library's own.
    ///
    /// # Errors
    ///
    /// When it has no such form, or names a database that is not supported.
    pub fn parse_any(text: &str) -> Result<Self, UrlError> {
        if !text.starts_with("jdbc:") {
            return Self::parse(text);
        }
        let target = ConnectionUrl::parse(text)?;
        let backend = match &target {
            ConnectionUrl::Postgres(_) => Backend::Postgres,
            ConnectionUrl::Sqlite(_) => Backend::Sqlite,
            ConnectionUrl::Mysql(_) => Backend::Mysql,
        };
        Ok(Self {
            backend,
            driver: None,
            shown: target.redacted(),
            target,
            ignored: Vec::new(),
        })
    }

    /// The same database in a form that [`ConnectionUrl::parse`] reads; other forms stay as they are.
    ///
    /// # Errors
    ///
    /// When a `SQLAlchemy` URL cannot be read.
    pub fn translated(text: &str) -> Result<String, UrlError> {
        let scheme = text.split("://").next().unwrap_or_default();
        let is_sqlalchemy = scheme.contains('+') || scheme == "sqlite";
        if text.starts_with("jdbc:") || !is_sqlalchemy {
            return Ok(text.to_owned());
        }
        let (parts, dialect, driver) = Parts::read(text)?;
        let plain = |(name, _): &(String, String)| LIBPQ.contains(&name.as_str());
        if matches!(dialect, "postgresql" | "postgres")
            && parts.query.iter().all(plain)
            && let Some(driver) = driver
        {
            return Ok(text.replacen(&format!("{dialect}+{driver}"), dialect, 1));
        }
        let mut ignored = Vec::new();
        match dialect {
            "sqlite" => Ok(parts.sqlite(&mut ignored)),
            "mysql" | "mariadb" => Ok(parts.mysql()),
            _ => parts.libpq(&mut ignored),
        }
    }

    /// Whether a server of MySQL's kind is addressed as MariaDB.
    pub fn is_mariadb(&self) -> bool {
        self.shown.starts_with("mariadb")
    }
}

struct Parts {
    user: Option<String>,
    password: Option<String>,
    host: Option<String>,
    port: Option<String>,
    database: Option<String>,
    query: Vec<(String, String)>,
}

impl Parts {
    /// Takes a URL apart; gives the names of dialect and driver as well.
    fn read(text: &str) -> Result<(Self, &str, Option<&str>), UrlError> {
        static FORM: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(concat!(
                r"^(?<name>[\w+]+)://",
                r"(?:(?<user>[^:/]*)(?::(?<password>[^@]*))?@)?",
                r"(?:(?:\[(?<six>[^/?]+)\]|(?<host>[^/:?]+))?(?::(?<port>[^/?]*))?)?",
                r"(?:/(?<database>[^?]*))?(?:\?(?<query>.*))?$",
            ))
            .expect("the expression is fixed")
        });
        let captures = FORM.captures(text.trim()).ok_or(UrlError::UnknownScheme)?;
        let part = |name: &str| captures.name(name).map(|found| found.as_str());
        let name = part("name").unwrap_or_default();
        let (dialect, driver) = match name.split_once('+') {
            Some((dialect, driver)) => (dialect, Some(driver)),
            None => (name, None),
        };
        let parts = Self {
            user: part("user").map(|user| decode(user, "user")).transpose()?,
            password: part("password")
                .map(|password| decode(password, "password"))
                .transpose()?,
            host: part("six").or(part("host")).map(str::to_owned),
            port: part("port")
                .filter(|port| !port.is_empty())
                .map(str::to_owned),
            database: part("database").map(str::to_owned),
            query: query(part("query").unwrap_or_default())?,
        };
        Ok((parts, dialect, driver))
    }

    /// A URI as libpq reads it.
    fn libpq(&self, ignored: &mut Vec<String>) -> Result<String, UrlError> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        let mut hosts = Vec::new();
        let mut ports = Vec::new();
        for (name, value) in &self.query {
            match name.as_str() {
                // `host=name:port` may come several times.
                "host" if value.starts_with('/') => hosts.push(value.clone()),
                "host" => match value.rsplit_once(':') {
                    Some((host, port)) => {
                        hosts.push(host.to_owned());
                        ports.push(port.to_owned());
                    }
                    None => hosts.push(value.clone()),
                },
                "port" => ports.push(value.clone()),
                // asyncpg's word for it.
                "ssl" => parameters.push(("sslmode".to_owned(), ssl_mode(value).to_owned())),
                name if LIBPQ.contains(&name) => {
                    parameters.push((name.to_owned(), value.clone()));
                }
                name => ignored.push(name.to_owned()),
            }
        }
        if hosts.is_empty() {
            hosts.extend(self.host.clone());
        }
        if ports.is_empty() {
            ports.extend(self.port.clone());
        }
        for (index, port) in ports.iter().enumerate() {
            if port.parse::<u16>().unwrap_or_default() == 0 {
                return Err(UrlError::InvalidPort {
                    position: index + 1,
                });
            }
        }
        if !hosts.is_empty() {
            parameters.push(("host".to_owned(), hosts.join(",")));
        }
        if !ports.is_empty() {
            parameters.push(("port".to_owned(), ports.join(",")));
        }
        parameters.extend(self.user.clone().map(|user| ("user".to_owned(), user)));
        let password = self.password.clone();
        parameters.extend(password.map(|password| ("password".to_owned(), password)));
        let database = self.database.as_deref().unwrap_or_default();
        let pairs: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        Ok(format!(
            "postgresql:///{}?{}",
            encode(database),
            pairs.join("&")
        ))
    }

    fn sqlite(&self, ignored: &mut Vec<String>) -> String {
        let path = self.database.as_deref().unwrap_or_default();
        let uri = self
            .query
            .iter()
            .any(|(name, value)| name == "uri" && value != "false");
        if uri && path.starts_with("file:") {
            let rest: Vec<String> = self
                .query
                .iter()
                .filter(|(name, _)| name != "uri")
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let mark = if rest.is_empty() { "" } else { "?" };
            return format!("sqlite:{path}{mark}{}", rest.join("&"));
        }
        ignored.extend(self.query.iter().map(|(name, _)| name.clone()));
        match path {
            "" => "sqlite::memory:".to_owned(),
            path => format!("sqlite:{path}"),
        }
    }

    fn mysql(&self) -> String {
        format!("mysql://{}/", self.host.as_deref().unwrap_or("localhost"))
    }

    /// The URL with `***` for a password, and without parameters that could hold one.
    fn shown(&self, name: &str) -> String {
        let mut text = format!("{name}://");
        if let Some(user) = &self.user {
            text.push_str(&encode_lightly(user));
            if self.password.is_some() {
                text.push_str(":***");
            }
            text.push('@');
        }
        if let Some(host) = &self.host {
            if host.contains(':') {
                let _ = write!(text, "[{host}]");
            } else {
                text.push_str(host);
            }
        }
        if let Some(port) = &self.port {
            let _ = write!(text, ":{port}");
        }
        if let Some(database) = &self.database {
            let _ = write!(text, "/{database}");
        }
        let pairs: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| {
                let secret = name.to_lowercase().contains("pass");
                let value = if secret { "***" } else { value };
                format!("{name}={}", encode_lightly(value))
            })
            .collect();
        if !pairs.is_empty() {
            let _ = write!(text, "?{}", pairs.join("&"));
        }
        text
    }
}

fn ssl_mode(value: &str) -> &str {
    match value.to_lowercase().as_str() {
        "true" | "1" => "require",
        "false" | "0" => "disable",
        _ => value,
    }
}

fn query(text: &str) -> Result<Vec<(String, String)>, UrlError> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = value.replace('+', " ");
            Ok((
                decode(name, "name of a parameter")?,
                decode(&value, "value of a parameter")?,
            ))
        })
        .collect()
}

/// Python leaves a `%` alone that no digits follow.
fn decode(text: &str, part: &'static str) -> Result<String, UrlError> {
    percent_decode_str(text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| UrlError::InvalidEncoding { part })
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn encode_lightly(text: &str) -> String {
    text.replace('%', "%25")
        .replace('@', "%40")
        .replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use super::super::SqliteLocation;
    use super::*;

    fn read(text: &str) -> String {
        match SqlAlchemyUrl::parse(text) {
            Err(error) => error.to_string(),
            Ok(url) => {
                let target = match &url.target {
                    ConnectionUrl::Postgres(postgres) => postgres
                        .conninfo(None, None, None)
                        .into_iter()
                        .find(|(name, _)| name == "dbname")
                        .map(|(_, value)| value)
                        .unwrap_or_default(),
                    ConnectionUrl::Sqlite(sqlite) => match &sqlite.location {
                        SqliteLocation::File(path) => path.display().to_string(),
                        SqliteLocation::Uri(uri) => uri.clone(),
                        other => format!("{other:?}"),
                    },
                    ConnectionUrl::Mysql(_) => "mysql".to_owned(),
                };
                format!("{target} | {} {:?}", url.shown, url.ignored)
            }
        }
    }

    #[test]
    fn every_form() {
        for (text, expected) in [
            (
                "postgresql://u:p%40w@h:5433/d",
                "postgresql:///d?host=h&port=5433&user=u&password=p%40w | postgresql://u:***@h:5433/d []",
            ),
            (
                "postgresql+psycopg2://u@h/d?sslmode=require",
                "postgresql:///d?sslmode=require&host=h&user=u | postgresql+psycopg2://u@h/d?sslmode=require []",
            ),
            (
                "postgresql+asyncpg://h/d?ssl=true&command_timeout=5",
                "postgresql:///d?sslmode=require&host=h | postgresql+asyncpg://h/d?ssl=true&command_timeout=5 [\"command_timeout\"]",
            ),
            (
                "postgresql+psycopg://u:p@/d?host=/var/run/postgresql",
                "postgresql:///d?host=%2Fvar%2Frun%2Fpostgresql&user=u&password=p | postgresql+psycopg://u:***@/d?host=%2Fvar%2Frun%2Fpostgresql []",
            ),
            (
                "postgres://h/d",
                "postgresql:///d?host=h | postgres://h/d []",
            ),
            (
                "postgresql://[::1]:5/d",
                "postgresql:///d?host=%3A%3A1&port=5 | postgresql://[::1]:5/d []",
            ),
            (
                "postgresql:///d?host=a:1&host=b:2",
                "postgresql:///d?host=a%2Cb&port=1%2C2 | postgresql:///d?host=a:1&host=b:2 []",
            ),
            (
                "postgresql://h:x/d",
                "the port after host number 1 is not a number from 1 to 65535",
            ),
            ("sqlite://", "Memory | sqlite:// []"),
            ("sqlite:///:memory:", "Memory | sqlite:///:memory: []"),
            ("sqlite:///a/b.db", "a/b.db | sqlite:///a/b.db []"),
            (
                "sqlite+aiosqlite:////abs/b.db",
                "/abs/b.db | sqlite+aiosqlite:////abs/b.db []",
            ),
            (
                "mysql+pymysql://u:p@h/d",
                "mysql | mysql+pymysql://u:***@h/d []",
            ),
            (
                "mssql+pyodbc://h/d",
                "the database of `mssql://` URLs cannot be migrated by this program yet",
            ),
            (
                "nonsense",
                "the connection URL does not start with a known scheme",
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
