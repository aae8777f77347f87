//! The fuzzer itself, which `libFuzzer` drives.
#![allow(
    unsafe_code,
    reason = "libFuzzer is C++ and calls functions by their plain names"
)]

use std::cell::OnceCell;
use std::collections::BTreeSet;
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

/// The names in the first inputs, as libFuzzer reads a dictionary.
fn dictionary() -> String {
    let mut words = BTreeSet::new();
    for seed in seeds() {
        let text = String::from_utf8_lossy(&seed.input[1..]).into_owned();
        let names = text.split(|one: char| !one.is_ascii_alphanumeric() && one != '_');
        words.extend(
            names
                .filter(|name| (3..=30).contains(&name.len()))
                .map(|name| format!("\"{name}\"\n")),
        );
    }
    words.into_iter().collect()
}

/// Starts `libFuzzer`; or writes the first inputs to a folder (`--seeds FOLDER`), or the names in
/// them to a dictionary (`--words FILE`).
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
    if let [_, option, file] = arguments.as_slice()
        && option == "--words"
    {
        std::fs::write(file, dictionary()).expect("a dictionary");
        return;
    }
    let mut arguments: Vec<*mut c_char> = arguments
        .into_iter()
        .map(|argument| CString::new(argument).expect("an argument").into_raw())
        .collect();
    let mut count = c_int::try_from(arguments.len()).expect("few arguments");
    arguments.push(std::ptr::null_mut());
    let mut start = arguments.as_mut_ptr();
    take_overflows();
    // SAFETY: the arguments are texts as C has them, and stay until the end.
    let code = unsafe { LLVMFuzzerRunDriver(&raw mut count, &raw mut start, one) };
    std::process::exit(code);
}

/// An input that overflows the stack is to be written down like any other: libFuzzer's handler
/// takes the place of Rust's, and has a stack of its own.
fn take_overflows() {
    let size = 1 << 20;
    let stack = libc::stack_t {
        ss_sp: Box::leak(vec![0_u8; size].into_boxed_slice())
            .as_mut_ptr()
            .cast(),
        ss_flags: 0,
        ss_size: size,
    };
    // SAFETY: the stack stays until the end, and an action of zeros is the default one; libFuzzer
    // keeps its flag when it puts its own in place.
    unsafe {
        libc::sigaltstack(&raw const stack, std::ptr::null_mut());
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_flags = libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSEGV, &raw const action, std::ptr::null_mut());
    }
}
