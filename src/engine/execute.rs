//! The loop that carries a plan out.

use std::time::{Duration, Instant};

use super::database::{
    Blocker, Database, RunObserver, ServerError, ServerMessage, StatementResult, TransactionState,
};
use super::event::{Event, EventSink};
use super::lock::{LockError, LockPolicy, poll};
use super::outcome::{Failure, FailureCause, Outcome, StepDone, WhatRemains};
use super::plan::Plan;
use super::script::Script;
use super::step::{Step, TransactionMode};
use crate::model::{Direction, Place};
use crate::sql::TransactionControl;

/// How a plan is carried out.
#[derive(Debug, Clone)]
pub struct ExecutePolicy {
    /// Key of the lock on the history.
    pub lock_key: i64,
    /// How long to try for the lock where it is taken in each transaction.
    pub lock: LockPolicy,
    /// How long a step is tried again after losing against other sessions' locks.
    pub conflict_budget: Duration,
    /// What [`super::Record::fingerprint`] answered when the plan was made.
    pub fingerprint: String,
}

/// A project's own scripts around each step and statement.
#[derive(Debug, Default)]
pub struct Hooks {
    /// Before each step, in its transaction.
    pub before_each: Vec<Script>,
    /// After each step, in its transaction.
    pub after_each: Vec<Script>,
    /// After a step that failed.
    pub after_each_error: Vec<Script>,
    /// Before each statement.
    pub before_statement: Vec<Script>,
    /// After each statement that succeeded.
    pub after_statement: Vec<Script>,
    /// After a statement that failed.
    pub after_statement_error: Vec<Script>,
}

impl Hooks {
    fn around_statements(&self) -> bool {
        !(self.before_statement.is_empty()
            && self.after_statement.is_empty()
            && self.after_statement_error.is_empty())
    }
}

/// Carries a plan out, step by step, and stops at the first failure.
pub fn execute(
    database: &mut dyn Database,
    plan: &Plan,
    hooks: &Hooks,
    policy: &ExecutePolicy,
    sink: &mut dyn EventSink,
) -> Outcome {
    let start = Instant::now();
    sink.event(Event::PlanReady {
        steps: plan.steps.len(),
    });
    let mut run = Run {
        database,
        hooks,
        policy,
        sink,
        fingerprint: policy.fingerprint.clone(),
        total: plan.steps.len(),
        committed: None,
        succeeded: 0,
        durable: true,
        invalid_before: Vec::new(),
    };
    let mut outcome = Outcome::default();
    if plan.grouped {
        run.group(&plan.steps, &mut outcome);
    } else {
        for (index, step) in plan.steps.iter().enumerate() {
            // The last commit waits for the disk and takes those before it along.
            run.durable = index + 1 == plan.steps.len() || step.touches_history;
            match run.step(index + 1, step) {
                Ok(Some(took)) => {
                    outcome.done.push(done(step, took));
                    if step.touches_history {
                        outcome.plan_again = true;
                        break;
                    }
                }
                Ok(None) => {
                    outcome.plan_again = true;
                    break;
                }
                Err(failure) => {
                    outcome.failure = Some(failure);
                    break;
                }
            }
        }
        run.settle_durability(&outcome);
    }
    outcome.took = start.elapsed();
    outcome
}

/// Runs a script that is no step, such as a hook around a whole command, in a transaction of its
/// own unless it says otherwise; tried again while it only loses against other sessions' locks.
pub fn run_script(
    database: &mut dyn Database,
    script: &Script,
    in_transaction: bool,
    conflict_budget: Duration,
    sink: &mut dyn EventSink,
) -> Result<(), Box<FailureCause>> {
    sink.event(Event::HookStarted {
        path: script.origin.path.clone(),
    });
    let first = Instant::now();
    let repeatable = in_transaction && !script.has_control();
    let mut attempt = 1;
    loop {
        let result = run_script_once(database, script, in_transaction, sink);
        let Err(cause) = result else { return Ok(()) };
        drop(database.rollback());
        let conflict = match cause.as_ref() {
            FailureCause::Statement { error, .. } | FailureCause::Around { error, .. } => {
                error.is_lock_conflict()
            }
            FailureCause::Lock(_) => false,
        };
        if !conflict || !repeatable || first.elapsed() >= conflict_budget {
            return Err(cause);
        }
        std::thread::sleep(backoff(attempt));
        attempt += 1;
    }
}

