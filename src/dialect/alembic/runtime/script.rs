//! A Python revision, evaluated.

use std::cell::Cell;
use std::rc::Rc;

use super::Runtime;
use super::run::Run;
use crate::dialect::alembic::render::Body;
use crate::model::Place;
use crate::python::{Arguments, Failure, Host, Limits, Value, Vm};

/// What revisions may read of the project around them.
pub trait Files {
    /// The path and text of a module of the project's own.
    fn module(&self, name: &str) -> Option<(String, String)>;

    /// The bytes of a file beside the revisions.
    fn read(&self, path: &str) -> Option<Vec<u8>>;

    /// An environment variable; `Err` for one that is not on the list.
    ///
    /// # Errors
    ///
    /// The variable is not to be asked for.
    #[allow(clippy::result_unit_err)]
    fn environment(&self, name: &str) -> Result<Option<String>, ()>;
}

/// What a body has printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The statements, without the semicolon behind each.
    pub statements: Vec<String>,
    /// Where each of them comes from; nothing where that was not asked for.
    pub places: Vec<Place>,
    /// Warnings for people.
    pub warnings: Vec<String>,
}

/// A body that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionError {
    /// What kind of failure it is: `live`, `refused`, `raised`, `import`, `no-function`.
    pub class: &'static str,
    /// The exception's class; empty where there is none.
    pub exception: String,
    /// What went wrong.
    pub message: String,
    /// What to do; empty where there is nothing to say.
    pub hint: String,
    /// Where in the revision.
    pub place: Option<Place>,
    /// What was sent before.
    pub statements: Vec<String>,
}

/// The host of one run's evaluation.
struct RevisionHost {
    runtime: Runtime,
    files: Rc<dyn Files>,
    /// Whether a module of the project's own was found.
    own_modules: Rc<Cell<bool>>,
}

impl Host for RevisionHost {
    fn import(&self, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(self.runtime.library_module(name))
    }

    fn source_of(&self, name: &str) -> Option<(Rc<str>, Rc<str>)> {
        let (path, text) = self.files.module(name)?;
        self.own_modules.set(true);
        Some((path.into(), text.into()))
    }

    fn unknown_module(&self, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        // Many revisions import what they no longer use.
        Ok(Some(Vm::absent(name)))
    }

    fn environment(&self, name: &str) -> Result<Option<Rc<str>>, ()> {
        self.files
            .environment(name)
            .map(|value| value.map(Into::into))
    }

    fn read_file(&self, path: &str) -> Option<Vec<u8>> {
        self.files.read(path)
    }

    fn now(&self) -> Option<i64> {
        Some(chrono::Utc::now().timestamp_micros())
    }

    fn local_offset(&self) -> i32 {
        chrono::Local::now().offset().local_minus_utc() / 60
    }

    fn random(&self, buffer: &mut [u8]) -> bool {
        for byte in buffer {
            *byte = fastrand::u8(..);
        }
        true
    }

    fn print(&self, text: &str) {
        log::info!(target: "stillway::revision", "{}", text.trim_end());
    }
}

/// What the revisions of one run share: the evaluator and its modules.
pub struct Evaluation {
    vm: Vm,
    run: Rc<Run>,
    runtime: Runtime,
    own_modules: Rc<Cell<bool>>,
}

/// Whether a file may change what other revisions mean: it imports modules of the project's own, or
/// extends the compiler or `op` itself. Alembic imports all revisions before it runs any.
pub fn may_extend(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        let module = line
            .strip_prefix("from ")
            .or_else(|| line.strip_prefix("import "));
        match module {
            Some(module) => {
                let root = module
                    .split(|character: char| !(character.is_alphanumeric() || character == '_'))
                    .next()
                    .unwrap_or_default();
                !super::modules::is_known_root(root)
            }
            None => line.contains("compiles(") || line.contains(".register_operation("),
        }
    })
}

/// Whether a file may leave something behind that another revision of the same run sees, or see
/// what another has left: such revisions have to be evaluated one after the other.
pub fn may_share_state(text: &str) -> bool {
    // Settings of the run, the process's variables, and the state of modules.
    [
        "environ[",
        "environ.update",
        "environ.setdefault",
        "environ.pop",
        "putenv",
        ".attributes",
        "_option(",
        "seed(",
        "sys.modules",
        "setattr(",
    ]
    .iter()
    .any(|word| text.contains(word))
}

impl Evaluation {
    /// An evaluator for one run.
    pub fn new(run: Rc<Run>, files: Rc<dyn Files>) -> Self {
        Self::with_limits(run, files, Limits::default())
    }

    /// An evaluator with bounds of its own.
    pub fn with_limits(run: Rc<Run>, files: Rc<dyn Files>, limits: Limits) -> Self {
        let runtime = Runtime::new(run.clone());
        let own_modules = Rc::new(Cell::new(false));
        let host = Rc::new(RevisionHost {
            runtime: runtime.clone(),
            files,
            own_modules: own_modules.clone(),
        });
        Self {
            vm: Vm::new(host, limits),
            run,
            runtime,
            own_modules,
        }
    }

