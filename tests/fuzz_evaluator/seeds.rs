//! The inputs to begin with: programs that the project has for other tests.

use std::path::{Path, PathBuf};

/// One input with a name that tells where it comes from.
pub(crate) struct Seed {
    /// The file and the place in it.
    pub name: String,
    /// The input, its first byte included.
    pub input: Vec<u8>,
}

/// What stands before the programs of `tests/alembic_live`.
const LIVE_HEAD: &str = "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a'\n\
down_revision = None\ndef log(*a):\n    op.get_bind().execute(sa.text('insert into log(t) values \
(:t)'), {'t': ' '.join(map(str, a))})\n";

/// All inputs.
pub(crate) fn seeds() -> Vec<Seed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Vec::new();
    for table in ["language.txt", "library.txt", "snippets.txt"] {
        let text = read(&root.join("src/python/tests").join(table));
        for (number, snippet) in text.split("### source\n").enumerate().skip(1) {
            let source = snippet.split("### output\n").next().unwrap_or_default();
            add(&mut seeds, b"p", &format!("{table}-{number}"), source);
        }
    }
    for path in files(&root.join("tests/alembic_live")) {
        if path.extension().is_some_and(|extension| extension == "py") {
            for (number, part) in read(&path).split("#---\n").enumerate() {
                let name = format!("{}-{number}", name(&path));
                add(&mut seeds, b"GSg", &name, &format!("{LIVE_HEAD}{part}"));
            }
        }
    }
    for path in files(&root.join("compat-fixtures/alembic")) {
        let kinds: &[u8] = match path.file_name().and_then(|name| name.to_str()) {
            Some("env.py") => b"e",
            Some("alembic.ini" | "pyproject.toml") => b"i",
            Some("script.py.mako") => b"t",
            Some(name) if name.ends_with(".py") => b"gsmGSv",
            _ => continue,
        };
        let below = path.strip_prefix(root.join("compat-fixtures/alembic"));
        let name = name(below.unwrap_or(&path));
        add(&mut seeds, kinds, &name, &read(&path));
    }
    seeds
}

/// Inputs that once did harm.
pub(crate) fn found() -> Vec<Seed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz_evaluator/found");
    files(&folder)
        .into_iter()
        .map(|path| Seed {
            name: name(path.strip_prefix(&folder).unwrap_or(&path)),
            input: std::fs::read(&path).expect("an input"),
        })
        .collect()
}

fn add(seeds: &mut Vec<Seed>, kinds: &[u8], name: &str, text: &str) {
    for kind in kinds {
        let mut input = vec![*kind];
        input.extend_from_slice(text.as_bytes());
        seeds.push(Seed {
            name: format!("{}-{name}", char::from(*kind)),
            input,
        });
    }
}

fn name(path: &Path) -> String {
    path.to_string_lossy().replace(['/', '\\'], "-")
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).expect("a file")).into_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
