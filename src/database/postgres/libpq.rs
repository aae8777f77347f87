//! A safe wrapper around the parts of libpq that a migration engine needs.
//!
//! diesel's own connection hides what matters here: the SQLSTATE of an error, the server's
//! notices, pipelines, and COPY with raw data. This is the only file of the crate with `unsafe`;
//! every block says why it is sound.
#![expect(
    unsafe_code,
    reason = "libpq is a C library; everything unsafe is confined to this file"
)]

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::{self, NonNull};
use std::time::{Duration, Instant};

use pq_sys::{ConnStatusType, ExecStatusType, PGTransactionStatusType, PGconn, PGresult};

use super::values::datum;
use crate::engine::{
    Datum, Reply, Rows, ServerError, ServerMessage, Severity, StatementResult, TransactionState,
};

/// How long the server may stay silent before somebody is told.
const PATIENCE: Duration = Duration::from_secs(1);

/// A connection to a PostgreSQL server.
pub(super) struct Libpq {
    connection: NonNull<PGconn>,
    /// Filled by libpq's notice receiver. Boxed, because libpq keeps its address.
    notices: Box<RefCell<Vec<ServerMessage>>>,
}

// SAFETY: libpq allows a connection to be used from any thread, only not from two at once, and all
// use goes through `&mut self` or, for reading its state, through a value that is not `Sync`.
unsafe impl Send for Libpq {}

/// Called while the server is silent; gets how long it has been.
pub(super) type Waiting<'w> = &'w mut dyn FnMut(Duration);

/// One answer of the server.
pub(super) struct Answer {
    result: NonNull<PGresult>,
}

impl Drop for Answer {
    fn drop(&mut self) {
        // SAFETY: the result came from libpq, is owned by this value and not used afterwards.
        unsafe { pq_sys::PQclear(self.result.as_ptr()) }
    }
}

impl Drop for Libpq {
    fn drop(&mut self) {
        // SAFETY: the connection is owned by this value and not used afterwards.
        unsafe { pq_sys::PQfinish(self.connection.as_ptr()) }
    }
}

/// Takes a notice. libpq calls it while it reads from the connection.
unsafe extern "C" fn receive_notice(target: *mut c_void, result: *const PGresult) {
    // SAFETY: `target` is the address of the boxed cell that lives as long as the connection, and
    // libpq calls this only from within calls on that connection, so the cell is not borrowed.
    let notices = unsafe { &*target.cast::<RefCell<Vec<ServerMessage>>>() };
    // SAFETY: libpq passes a valid result that stays alive during the call.
    let message = unsafe { message_of(result) };
    if let Ok(mut notices) = notices.try_borrow_mut() {
        notices.push(message);
    }
}

/// Copies a C string that may be missing.
///
/// # Safety
///
/// `text` is null or points to a valid, NUL-terminated string.
unsafe fn owned(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not null, and valid by this function's contract.
    let text = unsafe { CStr::from_ptr(text) };
    Some(text.to_string_lossy().into_owned())
}

/// Reads what the server said.
///
/// # Safety
///
/// `result` points to a valid result.
unsafe fn message_of(result: *const PGresult) -> ServerMessage {
    let field = |code: u8| {
        // SAFETY: the result is valid by this function's contract; libpq returns null or a string
        // that lives as long as the result.
        unsafe { owned(pq_sys::PQresultErrorField(result, c_int::from(code))) }
    };
    let severity = match field(pq_sys::PG_DIAG_SEVERITY_NONLOCALIZED)
        .or_else(|| field(pq_sys::PG_DIAG_SEVERITY))
        .as_deref()
    {
        Some("WARNING") => Severity::Warning,
        Some("ERROR") => Severity::Error,
        Some("FATAL" | "PANIC") => Severity::Fatal,
        _ => Severity::Notice,
    };
    let message = field(pq_sys::PG_DIAG_MESSAGE_PRIMARY).unwrap_or_else(|| {
        // SAFETY: as above.
        let whole = unsafe { owned(pq_sys::PQresultErrorMessage(result)) };
        whole.unwrap_or_default().trim().to_owned()
    });
    ServerMessage {
        severity,
        code: field(pq_sys::PG_DIAG_SQLSTATE).unwrap_or_default(),
        message,
        detail: field(pq_sys::PG_DIAG_MESSAGE_DETAIL),
        hint: field(pq_sys::PG_DIAG_MESSAGE_HINT),
        position: field(pq_sys::PG_DIAG_STATEMENT_POSITION).and_then(|text| text.parse().ok()),
        context: field(pq_sys::PG_DIAG_CONTEXT),
    }
}

