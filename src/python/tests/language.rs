//! The language and its built-in types.

use super::check;

#[test]
fn language() {
    check(include_str!("language.txt"));
}

#[test]
fn library() {
    check(include_str!("library.txt"));
}

#[test]
fn snippets() {
    check(include_str!("snippets.txt"));
}
