//! Adds a domain to a project: directory, configuration, first migration, entry in the project's file.

use std::path::{Component, Path, PathBuf};

use super::convert::backend;
use super::error::DomainError;
use super::init::{document, table};
use super::needs::own_table;
use super::workspace::Workspace;
use crate::model::{Backend, DeclaredNeed, Dialect, Domain, Need};
use crate::project::disk;
use crate::project::file::{self, FILE_NAME};
use crate::sql::{Flavor, quote};

/// A domain to be added.
#[derive(Debug, Clone)]
pub struct NewDomain {
    /// Its name.
    pub name: String,
    /// Who will write its migrations.
    pub dialect: Dialect,
    /// Its directory; beside those that are there where nothing is said.
    pub directory: Option<String>,
    /// Its schema; the name where nothing is said.
    pub schema: Option<String>,
    /// What it needs of other domains.
    pub depends_on: Vec<Need>,
}

/// Adds a domain; gives the files that were written.
pub fn add(workspace: &Workspace, new: &NewDomain) -> Result<Vec<PathBuf>, DomainError> {
    if workspace
        .domains
        .iter()
        .any(|domain| domain.name == new.name)
    {
        return Err(DomainError::misuse(format!(
            "there is a domain `{}` already",
            new.name
        )));
    }
    let directory = new
        .directory
        .clone()
        .unwrap_or_else(|| beside(workspace, &new.name));
    let schema = new.schema.clone().unwrap_or_else(|| new.name.clone());
    let mut domain = Domain::new(&new.name, new.dialect, directory.trim_end_matches('/'));
    domain.depends_on = new
        .depends_on
        .iter()
        .map(|need| DeclaredNeed {
            need: need.clone(),
            place: None,
        })
        .collect();
    let is_inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !Path::new(&domain.directory).components().all(is_inside) {
        return Err(DomainError::misuse(format!(
            "{} is not below the project's root",
            domain.directory
        ))
        .with_hint("name a directory below it with --path"));
    }
    // Alembic's directory says itself where its versions are.
    if new.dialect != Dialect::Alembic {
        domain.schema = Some(schema.clone());
    }
    let folder = workspace.root.join(&domain.directory);
    if disk::has_content(&folder) {
        return Err(
            DomainError::misuse(format!("{} is not empty", folder.display()))
                .with_hint("name another directory with --path"),
        );
    }
    let outer = workspace.domains.iter().find(|other| {
        let inside = Path::new(&domain.directory).starts_with(&other.directory);
        inside && other.dialect == Dialect::Flyway && new.dialect == Dialect::Flyway
    });
    if let Some(outer) = outer {
        return Err(DomainError::misuse(format!(
            "{} lies inside the directory of `{}`, and Flyway takes everything below it for its own",
            domain.directory, outer.name
        ))
        .with_hint("name another directory with --path, or choose another dialect"));
    }
    // The project's file first as text, so that nothing is written when it would not fit.
    let path = workspace.root.join(FILE_NAME);
    let before = text_before(workspace, &path)?;
    let with = |domain: &Domain| format!("{before}\n{}", table(domain));
    let read = file::read(&path, &with(&domain))?;
    let new_one = read.iter().find(|other| other.name == new.name);
    if domain.schema.is_some()
        && new_one.is_some_and(|known| {
            backend(workspace, known) == Backend::Sqlite && !known.attach.contains_key(&schema)
        })
    {
        domain.schema = None;
        domain.history_table = Some(own_table(&domain));
    }
    let text = with(&domain);
    let files = match new.dialect {
        Dialect::Native => native(&schema),
        Dialect::Flyway => flyway(&schema, domain.schema.is_some()),
        Dialect::Alembic => super::alembic_directory::files(&new.name, &schema),
    };
    let mut written = Vec::new();
    for (name, content) in files {
        let path = folder.join(name);
        disk::write_file(&path, &content).map_err(DomainError::words)?;
        written.push(workspace.shown(&path));
    }
    disk::write_file(&path, &text).map_err(DomainError::words)?;
    written.push(workspace.shown(&path));
    Ok(written)
}

/// The project's file as it is, or as it would be written down; it ends with a line end.
fn text_before(workspace: &Workspace, path: &Path) -> Result<String, DomainError> {
    let before = disk::read_file(path)
        .transpose()
        .map_err(DomainError::words)?;
    let Some(bytes) = before else {
        return Ok(document(&workspace.domains));
    };
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    // A file without domains may hold settings for all of them.
    if workspace.file.is_none() {
        for domain in &workspace.domains {
            text.push('\n');
            text.push_str(&table(domain));
        }
    }
    Ok(text)
}

/// A directory of this name where most domains have theirs.
fn beside(workspace: &Workspace, name: &str) -> String {
    let parents: Vec<&str> = workspace
        .domains
        .iter()
        .filter_map(|domain| domain.directory.rsplit_once('/').map(|(parent, _)| parent))
        .collect();
    let count = |parent: &str| parents.iter().filter(|other| **other == parent).count();
    let most = parents.iter().max_by_key(|parent| count(parent));
    let parent = most.copied().unwrap_or("migrations");
    format!("{}/{name}", Path::new(parent).display())
}

fn native(schema: &str) -> Vec<(String, String)> {
    let folder = format!("0001_create_{schema}_schema");
    let name = quote::identifier(schema, Flavor::Postgres);
    vec![
        (
            format!("{folder}/metadata.toml"),
            format!("revision = \"0001\"\nmessage = \"create {schema} schema\"\n"),
        ),
        (
            format!("{folder}/up.postgres.sql"),
            format!("CREATE SCHEMA IF NOT EXISTS {name};\n"),
        ),
        (format!("{folder}/up.sql"), NOTHING.to_owned()),
        (
            format!("{folder}/down.sql"),
            "-- The schema stays: it holds the history of this domain.\n".to_owned(),
        ),
    ]
}

fn flyway(schema: &str, has_schemas: bool) -> Vec<(String, String)> {
    let name = quote::identifier(schema, Flavor::Postgres);
    let text = if has_schemas {
        format!("CREATE SCHEMA IF NOT EXISTS {name};\n")
    } else {
        NOTHING.to_owned()
    };
    vec![(format!("V001__create_{schema}_schema.sql"), text)]
}

/// The first migration where there are no schemas.
const NOTHING: &str = "-- Nothing to create: this server has no schemas.\n";
