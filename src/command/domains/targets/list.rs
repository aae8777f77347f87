//! Which targets a domain has: what the project's file lists, a file of its own, or a query names.

use std::collections::HashSet;

use crate::command::domains::error::DomainError;
use crate::command::domains::observer::Observer;
use crate::command::domains::workspace::Workspace;
use crate::database::url::{ConnectionUrl, SqlAlchemyUrl};
use crate::engine::Rows;
use crate::model::{Domain, Secret};
use crate::project::disk;

use super::OnlyTargets;

/// The longest name that PostgreSQL does not cut off.
const LONGEST_NAME: usize = 63;

/// One of the databases or schemas of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// Its schema, or its URL without secrets.
    pub(super) name: String,
    pub(super) place: TargetPlace,
}

/// Where a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TargetPlace {
    /// A schema of the domain's database.
    Schema(String),
    /// A database of its own.
    Url(Secret),
    /// What is named is no target, and why.
    Wrong(String),
}

/// Gathers targets in their order, each once.
struct Gathered<'o> {
    domain: &'o str,
    observer: &'o mut dyn Observer,
    targets: Vec<Target>,
    places: HashSet<String>,
    names: HashSet<String>,
}

/// Lists the targets of a domain; `ask` sends the query.
pub(super) fn list(
    workspace: &Workspace,
    domain: &Domain,
    ask: &mut dyn FnMut(&str, &mut dyn Observer) -> Result<Rows, DomainError>,
    observer: &mut dyn Observer,
) -> Result<Vec<Target>, DomainError> {
    let named = &domain.targets;
    let mut gathered = Gathered {
        domain: &domain.name,
        observer,
        targets: Vec::new(),
        places: HashSet::new(),
        names: HashSet::new(),
    };
    for (number, url) in named.urls.iter().enumerate() {
        gathered.url(url.expose(), &format!("url {}", number + 1));
    }
    for (number, schema) in named.schemas.iter().enumerate() {
        gathered.schema(schema, &format!("schema {}", number + 1));
    }
    if let Some(file) = &named.file {
        let path = workspace.root.join(file);
        let shown = workspace.shown(&path);
        let bytes = disk::read_file(&path).ok_or_else(|| {
            DomainError::words(format!(
                "the list of targets {} is missing",
                shown.display()
            ))
        })?;
        let bytes = bytes.map_err(DomainError::words)?;
        let text = String::from_utf8(bytes).map_err(|_| {
            DomainError::words(format!("{}: the file is not UTF-8", shown.display()))
        })?;
        for (number, line) in lines(&text) {
            gathered.either(line, &format!("{}:{number}", shown.display()));
        }
    }
    if let Some(query) = &named.query {
        let rows = ask(query, gathered.observer)?;
        for (number, row) in rows.rows.into_iter().enumerate() {
            let whence = format!("row {} of the query", number + 1);
            match row.into_iter().next().flatten() {
                Some(text) => gathered.either(&text, &whence),
                None => gathered.wrong(&whence, "it is NULL, and names nothing"),
            }
        }
    }
    Ok(gathered.targets)
}

/// The lines of a list that say something, without comments, and their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().enumerate().filter_map(|(at, line)| {
        let comment = line.match_indices('#').map(|(at, _)| at).find(|at| {
            line[..*at]
                .chars()
                .next_back()
                .is_none_or(char::is_whitespace)
        });
        let said = line[..comment.unwrap_or(line.len())].trim();
        (!said.is_empty()).then_some((at + 1, said))
    })
}

impl Gathered<'_> {
    fn add(&mut self, name: &str, key: String, place: TargetPlace) {
        if !self.places.insert(key) {
            let words = format!("the target {name} is listed twice");
            self.observer.warning(self.domain, &words);
            return;
        }
        // URLs that differ in what is not shown have names of their own all the same.
        let mut own = name.to_owned();
        let mut number = 1;
        while !self.names.insert(own.clone()) {
            number += 1;
            own = format!("{name} ({number})");
        }
        self.targets.push(Target { name: own, place });
    }

    fn wrong(&mut self, whence: &str, words: &str) {
        let place = TargetPlace::Wrong(words.to_owned());
        self.add(whence, format!("wrong {whence}"), place);
    }

    fn either(&mut self, text: &str, whence: &str) {
        if is_url(text) {
            self.url(text, whence);
        } else {
            self.schema(text, whence);
        }
    }

    fn url(&mut self, text: &str, whence: &str) {
        let parsed = SqlAlchemyUrl::translated(text)
            .and_then(|plain| ConnectionUrl::parse(&plain))
            .map(|url| url.redacted());
        match parsed {
            Ok(name) => {
                let place = TargetPlace::Url(Secret::from(text));
                self.add(&name, format!("url {text}"), place);
            }
            Err(error) => self.wrong(whence, &error.to_string()),
        }
    }

    fn schema(&mut self, text: &str, whence: &str) {
        let refused = match text {
            _ if text.trim().is_empty() => Some("the name is empty".to_owned()),
            "$user" => Some("`$user` is no name of a schema in a search path".to_owned()),
            _ if text.contains('\0') => Some("a name cannot have the character NUL".to_owned()),
            _ if text.len() > LONGEST_NAME => Some(format!(
                "`{text}` has {} bytes, and PostgreSQL cuts names off after {LONGEST_NAME}",
                text.len()
            )),
            _ => None,
        };
        match refused {
            Some(words) => self.wrong(whence, &words),
            None => self.add(
                text,
                format!("schema {text}"),
                TargetPlace::Schema(text.to_owned()),
            ),
        }
    }
}

