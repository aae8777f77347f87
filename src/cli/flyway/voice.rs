//! What is said while verbs run, and where: results to standard output, the rest beside them.

use super::text;
use crate::cli::process;
use crate::cli::progress::Progress;
use crate::cli::style::{Style, table};
use crate::engine::{Event, EventSink, Severity};
use crate::error::Error;
use crate::model::Direction;

/// Speaks for one invocation.
pub(super) struct Voice {
    json: bool,
    quiet: bool,
    style: Style,
    /// Whether result sets of migrations are shown.
    rows: bool,
    progress: Progress,
}

impl Default for Voice {
    fn default() -> Self {
        Self::new(true, true, false, None)
    }
}

impl Voice {
    pub(super) fn new(json: bool, quiet: bool, color: bool, rows: Option<bool>) -> Self {
        Self {
            json,
            quiet,
            style: Style { color },
            rows: rows.unwrap_or(true),
            progress: Progress::new(!json && !quiet && rows.is_some() && process::is_terminal()),
        }
    }

    /// Says who is speaking.
    pub(super) fn greet(&self) {
        self.say(&format!("Stillway {}", env!("CARGO_PKG_VERSION")));
    }

    pub(super) fn say(&self, line: &str) {
        if !self.json && !self.quiet {
            self.progress
                .around(|| process::print(&format!("{line}\n")));
        }
    }

    pub(super) fn lines(&self, lines: &[String]) {
        for line in lines {
            if let Some(rest) = line.strip_prefix("ERROR: ") {
                self.error_line(rest);
            } else if let Some(rest) = line.strip_prefix("WARNING: ") {
                self.warning(rest);
            } else {
                self.say(line);
            }
        }
    }

    pub(super) fn warning(&self, words: &str) {
        if !self.json {
            let mark = self.style.doubtful("WARNING:");
            self.progress
                .around(|| process::print_error(&format!("{mark} {words}\n")));
        }
    }

    fn error_line(&self, words: &str) {
        let mark = self.style.bad("ERROR:");
        if !self.json {
            process::print_error(&format!("{mark} {words}\n"));
        }
    }

    /// Says why it ended.
    pub(super) fn failure(&mut self, error: &Error) {
        self.progress.finish();
        if self.json {
            process::print(&super::json::pretty(&super::json::failure(error)));
        } else {
            self.error_line(&text::error(error).join("\n"));
        }
    }

    pub(super) fn finish(&mut self) {
        self.progress.finish();
    }

    fn step(&self, event: &Event) {
        let Event::StepStarted {
            id,
            direction,
            transactional,
            remark,
            ..
        } = event
        else {
            return;
        };
        let repeatable = id.key.is_empty();
        let words = match (direction, repeatable) {
            (Direction::Apply, false) => {
                format!("Migrating schema \"{}\" to version \"{id}\"", id.domain)
            }
            (Direction::Apply, true) => format!(
                "Migrating schema \"{}\" with repeatable migration \"{id}\"",
                id.domain
            ),
            (Direction::Revert, _) => {
                format!(
                    "Undoing migration of schema \"{}\" to version \"{id}\"",
                    id.domain
                )
            }
            (Direction::Mark, _) => format!("Skipping execution of migration \"{id}\""),
        };
        let remark = remark
            .map(|remark| format!(" [{remark}]"))
            .unwrap_or_default();
        let mode = if *transactional {
            ""
        } else {
            " [non-transactional]"
        };
        self.say(&format!("{words}{remark}{mode}"));
    }
}

impl EventSink for Voice {
    fn event(&mut self, event: Event) {
        log::debug!("{event:?}");
        self.progress.event(&event);
        match event {
            Event::StepStarted { .. } => self.step(&event),
            Event::StatementFinished {
                rows: Some(rows), ..
            } if self.rows => {
                let header: Vec<&str> = rows.columns.iter().map(String::as_str).collect();
                let body = rows
                    .rows
                    .into_iter()
                    .map(|row| row.into_iter().map(Option::unwrap_or_default).collect())
                    .collect();
                self.say(&table(&header, body, None, 0));
            }
            Event::Notice { place, message } => {
                let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
                match message.severity {
                    Severity::Notice => self.say(&format!("DB: {place}{}", message.message)),
                    _ => self.warning(&format!(
                        "DB: {place}{} (SQL State: {})",
                        message.message, message.code
                    )),
                }
            }
            Event::WaitingForLock { holder, waited } => {
                let holder = holder.map_or_else(String::new, |holder| format!(": {holder}"));
                self.warning(&format!(
                    "waiting for another migration run, {} s so far{holder}",
                    waited.as_secs()
                ));
            }
            Event::Blocked {
                place,
                waited,
                blockers,
            } => {
                let list: Vec<String> = blockers.iter().map(ToString::to_string).collect();
                self.warning(&format!(
                    "{place}: waiting {} s for a lock held by {}",
                    waited.as_secs(),
                    list.join("; ")
                ));
            }
            Event::Retrying {
                id,
                attempt,
                pause,
                reason,
                blockers,
            } => {
                let list: Vec<String> = blockers.iter().map(ToString::to_string).collect();
                let who = if list.is_empty() {
                    String::new()
                } else {
                    format!("; in the way: {}", list.join("; "))
                };
                self.warning(&format!(
                    "\"{id}\" was rolled back ({reason}){who}; attempt {} in {:.1} s",
                    attempt + 1,
                    pause.as_secs_f64()
                ));
            }
            Event::Note(words) => self.say(&self.style.faint(&words)),
            Event::Warning(words) => self.warning(&words),
            _ => {}
        }
    }
}
