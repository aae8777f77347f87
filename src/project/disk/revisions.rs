//! Lists what a version location holds, in the order in which Alembic reads it.

use std::fs;
use std::path::{Path, PathBuf};

/// A file, or a folder that may be a native revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path without links.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// Whether it is a folder with the marker file in it.
    pub is_folder: bool,
}

/// The folders of a location that hold one of these files and lack the `marker`, sorted by name.
pub fn unmarked_folders(location: &Path, marker: &str, files: &[&str]) -> Vec<PathBuf> {
    let folders = fs::read_dir(location).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = folders
        .map(|entry| entry.path())
        .filter(|path| path.is_dir() && !path.join(marker).exists())
        .filter(|path| files.iter().any(|file| path.join(file).is_file()))
        .collect();
    found.sort_unstable();
    found
}

/// Lists the files of a location, sorted by name; with `recursive` those of the folders below
/// come behind, folder by folder. Folders that hold the `marker` file are entries themselves.
///
/// A location that is not there has no entries.
pub fn revision_entries(
    location: &Path,
    recursive: bool,
    marker: &str,
) -> Result<Vec<Entry>, String> {
    let mut found = Vec::new();
    let Ok(root) = location.canonicalize() else {
        return Ok(found);
    };
    let mut open = vec![root];
    while let Some(folder) = open.pop() {
        let unreadable =
            |error: std::io::Error| format!("unable to read {}: {error}", folder.display());
        let mut entries = Vec::new();
        let mut below = Vec::new();
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let kind = entry.file_type().map_err(unreadable)?;
            let path = folder.join(&name);
            let is_folder = kind.is_dir() || (kind.is_symlink() && path.is_dir());
            if !is_folder {
                let path = if kind.is_symlink() {
                    path.canonicalize().unwrap_or(path)
                } else {
                    path
                };
                entries.push(Entry {
                    path,
                    name,
                    is_folder,
                });
            } else if path.join(marker).is_file() {
                entries.push(Entry {
                    path,
                    name,
                    is_folder,
                });
            } else if recursive && kind.is_dir() && name != "__pycache__" {
                below.push(path);
            }
        }
        entries.sort_unstable_by(|left, right| left.name.cmp(&right.name));
        found.append(&mut entries);
        below.sort_unstable();
        open.extend(below.into_iter().rev());
    }
    Ok(found)
}
