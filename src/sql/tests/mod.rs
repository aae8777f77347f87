//! Cases for the cut, one table for each flavour, and properties for any text.

mod common;
mod mysql;
mod mysql_programs;
mod postgres;
mod properties;
mod sqlite;
mod transactions;

use super::{Flavor, SplitError, SplitOptions, Statement, split};

/// Cuts a script that must be cut.
fn cut(script: &str, flavor: Flavor) -> Vec<Statement> {
    split(script, flavor, &SplitOptions::default())
        .unwrap_or_else(|error| panic!("{flavor:?} refuses {script:?}: {error}"))
}

/// The texts of the statements of a script.
fn texts(script: &str, flavor: Flavor) -> Vec<&str> {
    cut(script, flavor)
        .iter()
        .map(|statement| &script[statement.span.clone()])
        .collect()
}

/// Checks scripts against the statements they hold.
fn check(flavor: Flavor, cases: &[(&str, &[&str])]) {
    for (script, expected) in cases {
        assert_eq!(texts(script, flavor), *expected, "{flavor:?}: {script:?}");
    }
}

/// Checks that each script is one statement when a second one follows, and alone.
fn check_whole(flavor: Flavor, statements: &[&str]) {
    for statement in statements {
        let script = format!("SELECT 0;\n{statement};\nSELECT 9;");
        assert_eq!(
            texts(&script, flavor),
            ["SELECT 0", statement, "SELECT 9"],
            "{flavor:?}"
        );
        assert_eq!(texts(statement, flavor), [*statement], "{flavor:?}: alone");
    }
}

/// Checks that scripts are refused, with the name of the error, its line and column.
fn check_refused(flavor: Flavor, cases: &[(&str, &str, u32, u32)]) {
    for (script, name, line, column) in cases {
        let error = split(script, flavor, &SplitOptions::default())
            .err()
            .unwrap_or_else(|| panic!("{flavor:?} cuts {script:?}"));
        let found = format!("{error:?}");
        assert!(
            found.starts_with(name),
            "{flavor:?}: {script:?} gives {found}"
        );
        assert_eq!(
            (error.line(), error.column()),
            (*line, *column),
            "{flavor:?}: {script:?}"
        );
        assert_well_worded(&error);
    }
}

fn assert_well_worded(error: &SplitError) {
    let message = error.to_string();
    assert!(message.starts_with(char::is_lowercase), "{message}");
    assert!(!message.ends_with('.'), "{message}");
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.starts_with(char::is_lowercase)),
        "{message}"
    );
}
