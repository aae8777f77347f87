//! Converts the migrations of a domain to another dialect.

mod join;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::driver::Driver;
use super::error::DomainError;
use super::workspace::Workspace;
use crate::command::{alembic, flyway};
use crate::convert::{
    AlembicTarget, Chain, Conversion, Fate, FileReport, FlywaySource, FlywayTarget, from_alembic,
    from_flyway, to_alembic, to_flyway,
};
use crate::database::url::SqlAlchemyUrl;
use crate::dialect::flyway::NamingRules;
use crate::model::{Backend, Dialect, Domain};
use crate::project::disk;

/// What is to be converted, and to what.
#[derive(Debug, Clone)]
pub struct ConvertRequest {
    /// The domain.
    pub domain: String,
    /// The dialect that it is to have.
    pub to: Dialect,
    /// Where the new files go, below the project's root; beside the old ones where nothing is said.
    pub directory: Option<PathBuf>,
    /// For which server; the one that the domain's URL names where nothing is said, or PostgreSQL.
    pub backend: Option<Backend>,
    /// Streams of migrations that join the chain; only into native revisions.
    pub joins: Vec<JoinRequest>,
    /// Whether nothing is written, and only told.
    pub dry_run: bool,
    /// Whether what was converted is moved to a folder `original` beside the new files.
    pub move_originals: bool,
}

/// A domain whose migrations join the chain of another.
#[derive(Debug, Clone)]
pub struct JoinRequest {
    /// The domain that joins.
    pub domain: String,
    /// The head of the chain behind which they meet.
    pub at: String,
    /// The id of the merge; `join_DOMAIN` where nothing is said.
    pub merge: Option<String>,
}

/// The folder beside the new files that originals are moved to.
pub(super) const ORIGINAL: &str = "original";

impl ConvertRequest {
    /// A conversion that only tells what it would do.
    pub fn new(domain: impl Into<String>, to: Dialect) -> Self {
        Self {
            domain: domain.into(),
            to,
            directory: None,
            backend: None,
            joins: Vec::new(),
            dry_run: true,
            move_originals: false,
        }
    }
}

/// What a conversion has done, or would do.
#[derive(Debug, Clone, Serialize)]
pub struct ConvertResult {
    /// The domain.
    pub domain: String,
    /// What it was.
    pub from: Dialect,
    /// What it is converted to.
    pub to: Dialect,
    /// Where the new files are, below the project's root.
    pub directory: PathBuf,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Whether nothing was refused. Otherwise nothing is written either.
    pub complete: bool,
    /// A line for each source file.
    pub report: Vec<FileReport>,
    /// What the project's file has to say of the domain besides its dialect and directory, so that it
    /// runs as before.
    pub settings: BTreeMap<String, String>,
    /// The new files.
    pub files: Vec<PathBuf>,
    /// Where originals have gone.
    pub moved: Vec<(PathBuf, PathBuf)>,
}

