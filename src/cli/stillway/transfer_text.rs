//! What transfers come to, for people.

use std::fmt::Write as _;

use super::text::thousands;
use crate::command::transfer::FoundTransfer;
use crate::transfer::{
    Backup, CheckReport, RunReport, TableSummary, TransferError, TransferStatus, UndoReport,
    VerifyReport,
};

pub(super) fn list(found: &[FoundTransfer]) -> String {
    let lines = found.iter().map(|found| {
        let about = found.declaration.description.as_deref().unwrap_or_default();
        format!("{}  {about}\n", found.declaration.name)
    });
    lines.collect()
}

/// An error with what the server adds to it.
pub(super) fn error(error: &TransferError) -> String {
    let mut text = error.to_string();
    if let TransferError::Server { error, .. } = error {
        let message = &error.message;
        if !message.code.is_empty() {
            let _ = write!(text, " (SQLSTATE {})", message.code);
        }
        if let Some(detail) = &message.detail {
            let _ = write!(text, "\ndetail: {detail}");
        }
    }
    text
}

/// The head and lines of a table, all but what differs between a check and a run.
fn table(summary: &TableSummary, future: bool) -> String {
    let mut text = format!(
        "{}: {} → {}\n  {} rows of the source = {} {}",
        summary.table,
        summary.source,
        summary.target,
        thousands(summary.rows),
        thousands(summary.moved),
        if future { "to move" } else { "moved" },
    );
    for (count, word) in [
        (summary.merged, "merged"),
        (summary.quarantined, "quarantined"),
        (summary.skipped, "skipped"),
        (summary.undecided, "UNDECIDED"),
    ] {
        let _ = write!(text, " + {} {word}", thousands(count));
        if word == "skipped" && summary.undecided == 0 {
            break;
        }
    }
    text.push('\n');
    for reason in &summary.reasons {
        let _ = writeln!(
            text,
            "  {:>9}  {:<12} {}  ({})",
            thousands(reason.rows),
            reason.outcome,
            reason.reason,
            describe(&reason.reason),
        );
        if !reason.samples.is_empty() {
            let _ = writeln!(text, "             e.g. {}", reason.samples.join("; "));
        }
    }
    if summary.gone > 0 {
        let _ = writeln!(
            text,
            "  {} rows moved earlier are gone from the source",
            thousands(summary.gone)
        );
    }
    if summary.over_limit {
        text.push_str("  MORE ROWS are quarantined than quarantine_limit allows\n");
    }
    for remark in &summary.remarks {
        let _ = writeln!(text, "  note: {remark}");
    }
    text
}

/// What a reason means.
pub(super) fn describe(reason: &str) -> String {
    let (code, column) = reason.split_once(':').unwrap_or((reason, ""));
    match code {
        "excluded" => format!("the rule `{column}` leaves it behind"),
        "existing_same" => "the target has the same row already".to_owned(),
        "existing_different" => "the target has another row with this key".to_owned(),
        "changed_in_target" => "changed in the target since it was moved; it stays".to_owned(),
        "deleted_in_target" => "deleted in the target since it was moved; it stays away".to_owned(),
        "invalid" => format!("the value of `{column}` cannot be understood"),
        "unmapped" => format!("`{column}` has a value that the map does not know"),
        "too_long" => format!("`{column}` is longer than its column"),
        "missing" => format!("`{column}` needs a value"),
        "check" => format!("the target's check `{column}` does not hold"),
        "no_parent" => format!("`{column}` refers to a row that does not exist"),
        "parent_quarantined" => format!("`{column}` refers to a row that is quarantined"),
        "parent_skipped" => format!("`{column}` refers to a row that stays behind"),
        "conflict" => format!("other rows have the same {}", column.replace('+', ", ")),
        "nulled" => format!("another row keeps `{column}`; this one moves without it"),
        "absorbed" => "other rows are merged into it".to_owned(),
        "winner_quarantined" => "the row it is merged into is quarantined".to_owned(),
        "winner_undecided" => "nothing is decided about the row it is merged into".to_owned(),
        "lost" => format!("moved without a value: {}", describe(column)),
        "kept" => format!("moved as it is: {}", describe(column)),
        "refused" => "the server refuses the row".to_owned(),
        _ => String::new(),
    }
}

pub(super) fn check(report: &CheckReport) -> String {
    let mut text = String::new();
    for summary in &report.tables {
        text.push_str(&table(summary, true));
        text.push('\n');
    }
    for (name, reason) in &report.left_behind {
        let _ = writeln!(text, "left behind: {name} ({reason})");
    }
    let verdict = if report.ready {
        format!(
            "ready: `stillway transfer run {}` may begin",
            report.transfer
        )
    } else {
        "NOT READY: decide on what is undecided or over its limit first; nothing was written"
            .to_owned()
    };
    let _ = writeln!(text, "{verdict}  ({:.1} s)", report.elapsed.as_secs_f64());
    text
}

pub(super) fn run(report: &RunReport) -> String {
    let mut text = String::new();
    for (at, summary) in report.tables.iter().enumerate() {
        text.push_str(&table(summary, false));
        if let Some(work) = report.work.get(at) {
            let _ = writeln!(
                text,
                "  this run: {} written, {} changed, {} removed, {} refused, in {} batches",
                thousands(work.inserted),
                thousands(work.updated),
                thousands(work.removed),
                thousands(work.refused),
                thousands(work.batches),
            );
        }
        text.push('\n');
    }
    let _ = writeln!(
        text,
        "done in {:.1} s; the longest batch took {:.2} s; no row of the source was locked",
        report.elapsed.as_secs_f64(),
        report.longest_batch.as_secs_f64(),
    );
    let _ = writeln!(text, "next: stillway transfer verify {}", report.transfer);
    text
}

