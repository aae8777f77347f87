//! What all flavours share.

use super::super::Flavor;
use super::{check, check_refused, cut};

const ALL: [Flavor; 3] = [Flavor::Postgres, Flavor::Sqlite, Flavor::Mysql];

#[test]
fn delimiters_end_statements() {
    for flavor in ALL {
        check(
            flavor,
            &[
                ("", &[]),
                (" \n\t\r\n", &[]),
                (";", &[]),
                (";; ;\n;", &[]),
                ("SELECT 1", &["SELECT 1"]),
                ("SELECT 1;", &["SELECT 1"]),
                ("SELECT 1 ; ", &["SELECT 1"]),
                ("SELECT 1;SELECT 2", &["SELECT 1", "SELECT 2"]),
                (
                    "\n\nSELECT 1;\n\n;\nSELECT 2\n;\n",
                    &["SELECT 1", "SELECT 2"],
                ),
                ("SELECT\r\n1;\r\nSELECT 2\r\n", &["SELECT\r\n1", "SELECT 2"]),
                ("(SELECT 1);(SELECT 2)", &["(SELECT 1)", "(SELECT 2)"]),
                ("SELECT (1;2);SELECT 3", &["SELECT (1;2)", "SELECT 3"]),
                (
                    "SELECT 1);SELECT 2)); SELECT (3)",
                    &["SELECT 1)", "SELECT 2))", "SELECT (3)"],
                ),
            ],
        );
    }
}

#[test]
fn comments_belong_to_the_statement_after_them() {
    for flavor in ALL {
        check(
            flavor,
            &[
                ("-- only a comment", &[]),
                ("-- a; b\n/* c; d */", &[]),
                ("/* a */;-- b\n;", &[]),
                ("-- it's\nSELECT 1;", &["-- it's\nSELECT 1"]),
                ("/* it's; */ SELECT 1", &["/* it's; */ SELECT 1"]),
                ("\n -- a\n\n -- b\n SELECT 1", &["-- a\n\n -- b\n SELECT 1"]),
                (
                    "SELECT 1; -- one\nSELECT 2; -- two\n",
                    &["SELECT 1", "-- one\nSELECT 2"],
                ),
                ("SELECT 1 -- a; b\n, 2;", &["SELECT 1 -- a; b\n, 2"]),
                ("SELECT 1 /* a; b */;", &["SELECT 1 /* a; b */"]),
                ("SELECT 1 -- tail", &["SELECT 1 -- tail"]),
                ("SELECT 1\n-- tail;\n", &["SELECT 1\n-- tail;"]),
                ("/**/SELECT 1;/***/", &["/**/SELECT 1"]),
                ("/*/ ; */SELECT 1", &["/*/ ; */SELECT 1"]),
                ("-- a\n;SELECT 1", &["SELECT 1"]),
                ("--\nSELECT 1", &["--\nSELECT 1"]),
                ("SELECT 1 --", &["SELECT 1 --"]),
            ],
        );
    }
}

#[test]
fn quotes_hide_delimiters() {
    for flavor in ALL {
        check(
            flavor,
            &[
                ("SELECT 'a;b';SELECT 2", &["SELECT 'a;b'", "SELECT 2"]),
                ("SELECT 'it''s; x';x", &["SELECT 'it''s; x'", "x"]),
                ("SELECT '';SELECT ''''", &["SELECT ''", "SELECT ''''"]),
                ("SELECT '-- a', '/* b';c", &["SELECT '-- a', '/* b'", "c"]),
                ("SELECT \"a;b\"\"c;\";d", &["SELECT \"a;b\"\"c;\"", "d"]),
                (
                    "SELECT 'a\n;\n''b''\n;';c",
                    &["SELECT 'a\n;\n''b''\n;'", "c"],
                ),
                ("SELECT 'é✓𝄞;', ü;b", &["SELECT 'é✓𝄞;', ü", "b"]),
                ("SELECT '(';SELECT ')'", &["SELECT '('", "SELECT ')'"]),
            ],
        );
    }
}

