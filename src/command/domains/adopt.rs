//! Takes over databases that Flyway and Alembic have kept, and hands them back.

use std::collections::BTreeMap;
use std::path::Path;

use super::driver::Driver;
use super::error::DomainError;
use super::flyway_domain::FlywayDomain;
use super::observer::{Observer, OfDomain};
use super::workspace::Workspace;
use crate::command::alembic::{
    self, AdoptError, AdoptRequest, Adoption, Project, Release, ReleaseTarget,
};
use crate::command::flyway;
use crate::convert::{Decisions, Hindrance};
use crate::dialect::alembic::graph::RevisionGraph;
use crate::dialect::alembic::native::{METADATA, Metadata, metadata};
use crate::dialect::alembic::settings::Mode;
use crate::dialect::flyway::{FlywayCatalog, Version};
use crate::model::{Dialect, Domain, LegacyHistory};
use crate::project::disk;

/// A domain that was taken over, or why it was not.
pub struct DomainAdoption {
    /// The domain.
    pub domain: String,
    /// What was taken over, or all that stands in the way.
    pub result: Result<Adoption, Vec<Hindrance>>,
}

/// Takes over what the databases of domains have; all of them when none is named.
/// Each domain is marked in one transaction, and nothing is run.
pub fn adopt(
    workspace: &Workspace,
    names: &[String],
    decisions: &Decisions,
    dry_run: bool,
    observer: &mut dyn Observer,
) -> Result<Vec<DomainAdoption>, DomainError> {
    workspace.require_domains()?;
    let chosen: Vec<&Domain> = if names.is_empty() {
        workspace.domains.iter().collect()
    } else {
        names
            .iter()
            .map(|name| workspace.domain(name))
            .collect::<Result<_, _>>()?
    };
    let mut adopted = Vec::new();
    for domain in &chosen {
        if names.is_empty() && !domain.targets.is_empty() {
            observer.warning(&domain.name, "a domain with targets is not adopted as one");
            continue;
        }
        Workspace::refuse_targets(domain, "an adoption")?;
        let result = match adopt_one(workspace, domain, decisions, dry_run, observer) {
            Ok(None) => continue,
            Ok(Some(result)) => result,
            // What other domains are marked with is there, and has to be told.
            Err(error) if chosen.len() > 1 && !error.is_unreachable() => Err(vec![Hindrance {
                remedy: error.hint().unwrap_or_default(),
                message: DomainError {
                    domain: None,
                    ..error
                }
                .to_string(),
            }]),
            Err(error) => return Err(error.of(&domain.name)),
        };
        adopted.push(DomainAdoption {
            domain: domain.name.clone(),
            result,
        });
    }
    Ok(adopted)
}

/// Takes over one domain; nothing when nobody else has kept it.
fn adopt_one(
    workspace: &Workspace,
    domain: &Domain,
    decisions: &Decisions,
    dry_run: bool,
    observer: &mut dyn Observer,
) -> Result<Option<Result<Adoption, Vec<Hindrance>>>, DomainError> {
    super::shared_history::refuse(workspace, domain)?;
    let chain = match workspace.driver(domain)? {
        Driver::Flyway(flyway) => return of_flyway(&flyway, observer).map(Some),
        Driver::Chain(chain) => chain,
    };
    let histories = match domain.dialect {
        Dialect::Native if domain.legacy.is_empty() => guess(&chain.graph()?, domain),
        Dialect::Native => domain.legacy.clone(),
        Dialect::Alembic | Dialect::Flyway => Vec::new(),
    };
    if histories.is_empty() && domain.dialect == Dialect::Native {
        return Ok(None);
    }
    let request = AdoptRequest {
        histories,
        decisions: decisions.clone(),
        dry_run,
    };
    chain.check_url()?;
    let mut reporter = OfDomain::new(&domain.name, observer);
    match alembic::adopt(&chain.project, &request, &mut reporter) {
        Ok(adoption) => Ok(Some(Ok(adoption))),
        Err(AdoptError::Hindered(hindrances)) => Ok(Some(Err(hindrances))),
        Err(AdoptError::Failure(failure)) => Err(failure.into()),
    }
}

