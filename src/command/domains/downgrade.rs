//! Takes migrations of one domain back, and records them without running.

use super::driver::{DomainDriver, DownTo, UpTo};
use super::error::DomainError;
use super::observer::Observer;
use super::schedule::{Participant, canonical, find_key, needs_of};
use super::targets::TargetRun;
use super::upgrade::{DomainRun, RunResult, RunState};
use super::workspace::Workspace;
use crate::model::{Dialect, Domain};

/// Takes migrations of one domain back.
///
/// Refused while another domain has applied what needs the migrations that would go, unless
/// `regardless` is set.
pub fn downgrade(
    workspace: &Workspace,
    name: &str,
    to: &DownTo,
    regardless: bool,
    observer: &mut dyn Observer,
) -> Result<RunResult, DomainError> {
    let domain = workspace.domain(name)?;
    super::shared_history::refuse(workspace, domain)?;
    let of = |error: DomainError| error.of(name);
    let driver = workspace.domain_driver(domain)?;
    if let (DomainDriver::Many(_), DownTo::Steps(steps)) = (&driver, to) {
        return Err(of(DomainError::misuse(format!(
            "`-{steps}` would be another migration for each target that stands elsewhere"
        ))
        .with_hint("name the migration that stays, or `base`")));
    }
    let catalog = driver.catalog().map_err(of)?;
    let standing = driver.standing(observer).map_err(of)?;
    let participant = Participant {
        domain: domain.clone(),
        driver,
        catalog,
        standing,
        needed_only: false,
    };
    let to = match to {
        DownTo::Key(key) => DownTo::Key(canonical(&participant, key)?),
        other => other.clone(),
    };
    if !regardless {
        check_needed(workspace, &participant, &to, observer)?;
    }
    observer.domain_started(name, 0);
    Ok(match &participant.driver {
        DomainDriver::One(driver) => {
            let (ran, ended) = driver.downgrade(&to, observer);
            result_of(domain, ran, None, ended)
        }
        DomainDriver::Many(targets) => {
            let (runs, ended) = targets.downgrade(&to, observer);
            result_of(domain, Vec::new(), Some(runs), ended)
        }
    })
}

/// Records migrations of a domain as applied without running anything; with no key at all, that none is.
pub fn stamp(
    workspace: &Workspace,
    name: &str,
    to: &UpTo,
    observer: &mut dyn Observer,
) -> Result<RunResult, DomainError> {
    let domain = workspace.domain(name)?;
    super::shared_history::refuse(workspace, domain)?;
    let of = |error: DomainError| error.of(name);
    let driver = workspace.domain_driver(domain)?;
    let to = match to {
        UpTo::Latest => UpTo::Latest,
        UpTo::Keys(keys) => {
            if keys.is_empty() && domain.dialect == Dialect::Flyway {
                return Err(of(DomainError::misuse(
                    "Flyway's history cannot be set back by a stamp",
                )
                .with_hint("`stillway downgrade` takes migrations back")));
            }
            let catalog = driver.catalog().map_err(of)?;
            let exact = keys
                .iter()
                .map(|key| find_key(&catalog, domain.dialect, key));
            UpTo::Keys(exact.collect::<Result<_, _>>().map_err(of)?)
        }
    };
    observer.domain_started(name, 0);
    Ok(match &driver {
        DomainDriver::One(driver) => {
            let (ran, ended) = driver.stamp(&to, observer);
            result_of(domain, ran, None, ended)
        }
        DomainDriver::Many(targets) => {
            let (runs, ended) = targets.stamp(&to, observer);
            result_of(domain, Vec::new(), Some(runs), ended)
        }
    })
}

fn result_of(
    domain: &Domain,
    ran: Vec<String>,
    targets: Option<Vec<TargetRun>>,
    ended: Result<(), DomainError>,
) -> RunResult {
    let has_run = !ran.is_empty() || targets.iter().flatten().any(|run| !run.ran.is_empty());
    let state = match (&ended, has_run) {
        (Err(_), _) => RunState::Failed,
        (Ok(()), false) => RunState::UpToDate,
        (Ok(()), true) => RunState::Done,
    };
    RunResult {
        domains: vec![DomainRun {
            domain: domain.name.clone(),
            state,
            ran,
            left: Vec::new(),
            needed_only: false,
            targets,
        }],
        failure: ended.err().map(|error| error.of(&domain.name)),
        ..RunResult::default()
    }
}

/// Whether others still stand on what would go.
fn check_needed(
    workspace: &Workspace,
    participant: &Participant,
    to: &DownTo,
    observer: &mut dyn Observer,
) -> Result<(), DomainError> {
    let name = &participant.domain.name;
    let others = workspace.domains.iter().filter(|other| {
        let declared = other
            .depends_on
            .iter()
            .chain(other.migration_needs.values().flatten());
        other.name != *name
            && (other.dialect == Dialect::Native
                || declared
                    .into_iter()
                    .any(|declared| declared.need.domain == *name))
    });
    let applied: Vec<&str> = participant.standing.applied().collect();
    let catalog = || {
        participant
            .catalog
            .migrations
            .iter()
            .map(|m| m.key.as_str())
    };
    let is_many = matches!(participant.driver, DomainDriver::Many(_));
    let goes: Vec<&str> = match to {
        // What single targets have goes, too.
        DownTo::Key(key) if is_many => catalog().skip_while(|known| known != key).skip(1).collect(),
        _ if is_many => catalog().collect(),
        DownTo::Base => applied.clone(),
        DownTo::Steps(steps) => applied.iter().rev().take(*steps).copied().collect(),
        DownTo::Key(key) => applied
            .iter()
            .rev()
            .take_while(|applied| **applied != key.as_str())
            .copied()
            .collect(),
    };
    for (other, found) in super::look::look(workspace, others, observer) {
        let Ok((_, catalog, Ok(standing))) = found else {
            continue;
        };
        let there: Vec<&str> = standing.applied().collect();
        for migration in &catalog.migrations {
            if !there.contains(&migration.key.as_str()) {
                continue;
            }
            let in_way = needs_of(&other, migration).into_iter().find(|need| {
                need.domain == *name
                    && need
                        .key
                        .as_ref()
                        .is_none_or(|key| goes.contains(&key.as_str()))
            });
            if let Some(need) = in_way {
                return Err(DomainError::words(format!(
                    "{}@{} is applied and needs `{need}`; nothing was run",
                    other.name, migration.key
                ))
                .with_hint(format!(
                    "downgrade {} first, or give --regardless",
                    other.name
                ))
                .of(name));
            }
        }
    }
    Ok(())
}
