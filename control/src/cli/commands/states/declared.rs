use intermission_core::Field;
use jiff::Timestamp;
use serde_json::Value;

use crate::cli::args::{Apply, Export, Format};
use crate::cli::client::{Client, escaped};
use crate::cli::commands::wait;
use crate::cli::exit::{Exit, Failure};
use crate::cli::json_file::JsonFile;
use crate::cli::terminal::{Follow, Paint, Report, described};
use crate::wire::difference::Conflict;
use crate::wire::summary::{Outcome, Outcomes};

/// `apply`: one change of all services that a file names, or of none.
pub(crate) fn apply(client: &Client, options: &Apply, format: Format) -> Result<Report, Failure> {
    let (mut body, wait) = wait::asked(&options.making, &options.waiting)?;
    let file = JsonFile::read(&options.file)?;
    let known = Field::root(&file.value).only(&["services"]);
    known.map_err(|error| {
        let place = file.place(error.pointer());
        Failure::invalid(format!("nothing was changed: {place}: {error}"))
    })?;
    let services = file.value.get("services").cloned();
    body.insert("services".to_owned(), services.unwrap_or_default());
    body.insert("create".to_owned(), options.create.into());
    body.insert("wide".to_owned(), options.wide.into());
    let applied = client.post("/v1/apply", &Value::Object(body));
    let outcomes: Outcomes = applied.map_err(|failure| explained(failure, &file))?;
    let human = blocks(&outcomes);
    match wait {
        Some(wait) => wait::follow(client, outcomes, &human, &wait, format),
        None => Report::new(&outcomes, human),
    }
}

/// A block for each service that has changed or of which there is something to say, and the number of the others.
fn blocks(outcomes: &Outcomes) -> String {
    let (paint, now) = (Paint::from_env(), Timestamp::now());
    let is_quiet = |outcome: &&Outcome| !outcome.changed && outcome.warnings.is_empty();
    let (quiet, others): (Vec<_>, Vec<_>) = outcomes.services.iter().partition(is_quiet);
    let others = others.into_iter();
    let others = others.map(|outcome| described(outcome, Follow::MayBeAwaited, paint, now));
    let quiet = match quiet.as_slice() {
        [] => None,
        [one] => Some(format!("{} is as the file says\n", one.summary.service)),
        several => Some(format!("{} services are as the file says\n", several.len())),
    };
    others.chain(quiet).collect::<Vec<_>>().join("\n")
}

/// A refusal with its place in the file, and a conflict with both sides.
fn explained(failure: Failure, file: &JsonFile) -> Failure {
    let member = |name| {
        failure
            .problem
            .as_ref()
            .and_then(|problem| problem.get(name))
    };
    let text = |name| member(name).and_then(Value::as_str);
    let message = match failure.exit {
        Exit::Invalid | Exit::UnknownService => {
            let place = file.place(text("pointer").unwrap_or_default());
            let detail = text("detail").unwrap_or(&failure.message);
            let remedy = match failure.exit {
                Exit::UnknownService => "; --create adds services",
                _ => "",
            };
            format!("nothing was changed: {place}: {detail}{remedy}")
        }
        Exit::Overtaken => {
            let conflicts = member("conflicts").cloned().unwrap_or_default();
            let conflicts: Vec<Conflict> = serde_json::from_value(conflicts).unwrap_or_default();
            let sides = conflicts
                .iter()
                .map(|conflict| format!("\n{}", both(conflict)));
            format!("{}{}", failure.message, sides.collect::<String>())
        }
        _ => failure.message.clone(),
    };
    Failure { message, ..failure }
}

/// What others have changed in a service, and what the file would change.
fn both(conflict: &Conflict) -> String {
    let Conflict {
        service,
        expected,
        revision,
        since,
        wanted,
    } = conflict;
    let mut text = format!("{service}, changed since revision {expected}:");
    match since {
        Some(since) => since
            .iter()
            .for_each(|difference| text.push_str(&format!("\n  {difference}"))),
        None => text.push_str("\n  that revision is not kept"),
    }
    text.push_str(&format!(
        "\n{service}, what the file would change in revision {revision}:"
    ));
    wanted
        .iter()
        .for_each(|difference| text.push_str(&format!("\n  {difference}")));
    text
}

/// `export`: what `apply` reads.
pub(crate) fn export(client: &Client, options: &Export) -> Result<Report, Failure> {
    let names: Vec<_> = options
        .services
        .services
        .iter()
        .map(|name| escaped(name))
        .collect();
    let query = match options.services.all {
        true => String::new(),
        false => format!("?services={}", names.join(",")),
    };
    let mut exported: Value = client.get(&format!("/v1/export{query}"))?;
    if !options.with_revisions {
        let services = exported
            .pointer_mut("/services")
            .and_then(Value::as_object_mut);
        for service in services
            .into_iter()
            .flat_map(|services| services.values_mut())
        {
            if let Some(service) = service.as_object_mut() {
                service.remove("revision");
            }
        }
    }
    let human = format!("{exported:#}\n");
    Report::new(&exported, human)
}
