//! What bodies of routines and `DO` blocks touch.

use super::super::{Flavor, Session, summarize};
use super::check;

#[test]
fn blocks_that_run_now() {
    check(
        Flavor::Postgres,
        &[
            (
                "DO $$ BEGIN INSERT INTO a SELECT * FROM b; END $$",
                &["writes table a", "reads table b"],
            ),
            (
                "DO $$ BEGIN CREATE TYPE kind AS ENUM ('a'); DROP TABLE a; EXCEPTION WHEN OTHERS THEN NULL; END $$;",
                &["perhaps creates type kind", "perhaps drops table a"],
            ),
            (
                "DO $$ BEGIN CREATE TYPE kind AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
                &["creates type kind unless it exists"],
            ),
            (
                "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'kind') THEN CREATE TYPE kind AS ENUM ('a'); ELSE ALTER TYPE kind ADD VALUE 'b'; END IF; DROP TABLE t; END $$",
                &[
                    "perhaps reads table pg_type",
                    "perhaps creates type kind",
                    "perhaps alters type kind",
                    "drops table t",
                ],
            ),
            (
                "DO $$ DECLARE r record; n s.kind := 'a'; v s.t%ROWTYPE; w t.c%TYPE; c CURSOR FOR SELECT * FROM u; BEGIN FOR r IN SELECT * FROM a WHERE x IN (SELECT 1 FROM b) LOOP UPDATE c SET d = r.d; END LOOP; PERFORM f(x) FROM e; END $$",
                &[
                    "uses type s.kind",
                    "reads table s.t",
                    "reads table t",
                    "reads table u",
                    "reads table a",
                    "reads table b",
                    "perhaps writes table c",
                    "calls function f",
                    "reads table e",
                ],
            ),
            (
                "DO $$ BEGIN <<l>> LOOP EXIT WHEN (SELECT true FROM a); END LOOP l; x := (SELECT 1 FROM b); IF CASE WHEN y THEN z ELSE w END THEN DROP TABLE c; END IF; END $$",
                &["reads table b", "perhaps drops table c"],
            ),
            (
                "DO $$ BEGIN EXECUTE 'CREATE TABLE s.a (b int)'; END $$",
                &["creates table s.a"],
            ),
            (
                "DO $$ BEGIN EXECUTE 'DROP TABLE a' USING x; EXECUTE 'DROP TABLE ' || y; END $$",
                &["drops table a"],
            ),
            (
                "DO $$ BEGIN EXECUTE format('CREATE TABLE s.%I PARTITION OF s.p', x); EXECUTE format('DROP TABLE log_%s', y); END $$",
                &["references table s.p"],
            ),
            (
                "DO LANGUAGE plpgsql $$ BEGIN SELECT a INTO b FROM c; RAISE NOTICE 'FROM x %', y; END $$",
                &["reads table c"],
            ),
            (
                "DO $$ BEGIN WHILE x LOOP DELETE FROM a; END LOOP; CASE x WHEN 1 THEN DELETE FROM b; ELSE NULL; END CASE; BEGIN DELETE FROM c; EXCEPTION WHEN others THEN DELETE FROM d; END; DELETE FROM e; END $$",
                &[
                    "perhaps writes table a",
                    "perhaps writes table b",
                    "perhaps writes table c",
                    "perhaps writes table d",
                    "writes table e",
                ],
            ),
            ("DO LANGUAGE plpython3u $$ DROP TABLE a $$", &[]),
            ("DO $$ DROP TABLE", &[]),
        ],
    );
}

