//! Versions for revisions that come from elsewhere, between those that Flyway has given.

use super::Obstacle;
use crate::dialect::flyway::Version;

/// A version for each revision of a chain, in order. `known` are those that revisions had in Flyway;
/// `ids` are used themselves where they can be versions.
pub(super) fn versions(known: &[Option<&str>], ids: &[&str]) -> Result<Vec<String>, Obstacle> {
    if known.iter().all(Option::is_none) {
        return Ok(if are_versions(ids) {
            ids.iter().map(|id| (*id).to_owned()).collect()
        } else {
            let digits = ids.len().to_string().len().max(3);
            (1..=ids.len())
                .map(|number| format!("{number:0digits$}"))
                .collect()
        });
    }
    let mut found: Vec<String> = Vec::with_capacity(known.len());
    for (at, version) in known.iter().enumerate() {
        let before = found.last().map(String::as_str);
        let version = match version {
            Some(version) => (*version).to_owned(),
            None => {
                let next = known[at..].iter().flatten().next().copied();
                between(before, next).ok_or_else(|| {
                    Obstacle::new(format!(
                        "there is no version of Flyway's between {} and {} for `{}`",
                        before.unwrap_or("the start"),
                        next.unwrap_or("the end"),
                        ids[at]
                    ))
                })?
            }
        };
        if let Some(before) = before
            && !less(before, &version)
        {
            return Err(Obstacle::new(format!(
                "`{}` runs behind Flyway's version {before}, and its own version {version} is not higher; Flyway runs versions in their order",
                ids[at]
            )));
        }
        found.push(version);
    }
    Ok(found)
}

/// Whether ids are numbers that grow.
fn are_versions(ids: &[&str]) -> bool {
    let digits = |id: &&str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    ids.iter().all(digits) && ids.array_windows().all(|[left, right]| less(left, right))
}

fn less(left: &str, right: &str) -> bool {
    match (Version::parse(left), Version::parse(right)) {
        (Ok(left), Ok(right)) => left < right,
        _ => false,
    }
}

/// A version above one and below another.
fn between(before: Option<&str>, next: Option<&str>) -> Option<String> {
    let fits = |candidate: &String| {
        before.is_none_or(|before| less(before, candidate))
            && next.is_none_or(|next| less(candidate, next))
    };
    let mut candidates = Vec::new();
    match before {
        None => candidates.push("0.1".to_owned()),
        Some(before) => {
            let (head, rest) = before.split_once('.').unwrap_or((before, ""));
            if next.is_none()
                && let Ok(number) = head.parse::<u64>()
            {
                let width = head.len();
                candidates.push(format!("{:0width$}", number.checked_add(1)?));
            }
            if let Some((stem, last)) = before.rsplit_once('.')
                && !rest.is_empty()
                && let Ok(number) = last.parse::<u64>()
            {
                let width = last.len();
                candidates.push(format!("{stem}.{:0width$}", number.checked_add(1)?));
            }
            candidates.extend(["1", "0.1", "0.0.1"].map(|tail| format!("{before}.{tail}")));
        }
    }
    candidates.into_iter().find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_chains() {
        for (known, ids, expected) in [
            (vec![None, None], vec!["a1", "b2"], Some(vec!["001", "002"])),
            (
                vec![None, None],
                vec!["0001", "0002"],
                Some(vec!["0001", "0002"]),
            ),
            (
                vec![None, None],
                vec!["0002", "0001"],
                Some(vec!["001", "002"]),
            ),
            (
                vec![Some("003"), None, Some("4"), None, None],
                vec!["a", "b", "c", "d", "e"],
                Some(vec!["003", "003.1", "4", "5", "6"]),
            ),
            (
                vec![None, None, Some("1")],
                vec!["a", "b", "c"],
                Some(vec!["0.1", "0.2", "1"]),
            ),
            (
                vec![Some("3"), None, Some("3.1")],
                vec!["a", "b", "c"],
                Some(vec!["3", "3.0.1", "3.1"]),
            ),
            (vec![Some("4"), Some("3")], vec!["a", "b"], None),
            (vec![None, Some("0")], vec!["a", "b"], None),
        ] {
            let found = versions(&known, &ids).ok();
            let expected: Option<Vec<String>> =
                expected.map(|list| list.into_iter().map(str::to_owned).collect());
            assert_eq!(found, expected);
        }
    }
}
