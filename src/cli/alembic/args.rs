//! Arguments as Alembic takes them.

use clap::{Args, Parser, Subcommand};

/// Migrations in Alembic's directories, without Python.
#[derive(Debug, Parser)]
#[command(
    name = "alembic",
    disable_version_flag = true,
    args_override_self = true
)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub(super) struct Arguments {
    /// Print the version and exit.
    #[arg(long)]
    pub(super) version: bool,
    /// Alternate config file; defaults to the value of `ALEMBIC_CONFIG`, then "alembic.ini". May
    /// also be a pyproject.toml; both may be given.
    #[arg(short = 'c', long = "config", value_name = "CONFIG")]
    pub(super) config: Vec<String>,
    /// Name of the section in the ini file to use.
    #[arg(short = 'n', long = "name", default_value = "alembic")]
    pub(super) name: String,
    /// Additional arguments consumed by custom env.py scripts, e.g. -x setting1=somesetting.
    #[arg(short = 'x', value_name = "X", allow_hyphen_values = true)]
    pub(super) x: Vec<String>,
    /// Show the full error instead of its short form.
    #[arg(long)]
    pub(super) raiseerr: bool,
    /// Do not log to standard output.
    #[arg(short = 'q', long)]
    pub(super) quiet: bool,
    /// Show every value read from env.py, and where it comes from.
    #[arg(long)]
    pub(super) explain_config: bool,
    /// Environment variable that revisions may read, besides those that env.py reads and those in
    /// `STILLWAY_ALLOW_ENV` (separated by commas); `*` allows all. May be given several times.
    #[arg(long = "allow-env", value_name = "NAME")]
    pub(super) allow_env: Vec<String>,
    /// The database URL, instead of what env.py would use.
    #[arg(long, value_name = "URL")]
    pub(super) url: Option<String>,
    /// The version table, instead of what env.py says.
    #[arg(long, value_name = "NAME")]
    pub(super) version_table: Option<String>,
    /// The version table's schema, instead of what env.py says; empty for none.
    #[arg(long, value_name = "NAME")]
    pub(super) version_table_schema: Option<String>,
    /// Whether each revision has its own transaction, instead of what env.py says.
    #[arg(long, value_name = "YES")]
    pub(super) transaction_per_migration: Option<bool>,
    /// The command.
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
#[command(rename_all = "snake_case")]
pub(super) enum Command {
    /// Show current branch points.
    Branches {
        /// Use more verbose output.
        #[arg(short, long)]
        verbose: bool,
    },
    /// Check whether the database is at the heads.
    Check,
    /// Display the current revision for a database.
    Current {
        /// Check if all head revisions are applied to the database.
        #[arg(short, long = "check-heads")]
        check_heads: bool,
        /// Use more verbose output.
        #[arg(short, long)]
        verbose: bool,
    },
    /// Revert to a previous version.
    Downgrade(Move),
    /// Edit revision script(s) using $EDITOR.
    Edit {
        /// The revision.
        #[arg(allow_negative_numbers = true)]
        revision: String,
    },
    /// Create the version table if it does not exist already.
    EnsureVersion {
        /// Print SQL instead of running it.
        #[arg(long)]
        sql: bool,
    },
    /// Show current available heads in the script directory.
    Heads {
        /// Use more verbose output.
        #[arg(short, long)]
        verbose: bool,
        /// Treat dependency versions as down revisions.
        #[arg(long = "resolve-dependencies")]
        resolve_dependencies: bool,
    },
    /// List revisions in chronological order.
    History {
        /// Specify a revision range; format is [start]:[end].
        #[arg(short, long = "rev-range", allow_hyphen_values = true)]
        rev_range: Option<String>,
        /// Use more verbose output.
        #[arg(short, long)]
        verbose: bool,
        /// Indicate the current revision.
        #[arg(short, long = "indicate-current")]
        indicate_current: bool,
    },
    /// Initialize a new scripts directory.
    Init {
        /// Location of the scripts directory.
        directory: String,
        /// Setup template to use.
        #[arg(short, long, default_value = "generic")]
        template: String,
        /// Write empty __init__.py files.
        #[arg(long)]
        package: bool,
    },
    /// List available templates.
    ListTemplates,
    /// Merge two revisions together. Creates a new migration file.
    Merge {
        /// The revisions.
        #[arg(required = true)]
        revisions: Vec<String>,
        #[command(flatten)]
        new: NewFile,
    },
    /// Create a new revision file.
    Revision(NewRevision),
    /// Show the revision(s) denoted by the given symbol.
    Show {
        /// The revision.
        #[arg(allow_negative_numbers = true)]
        revision: String,
    },
    /// "stamp" the revision table with the given revision; don't run any migrations.
    Stamp {
        /// The revisions.
        #[arg(required = true, allow_negative_numbers = true)]
        revisions: Vec<String>,
        /// Print SQL instead of running it.
        #[arg(long)]
        sql: bool,
        /// A tag that custom env.py scripts can use.
        #[arg(long)]
        tag: Option<String>,
        /// Delete all entries in the version table before stamping.
        #[arg(long)]
        purge: bool,
    },
    /// Upgrade to a later version.
    Upgrade(Move),
}

impl Command {
    /// The tag that the command was given.
    pub(super) fn tag(&self) -> Option<String> {
        match self {
            Self::Upgrade(moving) | Self::Downgrade(moving) => moving.tag.clone(),
            Self::Stamp { tag, .. } => tag.clone(),
            _ => None,
        }
    }
}

/// Of an upgrade or downgrade.
#[derive(Debug, Args)]
pub(super) struct Move {
    /// The revision.
    #[arg(allow_negative_numbers = true)]
    pub(super) revision: String,
    /// Print SQL instead of running it.
    #[arg(long)]
    pub(super) sql: bool,
    /// A tag that custom env.py scripts can use.
    #[arg(long)]
    pub(super) tag: Option<String>,
}

/// Of a new file.
#[derive(Debug, Args)]
pub(super) struct NewFile {
    /// Message string to use.
    #[arg(short, long)]
    pub(super) message: Option<String>,
    /// Allow a non-head revision as the "head" to splice onto.
    #[arg(long)]
    pub(super) splice: bool,
    /// Specify a branch label to apply to the new revision.
    #[arg(long)]
    pub(super) branch_label: Option<String>,
    /// Specify a hardcoded revision id instead of generating one.
    #[arg(long)]
    pub(super) rev_id: Option<String>,
    /// Write a directory of SQL files instead of a Python file.
    #[arg(long)]
    pub(super) native: bool,
    /// Run the post-write hooks of the configuration, which start programs.
    #[arg(long)]
    pub(super) run_hooks: bool,
}

/// Of a new revision.
#[derive(Debug, Args)]
pub(super) struct NewRevision {
    #[command(flatten)]
    pub(super) new: NewFile,
    /// Populate the revision from a comparison of database and model.
    #[arg(long)]
    pub(super) autogenerate: bool,
    /// Print SQL instead of running it.
    #[arg(long)]
    pub(super) sql: bool,
    /// Specify head revision or <branchname>@head to base new revision on.
    #[arg(
        long,
        default_value = "head",
        overrides_with = "head",
        allow_hyphen_values = true
    )]
    pub(super) head: String,
    /// Specify specific path from config for version file.
    #[arg(long)]
    pub(super) version_path: Option<String>,
    /// Specify one or more revision identifiers which this revision should depend on.
    #[arg(long)]
    pub(super) depends_on: Vec<String>,
}
