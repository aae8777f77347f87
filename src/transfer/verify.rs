//! `verify`: sets the source, as it is mapped now, against the target, both ways; narrows a
//! difference down to the rows.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::batch::{Batches, Range};
use super::error::TransferError;
use super::fingerprint::{Fingerprints, fingerprints};
use super::mapping::{Mapping, Request};
use super::plan::{TablePlan, hashed};
use super::report::{milliseconds, number};
use super::resolve::{key_text, query};
use super::run::{Lane, RunEvent};
use super::session::{Purpose, Ready, begin, finish, settle_session};
use super::shape::Kind;
use super::{Declaration, Deleted, Misfit};
use crate::engine::Database;
use crate::model::Backend;

/// Rows of one question.
const ROWS: u64 = 100_000;
/// How many differing rows are listed for each table.
const LISTED: usize = 20;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct VerifyReport {
    /// The transfer.
    pub transfer: String,
    /// Each table.
    pub tables: Vec<TableVerification>,
    /// Whether every row is accounted for and equal.
    pub verified: bool,
    /// How long it took.
    #[serde(serialize_with = "milliseconds")]
    pub elapsed: Duration,
}

/// How source and target of a table compare.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TableVerification {
    /// Its name.
    pub table: String,
    /// Rows of the source.
    pub source: u64,
    /// Rows of it that are in the target under their own key.
    pub moved: u64,
    /// Rows that are part of others.
    pub merged: u64,
    /// Rows set aside.
    pub quarantined: u64,
    /// Rows that stay behind by a rule, or because the target has them already.
    pub skipped: u64,
    /// `source − moved − merged − quarantined − skipped`.
    pub unexplained: i64,
    /// Rows of the target.
    pub target: u64,
    /// Rows of the target that this transfer has not written.
    pub own_of_target: u64,
    /// Key ranges whose digests were compared, and how many of them differed.
    pub ranges: u64,
    /// Ranges that differed.
    pub ranges_differing: u64,
    /// For each column: whether the digests of both sides are equal over all ranges.
    pub columns: Vec<ColumnDigest>,
    /// Rows that were changed in the target since they were written: they stay, and are no error.
    pub changed_in_target: u64,
    /// Keys of a few of those, with the columns that are not as the source has them.
    pub changed: Vec<String>,
    /// Rows in the target whose source row has gone, and which the file keeps.
    pub kept_without_source: u64,
    /// Rows in the target whose parent is missing.
    pub orphans: u64,
    /// What differs, by kind.
    pub differences: Vec<Difference>,
}

/// The digests of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ColumnDigest {
    /// The target's column.
    pub column: String,
    /// Values that are there, in the source as it is mapped.
    pub source_values: u64,
    /// Values that are there in the target.
    pub target_values: u64,
    /// The sum of the values' hashes in the source as it is mapped.
    pub source_digest: String,
    /// The same of the target.
    pub target_digest: String,
}

/// Rows that differ in one way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// How: `missing`, `differs`, `extra`, `deleted_in_target`, `set_aside_and_moved`.
    pub kind: String,
    /// How many rows.
    pub rows: u64,
    /// Keys of a few, with the columns that differ.
    pub samples: Vec<String>,
}

impl TableVerification {
    /// Whether nothing is left to explain.
    pub fn holds(&self) -> bool {
        self.unexplained == 0 && self.differences.is_empty() && self.orphans == 0
    }

    fn add_changed(&mut self, sample: String) {
        self.changed_in_target += 1;
        if self.changed.len() < LISTED {
            self.changed.push(sample);
        }
    }

    fn add(&mut self, kind: &str, sample: String) {
        let at = match self.differences.iter().position(|known| known.kind == kind) {
            Some(at) => at,
            None => {
                self.differences.push(Difference {
                    kind: kind.to_owned(),
                    ..Difference::default()
                });
                self.differences.len() - 1
            }
        };
        let difference = &mut self.differences[at];
        difference.rows += 1;
        if difference.samples.len() < LISTED {
            difference.samples.push(sample);
        }
    }
}

