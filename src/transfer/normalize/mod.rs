//! What is done to values on their way: for each normaliser the expression of PostgreSQL, the one of
//! SQLite, and the same in Rust. The three give the same texts, letter for letter.
//!
//! The expressions give NULL for NULL, and also for a text that a normaliser does not understand:
//! whoever has to tell the two apart looks at the text before. Unicode's forms follow the tables of
//! whoever computes them; characters that are newer than the older table stay as they are there.

mod blanks;
mod phone;
#[cfg(test)]
mod tests;
mod zone;

use unicode_normalization::UnicodeNormalization as _;

use super::{Normalizer, Settings};
use crate::sql::Flavor;
use crate::sql::quote::literal;

pub use self::phone::{is_region, phone, regions};
pub use self::zone::zoned;

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cleaned {
    /// This text.
    Value(String),
    /// No value.
    Null,
    /// The normaliser does not understand the text.
    Invalid,
}

impl Normalizer {
    /// Whether there are texts that it does not understand.
    pub fn may_refuse(&self) -> bool {
        matches!(self, Self::Phone { .. } | Self::TimeZone { .. })
    }

    /// The first version of PostgreSQL that has what the expression needs, as `server_version_num`
    /// counts it; nothing where all supported ones do.
    pub fn least_postgres(&self) -> Option<u32> {
        // `normalize()` came with version 13.
        matches!(self, Self::Nfc | Self::Nfkc).then_some(130_000)
    }

    /// The expression for PostgreSQL 11 and later around another one. [`Normalizer::TimeZone`] takes
    /// a `timestamp` and gives a `timestamptz`; all others take a text and give one.
    pub fn postgres(&self, inner: &str, settings: &Settings) -> String {
        let text = as_text(inner);
        match self {
            Self::Trim => format!("btrim({text}, {})", blanks::postgres()),
            Self::BlankToNull => format!(
                "CASE WHEN btrim({text}, {}) COLLATE \"C\" IN ({}) THEN NULL ELSE {text} END",
                blanks::postgres(),
                blank_texts(settings, Flavor::Postgres)
            ),
            // The rules of the collation "C" know the letters of ASCII only, on every server.
            Self::Lower => format!("(lower({text} COLLATE \"C\") COLLATE \"default\")"),
            Self::Upper => format!("(upper({text} COLLATE \"C\") COLLATE \"default\")"),
            Self::Nfc => unicode_form(&text, "NFC"),
            Self::Nfkc => unicode_form(&text, "NFKC"),
            Self::CollapseBlanks => collapse(&text),
            Self::Phone { .. } => match self.region(settings) {
                Some(region) => phone::postgres(&text, region),
                None => "NULL::text".to_owned(),
            },
            Self::TimeZone { .. } => match self.zone(settings) {
                Some(zone) => format!(
                    "(({inner}) AT TIME ZONE {})",
                    literal(zone, Flavor::Postgres)
                ),
                None => "NULL::timestamptz".to_owned(),
            },
        }
    }

    /// The expression for SQLite around another one. Phone, Unicode's forms, runs of blanks and time
    /// zones call functions that are registered with the connection.
    pub fn sqlite(&self, inner: &str, settings: &Settings) -> String {
        match self {
            Self::Trim => format!("trim({inner}, {})", blanks::sqlite()),
            Self::BlankToNull => format!(
                "CASE WHEN trim({inner}, {}) IN ({}) THEN NULL ELSE {inner} END",
                blanks::sqlite(),
                blank_texts(settings, Flavor::Sqlite)
            ),
            Self::Lower => format!("lower({inner})"),
            Self::Upper => format!("upper({inner})"),
            Self::Nfc => format!("stillway_nfc({inner})"),
            Self::Nfkc => format!("stillway_nfkc({inner})"),
            Self::CollapseBlanks => format!("stillway_collapse_blanks({inner})"),
            Self::Phone { .. } => match self.region(settings) {
                Some(region) => {
                    format!(
                        "stillway_phone({inner}, {})",
                        literal(region, Flavor::Sqlite)
                    )
                }
                None => "NULL".to_owned(),
            },
            Self::TimeZone { .. } => match self.zone(settings) {
                Some(zone) => format!("stillway_zoned({inner}, {})", literal(zone, Flavor::Sqlite)),
                None => "NULL".to_owned(),
            },
        }
    }

