//! Stillway's own command line.

mod arguments;
mod demo;
mod domains;
mod handover;
mod json;
mod pictures;
mod target_progress;
mod targets;
mod text;
mod transfer;
mod transfer_text;
mod verify;
mod voice;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};

use super::process;
use crate::command::flyway::{FileChecksum, checksums};
use crate::dialect::flyway::config::FlywayConfig;

/// Runs, verifies and carries on what Flyway and Alembic left behind, many domains in one project.
#[derive(Debug, Parser)]
#[command(
    name = "stillway",
    version,
    about,
    after_help = "Examples:\n  stillway status\n  stillway upgrade -d users\n  stillway verify --base origin/main\n  stillway flyway -url=jdbc:sqlite:app.db -locations=filesystem:sql migrate\n  stillway checksum sql --format json\n  stillway completions bash > /etc/bash_completion.d/stillway\n\nA copy or link of this program named `flyway` or `alembic` takes their arguments directly.\n\nExit status: 0 success, 1 failure, 2 arguments or a stillway.toml that make no sense, 3 migrations were changed (verify), 4 a database cannot be reached, 5 something is pending (verify, status --check)."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Domains(arguments::DomainCommand),
    #[command(flatten)]
    Verify(verify::VerifyCommand),
    #[command(flatten)]
    Pictures(pictures::PictureCommand),
    #[command(flatten)]
    Transfer(transfer::TransferCommand),
    /// Show the main job on data made up for it: a legacy database, its conversion and its transfer.
    Demo(demo::DemoArguments),
    /// Flyway's command line: migrate, info, validate, baseline, repair, undo, clean.
    #[command(disable_help_flag = true)]
    Flyway {
        /// Arguments as Flyway takes them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Alembic's command line: upgrade, downgrade, current, history, heads, revision and others.
    #[command(disable_help_flag = true)]
    Alembic {
        /// Arguments as Alembic takes them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// The checksums Flyway stores for files, in Flyway's order, without a database.
    Checksum {
        /// Folders and files.
        #[arg(required = true)]
        paths: Vec<String>,
        /// How to print them.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// Character encoding of the files.
        #[arg(long, default_value = "UTF-8")]
        encoding: String,
        /// Value of a placeholder, which counts in repeatable migrations.
        #[arg(long = "placeholder", value_name = "NAME=VALUE", value_parser = pair)]
        placeholders: Vec<(String, String)>,
        /// Take the text as it is, without replacing placeholders.
        #[arg(long)]
        no_placeholders: bool,
        /// Prefix of versioned migrations.
        #[arg(long, default_value = "V")]
        prefix: String,
        /// Ending of the file names; may be given several times.
        #[arg(long = "suffix", default_value = ".sql")]
        suffixes: Vec<String>,
    },
    /// What the revisions of an Alembic directory would do, without a database.
    Render(super::render::RenderArguments),
    /// Completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

fn pair(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| "write NAME=VALUE".to_owned())
}

/// Runs the front end with the arguments behind the program's name.
pub(super) fn main(arguments: Vec<OsString>) -> ExitCode {
    // Flyway's arguments are its own affair: clap would not understand `-url=…`.
    if let Some((first, rest)) = arguments.split_first()
        && (first == "flyway" || first == "alembic")
    {
        return if first == "flyway" {
            super::flyway::main(rest.to_vec())
        } else {
            super::alembic::main(rest.to_vec())
        };
    }
    let program = std::iter::once(OsString::from("stillway"));
    let parsed = match Arguments::try_parse_from(program.chain(arguments)) {
        Ok(parsed) => parsed,
        Err(error) => {
            let text = error.render().ansi().to_string();
            let plain = error.render().to_string();
            let shown = if process::is_terminal() { text } else { plain };
            if error.use_stderr() {
                process::print_error(&shown);
                return ExitCode::from(process::USAGE);
            }
            process::print(&shown);
            return ExitCode::SUCCESS;
        }
    };
    run(parsed.command)
}

fn run(command: Command) -> ExitCode {
    match command {
        Command::Domains(command) => domains::run(&command),
        Command::Verify(command) => verify::run(&command),
        Command::Pictures(command) => pictures::run(&command),
        Command::Transfer(command) => transfer::run(&command),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Flyway { arguments } => super::flyway::main(arguments),
        Command::Render(arguments) => super::render::main(&arguments),
        Command::Alembic { arguments } => super::alembic::main(arguments),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            let mut command = Arguments::command();
            clap_complete::generate(shell, &mut command, "stillway", &mut script);
            process::print(&String::from_utf8_lossy(&script));
            drop(script.flush());
            ExitCode::SUCCESS
        }
        Command::Checksum {
            paths,
            format,
            encoding,
            placeholders,
            no_placeholders,
            prefix,
            suffixes,
        } => {
            process::start_log(false);
            let config = FlywayConfig {
                encoding,
                placeholders: placeholders.into_iter().collect(),
                placeholder_replacement: !no_placeholders,
                sql_migration_prefix: prefix,
                sql_migration_suffixes: suffixes,
                ..FlywayConfig::default()
            };
            let environment = process::environment(process::directory());
            match checksums(&paths, &config, &environment) {
                Ok(list) => {
                    process::print(&render(&list, format));
                    process::exit(0)
                }
                Err(error) => {
                    process::print_error(&format!("error: {error}\n"));
                    if let Some(hint) = error.hint() {
                        process::print_error(&format!("hint: {hint}\n"));
                    }
                    ExitCode::from(process::FAILURE)
                }
            }
        }
    }
}

fn render(list: &[FileChecksum], format: Format) -> String {
    match format {
        Format::Json => {
            let items: Vec<_> = list
                .iter()
                .map(|file| {
                    serde_json::json!({
                        "script": file.script,
                        "version": file.version,
                        "description": file.description,
                        "type": file.type_text,
                        "checksum": file.checksum,
                    })
                })
                .collect();
            let mut text = serde_json::to_string_pretty(&items).unwrap_or_default();
            text.push('\n');
            text
        }
        Format::Text => {
            let lines = list
                .iter()
                .map(|file| format!("{:>11}  {}\n", file.checksum, file.script));
            lines.collect()
        }
    }
}
