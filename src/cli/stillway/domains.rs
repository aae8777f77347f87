//! How each command over domains is carried out.

use std::process::ExitCode;

use super::arguments::{Common, DomainAction, DomainCommand, Format};
use super::voice::Voice;
use super::{handover, json, text};
use crate::cli::process;
use crate::command::domains::{
    self as command, ConvertRequest, DomainError, DownTo, JoinRequest, NewDomain, Process,
    ReleaseRequest, RevisionRequest, RunResult, Selection, TargetOptions, UpTo, Workspace,
};
use crate::convert::Decisions;
use crate::model::{LegacyHistory, Need};

/// Runs a command.
pub(super) fn run(command: &DomainCommand) -> ExitCode {
    process::start_log(false);
    let format = command.common().format;
    let mut voice = Voice::new(command.common().quiet || format == Format::Json);
    let ended = open_for(command).and_then(|workspace| dispatch(&workspace, command, &mut voice));
    voice.close();
    match ended {
        Ok(code) => process::exit(code),
        Err(error) => failed(&error, format == Format::Json),
    }
}

/// Tells why a command failed before it could begin.
pub(super) fn failed(error: &DomainError, is_json: bool) -> ExitCode {
    if is_json {
        process::print(&json::failure(error));
    } else {
        process::print_error(&text::error(error));
    }
    process::exit(text::exit_code(error))
}

/// What the process brings along, and the project it stands in.
pub(super) fn open(common: &Common) -> Result<Workspace, DomainError> {
    Workspace::open(process_facts(common.directory.as_deref()))
}

