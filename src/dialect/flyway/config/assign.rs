//! Turns the merged settings into the typed fields of the configuration.

use std::path::PathBuf;

use super::error::ConfigError;
use super::setting::{RawValue, Setting, split_list};
use super::{Color, FlywayConfig, Secret};

/// Puts one setting, whose references are resolved, into its field.
pub(super) fn assign(config: &mut FlywayConfig, setting: &Setting) -> Result<(), ConfigError> {
    let name = setting.name.as_str();
    if let Some(field) = bool_field(config, name) {
        *field = read_bool(setting)?;
    } else if let Some(field) = text_field(config, name) {
        *field = read_text(setting)?;
    } else if let Some(field) = optional_field(config, name) {
        *field = non_empty(read_text(setting)?);
    } else if let Some(field) = list_field(config, name) {
        *field = read_list(setting)?;
    } else if let Some(placeholder) = name.strip_prefix("placeholders.") {
        let value = read_text(setting)?;
        config.placeholders.insert(placeholder.to_owned(), value);
    } else if let Some(property) = name.strip_prefix("jdbcProperties.") {
        let value = Secret::new(read_text(setting)?);
        config.jdbc_properties.insert(property.to_owned(), value);
    } else {
        assign_special(config, setting)?;
    }
    Ok(())
}

fn assign_special(config: &mut FlywayConfig, setting: &Setting) -> Result<(), ConfigError> {
    match setting.name.as_str() {
        "url" => config.url = non_empty(read_text(setting)?).map(Secret::new),
        // An empty password is a password.
        "password" => config.password = Some(Secret::new(read_text(setting)?)),
        "connectRetries" => config.connect_retries = read_count(setting)?,
        "connectRetriesInterval" => config.connect_retries_interval = read_count(setting)?,
        "lockRetryCount" => config.lock_retry_count = read_int(setting)?,
        "dryRunOutput" => {
            config.dry_run_output = non_empty(read_text(setting)?).map(PathBuf::from);
        }
        "color" => {
            config.color = match read_text(setting)?.as_str() {
                "auto" => Color::Auto,
                "always" => Color::Always,
                "never" => Color::Never,
                _ => return Err(invalid(setting, "`auto`, `always` or `never`")),
            }
        }
        // Everything else is known and has no field.
        _ => {}
    }
    Ok(())
}

fn bool_field<'a>(config: &'a mut FlywayConfig, name: &str) -> Option<&'a mut bool> {
    Some(match name {
        "detectEncoding" => &mut config.detect_encoding,
        "validateMigrationNaming" => &mut config.validate_migration_naming,
        "failOnMissingLocations" => &mut config.fail_on_missing_locations,
        "skipDefaultCallbacks" => &mut config.skip_default_callbacks,
        "skipDefaultResolvers" => &mut config.skip_default_resolvers,
        "createSchemas" => &mut config.create_schemas,
        "outOfOrder" => &mut config.out_of_order,
        "validateOnMigrate" => &mut config.validate_on_migrate,
        "skipExecutingMigrations" => &mut config.skip_executing_migrations,
        "baselineOnMigrate" => &mut config.baseline_on_migrate,
        "cleanDisabled" => &mut config.clean_disabled,
        "group" => &mut config.group,
        "mixed" => &mut config.mixed,
        "executeInTransaction" => &mut config.execute_in_transaction,
        "placeholderReplacement" => &mut config.placeholder_replacement,
        "outputQueryResults" => &mut config.output_query_results,
        _ => return None,
    })
}

fn text_field<'a>(config: &'a mut FlywayConfig, name: &str) -> Option<&'a mut String> {
    Some(match name {
        "encoding" => &mut config.encoding,
        "sqlMigrationPrefix" => &mut config.sql_migration_prefix,
        "repeatableSqlMigrationPrefix" => &mut config.repeatable_sql_migration_prefix,
        "baselineMigrationPrefix" => &mut config.baseline_migration_prefix,
        "undoSqlMigrationPrefix" => &mut config.undo_sql_migration_prefix,
        "sqlMigrationSeparator" => &mut config.sql_migration_separator,
        "table" => &mut config.table,
        "baselineVersion" => &mut config.baseline_version,
        "baselineDescription" => &mut config.baseline_description,
        "placeholderPrefix" => &mut config.placeholder_prefix,
        "placeholderSuffix" => &mut config.placeholder_suffix,
        "placeholderSeparator" => &mut config.placeholder_separator,
        _ => return None,
    })
}

