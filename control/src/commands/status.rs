use jiff::Timestamp;

use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::output::{Paint, Report, one_line, shown};
use crate::summary::{Summaries, Summary};

/// One line for each service; everything of the one that is named alone.
pub(super) fn run(client: &Client, wanted: &[String]) -> Result<Report, Failure> {
    let list: Summaries = client.get("/v1/services")?;
    let services = select(list.services, wanted)?;
    let (paint, now) = (Paint::from_env(), Timestamp::now());
    let human = match services.as_slice() {
        [] => "there is no service yet; next: intermission service add NAME\n".to_owned(),
        [alone] if !wanted.is_empty() => shown(alone, paint, now),
        services => {
            let width = services.iter().map(|summary| summary.service.len()).max();
            let line = |summary| one_line(summary, width.unwrap_or_default(), paint, now);
            services.iter().map(line).collect()
        }
    };
    Report::new(&Summaries { services }, human)
}

/// The services of `wanted`, or all where none is named.
fn select(services: Vec<Summary>, wanted: &[String]) -> Result<Vec<Summary>, Failure> {
    let unknown = |name: &&String| !services.iter().any(|summary| summary.service == **name);
    if let Some(name) = wanted.iter().find(unknown) {
        let known: Vec<_> = services
            .iter()
            .map(|summary| summary.service.as_str())
            .collect();
        let remedy = if known.is_empty() {
            "there is none yet; intermission service add NAME".to_owned()
        } else {
            format!("there are: {}", known.join(", "))
        };
        let message = format!("there is no service {name:?}; {remedy}");
        return Err(Failure::new(Exit::UnknownService, message));
    }
    let is_wanted = |summary: &Summary| wanted.is_empty() || wanted.contains(&summary.service);
    Ok(services.into_iter().filter(is_wanted).collect())
}
