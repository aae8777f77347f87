//! One batch: the rows of a key range, moved in one transaction together with its checkpoint.

use super::error::TransferError;
use super::mapping::{Mapping, Request};
use super::plan::{TablePlan, hashed};
use super::report::number;
use super::resolve::{query, run};
use super::session::{Ready, begin, finish};
use crate::engine::Database;

/// A stretch of the source in the order of its key: above `low`, up to and with `high`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Range {
    pub(super) low: Option<Vec<String>>,
    pub(super) high: Option<Vec<String>>,
}

/// What a batch did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) inserted: u64,
    pub(super) updated: u64,
}

/// Writes the statements of batches of one table.
pub(super) struct Batches<'r, 'a> {
    pub(super) ready: &'r Ready<'a>,
    pub(super) at: usize,
    /// Whether the ledger knows rows, so that there may be something to change.
    pub(super) catching_up: bool,
}

impl<'r, 'a> Batches<'r, 'a> {
    pub(super) fn table(&self) -> &'r TablePlan<'a> {
        &self.ready.plan.tables[self.at]
    }

    pub(super) fn mapping(&self) -> Mapping<'r, 'a> {
        Mapping {
            plan: &self.ready.plan,
            table: self.table(),
            work: &self.ready.work,
        }
    }

    /// A key as literals of the key's types.
    fn key_literals(&self, key: &[String]) -> Vec<String> {
        let text = self.ready.plan.text;
        let shapes = self.table().key();
        key.iter()
            .zip(shapes)
            .map(|(value, (_, shape))| match text.is_postgres() {
                true => format!("{}::{}", text.literal(value), shape.type_name),
                // SQLite compares numbers with texts by their kinds, so a number stays one.
                false if shape.kind == super::shape::Kind::Integer => value.clone(),
                false => text.literal(value),
            })
            .collect()
    }

    /// The range as a condition on columns with these names.
    pub(super) fn condition(&self, range: &Range, columns: &[String]) -> Option<String> {
        let columns = row(columns);
        let low = range
            .low
            .as_ref()
            .map(|key| format!("{columns} > {}", row(&self.key_literals(key))));
        let high = range
            .high
            .as_ref()
            .map(|key| format!("{columns} <= {}", row(&self.key_literals(key))));
        let both: Vec<String> = low.into_iter().chain(high).collect();
        (!both.is_empty()).then(|| both.join(" AND "))
    }

    fn source_columns(&self) -> Vec<String> {
        let text = self.ready.plan.text;
        let keys = self.table().declared.key.iter();
        keys.map(|key| format!("source.{}", text.name(key)))
            .collect()
    }

    /// The condition on the source.
    pub(super) fn source_condition(&self, range: &Range) -> Option<String> {
        self.condition(range, &self.source_columns())
    }

    /// The condition on the ledger or on decisions.
    pub(super) fn work_condition(&self, range: &Range, alias: &str) -> Option<String> {
        let keys: Vec<_> = (1..=self.table().declared.key.len())
            .map(|at| format!("{alias}.k{at}"))
            .collect();
        self.condition(range, &keys)
    }

    /// The key up to which a stretch has `rows` rows; nothing where it has fewer.
    pub(super) fn boundary_within(
        &self,
        database: &mut dyn Database,
        range: &Range,
        rows: u64,
    ) -> Result<Option<Vec<String>>, TransferError> {
        let condition = self
            .source_condition(range)
            .map(|condition| format!(" WHERE {condition}"));
        let columns = self.source_columns().join(", ");
        let sql = format!(
            "SELECT {columns} FROM {} AS source{} ORDER BY {columns} LIMIT 1 OFFSET {}",
            self.mapping().source(),
            condition.unwrap_or_default(),
            rows - 1
        );
        let found = query(database, "finding the next batch", &sql)?;
        Ok(first_key(found.rows))
    }

    /// The greatest key, where there is one above another.
    pub(super) fn last(
        &self,
        database: &mut dyn Database,
        above: Option<&Vec<String>>,
    ) -> Result<Option<Vec<String>>, TransferError> {
        let columns = self.source_columns();
        let order: Vec<_> = columns
            .iter()
            .map(|column| format!("{column} DESC"))
            .collect();
        let range = Range {
            low: above.cloned(),
            high: None,
        };
        let condition = self
            .source_condition(&range)
            .map(|condition| format!(" WHERE {condition}"));
        let sql = format!(
            "SELECT {} FROM {} AS source{} ORDER BY {} LIMIT 1",
            columns.join(", "),
            self.mapping().source(),
            condition.unwrap_or_default(),
            order.join(", ")
        );
        Ok(first_key(
            query(database, "finding the last key", &sql)?.rows,
        ))
    }

