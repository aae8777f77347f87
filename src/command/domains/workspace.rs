//! The project that a command works on: its root, its domains, what the process brings along.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::driver::{DomainDriver, Driver};
use super::error::DomainError;
use super::observer::Quiet;
use super::targets::TargetOptions;
use crate::command::{alembic, flyway};
use crate::database::Connection;
use crate::model::{DeclaredNeed, Domain, Secret};
use crate::project::discover::discover;
use crate::project::{disk, file, order};

/// What the process brings along.
#[derive(Debug, Clone, Default)]
pub struct Process {
    /// Environment variables.
    pub variables: BTreeMap<String, String>,
    /// The working directory.
    pub directory: PathBuf,
    /// Who runs this, for histories.
    pub user: String,
    /// Local time at the start, `yyyy-MM-dd HH:mm:ss`.
    pub timestamp: String,
    /// The local time zone's name.
    pub time_zone: Option<String>,
}

impl Process {
    /// As Flyway's commands want it.
    pub(super) fn for_flyway(&self, directory: &Path) -> flyway::Environment {
        flyway::Environment {
            variables: self.variables.clone(),
            directory: directory.to_owned(),
            timestamp: self.timestamp.clone(),
            time_zone: self.time_zone.clone(),
            foreign: Vec::new(),
            has_neighbours: false,
            attach: BTreeMap::new(),
        }
    }

    /// As the commands of revision chains want it.
    pub(super) fn for_chain(&self, directory: &Path) -> alembic::Environment {
        alembic::Environment {
            variables: self.variables.clone(),
            directory: directory.to_owned(),
            user: self.user.clone(),
        }
    }
}

/// A project and its domains.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The folder that the directories of domains are below.
    pub root: PathBuf,
    /// The project's file, when there is one.
    pub file: Option<PathBuf>,
    /// The domains, in an order that keeps what they need.
    pub domains: Vec<Domain>,
    /// What the process brings along.
    pub process: Process,
    /// How the targets of domains with many databases are gone through.
    pub targets: TargetOptions,
}

impl Workspace {
    /// Opens the project that the working directory is in: the nearest `stillway.toml` upwards, or
    /// else what is discovered below the directory.
    pub fn open(process: Process) -> Result<Self, DomainError> {
        let start = process.directory.clone();
        if !start.is_dir() {
            return Err(DomainError::misuse(format!(
                "there is no folder {}",
                start.display()
            )));
        }
        let found = start
            .ancestors()
            .map(|folder| folder.join(file::FILE_NAME))
            .find_map(|path| Some((disk::read_file(&path)?, path)));
        if let Some((bytes, path)) = found
            && let Some(workspace) = Self::of_file(&path, bytes, &process)?
        {
            return Ok(workspace);
        }
        let domains = Self::discovered(&start);
        Self::with(start, None, domains, process)
    }

    /// Opens the project of a folder, without looking at those above.
    pub fn open_at(root: &Path, process: Process) -> Result<Self, DomainError> {
        let path = root.join(file::FILE_NAME);
        if let Some(bytes) = disk::read_file(&path)
            && let Some(workspace) = Self::of_file(&path, bytes, &process)?
        {
            return Ok(workspace);
        }
        Self::with(root.to_owned(), None, Self::discovered(root), process)
    }

    /// The project of a file; nothing when the file names no domains.
    fn of_file(
        path: &Path,
        bytes: Result<Vec<u8>, String>,
        process: &Process,
    ) -> Result<Option<Self>, DomainError> {
        let bytes = bytes
            .map_err(|message| DomainError::words(format!("{}: {message}", path.display())))?;
        let text = String::from_utf8(bytes).map_err(|_| {
            DomainError::words(format!("{}: the file is not UTF-8", path.display()))
        })?;
        let start = &process.directory;
        let shown = path.strip_prefix(start).unwrap_or(path);
        let domains = file::read(shown, &text)?;
        if domains.is_empty() {
            return Ok(None);
        }
        let root = path.parent().unwrap_or(start).to_owned();
        Self::with(root, Some(path.to_owned()), domains, process.clone()).map(Some)
    }

