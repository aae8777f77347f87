//! Reads the files of locations, in parallel, into a tree that the dialects understand.

#![expect(
    clippy::disallowed_methods,
    reason = "this is where files are read and written"
)]

mod project_files;
mod repository;
mod revisions;

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::model::{SourceFile, SourceTree};

pub use project_files::project_files;
pub use repository::{Checkout, RepositoryError, check_out, folder_in_repository};
pub use revisions::{Entry, revision_entries};

/// A folder, possibly with wildcards, whose files are migrations.
#[derive(Debug, Clone)]
pub struct Location {
    /// As configured.
    text: String,
    /// The part before the first wildcard.
    root: PathBuf,
    /// What the path of a file has to match, `/` separated.
    pattern: Option<Regex>,
}

/// A location that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiskError {
    /// The folder is not there.
    #[error("failed to find filesystem location: {path} ({reason})")]
    Missing {
        /// The folder.
        path: PathBuf,
        /// Not found, or not a directory.
        reason: &'static str,
    },
    /// The folder is there but may not be read.
    #[error("unable to read {path}: {reason}")]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
}

/// All files of all locations, and the locations that were skipped because they are missing.
#[derive(Debug)]
pub struct Listing {
    /// The files, to be read when their content is needed.
    pub tree: SourceTree,
    /// Why locations were skipped.
    pub skipped: Vec<DiskError>,
    /// Locations dropped because another one contains them.
    pub contained: Vec<String>,
}

impl Location {
    /// Takes a path as configured; a relative one is below `directory`.
    ///
    /// `**` stands for any number of folders, `*` for one or more characters and `?` for one
    /// character of a name. A last part with a dot names files, otherwise everything below counts.
    pub fn new(text: &str, directory: &Path) -> Self {
        let normal = text.replace('\\', "/");
        let trimmed = normal.trim_end_matches('/');
        let path = if trimmed.is_empty() {
            normal.as_str()
        } else {
            trimmed
        };
        let wildcard = |part: &&str| part.contains(['*', '?']);
        let parts: Vec<&str> = path.split('/').collect();
        let fixed = parts.iter().position(wildcard).unwrap_or(parts.len());
        let root_text = parts[..fixed].join("/");
        let root_text = if root_text.is_empty() && path.starts_with('/') {
            "/".to_owned()
        } else {
            root_text
        };
        Self {
            text: text.to_owned(),
            root: directory.join(root_text),
            pattern: (fixed < parts.len()).then(|| pattern(&parts[fixed..])),
        }
    }

    /// The part before the first wildcard.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The script name of a file below the root, `None` when the wildcards leave it out.
    fn script_name(&self, below: &str) -> Option<String> {
        let Some(pattern) = &self.pattern else {
            return Some(below.to_owned());
        };
        let captures = pattern.captures(below)?;
        let name = captures
            .name("relpath")
            .filter(|name| !name.is_empty())
            .map_or(below, |name| name.as_str());
        Some(name.to_owned())
    }
}

fn pattern(parts: &[&str]) -> Regex {
    let mut expression = String::from("^");
    for (index, part) in parts.iter().enumerate() {
        if *part == "**" {
            expression.push_str("([^/]+/)*?");
            continue;
        }
        expression.push_str(
            &regex::escape(part)
                .replace(r"\?", "[^/]")
                .replace(r"\*", "[^/]+?"),
        );
        if index + 1 < parts.len() {
            expression.push('/');
        }
    }
    let names_files = parts
        .last()
        .is_some_and(|part| *part != "**" && part.contains('.'));
    if !names_files {
        if parts.last() != Some(&"**") {
            expression.push('/');
        }
        expression.push_str("(?<relpath>.*)");
    }
    expression.push('$');
    Regex::new(&expression).expect("names are escaped, the rest is fixed")
}

/// Lists all files of the locations whose names are relevant; other files are left out.
///
/// A location inside another one is dropped, unless wildcards are present.
pub fn list_locations(
    locations: &[Location],
    fail_on_missing: bool,
    is_relevant: &dyn Fn(&str) -> bool,
) -> Result<Listing, DiskError> {
    let mut listing = Listing {
        tree: tree(Vec::new()),
        skipped: Vec::new(),
        contained: Vec::new(),
    };
    let mut found = Vec::new();
    for location in distinct(locations, &mut listing.contained) {
        match list(location, &mut found) {
            Err(error @ DiskError::Missing { .. }) if !fail_on_missing => {
                listing.skipped.push(error);
            }
            result => result?,
        }
    }
    let files = found
        .into_iter()
        .map(|(relative, path)| SourceFile { relative, path })
        .filter(|file| is_relevant(file.name()));
    listing.tree.files.extend(files);
    Ok(listing)
}

