//! Measures upgrades of many schemas against `psql` processes that run the same statements.
//!
//! `benches/README.md` says how to run it and what the figures mean. Nothing here can fail a build:
//! each wanted figure is told as reached or not reached.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads its settings from the environment, runs programs and prints"
)]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::measure::{Contender, alternate, rounds};
use support::process::{Programs, run};
use support::report::{Wanted, ratio, series, title};
use support::server::{Scratch, Server};
use support::start::Start;

/// Schemas, where the environment names no other number.
const TENANTS: usize = 100;
/// Migrations of each.
const MIGRATIONS: usize = 20;
/// How many are worked on at once.
const JOBS: [usize; 2] = [2, 4];

fn main() {
    let Some(start) = Start::read("targets") else {
        return;
    };
    let server = Server::new(&start.url);
    let programs = Programs::find(env!("CARGO_BIN_EXE_stillway"));
    println!("{}", server.version());
    println!("{}", programs.describe());
    let tenants = std::env::var("STILLWAY_BENCH_TENANTS").ok();
    let tenants = tenants
        .and_then(|text| text.parse().ok())
        .unwrap_or(TENANTS);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let site = Site::write(folder.path(), tenants);
    for jobs in JOBS {
        if start.wants(&format!("jobs{jobs}")) {
            measure(&server, &programs, &site, jobs, rounds(3.0 * start.rounds));
        }
    }
}

/// A native domain, and the same statements as one file.
struct Site {
    folder: PathBuf,
    script: PathBuf,
    tenants: usize,
}

impl Site {
    fn write(folder: &Path, tenants: usize) -> Self {
        let mut script = String::new();
        for number in 1..=MIGRATIONS {
            let revision = folder.join(format!("m/{number:04}_change"));
            std::fs::create_dir_all(&revision).expect("a new folder");
            let parent = match number {
                1 => String::new(),
                _ => format!("down_revision = \"{:04}\"\n", number - 1),
            };
            let metadata =
                format!("revision = \"{number:04}\"\n{parent}message = \"change {number}\"\n");
            let up = statements(number);
            let _ = write!(script, "BEGIN;\n{up}COMMIT;\n");
            for (name, text) in [("metadata.toml", metadata), ("up.sql", up)] {
                std::fs::write(revision.join(name), text).expect("a revision is written");
            }
        }
        let path = folder.join("all.sql");
        std::fs::write(&path, script).expect("the script is written");
        let names = (1..=tenants).map(|number| format!("tenant_{number}\n"));
        std::fs::write(folder.join("tenants.txt"), names.collect::<String>()).expect("a list");
        std::fs::write(
            folder.join("stillway.toml"),
            "[domains.tenants]\ndialect = \"native\"\ndirectory = \"m\"\nurl_env = \"TENANTS_URL\"\ntargets = { file = \"tenants.txt\" }\n",
        )
        .expect("the project is written");
        Self {
            folder: folder.to_owned(),
            script: path,
            tenants,
        }
    }
}

/// What migrations mostly do: a table with its index, then changes to it.
fn statements(number: usize) -> String {
    let table = format!("item_{}", number.div_ceil(4));
    match number % 4 {
        1 => format!(
            "CREATE TABLE {table} (\n    id integer PRIMARY KEY,\n    owner_id varchar(36) NOT NULL,\n    payload json,\n    state varchar(20) DEFAULT 'new' NOT NULL,\n    created_at timestamptz DEFAULT now() NOT NULL,\n    CONSTRAINT uq_{table}_owner UNIQUE (owner_id, state)\n);\nCREATE INDEX ix_{table}_created_at ON {table} (created_at);\n"
        ),
        2 => format!(
            "ALTER TABLE {table} ADD COLUMN note text;\nALTER TABLE {table} ADD COLUMN amount numeric(12, 2);\n"
        ),
        3 => format!(
            "ALTER TABLE {table} ALTER COLUMN note TYPE varchar(400);\nCREATE INDEX ix_{table}_owner ON {table} (owner_id, created_at);\n"
        ),
        _ => format!(
            "UPDATE {table} SET state = 'old' WHERE state IS NULL;\nALTER TABLE {table} DROP COLUMN amount;\n"
        ),
    }
}

fn stillway(site: &Site, database: &Scratch<'_>, jobs: usize) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stillway"));
    command
        .args([
            "upgrade",
            "-d",
            "tenants",
            "--quiet",
            "--jobs",
            &jobs.to_string(),
        ])
        .env("TENANTS_URL", &database.url)
        .current_dir(&site.folder);
    command
}

/// One `psql` for each schema, so many at once.
fn psql(site: &Site, programs: &Programs, database: &Scratch<'_>, jobs: usize) -> Command {
    let one = programs.psql(
        database,
        &[
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            "CREATE SCHEMA tenant_{}",
            "-c",
            "SET search_path = tenant_{}",
        ],
    );
    let mut command = Command::new("xargs");
    command
        .args(["-a", "numbers.txt", "-P", &jobs.to_string(), "-I{}"])
        .arg(one.get_program())
        .args(one.get_args())
        .arg("-f")
        .arg(&site.script)
        .current_dir(&site.folder);
    let numbers = (1..=site.tenants).map(|number| format!("{number}\n"));
    std::fs::write(site.folder.join("numbers.txt"), numbers.collect::<String>()).expect("a list");
    command
}

fn measure(server: &Server, programs: &Programs, site: &Site, jobs: usize, rounds: usize) {
    let contenders = vec![
        Contender::new("stillway", 1, || {
            let database = server.settled_scratch();
            run(stillway(site, &database, jobs))
        }),
        Contender::new("xargs -P psql -f", 1, || {
            let database = server.settled_scratch();
            run(psql(site, programs, &database, jobs))
        }),
    ];
    let all = alternate(contenders, rounds, false);
    title(&format!(
        "{} schemas with {MIGRATIONS} migrations each, {jobs} at once (whole processes, {rounds} rounds)",
        site.tenants
    ));
    series(&all);
    ratio(&all[0], &all[1], Some(Wanted::AtMost(1.2)));
}