fn run_script_once(
    database: &mut dyn Database,
    script: &Script,
    in_transaction: bool,
    sink: &mut dyn EventSink,
) -> Result<(), Box<FailureCause>> {
    let around = |action| move |error| Box::new(FailureCause::Around { action, error });
    if in_transaction {
        database
            .begin()
            .map_err(around("beginning a transaction"))?;
    } else {
        database.reset().map_err(around("preparing the session"))?;
    }
    let mut progress = Progress::new(script, sink, false);
    run_statements(database, script, in_transaction, &mut progress)
        .map_err(|(index, error)| Box::new(statement_failure(script, index, error)))?;
    if in_transaction {
        database.commit().map_err(around("committing"))?;
    }
    Ok(())
}

fn done(step: &Step, took: Duration) -> StepDone {
    StepDone {
        id: step.id.clone(),
        script_name: step.script_name.clone(),
        direction: step.direction,
        took,
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::from(i32::try_from(duration.as_millis()).unwrap_or(i32::MAX))
}

struct Run<'r> {
    database: &'r mut dyn Database,
    hooks: &'r Hooks,
    policy: &'r ExecutePolicy,
    sink: &'r mut dyn EventSink,
    /// What the history looked like after our own last write.
    fingerprint: String,
    total: usize,
    /// Statements of the open transaction's scripts that those scripts have committed themselves.
    committed: Option<(usize, Place)>,
    /// Statements of the current script that have succeeded.
    succeeded: usize,
    /// Whether the current step's commit waits for the disk.
    durable: bool,
    /// Unusable indexes that were there before the current step.
    invalid_before: Vec<(String, String)>,
}

/// A failure before it is known what remains.
struct Broken {
    cause: Box<FailureCause>,
    script_name: Option<String>,
    blockers: Vec<Blocker>,
    at_commit: bool,
}

impl Broken {
    fn around(action: &'static str, error: ServerError) -> Self {
        Self {
            cause: Box::new(FailureCause::Around { action, error }),
            script_name: None,
            blockers: Vec::new(),
            at_commit: false,
        }
    }

    fn server_error(&self) -> Option<&ServerError> {
        match self.cause.as_ref() {
            FailureCause::Statement { error, .. } | FailureCause::Around { error, .. } => {
                Some(error)
            }
            FailureCause::Lock(_) => None,
        }
    }
}

