//! The fuzzer itself, which `libFuzzer` drives.
#![allow(
    unsafe_code,
    reason = "libFuzzer is C++ and calls functions by their plain names"
)]

use std::cell::OnceCell;
use std::ffi::{CString, c_char, c_int};
use std::path::Path;

use fastrand::Rng;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

use crate::input::run;
use crate::mutation::mutate;
use crate::seeds::{Seed, found, seeds};

unsafe extern "C" {
    fn LLVMFuzzerRunDriver(
        argc: *mut c_int,
        argv: *mut *mut *mut c_char,
        callback: unsafe extern "C" fn(*const u8, usize) -> c_int,
    ) -> c_int;
}

unsafe extern "C" fn one(data: *const u8, size: usize) -> c_int {
    if size > 0 {
        // SAFETY: libFuzzer passes a buffer of this size, and keeps it during the call.
        run(unsafe { std::slice::from_raw_parts(data, size) });
    }
    0
}

thread_local! {
    static DONORS: OnceCell<Vec<Seed>> = const { OnceCell::new() };
}

// Only its start-up is used: a panic ends the process.
fuzz_target!(|data: &[u8]| run(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed % 4 == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let mut random = Rng::with_seed(u64::from(seed));
    DONORS.with(|donors| {
        let donors = donors.get_or_init(seeds);
        let donor = &donors[random.usize(..donors.len())];
        let made = mutate(&data[..size], &donor.input, max_size, &mut random);
        data[..made.len()].copy_from_slice(&made);
        made.len()
    })
});

/// Starts `libFuzzer`, or writes the first inputs to a folder: `--seeds FOLDER`.
pub(crate) fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, option, folder] = arguments.as_slice()
        && option == "--seeds"
    {
        std::fs::create_dir_all(folder).expect("a folder");
        for seed in seeds().into_iter().chain(found()) {
            std::fs::write(Path::new(folder).join(seed.name), seed.input).expect("an input");
        }
        return;
    }
    let mut arguments: Vec<*mut c_char> = arguments
        .into_iter()
        .map(|argument| CString::new(argument).expect("an argument").into_raw())
        .collect();
    let mut count = c_int::try_from(arguments.len()).expect("few arguments");
    arguments.push(std::ptr::null_mut());
    let mut start = arguments.as_mut_ptr();
    // SAFETY: the arguments are texts as C has them and stay; Rust's own start-up has run, so that
    // an overflow of the stack is noticed and told.
    let code = unsafe { LLVMFuzzerRunDriver(&raw mut count, &raw mut start, one) };
    std::process::exit(code);
}
