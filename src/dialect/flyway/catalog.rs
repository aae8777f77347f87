//! Files turned into Flyway migrations and callbacks: names read, checksums taken, duplicates found.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::callback::Event;
use super::charset::{self, DecodeError};
use super::checksum::checksum;
use super::naming::{FileName, Kind, NamingRules};
use super::placeholders::{PlaceholderError, Placeholders};
use super::script_config::{ScriptConfig, ScriptConfigError, should_execute};
use super::version::Version;
use crate::model::{Load, Place, SourceFile, SourceTree};
use crate::sql::line_and_column;

/// How files are read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Prefixes, separator, suffixes.
    pub naming: NamingRules,
    /// Charset of all files that do not name their own.
    pub encoding: String,
    /// Whether the content decides about the charset.
    pub detect_encoding: bool,
    /// Names and values; the built-in ones included.
    pub placeholders: Placeholders,
    /// Whether placeholders are replaced at all.
    pub placeholder_replacement: bool,
    /// What stands between `flyway` and the name of a built-in placeholder.
    pub placeholder_separator: String,
    /// Whether a badly named file is an error.
    pub validate_naming: bool,
    /// Which kinds of files are read; the others are as if they were not there.
    pub scope: Scope,
}

/// Which kinds of files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Migrations of all kinds.
    pub migrations: bool,
    /// Callbacks.
    pub callbacks: bool,
}

impl Scope {
    /// Everything.
    pub const ALL: Self = Self {
        migrations: true,
        callbacks: true,
    };
}

/// A file, the way to its text, and what its own settings say.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path below the location; the `script` column.
    pub script: String,
    /// Path for people.
    pub path: PathBuf,
    /// Checksum of the text as it stands in the file.
    pub raw_checksum: i32,
    /// The text, where it is wanted again soon; otherwise it is read anew.
    kept: Option<Arc<String>>,
    load: Load,
    /// The script's own settings.
    pub config: ScriptConfig,
    /// Whether placeholders are replaced in this script.
    pub replace: bool,
}

/// One migration as found in the files.
#[derive(Debug, Clone)]
pub struct FlywayMigration {
    /// Versioned, repeatable, baseline or undo.
    pub kind: Kind,
    /// Whether it is a program rather than SQL.
    pub program: bool,
    /// Its version; `None` for repeatables.
    pub version: Option<Version>,
    /// Its description.
    pub description: String,
    /// The checksum that is written to the history.
    pub checksum: i32,
    /// Another checksum that counts as equal.
    pub equivalent_checksum: Option<i32>,
    /// Whether its `shouldExecute` expression holds.
    pub should_execute: bool,
    /// The file.
    pub source: Source,
}

impl FlywayMigration {
    /// The text of the `type` column.
    pub fn type_text(&self) -> &'static str {
        match (self.kind, self.program) {
            (Kind::Baseline, _) => "SQL_BASELINE",
            (Kind::Undo, true) => "UNDO_SCRIPT",
            (Kind::Undo, false) => "UNDO_SQL",
            (_, true) => "SCRIPT",
            (_, false) => "SQL",
        }
    }

    /// Whether a checksum from the history counts as this file's.
    pub fn checksum_matches(&self, applied: Option<i32>) -> bool {
        applied == Some(self.checksum)
            || (self.equivalent_checksum.is_some() && applied == self.equivalent_checksum)
    }
}

/// One callback file.
#[derive(Debug, Clone)]
pub struct Callback {
    /// When it runs.
    pub event: Event,
    /// Orders the callbacks of one event.
    pub description: String,
    /// The file.
    pub source: Source,
}

/// All that the files say, in Flyway's order.
#[derive(Debug, Clone, Default)]
pub struct FlywayCatalog {
    /// Versioned, baseline and repeatable migrations.
    pub migrations: Vec<FlywayMigration>,
    /// Undo migrations by version.
    pub undo: Vec<FlywayMigration>,
    /// Callbacks by event and description.
    pub callbacks: Vec<Callback>,
    /// Badly named files and why, skipped.
    pub invalid_names: Vec<(PathBuf, String)>,
}