impl Answer {
    pub(super) fn status(&self) -> ExecStatusType {
        // SAFETY: the result is valid as long as this value.
        unsafe { pq_sys::PQresultStatus(self.result.as_ptr()) }
    }

    fn message(&self) -> ServerMessage {
        // SAFETY: the result is valid as long as this value.
        unsafe { message_of(self.result.as_ptr()) }
    }

    fn value(&self, row: c_int, column: c_int) -> Option<String> {
        let result = self.result.as_ptr();
        // SAFETY: the result is valid, row and column are within its bounds, and the value lives
        // as long as the result.
        unsafe {
            if pq_sys::PQgetisnull(result, row, column) == 1 {
                None
            } else {
                owned(pq_sys::PQgetvalue(result, row, column))
            }
        }
    }

    pub(super) fn rows(&self) -> Rows {
        let result = self.result.as_ptr();
        // SAFETY: the result is valid as long as this value.
        let (count, width) = unsafe { (pq_sys::PQntuples(result), pq_sys::PQnfields(result)) };
        let columns = (0..width).map(|column| {
            // SAFETY: the column is within bounds; the name lives as long as the result.
            unsafe { owned(pq_sys::PQfname(result, column)) }.unwrap_or_default()
        });
        Rows {
            columns: columns.collect(),
            rows: (0..count)
                .map(|row| (0..width).map(|column| self.value(row, column)).collect())
                .collect(),
        }
    }

    /// The rows with their values as what they are.
    pub(super) fn reply(&self) -> Reply {
        let result = self.result.as_ptr();
        // SAFETY: the result is valid as long as this value.
        let (count, width) = unsafe { (pq_sys::PQntuples(result), pq_sys::PQnfields(result)) };
        let kinds: Vec<u32> = (0..width)
            // SAFETY: the column is within bounds.
            .map(|column| unsafe { pq_sys::PQftype(result, column) })
            .collect();
        let columns = (0..width).map(|column| {
            // SAFETY: the column is within bounds; the name lives as long as the result.
            unsafe { owned(pq_sys::PQfname(result, column)) }.unwrap_or_default()
        });
        Reply {
            returns_rows: self.status() == ExecStatusType::PGRES_TUPLES_OK,
            columns: columns.collect(),
            rows: (0..count)
                .map(|row| {
                    (0..width)
                        .zip(&kinds)
                        .map(|(column, kind)| match self.value(row, column) {
                            Some(text) => datum(*kind, text),
                            None => Datum::Null,
                        })
                        .collect()
                })
                .collect(),
            changed: self.changed(),
            last_row: None,
        }
    }

    fn changed(&self) -> Option<u64> {
        // SAFETY: the result is valid; libpq returns a string that lives as long as it.
        let text = unsafe { owned(pq_sys::PQcmdTuples(self.result.as_ptr())) };
        text.and_then(|text| text.parse().ok())
    }

    /// What a successful statement brought.
    pub(super) fn into_result(self) -> StatementResult {
        let rows = (self.status() == ExecStatusType::PGRES_TUPLES_OK).then(|| self.rows());
        StatementResult {
            changed: self.changed(),
            rows,
        }
    }
}