impl Run<'_> {
    /// Carries out one step; `None` when the history is no longer what the plan assumed.
    fn step(&mut self, number: usize, step: &Step) -> Result<Option<Duration>, Box<Failure>> {
        self.started(number, step);
        let result = match step.mode {
            TransactionMode::Transaction => self.with_retries(step),
            TransactionMode::Autocommit => self.autocommit(step),
        };
        if let Ok(Some(took)) = &result {
            self.sink.event(Event::StepFinished {
                id: step.id.clone(),
                took: *took,
            });
        }
        result
    }

    /// When a run ends early, what it has done before is brought to the disk all the same.
    fn settle_durability(&mut self, outcome: &Outcome) {
        let ended_early = outcome.failure.is_some() || outcome.plan_again;
        if ended_early
            && !outcome.done.is_empty()
            && let Err(error) = self.database.make_durable()
        {
            log::debug!("earlier commits reach the disk on their own time: {error}");
        }
    }

    fn started(&mut self, number: usize, step: &Step) {
        self.sink.event(Event::StepStarted {
            number,
            total: self.total,
            id: step.id.clone(),
            script: step.script_name.clone(),
            direction: step.direction,
            statements: step.script.statements.len(),
            transactional: step.mode == TransactionMode::Transaction,
            remark: step.remark,
        });
    }

    /// Tries a transactional step again while it only loses against other sessions' locks.
    fn with_retries(&mut self, step: &Step) -> Result<Option<Duration>, Box<Failure>> {
        let first = Instant::now();
        let mut attempt = 1;
        loop {
            let start = Instant::now();
            let broken = match self.transaction(step, start) {
                Ok(result) => return Ok(result),
                Err(broken) => broken,
            };
            if !self.may_try_again(&broken, first) {
                return Err(self.failed(step, broken, start.elapsed()));
            }
            self.pause(step, broken, attempt);
            attempt += 1;
        }
    }

    fn transaction(&mut self, step: &Step, start: Instant) -> Result<Option<Duration>, Broken> {
        (self.committed, self.succeeded) = (None, 0);
        if !self.open(step)? {
            return Ok(None);
        }
        if !self.durable && !step.script.has_control() {
            let relaxed = self.database.relax_durability();
            relaxed.map_err(|error| Broken::around("beginning a transaction", error))?;
        }
        self.body(step)?;
        let took = start.elapsed();
        self.record(step, milliseconds(took))?;
        self.close(step)?;
        Ok(Some(took))
    }

    /// Opens the step's transaction; where locks end with transactions, takes the lock and checks
    /// that nobody changed the history meanwhile.
    fn open(&mut self, step: &Step) -> Result<bool, Broken> {
        self.database
            .begin()
            .map_err(|error| Broken::around("beginning a transaction", error))?;
        if self.database.session_lock() {
            return Ok(true);
        }
        let locked = poll(
            self.database,
            self.policy.lock_key,
            self.policy.lock,
            self.sink,
        );
        locked.map_err(|error| Broken {
            cause: Box::new(FailureCause::Lock(error)),
            script_name: None,
            blockers: Vec::new(),
            at_commit: false,
        })?;
        let now = self.read_fingerprint(step)?;
        if now == self.fingerprint {
            return Ok(true);
        }
        drop(self.database.rollback());
        Ok(false)
    }

    fn read_fingerprint(&mut self, step: &Step) -> Result<String, Broken> {
        let rows = self
            .database
            .query(&step.record.fingerprint())
            .map_err(|error| Broken::around("reading the history", error))?;
        Ok(rows.single().unwrap_or_default().to_owned())
    }

    /// Hooks and statements of a step.
    fn body(&mut self, step: &Step) -> Result<(), Broken> {
        if step.direction == Direction::Mark {
            return Ok(());
        }
        let in_transaction = step.mode == TransactionMode::Transaction;
        for hook in &self.hooks.before_each {
            self.hook(hook, in_transaction)?;
        }
        self.statements(step, in_transaction)?;
        for hook in &self.hooks.after_each {
            self.hook(hook, in_transaction)?;
        }
        Ok(())
    }

    fn hook(&mut self, hook: &Script, in_transaction: bool) -> Result<(), Broken> {
        self.sink.event(Event::HookStarted {
            path: hook.origin.path.clone(),
        });
        let mut progress = Progress::new(hook, self.sink, false);
        run_statements(self.database, hook, in_transaction, &mut progress).map_err(
            |(index, error)| Broken {
                cause: Box::new(statement_failure(hook, index, error)),
                script_name: Some(hook.origin.path.display().to_string()),
                blockers: Vec::new(),
                at_commit: false,
            },
        )
    }

    fn statements(&mut self, step: &Step, in_transaction: bool) -> Result<(), Broken> {
        let script = &step.script;
        let hooks = self.hooks;
        let mut progress = Progress::new(script, self.sink, true);
        let result = if hooks.around_statements() {
            run_with_hooks(self.database, script, hooks, in_transaction, &mut progress)
        } else {
            run_statements(self.database, script, in_transaction, &mut progress)
                .map_err(|(index, error)| Stopped::Own(index, error))
        };
        let (committed, blockers) = (progress.committed, progress.blockers);
        self.committed = committed.or(self.committed.take());
        let (succeeded, cause, script_name) = match result {
            Ok(()) => {
                self.succeeded = script.statements.len();
                return Ok(());
            }
            Err(Stopped::Own(index, error)) => {
                (index, statement_failure(script, index, error), None)
            }
            Err(Stopped::Hook(hook, index, error, done)) => {
                let name = hook.origin.path.display().to_string();
                (done, statement_failure(hook, index, error), Some(name))
            }
        };
        self.succeeded = succeeded;
        Err(Broken {
            cause: Box::new(cause),
            script_name,
            blockers,
            at_commit: false,
        })
    }

    /// Writes the history row; a script that ended its transaction itself gets a new one.
    fn record(&mut self, step: &Step, milliseconds: i64) -> Result<(), Broken> {
        let recording = |error| Broken::around("recording the migration in the history", error);
        if self.database.transaction_state() == TransactionState::Idle {
            self.database.begin_again().map_err(recording)?;
        }
        if step.script.changes_identity() {
            self.database.reclaim().map_err(recording)?;
        }
        self.database
            .enqueue(&step.record.insert(milliseconds, true))
            .map_err(recording)
    }

    fn close(&mut self, step: &Step) -> Result<(), Broken> {
        let fingerprint = if self.database.session_lock() {
            None
        } else {
            Some(self.read_fingerprint(step)?)
        };
        self.database.commit().map_err(|error| Broken {
            at_commit: true,
            ..Broken::around("recording the migration and committing", error)
        })?;
        for message in self.database.late_notices() {
            self.sink.event(Event::Notice {
                place: None,
                message,
            });
        }
        if let Some(fingerprint) = fingerprint {
            self.fingerprint = fingerprint;
        }
        Ok(())
    }

    /// A step whose statements stand alone: announced before, closed after.
    fn autocommit(&mut self, step: &Step) -> Result<Option<Duration>, Box<Failure>> {
        let start = Instant::now();
        (self.committed, self.succeeded) = (None, 0);
        match self.announce(step) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(broken) => return Err(self.failed(step, broken, start.elapsed())),
        }
        self.invalid_before = self.database.invalid_indexes().unwrap_or_default();
        let ran = self.body(step).and_then(|()| self.nothing_left_open());
        if let Err(broken) = ran {
            return Err(self.failed_alone(step, broken, start.elapsed()));
        }
        let took = start.elapsed();
        let closed = self
            .finish(step, took, true)
            .map_err(|error| Broken::around("recording the migration in the history", error))
            .and_then(|()| self.remember(step));
        match closed {
            Ok(()) => Ok(Some(took)),
            Err(broken) => Err(self.failed_alone(step, broken, took)),
        }
    }

    /// Turns the announcement of a step into its outcome.
    fn finish(&mut self, step: &Step, took: Duration, success: bool) -> Result<(), ServerError> {
        self.database.begin()?;
        for statement in step.record.finish(milliseconds(took), success) {
            self.database.enqueue(&statement)?;
        }
        let committed = self.database.commit();
        if committed.is_err() {
            drop(self.database.rollback());
        }
        committed
    }

    /// A script that opened a transaction and never closed it has done nothing that lasts.
    fn nothing_left_open(&mut self) -> Result<(), Broken> {
        if self.database.transaction_state() == TransactionState::Idle {
            return Ok(());
        }
        Err(Broken::around(
            "ending the script",
            ServerError::client("the script leaves a transaction open that it began itself"),
        ))
    }

    fn remember(&mut self, step: &Step) -> Result<(), Broken> {
        if !self.database.session_lock() {
            self.fingerprint = self.read_fingerprint(step)?;
        }
        Ok(())
    }

    fn announce(&mut self, step: &Step) -> Result<bool, Broken> {
        if !self.open(step)? {
            return Ok(false);
        }
        let announcing = |error| Broken::around("announcing the migration in the history", error);
        for statement in step.record.announce() {
            self.database.enqueue(&statement).map_err(announcing)?;
        }
        self.database.commit().map_err(announcing)?;
        self.database
            .reset()
            .map_err(|error| Broken::around("preparing the session", error))?;
        Ok(true)
    }

    /// All steps in one transaction, tried again as a whole while it only loses against other
    /// sessions' locks.
    fn group(&mut self, steps: &[Step], outcome: &mut Outcome) {
        let first = Instant::now();
        let mut attempt = 1;
        while let Some((step, broken, took)) = self.group_once(steps, outcome) {
            if !self.may_try_again(&broken, first) {
                outcome.failure = Some(self.failed(step, broken, took));
                return;
            }
            self.pause(step, broken, attempt);
            attempt += 1;
        }
    }

    /// One try of a group; tells which step broke it.
    fn group_once<'s>(
        &mut self,
        steps: &'s [Step],
        outcome: &mut Outcome,
    ) -> Option<(&'s Step, Broken, Duration)> {
        let group_start = Instant::now();
        let first = steps.first()?;
        (self.committed, self.succeeded) = (None, 0);
        match self.open(first) {
            Ok(true) => {}
            Ok(false) => {
                outcome.plan_again = true;
                return None;
            }
            Err(broken) => return Some((first, broken, group_start.elapsed())),
        }
        let mut finished = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            self.started(index + 1, step);
            let start = Instant::now();
            let result = self
                .body(step)
                .and_then(|()| self.record(step, milliseconds(start.elapsed())));
            if let Err(broken) = result {
                return Some((step, broken, start.elapsed()));
            }
            finished.push(done(step, start.elapsed()));
        }
        if let Err(broken) = self.close(first) {
            return Some((first, broken, group_start.elapsed()));
        }
        for step in &finished {
            self.sink.event(Event::StepFinished {
                id: step.id.clone(),
                took: step.took,
            });
        }
        outcome.plan_again = steps.iter().any(|step| step.touches_history);
        outcome.done = finished;
        None
    }

    /// Whether a failure is only a lost lock, nothing has been committed and patience is left.
    fn may_try_again(&self, broken: &Broken, first: Instant) -> bool {
        self.committed.is_none()
            && broken
                .server_error()
                .is_some_and(ServerError::is_lock_conflict)
            && first.elapsed() < self.policy.conflict_budget
    }

    /// Rolls back, says who was in the way, and waits a while.
    fn pause(&mut self, step: &Step, broken: Broken, attempt: u32) {
        drop(self.database.rollback());
        let pause = backoff(attempt);
        self.sink.event(Event::Retrying {
            id: step.id.clone(),
            attempt,
            pause,
            reason: broken
                .server_error()
                .map(ToString::to_string)
                .unwrap_or_default(),
            blockers: broken.blockers,
        });
        std::thread::sleep(pause);
    }

    /// Rolls back and says what is true after that.
    fn failed(&mut self, step: &Step, broken: Broken, took: Duration) -> Box<Failure> {
        let lost = broken
            .server_error()
            .is_some_and(|error| error.connection_lost);
        self.run_error_hooks();
        drop(self.database.rollback());
        let remains = match self.committed.take() {
            Some((statements, place)) => WhatRemains::PartlyCommitted { statements, place },
            None if broken.at_commit && lost => WhatRemains::Unknown,
            None => WhatRemains::RolledBack,
        };
        Box::new(Failure {
            id: step.id.clone(),
            direction: step.direction,
            in_hook: broken.script_name.is_some(),
            script_name: broken
                .script_name
                .unwrap_or_else(|| step.script_name.clone()),
            remark: step.remark,
            cause: *broken.cause,
            remains,
            invalid_indexes: Vec::new(),
            took,
        })
    }

    /// Records the failure of a step that ran outside a transaction.
    fn failed_alone(&mut self, step: &Step, broken: Broken, took: Duration) -> Box<Failure> {
        let statements = lasting(&step.script, self.succeeded);
        drop(self.database.rollback());
        self.run_error_hooks();
        let recorded = self.finish(step, took, false).is_ok();
        let mut invalid_indexes = self.database.invalid_indexes().unwrap_or_default();
        invalid_indexes.retain(|index| !self.invalid_before.contains(index));
        Box::new(Failure {
            id: step.id.clone(),
            direction: step.direction,
            in_hook: broken.script_name.is_some(),
            script_name: broken
                .script_name
                .unwrap_or_else(|| step.script_name.clone()),
            remark: step.remark,
            cause: *broken.cause,
            remains: WhatRemains::Kept {
                statements,
                recorded,
            },
            invalid_indexes,
            took,
        })
    }

    /// Hooks for failures run where the failure happened, so a rollback takes their work along.
    fn run_error_hooks(&mut self) {
        for hook in &self.hooks.after_each_error {
            let in_transaction = self.database.transaction_state() == TransactionState::Open;
            let mut progress = Progress::new(hook, self.sink, false);
            let result = run_statements(self.database, hook, in_transaction, &mut progress);
            if let Err((_, error)) = result {
                self.sink.event(Event::Warning(format!(
                    "{} failed: {error}",
                    hook.origin.path.display()
                )));
            }
        }
    }
}

