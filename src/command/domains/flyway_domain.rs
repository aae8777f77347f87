//! A domain with Flyway's files.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::driver::{DownTo, UpTo};
use super::error::DomainError;
use super::needs::refuse_schema_on_sqlite;
use super::observer::{Observer, OfDomain};
use super::workspace::Workspace;
use crate::command::alembic::RevisionText;
use crate::command::flyway::{
    self, Environment, Lane, MigrateResult, Session, SharedFiles, UndoResult, catalog, key,
    migrate, scripts, undo,
};
use crate::database::Connection;
use crate::database::url::{ConnectionUrl, SqlAlchemyUrl};
use crate::dialect::flyway::Version;
use crate::dialect::flyway::config::{FileReader, FlywayConfig, LoadContext, load};
use crate::engine::Rows;
use crate::error::Error;
use crate::model::{Backend, Catalog, CatalogMigration, Domain, MigrationKind, Secret, Standing};
use crate::project::disk;
use crate::verify::{DomainFiles, DomainHistory};

/// Reads configuration files from the disk.
struct Files;

impl FileReader for Files {
    fn read(&self, path: &Path) -> Option<io::Result<Vec<u8>>> {
        Some(disk::read_file(path)?.map_err(io::Error::other))
    }

    fn is_directory(&self, path: &Path) -> bool {
        path.is_dir()
    }
}

/// A domain with Flyway's files.
pub struct FlywayDomain {
    name: String,
    pub(super) config: FlywayConfig,
    pub(super) environment: Environment,
    /// What to do about a URL that nobody names.
    no_url: Option<String>,
}

impl FlywayDomain {
    pub(super) fn open(workspace: &Workspace, domain: &Domain) -> Result<Self, DomainError> {
        let directory = workspace.directory(domain);
        let mut environment = workspace.process.for_flyway(&directory);
        let others = workspace
            .domains
            .iter()
            .filter(|other| other.name != domain.name);
        environment.foreign = others
            .map(|other| workspace.directory(other))
            .filter(|other| other.starts_with(&directory) && *other != directory)
            .collect();
        let mut arguments = vec!["migrate".to_owned()];
        if let Some(config) = &domain.config {
            arguments.push(format!("-configFiles={}", directory.join(config).display()));
        }
        let context = LoadContext {
            install_directory: None,
            home_directory: environment.variables.get("HOME").map(Into::into),
            current_directory: directory.clone(),
            standard_input: None,
            files: &Files,
            extra_commands: &[],
        };
        let invocation = load(&arguments, &environment.variables, &context).map_err(Error::from)?;
        let names_locations = invocation
            .sources
            .iter()
            .any(|s| s.name.ends_with("locations"));
        let mut config = invocation.config;
        if !names_locations {
            config.locations = vec![format!("filesystem:{}", directory.display())];
        }
        if let Some(url) = workspace.url(domain) {
            config.url = Some(url);
        } else if config.url.as_ref().is_none_or(Secret::is_empty) {
            config.url = workspace.usual_url(domain);
        }
        if let Some(url) = &config.url {
            let translated = SqlAlchemyUrl::translated(url.expose()).map_err(Error::from)?;
            config.url = Some(Secret::new(absolute_file(&translated, &workspace.root)));
        }
        refuse_schema_on_sqlite(domain, config.url.as_ref().map(Secret::expose))?;
        if let Some(table) = &domain.history_table {
            config.table.clone_from(table);
        }
        if let Some(schema) = &domain.schema {
            config.default_schema = Some(schema.clone());
        }
        config.placeholders.extend(domain.placeholders.clone());
        if let Some(timeout) = domain.lock_timeout {
            environment.variables.insert(
                "STILLWAY_LOCK_TIMEOUT_MS".to_owned(),
                timeout.as_millis().to_string(),
            );
        }
        if let Some(timeout) = domain.statement_timeout {
            let set = format!("SET statement_timeout = {}", timeout.as_millis());
            config.init_sql = Some(match config.init_sql {
                Some(before) => format!("{before};\n{set}"),
                None => set,
            });
        }
        environment.attach.clone_from(&domain.attach);
        config.dry_run_output = None;
        let has_url = config.url.as_ref().is_some_and(|url| !url.is_empty());
        Ok(Self {
            no_url: (!has_url).then(|| Workspace::naming_a_url(domain)),
            name: domain.name.clone(),
            config,
            environment,
        })
    }

