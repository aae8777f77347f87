//! Findings as SARIF 2.1.0, the form that code scanning reads.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{Report, message_and_hint, title};
use crate::model::{Finding, Severity};

/// What a part of a URI's path cannot hold as it is.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

pub(super) fn write(report: &Report<'_>) -> String {
    let mut codes: Vec<&'static str> = report.findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes
        .iter()
        .map(|code| json!({"id": code, "name": pascal(code), "shortDescription": {"text": title(code)}}))
        .collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            result(
                report,
                finding,
                codes.binary_search(&finding.code).unwrap_or(0),
            )
        })
        .collect();
    let whole = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "stillway",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "automationDetails": {"id": format!("stillway/{}/", report.check)},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{whole:#}\n")
}

fn result(report: &Report<'_>, finding: &Finding, rule: usize) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let who = [finding.domain.as_str(), finding.migration.as_str()];
    let who: Vec<&str> = who.into_iter().filter(|part| !part.is_empty()).collect();
    let message = message_and_hint(finding);
    let text = if who.is_empty() {
        message
    } else {
        format!("{}: {message}", who.join(" "))
    };
    let mut location = Map::new();
    if let Some(place) = &finding.place {
        location.insert(
            "physicalLocation".to_owned(),
            json!({
                "artifactLocation": artifact(report, &place.path),
                "region": {"startLine": place.line, "startColumn": place.column},
            }),
        );
    }
    if !who.is_empty() {
        location.insert(
            "logicalLocations".to_owned(),
            json!([{"name": who.last(), "fullyQualifiedName": who.join("/"), "kind": "object"}]),
        );
    }
    let mut result = json!({
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": level,
        "message": {"text": text},
        "partialFingerprints": {
            "migration/v1": format!("{}/{}/{}", finding.code, finding.domain, finding.migration),
        },
    });
    if !location.is_empty() {
        result["locations"] = json!([location]);
    }
    result
}

fn artifact(report: &Report<'_>, path: &Path) -> Value {
    let encoded = utf8_percent_encode(&report.in_repository(path), IN_PATH).to_string();
    if path.is_absolute() {
        json!({"uri": format!("file://{encoded}")})
    } else {
        json!({"uri": encoded, "uriBaseId": "%SRCROOT%"})
    }
}

/// A name in the form that viewers expect of rules.
fn pascal(code: &str) -> String {
    let words = code.split('-').map(|word| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    });
    words.collect()
}
