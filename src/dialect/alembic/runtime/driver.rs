//! What a server complains about, as the exceptions that SQLAlchemy makes of its drivers'.

use std::rc::Rc;

use super::postgres_errors::ERRORS;
use super::run::Run;
use crate::engine::{ServerError, ServerMessage};
use crate::python::{Class, Failure, Value};

/// The class of SQLAlchemy's (and of every driver) for an SQLSTATE.
fn postgres_class(code: &str) -> &'static str {
    match code.get(..2).unwrap_or_default() {
        "0A" => "NotSupportedError",
        "10" | "20" | "21" | "26" | "34" | "3D" | "3F" | "42" | "44" | "P0" => "ProgrammingError",
        "22" => "DataError",
        "23" => "IntegrityError",
        "24" | "25" | "2B" | "2D" | "XX" => "InternalError",
        "08" | "27" | "28" | "2F" | "38" | "39" | "3B" | "40" | "53" | "54" | "55" | "57"
        | "58" | "F0" | "HV" => "OperationalError",
        prefix if prefix.starts_with('X') => "InternalError",
        _ => "DatabaseError",
    }
}

/// The class for what SQLite says, which tells no code.
fn sqlite_class(message: &str) -> &'static str {
    if message.contains("constraint failed") || message == "datatype mismatch" {
        "IntegrityError"
    } else if message.starts_with("You can only execute one statement") {
        "ProgrammingError"
    } else if message.contains("too big") {
        "DataError"
    } else {
        "OperationalError"
    }
}

/// The page that an exception's text refers to.
fn page(class: &str) -> &'static str {
    match class {
        "DataError" => "9h9h",
        "IntegrityError" => "gkpj",
        "InternalError" => "2j85",
        "NotSupportedError" => "tw8g",
        "OperationalError" => "e3q8",
        "ProgrammingError" => "f405",
        _ => "4xp6",
    }
}

/// The text of an error as libpq prints it: with the line, and with what belongs to it.
fn postgres_text(message: &ServerMessage, statement: &str) -> String {
    let mut text = message.message.clone();
    if let Some(position) = message.position
        && position > 0
    {
        let before: Vec<char> = statement.chars().take(position - 1).collect();
        let line_number = before.iter().filter(|letter| **letter == '\n').count() + 1;
        let column = before
            .iter()
            .rev()
            .take_while(|letter| **letter != '\n')
            .count();
        if let Some(line) = statement.split('\n').nth(line_number - 1) {
            let head = format!("LINE {line_number}: ");
            let (line, column) = shortened(line, column);
            let indent = " ".repeat(head.len() + column);
            text.push_str(&format!("\n{head}{line}\n{indent}^"));
        }
    }
    for (label, part) in [
        ("DETAIL:  ", &message.detail),
        ("HINT:  ", &message.hint),
        ("CONTEXT:  ", &message.context),
    ] {
        if let Some(part) = part {
            text.extend(["\n", label, part]);
        }
    }
    text
}

/// A line short enough to be shown, around the column.
fn shortened(line: &str, column: usize) -> (String, usize) {
    const WIDTH: usize = 60;
    let letters: Vec<char> = line
        .chars()
        .map(|letter| if letter == '\t' { ' ' } else { letter })
        .collect();
    if letters.len() <= WIDTH {
        return (letters.into_iter().collect(), column);
    }
    let end = letters.len().min((column + 10).max(WIDTH));
    let start = end.saturating_sub(WIDTH);
    let mut shown: String = letters[start..end].iter().collect();
    let mut column = column.saturating_sub(start);
    if start > 0 {
        shown = format!("...{shown}");
        column += 3;
    }
    if end < letters.len() {
        shown.push_str("...");
    }
    (shown, column)
}

impl Run {
    /// A server's error as an exception of SQLAlchemy's, with the driver's own in `orig`.
    pub(crate) fn server_failure(&self, error: &ServerError, statement: &str) -> Failure {
        let message = &error.message;
        let postgres = self.target().is_postgres();
        let (class, driver, name, text) = if postgres {
            let name = ERRORS
                .binary_search_by_key(&message.code.as_str(), |(code, _)| code)
                .ok()
                .and_then(|at| ERRORS.get(at))
                .map(|(_, name)| *name);
            let class = postgres_class(&message.code);
            let class = if message.code.is_empty() {
                "OperationalError"
            } else {
                class
            };
            let module = if name.is_some() {
                "psycopg.errors"
            } else {
                "psycopg"
            };
            let text = postgres_text(message, statement);
            (class, module, name.unwrap_or(class), text)
        } else {
            let class = sqlite_class(&message.message);
            (class, "sqlite3", class, message.message.clone())
        };
        let whole = format!(
            "({driver}.{name}) {text}\n[SQL: {statement}]\n(Background on this error at: https://sqlalche.me/e/21/{})",
            page(class)
        );
        let failure = self.exceptions.raise(class, whole);
        let original = Class::exception(name, driver, &[]);
        let original = Failure::of(&original, &text);
        if let (Failure::Raised(instance), Failure::Raised(original)) = (&failure, original) {
            if postgres {
                let code = Value::str(&message.code);
                original.attributes.set_str("sqlstate", code.clone());
                original.attributes.set_str("pgcode", code);
                original.attributes.set_str("pgerror", Value::str(&text));
            }
            let attributes = &instance.attributes;
            attributes.set_str("orig", Value::Instance(Rc::clone(&original)));
            attributes.set_str("statement", Value::str(statement));
            attributes.set_str("params", Value::None);
            attributes.set_str("code", Value::str(page(class)));
            attributes.set_str("connection_invalidated", Value::Bool(error.connection_lost));
        }
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Severity;

    #[test]
    fn classes_by_code() {
        for (code, class) in [
            ("42P01", "ProgrammingError"),
            ("23505", "IntegrityError"),
            ("22012", "DataError"),
            ("25P02", "InternalError"),
            ("XY123", "InternalError"),
            ("0A000", "NotSupportedError"),
            ("55P03", "OperationalError"),
            ("02000", "DatabaseError"),
        ] {
            assert_eq!(postgres_class(code), class, "{code}");
        }
        assert!(ERRORS.is_sorted());
        assert_eq!(
            sqlite_class("UNIQUE constraint failed: t.b"),
            "IntegrityError"
        );
        assert_eq!(sqlite_class("no such table: t"), "OperationalError");
    }

    #[test]
    fn text_with_line_and_detail() {
        let message = ServerMessage {
            severity: Severity::Error,
            code: "42P01".to_owned(),
            message: "relation \"nope\" does not exist".to_owned(),
            detail: None,
            hint: Some("h".to_owned()),
            position: Some(15),
            context: None,
        };
        assert_eq!(
            postgres_text(&message, "select * from nope"),
            "relation \"nope\" does not exist\nLINE 1: select * from nope\n                      ^\nHINT:  h"
        );
    }
}
