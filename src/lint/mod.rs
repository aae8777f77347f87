//! Checks of migrations by their text, without a connection.

pub mod cross_domain;
