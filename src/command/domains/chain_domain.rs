//! A domain with a chain of revisions: Alembic's, or native ones.

use super::driver::{DownTo, UpTo};
use super::error::DomainError;
use super::flyway_domain::absolute_file;
use super::needs::refuse_schema_on_sqlite;
use super::observer::{Observer, OfDomain, Quiet};
use super::workspace::Workspace;
use crate::command::alembic::{
    self, ChainTarget, Destination, Lane, NativeTable, Options, Overrides, Project, RevisionText,
    SessionOptions, SharedChain,
};
use crate::database::Connection;
use crate::database::url::SqlAlchemyUrl;
use crate::dialect::alembic::graph::{RevisionGraph, Step};
use crate::dialect::alembic::revision::Revision;
use crate::dialect::alembic::settings::Mode;
use crate::engine::Rows;
use crate::model::{Catalog, CatalogMigration, Dialect, Domain, MigrationKind, Secret, Standing};
use crate::verify::{DomainFiles, DomainHistory};

/// A domain with a chain of revisions.
pub struct ChainDomain {
    name: String,
    pub(super) project: Project,
    /// What to do about a URL that nobody names.
    no_url: Option<String>,
    /// Whether only `env.py` says which database it is.
    asks_env_py: bool,
}

impl ChainDomain {
    pub(super) fn open(workspace: &Workspace, domain: &Domain) -> Result<Self, DomainError> {
        let directory = workspace.directory(domain);
        let mut url = workspace.url(domain);
        if url.is_none() && domain.dialect == Dialect::Native {
            url = workspace.usual_url(domain);
        }
        let no_url = (url.is_none() && domain.dialect == Dialect::Native)
            .then(|| Workspace::naming_a_url(domain));
        let asks_env_py = url.is_none() && domain.dialect == Dialect::Alembic;
        let url = url.map(|url| below_root(&url, workspace)).transpose()?;
        if domain.dialect == Dialect::Native {
            refuse_schema_on_sqlite(domain, url.as_deref())?;
        }
        let session = SessionOptions {
            lock_timeout: domain.lock_timeout,
            statement_timeout: domain.statement_timeout,
            schema: domain.search_path.clone(),
            attach: domain.attach.clone(),
        };
        let overrides = Overrides {
            url,
            ..Overrides::default()
        };
        let options = Options {
            config: domain.config.iter().cloned().collect(),
            overrides,
            session,
            placeholders: domain.placeholders.clone(),
            legacy: domain.legacy.clone(),
            ..Options::default()
        };
        let environment = workspace.process.for_chain(&directory);
        let project = if domain.dialect == Dialect::Native {
            let table = NativeTable {
                schema: domain.schema.clone(),
                name: domain.history_table.clone(),
            };
            Project::native(&directory, table, options, environment)?
        } else {
            let mut options = options;
            options
                .overrides
                .version_table
                .clone_from(&domain.history_table);
            options
                .overrides
                .version_table_schema
                .clone_from(&domain.schema);
            Project::open(options, environment)?
        };
        Ok(Self {
            name: domain.name.clone(),
            project,
            no_url,
            asks_env_py,
        })
    }

    /// Refuses to connect to a database that nobody names.
    pub(super) fn check_url(&self) -> Result<(), DomainError> {
        if let Some(hint) = &self.no_url {
            return Err(DomainError::no_url(hint));
        }
        if self.asks_env_py
            && let Ok(settings) = self.project.settings(Mode::Online)
            && settings.engines.is_none()
            && let Some(None) = settings.url.known()
        {
            return Err(DomainError::no_url(
                "set sqlalchemy.url in the ini file, the variable that env.py reads, or url or url_env of the domain \
                 in stillway.toml",
            ));
        }
        Ok(())
    }

    pub(super) fn graph(&self) -> Result<RevisionGraph, DomainError> {
        let mut quiet = Quiet;
        let mut reporter = OfDomain::new(&self.name, &mut quiet);
        let graph = self.project.graph(&mut reporter);
        Ok(graph.map_err(alembic::Failure::from)?)
    }

