//! Changes the project's file, and keeps its comments and its form.

use std::path::PathBuf;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value, value};

use super::convert::{ConvertResult, ORIGINAL};
use super::error::DomainError;
use super::init::{URL_REMARK, document, remarks};
use super::workspace::Workspace;
use crate::model::{Dialect, Domain, LegacyHistory};
use crate::project::disk;
use crate::project::file::{self, FILE_NAME};

/// What a conversion changes of a domain's entry.
#[derive(Debug, Clone)]
pub(super) struct Converted {
    /// The dialect that it has now.
    pub(super) dialect: Dialect,
    /// Where its files are now.
    pub(super) directory: String,
    /// The schema of its history table.
    pub(super) schema: Option<String>,
    /// Schemas in which names are looked for.
    pub(super) search_path: Option<String>,
    /// Histories of what it was converted from.
    pub(super) legacy: Vec<LegacyHistory>,
    /// Domains that it has taken in, which are domains no more.
    pub(super) joined: Vec<String>,
}

/// Where a domain keeps its history before it is converted.
pub(super) fn history_of(
    workspace: &Workspace,
    domain: &Domain,
) -> Result<LegacyHistory, DomainError> {
    let (schema, table) = workspace.driver(domain)?.history()?;
    Ok(LegacyHistory {
        dialect: domain.dialect,
        directory: Some(domain.directory.clone()),
        schema,
        table,
    })
}

/// Writes into the project's file what a conversion has made of a domain, and of those that have
/// joined it; gives its path.
pub fn record_conversion(
    workspace: &Workspace,
    result: &ConvertResult,
    joined: &[String],
) -> Result<PathBuf, DomainError> {
    let domain = workspace.domain(&result.domain)?;
    let own = history_of(workspace, domain)?;
    let native = result.to == Dialect::Native;
    let mut legacy = vec![own.clone()];
    for name in joined {
        legacy.push(history_of(workspace, workspace.domain(name)?)?);
    }
    if !result.moved.is_empty() {
        // Flyway finds its files where they are now; Alembic's need what was left beside the old place.
        let original = result.directory.join(ORIGINAL);
        for history in legacy.iter_mut().filter(|h| h.dialect == Dialect::Flyway) {
            let below = history
                .directory
                .take()
                .filter(|directory| *directory != domain.directory)
                .unwrap_or_default();
            let folder = original.join(below);
            history.directory = Some(
                folder
                    .to_string_lossy()
                    .trim_end_matches('/')
                    .replace('\\', "/"),
            );
        }
    }
    let setting = |name: &str| result.settings.get(name).cloned();
    let converted = Converted {
        dialect: result.to,
        directory: result.directory.to_string_lossy().replace('\\', "/"),
        schema: setting("schema").or(if native {
            own.schema.clone()
        } else {
            domain.schema.clone()
        }),
        search_path: setting("search_path"),
        legacy: if native { legacy } else { Vec::new() },
        joined: joined.to_vec(),
    };
    update(workspace, &result.domain, &converted)
}

/// Writes a converted domain into the project's file; gives its path.
pub(super) fn update(
    workspace: &Workspace,
    domain: &str,
    converted: &Converted,
) -> Result<PathBuf, DomainError> {
    let path = workspace.root.join(FILE_NAME);
    let text = match &workspace.file {
        Some(path) => {
            let bytes = disk::read_file(path)
                .transpose()
                .map_err(DomainError::words)?;
            String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
        }
        None => document(&workspace.domains),
    };
    let changed = changed(&text, domain, converted).ok_or_else(|| {
        DomainError::words(format!("{} has no domain `{domain}`", path.display()))
    })?;
    // What is written has to be what is read.
    file::read(&path, &changed)?;
    disk::write_file(&path, &changed).map_err(DomainError::words)?;
    Ok(path)
}

