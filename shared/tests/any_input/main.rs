//! No bytes of a request, a document or a text cause a panic, get a request admitted, or break an answer.
#![cfg(test)]

mod clients;
mod documents;
mod policies;
mod requests;
mod texts;
mod verdicts;

use proptest::test_runner::Config;

/// How many inputs each property is tried with.
fn config() -> Config {
    Config {
        cases: 4000,
        failure_persistence: None,
        ..Config::default()
    }
}
