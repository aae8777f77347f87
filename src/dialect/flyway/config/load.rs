//! From words, variables and files to one typed invocation.
//!
//! Strongest first: the overrides of the environment in use, `-environments.<name>.…`, the rest
//! of the command line, environment variables, standard input, configuration files, defaults.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::arguments::{self, Arguments};
use super::assign::{assign, read_text};
use super::error::ConfigError;
use super::keys::{self, Place};
use super::location::is_bare;
use super::merge::{Merged, Mode, Model};
use super::resolver::Resolver;
use super::setting::{Level, Origin, RawValue, Setting};
use super::{FlywayConfig, environment, files, filter};

/// How configuration files are read.
pub trait FileReader {
    /// The bytes of a file; `None` when there is no such file.
    fn read(&self, path: &Path) -> Option<io::Result<Vec<u8>>>;

    /// Whether there is a folder of this name.
    fn is_directory(&self, path: &Path) -> bool;
}

/// What surrounds the call.
pub struct LoadContext<'a> {
    /// Where the program is installed: `conf/` below it holds the weakest files.
    pub install_directory: Option<PathBuf>,
    /// The user's home.
    pub home_directory: Option<PathBuf>,
    /// The process's directory.
    pub current_directory: PathBuf,
    /// What arrived on standard input, read when a configuration file is named `-`.
    pub standard_input: Option<String>,
    /// How configuration files are read.
    pub files: &'a dyn FileReader,
    /// Further words to accept as commands.
    pub extra_commands: &'a [&'a str],
}

/// Where a setting came from; its value is not repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The full name of the setting.
    pub name: String,
    /// The place.
    pub origin: Origin,
}

/// What to do, and how.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub struct Invocation {
    /// The commands in order, without `help` and `version`.
    pub commands: Vec<String>,
    /// The configuration; only defaults when there is nothing to run.
    pub config: FlywayConfig,
    /// Whether the result is wanted as JSON.
    pub output_type_json: bool,
    /// A file for the output.
    pub output_file: Option<PathBuf>,
    /// Whether only warnings and errors are wanted.
    pub quiet: bool,
    /// Whether more output is wanted.
    pub debug: bool,
    /// Whether help was asked for; `commands` are its subjects then.
    pub help: bool,
    /// Whether the version was asked for.
    pub version: bool,
    /// Remarks to show before anything is run.
    pub warnings: Vec<String>,
    /// Where each value that is no default came from, by name.
    pub sources: Vec<Source>,
}

/// Reads the words after the program's name, the environment variables and the files.
///
/// With nothing to run (`help`, `version`, no command) no file is read.
///
/// # Errors
///
/// When a word, a setting or a file cannot be used.
pub fn load(
    arguments: &[String],
    environment: &BTreeMap<String, String>,
    context: &LoadContext<'_>,
) -> Result<Invocation, ConfigError> {
    let mut arguments = arguments::parse(arguments, context.extra_commands)?;
    arguments.drop_empty_color();
    let mut invocation = invocation(&arguments)?;
    if invocation.help || invocation.commands.is_empty() {
        return Ok(invocation);
    }
    let files = files::read(&arguments, environment, context)?;
    let mut variables = environment::read(environment, files.mode == Mode::Toml);
    invocation.warnings.extend(files.warnings);
    invocation.warnings.append(&mut variables.warnings);

    let mut model = Model::new(files.mode);
    let settings = files.settings.into_iter().chain(variables.settings);
    for setting in settings.chain(std::mem::take(&mut arguments.settings)) {
        model.apply(setting)?;
    }
    let named = std::mem::take(&mut arguments.environment_settings);
    let name = resolve_environment_name(&model, environment)?;
    let mut merged = model.finish(name, named)?;
    resolve(&mut merged.settings, files.mode, environment)?;
    invocation.warnings.append(&mut merged.warnings);
    fill(&mut invocation, merged, &arguments)?;
    complete_locations(&mut invocation, files.mode, context);
    resolve_output_paths(&mut invocation.config);
    Ok(invocation)
}

/// The parts of an invocation that only the command line decides.
fn invocation(arguments: &Arguments) -> Result<Invocation, ConfigError> {
    let commands = arguments.commands.iter();
    Ok(Invocation {
        commands: commands
            .filter(|word| !matches!(word.as_str(), "help" | "version"))
            .cloned()
            .collect(),
        config: FlywayConfig::default(),
        output_type_json: arguments.output_type_json()?,
        output_file: arguments.option("outputFile").map(PathBuf::from),
        quiet: arguments.quiet(),
        debug: arguments.debug(),
        help: arguments.help(),
        version: arguments.version(),
        warnings: Vec::new(),
        sources: Vec::new(),
    })
}

/// `environment` itself may refer to a variable.
fn resolve_environment_name(
    model: &Model,
    environment: &BTreeMap<String, String>,
) -> Result<String, ConfigError> {
    let resolver = Resolver {
        environment,
        placeholders: BTreeMap::new(),
    };
    resolver.resolve("flyway.environment", model.environment())
}