/// Flyway's own files keep Flyway's own history: both have to agree.
fn of_flyway(
    domain: &FlywayDomain,
    observer: &mut dyn Observer,
) -> Result<Result<Adoption, Vec<Hindrance>>, DomainError> {
    let standing = domain.standing(observer)?;
    if !standing.has_history {
        return Err(DomainError::words(format!(
            "there is no {} in this database: nothing is there to be adopted",
            domain.config.table
        ))
        .with_hint(
            "`stillway upgrade` runs the migrations; `stillway stamp` records what is there",
        ));
    }
    if !standing.problems.is_empty() {
        let hindrances = standing.problems.iter().map(|problem| Hindrance {
            message: problem.clone(),
            remedy: "restore the files as they ran, or `stillway flyway repair`".to_owned(),
        });
        return Ok(Err(hindrances.collect()));
    }
    Ok(Ok(Adoption {
        applied: standing
            .applied()
            .map(|key| (key.to_owned(), "Flyway's history".to_owned()))
            .collect(),
        heads: standing.current.clone(),
        pending: standing.pending().map(str::to_owned).collect(),
        read: vec![domain.config.table.clone()],
        ignored: Vec::new(),
        already: true,
    }))
}

/// What a native revision says of itself.
pub(super) fn metadata_of(path: &Path) -> Option<Metadata> {
    let path = path.join(METADATA);
    let bytes = disk::read_file(&path)?.ok()?;
    metadata(&path, &String::from_utf8_lossy(&bytes)).ok()
}

/// The histories that a chain's own metadata speaks of.
fn guess(graph: &RevisionGraph, domain: &Domain) -> Vec<LegacyHistory> {
    let history = |dialect, schema| LegacyHistory {
        dialect,
        directory: None,
        schema,
        table: None,
    };
    let chain = graph.iter().map(|node| graph.revision(node));
    let all: Vec<Metadata> = chain
        .filter_map(|revision| metadata_of(&revision.path))
        .collect();
    let mut found = Vec::new();
    if all.iter().any(|metadata| metadata.flyway_version.is_some()) {
        found.push(history(Dialect::Flyway, None));
    }
    let of_python = |metadata: &Metadata| {
        let source = metadata.source.as_deref().unwrap_or_default();
        Path::new(source)
            .extension()
            .is_some_and(|extension| extension == "py")
    };
    if all.iter().any(of_python) {
        found.push(history(Dialect::Alembic, domain.schema.clone()));
    }
    found
}

/// Where a domain is handed back to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReleaseRequest {
    /// The original; those that the domain was made from when nothing is said.
    pub to: Option<LegacyHistory>,
    /// Whether nothing is written, and only told.
    pub dry_run: bool,
}

/// What of an original's files is needed, kept while it is written.
enum Original {
    Alembic(RevisionGraph),
    Flyway(FlywayCatalog),
}

