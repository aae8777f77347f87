//! The one table of all known settings.
//!
//! Everything that depends on a name is looked up here: the environment variable, the type, the
//! level of the configuration, and whether the setting works, is ignored or is refused.

use self::Kind::{Bool, Enumeration, Int, List, Map, Text};
use self::Place::{Environment, Flyway};
use self::Status::{Ignored, Refused, Removed, Silent, Supported};

/// The type of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`, in any case.
    Bool,
    /// A whole number.
    Int,
    /// Any text.
    Text,
    /// Texts, separated by commas where there is no array.
    List,
    /// Texts with names of their own, one level further down.
    Map,
    /// One of a few words.
    Enumeration(&'static [&'static str]),
}

/// What happens to a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It works.
    Supported,
    /// It changes nothing; a warning says why.
    Ignored(&'static str),
    /// It changes nothing and nobody needs to know.
    Silent,
    /// It would change what happens, so a value other than the empty one is an error.
    Refused(&'static str),
    /// Older versions knew it; the text says what to do now.
    Removed(&'static str),
}

/// The level of a TOML configuration where a setting lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `[flyway]`.
    Flyway,
    /// `[environments.<name>]`.
    Environment,
}

/// A known setting.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name without `flyway.`; for a map, the part before the dot.
    pub name: &'static str,
    /// The type of its value.
    pub kind: Kind,
    /// The environment variable, or the beginning of its name for a map.
    pub variable: Option<&'static str>,
    /// What happens to it.
    pub status: Status,
    /// Where it lives.
    pub place: Place,
}

const fn key(
    name: &'static str,
    kind: Kind,
    variable: &'static str,
    status: Status,
    place: Place,
) -> Key {
    let variable = if variable.is_empty() {
        None
    } else {
        Some(variable)
    };
    Key {
        name,
        kind,
        variable,
        status,
        place,
    }
}

const JAVA: &str = "Java classes cannot be run";
const PAID: &str = "it belongs to a licensed edition of Flyway";
const OTHER_DATABASE: &str = "it concerns another database";
const OTHER_COMMAND: &str = "it configures a command that does not exist here";
const RESOLVER: &str = "it configures a secrets manager, and those are not supported";
const BUILT_IN: &str = "the driver is built in";
const NO_OUTPUT: &str = "this kind of output does not exist here";
const PATTERNS: &str = "use `ignoreMigrationPatterns`, for example `*:missing`";
const CODE_RULES: &str = "remove it: rules are configured in the linter's own file";
const COLORS: &[&str] = &["auto", "always", "never"];
const PROVISION_MODES: &[&str] = &["provision", "skip"];

