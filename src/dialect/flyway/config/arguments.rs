//! The command line: commands, flags and settings in any order.
//!
//! `-key=value` is the form everybody knows; `-key value` is understood when the key is known,
//! takes a value and the next word is neither an option nor a command.

use std::path::PathBuf;

use super::error::ConfigError;
use super::keys::{self, Kind};
use super::setting::{Level, Origin, RawValue, Setting, split_list};

/// What the command line says.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    /// The commands, in order.
    pub(super) commands: Vec<String>,
    /// Settings without an environment in their name.
    pub(super) settings: Vec<Setting>,
    /// Settings of named environments, which are stronger than everything else.
    pub(super) environment_settings: Vec<Setting>,
    /// Options that exist on the command line only, without their dash.
    options: Vec<(String, String)>,
    /// Flags, without their dash.
    flags: Vec<String>,
}

/// Commands that work.
const COMMANDS: [&str; 9] = [
    "migrate", "info", "validate", "baseline", "repair", "clean", "undo", "help", "version",
];

/// Flags, in all their spellings.
const FLAGS: [&str; 11] = [
    "X",
    "q",
    "v",
    "-version",
    "h",
    "?",
    "-help",
    "skipCheckForUpdate",
    "migrationIds",
    "communityFallback",
    "suppressPrompt",
];

/// Options that take a value and exist on the command line only.
const OPTIONS: [&str; 11] = [
    "outputType",
    "outputFile",
    "outputLogsInJson",
    "configFiles",
    "configFileEncoding",
    "workingDirectory",
    "infoSinceDate",
    "infoUntilDate",
    "infoSinceVersion",
    "infoUntilVersion",
    "infoOfState",
];

const COMPARE: &str = "it compares and scripts whole databases, which is another kind of tool";
const ACCOUNT: &str = "there are no accounts and no licences";
const PROJECT: &str = "projects and scripts are not generated";

/// Commands of Flyway that do not exist here.
const REFUSED: [(&str, &str); 16] = [
    ("add", PROJECT),
    ("auth", ACCOUNT),
    ("check", COMPARE),
    ("deploy", COMPARE),
    ("diff", COMPARE),
    ("diffApply", COMPARE),
    ("diffText", COMPARE),
    ("generate", COMPARE),
    ("init", PROJECT),
    ("list-engines", "PostgreSQL and SQLite are built in"),
    ("listEngines", "PostgreSQL and SQLite are built in"),
    ("mcp", "there is no server mode"),
    ("model", COMPARE),
    ("prepare", COMPARE),
    ("snapshot", COMPARE),
    ("testConnection", "`info` tests the connection as well"),
];

/// Reads the words after the program's name; `extra_commands` are accepted as commands too.
pub(super) fn parse(words: &[String], extra_commands: &[&str]) -> Result<Arguments, ConfigError> {
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !word.trim().is_empty())
        .collect();
    let mut arguments = Arguments::default();
    let is_command = |word: &str| COMMANDS.contains(&word) || extra_commands.contains(&word);
    let mut index = 0;
    while let Some(word) = words.get(index).copied() {
        index += 1;
        let next = words.get(index).copied();
        let Some(option) = word.strip_prefix('-') else {
            if !is_command(word) {
                return Err(unknown_word(word));
            }
            arguments.commands.push(word.to_owned());
            continue;
        };
        if let Some((name, value)) = option.split_once('=') {
            arguments.add(name, value)?;
        } else if FLAGS.contains(&option) {
            arguments.flags.push(option.to_owned());
        } else if next == Some("=") {
            let option = word.to_owned();
            return Err(ConfigError::SpaceInOption { option });
        } else {
            let value = value_after(word, option, next, is_command)?;
            arguments.add(option, value)?;
            index += 1;
        }
    }
    Ok(arguments)
}

/// The value of `-key value`, or the reason why there is none.
fn value_after<'a>(
    word: &str,
    option: &str,
    next: Option<&'a str>,
    is_command: impl Fn(&str) -> bool,
) -> Result<&'a str, ConfigError> {
    let name = option.strip_prefix("flyway.").unwrap_or(option);
    let known = keys::find_anywhere(name);
    let is_known = known.is_some() || OPTIONS.contains(&name) || name.starts_with("environments.");
    if !is_known {
        return Err(invalid_option(word, next));
    }
    let is_bool = known.is_some_and(|key| key.kind == Kind::Bool);
    match next {
        Some(next) if !is_bool && !next.starts_with('-') && !is_command(next) => Ok(next),
        _ => Err(ConfigError::MissingValue {
            option: word.to_owned(),
        }),
    }
}

