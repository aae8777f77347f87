//! How a column of the target is declared.

use std::ops::Range;

use indexmap::IndexMap;
use toml::Spanned;
use toml::de::DeValue;

use super::fields::{Reader, Text, entries};
use super::values;
use crate::transfer::{Column, MergeValue, Misfit, Normalizer, Value};

/// The words for what is done about misfits.
pub(super) const MISFITS: [(&str, Misfit); 4] = [
    ("quarantine", Misfit::Quarantine),
    ("null", Misfit::Null),
    ("keep", Misfit::Keep),
    ("abort", Misfit::Abort),
];

const MERGES: [(&str, MergeValue); 3] = [
    ("first", MergeValue::First),
    ("least", MergeValue::Least),
    ("greatest", MergeValue::Greatest),
];

const PLAIN: [(&str, Normalizer); 9] = [
    ("trim", Normalizer::Trim),
    ("blank_to_null", Normalizer::BlankToNull),
    ("lower", Normalizer::Lower),
    ("upper", Normalizer::Upper),
    ("nfc", Normalizer::Nfc),
    ("nfkc", Normalizer::Nfkc),
    ("collapse_blanks", Normalizer::CollapseBlanks),
    ("phone", Normalizer::Phone { region: None }),
    ("time_zone", Normalizer::TimeZone { zone: None }),
];

/// Where the parts of a column stand that are held against others.
pub(super) struct ColumnSpans {
    /// One for each column that the value comes from.
    pub(super) from: Vec<Range<usize>>,
    /// One for each normaliser.
    pub(super) clean: Vec<Range<usize>>,
    pub(super) parent: Range<usize>,
}

/// Reads a column: a name, or a table.
pub(super) fn column(
    reader: &Reader<'_>,
    name: &Text,
    value: &Spanned<DeValue<'_>>,
) -> Option<(Column, ColumnSpans)> {
    let mut spans = ColumnSpans {
        from: Vec::new(),
        clean: Vec::new(),
        parent: value.span(),
    };
    let mut column = Column {
        place: reader.place(name.span.start),
        value: Value::Columns(Vec::new()),
        clean: Vec::new(),
        map: None,
        unmapped: Misfit::default(),
        invalid: Misfit::default(),
        parent: None,
        orphan: Misfit::default(),
        merge: MergeValue::default(),
    };
    let table = match value.get_ref() {
        DeValue::String(_) => {
            let text = reader.text(value)?;
            column.value = from(reader, vec![text], value.span(), &mut spans)?;
            return Some((column, spans));
        }
        DeValue::Table(table) => table,
        other => {
            reader.expected("a column of the source or a table", value.span(), other);
            return None;
        }
    };
    let fields = reader.fields(table, value.span(), "a column");
    let given: Vec<&str> = ["from", "sql", "value"]
        .into_iter()
        .filter(|key| fields.has(key))
        .collect();
    let sources = (fields.get("from"), fields.get("sql"), fields.get("value"));
    let found = match sources {
        (Some(value), None, None) => from(reader, reader.texts(value), value.span(), &mut spans),
        (None, Some(value), None) => values::sql(reader, value).map(Value::Expression),
        (None, None, Some(value)) => constant(reader, value),
        (None, None, None) => {
            reader.error_with(
                name.span.clone(),
                format!("nothing says where `{}` gets its value", name.value),
                "write one of `from`, `sql` and `value`",
            );
            None
        }
        _ => {
            let last = given.last().copied().unwrap_or_default();
            reader.error_with(
                fields.span_of(last),
                format!(
                    "`{}` has more than one value: {}",
                    name.value,
                    given.join(", ")
                ),
                "write one of `from`, `sql` and `value`",
            );
            None
        }
    };
    if let Some(value) = fields.get("clean") {
        for (normalizer, span) in clean(reader, value) {
            column.clean.push(normalizer);
            spans.clean.push(span);
        }
    }
    column.map = fields.get("map").and_then(|value| map(reader, value));
    column.unmapped = fields.choice("unmapped", &MISFITS);
    column.invalid = fields.choice("invalid", &MISFITS);
    column.parent = fields.text("parent").map(|text| {
        spans.parent = text.span;
        text.value
    });
    column.orphan = fields.choice("orphan", &MISFITS);
    column.merge = fields.choice("merge", &MERGES);
    for (key, other, there) in [
        ("unmapped", "map", fields.has("map")),
        ("orphan", "parent", fields.has("parent")),
        (
            "invalid",
            "clean = [\"phone\"]` or `clean = [\"time_zone\"]",
            fields.has("clean") && column.clean.iter().any(Normalizer::may_refuse),
        ),
    ] {
        if fields.has(key) && !there {
            let message = format!("`{key}` has no meaning without `{other}`");
            reader.error(fields.span_of(key), message);
        }
    }
    if fields.has("value") {
        for key in ["clean", "map", "parent"] {
            if fields.has(key) {
                let message = format!("`{key}` has no meaning for a constant");
                reader.error(fields.span_of(key), message);
            }
        }
    }
    fields.finish();
    column.value = found?;
    Some((column, spans))
}

