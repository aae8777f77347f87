//! Python revisions as the executor takes them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::run::Run;
use super::script::{Evaluation, Files, Rendered, RevisionError, RevisionFile};
use crate::dialect::alembic::render::{
    Body, RevisionScript, ScriptError, ScriptSource, SharedSink,
};
use crate::dialect::alembic::revision::Revision;
use crate::dialect::alembic::source;
use crate::model::Place;

/// Evaluates the Python revisions of one run.
pub struct PythonScripts {
    run: Rc<Run>,
    evaluation: Rc<RefCell<Evaluation>>,
    engine: Option<String>,
    read: fn(&Path) -> Result<Vec<u8>, String>,
    /// Files that were loaded because they may change what others mean.
    loaded: HashMap<PathBuf, RevisionFile>,
}

impl PythonScripts {
    /// The revisions of a run. `read` brings a file's bytes; `engine` is what the multidb template
    /// passes to the functions.
    pub fn new(
        run: Rc<Run>,
        files: Rc<dyn Files>,
        engine: Option<String>,
        read: fn(&Path) -> Result<Vec<u8>, String>,
    ) -> Self {
        Self {
            evaluation: Rc::new(RefCell::new(Evaluation::new(run.clone(), files))),
            run,
            engine,
            read,
            loaded: HashMap::new(),
        }
    }

    /// Whether revisions share more than what every run has: modules of the project's own, or
    /// extensions that some of them have made.
    pub fn share_modules(&self) -> bool {
        let evaluation = self.evaluation.borrow();
        evaluation.has_own_modules() || evaluation.is_extended()
    }

    /// Loads files that may change what other revisions mean, in their order. One that cannot be
    /// loaded is passed over here; it fails when it is to run.
    pub fn preload<'r>(&mut self, extending: impl IntoIterator<Item = (&'r Revision, &'r str)>) {
        for (revision, text) in extending {
            let path = revision.path.to_string_lossy();
            let file = self
                .evaluation
                .borrow_mut()
                .load(&revision.module_name(), &path, text);
            if let Ok(file) = file {
                self.loaded.insert(revision.path.clone(), file);
            }
        }
    }
}

impl ScriptSource for PythonScripts {
    fn script(&mut self, revision: &Revision) -> Result<Box<dyn RevisionScript>, ScriptError> {
        let path = revision.path.to_string_lossy().into_owned();
        let unreadable = |message: String| ScriptError::Refused {
            place: Place {
                path: revision.path.clone(),
                line: 1,
                column: 1,
            },
            message,
            hint: None,
        };
        let bytes = (self.read)(&revision.path).map_err(unreadable)?;
        let text = source::decode(&bytes)
            .map_err(|error| unreadable(error.to_string()))?
            .into_owned();
        let file = match self.loaded.remove(&revision.path) {
            Some(file) => file,
            None => self
                .evaluation
                .borrow_mut()
                .load(&revision.module_name(), &path, &text)
                .map_err(|error| script_error(*error))?,
        };
        Ok(Box::new(PythonScript {
            run: self.run.clone(),
            evaluation: self.evaluation.clone(),
            engine: self.engine.clone(),
            file,
            source: bytes,
        }))
    }
}

/// One Python revision.
struct PythonScript {
    run: Rc<Run>,
    evaluation: Rc<RefCell<Evaluation>>,
    engine: Option<String>,
    file: RevisionFile,
    source: Vec<u8>,
}

impl RevisionScript for PythonScript {
    fn run(&mut self, body: Body, sink: &SharedSink) -> Result<(), ScriptError> {
        let outcome = self
            .evaluation
            .borrow_mut()
            .run(&self.file, body, self.engine.as_deref());
        // On a connection the statements have run already; printed ones are handed on here.
        hand_on(outcome, self.run.is_offline(), sink)
    }

    fn source(&self) -> &[u8] {
        &self.source
    }
}

/// Gives a body's warnings, and its statements where they have not run, to a sink.
fn hand_on(
    outcome: Result<Rendered, Box<RevisionError>>,
    is_printed: bool,
    sink: &SharedSink,
) -> Result<(), ScriptError> {
    let (statements, result) = match outcome {
        Ok(rendered) => {
            for warning in &rendered.warnings {
                sink.borrow_mut().warn(warning);
            }
            (rendered.statements, Ok(()))
        }
        Err(mut error) => {
            let statements = std::mem::take(&mut error.statements);
            (statements, Err(script_error(*error)))
        }
    };
    for statement in statements.into_iter().filter(|_| is_printed) {
        let done = sink.borrow_mut().execute(&statement);
        done.map_err(|error| ScriptError::Server {
            error,
            statement,
            place: None,
        })?;
    }
    result
}

/// A body that was evaluated before it is asked for.
pub struct PrintedScript(Option<Result<Rendered, Box<RevisionError>>>);

impl PrintedScript {
    /// What a body has printed, or how it failed.
    pub fn new(outcome: Result<Rendered, Box<RevisionError>>) -> Self {
        Self(Some(outcome))
    }
}

impl RevisionScript for PrintedScript {
    fn run(&mut self, _body: Body, sink: &SharedSink) -> Result<(), ScriptError> {
        match self.0.take() {
            Some(outcome) => hand_on(outcome, true, sink),
            None => Ok(()),
        }
    }

    fn source(&self) -> &[u8] {
        &[]
    }
}

/// A failure of the evaluation as the executor tells it.
fn script_error(error: RevisionError) -> ScriptError {
    match error.place {
        Some(place) if error.exception.is_empty() => ScriptError::Refused {
            place,
            message: error.message,
            hint: (!error.hint.is_empty()).then_some(error.hint),
        },
        place => ScriptError::Raised {
            class: error.exception,
            message: error.message,
            place,
        },
    }
}
