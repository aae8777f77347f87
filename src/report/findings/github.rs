//! Findings as commands of GitHub Actions, which show them beside the changed lines.

use super::Report;
use crate::model::{Finding, Severity};

pub(super) fn write(report: &Report<'_>) -> String {
    let all = report.findings.iter();
    all.map(|finding| line(report, finding)).collect()
}

fn line(report: &Report<'_>, finding: &Finding) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = &finding.place {
        properties.push(format!(
            "file={}",
            property(&report.in_repository(&place.path))
        ));
        properties.push(format!("line={}", place.line));
        properties.push(format!("col={}", place.column));
    }
    let migration = [finding.domain.as_str(), finding.migration.as_str()];
    let migration: Vec<&str> = migration
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let title = format!("{} ({})", migration.join(" "), finding.code);
    properties.push(format!("title={}", property(title.trim_start())));
    let message = super::message_and_hint(finding);
    format!("::{command} {}::{}\n", properties.join(","), data(&message))
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
