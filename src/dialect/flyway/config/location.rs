//! Locations: where migrations are looked for.

use std::path::PathBuf;

use super::error::ConfigError;

/// A place to look for migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder with everything below it, or those files below it that fit a pattern.
    Filesystem {
        /// The folder; with a pattern, the part before the first wildcard.
        path: PathBuf,
        /// The whole location with its wildcards, if it has any.
        pattern: Option<String>,
    },
}

/// Whether a location is one that Flyway would look for inside a Java program.
#[must_use]
pub fn is_bare(location: &str) -> bool {
    prefix_of(location.trim()).is_none()
}

/// Reads a location: `filesystem:path`, or a bare path.
///
/// ```text
/// filesystem:sql/**/tables_*.sql  ->  folder `sql`, pattern `sql/**/tables_*.sql`
/// ```
///
/// # Errors
///
/// When the prefix names something other than the file system.
pub fn parse_location(location: &str) -> Result<Location, ConfigError> {
    let location = location.trim();
    let path = match prefix_of(location) {
        None => location,
        Some(prefix) if prefix.eq_ignore_ascii_case("filesystem") => &location[prefix.len() + 1..],
        Some(prefix) => return Err(refusal(location, prefix)),
    };
    let path = path
        .strip_prefix("file:///")
        .map_or_else(|| path.to_owned(), |rest| format!("/{rest}"));
    if !path.contains(['*', '?']) {
        return Ok(Location::Filesystem {
            path: PathBuf::from(path),
            pattern: None,
        });
    }
    let fixed: Vec<&str> = path
        .split(['/', '\\'])
        .take_while(|segment| !segment.contains(['*', '?']))
        .collect();
    let root = match fixed.join("/") {
        root if root.is_empty() && path.starts_with('/') => "/".to_owned(),
        root => root,
    };
    Ok(Location::Filesystem {
        path: PathBuf::from(root),
        pattern: Some(path),
    })
}

/// The text before the colon, unless it is a drive letter or the scheme of a file URL.
fn prefix_of(location: &str) -> Option<&str> {
    let (prefix, rest) = location.split_once(':')?;
    let drive = prefix.len() == 1
        && prefix.chars().all(|c| c.is_ascii_alphabetic())
        && rest.starts_with(['/', '\\']);
    let file_url = prefix == "file" && rest.starts_with("///");
    (!drive && !file_url).then_some(prefix)
}

fn refusal(location: &str, prefix: &str) -> ConfigError {
    let path = location[prefix.len() + 1..].trim_start_matches('/');
    let hint = match prefix.to_ascii_lowercase().as_str() {
        "classpath" => format!(
            "name the folder in the source tree, probably `filesystem:src/main/resources/{path}`"
        ),
        "s3" | "gcs" => "copy the files to a folder first and use `filesystem:`".to_owned(),
        _ => "expected `filesystem:path`".to_owned(),
    };
    ConfigError::UnsupportedLocation {
        location: location.to_owned(),
        hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(location: &str, path: &str, pattern: Option<&str>) {
        let expected = Location::Filesystem {
            path: PathBuf::from(path),
            pattern: pattern.map(str::to_owned),
        };
        assert_eq!(
            parse_location(location).expect(location),
            expected,
            "{location}"
        );
    }

    #[test]
    fn folders_and_patterns() {
        check("filesystem:sql", "sql", None);
        check(" filesystem:/a/b ", "/a/b", None);
        check("FileSystem:sql", "sql", None);
        check("db/migration", "db/migration", None);
        check("C:\\sql", "C:\\sql", None);
        check("file:///a/b", "/a/b", None);
        check("filesystem:sql/**/x_*.sql", "sql", Some("sql/**/x_*.sql"));
        check("filesystem:*/x", "", Some("*/x"));
        check("filesystem:/*/x", "/", Some("/*/x"));
        check("filesystem:a/b?/c", "a", Some("a/b?/c"));
    }

    #[test]
    fn other_prefixes_are_refused_with_advice() {
        let cases = [
            (
                "classpath:db/migration",
                "filesystem:src/main/resources/db/migration",
            ),
            ("classpath:/db", "filesystem:src/main/resources/db"),
            ("s3:bucket/x", "copy the files"),
            ("gcs:bucket", "copy the files"),
            ("ftp:x", "expected"),
        ];
        for (location, advice) in cases {
            let hint = parse_location(location).expect_err(location).hint();
            assert!(hint.is_some_and(|hint| hint.contains(advice)), "{location}");
        }
        assert!(is_bare("db/migration") && is_bare("C:/x") && !is_bare("filesystem:x"));
    }
}
