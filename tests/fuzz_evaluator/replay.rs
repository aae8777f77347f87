//! The ordinary run.

use fastrand::Rng;
use libtest_mimic::{Arguments, Failed, Trial};

use crate::input::run;
use crate::mutation::mutate;
use crate::seeds::{found, seeds};

/// How many changed inputs are tried, and of which length at most.
const CHANGED: u64 = 4000;
const LENGTH: usize = 4096;

pub(crate) fn main() {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = found()
        .into_iter()
        .map(|found| {
            Trial::test(format!("found_{}", found.name), move || {
                run(&found.input);
                Ok(())
            })
        })
        .collect();
    trials.push(Trial::test("own_programs", || {
        for seed in seeds() {
            run(&seed.input);
        }
        within_memory()
    }));
    trials.push(Trial::test("changed_programs", || {
        let seeds = seeds();
        for number in 0..CHANGED {
            let mut random = Rng::with_seed(number);
            let mut input = seeds[random.usize(..seeds.len())].input.clone();
            for _ in 0..=random.usize(..3) {
                let donor = &seeds[random.usize(..seeds.len())].input;
                input = mutate(&input, donor, LENGTH, &mut random);
            }
            run(&input);
        }
        within_memory()
    }));
    libtest_mimic::run(&arguments, trials).exit();
}

/// Whether the process has stayed far below what one program may allocate in a real run.
fn within_memory() -> Result<(), Failed> {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return Ok(());
    };
    let kilobytes: Option<u64> = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok());
    match kilobytes {
        Some(kilobytes) if kilobytes > 1 << 20 => {
            Err(format!("the process took {kilobytes} kB of memory").into())
        }
        _ => Ok(()),
    }
}
