//! `lock`: takes down what the migrations are, and refuses to take down a change of what was.

use std::collections::BTreeSet;

use super::error::DomainError;
use super::fingerprint::{LOCK_FILE, chosen, read_files, read_lock};
use super::workspace::Workspace;
use crate::model::{Domain, Finding};
use crate::project::disk;
use crate::verify::{Against, Change, DomainFiles, Examined, Lockfile, Refresh, refresh};

/// What is asked of `lock`.
#[derive(Debug, Clone, Default)]
pub struct LockOptions {
    /// Domains; none for all.
    pub domains: Vec<String>,
    /// Migrations, as findings call them, and names of domains, whose changes are wanted.
    pub accept: Vec<String>,
    /// Domains that were converted, whose lines are settled anew.
    pub replaced: Vec<String>,
    /// Whether the file is left as it is.
    pub dry_run: bool,
}

/// What `lock` did.
#[derive(Debug, Clone, Default)]
pub struct LockResult {
    /// What was looked at.
    pub examined: Vec<Examined>,
    /// Lines that are new, other than they were, or gone.
    pub changes: Vec<Change>,
    /// Changes of what is settled; nothing is written while there are any.
    pub refused: Vec<Finding>,
    /// What was accepted and has not changed.
    pub idle: Vec<String>,
    /// Whether the file was written.
    pub written: bool,
}

/// Writes the lock file, or what is new into it.
pub fn lock(workspace: &Workspace, options: &LockOptions) -> Result<LockResult, DomainError> {
    workspace.require_domains()?;
    let domains = chosen(workspace, &options.domains)?;
    let old = match read_lock(workspace)? {
        None => Lockfile::default(),
        Some(Ok(lock)) => lock,
        Some(Err(error)) => {
            return Err(DomainError::misuse(format!("{LOCK_FILE}:{error}")).with_hint(error.hint()));
        }
    };
    let files = read_files(workspace, &domains, &old, true)?;
    write(workspace, &old, &files, options)
}

/// Makes the next lock file of the old one and the files, and writes it.
pub(super) fn write(
    workspace: &Workspace,
    old: &Lockfile,
    files: &[DomainFiles],
    options: &LockOptions,
) -> Result<LockResult, DomainError> {
    let named: Vec<String> = files.iter().map(|files| files.name.clone()).collect();
    let wanted = Refresh {
        domains: if options.domains.is_empty() {
            BTreeSet::new()
        } else {
            named.into_iter().collect()
        },
        accepted: options.accept.iter().cloned().collect(),
        replaced: options.replaced.iter().cloned().collect(),
    };
    let refreshed = refresh(old, &Against::Lock(LOCK_FILE.into()), files, &wanted);
    let mut result = LockResult {
        examined: examined(files),
        changes: refreshed.changes,
        refused: refreshed.refused,
        idle: refreshed.idle,
        written: false,
    };
    if !result.refused.is_empty() || options.dry_run {
        return Ok(result);
    }
    let path = workspace.root.join(LOCK_FILE);
    let text = refreshed.lock.write();
    let before = disk::read_file(&path).and_then(Result::ok);
    if before.as_deref() != Some(text.as_bytes()) {
        disk::write_file(&path, &text).map_err(DomainError::words)?;
        result.written = true;
    }
    Ok(result)
}

/// What was looked at.
pub(super) fn examined(files: &[DomainFiles]) -> Vec<Examined> {
    let of = |files: &DomainFiles| Examined {
        name: files.name.clone(),
        migrations: files.migrations.len(),
    };
    files.iter().map(of).collect()
}

/// Takes down what commands have added to a domain.
///
/// # Errors
///
/// As `lock`; nothing is done where the project has no lock file.
pub fn lock_added(
    workspace: &Workspace,
    domain: &Domain,
) -> Result<Option<LockResult>, DomainError> {
    if read_lock(workspace)?.is_none() {
        return Ok(None);
    }
    let options = LockOptions {
        domains: vec![domain.name.clone()],
        ..LockOptions::default()
    };
    lock(workspace, &options).map(Some)
}

/// Settles anew what domains are that were converted or taken in by others, where the project has a
/// lock file.
///
/// # Errors
///
/// As `lock`.
pub fn lock_converted(workspace: &Workspace, domains: &[String]) -> Result<(), DomainError> {
    if read_lock(workspace)?.is_none() {
        return Ok(());
    }
    let options = LockOptions {
        replaced: domains.to_vec(),
        ..LockOptions::default()
    };
    lock(workspace, &options).map(drop)
}