/// Files that cannot be used as they are.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// A file could not be read from the disk.
    #[error("unable to read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// A file is no longer what it was a moment ago.
    #[error("{path} was changed while it was being used")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A file is not text in its encoding.
    #[error("unable to calculate checksum of {script} ({path}): {source}")]
    Decode {
        /// Script name.
        script: String,
        /// The file.
        path: PathBuf,
        /// What is wrong with the bytes.
        source: DecodeError,
    },
    /// Two files claim the same version.
    #[error(
        "found more than one migration with version {version}\noffenders:\n-> {first} ({first_type})\n-> {second} ({second_type})"
    )]
    DuplicateVersion {
        /// The version.
        version: String,
        /// First file.
        first: String,
        /// Its type.
        first_type: &'static str,
        /// Second file.
        second: String,
        /// Its type.
        second_type: &'static str,
        /// Whether the two are undo migrations.
        undo: bool,
    },
    /// Two repeatables have the same description.
    #[error(
        "found more than one repeatable migration with description `{description}`\noffenders:\n-> {first}\n-> {second}"
    )]
    DuplicateRepeatable {
        /// The description.
        description: String,
        /// First file.
        first: String,
        /// Second file.
        second: String,
    },
    /// Two locations hold a callback of the same name.
    #[error("found more than 1 SQL callback script called `{name}`:\n-> {first}\n-> {second}")]
    DuplicateCallback {
        /// The file name.
        name: String,
        /// First file.
        first: String,
        /// Second file.
        second: String,
    },
    /// File names are checked, and some are wrong.
    #[error("invalid SQL filenames found:{}", list(.0))]
    InvalidNames(Vec<String>),
    /// Placeholders without a value.
    #[error("{}", placeholder_list(.0))]
    Placeholders(Vec<(Place, String)>),
    /// A script's settings file is wrong.
    #[error("{0}")]
    ScriptConfig(#[from] ScriptConfigError),
    /// A `shouldExecute` expression is wrong.
    #[error("{message} ({path})")]
    ShouldExecute {
        /// What is wrong.
        message: String,
        /// The script.
        path: PathBuf,
    },
}

fn list(lines: &[String]) -> String {
    lines.iter().flat_map(|line| ["\n", line]).collect()
}

fn placeholder_list(missing: &[(Place, String)]) -> String {
    let lines: Vec<_> = missing
        .iter()
        .map(|(place, message)| format!("{place}: {message}"))
        .collect();
    lines.join("\n")
}

impl CatalogError {
    /// Flyway's code for the situation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DuplicateVersion { undo: true, .. } => "DUPLICATE_UNDO_MIGRATION",
            Self::DuplicateVersion { .. } => "DUPLICATE_VERSIONED_MIGRATION",
            Self::DuplicateRepeatable { .. } => "DUPLICATE_REPEATABLE_MIGRATION",
            Self::ScriptConfig(_) => "CONFIGURATION",
            _ => "ERROR",
        }
    }

    /// What the reader of the message can do.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Decode { source, .. } => source.hint().to_owned(),
            Self::DuplicateVersion { .. } => {
                "give one of the two files another version; versions are compared as numbers, so 1, 01 and 1.0 are the same".to_owned()
            }
            Self::DuplicateRepeatable { .. } => {
                "give one of the two files another description".to_owned()
            }
            Self::DuplicateCallback { .. } => {
                "rename one of the two, for instance by adding `__description`".to_owned()
            }
            Self::InvalidNames(_) => {
                "rename them to `V1.2__description.sql`, `R__description.sql`, `B1.2__description.sql` or a callback's name, or move them out of the locations".to_owned()
            }
            Self::Placeholders(_) => {
                "give the values with -placeholders.NAME=VALUE or in the configuration, or switch replacement off with placeholderReplacement=false (for one script in its .conf)".to_owned()
            }
            Self::ScriptConfig(error) => error.hint().to_owned(),
            Self::Changed { .. } => "run the command again".to_owned(),
            Self::Unreadable { .. } => {
                "check that the file exists and that this user may read it".to_owned()
            }
            Self::ShouldExecute { .. } => {
                "write true, false, A==B or A!=B, joined by && and ||".to_owned()
            }
        })
    }
}

