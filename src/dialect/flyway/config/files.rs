//! Which configuration files count, and in which order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::arguments::Arguments;
use super::error::ConfigError;
use super::load::LoadContext;
use super::merge::Mode;
use super::properties::{self, is_toml};
use super::setting::{Level, Origin, Setting, split_list};
use super::toml_file;

/// The files to read, weakest first.
#[derive(Debug)]
pub(super) struct Files {
    /// Which kind they are of.
    pub(super) mode: Mode,
    /// Their settings, weakest first.
    pub(super) settings: Vec<Setting>,
    /// Remarks about files that do not exist.
    pub(super) warnings: Vec<String>,
}

/// The name that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Finds and reads the configuration files.
pub(super) fn read(
    arguments: &Arguments,
    environment: &BTreeMap<String, String>,
    context: &LoadContext<'_>,
) -> Result<Files, ConfigError> {
    let finder = Finder {
        context,
        working_directory: arguments.working_directory(),
    };
    let from_arguments = finder.named(&arguments.config_files());
    let from_variable = environment.get("FLYWAY_CONFIG_FILES");
    let from_variable = finder.named(&from_variable.map_or_else(Vec::new, |list| split_list(list)));
    let mode = finder.mode(&from_arguments, &from_variable)?;
    let mut files = Files {
        mode,
        settings: Vec::new(),
        warnings: Vec::new(),
    };
    for path in finder.standard(mode) {
        if finder.exists(&path) {
            files
                .settings
                .extend(finder.settings(&path, mode, environment, arguments)?);
        }
    }
    for path in from_variable.into_iter().chain(from_arguments) {
        let fits = is_toml(&path) == (mode == Mode::Toml);
        if finder.exists(&path) {
            // The variable may name files of the kind that the command line decided against.
            if fits {
                files
                    .settings
                    .extend(finder.settings(&path, mode, environment, arguments)?);
            }
        } else if fits && mode == Mode::Conf {
            return Err(ConfigError::MissingFile { path });
        } else {
            let path = path.display();
            files
                .warnings
                .push(format!("the configuration file `{path}` does not exist"));
        }
    }
    Ok(files)
}

struct Finder<'a> {
    context: &'a LoadContext<'a>,
    working_directory: Option<PathBuf>,
}

impl Finder<'_> {
    /// Files that were asked for by name; relative ones start at the working directory.
    fn named(&self, names: &[String]) -> Vec<PathBuf> {
        let resolve = |name: &String| match &self.working_directory {
            Some(directory) if name != STANDARD_INPUT => directory.join(name),
            _ => PathBuf::from(name),
        };
        names.iter().map(resolve).collect()
    }

    /// Files that are looked for without being asked for, weakest first.
    fn standard(&self, mode: Mode) -> Vec<PathBuf> {
        let install = self.context.install_directory.as_ref();
        let folders = [
            install.map(|directory| directory.join("conf")),
            self.context.home_directory.clone(),
            Some(PathBuf::new()),
            self.working_directory.clone(),
        ];
        let names: &[&str] = match mode {
            Mode::Toml => &["flyway.toml", "flyway.user.toml"],
            Mode::Conf => &["flyway.conf"],
        };
        folders
            .into_iter()
            .flatten()
            .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
            .collect()
    }

    /// TOML or CONF: what the command line names decides, then the variable, then the disk.
    fn mode(&self, arguments: &[PathBuf], variable: &[PathBuf]) -> Result<Mode, ConfigError> {
        let existing: Vec<&PathBuf> = arguments.iter().filter(|path| self.exists(path)).collect();
        if let Some(mode) = mode_of(&existing)? {
            return Ok(mode);
        }
        if let Some(mode) = mode_of(&variable.iter().collect::<Vec<_>>())? {
            return Ok(mode);
        }
        let any = |mode| self.standard(mode).iter().any(|path| self.exists(path));
        Ok(if !any(Mode::Toml) && any(Mode::Conf) {
            Mode::Conf
        } else {
            Mode::Toml
        })
    }

    fn exists(&self, path: &Path) -> bool {
        is_standard_input(path) || self.read(path).is_some()
    }

    fn read(&self, path: &Path) -> Option<std::io::Result<Vec<u8>>> {
        let path = self.context.current_directory.join(path);
        self.context.files.read(&path)
    }

    fn settings(
        &self,
        path: &Path,
        mode: Mode,
        environment: &BTreeMap<String, String>,
        arguments: &Arguments,
    ) -> Result<Vec<Setting>, ConfigError> {
        if is_standard_input(path) {
            let text = self.context.standard_input.as_deref().unwrap_or_default();
            let origin = |line| Origin::StandardInput { line };
            return Ok(conf_settings(text, environment, origin));
        }
        let bytes = self.read(path).unwrap_or_else(|| Ok(Vec::new()));
        let bytes = bytes.map_err(|source| ConfigError::UnreadableFile {
            path: path.to_owned(),
            source,
        })?;
        if mode == Mode::Toml {
            return toml_file::parse(&decode(&bytes, "UTF-8", path)?, path);
        }
        let encoding = environment
            .get("FLYWAY_CONFIG_FILE_ENCODING")
            .map(String::as_str)
            .filter(|encoding| !encoding.is_empty())
            .or_else(|| arguments.option("configFileEncoding"))
            .unwrap_or("UTF-8");
        let text = decode(&bytes, encoding, path)?;
        let origin = |line| Origin::File {
            path: path.to_owned(),
            line,
        };
        Ok(conf_settings(&text, environment, origin))
    }
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == STANDARD_INPUT
}

fn decode(bytes: &[u8], encoding: &str, path: &Path) -> Result<String, ConfigError> {
    let unknown = |()| ConfigError::UnknownEncoding {
        encoding: encoding.to_owned(),
    };
    properties::decode(bytes, encoding)
        .map_err(unknown)?
        .ok_or_else(|| ConfigError::InvalidText {
            path: path.to_owned(),
            encoding: encoding.to_owned(),
        })
}

/// The `flyway.` properties of a text; others belong to somebody else.
fn conf_settings(
    text: &str,
    environment: &BTreeMap<String, String>,
    origin: impl Fn(usize) -> Origin,
) -> Vec<Setting> {
    properties::parse(text, environment)
        .into_iter()
        .filter_map(|property| {
            let name = property.key.strip_prefix("flyway.")?;
            let origin = origin(property.line);
            Some(Setting::text(Level::Flyway, name, &property.value, origin))
        })
        .collect()
}

/// The kind of some files, if there are any and they are all of one kind.
fn mode_of(paths: &[&PathBuf]) -> Result<Option<Mode>, ConfigError> {
    let (toml, conf): (Vec<PathBuf>, Vec<PathBuf>) = paths
        .iter()
        .copied()
        .cloned()
        .partition(|path| is_toml(path));
    match (toml.is_empty(), conf.is_empty()) {
        (true, true) => Ok(None),
        (false, true) => Ok(Some(Mode::Toml)),
        (true, false) => Ok(Some(Mode::Conf)),
        (false, false) => Err(ConfigError::MixedFiles { toml, conf }),
    }
}
