//! PostgreSQL's strings, bodies and inline data.

use super::super::Flavor;
use super::{check, check_refused, check_whole, cut};

#[test]
fn strings_and_names() {
    check_whole(
        Flavor::Postgres,
        &[
            "SELECT E'it\\'s; x'",
            "SELECT e'it\\'s; x', 'b\\'",
            "SELECT E'a\\\\'",
            "SELECT E'a''\\';'",
            "SELECT E'a'\n  'b\\';'",
            "SELECT E'a' -- it's\n 'b\\';'",
            "SELECT U&'\\0041;', u&\"d;\" UESCAPE '!'",
            "SELECT B'01', x'1F', N'a;', 'c:\\'",
            "SELECT name'a\\'",
            "SELECT \"a\"\"b;\".\"c;\"",
            "SELECT a.\"b;\", 'x'::text",
        ],
    );
}

#[test]
fn dollar_quotes() {
    check_whole(
        Flavor::Postgres,
        &[
            "SELECT $$a;b'$$",
            "DO $$ BEGIN PERFORM 1; END $$",
            "DO $body$ SELECT $$;$$; $x$ ; $x$ $body$ LANGUAGE plpgsql",
            "SELECT $a$;$A$;$a$",
            "SELECT $é_1$;$é_1$",
            "SELECT a$b$",
            "SELECT a$$b",
            "SELECT $1, $2",
            "SELECT $1$x$a;b$x$",
            "SELECT 1$$;$$",
            "SELECT $t$;$$t$",
            "SELECT $t$;$s$t$",
            "CREATE FUNCTION f() RETURNS int AS $_$ SELECT 1; $_$ LANGUAGE sql",
            "CREATE FUNCTION f() RETURNS int AS 'SELECT ''a;''; ' LANGUAGE sql",
        ],
    );
    check(
        Flavor::Postgres,
        &[(
            "SELECT $1; SELECT 2; SELECT $1; SELECT 4;",
            &["SELECT $1", "SELECT 2", "SELECT $1", "SELECT 4"],
        )],
    );
    check_refused(
        Flavor::Postgres,
        &[
            ("SELECT 1;\nDO $$ x;", "UnterminatedDollarQuote", 2, 4),
            ("DO $a$ x; $A$;", "UnterminatedDollarQuote", 1, 4),
            ("SELECT \"a;", "UnterminatedIdentifier", 1, 8),
            ("SELECT E'a\\'", "UnterminatedString", 1, 9),
        ],
    );
}

#[test]
fn comments_nest_and_interrupt_operators() {
    check_whole(
        Flavor::Postgres,
        &[
            "SELECT /* a /* b; */ c; */ 1",
            "SELECT 1 +-- a;\n 2",
            "SELECT 1 @-/* ; */ 2",
            "SELECT a->>'b;' #- c",
            "SELECT 1 */* ; */ 2",
        ],
    );
    check_refused(
        Flavor::Postgres,
        &[
            ("/* a /* b */ SELECT 1;", "UnterminatedComment", 1, 1),
            ("SELECT 1 /*", "UnterminatedComment", 1, 10),
        ],
    );
}

#[test]
fn bodies_of_statements() {
    check_whole(
        Flavor::Postgres,
        &[
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
            "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (1); END",
            "create function f() returns int begin /* x */ atomic select 1; end",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC END",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 ELSE 2 END; END",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN CASE a WHEN 1 THEN b END THEN 1 END; SELECT 2; END",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT (CASE WHEN a THEN 1 END); END",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT a AS end; SELECT t.end, t.case FROM t; END",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT a AS case; SELECT 2; END",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT a end; SELECT b case; SELECT 1; END",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT \"end\"; SELECT 'end;'; END",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC BEGIN ATOMIC SELECT 1; END; SELECT 2; END",
            "CREATE FUNCTION f(a int) RETURNS int RETURN CASE $1 WHEN 1 THEN 2 END",
            "CREATE FUNCTION f(text) RETURNS text IMMUTABLE RETURN TRIM(BOTH $2)",
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
            "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO u VALUES (1); DELETE FROM v;)",
            "CREATE TABLE begin (atomic int)",
            "SELECT begin atomic FROM t",
            "SELECT CASE WHEN a THEN b END",
        ],
    );
    check(
        Flavor::Postgres,
        &[
            (
                "BEGIN; SELECT 1; END; COMMIT;",
                &["BEGIN", "SELECT 1", "END", "COMMIT"],
            ),
            (
                "SELECT begin atomic; SELECT 2",
                &["SELECT begin atomic", "SELECT 2"],
            ),
            (
                "SELECT 1 AS end; SELECT 2",
                &["SELECT 1 AS end", "SELECT 2"],
            ),
        ],
    );
    check_refused(
        Flavor::Postgres,
        &[
            (
                "CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT 1;",
                "UnclosedBlock",
                2,
                1,
            ),
            (
                "CREATE RULE r AS ON INSERT TO t DO (SELECT 1;",
                "UnclosedParenthesis",
                1,
                36,
            ),
        ],
    );
}

