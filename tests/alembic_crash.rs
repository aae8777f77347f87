//! Kills Alembic runs at random instants: after each kill the version table, the schema and the
//! history agree; the next run has to finish, and every revision to have run exactly once.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};

use support::chain::Chain;
use support::database::{Backend, TestDatabase};
use support::servers::{must_have_everything, postgres_url};

/// Revisions of a chain that is run in transactions.
const REVISIONS: usize = 40;
/// Kills of each kind of run.
const KILLS: usize = 56;

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
        support::chain::well(&output)?;
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
    const INDEXES: usize = 4;
    let mut chain = Chain::new("").with_revision(
        "op.execute('CREATE TABLE data AS SELECT g AS a, md5(g::text) AS b FROM generate_series(1, 60000) g')",
        "op.execute('DROP TABLE data')",
    );
    for number in 0..INDEXES {
        chain = chain.with_revision(
            &format!(
                "op.execute('INSERT INTO log VALUES ({number}1)')
    with op.get_context().autocommit_block():
        op.create_index('first{number}', 'data', ['b', sa.text('(a + {number})')], postgresql_concurrently=True)
        op.create_index('second{number}', 'data', [sa.text('(a + {number})')], postgresql_concurrently=True)
    op.execute('INSERT INTO log VALUES ({number}2)')"
            ),
            "pass",
        );
    }
    for number in 0..6 {
        let database = chain.database(Backend::Postgres, number)?;
        for _ in 0..3 {
            let pause = Duration::from_millis(fastrand::u64(50..900));
            let mut child = chain.start(&database, &["upgrade", "head"]);
            std::thread::sleep(pause);
            child.kill()?;
            if fastrand::bool() {
                // The server's session dies with it and leaves an index that is not valid.
                database.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
            }
            child.wait()?;
        }
        chain.must(&database, &["upgrade", "head"])?;
        let valid = database.value("SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname ~ '^(first|second)[0-9]$' AND i.indisvalid");
        let logged = database.rows("SELECT number FROM log ORDER BY number");
        let logged: Vec<String> = logged.into_iter().flatten().flatten().collect();
        let wanted: Vec<String> = (0..INDEXES)
            .flat_map(|number| [format!("{number}1"), format!("{number}2")])
            .map(|number| number.trim_start_matches('0').to_owned())
            .collect();
        if valid != (2 * INDEXES).to_string() || logged != wanted {
            return Err(format!("{valid} valid indexes, logged {logged:?}").into());
        }
        let told = chain.told(&database)?;
        if told != chain.length() {
            return Err(format!("the history tells of {told} revisions").into());
        }
    }
    Ok(())
}
