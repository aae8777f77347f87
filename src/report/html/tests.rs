//! Pages that are small enough to be read.
