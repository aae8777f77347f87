//! The second step: what one part of the file says of another has to be so.

use std::collections::BTreeSet;
use std::ops::Range;

use indexmap::IndexMap;

use super::fields::Reader;
use super::table::{TableSpans, UniqueSpans};
use crate::transfer::{
    ConflictAction, Normalizer, Settings, Source, Table, TableName, UniqueRule, Value,
};

/// Holds the parts of a file against each other.
pub(super) struct References<'r> {
    reader: &'r Reader<'r>,
    settings: &'r Settings,
    /// Names of tables that could not be read, so that nobody complains of references to them.
    broken: Vec<String>,
}

impl<'r> References<'r> {
    pub(super) fn new(reader: &'r Reader<'r>, settings: &'r Settings) -> Self {
        Self {
            reader,
            settings,
            broken: Vec::new(),
        }
    }

    /// Remembers a table that could not be read.
    pub(super) fn broken(&mut self, name: String) {
        self.broken.push(name);
    }

    /// Checks a table against itself and those before it.
    pub(super) fn table(&self, table: &Table, spans: &TableSpans, earlier: &[Table]) {
        if earlier.iter().any(|other| other.name == table.name) {
            self.reader.error(
                spans.name.clone(),
                format!("there are two tables `{}`", table.name),
            );
        }
        self.lookups(table, spans);
        for (column, places) in table.columns.values().zip(&spans.columns) {
            if let Value::Columns(names) = &column.value {
                for (name, span) in names.iter().zip(&places.from) {
                    self.column_of_source(spans, name, span);
                    if table.dropped.contains_key(name) {
                        self.reader.error_with(
                            span.clone(),
                            format!("`{name}` is among the dropped columns"),
                            "take it out of `dropped`, or out of here",
                        );
                    }
                }
            }
            for (normalizer, span) in column.clean.iter().zip(&places.clean) {
                self.has_its_setting(normalizer, span);
            }
            if let Some(parent) = &column.parent {
                self.parent(table, parent, &places.parent, earlier);
            }
        }
        self.unique(table, spans);
    }

    fn lookups(&self, table: &Table, spans: &TableSpans) {
        for (lookup, spans) in table.lookups.values().zip(&spans.lookups) {
            for (order, span) in lookup.pick.iter().zip(&spans.pick) {
                if let Some((prefix, _)) = order.column.split_once('.')
                    && prefix != spans.name.value
                {
                    self.reader.error_with(
                        span.clone(),
                        format!("`{}` is no column of the lookup", order.column),
                        "`pick` orders rows of the lookup by its own columns",
                    );
                }
            }
            for (column, span) in lookup.on.values().zip(&spans.on) {
                if column.contains('.') {
                    self.reader.error_with(
                        span.clone(),
                        format!("`{column}` is no column of the source"),
                        "a lookup hangs on columns of the source, not of other lookups",
                    );
                }
            }
        }
    }

    /// `nickname`, or `profile.nickname` where there is a lookup of that name.
    fn column_of_source(&self, table: &TableSpans, name: &str, span: &Range<usize>) {
        let Some((prefix, column)) = name.split_once('.') else {
            return;
        };
        if prefix == "source" && !column.is_empty() {
            self.reader.error_with(
                span.clone(),
                format!("`{name}` says more than is needed"),
                format!("write `{column}`: names without a lookup are columns of the source"),
            );
        } else if !table.named_lookups.iter().any(|known| known == prefix) {
            self.reader.unknown(
                span.clone(),
                format!("there is no lookup `{prefix}`"),
                prefix,
                table.named_lookups.iter().map(String::as_str),
            );
        }
    }

    fn has_its_setting(&self, normalizer: &Normalizer, span: &Range<usize>) {
        let (what, key, example, there) = match normalizer {
            Normalizer::Phone { region } => (
                "region",
                "phone_region",
                "{ phone = \"KR\" }",
                region.is_some() || self.settings.phone_region.is_some(),
            ),
            Normalizer::TimeZone { zone } => (
                "time zone",
                "time_zone",
                "{ time_zone = \"Asia/Seoul\" }",
                zone.is_some() || self.settings.time_zone.is_some(),
            ),
            _ => return,
        };
        if !there {
            self.reader.error_with(
                span.clone(),
                format!("no {what} is given"),
                format!("write `{key}` at the head of the file, or `{example}` here"),
            );
        }
    }

