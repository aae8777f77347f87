//! What all findings together come to.

use super::code::{Class, code};
use crate::model::{Finding, Severity};

/// What a verification came to; the worst of its findings decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Everything is as it was settled.
    Clean,
    /// There is something new.
    Pending,
    /// Something settled was changed.
    Changed,
    /// It could not be verified: the lock file is of no use.
    Misuse,
}

impl Verdict {
    /// Takes all findings together. Something changed counts where it is an error, and, where that is
    /// asked for, where it is a warning. Findings of other checks count by their severity.
    pub fn of(findings: &[Finding], strict: bool) -> Self {
        let verdicts = findings.iter().map(|finding| Self::of_one(finding, strict));
        verdicts.max().unwrap_or(Self::Clean)
    }

    fn of_one(finding: &Finding, strict: bool) -> Self {
        let counts = match finding.severity {
            Severity::Error => true,
            Severity::Warning => strict,
            Severity::Note => false,
        };
        match code(finding.code).map(|code| code.class) {
            Some(Class::Harmless) => Self::Clean,
            Some(Class::Pending) => Self::Pending,
            Some(Class::Misuse) => Self::Misuse,
            Some(Class::Changed) | None if counts => Self::Changed,
            Some(Class::Changed) | None => Self::Clean,
        }
    }

    /// The exit status. 1 is left to commands that failed, and 4 to databases out of reach.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Misuse => 2,
            Self::Changed => 3,
            Self::Pending => 5,
        }
    }

    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Pending => "pending",
            Self::Changed => "changed",
            Self::Misuse => "misuse",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: &'static str, severity: Severity) -> Finding {
        Finding {
            code,
            severity,
            domain: "users".to_owned(),
            migration: String::new(),
            place: None,
            message: String::new(),
            hint: None,
        }
    }

    #[test]
    fn the_worst_decides() {
        use Severity::{Error, Note, Warning};
        for (findings, strict, expected) in [
            (vec![], false, Verdict::Clean),
            (vec![("line-ends-changed", Note)], true, Verdict::Clean),
            (vec![("not-locked", Warning)], false, Verdict::Pending),
            (vec![("comment-changed", Warning)], false, Verdict::Clean),
            (vec![("comment-changed", Warning)], true, Verdict::Changed),
            (
                vec![("not-locked", Warning), ("sql-changed", Error)],
                false,
                Verdict::Changed,
            ),
            (
                vec![("lock-conflict", Error), ("sql-changed", Error)],
                false,
                Verdict::Misuse,
            ),
            (vec![("of-another-check", Error)], false, Verdict::Changed),
            (vec![("of-another-check", Warning)], false, Verdict::Clean),
        ] {
            let findings: Vec<_> = findings
                .into_iter()
                .map(|(code, severity)| finding(code, severity))
                .collect();
            assert_eq!(Verdict::of(&findings, strict), expected, "{findings:?}");
        }
    }
}