    /// Whether a module of the project's own was loaded, whose state all revisions share.
    pub fn has_own_modules(&self) -> bool {
        self.own_modules.get()
    }

    /// Whether a file loaded so far has extended the compiler or `op`.
    pub fn is_extended(&self) -> bool {
        !self.runtime.extensions.borrow().is_empty()
    }

    /// Evaluates a file as far as importing it does.
    ///
    /// # Errors
    ///
    /// What the file's own statements cannot do.
    pub fn load(
        &mut self,
        name: &str,
        path: &str,
        source: &str,
    ) -> Result<RevisionFile, Box<RevisionError>> {
        match self.vm.load_module(name, path, source) {
            Ok(module) => Ok(RevisionFile {
                module,
                path: path.into(),
            }),
            Err(failure) => {
                let mut error = describe(&failure, path, &self.run);
                if error.class == "raised" {
                    error.class = "import";
                }
                Err(error)
            }
        }
    }

    /// Looks into a loaded file.
    pub(super) fn with_module<T>(
        &mut self,
        file: &RevisionFile,
        look: impl FnOnce(&mut Vm, &Value) -> T,
    ) -> T {
        look(&mut self.vm, &file.module)
    }

    /// Runs one of the bodies. `engine` is what the multidb template passes along.
    ///
    /// # Errors
    ///
    /// What the body cannot do.
    pub fn run(
        &mut self,
        file: &RevisionFile,
        body: Body,
        engine: Option<&str>,
    ) -> Result<Rendered, Box<RevisionError>> {
        let result = self.call(file, body, engine);
        let statements = self.run.take_printed();
        let places = self.run.take_places();
        match result {
            Ok(()) => Ok(Rendered {
                statements,
                places,
                warnings: self.run.context.take_warnings(),
            }),
            Err(mut error) => {
                error.statements = statements;
                Err(error)
            }
        }
    }

    fn call(
        &mut self,
        file: &RevisionFile,
        body: Body,
        engine: Option<&str>,
    ) -> Result<(), Box<RevisionError>> {
        let function = self
            .vm
            .find_attribute(&file.module, body.name())
            .map_err(|failure| describe(&failure, &file.path, &self.run))?;
        let Some(function) = function else {
            return Err(Box::new(RevisionError {
                class: "no-function",
                exception: "AttributeError".to_owned(),
                message: format!("the revision has no function {}()", body.name()),
                hint: String::new(),
                place: None,
                statements: Vec::new(),
            }));
        };
        let mut arguments = Arguments::none();
        if let Some(engine) = engine {
            arguments = arguments.keyword("engine_name", Value::str(engine));
        }
        let done = self.vm.call(&function, arguments);
        let done = match self.run.come_back(&mut self.vm) {
            Err(failure) if done.is_ok() => Err(failure),
            _ => done,
        };
        match done {
            Ok(_) if self.run.rolled_back.take() => Err(Box::new(RevisionError {
                class: "refused",
                exception: String::new(),
                message: format!(
                    "{}() rolled a session back and went on; what it had done before would be lost \
                     with other revisions' work.",
                    body.name()
                ),
                hint: "Raise an exception after rollback().".to_owned(),
                place: None,
                statements: Vec::new(),
            })),
            Ok(_) => Ok(()),
            Err(failure) => {
                self.run.rolled_back.set(false);
                Err(describe(&failure, &file.path, &self.run))
            }
        }
    }
}

/// A Python revision, loaded.
pub struct RevisionFile {
    module: Value,
    path: Rc<str>,
}

/// Words that tell that a body wanted an answer from a database.
const LIVE: &[&str] = &[
    "MockConnection",
    "'NoneType' object",
    "NoneType'",
    "No inspection system is available",
    "requires a live database connection",
];

/// A failure for people and programs.
fn describe(failure: &Failure, path: &str, run: &Run) -> Box<RevisionError> {
    let position = failure.position_in(path).or_else(|| failure.position());
    let place = position.map(|position| Place {
        path: position.path.to_string().into(),
        line: position.line,
        column: position.column,
    });
    Box::new(match failure {
        Failure::Refused(refusal) => RevisionError {
            class: "refused",
            exception: String::new(),
            message: refusal.message.to_string(),
            hint: refusal.advice.to_string(),
            place,
            statements: Vec::new(),
        },
        Failure::Raised(_) => {
            let exception = failure.class_name().unwrap_or_default().to_string();
            let message = failure.message().to_string();
            let live = run.is_offline()
                && (exception == "NoInspectionAvailable"
                    || matches!(
                        exception.as_str(),
                        "AttributeError" | "TypeError" | "CommandError"
                    ) && LIVE.iter().any(|words| message.contains(words)));
            RevisionError {
                class: if live { "live" } else { "raised" },
                exception,
                message,
                hint: String::new(),
                place,
                statements: Vec::new(),
            }
        }
    })
}
