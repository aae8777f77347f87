//! Plain data shared by every layer: no behaviour beyond each type's own invariants.

mod backend;
mod catalog;
mod domain;
mod finding;
mod migration;
mod place;
mod secret;
mod source;

pub use backend::Backend;
pub use catalog::{
    Catalog, CatalogMigration, MigrationKind, MigrationState, PlacedMigration, Standing,
};
pub use domain::{DeclaredNeed, Dialect, Domain, LegacyHistory, Need, Targets};
pub use finding::{Finding, Severity, alike};
pub use migration::{Direction, MigrationId};
pub use place::Place;
pub use secret::Secret;
pub use source::{Load, SourceFile, SourceTree};
