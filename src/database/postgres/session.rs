//! A PostgreSQL session: state that is restored for each migration, locks, and statements that
//! share round trips.

use std::ops::Range;
use std::time::Duration;

use super::libpq::{Answer, Libpq};
use crate::database::ConnectError;
use crate::engine::{
    Blocker, Database, Reply, Rows, RunObserver, Script, ServerError, ServerMessage,
    TransactionState,
};
use crate::model::Backend;
use crate::sql::{Statement, quote};

/// Statements in one pipeline at most.
const WINDOW_STATEMENTS: usize = 128;
/// Bytes in one pipeline at most; a longer statement goes alone, by the protocol that does not keep
/// a plan for it.
const WINDOW_BYTES: usize = 1 << 20;

/// What a session is set to besides its connection.
#[derive(Debug, Clone, Default)]
pub struct PostgresOptions {
    /// libpq keywords and values.
    pub parameters: Vec<(String, String)>,
    /// Time zone of the session.
    pub time_zone: Option<String>,
    /// How long a statement of a migration waits for a lock before the migration is tried again;
    /// `None` waits as long as the server's own settings say.
    pub lock_timeout: Option<Duration>,
    /// Statements to run in each new session.
    pub on_connect: Option<String>,
    /// Whether settings that a script has made are gone when the next one runs.
    pub clean_session: bool,
}

/// An open session.
pub struct PostgresDatabase {
    connection: Libpq,
    /// A second session that looks at who is in the way; opened when first needed.
    observer: Option<Libpq>,
    options: PostgresOptions,
    facts: Facts,
    /// The schema that unqualified names go to.
    schema: Option<String>,
    /// Own statements that travel with the next ones.
    queue: Vec<String>,
    /// What the server said while it ran our own statements, such as a commit.
    late_notices: Vec<ServerMessage>,
}

/// What is learnt of server and session in the first round trip.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Role after connecting.
    pub user: String,
    /// Database name.
    pub database: String,
    /// Schema that unqualified names went to before we changed anything.
    pub schema: Option<String>,
    /// The search path before we changed anything.
    pub search_path: String,
    /// Server version as text.
    pub version: String,
    /// Server version as a number, such as 150018.
    pub version_number: i32,
    /// Whether the server ends sessions between transactions (a pooler is in between).
    pub pooled: bool,
    process: i32,
}

impl PostgresDatabase {
    /// Connects and prepares the session.
    pub fn connect(options: PostgresOptions) -> Result<Self, ConnectError> {
        let refused = |message| ConnectError::Refused {
            message,
            backend: Backend::Postgres,
        };
        let connection = Libpq::connect(&options.parameters).map_err(refused)?;
        let mut this = Self {
            connection,
            observer: None,
            options,
            facts: Facts::default(),
            schema: None,
            queue: Vec::new(),
            late_notices: Vec::new(),
        };
        let mut zone = this.set_time_zone();
        if let Some(statements) = this.options.on_connect.clone() {
            // Role and search path that the user's statements choose are those to come back to.
            this.connection
                .simple(&std::mem::take(&mut zone), &mut |_| {})
                .map_err(|error| refused(error.to_string()))?;
            this.connection
                .simple(&statements, &mut |_| {})
                .map_err(|error| ConnectError::OnConnect(error.message))?;
        }
        this.facts = this
            .learn(&zone)
            .map_err(|error| refused(error.to_string()))?;
        Ok(this)
    }

    /// What is known of server and session.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether the session writes dates in ISO form.
    pub fn writes_iso_dates(&self) -> bool {
        let style = self.connection.parameter(c"DateStyle");
        style.is_some_and(|style| style.starts_with("ISO"))
    }

    /// Makes unqualified names go to this schema from the next transaction on.
    pub fn use_schema(&mut self, schema: &str) {
        self.schema = Some(schema.to_owned());
    }