impl Libpq {
    /// Connects with keywords and values as libpq documents them.
    pub(super) fn connect(parameters: &[(String, String)]) -> Result<Self, String> {
        let c_string = |text: &str| {
            CString::new(text).map_err(|_| "a connection parameter contains a NUL".to_owned())
        };
        let mut keywords = Vec::new();
        let mut values = Vec::new();
        for (keyword, value) in parameters {
            keywords.push(c_string(keyword)?);
            values.push(c_string(value)?);
        }
        let pointers = |strings: &[CString]| {
            let mut list: Vec<*const c_char> = strings.iter().map(|text| text.as_ptr()).collect();
            list.push(ptr::null());
            list
        };
        let (keyword_list, value_list) = (pointers(&keywords), pointers(&values));
        // SAFETY: both arrays are NUL-terminated lists of valid strings that outlive the call.
        let connection =
            unsafe { pq_sys::PQconnectdbParams(keyword_list.as_ptr(), value_list.as_ptr(), 1) };
        let connection =
            NonNull::new(connection).ok_or("out of memory while connecting".to_owned())?;
        let this = Self {
            connection,
            notices: Box::default(),
        };
        // SAFETY: the connection is valid; so is the cell's address for as long as the connection,
        // because both are owned by `this` and the cell is boxed.
        unsafe {
            if pq_sys::PQstatus(this.raw()) != ConnStatusType::CONNECTION_OK {
                return Err(this.last_error());
            }
            let target = ptr::from_ref(this.notices.as_ref()).cast_mut().cast();
            pq_sys::PQsetNoticeReceiver(this.raw(), Some(receive_notice), target);
        }
        Ok(this)
    }

    fn raw(&self) -> *mut PGconn {
        self.connection.as_ptr()
    }

    fn last_error(&self) -> String {
        // SAFETY: the connection is valid; the text lives until the next call on it.
        let text = unsafe { owned(pq_sys::PQerrorMessage(self.raw())) };
        text.unwrap_or_default().trim().to_owned()
    }

    /// The process number the server announced when the session began. A pooler announces another
    /// one than the server's own.
    pub(super) fn announced_process(&self) -> i32 {
        // SAFETY: the connection is valid.
        unsafe { pq_sys::PQbackendPID(self.raw()) }
    }

    pub(super) fn transaction_state(&self) -> TransactionState {
        // SAFETY: the connection is valid.
        match unsafe { pq_sys::PQtransactionStatus(self.raw()) } {
            PGTransactionStatusType::PQTRANS_IDLE => TransactionState::Idle,
            PGTransactionStatusType::PQTRANS_INTRANS | PGTransactionStatusType::PQTRANS_ACTIVE => {
                TransactionState::Open
            }
            PGTransactionStatusType::PQTRANS_INERROR => TransactionState::Failed,
            PGTransactionStatusType::PQTRANS_UNKNOWN => TransactionState::Lost,
        }
    }

    /// A setting that the server reports whenever it changes.
    pub(super) fn parameter(&self, name: &CStr) -> Option<String> {
        // SAFETY: the connection is valid, the name NUL-terminated; the value lives until the next
        // call on the connection and is copied at once.
        unsafe { owned(pq_sys::PQparameterStatus(self.raw(), name.as_ptr())) }
    }

    /// Takes the notices that came since the last call.
    pub(super) fn take_notices(&self) -> Vec<ServerMessage> {
        self.notices.take()
    }

    fn is_lost(&self) -> bool {
        // SAFETY: the connection is valid.
        unsafe { pq_sys::PQstatus(self.raw()) != ConnStatusType::CONNECTION_OK }
    }

    fn failure(&self) -> ServerError {
        let mut error = ServerError::client(self.last_error());
        error.connection_lost = self.is_lost();
        error
    }

    fn error_of(&self, answer: &Answer) -> ServerError {
        let message = answer.message();
        ServerError {
            connection_lost: self.is_lost() || message.severity == Severity::Fatal,
            message: Box::new(message),
        }
    }

    /// Sends text that may hold several statements, and collects all answers.
    pub(super) fn simple(
        &mut self,
        sql: &str,
        waiting: Waiting<'_>,
    ) -> Result<Vec<Answer>, ServerError> {
        let text = nul_free(sql)?;
        // SAFETY: the connection is valid and the text NUL-terminated.
        if unsafe { pq_sys::PQsendQuery(self.raw(), text.as_ptr()) } == 0 {
            return Err(self.failure());
        }
        let mut answers = Vec::new();
        let mut error = None;
        while let Some(answer) = self.next(waiting)? {
            match answer.status() {
                ExecStatusType::PGRES_FATAL_ERROR | ExecStatusType::PGRES_BAD_RESPONSE => {
                    error = Some(self.error_of(&answer));
                }
                ExecStatusType::PGRES_COPY_IN => self.end_copy(Some("no data was given"))?,
                ExecStatusType::PGRES_COPY_OUT => self.skip_copy_out(),
                _ => answers.push(answer),
            }
        }
        error.map_or(Ok(answers), Err)
    }

