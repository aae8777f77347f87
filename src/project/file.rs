//! `stillway.toml`: the domains of a project, read and checked.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::model::{DeclaredNeed, Dialect, Domain, LegacyHistory, Need, Place, Secret, Targets};

/// The file's name.
pub const FILE_NAME: &str = "stillway.toml";

/// How many files SQLite attaches to a connection.
const MOST_ATTACHED: usize = 10;

/// A project file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct ProjectFileError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    project: Defaults,
    #[serde(default)]
    domains: IndexMap<Spanned<String>, DomainTable>,
    /// Values that stand over those of an `env.py`, for the front end of that name.
    #[serde(default, rename = "alembic")]
    _alembic: Option<toml::Table>,
}

/// What holds for every domain that says nothing else.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    url: Option<Secret>,
    #[serde(default)]
    url_env: OneOrMore,
    lock_timeout: Option<Span>,
    statement_timeout: Option<Span>,
    #[serde(default)]
    placeholders: BTreeMap<String, Scalar>,
    #[serde(default)]
    external: Vec<String>,
    #[serde(default)]
    attach: BTreeMap<Spanned<String>, Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DomainTable {
    dialect: Dialect,
    directory: String,
    config: Option<String>,
    schema: Option<String>,
    search_path: Option<String>,
    history_table: Option<String>,
    url: Option<Secret>,
    #[serde(default)]
    url_env: OneOrMore,
    #[serde(default)]
    depends_on: Vec<Spanned<String>>,
    #[serde(default)]
    migrations: BTreeMap<String, MigrationTable>,
    #[serde(default)]
    deprecated: Deprecated,
    lock_timeout: Option<Span>,
    statement_timeout: Option<Span>,
    #[serde(default)]
    placeholders: BTreeMap<String, Scalar>,
    #[serde(default)]
    external: Vec<String>,
    #[serde(default)]
    attach: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    legacy: Vec<LegacyTable>,
    #[serde(default)]
    targets: TargetsTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LegacyTable {
    dialect: Dialect,
    directory: Option<String>,
    schema: Option<String>,
    table: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MigrationTable {
    depends_on: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetsTable {
    #[serde(default)]
    urls: Vec<Secret>,
    #[serde(default)]
    schemas: Vec<String>,
    file: Option<String>,
    query: Option<String>,
}

/// One text or several.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    #[default]
    None,
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn names(&self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::One(one) => vec![one.clone()],
            Self::More(more) => more.clone(),
        }
    }
}

/// Whether a domain is on its way out, with or without a reason.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
enum Deprecated {
    #[default]
    Unsaid,
    Flag(bool),
    Reason(String),
}

/// A value that is text in the end.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Number(i64),
    Flag(bool),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

/// A length of time such as `2s`, `500ms` or `10min`.
#[derive(Debug, Clone, Copy)]
struct Span(Duration);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || {
            serde::de::Error::custom(format!(
                "`{text}` is no length of time; write it like `2s`, `500ms` or `10min`"
            ))
        };
        let span: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
        Duration::try_from(span).map(Self).map_err(|_| wrong())
    }
}

/// Reads the domains that the file names. Names of needed domains are checked.
pub fn read(path: &Path, text: &str) -> Result<Vec<Domain>, ProjectFileError> {
    let reader = Reader { path, text };
    let wrong = |error: toml::de::Error| reader.error(error.span(), error.message().to_owned());
    let document: Document = toml::from_str(text).map_err(wrong)?;
    let domains = document
        .domains
        .into_iter()
        .map(|(name, table)| reader.domain(name, table, &document.project))
        .collect::<Result<Vec<_>, _>>()?;
    reader.check(&domains)?;
    Ok(domains)
}

struct Reader<'r> {
    path: &'r Path,
    text: &'r str,
}

