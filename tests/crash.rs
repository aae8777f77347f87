//! Kills runs at random instants: the next run has to finish, and every migration to have run
//! exactly once.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};

use support::database::{Backend, TestDatabase};
use support::program::Project;
use support::servers::{must_have_everything, postgres_url};

const MIGRATIONS: usize = 200;
/// Kills on each backend.
const KILLS: usize = 110;

fn main() {
    let arguments = Arguments::from_args();
    let skip = postgres_url().is_none() && !must_have_everything();
    let trials = vec![
        Trial::test("killed_on_sqlite", || kill_repeatedly(Backend::Sqlite)),
        Trial::test("killed_on_postgres", || kill_repeatedly(Backend::Postgres))
            .with_ignored_flag(skip),
        Trial::test("killed_while_building_indexes", killed_outside_transactions)
            .with_ignored_flag(skip),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

/// A database of a project, with its URL.
fn target(
    project: &Project,
    backend: Backend,
    number: usize,
) -> Result<(TestDatabase, String), Failed> {
    let file = project.path().join(format!("{number}.db"));
    let target = TestDatabase::create(backend, file)?;
    let url = match &target.scratch {
        Some(scratch) => scratch.url.clone(),
        // A killed process loses nothing that it has written, synchronised or not.
        None => format!("jdbc:sqlite:{}?synchronous=off", target.file().display()),
    };
    Ok((target, url))
}

/// A project whose migrations leave a trace each time they run.
fn tracing_project() -> Project {
    let project = Project::new();
    project.file(
        "V000__log.sql",
        "CREATE TABLE log (number INTEGER NOT NULL);",
    );
    for number in 1..MIGRATIONS {
        project.file(
            &format!("V{number:03}__m.sql"),
            format!(
                "INSERT INTO log VALUES ({number});\nCREATE TABLE t{number} (id INTEGER);\nINSERT INTO t{number} SELECT count(*) FROM log;\n"
            ),
        );
    }
    project
}

fn kill_repeatedly(backend: Backend) -> Result<(), Failed> {
    let project = tracing_project();
    let whole = {
        let (_target, url) = target(&project, backend, 0)?;
        let start = std::time::Instant::now();
        project.run(&url, &["migrate"]).succeeded();
        start.elapsed()
    };
    let mut kills = 0;
    let mut number = 0;
    while kills < KILLS {
        number += 1;
        let (target, url) = target(&project, backend, number)?;
        // Several kills on the same database, each as late as the whole run takes at most.
        for _ in 0..4 {
            let mut child = project.start(&url, &["migrate"]);
            std::thread::sleep(whole.mul_f64(fastrand::f64() * 0.6));
            let ended = child
                .try_wait()
                .map_err(|error| error.to_string())?
                .is_some();
            child.kill().ok();
            child.wait().ok();
            kills += usize::from(!ended);
        }
        project.run(&url, &["migrate"]).succeeded();
        project.run(&url, &["validate"]).succeeded();
        let wanted = (MIGRATIONS - 1).to_string();
        let once = target.value(
            "SELECT count(*) FROM (SELECT number FROM log GROUP BY number HAVING count(*) = 1) AS once",
        );
        let all = target.value("SELECT count(*) FROM log");
        let history = target.value(
            "SELECT count(*) || '/' || count(DISTINCT version) || '/' || min(installed_rank) || '/' || max(installed_rank) FROM flyway_schema_history",
        );
        if once != wanted || all != wanted || history != "200/200/1/200" {
            return Err(format!("once {once}, in all {all}, history {history}").into());
        }
    }
    Ok(())
}

/// Kills runs whose migrations build indexes outside transactions; what was interrupted is
/// completed or built anew by the next run.
fn killed_outside_transactions() -> Result<(), Failed> {
    let project = Project::new();
    project.file(
        "V000__t.sql",
        "CREATE TABLE t (a INTEGER, b TEXT);\nINSERT INTO t SELECT g, md5(g::text) FROM generate_series(1, 60000) g;",
    );
    for number in 1..8 {
        project.file(
            &format!("V{number:03}__i.sql"),
            format!("CREATE INDEX CONCURRENTLY i{number} ON t (b, (a + {number}));"),
        );
    }
    for number in 0..4 {
        let (target, url) = target(&project, Backend::Postgres, number)?;
        for _ in 0..4 {
            let mut child = project.start(&url, &["migrate"]);
            std::thread::sleep(Duration::from_millis(fastrand::u64(50..700)));
            child.kill().ok();
            child.wait().ok();
        }
        project.run(&url, &["migrate"]).succeeded();
        let valid = target.value(
            "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname ~ '^i[0-9]$' AND i.indisvalid",
        );
        let history = target.value(
            "SELECT count(*) || '/' || count(*) FILTER (WHERE success) FROM flyway_schema_history",
        );
        if valid != "7" || history != "8/8" {
            return Err(format!("{valid} valid indexes, history {history}").into());
        }
    }
    Ok(())
}
