//! Upgrades, downgrades and stamps, carried out or written down.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use super::failure::Failure;
use super::native;
use super::project::{LogLevel, Project, Reporter, StepNote, required, version_table};
use super::scripts::{NativeScripts, Scripts};
use super::session::{LOGGER, Session, announce, transactional_ddl, url};
use super::sink::LiveSink;
use crate::dialect::alembic::graph::{OffLine, RevisionGraph, Step, VersionRows, Wording};
use crate::dialect::alembic::offline::{
    OfflineOptions, TextSink, check_functions, repetition, static_statement, write_down,
};
use crate::dialect::alembic::render::{Body, RevisionScript, ScriptSource as _, SharedSink};
use crate::dialect::alembic::revision::Revision;
use crate::dialect::alembic::run_history::{Interrupted, REPEATED, RunRecord, md5};
use crate::dialect::alembic::settings::{Mode, Settings};
use crate::dialect::alembic::version_table::{Keeper, describe};
use crate::engine::LockGuard;
use crate::model::Backend;
use crate::project::disk;

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

    /// Whether no revision of the chain is left to be applied when steps are done.
    fn reaches_heads(&self, graph: &RevisionGraph, steps: &[Step], rows: &[String]) -> bool {
        matches!(self, Self::Upgrade(_))
            && !graph.repeatables().is_empty()
            && matches!(graph.upgrade("heads", rows), Ok(all) if all.len() == steps.len())
    }
}

/// Carries a destination out against the database, or against several: then all of them are
/// changed before the first commits.
pub fn run(
    project: &Project,
    destination: &Destination,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let mut uncommitted = Vec::new();
    for project in project.databases(reporter)? {
        tell_engine(&project, reporter);
        // When this fails, the server rolls back what has begun, as the sessions end.
        let (mut session, loaded) = Session::open_and_load(&project, reporter)?;
        let natives = Arc::new(NativeScripts::of(&project));
        let guard = session.lock(reporter)?;
        let graph = loaded.report(reporter).map_err(Failure::from);
        let about = About {
            project: &project,
            destination,
            graph: graph.as_ref(),
            natives: &natives,
        };
        uncommitted.push(Uncommitted::run(about, session, guard, reporter)?);
    }
    uncommitted.into_iter().try_for_each(Uncommitted::commit)
}

/// Carries a destination out against one of many databases, with what was read once for all of them.
pub(super) fn run_on(
    about: About<'_>,
    mut session: Session,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let guard = session.lock(reporter)?;
    Uncommitted::run(about, session, guard, reporter)?.commit()
}

/// What a run is about.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) project: &'a Project,
    pub(super) destination: &'a Destination,
    pub(super) graph: Result<&'a RevisionGraph, &'a Failure>,
    pub(super) natives: &'a Arc<NativeScripts>,
}

/// Says which of several databases comes next.
pub(super) fn tell_engine(project: &Project, reporter: &mut dyn Reporter) {
    if let Some(engine) = project.engine() {
        let words = format!("Migrating database {engine}");
        reporter.log(LogLevel::Info, "alembic.env", &words);
    }
}

/// A run that is done but for its last commit.
struct Uncommitted {
    session: Session,
    guard: LockGuard,
    /// Whether there is something to commit.
    open: bool,
}

impl Uncommitted {
    fn run(
        about: About<'_>,
        mut session: Session,
        guard: LockGuard,
        reporter: &mut dyn Reporter,
    ) -> Result<Self, Failure> {
        if has_nothing_to_do(about, &mut session) {
            return Ok(Self {
                session,
                guard,
                open: false,
            });
        }
        let sink = Rc::new(RefCell::new(session.sink()));
        let mut scripts = Scripts::live(
            about.project,
            &session.settings,
            &session.url,
            sink.clone(),
            about.natives.clone(),
        )?;
        let mut run = Run {
            about,
            session: &mut session,
            sink,
            open: false,
            interrupted: None,
            skipped: HashSet::new(),
            each: false,
            relaxed: false,
        };
        let result = run.all(about.graph, &mut scripts, reporter);
        let (open, relaxed) = (run.open, run.relaxed);
        match result {
            Ok(()) => Ok(Self {
                session,
                guard,
                open,
            }),
            Err(failure) => {
                session.rollback();
                if relaxed {
                    session.make_durable();
                }
                session.unlock(guard);
                Err(failure)
            }
        }
    }

