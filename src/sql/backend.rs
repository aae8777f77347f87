//! Which flavour of SQL a backend reads.

use super::Flavor;
use crate::model::Backend;

impl Backend {
    /// The flavour of SQL this backend reads.
    pub fn flavor(self) -> Flavor {
        match self {
            Self::Postgres => Flavor::Postgres,
            Self::Sqlite => Flavor::Sqlite,
            Self::Mysql => Flavor::Mysql,
        }
    }
}