impl Reader<'_> {
    fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        Place {
            path: self.path.to_owned(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    fn error(&self, span: Option<std::ops::Range<usize>>, message: String) -> ProjectFileError {
        ProjectFileError {
            place: self.place(span.map_or(0, |span| span.start)),
            message,
            hint: None,
        }
    }

    fn needs(&self, texts: Vec<Spanned<String>>) -> Result<Vec<DeclaredNeed>, ProjectFileError> {
        let declared = texts.into_iter().map(|text| {
            let span = text.span();
            match Need::parse(text.get_ref()) {
                Some(need) => Ok(DeclaredNeed {
                    need,
                    place: Some(self.place(span.start)),
                }),
                None => Err(self.error(
                    Some(span),
                    format!(
                        "`{}` names no domain; write `auth` or `auth@0001`",
                        text.get_ref()
                    ),
                )),
            }
        });
        declared.collect()
    }

    fn domain(
        &self,
        name: Spanned<String>,
        table: DomainTable,
        defaults: &Defaults,
    ) -> Result<Domain, ProjectFileError> {
        let span = name.span();
        let name = name.into_inner();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if name.is_empty() || !name.chars().all(fits) {
            return Err(self.error(
                Some(span),
                format!(
                    "`{name}` cannot be the name of a domain: use letters, digits, `_`, `-` and `.`"
                ),
            ));
        }
        let migration_needs = table
            .migrations
            .into_iter()
            .map(|(key, migration)| Ok((key, self.needs(migration.depends_on)?)))
            .collect::<Result<_, _>>()?;
        let placeholders = defaults.placeholders.iter().chain(&table.placeholders);
        let placeholders = placeholders.map(|(name, value)| (name.clone(), value.text()));
        let named = table.url_env.names();
        let has_own_url = table.url.is_some() || !named.is_empty();
        let (url, url_env) = if has_own_url {
            (table.url, named)
        } else {
            (defaults.url.clone(), defaults.url_env.names())
        };
        let attach = self.attach(&defaults.attach, &table.attach)?;
        let external = defaults.external.iter().chain(&table.external);
        Ok(Domain {
            name,
            dialect: table.dialect,
            directory: normal(&table.directory),
            config: table.config,
            schema: table.schema,
            search_path: table.search_path,
            history_table: table.history_table,
            url,
            url_env,
            depends_on: self.needs(table.depends_on)?,
            migration_needs,
            deprecated: match table.deprecated {
                Deprecated::Unsaid | Deprecated::Flag(false) => None,
                Deprecated::Flag(true) => Some(String::new()),
                Deprecated::Reason(reason) => Some(reason),
            },
            lock_timeout: table
                .lock_timeout
                .or(defaults.lock_timeout)
                .map(|span| span.0),
            statement_timeout: table
                .statement_timeout
                .or(defaults.statement_timeout)
                .map(|span| span.0),
            placeholders: placeholders.collect(),
            attach,
            external: external.cloned().collect(),
            legacy: table
                .legacy
                .into_iter()
                .map(|legacy| LegacyHistory {
                    dialect: legacy.dialect,
                    directory: legacy.directory.as_deref().map(normal),
                    schema: legacy.schema,
                    table: legacy.table,
                })
                .collect(),
            targets: Targets {
                urls: table.targets.urls,
                schemas: table.targets.schemas,
                file: table.targets.file.map(Into::into),
                query: table.targets.query,
            },
            place: Some(self.place(span.start)),
        })
    }

    /// The files that a domain attaches: the project's and its own, which stand over them.
    fn attach(
        &self,
        of_project: &BTreeMap<Spanned<String>, Spanned<String>>,
        own: &BTreeMap<Spanned<String>, Spanned<String>>,
    ) -> Result<BTreeMap<String, String>, ProjectFileError> {
        let mut attached: BTreeMap<String, String> = BTreeMap::new();
        for (schema, file) in of_project.iter().chain(own) {
            let wrong = |span, words: String| Err(self.error(Some(span), words));
            let (name, path) = (schema.get_ref(), file.get_ref());
            let plain = |c: char| c.is_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(plain) {
                let words = format!("`{name}` cannot be a schema: use letters, digits and `_`");
                return wrong(schema.span(), words);
            }
            // SQLite's own schemas, and names that differ by case only, are one to it.
            let same = |other: &str| other.eq_ignore_ascii_case(name);
            if same("main") || same("temp") {
                return wrong(
                    schema.span(),
                    format!("SQLite has a schema `{name}` of its own"),
                );
            }
            if path.trim().is_empty() || path.starts_with([':', '?']) || path.starts_with("file:") {
                let words = format!("`{path}` is no path of a file");
                return wrong(file.span(), words);
            }
            if let Some(other) = attached.keys().find(|other| same(other) && *other != name) {
                let words = format!("SQLite does not tell the schema `{name}` from `{other}`");
                return wrong(schema.span(), words);
            }
            let twice = attached
                .iter()
                .find(|(other, known)| *known == path && *other != name);
            if let Some((other, _)) = twice {
                let words = format!("the file is attached as `{other}` already");
                return wrong(file.span(), words);
            }
            attached.insert(name.clone(), path.clone());
            if attached.len() > MOST_ATTACHED {
                let words = format!("SQLite attaches at most {MOST_ATTACHED} files");
                return wrong(schema.span(), words);
            }
        }
        Ok(attached)
    }

    /// Every domain that is needed has to be one.
    fn check(&self, domains: &[Domain]) -> Result<(), ProjectFileError> {
        for domain in domains {
            let single = domain.migration_needs.values().flatten();
            for declared in domain.depends_on.iter().chain(single) {
                let wanted = &declared.need.domain;
                let names = || domains.iter().map(|domain| domain.name.as_str());
                let place = || declared.place.clone().unwrap_or_else(|| self.place(0));
                if *wanted == domain.name && declared.need.key.is_none() {
                    return Err(ProjectFileError {
                        place: place(),
                        message: format!("the domain `{wanted}` cannot depend on itself"),
                        hint: None,
                    });
                }
                if !names().any(|name| name == wanted) {
                    let near = names()
                        .map(|name| (strsim::damerau_levenshtein(name, wanted), name))
                        .min()
                        .filter(|(distance, _)| *distance <= 2);
                    return Err(ProjectFileError {
                        place: place(),
                        message: format!("there is no domain `{wanted}`"),
                        hint: match near {
                            Some((_, name)) => Some(format!("did you mean `{name}`?")),
                            None => Some(format!(
                                "the domains are: {}",
                                names().collect::<Vec<_>>().join(", ")
                            )),
                        },
                    });
                }
            }
        }
        Ok(())
    }
}

/// A directory as it is kept: `/` separators, no `.` and no slash at the end.
fn normal(directory: &str) -> String {
    let slashes = directory.replace('\\', "/");
    let absolute = slashes.starts_with('/');
    let parts = slashes.split('/').filter(|part| !matches!(*part, "" | "."));
    let joined = parts.collect::<Vec<_>>().join("/");
    if absolute {
        format!("/{joined}")
    } else {
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<Domain>, String> {
        read(Path::new("stillway.toml"), text).map_err(|error| match &error.hint {
            Some(hint) => format!("{error} ({hint})"),
            None => error.to_string(),
        })
    }

    #[test]
    fn domains_are_read_in_the_order_of_the_file() {
        let domains = read_text(
            r#"
[project]
url_env = "DATABASE_URL"
lock_timeout = "2s"
placeholders = { team = "core" }

[domains.users]
dialect = "native"
directory = "./migrations/users/"
schema = "users"
depends_on = ["auth@0001", "character"]
placeholders = { region = "kr", count = 3 }
statement_timeout = "10min"
external = ["user_profile.*"]

[domains.users.migrations.0002]
depends_on = ["character@0002"]

[domains.auth]
dialect = "alembic"
directory = "migrations/auth"
deprecated = "merged into users"
url_env = ["AUTH_DATABASE_URL", "DATABASE_URL"]

[domains.character]
dialect = "alembic"
directory = "migrations/character"
deprecated = false
"#,
        )
        .expect("fits");
        let names: Vec<&str> = domains.iter().map(|domain| domain.name.as_str()).collect();
        assert_eq!(names, ["users", "auth", "character"]);
        let users = &domains[0];
        assert_eq!(users.directory, "migrations/users");
        assert_eq!(users.lock_timeout, Some(Duration::from_secs(2)));
        assert_eq!(users.statement_timeout, Some(Duration::from_mins(10)));
        assert_eq!(users.url_env, ["DATABASE_URL"]);
        assert_eq!(
            users.placeholders,
            [("team", "core"), ("region", "kr"), ("count", "3")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into()
        );
        let needs: Vec<String> = users
            .depends_on
            .iter()
            .map(|n| n.need.to_string())
            .collect();
        assert_eq!(needs, ["auth@0001", "character"]);
        assert_eq!(
            users.depends_on[0].place.as_ref().map(ToString::to_string),
            Some("stillway.toml:11:15".to_owned())
        );
        assert_eq!(users.migration_needs["0002"].len(), 1);
        assert_eq!(domains[1].deprecated.as_deref(), Some("merged into users"));
        assert_eq!(domains[1].url_env, ["AUTH_DATABASE_URL", "DATABASE_URL"]);
        assert_eq!(domains[2].deprecated, None);
    }

    #[test]
    fn files_are_attached_as_schemas() {
        let domains = |project: &str, own: &str| {
            read_text(&format!(
                "[project]\nattach = {{ {project} }}\n[domains.a]\ndialect = \"native\"\ndirectory = \"a\"\nattach = {{ {own} }}\n"
            ))
        };
        let read = domains(
            "users = 'users.db', auth = 'auth.db'",
            "auth = '/data/인증.db'",
        );
        let expected = [("auth", "/data/인증.db"), ("users", "users.db")];
        let expected = expected.map(|(schema, file)| (schema.to_owned(), file.to_owned()));
        assert_eq!(read.expect("fits")[0].attach, expected.into());
        let eleven: Vec<String> = (0..11).map(|n| format!("s{n} = 'f{n}'")).collect();
        for (project, own, words) in [
            (
                "main = 'a.db'",
                "",
                "2:12: SQLite has a schema `main` of its own",
            ),
            (
                "Temp = 'a.db'",
                "",
                "2:12: SQLite has a schema `Temp` of its own",
            ),
            ("'a b' = 'a.db'", "", "2:12: `a b` cannot be a schema"),
            ("a = ' '", "", "2:16: ` ` is no path of a file"),
            ("a = ':memory:'", "", "2:16: `:memory:` is no path"),
            ("a = 'file:a.db'", "", "2:16: `file:a.db` is no path"),
            (
                "a = 'a.db', A = 'b.db'",
                "",
                "SQLite does not tell the schema",
            ),
            (
                "a = 'a.db'",
                "b = 'a.db'",
                "6:16: the file is attached as `a` already",
            ),
            (&eleven.join(", "), "", "SQLite attaches at most 10 files"),
        ] {
            let error = domains(project, own).expect_err(project);
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn mistakes_have_places() {
        let case = |text: &str, expected: &str| {
            let error = read_text(text).expect_err(text);
            assert!(error.starts_with(expected), "{error}");
        };
        case(
            "[domains.a]\ndialect = \"native\"\ndirectory = \"a\"\ndepends_on = [\"uesrs\"]\n[domains.users]\ndialect = \"native\"\ndirectory = \"u\"\n",
            "stillway.toml:4:15: there is no domain `uesrs` (did you mean `users`?)",
        );
        case(
            "[domains.a]\ndialect = \"nativ\"\ndirectory = \"a\"\n",
            "stillway.toml:2:11: unknown variant `nativ`",
        );
        case(
            "[domains.a]\ndialect = \"native\"\ndirectory = \"a\"\ncolour = 1\n",
            "stillway.toml:4:1: unknown field `colour`",
        );
        case(
            "[domains.a]\n",
            "stillway.toml:1:1: missing field `dialect`",
        );
        case(
            "[project]\nlock_timeout = \"soon\"\n",
            "stillway.toml:2:16: `soon` is no length of time",
        );
        case(
            "[domains.a]\ndialect = \"native\"\ndirectory = \"a\"\ndepends_on = [\"a\"]\n",
            "stillway.toml:4:15: the domain `a` cannot depend on itself",
        );
        case(
            "[domains.\"a b\"]\ndialect = \"native\"\ndirectory = \"a\"\n",
            "stillway.toml:1:10: `a b` cannot be the name of a domain",
        );
    }
}
