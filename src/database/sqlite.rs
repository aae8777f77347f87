//! SQLite through diesel. One connection, one writer; a transaction is also the lock.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use diesel::connection::{Connection as _, LoadConnection, SimpleConnection};
use diesel::row::{Field as _, Row as _};
use diesel::sqlite::{Sqlite, SqliteConnection, SqliteType, SqliteValue};

use crate::database::ConnectError;
use crate::engine::{
    Blocker, Database, Datum, Reply, Rows, RunObserver, Script, ServerError, ServerMessage,
    Severity, StatementResult, TransactionState,
};
use crate::model::Backend;
use crate::sql::{Flavor, SplitOptions, TransactionControl, quote, split};

/// How an SQLite database is opened.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// Path or `file:` URI.
    pub path: String,
    /// Milliseconds to wait for a lock.
    pub busy_timeout: u32,
    /// Pragmas to set, in order.
    pub pragmas: Vec<(String, String)>,
    /// Files to attach, by the schema that they stand for. Relative paths start at the folder of the
    /// database's own file. All sessions attach them in the same order, so that none of two waits for
    /// the other's lock.
    pub attach: BTreeMap<String, String>,
    /// Statements to run in each new session.
    pub on_connect: Option<String>,
}

/// What is done to texts during a transfer, where SQLite has no function for it. None is called for
/// NULL, which stays NULL.
#[derive(Debug, Clone, Copy)]
pub struct TransferFunctions {
    /// `stillway_phone(text, region)`: a telephone number; nothing for NULL.
    pub phone: fn(&str, &str) -> Option<String>,
    /// `stillway_nfc(text)`.
    pub nfc: fn(&str) -> String,
    /// `stillway_nfkc(text)`.
    pub nfkc: fn(&str) -> String,
    /// `stillway_collapse_blanks(text)`.
    pub collapse_blanks: fn(&str) -> String,
    /// `stillway_zoned(text, zone)`: a moment; nothing for NULL.
    pub zoned: fn(&str, &str) -> Option<String>,
    /// `stillway_hash(text)`.
    pub hash: fn(&str) -> i64,
}

mod functions {
    //! The functions of transfers as diesel declares them.
    use diesel::sql_types::{Nullable, Text};

    diesel::define_sql_function! { fn stillway_phone(text: Nullable<Text>, region: Nullable<Text>) -> Nullable<Text>; }
    diesel::define_sql_function! { fn stillway_nfc(text: Nullable<Text>) -> Nullable<Text>; }
    diesel::define_sql_function! { fn stillway_nfkc(text: Nullable<Text>) -> Nullable<Text>; }
    diesel::define_sql_function! { fn stillway_collapse_blanks(text: Nullable<Text>) -> Nullable<Text>; }
    diesel::define_sql_function! { fn stillway_zoned(text: Nullable<Text>, zone: Nullable<Text>) -> Nullable<Text>; }
    diesel::define_sql_function! { fn stillway_hash(text: Nullable<Text>) -> Nullable<BigInt>; }
}

/// An open SQLite database.
pub struct SqliteDatabase {
    connection: SqliteConnection,
    open: bool,
    version: String,
}

