use std::time::{Duration, Instant};

use intermission_core::{Cidr, ParseCidrError, State};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::cli::Entries;
use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::output::{Follow, Paint, Report, described};
use crate::summary::Outcome;

/// How long a change that lost to others is tried again. Whenever it loses one of them is made, so that of any number
/// that race all are made in the end.
const PATIENCE: Duration = Duration::from_secs(10);

/// `allowlist add`: entries that are there stay where they are.
pub(super) fn add(client: &Client, entries: &Entries, wide: bool) -> Result<Report, Failure> {
    let added = parse(&entries.cidrs)?;
    if let Some(entry) = added.iter().find(|cidr| !wide && is_wide(**cidr)) {
        return Err(Failure::invalid(format!(
            "nothing was changed: {entry} lets a great part of all addresses pass; if that is meant, add --wide"
        )));
    }
    let (outcome, _) = change(client, &entries.service, |known| {
        for cidr in &added {
            if !known.contains(cidr) {
                known.push(*cidr);
            }
        }
    })?;
    report(&outcome, Vec::new())
}

/// `allowlist remove`: says what is still let in through another entry.
pub(super) fn remove(client: &Client, entries: &Entries) -> Result<Report, Failure> {
    let removed = parse(&entries.cidrs)?;
    let (outcome, left) = change(client, &entries.service, |known| {
        known.retain(|cidr| !removed.contains(cidr));
    })?;
    let notes = removed.iter().flat_map(|cidr| {
        let through = left.iter().filter(|left| covers(**left, *cidr));
        through.map(move |left| format!("{cidr} is still on the allowlist, through {left}"))
    });
    report(&outcome, notes.collect())
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
    let state = read(&client.state(service)?.bytes)?;
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

/// Changes the entries of `service` and gives back what they are now.
///
/// The change is made again on whatever somebody else made of them in the meantime, which is safe:
/// it adds and takes away what it names and nothing else.
fn change(
    client: &Client,
    service: &str,
    edit: impl Fn(&mut Vec<Cidr>),
) -> Result<(Outcome, Vec<Cidr>), Failure> {
    let begun = Instant::now();
    loop {
        let document = client.state(service)?;
        let mut cidrs = read(&document.bytes)?.allowlist.cidrs;
        edit(&mut cidrs);
        let patch = json!({ "allowlist": { "cidrs": cidrs } });
        match client.patch(service, &document.etag, &patch) {
            Err(failure) if failure.exit == Exit::Lost && begun.elapsed() < PATIENCE => {}
            outcome => return Ok((outcome?, cidrs)),
        }
    }
}

fn report(outcome: &Outcome, notes: Vec<String>) -> Result<Report, Failure> {
    let mut outcome = outcome.clone();
    outcome.warnings.extend(notes);
    let human = described(&outcome, Follow::Alone, Paint::from_env(), Timestamp::now());
    Report::new(&outcome, human)
}

fn parse(texts: &[String]) -> Result<Vec<Cidr>, Failure> {
    let refuse = |error: ParseCidrError| Failure::invalid(format!("nothing was changed: {error}"));
    let cidrs = texts.iter().map(|text| text.parse().map_err(refuse));
    cidrs.collect()
}

fn read(document: &[u8]) -> Result<State, Failure> {
    State::parse(document).map_err(Failure::failed)
}

/// Whether an entry is likelier a slip than meant.
fn is_wide(cidr: Cidr) -> bool {
    let narrow = if cidr.first().is_ipv4() { 8 } else { 16 };
    cidr.prefix_len() < narrow
}

/// Whether every address of `inner` is in `outer`.
fn covers(outer: Cidr, inner: Cidr) -> bool {
    let same_family = outer.first().is_ipv4() == inner.first().is_ipv4();
    same_family && outer.first() <= inner.first() && inner.last() <= outer.last()
}
