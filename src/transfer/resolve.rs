//! Decides on every row that does not plainly move, before any row moves.
//!
//! The statements are the same for a check, which keeps decisions in temporary tables, and for a run,
//! which keeps them. The order of the decisions is that of docs/transfer-file.md.

use super::error::TransferError;
use super::mapping::{Mapping, Request};
use super::plan::{Plan, TablePlan, UniquePlan};
use super::text::Text;
use super::work::Work;
use super::{ConflictAction, Deleted, Existing, MergeValue};
use crate::engine::{Database, Rows};

/// What is there before anything is decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Before {
    /// Whether the ledger knows rows.
    pub(super) ledger: bool,
    /// Whether the target has rows.
    pub(super) target: bool,
}

/// Decides on all tables of a plan.
pub(super) struct Resolver<'p, 'a> {
    pub(super) plan: &'p Plan<'a>,
    pub(super) work: &'p Work,
    pub(super) before: &'p [Before],
    /// Columns that hashes cover, for each table.
    pub(super) hashed: &'p [Vec<String>],
}

impl<'p, 'a> Resolver<'p, 'a> {
    fn text(&self) -> Text {
        self.plan.text
    }

    fn mapping(&self, at: usize) -> Mapping<'p, 'a> {
        Mapping {
            plan: self.plan,
            table: &self.plan.tables[at],
            work: self.work,
        }
    }

    /// Creates the scratch tables; outside the transaction that reads, which may not create any.
    pub(super) fn prepare(&self, database: &mut dyn Database) -> Result<(), TransferError> {
        for (at, table) in self.plan.tables.iter().enumerate() {
            if table.source.is_none() {
                continue;
            }
            if self.work.temporary {
                for statement in self.work.create_decisions(table) {
                    run(database, "creating a temporary table", &statement)?;
                }
            }
            let targets: Vec<String> = self
                .work
                .target_keys(table)
                .into_iter()
                .map(|(name, kind)| format!("{name} {kind}"))
                .collect();
            let fixed = format!("{}, changed boolean", targets.join(", "));
            self.scratch(database, &format!("fixed_{at}"), &fixed)?;
            for (rule, unique) in table.unique.iter().enumerate() {
                let shapes = unique
                    .columns
                    .iter()
                    .filter_map(|name| table.target.columns.get(name).map(|shape| (name, shape)));
                let columns: Vec<String> = shapes
                    .map(|(name, shape)| {
                        format!(
                            "{} {}",
                            self.text().name(name),
                            self.text().work_type(shape)
                        )
                    })
                    .collect();
                self.scratch(database, &format!("twice_{at}_{rule}"), &columns.join(", "))?;
                let mut members: Vec<String> = self
                    .work
                    .keys(table)
                    .into_iter()
                    .map(|(name, kind)| format!("{name} {kind}"))
                    .collect();
                members.extend(targets.iter().map(|column| format!("winner_{column}")));
                members.push("place bigint, fixed boolean".to_owned());
                if unique.action() == ConflictAction::Merge {
                    members.extend(table.written().map(|(name, shape, _)| {
                        format!(
                            "{} {}",
                            self.text().name(&format!("value_{name}")),
                            self.text().work_type(shape)
                        )
                    }));
                }
                self.scratch(
                    database,
                    &format!("members_{at}_{rule}"),
                    &members.join(", "),
                )?;
            }
        }
        Ok(())
    }

    fn scratch(
        &self,
        database: &mut dyn Database,
        name: &str,
        columns: &str,
    ) -> Result<(), TransferError> {
        let full = self.work.scratch(name);
        run(
            database,
            "creating a temporary table",
            &format!("DROP TABLE IF EXISTS {full}"),
        )?;
        let bare = self.text().name(&format!("stillway_{name}"));
        run(
            database,
            "creating a temporary table",
            &format!("CREATE TEMP TABLE {bare} ({columns})"),
        )
    }

