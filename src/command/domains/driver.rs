//! One way to carry out commands on a domain, whichever dialect it has.

use super::chain_domain::ChainDomain;
use super::error::DomainError;
use super::flyway_domain::FlywayDomain;
use super::observer::Observer;
use super::targets::TargetsDomain;
use super::workspace::Workspace;
use crate::command::alembic::RevisionText;
use crate::database::Connection;
use crate::database::url::{ConnectionUrl, SqlAlchemyUrl};
use crate::dialect::alembic::settings::Mode;
use crate::engine::Rows;
use crate::model::{Catalog, Dialect, Domain, Secret, Standing};

/// How far to go up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpTo {
    /// To everything there is.
    Latest,
    /// So far that these keys have run, and what they need.
    Keys(Vec<String>),
}

/// How far to go down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DownTo {
    /// Nothing is left.
    Base,
    /// So many less.
    Steps(usize),
    /// This key stays, what came after it goes.
    Key(String),
}

impl DownTo {
    /// Reads `base`, `-2` or a key.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "base" => Some(Self::Base),
            _ => match text.strip_prefix('-') {
                Some(steps) => steps.parse().ok().filter(|n| *n > 0).map(Self::Steps),
                None => Some(Self::Key(text.to_owned())),
            },
        }
    }
}

/// A domain on all the databases that it is kept in.
pub enum DomainDriver {
    /// One.
    One(Driver),
    /// Its targets.
    Many(Box<TargetsDomain>),
}

impl DomainDriver {
    pub(super) fn open(workspace: &Workspace, domain: &Domain) -> Result<Self, DomainError> {
        Ok(if domain.targets.is_empty() {
            Self::One(Driver::open(workspace, domain)?)
        } else {
            Self::Many(Box::new(TargetsDomain::open(workspace, domain)?))
        })
    }

    /// What the files say.
    pub fn catalog(&self) -> Result<Catalog, DomainError> {
        match self {
            Self::One(driver) => driver.catalog(),
            Self::Many(targets) => targets.catalog(),
        }
    }

    /// The SQL of migrations by key, without a database.
    pub fn texts(
        &self,
        wanted: &dyn Fn(&str) -> bool,
        observer: &mut dyn Observer,
    ) -> Result<Vec<(String, RevisionText)>, DomainError> {
        match self {
            Self::One(driver) => driver.texts(wanted, observer),
            Self::Many(targets) => targets.texts(wanted, observer),
        }
    }

    /// Tables, views and the like that are in the database, with their schemas. Those of targets are
    /// not asked for: each may have others.
    pub fn objects(&self, observer: &mut dyn Observer) -> Result<Vec<String>, DomainError> {
        match self {
            Self::One(driver) => driver.objects(observer),
            Self::Many(_) => Ok(Vec::new()),
        }
    }

    /// Where the database stands, or all of them together.
    pub fn standing(&self, observer: &mut dyn Observer) -> Result<Standing, DomainError> {
        match self {
            Self::One(driver) => driver.standing(observer),
            Self::Many(targets) => targets.standing(observer),
        }
    }
}

/// A domain on one database, ready for commands.
pub enum Driver {
    /// Flyway's files.
    Flyway(Box<FlywayDomain>),
    /// A chain of revisions, Alembic's or native.
    Chain(Box<ChainDomain>),
}

impl Driver {
    pub(super) fn open(workspace: &Workspace, domain: &Domain) -> Result<Self, DomainError> {
        Ok(match domain.dialect {
            Dialect::Flyway => Self::Flyway(Box::new(FlywayDomain::open(workspace, domain)?)),
            Dialect::Alembic | Dialect::Native => {
                Self::Chain(Box::new(ChainDomain::open(workspace, domain)?))
            }
        })
    }

    /// What the files say.
    pub fn catalog(&self) -> Result<Catalog, DomainError> {
        match self {
            Self::Flyway(domain) => domain.catalog(),
            Self::Chain(domain) => domain.catalog(),
        }
    }

