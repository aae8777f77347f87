//! Several runs at once: one does the work, the others wait and find nothing to do.

use std::collections::BTreeMap;
use std::process::Child;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;

use crate::support::alembic::Program;
use crate::support::chain::{Chain, well};
use crate::support::database::{Backend, TestDatabase};
use crate::support::original_alembic;

const MANY: usize = 16;
const HEAD: [&str; 2] = ["upgrade", "head"];

/// Sixteen runs on an empty database.
pub(crate) fn many(backend: Backend, configure: &str) -> Result<(), Failed> {
    let chain = Chain::new(configure).with_tables(15);
    for round in 0..2 {
        let database = chain.database(backend, round)?;
        let runs: Vec<Child> = (0..MANY).map(|_| chain.start(&database, &HEAD)).collect();
        for run in runs {
            well(&run.wait_with_output()?)?;
        }
        all_ran(&chain, &database)?;
    }
    Ok(())
}

fn all_ran(chain: &Chain, database: &TestDatabase) -> Result<(), Failed> {
    let ran = chain.agreed(database)?;
    if ran == chain.length() {
        Ok(())
    } else {
        Err(format!("{ran} of {} revisions ran", chain.length()).into())
    }
}

/// A file that somebody else keeps locked for longer than the library itself waits.
pub(crate) fn locked_file() -> Result<(), Failed> {
    let chain = Chain::new("").with_tables(1);
    let database = chain.database(Backend::Sqlite, 0)?;
    let mut other = database.connect();
    other.database().begin()?;
    let run = chain.start(&database, &HEAD);
    std::thread::sleep(Duration::from_secs(6));
    let released = other.database().commit();
    let output = run.wait_with_output()?;
    released?;
    well(&output)?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !said.contains("Waiting for another run") {
        return Err(format!("it does not say that it waits:\n{said}").into());
    }
    all_ran(&chain, &database)
}

/// One program comes while the other is at work. The original takes no lock, but both read the
/// version table first.
pub(crate) fn meeting(first: Program) -> Result<(), Failed> {
    let slow = "op.execute(\"INSERT INTO log VALUES (1); SELECT pg_sleep(1.5)\")\n    op.create_table('t1', sa.Column('id', sa.Integer()))";
    let chain = Chain::new("").with_revision(slow, "pass");
    let database = chain.database(Backend::Postgres, 0)?;
    let url = database.sqlalchemy_url();
    let ini = std::fs::read_to_string(chain.path().join("alembic.ini"))?;
    std::fs::write(chain.path().join("alembic.ini"), ini.replace("@url@", &url))?;
    chain.must(&database, &["ensure_version"])?;
    let run = |program: Program| -> Result<(), String> {
        if program == Program::Stillway {
            return chain.must(&database, &HEAD);
        }
        let arguments = HEAD.map(str::to_owned);
        let told = original_alembic::run(&arguments, chain.path(), &BTreeMap::new())?;
        match told.code {
            0 => Ok(()),
            _ => Err(format!("the original: {told:?}")),
        }
    };
    std::thread::scope(|scope| -> Result<(), Failed> {
        let early = scope.spawn(|| run(first));
        let asleep = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
        let start = Instant::now();
        while database.value(asleep) == "0" {
            if start.elapsed() > Duration::from_secs(30) {
                return Err("the first run does not come to its revision".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let late = run(first.other());
        early.join().map_err(|_| "the first run is lost")??;
        Ok(late?)
    })?;
    let logged = database.rows("SELECT number FROM log");
    if logged.len() == 1 {
        Ok(())
    } else {
        Err(format!("the revision ran {} times", logged.len()).into())
    }
}
