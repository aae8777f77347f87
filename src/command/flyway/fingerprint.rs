//! Flyway's files as verification sees them, without a database.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use rayon::prelude::*;

use super::session::{Environment, locations, offline_options};
use crate::command::fingerprint::{Known, relative, sql_sums, sum};
use crate::dialect::flyway::config::FlywayConfig;
use crate::dialect::flyway::{
    CatalogError, FileName, Kind as FileKind, ReadOptions, ScriptConfig, Version, checksum,
    compare_utf16, decode_text, is_relevant,
};
use crate::error::Error;
use crate::model::SourceFile;
use crate::project::disk::{list_locations, tree};
use crate::verify::{Kind, Migration, Sums, short_digest};

/// A migration and what orders it.
struct Found {
    version: Option<Version>,
    description: String,
    script: String,
    migration: Migration,
}

/// Reads the files of a configuration, in Flyway's order; paths are told relative to `root`.
pub fn fingerprints(
    config: &FlywayConfig,
    environment: &Environment,
    root: &Path,
    known: &Known<'_>,
) -> Result<Vec<Migration>, Error> {
    let options = offline_options(config, environment)?;
    let naming = options.naming.clone();
    let is_wanted = |name: &str| is_relevant(&naming, name);
    let migration_locations = locations(&config.locations, environment)?;
    let listing = list_locations(
        &migration_locations,
        config.fail_on_missing_locations,
        &is_wanted,
    )?;
    let mut files = listing.tree.files;
    let callback_locations = locations(&config.callback_locations, environment)?;
    let own_callbacks = !callback_locations.is_empty();
    if own_callbacks {
        let callbacks = list_locations(&callback_locations, false, &is_wanted)?;
        let is_callback =
            |file: &SourceFile| matches!(naming.parse(file.name()), FileName::Callback { .. });
        files.retain(|file| !is_callback(file));
        files.extend(callbacks.tree.files.into_iter().filter(is_callback));
    }
    let reader = Reader {
        values: options
            .placeholders
            .pairs()
            .map(|(name, value)| (name.to_owned(), short_digest(value)))
            .collect(),
        configs: configs(&files)?,
        options,
        root,
        known,
    };
    let found = files
        .par_iter()
        .map(|file| reader.read(file))
        .collect::<Result<Vec<_>, Error>>()?;
    let mut found: Vec<Found> = found.into_iter().flatten().collect();
    settle_keys(&mut found, known);
    Ok(ordered(found))
}

/// The settings of scripts, by the lower-cased path of the script they belong to.
fn configs(files: &[SourceFile]) -> Result<HashMap<String, ScriptConfig>, Error> {
    let load = tree(Vec::new()).load;
    let lower: Vec<String> = files
        .iter()
        .map(|file| file.relative.to_lowercase())
        .collect();
    let all: HashSet<&str> = lower.iter().map(String::as_str).collect();
    let mut configs = HashMap::new();
    for (file, key) in files.iter().zip(&lower) {
        // Others are settings of something else, such as a configuration that lies beside the scripts.
        let Some(script) = key
            .strip_suffix(".conf")
            .filter(|script| all.contains(script))
        else {
            continue;
        };
        let bytes = load(&file.path).map_err(|reason| CatalogError::Unreadable {
            path: file.path.clone(),
            reason,
        })?;
        let text = String::from_utf8_lossy(&bytes);
        let config = ScriptConfig::parse(&text, &file.path).map_err(CatalogError::from)?;
        configs.insert(script.to_owned(), config);
    }
    Ok(configs)
}

/// Reads single files; shared by all threads.
struct Reader<'r> {
    options: ReadOptions,
    /// Digests of the values of placeholders.
    values: BTreeMap<String, String>,
    configs: HashMap<String, ScriptConfig>,
    root: &'r Path,
    known: &'r Known<'r>,
}

