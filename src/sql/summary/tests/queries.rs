//! What queries and changes of rows touch.

use super::super::Flavor;
use super::check;

#[test]
fn tables_of_a_query() {
    check(
        Flavor::Postgres,
        &[
            ("SELECT 1", &[]),
            ("SELECT * FROM a", &["reads table a"]),
            (
                "SELECT * FROM Auth.\"Users\" u",
                &["reads table auth.Users"],
            ),
            ("SELECT * FROM db.s.t", &["reads table s.t"]),
            (
                "SELECT * FROM a, b AS x, only c",
                &["reads table a", "reads table b", "reads table c"],
            ),
            (
                "SELECT * FROM a x LEFT JOIN s.b USING (id) NATURAL JOIN c CROSS JOIN LATERAL (SELECT * FROM d) q WHERE x.id IN (SELECT id FROM e)",
                &[
                    "reads table a",
                    "reads table s.b",
                    "reads table c",
                    "reads table d",
                    "reads table e",
                ],
            ),
            (
                "SELECT * FROM (a JOIN b ON a.x = b.x) JOIN c ON true",
                &["reads table a", "reads table b", "reads table c"],
            ),
            (
                "(SELECT * FROM a) UNION ALL (SELECT * FROM b) ORDER BY 1",
                &["reads table a", "reads table b"],
            ),
            (
                "SELECT * FROM ((SELECT * FROM a) UNION (SELECT * FROM b)) q",
                &["reads table a", "reads table b"],
            ),
            ("TABLE a", &["reads table a"]),
            (
                "SELECT x FROM a WHERE y = ARRAY[1, 2] GROUP BY x, y ORDER BY x, y",
                &["reads table a"],
            ),
            (
                "SELECT (SELECT max(x) FROM a) FROM b FOR UPDATE OF b",
                &["reads table a", "reads table b"],
            ),
            ("SELECT a.x FROM a ORDER BY a.x LIMIT 1", &["reads table a"]),
            ("SELECT \"from\".x, b.from FROM b", &["reads table b"]),
        ],
    );
}

#[test]
fn what_looks_like_a_table_and_is_none() {
    check(
        Flavor::Postgres,
        &[
            (
                "SELECT extract(year FROM d), substring(x FROM 1 FOR 2), trim(both FROM x) FROM a",
                &["reads table a"],
            ),
            (
                "SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b FROM c",
                &["reads table c"],
            ),
            ("SELECT DISTINCT FROM c", &["reads table c"]),
            (
                "SELECT * FROM generate_series(1, (SELECT count(*) FROM a)) WITH ORDINALITY AS g(n, o), b",
                &["reads table a", "reads table b"],
            ),
            (
                "SELECT * FROM ROWS FROM (f(1), auth.g(2)) AS x(a, b), c",
                &["calls function f", "calls function auth.g", "reads table c"],
            ),
            (
                "SELECT * FROM json_to_recordset('[]') AS x(a int, b text), c",
                &["reads table c"],
            ),
            (
                "SELECT * FROM json_to_record(x) AS (a int, b text), d",
                &["reads table d"],
            ),
            ("SELECT * FROM unnest(ARRAY[1,2]) x, a", &["reads table a"]),
            (
                "SELECT 'FROM x' AS \"FROM y\" /* FROM z */ -- FROM w\n",
                &[],
            ),
            (
                "SELECT * FROM ${schema}.t, ${prefix}_x, a_${b}, \"${c}\", d",
                &["reads table d"],
            ),
            ("SELECT * FROM U&\"d\\0061t\", b", &["reads table b"]),
            ("VALUES (1), (2)", &[]),
        ],
    );
}

#[test]
fn queries_with_names() {
    check(
        Flavor::Postgres,
        &[
            (
                "WITH x AS (SELECT * FROM a), y(c, d) AS MATERIALIZED (SELECT * FROM x) SELECT * FROM y JOIN b ON true",
                &["reads table a", "reads table b"],
            ),
            (
                "WITH a AS (SELECT * FROM a) SELECT * FROM a",
                &["reads table a"],
            ),
            (
                "WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT n FROM t JOIN a ON true) SELECT * FROM t",
                &["reads table a"],
            ),
            (
                "WITH x AS (SELECT 1) SELECT * FROM s.x",
                &["reads table s.x"],
            ),
            (
                "SELECT * FROM (WITH x AS (SELECT 1) SELECT * FROM x) q, x",
                &["reads table x"],
            ),
            (
                "WITH gone AS (DELETE FROM a WHERE b RETURNING *) INSERT INTO c SELECT * FROM gone",
                &["writes table a", "writes table c"],
            ),
            (
                "INSERT INTO a WITH x AS (SELECT * FROM b) SELECT * FROM x",
                &["writes table a", "reads table b"],
            ),
            (
                "WITH RECURSIVE t(n) AS (SELECT 1) SEARCH DEPTH FIRST BY n SET o, u AS (SELECT * FROM t) SELECT * FROM u",
                &[],
            ),
        ],
    );
}

