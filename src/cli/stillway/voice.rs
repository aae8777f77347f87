//! What is said while commands over domains run.

use std::time::{Duration, Instant};

use super::target_progress::TargetProgress;
use super::targets;
use crate::cli::process;
use crate::cli::style::Style;
use crate::command::domains::{Observer, TargetRun};

/// How logs of continuous integration fold parts away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folding {
    /// Nobody folds.
    None,
    /// GitHub Actions.
    Github,
    /// GitLab.
    Gitlab,
}

/// Speaks for one command.
pub(super) struct Voice {
    /// Nothing but results is wanted.
    quiet: bool,
    style: Style,
    folding: Folding,
    open: Option<String>,
    started: Instant,
    targets: TargetProgress,
}

impl Voice {
    pub(super) fn new(quiet: bool) -> Self {
        let variables = process::variables();
        let is_set = |name: &str| variables.get(name).is_some_and(|value| value == "true");
        let folding = if is_set("GITHUB_ACTIONS") {
            Folding::Github
        } else if is_set("GITLAB_CI") {
            Folding::Gitlab
        } else {
            Folding::None
        };
        let color = process::is_terminal() && !variables.contains_key("NO_COLOR");
        Self {
            quiet,
            style: Style { color },
            folding,
            open: None,
            started: Instant::now(),
            targets: TargetProgress::default(),
        }
    }

    fn say(&self, words: &str) {
        if !self.quiet {
            self.targets
                .around(|| process::print_error(&format!("{words}\n")));
        }
    }

    fn seconds(&self) -> u64 {
        // GitLab wants the time of day; what it shows is the difference.
        self.started.elapsed().as_secs()
    }

    /// Ends the part of a domain.
    pub(super) fn close(&mut self) {
        let Some(domain) = self.open.take() else {
            return;
        };
        match self.folding {
            Folding::None => {}
            Folding::Github => self.say("::endgroup::"),
            Folding::Gitlab => {
                let name = section_name(&domain);
                self.say(&format!(
                    "\u{1b}[0Ksection_end:{}:{name}\r\u{1b}[0K",
                    self.seconds()
                ));
            }
        }
    }
}

fn section_name(domain: &str) -> String {
    let fits = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' {
            c
        } else {
            '_'
        }
    };
    format!("stillway_{}", domain.chars().map(fits).collect::<String>())
}

impl Observer for Voice {
    fn domain_started(&mut self, domain: &str, migrations: usize) {
        if self.open.as_deref() == Some(domain) {
            return;
        }
        self.close();
        let count = match migrations {
            0 => String::new(),
            1 => ": 1 migration".to_owned(),
            count => format!(": {count} migrations"),
        };
        match self.folding {
            Folding::None => self.say(&format!("{domain}{count}")),
            Folding::Github => self.say(&format!("::group::{domain}{count}")),
            Folding::Gitlab => {
                let name = section_name(domain);
                let seconds = self.seconds();
                self.say(&format!(
                    "\u{1b}[0Ksection_start:{seconds}:{name}\r\u{1b}[0K{domain}{count}"
                ));
            }
        }
        self.open = Some(domain.to_owned());
    }

    fn migration_started(&mut self, _domain: &str, key: &str, description: &str, action: &str) {
        let sign = match action {
            "downgrade" => "-",
            "stamp" => "=",
            _ => "+",
        };
        let description = self.style.faint(description);
        self.say(format!("  {sign} {key}  {description}").trim_end());
    }

    fn migration_finished(&mut self, _domain: &str, key: &str, took: Duration) {
        if took >= Duration::from_secs(1) {
            let words = format!("    {key} took {:.1} s", took.as_secs_f64());
            self.say(&self.style.faint(&words));
        }
    }

    fn note(&mut self, domain: &str, words: &str) {
        self.say(&self.style.faint(&format!("  {domain}: {words}")));
    }

    fn warning(&mut self, domain: &str, words: &str) {
        let mark = self.style.doubtful("warning:");
        self.targets
            .around(|| process::print_error(&format!("{mark} {domain}: {words}\n")));
    }

    fn targets_started(&mut self, domain: &str, waiting: usize, up_to_date: usize) {
        let visible = !self.quiet && process::is_terminal();
        self.targets.start(visible, domain, waiting, up_to_date);
    }

    fn target_started(&mut self, _domain: &str, _target: &str) {
        self.targets.began();
    }

    fn target_finished(&mut self, _domain: &str, run: &TargetRun) {
        self.targets.ended(run);
        if let Some(line) = targets::failure_line(run) {
            let mark = self.style.bad("failed:");
            self.targets
                .around(|| process::print_error(&format!("{mark} {line}\n")));
        }
    }

    fn targets_finished(&mut self, _domain: &str) {
        self.targets.finish();
    }
}
