//! Headers that kill or block the VM, for tests of the consequences.
#![expect(clippy::panic, reason = "that is what it is for")]

use std::time::{Duration, Instant};

use intermission_wasm_abi::host::{Map, header};

const LONGEST_SPIN: Duration = Duration::from_secs(20);

pub(crate) fn at_request() {
    switch(Map::Request);
    spin();
}

/// Only the leader's VM receives an answer.
pub(crate) fn at_answer() {
    switch(Map::CallResponse);
}

fn switch(map: Map) {
    if header(map, "x-intermission-panic").is_some() {
        panic!("a header asks for a panic");
    }
}

/// Blocks for the milliseconds in the header.
fn spin() {
    let value = header(Map::Request, "x-intermission-spin").unwrap_or_default();
    let asked = std::str::from_utf8(&value)
        .ok()
        .and_then(|text| text.parse().ok());
    let (begun, time) = (Instant::now(), Duration::from_millis(asked.unwrap_or(0)));
    while begun.elapsed() < time.min(LONGEST_SPIN) {}
}