    /// The same in Rust.
    pub fn apply(&self, text: &str, settings: &Settings) -> Cleaned {
        let or_invalid = |found: Option<String>| found.map_or(Cleaned::Invalid, Cleaned::Value);
        match self {
            Self::Trim => Cleaned::Value(blanks::trim(text).to_owned()),
            Self::BlankToNull => {
                let bare = blanks::trim(text);
                let blank = settings
                    .blanks
                    .iter()
                    .any(|blank| blanks::trim(blank) == bare);
                if bare.is_empty() || blank {
                    Cleaned::Null
                } else {
                    Cleaned::Value(text.to_owned())
                }
            }
            Self::Lower => Cleaned::Value(text.to_ascii_lowercase()),
            Self::Upper => Cleaned::Value(text.to_ascii_uppercase()),
            Self::Nfc => Cleaned::Value(nfc(text)),
            Self::Nfkc => Cleaned::Value(nfkc(text)),
            Self::CollapseBlanks => Cleaned::Value(collapse_blanks(text)),
            Self::Phone { .. } => or_invalid(
                self.region(settings)
                    .and_then(|region| phone::phone(text, region)),
            ),
            Self::TimeZone { .. } => {
                or_invalid(self.zone(settings).and_then(|zone| zoned(text, zone)))
            }
        }
    }

    fn region<'s>(&'s self, settings: &'s Settings) -> Option<&'s str> {
        let own = match self {
            Self::Phone { region } => region.as_deref(),
            _ => None,
        };
        own.or(settings.phone_region.as_deref())
    }

    fn zone<'s>(&'s self, settings: &'s Settings) -> Option<&'s str> {
        let own = match self {
            Self::TimeZone { zone } => zone.as_deref(),
            _ => None,
        };
        own.or(settings.time_zone.as_deref())
    }
}

/// The composed form of a text.
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// The composed form of a text without compatibility variants.
pub fn nfkc(text: &str) -> String {
    text.nfkc().collect()
}

/// A text with one blank for each run of them. Zero-width characters are no blanks here: inside a text
/// they join letters and pictures.
pub fn collapse_blanks(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    let mut run = false;
    for letter in text.chars() {
        if !blanks::is_wide(letter) {
            collapsed.push(letter);
        } else if !run {
            collapsed.push(' ');
        }
        run = blanks::is_wide(letter);
    }
    collapsed
}

/// The first eight bytes of a text's MD5, as a number that both servers can keep.
pub fn hash(text: &str) -> i64 {
    use md5::Digest as _;
    let digest = md5::Md5::digest(text.as_bytes());
    digest
        .iter()
        .take(8)
        .fold(0_i64, |number, byte| (number << 8) | i64::from(*byte))
}

/// Lets PostgreSQL take what is no text as one.
fn as_text(inner: &str) -> String {
    format!("({inner})::text")
}

fn blank_texts(settings: &Settings, flavor: Flavor) -> String {
    let mut texts = vec![literal("", flavor)];
    for blank in &settings.blanks {
        let text = literal(blanks::trim(blank), flavor);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join(", ")
}

/// A text of ASCII letters is in every form already, and is told by its length without looking at it
/// twice.
fn unicode_form(text: &str, form: &str) -> String {
    format!(
        "CASE WHEN octet_length({text}) = length({text}) THEN {text} ELSE normalize({text}, {form}) END"
    )
}

fn collapse(text: &str) -> String {
    let blanks = blanks::postgres_wide();
    format!(
        "CASE WHEN {text} ~ '[^!-~ ]|  ' THEN regexp_replace({text}, '[' || {blanks} || ']+', ' ', 'g') \
         ELSE {text} END"
    )
}
