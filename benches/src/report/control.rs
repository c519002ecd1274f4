//! The tables about control.

use super::lines::Lines;
use super::table::{Table, micro, number, size};

pub(super) fn propagation(lines: &Lines) -> String {
    let lines = lines.with("case", "propagation");
    let mut table = Table::new("pollers");
    table.columns(
        [
            "median",
            "90 %",
            "most",
            "memory per held poll",
            "CPU per 304",
        ]
        .map(str::to_owned),
    );
    for pollers in lines.numbers("pollers") {
        let one = lines.where_number("pollers", pollers);
        let cells = [
            one.first("median_ms").map(milliseconds),
            one.first("p90_ms").map(milliseconds),
            one.first("max_ms").map(milliseconds),
            one.first("bytes_per_poll").map(size),
            one.first("cpu_us_per_304").map(micro),
        ];
        table.row(&number(pollers), cells);
    }
    table.to_string()
}

pub(super) fn large_store(lines: &Lines) -> String {
    let lines = lines.with("case", "large store");
    let engines = lines.texts("engine");
    let mut table = Table::new("");
    table.columns(engines.iter().cloned());
    for (what, key) in [
        (
            "from the start of the process until it is ready",
            "ready_ms",
        ),
        ("memory then", "bytes_ready"),
        ("memory after 1,000 polls", "bytes_polled"),
        ("memory after all requests", "bytes_last"),
        ("history, first page", "history_first_ms"),
        ("history, a page in the middle", "history_middle_ms"),
        ("`status` of all services", "status_ms"),
        ("`/metrics`", "metrics_ms"),
        ("a change", "change_ms"),
        ("a change in a store with one service", "change_empty_ms"),
        ("`store check`", "check_ms"),
        ("`store copy` to the other engine", "copy_ms"),
    ] {
        let show = |number: f64| match key.starts_with("bytes") {
            true => size(number),
            false => milliseconds(number),
        };
        let measured = engines
            .iter()
            .map(|name| lines.with("engine", name).first(key));
        table.row(what, measured.map(|found| found.map(show)));
    }
    table.to_string()
}

fn milliseconds(ms: f64) -> String {
    match ms {
        1_000.0.. => format!("{:.1} s", ms / 1_000.0),
        _ => format!("{ms:.1} ms"),
    }
}
