//! Modules beside revisions in Python, which these import: what they hold is part of what a revision does.

use std::collections::{BTreeMap, BTreeSet};

use super::files::ModuleFolders;
use super::project::Project;
use crate::dialect::alembic::settings::Modules as _;
use crate::verify::{MODULE, short_digest};

/// Looks modules up that lie beside the revisions.
pub(super) struct Imports {
    folders: ModuleFolders,
}

impl Imports {
    pub(super) fn of(project: &Project) -> Self {
        let beside = project.version_locations.iter().cloned();
        Self {
            folders: ModuleFolders::new(beside.chain([project.script_directory.clone()])),
        }
    }

    /// Digests of the modules that a source imports, and of those that these import, by name.
    pub(super) fn of_source(&self, text: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let mut open: BTreeSet<String> = imported(text).collect();
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop_first() {
            if !seen.insert(name.clone()) {
                continue;
            }
            if let Some((_, text)) = self.folders.find(&name) {
                open.extend(imported(&text));
                found.insert(format!("{MODULE}{name}"), digest(&text));
            }
        }
        found
    }

    /// Digests as they are now of modules that are known to be imported.
    pub(super) fn again(&self, known: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        known
            .keys()
            .map(|name| {
                let module = name.strip_prefix(MODULE).unwrap_or(name);
                let text = self.folders.find(module).map(|(_, text)| digest(&text));
                (name.clone(), text.unwrap_or_else(|| "none".to_owned()))
            })
            .collect()
    }
}

/// Line ends make no difference to Python.
fn digest(text: &str) -> String {
    short_digest(&text.replace("\r\n", "\n"))
}

/// Names after `import` and `from` at the beginning of lines, and what could be modules in packages.
fn imported(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().flat_map(|line| {
        let line = line.trim_start();
        let mut names = Vec::new();
        if let Some(rest) = line.strip_prefix("from ") {
            let (package, members) = rest.split_once(" import ").unwrap_or((rest, ""));
            let package = package.trim().trim_start_matches('.');
            names.push(package.to_owned());
            let members = members.split('#').next().unwrap_or_default();
            names.extend(members.split(',').map(|member| {
                let member =
                    first_word(member.trim_matches(|c: char| c.is_whitespace() || c == '('));
                if package.is_empty() {
                    member.to_owned()
                } else {
                    format!("{package}.{member}")
                }
            }));
        } else if let Some(rest) = line.strip_prefix("import ") {
            let rest = rest.split('#').next().unwrap_or_default();
            names.extend(
                rest.split(',')
                    .map(|name| first_word(name.trim()).to_owned()),
            );
        }
        let is_name = |name: &String| {
            !name.is_empty()
                && name.split('.').all(|part| {
                    !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_')
                })
        };
        names.into_iter().filter(is_name)
    })
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::imported;

    #[test]
    fn imports_are_found_in_all_their_forms() {
        let text = "import helpers\nimport a.b as c, d  # e\n    from . import near\nfrom pack.age import (one,\nfrom x import *\nimportant = 1\n";
        let mut names: Vec<String> = imported(text).collect();
        names.sort();
        assert_eq!(
            names,
            [
                "a.b",
                "d",
                "helpers",
                "near",
                "pack.age",
                "pack.age.one",
                "x"
            ]
        );
    }
}
