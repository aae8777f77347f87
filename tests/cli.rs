//! The program as people and scripts meet it: bad input, honest errors, exit codes, no secrets.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};

use support::program::Project;
use support::servers::{ScratchDatabase, must_have_everything, postgres_url};

type OnPostgres = fn(&ScratchDatabase);

fn main() {
    let arguments = Arguments::from_args();
    let skip = postgres_url().is_none() && !must_have_everything();
    let mut trials = Vec::new();
    let sqlite: [(&str, fn()); 22] = [
        (
            "unterminated_text_is_refused_before_anything_runs",
            unterminated,
        ),
        (
            "missing_placeholders_are_listed_at_once",
            missing_placeholders,
        ),
        ("places_are_those_of_the_file", places_of_the_file),
        ("undecodable_bytes_name_the_file", undecodable),
        ("duplicates_name_both_files", duplicates),
        ("unreadable_folder_is_an_error", unreadable_folder),
        ("missing_folder_is_told", missing_folder),
        ("full_disk_rolls_back", full_disk),
        ("read_only_file_is_told", read_only),
        ("unknown_keys_get_a_suggestion", unknown_key),
        ("validate_exit_codes", validate_exit_codes),
        ("json_has_flyways_keys", json_keys),
        ("several_verbs_in_one_call", several_verbs),
        ("several_verbs_in_json", several_verbs_json),
        ("dry_run_changes_nothing", dry_run),
        ("undo_takes_the_last_version_back", undo),
        ("undo_down_to_a_target", undo_to_target),
        ("checksum_without_a_database", checksum),
        ("badly_named_files_are_told", bad_names),
        ("programs_are_not_run", programs),
        ("name_of_the_program_decides", program_name),
        ("help_and_version", help),
    ];
    for (name, test) in sqlite {
        trials.push(Trial::test(name, move || {
            test();
            Ok(())
        }));
    }
    let postgres: [(&str, OnPostgres); 24] = [
        ("server_words_are_complete", server_words),
        ("wrong_password_is_not_repeated", wrong_password),
        ("server_that_goes_away", server_goes_away),
        ("own_commit_is_told_truthfully", own_commit),
        ("failed_outside_a_transaction", failed_outside_transaction),
        ("failed_index_build_is_pointed_out", failed_index_build),
        ("blocked_statement_is_tried_again", blocked_statement),
        ("copy_is_streamed", copy_is_streamed),
        ("copy_without_end_is_refused", copy_without_end),
        ("role_changes_do_not_reach_the_history", role_changes),
        ("missing_table_of_the_legacy_case", legacy_on_empty),
        ("undo_on_postgres", undo_on_postgres),
        ("deferred_constraint_fails_at_commit", deferred_constraint),
        ("scripts_may_edit_the_history", edits_history),
        ("encoding_of_the_session_is_ours", client_encoding),
        ("group_refuses_scripts_that_commit", group_with_control),
        ("group_is_tried_again", group_blocked),
        ("callbacks_wait_for_locks", callback_blocked),
        ("failing_statement_hook_is_named", statement_hook),
        ("transaction_left_open_outside_one", left_open),
        ("clean_drops_range_types", clean_ranges),
        ("date_style_does_not_matter", date_style),
        ("init_sql_is_where_migrations_start", init_sql),
        ("original_may_have_gone_on_meanwhile", stale_mark),
    ];
    for (name, test) in postgres {
        let trial = Trial::test(name, move || {
            let scratch = ScratchDatabase::create().ok_or("no PostgreSQL server")?;
            test(&scratch);
            Ok::<(), Failed>(())
        });
        trials.push(trial.with_ignored_flag(skip));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn unterminated() {
    for (text, word) in [
        ("SELECT 'abc;\n", "string"),
        ("SELECT 1; /* abc\nSELECT 2;\n", "comment"),
        ("SELECT \"abc;\n", "quoted name"),
    ] {
        let project = Project::new();
        project.file("V1__good.sql", "CREATE TABLE a (i INTEGER);");
        project.file("V2__bad.sql", text);
        let run = project.run(&project.sqlite_url(), &["migrate"]);
        run.failed_with(&["V2__bad.sql:1:", word]);
        let run = project.run(&project.sqlite_url(), &["info"]).succeeded();
        assert_eq!(run.output.matches("Pending").count(), 2, "{}", run.output);
    }
}

fn missing_placeholders() {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "SELECT '${one}';\nSELECT '${two}', '${known}';",
    );
    project
        .run(&project.sqlite_url(), &["-placeholders.known=1", "migrate"])
        .failed_with(&["V1__a.sql:1:9", "${one}", "V1__a.sql:2:9", "${two}", "Hint"]);
}

fn places_of_the_file() {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "\u{feff}SELECT '${long}',\n  1;\n\nSELECT '${long}', '${long}' FROM nowhere;\n",
    );
    project
        .run(
            &project.sqlite_url(),
            &["-placeholders.long=a value\nof several\nlines", "migrate"],
        )
        .failed_with(&["V1__a.sql:4:1", "no such table: nowhere", "2 of 2"]);
}