#[test]
fn changes_of_rows() {
    check(
        Flavor::Postgres,
        &[
            (
                "INSERT INTO users.accounts AS t (id, name) SELECT id, n FROM auth.users ON CONFLICT (id) DO UPDATE SET name = (SELECT x FROM y) RETURNING id",
                &[
                    "writes table users.accounts",
                    "reads table auth.users",
                    "reads table y",
                ],
            ),
            (
                "INSERT INTO a (b) VALUES ((SELECT c FROM d))",
                &["writes table a", "reads table d"],
            ),
            ("INSERT INTO a DEFAULT VALUES", &["writes table a"]),
            (
                "INSERT INTO a (SELECT * FROM b)",
                &["writes table a", "reads table b"],
            ),
            (
                "INSERT INTO a OVERRIDING SYSTEM VALUE SELECT * FROM b",
                &["writes table a", "reads table b"],
            ),
            (
                "UPDATE ONLY a AS x SET b = c.d FROM c, d WHERE x.id = c.id",
                &["writes table a", "reads table c", "reads table d"],
            ),
            (
                "UPDATE a SET (b, c) = (SELECT d, e FROM f)",
                &["writes table a", "reads table f"],
            ),
            (
                "DELETE FROM a USING b, c WHERE a.id = b.id",
                &["writes table a", "reads table b", "reads table c"],
            ),
            (
                "DELETE FROM a x WHERE NOT EXISTS (SELECT FROM b WHERE b.id = x.id)",
                &["writes table a", "reads table b"],
            ),
            (
                "MERGE INTO a USING (SELECT * FROM b) s ON a.id = s.id WHEN MATCHED THEN UPDATE SET x = 1 WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)",
                &["writes table a", "reads table b"],
            ),
            (
                "TRUNCATE TABLE a, ONLY s.b RESTART IDENTITY CASCADE",
                &["writes table a", "writes table s.b"],
            ),
            (
                "COPY a (x) FROM STDIN;\n1\tFROM b\n\\.\n",
                &["writes table a"],
            ),
            ("COPY a TO STDOUT", &["reads table a"]),
            ("COPY (SELECT * FROM a) TO STDOUT", &["reads table a"]),
            (
                "LOCK TABLE a, b IN SHARE MODE",
                &["reads table a", "reads table b"],
            ),
            (
                "SELECT * INTO TEMP x FROM a",
                &["creates temporary table x", "reads table a"],
            ),
            (
                "SELECT a, b INTO TABLE y FROM c",
                &["creates table y", "reads table c"],
            ),
            ("EXPLAIN ANALYZE SELECT * FROM a", &["reads table a"]),
            ("PREPARE q AS SELECT * FROM a", &["reads table a"]),
            ("CALL s.f(1)", &["calls function s.f"]),
            (
                "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
                &["alters materialized view v"],
            ),
        ],
    );
}

#[test]
fn expressions_name_types_functions_and_sequences() {
    check(
        Flavor::Postgres,
        &[
            (
                "SELECT x::text, y::provider::oauth_provider[], CAST(z AS auth.kind), w::timestamp with time zone",
                &[
                    "uses type provider",
                    "uses type oauth_provider",
                    "uses type auth.kind",
                ],
            ),
            (
                "SELECT CAST((SELECT a FROM b) AS numeric(10, 2))",
                &["reads table b"],
            ),
            (
                "SELECT now(), auth.uid(), count(*) FILTER (WHERE x)",
                &[
                    "calls function now",
                    "calls function auth.uid",
                    "calls function count",
                ],
            ),
            (
                "SELECT nextval('auth.ids'), setval('Ids'::regclass, 1), currval('\"Ids\"')",
                &[
                    "calls function nextval",
                    "reads sequence auth.ids",
                    "calls function setval",
                    "reads sequence ids",
                    "calls function currval",
                    "reads sequence Ids",
                ],
            ),
            (
                "SELECT setval('a_id_seq'::regclass, (SELECT max(id) FROM a), false) FROM b",
                &[
                    "calls function setval",
                    "reads sequence a_id_seq",
                    "calls function max",
                    "reads table a",
                    "reads table b",
                ],
            ),
            ("VACUUM FULL ANALYSE s.a", &["alters table s.a"]),
            ("SELECT 'auth.users'::regclass", &["reads table auth.users"]),
            ("SELECT to_regclass('auth.users')", &[]),
            ("SELECT x::pg_catalog.int4, y::_text", &[]),
        ],
    );
}

#[test]
fn sqlite_and_mysql() {
    check(
        Flavor::Sqlite,
        &[
            (
                "INSERT OR REPLACE INTO [My Table] SELECT * FROM `Other`",
                &["writes table my table", "reads table other"],
            ),
            ("UPDATE OR IGNORE a SET x = 1", &["writes table a"]),
            (
                "SELECT * FROM a NOT INDEXED JOIN b INDEXED BY i",
                &["reads table a", "reads table b"],
            ),
            ("SELECT CAST(x AS provider) FROM a", &["reads table a"]),
        ],
    );
    check(
        Flavor::Mysql,
        &[
            ("ALTER TABLE a RENAME b", &["renames table a to b"]),
            ("ALTER TABLE a RENAME COLUMN b TO c", &["alters table a"]),
            (
                "INSERT INTO a SELECT * FROM b ON DUPLICATE KEY UPDATE x = b.x, y = 2",
                &["writes table a", "reads table b"],
            ),
            ("INSERT IGNORE INTO `a` VALUES (1)", &["writes table a"]),
            ("INSERT a SET x = 1", &["writes table a"]),
            (
                "UPDATE a JOIN b ON a.x = b.x SET a.y = b.y",
                &["writes table a", "reads table b"],
            ),
            (
                "DELETE x FROM a x JOIN b ON true",
                &["writes table a", "reads table b"],
            ),
            (
                "SELECT * FROM a STRAIGHT_JOIN b",
                &["reads table a", "reads table b"],
            ),
            (
                "RENAME TABLE a TO b, s.c TO s.d",
                &["renames table a to b", "renames table s.c to d"],
            ),
        ],
    );
}
