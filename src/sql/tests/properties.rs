//! What holds for any text whatever.

use proptest::prelude::*;

use super::super::{Flavor, SplitError, SplitOptions, line_and_column, split};

/// Pieces whose combinations reach every state of the lexers and trackers.
const PIECES: [&str; 58] = [
    "'",
    "\"",
    "`",
    "[",
    "]",
    "(",
    ")",
    ";",
    "\\",
    "$",
    "$$",
    "$a$",
    "--",
    "-- x\n",
    "/*",
    "*/",
    "/*!",
    "#",
    "\n",
    "\r",
    " ",
    "\t",
    "\u{feff}",
    "\u{a0}",
    "é",
    "𝄞",
    "e'",
    "E'",
    "U&'",
    "1",
    "a.b",
    "@",
    ":",
    ",",
    "=",
    "BEGIN",
    "END",
    "ATOMIC",
    "CASE",
    "IF",
    "THEN",
    "LOOP",
    "REPEAT",
    "DO",
    "CREATE ",
    "FUNCTION f()",
    "TRIGGER t ",
    "PROCEDURE p() ",
    "COPY t FROM STDIN",
    "\n\\.\n",
    "DELIMITER ",
    "DELIMITER $$\n",
    "NOT",
    "DECLARE",
    "HANDLER",
    "FOR EACH ROW ",
    "DEFINER=",
    "SELECT 1",
];

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn flavors() -> impl Strategy<Value = Flavor> {
    prop::sample::select(&[Flavor::Postgres, Flavor::Sqlite, Flavor::Mysql][..])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn statements_are_in_order_and_apart(text in soup(), flavor in flavors()) {
        let Ok(statements) = split(&text, flavor, &SplitOptions::default()) else { return Ok(()) };
        let mut end = 0;
        for statement in &statements {
            prop_assert!(end <= statement.span.start);
            prop_assert!(statement.span.start <= statement.code_start);
            prop_assert!(statement.code_start < statement.span.end);
            end = statement.span.end;
            let sent = statement.text(&text);
            prop_assert_eq!(sent.trim_matches(|c| c <= ' '), sent);
            prop_assert_eq!((statement.line, statement.column), line_and_column(&text, statement.code_start));
            prop_assert!(statement.keywords.split(' ').count() <= 16);
            if let Some(data) = &statement.copy_data {
                prop_assert!(end < data.start && data.start <= data.end);
                prop_assert!(text.is_char_boundary(data.start) && text.is_char_boundary(data.end));
                end = data.end;
            }
        }
    }

    #[test]
    fn nothing_but_delimiters_and_comments_lies_between(text in "[a-z1;() \n]{0,60}", flavor in flavors()) {
        let Ok(statements) = split(&text, flavor, &SplitOptions::default()) else { return Ok(()) };
        let mut left = text.clone().into_bytes();
        for statement in &statements {
            left[statement.span.clone()].fill(b' ');
        }
        let left = String::from_utf8(left).unwrap();
        prop_assert!(left.chars().all(|character| " \n;".contains(character)), "{:?} of {:?}", left, text);
    }

    #[test]
    fn a_statement_is_cut_the_same_alone(text in soup(), flavor in flavors()) {
        // A delimiter of the script's own means nothing to a statement taken out of it.
        let text = text.replace("DELIMITER", "");
        let Ok(statements) = split(&text, flavor, &SplitOptions::default()) else { return Ok(()) };
        for statement in statements.iter().filter(|statement| statement.copy_data.is_none()) {
            let sent = statement.text(&text);
            let again = split(sent, flavor, &SplitOptions::default());
            // Whether Flyway would find the end of a comment depends on what follows.
            if matches!(again, Err(SplitError::AmbiguousComment { .. })) {
                continue;
            }
            prop_assert!(again.is_ok(), "{:?} of {:?}: {:?}", sent, text, again);
            let again = again.unwrap();
            prop_assert_eq!(again.len(), 1);
            prop_assert_eq!(&again[0].keywords, &statement.keywords);
            prop_assert_eq!(again[0].span.clone(), 0..sent.len());
        }
    }
}
