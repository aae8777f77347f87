//! Revisions that ask the database: what they are told, and what they leave, is what the original
//! programs recorded for the same files.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};
use stillway::database::sqlite::{SqliteDatabase, SqliteOptions};
use stillway::engine::Database;

use support::servers::{ScratchDatabase, must_have_everything, postgres_url};

const HEAD: &str = r#"
from alembic import op
import sqlalchemy as sa
branch_labels = None
depends_on = None
def log(*a):
    op.get_bind().execute(sa.text("insert into log(t) values (:t)"), {"t": " ".join(map(str, a))})
"#;

fn main() {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alembic_live");
    let mut trials = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect();
    files.sort();
    for file in files {
        for backend in ["sqlite", "postgresql"] {
            let recorded = file.with_extension(format!("{backend}.txt"));
            if !recorded.exists() {
                continue;
            }
            let name = format!(
                "{}_{backend}",
                file.file_stem().unwrap_or_default().to_string_lossy()
            );
            let missing = backend == "postgresql" && postgres_url().is_none();
            let file = file.clone();
            trials.push(
                Trial::test(name, move || check(&file, &recorded, backend))
                    .with_ignored_flag(missing && !must_have_everything()),
            );
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn check(file: &Path, recorded: &Path, backend: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let versions = folder.path().join("versions");
    std::fs::create_dir(&versions)?;
    let source = std::fs::read_to_string(file)?;
    let mut before = "None".to_owned();
    for (number, part) in source.split("#---\n").enumerate() {
        let body = if part.contains("def downgrade") {
            ""
        } else {
            "\ndef downgrade(): pass\n"
        };
        let text = format!(
            "\"\"\"x\"\"\"\nrevision = 'r{number}'\ndown_revision = {before}\n{HEAD}\n{part}{body}"
        );
        std::fs::write(versions.join(format!("r{number}_x.py")), text)?;
        before = format!("'r{number}'");
    }
    let scratch = match backend {
        "sqlite" => None,
        _ => Some(ScratchDatabase::create().ok_or("no server")?),
    };
    let path = folder.path().join("own.db");
    let url = match &scratch {
        Some(scratch) => scratch.url.replacen("postgres://", "postgresql://", 1),
        None => format!("sqlite:///{}", path.display()),
    };
    std::fs::write(
        folder.path().join("alembic.ini"),
        format!(
            "[alembic]\nscript_location = %(here)s\nsqlalchemy.url = {}\n",
            url.replace('%', "%%")
        ),
    )?;
    std::fs::write(folder.path().join("env.py"), "")?;
    let output = Command::new(env!("CARGO_BIN_EXE_stillway"))
        .current_dir(folder.path())
        .env_clear()
        .args(["alembic", "upgrade", "head"])
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(words.into());
    }
    let mut left = Vec::new();
    if let Some(scratch) = &scratch {
        let mut connection = scratch.connect();
        left.extend(texts(
            connection.database(),
            "select t from log order by ctid",
        )?);
    } else {
        let mut database = SqliteDatabase::connect(&SqliteOptions {
            path: path.display().to_string(),
            busy_timeout: 0,
            pragmas: Vec::new(),
            attach: std::collections::BTreeMap::new(),
            on_connect: None,
        })?;
        left.extend(texts(&mut database, "select t from log order by rowid")?);
        let tables = "select sql from sqlite_master where sql is not null and name not like 'sqlite_%' and name not like 'stillway%' order by name";
        left.extend(
            texts(&mut database, tables)?
                .iter()
                .map(|sql| sql.replace('\t', "    ")),
        );
    }
    let left = left.join("\n");
    let expected = std::fs::read_to_string(recorded)?;
    let pairs = expected.trim_end().lines().zip(left.trim_end().lines());
    for (number, (expected, left)) in pairs.enumerate() {
        if expected != left {
            return Err(
                format!("line {}:\nrecorded {expected}\nhere     {left}", number + 1).into(),
            );
        }
    }
    if expected.trim_end().lines().count() != left.trim_end().lines().count() {
        return Err(format!("recorded:\n{expected}\nhere:\n{left}").into());
    }
    Ok(())
}

fn texts(database: &mut dyn Database, sql: &str) -> Result<Vec<String>, Failed> {
    Ok(database
        .query(sql)?
        .rows
        .into_iter()
        .filter_map(|row| row.into_iter().next().flatten())
        .collect())
}
