//! Patterns of object names: `*` stands for any text.

/// Whether the pattern fits the whole name.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            let Some(found) = rest.find(before) else {
                return false;
            };
            rest = &rest[found + before.len()..];
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, expected) in [
            ("a.b", "a.b", true),
            ("a.b", "a.bc", false),
            ("a.*", "a.b", true),
            ("a.*", "ab", false),
            ("*", "", true),
            ("*.users", "auth.users", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "axbxbyc", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("가*", "가나", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
