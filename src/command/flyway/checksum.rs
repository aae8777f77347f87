//! `checksum`: what Flyway would store for files, without a database.

use std::path::{Path, PathBuf};

use super::session::{Environment, offline_options};
use crate::dialect::flyway::config::FlywayConfig;
use crate::dialect::flyway::{FlywayCatalog, is_relevant};
use crate::error::{Error, ErrorKind};
use crate::model::SourceFile;
use crate::project::disk::{Location, list_locations, tree};

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChecksum {
    /// Script name.
    pub script: String,
    /// Version text; `None` for repeatables.
    pub version: Option<String>,
    /// Description.
    pub description: String,
    /// Type.
    pub type_text: &'static str,
    /// Checksum.
    pub checksum: i32,
}

/// Reads folders and single files, and lists the migrations in Flyway's order.
pub fn checksums(
    paths: &[String],
    config: &FlywayConfig,
    environment: &Environment,
) -> Result<Vec<FileChecksum>, Error> {
    let options = offline_options(config, environment)?;
    let relevant = |name: &str| is_relevant(&options.naming, name);
    let mut files = Vec::new();
    let mut folders = Vec::new();
    for path in paths {
        let full = environment.directory.join(path);
        if full.is_file() {
            files.extend(single(&full)?);
        } else {
            folders.push(Location::new(path, &environment.directory));
        }
    }
    if !folders.is_empty() {
        files.extend(list_locations(&folders, true, &relevant)?.tree.files);
    }
    let catalog = FlywayCatalog::read(&tree(files), &options)?;
    Ok(catalog
        .migrations
        .iter()
        .chain(&catalog.undo)
        .map(|file| FileChecksum {
            script: file.source.script.clone(),
            version: file.version.as_ref().map(ToString::to_string),
            description: file.description.clone(),
            type_text: file.type_text(),
            checksum: file.checksum,
        })
        .collect())
}

/// A file named by itself, with its settings file if there is one.
fn single(path: &Path) -> Result<Vec<SourceFile>, Error> {
    let settings = PathBuf::from(format!("{}.conf", path.display()));
    let file = |path: &Path| {
        path.is_file().then(|| SourceFile {
            relative: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            path: path.to_owned(),
        })
    };
    let Some(script) = file(path) else {
        return Err(Error::new(
            ErrorKind::Files,
            "ERROR",
            format!("{} is not there", path.display()),
        ));
    };
    Ok(std::iter::once(script).chain(file(&settings)).collect())
}
