//! Measures Stillway's Flyway front end against real Flyway and against the least that has to be
//! done: `psql`, a bare libpq loop, reading the files.
//!
//! `benches/README.md` says how to run it and what the figures mean. Nothing here can fail a build:
//! each wanted figure is told as reached or not reached.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads its settings from the environment, runs programs and prints"
)]

mod support;

use std::ffi::CString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use rayon::prelude::*;
use stillway::dialect::flyway::{FlywayTable, NewRow, checksum};
use stillway::model::Backend;

use support::libpq::Bare;
use support::measure::{Contender, Measured, Series, alternate};
use support::process::{Programs, run, run_watched};
use support::report::{Wanted, megabytes, ratio, series, title};
use support::server::{Scratch, Server};
use support::start::Start;

/// Migrations of the database that is up to date.
const APPLIED: usize = 50;
/// Migrations of one statement each.
const MANY: usize = 1_000;
/// Files and history rows of the validation.
const VALIDATED: usize = 10_000;
/// Bytes of each of them.
const VALIDATED_BYTES: usize = 4_000;
/// Statements of the large file; each has [`INSERT_BYTES`].
const INSERTS: usize = 320_000;
/// Bytes of one `INSERT` with its line end.
const INSERT_BYTES: usize = 156;

/// Makes the command line of a verb, for a database and a folder of migrations.
type MakeCommand<'m> = dyn Fn(&Scratch<'_>, &Path, &str) -> Command + 'm;

/// A part's name on the command line, and what it does.
type Part = (&'static str, fn(&Bench));

/// What all parts of the benchmark use.
struct Bench {
    server: Server,
    programs: Programs,
    folder: tempfile::TempDir,
    /// Multiplies the rounds.
    rounds: f64,
}

fn main() {
    let Some(start) = Start::read("flyway") else {
        return;
    };
    let bench = Bench {
        server: Server::new(&start.url),
        programs: Programs::find(env!("CARGO_BIN_EXE_stillway")),
        folder: tempfile::tempdir().expect("a temporary folder"),
        rounds: start.rounds,
    };
    println!("{}", bench.server.version());
    println!("{}", bench.programs.describe());
    let parts: [Part; 4] = [
        ("nothing", nothing_to_do),
        ("many", many_migrations),
        ("validate", validation),
        ("memory", memory),
    ];
    for (_, part) in parts.iter().filter(|(name, _)| start.wants(name)) {
        part(&bench);
    }
}

impl Bench {
    fn rounds(&self, usual: f64) -> usize {
        support::measure::rounds(usual * self.rounds)
    }

    /// A new folder for migrations.
    fn subfolder(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir(&path).expect("a new folder");
        path
    }

    fn stillway(&self, database: &Scratch<'_>, folder: &Path, verb: &str) -> Command {
        self.programs.stillway(database, folder, verb)
    }

    /// Real Flyway as a contender, if there is one.
    fn flyway<'c>(
        &'c self,
        every: usize,
        mut measure: impl FnMut(&MakeCommand<'_>) -> Measured + 'c,
    ) -> Option<Contender<'c>> {
        self.programs.flyway.as_ref()?;
        Some(Contender::new("flyway", every, move || {
            measure(&|database, folder, verb| {
                self.programs
                    .flyway(database, folder, verb)
                    .expect("looked at above")
            })
        }))
    }
}

fn file_name(number: usize) -> String {
    format!("V{number}__table_{number}.sql")
}

fn create_table(number: usize) -> String {
    format!("CREATE TABLE table_{number} (id bigint NOT NULL, name text NOT NULL, note text)")
}

/// A migration that costs the server next to nothing, but for the first, which makes room.
fn insert_row(number: usize) -> String {
    if number == 1 {
        "CREATE TABLE row (number bigint NOT NULL)".to_owned()
    } else {
        format!("INSERT INTO row VALUES ({number})")
    }
}

/// Writes one-statement migrations.
fn write_migrations(folder: &Path, count: usize, statement: fn(usize) -> String) {
    for number in 1..=count {
        let text = format!("{};\n", statement(number));
        std::fs::write(folder.join(file_name(number)), text).expect("a migration is written");
    }
}

fn history_table() -> FlywayTable {
    FlywayTable {
        schema: "public".to_owned(),
        table: "flyway_schema_history".to_owned(),
        tablespace: None,
        backend: Backend::Postgres,
        time_zone: Some("UTC".to_owned()),
        iso_dates: true,
    }
}

fn history_row(number: usize, text: &str) -> NewRow {
    NewRow {
        version: Some(number.to_string()),
        description: format!("table {number}"),
        row_type: "SQL".to_owned(),
        script: file_name(number),
        checksum: Some(checksum(text)),
        installed_by: None,
    }
}

