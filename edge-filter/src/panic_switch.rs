//! Headers that kill the VM, or keep it from doing anything, for tests of what happens then.
#![expect(clippy::panic, reason = "that is what it is for")]

use std::time::{Duration, Instant};

use proxy_wasm::hostcalls::get_map_value_bytes;
use proxy_wasm::types::MapType;

const LONGEST_SPIN: Duration = Duration::from_secs(20);

pub(crate) fn at_request() {
    switch(MapType::HttpRequestHeaders);
    spin();
}

/// Only the VM that polls gets an answer.
pub(crate) fn at_answer() {
    switch(MapType::HttpCallResponseHeaders);
}

fn switch(map: MapType) {
    if let Ok(Some(_)) = get_map_value_bytes(map, "x-intermission-panic") {
        panic!("told to by a header");
    }
}

/// For as many milliseconds as the header says.
fn spin() {
    let header = get_map_value_bytes(MapType::HttpRequestHeaders, "x-intermission-spin");
    let told = header.ok().flatten().unwrap_or_default();
    let told = std::str::from_utf8(&told)
        .ok()
        .and_then(|text| text.parse().ok());
    let (begun, time) = (Instant::now(), Duration::from_millis(told.unwrap_or(0)));
    while begun.elapsed() < time.min(LONGEST_SPIN) {}
}
