//! The commands over all domains: their arguments, and how each is carried out.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use super::voice::Voice;
use super::{json, text};
use crate::cli::process;
use crate::command::domains::{
    self as command, DomainError, DownTo, Process, RunResult, Selection, UpTo, Workspace,
};

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: see docs/json.md.
    Json,
}

/// What all commands over domains take.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Only these domains; may be given several times.
    #[arg(short, long = "domain", value_name = "NAME")]
    domains: Vec<String>,
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

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum DomainCommand {
    /// Where every domain stands: current migrations, what is pending, what is wrong.
    Status {
        #[command(flatten)]
        common: Common,
        /// End with exit status 5 when something is pending.
        #[arg(long)]
        check: bool,
    },
    /// Run what is pending in all domains, in an order that keeps what they need of each other.
    Upgrade {
        #[command(flatten)]
        common: Common,
        /// How far: a migration of the domain named with -d, `DOMAIN@MIGRATION`, or `+2`.
        target: Option<String>,
    },
    /// What an upgrade would run, in which order and transactions, and what is wrong with it.
    Plan {
        #[command(flatten)]
        common: Common,
        /// How far, as with upgrade.
        target: Option<String>,
        /// Print the statements as well.
        #[arg(long)]
        sql: bool,
    },
    /// Take migrations of one domain back.
    Downgrade {
        #[command(flatten)]
        common: Common,
        /// How far: `-1`, `base`, or the migration that stays, as `MIGRATION` or `DOMAIN@MIGRATION`.
        #[arg(allow_hyphen_values = true)]
        target: String,
        /// Also when applied migrations of other domains need what goes.
        #[arg(long)]
        regardless: bool,
    },
    /// Record a migration, and all before it, as applied without running anything.
    Stamp {
        #[command(flatten)]
        common: Common,
        /// The migration, `heads` for all; `DOMAIN@MIGRATION` names the domain too.
        target: String,
    },
    /// List the migrations of all domains, and with --applied what the databases say of them.
    History {
        #[command(flatten)]
        common: Common,
        /// Ask the databases.
        #[arg(long)]
        applied: bool,
    },
}

impl DomainCommand {
    fn common(&self) -> &Common {
        match self {
            Self::Status { common, .. }
            | Self::Upgrade { common, .. }
            | Self::Plan { common, .. }
            | Self::Downgrade { common, .. }
            | Self::Stamp { common, .. }
            | Self::History { common, .. } => common,
        }
    }
}

/// Runs a command.
pub(super) fn run(command: &DomainCommand) -> ExitCode {
    process::start_log(false);
    let format = command.common().format;
    let mut voice = Voice::new(command.common().quiet || format == Format::Json);
    let ended =
        open(command.common()).and_then(|workspace| dispatch(&workspace, command, &mut voice));
    voice.close();
    match ended {
        Ok(code) => process::exit(code),
        Err(error) => {
            if format == Format::Json {
                process::print(&json::failure(&error));
            } else {
                process::print_error(&text::error(&error));
            }
            process::exit(text::exit_code(&error))
        }
    }
}

/// What the process brings along, and the project it stands in.
pub(super) fn open(common: &Common) -> Result<Workspace, DomainError> {
    Workspace::open(process_facts(common.directory.as_deref()))
}

/// What commands learn of the process.
pub(super) fn process_facts(directory: Option<&std::path::Path>) -> Process {
    let mut folder = process::directory();
    if let Some(directory) = directory {
        folder.push(directory);
    }
    let environment = process::environment(folder);
    Process {
        user: process::user(&environment.variables),
        variables: environment.variables,
        directory: environment.directory,
        timestamp: environment.timestamp,
        time_zone: environment.time_zone,
    }
}

fn dispatch(
    workspace: &Workspace,
    command: &DomainCommand,
    voice: &mut Voice,
) -> Result<u8, DomainError> {
    match command {
        DomainCommand::Status { common, check } => {
            let found = command::status(workspace, &common.domains, voice)?;
            match common.format {
                Format::Text => process::print(&text::status(workspace, &found)),
                Format::Json => process::print(&json::status(workspace, &found)),
            }
            Ok(text::status_code(&found, *check))
        }
        DomainCommand::Upgrade { common, target } => {
            let selection = Selection {
                domains: common.domains.clone(),
                target: target.clone(),
            };
            let result = command::upgrade(workspace, &selection, voice)?;
            Ok(finish("upgrade", &result, common, voice))
        }
        DomainCommand::Plan {
            common,
            target,
            sql,
        } => {
            let selection = Selection {
                domains: common.domains.clone(),
                target: target.clone(),
            };
            let result = command::plan(workspace, &selection, voice)?;
            match common.format {
                Format::Text => process::print(&text::plan(&result, *sql)),
                Format::Json => process::print(&json::plan(&result, *sql)),
            }
            Ok(text::plan_code(&result))
        }
        DomainCommand::Downgrade {
            common,
            target,
            regardless,
        } => {
            let (domain, target) = one_domain(workspace, common, target)?;
            let to = DownTo::parse(&target).ok_or_else(|| {
                DomainError::misuse(format!("`{target}` is no place to go down to"))
            })?;
            let result = command::downgrade(workspace, &domain, &to, *regardless, voice)?;
            Ok(finish("downgrade", &result, common, voice))
        }
        DomainCommand::Stamp { common, target } => {
            let (domain, target) = one_domain(workspace, common, target)?;
            let to = match target.as_str() {
                "head" | "heads" | "latest" => UpTo::Latest,
                _ => UpTo::Keys(vec![target]),
            };
            command::stamp(workspace, &domain, &to, voice)?;
            Ok(0)
        }
        DomainCommand::History { common, applied } => {
            let found = command::history(workspace, &common.domains, *applied, voice)?;
            match common.format {
                Format::Text => process::print(&text::history(workspace, &found)),
                Format::Json => process::print(&json::history(workspace, &found)),
            }
            Ok(0)
        }
    }
}

/// The one domain that a command is about, and its target.
fn one_domain(
    workspace: &Workspace,
    common: &Common,
    target: &str,
) -> Result<(String, String), DomainError> {
    if let [domain] = common.domains.as_slice() {
        let key = target.strip_prefix(&format!("{domain}@")).unwrap_or(target);
        return Ok((domain.clone(), key.to_owned()));
    }
    if let (Some((domain, key)), []) = (target.split_once('@'), common.domains.as_slice()) {
        return Ok((domain.to_owned(), key.to_owned()));
    }
    match workspace.domains.as_slice() {
        [only] if common.domains.is_empty() => Ok((only.name.clone(), target.to_owned())),
        _ => Err(DomainError::misuse("this needs one domain")
            .with_hint(format!("name it with -d, or write `DOMAIN@{target}`"))),
    }
}

fn finish(action: &str, result: &RunResult, common: &Common, voice: &mut Voice) -> u8 {
    voice.close();
    match common.format {
        Format::Json => process::print(&json::run(action, result)),
        Format::Text => {
            process::print(&text::run(action, result));
            if let Some(error) = &result.failure {
                process::print_error(&text::error(error));
            }
        }
    }
    result.failure.as_ref().map_or(0, text::exit_code)
}