    /// Puts the session back to how it was when it began: nothing that scripts have set, prepared,
    /// locked or made for the session is left.
    pub fn renew(&mut self) -> Result<(), ServerError> {
        self.rollback()?;
        self.schema = None;
        if !self.facts.pooled {
            self.connection.simple("DISCARD ALL", &mut |_| {})?;
            let mut again = self.set_time_zone();
            again.push_str(self.options.on_connect.as_deref().unwrap_or_default());
            if !again.is_empty() {
                self.connection.simple(&again, &mut |_| {})?;
            }
        }
        drop(self.connection.take_notices());
        self.late_notices.clear();
        Ok(())
    }

    fn learn(&mut self, zone: &str) -> Result<Facts, ServerError> {
        let sql = format!(
            "{zone}SELECT current_user, current_database(), current_schema(), current_setting('search_path'), current_setting('server_version'), current_setting('server_version_num'), pg_backend_pid()"
        );
        let answers = self.connection.simple(&sql, &mut |_| {})?;
        let rows = answers.last().map(Answer::rows).unwrap_or_default();
        let row = rows.rows.into_iter().next().unwrap_or_default();
        let text = |at: usize| row.get(at).cloned().flatten();
        let process = text(6).and_then(|pid| pid.parse().ok()).unwrap_or_default();
        Ok(Facts {
            user: text(0).unwrap_or_default(),
            database: text(1).unwrap_or_default(),
            schema: text(2),
            search_path: text(3).unwrap_or_default(),
            version: text(4).unwrap_or_default(),
            version_number: text(5)
                .and_then(|number| number.parse().ok())
                .unwrap_or_default(),
            pooled: process != self.connection.announced_process(),
            process,
        })
    }

    fn set_time_zone(&self) -> String {
        self.options
            .time_zone
            .as_ref()
            .map(|zone| {
                let zone = quote::literal(zone, Backend::Postgres.flavor());
                format!("SELECT set_config('TimeZone', {zone}, false);")
            })
            .unwrap_or_default()
    }

    /// Statements that bring role and search path back to where they were, and with
    /// [`PostgresOptions::clean_session`] all settings.
    fn restore(&self, local: bool) -> Vec<String> {
        let mut statements = Vec::new();
        if !local {
            if self.options.clean_session {
                statements.push("RESET ALL".to_owned());
            }
            statements.extend(self.own_identity());
        }
        let mut settings = vec![("search_path", self.search_path())];
        let zone_is_lost = local || self.options.clean_session;
        if let Some(zone) = self.options.time_zone.clone().filter(|_| zone_is_lost) {
            settings.push(("TimeZone", zone));
        }
        let settings: Vec<_> = settings
            .into_iter()
            .map(|(name, value)| {
                let value = quote::literal(&value, Backend::Postgres.flavor());
                format!("set_config('{name}', {value}, {local})")
            })
            .collect();
        statements.push(format!("SELECT {}", settings.join(", ")));
        statements
    }

    /// Statements that make the session the user's own again, whatever a script has become.
    fn own_identity(&self) -> [String; 2] {
        let role = quote::identifier(&self.facts.user, Backend::Postgres.flavor());
        // Behind a pooler the server's session is not ours to change for good.
        let scope = if self.facts.pooled { "LOCAL " } else { "" };
        [
            format!("SET {scope}SESSION AUTHORIZATION DEFAULT"),
            format!("SET {scope}ROLE {role}"),
        ]
    }

    /// The chosen schema in front of the original path, unless it is there already.
    fn search_path(&self) -> String {
        let original = &self.facts.search_path;
        let Some(schema) = &self.schema else {
            return original.clone();
        };
        let quoted = quote::identifier(schema, Backend::Postgres.flavor());
        let first = original.split(',').next().unwrap_or_default().trim();
        if first == schema || first == quoted {
            original.clone()
        } else if original.is_empty() {
            quoted
        } else {
            format!("{quoted}, {original}")
        }
    }

    fn lock_timeout(&self) -> Option<String> {
        let timeout = self.options.lock_timeout?;
        // A timeout that the role or database brings along wins over ours.
        Some(format!(
            "SELECT set_config('lock_timeout', CASE current_setting('lock_timeout') WHEN '0' THEN '{}ms' ELSE current_setting('lock_timeout') END, true)",
            timeout.as_millis()
        ))
    }

