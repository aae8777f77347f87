//! A chain that is read once and carried out on many databases or schemas.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::failure::Failure;
use super::project::{Project, Reporter};
use super::recorded;
use super::run::{About, Destination, run_on};
use super::scripts::{NativeScripts, source_sum};
use super::session::{Lane, Session};
use super::standing;
use crate::dialect::alembic::graph::RevisionGraph;
use crate::dialect::alembic::render::{Body, RevisionScript as _};
use crate::dialect::alembic::revision::{Form, Revision};
use crate::dialect::alembic::run_history::md5;
use crate::dialect::alembic::settings::{Inferred, Mode, Settings};
use crate::model::{Backend, Secret, Standing};
use crate::verify::{DomainFiles, DomainHistory};

/// One of many databases or schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainTarget {
    /// A schema of the database that the directory names.
    Schema(String),
    /// A database.
    Url(Secret),
}

/// A chain that is read once and carried out on many databases.
pub struct SharedChain {
    project: Project,
    settings: Settings,
    graph: RevisionGraph,
    natives: Arc<NativeScripts>,
    /// Sums of the sources, by path.
    sums: Mutex<HashMap<PathBuf, Option<String>>>,
}

impl SharedChain {
    /// Reads the configuration and all revisions.
    pub fn read(project: &Project, reporter: &mut dyn Reporter) -> Result<Self, Failure> {
        let databases = project.databases(reporter)?.len();
        if databases > 1 || project.engine().is_some() {
            return Err(Failure::uncaught(
                "env.py goes through several databases, and targets name the databases too",
            )
            .with_hint("let env.py migrate one database, or take the targets away"));
        }
        let mut settings = project.settings(Mode::Online)?;
        for (words, place) in std::mem::take(&mut settings.remarks) {
            reporter.warn(&format!("{place}: {words}"));
        }
        let graph = project.graph(reporter)?;
        Ok(Self {
            natives: Arc::new(NativeScripts::of(project)),
            project: project.clone(),
            settings,
            graph,
            sums: Mutex::default(),
        })
    }

    /// The revisions.
    pub fn graph(&self) -> &RevisionGraph {
        &self.graph
    }

    /// Reads and cuts the revisions that are wanted, so that whatever cannot be run is refused
    /// before the first database is changed. Revisions in Python are evaluated where they run.
    pub fn prepare(&self, wanted: &dyn Fn(&str) -> bool, backend: Backend) -> Result<(), Failure> {
        let chain = self.graph.iter().map(|node| self.graph.revision(node));
        for revision in chain.chain(self.graph.repeatables()) {
            if revision.form == Form::Native && wanted(&revision.id) {
                self.natives
                    .script(revision)?
                    .check(Body::Upgrade, backend)?;
            }
        }
        Ok(())
    }

    /// Where one of the databases stands.
    pub fn standing(
        &self,
        target: &ChainTarget,
        lane: &mut Lane,
        reporter: &mut dyn Reporter,
    ) -> Result<Standing, Failure> {
        let mut session = self.session(target, lane, reporter)?;
        let source = |revision: &Revision| self.source_sum(revision);
        standing::of_session(&self.project, &self.graph, &mut session, &source)
    }

    /// What one of the databases has recorded.
    pub fn recorded(
        &self,
        target: &ChainTarget,
        files: &DomainFiles,
        lane: &mut Lane,
        reporter: &mut dyn Reporter,
    ) -> Result<DomainHistory, Failure> {
        let mut session = self.session(target, lane, reporter)?;
        recorded::of_session(&self.project, &self.graph, &mut session, files)
    }

    /// Carries a destination out on one of the databases.
    pub fn run(
        &self,
        target: &ChainTarget,
        destination: &Destination,
        lane: &mut Lane,
        reporter: &mut dyn Reporter,
    ) -> Result<(), Failure> {
        let session = self.session(target, lane, reporter)?;
        let about = About {
            project: &self.project,
            destination,
            graph: Ok(&self.graph),
            natives: &self.natives,
        };
        run_on(about, session, reporter)
    }

    fn session(
        &self,
        target: &ChainTarget,
        lane: &mut Lane,
        reporter: &mut dyn Reporter,
    ) -> Result<Session, Failure> {
        let mut settings = self.settings.clone();
        let mut home = None;
        match target {
            ChainTarget::Schema(schema) => {
                settings.version_table_schema = Inferred::Default(Some(schema.clone()));
                home = Some(schema.clone());
            }
            ChainTarget::Url(url) => {
                settings.url = Inferred::Default(Some(url.expose().to_owned()));
            }
        }
        Session::on_target(&self.project, settings, home, lane, reporter)
    }

    fn source_sum(&self, revision: &Revision) -> Option<String> {
        let known = || self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sum) = known().get(&revision.path) {
            return sum.clone();
        }
        let sum = match revision.form {
            Form::Native => self
                .natives
                .script(revision)
                .ok()
                .map(|script| md5(script.source())),
            Form::Python => source_sum(revision, self.project.placeholders()),
        };
        known().insert(revision.path.clone(), sum.clone());
        sum
    }
}
