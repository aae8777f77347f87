//! Several runs on one database at once: every migration runs once, and nobody hangs.

use std::time::{Duration, Instant};

use libtest_mimic::Failed;

use crate::site::{Backend, LIMIT, Process, Ran, Site, Tool, ran};
use crate::support::oracle::Flyway;

const MIGRATIONS: usize = 60;

/// Migrations that each note themselves in a log that would take them twice.
fn crowded(backend: Backend) -> Site {
    let site = Site::new(backend);
    let (who, pause) = match backend {
        Backend::Postgres => (
            "current_setting('application_name')",
            "SELECT pg_sleep(0.02);",
        ),
        Backend::Sqlite => ("''", ""),
    };
    for number in 1..=MIGRATIONS {
        let table = if number == 1 {
            "CREATE TABLE log (number INT, who TEXT);"
        } else {
            ""
        };
        site.write(
            &format!("V{number}__step_{number}.sql"),
            format!("{table}\nINSERT INTO log VALUES ({number}, {who});\n{pause}\n"),
        );
    }
    site
}

fn good(ran: Result<Ran, Failed>, who: &str) -> Result<Ran, Failed> {
    let ran = ran?;
    if ran.well {
        Ok(ran)
    } else {
        Err(format!("{who}\n{}", ran.text).into())
    }
}

/// Runs this many Stillways and Flyways on one database.
pub(crate) fn crowd(backend: Backend, stillways: usize, flyways: usize) -> Result<(), Failed> {
    crowd_on(&crowded(backend), stillways, flyways, false)
}

/// Flyways are at work already: they hold the lock for one migration at a time, so that Stillways
/// can come in between.
pub(crate) fn joining_crowd(stillways: usize, flyways: usize) -> Result<(), Failed> {
    let site = crowded(Backend::Postgres);
    crowd_on(&site, stillways, flyways, true)
}

fn crowd_on(
    site: &Site,
    stillways: usize,
    flyways: usize,
    flyways_first: bool,
) -> Result<(), Failed> {
    let mut machines: Vec<Flyway> = (0..flyways).map(|_| Flyway::start()).collect();
    // A Java machine that has just started would come too late.
    for flyway in &mut machines {
        site.start_flyway(flyway, &["info"]);
    }
    for flyway in &mut machines {
        flyway.answer(LIMIT)?;
    }
    for flyway in &mut machines {
        site.start_flyway(flyway, &["migrate", "validate"]);
    }
    if flyways_first {
        until(site, SLEEPING)?;
    }
    let processes: Vec<Process> = (0..stillways)
        .map(|_| site.start_stillway(&["migrate"]))
        .collect();
    let mut executed = 0;
    let mut count = |ran: &Ran| executed += ran.result["migrationsExecuted"].as_u64().unwrap_or(0);
    for process in processes {
        count(&good(process.wait(LIMIT), "a Stillway")?);
    }
    for mut flyway in machines {
        for entry in flyway.answer(LIMIT)? {
            count(&good(Ok(ran(&entry)), "a Flyway")?);
        }
        flyway.finish()?;
    }
    site.must(Tool::Stillway, &["validate"])?;
    site.must(Tool::Flyway, &["validate"])?;
    each_once(site)?;
    if usize::try_from(executed) != Ok(MIGRATIONS) {
        return Err(format!("all together claim {executed} migrations").into());
    }
    Ok(())
}

fn each_once(site: &Site) -> Result<(), Failed> {
    let log = site.rows("SELECT number, count(*) FROM log GROUP BY number ORDER BY number");
    let history = site.rows(
        "SELECT installed_rank, version FROM flyway_schema_history WHERE success ORDER BY installed_rank",
    );
    for index in 0..MIGRATIONS {
        let number = Some((index + 1).to_string());
        let once = vec![number.clone(), Some("1".to_owned())];
        if log.get(index) != Some(&once) {
            let all = site.rows("SELECT * FROM log");
            return Err(format!("migration {number:?} in the log: {all:?}").into());
        }
        if history.get(index) != Some(&vec![number.clone(), number.clone()]) {
            return Err(format!("migration {number:?} in the history: {history:?}").into());
        }
    }
    let (logged, recorded) = (log.len(), history.len());
    if (logged, recorded) != (MIGRATIONS, MIGRATIONS) {
        return Err(format!("{logged} in the log, {recorded} in the history").into());
    }
    Ok(())
}

