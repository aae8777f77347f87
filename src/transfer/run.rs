//! `run`: decides, then moves in batches; picks up where an earlier run was stopped.

use std::collections::VecDeque;
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Declaration;
use super::batch::{Batches, Done, Range};
use super::check;
use super::error::TransferError;
use super::report::{CheckReport, TableSummary, milliseconds, number};
use super::resolve::{Resolver, query};
use super::session::{Purpose, Ready, begin, finish, settle_session};
use super::settle::{Remover, remove_outdated};
use crate::engine::Database;
use crate::model::Backend;

/// How a run goes about its work.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOptions {
    /// Rows in the first batch of each table; nothing for a size that is found while running.
    pub batch_rows: Option<u64>,
    /// How long a batch should take, where its size is found while running.
    pub batch_time: Duration,
    /// How many batches are worked on at once (PostgreSQL).
    pub jobs: usize,
    /// Most rows in a second, over all.
    pub rate: Option<f64>,
    /// How far replicas may lag behind before the run waits.
    pub max_lag: Option<Duration>,
    /// How long a statement waits for a lock before its batch is tried again.
    pub lock_timeout: Duration,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            batch_rows: None,
            batch_time: Duration::from_secs(1),
            jobs: 2,
            rate: None,
            max_lag: None,
            lock_timeout: Duration::from_secs(5),
        }
    }
}

/// What happens in a run.
#[derive(Debug, Clone, PartialEq)]
pub enum RunEvent {
    /// Rows are being decided on.
    Resolving,
    /// An unfinished run goes on.
    Resumed {
        /// Batches that are done already.
        batches: u64,
    },
    /// A table begins.
    Table {
        /// Its name.
        name: String,
        /// Rows of its source.
        rows: u64,
    },
    /// A batch is done.
    Batch {
        /// The table.
        table: String,
        /// Rows of the source that are behind it, of this table.
        passed: u64,
        /// How long it took.
        took: Duration,
    },
    /// A batch is tried again.
    Retry {
        /// The table.
        table: String,
        /// Why.
        reason: String,
    },
    /// The server refused a row, and it was set aside.
    Refused {
        /// The table.
        table: String,
        /// The row's key.
        key: String,
        /// The server's words.
        reason: String,
    },
    /// The run waits, so that others are not held up.
    Waiting {
        /// What for.
        reason: String,
    },
}

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunReport {
    /// The transfer.
    pub transfer: String,
    /// What was decided about each table.
    pub tables: Vec<TableSummary>,
    /// What was done to each.
    pub work: Vec<TableWork>,
    /// Whether an unfinished run went on.
    pub resumed: bool,
    /// The longest batch: the longest time for which a row could be locked.
    #[serde(serialize_with = "milliseconds")]
    pub longest_batch: Duration,
    /// How long all took.
    #[serde(serialize_with = "milliseconds")]
    pub elapsed: Duration,
}

/// What was done to a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TableWork {
    /// Its name.
    pub table: String,
    /// Rows that were written.
    pub inserted: u64,
    /// Rows that were changed after their sources.
    pub updated: u64,
    /// Rows that were removed.
    pub removed: u64,
    /// Rows that the server refused.
    pub refused: u64,
    /// Batches.
    pub batches: u64,
}

/// A connection that a thread may take.
pub type Lane = Box<dyn Database + Send>;

/// Where a run takes connections and leaves what it has to say.
pub struct RunContext<'c> {
    /// Opens one more connection to the target.
    pub connect: &'c (dyn Fn() -> Result<Lane, TransferError> + Sync),
    /// Learns what happens.
    pub observer: &'c mut dyn FnMut(RunEvent),
}

/// The first size of batches.
const FIRST_ROWS: u64 = 5_000;
/// Sizes never leave these bounds.
const ROWS: std::ops::RangeInclusive<u64> = 200..=100_000;
/// How often a batch is tried again that could not have its locks.
const TRIES: u32 = 8;

