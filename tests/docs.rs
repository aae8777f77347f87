//! The documentation keeps up with the code: differences, settings and links.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads the repository's own files"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use stillway::dialect::flyway::config::keys::KEYS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The recorded cases in which Stillway differs on purpose, by name.
fn differing_cases() -> toml::Table {
    let text = read(&root().join("compat-fixtures/differences.toml"));
    let table: toml::Table = text.parse().expect("differences.toml");
    table["case"].as_table().expect("a table of cases").clone()
}

/// The page about Flyway.
fn flyway_page() -> String {
    read(&root().join("docs/flyway.md"))
}

/// The part of a page from a heading of the second level to the next one.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let mark = format!("\n## {heading}\n");
    let start = page.find(&mark).expect(heading) + mark.len();
    let rest = &page[start..];
    rest.find("\n## ").map_or(rest, |end| &rest[..end])
}

/// The first cells of the tables in a text, where they are code: `` | `cell` | … ``.
fn first_cells(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .map(|(cell, _)| cell.to_owned())
        .collect()
}

/// All pages, those in subfolders included.
fn pages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// The targets of the links in a page; code, where brackets mean something else, is left out.
fn links(page: &str) -> Vec<String> {
    let prose: String = page
        .split("```")
        .step_by(2)
        .flat_map(|text| text.split('`').step_by(2))
        .collect();
    prose
        .split("](")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

#[test]
fn every_reason_for_a_difference_has_a_row_and_every_row_a_reason() {
    let cases = differing_cases();
    let page = flyway_page();
    let recorded = section(&page, "Differences from Flyway")
        .split("\n### ")
        .find(|part| part.starts_with("Recorded\n"))
        .expect("a part about recorded differences");
    let mut reasons = BTreeSet::new();
    for (case, difference) in &cases {
        let reason = difference["reason"].as_str().expect("a reason");
        reasons.insert(reason.to_owned());
        let row = recorded
            .lines()
            .find(|line| line.starts_with(&format!("| `{reason}` |")));
        assert!(
            row.is_some_and(|row| row.contains(&format!("`{case}`"))),
            "`{case}` is not in the row `{reason}` of docs/flyway.md"
        );
    }
    assert_eq!(first_cells(recorded), reasons);
}

#[test]
fn every_reason_of_the_alembic_cases_has_a_row_and_every_row_a_reason() {
    let text = read(&root().join("compat-fixtures/alembic-differences.toml"));
    let table: toml::Table = text.parse().expect("alembic-differences.toml");
    let cases = table["case"].as_table().expect("a table of cases");
    let reasons: BTreeSet<String> = cases
        .values()
        .map(|case| case["reason"].as_str().expect("a reason").to_owned())
        .collect();
    let page = read(&root().join("docs/alembic.md"));
    assert_eq!(
        first_cells(section(&page, "Differences from Alembic")),
        reasons
    );
}

#[test]
fn every_case_in_a_row_is_one_of_its_reason() {
    let cases = differing_cases();
    let page = flyway_page();
    let recorded = section(&page, "Differences from Flyway");
    for line in recorded.lines() {
        let cells: Vec<&str> = line.split(" | ").collect();
        let Some(reason) = line
            .strip_prefix("| `")
            .and_then(|rest| Some(rest.split_once('`')?.0))
        else {
            continue;
        };
        if !cases
            .values()
            .any(|case| case["reason"].as_str() == Some(reason))
        {
            continue;
        }
        for case in cells[1].split('`').skip(1).step_by(2) {
            let found = cases.get(case).and_then(|case| case["reason"].as_str());
            assert_eq!(found, Some(reason), "`{case}` in the row `{reason}`");
        }
    }
}

#[test]
fn every_setting_is_documented() {
    let page = flyway_page();
    for key in KEYS {
        let here = page.contains(&format!("`{}`", key.name))
            || page.contains(&format!("`{}.*`", key.name));
        assert!(here, "`{}` is not in docs/flyway.md", key.name);
        if let Some(variable) = key.variable {
            assert!(
                page.contains(variable),
                "`{variable}` is not in docs/flyway.md"
            );
        }
    }
}

#[test]
fn relative_links_lead_somewhere() {
    for path in pages() {
        for link in links(&read(&path)) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let folder = path.parent().expect("a folder");
            assert!(
                folder.join(target).exists(),
                "{} links to {link}",
                path.display()
            );
        }
    }
}

#[test]
fn every_code_of_verification_has_a_row_and_every_row_a_code() {
    let page = read(&root().join("docs/verify.md"));
    let codes: BTreeSet<String> = stillway::verify::CODES
        .iter()
        .map(|code| code.name.to_owned())
        .collect();
    assert_eq!(first_cells(section(&page, "Findings")), codes);
}
