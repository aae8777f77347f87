//! The layers and habits that `docs/architecture.md` promises.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

use std::path::{Path, PathBuf};

/// Which top-level modules each one may import.
const LAYERS: [(&str, &[&str]); 14] = [
    ("model", &[]),
    ("sql", &["model"]),
    ("python", &["model"]),
    ("lint", &["model", "sql"]),
    ("engine", &["model", "sql"]),
    ("dialect", &["model", "sql", "python", "engine"]),
    ("convert", &["model", "sql", "dialect"]),
    ("database", &["model", "sql", "engine"]),
    ("project", &["model"]),
    ("transfer", &["model", "sql", "engine"]),
    ("verify", &["model"]),
    ("report", &["model", "verify"]),
    (
        "command",
        &[
            "model", "sql", "lint", "engine", "dialect", "convert", "database", "project",
            "transfer", "verify", "error",
        ],
    ),
    (
        "cli",
        &[
            "model", "engine", "dialect", "convert", "project", "transfer", "verify", "report",
            "command", "error",
        ],
    ),
];

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("below src");
            let text = std::fs::read_to_string(&path).expect("readable");
            (name.to_string_lossy().replace('\\', "/"), text)
        })
        .collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file without its tests, which may use anything.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

/// The top-level modules that a file names with `crate::`.
fn imports(text: &str) -> Vec<String> {
    code(text)
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            rest.chars()
                .take_while(|character| character.is_alphanumeric() || *character == '_')
                .collect()
        })
        .collect()
}

#[test]
fn layers_import_only_what_is_below_them() {
    for (name, text) in sources() {
        let layer = name.split(['/', '.']).next().unwrap_or_default();
        let Some((_, allowed)) = LAYERS.iter().find(|(known, _)| *known == layer) else {
            continue;
        };
        for import in imports(&text) {
            let known = LAYERS.iter().any(|(known, _)| *known == import) || import == "error";
            assert!(
                !known || import == layer || allowed.contains(&import.as_str()),
                "{name} imports {import}"
            );
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (name, text) in sources() {
        assert!(text.starts_with("//! "), "{name} has no head");
    }
}

#[test]
fn only_the_database_layer_knows_drivers() {
    for (name, text) in sources() {
        if name.starts_with("database/") {
            continue;
        }
        for driver in ["diesel::", "pq_sys", "libsqlite3_sys"] {
            assert!(!code(&text).contains(driver), "{name} uses {driver}");
        }
    }
}

#[test]
fn unsafe_code_is_in_one_file() {
    for (name, text) in sources() {
        let allowed = name == "database/postgres/libpq.rs";
        assert_eq!(text.contains("unsafe {"), allowed, "{name}");
    }
}

#[test]
fn the_engine_names_no_dialect() {
    for (name, text) in sources() {
        if name.starts_with("engine/") {
            let lower = text.to_lowercase();
            assert!(
                !lower.contains("flyway") && !lower.contains("alembic"),
                "{name} names a dialect"
            );
        }
    }
}
