//! Picks a front end by the name the program was called by, and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    stillway::cli::main()
}
