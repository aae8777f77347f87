//! `CREATE` of anything.

use super::super::flavor::Flavor;
use super::cursor::{Cursor, Named};
use super::query::is_query;
use super::reader::Reader;
use super::tokens::Sort;
use super::touch::{Action, ObjectKind};

/// What stands between `CREATE` and the kind of object.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    or_replace: bool,
    temporary: bool,
}

impl Manner {
    fn creates(self, if_not_exists: bool) -> Action {
        Action::Creates {
            if_not_exists,
            or_replace: self.or_replace,
            temporary: self.temporary,
        }
    }
}

impl Reader<'_> {
    /// Reads `CREATE` behind the word.
    pub(super) fn create(&mut self, mut cursor: Cursor<'_>) {
        let mut manner = Manner::default();
        let mut materialized = false;
        while !cursor.is_empty() {
            if cursor.take_words(&["or", "replace"]) {
                manner.or_replace = true;
            } else if cursor.take_any(&["temp", "temporary"]) {
                manner.temporary = true;
            } else if cursor.take("materialized") {
                materialized = true;
            } else if cursor.take("definer") {
                // MySQL: `DEFINER = user@host` or a function call.
                cursor.take_symbol("=");
                cursor.skip();
                if cursor.take_symbol("@") {
                    cursor.skip();
                }
                if cursor.sort() == Some(Sort::Open) {
                    cursor.skip();
                }
            } else if cursor.take("algorithm") {
                cursor.take_symbol("=");
                cursor.skip();
            } else if cursor.is_any(&["sql"]) && cursor.is_ahead(1, "security") {
                cursor.advance();
                cursor.advance();
                cursor.skip();
            } else if !cursor.take_any(&[
                "global",
                "local",
                "unlogged",
                "recursive",
                "constraint",
                "unique",
                "foreign",
                "virtual",
                "fulltext",
                "spatial",
                "or",
                "trusted",
                "procedural",
            ]) {
                break;
            }
        }
        let kind = cursor.text().to_ascii_lowercase();
        cursor.advance();
        match kind.as_str() {
            "table" => self.create_table(cursor, manner),
            "view" => self.create_view(cursor, manner, materialized),
            "index" => self.create_index(cursor, manner),
            "type" => self.create_type(cursor, manner),
            "domain" => self.create_domain(cursor, manner),
            "sequence" => self.create_sequence(cursor, manner),
            "schema" | "database" => self.create_schema(cursor, manner, &kind),
            "extension" => {
                self.created(&mut cursor, ObjectKind::Extension, manner);
            }
            "function" | "procedure" => self.create_routine(cursor, manner),
            "aggregate" => {
                self.created(&mut cursor, ObjectKind::Function, manner);
            }
            "trigger" => self.create_trigger(cursor, manner),
            "policy" | "rule" => self.create_on_table(cursor),
            "statistics" => {
                cursor.until(&["from"]);
                cursor.take("from");
                self.touch_next(&mut cursor, ObjectKind::Table, Action::References);
            }
            "publication" => {
                cursor.until(&["table"]);
                cursor.take("table");
                self.each(cursor, ObjectKind::Table, &Action::References);
            }
            // `CREATE EVENT TRIGGER … EXECUTE FUNCTION f()`.
            "event" => self.executes(cursor),
            _ => {}
        }
    }

    /// Reads `[IF NOT EXISTS] name` of what is created.
    pub(super) fn created(
        &mut self,
        cursor: &mut Cursor<'_>,
        kind: ObjectKind,
        manner: Manner,
    ) -> Option<Named> {
        let if_not_exists = cursor.take_words(&["if", "not", "exists"]);
        let named = cursor.name()?;
        self.touch(kind, named.clone(), manner.creates(if_not_exists));
        Some(named)
    }

    fn create_table(&mut self, mut cursor: Cursor<'_>, manner: Manner) {
        let Some(table) = self.created(&mut cursor, ObjectKind::Table, manner) else {
            return;
        };
        if cursor.take_words(&["partition", "of"]) {
            self.touch_next(&mut cursor, ObjectKind::Table, Action::References);
        } else if cursor.take("of") {
            self.type_name(&mut cursor);
        } else if cursor.take("like") {
            self.touch_next(&mut cursor, ObjectKind::Table, Action::References);
        } else if self.flavor == Flavor::Sqlite && cursor.take("using") {
            // A virtual table: its arguments are the module's own language.
            return;
        }
        if let Some(inside) = cursor.group() {
            if is_query(&inside) {
                self.nested(|reader| reader.statement(inside));
            } else {
                self.belongs_to(&table);
                self.table_items(inside);
            }
        }
        while !cursor.is_empty() {
            if cursor.take("inherits") {
                if let Some(parents) = cursor.group() {
                    self.each(parents, ObjectKind::Table, &Action::References);
                }
            } else if cursor.take("as") || is_query(&cursor) {
                self.body_query(cursor);
                return;
            } else {
                cursor.skip();
            }
        }
    }

    /// Reads the query of a view or of a table made from one.
    fn body_query(&mut self, mut cursor: Cursor<'_>) {
        if cursor.take("execute") {
            return;
        }
        // What stands here sets no variables, also not inside a routine.
        let procedural = std::mem::replace(&mut self.procedural, true);
        self.nested(|reader| reader.statement(cursor));
        self.procedural = procedural;
    }

    fn create_view(&mut self, mut cursor: Cursor<'_>, manner: Manner, materialized: bool) {
        let kind = if materialized {
            ObjectKind::MaterializedView
        } else {
            ObjectKind::View
        };
        if let Some(view) = self.created(&mut cursor, kind, manner) {
            self.belongs_to(&view);
        }
        while !cursor.is_empty() {
            if cursor.take("as") {
                self.body_query(cursor);
                return;
            }
            cursor.skip();
        }
    }

    fn create_index(&mut self, mut cursor: Cursor<'_>, manner: Manner) {
        cursor.take("concurrently");
        let if_not_exists = cursor.take_words(&["if", "not", "exists"]);
        let index = if cursor.is("on") { None } else { cursor.name() };
        cursor.until(&["on"]);
        cursor.take("on");
        cursor.take("only");
        let Some(table) = cursor.name() else { return };
        if let Some(mut index) = index {
            self.belongs_to(&index);
            // PostgreSQL puts an index where its table is.
            if index.parts.len() == 1 && table.parts.len() > 1 {
                index
                    .parts
                    .insert(0, table.parts[table.parts.len() - 2].clone());
            }
            self.touch(ObjectKind::Index, index, manner.creates(if_not_exists));
        }
        self.touch(ObjectKind::Table, table, Action::References);
        if cursor.take("using") {
            cursor.advance();
        }
        if let Some(columns) = cursor.group() {
            self.expression(columns);
        }
        cursor.until(&["where"]);
        self.expression(cursor);
    }

    fn create_type(&mut self, mut cursor: Cursor<'_>, manner: Manner) {
        if self
            .created(&mut cursor, ObjectKind::Type, manner)
            .is_none()
            || !cursor.take("as")
        {
            return;
        }
        if cursor.take("range") {
            let Some(inside) = cursor.group() else { return };
            for mut item in inside.items() {
                if item.take("subtype") && item.take_symbol("=") {
                    self.type_name(&mut item);
                }
            }
        } else if let Some(inside) = cursor.group() {
            for mut item in inside.items() {
                item.advance();
                self.type_name(&mut item);
            }
        }
    }

    fn create_domain(&mut self, mut cursor: Cursor<'_>, manner: Manner) {
        if self
            .created(&mut cursor, ObjectKind::Type, manner)
            .is_some()
        {
            cursor.take("as");
            self.type_name(&mut cursor);
            self.expression(cursor);
        }
    }

    fn create_sequence(&mut self, mut cursor: Cursor<'_>, manner: Manner) {
        self.created(&mut cursor, ObjectKind::Sequence, manner);
        self.owned_by(cursor);
    }

    /// Reads the column that a sequence belongs to.
    pub(super) fn owned_by(&mut self, mut cursor: Cursor<'_>) {
        while !cursor.is_empty() {
            if cursor.take_words(&["owned", "by"]) {
                let column = cursor.name().filter(|column| column.parts.len() > 1);
                if let Some(column) = column {
                    self.touch(
                        ObjectKind::Table,
                        column.without_column(),
                        Action::References,
                    );
                }
                return;
            }
            cursor.skip();
        }
    }

    fn create_schema(&mut self, mut cursor: Cursor<'_>, manner: Manner, kind: &str) {
        // A database of PostgreSQL holds schemas and is none.
        if kind == "database" && self.flavor != Flavor::Mysql {
            return;
        }
        if cursor.is("authorization") {
            cursor.advance();
            self.created(&mut cursor, ObjectKind::Schema, manner);
        } else {
            self.created(&mut cursor, ObjectKind::Schema, manner);
        }
    }

    fn create_trigger(&mut self, mut cursor: Cursor<'_>, manner: Manner) {
        let if_not_exists = cursor.take_words(&["if", "not", "exists"]);
        let Some(trigger) = cursor.name() else { return };
        self.belongs_to(&trigger);
        self.touch(ObjectKind::Trigger, trigger, manner.creates(if_not_exists));
        cursor.until(&["on"]);
        cursor.take("on");
        self.touch_next(&mut cursor, ObjectKind::Table, Action::References);
        if cursor.take("from") {
            self.touch_next(&mut cursor, ObjectKind::Table, Action::References);
        }
        if self.flavor == Flavor::Postgres {
            self.executes(cursor);
        } else {
            cursor.until(&["begin", "insert", "update", "delete", "select", "set"]);
            self.deferred_body(cursor);
        }
    }

    /// Reads the function that a trigger executes.
    fn executes(&mut self, mut cursor: Cursor<'_>) {
        cursor.until(&["execute"]);
        cursor.take("execute");
        if cursor.take_any(&["function", "procedure"]) {
            self.touch_next(&mut cursor, ObjectKind::Function, Action::References);
        }
    }

    /// Reads a rule or a policy.
    fn create_on_table(&mut self, mut cursor: Cursor<'_>) {
        cursor.take_words(&["if", "not", "exists"]);
        cursor.name();
        if cursor.take("as") && cursor.is("on") {
            // A rule: `ON event TO table`.
            cursor.until(&["to"]);
            cursor.take("to");
        } else {
            cursor.until(&["on"]);
            cursor.take("on");
        }
        self.touch_next(&mut cursor, ObjectKind::Table, Action::References);
        self.expression(cursor);
    }
}
