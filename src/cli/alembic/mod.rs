//! Alembic's command line: `alembic [options] command …`.

mod args;
mod voice;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use super::process;
use crate::command::alembic::{
    self as command, Destination, Environment, Failure, HistoryOptions, NewRevision, Options,
    Overrides, Project,
};
use args::{Arguments, Command, Move, NewFile};
use voice::Voice;

/// Runs the front end with the arguments behind the program's name.
pub(super) fn main(arguments: Vec<OsString>) -> ExitCode {
    process::start_log(false);
    let program = std::iter::once(OsString::from("alembic"));
    let parsed = match Arguments::try_parse_from(program.chain(arguments)) {
        Ok(parsed) => parsed,
        Err(error) if error.use_stderr() => {
            process::print_error(&error.render().to_string());
            return ExitCode::from(process::USAGE);
        }
        Err(help) => {
            process::print(&help.render().to_string());
            return ExitCode::SUCCESS;
        }
    };
    if parsed.version {
        // Scripts look for this number to learn what the command line understands.
        process::print("alembic 1.20.1\n");
        return ExitCode::SUCCESS;
    }
    let mut voice = Voice::new(parsed.quiet, parsed.raiseerr);
    let directory = process::directory();
    let variables = process::variables();
    let user = process::user(&variables);
    let environment = Environment {
        variables,
        directory,
        user,
    };
    let options = Options {
        config: parsed.config,
        name: parsed.name,
        x: parsed.x,
        allowed_variables: parsed.allow_env,
        tag: parsed.command.as_ref().and_then(Command::tag),
        overrides: Overrides {
            url: parsed.url,
            version_table: parsed.version_table,
            version_table_schema: parsed.version_table_schema,
            transaction_per_migration: parsed.transaction_per_migration,
        },
        ..Options::default()
    };
    let result = match parsed.command {
        _ if parsed.explain_config => Project::open(options, environment)
            .and_then(|project| command::explain(&project, &mut voice)),
        None => {
            process::print_error(
                "usage: alembic [options] command …\nalembic: error: too few arguments\n",
            );
            return ExitCode::from(process::USAGE);
        }
        Some(Command::ListTemplates) => {
            command::list_templates(&mut voice);
            Ok(())
        }
        Some(Command::Init {
            directory,
            template,
            package,
        }) => command::init(
            &options,
            &environment,
            &directory,
            &template,
            package,
            &mut voice,
        ),
        Some(other) => Project::open(options, environment)
            .and_then(|project| dispatch(&project, other, &mut voice)),
    };
    voice.end(result)
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each command, side by side"
)]
fn dispatch(project: &Project, command: Command, voice: &mut Voice) -> Result<(), Failure> {
    match command {
        Command::Heads {
            verbose,
            resolve_dependencies,
        } => command::heads(project, verbose, resolve_dependencies, voice),
        Command::History {
            rev_range,
            verbose,
            indicate_current,
        } => {
            let options = HistoryOptions {
                range: rev_range,
                verbose,
                indicate_current,
            };
            command::history(project, &options, voice)
        }
        Command::Branches { verbose } => command::branches(project, verbose, voice),
        Command::Show { revision } => command::show(project, &revision, voice),
        Command::Current {
            check_heads,
            verbose,
        } => command::current(project, check_heads, verbose, voice),
        Command::Check => command::check(project, voice),
        Command::EnsureVersion { sql } => command::ensure_version(project, sql, voice),
        Command::Edit { revision } => {
            for path in command::files_to_edit(project, &revision, voice)? {
                process::edit(&path).map_err(|words| {
                    Failure::command(format!("Error executing editor ({words})"))
                })?;
            }
            Ok(())
        }
        Command::Upgrade(Move { revision, sql, .. }) => {
            let (start, revision) = range(revision, sql)?;
            let destination = Destination::Upgrade(revision);
            if sql {
                command::write(project, &destination, start.as_deref(), voice)
            } else {
                command::run(project, &destination, voice)
            }
        }
        Command::Downgrade(Move { revision, sql, .. }) => {
            if sql && !revision.contains(':') {
                return Err(Failure::command(
                    "downgrade with --sql requires <fromrev>:<torev>",
                ));
            }
            let (start, revision) = range(revision, sql)?;
            let destination = Destination::Downgrade(revision);
            if sql {
                command::write(project, &destination, start.as_deref(), voice)
            } else {
                command::run(project, &destination, voice)
            }
        }
        Command::Stamp {
            revisions,
            sql,
            purge,
            ..
        } => {
            let mut start = None;
            let mut destinations = Vec::new();
            for revision in revisions {
                match revision.split_once(':').filter(|_| sql) {
                    Some((from, to)) => {
                        if start.get_or_insert_with(|| from.to_owned()) != from {
                            return Err(Failure::command(
                                "Stamp operation with --sql only supports a single starting revision at a time",
                            ));
                        }
                        destinations.push(to.to_owned());
                    }
                    None => destinations.push(revision),
                }
            }
            let destination = Destination::Stamp {
                revisions: destinations,
                purge,
            };
            if sql {
                command::write(project, &destination, start.as_deref(), voice)
            } else {
                command::run(project, &destination, voice)
            }
        }
        Command::Merge { revisions, new } => {
            let request = new_revision(new, revisions);
            command::revision(project, &request, voice)?;
            Ok(())
        }
        Command::Revision(asked) => {
            if asked.autogenerate {
                if asked.sql {
                    return Err(Failure::command(
                        "Using --sql with --autogenerate does not make any sense",
                    ));
                }
                return Err(Failure::uncaught(
                    "`revision --autogenerate` compares the database with Python models, which is not supported yet",
                )
                .with_hint("write the revision by hand"));
            }
            if asked.sql {
                return Err(Failure::command(
                    "Using --sql with the revision command when revision_environment is not configured does not make any sense",
                ));
            }
            let request = NewRevision {
                version_path: asked.version_path,
                depends_on: asked.depends_on,
                ..new_revision(asked.new, vec![asked.head])
            };
            command::revision(project, &request, voice)?;
            Ok(())
        }
        Command::Init { .. } | Command::ListTemplates => Ok(()),
    }
}

fn new_revision(new: NewFile, heads: Vec<String>) -> NewRevision {
    NewRevision {
        message: new.message,
        heads,
        splice: new.splice,
        branch_label: new.branch_label,
        version_path: None,
        rev_id: new.rev_id,
        depends_on: Vec::new(),
        native: new.native,
        run_hooks: new.run_hooks,
    }
}

/// Takes `from:to` apart, which only makes sense when nothing is run.
fn range(revision: String, sql: bool) -> Result<(Option<String>, String), Failure> {
    let parts: Vec<&str> = revision.split(':').collect();
    match parts.as_slice() {
        [_] => Ok((None, revision)),
        _ if !sql => Err(Failure::command("Range revision not allowed")),
        [from, to] => Ok((
            Some((*from).to_owned()).filter(|from| !from.is_empty()),
            (*to).to_owned(),
        )),
        _ => Err(Failure::uncaught(
            "ValueError: too many values to unpack (expected 2)",
        )),
    }
}
