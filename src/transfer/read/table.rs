//! How a table of the target is declared.

use std::ops::Range;

use indexmap::IndexMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::column::{ColumnSpans, MISFITS, column};
use super::fields::{Fields, Reader, Text};
use super::values;
use crate::transfer::{
    ConflictAction, Deleted, Existing, Lookup, Order, Source, Table, UniqueRule,
};

const EXISTING: [(&str, Existing); 3] = [
    ("keep", Existing::Keep),
    ("quarantine", Existing::Quarantine),
    ("abort", Existing::Abort),
];

const DELETED: [(&str, Deleted); 2] = [("remove", Deleted::Remove), ("keep", Deleted::Keep)];

/// Where the parts of a table stand that are held against others.
pub(super) struct TableSpans {
    pub(super) name: Range<usize>,
    pub(super) key: Range<usize>,
    /// All columns and lookups that are named, also those with mistakes of their own.
    pub(super) named_columns: Vec<String>,
    pub(super) named_lookups: Vec<String>,
    pub(super) columns: Vec<ColumnSpans>,
    pub(super) lookups: Vec<LookupSpans>,
    pub(super) unique: Vec<UniqueSpans>,
}

/// Where the parts of a lookup stand.
pub(super) struct LookupSpans {
    pub(super) name: Text,
    pub(super) pick: Vec<Range<usize>>,
    pub(super) on: Vec<Range<usize>>,
}

/// Where the parts of a rule stand.
pub(super) struct UniqueSpans {
    pub(super) columns: Vec<Text>,
    pub(super) null: Vec<Text>,
    pub(super) action: Range<usize>,
    pub(super) keep: Vec<Range<usize>>,
}

/// Reads a table; nothing where so much is missing that its parts cannot be held against each other.
pub(super) fn table(
    reader: &Reader<'_>,
    item: &DeTable<'_>,
    span: Range<usize>,
) -> Option<(Table, TableSpans)> {
    let fields = reader.fields(item, span.clone(), "a table");
    let name = fields.required_text("name");
    if let Some(name) = &name
        && !values::is_plain_name(&name.value)
    {
        reader.error_with(
            name.span.clone(),
            format!("`{}` cannot be the name of a table here", name.value),
            "use letters, digits and `_`; the table of the target is named by `to`",
        );
    }
    let source = source(reader, &fields);
    let key = names(reader, &fields, "key");
    let target = fields
        .required_text("to")
        .and_then(|text| values::table_name(reader, &text));
    let watermark = fields.text("watermark").map(|text| text.value);
    let optional = fields.flag("optional");
    if optional && fields.has("sql") {
        reader.error_with(
            fields.span_of("optional"),
            "a query cannot be optional",
            "only a table named by `from` may be missing",
        );
    }
    let mut exclude = IndexMap::new();
    for (rule, condition) in fields.named("exclude") {
        check_name(reader, &rule, "rule");
        if let Some(condition) = values::sql(reader, condition) {
            exclude.insert(rule.value, condition);
        }
    }
    let mut spans = TableSpans {
        name: name.as_ref().map_or(span.clone(), |name| name.span.clone()),
        key: fields.span_of("key"),
        named_columns: Vec::new(),
        named_lookups: Vec::new(),
        columns: Vec::new(),
        lookups: Vec::new(),
        unique: Vec::new(),
    };
    let mut lookups = IndexMap::new();
    for (alias, value) in fields.named("lookup") {
        spans.named_lookups.push(alias.value.clone());
        if let Some((lookup, of)) = lookup(reader, &alias, value) {
            lookups.insert(alias.value, lookup);
            spans.lookups.push(of);
        }
    }
    let mut columns = IndexMap::new();
    for (target, value) in fields.named("columns") {
        spans.named_columns.push(target.value.clone());
        if let Some((column, of)) = column(reader, &target, value) {
            columns.insert(target.value, column);
            spans.columns.push(of);
        }
    }
    if !fields.has("columns") {
        fields.missing("columns");
    }
    let mut dropped = IndexMap::new();
    for (column, reason) in fields.named("dropped") {
        if let Some(reason) = reader.reason(reason) {
            dropped.insert(column.value, reason.value);
        }
    }
    let mut unique = Vec::new();
    for (item, span) in fields.tables("unique") {
        if let Some((rule, of)) = unique_rule(reader, item, span) {
            unique.push(rule);
            spans.unique.push(of);
        }
    }
    let existing = fields.choice("existing", &EXISTING);
    let deleted = fields.choice("deleted", &DELETED);
    let too_long = fields.choice("too_long", &MISFITS);
    let missing = fields.choice("missing", &MISFITS);
    let check = fields.choice("check", &MISFITS);
    fields.finish();
    let table = Table {
        name: name?.value,
        place: reader.place(span.start),
        source: source?,
        optional,
        key,
        target: target?,
        watermark,
        lookups,
        exclude,
        columns,
        dropped,
        unique,
        existing,
        deleted,
        too_long,
        missing,
        check,
    };
    Some((table, spans))
}

fn source(reader: &Reader<'_>, fields: &Fields<'_>) -> Option<Source> {
    let hint = "write `from` for a table or `sql` for a query";
    match (fields.text("from"), fields.get("sql")) {
        (Some(from), None) => values::table_name(reader, &from).map(Source::Table),
        (None, Some(query)) => values::sql(reader, query).map(Source::Query),
        (Some(_), Some(_)) => {
            let message = "the rows come from a table or from a query, not from both";
            reader.error_with(fields.span_of("sql"), message, hint);
            None
        }
        (None, None) => {
            if !fields.has("from") {
                let message = "nothing says where the rows of the table come from";
                reader.error_with(fields.span_of("from"), message, hint);
            }
            None
        }
    }
}