    fn commit(mut self) -> Result<(), Failure> {
        let result = if self.open {
            self.session.commit()
        } else {
            Ok(())
        };
        if result.is_err() {
            self.session.rollback();
        }
        self.session.unlock(self.guard);
        result
    }
}

/// Whether an upgrade finds everything done, which one look at the rows tells. Whatever else is
/// found out on the way is for the run itself to meet and to tell.
fn has_nothing_to_do(about: About<'_>, session: &mut Session) -> bool {
    let (Destination::Upgrade(to), Ok(graph)) = (about.destination, about.graph) else {
        return false;
    };
    if session.has_preamble() {
        return false;
    }
    let rows = session.rows_at_once();
    let steps = rows.map(|rows| graph.upgrade(to, &rows));
    if !matches!(steps, Some(Ok(steps)) if steps.is_empty()) {
        return false;
    }
    graph.repeatables().is_empty()
        || matches!(native::due(session, graph, about.natives), Ok(due) if due.is_empty())
}

pub(super) struct Run<'r> {
    about: About<'r>,
    pub(super) session: &'r mut Session,
    /// Takes what the bodies do.
    sink: Rc<RefCell<LiveSink>>,
    /// Whether a transaction is open.
    open: bool,
    /// What an earlier run has left half way.
    pub(super) interrupted: Option<Interrupted>,
    /// Revisions that were recorded without running, where there is a way down.
    pub(super) skipped: HashSet<String>,
    /// Whether each step has a transaction of its own.
    each: bool,
    /// Whether something is committed that may not be on the disk yet.
    relaxed: bool,
}

/// A step with what it runs.
pub(super) type Ready<'s> = (&'s Step, Option<Box<dyn RevisionScript>>);

