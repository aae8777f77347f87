//! Settings from environment variables.
//!
//! Upper-case names follow the fixed table of known settings. A TOML configuration also reads
//! `flyway_<key>` and `environments_<name>_<key>`, in which an underscore stands for a dot.

use std::collections::BTreeMap;

use super::keys;
use super::setting::{Level, Origin, Setting};

/// What the environment variables say.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// Settings, the upper-case forms first.
    pub(super) settings: Vec<Setting>,
    /// Remarks about variables without effect.
    pub(super) warnings: Vec<String>,
}

/// Names that start with `FLYWAY_` and are no settings: start scripts and images set them.
const NO_SETTINGS: [&str; 13] = [
    "FLYWAY_CLI_VERSION",
    "FLYWAY_CONFIG_FILES",
    "FLYWAY_CONFIG_FILE_ENCODING",
    "FLYWAY_EDITION",
    "FLYWAY_ENV_NATIVE_SQLFLUFF",
    "FLYWAY_HOME",
    "FLYWAY_JAVA_ARGS",
    "FLYWAY_JAVA_CMD",
    "FLYWAY_LOG_DEBUG_CONFIGURATION_MAP",
    "FLYWAY_NATIVE_CONNECTORS",
    "FLYWAY_SUPPRESS_TELEMETRY",
    "FLYWAY_TELEMETRY",
    "FLYWAY_VERSION",
];

/// Reads the variables; `with_lower_case` for a TOML configuration.
pub(super) fn read(environment: &BTreeMap<String, String>, with_lower_case: bool) -> Variables {
    let mut variables = Variables::default();
    for (name, value) in environment {
        if name.starts_with("FLYWAY_") && !NO_SETTINGS.contains(&name.as_str()) {
            variables.upper_case(name, value);
        }
    }
    if with_lower_case {
        for (name, value) in environment {
            if let Some(key) = name.strip_prefix("flyway_") {
                variables.lower_case(key, name, value);
            } else if let Some(rest) = name.strip_prefix("environments_") {
                variables.environment_key(rest, name, value);
            }
        }
    }
    variables
}

impl Variables {
    fn upper_case(&mut self, name: &str, value: &str) {
        let origin = Origin::Variable(name.to_owned());
        if let Some((_, key)) = keys::find_variable(name) {
            self.settings
                .push(Setting::text(Level::Flyway, &key, value, origin));
            return;
        }
        let advice = match name {
            "FLYWAY_ENVIRONMENT" => Some("flyway_environment".to_owned()),
            "FLYWAY_REPORT_ENABLED" => Some("flyway_reportEnabled".to_owned()),
            _ => keys::nearest_variable(name),
        };
        let advice = advice.map_or(String::new(), |known| format!(", did you mean `{known}`?"));
        self.warnings.push(format!(
            "the variable `{name}` is no setting and has no effect{advice}"
        ));
    }

    fn lower_case(&mut self, key: &str, name: &str, value: &str) {
        let origin = Origin::Variable(name.to_owned());
        let upper = name.to_uppercase();
        let by_table = upper
            .starts_with("FLYWAY_JDBC_PROPERTIES_")
            .then(|| keys::find_variable(&upper))
            .flatten();
        let key = match (by_table, key.strip_prefix("placeholders_")) {
            (Some((_, key)), _) => key,
            // The name of a placeholder may hold an underscore; below it nothing is nested.
            (None, Some(placeholder)) => format!("placeholders.{placeholder}"),
            (None, None) => key.replace('_', "."),
        };
        let older = self.settings.iter().position(|setting| setting.name == key);
        if let Some(older) = older {
            let older = self.settings.remove(older);
            self.warnings.push(format!(
                "`{name}` is used and not the other spelling ({})",
                older.origin
            ));
        }
        self.settings
            .push(Setting::text(Level::Flyway, &key, value, origin));
    }

    fn environment_key(&mut self, rest: &str, name: &str, value: &str) {
        let Some((environment, key)) = rest.split_once('_') else {
            return;
        };
        let origin = Origin::Variable(name.to_owned());
        let key = key.replace('_', ".");
        let (level, key) = match key.strip_prefix("flyway.") {
            Some(key) => (Level::Override(environment.to_owned()), key),
            None => (Level::Environment(environment.to_owned()), key.as_str()),
        };
        self.settings.push(Setting::text(level, key, value, origin));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(variables: &[(&str, &str)], toml: bool, expected: &[&str], warnings: usize) {
        let environment = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let found = read(&environment, toml);
        let settings: Vec<String> = found
            .settings
            .iter()
            .map(|setting| format!("{} = {:?}", setting.full_name(), setting.value))
            .collect();
        assert_eq!(settings, expected);
        assert_eq!(found.warnings.len(), warnings, "{:?}", found.warnings);
    }

    #[test]
    fn upper_case_names_follow_the_table() {
        let variables = [
            ("FLYWAY_DRYRUN_OUTPUT", "o"),
            ("FLYWAY_PLACEHOLDERS_Name", "n"),
            ("FLYWAY_POSTGRESQL_TRANSACTIONAL_LOCK", "false"),
            ("FLYWAY_URL", "u"),
            ("FLYWAY_CONFIG_FILES", "c"),
            ("FLYWAY_HOME", "h"),
            ("PATH", "p"),
        ];
        let expected = [
            "flyway.dryRunOutput = Text(\"o\")",
            "flyway.placeholders.name = Text(\"n\")",
            "flyway.postgresql.transactional.lock = Text(\"false\")",
            "flyway.url = Text(\"u\")",
        ];
        check(&variables, true, &expected, 0);
        check(&variables, false, &expected, 0);
    }

    #[test]
    fn unknown_names_are_remarked_upon() {
        check(
            &[("FLYWAY_ENVIRONMENT", "x"), ("FLYWAY_LOCATION", "y")],
            true,
            &[],
            2,
        );
    }

    #[test]
    fn lower_case_names_count_in_toml_only() {
        let variables = [
            ("FLYWAY_TABLE", "up"),
            ("environments_dev_jdbcProperties_a", "p"),
            ("environments_dev_flyway_table", "o"),
            ("environments_dev_url", "u"),
            ("flyway_placeholders_a_b", "1"),
            ("flyway_postgresql_transactional_lock", "false"),
            ("flyway_table", "low"),
        ];
        let expected = [
            "environments.dev.flyway.table = Text(\"o\")",
            "environments.dev.jdbcProperties.a = Text(\"p\")",
            "environments.dev.url = Text(\"u\")",
            "flyway.placeholders.a_b = Text(\"1\")",
            "flyway.postgresql.transactional.lock = Text(\"false\")",
            "flyway.table = Text(\"low\")",
        ];
        check(&variables, true, &expected, 1);
        check(&variables, false, &["flyway.table = Text(\"up\")"], 0);
    }
}
