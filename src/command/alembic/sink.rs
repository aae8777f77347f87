//! Runs a body's statements on the connection.
//!
//! A body that leaves its transaction commits what came before, long before its row in the version
//! table is written. So it is announced in the history, with the number of statements that are
//! committed. When such a run was interrupted, the next one skips these statements and looks at what
//! the one behind them has left.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::database::Connection;
use crate::database::unfinished::{Verdict, verdict};
use crate::dialect::alembic::render::{Sink, one_by_one};
use crate::dialect::alembic::run_history::{self, Interrupted, RunRecord, StatementSum};
use crate::dialect::alembic::version_table::VersionTable;
use crate::engine::{Database, Reply, Rows, RunObserver, Script, ServerError, StatementResult};
use crate::model::Backend;
use crate::sql::{SplitOptions, Statement, repeat, split};

/// Takes the statements of one body after the other.
pub(super) struct LiveSink {
    connection: Rc<RefCell<Connection>>,
    table: VersionTable,
    /// What keeps Alembic away, in each transaction anew.
    lock_statement: Option<String>,
    /// Whether unqualified names mean the same outside of transactions.
    keeps_path: bool,
    /// What the history will say of the body.
    record: RunRecord,
    /// The sum over all statements so far.
    sum: StatementSum,
    /// How many these are.
    sent: u64,
    /// Whether the body has left its transaction.
    outside: bool,
    /// The row in which the body is announced.
    announced: Option<String>,
    /// What an earlier run has left of the body, until it is clear what of it remains to be done.
    interrupted: Option<Interrupted>,
    /// Why the body cannot go on where it was interrupted; it may swallow the error.
    broken: Option<ServerError>,
}

/// What has to be known of a text before it is sent.
struct Nature {
    /// Whether it only asks.
    asks: bool,
    /// Whether a transaction around it changes nothing.
    transactional: bool,
    /// The text from the first word on.
    code: String,
}

impl Nature {
    fn of(sql: &str, backend: Backend) -> Self {
        let statements = split(sql, backend.flavor(), &SplitOptions::default()).unwrap_or_default();
        let plain = |statement: &Statement| statement.transactional && statement.control.is_none();
        let code = match statements.as_slice() {
            [only] => sql.get(only.code_start..only.span.end).unwrap_or(sql),
            _ => sql,
        };
        Self {
            asks: !statements.is_empty() && statements.iter().all(asks),
            transactional: !statements.is_empty() && statements.iter().all(plain),
            code: code.to_owned(),
        }
    }
}

/// Whether a statement only asks, as far as its words tell.
fn asks(statement: &Statement) -> bool {
    let mut words = statement.keywords.split(' ');
    let first = words.next().unwrap_or_default();
    ["SELECT", "VALUES", "SHOW", "EXPLAIN", "PRAGMA", "TABLE"].contains(&first)
        && !words.any(|word| word == "INTO")
}

impl LiveSink {
    pub(super) fn new(
        connection: Rc<RefCell<Connection>>,
        table: VersionTable,
        lock_statement: Option<String>,
        keeps_path: bool,
    ) -> Self {
        Self {
            connection,
            table,
            lock_statement,
            keeps_path,
            record: RunRecord::default(),
            sum: StatementSum::default(),
            sent: 0,
            outside: false,
            announced: None,
            interrupted: None,
            broken: None,
        }
    }

    /// Gets ready for a body, which an earlier run may have left half way.
    pub(super) fn start(&mut self, record: RunRecord, interrupted: Option<Interrupted>) {
        self.record = record;
        self.sum = StatementSum::default();
        self.sent = 0;
        self.outside = false;
        self.announced = interrupted.as_ref().map(|found| found.row.clone());
        self.interrupted = interrupted;
        self.broken = None;
    }

    /// What the history is to say of the body that has come to its end, and in which row.
    pub(super) fn finish(&mut self) -> Result<(RunRecord, Option<String>), ServerError> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        if let Some(left) = &self.interrupted
            && self.sent < left.statements
        {
            return Err(stuck(left, &self.table));
        }
        let mut record = std::mem::take(&mut self.record);
        record.sql_md5 = Some(std::mem::take(&mut self.sum).finish());
        Ok((record, self.announced.take()))
    }

    /// Sends a text, or does without when an earlier run has done so.
    fn perform<T: Default>(
        &mut self,
        sql: &str,
        run: impl FnOnce(&mut dyn Database) -> Result<T, ServerError>,
    ) -> Result<T, ServerError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        self.sum.add(sql);
        self.sent += 1;
        let connection = self.connection.clone();
        let mut connection = connection.borrow_mut();
        let database = connection.database();
        if !self.outside && self.interrupted.is_none() {
            return run(database);
        }
        let nature = Nature::of(sql, database.backend());
        if self.was_committed(&nature)? {
            return Ok(T::default());
        }
        if nature.asks || !self.outside {
            return run(database);
        }
        let Some(row) = self.announced.clone() else {
            return run(database);
        };
        let sum = self.sum.clone().finish();
        let backend = database.backend();
        let advance = run_history::advance(&self.table, backend, &row, self.sent, &sum);
        if nature.transactional {
            // Each statement stands alone here, so it may as well share a transaction with its note.
            database.begin_again()?;
            let result = run(database).and_then(|result| {
                database.execute(&advance)?;
                database.commit()?;
                Ok(result)
            });
            if result.is_err()
                && let Err(error) = database.rollback()
            {
                log::warn!("rolling back failed: {error}");
            }
            return result;
        }
        if self.interrupted.take().is_some() {
            match verdict(database, &repeat(&nature.code))? {
                Verdict::Complete => {
                    database.execute(&advance)?;
                    return Ok(T::default());
                }
                Verdict::Again(Some(first)) => database.execute(&first)?,
                // What cannot be told the server will say.
                Verdict::Again(None) | Verdict::Unclear => {}
            }
        }
        let result = run(database)?;
        database.execute(&advance)?;
        Ok(result)
    }

    /// Whether an earlier run has committed the statement that was just counted.
    fn was_committed(&mut self, nature: &Nature) -> Result<bool, ServerError> {
        let Some(left) = &self.interrupted else {
            return Ok(false);
        };
        if self.sent > left.statements {
            // What was under way when the run ended is looked at only outside of transactions.
            if !nature.asks && (!self.outside || nature.transactional) {
                self.interrupted = None;
            }
            return Ok(false);
        }
        let other = self.sent == left.statements && self.sum.clone().finish() != left.sql_md5;
        // What it gave back is known to nobody any more.
        let answered = !nature.asks && nature.code.to_uppercase().contains("RETURNING");
        if other || answered {
            return Err(self.broken.insert(stuck(left, &self.table)).clone());
        }
        Ok(!nature.asks)
    }

    /// Says in the history how far the body has come, with what is about to be committed.
    fn announce(&mut self, database: &mut dyn Database) -> Result<(), ServerError> {
        let backend = database.backend();
        let sum = self.sum.clone().finish();
        if let Some(row) = &self.announced {
            let advance = run_history::advance(&self.table, backend, row, self.sent, &sum);
            return database.execute(&advance);
        }
        let mut record = self.record.clone();
        record.sql_md5 = Some(sum);
        let announce = run_history::announce(&self.table, backend, &record, self.sent);
        let rows = database.query(&announce)?;
        self.announced = rows.single().map(str::to_owned);
        Ok(())
    }
}

