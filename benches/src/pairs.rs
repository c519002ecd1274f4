//! Servers under `wrk`, each in pairs with the same other one, so that what the machine does meanwhile befalls both.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::process::Server;
use crate::wrk::{Load, load};

/// The processor of the servers.
pub const SERVERS: usize = 0;
/// The processor of the clients, and of servers behind servers.
pub const CLIENTS: usize = 1;

/// How long each is asked.
const DURATION: Duration = Duration::from_secs(1);

/// A server, and what it is asked for.
#[derive(Debug)]
pub struct Contender {
    /// What it is called.
    pub name: &'static str,
    /// Where it runs.
    pub server: Server,
    /// What clients prefer.
    pub accept: Accept,
    /// Whether it refuses them.
    pub refuses: bool,
}

/// What clients prefer.
#[derive(Clone, Copy, Debug)]
pub enum Accept {
    /// A page, as browsers do.
    Html,
    /// A document, as scripts do.
    Json,
}

/// What one request took.
struct Cost {
    per_second: f64,
    cpu_us: f64,
    latency_us: [f64; 4],
}

struct Pair {
    own: Cost,
    bare: Cost,
}

/// How many pairs are taken: one for those in a hurry (`--quick`).
#[must_use]
pub fn count() -> usize {
    let quick = std::env::args().any(|argument| argument == "--quick");
    if quick { 1 } else { 9 }
}

/// Prints a line of JSON for each contender: the medians of requests in a second, of microseconds of processor time that one
/// takes and of how long half, 75, 90 and 99 of a hundred take; and of what the first two are of those of `bare` in the same
/// pair, and how much more the second is.
pub fn compare(case: &str, bare: &Contender, contenders: &[Contender]) -> Result<()> {
    let pairs = count();
    let mut all: Vec<Vec<Pair>> = contenders.iter().map(|_| Vec::new()).collect();
    // The first pairs warm up.
    for turn in 0..=pairs {
        for (contender, all) in contenders.iter().zip(&mut all) {
            // Either is the first by turns.
            let pair = if turn % 2 == 0 {
                let bare = ask(bare)?;
                Pair {
                    bare,
                    own: ask(contender)?,
                }
            } else {
                let own = ask(contender)?;
                Pair {
                    own,
                    bare: ask(bare)?,
                }
            };
            if turn > 0 {
                all.push(pair);
            }
        }
    }
    for (contender, pairs) in contenders.iter().zip(&all) {
        let median = |what: &dyn Fn(&Pair) -> f64| {
            let mut values: Vec<_> = pairs.iter().map(what).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let latency_us = [0, 1, 2, 3].map(|place| median(&|pair| pair.own.latency_us[place]));
        let line = json!({
            "case": case,
            "contender": contender.name,
            "pairs": pairs.len(),
            "requests_per_second": median(&|pair| pair.own.per_second),
            "cpu_us": median(&|pair| pair.own.cpu_us),
            "latency_us": latency_us,
            "requests_of_bare": median(&|pair| pair.own.per_second / pair.bare.per_second),
            "cpu_of_bare": median(&|pair| pair.own.cpu_us / pair.bare.cpu_us),
            "more_cpu_us": median(&|pair| pair.own.cpu_us - pair.bare.cpu_us),
        });
        println!("{line}");
    }
    Ok(())
}

fn ask(contender: &Contender) -> Result<Cost> {
    let Contender {
        name,
        server,
        accept,
        refuses,
    } = contender;
    let accept = match accept {
        Accept::Html => "Accept: text/html",
        Accept::Json => "Accept: application/json",
    };
    let before = server.cpu_time();
    let Load {
        answers,
        refusals,
        per_second,
        latency_us,
    } = load(server.address, &[accept], DURATION, CLIENTS)?;
    let took = server.cpu_time() - before;
    let expected = if *refuses { answers } else { 0 };
    ensure!(
        refusals == expected,
        "{name}: {refusals} of {answers} were refused"
    );
    Ok(Cost {
        per_second,
        cpu_us: took.as_secs_f64() * 1e6 / answers as f64,
        latency_us,
    })
}
