//! What `docs/performance.md` shows, made of what the benches have printed.

mod chart;
mod control;
mod lines;
mod replicas;
mod table;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use self::chart::{Axis, Chart, Curve};
use self::lines::Lines;
use self::table::{Table, micro, number, ratio, size};

/// The text, in which `{{name}}` stands for a table, or for something about the run.
const TEXT: &str = include_str!("performance.md");

/// Reads what the benches have printed into `measured`, and writes `performance.md` into `docs`, and its charts beside it.
pub fn write(measured: &Path, docs: &Path) -> Result<()> {
    let lines = Lines::read(measured)?;
    let charts = docs.join("performance");
    fs::create_dir_all(&charts)?;
    for (name, chart) in charts_of(&lines) {
        fs::write(charts.join(name).with_extension("svg"), chart.draw()?)?;
    }
    let mut text = TEXT.to_owned();
    for (name, content) in parts(&lines) {
        let place = format!("{{{{{name}}}}}");
        ensure!(text.contains(&place), "the text has no place for {name}");
        text = text.replace(&place, content.trim_end());
    }
    let open = text.find("{{").map(|at| &text[at..]);
    let open = open.and_then(|rest| rest.lines().next());
    ensure!(open.is_none(), "nothing was measured for {open:?}");
    fs::write(docs.join("performance.md"), text).context("performance.md")
}

fn parts(lines: &Lines) -> Vec<(&'static str, String)> {
    let about = |key| lines.about(key);
    let mut parts = vec![
        ("machine", about("machine")),
        ("versions", about("versions")),
        ("commit", about("commit")),
        ("functions", functions(lines)),
        ("paths", paths(lines)),
        ("layer", layer(lines)),
        ("axum", under_load(lines, "axum")),
        ("envoy", under_load(lines, "Envoy")),
        ("servers", under_load(lines, "10,000 CIDRs")),
        ("propagation", control::propagation(lines)),
        ("large-store", control::large_store(lines)),
        ("memory", memory(lines)),
        ("replicas", replicas::times(lines)),
        ("replicas-polls", replicas::polls(lines)),
    ];
    for (name, family) in FAMILIES {
        parts.push((name, addresses(lines, family)));
    }
    parts.push(("address-memory", address_memory(lines)));
    parts
}

const FAMILIES: [(&str, &str); 3] = [
    ("addresses-v4", "v4"),
    ("addresses-private", "v4-private"),
    ("addresses-v6", "v6"),
];

fn functions(lines: &Lines) -> String {
    let counts = lines.having("instructions");
    let mut table = Table::new("function and input");
    table.columns(["instructions", "allocations", "nanoseconds"].map(str::to_owned));
    for operation in counts.texts("operation") {
        let of = counts.with("operation", &operation);
        for input in of.texts("input") {
            let counted = of.with("input", &input);
            let timed = lines.with("operation", &operation).with("input", &input);
            let cells = [
                counted.first("instructions").map(number),
                counted.first("allocations").map(number),
                timed.having("function_ns").first("function_ns").map(ratio),
            ];
            table.row(&format!("{operation}, {input}"), cells);
        }
    }
    table.to_string()
}

fn paths(lines: &Lines) -> String {
    let mut table = Table::new("nanoseconds");
    let contenders = lines.with("operation", "prefixes").texts("contender");
    table.columns(contenders.iter().cloned());
    for operation in ["prefixes", "normalise"] {
        let of = lines.with("operation", operation);
        for input in of.texts("input") {
            let one = of.with("input", &input);
            let time = |name| one.with("contender", name).first("function_ns").map(ratio);
            let cells = contenders.iter().map(|name| time(name));
            table.row(&format!("{operation}, {input}"), cells);
        }
    }
    table.to_string()
}

fn addresses(lines: &Lines, family: &str) -> String {
    let lines = lines.with("family", family);
    let sizes = lines.numbers("size");
    let mut table = Table::new("nanoseconds per look-up");
    table.columns(sizes.iter().map(|size| number(*size)));
    for contender in lines.texts("contender") {
        let of = lines.with("contender", &contender);
        let cells = sizes
            .iter()
            .map(|size| of.where_number("size", *size).first("ns").map(ratio));
        table.row(&contender, cells);
    }
    let times = sizes.iter().map(|size| {
        let of_size = lines.where_number("size", *size);
        let ours = of_size.with("contender", OURS).first("ns")?;
        let others = of_size.without("contender", OURS).numbers("ns");
        Some(format!("{}×", ratio(others.first()? / ours)))
    });
    table.row("the best other takes", times);
    table.to_string()
}

/// What we are called among contenders.
const OURS: &str = "intermission";

fn address_memory(lines: &Lines) -> String {
    let mut table = Table::new("set");
    table.columns(["prefixes", "memory", "built in ms"].map(str::to_owned));
    for (_, family) in FAMILIES {
        let family_lines = lines.with("family", family);
        for blocks in family_lines.numbers("size") {
            if blocks < 100_000.0 {
                continue;
            }
            for contender in family_lines.texts("contender") {
                let one = family_lines.with("contender", &contender);
                let one = one.where_number("size", blocks);
                if one.is_empty() {
                    continue;
                }
                let cells = [
                    Some(number(blocks)),
                    one.first("bytes").map(size),
                    one.first("build_ms").map(ratio),
                ];
                table.row(&format!("{family}, {contender}"), cells);
            }
        }
    }
    table.to_string()
}

