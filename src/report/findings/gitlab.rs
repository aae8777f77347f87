//! Findings as GitLab's code quality report.

use std::collections::HashMap;
use std::path::Path;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Report, is_reason, message_and_hint};
use crate::model::{Finding, Severity};

/// The file of findings that stand in none: the report knows none without.
const NO_FILE: &str = "stillway.toml";

pub(super) fn write(report: &Report<'_>) -> String {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let issues: Vec<_> = report
        .findings
        .iter()
        .map(|finding| {
            let who = format!(
                "{}\0{}\0{}",
                finding.code, finding.domain, finding.migration
            );
            let count = seen.entry(who.clone()).or_default();
            *count += 1;
            let (path, line) = match &finding.place {
                Some(place) => (report.in_repository(&place.path), place.line),
                None => (report.in_repository(Path::new(NO_FILE)), 1),
            };
            json!({
                "description": description(finding),
                "check_name": finding.code,
                "fingerprint": hex::encode(Sha256::digest(format!("{who}\0{count}").as_bytes())),
                "severity": severity(finding),
                "location": {"path": path, "lines": {"begin": line}},
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::Array(issues))
}

fn description(finding: &Finding) -> String {
    let who = [finding.domain.as_str(), finding.migration.as_str()];
    let who: Vec<&str> = who.into_iter().filter(|part| !part.is_empty()).collect();
    let message = message_and_hint(finding);
    if who.is_empty() {
        message
    } else {
        format!("{}: {message}", who.join(" "))
    }
}

fn severity(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Error if is_reason(finding) => "blocker",
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Note => "info",
    }
}
