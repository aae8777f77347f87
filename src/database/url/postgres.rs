//! PostgreSQL URLs as keyword/value pairs for libpq.
//!
//! `jdbc:postgresql:` URLs are taken apart by the rules of the Java driver, where `+` is a space
//! and several `host:port` pairs may be given. Native URIs are libpq's own business: they are
//! handed on whole.

use std::collections::BTreeMap;
use std::fmt;

use percent_encoding::percent_decode_str;

use super::parameters::{Translation, translate};
use super::redaction::redact;
use super::{Secret, UrlError};

/// The name a session shows in `pg_stat_activity` unless the URL names another.
pub const DEFAULT_APPLICATION_NAME: &str = "Stillway";

/// A PostgreSQL URL, read but not yet connected to.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    form: Form,
    redacted: String,
    warnings: Vec<String>,
}

/// The two families of URLs.
#[derive(Clone, PartialEq, Eq)]
enum Form {
    /// A JDBC URL in pieces.
    Jdbc {
        hosts: Vec<Host>,
        database: Option<String>,
        parameters: Vec<(String, String)>,
    },
    /// A libpq URI, and driver properties given beside it.
    Native {
        uri: Secret,
        properties: Vec<(String, String)>,
    },
}

#[derive(Clone, PartialEq, Eq)]
struct Host {
    name: String,
    port: u16,
}

impl Host {
    const DEFAULT_PORT: u16 = 5432;

