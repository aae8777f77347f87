//! A program that takes requests of one line each and answers each with lines and an empty one.
//!
//! Interpreters take long to start, so one that has answered is kept for the next question.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// The program under way.
pub struct Answering {
    /// What it is called in errors.
    name: &'static str,
    child: Child,
    input: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Answering {
    /// Starts it.
    pub fn start(name: &'static str, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
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
            name,
            child,
            input,
            answers,
        }
    }

    /// Sends a request and does not wait.
    pub fn send(&mut self, request: &str) {
        let input = self.input.as_mut().expect("not finished");
        let sent = writeln!(input, "{request}").and_then(|()| input.flush());
        sent.unwrap_or_else(|error| panic!("{} does not listen: {error}", self.name));
    }

    /// The answer to the last request.
    pub fn answer(&mut self, limit: Duration) -> Result<String, String> {
        self.answers.recv_timeout(limit).map_err(|error| {
            let what = match error {
                RecvTimeoutError::Timeout => format!("no answer within {limit:?}"),
                RecvTimeoutError::Disconnected => "no answer: it has ended".to_owned(),
            };
            format!("{}: {what}", self.name)
        })
    }

    /// Lets it end and tells whether it did so well.
    pub fn finish(mut self) -> Result<(), String> {
        self.input = None;
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(10) {
            match self.child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(format!("{}: {status}", self.name)),
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
        Err(format!("{} does not end", self.name))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Those that wait for work; they end with their input, when the test program does.
pub struct Idle(Mutex<Vec<Answering>>);

impl Idle {
    /// None yet.
    pub const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Takes one that is idle, or starts one.
    pub fn take(&self, start: fn() -> Answering) -> Answering {
        let idle = self.0.lock().expect("no panic").pop();
        idle.unwrap_or_else(start)
    }

    /// Puts one back for the next who needs it.
    pub fn give_back(&self, one: Answering) {
        self.0.lock().expect("no panic").push(one);
    }
}