fn invalid_option(word: &str, next: Option<&str>) -> ConfigError {
    let hint = if next.is_some_and(|next| next.starts_with('.')) {
        Some("a shell may cut an option at a period; put it into double quotes".to_owned())
    } else {
        let known = FLAGS.iter().chain(&OPTIONS).copied();
        let name = word.trim_start_matches('-');
        keys::nearest(name)
            .or_else(|| keys::nearest_of(name, known))
            .map(|known| format!("did you mean `-{known}`?"))
    };
    ConfigError::InvalidWord {
        word: word.to_owned(),
        hint,
    }
}

fn unknown_word(word: &str) -> ConfigError {
    if let Some((command, reason)) = REFUSED.iter().find(|(command, _)| *command == word) {
        return ConfigError::RefusedCommand {
            command: (*command).to_owned(),
            reason,
        };
    }
    // Only the name is shown: the rest may be a password.
    let (name, hint) = if let Some((name, _)) = word.split_once('=') {
        (
            name,
            Some(format!("options start with a dash: `-{name}=…`")),
        )
    } else {
        let known = keys::nearest_of(word, COMMANDS.iter().copied());
        (word, known.map(|known| format!("did you mean `{known}`?")))
    };
    ConfigError::InvalidWord {
        word: name.to_owned(),
        hint,
    }
}

impl Arguments {
    fn add(&mut self, name: &str, value: &str) -> Result<(), ConfigError> {
        if let Some(rest) = name.strip_prefix("environments.") {
            return self.add_environment_setting(name, rest, value);
        }
        let name = name.strip_prefix("flyway.").unwrap_or(name);
        if name == "environments" {
            return Err(ConfigError::IncompleteEnvironmentOption {
                option: format!("-{name}"),
            });
        }
        if OPTIONS.contains(&name) {
            if self.options.iter().any(|(known, _)| known == name) {
                return Err(repeated(name));
            }
            self.options.push((name.to_owned(), value.to_owned()));
            return Ok(());
        }
        if self.settings.iter().any(|setting| setting.name == name) {
            return Err(repeated(name));
        }
        let origin = Origin::Argument(name.to_owned());
        self.settings
            .push(Setting::text(Level::Flyway, name, value, origin));
        Ok(())
    }

    fn add_environment_setting(
        &mut self,
        name: &str,
        rest: &str,
        value: &str,
    ) -> Result<(), ConfigError> {
        let Some((environment, key)) = rest.split_once('.').filter(|(_, key)| !key.is_empty())
        else {
            return Err(ConfigError::IncompleteEnvironmentOption {
                option: format!("-{name}"),
            });
        };
        let environment = environment.to_owned();
        let (level, key) = match key.strip_prefix("flyway.") {
            Some(key) => (Level::Override(environment), key),
            None => (Level::Environment(environment), key),
        };
        let setting = Setting::text(level, key, value, Origin::Argument(name.to_owned()));
        let known = &self.environment_settings;
        if known.iter().any(|other| other.origin == setting.origin) {
            return Err(repeated(name));
        }
        self.environment_settings.push(setting);
        Ok(())
    }

    fn flag(&self, spellings: &[&str]) -> bool {
        self.flags
            .iter()
            .any(|flag| spellings.contains(&flag.as_str()))
    }

