//! The model of transfers in memory does what the specification says, by small cases.

#![allow(clippy::unused_self, reason = "steps of the model are its methods")]

#[allow(
    dead_code,
    reason = "what is taken back is compared by the other test program"
)]
#[path = "transfer/model.rs"]
mod model;

use model::{Result, Row, Shape, World, run};
use stillway::transfer::{Declaration, read};

const FILE: &str = r#"
domain = "users"
phone_region = "KR"
[[table]]
name = "accounts"
from = "old.users"
key = "id"
to = "new.accounts"
too_long = "null"
[table.lookup.profile]
from = "old.profiles"
key = "id"
on = { user = "id" }
pick = ["made desc"]
[table.columns]
id = "id"
nickname = { from = ["nickname", "profile.nickname"], clean = ["trim", "blank_to_null"] }
phone = { from = "phone", clean = ["blank_to_null", "phone"], invalid = "null" }
seen = { from = "seen", merge = "greatest" }
[[table.unique]]
columns = ["phone"]
on_conflict = "ACTION"
keep = ["seen desc"]
[[table]]
name = "socials"
from = "old.socials"
key = "id"
to = "new.socials"
[table.columns]
id = "id"
user = { from = "user", parent = "accounts" }
provider = { from = "provider", clean = ["lower"], map = ["google", "kakao"] }
"#;

fn declaration(action: &str) -> Declaration {
    let mut text = FILE.replace("ACTION", action);
    if action == "abort" {
        // Nobody comes first there.
        text = text.replace("keep = [\"seen desc\"]\n", "");
    }
    read("t.toml", "t", text.as_bytes()).expect("a good file")
}

/// `a=1 b= c=x`: columns with values; NULL where none is written.
fn rows(texts: &[&str]) -> Vec<Row> {
    let cell = |cell: &str| {
        let (name, value) = cell.split_once('=').expect("a column");
        let value = value.replace('_', " ");
        (
            name.to_owned(),
            Some(value).filter(|value| !value.is_empty()),
        )
    };
    texts
        .iter()
        .map(|text| text.split(' ').map(cell).collect())
        .collect()
}

fn world() -> World {
    let mut world = World::default();
    let mut source = |name: &str, texts: &[&str]| world.sources.insert(name.into(), rows(texts));
    source(
        "old.users",
        &[
            "id=a nickname=_ phone=010-1234-5678 seen=1",
            "id=b nickname=둘 phone=+82_10_1234_5678 seen=2",
            "id=c nickname= phone=what seen=3",
            "id=d nickname=너무길다고 phone= seen=",
        ],
    );
    source(
        "old.profiles",
        &[
            "id=1 user=a nickname=하나 made=1",
            "id=2 user=a nickname=열하나 made=2",
            "id=3 user=a nickname=x made=",
        ],
    );
    source(
        "old.socials",
        &[
            "id=1 user=a provider=Google",
            "id=2 user=b provider=apple",
            "id=3 user=z provider=kakao",
            "id=4 user=b provider=",
        ],
    );
    let shape = Shape {
        lengths: [("nickname".to_owned(), 4)].into(),
        ..Shape::default()
    };
    world.shapes.insert("new.accounts".to_owned(), shape);
    world
}

fn told(result: &Result, table: &str) -> Vec<String> {
    let lines = result.decisions[table].iter().map(|(key, decision)| {
        let reasons: Vec<&str> = decision.reasons.iter().map(String::as_str).collect();
        let winner = decision
            .winner
            .as_ref()
            .map_or(String::new(), |key| format!(" into {}", key.join("/")));
        format!(
            "{} {:?}{winner} {}",
            key.join("/"),
            decision.outcome,
            reasons.join(" ")
        )
    });
    lines.map(|line| line.trim_end().to_owned()).collect()
}

fn values(result: &Result, table: &str, column: &str) -> Vec<String> {
    let values = result.targets[table].iter().map(|row| row[column].clone());
    values
        .map(|value| value.unwrap_or_else(|| "NULL".to_owned()))
        .collect()
}

