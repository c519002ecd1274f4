use serde_json::{Value, json};

use crate::cli::args::{Edit, Format, Lists};
use crate::cli::client::{Client, service_path};
use crate::cli::commands::wait;
use crate::cli::exit::Failure;
use crate::cli::terminal::{Report, table};
use crate::wire::lists::List;
use crate::wire::summary::Outcome;

/// What empties a list.
const NONE: &str = "none";

/// `scope`, `exempt`, `reads`, `api` and `cors`.
pub(crate) fn run<const COMMAND: usize>(
    client: &Client,
    command: &Lists<COMMAND>,
    format: Format,
) -> Result<Report, Failure> {
    match command {
        Lists::Add(options) => edit(client, "add", options, format),
        Lists::Remove(options) => edit(client, "remove", options, format),
        Lists::Set(options) => edit(client, "set", options, format),
        Lists::Show { service } => show(client, Lists::<COMMAND>::command(), service),
    }
}

fn edit<const COMMAND: usize>(
    client: &Client,
    verb: &str,
    options: &Edit<COMMAND>,
    format: Format,
) -> Result<Report, Failure> {
    let Edit {
        service,
        entries,
        making,
        waiting,
    } = options;
    if entries.lists.is_empty() {
        let lists = List::of_command(Lists::<COMMAND>::command());
        let names: Vec<_> = lists.map(|list| format!("--{}", list.option)).collect();
        return Err(Failure::invalid(format!(
            "nothing was changed: name entries by {}",
            names.join(" or ")
        )));
    }
    let (mut body, wait) = wait::asked(making, waiting)?;
    body.insert("wide".to_owned(), entries.wide.into());
    let mut body = Value::Object(body);
    for (list, entries) in &entries.lists {
        let none = entries.iter().any(|entry| entry == NONE);
        let entries = match (verb, none, entries.len()) {
            ("set", true, 1) => &[],
            ("set", true, _) => {
                return Err(Failure::invalid(format!(
                    "nothing was changed: --{0} none empties the list; leave out the other --{0}",
                    list.option
                )));
            }
            _ => entries.as_slice(),
        };
        list.put(&mut body, list.value(entries));
    }
    let path = format!("{}/lists/{verb}", service_path(service));
    let outcome: Outcome = client.post(&path, &body)?;
    wait::outcome(client, outcome, wait.as_ref(), format)
}

/// One entry on each line, after the option that names it.
fn show(client: &Client, command: &str, service: &str) -> Result<Report, Failure> {
    let state = client.state(service)?;
    let document: Value = serde_json::from_slice(&state.to_json()).map_err(Failure::failed)?;
    let mut shown = json!({ "service": service, "revision": state.revision });
    let mut rows = Vec::new();
    for list in List::of_command(command) {
        let entries = list.entries(&document);
        list.put(&mut shown, list.value(&entries));
        rows.extend(
            entries
                .into_iter()
                .map(|entry| [format!("--{}", list.option), entry]),
        );
    }
    let empty = match command {
        "scope" => "the scope is the whole service",
        _ => "no entry",
    };
    let aside = if rows.is_empty() {
        format!("{service}: {empty}\n")
    } else {
        String::new()
    };
    Ok(Report::new(&shown, table(&rows))?.with_aside(aside))
}
