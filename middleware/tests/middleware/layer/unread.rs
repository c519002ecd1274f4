//! Refused requests with bodies, over a real connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use axum::Router;
use intermission::{MaintenanceLayer, Mode, PolicyHandle, State};

/// A service in maintenance.
async fn closed() -> SocketAddr {
    let service = "shop".parse().unwrap();
    let policy = PolicyHandle::new(State::initial(service, Mode::All));
    let app = Router::new().layer(MaintenanceLayer::new(policy));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

/// Sends all of a request before it looks for the answer, as many clients do, and gives what comes until the server
/// closes the connection or falls silent.
fn send(server: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut socket = TcpStream::connect(server).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    socket.write_all(head.as_bytes()).unwrap();
    socket.write_all(body).unwrap();
    let mut answer = Vec::new();
    // Silence is an error as well.
    let _ = socket.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_first_and_reads_then_gets_the_answer() {
    let server = closed().await;
    for length in [1, 100_000, 5_000_000] {
        let head = format!(
            "POST /upload HTTP/1.1\r\nhost: shop\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        let sending = tokio::task::spawn_blocking(move || send(server, &head, &vec![0; length]));
        let answer = sending.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 503 "), "{length}: {answer}");
        assert!(answer.contains("urn:intermission:maintenance"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_first_is_not_invited_to_send() {
    let server = closed().await;
    let head = "POST /upload HTTP/1.1\r\nhost: shop\r\nexpect: 100-continue\r\ncontent-length: 5000000\r\n\r\n";
    let answer = tokio::task::spawn_blocking(move || send(server, head, b"")).await;
    assert!(answer.unwrap().starts_with("HTTP/1.1 503 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_an_end_does_not_keep_the_answer_back() {
    let server = closed().await;
    let head = "POST /upload HTTP/1.1\r\nhost: shop\r\ncontent-length: 1000000000000\r\n\r\n";
    let sending = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(server).unwrap();
        socket.write_all(head.as_bytes()).unwrap();
        let megabyte = vec![0; 1 << 20];
        // The server hangs up in the end.
        (0..1000).all(|_| socket.write_all(&megabyte).is_ok())
    });
    assert!(!sending.await.unwrap());
}