    /// A command-line option that was given and is not empty.
    pub(super) fn option(&self, name: &str) -> Option<&str> {
        self.options
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// `-configFiles`.
    pub(super) fn config_files(&self) -> Vec<String> {
        self.option("configFiles").map_or_else(Vec::new, split_list)
    }

    /// `-workingDirectory`.
    pub(super) fn working_directory(&self) -> Option<PathBuf> {
        self.option("workingDirectory").map(PathBuf::from)
    }

    /// Whether help was asked for.
    pub(super) fn help(&self) -> bool {
        self.flag(&["h", "?", "-help"]) || self.commands.iter().any(|word| word == "help")
    }

    /// Whether the version was asked for.
    pub(super) fn version(&self) -> bool {
        self.flag(&["v", "-version"]) || self.commands.iter().any(|word| word == "version")
    }

    /// Whether less output was asked for; this is stronger than the wish for more.
    pub(super) fn quiet(&self) -> bool {
        self.flag(&["q"])
    }

    /// Whether more output was asked for.
    pub(super) fn debug(&self) -> bool {
        self.flag(&["X"]) && !self.quiet()
    }

    /// Whether `info` prints identifiers only.
    pub(super) fn migration_ids(&self) -> bool {
        self.flag(&["migrationIds"])
    }

    /// Whether the result is wanted as JSON.
    pub(super) fn output_type_json(&self) -> Result<bool, ConfigError> {
        match self.option("outputType") {
            None => Ok(false),
            Some(value) if value.eq_ignore_ascii_case("json") => Ok(true),
            Some(value) => Err(ConfigError::InvalidOptionValue {
                option: "outputType",
                value: value.to_owned(),
                expected: "`json`",
            }),
        }
    }

    /// Whether the lines of the log are wanted as JSON.
    pub(super) fn output_logs_in_json(&self) -> bool {
        self.option("outputLogsInJson")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Checks `-color`, whose empty value means the default.
    pub(super) fn drop_empty_color(&mut self) {
        let empty = RawValue::Text(String::new());
        self.settings
            .retain(|setting| setting.name != "color" || setting.value != empty);
    }
}

fn repeated(name: &str) -> ConfigError {
    ConfigError::RepeatedOption {
        option: format!("-{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &str) {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let found = match parse(&words, &["lint"]) {
            Ok(found) => {
                let settings = found.settings.iter().chain(&found.environment_settings);
                let settings = settings.map(|setting| {
                    let RawValue::Text(value) = &setting.value else {
                        panic!("{setting:?}")
                    };
                    format!("{}={value}", setting.full_name())
                });
                let options = found
                    .options
                    .iter()
                    .map(|(name, value)| format!("-{name}={value}"));
                let flags = found.flags.iter().map(|flag| format!("-{flag}"));
                let commands = found.commands.iter().cloned();
                commands
                    .chain(flags)
                    .chain(options)
                    .chain(settings)
                    .collect::<Vec<_>>()
                    .join(" ")
            }
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn words_are_sorted() {
        check("", "");
        check("migrate info", "migrate info");
        check("lint", "lint");
        check("-X -url=a=b migrate -q", "migrate -X -q flyway.url=a=b");
        check("-flyway.table=t info", "info flyway.table=t");
        check("-placeholders.a.b=c", "flyway.placeholders.a.b=c");
        check("-environments.dev.url=u", "environments.dev.url=u");
        check(
            "-environments.dev.flyway.table=t",
            "environments.dev.flyway.table=t",
        );
        check(
            "-outputType=json -workingDirectory=w",
            "-outputType=json -workingDirectory=w",
        );
        check("-v --version -? -h --help", "-v --version -? -h --help");
        check("-migrationIds info", "info -migrationIds");
    }

    #[test]
    fn a_value_may_follow_as_a_word() {
        check("-table t info", "info flyway.table=t");
        check("-placeholders.x y info", "info flyway.placeholders.x=y");
        check("-configFiles a,b info", "info -configFiles=a,b");
        check(
            "-environments.dev.url u info",
            "info environments.dev.url=u",
        );
        check("-table info", "error: the option `-table` needs a value");
        check("-table -X", "error: the option `-table` needs a value");
        check(
            "-outOfOrder true info",
            "error: the option `-outOfOrder` needs a value",
        );
        check("-table", "error: the option `-table` needs a value");
    }

    #[test]
    fn mistakes_are_named() {
        check(
            "-foo info",
            "error: `-foo` is neither a command nor an option",
        );
        check(
            "migrat",
            "error: `migrat` is neither a command nor an option",
        );
        check(
            "password=secret",
            "error: `password` is neither a command nor an option",
        );
        check(
            "-url = x",
            "error: `-url` is separated from its value by a space",
        );
        check(
            "-url=a -url=b",
            "error: the option `-url` is given more than once",
        );
        check(
            "-url=a -flyway.url=b",
            "error: the option `-url` is given more than once",
        );
        check(
            "-environments.dev=3",
            "error: `-environments.dev` must name both an environment and one of its settings",
        );
        check(
            "check -code",
            "error: the command `check` is not supported: it compares and scripts whole databases, which is another kind of tool",
        );
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let hint = |line: &str| parse(&words(line), &[]).expect_err(line).hint();
        assert_eq!(hint("migrat").as_deref(), Some("did you mean `migrate`?"));
        assert_eq!(
            hint("-locatons").as_deref(),
            Some("did you mean `-locations`?")
        );
        assert_eq!(
            hint("url=x").as_deref(),
            Some("options start with a dash: `-url=…`")
        );
        assert!(hint("-tabl .x").is_some_and(|hint| hint.contains("shell")));
    }

    #[test]
    fn quiet_is_stronger_than_debug() {
        let words = ["-X", "-q"].map(str::to_owned);
        let found = parse(&words, &[]).expect("flags");
        assert!(found.quiet() && !found.debug());
    }
}
