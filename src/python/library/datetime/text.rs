//! Dates and times as text, by ISO 8601 and by a form.

use std::rc::Rc;

use super::{
    DAY, Date, DateTime, SECOND, TimeZone, checked_days, checked_time, days_of, offset_text,
};
use crate::python::error::Failure;
use crate::python::vm::Vm;

pub(super) fn digits(text: &str, count: usize) -> Option<(i64, &str)> {
    let head = text.get(..count)?;
    if !head.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((head.parse().ok()?, text.get(count..)?))
}

pub(super) fn parse_iso_date(text: &str) -> Option<(i64, &str)> {
    let (year, rest) = digits(text, 4)?;
    let dashed = rest.starts_with('-');
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let (month, rest) = digits(rest, 2)?;
    let rest = if dashed {
        rest.strip_prefix('-')?
    } else {
        rest
    };
    let (day, rest) = digits(rest, 2)?;
    Some((checked_days(year, month, day).ok()?, rest))
}

pub(super) fn parse_iso_time(text: &str) -> Option<(i64, Option<Rc<TimeZone>>)> {
    let text = text.strip_prefix('T').unwrap_or(text);
    let split = text.find(['+', '-', 'Z']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(split);
    let (hour, mut rest) = digits(clock, 2)?;
    let colon = rest.starts_with(':');
    let mut parts = [0, 0];
    for part in &mut parts {
        if rest.is_empty() {
            break;
        }
        if colon {
            rest = rest.strip_prefix(':')?;
        }
        let (value, after) = digits(rest, 2)?;
        *part = value;
        rest = after;
        if rest.starts_with(['.', ',']) {
            break;
        }
    }
    let mut micro = 0;
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let padded = format!("{fraction:0<6}");
        micro = padded.get(..6)?.parse().ok()?;
        rest = "";
    }
    if !rest.is_empty() {
        return None;
    }
    let [minute, second] = parts;
    let clock = checked_time(hour, minute, second, micro).ok()?;
    let zone = match zone {
        "" => None,
        "Z" => Some(TimeZone::utc()),
        signed => Some(Rc::new(TimeZone {
            offset: parse_offset(signed)?,
            name: None,
        })),
    };
    Some((clock, zone))
}

pub(super) fn parse_offset(text: &str) -> Option<i64> {
    let negative = text.starts_with('-');
    let text = text.strip_prefix(['+', '-'])?;
    let (hours, rest) = digits(text, 2)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let (minutes, rest) = if rest.is_empty() {
        (0, "")
    } else {
        digits(rest, 2)?
    };
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let (seconds, rest) = if rest.is_empty() {
        (0, "")
    } else {
        digits(rest, 2)?
    };
    if !rest.is_empty() || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let offset = ((hours * 60 + minutes) * 60 + seconds) * SECOND;
    Some(if negative { -offset } else { offset })
}

