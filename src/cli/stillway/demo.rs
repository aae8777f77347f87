//! `stillway demo`: the main job on data made up for it, told in a minute's reading.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::transfer_text::describe;
use super::voice::Voice;
use super::{domains, pictures};
use crate::cli::process;
use crate::command::demo::legacy::{Fate, PlantedTable, planted};
use crate::command::demo::{Counts, Demo, DemoOptions};
use crate::command::domains::{DomainAdoption, DomainError, RunResult};
use crate::command::transfer::ProjectTransfer;
use crate::model::Secret;
use crate::transfer::{CheckReport, RunOptions, RunReport, VerifyReport};

/// How it is called.
#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// An empty database to work in; SQLite in a temporary folder where nothing is said.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// How many users the legacy database has, besides those with problems.
    #[arg(long, default_value_t = 10_000)]
    rows: u64,
    /// Where the page about the project goes.
    #[arg(long, value_name = "FILE", default_value = "stillway-demo.html")]
    report: PathBuf,
    /// Keep project and database in this folder, to look around in; otherwise they are removed.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
}

/// What names, numbers and moments follow from.
const SEED: u64 = 20_260_101;

/// Runs the command.
pub(super) fn run(arguments: &DemoArguments) -> ExitCode {
    process::start_log(false);
    let mut voice = Voice::new(true);
    let ended = show(arguments, &mut voice);
    voice.close();
    match ended {
        Ok(()) => process::exit(0),
        Err(error) => domains::failed(&error, false),
    }
}

fn show(arguments: &DemoArguments, voice: &mut Voice) -> Result<(), DomainError> {
    let process = domains::process_facts(None);
    let here = process.directory.clone();
    let temporary = match &arguments.keep {
        Some(_) => None,
        None => Some(folder()?),
    };
    let folder = match (&arguments.keep, &temporary) {
        (Some(kept), _) => here.join(kept),
        (None, Some(temporary)) => temporary.path().to_owned(),
        (None, None) => here.clone(),
    };
    let options = DemoOptions {
        folder,
        url: arguments.database_url.as_deref().map(Secret::from),
        rows: arguments.rows,
        seed: SEED,
        process,
    };
    let demo = Demo::prepare(&options)?;

    let counts = demo.make_legacy(voice)?;
    process::print(&legacy_text(&counts));
    let adopted = demo.adopt(voice)?;
    process::print(&adopted_text(&adopted));
    let mut upgraded = demo.upgrade(voice)?;
    if let Some(failure) = upgraded.failure.take() {
        return Err(failure);
    }
    process::print(&upgraded_text(&upgraded));
    demo.sign_up(voice)?;
    transfer(&demo)?;

    let report = here.join(&arguments.report);
    pictures::write_report(demo.workspace(), &report, voice)?;
    process::print(&format!("\nThe project on a page: {}\n", report.display()));
    if arguments.keep.is_some() {
        let root = demo.root().display();
        process::print(&format!("The project itself:    {root}\n"));
    }
    Ok(())
}

/// Moves the rows of the legacy schemas, and tells what became of them.
fn transfer(demo: &Demo) -> Result<(), DomainError> {
    let transfer = ProjectTransfer::open(demo.workspace(), "auth_to_users")?;
    let failed = super::transfer::as_domain_error;
    let checked = transfer.check().map_err(failed)?;
    process::print(&checked_text(&checked));
    if !checked.ready {
        process::print(
            "   Nothing is moved: too large a part of the rows would be set aside. With more --rows the part is smaller.\n",
        );
        return Ok(());
    }
    let moved = transfer
        .run(&RunOptions::default(), &mut |_| {})
        .map_err(failed)?;
    let again = transfer
        .run(&RunOptions::default(), &mut |_| {})
        .map_err(failed)?;
    process::print(&moved_text(&moved, &again));
    let verified = transfer.verify(2, &mut |_| {}).map_err(failed)?;
    process::print(&verified_text(&verified));
    Ok(())
}

/// What a check says of the rows.
fn checked_text(checked: &CheckReport) -> String {
    let mut words = "\n4. Decided before anything moves (stillway transfer check)\n   \
        transfers/auth_to_users.toml has a rule for every row that cannot just be copied.\n"
        .to_owned();
    for table in &checked.tables {
        words.push_str(&format!(
            "   {} → {}: {} of {} rows move\n",
            table.source,
            table.target,
            number(table.moved),
            number(table.rows)
        ));
        for reason in &table.reasons {
            words.push_str(&format!(
                "     {:>6}  {:<12} {}\n",
                number(reason.rows),
                reason.outcome,
                describe(&reason.reason)
            ));
        }
    }
    for (table, reason) in &checked.left_behind {
        words.push_str(&format!("   {table} stays: {reason}\n"));
    }
    words
}

