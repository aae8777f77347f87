//! A long chain is evaluated on several processors; what it prints is the same as one revision after
//! the other.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use std::process::{Command, Output, Stdio};

use support::chain::Chain;

/// More than enough to be divided.
const REVISIONS: usize = 60;

fn print(chain: &Chain, target: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stillway"))
        .args(["alembic", "upgrade", target, "--sql"])
        .current_dir(chain.path())
        .env(
            "STILLWAY_URL",
            "postgresql+psycopg2://nobody@localhost/none",
        )
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

/// A chain of tables, some of which bring a type that others bring, too.
fn chain(special: &[(usize, &str)]) -> Chain {
    let mut chain = Chain::new("");
    for number in 1..REVISIONS {
        let usual = format!(
            "op.create_table('t{number}', sa.Column('id', sa.Integer()), sa.Column('말', sa.String({number})))"
        );
        let special = special.iter().find(|(at, _)| *at == number);
        let body = special.map_or(usual.as_str(), |(_, body)| body);
        chain = chain.with_revision(body, "pass");
    }
    chain
}

/// The word makes a file count as one that may leave something behind, so that nothing is divided.
fn one_by_one(chain: &Chain) {
    chain
        .change(1, |text| text + "\n# random.seed(1)\n")
        .expect("writable");
}

/// Both ways have to end the same; gives the text.
fn the_same(special: &[(usize, &str)]) -> String {
    let divided = print(&chain(special), "base:heads");
    let undivided = {
        let chain = chain(special);
        one_by_one(&chain);
        print(&chain, "base:heads")
    };
    assert_eq!(divided.status.code(), undivided.status.code());
    let text = String::from_utf8(divided.stdout).expect("text");
    assert_eq!(text, String::from_utf8_lossy(&undivided.stdout));
    text
}

#[test]
fn every_revision_stands_in_its_place() {
    let text = the_same(&[]);
    let places: Vec<usize> = (1..REVISIONS)
        .map(|number| {
            text.find(&format!("CREATE TABLE t{number} ("))
                .expect("its table")
        })
        .collect();
    assert!(places.is_sorted());
    assert!(text.trim_end().ends_with("COMMIT;"));
}

#[test]
fn a_type_is_made_once() {
    let kind = "op.create_table('k', sa.Column('kind', sa.Enum('a', 'b', name='kind')))";
    let text = the_same(&[(3, kind), (30, kind), (58, kind)]);
    assert_eq!(text.matches("CREATE TYPE kind").count(), 1);
    assert_eq!(text.matches("kind kind").count(), 3);
}

#[test]
fn what_comes_before_a_failure_is_printed() {
    let text = the_same(&[(20, "op.nonsense()"), (50, "raise ValueError('later')")]);
    assert!(text.contains("CREATE TABLE t19 ("));
    assert!(!text.contains("CREATE TABLE t21 ("));
}
