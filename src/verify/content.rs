//! In how far the content of a migration is what it was.

use super::migration::Sums;

/// How two contents differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Difference {
    /// Not at all.
    None,
    /// In line ends or the byte order mark, and in nothing that is run.
    LineEnds,
    /// In line ends only, some of which are part of a value or a body.
    LineEndsInValues,
    /// In comments or formatting.
    Comments,
    /// In what is run.
    Sql,
    /// In more than line ends; whether in what is run is not known.
    Unknown,
}

/// Compares what was with what is.
pub(super) fn compare(then: &Sums, now: &Sums) -> Difference {
    if then.bytes == now.bytes {
        return Difference::None;
    }
    let same_sql = match (then.sql, now.sql) {
        (Some(then), Some(now)) => Some(then == now),
        _ => None,
    };
    match (then.text == now.text, same_sql) {
        (true, Some(false)) => Difference::LineEndsInValues,
        (true, _) => Difference::LineEnds,
        (false, Some(true)) => Difference::Comments,
        (false, Some(false)) => Difference::Sql,
        (false, None) => Difference::Unknown,
    }
}
