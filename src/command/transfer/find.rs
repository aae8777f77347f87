//! Which transfers a project has.

use std::path::{Path, PathBuf};

use crate::command::domains::{DomainError, Workspace};
use crate::project::disk;
use crate::transfer::{Declaration, read};

/// The folder of a project that transfers lie in.
const FOLDER: &str = "transfers";

/// A transfer and its file.
#[derive(Debug, Clone)]
pub struct FoundTransfer {
    /// What it declares.
    pub declaration: Declaration,
    /// The file.
    pub path: PathBuf,
}

/// All transfers of a project, in the order of their names.
///
/// # Errors
/// When a file cannot be read or used.
pub fn list(workspace: &Workspace) -> Result<Vec<FoundTransfer>, DomainError> {
    let names = names(workspace);
    names.iter().map(|name| find(workspace, name)).collect()
}

fn names(workspace: &Workspace) -> Vec<String> {
    let folder = workspace.root.join(FOLDER);
    let files = disk::walk_files(&folder, false);
    let mut names: Vec<String> = files
        .iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names
}

/// Reads a transfer by its name, or by the path of its file.
///
/// # Errors
/// When there is no such file, or it declares nothing that can be used.
pub fn find(workspace: &Workspace, name: &str) -> Result<FoundTransfer, DomainError> {
    let is_toml = Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "toml");
    let path = if is_toml {
        workspace.process.directory.join(name)
    } else {
        workspace.root.join(FOLDER).join(format!("{name}.toml"))
    };
    let Some(bytes) = disk::read_file(&path) else {
        let known = names(workspace);
        let error = DomainError::misuse(format!("there is no transfer `{name}`"));
        return Err(error.with_hint(if known.is_empty() {
            format!("write {}", path.display())
        } else {
            format!("there are: {}", known.join(", "))
        }));
    };
    let shown = path
        .strip_prefix(&workspace.process.directory)
        .unwrap_or(&path);
    let shown = shown.display().to_string();
    let bytes = bytes.map_err(|message| DomainError::words(format!("{shown}: {message}")))?;
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    let declaration = read(&shown, &stem.unwrap_or_default(), &bytes).map_err(|errors| {
        let words: Vec<String> = errors
            .iter()
            .map(|error| match &error.hint {
                Some(hint) => format!("{error} ({hint})"),
                None => error.to_string(),
            })
            .collect();
        DomainError::misuse(words.join("\n"))
    })?;
    Ok(FoundTransfer { declaration, path })
}
