//! Revisions as verification sees them, without a database.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::failure::Failure;
use super::files::bytes;
use super::imports::Imports;
use super::load;
use super::project::Project;
use super::render::{Outcome, RenderOptions, bodies};
use crate::command::fingerprint::{Known, plain_text, relative, sql_sum, sum, text_sum};
use crate::dialect::alembic::native::{self, Metadata};
use crate::dialect::alembic::revision::Revision;
use crate::dialect::alembic::source::decode;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::dialect::flyway::Placeholders;
use crate::model::Backend;
use crate::project::disk::{self, Entry};
use crate::verify::{Kind, Migration, Origin, Sum, Sums, short_digest};

/// The revisions of a chain, and the files that they were converted from.
#[derive(Debug, Default)]
pub struct ChainFingerprints {
    /// The revisions, parents first.
    pub migrations: Vec<Migration>,
    /// Sums of the files that revisions were converted from, by path; with other line ends, too.
    pub sources: BTreeMap<String, Vec<Sum>>,
}

/// A revision, and whether what it runs is still to be found out.
struct Found {
    migration: Migration,
    to_render: Option<PathBuf>,
}

/// Reads the revisions of a chain; paths are told relative to `root`.
pub fn fingerprints(
    project: &Project,
    root: &Path,
    known: &Known<'_>,
) -> Result<ChainFingerprints, Failure> {
    let recursive = project.config.boolean("recursive_version_locations")?;
    let mut seen = HashSet::new();
    let mut entries = Vec::new();
    for location in &project.version_locations {
        let found = load::entries(location, recursive).map_err(Failure::uncaught)?;
        entries.extend(
            found
                .into_iter()
                .filter(|entry| seen.insert(entry.path.clone())),
        );
    }
    let reader = Reader {
        project,
        root,
        real_root: root.canonicalize().unwrap_or_else(|_| root.to_owned()),
        known,
        values: project
            .placeholders()
            .iter()
            .map(|(name, value)| (name.to_lowercase(), short_digest(value)))
            .collect(),
        imports: Imports::of(project),
    };
    let mut found = entries
        .par_iter()
        .map(|entry| reader.read(entry))
        .collect::<Result<Vec<_>, Failure>>()?;
    render(project, &entries, &mut found);
    let migrations: Vec<Migration> = found.into_iter().map(|found| found.migration).collect();
    let origins = migrations
        .iter()
        .filter_map(|migration| migration.origin.as_ref());
    let sources = origins.filter_map(|origin| {
        let bytes = disk::read_file(&root.join(&origin.path))?.ok()?;
        Some((origin.path.clone(), source_sums(&bytes)))
    });
    Ok(ChainFingerprints {
        sources: sources.collect(),
        migrations: parents_first(migrations),
    })
}

/// Reads single revisions; shared by all threads.
struct Reader<'r> {
    project: &'r Project,
    root: &'r Path,
    /// The root without links, as listings tell paths.
    real_root: PathBuf,
    known: &'r Known<'r>,
    /// Digests of the values of placeholders.
    values: BTreeMap<String, String>,
    imports: Imports,
}

