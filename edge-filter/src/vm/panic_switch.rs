//! Headers that kill the VM, or keep it from doing anything, for tests of what happens then.
#![expect(clippy::panic, reason = "that is what it is for")]

use std::time::{Duration, Instant};

use intermission_wasm_abi::host::{Map, header};

const LONGEST_SPIN: Duration = Duration::from_secs(20);

pub(crate) fn at_request() {
    switch(Map::Request);
    spin();
}

/// Only the VM that polls gets an answer.
pub(crate) fn at_answer() {
    switch(Map::CallResponse);
}

fn switch(map: Map) {
    if header(map, "x-intermission-panic").is_some() {
        panic!("told to by a header");
    }
}

/// For as many milliseconds as the header says.
fn spin() {
    let told = header(Map::Request, "x-intermission-spin").unwrap_or_default();
    let told = std::str::from_utf8(&told)
        .ok()
        .and_then(|text| text.parse().ok());
    let (begun, time) = (Instant::now(), Duration::from_millis(told.unwrap_or(0)));
    while begun.elapsed() < time.min(LONGEST_SPIN) {}
}
