//! What commands over domains tell while they run.

use std::time::Duration;

use super::targets::TargetRun;
use crate::command::alembic::{LogLevel, Reporter, StepNote};
use crate::engine::{Event, EventSink};

/// Learns what happens.
pub trait Observer {
    /// A domain's turn begins, with so many migrations.
    fn domain_started(&mut self, domain: &str, migrations: usize);
    /// A migration begins; `action` is `upgrade`, `downgrade` or `stamp`.
    fn migration_started(&mut self, domain: &str, key: &str, description: &str, action: &str);
    /// A migration is done.
    fn migration_finished(&mut self, domain: &str, key: &str, took: Duration);
    /// Something worth knowing.
    fn note(&mut self, domain: &str, words: &str);
    /// Something worth a warning.
    fn warning(&mut self, domain: &str, words: &str);
    /// The targets of a domain are gone through: so many have something to run, so many have not.
    fn targets_started(&mut self, _domain: &str, _waiting: usize, _up_to_date: usize) {}
    /// A target's turn begins.
    fn target_started(&mut self, _domain: &str, _target: &str) {}
    /// A target's turn is over.
    fn target_finished(&mut self, _domain: &str, _run: &TargetRun) {}
    /// No more targets are begun, and none is under way.
    fn targets_finished(&mut self, _domain: &str) {}
}

/// Takes no notice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Observer for Quiet {
    fn domain_started(&mut self, _domain: &str, _migrations: usize) {}
    fn migration_started(&mut self, _domain: &str, _key: &str, _description: &str, _action: &str) {}
    fn migration_finished(&mut self, _domain: &str, _key: &str, _took: Duration) {}
    fn note(&mut self, _domain: &str, _words: &str) {}
    fn warning(&mut self, _domain: &str, _words: &str) {}
}

/// Hands on what the parts of one domain tell.
pub(super) struct OfDomain<'o> {
    pub(super) domain: &'o str,
    pub(super) observer: &'o mut dyn Observer,
    /// Keys of the migrations that came to their end.
    pub(super) done: Vec<String>,
}

impl<'o> OfDomain<'o> {
    pub(super) fn new(domain: &'o str, observer: &'o mut dyn Observer) -> Self {
        Self {
            domain,
            observer,
            done: Vec::new(),
        }
    }
}

impl EventSink for OfDomain<'_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::StepStarted {
                id,
                script,
                direction,
                ..
            } => {
                let key = if id.key.is_empty() { &script } else { &id.key };
                let action = match direction {
                    crate::model::Direction::Apply => "upgrade",
                    crate::model::Direction::Revert => "downgrade",
                    crate::model::Direction::Mark => "stamp",
                };
                self.observer
                    .migration_started(self.domain, key, &id.description, action);
            }
            Event::StepFinished { id, took } => {
                let key = if id.key.is_empty() {
                    &id.description
                } else {
                    &id.key
                };
                self.done.push(key.clone());
                self.observer.migration_finished(self.domain, key, took);
            }
            Event::WaitingForLock { holder, waited } => {
                let who = holder.map_or_else(|| "another run".to_owned(), |h| h.to_string());
                let seconds = waited.as_secs();
                self.observer.note(
                    self.domain,
                    &format!("waiting for {who} to end its run ({seconds} s so far)"),
                );
            }
            Event::Blocked {
                place,
                waited,
                blockers,
            } => {
                let who: Vec<String> = blockers.iter().map(ToString::to_string).collect();
                self.observer.warning(
                    self.domain,
                    &format!(
                        "{place}: waiting for {} ({} s so far)",
                        who.join(", "),
                        waited.as_secs()
                    ),
                );
            }
            Event::Retrying {
                id,
                attempt,
                reason,
                ..
            } => self.observer.warning(
                self.domain,
                &format!("{id}: {reason}; rolled back, trying again (attempt {attempt})"),
            ),
            Event::Notice { message, .. } => self.observer.note(self.domain, &message.message),
            Event::Note(words) => self.observer.note(self.domain, &words),
            Event::Warning(words) => self.observer.warning(self.domain, &words),
            _ => {}
        }
    }
}

impl Reporter for OfDomain<'_> {
    fn print(&mut self, text: &str) {
        self.observer.note(self.domain, text);
    }

    fn write(&mut self, text: &str) {
        self.observer.note(self.domain, text);
    }

    fn log(&mut self, level: LogLevel, logger: &str, message: &str) {
        // The chain's own steps are told as such.
        if logger == "stillway" && level >= LogLevel::Info {
            self.observer.note(self.domain, message);
        }
    }

    fn logging(&mut self, _from: Option<LogLevel>) {}

    fn warn(&mut self, words: &str) {
        self.observer.warning(self.domain, words);
    }

    fn message(&mut self, words: &str) {
        self.observer.note(self.domain, words);
    }

    fn status(&mut self, _doing: &str, _succeeded: bool) {}

    fn step_started(&mut self, step: StepNote<'_>) {
        let action = match step.action {
            "stamp_revision" => "stamp",
            other => other,
        };
        self.observer
            .migration_started(self.domain, step.revision, step.message, action);
    }

    fn step_finished(&mut self, step: StepNote<'_>, took: Duration) {
        self.done.push(step.revision.to_owned());
        self.observer
            .migration_finished(self.domain, step.revision, took);
    }
}
