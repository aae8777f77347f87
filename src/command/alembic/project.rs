//! An Alembic directory: its configuration, its revisions, what its `env.py` sets.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::failure::Failure;
use super::files::{ModuleFolders, ProjectFiles, VisibleVariables};
use super::load;
use crate::database::url::SqlAlchemyUrl;
use crate::dialect::alembic::config::{AlembicConfig, ConfigFiles, Folder, normal};
use crate::dialect::alembic::graph::{GraphError, RevisionGraph};
use crate::dialect::alembic::native;
use crate::dialect::alembic::revision::RevisionFileError;
use crate::dialect::alembic::settings::{self, Inferred, Lookup, Mode, Settings, Surroundings};
use crate::dialect::alembic::source::decode;
use crate::dialect::alembic::version_table::{Keeper, VersionTable};
use crate::model::LegacyHistory;
use crate::project::disk;

/// What the process and the global arguments bring along.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Environment variables.
    pub variables: BTreeMap<String, String>,
    /// The working directory.
    pub directory: PathBuf,
    /// Who runs this, for the history.
    pub user: String,
}

/// Values that stand over those of `env.py`.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The connection URL.
    pub url: Option<String>,
    /// The version table.
    pub version_table: Option<String>,
    /// Its schema; an empty text for none.
    pub version_table_schema: Option<String>,
    /// Whether each revision has its own transaction.
    pub transaction_per_migration: Option<bool>,
}

/// Global arguments.
#[derive(Debug, Clone)]
pub struct Options {
    /// `-c`.
    pub config: Vec<String>,
    /// `-n`.
    pub name: String,
    /// `-x`.
    pub x: Vec<String>,
    /// Environment variables that revisions may read, besides those that `env.py` asks for.
    pub allowed_variables: Vec<String>,
    /// What `--tag` gives, for `env.py` and revisions that ask.
    pub tag: Option<String>,
    /// Values of placeholders in native revisions.
    pub placeholders: BTreeMap<String, String>,
    /// Values that stand over those of `env.py`.
    pub overrides: Overrides,
    /// What each session is told.
    pub session: SessionOptions,
    /// Histories of what a native chain was converted from.
    pub legacy: Vec<LegacyHistory>,
}

/// What each session is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionOptions {
    /// How long a statement waits for a lock; as the server has it where nothing is said.
    pub lock_timeout: Option<Duration>,
    /// How long a statement may take.
    pub statement_timeout: Option<Duration>,
    /// The schema that stands first in the search path.
    pub schema: Option<String>,
    /// SQLite files to attach, by the schema that they stand for.
    pub attach: BTreeMap<String, String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            config: Vec::new(),
            name: "alembic".to_owned(),
            x: Vec::new(),
            allowed_variables: Vec::new(),
            tag: None,
            placeholders: BTreeMap::new(),
            overrides: Overrides::default(),
            session: SessionOptions::default(),
            legacy: Vec::new(),
        }
    }
}

/// Told of what a run says.
pub trait Reporter {
    /// A line of results.
    fn print(&mut self, text: &str);
    /// Text of results, as it is.
    fn write(&mut self, text: &str);
    /// A line of the log.
    fn log(&mut self, level: LogLevel, logger: &str, message: &str);
    /// Lines of the log are wanted from this level on; none without a level.
    fn logging(&mut self, from: Option<LogLevel>);
    /// A warning as Python prints one.
    fn warn(&mut self, words: &str);
    /// A line for people, which `-q` silences.
    fn message(&mut self, words: &str);
    /// Something is being done to a file; tells how it ended.
    fn status(&mut self, doing: &str, succeeded: bool);
    /// A step begins.
    fn step_started(&mut self, _step: StepNote<'_>) {}
    /// A step is done; it lasts when its transaction does.
    fn step_finished(&mut self, _step: StepNote<'_>, _took: Duration) {}
}

/// Which step something is said of.
#[derive(Debug, Clone, Copy)]
pub struct StepNote<'s> {
    /// The revision.
    pub revision: &'s str,
    /// `upgrade`, `downgrade`, `stamp_revision`, or a word of
    /// [`run_history`](crate::dialect::alembic::run_history).
    pub action: &'s str,
    /// What its author called it.
    pub message: &'s str,
}

/// How much a log line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Details.
    Debug,
    /// What happens.
    Info,
    /// What went wrong.
    Error,
}

