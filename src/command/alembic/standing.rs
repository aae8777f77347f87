//! Where a database stands in a chain, without changing anything.

use std::collections::{BTreeSet, HashMap};

use super::failure::Failure;
use super::project::{Project, Reporter};
use super::scripts::source_sum;
use super::session::Session;
use crate::database::objects_query;
use crate::dialect::alembic::graph::RevisionGraph;
use crate::dialect::alembic::revision::Revision;
use crate::dialect::alembic::run_history;
use crate::engine::Rows;
use crate::model::{MigrationState, PlacedMigration, Standing};

/// Where the database stands; of several databases, what is pending in any of them is pending.
pub fn standing(project: &Project, reporter: &mut dyn Reporter) -> Result<Standing, Failure> {
    let mut all: Option<Standing> = None;
    for project in project.databases(reporter)? {
        let one = of_one(&project, reporter)?;
        all = Some(match all {
            None => one,
            Some(before) => joined(before, one),
        });
    }
    Ok(all.unwrap_or_default())
}

fn joined(mut left: Standing, right: Standing) -> Standing {
    for (own, other) in left.migrations.iter_mut().zip(right.migrations) {
        if other.state == MigrationState::Pending {
            *own = other;
        }
    }
    left.current.extend(right.current);
    left.current.dedup();
    left.has_history &= right.has_history;
    left.database = format!("{}, {}", left.database, right.database);
    left.problems.extend(right.problems);
    left
}

/// What ran last of each revision.
pub(super) struct LastRun {
    /// The sum of its source, if it was known.
    pub(super) sum: Option<String>,
    at: String,
    /// How long it took; nothing where it was only recorded.
    milliseconds: Option<u64>,
}

pub(super) type LastRuns = HashMap<String, LastRun>;

fn of_one(project: &Project, reporter: &mut dyn Reporter) -> Result<Standing, Failure> {
    let (mut session, loaded) = Session::open_and_load(project, reporter)?;
    let graph = loaded.report(reporter)?;
    let source = |revision: &Revision| source_sum(revision, project.placeholders());
    of_session(project, &graph, &mut session, &source)
}

/// What the source of a revision sums to.
pub(super) type SourceSum<'s> = &'s dyn Fn(&Revision) -> Option<String>;

/// Where the database of a session stands.
pub(super) fn of_session(
    project: &Project,
    graph: &RevisionGraph,
    session: &mut Session,
    source: SourceSum<'_>,
) -> Result<Standing, Failure> {
    let has_history = session.has_table()?;
    let rows = if has_history {
        session.rows_of_table()?
    } else {
        Vec::new()
    };
    let runs = last_runs(session)?;
    let mut known = Vec::new();
    let mut problems = Vec::new();
    let mut missing = Vec::new();
    for row in &rows {
        if graph.find(row).is_some() {
            known.push(row.clone());
        } else {
            problems.push(format!(
                "the version table names the revision `{row}`, and no file has it"
            ));
            missing.push(PlacedMigration {
                key: row.clone(),
                description: String::new(),
                state: MigrationState::Missing,
                applied_at: runs.get(row).map(|run| run.at.clone()),
                milliseconds: runs.get(row).and_then(|run| run.milliseconds),
            });
        }
    }
    let mut not_adopted = None;
    for legacy in project.legacy().iter().filter(|_| rows.is_empty()) {
        let mut legacy = legacy.clone();
        if legacy.schema.is_none() {
            legacy.schema = session.home().map(str::to_owned);
        }
        let legacy = &legacy;
        if not_adopted.is_none()
            && session.has_legacy(legacy)?
            && session.legacy_has_rows(legacy)?
        {
            not_adopted = Some(session.legacy_name(legacy));
        }
    }
    missing.extend(placed(graph, &known, &runs, source)?);
    Ok(Standing {
        migrations: missing,
        current: rows,
        has_history,
        database: session.url.shown.clone(),
        problems,
        not_adopted,
    })
}

fn placed(
    graph: &RevisionGraph,
    rows: &[String],
    runs: &LastRuns,
    source: SourceSum<'_>,
) -> Result<Vec<PlacedMigration>, Failure> {
    let applied: BTreeSet<&str> = graph
        .upgrade_of_rows(rows)?
        .into_iter()
        .map(|node| graph.id(node))
        .collect();
    let order = graph.upgrade("heads", &[])?;
    let nodes = order
        .iter()
        .filter_map(crate::dialect::alembic::graph::Step::node);
    let chain = nodes.map(|node| graph.revision(node));
    Ok(chain
        .chain(graph.repeatables())
        .map(|revision| {
            let ran = runs.get(&revision.id);
            let is_same = |sum: &String| Some(sum) == source(revision).as_ref();
            let sum_of_run = ran.map(|run| &run.sum);
            let state = match sum_of_run {
                Some(Some(sum)) if revision.repeatable && is_same(sum) => MigrationState::Applied,
                _ if revision.repeatable => MigrationState::Pending,
                _ if !applied.contains(revision.id.as_str()) => MigrationState::Pending,
                Some(Some(sum)) if is_same(sum) => MigrationState::Applied,
                Some(Some(_)) => MigrationState::Changed,
                Some(None) | None => MigrationState::Unverified,
            };
            let ran = ran.filter(|_| state != MigrationState::Pending);
            PlacedMigration {
                key: revision.id.clone(),
                description: revision.message().to_owned(),
                state,
                applied_at: ran.map(|run| run.at.clone()),
                milliseconds: ran.and_then(|run| run.milliseconds),
            }
        })
        .collect())
}

pub(super) fn last_runs(session: &mut Session) -> Result<LastRuns, Failure> {
    let backend = session.backend();
    let exists = run_history::exists(&session.table, backend);
    let found = session.query("looking for the history", &exists)?;
    let mut runs = LastRuns::new();
    if matches!(found.single(), Some("t" | "1")) {
        let sql = run_history::select(&session.table, backend);
        for row in session.query("reading the history", &sql)?.rows {
            if let [Some(revision), Some(action), sum, at, took] = row.as_slice() {
                if action == "downgrade" {
                    runs.remove(revision);
                    continue;
                }
                let took = took.as_ref().and_then(|text| text.parse().ok());
                let run = LastRun {
                    sum: sum.clone(),
                    at: at.clone().unwrap_or_default(),
                    milliseconds: took.filter(|_| run_history::has_run(action)),
                };
                runs.insert(revision.clone(), run);
            }
        }
    }
    Ok(runs)
}

/// Tables, views and the like that are in the database, with their schemas.
pub fn objects(project: &Project, reporter: &mut dyn Reporter) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    for project in project.databases(reporter)? {
        let mut session = Session::open(&project, reporter)?;
        let sql = objects_query(session.backend());
        found.extend(session.query("looking for objects", sql)?.first_column());
    }
    Ok(found)
}

/// The rows that a query gives in the database that the directory names.
pub fn ask(project: &Project, sql: &str, reporter: &mut dyn Reporter) -> Result<Rows, Failure> {
    let mut session = Session::open(project, reporter)?;
    session.query("the query for the targets", sql)
}