/// All known settings.
#[rustfmt::skip]
pub const KEYS: &[Key] = &[
    key("url", Text, "FLYWAY_URL", Supported, Environment),
    key("user", Text, "FLYWAY_USER", Supported, Environment),
    key("password", Text, "FLYWAY_PASSWORD", Supported, Environment),
    key("schemas", List, "FLYWAY_SCHEMAS", Supported, Environment),
    key("connectRetries", Int, "FLYWAY_CONNECT_RETRIES", Supported, Environment),
    key("connectRetriesInterval", Int, "FLYWAY_CONNECT_RETRIES_INTERVAL", Supported, Environment),
    key("initSql", Text, "FLYWAY_INIT_SQL", Supported, Environment),
    key("jdbcProperties", Map, "FLYWAY_JDBC_PROPERTIES_", Supported, Environment),
    key("provisioner", Text, "", Supported, Environment),
    key("driver", Text, "FLYWAY_DRIVER", Ignored(BUILT_IN), Environment),
    key("displayName", Text, "", Silent, Environment),
    // What a resolver is configured with does no harm; using one is refused where it is used.
    key("resolvers", Map, "", Silent, Environment),

    key("environment", Text, "", Supported, Flyway),
    key("locations", List, "FLYWAY_LOCATIONS", Supported, Flyway),
    key("callbackLocations", List, "FLYWAY_CALLBACK_LOCATIONS", Supported, Flyway),
    key("table", Text, "FLYWAY_TABLE", Supported, Flyway),
    key("tablespace", Text, "FLYWAY_TABLESPACE", Supported, Flyway),
    key("defaultSchema", Text, "FLYWAY_DEFAULT_SCHEMA", Supported, Flyway),
    key("createSchemas", Bool, "FLYWAY_CREATE_SCHEMAS", Supported, Flyway),
    key("encoding", Text, "FLYWAY_ENCODING", Supported, Flyway),
    key("detectEncoding", Bool, "FLYWAY_DETECT_ENCODING", Supported, Flyway),
    key("sqlMigrationPrefix", Text, "FLYWAY_SQL_MIGRATION_PREFIX", Supported, Flyway),
    key("repeatableSqlMigrationPrefix", Text, "FLYWAY_REPEATABLE_SQL_MIGRATION_PREFIX", Supported, Flyway),
    key("baselineMigrationPrefix", Text, "FLYWAY_BASELINE_MIGRATION_PREFIX", Supported, Flyway),
    key("undoSqlMigrationPrefix", Text, "FLYWAY_UNDO_SQL_MIGRATION_PREFIX", Supported, Flyway),
    key("sqlMigrationSeparator", Text, "FLYWAY_SQL_MIGRATION_SEPARATOR", Supported, Flyway),
    key("sqlMigrationSuffixes", List, "FLYWAY_SQL_MIGRATION_SUFFIXES", Supported, Flyway),
    key("validateMigrationNaming", Bool, "FLYWAY_VALIDATE_MIGRATION_NAMING", Supported, Flyway),
    key("failOnMissingLocations", Bool, "FLYWAY_FAIL_ON_MISSING_LOCATIONS", Supported, Flyway),
    key("cleanDisabled", Bool, "FLYWAY_CLEAN_DISABLED", Supported, Flyway),
    key("target", Text, "FLYWAY_TARGET", Supported, Flyway),
    key("cherryPick", List, "FLYWAY_CHERRY_PICK", Supported, Flyway),
    key("outOfOrder", Bool, "FLYWAY_OUT_OF_ORDER", Supported, Flyway),
    key("skipExecutingMigrations", Bool, "FLYWAY_SKIP_EXECUTING_MIGRATIONS", Supported, Flyway),
    key("validateOnMigrate", Bool, "FLYWAY_VALIDATE_ON_MIGRATE", Supported, Flyway),
    key("ignoreMigrationPatterns", List, "FLYWAY_IGNORE_MIGRATION_PATTERNS", Supported, Flyway),
    key("baselineOnMigrate", Bool, "FLYWAY_BASELINE_ON_MIGRATE", Supported, Flyway),
    key("baselineVersion", Text, "FLYWAY_BASELINE_VERSION", Supported, Flyway),
    key("baselineDescription", Text, "FLYWAY_BASELINE_DESCRIPTION", Supported, Flyway),
    key("group", Bool, "FLYWAY_GROUP", Supported, Flyway),
    key("mixed", Bool, "FLYWAY_MIXED", Supported, Flyway),
    key("executeInTransaction", Bool, "FLYWAY_EXECUTE_IN_TRANSACTION", Supported, Flyway),
    key("batch", Bool, "FLYWAY_BATCH", Ignored("statements share round trips anyway"), Flyway),
    key("stream", Bool, "FLYWAY_STREAM", Ignored("scripts are always read whole"), Flyway),
    key("outputQueryResults", Bool, "FLYWAY_OUTPUT_QUERY_RESULTS", Supported, Flyway),
    key("lockRetryCount", Int, "FLYWAY_LOCK_RETRY_COUNT", Supported, Flyway),
    key("postgresql.transactional.lock", Bool, "FLYWAY_POSTGRESQL_TRANSACTIONAL_LOCK", Silent, Flyway),
    key("placeholderReplacement", Bool, "FLYWAY_PLACEHOLDER_REPLACEMENT", Supported, Flyway),
    key("placeholders", Map, "FLYWAY_PLACEHOLDERS_", Supported, Flyway),
    key("placeholderPrefix", Text, "FLYWAY_PLACEHOLDER_PREFIX", Supported, Flyway),
    key("placeholderSuffix", Text, "FLYWAY_PLACEHOLDER_SUFFIX", Supported, Flyway),
    key("placeholderSeparator", Text, "FLYWAY_PLACEHOLDER_SEPARATOR", Supported, Flyway),
    key("scriptPlaceholderPrefix", Text, "FLYWAY_SCRIPT_PLACEHOLDER_PREFIX", Ignored("script migrations are not run"), Flyway),
    key("scriptPlaceholderSuffix", Text, "FLYWAY_SCRIPT_PLACEHOLDER_SUFFIX", Ignored("script migrations are not run"), Flyway),
    key("installedBy", Text, "FLYWAY_INSTALLED_BY", Supported, Flyway),
    key("dryRunOutput", Text, "FLYWAY_DRYRUN_OUTPUT", Supported, Flyway),
    key("skipDefaultCallbacks", Bool, "FLYWAY_SKIP_DEFAULT_CALLBACKS", Supported, Flyway),
    key("skipDefaultResolvers", Bool, "FLYWAY_SKIP_DEFAULT_RESOLVERS", Supported, Flyway),
    key("reportEnabled", Bool, "", Ignored("no report files are written"), Flyway),
    key("reportFilename", Text, "FLYWAY_REPORT_FILENAME", Silent, Flyway),
    key("color", Enumeration(COLORS), "", Supported, Flyway),

    key("errorOverrides", List, "FLYWAY_ERROR_OVERRIDES", Refused("errors of the database cannot be redefined"), Flyway),
    key("callbacks", List, "FLYWAY_CALLBACKS", Refused(JAVA), Flyway),
    key("migrationResolvers", List, "", Refused(JAVA), Flyway),
    key("resolvers", List, "FLYWAY_RESOLVERS", Refused(JAVA), Flyway),
    key("tags", Map, "", Refused("migrations cannot be selected by tags"), Flyway),
    key("provisionMode", Enumeration(PROVISION_MODES), "", Silent, Flyway),

    key("jarDirs", List, "FLYWAY_JAR_DIRS", Ignored(JAVA), Flyway),
    key("loggers", List, "FLYWAY_LOGGERS", Ignored("there is one logger"), Flyway),
    key("licenseKey", Text, "FLYWAY_LICENSE_KEY", Ignored("no licence is needed"), Flyway),
    key("email", Text, "FLYWAY_EMAIL", Ignored("no licence is needed"), Flyway),
    key("token", Text, "FLYWAY_TOKEN", Ignored("no licence is needed"), Flyway),
    key("offlinePermitPath", Text, "FLYWAY_OFFLINE_PERMIT_PATH", Ignored("no licence is needed"), Flyway),
    key("pipelineId", Text, "FLYWAY_PIPELINE_ID", Ignored(PAID), Flyway),
    key("publishResult", Bool, "FLYWAY_PUBLISH_RESULT", Ignored(PAID), Flyway),
    key("checkDriftOnMigrate", Bool, "FLYWAY_CHECK_DRIFT_ON_MIGRATE", Ignored(PAID), Flyway),
    key("communityDBSupportEnabled", Bool, "FLYWAY_COMMUNITY_DB_SUPPORT_DISABLED", Ignored(OTHER_DATABASE), Flyway),
    key("kerberosConfigFile", Text, "FLYWAY_KERBEROS_CONFIG_FILE", Ignored("Kerberos is configured for the system as a whole"), Flyway),
    key("powershellExecutable", Text, "FLYWAY_POWERSHELL_EXECUTABLE", Ignored("script migrations are not run"), Flyway),
    key("failOnMissingTarget", Bool, "", Ignored("write `?` after the target instead"), Flyway),
    key("outputType", Text, "", Ignored("only `-outputType=json` on the command line counts"), Flyway),
    key("outputProgress", Bool, "", Ignored(NO_OUTPUT), Flyway),
    key("outputLogsInJson", Bool, "", Ignored("log lines are text"), Flyway),
    key("configurations", Text, "FLYWAY_CONFIGURATIONS", Ignored("it concerns Gradle"), Flyway),
    key("schemaModelLocation", Text, "", Ignored(PAID), Flyway),
    key("schemaModelSchemas", List, "", Ignored(PAID), Flyway),
    key("propertyResolvers", Map, "", Ignored(RESOLVER), Flyway),

    key("add", Map, "", Ignored(OTHER_COMMAND), Flyway),
    key("check", Map, "", Ignored(OTHER_COMMAND), Flyway),
    key("deploy", Map, "", Ignored(OTHER_COMMAND), Flyway),
    key("diff", Map, "", Ignored(OTHER_COMMAND), Flyway),
    key("diffText", Map, "", Ignored(OTHER_COMMAND), Flyway),
    key("generate", Map, "", Ignored(OTHER_COMMAND), Flyway),
    key("init", Map, "", Ignored(OTHER_COMMAND), Flyway),
    key("mcp", Map, "", Ignored(OTHER_COMMAND), Flyway),
    key("model", Map, "", Ignored(OTHER_COMMAND), Flyway),
    key("prepare", Map, "", Ignored(OTHER_COMMAND), Flyway),
    key("snapshot", Map, "FLYWAY_SNAPSHOT_", Ignored(OTHER_COMMAND), Flyway),
    // The commands exist, the snapshots these namespaces ask for do not.
    key("migrate", Map, "", Ignored(PAID), Flyway),
    key("undo", Map, "", Ignored(PAID), Flyway),
    key("azureKeyVault", Map, "FLYWAY_AKV_", Ignored(RESOLVER), Flyway),
    key("dapr", Map, "FLYWAY_DAPR_", Ignored(RESOLVER), Flyway),
    key("gcsm", Map, "FLYWAY_GCSM_", Ignored(RESOLVER), Flyway),
    key("vault", Map, "FLYWAY_VAULT_", Ignored(RESOLVER), Flyway),
    key("bigquery", Map, "", Ignored(OTHER_DATABASE), Flyway),
    key("cassandra", Map, "", Ignored(OTHER_DATABASE), Flyway),
    key("clickhouse", Map, "FLYWAY_CLICKHOUSE_", Ignored(OTHER_DATABASE), Flyway),
    key("db2zos", Map, "FLYWAY_DB2Z_", Ignored(OTHER_DATABASE), Flyway),
    key("oracle", Map, "FLYWAY_ORACLE_", Ignored(OTHER_DATABASE), Flyway),
    key("sqlserver", Map, "FLYWAY_SQL_SERVER_", Ignored(OTHER_DATABASE), Flyway),

    key("ignoreMissingMigrations", Bool, "FLYWAY_IGNORE_MISSING_MIGRATIONS", Removed(PATTERNS), Flyway),
    key("ignoreIgnoredMigrations", Bool, "FLYWAY_IGNORE_IGNORED_MIGRATIONS", Removed("use `ignoreMigrationPatterns`, for example `*:ignored`"), Flyway),
    key("ignorePendingMigrations", Bool, "FLYWAY_IGNORE_PENDING_MIGRATIONS", Removed("use `ignoreMigrationPatterns`, for example `*:pending`"), Flyway),
    key("ignoreFutureMigrations", Bool, "FLYWAY_IGNORE_FUTURE_MIGRATIONS", Removed("use `ignoreMigrationPatterns`; `*:future` is its default"), Flyway),
    key("cleanOnValidationError", Bool, "FLYWAY_CLEAN_ON_VALIDATION_ERROR", Removed("call `clean` and `migrate` yourself"), Flyway),
    key("checkDisabled", Bool, "", Removed("remove it: `check` does not exist here"), Flyway),
    key("sqlMigrationSuffix", Text, "FLYWAY_SQL_MIGRATION_SUFFIX", Removed("use `sqlMigrationSuffixes`"), Flyway),
    key("initVersion", Text, "", Removed("use `baselineVersion`"), Flyway),
    key("initDescription", Text, "", Removed("use `baselineDescription`"), Flyway),
    key("initOnMigrate", Bool, "", Removed("use `baselineOnMigrate`"), Flyway),
    key("allowMixedMigrations", Bool, "", Removed("use `mixed`"), Flyway),
    key("ignoreFailedFutureMigration", Bool, "", Removed("use `ignoreMigrationPatterns`; `*:future` is its default"), Flyway),
    key("undoSqlMigrationSuffix", Text, "", Removed("use `sqlMigrationSuffixes`"), Flyway),
    key("oracleSqlplus", Bool, "", Removed("remove it: it concerns Oracle"), Flyway),
    key("plugins", Map, "FLYWAY_PLUGINS", Removed("remove it: the namespace was replaced by one for each plugin"), Flyway),
    key("check.majorTolerance", Int, "", Removed(CODE_RULES), Flyway),
    key("check.minorTolerance", Int, "", Removed(CODE_RULES), Flyway),
    key("check.majorRules", List, "", Removed(CODE_RULES), Flyway),
    key("check.minorRules", List, "", Removed(CODE_RULES), Flyway),
];