/// Nobody listens.
struct Unobserved;

impl RunObserver for Unobserved {}

fn stuck(left: &Interrupted, table: &VersionTable) -> ServerError {
    ServerError::client(format!(
        "{} was interrupted when {} of its statements were committed, and it cannot be told that it would send the same ones again; take back what these have done and remove its row from {}, or complete it by hand and stamp it",
        left.revision,
        left.statements,
        table.keeper.history(),
    ))
}

impl Sink for LiveSink {
    fn backend(&self) -> Backend {
        self.connection.borrow().backend()
    }

    fn is_offline(&self) -> bool {
        false
    }

    fn execute(&mut self, sql: &str) -> Result<StatementResult, ServerError> {
        let flavor = self.backend().flavor();
        self.perform(sql, |database| {
            // Drivers take several statements at once; the session takes one after the other.
            let several = sql.trim_end().trim_end_matches(';').contains(';');
            if several
                && let Ok(statements) = split(sql, flavor, &SplitOptions::default())
                && statements.len() > 1
            {
                for statement in &statements {
                    database.query(statement.text(sql))?;
                }
                return Ok(StatementResult::default());
            }
            let rows = database.query(sql)?;
            Ok(StatementResult {
                changed: None,
                rows: (!rows.columns.is_empty()).then_some(rows),
            })
        })
    }

    fn query(&mut self, sql: &str) -> Result<Rows, ServerError> {
        self.perform(sql, |database| database.query(sql))
    }

    fn copy(&mut self, sql: &str, data: &str) -> Result<(), ServerError> {
        let text = format!("{sql};\n{data}\\.\n");
        let flavor = self.backend().flavor();
        self.perform(&text, |database| {
            let statements = split(&text, flavor, &SplitOptions::default())
                .map_err(|error| ServerError::client(error.to_string()))?;
            let count = statements.len();
            let script = Script {
                text: Arc::new(text.clone()),
                statements,
                ..Script::default()
            };
            let ran = database.run(&script, 0..count, &mut Unobserved);
            ran.map_err(|(_, error)| error)
        })
    }

    fn run(
        &mut self,
        script: &Script,
        statements: Range<usize>,
    ) -> Result<(), (usize, ServerError)> {
        let chosen = &script.statements[statements.clone()];
        let copies = chosen.iter().any(|statement| statement.copy_data.is_some());
        let alone = self.outside || self.interrupted.is_some() || self.broken.is_some();
        if alone || copies || self.backend() != Backend::Postgres {
            return one_by_one(self, script, statements);
        }
        for statement in chosen {
            self.sum.add(script.statement_text(statement));
            self.sent += 1;
        }
        let mut connection = self.connection.borrow_mut();
        connection
            .database()
            .run(script, statements.clone(), &mut Unobserved)
    }

    fn send(&mut self, sql: &str) -> Result<Reply, ServerError> {
        self.perform(sql, |database| database.send(sql))
    }

    fn begin_autocommit(&mut self) -> Result<(), ServerError> {
        if !self.keeps_path {
            return Err(ServerError::client(
                "behind a pooler, a statement outside of a transaction would not find the schema of its target; connect to the server itself",
            ));
        }
        let connection = self.connection.clone();
        let mut connection = connection.borrow_mut();
        self.outside = true;
        let behind = self
            .interrupted
            .as_ref()
            .is_some_and(|left| self.sent < left.statements);
        if !behind {
            self.announce(connection.database())?;
        }
        connection.database().commit()
    }

    fn end_autocommit(&mut self) -> Result<(), ServerError> {
        self.outside = false;
        let mut connection = self.connection.borrow_mut();
        connection.database().begin_again()?;
        if let Some(sql) = &self.lock_statement {
            connection.database().execute(sql)?;
        }
        Ok(())
    }
}
