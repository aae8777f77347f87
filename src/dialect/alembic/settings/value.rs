//! Values that can be told without running anything.

use std::rc::Rc;

use ruff_python_ast::{StmtClassDef, StmtFunctionDef};

use crate::dialect::alembic::constant::Constant;
use crate::model::Place;

/// A value that cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Where it comes from.
    pub place: Place,
    /// What stands there.
    pub reason: String,
}

/// A module whose text is followed.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: std::path::PathBuf,
    pub(super) text: String,
}

/// A function of a module that is followed.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) source: Rc<Source>,
    pub(super) module: usize,
    pub(super) definition: Rc<StmtFunctionDef>,
}

/// A class of a module that is followed.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub(super) source: Rc<Source>,
    pub(super) module: usize,
    pub(super) definition: Rc<StmtClassDef>,
}

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Constant(Constant),
    Dict(Vec<(String, Value)>),
    /// Something of a library, by its dotted name.
    Library(String),
    /// A module that is followed, by its position.
    Module(usize),
    Function(Function),
    Class(Class),
    /// An object of a class that is followed.
    Object(Class),
    /// A method together with its object.
    Method(Function, Box<Value>),
    /// A method of a value that is built in.
    Builtin(Box<Value>, String),
    /// `MetaData(naming_convention=…)`.
    Metadata(Option<Vec<(String, String)>>, Option<String>),
    Unknown(Unknown),
}

impl Value {
    pub(super) fn none() -> Self {
        Self::Constant(Constant::None)
    }

    pub(super) fn of_text(text: impl Into<String>) -> Self {
        Self::Constant(Constant::Text(text.into()))
    }

    pub(super) fn of_bool(value: bool) -> Self {
        Self::Constant(Constant::Bool(value))
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Constant(constant) => constant.text(),
            _ => None,
        }
    }

    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::Constant(Constant::None))
    }

    /// What a condition makes of it, where that can be told.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::Constant(constant) => Some(constant.is_true()),
            Self::Dict(items) => Some(!items.is_empty()),
            Self::Unknown(_) | Self::Builtin(..) => None,
            _ => Some(true),
        }
    }

    /// What `str()` makes of it.
    pub(super) fn shown(&self) -> Option<String> {
        match self {
            Self::Constant(Constant::Text(text)) => Some(text.clone()),
            Self::Constant(Constant::Int(number)) => Some(number.to_string()),
            Self::Constant(Constant::None) => Some("None".to_owned()),
            Self::Constant(Constant::Bool(true)) => Some("True".to_owned()),
            Self::Constant(Constant::Bool(false)) => Some("False".to_owned()),
            _ => None,
        }
    }
}