/// Orders texts as Java does, by UTF-16 code units.
pub fn compare_utf16(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

/// Whether the content of a file with this name is needed at all.
pub fn is_relevant(naming: &NamingRules, name: &str) -> bool {
    naming.has_suffix(name)
        || name.to_ascii_lowercase().ends_with(".conf")
        || matches!(naming.parse_script(name), FileName::Migration { .. })
}

enum Found {
    Migration(FlywayMigration),
    Callback(Callback),
    Invalid(PathBuf, String),
}

/// Files that have been read, before placeholders have values: what takes long and needs no
/// connection.
#[derive(Debug, Clone, Default)]
pub struct ReadFiles {
    migrations: Vec<FlywayMigration>,
    callbacks: Vec<Callback>,
    invalid_names: Vec<(PathBuf, String)>,
}

impl ReadFiles {
    /// Reads, decodes and sums all files, in parallel. Placeholders are not looked at yet.
    pub fn read(tree: &SourceTree, options: &ReadOptions) -> Result<Self, CatalogError> {
        let reader = Reader::new(tree, options)?;
        let found = tree
            .files
            .par_iter()
            .map(|file| reader.read(file))
            .collect::<Result<Vec<_>, CatalogError>>()?;
        let mut read = Self::default();
        for found in found.into_iter().flatten() {
            match found {
                Found::Migration(migration) => read.migrations.push(migration),
                Found::Callback(callback) => read.callbacks.push(callback),
                Found::Invalid(path, reason) => read.invalid_names.push((path, reason)),
            }
        }
        Ok(read)
    }
}

impl FlywayCatalog {
    /// Reads all files. Locations come in the order of the tree.
    pub fn read(tree: &SourceTree, options: &ReadOptions) -> Result<Self, CatalogError> {
        Self::new(ReadFiles::read(tree, options)?, options)
    }

    /// Reads all files without asking for values of placeholders: checksums are those of the texts
    /// as they are written, and no condition is looked at.
    pub fn as_written(tree: &SourceTree, options: &ReadOptions) -> Result<Self, CatalogError> {
        let read = ReadFiles::read(tree, options)?;
        let (undo, migrations) = read
            .migrations
            .into_iter()
            .partition(|migration| migration.kind == Kind::Undo);
        let catalog = Self {
            migrations,
            undo,
            callbacks: read.callbacks,
            invalid_names: read.invalid_names,
        };
        catalog.finish(options)
    }

    /// Completes what was read with the values of placeholders, and puts it in order.
    pub fn new(read: ReadFiles, options: &ReadOptions) -> Result<Self, CatalogError> {
        let mut catalog = Self {
            callbacks: read.callbacks,
            invalid_names: read.invalid_names,
            ..Self::default()
        };
        for mut migration in read.migrations {
            migration.complete(options)?;
            if migration.kind == Kind::Undo {
                catalog.undo.push(migration);
            } else {
                catalog.migrations.push(migration);
            }
        }
        catalog.finish(options)
    }

    fn finish(mut self, options: &ReadOptions) -> Result<Self, CatalogError> {
        if options.validate_naming && !self.invalid_names.is_empty() {
            let lines = self
                .invalid_names
                .iter()
                .map(|(path, reason)| format!("{} ({reason})", path.display()))
                .collect();
            return Err(CatalogError::InvalidNames(lines));
        }
        for list in [&mut self.migrations, &mut self.undo] {
            list.sort_by(compare);
            list.dedup_by(|second, first| is_repeated(first, second));
            let twins = list
                .array_windows()
                .find(|[left, right]| same_key(left, right));
            if let Some([first, second]) = twins {
                return Err(duplicate(first, second));
            }
        }
        self.callbacks.sort_by(|left, right| {
            let by_event = left.event.id().cmp(right.event.id());
            by_event.then_with(|| compare_utf16(&left.description, &right.description))
        });
        check_callbacks(&self.callbacks)?;
        Ok(self)
    }

    /// The callbacks of one event, in order.
    pub fn callbacks_of(&self, event: Event) -> impl Iterator<Item = &Callback> {
        self.callbacks
            .iter()
            .filter(move |callback| callback.event == event)
    }
}

/// Whether two files, neighbours in order, are the same in all that counts, found in two locations.
fn is_repeated(first: &FlywayMigration, second: &FlywayMigration) -> bool {
    first.version == second.version
        && first.description == second.description
        && first.source.script == second.source.script
        && first.checksum == second.checksum
        && first.type_text() == second.type_text()
}

/// Versions ascending, a baseline behind the version it stands for, repeatables last.
fn compare(left: &FlywayMigration, right: &FlywayMigration) -> Ordering {
    match (&left.version, &right.version) {
        (Some(mine), Some(theirs)) => mine
            .cmp(theirs)
            .then_with(|| (left.kind == Kind::Baseline).cmp(&(right.kind == Kind::Baseline))),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => compare_utf16(&left.description, &right.description),
    }
}

fn same_key(left: &FlywayMigration, right: &FlywayMigration) -> bool {
    compare(left, right).is_eq()
}

fn duplicate(first: &FlywayMigration, second: &FlywayMigration) -> CatalogError {
    let path = |migration: &FlywayMigration| migration.source.path.display().to_string();
    match &first.version {
        Some(version) => CatalogError::DuplicateVersion {
            version: version.to_string(),
            first: path(first),
            first_type: first.type_text(),
            second: path(second),
            second_type: second.type_text(),
            undo: first.kind == Kind::Undo,
        },
        None => CatalogError::DuplicateRepeatable {
            description: first.description.clone(),
            first: path(first),
            second: path(second),
        },
    }
}

fn check_callbacks(callbacks: &[Callback]) -> Result<(), CatalogError> {
    let mut seen: HashMap<&str, &Callback> = HashMap::new();
    for callback in callbacks {
        let script = &callback.source.script;
        let name = script
            .rsplit_once('/')
            .map_or(script.as_str(), |(_, name)| name);
        if let Some(first) = seen.insert(name, callback) {
            return Err(CatalogError::DuplicateCallback {
                name: name.to_owned(),
                first: first.source.path.display().to_string(),
                second: callback.source.path.display().to_string(),
            });
        }
    }
    Ok(())
}

/// Reads single files; shared by all threads.
struct Reader<'a> {
    options: &'a ReadOptions,
    /// Settings by lower-cased path of the script they belong to.
    configs: HashMap<String, ScriptConfig>,
    load: Load,
}

