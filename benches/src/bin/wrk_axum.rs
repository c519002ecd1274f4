//! axum under `wrk`: behind the layer, and behind a middleware written by hand, each in pairs with a bare one; `--quick` takes
//! three pairs instead of nine.
//!
//! Prints a line of JSON for each contender: the medians of requests in a second and of microseconds of processor time
//! that one takes, and of what they are of those of `bare` in the same pair.

use std::time::Duration;

use anyhow::{Result, ensure};
use intermission_benches::process::Server;
use intermission_benches::wrk::{Load, load};
use serde_json::json;

/// The processors of the server and of the clients.
const SERVER: usize = 0;
const CLIENTS: usize = 1;

/// How long each is asked.
const DURATION: Duration = Duration::from_secs(1);

struct Contender {
    name: &'static str,
    mode: &'static str,
    accept: &'static str,
    refused: bool,
}

const PAGE: &str = "Accept: text/html";
const JSON: &str = "Accept: application/json";

const BARE: Contender = Contender {
    name: "bare",
    mode: "bare",
    accept: PAGE,
    refused: false,
};

const CONTENDERS: [Contender; 9] = [
    // What is between the two of its pairs is noise.
    BARE,
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
struct Cost {
    per_second: f64,
    cpu_us: f64,
}

struct Pair {
    own: Cost,
    bare: Cost,
}

fn main() -> Result<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let pairs = if quick { 3 } else { 9 };
    let servers = CONTENDERS
        .iter()
        .map(|contender| Server::start("axum_server", &[contender.mode], SERVER))
        .collect::<Result<Vec<_>>>()?;
    let bare = Server::start("axum_server", &[BARE.mode], SERVER)?;
    let mut all = CONTENDERS.map(|_| Vec::new());
    // The first pairs warm up.
    for turn in 0..=pairs {
        for ((contender, server), all) in CONTENDERS.iter().zip(&servers).zip(&mut all) {
            let own = || measure(contender, server);
            let bare = || measure(&BARE, &bare);
            // Either is the first by turns.
            let pair = if turn % 2 == 0 {
                let bare = bare()?;
                Pair { bare, own: own()? }
            } else {
                let own = own()?;
                Pair { own, bare: bare()? }
            };
            if turn > 0 {
                all.push(pair);
            }
        }
    }
    for (contender, pairs) in CONTENDERS.iter().zip(&all) {
        let median = |what: fn(&Pair) -> f64| {
            let mut values: Vec<_> = pairs.iter().map(what).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let line = json!({
            "case": "axum under wrk",
            "contender": contender.name,
            "pairs": pairs.len(),
            "requests_per_second": median(|pair| pair.own.per_second),
            "cpu_us": median(|pair| pair.own.cpu_us),
            "requests_of_bare": median(|pair| pair.own.per_second / pair.bare.per_second),
            "cpu_of_bare": median(|pair| pair.own.cpu_us / pair.bare.cpu_us),
        });
        println!("{line}");
    }
    Ok(())
}

fn measure(contender: &Contender, server: &Server) -> Result<Cost> {
    let before = server.cpu_time()?;
    let Load {
        answers,
        refusals,
        per_second,
    } = load(server.address, &[contender.accept], DURATION, CLIENTS)?;
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
