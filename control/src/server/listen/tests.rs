use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Extension;
use axum::routing::{get, post};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use super::connections::{Acceptor, Arrival, Connections};
use super::patient::TimeoutStream;
use super::{Capacity, PATIENCE, Ticket};
use crate::server::http::body;
use crate::server::listen::ends::Endpoints;

struct Queue(mpsc::UnboundedReceiver<DuplexStream>);

impl Acceptor for Queue {
    type Arrival = DuplexStream;

    async fn accept(&mut self) -> DuplexStream {
        match self.0.recv().await {
            Some(stream) => stream,
            None => std::future::pending().await,
        }
    }
}

impl Arrival for DuplexStream {
    type Stream = TimeoutStream<Self>;

    fn ends(&self) -> Endpoints {
        Endpoints::unknown()
    }

    async fn establish(self) -> Option<TimeoutStream<Self>> {
        Some(TimeoutStream::new(self))
    }
}

/// An answer that no buffer on the way holds.
static LARGE: LazyLock<Bytes> = LazyLock::new(|| vec![b'x'; 64 << 20].into());

fn router() -> Router {
    let prove = |Extension(ticket): Extension<Arc<Ticket>>| async move { ticket.prove() };
    Router::new()
        .route("/", get(|| async { "here" }))
        .route("/prove", get(prove))
        .route("/held", get(|| async { sleep(PATIENCE * 2).await }))
        .route("/large", get(|| async { LARGE.clone() }))
        .route(
            "/body",
            post(|body: Body| async { body::read(body).await.map(|_| ()) }),
        )
}

fn capacity(connections: usize, unproven: usize) -> Capacity {
    Capacity {
        connections,
        unproven,
        polls: connections,
    }
}

async fn serve(door: impl Acceptor, capacity: Capacity) {
    let connections = Connections::new(capacity);
    connections
        .serve(door, router(), std::future::pending())
        .await;
}

/// Knocks at a server of its own, whose clock runs as fast as it is waited for.
struct Knocker(mpsc::UnboundedSender<DuplexStream>);

impl Knocker {
    fn new(capacity: Capacity) -> Self {
        let (knock, queue) = mpsc::unbounded_channel();
        tokio::spawn(serve(Queue(queue), capacity));
        Self(knock)
    }

    async fn say(&self, text: &str) -> DuplexStream {
        let (mut own, other) = duplex(4096);
        self.0.send(other).unwrap();
        own.write_all(text.as_bytes()).await.unwrap();
        own
    }
}

async fn rest(mut stream: impl AsyncRead + Unpin) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

/// The status line, and what else has come with it.
async fn beginning(stream: &mut DuplexStream) -> String {
    let mut bytes = [0; 4096];
    let read = stream.read(&mut bytes).await.unwrap();
    String::from_utf8(bytes[..read].to_vec()).unwrap()
}

fn ask(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n")
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_slow_to_ask_or_idle_is_cut_off() {
    let door = Knocker::new(capacity(100, 25));
    for (said, heard) in [
        ("", ""),
        ("GET / HTTP/1.1\r\nhost: a\r\n", ""),
        ("GET / HTTP/1.1\r\nhost: a\r\n\r\n", "HTTP/1.1 200 OK\r\n"),
        (
            "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf",
            "HTTP/1.1 408 Request Timeout\r\n",
        ),
    ] {
        let begun = Instant::now();
        let stream = door.say(said).await;
        let answer = rest(stream).await;
        assert!(answer.starts_with(heard), "{said:?}: {answer}");
        assert_eq!(answer.is_empty(), heard.is_empty(), "{said:?}: {answer}");
        assert_eq!(begun.elapsed().as_secs(), PATIENCE.as_secs(), "{said:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_held_is_not_cut_off() {
    let door = Knocker::new(capacity(100, 25));
    let held = "GET /held HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let answer = rest(door.say(held).await).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_is_cut_off() {
    let door = Knocker::new(capacity(100, 25));
    let begun = Instant::now();
    let mut stream = door.say(&ask("/large")).await;
    // Writing fails as soon as the other end is closed.
    let closed = async { while stream.write_all(ask("/").as_bytes()).await.is_ok() {} };
    timeout(PATIENCE * 2, closed).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), PATIENCE.as_secs());
    assert!(rest(stream).await.len() < LARGE.len());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_is_not_cut_off() {
    let door = Knocker::new(capacity(100, 25));
    let mut stream = door.say(&ask("/large")).await;
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE * 4 {
        sleep(PATIENCE / 2).await;
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
    }
    stream.write_all(b"more").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_client_behind_a_socket_that_reads_nothing_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, capacity(100, 25)));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let begun = Instant::now();
    stream.write_all(ask("/large").as_bytes()).await.unwrap();
    // Nothing is read until the server has had reason to close.
    sleep(PATIENCE + Duration::from_secs(1)).await;
    let mut read = 0;
    let mut bytes = vec![0; 1 << 20];
    loop {
        match stream.read(&mut bytes).await {
            Ok(0) | Err(_) => break,
            Ok(more) => read += more,
        }
    }
    assert!(read < LARGE.len(), "{read} bytes have come");
    assert!(begun.elapsed() < PATIENCE * 2);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_is_too_long_is_refused() {
    let door = Knocker::new(capacity(100, 25));
    let long = |bytes| {
        let path = "x".repeat(bytes);
        format!("GET / HTTP/1.1\r\nhost: a\r\nx-long: {path}\r\n\r\n")
    };
    for (bytes, status) in [(15_000, "200 OK"), (17_000, "431 Request Header Fields")] {
        let (mut own, other) = duplex(64 << 10);
        door.0.send(other).unwrap();
        own.write_all(long(bytes).as_bytes()).await.unwrap();
        let answer = beginning(&mut own).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_connection_is_served_at_once_whatever_the_others_do() {
    let door = Knocker::new(capacity(100, 25));
    let mut others = Vec::new();
    for number in 0..300 {
        let said = ["", "GET / HTTP/1.1\r\n", &ask("/large")][number % 3].to_owned();
        others.push(door.say(&said).await);
        let begun = Instant::now();
        let mut asking = door.say(&ask("/")).await;
        assert!(beginning(&mut asking).await.starts_with("HTTP/1.1 200 OK"));
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_has_shown_a_token_outlives_any_crowd() {
    let door = Knocker::new(capacity(100, 25));
    let mut node = door.say(&ask("/prove")).await;
    assert!(beginning(&mut node).await.starts_with("HTTP/1.1 200 OK"));
    let mut stranger = door.say(&ask("/")).await;
    assert!(
        beginning(&mut stranger)
            .await
            .starts_with("HTTP/1.1 200 OK")
    );
    let mut crowd = Vec::new();
    for _ in 0..100 {
        crowd.push(door.say("").await);
    }
    assert_eq!(timeout(PATIENCE / 2, rest(stranger)).await.unwrap(), "");
    node.write_all(ask("/").as_bytes()).await.unwrap();
    assert!(beginning(&mut node).await.starts_with("HTTP/1.1 200 OK"));
}
