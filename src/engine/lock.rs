//! One runner at a time: the lock is polled, never waited on inside the server.

use std::time::{Duration, Instant};

use super::database::{Blocker, Database, ServerError};
use super::event::{Event, EventSink};

/// How long to try.
#[derive(Debug, Clone, Copy)]
pub struct LockPolicy {
    /// Tries after the first; negative for no limit.
    pub retries: i64,
    /// Pause between two tries, before jitter.
    pub pause: Duration,
}

/// The lock could not be had, or was lost.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LockError {
    /// Somebody else kept it all the time.
    #[error("another migration run holds the lock on the history table{}", named(.holder.as_ref()))]
    Held {
        /// Who, if that can be told.
        holder: Option<Blocker>,
        /// How long we tried.
        waited: Duration,
    },
    /// The server refused.
    #[error("{0}")]
    Server(ServerError),
}

fn named(blocker: Option<&Blocker>) -> String {
    blocker
        .map(|blocker| format!(": {blocker}"))
        .unwrap_or_default()
}

impl LockError {
    /// What the reader of the message can do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Held { .. } => Some(
                "wait for the other run to end, or end it; raise lockRetryCount to wait longer (-1 waits for ever)",
            ),
            Self::Server(_) => None,
        }
    }
}

/// Holds the lock; gives it back with [`LockGuard::release`], or when the session ends.
#[derive(Debug)]
#[must_use]
pub struct LockGuard {
    key: Option<i64>,
}

impl LockGuard {
    /// Gives the lock back. A lost session has given it back already.
    pub fn release(self, database: &mut dyn Database) {
        if let Some(key) = self.key
            && let Err(error) = database.unlock(key)
        {
            log::warn!("the lock could not be given back: {error}");
        }
    }
}

/// Takes the lock that keeps other runs away from a history table.
///
/// Where locks do not outlive a transaction nothing is taken here: each step takes it.
pub fn acquire(
    database: &mut dyn Database,
    key: i64,
    policy: LockPolicy,
    sink: &mut dyn EventSink,
) -> Result<LockGuard, LockError> {
    if !database.session_lock() {
        return Ok(LockGuard { key: None });
    }
    poll(database, key, policy, sink)?;
    Ok(LockGuard { key: Some(key) })
}

/// Opens a transaction; where that is the lock, tries until it is had or patience ends.
pub fn begin_alone(
    database: &mut dyn Database,
    policy: LockPolicy,
    sink: &mut dyn EventSink,
) -> Result<(), LockError> {
    let start = Instant::now();
    let patience = u32::try_from(policy.retries).map(|retries| policy.pause * retries);
    // The server itself waits a while each time.
    while let Err(error) = database.begin() {
        let waited = start.elapsed();
        if !error.is_lock_conflict() || patience.is_ok_and(|patience| waited > patience) {
            return Err(LockError::Server(error));
        }
        let holder = None;
        sink.event(Event::WaitingForLock { holder, waited });
        std::thread::sleep(policy.pause.mul_f64(fastrand::f64() / 8.0));
    }
    Ok(())
}

/// Tries for the lock until it is had or patience ends; where locks end with transactions, inside
/// an open one.
pub fn poll(
    database: &mut dyn Database,
    key: i64,
    policy: LockPolicy,
    sink: &mut dyn EventSink,
) -> Result<(), LockError> {
    let start = Instant::now();
    let mut tries = 0;
    while !database.try_lock(key).map_err(LockError::Server)? {
        let holder = database.lock_holder(key).map_err(LockError::Server)?;
        if policy.retries >= 0 && tries >= policy.retries {
            return Err(LockError::Held {
                holder,
                waited: start.elapsed(),
            });
        }
        // Who waits says so soon, then ever less often.
        if (tries + 1_i64).count_ones() == 1 {
            sink.event(Event::WaitingForLock {
                holder,
                waited: start.elapsed(),
            });
        }
        tries += 1;
        // The first tries come quickly: most runs that meet are short.
        let pause = if tries <= 4 {
            policy.pause / 8
        } else {
            policy.pause
        };
        std::thread::sleep(pause.mul_f64(0.5 + fastrand::f64()));
    }
    Ok(())
}
