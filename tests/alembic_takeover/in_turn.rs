//! Recorded cases once more, with both programs taking turns: the next command is always the other
//! one's, and everything has to be as if the original had run them all.

use std::path::Path;

use libtest_mimic::Failed;

use crate::support::alembic::{Case, Program, Working};
use crate::support::dump;
use crate::support::recording::{compare, recorded_steps};

/// Whether a case has enough commands to take turns in.
pub(crate) fn fits(case: &Case, backend: &str) -> bool {
    let steps = case.step.iter().filter(|step| step.is_for(backend));
    steps.filter(|step| step.is_command()).count() > 1
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
        if !step.is_command() {
            continue;
        }
        let [left, right] = [&copies[0], &copies[1]].map(|copy| dump::schema(copy.database()));
        let (left, right) = (left?, right?);
        if left != right {
            let number = entries[0].len();
            let what = format!("schemas after step {number}, by {turns:?}");
            differences.push(super::unlike(&what, &left, &right));
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