impl Reader<'_> {
    fn relative(&self, path: &Path) -> String {
        if path.starts_with(&self.real_root) {
            relative(&self.real_root, path)
        } else {
            relative(self.root, path)
        }
    }

    fn read(&self, entry: &Entry) -> Result<Found, Failure> {
        if entry.is_folder {
            return self.native(entry);
        }
        let path = self.relative(&entry.path);
        let bytes = bytes(&entry.path)
            .map_err(|message| Failure::uncaught(format!("{path}: {message}")))?;
        let bytes_sum = sum(&bytes);
        if let Some(known) = self.known.unchanged(&path, bytes_sum) {
            return Ok(Found {
                migration: Migration {
                    values: self.imports.again(&known.values),
                    ..known.clone()
                },
                to_render: None,
            });
        }
        let text = decode(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes));
        let values = self.imports.of_source(&text);
        let text = text_sum(&text);
        // Python reads every line end alike, so the same text runs the same.
        let same = self.known.at(&path).filter(|known| known.sums.text == text);
        let sums = Sums {
            bytes: bytes_sum,
            text,
            sql: same.and_then(|known| known.sums.sql),
            checksum: None,
        };
        let read = load::revision(entry, &|| self.project.visible_files(&[]));
        let revision = match (read, self.known.at(&path)) {
            (Ok(revision), _) => revision,
            // It can be told whose file was spoilt.
            (Err(_), Some(known)) => {
                return Ok(Found {
                    migration: Migration {
                        sums,
                        ..known.clone()
                    },
                    to_render: None,
                });
            }
            (Err(error), None) => return Err(error.into()),
        };
        let wants_sql = self.known.wants_sql((Kind::Versioned, &revision.id));
        Ok(Found {
            to_render: (wants_sql && same.is_none()).then(|| entry.path.clone()),
            migration: Migration {
                values,
                ..of(revision, path, sums)
            },
        })
    }

    fn native(&self, entry: &Entry) -> Result<Found, Failure> {
        let folder = self.relative(&entry.path);
        let failed = |message: String| Failure::uncaught(format!("{folder}: {message}"));
        let entries =
            disk::revision_entries(&entry.path, false, native::METADATA).map_err(failed)?;
        let mut metadata = None;
        let mut source = Vec::new();
        let mut files = Vec::new();
        for file in &entries {
            let is_metadata = file.name == native::METADATA;
            if !is_metadata && !file.name.ends_with(".sql") {
                continue;
            }
            let bytes = bytes(&file.path).map_err(failed)?;
            if is_metadata {
                let text = decode(&bytes).map_err(|error| failed(error.to_string()))?;
                metadata = Some(native::metadata(&file.path, &text)?);
            } else {
                // As the history of runs sums it up.
                source.extend_from_slice(file.name.as_bytes());
                source.push(0);
                source.extend_from_slice(&bytes);
                files.push((file.name.as_str(), bytes));
            }
        }
        let metadata = metadata.unwrap_or_default();
        let names: Vec<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
        let shown = match names.iter().find(|name| name.starts_with("up.")) {
            Some(name) => format!("{folder}/{name}"),
            None => format!("{folder}/{}", native::METADATA),
        };
        let kind = if metadata.repeatable {
            Kind::Repeatable
        } else {
            Kind::Versioned
        };
        let bytes_sum = sum(&source);
        let known = self.known.unchanged(&shown, bytes_sum);
        let sums = if let Some(known) = known {
            known.sums
        } else {
            let wants_sql = self.known.wants_sql((kind, &metadata.revision));
            native_sums(bytes_sum, &files, wants_sql)
        };
        let values = match known {
            _ if !metadata.placeholders => BTreeMap::new(),
            Some(known) if !known.values.is_empty() => self.of_names(known.values.keys()),
            _ => self.of_names(names_in(&files).iter()),
        };
        let origin = origin(&metadata);
        let settings = settings(&metadata);
        let revision = native::revision(&entry.path, metadata, &names)?;
        let migration = Migration {
            kind,
            values,
            settings,
            origin,
            ..of(revision, shown, sums)
        };
        Ok(Found {
            migration,
            to_render: None,
        })
    }

    fn of_names<'n>(&self, names: impl Iterator<Item = &'n String>) -> BTreeMap<String, String> {
        let digest = |name: &String| {
            self.values
                .get(name)
                .map_or("none", String::as_str)
                .to_owned()
        };
        names.map(|name| (name.clone(), digest(name))).collect()
    }
}

fn of(revision: Revision, path: String, sums: Sums) -> Migration {
    Migration {
        kind: Kind::Versioned,
        key: revision.id,
        path,
        parents: revision.down_revisions,
        needs: revision.depends_on,
        sums,
        values: BTreeMap::new(),
        settings: String::new(),
        origin: None,
    }
}

/// The sums of a directory with SQL files, each with its name.
fn native_sums(source: Sum, files: &[(&str, Vec<u8>)], wants_sql: bool) -> Sums {
    let mut text = Vec::new();
    let mut sql = wants_sql.then(String::new);
    for (name, bytes) in files {
        let content = String::from_utf8_lossy(bytes);
        text.extend_from_slice(name.as_bytes());
        text.push(0);
        text.extend_from_slice(plain_text(&content).as_bytes());
        sql = sql.and_then(|before| Some(format!("{before}{name}\n{}\n", sql_sum(&content)?)));
    }
    Sums {
        bytes: source,
        text: sum(&text),
        sql: sql.map(|sql| sum(sql.as_bytes())),
        checksum: None,
    }
}

