//! The least that a client can do: one statement, one answer.
#![expect(
    unsafe_code,
    reason = "libpq is a C library, and the loop is to be measured without a wrapper"
)]

use std::ffi::{CStr, CString};
use std::ptr::NonNull;

use pq_sys::{ConnStatusType, ExecStatusType, PGconn};

/// A connection without anything around it.
pub(crate) struct Bare {
    connection: NonNull<PGconn>,
}

impl Bare {
    /// Connects with a URL as libpq takes it. Notices are thrown away.
    pub(crate) fn connect(url: &str) -> Self {
        let text = CString::new(url).expect("no NUL in a URL");
        // SAFETY: the text is NUL-terminated and outlives the call.
        let connection = unsafe { pq_sys::PQconnectdb(text.as_ptr()) };
        let this = Self {
            connection: NonNull::new(connection).expect("memory for a connection"),
        };
        // SAFETY: the connection is valid; the receiver ignores what it is given.
        unsafe {
            let connected = pq_sys::PQstatus(this.raw()) == ConnStatusType::CONNECTION_OK;
            assert!(connected, "no connection: {}", this.last_error());
            pq_sys::PQsetNoticeReceiver(this.raw(), Some(ignore), std::ptr::null_mut());
        }
        this
    }

    fn raw(&self) -> *mut PGconn {
        self.connection.as_ptr()
    }

    fn last_error(&self) -> String {
        // SAFETY: the connection is valid; the text lives until the next call on it.
        let text = unsafe { CStr::from_ptr(pq_sys::PQerrorMessage(self.raw())) };
        text.to_string_lossy().into_owned()
    }

    /// How one connects here: host, port, user and password.
    pub(crate) fn target(&self) -> [String; 4] {
        // SAFETY: the connection is valid.
        let texts = unsafe {
            [
                pq_sys::PQhost(self.raw()),
                pq_sys::PQport(self.raw()),
                pq_sys::PQuser(self.raw()),
                pq_sys::PQpass(self.raw()),
            ]
        };
        texts.map(|text| {
            if text.is_null() {
                return String::new();
            }
            // SAFETY: not null; libpq returns strings that live as long as the connection.
            let text = unsafe { CStr::from_ptr(text) };
            text.to_string_lossy().into_owned()
        })
    }

    /// Sends text and waits for its answer; gives back the first value, if there is one.
    pub(crate) fn execute(&mut self, sql: &CStr) -> Option<String> {
        // SAFETY: the connection is valid and the text NUL-terminated.
        let result = unsafe { pq_sys::PQexec(self.raw(), sql.as_ptr()) };
        // SAFETY: the result is valid or null, which libpq takes for a failure.
        let status = unsafe { pq_sys::PQresultStatus(result) };
        let value = match status {
            ExecStatusType::PGRES_COMMAND_OK => None,
            // SAFETY: the result is valid; the value is read within bounds and lives as long as
            // the result.
            ExecStatusType::PGRES_TUPLES_OK => unsafe {
                (pq_sys::PQntuples(result) > 0 && pq_sys::PQnfields(result) > 0).then(|| {
                    CStr::from_ptr(pq_sys::PQgetvalue(result, 0, 0))
                        .to_string_lossy()
                        .into_owned()
                })
            },
            _ => panic!("{}", self.last_error()),
        };
        // SAFETY: the result came from libpq and is not used afterwards.
        unsafe { pq_sys::PQclear(result) };
        value
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // SAFETY: the connection is owned by this value and not used afterwards.
        unsafe { pq_sys::PQfinish(self.raw()) }
    }
}

/// Takes a notice and does nothing with it.
unsafe extern "C" fn ignore(_target: *mut std::ffi::c_void, _result: *const pq_sys::PGresult) {}
