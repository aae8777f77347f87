//! What the benchmarks share.
#![allow(
    dead_code,
    reason = "each benchmark is a program of its own and uses a part"
)]

pub(crate) mod files;
pub(crate) mod libpq;
pub(crate) mod measure;
pub(crate) mod process;
pub(crate) mod report;
pub(crate) mod server;
pub(crate) mod start;
