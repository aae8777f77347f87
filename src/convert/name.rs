//! Names of revisions and their files: what people recognise, what file systems and Alembic take.

use std::collections::HashSet;

use md5::{Digest as _, Md5};

/// How many characters an id may have where Alembic keeps it.
pub(super) const ID_WIDTH: usize = 32;

/// How many characters of a description stand in a name.
const SLUG_WIDTH: usize = 60;

/// A text as a part of a file name: letters, digits and `_`.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    let cut: String = slug.chars().take(SLUG_WIDTH).collect();
    cut.trim_end_matches('_').to_owned()
}

/// The name of a native revision's directory.
pub(super) fn directory(id: &str, message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    match slug(first) {
        slug if slug.is_empty() => id.to_owned(),
        slug => format!("{id}_{slug}"),
    }
}

/// An id that is short enough: the rest of a longer one is replaced by its sum.
pub(super) fn short(id: &str) -> String {
    if id.chars().count() <= ID_WIDTH {
        return id.to_owned();
    }
    let sum = hex::encode(Md5::digest(id.as_bytes()));
    let head: String = id.chars().take(ID_WIDTH - 9).collect();
    format!("{head}_{}", &sum[..8])
}

/// Names that sort as their descriptions do: the descriptions themselves where that is so, otherwise
/// with a number in front. `descriptions` come in order; `prefix` starts each name.
pub(super) fn sorted(prefix: &str, descriptions: &[&str], width: usize) -> Vec<String> {
    let name = |text: &str| -> String { text.chars().take(width).collect() };
    let plain: Vec<String> = descriptions
        .iter()
        .map(|text| name(&format!("{prefix}{}", slug(text))))
        .collect();
    let distinct: HashSet<&String> = plain.iter().collect();
    let bare = plain.iter().any(|name| name.len() == prefix.len());
    if !bare && distinct.len() == plain.len() && plain.is_sorted() {
        return plain;
    }
    let digits = descriptions.len().to_string().len().max(3);
    descriptions
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let number = at + 1;
            let whole = format!("{prefix}{number:0digits$}_{}", slug(text));
            name(&whole).trim_end_matches('_').to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for (text, expected) in [
            ("create users schema", "create_users_schema"),
            ("  a -- b/../c!", "a_b_c"),
            ("사용자 테이블", "사용자_테이블"),
            ("", ""),
            ("..", ""),
        ] {
            assert_eq!(slug(text), expected);
        }
        assert_eq!(directory("V1", "a b\nc"), "V1_a_b");
        assert_eq!(directory("V1", ""), "V1");
    }

    #[test]
    fn short_ids_stay() {
        assert_eq!(short("V003"), "V003");
        let long = "V2024.01.02.03.04.05.06.07.08.09.10.11";
        let cut = short(long);
        assert_eq!(cut.chars().count(), ID_WIDTH);
        assert!(cut.starts_with("V2024.01.02"));
        assert_ne!(cut, short(&format!("{long}2")));
    }

    #[test]
    fn names_sort_like_descriptions() {
        assert_eq!(sorted("R_", &["a view", "b"], 32), ["R_a_view", "R_b"]);
        for descriptions in [vec!["a!", "a?"], vec!["", "a"], vec!["a b", "a"]] {
            let names = sorted("R_", &descriptions, 32);
            assert!(names[0].starts_with("R_001"), "{names:?}");
            assert!(names[0] < names[1]);
        }
    }
}
