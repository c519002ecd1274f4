//! The corpus against the core, natively.
#![cfg(not(target_family = "wasm"))]

use std::collections::BTreeSet;

use intermission_tests::{Corpus, FILES, finish};

#[test]
fn the_core_agrees_with_every_vector() {
    let corpus = Corpus::load().unwrap();
    let failures = corpus.check_core();
    println!("corpus native: {} vectors", corpus.len());
    finish(&failures);
}

#[test]
fn every_file_of_vectors_is_compiled_in() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors");
    let names: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !matches!(&**name, "README.md" | "states.toml" | "nodes.toml"))
        .collect();
    let known: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).into()).collect();
    assert_eq!(names, known);
}

#[test]
fn there_are_at_least_two_hundred_vectors_and_no_empty_file() {
    let corpus = Corpus::load().unwrap();
    for (file, count) in &corpus.files {
        assert!(*count > 0, "{file}");
    }
    assert!(corpus.len() >= 200, "{}", corpus.len());
}