pub(super) fn parse_iso(text: &str) -> Option<DateTime> {
    let (days, rest) = parse_iso_date(text)?;
    if rest.is_empty() {
        return Some(DateTime {
            microseconds: days * DAY,
            zone: None,
        });
    }
    let mut chars = rest.chars();
    chars.next()?;
    let (clock, zone) = parse_iso_time(chars.as_str())?;
    Some(DateTime {
        microseconds: days * DAY + clock,
        zone,
    })
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

pub(super) fn name_at(names: &[&'static str], place: i64) -> &'static str {
    usize::try_from(place)
        .ok()
        .and_then(|place| names.get(place))
        .copied()
        .unwrap_or("")
}

/// `strftime`.
pub(super) fn format(
    vm: &mut Vm,
    pattern: &str,
    date: Date,
    clock: i64,
    zone: Option<&TimeZone>,
) -> Result<String, Failure> {
    let (year, month, day) = date.parts();
    let seconds = clock / SECOND;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let micro = clock % SECOND;
    let yearday = date.days - days_of(year, 1, 1) + 1;
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(one) = chars.next() {
        if one != '%' {
            out.push(one);
            continue;
        }
        let mut code = chars.next();
        let unpadded = code == Some('-');
        if unpadded {
            code = chars.next();
        }
        let two = |value: i64| {
            if unpadded {
                value.to_string()
            } else {
                format!("{value:02}")
            }
        };
        let piece = match code {
            Some('Y') => format!("{year:04}"),
            Some('y') => two(year % 100),
            Some('m') => two(month),
            Some('d') => two(day),
            Some('e') => format!("{day:2}"),
            Some('H') => two(hour),
            Some('I') => two(twelve),
            Some('M') => two(minute),
            Some('S') => two(second),
            Some('f') => format!("{micro:06}"),
            Some('p') => if hour < 12 { "AM" } else { "PM" }.to_owned(),
            Some('j') => format!("{yearday:03}"),
            Some('B') => name_at(&MONTHS, month - 1).to_owned(),
            Some('b' | 'h') => name_at(&MONTHS, month - 1).chars().take(3).collect(),
            Some('A') => name_at(&WEEKDAYS, date.weekday()).to_owned(),
            Some('a') => name_at(&WEEKDAYS, date.weekday()).chars().take(3).collect(),
            Some('w') => ((date.weekday() + 1) % 7).to_string(),
            Some('u') => (date.weekday() + 1).to_string(),
            Some('z') => zone
                .map(|zone| offset_text(zone.offset, ""))
                .unwrap_or_default(),
            Some('Z') => zone.map(TimeZone::text).unwrap_or_default(),
            Some('F') => date.text(),
            Some('T') => format!("{hour:02}:{minute:02}:{second:02}"),
            Some('D') => format!("{month:02}/{day:02}/{:02}", year % 100),
            Some('R') => format!("{hour:02}:{minute:02}"),
            Some('G') => date.iso().0.to_string(),
            Some('V') => format!("{:02}", date.iso().1),
            Some('U') => two((yearday + 6 - (date.weekday() + 1) % 7) / 7),
            Some('W') => two((yearday + 6 - date.weekday()) / 7),
            Some('s') => ((date.days * DAY + clock) / SECOND).to_string(),
            Some('c') => format!(
                "{} {} {day:2} {hour:02}:{minute:02}:{second:02} {year}",
                name_at(&WEEKDAYS, date.weekday()).get(..3).unwrap_or(""),
                name_at(&MONTHS, month - 1).get(..3).unwrap_or("")
            ),
            Some('x') => format!("{month:02}/{day:02}/{:02}", year % 100),
            Some('X') => format!("{hour:02}:{minute:02}:{second:02}"),
            Some('n') => "\n".into(),
            Some('t') => "\t".into(),
            Some('%') => "%".into(),
            Some(other) => format!("%{other}"),
            None => "%".into(),
        };
        vm.charge(piece.len())?;
        out.push_str(&piece);
    }
    Ok(out)
}

/// `strptime`.
pub(super) fn parse_format(text: &str, pattern: &str) -> Result<DateTime, Failure> {
    let mismatch = || {
        Failure::value_error(format!(
            "time data {} does not match format {}",
            crate::python::text::quote(text),
            crate::python::text::quote(pattern)
        ))
    };
    fn number(rest: &str, most: usize) -> Option<(i64, &str)> {
        let count = rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if count == 0 {
            return None;
        }
        Some((rest.get(..count)?.parse().ok()?, rest.get(count..)?))
    }
    fn set(rest: &mut &str, target: &mut i64, most: usize) -> Option<()> {
        let (value, after) = number(rest, most)?;
        *target = value;
        *rest = after;
        Some(())
    }
    fn word<'a>(rest: &'a str, names: &[&str], short: bool) -> Option<(i64, &'a str)> {
        names.iter().enumerate().find_map(|(place, name)| {
            let name = if short { name.get(..3)? } else { name };
            let head = rest.get(..name.len())?;
            head.eq_ignore_ascii_case(name)
                .then(|| Some((i64::try_from(place).ok()?, rest.get(name.len()..)?)))?
        })
    }
    let (mut year, mut month, mut day) = (1900, 1, 1);
    let (mut hour, mut minute, mut second, mut micro) = (0, 0, 0, 0);
    let (mut afternoon, mut zone, mut yearday) = (None, None, None);
    let mut rest = text;
    let mut chars = pattern.chars();
    while let Some(one) = chars.next() {
        if one.is_whitespace() {
            rest = rest.trim_start();
            continue;
        }
        if one != '%' {
            rest = rest.strip_prefix(one).ok_or_else(mismatch)?;
            continue;
        }
        let done = match chars.next() {
            Some('Y') => set(&mut rest, &mut year, 4),
            Some('y') => set(&mut rest, &mut year, 2).map(|()| {
                year += if year < 69 { 2000 } else { 1900 };
            }),
            Some('m') => set(&mut rest, &mut month, 2),
            Some('d') => set(&mut rest, &mut day, 2),
            Some('H') => set(&mut rest, &mut hour, 2),
            Some('I') => set(&mut rest, &mut hour, 2),
            Some('M') => set(&mut rest, &mut minute, 2),
            Some('S') => set(&mut rest, &mut second, 2),
            Some('j') => {
                let mut value = 0;
                set(&mut rest, &mut value, 3).map(|()| yearday = Some(value))
            }
            Some('f') => {
                let before = rest.len();
                set(&mut rest, &mut micro, 6).map(|()| {
                    for _ in before - rest.len()..6 {
                        micro *= 10;
                    }
                })
            }
            Some('p') => {
                let head = rest.get(..2).map(str::to_ascii_uppercase);
                rest = rest.get(2..).unwrap_or("");
                match head.as_deref() {
                    Some("AM") => {
                        afternoon = Some(false);
                        Some(())
                    }
                    Some("PM") => {
                        afternoon = Some(true);
                        Some(())
                    }
                    _ => None,
                }
            }
            Some(code @ ('B' | 'b' | 'A' | 'a')) => {
                let names: &[&str] = if matches!(code, 'B' | 'b') {
                    &MONTHS
                } else {
                    &WEEKDAYS
                };
                word(rest, names, code.is_lowercase()).map(|(place, after)| {
                    if matches!(code, 'B' | 'b') {
                        month = place + 1;
                    }
                    rest = after;
                })
            }
            Some('z') => {
                if let Some(after) = rest.strip_prefix('Z') {
                    zone = Some(TimeZone::utc());
                    rest = after;
                    Some(())
                } else {
                    let count = rest
                        .char_indices()
                        .take_while(|(place, one)| {
                            (*place == 0 && matches!(one, '+' | '-'))
                                || (*place > 0 && (one.is_ascii_digit() || *one == ':'))
                        })
                        .count();
                    rest.get(..count).and_then(parse_offset).map(|offset| {
                        zone = Some(if offset == 0 {
                            TimeZone::utc()
                        } else {
                            Rc::new(TimeZone { offset, name: None })
                        });
                        rest = rest.get(count..).unwrap_or("");
                    })
                }
            }
            Some('Z') => {
                let found = ["UTC", "GMT"]
                    .into_iter()
                    .find_map(|name| rest.strip_prefix(name));
                found.map(|after| rest = after)
            }
            Some('%') => rest.strip_prefix('%').map(|after| rest = after),
            _ => None,
        };
        done.ok_or_else(mismatch)?;
    }
    if !rest.is_empty() {
        return Err(Failure::value_error(format!(
            "unconverted data remains: {rest}"
        )));
    }
    match afternoon {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    let days = match yearday {
        Some(place) => checked_days(year, 1, 1)? + place - 1,
        None => checked_days(year, month, day).map_err(|_| mismatch())?,
    };
    let clock = checked_time(hour, minute, second, micro).map_err(|_| mismatch())?;
    Ok(DateTime {
        microseconds: days * DAY + clock,
        zone,
    })
}
