//! Dates and times as Python holds them.

use std::fmt::Write as _;

/// `datetime.date`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// The year.
    pub year: i32,
    /// The month, from 1.
    pub month: u8,
    /// The day, from 1.
    pub day: u8,
}

/// `datetime.time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Time {
    /// The hour.
    pub hour: u8,
    /// The minute.
    pub minute: u8,
    /// The second.
    pub second: u8,
    /// The microsecond.
    pub microsecond: u32,
    /// Seconds east of UTC, where the value knows its zone.
    pub offset: Option<i32>,
}

/// `datetime.datetime`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime {
    /// The day.
    pub date: Date,
    /// The time of day.
    pub time: Time,
}

/// `datetime.timedelta`, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timedelta(pub i64);

impl Date {
    /// `isoformat()`.
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Time {
    /// `isoformat()`.
    pub fn iso(self) -> String {
        let mut text = format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second);
        if self.microsecond != 0 {
            let _ = write!(text, ".{:06}", self.microsecond);
        }
        if let Some(offset) = self.offset {
            let seconds = offset.unsigned_abs();
            let sign = if offset < 0 { '-' } else { '+' };
            let _ = write!(text, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
            if seconds % 60 != 0 {
                let _ = write!(text, ":{:02}", seconds % 60);
            }
        }
        text
    }
}

impl DateTime {
    /// `isoformat()` with the given character between the day and the time.
    pub fn iso(self, separator: char) -> String {
        format!("{}{separator}{}", self.date.iso(), self.time.iso())
    }
}

impl Timedelta {
    /// `total_seconds()`.
    #[expect(
        clippy::cast_precision_loss,
        reason = "Python divides two integers into a float as well"
    )]
    pub fn total_seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The whole days, the seconds of the last day and the microseconds of the last second, as Python splits them.
    pub fn parts(self) -> (i64, i64, i64) {
        let seconds = self.0.div_euclid(1_000_000);
        (
            seconds.div_euclid(86_400),
            seconds.rem_euclid(86_400),
            self.0.rem_euclid(1_000_000),
        )
    }

    /// The moment that lies this span after 1 January 1970, which is how SQLAlchemy stores spans.
    pub fn after_epoch(self) -> Option<DateTime> {
        let (days, seconds, microseconds) = self.parts();
        let date = date_from_days(days)?;
        let time = Time {
            hour: u8::try_from(seconds / 3600).ok()?,
            minute: u8::try_from(seconds / 60 % 60).ok()?,
            second: u8::try_from(seconds % 60).ok()?,
            microsecond: u32::try_from(microseconds).ok()?,
            offset: None,
        };
        Some(DateTime { date, time })
    }
}

/// The day that lies so many days after 1 January 1970.
fn date_from_days(days: i64) -> Option<Date> {
    // Counted from 1 March of year 0, so that the leap day ends a year.
    let shifted = days.checked_add(719_468)?;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let year = i32::try_from(year)
        .ok()
        .filter(|year| (1..=9999).contains(year))?;
    Some(Date {
        year,
        month: u8::try_from(month).ok()?,
        day: u8::try_from(day).ok()?,
    })
}
