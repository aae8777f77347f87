//! What servers, and Flyway, refuse inside a transaction block; and what ends one.

use super::super::{Flavor, SplitOptions, TransactionControl, split};
use super::cut;

/// Statement, whether the server takes it in a transaction, whether Flyway thinks so.
const POSTGRES: [(&str, bool, bool); 62] = [
    ("SELECT 1", true, true),
    ("CREATE INDEX i ON t (a)", true, true),
    ("CREATE INDEX CONCURRENTLY i ON t (a)", false, false),
    (
        "create unique index concurrently if not exists i on t (a)",
        false,
        false,
    ),
    (
        "CREATE INDEX /* c */ CONCURRENTLY \"i\" ON t (a)",
        false,
        false,
    ),
    ("DROP INDEX CONCURRENTLY i", false, false),
    ("DROP INDEX i", true, true),
    ("REINDEX TABLE t", true, true),
    ("REINDEX (VERBOSE) TABLE t", true, true),
    ("REINDEX TABLE CONCURRENTLY t", false, true),
    ("REINDEX INDEX CONCURRENTLY i", false, true),
    ("REINDEX (CONCURRENTLY) TABLE t", false, true),
    ("REINDEX (VERBOSE, CONCURRENTLY true) TABLE t", false, true),
    ("REINDEX (CONCURRENTLY false, VERBOSE) TABLE t", true, true),
    ("REINDEX SCHEMA s", false, false),
    ("REINDEX (VERBOSE) DATABASE d", false, false),
    ("REINDEX SYSTEM d", false, false),
    ("REINDEX DATABASE CONCURRENTLY d", false, false),
    ("VACUUM", false, false),
    ("VACUUM (FULL, ANALYZE) t", false, false),
    ("vacuum analyze t", false, false),
    ("ANALYZE t", true, true),
    ("CLUSTER", false, true),
    ("CLUSTER VERBOSE", false, true),
    ("CLUSTER (VERBOSE)", false, true),
    ("CLUSTER t", true, true),
    ("CLUSTER \"t\" USING i", true, true),
    ("CLUSTER s.t1", true, true),
    ("CLUSTER /* t */ VERBOSE t", true, true),
    ("REPACK", false, true),
    ("REPACK (CONCURRENTLY) t", false, true),
    ("REPACK t", true, true),
    ("ALTER TABLE t DETACH PARTITION p", true, true),
    ("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", false, true),
    (
        "ALTER TABLE s.t1 DETACH PARTITION \"p\" CONCURRENTLY",
        false,
        true,
    ),
    (
        "ALTER TABLE IF EXISTS ONLY t DETACH PARTITION p CONCURRENTLY",
        false,
        true,
    ),
    ("ALTER TABLE t DETACH PARTITION p FINALIZE", true, true),
    ("ALTER TABLE t ADD COLUMN concurrently int", true, true),
    ("CREATE DATABASE d", false, false),
    ("DROP DATABASE IF EXISTS d", false, false),
    ("ALTER DATABASE d SET TABLESPACE x", false, true),
    ("ALTER DATABASE d SET work_mem = 1", true, true),
    ("CREATE TABLESPACE x LOCATION '/x'", false, false),
    ("DROP TABLESPACE x", false, false),
    ("ALTER SYSTEM SET a = 1", false, false),
    ("DISCARD ALL", false, false),
    ("DISCARD PLANS", true, true),
    (
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
        false,
        false,
    ),
    ("DROP SUBSCRIPTION s", false, false),
    ("ALTER SUBSCRIPTION s REFRESH PUBLICATION", false, true),
    ("ALTER SUBSCRIPTION s SET PUBLICATION p", false, true),
    (
        "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
        true,
        true,
    ),
    (
        "ALTER SUBSCRIPTION s ADD PUBLICATION p WITH (copy_data, refresh)",
        false,
        true,
    ),
    ("ALTER SUBSCRIPTION s DISABLE", true, true),
    ("ALTER TYPE t ADD VALUE 'x'", true, true),
    ("COMMIT PREPARED 'x'", false, true),
    ("ROLLBACK PREPARED 'x'", false, true),
    ("REFRESH MATERIALIZED VIEW CONCURRENTLY v", true, true),
    ("TRUNCATE t", true, true),
    ("CREATE EXTENSION x", true, true),
    ("DO $$ BEGIN EXECUTE 'VACUUM'; END $$", true, true),
    (
        "COMMENT ON INDEX i IS 'CREATE INDEX CONCURRENTLY'",
        true,
        true,
    ),
];

#[test]
fn postgres() {
    for (script, server, flyway) in POSTGRES {
        let found = &cut(script, Flavor::Postgres)[0];
        assert_eq!(
            (found.transactional, found.transactional_in_flyway),
            (server, flyway),
            "{script}"
        );
    }
}

