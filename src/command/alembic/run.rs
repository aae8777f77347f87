//! Upgrades, downgrades and stamps, carried out or written down.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use super::failure::Failure;
use super::project::{LogLevel, Project, Reporter, required, version_table};
use super::scripts::Scripts;
use super::session::{LOGGER, LiveSink, Session, announce, transactional_ddl, url};
use crate::dialect::alembic::graph::{OffLine, RevisionGraph, Step, VersionRows, Wording};
use crate::dialect::alembic::offline::{
    OfflineOptions, TextSink, check_functions, static_statement, write_down,
};
use crate::dialect::alembic::render::{Body, RevisionScript, ScriptSource as _, SharedSink};
use crate::dialect::alembic::run_history::{RunRecord, StatementSum, md5};
use crate::dialect::alembic::settings::Mode;
use crate::dialect::alembic::version_table::describe;
use crate::model::Backend;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Up to there.
    Upgrade(String),
    /// Down to there.
    Downgrade(String),
    /// Only the rows.
    Stamp {
        /// Where to.
        revisions: Vec<String>,
        /// Whether all rows go first.
        purge: bool,
    },
}

impl Destination {
    fn steps(
        &self,
        graph: &RevisionGraph,
        rows: &[String],
        reporter: &mut dyn Reporter,
    ) -> Result<Vec<Step>, Failure> {
        let worded = |off_line, end| Wording {
            off_line,
            end: Some(end),
            ..Wording::default()
        };
        let steps = match self {
            Self::Upgrade(to) => graph
                .upgrade(to, rows)
                .map_err(|error| error.worded(worded(OffLine::Upgrade, to)))?,
            Self::Downgrade(to) => {
                if graph.downgrade_is_ambiguous(to, rows) {
                    reporter.warn("downgrade -1 from multiple heads is ambiguous; this usage will be disallowed in a future release.");
                }
                graph
                    .downgrade(to, rows)
                    .map_err(|error| error.worded(worded(OffLine::Downgrade, to)))?
            }
            Self::Stamp { revisions, .. } => graph
                .stamp(revisions, rows)
                .map_err(crate::dialect::alembic::graph::StampError::worded)?,
        };
        check_functions(graph, &steps)?;
        Ok(steps)
    }
}

/// Carries a destination out against the database.
pub fn run(
    project: &Project,
    destination: &Destination,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let mut session = Session::open(project, reporter)?;
    let guard = session.lock(reporter)?;
    let sink = Rc::new(RefCell::new(session.sink()));
    let mut scripts = Scripts::live(project, &session.settings, &session.url, sink.clone())?;
    let result = Run {
        project,
        destination,
        session: &mut session,
        sink,
        open: false,
    }
    .all(&mut scripts, reporter);
    if result.is_err() {
        session.rollback();
    }
    session.unlock(guard);
    result
}

struct Run<'r> {
    project: &'r Project,
    destination: &'r Destination,
    session: &'r mut Session,
    /// Takes what the bodies do.
    sink: Rc<RefCell<LiveSink>>,
    /// Whether a transaction is open.
    open: bool,
}

