//! Numbering plans: what a region's numbers look like.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use regex::Regex;

/// Made by `build.rs`, which also says what the columns are.
const TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/phone_regions.tsv"));

/// Digits after a calling code: at most 15 with it, and at least 7.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

static REGIONS: LazyLock<BTreeMap<&'static str, Region>> = LazyLock::new(|| {
    let regions = TABLE.lines().filter_map(Region::read);
    regions.map(|region| (region.name, region)).collect()
});

/// A line of the table.
struct Region {
    name: &'static str,
    code: &'static str,
    exit: &'static str,
    prefix: &'static str,
    rule: &'static str,
    general: &'static str,
    trunk: &'static str,
    usual: &'static str,
    plan: OnceLock<Option<Plan>>,
}

impl Region {
    fn read(line: &'static str) -> Option<Self> {
        let mut cells = line.split('\t');
        Some(Self {
            name: cells.next()?,
            code: cells.next()?,
            exit: cells.next()?,
            prefix: cells.next()?,
            rule: cells.next()?,
            general: cells.next()?,
            trunk: cells.next()?,
            usual: cells.next()?,
            plan: OnceLock::new(),
        })
    }
}

/// The regions that something is known of, by ISO 3166, sorted.
pub fn regions() -> impl Iterator<Item = &'static str> {
    REGIONS.keys().copied()
}

/// Whether something is known of a region.
pub fn is_region(name: &str) -> bool {
    REGIONS.contains_key(name)
}

/// What a region's numbers look like.
pub(super) struct Plan {
    /// The calling code.
    pub(super) code: &'static str,
    /// What is dialled for a plus sign, where that is the same for all carriers.
    pub(super) exit: &'static str,
    /// The pattern of what comes before a national number.
    pub(super) prefix: &'static str,
    /// What the prefix is replaced by where the pattern's last group takes part, with `$1`.
    pub(super) rule: &'static str,
    /// How many groups the pattern of the prefix has.
    pub(super) groups: usize,
    /// The pattern of national numbers, of all regions that share the calling code.
    pub(super) numbers: String,
    /// How most numbers are written: the prefix, and the pattern of what follows it. A number like
    /// that can be read in one way only. Empty where there is no such pattern.
    pub(super) trunk: &'static str,
    pub(super) usual: &'static str,
    fits: Regex,
    strips: Option<Regex>,
}

/// The plan of a region; made once.
pub(super) fn plan(region: &str) -> Option<&'static Plan> {
    let region = REGIONS.get(region)?;
    region.plan.get_or_init(|| Plan::new(region)).as_ref()
}

impl Plan {
    fn new(region: &Region) -> Option<Self> {
        let mut patterns: Vec<&str> = vec![region.general];
        for other in REGIONS.values().filter(|other| other.code == region.code) {
            if !patterns.contains(&other.general) {
                patterns.push(other.general);
            }
        }
        let numbers = patterns.join("|");
        let strips = if region.prefix.is_empty() {
            None
        } else {
            Some(Regex::new(&format!("^(?:{})", region.prefix)).ok()?)
        };
        Some(Self {
            code: region.code,
            exit: region.exit,
            prefix: region.prefix,
            rule: region.rule,
            groups: strips
                .as_ref()
                .map_or(0, |strips| strips.captures_len() - 1),
            fits: Regex::new(&format!("^(?:{numbers})$")).ok()?,
            numbers,
            trunk: region.trunk,
            usual: region.usual,
            strips,
        })
    }

    /// How many digits may follow the calling code.
    pub(super) fn lengths(&self) -> (usize, usize) {
        let code = self.code.len();
        (DIGITS.start() - code, DIGITS.end() - code)
    }

    /// Whether a national number has the shape of one. Two zeros lead out of the country or to
    /// services that nobody abroad can call.
    pub(super) fn fits(&self, number: &str) -> bool {
        let (least, most) = self.lengths();
        (least..=most).contains(&number.len())
            && !number.starts_with("00")
            && self.fits.is_match(number)
    }

    /// A national number without what is dialled before it at home.
    pub(super) fn without_prefix<'n>(&self, number: &'n str) -> Cow<'n, str> {
        let found = self
            .strips
            .as_ref()
            .and_then(|strips| strips.captures(number));
        let Some(found) = found else {
            return Cow::Borrowed(number);
        };
        let rest = number.get(found.get_match().end()..).unwrap_or_default();
        if self.rule.is_empty() || found.get(self.groups).is_none() {
            return Cow::Borrowed(rest);
        }
        let mut bare = String::new();
        let mut letters = self.rule.chars();
        while let Some(letter) = letters.next() {
            if letter != '$' {
                bare.push(letter);
                continue;
            }
            let group = letters.next().and_then(|digit| digit.to_digit(10));
            let group = group.and_then(|group| found.get(group as usize));
            bare.push_str(group.map_or("", |group| group.as_str()));
        }
        bare.push_str(rest);
        Cow::Owned(bare)
    }
}
