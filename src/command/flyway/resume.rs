//! Migrations that ran outside a transaction and were interrupted: completed, or made ready to run
//! again, where the database can tell how far they came.

use super::record::is_interrupted;
use super::session::Session;
use crate::dialect::flyway::{AppliedRow, FlywayMigration};
use crate::engine::{Script, ServerError};
use crate::error::Error;
use crate::model::Backend;
use crate::sql::{Repeat, quote, repeat};

/// What the database says about an interrupted migration.
enum Verdict {
    /// It is complete.
    Complete,
    /// It may run again, after this statement if there is one.
    Again(Option<String>),
    /// Only a person can tell.
    Unclear,
}

impl Session<'_> {
    /// Settles interrupted migrations, and reads the history anew if there were any.
    ///
    /// The lock comes first: a row that says "begun" may belong to a run that is still at work.
    pub(super) fn resume(&mut self, rows: &mut Option<Vec<AppliedRow>>) -> Result<(), Error> {
        // Behind a pooler nobody can tell a dead run from a live one.
        if self.connection.is_pooled() {
            return Ok(());
        }
        let any = |rows: &Option<Vec<AppliedRow>>| rows.iter().flatten().any(is_interrupted);
        if !any(rows) {
            return Ok(());
        }
        let guard = self.acquire()?;
        let settled = self.settle(rows);
        self.release(guard);
        settled
    }

    fn settle(&mut self, rows: &mut Option<Vec<AppliedRow>>) -> Result<(), Error> {
        *rows = self.history_if_any()?;
        let interrupted: Vec<AppliedRow> = rows
            .iter()
            .flatten()
            .filter(|row| is_interrupted(row))
            .cloned()
            .collect();
        for row in &interrupted {
            let action = format!("looking at what {} has left", row.script);
            let verdict = self
                .verdict(row)?
                .map_err(|error| Error::server(action.clone(), error))?;
            self.carry_out(row, &verdict)
                .map_err(|error| Error::server(action, error))?;
        }
        if !interrupted.is_empty() {
            *rows = self.history_if_any()?;
        }
        Ok(())
    }

    fn verdict(&mut self, row: &AppliedRow) -> Result<Result<Verdict, ServerError>, Error> {
        let Some(script) = self.interrupted_script(row)? else {
            return Ok(Ok(Verdict::Unclear));
        };
        let mut all = script
            .statements
            .iter()
            .map(|statement| repeat(&script.text[statement.code_start..statement.span.end]));
        let (first, more) = (all.next(), all.next().is_some());
        let harmless = script.statements.iter().all(|statement| {
            repeat(&script.text[statement.code_start..statement.span.end]) == Repeat::Harmless
        });
        Ok(match first {
            _ if harmless => Ok(Verdict::Again(None)),
            Some(Repeat::IndexBuilt { index, table }) if !more => self.built(&index, &table),
            Some(Repeat::IndexDropped { index }) if !more => self.dropped(&index),
            _ => Ok(Verdict::Unclear),
        })
    }

    /// The script as it was when it was interrupted.
    fn interrupted_script(&self, row: &AppliedRow) -> Result<Option<Script>, Error> {
        let same = |file: &&FlywayMigration| {
            file.version == row.version
                && file.description == row.description
                && file.checksum_matches(row.checksum)
        };
        let file = self.catalog.migrations.iter().find(same);
        file.map(|file| self.prepare(&file.source)).transpose()
    }

    fn built(&mut self, index: &str, table: &str) -> Result<Verdict, ServerError> {
        if self.backend() != Backend::Postgres {
            return Ok(Verdict::Unclear);
        }
        let flavor = self.backend().flavor();
        let sql = format!(
            "SELECT i.indisvalid, i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = {} AND i.indrelid = to_regclass({})",
            quote::literal(index, flavor),
            quote::literal(table, flavor)
        );
        let database = self.connection.database();
        database.reset()?;
        let rows = database.query(&sql)?;
        let row = rows.rows.into_iter().next();
        Ok(match row.as_deref() {
            None => Verdict::Again(None),
            Some([Some(valid), _]) if valid == "t" => Verdict::Complete,
            Some([_, Some(name)]) => {
                Verdict::Again(Some(format!("DROP INDEX CONCURRENTLY {name}")))
            }
            Some(_) => Verdict::Unclear,
        })
    }

    fn dropped(&mut self, index: &str) -> Result<Verdict, ServerError> {
        if self.backend() != Backend::Postgres {
            return Ok(Verdict::Unclear);
        }
        let index = quote::literal(index, self.backend().flavor());
        let database = self.connection.database();
        database.reset()?;
        let rows = database.query(&format!("SELECT to_regclass({index}) IS NULL"))?;
        Ok(if rows.single() == Some("t") {
            Verdict::Complete
        } else {
            Verdict::Again(None)
        })
    }

    fn carry_out(&mut self, row: &AppliedRow, verdict: &Verdict) -> Result<(), ServerError> {
        let rank = row.installed_rank;
        let sql = match verdict {
            Verdict::Unclear => return Ok(()),
            Verdict::Complete => {
                let condition = format!("\"installed_rank\" = {rank}");
                self.table.finish(&condition, 0, true)
            }
            Verdict::Again(_) => self.table.delete(rank),
        };
        let words = match verdict {
            Verdict::Complete => "is complete and is recorded as such",
            _ => "runs again",
        };
        self.warn(format!(
            "{} was interrupted by the end of an earlier run; it {words}",
            row.script
        ));
        let database = self.connection.database();
        if let Verdict::Again(Some(first)) = verdict {
            database.execute(first)?;
        }
        database.execute(&sql)
    }
}