/// An open directory.
#[derive(Debug, Clone)]
pub struct Project {
    /// The configuration.
    pub config: AlembicConfig,
    /// Where the configuration files are.
    pub files: ConfigFiles,
    /// The script directory.
    pub script_directory: PathBuf,
    /// Folders of revisions.
    pub version_locations: Vec<PathBuf>,
    /// Whether the locations are named in the configuration.
    pub named_locations: bool,
    /// What the process brings along.
    pub environment: Environment,
    options: Options,
    /// Which of several databases this is about.
    engine: Option<String>,
    /// What holds where there is no `env.py`.
    preset: Option<Box<Settings>>,
}

/// Where a chain without Alembic's configuration keeps its versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NativeTable {
    /// The schema of the version table.
    pub schema: Option<String>,
    /// The version table; [`NATIVE_TABLE`] where nothing is said.
    pub name: Option<String>,
}

/// The version table of native chains.
pub const NATIVE_TABLE: &str = "stillway_version";

impl Project {
    /// Environment variables that revisions may read: `--allow-env`, `STILLWAY_ALLOW_ENV`.
    pub(super) fn allowed_variables(&self) -> impl Iterator<Item = &str> {
        let named = self.environment.variables.get("STILLWAY_ALLOW_ENV");
        let named = named.into_iter().flat_map(|names| names.split(','));
        let given = self.options.allowed_variables.iter().map(String::as_str);
        given.chain(named.map(str::trim))
    }

    /// What the configuration puts on Python's path, and the working directory.
    fn import_folders(&self) -> Result<Vec<PathBuf>, Failure> {
        let directory = &self.environment.directory;
        let paths = self.config.prepend_sys_path()?;
        let folders = paths.iter().map(|path| directory.join(path));
        Ok(folders.chain([directory.clone()]).collect())
    }

    /// Folders in which revisions look for modules.
    pub(super) fn module_folders(&self) -> Vec<PathBuf> {
        let mut folders = self.import_folders().unwrap_or_default();
        folders.push(self.script_directory.clone());
        folders
    }

    /// The project's files as its revisions may see them. `lookups` are the variables that
    /// `env.py` asks for itself.
    pub(super) fn visible_files(&self, lookups: &[Lookup]) -> ProjectFiles {
        let mut folders = self.import_folders().unwrap_or_default();
        folders.extend(self.version_locations.iter().cloned());
        folders.push(self.script_directory.clone());
        let own = lookups.iter().map(|lookup| lookup.name.as_str());
        ProjectFiles {
            modules: ModuleFolders::new(folders),
            readable: vec![self.script_directory.clone()],
            variables: VisibleVariables {
                all: self.environment.variables.clone(),
                allowed: own
                    .chain(self.allowed_variables())
                    .map(str::to_owned)
                    .collect(),
            },
        }
    }

    /// `-x` arguments.
    pub fn x_arguments(&self) -> &[String] {
        &self.options.x
    }

    /// The argument of `--tag`.
    pub fn tag(&self) -> Option<&str> {
        self.options.tag.as_deref()
    }

    /// Values of placeholders in native revisions.
    pub fn placeholders(&self) -> &BTreeMap<String, String> {
        &self.options.placeholders
    }

    /// The options of the main section.
    pub fn main_options(&self) -> Vec<(String, String)> {
        self.config
            .ini
            .items(&self.config.section)
            .unwrap_or_default()
    }

    /// Reads the configuration files.
    pub fn configuration(
        options: &Options,
        environment: &Environment,
    ) -> Result<(AlembicConfig, ConfigFiles), Failure> {
        let variable = environment.variables.get("ALEMBIC_CONFIG");
        let files = ConfigFiles::choose(&options.config, variable.map(String::as_str))?;
        let text = |path: &Path| -> Result<Option<String>, Failure> {
            match disk::read_file(&environment.directory.join(path)) {
                None => Ok(None),
                Some(Ok(bytes)) => String::from_utf8(bytes).map(Some).map_err(|_| {
                    Failure::uncaught(format!("{}: the file is not UTF-8", path.display()))
                }),
                Some(Err(message)) => Err(Failure::uncaught(message)),
            }
        };
        let ini = text(&files.ini)?;
        let toml = text(&files.toml)?;
        let config = AlembicConfig::read(
            &files,
            &environment.directory,
            &options.name,
            ini.as_deref(),
            toml.as_deref(),
        )?;
        Ok((config, files))
    }

