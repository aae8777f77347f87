//! The shipped transfer on legacy databases with everything wrong that is known of them: what becomes
//! of each row, and that no instant is a bad one to be killed at.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

#[path = "transfer_live/fates.rs"]
mod fates;
#[path = "transfer_live/kill.rs"]
mod kill;
#[path = "transfer_live/legacy.rs"]
mod legacy;
#[path = "transfer_live/original.rs"]
mod original;
#[path = "domains/site.rs"]
mod site;
mod support;
#[path = "transfer_live/tampering.rs"]
mod tampering;

use libtest_mimic::{Arguments, Failed, Trial};

use support::database::Backend;
use support::servers::{must_have_everything, postgres_url};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (name, test) in fates::TESTS.iter().chain(tampering::TESTS) {
        for backend in [Backend::Sqlite, Backend::Postgres] {
            let test = *test;
            trials.push(trial(name, backend, move || test(backend)));
        }
    }
    for (name, test) in fates::POSTGRES_TESTS {
        trials.push(trial(name, Backend::Postgres, *test));
    }
    let name = "the original is told of as it is";
    trials.push(trial(name, Backend::Postgres, original::compared));
    for case in kill::CASES {
        let name = format!("killed: {}", case.name);
        trials.push(trial(&name, case.backend, || kill::kill(case)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn trial(
    name: &str,
    backend: Backend,
    test: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let missing = backend == Backend::Postgres && postgres_url().is_none();
    Trial::test(format!("{name} ({backend:?})"), test)
        .with_ignored_flag(missing && !must_have_everything())
}
