//! Findings for people: by domain, what matters most first.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::{Report, counted};
use crate::model::{Finding, Severity};

/// How many findings of one kind in one domain are written in full.
const IN_FULL: usize = 10;

pub(super) fn write(report: &Report<'_>) -> String {
    let mut text = String::new();
    for (domain, findings) in report.by_domain() {
        if findings.is_empty() {
            continue;
        }
        let head = if domain.is_empty() { "project" } else { domain };
        let examined = report.domains.iter().find(|known| known.name == domain);
        match examined {
            Some(known) => {
                let count = counted(known.migrations, "migration");
                text.push_str(&format!("{head} ({count})\n"));
            }
            None => text.push_str(&format!("{head}\n")),
        }
        group(&findings, &mut text);
        text.push('\n');
    }
    text.push_str(&summary(report));
    text
}

fn group(findings: &[&Finding], text: &mut String) {
    let mut counts: HashMap<(Severity, &str), usize> = HashMap::new();
    for finding in findings {
        let count = counts.entry((finding.severity, finding.code)).or_default();
        *count += 1;
        if *count <= IN_FULL {
            one(finding, text);
        }
    }
    let mut folded: Vec<_> = counts
        .into_iter()
        .filter(|(_, count)| *count > IN_FULL)
        .collect();
    folded.sort_unstable();
    for ((severity, code), count) in folded {
        let more = count - IN_FULL;
        text.push_str(&format!(
            "  {severity}[{code}] … and {more} more; --format json lists all\n"
        ));
    }
}

fn one(finding: &Finding, text: &mut String) {
    text.push_str(&format!("  {}[{}] ", finding.severity, finding.code));
    if !finding.migration.is_empty() {
        text.push_str(&format!("{}: ", finding.migration));
    }
    text.push_str(&indented(&finding.message, "    "));
    text.push('\n');
    if let Some(place) = &finding.place {
        writeln!(text, "    at {place}").expect("a string grows");
    }
    if let Some(hint) = &finding.hint {
        text.push_str(&format!("    help: {}\n", indented(hint, "          ")));
    }
}

/// A text whose further lines are moved to the right.
fn indented(text: &str, by: &str) -> String {
    text.replace('\n', &format!("\n{by}"))
}

fn summary(report: &Report<'_>) -> String {
    let whole = format!(
        "{} in {}",
        counted(report.migrations(), "migration"),
        counted(report.domains.len(), "domain")
    );
    let counts: Vec<String> = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ]
    .into_iter()
    .map(|(severity, word)| (report.count(severity), word))
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| counted(count, word))
    .collect();
    let verdict = report.verdict.word();
    if counts.is_empty() {
        format!("{}: {verdict}, {whole}\n", report.check)
    } else {
        format!(
            "{}: {verdict}, {whole}: {}\n",
            report.check,
            counts.join(", ")
        )
    }
}
