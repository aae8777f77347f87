//! Tables of cases for the checks, on domains that are made up in memory.

use std::collections::BTreeMap;

use md5::{Digest as _, Md5};

use super::*;
use crate::model::Severity::{Error, Note, Warning};
use crate::model::{Dialect, Finding, Severity};

fn sum(text: &str) -> Sum {
    Sum(Md5::digest(text.as_bytes()).into())
}

/// Sums of a text whose comments are what stands behind `--`.
fn sums(text: &str) -> Sums {
    let lines = text.replace("\r\n", "\n");
    let lines = lines.trim_start_matches('\u{feff}');
    let code: String = lines
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default().trim())
        .collect();
    Sums {
        bytes: sum(text),
        text: sum(lines),
        sql: Some(sum(&code)),
        checksum: None,
    }
}

fn migration(kind: Kind, key: &str, path: &str, text: &str) -> Migration {
    Migration {
        kind,
        key: key.to_owned(),
        path: path.to_owned(),
        parents: Vec::new(),
        needs: Vec::new(),
        sums: sums(text),
        values: BTreeMap::new(),
        settings: String::new(),
        origin: None,
    }
}

fn flyway() -> DomainFiles {
    let version = |key: &str, text: &str| {
        let path = format!("sql/V{key}__표 {key}.sql");
        let mut migration = migration(Kind::Versioned, key, &path, text);
        migration.sums.checksum = Some(key.parse().unwrap());
        migration
    };
    let mut second = version("2", "CREATE TABLE ${schema}.b (y int);\nSELECT 1; -- two\n");
    second
        .values
        .insert("schema".to_owned(), short_digest("users"));
    second.settings = short_digest("executeInTransaction=false");
    DomainFiles {
        name: "회원".to_owned(),
        dialect: Dialect::Flyway,
        order: Order::Versions,
        comments_count: true,
        migrations: vec![
            version("1", "CREATE TABLE a (x int);\n"),
            migration(Kind::Undo, "1", "sql/U1__a.sql", "DROP TABLE a;\n"),
            second,
            version("10", "CREATE TABLE c (z int);\n"),
            migration(
                Kind::Repeatable,
                "views",
                "sql/R__views.sql",
                "CREATE VIEW v AS SELECT 1;\n",
            ),
            migration(
                Kind::Callback,
                "beforeMigrate",
                "sql/beforeMigrate.sql",
                "SELECT 1;\n",
            ),
        ],
        sources: BTreeMap::new(),
    }
}

fn revision(key: &str, parents: &[&str]) -> Migration {
    let path = format!("users/versions/{key}_x.py");
    let mut migration = migration(
        Kind::Versioned,
        key,
        &path,
        &format!("op.execute('{key}')\n"),
    );
    migration.parents = parents.iter().map(ToString::to_string).collect();
    migration
}

fn alembic() -> DomainFiles {
    let mut last = revision("c3", &["b2"]);
    last.origin = Some(Origin {
        path: "old/V3__x.sql".to_owned(),
        sum: Some(sum("old")),
    });
    DomainFiles {
        name: "users".to_owned(),
        dialect: Dialect::Alembic,
        order: Order::Graph,
        comments_count: false,
        migrations: vec![revision("a1", &[]), revision("b2", &["a1"]), last],
        sources: BTreeMap::new(),
    }
}

fn against() -> Against {
    Against::Lock("stillway.lock".into())
}

fn locked(files: &DomainFiles) -> Lockfile {
    let files = std::slice::from_ref(files);
    let first = refresh(&Lockfile::default(), &against(), files, &Refresh::default());
    assert_eq!(first.refused, []);
    let text = first.lock.write();
    let lock = Lockfile::parse(&text).unwrap();
    assert_eq!(lock.write(), text);
    lock
}

fn short(findings: &[Finding]) -> Vec<(&'static str, Severity, &str)> {
    let mut short: Vec<_> = findings
        .iter()
        .map(|finding| (finding.code, finding.severity, finding.migration.as_str()))
        .collect();
    short.sort_unstable();
    short
}

