//! An Alembic directory whose revisions leave a trace each time they run, and what has to be true
//! of its database at any moment.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use stillway::dialect::alembic::run_history;

use super::alembic::{fixtures, read};
use super::database::{Backend, TestDatabase};

/// The directory; its revisions are numbered from 0 on, in a straight line.
pub struct Chain {
    folder: tempfile::TempDir,
    length: usize,
}

impl Chain {
    /// A directory with the common environment, which is configured with these arguments too.
    pub fn new(configure: &str) -> Self {
        // In memory where that is possible: a killed process loses nothing that it has written,
        // and nobody has to wait for a disk.
        let memory = Path::new("/dev/shm");
        let mut builder = tempfile::Builder::new();
        let folder = builder.prefix("stillway").tempdir_in(memory);
        let folder = folder.or_else(|_| builder.tempdir());
        let folder = folder.expect("a temporary folder");
        std::fs::create_dir(folder.path().join("versions")).expect("a folder");
        let common = fixtures().join("oracle-alembic/project");
        for name in ["alembic.ini", "env.py"] {
            let text = read(&common.join(name)).replace("# @configure@", configure);
            std::fs::write(folder.path().join(name), text).expect("writable");
        }
        let this = Self { folder, length: 0 };
        let log = "op.create_table('log', sa.Column('number', sa.Integer(), nullable=False))";
        this.with_revision(log, "op.drop_table('log')")
    }

    /// Adds revisions that make a table each and log that they ran.
    pub fn with_tables(mut self, count: usize) -> Self {
        for number in self.length..self.length + count {
            self = self.with_revision(
                &format!(
                    "op.execute('INSERT INTO log VALUES ({number})')\n    op.create_table('t{number}', sa.Column('id', sa.Integer()))\n    op.execute('INSERT INTO t{number} SELECT count(*) FROM log')"
                ),
                &format!("op.drop_table('t{number}')\n    op.execute('DELETE FROM log WHERE number = {number}')"),
            );
        }
        self
    }

    /// Adds a revision with these bodies.
    pub fn with_revision(mut self, upgrade: &str, downgrade: &str) -> Self {
        let number = self.length;
        let parent = match number {
            0 => "None".to_owned(),
            _ => format!("'{}'", id(number - 1)),
        };
        let text = format!(
            "\"\"\"revision\"\"\"\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = '{}'\ndown_revision = {parent}\n\n\ndef upgrade():\n    {upgrade}\n\n\ndef downgrade():\n    {downgrade}\n",
            id(number)
        );
        std::fs::write(self.file(number), text).expect("writable");
        self.length += 1;
        self
    }

    /// Changes the text of a revision.
    pub fn change(&self, number: usize, edit: fn(String) -> String) -> std::io::Result<()> {
        let file = self.file(number);
        let text = std::fs::read_to_string(&file)?;
        std::fs::write(file, edit(text))
    }

    fn file(&self, number: usize) -> std::path::PathBuf {
        let name = format!("versions/{}_revision.py", id(number));
        self.folder.path().join(name)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// How many revisions there are.
    pub fn length(&self) -> usize {
        self.length
    }

    /// A database for it.
    pub fn database(&self, backend: Backend, number: usize) -> Result<TestDatabase, &'static str> {
        let file = self.folder.path().join(format!("{number}.db"));
        TestDatabase::create(backend, file)
    }