/// The data of the only statement of a script that has some.
fn data(script: &str) -> &str {
    let with_data: Vec<_> = cut(script, Flavor::Postgres)
        .into_iter()
        .filter_map(|found| found.copy_data)
        .collect();
    assert_eq!(with_data.len(), 1, "{script:?}");
    &script[with_data[0].clone()]
}

#[test]
fn copy_takes_the_lines_after_it() {
    for (script, expected) in [
        ("COPY t FROM STDIN;\na\tb;\n'c\n\\.\n", "a\tb;\n'c\n"),
        ("copy t (a, \"b\") from stdin;\n\\.\n", ""),
        (
            "COPY public.t FROM stdin WITH (FORMAT csv, HEADER);\na,\"b;\n\"\n\\.",
            "a,\"b;\n\"\n",
        ),
        ("COPY t FROM STDIN DELIMITER ',' CSV ;-- x\na\n\\.\n", "a\n"),
        ("COPY t FROM STDIN; /* x; */\na\n\\.\n", "a\n"),
        (
            "COPY t FROM /* ; */ STDIN\n;\r\na\r\n \\. \r\nSELECT 1",
            "a\r\n",
        ),
        (
            "-- c\nCOPY BINARY t FROM STDIN;\n\n-- data\n\\.\n",
            "\n-- data\n",
        ),
    ] {
        assert_eq!(data(script), expected, "{script:?}");
    }
    check(
        Flavor::Postgres,
        &[
            (
                "SELECT 1;\n-- c\nCOPY t FROM stdin;\na;b\n\\.\n\nSELECT 2;",
                &["SELECT 1", "-- c\nCOPY t FROM stdin", "SELECT 2"],
            ),
            (
                "COPY t FROM '/f'; SELECT 2",
                &["COPY t FROM '/f'", "SELECT 2"],
            ),
            (
                "COPY t TO STDOUT; SELECT 2",
                &["COPY t TO STDOUT", "SELECT 2"],
            ),
            (
                "COPY (SELECT a FROM stdin) TO STDOUT; SELECT 2",
                &["COPY (SELECT a FROM stdin) TO STDOUT", "SELECT 2"],
            ),
            (
                "COPY t FROM \"stdin\"; SELECT 2",
                &["COPY t FROM \"stdin\"", "SELECT 2"],
            ),
            (
                "/* COPY t FROM STDIN; */ SELECT 1; b",
                &["/* COPY t FROM STDIN; */ SELECT 1", "b"],
            ),
            (
                "SELECT 'COPY t FROM STDIN'; b",
                &["SELECT 'COPY t FROM STDIN'", "b"],
            ),
            (
                "DO $$ COPY t FROM STDIN; $$; b",
                &["DO $$ COPY t FROM STDIN; $$", "b"],
            ),
        ],
    );
}

#[test]
fn copy_needs_its_end() {
    check_refused(
        Flavor::Postgres,
        &[
            (
                "SELECT 1;\n COPY t FROM STDIN;\na\nb\n",
                "CopyWithoutEnd",
                2,
                2,
            ),
            ("COPY t FROM STDIN;", "CopyWithoutEnd", 1, 1),
            ("COPY t FROM STDIN", "CopyWithoutEnd", 1, 1),
            (
                "COPY t FROM STDIN; SELECT 1;\na\n\\.\n",
                "TextBeforeCopyData",
                1,
                20,
            ),
        ],
    );
}