    pub(super) fn catalog(&self) -> Result<Catalog, DomainError> {
        let graph = self.graph()?;
        let order = graph
            .upgrade("heads", &[])
            .map_err(alembic::Failure::from)?;
        let chain = order.iter().filter_map(Step::node);
        let chain = chain.map(|node| graph.revision(node));
        let migrations = chain.chain(graph.repeatables()).map(migration);
        Ok(Catalog {
            migrations: migrations.collect(),
            heads: graph.ids(graph.heads().iter().copied()),
            warnings: graph.warnings().to_vec(),
        })
    }

    pub(super) fn texts(
        &self,
        wanted: &dyn Fn(&str) -> bool,
        observer: &mut dyn Observer,
    ) -> Result<Vec<(String, RevisionText)>, DomainError> {
        let graph = self.graph()?;
        let mut reporter = OfDomain::new(&self.name, observer);
        let by_id = |revision: &Revision| wanted(&revision.id);
        Ok(alembic::texts(
            &self.project,
            &graph,
            &by_id,
            &mut reporter,
        )?)
    }

    pub(super) fn standing(&self, observer: &mut dyn Observer) -> Result<Standing, DomainError> {
        self.check_url()?;
        let mut reporter = OfDomain::new(&self.name, observer);
        Ok(alembic::standing(&self.project, &mut reporter)?)
    }

    pub(super) fn objects(&self, observer: &mut dyn Observer) -> Result<Vec<String>, DomainError> {
        self.check_url()?;
        let mut reporter = OfDomain::new(&self.name, observer);
        Ok(alembic::objects(&self.project, &mut reporter)?)
    }

    pub(super) fn ask(&self, sql: &str, observer: &mut dyn Observer) -> Result<Rows, DomainError> {
        self.check_url()?;
        let mut reporter = OfDomain::new(&self.name, observer);
        Ok(alembic::ask(&self.project, sql, &mut reporter)?)
    }

    pub(super) fn connection(
        &self,
        observer: &mut dyn Observer,
    ) -> Result<Connection, DomainError> {
        self.check_url()?;
        let mut reporter = OfDomain::new(&self.name, observer);
        Ok(alembic::connection(&self.project, &mut reporter)?)
    }

    /// Reads the chain for many databases.
    pub(super) fn shared(&self, observer: &mut dyn Observer) -> Result<SharedChain, DomainError> {
        let mut reporter = OfDomain::new(&self.name, observer);
        Ok(SharedChain::read(&self.project, &mut reporter)?)
    }

    /// Where one of many databases stands.
    pub(super) fn standing_on(
        &self,
        shared: &SharedChain,
        target: &ChainTarget,
        lane: &mut Lane,
        observer: &mut dyn Observer,
    ) -> Result<Standing, DomainError> {
        self.check_target(target)?;
        let mut reporter = OfDomain::new(&self.name, observer);
        Ok(shared.standing(target, lane, &mut reporter)?)
    }

    /// What one of many databases has recorded.
    pub(super) fn recorded_on(
        &self,
        shared: &SharedChain,
        target: &ChainTarget,
        files: &DomainFiles,
        lane: &mut Lane,
        observer: &mut dyn Observer,
    ) -> Result<DomainHistory, DomainError> {
        self.check_target(target)?;
        let mut reporter = OfDomain::new(&self.name, observer);
        Ok(shared.recorded(target, files, lane, &mut reporter)?)
    }

    /// Carries something out on one of many databases; gives the keys of what has run.
    pub(super) fn run_on(
        &self,
        shared: &SharedChain,
        target: &ChainTarget,
        destinations: &[Destination],
        lane: &mut Lane,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        if let Err(error) = self.check_target(target) {
            return (Vec::new(), Err(error));
        }
        let mut reporter = OfDomain::new(&self.name, observer);
        let mut result = Ok(());
        for destination in destinations {
            result = shared.run(target, destination, lane, &mut reporter);
            if result.is_err() {
                break;
            }
        }
        (reporter.done, result.map_err(DomainError::from))
    }

    /// Schemas are in the domain's own database.
    fn check_target(&self, target: &ChainTarget) -> Result<(), DomainError> {
        match target {
            ChainTarget::Schema(_) => self.check_url(),
            ChainTarget::Url(_) => Ok(()),
        }
    }

