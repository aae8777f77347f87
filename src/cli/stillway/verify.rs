//! `lock` and `verify`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use super::domains::process_facts;
use super::voice::Voice;
use super::{json, text};
use crate::cli::process;
use crate::command::domains::{
    LOCK_FILE, LockOptions, LockResult, VerifyOptions, VerifyResult, Workspace, lock, verify,
};
use crate::report::findings::{Format, Report};
use crate::verify::{Change, LineChange, Verdict};

/// How many changed lines of one kind are listed.
const SHOWN: usize = 10;

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum FindingFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: see docs/verify.md.
    Json,
    /// `JUnit`'s XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    Gitlab,
}

impl From<FindingFormat> for Format {
    fn from(format: FindingFormat) -> Self {
        match format {
            FindingFormat::Text => Self::Text,
            FindingFormat::Json => Self::Json,
            FindingFormat::Junit => Self::Junit,
            FindingFormat::Sarif => Self::Sarif,
            FindingFormat::Github => Self::Github,
            FindingFormat::Gitlab => Self::Gitlab,
        }
    }
}

/// What both commands take.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Only these domains; may be given several times.
    #[arg(short, long = "domain", value_name = "NAME")]
    domains: Vec<String>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = FindingFormat::Text)]
    format: FindingFormat,
    /// Work in this folder instead of the current one.
    #[arg(short = 'C', long, value_name = "FOLDER")]
    directory: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum VerifyCommand {
    /// Take down in stillway.lock what the migrations are; changes of what is settled are refused.
    Lock {
        #[command(flatten)]
        common: Common,
        /// A migration, as findings call it, or a domain, whose change is wanted; may be given
        /// several times.
        #[arg(long, value_name = "KEY")]
        accept: Vec<String>,
        /// Say what would be written, and write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Whether anybody changed a migration that is settled; without a database unless one is asked.
    Verify {
        #[command(flatten)]
        common: Common,
        /// Hold the files against a state of the Git repository, too, such as `origin/main`.
        #[arg(long, value_name = "REF")]
        base: Option<String>,
        /// Ask the databases what they have recorded.
        #[arg(long)]
        database: bool,
        /// Let warnings count as errors.
        #[arg(long)]
        strict: bool,
        /// Take down in stillway.lock what is new and what makes no difference.
        #[arg(long)]
        fix: bool,
    },
}

/// Runs a command.
pub(super) fn run(command: &VerifyCommand) -> ExitCode {
    process::start_log(false);
    let (VerifyCommand::Lock { common, .. } | VerifyCommand::Verify { common, .. }) = command;
    let mut voice = Voice::new(common.format != FindingFormat::Text);
    let facts = process_facts(common.directory.as_deref());
    let timestamp = facts.timestamp.clone();
    let ended = Workspace::open(facts).and_then(|workspace| match command {
        VerifyCommand::Lock {
            common,
            accept,
            dry_run,
        } => {
            let options = LockOptions {
                domains: common.domains.clone(),
                accept: accept.clone(),
                dry_run: *dry_run,
                ..LockOptions::default()
            };
            let result = lock(&workspace, &options)?;
            Ok(tell_lock(&result, common, *dry_run, &timestamp))
        }
        VerifyCommand::Verify {
            common,
            base,
            database,
            strict,
            fix,
        } => {
            let options = VerifyOptions {
                domains: common.domains.clone(),
                base: base.clone(),
                database: *database,
                strict: *strict,
                fix: *fix,
            };
            let result = verify(&workspace, &options, &mut voice)?;
            voice.close();
            Ok(tell(&result, common, &timestamp))
        }
    });
    match ended {
        Ok(code) => process::exit(code),
        Err(error) => {
            if common.format == FindingFormat::Json {
                process::print(&json::failure(&error));
            } else {
                process::print_error(&text::error(&error));
            }
            process::exit(text::exit_code(&error))
        }
    }
}

fn tell(result: &VerifyResult, common: &Common, timestamp: &str) -> u8 {
    let report = Report {
        check: "verify",
        domains: &result.examined,
        findings: &result.findings,
        verdict: result.verdict,
        prefix: &result.prefix,
        timestamp,
    };
    process::print(&report.write(common.format.into()));
    for error in &result.failures {
        process::print_error(&text::error(error));
    }
    if let Some(fixed) = &result.fixed {
        process::print_error(&changed_lines(fixed, false));
    }
    exit_status(result)
}

/// What was changed says more than a database that did not answer, and that more than what is new.
fn exit_status(result: &VerifyResult) -> u8 {
    let failure = result.failures.iter().map(text::exit_code).max();
    match (result.verdict, failure) {
        (Verdict::Clean | Verdict::Pending, Some(status)) => status,
        (Verdict::Pending, None) if was_fixed(result) => 0,
        (verdict, _) => verdict.exit_status(),
    }
}

/// Whether nothing is left to be settled, because it has been.
fn was_fixed(result: &VerifyResult) -> bool {
    let fixed = result.fixed.as_ref();
    let waits = result
        .findings
        .iter()
        .any(|finding| finding.code == "not-applied");
    fixed.is_some_and(|fixed| fixed.refused.is_empty()) && !waits
}

fn tell_lock(result: &LockResult, common: &Common, dry_run: bool, timestamp: &str) -> u8 {
    let verdict = Verdict::of(&result.refused, true);
    let report = Report {
        check: "lock",
        domains: &result.examined,
        findings: &result.refused,
        verdict,
        prefix: "",
        timestamp,
    };
    if common.format != FindingFormat::Text || !result.refused.is_empty() {
        process::print(&report.write(common.format.into()));
    }
    process::print_error(&changed_lines(result, dry_run));
    verdict.exit_status()
}

/// What became of the lock file.
fn changed_lines(result: &LockResult, dry_run: bool) -> String {
    let mut lines = String::new();
    let alike =
        |one: &&Change, other: &&Change| one.domain == other.domain && one.what == other.what;
    let changes: Vec<&Change> = result.changes.iter().collect();
    for group in changes.chunk_by(alike) {
        let what = match group[0].what {
            LineChange::Added => "add",
            LineChange::Updated => "update",
            LineChange::Removed => "remove",
        };
        let domain = &group[0].domain;
        for change in group.iter().take(SHOWN) {
            lines.push_str(&format!("  {what} {domain} {}\n", change.migration));
        }
        if group.len() > SHOWN {
            let more = group.len() - SHOWN;
            lines.push_str(&format!("  {what} {domain}: {more} more\n"));
        }
    }
    for key in &result.idle {
        lines.push_str(&format!("  nothing to accept for {key}\n"));
    }
    lines.push_str(
        &match (result.refused.is_empty(), dry_run, result.written) {
            (false, _, _) => format!("{LOCK_FILE} is left as it is because of what was found\n"),
            (true, true, _) => format!("{LOCK_FILE} is left as it is: this was a dry run\n"),
            (true, false, true) => format!("{LOCK_FILE} is written\n"),
            (true, false, false) => format!("{LOCK_FILE} is up to date\n"),
        },
    );
    lines
}
