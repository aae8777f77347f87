//! Writes a new migration into a domain.

use std::path::PathBuf;

use super::driver::Driver;
use super::error::DomainError;
use super::observer::{OfDomain, Quiet};
use super::workspace::Workspace;
use crate::command::alembic::{self, NewRevision};
use crate::model::{Catalog, Dialect, MigrationKind};
use crate::project::disk;

/// A migration to be written.
#[derive(Debug, Clone, Default)]
pub struct RevisionRequest {
    /// What it does.
    pub message: String,
    /// Its key; the next one where nothing is said.
    pub key: Option<String>,
    /// What it follows, in a chain; the heads where nothing is said.
    pub parents: Vec<String>,
    /// What it waits for: migrations of the chain, or of other domains with an `@`.
    pub depends_on: Vec<String>,
    /// Whether it runs again whenever it changes.
    pub repeatable: bool,
}

/// Writes a migration; gives its files.
pub fn revision(
    workspace: &Workspace,
    name: &str,
    request: &RevisionRequest,
) -> Result<Vec<PathBuf>, DomainError> {
    let domain = workspace.domain(name)?;
    let driver = workspace.driver(domain)?;
    let catalog = driver.catalog().map_err(|error| error.of(name))?;
    let written = match &driver {
        Driver::Flyway(_) => flyway(workspace, name, &catalog, request),
        Driver::Chain(chain) => {
            let native = domain.dialect == Dialect::Native;
            if request.repeatable {
                return Err(DomainError::misuse(
                    "write repeatable revisions by hand: a directory with `repeatable = true` in its metadata.toml",
                )
                .of(name));
            }
            if !native && request.depends_on.iter().any(|need| need.contains('@')) {
                return Err(DomainError::misuse(
                    "what a revision of Alembic's needs of another domain stands in stillway.toml",
                )
                .with_hint(format!(
                    "add [domains.{name}.migrations.KEY] with depends_on = {:?}",
                    request.depends_on
                ))
                .of(name));
            }
            let heads = if request.parents.is_empty() {
                vec![
                    if native && catalog.heads.len() > 1 {
                        "heads"
                    } else {
                        "head"
                    }
                    .to_owned(),
                ]
            } else {
                request.parents.clone()
            };
            let new = NewRevision {
                message: Some(request.message.clone()),
                heads,
                rev_id: request.key.clone().or_else(|| next_number(&catalog)),
                depends_on: request.depends_on.clone(),
                native,
                ..NewRevision::default()
            };
            let mut quiet = Quiet;
            let mut reporter = OfDomain::new(name, &mut quiet);
            let path = alembic::revision(&chain.project, &new, &mut reporter);
            path.map(|path| vec![path]).map_err(DomainError::from)
        }
    };
    written.map_err(|error| error.of(name))
}

/// The number behind the highest, in a chain that counts its revisions.
fn next_number(catalog: &Catalog) -> Option<String> {
    let keys = catalog
        .migrations
        .iter()
        .map(|migration| migration.key.as_str());
    let keys: Vec<&str> = keys.collect();
    let width = keys.first()?.len();
    let numbered = |key: &&str| key.len() == width && key.bytes().all(|b| b.is_ascii_digit());
    if width > 9 || !keys.iter().all(numbered) {
        return None;
    }
    let highest = keys
        .iter()
        .filter_map(|key| key.parse::<u64>().ok())
        .max()?;
    Some(format!("{:0width$}", highest + 1))
}

fn flyway(
    workspace: &Workspace,
    name: &str,
    catalog: &Catalog,
    request: &RevisionRequest,
) -> Result<Vec<PathBuf>, DomainError> {
    if !request.parents.is_empty() || !request.depends_on.is_empty() {
        return Err(DomainError::misuse(
            "Flyway's versions are a line: parents and dependencies cannot be named",
        )
        .with_hint(format!(
            "what a version needs of another domain stands in stillway.toml: [domains.{name}.migrations.KEY]"
        )));
    }
    let domain = workspace.domain(name)?;
    let versioned = catalog
        .migrations
        .iter()
        .filter(|m| m.kind == MigrationKind::Versioned);
    let last = versioned.max_by_key(|migration| migration.path.clone());
    // Beside the last one, where there is one.
    let folder = catalog
        .migrations
        .last()
        .and_then(|migration| migration.path.parent().map(PathBuf::from))
        .unwrap_or_else(|| workspace.directory(domain));
    let slug: String = request
        .message
        .trim()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    let file = if request.repeatable {
        format!("R__{slug}.sql")
    } else {
        let newest = catalog.heads.first().map(String::as_str);
        let version = match &request.key {
            Some(key) => key.clone(),
            None => next_version(
                newest.or(last.map(|m| m.key.as_str())),
                &workspace.process.timestamp,
            ),
        };
        format!("V{}__{slug}.sql", version.replace('.', "_"))
    };
    let path = folder.join(file);
    if path.exists() {
        return Err(DomainError::words(format!(
            "{} exists already",
            path.display()
        )));
    }
    let text = format!("-- {}\n", request.message.trim());
    disk::write_file(&path, &text).map_err(DomainError::words)?;
    Ok(vec![path])
}

/// The version behind another: its last number grows, a time becomes the time of now.
fn next_version(last: Option<&str>, timestamp: &str) -> String {
    let Some(last) = last else {
        return "001".to_owned();
    };
    let (before, number) = match last.rfind(['.', '_']) {
        Some(at) => last.split_at(at + 1),
        None => ("", last),
    };
    let width = number.len();
    let now: String = timestamp.chars().filter(char::is_ascii_digit).collect();
    if width >= 12 && now.len() >= width {
        return format!("{before}{}", &now[..width]);
    }
    match number.parse::<u64>() {
        Ok(number) => format!("{before}{:0width$}", number + 1),
        Err(_) => format!("{last}.1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_go_on_as_they_are_written() {
        let next = |last| next_version(last, "2026-01-02 03:04:05");
        assert_eq!(next(None), "001");
        assert_eq!(next(Some("003")), "004");
        assert_eq!(next(Some("9")), "10");
        assert_eq!(next(Some("1.2")), "1.3");
        assert_eq!(next(Some("1_09")), "1_10");
        assert_eq!(next(Some("20240101120000")), "20260102030405");
        assert_eq!(next(Some("202401011200")), "202601020304");
    }
}