    fn command(&self, database: &TestDatabase, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stillway"));
        command
            .current_dir(self.path())
            .env_clear()
            .env("STILLWAY_URL", database.sqlalchemy_url())
            .arg("alembic")
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Starts a command and does not wait.
    pub fn start(&self, database: &TestDatabase, arguments: &[&str]) -> Child {
        self.command(database, arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts")
    }

    /// Runs a command that has to do well.
    pub fn must(&self, database: &TestDatabase, arguments: &[&str]) -> Result<(), String> {
        let output = self.command(database, arguments).output().expect("runs");
        well(&output).map_err(|said| format!("{arguments:?}: {said}"))
    }

    /// How many revisions the database has: by the version table, and the same by what they have
    /// left, by what they have logged, and by Stillway's own history.
    pub fn agreed(&self, database: &TestDatabase) -> Result<usize, String> {
        let applied = self.applied(database)?;
        let tables = match database.backend() {
            Backend::Postgres => "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
            Backend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        };
        let made = database.rows(&format!("{tables} ORDER BY 1"));
        let mut made: Vec<String> = made.into_iter().flatten().flatten().collect();
        made.retain(|name| {
            let digits = name.strip_prefix('t');
            digits.is_some_and(|digits| digits.parse::<usize>().is_ok())
        });
        let mut wanted: Vec<String> = (1..applied).map(|number| format!("t{number}")).collect();
        wanted.sort();
        same("tables", &wanted, &made)?;
        if applied > 0 {
            let logged = database.rows("SELECT number FROM log ORDER BY number");
            let logged: Vec<String> = logged.into_iter().flatten().flatten().collect();
            let wanted: Vec<String> = (1..applied).map(|number| number.to_string()).collect();
            same("logged", &wanted, &logged)?;
        }
        let told = self.told(database)?;
        if told == applied {
            Ok(applied)
        } else {
            Err(format!("{applied} revisions, but {told} by the history"))
        }
    }

    /// By the version table alone.
    fn applied(&self, database: &TestDatabase) -> Result<usize, String> {
        if !has_table(database, "alembic_version") {
            return Ok(0);
        }
        let rows = database.rows("SELECT version_num FROM alembic_version");
        let ids: Vec<String> = rows.into_iter().flatten().flatten().collect();
        match ids.as_slice() {
            [] => Ok(0),
            [only] => {
                let mut numbers = 0..self.length;
                let found = numbers.find(|number| id(*number) == *only);
                Ok(found.ok_or_else(|| format!("no revision {only}"))? + 1)
            }
            several => Err(format!("{several:?} in the version table")),
        }
    }

    /// By the history, which has to make sense from its first row to its last.
    pub fn told(&self, database: &TestDatabase) -> Result<usize, String> {
        if !has_table(database, "stillway_alembic_history") {
            return Ok(0);
        }
        let rows = database.rows(
            "SELECT revision, action, milliseconds, source_md5, sql_md5 FROM stillway_alembic_history ORDER BY id",
        );
        let mut applied = 0;
        for row in rows {
            let row: Vec<String> = row.into_iter().map(Option::unwrap_or_default).collect();
            let [revision, action, milliseconds, source, sql] = row.as_slice() else {
                return Err(format!("a row of the history is {row:?}"));
            };
            let number = match action.as_str() {
                "upgrade" => {
                    applied += 1;
                    applied - 1
                }
                _ if applied == 0 => return Err(format!("{row:?} of the history is one too many")),
                _ => {
                    applied -= 1;
                    applied
                }
            };
            let file = std::fs::read(self.file(number)).map_err(|error| error.to_string())?;
            let right = *revision == id(number)
                && ["upgrade", "downgrade"].contains(&action.as_str())
                && milliseconds.parse::<u64>().is_ok()
                && *source == run_history::md5(&file)
                && sql.len() == 32;
            if !right {
                return Err(format!("the history says {row:?} of revision {number}"));
            }
        }
        Ok(applied)
    }
}

/// How many runs were announced that have not come to their end, by the history.
pub fn interrupted(database: &TestDatabase) -> usize {
    if !has_table(database, "stillway_alembic_history") {
        return 0;
    }
    let sql = "SELECT count(*) FROM stillway_alembic_history WHERE milliseconds < 0";
    database.value(sql).parse().unwrap_or(0)
}

fn id(number: usize) -> String {
    format!("{number:04}")
}

fn has_table(database: &TestDatabase, name: &str) -> bool {
    let sql = match database.backend() {
        Backend::Postgres => format!("SELECT count(*) FROM pg_tables WHERE tablename = '{name}'"),
        Backend::Sqlite => format!("SELECT count(*) FROM sqlite_master WHERE name = '{name}'"),
    };
    database.value(&sql) != "0"
}

/// Whether a program ended well; otherwise what it said.
pub fn well(output: &Output) -> Result<(), String> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}\n{said}", output.status))
}

fn same(what: &str, wanted: &[String], found: &[String]) -> Result<(), String> {
    if wanted == found {
        Ok(())
    } else {
        Err(format!("{what}: {found:?}, not {wanted:?}"))
    }
}
