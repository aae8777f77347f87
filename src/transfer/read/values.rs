//! Single values of the file: names, SQL, orders, bounds, regions and zones.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::fields::{Reader, Text, entries};
use crate::model::Need;
use crate::transfer::normalize::{is_region, regions};
use crate::transfer::{Limit, Order, Sql, TableName};

/// Whether a name can be part of the names of work tables and of aliases.
pub(super) fn is_plain_name(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(fits) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// `auth.users`, `users`, `"a.b".users`.
pub(super) fn table_name(reader: &Reader<'_>, text: &Text) -> Option<TableName> {
    let mut parts = match name_parts(&text.value) {
        Some(parts) if parts.len() <= 2 => parts,
        _ => {
            reader.error_with(
                text.span.clone(),
                format!("`{}` is no name of a table", text.value),
                "write `table` or `schema.table`; a part with a dot in it stands in double quotes",
            );
            return None;
        }
    };
    let name = parts.pop()?;
    Some(TableName {
        schema: parts.pop(),
        name,
    })
}

/// The parts between dots; a part in double quotes may hold dots.
fn name_parts(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let part = if let Some(quoted) = rest.strip_prefix('"') {
            let mut part = String::new();
            let mut letters = quoted.char_indices().peekable();
            rest = loop {
                match letters.next()? {
                    (at, '"') => {
                        if letters.next_if(|(_, letter)| *letter == '"').is_none() {
                            break &quoted[at + 1..];
                        }
                        part.push('"');
                    }
                    (_, letter) => part.push(letter),
                }
            };
            part
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            let part = rest[..end].to_owned();
            if part.trim() != part || part.contains('"') {
                return None;
            }
            rest = &rest[end..];
            part
        };
        if part.is_empty() {
            return None;
        }
        parts.push(part);
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None => return rest.is_empty().then_some(parts),
        }
    }
}

/// One text for all backends, or a table with one for each.
pub(super) fn sql(reader: &Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Sql> {
    let filled = |value: &Spanned<DeValue<'_>>| {
        let text = reader.text(value)?;
        if text.value.trim().is_empty() {
            reader.error(text.span, "the SQL is empty");
            return None;
        }
        Some(text.value)
    };
    match value.get_ref() {
        DeValue::Table(table) => {
            let mut by_backend = BTreeMap::new();
            for (backend, value) in entries(table) {
                let Some(text) = filled(value) else { continue };
                // Named as the backend is written in full, which `Sql::of` looks for.
                let key = match backend.value.as_str() {
                    "postgres" => "postgresql",
                    "sqlite" => "sqlite",
                    other => {
                        reader.unknown(
                            backend.span,
                            format!("transfers do not run on `{other}`"),
                            other,
                            ["postgres", "sqlite"],
                        );
                        continue;
                    }
                };
                by_backend.insert(key.to_owned(), text);
            }
            if table.is_empty() {
                reader.error(value.span(), "the SQL is empty");
            }
            Some(Sql {
                any: None,
                by_backend,
            })
        }
        _ => Some(Sql {
            any: Some(filled(value)?),
            by_backend: BTreeMap::new(),
        }),
    }
}

/// `created_at desc`.
pub(super) fn order(reader: &Reader<'_>, text: &Text) -> Option<Order> {
    let words: Vec<&str> = text.value.split_whitespace().collect();
    let (column, descending) = match words.as_slice() {
        [column] => (*column, false),
        [column, direction] if direction.eq_ignore_ascii_case("asc") => (*column, false),
        [column, direction] if direction.eq_ignore_ascii_case("desc") => (*column, true),
        _ => {
            reader.error_with(
                text.span.clone(),
                format!("`{}` is no order", text.value),
                "write a column, with `asc` or `desc` behind it where that is meant",
            );
            return None;
        }
    };
    Some(Order {
        column: column.to_owned(),
        descending,
    })
}

/// A number of rows, or a part of them as `1%`.
pub(super) fn limit(reader: &Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Limit> {
    let found = match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => {
            number.as_str().parse().ok().map(Limit::Rows)
        }
        DeValue::String(text) => text
            .strip_suffix('%')
            .and_then(|number| number.trim().parse::<f64>().ok())
            .filter(|percent| (0.0..=100.0).contains(percent))
            .map(Limit::Percent),
        _ => None,
    };
    if found.is_none() {
        reader.error_with(
            value.span(),
            "this is no bound on rows",
            "write a number of rows, such as 100, or a part of them, such as \"1%\"",
        );
    }
    found
}

pub(super) fn needs(reader: &Reader<'_>, texts: Vec<Text>) -> Vec<Need> {
    let mut needs = Vec::new();
    for text in texts {
        match Need::parse(&text.value) {
            Some(need) => needs.push(need),
            None => reader.error_with(
                text.span,
                format!("`{}` names no migration", text.value),
                "write `auth` or `auth@0001`",
            ),
        }
    }
    needs
}

pub(super) fn check_region(reader: &Reader<'_>, text: &Text) {
    if !is_region(&text.value) {
        let known: Vec<&str> = regions().collect();
        let capital = text.value.to_ascii_uppercase();
        let hint = if known.contains(&capital.as_str()) {
            format!("did you mean `{capital}`?")
        } else {
            "write the two letters of ISO 3166, such as `KR`".to_owned()
        };
        reader.error_with(
            text.span.clone(),
            format!("nothing is known of telephone numbers in `{}`", text.value),
            hint,
        );
    }
}

pub(super) fn check_zone(reader: &Reader<'_>, text: &Text) {
    if jiff::tz::TimeZone::get(&text.value).is_err() {
        let known: Vec<String> = jiff::tz::db()
            .available()
            .map(|name| name.to_string())
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        reader.error_with(
            text.span.clone(),
            format!("there is no time zone `{}`", text.value),
            match super::fields::near(&text.value, &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write a name of the IANA's list, such as `Asia/Seoul`".to_owned(),
            },
        );
    }
}
