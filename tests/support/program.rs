//! Runs the built program as a user would, in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A project folder with migrations below `sql/`.
pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// An empty project.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("stillway")
            .tempdir()
            .expect("a temporary folder");
        std::fs::create_dir(folder.path().join("sql")).expect("a folder");
        Self { folder }
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a migration or callback.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join("sql").join(name);
        std::fs::write(&path, content).expect("writable");
        path
    }

    /// The URL of an SQLite file in the folder.
    pub fn sqlite_url(&self) -> String {
        format!("jdbc:sqlite:{}", self.path().join("test.db").display())
    }

    /// `stillway flyway` with a URL, the project's locations and more arguments.
    pub fn command(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stillway"));
        command
            .current_dir(self.path())
            .env_clear()
            .arg("flyway")
            .arg(format!("-url={url}"))
            .arg("-locations=filesystem:sql")
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Runs to the end.
    pub fn run(&self, url: &str, arguments: &[&str]) -> Run {
        Run::of(&self.command(url, arguments).output().expect("runs"))
    }

    /// Starts and does not wait.
    pub fn start(&self, url: &str, arguments: &[&str]) -> Child {
        self.command(url, arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts")
    }
}

/// What a finished run has left.
pub struct Run {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

impl Run {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Everything that was said.
    pub fn all(&self) -> String {
        format!("{}\n{}", self.output, self.errors)
    }

    /// The run must have succeeded.
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.all());
        self
    }

    /// The run must have failed and said all of this.
    #[track_caller]
    pub fn failed_with(self, parts: &[&str]) -> Self {
        assert_eq!(self.code, Some(1), "{}", self.all());
        for part in parts {
            assert!(self.all().contains(part), "no `{part}` in {}", self.all());
        }
        self
    }
}
