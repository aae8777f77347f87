//! Stillway and the real Flyway 13 on the same live databases: either takes over from the other at
//! any point, and both run side by side.
//!
//! Needs the jar that `compat-fixtures/record.sh` builds, and a PostgreSQL server for its half.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

#[path = "takeover/concurrent.rs"]
mod concurrent;
#[path = "takeover/scenarios.rs"]
mod scenarios;
#[path = "takeover/site.rs"]
mod site;

use libtest_mimic::{Arguments, Failed, Trial};

use site::{Backend, Site, Tool, same};
use support::oracle;
use support::servers::{must_have_everything, postgres_url};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for backend in [Backend::Postgres, Backend::Sqlite] {
        for first in [Tool::Flyway, Tool::Stillway] {
            let name = format!("halves::{first:?}_first");
            trials.push(trial(&name, backend, move || halves(backend, first)));
            let name = format!("undo::after_{first:?}");
            trials.push(trial(&name, backend, move || undo(backend, first)));
        }
        for scenario in scenarios::all(backend) {
            let name = format!("in_turn::{}", scenario.name);
            trials.push(trial(&name, backend, move || {
                scenarios::check(&scenario, backend)
            }));
        }
        trials.push(trial("crowd::on_a_fresh_database", backend, move || {
            concurrent::fresh(backend)
        }));
        trials.push(trial("crowd::16_stillways", backend, move || {
            concurrent::crowd(backend, 16, 0)
        }));
    }
    let postgres =
        |name: &str, run: fn() -> Result<(), Failed>| trial(name, Backend::Postgres, run);
    trials.extend([
        postgres("crowd::4_stillways_2_flyways", || {
            concurrent::crowd(Backend::Postgres, 4, 2)
        }),
        postgres("crowd::4_stillways_join_2_flyways", || {
            concurrent::joining_crowd(4, 2)
        }),
        postgres("lock::held_by_stillway", || {
            concurrent::lock(Tool::Stillway)
        }),
        postgres("lock::held_by_flyway", || concurrent::lock(Tool::Flyway)),
        postgres("concurrent_index::by_stillway", || {
            concurrent::concurrent_index(Tool::Stillway)
        }),
        postgres("concurrent_index::by_flyway", || {
            concurrent::concurrent_index(Tool::Flyway)
        }),
        postgres(
            "concurrent_index::with_default_lock",
            concurrent::concurrent_index_with_default_lock,
        ),
        postgres("concurrent_index::late_stillway", || {
            concurrent::late(Tool::Stillway)
        }),
        postgres("concurrent_index::late_flyway", || {
            concurrent::late(Tool::Flyway)
        }),
    ]);
    libtest_mimic::run(&arguments, trials).exit();
}

/// A trial that is left out where something it needs is missing, unless everything must be there.
fn trial(
    name: &str,
    backend: Backend,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let name = format!("{name}::{backend:?}").to_lowercase();
    let server = backend == Backend::Sqlite || postgres_url().is_some();
    let missing = !(server && oracle::is_built());
    let run = move || {
        if oracle::is_built() {
            run()
        } else {
            Err("compat-fixtures/record.sh has not built the oracle".into())
        }
    };
    Trial::test(name, run).with_ignored_flag(missing && !must_have_everything())
}

const HALF: &[&str] = &["-placeholders.name=Kim", "-target=2.1", "migrate"];
const WHOLE: &[&str] = &["-placeholders.name=Kim", "migrate"];

fn project(site: &Site) {
    let files = [
        (
            "V1__person.sql",
            "CREATE TABLE person (id INT PRIMARY KEY, name VARCHAR(20));\n",
        ),
        (
            "V1.1__First_person.sql",
            "INSERT INTO person VALUES (1, '${name}');\n",
        ),
        (
            "V002__사람_추가.sql",
            "\u{feff}-- 한 줄\r\nINSERT INTO person VALUES (2, '홍길동');\r\n",
        ),
        ("V2_1__empty.sql", ""),
        (
            "V3__two_statements.sql",
            "INSERT INTO person VALUES (3, 'a;b');\nINSERT INTO person VALUES (4, '''');\n",
        ),
        (
            "V20260101120000__timestamp.sql",
            "/* a comment; */ UPDATE person SET name = 'x' WHERE id = 3;",
        ),
        (
            "R__view.sql",
            "DROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT name FROM person;\n",
        ),
        (
            "R__이름_뷰.sql",
            "DROP VIEW IF EXISTS 이름;\nCREATE VIEW 이름 AS SELECT '${name}' AS name;\n",
        ),
    ];
    for (name, text) in files {
        site.write(name, text);
    }
    // This one is read by everybody and written by nobody.
    site.write("README.md", "not a migration");
}

