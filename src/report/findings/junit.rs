//! Findings as `JUnit`'s XML: a suite for each domain, a case for each migration with a finding.

use std::collections::HashMap;
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

impl<'r> Case<'r> {
    /// What makes it fail.
    fn reasons(&self) -> impl Iterator<Item = &'r Finding> {
        self.findings
            .iter()
            .copied()
            .filter(|finding| is_reason(finding))
    }

    fn fails(&self) -> bool {
        self.reasons().next().is_some()
    }
}

fn written(report: &Report<'_>, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
    let suites: Vec<(&str, Vec<Case<'_>>)> = report
        .by_domain()
        .into_iter()
        .map(|(domain, findings)| (domain, cases(findings)))
        .collect();
    let declaration = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    writer.get_mut().write_all(declaration)?;
    writer
        .create_element("testsuites")
        .write_inner_content(|writer| {
            for (id, (domain, cases)) in suites.iter().enumerate() {
                suite(report, id, domain, cases, writer)?;
            }
            Ok(())
        })?;
    Ok(())
}

/// The migrations with findings; one that stands for all where there are none.
fn cases(findings: Vec<&Finding>) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for finding in findings {
        let name = match finding.migration.as_str() {
            "" => "domain",
            name => name,
        };
        let place = *places.entry(name).or_insert(cases.len());
        if place == cases.len() {
            cases.push(Case {
                name: name.to_owned(),
                findings: Vec::new(),
            });
        }
        cases[place].findings.push(finding);
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
    id: usize,
    domain: &str,
    cases: &[Case<'_>],
    writer: &mut Writer<Vec<u8>>,
) -> std::io::Result<()> {
    let name = readable(if domain.is_empty() { "project" } else { domain });
    let package = format!("stillway.{}", report.check);
    let class = format!("{package}.{name}");
    let failures = cases.iter().filter(|case| case.fails()).count();
    writer
        .create_element("testsuite")
        .with_attributes([
            ("name", name.as_str()),
            ("package", &package),
            ("id", &id.to_string()),
            ("timestamp", &report.timestamp.replace(' ', "T")),
            ("hostname", "localhost"),
            ("tests", &cases.len().to_string()),
            ("failures", &failures.to_string()),
            ("errors", "0"),
            ("time", "0"),
        ])
        .write_inner_content(|writer| {
            writer.create_element("properties").write_empty()?;
            for case in cases {
                one(case, &class, writer)?;
            }
            let output = writer.create_element("system-out");
            match output_of(cases) {
                text if text.is_empty() => output.write_empty()?,
                text => output.write_text_content(BytesText::new(&text))?,
            };
            writer.create_element("system-err").write_empty()?;
            Ok(())
        })?;
    Ok(())
}

/// A case, with one failure at most: more are not allowed.
fn one(case: &Case<'_>, class: &str, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
    let element = writer.create_element("testcase").with_attributes([
        ("name", readable(&case.name).as_str()),
        ("classname", class),
        ("time", "0"),
    ]);
    let reasons: Vec<&Finding> = case.reasons().collect();
    let Some(first) = reasons.first() else {
        element.write_empty()?;
        return Ok(());
    };
    let text: Vec<String> = reasons.iter().map(|finding| described(finding)).collect();
    element.write_inner_content(|writer| {
        writer
            .create_element("failure")
            .with_attributes([
                ("message", readable(&first.message).as_str()),
                ("type", first.code),
            ])
            .write_text_content(BytesText::new(&text.join("\n")))?;
        Ok(())
    })?;
    Ok(())
}

/// What was found and is no failure.
fn output_of(cases: &[Case<'_>]) -> String {
    let all = cases.iter().flat_map(|case| {
        let others = case.findings.iter().filter(|finding| !is_reason(finding));
        others.map(|finding| format!("{}: {}", readable(&case.name), described(finding)))
    });
    all.collect::<Vec<_>>().join("\n")
}

fn described(finding: &Finding) -> String {
    let place = finding.place.as_ref();
    let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
    let message = message_and_hint(finding);
    readable(&format!(
        "{place}{}[{}] {message}",
        finding.severity, finding.code
    ))
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