#[test]
fn new_labels_need_postgres_12() {
    let old = SplitOptions {
        alter_type_add_value_in_transaction: false,
    };
    for (script, expected) in [
        ("ALTER TYPE t ADD VALUE 'x'", false),
        (
            "ALTER TYPE \"t\" ADD VALUE IF NOT EXISTS 'x' AFTER 'y'",
            false,
        ),
        ("alter type s.t add value 'x'", false),
        ("ALTER TYPE t ADD ATTRIBUTE a int", true),
        ("ALTER TYPE t RENAME VALUE 'x' TO 'y'", true),
    ] {
        let found = &split(script, Flavor::Postgres, &old).unwrap()[0];
        assert_eq!(found.transactional, expected, "{script}");
        assert_eq!(found.transactional_in_flyway, expected, "{script}");
    }
}

#[test]
fn sqlite() {
    for (script, server, flyway) in [
        ("SELECT 1", true, true),
        ("PRAGMA foreign_keys = OFF", false, false),
        ("pragma foreign_keys", false, false),
        ("PRAGMA main.foreign_keys = 1", false, true),
        ("PRAGMA \"main\" . foreign_keys(1)", false, false),
        ("PRAGMA journal_mode = WAL", false, true),
        ("PRAGMA wal_checkpoint", false, true),
        ("PRAGMA synchronous = OFF", false, true),
        ("PRAGMA synchronous", true, true),
        ("PRAGMA foreign_key_check", true, true),
        ("PRAGMA defer_foreign_keys = foreign_keys", true, true),
        ("PRAGMA user_version = 3", true, true),
        ("VACUUM", false, true),
        ("VACUUM INTO 'x'", false, true),
        ("ATTACH 'x' AS y", false, true),
        ("DETACH DATABASE y", false, true),
    ] {
        let found = &cut(script, Flavor::Sqlite)[0];
        assert_eq!(
            (found.transactional, found.transactional_in_flyway),
            (server, flyway),
            "{script}"
        );
    }
}

#[test]
fn mysql_takes_everything() {
    for script in [
        "CREATE TABLE t (a int)",
        "OPTIMIZE TABLE t",
        "LOCK TABLES t READ",
        "VACUUM",
    ] {
        let found = &cut(script, Flavor::Mysql)[0];
        assert!(
            found.transactional && found.transactional_in_flyway,
            "{script}"
        );
    }
}

#[test]
fn control_of_transactions() {
    use Flavor::{Mysql, Postgres, Sqlite};
    use TransactionControl::{Begin, Commit, Rollback, Savepoint};
    for (flavor, script, expected) in [
        (Postgres, "begin isolation level serializable", Some(Begin)),
        (Postgres, "START TRANSACTION", Some(Begin)),
        (Postgres, "COMMIT AND CHAIN", Some(Commit)),
        (Postgres, "/* c */ END", Some(Commit)),
        (Postgres, "PREPARE TRANSACTION 'x'", Some(Commit)),
        (Postgres, "PREPARE p AS SELECT 1", None),
        (Postgres, "ABORT", Some(Rollback)),
        (Postgres, "ROLLBACK", Some(Rollback)),
        (Postgres, "ROLLBACK WORK", Some(Rollback)),
        (Postgres, "ROLLBACK TO a", Some(Savepoint)),
        (
            Postgres,
            "ROLLBACK TRANSACTION TO SAVEPOINT a",
            Some(Savepoint),
        ),
        (Postgres, "SAVEPOINT a", Some(Savepoint)),
        (Postgres, "RELEASE SAVEPOINT a", Some(Savepoint)),
        (Postgres, "COMMIT PREPARED 'x'", None),
        (Postgres, "SELECT 1", None),
        (Postgres, "DO $$ BEGIN COMMIT; END $$", None),
        (Sqlite, "BEGIN IMMEDIATE", Some(Begin)),
        (Sqlite, "END TRANSACTION", Some(Commit)),
        (Sqlite, "COMMIT", Some(Commit)),
        (Sqlite, "ROLLBACK TO a", Some(Savepoint)),
        (Sqlite, "RELEASE a", Some(Savepoint)),
        (Mysql, "BEGIN WORK", Some(Begin)),
        (Mysql, "START TRANSACTION READ ONLY", Some(Begin)),
        (Mysql, "START SLAVE", None),
        (Mysql, "XA BEGIN 'x'", Some(Begin)),
        (Mysql, "XA COMMIT 'x'", Some(Commit)),
        (Mysql, "ROLLBACK", Some(Rollback)),
        (Mysql, "BEGIN NOT ATOMIC SELECT 1; END", None),
        (Mysql, "CREATE PROCEDURE p() BEGIN COMMIT; END", None),
    ] {
        assert_eq!(cut(script, flavor)[0].control, expected, "{script}");
    }
}