fn optional_field<'a>(config: &'a mut FlywayConfig, name: &str) -> Option<&'a mut Option<String>> {
    Some(match name {
        "user" => &mut config.user,
        "defaultSchema" => &mut config.default_schema,
        "initSql" => &mut config.init_sql,
        "tablespace" => &mut config.tablespace,
        "installedBy" => &mut config.installed_by,
        "target" => &mut config.target,
        _ => return None,
    })
}

fn list_field<'a>(config: &'a mut FlywayConfig, name: &str) -> Option<&'a mut Vec<String>> {
    Some(match name {
        "schemas" => &mut config.schemas,
        "locations" => &mut config.locations,
        "callbackLocations" => &mut config.callback_locations,
        "sqlMigrationSuffixes" => &mut config.sql_migration_suffixes,
        "cherryPick" => &mut config.cherry_pick,
        "ignoreMigrationPatterns" => &mut config.ignore_migration_patterns,
        _ => return None,
    })
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn read_bool(setting: &Setting) -> Result<bool, ConfigError> {
    let (RawValue::Text(text)
    | RawValue::Scalar {
        text,
        type_name: "boolean" | "string",
    }) = &setting.value
    else {
        return Err(invalid(setting, "`true` or `false`"));
    };
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(invalid(setting, "`true` or `false`")),
    }
}

fn read_int(setting: &Setting) -> Result<i64, ConfigError> {
    let number = match &setting.value {
        RawValue::Text(text) | RawValue::Scalar { text, .. } => text.parse::<i32>().ok(),
        RawValue::List(_) | RawValue::Nested => None,
    };
    number
        .map(i64::from)
        .ok_or_else(|| invalid(setting, "a whole number"))
}

fn read_count(setting: &Setting) -> Result<u32, ConfigError> {
    u32::try_from(read_int(setting)?).map_err(|_| invalid(setting, "0 or greater"))
}

/// The text of a single value; numbers and booleans keep their spelling.
pub(super) fn read_text(setting: &Setting) -> Result<String, ConfigError> {
    match &setting.value {
        RawValue::Text(text) | RawValue::Scalar { text, .. } => Ok(text.clone()),
        RawValue::List(_) | RawValue::Nested => Err(invalid(setting, "a single text")),
    }
}

fn read_list(setting: &Setting) -> Result<Vec<String>, ConfigError> {
    match &setting.value {
        // An empty suffix is a suffix: it fits files without an ending.
        RawValue::Text(text) if setting.name == "sqlMigrationSuffixes" => {
            Ok(text.split(',').map(|item| item.trim().to_owned()).collect())
        }
        RawValue::Text(text) => Ok(split_list(text)),
        RawValue::List(items) => Ok(items.clone()),
        RawValue::Scalar { .. } | RawValue::Nested => {
            Err(invalid(setting, "a list of texts, like `[\"a\", \"b\"]`"))
        }
    }
}

/// An error about the value of a setting; only settings without secrets can get here.
fn invalid(setting: &Setting, expected: &str) -> ConfigError {
    let value = match &setting.value {
        _ if is_secret(&setting.name) => "****".to_owned(),
        RawValue::Text(text) | RawValue::Scalar { text, .. } => text.clone(),
        RawValue::List(items) => format!("[{}]", items.join(", ")),
        RawValue::Nested => "a nested list".to_owned(),
    };
    ConfigError::InvalidValue {
        name: setting.full_name(),
        value,
        expected: expected.to_owned(),
        origin: setting.origin.clone(),
    }
}

fn is_secret(name: &str) -> bool {
    matches!(name, "url" | "password" | "token" | "licenseKey")
        || name.starts_with("jdbcProperties.")
}