impl<'a> Reader<'a> {
    fn new(tree: &SourceTree, options: &'a ReadOptions) -> Result<Self, CatalogError> {
        let mut configs = HashMap::new();
        for file in &tree.files {
            let key = file.relative.to_lowercase();
            let Some(script) = key.strip_suffix(".conf") else {
                continue;
            };
            // flyway.conf beside the migrations is not the settings of a script.
            let name = file.name();
            let stem = &name[..name.len() - ".conf".len()];
            let for_script = !matches!(options.naming.parse(stem), FileName::Other)
                || matches!(
                    options.naming.parse_script(stem),
                    FileName::Migration { .. }
                );
            if for_script {
                configs.insert(script.to_owned(), read_config(file, tree.load)?);
            }
        }
        Ok(Self {
            options,
            configs,
            load: tree.load,
        })
    }

    fn read(&self, file: &SourceFile) -> Result<Option<Found>, CatalogError> {
        let naming = &self.options.naming;
        let parsed = naming.parse(file.name());
        let is_migration = matches!(parsed, FileName::Migration { .. } | FileName::Other);
        if is_migration && !self.options.scope.migrations {
            return Ok(None);
        }
        match parsed {
            FileName::Callback { .. } if !self.options.scope.callbacks => Ok(None),
            FileName::Migration {
                kind,
                version,
                description,
            } => self
                .migration(file, kind, false, version, description)
                .map(Some),
            FileName::Callback { event, description } => {
                let source = self.source(file, true)?;
                Ok(Some(Found::Callback(Callback {
                    event,
                    description,
                    source,
                })))
            }
            FileName::Invalid(reason) => Ok(Some(Found::Invalid(file.path.clone(), reason))),
            FileName::Other => match naming.parse_script(file.name()) {
                FileName::Migration {
                    kind,
                    version,
                    description,
                } => self
                    .migration(file, kind, true, version, description)
                    .map(Some),
                _ => Ok(None),
            },
        }
    }

    fn source(&self, file: &SourceFile, keep: bool) -> Result<Source, CatalogError> {
        let config = self
            .configs
            .get(&file.relative.to_lowercase())
            .cloned()
            .unwrap_or_default();
        let text = read_text(file, &config, self.options, self.load)?;
        let replace = config
            .placeholder_replacement
            .unwrap_or(self.options.placeholder_replacement);
        Ok(Source {
            script: file.relative.clone(),
            path: file.path.clone(),
            raw_checksum: checksum(&text),
            // Most files are only summed; keeping all of them would cost more than reading some again.
            kept: keep.then(|| Arc::new(text)),
            load: self.load,
            config,
            replace,
        })
    }

