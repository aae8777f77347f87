//! What checks, runs and verifications come to.

use std::time::Duration;

use serde::Serialize;

use super::error::TransferError;
use super::plan::TablePlan;
use super::resolve::{key_text, query};
use super::session::Ready;
use super::shape::Kind;
use super::{Limit, Value};
use crate::engine::Database;

/// What happened, or would happen, to the rows of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TableSummary {
    /// The table's name in the transfer.
    pub table: String,
    /// The source, as it is named in the file.
    pub source: String,
    /// The target.
    pub target: String,
    /// Rows of the source.
    pub rows: u64,
    /// Rows that are, or will be, in the target under their own key.
    pub moved: u64,
    /// Rows that are part of others.
    pub merged: u64,
    /// Rows set aside with their reasons.
    pub quarantined: u64,
    /// Rows that stay behind by a rule, or because the target has them already.
    pub skipped: u64,
    /// Rows about which the file decides nothing.
    pub undecided: u64,
    /// Rows of the target that came from source rows that are gone now.
    pub gone: u64,
    /// Whether more rows are quarantined than the file allows.
    pub over_limit: bool,
    /// Why rows are not plainly moved.
    pub reasons: Vec<ReasonSummary>,
    /// What else should be known.
    pub remarks: Vec<String>,
}

/// Rows with one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReasonSummary {
    /// The reason: a code, mostly with the column.
    pub reason: String,
    /// What becomes of the rows: `moved`, `merged`, `quarantined`, `skipped`, `undecided`.
    pub outcome: String,
    /// How many rows have it; a row may have several.
    pub rows: u64,
    /// Keys of a few of them.
    pub samples: Vec<String>,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CheckReport {
    /// The transfer.
    pub transfer: String,
    /// Each table.
    pub tables: Vec<TableSummary>,
    /// What was not asked of the database but declared.
    pub left_behind: Vec<(String, String)>,
    /// Whether a run may begin.
    pub ready: bool,
    /// How long it took.
    #[serde(serialize_with = "milliseconds")]
    pub elapsed: Duration,
}

pub(super) fn milliseconds<S: serde::Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

pub(super) fn number(value: Option<&str>) -> u64 {
    value.and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Counts what was decided on a table.
pub(super) fn summarize(
    ready: &Ready<'_>,
    database: &mut dyn Database,
    at: usize,
) -> Result<TableSummary, TransferError> {
    let table = &ready.plan.tables[at];
    let text = ready.plan.text;
    let mut summary = TableSummary {
        table: table.declared.name.clone(),
        source: match &table.declared.source {
            super::Source::Table(name) => name.to_string(),
            super::Source::Query(_) => "a query".to_owned(),
        },
        target: table.declared.target.to_string(),
        ..TableSummary::default()
    };
    let Some(source) = &table.source else {
        summary
            .remarks
            .push("the source does not exist in this database".to_owned());
        return Ok(summary);
    };
    let doing = "counting rows";
    let rows = query(
        database,
        doing,
        &format!("SELECT count(*) FROM {} AS source", source.from),
    )?;
    summary.rows = number(rows.single());
    let decision = ready.work.decision(table);
    let outcomes = query(
        database,
        doing,
        &format!("SELECT outcome, count(*) FROM {decision} GROUP BY outcome"),
    )?;
    for row in &outcomes.rows {
        let count = number(row[1].as_deref());
        match row[0].as_deref() {
            Some("merged") => summary.merged = count,
            Some("quarantined") => summary.quarantined = count,
            Some("skipped") => summary.skipped = count,
            Some("undecided") => summary.undecided = count,
            _ => {}
        }
    }
    let set_aside = summary.merged + summary.quarantined + summary.skipped + summary.undecided;
    summary.moved = summary.rows.saturating_sub(set_aside);
    summary.reasons = reasons(ready, database, table)?;
    summary.over_limit = match ready.plan.declaration.settings.quarantine_limit {
        None => false,
        Some(Limit::Rows(most)) => summary.quarantined > most,
        #[expect(
            clippy::cast_precision_loss,
            reason = "a part in a hundred is no exact number"
        )]
        Some(Limit::Percent(most)) => {
            summary.quarantined as f64 * 100.0 > most * summary.rows as f64
        }
    };
    if ready.before[at].ledger {
        let keys: Vec<_> = (1..=table.declared.key.len())
            .map(|n| format!("l.k{n} = source.{}", text.name(&table.declared.key[n - 1])))
            .collect();
        let sql = format!(
            "SELECT count(*) FROM {} l WHERE NOT EXISTS (SELECT 1 FROM {} AS source WHERE {})",
            ready.work.moved(table),
            source.from,
            keys.join(" AND ")
        );
        summary.gone = number(query(database, doing, &sql)?.single());
    }
    summary.remarks.extend(remarks(ready, database, table)?);
    Ok(summary)
}