/// Finds a setting by its exact name; `placeholders.x` finds `placeholders`.
#[must_use]
pub fn find(name: &str, place: Place) -> Option<&'static Key> {
    let here = || KEYS.iter().filter(move |key| key.place == place);
    here()
        .find(|key| key.name == name && key.kind != Map)
        .or_else(|| here().find(|key| key.kind == Map && is_below(name, key.name)))
}

/// Finds a setting wherever it lives; the CONF form does not tell the two levels apart.
#[must_use]
pub fn find_anywhere(name: &str) -> Option<&'static Key> {
    // `resolvers` exists on both levels: as text it can only be the list of Java classes.
    find(name, Flyway).or_else(|| find(name, Environment))
}

/// Finds the setting an environment variable stands for, with its full name.
#[must_use]
pub fn find_variable(variable: &str) -> Option<(&'static Key, String)> {
    KEYS.iter().find_map(|key| {
        let known = key.variable?;
        if key.kind != Map {
            return (known == variable).then(|| (key, key.name.to_owned()));
        }
        let rest = variable.strip_prefix(known)?;
        (!rest.is_empty()).then(|| {
            // The one driver property that is known to be written in mixed case.
            let rest = match (key.name, rest) {
                ("jdbcProperties", "ACCESSTOKEN") => "accessToken".to_owned(),
                _ => rest.to_lowercase(),
            };
            (key, format!("{}.{rest}", key.name))
        })
    })
}