/// Whether a line names a database rather than a schema.
fn is_url(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let has_scheme = !scheme.is_empty() && scheme.chars().all(fits);
    let rest = text.get(scheme.len()..).unwrap_or_default();
    has_scheme
        && (rest.starts_with("://")
            || (rest.starts_with(':') && matches!(scheme, "jdbc" | "sqlite")))
}

/// Keeps the targets whose names fit one of the patterns.
pub(super) fn choose(targets: Vec<Target>, only: &OnlyTargets) -> Result<Vec<Target>, DomainError> {
    let mut patterns = Vec::new();
    for text in &only.patterns {
        let pattern = glob::Pattern::new(text)
            .map_err(|error| DomainError::misuse(format!("`{text}` is no pattern: {error}")))?;
        let fits = |target: &Target| target.name == *text || pattern.matches(&target.name);
        if !targets.iter().any(fits) {
            return Err(DomainError::misuse(format!("no target is called `{text}`"))
                .with_hint(format!(
                    "`stillway status -d {} --all-targets` lists the targets",
                    only.domain
                ))
                .of(&only.domain));
        }
        patterns.push((text, pattern));
    }
    let fits = |target: &Target| {
        patterns
            .iter()
            .any(|(text, pattern)| target.name == **text || pattern.matches(&target.name))
    };
    Ok(targets.into_iter().filter(fits).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::domains::Quiet;
    use crate::model::{Dialect, Targets};

    #[test]
    fn lists_have_comments() {
        let text =
            "\u{feff}# all\n\nacme  # the first\nTenant-1\n  한글 \na#b\npostgres://h/db?x=%23\n";
        let found: Vec<_> = lines(text).collect();
        assert_eq!(
            found,
            [
                (3, "acme"),
                (4, "Tenant-1"),
                (5, "한글"),
                (6, "a#b"),
                (7, "postgres://h/db?x=%23")
            ]
        );
    }

    #[test]
    fn urls_are_told_from_schemas() {
        for (text, expected) in [
            ("acme", false),
            ("Tenant-1", false),
            ("a:b", false),
            ("한글://x", false),
            ("postgres://host/db", true),
            ("postgresql+psycopg2://host/db", true),
            ("jdbc:sqlite:own.db", true),
            ("sqlite:own.db", true),
            ("sqlite:///own.db", true),
        ] {
            assert_eq!(is_url(text), expected, "{text}");
        }
    }

    fn listed(targets: Targets, rows: &[Option<&str>]) -> Vec<(String, bool)> {
        let mut domain = Domain::new("tenants", Dialect::Native, "m");
        domain.targets = targets;
        let workspace = Workspace {
            root: "/nowhere".into(),
            file: None,
            domains: Vec::new(),
            process: crate::command::domains::Process::default(),
            targets: super::super::TargetOptions::default(),
        };
        let rows = rows.iter().map(|value| vec![value.map(str::to_owned)]);
        let rows = Rows {
            columns: vec!["name".to_owned()],
            rows: rows.collect(),
        };
        let mut ask = |_: &str, _: &mut dyn Observer| Ok(rows.clone());
        let found = list(&workspace, &domain, &mut ask, &mut Quiet).expect("a list");
        let is_wrong = |target: &Target| matches!(target.place, TargetPlace::Wrong(_));
        found
            .iter()
            .map(|target| (target.name.clone(), is_wrong(target)))
            .collect()
    }

    #[test]
    fn what_is_no_target_is_kept_with_its_place_and_without_secrets() {
        let targets = Targets {
            urls: vec![
                Secret::from("postgres://me:hunter2@host/one"),
                Secret::from("postgres://me:other@host/one"),
                Secret::from("postgres://me:pa/ss@host:x/one"),
            ],
            schemas: vec!["a".into(), "a".into(), "x".repeat(64), "$user".into()],
            file: None,
            query: Some("SELECT".into()),
        };
        let found = listed(targets, &[Some("Tenant-1"), None, Some("")]);
        let names: Vec<(&str, bool)> = found
            .iter()
            .map(|(name, wrong)| (name.as_str(), *wrong))
            .collect();
        assert!(!format!("{names:?}").contains("hunter2"), "{names:?}");
        assert_eq!(names.len(), 9, "{names:?}");
        assert!(names[1].0.ends_with(" (2)"), "{names:?}");
        assert_eq!(
            names[2..],
            [
                ("url 3", true),
                ("a", false),
                ("schema 3", true),
                ("schema 4", true),
                ("Tenant-1", false),
                ("row 2 of the query", true),
                ("row 3 of the query", true)
            ]
        );
    }
}