/// Converts a domain. Nothing is written when something is refused, and the originals stay unless
/// they are to be moved.
///
/// # Errors
///
/// A domain that cannot be read, a dialect that it has already, a directory that is not empty.
pub fn convert(
    workspace: &Workspace,
    request: &ConvertRequest,
) -> Result<ConvertResult, DomainError> {
    let domain = workspace.domain(&request.domain)?;
    let wrong = |words: String| DomainError::misuse(words).of(&domain.name);
    if !request.joins.is_empty() && request.to != Dialect::Native {
        return Err(wrong(
            "streams join chains of native revisions only".to_owned(),
        ));
    }
    if domain.dialect == request.to && request.joins.is_empty() {
        let words = format!("its migrations are {} already", request.to);
        return Err(wrong(words));
    }
    let shown = request.directory.clone().unwrap_or_else(|| {
        let old = match domain.directory.as_str() {
            "" => domain.name.as_str(),
            directory => directory,
        };
        PathBuf::from(format!("{old}_{}", request.to))
    });
    let folder = workspace.root.join(&shown);
    if disk::has_content(&folder) {
        let words = format!("{} is not empty", folder.display());
        return Err(wrong(words).with_hint("name another directory for the new files"));
    }
    let backend = request
        .backend
        .unwrap_or_else(|| backend(workspace, domain));
    let (mut chain, mut report) = read(workspace, domain, backend)?;
    for joining in &request.joins {
        let (joined, lines) = join::into(workspace, domain, &chain, &mut report, joining, backend)?;
        chain = joined;
        report.extend(lines);
    }
    let written = write(workspace, domain, request.to, &chain, backend)?;
    let Conversion { files, report: out } = match (domain.dialect, written) {
        // The way leads over native revisions, of which nobody needs to hear.
        (Dialect::Native, written) if request.to != Dialect::Native => written,
        (_, written) => {
            trace(&mut report, &written.report);
            Conversion { report, ..written }
        }
    };
    report = out;
    for line in &mut report {
        line.source = workspace.shown(&line.source);
        if let Some(place) = &mut line.place {
            place.path = workspace.shown(&place.path);
        }
    }
    let complete = report.iter().all(|line| line.fate != Fate::Refused);
    let mut result = ConvertResult {
        domain: domain.name.clone(),
        from: domain.dialect,
        to: request.to,
        dry_run: request.dry_run,
        complete,
        files: files.iter().map(|file| shown.join(&file.path)).collect(),
        directory: shown,
        settings: settings(workspace, domain, request.to)?,
        report,
        moved: Vec::new(),
    };
    if request.dry_run || !complete {
        return Ok(result);
    }
    for file in &files {
        disk::write_bytes(&folder.join(&file.path), &file.bytes).map_err(DomainError::words)?;
    }
    if request.move_originals {
        result.moved = move_originals(workspace, domain, &result)?;
    }
    Ok(result)
}

/// The server that the domain's URL names.
pub(super) fn backend(workspace: &Workspace, domain: &Domain) -> Backend {
    let url = workspace
        .url(domain)
        .or_else(|| workspace.usual_url(domain));
    url.and_then(|url| SqlAlchemyUrl::parse_any(url.expose()).ok())
        .map_or(Backend::Postgres, |url| url.backend)
}

/// What a native domain has to be told that Flyway's configuration has said so far.
fn settings(
    workspace: &Workspace,
    domain: &Domain,
    to: Dialect,
) -> Result<BTreeMap<String, String>, DomainError> {
    let mut settings = BTreeMap::new();
    if to != Dialect::Native {
        return Ok(settings);
    }
    if let Driver::Flyway(flyway) = workspace.driver(domain)? {
        let config = &flyway.config;
        let schema = config.default_schema.as_ref().or(config.schemas.first());
        for key in ["schema", "search_path"] {
            settings.extend(schema.map(|schema| (key.to_owned(), schema.clone())));
        }
    }
    Ok(settings)
}

/// The domain as a chain of native revisions.
fn read(
    workspace: &Workspace,
    domain: &Domain,
    backend: Backend,
) -> Result<(Chain, Vec<FileReport>), DomainError> {
    let of = |error: DomainError| error.of(&domain.name);
    match workspace.driver(domain)? {
        Driver::Flyway(flyway) => {
            let files = flyway::files_as_written(&flyway.config, &flyway.environment);
            let files = files.map_err(|error| of(error.into()))?;
            Ok(from_flyway(FlywaySource {
                catalog: &files.catalog,
                files: &files.files,
                options: &files.options,
                backend,
                history_table: &flyway.config.table,
                execute_in_transaction: flyway.config.execute_in_transaction,
                mixed: flyway.config.mixed,
            }))
        }
        Driver::Chain(chain) => {
            let graph = chain.graph().map_err(of)?;
            let sources = alembic::record::sources(&chain.project, &graph, backend);
            let sources = sources.map_err(|error| of(error.into()))?;
            from_alembic(sources, backend)
                .map_err(|error| of(DomainError::words(error.to_string())))
        }
    }
}

