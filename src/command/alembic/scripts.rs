//! Makes revisions ready to run.

use std::collections::BTreeMap;

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged as _;

use crate::dialect::alembic::native::{self, NativeScript};
use crate::dialect::alembic::render::{RevisionScript, ScriptError, ScriptSource};
use crate::dialect::alembic::revision::{Form, Revision};
use crate::dialect::alembic::run_history::md5;
use crate::dialect::alembic::source::{decode, place};
use crate::model::Place;
use crate::project::disk;

/// Native revisions by their files; Python revisions by another source.
pub struct Scripts<'p> {
    python: &'p mut dyn ScriptSource,
}

impl<'p> Scripts<'p> {
    /// A source that hands Python revisions on.
    pub fn new(python: &'p mut dyn ScriptSource) -> Self {
        Self { python }
    }
}

impl ScriptSource for Scripts<'_> {
    fn script(&mut self, revision: &Revision) -> Result<Box<dyn RevisionScript>, ScriptError> {
        match revision.form {
            Form::Python => self.python.script(revision),
            Form::Native => Ok(Box::new(read_native(revision)?)),
        }
    }
}

/// The sum of a revision's source.
pub(super) fn source_sum(revision: &Revision) -> Option<String> {
    match revision.form {
        Form::Python => Some(md5(&disk::read_file(&revision.path)?.ok()?)),
        Form::Native => Some(md5(&read_native(revision).ok()?.source)),
    }
}

fn failed(revision: &Revision, message: impl std::fmt::Display) -> ScriptError {
    ScriptError::Raised {
        class: "OSError".to_owned(),
        message: format!("{}: {message}", revision.path.display()),
        place: None,
    }
}

fn read_native(revision: &Revision) -> Result<NativeScript, ScriptError> {
    let entries = disk::revision_entries(&revision.path, false, native::METADATA)
        .map_err(|message| failed(revision, message))?;
    let mut files = BTreeMap::new();
    let mut source = Vec::new();
    let mut run_in_transaction = true;
    for entry in entries {
        let is_metadata = entry.name == native::METADATA;
        if !is_metadata
            && entry
                .path
                .extension()
                .is_none_or(|extension| extension != "sql")
        {
            continue;
        }
        let bytes = disk::read_file(&entry.path)
            .unwrap_or_else(|| Err("the file is gone".to_owned()))
            .map_err(|message| failed(revision, message))?;
        let text = decode(&bytes)
            .map_err(|error| failed(revision, format!("{}: {error}", entry.name)))?
            .into_owned();
        if is_metadata {
            let metadata = native::metadata(&entry.path, &text)
                .map_err(|error| failed(revision, error.to_string()))?;
            run_in_transaction = metadata.run_in_transaction;
        } else {
            source.extend_from_slice(entry.name.as_bytes());
            source.push(0);
            source.extend_from_slice(&bytes);
            files.insert(entry.name, text);
        }
    }
    Ok(NativeScript {
        files,
        run_in_transaction,
        source,
        directory: revision.path.clone(),
    })
}

/// Refuses Python revisions by name, except those whose functions do nothing.
#[derive(Debug, Default)]
pub struct EmptyOnly;

impl ScriptSource for EmptyOnly {
    fn script(&mut self, revision: &Revision) -> Result<Box<dyn RevisionScript>, ScriptError> {
        let bytes = disk::read_file(&revision.path)
            .unwrap_or_else(|| Err("the file is gone".to_owned()))
            .map_err(|message| failed(revision, message))?;
        let text = decode(&bytes).map_err(|error| failed(revision, error.to_string()))?;
        let module = ruff_python_parser::parse_module(&text).map_err(|error| {
            let at = error.location.start().to_usize();
            ScriptError::Raised {
                class: "SyntaxError".to_owned(),
                message: error.error.to_string(),
                place: Some(place(&revision.path, &text, at)),
            }
        })?;
        for statement in &module.syntax().body {
            let Stmt::FunctionDef(function) = statement else {
                continue;
            };
            if !matches!(function.name.as_str(), "upgrade" | "downgrade") {
                continue;
            }
            let busy = function.body.iter().find(|statement| match statement {
                Stmt::Pass(_) => false,
                Stmt::Expr(expression) => !expression.value.is_literal_expr(),
                _ => true,
            });
            if let Some(busy) = busy {
                let place: Place = place(&revision.path, &text, busy.start().to_usize());
                return Err(ScriptError::Refused {
                    place,
                    message: "Python statements of revisions cannot be run yet".to_owned(),
                    hint: Some("write the revision as SQL with `revision --native`".to_owned()),
                });
            }
        }
        Ok(Box::new(Empty(bytes)))
    }
}

struct Empty(Vec<u8>);

impl RevisionScript for Empty {
    fn run(
        &mut self,
        _body: crate::dialect::alembic::render::Body,
        _sink: &mut dyn crate::dialect::alembic::render::Sink,
    ) -> Result<(), ScriptError> {
        Ok(())
    }

    fn source(&self) -> &[u8] {
        &self.0
    }
}
