use std::path::Path;

use intermission_core::{Cidr, State};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::change::Width;
use crate::cli::args::{AddedEntries, Entries, Listed, SetEntries};
use crate::cli::client::{Client, service_path};
use crate::cli::exit::Failure;
use crate::cli::lists::List;
use crate::cli::terminal::{Follow, Paint, Report, described};
use crate::wire::summary::Outcome;

/// `allowlist add`.
pub(crate) fn add(client: &Client, entries: &AddedEntries) -> Result<Report, Failure> {
    let AddedEntries {
        service,
        cidrs,
        from,
        listed,
    } = entries;
    match from {
        Some(from) => edit_by_list(client, service, "add", from, listed),
        None => {
            let body = json!({ "cidrs": cidrs, "wide": listed.wide, "reason": listed.reason });
            edit(client, service, "add", &body)
        }
    }
}

/// `allowlist set`.
pub(crate) fn set(client: &Client, entries: &SetEntries) -> Result<Report, Failure> {
    let SetEntries {
        service,
        from,
        listed,
    } = entries;
    edit_by_list(client, service, "set", from, listed)
}

/// `allowlist remove`.
pub(crate) fn remove(client: &Client, entries: &Entries) -> Result<Report, Failure> {
    let Entries { cidrs, reason, .. } = entries;
    let body = json!({ "cidrs": cidrs, "reason": reason });
    edit(client, &entries.service, "remove", &body)
}

/// `allowlist show`: one entry on each line.
pub(crate) fn show(client: &Client, service: &str) -> Result<Report, Failure> {
    #[derive(Serialize)]
    struct Shown<'s> {
        service: &'s str,
        revision: u64,
        enabled: bool,
        cidrs: &'s [Cidr],
    }
    let state = client.state(service)?;
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

/// Makes one change of all the entries that a file has.
fn edit_by_list(
    client: &Client,
    service: &str,
    verb: &str,
    from: &Path,
    listed: &Listed,
) -> Result<Report, Failure> {
    let width = if listed.wide {
        Width::Any
    } else {
        Width::Usual
    };
    let list = List::from_file(
        from,
        listed.format.unwrap_or_default(),
        &listed.parts,
        width,
    );
    let list = list.map_err(|error| Failure::invalid(format!("nothing was changed: {error}")))?;
    let body = json!({ "cidrs": list.cidrs, "wide": listed.wide, "reason": listed.reason });
    if body.to_string().len() > State::MAX_BYTES {
        return Err(Failure::invalid(format!(
            "nothing was changed: {}: {list} are more than a state has room for, which is 1 MiB, some 70,000 addresses; \
             name blocks in place of single addresses",
            List::name(from)
        )));
    }
    let report = edit(client, service, verb, &body)?;
    Ok(report.with_aside(format!(
        "{service}: read {list} from {}\n",
        List::name(from)
    )))
}

fn edit(client: &Client, service: &str, verb: &str, body: &Value) -> Result<Report, Failure> {
    let path = format!("{}/allowlist/{verb}", service_path(service));
    let outcome: Outcome = client.post(&path, body)?;
    let human = described(&outcome, Follow::Alone, Paint::from_env(), Timestamp::now());
    Report::new(&outcome, human)
}