    /// Decides on all tables, in a transaction that the caller holds.
    pub(super) fn resolve(&self, database: &mut dyn Database) -> Result<(), TransferError> {
        for at in 0..self.plan.tables.len() {
            if self.plan.tables[at].source.is_none() {
                continue;
            }
            self.keys_are_unique(database, at)?;
            self.look_up(database, at)?;
            self.fix(database, at)?;
            self.decide_alone(database, at)?;
            for rule in 0..self.plan.tables[at].unique.len() {
                self.decide_together(database, at, rule)?;
            }
            self.follow_winners(database, at)?;
            self.keep_rows(database, at)?;
            if self.text().is_postgres() {
                let table = self.work.decision(&self.plan.tables[at]);
                self.run(database, at, &format!("ANALYZE {table}"))?;
            }
        }
        Ok(())
    }

    fn run(&self, database: &mut dyn Database, at: usize, sql: &str) -> Result<(), TransferError> {
        let doing = format!(
            "deciding on rows of `{}`",
            self.plan.tables[at].declared.name
        );
        run(database, &doing, sql)
    }

    fn keys_are_unique(&self, database: &mut dyn Database, at: usize) -> Result<(), TransferError> {
        let table = &self.plan.tables[at];
        let key: Vec<&str> = table.declared.key.iter().map(String::as_str).collect();
        let Some(source) = &table.source else {
            return Ok(());
        };
        let known = source.shape.guarantees_unique(&key)
            && table.key().iter().all(|(_, shape)| !shape.nullable);
        if known {
            return Ok(());
        }
        let mapping = self.mapping(at);
        let columns = self.text().columns("source", &table.declared.key);
        let null: Vec<_> = table
            .declared
            .key
            .iter()
            .map(|name| format!("source.{} IS NULL", self.text().name(name)))
            .collect();
        let sql = format!(
            "SELECT {columns} FROM {0} AS source GROUP BY {columns} HAVING count(*) > 1 OR {1} LIMIT 3",
            mapping.source(),
            null.join(" OR ")
        );
        let rows = query(database, "looking at keys", &sql)?;
        if rows.rows.is_empty() {
            return Ok(());
        }
        let samples: Vec<String> = rows.rows.iter().map(|row| key_text(row)).collect();
        Err(TransferError::declaration(
            &table.declared.place,
            format!(
                "the key ({}) does not tell the rows of the source of `{}` apart: {}",
                table.declared.key.join(", "),
                table.declared.name,
                samples.join("; ")
            ),
            "name more columns in `key`, or take the rows from a query that has one of each",
        ))
    }

    /// Finds out which rows of a lookup another row of it comes before.
    fn look_up(&self, database: &mut dyn Database, at: usize) -> Result<(), TransferError> {
        let table = &self.plan.tables[at];
        for lookup in table.lookups.iter().filter(|lookup| lookup.ambiguous) {
            let declared = lookup.declared;
            let passed = self.work.passed_over(table, lookup.name);
            let keys: Vec<_> = declared
                .key
                .iter()
                .map(|key| self.text().name(key))
                .collect();
            let on: Vec<_> = declared
                .on
                .keys()
                .map(|key| self.text().name(key))
                .collect();
            let mut order: Vec<_> = declared
                .pick
                .iter()
                .map(|order| {
                    direction(
                        &self
                            .text()
                            .name(order.column.rsplit('.').next().unwrap_or_default()),
                        order.descending,
                    )
                })
                .collect();
            order.extend(keys.iter().cloned());
            self.run(database, at, &format!("DELETE FROM {passed}"))?;
            self.run(
                database,
                at,
                &format!(
                    "INSERT INTO {passed} SELECT {keys} FROM (SELECT {keys}, row_number() OVER (PARTITION BY {} ORDER BY {}) AS place FROM {}) ranked WHERE place > 1",
                    on.join(", "),
                    order.join(", "),
                    self.text().table(&declared.source),
                    keys = keys.join(", "),
                ),
            )?;
        }
        Ok(())
    }

    /// Whether rows of the target have to be minded.
    fn foreign(&self, at: usize) -> bool {
        self.before[at].target
    }

