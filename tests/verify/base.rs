//! Files against a state of the repository, with and without a lock file.

use std::path::Path;
use std::process::Command;

use stillway::command::domains::{Quiet, VerifyOptions, verify};

use super::site::{Site, short};

/// Runs Git; nothing where there is none, else whether it succeeded.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Option<bool> {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=tester",
            "-c",
            "user.email=tester@example.org",
            "-c",
            "core.autocrlf=false",
        ])
        .args(arguments)
        .current_dir(folder)
        .output()
        .ok()?;
    Some(output.status.success())
}

/// A project whose first state is the branch `main`; the working tree is on another branch. Nothing
/// without Git.
fn released() -> Option<Site> {
    let site = Site::new();
    git(site.root(), &["init", "-q", "-b", "main"])?;
    commit(&site);
    git(site.root(), &["checkout", "-q", "-b", "feature"]);
    Some(site)
}

fn commit(site: &Site) {
    git(site.root(), &["add", "."]);
    git(site.root(), &["commit", "-qm", "more"]);
}

fn found(site: &Site, base: &str) -> Vec<String> {
    let options = VerifyOptions {
        base: Some(base.to_owned()),
        ..VerifyOptions::default()
    };
    short(&site.verify(&options).findings)
}

#[test]
fn what_is_released_is_frozen_without_a_lock_file() {
    let Some(site) = released() else {
        return;
    };
    let none = Vec::<String>::new();
    assert_eq!(found(&site, "main"), none);
    site.write("legacy/sql/V5__new.sql", "SELECT 5;\n");
    site.replace("legacy/sql/R__view.sql", "SELECT name", "SELECT id");
    assert_eq!(found(&site, "main"), none);
    site.replace("legacy/sql/V1__accounts.sql", "계정", "account");
    site.replace("users/versions/c3_third.py", "세 번째", "third");
    site.replace("cards/0001_decks/up.sql", "id int", "id bigint");
    site.write("legacy/sql/V2.5__between.sql", "SELECT 5;\n");
    site.remove("legacy/sql/V4__카드.sql");
    assert_eq!(
        found(&site, "main"),
        [
            "error added-in-the-middle legacy 2.5",
            "error comment-changed legacy 1",
            "error migration-missing legacy 4",
            "error sql-changed cards 0001",
            "warning comment-changed users c3",
        ]
    );
}

#[test]
fn what_was_released_elsewhere_since_is_not_missing() {
    let Some(site) = released() else {
        return;
    };
    git(site.root(), &["checkout", "-q", "main"]);
    site.write("legacy/sql/V5__theirs.sql", "SELECT 5;\n");
    commit(&site);
    git(site.root(), &["checkout", "-q", "feature"]);
    assert_eq!(found(&site, "main"), Vec::<String>::new());
    site.write("legacy/sql/V6__ours.sql", "SELECT 6;\n");
    assert_eq!(found(&site, "main"), Vec::<String>::new());
    site.rename("legacy/sql/V6__ours.sql", "legacy/sql/V4.5__ours.sql");
    assert_eq!(
        found(&site, "main"),
        ["error added-in-the-middle legacy 4.5"]
    );
    site.rename("legacy/sql/V4.5__ours.sql", "legacy/sql/V5__ours.sql");
    assert_eq!(found(&site, "main"), ["error duplicate-migration legacy 5"]);
}

#[test]
fn a_lock_file_and_a_base_are_both_held_against_the_files() {
    let Some(site) = released() else {
        return;
    };
    // An edit that was accepted into the lock file is one all the same where it is released.
    site.locked();
    site.replace(
        "legacy/sql/V1__accounts.sql",
        "name text",
        "name varchar(9)",
    );
    site.lock(&["1"]);
    assert_eq!(site.found(false), Vec::<String>::new());
    assert_eq!(found(&site, "main"), ["error sql-changed legacy 1"]);
}

#[test]
fn a_project_may_be_a_folder_of_its_repository() {
    let site = Site::new();
    let top = tempfile::tempdir().expect("a folder");
    let inner = top.path().join("백엔드/db");
    std::fs::create_dir_all(inner.parent().expect("a parent")).expect("a folder");
    std::fs::rename(site.root(), &inner).expect("moves");
    if git(top.path(), &["init", "-q", "-b", "main"]).is_none() {
        return;
    }
    git(top.path(), &["add", "."]);
    git(top.path(), &["commit", "-qm", "released"]);
    std::fs::write(inner.join("legacy/sql/V1__accounts.sql"), "SELECT 1;\n").expect("writable");
    let mut process = site_process(&inner);
    process.timestamp.clear();
    let workspace = stillway::command::domains::Workspace::open(process).expect("a project");
    let options = VerifyOptions {
        base: Some("HEAD".to_owned()),
        ..VerifyOptions::default()
    };
    let result = verify(&workspace, &options, &mut Quiet).expect("verifies");
    assert_eq!(short(&result.findings), ["error sql-changed legacy 1"]);
    assert_eq!(result.prefix, "백엔드/db/");
}

fn site_process(directory: &Path) -> stillway::command::domains::Process {
    stillway::command::domains::Process {
        directory: directory.to_owned(),
        ..Default::default()
    }
}

#[test]
fn bases_that_are_none() {
    let Some(site) = released() else {
        return;
    };
    let refused = |base: &str| {
        let options = VerifyOptions {
            base: Some(base.to_owned()),
            ..VerifyOptions::default()
        };
        let error = verify(&site.workspace(), &options, &mut Quiet).expect_err(base);
        (error.to_string(), error.hint().unwrap_or_default())
    };
    let (message, hint) = refused("origin/main");
    assert!(
        message.starts_with("`origin/main` names no state of the repository"),
        "{message}"
    );
    assert!(
        hint.starts_with("fetch it first: `git fetch origin main`"),
        "{hint}"
    );
    std::fs::remove_dir_all(site.path(".git")).expect("a repository");
    let (message, _) = refused("main");
    assert!(message.ends_with("is in no Git repository"), "{message}");
}
