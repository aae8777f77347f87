//! `ignoreMigrationPatterns`: which states are not errors, for which kind of migration.

use super::state::State;

/// One item: a type and a state, each possibly any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// `Some(true)` for versioned, `Some(false)` for repeatable migrations.
    versioned: Option<bool>,
    /// The state, lower-case; `None` for any.
    state: Option<String>,
}

/// An item that is not of the form `type:state`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid pattern `{0}` in ignoreMigrationPatterns")]
pub struct InvalidPattern(pub String);

impl InvalidPattern {
    /// What the reader of the message can do.
    pub fn hint(&self) -> &'static str {
        "write type:state with type one of *, repeatable, versioned and state one of *, missing, pending, ignored, future"
    }
}

impl Pattern {
    /// Every state of every migration.
    pub fn everything() -> Self {
        Self {
            versioned: None,
            state: None,
        }
    }

    /// `*:pending`, which a migrate always ignores.
    pub fn pending() -> Self {
        Self {
            versioned: None,
            state: Some("pending".to_owned()),
        }
    }

    /// Reads one item.
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        let invalid = || InvalidPattern(text.to_owned());
        let lower = text.trim().to_lowercase();
        let (kind, state) = lower.split_once(':').ok_or_else(invalid)?;
        let versioned = match kind.trim() {
            "*" => None,
            "versioned" => Some(true),
            "repeatable" => Some(false),
            _ => return Err(invalid()),
        };
        let state = match state.trim() {
            "*" => None,
            state @ ("missing" | "pending" | "ignored" | "future") => Some(state.to_owned()),
            _ => return Err(invalid()),
        };
        Ok(Self { versioned, state })
    }

    /// Whether the state of a migration is covered.
    pub fn matches(&self, versioned: bool, state: State) -> bool {
        self.versioned.is_none_or(|wanted| wanted == versioned)
            && self
                .state
                .as_ref()
                .is_none_or(|wanted| state.text().eq_ignore_ascii_case(wanted))
    }
}

/// Whether a state is covered for both kinds of migrations.
pub fn covers(patterns: &[Pattern], state: State) -> bool {
    [true, false].into_iter().all(|versioned| {
        patterns
            .iter()
            .any(|pattern| pattern.matches(versioned, state))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_states() {
        let matches =
            |text, versioned, state| Pattern::parse(text).unwrap().matches(versioned, state);
        assert!(matches("*:missing", true, State::MissingSuccess));
        assert!(!matches("*:missing", true, State::MissingFailed));
        assert!(matches(" Versioned:Future ", true, State::FutureSuccess));
        assert!(!matches("versioned:future", false, State::FutureSuccess));
        assert!(matches("*:*", false, State::Failed));
    }

    #[test]
    fn refuses() {
        for text in ["", "*", "*:deleted", "all:missing", "missing"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