/// What a run did, and the one after it.
fn moved_text(moved: &RunReport, again: &RunReport) -> String {
    let total = |report: &RunReport| -> u64 {
        let work = report.work.iter();
        work.map(|work| work.inserted + work.updated + work.removed)
            .sum()
    };
    let batches: u64 = moved.work.iter().map(|work| work.batches).sum();
    format!(
        "\n5. Moved (stillway transfer run)\n   {} rows in {:.1} s and {batches} batches, each a transaction of its own: stopped at any moment, the next run goes on.\n   A second run found {} rows to change. Rows set aside lie in stillway_transfer, whole, with their reasons.\n",
        number(total(moved)),
        moved.elapsed.as_secs_f64(),
        number(total(again)),
    )
}

/// What a verification found.
fn verified_text(verified: &VerifyReport) -> String {
    let mut words = "\n6. Proved (stillway transfer verify)\n".to_owned();
    for table in &verified.tables {
        words.push_str(&format!(
            "   {:<16} {} in the source = {} moved + {} merged + {} quarantined + {} skipped; unexplained: {}\n",
            table.table,
            number(table.source),
            number(table.moved),
            number(table.merged),
            number(table.quarantined),
            number(table.skipped),
            table.unexplained,
        ));
    }
    words.push_str(match verified.verified {
        true => "   Every column has the same digest on both sides: nothing was lost.\n",
        false => "   Source and target DIFFER: see `stillway transfer verify`.\n",
    });
    words
}

fn folder() -> Result<tempfile::TempDir, DomainError> {
    let made = tempfile::Builder::new().prefix("stillway-demo").tempdir();
    made.map_err(|error| {
        DomainError::words(format!("unable to make a temporary folder: {error}"))
            .with_hint("name a folder with --keep")
    })
}

/// A number with its thousands apart.
fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What is in the legacy database.
fn legacy_text(counts: &Counts) -> String {
    let mut words = "1. A legacy database\n   \
        What a service has after some years: Alembic has kept `auth`, nobody `user_profile`.\n"
        .to_owned();
    for (table, count) in counts {
        words.push_str(&format!("   {:>12}  {table}\n", number(*count)));
    }
    let rows = planted();
    let awkward = rows.iter().filter(|row| row.fate != Fate::Moved).count();
    words.push_str(&format!(
        "   Among them are {} rows of which something is known to go wrong, {awkward} that cannot just be copied. For instance:\n",
        rows.len()
    ));
    for (table, fate) in [
        (PlantedTable::Users, Fate::Nulled("phone_number")),
        (
            PlantedTable::SocialAccounts,
            Fate::Quarantined(&["conflict:provider+provider_user_id"]),
        ),
        (
            PlantedTable::UserCharacters,
            Fate::Quarantined(&["no_parent:user_id"]),
        ),
    ] {
        let found = rows
            .iter()
            .find(|row| row.table == table && row.fate == fate);
        if let Some(row) = found {
            words.push_str(&format!(
                "     {}  {} ({})\n",
                row.id,
                row.what,
                table.name()
            ));
        }
    }
    words
}

/// What was taken over.
fn adopted_text(adopted: &[DomainAdoption]) -> String {
    let mut words = "\n2. Taken over, nothing run (stillway adopt)\n".to_owned();
    for DomainAdoption { domain, result } in adopted {
        match result {
            Ok(adoption) => words.push_str(&format!(
                "   {domain:<10} {} of {} migrations are there already\n",
                adoption.applied.len(),
                adoption.applied.len() + adoption.pending.len(),
            )),
            Err(hindrances) => {
                for hindrance in hindrances {
                    words.push_str(&format!("   {domain:<10} {}\n", hindrance.message));
                }
            }
        }
    }
    words
}

/// What has run.
fn upgraded_text(upgraded: &RunResult) -> String {
    let mut words = "\n3. What was pending has run (stillway upgrade)\n".to_owned();
    for domain in &upgraded.domains {
        let ran = if domain.ran.is_empty() {
            "nothing was pending".to_owned()
        } else {
            domain.ran.join(", ")
        };
        words.push_str(&format!("   {:<10} {ran}\n", domain.domain));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn thousands_are_told_apart() {
        for (count, words) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(number(count), words);
        }
    }
}