    fn local() -> Self {
        Self {
            name: "localhost".to_owned(),
            port: Self::DEFAULT_PORT,
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("PostgresUrl")
            .field(&self.redacted)
            .finish()
    }
}

impl PostgresUrl {
    /// Reads what follows `jdbc:postgresql:`.
    pub(super) fn parse_jdbc(rest: &str) -> Result<Self, UrlError> {
        let (server, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut parameters = Vec::new();
        let (hosts, database) = match server.strip_prefix("//") {
            Some(server) => parse_server(server, &mut parameters)?,
            None => (
                vec![Host::local()],
                non_empty(server.trim_start_matches('/')),
            ),
        };
        let database = database
            .map(|name| decode(&name, "database name"))
            .transpose()?;
        // A value in the parameters wins over one in front of the host.
        for token in query.split('&').filter(|token| !token.is_empty()) {
            let (name, value) = token.split_once('=').unwrap_or((token, ""));
            let value = decode(value, "value of a parameter")?;
            parameters.retain(|(known, _)| known != name);
            parameters.push((name.to_owned(), value));
        }
        let warnings = translate(&parameters)?.warnings;
        Ok(Self {
            form: Form::Jdbc {
                hosts,
                database,
                parameters,
            },
            redacted: redact(&format!("jdbc:postgresql:{rest}")),
            warnings,
        })
    }

    /// Keeps a `postgres://` or `postgresql://` URI for libpq.
    pub(super) fn parse_native(uri: &str) -> Result<Self, UrlError> {
        percent_decode_str(uri)
            .decode_utf8()
            .map_err(|_| UrlError::InvalidEncoding { part: "text" })?;
        check_ports(uri)?;
        Ok(Self {
            form: Form::Native {
                uri: Secret::new(uri),
                properties: Vec::new(),
            },
            redacted: redact(uri),
            warnings: Vec::new(),
        })
    }

    /// Adds driver properties, such as `jdbcProperties.ApplicationName`.
    ///
    /// A parameter in the URL wins over a property of the same name.
    ///
    /// # Errors
    ///
    /// When a property has an impossible value.
    pub fn with_properties(mut self, extra: &BTreeMap<String, Secret>) -> Result<Self, UrlError> {
        let extra = extra
            .iter()
            .map(|(name, value)| (name.clone(), value.expose().to_owned()));
        let all = match &mut self.form {
            Form::Jdbc { parameters, .. } => parameters,
            Form::Native { properties, .. } => properties,
        };
        for (name, value) in extra {
            if !all.iter().any(|(known, _)| *known == name) {
                all.push((name, value));
            }
        }
        self.warnings = translate(all)?.warnings;
        Ok(self)
    }

    /// The pairs to hand to `PQconnectdbParams`, with `expand_dbname` switched on.
    ///
    /// `user` and `password` are the separate settings: a value inside the URL wins over them.
    /// The order matters, because libpq lets a later keyword override an earlier one.
    #[must_use]
    pub fn conninfo(
        &self,
        user: Option<&str>,
        password: Option<&Secret>,
        application_name: Option<&str>,
    ) -> Vec<(String, String)> {
        let application = application_name.unwrap_or(DEFAULT_APPLICATION_NAME);
        let mut pairs = vec![("application_name".to_owned(), application.to_owned())];
        if let Some(user) = user.filter(|user| !user.is_empty()) {
            set(&mut pairs, "user", user);
        }
        if let Some(password) = password {
            set(&mut pairs, "password", password.expose());
        }
        match &self.form {
            Form::Jdbc {
                hosts,
                database,
                parameters,
            } => {
                let join = |field: fn(&Host) -> String| {
                    hosts.iter().map(field).collect::<Vec<_>>().join(",")
                };
                set(&mut pairs, "host", &join(|host| host.name.clone()));
                set(&mut pairs, "port", &join(|host| host.port.to_string()));
                if let Some(database) = database {
                    set(&mut pairs, "dbname", database);
                }
                add_translated(&mut pairs, parameters);
            }
            Form::Native { uri, properties } => {
                add_translated(&mut pairs, properties);
                set(&mut pairs, "dbname", uri.expose());
            }
        }
        pairs
    }

    /// The URL without its secrets.
    #[must_use]
    pub fn redacted(&self) -> String {
        self.redacted.clone()
    }

    /// Parameters that have no effect here, one remark each.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

/// Looks at the ports of a URI before libpq does, which would repeat them in its error: behind a
/// `/` or `@` that should have been percent-encoded they are half of a password.
fn check_ports(uri: &str) -> Result<(), UrlError> {
    let rest = uri.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let hosts = authority
        .rsplit_once('@')
        .map_or(authority, |(_, hosts)| hosts);
    for (index, host) in hosts.split(',').enumerate() {
        let behind_brackets = host.rsplit_once(']').map_or(host, |(_, rest)| rest);
        let port = behind_brackets
            .rsplit_once(':')
            .map_or("", |(_, port)| port);
        let percent_encoded = percent_decode_str(port).decode_utf8_lossy();
        if !percent_encoded.is_empty() && percent_encoded.parse::<u16>().is_err() {
            return Err(UrlError::InvalidPort {
                position: index + 1,
            });
        }
    }
    Ok(())
}

fn add_translated(pairs: &mut Vec<(String, String)>, parameters: &[(String, String)]) {
    let Translation { settings, .. } =
        translate(parameters).expect("the parameters were translated once when they were read");
    for (name, value) in settings {
        set(pairs, name, &value);
    }
}

fn set(pairs: &mut Vec<(String, String)>, name: &str, value: &str) {
    pairs.retain(|(known, _)| known != name);
    pairs.push((name.to_owned(), value.to_owned()));
}

/// Reads `[user[:password]@]host[:port][,host[:port]…][/database]`.
fn parse_server(
    server: &str,
    parameters: &mut Vec<(String, String)>,
) -> Result<(Vec<Host>, Option<String>), UrlError> {
    // The Java driver knows no user in front of the host; people write it all the same.
    let server = match server.rsplit_once('@') {
        Some((who, server)) => {
            let (user, password) = who.split_once(':').unwrap_or((who, ""));
            parameters.push(("user".to_owned(), decode(user, "user")?));
            if !password.is_empty() {
                parameters.push(("password".to_owned(), decode(password, "password")?));
            }
            server
        }
        None => server,
    };
    let (addresses, database) = server.split_once('/').unwrap_or((server, ""));
    if database.contains('/') {
        return Err(UrlError::TooManySlashes);
    }
    let hosts = addresses
        .split(',')
        .enumerate()
        .map(|(index, address)| parse_host(address, index + 1))
        .collect::<Result<Vec<_>, _>>()?;
    Ok((hosts, non_empty(database)))
}

fn parse_host(address: &str, position: usize) -> Result<Host, UrlError> {
    let (name, port) = match address.rfind(':') {
        // A colon inside the brackets of an IPv6 address introduces no port.
        Some(colon) if address.rfind(']').is_none_or(|bracket| bracket < colon) => {
            let port = address[colon + 1..].parse::<u16>().unwrap_or_default();
            if port == 0 {
                return Err(UrlError::InvalidPort { position });
            }
            (&address[..colon], port)
        }
        _ => (address, Host::DEFAULT_PORT),
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    if name.is_empty() {
        return Ok(Host {
            port,
            ..Host::local()
        });
    }
    let name = decode(name, "host")?;
    Ok(Host { name, port })
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Decodes as the Java driver does: `%XX` and, as in a form, `+` for a space.
fn decode(text: &str, part: &'static str) -> Result<String, UrlError> {
    let bytes = text.as_bytes();
    let broken = bytes.iter().enumerate().any(|(index, byte)| {
        *byte == b'%'
            && !(bytes.get(index + 1).is_some_and(u8::is_ascii_hexdigit)
                && bytes.get(index + 2).is_some_and(u8::is_ascii_hexdigit))
    });
    if broken {
        return Err(UrlError::InvalidEncoding { part });
    }
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| UrlError::InvalidEncoding { part })
}

#[cfg(test)]
mod tests {
    use super::super::ConnectionUrl;
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<PostgresUrl, UrlError> {
        match ConnectionUrl::parse(text)? {
            ConnectionUrl::Postgres(url) => Ok(url),
            other => panic!("{other:?}"),
        }
    }

    /// The pairs in one line, without the application name.
    fn pairs(url: &PostgresUrl, user: Option<&str>, password: Option<&str>) -> String {
        let password = password.map(Secret::from);
        url.conninfo(user, password.as_ref(), None)
            .into_iter()
            .filter(|(name, _)| name != "application_name")
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn every_jdbc_form_becomes_pairs() {
        let cases = [
            ("jdbc:postgresql://h:1/d", "host=h port=1 dbname=d"),
            ("jdbc:postgresql://h/d", "host=h port=5432 dbname=d"),
            ("jdbc:postgresql://h", "host=h port=5432"),
            ("jdbc:postgresql://h/", "host=h port=5432"),
            ("jdbc:postgresql:///d", "host=localhost port=5432 dbname=d"),
            ("jdbc:postgresql:d", "host=localhost port=5432 dbname=d"),
            ("jdbc:postgresql:/", "host=localhost port=5432"),
            ("jdbc:postgresql:", "host=localhost port=5432"),
            ("jdbc:postgresql://[::1]:6/d", "host=::1 port=6 dbname=d"),
            (
                "jdbc:postgresql://[fe80::1]/d",
                "host=fe80::1 port=5432 dbname=d",
            ),
            (
                "jdbc:postgresql://a:1,b,[::2]:3/d",
                "host=a,b,::2 port=1,5432,3 dbname=d",
            ),
            (
                "jdbc:postgresql://h/a%2Fb%20c",
                "host=h port=5432 dbname=a/b c",
            ),
            (
                "jdbc:postgresql://h/d?user=a%40b&password=x+y",
                "host=h port=5432 dbname=d user=a@b password=x y",
            ),
            (
                "jdbc:postgresql://u:p%40@h/d",
                "host=h port=5432 dbname=d user=u password=p@",
            ),
            (
                "jdbc:postgresql://h/d?&&sslmode=require&",
                "host=h port=5432 dbname=d sslmode=require",
            ),
        ];
        for (text, expected) in cases {
            let url = parse(text).expect(text);
            assert_eq!(pairs(&url, None, None), expected, "{text}");
        }
    }

    #[test]
    fn a_value_in_the_url_wins() {
        let url = parse("jdbc:postgresql://h/d?user=inside&password=one").expect("read");
        assert_eq!(
            pairs(&url, Some("outside"), Some("two")),
            "host=h port=5432 dbname=d user=inside password=one"
        );
        let url = parse("jdbc:postgresql://h/d").expect("read");
        assert_eq!(
            pairs(&url, Some("outside"), Some("two")),
            "user=outside password=two host=h port=5432 dbname=d"
        );
        // libpq expands the URI last, so what it says overrides the pairs before it.
        let url = parse("postgres://inside:one@h/d").expect("read");
        assert_eq!(
            pairs(&url, Some("outside"), None),
            "user=outside dbname=postgres://inside:one@h/d"
        );
    }

    #[test]
    fn the_application_name_has_a_default() {
        let name = |text: &str, given: Option<&str>| {
            let pairs = parse(text).expect(text).conninfo(None, None, given);
            pairs
                .into_iter()
                .find(|(n, _)| n == "application_name")
                .map(|(_, v)| v)
        };
        assert_eq!(name("jdbc:postgresql:d", None).as_deref(), Some("Stillway"));
        assert_eq!(name("jdbc:postgresql:d", Some("x")).as_deref(), Some("x"));
        let given = name("jdbc:postgresql:d?ApplicationName=y", Some("x"));
        assert_eq!(given.as_deref(), Some("y"));
    }

    #[test]
    fn properties_fill_what_the_url_leaves_open() {
        let extra: BTreeMap<_, _> = [("sslmode", "require"), ("user", "p")]
            .map(|(name, value)| (name.to_owned(), Secret::from(value)))
            .into();
        let url = parse("jdbc:postgresql://h/d?user=u").expect("read");
        let url = url.with_properties(&extra).expect("properties");
        assert_eq!(
            pairs(&url, None, None),
            "host=h port=5432 dbname=d user=u sslmode=require"
        );
        let url = parse("postgres://h/d").expect("read");
        let url = url.with_properties(&extra).expect("properties");
        assert_eq!(
            pairs(&url, None, None),
            "sslmode=require user=p dbname=postgres://h/d"
        );
    }

    #[test]
    fn impossible_urls_are_refused_without_showing_them() {
        let cases = [
            "jdbc:postgresql://h:x/d",
            "jdbc:postgresql://h:0/d",
            "jdbc:postgresql://h:70000/d",
            "jdbc:postgresql://h/a/b",
            "jdbc:postgresql://h/d?user=%zz",
            "jdbc:postgresql://h/%ff",
            "postgres://h/%ff",
        ];
        for text in cases {
            let error = parse(text).expect_err(text);
            assert!(!error.to_string().contains("//"), "{error}");
            assert!(error.hint().is_some());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            for scheme in ["", "jdbc:postgresql:", "jdbc:postgresql://", "postgres://", "jdbc:sqlite:", "sqlite:"] {
                if let Ok(url) = ConnectionUrl::parse(&format!("{scheme}{text}")) {
                    let _ = (url.redacted(), format!("{url:?}"));
                }
            }
        }

        #[test]
        fn passwords_never_show(secret in "[a-zA-Z0-9!$()*,;:@/?+%_-]{1,12}") {
            let password = format!("pw{secret}pw");
            let encoded: String = percent_encoding::utf8_percent_encode(&password, percent_encoding::NON_ALPHANUMERIC).to_string();
            for text in [
                format!("jdbc:postgresql://h:1/d?user=u&password={encoded}&sslmode=require"),
                format!("jdbc:postgresql://u:{encoded}@h/d"),
                format!("postgres://u:{encoded}@h,i:2/d?sslpassword={encoded}"),
                format!("postgres://u:{password}@h/d"),
                format!("jdbc:mysql://u:{encoded}@h/d?password={encoded}"),
            ] {
                let shown = redact(&text);
                prop_assert!(!shown.contains(&password) && !shown.contains(&encoded), "{}", shown);
                if let Ok(url) = ConnectionUrl::parse(&text) {
                    let shown = format!("{} {url:?}", url.redacted());
                    prop_assert!(!shown.contains(&password) && !shown.contains(&encoded), "{}", shown);
                }
            }
        }
    }
}
