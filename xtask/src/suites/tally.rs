//! Counts what ran, from what the test runners print.

use std::collections::BTreeMap;

/// Where every vector of the corpus has to run; a runner may print a line for each of its ways, such as `envoy h1` and
/// `envoy h2`.
const RUNNERS: &[&str] = &["native", "wasm", "axum", "tonic", "envoy"];

/// How many tests and vectors ran.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
    vectors: BTreeMap<String, u64>,
}

impl Tally {
    /// Takes one line of output.
    pub(crate) fn see(&mut self, line: &str) {
        if let Some(counts) = line.trim().strip_prefix("test result: ") {
            self.passed += before(counts, "passed");
            self.failed += before(counts, "failed");
        }
        // A runner's line may stand anywhere in the line of a harness.
        if let Some((_, corpus)) = line.split_once("corpus ")
            && let Some((runner, count)) = corpus.split_once(": ")
            && let Some((count, _)) = count.split_once(" vectors")
            && let Ok(count) = count.parse::<u64>()
        {
            // Not a sum: a harness may show the output of a test again when it failed.
            self.vectors.insert(runner.to_owned(), count);
        }
    }

    /// The runners that ran no vector.
    pub(crate) fn silent(&self) -> Vec<&'static str> {
        let ran = |runner: &str| {
            let mut lines = self
                .vectors
                .iter()
                .filter(|(name, _)| is_of(runner, name))
                .peekable();
            lines.peek().is_some() && lines.all(|(_, count)| *count > 0)
        };
        RUNNERS
            .iter()
            .copied()
            .filter(|runner| !ran(runner))
            .collect()
    }

    /// Prints the vectors of each runner; the last line counts the tests.
    pub(crate) fn print(&self) {
        println!();
        for (runner, count) in &self.vectors {
            println!("corpus {runner}: {count} vectors");
        }
        println!("{} passed, {} failed", self.passed, self.failed);
    }
}

/// Whether a line with this name comes from the runner.
fn is_of(runner: &str, name: &str) -> bool {
    let way = name.strip_prefix(runner);
    way.is_some_and(|way| !way.starts_with(char::is_alphabetic))
}

/// The number before a word, as in `ok. 12 passed; 0 failed`.
fn before(counts: &str, word: &str) -> u64 {
    let mut last = 0;
    for part in counts.split([' ', ';']) {
        if part == word {
            return last;
        }
        last = part.parse().unwrap_or_default();
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_tests_and_vectors_of_every_harness() {
        let mut tally = Tally::default();
        for line in [
            "corpus native: 214 vectors",
            "    corpus wasm: 214 vectors",
            "    corpus wasm: 214 vectors (3 with a note)",
            "corpus axum h1: 214 vectors",
            "corpus axum h2: 214 vectors",
            "corpus tonic h1: 214 vectors",
            "corpus tonic h2: 0 vectors",
            "corpus envoyage: 1 vectors",
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 filtered out; finished in 0.05s",
            "running 4 tests",
        ] {
            tally.see(line);
        }
        assert_eq!((tally.passed, tally.failed), (15, 1));
        assert_eq!(tally.vectors["wasm"], 214);
        assert_eq!(tally.silent(), ["tonic", "envoy"]);
    }
}
