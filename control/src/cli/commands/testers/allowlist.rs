use std::path::Path;

use intermission_core::State;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::change::Width;
use crate::cli::args::{AddedEntries, Format, Listed, Pruned, RemovedEntries, SetEntries};
use crate::cli::client::{Client, service_path};
use crate::cli::commands::testers::ends::{add_end, end};
use crate::cli::commands::testers::pass;
use crate::cli::commands::wait;
use crate::cli::exit::Failure;
use crate::cli::input;
use crate::cli::lists::List;
use crate::cli::terminal::{Follow, Paint, Report, described, table};
use crate::labels::Name;
use crate::token::Made;
use crate::values::timestamp::brief_time;
use crate::wire::allowlist::{AllowlistView, EntryView};
use crate::wire::summary::Outcome;

/// `allowlist add`.
pub(crate) fn add(client: &Client, entries: &AddedEntries) -> Result<Report, Failure> {
    let AddedEntries {
        service,
        cidrs,
        from,
        words,
        listed,
    } = entries;
    let mut body = Map::new();
    body.insert("name".to_owned(), json!(words.name));
    body.insert("note".to_owned(), json!(words.note));
    add_end(&mut body, &words.ends)?;
    match from {
        Some(from) => edit_by_list(client, service, "add", from, listed, body),
        None => {
            body.insert("cidrs".to_owned(), json!(cidrs));
            edit_listed(client, service, "add", listed, body)
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
    edit_by_list(client, service, "set", from, listed, Map::new())
}

/// `allowlist remove`: what has the form of a name is one.
pub(crate) fn remove(
    client: &Client,
    entries: &RemovedEntries,
    format: Format,
) -> Result<Report, Failure> {
    let RemovedEntries {
        service,
        entries,
        making,
        waiting,
    } = entries;
    let (mut body, wait) = wait::asked(making, waiting)?;
    let (names, cidrs): (Vec<_>, Vec<_>) = entries.iter().partition(|text| Name::is_one(text));
    if !names.is_empty() {
        body.insert("names".to_owned(), json!(names));
    }
    if !cidrs.is_empty() {
        body.insert("cidrs".to_owned(), json!(cidrs));
    }
    let outcome = change(client, service, "remove", body)?;
    wait::outcome(client, outcome, wait.as_ref(), format)
}

/// `allowlist prune`.
pub(crate) fn prune(client: &Client, options: &Pruned) -> Result<Report, Failure> {
    let Pruned { service, making } = options;
    edit(client, service, "prune", wait::making(making))
}

/// `allowlist show`: one entry on each line, and what is known of it in a comment, so that `allowlist set --from` reads what
/// this prints.
pub(crate) fn show(client: &Client, service: &str) -> Result<Report, Failure> {
    #[derive(Serialize)]
    struct Shown<'s> {
        cidrs: Vec<&'s str>,
        #[serde(flatten)]
        view: &'s AllowlistView,
    }
    let view: AllowlistView = client.get(&format!("{}/allowlist", service_path(service)))?;
    let cidrs = view.entries.iter().map(|entry| &*entry.cidr).collect();
    let shown = Shown { cidrs, view: &view };
    let now = Timestamp::now();
    let heading = ["# entry", "# name", "note", "until", "added"].map(str::to_owned);
    let rows = view.entries.iter().map(|entry| row(entry, now));
    let mut human = String::new();
    if !view.entries.is_empty() {
        human = table(&std::iter::once(heading).chain(rows).collect::<Vec<_>>());
    }
    if !view.passes.is_empty() {
        human.push_str("# passes\n");
        human.push_str(&pass::lines(&view.passes, "# ", now));
    }
    let switch = if view.enabled { "on" } else { "off" };
    let passes = match view.passes.len() {
        0 => String::new(),
        passes => format!(", passes: {passes}"),
    };
    let entries = view.entries.len();
    let aside = format!("{service}: the allowlist is {switch}, entries: {entries}{passes}\n");
    Ok(Report::new(&shown, human)?.with_aside(aside))
}

fn row(entry: &EntryView, now: Timestamp) -> [String; 5] {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let added = entry.added.as_ref();
    [
        entry.cidr.clone(),
        format!("# {}", or_none(entry.name.clone())),
        or_none(entry.note.clone()),
        or_none(end(entry.until, now)),
        or_none(added.map(|Made { by, at }| format!("{} by {by}", brief_time(*at)))),
    ]
}

/// Makes one change of all the entries that a file has.
fn edit_by_list(
    client: &Client,
    service: &str,
    verb: &str,
    from: &Path,
    listed: &Listed,
    mut body: Map<String, Value>,
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
    body.insert("cidrs".to_owned(), json!(list.cidrs));
    if json!(body).to_string().len() > State::MAX_BYTES {
        return Err(Failure::invalid(format!(
            "nothing was changed: {}: {list} are more than a state has room for, which is 1 MiB, some 70,000 addresses; \
             name blocks in place of single addresses",
            input::name(from)
        )));
    }
    let report = edit_listed(client, service, verb, listed, body)?;
    Ok(report.with_aside(format!(
        "{service}: read {list} from {}\n",
        input::name(from)
    )))
}

fn edit_listed(
    client: &Client,
    service: &str,
    verb: &str,
    listed: &Listed,
    mut body: Map<String, Value>,
) -> Result<Report, Failure> {
    body.insert("wide".to_owned(), listed.wide.into());
    body.extend(wait::making(&listed.making));
    edit(client, service, verb, body)
}

fn edit(
    client: &Client,
    service: &str,
    verb: &str,
    body: Map<String, Value>,
) -> Result<Report, Failure> {
    let outcome = change(client, service, verb, body)?;
    let human = described(&outcome, Follow::Alone, Paint::from_env(), Timestamp::now());
    Report::new(&outcome, human)
}

/// Changes the allowlist; gives what became of the service.
fn change(
    client: &Client,
    service: &str,
    verb: &str,
    body: Map<String, Value>,
) -> Result<Outcome, Failure> {
    let path = format!("{}/allowlist/{verb}", service_path(service));
    client.post(&path, &Value::Object(body))
}