fn from(
    reader: &Reader<'_>,
    texts: Vec<Text>,
    span: Range<usize>,
    spans: &mut ColumnSpans,
) -> Option<Value> {
    if texts.is_empty() {
        reader.error(span, "`from` names no column");
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    for text in texts {
        if text.value.trim().is_empty() {
            reader.error(text.span, "the name of a column is empty");
            return None;
        }
        if names.contains(&text.value) {
            let message = format!("`{}` is named twice", text.value);
            reader.error(text.span.clone(), message);
        }
        spans.from.push(text.span);
        names.push(text.value);
    }
    Some(Value::Columns(names))
}

fn constant(reader: &Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Value> {
    let text = match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        // As in a map: nothing.
        DeValue::Boolean(false) => None,
        DeValue::Boolean(true) => {
            reader.error_with(
                value.span(),
                "`true` is no constant; `false` stands for NULL here",
                "write the text \"true\" or \"false\" for a column of truth values",
            );
            return None;
        }
        other => {
            reader.expected("a text, a number or `false` for NULL", value.span(), other);
            return None;
        }
    };
    Some(Value::Constant(text))
}

fn clean(reader: &Reader<'_>, value: &Spanned<DeValue<'_>>) -> Vec<(Normalizer, Range<usize>)> {
    let DeValue::Array(items) = value.get_ref() else {
        let one = normalizer(reader, value);
        return one.map(|one| (one, value.span())).into_iter().collect();
    };
    let read = |item: &Spanned<DeValue<'_>>| Some((normalizer(reader, item)?, item.span()));
    items.iter().filter_map(read).collect()
}

fn normalizer(reader: &Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Normalizer> {
    let table = match value.get_ref() {
        DeValue::String(word) => {
            let found = PLAIN.iter().find(|(name, _)| *name == word.as_ref());
            if found.is_none() {
                reader.unknown(
                    value.span(),
                    format!("there is no normaliser `{word}`"),
                    word,
                    PLAIN.iter().map(|(name, _)| *name),
                );
            }
            return found.map(|(_, normalizer)| normalizer.clone());
        }
        DeValue::Table(table) => table,
        other => {
            reader.expected("the name of a normaliser", value.span(), other);
            return None;
        }
    };
    let fields = reader.fields(table, value.span(), "a normaliser with a setting");
    let region = fields.text("phone");
    let zone = fields.text("time_zone");
    let found = match (region, zone) {
        (Some(region), None) => {
            values::check_region(reader, &region);
            let region = Some(region.value);
            Some(Normalizer::Phone { region })
        }
        (None, Some(zone)) => {
            values::check_zone(reader, &zone);
            let zone = Some(zone.value);
            Some(Normalizer::TimeZone { zone })
        }
        (Some(_), Some(zone)) => {
            reader.error(zone.span, "a list of two normalisers needs two entries");
            None
        }
        (None, None) => {
            if table.is_empty() {
                reader.error(value.span(), "this names no normaliser");
            }
            None
        }
    };
    fields.finish();
    found
}

fn map(
    reader: &Reader<'_>,
    value: &Spanned<DeValue<'_>>,
) -> Option<IndexMap<String, Option<String>>> {
    let before = reader.count();
    let mut map = IndexMap::new();
    match value.get_ref() {
        DeValue::Table(table) => {
            for (from, to) in entries(table) {
                let to = match to.get_ref() {
                    DeValue::String(text) => Some(text.to_string()),
                    DeValue::Boolean(false) => None,
                    other => {
                        reader.expected("a text, or `false` for NULL", to.span(), other);
                        continue;
                    }
                };
                map.insert(from.value, to);
            }
        }
        DeValue::Array(_) => {
            for text in reader.texts(value) {
                if map.contains_key(&text.value) {
                    let message = format!("`{}` is named twice", text.value);
                    reader.error(text.span.clone(), message);
                }
                map.insert(text.value.clone(), Some(text.value));
            }
        }
        other => {
            reader.expected("a table or a list of texts", value.span(), other);
            return None;
        }
    }
    if map.is_empty() && reader.count() == before {
        reader.error(
            value.span(),
            "the map is empty, so that every value would be unmapped",
        );
    }
    Some(map)
}
