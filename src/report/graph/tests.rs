//! Pictures that are small enough to be looked at, and what holds for all.