/// Compares source and target, and keeps the result in the database.
///
/// # Errors
/// When nothing was moved yet, or the server refuses a question.
pub fn verify(
    declaration: &Declaration,
    database: &mut dyn Database,
    jobs: usize,
    connect: &(dyn Fn() -> Result<Lane, TransferError> + Sync),
    observer: &mut dyn FnMut(RunEvent),
) -> Result<VerifyReport, TransferError> {
    let begun = Instant::now();
    let ready = Ready::make(declaration, database, Purpose::Work)?;
    refuse_before_runs(&ready, database)?;
    let mut report = VerifyReport {
        transfer: declaration.name.clone(),
        verified: true,
        ..VerifyReport::default()
    };
    // Before anything is compared: what changes meanwhile must not count as verified.
    let sources = fingerprints(&ready, database)?;
    for at in 0..ready.plan.tables.len() {
        let verifier = Verifier { ready: &ready, at };
        let table = verifier.table_report(database, jobs, connect, observer)?;
        report.verified &= table.holds();
        report.tables.push(table);
    }
    report.elapsed = begun.elapsed();
    keep(&ready, database, &report, &sources)?;
    Ok(report)
}

/// Without a run there are no decisions that could explain anything.
fn refuse_before_runs(ready: &Ready<'_>, database: &mut dyn Database) -> Result<(), TransferError> {
    let sql = format!(
        "SELECT 1 FROM {} WHERE name = {} AND state <> 'undone' LIMIT 1",
        ready.shared("pass"),
        ready.own_row()
    );
    let runs = query(database, "looking for runs", &sql)?;
    if !runs.rows.is_empty() {
        return Ok(());
    }
    let name = &ready.plan.declaration.name;
    Err(TransferError::refused(
        format!("nothing was moved yet by the transfer `{name}`, or all of it was undone"),
        format!(
            "`stillway transfer check {name}` tells what a run would do, `stillway transfer run {name}` does it"
        ),
    ))
}

fn keep(
    ready: &Ready<'_>,
    database: &mut dyn Database,
    report: &VerifyReport,
    sources: &Fingerprints,
) -> Result<(), TransferError> {
    let text = ready.plan.text;
    let doing = "keeping the result of the verification";
    let json = serde_json::to_string(report).unwrap_or_default();
    begin(database).map_err(|error| TransferError::server(doing, error))?;
    let outcome = super::resolve::run(
        database,
        doing,
        &format!(
            "INSERT INTO {} (name, at, digest, verified, sources, report) VALUES ({}, {}, {}, {}, {}, {})",
            ready.shared("verification"),
            ready.own_row(),
            text.now(),
            text.literal(&ready.plan.declaration.digest),
            report.verified,
            text.literal(&serde_json::to_string(sources).unwrap_or_default()),
            text.literal(&json)
        ),
    );
    finish(database, doing, outcome)
}

struct Verifier<'r, 'a> {
    ready: &'r Ready<'a>,
    at: usize,
}

/// The digests of one side of a range.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Side {
    rows: u64,
    /// For each column: values that are there, sum of hashes.
    columns: Vec<(u64, String)>,
}

impl<'r, 'a> Verifier<'r, 'a> {
    fn table(&self) -> &'r TablePlan<'a> {
        &self.ready.plan.tables[self.at]
    }

    fn mapping(&self) -> Mapping<'r, 'a> {
        Mapping {
            plan: &self.ready.plan,
            table: self.table(),
            work: &self.ready.work,
        }
    }

    fn batches(&self) -> Batches<'r, 'a> {
        Batches {
            ready: self.ready,
            at: self.at,
            catching_up: true,
        }
    }

    fn count(&self, database: &mut dyn Database, from: &str) -> Result<u64, TransferError> {
        let rows = query(
            database,
            "counting rows",
            &format!("SELECT count(*) FROM {from}"),
        )?;
        Ok(number(rows.single()))
    }

