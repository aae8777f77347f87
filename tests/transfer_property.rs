//! Transfers on servers against the model in memory: random declarations, random rows, random changes
//! between runs.

#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and read their settings from the environment"
)]
#![allow(
    unreachable_pub,
    clippy::unused_self,
    reason = "the modules are shared with another test program; steps of the model are its methods"
)]

mod support;

#[path = "transfer/case.rs"]
mod case;
#[path = "transfer/compare.rs"]
mod compare;
#[path = "transfer/family.rs"]
mod family;
#[path = "transfer/model.rs"]
mod model;
#[path = "transfer/server.rs"]
mod server;

use std::path::Path;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

use case::Case;
use server::Server;
use support::servers::{ScratchDatabase, must_have_everything, postgres_url};

fn main() {
    let arguments = Arguments::from_args();
    let skip = postgres_url().is_none() && !must_have_everything();
    let mut trials = vec![
        Trial::test("random::sqlite", || random(false)),
        Trial::test("random::postgres", || random(true)).with_ignored_flag(skip),
    ];
    for (name, case) in named() {
        let again = case.clone();
        trials.push(Trial::test(format!("{name}::sqlite"), move || {
            compare::hold(&case, Server::sqlite()?)
        }));
        let postgres = move || {
            let scratch = ScratchDatabase::create().ok_or("no PostgreSQL server")?;
            compare::hold(&again, Server::postgres(&scratch.url)?)
        };
        trials.push(Trial::test(format!("{name}::postgres"), postgres).with_ignored_flag(skip));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// Cases that have been found before, each in a file of its own.
fn named() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transfer/cases");
    let mut found: Vec<(String, Case)> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("readable");
            let name = path.file_stem().expect("a name").to_string_lossy();
            let case = serde_json::from_str(&text);
            (
                name.into_owned(),
                case.unwrap_or_else(|error| panic!("{}: {error}", path.display())),
            )
        })
        .collect();
    found.sort_by(|one, two| one.0.cmp(&two.0));
    found
}

/// How many cases are tried, and for how long at most. More with `STILLWAY_TRANSFER_CASES`.
fn bounds(postgres: bool) -> (u32, Duration) {
    let wanted = std::env::var("STILLWAY_TRANSFER_CASES")
        .ok()
        .and_then(|count| count.parse().ok());
    match wanted {
        Some(count) => (count, Duration::from_hours(1)),
        None if postgres => (60, Duration::from_secs(30)),
        None => (400, Duration::from_secs(25)),
    }
}

fn random(postgres: bool) -> Result<(), Failed> {
    let scratch = if postgres {
        Some(ScratchDatabase::create().ok_or("no PostgreSQL server")?)
    } else {
        None
    };
    let (cases, most) = bounds(postgres);
    let seed = std::env::var("STILLWAY_TRANSFER_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(if must_have_everything() {
        20_260_101
    } else {
        fastrand::u64(..)
    });
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: if postgres { 600 } else { 3000 },
        max_shrink_time: 60_000,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    });
    let begun = Instant::now();
    let failed = std::cell::Cell::new(false);
    let outcome = runner.run(&family::cases(), |case| {
        if begun.elapsed() > most && !failed.get() {
            return Ok(());
        }
        let server = match &scratch {
            Some(scratch) => Server::postgres(&scratch.url),
            None => Server::sqlite(),
        };
        let held = server.and_then(|server| compare::hold(&case, server));
        held.map_err(|error| {
            failed.set(true);
            TestCaseError::fail(error.message().unwrap_or_default().to_owned())
        })
    });
    match outcome {
        Ok(()) => Ok(()),
        Err(TestError::Fail(reason, case)) => {
            let text = serde_json::to_string_pretty(&case).unwrap_or_default();
            let path = std::env::temp_dir().join(format!("stillway-transfer-case-{seed}.json"));
            std::fs::write(&path, text).map_err(|error| error.to_string())?;
            Err(format!(
                "{reason}\nseed {seed}; the case is in {}: give it a name below tests/transfer/cases",
                path.display()
            )
            .into())
        }
        Err(TestError::Abort(reason)) => Err(reason.to_string().into()),
    }
}
