//! Bodies of routines and of `DO`: PL/pgSQL, SQL, and the stored programs of SQLite and MySQL.

use super::super::flavor::Flavor;
use super::cursor::Cursor;
use super::query::is_query;
use super::reader::Reader;
use super::tokens::{Sort, Tokens};
use super::touch::{Action, Moment, ObjectKind};

/// A construct of a procedural language that holds statements.
#[derive(Debug)]
struct Block {
    /// How many touches there were when it began.
    touches: usize,
    /// Whether what it holds runs under a condition.
    conditional: bool,
    moment: Moment,
}

impl Reader<'_> {
    /// Reads `CREATE FUNCTION` or `CREATE PROCEDURE` behind the word.
    pub(super) fn create_routine(&mut self, mut cursor: Cursor<'_>, manner: super::create::Manner) {
        if self
            .created(&mut cursor, ObjectKind::Function, manner)
            .is_none()
        {
            return;
        }
        if self.flavor != Flavor::Postgres {
            cursor.skip();
            cursor.until(&[
                "begin", "return", "select", "insert", "update", "delete", "set", "if", "call",
            ]);
            self.deferred_body(cursor);
            return;
        }
        if let Some(arguments) = cursor.group() {
            for argument in arguments.items() {
                self.argument(argument);
            }
        }
        let language = language(cursor);
        let path = self.session.clone();
        let mut bodies = Vec::new();
        while !cursor.is_empty() {
            if cursor.take("returns") {
                self.returns(&mut cursor);
            } else if cursor.is("set") && cursor.is_ahead(1, "search_path") {
                // Holds for the body only.
                let mut value = cursor;
                value.advance();
                value.advance();
                let value = value.until(&[
                    "as",
                    "language",
                    "immutable",
                    "stable",
                    "volatile",
                    "security",
                    "strict",
                    "called",
                    "cost",
                    "rows",
                    "parallel",
                    "begin",
                    "return",
                    "set",
                ]);
                self.set_search_path(value, false);
                cursor.advance();
                cursor.advance();
            } else if cursor.take("as") {
                bodies.extend(cursor.string());
            } else if cursor.is("begin") && cursor.is_ahead(1, "atomic") {
                cursor.advance();
                cursor.advance();
                self.atomic(cursor);
                break;
            } else if cursor.take("return") {
                self.query(cursor);
                break;
            } else {
                cursor.skip();
            }
        }
        for (text, offset) in bodies {
            self.at_moment(Moment::Deferred, |reader| {
                reader.body(&language, &text, offset);
            });
        }
        *self.session = path;
    }

    fn returns(&mut self, cursor: &mut Cursor<'_>) {
        if cursor.take("null") {
            return;
        }
        if cursor.take("table") {
            if let Some(columns) = cursor.group() {
                for mut column in columns.items() {
                    column.advance();
                    self.type_name(&mut column);
                }
            }
        } else {
            self.type_name(cursor);
        }
    }

    /// Reads `DO` behind the word.
    pub(super) fn block(&mut self, mut cursor: Cursor<'_>) {
        let language = language(cursor);
        while !cursor.is_empty() {
            if let Some((text, offset)) = cursor.string() {
                self.nested(|reader| reader.body(&language, &text, offset));
                return;
            }
            cursor.advance();
        }
    }

    /// Reads the text of a body.
    fn body(&mut self, language: &str, text: &str, offset: usize) {
        let tokens = Tokens::new(text, offset, self.flavor);
        match language {
            "sql" => self.sql_text(&tokens),
            "plpgsql" | "" => self.program(tokens.cursor()),
            _ => {}
        }
    }

    /// Reads statements that stand one after the other.
    fn sql_text(&mut self, tokens: &Tokens<'_>) {
        let mut cursor = tokens.cursor();
        while !cursor.is_empty() {
            let statement = cursor.until_delimiter();
            self.nested(|reader| reader.statement(statement));
        }
    }

    /// Reads `BEGIN ATOMIC … END`, which the server reads when the routine is created.
    fn atomic(&mut self, mut cursor: Cursor<'_>) {
        while !cursor.is_empty() {
            let statement = cursor.until_delimiter();
            if !statement.is("end") {
                self.nested(|reader| reader.statement(statement));
            }
        }
    }

    /// Reads the body of a trigger or routine that has no quotes around it.
    pub(super) fn deferred_body(&mut self, cursor: Cursor<'_>) {
        self.at_moment(Moment::Deferred, |reader| reader.program(cursor));
    }

    /// Reads a program of statements, loops and conditions.
    fn program(&mut self, mut cursor: Cursor<'_>) {
        let procedural = std::mem::replace(&mut self.procedural, true);
        let moment = self.moment;
        let mut blocks: Vec<Block> = Vec::new();
        while !cursor.is_empty() {
            self.step(&mut cursor, &mut blocks);
        }
        self.moment = moment;
        self.procedural = procedural;
    }

    /// Reads what stands where a statement may start.
    fn step(&mut self, cursor: &mut Cursor<'_>, blocks: &mut Vec<Block>) {
        let word = if cursor.sort() == Some(Sort::Word) {
            cursor.text().to_ascii_lowercase()
        } else {
            String::new()
        };
        match word.as_str() {
            "" if cursor.is_symbol(0, "<") && cursor.is_symbol(1, "<") => {
                while !cursor.is_empty() && !cursor.is_symbol(0, ">") {
                    cursor.advance();
                }
                while cursor.take_symbol(">") {}
            }
            // MySQL's label.
            _ if !word.is_empty() && cursor.is_symbol(1, ":") && !cursor.is_symbol(2, "=") => {
                cursor.advance();
                cursor.advance();
            }
            "declare" => {
                cursor.advance();
                self.declarations(cursor);
            }
            "begin" => {
                cursor.advance();
                self.open(blocks, false);
            }
            "exception" if !cursor.is_symbol(1, ":") => {
                cursor.advance();
                self.catch(cursor, blocks);
            }
            "end" => {
                cursor.advance();
                if let Some(block) = blocks.pop() {
                    self.moment = block.moment;
                }
                cursor.until_delimiter();
            }
            "if" | "while" => {
                cursor.advance();
                self.open(blocks, true);
                self.condition(cursor, &["then", "loop", "do"]);
            }
            "case" => {
                cursor.advance();
                self.open(blocks, true);
                self.condition(cursor, &["when"]);
                self.condition(cursor, &["then"]);
            }
            "elsif" | "elseif" | "when" => {
                cursor.advance();
                self.condition(cursor, &["then"]);
            }
            "loop" | "repeat" => {
                cursor.advance();
                self.open(blocks, word == "repeat");
            }
            "for" | "foreach" => {
                cursor.advance();
                self.for_loop(cursor);
                self.open(blocks, true);
            }
            "else" | "then" => cursor.advance(),
            _ => {
                let statement = cursor.until_delimiter();
                self.nested(|reader| reader.simple(statement));
            }
        }
    }

    fn open(&mut self, blocks: &mut Vec<Block>, conditional: bool) {
        blocks.push(Block {
            touches: self.touches.len(),
            conditional,
            moment: self.moment,
        });
        if conditional {
            self.moment = self.moment.max(Moment::Conditional);
        }
    }

    /// The block catches errors: nothing in it is sure to last. Only an object that may be there
    /// already is there afterwards in any case.
    fn catch(&mut self, cursor: &Cursor<'_>, blocks: &[Block]) {
        let Some(block) = blocks.iter().rev().find(|block| !block.conditional) else {
            return;
        };
        let moment = self.moment;
        let duplicate = cursor.is("when")
            && ["duplicate_object", "duplicate_table", "duplicate_schema"]
                .iter()
                .any(|condition| cursor.is_ahead(1, condition))
            && cursor.is_ahead(2, "then");
        for (index, touch) in self.touches[block.touches..].iter_mut().enumerate() {
            match &mut touch.action {
                Action::Creates { if_not_exists, .. }
                    if duplicate && index == 0 && touch.moment == moment =>
                {
                    *if_not_exists = true;
                }
                _ => touch.moment = touch.moment.max(Moment::Conditional),
            }
        }
        self.moment = self.moment.max(Moment::Conditional);
    }

    /// Reads an expression up to the word behind it, and moves past the word.
    fn condition(&mut self, cursor: &mut Cursor<'_>, words: &[&str]) {
        let mut ahead = *cursor;
        let mut cases = 0_u32;
        while !ahead.is_empty() && (cases > 0 || !ahead.is_any(words)) {
            if ahead.sort() == Some(Sort::Delimiter) {
                break;
            }
            if ahead.is("case") {
                cases += 1;
            } else if ahead.is("end") {
                cases = cases.saturating_sub(1);
            }
            ahead.skip();
        }
        let expression = cursor.up_to(&ahead);
        self.query_or_expression(expression);
        *cursor = ahead;
        cursor.advance();
    }

    fn query_or_expression(&mut self, cursor: Cursor<'_>) {
        if is_query(&cursor) {
            self.nested(|reader| reader.statement(cursor));
        } else {
            self.query(cursor);
        }
    }

    /// Reads `FOR … IN … LOOP` behind its first word.
    fn for_loop(&mut self, cursor: &mut Cursor<'_>) {
        let mut head = cursor.until(&["loop", "do"]);
        cursor.advance();
        head.until(&["in", "cursor"]);
        head.advance();
        head.take("reverse");
        head.take("for");
        if head.take("execute") {
            self.execute(head);
        } else {
            head.take("array");
            self.query_or_expression(head);
        }
    }

    /// Reads the variables of a block.
    fn declarations(&mut self, cursor: &mut Cursor<'_>) {
        while !cursor.is_empty() && !cursor.is("begin") {
            let mut declaration = cursor.until_delimiter();
            // MySQL declares between statements, one at a time.
            if self.flavor == Flavor::Mysql {
                let names_query = declaration.contains(&["cursor"]);
                declaration.until(&["for"]);
                declaration.advance();
                if names_query {
                    self.query_or_expression(declaration);
                }
                return;
            }
            declaration.take("declare");
            declaration.advance();
            declaration.take("constant");
            if declaration.is("alias") {
                continue;
            }
            if declaration.contains(&["cursor"]) {
                declaration.until(&["for", "is"]);
                declaration.advance();
                self.query_or_expression(declaration);
                continue;
            }
            self.type_name(&mut declaration);
            self.query(declaration);
        }
    }

    /// Reads one statement of a program.
    fn simple(&mut self, mut cursor: Cursor<'_>) {
        let word = cursor.text().to_ascii_lowercase();
        let whole = cursor;
        cursor.advance();
        match word.as_str() {
            "execute" if self.flavor == Flavor::Postgres => self.execute(cursor),
            "perform" => self.query_or_expression(cursor),
            "return" => {
                let query = cursor.take("query");
                cursor.take("next");
                if query && cursor.take("execute") {
                    self.execute(cursor);
                } else {
                    self.query_or_expression(cursor);
                }
            }
            "open" => {
                cursor.until(&["for"]);
                if cursor.take("for") {
                    if cursor.take("execute") {
                        self.execute(cursor);
                    } else {
                        self.query_or_expression(cursor);
                    }
                }
            }
            "raise" | "assert" => self.expression(cursor),
            "get" | "fetch" | "move" | "close" | "exit" | "continue" | "null" | "leave"
            | "iterate" => {}
            // Only settings matter, and only where they are no assignment to a variable.
            "set" if self.flavor != Flavor::Postgres => self.expression(cursor),
            "reset" | "commit" | "rollback" => {}
            _ if cursor.is_symbol(0, ":")
                || cursor.is_symbol(0, "=")
                || cursor.is_symbol(0, ".") =>
            {
                self.query(cursor);
            }
            _ => self.statement(whole),
        }
    }

    /// Reads what `EXECUTE` runs, where that is written out.
    fn execute(&mut self, mut cursor: Cursor<'_>) {
        let whole = cursor;
        let format = cursor.take("format");
        let text = if format {
            cursor.group().and_then(|mut inside| {
                let text = inside.string();
                self.expression(inside);
                text.filter(|_| inside.is_empty() || inside.is_symbol(0, ","))
            })
        } else {
            cursor.string()
        };
        let whole_text = cursor.is_empty() || cursor.is_any(&["using", "into"]);
        match text.filter(|_| whole_text) {
            Some((text, offset)) => {
                self.runs_unknown_sql |= format;
                let tokens = Tokens::new(&text, offset, self.flavor);
                // Dynamic SQL has no variables: its INTO makes a table.
                let procedural = std::mem::replace(&mut self.procedural, false);
                self.sql_text(&tokens);
                self.procedural = procedural;
                self.expression(cursor);
            }
            None => {
                self.runs_unknown_sql = true;
                self.expression(whole);
            }
        }
    }
}

/// The language that a routine or block names; empty where it names none.
fn language(mut cursor: Cursor<'_>) -> String {
    while !cursor.is_empty() {
        if cursor.take("language") {
            if let Some((text, _)) = cursor.string() {
                return text.to_ascii_lowercase();
            }
            let named = cursor.name();
            return named
                .and_then(|named| named.parts.into_iter().next())
                .unwrap_or_default();
        }
        cursor.skip();
    }
    String::new()
}
