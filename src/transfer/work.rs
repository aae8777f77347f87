//! The tables in which a transfer remembers what it has done.

use super::TableName;
use super::plan::{Plan, TablePlan};
use super::text::Text;

/// The schema of the work tables on PostgreSQL.
pub(super) const SCHEMA: &str = "stillway_transfer";
/// What their names begin with on SQLite.
const PREFIX: &str = "stillway_transfer__";

/// Names of work tables.
#[derive(Debug, Clone)]
pub(super) struct Work {
    text: Text,
    transfer: String,
    /// The schema or attached file they lie in.
    home: Option<String>,
    /// Whether decisions lie in temporary tables, because nothing may be written.
    pub(super) temporary: bool,
}

impl Work {
    pub(super) fn new(plan: &Plan<'_>, temporary: bool) -> Self {
        Self {
            temporary,
            ..Self::bare(plan.declaration, plan.text.backend)
        }
    }

    /// Names of the tables that all transfers share, before anything else is known of the database.
    pub(super) fn bare(declaration: &super::Declaration, backend: crate::model::Backend) -> Self {
        let text = Text::new(backend);
        let first = declaration.tables.first();
        Self {
            text,
            transfer: declaration.name.clone(),
            home: if text.is_postgres() {
                Some(SCHEMA.to_owned())
            } else {
                // A transaction over several files is not atomic in all journal modes, so the work
                // tables lie beside the rows that they are about.
                first.and_then(|table| table.target.schema.clone())
            },
            temporary: false,
        }
    }

    /// A table that all transfers of the database share.
    pub(super) fn shared(&self, name: &str) -> TableName {
        TableName {
            schema: self.home.clone(),
            name: if self.text.is_postgres() {
                name.to_owned()
            } else {
                format!("{PREFIX}{name}")
            },
        }
    }

    fn own(&self, table: &TablePlan<'_>, what: &str) -> String {
        shorten(format!(
            "{}__{}__{what}",
            self.transfer, table.declared.name
        ))
    }

    fn lasting(&self, table: &TablePlan<'_>, what: &str) -> String {
        let name = self.shared(&self.own(table, what));
        self.text.table(&name)
    }

    fn passing(&self, name: &str) -> String {
        let schema = if self.text.is_postgres() {
            "pg_temp"
        } else {
            "temp"
        };
        format!("{schema}.{}", self.text.name(name))
    }

    /// What was written: key, hash.
    pub(super) fn moved(&self, table: &TablePlan<'_>) -> String {
        self.lasting(table, "moved")
    }

    /// The same, as a name to look for.
    pub(super) fn moved_name(&self, table: &TablePlan<'_>) -> TableName {
        self.shared(&self.own(table, "moved"))
    }

    /// Rows that are not plainly moved.
    pub(super) fn decision(&self, table: &TablePlan<'_>) -> String {
        if self.temporary {
            self.passing(&self.own(table, "decision"))
        } else {
            self.lasting(table, "decision")
        }
    }

    /// Key ranges that are done.
    pub(super) fn ranges(&self, table: &TablePlan<'_>) -> String {
        self.lasting(table, "range")
    }

    /// Rows of a lookup that another row of it comes before.
    pub(super) fn passed_over(&self, table: &TablePlan<'_>, lookup: &str) -> String {
        let what = format!("{lookup}_passed_over");
        if self.temporary {
            self.passing(&self.own(table, &what))
        } else {
            self.lasting(table, &what)
        }
    }

    /// A table for the length of a statement or two.
    pub(super) fn scratch(&self, what: &str) -> String {
        self.passing(&format!("stillway_{what}"))
    }

