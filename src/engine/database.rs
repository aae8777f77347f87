//! What the engine needs of a database connection.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use super::reply::Reply;
use super::script::Script;
use crate::model::Backend;

/// How bad the server says something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Informational.
    Notice,
    /// Worth a look.
    Warning,
    /// The statement failed.
    Error,
    /// The session is over.
    Fatal,
}

/// What a server says about a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerMessage {
    /// How bad it is.
    pub severity: Severity,
    /// SQLSTATE, or the library's own code.
    pub code: String,
    /// The message itself.
    pub message: String,
    /// More about it.
    pub detail: Option<String>,
    /// What the server suggests.
    pub hint: Option<String>,
    /// Position in the statement in characters, counted from 1.
    pub position: Option<usize>,
    /// Where in the server's own code (functions) it happened.
    pub context: Option<String>,
}

/// A statement or connection that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerError {
    /// What the server said.
    pub message: Box<ServerMessage>,
    /// Whether the connection is gone.
    pub connection_lost: bool,
}

impl ServerError {
    /// An error of the client's side, without a code of a server.
    pub fn client(message: impl Into<String>) -> Self {
        Self {
            message: Box::new(ServerMessage {
                severity: Severity::Error,
                code: String::new(),
                message: message.into(),
                detail: None,
                hint: None,
                position: None,
                context: None,
            }),
            connection_lost: false,
        }
    }

    /// Whether a lock could not be had in time, or was lost to a deadlock, so that trying the same
    /// again may succeed.
    pub fn is_lock_conflict(&self) -> bool {
        matches!(
            self.message.code.as_str(),
            "55P03" | "40P01" | "SQLITE_BUSY"
        )
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message.message)
    }
}

impl std::error::Error for ServerError {}

/// The answer to a query, all values as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows of values; `None` is NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

impl Rows {
    /// The first value of each row, where there is one.
    pub fn first_column(self) -> Vec<String> {
        let rows = self.rows.into_iter();
        rows.filter_map(|row| row.into_iter().next().flatten())
            .collect()
    }

    /// The first value of the first row.
    pub fn single(&self) -> Option<&str> {
        self.rows.first()?.first()?.as_deref()
    }
}

/// What one statement brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementResult {
    /// Rows it changed, where the server says so.
    pub changed: Option<u64>,
    /// Rows it returned, where it is a query.
    pub rows: Option<Rows>,
}

/// Whether a transaction is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionState {
    /// No transaction.
    Idle,
    /// In a transaction.
    Open,
    /// In a transaction that can only be rolled back.
    Failed,
    /// The connection is gone.
    Lost,
}

/// A session that keeps us waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// The server's number for it.
    pub process: String,
    /// Who it is: user, application, address.
    pub who: String,
    /// What it is doing and for how long.
    pub what: String,
}

impl fmt::Display for Blocker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "pid {} ({}): {}",
            self.process, self.who, self.what
        )
    }
}

/// Learns what happens while statements run.
pub trait RunObserver {
    /// A statement was sent or is about to run. `index` counts the script's statements from 0.
    fn started(&mut self, index: usize) {
        let _ = index;
    }
    /// A statement succeeded.
    fn finished(&mut self, index: usize, result: StatementResult) {
        let _ = (index, result);
    }
    /// The server said something while a statement ran.
    fn notice(&mut self, index: usize, message: ServerMessage) {
        let _ = (index, message);
    }
    /// The server has not answered for a while; `blockers` says who is in the way.
    fn waiting(&mut self, index: usize, waited: Duration, blockers: &[Blocker]) {
        let _ = (index, waited, blockers);
    }
}

/// An open connection.
pub trait Database {
    /// Which server.
    fn backend(&self) -> Backend;

    /// Sends one statement of our own.
    fn execute(&mut self, sql: &str) -> Result<(), ServerError>;

    /// Sends one statement of our own together with what comes next, where that saves a round
    /// trip. An error may come up only there.
    fn enqueue(&mut self, sql: &str) -> Result<(), ServerError> {
        self.execute(sql)
    }

    /// Lets the open transaction's commit return before it is on disk. Later commits that wait, and
    /// [`Database::make_durable`], take it along.
    fn relax_durability(&mut self) -> Result<(), ServerError> {
        Ok(())
    }

    /// Waits until all that was committed is on disk.
    fn make_durable(&mut self) -> Result<(), ServerError> {
        Ok(())
    }

    /// Makes the session the user's own again after a script that may have taken another role.
    fn reclaim(&mut self) -> Result<(), ServerError> {
        Ok(())
    }

    /// Asks a question.
    fn query(&mut self, sql: &str) -> Result<Rows, ServerError>;

    /// Sends a text as a client program would, several statements in one where the server takes
    /// that, and gives the answer to the first.
    fn send(&mut self, sql: &str) -> Result<Reply, ServerError>;

    /// Opens a transaction that is ready to write, in a session in its original state.
    fn begin(&mut self) -> Result<(), ServerError>;

    /// Brings the session into its original state without opening a transaction.
    fn reset(&mut self) -> Result<(), ServerError>;

    /// Opens another transaction after a script has ended ours, leaving the session as the script
    /// has made it.
    fn begin_again(&mut self) -> Result<(), ServerError>;

    /// What the server said while it ran our own statements, such as a commit.
    fn late_notices(&mut self) -> Vec<ServerMessage> {
        Vec::new()
    }

    /// Commits.
    fn commit(&mut self) -> Result<(), ServerError>;

    /// Rolls back; harmless without a transaction.
    fn rollback(&mut self) -> Result<(), ServerError>;

    /// Whether a transaction is open, as far as is known without asking.
    fn transaction_state(&self) -> TransactionState;

    /// Runs a range of a script's statements in order. On failure tells which one failed.
    ///
    /// Inside a transaction a backend may send them together; outside, each is sent alone.
    fn run(
        &mut self,
        script: &Script,
        statements: Range<usize>,
        observer: &mut dyn RunObserver,
    ) -> Result<(), (usize, ServerError)>;

    /// Takes the lock of a history table if nobody has it; never waits.
    fn try_lock(&mut self, key: i64) -> Result<bool, ServerError>;

    /// Gives the lock back.
    fn unlock(&mut self, key: i64) -> Result<(), ServerError>;

    /// Who holds the lock.
    fn lock_holder(&mut self, key: i64) -> Result<Option<Blocker>, ServerError>;

    /// Whether a lock lasts beyond a transaction. Otherwise it is taken in each one, and what was
    /// planned is checked again there.
    fn session_lock(&self) -> bool;

    /// Indexes left unusable by a build that failed, with the statements that remove them.
    fn invalid_indexes(&mut self) -> Result<Vec<(String, String)>, ServerError> {
        Ok(Vec::new())
    }
}
