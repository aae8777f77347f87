//! What an upgrade would run: order, transactions, statements. Nothing is changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::error::DomainError;
use super::observer::Observer;
use super::schedule::{Schedule, Selection};
use super::workspace::Workspace;
use crate::command::alembic::RevisionText;
use crate::model::{Finding, MigrationKind, Place};

/// How a migration runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transactions {
    /// All of it in one transaction.
    One,
    /// Some or all statements outside a transaction.
    Outside,
    /// There is nothing to run.
    None,
    /// Only the database can tell.
    Unknown,
}

/// A statement of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStatement {
    /// Its text.
    pub sql: String,
    /// Where it stands.
    pub place: Place,
}

/// A migration of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedMigration {
    /// Its key.
    pub key: String,
    /// What its author called it.
    pub description: String,
    /// What kind it is.
    pub kind: MigrationKind,
    /// Its file or directory.
    pub path: PathBuf,
    /// How it runs.
    pub transactions: Transactions,
    /// Its statements.
    pub statements: Vec<PlannedStatement>,
    /// Why its statements cannot be told.
    pub unknown: Option<String>,
}

/// A run of migrations of one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedSegment {
    /// The domain.
    pub domain: String,
    /// Whether it takes part only because others need it.
    pub needed_only: bool,
    /// The database, without secrets.
    pub database: String,
    /// Its migrations, in order.
    pub migrations: Vec<PlannedMigration>,
}

/// What would run.
#[derive(Debug, Default)]
pub struct PlanResult {
    /// In order.
    pub segments: Vec<PlannedSegment>,
    /// Deprecated domains that are left out.
    pub left_out: Vec<String>,
    /// What is wrong with it, as far as files and databases tell.
    pub findings: Vec<Finding>,
}

/// Plans an upgrade.
pub fn plan(
    workspace: &Workspace,
    selection: &Selection,
    observer: &mut dyn Observer,
) -> Result<PlanResult, DomainError> {
    workspace.require_domains()?;
    let schedule = Schedule::make(workspace, selection, observer)?;
    let mut texts: BTreeMap<String, BTreeMap<String, RevisionText>> = BTreeMap::new();
    for participant in &schedule.participants {
        let name = &participant.domain.name;
        let keys: BTreeSet<&String> = schedule
            .segments
            .iter()
            .filter(|segment| segment.domain == *name)
            .flat_map(|segment| &segment.keys)
            .collect();
        if keys.is_empty() {
            continue;
        }
        let wanted = |key: &str| keys.iter().any(|known| *known == key);
        let found = participant
            .driver
            .texts(&wanted, observer)
            .map_err(|error| error.of(name))?;
        texts.insert(name.clone(), found.into_iter().collect());
    }
    let findings = super::needs::findings(workspace, &schedule, observer)?;
    let mut result = PlanResult {
        left_out: schedule.left_out.clone(),
        findings: findings.into_iter().map(|found| found.finding).collect(),
        ..PlanResult::default()
    };
    for segment in &schedule.segments {
        let Some(participant) = schedule.participant(&segment.domain) else {
            continue;
        };
        let known = texts.get(&segment.domain);
        let migrations = segment.keys.iter().filter_map(|key| {
            let of_key = |m: &&crate::model::CatalogMigration| m.key == *key;
            let migration = participant.catalog.migrations.iter().find(of_key)?;
            let text = known.and_then(|known| known.get(key));
            let (transactions, mut statements, unknown) = planned(text);
            for statement in &mut statements {
                statement.place.path = workspace.shown(&statement.place.path);
            }
            Some(PlannedMigration {
                key: key.clone(),
                description: migration.description.clone(),
                kind: migration.kind,
                path: workspace.shown(&migration.path),
                transactions,
                statements,
                unknown,
            })
        });
        result.segments.push(PlannedSegment {
            domain: segment.domain.clone(),
            needed_only: participant.needed_only,
            database: participant.standing.database.clone(),
            migrations: migrations.collect(),
        });
    }
    Ok(result)
}

fn planned(text: Option<&RevisionText>) -> (Transactions, Vec<PlannedStatement>, Option<String>) {
    match text {
        None => (Transactions::None, Vec::new(), None),
        Some(RevisionText::Unknown { message, place }) => {
            let place = place.as_ref().map(|place| format!("{place}: "));
            let words = format!("{}{message}", place.unwrap_or_default());
            (Transactions::Unknown, Vec::new(), Some(words))
        }
        Some(RevisionText::Statements(statements)) => {
            let leaves = statements.iter().any(|(sql, _)| sql == "COMMIT");
            let statements = statements
                .iter()
                .filter(|(sql, _)| sql != "COMMIT" && sql != "BEGIN");
            let statements: Vec<_> = statements
                .map(|(sql, place)| PlannedStatement {
                    sql: sql.clone(),
                    place: place.clone(),
                })
                .collect();
            let mode = match (leaves, statements.is_empty()) {
                (true, _) => Transactions::Outside,
                (false, true) => Transactions::None,
                (false, false) => Transactions::One,
            };
            (mode, statements, None)
        }
        Some(RevisionText::Script(script)) => {
            let statements: Vec<_> = script
                .statements
                .iter()
                .map(|statement| PlannedStatement {
                    sql: script.statement_text(statement).to_owned(),
                    place: script.place(statement.code_start),
                })
                .collect();
            let outside = script
                .statements
                .iter()
                .any(|statement| !statement.transactional);
            let mode = match (outside, statements.is_empty()) {
                (_, true) => Transactions::None,
                (true, false) => Transactions::Outside,
                (false, false) => Transactions::One,
            };
            (mode, statements, None)
        }
    }
}