    /// Notes the rows of the target that stay as they are.
    fn fix(&self, database: &mut dyn Database, at: usize) -> Result<(), TransferError> {
        if !self.foreign(at) {
            return Ok(());
        }
        let table = &self.plan.tables[at];
        let mapping = self.mapping(at);
        let fixed = self.work.scratch(&format!("fixed_{at}"));
        let target = self.text().table(&table.declared.target);
        let keys = self.text().columns("t", &table.target_key);
        let sql = if self.before[at].ledger {
            // A row whose source row has gone stays too, where the file says so.
            let (source, gone) = match table.declared.deleted {
                Deleted::Remove => (String::new(), String::new()),
                Deleted::Keep => (
                    format!(
                        " LEFT JOIN {} AS source ON {}",
                        mapping.source(),
                        mapping.on_source("l", "source")
                    ),
                    format!(
                        " OR source.{} IS NULL",
                        self.text().name(&table.declared.key[0])
                    ),
                ),
            };
            let hash = self
                .text()
                .hash("t", super::plan::hashed(&table.target, &self.hashed[at]));
            format!(
                "INSERT INTO {fixed} SELECT {keys}, l.k1 IS NOT NULL FROM {target} t LEFT JOIN {} l ON {}{source} WHERE l.k1 IS NULL OR {hash} <> l.hash{gone}",
                self.work.moved(table),
                mapping.on_ledger("t", "l"),
            )
        } else {
            format!("INSERT INTO {fixed} SELECT {keys}, false FROM {target} t")
        };
        self.run(database, at, &sql)?;
        self.analyze(database, at, &fixed)
    }

    fn analyze(
        &self,
        database: &mut dyn Database,
        at: usize,
        table: &str,
    ) -> Result<(), TransferError> {
        match self.text().is_postgres() {
            true => self.run(database, at, &format!("ANALYZE {table}")),
            false => Ok(()),
        }
    }

    /// `f.t1 = rows."id" AND …`.
    fn on_fixed(&self, table: &TablePlan<'_>, rows: &str) -> String {
        let keys = table.target_key.iter().enumerate();
        let equal: Vec<_> = keys
            .map(|(at, name)| format!("f.t{} = {rows}.{}", at + 1, self.text().name(name)))
            .collect();
        equal.join(" AND ")
    }

