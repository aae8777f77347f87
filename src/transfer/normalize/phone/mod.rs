//! Telephone numbers in the form of E.164, by the numbering plans of regions.
//!
//! What counts is the shape that a plan gives to numbers, not whether a number is in use: plans grow,
//! and a number that is new to a table is no reason to lose it.

mod expression;
mod plan;

pub(super) use self::expression::postgres;
use self::plan::{Plan, plan};
pub use self::plan::{is_region, regions};

use super::blanks;

/// Signs that may stand between the digits of a number.
const SEPARATORS: [char; 16] = [
    '-', '.', '(', ')', '/', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}',
    '\u{2212}', '\u{ff0d}', '\u{ff08}', '\u{ff09}', '\u{ff0e}', '\u{ff0f}',
];

/// Digits and the plus sign, as full-width letters.
const FULL_WIDTH: [char; 11] = [
    '\u{ff10}', '\u{ff11}', '\u{ff12}', '\u{ff13}', '\u{ff14}', '\u{ff15}', '\u{ff16}', '\u{ff17}',
    '\u{ff18}', '\u{ff19}', '\u{ff0b}',
];

/// What they stand for, in the same order.
const PLAIN: &str = "0123456789+";

/// A number in the form of E.164; nothing where the text is none, or the region is unknown.
pub fn phone(text: &str, region: &str) -> Option<String> {
    plan(region)?.number(&dialled(text)?)
}

/// The digits of a number, with a plus sign before them where one is written.
fn dialled(text: &str) -> Option<String> {
    let mut dialled = String::new();
    for letter in text.chars() {
        match letter {
            '0'..='9' => dialled.push(letter),
            '+' => dialled.push(letter),
            _ => {
                let full = FULL_WIDTH.iter().position(|other| *other == letter);
                if let Some(plain) = full.and_then(|at| PLAIN.chars().nth(at)) {
                    dialled.push(plain);
                } else if !blanks::is_blank(letter) && !SEPARATORS.contains(&letter) {
                    return None;
                }
            }
        }
    }
    let digits = dialled.strip_prefix('+').unwrap_or(&dialled);
    (!digits.is_empty() && !digits.contains('+')).then_some(dialled)
}

impl Plan {
    fn number(&self, dialled: &str) -> Option<String> {
        if let Some(rest) = dialled.strip_prefix('+') {
            return self.international(rest);
        }
        let own = dialled
            .strip_prefix("00")
            .filter(|rest| rest.starts_with(self.code));
        let abroad = Some(self.exit)
            .filter(|exit| !exit.is_empty())
            .and_then(|exit| dialled.strip_prefix(exit));
        abroad
            .or(own)
            .and_then(|rest| self.international(rest))
            .or_else(|| self.national(dialled))
    }

    /// A number from its calling code on.
    fn international(&self, number: &str) -> Option<String> {
        if let Some(rest) = number.strip_prefix(self.code) {
            return self.own(rest);
        }
        let count = number.len();
        ((7..=15).contains(&count) && !number.starts_with('0')).then(|| format!("+{number}"))
    }

    /// What follows the region's own calling code, with or without a national prefix.
    fn own(&self, rest: &str) -> Option<String> {
        if self.fits(rest) {
            return Some(format!("+{}{rest}", self.code));
        }
        let bare = self.without_prefix(rest);
        self.fits(&bare).then(|| format!("+{}{bare}", self.code))
    }

    /// A number as it is dialled in the region, or one with the calling code and no plus sign.
    fn national(&self, number: &str) -> Option<String> {
        let bare = self.without_prefix(number);
        if self.fits(&bare) {
            return Some(format!("+{}{bare}", self.code));
        }
        if self.fits(number) {
            return Some(format!("+{}{number}", self.code));
        }
        self.own(number.strip_prefix(self.code)?)
    }
}