fn undecodable() {
    let project = Project::new();
    project.file("V1__a.sql", b"SELECT 1;\nSELECT '\xff';");
    for verb in ["info", "migrate", "validate"] {
        project.run(&project.sqlite_url(), &[verb]).failed_with(&[
            "V1__a.sql",
            "line 2",
            "UTF-8",
            "detectEncoding",
        ]);
    }
}

fn duplicates() {
    let project = Project::new();
    project.file("V1__a.sql", "SELECT 1;");
    project.file("V01.0__b.sql", "SELECT 2;");
    project.run(&project.sqlite_url(), &["info"]).failed_with(&[
        "V1__a.sql",
        "V01.0__b.sql",
        "more than one migration with version",
    ]);
}

/// Runs as a user without rights where the tests run as root.
#[cfg(unix)]
fn unreadable_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    let project = Project::new();
    project.file("V1__a.sql", "SELECT 1;");
    let locked = project.path().join("sql/locked");
    std::fs::create_dir(&locked).expect("a folder");
    let close = |mode| {
        std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(mode)).expect("closes");
    };
    close(0o000);
    let open = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(project.path(), open).expect("opens");
    let mut command = project.command(&project.sqlite_url(), &["migrate"]);
    let root = Command::new("id").arg("-u").output().expect("runs").stdout == b"0\n";
    let program = project.path().join("stillway");
    if root {
        // The build folder may not be reachable for others.
        copy_program(&program);
        let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        command = Command::new(&program);
        command
            .args(arguments)
            .current_dir(project.path())
            .env("HOME", project.path())
            .uid(65534)
            .gid(65534);
    }
    let output = command.output().expect("runs");
    close(0o755);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("sql/locked"), "{errors}");
    assert!(!project.path().join("test.db").exists() || errors.contains("denied"));
}

#[cfg(not(unix))]
fn unreadable_folder() {}

fn missing_folder() {
    let project = Project::new();
    std::fs::remove_dir(project.path().join("sql")).expect("removes");
    let run = project.run(&project.sqlite_url(), &["info"]).succeeded();
    assert!(run.errors.contains("not found"), "{}", run.errors);
    project
        .run(
            &project.sqlite_url(),
            &["-failOnMissingLocations=true", "info"],
        )
        .failed_with(&["failed to find filesystem location"]);
}

fn full_disk() {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (t TEXT);");
    project.file(
        "V2__b.sql",
        "CREATE TABLE b (i INTEGER);\nINSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT printf('%01000d', i) FROM n;",
    );
    let url = format!("{}?max_page_count=64", project.sqlite_url());
    project
        .run(&url, &["migrate"])
        .failed_with(&["V2__b.sql:2:1", "full", "rolled back"]);
    // With room again it goes on from there.
    project.run(&project.sqlite_url(), &["migrate"]).succeeded();
    project
        .run(&project.sqlite_url(), &["validate"])
        .succeeded();
}

fn read_only() {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (t TEXT);");
    let url = format!(
        "jdbc:sqlite:file:{}?mode=ro",
        project.path().join("test.db").display()
    );
    project.run(&url, &["migrate"]).failed_with(&["test.db"]);
}