pub(super) fn verify(report: &VerifyReport) -> String {
    let mut text = String::new();
    for table in &report.tables {
        let _ = writeln!(
            text,
            "{}: source {} = moved {} + merged {} + quarantined {} + skipped {}{}",
            table.table,
            thousands(table.source),
            thousands(table.moved),
            thousands(table.merged),
            thousands(table.quarantined),
            thousands(table.skipped),
            match table.unexplained {
                0 => "; unexplained 0".to_owned(),
                rest => format!("; UNEXPLAINED {rest}"),
            },
        );
        let _ = writeln!(
            text,
            "  target {} of which {} are not from here; {} ranges compared, {} differ; {} changed in the target since",
            thousands(table.target),
            thousands(table.own_of_target),
            table.ranges,
            table.ranges_differing,
            thousands(table.changed_in_target),
        );
        if !table.changed.is_empty() {
            let _ = writeln!(
                text,
                "  changed in the target: {}",
                table.changed.join("; ")
            );
        }
        let unequal: Vec<&str> = table
            .columns
            .iter()
            .filter(|column| column.source_digest != column.target_digest)
            .map(|column| column.column.as_str())
            .collect();
        let _ = if unequal.is_empty() {
            writeln!(
                text,
                "  digests of {} columns are equal",
                table.columns.len()
            )
        } else {
            writeln!(text, "  digests differ: {}", unequal.join(", "))
        };
        if table.kept_without_source > 0 {
            let _ = writeln!(
                text,
                "  {} rows have lost their source rows and are kept, as the file says",
                thousands(table.kept_without_source)
            );
        }
        if table.orphans > 0 {
            let _ = writeln!(text, "  {} rows have no parent", thousands(table.orphans));
        }
        for difference in &table.differences {
            let _ = writeln!(
                text,
                "  {:>9}  {}: {}",
                thousands(difference.rows),
                difference.kind,
                difference.samples.join("; ")
            );
        }
    }
    let verdict = if report.verified {
        "verified: every row is accounted for, and equal".to_owned()
    } else {
        format!(
            "NOT VERIFIED: source and target differ; `stillway transfer run {}` catches up with changes of the source",
            report.transfer
        )
    };
    let _ = writeln!(text, "{verdict}  ({:.1} s)", report.elapsed.as_secs_f64());
    text
}

pub(super) fn undo(report: &UndoReport) -> String {
    let mut text = String::new();
    for table in &report.tables {
        let _ = writeln!(
            text,
            "{}: {} removed, {} stay{}",
            table.table,
            thousands(table.removed),
            thousands(table.kept),
            if table.samples.is_empty() {
                String::new()
            } else {
                format!(
                    " (changed since, or needed by other rows): {}",
                    table.samples.join("; ")
                )
            },
        );
    }
    let _ = writeln!(text, "done in {:.1} s", report.elapsed.as_secs_f64());
    text
}

pub(super) fn status(status: &TransferStatus) -> String {
    if !status.known {
        return format!("{} has not run in this database\n", status.transfer);
    }
    let what = match status.phase {
        1 => "side by side: the source leads",
        2 => "the target leads: the source is read-only",
        _ => "the source has been dropped",
    };
    let at = |at: &Option<String>| {
        at.as_ref()
            .map(|at| format!(" at {at}"))
            .unwrap_or_default()
    };
    let mut text = format!(
        "{}: phase {} ({what}){}\n",
        status.transfer,
        status.phase,
        status
            .phase_since
            .as_ref()
            .map(|since| format!(" since {since}"))
            .unwrap_or_default(),
    );
    let run = match status.last_run.as_deref() {
        None => "none".to_owned(),
        Some("moving") => "stopped before its end; `transfer run` goes on with it".to_owned(),
        Some("undone") => "taken back".to_owned(),
        Some(state) => format!("{state}{}", at(&status.last_run_at)),
    };
    let _ = writeln!(text, "  last run:      {run}");
    let verified = match status.verified {
        None => "never".to_owned(),
        Some(true) => format!("held{}", at(&status.verified_at)),
        Some(false) => format!("found differences{}", at(&status.verified_at)),
    };
    let _ = writeln!(text, "  verification:  {verified}");
    let backup = match &status.backup {
        None => "none".to_owned(),
        Some(backup) => format!("{} at {}", backup.path, backup.at),
    };
    let _ = writeln!(text, "  backup:        {backup}");
    if !status.frozen.is_empty() {
        let _ = writeln!(text, "  read-only:     {}", status.frozen.join(", "));
    }
    if !status.synchronised.is_empty() {
        let _ = writeln!(text, "  carried over:  {}", status.synchronised.join(", "));
    }
    text
}

pub(super) fn backup(backup: &Backup) -> String {
    let mut text = format!("written to {} (MD5 {})\n", backup.path, backup.digest);
    for (table, fingerprint) in &backup.fingerprints {
        let rows = fingerprint.split(' ').next().unwrap_or_default();
        let _ = writeln!(text, "  {table}: {rows} rows");
    }
    text
}

pub(super) fn sync(tables: &[String]) -> String {
    if tables.is_empty() {
        "no triggers any more\n".to_owned()
    } else {
        format!(
            "changes of {} are carried over at once; what cannot be is in stillway_transfer.sync_error and left to the next run\n",
            tables.join(", ")
        )
    }
}
