//! Python's built-in functions and types.

use super::class::Class;

/// Gives a built-in class its methods and constructor.
pub(crate) fn equip(_class: &mut Class) {}