fn unknown_key() {
    let project = Project::new();
    project
        .run(&project.sqlite_url(), &["-outOfOrdr=true", "migrate"])
        .failed_with(&["outOfOrdr", "outOfOrder"]);
}

fn validate_exit_codes() {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    let url = project.sqlite_url();
    project.run(&url, &["migrate"]).succeeded();
    project.run(&url, &["validate"]).succeeded();
    project.file("V1__a.sql", "CREATE TABLE a (i BIGINT);");
    project
        .run(&url, &["validate"])
        .failed_with(&["Migration checksum mismatch for migration version 1"]);
    let run = project
        .run(&url, &["-outputType=json", "validate"])
        .succeeded();
    let result: serde_json::Value = serde_json::from_str(&run.output).expect("JSON");
    assert_eq!(result["validationSuccessful"], false);
    assert_eq!(
        result["invalidMigrations"][0]["errorDetails"]["errorCode"],
        "CHECKSUM_MISMATCH"
    );
}

fn json_keys() {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    project.file(
        "V2__b.sql",
        "CREATE TABLE b (i INTEGER);\n\nINSERT INTO c VALUES (1);",
    );
    let run = project.run(&project.sqlite_url(), &["-outputType=json", "migrate"]);
    assert_eq!(run.code, Some(1));
    let result: serde_json::Value = serde_json::from_str(&run.output).expect("JSON");
    assert_eq!(result["success"], false);
    assert_eq!(result["migrationsExecuted"], 1);
    assert_eq!(result["migrations"][0]["version"], "1");
    assert_eq!(result["error"]["errorCode"], "FAILED_VERSIONED_MIGRATION");
    assert_eq!(result["error"]["lineNumber"], 3);
    for key in [
        "flywayVersion",
        "operation",
        "schemaName",
        "timestamp",
        "warnings",
        "databaseType",
    ] {
        assert!(result.get(key).is_some(), "no {key}");
    }
}

fn several_verbs() {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    let run = project
        .run(
            &project.sqlite_url(),
            &["info", "migrate", "validate", "info"],
        )
        .succeeded();
    assert!(run.output.contains("Pending") && run.output.contains("Success"));
    // The first failure ends the call.
    let run = project.run(&project.sqlite_url(), &["clean", "info"]);
    assert!(
        !run.failed_with(&["cleanDisabled"])
            .output
            .contains("Success")
    );
}

fn several_verbs_json() {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    let run = project
        .run(
            &project.sqlite_url(),
            &["-outputType=json", "migrate", "info"],
        )
        .succeeded();
    let result: serde_json::Value = serde_json::from_str(&run.output).expect("JSON");
    assert_eq!(result["individualResults"][0]["operation"], "migrate");
    assert_eq!(
        result["individualResults"][1]["migrations"][0]["state"],
        "Success"
    );
}