/// Resolves references: in everything of a TOML configuration, and in what a connection needs.
fn resolve(
    settings: &mut [Setting],
    mode: Mode,
    environment: &BTreeMap<String, String>,
) -> Result<(), ConfigError> {
    let is_placeholder = |setting: &Setting| setting.name.starts_with("placeholders.");
    let placeholders = |settings: &[Setting]| -> Result<BTreeMap<String, String>, ConfigError> {
        let all = settings.iter().filter(|setting| is_placeholder(setting));
        let pair = |setting: &Setting| {
            let name = setting.name["placeholders.".len()..].to_owned();
            Ok((name, read_text(setting)?))
        };
        all.map(pair).collect()
    };
    let mut resolver = Resolver {
        environment,
        placeholders: placeholders(settings)?,
    };
    if mode == Mode::Toml {
        for setting in settings
            .iter_mut()
            .filter(|setting| is_placeholder(setting))
        {
            resolve_setting(&resolver, setting)?;
        }
        resolver.placeholders = placeholders(settings)?;
    }
    for setting in settings
        .iter_mut()
        .filter(|setting| !is_placeholder(setting))
    {
        let connects = keys::find(&setting.name, Place::Environment).is_some();
        // Scripts and pauses are taken as they are, and script text is full of dollar signs.
        if (connects || mode == Mode::Toml) && setting.name != "initSql" {
            resolve_setting(&resolver, setting)?;
        }
    }
    Ok(())
}

fn resolve_setting(resolver: &Resolver<'_>, setting: &mut Setting) -> Result<(), ConfigError> {
    let name = setting.full_name();
    match &mut setting.value {
        RawValue::Text(text)
        | RawValue::Scalar {
            text,
            type_name: "string",
        } => *text = resolver.resolve(&name, text)?,
        RawValue::List(items) => {
            for item in items {
                *item = resolver.resolve(&name, item)?;
            }
        }
        RawValue::Scalar { .. } | RawValue::Nested => {}
    }
    Ok(())
}

fn fill(
    invocation: &mut Invocation,
    merged: Merged,
    arguments: &Arguments,
) -> Result<(), ConfigError> {
    let config = &mut invocation.config;
    config.environment = merged.environment;
    config.output_logs_in_json = arguments.output_logs_in_json();
    filter::read(config, arguments)?;
    for setting in &merged.settings {
        assign(config, setting)?;
        invocation.sources.push(Source {
            name: source_name(setting, &config.environment),
            origin: setting.origin.clone(),
        });
    }
    invocation
        .sources
        .sort_by(|left, right| left.name.cmp(&right.name));
    config.working_directory = arguments.working_directory();
    Ok(())
}

/// The name a setting has after merging, whichever source it came from.
fn source_name(setting: &Setting, environment: &str) -> String {
    let name = &setting.name;
    match (&setting.level, keys::find(name, Place::Environment)) {
        (Level::Flyway, Some(_)) if keys::find(name, Place::Flyway).is_none() => {
            format!("environments.{environment}.{name}")
        }
        _ => setting.full_name(),
    }
}

/// Fills in the default location, and makes relative ones start at the working directory.
fn complete_locations(invocation: &mut Invocation, mode: Mode, context: &LoadContext<'_>) {
    let is_set = invocation
        .sources
        .iter()
        .any(|source| source.name.ends_with("flyway.locations"));
    let config = &mut invocation.config;
    let working = config.working_directory.as_ref();
    let working = working.map(|directory| context.current_directory.join(directory));
    config.working_directory.clone_from(&working);
    if !is_set {
        let base = working.as_ref().or(context.install_directory.as_ref());
        let base = base.unwrap_or(&context.current_directory);
        let folder = base.join("sql");
        if context.files.is_directory(&folder) {
            config.locations = vec![format!("filesystem:{}", folder.display())];
        } else {
            let warning = "no locations are configured, and there is no folder `sql`";
            invocation.warnings.push(warning.to_owned());
            // Without anything said, a CONF configuration takes the working directory itself.
            if let (Mode::Conf, Some(directory)) = (mode, &working) {
                config.locations = vec![format!("filesystem:{}", directory.display())];
            }
        }
    }
    for location in config.locations.iter().chain(&config.callback_locations) {
        if is_bare(location) {
            invocation.warnings.push(format!(
                "the location `{location}` has no prefix: it is read as `filesystem:{location}`, \
                 though Flyway would look for it on the class path"
            ));
        }
    }
    if let Some(directory) = working {
        for location in config
            .locations
            .iter_mut()
            .chain(&mut config.callback_locations)
        {
            *location = absolute_location(location, &directory);
        }
    }
}

fn absolute_location(location: &str, directory: &Path) -> String {
    let trimmed = location.trim();
    let path = match trimmed.strip_prefix("filesystem:") {
        Some(path) => path,
        None if is_bare(trimmed) => trimmed,
        None => return location.to_owned(),
    };
    format!("filesystem:{}", directory.join(path).display())
}

/// Files that are written start at the working directory as well.
fn resolve_output_paths(config: &mut FlywayConfig) {
    if let (Some(directory), Some(output)) = (&config.working_directory, &mut config.dry_run_output)
    {
        *output = directory.join(&*output);
    }
}
