//! Timestamps without a zone that get one.

use std::sync::LazyLock;

use jiff::civil::{DateTime, DateTimeRound};
use jiff::tz::{Disambiguation, TimeZone};
use jiff::{Timestamp, TimestampRound, Unit};
use regex::Regex;

/// A date, a time behind it or none, an offset behind that or none.
static SHAPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let date = "([0-9]{4}-[0-9]{2}-[0-9]{2})";
    let time = "([0-9]{2}:[0-9]{2}(?::[0-5][0-9](?:[.][0-9]{1,9})?)?)";
    let offset = "(Z|[+-][0-9]{2}(?::?[0-9]{2})?)";
    Regex::new(&format!("^{date}(?:[ T]{time} ?{offset}?)?$")).ok()
});

/// The moment that a text without a zone means in a zone, as `2024-01-31 15:00:00+00:00`, with six
/// digits of a second where it has a part of one. A text with an offset means its own moment. A time
/// that clocks skip or show twice means what it means to PostgreSQL: the later of the two moments.
pub fn zoned(text: &str, zone: &str) -> Option<String> {
    let parts = SHAPE.as_ref()?.captures(super::blanks::trim(text))?;
    let date = parts.get(1)?.as_str();
    let time = parts.get(2).map_or("00:00:00", |time| time.as_str());
    let moment = if let Some(offset) = parts.get(3) {
        let moment: Timestamp = format!("{date}T{time}{}", offset.as_str()).parse().ok()?;
        let whole = TimestampRound::new().smallest(Unit::Microsecond);
        moment.round(whole).ok()?
    } else {
        let local: DateTime = format!("{date}T{time}").parse().ok()?;
        let whole = DateTimeRound::new().smallest(Unit::Microsecond);
        let local = local.round(whole).ok()?;
        let zone = TimeZone::get(zone).ok()?;
        zone.to_ambiguous_timestamp(local)
            .disambiguate(Disambiguation::Later)
            .ok()?
    };
    let utc = moment.to_zoned(TimeZone::UTC).datetime();
    if !(0..=9999).contains(&utc.year()) {
        return None;
    }
    let mut text = format!("{:04}-{:02}-{:02}", utc.year(), utc.month(), utc.day());
    text.push_str(&format!(
        " {:02}:{:02}:{:02}",
        utc.hour(),
        utc.minute(),
        utc.second()
    ));
    let part = utc.subsec_nanosecond() / 1000;
    if part != 0 {
        text.push_str(&format!(".{part:06}"));
    }
    text.push_str("+00:00");
    Some(text)
}
