//! What a file name says: versioned, repeatable, baseline, undo, callback, or none of these.

use super::callback::Event;
use super::version::Version;

/// Prefixes, separator and suffixes of file names.
#[derive(Debug, Clone)]
pub struct NamingRules {
    /// Prefix of versioned migrations.
    pub versioned: String,
    /// Prefix of repeatable migrations.
    pub repeatable: String,
    /// Prefix of baseline migrations.
    pub baseline: String,
    /// Prefix of undo migrations.
    pub undo: String,
    /// What stands between version and description.
    pub separator: String,
    /// File name endings, in order.
    pub suffixes: Vec<String>,
}

/// What kind of migration a name announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Runs once, in the order of versions.
    Versioned,
    /// Runs whenever its content changes.
    Repeatable,
    /// Stands for all versions up to its own on a fresh database.
    Baseline,
    /// Takes the versioned migration of the same version back.
    Undo,
}

/// The outcome of reading a file name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileName {
    /// A migration.
    Migration {
        /// Its kind.
        kind: Kind,
        /// Its version; `None` for repeatables.
        version: Option<Version>,
        /// Its description, with spaces for underscores.
        description: String,
    },
    /// A callback.
    Callback {
        /// When it runs.
        event: Event,
        /// Orders callbacks of one event.
        description: String,
    },
    /// Ends like a migration but its name is wrong; says why.
    Invalid(String),
    /// Does not end with a suffix, so it is none of ours.
    Other,
}

enum Prefix {
    Migration(Kind),
    Callback(Event),
}

impl NamingRules {
    /// Reads the bare name of an SQL file.
    pub fn parse(&self, name: &str) -> FileName {
        match self.strip_suffix(name) {
            Some(stem) => self.parse_stem(stem, name),
            None => FileName::Other,
        }
    }

    /// Reads the bare name of an executable script such as `V1__x.sh`, or one without extension.
    pub fn parse_script(&self, name: &str) -> FileName {
        const EXTENSIONS: [&str; 6] = ["sh", "bash", "bat", "cmd", "ps1", "py"];
        let stem = match name.rsplit_once('.') {
            None => name,
            Some((stem, extension)) if EXTENSIONS.contains(&extension) => stem,
            Some(_) => return FileName::Other,
        };
        match self.parse_stem(stem, name) {
            FileName::Invalid(_) => FileName::Other,
            parsed => parsed,
        }
    }

    /// The name in its normalised form, as the `flyway:filename` placeholder shows it: an empty
    /// description takes its separator along.
    pub fn normalised<'a>(&self, name: &'a str) -> std::borrow::Cow<'a, str> {
        let Some(stem) = self.strip_suffix(name) else {
            return name.into();
        };
        match stem.strip_suffix(&self.separator) {
            Some(short) if !short.contains(&self.separator) => {
                format!("{short}{}", &name[stem.len()..]).into()
            }
            _ => name.into(),
        }
    }

    /// Whether a name ends as SQL files do.
    pub fn has_suffix(&self, name: &str) -> bool {
        self.strip_suffix(name).is_some()
    }

    fn strip_suffix<'a>(&self, name: &'a str) -> Option<&'a str> {
        self.suffixes.iter().find_map(|suffix| {
            let cut = name.len().checked_sub(suffix.len())?;
            let tail = name.get(cut..)?;
            let same =
                tail.eq_ignore_ascii_case(suffix) || tail.to_lowercase() == suffix.to_lowercase();
            same.then(|| &name[..cut])
        })
    }

    fn parse_stem(&self, stem: &str, name: &str) -> FileName {
        let Some((prefix, prefix_text)) = self.longest_prefix(stem) else {
            return FileName::Invalid(format!("unrecognised migration name format: {name}"));
        };
        let rest = &stem[prefix_text.len()..];
        let (version_text, description) = match rest.split_once(&self.separator) {
            Some((version, description)) => (version, description.replace('_', " ")),
            None => (rest, String::new()),
        };
        match prefix {
            Prefix::Callback(event) if version_text.is_empty() => {
                FileName::Callback { event, description }
            }
            Prefix::Callback(_) => FileName::Invalid(format!(
                "invalid callback name format: {name} (it must be `{prefix_text}{}description`)",
                self.separator
            )),
            Prefix::Migration(kind) => {
                self.migration(kind, prefix_text, version_text, description, name)
            }
        }
    }

    fn migration(
        &self,
        kind: Kind,
        prefix: &str,
        version_text: &str,
        description: String,
        name: &str,
    ) -> FileName {
        let separator = &self.separator;
        if kind == Kind::Repeatable {
            let has_separator = name[prefix.len()..].starts_with(separator.as_str());
            if !version_text.is_empty() || !has_separator {
                return FileName::Invalid(format!(
                    "invalid repeatable migration name format: {name} (it must not have a version and look like `{prefix}{separator}description`)"
                ));
            }
            return FileName::Migration {
                kind,
                version: None,
                description,
            };
        }
        match Version::parse(version_text) {
            Ok(version) => FileName::Migration {
                kind,
                version: Some(version),
                description,
            },
            Err(_) if version_text.is_empty() => FileName::Invalid(format!(
                "invalid migration name format: {name} (it must have a version and look like `{prefix}1.2{separator}description`)"
            )),
            Err(error) => FileName::Invalid(format!("{error}: {name}")),
        }
    }

    fn longest_prefix<'a>(&'a self, stem: &str) -> Option<(Prefix, &'a str)> {
        let migrations = [
            (Kind::Versioned, &self.versioned),
            (Kind::Repeatable, &self.repeatable),
            (Kind::Baseline, &self.baseline),
            (Kind::Undo, &self.undo),
        ];
        let migration = migrations
            .into_iter()
            .filter(|(_, prefix)| stem.starts_with(prefix.as_str()) && stem.len() > prefix.len())
            .max_by_key(|(_, prefix)| prefix.len());
        let callback = Event::ALL
            .iter()
            .filter(|event| stem.starts_with(event.id()))
            .max_by_key(|event| event.id().len());
        match (migration, callback) {
            (Some((_, prefix)), Some(event)) if event.id().len() > prefix.len() => {
                Some((Prefix::Callback(*event), event.id()))
            }
            (Some((kind, prefix)), _) => Some((Prefix::Migration(kind), prefix)),
            (None, Some(event)) => Some((Prefix::Callback(*event), event.id())),
            (None, None) => None,
        }
    }
}

