//! Stillway and the real Alembic on the same databases: either takes over from the other after any
//! command, and many Stillways at once do everything once.
//!
//! Needs the environment that `compat-fixtures/oracle-alembic/install.sh` makes, and a PostgreSQL
//! server with its `pg_dump` for its half.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

#[path = "alembic_takeover/crowd.rs"]
mod crowd;
#[path = "alembic_takeover/in_turn.rs"]
mod in_turn;
#[path = "alembic_takeover/seed.rs"]
mod seed;

use libtest_mimic::{Arguments, Failed, Trial};

use seed::Deployment;
use support::alembic::{Case, Program, cases};
use support::database::Backend;
use support::recording::{is_listed, listed};
use support::servers::{must_have_everything, postgres_url};
use support::{dump, original_alembic};

fn main() {
    let arguments = Arguments::from_args();
    let differences = listed("alembic-differences.toml");
    let gaps = listed("alembic-gaps.toml");
    let mut trials = Vec::new();
    for (name, folder) in cases() {
        let case = Case::load(&folder);
        for backend in &case.backends {
            let other = [&differences, &gaps]
                .iter()
                .any(|list| is_listed(list, &name, backend));
            if other || !in_turn::fits(&name, &folder, &case, backend) {
                continue;
            }
            let (folder, backend) = (folder.clone(), backend.clone());
            let title = format!("in_turn::{name}::{backend}");
            let server = backend == "postgresql";
            let run = move || in_turn::check(&folder, &backend);
            trials.push(trial(&title, server, true, run));
        }
    }
    for deployment in [Deployment::Script, Deployment::Workflow] {
        let title = format!("seed::by_{deployment:?}").to_lowercase();
        let run = move || seed::check(deployment);
        trials.push(trial(&title, true, true, run));
    }
    for (name, configure) in [("whole", ""), ("each", "transaction_per_migration=True,")] {
        for backend in [Backend::Sqlite, Backend::Postgres] {
            let title = format!("crowd::16_stillways_{name}::{backend:?}").to_lowercase();
            let run = move || crowd::many(backend, configure);
            trials.push(trial(&title, backend == Backend::Postgres, false, run));
        }
    }
    let run = crowd::locked_file;
    trials.push(trial("crowd::waits_for_a_file::sqlite", false, false, run));
    for first in [Program::Stillway, Program::Original] {
        let title = format!("crowd::{first:?}_at_work").to_lowercase();
        trials.push(trial(&title, true, true, move || crowd::meeting(first)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// A trial that is left out where something it needs is missing, unless everything must be there.
fn trial(
    name: &str,
    needs_server: bool,
    needs_original: bool,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let server = !needs_server || (postgres_url().is_some() && dump::pg_dump().is_some());
    let original = !needs_original || original_alembic::is_installed();
    let run = move || {
        if original {
            run()
        } else {
            Err("compat-fixtures/oracle-alembic/install.sh has not been run".into())
        }
    };
    let missing = !(server && original);
    Trial::test(name, run).with_ignored_flag(missing && !must_have_everything())
}
