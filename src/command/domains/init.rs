//! Writes the project's file: what was discovered, and new domains.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use super::error::DomainError;
use super::needs::undeclared;
use super::workspace::{Process, Workspace};
use crate::model::{DeclaredNeed, Dialect, Domain};
use crate::project::disk;
use crate::project::file::{self, FILE_NAME};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitResult {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// The domains in it.
    pub domains: Vec<Domain>,
}

/// Writes down the domains that are found below the working directory.
pub fn init(process: &Process, overwrite: bool) -> Result<InitResult, DomainError> {
    let path = process.directory.join(FILE_NAME);
    if path.exists() && !overwrite {
        return Err(
            DomainError::misuse(format!("{} exists already", path.display())).with_hint(
                "change it by hand, add domains with `stillway domain add`, or give --force",
            ),
        );
    }
    let mut domains = Workspace::discovered(&process.directory);
    let remarks = declare_needs(process, &mut domains);
    let text = document_with(&domains, &remarks);
    // What is written has to be what is read.
    let domains = file::read(&path, &text)?;
    disk::write_file(&path, &text).map_err(DomainError::words)?;
    Ok(InitResult {
        path,
        text,
        domains,
    })
}

/// Declares what the SQL of domains uses of others, where that makes no circle; gives the remarks on it
/// by domain.
fn declare_needs(process: &Process, domains: &mut [Domain]) -> BTreeMap<String, Vec<String>> {
    let mut remarks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let Ok(workspace) = Workspace::of(process.directory.clone(), domains.to_vec(), process.clone())
    else {
        return remarks;
    };
    for (name, need, finding) in undeclared(&workspace) {
        let Some(at) = domains.iter().position(|domain| domain.name == name) else {
            continue;
        };
        let place = finding.place.map(|place| format!("{place} "));
        let uses = finding.message.split(", but ").next().unwrap_or_default();
        let mut words = format!("# {}{uses}", place.unwrap_or_default());
        if leads_to(domains, &need.domain, &name) {
            let _ = write!(words, "; \"{need}\" would make a circle");
        } else {
            domains[at]
                .depends_on
                .push(DeclaredNeed { need, place: None });
        }
        remarks.entry(name).or_default().push(words);
    }
    remarks
}

/// Whether what a domain needs leads to another, whichever migrations it is about.
fn leads_to(domains: &[Domain], from: &str, to: &str) -> bool {
    let mut open = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            let own = domains.iter().filter(|domain| domain.name == name);
            let needs = own.flat_map(|domain| &domain.depends_on);
            open.extend(needs.map(|declared| declared.need.domain.as_str()));
        }
    }
    false
}

/// The text of a project's file with these domains.
pub(super) fn document(domains: &[Domain]) -> String {
    document_with(domains, &BTreeMap::new())
}

fn document_with(domains: &[Domain], remarks: &BTreeMap<String, Vec<String>>) -> String {
    let mut text = String::from(
        "# The domains of this project. Every key is described in docs/project.md of Stillway.\n\
         #\n\
         # What holds for all domains that say nothing else:\n\
         #\n\
         # [project]\n\
         # url_env = [\"DATABASE_URL\"]\n\
         # lock_timeout = \"2s\"\n\
         #\n\
         # What has to be there first: depends_on = [\"another\", \"another@0001\"]\n",
    );
    for domain in domains {
        text.push('\n');
        let of_needs = remarks.get(&domain.name).map(Vec::as_slice);
        text.push_str(&table_with(domain, of_needs.unwrap_or_default()));
    }
    text
}

/// The table of one domain, with remarks above it.
pub(super) fn table(domain: &Domain) -> String {
    table_with(domain, &[])
}

/// The same, with remarks on what it needs.
fn table_with(domain: &Domain, of_needs: &[String]) -> String {
    let mut text = remarks(domain);
    let _ = writeln!(text, "[domains.{}]", key(&domain.name));
    let mut line = |name: &str, value: toml::Value| {
        let _ = writeln!(text, "{name} = {value}");
    };
    line("dialect", domain.dialect.to_string().into());
    let directory = if domain.directory.is_empty() {
        "."
    } else {
        &domain.directory
    };
    line("directory", directory.into());
    if let Some(config) = &domain.config {
        line("config", config.clone().into());
    }
    if let Some(schema) = &domain.schema {
        line("schema", schema.clone().into());
    }
    if let Some(table) = &domain.history_table {
        line("history_table", table.clone().into());
    }
    if !domain.url_env.is_empty() {
        line("url_env", domain.url_env.clone().into());
    }
    let needs = domain.depends_on.iter();
    let needs: Vec<String> = needs.map(|declared| declared.need.to_string()).collect();
    for remark in of_needs {
        let _ = writeln!(text, "{remark}");
    }
    let mut line = |name: &str, value: toml::Value| {
        let _ = writeln!(text, "{name} = {value}");
    };
    line("depends_on", needs.into());
    match &domain.deprecated {
        None => {}
        Some(reason) if reason.is_empty() => line("deprecated", true.into()),
        Some(reason) => line("deprecated", reason.clone().into()),
    }
    text
}

/// How a remark on the URL begins.
pub(super) const URL_REMARK: &str = "# The URL comes from ";

/// Where the URL comes from, where the table does not say.
pub(super) fn remarks(domain: &Domain) -> String {
    if domain.url.is_some() || !domain.url_env.is_empty() {
        return String::new();
    }
    let variables = domain.usual_variables().join(", else ");
    let source = match domain.dialect {
        Dialect::Alembic => "env.py".to_owned(),
        Dialect::Flyway => format!("Flyway's configuration, else {variables}"),
        Dialect::Native => variables,
    };
    format!("{URL_REMARK}{source}, unless url or url_env is set.\n")
}

/// A key as it is written.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.chars().all(bare) {
        name.to_owned()
    } else {
        toml::Value::from(name).to_string()
    }
}
