use serde_json::json;

use crate::cli::args::Service;
use crate::cli::client::Client;
use crate::cli::exit::Failure;
use crate::cli::terminal::Report;
use crate::wire::summary::{Outcome, Summaries};

pub(crate) fn run(client: &Client, command: &Service) -> Result<Report, Failure> {
    match command {
        Service::Add { name } => {
            let outcome: Outcome = client.post("/v1/services", &json!({ "name": name }))?;
            let news = if outcome.changed {
                format!(
                    "{name}: added, open (revision 1)\n  next       point its nodes at /v1/services/{name}/state\n"
                )
            } else {
                let revision = outcome.summary.revision;
                format!("{name}: nothing changed: it is there already (revision {revision})\n")
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
