//! A connection over the sink that a run shares with its revisions.

use std::rc::Rc;

use super::bind::Connection;
use super::run::Run;
use crate::dialect::alembic::render::SharedSink;
use crate::engine::Reply;
use crate::python::{Failure, Vm};

/// Sends what revisions do to the run's sink.
pub struct SinkConnection {
    sink: SharedSink,
}

impl SinkConnection {
    /// A connection over a sink.
    pub fn new(sink: SharedSink) -> Self {
        Self { sink }
    }
}

impl Connection for SinkConnection {
    fn execute(self: Rc<Self>, run: &Run, _vm: &mut Vm, sql: &str) -> Result<Reply, Failure> {
        let reply = self.sink.borrow_mut().send(sql);
        reply.map_err(|error| run.server_failure(&error, sql))
    }

    fn autocommit(self: Rc<Self>, run: &Run, _vm: &mut Vm, begins: bool) -> Result<(), Failure> {
        let mut sink = self.sink.borrow_mut();
        let (done, statement) = if begins {
            (sink.begin_autocommit(), "COMMIT")
        } else {
            (sink.end_autocommit(), "BEGIN")
        };
        done.map_err(|error| run.server_failure(&error, statement))
    }
}
