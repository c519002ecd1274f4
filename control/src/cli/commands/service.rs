use serde_json::json;

use crate::cli::args::{RemovedService, Service};
use crate::cli::client::{Client, service_path};
use crate::cli::exit::Failure;
use crate::cli::terminal::{Paint, Report, notes};
use crate::wire::summary::{Outcome, Summaries};

pub(crate) fn run(client: &Client, command: &Service) -> Result<Report, Failure> {
    match command {
        Service::Add { name } => {
            let outcome: Outcome = client.post("/v1/services", &json!({ "name": name }))?;
            let revision = outcome.summary.revision;
            let news = if outcome.changed {
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
            reason,
        }) => {
            let body = json!({ "force": force, "reason": reason });
            let outcome: Outcome = client.delete(&service_path(name), &body)?;
            let revision = outcome.summary.revision;
            let notes = notes(&outcome.warnings, Paint::from_env());
            let news = format!(
                "{name}: removed (its last revision is {revision})\n{notes}  next       its history stays: intermission \
                 history {name}\n"
            );
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
