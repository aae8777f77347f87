//! SQLite URLs as a place and a list of pragmas.

use std::fmt;
use std::path::PathBuf;

use super::UrlError;
use super::redaction::redact;

/// How long a statement waits for a lock when the URL does not say: three seconds.
const DEFAULT_BUSY_TIMEOUT: u32 = 3000;

/// Where an SQLite database lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqliteLocation {
    /// In memory, gone with the connection.
    Memory,
    /// In a temporary file, gone with the connection.
    Temporary,
    /// In a file; a relative path starts at the process's directory.
    File(PathBuf),
    /// Where a `file:` URI says, for `sqlite3_open_v2` with `SQLITE_OPEN_URI`.
    Uri(String),
}

/// An SQLite URL, read but not yet opened.
#[derive(Clone, PartialEq, Eq)]
pub struct SqliteUrl {
    /// The database.
    pub location: SqliteLocation,
    /// Pragmas to set after opening, in the order of the URL; names in lower case, values
    /// restricted to letters, digits, `_`, `-`, `.` and `/`, so that they can be put into SQL.
    pub pragmas: Vec<(String, String)>,
    /// Milliseconds to wait for a lock.
    pub busy_timeout: u32,
    redacted: String,
    warnings: Vec<String>,
}

impl fmt::Debug for SqliteUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("SqliteUrl")
            .field(&self.redacted)
            .finish()
    }
}

/// Pragmas that a URL may set.
const PRAGMAS: [&str; 33] = [
    "analysis_limit",
    "application_id",
    "auto_vacuum",
    "automatic_index",
    "cache_size",
    "cache_spill",
    "case_sensitive_like",
    "cell_size_check",
    "checkpoint_fullfsync",
    "count_changes",
    "default_cache_size",
    "defer_foreign_keys",
    "encoding",
    "foreign_keys",
    "full_column_names",
    "fullfsync",
    "ignore_check_constraints",
    "journal_mode",
    "journal_size_limit",
    "legacy_alter_table",
    "locking_mode",
    "max_page_count",
    "mmap_size",
    "page_size",
    "read_uncommitted",
    "recursive_triggers",
    "reverse_unordered_selects",
    "secure_delete",
    "short_column_names",
    "synchronous",
    "temp_store",
    "temp_store_directory",
    "trusted_schema",
];

/// Parameters that tune the Java driver only.
const HARMLESS: [&str; 10] = [
    "date_class",
    "date_precision",
    "date_string_format",
    "transaction_mode",
    "jdbc.explicit_readonly",
    "jdbc.get_generated_keys",
    "enable_load_extension",
    "open_mode",
    "shared_cache",
    "limit_attached",
];

impl SqliteUrl {
    /// Reads what follows `jdbc:sqlite:`.
    pub(super) fn parse_jdbc(rest: &str) -> Result<Self, UrlError> {
        if rest.starts_with(":resource:") {
            return Err(UrlError::UnsupportedWrapper {
                prefix: "jdbc:sqlite::resource:".to_owned(),
            });
        }
        Self::parse(rest, redact(&format!("jdbc:sqlite:{rest}")))
    }

    /// Reads what follows `sqlite:`, with or without the two slashes.
    pub(super) fn parse_native(rest: &str) -> Result<Self, UrlError> {
        let path = rest.strip_prefix("//").unwrap_or(rest);
        Self::parse(path, redact(&format!("sqlite:{rest}")))
    }

    fn parse(text: &str, redacted: String) -> Result<Self, UrlError> {
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let mut url = Self {
            location: SqliteLocation::Temporary,
            pragmas: Vec::new(),
            busy_timeout: DEFAULT_BUSY_TIMEOUT,
            redacted,
            warnings: Vec::new(),
        };
        let is_uri = place.starts_with("file:");
        let mut kept = Vec::new();
        for token in query.split('&').filter(|token| !token.is_empty()) {
            if url.read_parameter(token)? {
                continue;
            }
            let name = token.split('=').next().unwrap_or_default();
            if is_uri || matches!(name, "mode" | "cache" | "immutable" | "vfs") {
                kept.push(token);
            } else {
                let warning = format!("the connection parameter `{name}` has no effect");
                url.warnings.push(warning);
            }
        }
        url.location = locate(place, &kept);
        Ok(url)
    }

