//! `transfer`: its arguments, and how each command is carried out.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand, ValueEnum};

use super::arguments::Format;
use super::domains::process_facts;
use super::transfer_text;
use super::{json, text};
use crate::cli::process;
use crate::command::domains::{DomainError, Workspace};
use crate::command::transfer::{Failure, ProjectTransfer, list};
use crate::transfer::{RunEvent, RunOptions};

/// What all commands of transfers take.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// How to print results.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print nothing but results, warnings and errors.
    #[arg(short, long)]
    quiet: bool,
    /// Work in this folder instead of the current one.
    #[arg(short = 'C', long, value_name = "FOLDER")]
    directory: Option<std::path::PathBuf>,
}

/// A transfer, and what all commands take.
#[derive(Debug, Args)]
pub(super) struct One {
    /// Its name (the file `transfers/NAME.toml` of the project), or the path of its file.
    name: String,
    #[command(flatten)]
    common: Common,
}

/// Move rows from one schema into another: see docs/transfer.md.
#[derive(Debug, Subcommand)]
pub(super) enum TransferCommand {
    /// Move rows between schemas, as a file declares it: checked before, in batches, verified after.
    #[command(subcommand)]
    Transfer(TransferAction),
}

/// What is done about transfers.
#[derive(Debug, Subcommand)]
pub(super) enum TransferAction {
    /// List the transfers of the project.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Tell what a run would do with every row; writes nothing.
    Check(One),
    /// Move the rows; goes on where an earlier run was stopped, and catches up with later changes.
    Run {
        #[command(flatten)]
        one: One,
        /// Rows in a batch; by default as many as fit into --batch-time.
        #[arg(long, value_name = "ROWS")]
        batch_size: Option<u64>,
        /// Seconds that a batch should take.
        #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
        batch_time: f64,
        /// Batches worked on at once (PostgreSQL).
        #[arg(long, default_value_t = 2)]
        jobs: usize,
        /// Most rows a second.
        #[arg(long, value_name = "ROWS")]
        rate: Option<f64>,
        /// Wait while a replica lags further behind than this many seconds.
        #[arg(long, value_name = "SECONDS")]
        max_lag: Option<f64>,
        /// Seconds that a statement waits for a lock before its batch is tried again.
        #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
        lock_timeout: f64,
    },
    /// Set source and target against each other, both ways, down to the rows that differ.
    Verify {
        #[command(flatten)]
        one: One,
        /// Key ranges compared at once (PostgreSQL).
        #[arg(long, default_value_t = 2)]
        jobs: usize,
    },
    /// Tell where a transfer stands: phase, last run, verification, backup.
    Status(One),
    /// Go to a phase: 1 side by side, 2 the target leads and the source is read-only, 3 the source is dropped.
    Phase {
        #[command(flatten)]
        one: One,
        /// The phase.
        #[arg(value_parser = clap::value_parser!(u64).range(1..=3))]
        phase: u64,
        /// Drop the source's tables in phase 3.
        #[arg(long)]
        drop: bool,
        /// Seconds to wait for the locks.
        #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
        lock_timeout: f64,
    },
    /// Write the source's tables, whole, to a file of SQL.
    Backup {
        #[command(flatten)]
        one: One,
        /// The file; it must not exist yet.
        #[arg(long, value_name = "FILE")]
        to: std::path::PathBuf,
    },
    /// Install or remove triggers that carry each change of the source over at once (PostgreSQL).
    Sync {
        #[command(flatten)]
        one: One,
        /// What is done.
        #[arg(value_enum)]
        action: SyncAction,
        /// Seconds to wait for the locks.
        #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
        lock_timeout: f64,
    },
    /// Remove what was moved and nobody has changed since; tell what stays.
    Undo {
        #[command(flatten)]
        one: One,
        /// Do it: without this, nothing is removed.
        #[arg(long)]
        yes: bool,
    },
}

/// What is done about triggers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SyncAction {
    /// Create them.
    Install,
    /// Take them away.
    Remove,
}

