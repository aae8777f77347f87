//! The SQL of revisions with the places it comes from, without a database.

use super::failure::Failure;
use super::project::{Project, Reporter};
use super::render::{RenderOptions, render};
use super::scripts::read_native;
use super::session::url;
use crate::dialect::alembic::graph::RevisionGraph;
use crate::dialect::alembic::render::Body;
use crate::dialect::alembic::revision::{Form, Revision};
use crate::dialect::alembic::settings::{Inferred, Mode};
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::engine::Script;
use crate::model::{Backend, Place};

/// The SQL of one revision.
#[derive(Debug, Clone)]
pub enum RevisionText {
    /// A file of SQL, cut into statements.
    Script(Script),
    /// Statements that a Python revision prints, and where.
    Statements(Vec<(String, Place)>),
    /// Only a database, or nothing at all, can tell.
    Unknown {
        /// Why.
        message: String,
        /// Where.
        place: Option<Place>,
    },
}

/// The way up of revisions, by id, in the graph's order.
pub fn texts(
    project: &Project,
    graph: &RevisionGraph,
    wanted: &dyn Fn(&Revision) -> bool,
    reporter: &mut dyn Reporter,
) -> Result<Vec<(String, RevisionText)>, Failure> {
    let settings = project.settings(Mode::Offline)?;
    // Without a URL the files are read as they are for most.
    let target = match url(&settings) {
        Ok(url) if url.is_mariadb() => Target::mariadb(),
        Ok(url) => Target::new(url.backend),
        Err(_) => Target::new(Backend::Postgres),
    };
    let backend = target.backend;
    let convention = match &settings.naming_convention {
        Inferred::Default(templates) | Inferred::Set(templates, _) => templates.clone(),
        Inferred::Unknown(_) => Vec::new(),
    };
    for (words, place) in &settings.remarks {
        reporter.warn(&format!("{place}: {words}"));
    }
    let files = project.visible_files(&settings.lookups);
    let options = RenderOptions {
        target,
        convention,
        roots: files.modules.folders().to_vec(),
        environment: files.variables.all.clone(),
        allowed_variables: files.variables.allowed.clone(),
        engine: project.engine().map(str::to_owned),
        x_arguments: project.x_arguments().to_vec(),
        placeholders: project.placeholders().clone(),
    };
    let chain = graph.iter().map(|node| graph.revision(node));
    let all: Vec<&Revision> = chain.chain(graph.repeatables()).collect();
    let python = |revision: &Revision| revision.form == Form::Python && wanted(revision);
    let mut texts = Vec::new();
    if all.iter().any(|revision| python(revision)) {
        let chain: Vec<Revision> = graph
            .iter()
            .map(|node| graph.revision(node).clone())
            .collect();
        for rendered in render(&chain, &python, &options).map_err(Failure::from)? {
            let text = match rendered.up {
                Ok(up) => {
                    let places = up.places.into_iter();
                    RevisionText::Statements(up.statements.into_iter().zip(places).collect())
                }
                Err(error) => RevisionText::Unknown {
                    message: error.message,
                    place: error.place,
                },
            };
            texts.push((rendered.id, text));
        }
    }
    for revision in all {
        if revision.form != Form::Native || !wanted(revision) {
            continue;
        }
        let script = read_native(revision, project.placeholders())
            .and_then(|script| script.prepare(Body::Upgrade, backend));
        let text = match script {
            Ok(script) => RevisionText::Script(script),
            // A merge has nothing to run.
            Err(_) if !revision.has_upgrade => RevisionText::Statements(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        texts.push((revision.id.clone(), text));
    }
    Ok(texts)
}
