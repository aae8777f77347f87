//! Columns and constraints of tables.

use super::cursor::Cursor;
use super::reader::Reader;
use super::tokens::Sort;
use super::touch::{Action, ObjectKind};

impl Reader<'_> {
    /// Reads what stands in the parentheses of `CREATE TABLE`.
    pub(super) fn table_items(&mut self, cursor: Cursor<'_>) {
        for item in cursor.items() {
            self.table_item_definition(item);
        }
    }

    fn table_item_definition(&mut self, mut item: Cursor<'_>) {
        if item.is("like") {
            item.advance();
            self.touch_next(&mut item, ObjectKind::Table, Action::References);
        } else if is_constraint(&item) {
            self.constraint(item);
        } else {
            self.column(item);
        }
    }

    /// Reads a column from its name on.
    pub(super) fn column(&mut self, mut cursor: Cursor<'_>) {
        if !cursor.at_name() {
            return;
        }
        cursor.advance();
        // A column of a typed table or partition has options only.
        if self.has_types()
            && !cursor.is_any(&[
                "with",
                "constraint",
                "not",
                "null",
                "default",
                "check",
                "unique",
                "primary",
                "references",
                "generated",
            ])
        {
            self.type_name(&mut cursor);
        }
        self.constraint(cursor);
    }

    /// Reads constraints: what they reference, call and cast.
    pub(super) fn constraint(&mut self, mut cursor: Cursor<'_>) {
        while !cursor.is_empty() {
            let mut before = cursor;
            let expression = before.until(&["references"]);
            self.expression(expression);
            cursor = before;
            if cursor.take("references") {
                self.touch_next(&mut cursor, ObjectKind::Table, Action::References);
                if cursor.sort() == Some(Sort::Open) {
                    cursor.skip();
                }
            }
        }
    }
}

/// Whether an item of a table is a constraint or an index, not a column.
fn is_constraint(item: &Cursor<'_>) -> bool {
    if item.is("constraint") {
        return true;
    }
    let opens = |ahead| item.sort_ahead(ahead) == Some(Sort::Open);
    item.is("primary") && item.is_ahead(1, "key")
        || item.is("foreign") && item.is_ahead(1, "key")
        || item.is_any(&["unique", "check", "exclude"])
            && (opens(1)
                || item.is_ahead(1, "using")
                || item.is_ahead(1, "nulls")
                || item.is_ahead(1, "key")
                || item.is_ahead(1, "index"))
        || item.is_any(&["key", "index"]) && (opens(1) || opens(2))
        || item.is_any(&["fulltext", "spatial"])
}
