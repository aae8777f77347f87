//! Which revisions of a converted chain a database has, from the histories that Flyway and Alembic left.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::dialect::alembic::graph::{GraphError, Node, RevisionGraph};
use crate::dialect::alembic::native::Metadata;
use crate::dialect::flyway::{AppliedRow, Version};

/// A history as it was read.
#[derive(Debug, Clone)]
pub enum LegacyRows {
    /// Rows of Flyway's table.
    Flyway(Vec<AppliedRow>),
    /// Rows of Alembic's table.
    Alembic(Vec<String>),
}

/// What the person in charge has decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Versions or revisions that count as applied though no history says so.
    pub assume: Vec<String>,
    /// Versions whose checksum may be another one than that of the converted file.
    pub accept: Vec<String>,
    /// Rows that count for nothing: versions or revisions that no revision was made from.
    pub ignore: Vec<String>,
}

/// Something that stands in the way, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hindrance {
    /// What is the case.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// What a database has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Ids of the revisions that it has, in the chain's order, and why that is known.
    pub applied: Vec<(String, String)>,
    /// The last of them in each branch.
    pub tops: Vec<String>,
    /// Repeatable revisions that ran with the text that they have now.
    pub repeated: Vec<String>,
    /// Rows that count for nothing, in words.
    pub ignored: Vec<String>,
}

/// Maps histories onto a chain. `nothing_to_run` are the ids of revisions without statements.
///
/// # Errors
///
/// All that stands in the way.
pub fn map_onto(
    graph: &RevisionGraph,
    metadata: &BTreeMap<String, Metadata>,
    nothing_to_run: &BTreeSet<String>,
    histories: &[LegacyRows],
    decisions: &Decisions,
) -> Result<Mapping, Vec<Hindrance>> {
    let mut mapper = Mapper {
        graph,
        metadata,
        nothing_to_run,
        decisions,
        evidence: BTreeMap::new(),
        hindrances: Vec::new(),
        mapping: Mapping::default(),
    };
    for history in histories {
        match history {
            LegacyRows::Alembic(rows) => mapper.alembic(rows),
            LegacyRows::Flyway(rows) => mapper.flyway(rows),
        }
    }
    mapper.assume();
    mapper.finish().map_err(|error| {
        vec![Hindrance {
            message: error.to_string(),
            remedy: "look at the chain with `stillway history`".to_owned(),
        }]
    })?
}

struct Mapper<'m> {
    graph: &'m RevisionGraph,
    metadata: &'m BTreeMap<String, Metadata>,
    nothing_to_run: &'m BTreeSet<String>,
    decisions: &'m Decisions,
    /// Ids that count as applied, and why.
    evidence: BTreeMap<String, String>,
    hindrances: Vec<Hindrance>,
    mapping: Mapping,
}