    /// Where an upgrade goes, one after the other.
    pub(super) fn destinations(&self, to: &UpTo) -> Result<Vec<String>, DomainError> {
        match to {
            UpTo::Latest => Ok(vec!["heads".to_owned()]),
            UpTo::Keys(keys) => self.tops(keys),
        }
    }

    pub(super) fn upgrade(
        &self,
        to: &UpTo,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        if let Err(error) = self.check_url() {
            return (Vec::new(), Err(error));
        }
        let targets = match self.destinations(to) {
            Ok(targets) => targets,
            Err(error) => return (Vec::new(), Err(error)),
        };
        let mut reporter = OfDomain::new(&self.name, observer);
        let mut result = Ok(());
        for target in targets {
            let ran = alembic::run(&self.project, &Destination::Upgrade(target), &mut reporter);
            result = ran.map_err(DomainError::from);
            if result.is_err() {
                break;
            }
        }
        (reporter.done, result)
    }

    /// The keys that no other of them builds on.
    fn tops(&self, keys: &[String]) -> Result<Vec<String>, DomainError> {
        use crate::dialect::alembic::graph::Edges;
        let graph = self.graph()?;
        let mut nodes = Vec::new();
        for key in keys {
            let spot = graph.one(key).map_err(alembic::Failure::from)?;
            nodes.extend(spot.node());
        }
        let below = |node| {
            nodes.iter().any(|other| {
                *other != node
                    && graph
                        .ancestors([*other], Edges::Dependencies)
                        .contains(node)
            })
        };
        let tops = nodes.iter().copied().filter(|node| !below(*node));
        Ok(graph.ids(tops))
    }

    pub(super) fn downgrade(
        &self,
        to: &DownTo,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        if let Err(error) = self.check_url() {
            return (Vec::new(), Err(error));
        }
        let mut reporter = OfDomain::new(&self.name, observer);
        let ran = alembic::run(&self.project, &down(to), &mut reporter);
        (reporter.done, ran.map_err(DomainError::from))
    }

    pub(super) fn stamp(
        &self,
        to: &UpTo,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        if let Err(error) = self.check_url() {
            return (Vec::new(), Err(error));
        }
        let mut reporter = OfDomain::new(&self.name, observer);
        let ran = alembic::run(&self.project, &recorded_at(to), &mut reporter);
        (reporter.done, ran.map_err(DomainError::from))
    }
}

/// Where a downgrade goes.
pub(super) fn down(to: &DownTo) -> Destination {
    Destination::Downgrade(match to {
        DownTo::Base => "base".to_owned(),
        DownTo::Steps(steps) => format!("-{steps}"),
        DownTo::Key(key) => key.clone(),
    })
}

/// What a stamp records.
pub(super) fn recorded_at(to: &UpTo) -> Destination {
    Destination::Stamp {
        revisions: match to {
            UpTo::Latest => vec!["heads".to_owned()],
            UpTo::Keys(keys) if keys.is_empty() => vec!["base".to_owned()],
            UpTo::Keys(keys) => keys.clone(),
        },
        purge: false,
    }
}

fn migration(revision: &Revision) -> CatalogMigration {
    CatalogMigration {
        key: revision.id.clone(),
        kind: match revision.down_revisions.len() {
            _ if revision.repeatable => MigrationKind::Repeatable,
            0 | 1 => MigrationKind::Versioned,
            _ => MigrationKind::Merge,
        },
        description: revision.message().to_owned(),
        parents: revision.down_revisions.clone(),
        depends_on: revision.depends_on.clone(),
        needs: revision.needs.clone(),
        labels: revision.branch_labels.clone(),
        path: revision.path.clone(),
        reversible: revision.has_downgrade,
    }
}

/// SQLite files that the project names are below its root.
pub(super) fn below_root(url: &Secret, workspace: &Workspace) -> Result<String, DomainError> {
    let text = url.expose();
    if !text.starts_with("sqlite") && !text.starts_with("jdbc:sqlite") {
        return Ok(text.to_owned());
    }
    let translated = SqlAlchemyUrl::translated(text).map_err(alembic::Failure::from)?;
    let absolute = absolute_file(&translated, &workspace.root);
    Ok(match absolute.strip_prefix("sqlite:") {
        Some(path) => format!("jdbc:sqlite:{path}"),
        None => absolute,
    })
}
