use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::Node;
use crate::client::{Client, service_path};
use crate::exit::Failure;
use crate::fleet::FleetView;
use crate::output::{Paint, Report, forgotten, node_lines};

pub(super) fn run(client: &Client, command: &Node) -> Result<Report, Failure> {
    match command {
        Node::List { service } => {
            let fleet: FleetView = client.get(&format!("{}/fleet", service_path(service)))?;
            let human = node_lines(&fleet, Paint::from_env(), Timestamp::now());
            Report::new(&fleet, human)
        }
        Node::Forget {
            service,
            node,
            boot,
            reason,
        } => {
            let path = format!("{}/nodes/forget", service_path(service));
            let body = json!({ "node": node, "boot": boot, "reason": reason });
            let answer: Value = client.post(&path, &body)?;
            let forgetting = serde_json::from_value(answer.clone()).map_err(Failure::failed)?;
            Report::new(&answer, forgotten(service, &forgetting))
        }
    }
}