    /// What we send is UTF-8, so a script must not tell the server otherwise.
    fn check_encoding(&mut self) -> Result<(), ServerError> {
        match self.connection.parameter(c"client_encoding") {
            Some(encoding) if encoding != "UTF8" => {
                // Outside a transaction nothing else would take it back.
                drop(
                    self.connection
                        .simple("SET client_encoding = 'UTF8'", &mut |_| {}),
                );
                let mut error = ServerError::client(format!(
                    "the script has set client_encoding to {encoding}, but scripts are sent as UTF8"
                ));
                error.message.hint = Some(
                    "leave the statement out; a file in another encoding is read with `encoding`"
                        .to_owned(),
                );
                Err(error)
            }
            _ => Ok(()),
        }
    }

    /// Sends what is queued together with one more statement.
    fn flush_with(&mut self, last: Option<&str>) -> Result<Option<Rows>, ServerError> {
        let queue = std::mem::take(&mut self.queue);
        let mut rows = None;
        let all = queue.iter().map(String::as_str).chain(last);
        self.connection
            .pipeline(all, usize::MAX, &mut |_, _| {}, &mut |_, _, answer| {
                rows = Some(answer.rows());
            })
            .map_err(|(_, error)| error)?;
        self.late_notices.extend(self.connection.take_notices());
        Ok(rows)
    }

    /// Runs a stretch of plain statements, queued ones first, without waiting in between.
    fn run_pipeline(
        &mut self,
        script: &Script,
        statements: Range<usize>,
        observer: &mut dyn RunObserver,
    ) -> Result<(), (usize, ServerError)> {
        let queue = std::mem::take(&mut self.queue);
        let queued = queue.len();
        let offset = statements.start;
        let script_index = |index: usize| offset + index.saturating_sub(queued);
        let texts = queue.iter().map(String::as_str).chain(
            script.statements[statements.clone()]
                .iter()
                .map(|statement| script.statement_text(statement)),
        );
        let side = std::cell::RefCell::new((observer, &mut self.observer));
        let (parameters, process) = (&self.options.parameters, self.facts.process);
        side.borrow_mut().0.started(offset);
        let result = self.connection.pipeline(
            texts,
            queued,
            &mut |index, waited| {
                let mut side = side.borrow_mut();
                let blockers = blockers(side.1, parameters, process);
                side.0.waiting(script_index(index), waited, &blockers);
            },
            &mut |connection, index, answer| {
                let mut side = side.borrow_mut();
                let notices = connection.take_notices();
                if index < queued {
                    return;
                }
                let at = script_index(index);
                for notice in notices {
                    side.0.notice(at, notice);
                }
                side.0.finished(at, answer.into_result());
                if at + 1 < statements.end {
                    side.0.started(at + 1);
                }
            },
        );
        let at = result
            .as_ref()
            .map_or_else(|(index, _)| script_index(*index), |()| 0);
        for notice in self.connection.take_notices() {
            side.borrow_mut().0.notice(at, notice);
        }
        result.map_err(|(index, error)| (script_index(index), error))
    }

    /// Runs one statement alone, with its COPY data if it has any.
    fn run_alone(
        &mut self,
        script: &Script,
        index: usize,
        observer: &mut dyn RunObserver,
    ) -> Result<(), (usize, ServerError)> {
        if !self.queue.is_empty() {
            self.flush_with(None).map_err(|error| (index, error))?;
        }
        let statement = &script.statements[index];
        let text = script.statement_text(statement);
        observer.started(index);
        let side = &mut self.observer;
        let (parameters, process) = (&self.options.parameters, self.facts.process);
        let mut waiting = |waited| {
            let blockers = blockers(side, parameters, process);
            observer.waiting(index, waited, &blockers);
        };
        let result = match &statement.copy_data {
            Some(range) => {
                let data = &script.text.as_bytes()[range.clone()];
                self.connection.copy_in(text, data, &mut waiting)
            }
            None => self
                .connection
                .simple(text, &mut waiting)
                .map(|answers| answers.into_iter().next_back())
                .map(|answer| answer.map(Answer::into_result).unwrap_or_default()),
        };
        for notice in self.connection.take_notices() {
            observer.notice(index, notice);
        }
        match result {
            Ok(result) => {
                observer.finished(index, result);
                Ok(())
            }
            Err(error) => Err((index, error)),
        }
    }
}