/// Files together with the way to their bytes.
pub fn tree(files: Vec<SourceFile>) -> SourceTree {
    SourceTree {
        files,
        load: |path| fs::read(path).map_err(|error| error.to_string()),
    }
}

fn distinct<'l>(locations: &'l [Location], contained: &mut Vec<String>) -> Vec<&'l Location> {
    let mut sorted: Vec<&Location> = locations.iter().collect();
    sorted.sort_by(|left, right| left.text.cmp(&right.text));
    let mut kept: Vec<&Location> = Vec::new();
    for location in sorted {
        let covered = location.pattern.is_none()
            && kept
                .iter()
                .any(|other| other.pattern.is_none() && location.root.starts_with(&other.root));
        if covered {
            contained.push(location.text.clone());
        } else {
            kept.push(location);
        }
    }
    kept
}

/// Lists script name and path of each file of a location.
fn list(location: &Location, found: &mut Vec<(String, PathBuf)>) -> Result<(), DiskError> {
    let missing = |reason| DiskError::Missing {
        path: location.root.clone(),
        reason,
    };
    let metadata = fs::metadata(&location.root).map_err(|error| {
        if error.kind() == std::io::ErrorKind::PermissionDenied {
            unreadable(&location.root, &error)
        } else {
            missing("not found")
        }
    })?;
    if !metadata.is_dir() {
        return Err(missing("not a directory"));
    }
    let mut below = Vec::new();
    walk(&location.root, "", &mut below)?;
    below.sort();
    found.extend(below.into_iter().filter_map(|(relative, path)| {
        let matched = match relative.strip_suffix(".conf") {
            // The settings of a script belong to it even when a wildcard names only `*.sql`.
            Some(script) => location
                .script_name(script)
                .map(|name| format!("{name}.conf"))
                .or_else(|| location.script_name(&relative)),
            None => location.script_name(&relative),
        };
        Some((matched?, path))
    }));
    Ok(())
}

/// Hidden folders are left out, as mounted volumes keep copies in them; links are followed.
fn walk(folder: &Path, prefix: &str, found: &mut Vec<(String, PathBuf)>) -> Result<(), DiskError> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = entry.path();
        let relative = if prefix.is_empty() {
            name.clone().into_owned()
        } else {
            format!("{prefix}/{name}")
        };
        let kind = entry
            .file_type()
            .map_err(|error| unreadable(&path, &error))?;
        let (is_folder, is_file) = if kind.is_symlink() {
            (path.is_dir() && !leads_back(&path), path.is_file())
        } else {
            (kind.is_dir(), kind.is_file())
        };
        if is_file {
            found.push((relative, path));
        } else if is_folder && !name.starts_with('.') {
            walk(&path, &relative, found)?;
        }
    }
    Ok(())
}

