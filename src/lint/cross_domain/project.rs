//! The domains and migrations that are checked, as plain data.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::model::{Need, Place};
use crate::sql::{Flavor, LineIndex};

/// One domain with its migrations.
#[derive(Debug)]
pub struct Domain<'a> {
    /// Its name.
    pub name: String,
    /// Whose SQL it is written in.
    pub flavor: Flavor,
    /// Which database it lives in. Only domains with the same word here see each other's objects.
    pub database: String,
    /// Where names without a schema are looked for at the start of each migration.
    pub search_path: Vec<String>,
    /// What it says that it needs.
    pub depends_on: Vec<Need>,
    /// Objects that others make: `user_profile.users`, `user_profile.*`, `legacy_*`.
    pub external: Vec<String>,
    /// Objects that are in its database already, as `schema.name`; none where nobody has looked.
    pub existing: HashSet<String>,
    /// Objects that are there without a word, in the same form: its own history table.
    pub given: Vec<String>,
    /// Whether its migrations have a `metadata.toml` where they may say what they need.
    pub has_metadata: bool,
    /// Its migrations in the order in which they run.
    pub migrations: Vec<Migration<'a>>,
}

/// Where an offset of a script stands in a file.
pub type Locate<'a> = Box<dyn Fn(usize) -> Option<Place> + 'a>;

/// One migration.
pub struct Migration<'a> {
    /// What it is called inside its domain.
    pub key: String,
    /// The SQL that it runs.
    pub script: Cow<'a, str>,
    /// Whether it may do more than the script says, because only a database or a program can tell.
    pub does_more: bool,
    /// What it says that it needs of other domains.
    pub depends_on: Vec<Need>,
    /// Where an offset of `script` stands in a file; none where that is not known.
    pub locate: Locate<'a>,
}

impl<'a> Migration<'a> {
    /// A migration whose script is the text of a file.
    pub fn of_file(key: impl Into<String>, path: impl AsRef<Path>, script: &'a str) -> Self {
        let path: PathBuf = path.as_ref().to_owned();
        let lines = std::cell::OnceCell::new();
        Self {
            key: key.into(),
            script: Cow::Borrowed(script),
            does_more: false,
            depends_on: Vec::new(),
            locate: Box::new(move |offset| {
                let index: &LineIndex<'_> = lines.get_or_init(|| LineIndex::new(script));
                let (line, column) = index.line_and_column(offset);
                Some(Place {
                    path: path.clone(),
                    line,
                    column,
                })
            }),
        }
    }
}

impl fmt::Debug for Migration<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Migration")
            .field("key", &self.key)
            .field("depends_on", &self.depends_on)
            .finish_non_exhaustive()
    }
}
