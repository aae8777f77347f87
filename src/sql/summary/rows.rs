//! Statements that insert, change, delete or copy rows.

use super::cursor::Cursor;
use super::query::{Place, is_query, skip_alias};
use super::reader::Reader;
use super::tokens::Sort;
use super::touch::{Action, ObjectKind};

impl Reader<'_> {
    /// Reads `INSERT` or `REPLACE` behind its verb.
    pub(super) fn insert(&mut self, mut cursor: Cursor<'_>) {
        while cursor.take_any(&[
            "or",
            "rollback",
            "abort",
            "replace",
            "fail",
            "ignore",
            "low_priority",
            "delayed",
            "high_priority",
        ]) {}
        cursor.take("into");
        self.write_next(&mut cursor);
        if cursor.take("as") {
            cursor.advance();
        }
        if cursor.sort() == Some(Sort::Open)
            && !{
                let mut columns = cursor;
                columns.group().is_some_and(|inside| is_query(&inside))
            }
        {
            cursor.skip();
        }
        if cursor.take("overriding") {
            cursor.advance();
            cursor.take("value");
        }
        if cursor.take("with") {
            self.nested(|reader| reader.with_queries(cursor));
        } else {
            self.query(cursor);
        }
    }

    /// Reads `UPDATE` behind its verb.
    pub(super) fn update(&mut self, mut cursor: Cursor<'_>) {
        while cursor.take_any(&[
            "or",
            "rollback",
            "abort",
            "replace",
            "fail",
            "ignore",
            "low_priority",
            "only",
        ]) {}
        self.write_next(&mut cursor);
        cursor.take_symbol("*");
        skip_alias(&mut cursor);
        // MySQL joins tables before SET.
        self.walk(cursor, Place::Tables);
    }

    /// Reads `DELETE` behind its verb.
    pub(super) fn delete(&mut self, mut cursor: Cursor<'_>) {
        cursor.take_any(&["low_priority", "quick", "ignore"]);
        // MySQL may name the tables or aliases first.
        let _targets = cursor.until(&["from"]);
        cursor.take("from");
        cursor.take("only");
        self.write_next(&mut cursor);
        cursor.take_symbol("*");
        skip_alias(&mut cursor);
        if cursor.take("using") {
            self.tables(cursor);
        } else {
            self.walk(cursor, Place::Tables);
        }
    }

    /// Reads `MERGE` behind its verb.
    pub(super) fn merge(&mut self, mut cursor: Cursor<'_>) {
        cursor.take("into");
        cursor.take("only");
        self.write_next(&mut cursor);
        cursor.take_symbol("*");
        skip_alias(&mut cursor);
        if cursor.take("using") {
            self.table_item(&mut cursor);
        }
        self.expression(cursor);
    }

    /// Reads `COPY` behind its verb.
    pub(super) fn copy(&mut self, mut cursor: Cursor<'_>) {
        if cursor.sort() == Some(Sort::Open) {
            self.parenthesis(&mut cursor);
            return;
        }
        let direction = {
            let mut ahead = cursor;
            ahead.until(&["from", "to"]);
            if ahead.is("to") {
                Action::Reads
            } else {
                Action::Writes
            }
        };
        self.touch_next(&mut cursor, ObjectKind::Table, direction);
    }

    fn write_next(&mut self, cursor: &mut Cursor<'_>) {
        self.touch_next(cursor, ObjectKind::Table, Action::Writes);
    }
}
