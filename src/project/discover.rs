//! Finds the domains of a project that has no `stillway.toml`, from the names of its files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::model::{Dialect, Domain};

/// Files that configure Flyway where they lie.
const FLYWAY_FILES: [&str; 2] = ["flyway.toml", "flyway.conf"];

static FLYWAY_NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[VB][0-9][0-9A-Za-z._]*__.*\.sql$").expect("a fixed expression")
});

/// A folder and what makes it a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    directory: String,
    dialect: Dialect,
    config: Option<String>,
}

/// Finds domains among relative paths with `/` separators, ordered by their directories.
///
/// A folder with an `alembic.ini` is a domain, or one whose `pyproject.toml` has a table for Alembic
/// (`has_alembic_table` is asked); one with files such as `V1__name.sql`, or with Flyway's configuration,
/// is a domain with everything below it; a folder whose sub-folders hold a `metadata.toml` is a native
/// chain.
pub fn discover(files: &[String], has_alembic_table: &dyn Fn(&str) -> bool) -> Vec<Domain> {
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in files {
        let (folder, name) = split(file);
        names.entry(folder).or_default().insert(name);
    }
    let has = |folder: &str, name: &str| names.get(folder).is_some_and(|n| n.contains(name));
    let mut found: Vec<Found> = Vec::new();
    for (folder, own) in &names {
        let pyproject = || {
            own.contains("pyproject.toml") && has_alembic_table(&below(folder, "pyproject.toml"))
        };
        if own.contains("alembic.ini") || pyproject() {
            found.push(of(folder, Dialect::Alembic, None));
        }
    }
    for (folder, own) in &names {
        if !own.contains("metadata.toml") || !own.iter().any(|name| name.ends_with(".sql")) {
            continue;
        }
        let chain = split(folder).0;
        // Native revisions may lie among those of an Alembic directory.
        let of_alembic = has(chain, "env.py") || has(split(chain).0, "env.py");
        let chain = of(chain, Dialect::Native, None);
        if !of_alembic && !found.contains(&chain) {
            found.push(chain);
        }
    }
    let mut flyway: Vec<Found> = Vec::new();
    for (folder, own) in &names {
        let config = FLYWAY_FILES.iter().find(|name| own.contains(**name));
        let is_one = config.is_some() || own.iter().any(|name| FLYWAY_NAME.is_match(name));
        // Everything below belongs to the first folder.
        let inside = flyway
            .iter()
            .any(|other| contains(&other.directory, folder));
        if is_one && !inside {
            flyway.push(of(folder, Dialect::Flyway, config.copied()));
        }
    }
    found.extend(flyway);
    found.sort_by(|left, right| left.directory.cmp(&right.directory));
    let names = unique_names(&found);
    let domains = found.into_iter().zip(names).map(|(found, name)| Domain {
        config: found.config,
        ..Domain::new(name, found.dialect, found.directory)
    });
    domains.collect()
}

fn of(directory: &str, dialect: Dialect, config: Option<&str>) -> Found {
    Found {
        directory: directory.to_owned(),
        dialect,
        config: config.map(str::to_owned),
    }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

fn contains(outer: &str, inner: &str) -> bool {
    outer.is_empty()
        || inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The last part of each path, and as many parts before it as make it unique.
fn unique_names(found: &[Found]) -> Vec<String> {
    let name = |found: &Found, parts: usize| -> String {
        let mut all: Vec<&str> = found.directory.rsplit('/').take(parts).collect();
        all.reverse();
        match all.join(".") {
            empty if empty.is_empty() => "main".to_owned(),
            name => name,
        }
    };
    found
        .iter()
        .map(|own| {
            let depth = own.directory.split('/').count();
            let unique = (1..=depth).find(|parts| {
                let mine = name(own, *parts);
                found
                    .iter()
                    .filter(|other| name(other, *parts) == mine)
                    .count()
                    == 1
            });
            match unique {
                Some(parts) => name(own, parts),
                // Two dialects in one folder.
                None => format!("{}.{}", name(own, depth), own.dialect),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[&str]) -> Vec<String> {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        discover(&files, &|path| path.starts_with("with_table/"))
            .into_iter()
            .map(|domain| format!("{} {} {}", domain.name, domain.dialect, domain.directory))
            .collect()
    }

    #[test]
    fn the_layout_of_a_schema_for_each_domain_is_found() {
        assert_eq!(
            found(&[
                "migrations/V003__create_users_schema.sql",
                "migrations/V004__create_info_schema.sql",
                "migrations/auth/alembic.ini",
                "migrations/auth/env.py",
                "migrations/auth/versions/20240101_0001_auth.py",
                "migrations/character/alembic.ini",
                "migrations/schemas/users_schema.sql",
                "migrations/users/alembic.ini",
            ]),
            [
                "migrations flyway migrations",
                "auth alembic migrations/auth",
                "character alembic migrations/character",
                "users alembic migrations/users",
            ]
        );
    }

    #[test]
    fn other_layouts_are_found() {
        assert_eq!(found(&["alembic.ini", "alembic/env.py"]), ["main alembic "]);
        assert_eq!(
            found(&["with_table/pyproject.toml"]),
            ["with_table alembic with_table"]
        );
        assert_eq!(
            found(&["pyproject.toml", "README.md"]),
            Vec::<String>::new()
        );
        assert_eq!(
            found(&["db/0001_accounts/metadata.toml", "db/0001_accounts/up.sql"]),
            ["db native db"]
        );
        // Native revisions among Alembic's.
        assert_eq!(
            found(&[
                "app/alembic.ini",
                "app/env.py",
                "app/versions/2_second/metadata.toml",
                "app/versions/2_second/up.sql",
            ]),
            ["app alembic app"]
        );
        // Everything below the first folder belongs to it, and names are told apart.
        assert_eq!(
            found(&[
                "a/sql/V1__one.sql",
                "a/sql/later/V2__two.sql",
                "b/sql/V1__one.sql",
                "c/flyway.toml",
                "c/sql/V1__one.sql",
            ]),
            ["a.sql flyway a/sql", "b.sql flyway b/sql", "c flyway c"]
        );
        assert_eq!(
            found(&["x/V1__a.sql", "x/alembic.ini"]),
            ["x.alembic alembic x", "x.flyway flyway x"]
        );
    }
}