/// Writes the histories of the originals so that they go on where the chain is.
pub fn release(
    workspace: &Workspace,
    name: &str,
    request: &ReleaseRequest,
    observer: &mut dyn Observer,
) -> Result<Release, DomainError> {
    let domain = workspace.domain(name)?;
    let of = |error: DomainError| error.of(name);
    Workspace::refuse_targets(domain, "a release")?;
    super::shared_history::refuse(workspace, domain)?;
    let Driver::Chain(chain) = workspace.driver(domain)? else {
        return Err(of(already_original(domain)));
    };
    if domain.dialect != Dialect::Native {
        return Err(of(already_original(domain)));
    }
    let wanted = match &request.to {
        Some(history) => vec![history.clone()],
        None => domain.legacy.clone(),
    };
    if wanted.is_empty() {
        return Err(of(DomainError::misuse(
            "nobody says to whom the domain is handed back",
        )
        .with_hint(
            "give --to flyway or --to alembic with --path, or `legacy` in stillway.toml",
        )));
    }
    let mut originals = Vec::new();
    for history in wanted {
        originals.push(original(workspace, domain, history).map_err(of)?);
    }
    let graph = chain.graph().map_err(of)?;
    let converted = super::convert::flyway_names(workspace, domain).map_err(of)?;
    let targets: Vec<(LegacyHistory, ReleaseTarget<'_>)> = originals
        .iter()
        .map(|(history, original)| {
            let target = match original {
                Original::Alembic(graph) => ReleaseTarget::Alembic(graph),
                Original::Flyway(catalog) => {
                    ReleaseTarget::Flyway(stands_for(catalog, &graph, &converted))
                }
            };
            (history.clone(), target)
        })
        .collect();
    chain.check_url().map_err(of)?;
    let mut reporter = OfDomain::new(name, observer);
    alembic::release(&chain.project, &targets, request.dry_run, &mut reporter)
        .map_err(|failure| of(failure.into()))
}

fn already_original(domain: &Domain) -> DomainError {
    DomainError::misuse(format!(
        "it was not converted: its migrations and its history are those of {}, which can go on at any time",
        domain.dialect
    ))
}

/// What to do about originals that were moved or deleted.
const GONE: &str = "bring the original files back (`convert --move` has put them into a folder `original` beside the \
     new ones), or write new ones with `stillway convert --to alembic` and release to these with --to and --path";

/// The files that an original will read, and where it keeps its history.
fn original(
    workspace: &Workspace,
    domain: &Domain,
    mut history: LegacyHistory,
) -> Result<(LegacyHistory, Original), DomainError> {
    let Some(directory) = history.directory.clone() else {
        return Err(DomainError::misuse(format!(
            "the directory of {}'s files is not named",
            history.dialect
        ))
        .with_hint("give --path, or `directory` of `legacy` in stillway.toml"));
    };
    let mut other = Domain::new(&domain.name, history.dialect, directory.clone());
    other.placeholders = domain.placeholders.clone();
    match history.dialect {
        Dialect::Flyway => {
            let files = FlywayDomain::open(workspace, &other)?;
            let catalog = flyway::catalog(&files.config, &files.environment)?;
            if history.table.is_none() {
                history.table = Some(files.config.table.clone());
            }
            if history.schema.is_none() {
                history.schema.clone_from(&files.config.default_schema);
            }
            Ok((history, Original::Flyway(catalog)))
        }
        Dialect::Alembic | Dialect::Native => {
            let environment = workspace.process.for_chain(&workspace.directory(&other));
            let project = Project::open(alembic::Options::default(), environment)?;
            let settings = project.settings(Mode::Online)?;
            if history.table.is_none() {
                history.table = settings.version_table.known().cloned();
            }
            if history.schema.is_none() {
                history.schema = settings.version_table_schema.known().cloned().flatten();
            }
            let mut quiet = super::observer::Quiet;
            let mut reporter = OfDomain::new(&domain.name, &mut quiet);
            let graph = project.graph(&mut reporter).map_err(|error| {
                let cause = alembic::Failure::from(error);
                DomainError::words(format!(
                    "the originals in {directory} make no chain any more: {cause}"
                ))
                .with_hint(GONE)
            })?;
            Ok((history, Original::Alembic(graph)))
        }
    }
}

/// For each of Flyway's files the revisions that it stands for: those made from its version, or those
/// that are converted to it.
fn stands_for<'c>(
    catalog: &'c FlywayCatalog,
    graph: &RevisionGraph,
    converted: &BTreeMap<String, String>,
) -> Vec<(&'c crate::dialect::flyway::FlywayMigration, Vec<String>)> {
    let versions: Vec<(String, Option<Version>)> = graph
        .iter()
        .map(|node| graph.revision(node))
        .map(|revision| {
            let version = metadata_of(&revision.path).and_then(|metadata| metadata.flyway_version);
            let version = version.and_then(|version| Version::parse(&version).ok());
            (revision.id.clone(), version)
        })
        .collect();
    let files = catalog.migrations.iter();
    files
        .filter(|file| file.version.is_some())
        .map(|file| {
            let mut ids: Vec<String> = versions
                .iter()
                .filter(|(_, version)| version.is_some() && *version == file.version)
                .map(|(id, _)| id.clone())
                .collect();
            if ids.is_empty() {
                let script = file.source.script.as_str();
                let by_name = converted.iter().filter(|(_, name)| name.as_str() == script);
                ids.extend(by_name.map(|(id, _)| id.clone()));
            }
            (file, ids)
        })
        .filter(|(_, ids)| !ids.is_empty())
        .collect()
}
