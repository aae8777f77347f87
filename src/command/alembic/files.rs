//! The project's own files, read from disk for whoever reads or evaluates a file.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::dialect::alembic::runtime::Files;
use crate::dialect::alembic::settings::Modules;
use crate::dialect::alembic::source::decode;
use crate::project::disk;

/// Folders in which modules are looked for, first to last, as Python's `sys.path`.
#[derive(Debug, Clone, Default)]
pub(super) struct ModuleFolders(Vec<PathBuf>);

impl ModuleFolders {
    /// The folders.
    pub(super) fn folders(&self) -> &[PathBuf] {
        &self.0
    }

    /// Folders in the order in which they are asked.
    pub(super) fn new(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        Self(folders.into_iter().collect())
    }
}

impl Modules for ModuleFolders {
    fn find(&self, name: &str) -> Option<(PathBuf, String)> {
        let relative: PathBuf = name.split('.').collect();
        self.0.iter().find_map(|folder| {
            let base = folder.join(&relative);
            [base.with_extension("py"), base.join("__init__.py")]
                .into_iter()
                .find_map(|path| Some((text(&path)?, path)))
                .map(|(text, path)| (path, text))
        })
    }
}

/// A file's bytes, or why there are none.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    disk::read_file(path).unwrap_or_else(|| Err("the file is gone".to_owned()))
}

/// A file's text, if it is there and can be read.
pub(super) fn text(path: &Path) -> Option<String> {
    Some(decode(&bytes(path).ok()?).ok()?.into_owned())
}

/// Environment variables, of which revisions see those that are allowed.
#[derive(Debug, Clone, Default)]
pub(super) struct VisibleVariables {
    /// All that are set.
    pub(super) all: BTreeMap<String, String>,
    /// Names of those that may be read; `*` for all.
    pub(super) allowed: Vec<String>,
}

impl VisibleVariables {
    fn get(&self, name: &str) -> Result<Option<String>, ()> {
        let mut allowed = self.allowed.iter();
        match self.all.get(name) {
            // That a variable is not set is no secret.
            None => Ok(None),
            Some(value) if allowed.any(|allowed| allowed == name || allowed == "*") => {
                Ok(Some(value.clone()))
            }
            Some(_) => Err(()),
        }
    }
}

/// The project's own files, as revisions may see them.
#[derive(Debug, Clone)]
pub(super) struct ProjectFiles {
    /// Where modules are looked for.
    pub(super) modules: ModuleFolders,
    /// Folders whose files may be read.
    pub(super) readable: Vec<PathBuf>,
    /// The environment.
    pub(super) variables: VisibleVariables,
}

impl Files for ProjectFiles {
    fn module(&self, name: &str) -> Option<(String, String)> {
        let (path, text) = self.modules.find(name)?;
        Some((path.to_string_lossy().into_owned(), text))
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let path = Path::new(path);
        let mut parts = path.components();
        let is_below = parts.all(|part| !matches!(part, Component::ParentDir))
            && self.readable.iter().any(|folder| path.starts_with(folder));
        if is_below { bytes(path).ok() } else { None }
    }

    fn environment(&self, name: &str) -> Result<Option<String>, ()> {
        self.variables.get(name)
    }
}
