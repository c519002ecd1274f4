//! The command with several servers, which are replicas of one control.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use intermission_testkit::control::{Begun, Control, Home, Run};
use intermission_testkit::wait_for;

use super::failures::read_request;
use crate::fleet::node::{Node, fleet, shop};

/// An address at which the kernel refuses connections.
fn dead() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// A replica that answers each request with this and closes the connection; the receiver has the requests.
fn replica(answer: &'static str) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (send, asked) = channel();
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let _ = send.send(read_request(&mut client));
            client.write_all(answer.as_bytes()).unwrap();
        }
    });
    (address, asked)
}

const WITHOUT_PROOF: &str = "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\n\
    content-type: application/problem+json\r\n\r\n\
    {\"type\":\"urn:intermission:unproven\",\"title\":\"No proof\",\"status\":503,\"detail\":\"the store is away\"}";

/// The answer of the same replica for a state, which is for nodes that have none.
const LAST_STATE: &str = "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\n\
    content-type: application/json\r\n\r\n\
    {\"version\":1,\"store\":\"S1\",\"service\":\"shop\",\"revision\":9,\"maintenance\":\"all\"}";

/// A relay to control that a test cuts.
struct Relay {
    address: String,
    connections: Receiver<TcpStream>,
}

impl Relay {
    fn start(control: &Control) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let upstream = control.address.clone();
        let (send, connections) = channel();
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&upstream).unwrap());
                // The test is over, or has cut the relay.
                if send.send(client.try_clone().unwrap()).is_err() {
                    return;
                }
                for (mut from, mut to) in [
                    (client.try_clone().unwrap(), server.try_clone().unwrap()),
                    (server, client),
                ] {
                    thread::spawn(move || {
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
            }
        });
        Self {
            address,
            connections,
        }
    }

    /// Cuts what it carries, and carries nothing more.
    fn cut(self) {
        for connection in self.connections.try_iter() {
            let _ = connection.shutdown(Shutdown::Both);
        }
        drop(self.connections);
        // Accepted by a relay that ends.
        let _ = TcpStream::connect(&self.address);
        wait_for("the relay to end", || {
            TcpStream::connect(&self.address).err()
        });
    }
}

fn urls(addresses: &[&str]) -> String {
    let urls = addresses.iter().map(|address| format!("http://{address}"));
    urls.collect::<Vec<_>>().join(",")
}

/// Runs the command at these servers, with the operator's token.
fn run(home: &Home, control: &Control, servers: &[&str], line: &[&str]) -> Run {
    let mut command = home.binary();
    let command = command
        .env("INTERMISSION_TOKEN", &control.token)
        .env("INTERMISSION_SERVER", urls(servers))
        .args(line);
    Run::from(command.output().unwrap())
}

#[test]
fn a_server_that_is_away_or_without_proof_is_followed_by_the_next() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let (without_proof, asked) = replica(WITHOUT_PROOF);
    let dead = dead();
    let servers = [dead.as_str(), &without_proof, &control.address];
    let said = run(&home, &control, &servers, &["enter", "shop"]).done();
    assert!(said.contains("everything is refused"), "{said}");
    assert_eq!(control.history("shop").len(), 2);
    assert_eq!(
        run(&home, &control, &servers, &["service", "list"]).done(),
        "shop\n"
    );
    assert_eq!(asked.try_iter().count(), 2);

    // The same by options, before and after the subcommand's own words.
    let mut command = home.binary();
    let [dead, alive] = [&dead, &control.address].map(|server| format!("http://{server}"));
    let command = command.args(["exit", "shop", "--server", &dead, "--server", &alive]);
    let command = command.env("INTERMISSION_TOKEN", &control.token);
    Run::from(command.output().unwrap()).done();
    assert_eq!(control.history("shop").len(), 3);
}

