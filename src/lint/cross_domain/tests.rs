//! Projects of a few lines, and what is found in them.

use super::{Domain, Migration};
use crate::model::Finding;
use crate::model::Need;
use crate::sql::Flavor;

/// A domain in `public` unless its search path says otherwise.
fn domain<'a>(name: &str, needs: &[&str], migrations: &[(&str, &'a str)]) -> Domain<'a> {
    Domain {
        name: name.to_owned(),
        flavor: Flavor::Postgres,
        database: String::new(),
        search_path: vec!["public".to_owned()],
        depends_on: needs.iter().map(|text| need(text)).collect(),
        existing: std::collections::HashSet::new(),
        external: Vec::new(),
        given: Vec::new(),
        has_metadata: false,
        migrations: migrations
            .iter()
            .map(|(key, script)| Migration::of_file(*key, format!("{name}/{key}.sql"), script))
            .collect(),
    }
}

fn findings(domains: &[Domain<'_>]) -> Vec<Finding> {
    let found = super::check(domains).into_iter();
    found.map(|found| found.finding).collect()
}

/// A finding in one line.
fn describe(finding: &Finding) -> String {
    let place = finding
        .place
        .as_ref()
        .map_or(String::new(), ToString::to_string);
    format!(
        "{} {} {place} {}",
        finding.severity, finding.code, finding.message
    )
}

fn found(domains: &[Domain<'_>]) -> Vec<String> {
    findings(domains).iter().map(describe).collect()
}

/// Checks what is found in one domain whose migrations are these.
fn check_alone(migrations: &[&str], expected: &[&str]) {
    let keys: Vec<String> = (1..=migrations.len()).map(|key| key.to_string()).collect();
    let migrations: Vec<(&str, &str)> = keys
        .iter()
        .map(String::as_str)
        .zip(migrations.iter().copied())
        .collect();
    assert_eq!(
        found(&[domain("app", &[], &migrations)]),
        expected,
        "{migrations:?}"
    );
}

#[test]
fn what_another_domain_creates_has_to_be_declared() {
    let auth = || {
        domain(
            "auth",
            &[],
            &[
                ("0001", "CREATE TABLE auth.users (id int);"),
                ("0002", "CREATE TABLE auth.audits (id int);"),
            ],
        )
    };
    let reads = "-- 계정\nINSERT INTO users.a SELECT * FROM\n  auth.users;";
    let migrations = [("1", "CREATE TABLE users.a (id int);"), ("2", reads)];
    let findings = findings(&[auth(), domain("users", &[], &migrations)]);
    assert_eq!(
        findings.iter().map(describe).collect::<Vec<_>>(),
        [
            "warning undeclared-dependency users/2.sql:3:3 reads table `auth.users`, which `auth@0001` \
          (auth/0001.sql:1:14) creates, but `users` does not say that it needs `auth`"
        ]
    );
    assert_eq!(
        findings[0].hint.as_deref(),
        Some("write in [domains.users] of stillway.toml: depends_on = [\"auth@0001\"]")
    );
    assert_eq!(
        (findings[0].domain.as_str(), findings[0].migration.as_str()),
        ("users", "2")
    );
    for need in ["auth", "auth@0001", "auth@0002"] {
        let found = found(&[auth(), domain("users", &[need], &migrations)]);
        assert_eq!(found, [""; 0], "{need}");
    }
    // By way of another domain.
    let between = domain("between", &["auth"], &[]);
    assert_eq!(
        found(&[auth(), between, domain("users", &["between"], &migrations)]),
        [""; 0]
    );
    // In another database nothing of it is there.
    let mut apart = domain("users", &[], &migrations);
    apart.database = "other".to_owned();
    assert_eq!(
        found(&[auth(), apart]),
        [
            "error missing-source users/2.sql:3:3 reads table `auth.users`, which no migration creates"
        ]
    );
}

#[test]
fn a_need_ends_at_its_revision() {
    let auth = domain(
        "auth",
        &[],
        &[
            ("0001", "CREATE TABLE auth.users (id int);"),
            ("0002", "CREATE TABLE auth.audits (id int);"),
        ],
    );
    let mut users = domain(
        "users",
        &["character", "auth@0001"],
        &[(
            "1",
            "CREATE VIEW v AS SELECT * FROM auth.users, auth.audits;",
        )],
    );
    users.has_metadata = true;
    let findings = findings(&[auth, users]);
    assert_eq!(
        findings.iter().map(describe).collect::<Vec<_>>(),
        [
            "warning undeclared-dependency users/1.sql:1:44 reads table `auth.audits`, which `auth@0002` \
          (auth/0002.sql:1:14) creates, but `users` needs `auth` down to `0001` only"
        ]
    );
    assert_eq!(
        findings[0].hint.as_deref(),
        Some(
            "write in [domains.users] of stillway.toml: depends_on = [\"character\", \"auth@0002\"]; \
             or in the metadata.toml of this revision: depends_on = [\"auth@0002\"]"
        )
    );
}

#[test]
fn a_migration_may_declare_for_itself_and_those_behind_it() {
    let auth = domain(
        "auth",
        &[],
        &[("0001", "CREATE TABLE auth.users (id int);")],
    );
    let read = "SELECT * FROM auth.users;";
    let mut users = domain("users", &[], &[("1", read), ("2", read), ("3", read)]);
    users.migrations[1].depends_on.push(need("auth@0001"));
    let findings = findings(&[auth, users]);
    let migrations: Vec<&str> = findings.iter().map(|finding| &*finding.migration).collect();
    assert_eq!(migrations, ["1"]);
}

#[test]
fn needs_may_go_round() {
    let mut one = domain(
        "one",
        &["two@2"],
        &[("1", "SELECT 1"), ("2", "SELECT * FROM three.a")],
    );
    one.migrations[0].depends_on.push(need("nobody@1"));
    let mut two = domain(
        "two",
        &["one"],
        &[("1", "SELECT 1"), ("2", "SELECT 1"), ("3", "SELECT 1")],
    );
    let three = || domain("three", &["one"], &[("1", "CREATE TABLE three.a ()")]);
    two.migrations[2].depends_on.push(need("three"));
    assert_eq!(
        found(&[three(), two, one]).len(),
        1,
        "the need of two@3 does not count"
    );
    let one = domain("one", &["two@2"], &[("2", "SELECT * FROM three.a")]);
    let mut two = domain("two", &["one"], &[("1", "SELECT 1"), ("2", "SELECT 1")]);
    two.migrations[1].depends_on.push(need("three@1"));
    assert_eq!(found(&[three(), two, one]), [""; 0]);
}

#[test]
fn what_runs_later_is_not_there_yet() {
    let users = domain(
        "users",
        &[],
        &[("1", "CREATE TABLE a (b int REFERENCES auth.users);")],
    );
    let auth = domain(
        "auth",
        &[],
        &[("0001", "CREATE TABLE auth.users (id int);")],
    );
    let findings = findings(&[users, auth]);
    assert_eq!(
        findings.iter().map(describe).collect::<Vec<_>>(),
        [
            "error used-before-creation users/1.sql:1:34 references table `auth.users`, which `auth@0001` \
          (auth/0001.sql:1:14) creates only later"
        ]
    );
    assert_eq!(
        findings[0].hint.as_deref(),
        Some("write in [domains.users] of stillway.toml: depends_on = [\"auth@0001\"]")
    );
}

#[test]
fn what_nobody_creates_is_missing() {
    check_alone(
        &["CREATE TABLE a (b int); SELECT * FROM a, user_profile.users u;"],
        &[
            "error missing-source app/1.sql:1:42 reads table `user_profile.users`, which no migration creates",
        ],
    );
    check_alone(
        &["CREATE TABLE a (b kind); ALTER TABLE c ADD d int; SELECT 1 FROM c;"],
        &[
            "error missing-source app/1.sql:1:19 uses type `public.kind`, which no migration creates",
            "error missing-source app/1.sql:1:38 alters table `public.c`, which no migration creates",
        ],
    );
    check_alone(
        &[
            "DO $$ BEGIN IF x THEN DELETE FROM s.t; END IF; END $$; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1 FROM s.u, u';",
        ],
        &[
            "note missing-source app/1.sql:1:35 writes to table `s.t`, under a condition, which no migration creates",
            "note missing-source app/1.sql:1:119 reads table `s.u`, in a routine, which no migration creates",
        ],
    );
}

#[test]
fn what_need_not_be_created() {
    for script in [
        "SELECT * FROM pg_class, information_schema.tables, pg_catalog.pg_proc, nobody()",
        "CREATE EXTENSION postgis; CREATE TABLE a (b geometry(Point), c public.citext, d int[]); SELECT * FROM spatial_ref_sys",
        "CREATE TEMP TABLE t (a int); INSERT INTO t SELECT 1; DROP TABLE t",
        "CREATE TABLE a AS SELECT 1; WITH b AS (SELECT * FROM a) SELECT * FROM b",
        "CREATE TABLE a (b int); CREATE TABLE c (d a); SELECT x::a",
        "CREATE TABLE a (b serial); ALTER TABLE a_b_seq OWNER TO x; GRANT ALL ON a_b_seq TO x",
        "DROP TABLE IF EXISTS x; ALTER SEQUENCE q RESTART",
        "CREATE TYPE s.kind AS ENUM (); SET search_path = s; CREATE TABLE a (b kind); SELECT * FROM s.a",
        "SET search_path = ${x}; SELECT * FROM a",
        "SET search_path = ${x}; CREATE TABLE a (b int); SET search_path = y; SELECT * FROM a",
        "CREATE TABLE a (b int); ALTER TABLE a RENAME TO c; ALTER TABLE c SET SCHEMA s; SELECT * FROM s.c",
        "CREATE SCHEMA s; CREATE TABLE s.a (b int); ALTER SCHEMA s RENAME TO t; SELECT * FROM t.a",
        "DO $$ BEGIN CREATE TYPE k AS ENUM (); EXCEPTION WHEN OTHERS THEN NULL; END $$; CREATE TABLE a (b k)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM later'; CREATE TABLE later (a int)",
    ] {
        check_alone(&[script], &[]);
    }
    let mut app = domain(
        "app",
        &[],
        &[(
            "1",
            "SELECT * FROM user_profile.users, legacy_a, flyway_schema_history",
        )],
    );
    app.external = vec!["user_profile.*".to_owned(), "legacy_*".to_owned()];
    app.given = vec!["flyway_schema_history".to_owned()];
    assert_eq!(found(&[app]), [""; 0]);
}

#[test]
fn sql_that_is_put_together_may_create_anything() {
    check_alone(
        &[
            "CREATE FUNCTION log(t text) RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE format(''CREATE TABLE %I_log ()'', t); END'",
            "SELECT log('a'); INSERT INTO a_log SELECT 1",
        ],
        &[
            "note missing-source app/2.sql:1:30 writes to table `public.a_log`, which no migration creates, unless \
           `app@1` (app/1.sql:1:1) does, whose SQL is not all written down",
        ],
    );
    let mut app = domain("app", &[], &[("1", ""), ("2", "SELECT * FROM a")]);
    app.migrations[0].does_more = true;
    assert_eq!(
        found(&[app]),
        [
            "note missing-source app/2.sql:1:15 reads table `public.a`, which no migration creates, unless \
          `app@1` (app/1.sql:1:1) does, whose SQL is not all written down"
        ]
    );
    check_alone(
        &["DO $$ BEGIN EXECUTE 'DROP TABLE ' || x; END $$; INSERT INTO a SELECT 1"],
        &[
            "error missing-source app/1.sql:1:61 writes to table `public.a`, which no migration creates",
        ],
    );
}

#[test]
fn functions() {
    let auth = || {
        domain(
            "auth",
            &[],
            &[(
                "1",
                "CREATE FUNCTION max(a uuid) RETURNS uuid LANGUAGE sql AS 'SELECT a'; CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS ''",
            )],
        )
    };
    for (script, expected) in [
        // It may be the server's own.
        ("SELECT max(1)", 0),
        ("SELECT public.max(1)", 1),
        (
            "CREATE TABLE a (); CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION touch()",
            1,
        ),
        ("DROP FUNCTION touch()", 1),
        ("DROP FUNCTION IF EXISTS touch()", 0),
    ] {
        let users = domain("users", &[], &[("1", script)]);
        assert_eq!(found(&[auth(), users]).len(), expected, "{script}");
    }
}

#[test]
fn two_creations_of_one_object() {
    check_alone(
        &[
            "CREATE TABLE IF NOT EXISTS a (b int)",
            "CREATE TABLE public.A (b int)",
        ],
        &[
            "error created-twice app/2.sql:1:14 creates table `public.a` a second time: `app@1` (app/1.sql:1:28) has created it",
        ],
    );
    check_alone(
        &["CREATE TYPE k AS ENUM ()", "CREATE TYPE k AS ENUM ()"],
        &[
            "error created-twice app/2.sql:1:13 creates type `public.k` a second time: `app@1` (app/1.sql:1:13) has created it",
        ],
    );
    for second in [
        "CREATE TABLE IF NOT EXISTS a (b int)",
        "DROP TABLE a; CREATE TABLE a (b int)",
        "DROP TABLE IF EXISTS public.a CASCADE; CREATE TABLE a (b int)",
        "ALTER TABLE a RENAME TO b; CREATE TABLE a (b int)",
        "ALTER TABLE a SET SCHEMA b; CREATE TABLE a (b int)",
        "DROP SCHEMA public CASCADE; CREATE TABLE a (b int)",
        "CREATE TEMP TABLE a (b int)",
        "CREATE TABLE s.a (b int)",
        "CREATE TYPE a_kind AS ENUM ()",
        "DO $$ BEGIN IF x THEN CREATE TABLE a (b int); END IF; END $$",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN CREATE TABLE a (b int); END'",
    ] {
        check_alone(
            &["CREATE SCHEMA public; CREATE TABLE a (b int)", second],
            &[],
        );
    }
    // What is not written down may have dropped it.
    let create = "CREATE TABLE a ()";
    let mut app = domain("app", &[], &[("1", create), ("2", ""), ("3", create)]);
    app.migrations[1].does_more = true;
    assert_eq!(found(&[app]), [""; 0]);
    // What goes with something else may be made again.
    check_alone(
        &[
            "CREATE TABLE a (b int); CREATE VIEW v AS SELECT * FROM a; CREATE VIEW w AS SELECT * FROM v",
            "DROP TABLE a CASCADE; CREATE VIEW w AS SELECT 1",
        ],
        &[],
    );
}

fn need(text: &str) -> Need {
    Need::parse(text).expect("a need")
}

#[test]
fn two_domains_that_make_one_table_need_an_order() {
    let legacy = "CREATE TABLE users.accounts (id int);";
    let chain = "CREATE TABLE IF NOT EXISTS users.accounts (id int);";
    let domains = |needs: &[&str]| {
        [
            domain("legacy", &[], &[("3", legacy)]),
            domain("users", needs, &[("1", chain)]),
        ]
    };
    let found = findings(&domains(&[]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].code, super::CREATED_TWICE);
    assert_eq!((&*found[0].domain, &*found[0].migration), ("legacy", "3"));
    assert!(found[0].message.contains("`users@1`"), "{found:?}");
    assert_eq!(findings(&domains(&["legacy@3"])), []);
}

/// Three domains and a pile of older files, as a service that grew may have them.
#[test]
fn a_project_that_grew() {
    let auth = domain(
        "auth",
        &[],
        &[(
            "0001",
            "CREATE SCHEMA IF NOT EXISTS auth;\n\
             CREATE TABLE IF NOT EXISTS auth.users (id uuid PRIMARY KEY);\n\
             CREATE TABLE IF NOT EXISTS auth.user_social_accounts (user_id uuid REFERENCES auth.users);",
        )],
    );
    let users = domain(
        "users",
        &[],
        &[(
            "0001",
            "CREATE SCHEMA IF NOT EXISTS users;\n\
             DO $$ BEGIN CREATE TYPE oauth_provider AS ENUM ('google'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n\
             CREATE TABLE IF NOT EXISTS users.accounts (id uuid PRIMARY KEY);",
        )],
    );
    let legacy = domain(
        "legacy",
        &[],
        &[
            (
                "003",
                "-- 통합 사용자 스키마\n\
                 CREATE SCHEMA IF NOT EXISTS users;\n\
                 CREATE TYPE oauth_provider AS ENUM ('google', 'kakao', 'naver');\n\
                 CREATE TABLE users.accounts (id uuid PRIMARY KEY);\n\
                 CREATE TABLE users.social_accounts (user_id uuid REFERENCES users.accounts(id), provider oauth_provider);\n\
                 INSERT INTO users.accounts SELECT u.id FROM auth.users u\n\
                 LEFT JOIN user_profile.users p ON p.auth_user_id = u.id ON CONFLICT (id) DO NOTHING;\n\
                 INSERT INTO users.social_accounts SELECT s.user_id, s.provider::oauth_provider\n\
                 FROM auth.user_social_accounts s;",
            ),
            (
                "004",
                "CREATE SCHEMA info; CREATE TABLE info.pages (tags TEXT[]);",
            ),
        ],
    );
    let findings = findings(&[auth, users, legacy]);
    assert_eq!(
        findings.iter().map(describe).collect::<Vec<_>>(),
        [
            "error created-twice legacy/003.sql:3:13 creates type `public.oauth_provider` a second time: `users@0001` \
             (users/0001.sql:2:25) has created it",
            "error created-twice legacy/003.sql:4:14 creates table `users.accounts` a second time: `users@0001` \
             (users/0001.sql:3:28) has created it",
            "warning undeclared-dependency legacy/003.sql:6:45 reads table `auth.users`, which `auth@0001` \
             (auth/0001.sql:2:28) creates, but `legacy` does not say that it needs `auth`",
            "error missing-source legacy/003.sql:7:11 reads table `user_profile.users`, which no migration creates",
            "warning undeclared-dependency legacy/003.sql:9:6 reads table `auth.user_social_accounts`, which \
             `auth@0001` (auth/0001.sql:3:28) creates, but `legacy` does not say that it needs `auth`",
        ]
    );
    let hints: Vec<&str> = findings
        .iter()
        .filter_map(|finding| finding.hint.as_deref())
        .collect();
    for (hint, end) in [
        (hints[0], "without running it"),
        (
            hints[2],
            "[domains.legacy] of stillway.toml: depends_on = [\"auth@0001\"]",
        ),
        (hints[3], "external = [\"user_profile.*\"]"),
    ] {
        assert!(hint.ends_with(end), "{hint}");
    }
}
