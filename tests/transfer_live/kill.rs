//! Runs that are killed at random instants, and run again until they end: what they leave is what an
//! undisturbed run leaves, also while others keep writing into the source.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;

use crate::fates::{unchanged, verified};
use crate::legacy::{NAME, connect, dump, execute, legacy, reset};
use crate::site::{Site, Told};
use crate::support::database::Backend;

/// A way to be killed.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) backend: Backend,
    jobs: &'static str,
    kills: usize,
    /// Whether somebody writes into the source meanwhile.
    writing: bool,
}

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "one job",
        backend: Backend::Postgres,
        jobs: "1",
        kills: 150,
        writing: false,
    },
    Case {
        name: "three jobs",
        backend: Backend::Postgres,
        jobs: "3",
        kills: 150,
        writing: false,
    },
    Case {
        name: "three jobs, while others write",
        backend: Backend::Postgres,
        jobs: "3",
        kills: 40,
        writing: true,
    },
    Case {
        name: "one file",
        backend: Backend::Sqlite,
        jobs: "1",
        kills: 100,
        writing: false,
    },
    Case {
        name: "one file, while others write",
        backend: Backend::Sqlite,
        jobs: "1",
        kills: 20,
        writing: true,
    },
];

/// Kills of one database, before it may come to its end.
const KILLS_EACH: usize = 10;
/// Users besides those with problems.
const ROWS: u64 = 40;
/// A server process may outlive its client by moments.
const GRACE: Duration = Duration::from_secs(10);

fn arguments(jobs: &'static str) -> [&'static str; 8] {
    [
        "transfer",
        "run",
        NAME,
        "--batch-size",
        "12",
        "--jobs",
        jobs,
        "--quiet",
    ]
}

