//! Findings as JSON in our own form; `docs/verify.md` describes it.

use serde_json::json;

use super::{Report, slashes};
use crate::model::Severity;

/// The version of the form: it changes when a key is taken away or means something else.
const VERSION: u32 = 1;

pub(super) fn write(report: &Report<'_>) -> String {
    let domains: Vec<_> = report
        .domains
        .iter()
        .map(|domain| json!({"name": domain.name, "migrations": domain.migrations}))
        .collect();
    let findings: Vec<_> = report
        .findings
        .iter()
        .map(|finding| {
            let place = finding.place.as_ref().map(|place| {
                json!({"path": slashes(&place.path), "line": place.line, "column": place.column})
            });
            json!({
                "code": finding.code,
                "severity": finding.severity,
                "domain": finding.domain,
                "migration": finding.migration,
                "place": place,
                "message": finding.message,
                "hint": finding.hint,
            })
        })
        .collect();
    let whole = json!({
        "format": "stillway.findings",
        "version": VERSION,
        "tool": {"name": "stillway", "version": env!("CARGO_PKG_VERSION")},
        "check": report.check,
        "verdict": report.verdict.word(),
        "exit_status": report.verdict.exit_status(),
        "errors": report.count(Severity::Error),
        "warnings": report.count(Severity::Warning),
        "notes": report.count(Severity::Note),
        "domains": domains,
        "findings": findings,
    });
    format!("{whole:#}\n")
}