fn changed(text: &str, domain: &str, converted: &Converted) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    let domains = document.get_mut("domains")?.as_table_mut()?;
    let mut heading = String::new();
    for joined in &converted.joined {
        let is_first = domains
            .iter()
            .next()
            .is_some_and(|(name, _)| name == joined);
        if let Some(removed) = domains.remove(joined)
            && is_first
        {
            // What stands above the first table is the heading of the file.
            let above = prefix(&removed);
            let end = above.rfind("\n\n").map_or(0, |at| at + 1);
            heading.push_str(&above[..end]);
        }
    }
    if !heading.is_empty()
        && let Some((_, first)) = domains.iter_mut().next()
        && let Some(first_table) = first.as_table_mut()
    {
        let own = first_table.decor().prefix().and_then(|raw| raw.as_str());
        let whole = format!(
            "{heading}\n{}",
            own.unwrap_or_default().trim_start_matches('\n')
        );
        first_table.decor_mut().set_prefix(whole);
    }
    let gone = |need: &str| {
        let name = need.split('@').next().unwrap_or(need);
        converted.joined.iter().any(|joined| joined == name)
    };
    // What needed one that was taken in needs the one that took it in.
    for (name, item) in domains.iter_mut() {
        let own = name.get() == domain;
        let Some(needs) = item.get_mut("depends_on").and_then(Item::as_array_mut) else {
            continue;
        };
        let mut kept = Array::new();
        for need in needs.iter().filter_map(Value::as_str) {
            if !gone(need) {
                kept.push(need);
            } else if !own && !kept.iter().any(|other| other.as_str() == Some(domain)) {
                kept.push(domain);
            }
        }
        *needs = kept;
    }
    let table = domains.get_mut(domain)?.as_table_mut()?;
    let above = table.decor().prefix().and_then(|raw| raw.as_str());
    let above = above.unwrap_or_default().lines();
    let kept: Vec<&str> = above.filter(|line| !line.starts_with(URL_REMARK)).collect();
    let mut above = kept.join("\n");
    above.push('\n');
    above.push_str(&remarks(&Domain {
        url_env: table
            .get("url_env")
            .or(table.get("url"))
            .map(|_| vec![String::new()])
            .unwrap_or_default(),
        ..Domain::new(domain, converted.dialect, "")
    }));
    table.decor_mut().set_prefix(above);
    table.insert("dialect", value(converted.dialect.to_string()));
    table.insert("directory", value(&converted.directory));
    table.remove("config");
    table.remove("history_table");
    set(table, "schema", converted.schema.as_deref());
    set(table, "search_path", converted.search_path.as_deref());
    table.remove("legacy");
    if !converted.legacy.is_empty() {
        table.insert(
            "legacy",
            Item::Value(Value::Array(legacy(&converted.legacy))),
        );
    }
    Some(document.to_string())
}

fn prefix(item: &Item) -> String {
    let decor = item.as_table().map(Table::decor);
    let raw = decor
        .and_then(|decor| decor.prefix())
        .and_then(|raw| raw.as_str());
    raw.unwrap_or_default().to_owned()
}

fn set(table: &mut Table, key: &str, text: Option<&str>) {
    match text {
        Some(text) => {
            table.insert(key, value(text));
        }
        None => {
            table.remove(key);
        }
    }
}

fn legacy(histories: &[LegacyHistory]) -> Array {
    let mut array = Array::new();
    for history in histories {
        let mut table = InlineTable::new();
        table.insert("dialect", history.dialect.to_string().into());
        for (key, text) in [
            ("directory", &history.directory),
            ("schema", &history.schema),
            ("table", &history.table),
        ] {
            if let Some(text) = text {
                let text = if text.is_empty() { "." } else { text };
                table.insert(key, text.into());
            }
        }
        array.push_formatted(Value::InlineTable(table).decorated("\n    ", ""));
    }
    array.set_trailing("\n");
    array.set_trailing_comma(true);
    array
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_other_domains_stay_as_they_are() {
        let text = "# ours\n\n# The URL comes from somewhere.\n[domains.old]\ndialect = \"flyway\"\ndirectory = \"old\"\n\n[domains.users] # the new one\ndialect = \"alembic\" # for now\ndirectory = \"users\"\ndepends_on = [\"old@3\", \"auth\"]\n\n# legacy\n[domains.auth]\ndialect = \"alembic\"\ndirectory = \"auth\"\n\n[domains.shop]\ndialect = \"native\"\ndirectory = \"shop\"\ndepends_on = [\"old\"]\n";
        let history = |dialect, directory: &str, schema: Option<&str>| LegacyHistory {
            dialect,
            directory: Some(directory.to_owned()),
            schema: schema.map(str::to_owned),
            table: None,
        };
        let converted = Converted {
            dialect: Dialect::Native,
            directory: "users_native".to_owned(),
            schema: Some("users".to_owned()),
            search_path: None,
            legacy: vec![
                history(Dialect::Alembic, "users", Some("users")),
                history(Dialect::Flyway, "old", None),
            ],
            joined: vec!["old".to_owned()],
        };
        assert_eq!(
            changed(text, "users", &converted).expect("changes"),
            "# ours\n\n# The URL comes from USERS_DATABASE_URL, else DATABASE_URL, unless url or url_env is set.\n[domains.users] # the new one\ndialect = \"native\"\ndirectory = \"users_native\"\ndepends_on = [\"auth\"]\nschema = \"users\"\nlegacy = [\n    { dialect = \"alembic\", directory = \"users\", schema = \"users\" },\n    { dialect = \"flyway\", directory = \"old\" },\n]\n\n# legacy\n[domains.auth]\ndialect = \"alembic\"\ndirectory = \"auth\"\n\n[domains.shop]\ndialect = \"native\"\ndirectory = \"shop\"\ndepends_on = [\"users\"]\n"
        );
    }
}
