//! States of the repository that a project lies in, read without Git's program.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use gix::object::tree::EntryKind;
/// Files larger than this are no migrations.
const LARGEST: usize = 64 << 20;

/// Endings of files that a project may need wherever they lie.
const NEEDED: [&str; 15] = [
    "bash",
    "bat",
    "cfg",
    "cmd",
    "conf",
    "env",
    "ini",
    "mako",
    "properties",
    "ps1",
    "py",
    "sh",
    "sql",
    "toml",
    "txt",
];

/// A state of the repository that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// There is no repository.
    #[error("{} is in no Git repository", .path.display())]
    None {
        /// The project's root.
        path: PathBuf,
    },
    /// The name means nothing here.
    #[error("`{name}` names no state of the repository: {reason}")]
    Unknown {
        /// The name.
        name: String,
        /// Why not.
        reason: String,
    },
    /// Something that ought to be there cannot be read or written.
    #[error("the files of `{name}` cannot be read: {reason}")]
    Unreadable {
        /// The name.
        name: String,
        /// Why not.
        reason: String,
    },
}

impl RepositoryError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::None { .. } => {
                "a base is a state of a Git repository; without one, use the lock file".to_owned()
            }
            Self::Unknown { name, .. } => match name.split_once('/') {
                Some((remote, branch)) => format!(
                    "fetch it first: `git fetch {remote} {branch}`; in CI, check out with enough history"
                ),
                None => "name a branch, a tag or a commit, such as `origin/main`".to_owned(),
            },
            Self::Unreadable { .. } => {
                "check that the clone is complete: shallow and partial clones leave files out"
                    .to_owned()
            }
        }
    }
}

/// The files of a state, in a folder that goes away with this value.
#[derive(Debug)]
pub struct Checkout {
    folder: tempfile::TempDir,
    /// Files, relative to the folder, that came after the state was left behind; nothing where
    /// that is not known.
    new: Option<HashSet<String>>,
}

impl Checkout {
    /// The folder that stands for the project's root.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether a file has been added since the working tree left that state.
    pub fn is_new(&self, relative: &str) -> bool {
        self.new.as_ref().is_some_and(|new| new.contains(relative))
    }
}

/// The folder's place in its repository, with a `/` at the end; empty at the repository's root and
/// outside of repositories.
pub fn folder_in_repository(folder: &Path) -> String {
    let Ok(real) = folder.canonicalize() else {
        return String::new();
    };
    let top = real.ancestors().find(|above| above.join(".git").exists());
    let below = top.and_then(|top| real.strip_prefix(top).ok());
    let parts = below.into_iter().flat_map(Path::components);
    parts
        .flat_map(|part| [part.as_os_str().to_string_lossy(), Cow::Borrowed("/")])
        .collect()
}

/// Writes the files of a state into a folder of its own: those of `whole` folders, and others that
/// a project may need. `root` is the folder whose files are wanted.
pub fn check_out(root: &Path, name: &str, whole: &[String]) -> Result<Checkout, RepositoryError> {
    let unreadable = |reason: String| RepositoryError::Unreadable {
        name: name.to_owned(),
        reason,
    };
    let repository = gix::discover(root).map_err(|_| RepositoryError::None {
        path: root.to_owned(),
    })?;
    let prefix = folder_in_repository(root);
    let unknown = |error: &dyn std::fmt::Display| RepositoryError::Unknown {
        name: name.to_owned(),
        reason: error.to_string(),
    };
    let id = repository
        .rev_parse_single(name)
        .map_err(|error| unknown(&error))?
        .detach();
    let files = files(&repository, id, &prefix).map_err(unreadable)?;
    let folder = tempfile::tempdir().map_err(|error| unreadable(error.to_string()))?;
    let wanted = files.iter().filter(|file| is_wanted(&file.path, whole));
    for file in wanted {
        write(&repository, file, folder.path()).map_err(unreadable)?;
    }
    let before = common(&repository, id);
    let before = before.and_then(|common| self::files(&repository, common, &prefix).ok());
    let new = before.map(|before| {
        let before: HashSet<String> = before.into_iter().map(|file| file.path).collect();
        let all = files.into_iter().map(|file| file.path);
        all.filter(|path| !before.contains(path)).collect()
    });
    Ok(Checkout { folder, new })
}

