//! The files as they are written, for what looks at them and does not run them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::session::{Environment, locations, offline_options};
use crate::dialect::flyway::config::FlywayConfig;
use crate::dialect::flyway::{FlywayCatalog, ReadOptions, Scope, is_relevant};
use crate::error::{Error, ErrorKind};
use crate::project::disk::list_locations;

/// What is below the locations.
#[derive(Debug)]
pub struct FlywayFiles {
    /// The files as Flyway understands them, without values of placeholders.
    pub catalog: FlywayCatalog,
    /// How they were read.
    pub options: ReadOptions,
    /// All files, with the bytes of those that Flyway reads.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
}

/// Reads the files as they are written, without a database and without values of placeholders.
pub fn files_as_written(
    config: &FlywayConfig,
    environment: &Environment,
) -> Result<FlywayFiles, Error> {
    let mut options = offline_options(config, environment)?;
    options.scope = Scope::ALL;
    let places = [&config.locations, &config.callback_locations];
    let places = places.into_iter().flatten().cloned().collect::<Vec<_>>();
    let locations = locations(&places, environment)?;
    let mut listing = list_locations(&locations, config.fail_on_missing_locations, &|_| true)?;
    let is_foreign = |path: &PathBuf| environment.foreign.iter().any(|f| path.starts_with(f));
    listing.tree.files.retain(|file| !is_foreign(&file.path));
    let naming = options.naming.clone();
    let mut files = BTreeMap::new();
    for file in &listing.tree.files {
        let bytes = if is_relevant(&naming, file.name()) {
            (listing.tree.load)(&file.path).map_err(|reason| {
                let words = format!("unable to read {}: {reason}", file.path.display());
                Error::new(ErrorKind::Configuration, "ERROR", words)
            })?
        } else {
            Vec::new()
        };
        files.insert(file.path.clone(), bytes);
    }
    let tree = &mut listing.tree;
    tree.files.retain(|file| is_relevant(&naming, file.name()));
    Ok(FlywayFiles {
        catalog: FlywayCatalog::as_written(tree, &options)?,
        options,
        files,
    })
}
