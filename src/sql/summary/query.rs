//! Queries and the statements that change rows.

use super::super::flavor::Flavor;
use super::cursor::{Cursor, Named};
use super::reader::Reader;
use super::tokens::Sort;
use super::touch::{Action, ObjectKind};

/// Words that may follow a table in a `FROM` and so are no alias of it.
const NO_ALIAS: [&str; 44] = [
    "on",
    "using",
    "join",
    "left",
    "right",
    "full",
    "inner",
    "outer",
    "cross",
    "natural",
    "where",
    "group",
    "order",
    "having",
    "limit",
    "offset",
    "fetch",
    "for",
    "union",
    "intersect",
    "except",
    "window",
    "set",
    "returning",
    "tablesample",
    "with",
    "values",
    "select",
    "loop",
    "then",
    "into",
    "when",
    "do",
    "use",
    "force",
    "ignore",
    "indexed",
    "not",
    "partition",
    "straight_join",
    "default",
    "as",
    "begin",
    "end",
];

/// Words before a parenthesis that call nothing.
const NO_CALL: [&str; 84] = [
    "all",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "begin",
    "between",
    "by",
    "case",
    "check",
    "collate",
    "column",
    "conflict",
    "cube",
    "declare",
    "default",
    "desc",
    "distinct",
    "else",
    "elseif",
    "elsif",
    "end",
    "escape",
    "except",
    "exclude",
    "execute",
    "exists",
    "filter",
    "for",
    "from",
    "full",
    "group",
    "grouping",
    "having",
    "if",
    "ilike",
    "in",
    "inner",
    "intersect",
    "interval",
    "into",
    "is",
    "join",
    "key",
    "lateral",
    "like",
    "limit",
    "lock",
    "loop",
    "materialized",
    "not",
    "notice",
    "null",
    "of",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "over",
    "partition",
    "perform",
    "raise",
    "return",
    "returning",
    "rollup",
    "row",
    "select",
    "set",
    "sets",
    "similar",
    "some",
    "then",
    "to",
    "union",
    "unique",
    "using",
    "values",
    "when",
    "where",
    "while",
    "with",
    "within",
];

/// Whether the tokens are a query of their own, not an expression.
pub(super) fn is_query(cursor: &Cursor<'_>) -> bool {
    const STARTS: [&str; 8] = [
        "select", "with", "values", "table", "insert", "update", "delete", "merge",
    ];
    match cursor.sort() {
        Some(Sort::Word) => cursor.is_any(&STARTS),
        Some(Sort::Open) => {
            let mut first = *cursor;
            first.group().is_some_and(|inside| is_query(&inside))
                && (first.is_empty()
                    || first.is_any(&["union", "intersect", "except", "order", "limit"]))
        }
        _ => false,
    }
}

/// Where in a query the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In an expression: a `FROM` there is part of a function's syntax.
    Expression,
    /// In a query, outside its list of tables.
    Clause,
    /// In the list of what a query selects.
    Selected,
    /// In the list of tables, behind one.
    Tables,
    /// In the list of tables, where one is to follow.
    Table,
}

