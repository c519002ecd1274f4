use std::time::{Duration, Instant};

use intermission_testkit::control::Control;
use intermission_testkit::pause;
use serde_json::{Value, json};

use crate::fleet::node::{Node, enter, fleet};
use crate::replicas::replicas::Replicas;

/// Longer than any wait here takes.
const LIMIT: Duration = Duration::from_secs(60);
const NAMES: [&str; 3] = ["a", "b", "c"];

/// A node at each replica, each with the state in force.
fn nodes(replicas: &Replicas) -> [Node; 3] {
    let mut nodes = NAMES.map(Node::new);
    for (node, control) in nodes.iter_mut().zip(&replicas.controls) {
        node.starts(control);
        node.follows(control);
    }
    nodes
}

#[test]
fn a_wait_is_for_the_nodes_of_all_replicas() {
    let replicas = Replicas::start();
    let Replicas {
        controls, homes, ..
    } = &replicas;
    let mut nodes = nodes(&replicas);
    let wait = enter(&homes[0], &controls[0], &[]);
    for (node, control) in nodes.iter_mut().zip(controls) {
        node.runs(control);
    }
    controls[0].until(|| fleet(&controls[0])["barriers"][0]["running"] == 6);
    assert_eq!(fleet(&controls[0])["barriers"][0]["in_force"], 3);
    // Each drains at another replica than it has polled before.
    for (place, node) in nodes.iter_mut().enumerate() {
        node.follows(&controls[(place + 1) % 3]);
    }
    let run = wait.ends();
    assert_eq!(run.code, Some(0), "{run:?}");
    for control in controls {
        assert_eq!(fleet(control)["barriers"], json!([]));
        let have_drained = |nodes: &Vec<Value>| {
            let mut nodes = nodes.iter();
            nodes.len() == 3 && nodes.all(|node| node["standing"] == "drained")
        };
        control.until(|| have_drained(fleet(control)["nodes"].as_array().unwrap()));
    }
}

#[test]
fn what_nodes_have_said_to_a_replica_that_was_killed_counts() {
    let mut replicas = Replicas::start();
    let mut nodes = nodes(&replicas);
    let wait = enter(&replicas.homes[0], &replicas.controls[0], &[]);
    nodes[1].follows(&replicas.controls[1]);
    let control = &replicas.controls[0];
    control.until(|| fleet(control)["barriers"][0]["drained"] == 1);
    replicas.controls[1].kill();
    nodes[0].follows(&replicas.controls[0]);
    nodes[2].follows(&replicas.controls[2]);
    let run = wait.ends();
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn a_node_that_no_replica_hears_is_lost_and_one_that_another_hears_is_not() {
    let replicas = Replicas::start();
    let short = |name| Node {
        wait: 1,
        ..Node::new(name)
    };
    let (mut dead, mut living) = (short("dead"), short("living"));
    dead.starts(&replicas.controls[1]);
    living.starts(&replicas.controls[2]);
    let wait = enter(&replicas.homes[0], &replicas.controls[0], &[]);
    dead.runs(&replicas.controls[1]);
    let begun = Instant::now();
    let ends = || fleet(&replicas.controls[0])["barriers"] == json!([]);
    while !ends() && begun.elapsed() < LIMIT {
        living.follows(&replicas.controls[2]);
        pause(Duration::from_millis(200));
    }
    let run = wait.ends();
    assert_eq!(run.code, Some(9), "{run:?}");
    assert!(run.err.contains("dead"), "{run:?}");
    let names = fleet(&replicas.controls[1]);
    let is_lost = |name: &str| {
        let nodes = names["nodes"].as_array().unwrap();
        nodes
            .iter()
            .any(|node| node["name"] == name && node["lost"] == true)
    };
    assert!(is_lost("dead") && !is_lost("living"), "{names}");
}

#[test]
fn a_replica_that_was_killed_goes_on_when_it_is_started_again() {
    let mut replicas = Replicas::start();
    let mut nodes = nodes(&replicas);
    let wait = enter(&replicas.homes[0], &replicas.controls[0], &[]);
    replicas.controls[1].kill();
    replicas.restart(1);
    for (node, control) in nodes.iter_mut().zip(&replicas.controls) {
        node.follows(control);
    }
    let run = wait.ends();
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn status_names_the_replicas_and_the_one_that_hears_a_node() {
    let replicas = Replicas::start();
    let mut nodes = nodes(&replicas);
    let (home, control) = (&replicas.homes[0], &replicas.controls[0]);
    let address = |place: usize| format!("http://{}", replicas.controls[place].address);
    let shows = || {
        let status = home.run(control, &["status", "shop"]).done();
        let by = format!("by {}", address(1));
        let answers = format!("{}, which answers", address(0));
        status.contains(&by) && status.contains(&answers) && status.contains(&address(2))
    };
    control.until(shows);
    let all = home.run(control, &["status"]).done();
    assert!(all.contains(&address(2)), "{all}");
    nodes[1].follows(control);
    let by = format!("by {}", address(1));
    assert!(
        !home
            .run(control, &["node", "list", "shop"])
            .done()
            .contains(&by)
    );
}

#[test]
fn a_replica_that_stops_is_none_at_once() {
    let mut replicas = Replicas::start();
    let shown = |control: &Control| fleet(control)["replicas"].as_array().unwrap().len();
    replicas.controls[0].until(|| shown(&replicas.controls[0]) == 3);
    assert_eq!(replicas.controls[2].stop(), Some(0));
    let stopped = Instant::now();
    replicas.controls[0].until(|| shown(&replicas.controls[0]) == 2);
    // A lease lasts for ten seconds.
    assert!(stopped.elapsed() < Duration::from_secs(8));
}
