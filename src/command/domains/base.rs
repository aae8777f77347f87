//! The files against a state of the repository, so that what is released there is frozen.

use std::collections::HashSet;

use super::error::DomainError;
use super::fingerprint::{chosen, read_files};
use super::workspace::Workspace;
use crate::command::flyway;
use crate::model::{Domain, Finding};
use crate::project::disk::{self, Checkout};
use crate::verify::{Against, DomainFiles, Lockfile, Order, check_lock, frozen};

/// Holds the files of domains, all of them where none is named, against those of a state of the
/// repository. What the two have in common is told from the sums of their bytes; what migrations
/// run is found out only where something differs.
pub(super) fn check_base(
    workspace: &Workspace,
    names: &[String],
    base: &str,
    files: &[DomainFiles],
) -> Result<Vec<Finding>, DomainError> {
    let (before, checkout) = open(workspace, base)?;
    let is_chosen = |domain: &&Domain| names.is_empty() || names.contains(&domain.name);
    let domains: Vec<&Domain> = before.domains.iter().filter(is_chosen).collect();
    let against = Against::Base(base.to_owned());
    let released = frozen(read_files(&before, &domains, &Lockfile::default(), false)?);
    let first = check_lock(&released, &against, &joined(files, &released, &checkout));
    if first.is_empty() {
        return Ok(first);
    }
    let released = frozen(read_files(&before, &domains, &Lockfile::default(), true)?);
    let files = read_files(workspace, &chosen(workspace, names)?, &released, false)?;
    Ok(check_lock(
        &released,
        &against,
        &joined(&files, &released, &checkout),
    ))
}

/// The project as it is in a state of the repository: its own `stillway.toml`, or what is discovered
/// there. The files are there as long as the checkout is.
fn open(workspace: &Workspace, base: &str) -> Result<(Workspace, Checkout), DomainError> {
    let directories = workspace
        .domains
        .iter()
        .map(|domain| domain.directory.clone());
    let directories: Vec<String> = directories
        .filter(|directory| !directory.is_empty())
        .collect();
    let checkout = disk::check_out(&workspace.root, base, &directories)
        .map_err(|error| DomainError::misuse(error.to_string()).with_hint(error.hint()))?;
    let mut process = workspace.process.clone();
    checkout.folder().clone_into(&mut process.directory);
    let before = Workspace::open_at(checkout.folder(), process)?;
    Ok((before, checkout))
}

/// The files as they would be together with what has been released since the two parted: that
/// nobody has it here yet is no change, but what is new here has to go with it.
fn joined(files: &[DomainFiles], released: &Lockfile, checkout: &Checkout) -> Vec<DomainFiles> {
    let join = |domain: &DomainFiles| {
        let mut domain = domain.clone();
        let here: HashSet<String> = domain
            .migrations
            .iter()
            .map(|migration| migration.path.clone())
            .collect();
        let locked = released
            .domain(&domain.name)
            .into_iter()
            .flat_map(|locked| &locked.migrations);
        let elsewhere = locked.map(|locked| &locked.migration).filter(|migration| {
            !here.contains(&migration.path) && checkout.is_new(&migration.path)
        });
        domain.migrations.extend(elsewhere.cloned());
        if domain.order == Order::Versions {
            flyway::sort_by_version(&mut domain.migrations);
        }
        domain
    };
    files.iter().map(join).collect()
}