fn dry_run() {
    let project = Project::new();
    project.file("V1__a.sql", "-- note\nCREATE TABLE a (i INTEGER);");
    project.file("beforeMigrate.sql", "SELECT 'before';");
    let script = project.path().join("out/plan.sql");
    let option = format!("-dryRunOutput={}", script.display());
    project
        .run(&project.sqlite_url(), &[&option, "migrate"])
        .succeeded();
    let text = std::fs::read_to_string(&script).expect("written");
    for part in [
        "CREATE TABLE a",
        "INSERT INTO \"main\".\"flyway_schema_history\"",
        "SELECT 'before'",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    let run = project.run(&project.sqlite_url(), &["info"]).succeeded();
    assert!(run.output.contains("Pending"));
}

fn undo_project() -> Project {
    let project = Project::new();
    for number in 1..=3 {
        project.file(
            &format!("V{number}__m.sql"),
            format!("CREATE TABLE t{number} (i INTEGER);"),
        );
        project.file(
            &format!("U{number}__m.sql"),
            format!("DROP TABLE t{number};"),
        );
    }
    project
}

fn undo() {
    let project = undo_project();
    let url = project.sqlite_url();
    project.run(&url, &["migrate"]).succeeded();
    let run = project.run(&url, &["undo"]).succeeded();
    assert!(run.output.contains("now at version v2"), "{}", run.output);
    let run = project.run(&url, &["info"]).succeeded();
    assert!(
        run.output.contains("Undone") && run.output.contains("Pending"),
        "{}",
        run.output
    );
    project.run(&url, &["migrate", "validate"]).succeeded();
}

fn undo_to_target() {
    let project = undo_project();
    let url = project.sqlite_url();
    project.run(&url, &["migrate"]).succeeded();
    let run = project.run(&url, &["-target=2", "undo"]).succeeded();
    assert!(run.output.contains("Undid 2 migrations"), "{}", run.output);
    std::fs::remove_file(project.path().join("sql/U1__m.sql")).expect("removes");
    project
        .run(&url, &["undo"])
        .failed_with(&["no undo migration", "U1__m.sql"]);
}

fn checksum() {
    let project = Project::new();
    project.file("V2__b.sql", "SELECT 1;\r\n");
    project.file("V1__a.sql", "SELECT 1;");
    project.file("R__v.sql", "SELECT '${name}';\n");
    let output = Command::new(env!("CARGO_BIN_EXE_stillway"))
        .current_dir(project.path())
        .args([
            "checksum",
            "sql",
            "--format",
            "json",
            "--placeholder",
            "name=World",
        ])
        .output()
        .expect("runs");
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let expected = serde_json::json!([
        {"script": "V1__a.sql", "version": "1", "description": "a", "type": "SQL", "checksum": 78_787_420},
        {"script": "V2__b.sql", "version": "2", "description": "b", "type": "SQL", "checksum": 78_787_420},
        {"script": "R__v.sql", "version": null, "description": "v", "type": "SQL", "checksum": 1_173_349_807},
    ]);
    assert_eq!(list, expected);
}

fn bad_names() {
    let project = Project::new();
    project.file("V1__a.sql", "SELECT 1;");
    project.file("V2_forgot.sql", "SELECT 2;");
    let run = project.run(&project.sqlite_url(), &["info"]).succeeded();
    assert!(run.errors.contains("V2_forgot.sql"), "{}", run.errors);
    project
        .run(
            &project.sqlite_url(),
            &["-validateMigrationNaming=true", "info"],
        )
        .failed_with(&["V2_forgot.sql"]);
}

fn programs() {
    let project = Project::new();
    let trace = project.path().join("ran");
    project.file("V1__a.sh", format!("touch {}\n", trace.display()));
    project
        .run(&project.sqlite_url(), &["migrate"])
        .failed_with(&["V1__a.sh", "not run"]);
    assert!(!trace.exists());
}

/// Copies the program, by another one: what this process has open for writing, programs that other
/// tests start at that moment would hold open, and what is open for writing cannot be started.
fn copy_program(to: &std::path::Path) {
    let copied = Command::new("cp")
        .arg(env!("CARGO_BIN_EXE_stillway"))
        .arg(to)
        .status()
        .expect("runs");
    assert!(copied.success());
}

fn program_name() {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    let link = project.path().join("flyway");
    copy_program(&link);
    let output = Command::new(&link)
        .current_dir(project.path())
        .args([
            "-url=jdbc:sqlite:x.db",
            "-locations=filesystem:sql",
            "migrate",
        ])
        .output()
        .expect("runs");
    assert!(output.status.success());
    assert!(project.path().join("x.db").exists());
}

fn help() {
    for (arguments, part) in [
        (&["--help"][..], "checksum"),
        (&["flyway", "-?"], "dryRunOutput"),
        (&["flyway", "-v"], "Stillway"),
        (&["flyway"], "Usage"),
        (&["completions", "bash"], "complete"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_stillway"))
            .args(arguments)
            .output()
            .expect("runs");
        assert!(output.status.success(), "{arguments:?}");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(part), "{arguments:?}: {text}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_stillway"))
        .arg("bogus")
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
}

fn server_words(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "CREATE TABLE a (i INTEGER PRIMARY KEY);\nINSERT INTO a VALUES (1);\n-- 주석\nINSERT INTO a\n  VALUES (1);",
    );
    project.file("V2__b.sql", "SELECT 1;");
    project.run(&scratch.url, &["migrate"]).failed_with(&[
        "SQL State  : 23505",
        "Detail     : Key (i)=(1) already exists.",
        "V1__a.sql:4:1",
        "3 of 3",
        "rolled back",
    ]);
    project.file("V1__a.sql", "DO $$ BEGIN RAISE NOTICE '안녕'; END $$;\nCREATE TABLE IF NOT EXISTS a (i INTEGER);\nCREATE TABLE IF NOT EXISTS a (i INTEGER);\nSELECT upper(nam) FROM (SELECT 'x' AS name) AS t;");
    project.run(&scratch.url, &["migrate"]).failed_with(&[
        "안녕",
        "already exists, skipping",
        "42703",
        "V1__a.sql:4:14",
        "Server hint",
    ]);
}

