//! The corpus against the core, compiled to WebAssembly.
//!
//! ```sh
//! cargo test -p intermission-tests --target wasm32-wasip1 --test wasm -- --nocapture
//! ```
#![cfg(target_family = "wasm")]
#![allow(clippy::unwrap_used, reason = "what a test does not expect ends it")]

use intermission_tests::{Corpus, finish};

#[test]
fn the_core_agrees_with_every_vector() {
    let corpus = Corpus::load().unwrap();
    let failures = corpus.check_core();
    println!("corpus wasm: {} vectors", corpus.len());
    finish(&failures);
}