    fn create(name: &str) -> &'static str {
        if name.starts_with("pg_temp") || name.starts_with("temp.") {
            "CREATE TEMP TABLE IF NOT EXISTS"
        } else {
            "CREATE TABLE IF NOT EXISTS"
        }
    }

    fn definition(&self, name: &str, columns: &[String], key: &[String]) -> String {
        let bare = name
            .strip_prefix("pg_temp.")
            .or_else(|| name.strip_prefix("temp."))
            .unwrap_or(name);
        let key = if key.is_empty() {
            String::new()
        } else {
            format!(", PRIMARY KEY ({})", key.join(", "))
        };
        let tail = if self.text.is_postgres() || key.is_empty() {
            ""
        } else {
            " WITHOUT ROWID"
        };
        format!(
            "{} {bare} ({}{key}){tail}",
            Self::create(name),
            columns.join(", ")
        )
    }

    /// Statements that create the tables that all transfers share.
    pub(super) fn create_shared(&self) -> Vec<String> {
        let mut statements = Vec::new();
        let (identity, time, json) = if self.text.is_postgres() {
            statements.push(format!("CREATE SCHEMA IF NOT EXISTS {SCHEMA}"));
            (
                "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                "timestamptz",
                "jsonb",
            )
        } else {
            ("integer PRIMARY KEY", "text", "text")
        };
        let table = |name: &str| self.text.table(&self.shared(name));
        statements.push(format!(
            "CREATE TABLE IF NOT EXISTS {} (name text PRIMARY KEY, digest text NOT NULL, phase integer NOT NULL DEFAULT 1, phase_since {time}, hashed {json} NOT NULL, owner text, state {json})",
            table("transfer")
        ));
        statements.push(format!(
            "CREATE TABLE IF NOT EXISTS {} (id {identity}, name text NOT NULL, digest text NOT NULL, state text NOT NULL, catching_up boolean NOT NULL, started_at {time} NOT NULL, finished_at {time}, result {json})",
            table("pass")
        ));
        statements.push(format!(
            "CREATE TABLE IF NOT EXISTS {} (id {identity}, name text NOT NULL, at {time} NOT NULL, digest text NOT NULL, verified boolean NOT NULL, sources {json} NOT NULL, report {json} NOT NULL)",
            table("verification")
        ));
        statements
    }

    /// Statements that create the tables of one table that last.
    pub(super) fn create_lasting(&self, table: &TablePlan<'_>) -> Vec<String> {
        let keys = self.keys(table);
        let mut moved: Vec<String> = keys
            .iter()
            .map(|(name, kind)| format!("{name} {kind} NOT NULL"))
            .collect();
        if !table.carried {
            moved.extend(
                self.target_keys(table)
                    .into_iter()
                    .map(|(name, kind)| format!("{name} {kind} NOT NULL")),
            );
        }
        moved.push("hash bigint NOT NULL".to_owned());
        let names: Vec<String> = keys.iter().map(|(name, _)| name.clone()).collect();
        let mut range: Vec<String> = keys
            .iter()
            .map(|(name, kind)| format!("low_{name} {kind}"))
            .collect();
        range.extend(
            keys.iter()
                .map(|(name, kind)| format!("high_{name} {kind}")),
        );
        range.push("step text NOT NULL".to_owned());
        range.push("rows bigint NOT NULL".to_owned());
        let mut statements = vec![
            self.definition(&self.moved(table), &moved, &names),
            self.definition(&self.ranges(table), &range, &[]),
        ];
        if !table.carried {
            let index = shorten(self.own(table, "moved_target"));
            let targets: Vec<String> = self
                .target_keys(table)
                .into_iter()
                .map(|(name, _)| name)
                .collect();
            statements.push(if self.text.is_postgres() {
                format!(
                    "CREATE UNIQUE INDEX IF NOT EXISTS {} ON {} ({})",
                    self.text.name(&index),
                    self.moved(table),
                    targets.join(", ")
                )
            } else {
                format!(
                    "CREATE UNIQUE INDEX IF NOT EXISTS {} ON {} ({})",
                    self.text.table(&self.shared(&index)),
                    self.text.name(&self.moved_name(table).name),
                    targets.join(", ")
                )
            });
        }
        statements.extend(self.create_decisions(table));
        statements
    }

    /// Statements that create the tables of decisions, which are temporary where nothing may last.
    pub(super) fn create_decisions(&self, table: &TablePlan<'_>) -> Vec<String> {
        let keys = self.keys(table);
        let json = if self.text.is_postgres() {
            "jsonb"
        } else {
            "text"
        };
        let mut columns: Vec<String> = keys
            .iter()
            .map(|(name, kind)| format!("{name} {kind} NOT NULL"))
            .collect();
        columns.push("outcome text NOT NULL".to_owned());
        columns.push("reasons text NOT NULL".to_owned());
        columns.push("nulls text".to_owned());
        columns.extend(
            self.target_keys(table)
                .into_iter()
                .map(|(name, kind)| format!("winner_{name} {kind}")),
        );
        columns.push(format!("source_row {json}"));
        columns.push("filled boolean".to_owned());
        if table.merges() {
            columns.extend(table.written().map(|(name, shape, _)| {
                format!(
                    "{} {}",
                    self.text.name(&format!("fill_{name}")),
                    self.text.work_type(shape)
                )
            }));
        }
        let names: Vec<String> = keys.into_iter().map(|(name, _)| name).collect();
        let mut statements = vec![self.definition(&self.decision(table), &columns, &names)];
        for lookup in table.lookups.iter().filter(|lookup| lookup.ambiguous) {
            let Some(shape) = &lookup.shape else { continue };
            let columns: Vec<String> = lookup
                .declared
                .key
                .iter()
                .filter_map(|name| {
                    let kind = shape.columns.get(name)?;
                    Some(format!(
                        "{} {}",
                        self.text.name(name),
                        self.text.work_type(kind)
                    ))
                })
                .collect();
            let names: Vec<String> = lookup
                .declared
                .key
                .iter()
                .map(|name| self.text.name(name))
                .collect();
            statements.push(self.definition(
                &self.passed_over(table, lookup.name),
                &columns,
                &names,
            ));
        }
        statements
    }

    /// `k1`, `k2` …: the source's key in work tables, with types.
    pub(super) fn keys(&self, table: &TablePlan<'_>) -> Vec<(String, String)> {
        let key = table.key();
        let columns = key.iter().enumerate();
        columns
            .map(|(at, (_, shape))| (format!("k{}", at + 1), self.text.work_type(shape)))
            .collect()
    }

    /// `t1`, `t2` …: the target's key in work tables, with types.
    pub(super) fn target_keys(&self, table: &TablePlan<'_>) -> Vec<(String, String)> {
        let columns = table.target_key.iter().enumerate();
        columns
            .filter_map(|(at, name)| {
                let shape = table.target.columns.get(name)?;
                Some((format!("t{}", at + 1), self.text.work_type(shape)))
            })
            .collect()
    }

    /// The columns of the ledger that hold the target's key.
    pub(super) fn ledger_target(table: &TablePlan<'_>) -> Vec<String> {
        let letter = if table.carried { 'k' } else { 't' };
        (1..=table.target_key.len())
            .map(|at| format!("{letter}{at}"))
            .collect()
    }
}

/// PostgreSQL cuts names at 63 bytes, which could make two of them one.
pub(super) fn shorten(name: String) -> String {
    use md5::{Digest as _, Md5};
    const LIMIT: usize = 63;
    if name.len() <= LIMIT {
        return name;
    }
    let sum = hex::encode(Md5::digest(name.as_bytes()));
    let mut end = LIMIT - 9;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{}", &name[..end], &sum[..8])
}