    fn table_report(
        &self,
        database: &mut dyn Database,
        jobs: usize,
        connect: &(dyn Fn() -> Result<Lane, TransferError> + Sync),
        observer: &mut dyn FnMut(RunEvent),
    ) -> Result<TableVerification, TransferError> {
        let table = self.table();
        let text = self.ready.plan.text;
        let mut report = TableVerification {
            table: table.declared.name.clone(),
            ..TableVerification::default()
        };
        let Some(source) = &table.source else {
            return Ok(report);
        };
        let moved = self.ready.work.moved(table);
        let decision = self.ready.work.decision(table);
        let mapping = self.mapping();
        report.source = self.count(database, &format!("{} AS source", source.from))?;
        observer(RunEvent::Table {
            name: report.table.clone(),
            rows: report.source,
        });
        let target = text.table(&table.declared.target);
        report.target = self.count(database, &target)?;
        report.own_of_target = self.count(
            database,
            &format!(
                "{target} t LEFT JOIN {moved} l ON {} WHERE l.k1 IS NULL",
                mapping.on_ledger("t", "l")
            ),
        )?;
        // What was decided counts for rows that are still there.
        let outcomes = query(
            database,
            "counting outcomes",
            &format!(
                "SELECT d.outcome, count(*) FROM {decision} d JOIN {} AS source ON {} WHERE d.outcome <> 'moved' GROUP BY d.outcome",
                source.from,
                mapping.on_source("d", "source"),
            ),
        )?;
        for row in &outcomes.rows {
            let count = number(row[1].as_deref());
            match row[0].as_deref() {
                Some("merged") => report.merged = count,
                Some("quarantined") => report.quarantined = count,
                Some("skipped") => report.skipped = count,
                _ => {}
            }
        }
        let names: Vec<String> = table.written().map(|(name, _, _)| name.clone()).collect();
        let mut totals: Vec<(u64, u64, i128, i128)> = vec![(0, 0, 0, 0); names.len()];
        let ranges = self.ranges(database)?;
        let answers = self.digest_all(database, &ranges, jobs, connect)?;
        for (range, (left, right)) in ranges.iter().zip(answers) {
            report.ranges += 1;
            report.moved += right.rows;
            for (at, total) in totals.iter_mut().enumerate() {
                total.0 += left.columns[at].0;
                total.1 += right.columns[at].0;
                total.2 += left.columns[at].1.parse::<i128>().unwrap_or_default();
                total.3 += right.columns[at].1.parse::<i128>().unwrap_or_default();
            }
            if left != right {
                report.ranges_differing += 1;
                self.narrow(database, range, &names, &mut report)?;
            }
        }
        report.columns = names
            .iter()
            .zip(totals)
            .map(|(name, total)| ColumnDigest {
                column: name.clone(),
                source_values: total.0,
                target_values: total.1,
                source_digest: total.2.to_string(),
                target_digest: total.3.to_string(),
            })
            .collect();
        self.moved_without_source(database, &mut report)?;
        self.orphans(database, &mut report)?;
        let known = report.moved + report.merged + report.quarantined + report.skipped;
        report.unexplained = i64::try_from(report.source).unwrap_or(i64::MAX)
            - i64::try_from(known).unwrap_or(i64::MAX);
        Ok(report)
    }

    fn ranges(&self, database: &mut dyn Database) -> Result<Vec<Range>, TransferError> {
        let batches = self.batches();
        let mut ranges = Vec::new();
        let mut rest = Range::default();
        while let Some(boundary) = batches.boundary_within(database, &rest, ROWS)? {
            ranges.push(Range {
                low: rest.low.replace(boundary.clone()),
                high: Some(boundary),
            });
        }
        ranges.push(rest);
        Ok(ranges)
    }