fn reasons(
    ready: &Ready<'_>,
    database: &mut dyn Database,
    table: &TablePlan<'_>,
) -> Result<Vec<ReasonSummary>, TransferError> {
    let keys: Vec<_> = (1..=table.declared.key.len())
        .map(|n| format!("k{n}"))
        .collect();
    let keys = keys.join(", ");
    let sql = format!(
        "SELECT outcome, reasons, rows, {keys} FROM (SELECT outcome, reasons, {keys}, count(*) OVER (PARTITION BY outcome, reasons) AS rows, row_number() OVER (PARTITION BY outcome, reasons ORDER BY {keys}) AS place FROM {}) ranked WHERE place <= 3 ORDER BY rows DESC, outcome, reasons, place LIMIT 3000",
        ready.work.decision(table)
    );
    let rows = query(database, "counting reasons", &sql)?;
    let mut all: Vec<ReasonSummary> = Vec::new();
    let mut last: Option<(String, String)> = None;
    for row in rows.rows {
        let outcome = row[0].clone().unwrap_or_default();
        let joined = row[1].clone().unwrap_or_default();
        let key = key_text(&row[3..]);
        let first = last.as_ref() != Some(&(outcome.clone(), joined.clone()));
        // A message of the server may have commas of its own.
        let parts: Vec<&str> = match joined.find("refused:") {
            Some(_) => vec![joined.as_str()],
            None => joined.split(',').collect(),
        };
        for reason in parts {
            let known = all
                .iter_mut()
                .find(|summary| summary.reason == reason && summary.outcome == outcome);
            let summary = match known {
                Some(summary) => summary,
                None => {
                    all.push(ReasonSummary {
                        reason: reason.to_owned(),
                        outcome: outcome.clone(),
                        ..ReasonSummary::default()
                    });
                    let last = all.len() - 1;
                    &mut all[last]
                }
            };
            if first {
                summary.rows += number(row[2].as_deref());
            }
            if summary.samples.len() < 3 {
                summary.samples.push(key.clone());
            }
        }
        last = Some((outcome, joined));
    }
    all.sort_by(|left, right| {
        (&left.outcome, right.rows, &left.reason).cmp(&(&right.outcome, left.rows, &right.reason))
    });
    Ok(all)
}

/// What no row's outcome tells.
fn remarks(
    ready: &Ready<'_>,
    database: &mut dyn Database,
    table: &TablePlan<'_>,
) -> Result<Vec<String>, TransferError> {
    let text = ready.plan.text;
    let mut remarks = Vec::new();
    if !table.target.triggers.is_empty() {
        remarks.push(format!(
            "{} has triggers that will run for each row: {}",
            table.declared.target,
            table.target.triggers.join(", ")
        ));
    }
    let mapping = super::mapping::Mapping {
        plan: &ready.plan,
        table,
        work: &ready.work,
    };
    for lookup in &table.lookups {
        let declared = lookup.declared;
        if lookup.shape.is_none() {
            remarks.push(format!(
                "{} does not exist in this database",
                declared.source
            ));
            continue;
        }
        if lookup.ambiguous {
            let passed = ready.work.passed_over(table, lookup.name);
            let count = number(
                query(
                    database,
                    "counting lookups",
                    &format!("SELECT count(*) FROM {passed}"),
                )?
                .single(),
            );
            if count > 0 {
                remarks.push(format!(
                    "{count} rows of {} are passed over: another row for the same {} comes first",
                    declared.source,
                    declared.on.values().cloned().collect::<Vec<_>>().join(", ")
                ));
            }
        }
        if declared.report_unreached {
            let on: Vec<_> = declared
                .on
                .iter()
                .map(|(own, outer)| format!("l.{} = source.{}", text.name(own), text.name(outer)))
                .collect();
            let sql = format!(
                "SELECT count(*) FROM {} l WHERE NOT EXISTS (SELECT 1 FROM {} AS source WHERE {})",
                text.table(&declared.source),
                mapping.source(),
                on.join(" AND ")
            );
            let count = number(query(database, "counting lookups", &sql)?.single());
            if count > 0 {
                remarks.push(format!(
                    "{count} rows of {} belong to no row of the source and stay behind",
                    declared.source
                ));
            }
        }
    }
    for (name, column) in &table.declared.columns {
        let Value::Columns(names) = &column.value else {
            continue;
        };
        let [first, second, ..] = names.as_slice() else {
            continue;
        };
        let (Some(one), Some(two)) = (table.raw_shape(first), table.raw_shape(second)) else {
            continue;
        };
        let textual = |shape: &super::shape::ColumnShape| matches!(shape.kind, Kind::Text(_));
        if !textual(one) || !textual(two) {
            continue;
        }
        let alias = |name: &str| {
            let (alias, own) = name.split_once('.').unwrap_or(("source", name));
            format!("{}.{}", text.name(alias), text.name(own))
        };
        let (left, right) = (
            text.as_text(&alias(first), &one.kind),
            text.as_text(&alias(second), &two.kind),
        );
        let sql = format!(
            "SELECT count(*) FROM {} WHERE trim({left}) <> '' AND trim({right}) <> '' AND {left} <> {right}",
            mapping.source_joined()
        );
        let count = number(query(database, "counting disagreements", &sql)?.single());
        if count > 0 {
            remarks.push(format!(
                "`{name}`: {count} rows have another value in {second}; {first} is taken"
            ));
        }
    }
    Ok(remarks)
}
