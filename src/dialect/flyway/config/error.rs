//! What can be wrong with a configuration, and what to do about it.

use std::path::PathBuf;

use thiserror::Error;

use super::setting::Origin;

/// A setting that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKey {
    /// Its full name.
    pub name: String,
    /// Where it was written.
    pub origin: Origin,
    /// The known name that looks most like it.
    pub nearest: Option<String>,
}

/// Why a configuration cannot be used. No variant carries the value of a secret.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// Settings that nobody knows, all of them at once.
    #[error("unknown {}", list_unknown(.keys))]
    UnknownKeys {
        /// The settings.
        keys: Vec<UnknownKey>,
    },
    /// A value of the wrong type.
    #[error("`{name}` must be {expected}, not `{value}` ({origin})")]
    InvalidValue {
        /// The setting.
        name: String,
        /// What was written.
        value: String,
        /// What would be right.
        expected: String,
        /// Where it was written.
        origin: Origin,
    },
    /// A setting whose feature does not exist here.
    #[error("`{name}` is not supported: {reason} ({origin})")]
    RefusedKey {
        /// The setting.
        name: String,
        /// Why.
        reason: &'static str,
        /// Where it was written.
        origin: Origin,
    },
    /// A setting of an older Flyway.
    #[error("`{name}` was removed from Flyway ({origin})")]
    RemovedKey {
        /// The setting.
        name: String,
        /// What to write instead.
        replacement: &'static str,
        /// Where it was written.
        origin: Origin,
    },
    /// `url` and its like in the `[flyway]` table.
    #[error("`{name}` belongs to an environment in a TOML file ({origin})")]
    MisplacedKey {
        /// The setting.
        name: String,
        /// Where it was written.
        origin: Origin,
    },
    /// `environment` where there are no environments.
    #[error("`{name}` has no meaning in a CONF configuration ({origin})")]
    TomlOnlyKey {
        /// The setting.
        name: String,
        /// Where it was written.
        origin: Origin,
    },
    /// A word that is neither command nor option.
    #[error("`{word}` is neither a command nor an option")]
    InvalidWord {
        /// The word.
        word: String,
        /// What was probably meant.
        hint: Option<String>,
    },
    /// `-key = value`.
    #[error("`{option}` is separated from its value by a space")]
    SpaceInOption {
        /// The option.
        option: String,
    },
    /// An option without its value.
    #[error("the option `{option}` needs a value")]
    MissingValue {
        /// The option.
        option: String,
    },
    /// The same option twice.
    #[error("the option `{option}` is given more than once")]
    RepeatedOption {
        /// The option.
        option: String,
    },
    /// A command of another edition or another program.
    #[error("the command `{command}` is not supported: {reason}")]
    RefusedCommand {
        /// The command.
        command: String,
        /// Why.
        reason: &'static str,
    },
    /// `-environments.name=` without a key.
    #[error("`{option}` must name both an environment and one of its settings")]
    IncompleteEnvironmentOption {
        /// The option.
        option: String,
    },
    /// A command-line option with an impossible value.
    #[error("`{value}` is not a value for the option `-{option}`")]
    InvalidOptionValue {
        /// The option.
        option: &'static str,
        /// What was written.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
    /// Both kinds of configuration file.
    #[error("TOML and CONF files cannot be mixed: {} and {}", join(.toml), join(.conf))]
    MixedFiles {
        /// The TOML files.
        toml: Vec<PathBuf>,
        /// The CONF files.
        conf: Vec<PathBuf>,
    },
    /// A CONF file that was asked for and does not exist.
    #[error("the configuration file `{}` does not exist", .path.display())]
    MissingFile {
        /// The file.
        path: PathBuf,
    },
    /// A file that exists and cannot be read.
    #[error("the configuration file `{}` cannot be read", .path.display())]
    UnreadableFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file whose bytes are not text in the configured encoding.
    #[error("the configuration file `{}` is not valid {encoding}", .path.display())]
    InvalidText {
        /// The file.
        path: PathBuf,
        /// The encoding.
        encoding: String,
    },
    /// An encoding that is not known.
    #[error("configuration files cannot be read as `{encoding}`")]
    UnknownEncoding {
        /// The encoding.
        encoding: String,
    },
    /// A TOML file that is not TOML.
    #[error("{}:{line}:{column}: {message}", .path.display())]
    TomlSyntax {
        /// The file.
        path: PathBuf,
        /// The line, counting from 1.
        line: usize,
        /// The column, counting from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// An environment that no file defines.
    #[error("the environment `{name}` is not defined")]
    UnknownEnvironment {
        /// The environment.
        name: String,
        /// A defined one that looks like it.
        nearest: Option<String>,
    },
    /// A provisioner other than the empty one.
    #[error("the environment `{environment}` asks for the provisioner `{provisioner}`")]
    Provisioner {
        /// The environment.
        environment: String,
        /// The provisioner.
        provisioner: String,
    },
    /// `${name.x}` with a name that resolves nothing here.
    #[error("`{key}` uses the resolver `{resolver}`, which is not {}", if *.known { "supported" } else { "known" })]
    Resolver {
        /// The setting.
        key: String,
        /// The resolver.
        resolver: String,
        /// Whether another edition has it.
        known: bool,
    },
    /// `${env.X}` without such a variable.
    #[error("`{key}` needs the environment variable `{variable}`, which is not set")]
    UnsetVariable {
        /// The setting.
        key: String,
        /// The variable.
        variable: String,
    },
    /// `${placeholder.x}` without such a placeholder.
    #[error("`{key}` needs the placeholder `{placeholder}`, which is not configured")]
    UnsetPlaceholder {
        /// The setting.
        key: String,
        /// The placeholder.
        placeholder: String,
    },
    /// A resolver inside a resolver.
    #[error("the resolvers in `{key}` are nested")]
    NestedResolver {
        /// The setting.
        key: String,
    },
    /// A location that is no folder of the file system.
    #[error("the location `{location}` cannot be read")]
    UnsupportedLocation {
        /// The location.
        location: String,
        /// What to write instead.
        hint: String,
    },
}

impl ConfigError {
    /// What to do about it, if anything is known to help.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::InvalidWord { hint, .. } => hint.clone(),
            Self::UnsupportedLocation { hint, .. } => Some(hint.clone()),
            Self::UnknownKeys { keys } => nearest_keys(keys),
            Self::RemovedKey { replacement, .. } => Some((*replacement).to_owned()),
            Self::MisplacedKey { name, .. } => {
                let name = name.trim_start_matches("flyway.");
                Some(format!(
                    "move `{name}` to `[environments.default]`, or to the environment in use"
                ))
            }
            Self::TomlOnlyKey { .. } => Some(
                "environments need a `flyway.toml`; CONF files hold one database each".to_owned(),
            ),
            Self::SpaceInOption { option } | Self::MissingValue { option } => {
                Some(format!("write `{option}=value`"))
            }
            Self::InvalidOptionValue { expected, .. } => Some(format!("expected {expected}")),
            Self::IncompleteEnvironmentOption { .. } => {
                Some("write `-environments.name.url=…`".to_owned())
            }
            Self::MixedFiles { .. } => {
                Some("keep the TOML files, remove the CONF files".to_owned())
            }
            Self::InvalidText { .. } => {
                Some("name its encoding with `-configFileEncoding=`".to_owned())
            }
            Self::UnknownEncoding { .. } => {
                Some("expected `UTF-8`, `US-ASCII`, `ISO-8859-1` or `UTF-16`".to_owned())
            }
            Self::UnknownEnvironment { nearest, .. } => nearest
                .as_ref()
                .map(|nearest| format!("did you mean `{nearest}`?")),
            Self::Provisioner { .. } => {
                Some("create the database beforehand and remove `provisioner`".to_owned())
            }
            Self::Resolver { .. } => Some(
                "`${env.NAME}` and `${placeholder.name}` are resolved; `$${a.b}` stays as it is"
                    .to_owned(),
            ),
            Self::NestedResolver { .. } => {
                Some("put the inner value into a placeholder or a variable of its own".to_owned())
            }
            _ => None,
        }
    }
}

fn nearest_keys(keys: &[UnknownKey]) -> Option<String> {
    let mut names: Vec<String> = keys
        .iter()
        .filter_map(|key| key.nearest.as_ref())
        .map(|name| format!("`{name}`"))
        .collect();
    names.dedup();
    (!names.is_empty()).then(|| format!("did you mean {}?", names.join(", ")))
}

fn list_unknown(keys: &[UnknownKey]) -> String {
    let names: Vec<String> = keys
        .iter()
        .map(|key| format!("`{}` ({})", key.name, key.origin))
        .collect();
    let word = if names.len() == 1 {
        "setting"
    } else {
        "settings"
    };
    format!("{word} {}", names.join(", "))
}

fn join(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths
        .iter()
        .map(|path| format!("`{}`", path.display()))
        .collect();
    names.join(", ")
}
