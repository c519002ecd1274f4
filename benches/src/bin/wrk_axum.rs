//! axum under `wrk`: behind the layer, and behind a middleware written by hand, each in pairs with a bare one; see
//! [`intermission_benches::pairs`] for what it prints.

use anyhow::Result;
use intermission_benches::pairs::{Accept, Contender, SERVERS, compare};
use intermission_benches::process::Server;

/// The names of contenders, the modes of their servers, and what is asked for.
const CONTENDERS: [(&str, &str, Accept); 10] = [
    // What is between the two of its pairs is noise.
    ("bare", "bare", Accept::Html),
    ("intermission, open", "open", Accept::Html),
    (
        "intermission, open, around the router",
        "around-open",
        Accept::Html,
    ),
    ("intermission, allowlisted", "allowlisted", Accept::Html),
    ("intermission, problem", "refused", Accept::Json),
    (
        "intermission, problem, around the router",
        "around-refused",
        Accept::Json,
    ),
    (
        "intermission, page, around the router",
        "around-refused",
        Accept::Html,
    ),
    // What any layer of a router costs.
    ("tower-http SetStatus", "set-status", Accept::Html),
    ("axum from_fn, open", "by-hand", Accept::Html),
    ("axum from_fn, refused", "by-hand-refused", Accept::Html),
];

fn main() -> Result<()> {
    let start = |(name, mode, accept): (&'static str, &str, Accept)| {
        anyhow::Ok(Contender {
            name,
            server: Server::start("axum_server", &[mode], SERVERS)?,
            accept,
            refuses: mode.ends_with("refused"),
        })
    };
    let contenders = CONTENDERS.into_iter().map(start);
    let contenders = contenders.collect::<Result<Vec<_>>>()?;
    compare("axum", &start(CONTENDERS[0])?, &contenders)
}