/// Waits until the database says so.
fn until(site: &Site, query: &str) -> Result<(), Failed> {
    let start = Instant::now();
    while site.value(query) != "t" {
        if start.elapsed() > LIMIT {
            return Err(format!("never true: {query}").into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

const SLEEPING: &str = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%pg_sleep(%'";
const LOCKED: &str = "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// A Flyway with nothing to do but to wait for its first request.
fn warm(site: &Site) -> Result<Flyway, Failed> {
    let mut flyway = Flyway::take();
    site.start_flyway(&mut flyway, &["info"]);
    flyway.answer(LIMIT)?;
    Ok(flyway)
}

/// Who comes second waits for the lock and then finds nothing to do.
pub(crate) fn lock(first: Tool) -> Result<(), Failed> {
    let site = Site::new(Backend::Postgres);
    site.write(
        "V1__slow.sql",
        "CREATE TABLE log (number INT);\nINSERT INTO log VALUES (1);\nSELECT pg_sleep(4);\n",
    );
    site.write("V2__quick.sql", "INSERT INTO log VALUES (2);\n");
    let mut flyway = warm(&site)?;
    let start = Instant::now();
    let (stillway, entries, waited) = match first {
        Tool::Stillway => {
            let mut process = site.start_stillway(&["migrate"]);
            until(&site, SLEEPING)?;
            until(&site, LOCKED)?;
            site.start_flyway(&mut flyway, &["migrate"]);
            std::thread::sleep(Duration::from_secs(2));
            if !process.is_running() {
                return Err("the first run is over too early".into());
            }
            let entries = flyway.answer(LIMIT)?;
            let waited = start.elapsed();
            (process.wait(LIMIT), entries, waited)
        }
        Tool::Flyway => {
            site.start_flyway(&mut flyway, &["migrate"]);
            until(&site, SLEEPING)?;
            until(&site, LOCKED)?;
            let ran = site.stillway(&["migrate"]);
            let waited = start.elapsed();
            (ran, flyway.answer(LIMIT)?, waited)
        }
    };
    if waited < Duration::from_secs(4) {
        return Err(format!("the second run took only {waited:?}").into());
    }
    let stillway = good(stillway, "Stillway")?;
    let entry = entries.into_iter().next().ok_or("no answer")?;
    let second = good(Ok(ran(&entry)), "Flyway")?;
    let counts = [&stillway, &second].map(|ran| ran.result["migrationsExecuted"].as_u64());
    let expected = match first {
        Tool::Stillway => [Some(2), Some(0)],
        // Flyway gives the lock back after each migration, so the second may go to either.
        Tool::Flyway => match counts[0] {
            Some(1) => [Some(1), Some(1)],
            _ => [Some(0), Some(2)],
        },
    };
    if counts != expected {
        return Err(format!("Stillway and Flyway have run {counts:?} migrations").into());
    }
    let log = site.rows("SELECT number FROM log ORDER BY number");
    if log != [[Some("1".to_owned())], [Some("2".to_owned())]] {
        return Err(format!("the log holds {log:?}").into());
    }
    flyway.give_back();
    Ok(())
}

/// The lock of a Flyway in projects with concurrent index builds.
///
/// By default it waits for the lock in a transaction, whose snapshot keeps every such build waiting.
const SESSION_LOCK: &str = "-postgresql.transactional.lock=false";

fn with_index() -> Site {
    let site = Site::new(Backend::Postgres);
    site.write(
        "V1__item.sql",
        "CREATE TABLE item (id INT);\nINSERT INTO item SELECT generate_series(1, 1000);\nSELECT pg_sleep(2);\n",
    );
    site.write(
        "V2__index.sql",
        "CREATE INDEX CONCURRENTLY item_id ON item (id);\n",
    );
    site.write("V3__later.sql", "INSERT INTO item VALUES (0);\n");
    site
}

/// A concurrent index build of the first while two others wait for the lock.
pub(crate) fn concurrent_index(first: Tool) -> Result<(), Failed> {
    let site = with_index();
    let mut flyway = warm(&site)?;
    let mut processes = Vec::new();
    match first {
        Tool::Stillway => processes.push(site.start_stillway(&["migrate"])),
        Tool::Flyway => site.start_flyway(&mut flyway, &[SESSION_LOCK, "migrate"]),
    }
    until(&site, SLEEPING)?;
    processes.push(site.start_stillway(&["migrate"]));
    match first {
        Tool::Stillway => site.start_flyway(&mut flyway, &[SESSION_LOCK, "migrate"]),
        Tool::Flyway => processes.push(site.start_stillway(&["migrate"])),
    }
    for process in processes {
        good(process.wait(Duration::from_secs(20)), "Stillway")?;
    }
    for entry in flyway.answer(Duration::from_secs(20))? {
        good(Ok(ran(&entry)), "Flyway")?;
    }
    flyway.give_back();
    index_is_there(&site)
}

/// A Flyway with its default lock is in the way of the build until it gives up, also for another
/// Flyway; the runs of Stillway then end well.
pub(crate) fn concurrent_index_with_default_lock() -> Result<(), Failed> {
    let site = with_index();
    let mut flyway = warm(&site)?;
    let first = site.start_stillway(&["migrate"]);
    until(&site, SLEEPING)?;
    let second = site.start_stillway(&["migrate"]);
    site.start_flyway(&mut flyway, &["-lockRetryCount=5", "migrate"]);
    for process in [first, second] {
        good(process.wait(Duration::from_secs(20)), "Stillway")?;
    }
    for entry in flyway.answer(Duration::from_secs(20))? {
        let message = entry["error"]["message"].as_str().unwrap_or_default();
        if !message.starts_with("Number of retries exceeded") {
            return Err(format!("Flyway says otherwise: {entry}").into());
        }
    }
    flyway.give_back();
    index_is_there(&site)
}

/// Several Stillways find an empty database: one creates the history table, again and again.
pub(crate) fn fresh(backend: Backend) -> Result<(), Failed> {
    let site = Site::new(backend);
    site.write("V1__item.sql", "CREATE TABLE item (id INT);\n");
    for round in 1..=20 {
        let processes = [(); 6].map(|()| site.start_stillway(&["migrate"]));
        for process in processes {
            good(process.wait(LIMIT), &format!("round {round}"))?;
        }
        site.rows("DROP TABLE item");
        site.rows("DROP TABLE flyway_schema_history");
    }
    Ok(())
}

fn index_is_there(site: &Site) -> Result<(), Failed> {
    site.must(Tool::Stillway, &["validate"])?;
    site.must(Tool::Flyway, &["validate"])?;
    let valid =
        site.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'item_id'::regclass");
    let rows = site.value("SELECT count(*) || '/' || count(*) FILTER (WHERE success) || '/' || max(installed_rank) FROM flyway_schema_history");
    if (valid.as_str(), rows.as_str()) == ("t", "3/3/3") {
        Ok(())
    } else {
        Err(format!("index valid: {valid}, history: {rows}").into())
    }
}

/// Somebody who starts while Stillway builds an index outside a transaction waits as well.
pub(crate) fn late(second: Tool) -> Result<(), Failed> {
    let site = Site::new(Backend::Postgres);
    site.write("V1__item.sql", "CREATE TABLE item (id INT);\n");
    site.must(Tool::Stillway, &["migrate"])?;
    site.write(
        "V2__index.sql",
        "CREATE INDEX CONCURRENTLY item_id ON item (id);\n",
    );
    site.write("V3__later.sql", "INSERT INTO item VALUES (0);\n");
    let mut flyway = warm(&site)?;
    // Somebody at work on the table keeps the build waiting.
    let mut connection = site.connect();
    let database = connection.database();
    let begun = database.execute("BEGIN");
    begun
        .and_then(|()| database.execute("INSERT INTO item VALUES (1)"))
        .map_err(|error| error.to_string())?;
    let process = site.start_stillway(&["migrate"]);
    until(
        &site,
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'",
    )?;
    let other = match second {
        Tool::Stillway => Some(site.start_stillway(&["migrate"])),
        Tool::Flyway => {
            site.start_flyway(&mut flyway, &[SESSION_LOCK, "migrate"]);
            None
        }
    };
    std::thread::sleep(Duration::from_secs(1));
    database
        .execute("COMMIT")
        .map_err(|error| error.to_string())?;
    good(process.wait(Duration::from_secs(30)), "the first Stillway")?;
    match other {
        Some(process) => {
            good(process.wait(Duration::from_secs(30)), "the second Stillway")?;
        }
        None => {
            for entry in flyway.answer(Duration::from_secs(30))? {
                good(Ok(ran(&entry)), "Flyway")?;
            }
        }
    }
    flyway.give_back();
    index_is_there(&site)
}