fn wrong_password(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file("V1__a.sql", "SELECT 1;");
    let secret = "s3cr3t-päss";
    let host = scratch.url.split('@').nth(1).expect("a host");
    let refused = host.replace(&scratch.name, "no_such_database");
    let half = format!("postgres://nobody:s3cr3t/x@{host}");
    let run = project.run(&half, &["migrate"]);
    assert!(!run.all().contains("s3cr3t"), "{}", run.all());
    for url in [
        format!("postgres://nobody:s3cr3t-p%C3%A4ss@{host}"),
        format!("jdbc:postgresql://{refused}?user=nobody&password=s3cr3t-p%C3%A4ss"),
        format!("jdbc:postgresql://127.0.0.1:1/x?user=nobody&password={secret}"),
    ] {
        let run = project.run(&url, &["-X", "-password=other-secret", "migrate"]);
        let all = run.all();
        let run = run.failed_with(&["unable to connect"]);
        assert!(
            !all.contains("s3cr3t") && !all.contains("other-secret"),
            "{all}"
        );
        drop(run);
    }
}

fn server_goes_away(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    project.file(
        "V2__b.sql",
        "CREATE TABLE b (i INTEGER);\nSELECT pg_terminate_backend(pg_backend_pid());\nCREATE TABLE c (i INTEGER);",
    );
    project
        .run(&scratch.url, &["migrate"])
        .failed_with(&["V2__b.sql:2:1", "57P01", "rolled back"]);
    project.file("V2__b.sql", "CREATE TABLE b (i INTEGER);");
    project
        .run(&scratch.url, &["migrate", "validate"])
        .succeeded();
}

fn own_commit(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "CREATE TABLE a (i INTEGER);\nCOMMIT;\nCREATE TABLE b (i INTEGER);\nINSERT INTO nowhere VALUES (1);",
    );
    project.run(&scratch.url, &["migrate"]).failed_with(&[
        "V1__a.sql:4:",
        "V1__a.sql:2:1",
        "its first 2 statements",
    ]);
    let mut connection = scratch.connect();
    assert!(connection.table_exists("public", "a").expect("asks"));
    assert!(!connection.table_exists("public", "b").expect("asks"));
}

fn failed_outside_transaction(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "CREATE TABLE a (i INTEGER);\nINSERT INTO nowhere VALUES (1);",
    );
    project.file("V1__a.sql.conf", "executeInTransaction=false\n");
    project
        .run(&scratch.url, &["migrate"])
        .failed_with(&["its first statement has succeeded", "run repair"]);
    project
        .run(&scratch.url, &["migrate"])
        .failed_with(&["Detected failed migration to version 1"]);
}

fn failed_index_build(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "CREATE TABLE a (i INTEGER);\nINSERT INTO a VALUES (1), (1);",
    );
    project.file("V2__b.sql", "CREATE UNIQUE INDEX CONCURRENTLY ix ON a (i);");
    project.run(&scratch.url, &["migrate"]).failed_with(&[
        "23505",
        "index ix is invalid",
        "DROP INDEX CONCURRENTLY ix",
    ]);
}

