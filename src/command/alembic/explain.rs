//! What was inferred, and where it comes from.

use super::failure::Failure;
use super::project::{Project, Reporter};
use crate::database::url::{SqlAlchemyUrl, redact};
use crate::dialect::alembic::settings::{Inferred, Mode};

fn line<T>(name: &str, value: &Inferred<T>, show: impl Fn(&T) -> String) -> String {
    match value {
        Inferred::Default(value) => format!("{name} = {}", show(value)),
        Inferred::Set(value, place) if place.line == 0 => {
            format!("{name} = {}  # {}", show(value), place.path.display())
        }
        Inferred::Set(value, place) => format!("{name} = {}  # {place}", show(value)),
        Inferred::Unknown(unknown) => format!(
            "{name} is unknown  # {}: it comes from {}",
            unknown.place, unknown.reason
        ),
    }
}

/// Prints every inferred value and its origin.
pub fn explain(project: &Project, reporter: &mut dyn Reporter) -> Result<(), Failure> {
    let settings = project.settings(Mode::Online)?;
    let optional = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let flag = |value: &bool| value.to_string();
    let url = |value: &Option<String>| {
        value.as_deref().map_or_else(
            || "none".to_owned(),
            |url| SqlAlchemyUrl::parse(url).map_or_else(|_| redact(url), |url| url.shown),
        )
    };
    reporter.print(&format!("ini = {}", project.config.ini_path.display()));
    reporter.print(&format!("section = {}", project.config.section));
    reporter.print(&format!(
        "script_location = {}",
        project.script_directory.display()
    ));
    for location in &project.version_locations {
        reporter.print(&format!("version_location = {}", location.display()));
    }
    for line in [
        line("url", &settings.url, url),
        line("version_table", &settings.version_table, String::clone),
        line(
            "version_table_schema",
            &settings.version_table_schema,
            optional,
        ),
        line("version_table_pk", &settings.version_table_pk, flag),
        line(
            "transaction_per_migration",
            &settings.transaction_per_migration,
            flag,
        ),
        line("transactional_ddl", &settings.transactional_ddl, |value| {
            value.map_or_else(|| "by database".to_owned(), |value| value.to_string())
        }),
        line("literal_binds", &settings.literal_binds, flag),
        line("paramstyle", &settings.paramstyle, optional),
        line("include_schemas", &settings.include_schemas, flag),
        line("render_as_batch", &settings.render_as_batch, flag),
        line("compare_type", &settings.compare_type, flag),
        line(
            "compare_server_default",
            &settings.compare_server_default,
            flag,
        ),
        line(
            "naming_convention",
            &settings.naming_convention,
            |convention| {
                let pairs: Vec<String> = convention
                    .iter()
                    .map(|(key, form)| format!("{key}: {form}"))
                    .collect();
                format!("{{{}}}", pairs.join(", "))
            },
        ),
    ] {
        reporter.print(&line);
    }
    for lookup in &settings.lookups {
        let found = if lookup.found { "set" } else { "not set" };
        reporter.print(&format!(
            "environment variable {} is {found}  # {}",
            lookup.name, lookup.place
        ));
    }
    for (sql, place) in &settings.statements {
        reporter.print(&format!("env.py runs: {}  # {place}", sql.trim()));
    }
    for (words, place) in &settings.remarks {
        reporter.print(&format!("{words}  # {place}"));
    }
    Ok(())
}