#[test]
fn others_lose_their_value() {
    let result = run(&declaration("null_others"), &world());
    assert_eq!(
        told(&result, "accounts"),
        [
            "a Moved nulled:phone",
            "b Moved",
            "c Moved lost:invalid:phone",
            "d Moved lost:too_long:nickname"
        ]
    );
    assert_eq!(
        values(&result, "new.accounts", "nickname"),
        ["열하나", "둘", "NULL", "NULL"]
    );
    assert_eq!(
        values(&result, "new.accounts", "phone"),
        ["NULL", "+821012345678", "NULL", "NULL"]
    );
    assert_eq!(
        told(&result, "socials"),
        [
            "1 Moved",
            "2 Quarantined unmapped:provider",
            "3 Quarantined no_parent:user",
            "4 Moved"
        ]
    );
}

#[test]
fn children_follow_merged_parents() {
    let result = run(&declaration("merge"), &world());
    assert_eq!(
        told(&result, "accounts")[0],
        "a Merged into b conflict:phone"
    );
    assert_eq!(values(&result, "new.accounts", "id"), ["b", "c", "d"]);
    assert_eq!(values(&result, "new.accounts", "nickname")[0], "둘");
    assert_eq!(values(&result, "new.socials", "user"), ["b", "b"]);
}

#[test]
fn children_of_quarantined_parents_wait_with_them() {
    let result = run(&declaration("keep_first"), &world());
    assert_eq!(told(&result, "accounts")[0], "a Quarantined conflict:phone");
    assert_eq!(
        told(&result, "socials")[0],
        "1 Quarantined parent_quarantined:user"
    );
}

#[test]
fn nothing_runs_while_something_is_undecided() {
    let result = run(&declaration("abort"), &world());
    assert!(result.is_undecided());
    assert_eq!(result.targets, world().targets);
}

#[test]
fn rows_of_the_target_come_first() {
    let mut world = world();
    let there = [
        "id=d nickname=넷 phone=+821012345678 seen=",
        "id=x nickname= phone= seen=",
    ];
    world
        .targets
        .insert("new.accounts".to_owned(), rows(&there));
    let result = run(&declaration("keep_first"), &world);
    assert_eq!(
        told(&result, "accounts"),
        [
            "a Quarantined conflict:phone",
            "b Quarantined conflict:phone",
            "c Moved lost:invalid:phone",
            "d Skipped existing_different"
        ]
    );
    assert_eq!(values(&result, "new.accounts", "id"), ["c", "d", "x"]);
    let merged = run(&declaration("merge"), &world);
    assert_eq!(
        told(&merged, "accounts")[0],
        "a Merged into d conflict:phone"
    );
    assert_eq!(
        values(&merged, "new.accounts", "nickname"),
        ["NULL", "넷", "NULL"]
    );
}

#[test]
fn what_was_written_before_is_known() {
    let mut world = world();
    let ours = rows(&[
        "id=a nickname=x phone= seen=1",
        "id=b nickname=y phone= seen=2",
        "id=c nickname= phone= seen=3",
        "id=q nickname= phone= seen=",
    ]);
    let written = ours
        .iter()
        .map(|row| (vec![row["id"].clone().expect("a key")], row.clone()));
    world
        .written
        .insert("accounts".to_owned(), written.collect());
    // `a` is as it was written, `b` was changed, `c` was deleted, `q` has no source row any more.
    world.targets.insert(
        "new.accounts".to_owned(),
        rows(&[
            "id=a nickname=x phone= seen=1",
            "id=b nickname=새이름 phone= seen=2",
            "id=q nickname= phone= seen=",
        ]),
    );
    let result = run(&declaration("keep_first"), &world);
    assert_eq!(
        told(&result, "accounts"),
        [
            "a Moved",
            "b Moved changed_in_target",
            "c Skipped deleted_in_target",
            "d Moved lost:too_long:nickname"
        ]
    );
    assert_eq!(values(&result, "new.accounts", "id"), ["a", "b", "d"]);
    assert_eq!(
        values(&result, "new.accounts", "nickname"),
        ["열하나", "새이름", "NULL"]
    );
}