fn blocked_statement(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    project.run(&scratch.url, &["migrate"]).succeeded();
    project.file("V2__b.sql", "ALTER TABLE a ADD COLUMN j INTEGER;");
    let mut blocker = scratch.connect();
    let database = blocker.database();
    database.execute("BEGIN").expect("begins");
    database.execute("SELECT * FROM a").expect("reads");
    let child = project
        .command(&scratch.url, &["migrate"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    std::thread::sleep(std::time::Duration::from_millis(3500));
    database.execute("COMMIT").expect("commits");
    let output = child.wait_with_output().expect("ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(
        errors.contains("waiting") && errors.contains("stillway tests"),
        "{errors}"
    );
    assert!(
        errors.contains("was rolled back") && errors.contains("lock timeout"),
        "{errors}"
    );
}

fn copy_is_streamed(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "CREATE TABLE a (i INTEGER, t TEXT);\nCOPY a (i, t) FROM stdin;\n1\t하나; '\n2\t\\N\n\\.\nCOPY a FROM STDIN WITH (FORMAT csv);\n3,\"drei, vier\"\n\\.\nINSERT INTO a VALUES (4, 'x');\n",
    );
    project.run(&scratch.url, &["migrate"]).succeeded();
    let mut connection = scratch.connect();
    let rows = connection
        .database()
        .query("SELECT count(*) || max(t) FROM a")
        .expect("asks");
    assert_eq!(rows.single(), Some("4하나; '"));
    project.file("V2__b.sql", "COPY a FROM stdin;\n5\tx\nsix\ty\n\\.\n");
    project.run(&scratch.url, &["migrate"]).failed_with(&[
        "22P02",
        "COPY a, line 2",
        "V2__b.sql:1:1",
    ]);
}

fn copy_without_end(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "CREATE TABLE a (i INTEGER);\nCOPY a FROM stdin;\n1\n2\n",
    );
    project
        .run(&scratch.url, &["migrate"])
        .failed_with(&["V1__a.sql:2:1", "COPY"]);
}

fn role_changes(scratch: &ScratchDatabase) {
    let role = format!("{}_role", scratch.name);
    let mut connection = scratch.connect();
    let database = connection.database();
    for sql in [
        format!("CREATE ROLE {role}"),
        format!("GRANT CREATE, USAGE ON SCHEMA public TO {role}"),
    ] {
        database.execute(&sql).expect("prepares");
    }
    let project = Project::new();
    project.file(
        "V1__a.sql",
        format!("SET ROLE {role};\nCREATE TABLE a (i INTEGER);"),
    );
    project.file(
        "V2__b.sql",
        "SET search_path = '';\nSET timezone = 'Asia/Seoul';\nCREATE TABLE public.b (i INTEGER);",
    );
    project.file("V3__c.sql", "CREATE TABLE c (i INTEGER);");
    let ran = project.run(&scratch.url, &["migrate", "validate"]);
    let owners = database
        .query("SELECT string_agg(tablename || '=' || (tableowner = current_user), ',' ORDER BY tablename) FROM pg_tables WHERE tablename IN ('a', 'b', 'c')")
        .expect("asks");
    database
        .execute(&format!("DROP OWNED BY {role}"))
        .expect("cleans");
    database
        .execute(&format!("DROP ROLE {role}"))
        .expect("cleans");
    ran.succeeded();
    assert_eq!(owners.single(), Some("a=false,b=true,c=true"));
}

fn legacy_on_empty(scratch: &ScratchDatabase) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("compat-fixtures/flyway/legacy_v003_empty/project");
    let project = Project::new();
    let locations = format!("-locations=filesystem:{}", folder.display());
    let output = Command::new(env!("CARGO_BIN_EXE_stillway"))
        .current_dir(project.path())
        .args([
            "flyway",
            &format!("-url={}", scratch.url),
            &locations,
            "migrate",
        ])
        .output()
        .expect("runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    for part in [
        "auth.users",
        "V003__create_users_schema.sql:",
        "rolled back",
    ] {
        assert!(errors.contains(part), "no {part} in {errors}");
    }
    let mut connection = scratch.connect();
    assert!(!connection.schema_exists("users").expect("asks"));
}