/// Moves the rows.
///
/// # Errors
/// When something is undecided, another run is at work, or the server refuses what is not about a
/// row. What was committed stays, and the next run goes on from there.
pub fn run(
    declaration: &Declaration,
    database: &mut dyn Database,
    options: &RunOptions,
    context: &mut RunContext<'_>,
) -> Result<RunReport, TransferError> {
    let begun = Instant::now();
    let ready = Ready::make(declaration, database, Purpose::Work)?;
    let lock = take_lock(&ready, database)?;
    settle_session(database, Some(options.lock_timeout))?;
    let mut runner = Runner {
        ready,
        options,
        observer: context.observer,
        connect: context.connect,
        report: RunReport {
            transfer: declaration.name.clone(),
            ..RunReport::default()
        },
        written: 0,
        begun,
    };
    let outcome = runner.all(database);
    let mut report = runner.report;
    if let Some(key) = lock
        && let Err(error) = database.unlock(key)
    {
        log::debug!("giving the lock back: {error}");
    }
    outcome?;
    report.elapsed = begun.elapsed();
    Ok(report)
}

/// Takes the lock of a transfer, where one lasts beyond a transaction.
pub(super) fn take_lock(
    ready: &Ready<'_>,
    database: &mut dyn Database,
) -> Result<Option<i64>, TransferError> {
    if !database.session_lock() {
        return Ok(None);
    }
    let key = lock_key(&ready.plan.declaration.name);
    let taken = database
        .try_lock(key)
        .map_err(|error| TransferError::server("taking the lock", error))?;
    if taken {
        wait_for_lanes(ready, database)?;
        return Ok(Some(key));
    }
    let holder = database.lock_holder(key).ok().flatten();
    Err(TransferError::refused(
        format!(
            "another run of the transfer `{}` is at work{}",
            ready.plan.declaration.name,
            holder
                .map(|holder| format!(": {holder}"))
                .unwrap_or_default()
        ),
        "wait for it; when it was killed, the server lets go of its lock within moments",
    ))
}

/// The server may still be at work on batches of a run that was killed: each of its further
/// connections shares a lock for as long as it lives, which is waited for here.
fn wait_for_lanes(ready: &Ready<'_>, database: &mut dyn Database) -> Result<(), TransferError> {
    let key = lanes_key(&ready.plan.declaration.name);
    let doing = "waiting for batches of a run that was stopped";
    query(database, doing, &format!("SELECT pg_advisory_lock({key})"))?;
    query(
        database,
        doing,
        &format!("SELECT pg_advisory_unlock({key})"),
    )?;
    Ok(())
}

/// Lets later runs know of a further connection, until it ends.
fn share_lanes(lane: &mut dyn Database, name: &str) -> Result<(), TransferError> {
    let key = lanes_key(name);
    let sql = format!("SELECT pg_advisory_lock_shared({key})");
    query(lane, "taking the lock", &sql)?;
    Ok(())
}

fn lanes_key(name: &str) -> i64 {
    lock_key(&format!("{name} lanes"))
}

fn lock_key(name: &str) -> i64 {
    use md5::{Digest as _, Md5};
    let sum = Md5::digest(format!("stillway transfer {name}").as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&sum[..8]);
    i64::from_be_bytes(bytes)
}

struct Runner<'r, 'a> {
    ready: Ready<'a>,
    options: &'r RunOptions,
    observer: &'r mut dyn FnMut(RunEvent),
    connect: &'r (dyn Fn() -> Result<Lane, TransferError> + Sync),
    report: RunReport,
    /// Rows written so far, for the rate.
    written: u64,
    begun: Instant,
}

/// A pass over all tables, as it is noted in the database.
struct Pass {
    id: String,
    catching_up: bool,
    resumed: bool,
}

