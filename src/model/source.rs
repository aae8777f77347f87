//! Files that have already been read: dialects never touch the disk.

use std::path::PathBuf;

/// One file of a project.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path below its location, with `/` separators on every system.
    pub relative: String,
    /// Path for people and for opening.
    pub path: PathBuf,
    /// The bytes, or why they could not be read.
    pub content: Result<Vec<u8>, String>,
}

impl SourceFile {
    /// The bare file name.
    pub fn name(&self) -> &str {
        self.relative
            .rsplit_once('/')
            .map_or(self.relative.as_str(), |(_, name)| name)
    }
}

/// All files of a set of locations.
#[derive(Debug, Clone, Default)]
pub struct SourceTree {
    /// The files, sorted by location and path.
    pub files: Vec<SourceFile>,
}
