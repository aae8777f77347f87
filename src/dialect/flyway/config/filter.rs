//! The filters of `info` that exist on the command line only.

use std::fmt;

use super::FlywayConfig;
use super::arguments::Arguments;
use super::error::ConfigError;
use super::setting::split_list;

/// The states of a migration, by the names that `-infoOfState` takes.
pub const MIGRATION_STATES: [&str; 18] = [
    "ABOVE_TARGET",
    "AVAILABLE",
    "BASELINE",
    "BASELINE_IGNORED",
    "BELOW_BASELINE",
    "DELETED",
    "FAILED",
    "FUTURE_FAILED",
    "FUTURE_SUCCESS",
    "IGNORED",
    "MISSING_FAILED",
    "MISSING_SUCCESS",
    "OUTDATED",
    "OUT_OF_ORDER",
    "PENDING",
    "SUCCESS",
    "SUPERSEDED",
    "UNDONE",
];

/// A minute in local time, written `dd/mm/yyyy hh:mm`; the fields are in the order of comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minute {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day, from 1.
    pub day: u8,
    /// The hour.
    pub hour: u8,
    /// The minute.
    pub minute: u8,
}

impl fmt::Display for Minute {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
        } = self;
        write!(
            formatter,
            "{day:02}/{month:02}/{year:04} {hour:02}:{minute:02}"
        )
    }
}

/// Reads the filters of `info` into the configuration.
pub(super) fn read(config: &mut FlywayConfig, arguments: &Arguments) -> Result<(), ConfigError> {
    config.info_since_date = date(arguments, "infoSinceDate")?;
    config.info_until_date = date(arguments, "infoUntilDate")?;
    config.info_since_version = arguments.option("infoSinceVersion").map(str::to_owned);
    config.info_until_version = arguments.option("infoUntilVersion").map(str::to_owned);
    config.info_of_state = states(arguments.option("infoOfState").unwrap_or_default())?;
    config.migration_ids = arguments.migration_ids();
    Ok(())
}

fn date(arguments: &Arguments, option: &'static str) -> Result<Option<Minute>, ConfigError> {
    let Some(text) = arguments.option(option) else {
        return Ok(None);
    };
    match parse_minute(text) {
        Some(minute) => Ok(Some(minute)),
        None => Err(ConfigError::InvalidOptionValue {
            option,
            value: text.to_owned(),
            expected: "`dd/mm/yyyy hh:mm`, like `13/10/2020 16:30`",
        }),
    }
}

fn parse_minute(text: &str) -> Option<Minute> {
    let (date, time) = text.trim().split_once(' ')?;
    let [day, month, year] = numbers(date, '/')?;
    let [hour, minute] = numbers(time.trim(), ':')?;
    let small = |number: u16, range: std::ops::RangeInclusive<u16>| {
        let fits = range.contains(&number);
        fits.then(|| u8::try_from(number).ok()).flatten()
    };
    Some(Minute {
        year,
        month: small(month, 1..=12)?,
        day: small(day, 1..=31)?,
        hour: small(hour, 0..=23)?,
        minute: small(minute, 0..=59)?,
    })
}

fn numbers<const COUNT: usize>(text: &str, separator: char) -> Option<[u16; COUNT]> {
    let numbers: Option<Vec<u16>> = text
        .split(separator)
        .map(|part| part.parse().ok())
        .collect();
    numbers?.try_into().ok()
}

fn states(text: &str) -> Result<Vec<String>, ConfigError> {
    let read = |item: String| {
        let name = item.to_ascii_uppercase();
        if MIGRATION_STATES.contains(&name.as_str()) {
            return Ok(name);
        }
        Err(ConfigError::InvalidOptionValue {
            option: "infoOfState",
            value: item,
            expected: "a list of states such as `pending,missing_success`",
        })
    };
    split_list(text).into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes() {
        let cases = [
            ("13/10/2020 16:30", Some("13/10/2020 16:30")),
            ("1/2/2020 3:04", Some("01/02/2020 03:04")),
            ("2020-10-13 16:30", None),
            ("32/10/2020 16:30", None),
            ("13/13/2020 16:30", None),
            ("13/10/2020", None),
            ("x", None),
        ];
        for (text, expected) in cases {
            let found = parse_minute(text).map(|minute| minute.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
        assert!(parse_minute("31/01/2020 00:00") < parse_minute("01/02/2020 00:00"));
    }

    #[test]
    fn states_ignore_case() {
        assert_eq!(
            states("pending, Missing_Success").expect("known"),
            ["PENDING", "MISSING_SUCCESS"]
        );
        assert!(states("zz").is_err());
        assert!(states("").expect("none").is_empty());
    }
}
