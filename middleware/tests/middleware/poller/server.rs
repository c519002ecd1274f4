//! A server on loopback that answers polls as a test says.

use std::time::Duration;

use intermission::{Mode, PolicyHandle, Poller};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// No condition in these tests takes this long unless it is never met.
pub(crate) const LONG: Duration = Duration::from_secs(20);
pub(crate) const SHORT: Duration = Duration::from_millis(20);

pub(crate) fn document(revision: u64, mode: Mode) -> String {
    document_of("shop", revision, mode)
}

pub(crate) fn document_of(service: &str, revision: u64, mode: Mode) -> String {
    format!(
        r#"{{ "version": 1, "store": "S", "service": "{service}", "revision": {revision}, "maintenance": "{mode}" }}"#
    )
}

/// What a server is given that answers nothing until it is stopped.
const HOLD: &str = "hold";

/// A server that gives one answer to each request, in order, the last one again and again. Once it is dropped, the kernel
/// refuses connections to it.
pub(crate) struct Server {
    pub(crate) url: String,
    task: JoinHandle<()>,
    requests: mpsc::UnboundedReceiver<String>,
    held: mpsc::UnboundedReceiver<String>,
    answers: mpsc::UnboundedSender<String>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/state", listener.local_addr().unwrap());
        let (seen, requests) = mpsc::unbounded_channel();
        let (holds, held) = mpsc::unbounded_channel();
        let (answers, mut script) = mpsc::unbounded_channel::<String>();
        let task = tokio::spawn(async move {
            let mut answer = String::new();
            loop {
                let (mut connection, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    match connection.read_u8().await {
                        Ok(byte) => request.push(byte),
                        Err(_) => break,
                    }
                }
                // A poll that was given up before it was sent.
                if request.is_empty() {
                    continue;
                }
                if answer.is_empty() {
                    answer = script.recv().await.unwrap_or_default();
                } else if let Ok(next) = script.try_recv() {
                    answer = next;
                }
                let request = String::from_utf8_lossy(&request).to_lowercase();
                let _ = seen.send(request.clone());
                if answer == HOLD {
                    let _ = holds.send(request);
                    std::future::pending::<()>().await;
                }
                let _ = connection.write_all(answer.as_bytes()).await;
            }
        });
        Self {
            url,
            task,
            requests,
            held,
            answers,
        }
    }

    pub(crate) fn answer(&self, status: &str, headers: &str, body: &str) {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        self.answers.send(head + body).unwrap();
    }

    /// Answers no request from the next one on.
    pub(crate) fn hold(&self) {
        self.answers.send(HOLD.to_owned()).unwrap();
    }

    /// The request that is held.
    pub(crate) async fn held(&mut self) -> String {
        timeout(LONG, self.held.recv()).await.unwrap().unwrap()
    }

    /// The requests that have come and were not looked at.
    pub(crate) fn requests(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.requests.try_recv().ok()).collect()
    }

    pub(crate) async fn request(&mut self) -> String {
        timeout(LONG, self.requests.recv()).await.unwrap().unwrap()
    }

    pub(crate) fn poller(&self) -> Poller {
        Poller::new(&self.url)
            .unwrap()
            .with_interval(SHORT)
            .with_start_wait(LONG)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn until(policy: &PolicyHandle, revision: u64) {
    let reached = policy.until(|state| state.revision == revision);
    let reached = timeout(LONG, reached).await;
    assert!(reached.is_ok(), "revision {revision} never came in force");
}
