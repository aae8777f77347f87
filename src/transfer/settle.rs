//! What a run does before it moves rows, where an earlier run has written some: removes those that no
//! longer belong, and makes room where values change owners.

use super::Deleted;
use super::error::TransferError;
use super::mapping::{Mapping, Request};
use super::plan::{TablePlan, hashed};
use super::report::number;
use super::resolve::{query, run};
use super::session::{Ready, begin, finish};
use crate::engine::Database;

/// How many rows one transaction removes.
const ROWS: u64 = 5_000;

/// Removes rows of the target.
pub(super) struct Remover<'r, 'a> {
    pub(super) ready: &'r Ready<'a>,
    pub(super) at: usize,
}

/// Removes rows whose source row has gone, or may no longer move. Gives the numbers of those that were
/// removed.
pub(super) fn remove_outdated(
    ready: &Ready<'_>,
    database: &mut dyn Database,
) -> Result<Vec<u64>, TransferError> {
    for at in 0..ready.plan.tables.len() {
        Remover { ready, at }.list_outdated(database)?;
    }
    remove_listed(ready, database, 0)
}

/// Removes what is listed of tables from one on, and what refers to it, children first.
fn remove_listed(
    ready: &Ready<'_>,
    database: &mut dyn Database,
    from: usize,
) -> Result<Vec<u64>, TransferError> {
    let tables = ready.plan.tables.len();
    let lists: Vec<String> = (0..tables)
        .map(|at| ready.work.scratch(&format!("doomed_{at}")))
        .collect();
    let doing = "removing rows that no longer belong";
    for at in from..tables {
        let any = query(
            database,
            doing,
            &format!("SELECT 1 FROM {} LIMIT 1", lists[at]),
        )?;
        if any.rows.is_empty() {
            continue;
        }
        let parent = Remover { ready, at };
        parent.analyze(database, doing, &lists[at])?;
        for child in (at + 1..tables).filter(|child| ready.plan.tables[*child].source.is_some()) {
            Remover { ready, at: child }.list_dependents(database, &parent, &lists[at])?;
        }
    }
    let mut removed = vec![0; tables];
    for at in (from..tables).rev() {
        if ready.plan.tables[at].source.is_some() {
            removed[at] = Remover { ready, at }.remove(database, doing, &lists[at])?;
        }
    }
    Ok(removed)
}

impl<'r, 'a> Remover<'r, 'a> {
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

    fn keys(&self, alias: &str) -> String {
        let keys: Vec<_> = (1..=self.table().declared.key.len())
            .map(|at| format!("{alias}.k{at}"))
            .collect();
        keys.join(", ")
    }

    fn same_keys(&self, left: &str, right: &str) -> String {
        let keys = 1..=self.table().declared.key.len();
        let equal: Vec<_> = keys
            .map(|at| format!("{left}.k{at} = {right}.k{at}"))
            .collect();
        equal.join(" AND ")
    }

    fn hash(&self, alias: &str) -> String {
        let columns = hashed(&self.table().target, &self.ready.hashed[self.at]);
        self.ready.plan.text.hash(alias, columns)
    }

    /// A temporary table for keys, places, and values of columns of the target.
    fn scratch(
        &self,
        database: &mut dyn Database,
        what: &str,
        columns: &[&String],
    ) -> Result<String, TransferError> {
        let name = format!("{what}_{}", self.at);
        let full = self.ready.work.scratch(&name);
        let text = self.ready.plan.text;
        let keys = self.ready.work.keys(self.table());
        let mut all: Vec<_> = keys
            .into_iter()
            .map(|(key, kind)| format!("{key} {kind}"))
            .collect();
        all.push("place bigint".to_owned());
        for name in columns {
            if let Some(shape) = self.table().target.columns.get(*name) {
                all.push(format!("{} {}", text.name(name), text.work_type(shape)));
            }
        }
        let doing = "creating a temporary table";
        run(database, doing, &format!("DROP TABLE IF EXISTS {full}"))?;
        let bare = self.ready.plan.text.name(&format!("stillway_{name}"));
        run(
            database,
            doing,
            &format!("CREATE TEMP TABLE {bare} ({})", all.join(", ")),
        )?;
        Ok(full)
    }