    /// Opens the directory that the configuration names.
    pub fn open(options: Options, environment: Environment) -> Result<Self, Failure> {
        let (config, files) = Self::configuration(&options, &environment)?;
        if !files_exist(&environment.directory, &files) || !config.ini.has_section(&options.name) {
            // A file without the usual section may have others that would do.
            let others: Vec<&str> = config
                .ini
                .sections()
                .filter(|section| matches!(config.ini.get(section, "script_location"), Ok(Some(_))))
                .collect();
            if config.option("script_location")?.is_none() && !others.is_empty() {
                let names = others.join("`, `-n ");
                return Err(
                    Failure::command("No 'script_location' key found in configuration.")
                        .with_hint(format!("choose a section of the ini file: `-n {names}`")),
                );
            }
        }
        let location = config.script_location()?;
        let paths = config.prepend_sys_path()?;
        let resolve = |folder: &Folder| locate(folder, &environment.directory, &paths);
        let script_directory = resolve(&location);
        if !script_directory.exists() {
            let shown = match &location {
                Folder::Path(path) => path.clone(),
                Folder::Package(..) => script_directory,
            };
            return Err(Failure::command(format!(
                "Path doesn't exist: {}.  Please use the 'init' command to create a new scripts folder.",
                shown.display()
            )));
        }
        let locations = config.version_locations()?;
        let named_locations = locations.as_ref().is_some_and(|list| !list.is_empty());
        let version_locations = match locations.filter(|list| !list.is_empty()) {
            Some(list) => list.iter().map(resolve).collect(),
            None => vec![normal(&script_directory.join("versions"))],
        };
        Ok(Self {
            config,
            files,
            script_directory,
            version_locations,
            named_locations,
            environment,
            options,
            engine: None,
            preset: None,
        })
    }

    /// A chain of native revisions in a folder, which needs no configuration of Alembic's.
    pub fn native(
        folder: &Path,
        table: NativeTable,
        mut options: Options,
        environment: Environment,
    ) -> Result<Self, Failure> {
        let files = ConfigFiles::choose(&[], None)?;
        let config = AlembicConfig::read(&files, folder, &options.name, None, None)?;
        let name = table.name.unwrap_or_else(|| NATIVE_TABLE.to_owned());
        let url = options.overrides.url.take();
        let settings = Settings::without_file(url, name, table.schema);
        Ok(Self {
            config,
            files,
            script_directory: folder.to_owned(),
            version_locations: vec![folder.to_owned()],
            named_locations: true,
            environment,
            options,
            engine: None,
            preset: Some(Box::new(settings)),
        })
    }

    /// Whose version table the directory has.
    pub(super) fn keeper(&self) -> Keeper {
        match self.preset {
            Some(_) => Keeper::Stillway,
            None => Keeper::Alembic,
        }
    }

    /// Histories of what the chain was converted from.
    pub(super) fn legacy(&self) -> &[LegacyHistory] {
        &self.options.legacy
    }

    /// What the session is told first, and how long it waits for locks.
    pub(super) fn session_options(&self) -> &SessionOptions {
        &self.options.session
    }

    /// The name of the database, where `env.py` goes through several.
    pub(super) fn engine(&self) -> Option<&str> {
        self.engine.as_deref()
    }