impl Reader<'_> {
    /// Reads what follows `WITH` and then the statement it belongs to.
    pub(super) fn with_queries(&mut self, mut cursor: Cursor<'_>) {
        let outside = self.queries.len();
        let recursive = cursor.take("recursive");
        if recursive {
            let mut ahead = cursor;
            while let Some(named) = ahead.name() {
                self.queries.extend(named.parts.into_iter().next_back());
                ahead.skip_to_body();
                ahead.skip();
                ahead.skip_search_and_cycle();
                if !ahead.take_symbol(",") {
                    break;
                }
            }
        }
        while let Some(named) = cursor.name() {
            cursor.skip_to_body();
            if let Some(body) = cursor.group() {
                self.nested(|reader| reader.statement(body));
            }
            if !recursive {
                self.queries.extend(named.parts.into_iter().next_back());
            }
            cursor.skip_search_and_cycle();
            if !cursor.take_symbol(",") {
                break;
            }
        }
        self.nested(|reader| reader.statement(cursor));
        self.queries.truncate(outside);
    }

    /// Reads a query from its first word on.
    pub(super) fn query(&mut self, cursor: Cursor<'_>) {
        self.walk(cursor, Place::Clause);
    }

    /// Reads an expression, or any text in which only expressions and queries in parentheses matter.
    pub(super) fn expression(&mut self, cursor: Cursor<'_>) {
        self.walk(cursor, Place::Expression);
    }

    /// Reads a list of tables and the clauses behind it.
    pub(super) fn tables(&mut self, cursor: Cursor<'_>) {
        self.walk(cursor, Place::Table);
    }

    pub(super) fn walk(&mut self, mut cursor: Cursor<'_>, start: Place) {
        let mut place = start;
        // The two words before this one.
        let mut before = ["", ""];
        while let Some(sort) = cursor.sort() {
            if place == Place::Table {
                place = Place::Tables;
                self.table_item(&mut cursor);
                before = ["", ""];
                continue;
            }
            let word = if sort == Sort::Word {
                cursor.text()
            } else {
                ""
            };
            let was = before;
            before = [was[1], word];
            match sort {
                Sort::Open => self.parenthesis(&mut cursor),
                Sort::Symbol if place == Place::Tables && cursor.take_symbol(",") => {
                    place = Place::Table;
                }
                Sort::Symbol if cursor.is_symbol(0, ":") && cursor.is_symbol(1, ":") => {
                    cursor.advance();
                    cursor.advance();
                    self.type_name(&mut cursor);
                }
                Sort::Text => self.literal(&mut cursor),
                Sort::Word if place != Place::Expression && starts_clause(&cursor, was[1]) => {
                    place = self.clause(&mut cursor, place, was);
                }
                Sort::Word | Sort::Name | Sort::Unknown => self.name_in_expression(&mut cursor),
                _ => cursor.advance(),
            }
        }
    }

    /// Reads the word that starts a clause, and tells where the walk is then.
    fn clause(&mut self, cursor: &mut Cursor<'_>, place: Place, before: [&str; 2]) -> Place {
        if cursor.take_any(&["join", "straight_join"]) {
            return if place == Place::Tables {
                Place::Table
            } else {
                place
            };
        }
        if cursor.take("from") {
            let compares = before[1].eq_ignore_ascii_case("distinct")
                && ["is", "not"]
                    .iter()
                    .any(|word| before[0].eq_ignore_ascii_case(word));
            return if compares { place } else { Place::Table };
        }
        if cursor.take("using") {
            if cursor.sort() == Some(Sort::Open) {
                cursor.skip();
            }
            return place;
        }
        if cursor.take("into") {
            if place == Place::Selected && !self.procedural && self.flavor == Flavor::Postgres {
                self.select_into(cursor);
            }
            return place;
        }
        let selects = cursor.is("select");
        cursor.advance();
        if selects {
            Place::Selected
        } else {
            Place::Clause
        }
    }

    /// Reads what stands in parentheses; moves past it.
    pub(super) fn parenthesis(&mut self, cursor: &mut Cursor<'_>) {
        let Some(inside) = cursor.group() else {
            return;
        };
        self.nested(|reader| {
            if is_query(&inside) {
                reader.statement(inside);
            } else {
                reader.expression(inside);
            }
        });
    }

    /// Reads a string; one that is cast to `regclass` names a relation.
    fn literal(&mut self, cursor: &mut Cursor<'_>) {
        let start = *cursor;
        cursor.advance();
        let cast = cursor.is_symbol(0, ":") && cursor.is_symbol(1, ":");
        if cast && cursor.is_ahead(2, "regclass") {
            self.name_in_string(start, ObjectKind::Table, &Action::Reads);
        }
    }

    /// Takes note of the name that a string holds.
    fn name_in_string(&mut self, mut cursor: Cursor<'_>, kind: ObjectKind, action: &Action) {
        let Some((text, offset)) = cursor.string() else {
            return;
        };
        let tokens = super::tokens::Tokens::new(&text, offset, self.flavor);
        let mut inside = tokens.cursor();
        if let Some(named) = inside.name()
            && inside.is_empty()
        {
            self.touch(kind, named, action.clone());
        }
    }

    /// Reads a column, a call or a cast; moves past it.
    fn name_in_expression(&mut self, cursor: &mut Cursor<'_>) {
        if cursor.is("cast") && cursor.sort_ahead(1) == Some(Sort::Open) {
            cursor.advance();
            if let Some(mut inside) = cursor.group() {
                self.nested(|reader| {
                    let value = inside.until(&["as"]);
                    reader.expression(value);
                    if inside.take("as") {
                        reader.type_name(&mut inside);
                    }
                });
            }
            return;
        }
        let Some(named) = cursor.name() else {
            cursor.advance();
            return;
        };
        if cursor.sort() == Some(Sort::Open) && cursor.text() == "(" {
            self.call(cursor, named);
        }
    }

    /// Reads a call from its parenthesis on.
    fn call(&mut self, cursor: &mut Cursor<'_>, named: Named) {
        let syntax = named.bare
            && named
                .last()
                .is_some_and(|name| NO_CALL.contains(&name.to_ascii_lowercase().as_str()));
        if syntax {
            self.parenthesis(cursor);
            return;
        }
        let arguments = *cursor;
        let function = named.last().unwrap_or_default().to_owned();
        self.touch(ObjectKind::Function, named, Action::Calls);
        match function.as_str() {
            "nextval" | "currval" | "setval" => self.sequence_call(cursor),
            "set_config" => {
                self.parenthesis(cursor);
                self.set_config(arguments);
            }
            _ => self.parenthesis(cursor),
        }
    }

    /// Reads the arguments of a function whose first is the name of a sequence.
    fn sequence_call(&mut self, cursor: &mut Cursor<'_>) {
        let Some(mut inside) = cursor.group() else {
            return;
        };
        self.nested(|reader| {
            if inside.sort() == Some(Sort::Text) {
                reader.name_in_string(inside, ObjectKind::Sequence, &Action::Reads);
                inside.advance();
                let cast = inside.is_symbol(0, ":") && inside.is_symbol(1, ":");
                if cast && inside.is_ahead(2, "regclass") {
                    inside.until_symbol(",");
                }
            }
            reader.expression(inside);
        });
    }

    /// Reads the arguments of `set_config()`.
    fn set_config(&mut self, mut cursor: Cursor<'_>) {
        let Some(arguments) = cursor.group() else {
            return;
        };
        let mut arguments = arguments.items();
        let setting = arguments.next().and_then(|mut setting| setting.string());
        let (Some(value), true) = (
            arguments.next(),
            setting.is_some_and(|(setting, _)| setting.eq_ignore_ascii_case("search_path")),
        ) else {
            return;
        };
        let local = arguments.next().is_some_and(|local| local.is("true"));
        self.session.set(super::statement::schemas(value), local);
    }

    /// Reads one table of a list with its alias; moves past it.
    pub(super) fn table_item(&mut self, cursor: &mut Cursor<'_>) {
        while cursor.take_any(&["only", "lateral"]) {}
        if cursor.take_words(&["rows", "from"]) {
            self.parenthesis(cursor);
        } else if let Some(inside) = cursor.group() {
            self.nested(|reader| {
                if is_query(&inside) {
                    reader.statement(inside);
                } else {
                    reader.tables(inside);
                }
            });
        } else if cursor.is_any(&["select", "where", "set", "values"]) {
            return;
        } else if let Some(named) = cursor.name() {
            let call = cursor.sort() == Some(Sort::Open) && cursor.text() == "(";
            if call {
                self.call(cursor, named);
            } else {
                self.read_table(named);
            }
            cursor.take_symbol("*");
        } else {
            cursor.advance();
            return;
        }
        cursor.take_words(&["with", "ordinality"]);
        skip_alias(cursor);
    }

    fn read_table(&mut self, named: Named) {
        let stands_for_query =
            named.parts.len() == 1 && self.queries.iter().any(|query| *query == named.parts[0]);
        if !stands_for_query {
            self.touch(ObjectKind::Table, named, Action::Reads);
        }
    }

    /// Reads the table that `SELECT … INTO` makes.
    fn select_into(&mut self, cursor: &mut Cursor<'_>) {
        let temporary = cursor.take_any(&["temp", "temporary"]);
        cursor.take("unlogged");
        cursor.take("table");
        let creates = Action::Creates {
            if_not_exists: false,
            or_replace: false,
            temporary,
        };
        self.touch_next(cursor, ObjectKind::Table, creates);
    }
}