impl Default for NamingRules {
    fn default() -> Self {
        Self {
            versioned: "V".to_owned(),
            repeatable: "R".to_owned(),
            baseline: "B".to_owned(),
            undo: "U".to_owned(),
            separator: "__".to_owned(),
            suffixes: vec![".sql".to_owned()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> String {
        match NamingRules::default().parse(name) {
            FileName::Migration {
                kind,
                version,
                description,
            } => format!(
                "{kind:?} {} {description:?}",
                version.map_or_else(|| "-".to_owned(), |version| version.to_string())
            ),
            FileName::Callback { event, description } => {
                format!("{} {description:?}", event.id())
            }
            FileName::Invalid(_) => "invalid".to_owned(),
            FileName::Other => "other".to_owned(),
        }
    }

    #[test]
    fn names() {
        for (name, expected) in [
            ("V1__a.sql", r#"Versioned 1 "a""#),
            ("V1.sql", r#"Versioned 1 """#),
            ("V1__.sql", r#"Versioned 1 """#),
            ("V1_.sql", "invalid"),
            ("V1_2__a_b.sql", r#"Versioned 1.2 "a b""#),
            ("V1.2__a b.sql", r#"Versioned 1.2 "a b""#),
            ("V1_2_3.sql", r#"Versioned 1.2.3 """#),
            ("V003__x.sql", r#"Versioned 003 "x""#),
            ("V3.0__x.sql", r#"Versioned 3.0 "x""#),
            ("V__x.sql", "invalid"),
            ("V1___x.sql", r#"Versioned 1 " x""#),
            ("V1__a__b.sql", r#"Versioned 1 "a  b""#),
            ("V1a__x.sql", "invalid"),
            ("V-1__x.sql", r#"Versioned -1 "x""#),
            ("V１__x.sql", r#"Versioned １ "x""#),
            ("v1__x.sql", "invalid"),
            ("V1__x.SQL", r#"Versioned 1 "x""#),
            ("V1__x.sql.sql", r#"Versioned 1 "x.sql""#),
            ("R__a.sql", r#"Repeatable - "a""#),
            ("R__.sql", r#"Repeatable - """#),
            ("R1__a.sql", "invalid"),
            ("R.sql", "invalid"),
            ("V.sql", "invalid"),
            ("README.sql", "invalid"),
            ("B1__a.sql", r#"Baseline 1 "a""#),
            ("Backup.sql", "invalid"),
            ("U1__x.sql", r#"Undo 1 "x""#),
            ("beforeMigrate.sql", r#"beforeMigrate """#),
            ("beforeMigrate__x_y.sql", r#"beforeMigrate "x y""#),
            ("beforeMigrateX.sql", "invalid"),
            ("beforemigrate.sql", "invalid"),
            ("V1__한글 설명.sql", r#"Versioned 1 "한글 설명""#),
            ("V1__a.txt", "other"),
        ] {
            assert_eq!(read(name), expected, "{name}");
        }
    }

    #[test]
    fn empty_prefix() {
        let rules = NamingRules {
            versioned: String::new(),
            ..NamingRules::default()
        };
        let kind = |name| match rules.parse(name) {
            FileName::Migration { kind, .. } => Some(kind),
            _ => None,
        };
        assert_eq!(kind("1__a.sql"), Some(Kind::Versioned));
        assert_eq!(kind("R__a.sql"), Some(Kind::Repeatable));
        assert_eq!(kind("afterMigrate.sql"), None);
    }

    #[test]
    fn scripts() {
        let rules = NamingRules::default();
        let is_migration = |name| matches!(rules.parse_script(name), FileName::Migration { .. });
        assert!(is_migration("V1__a.sh"));
        assert!(is_migration("V1__a"));
        assert!(is_migration("R__a.py"));
        assert!(!is_migration("V66.1__x"));
        assert!(!is_migration("V1__a.sql"));
        assert!(!is_migration("Makefile"));
    }

    #[test]
    fn normalised_names() {
        let rules = NamingRules::default();
        assert_eq!(rules.normalised("V1__.sql"), "V1.sql");
        assert_eq!(rules.normalised("V1__a.sql"), "V1__a.sql");
        assert_eq!(rules.normalised("V1__a__.sql"), "V1__a__.sql");
    }
}