    /// The domains that the files below a folder show.
    pub fn discovered(root: &Path) -> Vec<Domain> {
        let files = disk::project_files(root);
        discover(&files, &|path| {
            let text = disk::read_file(&root.join(path)).and_then(Result::ok);
            text.is_some_and(|bytes| String::from_utf8_lossy(&bytes).contains("[tool.alembic"))
        })
    }

    /// A project that is not written down.
    pub(super) fn of(
        root: PathBuf,
        domains: Vec<Domain>,
        process: Process,
    ) -> Result<Self, DomainError> {
        Self::with(root, None, domains, process)
    }

    fn with(
        root: PathBuf,
        file: Option<PathBuf>,
        domains: Vec<Domain>,
        process: Process,
    ) -> Result<Self, DomainError> {
        let needs: Vec<_> = domains
            .iter()
            .map(|domain| {
                let single = domain.migration_needs.values().flatten();
                let all = domain.depends_on.iter().map(|declared| &declared.need);
                // What a single migration needs does not hold up the domain's others.
                let single = single.map(|declared: &DeclaredNeed| &declared.need);
                let single = single.map(|need| crate::model::Need {
                    domain: need.domain.clone(),
                    key: Some(need.key.clone().unwrap_or_default()),
                });
                (domain.name.clone(), all.cloned().chain(single).collect())
            })
            .collect();
        let mut rest = domains;
        let ordered = order::domains(&needs)?.into_iter().filter_map(|name| {
            let at = rest.iter().position(|domain| domain.name == name)?;
            Some(rest.remove(at))
        });
        Ok(Self {
            root,
            file,
            domains: ordered.collect(),
            process,
            targets: TargetOptions::default(),
        })
    }

    /// Refuses to do nothing where something was to be done: a job in the wrong folder must not succeed.
    pub fn require_domains(&self) -> Result<(), DomainError> {
        if !self.domains.is_empty() {
            return Ok(());
        }
        Err(DomainError::misuse(format!(
            "no domain was found in {}: nothing was done",
            self.root.display()
        ))
        .with_hint("change to the project's folder or name it with -C; `stillway domain add` begins a new one"))
    }

    /// Refuses a domain whose directory is not there.
    pub(super) fn require_directory(&self, domain: &Domain) -> Result<(), DomainError> {
        let directory = self.directory(domain);
        if directory.is_dir() {
            return Ok(());
        }
        Err(DomainError::words(format!(
            "its directory {} is not there",
            self.shown(&directory).display()
        ))
        .with_hint(format!(
            "bring it back, or correct `directory` in [domains.{}] of {}",
            domain.name,
            file::FILE_NAME
        )))
    }

    /// The domain of a name.
    pub fn domain(&self, name: &str) -> Result<&Domain, DomainError> {
        let found = self.domains.iter().find(|domain| domain.name == name);
        found.ok_or_else(|| {
            let names: Vec<&str> = self.domains.iter().map(|d| d.name.as_str()).collect();
            DomainError::misuse(format!("there is no domain `{name}`")).with_hint(
                if names.is_empty() {
                    "no domain was found here: run `stillway init` or `stillway domain add`"
                        .to_owned()
                } else {
                    format!("the domains are: {}", names.join(", "))
                },
            )
        })
    }

    /// Where a domain's files are.
    pub fn directory(&self, domain: &Domain) -> PathBuf {
        if domain.directory.is_empty() {
            self.root.clone()
        } else {
            self.root.join(&domain.directory)
        }
    }

    /// A path as people of this project write it: below the root where it is.
    pub fn shown(&self, path: &Path) -> PathBuf {
        let below = path.strip_prefix(&self.root);
        let canonical = || path.strip_prefix(self.root.canonicalize().ok()?).ok();
        below.ok().or_else(canonical).unwrap_or(path).to_owned()
    }

