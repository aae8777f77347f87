//! The command lines: arguments in, words and exit codes out. No logic of migrations.

mod alembic;
mod flyway;
mod process;
mod progress;
mod render;
mod stillway;
mod style;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// Runs the front end that the program's name asks for.
///
/// A program called `flyway` takes Flyway's arguments, one called `alembic` Alembic's, any other
/// name Stillway's own.
pub fn main() -> ExitCode {
    let mut arguments = process::arguments();
    let name = arguments.next().unwrap_or_default();
    let rest: Vec<OsString> = arguments.collect();
    match program_name(&name).as_str() {
        "flyway" => flyway::main(rest),
        "alembic" => alembic::main(rest),
        _ => stillway::main(rest),
    }
}

fn program_name(path: &OsString) -> String {
    Path::new(path)
        .file_stem()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}
