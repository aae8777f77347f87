//! The arguments of the commands over domains.

use clap::{Args, Subcommand, ValueEnum};

use super::targets::{CareArguments, TargetArguments};
use crate::command::domains::{DomainError, TargetOptions};
use crate::model::Dialect;

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
    #[arg(short, long = "domain", value_name = "NAME", global = true)]
    pub(super) domains: Vec<String>,
    /// How to print results.
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    pub(super) format: Format,
    /// Print nothing but results, warnings and errors.
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Work in this folder instead of the current one.
    #[arg(short = 'C', long, value_name = "FOLDER", global = true)]
    pub(super) directory: Option<std::path::PathBuf>,
}

/// What is done about single domains.
#[derive(Debug, Subcommand)]
pub(super) enum DomainAction {
    /// Add a domain: directory, configuration, first migration, entry in stillway.toml.
    Add {
        /// Its name.
        name: String,
        /// Who will write its migrations: native, flyway or alembic.
        #[arg(long, default_value = "native")]
        dialect: Dialect,
        /// Its directory; beside those of the other domains where nothing is said.
        #[arg(long = "path", value_name = "FOLDER")]
        folder: Option<String>,
        /// Its schema; its name where nothing is said.
        #[arg(long)]
        schema: Option<String>,
        /// A domain, or `DOMAIN@MIGRATION`, that has to be there first; may be given several times.
        #[arg(long = "depends-on", value_name = "NEED")]
        needs: Vec<String>,
    },
    /// List the domains, in the order in which they are upgraded.
    List,
    /// Show what is known of a domain.
    Show {
        /// Its name.
        name: String,
    },
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum DomainCommand {
    /// Write a stillway.toml with the domains that are found here.
    Init {
        #[command(flatten)]
        common: Common,
        /// Write over the one that is there.
        #[arg(long)]
        force: bool,
    },
    /// Add, list and show domains.
    Domain {
        #[command(flatten)]
        common: Common,
        /// What to do.
        #[command(subcommand)]
        action: DomainAction,
    },
    /// Write a new migration into a domain.
    Revision {
        #[command(flatten)]
        common: Common,
        /// What it does.
        #[arg(short, long)]
        message: String,
        /// Its id or version; the next one where nothing is said.
        #[arg(long = "id", value_name = "KEY")]
        key: Option<String>,
        /// What it follows, in a chain; may be given several times, to merge.
        #[arg(long = "parent", value_name = "KEY")]
        parents: Vec<String>,
        /// What it waits for, such as `auth@0001`; may be given several times.
        #[arg(long = "depends-on", value_name = "NEED")]
        depends_on: Vec<String>,
        /// It runs again whenever it has changed.
        #[arg(long)]
        repeatable: bool,
    },
    /// Convert a domain's migrations to another dialect. Only tells, unless --write is given.
    Convert {
        #[command(flatten)]
        common: Common,
        /// The dialect that they are to have: native, flyway or alembic.
        #[arg(long)]
        to: Dialect,
        /// Where the new files go; beside the old ones where nothing is said.
        #[arg(long, value_name = "FOLDER")]
        output: Option<std::path::PathBuf>,
        /// Take in the migrations of another domain: they meet this chain behind one of its heads, in a
        /// merge; may be given several times.
        #[arg(long = "join", value_name = "DOMAIN@HEAD")]
        joins: Vec<String>,
        /// Write the files, and the change into stillway.toml.
        #[arg(long)]
        write: bool,
        /// Move what was converted to a folder `original` beside the new files.
        #[arg(long = "move", requires = "write")]
        move_originals: bool,
        /// Write the files only, and leave stillway.toml as it is.
        #[arg(long, requires = "write")]
        keep_project: bool,
    },
    /// Take over databases that Flyway or Alembic have kept: marks what is there, runs nothing.
    Adopt {
        #[command(flatten)]
        common: Common,
        /// Only tell what would be marked.
        #[arg(long)]
        dry_run: bool,
        /// A version or revision that counts as applied though no history says so.
        #[arg(long, value_name = "KEY")]
        assume: Vec<String>,
        /// A version that ran with another text than the one that was converted.
        #[arg(long, value_name = "KEY")]
        accept: Vec<String>,
        /// A row of a history that counts for nothing.
        #[arg(long, value_name = "KEY")]
        ignore: Vec<String>,
    },
    /// Hand a domain back: write the histories of Flyway and Alembic so that these go on.
    Release {
        #[command(flatten)]
        common: Common,
        /// To whom: flyway or alembic; to those that it was converted from where nothing is said.
        #[arg(long, requires = "folder")]
        to: Option<Dialect>,
        /// The directory of the files that the original will run.
        #[arg(long = "path", value_name = "FOLDER", requires = "to")]
        folder: Option<String>,
        /// The schema of the original's history table.
        #[arg(long, requires = "to")]
        schema: Option<String>,
        /// The original's history table.
        #[arg(long, requires = "to")]
        table: Option<String>,
        /// Only tell what would be written.
        #[arg(long)]
        dry_run: bool,
    },
    /// Where every domain stands: current migrations, what is pending, what is wrong.
    Status {
        #[command(flatten)]
        common: Common,
        /// End with exit status 5 when something is pending.
        #[arg(long)]
        check: bool,
        /// List every target of domains that have targets, not only those that stand elsewhere than most.
        #[arg(long)]
        all_targets: bool,
        #[command(flatten)]
        targets: TargetArguments,
    },
    /// Run what is pending in all domains, in an order that keeps what they need of each other.
    Upgrade {
        #[command(flatten)]
        common: Common,
        /// How far: a migration of the domain named with -d, `DOMAIN@MIGRATION`, or `+2`.
        target: Option<String>,
        /// Also when the files show that migrations would fail.
        #[arg(long)]
        regardless: bool,
        #[command(flatten)]
        targets: TargetArguments,
        #[command(flatten)]
        care: CareArguments,
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
        #[command(flatten)]
        targets: TargetArguments,
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
        #[command(flatten)]
        targets: TargetArguments,
        #[command(flatten)]
        care: CareArguments,
    },
    /// Record a migration, and all before it, as applied without running anything.
    Stamp {
        #[command(flatten)]
        common: Common,
        /// The migration, `heads` for all, `base` for none; `DOMAIN@MIGRATION` names the domain too.
        target: String,
        #[command(flatten)]
        targets: TargetArguments,
        #[command(flatten)]
        care: CareArguments,
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
    pub(super) fn common(&self) -> &Common {
        match self {
            Self::Init { common, .. }
            | Self::Domain { common, .. }
            | Self::Revision { common, .. }
            | Self::Convert { common, .. }
            | Self::Adopt { common, .. }
            | Self::Release { common, .. }
            | Self::Status { common, .. }
            | Self::Upgrade { common, .. }
            | Self::Plan { common, .. }
            | Self::Downgrade { common, .. }
            | Self::Stamp { common, .. }
            | Self::History { common, .. } => common,
        }
    }
}

impl DomainCommand {
    /// How the targets of domains are gone through, where a command says so.
    pub(super) fn target_options(
        &self,
        domains: &[String],
    ) -> Result<Option<TargetOptions>, DomainError> {
        match self {
            Self::Upgrade { targets, care, .. }
            | Self::Downgrade { targets, care, .. }
            | Self::Stamp { targets, care, .. } => targets.options(Some(care), domains).map(Some),
            Self::Status { targets, .. } | Self::Plan { targets, .. } => {
                targets.options(None, domains).map(Some)
            }
            _ => Ok(None),
        }
    }
}
