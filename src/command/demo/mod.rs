//! The demonstration: a legacy database, the shipped project, and what becomes of the one by the other.

pub mod legacy;
pub mod shipped;

use std::path::{Path, PathBuf};

use legacy::LegacyDatabase;

use crate::command::domains::{
    self, DomainAdoption, DomainError, Observer, Process, RunResult, Selection, Workspace,
};
use crate::convert::Decisions;
use crate::database::Connection;
use crate::model::Secret;
use crate::project::disk;

/// What a demonstration is to be.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// A folder for the project, and for the database where no other is named.
    pub folder: PathBuf,
    /// The database; SQLite in the folder where nothing is said.
    pub url: Option<Secret>,
    /// How many users the legacy database has, besides those with problems.
    pub rows: u64,
    /// What their names and numbers follow from.
    pub seed: u64,
    /// What the process brings along.
    pub process: Process,
}

/// How many rows the tables of the legacy database have, by name.
pub type Counts = Vec<(&'static str, u64)>;

/// The tables that rows are moved from, and one that stays behind.
const TABLES: [&str; 5] = [
    "auth.users",
    "auth.user_social_accounts",
    "auth.login_audits",
    "user_profile.users",
    "user_profile.user_characters",
];

/// Schemas that the demonstration makes.
const SCHEMAS: [&str; 5] = ["auth", "character", "info", "user_profile", "users"];

/// A demonstration under way: the shipped project in a folder, and a database.
pub struct Demo {
    workspace: Workspace,
    rows: u64,
    seed: u64,
}

impl Demo {
    /// Lays the shipped project out.
    ///
    /// # Errors
    ///
    /// A folder that cannot be written to.
    pub fn prepare(options: &DemoOptions) -> Result<Self, DomainError> {
        if options.rows > legacy::MOST_ROWS {
            let words = format!("a demonstration has at most {} users", legacy::MOST_ROWS);
            return Err(DomainError::misuse(words));
        }
        let root = options.folder.join("project");
        for (path, text) in shipped::FILES {
            disk::write_file(&root.join(path), text).map_err(DomainError::words)?;
        }
        let mut process = options.process.clone();
        let url = match &options.url {
            Some(url) => url.expose().to_owned(),
            None => format!("sqlite:{}", options.folder.join("app.db").display()),
        };
        // What the environment says of databases is about other projects.
        process
            .variables
            .retain(|name, _| !name.ends_with("DATABASE_URL"));
        process.variables.insert("DATABASE_URL".to_owned(), url);
        process.directory.clone_from(&root);
        Ok(Self {
            workspace: Workspace::open_at(&root, process)?,
            rows: options.rows,
            seed: options.seed,
        })
    }

    /// The shipped project.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The folder of the project.
    pub fn root(&self) -> &Path {
        &self.workspace.root
    }

    /// A connection to the database.
    ///
    /// # Errors
    ///
    /// A database that does not answer.
    pub fn connection(&self, observer: &mut dyn Observer) -> Result<Connection, DomainError> {
        let domain = self.workspace.domain("users")?;
        self.workspace.driver(domain)?.connection(observer)
    }

    fn legacy(&self, connection: &Connection) -> LegacyDatabase {
        LegacyDatabase {
            backend: connection.backend(),
            rows: self.rows,
            seed: self.seed,
            clean: false,
        }
    }

    /// Makes the legacy database, as Alembic and a service have left it.
    ///
    /// # Errors
    ///
    /// A database that has schemas of these names already.
    pub fn make_legacy(&self, observer: &mut dyn Observer) -> Result<Counts, DomainError> {
        let mut connection = self.connection(observer)?;
        for schema in SCHEMAS {
            let failed = |error| failed("looking for schemas", &error);
            let is_taken = connection.schema_exists(schema).map_err(failed)?
                && !connection.schema_is_empty(schema).map_err(failed)?;
            if is_taken {
                let words = format!("the database has a schema `{schema}` with something in it");
                return Err(DomainError::misuse(words).with_hint(
                    "the demonstration makes schemas of its own and drops none: name an empty database",
                ));
            }
        }
        let statements = self.legacy(&connection).statements();
        run(&mut connection, &statements, "making the legacy database")?;
        let mut counts = Counts::new();
        for table in TABLES {
            let sql = format!("SELECT count(*) FROM {table}");
            let rows = connection.database().query(&sql);
            let rows = rows.map_err(|error| failed("counting rows", &error))?;
            let count = rows.single().and_then(|text| text.parse().ok());
            counts.push((table, count.unwrap_or_default()));
        }
        Ok(counts)
    }

    /// Takes over what Alembic has kept.
    ///
    /// # Errors
    ///
    /// What an adoption fails for.
    pub fn adopt(&self, observer: &mut dyn Observer) -> Result<Vec<DomainAdoption>, DomainError> {
        let decisions = Decisions::default();
        let kept = ["auth", "character"].map(str::to_owned);
        domains::adopt(&self.workspace, &kept, &decisions, false, observer)
    }

    /// Runs what is pending.
    ///
    /// # Errors
    ///
    /// What an upgrade fails for before it begins.
    pub fn upgrade(&self, observer: &mut dyn Observer) -> Result<RunResult, DomainError> {
        domains::upgrade(&self.workspace, &Selection::default(), false, observer)
    }

    /// Lets people sign up in the new schema before anything is moved.
    ///
    /// # Errors
    ///
    /// A statement that fails.
    pub fn sign_up(&self, observer: &mut dyn Observer) -> Result<(), DomainError> {
        let mut connection = self.connection(observer)?;
        let statements = self.legacy(&connection).target_statements();
        run(&mut connection, &statements, "signing people up")
    }
}

/// Runs statements in one transaction.
fn run(connection: &mut Connection, statements: &[String], doing: &str) -> Result<(), DomainError> {
    let database = connection.database();
    let ran = database.begin().and_then(|()| {
        for statement in statements {
            database.query(statement)?;
        }
        database.commit()
    });
    ran.map_err(|error| {
        // What failed is what matters; a connection that is closed rolls back by itself.
        drop(database.rollback());
        failed(doing, &error)
    })
}

fn failed(doing: &str, error: &crate::engine::ServerError) -> DomainError {
    DomainError::words(format!("{doing}: {error}"))
}
