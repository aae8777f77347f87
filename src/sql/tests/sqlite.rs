//! SQLite's names, comments and triggers.

use super::super::Flavor;
use super::{check, check_refused, check_whole};

#[test]
fn names_and_strings() {
    check_whole(
        Flavor::Sqlite,
        &[
            "SELECT [a;b], `c;``d`, \"e;\"\"f\"",
            "SELECT [it's] FROM [x\"y]",
            "SELECT 'a\\', x'00'",
            "SELECT $a, :b, @c, ?1, #x",
            "SELECT a->>'$.b;'",
            "CREATE TABLE t (end int, begin int)",
            "SELECT end FROM begin",
            "SELECT CASE WHEN a THEN b END",
            "SELECT CASE a WHEN 1 THEN CASE b WHEN 2 THEN 3 END END FROM t",
        ],
    );
    check_refused(
        Flavor::Sqlite,
        &[
            ("SELECT [a;\nb", "UnterminatedIdentifier", 1, 8),
            ("SELECT `a;", "UnterminatedIdentifier", 1, 8),
            ("SELECT \"a;", "UnterminatedIdentifier", 1, 8),
        ],
    );
}

#[test]
fn comments_do_not_nest() {
    check(
        Flavor::Sqlite,
        &[
            ("SELECT 1; /* trailing", &["SELECT 1"]),
            (
                "SELECT 1 /* trailing\n note",
                &["SELECT 1 /* trailing\n note"],
            ),
            (
                "/* a /* b */ SELECT 1; /* c */ */",
                &["/* a /* b */ SELECT 1", "/* c */ */"],
            ),
            ("SELECT 1; /* a /* b */", &["SELECT 1"]),
            ("SELECT 1 /* a /* b */;\n", &["SELECT 1 /* a /* b */"]),
            ("-- /*\nSELECT 1;", &["-- /*\nSELECT 1"]),
        ],
    );
    check_refused(
        Flavor::Sqlite,
        &[
            ("/* a\nCREATE TABLE t (a)", "UnterminatedComment", 1, 1),
            ("SELECT 1; /* a; b", "UnterminatedComment", 1, 11),
            ("/* see a/*.txt */ SELECT 1;", "AmbiguousComment", 1, 1),
            (
                "SELECT 1;\nSELECT 2 /* a/*b */ + 3;",
                "AmbiguousComment",
                2,
                10,
            ),
        ],
    );
}

#[test]
fn transactions_are_ordinary_statements() {
    check(
        Flavor::Sqlite,
        &[
            ("BEGIN; SELECT 1; COMMIT;", &["BEGIN", "SELECT 1", "COMMIT"]),
            (
                "BEGIN TRANSACTION; SELECT 1; END TRANSACTION;",
                &["BEGIN TRANSACTION", "SELECT 1", "END TRANSACTION"],
            ),
            ("BEGIN IMMEDIATE;\nEND;", &["BEGIN IMMEDIATE", "END"]),
        ],
    );
}

#[test]
fn triggers() {
    check_whole(
        Flavor::Sqlite,
        &[
            "CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END",
            "CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; UPDATE x SET a = ';'; END",
            "create temp trigger if not exists t after insert on x begin select 1; end",
            "CREATE TEMPORARY TRIGGER t AFTER INSERT ON x BEGIN SELECT CASE WHEN 1 THEN 2 END; END",
            "CREATE TRIGGER t AFTER INSERT ON x WHEN CASE NEW.a WHEN 1 THEN 0 END BEGIN SELECT 1; END",
            "CREATE TRIGGER begin AFTER INSERT ON end WHEN end BEGIN SELECT end FROM end; END",
            "CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; -- end;\n SELECT 2; /* x */ END",
            "CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT RAISE(ABORT, 'x;'); END",
            "EXPLAIN CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END",
            "CREATE TABLE trigger_begin (a)",
            "CREATE INDEX trigger ON t (a)",
        ],
    );
    check_refused(
        Flavor::Sqlite,
        &[
            (
                "SELECT 1;\nCREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1;",
                "UnclosedBlock",
                2,
                1,
            ),
            (
                "CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; SELECT 2;",
                "UnclosedBlock",
                1,
                1,
            ),
        ],
    );
}
