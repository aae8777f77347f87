//! What one run of revisions shares: the backend, the way out for statements, the classes.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::exceptions::Exceptions;
use crate::dialect::alembic::ops;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::model::Place;
use crate::python::{Failure, Vm};

/// What operations need of the run around them.
pub struct Run {
    /// Naming, created types, warnings.
    pub context: ops::Context,
    pub(crate) exceptions: Exceptions,
    counter: Cell<u64>,
    savepoints: Cell<u64>,
    /// Whether a revision has asked to commit.
    pub(crate) committed: Cell<bool>,
    /// Whether a revision has left the transaction for good.
    pub(crate) outside: Cell<bool>,
    /// Whether a session was rolled back, after which the body has to raise.
    pub(crate) rolled_back: Cell<bool>,
    /// Statements in the order of their coming, while there is no connection.
    printed: RefCell<Vec<String>>,
    /// Where the printed statements come from, where that is wanted.
    places: RefCell<Vec<Place>>,
    /// Where statements go when there is one.
    pub(crate) connection: Option<Rc<dyn super::Connection>>,
    /// What `env.py` set, for revisions that ask.
    pub settings: RunSettings,
}

/// What revisions may ask of their environment.
#[derive(Debug, Clone, Default)]
pub struct RunSettings {
    /// `-x` arguments.
    pub x_arguments: Vec<String>,
    /// The argument of `--tag`.
    pub tag: Option<String>,
    /// The main section of the configuration file.
    pub options: Vec<(String, String)>,
    /// The schema of the version table.
    pub version_table_schema: Option<String>,
    /// The version table's name; none for Alembic's own.
    pub version_table: Option<String>,
    /// Whether statements of a run stand in one transaction.
    pub transactional_ddl: bool,
    /// The configuration file.
    pub config_file: Option<String>,
    /// Whether the places of printed statements are kept.
    pub keeps_places: bool,
}

impl Run {
    /// A run that prints.
    pub fn offline(context: ops::Context, settings: RunSettings) -> Rc<Self> {
        Self::new(context, settings, None)
    }

    /// A run on a connection.
    pub fn live(
        context: ops::Context,
        settings: RunSettings,
        connection: Rc<dyn super::Connection>,
    ) -> Rc<Self> {
        Self::new(context, settings, Some(connection))
    }

    fn new(
        context: ops::Context,
        settings: RunSettings,
        connection: Option<Rc<dyn super::Connection>>,
    ) -> Rc<Self> {
        Rc::new(Self {
            context,
            exceptions: Exceptions::default(),
            counter: Cell::new(0),
            savepoints: Cell::new(0),
            committed: Cell::new(false),
            outside: Cell::new(false),
            rolled_back: Cell::new(false),
            printed: RefCell::default(),
            places: RefCell::default(),
            connection,
            settings,
        })
    }

    /// Whether savepoints were opened, which are numbered through the run.
    pub fn has_savepoints(&self) -> bool {
        self.savepoints.get() > 0
    }

    /// The backend.
    pub fn target(&self) -> &Target {
        &self.context.target
    }

    /// Whether statements are only printed.
    pub fn is_offline(&self) -> bool {
        self.connection.is_none()
    }

    /// Whether there is a database that answers questions.
    pub(crate) fn has_answers(&self) -> bool {
        let connection = self.connection.as_ref();
        connection.is_some_and(|connection| connection.answers())
    }

    /// What supposes answers, where nobody gives them.
    pub(crate) fn explorer(&self) -> Option<Rc<super::explorer::Explorer>> {
        let connection = self.connection.clone()?;
        connection.explorer()
    }

    /// A number that grows with every constraint made.
    pub(crate) fn next_created(&self) -> u64 {
        self.counter.set(self.counter.get() + 1);
        self.counter.get()
    }

    /// The number of the next savepoint.
    pub(crate) fn next_savepoint(&self) -> u64 {
        self.savepoints.set(self.savepoints.get() + 1);
        self.savepoints.get()
    }

    /// Sends one statement out.
    pub(crate) fn emit(&self, vm: &mut Vm, statement: &str) -> Result<(), Failure> {
        if let Some(connection) = &self.connection {
            connection.clone().perform(self, vm, statement)
        } else {
            vm.charge(statement.len())?;
            if self.settings.keeps_places {
                let position = vm.position();
                self.places.borrow_mut().push(Place {
                    path: position.path.to_string().into(),
                    line: position.line,
                    column: position.column,
                });
            }
            self.printed
                .borrow_mut()
                .push(statement.replace('\t', "    ").trim().to_owned());
            Ok(())
        }
    }

    /// Leaves the transaction for statements that cannot stand in one, or opens it again.
    pub(crate) fn autocommit(&self, vm: &mut Vm, begins: bool) -> Result<(), Failure> {
        match &self.connection {
            Some(connection) => connection.clone().autocommit(self, vm, begins),
            None if self.settings.transactional_ddl => {
                self.emit(vm, if begins { "COMMIT" } else { "BEGIN" })
            }
            None => Ok(()),
        }
    }

    /// Goes back into a transaction where a revision has left it for good.
    pub(crate) fn come_back(&self, vm: &mut Vm) -> Result<(), Failure> {
        self.committed.set(false);
        if self.outside.take() {
            return self.autocommit(vm, false);
        }
        Ok(())
    }

    /// Sends out what an operation wrote, and then fails as it did.
    pub(crate) fn emit_all(
        &self,
        vm: &mut Vm,
        write: impl FnOnce(&ops::Context, &mut Vec<String>) -> Result<(), CompileError>,
    ) -> Result<(), Failure> {
        let mut statements = Vec::new();
        let written = write(&self.context, &mut statements);
        for statement in &statements {
            self.emit(vm, statement)?;
        }
        written.map_err(|error| self.exceptions.compile(&error))
    }

    /// What was printed since the last time.
    pub fn take_printed(&self) -> Vec<String> {
        self.printed.take()
    }

    /// Where it came from.
    pub fn take_places(&self) -> Vec<Place> {
        self.places.take()
    }

    /// The compiler's error as an exception.
    pub(crate) fn failed<T>(&self, result: Result<T, CompileError>) -> Result<T, Failure> {
        result.map_err(|error| self.exceptions.compile(&error))
    }

    /// An exception of `SQLAlchemy`'s, Alembic's or Python's.
    pub(crate) fn raise(&self, class: &str, message: impl AsRef<str>) -> Failure {
        self.exceptions.raise(class, message)
    }
}
