//! Measures Stillway's Alembic front end against real Alembic.
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

use support::measure::{Contender, Series, alternate};
use support::process::run;
use support::report::{Wanted, ratio, series, title};
use support::server::{Scratch, Server};
use support::start::{Start, command_line};

/// Revisions of the database that is up to date.
const APPLIED: usize = 50;
/// Revisions of the chain that is printed.
const PRINTED: usize = 250;
/// Revisions of the long chain, and those of the one that tells how it grows.
const LONG: [usize; 2] = [20_000, 5_000];
/// One merge for so many revisions of the long chain.
const MERGE_EVERY: usize = 40;

const ENVIRONMENT: &str = include_str!("../compat-fixtures/oracle-alembic/project/env.py");
const CONFIGURATION: &str = include_str!("../compat-fixtures/oracle-alembic/project/alembic.ini");

/// A part's name on the command line, and what it does.
type Part = (&'static str, fn(&Bench));

/// What all parts of the benchmark use.
struct Bench {
    server: Server,
    /// Program and first arguments of the original, if there is one.
    original: Option<Vec<String>>,
    /// A directory of the user's own to be printed, too.
    directory: Option<PathBuf>,
    folder: tempfile::TempDir,
    rounds: f64,
}

fn main() {
    let Some(start) = Start::read("alembic") else {
        return;
    };
    let bench = Bench {
        server: Server::new(&start.url),
        original: command_line("STILLWAY_BENCH_ALEMBIC"),
        directory: std::env::var_os("STILLWAY_BENCH_DIRECTORY").map(PathBuf::from),
        folder: tempfile::tempdir().expect("a temporary folder"),
        rounds: start.rounds,
    };
    println!("{}", bench.server.version());
    println!("stillway: {}", env!("CARGO_BIN_EXE_stillway"));
    match &bench.original {
        Some(words) => println!("alembic: {}", words.join(" ")),
        None => println!("alembic: left out, STILLWAY_BENCH_ALEMBIC is not set"),
    }
    let parts: [Part; 3] = [
        ("nothing", nothing_to_do),
        ("print", printing),
        ("long", long_chain),
    ];
    for (_, part) in parts.iter().filter(|(name, _)| start.wants(name)) {
        part(&bench);
    }
}

impl Bench {
    fn rounds(&self, usual: f64) -> usize {
        support::measure::rounds(usual * self.rounds)
    }

    /// A directory with a chain of its own and a configuration for a database.
    fn project(&self, name: &str, database: &Scratch<'_>, chain: fn(&Path)) -> PathBuf {
        let path = self.folder.path().join(name);
        let versions = path.join("versions");
        std::fs::create_dir_all(&versions).expect("a new folder");
        let url = database
            .url
            .replacen("postgres://", "postgresql+psycopg2://", 1);
        std::fs::write(
            path.join("alembic.ini"),
            CONFIGURATION.replace("@url@", &url),
        )
        .expect("the configuration is written");
        std::fs::write(path.join("env.py"), ENVIRONMENT).expect("env.py is written");
        chain(&versions);
        path
    }

    fn stillway(folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stillway"));
        command.arg("alembic").args(arguments).current_dir(folder);
        command
    }

    /// Stillway and, where there is one, the original, with the same arguments.
    fn contenders<'c>(
        &'c self,
        folder: &'c Path,
        arguments: &'c [&'c str],
        every: usize,
    ) -> Vec<Contender<'c>> {
        let mut contenders = vec![Contender::new("stillway", 1, move || {
            run(Self::stillway(folder, arguments))
        })];
        if let Some((program, first)) = self.original.as_ref().and_then(|words| words.split_first())
        {
            contenders.push(Contender::new("alembic", every, move || {
                let mut command = Command::new(program);
                command.args(first).args(arguments).current_dir(folder);
                run(command)
            }));
        }
        contenders
    }
}

/// Says how Stillway stands to Alembic, or that Alembic is missing.
fn compare(all: &[Series], wanted: Wanted) {
    match all {
        [stillway, alembic, ..] => ratio(stillway, alembic, Some(wanted)),
        _ => println!("   alembic is left out: STILLWAY_BENCH_ALEMBIC is not set"),
    }
}

/// A revision's file.
fn write_revision(folder: &Path, number: usize, parents: &str, body: &str) {
    let text = format!(
        "\"\"\"change {number}\n\nRevision ID: r{number:05}\n\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = \"r{number:05}\"\ndown_revision = {parents}\nbranch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n{body}\n\n\ndef downgrade():\n    pass\n"
    );
    std::fs::write(folder.join(format!("r{number:05}_change.py")), text)
        .expect("a revision is written");
}

fn parent(number: usize) -> String {
    match number {
        1 => "None".to_owned(),
        _ => format!("\"r{:05}\"", number - 1),
    }
}