    /// What a row itself, its parents and its place in the target decide.
    fn decide_alone(&self, database: &mut dyn Database, at: usize) -> Result<(), TransferError> {
        let table = &self.plan.tables[at];
        let mapping = self.mapping(at);
        let decision = self.work.decision(table);
        self.run(database, at, &format!("DELETE FROM {decision}"))?;
        let rows = mapping.rows(&Request {
            parents: true,
            ..Request::default()
        });
        let mut from = format!("({rows}) m");
        let mut outcome = "CASE WHEN m.stillway_excluded IS NOT NULL THEN 'skipped'".to_owned();
        let mut reasons =
            "CASE WHEN m.stillway_excluded IS NOT NULL THEN m.stillway_excluded".to_owned();
        if self.foreign(at) {
            let target = self.text().table(&table.declared.target);
            from.push_str(&format!(
                " LEFT JOIN {target} t ON {}",
                mapping.on_target("t", "m")
            ));
            from.push_str(&format!(
                " LEFT JOIN {} f ON {}",
                self.work.scratch(&format!("fixed_{at}")),
                self.on_fixed(table, "m")
            ));
            let written: Vec<&String> = table.written().map(|(name, _, _)| name).collect();
            let differ = self.text().differ(
                &self.text().columns("t", written.iter().copied()),
                &self.text().columns("m", written.iter().copied()),
            );
            let kept = match table.declared.existing {
                Existing::Keep => "'skipped'".to_owned(),
                Existing::Quarantine => {
                    format!("CASE WHEN {differ} THEN 'quarantined' ELSE 'skipped' END")
                }
                Existing::Abort => {
                    format!("CASE WHEN {differ} THEN 'undecided' ELSE 'skipped' END")
                }
            };
            outcome.push_str(&format!(" WHEN f.t1 IS NOT NULL AND NOT f.changed THEN {kept} WHEN f.t1 IS NOT NULL THEN 'moved'"));
            reasons.push_str(&format!(" WHEN f.t1 IS NOT NULL AND NOT f.changed THEN CASE WHEN {differ} THEN 'existing_different' ELSE 'existing_same' END WHEN f.t1 IS NOT NULL THEN 'changed_in_target'"));
        }
        if self.before[at].ledger {
            from.push_str(&format!(
                " LEFT JOIN {} l ON {}",
                self.work.moved(table),
                mapping.on_keys("l", "m")
            ));
            let missing = match self.foreign(at) {
                true => format!("t.{} IS NULL", self.text().name(&table.target_key[0])),
                false => "true".to_owned(),
            };
            outcome.push_str(&format!(
                " WHEN l.k1 IS NOT NULL AND {missing} THEN 'skipped'"
            ));
            reasons.push_str(&format!(
                " WHEN l.k1 IS NOT NULL AND {missing} THEN 'deleted_in_target'"
            ));
        }
        outcome.push_str(" WHEN m.stillway_undecided IS NOT NULL THEN 'undecided' WHEN m.stillway_reasons IS NOT NULL THEN 'quarantined' WHEN m.stillway_notes IS NOT NULL THEN 'moved' END");
        reasons.push_str(
            " ELSE concat_ws(',', m.stillway_undecided, m.stillway_reasons, m.stillway_notes) END",
        );
        let keys = mapping.key_names();
        let sql = format!(
            "INSERT INTO {decision} ({}, outcome, reasons, nulls) SELECT {1}, outcome, reasons, nulls FROM (SELECT {2}, {outcome} AS outcome, {reasons} AS reasons, m.stillway_nulls AS nulls FROM {from}) decided WHERE outcome IS NOT NULL",
            self.key_columns(table),
            keys.join(", "),
            keys.iter()
                .map(|key| format!("m.{key}"))
                .collect::<Vec<_>>()
                .join(", "),
        );
        self.run(database, at, &sql)?;
        self.analyze(database, at, &decision)
    }

    fn key_columns(&self, table: &TablePlan<'_>) -> String {
        let keys: Vec<_> = (1..=table.declared.key.len())
            .map(|at| format!("k{at}"))
            .collect();
        keys.join(", ")
    }

    /// What rows decide that meet under a unique constraint.
    fn decide_together(
        &self,
        database: &mut dyn Database,
        at: usize,
        rule: usize,
    ) -> Result<(), TransferError> {
        let table = &self.plan.tables[at];
        let unique = &table.unique[rule];
        if unique.guaranteed && !self.foreign(at) {
            return Ok(());
        }
        let mapping = self.mapping(at);
        let twice = self.work.scratch(&format!("twice_{at}_{rule}"));
        let members = self.work.scratch(&format!("members_{at}_{rule}"));
        let orders = unique
            .rule
            .map(|rule| rule.keep.clone())
            .unwrap_or_default();
        let foreign = self.foreign(at);
        let candidates = |orders: &[super::Order]| {
            let moving = mapping.moving(&Request {
                orders,
                ..Request::default()
            });
            match foreign {
                false => format!(
                    "SELECT * FROM ({moving}) c WHERE {}",
                    self.takes_part(unique, "c")
                ),
                true => format!(
                    "SELECT c.* FROM ({moving}) c LEFT JOIN {} f ON {} WHERE f.t1 IS NULL AND {}",
                    self.work.scratch(&format!("fixed_{at}")),
                    self.on_fixed(table, "c"),
                    self.takes_part(unique, "c"),
                ),
            }
        };
        let columns = self.text().columns("c", &unique.columns);
        self.run(
            database,
            at,
            &format!("INSERT INTO {twice} SELECT {columns} FROM ({}) c GROUP BY {columns} HAVING count(*) > 1", candidates(&[])),
        )?;
        if foreign {
            self.run(
                database,
                at,
                &format!(
                    "INSERT INTO {twice} SELECT DISTINCT {} FROM {} t JOIN {} f ON {} WHERE {} AND NOT EXISTS (SELECT 1 FROM {twice} w WHERE {})",
                    self.text().columns("t", &unique.columns),
                    self.text().table(&table.declared.target),
                    self.work.scratch(&format!("fixed_{at}")),
                    self.on_fixed(table, "t"),
                    self.takes_part(unique, "t"),
                    self.same(unique, "w", "t"),
                ),
            )?;
        }
        let any = query(
            database,
            "counting conflicts",
            &format!("SELECT 1 FROM {twice} LIMIT 1"),
        )?;
        if any.rows.is_empty() {
            return Ok(());
        }
        self.analyze(database, at, &twice)?;
        self.gather(
            database,
            at,
            unique,
            &orders,
            &candidates(&orders),
            (&twice, &members),
        )?;
        self.analyze(database, at, &members)?;
        self.settle(database, at, unique, &members)
    }

