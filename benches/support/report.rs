//! What the benchmark prints.
#![expect(clippy::print_stdout, reason = "this is the printing")]

use super::measure::Series;

/// What a ratio is wanted to be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    /// No more than this.
    AtMost(f64),
    /// Less than this.
    Below(f64),
}

impl Wanted {
    fn reached(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(limit) => ratio <= limit,
            Self::Below(limit) => ratio < limit,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtMost(limit) => format!("at most {}", number(limit)),
            Self::Below(limit) => format!("below {}", number(limit)),
        }
    }
}

/// Small ratios read better as fractions.
fn number(ratio: f64) -> String {
    let inverse = 1.0 / ratio;
    if inverse > 9.95 {
        format!("1/{inverse:.0}")
    } else if inverse > 2.0 {
        format!("1/{}", format!("{inverse:.1}").trim_end_matches(".0"))
    } else {
        format!("{ratio:.2}")
    }
}

/// Begins a part.
pub(crate) fn title(words: &str) {
    println!("\n{words}");
}

/// Times of all contenders.
pub(crate) fn series(all: &[Series]) {
    println!(
        "   {:<24} {:>10} {:>10} {:>10} {:>5}",
        "", "median", "min", "max", "runs"
    );
    for one in all {
        let (low, median, high) = one.seconds();
        println!(
            "   {:<24} {:>10} {:>10} {:>10} {:>5}",
            one.name,
            time(median),
            time(low),
            time(high),
            one.count()
        );
    }
}

fn time(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.1} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    }
}

/// How one contender stands to another, by pairs, and whether that is what is wanted.
pub(crate) fn ratio(one: &Series, other: &Series, wanted: Option<Wanted>) {
    let (low, median, high) = one.relative_to(other);
    let verdict = wanted.map_or_else(String::new, |wanted| {
        let reached = if wanted.reached(median) {
            "reached"
        } else {
            "not reached"
        };
        format!(", wanted {}: {reached}", wanted.words())
    });
    println!(
        "   => {} / {}: {} ({} to {}){verdict}",
        one.name,
        other.name,
        number(median),
        number(low),
        number(high),
    );
}

#[expect(clippy::cast_precision_loss, reason = "files are not that large")]
pub(crate) fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