/// How many of a script's first statements last when each stands alone: those before a transaction
/// that the script began and did not end.
fn lasting(script: &Script, succeeded: usize) -> usize {
    let mut open = None;
    for (index, statement) in script.statements.iter().take(succeeded).enumerate() {
        match statement.control {
            Some(TransactionControl::Begin) => {
                open.get_or_insert(index);
            }
            Some(TransactionControl::Commit | TransactionControl::Rollback) => open = None,
            _ => {}
        }
    }
    open.unwrap_or(succeeded)
}

/// Full jitter, from one second, at most half a minute.
fn backoff(attempt: u32) -> Duration {
    let ceiling = 2_f64.powi(attempt.min(5).cast_signed() - 1).min(30.0);
    Duration::from_secs_f64(0.1 + ceiling * fastrand::f64())
}

/// Runs all statements of a script.
///
/// Statements that open or close transactions are sent one at a time: after a script's own COMMIT
/// the rest runs in a new transaction, as it does under a driver without autocommit.
fn run_statements(
    database: &mut dyn Database,
    script: &Script,
    in_transaction: bool,
    progress: &mut Progress<'_>,
) -> Result<(), (usize, ServerError)> {
    let statements = &script.statements;
    if !in_transaction || !script.has_control() {
        return database.run(script, 0..statements.len(), progress);
    }
    for index in 0..statements.len() {
        run_one(database, script, index, progress)?;
    }
    Ok(())
}