/// A file of a state.
struct File {
    /// Its path below the wanted folder.
    path: String,
    id: gix::ObjectId,
    kind: EntryKind,
}

/// The commit that the working tree's branch and another state have in common.
fn common(repository: &gix::Repository, other: gix::ObjectId) -> Option<gix::ObjectId> {
    let head = repository.head_id().ok()?;
    let other = repository.find_object(other).ok()?.peel_to_commit().ok()?;
    let common = repository.merge_base(head, other.id).ok()??;
    Some(common.detach())
}

/// The files of a state below a folder.
fn files(
    repository: &gix::Repository,
    id: gix::ObjectId,
    prefix: &str,
) -> Result<Vec<File>, String> {
    let object = repository
        .find_object(id)
        .map_err(|error| error.to_string())?;
    let mut tree = object.peel_to_tree().map_err(|error| error.to_string())?;
    if !prefix.is_empty() {
        let found = tree.lookup_entry_by_path(prefix.trim_end_matches('/'));
        let Some(entry) = found.map_err(|error| error.to_string())? else {
            return Ok(Vec::new());
        };
        let object = entry.object().map_err(|error| error.to_string())?;
        let Ok(below) = object.try_into_tree() else {
            return Ok(Vec::new());
        };
        tree = below;
    }
    let found = tree.traverse().breadthfirst.files();
    let found = found.map_err(|error| error.to_string())?.into_iter();
    let files = found.filter_map(|entry| {
        let kind = entry.mode.kind();
        let path = String::from_utf8(entry.filepath.to_vec()).ok()?;
        let is_file = !matches!(kind, EntryKind::Tree | EntryKind::Commit);
        (is_file && is_below(&path)).then_some(File {
            path,
            id: entry.oid,
            kind,
        })
    });
    Ok(files.collect())
}

/// Whether a path stays in the folder that it is below.
fn is_below(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.all(|part| !matches!(part, "" | "." | ".." | ".git") && !part.contains('\\'))
}

fn is_wanted(path: &str, whole: &[String]) -> bool {
    let is_in = |folder: &String| {
        folder.is_empty()
            || path
                .strip_prefix(folder.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
    };
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let is_needed = match name.rsplit_once('.') {
        Some((_, extension)) => NEEDED.contains(&extension.to_ascii_lowercase().as_str()),
        None => true,
    };
    is_needed || whole.iter().any(is_in)
}

fn write(repository: &gix::Repository, file: &File, folder: &Path) -> Result<(), String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", file.path);
    let object = repository
        .find_object(file.id)
        .map_err(|error| failed(&error))?;
    if object.data.len() > LARGEST {
        return Ok(());
    }
    let path = folder.join(&file.path);
    if let Some(above) = path.parent() {
        fs::create_dir_all(above).map_err(|error| failed(&error))?;
    }
    if file.kind == EntryKind::Link {
        return link(&object.data, &path).map_err(|error| failed(&error));
    }
    fs::write(&path, &object.data).map_err(|error| failed(&error))
}

/// Makes a link that stays in the folder; others lead to nothing that is part of the state.
fn link(target: &[u8], path: &Path) -> std::io::Result<()> {
    let target = String::from_utf8_lossy(target);
    if target.starts_with('/') || target.split('/').any(|part| part == "..") {
        return Ok(());
    }
    #[cfg(unix)]
    return std::os::unix::fs::symlink(target.as_ref(), path);
    #[cfg(not(unix))]
    return fs::write(path, target.as_bytes());
}