#[test]
fn a_read_waits_as_long_as_a_change_for_a_replica_without_proof() {
    // With a pause of 200 ms after each it takes longer than a proxy is waited for.
    const WITHOUT: usize = 25;
    const SERVICES: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n\
        {\"services\":[]}";
    let home = Home::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answering = thread::spawn(move || {
        let answers = std::iter::repeat_n(WITHOUT_PROOF, WITHOUT).chain([SERVICES]);
        for answer in answers {
            let (mut client, _) = listener.accept().unwrap();
            read_request(&mut client);
            client.write_all(answer.as_bytes()).unwrap();
        }
    });
    let read = |address: &str| {
        let mut command = home.binary();
        command.env("INTERMISSION_TOKEN", format!("imo_{}", "A".repeat(43)));
        command.env("INTERMISSION_SERVER", format!("http://{address}"));
        Run::from(command.args(["service", "list"]).output().unwrap())
    };
    read(&address.to_string()).done();
    answering.join().unwrap();
    // No control is there, and none is waited for.
    let begun = Instant::now();
    let said = read(&dead()).failed(3);
    assert!(said.contains("no control at"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_failure_names_each_server_and_its_reason() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let (dead, (without_proof, _)) = (dead(), replica(WITHOUT_PROOF));
    let said = run(&home, &control, &[&dead, &without_proof], &["status"]).failed(3);
    let [first, second] = [
        format!("intermission: no control at http://{dead}: "),
        format!("; http://{without_proof}: No proof: the store is away\n"),
    ];
    assert!(
        said.starts_with(&first) && said.ends_with(&second),
        "{said}"
    );
    // What is wrong with the command line is found before any server is asked.
    let refused = run(
        &home,
        &control,
        &["192.0.2.1", &control.address],
        &["status"],
    );
    assert!(
        refused
            .failed(4)
            .contains("http://192.0.2.1 is beyond this machine")
    );
    run(&home, &control, &[&control.address, ""], &["status"]).failed(2);
}

#[test]
fn the_state_of_a_replica_without_proof_is_no_answer() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let (without_proof, asked) = replica(LAST_STATE);
    let line = ["explain", "shop", "--ip", "198.51.100.7", "--path", "/"];
    let servers = [without_proof.as_str(), &control.address];
    let said = run(&home, &control, &servers, &line).done();
    assert!(said.contains("open"), "{said}");
    assert_eq!(asked.try_iter().count(), 1);
    let said = run(&home, &control, &servers[..1], &line).failed(3);
    let expected =
        format!("intermission: http://{without_proof}: This replica does not reach the store");
    assert!(said.starts_with(&expected), "{said}");
}

#[test]
fn a_change_whose_answer_is_lost_is_made_once() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    // It passes the change on, and its answer is lost.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let loses = listener.local_addr().unwrap().to_string();
    let upstream = control.address.clone();
    let passing = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let request = read_request(&mut client);
        let request = request.replacen("\r\n", "\r\nconnection: close\r\n", 1);
        let mut server = TcpStream::connect(upstream).unwrap();
        server.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        server.read_to_string(&mut answer).unwrap();
        answer
    });
    let line = ["enter", "shop", "--output", "json"];
    let json = run(&home, &control, &[&loses, &control.address], &line).done();
    let lost = passing.join().unwrap();
    assert!(lost.starts_with("HTTP/1.1 200"), "{lost}");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["services"][0]["changed"], true, "{json}");
    assert_eq!(control.history("shop").len(), 2);
}

#[test]
fn a_wait_goes_on_at_another_replica_when_its_own_dies() {
    let (home, control, mut node): (Home, Control, Node) = shop();
    let (first, second) = (Relay::start(&control), Relay::start(&control));
    let mut command = home.binary();
    let servers = urls(&[&first.address, &second.address]);
    command.env("INTERMISSION_TOKEN", &control.token);
    command.env("INTERMISSION_SERVER", servers);
    command.args(["enter", "shop", "--wait", "--timeout", "60s"]);
    let mut waiting = Begun::start(&mut command);
    control.until(|| fleet(&control)["barriers"] != serde_json::json!([]));
    waiting.says("revision 2");
    assert_eq!(second.connections.try_iter().count(), 0);
    first.cut();
    waiting.goes_on();
    node.follows(&control);
    let said = waiting.ends().done();
    assert!(said.contains("the one node has it in force"), "{said}");
    assert!(second.connections.try_iter().count() > 0);
    assert_eq!(control.history("shop").len(), 2);
}