    /// The directory for each of the databases that `env.py` goes through, as the `multidb` template
    /// names them: by the option `databases`, with a section for each. Mostly there is only one.
    /// The log of several is switched on here, before the first is named.
    pub(super) fn databases(
        &self,
        reporter: &mut dyn Reporter,
    ) -> Result<Vec<Cow<'_, Self>>, Failure> {
        let names = self.config.option("databases")?.unwrap_or_default();
        if names.is_empty() {
            return Ok(vec![Cow::Borrowed(self)]);
        }
        let settings = self.settings(Mode::Online)?;
        if settings.engines.is_none() {
            return Ok(vec![Cow::Borrowed(self)]);
        }
        self.start_log(&settings, reporter);
        let of = |name: &str| {
            Cow::Owned(Self {
                engine: Some(name.to_owned()),
                ..self.clone()
            })
        };
        Ok(names.split(',').map(|name| of(name.trim_start())).collect())
    }

    /// Reads all revisions.
    pub fn graph(&self, reporter: &mut dyn Reporter) -> Result<RevisionGraph, LoadError> {
        self.load().report(reporter)
    }

    /// Reads all revisions; what is to be told of them is told by [`Loaded::report`].
    pub(super) fn load(&self) -> Loaded {
        let mut warnings = Vec::new();
        let graph = self.load_graph(&mut warnings);
        Loaded { graph, warnings }
    }

    fn load_graph(&self, warnings: &mut Vec<String>) -> Result<RevisionGraph, LoadError> {
        let recursive = self.config.boolean("recursive_version_locations")?;
        if self.config.boolean("sourceless")? {
            return Err(Failure::uncaught(
                "`sourceless = true` asks for compiled files, which cannot be read",
            )
            .with_hint("keep the .py files and remove the setting")
            .into());
        }
        self.check_marked()?;
        let mut seen = HashSet::new();
        let mut entries = Vec::new();
        for location in &self.version_locations {
            let found = load::entries(location, recursive).map_err(Failure::uncaught)?;
            for entry in found {
                let may_repeat = self.version_locations.len() > 1 || recursive || !entry.is_folder;
                if may_repeat && !seen.insert(entry.path.clone()) {
                    warnings.push(format!(
                        "File {} loaded twice! ignoring. Please ensure version_locations is unique.",
                        entry.path.display()
                    ));
                    continue;
                }
                entries.push(entry);
            }
        }
        let read = load::revisions(&entries, &|| self.visible_files(&[]));
        let revisions = read
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .map_err(LoadError::File)?;
        match RevisionGraph::new(revisions) {
            Ok(graph) => {
                warnings.extend(graph.warnings().iter().cloned());
                Ok(graph)
            }
            Err((error, found)) => {
                warnings.extend(found);
                Err(LoadError::Graph(error))
            }
        }
    }

    /// Refuses folders of a native chain that look like revisions and would be passed over.
    fn check_marked(&self) -> Result<(), Failure> {
        if self.preset.is_none() {
            return Ok(());
        }
        let ways = ["up.sql", "up.postgres.sql", "up.sqlite.sql"];
        let mut folders = self
            .version_locations
            .iter()
            .flat_map(|location| disk::unmarked_folders(location, native::METADATA, &ways));
        match folders.next() {
            None => Ok(()),
            Some(folder) => Err(Failure::command(format!(
                "{} holds a revision without {}: it would never run",
                folder.display(),
                native::METADATA
            ))
            .with_hint(format!(
                "write a {} that names it, such as `revision = \"0002\"` and `down_revision = \"0001\"`, or delete the folder",
                native::METADATA
            ))),
        }
    }

    /// Where `env.py` is.
    pub fn env_py(&self) -> PathBuf {
        self.script_directory.join("env.py")
    }

    /// What `env.py` sets, with what stands over it.
    pub fn settings(&self, mode: Mode) -> Result<Settings, Failure> {
        if let Some(preset) = &self.preset {
            return Ok(preset.as_ref().clone());
        }
        let path = self.env_py();
        let bytes = match disk::read_file(&path) {
            Some(bytes) => bytes.map_err(Failure::uncaught)?,
            None => {
                return Err(Failure::uncaught(format!(
                    "FileNotFoundError: {}",
                    path.display()
                )));
            }
        };
        let text = decode(&bytes)
            .map_err(|error| Failure::uncaught(format!("{}: {error}", path.display())))?;
        let dotenv = disk::read_file(&self.environment.directory.join(".env"));
        let dotenv = dotenv.and_then(Result::ok).unwrap_or_default();
        let dotenv = read_dotenv(&String::from_utf8_lossy(&dotenv));
        let surroundings = Surroundings {
            config: &self.config,
            variables: &self.environment.variables,
            dotenv: &dotenv,
            x: &self.options.x,
            tag: self.options.tag.as_deref(),
            modules: &ModuleFolders::new(
                self.import_folders()?
                    .into_iter()
                    .chain([self.script_directory.clone()]),
            ),
        };
        let mut settings = settings::read(&path, &text, mode, &surroundings);
        if let Some(engine) = &self.engine
            && let Some(place) = settings.engines.take()
        {
            let url = self.config.ini.get(engine, "sqlalchemy.url");
            let Some(url) = url.map_err(|error| Failure::uncaught(error.to_string()))? else {
                return Err(Failure::uncaught(format!(
                    "the section `{engine}`, which `databases` names, has no `sqlalchemy.url`"
                )));
            };
            settings.url = Inferred::Set(Some(url), place);
        }
        self.override_settings(&mut settings)?;
        Ok(settings)
    }

    /// Switches the log on as `env.py` would, from the ini file's logging section.
    pub fn start_log(&self, settings: &Settings, reporter: &mut dyn Reporter) {
        let level = |section: &str| self.config.ini.get(section, "level").ok().flatten();
        let level = level("logger_alembic")
            .filter(|level| !level.is_empty() && level != "NOTSET")
            .or_else(|| level("logger_root"));
        let level = match level.as_deref() {
            _ if !settings.logs => None,
            Some("DEBUG" | "NOTSET") => Some(LogLevel::Debug),
            Some("INFO") => Some(LogLevel::Info),
            _ => Some(LogLevel::Error),
        };
        reporter.logging(level);
    }

    /// Flags stand over variables, these over `stillway.toml`, and that over `env.py`.
    fn override_settings(&self, settings: &mut Settings) -> Result<(), Failure> {
        let file = self.project_file()?;
        let text = |flag: &Option<String>, variable: &str, key: &str| {
            flag.clone()
                .or_else(|| self.environment.variables.get(variable).cloned())
                .or_else(|| Some(file.get(key)?.as_str()?.to_owned()))
        };
        let overrides = &self.options.overrides;
        if let Some(url) = text(&overrides.url, "STILLWAY_URL", "url") {
            if self.engine.is_some() {
                return Err(Failure::uncaught(
                    "one URL is given, and env.py goes through several databases",
                )
                .with_hint("set sqlalchemy.url in the section of each"));
            }
            settings.url = Inferred::Default(Some(url));
        }
        let table = text(
            &overrides.version_table,
            "STILLWAY_VERSION_TABLE",
            "version_table",
        );
        if let Some(table) = table {
            settings.version_table = Inferred::Default(table);
        }
        let schema = text(
            &overrides.version_table_schema,
            "STILLWAY_VERSION_TABLE_SCHEMA",
            "version_table_schema",
        );
        if let Some(schema) = schema {
            let schema = Some(schema).filter(|schema| !schema.is_empty());
            settings.version_table_schema = Inferred::Default(schema);
        }
        let each = overrides.transaction_per_migration.or_else(|| {
            file.get("transaction_per_migration")
                .and_then(toml::Value::as_bool)
        });
        if let Some(each) = each {
            settings.transaction_per_migration = Inferred::Default(each);
        }
        Ok(())
    }

    /// The table `alembic` of `stillway.toml` in the working directory.
    fn project_file(&self) -> Result<toml::Table, Failure> {
        let path = self.environment.directory.join("stillway.toml");
        let Some(bytes) = disk::read_file(&path) else {
            return Ok(toml::Table::new());
        };
        let bytes = bytes.map_err(Failure::uncaught)?;
        let wrong = |message: String| Failure::uncaught(format!("{}: {message}", path.display()));
        let document: toml::Table = String::from_utf8_lossy(&bytes)
            .parse()
            .map_err(|error: toml::de::Error| wrong(error.message().to_owned()))?;
        let table = match document.get("alembic") {
            None => return Ok(toml::Table::new()),
            Some(toml::Value::Table(table)) => table.clone(),
            Some(_) => return Err(wrong("`alembic` must be a table".to_owned())),
        };
        for (key, value) in &table {
            let fits = match key.as_str() {
                "url" | "version_table" | "version_table_schema" => value.is_str(),
                "transaction_per_migration" => value.is_bool(),
                _ => false,
            };
            if !fits {
                return Err(wrong(format!(
                    "`alembic.{key}` is unknown or of the wrong type"
                )));
            }
        }
        Ok(table)
    }
}