    /// Creates the temporary table that batches of SQLite pass through.
    pub(super) fn prepare(&self, database: &mut dyn Database) -> Result<(), TransferError> {
        let text = self.ready.plan.text;
        if text.is_postgres() {
            return Ok(());
        }
        let mut columns = self.mapping().key_names();
        columns.extend(self.table().written().map(|(name, _, _)| text.name(name)));
        let doing = "creating a temporary table";
        for (name, columns) in [
            (self.passage(), columns),
            (
                self.touched(),
                (1..=self.table().declared.key.len())
                    .map(|at| format!("k{at}"))
                    .collect(),
            ),
        ] {
            run(database, doing, &format!("DROP TABLE IF EXISTS {name}"))?;
            let bare = name.trim_start_matches("temp.");
            run(
                database,
                doing,
                &format!("CREATE TEMP TABLE {bare} ({})", columns.join(", ")),
            )?;
        }
        Ok(())
    }

    fn passage(&self) -> String {
        self.ready.work.scratch(&format!("batch_{}", self.at))
    }

    fn touched(&self) -> String {
        self.ready.work.scratch(&format!("touched_{}", self.at))
    }

    /// Moves the rows of a range, and notes it, in one transaction.
    pub(super) fn move_range(
        &self,
        database: &mut dyn Database,
        range: &Range,
    ) -> Result<Done, TransferError> {
        let doing = format!("moving rows of `{}`", self.table().declared.name);
        begin(database).map_err(|error| TransferError::server(&doing, error))?;
        let moving = self.mapping().moving(&Request {
            filter: self.source_condition(range),
            ..Request::default()
        });
        let outcome = if self.ready.plan.text.is_postgres() {
            self.move_postgres(database, &doing, &moving)
        } else {
            self.move_sqlite(database, &doing, &moving)
        };
        let outcome = outcome.and_then(|done| {
            self.checkpoint(database, &doing, range, done)?;
            Ok(done)
        });
        finish(database, &doing, outcome)
    }

    fn checkpoint(
        &self,
        database: &mut dyn Database,
        doing: &str,
        range: &Range,
        done: Done,
    ) -> Result<(), TransferError> {
        let width = self.table().declared.key.len();
        let side = |key: &Option<Vec<String>>| match key {
            Some(key) => self.key_literals(key),
            None => vec!["NULL".to_owned(); width],
        };
        let mut values = side(&range.low);
        values.extend(side(&range.high));
        let sql = format!(
            "INSERT INTO {} VALUES ({}, 'move', {})",
            self.ready.work.ranges(self.table()),
            values.join(", "),
            done.inserted + done.updated
        );
        // It travels with the commit.
        let queued = database.enqueue(&sql);
        queued.map_err(|error| TransferError::server(doing, error))
    }

    pub(super) fn hash(&self, alias: &str) -> String {
        let columns = hashed(&self.table().target, &self.ready.hashed[self.at]);
        self.ready.plan.text.hash(alias, columns)
    }

    /// `k1, k2, …`.
    pub(super) fn keys(&self, alias: &str) -> String {
        let dot = if alias.is_empty() { "" } else { "." };
        let keys: Vec<_> = (1..=self.table().declared.key.len())
            .map(|at| format!("{alias}{dot}k{at}"))
            .collect();
        keys.join(", ")
    }

    pub(super) fn same_keys(&self, left: &str, right: &str) -> String {
        let keys = 1..=self.table().declared.key.len();
        let equal: Vec<_> = keys
            .map(|at| format!("{left}.k{at} = {right}.k{at}"))
            .collect();
        equal.join(" AND ")
    }

