//! The exception classes of `SQLAlchemy` and Alembic.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::dialect::alembic::sqlalchemy::error::{CompileError, ErrorClass};
use crate::python::{Class, Failure};

/// Names with their bases; a base stands before what derives from it.
const SQLALCHEMY: &[(&str, &[&str])] = &[
    ("SQLAlchemyError", &[]),
    ("ArgumentError", &["SQLAlchemyError"]),
    ("DuplicateColumnError", &["ArgumentError"]),
    ("ConstraintColumnNotFoundError", &["ArgumentError"]),
    ("ObjectNotExecutableError", &["ArgumentError"]),
    ("NoSuchModuleError", &["ArgumentError"]),
    ("NoForeignKeysError", &["ArgumentError"]),
    ("AmbiguousForeignKeysError", &["ArgumentError"]),
    ("CircularDependencyError", &["SQLAlchemyError"]),
    ("CompileError", &["SQLAlchemyError"]),
    ("UnsupportedCompilationError", &["CompileError"]),
    ("IdentifierError", &["SQLAlchemyError"]),
    ("DisconnectionError", &["SQLAlchemyError"]),
    ("InvalidatePoolError", &["DisconnectionError"]),
    ("TimeoutError", &["SQLAlchemyError"]),
    ("InvalidRequestError", &["SQLAlchemyError"]),
    ("NoInspectionAvailable", &["InvalidRequestError"]),
    ("PendingRollbackError", &["InvalidRequestError"]),
    ("ResourceClosedError", &["InvalidRequestError"]),
    ("NoSuchColumnError", &["InvalidRequestError"]),
    ("NoResultFound", &["InvalidRequestError"]),
    ("MultipleResultsFound", &["InvalidRequestError"]),
    ("NoReferenceError", &["InvalidRequestError"]),
    ("NoReferencedTableError", &["NoReferenceError"]),
    ("NoReferencedColumnError", &["NoReferenceError"]),
    ("NoSuchTableError", &["InvalidRequestError"]),
    ("UnreflectableTableError", &["InvalidRequestError"]),
    ("UnboundExecutionError", &["InvalidRequestError"]),
    ("AwaitRequired", &["InvalidRequestError"]),
    ("MissingGreenlet", &["InvalidRequestError"]),
    ("IllegalStateChangeError", &["InvalidRequestError"]),
    ("StatementError", &["SQLAlchemyError"]),
    ("DBAPIError", &["StatementError"]),
    ("InterfaceError", &["DBAPIError"]),
    ("DatabaseError", &["DBAPIError"]),
    ("DataError", &["DatabaseError"]),
    ("OperationalError", &["DatabaseError"]),
    ("IntegrityError", &["DatabaseError"]),
    ("InternalError", &["DatabaseError"]),
    ("ProgrammingError", &["DatabaseError"]),
    ("NotSupportedError", &["DatabaseError"]),
    // Errors of `sqlalchemy.orm.exc`.
    ("DetachedInstanceError", &["SQLAlchemyError"]),
    ("ObjectDeletedError", &["InvalidRequestError"]),
    ("UnmappedError", &["InvalidRequestError"]),
    ("UnmappedInstanceError", &["UnmappedError"]),
    ("UnmappedClassError", &["UnmappedError"]),
    ("FlushError", &["SQLAlchemyError"]),
    ("StaleDataError", &["SQLAlchemyError"]),
];

const WARNINGS: &[(&str, &str)] = &[
    ("SAWarning", "RuntimeWarning"),
    ("SADeprecationWarning", "DeprecationWarning"),
    ("MovedIn20Warning", "DeprecationWarning"),
    ("RemovedIn20Warning", "DeprecationWarning"),
    ("Base20DeprecationWarning", "DeprecationWarning"),
    ("SAPendingDeprecationWarning", "PendingDeprecationWarning"),
];

/// The classes of one evaluation.
#[derive(Default)]
pub(crate) struct Exceptions {
    classes: RefCell<HashMap<&'static str, Rc<Class>>>,
}

impl Exceptions {
    /// A class of `sqlalchemy.exc` or `alembic.util.exc`, if there is one of that name.
    pub(crate) fn class(&self, name: &str) -> Option<Rc<Class>> {
        if let Some(class) = self.classes.borrow().get(name) {
            return Some(class.clone());
        }
        let (name, class) = if let Some((name, bases)) =
            SQLALCHEMY.iter().find(|(known, _)| *known == name)
        {
            let bases: Vec<Rc<Class>> = bases.iter().filter_map(|base| self.class(base)).collect();
            let bases: Vec<&Rc<Class>> = bases.iter().collect();
            (*name, Class::exception(name, "sqlalchemy.exc", &bases))
        } else if let Some((name, base)) = WARNINGS.iter().find(|(known, _)| *known == name) {
            let base = Class::builtin_exception(base);
            (*name, Class::exception(name, "sqlalchemy.exc", &[&base]))
        } else if name == "CommandError" {
            (
                "CommandError",
                Class::exception("CommandError", "alembic.util.exc", &[]),
            )
        } else {
            return None;
        };
        self.classes.borrow_mut().insert(name, class.clone());
        Some(class)
    }

    /// An exception of a class of `SQLAlchemy`'s, or of Python's own.
    pub(crate) fn raise(&self, name: &str, message: impl AsRef<str>) -> Failure {
        match self.class(name) {
            Some(class) => Failure::of(&class, message),
            None => Failure::raise(name, message),
        }
    }

    /// What the compiler complains about, as an exception.
    pub(crate) fn compile(&self, error: &CompileError) -> Failure {
        match error.class {
            ErrorClass::Key => {
                // The text of a KeyError is the key's repr already.
                let key = error.message.trim_matches('\'');
                Failure::raise("KeyError", key)
            }
            class => self.raise(class.name(), &error.message),
        }
    }
}
