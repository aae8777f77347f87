//! What converting, adopting and releasing have to say.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::json::document;
use crate::cli::style::columns;
use crate::command::alembic::Release;
use crate::command::domains::{ConvertResult, DomainAdoption};
use crate::convert::Fate;

/// A line for each file, and what is to be done next.
pub(super) fn convert_text(result: &ConvertResult, project: Option<&Path>) -> String {
    let mut text = String::new();
    let rows = result.report.iter().map(|line| {
        let fate = match line.fate {
            Fate::Converted => "converted",
            Fate::Kept => "kept",
            Fate::Refused => "refused",
        };
        let target = line.target.as_deref().unwrap_or_default();
        vec![
            fate.to_owned(),
            line.source.display().to_string(),
            target.to_owned(),
        ]
    });
    text.push_str(&columns(&[], rows.collect()));
    for line in &result.report {
        let name = match &line.place {
            Some(place) => place.to_string(),
            None => line.source.display().to_string(),
        };
        for words in line.reason.iter().chain(&line.notes) {
            let _ = writeln!(text, "{name}: {words}");
        }
    }
    let count = result.files.len();
    let directory = result.directory.display();
    if !result.complete {
        text.push_str("Nothing was written: what is refused has to be settled first.\n");
    } else if result.dry_run {
        let _ = writeln!(
            text,
            "{count} files would be written to {directory}; give --write to write them."
        );
    } else {
        let _ = writeln!(text, "{count} files are written to {directory}.");
        if !result.moved.is_empty() {
            let moved = match result.moved.len() {
                1 => "1 original was moved.".to_owned(),
                count => format!("{count} originals were moved."),
            };
            let _ = writeln!(text, "{moved}");
        }
        if let Some(project) = project {
            let _ = writeln!(
                text,
                "{} names it; `stillway adopt -d {}` takes over databases that have run the originals.",
                project.display(),
                result.domain
            );
        }
    }
    text
}

/// The same for programs.
pub(super) fn convert_json(result: &ConvertResult, project: Option<&Path>) -> String {
    let mut value = serde_json::to_value(result).unwrap_or_default();
    value["project"] = json!(project);
    document("convert", value)
}

/// What was marked, and what stands in the way.
pub(super) fn adopt_text(adopted: &[DomainAdoption], dry_run: bool) -> String {
    let mut text = String::new();
    for DomainAdoption { domain, result } in adopted {
        match result {
            Ok(adoption) => {
                let done = match (adoption.already, dry_run) {
                    (true, _) => "nothing to mark",
                    (false, true) => "would be marked",
                    (false, false) => "marked",
                };
                let _ = writeln!(
                    text,
                    "{domain}: {} of {} migrations applied, {done}; at {} (read {})",
                    adoption.applied.len(),
                    adoption.applied.len() + adoption.pending.len(),
                    adoption.heads.join(", "),
                    adoption.read.join(", ")
                );
                for (id, evidence) in &adoption.applied {
                    let _ = writeln!(text, "  = {id}  {evidence}");
                }
                for id in &adoption.pending {
                    let _ = writeln!(text, "  + {id}  pending");
                }
                for row in &adoption.ignored {
                    let _ = writeln!(text, "  ignored: {row}");
                }
            }
            Err(hindrances) => {
                let _ = writeln!(text, "{domain}: not adopted, nothing was written");
                for hindrance in hindrances {
                    let _ = writeln!(text, "  error: {}", hindrance.message);
                    let _ = writeln!(text, "  hint: {}", hindrance.remedy);
                }
            }
        }
    }
    if adopted.is_empty() {
        text.push_str("There is nothing to adopt: no domain was kept by others.\n");
    }
    text
}

/// The same for programs.
pub(super) fn adopt_json(adopted: &[DomainAdoption], dry_run: bool) -> String {
    let domains: Vec<Value> = adopted
        .iter()
        .map(|DomainAdoption { domain, result }| match result {
            Ok(adoption) => {
                let applied: Vec<Value> = adoption
                    .applied
                    .iter()
                    .map(|(key, evidence)| json!({ "key": key, "evidence": evidence }))
                    .collect();
                json!({
                    "name": domain,
                    "applied": applied,
                    "current": adoption.heads,
                    "pending": adoption.pending,
                    "read": adoption.read,
                    "ignored": adoption.ignored,
                    "already": adoption.already,
                    "hindrances": [],
                })
            }
            Err(hindrances) => {
                let hindrances: Vec<Value> = hindrances
                    .iter()
                    .map(|h| json!({ "message": h.message, "hint": h.remedy }))
                    .collect();
                json!({ "name": domain, "hindrances": hindrances })
            }
        })
        .collect();
    document("adopt", json!({ "dry_run": dry_run, "domains": domains }))
}

/// What was written for the originals.
pub(super) fn release_text(name: &str, released: &Release, dry_run: bool) -> String {
    let mut text = String::new();
    let done = match (released.already, dry_run) {
        (true, _) => "says already",
        (false, true) => "would say",
        (false, false) => "says now",
    };
    for (table, rows) in &released.histories {
        let _ = writeln!(text, "{name}: {table} {done}: {}", rows.join(", "));
    }
    if !dry_run {
        text.push_str("The originals can go on. Run them or Stillway, not both, until `stillway adopt` takes the database over again.\n");
    }
    text
}

/// The same for programs.
pub(super) fn release_json(name: &str, released: &Release, dry_run: bool) -> String {
    let histories: Vec<Value> = released
        .histories
        .iter()
        .map(|(table, rows)| json!({ "table": table, "rows": rows }))
        .collect();
    document(
        "release",
        json!({
            "domain": name,
            "dry_run": dry_run,
            "already": released.already,
            "histories": histories,
        }),
    )
}
