//! What `lock` and `--fix` write, and what they refuse to write.

use stillway::command::domains::VerifyOptions;
use stillway::verify::{LineChange, Verdict};

use super::site::{Site, short};

#[test]
fn a_lock_of_nothing_new_is_written_once() {
    let site = Site::new();
    let first = site.locked();
    assert!(first.written);
    assert_eq!(first.changes.len(), 13);
    let text = site.read("stillway.lock");
    assert!(!site.locked().written);
    assert_eq!(site.read("stillway.lock"), text);
    let line = text.lines().find(|line| line.contains("V2__notes_팀.sql"));
    let line = line.expect("a line");
    assert!(
        line.starts_with("versioned 2 legacy/sql/V2__notes_팀.sql md5:"),
        "{line}"
    );
    assert!(
        line.contains(" value:") && line.contains(":team "),
        "{line}"
    );
}

#[test]
fn an_edit_is_taken_down_only_when_it_is_accepted() {
    let site = Site::new();
    site.locked();
    let before = site.read("stillway.lock");
    site.replace(
        "legacy/sql/V1__accounts.sql",
        "name text",
        "name varchar(9)",
    );
    site.write("legacy/sql/V5__new.sql", "SELECT 5;\n");
    let refused = site.lock(&["2"]);
    assert_eq!(short(&refused.refused), ["error sql-changed legacy 1"]);
    assert_eq!(refused.idle, ["2"]);
    assert!(!refused.written);
    assert_eq!(site.read("stillway.lock"), before);
    let accepted = site.lock(&["1"]);
    assert!(accepted.written);
    let changes: Vec<_> = accepted
        .changes
        .iter()
        .map(|change| (change.migration.as_str(), change.what))
        .collect();
    assert_eq!(
        changes,
        [("1", LineChange::Updated), ("5", LineChange::Added)]
    );
    assert_eq!(site.found(false), Vec::<String>::new());
}

#[test]
fn a_lock_that_was_edited_is_not_written_over() {
    let site = Site::new();
    site.locked();
    let text = site.read("stillway.lock");
    let line = text
        .lines()
        .find(|line| line.contains("b2_second"))
        .expect("a line");
    site.write("stillway.lock", text.replace(&format!("{line}\n"), ""));
    let refused = site.lock(&[]);
    assert_eq!(
        short(&refused.refused),
        [
            "error added-in-the-middle users b2",
            "error lock-edited users c3"
        ]
    );
    let accepted = site.lock(&["b2", "c3"]);
    assert!(accepted.written);
    assert_eq!(site.found(false), Vec::<String>::new());
}

#[test]
fn fixing_takes_down_what_is_new_and_nothing_else() {
    let fix = VerifyOptions {
        fix: true,
        ..VerifyOptions::default()
    };
    let site = Site::new();
    site.locked();
    let crlf = site.read("cards/0001_decks/up.sql").replace('\n', "\r\n");
    site.write("cards/0001_decks/up.sql", crlf);
    site.write("legacy/sql/V5__new.sql", "SELECT 5;\n");
    let result = site.verify(&fix);
    assert_eq!(result.verdict, Verdict::Pending);
    assert!(result.fixed.expect("tried").written);
    assert_eq!(site.found(false), Vec::<String>::new());
    site.replace(
        "legacy/sql/V1__accounts.sql",
        "name text",
        "name varchar(9)",
    );
    let before = site.read("stillway.lock");
    let result = site.verify(&fix);
    assert_eq!(result.verdict, Verdict::Changed);
    let fixed = result.fixed.expect("tried");
    assert!(!fixed.written);
    assert_eq!(short(&fixed.refused), ["error sql-changed legacy 1"]);
    assert_eq!(site.read("stillway.lock"), before);
}

#[test]
fn git_sees_that_two_branches_add_a_migration() {
    let site = Site::new();
    let git = |arguments: &[&str]| super::base::git(site.root(), arguments);
    site.locked();
    if git(&["init", "-q", "-b", "main"]).is_none() {
        return;
    }
    git(&["add", "."]);
    git(&["commit", "-qm", "released"]);
    for (branch, file) in [("ours", "V5__ours.sql"), ("theirs", "V6__theirs.sql")] {
        git(&["checkout", "-q", "-b", branch, "main"]);
        site.write(&format!("legacy/sql/{file}"), "SELECT 1;\n");
        site.locked();
        git(&["add", "."]);
        git(&["commit", "-qm", branch]);
    }
    let merged = git(&["merge", "-q", "ours"]).expect("git is there");
    assert!(!merged, "git must see the conflict");
    assert_eq!(site.found(false), ["error lock-conflict"]);
    git(&["checkout", "--theirs", "stillway.lock"]);
    let result = site.lock(&[]);
    assert_eq!(result.changes.len(), 1);
    assert!(result.written);
    assert_eq!(site.found(false), Vec::<String>::new());
}
