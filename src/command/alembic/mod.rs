//! Alembic's commands.

mod current;
mod failure;
mod listings;
mod project;
mod run;
mod scripts;
mod session;

pub use current::{Standing, audit, current};
pub use failure::{Failure, FailureKind};
pub use listings::{HistoryOptions, branches, heads, history, show};
pub use project::{LogLevel, Options, Environment, Overrides, Project, Reporter};
pub use run::{Destination, check, ensure_version, run, write};
pub use scripts::{EmptyOnly, Scripts};