    pub(super) fn catalog(&self) -> Result<Catalog, DomainError> {
        let files = catalog(&self.config, &self.environment)?;
        let undoable = |version: &Option<Version>| {
            version.is_some() && files.undo.iter().any(|undo| undo.version == *version)
        };
        let mut migrations: Vec<CatalogMigration> = Vec::new();
        let mut below: Option<String> = None;
        for file in &files.migrations {
            let kind = match (file.type_text(), &file.version) {
                ("SQL_BASELINE", _) => MigrationKind::Baseline,
                (_, Some(_)) => MigrationKind::Versioned,
                (_, None) => MigrationKind::Repeatable,
            };
            let key = key(file);
            let versioned = kind == MigrationKind::Versioned;
            migrations.push(CatalogMigration {
                parents: below.iter().filter(|_| versioned).cloned().collect(),
                key: key.clone(),
                kind,
                description: file.description.clone(),
                depends_on: Vec::new(),
                needs: Vec::new(),
                labels: Vec::new(),
                path: file.source.path.clone(),
                reversible: undoable(&file.version),
            });
            if versioned {
                below = Some(key);
            }
        }
        let heads = below.into_iter().collect();
        let invalid = files.invalid_names.iter();
        let warnings = invalid.map(|(path, reason)| format!("{}: {reason}", path.display()));
        Ok(Catalog {
            migrations,
            heads,
            warnings: warnings.collect(),
        })
    }

    /// The kind of server that the URL names.
    fn backend(&self) -> Backend {
        let url = self.config.url.as_ref();
        let parsed = url.and_then(|url| ConnectionUrl::parse(url.expose()).ok());
        match parsed {
            Some(ConnectionUrl::Sqlite(_)) => Backend::Sqlite,
            Some(ConnectionUrl::Mysql(_)) => Backend::Mysql,
            Some(ConnectionUrl::Postgres(_)) | None => Backend::Postgres,
        }
    }

