//! Native revisions: a directory with SQL files and a `metadata.toml`, as diesel's migrations are
//! laid out.

mod guard;
mod script;

use std::path::Path;

pub use guard::{Decision, Guards, TableName};
pub use script::{NativeScript, file_names};

use super::revision::{Form, Revision, RevisionFileError, check};
use super::source::place;
use crate::model::Need;

/// The file that says who a revision is.
pub const METADATA: &str = "metadata.toml";

/// What `metadata.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// The id.
    pub revision: String,
    /// Parents.
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    pub down_revision: Names,
    /// Labels.
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    pub branch_labels: Names,
    /// Dependencies.
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    pub depends_on: Names,
    /// The message.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_date: Option<String>,
    /// Whether it runs in a transaction.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub run_in_transaction: bool,
    /// Whether `${name}` stands for a configured value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub placeholders: bool,
    /// Whether it runs again whenever its text has changed, behind all revisions of the chain.
    #[serde(default, skip_serializing_if = "is_false")]
    pub repeatable: bool,
    /// Tables whose presence says that all of it is there already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip_if_exists: Vec<TableName>,
    /// Tables without which there is nothing to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip_if_missing: Vec<TableName>,
    /// What it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The sum of what it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_md5: Option<String>,
    /// The version that Flyway knows it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flyway_version: Option<String>,
    /// The checksum that Flyway has written to its history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flyway_checksum: Option<i32>,
}

impl Default for Metadata {
    fn default() -> Self {
        Self {
            revision: String::new(),
            down_revision: Names::None,
            branch_labels: Names::None,
            depends_on: Names::None,
            message: String::new(),
            create_date: None,
            run_in_transaction: true,
            placeholders: false,
            repeatable: false,
            skip_if_exists: Vec::new(),
            skip_if_missing: Vec::new(),
            source: None,
            source_md5: None,
            flyway_version: None,
            flyway_checksum: None,
        }
    }
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
fn is_true(value: &bool) -> bool {
    *value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// Nothing, one name, or several.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// Nothing.
    #[default]
    None,
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Names {
    /// The names.
    pub fn list(self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::One(name) if name.is_empty() => Vec::new(),
            Self::One(name) => vec![name],
            Self::Several(names) => names,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::None => true,
            Self::One(name) => name.is_empty(),
            Self::Several(names) => names.is_empty(),
        }
    }
}

impl From<Vec<String>> for Names {
    fn from(mut names: Vec<String>) -> Self {
        match names.len() {
            0 => Self::None,
            1 => names.pop().map_or(Self::None, Self::One),
            _ => Self::Several(names),
        }
    }
}

impl Metadata {
    /// When the revision is to be recorded without running.
    pub fn guards(&self) -> Guards {
        Guards {
            skip_if_exists: self.skip_if_exists.clone(),
            skip_if_missing: self.skip_if_missing.clone(),
        }
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        // Plain keys and values always have a text.
        toml::to_string(self).unwrap_or_default()
    }
}

/// Reads the metadata of a native revision.
pub fn metadata(path: &Path, text: &str) -> Result<Metadata, RevisionFileError> {
    let wrong = |offset: usize, message: String| RevisionFileError::Metadata {
        place: place(path, text, offset),
        message,
    };
    let metadata: Metadata = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        wrong(start, error.message().to_owned())
    })?;
    let of_chain = [
        ("down_revision", &metadata.down_revision),
        ("branch_labels", &metadata.branch_labels),
        ("depends_on", &metadata.depends_on),
    ];
    let set = of_chain.into_iter().find(|(_, names)| !names.is_empty());
    if metadata.repeatable
        && let Some((key, _)) = set
    {
        let offset = text.find(key).unwrap_or_default();
        let words = format!(
            "a repeatable revision has no `{key}`: it is no part of the chain and runs behind it"
        );
        return Err(wrong(offset, words));
    }
    Ok(metadata)
}

/// Makes a revision of a directory's metadata.
pub fn revision(
    directory: &Path,
    metadata: Metadata,
    files: &[String],
) -> Result<Revision, RevisionFileError> {
    let has = |body: &str| {
        files.iter().any(|name| {
            name.strip_prefix(body)
                .is_some_and(|rest| rest == ".sql" || suffix(rest).is_some())
        })
    };
    let (needs, depends_on) = needs(directory, metadata.depends_on.list())?;
    check(Revision {
        id: metadata.revision,
        down_revisions: metadata.down_revision.list(),
        branch_labels: metadata.branch_labels.list(),
        depends_on,
        needs,
        doc: metadata.message.trim().to_owned(),
        path: directory.to_owned(),
        form: Form::Native,
        repeatable: metadata.repeatable,
        has_upgrade: has("up"),
        has_downgrade: has("down"),
    })
}

/// Tells needs of other domains, which have an `@`, from dependencies inside the chain.
fn needs(
    directory: &Path,
    names: Vec<String>,
) -> Result<(Vec<Need>, Vec<String>), RevisionFileError> {
    let (across, inside): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.contains('@'));
    let needs = across.iter().map(|name| {
        Need::parse(name).ok_or_else(|| RevisionFileError::Metadata {
            place: place(&directory.join(METADATA), "", 0),
            message: format!("`{name}` names no migration of another domain; write `domain@key`"),
        })
    });
    Ok((needs.collect::<Result<_, _>>()?, inside))
}

/// The backend's name in `.NAME.sql`.
fn suffix(rest: &str) -> Option<&str> {
    rest.strip_prefix('.')?.strip_suffix(".sql")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Metadata, String> {
        metadata(Path::new("m.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_what_it_writes() {
        for metadata in [
            Metadata {
                revision: "V003".to_owned(),
                ..Metadata::default()
            },
            Metadata {
                revision: "V003".to_owned(),
                down_revision: Names::from(vec!["a".to_owned(), "b".to_owned()]),
                branch_labels: Names::One("users".to_owned()),
                depends_on: Names::One("x".to_owned()),
                message: "한글 \"quoted\"\nsecond line".to_owned(),
                create_date: Some("2026-01-02 03:04:05".to_owned()),
                run_in_transaction: false,
                placeholders: true,
                skip_if_exists: vec!["users.accounts".parse().unwrap()],
                skip_if_missing: vec!["\"User Profile\".users".parse().unwrap()],
                source: Some("V003__x.sql".to_owned()),
                source_md5: Some("0".repeat(32)),
                flyway_version: Some("003".to_owned()),
                flyway_checksum: Some(-12),
                ..Metadata::default()
            },
            Metadata {
                revision: "R_view".to_owned(),
                repeatable: true,
                ..Metadata::default()
            },
        ] {
            assert_eq!(read(&metadata.to_text()), Ok(metadata));
        }
    }

    #[test]
    fn refuses_with_a_place() {
        for (text, words) in [
            (
                "revision = 'a'\nparent = 'b'\n",
                "m.toml:2:1: unknown field",
            ),
            (
                "revision = 'a'\nskip_if_exists = ['a..b']\n",
                "m.toml:2:18: ",
            ),
            (
                "revision = 'a'\nrepeatable = true\ndown_revision = 'b'\n",
                "m.toml:3:1: a repeatable revision has no `down_revision`",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(words), "{error}");
        }
    }
}
