//! Findings as `JUnit`'s XML: a suite for each domain, a case for each migration with a finding.

use std::io::Write as _;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::{Report, is_reason, message_and_hint};
use crate::model::Finding;

pub(super) fn write(report: &Report<'_>) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    written(report, &mut writer).expect("memory takes all that is written");
    let mut text = String::from_utf8(writer.into_inner()).expect("only text is written");
    text.push('\n');
    text
}

/// A case: its name and what was found.
struct Case<'r> {
    name: String,
    findings: Vec<&'r Finding>,
}

impl Case<'_> {
    fn fails(&self) -> bool {
        self.findings.iter().any(|finding| is_reason(finding))
    }
}

fn written(report: &Report<'_>, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
    let suites: Vec<(&str, Vec<Case<'_>>)> = report
        .by_domain()
        .into_iter()
        .map(|(domain, findings)| (domain, cases(findings)))
        .collect();
    let all = || suites.iter().flat_map(|(_, cases)| cases);
    let tests = all().count().to_string();
    let failures = all().filter(|case| case.fails()).count().to_string();
    writer
        .get_mut()
        .write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    writer
        .create_element("testsuites")
        .with_attributes([
            ("name", format!("stillway {}", report.check).as_str()),
            ("tests", &tests),
            ("failures", &failures),
            ("errors", "0"),
            ("time", "0"),
        ])
        .write_inner_content(|writer| {
            for (domain, cases) in &suites {
                suite(report, domain, cases, writer)?;
            }
            Ok(())
        })?;
    Ok(())
}

fn cases(findings: Vec<&Finding>) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    for finding in findings {
        let name = if finding.migration.is_empty() {
            "domain"
        } else {
            &finding.migration
        };
        match cases.iter_mut().find(|case| case.name == name) {
            Some(case) => case.findings.push(finding),
            None => cases.push(Case {
                name: name.to_owned(),
                findings: vec![finding],
            }),
        }
    }
    if cases.is_empty() {
        cases.push(Case {
            name: "all migrations".to_owned(),
            findings: Vec::new(),
        });
    }
    cases
}

fn suite(
    report: &Report<'_>,
    domain: &str,
    cases: &[Case<'_>],
    writer: &mut Writer<Vec<u8>>,
) -> std::io::Result<()> {
    let name = if domain.is_empty() { "project" } else { domain };
    let class = format!("stillway.{}.{}", report.check, readable(name));
    let failures = cases.iter().filter(|case| case.fails()).count();
    writer
        .create_element("testsuite")
        .with_attributes([
            ("name", readable(name).as_str()),
            ("tests", &cases.len().to_string()),
            ("failures", &failures.to_string()),
            ("errors", "0"),
            ("skipped", "0"),
            ("time", "0"),
        ])
        .write_inner_content(|writer| {
            for case in cases {
                let element = writer.create_element("testcase").with_attributes([
                    ("name", readable(&case.name).as_str()),
                    ("classname", &class),
                    ("time", "0"),
                ]);
                if case.findings.is_empty() {
                    element.write_empty()?;
                } else {
                    element.write_inner_content(|writer| outcome(case, writer))?;
                }
            }
            Ok(())
        })?;
    Ok(())
}

/// What is in a case: one failure, because more than one is not allowed, and the rest as output.
fn outcome(case: &Case<'_>, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
    let (reasons, others): (Vec<&Finding>, Vec<&Finding>) =
        case.findings.iter().partition(|finding| is_reason(finding));
    if let Some(first) = reasons.first() {
        writer
            .create_element("failure")
            .with_attributes([
                ("message", readable(&first.message).as_str()),
                ("type", first.code),
            ])
            .write_text_content(BytesText::new(&described(&reasons)))?;
    }
    if !others.is_empty() {
        writer
            .create_element("system-out")
            .write_text_content(BytesText::new(&described(&others)))?;
    }
    Ok(())
}

fn described(findings: &[&Finding]) -> String {
    let texts = findings.iter().map(|finding| {
        let place = finding
            .place
            .as_ref()
            .map(|place| format!("{place}: "))
            .unwrap_or_default();
        format!(
            "{place}{}[{}] {}",
            finding.severity,
            finding.code,
            message_and_hint(finding)
        )
    });
    readable(&texts.collect::<Vec<_>>().join("\n"))
}

/// A text without the characters that XML has no way to write.
fn readable(text: &str) -> String {
    let is_writable = |character: char| match character {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        _ => character >= ' ',
    };
    text.chars()
        .map(|character| {
            if is_writable(character) {
                character
            } else {
                '\u{fffd}'
            }
        })
        .collect()
}