impl Runner<'_, '_> {
    fn all(&mut self, database: &mut dyn Database) -> Result<(), TransferError> {
        self.check_phase(database)?;
        let pass = match self.unfinished(database)? {
            Some(pass) => pass,
            None => self.begin_pass(database)?,
        };
        self.report.resumed = pass.resumed;
        let tables = self.ready.plan.tables.len();
        self.report.work = (0..tables)
            .map(|at| TableWork {
                table: self.ready.plan.tables[at].declared.name.clone(),
                ..TableWork::default()
            })
            .collect();
        if pass.catching_up {
            for at in (0..tables).filter(|at| self.ready.before[*at].ledger) {
                let remover = Remover {
                    ready: &self.ready,
                    at,
                };
                remover.analyze_ledger(database)?;
            }
            let removed = remove_outdated(&self.ready, database)?;
            for (work, removed) in self.report.work.iter_mut().zip(removed) {
                work.removed = removed;
            }
            for at in 0..tables {
                let remover = Remover {
                    ready: &self.ready,
                    at,
                };
                if self.ready.before[at].ledger {
                    remover.make_room(database)?;
                }
            }
        }
        for at in 0..tables {
            if self.ready.plan.tables[at].source.is_some() {
                // Who goes on asks the ledger too: ranges may have shifted with the source's last key.
                self.move_table(database, at, pass.catching_up || pass.resumed)?;
            }
        }
        self.end_pass(database, &pass)
    }

    fn check_phase(&self, database: &mut dyn Database) -> Result<(), TransferError> {
        let sql = format!(
            "SELECT phase FROM {} WHERE name = {}",
            self.ready.shared("transfer"),
            self.ready.own_row()
        );
        let phase = number(query(database, "asking for the phase", &sql)?.single());
        if phase <= 1 {
            return Ok(());
        }
        Err(TransferError::refused(
            format!(
                "the transfer is in phase {phase}: the target leads, and nothing is taken from the source any more"
            ),
            "go back to phase 1 first, if the source is to lead again",
        ))
    }

    /// A pass of the same declaration that was stopped while it moved.
    fn unfinished(&mut self, database: &mut dyn Database) -> Result<Option<Pass>, TransferError> {
        let sql = format!(
            "SELECT id, catching_up FROM {} WHERE name = {} AND digest = {} AND state = 'moving' AND id = (SELECT max(id) FROM {0} WHERE name = {1})",
            self.ready.shared("pass"),
            self.ready.own_row(),
            self.ready
                .plan
                .text
                .literal(&self.ready.plan.declaration.digest),
        );
        let rows = query(database, "looking for an unfinished run", &sql)?;
        let Some(row) = rows.rows.first() else {
            return Ok(None);
        };
        let pass = Pass {
            id: row[0].clone().unwrap_or_default(),
            catching_up: matches!(row[1].as_deref(), Some("t" | "true" | "1")),
            resumed: true,
        };
        let mut batches = 0;
        for table in self
            .ready
            .plan
            .tables
            .iter()
            .filter(|table| table.source.is_some())
        {
            let counted = query(
                database,
                "counting batches",
                &format!("SELECT count(*) FROM {}", self.ready.work.ranges(table)),
            )?;
            batches += number(counted.single());
        }
        (self.observer)(RunEvent::Resumed { batches });
        self.report.tables = check::report(&self.ready, database)?.tables;
        Ok(Some(pass))
    }

    /// Decides on all rows and notes the beginning, in one transaction.
    fn begin_pass(&mut self, database: &mut dyn Database) -> Result<Pass, TransferError> {
        (self.observer)(RunEvent::Resolving);
        let resolver = Resolver {
            plan: &self.ready.plan,
            work: &self.ready.work,
            before: &self.ready.before,
            hashed: &self.ready.hashed,
        };
        resolver.prepare(database)?;
        let doing = "deciding on rows";
        let started = match database.backend() {
            Backend::Postgres => database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ"),
            _ => database.begin(),
        };
        started.map_err(|error| TransferError::server(doing, error))?;
        let outcome = resolver.resolve(database).and_then(|()| {
            let report = check::report(&self.ready, database)?;
            refuse_undecided(&report)?;
            let id = self.note_pass(database)?;
            Ok((report, id))
        });
        let (report, id) = finish(database, doing, outcome)?;
        self.report.tables = report.tables;
        Ok(Pass {
            id,
            catching_up: self.catching_up(),
            resumed: false,
        })
    }