/// The version table that settings name; asks for what is unknown.
pub(super) fn version_table(
    keeper: Keeper,
    settings: &Settings,
    url: &SqlAlchemyUrl,
) -> Result<VersionTable, Failure> {
    Ok(VersionTable {
        keeper,
        schema: required(
            &settings.version_table_schema,
            "version_table_schema",
            "--version-table-schema",
        )?,
        table: required(&settings.version_table, "version_table", "--version-table")?,
        primary_key: settings.version_table_pk.known().copied().unwrap_or(true),
        mariadb: url.is_mariadb(),
    })
}

/// A value that matters; asked for by name when it is unknown.
pub(super) fn required<T: Clone>(
    value: &Inferred<T>,
    name: &str,
    flag: &str,
) -> Result<T, Failure> {
    match value {
        Inferred::Default(value) | Inferred::Set(value, _) => Ok(value.clone()),
        Inferred::Unknown(unknown) => Err(Failure::uncaught(format!(
            "{}: {name} cannot be told without running the file: it comes from {}",
            unknown.place, unknown.reason
        ))
        .with_hint(format!("say what it is with {flag}"))),
    }
}

/// Revisions that have been read, and what is to be told of them.
pub(super) struct Loaded {
    graph: Result<RevisionGraph, LoadError>,
    warnings: Vec<String>,
}

