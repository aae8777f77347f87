//! What definitions touch.

use super::super::Flavor;
use super::{check, touches};

#[test]
fn tables() {
    check(
        Flavor::Postgres,
        &[
            ("CREATE TABLE a (id int)", &["creates table a"]),
            (
                "CREATE TABLE IF NOT EXISTS s.\"A\" (id bigserial PRIMARY KEY, \"type\" varchar(20))",
                &["creates table s.A unless it exists"],
            ),
            ("CREATE UNLOGGED TABLE a ()", &["creates table a"]),
            (
                "CREATE LOCAL TEMPORARY TABLE a (id int)",
                &["creates temporary table a"],
            ),
            (
                "CREATE TABLE a (id uuid DEFAULT gen_random_uuid(), b int REFERENCES s.b (id) ON DELETE SET NULL ON UPDATE CASCADE, c numeric(10, 2) NOT NULL REFERENCES c, status users.status DEFAULT 'x'::users.status, FOREIGN KEY (x, y) REFERENCES d (x, y), CONSTRAINT k CHECK (x > 0), LIKE e INCLUDING ALL)",
                &[
                    "creates table a",
                    "references table s.b",
                    "references table c",
                    "uses type users.status",
                    "uses type users.status",
                    "references table d",
                    "references table e",
                ],
            ),
            (
                "CREATE TABLE a (x geometry(Point, 4326), y double precision, z timestamp(3) with time zone, w color[] NOT NULL, v public.citext)",
                &[
                    "creates table a",
                    "uses type geometry",
                    "uses type color",
                    "uses type public.citext",
                ],
            ),
            (
                "CREATE TABLE a (b int) INHERITS (s.p, q)",
                &[
                    "creates table a",
                    "references table s.p",
                    "references table q",
                ],
            ),
            (
                "CREATE TABLE a PARTITION OF s.p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
                &["creates table a", "references table s.p"],
            ),
            (
                "CREATE TABLE a (b int) PARTITION BY RANGE (b)",
                &["creates table a"],
            ),
            (
                "CREATE TABLE a AS SELECT * FROM b",
                &["creates table a", "reads table b"],
            ),
            (
                "CREATE TABLE a AS WITH x AS (SELECT * FROM b) SELECT * FROM x WITH NO DATA",
                &["creates table a", "reads table b"],
            ),
            (
                "CREATE TABLE a (k text, EXCLUDE USING gist (r WITH &&), UNIQUE (k), PRIMARY KEY (k), unique_key kind)",
                &["creates table a", "uses type kind"],
            ),
            (
                "CREATE TABLE a (n int GENERATED ALWAYS AS IDENTITY, m text GENERATED ALWAYS AS (f(n)) STORED)",
                &["creates table a", "calls function f"],
            ),
            (
                "CREATE FOREIGN TABLE a (b int) SERVER s",
                &["creates table a"],
            ),
            (
                "CREATE TABLE a (n int DEFAULT nextval('s.q'))",
                &[
                    "creates table a",
                    "calls function nextval",
                    "reads sequence s.q",
                ],
            ),
        ],
    );
}

#[test]
fn what_belongs_to_an_attached_schema_stays_in_it() {
    check(
        Flavor::Sqlite,
        &[
            (
                "CREATE TABLE users.a (b REFERENCES c (id), FOREIGN KEY (d) REFERENCES e)",
                &[
                    "creates table users.a",
                    "references table users.c",
                    "references table users.e",
                ],
            ),
            (
                "CREATE INDEX users.i ON a (b)",
                &["creates index users.i", "references table users.a"],
            ),
            (
                "CREATE VIEW users.v AS SELECT * FROM a",
                &["creates view users.v", "reads table users.a"],
            ),
            (
                "CREATE TRIGGER users.t AFTER UPDATE ON a BEGIN UPDATE a SET b = 1; END",
                &[
                    "creates trigger users.t",
                    "references table users.a",
                    "later writes table users.a",
                ],
            ),
            // The query that fills a table looks where every query does.
            (
                "CREATE TABLE users.a AS SELECT * FROM c",
                &["creates table users.a", "reads table c"],
            ),
        ],
    );
    check(
        Flavor::Postgres,
        &[(
            "CREATE TABLE users.a (b INT REFERENCES c (id))",
            &["creates table users.a", "references table c"],
        )],
    );
}

