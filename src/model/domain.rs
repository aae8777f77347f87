//! Domains: named sets of migrations with one dialect and one history table each.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::{Place, Secret};

/// Who wrote the migrations of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Flyway: files named by version.
    Flyway,
    /// Alembic: a directory with an ini file and revisions in Python.
    Alembic,
    /// Directories with `metadata.toml`, `up.sql` and `down.sql`.
    Native,
}

impl Dialect {
    /// All dialects.
    pub const ALL: [Self; 3] = [Self::Flyway, Self::Alembic, Self::Native];
}

impl std::str::FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Flyway, Self::Alembic, Self::Native]
            .into_iter()
            .find(|dialect| dialect.to_string() == text)
            .ok_or_else(|| "write flyway, alembic or native".to_owned())
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Flyway => "flyway",
            Self::Alembic => "alembic",
            Self::Native => "native",
        })
    }
}

/// Another domain that has to be there first: whole, or down to a migration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Need {
    /// The domain.
    pub domain: String,
    /// The migration; nothing for all that the domain has.
    pub key: Option<String>,
}

impl Need {
    /// Reads `auth` or `auth@0001`; nothing when a part is empty.
    pub fn parse(text: &str) -> Option<Self> {
        let (domain, key) = match text.split_once('@') {
            Some((domain, key)) => (domain.trim(), Some(key.trim())),
            None => (text.trim(), None),
        };
        let filled = !domain.is_empty() && key.is_none_or(|key| !key.is_empty());
        filled.then(|| Self {
            domain: domain.to_owned(),
            key: key
                .filter(|key| !matches!(*key, "head" | "heads"))
                .map(str::to_owned),
        })
    }
}

impl fmt::Display for Need {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(formatter, "{}@{key}", self.domain),
            None => formatter.write_str(&self.domain),
        }
    }
}

/// A need and where it is written, when it is written in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredNeed {
    /// What is needed.
    pub need: Need,
    /// Where that is said.
    pub place: Option<Place>,
}

/// The databases of a domain that is kept in many.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Targets {
    /// Databases by URL.
    pub urls: Vec<Secret>,
    /// Schemas of the domain's database.
    pub schemas: Vec<String>,
    /// A file with one schema or URL a line, below the project's root.
    pub file: Option<PathBuf>,
    /// A query whose first column names schemas or URLs; it is sent to the domain's database.
    pub query: Option<String>,
}

impl Targets {
    /// Whether there are none, so that the domain is kept in one database.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A history that another tool has kept of what a domain was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyHistory {
    /// Whose history it is.
    pub dialect: Dialect,
    /// The directory of the files that it is about, below the project's root.
    pub directory: Option<String>,
    /// The schema of the table.
    pub schema: Option<String>,
    /// The table; the dialect's usual one where nothing is said.
    pub table: Option<String>,
}

impl LegacyHistory {
    /// The table's name.
    pub fn table(&self) -> &str {
        self.table.as_deref().unwrap_or(match self.dialect {
            Dialect::Flyway => "flyway_schema_history",
            Dialect::Alembic | Dialect::Native => "alembic_version",
        })
    }
}

/// A named set of migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its name.
    pub name: String,
    /// Who wrote the migrations.
    pub dialect: Dialect,
    /// Its directory below the project's root, with `/` separators; empty for the root itself.
    pub directory: String,
    /// The dialect's own configuration file below the directory, where it is not the usual one.
    pub config: Option<String>,
    /// The schema that holds the history table.
    pub schema: Option<String>,
    /// The schema in which unqualified names of a native domain are looked for first, and where what
    /// they create goes; as the server has it where nothing is said.
    pub search_path: Option<String>,
    /// The name of the history table.
    pub history_table: Option<String>,
    /// The connection URL.
    pub url: Option<Secret>,
    /// Environment variables that may hold the URL, the first that is set counts.
    pub url_env: Vec<String>,
    /// What the domain as a whole needs.
    pub depends_on: Vec<DeclaredNeed>,
    /// What single migrations need, by key.
    pub migration_needs: BTreeMap<String, Vec<DeclaredNeed>>,
    /// Why the domain is on its way out; empty when no reason is given.
    pub deprecated: Option<String>,
    /// How long a statement waits for a lock.
    pub lock_timeout: Option<Duration>,
    /// How long a statement may take.
    pub statement_timeout: Option<Duration>,
    /// Values of placeholders.
    pub placeholders: BTreeMap<String, String>,
    /// SQLite files that every connection attaches, by the schema that they stand for; relative paths
    /// start at the folder of the database's own file.
    pub attach: BTreeMap<String, String>,
    /// Objects that nobody's migrations create, such as `user_profile.*`.
    pub external: Vec<String>,
    /// Histories of what it was converted from.
    pub legacy: Vec<LegacyHistory>,
    /// The databases, where there are many.
    pub targets: Targets,
    /// Where the project's file names it.
    pub place: Option<Place>,
}

impl Domain {
    /// A domain with nothing but a name, a dialect and a directory.
    pub fn new(name: impl Into<String>, dialect: Dialect, directory: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            dialect,
            directory: directory.into(),
            config: None,
            schema: None,
            search_path: None,
            history_table: None,
            url: None,
            url_env: Vec::new(),
            depends_on: Vec::new(),
            migration_needs: BTreeMap::new(),
            deprecated: None,
            lock_timeout: None,
            statement_timeout: None,
            placeholders: BTreeMap::new(),
            attach: BTreeMap::new(),
            external: Vec::new(),
            legacy: Vec::new(),
            targets: Targets::default(),
            place: None,
        }
    }

    /// Environment variables that hold the URL where none is named: the domain's own, then the
    /// one for all.
    pub fn usual_variables(&self) -> [String; 2] {
        let own: String = self
            .name
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_uppercase()
                } else {
                    '_'
                }
            })
            .collect();
        [format!("{own}_DATABASE_URL"), "DATABASE_URL".to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_whole_domains_or_go_down_to_a_migration() {
        let read = |text| Need::parse(text).map(|need| (need.domain, need.key));
        let is =
            |domain: &str, key: Option<&str>| Some((domain.to_owned(), key.map(str::to_owned)));
        assert_eq!(read("auth"), is("auth", None));
        assert_eq!(read("auth@0001"), is("auth", Some("0001")));
        assert_eq!(read("auth@head"), is("auth", None));
        assert_eq!(read("auth@"), None);
        assert_eq!(read("@0001"), None);
        assert_eq!(read(" "), None);
    }
}