/// A list of names, of which there has to be one at least and none twice.
fn names(reader: &Reader<'_>, fields: &Fields<'_>, key: &'static str) -> Vec<String> {
    texts(reader, fields, key)
        .into_iter()
        .map(|text| text.value)
        .collect()
}

fn texts(reader: &Reader<'_>, fields: &Fields<'_>, key: &'static str) -> Vec<Text> {
    if !fields.has(key) {
        fields.missing(key);
        return Vec::new();
    }
    let before = reader.count();
    let mut found: Vec<Text> = Vec::new();
    for text in fields.texts(key) {
        if text.value.trim().is_empty() {
            reader.error(text.span, "the name of a column is empty");
        } else if found.iter().any(|other| other.value == text.value) {
            reader.error(text.span, format!("`{}` is named twice", text.value));
        } else {
            found.push(text);
        }
    }
    if found.is_empty() && reader.count() == before {
        reader.error(fields.span_of(key), format!("`{key}` names no column"));
    }
    found
}

fn check_name(reader: &Reader<'_>, name: &Text, what: &str) {
    if !values::is_plain_name(&name.value) {
        reader.error_with(
            name.span.clone(),
            format!("`{}` cannot be the name of a {what}", name.value),
            "use letters, digits and `_`",
        );
    }
}

fn orders(
    reader: &Reader<'_>,
    fields: &Fields<'_>,
    key: &'static str,
) -> (Vec<Order>, Vec<Range<usize>>) {
    fields
        .texts(key)
        .iter()
        .filter_map(|text| Some((values::order(reader, text)?, text.span.clone())))
        .unzip()
}

fn lookup(
    reader: &Reader<'_>,
    name: &Text,
    value: &Spanned<DeValue<'_>>,
) -> Option<(Lookup, LookupSpans)> {
    check_name(reader, name, "lookup");
    if name.value.eq_ignore_ascii_case("source") {
        reader.error(
            name.span.clone(),
            "`source` stands for the source row already",
        );
    }
    let DeValue::Table(table) = value.get_ref() else {
        reader.expected("a table", value.span(), value.get_ref());
        return None;
    };
    let fields = reader.fields(table, name.span.clone(), "a lookup");
    let source = fields
        .required_text("from")
        .and_then(|text| values::table_name(reader, &text));
    let mut spans = LookupSpans {
        name: name.clone(),
        pick: Vec::new(),
        on: Vec::new(),
    };
    let mut on = IndexMap::new();
    for (column, other) in fields.named("on") {
        if let Some(other) = reader.text(other) {
            spans.on.push(other.span);
            on.insert(column.value, other.value);
        }
    }
    if !fields.has("on") {
        fields.missing("on");
    } else if on.is_empty() {
        reader.error(fields.span_of("on"), "`on` names no column");
    }
    let (pick, places) = orders(reader, &fields, "pick");
    spans.pick = places;
    let key = names(reader, &fields, "key");
    let optional = fields.flag("optional");
    let report_unreached = fields
        .choice(
            "unreached",
            &[("report", Some(true)), ("ignore", Some(false))],
        )
        .unwrap_or(true);
    fields.finish();
    let lookup = Lookup {
        source: source?,
        on,
        pick,
        key,
        optional,
        report_unreached,
    };
    Some((lookup, spans))
}

/// The words for what is done where rows meet.
#[derive(Clone, Copy)]
enum Action {
    KeepFirst,
    NullOthers,
    Merge,
    Quarantine,
    Abort,
}

const ACTIONS: [(&str, Option<Action>); 5] = [
    ("keep_first", Some(Action::KeepFirst)),
    ("null_others", Some(Action::NullOthers)),
    ("merge", Some(Action::Merge)),
    ("quarantine", Some(Action::Quarantine)),
    ("abort", Some(Action::Abort)),
];

fn unique_rule(
    reader: &Reader<'_>,
    item: &DeTable<'_>,
    span: Range<usize>,
) -> Option<(UniqueRule, UniqueSpans)> {
    let fields = reader.fields(item, span.clone(), "a rule for a unique constraint");
    let columns = texts(reader, &fields, "columns");
    if !fields.has("on_conflict") {
        fields.missing("on_conflict");
    }
    let action = fields.choice("on_conflict", &ACTIONS);
    let null = fields.texts("null");
    let (keep, keep_spans) = orders(reader, &fields, "keep");
    if let Some(action) = action {
        if fields.has("null") && !matches!(action, Action::NullOthers) {
            reader.error(
                fields.span_of("null"),
                "`null` has no meaning without `on_conflict = \"null_others\"`",
            );
        }
        if fields.has("null") && null.is_empty() {
            reader.error(fields.span_of("null"), "`null` names no column");
        }
    }
    let names = |texts: &[Text]| texts.iter().map(|text| text.value.clone()).collect();
    let spans = UniqueSpans {
        columns: columns.clone(),
        null: null.clone(),
        action: fields.span_of("on_conflict"),
        keep: keep_spans,
    };
    fields.finish();
    let rule = UniqueRule {
        place: reader.place(span.start),
        action: match action? {
            Action::KeepFirst => ConflictAction::KeepFirst,
            Action::NullOthers if null.is_empty() => ConflictAction::NullOthers(names(&columns)),
            Action::NullOthers => ConflictAction::NullOthers(names(&null)),
            Action::Merge => ConflictAction::Merge,
            Action::Quarantine => ConflictAction::Quarantine,
            Action::Abort => ConflictAction::Abort,
        },
        columns: names(&columns),
        keep,
    };
    Some((rule, spans))
}