/// The project of a command; for writing the project's file a wrong one may be there.
fn open_for(command: &DomainCommand) -> Result<Workspace, DomainError> {
    if let DomainCommand::Init { common, .. } = command {
        return Ok(Workspace {
            root: std::path::PathBuf::new(),
            file: None,
            domains: Vec::new(),
            process: process_facts(common.directory.as_deref()),
            targets: TargetOptions::default(),
        });
    }
    let mut workspace = open(command.common())?;
    let domains = &command.common().domains;
    if let Some(options) = command.target_options(domains)? {
        workspace.targets = options;
    }
    if let Some(only) = &workspace.targets.only
        && workspace.domain(&only.domain)?.targets.is_empty()
    {
        return Err(DomainError::misuse(format!(
            "the domain `{}` has no targets to choose among",
            only.domain
        )));
    }
    Ok(workspace)
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

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each command, side by side"
)]
fn dispatch(
    workspace: &Workspace,
    command: &DomainCommand,
    voice: &mut Voice,
) -> Result<u8, DomainError> {
    match command {
        DomainCommand::Init { common, force } => {
            let result = command::init(&workspace.process, *force)?;
            match common.format {
                Format::Text => process::print(&text::init(&result)),
                Format::Json => process::print(&json::init(&result)),
            }
            Ok(0)
        }
        DomainCommand::Domain { common, action } => domain(workspace, common, action),
        DomainCommand::Revision {
            common,
            message,
            key,
            parents,
            depends_on,
            repeatable,
        } => {
            let (name, _) = one_domain(workspace, common, "")?;
            let request = RevisionRequest {
                message: message.clone(),
                key: key.clone(),
                parents: parents.clone(),
                depends_on: depends_on.clone(),
                repeatable: *repeatable,
            };
            let mut written = command::revision(workspace, &name, &request)?;
            written.extend(refresh_lock(workspace, &name)?);
            let written: Vec<_> = written.iter().map(|path| workspace.shown(path)).collect();
            print_written("revision", &written, common);
            Ok(0)
        }
        DomainCommand::Convert {
            common,
            to,
            output,
            joins,
            write,
            move_originals,
            keep_project,
        } => {
            let (name, _) = one_domain(workspace, common, "")?;
            let joins = joins.iter().map(|text| join(text));
            let joins = joins.collect::<Result<Vec<_>, _>>()?;
            let joined: Vec<String> = joins.iter().map(|join| join.domain.clone()).collect();
            let request = ConvertRequest {
                joins,
                directory: output.clone(),
                dry_run: !*write,
                move_originals: *move_originals,
                ..ConvertRequest::new(name, *to)
            };
            let result = command::convert(workspace, &request)?;
            let mut project = None;
            if *write && result.complete && !*keep_project {
                let path = command::record_conversion(workspace, &result, &joined)?;
                project = Some(workspace.shown(&path));
                // The domain is another one now, and its lines are to be settled anew.
                let changed = Workspace::open(workspace.process.clone())?;
                let mut accepted = joined.clone();
                accepted.push(result.domain.clone());
                command::lock_converted(&changed, &accepted)?;
            }
            match common.format {
                Format::Text => {
                    process::print(&handover::convert_text(&result, project.as_deref()));
                }
                Format::Json => {
                    process::print(&handover::convert_json(&result, project.as_deref()));
                }
            }
            Ok(if result.complete { 0 } else { process::FAILURE })
        }
        DomainCommand::Adopt {
            common,
            dry_run,
            assume,
            accept,
            ignore,
        } => {
            let decisions = Decisions {
                assume: assume.clone(),
                accept: accept.clone(),
                ignore: ignore.clone(),
            };
            let adopted = command::adopt(workspace, &common.domains, &decisions, *dry_run, voice)?;
            match common.format {
                Format::Text => process::print(&handover::adopt_text(&adopted, *dry_run)),
                Format::Json => process::print(&handover::adopt_json(&adopted, *dry_run)),
            }
            let hindered = adopted.iter().any(|adoption| adoption.result.is_err());
            Ok(if hindered { process::FAILURE } else { 0 })
        }
        DomainCommand::Release {
            common,
            to,
            folder,
            schema,
            table,
            dry_run,
        } => {
            let (name, _) = one_domain(workspace, common, "")?;
            let request = ReleaseRequest {
                to: to.map(|dialect| LegacyHistory {
                    dialect,
                    directory: folder.clone(),
                    schema: schema.clone(),
                    table: table.clone(),
                }),
                dry_run: *dry_run,
            };
            let released = command::release(workspace, &name, &request, voice)?;
            match common.format {
                Format::Text => process::print(&handover::release_text(&name, &released, *dry_run)),
                Format::Json => process::print(&handover::release_json(&name, &released, *dry_run)),
            }
            Ok(0)
        }
        DomainCommand::Status {
            common,
            check,
            all_targets,
            ..
        } => {
            let found = command::status(workspace, &common.domains, voice)?;
            match common.format {
                Format::Text => process::print(&text::status(workspace, &found, *all_targets)),
                Format::Json => process::print(&json::status(workspace, &found, *all_targets)),
            }
            Ok(text::status_code(&found, *check))
        }
        DomainCommand::Upgrade {
            common,
            target,
            regardless,
            ..
        } => {
            let selection = Selection {
                domains: common.domains.clone(),
                target: target.clone(),
            };
            let result = command::upgrade(workspace, &selection, *regardless, voice)?;
            Ok(finish("upgrade", &result, common, voice))
        }
        DomainCommand::Plan {
            common,
            target,
            sql,
            ..
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
            ..
        } => {
            let (domain, target) = one_domain(workspace, common, target)?;
            let to = DownTo::parse(&target).ok_or_else(|| {
                DomainError::misuse(format!("`{target}` is no place to go down to"))
            })?;
            let result = command::downgrade(workspace, &domain, &to, *regardless, voice)?;
            Ok(finish("downgrade", &result, common, voice))
        }
        DomainCommand::Stamp { common, target, .. } => {
            let (domain, target) = one_domain(workspace, common, target)?;
            let to = match target.as_str() {
                "head" | "heads" | "latest" => UpTo::Latest,
                "base" => UpTo::Keys(Vec::new()),
                _ => UpTo::Keys(vec![target]),
            };
            let result = command::stamp(workspace, &domain, &to, voice)?;
            Ok(finish("stamp", &result, common, voice))
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

fn domain(
    workspace: &Workspace,
    common: &Common,
    action: &DomainAction,
) -> Result<u8, DomainError> {
    match action {
        DomainAction::Add {
            name,
            dialect,
            folder,
            schema,
            needs,
        } => {
            let depends_on = needs.iter().map(|text| {
                Need::parse(text).ok_or_else(|| {
                    DomainError::misuse(format!(
                        "`{text}` names no domain; write `auth` or `auth@0001`"
                    ))
                })
            });
            let new = NewDomain {
                name: name.clone(),
                dialect: *dialect,
                directory: folder.clone(),
                schema: schema.clone(),
                depends_on: depends_on.collect::<Result<_, _>>()?,
            };
            let written = command::add(workspace, &new)?;
            print_written("domain-add", &written, common);
        }
        DomainAction::List => match common.format {
            Format::Text => process::print(&text::domains(workspace)),
            Format::Json => process::print(&json::domains("domain-list", &workspace.domains)),
        },
        DomainAction::Show { name } => {
            let domain = workspace.domain(name)?;
            match common.format {
                Format::Text => process::print(&text::domain(workspace, domain)),
                Format::Json => {
                    process::print(&json::domains("domain-show", std::slice::from_ref(domain)));
                }
            }
        }
    }
    Ok(0)
}

/// Takes a new migration down in the lock file, where there is one.
fn refresh_lock(
    workspace: &Workspace,
    name: &str,
) -> Result<Option<std::path::PathBuf>, DomainError> {
    let locked = command::lock_added(workspace, workspace.domain(name)?)?;
    let written = locked.filter(|result| result.written);
    Ok(written.map(|_| workspace.shown(&workspace.root.join(command::LOCK_FILE))))
}

fn join(text: &str) -> Result<JoinRequest, DomainError> {
    match text.split_once('@') {
        Some((domain, at)) if !domain.is_empty() && !at.is_empty() => Ok(JoinRequest {
            domain: domain.to_owned(),
            at: at.to_owned(),
            merge: None,
        }),
        _ => Err(DomainError::misuse(format!(
            "`{text}` does not say where the streams meet; write `DOMAIN@HEAD`"
        ))),
    }
}

fn print_written(command: &str, written: &[std::path::PathBuf], common: &Common) {
    match common.format {
        Format::Text => {
            let lines = written
                .iter()
                .map(|path| format!("wrote {}\n", path.display()));
            process::print(&lines.collect::<String>());
        }
        Format::Json => process::print(&json::written(command, written)),
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
        _ if target.is_empty() => {
            Err(DomainError::misuse("this needs one domain").with_hint("name it with -d"))
        }
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
