//! Reads the revisions that folders hold.

use std::path::Path;
use std::rc::Rc;

use rayon::prelude::*;

use super::files::{ProjectFiles, bytes};
use crate::dialect::alembic::native;
use crate::dialect::alembic::revision::{
    Revision, RevisionFileError, from_variables, is_revision_file, read,
};
use crate::dialect::alembic::runtime::evaluated_variables;
use crate::dialect::alembic::source::decode;
use crate::project::disk::{self, Entry};

/// The revisions and other files of a folder, in Alembic's order.
pub(super) fn entries(folder: &Path, recursive: bool) -> Result<Vec<Entry>, String> {
    let found = disk::revision_entries(folder, recursive, native::METADATA)?;
    Ok(found
        .into_iter()
        .filter(|entry| entry.is_folder || is_revision_file(&entry.name))
        .collect())
}

/// Reads revisions in parallel. `files` are the modules that a revision may take its variables
/// from; they are asked for only where the revision's own file does not say.
pub(super) fn revisions(
    entries: &[Entry],
    files: &(impl Fn() -> ProjectFiles + Sync),
) -> Vec<Result<Revision, RevisionFileError>> {
    entries
        .par_iter()
        .map(|entry| revision(entry, files))
        .collect()
}

/// Reads one revision.
pub(super) fn revision(
    entry: &Entry,
    files: &impl Fn() -> ProjectFiles,
) -> Result<Revision, RevisionFileError> {
    let path = if entry.is_folder {
        entry.path.join(native::METADATA)
    } else {
        entry.path.clone()
    };
    let text = readable(&path)?;
    if entry.is_folder {
        let metadata = native::metadata(&path, &text)?;
        let files = disk::revision_entries(&entry.path, false, native::METADATA)
            .map_err(|message| RevisionFileError::Unreadable { path, message })?;
        let names: Vec<String> = files.into_iter().map(|file| file.name).collect();
        return native::revision(&entry.path, metadata, &names);
    }
    // As Python reads it, which matters to the lines of a docstring.
    let text = text.replace("\r\n", "\n");
    read(&entry.path, &text).or_else(|error| match error {
        RevisionFileError::NotConstant { .. } => {
            let path = entry.path.to_string_lossy();
            match evaluated_variables(&path, &text, Rc::new(files())) {
                Some(variables) => from_variables(&entry.path, variables),
                None => Err(error),
            }
        }
        other => Err(other),
    })
}

fn readable(path: &Path) -> Result<String, RevisionFileError> {
    let bytes = bytes(path).map_err(|message| RevisionFileError::Unreadable {
        path: path.to_owned(),
        message,
    })?;
    let text = decode(&bytes).map_err(|error| RevisionFileError::Text {
        path: path.to_owned(),
        error,
    })?;
    Ok(text.into_owned())
}