/// One migrates half of a project, the other the rest; the first comes back and finds all well.
fn halves(backend: Backend, first: Tool) -> Result<(), Failed> {
    let site = Site::new(backend);
    project(&site);
    let settings = &WHOLE[..1];
    site.must(first, HALF)?;
    infos_agree(&site, settings)?;
    site.must(first.other(), WHOLE)?;
    for tool in [first, first.other()] {
        site.must(tool, &[settings, &["validate"]].concat())?;
        let again = site.must(tool, WHOLE)?;
        if again.result["migrationsExecuted"].as_u64() != Some(0) {
            return Err(format!("{tool:?} finds something to do\n{}", again.text).into());
        }
    }
    infos_agree(&site, settings)?;

    let original = Site::new(backend);
    project(&original);
    original.must(Tool::Flyway, HALF)?;
    original.must(Tool::Flyway, WHOLE)?;
    same(
        "history",
        &original.history("public"),
        &site.history("public"),
    )?;
    same("definition", &original.definition(), &site.definition())?;
    times_agree(&site)
}

fn infos_agree(site: &Site, settings: &[&str]) -> Result<(), Failed> {
    let flyway = site.info(Tool::Flyway, settings)?;
    let stillway = site.info(Tool::Stillway, settings)?;
    same("info", &flyway, &stillway)
}

/// Both write the same clock into the history.
fn times_agree(site: &Site) -> Result<(), Failed> {
    let spread = match site.backend {
        Backend::Postgres => {
            "SELECT extract(epoch FROM max(installed_on) - min(installed_on))::int FROM flyway_schema_history"
        }
        Backend::Sqlite => {
            "SELECT strftime('%s', max(installed_on)) - strftime('%s', min(installed_on)) FROM flyway_schema_history"
        }
    };
    let spread = site.value(spread);
    match spread.parse::<u32>() {
        Ok(seconds) if seconds < 600 => Ok(()),
        _ => Err(format!("the times of the history lie {spread} s apart").into()),
    }
}

/// The open edition of Flyway refuses a history with undo rows; Stillway goes on.
fn undo(backend: Backend, first: Tool) -> Result<(), Failed> {
    let site = Site::new(backend);
    site.write("V1__item.sql", "CREATE TABLE item (id INT);\n");
    site.write("V2__more.sql", "CREATE TABLE more (id INT);\n");
    site.write("U2__more.sql", "DROP TABLE more;\n");
    site.must(first, &["migrate"])?;
    site.must(first.other(), &["validate"])?;
    infos_agree(&site, &[])?;
    let before = site.history("public");

    site.must(Tool::Stillway, &["undo"])?;
    let undone = site.history("public");
    same("kept rows", &before, &undone[..2])?;
    flyway_refuses(&site)?;
    same("after Flyway's refusal", &undone, &site.history("public"))?;

    site.must(Tool::Stillway, &["migrate"])?;
    site.must(Tool::Stillway, &["validate"])?;
    let again = site.history("public");
    same("undone rows", &undone, &again[..3])?;
    flyway_refuses(&site)?;
    let rows = site.rows(
        "SELECT installed_rank, version, description, type, script FROM flyway_schema_history WHERE version = '2' AND success ORDER BY installed_rank",
    );
    let expected = [
        ["2", "2", "more", "SQL", "V2__more.sql"],
        ["3", "2", "more", "UNDO_SQL", "U2__more.sql"],
        ["4", "2", "more", "SQL", "V2__more.sql"],
    ];
    let expected = expected.map(|row| row.map(|value| Some(value.to_owned())));
    if rows == expected {
        Ok(())
    } else {
        Err(format!("the rows of version 2 are {rows:?}").into())
    }
}

fn flyway_refuses(site: &Site) -> Result<(), Failed> {
    let refusal = "Unknown migration type 'UNDO_SQL' found in schema history.\nYou might be missing a required extension JAR on the classpath.";
    for ran in site.flyway_verbs(&["info", "validate", "migrate", "repair"])? {
        let error = &ran.result["error"];
        if error["code"] != "ERROR" || error["message"] != refusal {
            return Err(format!("Flyway says otherwise: {}", ran.text).into());
        }
    }
    Ok(())
}
