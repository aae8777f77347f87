//! Enumerations.

use std::cell::RefCell;
use std::rc::Rc;

use super::value::Value;

/// The members of an enumeration class.
pub(crate) struct Enumeration {
    /// In their order, without aliases.
    pub(crate) members: RefCell<Vec<(Rc<str>, Value)>>,
    /// Whether members combine.
    pub(crate) flag: bool,
}
