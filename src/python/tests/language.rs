//! The language and its built-in types.

use super::check;

#[test]
fn language() {
    check(include_str!("language.txt"));
}