impl Run<'_> {
    fn begin(&mut self, reporter: &mut dyn Reporter) -> Result<(), Failure> {
        if !self.open {
            self.session.begin(reporter)?;
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
        if let Destination::Stamp { purge: true, .. } = self.about.destination {
            self.session.ensure_table(reporter)?;
            self.session.lock_table()?;
            let sql = self.session.table.clear(self.session.backend());
            self.session.query("emptying the version table", &sql)?;
            return Ok(Vec::new());
        }
        if !self.session.has_table()? {
            self.session.create_table(reporter)?;
        }
        self.session.locked_rows()
    }

    /// Plans and runs; plans again when somebody else has changed the rows in between.
    fn all(
        &mut self,
        graph: Result<&RevisionGraph, &Failure>,
        scripts: &mut Scripts,
        reporter: &mut dyn Reporter,
    ) -> Result<(), Failure> {
        let settings = &self.session.settings;
        let each = required(
            &settings.transaction_per_migration,
            "transaction_per_migration",
            "--transaction-per-migration",
        )?;
        let whole = transactional_ddl(settings, self.session.backend())?;
        self.each = each || !whole;
        self.begin(reporter)?;
        let mut rows = self.rows(reporter)?;
        loop {
            let planned = graph.map_err(Failure::clone);
            let planned = planned.and_then(|graph| {
                let steps = self.about.destination.steps(graph, &rows, reporter)?;
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
            match self.steps(graph, &steps, &rows, scripts, reporter)? {
                None => return Ok(()),
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
        scripts: &mut Scripts,
        reporter: &mut dyn Reporter,
    ) -> Result<Option<Vec<String>>, Failure> {
        // Whatever cannot be run is refused before anything runs.
        if steps.iter().any(|step| step.node().is_some()) {
            scripts.preload(graph);
        }
        let backend = self.session.backend();
        let mut ready: Vec<Ready<'_>> = Vec::with_capacity(steps.len());
        for step in steps {
            let mut script = match step.node() {
                Some(node) => Some(scripts.script(graph.revision(node))?),
                None => None,
            };
            if let Some(script) = &mut script {
                script.check(step.body(), backend)?;
            }
            ready.push((step, script));
        }
        let reaches_heads = self.about.destination.reaches_heads(graph, steps, rows);
        let mut repetitions = if reaches_heads {
            native::due(self.session, graph, self.about.natives)?
        } else {
            Vec::new()
        };
        for (_, script) in &mut repetitions {
            script.check(Body::Upgrade, backend)?;
        }
        let ids = steps
            .iter()
            .filter_map(Step::node)
            .map(|node| graph.id(node));
        if let Some(longest) = ids.max_by_key(|id| id.chars().count()) {
            self.session.check_width(longest)?;
        }
        if !steps.is_empty() || !repetitions.is_empty() {
            self.interrupted = self.session.ensure_history()?;
        }
        self.look_ahead(graph, &ready)?;
        let mut version_rows = VersionRows::new(graph, rows);
        let mut left = ready.len() + repetitions.len();
        for (step, script) in ready {
            left -= 1;
            if !self.open {
                self.begin(reporter)?;
                let found = self.session.locked_rows()?;
                if !same(&found, version_rows.rows()) {
                    self.settle_durability();
                    return Ok(Some(found));
                }
            }
            self.relax_durability(left)?;
            self.step(graph, step, script, &mut version_rows, reporter)?;
            self.step_committed(left)?;
        }
        for (revision, script) in repetitions {
            left -= 1;
            if !self.open {
                self.begin(reporter)?;
                self.session.lock_table()?;
            }
            self.relax_durability(left)?;
            self.repeat(revision, Box::new(script), reporter)?;
            self.step_committed(left)?;
        }
        Ok(None)
    }

    /// Commits a step that has a transaction of its own.
    fn step_committed(&mut self, left: usize) -> Result<(), Failure> {
        if self.each {
            self.commit()?;
            self.relaxed &= left > 0;
        }
        Ok(())
    }

    /// Of a chain's steps only the last commit waits for the disk, and takes those before it along:
    /// the server writes them in their order, so that the schema and its history stay together.
    fn relax_durability(&mut self, left: usize) -> Result<(), Failure> {
        let own = self.about.project.keeper() == Keeper::Stillway;
        if own && self.each && left > 0 {
            self.session.relax_durability()?;
            self.relaxed = true;
        }
        Ok(())
    }

    fn settle_durability(&mut self) {
        if std::mem::take(&mut self.relaxed) {
            self.session.make_durable();
        }
    }

    /// Runs a repeatable revision.
    fn repeat(
        &mut self,
        revision: &Revision,
        script: Box<dyn RevisionScript>,
        reporter: &mut dyn Reporter,
    ) -> Result<(), Failure> {
        let words = format!("Running {}", repetition(revision));
        reporter.log(LogLevel::Info, LOGGER, &words);
        let start = Instant::now();
        let about = StepNote {
            revision: &revision.id,
            action: REPEATED,
            message: revision.message(),
        };
        reporter.step_started(about);
        let record = self.record(revision.id.clone(), REPEATED, Some(&*script));
        let (record, announced) = self.body(record, Body::Upgrade, script, reporter)?;
        self.write(record, start, announced.as_deref())?;
        reporter.step_finished(about, start.elapsed());
        Ok(())
    }

    /// What the history is to say of a run.
    fn record(
        &self,
        revision: String,
        action: &str,
        script: Option<&dyn RevisionScript>,
    ) -> RunRecord {
        let by = &self.about.project.environment.user;
        let is_sqlite = self.session.backend() == Backend::Sqlite;
        RunRecord {
            revision,
            action: action.to_owned(),
            by: is_sqlite.then(|| by.clone()),
            source_md5: script.map(|script| md5(script.source())),
            ..RunRecord::default()
        }
    }

    /// Runs a body; gives what the history is to say of it, and in which row.
    fn body(
        &mut self,
        record: RunRecord,
        body: Body,
        mut script: Box<dyn RevisionScript>,
        reporter: &mut dyn Reporter,
    ) -> Result<(RunRecord, Option<String>), Failure> {
        let interrupted = self.left_by_earlier_run(&record, reporter);
        self.sink.borrow_mut().start(record, interrupted);
        let shared: SharedSink = self.sink.clone();
        script.run(body, &shared)?;
        let finished = self.sink.borrow_mut().finish();
        finished.map_err(|error| Failure::server("going on with the revision", &error))
    }

    fn write(
        &mut self,
        mut record: RunRecord,
        start: Instant,
        announced: Option<&str>,
    ) -> Result<(), Failure> {
        record.milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.session.record(&record, announced, self.each)
    }

    fn step(
        &mut self,
        graph: &RevisionGraph,
        step: &Step,
        script: Option<Box<dyn RevisionScript>>,
        version_rows: &mut VersionRows<'_>,
        reporter: &mut dyn Reporter,
    ) -> Result<(), Failure> {
        let start = Instant::now();
        let revision = match step.node() {
            Some(node) => graph.id(node).to_owned(),
            None => step.destination(),
        };
        let skip = match &script {
            Some(script) => self.reason_to_skip(graph, step, &**script)?,
            None => None,
        };
        let action = skip.as_ref().map_or(step.name(), |(action, _)| *action);
        let message = step.node().map(|node| graph.revision(node).message());
        let about = StepNote {
            revision: &revision,
            action,
            message: message.unwrap_or_default(),
        };
        reporter.step_started(about);
        let words = match &skip {
            Some((_, reason)) => format!("Skipping {}: {reason}", step.log(graph)),
            None => format!("Running {}", step.log(graph)),
        };
        reporter.log(LogLevel::Info, LOGGER, &words);
        let mut record = self.record(revision.clone(), action, script.as_deref());
        let mut announced = None;
        if let Some(script) = script
            && skip.is_none()
        {
            (record, announced) = self.body(record, step.body(), script, reporter)?;
        }
        let changes = version_rows.apply(step)?;
        reporter.log(LogLevel::Debug, LOGGER, &describe(&changes));
        for change in &changes {
            self.session.change_row(change)?;
        }
        self.write(record, start, announced.as_deref())?;
        reporter.step_finished(about, start.elapsed());
        Ok(())
    }

    /// What is there of this step already, when it is the one that was interrupted and its file is
    /// the same still.
    fn left_by_earlier_run(
        &mut self,
        record: &RunRecord,
        reporter: &mut dyn Reporter,
    ) -> Option<Interrupted> {
        let left = self
            .interrupted
            .take_if(|left| (&left.revision, &left.action) == (&record.revision, &record.action))?;
        let Interrupted {
            revision,
            statements,
            ..
        } = &left;
        if left.source_md5 != record.source_md5 {
            reporter.warn(&format!(
                "{revision} was interrupted when {statements} of its statements were committed; its file has changed since, so it runs from its start"
            ));
            return None;
        }
        let words = format!(
            "{revision} was interrupted when {statements} of its statements were committed; it goes on behind these"
        );
        reporter.log(LogLevel::Info, "stillway", &words);
        Some(left)
    }
}

/// Whether two lists hold the same rows.
pub(super) fn same(left: &[String], right: &[String]) -> bool {
    let sorted = |rows: &[String]| {
        let mut rows = rows.to_vec();
        rows.sort();
        rows.dedup();
        rows
    };
    sorted(left) == sorted(right)
}

/// Writes down what a destination would do. Without a colon the run starts from an empty table.
/// Where there are several databases, the SQL for each may go to a file named after it.
pub fn write(
    project: &Project,
    destination: &Destination,
    start: Option<&str>,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    for project in project.databases(reporter)? {
        let settings = project.settings(Mode::Offline)?;
        project.start_log(&settings, reporter);
        tell_engine(&project, reporter);
        let name = project.engine().filter(|_| settings.output_buffer);
        let Some(name) = name.map(|engine| format!("{engine}.sql")) else {
            write_one(&project, &settings, destination, start, reporter)?;
            continue;
        };
        let words = format!("Writing output to {name}");
        reporter.log(LogLevel::Info, "alembic.env", &words);
        let mut file = ToFile {
            reporter: &mut *reporter,
            text: String::new(),
        };
        let result = write_one(&project, &settings, destination, start, &mut file);
        let path = project.environment.directory.join(&name);
        disk::write_file(&path, &file.text).map_err(Failure::uncaught)?;
        result?;
    }
    Ok(())
}

/// Keeps results, and hands on everything else.
struct ToFile<'r> {
    reporter: &'r mut dyn Reporter,
    text: String,
}

impl Reporter for ToFile<'_> {
    fn print(&mut self, text: &str) {
        self.reporter.print(text);
    }

    fn write(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn log(&mut self, level: LogLevel, logger: &str, message: &str) {
        self.reporter.log(level, logger, message);
    }

    fn logging(&mut self, from: Option<LogLevel>) {
        self.reporter.logging(from);
    }

    fn warn(&mut self, words: &str) {
        self.reporter.warn(words);
    }

    fn message(&mut self, words: &str) {
        self.reporter.message(words);
    }

    fn status(&mut self, doing: &str, succeeded: bool) {
        self.reporter.status(doing, succeeded);
    }
}

fn write_one(
    project: &Project,
    settings: &Settings,
    destination: &Destination,
    start: Option<&str>,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    let url = url(settings)?;
    announce(settings, &url, Mode::Offline, reporter)?;
    let mut options = OfflineOptions {
        backend: url.backend,
        table: version_table(project.keeper(), settings, &url)?,
        transactional_ddl: transactional_ddl(settings, url.backend)?,
        transaction_per_migration: required(
            &settings.transaction_per_migration,
            "transaction_per_migration",
            "--transaction-per-migration",
        )?,
        repeat: false,
    };
    if let Destination::Stamp { purge: true, .. } = destination {
        if options.transactional_ddl && !options.transaction_per_migration {
            reporter.write(&static_statement("BEGIN"));
        }
        return Err(Failure::command("Can't use --purge with --sql mode"));
    }
    let mut scripts = Scripts::offline(project, settings, &url)?;
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
    native::refuse_guards(&graph, &steps)?;
    options.repeat = destination.reaches_heads(&graph, &steps, &rows);
    if steps.iter().any(|step| step.node().is_some()) {
        let texts = scripts.preload(&graph);
        scripts.print_ahead(&graph, &texts, &steps);
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
    reporter.write(&sink.borrow().written);
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
    for project in project.databases(reporter)? {
        tell_engine(&project, reporter);
        ensure_one_version(&project, sql, reporter)?;
    }
    Ok(())
}

fn ensure_one_version(
    project: &Project,
    sql: bool,
    reporter: &mut dyn Reporter,
) -> Result<(), Failure> {
    if sql {
        let settings = project.settings(Mode::Offline)?;
        project.start_log(&settings, reporter);
        let url = url(&settings)?;
        announce(&settings, &url, Mode::Offline, reporter)?;
        let create = static_statement(
            &version_table(project.keeper(), &settings, &url)?.create(url.backend),
        );
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
        .begin(reporter)
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
    for row in &rows {
        graph.revisions(row)?;
    }
    if !same(&graph.ids(graph.real_heads().iter().copied()), &rows) {
        return Err(Failure::command("Target database is not up to date."));
    }
    Err(Failure::uncaught(
        "the database is at the heads; comparing it with the models is not supported yet",
    )
    .with_hint("`current --check-heads` checks the revisions alone"))
}
