//! The histories that Flyway and Alembic keep in a chain's database: read, and written back.

use std::collections::{BTreeMap, BTreeSet};

use super::failure::Failure;
use super::files::text;
use super::project::Project;
use super::scripts::read_native;
use super::session::Session;
use crate::convert::LegacyRows;
use crate::dialect::alembic::graph::RevisionGraph;
use crate::dialect::alembic::native::{self, Metadata};
use crate::dialect::alembic::render::Body;
use crate::dialect::alembic::revision::{Form, Revision};
use crate::dialect::alembic::version_table::{Keeper, VersionTable};
use crate::dialect::flyway::{FlywayTable, decode};
use crate::model::{Backend, Dialect, LegacyHistory};

/// What the metadata of a chain's native revisions says, by id.
pub(super) fn metadata_of(graph: &RevisionGraph) -> Result<BTreeMap<String, Metadata>, Failure> {
    let chain = graph.iter().map(|node| graph.revision(node));
    let natives = chain
        .chain(graph.repeatables())
        .filter(|revision| revision.form == Form::Native);
    natives
        .map(|revision| Ok((revision.id.clone(), metadata(revision)?)))
        .collect()
}

/// Ids of native revisions whose way up has no statements.
pub(super) fn nothing_to_run(
    project: &Project,
    graph: &RevisionGraph,
    backend: Backend,
) -> BTreeSet<String> {
    let natives = graph
        .iter()
        .map(|node| graph.revision(node))
        .filter(|revision| revision.form == Form::Native);
    natives
        .filter(|revision| {
            let script = read_native(revision, project.placeholders())
                .and_then(|script| script.prepare(Body::Upgrade, backend));
            !revision.has_upgrade || script.is_ok_and(|script| script.statements.is_empty())
        })
        .map(|revision| revision.id.clone())
        .collect()
}

fn metadata(revision: &Revision) -> Result<Metadata, Failure> {
    let path = revision.path.join(native::METADATA);
    let text = text(&path)
        .ok_or_else(|| Failure::uncaught(format!("{} cannot be read", path.display())))?;
    Ok(native::metadata(&path, &text)?)
}

/// A history's table as Alembic keeps it.
pub(super) fn version_table(legacy: &LegacyHistory) -> VersionTable {
    VersionTable {
        keeper: Keeper::Alembic,
        schema: legacy.schema.clone(),
        table: legacy.table().to_owned(),
        primary_key: true,
        mariadb: false,
    }
}

impl Session {
    /// A history's table as Flyway keeps it.
    pub(super) fn flyway_table(&self, legacy: &LegacyHistory) -> FlywayTable {
        let backend = self.backend();
        let schema = legacy.schema.clone().or_else(|| {
            let connection = self.connection();
            connection.current_schema().map(str::to_owned)
        });
        let usual = match backend {
            Backend::Sqlite => "main",
            Backend::Postgres | Backend::Mysql => "public",
        };
        FlywayTable {
            schema: schema.unwrap_or_else(|| usual.to_owned()),
            table: legacy.table().to_owned(),
            tablespace: None,
            backend,
            time_zone: None,
            iso_dates: self.connection().writes_iso_dates(),
        }
    }

    /// Whether a history is there.
    pub(super) fn has_legacy(&mut self, legacy: &LegacyHistory) -> Result<bool, Failure> {
        let mut table = version_table(legacy);
        if legacy.dialect == Dialect::Flyway && table.schema.is_none() {
            table.schema = Some(self.flyway_table(legacy).schema);
        }
        let sql = table.exists(self.backend());
        let found = self.query("looking for an older history", &sql)?;
        Ok(matches!(found.single(), Some("t" | "1")))
    }

    /// Whether a history says anything.
    pub(super) fn legacy_has_rows(&mut self, legacy: &LegacyHistory) -> Result<bool, Failure> {
        let name = self.legacy_name(legacy);
        let sql = format!("SELECT count(*) FROM {name}");
        let rows = self.query("reading an older history", &sql)?;
        Ok(rows.single() != Some("0"))
    }

    /// Reads a history, and keeps its own tool from changing it until the transaction ends.
    pub(super) fn legacy_rows(&mut self, legacy: &LegacyHistory) -> Result<LegacyRows, Failure> {
        let backend = self.backend();
        let flyway = self.flyway_table(legacy);
        let table = version_table(legacy);
        let name = match legacy.dialect {
            Dialect::Flyway => flyway.qualified(),
            Dialect::Alembic | Dialect::Native => table.qualified(backend),
        };
        if backend == Backend::Postgres {
            self.query(
                "locking an older history",
                &format!("LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"),
            )?;
        }
        match legacy.dialect {
            Dialect::Flyway => {
                let rows = self.query("reading Flyway's history", &flyway.select())?;
                let rows = decode(&rows.rows).map_err(|error| {
                    Failure::uncaught(format!("{name}: {error}"))
                        .with_hint("`stillway flyway info` shows the rows")
                })?;
                Ok(LegacyRows::Flyway(rows))
            }
            Dialect::Alembic | Dialect::Native => {
                let rows = self.query("reading Alembic's version table", &table.select(backend))?;
                Ok(LegacyRows::Alembic(rows.first_column()))
            }
        }
    }

    /// A history's name for people.
    pub(super) fn legacy_name(&self, legacy: &LegacyHistory) -> String {
        match legacy.dialect {
            Dialect::Flyway => self.flyway_table(legacy).qualified(),
            Dialect::Alembic | Dialect::Native => version_table(legacy).qualified(self.backend()),
        }
    }
}