    /// Lists rows whose source row has gone, or may no longer move.
    fn list_outdated(&self, database: &mut dyn Database) -> Result<(), TransferError> {
        let table = self.table();
        let text = self.ready.plan.text;
        let doing = format!(
            "removing rows of `{}` that no longer belong",
            table.declared.name
        );
        let doomed = self.scratch(database, "doomed", &[])?;
        let Some(source) = &table.source else {
            return Ok(());
        };
        let gone = match table.declared.deleted {
            Deleted::Remove => format!("source.{} IS NULL OR ", text.name(&table.declared.key[0])),
            Deleted::Keep => String::new(),
        };
        run(
            database,
            &doing,
            &format!(
                "INSERT INTO {doomed} SELECT {keys}, row_number() OVER (ORDER BY {keys}) FROM {} l LEFT JOIN {} AS source ON {} LEFT JOIN {} d ON {} WHERE {gone}d.outcome IN ('quarantined', 'merged') OR (d.outcome = 'skipped' AND d.reasons LIKE 'excluded:%')",
                self.ready.work.moved(table),
                source.from,
                self.mapping().on_source("l", "source"),
                self.ready.work.decision(table),
                self.same_keys("d", "l"),
                keys = self.keys("l"),
            ),
        )
    }

    /// Adds the rows that the server holds to refer to listed rows of another table: while they stay,
    /// those cannot go. They come back in their batch, with what they refer to then.
    fn list_dependents(
        &self,
        database: &mut dyn Database,
        parent: &Remover<'_, '_>,
        parents: &str,
    ) -> Result<(), TransferError> {
        let text = self.ready.plan.text;
        let (table, above) = (self.table(), parent.table());
        let doing = format!(
            "looking for rows of `{}` that refer to others",
            table.declared.name
        );
        let doomed = self.ready.work.scratch(&format!("doomed_{}", self.at));
        for reference in &above.target.referenced_by {
            let schema = &table.declared.target.schema;
            let own = schema.is_none() || *schema == reference.table.schema;
            if !own || reference.table.name != table.declared.target.name {
                continue;
            }
            let on: Vec<_> = reference
                .columns
                .iter()
                .map(|(own, theirs)| format!("t.{} = p.{}", text.name(own), text.name(theirs)))
                .collect();
            run(
                database,
                &doing,
                &format!(
                    "INSERT INTO {doomed} SELECT {keys}, (SELECT coalesce(max(place), 0) FROM {doomed}) + row_number() OVER (ORDER BY {keys}) FROM {parents} o JOIN {} pl ON {} JOIN {} p ON {} JOIN {} t ON {} JOIN {} l ON {} WHERE {} = pl.hash AND NOT EXISTS (SELECT 1 FROM {doomed} d WHERE {})",
                    self.ready.work.moved(above),
                    parent.same_keys("pl", "o"),
                    text.table(&above.declared.target),
                    parent.mapping().on_ledger("p", "pl"),
                    text.table(&table.declared.target),
                    on.join(" AND "),
                    self.ready.work.moved(table),
                    self.mapping().on_ledger("t", "l"),
                    parent.hash("p"),
                    self.same_keys("d", "l"),
                    keys = self.keys("l"),
                ),
            )?;
        }
        Ok(())
    }

    /// Removes all rows that were written and are as they were written.
    pub(super) fn remove_all(&self, database: &mut dyn Database) -> Result<u64, TransferError> {
        let doing = format!("taking rows of `{}` back", self.table().declared.name);
        let doomed = self.scratch(database, "doomed", &[])?;
        run(
            database,
            &doing,
            &format!(
                "INSERT INTO {doomed} SELECT {keys}, row_number() OVER (ORDER BY {keys}) FROM {} l",
                self.ready.work.moved(self.table()),
                keys = self.keys("l"),
            ),
        )?;
        self.remove(database, &doing, &doomed)
    }

    /// Tells the server how large a table has become, so that it joins accordingly.
    fn analyze(
        &self,
        database: &mut dyn Database,
        doing: &str,
        table: &str,
    ) -> Result<(), TransferError> {
        match self.ready.plan.text.is_postgres() {
            true => run(database, doing, &format!("ANALYZE {table}")),
            false => Ok(()),
        }
    }

    /// Prepares for an earlier run's rows: a ledger that has just been filled is unknown to the
    /// server's planner.
    pub(super) fn analyze_ledger(&self, database: &mut dyn Database) -> Result<(), TransferError> {
        let ledger = self.ready.work.moved(self.table());
        self.analyze(database, "looking at the ledger", &ledger)
    }

