//! Statements that change or drop what is there.

use super::super::flavor::Flavor;
use super::cursor::Cursor;
use super::reader::Reader;
use super::tokens::Sort;
use super::touch::{Action, Moment, ObjectKind};

/// Reads the kind of object that stands here and moves past it.
fn kind(cursor: &mut Cursor<'_>) -> Option<ObjectKind> {
    if cursor.take_words(&["materialized", "view"]) {
        return Some(ObjectKind::MaterializedView);
    }
    if cursor.take_words(&["foreign", "table"]) {
        return Some(ObjectKind::Table);
    }
    let kind = match cursor.text().to_ascii_lowercase().as_str() {
        "table" => ObjectKind::Table,
        "view" => ObjectKind::View,
        "type" | "domain" => ObjectKind::Type,
        "function" | "procedure" | "routine" | "aggregate" => ObjectKind::Function,
        "sequence" => ObjectKind::Sequence,
        "index" => ObjectKind::Index,
        "schema" => ObjectKind::Schema,
        "extension" => ObjectKind::Extension,
        _ => return None,
    };
    cursor.advance();
    Some(kind)
}

impl Reader<'_> {
    /// Reads `ALTER` behind the word.
    pub(super) fn alter(&mut self, mut cursor: Cursor<'_>) {
        if cursor.take_any(&["trigger", "policy", "rule"]) {
            self.if_exists(&mut cursor, |reader, cursor| {
                cursor.until(&["on"]);
                cursor.take("on");
                reader.touch_next(cursor, ObjectKind::Table, Action::Alters);
            });
            return;
        }
        if cursor.take("publication") {
            cursor.until(&["table"]);
            cursor.take("table");
            self.each(cursor, ObjectKind::Table, &Action::References);
            return;
        }
        let Some(kind) = kind(&mut cursor) else {
            return;
        };
        if cursor.take("all") {
            return;
        }
        self.if_exists(&mut cursor, |reader, cursor| {
            reader.alter_object(kind, cursor);
        });
    }

    fn alter_object(&mut self, kind: ObjectKind, cursor: &mut Cursor<'_>) {
        cursor.take("only");
        let Some(named) = cursor.name() else { return };
        cursor.take_symbol("*");
        if kind == ObjectKind::Function && cursor.sort() == Some(Sort::Open) {
            cursor.skip();
        }
        let action = if cursor.is("rename") {
            self.new_name(*cursor).map(|to| Action::Renames { to })
        } else {
            new_schema(*cursor).map(|to| Action::Moves { to })
        };
        if let Some(action) = action {
            self.touch(kind, named, action);
            return;
        }
        self.touch(kind, named, Action::Alters);
        for action in cursor.items() {
            self.alter_action(kind, action);
        }
        if kind == ObjectKind::Sequence {
            self.owned_by(*cursor);
        }
    }

    /// The name behind `RENAME`, unless a column or the like is renamed.
    fn new_name(&self, mut cursor: Cursor<'_>) -> Option<String> {
        cursor.take("rename");
        let parts = ["column", "index", "key", "constraint"];
        // MySQL needs no TO.
        let direct = self.flavor == Flavor::Mysql && !cursor.is_any(&parts);
        if !cursor.take_any(&["to", "as"]) && !direct {
            return None;
        }
        cursor.name()?.parts.pop()
    }

    fn alter_action(&mut self, kind: ObjectKind, mut action: Cursor<'_>) {
        if action.take("add") {
            self.add(kind, action);
        } else if action.take("alter") {
            action.take_any(&["column", "attribute", "constraint"]);
            action.advance();
            action.take_words(&["set", "data"]);
            if action.take("type") && self.has_types() {
                self.type_name(&mut action);
            }
            self.expression(action);
        } else if action.take_any(&["change", "modify"]) {
            self.constraint(action);
        } else if action.take_any(&["attach", "detach"]) {
            action.take("partition");
            self.touch_next(&mut action, ObjectKind::Table, Action::References);
        } else if action.take("no") {
            action.take("inherit");
            self.touch_next(&mut action, ObjectKind::Table, Action::References);
        } else if action.take_any(&["inherit", "of"]) {
            self.touch_next(&mut action, ObjectKind::Table, Action::References);
        } else if action.take("set") {
            self.expression(action);
        }
    }

    fn add(&mut self, kind: ObjectKind, mut cursor: Cursor<'_>) {
        if kind == ObjectKind::Type {
            if cursor.take("attribute") {
                cursor.advance();
                self.type_name(&mut cursor);
            } else if !cursor.is("value") {
                self.constraint(cursor);
            }
            return;
        }
        let constraint = cursor.is("constraint")
            || cursor.is_any(&["primary", "foreign"]) && cursor.is_ahead(1, "key")
            || cursor.is_any(&["unique", "check", "exclude"])
            || cursor.is_any(&["index", "key", "fulltext", "spatial", "partition"]);
        if constraint {
            self.constraint(cursor);
            return;
        }
        cursor.take("column");
        cursor.take_words(&["if", "not", "exists"]);
        if cursor.sort() == Some(Sort::Open) {
            if let Some(columns) = cursor.group() {
                self.table_items(columns);
            }
            return;
        }
        self.column(cursor);
    }

    /// Reads `DROP` behind the word.
    pub(super) fn drop(&mut self, mut cursor: Cursor<'_>) {
        if cursor.take_any(&["trigger", "policy", "rule"]) {
            self.drop_on_table(cursor);
            return;
        }
        if cursor.take("owned") {
            return;
        }
        cursor.take_any(&["temporary", "unique"]);
        let Some(kind) = kind(&mut cursor) else {
            return;
        };
        cursor.take("concurrently");
        let if_exists = cursor.take_words(&["if", "exists"]);
        let cascade = cursor.contains(&["cascade"]);
        for mut item in cursor.items() {
            self.touch_next(&mut item, kind, Action::Drops { if_exists, cascade });
            // MySQL names the table of an index.
            if kind == ObjectKind::Index && item.take("on") {
                self.touch_next(&mut item, ObjectKind::Table, Action::Alters);
            }
        }
    }

    /// Reads `DROP TRIGGER name ON table` and its like.
    fn drop_on_table(&mut self, mut cursor: Cursor<'_>) {
        let if_exists = cursor.take_words(&["if", "exists"]);
        let Some(named) = cursor.name() else { return };
        let cascade = cursor.contains(&["cascade"]);
        let moment = if if_exists {
            Moment::Conditional
        } else {
            Moment::Now
        };
        if cursor.take("on") {
            self.at_moment(moment, |reader| {
                reader.touch_next(&mut cursor, ObjectKind::Table, Action::Alters);
            });
        } else {
            self.touch(
                ObjectKind::Trigger,
                named,
                Action::Drops { if_exists, cascade },
            );
        }
    }

    /// Reads `COMMENT` behind the word.
    pub(super) fn comment(&mut self, mut cursor: Cursor<'_>) {
        cursor.take("on");
        if cursor.take("column") {
            let column = cursor.name().filter(|column| column.parts.len() > 1);
            if let Some(column) = column {
                self.touch(ObjectKind::Table, column.without_column(), Action::Alters);
            }
        } else if cursor.take_any(&["constraint", "trigger", "policy", "rule"]) {
            cursor.until(&["on"]);
            cursor.take("on");
            let kind = if cursor.take("domain") {
                ObjectKind::Type
            } else {
                ObjectKind::Table
            };
            self.touch_next(&mut cursor, kind, Action::Alters);
        } else if let Some(kind) = kind(&mut cursor) {
            self.touch_next(&mut cursor, kind, Action::Alters);
        }
    }

    /// Reads `GRANT` or `REVOKE` behind the word.
    pub(super) fn grant(&mut self, mut cursor: Cursor<'_>) {
        // Privileges may name columns in parentheses; grants of roles have no ON.
        cursor.until(&["on"]);
        if !cursor.take("on") {
            return;
        }
        let objects = cursor.until(&["to", "from"]);
        let mut objects = objects;
        if objects.take("all") {
            objects.until(&["schema"]);
        }
        let kind = match kind(&mut objects) {
            Some(kind) => kind,
            None if objects.is_any(&[
                "database",
                "language",
                "foreign",
                "large",
                "parameter",
                "tablespace",
            ]) && objects
                .sort_ahead(1)
                .is_some_and(|sort| sort != Sort::Symbol) =>
            {
                return;
            }
            None => ObjectKind::Table,
        };
        for mut item in objects.items() {
            if item.is_symbol(2, "*") || item.is_symbol(0, "*") {
                continue;
            }
            self.touch_next(&mut item, kind, Action::Alters);
        }
    }
}

/// The schema behind `SET SCHEMA`.
fn new_schema(mut cursor: Cursor<'_>) -> Option<String> {
    if !cursor.take_words(&["set", "schema"]) {
        return None;
    }
    cursor.name()?.parts.pop()
}
