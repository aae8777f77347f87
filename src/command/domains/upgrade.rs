//! Goes up in all domains, in order; stops at the first failure.

use super::driver::DomainDriver;
use super::error::DomainError;
use super::observer::{Observer, Quiet};
use super::schedule::{Participant, Schedule, Selection, reach};
use super::targets::TargetRun;
use super::workspace::{Workspace, identity};
use crate::model::{Dialect, Finding, Severity, Standing, alike};

/// How a domain's part of a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// It was where it should be already.
    UpToDate,
    /// All of it has run.
    Done,
    /// It failed; what is listed as run before is there.
    Failed,
    /// It was not its turn before something else failed.
    NotRun,
}

/// A domain's part of a run.
#[derive(Debug)]
pub struct DomainRun {
    /// The domain.
    pub domain: String,
    /// How it ended.
    pub state: RunState,
    /// Keys that ran, in order.
    pub ran: Vec<String>,
    /// Keys that have not run.
    pub left: Vec<String>,
    /// Whether it took part only because others need it.
    pub needed_only: bool,
    /// What became of each of its targets, when it has targets. What is listed as run before has run
    /// on all of them that did not have it.
    pub targets: Option<Vec<TargetRun>>,
}

impl DomainRun {
    /// Takes in what another part of the run has done on the targets.
    fn merge(&mut self, later: Vec<TargetRun>) {
        for (own, later) in self.targets.iter_mut().flatten().zip(later) {
            own.merge(later);
        }
    }
}

/// How a run over domains ended.
#[derive(Debug, Default)]
pub struct RunResult {
    /// The parts, in order.
    pub domains: Vec<DomainRun>,
    /// Deprecated domains that were left out.
    pub left_out: Vec<String>,
    /// Why migrations would fail, as far as that is known before they run. Nothing has run when there
    /// are any.
    pub findings: Vec<Finding>,
    /// What stopped the run.
    pub failure: Option<DomainError>,
}

/// Brings domains up, in an order that keeps what they need of each other. Nothing is run while the files
/// show that a migration fails, unless `regardless` is set.
pub fn upgrade(
    workspace: &Workspace,
    selection: &Selection,
    regardless: bool,
    observer: &mut dyn Observer,
) -> Result<RunResult, DomainError> {
    workspace.require_domains()?;
    let schedule = Schedule::make(workspace, selection, observer)?;
    let mut result = RunResult {
        left_out: schedule.left_out.clone(),
        ..RunResult::default()
    };
    for participant in &schedule.participants {
        let name = &participant.domain.name;
        let left = schedule
            .segments
            .iter()
            .filter(|segment| segment.domain == *name);
        let left: Vec<String> = left.flat_map(|segment| segment.keys.clone()).collect();
        result.domains.push(DomainRun {
            domain: name.clone(),
            state: if left.is_empty() {
                RunState::UpToDate
            } else {
                RunState::NotRun
            },
            ran: Vec::new(),
            targets: match &participant.driver {
                DomainDriver::One(_) => None,
                DomainDriver::Many(targets) => Some(targets.before()),
            },
            left,
            needed_only: participant.needed_only,
        });
    }
    if !regardless {
        result.findings = foreseen(workspace, &schedule, observer);
        if !result.findings.is_empty() {
            result.failure = Some(stopped());
            return Ok(result);
        }
    }
    for segment in &schedule.segments {
        let Some(participant) = schedule.participant(&segment.domain) else {
            continue;
        };
        observer.domain_started(&segment.domain, segment.keys.len());
        let neighbours = has_neighbours(workspace, &schedule, &result, participant, observer);
        let to = reach(participant, segment);
        let mut of_targets = None;
        let (ran, ended) = match &participant.driver {
            DomainDriver::One(driver) => driver.upgrade(&to, neighbours, observer),
            DomainDriver::Many(targets) => {
                let (runs, ended) = targets.upgrade(&to, &segment.keys, observer);
                of_targets = Some(runs);
                // Only what all of them have has run.
                let ran = if ended.is_ok() {
                    segment.keys.clone()
                } else {
                    Vec::new()
                };
                (ran, ended)
            }
        };
        let Some(run) = result
            .domains
            .iter_mut()
            .find(|run| run.domain == segment.domain)
        else {
            continue;
        };
        if let Some(runs) = of_targets {
            run.merge(runs);
        }
        run.left.retain(|key| !ran.contains(key));
        run.ran.extend(ran);
        match ended {
            Ok(()) => {
                // Another run may have done some of it in the meantime.
                run.left.retain(|key| !segment.keys.contains(key));
                if run.left.is_empty() {
                    run.state = RunState::Done;
                }
            }
            Err(error) => {
                run.state = RunState::Failed;
                result.failure = Some(error.of(&segment.domain));
                break;
            }
        }
    }
    Ok(result)
}