/// The name of Flyway's file that each revision of a chain would become, by id; nothing where the
/// chain cannot be converted.
pub(super) fn flyway_names(
    workspace: &Workspace,
    domain: &Domain,
) -> Result<BTreeMap<String, String>, DomainError> {
    let backend = backend(workspace, domain);
    let (chain, _) = read(workspace, domain, backend)?;
    let written = write(workspace, domain, Dialect::Flyway, &chain, backend)?;
    let lines = written.report.iter();
    Ok(lines
        .filter_map(|line| {
            let target = line.target.clone()?;
            let directory = line.source.file_name()?.to_str()?;
            let member = chain.members.iter().find(|m| m.name() == directory)?;
            Some((member.id().to_owned(), target))
        })
        .collect())
}

/// The schema that the version table is to be in. It is always named, because a script may take the
/// search path away.
fn version_schema(domain: &Domain, backend: Backend) -> Option<String> {
    let named = domain.schema.as_ref().or(domain.search_path.as_ref());
    let usual = (backend == Backend::Postgres).then(|| "public".to_owned());
    named.cloned().or(usual)
}

fn write(
    workspace: &Workspace,
    domain: &Domain,
    to: Dialect,
    chain: &Chain,
    backend: Backend,
) -> Result<Conversion, DomainError> {
    let folder = workspace.directory(domain);
    Ok(match to {
        Dialect::Native => Conversion {
            files: chain.files(),
            report: Vec::new(),
        },
        Dialect::Alembic => {
            let [variable, _] = domain.usual_variables();
            let target = AlembicTarget {
                backend,
                version_table: "alembic_version".to_owned(),
                version_table_schema: version_schema(domain, backend),
                url_variable: domain.url_env.first().cloned().unwrap_or(variable),
            };
            to_alembic(chain, &folder, &target)
        }
        Dialect::Flyway => {
            let target = FlywayTarget {
                backend,
                naming: NamingRules::default(),
            };
            to_flyway(chain, &folder, &target)
                .map_err(|error| DomainError::words(error.to_string()).of(&domain.name))?
        }
    })
}

/// Tells for each source file what has become of the native revision that it would be.
fn trace(report: &mut [FileReport], out: &[FileReport]) {
    for line in report {
        let Some(target) = &line.target else { continue };
        let directory = target.split('/').next().unwrap_or_default();
        let is_its = |other: &&FileReport| other.source.ends_with(Path::new(directory));
        let Some(other) = out.iter().find(is_its) else {
            continue;
        };
        if line.fate == Fate::Converted || other.fate == Fate::Refused {
            line.fate = other.fate;
            line.reason.clone_from(&other.reason);
            line.place.clone_from(&other.place);
        }
        line.target.clone_from(&other.target);
        line.notes.extend(other.notes.clone());
    }
}

/// Moves what was converted; looks first whether all of it can be.
fn move_originals(
    workspace: &Workspace,
    domain: &Domain,
    result: &ConvertResult,
) -> Result<Vec<(PathBuf, PathBuf)>, DomainError> {
    let source = workspace.directory(domain);
    let mut moved: Vec<(PathBuf, PathBuf)> = Vec::new();
    for line in &result.report {
        let known = moved.iter().any(|(from, _)| *from == line.source);
        if line.fate != Fate::Converted || known {
            continue;
        }
        let from = workspace.root.join(&line.source);
        let below = from.strip_prefix(&source).unwrap_or(&line.source);
        moved.push((
            line.source.clone(),
            result.directory.join(ORIGINAL).join(below),
        ));
    }
    if let Some((from, _)) = moved
        .iter()
        .find(|(from, _)| !workspace.root.join(from).exists())
    {
        return Err(DomainError::words(format!(
            "{} is not where it was: no original was moved; the new files are written to {}",
            from.display(),
            result.directory.display()
        ))
        .of(&domain.name));
    }
    for (at, (from, to)) in moved.iter().enumerate() {
        disk::move_to(&workspace.root.join(from), &workspace.root.join(to)).map_err(|message| {
            DomainError::words(format!(
                "{message}; the new files are written, and {at} of {} originals were moved to {}",
                moved.len(),
                result.directory.join(ORIGINAL).display()
            ))
            .with_hint("move them back, delete the new files, and convert again")
            .of(&domain.name)
        })?;
    }
    Ok(moved)
}