    /// A condition that no row of another table needs a row of the target.
    fn needed_by_none(&self, target: &str) -> String {
        let text = self.ready.plan.text;
        let references = self.table().target.referenced_by.iter();
        let all: Vec<_> = references
            .map(|reference| {
                let on: Vec<_> = reference
                    .columns
                    .iter()
                    .map(|(own, theirs)| {
                        format!("c.{} = {target}.{}", text.name(own), text.name(theirs))
                    })
                    .collect();
                format!(
                    " AND NOT EXISTS (SELECT 1 FROM {} c WHERE {})",
                    text.table(&reference.table),
                    on.join(" AND ")
                )
            })
            .collect();
        all.concat()
    }

    /// Removes the listed rows in transactions of bounded size. A row that was changed since, or that
    /// rows of others need, stays.
    fn remove(
        &self,
        database: &mut dyn Database,
        doing: &str,
        doomed: &str,
    ) -> Result<u64, TransferError> {
        let rows =
            number(query(database, doing, &format!("SELECT count(*) FROM {doomed}"))?.single());
        if rows == 0 {
            return Ok(0);
        }
        self.analyze(database, doing, doomed)?;
        let mut removed = 0;
        let mut from = 0;
        while from < rows {
            let part = format!("o.place > {from} AND o.place <= {}", from + ROWS);
            begin(database).map_err(|error| TransferError::server(doing, error))?;
            let outcome = self.remove_part(database, doing, doomed, &part);
            removed += finish(database, doing, outcome)?;
            from += ROWS;
        }
        Ok(removed)
    }

    fn remove_part(
        &self,
        database: &mut dyn Database,
        doing: &str,
        doomed: &str,
        part: &str,
    ) -> Result<u64, TransferError> {
        let table = self.table();
        let text = self.ready.plan.text;
        let moved = self.ready.work.moved(table);
        let target = text.table(&table.declared.target);
        let mapping = self.mapping();
        let unchanged = format!("{} = l.hash{}", self.hash("t"), self.needed_by_none("t"));
        let missing = format!(
            "NOT EXISTS (SELECT 1 FROM {target} t WHERE {})",
            mapping.on_ledger("t", "l")
        );
        if text.is_postgres() {
            let sql = format!(
                "WITH gone AS (DELETE FROM {target} t USING {doomed} o JOIN {moved} l ON {} WHERE {} AND {part} AND {unchanged} RETURNING {}), noted AS (DELETE FROM {moved} l USING gone WHERE {} RETURNING 1) SELECT count(*) FROM noted",
                self.same_keys("l", "o"),
                mapping.on_ledger("t", "l"),
                self.keys("l"),
                self.same_keys("l", "gone"),
            );
            let count = number(query(database, doing, &sql)?.single());
            // What somebody else has removed already needs no note any more.
            run(
                database,
                doing,
                &format!(
                    "DELETE FROM {moved} l USING {doomed} o WHERE {} AND {part} AND {missing}",
                    self.same_keys("l", "o")
                ),
            )?;
            return Ok(count);
        }
        let listed = format!("SELECT {} FROM {doomed} o WHERE {part}", self.keys("o"));
        let before =
            number(query(database, doing, &format!("SELECT count(*) FROM {target}"))?.single());
        run(
            database,
            doing,
            &format!(
                "DELETE FROM {target} AS t WHERE EXISTS (SELECT 1 FROM ({listed}) o JOIN {moved} l ON {} WHERE {} AND {unchanged})",
                self.same_keys("l", "o"),
                mapping.on_ledger("t", "l"),
            ),
        )?;
        let after =
            number(query(database, doing, &format!("SELECT count(*) FROM {target}"))?.single());
        run(
            database,
            doing,
            &format!(
                "DELETE FROM {moved} AS l WHERE EXISTS (SELECT 1 FROM ({listed}) o WHERE {}) AND {missing}",
                self.same_keys("l", "o")
            ),
        )?;
        Ok(before - after)
    }