/// Who keeps the given process waiting, asked on a session of its own.
fn blockers(
    side: &mut Option<Libpq>,
    parameters: &[(String, String)],
    process: i32,
) -> Vec<Blocker> {
    if side.is_none() {
        *side = Libpq::connect(parameters).ok();
    }
    let Some(connection) = side else {
        return Vec::new();
    };
    let sql = format!(
        "SELECT a.pid, concat_ws(', ', a.usename, nullif(a.application_name, ''), a.client_addr::text), concat_ws(', ', a.state, 'transaction open for ' || date_trunc('second', now() - a.xact_start)::text, CASE WHEN a.backend_type = 'autovacuum worker' THEN 'autovacuum' END) FROM unnest(pg_blocking_pids({process})) AS b(pid) JOIN pg_stat_activity a ON a.pid = b.pid"
    );
    let Ok(answers) = connection.simple(&sql, &mut |_| {}) else {
        *side = None;
        return Vec::new();
    };
    answers
        .last()
        .map(|answer| decode_blockers(answer.rows()))
        .unwrap_or_default()
}

fn decode_blockers(rows: Rows) -> Vec<Blocker> {
    rows.rows
        .into_iter()
        .map(|row| {
            let mut values = row.into_iter().map(Option::unwrap_or_default);
            let mut next = || values.next().unwrap_or_default();
            Blocker {
                process: next(),
                who: next(),
                what: next(),
            }
        })
        .collect()
}

/// Whether a statement may share a pipeline with others.
fn is_plain(statement: &Statement) -> bool {
    statement.span.len() <= WINDOW_BYTES
        && statement.copy_data.is_none() && statement.transactional && statement.control.is_none()
        // A client that pipelines cannot hand out or swallow COPY data.
        && !statement.keywords.starts_with("COPY")
}

impl Database for PostgresDatabase {
    fn backend(&self) -> Backend {
        Backend::Postgres
    }

    fn execute(&mut self, sql: &str) -> Result<(), ServerError> {
        self.flush_with(Some(sql)).map(drop)
    }

    fn enqueue(&mut self, sql: &str) -> Result<(), ServerError> {
        self.queue.push(sql.to_owned());
        Ok(())
    }

    fn relax_durability(&mut self) -> Result<(), ServerError> {
        self.queue
            .push("SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'on' THEN 'off' ELSE current_setting('synchronous_commit') END, true)".to_owned());
        Ok(())
    }

    fn make_durable(&mut self) -> Result<(), ServerError> {
        // A commit that waits for the disk takes all before it along; an empty one would not wait.
        self.execute("SELECT pg_logical_emit_message(true, 'stillway', '')")
    }

    fn reclaim(&mut self) -> Result<(), ServerError> {
        self.queue.extend(self.own_identity());
        Ok(())
    }

    fn query(&mut self, sql: &str) -> Result<Rows, ServerError> {
        Ok(self.flush_with(Some(sql))?.unwrap_or_default())
    }

    fn send(&mut self, sql: &str) -> Result<Reply, ServerError> {
        if !self.queue.is_empty() {
            self.flush_with(None)?;
        }
        let answers = self.connection.simple(sql, &mut |_| {});
        self.late_notices.extend(self.connection.take_notices());
        Ok(answers?
            .first()
            .map(super::libpq::Answer::reply)
            .unwrap_or_default())
    }

    fn begin(&mut self) -> Result<(), ServerError> {
        if !self.facts.pooled {
            self.queue.extend(self.restore(false));
        }
        self.queue.push("BEGIN".to_owned());
        if self.facts.pooled {
            // Behind a pooler only what is local to the transaction is ours.
            self.queue.extend(self.restore(true));
        }
        self.queue.extend(self.lock_timeout());
        Ok(())
    }