/// What fails in any case. The rest that matters is told as warnings.
fn foreseen(
    workspace: &Workspace,
    schedule: &Schedule,
    observer: &mut dyn Observer,
) -> Vec<Finding> {
    // What is worth a warning of the files is told when they run.
    let found = match super::needs::findings(workspace, schedule, &mut Quiet) {
        Ok(found) => found,
        Err(error) => {
            let domain = error.domain.clone().unwrap_or_default();
            let error = DomainError {
                domain: None,
                ..error
            };
            observer.warning(
                &domain,
                &format!("what migrations use of each other was not looked at: {error}"),
            );
            return Vec::new();
        }
    };
    let (fail, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| found.fails);
    if fail.is_empty() {
        let rest = rest.into_iter().map(|found| found.finding);
        let rest: Vec<Finding> = rest
            .filter(|finding| finding.severity != Severity::Note)
            .collect();
        for group in alike(&rest) {
            let first = group[0];
            let place = first.place.as_ref().map(|place| format!("{place}: "));
            let more = match group.len() {
                1 => String::new(),
                count => format!(" (and {} more like it)", count - 1),
            };
            let words = format!(
                "{}{}{more} [{}]; `stillway plan` says what to write",
                place.unwrap_or_default(),
                first.message,
                first.code
            );
            observer.warning(&first.domain, &words);
        }
    }
    fail.into_iter().map(|found| found.finding).collect()
}

fn stopped() -> DomainError {
    DomainError::words("the files show that migrations would fail; nothing was run").with_hint(
        "settle what is listed; or, where the files do not show everything, give --regardless to run it all the same",
    )
}

/// Whether other domains have their histories in the database of one that has none yet.
fn has_neighbours(
    workspace: &Workspace,
    schedule: &Schedule,
    result: &RunResult,
    participant: &Participant,
    observer: &mut dyn Observer,
) -> bool {
    let is_one = matches!(participant.driver, DomainDriver::One(_));
    if participant.domain.dialect != Dialect::Flyway || participant.standing.has_history || !is_one
    {
        return false;
    }
    let own = identity(&participant.standing.database);
    let shares = |standing: &Standing| standing.has_history && identity(&standing.database) == own;
    let ran = |other: &Participant| {
        let of_other = |run: &&DomainRun| run.domain == other.domain.name;
        let run = result.domains.iter().find(of_other);
        run.is_some_and(|run| !run.ran.is_empty()) && identity(&other.standing.database) == own
    };
    let others = schedule.participants.iter();
    let mut others = others.filter(|other| other.domain.name != participant.domain.name);
    if others.any(|other| shares(&other.standing) || ran(other)) {
        return true;
    }
    let absent = workspace.domains.iter();
    let absent = absent.filter(|other| schedule.participant(&other.name).is_none());
    super::look::look(workspace, absent, observer)
        .into_iter()
        .any(|(_, found)| matches!(found, Ok((_, _, Ok(standing))) if shares(&standing)))
}