    fn written(&self) -> Vec<&'r String> {
        self.table().written().map(|(name, _, _)| name).collect()
    }

    /// `"a" = m."a", …` for all columns but the key's.
    fn assignments(&self) -> String {
        let text = self.ready.plan.text;
        let table = self.table();
        let columns = self
            .written()
            .into_iter()
            .filter(|name| !table.target_key.contains(name));
        let all: Vec<_> = columns
            .map(|name| format!("{0} = m.{0}", text.name(name)))
            .collect();
        all.join(", ")
    }

    /// Whether the target's row is as it was written, and not as it should be.
    fn to_change(&self) -> String {
        let text = self.ready.plan.text;
        let differ = text.differ(
            &text.columns("t", self.written()),
            &text.columns("m", self.written()),
        );
        format!("{} = l.hash AND {differ}", self.hash("t"))
    }

    fn changes_columns(&self) -> bool {
        self.written().len() > self.table().target_key.len()
    }

    fn move_postgres(
        &self,
        database: &mut dyn Database,
        doing: &str,
        moving: &str,
    ) -> Result<Done, TransferError> {
        let mut done = Done::default();
        if let Some(sql) = self.update_statement(moving) {
            done.updated = number(query(database, doing, &sql)?.single());
        }
        let sql = self.insert_statement(moving);
        done.inserted = number(query(database, doing, &sql)?.single());
        Ok(done)
    }

    /// PostgreSQL's statement that changes rows which are in the target and as they were written, and
    /// counts them; nothing where no row can need it.
    pub(super) fn update_statement(&self, moving: &str) -> Option<String> {
        if !self.catching_up || !self.changes_columns() {
            return None;
        }
        let table = self.table();
        let mapping = self.mapping();
        let moved = self.ready.work.moved(table);
        let target = self.ready.plan.text.table(&table.declared.target);
        Some(format!(
            "WITH m AS MATERIALIZED ({moving}), changed AS (UPDATE {target} t SET {} FROM m JOIN {moved} l ON {} WHERE {} AND {} RETURNING {}, {} AS hash), noted AS (UPDATE {moved} l SET hash = changed.hash FROM changed WHERE {} RETURNING 1) SELECT count(*) FROM noted",
            self.assignments(),
            mapping.on_keys("l", "m"),
            mapping.on_ledger("t", "l"),
            self.to_change(),
            self.keys("l"),
            self.hash("t"),
            self.same_keys("l", "changed"),
        ))
    }

    /// PostgreSQL's statement that writes rows which are not in the target, and counts them.
    pub(super) fn insert_statement(&self, moving: &str) -> String {
        let text = self.ready.plan.text;
        let table = self.table();
        let mapping = self.mapping();
        let moved = self.ready.work.moved(table);
        let target = text.table(&table.declared.target);
        let columns: Vec<_> = self
            .written()
            .into_iter()
            .map(|name| text.name(name))
            .collect();
        let columns = columns.join(", ");
        let known = if self.catching_up {
            format!(
                " WHERE NOT EXISTS (SELECT 1 FROM {moved} l WHERE {})",
                mapping.on_keys("l", "m")
            )
        } else {
            String::new()
        };
        let target_keys = text.columns("t", &table.target_key);
        if table.carried {
            format!(
                "WITH placed AS (INSERT INTO {target} AS t ({columns}) SELECT {columns} FROM ({moving}) m{known} RETURNING {target_keys}, {} AS hash), noted AS (INSERT INTO {moved} SELECT * FROM placed RETURNING 1) SELECT count(*) FROM noted",
                self.hash("t"),
            )
        } else {
            let same: Vec<_> = table
                .target_key
                .iter()
                .map(|name| format!("placed.{0} = m.{0}", text.name(name)))
                .collect();
            format!(
                "WITH m AS MATERIALIZED ({moving}), placed AS (INSERT INTO {target} AS t ({columns}) SELECT {columns} FROM m{known} RETURNING {target_keys}, {} AS hash), noted AS (INSERT INTO {moved} SELECT {}, {}, placed.hash FROM placed JOIN m ON {} RETURNING 1) SELECT count(*) FROM noted",
                self.hash("t"),
                mapping
                    .key_names()
                    .iter()
                    .map(|key| format!("m.{key}"))
                    .collect::<Vec<_>>()
                    .join(", "),
                text.columns("placed", &table.target_key),
                same.join(" AND "),
            )
        }
    }

    fn move_sqlite(
        &self,
        database: &mut dyn Database,
        doing: &str,
        moving: &str,
    ) -> Result<Done, TransferError> {
        let text = self.ready.plan.text;
        let table = self.table();
        let mapping = self.mapping();
        let moved = self.ready.work.moved(table);
        let target = text.table(&table.declared.target);
        let (batch, touched) = (self.passage(), self.touched());
        run(database, doing, &format!("DELETE FROM {batch}"))?;
        run(database, doing, &format!("INSERT INTO {batch} {moving}"))?;
        let mut done = Done::default();
        if self.catching_up && self.changes_columns() {
            run(database, doing, &format!("DELETE FROM {touched}"))?;
            let joined = format!(
                "{batch} m JOIN {moved} l ON {} JOIN {target} t ON {}",
                mapping.on_keys("l", "m"),
                mapping.on_ledger("t", "l")
            );
            run(
                database,
                doing,
                &format!(
                    "INSERT INTO {touched} SELECT {} FROM {joined} WHERE {}",
                    self.keys("l"),
                    self.to_change()
                ),
            )?;
            run(
                database,
                doing,
                &format!(
                    "UPDATE {target} AS t SET {} FROM {batch} m JOIN {moved} l ON {} JOIN {touched} u ON {} WHERE {}",
                    self.assignments(),
                    mapping.on_keys("l", "m"),
                    self.same_keys("u", "l"),
                    mapping.on_ledger("t", "l"),
                ),
            )?;
            run(
                database,
                doing,
                &format!(
                    "UPDATE {moved} AS l SET hash = {} FROM {touched} u, {target} t WHERE {} AND {}",
                    self.hash("t"),
                    self.same_keys("u", "l"),
                    mapping.on_ledger("t", "l"),
                ),
            )?;
            done.updated = number(
                query(database, doing, &format!("SELECT count(*) FROM {touched}"))?.single(),
            );
        }
        if self.catching_up {
            run(
                database,
                doing,
                &format!(
                    "DELETE FROM {batch} AS m WHERE EXISTS (SELECT 1 FROM {moved} l WHERE {})",
                    mapping.on_keys("l", "m")
                ),
            )?;
        }
        let columns: Vec<_> = self
            .written()
            .into_iter()
            .map(|name| text.name(name))
            .collect();
        let columns = columns.join(", ");
        run(
            database,
            doing,
            &format!("INSERT INTO {target} ({columns}) SELECT {columns} FROM {batch}"),
        )?;
        let keys: Vec<_> = mapping
            .key_names()
            .iter()
            .map(|key| format!("m.{key}"))
            .collect();
        let targets = if table.carried {
            String::new()
        } else {
            format!("{}, ", text.columns("t", &table.target_key))
        };
        run(
            database,
            doing,
            &format!(
                "INSERT INTO {moved} SELECT {}, {targets}{} FROM {batch} m JOIN {target} t ON {}",
                keys.join(", "),
                self.hash("t"),
                mapping.on_target("t", "m"),
            ),
        )?;
        done.inserted =
            number(query(database, doing, &format!("SELECT count(*) FROM {batch}"))?.single());
        Ok(done)
    }

    /// Sets a row aside that the server refuses, with its words.
    pub(super) fn refuse(
        &self,
        database: &mut dyn Database,
        key: &[String],
        error: &TransferError,
    ) -> Result<(), TransferError> {
        let text = self.ready.plan.text;
        let table = self.table();
        let reason = match error {
            TransferError::Server { error, .. } => {
                format!("refused:{} {}", error.message.code, error.message.message)
            }
            other => format!("refused:{other}"),
        };
        let doing = format!("setting a row of `{}` aside", table.declared.name);
        let decision = self.ready.work.decision(table);
        let literals = self.key_literals(key);
        begin(database).map_err(|error| TransferError::server(&doing, error))?;
        let own: Vec<_> = self
            .source_columns()
            .iter()
            .zip(&literals)
            .map(|(column, value)| format!("{column} = {value}"))
            .collect();
        let json = table
            .source
            .as_ref()
            .map(|source| text.row_as_json("source", source.shape.columns.keys()))
            .unwrap_or_default();
        let outcome = run(
            database,
            &doing,
            &format!(
                "INSERT INTO {decision} AS d ({keys}, outcome, reasons, source_row) SELECT {columns}, 'quarantined', {}, {json} FROM {} AS source WHERE {} ON CONFLICT ({keys}) DO UPDATE SET outcome = excluded.outcome, reasons = excluded.reasons, source_row = excluded.source_row",
                text.literal(&reason),
                self.mapping().source(),
                own.join(" AND "),
                keys = self.keys(""),
                columns = self.source_columns().join(", "),
            ),
        );
        finish(database, &doing, outcome)
    }

    /// The key directly below which a range can be cut into two: its middle row.
    pub(super) fn middle(
        &self,
        database: &mut dyn Database,
        range: &Range,
    ) -> Result<Option<Vec<String>>, TransferError> {
        let condition = self
            .source_condition(range)
            .map(|condition| format!(" WHERE {condition}"))
            .unwrap_or_default();
        let mapping = self.mapping();
        let from = mapping.source();
        let counted = query(
            database,
            "counting a batch",
            &format!("SELECT count(*) FROM {from} AS source{condition}"),
        )?;
        let rows = number(counted.single());
        if rows < 2 {
            return Ok(None);
        }
        self.boundary_within(database, range, rows / 2)
    }

    /// The only key of a range; nothing where it has none any more.
    pub(super) fn only(
        &self,
        database: &mut dyn Database,
        range: &Range,
    ) -> Result<Option<Vec<String>>, TransferError> {
        let condition = self
            .source_condition(range)
            .map(|condition| format!(" WHERE {condition}"))
            .unwrap_or_default();
        let columns = self.source_columns().join(", ");
        let sql = format!(
            "SELECT {columns} FROM {} AS source{condition} LIMIT 1",
            self.mapping().source()
        );
        Ok(first_key(query(database, "finding a row", &sql)?.rows))
    }
}

fn first_key(rows: Vec<Vec<Option<String>>>) -> Option<Vec<String>> {
    rows.into_iter().next()?.into_iter().collect()
}

/// A row value, or the value itself where it is one.
fn row(values: &[String]) -> String {
    match values {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    }
}
