//! Whatever is given to the evaluator and to the readers of Alembic's files, the end is a result or
//! a refusal: never a crash, and never more time or memory than the bounds allow.
//!
//! Built as usual, this runs the inputs that once did harm, the project's own programs, and a fixed
//! number of changed ones. Built with `--cfg fuzzing`, it is a fuzzer guided by coverage; how to
//! start it stands in `compat-fixtures/README.md`.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod input;
mod mutation;
mod seeds;

#[cfg(fuzzing)]
mod fuzzer;

#[cfg(fuzzing)]
fn main() {
    fuzzer::main();
}

#[cfg(not(fuzzing))]
mod replay;

#[cfg(not(fuzzing))]
fn main() {
    replay::main();
}
