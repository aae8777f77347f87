//! Flyway: its file names, checksums, history table, states and rules.

mod callback;
mod catalog;
mod charset;
mod checksum;
pub mod config;
mod history;
mod naming;
mod pattern;
mod placeholders;
mod prepare;
mod script_config;
mod state;
mod validate;
mod version;

pub use callback::Event;
pub use catalog::{
    Callback, CatalogError, FlywayCatalog, FlywayMigration, ReadFiles, ReadOptions, Scope, Source,
    compare_utf16, is_relevant,
};
pub use charset::{DecodeError, decode as decode_text};
pub use checksum::checksum;
pub use history::{
    AppliedRow, FlywayTable, HistoryError, NewRow, RowType, abbreviate_description, decode,
};
pub use naming::{FileName, Kind, NamingRules};
pub use pattern::{InvalidPattern, Pattern, covers};
pub use placeholders::{PlaceholderError, Placeholders, Replaced};
pub use prepare::{PrepareError, prepare};
pub use script_config::{ScriptConfig, ScriptConfigError};
pub use state::{Entry, Info, State, StateError, StatePolicy, Target, info};
pub use validate::{Problem, validate};
pub use version::{InvalidVersion, Version};