fn undo_on_postgres(scratch: &ScratchDatabase) {
    let project = undo_project();
    project
        .run(&scratch.url, &["migrate", "undo", "info"])
        .succeeded();
    let mut connection = scratch.connect();
    let rows = connection
        .database()
        .query("SELECT string_agg(installed_rank || type || version, ',' ORDER BY installed_rank) FROM flyway_schema_history")
        .expect("asks");
    assert_eq!(rows.single(), Some("1SQL1,2SQL2,3SQL3,4UNDO_SQL3"));
}

fn deferred_constraint(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "CREATE TABLE a (i INTEGER UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1), (1);",
    );
    project
        .run(&scratch.url, &["migrate"])
        .failed_with(&["23505", "committing", "rolled back"]);
    let mut connection = scratch.connect();
    assert!(!connection.table_exists("public", "a").expect("asks"));
}

/// A script that removes rows of the history does not disturb what comes after it.
fn edits_history(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    project.file(
        "V2__b.sql",
        "DELETE FROM flyway_schema_history WHERE version = '0';",
    );
    project.file("V3__c.sql", "ALTER TABLE a ADD COLUMN c INTEGER;");
    project.file("R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT c FROM a;");
    project
        .run(&scratch.url, &["migrate", "validate"])
        .succeeded();
    let mut connection = scratch.connect();
    let rows = connection
        .database()
        .query("SELECT string_agg(installed_rank || coalesce(version, 'R'), ',' ORDER BY installed_rank) FROM flyway_schema_history")
        .expect("asks");
    assert_eq!(rows.single(), Some("11,22,33,4R"));
}

fn query(scratch: &ScratchDatabase, sql: &str) -> String {
    let mut connection = scratch.connect();
    let rows = connection.database().query(sql).expect(sql);
    rows.single().unwrap_or_default().to_owned()
}

fn client_encoding(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "SET client_encoding = 'LATIN1';\nCREATE TABLE k (a TEXT);",
    );
    project
        .run(&scratch.url, &["migrate"])
        .failed_with(&["client_encoding to LATIN1", "rolled back"]);
    project.file(
        "V1__a.sql",
        "SET client_encoding = 'UTF8';\nCREATE TABLE k (a TEXT);",
    );
    project.file("V2__한국어.sql", "INSERT INTO k VALUES ('한국어');");
    project.run(&scratch.url, &["migrate"]).succeeded();
    let found = query(
        scratch,
        "SELECT a || description FROM k, flyway_schema_history WHERE version = '2'",
    );
    assert_eq!(found, "한국어한국어");
}

fn group_with_control(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    project.file("V2__b.sql", "CREATE TABLE b (i INTEGER);\nROLLBACK;");
    project
        .run(&scratch.url, &["-group=true", "migrate"])
        .failed_with(&["V2__b.sql:2:1", "ends its transaction itself"]);
}

/// Holds a read lock on a table for a while.
fn hold(scratch: &ScratchDatabase, table: &str) -> std::thread::JoinHandle<()> {
    let mut blocker = scratch.connect();
    let sql = format!("SELECT * FROM {table}");
    blocker.database().execute("BEGIN").expect("begins");
    blocker.database().execute(&sql).expect("reads");
    std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(3200));
        blocker.database().execute("COMMIT").expect("commits");
    })
}

fn group_blocked(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE hot (i INTEGER);");
    project.run(&scratch.url, &["migrate"]).succeeded();
    project.file("V2__b.sql", "CREATE TABLE b (i INTEGER);");
    project.file("V3__c.sql", "ALTER TABLE hot ADD COLUMN j INTEGER;");
    let holding = hold(scratch, "hot");
    let run = project.run(&scratch.url, &["-group=true", "migrate", "validate"]);
    assert!(run.succeeded().errors.contains("was rolled back"));
    holding.join().expect("ends");
}

