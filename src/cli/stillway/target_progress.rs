//! One line on a terminal while targets are gone through: counts by state, rate, time left.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::command::domains::{TargetRun, TargetState};

/// The line, while there is one.
#[derive(Default)]
pub(super) struct TargetProgress {
    bar: Option<ProgressBar>,
    under_way: usize,
    counts: [usize; TargetState::ALL.len()],
}

impl TargetProgress {
    /// Begins the line where somebody looks.
    pub(super) fn start(&mut self, visible: bool, domain: &str, waiting: usize, done: usize) {
        *self = Self::default();
        self.add(TargetState::UpToDate, done);
        if !visible {
            return;
        }
        let length = u64::try_from(waiting).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template(
            "{spinner} {prefix} {pos}/{len} {msg}, {per_sec}, {eta} left",
        );
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_prefix(domain.to_owned());
        bar.enable_steady_tick(Duration::from_millis(250));
        self.bar = Some(bar);
        self.show();
    }

    fn add(&mut self, state: TargetState, count: usize) {
        let at = TargetState::ALL.iter().position(|known| *known == state);
        if let Some(counted) = at.and_then(|at| self.counts.get_mut(at)) {
            *counted += count;
        }
    }

    /// A target's turn begins.
    pub(super) fn began(&mut self) {
        self.under_way += 1;
        self.show();
    }

    /// A target's turn is over.
    pub(super) fn ended(&mut self, run: &TargetRun) {
        self.under_way = self.under_way.saturating_sub(1);
        self.add(run.state, 1);
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
        self.show();
    }

    fn show(&self) {
        let Some(bar) = &self.bar else { return };
        let counted = TargetState::ALL.iter().zip(self.counts);
        let mut parts: Vec<String> = counted
            .filter(|(_, count)| *count > 0)
            .map(|(state, count)| format!("{count} {}", state.words()))
            .collect();
        parts.push(format!("{} under way", self.under_way));
        bar.set_message(parts.join(", "));
    }

    /// Prints without tearing the line apart.
    pub(super) fn around(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
