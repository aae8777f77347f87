//! `verify`: whether anybody changed what was settled.

use super::base::check_base;
use super::error::DomainError;
use super::fingerprint::{LOCK_FILE, chosen, read_files, read_history, read_lock};
use super::lock::{LockOptions, LockResult, examined, write};
use super::observer::Observer;
use super::targets::TargetsDomain;
use super::workspace::Workspace;
use crate::model::{Domain, Finding, Place, Severity};
use crate::project::disk;
use crate::verify::{
    Against, DomainFiles, Examined, LockError, LockedDomain, Lockfile, Verdict, check_history,
    check_lock,
};

/// What is asked of `verify`.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// Domains; none for all.
    pub domains: Vec<String>,
    /// A state of the repository that the files are held against, too.
    pub base: Option<String>,
    /// Whether the databases are asked.
    pub database: bool,
    /// Whether warnings count.
    pub strict: bool,
    /// Whether what is new and what makes no difference is taken down in the lock file.
    pub fix: bool,
}

/// What `verify` found.
#[derive(Debug)]
pub struct VerifyResult {
    /// What was looked at.
    pub examined: Vec<Examined>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// What it comes to.
    pub verdict: Verdict,
    /// Domains whose histories could not be read.
    pub failures: Vec<DomainError>,
    /// What was taken down, where that was asked for.
    pub fixed: Option<LockResult>,
    /// The project's folder in its repository, with a `/` at the end; empty for the repository itself.
    pub prefix: String,
}

/// Holds files, lock file and, where that is asked for, a base and the databases against each other.
pub fn verify(
    workspace: &Workspace,
    options: &VerifyOptions,
    observer: &mut dyn Observer,
) -> Result<VerifyResult, DomainError> {
    workspace.require_domains()?;
    let domains = chosen(workspace, &options.domains)?;
    let (lock, mut findings) = match read_lock(workspace)? {
        Some(Ok(lock)) => (Some(lock), Vec::new()),
        Some(Err(error)) => (None, vec![unusable(&error)]),
        None if options.base.is_some() => (None, Vec::new()),
        None => (None, vec![missing()]),
    };
    let known = lock.clone().unwrap_or_default();
    for domain in &domains {
        // Where the lock file knows its migrations, each of them is missed by name.
        if known.domain(&domain.name).is_none() {
            workspace
                .require_directory(domain)
                .map_err(|error| error.of(&domain.name))?;
        }
    }
    let files = read_files(workspace, &domains, &known, false)?;
    if let Some(lock) = &lock {
        // Domains that were not asked for are not missing.
        let of_interest = |name: &str| {
            options.domains.is_empty() || domains.iter().any(|domain| domain.name == name)
        };
        let lock = Lockfile {
            domains: lock
                .domains
                .iter()
                .filter(|domain| of_interest(&domain.name))
                .cloned()
                .collect(),
        };
        findings.extend(check_lock(&lock, &Against::Lock(LOCK_FILE.into()), &files));
    }
    if let Some(name) = &options.base {
        findings.extend(check_base(workspace, &options.domains, name, &files)?);
    }
    let mut failures = Vec::new();
    if options.database {
        for (domain, files) in domains.iter().zip(&files) {
            let locked = lock.as_ref().and_then(|lock| lock.domain(&domain.name));
            let (found, failed) = of_databases(workspace, domain, files, locked, observer);
            findings.extend(found);
            failures.extend(failed);
        }
    }
    let mut fixed = None;
    let is_usable = lock.is_some()
        || !findings
            .iter()
            .any(|finding| finding.code.starts_with("lock-"));
    if options.fix
        && (is_usable
            || findings
                .iter()
                .any(|finding| finding.code == "lock-missing"))
    {
        let refresh = LockOptions {
            domains: options.domains.clone(),
            ..LockOptions::default()
        };
        let files = read_files(workspace, &domains, &known, true)?;
        fixed = Some(write(workspace, &known, &files, &refresh)?);
    }
    Ok(VerifyResult {
        examined: examined(&files),
        verdict: Verdict::of(&findings, options.strict),
        findings,
        failures,
        fixed,
        prefix: disk::folder_in_repository(&workspace.root),
    })
}

/// What the database of a domain, or each of its targets, says against the files.
fn of_databases(
    workspace: &Workspace,
    domain: &Domain,
    files: &DomainFiles,
    locked: Option<&LockedDomain>,
    observer: &mut dyn Observer,
) -> (Vec<Finding>, Vec<DomainError>) {
    if domain.targets.is_empty() {
        return match read_history(workspace, domain, files, observer) {
            Ok(history) => (check_history(&history, files, locked), Vec::new()),
            Err(error) => (Vec::new(), vec![error.of(&domain.name)]),
        };
    }
    let recorded = TargetsDomain::open(workspace, domain)
        .and_then(|targets| targets.recorded(files, observer));
    let recorded = match recorded {
        Ok(recorded) => recorded,
        Err(error) => return (Vec::new(), vec![error.of(&domain.name)]),
    };
    let count = recorded.len();
    let mut failures = Vec::new();
    let mut found: Vec<(Finding, Vec<String>)> = Vec::new();
    for (name, history) in recorded {
        let history = match history {
            Ok(history) => history,
            Err(error) => {
                failures.push(error);
                continue;
            }
        };
        for finding in check_history(&history, files, locked) {
            match found.iter_mut().find(|(other, _)| *other == finding) {
                Some((_, names)) => names.push(name.clone()),
                None => found.push((finding, vec![name.clone()])),
            }
        }
    }
    let findings = found.into_iter().map(|(finding, names)| Finding {
        message: format!("{} {}", finding.message, in_targets(&names, count)),
        ..finding
    });
    (findings.collect(), failures)
}

/// In which targets something was found, in few words.
fn in_targets(names: &[String], count: usize) -> String {
    const NAMED: usize = 3;
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>();
    let shown = shown.join(", ");
    match names.len() {
        all if all == count && all > 1 => format!("(in all {count} targets)"),
        more if more > NAMED => format!("(in {more} of {count} targets: {shown} and others)"),
        _ => format!("(in {shown})"),
    }
}

fn missing() -> Finding {
    Finding {
        code: "lock-missing",
        severity: Severity::Warning,
        domain: String::new(),
        migration: String::new(),
        place: None,
        message: format!("there is no {LOCK_FILE}: whether a migration was changed cannot be told"),
        hint: Some(
            "write it with `stillway lock` and commit it; or name a base with `--base origin/main`"
                .to_owned(),
        ),
    }
}

fn unusable(error: &LockError) -> Finding {
    let (line, column) = error.position();
    Finding {
        code: match error {
            LockError::Conflict { .. } => "lock-conflict",
            LockError::Newer { .. } | LockError::Older { .. } => "lock-format",
            LockError::NotALock { .. } | LockError::Line { .. } => "lock-unreadable",
        },
        severity: Severity::Error,
        domain: String::new(),
        migration: String::new(),
        place: Some(Place {
            path: LOCK_FILE.into(),
            line,
            column,
        }),
        message: error.message(),
        hint: Some(error.hint().to_owned()),
    }
}