/// Whether a link leads to a folder that it lies in.
fn leads_back(link: &Path) -> bool {
    let own = link.parent().and_then(|folder| folder.canonicalize().ok());
    match (own, link.canonicalize()) {
        (Some(own), Ok(target)) => own.starts_with(target),
        _ => false,
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> DiskError {
    DiskError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

/// Reads one file whole; `None` when it is not there.
pub fn read_file(path: &Path) -> Option<Result<Vec<u8>, String>> {
    match fs::read(path) {
        Ok(bytes) => Some(Ok(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => Some(Err(error.to_string())),
    }
}

/// Adds to the end of a file.
pub fn append_file(path: &Path, content: &str) -> Result<(), String> {
    let old = read_file(path).transpose()?.unwrap_or_default();
    let mut text = String::from_utf8_lossy(&old).into_owned();
    text.push_str(content);
    write_file(path, &text)
}

/// Creates a folder and those above it.
pub fn create_folder(path: &Path) -> Result<(), String> {
    fs::create_dir_all(path)
        .map_err(|error| format!("unable to create {}: {error}", path.display()))
}

/// Whether there is a folder with something in it.
pub fn has_content(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some())
}

/// Writes a file whole, creating the folders above it.
pub fn write_file(path: &Path, content: &str) -> Result<(), String> {
    write_bytes(path, content.as_bytes())
}

/// Writes bytes to a file, creating the folders above it.
pub fn write_bytes(path: &Path, content: &[u8]) -> Result<(), String> {
    let text = |error: std::io::Error| format!("unable to write {}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(text)?;
    }
    fs::write(path, content).map_err(text)
}

/// A file that is being written; it must not have been there before.
#[derive(Debug)]
pub struct NewFile {
    writer: std::io::BufWriter<std::fs::File>,
    path: PathBuf,
}

impl NewFile {
    /// Begins the file.
    pub fn create(path: &Path) -> Result<Self, String> {
        let file = std::fs::File::create_new(path);
        let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self {
            writer: std::io::BufWriter::new(file),
            path: path.to_owned(),
        })
    }

    /// Writes more of it.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        use std::io::Write as _;
        let written = self.writer.write_all(bytes);
        written.map_err(|error| format!("{}: {error}", self.path.display()))
    }

    /// Waits until all of it is on the disk.
    pub fn finish(self) -> Result<(), String> {
        let told = |error: std::io::Error| format!("{}: {error}", self.path.display());
        let file = self
            .writer
            .into_inner()
            .map_err(|error| told(error.into_error()))?;
        file.sync_all().map_err(told)
    }
}

/// Reads a file in parts, however large it is.
pub fn read_in_parts(path: &Path, take: &mut dyn FnMut(&[u8])) -> Result<(), String> {
    use std::io::Read as _;
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = std::fs::File::open(path).map_err(told)?;
    let mut part = vec![0; 1 << 16];
    loop {
        match file.read(&mut part).map_err(told)? {
            0 => return Ok(()),
            count => take(&part[..count]),
        }
    }
}

/// Moves a file or folder to where nothing is yet, creating the folders above it.
pub fn move_to(from: &Path, to: &Path) -> Result<(), String> {
    let text = |error: std::io::Error| {
        format!(
            "unable to move {} to {}: {error}",
            from.display(),
            to.display()
        )
    };
    if to.exists() {
        return Err(format!("{} is there already", to.display()));
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(text)?;
    }
    fs::rename(from, to).map_err(text)
}

/// An environment variable, where it is set and readable.
pub fn environment_variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// All files below a folder, sorted by name within each folder; folders come after files.
pub fn walk_files(folder: &Path, recursive: bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        let (mut inner, mut files) = (Vec::new(), Vec::new());
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                inner.push(path);
            } else {
                files.push(path);
            }
        }
        files.sort();
        inner.sort();
        found.extend(files);
        if recursive {
            folders.extend(inner.into_iter().rev());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(location: &str, below: &str) -> Option<String> {
        Location::new(location, Path::new("/base")).script_name(below)
    }

    #[test]
    fn wildcards() {
        for (location, below, expected) in [
            ("sql", "a/V1__x.sql", Some("a/V1__x.sql")),
            ("sql/**/*.sql", "V1__x.sql", Some("V1__x.sql")),
            ("sql/**/*.sql", "a/b/V1__x.sql", Some("a/b/V1__x.sql")),
            ("sql/**/*.sql", "a/readme.md", None),
            ("sql/*/ddl", "one/ddl/V1__x.sql", Some("V1__x.sql")),
            ("sql/*/ddl", "one/dml/V1__x.sql", None),
            ("sql/r?", "r1/V1__x.sql", Some("V1__x.sql")),
            ("sql/**", "a/V1__x.sql", Some("a/V1__x.sql")),
            ("sql/release1.*", "release1.0/V1__x.sql", None),
            ("sql/V1*.sql", "V12__x.sql", Some("V12__x.sql")),
        ] {
            assert_eq!(
                name(location, below).as_deref(),
                expected,
                "{location} {below}"
            );
        }
    }

    #[test]
    fn roots() {
        let root = |text| Location::new(text, Path::new("/base")).root().to_owned();
        assert_eq!(root("sql"), Path::new("/base/sql"));
        assert_eq!(root("/x/y/"), Path::new("/x/y"));
        assert_eq!(root("sql/**/a"), Path::new("/base/sql"));
        assert_eq!(root("a+b/*.sql"), Path::new("/base/a+b"));
    }
}
