//! What a benchmark is told before it begins.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads its settings from the environment and says what it does without"
)]

/// Arguments and settings of a benchmark.
pub(crate) struct Start {
    /// The server.
    pub(crate) url: String,
    /// Multiplies the rounds.
    pub(crate) rounds: f64,
    /// Parts that are named; none for all.
    parts: Vec<String>,
}

impl Start {
    /// Reads them; nothing when nothing is to be measured, which is said.
    pub(crate) fn read(bench: &str) -> Option<Self> {
        let start = Self::without_server(bench)?;
        let Ok(url) = std::env::var("STILLWAY_TEST_POSTGRES_URL") else {
            println!("nothing is measured: STILLWAY_TEST_POSTGRES_URL names no PostgreSQL server");
            return None;
        };
        Some(Self { url, ..start })
    }

    /// The same for a benchmark that needs no server.
    pub(crate) fn without_server(bench: &str) -> Option<Self> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        if !arguments.iter().any(|argument| argument == "--bench") {
            println!("nothing is measured without `cargo bench --bench {bench}`");
            return None;
        }
        let rounds = std::env::var("STILLWAY_BENCH_ROUNDS").ok();
        Some(Self {
            url: String::new(),
            rounds: rounds.and_then(|text| text.parse().ok()).unwrap_or(1.0),
            parts: arguments
                .into_iter()
                .filter(|argument| !argument.starts_with('-'))
                .collect(),
        })
    }

    /// Whether a part is to run.
    pub(crate) fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|wanted| wanted == part)
    }
}

/// The words of a command line in the environment, split at blanks.
pub(crate) fn command_line(variable: &str) -> Option<Vec<String>> {
    let line = std::env::var(variable).ok()?;
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    (!words.is_empty()).then_some(words)
}
