//! Which reader a statement belongs to, told from its first words.

use super::cursor::Cursor;
use super::query::is_query;
use super::reader::Reader;
use super::tokens::Sort;
use super::touch::{Action, Moment, ObjectKind};

impl Reader<'_> {
    /// Reads one statement.
    pub(super) fn statement(&mut self, mut cursor: Cursor<'_>) {
        if cursor.sort() == Some(Sort::Open) {
            self.query(cursor);
            return;
        }
        let first = cursor.text().to_ascii_lowercase();
        let whole = cursor;
        cursor.advance();
        match first.as_str() {
            "select" | "values" => self.query(whole),
            "table" => {
                self.touch_next(&mut cursor, ObjectKind::Table, Action::Reads);
                self.query(cursor);
            }
            "with" => self.with_queries(cursor),
            "insert" | "replace" => self.insert(cursor),
            "update" => self.update(cursor),
            "delete" => self.delete(cursor),
            "merge" => self.merge(cursor),
            "copy" => self.copy(cursor),
            "truncate" => {
                cursor.take("table");
                self.each(cursor, ObjectKind::Table, &Action::Writes);
            }
            "lock" => {
                cursor.take_any(&["table", "tables"]);
                self.each(cursor, ObjectKind::Table, &Action::Reads);
            }
            "create" => self.create(cursor),
            "alter" => self.alter(cursor),
            "drop" => self.drop(cursor),
            "comment" => self.comment(cursor),
            "grant" | "revoke" => self.grant(cursor),
            "refresh" => {
                cursor.take_words(&["materialized", "view"]);
                cursor.take("concurrently");
                self.touch_next(&mut cursor, ObjectKind::MaterializedView, Action::Alters);
            }
            "set" => self.set(cursor),
            "reset" if cursor.is_any(&["search_path", "all"]) => self.session.reset(),
            "discard" => self.session.reset(),
            "use" => self.use_database(cursor),
            "commit" | "rollback" | "end" | "abort" => self.session.end_transaction(),
            "call" => {
                if let Some(named) = cursor.name() {
                    self.touch(ObjectKind::Function, named, Action::Calls);
                }
                self.expression(cursor);
            }
            "do" => self.block(cursor),
            "explain" => {
                cursor.take_any(&["analyze", "verbose"]);
                if cursor.sort() == Some(Sort::Open) && !is_query(&cursor) {
                    cursor.skip();
                }
                self.nested(|reader| reader.statement(cursor));
            }
            "prepare" | "declare" => {
                cursor.until(&["as", "for"]);
                cursor.advance();
                if is_query(&cursor) {
                    self.nested(|reader| reader.statement(cursor));
                }
            }
            "rename" => self.rename_tables(cursor),
            "vacuum" | "analyze" | "analyse" | "cluster" => self.maintain(cursor),
            "reindex" => self.reindex(cursor),
            _ => {}
        }
    }

    /// Takes note of each name of a list.
    pub(super) fn each(&mut self, cursor: Cursor<'_>, kind: ObjectKind, action: &Action) {
        for mut item in cursor.items() {
            item.take("only");
            self.touch_next(&mut item, kind, action.clone());
        }
    }

    /// Reads `SET` behind the word.
    fn set(&mut self, mut cursor: Cursor<'_>) {
        let local = cursor.take("local");
        cursor.take("session");
        if cursor.take("search_path") {
            self.set_search_path(cursor, local);
        } else if cursor.take("schema") {
            let path = cursor.string().map(|(schema, _)| vec![schema]);
            self.session.set(path, local);
        }
    }

    /// Reads the schemas behind `search_path`.
    pub(super) fn set_search_path(&mut self, mut cursor: Cursor<'_>, local: bool) {
        if !cursor.take_symbol("=") {
            cursor.take("to");
        }
        if cursor.is("default") {
            self.session.reset();
            return;
        }
        let path = schemas(cursor);
        self.session.set(path, local);
    }

    fn use_database(&mut self, mut cursor: Cursor<'_>) {
        let path = cursor.name().map(|named| named.parts);
        self.session
            .set(path.filter(|parts| !parts.is_empty()), false);
    }

    /// MySQL's `RENAME TABLE a TO b, …`.
    fn rename_tables(&mut self, mut cursor: Cursor<'_>) {
        if !cursor.take("table") {
            return;
        }
        for mut item in cursor.items() {
            let Some(named) = item.name() else { continue };
            item.take("to");
            if let Some(to) = item.name().and_then(|to| to.parts.into_iter().next_back()) {
                self.touch(ObjectKind::Table, named, Action::Renames { to });
            }
        }
    }

    fn maintain(&mut self, mut cursor: Cursor<'_>) {
        if cursor.sort() == Some(Sort::Open) {
            cursor.skip();
        }
        while cursor.take_any(&[
            "full", "freeze", "verbose", "analyze", "analyse", "table", "into",
        ]) {}
        for mut item in cursor.items() {
            self.touch_next(&mut item, ObjectKind::Table, Action::Alters);
        }
    }

    fn reindex(&mut self, mut cursor: Cursor<'_>) {
        if cursor.sort() == Some(Sort::Open) {
            cursor.skip();
        }
        let kind = match cursor.text().to_ascii_lowercase().as_str() {
            "table" => ObjectKind::Table,
            "index" => ObjectKind::Index,
            "schema" => ObjectKind::Schema,
            _ => return,
        };
        cursor.advance();
        cursor.take("concurrently");
        self.touch_next(&mut cursor, kind, Action::Alters);
    }

    /// Reads a statement that need not find its object.
    pub(super) fn if_exists(
        &mut self,
        cursor: &mut Cursor<'_>,
        read: impl FnOnce(&mut Self, &mut Cursor<'_>),
    ) {
        if cursor.take_words(&["if", "exists"]) {
            self.at_moment(Moment::Conditional, |reader| read(reader, cursor));
        } else {
            read(self, cursor);
        }
    }
}

/// The schemas of a search path; none when one of them is not known.
pub(super) fn schemas(cursor: Cursor<'_>) -> Option<Vec<String>> {
    let mut path = Vec::new();
    for mut item in cursor.items() {
        if item.sort() == Some(Sort::Text) {
            let (listed, _) = item.string()?;
            for schema in listed.split(',') {
                path.push(schema.trim().trim_matches('"').to_owned());
            }
        } else {
            path.push(item.name()?.parts.pop()?);
        }
        if !item.is_empty() {
            return None;
        }
    }
    path.retain(|schema| !schema.is_empty() && schema != "$user");
    Some(path)
}