    fn catching_up(&self) -> bool {
        self.ready.before.iter().any(|before| before.ledger)
    }

    fn note_pass(&self, database: &mut dyn Database) -> Result<String, TransferError> {
        let text = self.ready.plan.text;
        let doing = "noting the run";
        for table in self
            .ready
            .plan
            .tables
            .iter()
            .filter(|table| table.source.is_some())
        {
            super::resolve::run(
                database,
                doing,
                &format!("DELETE FROM {}", self.ready.work.ranges(table)),
            )?;
        }
        let sql = format!(
            "INSERT INTO {} (name, digest, state, catching_up, started_at) VALUES ({}, {}, 'moving', {}, {}) RETURNING id",
            self.ready.shared("pass"),
            self.ready.own_row(),
            text.literal(&self.ready.plan.declaration.digest),
            self.catching_up(),
            text.now(),
        );
        let rows = query(database, doing, &sql)?;
        Ok(rows.single().unwrap_or_default().to_owned())
    }

    fn end_pass(&mut self, database: &mut dyn Database, pass: &Pass) -> Result<(), TransferError> {
        let text = self.ready.plan.text;
        let refused: u64 = self.report.work.iter().map(|work| work.refused).sum();
        if refused > 0 || pass.resumed {
            self.report.tables = check::report(&self.ready, database)?.tables;
        }
        let result = serde_json::to_string(&self.report.work).unwrap_or_default();
        let doing = "noting the end of the run";
        begin(database).map_err(|error| TransferError::server(doing, error))?;
        let outcome = super::resolve::run(
            database,
            doing,
            &format!(
                "UPDATE {} SET state = 'done', finished_at = {}, result = {} WHERE id = {}",
                self.ready.shared("pass"),
                text.now(),
                text.literal(&result),
                pass.id
            ),
        );
        finish(database, doing, outcome)
    }

    fn move_table(
        &mut self,
        database: &mut dyn Database,
        at: usize,
        catching_up: bool,
    ) -> Result<(), TransferError> {
        let batches = Batches {
            ready: &self.ready,
            at,
            catching_up,
        };
        let name = batches.table().declared.name.clone();
        let rows = self.report.tables.get(at).map_or(0, |summary| summary.rows);
        (self.observer)(RunEvent::Table {
            name: name.clone(),
            rows,
        });
        let gaps = gaps(&batches, database)?;
        if gaps.is_empty() {
            return Ok(());
        }
        let jobs = match database.backend() {
            Backend::Postgres => self.options.jobs.max(1),
            _ => 1,
        };
        let mut progress = Progress {
            table: name,
            observer: self.observer,
            work: &mut self.report.work[at],
            longest: &mut self.report.longest_batch,
            written: &mut self.written,
            begun: self.begun,
            options: self.options,
            passed: 0,
            size: self.options.batch_rows.unwrap_or(FIRST_ROWS),
        };
        if jobs == 1 {
            batches.prepare(database)?;
            return progress.alone(database, &batches, gaps);
        }
        progress.together(database, &batches, gaps, jobs, self.connect)
    }
}

fn refuse_undecided(report: &CheckReport) -> Result<(), TransferError> {
    let undecided: u64 = report.tables.iter().map(|table| table.undecided).sum();
    if undecided > 0 {
        let tables: Vec<_> = report
            .tables
            .iter()
            .filter(|table| table.undecided > 0)
            .map(|table| format!("{} {}", table.undecided, table.table))
            .collect();
        return Err(TransferError::refused(
            format!(
                "nothing is decided about {undecided} rows ({}); nothing was moved",
                tables.join(", ")
            ),
            "`stillway transfer check` lists them; give each reason a rule in the file",
        ));
    }
    let over: Vec<_> = report
        .tables
        .iter()
        .filter(|table| table.over_limit)
        .map(|table| format!("{}: {} of {}", table.table, table.quarantined, table.rows))
        .collect();
    if over.is_empty() {
        return Ok(());
    }
    Err(TransferError::refused(
        format!(
            "more rows would go to the quarantine than `quarantine_limit` allows ({}); nothing was moved",
            over.join(", ")
        ),
        "`stillway transfer check` lists them; mend the data, change the rules, or raise the limit",
    ))
}