    /// Sends statements one after the other without waiting, and reads their answers in order.
    ///
    /// The server flushes after each but the first `quiet` ones, so `each` learns of them as they are
    /// done. After a failure the rest is skipped by the server.
    pub(super) fn pipeline<'s>(
        &mut self,
        statements: impl Iterator<Item = &'s str>,
        quiet: usize,
        waiting: &mut dyn FnMut(usize, Duration),
        each: &mut dyn FnMut(&Self, usize, Answer),
    ) -> Result<(), (usize, ServerError)> {
        // SAFETY: the connection is valid.
        if unsafe { pq_sys::PQenterPipelineMode(self.raw()) } == 0 {
            return Err((0, self.failure()));
        }
        let mut sent = 0;
        let mut refused = None;
        for statement in statements {
            if let Err(error) = self.send_in_pipeline(statement, sent >= quiet) {
                refused = Some((sent, error));
                break;
            }
            sent += 1;
        }
        // SAFETY: the connection is valid and in pipeline mode.
        if unsafe { pq_sys::PQpipelineSync(self.raw()) } == 0 {
            return Err((0, self.failure()));
        }
        let read = self.read_pipeline(sent, waiting, each);
        // SAFETY: the connection is valid. Fails only when answers are left, as after a lost
        // connection, where the mode no longer matters.
        unsafe { pq_sys::PQexitPipelineMode(self.raw()) };
        read?;
        refused.map_or(Ok(()), Err)
    }

    fn send_in_pipeline(&mut self, statement: &str, flush: bool) -> Result<(), ServerError> {
        let text = nul_free(statement)?;
        // SAFETY: the connection is valid, the text NUL-terminated, and there are no parameters.
        let sent = unsafe {
            pq_sys::PQsendQueryParams(
                self.raw(),
                text.as_ptr(),
                0,
                ptr::null(),
                ptr::null(),
                ptr::null(),
                ptr::null(),
                0,
            ) == 1
                && (!flush || pq_sys::PQsendFlushRequest(self.raw()) == 1)
        };
        if sent { Ok(()) } else { Err(self.failure()) }
    }

    fn read_pipeline(
        &mut self,
        sent: usize,
        waiting: &mut dyn FnMut(usize, Duration),
        each: &mut dyn FnMut(&Self, usize, Answer),
    ) -> Result<(), (usize, ServerError)> {
        let mut index = 0;
        let mut error = None;
        loop {
            let answer = self
                .next(&mut |waited| waiting(index, waited))
                .map_err(|error| (index, error))?;
            let Some(answer) = answer else {
                // The answers of one statement end with nothing; after the last comes the sync.
                index += 1;
                if index > sent {
                    return Err((sent, self.failure()));
                }
                continue;
            };
            match answer.status() {
                ExecStatusType::PGRES_PIPELINE_SYNC => break,
                ExecStatusType::PGRES_PIPELINE_ABORTED => {}
                ExecStatusType::PGRES_FATAL_ERROR | ExecStatusType::PGRES_BAD_RESPONSE => {
                    let found = self.error_of(&answer);
                    let lost = found.connection_lost;
                    error.get_or_insert((index, found));
                    if lost {
                        break;
                    }
                }
                _ => each(self, index, answer),
            }
        }
        error.map_or(Ok(()), Err)
    }

    /// Runs a `COPY … FROM STDIN` with its data.
    pub(super) fn copy_in(
        &mut self,
        sql: &str,
        data: &[u8],
        waiting: Waiting<'_>,
    ) -> Result<StatementResult, ServerError> {
        let text = nul_free(sql)?;
        // SAFETY: the connection is valid and the text NUL-terminated.
        if unsafe { pq_sys::PQsendQuery(self.raw(), text.as_ptr()) } == 0 {
            return Err(self.failure());
        }
        let mut result = StatementResult::default();
        let mut error = None;
        while let Some(answer) = self.next(waiting)? {
            match answer.status() {
                ExecStatusType::PGRES_COPY_IN => {
                    self.put_copy(data)?;
                    self.end_copy(None)?;
                }
                ExecStatusType::PGRES_FATAL_ERROR | ExecStatusType::PGRES_BAD_RESPONSE => {
                    error = Some(self.error_of(&answer));
                }
                _ => result = answer.into_result(),
            }
        }
        error.map_or(Ok(result), Err)
    }

    fn put_copy(&mut self, data: &[u8]) -> Result<(), ServerError> {
        for chunk in data.chunks(1 << 20) {
            let length = c_int::try_from(chunk.len()).expect("a chunk is at most a mebibyte");
            // SAFETY: the connection is valid and in COPY IN state; the chunk is valid for
            // `length` bytes.
            let put = unsafe { pq_sys::PQputCopyData(self.raw(), chunk.as_ptr().cast(), length) };
            if put != 1 {
                return Err(self.failure());
            }
        }
        Ok(())
    }

    fn end_copy(&mut self, error: Option<&str>) -> Result<(), ServerError> {
        let text = error.map(nul_free).transpose()?;
        let pointer = text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
        // SAFETY: the connection is valid; the text is null or NUL-terminated.
        if unsafe { pq_sys::PQputCopyEnd(self.raw(), pointer) } == 1 {
            Ok(())
        } else {
            Err(self.failure())
        }
    }

    /// Throws away what a `COPY … TO STDOUT` sends.
    fn skip_copy_out(&mut self) {
        loop {
            let mut buffer: *mut c_char = ptr::null_mut();
            // SAFETY: the connection is valid; libpq allocates the buffer, which is freed below.
            let length = unsafe { pq_sys::PQgetCopyData(self.raw(), &raw mut buffer, 0) };
            if length <= 0 {
                return;
            }
            // SAFETY: the buffer came from libpq just now.
            unsafe { pq_sys::PQfreemem(buffer.cast()) };
        }
    }

    /// Waits for the next answer; `None` ends the answers of one statement.
    fn next(&mut self, waiting: Waiting<'_>) -> Result<Option<Answer>, ServerError> {
        let start = Instant::now();
        // SAFETY: the connection is valid.
        while unsafe { pq_sys::PQisBusy(self.raw()) } == 1 {
            // SAFETY: as above.
            let flushed = unsafe { pq_sys::PQflush(self.raw()) };
            if flushed < 0 {
                return Err(self.failure());
            }
            if !self.readable()? {
                waiting(start.elapsed());
                continue;
            }
            // SAFETY: as above.
            if unsafe { pq_sys::PQconsumeInput(self.raw()) } == 0 {
                let mut error = self.failure();
                error.connection_lost = true;
                return Err(error);
            }
        }
        // SAFETY: as above; the result is owned by us from here on.
        let result = unsafe { pq_sys::PQgetResult(self.raw()) };
        Ok(NonNull::new(result).map(|result| Answer { result }))
    }

    /// Waits a moment for something to read; false when there was nothing.
    fn readable(&self) -> Result<bool, ServerError> {
        // SAFETY: the connection is valid.
        let socket = unsafe { pq_sys::PQsocket(self.raw()) };
        if socket < 0 {
            let mut error = self.failure();
            error.connection_lost = true;
            return Err(error);
        }
        let mut poll = libc::pollfd {
            fd: socket,
            events: libc::POLLIN,
            revents: 0,
        };
        let patience = c_int::try_from(PATIENCE.as_millis()).unwrap_or(c_int::MAX);
        // SAFETY: the array of one element is valid during the call.
        let ready = unsafe { libc::poll(&raw mut poll, 1, patience) };
        Ok(ready != 0)
    }
}

fn nul_free(text: &str) -> Result<CString, ServerError> {
    CString::new(text).map_err(|error| {
        let mut failure = ServerError::client("the statement contains a NUL character");
        failure.message.position = Some(text[..error.nul_position()].chars().count() + 1);
        failure
    })
}