    pub(super) fn texts(
        &self,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<(String, RevisionText)>, DomainError> {
        let found = scripts(&self.config, &self.environment, self.backend(), wanted)?;
        let texts = found.into_iter();
        Ok(texts
            .map(|(key, script)| (key, RevisionText::Script(script)))
            .collect())
    }

    pub(super) fn standing(&self, observer: &mut dyn Observer) -> Result<Standing, DomainError> {
        let mut sink = OfDomain::new(&self.name, observer);
        let mut session = self.session(self.config.clone(), &mut sink)?;
        Ok(flyway::standing(&mut session)?)
    }

    pub(super) fn objects(&self, observer: &mut dyn Observer) -> Result<Vec<String>, DomainError> {
        let mut sink = OfDomain::new(&self.name, observer);
        let mut session = self.session(self.config.clone(), &mut sink)?;
        Ok(flyway::objects(&mut session)?)
    }

    pub(super) fn connection(
        &self,
        observer: &mut dyn Observer,
    ) -> Result<Connection, DomainError> {
        if let Some(hint) = &self.no_url {
            return Err(DomainError::no_url(hint));
        }
        let mut sink = OfDomain::new(&self.name, observer);
        Ok(flyway::connect(&self.config, &self.environment, &mut sink)?)
    }

    /// A session that changes nothing.
    pub(super) fn open_session<'s>(
        &self,
        sink: &'s mut OfDomain<'_>,
    ) -> Result<Session<'s>, DomainError> {
        self.session(self.config.clone(), sink)
    }

    pub(super) fn ask(&self, sql: &str, observer: &mut dyn Observer) -> Result<Rows, DomainError> {
        let mut sink = OfDomain::new(&self.name, observer);
        let mut session = self.session(self.config.clone(), &mut sink)?;
        Ok(flyway::ask(&mut session, sql)?)
    }

    /// Reads the files for many databases.
    pub(super) fn shared(
        &self,
        observer: &mut dyn Observer,
    ) -> Result<Arc<SharedFiles>, DomainError> {
        let mut sink = OfDomain::new(&self.name, observer);
        Ok(SharedFiles::read(
            &self.config,
            &self.environment,
            &mut sink,
        )?)
    }

    /// The settings for one of many schemas or databases.
    pub(super) fn config_of(
        &self,
        schema: Option<&str>,
        url: Option<&Secret>,
        workspace: &Workspace,
    ) -> Result<FlywayConfig, DomainError> {
        let mut config = self.config.clone();
        if let Some(url) = url {
            let translated = SqlAlchemyUrl::translated(url.expose()).map_err(Error::from)?;
            let absolute = absolute_file(&translated, &workspace.root);
            config.url = Some(Secret::new(absolute));
        } else if let Some(hint) = &self.no_url {
            return Err(DomainError::no_url(hint));
        }
        if let Some(schema) = schema {
            if self.backend() != Backend::Postgres {
                return Err(
                    DomainError::words("this server has no schemas to choose among").with_hint(
                        "name the databases of such a domain by URL, one for each target",
                    ),
                );
            }
            config.default_schema = Some(schema.to_owned());
            config.schemas.clear();
        }
        Ok(config)
    }

    /// Where one of many databases stands.
    pub(super) fn standing_on(
        &self,
        shared: &Arc<SharedFiles>,
        config: FlywayConfig,
        lane: &mut Lane,
        observer: &mut dyn Observer,
    ) -> Result<Standing, DomainError> {
        let mut sink = OfDomain::new(&self.name, observer);
        let environment = self.environment.clone();
        let mut session = Session::open_shared(shared, config, environment, lane, &mut sink)?;
        let standing = flyway::standing(&mut session)?;
        lane.keep(session);
        Ok(standing)
    }

    /// What one of many databases has recorded.
    pub(super) fn recorded_on(
        &self,
        shared: &Arc<SharedFiles>,
        config: FlywayConfig,
        (files, root): (&DomainFiles, &Path),
        lane: &mut Lane,
        observer: &mut dyn Observer,
    ) -> Result<DomainHistory, DomainError> {
        let mut sink = OfDomain::new(&self.name, observer);
        let environment = self.environment.clone();
        let mut session = Session::open_shared(shared, config, environment, lane, &mut sink)?;
        let recorded = flyway::recorded(&mut session, files, root)?;
        lane.keep(session);
        Ok(recorded)
    }

    /// Brings one of many databases up; gives the keys of what has run.
    pub(super) fn upgrade_on(
        &self,
        shared: &Arc<SharedFiles>,
        mut config: FlywayConfig,
        to: &UpTo,
        has_neighbours: bool,
        lane: &mut Lane,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        if let Err(error) = aim(&mut config, to) {
            return (Vec::new(), Err(error));
        }
        let mut sink = OfDomain::new(&self.name, observer);
        let environment = Environment {
            has_neighbours,
            ..self.environment.clone()
        };
        let mut result = MigrateResult::default();
        let opened = Session::open_shared(shared, config, environment, lane, &mut sink);
        let ran = opened.and_then(|mut session| {
            migrate(&mut session, &mut result)?;
            lane.keep(session);
            Ok(())
        });
        (keys_of(&result), ran.map_err(DomainError::from))
    }

    fn session<'s>(
        &self,
        config: FlywayConfig,
        sink: &'s mut OfDomain<'_>,
    ) -> Result<Session<'s>, DomainError> {
        self.session_in(self.environment.clone(), config, sink)
    }

    fn session_in<'s>(
        &self,
        environment: Environment,
        config: FlywayConfig,
        sink: &'s mut OfDomain<'_>,
    ) -> Result<Session<'s>, DomainError> {
        if let Some(hint) = &self.no_url {
            return Err(DomainError::no_url(hint));
        }
        Ok(Session::open(config, environment, sink)?)
    }

    pub(super) fn upgrade(
        &self,
        to: &UpTo,
        has_neighbours: bool,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        let mut config = self.config.clone();
        if let Err(error) = aim(&mut config, to) {
            return (Vec::new(), Err(error));
        }
        self.migrate(config, has_neighbours, observer)
    }

    fn migrate(
        &self,
        config: FlywayConfig,
        has_neighbours: bool,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        let mut sink = OfDomain::new(&self.name, observer);
        let mut result = MigrateResult::default();
        let environment = Environment {
            has_neighbours,
            ..self.environment.clone()
        };
        let ran = self
            .session_in(environment, config, &mut sink)
            .and_then(|mut session| migrate(&mut session, &mut result).map_err(DomainError::from));
        (keys_of(&result), ran)
    }

    pub(super) fn downgrade(
        &self,
        to: &DownTo,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        let mut config = self.config.clone();
        let lowest = self
            .standing(observer)
            .and_then(|standing| lowest_to_undo(to, &standing));
        let target = match lowest {
            Ok(None) => return (Vec::new(), Ok(())),
            Ok(Some(target)) => target,
            Err(error) => return (Vec::new(), Err(error)),
        };
        config.target = Some(target);
        let mut sink = OfDomain::new(&self.name, observer);
        let mut result = UndoResult::default();
        let ran = self
            .session(config, &mut sink)
            .and_then(|mut session| undo(&mut session, &mut result).map_err(DomainError::from));
        let done = result.undone.into_iter().map(|item| item.version);
        (done.collect(), ran)
    }

    pub(super) fn stamp(
        &self,
        to: &UpTo,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        let mut config = self.config.clone();
        if let Err(error) = aim(&mut config, to) {
            return (Vec::new(), Err(error));
        }
        config.skip_executing_migrations = true;
        self.migrate(config, false, observer)
    }

    /// Takes migrations of one of many databases back, which stands here.
    pub(super) fn downgrade_on(
        &self,
        shared: &Arc<SharedFiles>,
        mut config: FlywayConfig,
        (to, standing): (&DownTo, &Standing),
        lane: &mut Lane,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        config.target = match lowest_to_undo(to, standing) {
            Ok(None) => return (Vec::new(), Ok(())),
            Ok(target) => target,
            Err(error) => return (Vec::new(), Err(error)),
        };
        let mut sink = OfDomain::new(&self.name, observer);
        let environment = self.environment.clone();
        let mut result = UndoResult::default();
        let opened = Session::open_shared(shared, config, environment, lane, &mut sink);
        let ran = opened.and_then(|mut session| {
            undo(&mut session, &mut result)?;
            lane.keep(session);
            Ok(())
        });
        let done = result.undone.into_iter().map(|item| item.version);
        (done.collect(), ran.map_err(DomainError::from))
    }
}

