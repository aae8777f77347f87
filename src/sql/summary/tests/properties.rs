//! What holds for any text whatever.

use proptest::prelude::*;

use super::super::super::{SplitOptions, split};
use super::super::{Flavor, Session, Summary, Touch, summarize};

const PIECES: [&str; 96] = [
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
    "-- x\n",
    "/*",
    "*/",
    "\n",
    " ",
    ".",
    ",",
    ":",
    "::",
    "=",
    "*",
    "%",
    "%I",
    "${x}",
    "é",
    "가",
    "1",
    "a",
    "b ",
    "s.t ",
    "\"Q q\" ",
    "E'",
    "U&\"x\"",
    "CREATE ",
    "OR REPLACE ",
    "TEMP ",
    "TABLE ",
    "VIEW ",
    "MATERIALIZED ",
    "INDEX ",
    "TYPE ",
    "FUNCTION f(",
    "TRIGGER ",
    "SCHEMA ",
    "SEQUENCE ",
    "DOMAIN ",
    "IF NOT EXISTS ",
    "IF EXISTS ",
    "AS ",
    "ON ",
    "ONLY ",
    "USING ",
    "SELECT ",
    "FROM ",
    "JOIN ",
    "LATERAL ",
    "WITH ",
    "RECURSIVE ",
    "UNION ",
    "INSERT INTO ",
    "UPDATE ",
    "DELETE ",
    "MERGE ",
    "SET ",
    "VALUES ",
    "INTO ",
    "RETURNING ",
    "ALTER ",
    "DROP ",
    "RENAME TO ",
    "ADD ",
    "COLUMN ",
    "REFERENCES ",
    "COMMENT ",
    "GRANT ",
    "TO ",
    "CASCADE ",
    "DO ",
    "BEGIN ",
    "END ",
    "EXCEPTION ",
    "WHEN ",
    "THEN ",
    "LOOP ",
    "FOR ",
    "IN ",
    "DECLARE ",
    "EXECUTE ",
    "format(",
    "LANGUAGE plpgsql ",
    "RETURN ",
    "CAST(",
    "search_path ",
    "ATOMIC ",
];

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn flavors() -> impl Strategy<Value = Flavor> {
    prop::sample::select(&[Flavor::Postgres, Flavor::Sqlite, Flavor::Mysql][..])
}

fn summary(script: &str, flavor: Flavor, session: &mut Session) -> Vec<Summary> {
    summarize(script, flavor, session)
}

fn shifted(mut touch: Touch, by: usize) -> Touch {
    touch.offset += by;
    touch
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn touches_lie_inside_their_statement(text in soup(), flavor in flavors()) {
        let mut session = Session::new(["public"]);
        for summary in summary(&text, flavor, &mut session) {
            for touch in &summary.touches {
                prop_assert!(summary.span.contains(&touch.offset), "{:?} in {:?}", touch, text);
                prop_assert!(text.is_char_boundary(touch.offset));
                prop_assert!(!touch.name.name.is_empty());
            }
        }
    }

    #[test]
    fn a_program_of_anything_does_no_harm(text in soup()) {
        let mut session = Session::new(["public"]);
        summary(&format!("DO $q${text}$q$"), Flavor::Postgres, &mut session);
        summary(&format!("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $q${text}$q$"), Flavor::Postgres, &mut session);
    }

    #[test]
    fn two_scripts_touch_what_each_of_them_does(first in soup(), second in soup(), flavor in flavors()) {
        let cuts = |text: &str| split(text, flavor, &SplitOptions::default()).map(|cut| cut.len());
        let joined = format!("{first}\n;\n{second}");
        let (Ok(one), Ok(two), Ok(both)) = (cuts(&first), cuts(&second), cuts(&joined)) else { return Ok(()) };
        if one + two != both {
            return Ok(());
        }
        let mut session = Session::new(["public"]);
        let shift = first.len() + 3;
        let touches = |summaries: Vec<Summary>| summaries.into_iter().flat_map(|summary| summary.touches);
        let mut apart: Vec<Touch> = touches(summary(&first, flavor, &mut session)).collect();
        apart.extend(touches(summary(&second, flavor, &mut session)).map(|touch| shifted(touch, shift)));
        let together: Vec<Touch> = touches(summary(&joined, flavor, &mut Session::new(["public"]))).collect();
        prop_assert_eq!(apart, together, "{:?}", joined);
    }
}

#[test]
fn deep_nesting_ends() {
    for opening in ["(SELECT * FROM ", "(", "CASE WHEN (", "DO 'BEGIN EXECUTE "] {
        let script = format!("SELECT {}a", opening.repeat(20_000));
        summary(&script, Flavor::Postgres, &mut Session::new(["public"]));
        let closed = format!(
            "SELECT {}1{}",
            "(SELECT ".repeat(20_000),
            ")".repeat(20_000)
        );
        summary(&closed, Flavor::Postgres, &mut Session::new(["public"]));
    }
}
