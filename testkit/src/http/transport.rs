use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use intermission_corpus::{Observed, Request};
use tokio::net::TcpStream;

use super::socket::Socket;
use super::{http1, http2};

/// Longest time that a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What carries requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// HTTP/1.1 over TCP.
    Http1,
    /// HTTP/2 over TCP, with prior knowledge.
    Http2,
}

impl Transport {
    /// Sends the request over a connection of its own, and gives the answer, or `None` if the server hangs up or resets the
    /// stream instead.
    ///
    /// # Errors
    ///
    /// If the socket fails, or the answer cannot be read.
    pub async fn send(self, server: SocketAddr, request: &Request) -> io::Result<Option<Observed>> {
        let connect = async {
            let socket = TcpStream::connect(server).await?;
            socket.set_nodelay(true)?;
            Ok(socket)
        };
        self.send_over(connect, request).await
    }

    /// The same over the connection that `connect` makes.
    ///
    /// # Errors
    ///
    /// If the socket fails, or the answer cannot be read.
    pub async fn send_over<S: Socket>(
        self,
        connect: impl Future<Output = io::Result<S>>,
        request: &Request,
    ) -> io::Result<Option<Observed>> {
        let answer = async {
            let socket = connect.await?;
            match self {
                Self::Http1 => http1::send_through(socket, request).await,
                Self::Http2 => http2::send_through(socket, request).await,
            }
        };
        tokio::time::timeout(PATIENCE, answer)
            .await
            .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer")))
    }
}

/// A GET for the shop.
#[must_use]
pub fn get(path: &str) -> Request {
    Request {
        path: path.into(),
        headers: vec![("Host".into(), "shop.example".into())],
        ..Request::default()
    }
}