    /// The SQL of migrations by key, without a database.
    pub fn texts(
        &self,
        wanted: &dyn Fn(&str) -> bool,
        observer: &mut dyn Observer,
    ) -> Result<Vec<(String, RevisionText)>, DomainError> {
        match self {
            Self::Flyway(domain) => domain.texts(wanted),
            Self::Chain(domain) => domain.texts(wanted, observer),
        }
    }

    /// Tables, views and the like that are in the database, with their schemas.
    pub fn objects(&self, observer: &mut dyn Observer) -> Result<Vec<String>, DomainError> {
        match self {
            Self::Flyway(domain) => domain.objects(observer),
            Self::Chain(domain) => domain.objects(observer),
        }
    }

    /// The schema and the table of the history, as far as files tell.
    pub(super) fn history(&self) -> Result<(Option<String>, Option<String>), DomainError> {
        Ok(match self {
            Self::Flyway(flyway) => {
                let config = &flyway.config;
                let schema = config.default_schema.as_ref().or(config.schemas.first());
                (schema.cloned(), Some(config.table.clone()))
            }
            Self::Chain(chain) => {
                let settings = chain.project.settings(Mode::Online)?;
                (
                    settings.version_table_schema.known().cloned().flatten(),
                    settings.version_table.known().cloned(),
                )
            }
        })
    }

    /// The database that is named, without secrets; nothing where nobody names one that can be read.
    pub(super) fn database(&self) -> Option<String> {
        let url = match self {
            Self::Flyway(flyway) => flyway.config.url.clone(),
            Self::Chain(chain) => {
                let settings = chain.project.settings(Mode::Online).ok()?;
                settings.url.known().cloned().flatten().map(Secret::new)
            }
        }?;
        let plain = SqlAlchemyUrl::translated(url.expose()).ok()?;
        Some(ConnectionUrl::parse(&plain).ok()?.redacted())
    }

    /// The rows that a query gives in the database.
    pub(super) fn ask(&self, sql: &str, observer: &mut dyn Observer) -> Result<Rows, DomainError> {
        match self {
            Self::Flyway(domain) => domain.ask(sql, observer),
            Self::Chain(domain) => domain.ask(sql, observer),
        }
    }

    /// A connection to the domain's database, with all that it attaches, for whatever is not a
    /// migration.
    pub fn connection(&self, observer: &mut dyn Observer) -> Result<Connection, DomainError> {
        match self {
            Self::Flyway(domain) => domain.connection(observer),
            Self::Chain(domain) => domain.connection(observer),
        }
    }

    /// Where the database stands.
    pub fn standing(&self, observer: &mut dyn Observer) -> Result<Standing, DomainError> {
        match self {
            Self::Flyway(domain) => domain.standing(observer),
            Self::Chain(domain) => domain.standing(observer),
        }
    }

    /// Goes up; gives the keys of what has run, also when it fails half way. `has_neighbours` says
    /// that other domains have their histories in the same database.
    pub fn upgrade(
        &self,
        to: &UpTo,
        has_neighbours: bool,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        match self {
            Self::Flyway(domain) => domain.upgrade(to, has_neighbours, observer),
            Self::Chain(domain) => domain.upgrade(to, observer),
        }
    }

    /// Goes down; gives the keys of what was taken back, also when it fails half way.
    pub fn downgrade(
        &self,
        to: &DownTo,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        match self {
            Self::Flyway(domain) => domain.downgrade(to, observer),
            Self::Chain(domain) => domain.downgrade(to, observer),
        }
    }

    /// Records without running; gives the keys that the history names now.
    pub fn stamp(
        &self,
        to: &UpTo,
        observer: &mut dyn Observer,
    ) -> (Vec<String>, Result<(), DomainError>) {
        match self {
            Self::Flyway(domain) => domain.stamp(to, observer),
            Self::Chain(domain) => domain.stamp(to, observer),
        }
    }
}