    fn migration(
        &self,
        file: &SourceFile,
        kind: Kind,
        program: bool,
        version: Option<Version>,
        description: String,
    ) -> Result<Found, CatalogError> {
        let source = self.source(file, kind == Kind::Repeatable)?;
        Ok(Found::Migration(FlywayMigration {
            kind,
            program,
            version,
            description,
            checksum: source.raw_checksum,
            equivalent_checksum: None,
            should_execute: true,
            source,
        }))
    }
}

impl FlywayMigration {
    /// Takes into account what depends on placeholders: a repeatable's checksum and the script's own
    /// condition.
    fn complete(&mut self, options: &ReadOptions) -> Result<(), CatalogError> {
        if self.kind == Kind::Repeatable
            && self.source.replace
            && !self.program
            && let Some(text) = self.source.replaced(options)?
        {
            self.equivalent_checksum = Some(self.checksum);
            self.checksum = checksum(&text);
        }
        let Some(expression) = &self.source.config.should_execute else {
            return Ok(());
        };
        let replaced = self
            .source
            .placeholders(options)
            .replace(expression)
            .map_err(|errors| self.source.placeholder_error(expression, errors))?;
        let expression = replaced.text.as_ref().unwrap_or(expression);
        self.should_execute =
            should_execute(expression).map_err(|message| CatalogError::ShouldExecute {
                message,
                path: self.source.path.clone(),
            })?;
        Ok(())
    }
}

impl Source {
    /// The placeholders of this script: the general ones and its own file name.
    pub fn placeholders(&self, options: &ReadOptions) -> Placeholders {
        let mut placeholders = options.placeholders.clone();
        let name = self
            .script
            .rsplit_once('/')
            .map_or(self.script.as_str(), |(_, name)| name);
        let key = format!("flyway{}filename", options.placeholder_separator);
        placeholders.set(&key, &options.naming.normalised(name));
        placeholders
    }

    /// The decoded text as it stands in the file; it must be what was summed at first.
    pub fn text(&self, options: &ReadOptions) -> Result<Arc<String>, CatalogError> {
        if let Some(text) = &self.kept {
            return Ok(Arc::clone(text));
        }
        let file = SourceFile {
            relative: self.script.clone(),
            path: self.path.clone(),
        };
        let text = read_text(&file, &self.config, options, self.load)?;
        if checksum(&text) != self.raw_checksum {
            return Err(CatalogError::Changed {
                path: self.path.clone(),
            });
        }
        Ok(Arc::new(text))
    }

    /// The text with placeholders replaced, `None` when there is nothing to replace.
    fn replaced(&self, options: &ReadOptions) -> Result<Option<String>, CatalogError> {
        let text = self.text(options)?;
        let replaced = self
            .placeholders(options)
            .replace(&text)
            .map_err(|errors| self.placeholder_error(&text, errors))?;
        Ok(replaced.text)
    }

    /// Tells where in the file the placeholders are that have no value.
    pub fn placeholder_error(&self, text: &str, errors: Vec<PlaceholderError>) -> CatalogError {
        let places = errors
            .into_iter()
            .map(|error| {
                let (line, column) = line_and_column(text, error.offset());
                let place = Place {
                    path: self.path.clone(),
                    line,
                    column,
                };
                (place, error.to_string())
            })
            .collect();
        CatalogError::Placeholders(places)
    }
}

/// Reads and decodes a file.
fn read_text(
    file: &SourceFile,
    config: &ScriptConfig,
    options: &ReadOptions,
    load: Load,
) -> Result<String, CatalogError> {
    let bytes = load(&file.path).map_err(|reason| CatalogError::Unreadable {
        path: file.path.clone(),
        reason,
    })?;
    let decoded = match &config.encoding {
        Some(encoding) => charset::decode(bytes, encoding, false),
        None => charset::decode(bytes, &options.encoding, options.detect_encoding),
    };
    decoded.map_err(|source| CatalogError::Decode {
        script: file.relative.clone(),
        path: file.path.clone(),
        source,
    })
}

fn read_config(file: &SourceFile, load: Load) -> Result<ScriptConfig, CatalogError> {
    let bytes = load(&file.path).map_err(|reason| CatalogError::Unreadable {
        path: file.path.clone(),
        reason,
    })?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(ScriptConfig::parse(&text, &file.path)?)
}