impl TransferAction {
    fn common(&self) -> &Common {
        match self {
            Self::List { common } => common,
            Self::Check(one)
            | Self::Status(one)
            | Self::Phase { one, .. }
            | Self::Backup { one, .. }
            | Self::Sync { one, .. }
            | Self::Run { one, .. }
            | Self::Verify { one, .. }
            | Self::Undo { one, .. } => &one.common,
        }
    }
}

/// Runs a command.
pub(super) fn run(command: &TransferCommand) -> ExitCode {
    let TransferCommand::Transfer(action) = command;
    process::start_log(false);
    let common = action.common();
    let facts = process_facts(common.directory.as_deref());
    let ended = Workspace::open(facts)
        .map_err(Failure::from)
        .and_then(|workspace| dispatch(&workspace, action));
    match ended {
        Ok(code) => process::exit(code),
        Err(failure) => {
            super::domains::failed(&as_domain_error(failure), common.format == Format::Json)
        }
    }
}

/// The failure as one of commands over domains, which are told alike.
pub(super) fn as_domain_error(failure: Failure) -> DomainError {
    let error = match failure {
        Failure::Project(error) => return error,
        Failure::Transfer(error) => error,
    };
    let words = DomainError::words(transfer_text::error(&error));
    match error.hint() {
        Some(hint) => words.with_hint(hint),
        None => words,
    }
}

fn dispatch(workspace: &Workspace, action: &TransferAction) -> Result<u8, Failure> {
    let common = action.common();
    let is_json = common.format == Format::Json;
    let mut progress = Progress::new(common.quiet || is_json);
    let transfer = |one: &One| ProjectTransfer::open(workspace, &one.name);
    match action {
        TransferAction::List { .. } => {
            let found = list(workspace)?;
            process::print(&match is_json {
                true => {
                    let names: Vec<_> = found
                        .iter()
                        .map(|found| {
                            serde_json::json!({
                                "name": found.declaration.name,
                                "path": found.declaration.path,
                                "description": found.declaration.description,
                            })
                        })
                        .collect();
                    json::document("transfer list", serde_json::json!({ "transfers": names }))
                }
                false => transfer_text::list(&found),
            });
            Ok(0)
        }
        TransferAction::Check(one) => {
            let report = transfer(one)?.check()?;
            process::print(&match is_json {
                true => json::document("transfer check", serde_json::json!(report)),
                false => transfer_text::check(&report),
            });
            Ok(u8::from(!report.ready))
        }
        TransferAction::Run {
            one,
            batch_size,
            batch_time,
            jobs,
            rate,
            max_lag,
            lock_timeout,
        } => {
            let options = RunOptions {
                batch_rows: *batch_size,
                batch_time: seconds(*batch_time)?,
                jobs: *jobs,
                rate: *rate,
                max_lag: max_lag.map(seconds).transpose()?,
                lock_timeout: seconds(*lock_timeout)?,
            };
            if *batch_size == Some(0) || rate.is_some_and(|rate| rate <= 0.0) {
                return Err(
                    DomainError::misuse("--batch-size and --rate take numbers above 0").into(),
                );
            }
            let outcome = transfer(one)?.run(&options, &mut |event| progress.tell(&event));
            progress.clear();
            let report = outcome?;
            process::print(&match is_json {
                true => json::document("transfer run", serde_json::json!(report)),
                false => transfer_text::run(&report),
            });
            Ok(0)
        }
        TransferAction::Verify { one, jobs } => {
            let outcome = transfer(one)?.verify(*jobs, &mut |event| progress.tell(&event));
            progress.clear();
            let report = outcome?;
            process::print(&match is_json {
                true => json::document("transfer verify", serde_json::json!(report)),
                false => transfer_text::verify(&report),
            });
            Ok(u8::from(!report.verified))
        }
        TransferAction::Status(one) => {
            let status = transfer(one)?.status()?;
            process::print(&match is_json {
                true => json::document("transfer status", serde_json::json!(status)),
                false => transfer_text::status(&status),
            });
            Ok(0)
        }
        TransferAction::Phase {
            one,
            phase,
            drop,
            lock_timeout,
        } => {
            let timeout = seconds(*lock_timeout)?;
            let status = transfer(one)?.change_phase(*phase, *drop, timeout)?;
            process::print(&match is_json {
                true => json::document("transfer phase", serde_json::json!(status)),
                false => transfer_text::status(&status),
            });
            Ok(0)
        }
        TransferAction::Backup { one, to } => {
            let backup = transfer(one)?.backup(to)?;
            process::print(&match is_json {
                true => json::document("transfer backup", serde_json::json!(backup)),
                false => transfer_text::backup(&backup),
            });
            Ok(0)
        }
        TransferAction::Sync {
            one,
            action,
            lock_timeout,
        } => {
            let install = *action == SyncAction::Install;
            let tables = transfer(one)?.synchronise(install, seconds(*lock_timeout)?)?;
            process::print(&match is_json {
                true => json::document("transfer sync", serde_json::json!({ "tables": tables })),
                false => transfer_text::sync(&tables),
            });
            Ok(0)
        }
        TransferAction::Undo { one, yes } => {
            let transfer = transfer(one)?;
            if !yes {
                let error = DomainError::misuse(format!(
                    "undo removes the rows that {} has moved, where nobody has changed them; nothing was removed",
                    transfer.declaration.name
                ));
                return Err(error.with_hint("add --yes").into());
            }
            let report = transfer.undo()?;
            process::print(&match is_json {
                true => json::document("transfer undo", serde_json::json!(report)),
                false => transfer_text::undo(&report),
            });
            Ok(0)
        }
    }
}

