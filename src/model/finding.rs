//! What a check has to say about a migration.

use std::fmt;

use serde::Serialize;

use super::Place;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It must be settled before anything runs.
    Error,
    /// It will probably make trouble.
    Warning,
    /// It is good to know.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// One thing that a check has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of thing it is; stable, for machines.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The domain it was found in.
    pub domain: String,
    /// The key of the migration it was found in; empty where it belongs to none.
    pub migration: String,
    /// Where it stands, if it stands in a file.
    pub place: Option<Place>,
    /// What is the case.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Puts findings together that one change settles: of the same kind, in the same domain, with the same advice.
pub fn alike(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        let same = |group: &&mut Vec<&Finding>| {
            let first = group[0];
            first.severity == finding.severity
                && first.code == finding.code
                && first.domain == finding.domain
                && first.hint == finding.hint
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_read_lower_case_names_and_plain_paths() {
        let finding = Finding {
            code: "missing-source",
            severity: Severity::Warning,
            domain: "users".to_owned(),
            migration: "0001".to_owned(),
            place: Some(Place {
                path: "회원/up.sql".into(),
                line: 3,
                column: 7,
            }),
            message: "it is missing".to_owned(),
            hint: None,
        };
        assert_eq!(
            serde_json::to_value(&finding).unwrap(),
            serde_json::json!({
                "code": "missing-source",
                "severity": "warning",
                "domain": "users",
                "migration": "0001",
                "place": {"path": "회원/up.sql", "line": 3, "column": 7},
                "message": "it is missing",
                "hint": null,
            })
        );
    }

    #[test]
    fn what_matters_most_comes_first() {
        let mut severities = [Severity::Note, Severity::Error, Severity::Warning];
        severities.sort();
        assert_eq!(
            severities.map(|severity| severity.to_string()),
            ["error", "warning", "note"]
        );
    }
}
