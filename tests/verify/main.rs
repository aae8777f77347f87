//! `lock` and `verify` over a project with a domain of each dialect: what is tampered with is found,
//! what makes no difference is not, with files alone and with databases.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

#[path = "../support/mod.rs"]
mod support;

mod base;
mod locking;
mod site;
mod tamperings;
