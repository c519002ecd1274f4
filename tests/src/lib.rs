#![doc = include_str!("../vectors/README.md")]

mod bytes;
mod corpus;
mod document;
mod expect;
mod judge;
#[cfg(not(target_family = "wasm"))]
pub mod over;
mod vector;

pub use corpus::{Corpus, FILES, now};
pub use document::DocumentVector;
pub use expect::{Expect, Observed, Outcome};
pub use judge::{headers, judge, view};
pub use vector::{Becomes, Deviation, Node, Over, Request, Vector};

/// One vector's failures as text.
#[must_use]
pub fn report(name: &str, found: &[String]) -> String {
    format!("{name}:\n    {}", found.join("\n    "))
}

/// Ends a run.
///
/// # Panics
///
/// If there are failures; with all of them.
#[track_caller]
pub fn finish(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{} vectors fail\n\n{}\n",
        failures.len(),
        failures.join("\n")
    );
}
