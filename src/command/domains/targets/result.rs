//! What is known of targets: where each stands, and how its part of a run ended.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::command::domains::error::DomainError;
use crate::model::Standing;

/// Where a target stands.
#[derive(Debug)]
pub struct TargetStanding {
    /// Its schema, or its URL without secrets.
    pub name: String,
    /// Where it stands, if it could be asked.
    pub found: Result<Standing, DomainError>,
}

impl TargetStanding {
    /// Whether there is nothing to run, as far as that is known.
    pub fn is_up_to_date(&self) -> bool {
        let found = self.found.as_ref();
        found.is_ok_and(|standing| standing.pending().next().is_none())
    }
}

/// How a target's part of a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetState {
    /// It was where it should be already.
    UpToDate,
    /// All that waited has run.
    Upgraded,
    /// Migrations were taken back.
    TakenBack,
    /// Migrations were recorded.
    Recorded,
    /// It was not its turn before too many others failed.
    NotBegun,
    /// It failed; what is listed as run before is there.
    Failed,
}

impl TargetState {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 6] = [
        Self::Upgraded,
        Self::TakenBack,
        Self::Recorded,
        Self::UpToDate,
        Self::Failed,
        Self::NotBegun,
    ];

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::UpToDate => "up to date",
            Self::Upgraded => "upgraded",
            Self::TakenBack => "taken back",
            Self::Recorded => "recorded",
            Self::NotBegun => "not begun",
            Self::Failed => "failed",
        }
    }
}

/// A target's part of a run.
#[derive(Debug)]
pub struct TargetRun {
    /// Its schema, or its URL without secrets.
    pub name: String,
    /// How it ended.
    pub state: TargetState,
    /// Keys that ran, in order.
    pub ran: Vec<String>,
    /// What went wrong.
    pub error: Option<DomainError>,
    /// How long it took.
    pub took: Duration,
}

impl TargetRun {
    /// A target whose turn has not come.
    pub(super) fn new(name: &str, state: TargetState) -> Self {
        Self {
            name: name.to_owned(),
            state,
            ran: Vec::new(),
            error: None,
            took: Duration::ZERO,
        }
    }

    /// Adds what a later part of the run has done on the same target.
    pub fn merge(&mut self, later: Self) {
        self.ran.extend(later.ran);
        self.took += later.took;
        self.error = later.error.or(self.error.take());
        let both = (self.state, later.state);
        self.state = match both {
            (TargetState::Failed, _) | (_, TargetState::Failed) => TargetState::Failed,
            (_, TargetState::NotBegun) => TargetState::NotBegun,
            _ if self.ran.is_empty() => TargetState::UpToDate,
            _ => TargetState::Upgraded,
        };
    }
}

/// How many targets stand where, the most common place first.
pub fn by_current(targets: &[TargetStanding]) -> Vec<(Vec<String>, usize)> {
    let mut counts: BTreeMap<&[String], usize> = BTreeMap::new();
    let standings = targets
        .iter()
        .filter_map(|target| target.found.as_ref().ok());
    for standing in standings {
        *counts.entry(&standing.current).or_default() += 1;
    }
    let mut counts: Vec<_> = counts
        .into_iter()
        .map(|(current, count)| (current.to_vec(), count))
        .collect();
    counts.sort_by(|left, right| right.1.cmp(&left.1).then(right.0.cmp(&left.0)));
    counts
}
