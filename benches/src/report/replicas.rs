//! Three replicas of control beside one.

use super::lines::Lines;
use super::table::{Table, number};

const SPREAD: [(&str, &str); 4] = [
    ("median", "p50_ms"),
    ("90 %", "p90_ms"),
    ("99 %", "p99_ms"),
    ("most", "most_ms"),
];

/// How long changes and waits take.
pub(super) fn times(lines: &Lines) -> String {
    let mut table = Table::new("what, and of whom");
    table.columns(["nodes".to_owned()].into_iter().chain(spread()));
    let cases = [
        ("replicas, changes", "a change"),
        ("replicas, waits", "enter --wait"),
        ("replicas, leader", "a change while the leader of etcd dies"),
    ];
    for (case, what) in cases {
        let of = lines.with("case", case);
        for contender in of.texts("contender") {
            let one = of.with("contender", &contender);
            let nodes = one.first("nodes").map(number);
            let cells = SPREAD.map(|(_, key)| one.first(key).map(milliseconds));
            table.row(
                &format!("{what}, {contender}"),
                [nodes].into_iter().chain(cells),
            );
        }
    }
    table.to_string()
}

/// What the death of a replica costs.
pub(super) fn polls(lines: &Lines) -> String {
    let one = lines.with("case", "replicas, polls");
    let mut table = Table::new("polls");
    table.columns(
        [
            "of the replica that was killed",
            "held by the others",
            "after",
            "all held again after its restart",
        ]
        .map(str::to_owned),
    );
    let cells = [
        one.first("moved").map(number),
        one.first("most_held_by_others").map(number),
        one.first("most_held_ms").map(milliseconds),
        one.first("held_after_restart_ms").map(milliseconds),
    ];
    table.row(&one.first("polls").map_or_else(String::new, number), cells);
    table.to_string()
}

fn spread() -> impl Iterator<Item = String> {
    SPREAD.into_iter().map(|(name, _)| name.to_owned())
}

fn milliseconds(time: f64) -> String {
    match time {
        1000.0.. => format!("{:.1} s", time / 1e3),
        _ => format!("{time:.1} ms"),
    }
}