fn run_one(
    database: &mut dyn Database,
    script: &Script,
    index: usize,
    progress: &mut Progress<'_>,
) -> Result<(), (usize, ServerError)> {
    let statement = &script.statements[index];
    if database.transaction_state() == TransactionState::Idle {
        database.begin_again().map_err(|error| (index, error))?;
    }
    database.run(script, index..index + 1, progress)?;
    match statement.control {
        Some(TransactionControl::Commit) => {
            progress.committed = Some((index + 1, script.place(statement.code_start)));
            progress.warn(
                index,
                "the script commits here: what stands before cannot be rolled back any more",
            );
        }
        Some(TransactionControl::Rollback) => {
            progress.warn(
                index,
                "the script rolls back here: what stands before is discarded",
            );
        }
        _ => {}
    }
    Ok(())
}

/// Where a run of statements with hooks around them has stopped.
enum Stopped<'s> {
    /// At one of the script's own statements.
    Own(usize, ServerError),
    /// In a hook, with so many of the script's own statements done.
    Hook(&'s Script, usize, ServerError, usize),
}

fn run_with_hooks<'s>(
    database: &mut dyn Database,
    script: &Script,
    hooks: &'s Hooks,
    in_transaction: bool,
    progress: &mut Progress<'_>,
) -> Result<(), Stopped<'s>> {
    for index in 0..script.statements.len() {
        let before = &hooks.before_statement;
        run_list(database, before, in_transaction, progress, index)?;
        let result = if in_transaction {
            run_one(database, script, index, progress)
        } else {
            database.run(script, index..index + 1, progress)
        };
        if let Err((index, error)) = result {
            // The failure itself is what matters; a hook that fails as well adds nothing to it.
            let hooks = &hooks.after_statement_error;
            drop(run_list(database, hooks, in_transaction, progress, index));
            return Err(Stopped::Own(index, error));
        }
        let after = &hooks.after_statement;
        run_list(database, after, in_transaction, progress, index + 1)?;
    }
    Ok(())
}

