//! Pages that are small enough to be read.

use std::collections::BTreeSet;
use std::time::Duration;

use super::history::span;
use super::{Page, PageDomain, Problem};
use crate::model::{
    Catalog, CatalogMigration, Dialect, Domain, Finding, MigrationKind, MigrationState,
    PlacedMigration, Severity, Standing,
};
use crate::report::graph::{Picture, Source};

fn migration(key: &str, description: &str) -> CatalogMigration {
    CatalogMigration {
        key: key.to_owned(),
        kind: MigrationKind::Versioned,
        description: description.to_owned(),
        parents: Vec::new(),
        depends_on: Vec::new(),
        needs: Vec::new(),
        labels: Vec::new(),
        path: format!("회원/{key}").into(),
        reversible: true,
    }
}

fn placed(key: &str, state: MigrationState, milliseconds: Option<u64>) -> PlacedMigration {
    PlacedMigration {
        key: key.to_owned(),
        description: String::new(),
        state,
        applied_at: milliseconds.map(|_| "2026-01-02 03:04:05.678+09".to_owned()),
        milliseconds,
    }
}

fn finding(severity: Severity, message: &str) -> Finding {
    Finding {
        code: "missing-source",
        severity,
        domain: "회원".to_owned(),
        migration: "0002".to_owned(),
        place: None,
        message: message.to_owned(),
        hint: Some("add <it>".to_owned()),
    }
}

/// A page of two domains, of which one cannot be read.
fn with<T>(see: impl FnOnce(&mut Page<'_>) -> T) -> T {
    let mut domain = Domain::new("회원", Dialect::Native, "회원");
    domain.deprecated = Some("<b>옮겨 갔다</b>".to_owned());
    let catalog = Catalog {
        migrations: vec![
            migration("0001", "계정 <script>alert(1)</script>"),
            migration("0002", "x & y"),
        ],
        heads: vec!["0002".to_owned()],
        warnings: Vec::new(),
    };
    let standing = Standing {
        migrations: vec![
            placed("0000", MigrationState::Missing, Some(1500)),
            placed("\"users\"", MigrationState::Applied, Some(9999)),
            placed("0001", MigrationState::Applied, Some(75_250)),
            placed("0002", MigrationState::Pending, None),
        ],
        current: vec!["0001".to_owned()],
        has_history: true,
        database: "postgres://app@db/회원".to_owned(),
        problems: vec!["the version table names `0000`".to_owned()],
        not_adopted: None,
    };
    let broken = Domain::new("auth", Dialect::Alembic, "auth");
    let picture = Picture::new(&[Source {
        domain: &domain,
        catalog: &catalog,
        standing: Some(&standing),
    }]);
    let needed_by = ["stats".to_owned()];
    let mut page = Page {
        project: "가게 & <shop>",
        made_at: "2026-01-02 03:04:05 Asia/Seoul",
        made_by: "stillway 0",
        asked: true,
        domains: vec![
            PageDomain {
                domain: &domain,
                catalog: Some(&catalog),
                standing: Some(&standing),
                needed_by: &needed_by,
                problem: None,
            },
            PageDomain {
                domain: &broken,
                catalog: None,
                standing: None,
                needed_by: &[],
                problem: Some(Problem {
                    message: "auth: there is no env.py".to_owned(),
                    hint: Some("write one".to_owned()),
                }),
            },
        ],
        picture: &picture,
        planned: None,
        verified: None,
        plan_problem: None,
        verify_problem: None,
        took: vec![("reading", Duration::from_millis(12))],
    };
    see(&mut page)
}

/// The page's text, with tags as spaces.
fn words(page: &str) -> String {
    let mut text = String::new();
    let mut within = false;
    for character in page.chars() {
        match character {
            '<' => within = true,
            '>' => {
                within = false;
                text.push(' ');
            }
            character if !within => text.push(character),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_page_says_how_things_stand() {
    let text = with(|page| words(&page.write()));
    for part in [
        "Migrations of 가게 &amp; &lt;shop&gt;",
        "Made 2026-01-02 03:04:05 Asia/Seoul, from the files and the databases.",
        // The row that only marks the creation of schemas is no migration.
        "domains 2 migrations 2 applied 2 pending 1 errors 1",
        "1 pending 1 without a file",
        "cannot be read",
        "auth: there is no env.py write one",
        "회원: the version table names `0000`",
        "회원 is deprecated: &lt;b&gt;옮겨 갔다&lt;/b&gt;; needed by stats.",
        "0001 계정 &lt;script&gt;alert(1)&lt;/script&gt; applied 2026-01-02 03:04:05+09 1 min 15 s",
        "0000 without a file 2026-01-02 03:04:05+09 1.50 s",
        "회원 2 1 min 16 s",
        "For this page: reading 12 ms.",
        "What is pending was not looked at",
        "Files and histories were not verified for this page",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn findings_come_with_what_matters_most_first() {
    let text = with(|page| {
        let planned = [
            finding(Severity::Note, "a note"),
            finding(Severity::Error, "an error"),
        ];
        let verified = [finding(Severity::Warning, "a warning")];
        let mut page = page.clone();
        page.planned = Some(&planned);
        page.verified = Some(&verified);
        page.plan_problem = Some(Problem {
            message: "no order".to_owned(),
            hint: None,
        });
        words(&page.write())
    });
    for part in [
        "applied 2 pending 1 errors 3",
        "No upgrade can be planned: no order",
        "What is pending Severity Where What What to do error 회원@0002 an error missing-source add &lt;it&gt; note",
        "What verification found Severity Where What What to do warning",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let nothing = with(|page| {
        page.planned = Some(&[]);
        page.asked = false;
        words(&page.write())
    });
    assert!(nothing.contains("What is pending Nothing was found."));
    assert!(nothing.contains("from the files alone: no database was asked."));
}

#[test]
fn a_page_stands_alone_and_is_well_formed() {
    let page = with(|page| page.write());
    // Nothing is fetched and nothing runs; the only address is the name of SVG.
    for part in [
        "<script", "<link", "<img", "@import", "url(h", " src=", "onload",
    ] {
        assert!(!page.contains(part), "{part}");
    }
    let addresses = page.matches("://").count() - page.matches("postgres://").count();
    assert_eq!(addresses, 1);
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    // Every element is closed, every link leads somewhere, every id is there once.
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(2) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.split_whitespace().next().unwrap_or_default();
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !matches!(name, "meta" | "br") {
            open.push(name);
        }
    }
    assert!(open.is_empty());
    let values = |name: &str| -> Vec<String> {
        let mark = format!(" {name}=\"");
        let parts = page.split(mark.as_str()).skip(1);
        let values = parts.filter_map(|part| part.split('"').next());
        values.map(str::to_owned).collect()
    };
    let ids = values("id");
    let unique: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
    for link in values("href") {
        assert!(
            ids.contains(&link.trim_start_matches('#').to_owned()),
            "{link}"
        );
    }
    for label in values("aria-labelledby") {
        assert!(ids.contains(&label), "{label}");
    }
    // Every heading of a table says what it heads.
    assert_eq!(
        page.matches("<th ").count(),
        page.matches(" scope=\"").count()
    );
    assert_eq!(page.matches("<th>").count(), 0);
}

#[test]
fn spans_are_as_people_write_them() {
    for (milliseconds, words) in [
        (0, "0 ms"),
        (999, "999 ms"),
        (1500, "1.50 s"),
        (61_000, "1 min 1 s"),
        (7_260_000, "2 h 1 min"),
    ] {
        assert_eq!(span(Duration::from_millis(milliseconds)), words);
    }
}
