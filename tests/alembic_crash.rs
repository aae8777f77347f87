//! Kills Alembic runs at random instants: after each kill the version table, the schema and the
//! history agree; the next run has to finish, and every revision to have run exactly once.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};

use support::chain::{Chain, interrupted, well};
use support::database::{Backend, TestDatabase};
use support::servers::{must_have_everything, postgres_url};

/// Revisions of a chain that is run in transactions.
const REVISIONS: usize = 24;
/// Kills of each kind of run.
const KILLS: usize = 52;
/// Kills of runs outside transactions.
const KILLS_OUTSIDE: usize = 20;
/// Revisions that build indexes there.
const INDEXES: usize = 4;

fn main() {
    let arguments = Arguments::from_args();
    let skip = postgres_url().is_none() && !must_have_everything();
    let mut trials = Vec::new();
    for (backend, run, configure) in [
        (Backend::Sqlite, "each", "transaction_per_migration=True,"),
        // Otherwise each revision has its own transaction there.
        (Backend::Sqlite, "whole", "transactional_ddl=True,"),
        (Backend::Postgres, "each", "transaction_per_migration=True,"),
        (Backend::Postgres, "whole", ""),
    ] {
        let name = format!("killed_in_{run}::{backend:?}").to_lowercase();
        let trial = Trial::test(name, move || in_transactions(backend, run, configure));
        trials.push(trial.with_ignored_flag(skip && backend == Backend::Postgres));
    }
    let outside = Trial::test("killed_outside_transactions", outside_transactions);
    trials.push(outside.with_ignored_flag(skip));
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let name = format!("failed_half_way::{backend:?}").to_lowercase();
        let trial = Trial::test(name, move || failed_half_way(backend));
        trials.push(trial.with_ignored_flag(skip && backend == Backend::Postgres));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// Starts a command and kills it after a while; whether it was still at work.
fn kill_after(
    chain: &Chain,
    database: &TestDatabase,
    arguments: &[&str],
    pause: Duration,
) -> Result<bool, Failed> {
    let mut child = chain.start(database, arguments);
    std::thread::sleep(pause);
    let ended = child.try_wait()?.is_some();
    child.kill()?;
    let output = child.wait_with_output()?;
    if ended {
        // It has done everything before the kill, so it has to have done it well.
        well(&output)?;
    }
    alone(database)?;
    Ok(!ended)
}

/// Waits until the server has noticed that a client is gone.
fn alone(database: &TestDatabase) -> Result<(), Failed> {
    let Some(scratch) = &database.scratch else {
        return Ok(());
    };
    let others = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()",
        scratch.name
    );
    let start = Instant::now();
    while database.value(&others) != "0" {
        if start.elapsed() > Duration::from_secs(30) {
            return Err("the server keeps the session of a killed run".into());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn in_transactions(backend: Backend, run: &str, configure: &str) -> Result<(), Failed> {
    let chain = Chain::new(configure).with_tables(REVISIONS - 1);
    let whole = {
        let database = chain.database(backend, 0)?;
        let start = Instant::now();
        chain.must(&database, &["upgrade", "head"])?;
        start.elapsed()
    };
    let (mut kills, mut number, mut parts) = (0, 0, 0);
    while kills < KILLS {
        number += 1;
        let database = chain.database(backend, number)?;
        for (arguments, end) in [(["upgrade", "head"], REVISIONS), (["downgrade", "base"], 0)] {
            for _ in 0..3 {
                let pause = whole.mul_f64(fastrand::f64());
                kills += usize::from(kill_after(&chain, &database, &arguments, pause)?);
                let left = chain.agreed(&database)?;
                let partly = 0 < left && left < REVISIONS;
                parts += usize::from(partly);
                if partly && run == "whole" {
                    return Err(format!("{left} revisions of a run that is one transaction").into());
                }
            }
            chain.must(&database, &arguments)?;
            let left = chain.agreed(&database)?;
            if left != end {
                return Err(format!("{arguments:?} leaves {left} revisions").into());
            }
        }
    }
    if run == "each" && parts == 0 {
        return Err("no run was killed between two revisions".into());
    }
    Ok(())
}

/// Kills runs whose revisions have statements outside transactions: what was interrupted is
/// completed by the next run.
fn outside_transactions() -> Result<(), Failed> {
    let mut chain = Chain::new("").with_revision(
        "op.execute('CREATE TABLE data AS SELECT g AS a, md5(g::text) AS b FROM generate_series(1, 30000) g')",
        "op.execute('DROP TABLE data')",
    );
    for number in 1..=INDEXES {
        chain = chain.with_revision(
            &format!(
                "op.execute('INSERT INTO log VALUES ({number}1)')
    with op.get_context().autocommit_block():
        op.create_index('first{number}', 'data', ['b', sa.text('(a + {number})')], postgresql_concurrently=True)
        op.execute('INSERT INTO log VALUES ({number}2)')
        op.create_index('second{number}', 'data', [sa.text('(a + {number})')], postgresql_concurrently=True)
    op.execute('INSERT INTO log VALUES ({number}3)')"
            ),
            "pass",
        );
    }
    let whole = {
        let database = chain.database(Backend::Postgres, 0)?;
        let start = Instant::now();
        chain.must(&database, &["upgrade", "head"])?;
        start.elapsed()
    };
    let (mut kills, mut number, mut left) = (0, 0, 0);
    while kills < KILLS_OUTSIDE {
        number += 1;
        let database = chain.database(Backend::Postgres, number)?;
        for _ in 0..4 {
            kills += usize::from(kill_outside(&chain, &database, whole)?);
            left += interrupted(&database);
        }
        chain.must(&database, &["upgrade", "head"])?;
        complete(&chain, &database)?;
    }
    if left == 0 {
        return Err("no run was killed outside of a transaction".into());
    }
    Ok(())
}

/// Kills a run at a random instant, or as soon as it builds an index; sometimes the session on the
/// server dies with it and leaves an index that is not valid.
fn kill_outside(chain: &Chain, database: &TestDatabase, whole: Duration) -> Result<bool, Failed> {
    let building = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE 'CREATE INDEX CONCURRENTLY%'";
    let mut child = chain.start(database, &["upgrade", "head"]);
    if fastrand::bool() {
        std::thread::sleep(whole.mul_f64(fastrand::f64()));
    } else {
        while child.try_wait()?.is_none() && database.value(building) == "0" {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    let ended = child.try_wait()?.is_some();
    child.kill()?;
    if fastrand::bool() {
        database.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }
    child.wait()?;
    alone(database)?;
    Ok(!ended)
}

/// All indexes can be used, each revision has done everything once, and the history says so.
fn complete(chain: &Chain, database: &TestDatabase) -> Result<(), Failed> {
    let valid = database.value("SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname ~ '^(first|second)[0-9]$' AND i.indisvalid");
    let logged = database.rows("SELECT number FROM log ORDER BY number");
    let logged: Vec<String> = logged.into_iter().flatten().flatten().collect();
    let wanted: Vec<String> = (1..=INDEXES)
        .flat_map(|number| [1, 2, 3].map(|part| format!("{number}{part}")))
        .collect();
    if valid != (2 * INDEXES).to_string() || logged != wanted {
        return Err(format!("{valid} valid indexes, logged {logged:?}").into());
    }
    let told = chain.told(database)?;
    if told == chain.length() {
        Ok(())
    } else {
        Err(format!("the history tells of {told} revisions").into())
    }
}

/// A revision that failed half way goes on behind what it has committed, as long as neither its
/// file nor the version table has changed.
fn failed_half_way(backend: Backend) -> Result<(), Failed> {
    let body = "op.execute('INSERT INTO log VALUES (1)')
    with op.get_context().autocommit_block():
        op.execute('INSERT INTO log VALUES (2)')
        op.execute('INSERT INTO missing VALUES (3)')
        op.execute('INSERT INTO log VALUES (4)')
    op.execute('INSERT INTO log VALUES (5)')";
    let chain = Chain::new("").with_revision(body, "pass");
    let upgrade = ["upgrade", "head"];
    let mend = "CREATE TABLE missing (number INTEGER)";
    let logged = |database: &TestDatabase| -> Vec<String> {
        let rows = database.rows("SELECT number FROM log ORDER BY number");
        rows.into_iter().flatten().flatten().collect()
    };
    let prepared = |number: usize| -> Result<TestDatabase, Failed> {
        let database = chain.database(backend, number)?;
        if chain.must(&database, &upgrade).is_ok() {
            return Err("the revision does not fail".into());
        }
        if logged(&database) != ["1", "2"] || interrupted(&database) != 1 {
            return Err(format!("left {:?} when it failed", logged(&database)).into());
        }
        database.statements(mend)?;
        Ok(database)
    };
    let check = |database: &TestDatabase, wanted: &[&str]| -> Result<(), Failed> {
        chain.must(database, &upgrade)?;
        if logged(database) == wanted && chain.told(database)? == chain.length() {
            Ok(())
        } else {
            Err(format!("logged {:?}, not {wanted:?}", logged(database)).into())
        }
    };
    check(&prepared(0)?, &["1", "2", "4", "5"])?;

    // On SQLite rows do not say when they were written.
    if backend == Backend::Postgres {
        let database = prepared(1)?;
        database.statements("UPDATE alembic_version SET version_num = version_num")?;
        chain.must(&database, &upgrade)?;
        if logged(&database) != ["1", "1", "2", "2", "4", "5"] {
            return Err(format!("logged {:?}", logged(&database)).into());
        }
    }

    let database = prepared(2)?;
    chain.change(1, |text| text.replace("VALUES (5)", "VALUES (6)"))?;
    chain.must(&database, &upgrade)?;
    if logged(&database) == ["1", "1", "2", "2", "4", "6"] {
        Ok(())
    } else {
        Err(format!("logged {:?} with another file", logged(&database)).into())
    }
}