fn callback_blocked(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE hot (i INTEGER);");
    project.run(&scratch.url, &["migrate"]).succeeded();
    project.file("afterMigrate.sql", "TRUNCATE hot;");
    let holding = hold(scratch, "hot");
    project.run(&scratch.url, &["migrate"]).succeeded();
    holding.join().expect("ends");
}

fn statement_hook(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "CREATE TABLE a (i INTEGER);\nCREATE TABLE b (i INTEGER);",
    );
    project.file("V1__a.sql.conf", "executeInTransaction=false");
    project.file(
        "afterEachMigrateStatement.sql",
        "SELECT 1 / (2 - count(*)) FROM pg_tables WHERE tablename IN ('a', 'b');",
    );
    project.run(&scratch.url, &["migrate"]).failed_with(&[
        "afterEachMigrateStatement.sql:1:1",
        "division by zero",
        "its first 2 statements have succeeded",
    ]);
}

fn left_open(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "CREATE TABLE t0 (a INTEGER);\nBEGIN;\nCREATE TABLE t1 (a INTEGER);\n",
    );
    project.file("V1__a.sql.conf", "executeInTransaction=false");
    project.run(&scratch.url, &["migrate"]).failed_with(&[
        "leaves a transaction open",
        "its first statement has succeeded",
    ]);
    let tables = query(
        scratch,
        "SELECT string_agg(tablename, ',') FROM pg_tables WHERE tablename IN ('t0', 't1')",
    );
    assert_eq!(tables, "t0");
}

fn clean_ranges(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file(
        "V1__a.sql",
        "CREATE TYPE span AS RANGE (subtype = float8);\nCREATE TYPE mood AS ENUM ('a');\nCREATE DOMAIN d AS INTEGER;\nCREATE TABLE t (s span, m mood, d d) PARTITION BY LIST (m);\nCREATE TABLE t1 PARTITION OF t FOR VALUES IN ('a');\nCREATE FUNCTION f(t) RETURNS INTEGER LANGUAGE sql AS 'SELECT 1';",
    );
    project
        .run(
            &scratch.url,
            &["-cleanDisabled=false", "migrate", "clean", "migrate"],
        )
        .succeeded();
}

fn date_style(scratch: &ScratchDatabase) {
    let set = format!("ALTER DATABASE {} SET datestyle = 'SQL, DMY'", scratch.name);
    scratch.connect().database().execute(&set).expect("sets");
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    project.run(&scratch.url, &["migrate"]).succeeded();
    let run = project
        .run(&scratch.url, &["-outputType=json", "info"])
        .succeeded();
    let result: serde_json::Value = serde_json::from_str(&run.output).expect("JSON");
    let installed = result["migrations"][0]["installedOnUTC"]
        .as_str()
        .expect("text");
    assert!(
        installed.starts_with("20") && installed.ends_with('Z'),
        "{installed}"
    );
}

fn init_sql(scratch: &ScratchDatabase) {
    scratch
        .connect()
        .database()
        .execute("CREATE SCHEMA own")
        .expect("creates");
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    project
        .run(&scratch.url, &["-initSql=SET search_path = own", "migrate"])
        .succeeded();
    let schemas = query(
        scratch,
        "SELECT string_agg(schemaname, ',') FROM pg_tables WHERE tablename IN ('a', 'flyway_schema_history')",
    );
    assert_eq!(schemas, "own,own");
}

/// A mark of an interrupted migration means nothing any more once somebody else has recorded it.
fn stale_mark(scratch: &ScratchDatabase) {
    let project = Project::new();
    project.file("V1__a.sql", "CREATE TABLE a (i INTEGER);");
    project.run(&scratch.url, &["migrate"]).succeeded();
    let mark =
        "COMMENT ON TABLE flyway_schema_history IS E'mine\\nstillway has begun: V1__a.sql [1]'";
    scratch.connect().database().execute(mark).expect("marks");
    project.file("V2__b.sql", "CREATE TABLE b (i INTEGER);");
    project.run(&scratch.url, &["migrate"]).succeeded();
    let comment = query(
        scratch,
        "SELECT obj_description('flyway_schema_history'::regclass)",
    );
    assert_eq!(comment, "mine");
}