#[track_caller]
fn check(
    files: fn() -> DomainFiles,
    tamper: impl FnOnce(&mut Vec<Migration>),
    expected: &[(&'static str, Severity, &str)],
) {
    let lock = locked(&files());
    let mut now = files();
    tamper(&mut now.migrations);
    let findings = check_lock(&lock, &against(), &[now]);
    assert_eq!(short(&findings), expected, "{findings:#?}");
}

/// Replaces a part of a text by setting its sums anew.
fn set(migration: &mut Migration, text: &str) {
    let checksum = migration.sums.checksum;
    migration.sums = sums(text);
    migration.sums.checksum = checksum;
}

#[test]
fn nothing_changed() {
    check(flyway, |_| {}, &[]);
    check(alembic, |_| {}, &[]);
}

#[test]
fn contents_of_versions() {
    let one = "CREATE TABLE a (x int);\n";
    for (index, text, expected) in [
        (0, one.replace("int", "bigint"), ("sql-changed", Error, "1")),
        (
            0,
            one.replace('\n', "\r\n"),
            ("line-ends-changed", Note, "1"),
        ),
        (
            0,
            format!("\u{feff}{one}"),
            ("line-ends-changed", Note, "1"),
        ),
        (0, format!("-- why\n{one}"), ("comment-changed", Error, "1")),
        (
            1,
            "DROP TABLE b;\n".to_owned(),
            ("sql-changed", Warning, "undo 1"),
        ),
        (
            4,
            "CREATE VIEW v AS SELECT 2;\n".to_owned(),
            ("repeatable-changed", Note, "repeatable views"),
        ),
        (
            5,
            "SELECT 2;\n".to_owned(),
            ("repeatable-changed", Note, "callback beforeMigrate"),
        ),
    ] {
        check(flyway, |now| set(&mut now[index], &text), &[expected]);
    }
    check(
        flyway,
        |now| {
            set(&mut now[0], "something");
            now[0].sums.sql = None;
        },
        &[("sql-changed", Error, "1")],
    );
    check(
        flyway,
        |now| {
            set(&mut now[0], &one.replace('\n', "\r\n"));
            now[0].sums.sql = Some(sum("another"));
        },
        &[("line-ends-changed", Warning, "1")],
    );
}

#[test]
fn comments_of_revisions_are_no_error() {
    check(
        alembic,
        |now| set(&mut now[1], "op.execute('b2') -- why\n"),
        &[("comment-changed", Warning, "b2")],
    );
    check(
        alembic,
        |now| set(&mut now[1], "op.execute('b3')\n"),
        &[("sql-changed", Error, "b2")],
    );
}

#[test]
fn places_and_names() {
    check(
        flyway,
        |now| now[0].path = "ddl/V1__표 1.sql".to_owned(),
        &[("moved", Note, "1")],
    );
    check(
        flyway,
        |now| now[0].path = "sql/V1__other.sql".to_owned(),
        &[("renamed", Error, "1")],
    );
    check(
        flyway,
        |now| now[4].path = "sql/r__views.sql".to_owned(),
        &[("renamed", Note, "repeatable views")],
    );
    check(
        alembic,
        |now| now[0].path = "users/versions/other.py".to_owned(),
        &[("renamed", Note, "a1")],
    );
    check(
        alembic,
        |now| now[0].path = "users/old/a1_x.py".to_owned(),
        &[("moved", Note, "a1")],
    );
    check(
        flyway,
        |now| now[3].key = "11".to_owned(),
        &[("renumbered", Error, "10")],
    );
    check(
        flyway,
        |now| now[4].key = "v".to_owned(),
        &[("renumbered", Error, "repeatable views")],
    );
}

#[test]
fn missing_files() {
    for (index, expected) in [
        (0, ("migration-missing", Error, "1")),
        (1, ("migration-missing", Warning, "undo 1")),
        (3, ("migration-missing", Error, "10")),
        (4, ("migration-missing", Error, "repeatable views")),
        (5, ("migration-missing", Note, "callback beforeMigrate")),
    ] {
        check(flyway, |now| drop(now.remove(index)), &[expected]);
    }
}

#[test]
fn exchanged_files() {
    check(
        flyway,
        |now| {
            let first = now[0].sums;
            now[0].sums = now[3].sums;
            now[3].sums = first;
        },
        &[("reordered", Error, "1"), ("reordered", Error, "10")],
    );
}

#[test]
fn new_versions() {
    let new = |key: &str| migration(Kind::Versioned, key, &format!("sql/V{key}__new.sql"), key);
    check(
        flyway,
        |now| now.insert(4, new("11")),
        &[("not-locked", Warning, "11")],
    );
    check(
        flyway,
        |now| now.insert(3, new("9")),
        &[("added-in-the-middle", Error, "9")],
    );
    check(
        flyway,
        |now| now.insert(0, new("0")),
        &[("added-in-the-middle", Error, "0")],
    );
    check(
        flyway,
        |now| now.insert(4, migration(Kind::Versioned, "10", "more/V10__x.sql", "x")),
        &[("duplicate-migration", Error, "10")],
    );
    check(
        flyway,
        |now| now.insert(3, migration(Kind::Baseline, "5", "sql/B5__x.sql", "x")),
        &[("not-locked", Warning, "baseline 5")],
    );
}

#[test]
fn new_revisions() {
    check(
        alembic,
        |now| now.push(revision("d4", &["c3"])),
        &[("not-locked", Warning, "d4")],
    );
    check(
        alembic,
        |now| now.push(revision("d4", &["b2"])),
        &[("second-head", Error, "d4")],
    );
    check(
        alembic,
        |now| now.push(revision("d4", &[])),
        &[("second-head", Error, "d4")],
    );
    check(
        alembic,
        |now| now.extend([revision("d4", &["c3"]), revision("e5", &["c3"])]),
        &[("second-head", Error, "d4"), ("second-head", Error, "e5")],
    );
    check(
        alembic,
        |now| now.extend([revision("d4", &["b2"]), revision("e5", &["c3", "d4"])]),
        &[("not-locked", Warning, "d4"), ("not-locked", Warning, "e5")],
    );
    check(
        alembic,
        |now| {
            now.push(revision("b1", &["a1"]));
            now[1].parents = vec!["b1".to_owned()];
        },
        &[
            ("added-in-the-middle", Error, "b1"),
            ("parents-changed", Error, "b2"),
        ],
    );
    check(
        alembic,
        |now| {
            now.push(Migration {
                path: "users/versions/a1_again.py".to_owned(),
                ..revision("a1", &["c3"])
            });
        },
        &[("duplicate-migration", Error, "a1")],
    );
}

#[test]
fn what_is_around_a_migration() {
    check(
        flyway,
        |now| {
            drop(
                now[2]
                    .values
                    .insert("schema".to_owned(), short_digest("other")),
            );
        },
        &[("placeholder-changed", Error, "2")],
    );
    check(
        flyway,
        |now| now[2].settings.clear(),
        &[("settings-changed", Error, "2")],
    );
    check(
        alembic,
        |now| now[2].needs.push("auth@1".to_owned()),
        &[("needs-changed", Error, "c3")],
    );
    check(
        alembic,
        |now| now[2].origin.as_mut().unwrap().sum = Some(sum("new")),
        &[("source-changed", Error, "c3")],
    );
    for (text, expected) in [("old", None), ("new", Some("source-changed"))] {
        let mut files = alembic();
        files
            .sources
            .insert("old/V3__x.sql".to_owned(), vec![sum(text)]);
        let findings = check_lock(&locked(&alembic()), &against(), &[files]);
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, Vec::from_iter(expected));
    }
}

#[test]
fn lines_edited_by_hand() {
    let text = locked(&flyway()).write();
    let lines: Vec<&str> = text.lines().collect();
    let at = |needle: &str| lines.iter().position(|line| line.contains(needle)).unwrap();
    let find = |lines: Vec<&str>| {
        let lock = Lockfile::parse(&lines.join("\n")).unwrap();
        let findings = check_lock(&lock, &against(), &[flyway()]);
        let mut codes: Vec<_> = findings
            .iter()
            .map(|finding| format!("{} {}", finding.code, finding.migration))
            .collect();
        codes.sort();
        codes.join(", ")
    };
    assert_eq!(find(lines.clone()), "");
    let edited = lines[at("V2__")].replace("crc:2", "crc:3");
    let mut one = lines.clone();
    one[at("V2__")] = &edited;
    assert_eq!(find(one), "lock-edited 2");
    let mut gone = lines.clone();
    gone.remove(at("V2__"));
    assert_eq!(find(gone), "added-in-the-middle 2, lock-edited 10");
    let mut swapped = lines.clone();
    swapped.swap(at("V2__"), at("V10__"));
    assert_eq!(
        find(swapped),
        "lock-edited 10, lock-edited 2, lock-reordered 2"
    );
    let mut views = lines.clone();
    views.remove(at("R__views"));
    assert_eq!(find(views), "not-locked repeatable views");
}

#[test]
fn two_branches_cannot_be_joined_unseen() {
    let with = |key: &str| {
        let mut files = flyway();
        files.migrations.insert(
            4,
            migration(Kind::Versioned, key, &format!("sql/V{key}__x.sql"), key),
        );
        locked(&files).write()
    };
    let (ours, theirs) = (with("11"), with("12"));
    let theirs_line = theirs.lines().find(|line| line.contains("V12__")).unwrap();
    let joined: Vec<&str> = ours
        .lines()
        .flat_map(|line| {
            if line.contains("V11__") {
                vec![line, theirs_line]
            } else {
                vec![line]
            }
        })
        .collect();
    let lock = Lockfile::parse(&joined.join("\n")).unwrap();
    let misfits: Vec<_> = lock.domains[0]
        .migrations
        .iter()
        .filter(|locked| !locked.fits)
        .map(|locked| locked.migration.key.as_str())
        .collect();
    assert_eq!(misfits, ["12"]);
}

#[test]
fn lock_files_that_cannot_be_used() {
    let head = "stillway-lock 1\n";
    for (text, expected) in [
        (
            "",
            "1:1: this is no lock file: it must begin with `stillway-lock 1`",
        ),
        (
            "# x\nlock\n",
            "2:1: this is no lock file: it must begin with `stillway-lock 1`",
        ),
        (
            "stillway-lock 2\n",
            "1:1: the file has format 2, and this program knows format 1 only",
        ),
        (
            "stillway-lock 0\n",
            "1:1: the file has format 0, which is older than format 1",
        ),
        (
            "stillway-lock 1\ndomain a native\n<<<<<<< ours\n",
            "3:1: the file holds both sides of a merge that was not finished",
        ),
        (
            "stillway-lock 1\nversioned 1 x md5:0 digest:0\n",
            "2:1: a line `domain NAME DIALECT` must stand before the first migration",
        ),
        (
            "stillway-lock 1\ndomain a other\n",
            "2:10: `other` is no dialect",
        ),
        (
            "stillway-lock 1\ndomain a\n",
            "2:1: write `domain NAME DIALECT`",
        ),
        (
            "stillway-lock 1\ndomain a native\ndomain a native\n",
            "3:1: the domain `a` is there twice",
        ),
        (
            "stillway-lock 1\ndomain a native\nversioned 1 x md5:0 digest:0\n",
            "3:15: 32 hexadecimal digits are missing",
        ),
        (
            "stillway-lock 1\ndomain a native\nversioned \"한\" \"글 x\" what digest:0\n",
            "3:21: `what` is unknown",
        ),
        (
            "stillway-lock 1\ndomain a native\nversioned 1 x digest:0\n",
            "3:1: the line has no `md5:`",
        ),
        (
            "stillway-lock 1\ndomain a native\nversioned 1 x md5:0\n",
            "3:15: the line must end with `digest:`",
        ),
        (
            "stillway-lock 1\ndomain a native\nother 1 x md5:0 digest:0\n",
            "3:1: `other` is no kind of migration",
        ),
        (
            "stillway-lock 1\ndomain a \"b\n",
            "2:10: the quotation mark is never closed",
        ),
    ] {
        assert_eq!(Lockfile::parse(text).unwrap_err().to_string(), expected);
    }
    assert_eq!(Lockfile::parse(head).unwrap(), Lockfile::default());
    assert_eq!(
        Lockfile::parse("\u{feff}# x\r\n\r\nstillway-lock 1\r\n").unwrap(),
        Lockfile::default()
    );
}

#[test]
fn a_lock_is_not_refreshed_over_a_change() {
    let lock = locked(&flyway());
    let mut now = flyway();
    set(&mut now.migrations[0], "CREATE TABLE a (x text);\n");
    now.migrations
        .insert(4, migration(Kind::Versioned, "11", "sql/V11__x.sql", "x"));
    let all = [now];
    let refused = refresh(&lock, &against(), &all, &Refresh::default());
    assert_eq!(short(&refused.refused), [("sql-changed", Error, "1")]);
    let wanted = Refresh {
        replaced: std::collections::BTreeSet::new(),
        accepted: ["1", "7"].map(str::to_owned).into(),
        ..Refresh::default()
    };
    let accepted = refresh(&lock, &against(), &all, &wanted);
    assert_eq!(accepted.refused, []);
    assert_eq!(accepted.idle, ["7"]);
    let what: Vec<_> = accepted
        .changes
        .iter()
        .map(|change| (change.migration.as_str(), change.what))
        .collect();
    assert_eq!(
        what,
        [("1", LineChange::Updated), ("11", LineChange::Added)]
    );
    let next = Lockfile::parse(&accepted.lock.write()).unwrap();
    assert_eq!(check_lock(&next, &against(), &all), []);
}

#[test]
fn lines_of_a_graph_keep_their_places() {
    let lock = locked(&alembic());
    let mut now = alembic();
    now.migrations = vec![
        revision("a1", &[]),
        revision("a0", &["c3"]),
        revision("b2", &["a1"]),
        alembic().migrations.remove(2),
    ];
    let next = refresh(&lock, &against(), &[now], &Refresh::default());
    let keys: Vec<_> = next.lock.domains[0]
        .migrations
        .iter()
        .map(|locked| locked.migration.key.as_str())
        .collect();
    assert_eq!(keys, ["a1", "b2", "c3", "a0"]);
}

#[test]
fn domains_come_and_go() {
    let lock = locked(&flyway());
    let findings = check_lock(&lock, &against(), &[alembic()]);
    assert_eq!(
        short(&findings),
        [
            ("domain-missing", Error, ""),
            ("domain-not-locked", Warning, "")
        ]
    );
    let wanted = Refresh {
        replaced: std::collections::BTreeSet::new(),
        accepted: ["회원".to_owned()].into(),
        ..Refresh::default()
    };
    let next = refresh(&lock, &against(), &[alembic()], &wanted);
    assert_eq!(next.refused, []);
    assert_eq!(next.lock.domains.len(), 1);
}

#[test]
fn a_base_freezes_what_it_has() {
    let base = frozen(vec![flyway()]);
    let against = Against::Base("origin/main".to_owned());
    let mut now = flyway();
    set(&mut now.migrations[0], "CREATE TABLE a (x text);\n");
    set(&mut now.migrations[4], "CREATE VIEW v AS SELECT 2;\n");
    now.migrations
        .insert(4, migration(Kind::Versioned, "11", "sql/V11__x.sql", "x"));
    now.migrations
        .insert(3, migration(Kind::Versioned, "9", "sql/V9__x.sql", "x"));
    let findings = check_lock(&base, &against, &[now, alembic()]);
    assert_eq!(
        short(&findings),
        [
            ("added-in-the-middle", Error, "9"),
            ("sql-changed", Error, "1")
        ]
    );
}

fn row(key: &str, checksum: i32) -> Row {
    Row {
        kind: Kind::Versioned,
        key: key.to_owned(),
        description: Some("x".to_owned()),
        file_description: Some("x".to_owned()),
        state: RowState::Applied,
        checksum: Some(checksum),
        sum: None,
    }
}

#[track_caller]
fn check_rows(
    rows: Vec<Row>,
    tamper: impl FnOnce(&mut Vec<Migration>),
    expected: &[(&'static str, Severity, &str)],
) {
    let lock = locked(&flyway());
    let mut now = flyway();
    tamper(&mut now.migrations);
    let history = DomainHistory {
        rows,
        waiting: Vec::new(),
    };
    let findings = check_history(&history, &now, lock.domain(&now.name));
    assert_eq!(short(&findings), expected, "{findings:#?}");
}

#[test]
fn rows_against_files_and_lock() {
    check_rows(vec![row("1", 1), row("2", 2)], |_| {}, &[]);
    check_rows(vec![row("1", 7)], |_| {}, &[("row-edited", Error, "1")]);
    check_rows(
        vec![row("1", 1)],
        |now| {
            set(&mut now[0], "other");
            now[0].sums.checksum = Some(5);
        },
        &[("applied-edited", Error, "1")],
    );
    check_rows(
        vec![row("1", 7)],
        |now| {
            set(&mut now[0], "other");
            now[0].sums.checksum = Some(5);
        },
        &[("applied-edited", Error, "1")],
    );
    check_rows(
        vec![row("1", 1)],
        |now| drop(now.remove(0)),
        &[("applied-missing", Error, "1")],
    );
    check_rows(
        vec![row("99", 1)],
        |_| {},
        &[("applied-missing", Error, "99")],
    );
    for (state, code, severity) in [
        (RowState::Future, "future-migration", Note),
        (RowState::Unknown, "unknown-revision", Error),
    ] {
        check_rows(
            vec![Row {
                state,
                ..row("99", 1)
            }],
            |_| {},
            &[(code, severity, "99")],
        );
    }
    for (state, code, severity) in [
        (RowState::Failed, "failed-migration", Error),
        (RowState::Interrupted, "interrupted-migration", Error),
        (RowState::OutOfOrder, "out-of-order", Note),
    ] {
        check_rows(
            vec![Row {
                state,
                ..row("1", 1)
            }],
            |_| {},
            &[(code, severity, "1")],
        );
    }
    let described = Row {
        description: Some("y".to_owned()),
        ..row("1", 1)
    };
    check_rows(
        vec![described],
        |_| {},
        &[("description-changed", Error, "1")],
    );
    let without = Row {
        checksum: None,
        ..row("1", 1)
    };
    check_rows(vec![without], |_| {}, &[("applied-elsewhere", Note, "")]);
    check_rows(
        vec![row("11", 3)],
        |now| {
            let mut new = migration(Kind::Versioned, "11", "sql/V11__x.sql", "x");
            new.sums.checksum = Some(3);
            now.insert(4, new);
        },
        &[("applied-unlocked", Warning, "11")],
    );
}

#[test]
fn sums_that_runs_left_behind() {
    let lock = locked(&alembic());
    let ran = |text: &str| Row {
        description: None,
        file_description: None,
        checksum: None,
        sum: Some(sum(text)),
        ..row("a1", 0)
    };
    let before = "op.execute('a1')\n";
    for (then, now, expected) in [
        (before, before, None),
        (
            before,
            "op.execute('a1') -- why\n",
            Some(("applied-comment", Warning, "a1")),
        ),
        (
            before,
            "op.execute('a1')\r\n",
            Some(("applied-line-ends", Note, "a1")),
        ),
        (
            before,
            "op.execute('a2')\n",
            Some(("applied-edited", Error, "a1")),
        ),
        ("other", before, Some(("row-edited", Error, "a1"))),
    ] {
        let mut files = alembic();
        set(&mut files.migrations[0], now);
        let history = DomainHistory {
            rows: vec![ran(then)],
            waiting: Vec::new(),
        };
        let findings = check_history(&history, &files, lock.domain("users"));
        assert_eq!(short(&findings), Vec::from_iter(expected));
    }
}

#[test]
fn what_waits() {
    let waiting = |will_run| Waiting {
        kind: Kind::Versioned,
        key: "10".to_owned(),
        will_run,
    };
    let history = DomainHistory {
        rows: Vec::new(),
        waiting: vec![waiting(true), waiting(false)],
    };
    let findings = check_history(&history, &flyway(), None);
    assert_eq!(
        short(&findings),
        [("not-applied", Note, "10"), ("will-not-run", Error, "10")]
    );
}