/// The stretches of a table that no batch has done yet.
fn gaps(
    batches: &Batches<'_, '_>,
    database: &mut dyn Database,
) -> Result<VecDeque<Range>, TransferError> {
    let width = batches.table().declared.key.len();
    let columns = |side: &str| {
        let keys: Vec<_> = (1..=width).map(|at| format!("{side}_k{at}")).collect();
        keys.join(", ")
    };
    let sql = format!(
        "SELECT {low}, {high} FROM {} ORDER BY {high}",
        batches.ready.work.ranges(batches.table()),
        low = columns("low"),
        high = columns("high"),
    );
    let rows = query(database, "looking for batches that are done", &sql)?;
    let mut gaps = VecDeque::new();
    let mut reached: Option<Vec<String>> = None;
    for row in rows.rows {
        let side = |values: &[Option<String>]| values.iter().cloned().collect::<Option<Vec<_>>>();
        let (low, high) = (side(&row[..width]), side(&row[width..]));
        if low != reached {
            gaps.push_back(Range {
                low: reached.take(),
                high: low,
            });
        }
        reached = high;
    }
    if let Some(last) = batches.last(database, reached.as_ref())? {
        gaps.push_back(Range {
            low: reached,
            high: Some(last),
        });
    }
    Ok(gaps)
}

/// What came of a batch on another thread.
type Outcome = Result<(Done, u64, Duration, Vec<RunEvent>), TransferError>;

/// Goes through a table and tells.
struct Progress<'p> {
    table: String,
    observer: &'p mut dyn FnMut(RunEvent),
    work: &'p mut TableWork,
    longest: &'p mut Duration,
    written: &'p mut u64,
    begun: Instant,
    options: &'p RunOptions,
    passed: u64,
    size: u64,
}