    /// Makes room where a row that is to change holds values that another row will have: columns that
    /// may be NULL become so, other rows are removed and come back in their batch.
    pub(super) fn make_room(&self, database: &mut dyn Database) -> Result<(), TransferError> {
        let table = self.table();
        let text = self.ready.plan.text;
        if table.source.is_none() {
            return Ok(());
        }
        let mapping = self.mapping();
        let moved = self.ready.work.moved(table);
        let target = text.table(&table.declared.target);
        let doing = format!("making room in `{}`", table.declared.name);
        for unique in &table.unique {
            let columns: Vec<&String> = unique
                .columns
                .iter()
                .filter(|name| table.declared.columns.contains_key(*name))
                .collect();
            if columns.len() < unique.columns.len() {
                continue;
            }
            let held = self.scratch(database, "held", &[])?;
            let moving = mapping.moving(&Request::default());
            let differ = text.differ(
                &text.columns("t", columns.iter().copied()),
                &text.columns("own", columns.iter().copied()),
            );
            // First those that are to change, which are few; then who wants what they hold.
            let leaving = self.scratch(database, "leaving", &columns)?;
            run(
                database,
                &doing,
                &format!(
                    "INSERT INTO {leaving} SELECT {}, 1, {} FROM ({moving}) own JOIN {moved} l ON {} JOIN {target} t ON {} WHERE {differ}",
                    self.keys("l"),
                    text.columns("t", columns.iter().copied()),
                    mapping.on_keys("l", "own"),
                    mapping.on_ledger("t", "l"),
                ),
            )?;
            let any = query(
                database,
                &doing,
                &format!("SELECT 1 FROM {leaving} LIMIT 1"),
            )?;
            if any.rows.is_empty() {
                continue;
            }
            self.analyze(database, &doing, &leaving)?;
            let same: Vec<_> = columns
                .iter()
                .map(|name| format!("other.{0} = o.{0}", text.name(name)))
                .collect();
            let keys =
                (1..=table.declared.key.len()).map(|at| format!("other.stillway_k{at} <> o.k{at}"));
            run(
                database,
                &doing,
                &format!(
                    "INSERT INTO {held} SELECT {keys}, row_number() OVER (ORDER BY {keys}) FROM (SELECT DISTINCT {} FROM {leaving} o JOIN ({moving}) other ON {} AND ({})) wanted",
                    self.keys("o"),
                    same.join(" AND "),
                    keys.collect::<Vec<_>>().join(" OR "),
                    keys = self.keys("wanted"),
                ),
            )?;
            let free = columns.iter().find(|name| {
                table
                    .target
                    .columns
                    .get(**name)
                    .is_some_and(|shape| shape.nullable)
            });
            let Some(free) = free else {
                let tables = self.ready.plan.tables.len();
                for at in self.at..tables {
                    let remover = Remover {
                        ready: self.ready,
                        at,
                    };
                    remover.scratch(database, "doomed", &[])?;
                }
                let doomed = self.ready.work.scratch(&format!("doomed_{}", self.at));
                run(
                    database,
                    &doing,
                    &format!("INSERT INTO {doomed} SELECT * FROM {held}"),
                )?;
                remove_listed(self.ready, database, self.at)?;
                continue;
            };
            begin(database).map_err(|error| TransferError::server(&doing, error))?;
            let outcome = self.empty(database, &doing, &held, &text.name(free));
            finish(database, &doing, outcome)?;
        }
        Ok(())
    }

    fn empty(
        &self,
        database: &mut dyn Database,
        doing: &str,
        held: &str,
        column: &str,
    ) -> Result<(), TransferError> {
        let table = self.table();
        let text = self.ready.plan.text;
        let moved = self.ready.work.moved(table);
        let target = text.table(&table.declared.target);
        let mapping = self.mapping();
        // Only rows that are as they were written are ours to change.
        run(
            database,
            doing,
            &format!(
                "DELETE FROM {held} AS o WHERE NOT EXISTS (SELECT 1 FROM {moved} l JOIN {target} t ON {} WHERE {} AND {} = l.hash)",
                mapping.on_ledger("t", "l"),
                self.same_keys("l", "o"),
                self.hash("t"),
            ),
        )?;
        run(
            database,
            doing,
            &format!(
                "UPDATE {target} AS t SET {column} = NULL FROM {held} o JOIN {moved} l ON {} WHERE {}",
                self.same_keys("l", "o"),
                mapping.on_ledger("t", "l"),
            ),
        )?;
        run(
            database,
            doing,
            &format!(
                "UPDATE {moved} AS l SET hash = {} FROM {held} o, {target} t WHERE {} AND {}",
                self.hash("t"),
                self.same_keys("l", "o"),
                mapping.on_ledger("t", "l"),
            ),
        )
    }
}
