use jiff::Timestamp;
use serde_json::Value;

use crate::cli::args::{RemovedService, Service};
use crate::cli::client::{Client, service_path};
use crate::cli::commands::wait;
use crate::cli::exit::Failure;
use crate::cli::terminal::{Follow, Paint, Report, described, notes};
use crate::wire::summary::{Outcome, Summaries};

pub(crate) fn run(client: &Client, command: &Service) -> Result<Report, Failure> {
    match command {
        Service::Add { name, dry } => {
            let mut body = wait::done(dry);
            body.insert("name".to_owned(), name.as_str().into());
            let outcome: Outcome = client.post("/v1/services", &Value::Object(body))?;
            let revision = outcome.summary.revision;
            let news = if outcome.preview.is_some() {
                described(&outcome, Follow::Alone, Paint::from_env(), Timestamp::now())
            } else if outcome.changed {
                let notes = notes(&outcome.warnings, Paint::from_env());
                let state = if outcome.summary.is_open() {
                    "open"
                } else {
                    "in maintenance"
                };
                format!(
                    "{name}: added, {state} (revision {revision})\n{notes}  next       point its nodes at \
                     /v1/services/{name}/state\n"
                )
            } else {
                format!("{name}: nothing changed: it is there already (revision {revision})\n")
            };
            Report::new(&outcome, news)
        }
        Service::Remove(RemovedService {
            name,
            force,
            making,
        }) => {
            let mut body = wait::making(making);
            body.insert("force".to_owned(), (*force).into());
            let outcome: Outcome = client.delete(&service_path(name), &Value::Object(body))?;
            let revision = outcome.summary.revision;
            let notes = notes(&outcome.warnings, Paint::from_env());
            let news = match outcome.preview {
                Some(_) => format!(
                    "{name}: dry run, nothing was changed; it would be removed (its last revision is {revision})\n{notes}"
                ),
                None => format!(
                    "{name}: removed (its last revision is {revision})\n{notes}  next       its history stays: \
                     intermission history {name}\n"
                ),
            };
            Report::new(&outcome, news)
        }
        Service::List => {
            let list: Summaries = client.get("/v1/services")?;
            let names = list
                .services
                .iter()
                .map(|summary| format!("{}\n", summary.service));
            let human = names.collect();
            Report::new(&list, human)
        }
    }
}
