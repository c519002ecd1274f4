//! The corpus against the core, compiled to WebAssembly.
//!
//! ```sh
//! export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=$PWD/target/tools/bin/wasm-bindgen-test-runner
//! cargo test -p intermission-tests --target wasm32-unknown-unknown --test wasm -- --nocapture
//! ```
#![cfg(target_family = "wasm")]
#![allow(clippy::unwrap_used, reason = "what a test does not expect ends it")]

use intermission_tests::{Corpus, finish};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

#[wasm_bindgen_test]
fn the_core_agrees_with_every_vector() {
    let corpus = Corpus::load().unwrap();
    let failures = corpus.check_core();
    console_log!("corpus wasm: {} vectors", corpus.len());
    finish(&failures);
}
