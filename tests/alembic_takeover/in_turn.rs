//! Recorded cases once more, with both programs taking turns: the next command is always the other
//! one's, and everything has to be as if the original had run them all.

use std::path::Path;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::support::alembic::{Case, Program, Step, Working};
use crate::support::dump::{schema, unlike};
use crate::support::recording::{arguments_of, compare, recorded_steps};

/// Cases that are about something that only one of the programs leaves or sees, and why.
const LEFT_OUT: [(&str, &str); 2] = [
    (
        "batch_live_errors",
        "what failed leaves half of itself on SQLite when the original runs it",
    ),
    (
        "live_inspector",
        "it lists all tables, and the history that Stillway keeps is one of them to the original",
    ),
];

/// Whether a case changes the database more than once with success, and nobody else changes the
/// version table in between.
pub(crate) fn fits(name: &str, folder: &Path, case: &Case, backend: &str) -> bool {
    let file = folder.join(format!("expected/{backend}.json"));
    let left_out = LEFT_OUT.iter().any(|(left_out, _)| *left_out == name);
    if left_out || case.step.iter().any(Step::sets_versions) || !file.exists() {
        return false;
    }
    let changes = |step: &Value| {
        let answer = step["any_of"].get(0).unwrap_or(step);
        let arguments = arguments_of(answer);
        let verbs = ["upgrade", "downgrade", "stamp", "ensure_version"];
        answer["code"] == 0
            && arguments
                .first()
                .is_some_and(|verb| verbs.contains(&verb.as_str()))
            && !arguments.iter().any(|argument| argument == "--sql")
    };
    recorded_steps(&file)
        .iter()
        .filter(|step| changes(step))
        .count()
        > 1
}

/// Does a case twice at the same time, each program beginning once; each step has to leave the same
/// in both databases.
pub(crate) fn check(folder: &Path, backend: &str) -> Result<(), Failed> {
    let case = Case::load(folder);
    let recorded = recorded_steps(&folder.join(format!("expected/{backend}.json")));
    let copies = [
        Working::create(folder, &case, backend)?,
        Working::create(folder, &case, backend)?,
    ];
    let mut entries = [Vec::new(), Vec::new()];
    let mut turns = [Program::Stillway, Program::Original];
    let mut differences = Vec::new();
    for step in case.step.iter().filter(|step| step.is_for(backend)) {
        for ((copy, entries), program) in copies.iter().zip(&mut entries).zip(turns) {
            entries.extend(copy.step(step, program)?);
        }
        if !step.is_change() {
            continue;
        }
        let [left, right] = [&copies[0], &copies[1]].map(|copy| schema(copy.database()));
        let (left, right) = (left?, right?);
        if left != right {
            let number = entries[0].len();
            let what = format!("schemas after step {number}, by {turns:?}");
            differences.push(unlike(&what, &left, &right));
        }
        turns = turns.map(Program::other);
    }
    for (first, entries) in ["Stillway", "the original"].iter().zip(&entries) {
        if let Err(told) = compare(&case, &recorded, entries) {
            differences.push(format!("{first} first:\n{told}"));
        }
    }
    if differences.is_empty() {
        Ok(())
    } else {
        Err(differences.join("\n").into())
    }
}