impl SqliteDatabase {
    /// Opens the file, creating it when it is missing.
    pub fn connect(options: &SqliteOptions) -> Result<Self, ConnectError> {
        let refused = |message: String| ConnectError::Refused {
            message,
            backend: Backend::Sqlite,
        };
        let connection = SqliteConnection::establish(&options.path)
            .map_err(|error| refused(format!("{}: {error}", options.path)))?;
        let mut this = Self {
            connection,
            open: false,
            version: String::new(),
        };
        // To attach a file is to read it, which has to wait for whoever writes into it, or puts right
        // what one has left who was killed.
        this.connection
            .batch_execute(&format!("PRAGMA busy_timeout = {};", options.busy_timeout))
            .map_err(|error| refused(format!("{}: {error}", options.path)))?;
        for (schema, file) in &options.attach {
            let path = beside(&options.path, file).map_err(refused)?;
            let attach = format!(
                "ATTACH DATABASE {} AS {}",
                quote::literal(&path, Flavor::Sqlite),
                quote::identifier(schema, Flavor::Sqlite)
            );
            this.connection
                .batch_execute(&attach)
                .map_err(|error| refused(format!("the schema {schema} in {path}: {error}")))?;
        }
        // The bundled library checks foreign keys by default, other programs do not.
        let mut pragmas = "PRAGMA foreign_keys = OFF;".to_owned();
        for (name, value) in &options.pragmas {
            pragmas.extend(["PRAGMA ", name, " = ", value, ";"]);
        }
        this.connection
            .batch_execute(&pragmas)
            .map_err(|error| refused(format!("{}: {error}", options.path)))?;
        if let Some(statements) = &options.on_connect {
            this.connection.batch_execute(statements).map_err(|error| {
                ConnectError::OnConnect(Box::new(server_error(&error).message.as_ref().clone()))
            })?;
        }
        let version = this
            .query("SELECT sqlite_version()")
            .map_err(|error| refused(error.to_string()))?;
        this.version.push_str(version.single().unwrap_or_default());
        Ok(this)
    }

    /// The library's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Makes the functions that the statements of a transfer call known to this connection.
    pub fn register_transfer_functions(
        &mut self,
        given: &TransferFunctions,
    ) -> Result<(), ServerError> {
        use functions::{
            stillway_collapse_blanks_utils, stillway_hash_utils, stillway_nfc_utils,
            stillway_nfkc_utils, stillway_phone_utils, stillway_zoned_utils,
        };
        let TransferFunctions {
            phone,
            nfc,
            nfkc,
            collapse_blanks,
            zoned,
            hash,
        } = *given;
        let connection = &mut self.connection;
        let both = |function: fn(&str, &str) -> Option<String>| {
            move |text: Option<String>, setting: Option<String>| function(&text?, &setting?)
        };
        let one = |function: fn(&str) -> String| {
            move |text: Option<String>| text.map(|text| function(&text))
        };
        stillway_phone_utils::register_impl(connection, both(phone))
            .and_then(|()| stillway_nfc_utils::register_impl(connection, one(nfc)))
            .and_then(|()| stillway_nfkc_utils::register_impl(connection, one(nfkc)))
            .and_then(|()| {
                stillway_collapse_blanks_utils::register_impl(connection, one(collapse_blanks))
            })
            .and_then(|()| stillway_zoned_utils::register_impl(connection, both(zoned)))
            .and_then(|()| {
                stillway_hash_utils::register_impl(connection, move |text: Option<String>| {
                    text.map(|text| hash(&text))
                })
            })
            .map_err(|error| server_error(&error))
    }

    fn load(&mut self, sql: &str) -> Result<Rows, ServerError> {
        let (columns, rows) = self.ask(sql, |value| value.and_then(text_of))?;
        Ok(Rows { columns, rows })
    }