    fn reset(&mut self) -> Result<(), ServerError> {
        if self.facts.pooled {
            return Ok(());
        }
        self.queue.extend(self.restore(false));
        self.flush_with(None).map(drop)
    }

    fn begin_again(&mut self) -> Result<(), ServerError> {
        self.queue.push("BEGIN".to_owned());
        if self.facts.pooled {
            self.queue.extend(self.restore(true));
        }
        self.queue.extend(self.lock_timeout());
        Ok(())
    }

    fn late_notices(&mut self) -> Vec<ServerMessage> {
        std::mem::take(&mut self.late_notices)
    }

    fn commit(&mut self) -> Result<(), ServerError> {
        self.execute("COMMIT")
    }

    fn rollback(&mut self) -> Result<(), ServerError> {
        self.queue.clear();
        if self.connection.transaction_state() == TransactionState::Idle {
            return Ok(());
        }
        self.execute("ROLLBACK")
    }

    fn transaction_state(&self) -> TransactionState {
        if self.queue.iter().any(|statement| statement == "BEGIN") {
            return TransactionState::Open;
        }
        self.connection.transaction_state()
    }

    fn run(
        &mut self,
        script: &Script,
        statements: Range<usize>,
        observer: &mut dyn RunObserver,
    ) -> Result<(), (usize, ServerError)> {
        let in_transaction = self.transaction_state() == TransactionState::Open;
        let mut at = statements.start;
        while at < statements.end {
            let end = if in_transaction && is_plain(&script.statements[at]) {
                let end = window(script, at..statements.end);
                self.run_pipeline(script, at..end, observer)?;
                end
            } else {
                self.run_alone(script, at, observer)?;
                at + 1
            };
            self.check_encoding().map_err(|error| (end - 1, error))?;
            at = end;
        }
        Ok(())
    }

    fn try_lock(&mut self, key: i64) -> Result<bool, ServerError> {
        let form = if self.facts.pooled {
            "xact_lock"
        } else {
            "lock"
        };
        let rows = self.query(&format!("SELECT pg_try_advisory_{form}({key})"))?;
        Ok(rows.single() == Some("t"))
    }

    fn unlock(&mut self, key: i64) -> Result<(), ServerError> {
        let rows = self.query(&format!("SELECT pg_advisory_unlock({key})"))?;
        if rows.single() == Some("t") {
            return Ok(());
        }
        Err(ServerError::client("the session did not hold it any more"))
    }

    fn lock_holder(&mut self, key: i64) -> Result<Option<Blocker>, ServerError> {
        let (high, low) = (key >> 32, key & 0xffff_ffff);
        let sql = format!(
            "SELECT a.pid, concat_ws(', ', a.usename, nullif(a.application_name, ''), a.client_addr::text), concat_ws(', ', a.state, 'connected for ' || date_trunc('second', now() - a.backend_start)::text) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid::bigint = {high} AND l.objid::bigint = {low} AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        );
        Ok(decode_blockers(self.query(&sql)?).into_iter().next())
    }

    fn session_lock(&self) -> bool {
        !self.facts.pooled
    }

    fn invalid_indexes(&mut self) -> Result<Vec<(String, String)>, ServerError> {
        let sql = "SELECT i.indexrelid::regclass::text, 'DROP INDEX CONCURRENTLY ' || i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid AND c.relkind = 'i'";
        let rows = self.query(sql)?;
        Ok(rows
            .rows
            .into_iter()
            .filter_map(|row| {
                let mut values = row.into_iter();
                Some((values.next()??, values.next()??))
            })
            .collect())
    }
}

/// How far a pipeline that begins at the range's start may reach.
fn window(script: &Script, statements: Range<usize>) -> usize {
    let mut bytes = 0;
    let start = statements.start;
    for index in statements.clone() {
        let statement = &script.statements[index];
        bytes += statement.span.len();
        let full = index - start >= WINDOW_STATEMENTS || bytes > WINDOW_BYTES;
        if !is_plain(statement) || (full && index > start) {
            return index;
        }
    }
    statements.end
}