    /// The URL that the project or the environment names for a domain; nothing where the dialect's
    /// own configuration has to say.
    pub(super) fn url(&self, domain: &Domain) -> Option<Secret> {
        let variable = |name: &String| {
            let value = self.process.variables.get(name)?;
            (!value.is_empty()).then(|| Secret::from(value.as_str()))
        };
        domain
            .url
            .clone()
            .or_else(|| domain.url_env.iter().find_map(variable))
    }

    /// The URL in the variables that are usual where nothing is named.
    pub(super) fn usual_url(&self, domain: &Domain) -> Option<Secret> {
        if domain.url.is_some() || !domain.url_env.is_empty() {
            return None;
        }
        let names = domain.usual_variables();
        names.iter().find_map(|name| {
            let value = self.process.variables.get(name)?;
            (!value.is_empty()).then(|| Secret::from(value.as_str()))
        })
    }

    /// A connection to the one database of a domain, for what is not about its migrations.
    ///
    /// # Errors
    /// When no URL is named, the domain has many databases, or its own cannot be reached.
    pub fn connect(&self, domain: &Domain) -> Result<Connection, DomainError> {
        Self::refuse_targets(domain, "a transfer")?;
        let connection = self.driver(domain)?.connection(&mut Quiet);
        connection.map_err(|error| error.of(&domain.name))
    }

    /// How the URL of a domain is named.
    pub(super) fn naming_a_url(domain: &Domain) -> String {
        let variables = if domain.url_env.is_empty() {
            domain.usual_variables().to_vec()
        } else {
            domain.url_env.clone()
        };
        format!(
            "set {}, or url or url_env of the domain in {}",
            variables.join(" or "),
            file::FILE_NAME
        )
    }

    /// What carries out commands on a domain on all databases that it is kept in.
    pub fn domain_driver(&self, domain: &Domain) -> Result<DomainDriver, DomainError> {
        self.require_directory(domain)
            .and_then(|()| DomainDriver::open(self, domain))
            .map_err(|error| error.of(&domain.name))
    }

    /// Refuses what is done to one database only.
    pub(super) fn refuse_targets(domain: &Domain, what: &str) -> Result<(), DomainError> {
        if domain.targets.is_empty() {
            return Ok(());
        }
        Err(DomainError::misuse(format!(
            "{what} works on one database, and the domain has targets"
        ))
        .with_hint(format!(
            "run it with another {} that names one of them with `url` and `schema` in place of `targets`",
            file::FILE_NAME
        ))
        .of(&domain.name))
    }

    /// What carries out commands on a domain on one database; of a domain with targets it knows the
    /// files.
    pub fn driver(&self, domain: &Domain) -> Result<Driver, DomainError> {
        self.require_directory(domain)
            .and_then(|()| Driver::open(self, domain))
            .map_err(|error| error.of(&domain.name))
    }
}

/// What is the same of all URLs of one database: neither driver nor user.
pub(super) fn identity(shown: &str) -> String {
    let shown = shown.strip_prefix("jdbc:").unwrap_or(shown);
    if let Some(path) = shown.strip_prefix("sqlite:") {
        return format!("sqlite:/{}", path.trim_start_matches('/'));
    }
    let (scheme, rest) = shown.split_once("://").unwrap_or(("", shown));
    let scheme = scheme.split('+').next().unwrap_or_default();
    let rest = rest.split('?').next().unwrap_or(rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let scheme = match scheme {
        "postgres" => "postgresql",
        other => other,
    };
    format!("{scheme}://{rest}")
}

#[cfg(test)]
mod tests {
    use super::identity;

    #[test]
    fn one_database_has_one_identity() {
        for text in [
            "postgresql+asyncpg://app:***@host:5432/db",
            "postgres://host:5432/db",
            "jdbc:postgresql://host:5432/db?user=app",
        ] {
            assert_eq!(identity(text), "postgresql://host:5432/db");
        }
        for text in [
            "sqlite:////tmp/own.db",
            "jdbc:sqlite:/tmp/own.db",
            "sqlite:/tmp/own.db",
        ] {
            assert_eq!(identity(text), "sqlite:/tmp/own.db");
        }
    }
}