fn layer(lines: &Lines) -> String {
    let lines = lines.having("threads");
    let mut table = Table::new("case and contender");
    table.columns(["over bare, 1 thread", "2 threads", "allocations over bare"].map(str::to_owned));
    for case in lines.texts("case") {
        let case_lines = lines.with("case", &case);
        let bare = case_lines.with("contender", "bare");
        for contender in case_lines.texts("contender") {
            if contender == "bare" {
                continue;
            }
            let own = case_lines.with("contender", &contender);
            let over = |threads, key| {
                let own = own.where_number("threads", threads).first(key)?;
                Some(own - bare.where_number("threads", threads).first(key)?)
            };
            // Without the sign of what is almost nothing.
            let nanoseconds =
                |threads| over(threads, "ns").map(|ns| format!("{:+.0} ns", ns.round() + 0.0));
            let cells = [
                nanoseconds(1.0),
                nanoseconds(2.0),
                over(1.0, "allocations").map(|count| format!("{count:.0}")),
            ];
            table.row(&format!("{case}, {contender}"), cells);
        }
    }
    table.to_string()
}

fn under_load(lines: &Lines, case: &str) -> String {
    let lines = lines.with("case", case);
    let mut table = Table::new("contender");
    table.columns(
        [
            "requests/s",
            "of the reference",
            "CPU per request",
            "more than the reference",
            "half within",
            "99 % within",
        ]
        .map(str::to_owned),
    );
    for contender in lines.texts("contender") {
        let one = lines.with("contender", &contender);
        let cells = [
            one.first("requests_per_second").map(number),
            one.first("requests_of_bare").map(ratio),
            one.first("cpu_us").map(micro),
            one.first("more_cpu_us").map(|us| format!("{us:+.1} µs")),
            one.place("latency_us", 0).map(micro),
            one.place("latency_us", 3).map(micro),
        ];
        table.row(&contender, cells);
    }
    table.to_string()
}

fn memory(lines: &Lines) -> String {
    let lines = lines.with("case", "memory per VM");
    let mut table = Table::new("CIDRs");
    table.columns(["changes", "at first", "at last"].map(str::to_owned));
    let cells = [
        lines.first("changes").map(number),
        lines.first("bytes_first").map(size),
        lines.first("bytes_last").map(size),
    ];
    table.row(
        &lines.first("cidrs").map_or_else(String::new, number),
        cells,
    );
    table.to_string()
}

fn charts_of(lines: &Lines) -> Vec<(&'static str, Chart)> {
    let mut charts: Vec<_> = FAMILIES
        .into_iter()
        .map(|(name, family)| (name, addresses_chart(lines, family)))
        .collect();
    charts.push(("cores", cores_chart(lines)));
    charts.push(("pollers", pollers_chart(lines)));
    charts.push(("latency-axum", latency_chart(lines, "axum")));
    charts.push(("latency-envoy", latency_chart(lines, "Envoy")));
    charts
}

fn addresses_chart(lines: &Lines, family: &str) -> Chart {
    let lines = lines.with("family", family);
    Chart {
        x: Axis::logarithmic("CIDRs"),
        y: Axis::logarithmic("nanoseconds per look-up"),
        curves: curves(&lines, "contender", |one| one.points("size", "ns")),
    }
}

fn cores_chart(lines: &Lines) -> Chart {
    let lines = lines.with("case", "open/plain");
    Chart {
        x: Axis::linear("threads"),
        y: Axis::logarithmic("nanoseconds per request while open"),
        curves: curves(&lines, "contender", |one| one.points("threads", "ns")),
    }
}

fn pollers_chart(lines: &Lines) -> Chart {
    let lines = lines.with("case", "propagation");
    let curve = |name: &str, key| Curve {
        name: name.into(),
        points: lines.points("pollers", key),
    };
    Chart {
        x: Axis::logarithmic("pollers"),
        y: Axis::logarithmic("milliseconds until the last one has it"),
        curves: vec![
            curve("median", "median_ms"),
            curve("90 %", "p90_ms"),
            curve("most", "max_ms"),
        ],
    }
}

fn latency_chart(lines: &Lines, case: &str) -> Chart {
    let shares = [50.0, 75.0, 90.0, 99.0];
    let lines = lines.with("case", case);
    let points = |one: &Lines| {
        let places = shares.into_iter().enumerate();
        let points =
            places.filter_map(|(place, share)| Some((share, one.place("latency_us", place)?)));
        points.collect()
    };
    Chart {
        x: Axis::linear("of a hundred requests"),
        y: Axis::logarithmic("microseconds at most"),
        curves: curves(&lines, "contender", points),
    }
}

fn curves(lines: &Lines, by: &str, points: impl Fn(&Lines) -> Vec<(f64, f64)>) -> Vec<Curve> {
    let names = lines.texts(by).into_iter();
    let curves = names.map(|name| Curve {
        points: points(&lines.with(by, &name)),
        name,
    });
    curves.filter(|curve| !curve.points.is_empty()).collect()
}