fn seconds(value: f64) -> Result<Duration, DomainError> {
    Duration::try_from_secs_f64(value)
        .map_err(|_| DomainError::misuse(format!("{value} is no length of time")))
}

/// Tells how far a run has come.
struct Progress {
    quiet: bool,
    terminal: bool,
    begun: Instant,
    table: String,
    rows: u64,
    shown: Option<Instant>,
}

impl Progress {
    fn new(quiet: bool) -> Self {
        Self {
            quiet,
            terminal: process::is_terminal(),
            begun: Instant::now(),
            table: String::new(),
            rows: 0,
            shown: None,
        }
    }

    fn say(&mut self, words: &str) {
        if !self.quiet {
            self.clear();
            process::print_error(&format!("{words}\n"));
        }
    }

    /// Takes the line away that shows how far a table has come.
    fn clear(&mut self) {
        if self.terminal && self.shown.take().is_some() {
            process::print_error("\r\u{1b}[K");
        }
    }

    fn tell(&mut self, event: &RunEvent) {
        match event {
            RunEvent::Resolving => self.say("deciding on rows …"),
            RunEvent::Resumed { batches } => {
                self.say(&format!(
                    "going on with an unfinished run: {batches} batches are done"
                ));
            }
            RunEvent::Table { name, rows } => {
                self.table.clone_from(name);
                self.rows = *rows;
                self.begun = Instant::now();
                self.say(&format!("{name}: {} rows", text::thousands(*rows)));
            }
            RunEvent::Batch { passed, .. } => self.advance(*passed),
            RunEvent::Retry { table, reason } => {
                self.say(&format!("{table}: a batch is tried again: {reason}"))
            }
            RunEvent::Refused { table, key, reason } => {
                self.say(&format!("{table}: {key} goes to the quarantine: {reason}"));
            }
            RunEvent::Waiting { reason } => self.say(&format!("waiting: {reason}")),
        }
    }

    fn advance(&mut self, passed: u64) {
        let every = if self.terminal { 200 } else { 5_000 };
        let due = self
            .shown
            .is_none_or(|shown| shown.elapsed() >= Duration::from_millis(every));
        if self.quiet || !due || (!self.terminal && self.begun.elapsed() < Duration::from_secs(2)) {
            return;
        }
        self.shown = Some(Instant::now());
        let passed = passed.min(self.rows);
        let elapsed = self.begun.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate is no exact number")]
        let (rate, left) = {
            let rate = passed as f64 / elapsed.max(0.001);
            (rate, (self.rows - passed) as f64 / rate.max(1.0))
        };
        let line = format!(
            "{}: {} of {} rows, {rate:.0} a second, {left:.0} s left",
            self.table,
            text::thousands(passed),
            text::thousands(self.rows)
        );
        match self.terminal {
            true => process::print_error(&format!("\r\u{1b}[K{line}")),
            false => process::print_error(&format!("{line}\n")),
        }
    }
}
