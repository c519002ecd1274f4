//! axum under `wrk`: bare, behind the layer, and behind a middleware written by hand, by turns; `--quick` takes three
//! turns instead of eleven.
//!
//! Prints a line of JSON for each contender: the medians of requests in a second and of microseconds of processor time
//! that one takes, and of what they are of those of `bare` in the same turn.

use std::time::Duration;

use anyhow::{Result, ensure};
use intermission_benches::process::Server;
use intermission_benches::wrk::{Load, load};
use serde_json::json;

/// The processors of the server and of the clients.
const SERVER: usize = 0;
const CLIENTS: usize = 1;

struct Contender {
    name: &'static str,
    mode: &'static str,
    accept: &'static str,
    refused: bool,
}

const PAGE: &str = "Accept: text/html";
const JSON: &str = "Accept: application/json";

const CONTENDERS: [Contender; 10] = [
    Contender {
        name: "bare",
        mode: "bare",
        accept: PAGE,
        refused: false,
    },
    // What is between the two is noise.
    Contender {
        name: "bare again",
        mode: "bare",
        accept: PAGE,
        refused: false,
    },
    Contender {
        name: "intermission, open",
        mode: "open",
        accept: PAGE,
        refused: false,
    },
    Contender {
        name: "intermission, open, around the router",
        mode: "around-open",
        accept: PAGE,
        refused: false,
    },
    Contender {
        name: "intermission, allowlisted",
        mode: "allowlisted",
        accept: PAGE,
        refused: false,
    },
    Contender {
        name: "intermission, refused, problem",
        mode: "refused",
        accept: JSON,
        refused: true,
    },
    Contender {
        name: "intermission, refused, problem, around the router",
        mode: "around-refused",
        accept: JSON,
        refused: true,
    },
    Contender {
        name: "intermission, refused, page, around the router",
        mode: "around-refused",
        accept: PAGE,
        refused: true,
    },
    Contender {
        name: "axum from_fn, open",
        mode: "by-hand",
        accept: PAGE,
        refused: false,
    },
    Contender {
        name: "axum from_fn, refused",
        mode: "by-hand-refused",
        accept: PAGE,
        refused: true,
    },
];

/// What one request took.
#[derive(Clone, Copy, Default)]
struct Cost {
    per_second: f64,
    cpu_us: f64,
}

fn main() -> Result<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (turns, duration) = if quick { (3, 1) } else { (11, 1) };
    let duration = Duration::from_secs(duration);
    let servers = CONTENDERS
        .iter()
        .map(|contender| Server::start("axum_server", &[contender.mode], SERVER))
        .collect::<Result<Vec<_>>>()?;
    // The first turn warms up.
    let mut all = vec![Vec::new(); CONTENDERS.len()];
    for turn in 0..=turns {
        for place in 0..CONTENDERS.len() {
            // Another is the first in each turn.
            let place = (place + turn) % CONTENDERS.len();
            let cost = measure(&CONTENDERS[place], &servers[place], duration)?;
            if turn > 0 {
                all[place].push(cost);
            }
        }
    }
    let bare = all[0].clone();
    for (contender, costs) in CONTENDERS.iter().zip(&all) {
        let of_bare = |what: fn(&Cost) -> f64| {
            let pairs = costs.iter().zip(&bare);
            median(pairs.map(|(own, bare)| what(own) / what(bare)))
        };
        let line = json!({
            "case": "axum under wrk",
            "contender": contender.name,
            "turns": turns,
            "requests_per_second": median(costs.iter().map(|cost| cost.per_second)),
            "cpu_us": median(costs.iter().map(|cost| cost.cpu_us)),
            "requests_of_bare": of_bare(|cost| cost.per_second),
            "cpu_of_bare": of_bare(|cost| cost.cpu_us),
        });
        println!("{line}");
    }
    Ok(())
}

fn measure(contender: &Contender, server: &Server, duration: Duration) -> Result<Cost> {
    let before = server.cpu_time()?;
    let Load {
        answers,
        refusals,
        per_second,
    } = load(server.address, &[contender.accept], duration, CLIENTS)?;
    let took = server.cpu_time()? - before;
    let expected = if contender.refused { answers } else { 0 };
    ensure!(
        refusals == expected,
        "{}: {refusals} of {answers} were refused",
        contender.name
    );
    Ok(Cost {
        per_second,
        cpu_us: took.as_secs_f64() * 1e6 / answers as f64,
    })
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
