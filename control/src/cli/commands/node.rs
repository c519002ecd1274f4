use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::args::Node;
use crate::cli::client::{Client, service_path};
use crate::cli::exit::{Exit, Failure};
use crate::cli::terminal::{Paint, Report, forgotten, node_lines};
use crate::wire::fleet::FleetView;

pub(crate) fn run(client: &Client, command: &Node) -> Result<Report, Failure> {
    match command {
        Node::List { service } => {
            let fleet: FleetView = client.get(&format!("{}/fleet", service_path(service)))?;
            let human = node_lines(&fleet, Paint::from_env(), Timestamp::now());
            Report::new(&fleet, human)
        }
        Node::Forget {
            service,
            nodes,
            lost,
            token,
            unstored,
            boot,
            reason,
        } => {
            let path = format!("{}/nodes/forget", service_path(service));
            let body = match (nodes.as_slice(), boot) {
                _ if *lost => json!({ "lost": true, "reason": reason }),
                _ if *unstored => json!({ "unstored": true, "reason": reason }),
                _ if token.is_some() => json!({ "token": token, "reason": reason }),
                ([node], Some(boot)) => json!({ "node": node, "boot": boot, "reason": reason }),
                (nodes, None) => json!({ "nodes": nodes, "reason": reason }),
                (_, Some(_)) => {
                    let message = "--boot names one process; name its node alone";
                    return Err(Failure::new(Exit::Usage, message));
                }
            };
            let answer: Value = client.post(&path, &body)?;
            let forgetting = serde_json::from_value(answer.clone()).map_err(Failure::failed)?;
            Report::new(&answer, forgotten(service, &forgetting))
        }
    }
}