impl Progress<'_> {
    /// Cuts the next batch from the front of the gaps.
    fn next(
        &self,
        database: &mut dyn Database,
        batches: &Batches<'_, '_>,
        gaps: &mut VecDeque<Range>,
    ) -> Result<Option<Range>, TransferError> {
        let Some(gap) = gaps.front_mut() else {
            return Ok(None);
        };
        // A key beyond the gap's end means that the rest of the gap fits one batch.
        let boundary = batches.boundary_within(database, gap, self.size)?;
        let Some(boundary) = boundary.filter(|key| Some(key) != gap.high.as_ref()) else {
            return Ok(gaps.pop_front());
        };
        let range = Range {
            low: gap.low.replace(boundary.clone()),
            high: Some(boundary),
        };
        Ok(Some(range))
    }

    fn done(&mut self, done: Done, refused: u64, took: Duration, size: u64) {
        self.work.inserted += done.inserted;
        self.work.updated += done.updated;
        self.work.refused += refused;
        self.work.batches += 1;
        *self.written += done.inserted + done.updated;
        self.passed += size;
        *self.longest = (*self.longest).max(took);
        if self.options.batch_rows.is_none() {
            self.size = adapt(self.size, took, self.options.batch_time);
        }
        (self.observer)(RunEvent::Batch {
            table: self.table.clone(),
            passed: self.passed,
            took,
        });
    }

    fn alone(
        &mut self,
        database: &mut dyn Database,
        batches: &Batches<'_, '_>,
        mut gaps: VecDeque<Range>,
    ) -> Result<(), TransferError> {
        while let Some(range) = self.next(database, batches, &mut gaps)? {
            let size = self.size;
            let mut events = Vec::new();
            let begun = Instant::now();
            let (done, refused) =
                move_or_split(database, batches, &range, &mut |event| events.push(event))?;
            events.into_iter().for_each(&mut *self.observer);
            self.done(done, refused, begun.elapsed(), size);
            self.hold_back(database)?;
        }
        Ok(())
    }

    fn together(
        &mut self,
        database: &mut dyn Database,
        batches: &Batches<'_, '_>,
        mut gaps: VecDeque<Range>,
        jobs: usize,
        connect: &(dyn Fn() -> Result<Lane, TransferError> + Sync),
    ) -> Result<(), TransferError> {
        // Little work is not worth more connections.
        let first = self.next(database, batches, &mut gaps)?;
        let Some(first) = first else { return Ok(()) };
        if gaps.is_empty() {
            gaps.push_front(first);
            return self.alone(database, batches, gaps);
        }
        let lock_timeout = self.options.lock_timeout;
        let name = batches.ready.plan.declaration.name.as_str();
        let (send_work, take_work) = mpsc::sync_channel::<(Range, u64)>(jobs * 2);
        let take_work = Mutex::new(take_work);
        std::thread::scope(|scope| {
            let (send_done, take_done) = mpsc::channel::<(Outcome, u64)>();
            for _ in 0..jobs {
                let (take_work, send_done) = (&take_work, send_done.clone());
                scope.spawn(move || {
                    let mut lane = match connect().and_then(|mut lane| {
                        settle_session(lane.as_mut(), Some(lock_timeout))?;
                        share_lanes(lane.as_mut(), name)?;
                        Ok(lane)
                    }) {
                        Ok(lane) => lane,
                        Err(error) => {
                            // Nobody listens any more when another lane has failed.
                            let _ = send_done.send((Err(error), 0));
                            return;
                        }
                    };
                    loop {
                        let next = take_work.lock().map(|take| take.recv());
                        let Ok(Ok((range, size))) = next else { return };
                        let mut events = Vec::new();
                        let begun = Instant::now();
                        let outcome = move_or_split(lane.as_mut(), batches, &range, &mut |event| {
                            events.push(event);
                        })
                        .map(|(done, refused)| (done, refused, begun.elapsed(), events));
                        let failed = outcome.is_err();
                        let told = send_done.send((outcome, size));
                        if failed || told.is_err() {
                            return;
                        }
                    }
                });
            }
            drop(send_done);
            let mut next = Some(first);
            let mut open = 0;
            let mut failure = None;
            loop {
                while failure.is_none() && open < jobs * 2 {
                    let Some(range) = next.take() else { break };
                    if send_work.send((range, self.size)).is_err() {
                        break;
                    }
                    open += 1;
                    match self
                        .hold_back(database)
                        .and_then(|()| self.next(database, batches, &mut gaps))
                    {
                        Ok(found) => next = found,
                        Err(error) => failure = Some(error),
                    }
                }
                if open == 0 {
                    break;
                }
                let Ok((outcome, size)) = take_done.recv() else {
                    break;
                };
                open -= 1;
                match outcome {
                    Ok((done, refused, took, events)) => {
                        events.into_iter().for_each(&mut *self.observer);
                        self.done(done, refused, took, size);
                    }
                    Err(error) => {
                        failure.get_or_insert(error);
                        break;
                    }
                }
            }
            drop(send_work);
            match failure {
                Some(error) => Err(error),
                None => Ok(()),
            }
        })
    }

    /// Waits where more was written than the rate allows, or replicas lag behind.
    fn hold_back(&mut self, database: &mut dyn Database) -> Result<(), TransferError> {
        if let Some(rate) = self.options.rate {
            #[expect(clippy::cast_precision_loss, reason = "a rate is no exact number")]
            let due = Duration::from_secs_f64(*self.written as f64 / rate.max(1.0));
            let ahead = due.saturating_sub(self.begun.elapsed());
            if !ahead.is_zero() {
                (self.observer)(RunEvent::Waiting {
                    reason: format!("{rate} rows a second are allowed"),
                });
                std::thread::sleep(ahead);
            }
        }
        let Some(most) = self
            .options
            .max_lag
            .filter(|_| database.backend() == Backend::Postgres)
        else {
            return Ok(());
        };
        loop {
            let sql = "SELECT coalesce(max(extract(epoch FROM replay_lag)), 0)::float8 FROM pg_stat_replication";
            let rows = query(database, "asking how far replicas lag", sql)?;
            let lag: f64 = rows
                .single()
                .and_then(|lag| lag.parse().ok())
                .unwrap_or_default();
            if lag <= most.as_secs_f64() {
                return Ok(());
            }
            (self.observer)(RunEvent::Waiting {
                reason: format!("a replica lags {lag:.1} s behind"),
            });
            std::thread::sleep(Duration::from_secs(1));
        }
    }
}