#[test]
fn routines_run_later() {
    check(
        Flavor::Postgres,
        &[
            (
                "CREATE OR REPLACE FUNCTION s.f(a int, b s.kind DEFAULT 'x', OUT c text, character varying) RETURNS SETOF s.t LANGUAGE sql STABLE AS $$ SELECT * FROM s.t; SELECT * FROM u $$",
                &[
                    "creates function s.f or replaces it",
                    "uses type s.kind",
                    "uses type s.t",
                    "later reads table s.t",
                    "later reads table u",
                ],
            ),
            (
                "CREATE FUNCTION f() RETURNS trigger AS $body$ BEGIN NEW.updated_at = now(); INSERT INTO audit VALUES (NEW.*); RETURN NEW; END; $body$ LANGUAGE 'plpgsql'",
                &["creates function f", "later writes table audit"],
            ),
            (
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT x FROM a WHERE y = ''b'''",
                &["creates function f", "later reads table a"],
            ),
            (
                "CREATE FUNCTION f() RETURNS TABLE (a int, b s.kind) LANGUAGE sql BEGIN ATOMIC SELECT * FROM a; SELECT * FROM b; END",
                &[
                    "creates function f",
                    "uses type s.kind",
                    "reads table a",
                    "reads table b",
                ],
            ),
            (
                "CREATE FUNCTION f(i int) RETURNS int RETURN (SELECT i FROM a)",
                &["creates function f", "reads table a"],
            ),
            (
                "CREATE FUNCTION f() RETURNS int AS 'lib', 'sym' LANGUAGE c",
                &["creates function f"],
            ),
            (
                "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT * FROM a; RETURN (SELECT 1 FROM b); END $$",
                &[
                    "creates function f",
                    "later reads table a",
                    "later reads table b",
                ],
            ),
            (
                "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN CREATE TEMP TABLE x AS SELECT 1; COMMIT; END $$",
                &["creates function p", "later creates temporary table x"],
            ),
            (
                "CREATE TRIGGER t BEFORE INSERT OR UPDATE OF a ON s.t FOR EACH ROW WHEN (OLD.a IS DISTINCT FROM NEW.a) EXECUTE FUNCTION s.f()",
                &[
                    "creates trigger t",
                    "references table s.t",
                    "references function s.f",
                ],
            ),
            (
                "CREATE CONSTRAINT TRIGGER t AFTER DELETE ON a FROM b DEFERRABLE EXECUTE PROCEDURE f()",
                &[
                    "creates trigger t",
                    "references table a",
                    "references table b",
                    "references function f",
                ],
            ),
        ],
    );
}

#[test]
fn programs_without_quotes() {
    check(
        Flavor::Sqlite,
        &[(
            "CREATE TRIGGER IF NOT EXISTS t AFTER UPDATE ON a BEGIN UPDATE b SET c = 1; DELETE FROM d; END",
            &[
                "creates trigger t unless it exists",
                "references table a",
                "later writes table b",
                "later writes table d",
            ],
        )],
    );
    check(
        Flavor::Mysql,
        &[
            (
                "DELIMITER $$\nCREATE DEFINER=`root`@`localhost` PROCEDURE p(IN x INT)\nBEGIN\nDECLARE c CURSOR FOR SELECT * FROM a;\nlp: LOOP\nIF x THEN INSERT INTO b VALUES (1); END IF;\nEND LOOP;\nEND$$\n",
                &[
                    "creates function p",
                    "later reads table a",
                    "later writes table b",
                ],
            ),
            (
                "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW INSERT INTO b VALUES (1)",
                &[
                    "creates trigger t",
                    "references table a",
                    "later writes table b",
                ],
            ),
        ],
    );
}

#[test]
fn sql_that_is_put_together_is_admitted() {
    for (script, expected) in [
        ("DO $$ BEGIN EXECUTE 'DROP TABLE a'; END $$", false),
        ("DO $$ BEGIN EXECUTE 'DROP TABLE ' || x; END $$", true),
        (
            "DO $$ BEGIN EXECUTE format('DROP TABLE %I', x); END $$",
            true,
        ),
        ("SELECT 1", false),
    ] {
        let found = summarize(script, Flavor::Postgres, &mut Session::new(["public"]));
        assert_eq!(found[0].runs_unknown_sql, expected, "{script}");
    }
}

/// A move of accounts from two older schemas, in the manner of a service that grew.
#[test]
fn a_move_between_schemas() {
    check(
        Flavor::Postgres,
        &[(
            "-- 통합 사용자 스키마 (레거시; auth.old 참고)
SET timezone = 'Asia/Seoul';
CREATE SCHEMA IF NOT EXISTS users;
CREATE TYPE oauth_provider AS ENUM ('google', 'kakao', 'naver');
CREATE TABLE users.accounts (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), nickname text /* 별명 */);
CREATE TABLE users.social_accounts (
    user_id uuid NOT NULL REFERENCES users.accounts(id) ON DELETE CASCADE,
    provider oauth_provider NOT NULL,
    CONSTRAINT uq UNIQUE (provider, user_id)
);
CREATE INDEX idx_nickname ON users.accounts (nickname) WHERE nickname IS NOT NULL;
INSERT INTO users.accounts (id, nickname)
SELECT u.id, COALESCE(u.nickname, p.nickname)
FROM auth.users u
LEFT JOIN user_profile.users p ON p.auth_user_id = u.id
ON CONFLICT (id) DO NOTHING;
INSERT INTO users.social_accounts (user_id, provider)
SELECT s.user_id, s.provider::oauth_provider FROM auth.user_social_accounts s
ON CONFLICT (provider, user_id) DO NOTHING;
CREATE OR REPLACE FUNCTION users.touch() RETURNS TRIGGER AS $$
BEGIN
    NEW.updated_at = NOW();
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER trg BEFORE UPDATE ON users.accounts FOR EACH ROW EXECUTE FUNCTION users.touch();
COMMENT ON INDEX users.idx_nickname IS '별명 검색';
",
            &[
                "creates schema users unless it exists",
                "creates type oauth_provider",
                "creates table users.accounts",
                "calls function gen_random_uuid",
                "creates table users.social_accounts",
                "references table users.accounts",
                "uses type oauth_provider",
                "creates index users.idx_nickname",
                "references table users.accounts",
                "writes table users.accounts",
                "calls function coalesce",
                "reads table auth.users",
                "reads table user_profile.users",
                "writes table users.social_accounts",
                "uses type oauth_provider",
                "reads table auth.user_social_accounts",
                "creates function users.touch or replaces it",
                "later calls function now",
                "creates trigger trg",
                "references table users.accounts",
                "references function users.touch",
                "alters index users.idx_nickname",
            ],
        )],
    );
}
