//! A legacy database to try transfers on: the schemas `auth`, `user_profile` and `character` as the
//! services have left them, with as many users as wanted and, unless it is to be clean, with every
//! problem that such a database is known for.
//!
//! All of it follows from the numbers in [`LegacyDatabase`]; rows with problems have the same ids in
//! every one.

mod generated;
mod planted;

pub use generated::MOST_ROWS;
pub use planted::{Fate, PlantedRow, PlantedTable, planted};

use super::shipped;
use crate::model::Backend;
use crate::sql::{SplitOptions, split};
use generated::Writer;

/// How much of a file SQLite keeps in memory while it is filled.
const CACHE_KIBIBYTES: u32 = 262_144;

/// A legacy database that is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegacyDatabase {
    /// On which server.
    pub backend: Backend,
    /// How many users, besides those with problems; at most [`MOST_ROWS`].
    pub rows: u64,
    /// What names, numbers and moments follow from.
    pub seed: u64,
    /// Whether nothing is wrong with any row.
    pub clean: bool,
}

impl LegacyDatabase {
    /// The statements that make it in an empty database, in one transaction; on SQLite with `auth`, `character` and
    /// `user_profile` attached.
    pub fn statements(&self) -> Vec<String> {
        let mut statements = Vec::new();
        for (schema, revisions) in [
            ("auth", ["auth/0001_initial_auth_schema"].as_slice()),
            (
                "character",
                &[
                    "character/0001_create_character_schema",
                    "character/0002_add_character_code",
                ],
            ),
        ] {
            for revision in revisions {
                statements.extend(self.cut(&self.shipped(revision)));
            }
            let last = revisions.len();
            statements.extend([
                format!("CREATE TABLE {schema}.alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"),
                format!("INSERT INTO {schema}.alembic_version (version_num) VALUES ('{last:04}')"),
            ]);
        }
        let (profile, older) = match self.backend {
            Backend::Sqlite => (
                include_str!("user_profile.sqlite.sql"),
                include_str!("older.sqlite.sql"),
            ),
            Backend::Postgres | Backend::Mysql => {
                (include_str!("user_profile.sql"), include_str!("older.sql"))
            }
        };
        statements.extend(self.cut(profile));
        if !self.clean {
            statements.extend(self.cut(older));
        }
        let writer = Writer {
            backend: self.backend,
            rows: self.rows.min(MOST_ROWS),
            seed: self.seed,
        };
        let is_postgres = self.backend == Backend::Postgres;
        if is_postgres {
            statements.extend(self.cut(include_str!("put_aside.sql")));
        } else {
            // Indexes of scattered keys are to stay in memory while they grow; for this session only.
            for schema in ["auth", "user_profile"] {
                statements.push(format!("PRAGMA {schema}.cache_size = -{CACHE_KIBIBYTES}"));
            }
        }
        statements.extend(writer.statements());
        if !self.clean {
            statements.extend(planted::source_statements(self.backend));
        }
        if is_postgres {
            statements.extend(self.cut(include_str!("put_back.sql")));
            if !self.clean {
                // It is there, and holds for new rows only.
                statements.push("ALTER TABLE auth.user_social_accounts ADD CONSTRAINT user_social_accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE NOT VALID".to_owned());
            }
            statements.push("SELECT setval('user_profile.users_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM user_profile.users), false)".to_owned());
            let tables = [
                "auth.users",
                "auth.user_social_accounts",
                "auth.login_audits",
                "user_profile.users",
                "user_profile.user_characters",
            ];
            statements.extend(tables.map(|table| format!("ANALYZE {table}")));
        }
        statements
    }

    /// The statements that put rows into `users` which are there before anything is moved: sign-ups
    /// in the new schema, and what somebody has copied by hand. Nothing where the database is clean.
    pub fn target_statements(&self) -> Vec<String> {
        if self.clean {
            Vec::new()
        } else {
            planted::target_statements(self.backend)
        }
    }

    /// The SQL of a shipped revision.
    fn shipped(&self, revision: &str) -> String {
        let variant = match self.backend {
            Backend::Sqlite => "up.sqlite.sql",
            Backend::Postgres | Backend::Mysql => "up.sql",
        };
        let path = format!("native/{revision}/{variant}");
        shipped::text(&path).unwrap_or_default().to_owned()
    }

    /// The statements of a script.
    fn cut(&self, script: &str) -> Vec<String> {
        let cut = split(script, self.backend.flavor(), &SplitOptions::default());
        let statements = cut.unwrap_or_default();
        statements
            .into_iter()
            .map(|statement| script[statement.span].to_owned())
            .collect()
    }
}
