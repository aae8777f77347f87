//! Programs and what `CPython` prints for them.

mod hostile;
mod language;

use std::cell::RefCell;
use std::rc::Rc;

use super::{Failure, Host, Limits, Vm};

/// Collects what is printed.
#[derive(Default)]
pub(super) struct Recorder {
    pub(super) printed: RefCell<String>,
}

impl Host for Recorder {
    fn print(&self, text: &str) {
        self.printed.borrow_mut().push_str(text);
    }

    fn environment(&self, name: &str) -> Result<Option<Rc<str>>, ()> {
        match name {
            "HOME" => Ok(Some(Rc::from("/home/user"))),
            "MISSING" | "SCHEMA" => Ok(None),
            _ => Err(()),
        }
    }

    fn now(&self) -> Option<i64> {
        Some(1_700_000_000_123_456)
    }

    fn random(&self, buffer: &mut [u8]) -> bool {
        for (place, byte) in buffer.iter_mut().enumerate() {
            *byte = u8::try_from(place % 256).unwrap_or(0);
        }
        true
    }

    fn read_file(&self, path: &str) -> Option<Vec<u8>> {
        match path {
            "/project/versions/data.sql" => Some(b"SELECT 1;\nSELECT 2;\n".to_vec()),
            _ => None,
        }
    }
}

/// Runs a program and gives what it printed and how it failed.
pub(super) fn run(source: &str) -> (String, Option<Failure>) {
    run_with(source, Limits::default())
}

pub(super) fn run_with(source: &str, limits: Limits) -> (String, Option<Failure>) {
    let host = Rc::new(Recorder::default());
    let mut vm = Vm::new(host.clone(), limits);
    let failure = vm
        .load_module("__main__", "/project/versions/test.py", source)
        .err();
    let printed = host.printed.borrow().clone();
    (printed, failure)
}

/// Runs the snippets of a recorded table: programs after `### source`, what `CPython` printed after
/// `### output`.
pub(super) fn check(table: &str) {
    let mut failures = Vec::new();
    let mut count = 0;
    for snippet in table.split("### source\n").skip(1) {
        let Some((source, expected)) = snippet.split_once("### output\n") else {
            failures.push(format!("no output recorded for\n{snippet}"));
            continue;
        };
        count += 1;
        let (mut printed, failure) = run(source);
        if let Some(failure) = failure {
            match failure.class_name() {
                Some(class) => {
                    let line = failure.position().map_or(0, |position| position.line);
                    // The words for syntax errors are the parser's own.
                    let message = if failure.is("SyntaxError") {
                        "invalid syntax".into()
                    } else {
                        failure.message()
                    };
                    printed.push_str(&format!("!{class} at {line}: {message}\n"));
                }
                None => printed.push_str(&format!("refused: {failure}\n")),
            }
        }
        if printed != expected {
            failures.push(format!(
                "program:\n{source}\nexpected:\n{expected}\nprinted:\n{printed}"
            ));
        }
    }
    assert!(count > 0, "the table is empty");
    assert!(
        failures.is_empty(),
        "{} of {count} programs differ:\n\n{}",
        failures.len(),
        failures.join("\n----------------\n")
    );
}