impl Run<'_> {
    fn begin(&mut self) -> Result<(), Failure> {
        if !self.open {
            self.session.begin()?;
            self.open = true;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Failure> {
        if self.open {
            self.open = false;
            self.session.commit()?;
        }
        Ok(())
    }

    /// Rows as they are, with the table created where there are none.
    fn rows(&mut self, reporter: &mut dyn Reporter) -> Result<Vec<String>, Failure> {
        if let Destination::Stamp { purge: true, .. } = self.destination {
            self.session.ensure_table(reporter)?;
            self.session.lock_table()?;
            let sql = self.session.table.clear(self.session.backend());
            self.session.query("emptying the version table", &sql)?;
            return Ok(Vec::new());
        }
        if !self.session.has_table()? {
            self.session.ensure_table(reporter)?;
        }
        self.session.lock_table()?;
        self.session.rows()
    }

    /// Plans and runs; plans again when somebody else has changed the rows in between.
    fn all(&mut self, scripts: &mut Scripts, reporter: &mut dyn Reporter) -> Result<(), Failure> {
        let graph = self.project.graph(reporter);
        let settings = &self.session.settings;
        let each = required(
            &settings.transaction_per_migration,
            "transaction_per_migration",
            "--transaction-per-migration",
        )?;
        let whole = transactional_ddl(settings, self.session.backend())?;
        self.begin()?;
        let mut rows = self.rows(reporter)?;
        let graph = graph.map_err(Failure::from);
        loop {
            let planned = graph.as_ref().map_err(Failure::clone);
            let planned = planned.and_then(|graph| {
                let steps = self.destination.steps(graph, &rows, reporter)?;
                Ok((graph, steps))
            });
            let (graph, steps) = match planned {
                Ok(planned) => planned,
                Err(failure) => {
                    // Where the schema is not rolled back, the new table stays.
                    if !whole {
                        self.commit()?;
                    }
                    return Err(failure);
                }
            };
            match self.steps(graph, &steps, &rows, each || !whole, scripts, reporter)? {
                None => return self.commit(),
                Some(changed) => rows = changed,
            }
        }
    }

    /// Runs steps; gives the rows back when they are not what the plan was made for.
    fn steps(
        &mut self,
        graph: &RevisionGraph,
        steps: &[Step],
        rows: &[String],
        each: bool,
        scripts: &mut Scripts,
        reporter: &mut dyn Reporter,
    ) -> Result<Option<Vec<String>>, Failure> {
        // Whatever cannot be run is refused before anything runs.
        if steps.iter().any(|step| step.node().is_some()) {
            scripts.preload(graph);
        }
        let mut ready = Vec::with_capacity(steps.len());
        for step in steps {
            ready.push(match step.node() {
                Some(node) => Some(scripts.script(graph.revision(node))?),
                None => None,
            });
        }
        let ids = steps
            .iter()
            .filter_map(Step::node)
            .map(|node| graph.id(node));
        if let Some(longest) = ids.max_by_key(|id| id.chars().count()) {
            self.session.check_width(longest)?;
        }
        if !steps.is_empty() {
            self.session.ensure_history()?;
        }
        let mut version_rows = VersionRows::new(graph, rows);
        for (step, script) in steps.iter().zip(ready) {
            if !self.open {
                self.begin()?;
                self.session.lock_table()?;
                let found = self.session.rows()?;
                if !same(&found, version_rows.rows()) {
                    return Ok(Some(found));
                }
            }
            self.step(graph, step, script, &mut version_rows, reporter)?;
            if each {
                self.commit()?;
            }
        }
        Ok(None)
    }

    fn step(
        &mut self,
        graph: &RevisionGraph,
        step: &Step,
        script: Option<Box<dyn RevisionScript>>,
        version_rows: &mut VersionRows<'_>,
        reporter: &mut dyn Reporter,
    ) -> Result<(), Failure> {
        let words = format!("Running {}", step.log(graph));
        reporter.log(LogLevel::Info, LOGGER, &words);
        let start = Instant::now();
        let (mut source_md5, mut sql_md5) = (None, None);
        if let Some(mut script) = script {
            source_md5 = Some(md5(script.source()));
            let body = match self.destination {
                Destination::Downgrade(_) => Body::Downgrade,
                _ => Body::Upgrade,
            };
            self.sink.borrow_mut().sum = StatementSum::default();
            let shared: SharedSink = self.sink.clone();
            script.run(body, &shared)?;
            sql_md5 = Some(std::mem::take(&mut self.sink.borrow_mut().sum).finish());
        }
        let changes = version_rows.apply(step)?;
        reporter.log(LogLevel::Debug, LOGGER, &describe(&changes));
        for change in &changes {
            self.session.change_row(change)?;
        }
        let revision = match step.node() {
            Some(node) => graph.id(node).to_owned(),
            None => step.destination(),
        };
        let by = &self.project.environment.user;
        let is_sqlite = self.session.backend() == Backend::Sqlite;
        self.session.record(&RunRecord {
            revision,
            action: step.name().to_owned(),
            by: is_sqlite.then(|| by.clone()),
            milliseconds: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
            source_md5,
            sql_md5,
        })
    }
}

/// Whether two lists hold the same rows.
fn same(left: &[String], right: &[String]) -> bool {
    let sorted = |rows: &[String]| {
        let mut rows = rows.to_vec();
        rows.sort();
        rows.dedup();
        rows
    };
    sorted(left) == sorted(right)
}

/// Writes down what a destination would do. Without a colon the run starts from an empty table.
pub fn write(
    project: &Project,
    destination: &Destination,
    start: Option<&str>,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let settings = project.settings(Mode::Offline)?;
    project.start_log(&settings, reporter);
    let url = url(&settings)?;
    announce(&settings, &url, Mode::Offline, reporter)?;
    let options = OfflineOptions {
        backend: url.backend,
        table: version_table(&settings, &url)?,
        transactional_ddl: transactional_ddl(&settings, url.backend)?,
        transaction_per_migration: required(
            &settings.transaction_per_migration,
            "transaction_per_migration",
            "--transaction-per-migration",
        )?,
    };
    if let Destination::Stamp { purge: true, .. } = destination {
        if options.transactional_ddl && !options.transaction_per_migration {
            reporter.write(&static_statement("BEGIN"));
        }
        return Err(Failure::command("Can't use --purge with --sql mode"));
    }
    let mut scripts = Scripts::offline(project, &settings, &url)?;
    let sink = Rc::new(RefCell::new(TextSink::new(
        options.backend,
        options.transactional_ddl,
    )));
    let begins = options.transactional_ddl && !options.transaction_per_migration;
    // What was generated before a failure is printed all the same.
    let planned = plan(project, destination, start, reporter);
    let (graph, rows, steps) = match planned {
        Ok(planned) => planned,
        Err(failure) => {
            if begins {
                reporter.write(&static_statement("BEGIN"));
            }
            return Err(failure);
        }
    };
    if steps.iter().any(|step| step.node().is_some()) {
        scripts.preload(&graph);
    }
    let mut lines = Vec::new();
    let result = write_down(
        &graph,
        Ok(steps),
        &rows,
        &options,
        &mut scripts,
        &sink,
        &mut |line| lines.push(line.to_owned()),
    );
    for line in lines {
        reporter.log(LogLevel::Info, LOGGER, &format!("Running {line}"));
    }
    reporter.write(&sink.borrow().text);
    Ok(result?)
}

fn plan(
    project: &Project,
    destination: &Destination,
    start: Option<&str>,
    reporter: &mut dyn Reporter,
) -> Result<(RevisionGraph, Vec<String>, Vec<Step>), Failure> {
    let graph = project.graph(reporter)?;
    let rows = match start {
        None | Some("base") => Vec::new(),
        Some(start) => match graph.one(start)?.node() {
            Some(node) => vec![graph.id(node).to_owned()],
            None => {
                return Err(Failure::uncaught(
                    "AttributeError: 'NoneType' object has no attribute 'revision'",
                ));
            }
        },
    };
    let steps = destination.steps(&graph, &rows, reporter)?;
    Ok((graph, rows, steps))
}

/// Creates the version table where it is missing.
pub fn ensure_version(
    project: &Project,
    sql: bool,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    if sql {
        let settings = project.settings(Mode::Offline)?;
        project.start_log(&settings, reporter);
        let url = url(&settings)?;
        announce(&settings, &url, Mode::Offline, reporter)?;
        let create = static_statement(&version_table(&settings, &url)?.create(url.backend));
        let whole = transactional_ddl(&settings, url.backend)?
            && settings.transaction_per_migration.known() != Some(&true);
        let text = if whole {
            let (begin, commit) = (static_statement("BEGIN"), static_statement("COMMIT"));
            format!("{begin}{create}{commit}")
        } else {
            create
        };
        reporter.write(&text);
        return Ok(());
    }
    let mut session = Session::open(project, reporter)?;
    let guard = session.lock(reporter)?;
    let result = session
        .begin()
        .and_then(|()| session.ensure_table(reporter))
        .and_then(|()| session.commit());
    if result.is_err() {
        session.rollback();
    }
    session.unlock(guard);
    result
}

/// Checks that the database is at the heads, as far as that can be told without the models.
pub fn check(project: &Project, reporter: &mut dyn Reporter) -> Result<(), Failure> {
    let rows = super::current::rows(project, reporter)?;
    let graph = project.graph(reporter)?;
    let mut heads = graph.ids(graph.real_heads().iter().copied());
    let mut rows_sorted = rows.clone();
    for row in &rows {
        graph.revisions(row)?;
    }
    heads.sort();
    rows_sorted.sort();
    rows_sorted.dedup();
    if heads != rows_sorted {
        return Err(Failure::command("Target database is not up to date."));
    }
    Err(Failure::uncaught(
        "the database is at the heads; comparing it with the models is not supported yet",
    )
    .with_hint("`current --check-heads` checks the revisions alone"))
}
