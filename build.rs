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
/// prefix as a pattern, its replacement, pattern of national numbers; then how most numbers are
/// written: the plain national prefix, and a pattern for what follows it that leaves no doubt.
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
            let example = [
                metadata.descriptors().mobile(),
                metadata.descriptors().fixed_line(),
            ]
            .into_iter()
            .flatten()
            .find_map(|kind| kind.example());
            let usual = Usual {
                code: &code.to_string(),
                exit: &exit,
                prefix: &prefix,
                general: &general,
            };
            // In regions such as that of +1 hardly anybody writes the prefix.
            let trunk = if trunk == usual.code { "" } else { trunk };
            let (trunk, pattern) = example
                .and_then(|example| Some((trunk, usual.pattern(trunk, example)?)))
                .unwrap_or_default();
            lines.push(format!(
                "{region}\t{code}\t{exit}\t{prefix}\t{rule}\t{general}\t{trunk}\t{pattern}\n"
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

/// Looks for a short pattern of the numbers that most people have.
struct Usual<'r> {
    code: &'r str,
    exit: &'r str,
    prefix: &'r str,
    general: &'r str,
}

impl Usual<'_> {
    /// The part of the general pattern that an example fits. Nothing where a number behind the prefix
    /// could be read in another way: with a longer prefix, as one from abroad, or as too long.
    fn pattern(&self, trunk: &str, example: &str) -> Option<String> {
        let fits = |pattern: &str, text: &str| {
            regex_automata::meta::Regex::new(&format!("^(?:{pattern})$"))
                .is_ok_and(|whole| whole.is_match(text))
        };
        let part = alternatives(self.general)
            .into_iter()
            .find(|part| fits(part, example))?;
        let whole = format!("{trunk}(?:{part})");
        let mut others = vec!["00".to_owned(), format!("{trunk}00")];
        if !self.exit.is_empty() {
            others.push(self.exit.to_owned());
        }
        if !self.prefix.is_empty() {
            if !trunk.is_empty() && !fits(self.prefix, trunk) {
                return None;
            }
            let digits = ('0'..='9').map(|digit| format!("{trunk}{digit}"));
            others.extend(digits.filter(|text| leads_on(self.prefix, text)));
        }
        let most = regex_syntax::parse(part).ok()?.properties().maximum_len()?;
        let least = regex_syntax::parse(part).ok()?.properties().minimum_len()?;
        let clear = !others.iter().any(|other| begins_with(&whole, other));
        let right = most + self.code.len() <= 15 && least + self.code.len() >= 7;
        (clear && right).then(|| part.to_owned())
    }
}

/// The alternatives of a pattern, outside of all parentheses and brackets.
fn alternatives(pattern: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let parts = pattern.split(|letter| {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        letter == '|' && depth == 0
    });
    parts.collect()
}

/// A machine that follows all ways of a pattern at once.
fn machine(pattern: &str) -> DFA {
    DFA::builder()
        .configure(DFA::config().match_kind(MatchKind::All))
        .build(pattern)
        .expect("a pattern of the library")
}

/// Whether a text that the pattern matches may begin with these digits.
fn begins_with(pattern: &str, digits: &str) -> bool {
    let dfa = machine(pattern);
    let mut cache = dfa.create_cache();
    let start = Input::new("").anchored(Anchored::Yes);
    let mut state = dfa
        .start_state_forward(&mut cache, &start)
        .expect("no quit bytes");
    for byte in digits.bytes() {
        state = dfa.next_state(&mut cache, state, byte).expect("memory");
    }
    !state.is_dead()
}

/// Whether the pattern may match more than what comes before the last digit of the text.
fn leads_on(pattern: &str, text: &str) -> bool {
    let dfa = machine(pattern);
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
