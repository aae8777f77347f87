//! What commands found, written down for people, for programs and for CI servers.

pub mod findings;
pub mod graph;
pub mod html;