    /// Whether a row is under the constraint at all.
    fn takes_part(&self, unique: &UniquePlan<'_>, alias: &str) -> String {
        let mut conditions: Vec<String> = Vec::new();
        if !unique.nulls_equal {
            conditions.extend(
                unique
                    .columns
                    .iter()
                    .map(|name| format!("{alias}.{} IS NOT NULL", self.text().name(name))),
            );
        }
        if let Some(predicate) = &unique.predicate {
            // The condition names columns without their table; no other table in reach has them.
            conditions.push(format!("({predicate})"));
        }
        match conditions.is_empty() {
            true => "true".to_owned(),
            false => conditions.join(" AND "),
        }
    }

    fn same(&self, unique: &UniquePlan<'_>, left: &str, right: &str) -> String {
        let equal: Vec<_> = unique
            .columns
            .iter()
            .map(|name| {
                let name = self.text().name(name);
                match (unique.nulls_equal, self.text().is_postgres()) {
                    (false, _) => format!("{left}.{name} = {right}.{name}"),
                    (true, true) => format!("{left}.{name} IS NOT DISTINCT FROM {right}.{name}"),
                    (true, false) => format!("{left}.{name} IS {right}.{name}"),
                }
            })
            .collect();
        equal.join(" AND ")
    }

    /// Gathers the rows of each conflict in the order of its rule.
    fn gather(
        &self,
        database: &mut dyn Database,
        at: usize,
        unique: &UniquePlan<'_>,
        orders: &[super::Order],
        candidates: &str,
        (twice, members): (&str, &str),
    ) -> Result<(), TransferError> {
        let table = &self.plan.tables[at];
        let mapping = self.mapping(at);
        let keys: Vec<_> = mapping
            .key_names()
            .iter()
            .map(|key| format!("c.{key}"))
            .collect();
        let mut order: Vec<_> = orders
            .iter()
            .enumerate()
            .map(|(n, order)| direction(&format!("c.stillway_o{}", n + 1), order.descending))
            .collect();
        order.extend(keys.iter().cloned());
        let partition = self.text().columns("c", &unique.columns);
        let window = format!("(PARTITION BY {partition} ORDER BY {})", order.join(", "));
        let mut selected = keys.clone();
        let mut from = format!(
            "({candidates}) c JOIN {twice} w ON {}",
            self.same(unique, "w", "c")
        );
        let fixed = self.foreign(at);
        if fixed {
            let mut holders = format!(
                "SELECT t.* FROM {} t JOIN {} f ON {} WHERE {}",
                self.text().table(&table.declared.target),
                self.work.scratch(&format!("fixed_{at}")),
                self.on_fixed(table, "t"),
                self.takes_part(unique, "t"),
            );
            if !unique.held {
                // Several rows of the target may have the values; the first by its key counts.
                holders = format!(
                    "SELECT * FROM (SELECT t.*, row_number() OVER (PARTITION BY {} ORDER BY {}) AS stillway_holder FROM ({holders}) t) t WHERE stillway_holder = 1",
                    self.text().columns("t", &unique.columns),
                    self.text().columns("t", &table.target_key),
                );
            }
            from.push_str(&format!(
                " LEFT JOIN ({holders}) t ON {}",
                self.same(unique, "t", "c"),
            ));
        }
        for name in &table.target_key {
            let name = self.text().name(name);
            let first = format!("first_value(c.{name}) OVER {window}");
            selected.push(match fixed {
                true => format!("coalesce(t.{name}, {first})"),
                false => first,
            });
        }
        selected.push(format!("row_number() OVER {window}"));
        selected.push(match fixed {
            true => format!("t.{} IS NOT NULL", self.text().name(&table.target_key[0])),
            false => "false".to_owned(),
        });
        if unique.action() == ConflictAction::Merge {
            selected.extend(
                table
                    .written()
                    .map(|(name, _, _)| format!("c.{}", self.text().name(name))),
            );
        }
        let sql = format!(
            "INSERT INTO {members} SELECT {} FROM {from}",
            selected.join(", ")
        );
        self.run(database, at, &sql)
    }

