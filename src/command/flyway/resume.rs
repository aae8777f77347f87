//! Migrations that ran outside a transaction and were interrupted: completed, or made ready to run
//! again, where the database can tell how far they came.

use super::record::{Announcement, comment_on, is_interrupted, read_comment, row_for};
use super::session::Session;
use crate::database::unfinished::{Verdict, verdict};
use crate::dialect::flyway::{AppliedRow, FlywayMigration, State};
use crate::engine::ServerError;
use crate::error::{Error, ErrorKind};
use crate::model::Backend;
use crate::sql::{Repeat, quote, repeat};

/// How an interrupted migration was found.
enum Trace {
    /// By its row.
    Row(AppliedRow),
    /// By the table's comment, whose other lines these are; with the checksum noted there.
    Comment(Option<String>, Option<i32>),
}

impl Session<'_> {
    /// Where migrations outside transactions are announced; to be asked under the lock.
    ///
    /// Rows serve where there are no comments, where the table is somebody else's, and behind
    /// poolers, where the announcement is also what keeps other runs away.
    pub(super) fn announcement(&mut self) -> Result<Announcement, Error> {
        if self.backend() != Backend::Postgres || self.connection.is_pooled() {
            return Ok(Announcement::Row);
        }
        let table = quote::literal(&self.table.qualified(), self.backend().flavor());
        let sql = format!(
            "SELECT obj_description(oid, 'pg_class'), pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass({table})"
        );
        let rows = self.connection.database().query(&sql);
        let rows = rows.map_err(|error| Error::server("reading the history table", error))?;
        let row = rows.rows.into_iter().next().unwrap_or_default();
        Ok(match row.as_slice() {
            [comment, Some(owned)] if owned == "t" => Announcement::Comment(comment.clone()),
            _ => Announcement::Row,
        })
    }

    /// Settles what an earlier run has left half way, under the lock; true when the history has
    /// changed. Gives back the announcement for the steps to come.
    pub(super) fn settle(&mut self, rows: &[AppliedRow]) -> Result<(Announcement, bool), Error> {
        let mut found = Vec::new();
        let announcement = match self.announcement()? {
            Announcement::Row => Announcement::Row,
            Announcement::Comment(comment) => {
                let (other, begun) = read_comment(comment.as_deref());
                if let Some((script, checksum)) = begun {
                    found.push((script, Trace::Comment(other.clone(), checksum)));
                }
                Announcement::Comment(other)
            }
        };
        // Behind a pooler nobody can tell the row of a dead run from that of a live one.
        if !self.connection.is_pooled() {
            let interrupted = rows.iter().filter(|row| is_interrupted(row));
            found.extend(interrupted.map(|row| (row.script.clone(), Trace::Row(row.clone()))));
        }
        let mut changed = false;
        for (script, trace) in &found {
            if let Trace::Comment(other, _) = trace
                && self.is_stale(script, rows)?
            {
                let clear = comment_on(&self.table, other.as_deref());
                let cleared = self.connection.database().execute(&clear);
                cleared.map_err(|error| Error::server("clearing the comment", error))?;
            } else {
                changed |= self.settle_one(script, trace)?;
            }
        }
        Ok((announcement, changed))
    }

    /// Whether a mark in the comment outlived its meaning: the migration has been run since, by somebody who does
    /// not know of marks.
    fn is_stale(&self, script: &str, rows: &[AppliedRow]) -> Result<bool, Error> {
        let policy = self.policy()?;
        let info = self.info(rows, &policy)?;
        let mut entries = info.entries.iter();
        Ok(entries.any(|entry| {
            entry
                .row
                .is_some_and(|row| row.script == script && row.success)
                && matches!(entry.state, State::Success | State::OutOfOrder)
        }))
    }

    fn settle_one(&mut self, script: &str, trace: &Trace) -> Result<bool, Error> {
        let file = self.interrupted_file(script, trace);
        let verdict = match &file {
            Some(file) => self.verdict(file)?,
            None => Verdict::Unclear,
        };
        let done = match (trace, &verdict) {
            (Trace::Row(_), Verdict::Unclear) => return Ok(false),
            (Trace::Comment(..), Verdict::Unclear) => return Err(interrupted(script)),
            (_, Verdict::Complete) => "is complete and is recorded as such",
            (_, Verdict::Again(_)) => "runs again",
        };
        let action = format!("settling {script}");
        let server = |error| Error::server(action.clone(), error);
        if let Verdict::Again(Some(first)) = &verdict {
            self.connection.database().execute(first).map_err(server)?;
        }
        let statements = self.settlement(trace, file.as_ref(), &verdict);
        self.in_own_transaction(&statements).map_err(server)?;
        self.warn(format!(
            "{script} was interrupted by the end of an earlier run; it {done}"
        ));
        Ok(true)
    }

    fn settlement(
        &self,
        trace: &Trace,
        file: Option<&FlywayMigration>,
        verdict: &Verdict,
    ) -> Vec<String> {
        let complete = matches!(verdict, Verdict::Complete);
        match trace {
            Trace::Row(row) if complete => {
                let condition = format!("\"installed_rank\" = {}", row.installed_rank);
                vec![self.table.finish(&condition, 0, true)]
            }
            Trace::Row(row) => vec![self.table.delete(row.installed_rank)],
            Trace::Comment(other, _) => {
                let row = file.filter(|_| complete).map(|file| {
                    let row = row_for(file, self.config.installed_by.as_ref());
                    self.table.insert(&row, 0, true, 0)
                });
                let clear = comment_on(&self.table, other.as_deref());
                row.into_iter().chain([clear]).collect()
            }
        }
    }

    /// The script that has begun outside a transaction and whose end is not recorded, where that is
    /// noted in the table's comment.
    pub(super) fn begun(&mut self) -> Result<Option<String>, Error> {
        let Announcement::Comment(comment) = self.announcement()? else {
            return Ok(None);
        };
        let (_, begun) = read_comment(comment.as_deref());
        Ok(begun.map(|(script, _)| script))
    }

    /// The mark is taken away by a repair, so that the migration runs again.
    pub(super) fn forget_interrupted(&mut self) -> Result<Option<(String, String)>, Error> {
        let Announcement::Comment(comment) = self.announcement()? else {
            return Ok(None);
        };
        let (other, begun) = read_comment(comment.as_deref());
        Ok(begun.map(|(script, _)| (script, comment_on(&self.table, other.as_deref()))))
    }

    fn in_own_transaction(&mut self, statements: &[String]) -> Result<(), ServerError> {
        let database = self.connection.database();
        database.begin()?;
        for statement in statements {
            database.enqueue(statement)?;
        }
        let committed = database.commit();
        if committed.is_err() {
            drop(database.rollback());
        }
        committed
    }

    /// The file as it was when it was interrupted.
    fn interrupted_file(&self, script: &str, trace: &Trace) -> Option<FlywayMigration> {
        let same = |file: &&FlywayMigration| {
            file.source.script == script
                && match trace {
                    Trace::Row(row) => file.checksum_matches(row.checksum),
                    Trace::Comment(_, checksum) => file.checksum_matches(*checksum),
                }
        };
        self.catalog.migrations.iter().find(same).cloned()
    }

    fn verdict(&mut self, file: &FlywayMigration) -> Result<Verdict, Error> {
        let script = self.prepare(&file.source)?;
        let kinds: Vec<Repeat> = script
            .statements
            .iter()
            .map(|statement| repeat(&script.text[statement.code_start..statement.span.end]))
            .collect();
        let action = format!("looking at what {} has left", file.source.script);
        let found = match kinds.as_slice() {
            all if all.iter().all(|kind| *kind == Repeat::Harmless) => Ok(Verdict::Again(None)),
            [only] => {
                let database = self.connection.database();
                database.reset().and_then(|()| verdict(database, only))
            }
            _ => Ok(Verdict::Unclear),
        };
        found.map_err(|error| Error::server(action, error))
    }
}

fn interrupted(script: &str) -> Error {
    Error::new(
        ErrorKind::History,
        "ERROR",
        format!(
            "{script} runs outside a transaction and was interrupted; nobody can tell from outside how far it came"
        ),
    )
    .with_hint(
        "look at what it has done and take that back, then run repair, after which it runs again from its start; or complete it by hand and record it with skipExecutingMigrations after a repair",
    )
}
