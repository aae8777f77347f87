//! Domains that are kept in many databases or schemas: arguments, words, and values for programs.

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use super::{json, text};
use crate::cli::style::columns;
use crate::command::domains::{
    DomainError, DomainStatus, OnlyTargets, TargetOptions, TargetRun, TargetStanding, TargetState,
    by_current,
};

/// How the targets of a domain are gone through.
#[derive(Debug, Args)]
pub(super) struct TargetArguments {
    /// Of a domain with targets: so many at once, each on a connection of its own.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: u16,
    /// Only the targets whose names fit a pattern such as `eu_*`; goes with one -d; may be given several
    /// times.
    #[arg(long = "target", value_name = "PATTERN")]
    only: Vec<String>,
}

/// When an upgrade begins no more targets.
#[derive(Debug, Args)]
pub(super) struct CareArguments {
    /// Of a domain with targets: the first N that have something to run go alone, the others only when
    /// all of these have succeeded.
    #[arg(long, value_name = "N", default_value_t = 0)]
    canary: usize,
    /// Of a domain with targets: begin no more once more than N have failed.
    #[arg(long, value_name = "N", default_value_t = 0)]
    max_failures: usize,
}

impl TargetArguments {
    /// What the arguments mean; patterns need one domain that they are for.
    pub(super) fn options(
        &self,
        care: Option<&CareArguments>,
        domains: &[String],
    ) -> Result<TargetOptions, DomainError> {
        let only = match (self.only.is_empty(), domains) {
            (true, _) => None,
            (false, [domain]) => Some(OnlyTargets {
                domain: domain.clone(),
                patterns: self.only.clone(),
            }),
            (false, _) => {
                return Err(DomainError::misuse("--target goes with one domain")
                    .with_hint("name the domain with -d"));
            }
        };
        Ok(TargetOptions {
            jobs: usize::from(self.jobs),
            canary: care.map_or(0, |care| care.canary),
            max_failures: care.map_or(0, |care| care.max_failures),
            only,
        })
    }
}

fn count_targets(count: usize) -> String {
    match count {
        1 => "1 target".to_owned(),
        count => format!("{count} targets"),
    }
}

/// How many targets ended how.
pub(super) fn counts(runs: &[TargetRun]) -> String {
    let mut parts = Vec::new();
    for state in TargetState::ALL {
        let count = runs.iter().filter(|run| run.state == state).count();
        if count > 0 {
            parts.push(format!("{count} {}", state.words()));
        }
    }
    if parts.is_empty() {
        return "no targets".to_owned();
    }
    format!("{}: {}", count_targets(runs.len()), parts.join(", "))
}

/// A target that failed, in one line.
pub(super) fn failure_line(run: &TargetRun) -> Option<String> {
    let message = text::message(run.error.as_ref()?);
    let lines = message
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    Some(lines.collect::<Vec<_>>().join(" | "))
}

/// What became of targets.
pub(super) fn runs_value(runs: &[TargetRun]) -> Value {
    let mut states = serde_json::Map::new();
    for state in TargetState::ALL {
        let count = runs.iter().filter(|run| run.state == state).count();
        if let Ok(Value::String(name)) = serde_json::to_value(state) {
            states.insert(name, json!(count));
        }
    }
    let listed = runs.iter().map(|run| {
        json!({
            "name": run.name,
            "state": run.state,
            "ran": run.ran,
            "milliseconds": u64::try_from(run.took.as_millis()).unwrap_or(u64::MAX),
            "error": run.error.as_ref().map(json::error_value),
        })
    });
    json!({ "total": runs.len(), "states": states, "listed": listed.collect::<Vec<_>>() })
}

/// The current migrations of targets, as in `998 at 0020, 2 at 0018`.
pub(super) fn current(targets: &[TargetStanding]) -> String {
    let groups = by_current(targets).into_iter();
    let groups = groups.map(|(current, count)| format!("{count} at {}", place(&current)));
    groups.collect::<Vec<_>>().join(", ")
}

fn place(current: &[String]) -> String {
    if current.is_empty() {
        "the beginning".to_owned()
    } else {
        current.join(" + ")
    }
}

/// How targets stand, as in `998 up to date, 2 with something pending`.
pub(super) fn state(targets: &[TargetStanding]) -> String {
    let unknown = targets
        .iter()
        .filter(|target| target.found.is_err())
        .count();
    let done = targets
        .iter()
        .filter(|target| target.is_up_to_date())
        .count();
    let pending = targets.len() - unknown - done;
    let parts = [
        (done, "up to date"),
        (pending, "with something pending"),
        (unknown, "cannot be asked"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    if parts.is_empty() {
        return "no targets".to_owned();
    }
    parts.join(", ")
}

/// Whether a target is worth naming where most are alike.
fn is_odd(target: &TargetStanding, usual: Option<&[String]>) -> bool {
    match &target.found {
        Err(_) => true,
        Ok(standing) => {
            Some(standing.current.as_slice()) != usual
                || !standing.problems.is_empty()
                || standing.not_adopted.is_some()
        }
    }
}

fn listed(targets: &[TargetStanding], all: bool) -> Vec<&TargetStanding> {
    let groups = by_current(targets);
    let usual = groups.first().map(|(current, _)| current.as_slice());
    let named = targets.iter().filter(|target| all || is_odd(target, usual));
    named.collect()
}

/// The targets that stand elsewhere than most, or all of them.
pub(super) fn list(status: &DomainStatus, all: bool) -> String {
    let Some(targets) = &status.targets else {
        return String::new();
    };
    let listed = listed(targets, all);
    if listed.is_empty() {
        return String::new();
    }
    let rows = listed.iter().map(|target| {
        let (current, state) = match &target.found {
            Err(error) => (String::new(), one_line(error)),
            Ok(standing) => {
                let pending = standing.pending().count();
                let mut words = match pending {
                    0 => "up to date".to_owned(),
                    count => format!("{count} pending"),
                };
                for problem in &standing.problems {
                    let _ = write!(words, "; {problem}");
                }
                if standing.not_adopted.is_some() {
                    words.push_str("; to be adopted");
                }
                (place(&standing.current), words)
            }
        };
        vec![format!("  {}", target.name), current, state]
    });
    let rows: Vec<_> = rows.collect();
    format!("\n{}\n{}", status.domain.name, columns(&[], rows))
}

fn one_line(error: &DomainError) -> String {
    let message = text::message(error);
    let lines = message.lines().map(str::trim);
    // Lines and marks that only point at others say nothing on one line.
    let says = |line: &&str| line.chars().any(char::is_alphanumeric);
    lines.filter(says).collect::<Vec<_>>().join(" | ")
}

/// Where targets stand.
pub(super) fn standings_value(targets: &[TargetStanding], all: bool) -> Value {
    let groups = by_current(targets).into_iter();
    let groups = groups.map(|(current, count)| json!({ "current": current, "count": count }));
    let unknown = targets
        .iter()
        .filter(|target| target.found.is_err())
        .count();
    let listed = listed(targets, all).into_iter().map(|target| {
        let mut value = json!({ "name": target.name });
        match &target.found {
            Ok(standing) => value["standing"] = json::standing_value(standing),
            Err(error) => value["error"] = json::error_value(error),
        }
        value
    });
    json!({
        "total": targets.len(),
        "by_current": groups.collect::<Vec<_>>(),
        "cannot_be_asked": unknown,
        "listed": listed.collect::<Vec<_>>(),
    })
}