    /// Does with the rows of each conflict what its rule says.
    fn settle(
        &self,
        database: &mut dyn Database,
        at: usize,
        unique: &UniquePlan<'_>,
        members: &str,
    ) -> Result<(), TransferError> {
        let table = &self.plan.tables[at];
        let decision = self.work.decision(table);
        let action = unique.action();
        let columns = unique.columns.join("+");
        let keys = self.key_columns(table);
        let winners: Vec<String> = self
            .work
            .target_keys(table)
            .into_iter()
            .map(|(name, _)| format!("winner_{name}"))
            .collect();
        let winners = winners.join(", ");
        let (outcome, reason, nulls, who) = match &action {
            ConflictAction::KeepFirst => (
                "quarantined",
                format!("conflict:{columns}"),
                None,
                "place > 1 OR fixed",
            ),
            ConflictAction::NullOthers(nulls) => {
                let reasons: Vec<_> = nulls.iter().map(|name| format!("nulled:{name}")).collect();
                (
                    "moved",
                    reasons.join(","),
                    Some(format!("{},", nulls.join(","))),
                    "place > 1 OR fixed",
                )
            }
            ConflictAction::Merge => (
                "merged",
                format!("conflict:{columns}"),
                None,
                "place > 1 OR fixed",
            ),
            ConflictAction::Quarantine => {
                ("quarantined", format!("conflict:{columns}"), None, "true")
            }
            ConflictAction::Abort => ("undecided", format!("conflict:{columns}"), None, "true"),
        };
        let nulls = nulls.map_or("CAST(NULL AS text)".to_owned(), |nulls| {
            self.text().literal(&nulls)
        });
        let upsert = format!(
            "ON CONFLICT ({keys}) DO UPDATE SET outcome = excluded.outcome, reasons = d.reasons || ',' || excluded.reasons, nulls = CASE WHEN excluded.nulls IS NULL THEN d.nulls ELSE coalesce(d.nulls, ',') || substr(excluded.nulls, 2) END, {}",
            self.work
                .target_keys(table)
                .iter()
                .map(|(name, _)| format!("winner_{name} = excluded.winner_{name}"))
                .collect::<Vec<_>>()
                .join(", ")
        );
        let sql = format!(
            "INSERT INTO {decision} AS d ({keys}, outcome, reasons, nulls, {winners}) SELECT {keys}, '{outcome}', {}, ',' || {nulls}, {winners} FROM {members} y WHERE ({who}) {upsert}",
            self.text().literal(&reason),
        );
        self.run(database, at, &sql)?;
        if action == ConflictAction::Merge {
            self.fill(database, at, members)?;
        }
        Ok(())
    }

    fn same_winner(&self, table: &TablePlan<'_>, left: &str, right: &str) -> String {
        let keys = self.work.target_keys(table);
        let equal: Vec<_> = keys
            .iter()
            .map(|(name, _)| format!("{left}.winner_{name} = {right}.winner_{name}"))
            .collect();
        equal.join(" AND ")
    }

