//! Writes down what is known of telephone numbers, so that the program carries a small table instead
//! of a library that would take a tenth of a second to start.
#![allow(
    clippy::disallowed_methods,
    reason = "a build script reads its environment and writes a file"
)]

use std::path::Path;

use regex_automata::hybrid::dfa::DFA;
use regex_automata::{Anchored, Input, MatchKind};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let out = std::env::var("OUT_DIR").expect("cargo names a folder");
    let path = Path::new(&out).join("phone_regions.tsv");
    std::fs::write(path, table()).expect("the folder can be written to");
}

/// A line for each region, sorted: its two letters, calling code, international prefix, national
/// prefix as a pattern, its replacement, pattern of national numbers; then what a quick look needs:
/// the plain national prefix with the digits that may not follow it, and the digits that may not come
/// first where no prefix is written.
fn table() -> String {
    let database = &*phonenumber::metadata::DATABASE;
    let mut lines = Vec::new();
    for code in 1..1000_u16 {
        for region in database.region(&code).unwrap_or_default() {
            let Some(metadata) = database.by_id(region).filter(|_| region != "001") else {
                continue;
            };
            let exit = metadata
                .international_prefix()
                .map(|pattern| plain(pattern.as_str()))
                .map(|pattern| exit(&pattern))
                .unwrap_or_default();
            let trunk = metadata.national_prefix().unwrap_or_default();
            let prefix = metadata
                .national_prefix_for_parsing()
                .map_or_else(|| plain(trunk), |pattern| plain(pattern.as_str()));
            let rule = metadata
                .national_prefix_transform_rule()
                .unwrap_or_default();
            let general = metadata.descriptors().general().national_number();
            let general = plain(general.as_str());
            let (trunk, after_trunk, first) = quick(&prefix, trunk);
            lines.push(format!(
                "{region}\t{code}\t{exit}\t{prefix}\t{rule}\t{general}\t{trunk}\t{after_trunk}\t{first}\n"
            ));
        }
    }
    lines.sort();
    lines.concat()
}

/// A pattern without the blanks that make it readable, its digits spelled out: what `\d` means depends
/// on the reader.
fn plain(pattern: &str) -> String {
    let dense: String = pattern.split_whitespace().collect();
    dense.replace("\\d", "[0-9]")
}

/// The digits that stand for a plus sign, where they are the same for all carriers.
fn exit(pattern: &str) -> String {
    if pattern.bytes().all(|byte| byte.is_ascii_digit()) {
        return pattern.to_owned();
    }
    let whole = regex_automata::meta::Regex::new(&format!("^(?:{pattern})$"));
    if whole.is_ok_and(|whole| whole.is_match("00")) {
        return "00".to_owned();
    }
    String::new()
}

/// What tells without the whole pattern how much of a number is its national prefix.
fn quick(prefix: &str, trunk: &str) -> (String, String, String) {
    if prefix.is_empty() {
        return (String::new(), String::new(), String::new());
    }
    let digits = |text: &str| -> String {
        ('0'..='9')
            .filter(|digit| leads_on(prefix, &format!("{text}{digit}")))
            .collect()
    };
    let is_whole = regex_automata::meta::Regex::new(&format!("^(?:{prefix})$"))
        .is_ok_and(|whole| whole.is_match(trunk));
    if trunk.is_empty() || !is_whole {
        return (String::new(), String::new(), digits(""));
    }
    (trunk.to_owned(), digits(trunk), digits(""))
}

/// Whether the pattern may match more than what comes before the last digit of the text.
fn leads_on(pattern: &str, text: &str) -> bool {
    let dfa = DFA::builder()
        .configure(DFA::config().match_kind(MatchKind::All))
        .build(pattern)
        .expect("a pattern of the library");
    let mut cache = dfa.create_cache();
    let start = Input::new("").anchored(Anchored::Yes);
    let mut state = dfa
        .start_state_forward(&mut cache, &start)
        .expect("no quit bytes");
    // A match is told one byte late, so a state that is alive now may owe that to the digit before;
    // one more digit of any kind shows it.
    let mut last_was_match = false;
    for byte in text.bytes() {
        state = dfa.next_state(&mut cache, state, byte).expect("memory");
        last_was_match = state.is_match();
    }
    if state.is_dead() {
        return false;
    }
    if !last_was_match {
        return true;
    }
    (b'0'..=b'9').any(|byte| {
        let next = dfa.next_state(&mut cache, state, byte).expect("memory");
        !next.is_dead()
    }) || {
        let next = dfa.next_eoi_state(&mut cache, state).expect("memory");
        next.is_match()
    }
}
