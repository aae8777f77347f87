//! Files of a project: their names, and a way to their bytes that dialects need not know.

use std::fmt;
use std::path::{Path, PathBuf};

/// One file of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path below its location, with `/` separators on every system.
    pub relative: String,
    /// Path for people and for opening.
    pub path: PathBuf,
}

impl SourceFile {
    /// The bare file name.
    pub fn name(&self) -> &str {
        self.relative
            .rsplit_once('/')
            .map_or(self.relative.as_str(), |(_, name)| name)
    }
}

/// Reads the bytes of a file, or says why it cannot; called from several threads at once.
pub type Load = fn(&Path) -> Result<Vec<u8>, String>;

/// All files of a set of locations.
#[derive(Clone)]
pub struct SourceTree {
    /// The files, sorted by location and path.
    pub files: Vec<SourceFile>,
    /// How their bytes are had: dialects never touch the disk themselves.
    pub load: Load,
}

impl fmt::Debug for SourceTree {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(formatter)
    }
}
