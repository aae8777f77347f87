//! What the process brings along and how it ends: arguments, environment, streams.
#![expect(
    clippy::disallowed_methods,
    reason = "the one place that talks to the process"
)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::command::flyway::Environment;
use crate::dialect::flyway::config::FileReader;
use crate::project::disk;

/// Something failed.
pub(super) const FAILURE: u8 = 1;
/// The arguments make no sense.
pub(super) const USAGE: u8 = 2;

/// The program's arguments, its own name first.
pub(super) fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}

/// Environment variables that are text.
pub(super) fn variables() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Who runs this, as the variables say.
pub(super) fn user(variables: &BTreeMap<String, String>) -> String {
    let names = ["USER", "LOGNAME", "USERNAME"];
    let found = names.iter().find_map(|name| variables.get(*name).cloned());
    found.unwrap_or_default()
}

/// The working directory.
pub(super) fn directory() -> PathBuf {
    std::env::current_dir().unwrap_or_default()
}

/// The folder the program lies in.
pub(super) fn install_directory() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    program.parent().map(Path::to_owned)
}

/// What verbs learn of the process.
pub(super) fn environment(directory: PathBuf) -> Environment {
    let variables = variables();
    let time_zone = variables
        .get("TZ")
        .filter(|zone| !zone.is_empty())
        .map(|zone| zone.trim_start_matches(':').to_owned())
        .or_else(|| iana_time_zone::get_timezone().ok());
    Environment {
        variables,
        directory,
        timestamp: chrono::Local::now().format("%Y-%m-%d %H:%M:%S").to_string(),
        time_zone,
        foreign: Vec::new(),
        has_neighbours: false,
        attach: std::collections::BTreeMap::new(),
    }
}

/// Reads configuration files from the disk.
pub(super) struct Files;

impl FileReader for Files {
    fn read(&self, path: &Path) -> Option<io::Result<Vec<u8>>> {
        Some(disk::read_file(path)?.map_err(io::Error::other))
    }

    fn is_directory(&self, path: &Path) -> bool {
        path.is_dir()
    }
}

/// Standard input as text, when something is piped into it.
pub(super) fn standard_input() -> Option<String> {
    io::read_to_string(io::stdin()).ok()
}

/// Whether a person types.
pub(super) fn input_is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Opens a file in the user's editor and waits for it to be closed.
pub(super) fn edit(path: &Path) -> Result<(), String> {
    let wanted = ["EDITOR", "VISUAL"];
    let chosen = wanted.iter().filter_map(|name| variables().remove(*name));
    let usual = ["sensible-editor", "editor", "nano", "vim", "code"];
    for editor in chosen.chain(usual.map(str::to_owned)) {
        let mut words = editor.split_whitespace();
        let Some(program) = words.next() else {
            continue;
        };
        match std::process::Command::new(program)
            .args(words)
            .arg(path)
            .status()
        {
            Ok(status) if status.success() => return Ok(()),
            Ok(status) => return Err(format!("{program} ended with {status}")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    Err(
        "No suitable editor found. Please set the \"EDITOR\" or \"VISUAL\" environment variables"
            .to_owned(),
    )
}

/// Whether a person looks at standard error.
pub(super) fn is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Whether a person looks at standard output.
pub(super) fn output_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Set when results could not be written.
static UNDELIVERED: AtomicBool = AtomicBool::new(false);

/// Writes results. A reader that has gone away is no error.
pub(super) fn print(text: &str) {
    let mut output = io::stdout().lock();
    let written = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush());
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
        && !UNDELIVERED.swap(true, Ordering::Relaxed)
    {
        print_error(&format!("ERROR: unable to write the output: {error}\n"));
    }
}

/// The exit code, unless results were lost on the way.
pub(super) fn exit(code: u8) -> ExitCode {
    if UNDELIVERED.load(Ordering::Relaxed) {
        ExitCode::from(FAILURE)
    } else {
        ExitCode::from(code)
    }
}

/// Writes a message.
pub(super) fn print_error(text: &str) {
    drop(io::stderr().lock().write_all(text.as_bytes()));
}

/// Log lines on standard error; `RUST_LOG` decides, or `debug` when details are asked for.
pub(super) fn start_log(debug: bool) {
    let default = if debug { "stillway=debug" } else { "off" };
    let filter = env_logger::Env::default().default_filter_or(default);
    drop(env_logger::Builder::from_env(filter).try_init());
}

/// How wide a person's terminal is; `None` when results do not go to one.
pub(super) fn width() -> Option<u16> {
    if !output_is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| width.0.max(40))
}
