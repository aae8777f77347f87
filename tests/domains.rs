//! Projects with several domains, through the program itself.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

#[path = "domains/adopt.rs"]
mod adopt;
#[path = "domains/legacy.rs"]
mod legacy;
#[path = "domains/mishaps.rs"]
mod mishaps;
#[path = "domains/pictures.rs"]
mod pictures;
#[path = "domains/project.rs"]
mod project;
#[path = "domains/seed.rs"]
mod seed;
#[path = "domains/shipped.rs"]
mod shipped;
#[path = "domains/site.rs"]
mod site;
mod support;
#[path = "domains/targets.rs"]
mod targets;

use libtest_mimic::{Arguments, Failed, Trial};

use site::Site;
use support::database::Backend;
use support::servers::{must_have_everything, postgres_url};

/// A test on a project with a database.
type Test = fn(&Site) -> Result<(), Failed>;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    let both = [
        project::TESTS,
        adopt::TESTS,
        mishaps::TESTS,
        pictures::TESTS,
        shipped::TESTS,
        legacy::TESTS,
        targets::TESTS,
    ];
    for (name, test) in both.into_iter().flatten() {
        for backend in [Backend::Sqlite, Backend::Postgres] {
            trials.push(trial(name, backend, *test));
        }
    }
    let postgres = seed::TESTS
        .iter()
        .chain(targets::SCHEMA_TESTS)
        .chain(mishaps::SCHEMA_TESTS)
        .chain(legacy::POSTGRES_TESTS);
    for (name, test) in postgres.chain(shipped::POSTGRES_TESTS) {
        trials.push(trial(name, Backend::Postgres, *test));
    }
    let has_originals = support::original_alembic::is_installed() && support::oracle::is_built();
    for (name, test) in seed::WITH_ORIGINALS {
        let missing = !has_originals && !must_have_everything();
        let trial = trial(name, Backend::Postgres, *test);
        let ignored = missing || trial.has_ignored_flag();
        trials.push(trial.with_ignored_flag(ignored));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn trial(name: &str, backend: Backend, test: Test) -> Trial {
    let missing = backend == Backend::Postgres && postgres_url().is_none();
    Trial::test(format!("{name} ({backend:?})"), move || {
        test(&Site::new(backend)?)
    })
    .with_ignored_flag(missing && !must_have_everything())
}
