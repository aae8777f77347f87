//! Whether every object that a migration uses is there when it runs, and by whose doing.
//!
//! The migrations of all domains are followed in the order in which they run, on an imaginary
//! database that starts empty. What a domain uses of another it has to declare; what nobody
//! creates has to be named; what two create is an error. In doubt nothing is said.

mod database;
mod known;
mod needs;
mod pattern;
mod project;
mod report;
mod walk;

#[cfg(test)]
mod tests;

pub use project::{Domain, Locate, Migration};

use crate::model::{Finding, Need};

/// A migration uses what another domain creates, and the domain does not say that it needs it.
pub const UNDECLARED_DEPENDENCY: &str = "undeclared-dependency";
/// A migration uses what no migration creates before it.
pub const MISSING_SOURCE: &str = "missing-source";
/// Two migrations create the same object.
pub const CREATED_TWICE: &str = "created-twice";
/// A migration uses what is created only later.
pub const USED_BEFORE_CREATION: &str = "used-before-creation";

/// A finding, and what it is so because of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The finding.
    pub finding: Finding,
    /// Why it is so.
    pub cause: Cause,
}

/// Why something is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Nobody creates it.
    Missing {
        /// What it is called, with its schema where one is known.
        name: String,
        /// Whether it is a table or a view.
        is_relation: bool,
    },
    /// Another domain, or a later migration, creates it.
    Needs {
        /// The migration that does.
        owner: Need,
        /// What is to be declared, for all that the domain uses of the other.
        declare: Need,
        /// Whether it comes later.
        is_late: bool,
    },
    /// This migration has created it already.
    Twice(Need),
    /// This migration creates it too, where it is missing: it fails only behind that one.
    Rival(Need),
}

/// Follows the migrations of all domains, given in the order in which they run.
pub fn check(domains: &[Domain<'_>]) -> Vec<Found> {
    walk::walk(domains)
}