impl Mapper<'_> {
    fn hinder(&mut self, message: String, remedy: impl Into<String>) {
        self.hindrances.push(Hindrance {
            message,
            remedy: remedy.into(),
        });
    }

    fn alembic(&mut self, rows: &[String]) {
        let mut known = Vec::new();
        for row in rows {
            if self
                .graph
                .find(row)
                .is_some_and(|node| self.graph.id(node) == row)
            {
                known.push(row.clone());
            } else if self.decisions.ignore.contains(row) {
                self.mapping
                    .ignored
                    .push(format!("Alembic's revision {row}"));
            } else {
                self.hinder(
                    format!("Alembic's version table names the revision `{row}`, which the chain does not have"),
                    format!("convert the directory in which it is; or, when it counts for nothing, give --ignore {row}"),
                );
            }
        }
        match self.graph.upgrade_of_rows(&known) {
            Ok(nodes) => {
                for node in nodes {
                    let id = self.graph.id(node).to_owned();
                    self.evidence
                        .entry(id)
                        .or_insert_with(|| "Alembic's version table".to_owned());
                }
            }
            Err(error) => self.hinder(error.to_string(), "mend Alembic's version table first"),
        }
    }

    /// The revisions made from a version.
    fn of_version(&self, version: &Version) -> Vec<String> {
        let mut ids: Vec<String> = self
            .metadata
            .values()
            .filter(|metadata| !metadata.repeatable)
            .filter(|metadata| {
                let own = metadata.flyway_version.as_deref().map(Version::parse);
                matches!(own, Some(Ok(own)) if own == *version)
            })
            .map(|metadata| metadata.revision.clone())
            .collect();
        ids.sort();
        ids
    }

    fn flyway(&mut self, rows: &[AppliedRow]) {
        let mut applied: Vec<&AppliedRow> = Vec::new();
        let mut baseline: Option<&Version> = None;
        let mut repeated: BTreeMap<&str, &AppliedRow> = BTreeMap::new();
        for row in rows {
            let name = || {
                row.version
                    .as_ref()
                    .map_or_else(|| row.script.clone(), ToString::to_string)
            };
            if !row.success {
                self.hinder(
                    format!(
                        "Flyway's history says that {} ({}) has failed",
                        name(),
                        row.script
                    ),
                    "put right what it has left behind, then `stillway flyway repair`",
                );
                continue;
            }
            match (row.row_type.text(), &row.version) {
                ("SCHEMA", _) => {}
                ("DELETE", version) => {
                    applied.retain(|other| other.version != *version || version.is_none());
                    if version.is_none() {
                        repeated.remove(row.description.as_str());
                    }
                }
                (_, Some(version)) if row.row_type.is_undo() => {
                    applied.retain(|other| other.version.as_ref() != Some(version));
                }
                (_, Some(version)) if row.row_type.is_baseline() => baseline = Some(version),
                (_, Some(_)) => applied.push(row),
                (_, None) => {
                    repeated.insert(row.description.as_str(), row);
                }
            }
        }
        if let Some(baseline) = baseline {
            self.baseline(baseline);
        }
        for row in applied {
            self.versioned(row);
        }
        for row in repeated.into_values() {
            self.repeatable(row);
        }
    }

    /// A baseline stands for all versions up to it.
    fn baseline(&mut self, baseline: &Version) {
        let covered = self.metadata.values().filter(|metadata| {
            let own = metadata.flyway_version.as_deref().map(Version::parse);
            matches!(own, Some(Ok(own)) if own <= *baseline)
        });
        let covered: Vec<String> = covered.map(|metadata| metadata.revision.clone()).collect();
        for id in covered {
            self.evidence
                .entry(id)
                .or_insert_with(|| format!("Flyway's baseline {baseline}"));
        }
    }

    fn versioned(&mut self, row: &AppliedRow) {
        let Some(version) = &row.version else {
            return;
        };
        let listed = |list: &[String]| {
            list.iter().any(|text| {
                let text = text.strip_prefix(['V', 'v']).unwrap_or(text);
                Version::parse(text).is_ok_and(|listed| listed == *version)
            })
        };
        let ids = self.of_version(version);
        if ids.is_empty() {
            if listed(&self.decisions.ignore) {
                self.mapping
                    .ignored
                    .push(format!("Flyway's version {version} ({})", row.script));
                return;
            }
            self.hinder(
                format!(
                    "Flyway has run version {version} ({}), and no revision of the chain was made from it",
                    row.script
                ),
                format!("convert the directory in which it is; or, when it counts for nothing, give --ignore {version}"),
            );
            return;
        }
        let converted = ids
            .iter()
            .find_map(|id| self.metadata.get(id)?.flyway_checksum);
        if let (Some(converted), Some(recorded)) = (converted, row.checksum)
            && converted != recorded
            && !listed(&self.decisions.accept)
        {
            self.hinder(
                format!(
                    "version {version} ({}) is not the file that ran: Flyway has recorded the checksum {recorded}, the converted file has {converted}",
                    row.script
                ),
                format!("convert the file as it was; or, when both do the same, give --accept {version}"),
            );
            return;
        }
        for id in ids {
            self.evidence
                .insert(id, format!("Flyway's history, version {version}"));
        }
    }

    fn repeatable(&mut self, row: &AppliedRow) {
        let made_from = |metadata: &&Metadata| {
            let source = metadata.source.as_deref().unwrap_or_default();
            let name = source.rsplit('/').next().unwrap_or(source);
            let script = row.script.rsplit('/').next().unwrap_or(&row.script);
            metadata.repeatable && name == script
        };
        let Some(metadata) = self.metadata.values().find(made_from) else {
            self.mapping
                .ignored
                .push(format!("Flyway's repeatable {}", row.script));
            return;
        };
        // With another text it will run again, as it would with Flyway.
        if metadata.flyway_checksum.is_some() && metadata.flyway_checksum == row.checksum {
            self.mapping.repeated.push(metadata.revision.clone());
        }
    }

    fn assume(&mut self) {
        for text in &self.decisions.assume {
            let version = text.strip_prefix(['V', 'v']).unwrap_or(text);
            let mut ids =
                Version::parse(version).map_or_else(|_| Vec::new(), |v| self.of_version(&v));
            if ids.is_empty()
                && self
                    .graph
                    .find(text)
                    .is_some_and(|node| self.graph.id(node) == text)
            {
                ids.push(text.clone());
            }
            if ids.is_empty() {
                let message =
                    format!("`{text}`, which is to be assumed, is no migration of the chain");
                self.hinder(message, "`stillway history` lists the migrations");
            }
            for id in ids {
                self.evidence
                    .entry(id)
                    .or_insert_with(|| "assumed".to_owned());
            }
        }
    }

    fn finish(mut self) -> Result<Result<Mapping, Vec<Hindrance>>, GraphError> {
        let order: Vec<Node> = self
            .graph
            .upgrade("heads", &[])?
            .iter()
            .filter_map(crate::dialect::alembic::graph::Step::node)
            .collect();
        let mut applied: BTreeSet<&str> = BTreeSet::new();
        let mut nodes = Vec::new();
        for node in order {
            let revision = self.graph.revision(node);
            let missing: Vec<&String> = revision
                .down_revisions
                .iter()
                .filter(|parent| !applied.contains(parent.as_str()))
                .collect();
            let joins =
                revision.down_revisions.len() > 1 && self.nothing_to_run.contains(&revision.id);
            let evidence = match self.evidence.get(&revision.id) {
                Some(evidence) => evidence.clone(),
                // A merge has nothing to run.
                None if joins && missing.is_empty() => "its parents are there".to_owned(),
                None => continue,
            };
            if let Some(parent) = missing.first() {
                let words = format!(
                    "{} has run on this database ({evidence}), and `{parent}` before it has not",
                    revision.id
                );
                let remedy = format!(
                    "run it with the original first; or, when its work is there, give --assume {parent}"
                );
                self.hindrances.push(Hindrance {
                    message: words,
                    remedy,
                });
            }
            applied.insert(&revision.id);
            nodes.push(node);
            self.mapping.applied.push((revision.id.clone(), evidence));
        }
        if !self.hindrances.is_empty() {
            return Ok(Err(self.hindrances));
        }
        let below: HashSet<Node> = nodes
            .iter()
            .flat_map(|node| self.graph.needed(*node).iter().copied())
            .collect();
        let tops = nodes.iter().copied().filter(|node| !below.contains(node));
        self.mapping.tops = self.graph.ids(tops);
        Ok(Ok(self.mapping))
    }
}