fn run_list<'s>(
    database: &mut dyn Database,
    list: &'s [Script],
    in_transaction: bool,
    progress: &mut Progress<'_>,
    done: usize,
) -> Result<(), Stopped<'s>> {
    for hook in list {
        let mut quiet = Progress::new(hook, progress.sink, false);
        run_statements(database, hook, in_transaction, &mut quiet)
            .map_err(|(index, error)| Stopped::Hook(hook, index, error, done))?;
    }
    Ok(())
}

fn statement_failure(script: &Script, index: usize, error: ServerError) -> FailureCause {
    let Some(statement) = script.statements.get(index) else {
        return FailureCause::Around {
            action: "running the script",
            error,
        };
    };
    let text = script.statement_text(statement);
    let offset = error
        .message
        .position
        .and_then(|position| text.char_indices().nth(position.saturating_sub(1)))
        .map_or(statement.code_start, |(at, _)| statement.span.start + at);
    FailureCause::Statement {
        number: index + 1,
        total: script.statements.len(),
        place: script.place(offset),
        statement_place: script.place(statement.code_start),
        source_line: script.source_line(offset).to_owned(),
        statement: text.to_owned(),
        error,
    }
}

/// Turns what a connection reports into events.
struct Progress<'p> {
    script: &'p Script,
    sink: &'p mut dyn EventSink,
    /// Whether single statements are worth an event.
    statements: bool,
    committed: Option<(usize, Place)>,
    blockers: Vec<Blocker>,
}