#[test]
fn blanks_beyond_ascii() {
    for flavor in ALL {
        check(
            flavor,
            &[
                (
                    "\u{feff}SELECT 1;\u{feff}SELECT 2",
                    &["SELECT 1", "SELECT 2"],
                ),
                ("SELECT 1;\u{feff}", &["SELECT 1"]),
                ("SELECT 1;\u{a0}\n", &["SELECT 1"]),
                ("\u{a0}SELECT 1;\u{3000}SELECT 2", &["SELECT 1", "SELECT 2"]),
                ("SELECT\u{a0}1;SELECT 2", &["SELECT\u{a0}1", "SELECT 2"]),
                ("SELECT 1\u{a0};SELECT 2", &["SELECT 1\u{a0}", "SELECT 2"]),
                (
                    "SELECT\u{feff}'\u{feff};';a\u{feff};",
                    &["SELECT\u{feff}'\u{feff};'", "a"],
                ),
                ("SELECT \u{ff12};SELECT 3", &["SELECT \u{ff12}", "SELECT 3"]),
                (
                    "SELECT '\u{200b};';\u{200b}",
                    &["SELECT '\u{200b};'", "\u{200b}"],
                ),
            ],
        );
    }
}

#[test]
fn positions_are_those_of_the_first_code() {
    let script = "-- é\n\n  /* x\n */ é: SELECT 1;\n\t\u{a0}SELECT 2; SELECT 3\n;;(\nSELECT 4)";
    let found: Vec<_> = cut(script, Flavor::Postgres)
        .iter()
        .map(|statement| {
            (
                statement.span.start,
                statement.code_start,
                statement.line,
                statement.column,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (0, 18, 4, 5),
            (35, 35, 5, 3),
            (45, 45, 5, 13),
            (56, 56, 6, 3)
        ]
    );
}

#[test]
fn keywords_leave_out_names_and_parentheses() {
    for (script, expected) in [
        ("select a from b", "SELECT A FROM B"),
        (
            "insert into \"t\" (a, b) values (1, 2)",
            "INSERT INTO VALUES",
        ),
        (
            "create table if not exists s.t1 (x int)",
            "CREATE TABLE IF NOT EXISTS",
        ),
        (
            "/* c */ create -- d\n view v as select 1",
            "CREATE VIEW V AS SELECT",
        ),
        ("a b c d e f g h i j k l", "A B C D E F G H I J"),
        ("(select 1)", ""),
        ("grant x to a@b", "GRANT X TO A @ B"),
    ] {
        assert_eq!(
            &*cut(script, Flavor::Postgres)[0].keywords,
            expected,
            "{script}"
        );
    }
}

#[test]
fn rows_can_be_sent_in_batches() {
    for (script, expected) in [
        ("INSERT INTO t VALUES (1)", true),
        ("update t set a = 1", true),
        ("delete from t", true),
        ("merge into t using u", true),
        ("with a as (select 1) insert into t select 1", false),
        ("select 1", false),
    ] {
        assert_eq!(
            cut(script, Flavor::Sqlite)[0].batchable,
            expected,
            "{script}"
        );
    }
}

#[test]
fn what_is_never_closed_is_refused() {
    for flavor in ALL {
        check_refused(
            flavor,
            &[
                ("SELECT 1;\n  SELECT 'a;\nb", "UnterminatedString", 2, 10),
                ("SELECT 'it''s", "UnterminatedString", 1, 8),
                ("SELECT 1;/* a; b", "UnterminatedComment", 1, 10),
                ("SELECT (1;\nSELECT 2;", "UnclosedParenthesis", 1, 8),
                ("SELECT é, (a, (b);\n", "UnclosedParenthesis", 1, 11),
            ],
        );
    }
}

#[test]
fn other_line_ends() {
    check(
        Flavor::Postgres,
        &[(
            "-- a;\rSELECT 1;\r-- b\rSELECT 2;",
            &["-- a;\rSELECT 1", "-- b\rSELECT 2"],
        )],
    );
    for flavor in [Flavor::Sqlite, Flavor::Mysql] {
        check(
            flavor,
            &[
                ("-- a\r\nSELECT 1;", &["-- a\r\nSELECT 1"]),
                ("-- a\r\r\nSELECT 1;", &["-- a\r\r\nSELECT 1"]),
                ("-- a\r b\nSELECT 1;", &["-- a\r b\nSELECT 1"]),
            ],
        );
        check_refused(
            flavor,
            &[("SELECT 1;\r-- a\rSELECT 2;\r", "CommentHidesCode", 1, 11)],
        );
    }
}
