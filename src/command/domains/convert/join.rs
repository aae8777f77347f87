//! Joins the migrations of one domain to the chain of another, with what the other domains make.

use std::path::Path;

use super::{JoinRequest, read};
use crate::command::alembic::RevisionText;
use crate::command::domains::error::DomainError;
use crate::command::domains::observer::Quiet;
use crate::command::domains::workspace::Workspace;
use crate::convert::{Chain, Elsewhere, Fate, FileReport, JoinSource, Member, join};
use crate::model::{Backend, Domain};
use crate::sql::summary::{Action, ObjectKind, Session, summarize};

/// Joins a stream to the chain of a domain. The report tells of the stream's files; what else is to be
/// known of the chain's own goes to their lines.
pub(super) fn into(
    workspace: &Workspace,
    domain: &Domain,
    chain: &Chain,
    own: &mut [FileReport],
    request: &JoinRequest,
    backend: Backend,
) -> Result<(Chain, Vec<FileReport>), DomainError> {
    let stream_domain = workspace.domain(&request.domain)?;
    if stream_domain.name == domain.name {
        return Err(DomainError::misuse("a domain cannot join itself").of(&domain.name));
    }
    let (stream, mut lines) = read(workspace, stream_domain, backend)?;
    let search_path = search_path(domain, backend);
    let mut elsewhere = Elsewhere::new();
    for other in &workspace.domains {
        if other.name != domain.name && other.name != stream_domain.name {
            collect(workspace, other, backend, &mut elsewhere)?;
        }
    }
    let merge = request
        .merge
        .clone()
        .unwrap_or_else(|| format!("join_{}", request.domain.replace(['-', '@', '+', ':'], "_")));
    let source = JoinSource {
        chain,
        stream: &stream,
        at: &request.at,
        merge: &merge,
        elsewhere: &elsewhere,
        backend,
        search_path: &search_path,
    };
    let joined = join(source);
    let (joined, report) =
        joined.map_err(|error| DomainError::words(error.to_string()).of(&domain.name))?;
    if let Some(line) = report.iter().find(|line| is_place(line, request)) {
        let ids: Vec<&str> = chain.members.iter().map(Member::id).collect();
        let reason = line.reason.clone().unwrap_or_default();
        return Err(DomainError::misuse(reason)
            .with_hint(format!(
                "the revisions of the chain are: {}",
                ids.join(", ")
            ))
            .of(&domain.name));
    }
    let report = report.into_iter().filter_map(|other| of_chain(own, other));
    add(&mut lines, report.collect());
    Ok((joined, lines))
}

/// Whether a line is about the place where the streams are to meet, and about no file.
fn is_place(line: &FileReport, request: &JoinRequest) -> bool {
    line.fate == Fate::Refused && line.source == Path::new(&request.at)
}

/// Adds what is to be known of a revision of the chain to the line of the file that it was read from;
/// gives back what is about another.
fn of_chain(own: &mut [FileReport], other: FileReport) -> Option<FileReport> {
    let is_its = |line: &&mut FileReport| {
        let target = line.target.as_deref().unwrap_or_default();
        Path::new(target).iter().next() == Some(other.source.as_os_str())
            || line.source.ends_with(&other.source)
    };
    let Some(line) = own.iter_mut().find(is_its) else {
        return Some(other);
    };
    if other.fate == Fate::Refused {
        line.fate = other.fate;
        line.reason = other.reason;
        line.place = other.place;
    }
    line.notes.extend(other.notes);
    None
}

/// Adds what joining has to say of a file to what reading it has.
fn add(lines: &mut Vec<FileReport>, report: Vec<FileReport>) {
    for other in report {
        let found = lines
            .iter_mut()
            .find(|line| line.source.ends_with(&other.source) && line.fate != Fate::Refused);
        let Some(line) = found else {
            lines.push(other);
            continue;
        };
        line.fate = other.fate;
        line.target = other.target;
        line.reason = other.reason;
        line.place = other.place.map(|place| crate::model::Place {
            path: line.source.clone(),
            ..place
        });
        line.notes.extend(other.notes);
    }
}

fn search_path(domain: &Domain, backend: Backend) -> Vec<String> {
    let usual = match backend {
        Backend::Postgres => "public",
        Backend::Sqlite | Backend::Mysql => "main",
    };
    let first = domain.search_path.iter().cloned();
    first.chain([usual.to_owned()]).collect()
}

/// What a domain makes, and how to need it.
fn collect(
    workspace: &Workspace,
    domain: &Domain,
    backend: Backend,
    elsewhere: &mut Elsewhere,
) -> Result<(), DomainError> {
    let driver = workspace.driver(domain)?;
    let texts = driver.texts(&|_| true, &mut Quiet);
    for (key, text) in texts.map_err(|error| error.of(&domain.name))? {
        let pieces: Vec<String> = match text {
            RevisionText::Script(script) => vec![script.text.as_ref().clone()],
            RevisionText::Statements(statements) => {
                statements.into_iter().map(|(sql, _)| sql).collect()
            }
            RevisionText::Unknown { .. } => Vec::new(),
        };
        let mut session = Session::new(search_path(domain, backend));
        for sql in pieces {
            for touch in summarize(&sql, backend.flavor(), &mut session)
                .into_iter()
                .flat_map(|summary| summary.touches)
            {
                let relation = [
                    ObjectKind::Table,
                    ObjectKind::View,
                    ObjectKind::MaterializedView,
                ];
                let stays = matches!(
                    touch.action,
                    Action::Creates {
                        temporary: false,
                        ..
                    }
                );
                if stays && relation.contains(&touch.kind) {
                    let schema = touch.schemas().next().unwrap_or_default().to_owned();
                    let need = format!("{}@{key}", domain.name);
                    elsewhere.entry((schema, touch.name.name)).or_insert(need);
                }
            }
        }
    }
    Ok(())
}
