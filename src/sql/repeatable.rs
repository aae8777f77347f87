//! Which statements may run again after it is unknown whether they have run.

use std::sync::LazyLock;

use regex::Regex;

/// What to look at before a statement is run a second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repeat {
    /// Running it again does no harm and leads to the same end.
    Harmless,
    /// It builds an index: done when the index is there and valid.
    IndexBuilt {
        /// The index's name as the catalogue has it.
        index: String,
        /// The table as written.
        table: String,
    },
    /// It drops an index: done when there is none of that name.
    IndexDropped {
        /// The index as written.
        index: String,
    },
    /// Nobody can tell.
    Unknown,
}

/// Decides from a statement's text, from its first word on.
pub fn repeat(statement: &str) -> Repeat {
    static BUILD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?is)^create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?("(?:[^"]|"")+"|[^\s(.";]+)\s+on\s+(?:only\s+)?((?:(?:"(?:[^"]|"")+"|[^\s(.";]+)\.)?(?:"(?:[^"]|"")+"|[^\s(.";]+))"#,
        )
        .expect("a fixed expression")
    });
    static DROP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?is)^drop\s+index\s+concurrently\s+(?:if\s+exists\s+)?((?:(?:"(?:[^"]|"")+"|[^\s(.",;]+)\.)?(?:"(?:[^"]|"")+"|[^\s(.",;]+))\s*(?:cascade|restrict)?\s*$"#)
            .expect("a fixed expression")
    });
    static HARMLESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?is)^(?:vacuum|analyze|reindex|cluster|checkpoint|discard|set|reset|pragma|alter\s+system|comment\s+on|refresh\s+materialized\s+view|select\s+pg_reload_conf|alter\s+type\s+\S+\s+add\s+value\s+if\s+not\s+exists|(?:create|alter)\s+(?:table|schema|extension|sequence)\s+if\s+not\s+exists|drop\s+\w+(?:\s+\w+)?\s+if\s+exists)\b",
        )
        .expect("a fixed expression")
    });
    if let Some(found) = BUILD.captures(statement) {
        return Repeat::IndexBuilt {
            index: catalogue_name(&found[1]),
            table: found[2].to_owned(),
        };
    }
    if let Some(found) = DROP.captures(statement) {
        return Repeat::IndexDropped {
            index: found[1].to_owned(),
        };
    }
    if HARMLESS.is_match(statement) {
        Repeat::Harmless
    } else {
        Repeat::Unknown
    }
}

/// A name as PostgreSQL stores it: quotes taken off, or folded to lower case.
fn catalogue_name(written: &str) -> String {
    match written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => written.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(index: &str, table: &str) -> Repeat {
        Repeat::IndexBuilt {
            index: index.to_owned(),
            table: table.to_owned(),
        }
    }

    #[test]
    fn index_builds() {
        for (text, expected) in [
            ("CREATE INDEX CONCURRENTLY Ix ON t (a)", built("ix", "t")),
            (
                "create unique index concurrently if not exists \"I\"\"x\" on only s.\"T\"(a)",
                built("I\"x", "s.\"T\""),
            ),
            (
                "CREATE INDEX CONCURRENTLY \"My Ix\" ON \"my s\".\"My Table\"(a)",
                built("My Ix", "\"my s\".\"My Table\""),
            ),
            ("CREATE INDEX CONCURRENTLY ON t (a)", Repeat::Unknown),
            ("CREATE INDEX ix ON t (a)", Repeat::Unknown),
        ] {
            assert_eq!(repeat(text), expected, "{text}");
        }
    }

    #[test]
    fn others() {
        for (text, harmless) in [
            ("VACUUM ANALYZE t", true),
            ("REINDEX INDEX CONCURRENTLY ix", true),
            ("ALTER SYSTEM SET work_mem = '1MB'", true),
            ("ALTER TYPE e ADD VALUE IF NOT EXISTS 'x'", true),
            ("ALTER TYPE e ADD VALUE 'x'", false),
            ("PRAGMA foreign_keys = ON", true),
            ("DROP TABLE IF EXISTS t", true),
            ("DROP TABLE t", false),
            ("INSERT INTO t VALUES (1)", false),
            ("CREATE TABLE IF NOT EXISTS t (a int)", true),
            ("CREATE TABLE t (a int)", false),
        ] {
            assert_eq!(repeat(text) == Repeat::Harmless, harmless, "{text}");
        }
        assert_eq!(
            repeat("DROP INDEX CONCURRENTLY s.ix"),
            Repeat::IndexDropped {
                index: "s.ix".to_owned()
            }
        );
    }
}
