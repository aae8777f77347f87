//! What SQLAlchemy raises while a construct is built or turned into text.

use std::fmt;

/// The exception class SQLAlchemy would raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// `sqlalchemy.exc.ArgumentError`.
    Argument,
    /// `sqlalchemy.exc.CircularDependencyError`.
    CircularDependency,
    /// `sqlalchemy.exc.CompileError`.
    Compile,
    /// `sqlalchemy.exc.ConstraintColumnNotFoundError`.
    ConstraintColumnNotFound,
    /// `sqlalchemy.exc.DuplicateColumnError`.
    DuplicateColumn,
    /// `alembic.util.exc.CommandError`.
    Command,
    /// The builtin `AssertionError`.
    Assertion,
    /// `sqlalchemy.exc.IdentifierError`.
    Identifier,
    /// `sqlalchemy.exc.InvalidRequestError`.
    InvalidRequest,
    /// `sqlalchemy.exc.UnsupportedCompilationError`.
    UnsupportedCompilation,
    /// `sqlalchemy.exc.NoForeignKeysError`.
    NoForeignKeys,
    /// `sqlalchemy.exc.AmbiguousForeignKeysError`.
    AmbiguousForeignKeys,
    /// `sqlalchemy.exc.NoReferencedTableError`.
    NoReferencedTable,
    /// `sqlalchemy.exc.NoReferencedColumnError`.
    NoReferencedColumn,
    /// The builtin `AttributeError`.
    Attribute,
    /// The builtin `KeyError`.
    Key,
    /// The builtin `LookupError`.
    Lookup,
    /// The builtin `NotImplementedError`.
    NotImplemented,
    /// The builtin `TypeError`.
    Type,
    /// The builtin `ValueError`.
    Value,
}

impl ErrorClass {
    /// The class's name without its module.
    pub fn name(self) -> &'static str {
        match self {
            Self::Argument => "ArgumentError",
            Self::CircularDependency => "CircularDependencyError",
            Self::Compile => "CompileError",
            Self::ConstraintColumnNotFound => "ConstraintColumnNotFoundError",
            Self::DuplicateColumn => "DuplicateColumnError",
            Self::Command => "CommandError",
            Self::Assertion => "AssertionError",
            Self::Identifier => "IdentifierError",
            Self::InvalidRequest => "InvalidRequestError",
            Self::UnsupportedCompilation => "UnsupportedCompilationError",
            Self::NoForeignKeys => "NoForeignKeysError",
            Self::AmbiguousForeignKeys => "AmbiguousForeignKeysError",
            Self::NoReferencedTable => "NoReferencedTableError",
            Self::NoReferencedColumn => "NoReferencedColumnError",
            Self::Attribute => "AttributeError",
            Self::Key => "KeyError",
            Self::Lookup => "LookupError",
            Self::NotImplemented => "NotImplementedError",
            Self::Type => "TypeError",
            Self::Value => "ValueError",
        }
    }
}

/// A construct that SQLAlchemy refuses to build or to render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// The exception's class.
    pub class: ErrorClass,
    /// The exception's text.
    pub message: String,
}

impl CompileError {
    /// A `CompileError`.
    pub fn new(message: impl Into<String>) -> Self {
        Self::of(ErrorClass::Compile, message)
    }

    /// An error of any class.
    pub fn of(class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
        }
    }

    /// An `ArgumentError`.
    pub fn argument(message: impl Into<String>) -> Self {
        Self::of(ErrorClass::Argument, message)
    }

    /// The compiler of a backend has no method for an element.
    pub fn unsupported(compiler: &str, element: &str) -> Self {
        Self::of(
            ErrorClass::UnsupportedCompilation,
            format!("Compiler {compiler} can't render element of type {element}"),
        )
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.class.name(), self.message)
    }
}

impl std::error::Error for CompileError {}
