//! The real Flyway, run by the program `Verbs` in `compat-fixtures/oracle`.
//!
//! `compat-fixtures/record.sh` builds it. A Java machine takes a second to start, so one that has
//! answered is kept for the next question.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The time zone of both programs: one in which a mistaken time shows.
pub const TIME_ZONE: &str = "Asia/Seoul";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("compat-fixtures/oracle/target")
}

/// Whether it has been built.
pub fn is_built() -> bool {
    folder().join("flyway-oracle.jar").is_file()
}

/// A Java machine with Flyway in it that answers one request after the other.
pub struct Flyway {
    child: Child,
    input: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Flyway {
    /// Starts one.
    pub fn start() -> Self {
        let folder = folder();
        let class_path = format!(
            "{}:{}/lib/*",
            folder.join("flyway-oracle.jar").display(),
            folder.display()
        );
        let mut child = Command::new("java")
            .args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
            .args(["-Duser.language=en", "-Duser.country=US"])
            .arg(format!("-Duser.timezone={TIME_ZONE}"))
            // File names are decoded by the locale.
            .args(["-Dfile.encoding=UTF-8", "-Dsun.jnu.encoding=UTF-8"])
            .env("LC_ALL", "C.UTF-8")
            .args(["-cp", &class_path, "Verbs"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("java starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("an output"));
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            let mut answer = String::new();
            for line in output.lines().map_while(Result::ok) {
                if !line.is_empty() {
                    answer.push_str(&line);
                } else if sender.send(std::mem::take(&mut answer)).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            input,
            answers,
        }
    }

    /// Asks for verbs to be run; the settings hold for all of them.
    pub fn send(&mut self, arguments: &[String]) {
        let line = arguments.join("\t") + "\n";
        let input = self.input.as_mut().expect("not finished");
        input.write_all(line.as_bytes()).expect("java listens");
        input.flush().expect("java listens");
    }

    /// The entries for the verbs of the last request.
    pub fn answer(&mut self, limit: Duration) -> Result<Vec<Value>, String> {
        let text = self.answers.recv_timeout(limit).map_err(|error| {
            let what = match error {
                RecvTimeoutError::Timeout => format!("no answer within {limit:?}"),
                RecvTimeoutError::Disconnected => "no answer: it has ended".to_owned(),
            };
            format!("Flyway: {what}")
        })?;
        serde_json::from_str(&text).map_err(|error| format!("Flyway: {error}: {text}"))
    }

    /// Lets it end and tells whether it did so well.
    pub fn finish(mut self) -> Result<(), String> {
        self.input = None;
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(10) {
            match self.child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(format!("Flyway: {status}")),
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
        Err("Flyway does not end".to_owned())
    }

    /// Takes one that is idle, or starts one.
    pub fn take() -> Self {
        let idle = IDLE.lock().expect("no panic").pop();
        idle.unwrap_or_else(Self::start)
    }

    /// Puts it back for the next one who needs it.
    pub fn give_back(self) {
        IDLE.lock().expect("no panic").push(self);
    }
}

impl Drop for Flyway {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Those that wait for work; they end with their input, when the test program does.
static IDLE: Mutex<Vec<Flyway>> = Mutex::new(Vec::new());

/// Runs verbs and tells their entries.
pub fn run(arguments: &[String]) -> Result<Vec<Value>, String> {
    let mut flyway = Flyway::take();
    flyway.send(arguments);
    let entries = flyway.answer(Duration::from_mins(1))?;
    flyway.give_back();
    Ok(entries)
}

/// Whether a verb did what it was asked to; a validation that finds something did not.
pub fn went_well(entry: &Value) -> bool {
    let findings = entry["result"]["validationSuccessful"].as_bool();
    entry.get("error").is_none() && findings.unwrap_or(true)
}