/// The placeholders that files name.
fn names_in(files: &[(&str, Vec<u8>)]) -> Vec<String> {
    let marks = Placeholders::new([], "${", "}");
    let mut names: Vec<String> = files
        .iter()
        .flat_map(|(_, bytes)| marks.names(&String::from_utf8_lossy(bytes)))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// What a revision was converted from.
fn origin(metadata: &Metadata) -> Option<Origin> {
    let path = metadata.source.clone()?;
    let sum = metadata.source_md5.as_deref().and_then(Sum::parse);
    Some(Origin { path, sum })
}

/// The sums of a file as it is and with other line ends, which a checkout may have changed.
fn source_sums(bytes: &[u8]) -> Vec<Sum> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.replace("\r\n", "\n");
    vec![
        sum(bytes),
        sum(text.as_bytes()),
        sum(text.replace('\n', "\r\n").as_bytes()),
    ]
}

/// A digest of what says how a revision runs; empty for what is usual.
fn settings(metadata: &Metadata) -> String {
    let ways = Metadata {
        run_in_transaction: metadata.run_in_transaction,
        placeholders: metadata.placeholders,
        repeatable: metadata.repeatable,
        skip_if_exists: metadata.skip_if_exists.clone(),
        skip_if_missing: metadata.skip_if_missing.clone(),
        ..Metadata::default()
    };
    if ways == Metadata::default() {
        return String::new();
    }
    short_digest(&toml::to_string(&ways).unwrap_or_default())
}

/// Finds out what programs run, by writing their statements down.
fn render(project: &Project, entries: &[Entry], found: &mut [Found]) {
    let wanted: HashSet<PathBuf> = found
        .iter()
        .filter_map(|found| found.to_render.clone())
        .collect();
    if wanted.is_empty() {
        return;
    }
    let files = project.visible_files(&[]);
    let options = RenderOptions {
        target: Target::new(Backend::Postgres),
        convention: Vec::new(),
        roots: project.module_folders(),
        environment: project.environment.variables.clone(),
        allowed_variables: files.variables.allowed.clone(),
        engine: None,
        x_arguments: project.x_arguments().to_vec(),
        placeholders: BTreeMap::new(),
    };
    let chain: Vec<Revision> = load::revisions(entries, &|| project.visible_files(&[]))
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    let revisions: Vec<&Revision> = chain
        .iter()
        .filter(|revision| wanted.contains(&revision.path))
        .collect();
    let sums: HashMap<&Path, Sum> = revisions
        .iter()
        .zip(bodies(&chain, &revisions, &options))
        .filter_map(|(revision, (up, down))| {
            Some((revision.path.as_path(), statements(&up, &down)?))
        })
        .collect();
    for found in found {
        if let Some(path) = &found.to_render {
            found.migration.sums.sql = sums.get(path.as_path()).copied();
        }
    }
}

/// The sum of what a revision runs on its way up and down; nothing where it depends on a database
/// or on something that is not known here.
fn statements(up: &Outcome, down: &Outcome) -> Option<Sum> {
    let mut text = String::new();
    for body in [up, down] {
        match body {
            Ok(rendered) => text.extend(
                rendered
                    .statements
                    .iter()
                    .flat_map(|sql| [sql.as_str(), ";\n"]),
            ),
            Err(error) if error.class == "raised" || error.class == "no-function" => {
                text.push_str(&format!(
                    "{} {} {}\n",
                    error.class, error.exception, error.message
                ));
            }
            Err(_) => return None,
        }
        text.push('\0');
    }
    Some(sum(text.as_bytes()))
}

/// Revisions in an order in which none comes before its parents; otherwise as they were listed.
fn parents_first(migrations: Vec<Migration>) -> Vec<Migration> {
    let keys: HashMap<String, usize> = migrations
        .iter()
        .enumerate()
        .rev()
        .map(|(index, migration)| (migration.key.clone(), index))
        .collect();
    let mut slots: Vec<Option<Migration>> = migrations.into_iter().map(Some).collect();
    let mut visited = vec![false; slots.len()];
    let mut ordered = Vec::with_capacity(slots.len());
    for start in 0..slots.len() {
        let mut open = vec![(start, false)];
        while let Some((index, is_ready)) = open.pop() {
            if is_ready {
                ordered.extend(slots[index].take());
                continue;
            }
            if std::mem::replace(&mut visited[index], true) {
                continue;
            }
            open.push((index, true));
            if let Some(migration) = &slots[index] {
                let parents = migration.parents.iter().rev();
                let parents = parents.filter_map(|parent| keys.get(parent).copied());
                open.extend(
                    parents
                        .filter(|parent| !visited[*parent])
                        .map(|parent| (parent, false)),
                );
            }
        }
    }
    ordered
}
