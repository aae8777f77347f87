//! A chain of native revisions in memory, possibly with Python revisions among them.

use std::collections::BTreeMap;
use std::path::Path;

use super::OutputFile;
use crate::dialect::alembic::graph::{GraphError, RevisionGraph, Step};
use crate::dialect::alembic::native::{self, METADATA, Metadata, file_names};
use crate::dialect::alembic::render::Body;
use crate::dialect::alembic::revision::{Revision, RevisionFileError};
use crate::model::Backend;

/// A native revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeRevision {
    /// The name of its directory.
    pub directory: String,
    /// What its `metadata.toml` says.
    pub metadata: Metadata,
    /// Its SQL files by name.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// A Python revision that is a part of a chain as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonRevision {
    /// The name of its file.
    pub name: String,
    /// What it says about itself.
    pub revision: Revision,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A revision of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// SQL files with metadata.
    Native(NativeRevision),
    /// A Python file.
    Python(PythonRevision),
}

/// A chain, in the order in which it runs on an empty database; repeatable revisions last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// The revisions.
    pub members: Vec<Member>,
}

/// A chain that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A revision.
    #[error(transparent)]
    Revision(#[from] RevisionFileError),
    /// How revisions go together.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

impl NativeRevision {
    /// Reads the files of a revision's directory. `path` is where it lies.
    ///
    /// # Errors
    ///
    /// Metadata that is missing or wrong.
    pub fn read(
        path: &Path,
        mut files: BTreeMap<String, Vec<u8>>,
    ) -> Result<Self, RevisionFileError> {
        let place = path.join(METADATA);
        let bytes = files.remove(METADATA).unwrap_or_default();
        let text = String::from_utf8(bytes).map_err(|_| RevisionFileError::Unreadable {
            path: place.clone(),
            message: "the file is not UTF-8".to_owned(),
        })?;
        let metadata = native::metadata(&place, &text)?;
        let name = path.file_name().unwrap_or_default();
        Ok(Self {
            directory: name.to_string_lossy().into_owned(),
            metadata,
            files,
        })
    }

    /// The file that holds a body for a backend, by its name.
    pub fn file(&self, body: Body, backend: Backend) -> Option<(&str, &[u8])> {
        let names = file_names(body, backend);
        let found = names.iter().find_map(|name| self.files.get_key_value(name));
        found.map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// Whether it only joins branches.
    pub(super) fn is_empty_merge(&self) -> bool {
        self.metadata.down_revision.clone().list().len() > 1
            && !self.files.keys().any(|name| name.starts_with("up."))
    }

    fn revision(&self, path: &Path) -> Result<Revision, RevisionFileError> {
        let names: Vec<String> = self.files.keys().cloned().collect();
        native::revision(path, self.metadata.clone(), &names)
    }
}

impl Member {
    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Native(native) => &native.metadata.revision,
            Self::Python(python) => &python.revision.id,
        }
    }

    /// The name of its directory or file.
    pub fn name(&self) -> &str {
        match self {
            Self::Native(native) => &native.directory,
            Self::Python(python) => &python.name,
        }
    }

    /// Whether it is no part of the order.
    pub fn is_repeatable(&self) -> bool {
        match self {
            Self::Native(native) => native.metadata.repeatable,
            Self::Python(_) => false,
        }
    }

    /// What it says about itself, as if its directory lay in `folder`.
    pub(super) fn revision(&self, folder: &Path) -> Result<Revision, RevisionFileError> {
        match self {
            Self::Native(native) => native.revision(&folder.join(&native.directory)),
            Self::Python(python) => Ok(python.revision.clone()),
        }
    }
}

impl Chain {
    /// Puts revisions in the order in which they run on an empty database.
    ///
    /// # Errors
    ///
    /// Revisions that make no chain.
    pub fn ordered(members: Vec<Member>) -> Result<Self, ChainError> {
        let revisions = members
            .iter()
            .map(|member| member.revision(Path::new("")))
            .collect::<Result<Vec<_>, _>>()?;
        let graph = RevisionGraph::new(revisions).map_err(|(error, _)| error)?;
        let steps = graph.upgrade("heads", &[])?;
        let versioned = steps.iter().filter_map(Step::node);
        let repeatable = graph.repeatables().iter();
        let order: Vec<&str> = versioned
            .map(|node| graph.id(node))
            .chain(repeatable.map(|revision| revision.id.as_str()))
            .collect();
        let mut members: Vec<Option<Member>> = members.into_iter().map(Some).collect();
        let mut take = |id: &str| {
            let found = members
                .iter_mut()
                .find(|member| member.as_ref().is_some_and(|member| member.id() == id));
            found.and_then(Option::take)
        };
        Ok(Self {
            members: order.into_iter().filter_map(&mut take).collect(),
        })
    }

    /// The graph of the chain.
    ///
    /// # Errors
    ///
    /// Revisions that make no chain.
    pub fn graph(&self) -> Result<RevisionGraph, ChainError> {
        let revisions = self
            .members
            .iter()
            .map(|member| member.revision(Path::new("")))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(RevisionGraph::new(revisions).map_err(|(error, _)| error)?)
    }

    /// The files that the chain consists of.
    pub fn files(&self) -> Vec<OutputFile> {
        let mut files = Vec::new();
        for member in &self.members {
            match member {
                Member::Python(python) => files.push(OutputFile {
                    path: python.name.clone(),
                    bytes: python.bytes.clone(),
                }),
                Member::Native(native) => {
                    let mut put = |name: &str, bytes: &[u8]| {
                        files.push(OutputFile {
                            path: format!("{}/{name}", native.directory),
                            bytes: bytes.to_owned(),
                        });
                    };
                    put(METADATA, native.metadata.to_text().as_bytes());
                    for (name, bytes) in &native.files {
                        put(name, bytes);
                    }
                }
            }
        }
        files
    }
}
