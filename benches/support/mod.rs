//! What the parts of the benchmark share.

pub(crate) mod files;
pub(crate) mod libpq;
pub(crate) mod measure;
pub(crate) mod process;
pub(crate) mod report;
pub(crate) mod server;
