//! Counts what ran, from what the test runners print.

use std::collections::BTreeMap;

/// Where every vector of the corpus has to run.
const RUNNERS: [&str; 4] = ["native", "wasm", "axum", "tonic"];

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
        RUNNERS
            .into_iter()
            .filter(|runner| self.vectors.get(*runner).is_none_or(|count| *count == 0))
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
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 filtered out; finished in 0.05s",
            "running 4 tests",
        ] {
            tally.see(line);
        }
        assert_eq!((tally.passed, tally.failed), (15, 1));
        assert_eq!(tally.vectors["wasm"], 214);
        assert_eq!(tally.silent(), ["axum", "tonic"]);
    }
}