impl Reader<'_> {
    fn read(&self, file: &SourceFile) -> Result<Option<Found>, Error> {
        let naming = &self.options.naming;
        let (kind, version, description) = match naming.parse(file.name()) {
            FileName::Migration {
                kind,
                version,
                description,
            } => (of(kind), version, description),
            FileName::Callback { description, .. } => (Kind::Callback, None, description),
            FileName::Invalid(_) => return Ok(None),
            FileName::Other => match naming.parse_script(file.name()) {
                FileName::Migration {
                    kind,
                    version,
                    description,
                } => (of(kind), version, description),
                _ => return Ok(None),
            },
        };
        let key = match (&version, kind) {
            (Some(version), _) => version.to_string(),
            (None, Kind::Callback) => file.name().to_owned(),
            (None, _) => description.clone(),
        };
        let config = self.configs.get(&file.relative.to_lowercase());
        let config = config.cloned().unwrap_or_default();
        let path = relative(self.root, &file.path);
        let (sums, values) = self.content(file, &path, (kind, &key), &config)?;
        Ok(Some(Found {
            version,
            description,
            script: file.relative.clone(),
            migration: Migration {
                kind,
                key,
                path,
                parents: Vec::new(),
                needs: Vec::new(),
                sums,
                values,
                settings: settings(&config),
                origin: None,
            },
        }))
    }

    fn content(
        &self,
        file: &SourceFile,
        path: &str,
        id: (Kind, &str),
        config: &ScriptConfig,
    ) -> Result<(Sums, BTreeMap<String, String>), Error> {
        let bytes =
            (tree(Vec::new()).load)(&file.path).map_err(|reason| CatalogError::Unreadable {
                path: file.path.clone(),
                reason,
            })?;
        let bytes_sum = sum(&bytes);
        if let Some(known) = self
            .known
            .unchanged(path, bytes_sum)
            .filter(|known| known.id() == id)
        {
            let values = self.of_names(known.values.keys());
            // The checksum of what is run whenever it has changed depends on the values.
            if id.0 != Kind::Repeatable || values == known.values {
                return Ok((known.sums, values));
            }
        }
        let (encoding, detect) = match &config.encoding {
            Some(encoding) => (encoding, false),
            None => (&self.options.encoding, self.options.detect_encoding),
        };
        let lossy = String::from_utf8_lossy(&bytes).into_owned();
        let text = match (decode_text(bytes, encoding, detect), self.known.at(path)) {
            (Ok(text), _) => text,
            // It can be told whose file was spoilt.
            (Err(_), Some(_)) => lossy,
            (Err(source), None) => {
                let script = file.relative.clone();
                let path = file.path.clone();
                return Err(CatalogError::Decode {
                    script,
                    path,
                    source,
                }
                .into());
            }
        };
        let replaces = config
            .placeholder_replacement
            .unwrap_or(self.options.placeholder_replacement);
        let mut values = BTreeMap::new();
        let mut counted = None;
        if replaces {
            let names = self.options.placeholders.names(&text);
            // Built-in placeholders change from run to run.
            let built_in = format!("flyway{}", self.options.placeholder_separator);
            values = self.of_names(names.iter().filter(|name| !name.starts_with(&built_in)));
            if id.0 == Kind::Repeatable && names.iter().all(|name| self.values.contains_key(name)) {
                counted = self
                    .options
                    .placeholders
                    .replace(&text)
                    .ok()
                    .and_then(|replaced| replaced.text);
            }
        }
        let has_checksum = id.0 != Kind::Callback;
        let checksum = has_checksum.then(|| checksum(counted.as_ref().unwrap_or(&text)));
        let wants_sql = self.known.wants_sql(id);
        Ok((sql_sums(bytes_sum, &text, wants_sql, checksum), values))
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

fn of(kind: FileKind) -> Kind {
    match kind {
        FileKind::Versioned => Kind::Versioned,
        FileKind::Repeatable => Kind::Repeatable,
        FileKind::Baseline => Kind::Baseline,
        FileKind::Undo => Kind::Undo,
    }
}

/// A digest of a script's own settings; empty when it has none.
fn settings(config: &ScriptConfig) -> String {
    if *config == ScriptConfig::default() {
        return String::new();
    }
    short_digest(&format!("{config:?}"))
}

/// Gives versions that are written in another way, such as `1.0` for `1`, the key that they are known
/// by.
fn settle_keys(found: &mut [Found], known: &Known<'_>) {
    let mut versions: Option<HashMap<(Kind, Version), &str>> = None;
    for found in found {
        let Some(version) = &found.version else {
            continue;
        };
        if known.is_known(found.migration.id()) {
            continue;
        }
        let versions = versions.get_or_insert_with(|| {
            let ids = known.ids().filter(|(kind, _)| kind.is_ordered());
            ids.filter_map(|(kind, key)| Some(((kind, Version::parse(key).ok()?), key)))
                .collect()
        });
        if let Some(key) = versions.get(&(found.migration.kind, version.clone())) {
            (*key).clone_into(&mut found.migration.key);
        }
    }
}

/// Versions ascending, then what has none. The same file in two locations counts once; another
/// text for the same version gets the key of the first, so that it can be told that both claim it.
fn ordered(mut found: Vec<Found>) -> Vec<Migration> {
    found.sort_by(|left, right| {
        use std::cmp::Ordering;
        let by_version = match (&left.version, &right.version) {
            (Some(mine), Some(theirs)) => mine.cmp(theirs),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        by_version
            .then_with(|| left.migration.kind.cmp(&right.migration.kind))
            .then_with(|| compare_utf16(&left.description, &right.description))
    });
    found.dedup_by(|second, first| {
        first.script == second.script
            && first.version == second.version
            && first.migration.kind == second.migration.kind
            && first.migration.sums == second.migration.sums
    });
    for at in 1..found.len() {
        let (before, rest) = found.split_at_mut(at);
        let (Some(first), Some(second)) = (before.last(), rest.first_mut()) else {
            continue;
        };
        let same = first.version.is_some() && first.version == second.version;
        if same && first.migration.kind == second.migration.kind {
            second.migration.key.clone_from(&first.migration.key);
        }
    }
    found.into_iter().map(|found| found.migration).collect()
}

/// Puts migrations into the order of their versions, those without one last.
pub fn sort_by_version(migrations: &mut [Migration]) {
    let version = |migration: &Migration| {
        let has_one = migration.kind.is_ordered();
        has_one
            .then(|| Version::parse(&migration.key).ok())
            .flatten()
    };
    migrations.sort_by_cached_key(|migration| {
        let version = version(migration);
        (version.is_none(), version, migration.kind)
    });
}