#[test]
fn tables_of_sqlite_and_mysql() {
    check(
        Flavor::Mysql,
        &[
            (
                "CREATE TABLE `a` (id INT AUTO_INCREMENT, b ENUM('x', 'y'), KEY `k` (id), CONSTRAINT f FOREIGN KEY (id) REFERENCES `b` (id)) ENGINE=InnoDB",
                &["creates table a", "references table b"],
            ),
            (
                "CREATE TABLE a LIKE b",
                &["creates table a", "references table b"],
            ),
            (
                "CREATE TABLE a SELECT * FROM b",
                &["creates table a", "reads table b"],
            ),
        ],
    );
    check(
        Flavor::Sqlite,
        &[
            (
                "CREATE TABLE A (id INTEGER PRIMARY KEY, b ANYTHING REFERENCES B)",
                &["creates table a", "references table b"],
            ),
            (
                "CREATE VIRTUAL TABLE a USING fts5(x, content='b')",
                &["creates table a"],
            ),
        ],
    );
}

#[test]
fn views_indexes_types_and_sequences() {
    check(
        Flavor::Postgres,
        &[
            (
                "CREATE OR REPLACE VIEW s.v (a, b) AS SELECT * FROM t",
                &["creates view s.v or replaces it", "reads table t"],
            ),
            (
                "CREATE RECURSIVE VIEW v (n) AS SELECT 1",
                &["creates view v"],
            ),
            (
                "CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT * FROM t WITH NO DATA",
                &[
                    "creates materialized view v unless it exists",
                    "reads table t",
                ],
            ),
            (
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY s.t USING gin (lower(a), b) WHERE c::s.kind = 'x'",
                &[
                    "creates index s.i unless it exists",
                    "references table s.t",
                    "uses type s.kind",
                ],
            ),
            ("CREATE INDEX ON t (a)", &["references table t"]),
            (
                "CREATE TYPE s.kind AS ENUM ('a', 'b')",
                &["creates type s.kind"],
            ),
            (
                "CREATE TYPE pair AS (a int, b s.kind)",
                &["creates type pair", "uses type s.kind"],
            ),
            (
                "CREATE TYPE r AS RANGE (subtype = s.kind)",
                &["creates type r", "uses type s.kind"],
            ),
            (
                "CREATE DOMAIN d AS s.kind CHECK (VALUE <> 'a')",
                &["creates type d", "uses type s.kind"],
            ),
            (
                "CREATE SEQUENCE IF NOT EXISTS q OWNED BY s.t.id",
                &[
                    "creates sequence q unless it exists",
                    "references table s.t",
                ],
            ),
            (
                "CREATE SCHEMA IF NOT EXISTS users AUTHORIZATION x",
                &["creates schema users unless it exists"],
            ),
            ("CREATE SCHEMA AUTHORIZATION joe", &["creates schema joe"]),
            ("CREATE DATABASE d", &[]),
            (
                "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" SCHEMA x",
                &["creates extension uuid-ossp unless it exists"],
            ),
            (
                "CREATE POLICY p ON s.t FOR SELECT USING (id IN (SELECT id FROM u))",
                &["references table s.t", "reads table u"],
            ),
            (
                "CREATE RULE r AS ON INSERT TO s.t DO INSTEAD NOTHING",
                &["references table s.t"],
            ),
            (
                "CREATE STATISTICS s ON a, b FROM t",
                &["references table t"],
            ),
            ("CREATE ROLE r", &[]),
        ],
    );
}

#[test]
fn changes() {
    check(
        Flavor::Postgres,
        &[
            (
                "ALTER TABLE a ADD COLUMN b int REFERENCES s.c(id), ADD x s.kind, DROP COLUMN y",
                &["alters table a", "references table s.c", "uses type s.kind"],
            ),
            (
                "ALTER TABLE IF EXISTS ONLY a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c NOT VALID",
                &["perhaps alters table a", "perhaps references table c"],
            ),
            (
                "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c, ADD PRIMARY KEY (d), ADD UNIQUE (e)",
                &["alters table a", "references table c"],
            ),
            (
                "ALTER TABLE a ALTER COLUMN b TYPE s.kind USING b::s.kind",
                &["alters table a", "uses type s.kind", "uses type s.kind"],
            ),
            (
                "ALTER TABLE a ALTER b SET DATA TYPE varchar(3), ALTER COLUMN c SET DEFAULT f()",
                &["alters table a", "calls function f"],
            ),
            ("ALTER TABLE a RENAME TO b", &["renames table a to b"]),
            ("ALTER TABLE a RENAME b TO c", &["alters table a"]),
            ("ALTER TABLE a RENAME COLUMN b TO c", &["alters table a"]),
            ("ALTER TABLE s.a SET SCHEMA t", &["moves table s.a to t"]),
            (
                "ALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1)",
                &["alters table a", "references table b"],
            ),
            (
                "ALTER TABLE a INHERIT b",
                &["alters table a", "references table b"],
            ),
            ("ALTER TABLE ALL IN TABLESPACE x SET TABLESPACE y", &[]),
            (
                "ALTER TYPE s.kind ADD VALUE IF NOT EXISTS 'c' AFTER 'a'",
                &["alters type s.kind"],
            ),
            (
                "ALTER TYPE kind RENAME TO sort",
                &["renames type kind to sort"],
            ),
            (
                "ALTER TYPE kind RENAME VALUE 'a' TO 'b'",
                &["alters type kind"],
            ),
            ("ALTER INDEX i RENAME TO j", &["renames index i to j"]),
            (
                "ALTER SEQUENCE q OWNED BY a.id",
                &["alters sequence q", "references table a"],
            ),
            ("ALTER SEQUENCE q OWNED BY NONE", &["alters sequence q"]),
            (
                "ALTER FUNCTION f(int, text) SET SCHEMA s",
                &["moves function f to s"],
            ),
            (
                "ALTER VIEW IF EXISTS v RENAME TO w",
                &["perhaps renames view v to w"],
            ),
            ("ALTER SCHEMA a RENAME TO b", &["renames schema a to b"]),
            ("ALTER TRIGGER t ON a RENAME TO u", &["alters table a"]),
            ("ALTER ROLE r SET x TO y", &[]),
        ],
    );
}

