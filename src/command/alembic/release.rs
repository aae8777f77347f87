//! Hands a chain's database back: writes the histories of Flyway and Alembic so that these go on.

use std::collections::{BTreeMap, BTreeSet};

use super::failure::Failure;
use super::legacy::{metadata_of, nothing_to_run, version_table};
use super::project::{Project, Reporter};
use super::session::Session;
use crate::convert::LegacyRows;
use crate::dialect::alembic::graph::{Node, RevisionGraph};
use crate::dialect::alembic::native::Metadata;
use crate::dialect::flyway::{AppliedRow, FlywayMigration, NewRow, Version};
use crate::model::LegacyHistory;

/// What the originals will read.
pub enum ReleaseTarget<'t> {
    /// An Alembic directory, by its revisions.
    Alembic(&'t RevisionGraph),
    /// Flyway's files, in order, and for each the ids of the revisions that it stands for.
    Flyway(Vec<(&'t FlywayMigration, Vec<String>)>),
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// For each history its name and what its rows say now.
    pub histories: Vec<(String, Vec<String>)>,
    /// Whether all of it was there already.
    pub already: bool,
}

/// Writes histories in one transaction.
///
/// # Errors
///
/// Revisions that no original knows, and rows that say otherwise; then nothing is written.
pub fn release(
    project: &Project,
    targets: &[(LegacyHistory, ReleaseTarget<'_>)],
    dry_run: bool,
    reporter: &mut dyn Reporter,
) -> Result<Release, Failure> {
    let (mut session, loaded) = Session::open_and_load(project, reporter)?;
    let guard = session.lock(reporter)?;
    let result = loaded
        .report(reporter)
        .map_err(Failure::from)
        .and_then(|graph| {
            session.begin(reporter)?;
            let release = write_all(project, &mut session, &graph, targets)?;
            if dry_run {
                session.rollback();
            } else {
                session.commit()?;
            }
            Ok(release)
        });
    if result.is_err() {
        session.rollback();
    }
    session.unlock(guard);
    result
}

fn write_all(
    project: &Project,
    session: &mut Session,
    graph: &RevisionGraph,
    targets: &[(LegacyHistory, ReleaseTarget<'_>)],
) -> Result<Release, Failure> {
    let rows = session.rows()?;
    if rows.is_empty() {
        return Err(Failure::uncaught(format!(
            "{} has no rows: there is nothing to hand back",
            session.table.qualified(session.backend())
        )));
    }
    let metadata = metadata_of(graph)?;
    let applied = graph.upgrade_of_rows(&rows)?;
    let empty = nothing_to_run(project, graph, session.backend());
    check_known(graph, &metadata, &empty, &applied, targets)?;
    let ids: BTreeSet<&str> = applied.iter().map(|node| graph.id(*node)).collect();
    let mut release = Release {
        already: true,
        ..Release::default()
    };
    for (legacy, target) in targets {
        let said = match target {
            ReleaseTarget::Alembic(original) => {
                let known = applied
                    .iter()
                    .filter_map(|node| original.find(graph.id(*node)));
                let known: Vec<Node> = known.collect();
                alembic(session, legacy, original, &known, &mut release.already)?
            }
            ReleaseTarget::Flyway(files) => {
                flyway(session, legacy, files, &ids, &mut release.already)?
            }
        };
        release.histories.push((session.legacy_name(legacy), said));
    }
    Ok(release)
}

/// Every revision that has run has to be known to one of the originals.
fn check_known(
    graph: &RevisionGraph,
    metadata: &BTreeMap<String, Metadata>,
    nothing_to_run: &BTreeSet<String>,
    applied: &[Node],
    targets: &[(LegacyHistory, ReleaseTarget<'_>)],
) -> Result<(), Failure> {
    let known = |id: &str| {
        targets.iter().any(|(_, target)| match target {
            ReleaseTarget::Alembic(original) => original
                .find(id)
                .is_some_and(|node| original.id(node) == id),
            ReleaseTarget::Flyway(files) => {
                files.iter().any(|(_, ids)| ids.iter().any(|own| own == id))
            }
        })
    };
    let nobody: Vec<&str> = applied
        .iter()
        .filter(|node| {
            let revision = graph.revision(**node);
            // What joins streams has nothing to run.
            let joins = revision.down_revisions.len() > 1 && nothing_to_run.contains(&revision.id);
            !joins && !known(&revision.id)
        })
        .map(|node| graph.id(*node))
        .collect();
    if nobody.is_empty() {
        return Ok(());
    }
    let first = nobody[0];
    let native = metadata.contains_key(first);
    let failure = Failure::uncaught(format!(
        "no original has {}: it would not know what has run",
        nobody.join(", ")
    ));
    Err(if native {
        failure.with_hint(
            "convert the chain with `stillway convert --to flyway` or `--to alembic`, and release to the directory that this writes; or bring original files back that were moved away",
        )
    } else {
        failure
    })
}

fn alembic(
    session: &mut Session,
    legacy: &LegacyHistory,
    original: &RevisionGraph,
    known: &[Node],
    already: &mut bool,
) -> Result<Vec<String>, Failure> {
    let below: BTreeSet<Node> = known
        .iter()
        .flat_map(|node| original.needed(*node).iter().copied())
        .collect();
    let tops = known.iter().copied().filter(|node| !below.contains(node));
    let mut tops = original.ids(tops);
    tops.sort();
    let backend = session.backend();
    let table = version_table(legacy);
    let exists = session.has_legacy(legacy)?;
    let before = match exists.then(|| session.legacy_rows(legacy)).transpose()? {
        Some(LegacyRows::Alembic(mut rows)) => {
            rows.sort();
            rows
        }
        _ => Vec::new(),
    };
    if exists && before == tops {
        return Ok(tops);
    }
    *already = false;
    let mut statements = Vec::new();
    if let Some(schema) = &legacy.schema {
        let found = session.connection().schema_exists(schema);
        let found = found.map_err(|error| Failure::server("looking for the schema", &error))?;
        let create = session.connection().create_schema(schema);
        statements.extend(create.filter(|_| !found));
    }
    if !exists {
        statements.push(table.create(backend));
    }
    statements.push(table.clear(backend));
    for top in &tops {
        let change = crate::dialect::alembic::graph::RowChange::Insert(top.clone());
        statements.push(table.change(backend, &change));
    }
    for sql in statements {
        session.query("writing Alembic's version table", &sql)?;
    }
    Ok(tops)
}

fn flyway(
    session: &mut Session,
    legacy: &LegacyHistory,
    files: &[(&FlywayMigration, Vec<String>)],
    applied: &BTreeSet<&str>,
    already: &mut bool,
) -> Result<Vec<String>, Failure> {
    let table = session.flyway_table(legacy);
    let exists = session.has_legacy(legacy)?;
    let rows = match exists.then(|| session.legacy_rows(legacy)).transpose()? {
        Some(LegacyRows::Flyway(rows)) => rows,
        _ => Vec::new(),
    };
    let recorded = recorded(&rows);
    let mut rank = rows.iter().map(|row| row.installed_rank).max().unwrap_or(0);
    let mut statements = if exists { Vec::new() } else { table.create() };
    let mut said = Vec::new();
    for (file, ids) in files {
        let Some(version) = &file.version else {
            continue;
        };
        let there = ids
            .iter()
            .filter(|id| applied.contains(id.as_str()))
            .count();
        let key = version.to_string();
        let row = recorded.get(version);
        if there == 0 {
            if row.is_some() {
                return Err(Failure::uncaught(format!(
                    "{} has version {key}, and the chain has taken it back",
                    table.qualified()
                ))
                .with_hint("upgrade the chain again, or delete the row when that is what Flyway is to find"));
            }
            continue;
        }
        if there < ids.len() {
            return Err(Failure::uncaught(format!(
                "version {key} became {}, and only some of them have run",
                ids.join(", ")
            ))
            .with_hint("upgrade the chain first"));
        }
        said.push(key.clone());
        match row {
            Some(row) if !file.checksum_matches(row.checksum) && row.checksum.is_some() => {
                return Err(Failure::uncaught(format!(
                    "{} has version {key} with another checksum than {}",
                    table.qualified(),
                    file.source.path.display()
                ))
                .with_hint("`stillway flyway repair` brings the row to the file"));
            }
            Some(_) => continue,
            None => {}
        }
        rank += 1;
        let new = NewRow {
            version: Some(key),
            description: file.description.clone(),
            row_type: file.type_text().to_owned(),
            script: file.source.script.clone(),
            checksum: Some(file.checksum),
            installed_by: None,
        };
        statements.push(table.insert_at(&rank.to_string(), &new, 0, true));
    }
    if !statements.is_empty() {
        *already = false;
    }
    for sql in statements {
        session.query("writing Flyway's history", &sql)?;
    }
    Ok(said)
}

/// The versions whose work is there, as the rows say.
fn recorded(rows: &[AppliedRow]) -> BTreeMap<Version, &AppliedRow> {
    let mut recorded = BTreeMap::new();
    for row in rows.iter().filter(|row| row.success) {
        let Some(key) = row.version.clone() else {
            continue;
        };
        if row.row_type.is_undo() || row.row_type.text() == "DELETE" {
            recorded.remove(&key);
        } else {
            recorded.insert(key, row);
        }
    }
    recorded
}