    /// Puts together what rows have that others are merged into.
    fn fill(
        &self,
        database: &mut dyn Database,
        at: usize,
        members: &str,
    ) -> Result<(), TransferError> {
        let table = &self.plan.tables[at];
        let decision = self.work.decision(table);
        let mut names = Vec::new();
        let mut values = Vec::new();
        for (name, _, column) in table.written() {
            let value = format!("x.{}", self.text().name(&format!("value_{name}")));
            let group = self.same_winner(table, "x", "y");
            let order = match column.merge {
                MergeValue::First => "x.place".to_owned(),
                MergeValue::Least => format!("{value}, x.place"),
                MergeValue::Greatest => format!("{value} DESC, x.place"),
            };
            names.push(self.text().name(&format!("fill_{name}")));
            values.push(format!("(SELECT {value} FROM {members} x WHERE {group} AND {value} IS NOT NULL ORDER BY {order} LIMIT 1)"));
        }
        let keys = self.key_columns(table);
        // What an earlier rule took from a row is missing among the members already.
        let updates: Vec<_> = names
            .iter()
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        let sql = format!(
            "INSERT INTO {decision} AS d ({keys}, outcome, reasons, filled, {names}) SELECT {keys}, 'moved', 'absorbed', true, {values} FROM {members} y WHERE y.place = 1 AND NOT y.fixed AND EXISTS (SELECT 1 FROM {members} x WHERE {group} AND x.place = 2) ON CONFLICT ({keys}) DO UPDATE SET reasons = d.reasons || ',' || excluded.reasons, filled = true, nulls = NULL, {updates}",
            names = names.join(", "),
            values = values.join(", "),
            group = self.same_winner(table, "x", "y"),
            updates = updates.join(", "),
        );
        self.run(database, at, &sql)
    }

    /// A row that is merged into one which a later rule has set aside, is set aside with it.
    fn follow_winners(&self, database: &mut dyn Database, at: usize) -> Result<(), TransferError> {
        let table = &self.plan.tables[at];
        if !table.merges() {
            return Ok(());
        }
        let decision = self.work.decision(table);
        let same: Vec<_> = (1..=table.target_key.len())
            .map(|key| format!("w.k{key} = d.winner_t{key}"))
            .collect();
        let sql = format!(
            "UPDATE {decision} AS d SET outcome = w.outcome, reasons = d.reasons || ',winner_' || w.outcome FROM {decision} w WHERE d.outcome = 'merged' AND w.outcome IN ('quarantined', 'undecided') AND {}",
            same.join(" AND ")
        );
        self.run(database, at, &sql)
    }

    /// Keeps the whole source row of everything that is not plainly moved.
    fn keep_rows(&self, database: &mut dyn Database, at: usize) -> Result<(), TransferError> {
        let table = &self.plan.tables[at];
        let Some(source) = &table.source else {
            return Ok(());
        };
        let mapping = self.mapping(at);
        let json = self
            .text()
            .row_as_json("source", source.shape.columns.keys());
        let sql = format!(
            "UPDATE {} AS d SET source_row = {json} FROM {} AS source WHERE {} AND d.reasons <> 'existing_same'",
            self.work.decision(table),
            source.from,
            mapping.on_source("d", "source"),
        );
        self.run(database, at, &sql)
    }
}

/// An order in which no value comes last.
fn direction(column: &str, descending: bool) -> String {
    let word = if descending { " DESC" } else { "" };
    format!("{column}{word} NULLS LAST")
}

/// A key as people read it.
pub(super) fn key_text(row: &[Option<String>]) -> String {
    let values: Vec<&str> = row
        .iter()
        .map(|value| value.as_deref().unwrap_or("NULL"))
        .collect();
    values.join(", ")
}

pub(super) fn run(
    database: &mut dyn Database,
    doing: &str,
    sql: &str,
) -> Result<(), TransferError> {
    log::trace!("{doing}: {sql}");
    database
        .execute(sql)
        .map_err(|error| TransferError::server(doing, error))
}

pub(super) fn query(
    database: &mut dyn Database,
    doing: &str,
    sql: &str,
) -> Result<Rows, TransferError> {
    log::trace!("{doing}: {sql}");
    database
        .query(sql)
        .map_err(|error| TransferError::server(doing, error))
}
