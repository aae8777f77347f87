//! A domain that is kept in many databases or schemas, its targets: looked at and upgraded in
//! parallel, with files that are read once.

mod combine;
mod list;
mod pool;
mod result;
mod work;

use std::sync::OnceLock;

pub use result::{TargetRun, TargetStanding, TargetState, by_current};
pub use work::TargetsDomain;

/// How many targets are worked on at once, and when no more are begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetOptions {
    /// How many are worked on at once, each on a connection of its own.
    pub jobs: usize,
    /// How many go first, the others only when all of these have succeeded.
    pub canary: usize,
    /// How many may fail before no more are begun.
    pub max_failures: usize,
    /// Patterns of names in one domain, where only some of its targets are wanted.
    pub only: Option<OnlyTargets>,
}

/// Some of the targets of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlyTargets {
    /// The domain.
    pub domain: String,
    /// Patterns of names, with `*`, `?` and `[…]`.
    pub patterns: Vec<String>,
}

impl Default for TargetOptions {
    fn default() -> Self {
        Self {
            jobs: 4,
            canary: 0,
            max_failures: 0,
            only: None,
        }
    }
}

/// A value that is made once, where making it may fail.
fn once<T, E>(cell: &OnceLock<T>, make: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
    if let Some(known) = cell.get() {
        return Ok(known);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}
