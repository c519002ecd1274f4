use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::client::{Client, service_path};
use crate::cli::exit::{Exit, Failure};
use crate::cli::terminal::{Paint, Report, node_lines, one_line, replica_lines, shown};
use crate::wire::fleet::{FleetView, WholeFleet};
use crate::wire::summary::{Summaries, Summary};

/// One line for each service; everything of the one that is named alone.
pub(crate) fn run(client: &Client, wanted: &[String]) -> Result<Report, Failure> {
    let list: Summaries = client.get("/v1/services")?;
    let services = select(client, list.services, wanted)?;
    let fleets = fleets(client, &services, wanted.is_empty())?;
    let (paint, now) = (Paint::from_env(), Timestamp::now());
    let human = match services.as_slice() {
        [] => "there is no service yet; next: intermission service add NAME\n".to_owned(),
        [alone] if !wanted.is_empty() => {
            let fleet = fleets.first().map(|fleet| node_lines(fleet, paint, now));
            shown(alone, paint, now) + &fleet.unwrap_or_default()
        }
        services => {
            let width = services.iter().map(|summary| summary.service.len()).max();
            let line = |(summary, fleet): (&Summary, &FleetView)| {
                one_line(summary, fleet, width.unwrap_or_default(), paint, now)
            };
            let mut text: String = services.iter().zip(&fleets).map(line).collect();
            if let Some(fleet) = fleets.first() {
                replica_lines(&fleet.replicas, paint, now, &mut text);
            }
            text
        }
    };
    let services = services.into_iter().zip(fleets);
    let services = services
        .map(|(summary, fleet)| Status { summary, fleet })
        .collect();
    Report::new(&Statuses { services }, human)
}

#[derive(Serialize)]
struct Statuses {
    services: Vec<Status>,
}

/// What is in force, and where.
#[derive(Serialize)]
struct Status {
    #[serde(flatten)]
    summary: Summary,
    fleet: FleetView,
}

/// The nodes of these services, which may be all.
fn fleets(client: &Client, services: &[Summary], all: bool) -> Result<Vec<FleetView>, Failure> {
    if !all {
        let paths = services
            .iter()
            .map(|summary| service_path(&summary.service));
        let views = paths.map(|path| client.get(&format!("{path}/fleet")));
        return views.collect();
    }
    let fleet: WholeFleet = client.get("/v1/fleet")?;
    let listed: BTreeSet<_> = services.iter().map(|summary| &summary.service).collect();
    // A service that was added meanwhile is not listed.
    let views = fleet.services.into_iter();
    Ok(views
        .filter(|view| listed.contains(&view.service))
        .collect())
}

/// The services of `wanted`, or all where none is named.
fn select(
    client: &Client,
    services: Vec<Summary>,
    wanted: &[String],
) -> Result<Vec<Summary>, Failure> {
    let unknown = |name: &&String| !services.iter().any(|summary| summary.service == **name);
    if let Some(name) = wanted.iter().find(unknown) {
        // It was removed, or the token is for others, or it never was: control says which.
        client.get::<FleetView>(&format!("{}/fleet", service_path(name)))?;
        let message = format!("{name} was added just now; ask again");
        return Err(Failure::new(Exit::UnknownService, message));
    }
    let is_wanted = |summary: &Summary| wanted.is_empty() || wanted.contains(&summary.service);
    Ok(services.into_iter().filter(is_wanted).collect())
}
