//! An application that takes its time.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// The length of a body that no buffer on the way holds, in bytes.
const LONG: usize = 64 * 1024 * 1024;

/// An application that does what the query of a request says: `wait` is answered when the test releases it, `long` with a
/// long body, `upgrade` with another protocol until the client closes, and everything else at once.
#[derive(Debug)]
pub struct Backend {
    address: SocketAddr,
    waiting: Arc<AtomicUsize>,
    released: watch::Sender<u32>,
    server: AbortHandle,
}

impl Backend {
    /// Starts it on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (waiting, released) = (Arc::<AtomicUsize>::default(), watch::Sender::new(0));
        let server = {
            let (waiting, released) = (Arc::clone(&waiting), released.clone());
            tokio::spawn(async move {
                while let Ok((socket, _)) = listener.accept().await {
                    let (waiting, released) = (Arc::clone(&waiting), released.subscribe());
                    tokio::spawn(serve(socket, waiting, released));
                }
            })
        };
        Self {
            address,
            waiting,
            released,
            server: server.abort_handle(),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Answers those that wait.
    pub fn release(&self) {
        self.released.send_modify(|times| *times += 1);
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(
    mut socket: TcpStream,
    waiting: Arc<AtomicUsize>,
    mut released: watch::Receiver<u32>,
) -> io::Result<()> {
    let mut received = Vec::new();
    loop {
        let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            if socket.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
            continue;
        };
        let head: Vec<u8> = received.drain(..end + 4).collect();
        let head = String::from_utf8_lossy(&head);
        let path = head.split(' ').nth(1).unwrap_or_default();
        let body = match path.split_once('?').map(|(_, query)| query) {
            Some("wait") => {
                released.mark_unchanged();
                waiting.fetch_add(1, Ordering::SeqCst);
                let ordered = released.changed().await;
                waiting.fetch_sub(1, Ordering::SeqCst);
                ordered.map_err(io::Error::other)?;
                b"welcome".to_vec()
            }
            Some("long") => vec![b'.'; LONG],
            Some("upgrade") => {
                let switched = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
                socket.write_all(switched.as_bytes()).await?;
                while socket.read_buf(&mut received).await? > 0 {}
                return Ok(());
            }
            _ => b"welcome".to_vec(),
        };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        socket.write_all(head.as_bytes()).await?;
        socket.write_all(&body).await?;
    }
}
