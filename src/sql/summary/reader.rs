//! Gathers the touches of one statement while its parts are read.

use std::sync::Arc;

use super::super::flavor::Flavor;
use super::cursor::{Cursor, Named};
use super::session::Session;
use super::touch::{Action, Moment, ObjectKind, ObjectName, Touch};

/// How deep queries, parentheses and bodies may lie inside each other; what lies deeper is not read.
const DEPTH_LIMIT: u32 = 120;

/// What is known while a statement is read.
#[derive(Debug)]
pub(super) struct Reader<'s> {
    pub(super) flavor: Flavor,
    pub(super) session: &'s mut Session,
    pub(super) moment: Moment,
    /// Names that stand for queries, the innermost last.
    pub(super) queries: Vec<String>,
    /// Whether `SELECT … INTO` sets variables instead of making a table.
    pub(super) procedural: bool,
    pub(super) touches: Vec<Touch>,
    pub(super) runs_unknown_sql: bool,
    /// The schema in which names without one are looked for, whatever the session says.
    home: Option<String>,
    depth: u32,
}

impl<'s> Reader<'s> {
    pub(super) fn new(flavor: Flavor, session: &'s mut Session) -> Self {
        Self {
            flavor,
            session,
            moment: Moment::Now,
            queries: Vec::new(),
            procedural: false,
            touches: Vec::new(),
            runs_unknown_sql: false,
            home: None,
            depth: 0,
        }
    }

    /// Whether names of types mean anything.
    pub(super) fn has_types(&self) -> bool {
        self.flavor == Flavor::Postgres
    }

    /// What follows belongs to an object of this name. In SQLite its indexes, foreign keys, triggers and
    /// views know the schema of their own only.
    pub(super) fn belongs_to(&mut self, named: &Named) {
        if self.flavor == Flavor::Sqlite
            && let [.., schema, _] = named.parts.as_slice()
        {
            self.home = Some(schema.clone());
        }
    }

    /// Takes note of a touch; of a name that is not known nothing is noted.
    pub(super) fn touch(&mut self, kind: ObjectKind, mut named: Named, action: Action) {
        let Some(name) = named.parts.pop() else {
            return;
        };
        let schema = named.parts.pop().or_else(|| self.home.clone());
        self.touches.push(Touch {
            kind,
            name: ObjectName { schema, name },
            action,
            moment: self.moment,
            offset: named.offset,
            search_path: self.session.search_path().map(Arc::clone),
        });
    }

    /// Reads the name that stands here and takes note of it.
    pub(super) fn touch_next(
        &mut self,
        cursor: &mut Cursor<'_>,
        kind: ObjectKind,
        action: Action,
    ) -> bool {
        let Some(named) = cursor.name() else {
            return false;
        };
        self.touch(kind, named, action);
        true
    }

    /// Reads something inside, unless it lies too deep.
    pub(super) fn nested(&mut self, read: impl FnOnce(&mut Self)) {
        if self.depth >= DEPTH_LIMIT {
            return;
        }
        self.depth += 1;
        read(self);
        self.depth -= 1;
    }

    /// Reads something that happens at another moment, or the same if that is later.
    pub(super) fn at_moment(&mut self, moment: Moment, read: impl FnOnce(&mut Self)) {
        let before = self.moment;
        self.moment = before.max(moment);
        self.nested(read);
        self.moment = before;
    }
}