    /// Takes a parameter that is a pragma or harmless; answers whether it did.
    fn read_parameter(&mut self, token: &str) -> Result<bool, UrlError> {
        let (name, value) = token.split_once('=').unwrap_or((token, ""));
        let name = name.trim().to_ascii_lowercase();
        let value = value.trim();
        if matches!(name.as_str(), "password" | "hexkey_mode" | "key" | "cipher") {
            return Err(UrlError::UnsupportedParameter {
                name,
                reason: "encrypted SQLite databases cannot be opened",
            });
        }
        if name == "busy_timeout" {
            self.busy_timeout = value.parse().map_err(|_| UrlError::InvalidParameter {
                name,
                expected: "a number of milliseconds",
            })?;
            return Ok(true);
        }
        if PRAGMAS.contains(&name.as_str()) {
            let safe = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
            if value.is_empty() || !value.chars().all(safe) {
                return Err(UrlError::InvalidParameter {
                    name,
                    expected: "a word or a number",
                });
            }
            self.pragmas.retain(|(known, _)| *known != name);
            self.pragmas.push((name, value.to_owned()));
            return Ok(true);
        }
        Ok(HARMLESS.contains(&name.as_str()) || name.starts_with("limit_"))
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

/// Builds the place from the path and the parameters that SQLite itself understands.
fn locate(place: &str, parameters: &[&str]) -> SqliteLocation {
    match place {
        "" => SqliteLocation::Temporary,
        ":memory:" if parameters.is_empty() => SqliteLocation::Memory,
        _ if parameters.is_empty() && !place.starts_with("file:") => {
            SqliteLocation::File(PathBuf::from(place))
        }
        _ => {
            let path = match place.strip_prefix("file:") {
                Some(path) => path.to_owned(),
                // Only these two would end the path of a URI, and `%` would start an escape.
                None => place.replace('%', "%25").replace('#', "%23"),
            };
            let query = if parameters.is_empty() {
                String::new()
            } else {
                format!("?{}", parameters.join("&"))
            };
            SqliteLocation::Uri(format!("file:{path}{query}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ConnectionUrl;
    use super::*;

    fn parse(text: &str) -> Result<SqliteUrl, UrlError> {
        match ConnectionUrl::parse(text)? {
            ConnectionUrl::Sqlite(url) => Ok(url),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_form_names_a_place() {
        let file = |path: &str| SqliteLocation::File(PathBuf::from(path));
        let uri = |uri: &str| SqliteLocation::Uri(uri.to_owned());
        let cases = [
            ("jdbc:sqlite:x.db", file("x.db")),
            ("jdbc:sqlite:/a/x.db", file("/a/x.db")),
            ("jdbc:sqlite:C:/x.db", file("C:/x.db")),
            ("jdbc:sqlite::memory:", SqliteLocation::Memory),
            (
                "jdbc:sqlite::memory:?foreign_keys=true",
                SqliteLocation::Memory,
            ),
            ("jdbc:sqlite:", SqliteLocation::Temporary),
            (
                "jdbc:sqlite:file:x.db?mode=ro&cache=shared",
                uri("file:x.db?mode=ro&cache=shared"),
            ),
            ("jdbc:sqlite:file:x.db?foreign_keys=on", uri("file:x.db")),
            (
                "jdbc:sqlite:file::memory:?cache=shared",
                uri("file::memory:?cache=shared"),
            ),
            ("sqlite:x.db", file("x.db")),
            ("sqlite://x.db", file("x.db")),
            ("sqlite:///a/x.db", file("/a/x.db")),
            ("sqlite://x.db?mode=ro", uri("file:x.db?mode=ro")),
            ("sqlite::memory:", SqliteLocation::Memory),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).expect(text).location, expected, "{text}");
        }
    }

    #[test]
    fn parameters_are_pragmas() {
        let url = parse("jdbc:sqlite:x?Foreign_Keys=true&journal_mode=WAL&busy_timeout=5000&date_class=TEXT&foo=1")
            .expect("read");
        let pragmas = [("foreign_keys", "true"), ("journal_mode", "WAL")];
        assert_eq!(
            url.pragmas,
            pragmas.map(|(n, v)| (n.to_owned(), v.to_owned()))
        );
        assert_eq!(url.busy_timeout, 5000);
        assert_eq!(
            url.warnings(),
            ["the connection parameter `foo` has no effect"]
        );
        assert_eq!(parse("jdbc:sqlite:x").expect("read").busy_timeout, 3000);
    }

    #[test]
    fn impossible_parameters_are_refused() {
        for text in [
            "jdbc:sqlite:x?journal_mode=",
            "jdbc:sqlite:x?journal_mode=a;drop table b",
            "jdbc:sqlite:x?busy_timeout=soon",
            "jdbc:sqlite:x?password=p",
            "jdbc:sqlite::resource:x.db",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
