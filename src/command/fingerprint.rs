//! Sums of migrations as verification wants them, for every dialect.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use md5::{Digest as _, Md5};

use crate::sql::{Flavor, essence};
use crate::verify::{Kind, LockedDomain, Migration, Sum, Sums};

/// What is known of migrations from a lock file, by path: what has the same bytes need not be read
/// closer.
#[derive(Debug, Default)]
pub struct Known<'l> {
    by_path: HashMap<&'l str, &'l Migration>,
    by_id: HashMap<(Kind, &'l str), &'l Migration>,
    /// Whether what is not known at all is looked at closely, too: what it runs is worth knowing
    /// only where it is written down.
    pub closely: bool,
}

impl<'l> Known<'l> {
    /// Takes what a lock file says of a domain.
    pub fn new(locked: Option<&'l LockedDomain>, closely: bool) -> Self {
        let migrations = || {
            let locked = locked.into_iter().flat_map(|locked| &locked.migrations);
            locked.map(|locked| &locked.migration)
        };
        Self {
            by_path: migrations()
                .map(|migration| (migration.path.as_str(), migration))
                .collect(),
            by_id: migrations()
                .map(|migration| (migration.id(), migration))
                .collect(),
            closely,
        }
    }

    /// What was locked of a file, when its bytes are the same.
    pub(super) fn unchanged(&self, path: &str, bytes: Sum) -> Option<&'l Migration> {
        let known = *self.by_path.get(path)?;
        (known.sums.bytes == bytes).then_some(known)
    }

    /// What was locked of a file, whatever its bytes are now.
    pub(super) fn at(&self, path: &str) -> Option<&'l Migration> {
        self.by_path.get(path).copied()
    }

    /// Whether a migration of this kind and key was locked.
    pub(super) fn is_known(&self, id: (Kind, &str)) -> bool {
        self.by_id.contains_key(&id)
    }

    /// Kinds and keys of all that was locked.
    pub(super) fn ids(&self) -> impl Iterator<Item = (Kind, &'l str)> {
        self.by_id.keys().copied()
    }

    /// Whether it is worth knowing what a migration runs.
    pub(super) fn wants_sql(&self, id: (Kind, &str)) -> bool {
        self.closely || self.is_known(id)
    }
}

/// The sum of bytes.
pub(super) fn sum(bytes: &[u8]) -> Sum {
    Sum(Md5::digest(bytes).into())
}

/// A text without byte order mark and with every line end as `\n`.
pub(super) fn plain_text(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The sum of a text without byte order mark and with every line end as `\n`.
pub(super) fn text_sum(text: &str) -> Sum {
    sum(plain_text(text).as_bytes())
}

/// The sum of what SQL does. Which server reads it is nobody's secret but not always known, so it
/// is the sum of what each of them would read.
pub(super) fn sql_sum(text: &str) -> Option<Sum> {
    let read = [Flavor::Postgres, Flavor::Sqlite].map(|flavor| essence(text, flavor));
    if read.iter().all(Option::is_none) {
        return None;
    }
    let mut hasher = Md5::new();
    for essence in read {
        match essence {
            Some(essence) => hasher.update(essence.as_bytes()),
            None => hasher.update(b"unreadable"),
        }
        hasher.update(b"\0");
    }
    Some(Sum(hasher.finalize().into()))
}

/// The sums of a file with SQL.
pub(super) fn sql_sums(bytes: Sum, text: &str, wants_sql: bool, checksum: Option<i32>) -> Sums {
    Sums {
        bytes,
        text: text_sum(text),
        sql: if wants_sql { sql_sum(text) } else { None },
        checksum,
    }
}

/// A path without steps that lead back.
fn straight(path: &Path) -> Cow<'_, Path> {
    if path.components().all(|part| part != Component::ParentDir) {
        return Cow::Borrowed(path);
    }
    let mut straight = PathBuf::new();
    for part in path.components() {
        let leads_back = part == Component::ParentDir && straight.file_name().is_some();
        if leads_back {
            straight.pop();
        } else {
            straight.push(part);
        }
    }
    Cow::Owned(straight)
}

/// A path below the project, with `/` separators; the path itself where it is elsewhere.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    let straight = straight(path);
    let path = straight.strip_prefix(root).unwrap_or(&straight);
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_marks_make_no_other_text() {
        let plain = text_sum("a\nb\n");
        assert_eq!(text_sum("\u{feff}a\r\nb\r"), plain);
        assert_ne!(text_sum("a\nb"), plain);
    }

    #[test]
    fn paths_take_no_detours() {
        for (path, expected) in [
            ("/a/db/sql/V1.sql", "db/sql/V1.sql"),
            ("/a/db/../sql/V1.sql", "sql/V1.sql"),
            ("/a/db/../../b/V1.sql", "/b/V1.sql"),
        ] {
            assert_eq!(relative(Path::new("/a"), Path::new(path)), expected);
        }
    }

    #[test]
    fn comments_make_no_other_sql() {
        assert_eq!(sql_sum("SELECT 1; -- x"), sql_sum("/* y */ SELECT  1"));
        assert_ne!(sql_sum("SELECT 1"), sql_sum("SELECT 2"));
        assert_eq!(sql_sum("SELECT 'a"), None);
        // What is a comment to one server is a name to the other.
        assert_ne!(sql_sum("SELECT [a--b]\n"), sql_sum("SELECT [a--c]\n"));
    }
}