fn is_below(name: &str, map: &str) -> bool {
    name.strip_prefix(map)
        .and_then(|rest| rest.strip_prefix('.'))
        .is_some_and(|rest| !rest.is_empty())
}

/// The known name that looks most like an unknown one, if any looks like it.
#[must_use]
pub fn nearest(name: &str) -> Option<String> {
    let candidates = KEYS
        .iter()
        .filter(|key| !matches!(key.status, Removed(_) | Silent))
        .map(|key| key.name);
    nearest_of(name, candidates)
}

/// The environment variable that looks most like an unknown one.
#[must_use]
pub fn nearest_variable(name: &str) -> Option<String> {
    nearest_of(name, KEYS.iter().filter_map(|key| key.variable))
}

/// The word that looks most like the given one, if any looks like it.
#[must_use]
pub fn nearest_of<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    // Below this similarity a suggestion would confuse more than it helps.
    const THRESHOLD: f64 = 0.8;
    let lower = name.to_lowercase();
    let scored = candidates.map(|known| {
        let score = strsim::jaro_winkler(&lower, &known.to_lowercase());
        (score, known)
    });
    scored
        .filter(|(score, _)| *score >= THRESHOLD)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_variables_are_unique() {
        for (index, key) in KEYS.iter().enumerate() {
            for other in &KEYS[index + 1..] {
                assert!(
                    key.name != other.name || key.place != other.place,
                    "{}",
                    key.name
                );
                assert!(
                    key.variable.is_none() || key.variable != other.variable,
                    "{}",
                    key.name
                );
            }
        }
    }

    #[test]
    fn every_key_is_found_by_name_and_variable() {
        for key in KEYS {
            let name = if key.kind == Map {
                format!("{}.x", key.name)
            } else {
                key.name.to_owned()
            };
            assert_eq!(
                find(&name, key.place).map(|found| found.name),
                Some(key.name)
            );
            if let Some(variable) = key.variable {
                let variable = if key.kind == Map {
                    format!("{variable}X")
                } else {
                    variable.to_owned()
                };
                assert_eq!(
                    find_variable(&variable).map(|(found, _)| found.name),
                    Some(key.name)
                );
            }
        }
    }

    #[test]
    fn lookups() {
        let variables = [
            ("FLYWAY_PLACEHOLDERS_My_Name", Some("placeholders.my_name")),
            (
                "FLYWAY_JDBC_PROPERTIES_ACCESSTOKEN",
                Some("jdbcProperties.accessToken"),
            ),
            ("FLYWAY_PLACEHOLDERS_", None),
            ("FLYWAY_ENVIRONMENT", None),
            ("FLYWAY_REPORT_ENABLED", None),
        ];
        for (variable, expected) in variables {
            assert_eq!(
                find_variable(variable).map(|(_, name)| name).as_deref(),
                expected
            );
        }
        let near = [
            ("outOfOrdr", Some("outOfOrder")),
            ("OutOfOrder", Some("outOfOrder")),
            ("location", Some("locations")),
            ("-url", Some("url")),
            ("zzz", None),
        ];
        for (name, expected) in near {
            assert_eq!(nearest(name).as_deref(), expected, "{name}");
        }
        assert!(find("placeholders", Flyway).is_none());
        assert!(find("url", Flyway).is_none());
        assert!(find_anywhere("url").is_some());
    }
}