/// Runs to the end, whoever was killed before.
fn finish(site: &Site, jobs: &'static str) -> Result<Told, Failed> {
    let begun = Instant::now();
    loop {
        let told = site.run(&arguments(jobs))?;
        if told.code == 0 {
            return Ok(told);
        }
        let held = told.errors.contains("another run of the transfer");
        if !held || begun.elapsed() > GRACE {
            return Err(format!("{told:?}").into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Starts a run and kills it; whether it was still running.
fn kill_one(site: &Site, jobs: &'static str, whole: Duration) -> Result<bool, Failed> {
    let mut child = site
        .command(&arguments(jobs), &site.root(), &[])?
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    std::thread::sleep(whole.mul_f64(fastrand::f64()));
    let ended = child.try_wait()?.is_some();
    child.kill().ok();
    child.wait()?;
    Ok(!ended)
}

pub(crate) fn kill(case: &Case) -> Result<(), Failed> {
    let site = legacy(case.backend, ROWS)?;
    if case.backend == Backend::Postgres {
        // A killed client loses nothing that the server has committed, on the disk or not.
        let sql = format!(
            "ALTER DATABASE {} SET synchronous_commit = off",
            name(&site)
        );
        execute(&site, &[sql])?;
    }
    finish(&site, case.jobs)?;
    let undisturbed = dump(&site)?;
    reset(&site)?;
    // The second run of a program takes its typical time.
    let begun = Instant::now();
    finish(&site, case.jobs)?;
    let whole = begun.elapsed();
    let mut kills = 0;
    while kills < case.kills {
        reset(&site)?;
        let stop = AtomicBool::new(false);
        let seed = fastrand::u64(..);
        let killed = std::thread::scope(|scope| -> Result<usize, Failed> {
            let writer = case
                .writing
                .then(|| scope.spawn(|| write(&site, seed, &stop)));
            let mut killed = 0;
            let mut outcome = Ok(());
            for _ in 0..KILLS_EACH {
                match kill_one(&site, case.jobs, whole) {
                    Ok(running) => killed += usize::from(running),
                    Err(error) => outcome = Err(error),
                }
            }
            stop.store(true, Ordering::Relaxed);
            if let Some(writer) = writer {
                writer.join().map_err(|_| "the writer failed")??;
            }
            outcome.map(|()| killed)
        })?;
        kills += killed.max(1);
        if case.writing {
            // What was cut short ends, then the last changes are caught up with.
            finish(&site, case.jobs)?;
        }
        finish(&site, case.jobs)?;
        let found = dump(&site)?;
        verified(&site)?;
        let wanted = if case.writing {
            // The same source, moved at once.
            reset(&site)?;
            finish(&site, case.jobs)?;
            dump(&site)?
        } else {
            undisturbed.clone()
        };
        let what = format!("killed {killed} times, seed {seed}");
        unchanged(&what, &wanted, &found)?;
    }
    Ok(())
}

/// What the server calls the database.
fn name(site: &Site) -> &str {
    let scratch = site.database.scratch.as_ref();
    scratch.map_or("", |scratch| &scratch.name)
}

/// Inserts, changes and deletes in the source until it is told to stop.
fn write(site: &Site, seed: u64, stop: &AtomicBool) -> Result<(), Failed> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut connection = connect(site)?;
    let is_postgres = site.database.backend() == Backend::Postgres;
    let mut number = 0_u32;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let statement = change(&mut random, number);
        // Two rows of the source that are one: the change is not made.
        if let Err(error) = connection.database().query(&statement) {
            let expected = error.message.code.starts_with("23")
                || error.message.message.contains("constraint failed");
            if !expected {
                return Err(format!("{error}: {statement}").into());
            }
        }
        // One who never pauses would let nobody else into a file.
        let pause = if is_postgres { 2 } else { 15 };
        std::thread::sleep(Duration::from_millis(pause));
    }
    Ok(())
}

/// One change of the source.
fn change(random: &mut fastrand::Rng, number: u32) -> String {
    let made = "'2023-03-03 03:03:03+00:00'";
    let now = format!(
        "'2025-06-01 {:02}:{:02}:{:02}+00:00'",
        number / 3600 % 24,
        number / 60 % 60,
        number % 60
    );
    let phone = match random.u8(..8) {
        0 => "NULL".to_owned(),
        1 => "''".to_owned(),
        2 => "'letters'".to_owned(),
        _ => format!("'010-0000-{:04}'", random.u16(..60)),
    };
    let provider = ["google", "Google", " kakao", "naver", "apple"][random.usize(..5)];
    let status = ["owned", "OWNED", "burned", "sold"][random.usize(..4)];
    let subject = format!("s{}", random.u8(..30));
    // Any of those with problems, and of those that are added here.
    let user = if random.bool() {
        format!("00000000-0000-4000-8000-{:012}", random.u8(1..40))
    } else {
        format!("11111111-0000-4000-8000-{:012}", random.u8(1..20))
    };
    let new_user = format!("11111111-0000-4000-8000-{:012}", random.u8(1..20));
    let social = format!("00000000-0000-4000-9000-{:012}", random.u8(1..28));
    let new_social = format!("11111111-0000-4000-9000-{:012}", random.u8(1..30));
    let character = format!("00000000-0000-4000-a000-{:012}", random.u8(1..13));
    let new_character = format!("11111111-0000-4000-a000-{:012}", random.u8(1..30));
    match random.u8(..13) {
        0..=1 => format!(
            "INSERT INTO auth.users (id, username, nickname, phone_number, created_at, updated_at) VALUES ('{new_user}', 'w{number}', '새 {number}', {phone}, {made}, {now})"
        ),
        2..=3 => format!(
            "UPDATE auth.users SET phone_number = {phone}, updated_at = {now} WHERE id = '{user}'"
        ),
        4 => format!(
            "UPDATE auth.users SET nickname = '별 {number}', last_login_at = {now}, updated_at = {now} WHERE id = '{user}'"
        ),
        5 => format!("DELETE FROM auth.users WHERE id = '{user}'"),
        6 => format!(
            "INSERT INTO auth.user_social_accounts (id, user_id, provider, provider_user_id, created_at, updated_at) VALUES ('{new_social}', '{user}', '{provider}', '{subject}', {made}, {now})"
        ),
        7 => format!(
            "UPDATE auth.user_social_accounts SET provider = '{provider}', provider_user_id = '{subject}', updated_at = {now} WHERE id IN ('{social}', '{new_social}')"
        ),
        8 => format!(
            "DELETE FROM auth.user_social_accounts WHERE id IN ('{social}', '{new_social}')"
        ),
        9 => format!(
            "INSERT INTO user_profile.user_characters (id, user_id, character_id, character_code, character_name, status, acquired_at, updated_at) VALUES ('{new_character}', '{user}', '00000000-0000-4000-c000-000000000001', 'c{}', '페티', '{status}', {made}, {now})",
            random.u8(..4)
        ),
        10 => format!(
            "UPDATE user_profile.user_characters SET status = '{status}', user_id = '{user}', updated_at = {now} WHERE id IN ('{character}', '{new_character}')"
        ),
        11 => format!(
            "DELETE FROM user_profile.user_characters WHERE id IN ('{character}', '{new_character}')"
        ),
        _ => format!(
            "UPDATE user_profile.users SET nickname = '프 {number}' WHERE auth_user_id = '{user}'"
        ),
    }
}