    fn parent(&self, table: &Table, parent: &str, span: &Range<usize>, earlier: &[Table]) {
        if self.broken.iter().any(|name| name == parent) {
            return;
        }
        let Some(found) = earlier.iter().find(|other| other.name == parent) else {
            let message = if parent == table.name {
                format!("`{parent}` cannot be its own parent")
            } else {
                format!("there is no table `{parent}` before this one")
            };
            self.reader.unknown(
                span.clone(),
                message,
                parent,
                earlier.iter().map(|other| other.name.as_str()),
            );
            return;
        };
        if found.key.len() > 1 {
            self.reader.error_with(
                span.clone(),
                format!(
                    "`{parent}` is told apart by {} columns, which one value cannot refer to",
                    found.key.len()
                ),
                "only a table with a key of one column can be a parent",
            );
        }
    }

    fn unique(&self, table: &Table, spans: &TableSpans) {
        let mut seen: Vec<BTreeSet<&str>> = Vec::new();
        let mut merges = false;
        for (rule, places) in table.unique.iter().zip(&spans.unique) {
            self.rule(spans, rule, places);
            let columns: BTreeSet<&str> = rule.columns.iter().map(String::as_str).collect();
            if seen.contains(&columns)
                && let Some(first) = places.columns.first()
            {
                let message = "there is a rule for these columns already";
                self.reader.error(first.span.clone(), message);
            }
            seen.push(columns);
            if rule.action == ConflictAction::Merge {
                if merges {
                    self.reader.error_with(
                        places.action.clone(),
                        "a second rule merges rows of this table",
                        "one rule of a table may merge; choose another action here",
                    );
                }
                merges = true;
            }
        }
        if merges {
            for key in &table.key {
                let carried = table.columns.values().any(|column| {
                    let straight = column.clean.is_empty() && column.map.is_none();
                    straight && column.value == Value::Columns(vec![key.clone()])
                });
                if !carried {
                    self.reader.error_with(
                        spans.key.clone(),
                        format!(
                            "rows are merged, but no column of the target carries the key `{key}`"
                        ),
                        format!("write a column with `from = \"{key}\"` and nothing else"),
                    );
                }
            }
        }
    }

    fn rule(&self, table: &TableSpans, rule: &UniqueRule, spans: &UniqueSpans) {
        for text in spans.columns.iter().chain(&spans.null) {
            if !table.named_columns.contains(&text.value) {
                self.reader.unknown(
                    text.span.clone(),
                    format!("`{}` is not among the columns of the table", text.value),
                    &text.value,
                    table.named_columns.iter().map(String::as_str),
                );
            }
        }
        if let ConflictAction::NullOthers(null) = &rule.action
            && !null.iter().any(|column| rule.columns.contains(column))
        {
            self.reader.error_with(
                spans
                    .null
                    .first()
                    .map_or(spans.action.clone(), |text| text.span.clone()),
                "the rows would still meet: no column of the constraint becomes NULL",
                format!("name one of: {}", rule.columns.join(", ")),
            );
        }
        for (order, span) in rule.keep.iter().zip(&spans.keep) {
            self.column_of_source(table, &order.column, span);
        }
    }

    /// Tables that stay behind are not moved.
    pub(super) fn left_behind(
        &self,
        left: &IndexMap<TableName, String>,
        tables: &[Table],
        span: Range<usize>,
    ) {
        for name in left.keys() {
            let moved = tables.iter().find(|table| match &table.source {
                Source::Table(source) => source == name,
                Source::Query(_) => false,
            });
            if let Some(table) = moved {
                self.reader.error(
                    span.clone(),
                    format!(
                        "`{name}` is left behind, but the table `{}` moves it",
                        table.name
                    ),
                );
            }
        }
    }
}
