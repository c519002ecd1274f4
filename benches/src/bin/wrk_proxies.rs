//! Proxies under `wrk`: Envoy with the edge filter, with Lua and with its own access control, and with 10,000 CIDRs beside
//! the layer, nginx and HAProxy; `--quick` takes three rounds instead of nine.
//!
//! Prints a line of JSON for each contender: the medians of requests in a second, of microseconds of processor time that one
//! takes, and of how many more that is than what `bare` takes in the same round.

use std::time::Duration;

use anyhow::{Result, ensure};
use intermission_benches::process::Server;
use intermission_benches::proxies::{
    Files, Upstream, cidrs, envoy, haproxy, intermission, lua, nginx, rbac,
};
use intermission_benches::wrk::{Load, load};
use serde_json::json;

/// The processors of the server and of the clients, and of the upstream where there is one.
const SERVER: usize = 0;
const CLIENTS: usize = 1;

/// How long each is asked.
const DURATION: Duration = Duration::from_secs(1);

const PAGE: &str = "Accept: text/html";
const JSON: &str = "Accept: application/json";

struct Contender {
    name: &'static str,
    server: Server,
    accept: &'static str,
    refuses: bool,
}

fn main() -> Result<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let rounds = if quick { 3 } else { 9 };
    let files = Files::new()?;
    measure("Envoy under wrk", &beside_filters(&files)?, rounds)?;
    measure("10,000 CIDRs under wrk", &beside_servers(&files)?, rounds)
}

fn beside_filters(files: &Files) -> Result<Vec<Contender>> {
    let upstream = Server::start("axum_server", &["bare"], CLIENTS)?;
    let start = |filter| envoy(files, filter, Upstream::None, SERVER);
    let mut testers = cidrs(999);
    let others = testers.clone();
    testers.push("127.0.0.0/8".into());
    let contender = |name, server, accept, refuses| Contender {
        name,
        server,
        accept,
        refuses,
    };
    let all = vec![
        contender("bare", start(None)?, PAGE, false),
        contender(
            "intermission, open",
            start(Some(intermission("off", &[])?))?,
            PAGE,
            false,
        ),
        contender(
            "intermission, allowlisted",
            start(Some(intermission("all", &testers)?))?,
            PAGE,
            false,
        ),
        contender(
            "intermission, page",
            start(Some(intermission("all", &others)?))?,
            PAGE,
            true,
        ),
        contender(
            "intermission, problem",
            start(Some(intermission("all", &others)?))?,
            JSON,
            true,
        ),
        contender("Lua, open", start(Some(lua(false)))?, PAGE, false),
        contender("Lua, allowlisted", start(Some(lua(true)))?, PAGE, false),
        contender(
            "RBAC, allowlisted",
            start(Some(rbac(&testers)))?,
            PAGE,
            false,
        ),
        contender("RBAC, refused", start(Some(rbac(&others)))?, PAGE, true),
        contender(
            "proxied to an upstream",
            envoy(files, None, Upstream::At(upstream.address), SERVER)?,
            PAGE,
            false,
        ),
    ];
    // It ends with this process.
    std::mem::forget(upstream);
    Ok(all)
}

fn beside_servers(files: &Files) -> Result<Vec<Contender>> {
    let testers = cidrs(10_000);
    let contender = |name, server| Contender {
        name,
        server,
        accept: JSON,
        refuses: true,
    };
    let filter = intermission("all", &testers)?;
    Ok(vec![
        contender(
            "axum and the layer",
            Server::start("axum_server", &["crowded"], SERVER)?,
        ),
        contender(
            "Envoy and the filter",
            envoy(files, Some(filter), Upstream::None, SERVER)?,
        ),
        contender("nginx", nginx(files, &testers, SERVER)?),
        contender("HAProxy", haproxy(files, &testers, SERVER)?),
    ])
}

/// What one request took.
struct Cost {
    per_second: f64,
    cpu_us: f64,
    more_us: f64,
}

fn measure(case: &str, contenders: &[Contender], rounds: usize) -> Result<()> {
    let mut all: Vec<Vec<Cost>> = contenders.iter().map(|_| Vec::new()).collect();
    // The first round warms up.
    for round in 0..=rounds {
        let mut first = None;
        for (contender, all) in contenders.iter().zip(&mut all) {
            let (per_second, cpu_us) = ask(contender)?;
            let first = *first.get_or_insert(cpu_us);
            if round > 0 {
                all.push(Cost {
                    per_second,
                    cpu_us,
                    more_us: cpu_us - first,
                });
            }
        }
    }
    for (contender, costs) in contenders.iter().zip(&all) {
        let median = |what: fn(&Cost) -> f64| {
            let mut values: Vec<_> = costs.iter().map(what).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let line = json!({
            "case": case,
            "contender": contender.name,
            "rounds": costs.len(),
            "requests_per_second": median(|cost| cost.per_second),
            "cpu_us": median(|cost| cost.cpu_us),
            "more_us": median(|cost| cost.more_us),
        });
        println!("{line}");
    }
    Ok(())
}

fn ask(contender: &Contender) -> Result<(f64, f64)> {
    let Contender {
        name,
        server,
        accept,
        refuses,
    } = contender;
    let before = server.cpu_time()?;
    let Load {
        answers,
        refusals,
        per_second,
    } = load(server.address, &[accept], DURATION, CLIENTS)?;
    let took = server.cpu_time()? - before;
    let expected = if *refuses { answers } else { 0 };
    ensure!(
        refusals == expected,
        "{name}: {refusals} of {answers} were refused"
    );
    Ok((per_second, took.as_secs_f64() * 1e6 / answers as f64))
}
