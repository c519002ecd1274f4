use intermission_core::{Cidr, State};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::Entries;
use crate::client::{Client, service_path};
use crate::exit::Failure;
use crate::output::{Follow, Paint, Report, described};
use crate::summary::Outcome;

/// `allowlist add`.
pub(super) fn add(client: &Client, entries: &Entries, wide: bool) -> Result<Report, Failure> {
    let Entries { cidrs, reason, .. } = entries;
    let body = json!({ "cidrs": cidrs, "wide": wide, "reason": reason });
    edit(client, entries, "add", &body)
}

/// `allowlist remove`.
pub(super) fn remove(client: &Client, entries: &Entries) -> Result<Report, Failure> {
    let Entries { cidrs, reason, .. } = entries;
    let body = json!({ "cidrs": cidrs, "reason": reason });
    edit(client, entries, "remove", &body)
}

/// `allowlist show`: one entry on each line.
pub(super) fn show(client: &Client, service: &str) -> Result<Report, Failure> {
    #[derive(Serialize)]
    struct Shown<'s> {
        service: &'s str,
        revision: u64,
        enabled: bool,
        cidrs: &'s [Cidr],
    }
    let document = client.state(service)?;
    let state = State::parse(&document.bytes).map_err(Failure::failed)?;
    let shown = Shown {
        service,
        revision: state.revision,
        enabled: state.allowlist.enabled,
        cidrs: &state.allowlist.cidrs,
    };
    let human = shown.cidrs.iter().map(|cidr| format!("{cidr}\n")).collect();
    let switch = if shown.enabled { "on" } else { "off" };
    let entries = shown.cidrs.len();
    let aside = format!("{service}: the allowlist is {switch}, entries: {entries}\n");
    Ok(Report::new(&shown, human)?.with_aside(aside))
}

fn edit(client: &Client, entries: &Entries, verb: &str, body: &Value) -> Result<Report, Failure> {
    let path = format!("{}/allowlist/{verb}", service_path(&entries.service));
    let outcome: Outcome = client.post(&path, body)?;
    let human = described(&outcome, Follow::Alone, Paint::from_env(), Timestamp::now());
    Report::new(&outcome, human)
}
