//! Contenders take turns, so that a slow minute of the machine hits all of them.

use std::time::Instant;

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Seconds of wall clock.
    pub(crate) seconds: f64,
    /// Most memory the process had resident at once, in bytes; 0 where that was not watched.
    pub(crate) peak: usize,
}

impl Measured {
    /// The time that has gone by.
    pub(crate) fn since(start: Instant) -> Self {
        Self {
            seconds: start.elapsed().as_secs_f64(),
            peak: 0,
        }
    }
}

/// Something to be measured.
pub(crate) struct Contender<'c> {
    name: &'static str,
    /// Takes part in each round whose number this divides.
    every: usize,
    run: Box<dyn FnMut() -> Measured + 'c>,
}

impl<'c> Contender<'c> {
    /// Prepares what is measured; the closure leaves its own preparations out of the measure.
    pub(crate) fn new(
        name: &'static str,
        every: usize,
        run: impl FnMut() -> Measured + 'c,
    ) -> Self {
        Self {
            name,
            every,
            run: Box::new(run),
        }
    }
}

/// The runs of one contender.
pub(crate) struct Series {
    /// Who it is.
    pub(crate) name: &'static str,
    /// By round; nothing where it did not take part.
    runs: Vec<Option<Measured>>,
}

/// Runs all contenders once in each round. Who begins changes from round to round.
pub(crate) fn alternate(
    mut contenders: Vec<Contender<'_>>,
    rounds: usize,
    warm_up: bool,
) -> Vec<Series> {
    let mut all: Vec<Series> = contenders
        .iter()
        .map(|contender| Series {
            name: contender.name,
            runs: vec![None; rounds],
        })
        .collect();
    if warm_up {
        for contender in &mut contenders {
            (contender.run)();
        }
    }
    let count = contenders.len();
    for round in 0..rounds {
        for turn in 0..count {
            let index = (round + turn) % count;
            let contender = &mut contenders[index];
            if round % contender.every == 0 {
                all[index].runs[round] = Some((contender.run)());
            }
        }
    }
    all
}

/// A whole number of rounds, at least one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 1 and 10,000"
)]
pub(crate) fn rounds(wanted: f64) -> usize {
    wanted.round().clamp(1.0, 10_000.0) as usize
}

/// Least, median and greatest.
pub(crate) fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (values.first(), values.last()) else {
        return (f64::NAN, f64::NAN, f64::NAN);
    };
    let middle = values.len() / 2;
    let median = if values.len().is_multiple_of(2) {
        f64::midpoint(values[middle - 1], values[middle])
    } else {
        values[middle]
    };
    (low, median, high)
}

impl Series {
    /// Least, median and greatest time in seconds.
    pub(crate) fn seconds(&self) -> (f64, f64, f64) {
        spread(self.runs.iter().flatten().map(|run| run.seconds).collect())
    }

    /// How often it ran.
    pub(crate) fn count(&self) -> usize {
        self.runs.iter().flatten().count()
    }

    /// Least, median and greatest peak of memory in bytes.
    pub(crate) fn peaks(&self) -> (usize, usize, usize) {
        let mut peaks: Vec<usize> = self.runs.iter().flatten().map(|run| run.peak).collect();
        peaks.sort_unstable();
        let at = |index: usize| peaks.get(index).copied().unwrap_or_default();
        (
            at(0),
            at(peaks.len() / 2),
            at(peaks.len().saturating_sub(1)),
        )
    }

    /// How this stands to another, by the rounds in which both took part.
    pub(crate) fn relative_to(&self, other: &Self) -> (f64, f64, f64) {
        let pairs = self.runs.iter().zip(&other.runs);
        let ratios =
            pairs.filter_map(|(one, other)| Some(one.as_ref()?.seconds / other.as_ref()?.seconds));
        spread(ratios.collect())
    }
}
