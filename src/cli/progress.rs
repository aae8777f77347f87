//! Shows a running migration on a terminal: which one, which statement, for how long.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine::Event;

/// One line that is drawn over while something runs; silent when nobody looks.
pub(super) struct Progress {
    bar: ProgressBar,
    step: String,
    /// Whether a step is under way, and the line drawn.
    active: bool,
}

impl Progress {
    /// A line on standard error, or nothing.
    pub(super) fn new(visible: bool) -> Self {
        let target = if visible {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        Self {
            bar,
            step: String::new(),
            active: false,
        }
    }

    /// Takes note of an event.
    pub(super) fn event(&mut self, event: &Event) {
        if self.bar.is_hidden() {
            return;
        }
        match event {
            Event::StepStarted {
                number,
                total,
                script,
                ..
            } => {
                self.step = format!("migration {number} of {total}: {script}");
                self.active = true;
                self.bar.reset_elapsed();
                self.bar.enable_steady_tick(Duration::from_millis(250));
                self.bar.set_message(self.step.clone());
            }
            Event::StatementStarted { number, total } if *total > 1 => {
                let message = format!("{}, statement {number} of {total}", self.step);
                self.bar.set_message(message);
            }
            Event::StepFinished { .. } => self.bar.set_message(""),
            _ => {}
        }
    }

    /// Prints lines without tearing the drawn one apart.
    pub(super) fn around(&self, print: impl FnOnce()) {
        if self.active {
            self.bar.suspend(print);
        } else {
            print();
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&mut self) {
        self.active = false;
        self.bar.finish_and_clear();
    }
}
