//! Runs revision files: what `alembic` and `sqlalchemy` are to them.
//!
//! The evaluator knows nothing of either. Here are the host objects that stand for their names:
//! each gathers its arguments and hands plain data to [`ops`](super::ops) and
//! [`sqlalchemy`](super::sqlalchemy), which know nothing of Python.

#![allow(
    clippy::too_many_lines,
    reason = "one match from names to what they do reads better whole"
)]
#![allow(
    clippy::unused_self,
    clippy::wrong_self_convention,
    reason = "what revisions can reach hangs together on the runtime"
)]

mod batch;
mod bind;
mod bulk_insert;
mod column;
mod constraint;
mod datum;
mod driver;
mod enum_values;
mod environment;
mod exceptions;
mod explorer;
mod expression;
mod geometry;
mod inspect;
mod library;
mod literal;
mod live;
mod metadata;
mod modules;
mod names;
mod operation_objects;
mod operations;
mod options;
mod orm;
mod postgres_errors;
mod query;
mod record;
mod relationship;
mod result;
mod run;
mod schema_ddl;
mod script;
mod scripts;
mod sequence;
mod session;
mod statement;
mod supposed;
mod table;
mod third_party;
mod types;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

pub use bind::Connection;
pub use explorer::{Branch, Explorer, Question, explore};
pub use live::SinkConnection;
pub use record::{Recorded, Recorder};
pub use run::{Run, RunSettings};
pub use script::{
    Evaluation, Files, Rendered, RevisionError, RevisionFile, may_extend, may_share_state,
};
pub use scripts::{PrintedScript, PythonScripts};

pub use metadata::variables as evaluated_variables;

use crate::python::Value;

/// The run and what was made for it, shared by all host objects.
#[derive(Clone)]
pub(crate) struct Runtime {
    pub(crate) run: Rc<Run>,
    /// Modules and the names taken from them, so that they are one object each time.
    pub(crate) library: Rc<RefCell<HashMap<String, Value>>>,
    /// What revisions add to the libraries.
    pub(crate) extensions: Rc<RefCell<orm::Extensions>>,
}

impl Runtime {
    pub(crate) fn new(run: Rc<Run>) -> Self {
        Self {
            run,
            library: Rc::default(),
            extensions: Rc::default(),
        }
    }
}