/// The lowest version that has to be undone, nothing when there is none.
fn lowest_to_undo(to: &DownTo, standing: &Standing) -> Result<Option<String>, DomainError> {
    let applied: Vec<Version> = standing
        .migrations
        .iter()
        .filter(|placed| placed.state.is_applied())
        .filter_map(|placed| Version::parse(&placed.key).ok())
        .collect();
    let lowest = match to {
        DownTo::Base => applied.first().cloned(),
        DownTo::Steps(steps) => {
            if *steps > applied.len() {
                return Err(DomainError::misuse(format!(
                    "only {} versions are applied, {steps} cannot be taken back",
                    applied.len()
                )));
            }
            applied.get(applied.len() - steps).cloned()
        }
        DownTo::Key(key) => {
            let stays = Version::parse(key).map_err(Error::from)?;
            if !applied.contains(&stays) {
                return Err(DomainError::misuse(format!("version {key} is not applied")));
            }
            applied.into_iter().filter(|version| *version > stays).min()
        }
    };
    Ok(lowest.map(|version| version.to_string()))
}

/// The keys of what a migrate has run.
fn keys_of(result: &MigrateResult) -> Vec<String> {
    let items = result.migrations.iter();
    let keys = items.map(|item| {
        if item.version.is_empty() {
            let name = item.path.file_name();
            name.map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default()
        } else {
            item.version.clone()
        }
    });
    keys.collect()
}

fn aim(config: &mut FlywayConfig, to: &UpTo) -> Result<(), DomainError> {
    if let UpTo::Keys(keys) = to {
        let versions = keys
            .iter()
            .map(|key| Version::parse(key))
            .filter_map(Result::ok);
        let Some(highest) = versions.max() else {
            return Err(DomainError::misuse(format!(
                "`{}` is no version to go to",
                keys.join(", ")
            )));
        };
        config.target = Some(highest.to_string());
    }
    Ok(())
}

/// Relative SQLite files of a project are below its root.
pub(super) fn absolute_file(url: &str, root: &Path) -> String {
    for prefix in ["jdbc:sqlite:", "sqlite:"] {
        if let Some(path) = url.strip_prefix(prefix) {
            let is_file =
                !path.is_empty() && !path.starts_with([':', '/']) && !path.starts_with("file:");
            if is_file {
                return format!("{prefix}{}", root.join(path).display());
            }
        }
    }
    url.to_owned()
}
