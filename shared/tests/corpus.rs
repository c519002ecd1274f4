//! The corpus against the core, natively and compiled to WebAssembly.
//!
//! ```sh
//! cargo test -p intermission-core --target wasm32-wasip1 --test corpus -- --nocapture
//! ```
#![cfg(test)]

use intermission_corpus::{Corpus, finish};

#[test]
fn the_core_agrees_with_every_vector() {
    let corpus = Corpus::load().unwrap();
    let failures = corpus.check_core();
    let runner = if cfg!(target_family = "wasm") {
        "wasm"
    } else {
        "native"
    };
    println!("corpus {runner}: {} vectors", corpus.len());
    finish(&failures);
}