    fn digest_all(
        &self,
        database: &mut dyn Database,
        ranges: &[Range],
        jobs: usize,
        connect: &(dyn Fn() -> Result<Lane, TransferError> + Sync),
    ) -> Result<Vec<(Side, Side)>, TransferError> {
        let jobs = match database.backend() {
            Backend::Postgres => jobs.clamp(1, ranges.len()),
            _ => 1,
        };
        if jobs == 1 {
            return ranges
                .iter()
                .map(|range| self.digests(database, range))
                .collect();
        }
        let next = std::sync::atomic::AtomicUsize::new(0);
        let lanes = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..jobs)
                .map(|_| {
                    scope.spawn(|| {
                        let mut lane = connect()?;
                        settle_session(lane.as_mut(), None)?;
                        let mut found = Vec::new();
                        loop {
                            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                            let Some(range) = ranges.get(at) else {
                                return Ok(found);
                            };
                            found.push((at, self.digests(lane.as_mut(), range)?));
                        }
                    })
                })
                .collect();
            let joined = workers.into_iter().map(|worker| {
                worker.join().unwrap_or_else(|_| {
                    Err(TransferError::refused(
                        "a thread of the verification failed",
                        "run it again",
                    ))
                })
            });
            joined.collect::<Result<Vec<_>, TransferError>>()
        })?;
        let mut all: Vec<(usize, (Side, Side))> = lanes.into_iter().flatten().collect();
        all.sort_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, sides)| sides).collect())
    }

    /// The rows that should be there, and those that are: `m` and `t` with the ledger `l`.
    fn expected(&self, range: &Range) -> String {
        let request = Request {
            filter: self.batches().source_condition(range),
            ..Request::default()
        };
        format!(
            "{} AND coalesce(d.reasons, '') NOT LIKE '%changed_in_target%'",
            self.mapping().moving(&request)
        )
    }

    fn present(&self, range: &Range) -> String {
        let table = self.table();
        let mapping = self.mapping();
        let condition = self.batches().work_condition(range, "l");
        let keys: Vec<_> = (1..=table.declared.key.len())
            .map(|at| format!("d.k{at} = l.k{at}"))
            .collect();
        format!(
            "{} l JOIN {} t ON {} LEFT JOIN {} d ON {} WHERE coalesce(d.reasons, '') NOT LIKE '%changed_in_target%'{}",
            self.ready.work.moved(table),
            self.ready.plan.text.table(&table.declared.target),
            mapping.on_ledger("t", "l"),
            self.ready.work.decision(table),
            keys.join(" AND "),
            condition
                .map(|condition| format!(" AND {condition}"))
                .unwrap_or_default(),
        )
    }

    fn digests(
        &self,
        database: &mut dyn Database,
        range: &Range,
    ) -> Result<(Side, Side), TransferError> {
        let expected = format!("({}) m", self.expected(range));
        let left = self.side(database, &expected, "m")?;
        let right = self.side(database, &self.present(range), "t")?;
        Ok((left, right))
    }

    fn side(
        &self,
        database: &mut dyn Database,
        from: &str,
        alias: &str,
    ) -> Result<Side, TransferError> {
        let text = self.ready.plan.text;
        let mut selected = vec!["count(*)".to_owned()];
        for (name, shape, _) in self.table().written() {
            let value = format!("{alias}.{}", text.name(name));
            selected.push(format!("count({value})"));
            selected.push(match (text.is_postgres(), &shape.kind) {
                (true, Kind::Text(_)) => format!("sum(hashtextextended({value}, 0))"),
                (true, Kind::Uuid) => format!("sum(uuid_hash_extended({value}, 0))"),
                (true, _) => {
                    let columns = [(name, shape)];
                    format!("sum({})", text.hash(alias, columns))
                }
                // Sums stay within 64 bits for far more rows than one range has.
                (false, _) => format!("sum(stillway_hash(quote({value})) >> 24)"),
            });
        }
        let sql = format!("SELECT {} FROM {from}", selected.join(", "));
        let rows = query(database, "comparing digests", &sql)?;
        let mut values = rows.rows.into_iter().next().unwrap_or_default().into_iter();
        let count = number(values.next().flatten().as_deref());
        let mut side = Side {
            rows: count,
            columns: Vec::new(),
        };
        while let (Some(present), Some(sum)) = (values.next(), values.next()) {
            side.columns
                .push((number(present.as_deref()), sum.unwrap_or_default()));
        }
        Ok(side)
    }

    /// Finds the rows of a range that differ.
    fn narrow(
        &self,
        database: &mut dyn Database,
        range: &Range,
        names: &[String],
        report: &mut TableVerification,
    ) -> Result<(), TransferError> {
        let text = self.ready.plan.text;
        let table = self.table();
        let mapping = self.mapping();
        let hash = text.hash("t", hashed(&table.target, &self.ready.hashed[self.at]));
        let keys: Vec<_> = mapping
            .key_names()
            .iter()
            .map(|key| format!("m.{key}"))
            .collect();
        let columns: Vec<_> = names
            .iter()
            .map(|name| {
                let quoted = text.name(name);
                let differ = text.differ(&format!("m.{quoted}"), &format!("t.{quoted}"));
                format!("CASE WHEN {differ} THEN {} END", text.literal(name))
            })
            .collect();
        let first = text.name(&table.target_key[0]);
        let differ = text.differ(&text.columns("m", names), &text.columns("t", names));
        let sql = format!(
            "SELECT CASE WHEN l.k1 IS NULL THEN 'missing' WHEN t.{first} IS NULL THEN 'deleted_in_target' WHEN {hash} <> l.hash THEN 'changed_in_target' ELSE 'differs' END, concat_ws(', ', {}), {} FROM ({}) m LEFT JOIN {} l ON {} LEFT JOIN {} t ON {} WHERE l.k1 IS NULL OR t.{first} IS NULL OR {differ} ORDER BY {}",
            columns.join(", "),
            keys.join(", "),
            self.expected(range),
            self.ready.work.moved(table),
            mapping.on_keys("l", "m"),
            text.table(&table.declared.target),
            mapping.on_ledger("t", "l"),
            keys.join(", "),
        );
        for row in query(database, "narrowing a difference down", &sql)?.rows {
            let kind = row[0].clone().unwrap_or_default();
            let key = key_text(&row[2..]);
            let sample = match (kind.as_str(), &row[1]) {
                ("differs" | "changed_in_target", Some(columns)) => format!("{key} ({columns})"),
                _ => key,
            };
            match kind.as_str() {
                "changed_in_target" => report.add_changed(sample),
                _ => report.add(&kind, sample),
            }
        }
        Ok(())
    }

    /// Rows of the ledger whose source row is gone, or which were set aside since.
    fn moved_without_source(
        &self,
        database: &mut dyn Database,
        report: &mut TableVerification,
    ) -> Result<(), TransferError> {
        let text = self.ready.plan.text;
        let table = self.table();
        let Some(source) = &table.source else {
            return Ok(());
        };
        let mapping = self.mapping();
        let first = text.name(&table.declared.key[0]);
        let keys: Vec<_> = (1..=table.declared.key.len())
            .map(|at| format!("l.k{at}"))
            .collect();
        let hash = text.hash("t", hashed(&table.target, &self.ready.hashed[self.at]));
        let same: Vec<_> = (1..=table.declared.key.len())
            .map(|at| format!("d.k{at} = l.k{at}"))
            .collect();
        let sql = format!(
            "SELECT CASE WHEN source.{first} IS NULL THEN 'extra' ELSE 'set_aside_and_moved' END, {hash} <> l.hash, {} FROM {} l JOIN {} t ON {} LEFT JOIN {} AS source ON {} LEFT JOIN {} d ON {} WHERE source.{first} IS NULL OR d.outcome IN ('quarantined', 'merged', 'undecided') OR (d.outcome = 'skipped' AND d.reasons LIKE 'excluded:%') ORDER BY {}",
            keys.join(", "),
            self.ready.work.moved(table),
            text.table(&table.declared.target),
            mapping.on_ledger("t", "l"),
            source.from,
            mapping.on_source("l", "source"),
            self.ready.work.decision(table),
            same.join(" AND "),
            keys.join(", "),
        );
        for row in query(database, "looking for rows without a source", &sql)?.rows {
            let kind = row[0].clone().unwrap_or_default();
            report.moved = report.moved.saturating_sub(u64::from(kind == "extra"));
            if matches!(row[1].as_deref(), Some("t" | "1")) {
                // Whoever changed it wants it; the transfer leaves it alone.
                report.add_changed(key_text(&row[2..]));
                continue;
            }
            if kind == "extra" && table.declared.deleted == Deleted::Keep {
                report.kept_without_source += 1;
                continue;
            }
            report.add(&kind, key_text(&row[2..]));
        }
        // Rows that were changed in the target count as moved, though their digests are not compared.
        let known = format!(
            "{} d JOIN {} l ON {} WHERE d.outcome = 'moved' AND d.reasons LIKE '%changed_in_target%'",
            self.ready.work.decision(table),
            self.ready.work.moved(table),
            same.join(" AND "),
        );
        let kept = self.count(database, &known)?;
        report.moved += kept;
        report.changed_in_target += kept;
        let keys = keys.join(", ");
        let room = LISTED.saturating_sub(report.changed.len());
        let sql = format!("SELECT {keys} FROM {known} ORDER BY {keys} LIMIT {room}");
        let listed = query(database, "listing rows changed in the target", &sql)?;
        report
            .changed
            .extend(listed.rows.iter().map(|row| key_text(row)));
        Ok(())
    }

    fn orphans(
        &self,
        database: &mut dyn Database,
        report: &mut TableVerification,
    ) -> Result<(), TransferError> {
        let text = self.ready.plan.text;
        let table = self.table();
        for (name, _, column) in table.written() {
            let Some((_, parent)) = column
                .parent
                .as_ref()
                .and_then(|parent| self.ready.plan.table(parent))
            else {
                continue;
            };
            // A foreign key that the server holds needs no question.
            // What the file keeps is no surprise.
            if column.orphan == Misfit::Keep || text.is_postgres() && parent.is_held(table, name) {
                continue;
            }
            let key = text.name(&parent.target_key[0]);
            report.orphans += self.count(
                database,
                &format!(
                    "{} l JOIN {} t ON {} WHERE t.{own} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {} p WHERE p.{key} = t.{own})",
                    self.ready.work.moved(table),
                    text.table(&table.declared.target),
                    self.mapping().on_ledger("t", "l"),
                    text.table(&parent.declared.target),
                    own = text.name(name),
                ),
            )?;
        }
        Ok(())
    }
}
