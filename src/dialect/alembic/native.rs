//! Native revisions: a directory with SQL files and a `metadata.toml`, as diesel's migrations are
//! laid out.

use std::collections::BTreeMap;
use std::path::Path;

use super::render::{Body, RevisionScript, ScriptError, SharedSink};
use super::revision::{Form, Revision, RevisionFileError, check};
use crate::model::{Backend, Need};
use crate::sql::{SplitOptions, split};

/// The file that says who a revision is.
pub const METADATA: &str = "metadata.toml";

/// What `metadata.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// The id.
    pub revision: String,
    /// Parents.
    #[serde(default)]
    pub down_revision: Names,
    /// Labels.
    #[serde(default)]
    pub branch_labels: Names,
    /// Dependencies.
    #[serde(default)]
    pub depends_on: Names,
    /// The message.
    #[serde(default)]
    pub message: String,
    /// When it was made.
    #[serde(default)]
    pub create_date: Option<String>,
    /// What it was made from.
    #[serde(default)]
    pub source: Option<String>,
    /// Whether it runs in a transaction.
    #[serde(default = "yes")]
    pub run_in_transaction: bool,
}

fn yes() -> bool {
    true
}

/// Nothing, one name, or several.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
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
    fn list(self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::One(name) if name.is_empty() => Vec::new(),
            Self::One(name) => vec![name],
            Self::Several(names) => names,
        }
    }
}

/// Reads the metadata of a native revision.
pub fn metadata(path: &Path, text: &str) -> Result<Metadata, RevisionFileError> {
    toml::from_str(text).map_err(|error| RevisionFileError::Metadata {
        path: path.to_owned(),
        message: error.message().to_owned(),
    })
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
            path: directory.join(METADATA),
            message: format!("`{name}` names no migration of another domain; write `domain@key`"),
        })
    });
    Ok((needs.collect::<Result<_, _>>()?, inside))
}

/// The backend's name in `.NAME.sql`.
fn suffix(rest: &str) -> Option<&str> {
    rest.strip_prefix('.')?.strip_suffix(".sql")
}

/// The names under which a body may lie, the most particular first.
pub fn file_names(body: Body, backend: Backend) -> [String; 2] {
    let stem = match body {
        Body::Upgrade => "up",
        Body::Downgrade => "down",
    };
    let backend = match backend {
        Backend::Postgres => "postgres",
        Backend::Sqlite => "sqlite",
        Backend::Mysql => "mysql",
    };
    [format!("{stem}.{backend}.sql"), format!("{stem}.sql")]
}

/// A native revision that is ready to run.
#[derive(Debug)]
pub struct NativeScript {
    /// The SQL files by name.
    pub files: BTreeMap<String, String>,
    /// Whether it runs in a transaction.
    pub run_in_transaction: bool,
    /// The text that is summed.
    pub source: Vec<u8>,
    /// The directory.
    pub directory: std::path::PathBuf,
}

impl RevisionScript for NativeScript {
    fn run(&mut self, body: Body, sink: &SharedSink) -> Result<(), ScriptError> {
        let mut sink = sink.borrow_mut();
        let names = file_names(body, sink.backend());
        let Some((name, text)) = names
            .iter()
            .find_map(|name| Some((name, self.files.get(name)?)))
        else {
            return Err(ScriptError::Raised {
                class: "FileNotFoundError".to_owned(),
                message: format!("{} has no {}", self.directory.display(), names[1]),
                place: None,
            });
        };
        let path = self.directory.join(name);
        let flavor = sink.backend().flavor();
        let statements =
            split(text, flavor, &SplitOptions::default()).map_err(|error| ScriptError::Raised {
                class: "SyntaxError".to_owned(),
                message: format!("{}: {error}", path.display()),
                place: None,
            })?;
        if !self.run_in_transaction {
            server(sink.begin_autocommit(), "COMMIT")?;
        }
        for statement in &statements {
            let sql = text.get(statement.span.clone()).unwrap_or_default();
            sink.execute(sql).map_err(|error| ScriptError::Server {
                error,
                statement: sql.to_owned(),
                place: Some(super::source::place(&path, text, statement.code_start)),
            })?;
        }
        if !self.run_in_transaction {
            server(sink.end_autocommit(), "BEGIN")?;
        }
        Ok(())
    }

    fn source(&self) -> &[u8] {
        &self.source
    }
}

fn server<T>(result: Result<T, crate::engine::ServerError>, sql: &str) -> Result<T, ScriptError> {
    result.map_err(|error| ScriptError::Server {
        error,
        statement: sql.to_owned(),
        place: None,
    })
}
