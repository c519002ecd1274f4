use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use intermission_testkit::control::{Ask, Home};

#[test]
fn control_is_ready_until_it_is_asked_to_stop() {
    let home = Home::new();
    let mut control = home.start();
    let ready = control.ask(Ask::new("GET", "/readyz"));
    assert_eq!(ready.status, 200);
    assert_eq!(ready.header("cache-control"), Some("no-store"));

    // Connections that are there before it stops, with half a request each.
    let half = |path: &str| {
        let mut stream = TcpStream::connect(&control.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\n").unwrap();
        stream
    };
    let (ready, health) = (half("/readyz"), half("/healthz"));
    // They are accepted in turn, so that an answer to a later one tells that those are.
    assert_eq!(control.ask(Ask::new("GET", "/healthz")).status, 200);
    let id = control.process.id().to_string();
    let signalled = Command::new("/bin/sh")
        .args(["-c", "kill \"$0\"", &id])
        .status();
    assert!(signalled.unwrap().success());
    control.until(|| home.log().contains("stopping"));

    let rest = |mut stream: TcpStream| {
        write!(stream, "host: {}\r\n\r\n", control.address).unwrap();
        let mut answer = BufReader::new(stream);
        let mut status = String::new();
        answer.read_line(&mut status).unwrap();
        let mut rest = String::new();
        answer.read_to_string(&mut rest).unwrap();
        (status, rest)
    };
    let (status, answer) = rest(ready);
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable\r\n");
    assert!(answer.contains("urn:intermission:stopping"), "{answer}");
    let (status, _) = rest(health);
    assert_eq!(status, "HTTP/1.1 200 OK\r\n");
    assert_eq!(control.process.wait().code(), Some(0));
}

#[test]
fn a_disk_that_stalls_keeps_no_probe_waiting() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    // Another process writes, so that requests that need the store wait for a while.
    let other = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waits = |ask, moment| {
        let answer = control.begin(ask);
        answer.recv_timeout(Duration::from_millis(moment)).is_err()
    };
    assert!(waits(Ask::new("POST", "/v1/services/shop/enter"), 300));
    assert!(waits(Ask::new("GET", "/v1/services/shop/history"), 300));
    for probe in ["/healthz", "/readyz", "/metrics"] {
        assert!(!waits(Ask::new("GET", probe), 1000), "{probe}");
    }
    other.execute_batch("ROLLBACK").unwrap();
}
