//! Native SQL revisions: written, run, mixed with Python ones, and run by diesel itself.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

#[path = "alembic_native/features.rs"]
mod features;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use diesel::prelude::*;
use diesel_migrations::{FileBasedMigrations, MigrationHarness as _};

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

/// A project with a script directory and an SQLite file.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        assert!(site.run(&["init", "m"]).status.success());
        let ini = site.path().join("alembic.ini");
        let text = std::fs::read_to_string(&ini).expect("readable");
        let text = text.replace("driver://user:pass@localhost/dbname", "sqlite:///own.db");
        std::fs::write(ini, text).expect("writable");
        site
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stillway"));
        command
            .current_dir(self.path())
            .env_clear()
            .arg("alembic")
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("runs")
    }

    /// Runs what has to succeed; returns its results.
    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A native revision with its two files.
    fn native(&self, id: &str, up: &str, down: &str) {
        let said = self.ok(&["revision", "--native", "-m", id, "--rev-id", id]);
        let made = said.lines().next().unwrap_or_default();
        let folder = made
            .trim_start_matches("Creating directory ")
            .trim_end_matches(" ...  done");
        for (name, text) in [("up.sql", up), ("down.sql", down)] {
            std::fs::write(Path::new(folder).join(name), text).expect("writable");
        }
    }

    fn tables(&self, file: &str) -> Vec<String> {
        let mut connection = self.connect(file);
        let tables: Vec<Table> = diesel::sql_query(
            "SELECT sql AS name FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%alembic%' AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY name",
        )
        .load(&mut connection)
        .expect("readable");
        tables.into_iter().map(|table| table.name).collect()
    }

    fn connect(&self, file: &str) -> SqliteConnection {
        let path = self.path().join(file);
        SqliteConnection::establish(&path.display().to_string()).expect("opens")
    }
}

fn linear(site: &Site) {
    site.native(
        "one",
        "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO person (name) VALUES ('a;b');",
        "DROP TABLE person;",
    );
    site.native(
        "two",
        "CREATE TABLE pet (id INTEGER PRIMARY KEY);\nCREATE TRIGGER t AFTER INSERT ON pet BEGIN UPDATE person SET name = 'x'; END;",
        "DROP TRIGGER t;\nDROP TABLE pet;",
    );
}

#[test]
fn diesel_runs_the_same_chain() {
    let site = Site::new();
    linear(&site);
    site.ok(&["upgrade", "head"]);
    let migrations =
        FileBasedMigrations::from_path(site.path().join("m/versions")).expect("diesel reads it");
    let mut other = site.connect("diesel.db");
    let ran = other
        .run_pending_migrations(migrations.clone())
        .expect("diesel runs it");
    assert_eq!(ran.len(), 2);
    assert_eq!(site.tables("own.db"), site.tables("diesel.db"));
    assert_eq!(site.tables("own.db").len(), 3);
    other
        .revert_all_migrations(migrations)
        .expect("diesel reverts it");
    site.ok(&["downgrade", "base"]);
    assert_eq!(site.tables("own.db"), site.tables("diesel.db"));
    assert!(site.tables("own.db").is_empty());
}

#[test]
fn chains_may_mix_both_forms() {
    let site = Site::new();
    site.ok(&["revision", "-m", "python", "--rev-id", "first"]);
    linear(&site);
    site.ok(&["revision", "-m", "python again", "--rev-id", "last"]);
    assert_eq!(
        site.ok(&["history"]),
        "two -> last (head), python again\none -> two, two\nfirst -> one, one\n<base> -> first, python\n"
    );
    site.ok(&["upgrade", "head"]);
    assert_eq!(site.ok(&["current"]), "last (head)\n");
    let sql = site.ok(&["upgrade", "first:two", "--sql"]);
    assert!(
        sql.contains("INSERT INTO person (name) VALUES ('a;b');\n\n"),
        "{sql}"
    );
    site.ok(&["downgrade", "one"]);
    assert_eq!(site.ok(&["current"]), "one\n");
    assert_eq!(site.tables("own.db").len(), 1);
}

#[test]
fn a_backend_may_have_its_own_file() {
    let site = Site::new();
    site.native("one", "SELECT postgres_only();", "");
    let versions = std::fs::read_dir(site.path().join("m/versions")).expect("readable");
    let folder = versions.last().expect("an entry").expect("an entry").path();
    std::fs::write(
        folder.join("up.sqlite.sql"),
        "CREATE TABLE own (id INTEGER);",
    )
    .expect("writable");
    site.ok(&["upgrade", "head"]);
    assert_eq!(site.tables("own.db").len(), 1);
}

#[test]
fn a_failure_leaves_the_revision_unapplied() {
    let site = Site::new();
    linear(&site);
    site.native(
        "bad",
        "CREATE TABLE half (id INTEGER);\nSELECT nonsense FROM nowhere;",
        "",
    );
    let output = site.run(&["upgrade", "head"]);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.contains("up.sql:2:1: no such table: nowhere"),
        "{error}"
    );
    assert_eq!(site.ok(&["current"]), "two\n");
    assert_eq!(site.tables("own.db").len(), 3);
}

#[test]
fn sixteen_at_once_run_everything_once() {
    let site = Site::new();
    linear(&site);
    site.native("three", "INSERT INTO person (name) VALUES ('c');", "");
    let children: Vec<_> = (0..16)
        .map(|_| {
            site.command(&["upgrade", "head"])
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("starts")
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().expect("ends");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
    }
    let mut connection = site.connect("own.db");
    let count: Count = diesel::sql_query("SELECT count(*) AS count FROM person")
        .get_result(&mut connection)
        .expect("readable");
    assert_eq!(count.count, 2);
    assert_eq!(site.ok(&["current"]), "three (head)\n");
}

#[test]
fn a_chain_is_rendered() {
    let site = Site::new();
    linear(&site);
    let render = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_stillway"))
            .arg("render")
            .args(arguments)
            .current_dir(site.path())
            .output()
            .expect("runs")
    };
    let done = render(&[
        "--dir",
        "m/versions",
        "--backend",
        "sqlite",
        "--all",
        "--format",
        "json",
    ]);
    assert!(done.status.success());
    let found: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let two = &found["two"];
    assert_eq!(
        two["up_body"],
        "CREATE TABLE pet (id INTEGER PRIMARY KEY);\n\nCREATE TRIGGER t AFTER INSERT ON pet BEGIN UPDATE person SET name = 'x'; END;\n\n"
    );
    assert_eq!(two["down_body"], "DROP TRIGGER t;\n\nDROP TABLE pet;\n\n");
    let whole = two["up_sql"].as_str().unwrap_or_default();
    assert!(whole.contains("UPDATE alembic_version SET version_num='two'"));
    for (arguments, words) in [
        (["--dir", "m/versions", "three"], "no revision three"),
        (["--dir", "elsewhere", "--all"], "elsewhere is no folder"),
    ] {
        let failed = render(&arguments);
        assert!(!failed.status.success());
        assert!(String::from_utf8_lossy(&failed.stderr).contains(words));
    }
}
