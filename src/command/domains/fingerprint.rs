//! The migrations of domains as verification sees them: files, lock file, what databases recorded.

use rayon::prelude::*;

use super::driver::Driver;
use super::error::DomainError;
use super::observer::{Observer, OfDomain};
use super::workspace::Workspace;
use crate::command::{Known, alembic, flyway};
use crate::model::{Dialect, Domain};
use crate::project::disk;
use crate::verify::{DomainFiles, DomainHistory, LockError, Lockfile, Order};

/// The lock file's name, below the project's root.
pub const LOCK_FILE: &str = "stillway.lock";

/// Reads the lock file; nothing when there is none.
pub(super) fn read_lock(
    workspace: &Workspace,
) -> Result<Option<Result<Lockfile, LockError>>, DomainError> {
    let Some(bytes) = disk::read_file(&workspace.root.join(LOCK_FILE)) else {
        return Ok(None);
    };
    let unreadable = |message: &str| DomainError::words(format!("{LOCK_FILE}: {message}"));
    let bytes = bytes.map_err(|message| unreadable(&message))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("the file is not UTF-8"))?;
    Ok(Some(Lockfile::parse(&text)))
}

/// Reads the files of domains, all of them at once. What the lock file knows already is not read
/// closer; what is new is, where `closely` says so.
pub(super) fn read_files(
    workspace: &Workspace,
    domains: &[&Domain],
    lock: &Lockfile,
    closely: bool,
) -> Result<Vec<DomainFiles>, DomainError> {
    domains
        .par_iter()
        .map(|domain| {
            let known = Known::new(lock.domain(&domain.name), closely);
            of_domain(workspace, domain, &known).map_err(|error| error.of(&domain.name))
        })
        .collect()
}

fn of_domain(
    workspace: &Workspace,
    domain: &Domain,
    known: &Known<'_>,
) -> Result<DomainFiles, DomainError> {
    let mut files = DomainFiles {
        name: domain.name.clone(),
        dialect: domain.dialect,
        order: match domain.dialect {
            Dialect::Flyway => Order::Versions,
            Dialect::Alembic | Dialect::Native => Order::Graph,
        },
        comments_count: domain.dialect == Dialect::Flyway,
        migrations: Vec::new(),
        sources: std::collections::BTreeMap::new(),
    };
    match Driver::open(workspace, domain)? {
        Driver::Flyway(flyway) => {
            let (config, environment) = (&flyway.config, &flyway.environment);
            files.migrations = flyway::fingerprints(config, environment, &workspace.root, known)?;
        }
        Driver::Chain(chain) => {
            let found = alembic::fingerprints(&chain.project, &workspace.root, known)?;
            files.migrations = found.migrations;
            files.sources = found.sources;
        }
    }
    Ok(files)
}

/// Reads what the database of a domain has recorded.
pub(super) fn read_history(
    workspace: &Workspace,
    domain: &Domain,
    files: &DomainFiles,
    observer: &mut dyn Observer,
) -> Result<DomainHistory, DomainError> {
    let mut reporter = OfDomain::new(&domain.name, observer);
    match Driver::open(workspace, domain)? {
        Driver::Flyway(flyway) => {
            let mut session = flyway.open_session(&mut reporter)?;
            Ok(flyway::recorded(&mut session, files, &workspace.root)?)
        }
        Driver::Chain(chain) => Ok(alembic::recorded(&chain.project, files, &mut reporter)?),
    }
}

/// The domains of these names; all of them when none is named.
pub(super) fn chosen<'w>(
    workspace: &'w Workspace,
    names: &[String],
) -> Result<Vec<&'w Domain>, DomainError> {
    if names.is_empty() {
        return Ok(workspace.domains.iter().collect());
    }
    names.iter().map(|name| workspace.domain(name)).collect()
}
