//! Dropping values without recursion: a list nested a million deep must not use up the stack.

use std::cell::{Cell, RefCell};

use super::value::Value;

/// So deep may drops nest before they are put off.
const DEPTH: usize = 64;

thread_local! {
    static NESTING: Cell<usize> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Vec<Value>>> = const { RefCell::new(Vec::new()) };
}

/// Drops the values now, or later when drops already nest too deep.
pub(crate) fn bury(values: Vec<Value>) {
    if values.is_empty() {
        return;
    }
    let depth = NESTING.try_with(Cell::get).unwrap_or(0);
    if depth >= DEPTH {
        let mut values = Some(values);
        // When the thread itself ends there is nothing to put them in.
        let _ = WAITING.try_with(|waiting| {
            if let (Ok(mut waiting), Some(values)) = (waiting.try_borrow_mut(), values.take()) {
                waiting.push(values);
            }
        });
        return;
    }
    let _ = NESTING.try_with(|nesting| nesting.set(depth + 1));
    drop(values);
    let _ = NESTING.try_with(|nesting| nesting.set(depth));
    if depth == 0 {
        while let Ok(Some(more)) = WAITING.try_with(|waiting| waiting.borrow_mut().pop()) {
            let _ = NESTING.try_with(|nesting| nesting.set(1));
            drop(more);
            let _ = NESTING.try_with(|nesting| nesting.set(0));
        }
    }
}

/// [`bury`] for one value.
pub(crate) fn bury_one(value: Value) {
    if !value.holds_others() {
        return;
    }
    let depth = NESTING.try_with(Cell::get).unwrap_or(0);
    if depth == 0 || depth >= DEPTH {
        bury(vec![value]);
    } else {
        let _ = NESTING.try_with(|nesting| nesting.set(depth + 1));
        drop(value);
        let _ = NESTING.try_with(|nesting| nesting.set(depth));
    }
}
