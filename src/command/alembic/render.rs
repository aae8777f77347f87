//! `render`: what each revision would do, without a database.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use rayon::prelude::*;

use crate::dialect::alembic::ops;
use crate::dialect::alembic::render::Body;
use crate::dialect::alembic::revision::Revision;
use crate::dialect::alembic::runtime::{
    Evaluation, Files, Rendered, RevisionError, Run, RunSettings,
};
use crate::dialect::alembic::source;
use crate::dialect::alembic::sqlalchemy::naming::NamingConvention;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::project::disk;

/// What rendering needs to know besides the revisions.
#[derive(Debug, Clone)]
pub struct RenderOptions {
    /// The backend.
    pub target: Target,
    /// The templates by which unnamed constraints are named; none for `SQLAlchemy`'s own.
    pub convention: Vec<(String, String)>,
    /// Folders in which modules of the project's own are looked for.
    pub roots: Vec<PathBuf>,
    /// Environment variables that revisions may read.
    pub variables: Vec<String>,
    /// The name that the multidb template hands to the functions.
    pub engine: Option<String>,
    /// `-x` arguments.
    pub x_arguments: Vec<String>,
}

/// One body of one revision.
pub type Outcome = Result<Rendered, Box<RevisionError>>;

/// Both bodies of a revision.
#[derive(Debug, Clone)]
pub struct RenderedRevision {
    /// Its id.
    pub id: String,
    /// Its file.
    pub path: PathBuf,
    /// The way up.
    pub up: Outcome,
    /// The way down.
    pub down: Outcome,
}

/// The project's own files, read from disk.
struct ProjectFiles {
    roots: Vec<PathBuf>,
    variables: Vec<String>,
}

impl ProjectFiles {
    fn text(path: &Path) -> Option<String> {
        let bytes = disk::read_file(path)?.ok()?;
        source::decode(&bytes)
            .ok()
            .map(std::borrow::Cow::into_owned)
    }
}

impl Files for ProjectFiles {
    fn module(&self, name: &str) -> Option<(String, String)> {
        let relative: PathBuf = name.split('.').collect();
        self.roots.iter().find_map(|root| {
            let file = root.join(&relative).with_extension("py");
            let package = root.join(&relative).join("__init__.py");
            [file, package].into_iter().find_map(|path| {
                Self::text(&path).map(|text| (path.to_string_lossy().into_owned(), text))
            })
        })
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let path = Path::new(path);
        let inside = path
            .components()
            .all(|part| !matches!(part, std::path::Component::ParentDir))
            && self.roots.iter().any(|root| path.starts_with(root));
        if inside {
            disk::read_file(path)?.ok()
        } else {
            None
        }
    }

    fn environment(&self, name: &str) -> Result<Option<String>, ()> {
        if self.variables.iter().any(|known| known == name) {
            Ok(disk::environment_variable(name))
        } else {
            Err(())
        }
    }
}

/// Renders revisions, each by itself, in parallel.
pub fn render(revisions: &[Revision], options: &RenderOptions) -> Vec<RenderedRevision> {
    revisions
        .par_iter()
        .map(|revision| RenderedRevision {
            id: revision.id.clone(),
            path: revision.path.clone(),
            up: body(revision, Body::Upgrade, options),
            down: body(revision, Body::Downgrade, options),
        })
        .collect()
}

fn convention(templates: &[(String, String)]) -> NamingConvention {
    if templates.is_empty() {
        return NamingConvention::default();
    }
    NamingConvention::new(
        templates
            .iter()
            .map(|(kind, template)| (kind.as_str().into(), template.as_str().into()))
            .collect(),
    )
}

fn body(revision: &Revision, body: Body, options: &RenderOptions) -> Outcome {
    let path = revision.path.to_string_lossy();
    let Some(text) = ProjectFiles::text(&revision.path) else {
        return Err(Box::new(RevisionError {
            class: "file",
            exception: String::new(),
            message: format!("{path} cannot be read"),
            hint: String::new(),
            place: None,
            statements: Vec::new(),
        }));
    };
    let run = Run::offline(
        ops::Context::new(
            options.target.clone(),
            Rc::new(convention(&options.convention)),
        ),
        RunSettings {
            x_arguments: options.x_arguments.clone(),
            transactional_ddl: options.target.is_postgres(),
            ..RunSettings::default()
        },
    );
    let mut roots = options.roots.clone();
    if let Some(folder) = revision.path.parent() {
        roots.push(folder.to_owned());
    }
    let files = Rc::new(ProjectFiles {
        roots,
        variables: options.variables.clone(),
    });
    let mut evaluation = Evaluation::new(run, files);
    let file = evaluation.load(&revision.module_name(), &path, &text)?;
    evaluation.run(&file, body, options.engine.as_deref())
}
