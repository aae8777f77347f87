//! Findings in the forms that people and CI servers read; one file a form.

mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;
mod text;

#[cfg(test)]
mod tests;

use crate::model::{Finding, Severity};
use crate::verify::{Class, Examined, Verdict, code};

/// A form in which findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For programs, in our own form.
    Json,
    /// `JUnit`'s XML, which most CI servers show as tests.
    Junit,
    /// SARIF 2.1.0, which code scanning reads.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    Gitlab,
}

/// What is written down.
#[derive(Debug, Clone, Copy)]
pub struct Report<'r> {
    /// What was done, such as `verify`.
    pub check: &'r str,
    /// All domains that were looked at, in order.
    pub domains: &'r [Examined],
    /// What was found.
    pub findings: &'r [Finding],
    /// What it comes to.
    pub verdict: Verdict,
    /// What is put before paths for readers that want them below the repository: the project's folder
    /// in it, with a `/` at the end, or nothing.
    pub prefix: &'r str,
    /// When it was done, local time, `yyyy-MM-dd HH:mm:ss`.
    pub timestamp: &'r str,
}

impl Report<'_> {
    /// Writes it down. The text ends with a line end, unless it is empty.
    pub fn write(&self, format: Format) -> String {
        match format {
            Format::Text => text::write(self),
            Format::Json => json::write(self),
            Format::Junit => junit::write(self),
            Format::Sarif => sarif::write(self),
            Format::Github => github::write(self),
            Format::Gitlab => gitlab::write(self),
        }
    }

    fn count(&self, severity: Severity) -> usize {
        let all = self.findings.iter();
        all.filter(|finding| finding.severity == severity).count()
    }

    fn migrations(&self) -> usize {
        self.domains.iter().map(|domain| domain.migrations).sum()
    }

    /// All domains, those of findings included, with the findings of each.
    fn by_domain(&self) -> Vec<(&str, Vec<&Finding>)> {
        let mut names: Vec<&str> = self
            .domains
            .iter()
            .map(|domain| domain.name.as_str())
            .collect();
        for finding in self.findings {
            if !names.contains(&finding.domain.as_str()) {
                names.push(&finding.domain);
            }
        }
        let of = |name: &str| {
            let mut own: Vec<&Finding> = self
                .findings
                .iter()
                .filter(|finding| finding.domain == name)
                .collect();
            own.sort_by_key(|finding| finding.severity);
            own
        };
        names.into_iter().map(|name| (name, of(name))).collect()
    }
}

/// What a code stands for.
fn title(name: &'static str) -> &'static str {
    code(name).map_or(name, |code| code.title)
}

/// Whether a finding is a reason for an exit status other than 0.
fn is_reason(finding: &Finding) -> bool {
    match code(finding.code).map(|code| code.class) {
        Some(Class::Harmless) => false,
        Some(Class::Pending | Class::Misuse) => true,
        Some(Class::Changed) | None => finding.severity == Severity::Error,
    }
}

/// A message with its hint, as forms without a place for hints have it.
fn message_and_hint(finding: &Finding) -> String {
    match &finding.hint {
        Some(hint) => format!("{}\nhelp: {hint}", finding.message),
        None => finding.message.clone(),
    }
}

impl Report<'_> {
    /// A path below the repository, with `/` separators.
    fn in_repository(&self, path: &std::path::Path) -> String {
        if path.is_absolute() {
            return slashes(path);
        }
        format!("{}{}", self.prefix, slashes(path))
    }
}

/// A path with `/` separators.
fn slashes(path: &std::path::Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// `1 error`, `2 errors`.
fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}
