//! Lists the files of a project, to find its domains among them.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold what others made.
const FOREIGN: [&str; 6] = [
    "node_modules",
    "target",
    "vendor",
    "site-packages",
    "__pycache__",
    "build",
];

/// How many folders deep is looked.
const DEPTH: usize = 8;

/// Relative paths of a project's files, with `/` separators and sorted. Hidden folders, folders of
/// other people's code, links and environments of Python are left out.
pub fn project_files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<(PathBuf, String, usize)> = vec![(root.to_owned(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let path = entry.path();
            let relative = format!("{prefix}{name}");
            if kind.is_file() {
                found.push(relative);
            } else if kind.is_dir()
                && depth < DEPTH
                && !name.starts_with('.')
                && !FOREIGN.contains(&name.as_str())
                && !path.join("pyvenv.cfg").exists()
            {
                open.push((path, format!("{relative}/"), depth + 1));
            }
        }
    }
    found.sort_unstable();
    found
}