    /// Runs a statement; gives the names of its columns and its values, as `convert` takes them.
    fn ask<T>(
        &mut self,
        sql: &str,
        convert: impl Fn(Option<SqliteValue<'_, '_, '_>>) -> T,
    ) -> Result<(Vec<String>, Vec<Vec<T>>), ServerError> {
        let query = diesel::sql_query(sql);
        let cursor = LoadConnection::load(&mut self.connection, query)
            .map_err(|error| server_error(&error))?;
        let mut columns = Vec::new();
        let mut rows = Vec::new();
        for row in cursor {
            let row = row.map_err(|error| server_error(&error))?;
            let count = diesel::row::Row::<Sqlite>::field_count(&row);
            let mut values = Vec::with_capacity(count);
            for index in 0..count {
                let Some(field) = row.get(index) else {
                    continue;
                };
                if columns.len() < count {
                    columns.push(field.field_name().unwrap_or_default().to_owned());
                }
                values.push(convert(field.value()));
            }
            rows.push(values);
        }
        Ok((columns, rows))
    }

    fn skip_begin(&self, control: Option<TransactionControl>) -> bool {
        // We are in a transaction already; SQLite would refuse a second one.
        self.open && control == Some(TransactionControl::Begin)
    }
}

/// The path of a file that is attached to a database.
fn beside(database: &str, file: &str) -> Result<String, String> {
    if Path::new(file).is_absolute() {
        return Ok(file.to_owned());
    }
    if database.is_empty() || database.starts_with(':') || database.starts_with("file:") {
        return Err(format!(
            "the attached file {file} lies beside the database's own, and that has no plain path: give the URL one, or the file a path from the root"
        ));
    }
    let folder = Path::new(database).parent().unwrap_or(Path::new(""));
    Ok(folder.join(file).display().to_string())
}

/// A value as SQLite prints it; bytes that are no text as hexadecimal digits.
fn text_of(mut value: SqliteValue<'_, '_, '_>) -> Option<String> {
    match value.value_type()? {
        SqliteType::Binary => Some(hex::encode(value.read_blob())),
        _ => Some(value.read_text().to_owned()),
    }
}

/// A value as SQLite stores it.
fn datum(mut value: SqliteValue<'_, '_, '_>) -> Datum {
    match value.value_type() {
        None => Datum::Null,
        Some(SqliteType::Binary) => Datum::Bytes(value.read_blob().to_owned()),
        Some(SqliteType::Float | SqliteType::Double) => Datum::Float(value.read_double()),
        Some(SqliteType::SmallInt | SqliteType::Integer | SqliteType::Long) => {
            Datum::Integer(value.read_long())
        }
        Some(SqliteType::Text) => Datum::Text(value.read_text().to_owned()),
    }
}

/// The word that a statement begins with, in capitals, behind comments.
fn first_word(sql: &str) -> String {
    let mut rest = sql.trim_start();
    loop {
        let after = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n').map(|(_, after)| after)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map(|(_, after)| after)
        } else {
            break;
        };
        rest = after.unwrap_or_default().trim_start();
    }
    rest.chars()
        .take_while(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

fn server_error(error: &diesel::result::Error) -> ServerError {
    let message = match error {
        diesel::result::Error::DatabaseError(_, information) => information.message().to_owned(),
        other => other.to_string(),
    };
    let code =
        if message.contains("database is locked") || message.contains("database table is locked") {
            "SQLITE_BUSY"
        } else if message.contains("database or disk is full") {
            "SQLITE_FULL"
        } else if message.contains("attempt to write a readonly database") {
            "SQLITE_READONLY"
        } else if message.contains(" constraint failed") {
            "SQLITE_CONSTRAINT"
        } else {
            ""
        };
    ServerError {
        message: Box::new(ServerMessage {
            severity: Severity::Error,
            code: code.to_owned(),
            message,
            detail: None,
            hint: None,
            position: None,
            context: None,
        }),
        connection_lost: false,
    }
}

/// Where the word that SQLite complains about stands, in characters from 1.
///
/// SQLite names the word (`near "FORM": syntax error`) but not its position; the word counts only
/// when it occurs once.
fn position_of(message: &str, statement: &str) -> Option<usize> {
    let word = message.strip_prefix("near \"")?.split('"').next()?;
    let mut found = statement.match_indices(word);
    let (at, _) = found.next()?;
    if word.is_empty() || found.next().is_some() {
        return None;
    }
    Some(statement[..at].chars().count() + 1)
}

impl Database for SqliteDatabase {
    fn backend(&self) -> Backend {
        Backend::Sqlite
    }

    fn execute(&mut self, sql: &str) -> Result<(), ServerError> {
        self.connection
            .batch_execute(sql)
            .map_err(|error| server_error(&error))?;
        Ok(())
    }

    fn query(&mut self, sql: &str) -> Result<Rows, ServerError> {
        self.load(sql)
    }

    fn send(&mut self, sql: &str) -> Result<Reply, ServerError> {
        let mut reply = Reply::default();
        if sql.contains(';')
            && let Ok(statements) = split(sql, Flavor::Sqlite, &SplitOptions::default())
        {
            // Only the first would run, and nobody would notice.
            if statements.len() > 1 {
                return Err(ServerError::client(
                    "You can only execute one statement at a time.",
                ));
            }
            if statements.is_empty() {
                return Ok(reply);
            }
        }
        let word = first_word(sql);
        if word.is_empty() {
            return Ok(reply);
        }
        let changes = ["INSERT", "UPDATE", "DELETE", "REPLACE"].contains(&word.as_str());
        (reply.columns, reply.rows) = self.ask(sql, |value| value.map_or(Datum::Null, datum))?;
        match word.as_str() {
            "BEGIN" => self.open = true,
            "COMMIT" | "END" => self.open = false,
            "ROLLBACK" => {
                let upper = sql.to_ascii_uppercase();
                self.open &= upper.split_ascii_whitespace().any(|word| word == "TO");
            }
            _ => {}
        }
        reply.returns_rows = !reply.columns.is_empty()
            || ["SELECT", "WITH", "VALUES", "PRAGMA", "EXPLAIN"].contains(&word.as_str())
            || (changes && sql.to_ascii_uppercase().contains("RETURNING"));
        if changes {
            let counted = self.load("SELECT changes(), last_insert_rowid()")?;
            let mut values = counted
                .rows
                .into_iter()
                .next()
                .unwrap_or_default()
                .into_iter()
                .map(|value| value.and_then(|text| text.parse::<i64>().ok()));
            reply.changed = values
                .next()
                .flatten()
                .and_then(|count| u64::try_from(count).ok());
            reply.last_row = values.next().flatten();
        }
        Ok(reply)
    }

    fn begin(&mut self) -> Result<(), ServerError> {
        self.execute("BEGIN IMMEDIATE")?;
        self.open = true;
        Ok(())
    }

    fn begin_again(&mut self) -> Result<(), ServerError> {
        self.begin()
    }

    fn reset(&mut self) -> Result<(), ServerError> {
        Ok(())
    }

    fn commit(&mut self) -> Result<(), ServerError> {
        self.execute("COMMIT")?;
        self.open = false;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), ServerError> {
        if !self.open {
            return Ok(());
        }
        self.open = false;
        // Some errors, such as a full disk, have rolled back already; then this one is refused.
        match self.execute("ROLLBACK") {
            Err(error) if !error.message.message.contains("no transaction is active") => Err(error),
            _ => Ok(()),
        }
    }

    fn transaction_state(&self) -> TransactionState {
        if self.open {
            TransactionState::Open
        } else {
            TransactionState::Idle
        }
    }

    fn run(
        &mut self,
        script: &Script,
        statements: Range<usize>,
        observer: &mut dyn RunObserver,
    ) -> Result<(), (usize, ServerError)> {
        for index in statements {
            let statement = &script.statements[index];
            observer.started(index);
            if self.skip_begin(statement.control) {
                observer.finished(index, StatementResult::default());
                continue;
            }
            let text = script.statement_text(statement);
            let rows = self.load(text).map_err(|mut error| {
                error.message.position = position_of(&error.message.message, text);
                (index, error)
            })?;
            match statement.control {
                Some(TransactionControl::Begin) => self.open = true,
                Some(TransactionControl::Commit | TransactionControl::Rollback) => {
                    self.open = false;
                }
                _ => {}
            }
            observer.finished(
                index,
                StatementResult {
                    changed: None,
                    rows: (!rows.columns.is_empty()).then_some(rows),
                },
            );
        }
        Ok(())
    }

    fn try_lock(&mut self, _key: i64) -> Result<bool, ServerError> {
        // The write transaction that is open by now is the lock.
        Ok(true)
    }

    fn unlock(&mut self, _key: i64) -> Result<(), ServerError> {
        Ok(())
    }

    fn lock_holder(&mut self, _key: i64) -> Result<Option<Blocker>, ServerError> {
        Ok(None)
    }

    fn session_lock(&self) -> bool {
        false
    }
}
