use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::args::Node;
use crate::cli::client::{Client, service_path};
use crate::cli::commands::wait;
use crate::cli::exit::{Exit, Failure};
use crate::cli::terminal::{Paint, Report, forgotten, node_lines};
use crate::wire::fleet::FleetView;
use crate::wire::forgotten::Forgot;

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
            making,
        } => {
            let path = format!("{}/nodes/forget", service_path(service));
            let mut body = wait::making(making);
            let mut put = |name: &str, value: Value| _ = body.insert(name.to_owned(), value);
            match (nodes.as_slice(), boot) {
                _ if *lost => put("lost", true.into()),
                _ if *unstored => put("unstored", true.into()),
                _ if token.is_some() => put("token", json!(token)),
                ([node], Some(boot)) => {
                    put("node", json!(node));
                    put("boot", json!(boot));
                }
                (nodes, None) => put("nodes", json!(nodes)),
                (_, Some(_)) => {
                    let message = "--boot names one process; name its node alone";
                    return Err(Failure::new(Exit::Usage, message));
                }
            }
            let forgot: Forgot = client.post(&path, &Value::Object(body))?;
            Report::new(&forgot, forgotten(&forgot))
        }
    }
}