/// The next size of batches: quickly smaller, slowly larger.
fn adapt(size: u64, took: Duration, wanted: Duration) -> u64 {
    let factor = wanted.as_secs_f64() / took.as_secs_f64().max(0.001);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size within bounds"
    )]
    let next = (size as f64 * factor.clamp(0.5, 1.5)) as u64;
    next.clamp(*ROWS.start(), *ROWS.end())
}

/// Moves a range. What cannot have its locks is tried again; what the server refuses is cut in two
/// until the row is found, which is set aside.
fn move_or_split(
    database: &mut dyn Database,
    batches: &Batches<'_, '_>,
    range: &Range,
    tell: &mut dyn FnMut(RunEvent),
) -> Result<(Done, u64), TransferError> {
    let table = &batches.table().declared.name;
    let mut tries = 0;
    let error = loop {
        match batches.move_range(database, range) {
            Ok(done) => return Ok((done, 0)),
            Err(TransferError::Server { doing, error }) if may_pass(&error) && tries < TRIES => {
                tries += 1;
                tell(RunEvent::Retry {
                    table: table.clone(),
                    reason: error.to_string(),
                });
                log::debug!("{doing}: {error}");
                std::thread::sleep(Duration::from_millis(50 << tries.min(6)));
            }
            Err(error) => break error,
        }
    };
    let about_rows = matches!(&error, TransferError::Server { error, .. } if is_about_rows(error));
    if !about_rows {
        return Err(error);
    }
    let Some(middle) = batches.middle(database, range)? else {
        let Some(key) = batches.only(database, range)? else {
            return Ok((batches.move_range(database, range)?, 0));
        };
        batches.refuse(database, &key, &error)?;
        tell(RunEvent::Refused {
            table: table.clone(),
            key: key.join(", "),
            reason: error.to_string(),
        });
        let done = batches.move_range(database, range)?;
        return Ok((done, 1));
    };
    if Some(&middle) == range.high.as_ref() {
        return Err(error);
    }
    let lower = Range {
        low: range.low.clone(),
        high: Some(middle.clone()),
    };
    let upper = Range {
        low: Some(middle),
        high: range.high.clone(),
    };
    let (mut done, mut refused) = move_or_split(database, batches, &lower, tell)?;
    let (more, others) = move_or_split(database, batches, &upper, tell)?;
    done.inserted += more.inserted;
    done.updated += more.updated;
    refused += others;
    Ok((done, refused))
}

/// Whether the same may succeed when it is tried again.
fn may_pass(error: &crate::engine::ServerError) -> bool {
    error.is_lock_conflict() || error.message.code == "40001"
}

/// Whether a row is the reason, and not the statement or the server.
fn is_about_rows(error: &crate::engine::ServerError) -> bool {
    let code = error.message.code.as_str();
    // Data exceptions, broken constraints, and what triggers raise.
    code.starts_with("22")
        || code.starts_with("23")
        || code == "P0001"
        || code == "SQLITE_CONSTRAINT"
}