/// Whole processes on a database that is up to date.
fn nothing_to_do(bench: &Bench) {
    let folder = bench.subfolder("nothing");
    write_migrations(&folder, APPLIED, create_table);
    let database = bench.server.scratch();
    run(bench.stillway(&database, &folder, "migrate"));
    let (database, folder) = (&database, &folder);
    let mut contenders = vec![
        Contender::new("psql -X -c 'select 1'", 1, || {
            run(bench.programs.psql(database, &["-c", "select 1"]))
        }),
        Contender::new("stillway", 1, || {
            run(bench.stillway(database, folder, "migrate"))
        }),
    ];
    contenders.extend(bench.flyway(5, |command| run(command(database, folder, "migrate"))));
    let rounds = bench.rounds(41.0);
    let all = alternate(contenders, rounds, true);
    title(&format!(
        "1. `migrate` with nothing to do, {APPLIED} migrations applied (whole processes, {rounds} rounds)"
    ));
    series(&all);
    ratio(&all[1], &all[0], Some(Wanted::AtMost(2.0)));
    compare_with_flyway(&all, 1, Some(Wanted::AtMost(1.0 / 50.0)));
}

/// A thousand migrations of one statement: such that keep the server busy, and such that do not.
fn many_migrations(bench: &Bench) {
    many_of(bench, "`CREATE TABLE`", create_table);
    many_of(bench, "`INSERT`", insert_row);
}

/// A thousand migrations of one kind, each run on a database of its own.
fn many_of(bench: &Bench, kind: &str, statement: fn(usize) -> String) {
    let folder = bench.subfolder(kind.trim_matches('`'));
    write_migrations(&folder, MANY, statement);
    let folder = &folder;
    let statements = bare_statements(statement);
    let mut contenders = vec![
        Contender::new("bare libpq loop", 1, || {
            let database = bench.server.settled_scratch();
            let mut connection = Bare::connect(&database.url);
            let start = Instant::now();
            for statement in &statements {
                connection.execute(statement);
            }
            Measured::since(start)
        }),
        Contender::new("stillway", 1, || {
            let database = bench.server.settled_scratch();
            run(bench.stillway(&database, folder, "migrate"))
        }),
    ];
    contenders.extend(bench.flyway(3, |command| {
        let database = bench.server.settled_scratch();
        run(command(&database, folder, "migrate"))
    }));
    let rounds = bench.rounds(7.0);
    let all = alternate(contenders, rounds, false);
    title(&format!(
        "2. `migrate` of {MANY} migrations of one {kind} each (processes; the loop without its connecting, {rounds} rounds)"
    ));
    series(&all);
    ratio(&all[1], &all[0], Some(Wanted::AtMost(1.3)));
    compare_with_flyway(&all, 1, Some(Wanted::AtMost(1.0 / 5.0)));
}

/// All that the bare loop sends: the history table, then four statements for each migration.
fn bare_statements(statement: fn(usize) -> String) -> Vec<CString> {
    let table = history_table();
    let mut statements = vec!["BEGIN".to_owned()];
    statements.extend(table.create());
    statements.push("COMMIT".to_owned());
    for number in 1..=MANY {
        let statement = statement(number);
        let row = history_row(number, &format!("{statement};\n"));
        statements.push("BEGIN".to_owned());
        statements.push(statement);
        statements.push(table.insert(&row, 1, true, 0));
        statements.push("COMMIT".to_owned());
    }
    statements
        .into_iter()
        .map(|text| CString::new(text).expect("no NUL in it"))
        .collect()
}

/// Ten thousand files against ten thousand rows.
fn validation(bench: &Bench) {
    let folder = bench.subfolder("validate");
    let database = bench.server.scratch();
    let bytes = write_validated(&folder, &database);
    let (database, folder) = (&database, &folder);
    let mut contenders = vec![
        Contender::new("reading and CRC-32", 1, || {
            let start = Instant::now();
            let sum = read_and_sum(folder);
            let measured = Measured::since(start);
            std::hint::black_box(sum);
            measured
        }),
        Contender::new("stillway", 1, || {
            run(bench.stillway(database, folder, "validate"))
        }),
    ];
    contenders.extend(bench.flyway(5, |command| run(command(database, folder, "validate"))));
    let rounds = bench.rounds(21.0);
    let all = alternate(contenders, rounds, true);
    title(&format!(
        "3. `validate` of {VALIDATED} files, {:.0} MB, against {VALIDATED} rows (process; the reading without a process start, {rounds} rounds)",
        megabytes(bytes)
    ));
    series(&all);
    ratio(&all[1], &all[0], Some(Wanted::Below(3.0)));
    compare_with_flyway(&all, 1, None);
}