/// Whether a word changes what the words after it are.
fn starts_clause(cursor: &Cursor<'_>, before: &str) -> bool {
    const WORDS: [&str; 20] = [
        "from",
        "join",
        "using",
        "into",
        "where",
        "group",
        "having",
        "window",
        "order",
        "limit",
        "offset",
        "fetch",
        "for",
        "union",
        "intersect",
        "except",
        "returning",
        "set",
        "select",
        "straight_join",
    ];
    // What an insert does with rows that are there ends the list of tables.
    let settles = before.eq_ignore_ascii_case("on") && cursor.is_any(&["conflict", "duplicate"]);
    settles || (cursor.is_any(&WORDS) && !cursor.is_symbol(1, "."))
}

/// Moves past the alias of a table and the names of its columns.
pub(super) fn skip_alias(cursor: &mut Cursor<'_>) {
    let written = cursor.take("as");
    let named = cursor.at_name() && (written || !cursor.is_any(&NO_ALIAS));
    if named {
        cursor.advance();
    }
    if (written || named) && cursor.sort() == Some(Sort::Open) {
        cursor.skip();
    }
}

impl Cursor<'_> {
    /// Moves to the body of a query that `WITH` names.
    fn skip_to_body(&mut self) {
        if self.sort() == Some(Sort::Open) {
            self.skip();
        }
        self.take("as");
        self.take("not");
        self.take("materialized");
    }

    /// Moves past the clauses behind a recursive query.
    fn skip_search_and_cycle(&mut self) {
        if self.is_any(&["search", "cycle"]) {
            while !self.is_empty()
                && !self.is_symbol(0, ",")
                && !self.is_any(&["select", "insert", "update", "delete", "merge", "values"])
            {
                self.skip();
            }
        }
    }
}
