//! The programs that are measured, and running them.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark looks for programs and runs them"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::measure::Measured;
use super::server::Scratch;
use super::start::command_line;

/// Where the programs are.
pub(crate) struct Programs {
    stillway: &'static str,
    psql: PathBuf,
    /// Program and first arguments that take Flyway's arguments.
    pub(crate) flyway: Option<Vec<String>>,
}

impl Programs {
    /// Takes what the environment says, and looks for the rest.
    pub(crate) fn find(stillway: &'static str) -> Self {
        let psql = std::env::var_os("STILLWAY_BENCH_PSQL").map(PathBuf::from);
        Self {
            stillway,
            psql: psql.unwrap_or_else(real_psql),
            flyway: command_line("STILLWAY_BENCH_FLYWAY"),
        }
    }

    /// What is measured, for the head of the output.
    pub(crate) fn describe(&self) -> String {
        let flyway = self.flyway.as_ref().map_or_else(
            || "left out, STILLWAY_BENCH_FLYWAY is not set".to_owned(),
            |words| words.join(" "),
        );
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        format!(
            "stillway: {}\npsql: {}\nflyway: {flyway}\ncores: {cores}",
            self.stillway,
            self.psql.display()
        )
    }

    /// A verb of Stillway.
    pub(crate) fn stillway(&self, database: &Scratch<'_>, folder: &Path, verb: &str) -> Command {
        let mut command = Command::new(self.stillway);
        command.arg("flyway");
        complete(&mut command, database, folder, verb);
        command
    }

    /// A verb of real Flyway.
    pub(crate) fn flyway(
        &self,
        database: &Scratch<'_>,
        folder: &Path,
        verb: &str,
    ) -> Option<Command> {
        let (program, first) = self.flyway.as_ref()?.split_first()?;
        let mut command = Command::new(program);
        command.args(first);
        complete(&mut command, database, folder, verb);
        Some(command)
    }

    /// `psql` without a person's settings.
    pub(crate) fn psql(&self, database: &Scratch<'_>, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.psql);
        command.args(["-X", "-d", &database.url]).args(arguments);
        command
    }
}

/// Debian puts a Perl script in front of `psql` that takes longer than `psql` itself.
fn real_psql() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut found: Vec<PathBuf> = versions
        .flatten()
        .map(|entry| entry.path().join("bin/psql"))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| "psql".into())
}

/// The arguments that both understand, and nothing from the caller's own environment.
fn complete(command: &mut Command, database: &Scratch<'_>, folder: &Path, verb: &str) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("FLYWAY_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .args(database.flyway_settings())
        .arg(format!("-locations=filesystem:{}", folder.display()))
        .arg(verb);
}

/// Runs a program to its end, which has to be a good one.
pub(crate) fn run(mut command: Command) -> Measured {
    command.stdin(Stdio::null());
    let start = Instant::now();
    let output = command.output().expect("the program starts");
    let measured = Measured::since(start);
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    measured
}

/// Runs a program and watches its memory.
///
/// What the kernel tells when a process has ended (`ru_maxrss`) also counts the benchmark's own
/// memory, which the process had for a moment before it became another program. `VmHWM` does not;
/// it is a high-water mark, so looking now and then misses at most the last moment.
pub(crate) fn run_watched(mut command: Command) -> Measured {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().expect("the program starts");
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let status = loop {
        peak = peak.max(high_water(&status_file).unwrap_or(0));
        if let Some(status) = child.try_wait().expect("a child to wait for") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let measured = Measured {
        peak,
        ..Measured::since(start)
    };
    assert!(status.success(), "{command:?} failed");
    measured
}

/// The mark in bytes, as long as the process lives.
fn high_water(status_file: &str) -> Option<usize> {
    let text = std::fs::read_to_string(status_file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: usize = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}