/// Writes files, and history rows that agree with them; tells how many bytes the files have.
fn write_validated(folder: &Path, database: &Scratch<'_>) -> usize {
    let table = history_table();
    let mut connection = Bare::connect(&database.url);
    for sql in table.create() {
        connection.execute(&CString::new(sql).expect("no NUL in it"));
    }
    let mut sql = String::new();
    let mut bytes = 0;
    for number in 1..=VALIDATED {
        let text = validated_text(number);
        bytes += text.len();
        std::fs::write(folder.join(file_name(number)), &text).expect("a migration is written");
        let row = history_row(number, &text);
        sql.push_str(&table.insert_at(&number.to_string(), &row, 1, true));
        sql.push_str(";\n");
        if number % 1_000 == 0 {
            let batch = std::mem::take(&mut sql);
            connection.execute(&CString::new(batch).expect("no NUL in it"));
        }
    }
    connection.execute(c"VACUUM ANALYZE flyway_schema_history");
    bytes
}

fn validated_text(number: usize) -> String {
    let mut text = format!("{};\n", create_table(number));
    let mut line = 0;
    while text.len() < VALIDATED_BYTES {
        line += 1;
        writeln!(
            text,
            "INSERT INTO table_{number} (id, name) VALUES ({line}, 'row {line} of {number}');"
        )
        .expect("a string takes it");
    }
    text
}

fn read_and_sum(folder: &Path) -> u32 {
    let paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths
        .par_iter()
        .map(|path| crc32fast::hash(&std::fs::read(path).expect("a file")))
        .reduce(|| 0, |left, right| left ^ right)
}

/// Peak memory and time for a large file, as many statements and as one.
fn memory(bench: &Bench) {
    title("4. `migrate` of a large file (process; the server is not counted)");
    for (name, write) in [
        ("many statements", write_inserts as fn(&Path) -> usize),
        ("one statement", write_one_insert),
    ] {
        let folder = bench.subfolder(name);
        let first = folder.join("V1__person.sql");
        let second = folder.join("V2__people.sql");
        std::fs::write(
            &first,
            "CREATE TABLE person (id bigint, name text, note text);\n",
        )
        .expect("a migration is written");
        let bytes = write(&second);
        let folder = &folder;
        let arguments = ["-q", "-1", "-v", "ON_ERROR_STOP=1", "-f"];
        let files = [&first, &second].map(|path| path.display().to_string());
        let contenders = vec![
            Contender::new("psql -1 -f", 1, || {
                let database = bench.server.settled_scratch();
                let mut command = bench.programs.psql(&database, &arguments);
                command.args([&files[0], "-f", &files[1]]);
                run_watched(command)
            }),
            Contender::new("stillway", 1, || {
                let database = bench.server.settled_scratch();
                run_watched(bench.stillway(&database, folder, "migrate"))
            }),
        ];
        let rounds = bench.rounds(3.0);
        let all = alternate(contenders, rounds, false);
        println!("   {name}, {:.1} MB, {rounds} rounds", megabytes(bytes));
        series(&all);
        ratio(&all[1], &all[0], None);
        for one in &all {
            tell_memory(one, bytes);
        }
    }
}

fn tell_memory(series: &Series, bytes: usize) {
    let (low, median, high) = series.peaks();
    println!(
        "   {:<24} peak {:>7.1} MB ({:.1} to {:.1}), {:.2} times the file",
        series.name,
        megabytes(median),
        megabytes(low),
        megabytes(high),
        megabytes(median) / megabytes(bytes),
    );
}

/// Says how Stillway stands to Flyway, or that Flyway is missing.
fn compare_with_flyway(all: &[Series], stillway: usize, wanted: Option<Wanted>) {
    match all.iter().find(|series| series.name == "flyway") {
        Some(flyway) => ratio(&all[stillway], flyway, wanted),
        None => println!("   flyway is left out: STILLWAY_BENCH_FLYWAY is not set"),
    }
}

/// One row as a statement of its own, [`INSERTS`] times; tells the size.
fn write_inserts(path: &Path) -> usize {
    support::files::write(path, |output| {
        for number in 1..=INSERTS {
            let head =
                format!("INSERT INTO person (id, name, note) VALUES ({number}, 'name {number}', '");
            let filling = INSERT_BYTES - head.len() - 4;
            writeln!(output, "{head}{:.>filling$}');", "")?;
        }
        Ok(())
    })
}

/// The same amount as one statement; tells the size.
fn write_one_insert(path: &Path) -> usize {
    support::files::write(path, |output| {
        write!(output, "INSERT INTO person (id, name, note) VALUES")?;
        for number in 1..=INSERTS {
            let separator = if number == 1 { ' ' } else { ',' };
            let head = format!("{separator}\n({number}, 'name {number}', '");
            let filling = INSERT_BYTES - head.len() - 2;
            write!(output, "{head}{:.>filling$}')", "")?;
        }
        writeln!(output, ";")
    })
}