/// What migrations mostly do: a table with its index, then changes to it.
fn usual_body(number: usize) -> String {
    let table = format!("item_{}", number.div_ceil(4));
    match number % 4 {
        1 => format!(
            "    op.create_table(\n        \"{table}\",\n        sa.Column(\"id\", sa.Integer(), nullable=False),\n        sa.Column(\"owner_id\", sa.String(length=36), nullable=False),\n        sa.Column(\"payload\", sa.JSON(), nullable=True),\n        sa.Column(\"state\", sa.String(length=20), server_default=\"new\", nullable=False),\n        sa.Column(\"created_at\", sa.DateTime(timezone=True), server_default=sa.text(\"now()\"), nullable=False),\n        sa.PrimaryKeyConstraint(\"id\"),\n        sa.UniqueConstraint(\"owner_id\", \"state\", name=op.f(\"uq_{table}_owner\")),\n    )\n    op.create_index(op.f(\"ix_{table}_created_at\"), \"{table}\", [\"created_at\"], unique=False)"
        ),
        2 => format!(
            "    op.add_column(\"{table}\", sa.Column(\"note\", sa.Text(), nullable=True))\n    op.add_column(\"{table}\", sa.Column(\"amount\", sa.Numeric(precision=12, scale=2), nullable=True))"
        ),
        3 => format!(
            "    op.alter_column(\"{table}\", \"note\", existing_type=sa.Text(), type_=sa.String(length=400), existing_nullable=True)\n    op.create_index(\"ix_{table}_owner\", \"{table}\", [\"owner_id\", \"created_at\"])"
        ),
        _ => format!(
            "    op.execute(\"UPDATE {table} SET state = 'old' WHERE state IS NULL\")\n    op.drop_column(\"{table}\", \"amount\")"
        ),
    }
}

fn write_chain(folder: &Path, count: usize) {
    for number in 1..=count {
        write_revision(folder, number, &parent(number), &usual_body(number));
    }
}

/// Whole processes on a database that is up to date.
fn nothing_to_do(bench: &Bench) {
    let database = bench.server.scratch();
    let folder = bench.project("nothing", &database, |folder| write_chain(folder, APPLIED));
    run(Bench::stillway(&folder, &["upgrade", "head"]));
    let rounds = bench.rounds(41.0);
    let all = alternate(
        bench.contenders(&folder, &["upgrade", "head"], 4),
        rounds,
        true,
    );
    title(&format!(
        "1. `upgrade head` with nothing to do, {APPLIED} revisions applied (whole processes, {rounds} rounds)"
    ));
    series(&all);
    compare(&all, Wanted::AtMost(1.0 / 50.0));
}

/// A whole chain as SQL.
fn printing(bench: &Bench) {
    let database = bench.server.scratch();
    let made = bench.project("print", &database, |folder| write_chain(folder, PRINTED));
    let arguments = ["upgrade", "base:heads", "--sql"];
    let rounds = bench.rounds(21.0);
    let mut directories = vec![(made, format!("{PRINTED} made revisions"))];
    if let Some(own) = &bench.directory {
        directories.push((own.clone(), format!("{}", own.display())));
    }
    for (folder, name) in directories {
        let all = alternate(bench.contenders(&folder, &arguments, 4), rounds, true);
        title(&format!(
            "2. `upgrade base:heads --sql`, {name} (whole processes, {rounds} rounds)"
        ));
        series(&all);
        compare(&all, Wanted::AtMost(1.0 / 50.0));
    }
}

/// A chain of which every so often two branches come together again.
fn write_long_chain(folder: &Path, count: usize) {
    for number in 1..=count {
        let mut parents = parent(number);
        match number % MERGE_EVERY {
            // The second branch begins where the first does.
            39 if number > 2 => parents = format!("\"r{:05}\"", number - 2),
            0 => {
                parents.clear();
                let _ = write!(parents, "(\"r{:05}\", \"r{:05}\")", number - 1, number - 2);
            }
            _ => {}
        }
        write_revision(folder, number, &parents, "    pass");
    }
}

/// The graph of a very long chain, and whether time grows with its length.
fn long_chain(bench: &Bench) {
    let database = bench.server.scratch();
    let [long, short] = LONG;
    let folders = [
        bench.project("long", &database, |folder| {
            write_long_chain(folder, LONG[0]);
        }),
        bench.project("short", &database, |folder| {
            write_long_chain(folder, LONG[1]);
        }),
    ];
    for command in ["heads", "history"] {
        let rounds = bench.rounds(11.0);
        let [long_folder, short_folder] = &folders;
        let contenders = vec![
            Contender::new("20,000 revisions", 1, || {
                run(Bench::stillway(long_folder, &[command]))
            }),
            Contender::new("5,000 revisions", 1, || {
                run(Bench::stillway(short_folder, &[command]))
            }),
        ];
        let all = alternate(contenders, rounds, true);
        title(&format!(
            "3. `{command}` of {long} revisions with {} merges and of {short}; wanted: 0.3 s, growing with the length ({rounds} rounds)",
            long / MERGE_EVERY
        ));
        series(&all);
        ratio(&all[0], &all[1], Some(Wanted::AtMost(4.4)));
    }
}