impl Loaded {
    /// Tells the warnings, and gives the graph.
    pub(super) fn report(self, reporter: &mut dyn Reporter) -> Result<RevisionGraph, LoadError> {
        for warning in &self.warnings {
            reporter.warn(warning);
        }
        self.graph
    }
}

/// Revisions that cannot be loaded.
#[derive(Debug)]
pub enum LoadError {
    /// One file.
    File(RevisionFileError),
    /// How they go together.
    Graph(GraphError),
    /// Anything else.
    Other(Failure),
}

impl From<Failure> for LoadError {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

impl From<crate::dialect::alembic::config::ConfigError> for LoadError {
    fn from(error: crate::dialect::alembic::config::ConfigError) -> Self {
        Self::Other(error.into())
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::File(error) => error.into(),
            LoadError::Graph(error) => error.into(),
            LoadError::Other(failure) => failure,
        }
    }
}

impl LoadError {
    /// As `heads` tells it, which catches nothing.
    pub fn raw(self) -> Failure {
        let class = match &self {
            Self::File(RevisionFileError::Loop { .. }) => "LoopDetected",
            Self::File(RevisionFileError::DependencyLoop { .. }) => "DependencyLoopDetected",
            Self::File(RevisionFileError::IllegalCharacters { .. })
            | Self::Graph(GraphError::Rule(_)) => "RevisionError",
            Self::Graph(GraphError::Cycle { kind, .. }) => match kind {
                crate::dialect::alembic::graph::CycleKind::Parents => "CycleDetected",
                crate::dialect::alembic::graph::CycleKind::Dependencies => {
                    "DependencyCycleDetected"
                }
            },
            _ => return self.into(),
        };
        let words = Failure::from(self).to_string();
        Failure::uncaught(format!("alembic.script.revision.{class}: {words}"))
    }
}

fn files_exist(directory: &Path, files: &ConfigFiles) -> bool {
    directory.join(&files.ini).exists() || directory.join(&files.toml).exists()
}

fn locate(folder: &Folder, directory: &Path, paths: &[String]) -> PathBuf {
    match folder {
        Folder::Path(path) => normal(&directory.join(path)),
        Folder::Package(package, inside) => {
            let relative: PathBuf = package.split('.').collect();
            let roots = paths.iter().map(|path| directory.join(path));
            let mut roots = roots.chain([directory.to_owned()]);
            let root = roots.find(|root| root.join(&relative).is_dir());
            let root = root.unwrap_or_else(|| directory.to_owned());
            normal(&root.join(relative).join(inside))
        }
    }
}

/// `NAME=value` lines, with `export` and quotes as people write them.
fn read_dotenv(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let line = line.trim();
            let line = line.strip_prefix("export ").unwrap_or(line);
            let (name, value) = line.split_once('=')?;
            let name = name.trim();
            if name.is_empty() || name.starts_with('#') {
                return None;
            }
            let value = value.trim();
            let unquoted = ['"', '\'']
                .iter()
                .find_map(|quote| value.strip_prefix(*quote)?.split(*quote).next());
            let value = match unquoted {
                Some(value) => value,
                None => value.split(" #").next().unwrap_or_default().trim(),
            };
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}