#[test]
fn drops_comments_and_privileges() {
    check(
        Flavor::Postgres,
        &[
            (
                "DROP TABLE IF EXISTS a, s.b CASCADE",
                &[
                    "drops table a if it exists and what needs it",
                    "drops table s.b if it exists and what needs it",
                ],
            ),
            ("DROP MATERIALIZED VIEW v", &["drops materialized view v"]),
            (
                "DROP INDEX CONCURRENTLY IF EXISTS s.i",
                &["drops index s.i if it exists"],
            ),
            (
                "DROP FUNCTION f(int, text), g()",
                &["drops function f", "drops function g"],
            ),
            ("DROP TRIGGER IF EXISTS t ON a", &["perhaps alters table a"]),
            ("DROP TYPE a", &["drops type a"]),
            ("DROP OWNED BY x", &[]),
            ("COMMENT ON COLUMN s.t.c IS 'x'", &["alters table s.t"]),
            ("COMMENT ON TABLE t IS 'x'", &["alters table t"]),
            ("COMMENT ON CONSTRAINT c ON t IS 'x'", &["alters table t"]),
            (
                "COMMENT ON INDEX users.i IS '부분 인덱스'",
                &["alters index users.i"],
            ),
            (
                "GRANT SELECT, UPDATE (a) ON s.t, u TO r",
                &["alters table s.t", "alters table u"],
            ),
            ("GRANT USAGE ON SCHEMA s TO r", &["alters schema s"]),
            (
                "GRANT SELECT ON ALL TABLES IN SCHEMA s TO r",
                &["alters schema s"],
            ),
            (
                "GRANT EXECUTE ON FUNCTION f(int) TO r",
                &["alters function f"],
            ),
            ("GRANT ALL ON DATABASE d TO r", &[]),
            ("GRANT a TO b", &[]),
            ("REVOKE ALL ON TABLE t FROM public", &["alters table t"]),
        ],
    );
}

#[test]
fn names_are_cut_and_folded_as_the_server_does() {
    let long = "a".repeat(70);
    let found = touches(&format!("DROP TABLE {long}"), Flavor::Postgres);
    assert_eq!(found[0].name.name.len(), 63);
    let korean = "가".repeat(30);
    let found = touches(&format!("DROP TABLE \"{korean}\""), Flavor::Postgres);
    assert_eq!(found[0].name.name.chars().count(), 21);
    let found = touches("DROP TABLE ÄB", Flavor::Postgres);
    assert_eq!(found[0].name.name, "Äb");
    let found = touches("DROP TABLE \"a\"\"b\"", Flavor::Postgres);
    assert_eq!(found[0].name.name, "a\"b");
    let found = touches("DROP TABLE Ab", Flavor::Mysql);
    assert_eq!(found[0].name.name, "Ab");
}

#[test]
fn offsets_point_at_the_name() {
    for (script, name) in [
        (
            "-- 계정\nCREATE TABLE /* 주석 */ users.accounts (id int)",
            "users.accounts",
        ),
        ("DO $x$ BEGIN EXECUTE 'DROP TABLE s.t'; END $x$", "s.t"),
        ("DO 'BEGIN EXECUTE ''DROP TABLE s.t''; END'", "s.t"),
        ("SELECT nextval('a.b')", "a.b"),
        (";;\n\nINSERT INTO \"X y\" VALUES ('')", "\"X y\""),
    ] {
        let found = touches(script, Flavor::Postgres);
        let touch = found.last().unwrap_or_else(|| panic!("{script}"));
        assert_eq!(
            &script[touch.offset..touch.offset + name.len()],
            name,
            "{script}"
        );
    }
}