impl<'p> Progress<'p> {
    fn new(script: &'p Script, sink: &'p mut dyn EventSink, statements: bool) -> Self {
        Self {
            script,
            sink,
            statements,
            committed: None,
            blockers: Vec::new(),
        }
    }

    fn place(&self, index: usize) -> Option<Place> {
        let statement = self.script.statements.get(index)?;
        Some(self.script.place(statement.code_start))
    }

    fn warn(&mut self, index: usize, words: &str) {
        let place = self.place(index).map(|place| format!("{place}: "));
        let place = place.unwrap_or_default();
        self.sink.event(Event::Warning(format!("{place}{words}")));
    }
}

impl RunObserver for Progress<'_> {
    fn started(&mut self, index: usize) {
        if self.statements {
            self.sink.event(Event::StatementStarted {
                number: index + 1,
                total: self.script.statements.len(),
            });
        }
    }

    fn finished(&mut self, index: usize, result: StatementResult) {
        if self.statements || result.rows.is_some() {
            self.sink.event(Event::StatementFinished {
                number: index + 1,
                total: self.script.statements.len(),
                changed: result.changed,
                rows: result.rows,
            });
        }
    }

    fn notice(&mut self, index: usize, message: ServerMessage) {
        let place = self.place(index);
        self.sink.event(Event::Notice { place, message });
    }

    fn waiting(&mut self, index: usize, waited: Duration, blockers: &[Blocker]) {
        self.blockers = blockers.to_vec();
        if !blockers.is_empty()
            && let Some(place) = self.place(index)
        {
            self.sink.event(Event::Blocked {
                place,
                waited,
                blockers: blockers.to_vec(),
            });
        }
    }
}

impl From<LockError> for FailureCause {
    fn from(error: LockError) -> Self {
        Self::Lock(error)
    }
}
