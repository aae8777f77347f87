//! Measures `stillway verify` against the least that has to be done: reading the files and taking
//! their MD5.
//!
//! `benches/README.md` says how to run it and what the figures mean. Nothing here can fail a build.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark writes files, runs programs and prints"
)]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use md5::{Digest as _, Md5};
use rayon::prelude::*;

use support::measure::{Contender, Measured, alternate, rounds};
use support::process::run;
use support::report::{Wanted, megabytes, ratio, series, title};
use support::start::Start;

/// Domains, and migrations of each.
const DOMAINS: usize = 20;
const MIGRATIONS: usize = 500;
/// How long a migration is at least.
const BYTES: usize = 4_000;

fn main() {
    let Some(start) = Start::without_server("verify") else {
        return;
    };
    println!("stillway: {}", env!("CARGO_BIN_EXE_stillway"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bytes = write_project(folder.path());
    run(stillway(folder.path(), "lock"));
    let contenders = vec![
        Contender::new("reading and MD5", 1, || {
            let start = Instant::now();
            let sum = read_and_sum(folder.path());
            let measured = Measured::since(start);
            std::hint::black_box(sum);
            measured
        }),
        Contender::new("stillway verify", 1, || {
            run(stillway(folder.path(), "verify"))
        }),
    ];
    let rounds = rounds(21.0 * start.rounds);
    let all = alternate(contenders, rounds, true);
    title(&format!(
        "`verify` of {} migrations in {DOMAINS} domains, {:.0} MB (process; the reading without a process start, {rounds} rounds)",
        DOMAINS * MIGRATIONS,
        megabytes(bytes)
    ));
    series(&all);
    ratio(&all[1], &all[0], Some(Wanted::AtMost(3.0)));
}

fn stillway(folder: &Path, command: &str) -> Command {
    let mut stillway = Command::new(env!("CARGO_BIN_EXE_stillway"));
    stillway.arg(command).current_dir(folder).env_clear();
    stillway
}

/// Lists all files, reads them and takes their sums, on all cores.
fn read_and_sum(folder: &Path) -> u8 {
    let domains: Vec<PathBuf> = entries(folder)
        .into_iter()
        .filter(|path| path.is_dir())
        .collect();
    let sum = |path: &PathBuf| Md5::digest(std::fs::read(path).expect("a file"))[0];
    domains
        .par_iter()
        .flat_map(|domain| {
            let mut files = Vec::new();
            list(domain, &mut files);
            files.into_par_iter().map(|path| sum(&path))
        })
        .reduce(|| 0, |left, right| left ^ right)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.file_type().expect("a kind").is_dir() {
            list(&entry.path(), files);
        } else {
            files.push(entry.path());
        }
    }
}

/// Writes the project; tells how many bytes its migrations have.
fn write_project(root: &Path) -> usize {
    let mut project = String::new();
    let mut bytes = 0;
    for number in 0..DOMAINS {
        let name = format!("domain_{number:02}");
        let folder = root.join(&name);
        let (dialect, write): (&str, fn(&Path, usize) -> usize) = match number % 3 {
            0 => ("flyway", write_flyway),
            1 => ("alembic", write_alembic),
            _ => ("native", write_native),
        };
        std::fs::create_dir(&folder).expect("a new folder");
        if dialect == "alembic" {
            let written = [
                ("alembic.ini", "[alembic]\nscript_location = %(here)s\n"),
                ("env.py", ""),
            ];
            for (name, text) in written {
                std::fs::write(folder.join(name), text).expect("written");
            }
            std::fs::create_dir(folder.join("versions")).expect("a new folder");
        }
        bytes += (1..=MIGRATIONS)
            .map(|key| write(&folder, key))
            .sum::<usize>();
        writeln!(
            project,
            "[domains.{name}]\ndialect = \"{dialect}\"\ndirectory = \"{name}\"\n"
        )
        .expect("a string takes it");
    }
    std::fs::write(root.join("stillway.toml"), project).expect("written");
    bytes
}

/// Statements, so many that they are long enough.
fn statements(key: usize, indent: &str) -> String {
    let mut text = String::new();
    let mut line = 0;
    while text.len() < BYTES {
        line += 1;
        writeln!(
            text,
            "{indent}INSERT INTO table_{key} (id, name) VALUES ({line}, 'row {line} of {key}');"
        )
        .expect("a string takes it");
    }
    text
}

fn write_flyway(folder: &Path, key: usize) -> usize {
    let text = statements(key, "");
    std::fs::write(folder.join(format!("V{key}__change_{key}.sql")), &text).expect("written");
    text.len()
}

fn write_alembic(folder: &Path, key: usize) -> usize {
    let parent = match key {
        1 => "None".to_owned(),
        _ => format!("\"r{:05}\"", key - 1),
    };
    let statements = statements(key, "        ");
    let text = format!(
        "\"\"\"change {key}\"\"\"\nfrom alembic import op\n\nrevision = \"r{key:05}\"\ndown_revision = {parent}\n\n\ndef upgrade():\n    op.execute(\"\"\"\n{statements}    \"\"\")\n\n\ndef downgrade():\n    pass\n"
    );
    let path = folder.join(format!("versions/r{key:05}_change.py"));
    std::fs::write(path, &text).expect("written");
    text.len()
}

fn write_native(folder: &Path, key: usize) -> usize {
    let folder = folder.join(format!("{key:04}_change"));
    std::fs::create_dir(&folder).expect("a new folder");
    let parent = match key {
        1 => String::new(),
        _ => format!("down_revision = \"{:04}\"\n", key - 1),
    };
    let texts = [
        (
            "metadata.toml",
            format!("revision = \"{key:04}\"\n{parent}message = \"change {key}\"\n"),
        ),
        ("up.sql", statements(key, "")),
        ("down.sql", format!("DELETE FROM table_{key};\n")),
    ];
    let written = texts.iter().map(|(name, text)| {
        std::fs::write(folder.join(name), text).expect("written");
        text.len()
    });
    written.sum()
}
